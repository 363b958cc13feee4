"""Managers of spaces, advisers, extensions, appointments to come and follow-ups: they come along in
a take-over, and leave.
"""

from odoo import Command, fields
from odoo.tests import freeze_time

from ..common import SENSITIVE, d
from .test_take_over import PERSON, TakeOverCase
from .test_take_over_export import ExportCase

WHO = {"participant_id": "Camille Roy"}
MANAGER = {"space_id": "Atelier Test", "name": "Mona Petit", "email": "Mona@Example.org"}
LEFT = {
    **PERSON,
    "stage_id": "Exit",
    "date_exit": "20/03/2015",
    "exit_reason_id": "Business created",
}
EXTENSION = {**WHO, "days": 30, "reason": "Le local ouvre en août", "state": "Granted"}


class StayCase(TakeOverCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.space | cls.space_b).manager_ids = False

    @property
    def file(self):
        return self.edition.participant_ids


@freeze_time("2015-06-20 09:00:00")
class TestManagers(StayCase):
    def test_who_manages_a_space_and_who_steps_in_come_along_and_nobody_is_invited(self):
        self._speak_up()
        before = self._count()
        users = self.env["res.users"].search_count([])
        self._record(
            contacts=[
                {**MANAGER, "phone": "0612345678", "rights": "Manager"},
                {**MANAGER, "away_from": "01/08/2015", "away_to": "15/08/2015"},
                {**MANAGER, "away_from": "24/12/2015", "away_to": "31/12/2015", "substitute": "L"},
                {**MANAGER, "name": "Luc Petit", "email": None, "rights": "Second contact"},
            ]
        )
        self.assertSilent(before)
        self.assertEqual(self.env["res.users"].search_count([]), users)
        mona, luc = self.space.manager_ids, self.space.substitute_ids
        self.assertEqual(
            (mona.name, mona.email, mona.phone), ("Mona Petit", "Mona@Example.org", "0612345678")
        )
        self.assertEqual((luc.name, luc.email), ("Luc Petit", False))
        self.assertEqual((mona | luc).parent_id, self.space.partner_id)
        self.assertEqual(self.space.absence_ids.partner_id, mona)
        self.assertEqual(len(self.space.absence_ids), 2)
        with freeze_time("2015-08-02 09:00:00"):
            self.assertEqual(self.space._get_contacts(), mona | luc)

    def test_one_person_manages_two_spaces(self):
        self._record(contacts=[MANAGER, {**MANAGER, "space_id": "Fabrique Test"}])
        self.assertEqual(len(self.space.manager_ids), 1)
        self.assertEqual(self.space.manager_ids, self.space_b.manager_ids)

    def test_two_of_one_name_are_told_apart_by_their_e_mails(self):
        self._record(contacts=[MANAGER, {**MANAGER, "email": "other@example.org"}])
        self.assertEqual(
            set(self.space.manager_ids.mapped("email")), {"Mona@Example.org", "other@example.org"}
        )

    def test_two_who_share_an_e_mail_are_two(self):
        self._record(contacts=[MANAGER, {**MANAGER, "name": "Luc Petit"}])
        self.assertEqual(len(self.space.manager_ids), 2)

    def test_a_wrong_row_names_its_cell(self):
        self._read(contacts=[MANAGER]).action_record()
        away = {**MANAGER, "away_from": "01/08/2015"}
        take_over = self._read(
            contacts=[
                {**MANAGER, "space_id": "Ailleurs"},
                {**MANAGER, "name": "Luc", "email": "luc"},
                {**MANAGER, "name": "Léa", "away_to": "02/08/2015"},
                {**away, "name": "Zoé"},
                {**away, "name": "Ana", "away_to": "31/07/2015"},
                {**MANAGER, "rights": "Second contact"},
                {**MANAGER, "name": "Bob", "rights": "Second contact"},
                {**MANAGER, "name": "Bob", "rights": "Manager"},
            ]
        )
        self.assertProblem(take_over, ("contacts", 2), "space_id", "No space is called Ailleurs")
        self.assertProblem(take_over, ("contacts", 3), "email", "not an e-mail address")
        self.assertProblem(take_over, ("contacts", 4), "away_from", "is empty")
        self.assertProblem(take_over, ("contacts", 5), "away_to", "is empty")
        self.assertProblem(take_over, ("contacts", 6), "away_from", "cannot end before it starts")
        self.assertProblem(take_over, ("contacts", 7), "rights", "there already")
        self.assertProblem(take_over, ("contacts", 9), "rights", "do not agree")
        with self.assertRefused("No row can be recorded"):
            take_over.action_record()
        self.assertEqual(self.space.manager_ids.name, "Mona Petit")

    def test_another_e_mail_or_phone_than_what_is_there_is_said(self):
        self._read(contacts=[{**MANAGER, "phone": "0612345678"}]).action_record()
        self.assertKnown(contacts=[{**MANAGER, "email": None}])
        take_over = self._read(contacts=[{**MANAGER, "email": "other@example.org"}])
        self.assertProblem(take_over, ("contacts", 2), "email", "there already")
        take_over = self._read(contacts=[{**MANAGER, "phone": "0699999999"}])
        self.assertProblem(take_over, ("contacts", 2), "phone", "there already")


