"""Bank lines that pay bills and participants' parts, in parts, undone again, and what becomes of a
month that was paid and then corrected: the account of the person, the bill and the end of the month
say what the books have.
"""

from ..common import JULY, d
from .test_months_over import OverCase


class TestBankLines(OverCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat, cls.person = cls.seats[0], cls.people[0]
        cls.seats[1].action_cancel()
        cls.seats[2].action_cancel()
        cls.seats[3].action_cancel()
        cls.seat.date_end = d("31/7")
        cls.june = cls._settle()

    def _bank_line(self, amount, move):
        """A line of the bank's statement, set against what is open of a document, as on screen."""
        item = move.line_ids.filtered(
            lambda row: row.account_type in ("liability_payable", "asset_receivable")
        )
        line = self._receive_from_bank(self.bank, item, amount, d("5/8"))
        self._check()
        return line

    def _undo(self, line):
        line.action_undo_reconciliation()
        self._check()

    def _check(self):
        self.env.flush_all()
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])

    def _account(self):
        """Due, credited, paid, left and status, month by month."""
        self.env.flush_all()
        rows = self.env["coworking.copayment"].with_user(self.accountant)
        rows.invalidate_model()
        found = rows.search([("participant_id", "=", self.person.id)], order="period")
        return [(row.due, row.credited, row.paid, row.residual, row.state) for row in found]

    def _close_all(self):
        """What is closed once a day: months of people, statements.

        :return: the statements that are over
        """
        self.env["coworking.charge"]._gc_copayment_open()
        self._close()
        self._check()
        return list(self._get_over())

    def _correct_july(self):
        """June turns out to be half of what was paid: July's bill and invoice give it back."""
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        bill = self._bill(july)
        bill.write({"invoice_date": d("3/8"), "ref": "F-7"})
        bill.action_post()
        return july, bill

    def test_in_parts_and_undone_again(self):
        bill, invoice = self._bill_all(self.june), self._invoice_all(self.june)
        self._bank_line(20.0, invoice)
        self.assertEqual(self._account(), [(36.0, 0.0, 20.0, 16.0, "partial")])
        rest = self._bank_line(16.0, invoice)
        self.assertEqual(self._account(), [(36.0, 0.0, 36.0, 0.0, "paid")])
        self._bank_line(-100.0, bill)
        self.assertEqual(bill.payment_state, "partial")
        self.assertFalse(self.june._get_paid_on())
        last = self._bank_line(-80.0, bill)
        self.assertEqual(self.june._get_paid_on(), {self.june: d("5/8")})
        self.assertEqual(self._close_all(), [self.june])
        self._undo(last)
        self.assertFalse(self._get_over())
        self.assertEqual(bill.amount_residual, 80.0)
        self._undo(rest)
        self.assertEqual(self._account(), [(36.0, 0.0, 20.0, 16.0, "partial")])
        self._bank_line(-80.0, bill)
        self.assertEqual(self._close_all(), [self.june], "what people owe is invoiced")
        self.assertEqual(self._account(), [(36.0, 0.0, 20.0, 16.0, "partial")])

    def test_paid_and_then_corrected(self):
        bill, invoice = self._bill_all(self.june), self._invoice_all(self.june)
        self._bank_line(36.0, invoice)
        self._bank_line(-180.0, bill)
        july, correction = self._correct_july()
        self.assertEqual(correction.amount_total, 90.0, "July 180.00 less 90.00 of June")
        asked = self._post_copayments(july, "4/8")
        self.assertEqual(asked.amount_total, 18.0)
        self._bank_line(18.0, asked)
        line = self._bank_line(-90.0, correction)
        self.assertEqual(
            self._account(), [(36.0, 0.0, 36.0, 0.0, "paid"), (18.0, 0.0, 18.0, 0.0, "paid")]
        )
        self.assertEqual(self._close_all(), [self.june, july])
        self._undo(line)
        self.assertEqual(list(self._get_over()), [self.june])

    def test_paid_and_then_given_back_by_the_bank(self):
        """The seat ended with June: July's statement only gives back."""
        self.seat.date_end = d("30/6")
        bill, invoice = self._bill_all(self.june), self._invoice_all(self.june)
        self._bank_line(36.0, invoice)
        self._bank_line(-180.0, bill)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        note = self._post_copayments(july, "4/8")
        self.assertRecordValues(note, [{"move_type": "out_refund", "amount_total": 18.0}])
        self.assertEqual(self._account()[1], (-18.0, 0.0, 0.0, -18.0, "open"))
        line = self._bank_line(-10.0, note)
        self.assertEqual(self._account()[1], (-18.0, 0.0, -10.0, -8.0, "partial"))
        self._undo(line)
        self._bank_line(-18.0, note)
        self.assertEqual(self._account()[1], (-18.0, 0.0, -18.0, 0.0, "paid"))
        refund = self._bill(july)
        self.assertEqual((refund.move_type, refund.amount_total), ("in_refund", 90.0))
        refund.write({"invoice_date": d("3/8"), "ref": "A-7"})
        self.env["ir.attachment"].create(
            {"name": "Note", "raw": b"x", "res_model": refund._name, "res_id": refund.id}
        )
        refund.action_post()
        self.assertEqual(self._close_all(), [self.june])
        self._bank_line(90.0, refund)
        self.assertEqual(self._close_all(), [self.june, july])

    def test_paid_and_then_credited_by_hand_and_set_off(self):
        """Of June's 36.00, paid, 18.00 are credited and set off against July's part; the correction
        that comes by itself gives nothing back a second time.
        """
        bill, invoice = self._bill_all(self.june), self._invoice_all(self.june)
        self._bank_line(36.0, invoice)
        self._bank_line(-180.0, bill)
        note = invoice._reverse_moves([{"invoice_date": d("15/7"), "date": d("15/7")}])
        note.invoice_line_ids.price_unit = 18.0
        note.action_post()
        self.assertEqual(self._account()[0], (36.0, 18.0, 36.0, -18.0, "partial"))
        july, correction = self._correct_july()
        asked = self._post_copayments(july, "4/8")
        self.assertEqual(asked.amount_total, 36.0)
        (asked | note).line_ids.filtered(
            lambda row: row.account_type == "asset_receivable"
        ).reconcile()
        self._check()
        self.assertEqual(asked.amount_residual, 18.0)
        self.assertEqual(sum(row[3] for row in self._account()), 18.0)
        self._bank_line(18.0, asked)
        self._bank_line(-90.0, correction)
        self.assertEqual([row[3] for row in self._account()], [0.0, 0.0])
        self.assertEqual(self._close_all(), [self.june, july])
        self.assertFalse(
            self.env["coworking.copayment"].search(
                [("participant_id", "=", self.person.id), ("residual", "!=", 0)]
            )
        )
