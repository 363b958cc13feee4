"""Archiving hides: what goes on is in the way, named, with the way to it."""

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time
from odoo.tools import format_date

from ..common import JUNE, CoworkingCase, d


@freeze_time("2015-06-15 09:00:00")
class TestArchive(CoworkingCase):
    def assertInTheWay(self, record, *fragments):
        """Archiving is refused with these words, and a button.

        :return: the records that the button shows
        """
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            record.with_user(self.coordinator).action_archive()
        self.assertTrue(self._again(record).active)
        message, action, button, __ = caught.exception.args
        self.assertEqual(str(caught.exception), message)
        for fragment in (record.display_name, "cannot be archived yet", *fragments):
            self.assertIn(fragment, message)
        self.assertTrue(button)
        return self.env[action["res_model"]].search(action["domain"])

    def _again(self, record):
        self.env.invalidate_all()
        return record

    def test_a_space_with_people_in_it_or_to_come_stays(self):
        seats = (
            self._new_seat("1/6", None, "Here", state="active"),
            self._new_seat("1/7", "31/7", "To come"),
            self._new_seat("1/7", "31/7", "Asked for", state="requested"),
        )
        found = self.assertInTheWay(
            self.space, *(seat.name for seat in seats), "Here", "To come", "Asked for"
        )
        self.assertEqual(found, seats[0] | seats[1] | seats[2])

    def test_a_space_that_closes_names_the_seats_that_go_on_and_leads_to_them(self):
        seats = self._new_seat("1/6", None, "Here", state="active") | self._new_seat(
            "1/7", "31/7", "To come"
        )
        self._new_seat("1/6", "30/6", "Before", state="active")
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            self.space.write({"state": "closed", "date_closed": d("30/6")})
        message, action, __, __ = caught.exception.args
        for seat in seats:
            self.assertIn(seat.name, message)
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), seats)

    def test_a_seat_that_was_put_away_was_there_all_the_same(self):
        seat = self._new_seat("1/6", "30/6", "Camille", state="ended")
        seat.active = False
        self.space.seat_capacity = 1
        with self.assertRefused("Camille", seat.name, error=ValidationError):
            self._new_seat("15/6", "15/7", seat.participant_id, tariff=self.tariff_b)
        with self.assertRefused(
            self.space.name, format_date(self.env, d("15/6")), error=ValidationError
        ):
            self._new_seat("15/6", "15/7", "Sacha")
        with self.assertRefused(seat.name, error=ValidationError):
            self.program.date_end = d("15/6")
        with self.assertRefused(seat.name, error=ValidationError):
            self.space.write({"state": "closed", "date_closed": d("15/6")})

    def test_a_space_whose_month_is_open_stays(self):
        self._new_seat("1/6", "10/6", state="ended")
        statement = self._generate(JUNE)
        self.assertEqual(self.assertInTheWay(self.space, statement.name), statement)
        self._settle(JUNE)
        self.space.with_user(self.coordinator).action_archive()
        self.assertFalse(self.space.active)

    def test_a_program_with_people_in_spaces_or_to_come_stays(self):
        seats = self._new_seat("1/6", None, "Here", state="active") | self._new_seat(
            "1/7", "31/7", "To come"
        )
        self._new_seat("1/5", "31/5", "Before", state="ended")
        found = self.assertInTheWay(self.program, *seats.mapped("name"), "Here", "To come")
        self.assertEqual(found, seats)

    def test_a_program_whose_seats_are_over_goes_though_its_month_is_open(self):
        self._new_seat("1/6", "10/6", state="ended")
        self._generate(JUNE)
        self.program.with_user(self.coordinator).action_archive()
        self.assertFalse(self.program.active)

    def test_of_many_in_the_way_some_are_named(self):
        self.space.seat_capacity = 12
        for n in range(12):
            self._new_seat("1/6", None, f"Person {n:02}", state="active")
        self.assertEqual(len(self.assertInTheWay(self.program, "and 2 more")), 12)

    def test_a_participant_with_a_seat_stays(self):
        for state, start, end in (
            ("active", "1/6", None),
            ("confirmed", "1/7", "31/7"),
            ("requested", "1/7", None),
        ):
            with self.subTest(state=state):
                seat = self._new_seat(start, end, state, state=state)
                self.assertEqual(self.assertInTheWay(seat.participant_id, seat.name), seat)

    def test_a_participant_whose_seats_are_over_goes(self):
        seat = self._new_seat("1/5", "31/5", state="active")
        self._new_seat("1/7", None, seat.participant_id, state="requested").action_refuse()
        seat.participant_id.with_user(self.coordinator).action_archive()
        self.assertFalse(seat.participant_id.active)

    def test_a_seat_under_way_is_ended_rather_than_archived(self):
        seat = self._new_seat("1/6", None, state="active")
        with self.assertRefused(seat.name, "Under Way"):
            seat.with_user(self.coordinator).action_archive()
        seat.write({"state": "ended", "date_end": d("30/6")})
        seat.with_user(self.coordinator).action_archive()
        self.assertFalse(seat.active)

    def test_an_archived_seat_is_taken_out_before_it_is_given(self):
        seat = self._new_seat("1/8", None, state="requested")
        seat.action_refuse()
        seat.action_archive()
        seat.action_draft()
        with self.assertRefused(seat.name, "Confirmed"):
            seat.action_confirm()