@freeze_time("2015-06-20 09:00:00")
class TestReferral(StayCase):
    def test_an_adviser_is_a_contact_of_the_organisation_and_agreement_is_asked_anew(self):
        people = [
            {
                **PERSON,
                "partner_name": name,
                "prescriber_id": "Mission locale",
                "prescriber_contact_id": "Nadia Petit <Nadia@ml.example>",
            }
            for name in ("Camille Roy", "Zoé Petit")
        ]
        self._record(people=people)
        adviser = self.file.prescriber_contact_id
        self.assertEqual((adviser.name, adviser.email), ("Nadia Petit", "nadia@ml.example"))
        self.assertEqual(adviser.parent_id, self.file.prescriber_id)
        self.assertFalse(any(self.file.mapped("prescriber_agreed")))
        self._record(
            people=[{**people[0], "partner_name": "Ana", "prescriber_contact_id": "nadia petit"}]
        )
        self.assertEqual(len(self.file.prescriber_contact_id), 1)

    def test_an_adviser_without_organisation_or_name_is_asked_for(self):
        row = {**PERSON, "prescriber_contact_id": "nadia@ml.example"}
        take_over = self._read(
            people=[row, {**row, "partner_name": "Zoé", "prescriber_id": "Mission locale"}]
        )
        self.assertProblem(take_over, ("people", 2), "prescriber_id", "organisation too")
        self.assertProblem(take_over, ("people", 3), "prescriber_contact_id", "write the name too")

    def test_criteria_declared_and_the_day_of_the_decision_come_along(self):
        criteria = self.env["coworking.criterion"].create(
            [{"name": "Lives in town"}, {"name": "Has a project"}]
        )
        self._record(
            people=[
                {
                    **PERSON,
                    "criterion_ids": "Lives in town; has a project",
                    "selection_result": "Admitted",
                    "date_decision": "28/01/2015",
                }
            ]
        )
        self.assertEqual(self.file.criterion_ids, criteria)
        self.assertEqual(self.file.date_decision, d("28/1"))
        take_over = self._read(people=[{**PERSON, "partner_name": "Zoé", "criterion_ids": "Riche"}])
        self.assertProblem(take_over, ("people", 2), "criterion_ids", "Nothing is called Riche")


@freeze_time("2015-06-20 09:00:00")
class TestExtensions(StayCase):
    def test_a_granted_extension_moves_the_planned_exit_and_a_refused_one_does_not(self):
        self._record(
            people=[PERSON],
            extensions=[
                {
                    **EXTENSION,
                    "decided_on": "15/06/2015",
                    "decided_by_id": self.coordinator.name,
                    "decision_reason": "Projet sûr",
                },
                {**EXTENSION, "days": 10, "state": "Refused"},
            ],
        )
        self.assertEqual(self.file.date_exit_planned, d("31/8"), "1 August, and 30 days")
        granted = self.file.extension_ids.filtered(lambda row: row.state == "granted")
        self.assertEqual((granted.decided_on, granted.decided_by_id), (d("15/6"), self.coordinator))
        self.assertEqual(granted.decision_reason, "Projet sûr")

    def test_what_nobody_answered_waits_for_the_coordinator(self):
        self._record(people=[PERSON], extensions=[{**EXTENSION, "state": "Requested"}])
        self.assertEqual(len(self.file.extension_ids.activity_ids), 1)

    def test_two_of_the_same_words_are_two(self):
        self._record(
            people=[PERSON], extensions=[{**EXTENSION, "state": "Refused"}, EXTENSION, EXTENSION]
        )
        self.assertEqual(len(self.file.extension_ids), 3)

    def test_a_wrong_row_names_its_cell(self):
        never = {**PERSON, "partner_name": "Zoé", "stage_id": "Application", "date_entry": None}
        take_over = self._read(
            people=[PERSON, never],
            extensions=[
                {**EXTENSION, "days": 0},
                {**EXTENSION, "state": "Peut-être"},
                {**EXTENSION, "decided_on": "21/06/2015"},
                {**EXTENSION, "participant_id": "Zoé"},
                {**EXTENSION, "state": "Requested", "decided_on": "19/06/2015"},
            ],
        )
        self.assertProblem(take_over, ("extensions", 2), "days", "at least one day")
        self.assertProblem(take_over, ("extensions", 3), "state", "none of: Requested")
        self.assertProblem(take_over, ("extensions", 4), "decided_on", "has not come yet")
        self.assertProblem(take_over, ("extensions", 5), "days", "not entered yet")
        self.assertProblem(take_over, ("extensions", 6), "state", "not decided")

    def test_another_answer_than_what_is_there_is_said(self):
        self._read(people=[PERSON], extensions=[EXTENSION]).action_record()
        take_over = self._read(extensions=[{**EXTENSION, "state": "Refused"}])
        self.assertProblem(take_over, ("extensions", 2), "state", "there already")


