"""A bill is posted once, and paid to an account that somebody has verified."""

from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import SQL

from .received import ReceivedCase, facturx

IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"


class PostingCase(ReceivedCase):
    def _vendor_bill(self, ref="F-1", amount=100.0, partner=None, move_type="in_invoice", **values):
        return self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or self.operator).id,
                "ref": ref,
                "invoice_date": "2015-07-02",
                "date": "2015-07-02",
                "invoice_line_ids": [
                    Command.create({"name": "Seats", "price_unit": amount, "tax_ids": []})
                ],
                **values,
            }
        )


class TestDuplicates(PostingCase):
    def test_the_number_is_not_written_apart_from_what_odoo_writes(self):
        bills = self._vendor_bill("F-1") | self._vendor_bill("F-2")
        written = []
        write = type(bills).write

        def spy(moves, vals):
            written.append(sorted(vals))
            return write(moves, vals)

        with patch.object(type(bills), "write", spy):
            bills.action_post()
        self.assertNotIn(["coworking_supplier_ref"], written)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(bills.mapped("coworking_supplier_ref"), ["F1", "F2"])

    def test_the_same_number_is_posted_once(self):
        first, second = self._vendor_bill("F 2015/1"), self._vendor_bill("f2015-1")
        first.action_post()
        with self.assertRefused("f2015-1", self.operator.name, first.name, "Delete this draft"):
            second.with_user(self.accountant).action_post()
        self.assertEqual(second.state, "draft")

    def test_two_drafts_with_the_same_number_posted_together(self):
        bills = self._vendor_bill("F-1") | self._vendor_bill("F-1")
        with self.assertRefused("F-1"):
            bills.action_post()

    def test_a_number_is_looked_up_in_the_words_of_the_index_that_keeps_it_unique(self):
        """PostgreSQL uses it for no others, however many bills there are."""
        bill = self._vendor_bill()
        query = bill._coworking_get_numbered(["F1"])
        self.env.cr.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", query))
        self.env.cr.execute(
            "SELECT pg_get_expr(indpred, indrelid) FROM pg_index"
            " WHERE indexrelid = 'account_move_coworking_supplier_ref_once'::regclass"
        )
        self.assertIn(self.env.cr.fetchone()[0], " ".join(line for (line,) in plan))

    def test_a_number_that_was_given_back_may_be_posted_again(self):
        first = self._vendor_bill()
        first.action_post()
        first.button_draft()
        first.button_cancel()
        second = self._vendor_bill()
        second.action_post()
        self.assertEqual(second.state, "posted")

    def test_other_operators_and_credit_notes_have_their_own_numbers(self):
        bills = (
            self._vendor_bill()
            | self._vendor_bill(partner=self.space_b.operator_id)
            | self._vendor_bill(move_type="in_refund")
        )
        bills.action_post()
        self.assertEqual(set(bills.mapped("state")), {"posted"})

    def test_other_suppliers_are_left_to_odoo(self):
        printer = self.env["res.partner"].create({"name": "Printer"})
        bills = self._vendor_bill(partner=printer) | self._vendor_bill(partner=printer)
        bills.action_post()
        self.assertFalse(any(bills.mapped("coworking_supplier_ref")))

    def test_a_person_of_the_operator_is_the_operator(self):
        person = self.env["res.partner"].create({"name": "Léa", "parent_id": self.operator.id})
        self._vendor_bill().action_post()
        with self.assertRefused("F-1"):
            self._vendor_bill(partner=person).action_post()

    def test_the_database_refuses_it_too(self):
        first, second = self._vendor_bill("F-1"), self._vendor_bill("F-2")
        (first | second).action_post()
        with self.assertRefused("same number is already posted", error=ValidationError):
            second.coworking_supplier_ref = first.coworking_supplier_ref


