"""Claims in the unusual order: what comes back or comes twice, what is closed and opened again."""

import hashlib
import json

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tools import mute_logger

from ...common import d
from .common import ClaimCase


class TestTyped(ClaimCase):
    """What is admitted is typed in the form of the claim."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls._pay(cls._new_bill("Camille"))
        cls.claim = cls._sent(cls.agreement)

    def test_what_is_admitted_is_typed_in_the_claim(self):
        for user in (self.coordinator, self.accountant):
            with Form(self.claim.with_user(user)) as form, form.line_ids.edit(0) as line:
                line.amount_admitted = 100.0
                line.admission_reason = "Not eligible"
            self.assertEqual(self.claim.line_ids.amount_admitted, 100.0)
            self.claim.line_ids.sudo().amount_admitted = 144.0

    def test_nothing_else_of_a_line_is_written_by_way_of_the_claim(self):
        line = self.claim.line_ids
        claim = self.claim.with_user(self.coordinator)
        for command in (
            Command.update(line.id, {"amount": 1.0}),
            Command.create({"amount": 1.0}),
            Command.delete(line.id),
            Command.clear(),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                claim.line_ids = [command]


class TestComingBack(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls._admit_direct(cls.agreement)
        cls.bill = cls._new_direct(("Printing", 180.0))
        cls._pay(cls.bill)

    def _reset(self):
        """The bill is a draft, its payment is cancelled, and that was seen."""
        payments = self.bill._get_reconciled_payments()
        payments.action_draft()
        payments.action_cancel()
        self.bill.button_draft()
        self._refresh()
        self.assertTrue(self._costs(self.bill).withdrawn)

    def _post_again(self, day="20/7"):
        self.bill.action_post()
        self._pay(self.bill, day=day)
        self._refresh()
        self.env.invalidate_all()

    def test_what_was_rejected_is_not_asked_again_when_the_bill_is_posted_again(self):
        self._accept(self._sent(self.agreement, last="31/8"), n1=28.8)
        cost = self._costs(self.bill)
        self._reset()
        self._post_again()
        self.assertEqual(self._costs(self.bill), cost)
        self.assertFalse(cost.withdrawn)
        self.assertFalse(self._new_claim(self.agreement, "1/9", "31/12").line_ids)
        self.assertShares(self.bill, A=115.2, rejected=28.8, own=36.0)

    def test_nor_when_it_is_said_to_be_paid_on_an_earlier_day(self):
        self._accept(self._sent(self.agreement, last="31/8"), n1=28.8)
        self._reset()
        self._post_again("10/7")
        self.assertEqual(self._new_claim(self.agreement, "1/9", "31/12").amount_claimed, 0.0)

    def test_what_was_taken_back_is_asked_again_but_for_what_was_rejected(self):
        self._accept(self._sent(self.agreement, last="31/8"), n1=28.8)
        self._reset()
        back = self._sent(self.agreement, "1/9", "30/9")
        self.assertEqual(back.amount_claimed, -115.2)
        self._accept(back)
        self._post_again("5/10")
        self.assertEqual(self._new_claim(self.agreement, "1/10", "31/12").amount_claimed, 115.2)

    def test_a_credit_note_that_is_withdrawn_does_not_hold_up_the_next_claim(self):
        self._accept(self._sent(self.agreement, last="31/8"))
        note = self._credit(self.bill)
        self._accept(self._sent(self.agreement, "1/9", "30/9"))
        note.button_draft()
        note.button_cancel()
        following = self._new_claim(self.agreement, "1/10", "31/12")
        self.assertEqual(self._asked(following), [48.0])
        self.assertFalse(following.gap_count)
        self.assertEqual(self._send(following).state, "submitted")

    def test_what_a_funder_rejected_is_not_placed_with_it_again(self):
        self._accept(self._sent(self.agreement), n1=44.0)
        share = self._costs(self.bill).allocation_ids.filtered("to_place")
        with self.assertRefused("A rejected", "Correct the Decision"):
            self._place(share, self.agreement, 44.0)
        self.assertFalse(self.env["coworking.allocation.hold"].search([("amount", "=", 44.0)]))


class TestGivenBack(ClaimCase):
    """A claim of 288.00 and 48.00 that come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls._admit_direct(cls.agreement)
        cls.bill = cls._new_direct(("Printing", 180.0))
        cls._pay(cls.bill)
        cls._accept(cls._sent(cls.agreement, last="31/8"))
        cls._credit(cls.bill)
        cls._pay(cls._new_direct(("Posters", 360.0), day="3/9"), day="20/9")
        cls.claim = cls._sent(cls.agreement, "1/9", "31/12")
        cls.back = cls.claim.line_ids.filtered(lambda line: line.amount < 0)

    def test_what_is_given_back_is_admitted_whole(self):
        self.assertEqual(self._asked(self.claim), [-48.0, 288.0])
        for amount in (0.0, -47.99):
            with self.assertRefused("gives back"):
                self.back.amount_admitted = amount
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE coworking_claim_line SET amount_admitted = 0 WHERE id = %s",
                [self.back.id],
            )

    def test_what_is_given_back_names_the_month_that_was_claimed(self):
        """July's printing, of which a credit note of September gives a third back."""
        self.assertIn(self._month("1/7"), self.back.difference_of)
        self.assertNotIn(self._month("1/9"), self.back.difference_of)

    def test_a_flat_correction_is_of_what_is_asked_on_the_whole(self):
        self._dialog(self.claim.action_correct(), self.accountant, percent=10.0, reason="X")
        self.assertEqual(self.claim.sum_admitted, 216.0)
        self.assertRecordValues(
            self.claim.line_ids.sorted("amount"),
            [
                {"amount_admitted": -48.0, "admission_reason": False},
                {"amount_admitted": 264.0, "admission_reason": "X"},
            ],
        )


