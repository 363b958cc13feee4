from dataclasses import fields

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.pricing import Terms

from ..common import JUNE, CoworkingCase, d


class TestPrices(CoworkingCase):
    def test_the_price_of_a_day_is_the_latest_begun(self):
        tariff = self._new_tariff("Dated", 180.0, prices=[("2015-06-10", 200.0)])
        self.assertFalse(tariff._price_on(d("31/12/14")))
        self.assertEqual(tariff._price_on(d("9/6")).price, 180.0)
        self.assertEqual(tariff._price_on(d("10/6")).price, 200.0)

    @freeze_time("2015-06-10 10:00:00")
    def test_the_summary_says_the_price_of_today_and_its_tax(self):
        tariff = self._new_tariff("Dated", 180.0, prices=[("2015-06-10", 200.0)])
        self.assertRegex(tariff.price_summary, r"200[.,]00.*€")
        self.assertIn("incl. VAT", tariff.price_summary)
        tariff.tax_included = False
        self.assertIn("excl. VAT", tariff.price_summary)
        self.assertFalse(self._new_tariff("Later", 10.0, since="2015-07-01").price_summary)

    def test_two_prices_of_a_rank_never_start_on_one_day(self):
        with self.assertRefused(error=ValidationError):
            self.tariff.price_ids = [Command.create({"date_start": "2015-01-01", "price": 1.0})]

    def test_tickets_and_packs_hold_no_place_unless_said_otherwise(self):
        for unit, holds in (("month", True), ("week", True), ("day", False), ("hour", False)):
            with self.subTest(unit=unit):
                self.assertEqual(self._new_tariff(unit, 10.0, unit=unit).uses_place, holds)
        pack = self._new_tariff("Pack", 120.0, unit="pack", pack_size=10)
        self.assertFalse(pack.uses_place)
        pack.uses_place = True
        self.assertTrue(pack.uses_place)

    def test_a_pack_has_a_size(self):
        with self.assertRefused(error=ValidationError):
            self._new_tariff("Pack", 120.0, unit="pack")

    def test_days_included_are_for_tariffs_by_the_month(self):
        with self.assertRefused("Atelier Test · Odd", error=ValidationError):
            self._new_tariff("Odd", 20.0, unit="day", included_quantity=3)

    def test_it_is_found_as_it_is_shown(self):
        self.assertEqual(self.tariff.display_name, "Atelier Test · Nomad")
        Tariff = self.env["coworking.tariff"]
        self.assertEqual(Tariff.name_search("Atelier Test · Nomad")[0][0], self.tariff.id)
        self.assertNotIn(
            self.tariff_b, Tariff.search([("display_name", "=", "Atelier Test · Nomad")])
        )


class TestLockedTerms(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/12")

    def test_terms_may_change_until_a_month_is_settled(self):
        self._generate()
        self.tariff.proration = "none"
        self.assertFalse(self.tariff.terms_locked)

    def test_terms_of_settled_months_are_locked(self):
        self._settle()
        self.tariff.invalidate_recordset()
        self.assertTrue(self.tariff.terms_locked)
        other_product = self._new_product("Another", self.tax_lost)
        for name, value in (
            ("unit", "day"),
            ("tax_included", False),
            ("period", "anniversary"),
            ("proration", "none"),
            ("half_day_quantity", 0.5),
            ("absence_rule", "credited"),
            ("closure_rule", "credited"),
            ("daily_cap", 5.0),
            ("monthly_cap", 5.0),
            ("included_quantity", 3.0),
            ("min_commitment_months", 3),
            ("notice_days", 30),
            ("notice_rule", "month_end"),
            ("billing_timing", "advance"),
            ("product_id", other_product.id),
            ("space_id", self.space_b.id),
        ):
            with self.subTest(term=name), self.assertRefused("Atelier Test · Nomad"):
                self.tariff.write({name: value})

    def test_writing_a_locked_term_as_it_is_changes_nothing_and_is_let_through(self):
        self._settle()
        self.tariff.write({"proration": "daily", "name": "Renamed", "sequence": 3})
        self.assertEqual(self.tariff.name, "Renamed")

    def test_every_field_that_prices_is_a_locked_term(self):
        """A term added to pricing must be locked too: otherwise a settled month could change."""
        terms = {field.name for field in fields(Terms)} - {"prices", "step"}
        self.assertLessEqual(terms, set(self.tariff._get_locked_terms()))

    def test_a_settled_month_keeps_its_price(self):
        self._settle()
        price = self.tariff.price_ids
        for change in (
            lambda: price.write({"price": 200.0}),
            lambda: price.write({"date_start": "2015-06-02"}),
            lambda: price.unlink(),
            lambda: price.create(
                {"tariff_id": self.tariff.id, "date_start": "2015-06-30", "price": 200.0}
            ),
        ):
            with self.assertRefused("Atelier Test · Nomad", error=UserError):
                change()

    def test_a_new_price_after_the_settled_months_is_a_new_row(self):
        self._settle()
        self.tariff.price_ids = [Command.create({"date_start": "2015-07-01", "price": 200.0})]
        self._generate(d("1/7"))
        self.assertAmounts(self._charges(self.seat), ("regular", 180.0), ("regular", 200.0))


class TestProductAndTax(CoworkingCase):
    def test_the_operator_of_an_exempt_space_bills_without_tax(self):
        """Article 293 B is a fiscal position: its prices with tax are prices without."""
        exempt = self._new_tax("0% 293 B", amount=0.0)
        position = self.env["account.fiscal.position"].create(
            {"name": "293 B", "company_id": self.company.id}
        )
        exempt.write({"fiscal_position_ids": position.ids, "original_tax_ids": self.tax_lost.ids})
        self.assertEqual(self.tariff._get_taxes(), self.tax_lost)
        self.space.operator_id.property_account_position_id = position
        self.assertEqual(self.tariff._get_taxes(), exempt)
        seat = self._new_seat("1/6", "30/6")
        self._generate(JUNE)
        self.assertAmounts(
            self._charges(seat),
            (180.0, 0.0, 180.0),
            fields=("amount_untaxed", "amount_tax", "amount_total"),
        )

    def test_a_product_has_one_purchase_tax_in_percent_at_most(self):
        product = self._new_product("Two taxes", self.tax_lost)
        product.supplier_taxes_id |= self.tax_recovered
        with self.assertRefused("Two taxes", "Atelier Test · Odd", error=ValidationError):
            self._new_tariff("Odd", 10.0, product_id=product.id)
        fixed = self._new_tax("Fixed", amount=3.0, amount_type="fixed")
        product = self._new_product("Fixed tax", fixed)
        with self.assertRefused("Fixed tax", "Atelier Test · Odd", error=ValidationError):
            self._new_tariff("Odd", 10.0, product_id=product.id)
        self._new_tariff("No tax", 10.0, product_id=self._new_product("Untaxed").id)

    def test_tax_due_on_payment_counts_as_recovered(self):
        """French service taxes are due on payment and would go to an account of their own."""
        self.company.tax_exigibility = True
        transition = self.accounts["tax"].copy({"code": "T445W", "reconcile": True})
        on_payment = self._new_tax(
            "20% S",
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=transition.id,
        )
        tariff = self._new_tariff("S", 10.0, product_id=self._new_product("S", on_payment).id)
        self.assertIn("20% S", tariff._get_tax_problem("total"))
        self.assertFalse(tariff._get_tax_problem("untaxed"))
