"""Tariffs, prices and grants of a take-over."""

from odoo.tests import freeze_time

from ..common import JUNE, d
from .test_take_over import TakeOverCase


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverTariffs(TakeOverCase):
    ROW = {"space_id": "Atelier Test", "name": "Équipe", "unit": "Month"}

    def test_the_ranks_of_a_tariff_stand_or_fall_together(self):
        rows = [
            {**self.ROW, "price": 180, "rank": 1},
            {**self.ROW, "price": 150, "rank": 2},
            {**self.ROW, "price": 190, "rank": 1, "date_start": "01/05/2015"},
            {**self.ROW, "price": 160, "rank": 2, "date_start": "01/05/2015"},
        ]
        take_over = self._read(tariffs=rows)
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        (tariff,) = self.space.tariff_ids - self.tariff
        self.assertEqual(len(tariff.price_ids), 4)
        rows[1]["rank"] = 3
        take_over = self._read(tariffs=[{**row, "name": "Autre"} for row in rows])
        self.assertIn("have no rank 2", take_over.line_ids[0].problem)
        self.assertEqual(take_over.good_count, 0)

    def test_terms_are_said_in_one_of_the_rows(self):
        rows = [
            {**self.ROW, "unit": "", "price": 180},
            {**self.ROW, "unit": "Day", "price": 150, "date_start": "01/05/2015"},
        ]
        take_over = self._read(tariffs=rows)
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        self.assertEqual((self.space.tariff_ids - self.tariff).unit, "day")
        take_over = self._read(tariffs=[{**rows[0], "name": "Autre"}])
        self.assertProblem(take_over, ("tariffs", 2), "unit", "“Unit” is empty")

    def test_a_tariff_that_is_there_gets_the_price_it_lacks(self):
        row = {"space_id": "Atelier Test", "name": "Nomad", "unit": "Month"}
        take_over = self._read(
            tariffs=[
                {**row, "price": 180},
                {**row, "price": 200, "date_start": "01/07/2015"},
            ]
        )
        self.assertEqual((take_over.known_count, take_over.good_count), (1, 1))
        take_over.action_record()
        self.assertEqual(sorted(self.tariff.price_ids.mapped("price")), [180.0, 200.0])

    def test_another_price_of_the_same_day_is_not_written_over(self):
        row = {"space_id": "Atelier Test", "name": "Nomad", "unit": "Month", "price": 170}
        take_over = self._read(tariffs=[row])
        self.assertProblem(take_over, ("tariffs", 2), "price", "180", "change it on the tariff")

    def test_the_caps_of_a_price_are_its_own(self):
        row = {**self.ROW, "unit": "Half-day", "price": 12, "monthly_cap": "200,00"}
        dated = {**row, "price": 13, "date_start": "01/05/2015", "monthly_cap": ""}
        dated |= {"price_monthly_cap": "150,00", "price_daily_cap": "20"}
        self._record(tariffs=[row, dated])
        (tariff,) = self.space.tariff_ids - self.tariff
        self.assertEqual(
            [
                (price.daily_cap, price.monthly_cap, tariff.daily_cap, tariff.monthly_cap)
                for price in tariff.price_ids.sorted("date_start")
            ],
            [(0.0, 0.0, 0.0, 200.0), (20.0, 150.0, 0.0, 200.0)],
        )
        take_over = self._read(tariffs=[row, {**dated, "price_monthly_cap": "160,00"}])
        self.assertProblem(take_over, ("tariffs", 3), "price_monthly_cap", "change it on the")

    def test_other_terms_than_those_that_are_there_are_refused(self):
        row = {"space_id": "Atelier Test", "name": "Nomad", "unit": "Day", "price": 180}
        self.assertProblem(self._read(tariffs=[row]), ("tariffs", 2), "unit", "is there already")

    def test_a_choice_that_is_none_says_which_there_are(self):
        row = {**self.ROW, "price": 20, "unit": "Mois lunaire"}
        self.assertProblem(self._read(tariffs=[row]), ("tariffs", 2), "unit", "Half-day", "Month")

    def test_what_seats_and_fees_are_posted_on_is_what_the_company_proposes(self):
        """Not what some tariff had last."""
        fee_product = self._new_product("Fee", self.tax_lost)
        self.company.coworking_membership_product_id = fee_product
        self._new_tariff("Last", 10.0, product_id=self._new_product("Odd").id)
        space = {"name": "Le Quai", "seat_capacity": 2, "fee": "10,00"}
        self._read(spaces=[space], tariffs=[{**self.ROW, "price": 20}]).action_record()
        made = self.space.tariff_ids.filtered(lambda tariff: tariff.name == "Équipe")
        self.assertEqual(made.product_id, self.seat_product)
        quai = self.env["coworking.space"].search([("name", "=", "Le Quai")])
        self.assertEqual(quai.membership_ids.product_id, fee_product)
        self.assertKnown(spaces=[space])
        for key, text in (("fee", "12,00"), ("tax_included", "no")):
            take_over = self._read(spaces=[{**space, key: text}])
            self.assertProblem(take_over, ("spaces", 2), key, "change it there")

    def test_a_fee_is_not_given_to_a_space_that_asks_none(self):
        space = {"name": "Le Quai", "seat_capacity": 2}
        self._record(spaces=[space])
        take_over = self._read(spaces=[{**space, "fee": "10,00"}])
        self.assertProblem(take_over, ("spaces", 2), "fee", "change it there")
        self.assertKnown(spaces=[{**space, "fee": "0"}])

    def test_without_a_product_that_is_proposed_the_accountant_is_asked(self):
        self.company.coworking_seat_product_id = False
        self.company.coworking_membership_product_id = False
        space = {"name": "Le Quai", "seat_capacity": 2, "fee": "10,00"}
        take_over = self._read(spaces=[space], tariffs=[{**self.ROW, "price": 20}])
        self.assertProblem(take_over, ("tariffs", 2), "product_id", "Accounts and Taxes")
        self.assertProblem(take_over, ("spaces", 2), "fee", "Accounts and Taxes")


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverGrants(TakeOverCase):
    ROW = {"reference": "MEL-1", "partner_id": "Metropolis", "amount_used_before": "900,00"}

    def test_what_funders_paid_before_counts_against_their_grants(self):
        row = {**self.ROW, "amount_granted": "1 000,00", "rate": 100}
        self._read(grants=[row]).action_record()
        (agreement,) = self.edition.agreement_ids
        self.assertEqual(
            (agreement.date_from, agreement.date_to), (d("1/1"), d("31/12")), "the program's"
        )
        self._new_seat("1/6", "30/6", who=self._new_participant("Zoé", self.edition))
        charges = self._generate(JUNE, self.edition).charge_ids
        # 80 % of 180.00 are 144.00, of which 100.00 are left of the grant
        split = self.edition._split_over_funders(charges)
        self.assertEqual(float(split[agreement]), 100.0)
        self.assertEqual(float(split[agreement.browse()]), 44.0)

    def test_an_agreement_that_is_there_with_other_terms_says_so(self):
        row = {**self.ROW, "rate": 50, "admits_pack": "no", "targets": "Dix personnes"}
        self._record(grants=[row])
        self.assertEqual(self.edition.agreement_ids.eligible_kinds, "regular,overage,membership")
        for key, text in (("rate", 60), ("admits_pack", "yes"), ("targets", "Vingt personnes")):
            with self.subTest(key):
                take_over = self._read(grants=[{**row, key: text}])
                self.assertProblem(take_over, ("grants", 2), key, "change it there")

    def test_an_amenity_that_is_none_is_said(self):
        row = {"name": "Le Quai", "seat_capacity": 2, "amenity_ids": "Nulle part"}
        take_over = self._read(spaces=[row])
        self.assertProblem(take_over, ("spaces", 2), "amenity_ids", "Nulle part")

    def test_an_agreement_that_is_there_says_it_once(self):
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-1",
                "partner_id": self.env["res.partner"].create({"name": "Metropolis"}).id,
                "program_ids": self.edition.ids,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        self._read(grants=[self.ROW]).action_record()
        self.assertEqual(agreement.amount_used_before, 900.0)
        self.assertEqual(self._read(grants=[self.ROW]).known_count, 1)
        other = self._read(grants=[{**self.ROW, "amount_used_before": "901,00"}])
        self.assertProblem(other, ("grants", 2), "amount_used_before", "already")
        agreement.program_ids = self.program
        self.assertProblem(
            self._read(grants=[self.ROW]), ("grants", 2), "reference", "another program"
        )

    def test_an_agreement_that_is_to_be_made_needs_its_funder(self):
        take_over = self._read(grants=[{**self.ROW, "partner_id": ""}])
        self.assertProblem(take_over, ("grants", 2), "partner_id", "No agreement is called MEL-1")
