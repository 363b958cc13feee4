"""Opening hours and closures of a take-over."""

from odoo import Command
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.wizard.take_over_export import ExportedRows

from ..common import JULY, JUNE, d
from .test_take_over import PERSON, SEAT, TakeOverCase

DAYS = [f"dayofweek_{number}" for number in range(7)]
WEEK = {**dict.fromkeys(DAYS[1:5], "9h-12h30 13h30-18h"), DAYS[5]: "10:00 à 13:00"}
QUAI = {"name": "Le Quai", "code": "QUAI", "seat_capacity": 3}


class OpeningCase(TakeOverCase):
    @property
    def quai(self):
        return self.env["coworking.space"].search([("code", "=", "QUAI")])

    def _open(self, space, first, last):
        return sorted(space._open_half_days(d(first), d(last))[space.id])


@freeze_time("2015-06-20 09:00:00")
class TestOpeningHours(OpeningCase):
    def test_a_space_is_open_as_its_row_says(self):
        """From Tuesday to Saturday; June 2015 begins on a Monday."""
        self._record(spaces=[{**QUAI, **WEEK}])
        self.assertEqual(
            self._open(self.quai, "5/6", "9/6"),
            [
                (d("5/6"), "am"),
                (d("5/6"), "pm"),
                (d("6/6"), "am"),
                (d("9/6"), "am"),
                (d("9/6"), "pm"),
            ],
        )
        self.assertEqual(self.quai.resource_calendar_id.tz, self.company.resource_calendar_id.tz)

    def test_without_a_word_a_space_has_no_hours_of_its_own(self):
        self._record(spaces=[QUAI])
        self.assertFalse(self.quai.resource_calendar_id)

    def test_presences_are_those_of_the_days_on_which_it_is_open(self):
        row = {"participant_id": "Camille Roy", "state": "Present"}
        take_over = self._read(
            spaces=[{**QUAI, **WEEK}],
            tariffs=[{"space_id": "QUAI", "name": "Jour", "unit": "Day", "price": 20}],
            people=[PERSON],
            seats=[{**SEAT, "space_id": "Le Quai", "tariff_id": "Jour"}],
            presences=[
                {**row, "date": "06/06/2015", "slot": "Morning"},
                {**row, "date": "08/06/2015"},
            ],
        )
        self.assertProblem(take_over, ("presences", 3), "date", "Le Quai is closed then")
        self.assertEqual(take_over.problem_count, 1)

    def test_a_space_that_is_there_gets_the_hours_it_lacks_and_no_other_ones(self):
        self._record(spaces=[QUAI])
        row = {**QUAI, **WEEK, "opens_on_holidays": "yes"}
        self._record(spaces=[row])
        self.assertTrue(self.quai.opens_on_holidays)
        self.assertKnown(spaces=[QUAI])
        for key, text, words in (
            (DAYS[0], "9-12", "on this day: closed"),
            (DAYS[2], "9-12", "9:00-12:30 13:30-18:00"),
            (DAYS[5], "", "10:00-13:00"),
            ("opens_on_holidays", "no", "change it there"),
        ):
            with self.subTest(key):
                take_over = self._read(spaces=[{**row, key: text}])
                self.assertProblem(take_over, ("spaces", 2), key, words)

    def test_hours_as_people_write_them(self):
        self._record(spaces=[{**QUAI, **WEEK}])
        for text in (
            "9:00-12:30 13:30-18:00",
            "de 9h à 12h30 et de 13h30 à 18 h",
            "13:30–18:00/09:00–12:30",
            "9h-11h 11h-12h30 13h30-18h",
        ):
            week = {**dict.fromkeys(DAYS[1:5], text), DAYS[5]: "10-13", DAYS[6]: "fermé"}
            self.assertKnown(spaces=[{**QUAI, **week}])
        for text in ("9-25", "18-9", "9-12 11-14", "midi", "9h", "2015-12-09", "9-12 | 9-12 | 9"):
            with self.subTest(text):
                take_over = self._read(spaces=[{**QUAI, **WEEK, DAYS[0]: text}])
                self.assertProblem(take_over, ("spaces", 2), DAYS[0], "not opening hours")
        take_over = self._read(spaces=[{"name": "Ici", "seat_capacity": 1, DAYS[6]: "fermé"}])
        self.assertProblem(take_over, ("spaces", 2), DAYS[6], "open on one day at least")

    def test_two_weeks_by_turns(self):
        """One below the other, as Odoo shows them and lets them be changed."""
        row = {**QUAI, DAYS[1]: "9-12 | 14-18", DAYS[2]: "9-12 | 9-12", DAYS[3]: "| 9-12"}
        self._record(spaces=[row])
        self.assertKnown(spaces=[{**row, DAYS[2]: "9-12"}])
        weeks = [self._open(self.quai, *days) for days in (("1/6", "7/6"), ("8/6", "14/6"))]
        week_type = self.env["resource.calendar.attendance"].get_week_type(d("1/6"))
        even, odd = weeks if week_type == 0 else weeks[::-1]
        self.assertEqual([(day.weekday(), slot) for day, slot in even], [(1, "am"), (2, "am")])
        self.assertEqual(
            [(day.weekday(), slot) for day, slot in odd], [(1, "pm"), (2, "am"), (3, "am")]
        )
        self.quai.resource_calendar_id._onchange_attendance_ids()

    def test_what_is_closed_for_the_company_is_closed_here_where_the_workbook_says_it(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Works",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2015-06-15 00:00:00",
                "date_to": "2015-06-16 23:00:00",
            }
        )
        self._record(spaces=[{**QUAI, **WEEK}])
        self.assertFalse(self.quai.resource_calendar_id.leave_ids)


