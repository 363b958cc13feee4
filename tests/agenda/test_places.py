"""Places of a meeting: never more than there are, and who waits moves up."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError

from .common import AgendaCase


class TestPlaces(AgendaCase):
    def _register(self, number, minutes=0, **values):
        """Somebody who filled in the form so many minutes ago; the mail is on its way."""
        person = self._attend(
            **{
                "name": f"Unknown {'abcdefghijkl'[number]}",
                "email": f"unknown{number}@example.org",
                "lang": "en_US",
                "state": "waiting",
                "registered_by": "public",
                "registered_at": fields.Datetime.now() - timedelta(minutes=minutes),
                **values,
            }
        )
        person._seek_place()
        person._ask_to_confirm()
        return person

    def _register_many(self, count, **values):
        people = self.env["coworking.attendance"]
        return people.concat(*(self._register(number, **values) for number in range(count)))

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

    def test_who_is_told_by_phone_once_the_meeting_began_stays_present_or_absent(self):
        self.meeting.coworking_capacity = 4
        people = self._register_many(2, email=False, phone="0601020304")
        self.assertTrue(all(people.mapped("place")))
        now = fields.Datetime.now()
        self.meeting.write({"start": now - timedelta(minutes=10), "stop": now + timedelta(hours=2)})
        for person, state in zip(people, ("present", "absent"), strict=True):
            person.state = state
            person.flush_recordset()
            person.with_user(self.accompanist).action_told()
            self.assertTrue(person.confirmed_at)
            self.assertEqual(person.state, state)

    def test_an_address_that_nobody_confirmed_does_not_move_up(self):
        people = self._fill()
        stranger = self._wait("Stranger", email="x@example.org", registered_by="public")
        known = self._wait("Known", email="y@example.org", registered_by="public")
        known.confirmed_at = fields.Datetime.now()
        people[0].state = "cancelled"
        self.assertEqual((stranger.state, known.state), ("waiting", "expected"))

    def test_invented_people_have_half_of_the_places_at_most(self):
        self.meeting.coworking_capacity = 5
        for contact in ({}, {"email": False, "phone": "06 39 98 01 02"}):
            with self.subTest(contact=contact):
                robots = self._register_many(4, **contact)
                self.assertEqual(robots.mapped("state").count("expected"), 3)
                self.assertEqual(robots[-1].state, "waiting")
                robots[-1]._confirm_registration()
                self.assertEqual(robots[-1].state, "expected", "who confirms has a place at once")
                robots.unlink()

    def test_who_confirms_leaves_the_half_for_the_next(self):
        self.meeting.coworking_capacity = 4
        first = self._register_many(2)
        for person in first:
            person._confirm_registration()
        self.assertTrue(all(person.place > 2 for person in first))
        others = self._register(2) + self._register(3)
        self.assertEqual(set(others.mapped("state")), {"expected"})

    def test_a_place_is_nobody_else_s_for_an_hour(self):
        kept, __ = self._register(0, minutes=59), self._fill(1)
        sure = self._register(1)
        sure._confirm_registration()
        self.assertEqual((kept.state, sure.state), ("expected", "waiting"))

    def test_after_an_hour_whoever_confirmed_has_it_and_a_late_confirmation_is_told(self):
        late, __ = self._register(0, minutes=61), self._fill(1)
        self.assertIn("still there", late._describe_kept_place())
        self.assertEqual(self.meeting._coworking_public_places()[self.meeting], 1)
        sure = self._register(1)
        self.assertEqual(sure.state, "waiting")
        self.assertIn("confirm to have one", sure._describe_kept_place())
        sure._confirm_registration()
        self.assertEqual((late.state, late.place, sure.state), ("waiting", 0, "expected"))
        self.assertIn("All places are taken", late._describe_kept_place())
        late._confirm_registration()
        self.assertEqual((late.state, late.waiting_rank), ("waiting", 1))
        mail = self.env["mail.mail"].search([("email_to", "=", late.email)], order="id desc")[0]
        self.assertIn("waiting list", mail.body_html)
        self.assertEqual(late._move_to(self._new_event("info_session", days=9)), "moved")
        self.assertEqual(late.state, "expected")

    def test_after_an_hour_it_stays_theirs_where_nobody_needs_it(self):
        late = self._register(0, minutes=600)
        late._confirm_registration()
        self.assertEqual(late.state, "expected")

    def test_the_mail_says_for_how_long(self):
        person = self._register(0)
        mail = self.env["mail.mail"].search([("email_to", "=", person.email)])
        self.assertIn("kept for you for 60 minutes", mail.body_html)
        self.assertIn("within 24 hours", mail.body_html)

    def test_who_waits_gets_the_place_of_an_invented_address_by_itself(self):
        self._fill(1)
        robot = self._register(0)
        sure = self._register(1)
        sure._confirm_registration()
        robot.registered_at = fields.Datetime.now() - timedelta(minutes=61)
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_purge_unconfirmed").method_direct_trigger()
        self.assertEqual((robot.state, sure.state), ("waiting", "expected"))

    def test_a_full_meeting_is_not_gone_through_for_those_who_wait(self):
        self._fill()
        self._wait("First")
        events = self.registry["calendar.event"]
        with (
            patch.object(events, "_coworking_fill_places", autospec=True) as fill,
            self.enter_registry_test_mode(),
        ):
            self.env.ref("coworking_incubation.ir_cron_purge_unconfirmed").method_direct_trigger()
        self.assertNotIn(self.meeting.id, [call.args[0].id for call in fill.call_args_list])

    def test_a_lowered_capacity_gives_no_place_of_somebody_else(self):
        self.meeting.coworking_capacity = 4
        robots = self._register_many(2, minutes=61)
        self._fill(2)
        self.meeting.coworking_capacity = 3
        sure = self._register(5)
        sure._confirm_registration()
        self.assertEqual(sure.state, "waiting")
        self.assertEqual(set(robots.mapped("state")), {"expected"})

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
