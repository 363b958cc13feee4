"""A bill that came by itself and that its operator took back as a whole: its month is to bill until
the next one comes.
"""

from odoo import Command

from ..common import JULY, JUNE, d
from ..steering.common import PilotCase
from .common import MatchingCase
from .received import facturx


class TestTakenBack(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/7", "Camille Roux")
        cls.june = cls._settle(JUNE)

    def _receive_and_post(self, *months, **values):
        words = {JUNE: "juin 2015", JULY: "juillet 2015"}
        lines = [(f"Camille Roux {words[month]}", 180.0) for month in months]
        bill = self._receive(*lines, **values)
        bill.action_post()
        return bill

    def _take_back(self, bill):
        note = bill._reverse_moves([{"invoice_date": d("5/8"), "ref": "A-1"}], cancel=True)
        self.assertEqual((bill.payment_state, note.state), ("reversed", "posted"))
        return note

    def _set_off(self, *moves):
        self.env["account.move"].union(*moves).line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        ).reconcile()

    def assertMonth(self, statement, state, not_invoiced):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(
            statement,
            [{"state": state, "not_invoiced_amount": not_invoiced, "gap_amount": 0.0}],
        )
        lines = self.env["coworking.month.line"].search([("statement_id", "=", statement.id)])
        self.assertEqual(sum(lines.mapped("not_invoiced")), not_invoiced)
        self.assertEqual(sum(lines.mapped("gap")), 0.0)
        waiting = self.env["coworking.exception"].search(
            [("kind", "in", ("to_bill", "gap", "to_match")), ("program_id", "=", self.program.id)]
        )
        self.assertEqual(
            [(row.kind, row.amount) for row in waiting if row.kind != "to_match"],
            [("to_bill", not_invoiced)] if not_invoiced else [],
        )
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])

    def test_its_month_is_to_bill_until_the_next_one_comes(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        self.assertMonth(self.june, "billed", 0.0)
        self._take_back(bill)
        self.assertMonth(self.june, "confirmed", 180.0)
        self.assertFalse(self.june._get_paid_on())
        again = self._receive_and_post(JUNE, ref="F-2")
        self.assertMonth(self.june, "billed", 0.0)
        self.assertEqual(again.payment_state, "not_paid")
        with self.assertRefused(self.june.name):
            self.june.action_create_bill()

    def test_one_that_came_before_its_credit_note_bills_it(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        again = self._receive_and_post(JUNE, ref="F-2")
        self.assertEqual(again._coworking_matches().cause, "duplicate")
        self._take_back(bill)
        self.assertMonth(self.june, "billed", 0.0)

    def test_so_is_that_of_one_that_we_made(self):
        bill = self._bill(self.june)
        bill.write({"invoice_date": d("3/7"), "ref": "F-1"})
        bill.action_post()
        self._take_back(bill)
        self.assertMonth(self.june, "confirmed", 180.0)

    def test_so_are_all_months_of_a_bill_of_several(self):
        july = self._settle(JULY)
        bill = self._receive_and_post(JUNE, JULY, ref="F-1")
        self.assertEqual((self.june | july).mapped("state"), ["billed", "billed"])
        self._take_back(bill)
        self.assertEqual((self.june | july).mapped("state"), ["confirmed", "confirmed"])
        self.assertEqual(self.june.not_invoiced_amount + july.not_invoiced_amount, 360.0)

    def test_it_stands_again_once_its_credit_note_is_set_against_it_no_more(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        note = self._take_back(bill)
        note.line_ids.remove_move_reconcile()
        self.env.flush_all()
        self.assertEqual((bill.payment_state, self.june.state), ("not_paid", "billed"))

    def test_its_month_may_be_withdrawn(self):
        self._take_back(self._receive_and_post(JUNE, ref="F-1"))
        self.june.action_withdraw()
        self.assertEqual(self.june.state, "sent")

    def _receive_correction(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        self.seat.write({"date_start": d("1/8"), "date_end": d("31/8")})
        july = self._settle(JULY)
        self.assertEqual(july.payable_total, -180.0)
        note = self._receive(
            ("Camille Roux, avoir juin 2015", 180.0), move_type="in_refund", ref="A-1"
        )
        self.assertEqual(note._coworking_matches().charge_id, july.charge_ids)
        return bill, note, july

    def _check_set_off(self, bill, note, july):
        note.action_post()
        self.assertEqual(note._coworking_matches().charge_id, july.charge_ids)
        if bill.amount_residual:  # Odoo sets it against the bill that it names
            self._set_off(bill, note)
        self.assertEqual((bill.amount_residual, bill.payment_state), (0.0, "paid"))
        self.assertMonth(self.june, "billed", 0.0)
        self.assertMonth(july, "billed", 0.0)

    def test_one_that_the_credit_note_of_a_correction_pays_stands(self):
        self._check_set_off(*self._receive_correction())

    def test_so_it_does_where_the_operator_says_which_bill_it_corrects(self):
        bill, note, july = self._receive_correction()
        note._coworking_matches()._record_decision("matched")
        note.reversed_entry_id = bill
        self._check_set_off(bill, note, july)

    def _was_never_there(self):
        self.seat.write({"date_start": d("1/9"), "date_end": d("30/9")})
        return self._settle(JULY)

    def test_of_somebody_who_was_never_there_nothing_is_to_bill_again(self):
        """What takes the bill back as a whole is what its correction awaits, whichever is first."""
        for early in (False, True):
            with self.subTest(early=early), self.env.cr.savepoint() as savepoint:
                bill = self._receive_and_post(JUNE, ref="F-1")
                july = early or self._was_never_there()
                note = bill._reverse_moves(
                    [{"invoice_date": d("5/8"), "date": d("5/8"), "ref": "A-1"}], cancel=True
                )
                if early:
                    self.assertMonth(self.june, "confirmed", 180.0)
                    july = self._was_never_there()
                self.assertEqual(july.payable_total, -180.0)
                self.assertEqual(note._coworking_matches().charge_id, july.charge_ids)
                self.assertEqual((bill.amount_residual, bill.payment_state), (0.0, "paid"))
                self.assertMonth(self.june, "billed", 0.0)
                self.assertMonth(july, "billed", 0.0)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_who_was_there_after_all_is_to_bill_again(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        self._take_back(bill)
        self.seat.write({"date_start": d("1/9"), "date_end": d("30/9")})
        self._generate(JULY)
        self.env.flush_all()
        self.assertEqual(self.june.state, "billed")
        self.seat.write({"date_start": d("1/6"), "date_end": d("30/6")})
        self._generate(JULY)
        self.assertEqual(bill.payment_state, "reversed")
        self.assertMonth(self.june, "confirmed", 180.0)

    def _receive_two_months(self, *words):
        """Bills of June and July, and a credit note of one of them that names neither."""
        july = self._settle(JULY)
        bills = [
            self._receive_and_post(month, ref=f"F-{month.month}", invoice_date=day)
            for month, day in ((JUNE, d("3/7")), (JULY, d("3/8")))
        ]
        note = self._receive(
            (" ".join(("Avoir", *words)), 180.0),
            move_type="in_refund",
            ref="A-1",
            invoice_date=d("20/8"),
        )
        note.action_post()
        return july, bills, note

    def test_a_credit_note_that_names_no_bill_is_of_the_one_it_is_set_against(self):
        july, bills, note = self._receive_two_months()
        before = note._coworking_matches().charge_id
        for bill, taken_back, other in (
            (bills[1], july, self.june),
            (bills[0], self.june, july),
        ):
            self._set_off(bill, note)
            self.assertEqual(bill.payment_state, "reversed")
            self.assertEqual(note._coworking_matches().charge_id, taken_back.charge_ids)
            self.assertRecordValues(taken_back, [{"state": "confirmed", "gap_amount": 0.0}])
            self.assertEqual(taken_back.not_invoiced_amount, 180.0)
            self.assertRecordValues(
                other, [{"state": "billed", "gap_amount": 0.0, "invoiced_amount": 180.0}]
            )
            self.assertEqual(self.env["coworking.books"]._check(self.company), [])
            note.line_ids.remove_move_reconcile()
        self.assertEqual(note._coworking_matches().charge_id, before)

    def test_one_that_was_too_much_takes_back_what_another_one_does_no_more(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        first = self._receive(("Camille Roux juin 2015", 180.0), move_type="in_refund", ref="A-0")
        note = self._take_back(bill)
        self.assertFalse(note._coworking_matches().charge_id, "the first one does")
        first.button_cancel()
        self.assertEqual(note._coworking_matches().charge_id, self.june.charge_ids)
        self.assertMonth(self.june, "confirmed", 180.0)
        self.june.action_create_bill()
        self.assertMonth(self.june, "billed", 0.0)

    def test_a_line_that_is_too_much_in_part_stays_matched_as_a_whole(self):
        self._settle(JULY)
        for month in (JUNE, JULY):
            self._receive_and_post(month, ref=f"F-{month.month}")
        first = self._receive(("Camille Roux juillet 2015", 180.0), move_type="in_refund")
        note = self._receive(("Camille Roux juin 2015", 200.0), move_type="in_refund", ref="A-1")
        self.assertEqual(sorted(note._coworking_matches().mapped("expected")), [-180.0, 0.0])
        first.button_cancel()
        self.assertSumsHold(note)
        self.assertEqual(note._coworking_matches().charge_id, self.june.charge_ids)

    def test_what_is_billed_again_while_its_credit_note_was_said_to_be_for_nobody(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        first = self._receive(("Camille Roux juin 2015", 180.0), move_type="in_refund", ref="A-0")
        note = self._take_back(bill)
        note._coworking_matches()._record_decision("accepted", "Twice.")
        first.button_cancel()
        with self.assertRefused(self.june.name, "F-1", note.name, "post it again"):
            self.june.action_create_bill()
        note.button_draft()
        note.action_post()
        self.assertEqual(bill.payment_state, "reversed")
        self.assertEqual(note._coworking_matches().charge_id, self.june.charge_ids)
        self.assertMonth(self.june, "confirmed", 180.0)
        self.june.action_create_bill()
        self.assertMonth(self.june, "billed", 0.0)

    def test_one_that_is_what_a_correction_awaits_is_so_whatever_it_is_set_against(self):
        bill = self._receive_and_post(JUNE, ref="F-1")
        july = self._was_never_there()
        note = self._receive(("Avoir", 180.0), move_type="in_refund", ref="A-1")
        note.action_post()
        self._set_off(bill, note)
        self.assertEqual(note._coworking_matches().charge_id, july.charge_ids)
        self.assertMonth(self.june, "billed", 0.0)
        self.assertMonth(july, "billed", 0.0)

    def test_so_it_is_where_it_is_set_against_the_bill_of_another_month_that_is_as_large(self):
        """As where the bill that is corrected was paid long ago."""
        july = self._settle(JULY)
        june_bill, july_bill = (
            self._receive_and_post(month, ref=f"F-{month.month}", invoice_date=day)
            for month, day in ((JUNE, d("3/7")), (JULY, d("3/8")))
        )
        for early in (False, True):
            with self.subTest(early=early), self.env.cr.savepoint() as savepoint:
                if not early:
                    self.seat.date_start = d("1/7")
                    august = self._settle(d("1/8"))
                note = self._receive(
                    ("Avoir", 180.0), move_type="in_refund", ref="A-1", invoice_date=d("10/9")
                )
                note.action_post()
                self._set_off(july_bill, note)
                if early:
                    self.assertEqual(july_bill.payment_state, "reversed", "as far as one knows")
                    self.seat.date_start = d("1/7")
                    august = self._settle(d("1/8"))
                self.assertEqual(note._coworking_matches().charge_id, august.charge_ids)
                self.assertEqual(july_bill.payment_state, "paid")
                self.assertEqual(june_bill.payment_state, "not_paid")
                for statement in (self.june, july, august):
                    self.assertMonth(statement, "billed", 0.0)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _set_off_a_stranger_s(self, partner, *words):
        note = self._receive(
            (" ".join(("Avoir", *words)), 180.0),
            move_type="in_refund",
            ref="A-1",
            partner_id=partner.id,
        )
        note.action_post()
        bill = self._receive_and_post(JUNE, ref="F-1")
        self._set_off(bill, note)
        self.assertEqual((bill.amount_residual, bill.payment_state), (0.0, "paid"))
        self.assertMonth(self.june, "billed", 0.0)
        note.line_ids.remove_move_reconcile()
        self.assertEqual(bill.payment_state, "not_paid")
        self.assertMonth(self.june, "billed", 0.0)
        return note

    def test_a_credit_note_of_a_stranger_takes_no_bill_back(self):
        self._set_off_a_stranger_s(self.env["res.partner"].create({"name": "Banque"}))

    def test_nor_does_that_of_another_operator(self):
        operator = self.env["res.partner"].create({"name": "Beta SAS"})
        self._new_space("Beta", "BETA", operator_id=operator.id)
        note = self._set_off_a_stranger_s(operator)
        self.assertFalse(note._coworking_matches().charge_id)

    def test_one_that_names_its_month_pays_the_bill_it_is_set_against(self):
        july, bills, note = self._receive_two_months("juin 2015")
        self._set_off(bills[1], note)
        self.assertEqual(note._coworking_matches().charge_id, self.june.charge_ids)
        self.assertEqual((bills[1].payment_state, july.state), ("paid", "billed"))

    def test_what_somebody_decided_of_it_stays(self):
        july, bills, note = self._receive_two_months()
        note._coworking_matches()._record_decision("matched")
        self._set_off(bills[1], note)
        self.assertEqual(note._coworking_matches().charge_id, self.june.charge_ids)
        self.assertEqual((bills[1].payment_state, july.state), ("paid", "billed"))

    def test_so_does_what_was_decided_of_a_part_of_a_line_that_is_set_off(self):
        self._settle(JULY)
        bill = self._receive_and_post(JUNE, JULY, ref="F-1")
        note = self._receive(("Camille Roux", 360.0), move_type="in_refund", ref="A-1")
        note.action_post()
        first, second = note._coworking_matches()
        first._record_decision("matched")
        self._set_off(bill, note)
        self.assertEqual((first | second).exists().mapped("decision"), ["matched", False])

    def test_so_does_what_was_decided_of_another_line_in_part(self):
        self._new_seat("1/6", "31/7", "Denis Blanc")
        self.june.action_withdraw()
        self._generate(JUNE)
        self.june.action_confirm()
        self._settle(JULY)
        bill = self._receive(
            *[
                (f"{who} {month} 2015", 180.0)
                for who in ("Camille Roux", "Denis Blanc")
                for month in ("juin", "juillet")
            ],
            ref="F-1",
        )
        bill.action_post()
        note = self._receive(
            ("Camille Roux", 360.0), ("Denis Blanc", 180.0), move_type="in_refund", ref="A-1"
        )
        note.action_post()
        own = note._coworking_matches().filtered(lambda row: row.seat_id == self.seat)
        (first, second), other = own, note._coworking_matches() - own
        first._record_decision("accepted", "Told by telephone.")
        other.cause = "rounding"
        self._set_off(bill, note)
        self.assertRecordValues(
            (first | second).exists(),
            [
                {"decision": "accepted", "reason": "Told by telephone."},
                {"decision": False, "reason": False},
            ],
        )
        self.assertEqual(other.cause, "reversal", "nobody decided of it: it was looked at again")

    def _decide_and_take_back(self, document, decision, meanwhile):
        """What becomes of a document of which somebody decides, and takes that back later."""
        document._coworking_matches()._record_decision(decision, "To be seen.")
        meanwhile()
        self.env.flush_all()
        match = document._coworking_matches()
        line = self.env["coworking.month.line"].browse(match._get_month_line_ids())
        action = line.with_user(self.accountant).action_reopen()
        self.assertFalse(document._coworking_matches().decision)
        return action, document._coworking_matches().charge_id

    def test_a_decision_that_is_taken_back_leaves_a_note_to_the_correction_that_came(self):
        self._receive_and_post(JUNE, ref="F-1")
        note = self._receive(("Camille Roux juin 2015", 180.0), move_type="in_refund", ref="A-1")
        self.assertEqual(note._coworking_matches().charge_id, self.june.charge_ids)
        __, charge = self._decide_and_take_back(note, "accepted", self._was_never_there)
        self.assertEqual(charge.kind, "adjustment")
        self.assertMonth(self.june, "billed", 0.0)
        self.assertMonth(charge.statement_id, "billed", 0.0)

    def test_a_decision_that_is_taken_back_leaves_a_bill_to_the_month_that_came(self):
        early = self._receive(("Camille Roux juillet 2015", 180.0), ref="F-1")
        action, charge = self._decide_and_take_back(early, "disputed", lambda: self._settle(JULY))
        self.assertEqual((charge.period, charge.statement_id.state), (JULY, "billed"))
        self.assertEqual(action["res_id"], charge.id * 2, "its own line is gone")

    def test_a_credit_note_that_an_entry_sets_off_stands(self):
        """As when an operator that rents from us has its two accounts set off."""
        self._receive_and_post(JUNE, ref="F-1")
        self.seat.write({"date_start": d("1/8"), "date_end": d("31/8")})
        july = self._settle(JULY)
        note = self._bill(july)
        note.write({"invoice_date": d("5/8"), "ref": "A-1"})
        self.env["ir.attachment"].create(
            {"name": "x", "raw": b"x", "res_model": note._name, "res_id": note.id}
        )
        note.action_post()
        payable = note.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": d("6/8"),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": note.partner_id.id,
                            "debit": debit,
                            "credit": credit,
                        }
                    )
                    for account, debit, credit in (
                        (payable.account_id, 0.0, 180.0),
                        (self.accounts["tax"], 180.0, 0.0),
                    )
                ],
            }
        )
        entry.action_post()
        self._set_off(note, entry)
        self.assertFalse(note.amount_residual)
        self.assertMonth(july, "billed", 0.0)
        with self.assertRefused(july.name):
            july.action_create_bill()


class TestTakenBackByFile(PilotCase):
    """The accountant at nine: the operator took its bill back. Another one comes, or never does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch()
        cls.june = cls._generate(JUNE)
        cls.june.action_send()
        cls._confirm_by_space(cls, cls.june)

    def _take_back(self, bill):
        note = bill._reverse_moves([{"invoice_date": d("5/7"), "ref": "A-1"}], cancel=True)
        self.assertEqual((bill.payment_state, note.state), ("reversed", "posted"))

    def _is_awaited(self):
        return self.env["coworking.portal.month"]._is_invoice_awaited(self.june)

    def test_our_own_draft_is_completed_by_the_next_one(self):
        self.assertTrue(self._is_awaited())
        bill = self._receive_document(self.june).move_id
        bill.action_post()
        self.assertEqual((self.june.state, self._is_awaited()), ("billed", False))
        self._take_back(bill)
        self.assertEqual((self.june.state, self._is_awaited()), ("confirmed", True))
        self._switch("bill")
        self._pass_hour("2015-07-06 08:00:00")
        draft = self.june.bill_id
        self.assertRecordValues(draft, [{"state": "draft", "ref": False}])
        file = self._receive_document(self.june, reference="F-2")
        self.assertEqual((file.move_id, file.cause), (draft, "completed"))
        self.assertRecordValues(draft, [{"state": "draft", "ref": "F-2", "amount_total": 180.0}])
        self.assertEqual((self.june.state, self._is_awaited()), ("billed", False))
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])

    def test_the_next_one_is_no_second_bill_beside_ours_that_was_taken_back(self):
        ours = self._bill(self.june)
        self._receive_document(self.june)
        ours.action_post()
        self._take_back(ours)
        file = self._received(
            facturx(note=self.june.name, reference="F-2"), operator=self.june.operator_id
        )
        self.assertEqual(file.cause, "decoded")
        self.assertEqual(self.june.state, "billed")
