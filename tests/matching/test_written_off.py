"""Paid is money alone: what is settled without any is neither paid nor left to pay, wherever one
looks: in Pilotage, above the month, in its workbook and on the page of the space.
"""

import re

from odoo import Command

from ..common import JUNE, d
from .test_dashboard import DashboardCase


class TestWrittenOff(DashboardCase):
    """A bill of 300.00 for June."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls._new_bank()
        tariff = cls._new_tariff("Round", 150.0)
        for name in ("Camille", "Louison"):
            cls._new_seat("1/6", "30/6", name, tariff)
        cls.statement = cls._settle()
        cls.bill = cls._bill(cls.statement)
        cls.bill.write({"invoice_date": d("2/7"), "date": d("2/7")})
        cls.bill.action_post()

    def _pay(self, amount, *, for_all=False, moves=None, **values):
        """:param for_all: what is left is written off: Odoo's "Mark as fully paid" """
        if for_all:
            values["payment_difference_handling"] = "reconcile"
            values["writeoff_account_id"] = self.accounts["income"].id
        moves = moves or self.bill
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create(
            {
                "payment_date": d("10/7"),
                "journal_id": self.bank.id,
                "amount": amount,
                "group_payment": True,
                **values,
            }
        )._create_payments()

    def _enter(self, journal, *lines):
        """An entry that settles what it can of the bill. Lines: (account, balance)."""
        entry = self.env["account.move"].create(
            {
                "date": d("10/7"),
                "journal_id": journal.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": self.bill.commercial_partner_id.id,
                        }
                    )
                    for account, balance in lines
                ],
            }
        )
        entry.action_post()
        self._reconcile(entry)
        return entry

    def _get_payable(self):
        lines = self.bill.line_ids
        return lines.filtered(lambda line: line.account_type == "liability_payable").account_id

    def _reconcile(self, other):
        (self.bill | other).line_ids.filtered(
            lambda line: line.account_type == "liability_payable" and not line.reconciled
        ).reconcile()

    def _enter_in_ledger(self, amount):
        ledger = self.env["account.journal"].create(
            {"name": "Ledger", "code": "TLED", "type": "general", "company_id": self.company.id}
        )
        self._enter(ledger, (self._get_payable(), amount), (self.accounts["income"], -amount))

    def assertMoney(self, invoiced, paid, left):
        self.env.flush_all()
        self.env.invalidate_all()
        tiles = self._tiles(self.accountant)
        names = ("expected", "invoiced", "paid", "left_to_pay")
        self.assertEqual([tiles[name]["value"] for name in names], [300, invoiced, paid, left])
        month = self.env["coworking.month.line"].with_user(self.accountant)._prepare_month(JUNE)
        texts = {total["name"]: total["text"] for total in month["totals"]}
        self.assertEqual(texts["paid"], self.company.currency_id.format(paid))
        workbook = self.env["coworking.reconciliation"]
        rows = workbook._prepare_rows(*workbook._get_month(self.program, JUNE), JUNE)
        for name, amount in (("invoiced", invoiced), ("paid", paid), ("left", left)):
            self.assertAlmostEqual(sum(getattr(row, name) for row in rows), amount, 2)
        for row in rows:
            self.assertAlmostEqual(row.left, row.invoiced - row.paid - row.written_off, 2)

    def assertPage(self, state, *amounts):
        """What the page of the space says of its bill: each payment, then what is left of it."""
        (row,) = self.env["coworking.portal.month"]._prepare_payments(self.statement)
        words = " ".join([*row["paid"], row["left"] or ""])
        found = [float(text.replace(",", ".")) for text in re.findall(r"\d+[.,]\d\d", words)]
        self.assertEqual((row["state"], found), (state, list(amounts)))

    def test_a_discount_is_neither_paid_nor_left_to_pay(self):
        self._pay(294.0, for_all=True)
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertMoney(300, 294, 0)
        self.assertPage("paid", 294.0)
        lines = self.env["coworking.month.line"].search([("move_id", "=", self.bill.id)])
        for words in (self.bill.coworking_payments, *lines.mapped("paid_on")):
            self.assertIn("294", words)
            self.assertNotIn("300", words)
        self.assertTrue(lines)

    def test_nor_is_what_is_given_up_after_a_part_was_paid(self):
        self._pay(100.0)
        self.assertMoney(300, 100, 200)
        self.assertPage("partly paid", 100.0, 200.0)
        self._pay(194.0, for_all=True)
        self.assertMoney(300, 294, 0)
        self.assertPage("paid", 100.0, 194.0)

    def test_nor_is_what_an_entry_of_the_ledger_settles(self):
        self._enter_in_ledger(6.0)
        self.assertMoney(300, 0, 294)
        self.assertPage("partly paid", 294.0)
        self._pay(294.0)
        self.assertMoney(300, 294, 0)
        self.assertPage("paid", 294.0)

    def test_of_a_bill_that_an_entry_settles_whole_nothing_is_paid_and_nothing_is_left(self):
        self._enter_in_ledger(300.0)
        self.assertMoney(300, 0, 0)

    def test_a_credit_note_set_off_takes_from_what_is_invoiced(self):
        note = self.bill._reverse_moves([{"invoice_date": d("5/7"), "ref": "A-1"}])
        note.invoice_line_ids[1:].unlink()
        note.invoice_line_ids.price_unit = 50.0
        note.action_post()
        self._reconcile(note)
        credited = note.amount_total
        self.assertMoney(300 - credited, 0, 300 - credited)
        self._pay(294.0 - credited, for_all=True)
        self.assertMoney(300 - credited, 294 - credited, 0)

    def test_of_a_payment_in_another_currency_the_same_holds(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rounding": 0.01,
                "rate_ids": [
                    Command.create(
                        {"name": "2015-01-01", "rate": 2.0, "company_id": self.company.id}
                    )
                ],
            }
        )
        self._pay(588.0, for_all=True, currency_id=currency.id)
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertMoney(300, 294, 0)

    def _new_bank_line(self):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": d("10/7"),
                "payment_ref": "VIR",
                "partner_id": self.bill.commercial_partner_id.id,
                "amount": -294.0,
            }
        )

    def test_the_same_holds_of_a_bank_line(self):
        entry = self._new_bank_line().move_id
        waiting = entry.line_ids.filtered(lambda line: line.balance > 0)
        values = {"account_id": self._get_payable().id, "balance": 300.0}
        off = {"account_id": self.accounts["income"].id, "balance": -6.0}
        lines = [Command.update(waiting.id, values), Command.create(off)]
        entry.with_context(skip_readonly_check=True).write({"line_ids": lines})
        self._reconcile(entry)
        self.assertMoney(300, 294, 0)

    def test_and_of_an_entry_beside_a_bank_line_that_stays_as_it_is(self):
        suspense = self.bank.suspense_account_id
        suspense.reconcile = True
        bank_line = self._new_bank_line()
        payable, off = self._get_payable(), self.accounts["income"]
        entry = self._enter(self.bank, (payable, 300.0), (suspense, -294.0), (off, -6.0))
        (entry | bank_line.move_id).line_ids.filtered(
            lambda line: line.account_id == suspense
        ).reconcile()
        self.assertMoney(300, 294, 0)

    def test_several_bills_of_a_payment_bear_it_by_what_they_are(self):
        other = self.bill.copy({"ref": "F-2", "invoice_date": d("2/7")})
        other.action_post()
        self._pay(588.0, for_all=True, moves=self.bill | other)
        facts = (self.bill | other)._coworking_payment_facts()
        self.assertEqual([float(facts[bill][0][1]) for bill in (self.bill, other)], [294.0, 294.0])

    def test_what_the_bank_takes_for_a_payment_pays_no_bill(self):
        self._pay(310.0, for_all=True)
        self.assertMoney(300, 300, 0)

    def test_a_deposit_that_is_set_off_was_paid(self):
        deposits = self.accounts["expense"].copy(
            {"code": "409100", "account_type": "asset_current", "name": "Deposits"}
        )
        entry = self._new_bank_line().move_id
        waiting = entry.line_ids.filtered(lambda line: line.balance > 0)
        values = {"account_id": self._get_payable().id, "balance": 300.0}
        lines = [
            Command.update(waiting.id, values),
            Command.create({"account_id": deposits.id, "balance": -6.0}),
        ]
        entry.with_context(skip_readonly_check=True).write({"line_ids": lines})
        self._reconcile(entry)
        self.assertMoney(300, 300, 0)
        self.assertPage("paid", 300.0)
