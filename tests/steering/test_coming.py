"""What changes by itself is announced 45 days before, with what it costs; it goes once over."""

from odoo import Command
from odoo.tests import freeze_time

from ..common import d
from .test_exceptions import NOW, ExceptionCase

# 45 days after ``NOW``.
LAST = "3/9"


@freeze_time(NOW)
class TestComing(ExceptionCase):
    def _new_price(self, day, price, tariff=None, **values):
        return self.env["coworking.tariff.price"].create(
            {
                "tariff_id": (tariff or self.tariff).id,
                "date_start": d(day),
                "price": price,
                **values,
            }
        )

    def test_the_end_of_a_seat_comes_45_days_before_moves_and_goes(self):
        seat = self._new_seat("1/7", "4/9", state="active")
        self.assertNone("seat_end")
        seat.date_end = d(LAST)
        row = self.assertOne(
            self.coordinator, "seat_end", "Ends on 03/09/2015", urgency="4", since=d("20/7")
        )
        self.assertEqual(row.action_settle()["res_id"], seat.id)
        self.assertOne(self.accountant, "seat_end")
        self.assertOne(self.accompanist, "seat_end")
        self.assertNone("seat_end", self.other_accompanist)
        seat.date_end = d("20/8")
        self.assertOne(self.coordinator, "seat_end", "20/08/2015")
        with freeze_time("2015-08-21 10:00:00"):
            self.assertNone("seat_end")

    def test_what_is_due_after_the_last_day_is_told_to_those_alone_who_see_money(self):
        self.tariff.min_commitment_months = 3
        self._new_seat("1/7", "31/8", state="active")
        words = ("Due until 30/09/2015 without presence", "180,00")
        self.assertOne(self.coordinator, "seat_end", *words)
        self.assertOne(self.accountant, "seat_end", *words)
        self.assertNotIn("180", self.assertOne(self.accompanist, "seat_end").reason)

    def test_a_seat_without_an_end_goes_on_after_its_commitment(self):
        self.tariff.min_commitment_months = 3
        seat = self._new_seat("1/6", state="active")
        self._new_price("1/9", 195.0)
        self.assertOne(self.coordinator, "seat_on", "Commitment until 31/08/2015", "195,00")
        self.assertNotIn("195", self.assertOne(self.accompanist, "seat_on").reason)
        seat.date_end = d("31/12")
        self.assertNone("seat_on")

    def test_a_seat_without_an_end_goes_on_after_the_stay(self):
        seat = self._new_seat("1/6", state="active")
        file = seat.participant_id
        file.write({"date_entry": d("1/6"), "date_exit_planned": d("4/9")})
        self.assertNone("seat_on")
        file.date_exit_planned = d("15/8")
        self.assertOne(self.accountant, "seat_on", "Stay planned until 15/08/2015", "180,00")
        with freeze_time("2015-08-16 10:00:00"):
            self.assertNone("seat_on")

    def test_a_price_is_told_with_what_it_costs_more_a_month_to_those_who_see_money(self):
        price = self._new_price("1/9", 195.0)
        self.assertNone("price_change")  # nobody pays it
        self._new_seat("1/6", "31/12", "Camille Roux", state="active")
        self._new_seat("1/8", "31/12", "Farid Benali")
        self._new_seat("1/6", "31/12", "Lina", state="active", price_guaranteed_until=d("31/12"))
        row = self.assertOne(
            self.coordinator, "price_change", "180,00", "195,00", "seats: 2", amount=30.0
        )
        self.assertEqual(row.action_settle()["res_id"], self.tariff.id)
        self.assertOne(self.accountant, "price_change")
        self.assertNone("price_change", self.accompanist)
        price.price = 200.0
        self.assertOne(self.accountant, "price_change", "200,00", amount=40.0)
        price.date_start = d("4/9")
        self.assertNone("price_change")
        price.date_start = d("1/9")
        with freeze_time("2015-09-01 10:00:00"):
            self.assertNone("price_change")

    def test_of_prices_by_rank_every_rank_is_told_and_no_sum_is_made_up(self):
        self._new_seat("1/6", "31/12", state="active")
        self.env["coworking.tariff.price"].create(
            [
                {"tariff_id": self.tariff.id, "date_start": d("1/9"), "price": 190.0},
                {"tariff_id": self.tariff.id, "date_start": d("1/9"), "price": 170.0, "rank": 2},
            ]
        )
        row = self.assertOne(self.coordinator, "price_change", "190,00", "170,00")
        self.assertFalse(row.amount)

    def test_a_program_that_ends_is_told_with_the_seats_that_go_on(self):
        self._new_seat("1/6", "31/8", state="active")
        self._new_seat("1/6", None, "Farid Benali", state="active")
        self.assertNone("program_end")
        self.program.date_end = d("31/8")
        self.assertOne(self.coordinator, "program_end", "31/08/2015", "go on after it: 1", "180,00")
        reason = self.assertOne(self.accompanist, "program_end", "go on after it: 1").reason
        self.assertNotIn("180", reason)
        with freeze_time("2015-09-01 10:00:00"):
            self.assertNone("program_end")

    def test_a_closure_is_told_with_what_is_not_charged(self):
        self.tariff.closure_rule = "credited"
        self._new_seat("1/6", "31/12", state="active")
        self.space._close(d("3/8"), d("14/8"), "August")
        self.space._close(d("7/9"), d("8/9"), "Later")
        row = self.assertOne(
            self.coordinator,
            "closure",
            "Closed from 03/08/2015 to 14/08/2015 (seats: 1)",
            "Not charged: ",
            "69,68",
            space_id=self.space.id,
        )
        self.assertEqual(row.action_settle()["res_id"], self.space.id)
        self.assertNotIn("69", self.assertOne(self.accompanist, "closure").reason)
        self.assertOne(self.other_accompanist, "closure")
        self.env["resource.calendar.leaves"].browse(row.res_id).unlink()
        self.assertNone("closure")

    def test_a_closure_of_a_space_without_anybody_concerns_nobody(self):
        self.space._close(d("3/8"), d("14/8"), "August")
        self.assertNone("closure")

    def test_what_is_to_come_waits_for_nobody(self):
        self._new_seat("20/7", "31/8")
        rows = self._waiting(self.coordinator)
        self.assertEqual(rows.mapped("kind"), ["seat_end"])
        dashboard = self.env["coworking.dashboard"].with_user(self.coordinator)
        tiles = [
            tile
            for group in dashboard._prepare_picture({"program": self.program.id})["groups"]
            for tile in group["tiles"]
            if tile["name"] == "exceptions"
        ]
        self.assertEqual([tile["value"] for tile in tiles], [0])

    def test_another_company_is_told_nothing_of_it(self):
        self._new_seat("1/6", "31/8", state="active")
        self._new_price("1/8", 195.0)
        self.space._close(d("3/8"), d("14/8"), "August")
        other = self._new_company("Another Incubator")
        stranger = self.coordinator.copy(
            {"login": "stranger", "company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        own = self._waiting(self.coordinator).filtered(lambda row: row.urgency == "4")
        self.assertEqual(len(own), 3)
        rows = self.env["coworking.exception"].with_user(stranger)
        rows = rows.with_context(allowed_company_ids=other.ids)
        self.assertFalse(rows.search([("company_id", "in", (self.company.id, False))]))

    def test_it_takes_as_many_queries_whatever_it_holds(self):
        def read():
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self.env["coworking.exception"].with_user(self.coordinator)
            before = self.env.cr.sql_log_count
            shown = rows.search([]).read(["display_name", "reason", "action_label"])
            return len(shown), self.env.cr.sql_log_count - before

        self.tariff.write({"min_commitment_months": 2, "closure_rule": "credited"})
        self.program.date_end = d("31/8")
        self._new_price("1/9", 195.0)
        self.space.seat_capacity = 30
        self.space._close(d("3/8"), d("4/8"), "Closed")
        self._new_seat("1/7", "1/8", "One", state="active")
        self._new_seat("1/7", None, "Two", state="active")
        read()
        few, queries = read()
        for number in range(4):
            self._new_seat("1/7", "1/8", f"Ends {number}", state="active")
            self._new_seat("1/7", None, f"Goes on {number}", state="active")
            self.space._close(d(f"{10 + number}/8"), d(f"{10 + number}/8"), "Closed")
        many, more = read()
        self.assertEqual(many, few + 12)
        self.assertEqual(more, queries)


@freeze_time(NOW)
class TestComingAtTheSpace(ExceptionCase):
    def _coming(self, partner=None):
        self.env.flush_all()
        portal = self.env["coworking.portal"]
        return [fact["words"] for fact in portal._prepare_home(partner or self.partner)["coming"]]

    def test_managers_see_what_is_to_come_at_their_own_space(self):
        self.tariff.min_commitment_months = 3
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._new_seat("1/6", None, "Farid Benali", state="active")
        self.env["coworking.tariff.price"].create(
            {"tariff_id": self.tariff.id, "date_start": d("1/9"), "price": 195.0}
        )
        self.space._close(d("3/8"), d("14/8"), "August")
        self.program.date_end = d("2/9")
        told = self._coming()
        self.assertEqual(len(told), 5)
        self.assertIn("Closed until", told[0])
        self.assertIn("Camille Roux: last day", told[1])
        self.assertIn("Farid Benali: end of the commitment, the seat goes on at", told[2])
        self.assertIn("195,00", told[2])
        self.assertIn("180,00", told[3])
        self.assertIn("195,00", told[3])
        self.assertIn("go on after it: 1", told[4])
        self.assertFalse(self._coming(self.manager_b.partner_id))

    def test_what_is_further_than_45_days_or_over_is_not_told(self):
        seat = self._new_seat("1/6", "4/9", state="active")
        self.assertFalse(self._coming())
        seat.date_end = d(LAST)
        self.assertEqual(len(self._coming()), 1)
        with freeze_time("2015-09-04 10:00:00"):
            self.assertFalse(self._coming())
