from odoo import Command
from odoo.tests import freeze_time

from .common import NOW, TourCase


@freeze_time(NOW, tick=True)
class TestIncubation(TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_participant_on_a_telephone_by_the_link_alone(self):
        person = self._new_participant(
            "Inès Carpentier",
            stage_id=self.stages["incubation"].id,
            date_entry="2015-06-01",
            move_reason="Reprise",
        )
        person.partner_id.lang = "fr_FR"
        seat = self._new_seat("1/6", "30/11", person, state="active")
        presence = self._new_presences(seat, "2/6am")
        objective = self.env["coworking.objective"].create(
            {
                "participant_id": person.id,
                "name": "Trouver trois clients",
                "action_ids": [Command.create({"name": "Appeler la boutique"})],
            }
        )
        url = self.env["coworking.portal.link"]._make_url(person, "participant", person.partner_id)
        self.start_tour(
            "/my/coworking/l/" + url.rsplit("/", 1)[1],
            "coworking_incubation_own_page",
            login=None,
        )
        self.env.invalidate_all()
        self.assertTrue(objective.action_ids.done)
        self.assertEqual(
            (presence.participant_state, presence.participant_source), ("present", "link")
        )