@freeze_time("2015-06-20 09:00:00")
class TestClosures(OpeningCase):
    ROW = {
        "space_id": "Atelier Test",
        "date_from": "13/07/2015",
        "date_to": "19/07/2015",
        "name": "Summer",
    }

    def _closed(self):
        return sorted(self.space._get_closed_days()[self.space.id])

    def test_a_closure_is_recorded_once(self):
        self._record(closures=[self.ROW])
        self.assertEqual(self._closed(), [d(f"{day}/7") for day in range(13, 20)])
        self.assertEqual(self._read(closures=[{**self.ROW, "name": ""}]).known_count, 1)

    def test_a_part_of_a_day_closes_no_day(self):
        row = {**self.ROW, "closes_at": "14h", "date_to": "14/07/2015", "opens_at": "10:30"}
        self._record(closures=[row])
        ((begin, end, __),) = self.space._get_closures()[self.space.resource_calendar_id]
        self.assertEqual(f"{begin:%d %H:%M} {end:%d %H:%M}", "13 14:00 14 10:30")
        self.assertFalse(self._closed())
        take_over = self._read(closures=[{**row, "closes_at": "13h"}])
        self.assertProblem(take_over, ("closures", 2), "date_from", "is closed from")

    def test_what_is_closed_otherwise_is_said(self):
        self._record(closures=[self.ROW])
        for key, text, column in (
            ("date_to", "20/07/2015", "date_to"),
            ("date_to", "18/07/2015", "date_to"),
            ("date_from", "12/07/2015", "date_from"),
            ("date_from", "19/07/2015", "date_from"),
        ):
            take_over = self._read(closures=[{**self.ROW, key: text}])
            self.assertProblem(take_over, ("closures", 2), column, "is closed from")
        take_over = self._read(closures=[{**self.ROW, "name": "Works"}])
        self.assertProblem(take_over, ("closures", 2), "name", "something else here")

    def test_closures_that_touch_are_known_each_and_together(self):
        rows = [{**self.ROW, "date_to": "15/07/2015"}, {**self.ROW, "date_from": "16/07/2015"}]
        rows[1]["name"] = "Works"
        self._record(closures=rows)
        self.assertEqual(
            self._read(closures=[{**self.ROW, "name": "Summer, Works"}]).known_count, 1
        )

    def test_a_wrong_closure_names_its_cell(self):
        for values, column, words in (
            ({"space_id": "Ailleurs"}, "space_id", "No space is called Ailleurs"),
            ({"date_to": "12/07/2015"}, "date_to", "cannot be before the first"),
            (
                {"date_to": "13/07/2015", "closes_at": "14:00", "opens_at": "9:00"},
                "opens_at",
                "ends",
            ),
            ({"closes_at": "25:00"}, "closes_at", "not a time of the day"),
            ({"date_from": ""}, "date_from", "is empty"),
        ):
            with self.subTest(values):
                take_over = self._read(closures=[{**self.ROW, **values}])
                self.assertProblem(take_over, ("closures", 2), column, words)

    def test_the_spaces_of_the_workbook_close_too(self):
        self._record(spaces=[{**QUAI, **WEEK}], closures=[{**self.ROW, "space_id": "QUAI"}])
        (days,) = self.quai._get_closed_days().values()
        self.assertEqual(len(days), 7)

    def test_a_closure_of_a_settled_month_is_corrected_by_the_next(self):
        self.tariff.closure_rule = "credited"
        row = {**self.ROW, "date_from": "01/06/2015", "date_to": "06/06/2015"}
        with freeze_time("2015-08-02 09:00:00"):
            self._record(people=[PERSON], seats=[SEAT])
            self._settle(JUNE, self.edition)
            self._record(closures=[row])
            charges = self._generate(JULY, self.edition).charge_ids
        # 6 of 30 days of 180.00
        self.assertAmounts(charges, ("adjustment", -36.0), ("regular", 180.0))

    def test_closures_of_before_the_program_do_not_leave(self):
        self.edition.date_start = d("1/2")
        for first, last in (("5/1", "6/1"), ("30/1", "1/2")):
            self.space._close(d(first), d(last), "Works")
        exported = ExportedRows(self._take_over()).get_rows()["closures"]
        self.assertEqual([row["date_to"] for row in exported], [d("1/2")])

    def test_the_calendar_of_all_is_left_alone(self):
        calendar = self.company.resource_calendar_id
        self.space.resource_calendar_id = calendar
        self._record(closures=[self.ROW])
        self.assertNotEqual(self.space.resource_calendar_id, calendar)
        self.assertFalse(calendar.leave_ids)

    def test_a_space_open_at_all_hours_comes_back_so(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Always", "company_id": self.company.id, "attendance_ids": [Command.clear()]}
        )
        self.space.resource_calendar_id = calendar
        self.space.seat_capacity = 2
        row = ExportedRows(self._take_over()).get_rows()["spaces"][0]
        self.assertEqual({row[day] for day in DAYS}, {"0:00-24:00"})
        self.assertKnown(spaces=[row])
        self._record(spaces=[{**row, "name": "Le Quai", "code": "QUAI", "city": "Lille"}])
        opened = self._open(self.quai, "5/6", "8/6")
        self.assertEqual(opened, self._open(self.space, "5/6", "8/6"))
        self.assertEqual(len(opened), 8)
        self.assertFalse(self.quai.resource_calendar_id.leave_ids)

    def test_a_closure_of_a_space_without_hours_gives_it_none_of_those_of_the_company(self):
        """It is open on Saturdays, and in August, as before it was closed on Christmas Eve."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "August",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2015-08-03 00:00:00",
                "date_to": "2015-08-09 23:00:00",
            }
        )
        sheets = {
            "spaces": [QUAI],
            "tariffs": [{"space_id": "QUAI", "name": "Jour", "unit": "Day", "price": 20}],
            "closures": [
                {
                    "space_id": "QUAI",
                    "date_from": "24/12/2015",
                    "closes_at": "13:00",
                    "date_to": "24/12/2015",
                }
            ],
            "people": [PERSON],
            "seats": [{**SEAT, "space_id": "Le Quai", "tariff_id": "Jour"}],
            "presences": [
                {"participant_id": "Camille Roy", "date": "06/06/2015", "state": "Present"}
            ],
        }
        self._record(**sheets)
        self.assertEqual(len(self._open(self.quai, "3/8", "9/8")), 14)
        self.assertEqual([slot for day, slot in self._open(self.quai, "24/12", "24/12")], ["am"])
        self.assertFalse(self.quai._get_closed_days()[self.quai.id])

    def test_a_closure_without_a_name_comes_back_without(self):
        self._record(closures=[{**self.ROW, "name": ""}])
        self._record(closures=[{**self.ROW, "date_from": "20/07/2015", "date_to": "20/07/2015"}])
        (row,) = ExportedRows(self._take_over()).get_rows()["closures"]
        self.assertEqual(row["name"], "Summer")
        self.assertKnown(closures=[row])
        for name in ("Closure", ""):
            self.assertKnown(closures=[{**self.ROW, "name": name}])
        self.space._close(d("10/8"), d("10/8"), "Closure")
        row = ExportedRows(self._take_over()).get_rows()["closures"][1]
        self.assertNotIn("name", row)
