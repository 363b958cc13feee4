from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import JULY, JUNE, CoworkingCase, d

ROUNDINGS = ("round_per_line", "round_globally")


class TestTotal(CoworkingCase):
    """A bill is the sum of its charges, to the cent, however Odoo rounds taxes."""

    def test_its_lines_are_in_one_language_whoever_makes_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        self._new_seat("1/6", "30/6")
        bill = self._bill(self._settle())
        self.assertEqual(self.env.lang, "en_US")
        (name,) = bill.invoice_line_ids.mapped("name")
        self.assertIn("juin 2015 – 1 mois", name)

    def _bill_of(self, tariff, people):
        self.space.seat_capacity = people
        for number in range(people):
            self._new_seat("1/6", "30/6", f"P{number}", tariff)
        statement = self._settle()
        self.assertEqual(statement.charge_count, people)
        return statement, self._bill(statement)

    def assertBill(self, total, untaxed, tax_amount, price, people, base="total", **values):
        """``values``: of the tariff. Both of Odoo's roundings, tax in or out of product prices."""
        for rounding in ROUNDINGS:
            for included in (False, True):
                with self.subTest(rounding=rounding, tax_included_in_product=included):
                    self.company.tax_calculation_rounding_method = rounding
                    account = self.accounts["tax"] if base == "untaxed" else None
                    tax = self._new_tax(f"20% {rounding} {included}", account, included=included)
                    self.program.funding_base = base
                    tariff = self._new_tariff(
                        "Odd",
                        price,
                        product_id=self._new_product("Odd", tax).id,
                        **values,
                    )
                    statement, bill = self._bill_of(tariff, people)
                    self.assertEqual(
                        (bill.amount_total, bill.amount_untaxed, bill.amount_tax),
                        (total, untaxed, tax_amount),
                    )
                    self.assertEqual(statement.payable_total, total)
                    self.assertEqual(
                        [
                            line.coworking_charge_id.payable_untaxed
                            for line in bill.invoice_line_ids
                        ],
                        bill.invoice_line_ids.mapped("price_subtotal"),
                    )
                    bill.invoice_date = d("2/7")
                    bill.action_post()
                    self.assertEqual((bill.amount_total, bill.amount_tax), (total, tax_amount))
                    self._drop(statement, bill)

    def _drop(self, statement, bill):
        bill.button_draft()
        bill.button_cancel()
        statement.action_withdraw()
        seats = statement.charge_ids.seat_id
        statement.action_cancel()
        seats.action_cancel()

    def test_twelve_seats_at_95_55_with_tax(self):
        """95.55 is 79.62 + 15.93 (15.925 half up); on the whole 955.50 + 191.10 would be wrong."""
        self.assertBill(1146.60, 955.44, 191.16, 95.55, 12)

    def test_three_seats_at_33_33_without_tax(self):
        """33.33 + 6.67 each; on the whole the tax of 99.99 would be 20.00."""
        self.assertBill(120.00, 99.99, 20.01, 33.33, 3, tax_included=False)

    def test_three_seats_at_33_33_without_tax_that_is_recovered(self):
        self.assertBill(120.00, 99.99, 20.01, 33.33, 3, base="untaxed", tax_included=False)

    def test_seven_seats_at_0_03_with_tax(self):
        """0.03 is 0.02 + 0.01 (0.005 half up)."""
        self.assertBill(0.21, 0.14, 0.07, 0.03, 7)

    def test_without_tax_at_all(self):
        tariff = self._new_tariff("Untaxed", 95.55, product_id=self._new_product("Untaxed").id)
        _, bill = self._bill_of(tariff, 3)
        self.assertEqual((bill.amount_total, bill.amount_tax), (286.65, 0.0))

    def test_several_tariffs_and_rates_on_one_bill(self):
        ten = self._new_tariff(
            "Ten", 95.55, product_id=self._new_product("Ten", self._new_tax("10%", amount=10)).id
        )
        untaxed = self._new_tariff("Zero", 33.33, product_id=self._new_product("Zero").id)
        for name, tariff in (("A", self.tariff), ("B", ten), ("C", untaxed)):
            self._new_seat("1/6", "30/6", name, tariff)
        statement = self._settle()
        bill = self._bill(statement)
        # 150.00 + 30.00; 86.86 + 8.69; 33.33
        self.assertEqual(
            (bill.amount_total, bill.amount_untaxed, bill.amount_tax), (308.88, 270.19, 38.69)
        )

    def test_the_space_that_collects_bills_the_program_part_only(self):
        self.program.write({"funding_rate": 80.0, "copayment_collector": "space"})
        tariff = self._new_tariff("150", 150.0, tax_included=False)
        _, bill = self._bill_of(tariff, 1)
        self.assertEqual((bill.amount_total, bill.amount_tax), (144.0, 24.0))

    def test_an_early_discount_that_lowers_the_tax_at_once_is_named(self):
        """Odoo taxes 147.00 of 150.00 where the term says so: 29.40 in the place of 30.00."""
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 7 days",
                "company_id": self.company.id,
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 7,
                "early_pay_discount_computation": "mixed",
            }
        )
        self.space.operator_id.property_supplier_payment_term_id = term
        with self.assertRefused(statement.name, "2 % in 7 days", "179", "payment term that does"):
            statement.action_create_bill()
        term.early_pay_discount_computation = "included"
        self.assertEqual(self._bill(statement).amount_total, 180.0)

    def test_a_bill_that_would_not_be_the_sum_is_not_made(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        self.env.cr.execute(
            "ALTER TABLE coworking_charge DISABLE TRIGGER coworking_charge_frozen_trg"
        )
        statement.charge_ids.payable_total = 179.0
        with self.assertRefused(statement.name, "179"):
            statement.action_create_bill()
        self.assertFalse(statement.bill_id)


class TestContent(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls.env["res.partner"].create({"name": "SCIC Operator", "is_company": True})
        cls.space.operator_id = cls.operator
        cls.person = cls._new_participant("Zénobie Unmistakable")
        cls.seat = cls._new_seat("15/6", "30/6", cls.person)
        cls.other_seat = cls._new_seat("1/6", "30/6", "Yvain Recognisable")
        cls.statement = cls._settle()
        cls.bill = cls._bill(cls.statement)

    def test_it_is_a_draft_for_the_operator_that_quotes_the_statement(self):
        self.assertRecordValues(
            self.bill,
            [
                {
                    "state": "draft",
                    "move_type": "in_invoice",
                    "partner_id": self.operator.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "invoice_origin": "TST-2015-06-ATELIER",
                    "ref": False,
                    "coworking_statement_id": self.statement.id,
                }
            ],
        )

    def test_one_line_for_each_seat_quantity_one_on_its_charge(self):
        self.assertRecordValues(
            self.bill.invoice_line_ids.sorted("coworking_charge_id"),
            [
                {
                    "quantity": 1.0,
                    "price_unit": charge.payable_untaxed,
                    "product_id": self.seat_product.id,
                    "tax_ids": self.tax_lost.ids,
                    "account_id": self.accounts["expense"].id,
                    "coworking_charge_id": charge.id,
                }
                for charge in self.statement.charge_ids.sorted()
            ],
        )

    def test_a_line_says_the_reference_of_the_seat_and_how_it_is_computed(self):
        line = self.bill.invoice_line_ids.filtered(
            lambda line: line.coworking_charge_id.seat_id == self.seat
        )
        self.assertTrue(line.name.startswith(self.seat.name))
        self.assertIn(line.coworking_charge_id.explanation, line.name)

    def test_no_person_is_named_anywhere_on_it(self):
        """A portal user sees every bill of their commercial partner."""
        shown = self.bill.read()[0] | {"lines": self.bill.line_ids.read()}
        html, _ = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", self.bill.ids
        )
        for name in ("Zénobie", "Unmistakable", "Yvain", "Recognisable"):
            self.assertNotIn(name, str(shown))
            self.assertNotIn(name, html.decode())
            self.assertNotIn(name, str(self.bill.message_ids.mapped("body")))

    def test_expenses_are_posted_on_the_analytic_account_of_the_program(self):
        expected = {str(self.analytic_account.id): 100.0}
        for line in self.bill.invoice_line_ids:
            self.assertEqual(line.analytic_distribution, expected)

    def test_without_an_analytic_account_there_is_none(self):
        self.program.analytic_account_id = False
        self._new_seat("1/7", "31/7")
        bill = self._bill(self._settle(JULY))
        self.assertFalse(any(bill.invoice_line_ids.mapped("analytic_distribution")))

    def test_tax_that_is_not_recovered_is_an_expense(self):
        self.bill.invoice_date = d("2/7")
        self.bill.action_post()
        expense = self.bill.line_ids.filtered(
            lambda line: line.account_id == self.accounts["expense"]
        )
        self.assertEqual(sum(expense.mapped("debit")), 276.0)

    def test_the_statement_is_billed_and_shows_it(self):
        self.assertEqual(self.statement.state, "billed")
        self.assertEqual(self.statement.bill_id, self.bill)
        self.assertEqual(self.statement.action_open_bill()["res_id"], self.bill.id)
        self.assertEqual(self.bill.action_open_coworking_statement()["res_id"], self.statement.id)

    def test_a_charge_of_nothing_is_no_line(self):
        self._new_seat("1/7", "31/7", "C")
        self._new_seat("1/7", "31/7", "D", self._new_tariff("Free", 0.0))
        statement = self._settle(JULY)
        self.assertEqual(statement.charge_count, 2)
        self.assertEqual(len(self._bill(statement).invoice_line_ids), 1)

    def test_of_no_statement_no_bill_is_made(self):
        action = self.env["coworking.statement"].action_create_bill()
        self.assertEqual(action["res_model"], "account.move")

    def test_a_statement_that_owes_nothing_has_no_bill(self):
        self._new_seat("1/7", "31/7", "D", self._new_tariff("Free", 0.0))
        statement = self._settle(JULY)
        with self.assertRefused(statement.name, "no bill"):
            statement.action_create_bill()


class TestOnlyOnce(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/7")
        cls.statement = cls._settle()
        cls.bill = cls._bill(cls.statement)

    def test_never_a_second_bill_for_a_draft_or_a_posted_one(self):
        with self.assertRefused(self.statement.name):
            self.statement.action_create_bill()
        self.bill.invoice_date = d("2/7")
        self.bill.action_post()
        with self.assertRefused(self.statement.name):
            self.statement.action_create_bill()
        self.bill.button_draft()
        self.assertEqual(self.statement.state, "billed")
        with self.assertRefused(self.statement.name):
            self.statement.action_create_bill()

    def test_cancelling_the_bill_gives_the_month_back(self):
        self.bill.button_cancel()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertFalse(self.statement.bill_id)
        again = self._bill(self.statement)
        self.assertNotEqual(again, self.bill)
        self.assertEqual((again.amount_total, self.statement.state), (180.0, "billed"))

    def _take_back(self):
        self.bill.write({"invoice_date": d("2/7"), "ref": "F1"})
        self.bill.action_post()
        self.bill._reverse_moves([{"invoice_date": d("3/7"), "ref": "A1"}], cancel=True)
        self.assertEqual(self.bill.payment_state, "reversed")

    def _check_books(self):
        self.env.flush_all()
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])

    def test_a_credit_note_of_all_of_it_gives_the_month_back(self):
        self._take_back()
        self.assertEqual(self.statement.state, "confirmed")
        self._check_books()
        again = self._bill(self.statement)
        self.assertEqual((again.amount_total, self.statement.state), (180.0, "billed"))
        self.assertEqual(self.statement.bill_id, again)
        self.assertEqual((self.statement.invoiced_amount, self.statement.gap_amount), (180.0, 0.0))
        with self.assertRefused(self.statement.name):
            self.statement.action_create_bill()
        again.write({"invoice_date": d("4/7"), "ref": "F2"})
        again.action_post()
        self._check_books()

    def test_a_credit_note_that_is_set_off_no_more_leaves_the_month_billed(self):
        self._take_back()
        self.bill.line_ids.remove_move_reconcile()
        self.assertEqual(self.statement.state, "billed")
        self._check_books()

    def test_a_month_whose_bill_was_taken_back_may_be_withdrawn(self):
        self._take_back()
        self.statement.action_withdraw()
        self.assertEqual(self.statement.state, "sent")
        self.seat.date_start = d("16/6")
        self.statement.action_refresh()
        self.statement.action_confirm()
        self.assertEqual(self._bill(self.statement).amount_total, 90.0)
        self._check_books()

    def test_deleting_the_bill_gives_the_month_back(self):
        self.bill.unlink()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertEqual(self._bill(self.statement).amount_total, 180.0)

    def test_a_month_given_back_may_be_withdrawn(self):
        with self.assertRefused(self.statement.name):
            self.statement.action_withdraw()
        self.bill.button_cancel()
        self.statement.action_withdraw()
        self.assertEqual(self.statement.state, "sent")

    def test_a_month_given_back_may_lose_a_line_that_the_cancelled_bill_had(self):
        """A bill that was posted is never deleted: its lines stay, without their charge."""
        other = self._new_seat("1/7", "31/7", "B")
        july = self._settle(JULY)
        bill = self._bill(july)
        bill.invoice_date = d("2/8")
        bill.action_post()
        bill.button_draft()
        bill.button_cancel()
        july.action_withdraw()
        other.action_cancel()
        self._generate(JULY)
        self.assertEqual(july.payable_total, 180.0)
        self.assertEqual(len(bill.invoice_line_ids), 2)

    def test_a_cancelled_bill_does_not_come_back_beside_another(self):
        self.bill.button_cancel()
        self.statement.action_create_bill()
        other = self.statement.bill_ids - self.bill
        words = (self.statement.name, other.display_name, "cancel that one")
        with self.assertRefused("already has", *words, error=ValidationError):
            self.bill.button_draft()

    def test_the_database_refuses_a_second_one(self):
        words = (self.statement.name, self.bill.display_name)
        with self.assertRefused("already has", *words, error=ValidationError):
            self.env["account.move"].create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.space.operator_id.id,
                    "coworking_statement_id": self.statement.id,
                }
            )

    def test_whoever_is_told_of_a_second_one_is_told_the_same(self):
        """As by the work on a month, where somebody else billed it meanwhile."""
        second = {
            "move_type": "in_invoice",
            "partner_id": self.space.operator_id.id,
            "coworking_statement_id": self.statement.id,
        }
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError) as caught:
            self.env["account.move"].create(second)
        message = self.env["coworking.statement"]._sql_error_to_message(caught.exception)
        self.assertIn(f"{self.statement.name} already has", message)

    def test_a_copy_of_the_bill_belongs_to_no_statement(self):
        copy = self.bill.copy()
        self.assertFalse(copy.coworking_statement_id)
        self.assertFalse(copy.invoice_line_ids.coworking_charge_id)

    def test_nothing_is_written_by_a_second_generation(self):
        write_date = self.bill.write_date
        self._generate()
        self.assertEqual(self.bill.write_date, write_date)
        self.assertEqual(self.statement.move_ids, self.bill)

    def test_several_statements_at_once_each_have_their_bill(self):
        self._new_seat("1/7", "31/7", "B", self.tariff_b)
        statements = self._settle(JULY)
        self.assertEqual(len(statements), 2)
        statements.action_create_bill()
        self.assertEqual(
            {statement.bill_id.amount_total for statement in statements}, {180.0, 140.0}
        )

    def test_one_that_cannot_be_billed_keeps_the_others_from_being_half_made(self):
        self._new_seat("1/7", "31/7", "B", self._new_tariff("Free", 0.0, space=self.space_b))
        statements = self._settle(JULY)
        with self.assertRaises(UserError):
            statements.action_create_bill()
        self.assertFalse(statements.move_ids)


