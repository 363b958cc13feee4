"""A workbook that is read again, or mended in between: nothing is lost, nothing is there twice, and
what is there otherwise is said.
"""

from odoo.tests import freeze_time

from .test_take_over import PERSON
from .test_take_over_pathway import MET, REVIEW, PathwayCase


@freeze_time("2015-06-20 09:00:00")
class TestAppointmentsAgain(PathwayCase):
    def _hours(self):
        return sorted(
            (row.event_id._coworking_local(row.start).hour, row.event_id.name, row.state)
            for row in self.file.attendance_ids
        )

    def test_two_of_one_day_are_two(self):
        self.accompanist.name = "Dominique Lefort"
        for rows in (
            [{**MET, "subject": "Le local"}, {**MET, "subject": "Les papiers"}],
            [{**MET, "date": "06/03/2015"}, {**MET, "date": "06/03/2015"}],
            [
                {**MET, "date": "09/03/2015"},
                {**MET, "date": "09/03/2015", "led_by_id": "Dominique Lefort"},
            ],
            [
                {**MET, "date": "10/03/2015"},
                {**MET, "date": "10/03/2015", "start_time": "8h", "state": "Absent"},
                {**MET, "date": "10/03/2015", "start_time": "14h"},
            ],
        ):
            with self.subTest(rows):
                before = len(self.file.attendance_ids)
                self._record(people=[PERSON], appointments=rows)
                self.assertEqual(len(self.file.attendance_ids), before + len(rows))

    def test_another_hour_of_what_is_there_is_no_second_one(self):
        self._record(people=[PERSON], appointments=[MET])
        later = {**MET, "start_time": "14h30"}
        take_over = self._read(appointments=[later])
        self.assertProblem(
            take_over, ("appointments", 2), "start_time", "at 09:00, “Appointment”", "a row of its"
        )
        take_over = self._read(appointments=[{**MET, "subject": "Le local"}])
        self.assertProblem(take_over, ("appointments", 2), "subject", "at 09:00")
        self._record(appointments=[later, MET])
        self.assertEqual(
            self._hours(), [(9, "Appointment", "present"), (14, "Appointment", "present")]
        )

    def test_the_rows_that_are_gone_from_the_list_keep_what_is_theirs(self):
        """The first is recorded; the other one of that day waits to be mended."""
        take_over = self._read(
            people=[PERSON],
            appointments=[MET, {**MET, "start_time": "14h", "coworking_space_id": "Ailleurs"}],
        )
        take_over.action_record()
        self.assertEqual(len(self.file.attendance_ids), 1)
        take_over.line_ids.value = "Atelier Test"
        take_over.action_check()
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        self.assertEqual([hour for hour, *__ in self._hours()], [9, 14])

    def test_a_row_that_is_kept_back_keeps_what_it_is_about(self):
        self._record(people=[PERSON], appointments=[MET])
        take_over = self._read(
            appointments=[{**MET, "state": "Absent"}, {**MET, "start_time": "14h"}]
        )
        self.assertProblem(take_over, ("appointments", 2), "state", "says otherwise")
        take_over.action_record()
        self.assertEqual(take_over.line_ids.mapped("number"), [2])
        self.assertEqual([hour for hour, *__ in self._hours()], [9, 14])

    def test_what_was_called_off_leaves_its_day_free(self):
        self._record(people=[PERSON], appointments=[MET])
        self.file.attendance_ids.state = "cancelled"
        self._record(appointments=[{**MET, "start_time": "14h"}])
        self.assertEqual(
            self._hours(), [(9, "Appointment", "cancelled"), (14, "Appointment", "present")]
        )


@freeze_time("2015-06-20 09:00:00")
class TestReviewsAgain(PathwayCase):
    def test_a_past_review_of_which_nothing_is_said_is_not_held_by_itself(self):
        take_over = self._read(people=[PERSON], reviews=[REVIEW])
        self.assertProblem(take_over, ("reviews", 2), "state", "write its status")
        take_over.line_ids.filtered("problem").value = "Planned"
        take_over.action_check()
        take_over.action_record()
        self.assertEqual(self.file.review_ids.state, "planned")
        words = {"summary": "Va bien", "decisions": "Louer", self.isolation.name: 3}
        for month, (cell, text) in enumerate(words.items(), 3):
            row = {**REVIEW, "kind": "Monthly", "date": f"09/0{month}/2015", cell: text}
            self._record(reviews=[row])
            self.assertEqual(self.file.review_ids[:1].state, "done", cell)

    def test_without_a_status_a_review_is_the_one_of_its_day(self):
        """Planned when it was taken over, its day has come since."""
        row = {**REVIEW, "kind": "Final", "date": "25/06/2015"}
        self._record(people=[PERSON], reviews=[row])
        with freeze_time("2015-06-27 09:00:00"):
            for each in (row, {**row, "summary": "Va bien"}):
                take_over = self._read(reviews=[each])
                self.assertFalse(self._problems(take_over))
                self.assertEqual(take_over.known_count, 1)