@freeze_time("2015-06-20 09:00:00")
class TestToCome(StayCase):
    ROW = {**WHO, "date": "01/07/2015", "start_time": "14h", "state": "Expected"}

    def test_an_appointment_to_come_is_in_the_agenda_and_nobody_is_written_to(self):
        self._speak_up()
        before = self._count()
        self._record(
            people=[{**PERSON, "email": "camille@example.org", "user_id": self.accompanist.name}],
            appointments=[
                {**self.ROW, "led_by_id": self.accompanist.name, "location": "Mairie"},
                {**self.ROW, "date": "02/07/2015", "state": "Excused"},
            ],
        )
        self.assertSilent(before)
        row = self.file.attendance_ids.filtered(lambda row: row.state == "expected")
        self.assertEqual((row.date, row.duration, row.event_id.location), (d("1/7"), 1.0, "Mairie"))
        self.assertEqual(row.event_id._coworking_local(row.start).hour, 14)
        self.assertEqual(row.event_id.coworking_participant_id, self.file)
        self.assertIn(self.accompanist.partner_id, row.event_id.partner_ids)
        with freeze_time("2015-07-01 18:00:00"):
            row.state = "present"
        self.assertEqual(row.state, "present")

    def test_nobody_was_at_what_is_to_come(self):
        take_over = self._read(people=[PERSON], appointments=[{**self.ROW, "state": "Present"}])
        self.assertProblem(take_over, ("appointments", 2), "date", "has not come yet")


@freeze_time("2015-06-20 09:00:00")
class TestFollowups(StayCase):
    def test_what_was_planned_at_the_exit_takes_what_was_heard_elsewhere(self):
        self._record(
            people=[LEFT],
            followups=[
                {
                    **WHO,
                    "months": 3,
                    "situation_id": "Business created",
                    "date_answer": "19/06/2015",
                    "attempt_count": 2,
                    "last_attempt": "18/06/2015",
                    "in_space": "oui",
                    "note": "Deux clientes.\nContente.",
                },
                {**WHO, "months": 6, "date_due": "01/10/2015"},
                {**WHO, "months": 18},
            ],
        )
        rows = self.file.followup_ids.sorted("months")
        self.assertEqual(
            [(row.months, row.date_due, row.state) for row in rows],
            [
                (3, d("20/6"), "answered"),
                (6, d("1/10"), "pending"),
                (12, fields.Date.to_date("2016-03-20"), "pending"),
                (18, fields.Date.to_date("2016-09-20"), "pending"),
            ],
        )
        first = rows[0]
        self.assertEqual((first.date_answer, first.last_attempt), (d("19/6"), d("18/6")))
        self.assertEqual((first.attempt_count, first.in_space), (2, True))
        self.assertEqual(first.note, "Deux clientes.\nContente.")

    def test_rows_read_after_the_person_was_recorded_do_the_same(self):
        self._read(people=[LEFT]).action_record()
        self._record(followups=[{**WHO, "months": 3, "state": "Not reached", "attempt_count": 3}])
        self.assertEqual(self.file.followup_ids[0].state, "unreachable")

    def test_what_was_noted_here_is_not_written_over(self):
        self._read(people=[LEFT]).action_record()
        self.file.followup_ids[0].action_attempt()
        take_over = self._read(followups=[{**WHO, "months": 3, "attempt_count": 3}])
        self.assertProblem(take_over, ("followups", 2), "attempt_count", "there already")
        self.assertKnown(followups=[{**WHO, "months": 3}])

    def test_a_wrong_row_names_its_cell(self):
        take_over = self._read(
            people=[LEFT, {**PERSON, "partner_name": "Zoé"}],
            followups=[
                {**WHO, "months": 3, "state": "Answered"},
                {**WHO, "months": 6, "state": "Not reached"},
                {**WHO, "months": 12, "state": "Cancelled"},
                {**WHO, "months": 3, "date_answer": "21/06/2015"},
                {**WHO, "months": 3, "participant_id": "Zoé"},
                {**WHO, "months": 3, "situation_id": "Nulle part"},
            ],
        )
        self.assertProblem(take_over, ("followups", 2), "state", "in which situation")
        self.assertProblem(take_over, ("followups", 3), "state", "at least once")
        self.assertProblem(take_over, ("followups", 4), "state", "none of: To do")
        self.assertProblem(take_over, ("followups", 5), "date_answer", "has not come yet")
        self.assertProblem(take_over, ("followups", 6), "date_due", "is empty")
        self.assertProblem(take_over, ("followups", 7), "situation_id", "Nothing is called")


