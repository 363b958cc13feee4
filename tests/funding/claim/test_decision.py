"""What the funder admits, rejects and pays; and what is booked of it."""

from odoo import Command
from odoo.tests import Form, freeze_time

from ...common import d
from .common import ClaimCase


class TestDecision(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.other = cls._new_agreement("B", 0.0)
        cls.bill = cls._new_bill("Camille", "Alex")
        cls._pay(cls.bill)
        cls.claim = cls._sent(cls.agreement).with_user(cls.accountant)
        cls.line = cls.claim.line_ids[0]

    def test_what_is_rejected_is_to_place_and_claimed_stays(self):
        self._accept(self.claim, n1=44.0)
        self.assertRecordValues(
            self.claim,
            [
                {
                    "state": "accepted",
                    "amount_claimed": 288.0,
                    "amount_admitted": 244.0,
                    "amount_rejected": 44.0,
                }
            ],
        )
        self.assertShares(self.bill, A=244.0, rejected=44.0, own=72.0)
        rejected = self.claim.rejected_line_ids
        self.assertEqual(rejected.mapped("number"), [1])
        self.assertRegex(rejected.placed_text, r"^to place: \D*44[.,]00")
        to_place = self._costs(self.bill).allocation_ids.filtered("to_place")
        self._place(to_place, self.other, 44.0)
        rejected.invalidate_recordset()
        self.assertRegex(rejected.placed_text, rf"^{self.other.reference}: \D*44[.,]00\D*$")
        following = self._new_claim(self.other)
        self.assertEqual(self._asked(following), [44.0])
        self.assertEqual(self.claim.amount_claimed, 288.0)

    def test_a_rejection_says_why(self):
        self.line.amount_admitted = 100.0
        with self.assertRefused("A, claim 1", "144", "Say why"):
            self.claim.action_accept()
        self.assertEqual(self.claim.state, "submitted")

    def test_no_more_is_admitted_than_was_asked(self):
        for amount in (144.01, -0.01):
            with self.assertRefused("were asked"):
                self.line.amount_admitted = amount

    def test_a_flat_correction_is_spread_to_the_cent(self):
        dialog = {**self.claim.action_correct()}
        self._dialog(dialog, self.accountant, percent=33.33, reason="Found by sampling")
        self.assertEqual(self.claim.sum_admitted, 288.0 - 95.99)
        self.assertAlmostEqual(sum(self.claim.line_ids.mapped("amount_rejected")), 95.99, 4)
        self._accept(self.claim)
        self.assertEqual(self.claim.amount_rejected, 95.99)
        self.assertEqual(set(self.claim.line_ids.mapped("admission_reason")), {"Found by sampling"})

    def test_no_correction_of_more_than_all(self):
        for percent in (0.0, 100.01):
            with self.assertRefused("flat correction"):
                self._dialog(
                    self.claim.action_correct(), self.accountant, percent=percent, reason="X"
                )
                self.env.flush_all()

    def test_a_flat_correction_does_not_write_over_what_was_said_of_a_line(self):
        self.line.write({"amount_admitted": 0.0, "admission_reason": "Not eligible"})
        correction = self.claim.action_correct()
        with self.assertRefused(self.line.display_name, "Admit All"):
            self._dialog(correction, self.accountant, percent=10.0, reason="X")
        self.assertEqual(self.claim.sum_admitted, 144.0)
        self.claim.action_admit_all()
        self._dialog(correction, self.accountant, percent=10.0, reason="X")
        self.line.write({"amount_admitted": 0.0, "admission_reason": "Not eligible"})
        self.assertEqual(self.claim.sum_admitted, 129.6)

    def test_what_was_said_is_taken_back_until_it_is_accepted(self):
        self._dialog(self.claim.action_correct(), self.accountant, percent=10.0, reason="X")
        self.claim.action_admit_all()
        self.assertEqual(self.claim.sum_admitted, 288.0)

    def test_a_decision_is_mended_until_it_is_paid(self):
        self._accept(self.claim, n1=44.0)
        self.claim.action_reopen()
        self.assertRecordValues(self.claim, [{"state": "submitted", "amount_admitted": 0.0}])
        self.claim.line_ids.write({"amount_admitted": 144.0, "admission_reason": False})
        self._accept(self.claim)
        self.assertShares(self.bill, A=288.0, own=72.0)

    def test_while_it_is_mended_nobody_else_is_asked_for_what_was_rejected(self):
        self._accept(self.claim, n1=44.0)
        self._place(self._costs(self.bill).allocation_ids.filtered("to_place"), self.other, 44.0)
        self.assertShares(self.bill, A=244.0, B=44.0, own=72.0)
        self.claim.action_reopen()
        self.assertShares(self.bill, A=288.0, B=36.0, own=36.0)
        self._accept(self.claim)
        self.assertShares(self.bill, A=244.0, B=44.0, own=72.0)

    def test_admitted_is_said_of_what_waits_for_an_answer(self):
        self._accept(self.claim)
        with self.assertRefused("until it is accepted"):
            self.line.amount_admitted = 10.0

    def test_it_is_paid_once_all_that_is_admitted_was_received(self):
        self._accept(self.claim, n1=44.0)
        self.assertEqual(self.agreement.amount_to_justify, -244.0)
        self._receive_payment(amount=100.0, date=d("1/3/16"))
        self.assertRecordValues(self.claim, [{"state": "accepted", "amount_received": 100.0}])
        self._receive_payment(date=d("1/4/16"))
        self.assertRecordValues(self.claim, [{"state": "paid", "amount_received": 244.0}])
        self.assertEqual(self.agreement.amount_to_justify, 0.0)
        self.assertEqual(self.agreement.instalment_ids.claim_id, self.claim)

    def test_what_was_received_is_not_deleted_with_its_instalment(self):
        advance = self._advance(self.agreement, 300.0).with_user(self.coordinator)
        other = self._new_agreement("C", 0.0)
        kept = self._advance(other, 50.0)
        for record, instalment in ((advance, advance), (other, kept)):
            with self.assertRefused(instalment.display_name, "received"):
                record.unlink()
        self.assertEqual(self.agreement.amount_to_justify, 300.0)
        advance.write({"amount_received": 0.0, "date_received": False})
        advance.unlink()
        self.assertEqual(self.agreement.amount_to_justify, 0.0)

    def test_an_advance_is_justified_by_what_is_admitted(self):
        self._advance(self.agreement, 300.0)
        self.assertEqual(self.agreement.amount_to_justify, 300.0)
        self._accept(self.claim)
        self.assertEqual(self.claim.state, "paid")
        self.assertEqual(self.agreement.amount_to_justify, 12.0)

    def test_a_payment_of_the_books_that_is_undone_takes_it_back(self):
        self._accept(self.claim)
        self._advance(self.agreement, 288.0, received=False, kind="balance")
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.agreement.partner_id.id,
                "amount": 288.0,
                "date": d("1/3/16"),
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        self._receive_payment(payment_ids=payment)
        self.assertEqual(self.claim.state, "paid")
        self.assertEqual(self.agreement.instalment_ids.date_received, d("1/3/16"))
        payment.action_draft()
        payment.action_cancel()
        self.env.flush_all()
        self.assertRecordValues(self.claim, [{"state": "accepted", "amount_received": 0.0}])

    def test_more_than_was_admitted_is_said_before_it_is_recorded(self):
        self._accept(self.claim)
        action = self.claim.action_receive()
        model = self.env[action["res_model"]].with_user(self.accountant)
        with Form(model.with_context(**action["context"])) as form:
            self.assertEqual((form.amount, form.surplus), (288.0, 0.0))
            form.amount = 2880.0
            self.assertEqual(form.surplus, 2592.0)

    def test_the_accountant_mends_a_receipt_that_was_typed_wrong(self):
        """On the claim: of the agreement they change nothing."""
        self._accept(self.claim)
        self._receive_payment(amount=300.0, date=d("1/3/16"))
        self.assertEqual(self.claim.state, "paid")
        for amount, state in ((30.0, "accepted"), (0.0, "accepted"), (288.0, "paid")):
            with self.subTest(amount=amount):
                with Form(self.claim) as form, form.instalment_ids.edit(0) as row:
                    row.amount_received = amount
                self.env.flush_all()
                self.assertRecordValues(self.claim, [{"state": state, "amount_received": amount}])
        trail = self.env["coworking.audit"].with_user(self.accountant)
        rows = trail.search(self.claim.action_open_audit()["domain"], order="id")
        rows = rows.filtered(lambda row: row.res_model == "coworking.funding.instalment")
        received = [row.changes["amount_received"] for row in rows]
        self.assertEqual(received, [[None, 300], [300, 30], [30, 0], [0, 288]])

    def test_an_instalment_that_pays_another_claim_is_not_recorded_for_this_one(self):
        """Nor by a dialog that was opened before."""
        self._accept(self.claim)
        self._admit_direct(self.agreement)
        self._pay(self._new_direct(("Printing", 100.0)), day="25/9")
        second = self._accept(self._sent(self.agreement))
        planned = self._advance(self.agreement, 300.0, received=False, kind="interim")
        action = self.claim.action_receive()
        model = self.env[action["res_model"]].with_user(self.coordinator)
        values = {"date": d("1/3/16"), "instalment_id": planned.id}
        dialog = model.with_context(**action["context"]).create(values)
        planned.claim_id = second
        with self.assertRefused(planned.display_name, second.name, self.claim.name):
            dialog.action_record()
        other = model.with_context(**action["context"]).create({"date": d("1/3/16")})
        self.assertFalse(other.instalment_id, "nor is it offered")
        other.action_record()
        self.assertEqual(self.claim.amount_received, 288.0)
        self.assertFalse(planned.amount_received)

    def test_what_is_received_for_a_later_claim_pays_that_one(self):
        self._accept(self.claim)
        self._admit_direct(self.agreement)
        self._pay(self._new_direct(("Printing", 100.0)), day="25/9")
        second = self._accept(self._sent(self.agreement))
        action = second.action_receive()
        model = self.env[action["res_model"]].with_user(self.accountant)
        model.with_context(**action["context"]).create({"date": d("1/3/16")}).action_record()
        self.assertRecordValues(
            self.claim | second,
            [
                {"state": "accepted", "amount_received": 0.0},
                {"state": "paid", "amount_received": 80.0},
            ],
        )

    def test_what_was_received_pays_no_other_while_its_decision_is_mended(self):
        self._accept(self.claim)
        self._receive_payment()
        self._admit_direct(self.agreement)
        self._pay(self._new_direct(("Printing", 100.0)), day="25/9")
        second = self._accept(self._sent(self.agreement))
        self.claim.action_reopen()
        self.env.invalidate_all()
        self.assertRecordValues(second, [{"state": "accepted", "amount_received": 0.0}])
        self._accept(self.claim, n1=44.0)
        self.assertRecordValues(
            self.claim | second,
            [
                {"state": "paid", "amount_received": 244.0},
                {"state": "accepted", "amount_received": 44.0},
            ],
        )

    def test_what_a_later_claim_gives_back_pays_an_earlier_one(self):
        """96.00 of the 288.00: the funder pays the rest, and nothing more is waited for."""
        self._accept(self.claim)
        self._credit(self.bill)
        second = self._accept(self._sent(self.agreement))
        self.assertEqual(second.amount_admitted, -96.0)
        self._receive_payment(amount=192.0)
        self.assertEqual((self.claim | second).mapped("state"), ["paid", "paid"])
        self.assertEqual(self.agreement.amount_to_justify, 0.0)

    def test_the_oldest_claim_is_paid_first(self):
        self._accept(self.claim)
        self._admit_direct(self.agreement)
        self._pay(self._new_direct(("Printing", 100.0)), day="25/9")
        second = self._accept(self._sent(self.agreement))
        self._receive_payment(amount=300.0)
        self.assertRecordValues(
            self.claim | second,
            [
                {"state": "paid", "amount_received": 288.0},
                {"state": "accepted", "amount_received": 12.0},
            ],
        )


class TestPaidInParts(ClaimCase):
    def test_what_was_rejected_of_each_payment_is_told_once(self):
        agreement = self._new_agreement("A", 80.0)
        other = self._new_agreement("B", 0.0)
        bill = self._new_bill("Camille")
        self._pay(bill, 100.0, day="10/7")
        self._pay(bill, day="20/7")
        claim = self._sent(agreement).with_user(self.accountant)
        self.assertEqual(claim.line_ids.mapped("amount"), [80.0, 64.0])
        self._accept(claim, n1=30.0, n2=14.0)
        first, second = claim.rejected_line_ids
        self.assertRegex(first.placed_text, r"^to place: \D*30[.,]00\D*$")
        self.assertRegex(second.placed_text, r"^to place: \D*14[.,]00\D*$")
        while share := self._costs(bill).allocation_ids.filtered("to_place")[:1]:
            self._place(share, other, share.amount)
        self.env.invalidate_all()
        told = f"{first.placed_text}, {second.placed_text}"
        self.assertNotIn("to place", told)
        self.assertEqual(told.count(other.reference), first.placed_text.count(other.reference))


class TestEntries(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls.receivable, cls.income = cls._enter_grants()

    def _balances(self, claim):
        moves = claim.sudo().entry_ids
        moves.filtered(lambda move: move.state == "draft").action_post()
        return [
            sum(moves.line_ids.filtered(lambda line, a=a: line.account_id == a).mapped("balance"))
            for a in (self.receivable, self.income)
        ]

    def _incomes(self, claim):
        """What was posted of the claim: dict analytic account -> amount."""
        moves = claim.sudo().entry_ids
        moves.filtered(lambda move: move.state == "draft").action_post()
        rows = moves.line_ids.analytic_line_ids.grouped("account_id")
        sums = {account: sum(own.mapped("amount")) for account, own in rows.items()}
        return {account: amount for account, amount in sums.items() if amount}

    def test_none_where_the_company_asks_none(self):
        self.company.coworking_grant_entry = "none"
        self.assertFalse(self._accept(self._sent(self.agreement)).sudo().entry_ids)

    def test_a_draft_when_it_is_sent_and_another_for_what_is_rejected(self):
        claim = self._sent(self.agreement)
        entry = claim.sudo().entry_ids
        self.assertRecordValues(entry, [{"state": "draft", "move_type": "entry"}])
        self.assertEqual(
            entry.line_ids.filtered("credit").analytic_distribution,
            {str(self.analytic_account.id): 100.0},
        )
        self.assertEqual(self._balances(claim), [144.0, -144.0])
        self._accept(claim, n1=44.0)
        self.assertEqual(len(claim.sudo().entry_ids), 2)
        self.assertEqual(self._balances(claim), [100.0, -100.0])

    def _print_for_another(self):
        """A print of 10.00 that another program of the agreement paid, and its analytic account."""
        other = self._new_program("Other", "OTH")
        account = other.analytic_account_id = self.analytic_account.copy({"name": "Other"})
        self.agreement.program_ids |= other
        self._admit_direct(self.agreement)
        bill = self._new_direct(("Printing", 10.0), post=False)
        bill.invoice_line_ids.analytic_distribution = {str(account.id): 100.0}
        bill.action_post()
        self._pay(bill)
        return bill, account

    def test_each_program_has_the_income_of_what_it_spent(self):
        """144.00 of the seat, and 8.00 of the print, which are rejected."""
        account = self._print_for_another()[1]
        claim = self._sent(self.agreement)
        self.assertEqual(self._incomes(claim), {self.analytic_account: 144.0, account: 8.0})
        line = claim.line_ids.filtered(lambda row: row.amount == 8.0)
        self._accept(claim, **{f"n{line.number}": 8.0})
        self.assertEqual(self._incomes(claim), {self.analytic_account: 144.0})
        self.assertEqual(self._balances(claim), [144.0, -144.0])

    def test_what_moves_to_another_program_moves_its_income(self):
        bill, account = self._print_for_another()
        self._balances(self._accept(self._sent(self.agreement, last="31/8")))
        bill.invoice_line_ids.analytic_distribution = {str(self.analytic_account.id): 100.0}
        claim = self._sent(self.agreement, "1/9", "31/12")
        self.assertEqual(self._asked(claim), [-8.0, 8.0])
        self.assertEqual(self._incomes(claim), {self.analytic_account: 8.0, account: -8.0})
        self._accept(claim)
        self.assertEqual(self._incomes(claim), {self.analytic_account: 8.0, account: -8.0})

    def test_a_rejection_that_is_mended_to_be_of_another_program_moves_the_income(self):
        account = self._print_for_another()[1]
        claim = self._sent(self.agreement)
        seat, printing = (
            claim.line_ids.filtered(lambda row, amount=amount: row.amount == amount).number
            for amount in (144.0, 8.0)
        )
        self._accept(claim, **{f"n{seat}": 8.0})
        self.assertEqual(self._incomes(claim), {self.analytic_account: 136.0, account: 8.0})
        claim.action_reopen()
        self._accept(claim, **{f"n{seat}": 0.0, f"n{printing}": 8.0})
        self.assertEqual(self._incomes(claim), {self.analytic_account: 144.0})
        self.assertEqual(self._balances(claim), [144.0, -144.0])

    def test_what_is_rejected_of_a_program_on_no_analytic_account_is_taken_back(self):
        self.program.analytic_account_id = False
        claim = self._sent(self.agreement)
        self.assertEqual(self._balances(claim), [144.0, -144.0])
        self._accept(claim, n1=44.0)
        self.assertEqual(self._balances(claim), [100.0, -100.0])

    def test_it_is_of_one_claim_at_most(self):
        claim = self._sent(self.agreement)
        entry = claim.sudo().entry_ids
        self._pay(self._new_direct(("Printing", 100.0)))
        other = self._new_claim(self.agreement)
        entry.coworking_claim_ids = [Command.link(other.id)]
        self.env.invalidate_all()
        self.assertEqual(entry.coworking_claim_ids, claim)
        self.assertFalse(other.sudo().entry_ids)

    def test_it_goes_with_its_link_and_a_copy_has_none(self):
        claim = self._sent(self.agreement)
        entry = claim.sudo().entry_ids
        self.assertFalse(entry.copy().coworking_claim_ids)
        entry.unlink()
        self.assertFalse(claim.sudo().entry_ids)

    def test_a_draft_that_nobody_posted_is_made_anew(self):
        claim = self._sent(self.agreement)
        self._dialog(claim.action_return(), self.coordinator, reason="Later")
        self.assertFalse(claim.sudo().entry_ids)

    def test_one_that_was_posted_and_is_a_draft_again_keeps_its_number(self):
        claim = self._sent(self.agreement)
        entry = claim.sudo().entry_ids
        entry.action_post()
        entry.copy({"date": entry.date}).action_post()
        entry.button_draft()
        self._dialog(claim.action_return(), self.coordinator, reason="Later")
        self.assertRecordValues(entry, [{"state": "cancel"}])
        self.assertEqual(claim.sudo().entry_ids, entry)
        self._send(claim)
        self.assertRecordValues(
            claim.sudo().entry_ids - entry, [{"state": "draft", "amount_total": 144.0}]
        )

    def test_what_was_posted_is_taken_back_when_it_is_returned(self):
        claim = self._sent(self.agreement)
        self._balances(claim)
        self._dialog(claim.action_return(), self.coordinator, reason="Later")
        self.assertEqual(self._balances(claim), [0.0, 0.0])

    def test_what_was_taken_back_by_hand_is_not_taken_back_twice(self):
        claim = self._sent(self.agreement)
        self._balances(claim)
        reversal = claim.sudo().entry_ids._reverse_moves([{"date": d("1/9")}])
        reversal.action_post()
        self._dialog(claim.action_return(), self.coordinator, reason="Later")
        self.assertEqual(len(claim.sudo().entry_ids), 1)
        self._send(claim)
        first, second = claim.sudo().entry_ids.sorted("id")
        self.assertEqual(first.reversal_move_ids, reversal)
        self.assertEqual(second.amount_total, 144.0)

    def test_other_accounts_are_chosen_meanwhile_and_nothing_is_booked_twice(self):
        claim = self._sent(self.agreement)
        self._balances(claim)
        self.company.write(
            {
                "coworking_grant_receivable_id": self.receivable.copy({"code": "T442"}).id,
                "coworking_grant_income_id": self.income.copy({"code": "T741"}).id,
            }
        )
        self._accept(claim, n1=44.0)
        self.assertEqual(self._balances(claim), [100.0, -100.0])
        accounts = claim.sudo().entry_ids.line_ids.account_id
        self.assertEqual(accounts, self.receivable | self.income)

    def test_it_is_taken_back_on_the_day_that_it_is_returned(self):
        with freeze_time("2015-12-20"):
            claim = self._sent(self.agreement)
            self._balances(claim)
        with freeze_time("2016-01-10"):
            self._dialog(claim.action_return(), self.coordinator, reason="Later")
        entries = claim.sudo().entry_ids
        self.assertEqual(sorted(entries.mapped("date")), [d("20/12"), d("10/1/16")])

    def test_at_acceptance(self):
        self.company.coworking_grant_entry = "accepted"
        claim = self._sent(self.agreement)
        self.assertFalse(claim.sudo().entry_ids)
        self._accept(claim, n1=44.0)
        self.assertEqual(self._balances(claim), [100.0, -100.0])

    def test_while_the_decision_is_mended_nothing_of_it_is_receivable(self):
        self.company.coworking_grant_entry = "accepted"
        claim = self._accept(self._sent(self.agreement))
        self._balances(claim)
        claim.action_reopen()
        self.assertEqual(self._balances(claim), [0.0, 0.0])
        self._accept(claim, n1=44.0)
        self.assertEqual(self._balances(claim), [100.0, -100.0])

    def test_without_accounts_it_says_which_to_choose(self):
        self.company.coworking_grant_income_id = False
        claim = self._new_claim(self.agreement)
        self._prove(claim)
        with self.assertRefused("choose the accounts of grants"):
            claim.action_submit()

    def test_an_entry_is_no_cost_of_the_program(self):
        claim = self._sent(self.agreement)
        self._balances(claim)
        self._refresh()
        self.assertFalse(self._costs(*claim.sudo().entry_ids))
