"""A file of evidence outlives the data of its people, and ends at the term of its funders."""

import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.coworking_incubation_funding.models.evidence import coworking_evidence_seal

from ...common import COORDINATOR
from ...trust.common import AuditCase
from ...trust.purge_case import NAME, PurgeCase
from ...trust.test_sensitive_traces import EXPORT
from .common import PDF, EvidenceCase


class EndCase(EvidenceCase, AuditCase):
    def _end(self):
        cron = self.env.ref("coworking_incubation_funding.ir_cron_end_evidence")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _say_term(self, agreement, days):
        """So many days from today."""
        agreement.evidence_until = fields.Date.today() + timedelta(days=days)


@tagged("post_install", "-at_install")
class TestEnd(EndCase):
    def test_at_its_term_it_goes_by_itself_and_its_line_stays(self):
        self.proof.copy_file = False
        evidence = self._make()
        self.assertTrue(evidence.missing)
        archive = evidence._get_archive()
        self._say_term(self.agreement, -1)
        self._end()
        self.assertEqual((evidence.state, evidence.gone_on), ("gone", fields.Date.today()))
        self.assertFalse(archive.exists())
        self.assertTrue(evidence.digest)
        # of whom something was missing says what they are
        self.assertFalse(evidence.missing)
        with self.assertRefused("was deleted on"):
            evidence.with_user(self.chief).action_download()
        log = self.env["coworking.purge"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(
            (log.rule, log.company_id, log.record_count),
            ("evidence", self.company, evidence.document_count),
        )
        self.assertEqual(len(self._rows(log, action="purged")), 1)
        with self.assertRefused("never changed"):
            evidence.sudo().write({"state": "sealed"})

    def test_it_stays_on_the_last_day_and_while_nobody_says_one(self):
        evidence = self._make()
        self._say_term(self.agreement, 0)
        self._end()
        self.assertEqual(evidence.state, "sealed")
        self.agreement.evidence_until = False
        self._end()
        self.assertEqual(evidence.state, "sealed")

    def test_it_stays_for_the_last_of_its_agreements(self):
        second = self._new_agreement("MEL-2", 30.0)
        evidence = self._make(self.camille)
        self.assertEqual(evidence.agreement_ids, self.agreement | second)
        self._say_term(self.agreement, -10)
        self._end()
        self.assertEqual(evidence.state, "sealed")
        self._say_term(second, 10)
        self._end()
        self.assertEqual(evidence.state, "sealed")
        self._say_term(second, -1)
        self._end()
        self.assertEqual(evidence.state, "gone")

    def test_an_agreement_that_was_archived_still_counts(self):
        evidence = self._make()
        self.agreement.active = False
        self._say_term(self.agreement, 1)
        self._end()
        self.assertEqual(evidence.state, "sealed")
        self._say_term(self.agreement, -1)
        self._end()
        self.assertEqual(evidence.state, "gone")

    def _leave_agreement(self):
        self.agreement.program_ids = False
        self.camille.cost_ids.allocation_ids.filtered("agreement_id").unlink()

    def test_of_a_person_whom_no_agreement_covers_none_is_made(self):
        """It would have no term: nobody would ever delete it."""
        self._leave_agreement()
        before = self.env["coworking.evidence"].search([])
        with self.assertRefused("Camille Martin", "programme on the agreement"):
            self._make(self.camille)
        self.assertEqual(self.env["coworking.evidence"].search([]), before)

    def test_one_that_waited_keeps_the_term_that_it_was_asked_with(self):
        with patch.object(coworking_evidence_seal, "AT_ONCE", 0):
            evidence = self._make(self.camille)
        self._leave_agreement()
        evidence._seal()
        self.assertEqual((evidence.state, evidence.agreement_ids), ("sealed", self.agreement))

    def test_postgresql_lets_none_go_before_its_term(self):
        self.proof.copy_file = False
        evidence = self._make()
        with self.assertRefused("never changed"):
            evidence.sudo().write({"state": "gone", "gone_on": fields.Date.today()})
        self._say_term(self.agreement, -1)
        self.env.flush_all()
        gone = {"state": "gone", "gone_on": fields.Date.today()}
        with self.assertRefused("never changed"):
            evidence.sudo().write({**gone, "missing": "other words"})
        with self.assertRefused("never changed"):
            evidence.sudo().write(gone)
        evidence.sudo().write({**gone, "missing": False})
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestAfterAnonymisation(PurgeCase, EvidenceCase):
    """Somebody who left two years ago: their data ends, what a funder may ask for does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.long = cls._new_agreement(
            "FSE-9",
            10.0,
            date_from=cls._ago(60),
            date_to=cls._ago(1),
            evidence_until=cls.today + timedelta(days=900),
        )
        cls.env["coworking.proof"].create(
            {
                "participant_id": cls.person.id,
                "criterion_id": cls.proof.criterion_id.id,
                "date_seen": cls._ago(32),
                "copy_file": base64.b64encode(PDF + b"her proof"),
            }
        )

    def test_an_auditor_verifies_the_sealed_file_of_people_who_are_anonymous(self):
        evidence = self._make(self.person)
        before = self._files(self._open(evidence))
        self._correct_all()
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertNotIn(NAME, self.person.display_name)
        self.assertFalse(
            self.env["coworking.proof"].search([("participant_id", "=", self.person.id)]).copy_file
        )
        # who takes it out asks Odoo for the archive, and for nothing else
        folder = self._open(evidence)
        self.assertEqual(self._files(folder), before)
        self.assertEqual(self._verify(folder), len(before) - 1)
        index = self._index(folder)
        self.assertIn(NAME, index)
        self.assertIn(PDF + b"her proof", self._files(folder, "02_").values())
        # the line in Odoo names nobody any more
        self.assertNotIn(NAME, evidence.name)
        self.assertFalse([place for place in self._found() if place[0] == "coworking_evidence"])

    def test_the_end_of_data_is_not_stopped_by_what_is_sealed(self):
        """The row is never changed, and holds nothing that the purge would have to mask."""
        self._make(self.person, names="token")
        self._make(self.long)
        self._correct_all()
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertFalse(self.person.purge_failed_on)

    def test_one_that_is_made_afterwards_says_what_is_gone(self):
        self._correct_all()
        self._make_old()
        self._purge(self.person)
        evidence = self._make(self.person)
        index = self._index(self._open(evidence))
        self.assertNotIn(NAME, index)
        self.assertIn("there is none", evidence.missing)

    def test_everything_held_on_a_person_names_it_and_leaves_the_archive_out(self):
        """It is for auditors: sheets and bills in it are about others too."""
        evidence = self._make(self.person)
        given = new_test_user(
            self.env,
            "t_given",
            f"{COORDINATOR},{EXPORT},account.group_account_invoice",
            company_id=self.company.id,
        )
        data = self.env["coworking.person.data"].with_user(given)
        rows = list(data._read_rows("coworking.evidence", evidence.ids))
        self.assertEqual(rows[0]["digest"], evidence.digest)
        self.assertNotIn("sealed_file", rows[0])
        files = data.env["ir.attachment"].search(
            [("res_model", "=", "coworking.evidence"), ("res_field", "in", ["sealed_file"])]
        )
        self.assertFalse(files)
