"""Shares follow from what is paid by themselves; what was claimed stays; people may place them."""

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tools import format_date, mute_logger

from ...common import d
from ..common import FundingCase


class TestShares(FundingCase):
    def test_by_rate_when_paid_and_not_before(self):
        self._new_agreement("A", 50.0)
        self._new_agreement("B", 30.0, date_from="2015-02-01")
        self._new_agreement("C", 20.0, date_from="2015-03-01")
        bill = self._new_bill("Camille")
        self.assertShares(bill)
        self._pay(bill, 33.33)
        self.assertShares(bill, A=16.66, B=10.0, C=6.67)

    def test_the_order_is_that_of_the_agreements(self):
        self._new_agreement("A", 50.0, sequence=20)
        self._new_agreement("B", 50.0, sequence=10)
        bill = self._new_bill("Camille")
        self._pay(bill, 0.01)
        self.assertShares(bill, B=0.01)

    def test_priority_first(self):
        self._new_agreement("P", method="priority", amount_granted=30.0)
        self._new_agreement("A", 50.0)
        self._new_agreement("B", 50.0)
        bill = self._new_direct(("Flyers", 100.0))
        self.env["coworking.funding.agreement"].search([]).heading_ids.write({"kind": "direct"})
        self._pay(bill)
        self.assertShares(bill, P=30.0, A=35.0, B=35.0)

    def test_what_is_taken_first_shows_on_the_statement_with_its_default_rate(self):
        self._new_agreement("P", 100.0, method="priority", amount_granted=30.0)
        self._new_agreement("A", 50.0)
        self._new_agreement("B", 50.0)
        self._new_seat("1/6", "30/6", "Camille")
        statement = self._settle()
        self.assertEqual(
            {
                agreement.reference: float(amount)
                for agreement, amount in self.program._split_over_funders(
                    statement.charge_ids
                ).items()
            },
            {"P": 30.0, "A": 75.0, "B": 75.0},
        )
        self.assertIn("P", statement.funding_split)

    def test_statements_part_in_the_order_of_the_agreements_too(self):
        self.tariff.price_ids.price = 210.01
        self._new_agreement("P", method="priority", amount_granted=100.0, sequence=1)
        for reference, sequence, terms in (
            ("Q", 2, {"method": "priority", "amount_granted": 10.0}),
            ("A", 20, {"rate": 50.0, "date_from": "2015-01-15"}),
            ("B", 10, {"rate": 50.0}),
        ):
            values = {"date_from": "2015-02-01", "sequence": sequence, **terms}
            self._new_agreement(reference, **values)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, P=100.0, Q=10.0, B=50.01, A=50.0)
        split = self.program._split_over_funders(self._costs(bill).charge_id)
        self.assertEqual(
            {agreement.reference: float(amount) for agreement, amount in split.items()},
            {"P": 100.0, "Q": 10.0, "B": 50.01, "A": 50.0},
        )

    def test_the_participants_part_is_not_placed(self):
        self.program.funding_rate = 80.0
        other = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        part = self._costs(bill).allocation_ids.filtered(lambda row: row.reason == "copayment")
        with self.assertRefused("participant's part"):
            self._place(part, other, 5.0)

    def test_beyond_the_grant_is_to_place(self):
        self.program.funding_rate = 80.0
        self._new_agreement("A", 50.0, amount_granted=50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=50.0, grant=22.0, own=72.0, copayment=36.0)
        self.assertEqual(self._costs(bill).amount_to_place, 22.0)

    def test_what_was_used_before_the_take_over_is_gone(self):
        self._new_agreement("A", 100.0, amount_granted=100.0, amount_used_before=40.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=60.0, grant=120.0)

    def test_beyond_the_ceiling_of_a_heading_is_to_place(self):
        agreement = self._new_agreement("A", 100.0)
        agreement.heading_ids.ceiling = 100.0
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=100.0, ceiling=80.0)

    def test_two_programs_draw_on_one_grant(self):
        account = self.analytic_account.copy({"name": "Other"})
        other = self._new_program("Other 2015", "OTH", analytic_account_id=account.id)
        agreement = self._new_agreement(
            "A", 100.0, programs=self.program | other, amount_granted=200.0
        )
        agreement.heading_ids.kind = "direct"
        first = self._new_direct(("Flyers", 150.0))
        second = self._new_direct(("Posters", 150.0), post=False)
        second.invoice_line_ids.analytic_distribution = {str(account.id): 100.0}
        second.action_post()
        self._pay(first, day="10/7")
        self._pay(second, day="9/7")
        self.assertShares(second, A=150.0)
        self.assertShares(first, A=50.0, grant=100.0)

    def test_an_agreement_of_another_program_takes_no_part(self):
        other = self._new_program("Other 2015", "OTH", analytic_account_id=False)
        self._new_agreement("A", 100.0, programs=other)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, refused=180.0)

    def test_terms_that_change_part_everything_anew(self):
        agreement = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=90.0, own=90.0)
        agreement.rate = 100.0
        self.assertShares(bill, A=180.0)
        agreement.heading_ids.ceiling = 60.0
        self.assertShares(bill, A=60.0, ceiling=120.0)

    def test_a_heading_or_an_agreement_that_goes_leaves_it_to_the_others(self):
        self._new_agreement("A", 50.0)
        other = self._new_agreement("B", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=90.0, B=90.0)
        other.heading_ids.unlink()
        self.assertShares(bill, A=90.0, own=90.0)
        other.unlink()
        self.assertShares(bill, A=90.0, own=90.0)

    def test_a_program_taken_off_an_agreement_keeps_no_share_of_it(self):
        other = self._new_program("Other 2015", "OTH", analytic_account_id=False)
        agreement = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=90.0, own=90.0)
        agreement.program_ids = other
        self.assertShares(bill, refused=180.0)
        agreement.program_ids |= self.program
        self.assertShares(bill, A=90.0, own=90.0)
        self.program.agreement_ids = False
        self.assertShares(bill, refused=180.0)

    def test_an_archived_program_taken_off_an_agreement_keeps_no_share_either(self):
        other = self._new_program("Other 2015", "OTH", analytic_account_id=False)
        agreement = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=90.0, own=90.0)
        self._archive_at_once(self.program)
        agreement.program_ids = other
        self.assertShares(bill, refused=180.0)

    def test_what_a_program_without_agreements_still_shares_is_looked_at_daily(self):
        agreement = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=90.0, own=90.0)
        self.program.date_end = fields.Date.today()
        self._refresh()
        self.env.flush_all()
        self.cr.execute(
            "DELETE FROM coworking_agreement_program_rel WHERE agreement_id = %s", agreement.ids
        )
        self.env.invalidate_all()
        self.env["coworking.cost"]._cron_note_running()
        self.assertShares(bill, refused=180.0)

    def test_a_heading_given_to_another_agreement_leaves_the_first(self):
        first = self._new_agreement("A", 50.0)
        programs = self._new_program("Other 2015", "OTH", analytic_account_id=False)
        other = self._new_agreement("B", 50.0, programs=programs)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=90.0, own=90.0)
        first.heading_ids.agreement_id = other
        self.assertShares(bill, refused=180.0)

    def test_the_first_heading_that_admits_a_cost_has_it(self):
        agreement = self._new_agreement("A", 100.0)
        agreement.heading_ids.ceiling = 60.0
        wide = agreement.heading_ids.copy({"sequence": 20, "ceiling": 0.0})
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, A=60.0, ceiling=120.0)
        wide.sequence = 5
        self.assertShares(bill, A=180.0)

    def test_a_credit_note_gives_back(self):
        self._new_agreement("A", 80.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        note = bill._reverse_moves([{"invoice_date": d("1/9"), "date": d("1/9"), "ref": "CN"}])
        note.action_post()
        self._pay(note, day="10/9")
        self.assertShares(bill | note)


class TestCreditNotes(FundingCase):
    """Printing of the 15th of December, credited on the 10th of January."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0)
        cls.agreement.heading_ids.kind = "direct"
        cls.bill = cls._new_direct(("Printing", 200.0), ("Paper", 30.0), day="15/12")
        cls._pay(cls.bill, day="20/12")

    def test_what_it_reverses_is_given_back_after_the_agreement_ended(self):
        self.assertShares(self.bill, A=115.0, own=115.0)
        day = d("10/1/16")
        note = self.bill._reverse_moves([{"invoice_date": day, "date": day, "ref": "CN"}])
        note.action_post()
        self._pay(note, day="11/1/16")
        self.assertShares(note, A=-115.0, own=-115.0)
        first, second = self._costs(note)
        self.assertEqual((first | second).reversed_line_id, self.bill.invoice_line_ids)
        self.assertEqual(first.date_from, d("15/12"))

    def test_a_line_that_is_given_to_another_program_is_given_back_by_its_own_words(self):
        """Printing is another program's, its credit is not; and paper is given back as before."""
        note = self.bill._reverse_moves([{"invoice_date": d("10/1/16"), "date": d("10/1/16")}])
        note.action_post()
        self._pay(note, day="11/1/16")
        other = self._new_program("Other", "OTH")
        account = other.analytic_account_id = self.analytic_account.copy({"name": "Other"})
        self.bill.invoice_line_ids[0].analytic_distribution = {str(account.id): 100.0}
        self._refresh()
        costs = self._costs(note)
        self.assertEqual(costs.reversed_line_id, self.bill.invoice_line_ids)
        for cost in costs:
            self.assertEqual(cost.reversed_line_id.name, cost.name)
        paper = (costs | self._costs(self.bill)).filtered(lambda cost: cost.name == "Paper")
        self.assertEqual(
            sorted(paper.allocation_ids.filtered("agreement_id").mapped("amount")), [-15.0, 15.0]
        )

    def test_a_line_that_is_like_none_leaves_to_the_others_what_they_give_back(self):
        note = self._new_direct(
            ("Delivery", 5.0),
            ("Printing", 150.0),
            ("Printing", 50.0),
            ("Paper", 30.0),
            move_type="in_refund",
            day="10/1/16",
            reversed_entry_id=self.bill.id,
        )
        self._refresh()
        printing, paper = self.bill.invoice_line_ids
        given_back = {cost.amount: cost.reversed_line_id for cost in self._costs(note)}
        expected = {-150.0: printing, -50.0: printing, -30.0: paper, -5.0: printing}
        self.assertEqual(given_back, expected)

    def test_an_expense_described_on_its_second_line_alone_counts(self):
        account = self.accounts["expense"].display_name
        for text, name in (("\nPrinting", "Printing"), (" \n ", account)):
            bill = self._new_direct((text, 100.0))
            self._pay(bill)
            self.assertShares(bill, A=50.0, own=50.0)
            self.assertEqual(self._costs(bill).name, name)

    def test_a_credit_note_that_is_reversed_gives_it_again(self):
        document = self.bill
        for last, expected in (("10/1/16", -115.0), ("12/1/16", 115.0)):
            vals = {"invoice_date": d(last), "date": d(last), "ref": last}
            document = document._reverse_moves([vals])
            document.action_post()
            self._pay(document, day=last)
            self.assertShares(document, A=expected, own=expected)
            self.assertEqual(self._costs(document).reversed_line_id, self.bill.invoice_line_ids)

    def test_of_an_entry_that_is_taken_back_in_part_the_line_of_that_amount_is_given_back(self):
        shared = {"analytic_distribution": {str(self.analytic_account.id): 100.0}}
        expense = {"account_id": self.accounts["expense"].id, **shared}
        entry = self.env["account.move"].create(
            {
                "date": d("15/12"),
                "line_ids": [
                    Command.create({**expense, "debit": 100.0}),
                    Command.create({**expense, "debit": 50.0}),
                    Command.create({"account_id": self.accounts["tax"].id, "credit": 150.0}),
                ],
            }
        )
        entry.action_post()
        back = entry._reverse_moves([{"date": d("10/1/16")}])
        whole, part, tax = back.line_ids.sorted(lambda line: (line.balance > 0, line.balance))
        back.line_ids = [Command.delete(whole.id), Command.update(tax.id, {"debit": 50.0})]
        back.action_post()
        self._refresh()
        given_back = self._costs(back).reversed_line_id
        self.assertEqual(part.balance, -50.0)
        self.assertEqual(given_back.balance, 50.0)

    def test_an_entry_that_is_taken_back_is_given_back_after_the_agreement_ended(self):
        expense, other = (
            {"account_id": self.accounts[name].id, side: 100.0}
            for name, side in (("expense", "debit"), ("tax", "credit"))
        )
        expense["analytic_distribution"] = {str(self.analytic_account.id): 100.0}
        entry = self.env["account.move"].create(
            {"date": d("15/12"), "line_ids": [Command.create(expense), Command.create(other)]}
        )
        entry.action_post()
        self.assertShares(entry, A=50.0, own=50.0)
        back = entry._reverse_moves([{"date": d("10/1/16")}])
        back.action_post()
        self.assertShares(back, A=-50.0, own=-50.0)
        again = back._reverse_moves([{"date": d("12/1/16")}])
        again.action_post()
        self.assertShares(again, A=50.0, own=50.0)
        self.assertEqual(self._costs(back, again).reversed_line_id, self._costs(entry).move_line_id)
        entry.button_draft()
        entry.date = d("14/12")
        entry.action_post()
        self._refresh()
        self.assertEqual(len(set(self._costs(entry, back, again).mapped("item"))), 1)

    def test_what_it_is_reconciled_with_is_given_back_too(self):
        note = self._new_direct(
            ("Printing", 200.0),
            move_type="in_refund",
            day="10/1/16",
            partner_id=self.bill.partner_id.id,
        )
        self.assertShares(note)
        other = self._new_direct(
            ("Printing", 500.0), day="20/12", partner_id=self.bill.partner_id.id
        )
        lines = (other | note).line_ids
        lines.filtered(lambda line: line.account_type == "liability_payable").reconcile()
        self.assertShares(note, A=-100.0, own=-100.0)
        self.assertEqual(self._costs(note).reversed_line_id, other.invoice_line_ids)

    def test_of_a_grant_that_paid_little_little_comes_back(self):
        self.agreement.write({"rate": 100.0, "amount_granted": 50.0})
        bill = self._new_direct(("Printing", 1000.0), day="1/7")
        self._pay(bill)
        self.assertShares(bill, A=50.0, grant=950.0)
        note = bill._reverse_moves([{"invoice_date": d("10/1/16"), "date": d("10/1/16")}])
        note.action_post()
        self._pay(note, day="11/1/16")
        self.assertShares(note, A=-50.0, grant=-950.0)
        self.assertShares(self.bill, A=50.0, grant=180.0)


class TestRefusals(FundingCase):
    def _told(self, **terms):
        self._new_agreement("A", 100.0, **terms)
        bill = self._new_bill("Camille", present=terms.pop("present", True))
        self._pay(bill)
        self._refresh()
        return self._costs(bill)

    def test_dates(self):
        cost = self._told(date_from="2015-07-01")
        first, last = (format_date(self.env, d(day)) for day in ("1/7", "31/12"))
        self.assertEqual(cost.refusal_text, f"A: served outside {first} to {last}.")
        self.assertShares(cost, refused=180.0)

    def test_a_month_that_straddles_them_counts_by_days(self):
        self.assertShares(self._told(date_from="2015-06-15"), A=96.0, own=84.0)

    def test_paid_late(self):
        cost = self._told(date_paid_limit="2015-07-19")
        self.assertEqual(cost.refusal_text, f"A: paid after {format_date(self.env, d('19/7'))}.")

    def test_public(self):
        cost = self._told(public_domain="[('gender', '=', 'female')]")
        self.assertEqual(cost.refusal_text, "A: the person is not of the public that it funds.")

    def test_kind(self):
        agreement = self._new_agreement("A", 100.0)
        bill = self._new_direct(("Flyers", 50.0))
        self._pay(bill)
        self.assertShares(bill, refused=50.0)
        self.assertEqual(self._costs(bill).refusal_text, "A: no heading admits this kind of cost.")
        self.env["coworking.funding.heading"].create(
            {
                "agreement_id": agreement.id,
                "name": "Flyers",
                "kind": "direct",
                "account_ids": self.accounts["expense"].ids,
            }
        )
        self.assertShares(bill, A=50.0)
        self.assertFalse(self._costs(bill).refusal_text)

    def test_presence_until_somebody_says_that_they_came(self):
        self._new_agreement("A", 100.0)
        bill = self._new_bill("Camille", present=False)
        self._pay(bill)
        self.assertShares(bill, refused=180.0)
        self.assertEqual(
            self._costs(bill).refusal_text, "A: no presence proves that the seat was used."
        )
        presence = self._new_presences(self._costs(bill).seat_id, "10/6am")
        self.assertShares(bill, A=180.0)
        presence.write({"participant_state": "absent", "participant_signed_at": "2015-07-01"})
        self.assertShares(bill, refused=180.0)

    def test_presence_where_the_funder_asks_none(self):
        self._new_agreement("A", 100.0, eligible_without_presence=True)
        bill = self._new_bill("Camille", present=False)
        self._pay(bill)
        self.assertShares(bill, A=180.0)


class TestClaimed(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.other = cls._new_agreement("B", 0.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls._refresh()
        cls.cost = cls._costs(cls.bill)
        cls.share = cls.cost.allocation_ids.filtered(lambda row: row.agreement_id == cls.agreement)
        cls.share._freeze()

    def test_a_credit_note_afterwards_is_a_difference_beside_it(self):
        note = self.bill._reverse_moves([{"invoice_date": d("1/9"), "date": d("1/9"), "ref": "CN"}])
        note.invoice_line_ids.price_unit /= 3
        note.action_post()
        self._pay(note, day="10/9")
        self.assertShares(self.bill | note, A=96.0, own=24.0)
        self.assertRecordValues(self.share, [{"amount": 144.0, "frozen": True}])
        beside = self._costs(note).allocation_ids.filtered("agreement_id")
        self.assertRecordValues(
            beside,
            [{"amount": -48.0, "frozen": False, "origin_id": self.share.id}],
        )

    def test_a_payment_taken_back_afterwards_is_a_difference(self):
        payments = self.bill._get_reconciled_payments()
        payments.action_draft()
        self.assertShares(self.cost)
        rows = self.cost.allocation_ids.filtered("agreement_id")
        self.assertEqual(sorted(rows.mapped("amount")), [-144.0, 144.0])

    def test_a_bill_reset_after_the_claim_stays_and_is_taken_back(self):
        self.bill.button_draft()
        self._refresh()
        self.assertTrue(self.cost.withdrawn)
        self.assertShares(self.cost)

    def test_a_bill_reset_and_deleted_after_the_claim_is_taken_back(self):
        self.bill.button_draft()
        self.bill.with_context(force_delete=True).unlink()
        self._check_as_committed()
        self.assertTrue(self.cost.withdrawn)
        self.assertShares(self.cost)

    def test_nothing_moves_it(self):
        self.agreement.rate = 10.0
        self._refresh()
        self.assertEqual(self.share.amount, 144.0)
        for change in ("amount = 1", "date_paid = '2015-01-01'", "agreement_id = NULL"):
            with (
                self.subTest(change=change),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(
                    f"UPDATE coworking_allocation SET {change} WHERE id = %s", [self.share.id]
                )
        with self.assertRefused("was claimed"):
            self.cost.unlink()

    def test_nor_goes_the_agreement_or_the_heading_of_it(self):
        for record, why in (
            (self.agreement.heading_ids, "was claimed under"),
            (self.agreement, "never moves"),
        ):
            with self.subTest(record=record), self.assertRefused(why):
                record.unlink()

    def test_returned_it_follows_the_facts_again(self):
        self.agreement.rate = 50.0
        self.share._thaw()
        self.assertShares(self.cost, A=90.0, own=90.0)

    def test_own_funds_are_not_claimed_nor_a_share_twice(self):
        with self.assertRefused("own funds"):
            self.share._freeze()
        with self.assertRefused("own funds"):
            (self.cost.allocation_ids - self.share)._freeze()

    def test_what_is_rejected_is_to_place(self):
        self.share._reject({self.share: 44.0})
        self.assertShares(self.cost, A=100.0, rejected=44.0, own=36.0)
        self.assertEqual(self.share.amount, 144.0)
        place = self.cost.allocation_ids.filtered("to_place")
        self.assertEqual(place.instead_id, self.agreement)
        self._place(place, self.other, 44.0)
        self.assertShares(self.cost, A=100.0, B=44.0, own=36.0)

    def test_less_rejected_afterwards_takes_back_what_was_placed(self):
        self.share._reject({self.share: 100.0})
        self._place(self.cost.allocation_ids.filtered("to_place"), self.other, 100.0)
        self._check_as_committed()
        self.share._reject({self.share: 0.0})
        self._check_as_committed()
        self.assertShares(self.cost, A=144.0, B=36.0)

    def test_returned_with_a_rejection_it_takes_back_what_was_placed(self):
        self.share._reject({self.share: 100.0})
        self._place(self.cost.allocation_ids.filtered("to_place"), self.other, 100.0)
        self.share._thaw()
        self._check_as_committed()
        self.assertShares(self.cost, A=144.0, B=36.0)

    def test_no_more_is_rejected_than_was_claimed(self):
        with self.assertRefused("144"):
            self.share._reject({self.share: 144.01})
        with self.assertRefused("144"):
            self.share._reject({self.share: -1.0})


class TestPlacing(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0, amount_granted=50.0)
        cls.other = cls._new_agreement("B", 0.0, amount_granted=30.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls._refresh()
        cls.cost = cls._costs(cls.bill)
        cls.to_place = cls.cost.allocation_ids.filtered("to_place")

    def test_what_a_grant_left_goes_to_another_funder_with_a_reason(self):
        self._place(self.to_place, self.other, 30.0, "Agreed on the phone")
        self.assertShares(self.cost, A=50.0, B=30.0, own=90.0, grant=10.0)
        hold = self.env["coworking.allocation.hold"].search([("program_id", "=", self.program.id)])
        self.assertRecordValues(
            hold, [{"reason": "Agreed on the phone", "user_id": self.coordinator.id}]
        )
        self.assertIn("Agreed on the phone", str(self.other.message_ids.mapped("body")))

    def test_who_placed_it_is_in_the_audit_trail(self):
        self._place(self.to_place, self.other, 30.0, user=self.accountant)
        hold = self.env["coworking.allocation.hold"].search([("program_id", "=", self.program.id)])
        self.env.flush_all()
        trail = self.env["coworking.audit"].search(
            [("res_model", "=", hold._name), ("res_id", "=", hold.id)]
        )
        self.assertRecordValues(
            trail,
            [
                {
                    "action": "decided",
                    "user_id": self.accountant.id,
                    "program_id": self.program.id,
                    "is_money": True,
                }
            ],
        )
        self.assertEqual(trail.changes["amount"], [None, 30.0])
        self.assertEqual(trail.changes["target_id"], [None, self.other.id])

    def test_it_stays_when_the_program_is_parted_anew(self):
        self._place(self.to_place, self.other, 20.0)
        self.agreement.amount_granted = 90.0
        self.assertShares(self.cost, A=90.0, B=20.0, own=70.0)

    def test_from_a_funder_to_own_funds(self):
        share = self.cost.allocation_ids.filtered(lambda row: row.agreement_id == self.agreement)
        self._place(share, None, 10.0, user=self.accountant)
        self.assertShares(self.cost, A=40.0, own=100.0, grant=40.0)

    def test_what_is_paid_later_is_parted_by_the_terms(self):
        self.agreement.amount_granted = self.other.amount_granted = 1000.0
        self.env["coworking.funding.agreement"].search([]).heading_ids.write({"kind": "direct"})
        bill = self._new_direct(("Flyers", 300.0))
        self._pay(bill, 100.0)
        self.assertShares(bill, A=50.0, own=50.0)
        share = self._costs(bill).allocation_ids.filtered("agreement_id")
        self._place(share, self.other, 10.0)
        self.assertShares(bill, A=40.0, B=10.0, own=50.0)
        self._pay(bill, 200.0, "3/8")
        self.assertShares(bill, A=140.0, B=10.0, own=150.0)

    def test_it_stays_when_the_bill_is_reset_and_posted_again(self):
        self.agreement.amount_granted = self.other.amount_granted = 1000.0
        self.env["coworking.funding.agreement"].search([]).heading_ids.write({"kind": "direct"})
        bill = self._new_direct(("Flyers", 100.0))
        self._pay(bill)
        self.assertShares(bill, A=50.0, own=50.0)
        share = self._costs(bill).allocation_ids.filtered("agreement_id")
        self._place(share, self.other, 10.0)
        bill.button_draft()
        self._refresh()
        self.assertFalse(self._costs(bill))
        bill.action_post()
        self.assertShares(bill, A=40.0, B=10.0, own=50.0)

    def test_a_credit_note_alone_is_placed_too(self):
        self.agreement.amount_granted = self.other.amount_granted = 1000.0
        self.env["coworking.funding.agreement"].search([]).heading_ids.write({"kind": "direct"})
        bill = self._new_direct(("Flyers", 100.0))
        self._pay(bill, day="1/7")
        note = self._new_direct(("Bonus of the year", 40.0), move_type="in_refund")
        self._pay(note)
        self.assertShares(note, A=-20.0, own=-20.0)
        back = self._costs(note).allocation_ids.filtered("agreement_id")
        with self.assertRefused("B cannot take"):  # it gave nothing that could come back
            self._place(back, self.other, -5.0)
        self._place(back, None, -5.0)
        self.assertShares(note, A=-15.0, own=-25.0)

    def test_no_more_than_is_left_of_the_grant(self):
        with self.assertRefused("B", "30,00"):
            self._place(self.to_place, self.other, 30.01)

    def test_no_more_than_there_is(self):
        with self.assertRefused("up to"):
            self._place(self.to_place, self.other, 40.01)

    def test_not_where_it_is_refused(self):
        self.other.date_from = "2015-07-01"
        self._refresh()
        with self.assertRefused("served outside"):
            self._place(self.cost.allocation_ids.filtered("to_place"), self.other, 10.0)

    def test_not_what_was_claimed(self):
        share = self.cost.allocation_ids.filtered(lambda row: row.agreement_id == self.agreement)
        share._freeze()
        with self.assertRefused("claimed already"):
            self._place(share, self.other, 10.0)

    def test_the_work_list_shows_it(self):
        action = self.env.ref("coworking_incubation_funding.coworking_allocation_action_to_place")
        found = self.env["coworking.allocation"].search(
            [*eval(action.domain), ("program_id", "=", self.program.id)]
        )
        self.assertEqual(found, self.to_place)

    def test_an_accompanist_sees_no_money(self):
        for model in ("coworking.cost", "coworking.allocation", "coworking.allocation.hold"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.accompanist).search([])
        with self.assertRaises(AccessError):
            self._place(self.to_place, self.other, 10.0, user=self.accompanist)

    def test_nobody_types_shares(self):
        for user in (self.coordinator, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.to_place.with_user(user).write({"amount": 1.0})

    def test_other_companies_see_none(self):
        company = self._new_company("Elsewhere")
        self.coordinator.write({"company_ids": [(4, company.id)]})
        seen = self.env["coworking.cost"].with_user(self.coordinator)
        self.assertFalse(seen.with_context(allowed_company_ids=company.ids).search([]))


class TestNeverAbovePaid(FundingCase):
    def test_postgresql_refuses_more_than_was_paid(self):
        agreement = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        self.env.flush_all()
        share = self._costs(bill).allocation_ids.filtered("agreement_id")
        self.assertEqual(share.agreement_id, agreement)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE coworking_allocation SET amount = 180.01 WHERE id = %s", [share.id]
            )
            self.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_nor_less_paid_than_funders_take(self):
        self._new_agreement("A", 100.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE coworking_cost SET paid_amount = 100 WHERE id = %s", self._costs(bill).ids
            )
            self.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
