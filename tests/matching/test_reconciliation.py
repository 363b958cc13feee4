"""The workbook of a month says what the database says, to the cent, and runs nothing."""

import io
from collections import defaultdict
from contextlib import ExitStack
from unittest.mock import patch

from openpyxl import load_workbook
from xlsxwriter.worksheet import Worksheet

from odoo import Command, models
from odoo.tests import HttpCase

from ..common import JUNE, CoworkingCase, d


class ReconciliationCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seats = [
            cls._new_seat("1/6", "30/6", "=cmd|' /C calc'!A0"),
            cls._new_seat("16/6", "30/6", "@SUM(1+1)"),
            cls._new_seat("1/6", "30/6", "-2+3", tariff=cls.tariff_b),
        ]
        cls._new_presences(cls.seats[0], "1/6", "2/6am")
        cls.statements = cls._settle()
        cls.statement = cls.statements.filtered(lambda row: row.space_id == cls.space)
        cls.bill = cls._bill(cls.statement)
        cls.bill.write({"ref": "F-1", "invoice_date": "2015-07-02", "date": "2015-07-02"})
        cls.bill.invoice_line_ids[0].price_unit += 10.0
        cls.bill.action_post()

    def _book(self):
        content = self.env["coworking.reconciliation"]._make_workbook(self.program, JUNE)
        return (
            load_workbook(io.BytesIO(content)),
            load_workbook(io.BytesIO(content), data_only=True),
        )

    @staticmethod
    def _table(sheet):
        """Rows of the first sheet, as dicts by title, and its row of totals."""
        rows = list(sheet.iter_rows(min_row=3, values_only=True))
        head, body, totals = rows[0], rows[1:-1], rows[-1]
        return (
            [dict(zip(head, row, strict=True)) for row in body],
            dict(zip(head, totals, strict=True)),
        )


class TestOneDefinition(ReconciliationCase):
    """Expected, invoiced, not invoiced yet and gap are the same wherever they are read."""

    def test_screens_workbook_and_month_end_agree_to_the_cent(self):
        space = self._new_space("Third", "THI")
        tariff = self._new_tariff("Third", 99.99, space=space)
        for who in ("Kept", "Left out"):
            self._new_seat("1/6", "30/6", who, tariff)
        third = self._settle().filtered(lambda row: row.space_id == space)
        bill = self._bill(third)
        bill.invoice_line_ids[1].unlink()
        bill.write({"invoice_date": "2015-07-02", "date": "2015-07-02"})
        bill.action_post()
        statements = self.statements | third
        names = ("expected", "invoiced", "not_invoiced", "gap")
        by_statement = {
            row.space_id.name: (
                row.payable_total,
                row.invoiced_amount,
                row.not_invoiced_amount,
                row.gap_amount,
            )
            for row in statements
        }
        by_line = {
            row.name: sums
            for row, *sums in self.env["coworking.month.line"]._read_group(
                [("statement_id", "in", statements.ids)],
                ["space_id"],
                [f"{name}:sum" for name in names],
            )
        }
        sheet = self._book()[1]["By space"]
        by_sheet = {
            row[1]: row[2:6] for row in sheet.iter_rows(4, sheet.max_row - 1, values_only=True)
        }
        self.assertEqual(
            by_statement,
            {
                "Atelier Test": (270.0, 282.0, 0.0, 12.0),
                "Fabrique Test": (140.0, 0.0, 140.0, 0.0),
                "Third": (199.98, 99.99, 0.0, -99.99),
            },
        )
        for name, amounts in by_statement.items():
            for found in (by_line[name], by_sheet[name]):
                for amount, other in zip(amounts, found, strict=True):
                    self.assertAlmostEqual(amount, other, 2)
        month_end = self.env["coworking.month.end"].create(
            {"date": d("31/7"), "program_ids": self.program.ids}
        )
        month_end._make_lines()
        accrued = month_end.line_ids.filtered(lambda line: line.kind == "accrued")
        missing = 140.0 + 99.99  # no bill came; one came, and leaves a seat out
        self.assertAlmostEqual(sum(accrued.mapped("amount_total")), missing, 2)

    def test_a_bill_that_comes_moves_the_amount_from_one_column_to_the_other(self):
        other = self.statements - self.statement
        self.assertEqual((other.not_invoiced_amount, other.gap_amount), (140.0, 0.0))
        bill = self._bill(other)
        self.assertEqual((other.invoiced_amount, other.not_invoiced_amount), (140.0, 0.0))
        bill.button_cancel()
        self.assertEqual((other.invoiced_amount, other.not_invoiced_amount), (0.0, 140.0))


