"""What corrections of settled months do to the costs of a charge: its days, its co-payment."""

from ...common import JULY, JUNE, d
from ..common import FundingCase

AUGUST = d("1/8")


class TestCopayment(FundingCase):
    """80 %, at most 120.00 a month: three days at 30.00 here draw on it before half a month there,
    of 70.00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        cls.agreement = cls._new_agreement("NET", 100.0)
        days = cls._new_tariff("Days", 30.0, unit="day")
        desk = cls._new_tariff("Desk", 140.0, space=cls.space_b)
        file = cls._new_participant("Camille")
        cls.days = cls._new_seat("1/6", "15/6", file, days)
        cls.desk = cls._new_seat("16/6", "30/6", file, desk)
        cls._new_presences(cls.days, "8/6", "9/6", "10/6")
        cls._new_presences(cls.desk, "18/6")
        cls.bills = {}
        for statement in cls._settle():
            cls.bills[statement.space_id] = cls._post_bill(cls._bill(statement))
        cls.bill = cls.bills[cls.space_b]

    def _correct(self, month=JULY):
        """A day fewer here leaves more of the funding for the desk there, whose price stays."""
        self.days.presence_ids.filtered(lambda row: row.date == d("10/6")).unlink()
        statements = self._generate(month)
        statements.action_confirm()
        return statements

    def test_a_correction_of_the_copayment_alone_reaches_the_cost(self):
        self._pay(self.bill)
        self.assertShares(self.bill, NET=48.0, copayment=22.0)
        self._correct()
        alone = self._charges(self.desk).filtered("corrected_kind")
        self.assertRecordValues(alone, [{"payable_total": 0.0, "copayment_amount": -8.0}])
        self.assertShares(self.bill, NET=56.0, copayment=14.0)
        self.assertEqual(self._costs(self.bill).copayment_amount, 14.0)

    def test_paid_afterwards_it_is_the_same(self):
        self._correct()
        self._pay(self.bill)
        self.assertShares(self.bill, NET=56.0, copayment=14.0)

    def test_of_a_part_that_is_paid_it_takes_its_part(self):
        self._correct()
        self._pay(self.bill, 35.0)
        self.assertShares(self.bill, NET=28.0, copayment=7.0)

    def test_not_while_the_correction_is_open(self):
        self._pay(self.bill)
        self.days.presence_ids.filtered(lambda row: row.date == d("10/6")).unlink()
        self._generate(JULY)
        self.assertShares(self.bill, NET=48.0, copayment=22.0)

    def test_opened_again_it_counts_no_more(self):
        self._pay(self.bill)
        statements = self._correct()
        self.assertShares(self.bill, NET=56.0, copayment=14.0)
        self._charges(self.desk).filtered("corrected_kind").sudo().write({"state": "open"})
        self.assertShares(self.bill, NET=48.0, copayment=22.0)
        self.assertTrue(statements)

    def test_what_was_claimed_stays_and_the_rest_comes_beside_it(self):
        self._pay(self.bill)
        self._refresh()
        share = self._costs(self.bill).allocation_ids.filtered("agreement_id")
        share._freeze()
        self._correct()
        self.assertShares(self.bill, NET=56.0, copayment=14.0)
        self.assertEqual(share.amount, 48.0)

    def test_a_bill_of_another_seat_is_left_alone(self):
        self._pay(self.bills[self.space])
        self.assertShares(self.bills[self.space], NET=72.0, copayment=18.0)
        self._correct()
        self.assertShares(self.bills[self.space], NET=72.0, copayment=18.0)
        (note,) = self._charges(self.days).filtered("corrected_kind").statement_id
        note = self._post_bill(self._bill(note), "3/8")
        self._pay(note, day="20/8")
        self.assertShares(self.bills[self.space] | note, NET=48.0, copayment=12.0)

    def test_given_back_as_a_whole_nothing_is_left_of_it(self):
        self._pay(self.bill)
        self._correct()
        note = self.bill._reverse_moves([{"invoice_date": d("1/9"), "date": d("1/9"), "ref": "CN"}])
        note.action_post()
        self._pay(note, day="10/9")
        self.assertShares(self.bill | note)


class TestDays(FundingCase):
    """June at 180.00, of which the agreement counts from the 15th on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_agreement("A", 100.0, date_from="2015-06-15")
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls._refresh()
        cls.seat = cls._costs(cls.bill).seat_id

    def _correct(self, day):
        self.seat.date_end = d(day)
        (statement,) = self._settle(JULY)
        note = self._post_bill(self._bill(statement), "3/8")
        self._pay(note, day="20/8")
        return note

    def test_a_departure_told_late_counts_by_the_days_that_are_left(self):
        """120.00 for 1 to 20 June, of which 6 days of 20 are within."""
        self.assertShares(self.bill, A=96.0, own=84.0)
        note = self._correct("20/6")
        self.assertShares(self.bill | note, A=36.0, own=84.0)
        costs = self._costs(self.bill, note)
        self.assertEqual(
            set(zip(costs.mapped("date_from"), costs.mapped("date_to"), strict=True)),
            {(d("1/6"), d("20/6"))},
        )

    def test_before_the_window_nothing_is_left(self):
        note = self._correct("14/6")
        self.assertShares(self.bill | note, refused=84.0)

    def test_the_last_correction_tells(self):
        note = self._correct("20/6")
        self.seat.date_end = d("25/6")
        (statement,) = self._settle(AUGUST)
        more = self._post_bill(self._bill(statement), "3/9")
        self._pay(more, day="20/9")
        self.assertShares(self.bill | note | more, A=66.0, own=84.0)

    def test_a_presence_after_the_departure_proves_nothing(self):
        self._new_presences(self.seat, "29/6")
        self.seat.presence_ids.filtered(lambda row: row.date == d("10/6")).unlink()
        self.assertShares(self.bill, A=96.0, own=84.0)
        self.seat.presence_ids.unlink()
        note = self._correct("20/6")
        self.assertShares(self.bill | note, refused=120.0)
        self.assertEqual(self._costs(self.bill, note).mapped("presence_proven"), [False, False])
        self.assertTrue(JUNE)
