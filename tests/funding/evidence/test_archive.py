"""What is in an archive of evidence, read from the archive alone, without Odoo."""

import hashlib
import os
import re
from datetime import timedelta

from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import format_datetime

from odoo.addons.coworking_incubation_funding.models.evidence.evidence_pieces import EvidencePieces

from ...common import JULY, d
from .common import PDF, EvidenceCase


@tagged("post_install", "-at_install")
class TestArchive(EvidenceCase):
    def test_it_verifies_in_an_empty_folder_without_odoo(self):
        evidence = self._make()
        folder = self._open(evidence)
        files = self._files(folder)
        # all but the list of fingerprints itself
        self.assertEqual(self._verify(folder), len(files) - 1)
        self.assertEqual(evidence.document_count, len(files) - 3)

    def test_an_agreement_with_its_terms_bills_payments_and_proofs(self):
        folder = self._open(self._make())
        contents = set(self._files(folder).values())
        for word in (b"agreement", b"bill", b"bank", b"proof"):
            self.assertIn(PDF + word, contents)
        terms = next(
            text.decode() for path, text in self._files(folder, "01_").items() if "txt" in path
        )
        self.assertIn("PLIE-1", terms)
        self.assertIn("50.0", terms)
        index = self._index(folder)
        for told in ("PLIE-1 funder", "Camille Martin", self.bill.name, "RSA"):
            self.assertIn(told, index)

    def test_the_page_needs_nothing_but_itself(self):
        """No script, no network; each link leads to a document of the archive."""
        folder = self._open(self._make())
        page = (folder / "index.html").read_text()
        self.assertFalse(re.search(r"<script|javascript:|https?://|@import|url\(", page))
        links = re.findall(r'href="([^"]+)"', page)
        self.assertGreater(len(links), 5)
        for link in links:
            self.assertTrue((folder / link).is_file(), link)

    def test_costs_and_shares_are_in_the_workbook_to_the_cent(self):
        (row,) = self._sheet(self._open(self._make()), "Costs")
        self.assertEqual(
            (row["Bill"], row["Person"], row["Amount"], row["Paid"], row["Share of the Funder"]),
            (self.bill.name, "Camille Martin", 180, 180, 90),
        )

    def test_half_days_are_in_the_workbook(self):
        rows = self._sheet(self._open(self._make()), "Presences")
        self.assertEqual(
            [(row["Person"], row["Half-day"]) for row in rows],
            [("Camille Martin", "Morning"), ("Camille Martin", "Afternoon")],
        )

    def test_the_photographed_sheet_is_there_once(self):
        scan = self._scan(self.camille)
        sheets = [
            content
            for path, content in self._files(self._open(self._make()), "03_").items()
            if path.endswith("jpeg")
        ]
        self.assertEqual(len(sheets), 1)
        self.assertEqual(hashlib.sha256(sheets[0]).hexdigest(), scan.digest)

    def test_books_are_for_who_keeps_them_and_hold_no_proof_about_people(self):
        evidence = self._make(user=self.accountant, scope="money")
        folder = self._open(evidence, self.accountant)
        self.assertEqual(
            {path.split("/")[0] for path in self._files(folder)},
            {
                "01_convention",
                "04_factures",
                "05_paiements",
                "SHA256SUMS",
                "index.html",
                "liste.xlsx",
            },
        )
        self.assertNotIn("RSA", self._index(folder))

    def test_tokens_stand_for_people_and_for_what_they_called_files(self):
        folder = self._open(self._make(names="token"))
        token = self.camille._get_tokens(self.camille.ids)[self.camille.id]
        index = self._index(folder)
        self.assertIn(token, index)
        for path in (*self._files(folder), index, str(self._sheet(folder, "Evidence"))):
            self.assertNotIn("Camille", path)
        self.assertIn("name whoever signed them", index)

    def _pay_receipt(self):
        """What Camille spent on the bus, given back to her by a receipt."""
        receipt = self._new_direct(
            ("Bus", 40.0), move_type="in_receipt", partner_id=self.camille.partner_id.id
        )
        self.env["coworking.funding.heading"].create(
            {"name": "Direct", "kind": "direct", "agreement_id": self.agreement.id}
        )
        self._file(receipt, "ticket.pdf", PDF + b"ticket")
        self._pay(receipt)
        self._refresh()
        return receipt

    def test_who_is_paid_by_receipt_is_a_supplier_without_a_name_where_tokens_are(self):
        receipt = self._pay_receipt()
        folder = self._open(self._make(names="token"))
        costs = {row["Bill"]: row["Supplier"] for row in self._sheet(folder, "Costs")}
        self.assertEqual(
            costs,
            {self.bill.name: self.bill.commercial_partner_id.name, receipt.name: None},
        )
        told = [self._index(folder), *self._files(folder), str(self._sheet(folder, "Evidence"))]
        self.assertIn(receipt.name, told[0])
        for text in told:
            self.assertNotIn("Camille", text)
        self.assertIn("Camille Martin", str(self._sheet(self._open(self._make()), "Costs")))

    def test_who_may_not_export_people_takes_out_books_without_their_names(self):
        self._pay_receipt()
        evidence = self._make(user=self.accountant, scope="money", names="clear")
        self.assertEqual(evidence.names, "token")
        folder = self._open(evidence, self.accountant)
        costs = str(self._sheet(folder, "Costs"))
        self.assertIn(self.camille._get_tokens(self.camille.ids)[self.camille.id], costs)
        for text in (costs, self._index(folder), str(self._sheet(folder, "Evidence"))):
            self.assertNotIn("Camille", text)

    def test_hours_are_those_of_the_organisation_whoever_seals_it(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Nouméa", "tz": "Pacific/Noumea"}
        )
        evidence = self._make()
        there = evidence.sealed_on + timedelta(hours=11)
        self.assertIn(
            format_datetime(
                self.env(context={"lang": "en_US"}), there, tz="UTC", dt_format="medium"
            ),
            self._index(self._open(evidence)),
        )

    def test_files_of_payments_are_found_for_many_bills_at_once(self):
        self.env["coworking.funding.heading"].create(
            {"name": "Direct", "kind": "direct", "agreement_id": self.agreement.id}
        )

        def pay(count):
            for _bill in range(count):
                bill = self._new_direct(("Flyers", 40.0))
                self._file(self._pay(bill), "bank.pdf", PDF + os.urandom(8))
            self._refresh()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            evidence = self.env["coworking.evidence"].new(
                {
                    "kind": "agreement",
                    "scope": "money",
                    "names": "clear",
                    "agreement_id": self.agreement.id,
                    "company_id": self.company.id,
                }
            )
            before = self.env.cr.sql_log_count
            found = [piece.folder for piece in EvidencePieces(evidence)]
            return found.count("05_paiements"), self.env.cr.sql_log_count - before

        pay(2)
        count()  # what Odoo remembers from then on
        few, queries = count()
        pay(4)
        self.assertEqual(count(), (few + 4, queries))

    def test_what_somebody_chooses_in_the_dialog_is_what_is_sealed(self):
        """It counts anew at each choice, and forgets none."""
        self.env["ir.attachment"].search([("res_id", "=", self.bill.id)]).unlink()
        self.proof.copy_file = False
        dialog = Form(
            self.env["coworking.evidence.make"]
            .with_user(self.chief)
            .with_context(default_kind="agreement", default_agreement_id=self.agreement.id)
        )
        self.assertEqual((dialog.scope, dialog.missing_count), ("all", 2))
        dialog.names = "token"
        dialog.scope = "money"
        self.assertEqual((dialog.scope, dialog.names, dialog.missing_count), ("money", "token", 1))
        self.assertEqual(dialog.agreement_id, self.agreement)
        evidence = self.env["coworking.evidence"].browse(dialog.save().action_seal()["res_id"])
        self.assertEqual((evidence.scope, evidence.names), ("money", "token"))

    # === WHAT IS MISSING === #

    def _assert_missing(self, evidence, *titles):
        folder = self._open(evidence)
        self.assertEqual(evidence.missing_count, len(titles))
        rows = [row for row in self._sheet(folder, "Evidence") if row["Status"] == "Missing"]
        self.assertEqual(len(rows), len(titles))
        for title, row in zip(titles, rows, strict=True):
            self.assertIn(title, row["What It Is"])
            self.assertTrue(row["Note"])
            self.assertIn(row["Note"], evidence.missing)
        self.assertIn(f"What is missing ({len(titles)})", self._index(folder))

    def test_nothing_is_missing(self):
        folder = self._open(self._make())
        self.assertIn("Nothing is missing.", self._index(folder))

    def test_a_bill_without_a_file_is_listed_as_missing(self):
        self.env["ir.attachment"].search([("res_id", "=", self.bill.id)]).unlink()
        self._assert_missing(self._make(), self.bill.name)

    def test_a_payment_that_nothing_proves_is_listed_as_missing(self):
        self.env["ir.attachment"].search(
            [("res_model", "=", "account.payment"), ("res_id", "=", self.payment.id)]
        ).unlink()
        self._assert_missing(self._make(), f"Payment of {self.bill.name}")

    def test_a_bill_that_is_not_paid_says_so(self):
        luc = self._new_participant("Luc", date_entry="2015-06-01")
        self._new_seat("1/7", "31/7", luc)
        bill = self._post_bill(self._bill(self._settle(JULY)), "3/8")
        self._file(bill, "f.pdf", PDF)
        self._refresh()
        evidence = self._make(luc)
        self.assertIn("Nothing was paid of it yet", evidence.missing)

    def test_an_address_in_place_of_the_bill_is_no_file(self):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", self.bill.id)]
        )
        files.write({"type": "url", "url": "https://example.org/bill.pdf"})
        evidence = self._make()
        self._assert_missing(evidence, self.bill.name)
        self.assertIn("No file is attached", evidence.missing)

    def _new_entry(self, account):
        """An expense of 10.00 of the program, against another account."""
        distribution = {str(self.analytic_account.id): 100.0}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": d("2/8"),
                "line_ids": [
                    Command.create({"account_id": one.id, "balance": balance, **values})
                    for one, balance, values in (
                        (self.accounts["expense"], 10.0, {"analytic_distribution": distribution}),
                        (account, -10.0, {"partner_id": self.space.partner_id.id}),
                    )
                ],
            }
        )
        entry.action_post()
        return entry

    def test_what_a_credit_note_sets_off_and_an_entry_are_paid(self):
        self.env["coworking.funding.heading"].create(
            {"name": "Direct", "kind": "direct", "agreement_id": self.agreement.id}
        )
        bill = self._new_direct(("Flyers", 100.0))
        note = bill._reverse_moves([{"invoice_date": d("1/8"), "date": d("1/8"), "ref": "CN"}])
        note.action_post()
        entry = self._new_entry(self.bank.default_account_id)
        for move in bill | note | entry:
            self._file(move, f"{move.id}.pdf", PDF + str(move.id).encode())
        self._refresh()
        evidence = self._make()
        self.assertFalse(evidence.missing)
        rows = self._sheet(self._open(evidence), "Evidence")
        self.assertEqual(
            [
                (row["What It Is"].split(",")[0], row["Amount"], row["Date"].date(), row["Note"])
                for row in rows
                if row["Folder"] == "Payments" and not row["Document"]
            ],
            [
                (f"Payment of {bill.name}", 100.0, d("1/8"), "Credit note"),
                (f"Payment of {note.name}", 100.0, d("1/8"), "Credit note"),
                (
                    f"Payment of {entry.name}",
                    10.0,
                    d("2/8"),
                    "An entry is paid on its day: what proves it is attached to it.",
                ),
            ],
        )

    def test_an_entry_that_a_payment_pays_is_paid_once(self):
        self.env["coworking.funding.heading"].create(
            {"name": "Direct", "kind": "direct", "agreement_id": self.agreement.id}
        )
        entry = self._new_entry(self.accounts["payable"])
        self._file(entry, "note.pdf", PDF + b"note")
        self._file(self._pay(entry, day="20/8"), "debit.pdf", PDF + b"debit")
        self._refresh()
        rows = self._sheet(self._open(self._make()), "Evidence")
        paid = [row for row in rows if row["What It Is"] == f"Payment of {entry.name}"]
        self.assertEqual([(row["Date"].date(), row["Amount"]) for row in paid], [(d("20/8"), 10.0)])

    def test_a_copy_that_was_to_be_kept_is_listed_as_missing_by_its_token(self):
        self.proof.copy_file = False
        evidence = self._make()
        self._assert_missing(evidence, "RSA")
        # neither who it is nor what was to be proven of them: Odoo keeps it for years
        token = self.camille._get_tokens(self.camille.ids)[self.camille.id]
        self.assertEqual(
            evidence.missing,
            f"Criteria, and the proofs seen · {token} · A copy was to be kept, and there is none.",
        )
        self.assertIn("Camille Martin", self._index(self._open(evidence)))

    def test_what_odoo_says_is_missing_gives_the_number_of_a_bill_and_no_name(self):
        receipt = self._pay_receipt()
        self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", receipt.id)]
        ).unlink()
        evidence = self._make()
        self.assertIn(f"Bills · {receipt.name} · No file is attached", evidence.missing)
        self.assertNotIn("Camille", evidence.missing)

    def test_an_exit_that_nothing_proves_is_listed_as_missing(self):
        self.camille.write(
            {
                "date_exit": "2015-07-31",
                "exit_reason_id": self.env["coworking.exit.reason"]
                .create({"name": "A job", "category": "durable"})
                .id,
            }
        )
        self._assert_missing(self._make(), "A job")
        self.camille.exit_evidence = "Contract of 3 August"
        evidence = self._make()
        self.assertFalse(evidence.missing_count)
        self.assertIn("Contract of 3 August", self._index(self._open(evidence)))

    def test_a_file_that_the_server_lost_is_listed_as_missing(self):
        # what is on the disk is no part of the transaction: one of its own
        file = self._file(self.bill, "lost.pdf", PDF + os.urandom(16))
        os.unlink(file._full_path(file.store_fname))
        evidence = self._make()
        self._assert_missing(evidence, self.bill.name)
        self.assertIn("lost this file", evidence.missing)

    def test_a_file_that_was_changed_on_the_server_is_said_to_be_altered(self):
        file = self._file(self.bill, "altered.pdf", PDF + os.urandom(16))
        with open(file._full_path(file.store_fname), "ab") as stored:
            stored.write(b"!")
        folder = self._open(self._make())
        (row,) = [row for row in self._sheet(folder, "Evidence") if row["Status"] == "Altered"]
        self.assertIn("fingerprint", row["Note"])
        self.assertTrue((folder / row["Document"]).is_file())

    def test_what_people_call_files_does_no_harm(self):
        for name in ("../../../etc/passwd", "C:\\con.exe", "<img src=x onerror=alert(1)>.pdf", "‮"):
            self._file(self.bill, name, PDF + name.encode())
        folder = self._open(self._make())
        paths = list(self._files(folder, "04_"))
        self.assertEqual(len(paths), 5)
        for path in paths:
            self.assertTrue(re.fullmatch(r"04_factures/\d{4}_[\w-]+\.[a-z0-9]+", path), path)
        self.assertNotIn("<img", (folder / "index.html").read_text())
        self.assertIn("&lt;img", (folder / "index.html").read_text())

    def test_the_same_file_on_a_bill_twice_is_in_once(self):
        self._file(self.bill, "again.pdf", PDF + b"bill")
        self.assertEqual(len(self._files(self._open(self._make()), "04_")), 1)

    # === STORIES === #

    def test_somebody_in_two_programs_is_in_each_agreement_with_what_is_of_it(self):
        other = self._new_program(
            "Other 2015", "OTH", analytic_account_id=self.analytic_account.copy().id
        )
        second = self.env["coworking.participant"].create(
            {
                "program_id": other.id,
                "partner_id": self.camille.partner_id.id,
                "date_entry": "2015-06-01",
            }
        )
        self.env["coworking.proof"].create(
            {
                "participant_id": second.id,
                "criterion_id": self.env["coworking.criterion"].create({"name": "DELD"}).id,
                "date_seen": "2015-05-20",
            }
        )
        agreement = self._new_agreement("MEL-2", 50.0, programs=other)
        first, theirs = (
            self._index(self._open(self._make(one))) for one in (self.agreement, agreement)
        )
        self.assertIn("RSA", first)
        self.assertNotIn("DELD", first)
        self.assertIn("DELD", theirs)
        self.assertNotIn("RSA", theirs)
        self.assertNotIn(self.bill.name, theirs)

    def test_two_agreements_prove_one_bill_each_with_its_share(self):
        second = self._new_agreement("MEL-2", 30.0)
        self._refresh()
        for agreement, share in ((self.agreement, 90), (second, 54)):
            folder = self._open(self._make(agreement))
            self.assertIn(PDF + b"bill", self._files(folder, "04_").values())
            (row,) = self._sheet(folder, "Costs")
            self.assertEqual(row["Share of the Funder"], share)

    def test_a_person_is_kept_for_all_agreements_that_cover_the_stay(self):
        second = self._new_agreement("MEL-2", 30.0, evidence_until="2050-01-01")
        late = self._new_agreement("MEL-3", 30.0, date_from="2016-01-01", date_to="2016-12-31")
        self.camille.write(
            {
                "date_exit": "2015-07-31",
                "exit_evidence": "Contract",
                "exit_reason_id": self.env["coworking.exit.reason"]
                .create({"name": "A job", "category": "durable"})
                .id,
            }
        )
        evidence = self._make(self.camille)
        self.assertEqual(evidence.agreement_ids, self.agreement | second)
        self.assertNotIn(late, evidence.agreement_ids)
        self.assertEqual(str(evidence.evidence_until), "2050-01-01")
        second.evidence_until = False
        self.assertFalse(evidence.evidence_until)

    def test_whom_the_agreement_does_not_count_is_not_in_it(self):
        self.env.user.group_ids |= self.env.ref("coworking_incubation.group_coworking_sensitive")
        self.agreement.public_domain = "[('gender', '=', 'female')]"
        people = [
            self._new_participant(name, date_entry="2015-06-01", gender=gender)
            for name, gender in (("Luc Petit", "male"), ("Ana Roux", "female"))
        ]
        self.env["coworking.proof"].create(
            [
                {
                    "participant_id": person.id,
                    "criterion_id": self.proof.criterion_id.copy({"keep_copy": False}).id,
                    "date_seen": "2015-05-20",
                }
                for person in people
            ]
        )
        index = self._index(self._open(self._make()))
        self.assertIn("Ana Roux", index)
        self.assertNotIn("Luc Petit", index)

    def test_a_signature_on_a_meeting_is_in_it_as_it_was_signed(self):
        attendance = self._sign_attendance(self.camille)
        (signature,) = attendance.signature_ids
        files = self._files(self._open(self._make()), "03_")
        text = next(content.decode() for path, content in files.items() if path.endswith("txt"))
        self.assertIn(signature.digest, text)
        self.assertIn(signature.content.splitlines()[0], text)
        self.assertTrue([path for path in files if path.endswith("png")])