class TestCreditNote(CoworkingCase):
    def test_a_month_of_corrections_alone_is_a_credit_note(self):
        seat = self._new_seat("1/6", "30/6")
        self._settle()
        seat.date_start = d("16/6")
        statement = self._settle(JULY)
        self.assertEqual(statement.payable_total, -90.0)
        for rounding in ROUNDINGS:
            self.company.tax_calculation_rounding_method = rounding
            bill = self._bill(statement)
            self.assertRecordValues(
                bill,
                [{"move_type": "in_refund", "amount_total": 90.0, "amount_tax": 15.0}],
            )
            bill.unlink()

    def _negative_month(self):
        """July corrects June, and nothing else: the operator owes 90.00."""
        seat = self._new_seat("1/6", "30/6")
        self._settle()
        seat.date_start = d("16/6")
        return self._settle(JULY)

    def _attach(self, move):
        return self.env["ir.attachment"].create(
            {"name": "avoir.pdf", "raw": b"%PDF", "res_model": move._name, "res_id": move.id}
        )

    def test_our_draft_says_that_the_credit_note_is_expected(self):
        statement = self._negative_month()
        draft = self._bill(statement)
        self.assertEqual((draft.coworking_awaited, draft.ref), ("credit_note", False))
        self.env["res.lang"]._activate_lang("fr_FR")
        in_french = draft.with_context(lang="fr_FR").with_user(self.accountant)
        labels = dict(in_french._fields["coworking_awaited"]._description_selection(in_french.env))
        self.assertEqual(labels["credit_note"], "Avoir attendu")
        message = in_french.coworking_awaited_message
        for words in ("Avoir attendu", statement.operator_id.name, statement.name, "90,00"):
            self.assertIn(words, message)
        for view in ("list", "form"):
            arch = in_french.get_view(
                self.env.ref("account.view_in_invoice_bill_tree").id if view == "list" else None,
                view,
            )["arch"]
            self.assertIn("coworking_awaited", arch)
        found = self.env["account.move"].search(
            [("coworking_statement_id", "=", statement.id), ("move_type", "=", "in_refund")]
        )
        self.assertEqual(found, draft)

    def test_it_is_not_posted_without_the_document_of_the_operator(self):
        statement = self._negative_month()
        draft = self._bill(statement).with_user(self.accountant)
        draft.invoice_date = d("3/8")
        who = (statement.name, statement.operator_id.name, "90")
        with self.assertRefused(*who, "its number as the reference, and attach it"):
            draft.action_post()
        draft.ref = "A-2015-1"
        with self.assertRefused(*who, "Attach it to this draft"):
            draft.action_post()
        attachment = self._attach(draft)
        draft.ref = False
        with self.assertRefused(*who, "Type its number as the reference."):
            draft.action_post()
        draft.ref = "A-2015-1"
        draft.invalidate_recordset()
        self.assertFalse(draft.coworking_awaited)
        self.assertFalse(draft.coworking_awaited_message)
        draft.action_post()
        self.assertEqual(draft.state, "posted")
        draft.button_draft()
        attachment.sudo().unlink()
        with self.assertRefused("Attach it to this draft"):
            draft.action_post()

    def test_several_at_once_are_not_posted_past_it(self):
        draft = self._bill(self._negative_month())
        other = draft.copy({"coworking_statement_id": False, "move_type": "in_invoice"})
        (draft | other).invoice_date = d("3/8")
        with self.assertRefused("Credit note expected"):
            (other | draft)._post(soft=False)

    def test_what_we_make_in_the_name_of_the_operator_is_not_expected(self):
        draft = self._bill(self._negative_month())
        draft.journal_id.is_self_billing = True
        self.assertFalse(draft.coworking_awaited)
        draft.invoice_date = d("3/8")
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_other_credit_notes_are_left_to_odoo(self):
        draft = self._bill(self._negative_month())
        note = draft.copy({"coworking_statement_id": False})
        note.invoice_date = d("3/8")
        self.assertFalse(note.coworking_awaited)
        note.action_post()
        self.assertEqual(note.state, "posted")

    def test_a_correction_within_a_larger_month_is_a_line_below_zero(self):
        seat = self._new_seat("1/6", "31/7")
        self._settle()
        seat.date_start = d("16/6")
        bill = self._bill(self._settle(JULY))
        self.assertEqual((bill.move_type, bill.amount_total), ("in_invoice", 90.0))
        self.assertEqual(sorted(bill.invoice_line_ids.mapped("price_total")), [-90.0, 180.0])


class TestWhoMakesBills(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6", "30/6")
        cls.statement = cls._settle()

    def test_an_accountant_makes_and_posts_them(self):
        statement = self.statement.with_user(self.accountant)
        action = statement.action_create_bill()
        bill = self.env["account.move"].with_user(self.accountant).browse(action["res_id"])
        bill.invoice_date = d("2/7")
        bill.action_post()
        self.assertEqual((bill.state, statement.state), ("posted", "billed"))
        bill.button_draft()
        bill.button_cancel()
        self.assertEqual(statement.state, "confirmed")

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_else_does(self):
        for user in (self.coordinator, self.accompanist, self.employee, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.statement.with_user(user).action_create_bill()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.statement.with_user(user).action_create_copayment_invoices()
        self.assertFalse(self.statement.move_ids)
        self.assertEqual(self.statement.date_from, JUNE)