class TestPayments(PostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls._new_bank()

    def _bill_of(self, *amounts):
        bill = self._vendor_bill(
            invoice_line_ids=[
                Command.create({"name": f"Line {n}", "price_unit": amount, "tax_ids": []})
                for n, amount in enumerate(amounts)
            ]
        )
        bill.action_post()
        return bill

    def _pay(self, bills, amount, date="2015-08-03"):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=bills.ids)
            .create({"payment_date": date, "journal_id": self.bank.id, "amount": amount})
        )
        return wizard._create_payments()

    def _describe(self, bill):
        return bill._coworking_describe_payments()[bill]

    def _facts(self, bill):
        return [
            (str(date), float(amount))
            for date, amount, _line in bill._coworking_payment_facts()[bill]
        ]

    def _by_line(self, bill):
        paid = bill._coworking_payments_by_line()
        return [
            [(str(date), float(amount)) for date, amount in paid[line]]
            for line in bill.invoice_line_ids
        ]

    def test_a_bill_paid_in_two_times(self):
        bill = self._bill_of(33.33, 66.67, 100.0)
        self._pay(bill, 100.0)
        self._pay(bill, 100.0, "2015-09-01")
        self.assertEqual(self._facts(bill), [("2015-08-03", 100.0), ("2015-09-01", 100.0)])
        self.assertEqual(
            self._by_line(bill),
            [
                [("2015-08-03", 16.67), ("2015-09-01", 16.66)],
                [("2015-08-03", 33.33), ("2015-09-01", 33.34)],
                [("2015-08-03", 50.0), ("2015-09-01", 50.0)],
            ],
        )

    def test_of_a_bill_of_which_nothing_is_paid_no_line_is_read(self):
        bill = self._bill_of(100.0)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self._count_read("account_move_line")
        self.assertEqual(self._describe(bill), "")
        self.assertEqual(self._count_read("account_move_line"), before)
        self._pay(bill, 40.0)
        self.assertIn("40", self._describe(bill))

    def test_the_payments_are_a_field_of_the_bill_and_not_of_a_button(self):
        arch = etree.fromstring(
            self.env["account.move"].with_user(self.accountant).get_view(view_type="form")["arch"]
        )
        (field,) = arch.xpath("//field[@name='coworking_payments']")
        self.assertFalse(field.xpath("ancestor::button"))

    def test_a_credit_note_is_not_a_payment(self):
        bill = self._bill_of(100.0)
        refund = self._vendor_bill("A-1", 30.0, move_type="in_refund")
        refund.action_post()
        (bill | refund).line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
        ).reconcile()
        self.assertEqual(bill.amount_residual, 70.0)
        self.assertEqual(self._facts(bill), [])
        self._pay(bill, 70.0)
        self.assertEqual(self._facts(bill), [("2015-08-03", 70.0)])
        self.assertIn("70", self._describe(bill))
        self.env.invalidate_all()
        self.assertIn("70", bill.coworking_payments)

    def test_an_entry_of_the_ledger_is_not_a_payment(self):
        bill = self._bill_of(100.0)
        entry = self.env["account.move"].create(
            {
                "date": "2015-08-01",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.accounts["payable"].id,
                            "partner_id": self.operator.id,
                            "debit": 100.0,
                        }
                    ),
                    Command.create({"account_id": self.accounts["income"].id, "credit": 100.0}),
                ],
            }
        )
        entry.action_post()
        (bill | entry).line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
        ).reconcile()
        self.assertEqual((bill.amount_residual, self._facts(bill)), (0.0, []))

    def _bank_line(self, bills, amount):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2015-08-05",
                "payment_ref": "VIR ATELIER",
                "partner_id": self.operator.id,
                "amount": -amount,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.accounts["payable"]
        (bills.line_ids | line.move_id.line_ids).filtered(
            lambda item: item.account_type == "liability_payable"
        ).reconcile()

    def test_a_line_of_the_bank_statement_is_a_payment(self):
        bill = self._bill_of(100.0)
        self._bank_line(bill, 100.0)
        self.assertEqual(self._facts(bill), [("2015-08-05", 100.0)])

    def test_a_payment_without_an_entry_is_a_payment(self):
        bill = self._bill_of(33.33, 66.67, 100.0)
        payment = self._pay_without_entry(self.bank, bill, 100.0)
        self.assertEqual(self._facts(bill), [("2015-08-03", 100.0)])
        self.assertEqual(
            self._by_line(bill),
            [[("2015-08-03", 16.67)], [("2015-08-03", 33.33)], [("2015-08-03", 50.0)]],
        )
        self.assertIn("100", self._describe(bill))
        payment.action_cancel()
        self.assertEqual((self._facts(bill), self._describe(bill)), ([], ""))

    def test_a_payment_without_an_entry_of_two_bills_is_spread_by_what_is_left_of_each(self):
        first, second = self._bill_of(33.33), self._vendor_bill("F-2", 66.67)
        second.action_post()
        self._pay(first, 13.33, "2015-08-01")
        self._pay_without_entry(self.bank, first | second, 50.0)
        self.assertEqual(self._facts(first), [("2015-08-01", 13.33), ("2015-08-03", 11.54)])
        self.assertEqual(self._facts(second), [("2015-08-03", 38.46)])
        self.assertEqual(
            (first | second)._coworking_payment_facts()[second],
            second._coworking_payment_facts()[second],
        )

    def test_more_than_what_is_left_is_not_paid_of_a_bill(self):
        bill = self._bill_of(100.0)
        self._pay(bill, 70.0)
        self._pay_without_entry(self.bank, bill, 30.0, "2015-08-04")
        self._pay_without_entry(self.bank, bill, 30.0, "2015-08-05")
        self.assertEqual(self._facts(bill), [("2015-08-03", 70.0), ("2015-08-04", 30.0)])

    def test_the_bank_line_of_a_payment_without_an_entry_is_not_a_second_one(self):
        bill = self._bill_of(200.0)
        payment = self._pay_without_entry(self.bank, bill, 80.0)
        self._bank_line(bill, 80.0)
        self.assertEqual(payment.state, "paid")
        self.assertEqual(self._facts(bill), [("2015-08-05", 80.0)])
        self._pay_without_entry(self.bank, bill, 120.0, "2015-08-09")
        self.assertEqual(self._facts(bill), [("2015-08-05", 80.0), ("2015-08-09", 120.0)])

    def _two_bills(self, first, second):
        """Of which the first one is due first."""
        bills = self._vendor_bill("F-1", first, invoice_date_due="2015-07-10")
        bills |= self._vendor_bill("F-2", second, invoice_date_due="2015-07-20")
        bills.action_post()
        return bills

    def test_the_bank_line_of_a_payment_of_two_bills_is_not_a_second_one(self):
        bills = first, second = self._two_bills(80.0, 60.0)
        payment = self._pay_without_entry(self.bank, bills, 100.0)
        self.assertEqual(self._facts(first), [("2015-08-03", 57.14)])
        self.assertEqual(self._facts(second), [("2015-08-03", 42.86)])
        self._bank_line(bills, 100.0)
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 40.0))
        self.assertEqual(payment.state, "in_process", "Odoo leaves it there")
        self.assertEqual(self._facts(first), [("2015-08-05", 80.0)])
        self.assertEqual(self._facts(second), [("2015-08-05", 20.0)])

    def test_what_the_bank_paid_less_than_announced_is_not_counted_twice(self):
        bill = self._bill_of(120.0)
        self._pay_without_entry(self.bank, bill, 100.0)
        self._bank_line(bill, 90.0)
        self.assertEqual(self._facts(bill), [("2015-08-03", 10.0), ("2015-08-05", 90.0)])

    def test_what_the_bank_paid_more_than_announced_is_all_there_is(self):
        bill = self._bill_of(120.0)
        self._pay_without_entry(self.bank, bill, 100.0)
        self._bank_line(bill, 110.0)
        self.assertEqual(self._facts(bill), [("2015-08-05", 110.0)])

    def test_a_bank_line_is_claimed_once(self):
        bill = self._bill_of(200.0)
        self._pay_without_entry(self.bank, bill, 60.0)
        self._pay_without_entry(self.bank, bill, 50.0, "2015-08-04")
        self._bank_line(bill, 80.0)
        self.assertEqual(self._facts(bill), [("2015-08-04", 30.0), ("2015-08-05", 80.0)])

    def test_a_payment_of_one_bill_finds_its_bank_line_before_one_of_two(self):
        bills = first, second = self._two_bills(100.0, 100.0)
        self._pay_without_entry(self.bank, bills, 50.0)
        self._pay_without_entry(self.bank, first, 60.0, "2015-08-04")
        self._bank_line(first, 70.0)
        self._bank_line(second, 40.0)
        self.assertEqual(self._facts(first), [("2015-08-05", 70.0)])
        self.assertEqual(self._facts(second), [("2015-08-05", 40.0)])

    def test_what_the_bank_paid_before_is_another_payment(self):
        bill = self._bill_of(120.0)
        self._bank_line(bill, 50.0)
        self._pay_without_entry(self.bank, bill, 30.0, "2015-08-09")
        self.assertEqual(self._facts(bill), [("2015-08-05", 50.0), ("2015-08-09", 30.0)])

    def test_a_credit_note_receives_nothing_of_a_payment_of_the_bill(self):
        bill = self._bill_of(100.0)
        refund = self._vendor_bill("A-1", 20.0, move_type="in_refund")
        refund.action_post()
        self._pay_without_entry(self.bank, bill | refund, 80.0)
        self.assertEqual(self._facts(bill), [("2015-08-03", 80.0)])
        self.assertEqual(self._facts(refund), [])

    def test_a_credit_note_is_taken_off_the_oldest_bill(self):
        bills = first, second = self._two_bills(30.0, 100.0)
        second.button_draft()
        second.invoice_date = "2015-07-01"
        second.action_post()
        refund = self._vendor_bill("A-1", 40.0, move_type="in_refund")
        refund.action_post()
        self._pay_without_entry(self.bank, bills | refund, 90.0)
        self.assertEqual(self._facts(first), [("2015-08-03", 30.0)])
        self.assertEqual(self._facts(second), [("2015-08-03", 60.0)])
        self.assertEqual(self._facts(refund), [])

    def test_a_payment_that_is_taken_back_is_gone(self):
        bill = self._bill_of(100.0)
        payment = self._pay(bill, 40.0)
        self.assertEqual(self._facts(bill), [("2015-08-03", 40.0)])
        payment.action_draft()
        self.assertEqual((self._facts(bill), self._describe(bill)), ([], ""))

    def test_one_payment_of_two_bills(self):
        first, second = self._bill_of(60.0), self._vendor_bill("F-2", 40.0)
        second.action_post()
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=(first | second).ids)
            .create(
                {
                    "payment_date": "2015-08-03",
                    "journal_id": self.bank.id,
                    "group_payment": True,
                }
            )
        )
        wizard._create_payments()
        self.assertEqual(self._facts(first), [("2015-08-03", 60.0)])
        self.assertEqual(self._facts(second), [("2015-08-03", 40.0)])


