"""Of bills that somebody chooses to pay, those that are right are paid and the others named."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form

from ..common import JUNE
from .test_posting import IBAN, OTHER_IBAN, PostingCase


class PayingCase(PostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls._new_bank()
        cls.account = cls._new_account(IBAN)

    @classmethod
    def _new_account(cls, number, partner=None):
        account = cls.env["res.partner.bank"].create(
            {"acc_number": number, "partner_id": (partner or cls.operator).id}
        )
        account.sudo().allow_out_payment = True
        return account

    def _right_bill(self, ref="F-1", amount=100.0, **values):
        """A bill that nothing speaks against."""
        bill = self._vendor_bill(ref, amount, **{"partner_bank_id": self.account.id, **values})
        bill.action_post()
        self._decide(bill, "matched")
        return bill

    @staticmethod
    def _decide(bill, decision):
        """Also of a bill that came before its statement, which waits on the screen."""
        matches = bill.env["coworking.match"].search([("move_id", "=", bill.id)])
        matches.decision = decision
        return matches

    def _choose(self, bills, user=None):
        return bills.with_user(user or self.accountant).action_coworking_pay()

    def _kept_out(self, action):
        """:return: (bills to pay, dict number of a bill -> why it is kept out)"""
        self.assertEqual(action["res_model"], "coworking.bill.payment")
        wizard = self.env["coworking.bill.payment"].browse(action["res_id"])
        return wizard.move_ids, {line.move_id.ref: line.reason for line in wizard.line_ids}

    def _fill(self, action):
        """Odoo's dialog, as the accountant has it before them."""
        self.assertEqual(action["res_model"], "account.payment.register")
        model = self.env["account.payment.register"].with_user(self.accountant)
        with Form(model.with_context(**action["context"])) as form:
            form.journal_id = self.bank
        return form.save()

    def _money(self, amount):
        return self.company.currency_id.with_user(self.accountant).format(amount)

    def _payments(self, bills):
        return bills.line_ids.matched_debit_ids.debit_move_id.payment_id

    def assertKeptOut(self, bill, *fragments):
        right, kept_out = self._kept_out(self._choose(bill))
        self.assertFalse(right)
        for fragment in fragments:
            self.assertIn(fragment, kept_out[bill.ref])


