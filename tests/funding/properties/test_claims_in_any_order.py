"""Bills, payments, corrections and claims in whatever order: nobody has more, or less, than is due.

Hypothesis writes small programmes on the real models: three people in two spaces over two months,
three funders by rate and first, net and gross, with ceilings, limits and grants that run out, of
one program, another or both, which share bills, and one that signs late, with hours of staff and
flat amounts. Bills are posted, paid in parts, unpaid, withdrawn, credited, given to the other
program; expenses are booked and taken back; hours are typed and mended; presences, stays and prices
are corrected; terms are amended, agreements archived; claims are made, sent, returned, admitted in
part, corrected, opened again, paid and closed, what was rejected is placed with another; their
entries are posted, and drafts again, and so are those of month ends; bills are given up and taken
up again, operators merged with other contacts. After each step:

- what funders and own funds have of a cost is what was paid of it, and no funder has more;
- of each item each funder has what ``reference.py`` computes from the books, charges and terms
  alone: so neither the order of payments, of claims nor of corrections matters;
- what was sent is as it was sent, nothing is in two claims, and what a claim asks is what is due
  less what was sent before;
- granted is committed + asked + admitted + left, as the lines of the claims say;
- what is booked of a claim is what is receivable for it, and lists tell each payment once.

By hand, many more steps::

    CLAIM_STEPS=2000 scripts/test tests/funding/properties/test_claims_in_any_order.py
"""

import hashlib
import json
import os
import random
import sys
from collections import defaultdict

from hypothesis import HealthCheck, event, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo import Command
from odoo.exceptions import UserError

from ...common import JULY, JUNE, d
from ..claim.common import ClaimCase
from ..reference import Reference, cents

STEPS = int(os.environ.get("CLAIM_STEPS") or 60)
STEPS_A_STORY = 20
PAID_ON = ["10/7", "20/7", "5/8", "20/9"]
ENDS = ["31/7", "31/8", "31/12"]

# What happens, the more often the more often it is named.
ACTS = (
    *("pay", "pay", "pay", "post", "unpay", "withdraw", "credit", "come_or_not", "correct"),
    *("claim", "send", "claim_and_send", "claim_and_send", "claim_and_send", "return", "drop"),
    *("decide", "decide", "decide", "place", "place", "receive", "close"),
    *(
        "amend",
        "amend",
        "archive",
        "sign_late",
        "price",
        "reopen",
        "work",
        "book",
        "redirect",
        "keep_books",
        "keep_books",
        "cancel",
        "merge",
        "month_end",
        "month_end",
    ),
)
# What an amendment may say.
AMENDMENTS = (
    *(("rate", 10.0), ("rate", 33.33), ("rate", 50.0), ("amount_granted", 150.0)),
    *(("amount_granted", 5000.0), ("date_to", "2015-06-20"), ("date_to", "2015-12-31")),
    *(("date_from", "2015-06-10"), ("date_paid_limit", "2015-07-31"), ("date_paid_limit", False)),
    *(("base_kind", "gross"), ("base_kind", "net"), ("method", "priority"), ("sequence", 0)),
    *(("eligible_without_presence", True), ("ceiling", 77.77), ("ceiling", 0.0)),
    *(("flat_rate", 7.0), ("flat_rate", 12.5)),
)
SHARES = """
    SELECT COALESCE(charge.period, cost.date_from), charge.seat_id,
           COALESCE(cost.reversed_line_id, cost.move_line_id),
           COALESCE(charge.corrected_kind, charge.kind), cost.program_id,
           CASE WHEN cost.move_line_id IS NULL THEN cost.id END, share.agreement_id,
           SUM(share.amount - share.amount_rejected)
      FROM coworking_allocation share
      JOIN coworking_cost cost ON cost.id = share.cost_id
 LEFT JOIN coworking_charge charge ON charge.id = cost.charge_id
     WHERE share.agreement_id = ANY(%s)
  GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
SUMS = """
    SELECT cost.id, cost.paid_amount, SUM(share.amount - share.amount_rejected),
           COALESCE(SUM(share.amount - share.amount_rejected)
                    FILTER (WHERE share.agreement_id IS NOT NULL), 0)
      FROM coworking_cost cost LEFT JOIN coworking_allocation share ON share.cost_id = cost.id
     WHERE cost.program_id = ANY(%s)
  GROUP BY 1, 2