@freeze_time("2015-06-20 09:00:00")
class TestLeaves(ExportCase, StayCase):
    def test_all_of_it_comes_back(self):
        """Out, into a program where nothing is, and out again: sheets and values are the same."""
        mona, luc = self.env["res.partner"].create(
            [
                {"name": "Mona Petit", "email": "Mona@Example.org", "function": "Gérante"},
                {"name": "Luc Petit", "phone": "0612345678"},
            ]
        )
        self.space.write(
            {
                "manager_ids": [Command.link(mona.id)],
                "substitute_ids": [Command.link(luc.id)],
                "absence_ids": [
                    Command.create(
                        {"partner_id": mona.id, "date_from": f"2015-{month}-01", "date_to": day}
                    )
                    for month, day in (("07", "2015-07-08"), ("08", "2015-08-31"))
                ],
                "price_source": "Leur site",
            }
        )
        self.tariff.write({"source": "Grille de mai", "source_year": 2015})
        organisation = self.env["res.partner"].create(
            {"name": "Mission locale", "is_company": True}
        )
        adviser = self.env["res.partner"].create(
            {
                "name": 'Nadia "Nad" Petit, née Roy',
                "email": "n@ml.example",
                "parent_id": organisation.id,
            }
        )
        criterion = self.env["coworking.criterion"].create({"name": "Lives in town"})
        camille = self._new_participant("Camille Roy", self.edition)
        camille.write(
            {
                "date_entry": "2015-02-02",
                "prescriber_id": organisation.id,
                "prescriber_contact_id": adviser.id,
                "criterion_ids": criterion.ids,
                "selection_result": "admitted",
                "date_decision": "2015-01-28",
            }
        )
        extensions = self.env["coworking.extension"].create(
            [
                {"participant_id": camille.id, "days": days, "reason": "Local"}
                for days in (30, 30, 5)
            ]
        )
        extensions[0].decision_reason = "Trop tôt"
        extensions[0].with_user(self.coordinator).action_refuse()
        extensions[1].with_user(self.coordinator).action_grant()
        zoe = self._new_participant("Zoé Petit", self.edition)
        reason = self.env["coworking.exit.reason"].search([], limit=1)
        zoe.write({"date_exit": "2015-03-20", "exit_reason_id": reason.id})
        zoe.followup_ids[0].write({"exit_reason_id": reason.id, "note": "Va\nbien"})
        zoe.followup_ids[0].action_attempt()
        zoe.followup_ids[0].action_answered()
        zoe.followup_ids[1].date_due = "2015-10-01"
        self._new_seat("1/6", who=camille)
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        sheets, copy = self.assertComesBack(self.edition, self.coordinator)
        counts = {title: len(rows) - 1 for title, rows in sheets.items()}
        self.assertEqual(
            [counts[title] for title in ("Managers", "Extensions", "Follow-ups")], [3, 3, 3]
        )
        person = self._rows("people", sheets)[0]
        self.assertIn("n@ml.example", person["prescriber_contact_id"])
        there = copy.participant_ids.filtered(lambda file: file.partner_name == "Camille Roy")
        self.assertEqual(there.prescriber_contact_id.name, adviser.name.removesuffix(" (before)"))
        self.assertEqual(there.date_exit_planned, camille.date_exit_planned)
        self.assertEqual(there.criterion_ids, criterion)

    def test_a_contact_who_left_the_space_and_a_cancelled_follow_up_stay(self):
        mona = self.env["res.partner"].create({"name": "Mona Petit"})
        self.space.absence_ids = [
            Command.create(
                {"partner_id": mona.id, "date_from": "2015-07-01", "date_to": "2015-07-02"}
            )
        ]
        zoe = self._new_participant("Zoé Petit", self.edition)
        reason = self.env["coworking.exit.reason"].search([], limit=1)
        zoe.write({"date_exit": "2015-03-20", "exit_reason_id": reason.id})
        zoe.followup_ids.state = "cancelled"
        sheets = self._export()[1]
        self.assertFalse(self._rows("contacts", sheets))
        self.assertFalse(self._rows("followups", sheets))
