"""The entries of a month end: drafts, reversed by Odoo, made again without doubling, which bring
the books to what was used.
"""

from ast import literal_eval
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning
from odoo.fields import Domain
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.models.trust.books_rules import RULES

from ..common import JULY, JUNE, MONTH_END_ACCOUNTS, d
from ..matching.common import MatchingCase


class EntriesCase(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._choose_month_end_accounts()

    def _month_end(self, day="30/6", user=None, programs=None):
        return (
            self.env["coworking.month.end"]
            .with_user(user or self.accountant)
            .create(
                {
                    "date": d(day),
                    "company_id": self.company.id,
                    "program_ids": (programs or self.program).ids,
                }
            )
        )

    def _lines(self, day="30/6"):
        """(entry, effect on expenses or income) of what is listed."""
        wizard = self._month_end(day)
        wizard.action_list()
        return [(line.kind, line.cost or line.income) for line in wizard.line_ids.sorted("kind")]

    def _enter(self, day="30/6"):
        """The entries of that day, without their reversals."""
        self._month_end(day).action_create_entries()
        return self._entries(day)

    def _entries(self, day="30/6"):
        return self.env["account.move"].search(
            [("coworking_month_end", "=", d(day)), ("company_id", "=", self.company.id)],
            order="id",
        )

    def _balances(self, moves):
        """Balance of each account of some entries, by key."""
        by_account = {account: key for key, account in self.accounts.items()}
        result = {}
        for line in moves.line_ids:
            key = by_account[line.account_id]
            result[key] = round(result.get(key, 0.0) + line.balance, 2)
        return result

    def _ledger(self, key, day):
        """Balance of an account at a date, posted entries alone."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.accounts[key].id),
                ("parent_state", "=", "posted"),
                ("date", "<=", d(day)),
            ]
        )
        return round(sum(lines.mapped("balance")), 2)

    def _post(self, bill, day="30/6"):
        bill.write({"invoice_date": d(day), "date": d(day)})
        bill.action_post()
        return bill

    def _decide(self, decision, *domain):
        matches = self.env["coworking.match"].search(
            [("gap", "!=", 0), ("company_id", "=", self.company.id), *domain]
        )
        matches._record_decision(decision, "Because.")
        return matches


class TestDecisions(EntriesCase):
    """What was decided of a gap says whether it is still to come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camille = cls._new_seat("1/6", "30/6", "Camille Roux")
        cls.statement = cls._settle()

    def test_too_little_that_will_be_billed_again_stays_in_408(self):
        self._post(self._receive(("Camille Roux", 150.0)))
        self._decide("rebilled")
        self.assertEqual(self._lines(), [("accrued", 30.0)])

    def test_too_little_that_nobody_decided_on_is_owed(self):
        self._post(self._receive(("Camille Roux", 150.0)))
        self.assertEqual(self._lines(), [("accrued", 30.0)])
        self._decide("asked")
        self.assertEqual(self._lines(), [("accrued", 30.0)])

    def test_too_little_that_was_accepted_is_all(self):
        self._post(self._receive(("Camille Roux", 150.0)))
        self._decide("accepted")
        self.assertEqual(self._lines(), [])

    def test_what_is_accepted_never_to_be_billed_leaves_408(self):
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        self._post(self._bill(self._settle()))
        line = self.env["coworking.month.line"].search([("seat_id", "=", self.camille.id)])
        matches = line._get_matches_to_decide()
        matches._record_decision("rebilled", "Forgotten.")
        self.assertEqual(self._lines(), [("accrued", 180.0)])
        matches._record_decision("accepted", "A gift.")
        self.assertEqual(self._lines(), [])

    def test_too_much_comes_back_once_a_credit_note_is_expected(self):
        self._post(self._receive(("Camille Roux", 240.0)))
        self.assertEqual(self._lines(), [], "what is not agreed is no asset")
        self._decide("disputed")
        self.assertEqual(self._lines(), [])
        self._decide("credit_note")
        self.assertEqual(self._lines(), [("credit", -60.0)])

    def test_until_the_credit_note_is_there(self):
        bill = self._post(self._receive(("Camille Roux", 240.0)))
        self._decide("credit_note")
        note = self._receive(
            ("Camille Roux", 60.0), move_type="in_refund", reversed_entry_id=bill.id
        )
        self._post(note, "5/7")
        self.assertEqual(self._lines("30/6"), [("credit", -60.0)])
        self.assertEqual(self._lines("31/7"), [])

    def test_a_credit_note_that_came_since_is_certain_whatever_was_decided(self):
        bill = self._post(self._receive(("Camille Roux", 240.0)))
        self._decide("disputed")
        note = self._receive(
            ("Camille Roux", 60.0), move_type="in_refund", reversed_entry_id=bill.id
        )
        self._post(note, "5/7")
        self.assertEqual(self._lines("30/6"), [("credit", -60.0)])

    def test_somebody_unknown_comes_back_too_until_the_credit_note_is_there(self):
        bill = self._post(self._receive(("Camille Roux", 180.0), ("Jean Inconnu", 60.0)))
        self.assertEqual(self._lines(), [])
        self._decide("credit_note", ("charge_id", "=", False))
        self.assertEqual(self._lines(), [("credit", -60.0)])
        for values in ({}, {"reversed_entry_id": bill.id}):
            with self.subTest(values=values):
                note = self._receive(("Jean Inconnu", 60.0), move_type="in_refund", **values)
                self._post(note, "5/7")
                self.assertEqual(self._lines("30/6"), [("credit", -60.0)])
                self.assertEqual(self._lines("31/7"), [])
                note.button_draft()
                note.button_cancel()

    def test_of_two_unknown_a_credit_note_is_taken_off_once_the_oldest_first(self):
        self._post(self._receive(("Camille Roux", 180.0)))
        for name, amount, day in (("Ana Inconnue", 40.0, "20/6"), ("Jean Inconnu", 60.0, "10/6")):
            self._post(self._receive((name, amount), ref=name), day)
        self._decide("credit_note", ("charge_id", "=", False))
        self._post(self._receive(("Avoir", 75.0), move_type="in_refund"), "25/6")
        self.assertEqual(self._lines(), [("credit", -25.0)])

    def test_a_credit_note_of_somebody_else_or_of_before_is_not_that_of_somebody_unknown(self):
        self._post(self._receive(("Camille Roux", 180.0)))
        self._post(self._receive(("Avoir", 60.0), move_type="in_refund"), "5/6")
        self._post(self._receive(("Jean Inconnu", 60.0), ref="F-1"), "10/6")
        self._decide("credit_note", ("charge_id", "=", False), ("gap", ">", 0))
        other = self._receive(("Avoir", 60.0), move_type="in_refund", space=self.space_b)
        self._post(other, "25/6")
        self.assertEqual(self._lines(), [("credit", -60.0)])

    def test_somebody_unknown_is_listed_with_the_program_of_the_month_that_was_billed(self):
        other = self._new_program("Other", "OTH")
        self._post(self._receive(("Camille Roux", 180.0), ("Jean Inconnu", 60.0)))
        self._decide("credit_note", ("charge_id", "=", False))
        for programs, expected in ((other, []), (other | self.program, [-60.0])):
            wizard = self._month_end(programs=programs)
            wizard.action_list()
            self.assertEqual(wizard.line_ids.mapped("cost"), expected)

    def test_what_is_missing_of_one_bill_is_taken_off_what_comes_back_of_another(self):
        self._post(self._receive(("Camille Roux", 150.0), ref="F-1"))
        self._post(self._receive(("Camille Roux juin 2015", 40.0), ref="F-2"))
        self._decide("credit_note", ("gap", ">", 0))
        self.assertEqual(self._lines(), [("credit", -10.0)])

    def test_no_more_is_owed_than_was_not_billed_since_and_not_accepted(self):
        self._post(self._receive(("Camille Roux", 100.0), ref="F-1"))
        self.assertEqual(self._lines(), [("accrued", 80.0)])
        self._post(self._receive(("Camille Roux juin 2015", 30.0), ref="F-2"))
        self.assertEqual(self._lines(), [("accrued", 50.0)])
        self._decide("accepted", ("gap", "<", 0))
        self.assertEqual(self._lines(), [])

    def test_a_difference_that_was_matched_is_not_owed(self):
        self._post(self._receive(("Camille Roux", 179.5)))
        self._decide("matched")
        self.assertEqual(self._lines(), [])

    def test_a_bill_prepaid_in_part_and_too_high_is_two_entries(self):
        self.tariff_b.period = "anniversary"
        self._new_seat("16/6", "15/7", "Farid Benali", self.tariff_b)
        self._settle()
        self._post(self._receive(("Camille Roux", 180.0)))
        self._post(self._receive(("Farid Benali", 200.0), space=self.space_b))
        self._decide("credit_note")
        self.assertEqual(self._lines(), [("credit", -60.0), ("prepaid", -70.0)])


class TestEntries(EntriesCase):
    def test_books_and_entries_are_what_was_used(self):
        """Bills posted, part not billed, too much billed, tickets left, co-payments to invoice."""
        self.program.funding_rate = 80.0
        tickets = self._new_tariff(
            "Ten days", 120.0, unit="pack", pack_size=10.0, pack_validity_months=6
        )
        billed = self._new_seat("1/6", "30/6", "Anna Petit")
        self._new_seat("1/6", "30/6", "Bruno Lopez")
        self._new_seat("1/6", "30/6", "Chloé Martin")
        half = self._new_seat("1/6", "30/9", "Dina Haddad", tickets)
        self._new_presences(half, "1/6", "2/6", "3/6")
        june = self._settle()
        self._post(
            self._receive(
                ("Anna Petit", 180.0),
                ("Chloé Martin", 240.0),
                ("Dina Haddad", 120.0),
            )
        )
        self._decide("credit_note", ("gap", ">", 0))
        june.action_create_copayment_invoices()
        invoice = june.copayment_invoice_ids.filtered(
            lambda move: move.partner_id == billed.partner_id
        )
        self._post(invoice)
        self.assertEqual(self._ledger("expense", "30/6"), 540.0)
        self.assertEqual(self._ledger("income", "30/6"), -36.0)

        entries = self._enter()
        self.assertEqual(
            self._balances(entries),
            {
                "accrued": -180.0,
                "credit": 60.0,
                "prepaid": 84.0,
                "expense": 36.0,
                "to_invoice": 96.0,
                "income": -96.0,
            },
        )
        entries.action_post()
        used = 180.0 + 180.0 + 180.0 + 3 * 12.0
        self.assertEqual(self._ledger("expense", "30/6"), used)
        self.assertEqual(self._ledger("income", "30/6"), -132.0)
        # On the first the entries are gone, and so are their balances.
        self.assertEqual(self._ledger("expense", "1/7"), 540.0)
        for kind, _code, _type in MONTH_END_ACCOUNTS:
            self.assertEqual(self._ledger(kind, "1/7"), 0.0)

    def test_with_our_own_bills_the_analytic_account_says_what_was_used_too(self):
        self._new_seat("1/6", "30/6", "A")
        self.tariff_b.period = "anniversary"
        self._new_seat("16/6", "15/7", "B", self.tariff_b)
        june = self._settle()
        self._post(self._bill(june.filtered(lambda row: row.space_id == self.space_b)))
        self._enter().action_post()
        lines = self.env["account.analytic.line"].search(
            [(self.analytic_account.plan_id._column_name(), "=", self.analytic_account.id)]
        )
        self.assertEqual(self._ledger("expense", "30/6"), 250.0)
        self.assertEqual(
            -sum(lines.filtered(lambda line: line.date <= d("30/6")).mapped("amount")), 250.0
        )
        self.assertEqual(-sum(lines.mapped("amount")), 140.0)

    def test_where_vat_is_recovered_without_it(self):
        self.program.funding_base = "untaxed"
        self.tariff.product_id = self.seat_product_recovered
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle()
        self.assertEqual(self._balances(self._enter()), {"expense": 150.0, "accrued": -150.0})
        bill = self._receive(("Camille Roux", 240.0))
        bill.invoice_line_ids.tax_ids = self.tax_recovered
        bill.invoice_line_ids.price_unit = 200.0
        self._post(bill)
        self._decide("credit_note")
        self.assertEqual(self._balances(self._enter()), {"expense": -50.0, "credit": 50.0})

    def test_where_vat_is_recovered_somebody_unknown_comes_back_without_it(self):
        self.program.funding_base = "untaxed"
        self.tariff.product_id = self.seat_product_recovered
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle()
        bill = self._receive(("Camille Roux", 180.0), ("Jean Inconnu", 60.0), ref="F-1")
        self._post(bill)
        self._decide("credit_note", ("charge_id", "=", False))
        month_end = self._month_end()
        month_end.action_list()
        self.assertRecordValues(
            month_end.line_ids,
            [{"kind": "credit", "cost": -50.0, "amount_tax": 10.0, "amount_total": 60.0}],
        )

    def test_a_draft_dated_that_day_and_its_reversal_on_the_next(self):
        self._new_seat("1/6", "30/6")
        entry = self._enter()
        self.assertRecordValues(
            entry | entry.reversal_move_ids,
            [
                {"date": d("30/6"), "state": "draft", "move_type": "entry", "auto_post": "no"},
                {"date": d("1/7"), "state": "draft", "move_type": "entry", "auto_post": "no"},
            ],
        )
        self.assertEqual(
            self._balances(entry.reversal_move_ids), {"expense": -180.0, "accrued": 180.0}
        )
        self.assertFalse([name for name in entry.line_ids.mapped("name") if "Difference" in name])
        action = self._month_end().action_create_entries()
        entry = self._entries()
        opened = self.env["account.move"].search(action["domain"])
        self.assertEqual(opened, entry | entry.reversal_move_ids)

    def test_the_menu_lists_both_and_reads_the_entries_of_everybody_once(self):
        self._new_seat("1/6", "30/6")
        entry = self._enter()
        menu = self.env.ref("coworking_incubation.account_move_action_coworking_month_end")
        asked = Domain(literal_eval(menu.domain)) & Domain("company_id", "=", self.company.id)
        entries = self.env["account.move"].with_user(self.accountant)
        self.assertEqual(entries.search(asked), entry.reversal_move_ids | entry)
        query = entries._search(asked).select()
        self.assertNotIn("SELECT", query.code.removeprefix("SELECT"))

    def test_the_reversal_is_posted_with_its_entry_and_reconciled(self):
        self._new_seat("1/6", "30/6")
        entry = self._enter()
        entry.action_post()
        self.assertEqual(entry.reversal_move_ids.state, "posted")
        accrued = (entry | entry.reversal_move_ids).line_ids.filtered(
            lambda line: line.account_id == self.accounts["accrued"]
        )
        self.assertEqual(accrued.mapped("reconciled"), [True, True])

    @freeze_time("2015-06-30 10:00:00")
    def test_a_reversal_whose_day_is_to_come_is_left_to_odoo(self):
        self._new_seat("1/6", "30/6")
        entry = self._enter()
        entry.action_post()
        self.assertRecordValues(
            entry.reversal_move_ids, [{"state": "draft", "auto_post": "at_date"}]
        )
        entry.button_draft()
        self.assertRecordValues(entry.reversal_move_ids, [{"state": "draft", "auto_post": "no"}])
        entry.action_post()
        with (
            freeze_time("2015-07-01 10:00:00"),
            patch.object(self.registry["ir.cron"], "_commit_progress"),
        ):
            self.env["account.move"]._autopost_draft_entries()
        self.assertEqual(entry.reversal_move_ids.state, "posted")

    def test_an_entry_that_is_a_draft_again_takes_its_reversal_along(self):
        self._new_seat("1/6", "30/6")
        entry = self._enter()
        entry.action_post()
        entry.button_draft()
        self.assertEqual(entry.reversal_move_ids.state, "draft")
        reversal = entry.reversal_move_ids
        entry.unlink()
        self.assertFalse(reversal.exists())

    def test_an_entry_that_is_cancelled_takes_its_reversal_along(self):
        self._new_seat("1/6", "30/6")
        entry = self._enter()
        entry.action_post()
        entry.button_draft()
        entry.button_cancel()
        self.assertEqual(entry.reversal_move_ids.state, "cancel")
        again = self._enter() - entry
        self.assertEqual(self._balances(again), {"expense": 180.0, "accrued": -180.0})

    def test_made_again_it_replaces_the_drafts(self):
        self._new_seat("1/6", "30/6", "A")
        first = self._enter()
        reversal = first.reversal_move_ids
        self._new_seat("1/6", "30/6", "B")
        second = self._enter()
        self.assertFalse((first | reversal).exists())
        self.assertEqual(len(second), 1)
        self.assertEqual(self._balances(second), {"expense": 360.0, "accrued": -360.0})

    def test_what_was_billed_credited_or_changed_meanwhile_is_not_entered_twice(self):
        """A draft of before is not posted any more, unless somebody edited it."""
        seat = self._new_seat("1/6", "30/6", "A")
        statement = self._settle()
        (draft,) = self._enter()
        bill = self._post(self._bill(statement))
        with self.assertRefused(draft.ref, "30/06/2015", "Make the entries of that day again"):
            draft.action_post()
        with self.assertRefused("Nothing to enter"):
            self._month_end().action_create_entries()
        draft.unlink()
        bill._reverse_moves([{"invoice_date": d("30/6"), "date": d("30/6"), "ref": "A-1"}], True)
        (draft,) = self._enter()
        seat.date_end = d("15/6")
        self._generate(JULY)
        with self.assertRefused(draft.ref, "Make the entries of that day again"):
            draft.action_post()
        self._forget_when(draft)
        draft.action_post()
        self.assertEqual(self._ledger("expense", "30/6"), 180.0)
        difference = self._enter() - draft
        difference.action_post()
        self.assertEqual(self._ledger("expense", "30/6"), 90.0)

    def test_a_reversal_is_posted_with_its_entry_and_two_of_the_same_are_not(self):
        """One that was given up and taken up again, after another was made in its place."""
        self._new_seat("1/6", "30/6", "A")
        statement = self._settle()
        (first,) = self._enter()
        first.button_cancel()
        second = self._enter() - first
        first.button_draft()
        with self.assertRefused(first.ref, "Make the entries of that day again"):
            (first | second).action_post()
        first.reversal_move_ids.action_post()
        self.assertEqual(first.state, "posted")
        self.assertEqual(self._ledger("expense", "30/6"), 180.0)
        self.assertEqual(self._ledger("expense", "1/7"), 0.0)
        with self.assertRefused(second.ref):
            second.reversal_move_ids.action_post()
        second.unlink()
        first.button_draft()
        self._post(self._bill(statement))
        with self.assertRefused(first.ref):
            first.reversal_move_ids.action_post()

    def test_neither_an_entry_nor_its_reversal_goes_without_the_other(self):
        """Which would stay in the accounts for good."""
        self._new_seat("1/6", "30/6", "A")
        (entry,) = self._enter()
        reversal = entry.reversal_move_ids
        for act in (reversal.unlink, reversal.button_cancel):
            with self.assertRefused(f"{reversal.ref} takes back {entry.ref}"):
                act()
        (entry | reversal).action_post()
        self.assertEqual(set((entry | reversal).mapped("state")), {"posted"})
        self.assertIn(True, reversal.line_ids.mapped("reconciled"))
        for act in (reversal.button_draft, reversal.button_cancel):
            with self.assertRefused(f"{reversal.ref} takes back {entry.ref}"):
                act()
        second = entry._reverse_moves([{"date": d("2/7"), "ref": "Again"}])
        with self.assertRefused("taken back twice", second.ref):
            second.action_post()
        second.unlink()
        entry.button_cancel()
        with self.assertRefused(reversal.ref):
            reversal.button_draft()
        entry.button_draft()
        self.assertEqual(reversal.state, "draft")
        again = self._enter() - entry
        self.assertEqual(set((entry | reversal).mapped("state")), {"cancel"}, "a number is kept")
        again.action_post()
        self.assertEqual(
            (self._ledger("expense", "30/6"), self._ledger("expense", "1/7")), (180, 0)
        )

    @freeze_time("2015-06-30 10:00:00")
    def test_nor_before_the_day_of_the_reversal(self):
        self._new_seat("1/6", "30/6", "A")
        (entry,) = self._enter()
        entry.action_post()
        for act in (entry.reversal_move_ids.unlink, entry.reversal_move_ids.button_cancel):
            with self.assertRefused(entry.ref):
                act()

    def test_of_two_reversals_that_wait_the_second_is_refused_on_its_day_and_the_first_posted(self):
        """As Odoo's own "Reverse Entry" makes one more, before the month is over."""
        self._new_seat("1/6", "30/6", "A")
        with freeze_time("2015-06-30 10:00:00"):
            (entry,) = self._enter()
            entry.action_post()
            reverse = self.env["account.move.reversal"].with_user(self.accountant)
            reverse.with_context(active_model="account.move", active_ids=entry.ids).create(
                {"journal_id": entry.journal_id.id, "date": d("1/7")}
            ).reverse_moves()
        first, second = entry.reversal_move_ids.sorted("id")
        self.assertEqual((first | second).mapped("auto_post"), ["at_date"] * 2)
        first._post()
        with self.assertRefused(second.ref, "taken back twice", "cancel the others"):
            second._post()
        self.assertEqual((first.state, self._find_wrong_month_ends()), ("posted", []))
        second.button_cancel()

    def test_what_an_older_version_left_half_done_can_be_mended(self):
        """A reversal that is posted alone, or twice, also where the month is closed since."""
        self._new_seat("1/6", "30/6", "A")
        (entry,) = self._enter()
        reversal = entry.reversal_move_ids
        entry.action_post()
        self._force_states((entry, "cancel"), (reversal, "posted"))
        self.assertEqual(self._find_wrong_month_ends(), [(180.0, 0.0)])
        reversal.button_cancel()
        self._force_states((entry, "draft"), (reversal, "posted"))
        entry.button_cancel()
        self.assertEqual(reversal.state, "cancel")
        self._force_states((entry, "posted"), (reversal, "posted"))
        second = entry._reverse_moves([{"date": d("1/7"), "ref": "Again"}])
        self._force_states((second, "posted"))
        self.company.fiscalyear_lock_date = d("30/6")
        self.assertEqual(self._find_wrong_month_ends(), [(360.0, 180.0)])
        back = second._reverse_moves([{"date": d("1/7"), "ref": "Back"}], cancel=True)
        self.assertEqual(self._find_wrong_month_ends(), [])
        back.button_cancel()
        second.auto_post = "at_date"
        second.button_draft()
        self.assertEqual(second.auto_post, "no")
        second.button_cancel()
        with self.assertRefused(reversal.ref):
            reversal.button_cancel()
        self.assertEqual(self._find_wrong_month_ends(), [])
        self.company.fiscalyear_lock_date = False
        self._force_states((entry, "draft"))
        entry.posted_before = False
        again = self._enter() - entry
        self.assertEqual(set((entry | reversal).mapped("state")), {"cancel"}, "a number is kept")
        self._force_states((again.reversal_move_ids, "posted"))
        moves = again | again.reversal_move_ids
        again.unlink()
        self.assertFalse(moves.exists())

    def _force_states(self, *states):
        self.env.flush_all()
        for move, state in states:
            self.env.cr.execute(
                "UPDATE account_move SET state = %s WHERE id = %s;"
                "UPDATE account_move_line SET parent_state = %s WHERE move_id = %s",
                [state, move.id] * 2,
            )
        self.env.invalidate_all()

    def _find_wrong_month_ends(self):
        """What is taken back, and what was entered, of those of which that differs."""
        self.env.flush_all()
        rows = self.env["coworking.books"]._select(RULES["month_end"], self.company)
        return [row[5:7] for row in rows]

    def test_a_reversal_takes_back_what_its_entry_says_when_it_is_posted(self):
        """Whatever somebody wrote on the draft."""
        self._new_seat("1/6", "30/6", "A")
        (entry,) = self._enter()
        line = entry.line_ids.filtered("coworking_seat_id")
        entry.line_ids = [
            Command.update(line.id, {"balance": 200.0}),
            Command.update((entry.line_ids - line).id, {"balance": -200.0}),
        ]
        self._forget_when(entry)
        entry.action_post()
        self.assertEqual(self._ledger("expense", "30/6"), 200.0)
        self.assertEqual({*self._balances(entry | entry.reversal_move_ids).values()}, {0.0})
        self.assertEqual(entry.reversal_move_ids.line_ids.coworking_seat_id, line.coworking_seat_id)

    def test_a_journal_that_was_put_away_since_it_was_chosen_takes_no_more_entries(self):
        self._new_seat("1/6", "30/6", "A")
        (entry,) = self._enter()
        other = entry.journal_id
        journal = other.copy({"code": "TOLD"})
        self.company.automatic_entry_default_journal_id = journal
        self.assertEqual(self._enter().journal_id, journal)
        self._entries().unlink()
        journal.active = False
        self.assertEqual(self._enter().journal_id, other)

    def _forget_when(self, entry):
        """As if its lines had been written later than it was made."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET write_date = write_date + INTERVAL '1 hour'"
            " WHERE move_id = %s",
            [entry.id],
        )
        self.env.invalidate_all()

    def test_a_draft_whose_day_was_closed_since_is_not_posted_on_another_one(self):
        self._new_seat("1/6", "30/6", "A")
        (entry,) = self._enter()
        with self.assertRefused("draft entries", error=RedirectWarning):
            self.company.hard_lock_date = d("30/6")
        self.company.fiscalyear_lock_date = d("30/6")
        for moves in (entry, entry.reversal_move_ids):
            with self.assertRefused(entry.ref, "are closed until 30/06/2015", "Delete it"):
                moves.action_post()
        self._forget_when(entry)
        with self.assertRefused(entry.ref, "are closed until"):
            entry.action_post()
        self.company.fiscalyear_lock_date = False
        self.company.purchase_lock_date = d("30/6")
        entry.action_post()
        self.assertEqual(entry.date, d("30/6"), "bills alone were closed")
        self.company.fiscalyear_lock_date = d("30/6")
        for moves in (entry, entry.reversal_move_ids):
            with self.assertRefused():
                moves.button_draft()

    def test_what_is_posted_stays_and_only_the_difference_is_entered(self):
        self._new_seat("1/6", "30/6", "A")
        self._generate()
        posted = self._enter()
        posted.action_post()
        self.assertEqual(self._enter(), posted, "nothing is left to enter")
        late = self._new_seat("1/6", "30/6", "B")
        self._generate()
        difference = self._enter() - posted
        self.assertEqual(self._balances(difference), {"expense": 180.0, "accrued": -180.0})
        self.assertEqual(difference.line_ids.coworking_seat_id, late)
        self.assertEqual(difference.reversal_move_ids.date, d("1/7"))
        self.assertEqual(len(self._enter()), 2, "the draft of the difference is made anew")
        difference = self._enter() - posted
        difference.action_post()
        self.assertEqual(self._ledger("expense", "30/6"), 360.0)
        late.date_end = d("15/6")
        self._generate()
        down = self._enter() - posted - difference
        self.assertEqual(self._balances(down), {"expense": -90.0, "accrued": 90.0})

    def test_each_line_leads_back_to_what_it_is_for(self):
        seat = self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle()
        bill = self._post(self._receive(("Camille Roux", 180.0), ("Jean Inconnu", 60.0)))
        self._decide("credit_note")
        line = self._enter().line_ids.filtered("coworking_bill_line_id")
        self.assertEqual(line.action_open_coworking_source()["res_id"], bill.id)
        bill.button_draft()
        line = self._enter().line_ids.filtered("coworking_seat_id")
        self.assertIn(seat.name, line.name)
        action = line.action_open_coworking_source()
        self.assertEqual(self.env["coworking.charge"].search(action["domain"]).seat_id, seat)
        action = line.move_id.with_user(self.accountant).action_open_coworking_month_end()
        listed = self.env["coworking.month.end.line"].search(action["domain"])
        self.assertEqual(listed.mapped("cost"), [180.0])

    def test_a_program_is_an_entry(self):
        other = self._new_program("Other", "OTH")
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", self._new_participant("B", other), self.tariff_b)
        self._month_end(programs=self.program | other).action_create_entries()
        entries = self._entries()
        self.assertEqual(
            {entry.coworking_program_id: self._balances(entry)["expense"] for entry in entries},
            {self.program: 180.0, other: 140.0},
        )

    def test_what_no_program_is_known_of_is_entered_once(self):
        """A bill that waits for its statement, whoever it is for."""
        bill = self._receive(("Jean Inconnu", 60.0))
        self._post(bill)
        matches = self._matches(bill)
        self.assertFalse(matches.statement_id)
        matches._record_decision("credit_note", "Not ours.")
        self.assertEqual(self._balances(self._enter()), {"expense": -60.0, "credit": 60.0})
        self.assertEqual(len(self._enter()), 1)

    def test_nor_of_that_is_vat_an_expense_where_it_is_recovered(self):
        bill = self._receive(("Jean Inconnu", 50.0), tax=False)
        bill.invoice_line_ids.tax_ids = self.tax_recovered
        self.assertEqual(bill.amount_total, 60.0)
        self._post(bill)
        self._matches(bill)._record_decision("credit_note", "Not ours.")
        self.assertEqual(self._balances(self._enter()), {"expense": -50.0, "credit": 50.0})

    def test_an_account_that_is_missing_is_named(self):
        self._new_seat("1/6", "30/6")
        self.company.coworking_accrued_account_id = False
        with self.assertRefused("Seats Used, Not Billed (408)", "Settings"):
            self._enter()

    def test_a_french_chart_needs_no_choice(self):
        self._new_seat("1/6", "30/6")
        self.company.coworking_accrued_account_id = False
        self.accounts["accrued"].with_company(self.company).code = "408100"
        self.assertEqual(self._balances(self._enter()), {"expense": 180.0, "accrued": -180.0})

    def test_an_accountant_alone_makes_them(self):
        self._new_seat("1/6", "30/6")
        wizard = self._month_end(user=self.coordinator)
        wizard.action_list()
        with self.assertRaises(AccessError):
            wizard.action_create_entries()
        self.assertFalse(self._entries())

    def test_on_the_last_day_of_a_month_only(self):
        self._new_seat("1/6", "30/6")
        with self.assertRefused("last day of a month"):
            self._enter("15/6")

    def test_in_a_closed_period_it_is_refused(self):
        self._new_seat("1/6", "30/6")
        self.company.fiscalyear_lock_date = d("30/6")
        with self.assertRefused("closed until", "end of a later month"):
            self._enter()
        later = self._balances(self._enter("31/7"))
        self.assertEqual(later, {"expense": 180.0, "accrued": -180.0})

    def test_nothing_to_enter_says_so(self):
        with self.assertRefused("Nothing to enter"):
            self._enter()


class TestCopayments(EntriesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls._new_seat("1/6", "31/7", "Camille Roux")
        cls.june = cls._settle()
        cls._bill(cls.june)
        cls.june.bill_id.write({"invoice_date": d("30/6"), "date": d("30/6")})
        cls.june.bill_id.action_post()

    def _invoice(self, day="30/6"):
        self.june.action_create_copayment_invoices()
        invoice = self.june.copayment_invoice_ids._coworking_standing()
        invoice.write({"invoice_date": d(day), "date": d(day)})
        return invoice

    def test_of_a_settled_month_until_it_is_invoiced(self):
        self.assertEqual(self._lines(), [("to_invoice", 36.0)])
        self._invoice("5/7").action_post()
        self.assertEqual(self._lines(), [("to_invoice", 36.0)])
        self.assertIn(("accrued", 180.0), self._lines("31/7"))
        self.assertNotIn("to_invoice", dict(self._lines("31/7")))

    def test_a_draft_is_no_invoice(self):
        self._invoice()
        self.assertEqual(self._lines(), [("to_invoice", 36.0)])

    def test_what_a_credit_note_gave_up_is_not_accrued_again(self):
        invoice = self._invoice()
        invoice.action_post()
        invoice._reverse_moves([{"invoice_date": d("30/6"), "date": d("30/6")}], cancel=True)
        self.assertEqual(self._lines(), [])
        self._invoice("5/7").action_post()
        self.assertEqual(self._lines(), [("to_invoice", 36.0)], "another one took its place")

    def test_where_the_space_collects_there_is_none(self):
        other = self._new_program("Other", "OTH", funding_rate=80.0, copayment_collector="space")
        self._new_seat("1/6", "30/6", self._new_participant("B", other), self.tariff_b)
        self._settle(program=other)
        wizard = self._month_end(programs=other)
        wizard.action_list()
        self.assertEqual(wizard.line_ids.mapped("kind"), ["accrued"])

    def test_where_vat_is_asked_of_a_part_it_is_listed_beside_the_income(self):
        product = self._new_product("Part")
        product.taxes_id = self._new_tax("20% on parts", self.accounts["tax"], use="sale")
        other = self._new_program(
            "Other",
            "OTH",
            funding_rate=80.0,
            funding_base="untaxed",
            copayment_product_id=product.id,
        )
        tariff = self._new_tariff(
            "Desk", 180.0, self.space_b, product_id=self.seat_product_recovered.id
        )
        self._new_seat("1/6", "30/6", self._new_participant("B", other), tariff)
        self._settle(program=other)
        wizard = self._month_end(programs=other)
        wizard.action_list()
        self.assertRecordValues(
            wizard.line_ids.filtered(lambda line: line.kind == "to_invoice"),
            [{"income": 30.0, "amount_untaxed": 30.0, "amount_tax": 6.0, "amount_total": 36.0}],
        )

    def test_what_corrects_a_part_counts_for_its_month_on_whichever_statement_it_stands(self):
        """As at the end of a year: December is corrected in February, before it is closed."""
        self._invoice().action_post()
        self.june.charge_ids.seat_id.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(july.copayment_amount, 18.0, "36.00, and 18.00 of June less")
        expected = [("credit", -90.0), ("to_invoice", -18.0)]
        self.assertEqual(self._lines(), expected)
        wizard = self._month_end()
        wizard.action_list()
        line = wizard.line_ids.filtered(lambda row: row.kind == "to_invoice")
        self.assertRecordValues(line, [{"period": JUNE, "statement_id": july.id}])
        self.assertIn(("to_invoice", 18.0), self._lines("31/7"))
        july.action_create_copayment_invoices()
        july.copayment_invoice_ids.write({"invoice_date": d("31/7"), "date": d("31/7")})
        july.copayment_invoice_ids.action_post()
        self.assertEqual(self._lines(), expected)
        self.assertNotIn("to_invoice", dict(self._lines("31/7")))

    def test_a_month_that_is_not_over_has_none(self):
        self._settle(JULY)
        self.assertEqual([kind for kind, _amount in self._lines("15/7")].count("to_invoice"), 1)


class TestHowMuchIsRead(EntriesCase):
    """Time follows what is listed, not what was ever used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        (cls.space | cls.space_b).seat_capacity = 20
        cls.tickets = cls._new_tariff("Ten days", 120.0, unit="pack", pack_size=10.0)

    def _count(self, day):
        wizard = self._month_end(day)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        wizard.action_list()
        return self.env.cr.sql_log_count - before, wizard.sudo().line_ids

    def test_as_many_queries_whatever_is_listed(self):
        self._new_seat("1/6", "31/7", "Camille Roux")
        self._new_presences(self._new_seat("1/6", "31/7", "Farid Benali", self.tickets), "1/6")
        self._settle()
        self._count("30/6")  # what a process reads once
        few, lines = self._count("30/6")
        self.assertEqual(len(lines), 4)
        for number in range(4):
            self._new_seat("1/7", "31/7", f"A{number}", self.tariff_b)
            seat = self._new_seat("1/7", "31/7", f"B{number}", self.tickets)
            self._new_presences(seat, "1/7")
        self._settle(JULY)
        many, lines = self._count("30/7")
        self.assertGreaterEqual(len(lines), 12)
        self.assertEqual(few, many)
        self.assertLessEqual(few, 33)

    def test_the_account_that_waits_is_looked_up_once_for_all_lines_of_a_kind(self):
        for name in ("A", "B", "C"):
            self._new_seat("1/6", "30/6", name)
        company = type(self.company)
        with patch.object(
            company,
            "_coworking_month_end_account",
            autospec=True,
            side_effect=company._coworking_month_end_account,
        ) as asked:
            entries = self._enter()
        self.assertEqual(self._balances(entries), {"accrued": -540.0, "expense": 540.0})
        self.assertEqual(asked.call_count, 1)

    def test_a_pack_of_who_left_and_a_part_that_was_invoiced_are_not_read(self):
        seat = self._new_seat("1/6", "30/6", "Farid Benali", self.tickets)
        self._new_presences(seat, "1/6")
        june = self._settle()
        bill = self._post(self._bill(june))
        june.action_create_copayment_invoices()
        invoice = self._post(june.copayment_invoice_ids)
        wizard, in_june = self._month_end(), Domain("id", "=", june.id)
        self.assertFalse(wizard._get_billed())
        self.assertFalse(wizard._get_owing(in_june))
        self.assertEqual(self._lines(), [])
        (bill | invoice).button_draft()
        billed = wizard._get_billed()
        self.assertEqual([row["charge_id"] for row in billed], june.charge_ids.ids)
        self.assertEqual(
            wizard._get_owing(in_june),
            {(june.id, seat.participant_id.id): (Decimal(24), Decimal(0))},
        )

    def test_what_was_used_of_a_pack_is_known_without_its_tax(self):
        seat = self._new_seat("1/6", "31/7", "Farid Benali", self.tickets)
        self._new_presences(seat, "1/6")
        self._settle()
        with patch.object(self.registry["coworking.tariff"], "_get_taxes_each") as asked:
            lines = self._lines()
        self.assertIn(("accrued", 12.0), lines)
        asked.assert_not_called()

    def test_whether_somebody_holds_a_seat_is_asked_of_packs_alone(self):
        for number in range(4):
            self._new_seat("1/6", "30/6", f"A{number}")
        june = self._settle()
        before, listed = self._count_seats()
        self.assertEqual(listed, 4)
        self._post(self._bill(june))
        self.assertEqual(self._count_seats(), (before, 0))

    def _count_seats(self):
        """How many are read to find what is not billed, and of how many charges that is so."""
        wizard = self._month_end()
        self.env.flush_all()
        before = self._count_read("coworking_seat")
        listed = len(wizard._get_billed())
        return self._count_read("coworking_seat") - before, listed

    def test_what_is_not_over_is_looked_up_among_all_that_ever_was(self):
        self._new_seat("1/6", "30/6")
        self._settle()
        self.env.cr.cache.pop("coworking_lookups", None)
        self.env.cr.execute("SET LOCAL jit = on; SET LOCAL random_page_cost = 4")
        self.assertEqual(len(self._month_end()._get_billed()), 1)
        self.env.cr.execute("SELECT CURRENT_SETTING('jit'), CURRENT_SETTING('random_page_cost')")
        self.assertEqual(self.env.cr.fetchone(), ("off", "1.1"))

    def test_who_may_not_read_one_of_its_charges_is_refused(self):
        self._new_seat("1/6", "30/6")
        self._settle()
        self.assertIn(("accrued", 180.0), self._lines())
        self.env["ir.rule"].create(
            {
                "name": "Charge: none",
                "model_id": self.env["ir.model"]._get_id("coworking.charge"),
                "domain_force": "[(0, '=', 1)]",
            }
        )
        with self.assertRaises(AccessError):
            self._lines()
