"""What was proven, agreed and said with each person comes along in a take-over, and leaves."""

import base64
import io

import openpyxl

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from odoo.addons.coworking_incubation.wizard.take_over_cells import CellReader
from odoo.addons.coworking_incubation.wizard.take_over_sheets import SHEETS

from ..common import ACCOMPANIST, JUNE, SENSITIVE, d
from .test_take_over import PERSON, TakeOverCase
from .test_take_over_export import ExportCase

WHO = {"participant_id": "Camille Roy"}
OBJECTIVE = {**WHO, "name": "Trouver trois clients"}
MET = {**WHO, "date": "05/03/2015", "state": "Present"}
REVIEW = {**WHO, "kind": "Entry", "date": "09/02/2015"}


class PathwayCase(TakeOverCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.identity = cls.env.ref("coworking_incubation.coworking_document_type_identity")
        cls.image = cls.env.ref("coworking_incubation.coworking_document_type_image")
        cls.isolation = cls.env.ref("coworking_incubation.coworking_review_axis_isolation")
        cls.autonomy = cls.env.ref("coworking_incubation.coworking_review_axis_autonomy")
        cls.criterion = cls.env["coworking.criterion"].create(
            {"name": "Lives in town", "proof_expected": "A bill", "proof_max_age_days": 90}
        )

    @property
    def file(self):
        return self.edition.participant_ids

    def _with_person(self):
        self._read(people=[PERSON]).action_record()


@freeze_time("2015-06-20 09:00:00")
class TestDocuments(PathwayCase):
    def test_a_column_each_says_when_a_document_was_seen(self):
        self._record(
            people=[
                {
                    **PERSON,
                    self.identity.name: "02/02/2015",
                    "House rules signed": "oui",
                    self.image.name: "Not applicable",
                    "Prescription sheet": "non",
                }
            ]
        )
        said = {row.type_id.name: (row.state, row.date_seen) for row in self.file.document_ids}
        self.assertEqual(said[self.identity.name], ("seen", d("2/2")))
        self.assertEqual(said["House rules signed"], ("seen", False), "nobody says when")
        self.assertEqual(said[self.image.name], ("not_applicable", False))
        self.assertEqual(said["Prescription sheet"], ("missing", False))
        self.assertFalse(self.file.document_ids.seen_by_id, "who read the file saw none of them")
        self.assertEqual(len(said), len(self.file.document_ids), "each once")

    def test_documents_seen_are_filled_in_later_for_who_is_there(self):
        self._with_person()
        self._record(people=[{**PERSON, self.identity.name: "02/02/2015"}])
        other = self._read(people=[{**PERSON, self.identity.name: "03/02/2015"}])
        self.assertProblem(
            other, ("people", 2), f"state_{self.identity.id}", "says otherwise already"
        )
        self.assertEqual(other.line_ids.column_label, self.identity.name)

    def test_what_is_no_day_and_no_word_is_asked_and_mended(self):
        take_over = self._read(
            people=[
                {**PERSON, self.identity.name: "Not applicable"},
                {**PERSON, "partner_name": "Zoé", self.identity.name: "21/06/2015"},
            ]
        )
        key = f"state_{self.identity.id}"
        self.assertProblem(take_over, ("people", 2), key, "neither the day", "Missing, Seen")
        self.assertProblem(take_over, ("people", 3), key, "21/06/2015")
        for line in take_over.line_ids:
            line.value = "20/06/2015"
        take_over.action_check()
        take_over.action_record()
        self.assertEqual(len(self.file), 2)

    def test_documents_of_other_programs_are_no_columns(self):
        self.identity.program_ids = self.program
        headings = self._read_headings("Participants")
        self.assertNotIn(self.identity.name, headings)
        self.assertIn(self.image.name, headings)

    def _read_headings(self, title):
        book = openpyxl.load_workbook(io.BytesIO(self._take_over()._make_workbook()))
        return [cell.value for cell in book[title][1]]

    def test_a_document_called_like_a_column_is_told_apart(self):
        self.identity.name = "Project"
        self.assertEqual(self._read_headings("Participants").count("Project"), 1)
        self._record(people=[{**PERSON, "project": "Reliure", "Project (2)": "02/02/2015"}])
        seen = self.file.document_ids.filtered(lambda row: row.state == "seen")
        self.assertEqual((self.file.project, seen.type_id), ("Reliure", self.identity))

    def test_the_situation_is_for_who_may_see_it(self):
        row = {**PERSON, "disability": "Recognised", "situation_note": "Seule\navec deux enfants"}
        take_over = self._read(people=[row])
        self.assertProblem(take_over, ("people", 2), "disability", "Sensitive Data")
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        self._record(people=[row])
        self.assertEqual(self.file.disability, "yes")
        self.assertEqual(self.file.situation_note, "Seule\navec deux enfants")


@freeze_time("2015-06-20 09:00:00")
class TestProofs(PathwayCase):
    ROW = {**WHO, "criterion_id": "Lives in town", "date_seen": "04/02/2015"}

    def test_a_proof_says_when_it_was_seen_and_until_when_it_holds(self):
        rows = [
            {**self.ROW, "date_document": "20/01/2015"},
            {**self.ROW, "date_seen": "04/05/2015", "date_expiry": "31/12/2015"},
        ]
        self.accompanist.name = "Dominique Lefort"
        rows[1]["seen_by_id"] = "Dominique Lefort"
        self._record(people=[PERSON], proofs=rows)
        first, second = self.file.proof_ids.sorted("date_seen")
        self.assertEqual(first.date_expiry, d("20/4"), "by the criterion")
        self.assertEqual(first.seen_by_id, self.coordinator)
        self.assertEqual((second.date_expiry, second.seen_by_id), (d("31/12"), self.accompanist))
        self.assertEqual(self.file.criteria_met, 1)

    def test_a_wrong_proof_names_its_cell(self):
        take_over = self._read(
            people=[PERSON],
            proofs=[
                {**self.ROW, "criterion_id": "Lives elsewhere"},
                {**self.ROW, "date_seen": "21/06/2015"},
                {**self.ROW, "date_document": "05/02/2015"},
                {**self.ROW, "participant_id": "Personne"},
            ],
        )
        self.assertProblem(take_over, ("proofs", 2), "criterion_id", "Nothing is called Lives els")
        self.assertProblem(take_over, ("proofs", 3), "date_seen", "has not come yet")
        self.assertProblem(take_over, ("proofs", 4), "date_document", "before its own date")
        self.assertProblem(take_over, ("proofs", 5), "participant_id", "Nobody is called Personne")
        take_over.action_record()
        self.assertFalse(self.file.proof_ids)

    def test_who_left_saw_it_all_the_same(self):
        """A colleague of then is named; a list offers those of now."""
        gone = new_test_user(
            self.env, "t_gone", ACCOMPANIST, name="Paule Ancien", company_id=self.company.id
        )
        gone.active = False
        self._record(people=[PERSON], proofs=[{**self.ROW, "seen_by_id": "Paule Ancien"}])
        self.assertEqual(self.file.proof_ids.seen_by_id, gone)
        self._record(people=[{**PERSON, "partner_name": "Z", "user_id": "Paule Ancien"}])
        column = SHEETS["people"].get_column("user_id")
        reader = CellReader(self._take_over())
        self.assertNotIn(gone, reader.get_records(column))


@freeze_time("2015-06-20 09:00:00")
class TestObjectives(PathwayCase):
    def test_a_row_an_action_and_the_objective_is_said_in_one_of_them(self):
        self._record(
            people=[PERSON],
            objectives=[
                {
                    **OBJECTIVE,
                    "theme_id": "Project",
                    "description": "Dans la ville,\net autour",
                    "date_deadline": "30/09/2015",
                    "agreed_on": "16/03/2015",
                    "action": "Appeler cinq boutiques",
                    "action_deadline": "30/06/2015",
                },
                {**OBJECTIVE, "action": "Écrire la plaquette", "date_done": "27/03/2015"},
                {**OBJECTIVE, "action": "Imprimer", "done": "oui"},
            ],
        )
        (objective,) = self.file.objective_ids
        self.assertEqual(
            (objective.theme_id.name, objective.date_deadline, objective.state),
            ("Project", d("30/9"), "open"),
        )
        self.assertEqual(objective.description, "Dans la ville,\net autour")
        self.assertEqual(objective.agreed_on, d("16/3"))
        self.assertEqual(
            [
                (row.name, row.date_deadline, row.done, row.date_done)
                for row in objective.action_ids.sorted("id")
            ],
            [
                ("Appeler cinq boutiques", d("30/6"), False, False),
                ("Écrire la plaquette", False, True, d("27/3")),
                ("Imprimer", False, True, False),
            ],
            "done on a day that nobody says is not done today",
        )

    def test_an_objective_closed_elsewhere_was_not_closed_today(self):
        self._record(
            people=[PERSON],
            objectives=[
                {**OBJECTIVE, "state": "Reached", "date_closed": "24/04/2015"},
                {**WHO, "name": "Louer", "state": "Dropped"},
            ],
        )
        closed = {row.name: (row.state, row.date_closed) for row in self.file.objective_ids}
        self.assertEqual(closed["Trouver trois clients"], ("reached", d("24/4")))
        self.assertEqual(closed["Louer"], ("dropped", False))

    def test_an_objective_that_is_there_gets_the_action_it_lacks(self):
        rows = [{**OBJECTIVE, "action": "Appeler"}]
        self._record(people=[PERSON], objectives=rows)
        take_over = self._read(objectives=[*rows, {**OBJECTIVE, "action": "Écrire"}])
        self.assertEqual((take_over.known_count, take_over.good_count), (1, 1))
        take_over.action_record()
        self.assertEqual(
            self.file.objective_ids.action_ids.sorted("id").mapped("name"), ["Appeler", "Écrire"]
        )

    def test_a_wrong_action_keeps_its_objective_back(self):
        take_over = self._read(
            people=[PERSON],
            objectives=[
                {**OBJECTIVE, "action": "Appeler", "theme_id": "Project"},
                {**OBJECTIVE, "date_done": "27/03/2015"},
                {**WHO, "name": "Louer", "theme_id": "Project", "action": "Visiter"},
                {**WHO, "name": "Louer", "theme_id": "Network", "action": "Signer"},
                {**WHO, "name": "Partir", "date_closed": "24/04/2015"},
                {**WHO, "name": "Rester", "action": "A", "done": "non", "date_done": "24/04/2015"},
            ],
        )
        self.assertProblem(take_over, ("objectives", 2), False, "Waits for line 3")
        self.assertProblem(take_over, ("objectives", 3), "action", "“Action” is empty")
        self.assertProblem(take_over, ("objectives", 5), "theme_id", "do not agree")
        self.assertProblem(take_over, ("objectives", 6), "state", "in progress is not closed")
        self.assertProblem(take_over, ("objectives", 7), "done", "not done")
        take_over.action_record()
        self.assertFalse(self.file.objective_ids)


@freeze_time("2015-06-20 09:00:00")
class TestReviews(PathwayCase):
    def test_a_review_has_the_ratings_it_had(self):
        """Also where not all of today's axes were rated, or none."""
        self._record(
            people=[PERSON],
            reviews=[
                {
                    **REVIEW,
                    "summary": "Arrive seule.\n\nPeu de contacts.",
                    "decisions": "Voir un comptable",
                    self.isolation.name: "1 : personne dans le métier",
                    self.autonomy.name: 2,
                },
                {**REVIEW, "kind": "Monthly", "date": "09/03/2015", "state": "Done"},
            ],
        )
        monthly, entry = self.file.review_ids
        self.assertEqual((entry.kind, entry.date, entry.state), ("entry", d("9/2"), "done"))
        self.assertEqual(entry.summary, "Arrive seule.\n\nPeu de contacts.")
        self.assertEqual(
            [(line.axis_id, line.rating, line.note or "") for line in entry.line_ids],
            [(self.isolation, "1", "personne dans le métier"), (self.autonomy, "2", "")],
        )
        self.assertEqual(entry.line_ids.mapped("reference"), [1, 2], "hoped for at entry")
        self.assertEqual(entry.average, 1.5)
        self.assertEqual((monthly.state, monthly.line_ids.ids), ("done", []))
        self.assertEqual(entry.user_id, self.coordinator)

    def test_a_review_to_come_is_planned(self):
        row = {**REVIEW, "kind": "Final", "date": "03/08/2015"}
        self._record(people=[PERSON], reviews=[row])
        (review,) = self.file.review_ids
        self.assertEqual(review.state, "planned")
        self.assertIn(self.autonomy, review.line_ids.axis_id, "its grid is there to be filled in")
        take_over = self._read(reviews=[{**row, "date": "04/08/2015", "state": "Done"}])
        self.assertProblem(take_over, ("reviews", 2), "date", "has not come yet")

    def test_a_wrong_review_names_its_cell(self):
        take_over = self._read(
            people=[PERSON],
            reviews=[
                {**REVIEW, self.isolation.name: "6"},
                {**REVIEW, "kind": "Annual"},
                {**REVIEW, "state": "Done"},
                {**REVIEW, "date": "10/02/2015", "state": "Done"},
                {**REVIEW, "state": "Planned"},
            ],
        )
        key = f"rating_{self.isolation.id}"
        self.assertProblem(take_over, ("reviews", 2), key, "not a rating: 6")
        self.assertProblem(take_over, ("reviews", 3), "kind", "none of: Entry")
        self.assertProblem(take_over, ("reviews", 5), "kind", "already has that review")
        self.assertProblem(take_over, ("reviews", 6), "state", "with another status")
        line = take_over.line_ids.filtered(lambda row: row.column == key)
        self.assertEqual(line.column_label, self.isolation.name)
        take_over.action_record()
        self.assertEqual(len(self.file.review_ids), 1)


@freeze_time("2015-06-20 09:00:00")
class TestAppointments(PathwayCase):
    def test_a_past_appointment_says_when_it_was_and_who_came(self):
        self.accompanist.name = "Dominique Lefort"
        take_over = self._record(
            people=[{**PERSON, "email": "camille@example.org"}],
            appointments=[
                {
                    **MET,
                    "start_time": "14h30",
                    "duration": "1h30",
                    "led_by_id": "Dominique Lefort",
                    "coworking_space_id": "Atelier Test",
                    "report": "Le local convient.\nLe loyer non.",
                    "decisions": "Demander un devis",
                },
                {**MET, "date": "02/04/2015", "state": "Absent"},
            ],
        )
        self.assertEqual(take_over.recorded_count, 3)
        first, second = self.file.attendance_ids.sorted("date")
        self.assertEqual(
            (first.kind, first.date, first.state, first.duration),
            ("appointment", d("5/3"), "present", 1.5),
        )
        self.assertEqual(first.event_id._coworking_local(first.start).hour, 14)
        self.assertEqual(first.event_id.user_id, self.accompanist)
        self.assertEqual(first.event_id.coworking_space_id, self.space)
        self.assertNotIn("Camille", first.event_id.name)
        self.assertIn("Le loyer non.", first.report)
        self.assertEqual((second.state, second.duration), ("absent", 0.0), "no hour is made up")
        self.assertFalse(second.event_id.user_id, "who led it is not who reads the file")
        self.assertEqual(self.file.date_last_contact, d("5/3"))
        for attendance in first | second:
            self.assertFalse(attendance.signed_at or attendance.host_signed_at)
            self.assertEqual(attendance.registered_by, "take_over")

    def test_nobody_is_invited_and_nothing_is_to_be_done_or_signed(self):
        self._speak_up()
        before = self._count()
        self._record(
            people=[{**PERSON, "email": "camille@example.org", "user_id": self.accompanist.name}],
            appointments=[
                {**MET, "led_by_id": self.accompanist.name},
                {
                    **MET,
                    "date": "20/06/2015",
                    "start_time": "23h",
                    "duration": 1,
                    "led_by_id": self.accompanist.name,
                },
            ],
        )
        self.env["coworking.attendance"]._cron_ask_missing()
        self.assertSilent(before)
        self.assertFalse(self.file.attendance_ids.signature_ids)
        self.assertFalse(self.file.attendance_ids.filtered("to_tell"))

    def test_those_who_were_at_one_collective_time_share_it(self):
        group = {"kind": "Collective time", "subject": "Trouver ses clients", "start_time": "14:00"}
        names = ["Camille Roy", "Zoé Petit", "Ana Diaz"]
        self._record(
            people=[{**PERSON, "partner_name": name} for name in names],
            appointments=[
                {**MET, **group, "participant_id": names[0], "duration": 3},
                {**MET, **group, "participant_id": names[1], "state": "Excused"},
                {**MET, **group, "participant_id": names[2], "start_time": "16:00"},
            ],
        )
        events = self.file.attendance_ids.event_id.sorted("start")
        self.assertEqual(
            [len(event.coworking_attendance_ids) for event in events], [2, 1], "another hour"
        )
        self.assertEqual(events[0].name, "Trouver ses clients")
        self.assertFalse(events.partner_ids, "who attends sees nobody's address")

    def test_what_was_worked_on_is_named_in_the_language_of_the_workbook(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        words = {"en_US": "Passport", "fr_FR": "Passeport"}
        self.identity.update_field_translations("name", words)
        self._with_person()
        content = self._make_file(appointments=[{**MET, "document_ids": "Passport"}])
        take_over = self._take_over().with_context(lang="fr_FR")
        self.assertEqual(
            take_over.env["coworking.document.type"].browse(self.identity.id).name, "Passeport"
        )
        take_over.file = base64.b64encode(content)
        take_over.action_read()
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        self.assertEqual(self.file.attendance_ids.document_ids.type_id, self.identity)

    def test_a_wrong_appointment_names_its_cell(self):
        take_over = self._read(
            people=[PERSON],
            appointments=[
                {**MET, "date": "21/06/2015"},
                {**MET, "start_time": "25h"},
                {**MET, "state": "Cancelled"},
                {**MET, "subject": "Point avec Camille"},
                {**MET, "coworking_space_id": "Ailleurs"},
                {**MET, "date": "06/03/2015"},
                {**MET, "date": "06/03/2015", "state": "Absent"},
            ],
        )
        self.assertProblem(take_over, ("appointments", 2), "date", "has not come yet")
        self.assertProblem(take_over, ("appointments", 3), "start_time", "not a time of the day")
        self.assertProblem(
            take_over, ("appointments", 4), "state", "none of: Waiting list, Expected"
        )
        self.assertProblem(take_over, ("appointments", 5), "subject", "names Camille Roy")
        self.assertProblem(take_over, ("appointments", 6), "coworking_space_id", "Ailleurs")
        self.assertProblem(take_over, ("appointments", 8), "state", "says otherwise")
        before = self._count()
        take_over.action_record()
        self.assertEqual(len(self.file.attendance_ids), 1)
        after = self._count()
        self.assertEqual(after["calendar.event"], before["calendar.event"] + 1, "no empty one")

    def test_a_month_that_is_settled_here_takes_nothing_more(self):
        self._with_person()
        seat = self._new_seat("2/2", who=self.file)
        self._generate(JUNE, self.edition)
        self._settle(JUNE, self.edition)
        self.assertTrue(seat)
        take_over = self._read(appointments=[{**MET, "date": "05/06/2015"}])
        self.assertProblem(take_over, ("appointments", 2), "date", "month is closed")

    def test_a_restricted_note_is_for_who_may_see_it(self):
        row = {**MET, "restricted_note": "Situation difficile"}
        take_over = self._read(people=[PERSON], appointments=[row])
        self.assertProblem(
            take_over, ("appointments", 2), "restricted_note", "group Sensitive Data"
        )
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        self._record(people=[PERSON], appointments=[row])
        self.assertEqual(self.file.attendance_ids.restricted_note, "Situation difficile")

    def test_a_csv_of_each_sheet_is_known_by_its_headings(self):
        self._with_person()
        for headings, sheet in (
            ("Participant;Date;Status", "appointments"),
            ("Participant;Date;Status;Kind;Duration", "appointments"),
            ("Participant;Date;Kind;State;Summary", "reviews"),
            ("Participant;Date;Said by the Space", "presences"),
            ("Participant;Criterion;Seen On", "proofs"),
            ("Participant;Objective;By", "objectives"),
        ):
            with self.subTest(headings):
                words = ("Camille Roy;" * 9)[: 12 * len(headings.split(";"))]
                take_over = self._take_over(f"{headings}\n{words}".encode())
                self.assertEqual(take_over.line_ids.sheet, sheet)


@freeze_time("2015-06-20 09:00:00")
class TestLeaves(ExportCase, PathwayCase):
    """What the 25 people of the other test do not have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camille = cls._new_participant("Camille Roy", cls.edition)
        cls.note = {"disability": "yes", "situation_note": "Deux\nenfants"}
        cls.camille.write(cls.note)
        seen = cls.camille.document_ids.filtered(lambda row: row.type_id == cls.identity)
        seen.state = "seen"
        cls.env["coworking.objective"].create(
            [
                {
                    "participant_id": cls.camille.id,
                    "name": "Trouver",
                    "description": "En ville\n- au marché",
                    "action_ids": [Command.create({"name": "Appeler", "done": True})] * 2,
                },
                {"participant_id": cls.camille.id, "name": "trouver", "state": "reached"},
            ]
        )
        cls.env["coworking.proof"].create(
            {"participant_id": cls.camille.id, "criterion_id": cls.criterion.id}
        )
        cls.review = cls.env["coworking.review"].create(
            {"participant_id": cls.camille.id, "kind": "final", "summary": "Un\n\ndeux"}
        )
        cls.review.line_ids[0].write({"rating": "3", "note": "voit du monde"})
        for kind, day, state in (
            ("appointment", "2015-03-05", "present"),
            ("appointment", "2015-06-19", "expected"),
            ("collective", "2015-04-05", "present"),
            ("appointment", "2015-07-05", "expected"),
        ):
            event = cls.env["calendar.event"].create(
                {
                    "name": "Point",
                    "coworking_kind": kind,
                    "coworking_program_id": cls.edition.id,
                    "start": f"{day} 12:30:00",
                    "stop": f"{day} 13:50:00",
                    "user_id": cls.accompanist.id,
                }
            )
            cls.met = cls.env["coworking.attendance"].create(
                {
                    "event_id": event.id,
                    "participant_id": cls.camille.id,
                    "state": state,
                    "report": state == "present" and "<p>Un <b>point</b></p><ul><li>deux</li></ul>",
                    "restricted_note": state == "present" and "Fatigue",
                }
            )

    def test_what_was_proven_agreed_and_said_comes_back(self):
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        sheets, __ = self.assertComesBack(self.edition, self.coordinator)
        self.assertEqual(
            {title: len(rows) - 1 for title, rows in sheets.items() if len(rows) > 1},
            {
                "Program": 1,
                "Spaces": 2,
                "Tariffs": 2,
                "Managers": 2,
                "Participants": 1,
                "Counsellors": 1,
                "Meetings": 1,
                "Proofs": 1,
                "Objectives": 3,
                "Appointments": 4,
                "Reviews": 1,
            },
        )
        (person,) = self._rows("people", sheets)
        self.assertEqual(person["disability"], "Recognised")
        names = [row["name"] for row in self._rows("objectives", sheets)]
        self.assertEqual(names, ["Trouver", "Trouver", "trouver (2)"])

    def test_what_only_some_may_see_leaves_with_them_alone(self):
        for may in (False, True):
            if may:
                self.coordinator.group_ids += self.env.ref(SENSITIVE)
            __, sheets = self._export()
            (person,) = self._rows("people", sheets)
            first = self._rows("appointments", sheets)[0]
            self.assertEqual("disability" in person, may)
            self.assertEqual("situation_note" in person, may)
            self.assertEqual("restricted_note" in first, may)
            note = self.edition.message_ids[:1].body
            for heading in ("Disability", "Restricted Note"):
                self.assertEqual(heading in note, may)
        for words in ("1 proofs", "3 rows of objectives", "4 appointments", "1 reviews"):
            self.assertIn(words, note)

    def test_a_long_text_keeps_its_lines(self):
        content, __ = self._export()
        book = openpyxl.load_workbook(io.BytesIO(content))
        headings, row = book["Reviews"].values
        self.assertEqual(dict(zip(headings, row, strict=True))["Summary"], "Un\n\ndeux")

    def test_who_left_is_named_for_what_they_did(self):
        self.accompanist.name = "Paule Ancien"
        self.accompanist.active = False
        __, sheets = self._export()
        self.assertEqual(self._rows("appointments", sheets)[0]["led_by_id"], "Paule Ancien")
        (person,) = self._rows("people", sheets)
        self.assertEqual(person["user_id"], "Paule Ancien", "until somebody else accompanies them")
        (period,) = self._rows("counsellors", sheets)
        self.assertEqual(period["counsellor_id"], "Paule Ancien")
