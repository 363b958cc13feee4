"""No file that leaves for a funder names a person: not whoever is helped or works there, wherever
somebody typed the name.
"""

import base64
import io
import zipfile

from odoo import Command
from odoo.tests import tagged

from ..common import d
from .claim.common import ClaimCase
from .evidence.common import PDF, EvidenceCase

CANARY = "Zyqwor"
TYPED = {"char", "text", "html"}
# Chosen by code, or checked by their own rules.
NOT_WORDS = {"access_token", "signature_code"}


@tagged("post_install", "-at_install")
class TestNoNames(EvidenceCase, ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._admit_direct(cls.agreement)
        cls.other = cls._new_agreement("OTHER")
        cls.camille.partner_id.write({"name": f"{CANARY} Martin", "ref": CANARY, "comment": CANARY})
        cls._type_everywhere(cls.camille)
        cls.accompanist.partner_id.name = f"Agent {CANARY}"
        cls.bill.button_draft()
        cls.bill.invoice_line_ids.name = f"Seat of {CANARY}"
        cls.bill.write({"ref": f"{CANARY} 2015-07", "narration": CANARY})
        cls.bill.action_post()
        cls.payment.memo = f"Thanks {CANARY}"
        cls._file(cls.bill, f"{CANARY}.pdf", PDF + b"again")
        for partner in (
            *(cls.camille.partner_id, cls.accompanist.partner_id, cls._hire()),
            *cls._settle_down(),
        ):
            receipt = cls._new_direct(
                (f"Train of {CANARY}", 25.0), move_type="in_receipt", partner_id=partner.id
            )
            receipt.ref = f"REF {CANARY}"
            cls._pay(receipt)
        note = cls._credit(cls.bill)
        note.button_draft()
        note.ref = f"CN-1 {CANARY}"
        note.action_post()
        cls._work()
        cls._book()
        cls.camille.write(
            {
                "date_exit": "2015-07-31",
                "exit_reason_id": cls.env.ref("coworking_incubation.coworking_exit_reason_cdi").id,
                "exit_evidence": f"Contract of {CANARY}",
            }
        )
        cls._refresh()
        cls.claim = cls._decide()

    @classmethod
    def _type_everywhere(cls, record):
        """A name in each field of words that people type."""
        for name, field in record._fields.items():
            typed = field.store and not (field.compute or field.related or field.readonly)
            if typed and field.type in TYPED and name not in NOT_WORDS:
                record[name] = CANARY

    @classmethod
    def _hire(cls):
        """Somebody without a user, of whom only hours say that they work here."""
        worker = cls.env["res.partner"].create({"name": f"Worker {CANARY}"})
        cls.env["coworking.staff.time"].create(
            {
                "program_id": cls.program.id,
                "partner_id": worker.id,
                "month": "2015-05-10",
                "hours": 1.0,
                "hourly_cost": 20.0,
            }
        )
        return worker

    @classmethod
    def _settle_down(cls):
        """Participants who have a business, which carries their name."""
        businesses = cls.env["res.partner"].create(
            [{"name": f"{name} {CANARY}", "is_company": True} for name in ("Web", "Art")]
        )
        files = cls._new_participant("Dominique") | cls._new_participant("Alix")
        for file, business in zip(files, businesses, strict=True):
            file.partner_id.parent_id = business
        return businesses[0], files[1].partner_id

    @classmethod
    def _work(cls):
        staff = cls.env["coworking.staff.time"].create(
            {
                "program_id": cls.program.id,
                "partner_id": cls.accompanist.partner_id.id,
                "month": "2015-06-10",
                "hours": 10.0,
                "hourly_cost": 20.0,
                "date_paid": "2015-06-30",
            }
        )
        cls._type_everywhere(staff)
        cls.env["coworking.funding.heading"].create(
            {"name": "Staff", "kind": "staff", "agreement_id": cls.agreement.id}
        )

    @classmethod
    def _book(cls):
        """An entry of the books, of which each line names somebody."""
        journal = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.company.id)], limit=1
        )
        accounts = cls.accounts["expense"], cls.accounts["payable"]
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": d("3/7"),
                "ref": f"OD {CANARY}",
                "line_ids": [
                    Command.create(
                        {
                            "name": f"Bonus of {CANARY}",
                            "partner_id": cls.camille.partner_id.id,
                            "account_id": account.id,
                            "balance": balance,
                            "analytic_distribution": share,
                        }
                    )
                    for account, balance, share in zip(
                        accounts,
                        (30.0, -30.0),
                        ({str(cls.analytic_account.id): 100.0}, False),
                        strict=True,
                    )
                ],
            }
        )
        entry.action_post()

    @classmethod
    def _decide(cls):
        """A claim that was returned, sent again, accepted but for a line that was placed anew."""
        claim = cls._new_claim(cls.agreement)
        cls._prove(claim, reason=f"{CANARY} signed on paper")
        claim.write({"certificate": base64.b64encode(PDF), "certificate_name": f"{CANARY}.pdf"})
        claim.open_months_reason = f"{CANARY} is late"
        claim.action_submit()
        cls._dialog(claim.action_return(), cls.coordinator, reason=f"Why {CANARY}?")
        claim.invalidate_recordset()
        claim.action_submit()
        line = claim.line_ids.filtered(lambda row: row.amount > 0)[:1]
        line.write({"amount_admitted": 0.0, "admission_reason": f"{CANARY} is not eligible"})
        claim.action_accept()
        cls._refresh()
        share = line.cost_id.allocation_ids.filtered("to_place")[:1]
        cls._place(cls, share, cls.other, share.amount, reason=f"For {CANARY}")
        cls._refresh()
        return claim

    # === FILES === #

    def _texts_of(self, content):
        """All that is in an XLSX file, with what it says of itself."""
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return [book.read(name).decode() for name in book.namelist()]

    def _print(self, name, record):
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            f"coworking_incubation_funding.{name}", record.ids
        )
        return html.decode()

    def assertUnnamed(self, *texts):
        for text in texts:
            place = text.find(CANARY)
            self.assertEqual(place, -1, text[max(place - 200, 0) : place + 80])

    def test_the_claim_names_nobody(self):
        self.assertGreater(len(self.claim.line_ids), 4)
        self.assertUnnamed(
            *self._texts_of(self.claim._make_workbook()),
            self._print("report_claim_document", self.claim),
            *self.claim.sending_ids.mapped("content"),
        )

    def test_a_token_stands_for_whoever_was_paid_back(self):
        told = {}
        for line in self.claim.sudo().line_ids.filtered("cost_id.account_id"):
            told.setdefault(line.cost_id.move_id.partner_id.name, set()).add(line.token)
        for name in (f"Worker {CANARY}", f"Web {CANARY}", "Alix", f"Agent {CANARY}"):
            with self.subTest(name=name):
                (token,) = told[name]
                self.assertTrue(token)
        files = self.env["coworking.participant"].search([("program_id", "=", self.program.id)])
        dominique = files.filtered(lambda file: file.partner_id.name == "Dominique")
        self.assertEqual(
            told[f"Web {CANARY}"], {dominique._get_tokens(dominique.ids)[dominique.id]}
        )

    def test_a_line_says_what_it_is_in_words_of_ours(self):
        told = {(line.label, line.bill_number) for line in self.claim.line_ids}
        account = self.accounts["expense"].name
        labels = {label for label, _number in told}
        self.assertIn(f"{account}, {self._month('3/7')}", labels)
        self.assertIn((f"{account}, {self._month('3/7')}", self._find_receipt().name), told)
        self.assertTrue(self.claim.line_ids.filtered(lambda row: row.bill_number == self.bill.name))

    def _find_receipt(self):
        receipts = [("move_type", "=", "in_receipt"), ("company_id", "=", self.company.id)]
        return self.env["account.move"].search(receipts, limit=1)

    def test_what_reads_as_a_number_of_the_supplier_is_told(self):
        cost = self._costs(self.bill)[:1]
        for ref, told in (
            ("F-2015-07-118", True),
            (f"FAC 2015 {self.space.code}", True),
            ("A123", True),
            (f"2015-{CANARY}", False),
            (CANARY, False),
            ("avoir", False),
            (False, False),
        ):
            with self.subTest(ref=ref):
                self.bill.ref = ref
                number = cost._get_words()[cost].number
                self.assertEqual(number, ref if told else self.bill.name)

    def test_the_financial_report_names_nobody(self):
        report = self.env["coworking.financial.report"].create(
            {"agreement_id": self.agreement.id, "date_from": "2015-01-01", "date_to": "2015-12-31"}
        )
        report.action_count()
        self.assertUnnamed(
            *self._texts_of(report._make_workbook()),
            self._print("report_financial_document", report),
        )

    def test_the_activity_report_names_nobody(self):
        report = self.env["coworking.report"].create(
            {
                "program_ids": [Command.set(self.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "indicator_ids": [Command.set(self.env["coworking.indicator"].search([]).ids)],
            }
        )
        report.action_count()
        self.assertUnnamed(
            *self._texts_of(report._make_workbook()),
            self._print("report_activity_document", report),
            *report.figure_ids.mapped(lambda row: str(row.read()[0])),
        )

    def test_a_report_is_not_told_apart_by_person(self):
        for name in ("partner_id", "prescriber_contact_id"):
            with self.subTest(name=name), self.assertRefused("would name people"):
                self.env["coworking.breakdown"].create(
                    {"name": "People", "kind": "field", "field_name": name}
                )

    def test_the_export_without_names_has_none(self):
        mapping = self.env.ref("coworking_incubation_funding.coworking_export_mapping_research")
        mapping = mapping.with_user(self.chief)
        self.chief.group_ids |= self.env.ref("coworking_incubation.group_coworking_sensitive")
        files = mapping._find_files(self.program, "entered", "2015-01-01", "2015-12-31")
        self.assertIn(self.camille, files)
        self.assertUnnamed(*self._texts_of(mapping._make_workbook(files)))

    def test_the_lists_of_evidence_by_tokens_name_nobody(self):
        for subject, scope in (
            (self.agreement, "all"),
            (self.claim, "all"),
            (self.claim, "money"),
            (self.camille, "all"),
        ):
            with self.subTest(subject=subject._name, scope=scope):
                folder = self._open(self._make(subject, scope=scope, names="token"))
                self.assertUnnamed(
                    self._index(folder),
                    *self._texts_of((folder / "liste.xlsx").read_bytes()),
                    (folder / "SHA256SUMS").read_text(),
                    *(
                        content.decode()
                        for path, content in self._files(folder, "01_").items()
                        if path.endswith((".json", ".txt"))
                    ),
                )

    def test_evidence_by_names_names_them(self):
        """What is looked for above is there."""
        folder = self._open(self._make(self.claim))
        self.assertIn(CANARY, self._index(folder))