class TestReconciliation(ReconciliationCase):
    def test_its_sums_are_those_of_the_database(self):
        _formulas, values = self._book()
        rows, totals = self._table(values["Month"])
        self.assertEqual(
            round(sum(row["Expected, with Tax"] for row in rows), 2),
            sum(self.statements.mapped("payable_total")),
        )
        self.assertEqual(
            round(sum(row["Invoiced, with Tax"] for row in rows), 2), self.bill.amount_total
        )
        self.assertEqual(
            (totals["Expected, with Tax"], totals["Invoiced, with Tax"]), (410.0, 282.0)
        )
        self.assertEqual((totals["Not Invoiced Yet"], totals["Gap"]), (140.0, 12.0))

    def test_one_line_for_each_charge_with_its_bill_and_its_presences(self):
        rows, _totals = self._table(self._book()[1]["Month"])
        self.assertEqual(len(rows), len(self.statements.charge_ids))
        first = next(row for row in rows if row["Seat"] == self.seats[0].name)
        self.assertEqual(first["Half-Days Present"], 3)
        self.assertEqual(first["Supplier's Number"], "F-1")
        self.assertEqual(first["Bill"], self.bill.name)
        self.assertEqual(first["Bill Date"].date(), d("2/7"))
        self.assertEqual((first["Gap"], first["Left to Pay"]), (12.0, 192.0))
        unbilled = next(row for row in rows if row["Seat"] == self.seats[2].name)
        self.assertEqual(
            (unbilled["Invoiced, with Tax"], unbilled["Gap"], unbilled["Bill"]), (0, 0, None)
        )

    def _bill_stranger(self):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.space_b.operator_id.id,
                "invoice_date": "2015-07-03",
                "ref": "F-9",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Nour Haddad, mars 2015",
                            "price_unit": 55.0,
                            "account_id": self.accounts["expense"].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )

    def test_what_is_left_to_bill_is_asked_of_months_of_which_something_is_not_billed(self):
        asked = []
        Statement = self.registry["coworking.statement"]
        left_out = Statement._get_charges_left_out

        def _get_charges_left_out(statement):
            asked.append(statement)
            return left_out(statement)

        with patch.object(Statement, "_get_charges_left_out", _get_charges_left_out):
            self._book()
            self.assertEqual(asked, [])
            self.bill.button_draft()
            self.bill.invoice_line_ids[1].unlink()
            self.env.flush_all()
            asked.clear()
            self._book()
        self.assertEqual(asked, [self.statement])

    def test_what_is_billed_and_in_no_statement_is_not_forgotten(self):
        bill = self._bill_stranger()
        self.assertFalse(
            self.env["coworking.match"].search([("move_id", "=", bill.id)]).statement_id
        )
        rows, totals = self._table(self._book()[1]["Month"])
        row = next(row for row in rows if row["Supplier's Number"] == "F-9")
        self.assertEqual(
            (row["Program"], row["Space"], row["Invoiced, with Tax"], row["Gap"]),
            ("No statement yet", "Fabrique Test", 55.0, 55.0),
        )
        self.assertEqual(totals["Invoiced, with Tax"], 337.0)
        self.assertIn("No statement yet", self._summary_programs())

    def test_of_an_operator_with_several_spaces_it_has_a_row_by_space_that_sums_it(self):
        """SUMIFS finds nothing by an empty name in LibreOffice."""
        self._new_space("Annex", "ANX").operator_id = self.space_b.operator_id
        self._bill_stranger()
        formulas, values = self._book()
        rows, _totals = self._table(formulas["Month"])
        row = next(row for row in rows if row["Supplier's Number"] == "F-9")
        self.assertEqual(row["Space"], "Unknown space")
        summary = values["By space"].iter_rows(4, values_only=True)
        self.assertIn(("No statement yet", "Unknown space", 0, 55.0), [row[:4] for row in summary])

    def test_people_of_another_program_are_not_in_the_workbook_of_this_one(self):
        other = self._new_program("Other", "OTH")
        person = self._new_participant("Nour Haddad", other)
        self._new_seat("1/6", "30/6", person, tariff=self.tariff_b)
        statement = self._generate(program=other)
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.space_b.operator_id.id,
                "invoice_date": "2015-07-03",
                "ref": "F-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Nour Haddad, juin 2015",
                            "price_unit": 140.0,
                            "account_id": self.accounts["expense"].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        match = self.env["coworking.match"].search([("move_id", "=", bill.id)])
        self.assertEqual(match.statement_id, statement)
        loose = self.env["coworking.reconciliation"]._get_loose_lines
        # as when the month of the other program has no statement
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_match SET statement_id = NULL, charge_id = NULL WHERE id = %s",
            [match.id],
        )
        self.env.invalidate_all()
        self.assertIn(match, loose(other, JUNE).match_ids)
        self.assertNotIn(match, loose(self.program, JUNE).match_ids)

    def _summary_programs(self):
        sheet = self._book()[1]["By space"]
        return {row[0] for row in sheet.iter_rows(4, sheet.max_row - 1, values_only=True)}

    def test_gaps_and_totals_are_formulas_that_say_the_same(self):
        formulas, values = self._book()
        rows, totals = self._table(formulas["Month"])
        self.assertTrue(totals["Gap"].startswith("=SUBTOTAL(9,"))
        for line, row in enumerate(rows, start=4):
            self.assertEqual(row["Gap"], f"=L{line}+M{line}-K{line}")
        computed, _totals = self._table(values["Month"])
        for row in computed:
            self.assertAlmostEqual(
                row["Gap"],
                row["Invoiced, with Tax"] + row["Not Invoiced Yet"] - row["Expected, with Tax"],
            )
        summary = formulas["By space"]
        self.assertIn("SUMIFS", summary["C4"].value)
        self.assertEqual(
            [row[1:6] for row in values["By space"].iter_rows(4, 5, values_only=True)],
            [("Atelier Test", 270.0, 282.0, 0, 12.0), ("Fabrique Test", 140.0, 0, 140.0, 0)],
        )

    def test_what_it_is_about_is_looked_up_once_and_its_formulas_are_written_as_they_are(self):
        model = type(self.env["coworking.reconciliation"])
        looked_up = [
            patch.object(model, name, autospec=True, side_effect=getattr(model, name))
            for name in ("_get_statements", "_get_loose_lines", "_get_words")
        ]
        with ExitStack() as stack:
            mocks = [stack.enter_context(patched) for patched in looked_up]
            prepare = stack.enter_context(patch.object(Worksheet, "_prepare_formula"))
            self._book()
        self.assertEqual([mock.call_count for mock in mocks], [1, 1, 1])
        prepare.assert_not_called()  # thirty searches for functions that are none of ours

    def test_nothing_that_somebody_typed_is_a_formula(self):
        formulas, _values = self._book()
        names = {seat.partner_id.name for seat in self.seats}
        found = set()
        for row in formulas["Month"].iter_rows():
            for cell in row:
                if cell.value in names:
                    self.assertEqual(cell.data_type, "s")
                    found.add(cell.value)
        self.assertEqual(found, names)

    def test_every_column_is_defined(self):
        formulas, _values = self._book()
        titles = [cell.value for cell in formulas["Month"][3]]
        defined = dict(formulas["Definitions"].iter_rows(min_row=2, values_only=True))
        self.assertEqual(set(titles), set(defined))
        self.assertTrue(all(defined.values()))

    def test_amounts_and_dates_have_formats(self):
        formulas, _values = self._book()
        sheet = formulas["Month"]
        self.assertIn("#,##0.00", sheet["K4"].number_format)
        self.assertEqual(sheet["G4"].number_format, "mm/yyyy")

    def test_what_was_paid_is_spread_over_the_lines(self):
        self.bill.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        self.patch(
            self.registry["account.move"],
            "_coworking_payment_facts",
            lambda moves: {
                move: [(d("3/8"), 100, move.line_ids[:0])] if move == self.bill else []
                for move in moves
            },
        )
        rows, totals = self._table(self._book()[1]["Month"])
        self.assertEqual(totals["Paid"], 100.0)
        self.assertEqual(sorted(row["Paid"] for row in rows), [0, 31.91, 68.09])

    def test_of_people_and_spaces_names_alone_are_read(self):
        read, fetch = defaultdict(set), models.BaseModel._fetch_query

        def note(records, query, fields):
            found = fetch(records, query, fields)
            for record in found:
                read[record._name, record.id].update(field.name for field in fields)
            return found

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(models.BaseModel, "_fetch_query", note):
            rows, _totals = self._table(self._book()[1]["Month"])
        self.assertEqual(
            {row["Participant"] for row in rows},
            {"=cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3"},
        )
        for person in [seat.participant_id for seat in self.seats]:
            self.assertEqual(read["res.partner", person.partner_id.id], {"name"})
            self.assertEqual(
                read[person._name, person.id], {"partner_id", "program_id", "company_id"}
            )
        for space in self.space | self.space_b:
            self.assertEqual(read[space._name, space.id], {"name"})

    def test_an_empty_month_is_an_empty_table(self):
        content = self.env["coworking.reconciliation"]._make_workbook(self.program, d("1/1"))
        sheet = load_workbook(io.BytesIO(content))["Month"]
        self.assertEqual(sheet.max_row, 4)


