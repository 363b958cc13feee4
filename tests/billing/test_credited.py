"""Which lines of participants' invoices credit notes take back, whatever these say: what corrects a
month gives back no second time what was given back of its line.
"""

import os
import random
from decimal import Decimal

from odoo import Command

from ..common import JULY, JUNE, CoworkingCase, d
from .test_copayment import CorrectedCase

EXAMPLES = int(os.environ.get("CREDIT_EXAMPLES", 12))


def new_note(case, invoice, *lines):
    """A draft credit note of an invoice.

    :param lines: (words, amount)
    """
    return case.env["account.move"].create(
        {
            "move_type": "out_refund",
            "reversed_entry_id": invoice.id,
            "partner_id": invoice.partner_id.id,
            "invoice_date": d("12/8"),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": name,
                        "price_unit": amount,
                        "account_id": case.accounts["income"].id,
                        "tax_ids": False,
                    }
                )
                for name, amount in lines
            ],
        }
    )


class TestCredited(CoworkingCase):
    """24.00 and 12.00 of June, on one invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        seat = cls._new_seat("1/6", "20/6")
        cls._new_seat("21/6", "30/6", seat.participant_id)
        june = cls._settle()
        june.action_create_copayment_invoices()
        cls.invoice = june.copayment_invoice_ids
        cls.invoice.invoice_date = d("10/7")
        cls.invoice.action_post()
        cls.lines = cls.invoice.invoice_line_ids.sorted("price_unit", reverse=True)
        cls.first, cls.second = cls.lines.mapped("name")

    def _credit(self, *lines):
        new_note(self, self.invoice, *lines).action_post()

    def assertCredited(self, first, second):
        credited = dict(self.lines._coworking_get_credited())
        expected = [Decimal(amount) for amount in (first, second)]
        self.assertEqual([credited[line] for line in self.lines], expected)

    def test_what_names_a_line_is_of_that_line(self):
        self._credit((self.second, 5.0))
        self.assertCredited("0", "5")
        self._credit((self.second, 7.0))
        self.assertCredited("0", "12")

    def test_what_names_none_is_of_all_as_far_as_they_are_left(self):
        self._credit(("Two weeks", 9.0))
        self.assertCredited("6", "3")
        self._credit((self.second, 5.0), ("Two weeks", 11.0))
        self.assertCredited("15", "10")

    def test_what_exceeds_the_line_that_it_names_is_of_all(self):
        self._credit((self.second, 15.0))
        self.assertCredited("10", "5")
        self._credit((self.second, 4.0), (self.second, 4.0))
        self.assertCredited("13.29", "9.71")

    def test_no_more_is_taken_back_than_was_asked(self):
        self._credit((self.first, 20.0), ("Goodwill", 100.0))
        self.assertCredited("24", "12")

    def test_what_is_taken_off_a_note_is_taken_off_what_it_names(self):
        self._credit((self.first, 24.0), (self.second, 12.0), ("Kept", -9.0))
        self.assertCredited("18", "9")

    def test_a_draft_takes_nothing_back(self):
        new_note(self, self.invoice, (self.second, 5.0))
        self.assertCredited("0", "0")

    def test_whatever_they_say_all_of_them_is_told_up_to_what_was_asked(self):
        draw = random.Random(2015)
        total, asked = Decimal(0), [-Decimal(str(line.balance)) for line in self.lines]
        words = (self.first, self.second, "Two weeks")
        while total < sum(asked):
            lines = [
                (draw.choice(words), draw.randrange(1, 500) / 100)
                for _number in range(draw.randrange(1, 4))
            ]
            self._credit(*lines)
            total += sum(Decimal(str(amount)) for __, amount in lines)
            told = [amount for __, amount in self.lines._coworking_get_credited()]
            self.assertEqual(sum(told), min(total, sum(asked)))
            self.assertTrue(
                all(0 <= part <= whole for part, whole in zip(told, asked, strict=True)), told
            )


class TestCountedTowards(CorrectedCase):
    """What of a credit note by hand counts towards which correction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0

    def _ask_june(self, end):
        self.seat = self._new_seat("1/6", end)
        self.june = self._settle()
        self.invoice = self._post_copayments(self.june)

    def _correct(self, month, day="10/8"):
        statement = self._settle(month)
        return statement, self._post_copayments(statement, day)

    def _credit(self, invoice, *amounts, words=None):
        note = invoice._reverse_moves([{"invoice_date": d("15/7")}])
        for line, amount in zip(note.invoice_line_ids, amounts, strict=True):
            line.price_unit = amount
            line.name = words or line.name
        note.action_post()
        return note

    def test_where_nothing_was_credited_a_correction_is_one_line(self):
        self._ask_june("31/7")
        self.seat.date_start = d("16/6")
        __, invoice = self._correct(JULY)
        self.assertEqual(sorted(invoice.invoice_line_ids.mapped("price_unit")), [-18.0, 36.0])

    def test_beside_it_is_said_that_it_was_credited(self):
        self._ask_june("30/6")
        self._credit(self.invoice, 18.0)
        self.seat.date_start = d("16/6")
        __, invoice = self._correct(JULY)
        words = {"fr_FR": "déjà crédité"}.get(self.company.partner_id.lang, "credited before")
        kept = invoice.invoice_line_ids.filtered(lambda line: line.price_unit == 18.0)
        self.assertIn(words, kept.name)

    def test_of_two_seats_that_are_corrected_each_counts_its_own(self):
        self._ask_june("20/6")
        second = self._new_seat("21/6", "31/7", self.seat.participant_id)
        july, invoice = self._correct(JULY)
        lines = invoice.invoice_line_ids
        of_june = lines.filtered(lambda line: line.coworking_charge_id.period == JUNE)
        self.assertEqual(of_june.price_unit, 12.0)
        self._credit(invoice, *(10.0 if line == of_june else 0.0 for line in lines))
        self.seat.date_start, second.date_start = d("11/6"), d("26/6")
        august, refund = self._correct("2015-08-01", "10/9")
        self.assertRecordValues(refund, [{"move_type": "out_refund", "amount_total": 12.0}])
        self._check(self.june, july, august)

    def test_of_what_was_asked_in_two_months_no_more_counts_than_is_corrected(self):
        self._ask_june("15/6")
        self.seat.date_end = d("30/6")
        july, invoice = self._correct(JULY)
        self.assertEqual((self.invoice.amount_total, invoice.amount_total), (18.0, 18.0))
        for one in self.invoice, invoice:
            self._credit(one, 10.0)
        self.seat.date_start = d("16/6")
        august, corrected = self._correct("2015-08-01", "10/9")
        self.assertEqual(august.copayment_amount, -18.0)
        self.assertRecordValues(corrected, [{"move_type": "out_invoice", "amount_total": 0.0}])
        self._check(self.june, july, august)

    def test_nor_where_a_part_of_it_was_given_up(self):
        self._ask_june("15/6")
        self.invoice._reverse_moves([{"invoice_date": d("12/7")}], cancel=True)
        self.seat.date_end = d("30/6")
        __, invoice = self._correct(JULY)
        self._credit(invoice, 10.0)
        self.seat.date_start = d("6/6")
        august, corrected = self._correct("2015-08-01", "10/9")
        self.assertEqual(august.copayment_amount, -6.0)
        self.assertRecordValues(corrected, [{"move_type": "out_invoice", "amount_total": 0.0}])

    def test_so_does_what_was_credited_of_what_a_later_month_asked_again(self):
        """July asks again for the 18.00 of June that were credited; of both, 10.00 are given back.
        Then nobody was there before August.
        """
        self._ask_june("31/8")
        self._credit(self.invoice, 18.0)
        self.seat.date_start = d("16/6")
        july, invoice = self._correct(JULY)
        note = self._credit(invoice, 10.0, 0.0, 0.0, words="A gesture")
        self.assertEqual(note.amount_total, 10.0)
        note.button_draft()  # nothing counts on it yet, though July counts on that of June
        note.action_post()
        self.seat.date_start = d("1/8")
        august, counting = self._correct("2015-08-01", "10/9")
        documents = self.invoice | invoice | counting
        documents |= documents.reversal_move_ids
        self.assertEqual(sum(documents.mapped("amount_total_signed")), 36.0)
        self._check(self.june, july, august)
        with self.assertRefused(counting.name, "counts on", note.name):
            note.button_draft()

    def test_of_several_the_one_that_is_counted_on_stays_and_is_named(self):
        """10.00 of June are credited, then July gives 18.00 back, then somebody gives 5.00 more."""
        self._ask_june("31/7")
        counted = self._credit(self.invoice, 10.0)
        self.seat.date_start = d("16/6")
        __, invoice = self._correct(JULY)
        later = self._credit(self.invoice, 5.0)
        with self.assertRefused(invoice.name, counted.name):
            counted.button_draft()
        with self.assertRefused(counted.name):
            (counted | later).button_draft()
        later.button_draft()
        later.button_cancel()
        self.assertEqual(counted.state, "posted")

    def test_one_on_which_nothing_counts_is_taken_back_beside_others(self):
        self._ask_june("31/8")
        self._credit(self.invoice, 25.0)
        self.seat.date_start = d("16/6")
        __, invoice = self._correct(JULY)
        of_july = invoice.invoice_line_ids.filtered(lambda line: line.price_unit == 36.0)
        note = self._credit(
            invoice, *(5.0 if line == of_july else 0.0 for line in invoice.invoice_line_ids)
        )
        self.seat.date_start = d("1/7")
        __, counting = self._correct("2015-08-01", "10/9")
        self.assertEqual(counting.amount_total, 25.0, "August 36.00, 11.00 of June back")
        note.button_draft()
        self.assertEqual(note.state, "draft")

    def test_a_month_that_nobody_was_asked_for_yet_is_not_given_up(self):
        self.seat = self._new_seat("1/6", "31/7")
        june = self._settle()
        self.seat.date_start = d("16/6")
        july, invoice = self._correct(JULY)
        self.assertEqual(invoice.amount_total, 18.0)
        self.assertEqual(self._post_copayments(june).amount_total, 36.0)
        self._check(june, july)

    def test_an_operator_s_bills_are_posted_and_taken_back_as_ever(self):
        self._ask_june("31/7")
        bill = self._bill(self.june)
        bill.invoice_date = d("10/7")
        bill.action_post()
        self._credit(self.invoice, 18.0)
        self.seat.date_start = d("16/6")
        july, __ = self._correct(JULY)
        other = self._bill(july)
        other.invoice_date = d("10/8")
        other.action_post()
        self.assertEqual(other.state, "posted")
        note = bill._reverse_moves([{"invoice_date": d("12/8")}], cancel=True)
        note.button_draft()
        self.assertEqual(note.state, "draft")


