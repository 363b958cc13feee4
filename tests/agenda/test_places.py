"""Places of a meeting: never more than there are, and who waits moves up."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError

from .common import AgendaCase


class TestPlaces(AgendaCase):
    def _fill(self, count=2, **values):
        return self.env["coworking.attendance"].concat(
            *(self._attend(name=f"Person {number}", **values) for number in range(count))
        )

    def _wait(self, name, **values):
        return self._attend(name=name, state="waiting", **values)

    def test_a_full_meeting_takes_nobody_more(self):
        self._fill()
        with self.assertRefused("Information meeting", "2 places", "Sacha Petit"):
            self._attend()

    def test_who_waits_longest_moves_up(self):
        people = self._fill()
        second = self._wait("Second", registered_at="2015-01-02")
        first = self._wait("First", registered_at="2015-01-01")
        self.assertEqual((first.waiting_rank, second.waiting_rank), (1, 2))
        people[0].state = "excused"
        self.assertEqual((first.state, second.state), ("expected", "waiting"))
        people[1].unlink()
        self.assertEqual(second.state, "expected")

    def test_an_address_that_nobody_confirmed_does_not_move_up(self):
        people = self._fill()
        stranger = self._wait("Stranger", email="x@example.org", registered_by="public")
        known = self._wait("Known", email="y@example.org", registered_by="public")
        known.confirmed_at = fields.Datetime.now()
        people[0].state = "cancelled"
        self.assertEqual((stranger.state, known.state), ("waiting", "expected"))

    def test_a_higher_capacity_lets_people_in(self):
        self._fill()
        waiting = self._wait("First")
        self.meeting.coworking_capacity = 3
        self.assertEqual(waiting.state, "expected")

    def test_no_limit_lets_everybody_in(self):
        self._fill()
        waiting = self._wait("First") + self._wait("Second")
        self.meeting.coworking_capacity = 0
        self.assertEqual(set(waiting.mapped("state")), {"expected"})

    def test_a_lower_capacity_keeps_those_present_and_takes_no_other(self):
        self.meeting.coworking_capacity = 4
        people = self._fill(4)
        self.meeting.coworking_capacity = 2
        self.assertEqual(set(people.mapped("state")), {"expected"})
        people[0].state = "cancelled"
        with self.assertRefused("full"):
            self._attend()
        people[1:3].write({"state": "cancelled"})
        self._attend()

    def test_a_limit_that_is_set_later_counts_those_who_are_there(self):
        meeting = self._new_event("info_session")
        self._attend(meeting, name="A")
        self._attend(meeting, name="B")
        meeting.coworking_capacity = 2
        with self.assertRefused("full"):
            self._attend(meeting, name="C")

    def test_a_place_is_free_for_one_only(self):
        first = self._fill(1)
        second = self._attend(name="Second")
        with self.assertRefused("just taken", error=ValidationError):
            second.place = first.place

    def test_what_is_past_is_noted_whatever_the_capacity(self):
        meeting = self._new_event("info_session", days=-7, coworking_capacity=1)
        self._attend(meeting, name="A", state="present")
        self._attend(meeting, name="B", state="present")
        self.assertEqual(meeting.coworking_expected_count, 2)

    def test_nobody_moves_up_into_the_past(self):
        people = self._fill()
        waiting = self._wait("First")
        self.meeting.write(
            {
                "start": fields.Datetime.now() - timedelta(days=2),
                "stop": fields.Datetime.now() - timedelta(days=1),
            }
        )
        people[0].state = "excused"
        self.assertEqual(waiting.state, "waiting")

    def test_who_moves_up_without_an_email_is_to_be_called(self):
        people = self._fill()
        by_phone, by_mail = self._wait("A", phone="06 39 98 00 00"), self._wait("B")
        by_mail.email = "b@example.org"
        people.write({"state": "cancelled"})
        self.assertEqual((by_phone.to_tell, by_mail.to_tell), (True, False))
        mail = self.env["mail.mail"].search([("email_to", "=", "b@example.org")])
        self.assertEqual(mail.attachment_ids.mimetype, "text/calendar")


class TestTheSamePerson(AgendaCase):
    def test_is_once_on_the_list_however_it_is_typed(self):
        self._attend(name="Camille Martin", email="camille@example.org")
        with self.assertRefused("already on the list", error=ValidationError):
            self._attend(name="MARTIN  Camille", email="Camille+x@Example.org")

    def test_by_phone_too(self):
        self._attend(name="Zoé Petit", phone="+33 6 39 98 01 02")
        with self.assertRefused("already on the list", error=ValidationError):
            self._attend(name="zoe petit", phone="06.39.98.01.02")

    def test_two_people_may_share_an_address(self):
        self._attend(name="Camille Martin", email="home@example.org")
        self._attend(name="Paul Martin", email="home@example.org")

    def test_who_cancelled_may_come_back(self):
        self._attend(name="Camille Martin", email="camille@example.org", state="cancelled")
        self._attend(name="Camille Martin", email="camille@example.org")
