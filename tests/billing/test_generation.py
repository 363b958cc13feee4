"""A month of charges, through the models. Every figure was computed by hand.

The pricing itself is tested in tests/unit; here, that records say to it what they hold.
"""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common import JULY, JUNE, CoworkingCase, d

MONEY = (
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "funded_amount",
    "copayment_amount",
    "payable_untaxed",
    "payable_tax",
    "payable_total",
)
SHARES = ("amount_total", "funded_amount", "copayment_amount")


class GenerationCase(CoworkingCase):
    def _regular(self, seat, month=JUNE):
        """Total of the regular charges of a seat in a month, once it is generated."""
        self._generate(month)
        charges = self._charges(seat, month).filtered(lambda charge: charge.kind == "regular")
        return sum(charges.mapped("amount_total"))


class TestMonths(GenerationCase):
    """Design 5, points 1 to 4."""

    def test_both_the_first_and_the_last_day_count(self):
        self.assertEqual(self._regular(self._new_seat("15/6", "15/6")), 6.0)

    def test_daily_16_days_of_30_at_300(self):
        tariff = self._new_tariff("300", 300.0)
        self.assertEqual(self._regular(self._new_seat("15/6", "30/6", tariff=tariff)), 160.0)

    def test_a_whole_month_of_31_days_is_one_month(self):
        seat = self._new_seat("1/7", "31/7", tariff=self.tariff_b)
        self.assertEqual(self._regular(seat, JULY), 140.0)

    def test_a_seat_without_end_is_charged_month_after_month(self):
        seat = self._new_seat("16/6")
        self.assertEqual(self._regular(seat), 90.0)
        self.assertEqual(self._regular(seat, JULY), 180.0)

    def test_half_months(self):
        half = self._new_tariff("Half", 180.0, proration="half_month")
        self.assertEqual(self._regular(self._new_seat("1/6", "15/6", "A", half)), 90.0)
        self.assertEqual(self._regular(self._new_seat("1/6", "16/6", "B", half)), 180.0)

    def test_thirtieths(self):
        thirty = self._new_tariff("30", 300.0, proration="daily_30")
        self.assertEqual(self._regular(self._new_seat("15/7", "31/7", "A", thirty), JULY), 170.0)
        self.assertEqual(self._regular(self._new_seat("1/7", "31/7", "B", thirty), JULY), 300.0)

    def test_working_days(self):
        """22 in June 2015; 12 from Monday 15."""
        working = self._new_tariff("Working", 220.0, proration="working_days")
        self.assertEqual(self._regular(self._new_seat("15/6", "30/6", "A", working)), 120.0)
        self.assertEqual(self._regular(self._new_seat("13/6", "14/6", "B", working)), 0.0)

    def test_any_day_owes_the_whole_month(self):
        whole = self._new_tariff("Whole", 180.0, proration="none")
        self.assertEqual(self._regular(self._new_seat("30/6", "30/6", tariff=whole)), 180.0)

    def test_months_from_the_start_date(self):
        """From 31 January: to 27 February, to 30 March, to 29 April; whole, where they start."""
        tariff = self._new_tariff("Anniversary", 200.0, period="anniversary")
        seat = self._new_seat("31/1", "29/4", tariff=tariff)
        found = []
        for month in ("1/1", "1/2", "1/3", "1/4"):
            self._generate(d(month))
            found += [
                (charge.date_from, charge.date_to, charge.amount_total)
                for charge in self._charges(seat, d(month))
            ]
        self.assertEqual(
            found,
            [
                (d("31/1"), d("27/2"), 200.0),
                (d("28/2"), d("30/3"), 200.0),
                (d("31/3"), d("29/4"), 200.0),
            ],
        )

    def test_a_period_has_the_price_of_its_first_day(self):
        tariff = self._new_tariff("Dated", 180.0, prices=[("2015-06-10", 200.0)])
        seat = self._new_seat("1/6", "31/7", "A", tariff)
        self.assertEqual(self._regular(seat), 180.0)
        self.assertEqual(self._regular(seat, JULY), 200.0)
        self.assertEqual(self._regular(self._new_seat("10/6", "30/6", "B", tariff)), 140.0)

    def test_a_guaranteed_price_stays(self):
        tariff = self._new_tariff("Dated", 180.0, prices=[("2015-06-10", 200.0)])
        seat = self._new_seat("1/6", "31/8", "A", tariff, price_guaranteed_until="2015-07-31")
        self.assertEqual(self._regular(seat, JULY), 180.0)
        self.assertEqual(self._regular(seat, d("1/8")), 200.0)