class TestSealedProofs(ClaimCase):
    def test_by_no_way_is_anything_added_to_what_was_sent(self):
        agreement = self._new_agreement("A", 80.0)
        self._pay(self._new_bill("Camille"))
        claim = self._sent(agreement, last="31/8")
        other = self._new_claim(self._new_agreement("B", 0.0))
        loose = other.sudo().line_ids.create({"claim_id": other.id, "amount": 1.0})
        file = claim.file_ids[0]
        self.env.flush_all()
        for statement in (
            f"UPDATE coworking_claim_line SET claim_id = {claim.id} WHERE id = {loose.id}",
            f"UPDATE coworking_claim SET digest = 'x' WHERE id = {claim.id}",
            f"UPDATE coworking_claim SET date_submitted = '2015-01-01' WHERE id = {claim.id}",
            f"UPDATE coworking_claim_file SET digest = 'x' WHERE id = {file.id}",
            f"UPDATE coworking_claim_file SET claim_id = {other.id} WHERE id = {file.id}",
            f"DELETE FROM coworking_claim_file WHERE id = {file.id}",
            "INSERT INTO coworking_claim_file (claim_id, kind, digest)"
            f" VALUES ({claim.id}, 'bill', 'x')",
            "TRUNCATE coworking_claim_file CASCADE",
            f"DELETE FROM coworking_claim_line_file_rel WHERE file_id = {file.id}",
            "TRUNCATE coworking_claim_line_file_rel",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(statement)

    def test_proofs_are_linked_in_as_many_queries_whatever_the_number_of_lines(self):
        agreement = self._new_agreement("A", 80.0)
        self._admit_direct(agreement)
        counts = []
        for number, amount in ((1, 9.0), (5, 10.0), (50, 11.0)):  # the first reads what is kept
            bill = self._new_direct(*((f"Line {n}", amount) for n in range(number)))
            self._pay(bill)
            self._attach(bill)
            claim = self._new_claim(agreement).sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            claim._freeze_files()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertTrue(all(len(line.file_ids) == 1 for line in claim.line_ids))
            self.assertEqual(len(claim.line_ids), number)
            claim.unlink()
            bill.button_draft()
            bill.button_cancel()
        self.assertEqual(counts[1], counts[2])


class TestClosing(ClaimCase):
    def test_after_closing_nothing_is_mended_until_it_is_opened_again(self):
        agreement = self._new_agreement("A", 80.0).with_user(self.coordinator)
        self._pay(self._new_bill("Camille"))
        claim = self._accept(self._sent(agreement))
        agreement.action_close_claims()
        with self.assertRefused("A is closed for good", "Open Claims Again"):
            claim.action_reopen()
        agreement.action_open_claims_again()
        agreement.flush_recordset()
        self.assertFalse(agreement.date_claims_closed)
        claim.action_reopen()
        self.assertEqual(claim.step, "submitted")
        self.env.flush_all()
        rows = self.env["coworking.audit"].search(
            [("res_model", "=", agreement._name), ("res_id", "=", agreement.id)]
        )
        told = [row for row in rows if "date_claims_closed" in str(row.changes)]
        self.assertEqual(len(told), 2)
        self.assertEqual(told[0].user_id, self.coordinator)

    def test_a_heading_under_which_something_was_claimed_is_not_deleted(self):
        agreement = self._new_agreement("A", 80.0).with_user(self.coordinator)
        self._admit_direct(agreement)
        self._pay(self._new_bill("Camille"))
        self._sent(agreement)
        seats, direct = agreement.heading_ids.sorted("id")
        with self.assertRefused(seats.name, "A was claimed under", "ceiling"):
            agreement.heading_ids.unlink()
        direct.unlink()
        self.assertEqual(agreement.heading_ids, seats)

    def test_who_does_not_write_agreements_does_not_open_them(self):
        agreement = self._new_agreement("A", 80.0)
        with self.assertRaises(AccessError):
            agreement.with_user(self.accountant).action_open_claims_again()


class TestReceived(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls._pay(cls._new_bill("Camille"))
        cls.claim = cls._sent(cls.agreement)

    def _payment(self, amount, day="1/3/16"):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.agreement.partner_id.id,
                "amount": amount,
                "date": d(day),
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        return payment

    def test_nothing_is_received_before_it_is_accepted(self):
        with self.assertRefused("A, claim 1", "Sent"):
            self._receive_payment(amount=100.0)
        self.assertFalse(self.agreement.instalment_ids)

    def test_one_payment_counts_once(self):
        self._accept(self.claim)
        payment = self._payment(100.0)
        self._receive_payment(payment_ids=payment)
        with self.assertRefused("counts once"):
            self._receive_payment(payment_ids=payment)
        with self.assertRefused("counts once"):
            self._advance(self.agreement, 100.0, received=False).payment_ids = payment
        self.assertEqual(self.agreement.amount_received, 100.0)

    def test_an_instalment_of_another_agreement_is_not_received_whatever_asks_for_it(self):
        self._accept(self.claim)
        other = self._advance(self._new_agreement("B", 20.0), 144.0, received=False, kind="balance")
        dialog = self.env["coworking.claim.receive"].create(
            {"claim_id": self.claim.id, "instalment_id": other.id, "amount": 100.0}
        )
        with self.assertRefused("another agreement", "one of A"):
            dialog.action_record()
        self.assertRecordValues(other, [{"amount_received": 0.0, "claim_id": False}])

    def test_a_planned_instalment_is_received_in_parts(self):
        self._accept(self.claim)
        self._advance(self.agreement, 144.0, received=False, kind="balance")
        self._receive_payment(amount=100.0)
        self.assertEqual(self.agreement.amount_to_come, 44.0)
        self._receive_payment()
        self.assertEqual(len(self.agreement.instalment_ids), 1)
        self.assertEqual(self.agreement.amount_to_come, 0.0)
        self.assertEqual(self.claim.state, "paid")

    def test_payments_of_the_books_add_up_in_one_instalment(self):
        self._accept(self.claim)
        row = self._advance(self.agreement, 144.0, received=False, kind="balance")
        for amount, day in ((100.0, "1/4/16"), (44.0, "1/3/16")):
            self._receive_payment(payment_ids=self._payment(amount, day))
        self.assertRecordValues(
            row,
            [
                {
                    "amount_received": 144.0,
                    "date_received": d("1/4/16"),  # the later day, though it was recorded first
                    "claim_id": self.claim.id,
                }
            ],
        )

    def test_what_was_typed_and_what_is_of_the_books_are_not_mixed(self):
        self._accept(self.claim)
        self._advance(self.agreement, 144.0, received=False, kind="balance")
        self._receive_payment(amount=100.0)
        with self.assertRefused("recorded otherwise"):
            self._receive_payment(payment_ids=self._payment(44.0))
        self.assertEqual(self.agreement.amount_received, 100.0)

    def test_what_two_record_at_once_is_received_once(self):
        self._accept(self.claim)
        action = self.claim.action_receive()
        model = self.env[action["res_model"]].with_user(self.accountant)
        dialogs = [
            model.with_context(**action["context"]).create({"date": d("1/3/16")}) for _n in range(2)
        ]
        dialogs[0].action_record()
        with self.assertRefused("A, claim 1", "received already"):
            dialogs[1].action_record()
        self.assertEqual(self.agreement.amount_received, 144.0)

    def test_a_part_that_two_record_at_once_is_received_once(self):
        self._accept(self.claim)
        action = self.claim.action_receive()
        model = self.env[action["res_model"]].with_user(self.accountant)
        vals = {"date": d("1/3/16"), "amount": 100.0}
        dialogs = [model.with_context(**action["context"]).create(vals) for _n in range(2)]
        dialogs[0].action_record()
        with self.assertRefused("A, claim 1", "received already"):
            dialogs[1].action_record()
        self._receive_payment(date=d("2/3/16"), amount=44.0)
        self.assertEqual(self.claim.state, "paid")

    def test_payments_that_two_record_at_once_are_both_received(self):
        self._accept(self.claim)
        self._advance(self.agreement, 144.0, received=False, kind="balance")
        action = self.claim.action_receive()
        model = self.env[action["res_model"]].with_user(self.accountant)
        dialogs = [
            model.with_context(**action["context"]).create(
                {"payment_ids": self._command(self._payment(amount, day))}
            )
            for amount, day in ((100.0, "1/3/16"), (44.0, "2/3/16"))
        ]
        for dialog in dialogs:
            self.env.invalidate_all()  # each is a request of its own
            dialog.action_record()
        self.assertEqual(self.agreement.amount_received, 144.0)
        self.assertEqual(self.claim.state, "paid")

    def test_more_than_was_admitted_may_come_at_once(self):
        self._accept(self.claim)
        self._receive_payment(amount=150.0)
        self.assertEqual(self.agreement.amount_received, 150.0)

    def test_a_payment_of_what_was_typed_as_received_already_is_refused(self):
        self._accept(self.claim)
        action = self.claim.action_receive()
        model = self.env[action["res_model"]].with_user(self.accountant)
        dialog = model.with_context(**action["context"]).create(
            {"payment_ids": self._command(self._payment(144.0))}
        )
        self._receive_payment()
        with self.assertRefused("A, claim 1", "received already"):
            dialog.action_record()
        self.assertEqual(self.agreement.amount_received, 144.0)

    def test_what_payments_of_the_books_say_is_not_typed_otherwise(self):
        self._accept(self.claim)
        self._receive_payment(payment_ids=self._payment(100.0))
        row = self.agreement.instalment_ids.with_user(self.coordinator)
        with self.assertRefused(row.display_name, "Take them off"):
            row.amount_received = 144.0
        with self.assertRefused(row.display_name, "Take them off"):
            row.date_received = d("2/3/16")
        self.assertEqual(self.claim.state, "accepted")

    def test_an_instalment_pays_claims_of_its_own_agreement(self):
        row = self._advance(self._new_agreement("B", 20.0), 100.0)
        with self.assertRefused("A, claim 1", "B"):
            row.claim_id = self.claim

    def test_nobody_takes_what_was_received_out_of_its_company(self):
        row = self._advance(self.agreement, 100.0)
        for record in (row, self.agreement.heading_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.coordinator).company_id = self.env.ref("base.main_company")

    def test_what_another_company_received_is_no_instalment(self):
        row = self._advance(self.agreement, 144.0, received=False)
        payment = self._payment(144.0)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_payment SET company_id = %s WHERE id = %s",
            [self._new_company("Another").id, payment.id],
        )
        payment.invalidate_recordset()
        with self.assertRefused("A Advance", "another company"):
            row.payment_ids = payment

    def test_what_was_not_planned_makes_nothing_more_to_come(self):
        self._accept(self.claim)
        self._advance(self.agreement, 300.0, received=False)
        self._receive_payment(amount=100.0, instalment_id=self.env["coworking.funding.instalment"])
        self.assertEqual(self.agreement.amount_to_come, 200.0)

    def test_money_of_before_the_take_over_pays_no_claim(self):
        self.agreement.amount_used_before = 1000.0
        self._advance(self.agreement, 1000.0)
        self._accept(self.claim)
        self.assertRecordValues(self.claim, [{"state": "accepted", "amount_received": 0.0}])
        self.assertEqual(self.agreement.amount_to_justify, -144.0)
        self._receive_payment(amount=144.0)
        self.assertEqual(self.claim.state, "paid")
        self.assertEqual(self.agreement.amount_to_justify, 0.0)

    def test_what_pays_a_claim_does_whatever_was_recorded_of_before(self):
        self.agreement.amount_used_before = 1000.0
        self._accept(self.claim)
        self._receive_payment(amount=144.0)
        self.assertEqual(self.claim.state, "paid")
        self.assertEqual(self.agreement.amount_to_justify, 0.0)


class TestSealedAlone(ClaimCase):
    """What was sent is read from its sealed text, and from nothing else."""

    def _read(self, claim):
        sending = claim.sending_ids[:1]
        self.assertEqual(hashlib.sha256(sending.content.encode()).hexdigest(), claim.digest)
        return json.loads(sending.content)

    def test_a_credit_note_after_it_was_sent_leaves_its_seal_and_is_in_that_of_the_next(self):
        """144.00 of 180.00 at 80 %; 60.00 credited: -48.00."""
        agreement = self._new_agreement("A", 80.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        first = self._sent(agreement, "1/1", "31/8")
        told = self._read(first)
        self._credit(bill)
        self._refresh()
        self.assertEqual(self._read(first), told)
        self.assertEqual([line["amount"] for line in told["lines"]], ["144.00"])
        (line,) = self._read(self._sent(agreement, "1/9", "31/12"))["lines"]
        self.assertEqual(line["amount"], "-48.00")
        seat = self._costs(bill).seat_id.name
        for word in (str(told["claim"]), seat, self._month()):
            self.assertIn(word, line["difference_of"])
        self.assertNotIn("Camille", str(told))


class TestLate(ClaimCase):
    def test_an_archived_agreement_takes_no_more_of_a_bill_than_it_claimed(self):
        """60.00 of 100.00 are paid as it claims its half of them, the rest once it is archived."""
        agreement = self._new_agreement("A", 50.0)
        self._admit_direct(agreement)
        bill = self._new_direct(("Flyers", 100.0))
        self._pay(bill, 60.0)
        self._refresh()
        self._sent(agreement)
        agreement.active = False
        self._pay(bill, 40.0, day="20/9")
        self._refresh()
        shares = self.env["coworking.allocation"].search([("cost_id.move_id", "=", bill.id)])
        self.assertEqual(sum(shares.filtered("agreement_id").mapped("amount")), 30.0)
        self.assertEqual(sum(shares.mapped("amount")), 100.0)
        agreement.active = True
        self._refresh()
        shares = self.env["coworking.allocation"].search([("agreement_id", "=", agreement.id)])
        self.assertEqual(sum(shares.mapped("amount")), 50.0)

    def test_what_was_paid_in_time_is_claimed_whatever_comes_back_and_is_paid_late(self):
        """60.00 of 100.00 in time, 40.00 given back, the rest paid after that, too late."""
        agreement = self._new_agreement("A", 100.0, date_paid_limit="2015-08-31")
        self._admit_direct(agreement)
        bill = self._new_direct(("Flyers", 100.0))
        self._pay(bill, 60.0)
        self._pay(bill, 40.0, day="20/9")
        self._credit(bill, 0.4)
        self._refresh()
        claim = self._sent(agreement)
        self.assertEqual(self._asked(claim), [-40.0, 40.0, 60.0])
        self.assertEqual(claim.amount_claimed, 60.0)
