"""Which lines of a participant's invoice credit notes take back, whatever these say: what corrects
a month gives back no second time what was given back of its line.
"""

import random
from decimal import Decimal

from odoo import Command

from ..common import CoworkingCase, d


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

    def _new_note(self, *lines):
        """
        :param lines: (words, amount)
        """
        return self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "reversed_entry_id": self.invoice.id,
                "partner_id": self.invoice.partner_id.id,
                "invoice_date": d("12/7"),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "price_unit": amount,
                            "account_id": self.accounts["income"].id,
                            "tax_ids": False,
                        }
                    )
                    for name, amount in lines
                ],
            }
        )

    def _credit(self, *lines):
        self._new_note(*lines).action_post()

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
        self._new_note((self.second, 5.0))
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
