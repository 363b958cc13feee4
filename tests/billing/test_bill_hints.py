"""Our documents are given what Odoo would compute line by line: they must not differ for it."""

from itertools import product
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.models import BaseModel

from odoo.addons.coworking_incubation.models.billing import coworking_statement_bill

from ..common import JULY, CoworkingCase, d

HINTS = {
    "balance",
    "amount_currency",
    "tax_tag_ids",
    "analytic_distribution",
    "product_uom_id",
    "display_type",
    "currency_id",
    "price_subtotal",
    "price_total",
}
MOVE_FIELDS = [
    "move_type",
    "partner_id",
    "invoice_date",
    "invoice_date_due",
    "date",
    "ref",
    "invoice_origin",
    "journal_id",
    "currency_id",
    "fiscal_position_id",
    "invoice_payment_term_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
]
LINE_FIELDS = [
    "sequence",
    "display_type",
    "name",
    "product_id",
    "product_uom_id",
    "quantity",
    "price_unit",
    "discount",
    "price_subtotal",
    "price_total",
    "balance",
    "debit",
    "credit",
    "amount_currency",
    "amount_residual",
    "amount_residual_currency",
    "reconciled",
    "no_followup",
    "date",
    "parent_state",
    "is_storno",
    "company_id",
    "journal_id",
    "currency_id",
    "account_id",
    "partner_id",
    "date_maturity",
    "tax_ids",
    "tax_tag_ids",
    "tax_line_id",
    "tax_repartition_line_id",
    "tax_base_amount",
    "analytic_distribution",
]


class HintsCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"funding_rate": 80.0, "analytic_account_id": False})
        cls.space.seat_capacity = 20
        tags = cls.env["account.account.tag"].create(
            [
                {"name": name, "applicability": "taxes", "country_id": cls.env.ref("base.fr").id}
                for name in ("test base", "test tax")
            ]
        )
        # A tax that is not recovered has no place on the VAT return.
        for tax in cls.tax_recovered:
            for lines in (tax.invoice_repartition_line_ids, tax.refund_repartition_line_ids):
                for line in lines:
                    line.tag_ids = tags[0] if line.repartition_type == "base" else tags[1]

    def _content(self, moves):
        return [
            (
                move.read(MOVE_FIELDS, load=None)[0] | {"id": 0},
                [
                    line | {"id": 0, "tax_ids": sorted(line["tax_ids"])}
                    for line in move.line_ids.sorted("id").read(LINE_FIELDS, load=None)
                ],
            )
            for move in moves
        ]

    def assertSameWithoutHints(self, vals_list, moves):
        """``moves`` were made from ``vals_list``; the same without hints and without our links."""
        bare = [
            {
                **{name: value for name, value in vals.items() if name != "coworking_statement_id"},
                "invoice_line_ids": [
                    Command.create(
                        {
                            name: value
                            for name, value in line.items()
                            if name not in HINTS | {"coworking_charge_id"}
                        }
                    )
                    for __, __, line in vals["invoice_line_ids"]
                ],
            }
            for vals in vals_list
        ]
        expected = self.env["account.move"].create(bare)
        self.assertEqual(self._content(moves), self._content(expected))

    def assertBillSame(self, statement):
        (vals,) = statement._prepare_bills()
        self.assertSameWithoutHints([vals], self._bill(statement))

    def assertInvoicesSame(self, statement):
        vals_list = statement._prepare_copayment_invoices()
        statement.action_create_copayment_invoices()
        self.assertSameWithoutHints(vals_list, statement.copayment_invoice_ids.sorted("id"))