class TestUse(GenerationCase):
    """Design 5, points 4 and 5."""

    def test_days_up_to_the_limit_of_the_month(self):
        tariff = self._new_tariff("Days", 20.0, unit="day", monthly_cap=140.0)
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._new_presences(seat, *self._whole_days(6, "1/6"))
        self.assertEqual(self._regular(seat), 120.0)
        self._new_presences(seat, *self._whole_days(3, "15/6"))
        self.assertEqual(self._regular(seat), 140.0)

    def test_hours_up_to_the_limit_of_the_day(self):
        tariff = self._new_tariff("Hours", 4.0, unit="hour", daily_cap=12.0)
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._new_presences(seat, "3/6am", hours=3.5)
        self.assertEqual(self._regular(seat), 12.0)
        self._new_presences(seat, "4/6am", hours=2)
        self.assertEqual(self._regular(seat), 20.0)

    def test_each_half_day_present_is_one(self):
        tariff = self._new_tariff("Half-days", 12.0, unit="half_day")
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._new_presences(seat, "3/6", "4/6am")
        self.assertEqual(self._regular(seat), 36.0)

    def test_a_half_day_alone_counts_what_the_tariff_says(self):
        whole = self._new_tariff("Whole", 20.0, unit="day")
        half = self._new_tariff("Half", 20.0, unit="day", half_day_quantity=0.5)
        for tariff, amount in ((whole, 40.0), (half, 30.0)):
            seat = self._new_seat("1/6", "30/6", tariff.name, tariff)
            self._new_presences(seat, "3/6am", "4/6")
            self.assertEqual(self._regular(seat), amount)

    def test_an_absence_costs_nothing(self):
        tariff = self._new_tariff("Days", 20.0, unit="day")
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._new_presences(seat, "3/6", "4/6")[:2].state = "absent"
        self.assertEqual(self._regular(seat), 20.0)

    def test_nothing_used_makes_no_charge_and_no_statement(self):
        self._new_seat("1/6", "30/6", tariff=self._new_tariff("Days", 20.0, unit="day"))
        self.assertFalse(self._generate())

    def test_a_presence_has_the_price_of_its_day(self):
        tariff = self._new_tariff("Days", 20.0, unit="day", prices=[("2015-06-10", 22.0)])
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._new_presences(seat, "9/6", "10/6")
        self.assertEqual(self._regular(seat), 42.0)

    def test_weeks_begun_are_due_whole_where_they_start(self):
        seat = self._new_seat("24/6", "10/7", tariff=self._new_tariff("Week", 60.0, unit="week"))
        self.assertEqual(self._regular(seat), 60.0)
        self.assertEqual(self._regular(seat, JULY), 120.0)


