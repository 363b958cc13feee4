"""How a person attends, and what it makes an accompanist look at."""

from datetime import timedelta

from odoo.tests import freeze_time

from ..common import d
from ..pathway.test_work_queue import QueueCase


@freeze_time("2015-06-15 09:00:00")
class TestAssiduity(QueueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls._at("incubation", "Camille", email="a@example.com")

    def _attend(self, *states, last="12/6", kind="collective", hours=2):
        """One date a day up to ``last``, the oldest first."""
        day = d(last) - timedelta(days=len(states) - 1)
        for number, state in enumerate(states):
            start = f"{day + timedelta(days=number)} 07:00:00"
            event = self.env["calendar.event"].create(
                {
                    "name": kind,
                    "start": start,
                    "stop": f"{day + timedelta(days=number)} {7 + hours:02}:00:00",
                    "coworking_kind": kind,
                    "coworking_program_id": self.program.id,
                }
            )
            self.env["coworking.attendance"].create(
                {"event_id": event.id, "participant_id": self.file.id, "state": state}
            )

    def test_absences_in_a_row_are_the_last_ones(self):
        self._attend("absent", "absent", "present", "absent", "absent")
        self.assertEqual(self.file.absences_in_row, 2)
        self.assertFlag(self.file, "todo_absent", False)

    def test_an_excuse_or_a_list_not_filled_in_neither_counts_nor_breaks_the_row(self):
        self._attend("present", "absent", "excused", "absent", "expected", "absent", "cancelled")
        self.assertEqual(self.file.absences_in_row, 3)
        self.assertFlag(self.file, "todo_absent", True)
        self.assertIn("3 absences in a row", self.file.todo_label)

    def test_a_presence_ends_the_row(self):
        self._attend("absent", "absent", "absent")
        self.assertFlag(self.file, "todo_absent", True)
        self.file.attendance_ids.sorted("date")[-1].state = "present"
        self.assertFlag(self.file, "todo_absent", False)

    def test_who_is_still_a_candidate_is_not_looked_for(self):
        self._attend("absent", "absent", "absent")
        candidate = self._at("selection", "Alix")
        self.file.attendance_ids.participant_id = candidate
        self.assertEqual(candidate.absences_in_row, 3)
        self.assertFlag(candidate, "todo_absent", False)

    def test_no_contact_for_two_weeks(self):
        self.file.date_entry = d("1/6")
        self.assertFlag(self.file, "todo_silent", False, "entered two weeks ago")
        self.file.date_entry = d("20/5")
        self.assertFlag(self.file, "todo_silent", True)
        self.assertIn("no contact for 14 days", self.file.todo_label)
        self._attend("present", last="31/5")
        self.assertFlag(self.file, "todo_silent", True)
        self._attend("present", last="1/6")
        self.assertFlag(self.file, "todo_silent", False)

    def test_a_review_that_was_held_is_a_contact_one_that_is_planned_is_not(self):
        self.file.date_entry = d("20/5")
        review = self.env["coworking.review"].create(
            {"participant_id": self.file.id, "kind": "monthly", "date": d("10/6")}
        )
        self.assertFlag(self.file, "todo_silent", True)
        self.assertFalse(self.file.date_last_contact)
        for line in review.line_ids:
            line.rating = "3"
        review.action_done()
        self.assertFlag(self.file, "todo_silent", False)
        self.assertEqual(self.file.date_last_contact, review.date)

    def test_rate_hours_and_last_contact(self):
        self._attend("present", "absent", "excused", "present")
        self._attend("present", last="3/6", kind="appointment", hours=1)
        self.assertRecordValues(
            self.file,
            [
                {
                    "attendance_rate": 75.0,
                    "support_hours": 5.0,
                    "date_last_contact": d("12/6"),
                }
            ],
        )

    def test_they_cost_the_same_for_few_and_many(self):
        files = self.file | self.env["coworking.participant"].concat(
            *(self._new_participant(f"P{number}") for number in range(10))
        )
        names = ["attendance_rate", "support_hours", "date_last_contact"]

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped(lambda record: [record[name] for name in names])
            return self.env.cr.sql_log_count - before

        queries(files)
        self.assertEqual(queries(files), queries(self.file))

    def test_hours_are_counted_by_funder_and_accompanist(self):
        funders = self.env["res.partner"].create([{"name": "F1"}, {"name": "F2"}])
        for funder in funders:
            self.env["coworking.funding.agreement"].create(
                {
                    "reference": funder.name,
                    "partner_id": funder.id,
                    "rate": 50.0,
                    "program_ids": self.program.ids,
                    "company_id": self.company.id,
                    "date_from": "2015-01-01",
                    "date_to": "2015-12-31",
                }
            )
        self._attend("present", "absent")
        self.env.flush_all()
        rows = self.env["coworking.attendance"]._read_group(
            [("participant_id", "=", self.file.id)],
            ["funder_ids", "accompanist_id"],
            ["support_hours:sum"],
        )
        self.assertEqual(
            {(funder, user, hours) for funder, user, hours in rows},
            {(funder, self.file.user_id, 2.0) for funder in funders},
        )
