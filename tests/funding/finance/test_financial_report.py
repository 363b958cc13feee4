"""Budget beside what was paid, by class of accounts; final it stays, with the list behind it."""

import hashlib
import io
import re
from base64 import b64decode
from unittest.mock import patch

from openpyxl import load_workbook
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tools import mute_logger

from ...common import JUNE, d
from ..common import FundingCase


class ReportCase(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.agreement = cls._new_agreement("A", 50.0, amount_granted=1000.0)
        cls.other = cls._new_agreement("B", 25.0, amount_granted=500.0)
        heading = {"agreement_id": cls.agreement.id, "name": "Others", "kind": "direct"}
        cls.env["coworking.funding.heading"].create({**heading, "planned": 100.0})
        cls.accounts["expense"].code = "613200"
        cls.printing = cls._new_account("623600")
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls.flyers = cls._new_direct(("Flyers", 60.0))
        cls.flyers.button_draft()
        cls.flyers.invoice_line_ids.account_id = cls.printing
        cls.flyers.action_post()
        cls._pay(cls.flyers, 40.0)
        cls._refresh()

    @classmethod
    def _new_account(cls, code):
        return cls.env["account.account"].create(
            {
                "name": code,
                "code": code,
                "account_type": "expense",
                "company_ids": [Command.set(cls.company.ids)],
            }
        )

    def _make(self, user=None, **values):
        report = self.env["coworking.financial.report"].with_user(user or self.accountant)
        with Form(report) as form:
            form.agreement_id = self.agreement
            form.date_from, form.date_to = d("1/6"), d("31/7")
            for name, value in values.items():
                setattr(form, name, value)
        form.record.action_count()
        return form.record

    def _found(self, report, name="actual"):
        return {
            line.agreement_id.reference or line.place: line[name]
            for line in report.line_ids
            if line[name]
        }

    def _read(self, content):
        return load_workbook(io.BytesIO(content), data_only=True)


class TestFigures(ReportCase):
    def test_what_was_paid_by_class_and_out_of_what(self):
        """Seats 180.00 of which 36.00 are the participant's: 72.00 + 36.00 + 36.00 own; flyers
        40.00 of 60.00: 20.00 of A, which alone admits them, the rest own.
        """
        report = self._make()
        self.assertEqual(
            self._found(report),
            {"61": 180.0, "62": 40.0, "70": 36.0, "A": 92.0, "B": 36.0, "own": 56.0},
        )
        self.assertEqual(
            self._found(report, "planned"),
            {"61": 1500.0, "62": 100.0, "A": 1000.0, "B": 500.0, "own": 100.0},
        )

    def test_expenses_and_income_are_the_same(self):
        sides = {
            title: sums for title, _lines, *sums in self._make(self.coordinator)._prepare_sides()
        }
        self.assertEqual(sides["Expenses"], sides["Income"])

    def test_only_what_was_paid_in_the_period(self):
        self._pay(self.flyers, 20.0, "3/8")
        self._refresh()
        self.assertEqual(self._found(self._make())["62"], 40.0)
        self.assertEqual(self._found(self._make(date_to=d("31/8")))["62"], 60.0)

    def test_counted_again_what_was_typed_stays(self):
        report = self._make()
        with Form(report) as form:
            places = [line.place for line in report.line_ids]
            with form.line_ids.edit(places.index("75")) as line:
                line.planned, line.actual = 30.0, 20.0
            with form.line_ids.edit(places.index("61")) as line:
                line.planned = 1234.0
            form.explanation = "Fewer people than planned."
        self._pay(self.flyers, 20.0, "25/7")
        self._refresh()
        report.action_count()
        self.assertEqual(
            self._found(report),
            {"61": 180.0, "62": 60.0, "70": 36.0, "A": 102.0, "B": 36.0, "75": 20.0, "own": 46.0},
        )
        self.assertEqual(self._found(report, "planned")["61"], 1234.0)
        self.assertEqual(report.line_ids.filtered(lambda row: row.place == "75").gap, -10.0)

    def test_counted_again_a_funder_of_other_programs_is_not_named_any_more(self):
        report = self._make()
        with Form(report) as form:
            whose = [line.agreement_id for line in report.line_ids]
            with form.line_ids.edit(whose.index(self.other)) as line:
                line.planned = 700.0
        elsewhere = self._new_program("Other", "OTH", analytic_account_id=False)
        self.other.program_ids = [Command.set(elsewhere.ids)]
        self._refresh()
        report.action_count()
        self.assertEqual(report.line_ids.agreement_id, self.agreement)
        sides = {title: sums for title, _lines, *sums in report._prepare_sides()}
        self.assertEqual(sides["Expenses"], sides["Income"])

    def test_counted_again_a_budget_that_nobody_typed_is_that_of_now(self):
        report = self._make()
        line = report.line_ids.filtered(lambda row: row.agreement_id == self.other)
        with Form(report) as form:
            places = [row.place for row in report.line_ids]
            with form.line_ids.edit(places.index("62")) as row:
                row.planned = 400.0
        self.agreement.amount_granted = 1200.0
        self.other.amount_granted = 600.0
        self._new_agreement("C", 5.0, amount_granted=100.0)
        report.action_count()
        found = self._found(report, "planned")
        self.assertEqual((found["A"], found["B"], found["C"]), (1200.0, 600.0, 100.0))
        self.assertEqual(found["62"], 400.0)
        self.assertEqual(line.planned, 600.0)
        expenses = sum(found[place] for place in ("61", "62"))
        self.assertEqual(found.get("own", 0.0), max(expenses - 1900.0, 0.0))

    def test_of_a_grant_for_other_programs_too_the_part_is_typed_and_it_is_said(self):
        self.other.program_ids |= self._new_program("Else", "ELS", analytic_account_id=False)
        report = self._make()
        self.assertEqual(
            self._found(report, "planned"), {"61": 1000.0, "62": 100.0, "A": 1000.0, "own": 100.0}
        )
        self.assertEqual(self._found(report)["B"], 36.0)
        self.assertIn("B funder", report.shared_text)
        self.assertIn(report.shared_text, str(report._get_definitions()))
        with Form(report) as form:
            agreements = [line.agreement_id for line in report.line_ids]
            with form.line_ids.edit(agreements.index(self.other)) as line:
                line.planned = 200.0
        report.action_count()
        self.assertEqual(self._found(report, "planned")["B"], 200.0)
        self.assertNotIn("own", self._found(report, "planned"))

    def test_a_grant_for_these_programs_alone_needs_no_word(self):
        self.assertFalse(self._make().shared_text)

    def test_what_the_books_say_is_not_typed(self):
        report = self._make()
        line = report.line_ids.filtered(lambda row: row.place == "61")
        with self.assertRefused("not typed", "61"):
            line.with_user(self.accountant).actual = 1.0
        with self.assertRaises(AccessError):
            line.with_user(self.accountant).place = "62"

    def test_a_salary_is_counted_by_its_hours(self):
        self._new_account("641100")
        self.env["coworking.staff.time"].create(
            {
                "program_id": self.program.id,
                "partner_id": self.accompanist.partner_id.id,
                "month": "2015-06-10",
                "hours": 10.0,
                "hourly_cost": 20.0,
                "date_paid": "2015-06-30",
            }
        )
        bill = self._new_direct(("Salary", 500.0), post=False)
        bill.invoice_line_ids.account_id = self.env["account.account"].search(
            [("code", "=", "641100"), ("company_ids", "in", self.company.ids)]
        )
        bill.action_post()
        self._pay(bill)
        self._refresh()
        self.assertEqual(self._found(self._make())["64"], 200.0)

    def test_flat_amounts_are_those_of_its_agreement(self):
        for agreement, rate in ((self.agreement, 10.0), (self.other, 20.0)):
            self.env["coworking.funding.heading"].create(
                {
                    "agreement_id": agreement.id,
                    "name": "General",
                    "kind": "flat",
                    "flat_rate": rate,
                    "flat_heading_ids": [Command.set(agreement.heading_ids[:1].ids)],
                }
            )
        self._refresh()
        found = self._found(self._make())
        self.assertEqual(found["indirect"], 14.4)
        self.assertEqual(found["A"], 99.2)
        self.assertEqual(found["B"], 36.0)

    def test_what_was_received_until_its_end(self):
        row = {"agreement_id": self.agreement.id, "amount": 500.0, "amount_received": 500.0}
        self.env["coworking.funding.instalment"].create(
            [{**row, "date_received": "2015-03-27"}, {**row, "date_received": "2015-09-01"}]
        )
        self.assertEqual(self._make().amount_received, 500.0)

    def test_each_payment_of_an_instalment_counts_on_its_own_day(self):
        self._receive(self.agreement, (300.0, "10/6"), (200.0, "10/9"))
        self.assertEqual(self._make(self.coordinator).amount_received, 300.0)
        self.assertEqual(self._make(date_to=d("30/9")).amount_received, 500.0)

    def test_what_is_typed_as_received_has_its_day(self):
        with self.assertRefused("on which day", self.agreement.reference):
            self.env["coworking.funding.instalment"].create(
                {"agreement_id": self.agreement.id, "amount": 500.0, "amount_received": 500.0}
            )

    def test_an_archived_program_and_funder_count_as_before(self):
        before = self._found(self._make()), self._found(self._make(), "planned")
        self._archive_at_once(self.program)
        self.other.active = False
        report = self._make()
        self.assertEqual((self._found(report), self._found(report, "planned")), before)
        self.assertEqual(report.program_names, self.program.name)
        self.assertEqual(report.action_open_shares()["domain"][0][2], self.program.ids)

    def test_an_archived_program_has_to_be_closed_too(self):
        self.program.date_end = "2015-12-31"
        self._new_seat("1/8", "31/8", "Sacha")
        self._generate(d("1/8"))
        report = self._make(date_to=d("31/8"))
        before = report.open_facts
        self.assertIn("2015-08", before)
        self._archive_at_once(self.program)
        report.invalidate_recordset()
        self.assertEqual(report.open_facts, before)

    def test_another_program_is_not_counted(self):
        other = self._new_program("Other", "OTH", analytic_account_id=False)
        self.env["coworking.allocation"].search([("program_id", "=", other.id)])
        report = self._make()
        self.agreement.program_ids = other
        report.action_count()
        self.assertEqual(self._found(report), {})


class TestFinal(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._settle(d("1/7"))

    def test_final_it_stays_whatever_comes_later(self):
        report = self._make()
        report.action_finalise()
        before, sealed = self._found(report), report.file
        self.assertEqual(report.file_hash, hashlib.sha256(b64decode(sealed)).hexdigest())
        self.assertEqual(report.user_id, self.accountant)
        self._pay(self.flyers, 20.0, "25/7")
        self._refresh()
        for act in (
            report.action_count,
            report.action_finalise,
            report.unlink,
            lambda: report.write({"explanation": "Other"}),
            lambda: report.line_ids[0].write({"planned": 1.0}),
        ):
            with self.assertRefused("final since", report.name):
                act()
        self.assertEqual((self._found(report), report.file), (before, sealed))
        self.assertEqual(report._get_workbook(), b64decode(sealed))

    def test_what_changed_since_is_told_by_figure(self):
        report = self._make()
        self.assertFalse(report.changes)
        report.action_finalise()
        self.assertFalse(report.changes)
        self._pay(self.flyers, 20.0, "25/7")
        self._receive(self.agreement, (15.0, "26/7"))
        self._new_agreement("C", 10.0)
        self._refresh()
        report.invalidate_recordset()
        lines = report.changes.replace("\ufeff", "").splitlines()
        found = [re.findall(r"[-+]?\d+[.,]\d\d", line) for line in lines]
        self.assertEqual(
            [[float(amount.replace(",", ".")) for amount in row] for row in found],
            [
                [40.0, 60.0, 20.0],  # class 62
                [92.0, 102.0, 10.0],  # A
                [56.0, 51.6, -4.4],  # own resources
                [0.0, 14.4, 14.4],  # C, of which the report knows nothing
                [0.0, 15.0, 15.0],  # received
            ],
        )
        self.assertIn("74 C funder (C)", report.changes)

    def test_one_whose_agreement_has_no_program_any_more_still_opens(self):
        draft, report = self._make(), self._make()
        report.action_finalise()
        self.agreement.program_ids = False
        self.agreement.flush_recordset()
        self.env.invalidate_all()
        with Form(report.with_user(self.coordinator)) as form:
            self.assertTrue(form.changes)
        self.assertEqual(self._found(report)["61"], 180.0)
        with Form(draft) as form:
            self.assertFalse(form.changes)
        draft.action_count()
        self.assertNotIn("61", self._found(draft))

    def test_its_list_is_in_the_language_of_the_company(self):
        for code in ("en_US", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        self.company.partner_id.lang = "fr_FR"
        report = self._make().with_context(lang="en_US")
        report.action_finalise()
        sheet = self._read(report._get_workbook()).worksheets[2]
        told = [row[4] for row in sheet.iter_rows(min_row=2, values_only=True) if row[4]]
        self.assertIn("juillet 2015", "; ".join(told))
        self.assertNotIn("July 2015", "; ".join(told))

    def test_nor_does_anything_else_move_it(self):
        report = self._make()
        report.action_finalise()
        for query in (
            "UPDATE coworking_financial_report_line SET actual = 0 WHERE report_id = %s",
            "DELETE FROM coworking_financial_report_line WHERE report_id = %s",
            "DELETE FROM coworking_financial_report WHERE id = %s",
            "UPDATE coworking_financial_report SET state = 'draft' WHERE id = %s",
            "UPDATE coworking_financial_report SET file_hash = 'a' WHERE id = %s",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [report.id])

    def test_a_month_that_is_open_is_told_and_it_stays_a_draft(self):
        self._generate(d("1/8"))
        report = self._make(date_to=d("31/8"))
        self.program.date_end = "2015-12-31"
        self._new_seat("1/8", "31/8", "Sacha")
        self._generate(d("1/8"))
        with self.assertRefused("cannot be finalised yet", "Close these months"):
            report.action_finalise()
        self.assertEqual(report.state, "draft")
        self.assertTrue(report.open_facts)

    def test_nor_while_a_payment_is_being_read(self):
        report = self._make()
        self._pay(self.flyers, 20.0, "25/7")
        with self.assertRefused("being read"):
            report.action_finalise()

    def test_each_company_has_its_own(self):
        report = self._make()
        company = self._new_company("Second")
        user = self.coordinator.copy(
            {
                "login": "t_second",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
        )
        with self.assertRaises(AccessError):
            report.with_user(user).with_context(allowed_company_ids=company.ids).read(["name"])

    def test_an_agreement_without_a_program_is_named(self):
        self.agreement.program_ids = False
        with self.assertRefused("is for no program", "A"):
            self._make()

    def _find_file(self, report):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", report._name),
                ("res_id", "=", report.id),
                ("res_field", "=", "file"),
            ]
        )

    def test_its_file_moves_to_where_files_are_kept_from_now_on(self):
        report = self._make()
        report.action_finalise()
        file = self._find_file(report).sudo()
        content = file.raw
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "UPDATE ir_attachment SET store_fname = NULL, db_datas = 'other' WHERE id = %s",
                [file.id],
            )
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        file._migrate()
        self.env.flush_all()
        file.invalidate_recordset()
        self.assertFalse(file.store_fname)
        self.assertEqual(file.raw, content)

    def test_its_file_is_not_replaced_through_the_attachment(self):
        report = self._make()
        report.action_finalise()
        sealed = b64decode(report.file)
        file = self._find_file(report)
        for user in (self.coordinator, self.accountant):
            for act in (
                lambda own: own.write({"raw": b"other"}),
                lambda own: own.write({"res_field": False}),
                lambda own: own.unlink(),
            ):
                with self.assertRefused("is final", report.name):
                    act(file.with_user(user))
        for query in (
            "UPDATE ir_attachment SET store_fname = 'a' WHERE id = %s",
            "UPDATE ir_attachment SET res_id = 0 WHERE id = %s",
            "DELETE FROM ir_attachment WHERE id = %s",
            """INSERT INTO ir_attachment (name, res_model, res_field, res_id, type)
               SELECT name, res_model, res_field, res_id, type FROM ir_attachment WHERE id = %s""",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [file.id])
        self.assertEqual(report._get_workbook(), sealed)

    def test_what_lies_beside_its_file_is_left_alone(self):
        report = self._make()
        report.action_finalise()
        self.env.cr.execute(
            """INSERT INTO ir_attachment (name, res_model, res_id, type)
               VALUES ('note.txt', 'coworking.financial.report', %s, 'binary') RETURNING id""",
            [report.id],
        )
        beside = self.env.cr.fetchone()
        for query in (
            "UPDATE ir_attachment SET name = 'other.txt' WHERE id = %s",
            "DELETE FROM ir_attachment WHERE id = %s",
        ):
            self.env.cr.execute(query, beside)
            self.assertEqual(self.env.cr.rowcount, 1)

    def test_a_file_that_is_not_the_sealed_one_is_never_handed_out_and_is_told(self):
        report = self._make()
        report.action_finalise()
        file = self._find_file(report)
        for content in (b"other", b""):
            with (
                self.subTest(content=content),
                patch.object(type(file), "_file_read", lambda *args, found=content: found),
            ):
                self.env.invalidate_all()
                with self.assertRefused("not the one that was sealed", report.name):
                    report._get_workbook()
                found = self.env["coworking.books"]._check(self.company)
                self.assertEqual([(row.rule, row.record) for row in found], [("sealed", report)])

    def test_what_it_says_of_its_agreement_stays(self):
        report = self._make()
        report.action_finalise()
        before = report._get_facts()
        self.agreement.amount_granted = 5.0
        self.agreement.partner_id.name = "Other"
        self.program.name = "Other"
        self.assertEqual(report._get_facts(), before)


class TestFiles(ReportCase):
    def _read_paid(self, report):
        sheet = self._read(report._get_workbook()).worksheets[2]
        return list(sheet.iter_rows(min_row=2, values_only=True))[:-1]

    def test_who_of_the_staff_worked_is_not_named(self):
        staff = self.accompanist.partner_id
        self.env["coworking.staff.time"].create(
            {
                "program_id": self.program.id,
                "partner_id": staff.id,
                "month": "2015-06-10",
                "hours": 10.0,
                "hourly_cost": 20.0,
                "date_paid": "2015-06-30",
            }
        )
        self._refresh()
        lines = self._read_paid(self._make())
        (line,) = [line for line in lines if line[8] == 200.0]
        token = self.env["coworking.participant"]._get_tokens(staff.ids, "staff")[staff.id]
        self.assertEqual(line[1], token)
        self.assertIn("Staff, ", line[4])
        self.assertNotIn(staff.name, str(lines))

    def test_a_participant_who_is_paid_back_is_not_named(self):
        file = self._new_participant("Valentine Secret")
        receipt = self._new_direct(
            ("Train", 25.0), move_type="in_receipt", partner_id=file.partner_id.id
        )
        self._pay(receipt)
        self._refresh()
        lines = self._read_paid(self._make())
        (line,) = [line for line in lines if line[8] == 25.0]
        self.assertEqual(line[1], file.funding_token)
        self.assertNotIn("Valentine", str(lines))
        self.assertIn("Printer", str(lines))  # whoever is not helped is named

    def test_the_workbook_holds_the_figures_and_the_list_behind_them(self):
        report = self._make()
        book = self._read(report.with_user(self.accountant)._get_workbook())
        facts, sides, paid = book.worksheets
        self.assertEqual(facts["A1"].value, report.name)
        rows = [row for row in sides.iter_rows(values_only=True) if row[0]]
        names = {row[0]: row[1:] for row in rows}
        self.assertEqual(names["61 External services"][:3], (1500.0, 180.0, -1320.0))
        totals = [row[1:4] for row in rows if row[0] == "Total"]
        self.assertEqual(totals[:2], [(1600.0, 220.0, -1380.0)] * 2)
        lines = list(paid.iter_rows(min_row=2, values_only=True))
        self.assertEqual(
            [(row[8], row[9]) for row in lines], [(180.0, 72.0), (40.0, 20.0), (220.0, 92.0)]
        )
        self.assertEqual(lines[1][7], "623600")
        self.assertNotIn("Camille", str(lines))

    def test_sums_are_formulas(self):
        book = load_workbook(io.BytesIO(self._make()._make_workbook()))
        sheet = book.worksheets[2]
        self.assertEqual(sheet.cell(4, 9).value, "=SUM(I2:I3)")

    def test_it_is_printed(self):
        report = self._make(explanation="Fewer people.")
        html = str(
            self.env["ir.qweb"]._render(
                "coworking_incubation_funding.report_financial_document",
                self.env[
                    "report.coworking_incubation_funding.report_financial_document"
                ]._get_report_values(report.ids)
                | {"web_base_url": "", "docids": report.ids},
            )
        )
        for text in ("61 External services", "Fewer people.", "Draft"):
            self.assertIn(text, html)
        self.assertTrue(JUNE)