class TestToldAlike(CorrectedCase):
    """24.00, 12.00 and 36.00 of two months are on one invoice, less what it corrects. Then credit
    notes by hand, and other corrections.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.seats = cls._new_seat("1/6", "20/6")
        cls.seats |= cls._new_seat("21/6", "31/7", cls.seats.participant_id)

    def _ask(self):
        june = self._settle()
        self._post_copayments(june)
        self.seats[0].date_end = d("15/6")
        july = self._settle(JULY)
        return june.copayment_invoice_ids | self._post_copayments(july, "10/8")

    def _correct_both(self, *starts):
        """As the account said before: see ``_post_copayments``."""
        for seat, day in zip(self.seats, starts, strict=True):
            seat.date_start = d(day)
        return self._post_copayments(self._settle("2015-08-01"), "10/9")

    def test_what_a_note_takes_off_again_is_credited_of_neither(self):
        invoice, __ = self._ask()
        one, other = invoice.invoice_line_ids.sorted("price_unit", reverse=True).mapped("name")
        new_note(self, invoice, (one, 24.0), (other, 12.0), ("Kept", -30.0)).action_post()
        self._correct_both("15/6", "30/6")

    def test_two_lines_of_the_same_words_take_a_note_back_once(self):
        invoice, __ = self._ask()
        one, other = invoice.invoice_line_ids.sorted("price_unit", reverse=True)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET name = %s WHERE id = %s", [one.name, other.id]
        )
        self.env.invalidate_all()
        new_note(self, invoice, (one.name, 12.0)).action_post()
        self._correct_both("15/6", "30/6")

    def test_whatever_notes_say_the_account_says_what_the_invoice_asks(self):
        draw = random.Random(2015)
        for number in range(EXAMPLES):
            savepoint = self.env.cr.savepoint()
            with self.subTest(number):
                for invoice in self._ask():
                    for _number in range(draw.randrange(3)):
                        self._credit_at_random(invoice, draw)
                self._correct_both(
                    f"{draw.randrange(1, 16)}/6",
                    draw.choice(("21/6", "26/6", "30/6", "1/7", "16/7")),
                )
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.transaction.clear()

    def _credit_at_random(self, invoice, draw):
        """No more than is left of the invoice."""
        words = [*invoice.invoice_line_ids.mapped("name"), "Goodwill"]
        lines = [
            (draw.choice(words), draw.randrange(-900, 2500) / 100)
            for _number in range(draw.randrange(1, 5))
        ]
        left = invoice.amount_total - sum(invoice.reversal_move_ids.mapped("amount_total"))
        if 0 < sum(amount for __, amount in lines) <= left:
            new_note(self, invoice, *lines).action_post()
