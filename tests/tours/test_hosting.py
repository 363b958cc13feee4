from functools import wraps
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .common import NOW, TourCase


class HostingTour(TourCase):
    def _sent_by_browser(self):
        """The accompanist prepares the agreement from the seat, and sends it."""
        person = self._new_participant("Inès Carpentier", email="ines@example.com")
        person.partner_id.lang = "fr_FR"
        self.company.partner_id.lang = "fr_FR"
        self.program.user_id.partner_id.email = "denis@example.com"
        seat = self._new_seat("15/6", "14/12", person)
        self._tour("hosting_prepare", self.accompanist, f"/odoo/incubation-seats/{seat.id}")
        self.assertEqual(seat.hosting_ids.state, "ready_to_sign")
        return seat.hosting_ids

    def _sign_by_link(self, signatory, tour="hosting_sign"):
        """By the link alone, signed out, as from a message on a telephone."""
        link = self.env["coworking.portal.link"]._make_url(
            signatory, "hosting", signatory.partner_id
        )
        self.start_tour(urlsplit(link).path, f"coworking_incubation_{tour}", login=None, timeout=90)
        self.env.invalidate_all()


@freeze_time(NOW, tick=True)
class TestHosting(HostingTour):
    def test_on_a_computer_the_text_is_read_first_and_a_refusal_can_be_mended(self):
        self.browser_size, self.touch_enabled = "1440x900", False
        person = self._sent_by_browser().signatory_ids[0]
        self.logout()
        signatories = self.registry[person._name]
        record = signatories._record_signature
        refusals = [UserError("Draw it again.")]

        @wraps(record)
        def refuse_once(*args):
            if refusals:
                raise refusals.pop()
            return record(*args)

        with patch.object(signatories, "_record_signature", refuse_once):
            self._sign_by_link(person, "hosting_sign_again")
        self.assertEqual((person.state, refusals), ("signed", []))

    def test_participant_manager_and_programme_sign_on_a_telephone(self):
        self.browser_size, self.touch_enabled = "1440x900", False
        hosting = self._sent_by_browser()
        self.logout()
        self.browser_size, self.touch_enabled = "390x844", True
        person, manager, coordinator = hosting.signatory_ids
        self._sign_by_link(person)
        self.assertEqual((person.state, person.signed_by), ("signed", "Inès Carpentier"))
        self.assertEqual(hosting.next_signatory_id, manager)
        self._sign_by_link(manager)
        self.assertEqual(manager.signed_by, "Manager A")
        self._sign_by_link(coordinator, "hosting_sign_last")
        self.assertEqual((hosting.state, hosting.seal_state), ("validated", "intact"))
        self.assertEqual(set(hosting.signatory_ids.mapped("shown_hash")), {hosting.text_hash})
        self.browser_size, self.touch_enabled = "1440x900", False
        self._tour("hosting_sealed", self.coordinator, f"/odoo/incubation-hostings/{hosting.id}")