class TestBankAccounts(PostingCase):
    def _account(self, **values):
        return self.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": self.operator.id, **values}
        )

    def _to_verify(self, account):
        kind = self.env.ref("coworking_incubation.mail_activity_type_bank_account")
        return account.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def test_a_new_account_of_an_operator_is_to_be_verified_by_an_accountant(self):
        activity = self._to_verify(self._account())
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn(IBAN, activity.note)

    def test_an_account_of_somebody_else_is_not(self):
        other = self.env["res.partner"].create({"name": "Printer"})
        self.assertFalse(self._to_verify(self._account(partner_id=other.id)))

    def test_a_bill_to_an_account_that_nobody_verified_says_so(self):
        account = self._account()
        bill = self._vendor_bill(partner_bank_id=account.id)
        bill.action_post()
        self.assertIn(self.operator.name, bill.coworking_bank_alert)
        context = {"active_model": "account.move", "active_ids": bill.ids}
        wizard = Form(self.env["account.payment.register"].with_context(**context))
        self.assertIn(IBAN, wizard.coworking_bank_alert)

    def test_once_it_is_trusted_nothing_more_is_said(self):
        account = self._account()
        bill = self._vendor_bill(partner_bank_id=account.id)
        account.sudo().allow_out_payment = True
        self.assertFalse(bill.coworking_bank_alert)
        self.assertFalse(self._to_verify(account))

    def test_a_change_of_a_trusted_account_asks_again(self):
        account = self._account()
        account.sudo().allow_out_payment = True
        account.sudo().write({"allow_out_payment": False, "acc_number": OTHER_IBAN})
        self.assertIn(OTHER_IBAN, self._to_verify(account).note)

    def test_another_accountant_verifies_what_one_who_leaves_was_to(self):
        account = self._account()
        self.assertEqual(self._to_verify(account).user_id, self.accountant)
        successor = new_test_user(
            self.env,
            login="t_successor",
            groups="coworking_incubation.group_coworking_accountant",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.accountant.action_archive()
        self.assertEqual(self._to_verify(account).user_id, successor)

    def test_a_paid_bill_says_nothing(self):
        bill = self._vendor_bill(partner_bank_id=self._account().id)
        bill.payment_state = "paid"
        self.assertFalse(bill.coworking_bank_alert)

    def test_a_received_bill_with_another_account_is_flagged(self):
        """The fraud itself: the right bill, with a new account in it."""
        trusted = self._account()
        trusted.sudo().allow_out_payment = True
        file = self._received(facturx(iban=OTHER_IBAN.replace(" ", "")))
        given = self.operator.bank_ids - trusted
        self.assertEqual(given.acc_number, OTHER_IBAN)
        self.assertIn(OTHER_IBAN, file.move_id.coworking_bank_alert)
        self.assertTrue(self._to_verify(given))
        self.assertFalse(given.allow_out_payment)
