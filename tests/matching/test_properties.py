"""Whatever bills, credit notes and payments come, in whatever order: the sums hold, and nothing
that was posted changes.
"""

import contextlib
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..common import JULY, JUNE, d
from .common import MatchingCase, read_lines

TEXTS = (
    "Coworking juin 2015",
    "Coworking mai et juin 2015",
    "Camille Roux",
    "Farid Benali, juillet 2015",
    "Zed Nobody",
    "Salle de réunion",
    "Dépôt de garantie",
    "",
)
AMOUNTS = (180.0, 90.0, 360.0, 540.0, 170.0, 12.0, 180.03, 20.0, 0.01)

lines = st.lists(
    st.tuples(st.sampled_from(TEXTS), st.sampled_from(AMOUNTS)), min_size=1, max_size=4
)
steps = st.one_of(
    st.tuples(st.sampled_from(["in_invoice", "in_refund"]), lines),
    st.tuples(
        st.sampled_from(["post", "reset", "cancel", "reverse", "pay", "decide", "again"]),
        st.integers(0, 5),
    ),
    st.tuples(st.just("settle"), st.sampled_from([JUNE, JULY])),
    st.tuples(st.just("late"), st.integers(2, 28)),
)


class _UndoError(Exception):
    pass


class TestProperties(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camille = cls._new_seat("1/5", "31/7", "Camille Roux")
        cls._new_seat("16/6", "31/7", "Farid Benali")
        cls._settle(d("1/5"))
        cls.bank = cls._new_bank()

    @settings(
        max_examples=int(os.environ.get("MATCHING_EXAMPLES") or 30),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(st.lists(steps, min_size=2, max_size=8))
    def test_the_sums_hold_and_nothing_posted_changes(self, plan):
        with contextlib.suppress(_UndoError), self.env.cr.savepoint():
            self.bills = self.env["account.move"]
            for step, argument in plan:
                posted = self._posted()
                before = self._shown(posted)
                self._step(step, argument)
                self.env.flush_all()
                self.env.invalidate_all()
                still = posted.filtered(lambda move: move.state == "posted")
                after = self._shown(still)
                self.assertEqual(after, {key: before[key] for key in after})
                self._check_sums()
            at_once, shown = read_lines(self.env)
            self.assertEqual(at_once, shown)
            raise _UndoError
        self.env.transaction.clear()

    def _step(self, step, argument):
        if step in ("in_invoice", "in_refund"):
            number = len(self.bills)
            bill = self._receive(*argument, move_type=step, ref=f"F-{number}")
            self.bills |= bill
        elif step == "settle":
            self._generate(argument).filtered(
                lambda row: row.state in ("draft", "sent", "disputed")
            ).action_confirm()
        elif step == "late":
            self.camille.date_start = d(f"{argument}/5")
            self._generate(JUNE)
        elif self.bills:
            self._on_bill(step, self.bills[argument % len(self.bills)])

    def _on_bill(self, step, bill):
        if step == "post" and bill.state == "draft" and bill.amount_total > 0:
            bill.action_post()
        elif step == "reset" and bill.state == "posted":
            bill.button_draft()
        elif step == "cancel" and bill.state == "draft":
            bill.button_cancel()
        elif step == "reverse" and bill.state == "posted" and bill.move_type == "in_invoice":
            values = {"invoice_date": d("5/7"), "ref": f"A-{len(self.bills)}"}
            self.bills |= bill._reverse_moves([values])
        elif step == "pay" and bill.state == "posted" and bill.amount_residual:
            self._pay(bill)
        elif step == "decide":
            self._matches(bill).write({"decision": "accepted", "reason": "Paid."})
        elif step == "again":
            self.env["coworking.matching"]._match_lines_anew(bill.invoice_line_ids)

    def _pay(self, bill):
        """Half of what is left, from the bank."""
        amount = bill.currency_id.round(bill.amount_residual / 2) or bill.amount_residual
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create(
            {"payment_date": d("10/7"), "journal_id": self.bank.id, "amount": amount}
        )._create_payments()

    def _posted(self):
        return self.bills.filtered(lambda move: move.state == "posted")

    def _shown(self, moves):
        """All that a posted document says, itself and by line."""
        own = ["name", "ref", "partner_id", "invoice_date", "date", "amount_total", "amount_tax"]
        line = [
            *("name", "quantity", "price_unit", "price_total", "balance", "account_id", "tax_ids"),
            *("tax_line_id", "analytic_distribution"),
        ]
        return {
            (records._name, row["id"]): row
            for records, names in ((moves, own), (moves.line_ids, line))
            for row in records.read(names)
        }

    def _check_sums(self):
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")
        matches = self.env["coworking.match"].search([("company_id", "=", self.company.id)])
        for charge, own in matches.filtered("charge_id").grouped("charge_id").items():
            expected = round(sum(own.mapped("expected")), 2)
            self.assertTrue(
                min(charge.payable_total, 0) <= expected <= max(charge.payable_total, 0)
            )
        for line, own in matches.filtered("move_line_id").grouped("move_line_id").items():
            sign = -1 if line.move_id.move_type == "in_refund" else 1
            self.assertAlmostEqual(sum(own.mapped("invoiced")), sign * line.price_total, 2)
        for bill in self.bills:
            paid = bill._coworking_payments_by_line()
            for line, payments in paid.items():
                self.assertLessEqual(sum(amount for _date, amount in payments), line.price_total)
            facts = bill._coworking_payment_facts()[bill]
            self.assertEqual(
                sum(amount for payments in paid.values() for _date, amount in payments),
                sum(amount for _date, amount, _item in facts),
            )
        alive = self.bills.filtered(lambda move: move.state != "cancel").invoice_line_ids
        self.assertEqual(matches.move_line_id, alive.filtered("price_total"))
