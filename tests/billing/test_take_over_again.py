"""A workbook that is read again, or mended in between: nothing is lost, nothing is there twice, and
what is there otherwise is said.
"""

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time

from ..common import d
from .test_take_over import PERSON
from .test_take_over_pathway import MET, OBJECTIVE, REVIEW, WHO, PathwayCase


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

    def test_a_number_that_the_law_keeps_out_is_in_no_title(self):
        row = {**MET, "subject": "Point 2 85 04 75 116 001 38"}
        take_over = self._read(people=[PERSON], appointments=[row])
        self.assertProblem(take_over, ("appointments", 2), "subject", "social security number")

    def test_who_came_for_no_said_time_counts_for_none(self):
        group = {**MET, "kind": "Collective time", "subject": "Clients", "start_time": "14h"}
        people = [PERSON, {**PERSON, "partner_name": "Zoé Petit"}]
        rows = [{**group, "duration": 3}, {**group, "participant_id": "Zoé Petit"}]
        self._record(people=people, appointments=rows)
        rows = self.file.attendance_ids
        self.assertEqual((len(rows.event_id), sorted(rows.mapped("duration"))), (1, [0.0, 3.0]))

    def test_who_came_is_said_as_lists_say_it_and_as_before(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        said = {
            "Présence": "present",
            "Présent": "present",
            "venue": "present",
            "Absence": "absent",
            "Absente": "absent",
            "Absence excusée": "excused",
            "Excusé": "excused",
        }
        rows = [
            {**MET, "date": f"{day:02}/03/2015", "state": word} for day, word in enumerate(said, 2)
        ]
        self._record(people=[PERSON], appointments=rows)
        self.assertEqual(
            self.file.attendance_ids.sorted("date").mapped("state"), list(said.values())
        )

    def test_what_was_called_off_is_no_past_appointment(self):
        row = {**MET, "state": "Cancelled"}
        take_over = self._read(people=[PERSON], appointments=[row])
        self.assertProblem(
            take_over,
            ("appointments", 2),
            "state",
            "none of: Waiting list, Expected, Present, Absent, Excused.",
        )

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

    def test_a_review_of_today_is_held_once_something_is_said_of_it(self):
        for kind, cells, state in (("Monthly", {}, "planned"), ("Entry", {"summary": "A"}, "done")):
            row = {**REVIEW, "kind": kind, "date": "20/06/2015", **cells}
            self._record(people=[PERSON], reviews=[row])
            review = self.file.review_ids.filtered(lambda row, kind=kind: row.kind == kind.lower())
            self.assertEqual(review.state, state)

    def test_without_a_status_a_review_is_the_one_of_its_day(self):
        """Planned when it was taken over, its day has come since."""
        row = {**REVIEW, "kind": "Final", "date": "25/06/2015"}
        self._record(people=[PERSON], reviews=[row])
        with freeze_time("2015-06-27 09:00:00"):
            self.assertKnown(reviews=[row, {**row, "summary": "Va bien"}])


@freeze_time("2015-06-20 09:00:00")
class TestObjectivesAgain(PathwayCase):
    CALL = {**OBJECTIVE, "action": "Appeler", "action_deadline": "30/06/2015"}

    def test_nothing_is_agreed_done_or_closed_on_a_day_to_come(self):
        for key, row in (
            ("agreed_on", {**OBJECTIVE, "agreed_on": "21/06/2015"}),
            ("date_closed", {**OBJECTIVE, "state": "Reached", "date_closed": "21/06/2015"}),
            ("date_done", {**self.CALL, "date_done": "21/06/2015"}),
        ):
            with self.subTest(key):
                take_over = self._read(people=[PERSON], objectives=[OBJECTIVE, row])
                self.assertProblem(take_over, ("objectives", 3), key, "has not come yet")

    def test_an_end_that_is_there_otherwise_is_said(self):
        closed = {**OBJECTIVE, "state": "Reached", "date_closed": "24/04/2015"}
        self._record(people=[PERSON], objectives=[closed])
        rows = [OBJECTIVE, {**closed, "state": "Dropped", "action": "Appeler"}]
        take_over = self._read(objectives=rows)
        self.assertProblem(take_over, ("objectives", 3), "state", "something else here")
        self.assertKnown(objectives=[OBJECTIVE])
        self.file.objective_ids.state = "open"
        rows = [OBJECTIVE, {**OBJECTIVE, "date_closed": "25/04/2015"}]
        take_over = self._read(objectives=rows)
        self.assertProblem(take_over, ("objectives", 2), "state", "say how it ended")

    def test_another_day_of_what_is_over_is_taken(self):
        """Nobody can type these days."""
        closed = {**OBJECTIVE, "state": "Reached", "date_closed": "24/04/2015"}
        done = {**self.CALL, "done": "oui", "date_done": "27/03/2015"}
        self._record(people=[PERSON], objectives=[closed, done])
        later = [{**closed, "date_closed": "25/04/2015"}, done]
        take_over = self._read(objectives=later)
        self.assertEqual((take_over.good_count, take_over.known_count), (1, 1))
        self._record(objectives=later)
        later[1] = {**self.CALL, "date_done": "28/03/2015"}
        self._record(objectives=later)
        objective = self.file.objective_ids
        self.assertEqual((objective.state, objective.date_closed), ("reached", d("25/4")))
        self.assertEqual(objective.action_ids.mapped("date_done"), [d("28/3")])

    def test_an_action_that_is_there_otherwise_is_said(self):
        done = {**self.CALL, "done": "oui", "date_done": "27/03/2015"}
        self._record(people=[PERSON], objectives=[done])
        for key, values in (
            ("action_deadline", {"action_deadline": "31/07/2015"}),
            ("done", {"done": "non", "date_done": ""}),
        ):
            with self.subTest(key):
                row = {**done, **values}
                take_over = self._read(objectives=[OBJECTIVE, row])
                self.assertProblem(take_over, ("objectives", 3), key, "a row of its own here")
        self.assertKnown(objectives=[{**OBJECTIVE, "action": "appeler"}])
        self.file.objective_ids.action_ids.done = False
        take_over = self._read(objectives=[done])
        self.assertProblem(take_over, ("objectives", 2), "done", "something else here")

    def test_a_second_action_of_its_name_comes_with_the_one_that_is_there(self):
        """As the message says."""
        self._record(people=[PERSON], objectives=[self.CALL])
        self._record(objectives=[{**self.CALL, "action_deadline": "31/07/2015"}, self.CALL])
        self.assertEqual(
            self.file.objective_ids.action_ids.sorted("id").mapped("date_deadline"),
            [d("30/6"), d("31/7")],
        )

    def test_actions_of_one_name_in_rows_that_name_the_person_otherwise_are_two(self):
        person = {**PERSON, "email": "camille@example.org"}
        other = {**self.CALL, "tell_apart": person["email"], "action_deadline": "31/07/2015"}
        take_over = self._record(people=[person], objectives=[self.CALL, other])
        self.assertEqual(
            self.file.objective_ids.action_ids.sorted("id").mapped("date_deadline"),
            [d("30/6"), d("31/7")],
        )
        self.assertEqual(len(take_over.told["objectives"]), 2)

    def test_actions_of_one_name_are_told_apart_by_their_deadline(self):
        rows = [{**OBJECTIVE, "action": "Appeler"}, self.CALL]
        self._record(people=[PERSON], objectives=rows)
        rows += [{**self.CALL, "action_deadline": "31/07/2015"}] * 2
        self._record(objectives=rows)
        self.assertEqual(
            self.file.objective_ids.action_ids.sorted("id").mapped("date_deadline"),
            [False, d("30/6"), d("31/7"), d("31/7")],
        )


@freeze_time("2015-06-20 09:00:00")
class TestProofsAgain(PathwayCase):
    ROW = {**WHO, "criterion_id": "Lives in town", "date_seen": "04/02/2015"}

    def test_a_proof_that_is_there_otherwise_is_said(self):
        row = {**self.ROW, "date_document": "20/01/2015", "date_expiry": "31/12/2015"}
        self._record(people=[PERSON], proofs=[row])
        take_over = self._read(proofs=[{**row, "date_document": "21/01/2015"}])
        self.assertProblem(take_over, ("proofs", 2), "date_document", "something else here")
        self.assertKnown(proofs=[self.ROW])

    def test_another_end_of_a_proof_is_taken(self):
        """Nobody can type it in the file, where the criterion says it."""
        self.criterion.proof_max_age_days = 30
        row = {**self.ROW, "date_document": "20/01/2015"}
        self._record(people=[PERSON], proofs=[row])
        self.assertEqual(self.file.proof_ids.date_expiry, d("19/2"))
        self._record(proofs=[{**row, "date_expiry": "31/12/2015"}])
        self.assertEqual(self.file.proof_ids.date_expiry, d("31/12"))

    def test_a_second_paper_of_that_day_comes_with_the_one_that_is_there(self):
        """As the message says."""
        row = {**self.ROW, "date_document": "20/01/2015"}
        other = {**self.ROW, "date_document": "21/01/2015"}
        self._record(people=[PERSON], proofs=[row])
        take_over = self._read(proofs=[other])
        self.assertProblem(take_over, ("proofs", 2), "date_document", "a row of its own here")
        self._record(proofs=[other, row])
        self.assertEqual(
            self.file.proof_ids.sorted("date_document").mapped("date_document"),
            [d("20/1"), d("21/1")],
        )

    def test_two_papers_of_one_day_are_two_proofs(self):
        rows = [{**self.ROW, "date_document": f"2{n}/01/2015"} for n in range(2)]
        self._record(people=[PERSON], proofs=rows)
        self.assertEqual(len(self.file.proof_ids), 2)
        self.assertKnown(proofs=[*rows, rows[0]])

    def test_what_is_known_of_a_proof_outlives_its_criterion(self):
        rows = [
            {**self.ROW, "date_expiry": "31/12/2015"},
            {**self.ROW, "date_seen": "05/02/2015"},
        ]
        self._record(people=[PERSON], proofs=rows)
        self.criterion.proof_max_age_days = 30
        self.assertEqual(
            self.file.proof_ids.sorted("date_seen").mapped("date_expiry"), [d("31/12"), d("7/3")]
        )
        with self.assertRaises(AccessError):
            self.file.proof_ids[:1].with_user(self.coordinator).known_expiry = d("1/1")

    def test_what_is_known_of_a_proof_is_not_known_of_a_mended_one(self):
        other = self.criterion.copy({"name": "Works in town", "proof_max_age_days": 10})
        rows = [
            {**self.ROW, "date_document": f"0{n}/02/2015", "date_expiry": "31/12/2015"}
            for n in (1, 2, 3)
        ]
        self._record(people=[PERSON], proofs=rows)
        proofs = self.file.proof_ids.sorted("date_document").with_user(self.coordinator)
        self.assertEqual(proofs.mapped("date_expiry"), [d("31/12")] * 3)
        proofs[0].seen_by_id = self.accompanist
        proofs[1].date_seen = d("5/2")
        proofs[2].criterion_id = other
        self.assertEqual(proofs.mapped("date_expiry"), [d("31/12"), d("3/5"), d("13/2")])
        view = "coworking_incubation.coworking_participant_view_form"
        form = Form(self.file.with_user(self.coordinator), view)
        with form, form.proof_ids.edit(2) as row:
            row.date_document = "2015-02-04"
            self.assertEqual(row.date_expiry, d("5/5"), "shown before it is saved")
        self.assertEqual(proofs.mapped("date_expiry"), [d("5/5"), d("3/5"), d("13/2")])

    def test_an_end_that_the_criterion_says_too_stays_the_criterion_s(self):
        """What leaves and comes back names the end of every proof."""
        self._record(people=[PERSON], proofs=[{**self.ROW, "date_expiry": "05/05/2015"}])
        self.criterion.proof_max_age_days = 30
        self.assertEqual(self.file.proof_ids.date_expiry, d("6/3"))
