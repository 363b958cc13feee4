"""Eligibility is computed: criteria that are not cumulative, each with the proof it asks for."""

from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from .common import PathwayCase

PDF = b"JVBERi0xLjQK"


class TestEligibility(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        criteria = cls.env["coworking.criterion"].create(
            [
                {"name": "A project"},
                {"name": "Job seeker", "proof_expected": "Notice", "proof_max_age_days": 90},
                {"name": "Young", "proof_expected": "Identity"},
                {"name": "Recognised", "proof_expected": "Decision", "keep_copy": True},
                {"name": "Of another program"},
            ]
        )
        cls.declared, cls.dated, cls.undated, cls.copied, cls.foreign = criteria
        cls.program.criterion_ids = criteria - cls.foreign
        cls.participant = cls._at("diagnostic")

    def _prove(self, criterion, seen="2015-06-15", written=False, **values):
        return (
            self.env["coworking.proof"]
            .with_user(self.accompanist)
            .create(
                {
                    "participant_id": self.participant.id,
                    "criterion_id": criterion.id,
                    "date_seen": seen,
                    "date_document": written,
                    **values,
                }
            )
        )

    def assertMet(self, number):
        self.assertRecordValues(
            self.participant,
            [
                {
                    "criteria_met": number,
                    "is_eligible": number >= self.program.min_criteria,
                }
            ],
        )

    def test_nobody_is_eligible_for_nothing(self):
        self.assertMet(0)
        self.assertFalse(self.participant.is_eligible)

    def test_one_criterion_is_enough_and_more_change_nothing(self):
        self.participant.criterion_ids = self.declared
        self.assertMet(1)
        self._prove(self.undated)
        self.assertMet(2)
        self.assertTrue(self.participant.is_eligible)

    def test_the_number_to_meet_is_a_setting_of_the_program(self):
        self.participant.criterion_ids = self.declared
        for wanted, eligible in ((0, True), (1, True), (2, False)):
            with self.subTest(wanted=wanted):
                self.program.min_criteria = wanted
                self.assertEqual(self.participant.is_eligible, eligible)
        self._prove(self.undated)
        self.assertTrue(self.participant.is_eligible)

    def test_a_criterion_that_asks_for_a_proof_counts_once_it_is_seen(self):
        self.participant.criterion_ids = self.undated
        self.assertMet(0)
        proof = self._prove(self.undated)
        self.assertMet(1)
        proof.unlink()
        self.assertMet(0)

    def test_a_proof_is_enough_without_declaring_it(self):
        self._prove(self.undated)
        self.assertMet(1)

    def test_two_proofs_of_one_criterion_count_once(self):
        self._prove(self.undated)
        self._prove(self.undated)
        self.assertMet(1)

    def test_a_criterion_of_another_program_does_not_count(self):
        self.participant.criterion_ids = self.foreign
        self.assertMet(0)
        self.program.criterion_ids |= self.foreign
        self.assertMet(1)

    def test_a_program_that_names_none_takes_them_all(self):
        self.program.criterion_ids = False
        self.participant.criterion_ids = self.foreign
        self.assertMet(1)

    def test_a_document_that_was_too_old_when_it_was_seen_does_not_count(self):
        """90 days from 17 March end on 15 June."""
        for written, holds_until, met in (
            ("2015-03-17", "2015-06-15", 1),
            ("2015-03-16", "2015-06-14", 0),
        ):
            with self.subTest(written=written):
                proof = self._prove(self.dated, written=written)
                self.assertEqual(str(proof.date_expiry), holds_until)
                self.assertMet(met)
                proof.unlink()

    def test_one_that_held_when_it_was_seen_counts_for_good(self):
        proof = self._prove(self.dated, written="2015-06-01")
        with freeze_time("2016-01-10 09:00:00"):
            self._again(self.participant)
            self.assertFalse(proof.is_valid)
            self.participant.project = "Another"
            self.assertMet(1)

    def test_without_a_date_on_it_a_document_holds_from_the_day_it_was_seen(self):
        self.assertEqual(str(self._prove(self.dated).date_expiry), "2015-09-13")
        self.assertFalse(self._prove(self.undated).date_expiry)

    def test_a_copy_that_must_be_kept_is_waited_for(self):
        proof = self._prove(self.copied)
        self.assertMet(0)
        self.assertFalse(proof.is_valid)
        proof.copy_file = PDF
        self.assertMet(1)
        self.assertTrue(proof.is_valid)
        proof.copy_file = False
        self.assertMet(0)

    def test_it_follows_what_the_coordinator_asks_for(self):
        self.participant.criterion_ids = self.declared
        self._prove(self.undated)
        self.assertMet(2)
        self.undated.keep_copy = True
        self.assertMet(1)
        self.declared.proof_expected = "A letter"
        self.assertMet(0)

    def test_who_saw_it_and_when(self):
        proof = (
            self.env["coworking.proof"]
            .with_user(self.accompanist)
            .create({"participant_id": self.participant.id, "criterion_id": self.undated.id})
        )
        self.assertRecordValues(
            proof, [{"seen_by_id": self.accompanist.id, "date_seen": date(2015, 6, 15)}]
        )

    def test_a_document_is_not_seen_before_its_date(self):
        with self.assertRaises(CheckViolation):
            self._prove(self.undated, seen="2015-06-01", written="2015-06-02")

    def test_whether_a_proof_holds_is_found_as_it_is_shown(self):
        proofs = self.env["coworking.proof"]
        for criterion, values in (
            (self.dated, {"written": "2015-03-17"}),
            (self.dated, {"written": "2015-03-16"}),
            (self.undated, {}),
            (self.copied, {}),
            (self.copied, {"copy_file": PDF}),
        ):
            proofs |= self._prove(criterion, **values)
        mine = [("participant_id", "=", self.participant.id)]
        for value in (True, False):
            self.assertEqual(
                proofs.search([*mine, ("is_valid", "=", value)]),
                proofs.search(mine).filtered(lambda proof, value=value: proof.is_valid == value),
            )
        self.assertEqual(proofs.mapped("is_valid"), [True, False, True, False, True])

    def test_the_selection_asks_for_it(self):
        self.participant.date_support = "2015-06-15"
        user = self.participant.with_user(self.accompanist)
        with self.assertRefused("Camille", "The person is eligible"):
            user.stage_id = self.stages["selection"]
        self._prove(self.undated)
        user.stage_id = self.stages["selection"]
        self.assertEqual(self.participant.stage_id, self.stages["selection"])


class TestDocuments(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["coworking.document.type"].search([]).active = False
        cls.types = cls.env["coworking.document.type"].create(
            [
                {"name": "Identity", "sequence": 1},
                {"name": "Insurance", "sequence": 2},
                {"name": "Pictures", "sequence": 3, "mandatory": False},
                {
                    "name": "Elsewhere",
                    "sequence": 4,
                    "program_ids": cls._new_program("Other", "OTH").ids,
                },
            ]
        )
        cls.participant = cls._new_participant()
        cls.identity, cls.insurance, cls.pictures = cls.participant.document_ids.sorted("sequence")

    def test_each_new_file_has_the_list_of_its_program(self):
        self.assertEqual(
            self.participant.document_ids.sorted("sequence").mapped("display_name"),
            ["Identity", "Insurance", "Pictures"],
        )
        self.assertEqual(set(self.participant.document_ids.mapped("state")), {"missing"})

    def test_also_when_an_accompanist_makes_it(self):
        made = (
            self.env["coworking.participant"]
            .with_user(self.accompanist)
            .create({"partner_name": "Alix", "program_id": self.program.id})
        )
        self.assertEqual(len(made.document_ids), 3)

    def test_mandatory_ones_are_missing_until_they_are_seen(self):
        self.assertEqual(self.participant.documents_missing, 2)
        self.pictures.state = "seen"
        self.assertEqual(self.participant.documents_missing, 2)
        self.identity.state = "seen"
        self.assertEqual(self.participant.documents_missing, 1)
        self.insurance.state = "seen"
        self.assertEqual(self.participant.documents_missing, 0)
        self.insurance.state = "missing"
        self.assertEqual(self.participant.documents_missing, 1)

    def test_a_mandatory_one_is_never_not_applicable(self):
        with self.assertRefused("Insurance", "Camille", error=ValidationError):
            self.insurance.state = "not_applicable"
        self.pictures.state = "not_applicable"
        with self.assertRefused("Pictures", "Camille", error=ValidationError):
            self.types[2].mandatory = True
            self.env.flush_all()

    def test_who_saw_it_and_when_is_noted_and_taken_back(self):
        document = self.identity.with_user(self.accompanist)
        document.state = "seen"
        self.assertRecordValues(
            document, [{"seen_by_id": self.accompanist.id, "date_seen": date(2015, 6, 15)}]
        )
        with freeze_time("2015-07-01 09:00:00"):
            document.with_user(self.coordinator).filename = "identity.pdf"
            self.env.flush_all()
        self.assertEqual(document.seen_by_id, self.accompanist)
        document.state = "missing"
        self.assertRecordValues(document, [{"seen_by_id": False, "date_seen": False}])

    def test_saying_again_that_it_was_seen_changes_no_day(self):
        document = self._new_participant().document_ids[0].with_user(self.accompanist)
        document.state = "seen"
        self.assertEqual(document.seen_by_id, self.accompanist)
        self.env.flush_all()
        with freeze_time("2015-07-01 09:00:00"):
            document.with_user(self.coordinator).write({"state": "seen", "filename": "id.pdf"})
            self.env.flush_all()
        self.assertEqual(str(document.date_seen), "2015-06-15")
        self.assertEqual(document.seen_by_id, self.accompanist)

    def test_a_document_is_on_the_list_once(self):
        with self.assertRefused("already on the participant's list", error=ValidationError):
            self.env["coworking.document"].create(
                {"participant_id": self.participant.id, "type_id": self.types[0].id}
            )

    def test_the_entry_asks_for_them(self):
        hosting = self._at("hosting", "Alix")
        self._new_seat("15/6", None, hosting)
        self.env["coworking.objective"].create({"participant_id": hosting.id, "name": "One"})
        user = hosting.with_user(self.accompanist)
        with self.assertRefused("Alix", "All mandatory documents were seen"):
            user.stage_id = self.stages["incubation"]
        hosting.document_ids.filtered("mandatory").with_user(self.accompanist).state = "seen"
        user.stage_id = self.stages["incubation"]
        self.assertEqual(hosting.phase, "incubation")

    def test_a_requirement_can_ask_for_one_of_them(self):
        stage = self._own_stages("Contract")
        self._require(
            stage,
            "Insurance seen",
            [
                (
                    "document_ids",
                    "any",
                    [("type_id", "=", self.types[1].id), ("state", "=", "seen")],
                )
            ],
        )
        with self.assertRefused("Insurance seen"):
            self.participant.stage_id = stage


class TestAccidentCover(PathwayCase):
    def test_a_warning_where_the_prescriber_gives_none(self):
        agency = self.env["res.partner"].create({"name": "Agency", "is_company": True})
        participant = self._at("hosting", prescriber_id=agency.id)
        sentence = "The referring organisation covers work accidents"
        for covered in (False, True, False):
            with self.subTest(covered=covered):
                agency.coworking_accident_cover = covered
                self._again(participant)
                self.assertEqual(participant.accident_cover_missing, not covered)
                self.assertEqual(sentence in participant.missing_requirements, not covered)

    def test_it_does_not_keep_anybody_out(self):
        participant = self._at("hosting")
        self.assertTrue(participant.accident_cover_missing)
        self._ready_for_incubation(participant)
        participant.with_user(self.accompanist).stage_id = self.stages["incubation"]
        self.assertEqual(participant.phase, "incubation")
