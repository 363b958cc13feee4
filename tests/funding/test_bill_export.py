"""The bills leave for other books: what is in the files, and who gets them."""

import io

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.coworking_incubation_funding import fec

from ..common import d
from .test_payment_import import BooksCase


class ExportCase(BooksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.env["res.partner"].create({"name": "Electricien", "is_company": True})
        cls.theirs = cls._bill(90.0, ref="E-1", partner_id=cls.stranger.id)

    def _export(self, start="1/7", end="31/7", user=None):
        form = Form(self.env["coworking.bill.export"].with_user(user or self.accountant))
        form.date_from, form.date_to = d(start), d(end)
        return form.save()

    def _rows(self, export):
        content, __ = export._make_file("xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        return list(book.worksheets[0].iter_rows(values_only=True)), book


@tagged("post_install", "-at_install")
class TestWorkbook(ExportCase):
    def test_the_month_before_is_proposed(self):
        export = self.env["coworking.bill.export"].with_user(self.accountant).create({})
        self.assertEqual((export.date_from, export.date_to), (d("1/8"), d("31/8")))

    def test_bills_and_credit_notes_of_operators_are_in_it_and_nothing_else(self):
        (heading, *rows), book = self._rows(self._export())
        total, left = heading.index("Total"), heading.index("Left")
        self.assertEqual(
            sorted((row[1], row[total], row[left]) for row in rows),
            [("A-1", -40, -40), ("F-12", 180, 180), ("F-13", 120, 120)],
        )
        self.assertEqual(len(book.worksheets[1]["A"]), len(heading) + 1)

    def test_what_is_posted_on_the_account_of_a_program_is_in_it(self):
        """A trainer is no operator; what the program pays is a cost of it."""
        own = self._bill(70.0, post=False, partner_id=self.stranger.id, ref="T-1")
        own.invoice_line_ids.analytic_distribution = {str(self.analytic_account.id): 100}
        own.action_post()
        (__, *rows), __book = self._rows(self._export())
        self.assertIn("T-1", [row[1] for row in rows])
        self.assertNotIn("E-1", [row[1] for row in rows])

    def test_drafts_and_other_months_are_left_out_and_drafts_are_told(self):
        self._bill(50.0, ref="F-30", post=False)
        self._bill(60.0, ref="F-31", date=d("1/8"), invoice_date=d("1/8"))
        export = self._export()
        self.assertEqual(export.document_count, 3)
        self.assertEqual(self._export("1/8", "1/8").document_count, 1)
        self.env["account.move"].search(
            [("ref", "=", "F-30")]
        ).coworking_statement_id = self._statement_of_june()
        self.assertEqual(self._export().draft_count, 1)

    def _statement_of_june(self):
        self._new_seat("1/6", "30/6")
        return self.env["coworking.statement"]._generate(self.program, d("1/6"))

    def test_a_month_without_a_bill_gives_no_file(self):
        with self.assertRaisesRegex(UserError, "No bill"):
            self._export("1/1", "31/1").action_download()

    def test_a_period_does_not_end_before_it_begins(self):
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            self._export("31/7", "1/7")

    def test_the_workbook_filled_in_is_read_and_pays(self):
        """Out, filled in by the accountant outside, and in again: nothing else is typed."""
        content, name = self._export()._make_file("xlsx")
        self.assertEqual(name, "Bills 2015-07-01 2015-07-31 XLSX.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        columns = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, columns["Payment Date"], d("15/7"))
            total = sheet.cell(row, columns["Total"]).value
            sheet.cell(row, columns["Amount Paid"], total / 2)
        stream = io.BytesIO()
        book.save(stream)
        self._import(stream.getvalue())
        moves = self.bill | self.bill_b | self.credit
        self.assertEqual(moves.mapped("amount_residual"), [90.0, 60.0, 20.0])
        (heading, *rows), __ = self._rows(self._export())
        paid = sorted(row[heading.index("Paid So Far")] for row in rows)
        self.assertEqual(paid, [-20, 60, 90])

    def test_the_french_workbook_is_read_as_well(self):
        export = self._export().with_context(lang="fr_FR")
        labels = {name: label for name, (label, __) in export._get_labels().items()}
        columns = self.env["coworking.payment.import"]._find_columns(list(labels.values()))
        names = list(labels)
        self.assertEqual(
            {key: names[index] for key, index in columns.items()},
            {
                "reference": "number",
                "supplier_number": "supplier_number",
                "supplier": "partner",
                "day": "paid_on",
                "amount": "paid_amount",
            },
        )

    def test_only_accountants_have_the_dialog(self):
        for user in (self.coordinator, self.accompanist, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._export(user=user)


@tagged("post_install", "-at_install")
class TestFec(ExportCase):
    def _lines(self, export):
        content, name = export._make_file("fec")
        self.assertEqual(name, "Bills 2015-07-01 2015-07-31 FEC.txt")
        return list(fec.parse(content))

    def test_it_is_an_fec_of_our_documents_alone(self):
        self._bill(60.0, ref="F-1", date=d("3/6"), invoice_date=d("3/6"))
        lines = self._lines(self._export())
        self.assertFalse([line for line in lines if isinstance(line, fec.Fault)])
        self.assertEqual({line.piece for line in lines}, {"F-12", "F-13", "A-1"})
        self.assertEqual(
            {line.entry for line in lines},
            {self.bill.name, self.bill_b.name, self.credit.name},
        )
        third = [line for line in lines if line.account == "T401"]
        self.assertEqual(sum(line.credit - line.debit for line in third), 260)
        self.assertEqual({line.name for line in third}, {"Atelier Test"})

    def test_it_is_balanced_as_it_is_read(self):
        content, __ = self._export()._make_file("fec")
        self.assertEqual(fec.read_settlements(content), [])
        self.assertTrue(fec.looks_like_fec(content))

    def test_nothing_is_closed_by_it(self):
        """As Odoo's own declaration would."""
        self._export()._make_file("fec")
        self.assertFalse(self.company.fiscalyear_lock_date)

    def test_odoo_s_own_fec_stays_as_it_is(self):
        values = {"date_from": d("1/7"), "date_to": d("31/7"), "test_file": True}
        export = self.env["l10n_fr.fec.export.wizard"].create(values)
        self.assertIn(b"E-1", export.generate_fec()["file_content"])


@tagged("post_install", "-at_install")
class TestDownload(ExportCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.accountant.password = self.coordinator.password = "a long password"

    def _get(self, export, kind, user):
        self.authenticate(user.login, "a long password")
        return self.url_open(f"/coworking_incubation_funding/bills/{export.id}/{kind}")

    def test_the_files_are_sent_to_who_asked_and_traced(self):
        export = self._export()
        root = f"/coworking_incubation_funding/bills/{export.id}"
        self.assertEqual(export.action_download()["url"], f"{root}/xlsx")
        export.kind = "fec"
        self.assertEqual(export.action_download()["url"], f"{root}/fec")
        for kind, begins in (("xlsx", b"PK"), ("fec", b"JournalCode|")):
            answer = self._get(export, kind, self.accountant)
            self.assertEqual(answer.status_code, 200)
            self.assertTrue(answer.content.startswith(begins))
        trail = self.env["coworking.audit"].search([("action", "=", "exported")], limit=2)
        self.assertEqual([row.changes["format"] for row in trail], ["fec", "xlsx"])
        ours = self.bill | self.bill_b | self.credit
        self.assertEqual([set(row.changes["ids"]) for row in trail], [set(ours.ids)] * 2)
        self.assertEqual(trail.user_id, self.accountant)

    def test_nobody_gets_those_of_another(self):
        export = self._export()
        other = self.coordinator
        self.assertEqual(self._get(export, "xlsx", other).status_code, 404)
        other.group_ids = [
            Command.link(self.env.ref("coworking_incubation.group_coworking_accountant").id)
        ]
        self.assertEqual(self._get(export, "xlsx", other).status_code, 404)

    def test_a_dialog_that_is_gone_is_no_page(self):
        export = self._export()
        export.unlink()
        self.assertEqual(self._get(export, "fec", self.accountant).status_code, 404)
