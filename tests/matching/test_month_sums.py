"""What bills of a month come to, whatever was settled of them and however."""

from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.matching.coworking_month_line import (
    BILLS,
    UNPAID_OF_ALL,
    UNPAID_OF_BILLS,
)

from ..common import d
from .common import MatchingCase


class TestUnpaid(MatchingCase):
    """Bills that something else than a payment settled: their lines are paid by none of it."""

    def setUp(self):
        super().setUp()
        people = ("Camille", "Dominique", "Sacha")
        for name in people:
            self._new_seat("1/6", "30/6", name)
        self.statement = self._settle()
        self.paid, self.credited, self.left = (
            self._receive((name, 180.0), ref=f"F-{name}") for name in people
        )
        (self.paid | self.credited | self.left).action_post()
        self._pay(self.paid)
        self.credited._reverse_moves([{"invoice_date": d("5/7"), "ref": "A-1"}], cancel=True)

    def _pay(self, bill):
        bank = self.env["account.journal"].create(
            {"name": "Bank", "code": "TBNK", "type": "bank", "company_id": self.company.id}
        )
        bank.outbound_payment_method_line_ids.payment_account_id = self.accounts["tax"]
        context = {"active_model": "account.move", "active_ids": bill.ids}
        self.env["account.payment.register"].with_context(**context).create(
            {"payment_date": d("10/7"), "journal_id": bank.id}
        )._create_payments()

    def _find(self, query):
        self.env.flush_all()
        statements = SQL("coworking_statement")
        return {move_id for (move_id,) in self.env.execute_query(SQL(query, statements=statements))}

    def test_they_are_the_same_found_bill_by_bill_and_among_all(self):
        bills = self._find(BILLS)
        self.assertLessEqual({self.paid.id, self.credited.id, self.left.id}, bills)
        found = self._find(f"WITH bills AS ({BILLS}) {UNPAID_OF_BILLS}")
        self.assertEqual(found, self._find(UNPAID_OF_ALL) & bills)
        self.assertEqual(found & {self.paid.id, self.credited.id, self.left.id}, {self.credited.id})

    def test_the_sums_are_those_of_the_lines_one_by_one(self):
        line = self.env["coworking.month.line"]
        rows = line._sum_by_month([("statement_id", "=", self.statement.id)])
        self.assertEqual(sum(row["amount_paid"] for row in rows), 180)