class TestChoosing(PayingCase):
    def test_bills_that_are_right_go_on_to_the_dialog_of_odoo_at_once(self):
        bills = self._right_bill("F-1", 100.0) | self._right_bill("F-2", 50.0)
        self._fill(self._choose(bills)).action_create_payments()
        self.assertEqual(bills.mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual(sum(self._payments(bills).mapped("amount")), 150.0)
        self.assertEqual(self._payments(bills).partner_bank_id, self.account)

    def test_one_that_is_not_right_is_named_and_the_others_are_paid(self):
        right, draft = self._right_bill("F-1"), self._vendor_bill("F-2")
        action = self._choose(right | draft)
        self.assertEqual(self._kept_out(action), (right, {"F-2": "Still a draft: post it first."}))
        wizard = self.env["coworking.bill.payment"].with_user(self.accountant)
        wizard = wizard.browse(action["res_id"])
        self.assertIn(f"Bills to pay: 1, {self._money(100.0)} in all", wizard.message)
        self.assertEqual(wizard.line_ids.action_open_bill()["res_id"], draft.id)
        self._fill(wizard.action_register_payment()).action_create_payments()
        self.assertEqual((right.amount_residual, draft.state), (0.0, "draft"))

    def test_a_cancelled_bill_and_a_credit_note_are_kept_out(self):
        bill = self._right_bill()
        bill.button_draft()
        bill.button_cancel()
        self.assertKeptOut(bill, "Cancelled")
        self.assertKeptOut(self._right_bill("A-1", move_type="in_refund"), "credit note")

    def test_a_bill_that_is_blocked_or_paid_is_kept_out(self):
        bill, paid = self._right_bill(), self._right_bill("F-2")
        bill.payment_state = "blocked"
        self.assertKeptOut(bill, "Blocked")
        self._fill(self._choose(paid)).action_create_payments()
        self.assertKeptOut(paid, "Already paid")

    def test_a_bill_that_waits_for_a_decision_or_an_answer_is_kept_out(self):
        bill = self._vendor_bill("F-1", partner_bank_id=self.account.id)
        bill.action_post()
        self.assertKeptOut(bill, "Lines to match or decide on: 1")
        for decision, why in (("disputed", "Disputed"), ("asked", "not answered")):
            self._decide(bill, decision)
            self.assertKeptOut(bill, why)
        matches = self._decide(bill, "accepted")
        self.assertFalse(bill._coworking_get_refusals_to_pay())
        matches.unlink()
        self.assertKeptOut(bill, "matched yet")

    def test_a_bill_goes_to_an_account_that_somebody_verified_or_not_at_all(self):
        bill = self._right_bill()
        self.account.sudo().allow_out_payment = False
        self.assertKeptOut(bill, IBAN, "nobody has verified")
        self.account.sudo().allow_out_payment = True
        self.account.active = False
        self.assertKeptOut(bill, "No bank account in use", self.operator.name)
        self.assertKeptOut(self._right_bill("F-2", partner_bank_id=False), "No bank account")

    def test_an_account_that_the_operator_has_just_given_holds_its_bills_back(self):
        bill = self._right_bill()
        self.env["res.partner.bank"].create(
            {"acc_number": OTHER_IBAN, "partner_id": self.operator.id}
        )
        self.assertKeptOut(bill, OTHER_IBAN)

    def test_what_is_under_way_to_the_bank_is_not_paid_again(self):
        bill = self._right_bill()
        self._pay_without_entry(self.bank, bill, 40.0)
        self.assertKeptOut(bill, f"{self._money(40.0)} is under way")

    def test_money_holds_back_what_it_may_have_paid_and_no_advance_or_other_entry(self):
        bill = self._right_bill()
        advance = self.env["account.account"].create(
            {
                "name": "Advances",
                "code": "T4091",
                "account_type": "asset_prepayments",
                "reconcile": True,
            }
        )
        payable = self.operator.property_account_payable_id
        ledger = self.env["account.journal"].create(
            {"name": "Ledger", "code": "T-LED", "type": "general"}
        )
        for journal, account, amount in (
            (self.bank, advance, 40.0),
            (ledger, payable, 40.0),
            (self.bank, payable, -40.0),
        ):
            self._enter(journal, account, amount)
            self.assertFalse(bill._coworking_get_refusals_to_pay())
        entry = self._enter(self.bank, payable, 40.0)
        self.assertKeptOut(bill, entry.name, self._money(40.0))

    def _enter(self, journal, account, amount):
        """An entry about the operator, who was given so much."""
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": line.id,
                            "partner_id": self.operator.id,
                            "balance": balance,
                        }
                    )
                    for line, balance in ((account, amount), (self.accounts["income"], -amount))
                ],
            }
        )
        entry.action_post()
        return entry

    def test_bills_of_two_companies_are_paid_apart(self):
        bill = self._right_bill()
        other = self._new_company("Other Incubator")
        expense = self._setup_accounts(other)["expense"]
        self.env.user.company_ids |= other
        self.accountant.company_ids |= other
        both = {"allowed_company_ids": [self.company.id, other.id]}
        line = Command.create({"name": "Seats", "price_unit": 100.0, "account_id": expense.id})
        elsewhere = self.env["account.move"].with_context(**both).with_company(other)
        foreign = elsewhere.create(
            {
                "move_type": "in_invoice",
                "partner_id": self.operator.id,
                "partner_bank_id": self.account.id,
                "ref": "F-9",
                "invoice_date": "2015-07-02",
                "invoice_line_ids": [line],
            }
        )
        foreign.action_post()
        self.assertEqual(foreign.company_id, other)
        self.env["coworking.match"].create(
            {
                "move_id": foreign.id,
                "move_line_id": foreign.invoice_line_ids.id,
                "company_id": other.id,
                "invoiced": 100.0,
                "decision": "matched",
            }
        )
        action = self._choose((bill | foreign).with_context(**both))
        right, kept_out = self._kept_out(action)
        self.assertEqual(right, bill)
        self.assertIn("Other Incubator: pay its bills apart", kept_out["F-9"])

    def test_a_bill_in_another_currency_is_left_to_be_paid_by_hand(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        bill, foreign = self._right_bill(), self._right_bill("F-2", currency_id=dollar.id)
        right, kept_out = self._kept_out(self._choose(bill | foreign))
        self.assertEqual(right, bill)
        self.assertIn("In USD", kept_out["F-2"])

    def test_only_accountants_choose(self):
        bill = self._right_bill()
        with self.assertRaises(AccessError):
            self._choose(bill, self.coordinator)


class TestPaying(PayingCase):
    """What changes between choosing and paying."""

    def test_two_accountants_who_chose_the_same_bill_pay_it_once(self):
        bill = self._right_bill()
        first, second = self._fill(self._choose(bill)), self._fill(self._choose(bill))
        first.action_create_payments()
        with self.assertRefused("Nothing was paid", self.operator.name, "F-1: Already paid"):
            second.action_create_payments()
        self.assertEqual(self._payments(bill).mapped("amount"), [100.0])

    def test_a_part_that_somebody_paid_meanwhile_is_not_paid_again(self):
        bill = self._right_bill()
        chosen = self._fill(self._choose(bill))
        part = self._fill(self._choose(bill))
        part.amount = 30.0
        part.action_create_payments()
        with self.assertRefused("F-1: Its amount or its bank account changed"):
            chosen.action_create_payments()
        rest = self._fill(self._choose(bill))
        self.assertEqual(rest.amount, 70.0)
        rest.action_create_payments()
        self.assertEqual((bill.amount_residual, len(self._payments(bill))), (0.0, 2))

    def test_a_bank_account_that_changed_meanwhile_is_noticed(self):
        bill = self._right_bill()
        other = self._new_account(OTHER_IBAN)
        chosen = self._fill(self._choose(bill))
        bill.partner_bank_id = other
        with self.assertRefused("F-1: Its amount or its bank account changed"):
            chosen.action_create_payments()
        self.account.sudo().allow_out_payment = False
        bill.partner_bank_id = self.account
        with self.assertRefused("nobody has verified", IBAN):
            chosen.action_create_payments()
        self.assertFalse(self._payments(bill))

    def test_a_dispute_that_began_meanwhile_is_noticed(self):
        bill = self._right_bill()
        chosen = self._fill(self._choose(bill))
        self._decide(bill, "disputed")
        with self.assertRefused("F-1: Disputed"):
            chosen.action_create_payments()

    def test_money_is_not_sent_elsewhere_in_the_dialog(self):
        bill = self._right_bill()
        chosen = self._fill(self._choose(bill))
        chosen.partner_bank_id = self.env["res.partner.bank"].create(
            {"acc_number": OTHER_IBAN, "partner_id": self.env.user.partner_id.id}
        )
        with self.assertRefused(OTHER_IBAN):
            chosen.action_create_payments()

    def test_bills_that_nobody_chose_so_are_paid_as_odoo_pays_them(self):
        bill = self._vendor_bill()
        bill.action_post()
        action = bill.with_user(self.accountant).action_register_payment()
        self._fill(action).action_create_payments()
        self.assertEqual(bill.amount_residual, 0.0)


class TestMonth(PayingCase):
    def _lines(self, statement):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        return lines.search([("statement_id", "=", statement.id)])

    def test_the_month_pays_its_bills_and_says_when(self):
        self._new_seat("1/6", "30/6")
        june = self._settle(JUNE)
        with self.assertRefused("Choose the bills"):
            self.env["coworking.bill.payment"]._open_for(self.env["account.move"])
        wizard = self.env["coworking.bill.payment"].browse(self._lines(june).action_pay()["res_id"])
        self.assertEqual((wizard.without_bill, wizard.move_ids.ids), (1, []))
        bill = self._bill(june)
        bill.write({"ref": "F-1", "invoice_date": "2015-07-02", "partner_bank_id": self.account.id})
        bill.action_post()
        self._lines(june).action_match()
        self._fill(self._lines(june).action_pay()).action_create_payments()
        line = self._lines(june)
        self.assertIn(line.payment, ("paid", "in_payment"))
        self.assertIn("180", line.paid_on)