class TestOtherRules(GenerationCase):
    """Design 5, points 6 to 11: one worked example each, to show that the terms get through."""

    def test_days_beyond_those_included(self):
        tariff = self._new_tariff("8 days", 0.0, included_quantity=8.0)
        tariff.price_ids.write({"price": 100.0, "overage_price": 15.0})
        seat = self._new_seat("16/6", "30/6", tariff=tariff)
        self._new_presences(seat, *self._whole_days(10, "16/6"))
        self._generate()
        self.assertAmounts(self._charges(seat), ("overage", 30.0), ("regular", 50.0))

    def test_packs_are_charged_whole_when_bought(self):
        tariff = self._new_tariff("Pack", 120.0, unit="pack", pack_size=10)
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._new_presences(seat, *self._whole_days(12, "1/6"))
        self._generate()
        self.assertAmounts(self._charges(seat), ("pack", 240.0))

    def test_the_second_desk_is_cheaper(self):
        tariff = self._new_tariff(
            "Rank", 180.0, prices=[{"date_start": "2015-01-01", "price": 150.0, "rank": 2}]
        )
        first = self._new_seat("1/6", "30/6", "A", tariff)
        second = self._new_seat("1/6", "30/6", "B", tariff)
        self.assertEqual(self._regular(first), 180.0)
        self.assertEqual(self._regular(second), 150.0)

    def test_suspended_days_are_credited_where_the_tariff_says_so(self):
        credited = self._new_tariff("Credited", 180.0, absence_rule="credited")
        for tariff, amount in ((credited, 120.0), (self.tariff, 180.0)):
            person = self._new_participant(tariff.name, date_entry="2015-06-01")
            seat = self._new_seat("1/6", "30/6", person, tariff)
            self.env["coworking.suspension"].create(
                {
                    "participant_id": person.id,
                    "date_from": "2015-06-11",
                    "date_to": "2015-06-20",
                    "reason": "Training",
                }
            )
            self.assertEqual(self._regular(seat), amount)

    def test_closed_days_are_credited_where_the_tariff_says_so(self):
        self.space.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Paris", "tz": "Europe/Paris", "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.space.resource_calendar_id.id,
                "company_id": self.company.id,
                # midnight to midnight in Paris
                "date_from": "2015-06-10 22:00:00",
                "date_to": "2015-06-20 21:59:59",
            }
        )
        credited = self._new_tariff("Credited", 180.0, closure_rule="credited")
        self.assertEqual(self._regular(self._new_seat("1/6", "30/6", "A", credited)), 120.0)
        self.assertEqual(self._regular(self._new_seat("1/6", "30/6", "B")), 180.0)

    def test_a_commitment_is_due_on_the_statement_of_the_departure(self):
        tariff = self._new_tariff("Bound", 180.0, min_commitment_months=3)
        seat = self._new_seat("1/1", "20/2", tariff=tariff)
        january, february = self._generate(d("1/1")), self._generate(d("1/2"))
        self.assertAmounts(january.charge_ids, ("regular", 180.0))
        self.assertAmounts(
            february.charge_ids,
            ("commitment", 51.43),
            ("regular", 128.57),
            ("commitment", 180.0),
        )
        self.assertEqual(self._charges(seat), january.charge_ids | february.charge_ids)
        self.assertFalse(self._generate(d("1/3")))

    def test_a_membership_fee_comes_once_with_the_first_charge(self):
        self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": "2015-01-01",
                "fee": 10.0,
                "product_id": self.seat_product.id,
            }
        )
        seat = self._new_seat("1/6", "31/7")
        self._generate()
        self._generate(JULY)
        self.assertAmounts(
            self._charges(seat), ("membership", 10.0), ("regular", 180.0), ("regular", 180.0)
        )

    def test_a_fee_whose_month_goes_is_asked_by_the_one_that_was_computed_before(self):
        self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": "2015-01-01",
                "fee": 10.0,
                "product_id": self.seat_product.id,
            }
        )
        seat = self._new_seat("1/5", "30/6")
        may, june = self._generate(d("1/5")), self._generate()
        seat.date_start = d("1/6")
        june._refresh_lines()
        self.assertAmounts(june.charge_ids, ("regular", 180.0))
        self.assertFalse(june.pending_changes)
        self._generate(d("1/5"))
        self.assertFalse(may.exists())
        self.assertTrue(june.pending_changes)
        june._refresh_lines()
        self.assertAmounts(june.charge_ids, ("membership", 10.0), ("regular", 180.0))


class TestMoney(GenerationCase):
    """Design 5, point 12."""

    def test_a_price_with_tax(self):
        seat = self._new_seat("1/6", "30/6", tariff=self.tariff_b)
        self._generate()
        self.assertAmounts(
            self._charges(seat),
            (116.67, 23.33, 140.0),
            fields=("amount_untaxed", "amount_tax", "amount_total"),
        )

    def test_a_price_without_tax(self):
        tariff = self._new_tariff("Untaxed", 150.0, tax_included=False)
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._generate()
        self.assertAmounts(
            self._charges(seat),
            (150.0, 30.0, 180.0),
            fields=("amount_untaxed", "amount_tax", "amount_total"),
        )

    def test_amounts_are_rounded_once_half_up(self):
        """19 days of 31 at 100.25: 61.44 (61.4435), never 0.61 x 100.25; 2.675 is 2.68."""
        tariff = self._new_tariff("Odd", 100.25, product_id=self._new_product("Untaxed").id)
        seat = self._new_seat("13/7", "31/7", "A", tariff)
        self.assertEqual(self._regular(seat, JULY), 61.44)
        odd = self._new_tariff("Odder", 5.35, proration="half_month")
        self.assertEqual(self._regular(self._new_seat("1/7", "2/7", "B", odd), JULY), 2.68)