"""


class Story(RuleBasedStateMachine):
    """``case`` is the test that runs it, within its transaction."""

    def __init__(self, case):
        super().__init__()
        self.case, self.env = case, case.env
        self.steps = 0
        self.sent = {}  # claim: its lines as they were sent
        self.savepoint = self.env.cr.savepoint()

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:
                self.ask_for_the_rest()
        finally:
            self.savepoint.close(rollback=True)

    def pick(self, number, records):
        return records[number % len(records)] if records else records

    def attempt(self, act):
        """It may be refused, in words; then nothing has changed."""
        try:
            with self.case.as_request():
                act()
        except UserError as error:
            event(f"refused: {str(error)[:60]}")

    # === Terms === #

    @initialize(
        terms=st.lists(
            st.fixed_dictionaries(
                {
                    "method": st.sampled_from(["rate", "rate", "priority"]),
                    "base_kind": st.sampled_from(["net", "gross"]),
                    "amount_granted": st.sampled_from([90.0, 333.33, 10000.0]),
                    "ceiling": st.sampled_from([0.0, 0.0, 111.11]),
                    "date_from": st.sampled_from(["2015-01-01", "2015-06-15"]),
                    "date_paid_limit": st.sampled_from([False, False, "2015-08-31"]),
                    "eligible_without_presence": st.booleans(),
                    "direct": st.booleans(),
                    "staff": st.booleans(),
                    "flat": st.sampled_from([0.0, 0.0, 15.0]),
                    "programs": st.sampled_from(["first", "first", "both", "second"]),
                }
            ),
            min_size=2,
            max_size=3,
        ),
        rates=st.permutations([50.0, 30.0, 20.0]),
        posted=st.lists(st.booleans(), min_size=6, max_size=6),
        paid=st.lists(st.booleans(), min_size=6, max_size=6),
    )
    def sign(self, terms, rates, posted, paid):
        """The agreements; some bills are posted and paid already."""
        self.agreements = self.env["coworking.funding.agreement"]
        for number, (values, rate) in enumerate(zip(terms, rates, strict=False)):
            values = dict(values)
            ceiling, direct = values.pop("ceiling"), values.pop("direct")
            staff, flat = values.pop("staff"), values.pop("flat")
            values["programs"] = self.case.programs_of[values["programs"]]
            rate = rate if values["method"] == "rate" else 0.0
            agreement = self.case._new_agreement(f"F{number}", rate, sequence=number, **values)
            agreement.heading_ids.ceiling = ceiling
            if direct:
                self.case._admit_direct(agreement)
            self.case._admit_more(agreement, staff, flat)
            self.agreements |= agreement
        for bill, is_posted, is_paid in zip(self.find_bills("draft"), posted, paid, strict=True):
            if is_posted or is_paid:
                self.case._post_bill(bill, "3/7")
            if is_paid:
                self.case._pay(bill, day=PAID_ON[0])
        self.case._refresh()

    @rule(luck=st.integers(0, 9999))
    def go_on(self, luck):
        """Each act does nothing where there is nothing to do."""
        self.steps += 1
        chance = random.Random(10000 * self.steps + luck)  # no secret
        act = chance.choice(ACTS)
        note(act)
        getattr(self, f"_{act}")(chance.randrange(12), chance.randrange(12))

    # === The books === #

    def find_bills(self, *states):
        return self.env["account.move"].search(
            [
                ("move_type", "in", ("in_invoice", "in_refund")),
                ("company_id", "=", self.case.company.id),
                ("state", "in", states),
            ],
            order="id",
        )

    def _post(self, number, other):
        bill = self.pick(number, self.find_bills("draft"))
        if bill:
            self.attempt(lambda: self.case._post_bill(bill, "3/7"))

    def _pay(self, number, other):
        bills = self.find_bills("posted").filtered(lambda move: move.amount_residual > 0)
        bill = self.pick(number, bills)
        if bill:
            part = self.pick(other, [None, None, 33.34, 50.0])
            amount = part and min(part, bill.amount_residual)
            self.attempt(lambda: self.case._pay(bill, amount, self.pick(other, PAID_ON)))

    def _unpay(self, number, other):
        bill = self.pick(number, self.find_bills("posted").filtered("matched_payment_ids"))
        payment = self.pick(other, bill.matched_payment_ids.filtered("move_id").sorted("id"))
        if payment:
            lines = payment.move_id.line_ids | bill.line_ids
            lines.filtered(
                lambda line: line.account_type == "liability_payable"
            ).remove_move_reconcile()
            payment.action_draft()
            payment.action_cancel()

    def _withdraw(self, number, other):
        bill = self.pick(number, self.find_bills("posted"))
        if bill:
            self.attempt(bill.button_draft)

    def _cancel(self, number, other):
        """A draft is given up, or one that was is taken up again."""
        drafts = self.find_bills("draft")
        bill = self.pick(number, drafts if other % 2 else self.find_bills("cancel"))
        if bill:
            self.attempt(bill.button_cancel if other % 2 else bill.button_draft)

    def _merge(self, number, other):
        """An operator turns out to be another contact as well."""
        twin = self.env["res.partner"].create({"name": "Twin", "is_company": True})
        operator = self.pick(number, self.case.space | self.case.space_b).operator_id
        merging = self.env["base.partner.merge.automatic.wizard"].create({})
        self.attempt(lambda: merging._merge([operator.id, twin.id], dst_partner=twin))

    def _month_end(self, number, other):
        """Its entries are made and posted, or taken back."""
        moves = self.env["account.move"]
        own = [("coworking_program_id", "in", self.case.programs.ids)]
        posted = moves.search([*own, ("state", "=", "posted")], order="id")

        def act():
            values = {"date": d(self.pick(number, ["30/6", "31/7"]))}
            values["program_ids"] = [Command.set(self.case.programs.ids)]
            self.env["coworking.month.end"].create(values).action_create_entries()
            moves.search([*own, ("state", "=", "draft")]).action_post()

        if posted and other % 3 == 0:
            self.attempt(self.pick(number, posted).button_draft)
        else:
            self.attempt(act)

    def _credit(self, number, other):
        bills = self.find_bills("posted").filtered(
            lambda move: move.move_type == "in_invoice" and not move.reversal_move_ids
        )
        bill = self.pick(number, bills)
        if bill:
            share = self.pick(other, [1.0, 1 / 3, 0.5])
            self.attempt(lambda: self.give_back(bill, share, other % 2))

    def give_back(self, bill, share, paid):
        """Refunded, or set off against what is left of the bill."""
        values = {"invoice_date": d("1/9"), "date": d("1/9"), "ref": "CN 1"}
        note = bill._reverse_moves([values])
        for line in note.invoice_line_ids:
            line.price_unit = line.currency_id.round(line.price_unit * share)
        self.case._post_bill(note, "1/9")
        if paid:
            self.case._pay(note, day="10/9")
        elif bill.amount_residual:
            lines = (bill | note).line_ids
            lines.filtered(lambda line: line.account_type == "liability_payable").reconcile()

    def _redirect(self, number, other):
        """Posted lines are given to another program, or to both."""
        lines = self.find_bills("posted").invoice_line_ids.filtered("analytic_distribution")
        line = self.pick(number, lines.sorted("id"))
        if line:
            keys = [str(one.analytic_account_id.id) for one in self.case.programs]
            shares = self.pick(other, [(100.0, 0.0), (0.0, 100.0), (60.0, 40.0), (33.33, 33.33)])
            line.analytic_distribution = {
                key: part for key, part in zip(keys, shares, strict=True) if part
            }

    def _book(self, number, other):
        """An expense is booked by an entry; one that was booked is taken back."""
        entries = self.env["account.move"].search(
            [("ref", "=", "Walk"), ("company_id", "=", self.case.company.id)], order="id"
        )
        open_ = entries.filtered(lambda move: not move.reversal_move_ids)
        entry = self.pick(number, open_)
        if entry and other % 2:
            entry._reverse_moves([{"date": d("10/9"), "ref": "Back"}]).action_post()
        else:
            self.case._book(self.pick(other, [100.0, 41.17]), self.pick(number, ["30/6", "5/7"]))

    def _work(self, number, other):
        """Hours are typed, paid, mended, or deleted."""
        rows = self.env["coworking.staff.time"].search(
            [("program_id", "in", self.case.programs.ids)], order="id"
        )
        row = self.pick(number, rows)
        acts = [
            lambda: row.write({"date_paid": d("15/7")}),
            lambda: row.write({"hours": 3.33}),
            lambda: row.write({"date_paid": False}),
            row.unlink,
            lambda: row.write({"program_id": self.pick(number, self.case.programs).id}),
        ]
        if row and number % 3:
            self.attempt(self.pick(other, acts))
        else:
            self.attempt(lambda: self.case._work(self.pick(number, self.case.programs), other))

    # === The terms === #

    def _amend(self, number, other):
        agreement = self.pick(number, self.agreements)
        name, value = random.Random(self.steps * 31 + other).choice(AMENDMENTS)
        note((agreement.reference, name, value))

        def act():
            if name == "ceiling":
                agreement.heading_ids[:1].ceiling = value
            elif name == "flat_rate":
                agreement.heading_ids.filtered(lambda row: row.kind == "flat").flat_rate = value
            else:
                agreement[name] = value

        self.attempt(act)

    def _sign_late(self, number, other):
        """A funder more, of months that are billed, paid and claimed of others by then."""
        if len(self.agreements) > 3:
            return
        rate = self.pick(number, [0.0, 10.0, 40.0])

        def act():
            self.agreements |= self.case._new_agreement(
                "Late",
                rate,
                method="rate" if rate else "priority",
                sequence=self.pick(other, [0, 9]),
                programs=self.pick(number, list(self.case.programs_of.values())),
                eligible_without_presence=bool(other % 2),
                amount_granted=self.pick(other, [120.0, 10000.0]),
            )

        self.attempt(act)

    def _archive(self, number, other):
        agreement = self.pick(number, self.agreements)
        self.attempt(lambda: agreement.write({"active": not agreement.active}))

    # === The people === #

    def _come_or_not(self, number, other):
        seat = self.pick(number, self.case.seats)
        if seat.presence_ids:
            self.attempt(seat.presence_ids.unlink)
        else:
            self.attempt(lambda: self.case._new_presences(seat, "18/6", "20/7"))

    def _correct(self, number, other):
        """A stay ends otherwise: the months that were billed are corrected by the next one."""
        seat = self.pick(number, self.case.seats)
        last = self.pick(other, ["15/6", "20/7", "31/7"])

        def act():
            seat.presence_ids.filtered(lambda row: row.date > d(last)).unlink()
            seat.date_end = d(last)
            month = self.case.next_month()
            if month:
                self.case._bill(self.case._settle(month))

        self.attempt(act)

    def _price(self, number, other):
        """A price of months that were billed, and claimed, turns out to be another."""
        tariff = self.pick(number, [self.case.tariff, self.case.tariff_b])

        def act():
            tariff.price_ids[-1:].price = self.pick(other, [96.01, 150.0, 200.0])
            month = self.case.next_month()
            if month:
                self.case._bill(self.case._settle(month))

        self.attempt(act)

    # === The claims === #

    def find_claims(self, *steps):
        return (
            self.env["coworking.claim"]
            .with_user(self.case.coordinator)
            .search(
                [("agreement_id", "in", self.agreements.ids), ("step", "in", steps)], order="id"
            )
        )

    def _claim(self, number, other):
        agreement = self.pick(number, self.agreements)
        self.attempt(lambda: self.case._new_claim(agreement, last=self.pick(other, ENDS)))

    def _send(self, number, other):
        claim = self.pick(number, self.find_claims("draft", "returned"))
        if claim:
            self.attempt(lambda: self.send_one(claim))

    def _claim_and_send(self, number, other):
        agreement = self.pick(number, self.agreements)
        end = self.pick(other, ENDS)
        self.attempt(lambda: self.send_one(self.case._new_claim(agreement, last=end)))

    def send_one(self, claim):
        claim.action_refresh()
        if claim.line_ids:
            self.case._send(claim)
            self.sent[claim] = self.read_lines(claim)

    def _return(self, number, other):
        claim = self.pick(number, self.find_claims("submitted"))
        if claim:
            action = claim.action_return()
            self.attempt(lambda: self.case._dialog(action, claim.env.user, reason="Again"))
            if claim.step == "returned":
                self.sent.pop(claim)

    def _reopen(self, number, other):
        claim = self.pick(number, self.find_claims("accepted"))
        if claim:
            self.attempt(claim.action_reopen)

    def _keep_books(self, number, other):
        """Entries of claims are posted, and now and then opened again."""
        entries = self.find_claims("submitted", "accepted", "returned").sudo().entry_ids
        entry = self.pick(number, entries.sorted("id"))
        if entry.state == "draft":
            self.attempt(entry.action_post)
        elif entry.state == "posted" and other % 2:
            self.attempt(entry.button_draft)

    def _drop(self, number, other):
        claim = self.pick(number, self.find_claims("draft", "returned"))
        if claim:
            self.attempt(claim.action_cancel)

    def _decide(self, number, other):
        claim = self.pick(number, self.find_claims("submitted"))
        if not claim:
            return
        lines = claim.line_ids.filtered(lambda row: row.amount > 0)
        how = self.pick(other, ["half", "nothing", "all", "flat"])
        if how == "flat":
            action = claim.action_correct()
            self.attempt(
                lambda: self.case._dialog(action, claim.env.user, percent=7.0, reason="Late")
            )
        elif how != "all" and lines:
            row = self.pick(other, lines)
            admitted = row.currency_id.round(row.amount / 3) if how == "half" else 0.0
            row.write({"amount_admitted": admitted, "admission_reason": "Not eligible"})
        self.attempt(claim.action_accept)

    def _place(self, number, other):
        """What a funder rejected, or had no money for, goes to another."""
        shares = self.env["coworking.allocation"].search(
            [("to_place", "=", True), ("program_id", "in", self.case.programs.ids)], order="id"
        )
        share = self.pick(number, shares)
        agreement = self.pick(other, self.agreements)
        if share:
            amount = share.currency_id.round(share.amount * self.pick(number, [1.0, 0.5]))
            self.attempt(lambda: self.case._place(share, agreement, amount))

    def _receive(self, number, other):
        claims = self.find_claims("accepted").filtered(lambda row: row.state != "paid")
        claim = self.pick(number, claims)
        if claim:
            action = claim.action_receive()
            model = self.env[action["res_model"]].with_user(self.case.accountant)
            planned = other % 3 == 0 and self._plan_instalment(claim.agreement_id)
            values = {"date": d("1/10"), **({"instalment_id": planned.id} if planned else {})}
            dialog = model.with_context(**action["context"]).create(values)
            if other % 2:
                dialog.amount = min(10.0, dialog.amount)
            if planned:  # by somebody else, who knows of which claim it is
                planned.claim_id = self.pick(other, claim.agreement_id.claim_ids.filtered("number"))
            before = self._get_received(claim)
            self.attempt(dialog.action_record)
            came = {row: amount - before[row] for row, amount in self._get_received(claim).items()}
            came = {row: amount for row, amount in came.items() if amount}
            assert not came or came == {claim: cents(dialog.amount)}, came

    def _plan_instalment(self, agreement):
        vals = {"agreement_id": agreement.id, "kind": "interim", "amount": 50.0}
        return self.env["coworking.funding.instalment"].create(vals)

    def _get_received(self, claim):
        """What was recorded as paid of each claim of the same agreement, and of none."""
        result = defaultdict(lambda: cents(0))
        for row in claim.agreement_id.instalment_ids:
            result[row.claim_id] += cents(row.amount_received)
        return result

    def _close(self, number, other):
        agreement = self.pick(number, self.agreements)
        if agreement.date_claims_closed:
            agreement.action_open_claims_again()
        else:
            self.attempt(agreement.action_close_claims)

    # === What always holds === #

    def read_lines(self, claim):
        return [
            (row.number, row.label, row.token, row.amount, row.amount_paid, row.date_paid)
            for row in claim.line_ids
        ]

    @invariant()
    def all_is_right(self):
        if not hasattr(self, "agreements"):
            return
        self.case._refresh()
        self.env.invalidate_all()
        self.check_sums()
        self.check_frozen()
        self.reference = Reference(self.env, self.case.programs)
        self.check_shares()
        self.check_entries()
        self.check_positions()
        self.check_money()

    def check_sums(self):
        self.env.cr.execute(SUMS, [self.case.programs.ids])
        for cost, paid, all_of_it, funders in self.env.cr.fetchall():
            assert cents(all_of_it) == cents(paid), (cost, paid, all_of_it)
            low, high = sorted((0, cents(paid)))
            assert low <= cents(funders) <= high, (cost, paid, funders)

    def check_frozen(self):
        """What was sent stays, sealed; nothing is asked for twice."""
        seen = set()
        for claim, lines in self.sent.items():
            assert self.read_lines(claim) == lines, claim.name
            sending = claim.sending_ids[:1]
            assert hashlib.sha256(sending.content.encode()).hexdigest() == claim.digest
            told = json.loads(sending.content)
            assert sum(cents(row["amount"]) for row in told["lines"]) == cents(told["amount"])
            for share in claim.line_ids.allocation_id:
                assert share.frozen and share not in seen
                seen.add(share)

    def check_told(self, claims):
        """What the lists of an agreement say was paid of an expense on a day, they say once."""
        for claim in claims:
            sent = claim.agreement_id.claim_ids.filtered(
                lambda row: row.step in ("submitted", "accepted")
            )
            told = defaultdict(int)
            for row in sent.line_ids:
                told[row.cost_id, row.date_paid] += cents(row.amount_paid)
            for cost, day in {(row.cost_id, row.date_paid) for row in claim.line_ids}:
                paid = sum(x.amount for x in cost._get_payments() if x.date == day)
                assert told[cost, day] == cents(paid), (claim.name, cost.name, day)

    def check_shares(self):
        """Of each item, each funder has what is due, claimed or not."""
        self.env.cr.execute(SHARES, [self.agreements.ids])
        found = defaultdict(int)
        for day, seat, line, kind, program, cost, agreement, amount in self.env.cr.fetchall():
            item = (day, seat, kind) if seat else (day, line, program)
            if cost:
                item = (day, cost, "")
            found[item, agreement] += cents(amount)
        found = {key: amount for key, amount in found.items() if amount}
        due = {key: amount for key, amount in self.reference.shares.items() if amount}
        assert found == due, (found, due)
        by_agreement = defaultdict(int)
        for (_item, agreement), amount in due.items():
            by_agreement[agreement] += amount
        for one in self.reference.terms:
            claimed = sum(x for (_, key), x in self.reference.claimed.items() if key == one.key)
            assert 0 <= by_agreement[one.key] <= max(one.granted, claimed)

    def check_entries(self):
        """What is booked of a claim, posted or not yet, is what is receivable for it."""
        for claim in self.find_claims("draft", "returned", "submitted", "accepted"):
            moves = claim.sudo().entry_ids.filtered(lambda move: move.state != "cancel")
            rows = moves.line_ids.filtered(lambda row: row.account_id == self.case.receivable)
            booked = sum(map(cents, rows.mapped("balance")))
            due = {"accepted": claim.amount_admitted, "submitted": claim.amount_claimed}
            assert booked == cents(due.get(claim.step, 0.0)), (claim.name, claim.step, booked)

    def check_positions(self):
        """F17, beside what the claims say."""
        for agreement, position in self.agreements._get_positions().items():
            if agreement[1]:
                continue
            own = agreement[0]
            asked = own.claim_ids.filtered(lambda row: row.step == "submitted")
            parts = [position.committed, position.claimed, position.admitted, position.left]
            assert sum(map(cents, parts)) == cents(own.amount_granted)
            assert cents(position.claimed) == sum(map(cents, asked.mapped("amount_claimed")))
            admitted = sum(map(cents, own.claim_ids.mapped("amount_admitted")))
            assert cents(position.admitted) == admitted
            # unless the grant was lowered below what was claimed
            assert cents(position.left) >= 0 or sum(map(cents, parts[1:3])) > sum(map(cents, parts))

    def check_money(self):
        """F12: what was received less what was admitted; what came for a claim pays that one, and
        nothing is left while another waits.
        """
        for agreement in self.agreements:
            own = defaultdict(int)
            for row in agreement.instalment_ids:
                own[row.claim_id] += cents(row.amount_received)
            claims = agreement.claim_ids.filtered(lambda row: row.step == "accepted")
            waiting = agreement.claim_ids.filtered(
                lambda row: row.step in ("submitted", "returned")
            )
            admitted = sum(map(cents, claims.mapped("amount_admitted")))
            assert cents(agreement.amount_to_justify) == sum(own.values()) - admitted
            for claim in claims:
                got, asked = cents(claim.amount_received), cents(claim.amount_admitted)
                assert min(own[claim], asked) <= got <= asked
                assert (claim.state == "paid") == (got == asked)
            left = sum(own.values()) - sum(own[row] for row in waiting)
            left -= sum(map(cents, claims.mapped("amount_received")))
            assert left >= 0 and (not left or set(claims.mapped("state")) <= {"paid"})

    def ask_for_the_rest(self):
        """At the end one claim asks for all that is due and was not sent, differences included."""
        if not hasattr(self, "agreements"):
            return
        self.all_is_right()
        claims = self.env["coworking.claim"]
        for agreement in self.agreements:
            agreement.action_open_claims_again()
            for claim in self.find_claims("draft", "returned"):
                if claim.agreement_id == agreement:
                    claim.action_cancel()
            last = self.case._new_claim(agreement)
            due = sum(
                amount for (_, key), amount in self.reference.shares.items() if key == agreement.id
            )
            asked = sum(map(cents, last.line_ids.mapped("amount")))
            assert asked == due - self.reference.sent[agreement.id], agreement.reference
            if last.line_ids:
                self.case._send(last)
                self.case._accept(last)
                claims |= last
        self.case._refresh()
        self.reference = Reference(self.env, self.case.programs)
        self.check_shares()
        self.check_told(claims)
        for agreement in self.agreements:
            assert not self.case._new_claim(agreement).line_ids


class TestClaimsInAnyOrder(ClaimCase):
    """The world of every story: three seats of June and July, and a bill of something else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.space.seat_capacity = cls.space_b.seat_capacity = 50
        cls.seats = cls.env["coworking.seat"]
        for name, tariff in (("Ada", cls.tariff), ("Ben", cls.tariff), ("Cleo", cls.tariff_b)):
            seat = cls._new_seat("1/6", "31/7", name, tariff=tariff)
            cls._new_presences(seat, "18/6", "20/7")
            cls.seats |= seat
        for month in (JUNE, JULY):
            cls._bill(cls._settle(month))
        cls._new_direct(("Printing", 100.01), ("Paper", 33.33), post=False)
        cls.program_b = cls._new_program(
            "Second 2015",
            "TS2",
            analytic_account_id=cls.analytic_account.copy({"name": "Second 2015"}).id,
        )
        cls.programs = cls.program | cls.program_b
        cls.programs_of = {"first": cls.program, "both": cls.programs, "second": cls.program_b}
        first, second = (str(one.analytic_account_id.id) for one in cls.programs)
        bill = cls._new_direct(("Both", 77.77), ("Thirds", 10.0), ("Second", 50.05), post=False)
        for line, shares in zip(
            bill.invoice_line_ids,
            ({first: 60.0, second: 40.0}, {first: 33.33, second: 33.33}, {second: 100.0}),
            strict=True,
        ):
            line.analytic_distribution = shares
        cls.receivable, _income = cls._enter_grants()
        cls._choose_month_end_accounts()
        cls._refresh()
        cls.env.flush_all()

    @classmethod
    def _admit_more(cls, agreement, staff, flat):
        headings = cls.env["coworking.funding.heading"]
        if staff:
            headings.create({"name": "Staff", "kind": "staff", "agreement_id": agreement.id})
        if flat:
            others = agreement.heading_ids.ids
            headings.create(
                {
                    "name": "Flat",
                    "kind": "flat",
                    "agreement_id": agreement.id,
                    "flat_rate": flat,
                    "flat_heading_ids": [Command.set(others)],
                }
            )

    @classmethod
    def _book(cls, amount, day):
        keys = [str(one.analytic_account_id.id) for one in cls.programs]
        journal = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": d(day),
                "ref": "Walk",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": cls.accounts["expense"].id,
                            "debit": amount,
                            "analytic_distribution": {keys[0]: 70.0, keys[1]: 30.0},
                        }
                    ),
                    Command.create({"account_id": cls.accounts["tax"].id, "credit": amount}),
                ],
            }
        ).action_post()

    @classmethod
    def _work(cls, program, number):
        cls.env["coworking.staff.time"].create(
            {
                "program_id": program.id,
                "partner_id": cls.accompanist.partner_id.id,
                "month": d("10/6") if number % 2 else d("10/7"),
                "hours": 2.5 + number,
                "hourly_cost": 21.33,
                "date_paid": d("30/7") if number % 3 else False,
            }
        )

    def next_month(self):
        """The first month that is not settled; the last ones are not."""
        last = max(
            self.env["coworking.statement"]
            .search([("program_id", "=", self.program.id)])
            .mapped("date_from")
        )
        return last.replace(month=last.month + 1) if last.month < 11 else None

    def test_whatever_the_order_each_has_what_is_due(self):
        run_state_machine_as_test(
            lambda: Story(self),
            settings=settings(
                max_examples=max(1, STEPS // STEPS_A_STORY),
                stateful_step_count=STEPS_A_STORY,
                suppress_health_check=list(HealthCheck),
            ),
        )
