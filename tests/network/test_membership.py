"""A yearly fee has the rules of a tariff: dated, frozen with the months it priced, one tax."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..common import JULY, JUNE, CoworkingCase, d


class MembershipCase(CoworkingCase):
    @classmethod
    def _new_fee(cls, since, fee=10.0, product=None, space=None):
        return cls.env["coworking.space.membership"].create(
            {
                "space_id": (space or cls.space).id,
                "date_start": d(since),
                "fee": fee,
                "product_id": (product or cls.seat_product).id,
            }
        )

    def _month(self, month):
        return format_date(self.env, month, date_format="MMMM y")


class TestSettledFee(MembershipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee = cls._new_fee("1/1")
        cls.seat = cls._new_seat("1/6", "31/12")

    def test_it_may_change_until_a_month_is_settled(self):
        june = self._generate()
        self.fee.fee = 12.0
        self.assertTrue(june.pending_changes)
        june.action_refresh()
        self.assertAmounts(june.charge_ids, ("membership", 12.0), ("regular", 180.0))

    def test_one_that_priced_a_settled_month_neither_changes_nor_goes(self):
        self._settle()
        for change in (
            lambda: self.fee.write({"fee": 12.0}),
            lambda: self.fee.write({"tax_included": False}),
            lambda: self.fee.write({"product_id": self._new_product("Other").id}),
            lambda: self.fee.write({"date_start": d("1/7")}),
            lambda: self.fee.write({"space_id": self.space_b.id}),
            lambda: self.fee.unlink(),
            lambda: self.space.write({"membership_ids": [Command.clear()]}),
        ):
            with self.assertRefused("Atelier Test", self._month(JUNE), "from a later date"):
                change()

    def test_another_never_begins_in_a_settled_month(self):
        self._settle()
        with self.assertRefused("Atelier Test", self._month(JUNE), error=UserError):
            self._new_fee("30/6", 12.0)
        later = self._new_fee("1/7", 12.0)
        with self.assertRefused("Atelier Test", self._month(JUNE)):
            later.date_start = d("30/6")

    def test_a_new_fee_is_a_new_row_from_a_later_month(self):
        self._settle()
        later = self._new_fee("1/7", 12.0)
        second = self._new_seat("1/7", "31/7", "Farid")
        self._settle(JULY)
        self.assertAmounts(self._charges(self.seat, JUNE), ("membership", 10.0), ("regular", 180.0))
        self.assertAmounts(self._charges(second), ("membership", 12.0), ("regular", 180.0))
        with self.assertRefused(self._month(JULY)):
            later.fee = 13.0

    def test_one_that_another_replaced_before_is_free(self):
        replaced = self._new_fee("1/3", 11.0)
        replaced.date_start = d("1/1/14")
        self._settle()
        replaced.fee = 9.0
        replaced.unlink()

    def test_months_of_another_space_lock_nothing(self):
        self._settle()
        self._new_fee("1/1", 5.0, space=self.space_b).fee = 6.0

    def test_a_correction_of_a_settled_month_keeps_its_fee(self):
        self._settle()
        self._new_fee("1/7", 12.0)
        self.seat.date_start = d("16/6")
        self._settle(JULY)
        self.assertEqual(
            sum(self._charges(self.seat, JUNE).mapped("amount_total")), 100.0, "90.00 and 10.00"
        )


class TestProductAndTaxOfFees(MembershipCase):
    def test_its_product_has_one_purchase_tax_in_percent_at_most(self):
        product = self._new_product("Two taxes", self.tax_lost)
        product.supplier_taxes_id |= self.tax_recovered
        with self.assertRefused("Two taxes", "Atelier Test", error=ValidationError):
            self._new_fee("1/1", product=product)
        fixed = self._new_product("Fixed", self._new_tax("Fixed", amount=3.0, amount_type="fixed"))
        with self.assertRefused("Fixed", "Atelier Test", error=ValidationError):
            self._new_fee("1/1", product=fixed)

    def test_its_product_has_an_expense_account(self):
        product = self._new_product("No account", property_account_expense_id=False)
        product.categ_id = self.env["product.category"].create(
            {"name": "Bare", "property_account_expense_categ_id": False}
        )
        with self.assertRefused("No account", "expense account", error=ValidationError):
            self._new_fee("1/1", product=product)

    def test_a_recovered_tax_is_refused_where_a_program_funds_with_tax(self):
        self._new_seat("1/6", "31/12")
        with self.assertRefused("Atelier Test", "20% recovered", error=ValidationError):
            self._new_fee("1/1", product=self.seat_product_recovered)
        fee = self._new_fee("1/1")
        with self.assertRefused("Atelier Test", "20% recovered", error=ValidationError):
            fee.product_id = self.seat_product_recovered

    def test_a_lost_tax_is_refused_where_a_program_funds_without_tax(self):
        self.program.funding_base = "untaxed"
        self._new_seat(
            "1/6",
            "31/12",
            tariff=self._new_tariff("HT", 150.0, product_id=self.seat_product_recovered.id),
        )
        with self.assertRefused("Atelier Test", "20% not recovered", error=ValidationError):
            self._new_fee("1/1")
        self._new_fee("1/1", product=self.seat_product_recovered)

    def test_a_seat_is_not_confirmed_where_the_fee_does_not_fit_its_program(self):
        self._new_fee("1/1", product=self.seat_product_recovered)
        with self.assertRefused("Membership fee of Atelier Test", error=ValidationError):
            self._new_seat("1/6", "31/12")
        self._new_fee("1/3")
        self._new_seat("1/6", "31/12")

    def test_a_fee_that_begins_after_the_stay_does_not_matter(self):
        self._new_fee("1/8", product=self.seat_product_recovered)
        self._new_seat("1/6", "31/7")

    def test_a_tax_that_no_longer_fits_is_told_when_the_month_is_generated(self):
        product = self._new_product("Fee", self.tax_lost)
        self._new_fee("1/1", product=product)
        self._new_seat("1/6", "31/12")
        product.supplier_taxes_id = self.tax_recovered
        with self.assertRefused("Membership fee of Atelier Test", "20% recovered"):
            self._generate()

    def test_the_forecast_follows_the_fee(self):
        fee = self._new_fee("1/1")
        seat = self._new_seat("1/6", "31/12")
        forecast = seat.charge_ids.filtered(lambda charge: charge.kind == "membership")
        self.assertEqual(forecast.amount_total, 10.0)
        fee.fee = 12.0
        self.assertEqual(forecast.amount_total, 12.0)
