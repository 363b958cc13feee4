"""The placement simulator: what each space would cost, and what it offers, for one person."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time

from ..common import CoworkingCase, d


@freeze_time("2015-06-15 09:00:00")
class SimulatorCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"funding_rate": 80, "funding_cap": 120})
        cls.person = cls._new_participant("Camille")

    def _offers(self, start="1/7", end="31/12", days=3, person=None):
        found = self.env["coworking.simulator"]._get_offers(
            person or self.person, d(start), d(end), days
        )
        return {offer["tariff"]: offer for offer in found}

    def _simulate(self, user=None, **values):
        return (
            self.env["coworking.simulation"]
            .with_user(user or self.accompanist)
            .create(
                {
                    "participant_id": self.person.id,
                    "date_start": d("1/7"),
                    "date_end": d("31/12"),
                    **values,
                }
            )
        )


class TestOffers(SimulatorCase):
    def assertCosts(self, tariff, program, person, **values):
        offer = self._offers(**values)[tariff]
        self.assertEqual((offer["program_cost"], offer["person_cost"]), (program, person))

    def test_a_month_costs_what_its_seat_would(self):
        """180.00 at 80 %, cap 120.00: 120.00 + 60.00, six times."""
        self.assertCosts(self.tariff, 720.0, 360.0)
        self.assertCosts(self.tariff_b, 672.0, 168.0)

    def test_it_agrees_with_the_forecast_of_a_real_seat(self):
        tariffs = self.tariff | self.tariff_b
        tariffs |= self._new_tariff("Tickets", 120.0, unit="pack", pack_size=10)
        tariffs |= self._new_tariff("Begun", 90.0, proration="none", min_commitment_months=8)
        tariffs |= self._new_tariff("Weeks", 60.0, unit="week")
        self.space.membership_ids = [
            Command.create(
                {
                    "date_start": "2015-01-01",
                    "fee": 10.0,
                    "product_id": self.seat_product.id,
                    "tax_included": True,
                }
            )
        ]
        offers = self._offers("20/6", "10/12", 2)
        for tariff in tariffs:
            person = self._new_participant(f"Real {tariff.name}")
            seat = self._new_seat("20/6", "10/12", person, tariff)
            days = [
                day
                for offset in range((d("10/12") - d("20/6")).days + 1)
                if (day := date.fromordinal(d("20/6").toordinal() + offset)).weekday() < 2
            ]
            self._new_presences(seat, *(f"{day.day}/{day.month}" for day in days))
            months = [date(2015, month, 1) for month in range(6, 13)]
            charges = [
                charge
                for __, __, charge in self.env["coworking.pricing"]._price_months(
                    self.program, person, months
                )
            ]
            with self.subTest(tariff=tariff.name):
                self.assertAlmostEqual(
                    offers[tariff]["program_cost"], float(sum(row.funded for row in charges)), 2
                )
                self.assertAlmostEqual(
                    offers[tariff]["person_cost"],
                    float(sum(row.copayment for row in charges)),
                    2,
                )
            seat.presence_ids.unlink()
            seat.action_cancel()

    def test_days_a_week_decide_what_days_cost(self):
        day = self._new_tariff("Day", 10.0, unit="day")
        # June 2015 from Monday 1st: 5 Mondays, 5 Tuesdays; 10 days at 10.00, 80 %
        self.assertCosts(day, 80.0, 20.0, start="1/6", end="30/6", days=2)
        self.assertCosts(day, 40.0, 10.0, start="1/6", end="30/6", days=1)

    def test_the_person_sees_amounts_with_tax(self):
        """150.00 without tax at 80 % on the untaxed amount: 30.00 + 6.00 of tax."""
        self.program.write({"funding_base": "untaxed", "funding_cap": 0})
        tariff = self._new_tariff(
            "Untaxed", 150.0, tax_included=False, product_id=self.seat_product_recovered.id
        )
        self.assertCosts(tariff, 120.0, 36.0, start="1/7", end="31/7")

    def test_an_exempt_operator_has_no_tax(self):
        position = self.env["account.fiscal.position"].create({"name": "293 B"})
        self.space.operator_id.with_company(self.company).property_account_position_id = position
        tariff = self._new_tariff("Untaxed", 100.0, tax_included=False)
        self.program.funding_cap = 0
        self.assertCosts(tariff, 80.0, 20.0, start="1/7", end="31/7")
        positions = (self.space | self.space_b)._get_fiscal_positions()
        self.assertEqual(positions[self.space], position)
        self.assertFalse(positions[self.space_b])

    def test_a_fee_paid_already_is_not_asked_again(self):
        self.space.membership_ids = [
            Command.create(
                {"date_start": "2015-01-01", "fee": 10.0, "product_id": self.seat_product.id}
            )
        ]
        before = self._offers()[self.tariff]["person_cost"]
        self._new_seat("1/1", "31/1", self.person)
        self._settle(date(2015, 1, 1))
        after = self._offers()[self.tariff]["person_cost"]
        self.assertGreater(before, after)
        self.assertEqual(after, 360.0)

    def test_only_partners_on_all_days_with_a_price(self):
        for name, values in (
            ("Prospect", {"state": "prospect"}),
            ("Suspended", {"state": "suspended"}),
            ("Late", {"date_partner": "2015-08-01"}),
            ("Closing", {"date_closed": "2015-09-30"}),
        ):
            self._new_tariff(name, 10.0, self._new_space(name, name.upper(), **values))
        self._new_tariff("No price yet", 10.0, since="2015-09-01")
        self._new_tariff("Archived", 10.0, active=False)
        self.assertEqual(set(self._offers()), {self.tariff, self.tariff_b})

    def test_free_places_are_those_of_the_fullest_day(self):
        self._new_seat("1/8", "31/8", who="A")
        self._new_seat("15/8", "30/9", who="B")
        self.assertEqual(self._offers()[self.tariff]["places"], 1)
        self.assertEqual(self._offers("1/9")[self.tariff]["places"], 2)
        self.assertEqual(self._offers("1/10")[self.tariff]["places"], 3)

    def test_a_full_space_says_from_when_it_is_free(self):
        self.space.seat_capacity = 1
        self._new_seat("1/6", "31/7", who="A")
        offer = self._offers()[self.tariff]
        self.assertEqual((offer["places"], offer["free_from"]), (0, date(2015, 8, 1)))
        self._new_seat("1/9", None, who="B")
        offer = self._offers()[self.tariff]
        self.assertEqual((offer["places"], offer["free_from"]), (0, None))

    def test_tickets_need_no_place(self):
        self.space.seat_capacity = 0
        tariff = self._new_tariff("Tickets", 120.0, unit="pack", pack_size=10)
        self.assertIsNone(self._offers()[tariff]["places"])
        self.assertEqual(self._offers()[self.tariff]["places"], 0)

    def test_sectors_prototyping_and_binding(self):
        sector = self.env["coworking.sector"].create({"name": "Cycles"})
        other = self.env["coworking.sector"].create({"name": "Bread"})
        workshop = self.env["coworking.amenity"].create(
            {"name": "Test workshop", "kind": "prototyping"}
        )
        self.space.write({"sector_ids": (sector | other).ids, "amenity_ids": workshop.ids})
        self.person.sector_ids = sector
        self.tariff.write({"min_commitment_months": 3, "notice_days": 30})
        offers = self._offers()
        self.assertEqual(offers[self.tariff]["sectors"], sector)
        self.assertTrue(offers[self.tariff]["prototyping"])
        self.assertIn("3", offers[self.tariff]["binding"])
        self.assertFalse(offers[self.tariff_b]["prototyping"])
        self.assertFalse(offers[self.tariff_b]["sectors"])

    def test_distance_is_the_great_circle_where_both_places_are_known(self):
        self.assertIsNone(self._offers()[self.tariff]["distance"])
        # Lille, rue Nicolas Leblanc, to Roubaix
        self.person.partner_id.write({"partner_latitude": 50.6296, "partner_longitude": 3.0618})
        self.space.partner_id.write({"partner_latitude": 50.693, "partner_longitude": 3.170})
        self.assertAlmostEqual(self._offers()[self.tariff]["distance"], 10.4, 1)
        self.assertIsNone(self._offers()[self.tariff_b]["distance"])

    def test_queries_do_not_grow_with_the_spaces(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._offers()
            return self.env.cr.sql_log_count - before

        def more(number, first):
            for rank in range(first, first + number):
                space = self._new_space(f"S{rank}", f"S{rank}")
                space.partner_id.write(
                    {"zip": f"59{rank:03}", "country_id": self.env.ref("base.fr").id}
                )
                for name in ("A", "B", "C"):
                    self._new_tariff(name, 100.0 + rank, space)

        more(5, 0)
        count()
        few = count()
        more(95, 5)
        many = count()
        self.assertEqual(len(self._offers()), 302)
        self.assertLessEqual(many, few + 3)
        self.assertLess(many, 60)

    def test_the_fees_of_own_seats_are_asked_once_for_all_other_spaces(self):
        self._new_seat("1/6", "14/6", self.person, self.tariff_b)
        pricing = type(self.env["coworking.pricing"])
        counts = []
        for name in ("A", "B", "C"):
            with patch.object(
                pricing, "_price_memberships", autospec=True, side_effect=pricing._price_memberships
            ) as asked:
                self._offers()
            counts.append(asked.call_count)
            self._new_tariff(name, 90.0)
        self.assertEqual(counts, [counts[0]] * 3)
        self.assertGreater(counts[0], 0)


class TestSimulation(SimulatorCase):
    def test_opened_from_a_file_it_compares_at_once(self):
        simulation = (
            self.env["coworking.simulation"]
            .with_user(self.accompanist)
            .with_context(default_participant_id=self.person.id)
            .create({})
        )
        self.assertEqual((simulation.date_start, simulation.date_end), (d("15/6"), d("14/12")))
        self.assertEqual(simulation.line_ids.tariff_id, self.tariff_b | self.tariff)

    def test_days_stay_within_the_programme(self):
        self.program.date_end = d("30/9")
        with Form(self.env["coworking.simulation"].with_user(self.accompanist)) as form:
            form.participant_id = self.person
            self.assertEqual(form.date_end, d("30/9"))

    def test_the_cheapest_for_the_person_comes_first(self):
        lines = self._simulate().line_ids
        self.assertEqual(lines.mapped("person_cost"), [168.0, 360.0])
        self.assertAlmostEqual(lines[1].person_cost_month, 60.0, 0)

    def test_full_spaces_come_last_though_they_cost_less(self):
        self.space_b.seat_capacity = 1
        self._new_seat("1/6", "31/7", who="A", tariff=self.tariff_b)
        simulation = self._simulate()
        simulation.only_free = False
        self.assertEqual(simulation.line_ids.mapped("is_free"), [True, False])
        self.assertEqual(simulation.line_ids.mapped("person_cost"), [360.0, 168.0])

    def test_full_spaces_are_counted_and_shown_on_demand(self):
        self.space.seat_capacity = 1
        self._new_seat("1/6", "31/7", who="A")
        simulation = self._simulate()
        self.assertEqual(simulation.line_ids.tariff_id, self.tariff_b)
        self.assertEqual(simulation.hidden_count, 1)
        simulation.only_free = False
        line = simulation.line_ids.filtered(lambda row: row.tariff_id == self.tariff)
        self.assertFalse(line.is_free)
        with self.assertRefused(self.space.name):
            line.action_request()

    def test_picking_one_requests_its_seat(self):
        line = self._simulate().line_ids[0]
        action = line.action_request()
        seat = self.env["coworking.seat"].browse(action["res_id"])
        self.assertRecordValues(
            seat,
            [
                {
                    "state": "requested",
                    "participant_id": self.person.id,
                    "tariff_id": self.tariff_b.id,
                    "date_start": d("1/7"),
                    "date_end": d("31/12"),
                }
            ],
        )

    def test_one_cannot_ask_for_somebody_elses_person(self):
        simulation = self._simulate(self.sensitive)
        with self.assertRaises(AccessError):
            simulation.line_ids[0].action_request()
        with self.assertRaises(AccessError):
            self._simulate(self.other_accompanist)

    def test_it_says_what_is_missing(self):
        simulation = self.env["coworking.simulation"].with_user(self.accompanist).create({})
        with self.assertRefused("for whom"):
            simulation.action_compare()

    def test_impossible_dates_are_refused(self):
        with self.assertRefused("before the first one"):
            self._simulate(date_end=d("30/6"))


class TestLikeTheSchedule(SimulatorCase):
    """What is simulated is what the schedule of the seat asked for then shows, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.space.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Opening hours", "tz": "Europe/Paris"}
        )
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Summer",
                "calendar_id": cls.space.resource_calendar_id.id,
                "date_from": "2015-08-02 22:00:00",
                "date_to": "2015-08-16 21:59:59",
            }
        )
        cls.program.date_end = d("31/12")

    def _forecast_of_the_seat(self, tariff, start="16/7", end="15/12"):
        """(for the program, for the person): the seat is asked for, confirmed, and used."""
        simulation = self._simulate(date_start=d(start), date_end=d(end), days_a_week=2)
        line = simulation.line_ids.filtered(lambda row: row.tariff_id == tariff)
        self.assertEqual(len(line), 1)
        seat = self.env["coworking.seat"].browse(line.action_request()["res_id"])
        seat.with_user(self.coordinator).action_confirm()
        if seat._filter_priced_by_use():
            days = [
                date.fromordinal(day) for day in range(d(start).toordinal(), d(end).toordinal() + 1)
            ]
            self._new_presences(
                seat,
                *(
                    f"{day.day}/{day.month}"
                    for day in days
                    if day.weekday() < 2
                    and not d("3/8") <= day <= d("16/8")
                    and not (self.person.suspension_ids and d("5/10") <= day <= d("18/10"))
                ),
                hours=3.5,
            )
        self.env.invalidate_all()
        charges = seat.charge_ids
        self.assertTrue(charges)
        self.assertEqual(set(charges.mapped("state")), {"forecast"})
        return line, charges

    def assertAgrees(self, tariff, **days):
        line, charges = self._forecast_of_the_seat(tariff, **days)
        program, person = (
            sum(charges.mapped("funded_amount")),
            sum(charges.mapped("copayment_amount")),
        )
        self.assertAlmostEqual(line.program_cost, program, 2)
        self.assertAlmostEqual(line.person_cost, person, 2)
        return program, person

    def _complicate(self):
        """August closed, two weeks away in October, and a cap that July has used in part."""
        self.person.date_entry = d("1/7")
        self.env["coworking.suspension"].create(
            {
                "participant_id": self.person.id,
                "date_from": d("5/10"),
                "date_to": d("18/10"),
                "reason": "Mission",
            }
        )
        self._new_seat("1/7", "15/7", self.person, self.tariff_b)

    def test_by_the_month(self):
        self._complicate()
        tariff = self._new_tariff("Half", 180.0, absence_rule="credited", closure_rule="credited")
        # July: 140.00 x 15 / 31 of the first seat have drawn 54.19; of 92.90, 80 % is 74.32, and
        # 65.81 are left. August: 17 days of 31, 98.71. October: 17 days of 31.
        program, person = self.assertAgrees(tariff)
        self.assertAlmostEqual(program, 65.81 + 78.97 + 120 + 78.97 + 120 + 69.68, 2)
        self.assertAlmostEqual(person, 27.09 + 19.74 + 60 + 19.74 + 60 + 17.42, 2)

    def test_by_the_day(self):
        self._complicate()
        self.assertAgrees(self._new_tariff("Day", 25.0, unit="day", monthly_cap=190.0))

    def test_by_packs_that_were_begun_elsewhere(self):
        """40 days with 11 tickets left: 3 packs of 13, not 4; 80 % of 120.00 each."""
        tariff = self._new_tariff("Tickets", 120.0, unit="pack", pack_size=13)
        before = self._new_seat("1/7", "15/7", self.person, tariff)
        self._new_presences(before, "1/7", "2/7")
        self.assertEqual(self.assertAgrees(tariff), (288.0, 72.0))

    def test_a_pack_of_before_without_a_price_does_not_keep_the_offers_back(self):
        tariff = self._new_tariff("Tickets", 120.0, unit="pack", pack_size=13)
        before = self._new_seat("1/7", "15/7", self.person, tariff)
        self._new_presences(before, "1/7", "2/7")
        self._put_off(tariff, "10/7")
        simulation = self._simulate(date_start=d("16/7"), date_end=d("15/12"))
        self.assertIn(self.tariff, simulation.line_ids.tariff_id)
        self.assertIn(tariff, simulation.line_ids.tariff_id)

    def test_by_the_hour_with_the_fee_paid_and_the_closure(self):
        self._complicate()
        self.space.membership_ids = [
            Command.create(
                {"date_start": "2015-01-01", "fee": 10.0, "product_id": self.seat_product.id}
            )
        ]
        self.assertAgrees(self._new_tariff("Hour", 3.0, unit="hour", daily_cap=12.0))

    def test_the_second_seat_at_its_price_by_rank(self):
        tariff = self._new_tariff(
            "Ranked",
            180.0,
            prices=[{"date_start": "2015-01-01", "price": 150.0, "rank": 2}],
            proration="none",
        )
        self._new_seat("1/6", "30/9", "First", tariff)
        # 80 % of 150.00 is 120.00, three times; then 80 % of 180.00 within the cap.
        program, person = self.assertAgrees(tariff, start="1/7", end="31/12")
        self.assertEqual((program, person), (720.0, 3 * 30.0 + 3 * 60.0))

    def test_a_seat_that_runs_is_taken_to_end_the_day_before(self):
        running = self._new_seat("1/6", "31/12", self.person, self.tariff_b)
        before = self._offers("16/7", "31/12")[self.tariff]
        running.date_end = d("15/7")
        after = self._offers("16/7", "31/12")[self.tariff]
        self.assertEqual(before["program_cost"], after["program_cost"])
        self.assertEqual(before["person_cost"], after["person_cost"])
        self.assertGreater(after["program_cost"], 600.0)
