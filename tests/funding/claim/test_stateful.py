"""Whatever order things come in, claimed, own funds and what is to be placed make what was paid.

Three expenses and two funders against a reference that counts in cents and knows no claims: what a
funder has in the end, frozen lines and differences together, is its rate of what is paid now.
"""

import random
from decimal import ROUND_HALF_UP, Decimal

from odoo import Command

from .common import ClaimCase

RATES = {"A": 50, "B": 30}
ACTS = ("pay", "unpay", "claim", "send", "return", "accept", "delete")
RUNS, STEPS = 4, 14


class TestAnyOrder(ClaimCase):
    def test_whatever_the_order_all_that_is_paid_is_somebodys(self):
        for seed in range(RUNS):
            with self.subTest(seed=seed):
                luck = random.Random(seed)
                self._start()
                for _step in range(STEPS):
                    getattr(self, f"_act_{luck.choice(ACTS)}")(luck)
                    self._refresh()
                    self._check()
                self._compare()

    def _start(self):
        self.program.agreement_ids = [Command.clear()]
        self.agreements = {}
        for name, rate in RATES.items():
            agreement = self._new_agreement(f"{name}{self._next()}", rate)
            agreement.heading_ids.unlink()
            self._admit_direct(agreement)
            self.agreements[name] = agreement
        self.program.agreement_ids = self._command(
            self.env["coworking.funding.agreement"].union(*self.agreements.values())
        )
        self.bills = [
            self._new_direct((f"Printing {number}", amount), day="3/3")
            for number, amount in enumerate((100.01, 33.33, 77.77))
        ]
        self.frozen = {}

    @classmethod
    def _next(cls):
        cls.count = getattr(cls, "count", 0) + 1
        return cls.count

    def _claims(self, *steps):
        ids = [agreement.id for agreement in self.agreements.values()]
        return self.claims.search([("agreement_id", "in", ids), ("step", "in", steps)], order="id")

    # === Acts: each does nothing where there is nothing to do === #

    def _act_pay(self, luck):
        open_ = [bill for bill in self.bills if bill.amount_residual]
        if open_:
            bill = luck.choice(open_)
            self._pay(bill, luck.choice((None, 10.0)), day="10/3")

    def _act_unpay(self, luck):
        payments = luck.choice(self.bills)._get_reconciled_payments()
        if payments:
            payment = luck.choice(payments)
            payment.action_draft()
            payment.action_cancel()

    def _act_claim(self, luck):
        self._new_claim(luck.choice(list(self.agreements.values())))

    def _act_send(self, luck):
        for claim in self._claims("draft", "returned")[:1]:
            claim.action_refresh()
            if claim.line_ids:
                self._send(claim)
                self.frozen[claim] = self._values(claim)

    def _act_return(self, luck):
        for claim in self._claims("submitted")[:1]:
            self._dialog(claim.action_return(), self.coordinator, reason="Again")
            self.frozen.pop(claim)

    def _act_accept(self, luck):
        for claim in self._claims("submitted")[:1]:
            self._accept(claim)

    def _act_delete(self, luck):
        self._claims("draft")[:1].unlink()

    # === What always holds === #

    def _values(self, claim):
        return [(line.number, line.amount, line.token, line.label) for line in claim.line_ids]

    def _check(self):
        self.env.invalidate_all()
        costs = self._costs(*self.bills)
        shares = costs.allocation_ids
        paid = sum(Decimal(str(cost.paid_amount)) for cost in costs)
        self.assertEqual(sum(Decimal(str(share.amount_effective)) for share in shares), paid)
        for claim, values in self.frozen.items():
            self.assertEqual(self._values(claim), values)
            self.assertTrue(all(claim.line_ids.allocation_id.mapped("frozen")))

    def _compare(self):
        """In the end each funder has its part of each bill, as if there had been no claims."""
        for name, agreement in self.agreements.items():
            for cost in self._costs(*self.bills):
                had = sum(
                    Decimal(str(share.amount_effective))
                    for share in cost.allocation_ids
                    if share.agreement_id == agreement
                )
                exact = Decimal(str(cost.paid_amount)) * RATES[name] / 100
                self.assertLessEqual(
                    abs(had - exact.quantize(Decimal("0.01"), ROUND_HALF_UP)), Decimal("0.01")
                )
