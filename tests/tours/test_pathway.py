from odoo import Command
from odoo.tests import freeze_time

from .common import TourCase


class TestReviewOnAPhone(TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_what_is_rated_is_read_whole(self):
        file = self._new_participant("Inès Carpentier")
        review = self.env["coworking.review"].create({"participant_id": file.id, "kind": "entry"})
        self.assertEqual(len(review.line_ids), 5)
        url = f"/odoo/coworking.review/{review.id}"
        self._tour("review_phone", self.accompanist, url)
        self.assertEqual(review.line_ids[0].rating, "3")


class TestPathway(TourCase):
    def test_from_the_orientation_to_the_follow_up_of_six_months(self):
        reason = self.env["coworking.exit.reason"].create(
            {"name": "Emploi durable trouvé", "category": "durable"}
        )
        file = self._new_participant(
            "Inès Carpentier",
            phone="06 12 34 56 78",
            project="Une couveuse de vélos",
            prescriber_id=self.prescriber.id,
        )
        url = f"/odoo/incubation-participants/{file.id}"
        requirements = self.stages["incubation"].requirement_ids.filtered(
            lambda row: row.severity == "blocking"
        )

        self._tour(
            "pathway_request",
            self.accompanist,
            url,
            criterion=self.criterion.name,
            space=self.space.name,
            tariff=self.tariff.name,
            missing=requirements.with_context(lang="fr_FR").mapped("name"),
        )
        seat = file.seat_ids
        self.assertEqual((seat.state, seat.tariff_id), ("requested", self.tariff))
        self.assertEqual(file.stage_id, self.stages["hosting"])

        self._tour("pathway_confirm", self.coordinator, person=file.partner_name)
        self.assertEqual(seat.state, "confirmed")

        document = file.document_ids.filtered(lambda row: row.type_id.on_own_page)[:1]
        self.env["coworking.portal.person"]._give_document(document, b"%PDF-1.4 it")
        self._tour("pathway_enter", self.accompanist, url, copy=document.filename)
        self.assertEqual(document.state, "seen")
        self.assertEqual(file.stage_id, self.stages["incubation"])
        self.assertEqual(file.date_entry.isoformat(), "2015-06-15")
        self.assertFalse(file.documents_missing)
        review = file.review_ids.filtered(lambda row: row.state == "done")
        self.assertEqual((review.kind, review.state), ("entry", "done"))
        self.assertEqual(review.line_ids.mapped("rating"), ["2", "1", "3", "2", "4"])

        with freeze_time("2015-07-23 09:00:00", tick=True):
            file.document_ids.filtered("mandatory")[0].state = "missing"
            self._tour("pathway_early", self.accompanist, url)
        self.assertEqual(file.stage_id, self.stages["incubation"])
        self.assertEqual(file.date_entry.isoformat(), "2015-06-15")
        early = file.move_ids.filtered("taken_back")
        self.assertEqual(len(early), 2)

        with freeze_time("2015-12-14 09:00:00", tick=True):
            self._tour("pathway_leave", self.accompanist, url, reason=reason.name)
        self.assertEqual(file.date_exit.isoformat(), "2015-12-14")
        self.assertEqual(seat.date_end, file.date_exit)
        self.assertEqual(file.stage_id, self.stages["followup"])

        with freeze_time("2016-06-14 09:00:00", tick=True):
            self._tour(
                "pathway_followup",
                self.accompanist,
                reason=reason.name,
                person=file.partner_name,
            )
        answered = file.followup_ids.filtered(lambda row: row.months == 6)
        self.assertEqual((answered.state, answered.category), ("answered", "durable"))
        self.assertEqual(file.stage_id, self.stages["closed"])
        self.assertEqual(
            [(move.to_stage_id, move.overridden) for move in (file.move_ids - early).sorted("id")],
            [(stage, False) for stage in self.stages.values()],
        )

    def test_an_old_page_tells_what_was_changed_in_another_and_loses_nothing(self):
        file = self._new_participant("Inès Carpentier", phone="06 12 34 56 78")
        url = f"/odoo/incubation-participants/{file.id}"
        self._tour("pathway_meanwhile", self.accompanist, url, file=file.id)
        self.assertEqual(file.stage_id, self.stages["info_session"])
        self.assertEqual(file.project, "Vélos et remorques")
        self.assertEqual(
            file.move_ids.to_stage_id, self.stages["info_session"] | self.stages["orientation"]
        )

    def test_an_old_row_of_a_form_tells_what_was_changed_in_another_and_loses_nothing(self):
        objective = self.env["coworking.objective"].create(
            {
                "participant_id": self._new_participant("Inès Carpentier").id,
                "name": "Trouver des clients",
                "action_ids": [Command.create({"name": "Appeler"})],
            }
        )
        action = objective.action_ids
        url = f"/odoo/incubation-objectives/{objective.id}"
        self._tour("row_meanwhile", self.accompanist, url, action=action.id)
        self.assertEqual(action.name, "Rappeler")

    def test_what_is_typed_counts_for_the_stage_that_is_clicked(self):
        reason = self.env["coworking.exit.reason"].create(
            {"name": "Emploi durable trouvé", "category": "durable"}
        )
        file = self._new_participant(
            "Marie-Antoinette-Clémentine de Saint-Exupéry-Vandenbroucke-Delattre du Haut-Mesnil",
            stage_id=self.stages["incubation"].id,
            move_reason="Take-over",
            date_entry="2015-06-15",
        )
        url = f"/odoo/incubation-participants/{file.id}"
        with freeze_time("2015-07-23 09:00:00", tick=True):
            self._tour("pathway_typed", self.accompanist, url, reason=reason.name)
        self.assertEqual(file.stage_id, self.stages["exit"])
        self.assertEqual(file.exit_reason_id, reason)
