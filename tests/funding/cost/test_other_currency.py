"""Where money has thousandths, or no cents at all, funders take part in what is there."""

from io import BytesIO

from openpyxl import load_workbook

from ...common import d
from ..claim.common import ClaimCase


class CurrencyCase(ClaimCase):
    """The organisation counts in another currency, with three funders at 50, 30 and 20 %."""

    currency_name = "EUR"
    price = 180.0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.currency_id = cls.env.ref(f"base.{cls.currency_name}")
        cls.company.currency_id.active = True
        cls.tariff.price_ids.price = cls.price
        cls.agreements = {
            reference: cls._new_agreement(reference, rate, amount_granted=1e6)
            for reference, rate in (("A", 50.0), ("B", 30.0), ("C", 20.0))
        }

    def _split(self, charges):
        split = self.program._split_over_funders(charges)
        return {agreement.reference: float(amount) for agreement, amount in split.items()}

    def _new_hours(self, hours, hourly_cost):
        time = self.env["coworking.staff.time"].create(
            {
                "program_id": self.program.id,
                "partner_id": self.accompanist.partner_id.id,
                "month": d("1/6"),
                "hours": hours,
                "hourly_cost": hourly_cost,
                "date_paid": d("30/6"),
            }
        )
        return time.cost_ids

    def _add_flat(self, rate):
        agreement = self.agreements["A"]
        self.env["coworking.funding.heading"].create(
            {
                "agreement_id": agreement.id,
                "name": "Overheads",
                "kind": "flat",
                "flat_rate": rate,
                "flat_heading_ids": agreement.heading_ids.ids,
            }
        )


class TestThousandths(CurrencyCase):
    currency_name = "TND"
    price = 123.457

    def test_a_seat_is_parted_to_the_thousandth(self):
        bill = self._new_bill("Camille")
        self._pay(bill)
        parts = {"A": 61.729, "B": 37.037, "C": 24.691}
        self.assertShares(bill, **parts)
        cost = self._costs(bill)
        self.assertEqual(cost.payments, [["2015-07-20", "123.457"]])
        self.assertEqual(self._split(cost.charge_id), parts, "as its statement says")

    def test_a_part_payment_is_spread_over_lines_to_the_thousandth(self):
        bill = self._new_direct(("Flyers", 33.333), ("Posters", 66.667))
        self._pay(bill, 50.001)
        self._refresh()
        self.assertEqual(self._costs(bill).mapped("paid_amount"), [16.667, 33.334])

    def test_a_flat_amount_is_counted_to_the_thousandth(self):
        self._add_flat(15.0)
        self._pay(self._new_bill("Camille"))
        self._refresh()
        flat = self._costs().filtered(lambda cost: cost.kind == "flat")
        self.assertEqual((flat.amount, flat.amount_funded), (18.519, 9.26))

    def test_hours_cost_a_thousandth_too(self):
        cost = self._new_hours(1.0, 21.333)
        self.assertEqual((cost.amount, cost.paid_amount), (21.333, 21.333))
        self.assertEqual(cost.payments, [["2015-06-30", "21.333"]])

    def test_what_is_claimed_and_corrected_is_said_to_the_thousandth(self):
        self._pay(self._new_bill("Camille"))
        self._refresh()
        claim = self._sent(self.agreements["A"])
        self.assertEqual(claim.amount_claimed, 61.729)
        self.assertEqual(claim.sending_ids.content.count('"61.729"'), 2, "of its line, and of all")
        sheet = load_workbook(BytesIO(claim._make_workbook())).worksheets[1]
        self.assertIn("#,##0.000", {cell.number_format for cell in sheet[2]})
        self._dialog(claim.action_correct(), self.coordinator, percent=10.0, reason="A tenth")
        self.assertEqual(claim.sum_admitted, 55.556, "6.173 less")


class TestNoCents(CurrencyCase):
    currency_name = "XPF"
    price = 12345.0

    def test_a_seat_is_parted_without_cents(self):
        bill = self._new_bill("Camille")
        self._pay(bill)
        parts = {"A": 6173.0, "B": 3703.0, "C": 2469.0}
        self.assertShares(bill, **parts)
        self.assertEqual(self._split(self._costs(bill).charge_id), parts, "as its statement says")

    def test_a_part_payment_is_spread_over_lines_without_cents(self):
        bill = self._new_direct(("Flyers", 333.0), ("Posters", 667.0))
        self._pay(bill, 500.0)
        self._refresh()
        self.assertEqual(self._costs(bill).mapped("paid_amount"), [167.0, 333.0])

    def test_a_flat_amount_has_no_cents(self):
        self._add_flat(15.0)
        self._pay(self._new_bill("Camille"))
        self._refresh()
        flat = self._costs().filtered(lambda cost: cost.kind == "flat")
        self.assertEqual((flat.amount, flat.amount_funded), (1852.0, 926.0))

    def test_hours_cost_no_cents(self):
        self.assertEqual(self._new_hours(1.5, 2001.0).amount, 3002.0)

    def test_what_is_claimed_and_corrected_has_no_cents(self):
        self._pay(self._new_bill("Camille"))
        self._refresh()
        claim = self._sent(self.agreements["A"])
        self.assertEqual(claim.sending_ids.content.count('"6173"'), 2, "of its line, and of all")
        self._dialog(claim.action_correct(), self.coordinator, percent=10.0, reason="A tenth")
        self.assertEqual(claim.sum_admitted, 5556.0)
