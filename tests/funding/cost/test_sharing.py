"""Only what changed is shared out anew; what comes of it is what sharing out everything gives."""

import random

from odoo.tools import SQL

from ...common import d
from ..common import FundingCase

RUNS, STEPS = 6, 12
DAYS = [f"{day}/{month}" for month in (3, 4) for day in (2, 9, 16, 23)]


class TestWhatChanged(FundingCase):
    def _list(self):
        """All shares of the programme, line by line."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """SELECT cost_id, date_paid, agreement_id, heading_id, reason, instead_id, amount,
                          amount_rejected, frozen, origin_id
                     FROM coworking_allocation WHERE program_id = %s
                 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10""",
                self.program.id,
            )
        )

    def _list_refusals(self):
        costs = self.env["coworking.cost"].search([("program_id", "=", self.program.id)])
        return {cost.id: cost.refusals for cost in costs}

    def assertAsIfAll(self, told=None):
        """What was noted is read; then everything is shared out, which must change nothing."""
        self._refresh()
        self.assertFalse(self.env["coworking.cost.change"].search([]), "left, because it failed")
        found, refusals = self._list(), self._list_refusals()
        self.env["coworking.cost"]._allocate_programs(self.program)
        self._check_as_committed()
        self.assertEqual(self._list(), found, told)
        self.assertEqual(self._list_refusals(), refusals, told)

    # === One after the other === #

    def _start(self, luck):
        """Three funders, each of which may run out, or not; one of them counts a flat amount."""
        self.env["coworking.funding.agreement"].search([]).active = False
        self.agreements = self.env["coworking.funding.agreement"]
        rates = luck.choice(((50.0, 30.0, 15.0), (40.0, 40.0, 0.0)))
        for name, rate in zip("ABC", rates, strict=True):
            agreement = self._new_agreement(
                f"{name}{luck.random()}",
                rate,
                method="rate" if rate else "priority",
                amount_granted=luck.choice((60.0, 300.0, 100000.0)),
                date_paid_limit=luck.choice((False, d("10/4"))),
            )
            agreement.heading_ids.write({"kind": "direct", "ceiling": luck.choice((0.0, 40.0))})
            if luck.random() < 0.5:
                self.env["coworking.funding.heading"].create(
                    {
                        "name": "Flat",
                        "agreement_id": agreement.id,
                        "kind": "flat",
                        "flat_rate": 15.0,
                        "flat_heading_ids": [(6, 0, agreement.heading_ids.ids)],
                    }
                )
            self.agreements |= agreement
        partner = self.env["res.partner"].create({"name": "Printer"})
        self.bills = [
            self._new_direct(("Printing", amount), ("Paper", 10.01), partner_id=partner.id)
            for amount in (33.33, 50.0, 120.0, 77.77)
        ]
        self.partner = partner

    def _shares(self, frozen):
        return self.env["coworking.allocation"].search(
            [
                *(("program_id", "=", self.program.id), ("agreement_id", "!=", False)),
                *(("frozen", "=", frozen),),
            ],
            order="id",
        )

    def _act_pay(self, luck):
        open_ = [bill for bill in self.bills if bill.amount_residual and bill.state == "posted"]
        if open_:
            bill = luck.choice(open_)
            self._pay(bill, luck.choice((None, min(20.0, bill.amount_residual))), luck.choice(DAYS))

    def _act_unpay(self, luck):
        payments = luck.choice(self.bills)._get_reconciled_payments()
        if payments:
            payment = luck.choice(payments)
            payment.action_draft()
            payment.action_cancel()

    def _act_draft(self, luck):
        bill = luck.choice(self.bills)
        if bill.state == "posted" and bill.move_type == "in_invoice":
            bill.button_draft()
            bill.invoice_line_ids[:1].price_unit += 1.11
            bill.action_post()

    def _act_credit(self, luck):
        bill = luck.choice(self.bills)
        if bill.state == "posted" and bill.move_type == "in_invoice" and len(self.bills) < 8:
            day = d(luck.choice(DAYS))
            note = bill._reverse_moves([{"invoice_date": day, "date": day, "ref": "CN"}])
            note.action_post()
            self.bills.append(note)

    def _act_give_back(self, luck):
        """A credit note of nothing that is known here."""
        if len(self.bills) < 8:
            self.bills.append(
                self._new_direct(
                    ("Deposit", 25.0), move_type="in_refund", day=luck.choice(DAYS), ref="CN"
                )
            )

    def _act_claim(self, luck):
        shares = self._shares(frozen=False)
        if shares:
            chosen = luck.sample(shares.ids, min(3, len(shares)))
            shares.browse(chosen)._freeze()

    def _act_return(self, luck):
        shares = self._shares(frozen=True)
        if shares:
            luck.choice(shares)._thaw()

    def _act_reject(self, luck):
        shares = self._shares(frozen=True)
        if shares:
            share = luck.choice(shares)
            share._reject({share: round(share.amount * luck.choice((0, 0.5, 1)), 2)})

    def _act_place(self, luck):
        costs = self.env["coworking.cost"].search(
            [("program_id", "=", self.program.id), ("paid_amount", ">", 0)], order="id"
        )
        if costs:
            source, target = luck.sample([self.agreements[0], self.agreements[1], None], 2)
            empty = self.agreements.browse()
            luck.choice(costs)._hold(source or empty, target or empty, 3.0, "Agreed")

    def _act_terms(self, luck):
        luck.choice(self.agreements).amount_granted = luck.choice((45.0, 100000.0))

    def test_whatever_happens_it_is_as_if_everything_were_shared_out(self):
        acts = [name for name in dir(self) if name.startswith("_act_")]
        for seed in range(RUNS):
            luck = random.Random(seed)
            self._start(luck)
            self._refresh()
            done = []
            for _step in range(STEPS):
                name = luck.choice([*acts, "_act_pay", "_act_pay"])
                done.append(name)
                getattr(self, name)(luck)
                self.assertAsIfAll((seed, done))

    def test_a_presence_shares_out_what_it_proves(self):
        self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille", present=False)
        self._pay(bill)
        self.assertShares(bill, refused=180.0)
        self._new_presences(self._costs(bill).seat_id, "10/6")
        self.assertAsIfAll()
        self.assertShares(bill, A=90.0, own=90.0)

    def test_what_gives_back_alone_follows_what_was_taken_before_it(self):
        self._new_agreement("A", 50.0).heading_ids.kind = "direct"
        first, other = (self._new_direct(("Flyers", amount)) for amount in (10.0, 100.0))
        note = self._new_direct(("Deposit", 25.0), move_type="in_refund", day="3/7", ref="CN")
        self._pay(first, day="5/7")
        self._pay(note, day="20/7")
        self.assertShares(note, A=-5.0, own=-20.0)
        self._pay(other, day="10/7")
        self.assertAsIfAll()
        self.assertShares(note, A=-12.5, own=-12.5)

    def test_what_was_taken_by_a_bill_that_is_gone_goes_to_those_after_it(self):
        self._new_agreement("A", 100.0, amount_granted=100.0).heading_ids.kind = "direct"
        first, other = (self._new_direct(("Flyers", 100.0)) for _number in range(2))
        payment = self._pay(first, day="5/7")
        self._pay(other, day="20/7")
        self.assertShares(other, grant=100.0)
        payment.action_draft()
        first.button_draft()
        self.assertAsIfAll()
        self.assertFalse(self._costs(first))
        self.assertShares(other, A=100.0)

    def test_several_bills_at_once_may_use_up_what_each_of_them_would_not(self):
        self._new_agreement("A", 100.0, amount_granted=250.0).heading_ids.kind = "direct"
        bills = [self._new_direct(("Flyers", 100.0)) for _number in range(3)]
        self._pay(bills[2], day="20/7")
        self.assertShares(bills[2], A=100.0)
        self._pay(bills[0], day="5/7")
        self._pay(bills[1], day="6/7")
        self.assertAsIfAll()
        self.assertShares(bills[2], A=50.0, grant=50.0)

    def test_a_flat_amount_that_is_due_earlier_draws_before_what_came_before_it(self):
        agreement = self._new_agreement("A", 100.0, amount_granted=210.0)
        agreement.heading_ids.kind = "direct"
        self.env["coworking.funding.heading"].create(
            {
                "name": "Flat",
                "agreement_id": agreement.id,
                "kind": "flat",
                "flat_rate": 10.0,
                "flat_heading_ids": [(6, 0, agreement.heading_ids.ids)],
            }
        )
        bills = [self._new_direct(("Flyers", 100.0), day="2/3") for _number in range(3)]
        payments = [
            self._pay(bill, day=f"{day}/3") for bill, day in zip(bills, (3, 10, 23), strict=True)
        ]
        self.assertAsIfAll()
        self.assertShares(bills[1], A=100.0)
        payments[2].action_draft()
        self.assertAsIfAll()
        self.assertShares(bills[1], A=90.0, grant=10.0)

    def test_a_flat_amount_forgets_what_it_counted_before_it_was_shared_out(self):
        agreement = self._new_agreement("A", 100.0)
        agreement.heading_ids.kind = "direct"
        self.env["coworking.funding.heading"].create(
            {
                "name": "Flat",
                "agreement_id": agreement.id,
                "kind": "flat",
                "flat_rate": 10.0,
                "flat_heading_ids": [(6, 0, agreement.heading_ids.ids)],
            }
        )
        first, *others = (self._new_direct(("Flyers", 100.0), day="2/3") for _number in range(3))
        self._pay(first, day="3/3")
        self.assertShares(first, A=100.0)
        for act in ("moved", "deleted"):
            with self.subTest(act=act):
                bill = others.pop()
                payment = self._pay(bill, day="10/3")
                self._read()
                self._costs(first)._part_at_once()
                flat = self.env["coworking.cost"].search(
                    [("kind", "=", "flat"), ("date_from", "=", d("1/3"))]
                )
                self.assertEqual(flat.amount, 20.0)
                payment.action_draft()
                if act == "moved":
                    payment.unlink()
                    self._pay(bill, day="10/4")
                else:
                    bill.button_draft()
                self.assertAsIfAll()

    def test_an_archived_agreement_keeps_nothing_once_its_claim_is_returned(self):
        agreement = self._new_agreement("A", 50.0)
        agreement.heading_ids.kind = "direct"
        bills = [self._new_direct(("Flyers", 100.0)) for _number in range(2)]
        for bill in bills:
            self._pay(bill)
            self.assertShares(bill, A=50.0, own=50.0)
        claimed = self._costs(bills[0]).allocation_ids.filtered("agreement_id")
        claimed._freeze()
        agreement.active = False
        self.assertShares(bills[0], A=50.0, own=50.0)
        claimed._thaw()
        self.assertAsIfAll()
        self.assertShares(bills[0], refused=100.0)

    def test_an_archived_agreement_takes_part_in_what_was_claimed_of_it_alone(self):
        """Who comes after it takes what it does not, as the forecast says."""
        agreement, other = self._new_agreement("A", 50.0), self._new_agreement("B", 30.0)
        (agreement | other).heading_ids.kind = "direct"
        bills = [self._new_direct(("Flyers", 100.0)) for _number in range(2)]
        self._pay(bills[0])
        self.assertShares(bills[0], A=50.0, B=30.0, own=20.0)
        self._costs(bills[0]).allocation_ids.filtered(
            lambda share: share.agreement_id == agreement
        )._freeze()
        agreement.active = False
        self._pay(bills[1])
        self.assertShares(bills[1], B=30.0, own=70.0)
        self.assertFalse(self._costs(bills[1]).refusals)
        agreement.rate = 40.0
        self.assertShares(bills[0], A=40.0, B=30.0, own=30.0)
        self.assertAsIfAll()

    def _read(self):
        """The documents alone: what they change is shared out later."""
        changes = self.env["coworking.cost.change"].search([("program_id", "=", False)])
        self.env["coworking.cost"]._refresh_noted_moves(changes)

    # === What it costs === #

    def _count_queries(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _spy(self):
        """The costs that are read to be shared out."""
        read, model = [], self.registry["coworking.cost"]
        to_costs = model._to_costs

        def spy(costs, *args):
            read.extend(costs.ids)
            return to_costs(costs, *args)

        self.patch(model, "_to_costs", spy)
        return read

    def test_one_bill_paid_reads_its_own_costs_while_the_grant_lasts(self):
        self._new_agreement("A", 50.0).heading_ids.kind = "direct"
        bills = [self._new_direct(("Flyers", 100.0)) for _number in range(6)]
        for bill in bills[:5]:
            self._pay(bill, day="20/7")
        self._refresh()
        read = self._spy()
        self._pay(bills[5], day="2/7")
        self._refresh()
        self.assertEqual(set(read), set(self._costs(bills[5]).ids))
        self.assertShares(bills[5], A=50.0, own=50.0)

    def test_where_the_grant_runs_out_it_reads_what_draws_from_its_day_on(self):
        self._new_agreement("A", 50.0, amount_granted=120.0).heading_ids.kind = "direct"
        bills = [self._new_direct(("Flyers", 100.0)) for _number in range(4)]
        for bill, day in zip(bills[:3], ("1/7", "10/7", "20/7"), strict=True):
            self._pay(bill, day=day)
        self.assertShares(bills[2], A=20.0, grant=30.0, own=50.0)
        read = self._spy()
        self._pay(bills[3], day="15/7")
        self._refresh()
        self.assertEqual(set(read), set(self._costs(bills[2], bills[3]).ids))
        self.assertShares(bills[3], A=20.0, grant=30.0, own=50.0)
        self.assertShares(bills[2], grant=50.0, own=50.0)

    def test_a_bill_that_says_the_same_shares_out_nothing(self):
        self._new_agreement("A", 50.0).heading_ids.kind = "direct"
        bill = self._new_direct(("Flyers", 100.0))
        self._pay(bill)
        self._refresh()
        read = self._spy()
        bill._coworking_note_costs()
        self._refresh()
        self.assertEqual(read, [])

    def test_queries_do_not_grow_with_the_costs(self):
        self._new_agreement("A", 50.0).heading_ids.kind = "direct"
        counts = []
        for number in (2, 20, 60):
            bill = self._new_direct(*[("Flyers", 10.0)] * number)
            self._pay(bill)
            self.env["coworking.cost"]._refresh_moves(bill)
            counts.append(
                self._count_queries(
                    lambda: self.env["coworking.cost"]._allocate_programs(self.program)
                )
            )
        self.assertEqual(counts[1], counts[2])