class TestFunding(GenerationCase):
    """Design 5, point 13."""

    def test_up_to_the_cap(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        seat = self._new_seat("1/6", "30/6")
        self._generate()
        self.assertAmounts(self._charges(seat), (180.0, 120.0, 60.0), fields=SHARES)

    def _two_seats_of_one_month(self):
        """90.00 from 1 to 15 June, then 70.00 elsewhere from 16 to 30."""
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        person = self._new_participant()
        return (
            self._new_seat("1/6", "15/6", person),
            self._new_seat("16/6", "30/6", person, self.tariff_b),
        )

    def test_the_cap_holds_over_all_spaces_of_the_person(self):
        first, second = self._two_seats_of_one_month()
        self._generate()
        self.assertAmounts(self._charges(first), (90.0, 72.0, 18.0), fields=SHARES)
        self.assertAmounts(self._charges(second), (70.0, 48.0, 22.0), fields=SHARES)

    def test_whichever_space_is_generated(self):
        first, second = self._two_seats_of_one_month()
        self._generate(spaces=self.space_b)
        self.assertFalse(self._charges(first))
        self.assertAmounts(self._charges(second), (70.0, 48.0, 22.0), fields=SHARES)
        self._generate(spaces=self.space)
        self.assertAmounts(self._charges(first), (90.0, 72.0, 18.0), fields=SHARES)

    def test_each_month_has_its_own_cap(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        seat = self._new_seat("1/6", "31/7")
        self._generate()
        self._generate(JULY)
        self.assertEqual(self._charges(seat).mapped("funded_amount"), [120.0, 120.0])

    def test_a_dated_rate_rules_from_its_month_on(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        seat = self._new_seat("1/6", "31/7")
        seat.funding_ids = [Command.create({"date_from": "2015-07-01", "rate": 50.0, "cap": 0.0})]
        self._generate()
        self._generate(JULY)
        self.assertEqual(self._charges(seat).mapped("funded_amount"), [120.0, 90.0])

    def test_funded_and_copayment_are_the_whole(self):
        self.program.write({"funding_rate": 33.33})
        seat = self._new_seat("3/6", "19/6")
        self._generate()
        charge = self._charges(seat)
        # 17 days of 30 at 180.00: 102.00; 33.33 % of it: 33.9966
        self.assertAmounts(charge, (102.0, 34.0, 68.0), fields=SHARES)


class TestWhoOwesWhat(GenerationCase):
    """Design 5, point 14: 150.00 + 30.00 at 80 %."""

    def _amounts(self, base, collector):
        self.program.write(
            {"funding_rate": 80.0, "funding_base": base, "copayment_collector": collector}
        )
        product = self.seat_product if base == "total" else self.seat_product_recovered
        tariff = self._new_tariff("150", 150.0, tax_included=False, product_id=product.id)
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._generate()
        charge = self._charges(seat)
        return tuple(charge[name] for name in MONEY)

    def test_the_program_collects_on_the_price_with_tax(self):
        self.assertEqual(
            self._amounts("total", "program"),
            (150.0, 30.0, 180.0, 144.0, 36.0, 150.0, 30.0, 180.0),
        )

    def test_the_program_collects_on_the_price_without_tax(self):
        self.assertEqual(
            self._amounts("untaxed", "program"),
            (150.0, 30.0, 180.0, 120.0, 30.0, 150.0, 30.0, 180.0),
        )

    def test_the_space_collects_on_the_price_with_tax(self):
        self.assertEqual(
            self._amounts("total", "space"),
            (150.0, 30.0, 180.0, 144.0, 36.0, 120.0, 24.0, 144.0),
        )

    def test_the_space_collects_on_the_price_without_tax(self):
        self.assertEqual(
            self._amounts("untaxed", "space"),
            (150.0, 30.0, 180.0, 120.0, 30.0, 120.0, 24.0, 144.0),
        )


class TestStatementsMade(GenerationCase):
    def test_one_for_each_space_with_its_own_seats(self):
        here = self._new_seat("1/6", "30/6", "A")
        there = self._new_seat("1/6", "30/6", "B", self.tariff_b)
        statements = self._generate()
        self.assertEqual(
            {(statement.name, statement.charge_ids.seat_id) for statement in statements},
            {("TST-2015-06-ATELIER", here), ("TST-2015-06-FABRIQUE", there)},
        )
        self.assertEqual(set(statements.mapped("state")), {"draft"})
        self.assertEqual(set(statements.charge_ids.mapped("state")), {"open"})

    def test_one_for_each_program(self):
        other = self._new_program("Other", "OTH")
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", self._new_participant("B", other))
        statements = self._generate(program=self.program | other)
        self.assertEqual(statements.mapped("name"), ["TST-2015-06-ATELIER", "OTH-2015-06-ATELIER"])

    def test_only_seats_that_hold_are_charged(self):
        person = self._new_participant()
        for state in ("draft", "requested", "refused", "cancelled"):
            self._new_seat("1/6", "30/6", person, state=state)
        self.assertFalse(self._generate())
        self._new_seat("1/6", "10/6", person, state="active")
        self._new_seat("11/6", "20/6", person, state="ended")
        self._new_seat("21/6", "30/6", person)
        self.assertEqual(self._generate().charge_count, 3)

    def test_only_seats_of_the_month_are_charged(self):
        self._new_seat("1/5", "31/5", "A")
        self._new_seat("1/7", "31/7", "B")
        self.assertFalse(self._generate())

    def test_its_totals_are_the_sums_of_its_charges(self):
        self.program.funding_rate = 80.0
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("16/6", "30/6", "B")
        self.assertRecordValues(
            self._generate(),
            [
                {
                    "charge_count": 2,
                    "amount_total": 270.0,
                    "funded_amount": 216.0,
                    "copayment_amount": 54.0,
                    "payable_untaxed": 225.0,
                    "payable_tax": 45.0,
                    "payable_total": 270.0,
                }
            ],
        )

    def test_an_explanation_can_be_checked_by_hand_and_names_nobody(self):
        seat = self._new_seat("15/6", "30/6", "Camille")
        self._generate()
        explanation = self._charges(seat).explanation
        for fragment in ("16", "30", "180"):
            self.assertIn(fragment, explanation)
        self.assertNotIn("Camille", explanation)

    def test_a_charge_is_a_row_for_its_seat_month_and_days(self):
        seat = self._new_seat("15/6")
        statement = self._generate()
        self.assertRecordValues(
            statement.charge_ids,
            [
                {
                    "seat_id": seat.id,
                    "participant_id": seat.participant_id.id,
                    "space_id": self.space.id,
                    "tariff_id": self.tariff.id,
                    "program_id": self.program.id,
                    "company_id": self.company.id,
                    "period": JUNE,
                    "date_from": d("15/6"),
                    "date_to": d("30/6"),
                    "unit_price": 180.0,
                    "review": "pending",
                }
            ],
        )
        self.assertAlmostEqual(statement.charge_ids.quantity, 16 / 30, places=4)


class TestTwice(GenerationCase):
    """Generating again changes nothing that is right, and only open statements."""

    def _rows(self):
        """Each row of the month with its physical place, which any UPDATE changes."""
        self.env.flush_all()
        rows = []
        for table in ("coworking_statement", "coworking_charge", "coworking_seat"):
            self.env.cr.execute(f"SELECT id, ctid::text, write_date FROM {table}")
            rows += [(table, *row) for row in self.env.cr.fetchall()]
        return sorted(rows)

    def test_nothing_is_written_the_second_time(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        self._new_seat("15/6", "20/7", "A")
        self._new_seat("1/6", None, "B", self.tariff_b)
        days = self._new_seat(
            "1/6", "30/6", "C", self._new_tariff("Days", 7.77, unit="day", monthly_cap=50.0)
        )
        self._new_presences(days, *self._whole_days(7, "1/6"), "10/6am")
        weekly = self._new_tariff("Week", 33.33, unit="week", tax_included=False)
        self._new_seat("9/6", "30/6", "D", weekly)
        statements = self._generate()
        before = self._rows()
        self.env.invalidate_all()
        self.assertEqual(self._generate(), statements)
        self.assertEqual(self._rows(), before)

    def test_nor_under_another_language_or_user(self):
        self._new_seat("15/6", "20/7")
        statements = self._generate()
        before = self._rows()
        for env in (
            self.env(user=self.coordinator),
            self.env(context={**self.env.context, "lang": "fr_FR"}),
        ):
            env["coworking.statement"]._generate(self.program.with_env(env), JUNE)
            self.assertEqual(self._rows(), before)
        self.assertTrue(statements.exists())

    def test_nor_once_settled_billed_or_sent(self):
        self._new_seat("15/6", "20/7")
        statement = self._generate()
        for action in ("action_send", "action_confirm", "action_create_bill"):
            getattr(statement, action)()
            before = self._rows()
            self._generate()
            self.assertEqual(self._rows(), before, action)
        self.assertFalse(statement.changed_since_sent)

    def test_only_the_line_that_changed_is_written(self):
        kept = self._new_seat("1/6", "30/6", "A")
        moved = self._new_seat("1/6", "30/6", "B")
        self._generate()
        before = {row[1]: row for row in self._rows() if row[0] == "coworking_charge"}
        moved.date_end = d("15/6")
        self._generate()
        after = {row[1]: row for row in self._rows() if row[0] == "coworking_charge"}
        self.assertEqual(self._charges(moved).amount_total, 90.0)
        charge = self._charges(kept)
        self.assertEqual(before[charge.id], after[charge.id])


class TestChanges(GenerationCase):
    def test_an_open_statement_follows_the_facts(self):
        seat = self._new_seat("1/6", "30/6", "A")
        statement = self._generate()
        seat.date_start = d("16/6")
        self._new_seat("1/6", "30/6", "B")
        self.assertEqual(self._generate(), statement)
        self.assertEqual(statement.payable_total, 270.0)
        self.assertEqual(self._charges(seat).date_from, d("16/6"))

    def test_a_draft_is_not_marked_as_changed(self):
        seat = self._new_seat("1/6", "30/6")
        statement = self._generate()
        seat.date_start = d("16/6")
        self._generate()
        self.assertFalse(statement.changed_since_sent)

    def test_who_was_shown_a_statement_is_told_that_it_changed(self):
        for state in ("sent", "disputed"):
            with self.subTest(state=state):
                seat = self._new_seat("1/6", "30/6", state)
                statement = self._generate()
                statement.state = state
                seat.date_start = d("16/6")
                self._generate()
                self.assertTrue(statement.changed_since_sent)
                statement.action_send()
                self.assertFalse(statement.changed_since_sent)
                statement.action_cancel()
                seat.state = "cancelled"

    def test_a_seat_added_or_removed_is_a_change(self):
        seat = self._new_seat("1/6", "30/6", "A")
        statement = self._generate()
        statement.action_send()
        other = self._new_seat("1/6", "30/6", "B")
        self._generate()
        self.assertTrue(statement.changed_since_sent)
        statement.action_send()
        other.action_cancel()
        self._generate()
        self.assertTrue(statement.changed_since_sent)
        self.assertEqual(statement.charge_ids.seat_id, seat)

    def test_a_line_that_changed_is_to_be_confirmed_again(self):
        seats = self._new_seat("1/6", "30/6", "A") | self._new_seat("1/6", "30/6", "B")
        statement = self._generate()
        statement.charge_ids.review = "confirmed"
        seats[0].date_start = d("16/6")
        self._generate()
        self.assertEqual([self._charges(seat).review for seat in seats], ["pending", "confirmed"])

    def test_a_draft_that_loses_its_last_line_goes(self):
        seat = self._new_seat("1/6", "30/6")
        statement = self._generate()
        seat.action_cancel()
        self.assertFalse(self._generate())
        self.assertFalse(statement.exists())

    def test_a_sent_statement_that_loses_its_last_line_stays_empty(self):
        seat = self._new_seat("1/6", "30/6")
        statement = self._generate()
        statement.action_send()
        seat.action_cancel()
        self._generate()
        self.assertRecordValues(
            statement, [{"charge_count": 0, "payable_total": 0.0, "changed_since_sent": True}]
        )

    def test_a_settled_statement_is_never_touched(self):
        seat = self._new_seat("1/6", "30/6", "A")
        statement = self._settle()
        fingerprint = statement.confirmed_hash
        seat.date_end = d("15/6")
        self._new_seat("1/6", "30/6", "B")
        self._generate()
        self.assertAmounts(statement.charge_ids, ("regular", 180.0))
        self.assertEqual(statement.state, "confirmed")
        self.assertEqual(statement._get_lines_hash(), fingerprint)

    def test_a_cancelled_statement_makes_way_for_a_new_one(self):
        self._new_seat("1/6", "30/6")
        statement = self._generate()
        statement.action_cancel()
        again = self._generate()
        self.assertNotEqual(again, statement)
        self.assertEqual(again.payable_total, 180.0)
        self.assertFalse(statement.charge_ids)

    def test_only_the_spaces_asked_for(self):
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", "B", self.tariff_b)
        self.assertEqual(self._generate(spaces=self.space_b).space_id, self.space_b)
        self.assertEqual(self._generate().space_id, self.space | self.space_b)


class TestSeen(GenerationCase):
    """Nobody confirms, nor is sent, lines that facts have left behind."""

    def _changed_behind(self, change):
        """A month of one seat is generated and sent, then a fact changes."""
        self.seat = self._new_seat("1/6", "30/6", "A")
        statement = self._generate()
        statement.action_send()
        change()
        return statement

    def _assert_looked_at_again(self, statement, total):
        notice = statement.action_confirm()
        self.assertIn(statement.name, notice["params"]["message"])
        self.assertRecordValues(
            statement, [{"state": "sent", "changed_since_sent": True, "payable_total": total}]
        )
        self.assertIs(statement.action_confirm(), True)
        self.assertRecordValues(statement, [{"state": "confirmed", "payable_total": total}])

    def test_a_seat_added_before_the_confirmation(self):
        statement = self._changed_behind(lambda: self._new_seat("16/6", "30/6", "B"))
        self._assert_looked_at_again(statement, 270.0)

    def test_a_seat_cancelled_before_the_confirmation(self):
        other = self._new_seat("1/6", "30/6", "B")
        statement = self._changed_behind(other.action_cancel)
        self._assert_looked_at_again(statement, 180.0)

    def test_a_price_changed_before_the_confirmation(self):
        def change():
            self.tariff.price_ids.price = 200.0

        self._assert_looked_at_again(self._changed_behind(change), 200.0)

    def test_a_term_changed_before_the_confirmation(self):
        def change():
            self.seat.date_end = d("10/6")
            self.tariff.proration = "half_month"

        self._assert_looked_at_again(self._changed_behind(change), 90.0)

    def test_a_membership_asked_before_the_confirmation(self):
        def change():
            self.env["coworking.space.membership"].create(
                {
                    "space_id": self.space.id,
                    "date_start": d("1/1"),
                    "fee": 20.0,
                    "product_id": self.tariff.product_id.id,
                }
            )

        self._assert_looked_at_again(self._changed_behind(change), 200.0)

    def test_what_the_program_collects_changed_before_the_confirmation(self):
        self.program.funding_rate = 50.0

        def change():
            self.program.copayment_collector = "space"

        self._assert_looked_at_again(self._changed_behind(change), 90.0)

    def test_a_fact_that_changes_no_line_asks_nothing(self):
        def change():
            self.seat.date_start = d("2/6")
            self.seat.date_start = d("1/6")

        statement = self._changed_behind(change)
        self.assertTrue(statement.pending_changes)
        self.assertIs(statement.action_confirm(), True)
        self.assertEqual(statement.state, "confirmed")

    def test_those_that_changed_stay_open_among_many(self):
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", "B", self.tariff_b)
        statements = self._generate()
        statements.action_send()
        self._new_seat("1/6", "30/6", "C", self.tariff_b)
        statements.action_confirm()
        states = {statement.space_id: statement.state for statement in statements}
        self.assertEqual(states, {self.space: "confirmed", self.space_b: "sent"})

    def test_what_is_sent_is_up_to_date(self):
        self._new_seat("1/6", "30/6", "A")
        statement = self._generate()
        self._new_seat("1/6", "30/6", "B")
        statement.action_send()
        self.assertRecordValues(statement, [{"payable_total": 360.0, "changed_since_sent": False}])

    def test_a_statement_without_lines_left_is_refused_and_stays(self):
        seat = self._new_seat("1/6", "30/6", "A")
        statement = self._generate()
        seat.action_cancel()
        with self.assertRefused("Nothing is left"):
            statement.action_confirm()

    def test_a_statement_made_before_its_month_is_completed_before_it_is_confirmed_in_it(self):
        advance = self._new_tariff("Advance", 100.0, billing_timing="advance")
        self._new_seat("1/6", "31/7", "A", advance)
        self._new_seat("1/6", "31/7", "B")
        with freeze_time("2015-05-25 10:00:00"):
            statement = self._generate()
            self.assertEqual(statement.payable_total, 100.0)
        self.assertTrue(statement.action_confirm())
        self.assertEqual(statement.payable_total, 280.0)

    def test_what_a_program_funds_cannot_change_under_settled_months(self):
        self._new_seat("1/6", "30/6", "A")
        self._settle()
        with self.assertRefused(self.program.name, "settled months"):
            self.program.funding_base = "untaxed"
        with self.assertRefused(self.program.name):
            self.program.copayment_collector = "space"
        self.program.write({"funding_base": "total", "name": "Renamed"})


class TestCorrections(GenerationCase):
    """Design 5, point 15."""

    def test_what_changes_in_a_settled_month_is_corrected_in_the_next(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        seat = self._new_seat("1/6", "31/7")
        june = self._settle()
        seat.date_start = d("16/6")
        july = self._generate(JULY)
        self.assertAmounts(june.charge_ids, ("regular", 180.0))
        self.assertAmounts(
            july.charge_ids,
            (JUNE, "adjustment", -90.0, -48.0, -42.0),
            (JULY, "regular", 180.0, 120.0, 60.0),
            fields=("period", "kind", *SHARES),
        )
        self.assertEqual(july.payable_total, 90.0)

    def test_a_statement_is_made_even_if_it_holds_only_corrections(self):
        seat = self._new_seat("1/6", "30/6")
        self._settle()
        seat.date_start = d("16/6")
        july = self._generate(JULY)
        self.assertAmounts(july.charge_ids, ("adjustment", -90.0))
        self.assertEqual(july.payable_total, -90.0)

    def test_somebody_known_too_late_for_a_settled_month_is_charged_in_the_next(self):
        self._new_seat("1/6", "31/7", "A")
        june = self._settle()
        late = self._new_seat("16/6", "31/7", "B")
        july = self._generate(JULY)
        self.assertEqual(june.payable_total, 180.0)
        self.assertAmounts(
            july.charge_ids.filtered(lambda charge: charge.seat_id == late),
            (JUNE, "adjustment", 90.0),
            (JULY, "regular", 180.0),
            fields=("period", "kind", "amount_total"),
        )

    def test_a_month_settled_in_advance_still_charges_the_others(self):
        """The statement of those billed before the month is settled; the others come after it."""
        advance = self._new_tariff("Advance", 100.0, billing_timing="advance")
        self._new_seat("1/6", "31/7", "A", advance)
        other = self._new_seat("1/6", "31/7", "B")
        with freeze_time("2015-05-25 10:00:00"):
            self._settle()
        self._generate()
        self._generate(JULY)
        self.assertEqual(sum(self._charges(other).mapped("amount_total")), 360.0)

    def test_a_pack_bought_in_a_settled_month_is_charged_in_the_next(self):
        packs = self._new_tariff(
            "Pack", 120.0, unit="pack", pack_size=10, pack_validity_months=6, uses_place=False
        )
        first = self._new_seat("1/6", "31/8", "A", packs)
        self._new_presences(first, *self._whole_days(2, "1/6"))
        june = self._settle()
        late = self._new_seat("1/6", "31/8", "B", packs)
        self._new_presences(late, *self._whole_days(12, "1/6"))
        july = self._settle(JULY)
        self.assertAmounts(june.charge_ids, ("pack", 120.0))
        self.assertAmounts(july.charge_ids, ("adjustment", 240.0))
        self.assertEqual(july.charge_ids.seat_id, late)
        # Removing the first use corrects a balance; a use more that needs a pack buys one.
        first.presence_ids.unlink()
        self._new_presences(late, "22/6", *self._whole_days(9, "1/7"))
        august = self._generate(d("1/8"))
        self.assertAmounts(august.charge_ids, ("adjustment", 120.0))
        self.assertEqual(august.charge_ids.seat_id, late)

    def test_a_correction_is_made_once(self):
        seat = self._new_seat("1/6", "31/8")
        self._settle()
        seat.date_start = d("16/6")
        self._generate(JULY)
        self._generate(JULY)
        self._settle(JULY)
        august = self._generate(d("1/8"))
        self.assertAmounts(august.charge_ids, ("regular", 180.0))


class TestRefused(GenerationCase):
    def test_every_seat_that_cannot_be_priced_is_named_and_nothing_is_made(self):
        """Both at once: who must mend something wants the whole list."""
        seats = [
            self._new_seat(
                "10/6",
                "30/6",
                name,
                self._new_tariff(name, 20.0, unit="day", since="2015-06-10"),
            )
            for name in ("Tickets A", "Tickets B")
        ]
        self._new_seat("1/6", "30/6", "C")
        for seat in seats:
            self._new_presences(seat, "10/6")
            self._put_off(seat.tariff_id, "11/6")
        with self.assertRefused(*[seat.name for seat in seats], "Tickets A", "Tickets B"):
            self._generate()
        self.assertFalse(
            self.env["coworking.statement"].search([("program_id", "=", self.program.id)])
        )

    def test_a_month_is_named_by_its_first_day(self):
        with self.assertRefused("first day"):
            self._generate(d("2/6"))

    def test_a_month_that_has_not_begun_is_refused_and_says_when(self):
        self._new_seat("1/6", "31/7")
        with freeze_time("2015-05-31 10:00:00"), self.assertRefused("2015"):
            self._generate()
        with freeze_time("2015-06-01 10:00:00"):
            self.assertTrue(self._generate())

    @freeze_time("2015-05-31 22:30:00")
    def test_it_begins_where_the_user_is(self):
        """Half past midnight on 1 June in Paris."""
        self._new_seat("1/6", "31/7")
        self.assertTrue(self._generate())

    def test_the_month_of_nobody_makes_nothing(self):
        self.assertFalse(self._generate())


class TestInAdvance(GenerationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.advance = cls._new_tariff("Advance", 100.0, billing_timing="advance")
        cls.early = cls._new_seat("1/6", "31/7", "A", cls.advance)
        cls.late = cls._new_seat("1/6", "31/7", "B")
        cls.elsewhere = cls._new_seat("1/6", "31/7", "C", cls.tariff_b)

    def test_from_the_20th_of_the_month_before(self):
        with freeze_time("2015-05-19 10:00:00"), self.assertRaises(UserError):
            self._generate()
        with freeze_time("2015-05-20 10:00:00"):
            statement = self._generate()
        self.assertEqual(statement.charge_ids.seat_id, self.early)
        self.assertEqual(statement.payable_total, 100.0)

    def test_never_two_months_ahead(self):
        with freeze_time("2015-05-25 10:00:00"), self.assertRaises(UserError):
            self._generate(JULY)

    def test_the_others_join_once_the_month_has_begun(self):
        with freeze_time("2015-05-20 10:00:00"):
            statement = self._generate()
        with freeze_time("2015-06-01 10:00:00"):
            self._generate()
        self.assertEqual(statement.charge_ids.seat_id, self.early | self.late)

    def test_generating_early_again_changes_nothing(self):
        with freeze_time("2015-05-20 10:00:00"):
            statement = self._generate()
            self.assertEqual(self._generate(), statement)
            self.assertEqual(statement.charge_count, 1)