class TestDownload(ReconciliationCase, HttpCase):
    def _wizard(self, user):
        return (
            self.env["coworking.month.end"]
            .with_user(user)
            .create(
                {
                    "date": JUNE,
                    "company_id": self.company.id,
                    "program_ids": self.program.ids,
                }
            )
        )

    def _get(self, wizard, login):
        self.authenticate(login, login)
        return self.url_open(wizard.action_workbook()["url"])

    def test_the_accountant_downloads_it(self):
        answer = self._get(self._wizard(self.accountant), "t_accountant")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("2015-06.xlsx", answer.headers["Content-Disposition"])
        rows, _totals = self._table(load_workbook(io.BytesIO(answer.content)).worksheets[0])
        self.assertEqual(len(rows), 3)

    def test_nobody_downloads_that_of_somebody_else(self):
        wizard = self._wizard(self.accountant)
        for user in (self.coordinator, self.accompanist, self.manager, self.employee):
            with self.subTest(login=user.login):
                self.assertEqual(self._get(wizard, user.login).status_code, 404)

    def test_strangers_are_sent_to_the_login_page(self):
        answer = self.url_open(
            self._wizard(self.accountant).action_workbook()["url"], allow_redirects=False
        )
        self.assertIn("/web/login", answer.headers["Location"])
