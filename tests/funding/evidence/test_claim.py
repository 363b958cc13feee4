"""A claim is audited from its sealed file alone, also once its people are anonymous."""

import hashlib
import json
from unittest.mock import patch

from odoo.tests import tagged

from ...common import JULY
from ...trust.purge_case import PurgeCase
from ..claim.common import ClaimCase
from .common import PDF, EvidenceCase


@tagged("post_install", "-at_install")
class TestClaimEvidence(EvidenceCase, ClaimCase):
    def test_what_was_sent_is_in_it_with_its_seal(self):
        claim = self._sent(self.agreement)
        folder = self._open(self._make(claim))
        (sent,) = [
            content for path, content in self._files(folder, "01_").items() if path.endswith("json")
        ]
        self.assertEqual(hashlib.sha256(sent).hexdigest(), claim.digest)
        kept = {line.split()[0] for line in (folder / "SHA256SUMS").read_text().splitlines()}
        for _kind, digest in json.loads(sent)["files"]:
            self.assertIn(digest, kept)
        (row,) = self._sheet(folder, "Claim")
        self.assertEqual((row["Asked"], row["Bill Number"]), (90, self.bill.name))

    def test_it_holds_the_period_and_the_people_of_the_claim_alone(self):
        luc = self._new_participant("Luc Petit", date_entry="2015-06-01")
        self.env["coworking.proof"].create(
            {
                "participant_id": luc.id,
                "criterion_id": self.proof.criterion_id.copy({"keep_copy": False}).id,
                "date_seen": "2015-05-20",
            }
        )
        self._sign_attendance(self.camille)
        claim = self._sent(self.agreement, "1/1", "31/8")
        index = self._index(self._open(self._make(claim)))
        self.assertIn("Camille Martin", index)
        self.assertNotIn("Luc Petit", index)
        self.assertNotIn("Attendance signed", index)
        self.assertIn("Luc Petit", self._index(self._open(self._make())))

    def test_it_says_of_a_bill_what_this_claim_asks_and_not_what_another_does(self):
        luc = self._new_participant("Luc Petit", date_entry="2015-06-01")
        self._new_presences(self._new_seat("1/7", "31/7", luc), "10/7")
        bill = self._post_bill(self._bill(self._settle(JULY)), "3/8")
        self._pay(bill, 60.0, "20/8")
        self._pay(bill, 120.0, "20/9")
        self._refresh()
        asked = []
        for first, last, share in (("1/1", "31/8", 30), ("1/9", "31/12", 60)):
            claim = self._sent(self.agreement, first, last)
            folder = self._open(self._make(claim))
            shares = {
                row["Bill"]: row["Share of the Funder"] for row in self._sheet(folder, "Costs")
            }
            self.assertEqual(shares[bill.name], share)
            self.assertEqual(sum(shares.values()), claim.amount_claimed)
            asked.append(shares[bill.name])
        (whole,) = [
            row["Share of the Funder"]
            for row in self._sheet(self._open(self._make()), "Costs")
            if row["Bill"] == bill.name
        ]
        self.assertEqual(sum(asked), whole)

    def test_the_certificate_proves_the_payments(self):
        self.env["ir.attachment"].search(
            [("res_model", "=", "account.payment"), ("res_id", "=", self.payment.id)]
        ).unlink()
        claim = self._sent(self.agreement)
        evidence = self._make(claim)
        self.assertFalse(evidence.missing_count)
        self.assertTrue(self._files(self._open(evidence), "05_"))

    def test_what_was_paid_after_the_certificate_is_proven_otherwise(self):
        self.env["ir.attachment"].search(
            [("res_model", "=", "account.payment"), ("res_id", "=", self.payment.id)]
        ).unlink()
        claim = self._new_claim(self.agreement)
        claim.certificate = "JVBERi0xLjQ="
        for day, is_missing in (("2015-07-20", False), ("2015-07-19", True)):
            claim.certificate_on = day
            missing = self._make(claim).missing
            self.assertEqual(f"Payments · {self.bill.name}" in missing, is_missing, day)

    def test_what_the_certificate_proved_as_the_claim_was_sent_stays_proven(self):
        """It was sent when a certificate without regard to its day proved all payments."""
        self.env["ir.attachment"].search(
            [("res_model", "=", "account.payment"), ("res_id", "=", self.payment.id)]
        ).unlink()
        claim = self._new_claim(self.agreement)
        claim.write({"certificate": "JVBERi0xLjQ=", "certificate_on": "2015-07-19"})
        with patch.object(type(claim), "_is_certified", lambda claim, day: True):
            self._send(claim)
        self.assertNotIn("Payments", self._make(claim).missing or "")

    def test_a_proof_that_was_sent_and_is_gone_is_listed_as_missing(self):
        claim = self._sent(self.agreement)
        # Odoo refuses it: past Odoo
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM ir_attachment WHERE name = 'facture Camille.pdf'")
        self.env.invalidate_all()
        self._file(self.bill, "other.pdf", PDF + b"other")
        evidence = self._make(claim)
        self.assertIn("It was sent with the claim", evidence.missing)

    def test_one_that_was_not_sent_says_so(self):
        claim = self._new_claim(self.agreement)
        self.assertIn("It was not sent yet", self._make(claim).missing)

    def test_it_is_kept_for_its_agreement(self):
        evidence = self._make(self._sent(self.agreement))
        self.assertEqual(evidence.agreement_ids, self.agreement)
        self.assertEqual(evidence.evidence_until, self.agreement.evidence_until)


@tagged("post_install", "-at_install")
class TestClaimAfterAnonymisation(PurgeCase, EvidenceCase, ClaimCase):
    def test_it_is_audited_after_the_anonymisation_of_its_people_from_its_file_alone(self):
        claim = self._sent(self.agreement, "1/1", "30/9")
        claimed, seal, bills = (
            claim.amount_claimed,
            claim.digest,
            claim.line_ids.mapped("bill_number"),
        )
        evidence = self._make(claim)
        self.camille.seat_ids.state = "ended"
        self.camille.write(
            {
                "stage_id": self.stage["closed"].id,
                # or else they applied the day that the file was made
                "date_application": "2015-05-01",
                "date_exit": "2015-07-31",
                "exit_reason_id": self.left.id,
                "move_reason": "End",
            }
        )
        self._correct_all()
        self._make_old()
        self._purge(self.camille)
        self.assertTrue(self.camille.purged_on)
        self.assertFalse(self.proof.copy_file)
        folder = self._open(evidence)
        # from here on, what an auditor has is the folder
        self.assertEqual(self._verify(folder), len(self._files(folder)) - 1)
        lines = self._sheet(folder, "Claim")
        self.assertEqual(sum(row["Asked"] for row in lines), claimed)
        self.assertEqual([row["Bill Number"] for row in lines], bills)
        pieces = self._sheet(folder, "Evidence")
        for line in lines:
            for kind in ("04_factures", "05_paiements"):
                (proof,) = [
                    row["Document"]
                    for row in pieces
                    if line["Bill Number"] in row["What It Is"]
                    and (row["Document"] or "").startswith(kind)
                ]
                self.assertTrue((folder / proof).read_bytes().startswith(PDF))
        self.assertIn(PDF + b"proof", self._files(folder, "02_").values())
        self.assertIn("Camille Martin", self._index(folder))
        self.assertIn(
            seal, {line.split()[0] for line in (folder / "SHA256SUMS").read_text().splitlines()}
        )
