"""What an accompanist asks for reaches the coordinator, once, until it is answered."""

from odoo.tests import Form, freeze_time

from ..common import CoworkingCase, d


@freeze_time("2015-06-15 09:00:00")
class TestRequests(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator.lang = "en_US"
        cls.participant = cls._new_participant(date_entry="2015-06-01")

    def _request(self, start="1/7"):
        seat = self._new_seat(start, None, self.participant, state="draft")
        seat.with_user(self.accompanist).action_request()
        return seat

    def _extend(self, days=30):
        return (
            self.env["coworking.extension"]
            .with_user(self.accompanist)
            .create({"participant_id": self.participant.id, "days": days, "reason": "Customers"})
        )

    def test_a_seat_requested_is_the_coordinators_to_answer(self):
        seat = self._request()
        self.assertEqual(seat.activity_ids.user_id, self.coordinator)
        self.assertEqual(
            seat.activity_ids.summary, "Answer the request of a seat: Camille at Atelier Test"
        )

    def test_so_is_one_that_is_made_as_a_request(self):
        seat = self._new_seat("1/7", None, self.participant, state="requested")
        self.assertEqual(seat.activity_ids.user_id, self.coordinator)

    def test_it_is_asked_once_and_closed_by_each_answer(self):
        for answer in ("action_confirm", "action_refuse", "action_cancel"):
            with self.subTest(answer=answer):
                seat = self._request()
                seat.date_start = d("2/7")
                self.assertEqual(len(seat.activity_ids), 1)
                seat.activity_schedule("mail.mail_activity_data_todo", summary="Something else")
                getattr(seat.with_user(self.coordinator), answer)()
                self.assertEqual(seat.activity_ids.mapped("summary"), ["Something else"])
                if answer == "action_confirm":
                    seat.action_cancel()

    def test_it_goes_to_the_administrator_where_there_is_no_coordinator(self):
        self.program.user_id = False
        self.assertEqual(self._request().activity_ids.user_id, self.env.ref("base.user_admin"))

    def test_an_extension_asked_for_is_the_coordinators_to_answer(self):
        extension = self._extend()
        self.assertEqual(extension.activity_ids.user_id, self.coordinator)
        self.assertIn("Camille, 30 days", extension.activity_ids.summary)
        extension.with_user(self.coordinator).action_grant()
        self.assertFalse(extension.activity_ids)
        refused = self._extend()
        refused.with_user(self.coordinator).decision_reason = "No budget"
        refused.with_user(self.coordinator).action_refuse()
        self.assertFalse(refused.activity_ids)

    def test_a_second_open_request_of_a_seat_is_told_of_with_a_link(self):
        form = Form(self.env["coworking.seat"].with_user(self.accompanist))
        form.participant_id = self.participant
        self.assertFalse(form.other_request_id)
        first = self._request()
        form = Form(self.env["coworking.seat"].with_user(self.accompanist))
        form.participant_id = self.participant
        self.assertEqual(form.other_request_id, first)
        self.assertFalse(first.other_request_id)
        second = self._request("1/8")
        self.assertEqual(self._again(second).other_request_id, first)
        first.action_refuse()
        self.assertFalse(self._again(second).other_request_id)

    def test_a_second_open_extension_is_told_of(self):
        new = self.env["coworking.extension"].new(
            {"participant_id": self.participant.id, "days": 10, "state": "asked"}
        )
        self.assertIsNone(new._onchange_days())
        first = self._extend()
        warning = new._onchange_days()["warning"]
        self.assertIn(first.display_name, warning["message"])
        first.with_user(self.coordinator).action_grant()
        self.assertIsNone(new._onchange_days())

    def _again(self, record):
        self.env.invalidate_all()
        return record
