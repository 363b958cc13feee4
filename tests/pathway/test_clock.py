"""The clock: planned exit, suspensions and their limits, extensions, and all of it in words."""

from datetime import date, timedelta

from psycopg2.errors import CheckViolation, NotNullViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time

from ..common import d
from .common import PathwayCase


class ClockCase(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation", date_entry="2015-06-15")

    def _extend(self, days, user=None, participant=None, **values):
        return (
            self.env["coworking.extension"]
            .with_user(user or self.accompanist)
            .create(
                {
                    "participant_id": (participant or self.participant).id,
                    "days": days,
                    "reason": "First customers in autumn",
                    **values,
                }
            )
        )

    def _suspend(self, start, end=None, user=None, participant=None, **values):
        return (
            self.env["coworking.suspension"]
            .with_user(user or self.coordinator)
            .create(
                {
                    "participant_id": (participant or self.participant).id,
                    "date_from": start,
                    "date_to": end,
                    "reason": "Away",
                    **values,
                }
            )
        )


class TestPlannedExit(ClockCase):
    def test_six_months_from_15_june_end_on_14_december(self):
        self.assertEqual(self.participant.date_exit_planned, d("14/12"))

    def test_suspensions_and_extensions_granted_are_added_up(self):
        self._suspend("2015-07-01", "2015-07-05")
        self._extend(7).with_user(self.coordinator).action_grant()
        self.assertEqual(self.participant.date_exit_planned, d("26/12"))

    def test_nothing_goes_past_the_end_of_the_program(self):
        self._suspend("2015-07-01", "2015-07-05")
        self._extend(13).with_user(self.coordinator).action_grant()
        self.assertEqual(self.participant.date_exit_planned, d("31/12"))
        self.program.date_end = "2016-06-30"
        self.assertEqual(self.participant.date_exit_planned, d("1/1/16"))

    def test_a_suspension_that_does_not_extend_moves_nothing(self):
        self._suspend("2015-07-01", "2015-07-05", extends=False)
        self.assertEqual(self.participant.date_exit_planned, d("14/12"))

    def test_a_seat_without_end_is_forecast_to_the_planned_exit(self):
        self.program.date_end = "2016-12-31"
        seat = self._new_seat("15/6", None, self.participant)
        suspension = self._suspend("2015-07-01", "2015-07-31", extends=False)
        for extends, last in ((True, date(2016, 1, 1)), (False, date(2015, 12, 1))):
            with self.subTest(extends=extends):
                suspension.extends = extends
                self.assertEqual(max(seat.charge_ids.mapped("period")), last)

    def test_each_day_suspended_counts_once(self):
        self._suspend("2015-07-01", "2015-07-01")
        self._suspend("2015-07-02", "2015-07-03")
        self.assertEqual(self.participant.date_exit_planned, d("17/12"))


class TestExtensions(ClockCase):
    def test_one_that_is_asked_moves_nothing(self):
        extension = self._extend(10)
        self.assertRecordValues(extension, [{"state": "asked", "decided_by_id": False}])
        self.assertEqual(self.participant.date_exit_planned, d("14/12"))

    def test_granted_it_moves_the_planned_exit_and_tells_who_and_when(self):
        extension = self._extend(10)
        extension.with_user(self.coordinator).action_grant()
        self.assertEqual(self.participant.date_exit_planned, d("24/12"))
        self.assertRecordValues(
            extension,
            [
                {
                    "state": "granted",
                    "decided_by_id": self.coordinator.id,
                    "decided_on": date(2015, 6, 15),
                }
            ],
        )

    def test_refused_it_takes_a_reason_and_moves_nothing(self):
        extension = self._extend(10).with_user(self.coordinator)
        with self.assertRefused("Say why", "Camille"):
            extension.action_refuse()
        extension.decision_reason = "No place left"
        extension.action_refuse()
        self.assertEqual(extension.state, "refused")
        self.assertEqual(self.participant.date_exit_planned, d("14/12"))

    def test_it_is_decided_once(self):
        extension = self._extend(10).with_user(self.coordinator)
        extension.action_grant()
        extension.decision_reason = "No place left"
        for again in (extension.action_grant, extension.action_refuse):
            with self.assertRefused("Camille", "was decided on"):
                again()
        self.assertEqual(extension.state, "granted")

    def test_more_days_than_a_calendar_has_end_with_the_program(self):
        self._extend(2_000_000_000).with_user(self.coordinator).action_grant()
        self.assertEqual(self.participant.date_exit_planned, self.program.date_end)

    def test_several_are_added_up(self):
        for days in (3, 4):
            self._extend(days).with_user(self.coordinator).action_grant()
        self.assertEqual(self.participant.date_exit_planned, d("21/12"))

    def test_an_accompanist_asks_and_never_decides(self):
        extension = self._extend(10, decision_reason="-")
        for attempt in (
            extension.action_grant,
            extension.action_refuse,
            lambda: extension.write({"state": "granted"}),
            lambda: self._extend(10, state="granted"),
            lambda: extension.with_context(default_state="granted").create(
                {"participant_id": self.participant.id, "days": 5, "reason": "More"}
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertEqual(self._again(self.participant).date_exit_planned, d("14/12"))

    def test_a_coordinator_imports_those_that_were_decided(self):
        extension = self._extend(7, self.coordinator, state="granted")
        self.assertEqual(extension.state, "granted")
        self.assertEqual(self.participant.date_exit_planned, d("21/12"))

    def test_there_is_nothing_to_extend_before_the_entry(self):
        candidate = self._new_participant("Alix")
        with self.assertRefused("Alix", "has not entered", error=ValidationError):
            self._extend(10, participant=candidate)

    def test_it_has_at_least_one_day_and_a_reason(self):
        for days in (0, -5):
            with self.subTest(days=days), self.assertRaises(CheckViolation):
                self._extend(days)
        with self.assertRaises(NotNullViolation):
            self._extend(10, reason=False)

    def test_a_seat_without_end_is_forecast_to_the_new_end(self):
        self.program.date_end = "2016-12-31"
        seat = self._new_seat("15/6", None, self.participant)
        self.assertEqual(max(seat.charge_ids.mapped("period")), date(2015, 12, 1))
        self._extend(40).with_user(self.coordinator).action_grant()
        self.assertEqual(max(seat.charge_ids.mapped("period")), date(2016, 1, 1))

    def test_the_forecast_follows_one_that_is_imported_corrected_or_deleted(self):
        self.program.date_end = "2016-12-31"
        seat = self._new_seat("15/6", None, self.participant)
        extension = self._extend(40, self.coordinator, state="granted")
        self.assertEqual(max(seat.charge_ids.mapped("period")), date(2016, 1, 1))
        extension.days = 10
        self.assertEqual(max(seat.charge_ids.mapped("period")), date(2015, 12, 1))
        extension.days = 60
        self.assertEqual(max(seat.charge_ids.mapped("period")), date(2016, 2, 1))
        extension.unlink()
        self.assertEqual(max(seat.charge_ids.mapped("period")), date(2015, 12, 1))


class TestForecast(ClockCase):
    def _last_month(self, seat):
        self.env.flush_all()
        self.env.invalidate_all()
        return str(max(seat.charge_ids.mapped("period")))

    def test_a_seat_without_end_is_forecast_as_suspensions_move_the_exit(self):
        self.participant.date_entry = "2015-03-16"
        seat = self._new_seat("16/3", None, self.participant)
        self.assertEqual(self._last_month(seat), "2015-09-01")  # to 15 September
        suspension = self._suspend("2015-07-01", "2015-07-20")
        self.assertEqual(self._last_month(seat), "2015-10-01")
        suspension.date_to = "2015-07-02"
        self.assertEqual(self._last_month(seat), "2015-09-01")
        suspension.date_to = "2015-07-20"
        suspension.unlink()
        self.assertEqual(self._last_month(seat), "2015-09-01")

    def test_it_is_forecast_anew_when_the_day_of_the_entry_is_corrected(self):
        seat = self._new_seat("16/6", None, self.participant)
        self.assertEqual(self._last_month(seat), "2015-12-01")
        self.participant.date_entry = "2015-03-16"
        self.assertEqual(self._last_month(seat), "2015-09-01")

    def test_one_without_end_moves_nothing_yet(self):
        self._suspend("2015-07-01")
        self.assertEqual(self.participant.date_exit_planned, d("14/12"))


class TestSuspensionLimits(ClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation", "Alix", date_entry="2015-03-02")

    def test_an_accompanist_goes_back_30_days_and_a_coordinator_further(self):
        """On 15 June, 16 May is 30 days ago."""
        for user, start, allowed in (
            (self.accompanist, date(2015, 5, 16), True),
            (self.accompanist, date(2015, 5, 15), False),
            (self.coordinator, date(2015, 5, 14), True),
            (self.coordinator, date(2015, 3, 2), True),
            (self.accompanist, date(2015, 6, 15), True),
            (self.accompanist, date(2015, 8, 1), True),
        ):
            with self.subTest(user=user.login, start=start):
                if allowed:
                    self._suspend(start, start, user)
                else:
                    with self.assertRefused(
                        "Alix", "30 days ago", "coordinator", error=ValidationError
                    ):
                        self._suspend(start, start, user)

    def test_moving_one_back_is_the_same(self):
        suspension = self._suspend("2015-06-10", "2015-06-12", self.accompanist)
        with self.assertRefused("Alix", "cannot start before", error=ValidationError):
            suspension.date_from = "2015-05-01"
        suspension.with_user(self.coordinator).date_from = "2015-05-01"

    def test_an_old_one_can_still_be_given_its_end(self):
        suspension = self._suspend("2015-05-01")
        suspension.with_user(self.accompanist).date_to = "2015-06-14"
        self.assertEqual(self.participant.date_exit_planned, date(2015, 10, 16))

    def test_the_number_of_days_is_a_setting(self):
        self.env["ir.config_parameter"].set_param(
            "coworking_incubation.suspension_backdate_days", "5"
        )
        self._suspend("2015-06-10", "2015-06-10", self.accompanist)
        with self.assertRefused("5 days ago", error=ValidationError):
            self._suspend("2015-06-09", "2015-06-09", self.accompanist)

    def test_it_lies_within_the_stay(self):
        self._leave(self.participant, date_exit="2015-06-14")
        for start, end, inside in (
            ("2015-03-02", "2015-03-02", True),
            ("2015-03-01", "2015-03-04", False),
            ("2015-06-10", "2015-06-14", True),
            ("2015-06-01", "2015-06-15", False),
            ("2015-06-15", False, False),
        ):
            with self.subTest(start=start, end=end):
                if inside:
                    self._suspend(start, end).unlink()
                else:
                    with self.assertRefused(
                        "Alix", "outside the incubation", error=ValidationError
                    ):
                        self._suspend(start, end)

    @freeze_time("2015-06-14 10:00:00")
    def test_it_starts_before_the_planned_exit_while_nobody_left(self):
        planned = self.participant.date_exit_planned
        self._suspend(planned, planned + timedelta(days=3)).unlink()
        with self.assertRefused("Alix", "outside the incubation", error=ValidationError):
            self._suspend(planned + timedelta(days=1), planned + timedelta(days=4))
        # a suspension before pushes the end back
        self._suspend("2015-06-10", "2015-06-14")
        self._suspend(planned + timedelta(days=5), planned + timedelta(days=6))

    def test_who_stays_on_after_the_planned_exit_can_be_suspended_until_today(self):
        planned = self.participant.date_exit_planned
        with freeze_time(planned + timedelta(days=20)):
            self._suspend(planned + timedelta(days=20), False).unlink()
            with self.assertRefused("Alix", "outside the incubation", error=ValidationError):
                self._suspend(planned + timedelta(days=21), False)

    def test_it_takes_a_reason(self):
        with self.assertRaises(NotNullViolation):
            self._suspend("2015-06-10", "2015-06-12", reason=False)


class TestWords(ClockCase):
    def _words(self, day, participant=None):
        with freeze_time(f"{day} 10:00:00"):
            participant = self._again(participant or self.participant)
            return participant.with_context(lang="en_US").clock_words

    def test_the_day_the_total_and_the_end(self):
        words = self._words("2015-08-27")
        self.assertTrue(words.startswith("day 74 of 183, until 14 "), words)
        self.assertTrue(words.endswith(" 2015"), words)

    def test_days_suspended_are_told(self):
        """As in the specification: suspended twelve days, the end moves by twelve."""
        self._suspend("2015-07-01", "2015-07-12")
        self.assertIn("day 74 of 195, 12 days suspended, until 26 ", self._words("2015-08-27"))

    def test_one_day_is_one_day(self):
        self._suspend("2015-07-01", "2015-07-01")
        self.assertIn(", 1 day suspended, ", self._words("2015-08-27"))

    def test_days_that_do_not_extend_are_not_told(self):
        self._suspend("2015-07-01", "2015-07-12", extends=False)
        self.assertNotIn("suspended", self._words("2015-08-27"))

    def test_it_starts_with_day_1_and_stops_at_the_exit(self):
        self.assertIn("day 1 of 183", self._words("2015-06-15"))
        self._leave(self.participant, date_exit="2015-06-24")
        words = self._words("2015-12-01")
        self.assertTrue(words.startswith("day 10 of 183, exit on 24 "), words)

    def test_before_the_entry_there_are_none(self):
        self.assertFalse(self._words("2015-06-15", self._new_participant("Noor")))

    def test_the_end_in_words_is_always_the_planned_exit(self):
        for days in range(0, 40, 13):
            with self.subTest(days=days):
                entry = date(2015, 6, 15) + timedelta(days=days)
                participant = self._at("incubation", f"{days}", date_entry=entry)
                planned = participant.date_exit_planned
                self.assertIn(f"until {planned.day} ", self._words("2015-08-01", participant))