class TestBill(HintsCase):
    def test_with_a_tax_that_is_lost(self):
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("7/6", "30/6", "B", self._new_tariff("Odd", 95.55))
        self.assertBillSame(self._settle())

    def test_with_a_tax_that_is_recovered(self):
        self.program.funding_base = "untaxed"
        tariff = self._new_tariff("Odd", 95.55, product_id=self.seat_product_recovered.id)
        self._new_seat("1/6", "30/6", "A", tariff)
        self.assertBillSame(self._settle())

    def test_without_tax_alone_and_beside_others(self):
        exempt = self._new_tariff("Exempt", 95.55, product_id=self._new_product("Exempt").id)
        self._new_seat("1/6", "30/6", "A", exempt)
        self._new_seat("7/6", "31/7", "B", exempt)
        self.assertBillSame(self._settle())
        self._new_seat("1/7", "31/7", "C")
        self.assertBillSame(self._settle(JULY))

    def test_what_is_of_another_company_is_refused_whichever_line_it_is_on(self):
        for who in "ABC":
            self._new_seat("1/6", "30/6", who)
        (vals,) = self._settle()._prepare_bills()
        other = self._new_company("Other")
        foreign = self._new_product("Foreign", company_id=other.id)
        vals["invoice_line_ids"][1][2]["product_id"] = foreign.id
        with self.assertRaisesRegex(UserError, "Foreign"):
            self.env["coworking.statement"]._create_moves(self.company, [vals])

    def test_of_lines_that_lead_to_the_same_one_is_looked_at_for_its_company(self):
        for who in "ABC":
            self._new_seat("1/6", "30/6", who)
        statement = self._settle()
        looked_at, check = [], BaseModel._check_company

        def _check_company(self, fnames=None):
            if self._name == "account.move.line":
                looked_at.append(len(self))
            return check(self, fnames)

        with patch.object(BaseModel, "_check_company", _check_company):
            bill = self._bill(statement)
        self.assertEqual(len(bill.invoice_line_ids), 3)
        self.assertEqual(set(looked_at), {1})

    def test_a_wrong_hint_on_a_line_with_tax_is_put_right(self):
        self._new_seat("1/6", "30/6", "A")
        (vals,) = self._settle()._prepare_bills()
        line = vals["invoice_line_ids"][0][2]
        line["balance"] += 1.0
        line["amount_currency"] += 1.0
        line["tax_tag_ids"] = [Command.clear()]
        moves = self.env["coworking.statement"]._create_moves(self.company, [vals])
        self.assertSameWithoutHints([vals], moves)

    def test_totals_told_wrong_are_what_odoo_taxes_each_line(self):
        for who in "AB":
            self._new_seat("1/6", "30/6", who)
        (vals,) = self._settle()._prepare_bills()
        first, second = (line for __, __, line in vals["invoice_line_ids"])
        for told in ({"price_total": 181.0}, {"price_subtotal": 149.0}):
            with self.subTest(told=told), self.env.cr.savepoint() as savepoint:
                wrong = {**vals, "invoice_line_ids": [Command.create({**first, **told})]}
                wrong["invoice_line_ids"].append(Command.create(second))
                moves = self.env["coworking.statement"]._create_moves(self.company, [wrong])
                self.assertSameWithoutHints([{**vals, "coworking_statement_id": False}], moves)
                savepoint.rollback()

    def test_what_odoo_takes_from_nobody_or_makes_itself_is_so_of_those_that_are_alike(self):
        for who in "AB":
            self._new_seat("1/6", "30/6", who)
        (vals,) = self._settle()._prepare_bills()
        del vals["coworking_statement_id"]
        journals = self.env["account.journal"]
        other = journals.search([("company_id", "=", self.company.id), ("type", "=", "sale")])[0]
        for __, __, line in vals["invoice_line_ids"]:
            del line["balance"]
            line["journal_id"] = other.id
        move = self.env["coworking.statement"]._create_moves(self.company, [vals])
        self.assertSameWithoutHints([vals], move)
        self.assertEqual(move.line_ids.journal_id, move.journal_id)

    def test_what_another_addon_adds_to_a_bill_comes_to_what_it_is(self):
        for who in "AB":
            self._new_seat("1/6", "30/6", who)
        (vals,) = self._settle()._prepare_bills()
        added, AccountMoveLine = [], self.registry["account.move.line"]
        make = AccountMoveLine.create

        def create(lines, vals_list):
            made = make(lines, vals_list)
            if not added and made[0].display_type == "product":
                added.append(None)
                stamp = {"name": "Stamp", "price_unit": 2.0, "tax_ids": [Command.clear()]}
                stamp["move_id"] = made.move_id.id
                added[:] = make(lines, [stamp])
            return made

        with patch.object(AccountMoveLine, "create", create):
            bill = self.env["coworking.statement"]._create_moves(self.company, [vals])
        (line,) = added
        self.assertEqual((line.price_subtotal, line.price_total), (2.0, 2.0))
        self.assertEqual(sum(bill.invoice_line_ids.mapped("price_total")), bill.amount_total)

    def test_more_and_less_on_one_document_stand_on_either_side(self):
        """What is owed beside what is given back, of a company that enters what is given back on
        the other side, and of one that enters it as less on the same.
        """
        for who in "ABC":
            self._new_seat("1/6", "30/6", who)
        (vals,) = self._settle()._prepare_bills()
        del vals["coworking_statement_id"]
        rows = [line for __, __, line in vals["invoice_line_ids"]]
        for row, share in zip(rows, (1, 2, -0.5), strict=True):
            for name in ("price_unit", "price_subtotal", "price_total"):
                row[name] *= share
        for move_type, storno in product(("in_invoice", "in_refund"), (False, True)):
            with self.subTest(move_type=move_type, storno=storno):
                self.company.account_storno = storno
                vals["move_type"] = move_type
                for row in rows:
                    row["balance"] = row["price_subtotal"] * (-1 if "refund" in move_type else 1)
                    row["amount_currency"] = row["balance"]
                move = self.env["coworking.statement"]._create_moves(self.company, [vals])
                self.assertSameWithoutHints([vals], move)
                lines = move.invoice_line_ids
                is_less = storno and move_type == "in_refund"
                self.assertEqual(min(lines.mapped("debit")) < 0, is_less)
                self.assertEqual(max(lines.mapped("credit")) > 0, not is_less)

    def test_with_a_discount_for_who_pays_early(self):
        """Odoo enters it by what each line comes to."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within 7 days",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 7,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100.0})],
            }
        )
        self.space.operator_id.property_supplier_payment_term_id = term
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("7/6", "30/6", "B", self._new_tariff("Odd", 95.55))
        (vals,) = self._settle()._prepare_bills()
        moves = self.env["coworking.statement"]._create_moves(self.company, [vals])
        self.assertSameWithoutHints([vals], moves)
        self.assertIn("epd", moves.line_ids.mapped("display_type"))

    def test_no_line_is_taxed_by_itself_beside_its_bill(self):
        for who in "AB":
            self._new_seat("1/6", "30/6", who)
        statement, taxed = self._settle(), []
        AccountMoveLine = self.registry["account.move.line"]
        with patch.object(AccountMoveLine, "_compute_totals", lambda self: taxed.extend(self)):
            bill = self._bill(statement)
            self.env.flush_all()
        self.assertEqual(len(bill.invoice_line_ids), 2)
        self.assertFalse(set(taxed) & set(bill.invoice_line_ids))

    def test_of_lines_that_are_alike_one_is_completed(self):
        for who in "ABC":
            self._new_seat("1/6", "30/6", who)
        statement = self._settle()
        completed, complete = [], BaseModel._add_precomputed_values

        def _add_precomputed_values(self, vals_list):
            completed.extend(vals for vals in vals_list if vals.get("display_type") == "product")
            return complete(self, vals_list)

        with patch.object(BaseModel, "_add_precomputed_values", _add_precomputed_values):
            bill = self._bill(statement)
        self.assertEqual(len(bill.invoice_line_ids), 3)
        self.assertEqual(len(completed), 1)

    def test_where_what_odoo_completes_follows_from_a_name_each_line_is_completed(self):
        for who in "ABC":
            self._new_seat("1/6", "30/6", who)
        (vals,) = self._settle()._prepare_bills()
        kept, pool = BaseModel._add_precomputed_values, type(self.env.registry)
        completed, dependent = [], pool.get_dependent_fields

        def get_dependent_fields(registry, field):
            yield from dependent(registry, field)
            if str(field) == "account.move.line.name":
                yield registry["account.move.line"]._fields["account_id"]

        def _add_precomputed_values(self, vals_list):
            completed.extend(row for row in vals_list if row.get("display_type") == "product")
            return kept(self, vals_list)

        with (
            patch.object(pool, "get_dependent_fields", get_dependent_fields),
            patch.object(BaseModel, "_add_precomputed_values", _add_precomputed_values),
        ):
            moves = self.env["coworking.statement"]._create_moves(self.company, [vals])
        self.assertEqual(len(completed), 3)
        self.assertSameWithoutHints([vals], moves)

    def test_a_credit_note(self):
        seat = self._new_seat("1/6", "30/6", "A")
        self._bill(self._settle())
        seat.date_start = d("16/6")
        statement = self._settle(JULY)
        self.assertBillSame(statement)
        self.assertEqual(statement.bill_id.move_type, "in_refund")

    def test_with_distribution_models(self):
        """Of the product, of the operator, of its category."""
        accounts = self.env["account.analytic.account"].create(
            [
                {
                    "name": name,
                    "plan_id": self.env["account.analytic.plan"].create({"name": name}).id,
                }
                for name in ("By product", "By partner", "By category")
            ]
        )
        category = self.env["res.partner.category"].create({"name": "Test"})
        self.space.operator_id.category_id = category
        self.env["account.analytic.distribution.model"].create(
            [
                {**criterion, "analytic_distribution": {str(account.id): 100.0}}
                for account, criterion in zip(
                    accounts,
                    (
                        {"product_id": self.seat_product.id},
                        {"partner_id": self.space.operator_id.id},
                        {"partner_category_id": category.id},
                    ),
                    strict=True,
                )
            ]
        )
        self._new_seat("1/6", "30/6", "A")
        statement = self._settle()
        self.assertBillSame(statement)
        self.assertEqual(
            len(statement.bill_id.invoice_line_ids.distribution_analytic_account_ids), 3
        )

    def test_exact_and_rounded_taxes_on_one_bill(self):
        """Only where the tax has a fraction of a cent is it imposed: the sum holds all the same."""
        odd = self._new_tariff("Odd", 95.55)
        for rounding in ("round_per_line", "round_globally"):
            for included in (False, True):
                with self.subTest(rounding=rounding, included=included), self.env.cr.savepoint():
                    self.company.tax_calculation_rounding_method = rounding
                    self.tax_lost.price_include_override = (
                        "tax_included" if included else "tax_excluded"
                    )
                    for number in range(4):
                        self._new_seat("1/6", "30/6", f"{rounding} {included} {number}")
                        self._new_seat("1/6", "30/6", f"{rounding} {included} odd {number}", odd)
                    statement = self._settle()
                    bill = self._bill(statement)
                    self.assertEqual(
                        [bool(line.extra_tax_data) for line in bill.invoice_line_ids],
                        [line.price_total != 180.0 for line in bill.invoice_line_ids],
                    )
                    self.assertEqual(
                        (bill.amount_total, bill.amount_tax),
                        (statement.payable_total, statement.payable_tax),
                    )
                    bill.button_cancel()
                    statement.action_withdraw()
                    seats = statement.charge_ids.seat_id
                    statement.action_cancel()
                    seats.action_cancel()


class TestCopayment(HintsCase):
    def test_without_tax(self):
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", "B", self._new_tariff("Odd", 95.55))
        self.assertInvoicesSame(self._settle())

    def test_with_the_tax_of_the_product(self):
        self.program.funding_base = "untaxed"
        self.copayment_product.taxes_id = self._new_tax(
            "20% sale", self.accounts["tax"], use="sale"
        )
        tariff = self._new_tariff("Odd", 95.55, product_id=self.seat_product_recovered.id)
        self._new_seat("1/6", "30/6", "A", tariff)
        self.assertInvoicesSame(self._settle())

    def test_given_back(self):
        seat = self._new_seat("1/6", "30/6", "A")
        self._settle()
        seat.date_start = d("16/6")
        statement = self._settle(JULY)
        self.assertInvoicesSame(statement)
        self.assertEqual(statement.copayment_invoice_ids.move_type, "out_refund")

    def test_with_a_distribution_model_of_one_participant(self):
        plan = self.env["account.analytic.plan"].create({"name": "Test"})
        accounts = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Everybody", "Only B")]
        )
        seats = [self._new_seat("1/6", "30/6", name) for name in "ABC"]
        self.env["account.analytic.distribution.model"].create(
            [
                {
                    "sequence": 2,
                    "product_id": self.copayment_product.id,
                    "analytic_distribution": {str(accounts[0].id): 100.0},
                },
                {
                    "sequence": 1,
                    "partner_id": seats[1].partner_id.id,
                    "analytic_distribution": {str(accounts[1].id): 100.0},
                },
            ]
        )
        statement = self._settle()
        self.assertInvoicesSame(statement)
        self.assertEqual(
            [
                invoice.invoice_line_ids.distribution_analytic_account_ids
                for invoice in statement.copayment_invoice_ids.sorted("partner_id")
            ],
            [accounts[0], accounts[1], accounts[0]],
        )

    def test_each_has_one_note_that_says_how_it_came(self):
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", "B")
        statement = self._settle()
        statement.action_create_copayment_invoices()
        for invoice in statement.copayment_invoice_ids:
            self.assertEqual(len(invoice.message_ids), 1)
            self.assertIn("Invoice Created", invoice.message_ids.body)

    def test_hundreds_at_once_come_in_several_goes(self):
        """Nobody is left out where one go ends and the next begins."""
        self.patch(coworking_statement_bill, "LINES_AT_ONCE", 2)
        seats = [self._new_seat("1/6", "30/6", f"P{number}") for number in range(5)]
        statement = self._settle()
        statement.action_create_copayment_invoices()
        self.assertEqual(len(statement.copayment_invoice_ids), len(seats))
