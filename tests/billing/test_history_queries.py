"""What a long history costs: as many queries as a short one, and as many records read."""

from collections import defaultdict
from decimal import Decimal
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation import pricing
from odoo.addons.coworking_incubation.tools import to_decimal

from ..common import JULY, JUNE, CoworkingCase, d


class HistoryCase(CoworkingCase):
    @classmethod
    def _agree(cls, reference, rate, granted, **values):
        return cls.env["coworking.funding.agreement"].create(
            {
                "reference": reference,
                "partner_id": cls.env["res.partner"].create({"name": f"Funder {reference}"}).id,
                "program_ids": [Command.set(cls.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "amount_granted": granted,
                "rate": rate,
                **values,
            }
        )

    def _count(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = act()
        return self.env.cr.sql_log_count - before, result


class TestFundingSplit(HistoryCase):
    """The funded part of a month, after all that was drawn on the grants before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("16/1", "31/8", "A")
        cls._new_seat("1/2", "15/7", "B", cls.tariff_b)
        cls.months = [d(f"1/{month}") for month in range(1, 9)]
        cls.statements = cls.env["coworking.statement"].browse()
        for month in cls.months:
            cls.statements |= cls._settle(month)
        # A correction below zero, which gives back what was drawn.
        cls.seat.date_start = d("1/2")
        cls.statements |= cls._generate(d("1/9"))

    def _walk(self, charges):
        """Charge by charge, in their order: what the split is."""
        agreements = self.program.agreement_ids.sorted("date_from")
        left = {agreement: to_decimal(agreement.amount_granted) for agreement in agreements}
        result = defaultdict(Decimal)
        everything = self.env["coworking.charge"].search(
            [("program_id", "=", self.program.id), ("state", "!=", "forecast")], order="period, id"
        )
        for charge in everything.filtered(lambda row: row.period <= max(charges.mapped("period"))):
            parts = [
                (agreement, to_decimal(agreement.rate), left[agreement])
                for agreement in agreements
                if agreement._admits_in(charge.corrected_kind or charge.kind, charge.period)
            ]
            for agreement, amount in pricing.split(to_decimal(charge.funded_amount), parts):
                agreement = agreement or agreements.browse()
                if agreement:
                    left[agreement] -= amount
                if charge in charges:
                    result[agreement] += amount
        return dict(result)

    def test_it_is_that_of_all_charges_one_by_one_wherever_a_grant_ends(self):
        self._agree("A", 50.0, 900.0)
        second = self._agree("B", 33.33, 400.0, date_from="2015-03-01", date_to="2015-07-31")
        self._agree("C", 10.01, 0.0)
        for granted in (0.0, 0.01, 61.37, 200.0, 333.33, 1000.0):
            second.amount_granted = granted
            for statement in self.statements:
                with self.subTest(granted=granted, month=statement.date_from):
                    charges = statement.charge_ids
                    self.assertEqual(
                        dict(self.program._split_over_funders(charges)), self._walk(charges)
                    )

    def test_without_an_agreement_all_is_own_funds(self):
        july = self.statements.filtered(lambda row: row.date_from == JULY)
        split = self.program._split_over_funders(july.charge_ids)
        self.assertEqual(dict(split), self._walk(july.charge_ids))

    def test_a_month_reads_no_charge_but_its_own(self):
        self._agree("A", 50.0, 100_000.0)
        last = self.statements.filtered(lambda row: row.date_from == d("1/8"))
        charge = self.env.registry["coworking.charge"]
        with patch.object(charge, "search_fetch", side_effect=AssertionError("history is read")):
            self.assertIn("Funder A", last.funding_split)


class TestCatchUpQueries(HistoryCase):
    def test_months_to_look_at_are_found_by_as_many_queries_however_many_they_are(self):
        self._archive_at_once(self.env["coworking.program"].search([("id", "!=", self.program.id)]))
        self._new_seat("1/1", None, "A")
        self._new_seat("1/1", None, "B", self.tariff_b)
        for month in (d("1/1"), d("1/2"), d("1/3")):
            self._settle(month)
        look = self.env["coworking.statement"]._get_months_to_generate
        counts = []
        for day, months in (("2015-04-10", 1), ("2015-09-10", 6)):
            with freeze_time(f"{day} 10:00:00"):
                look()  # what a process reads once
                queries, found = self._count(look)
            self.assertEqual(
                [(month.month, spaces) for _program, month, spaces in found],
                [(4 + number, self.space | self.space_b) for number in range(months)],
            )
            counts.append(queries)
        self.assertEqual(counts[0], counts[1])

    def _look(self, day, **context):
        """Spaces of this programme whose June the daily run of that day looks at."""
        with freeze_time(f"{day} 10:00:00"):
            statements = self.env["coworking.statement"].with_context(**context)
            found = statements._get_months_to_generate()
        return self.env["coworking.space"].union(
            *(
                spaces
                for program, month, spaces in found
                if (program, month) == (self.program, JUNE)
            )
        )

    def _age(self, statements, day):
        self.env.cr.execute(
            "UPDATE coworking_statement SET create_date = %s WHERE id IN %s",
            [day, tuple(statements.ids)],
        )
        statements.invalidate_recordset(["create_date"])

    def test_an_open_month_of_which_nothing_changed_is_left_alone(self):
        self._new_seat("1/6", "30/6", "A")
        self._age(self._generate(JUNE), "2015-07-01 10:00:00")
        self.assertFalse([day for day in range(10, 24) if self._look(f"2015-07-{day}")])

    def _catch_up(self, day):
        """What a daily run asks, and what it generates: list of (program, month, spaces)."""
        done, generate = [], self.registry["coworking.statement"]._generate_reporting

        def generating(statements, *place):
            done.append(place)
            return generate(statements, *place)

        with (
            freeze_time(f"{day} 10:00:00"),
            patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_kw: 10),
            patch.object(self.registry["coworking.statement"], "_generate_reporting", generating),
        ):
            queries, _result = self._count(self.env["coworking.statement"]._cron_generate)
        return queries, done

    def _open_elsewhere(self, number, **terms):
        """A seat of a program and a space of their own, whose June is open; so is July, where it
        is billed in advance.
        """
        program = self.program.copy(
            {"name": f"Edition {number}", "code": f"E{number}", "active": True}
        )
        space = self._new_space(f"S{number}", f"S{number}")
        tariff = self._new_tariff("T", 100.0, space=space, **terms)
        seat = self._new_seat("1/6", None, self._new_participant(f"P{number}", program), tariff)
        if terms.get("unit"):
            self._new_presences(seat, "4/6")
        self._generate(JUNE, program)
        if terms.get("billing_timing"):
            with freeze_time("2015-06-20 10:00:00"):
                self._generate(JULY, program)
        self._age(self.env["coworking.statement"].search([]), "2015-06-10 10:00:00")
        return seat

    def test_a_day_on_which_nothing_changed_asks_as_little_for_many_programs_as_for_one(self):
        self._archive_at_once(self.env["coworking.program"].search([]))
        counts = []
        for numbers in ((1, 2), (3, 4, 5, 6, 7, 8)):
            for number in numbers:
                self._open_elsewhere(
                    number, **({"billing_timing": "advance"} if number % 2 else {})
                )
            self._catch_up("2015-06-28")  # what a process reads once
            queries, done = self._catch_up("2015-06-28")
            self.assertFalse(done)
            counts.append(queries)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 20)

    def test_of_several_programs_what_changed_is_looked_at_and_nothing_else(self):
        self._archive_at_once(self.env["coworking.program"].search([]))
        hours = self.env["resource.calendar"].create(
            {"name": "Hours", "tz": "Europe/Paris", "company_id": self.company.id}
        )
        advance = {"billing_timing": "advance"}
        same, priced, closed, used, ended, early = (
            self._open_elsewhere(number, **terms)
            for number, terms in enumerate(
                ({}, {}, {"closure_rule": "credited"}, {"unit": "half_day"}, {}, advance)
            )
        )
        closed.space_id.resource_calendar_id = hours
        self._catch_up("2015-06-28")
        self._age(self.env["coworking.statement"].search([]), "2015-06-10 10:00:00")
        self.assertFalse(self._catch_up("2015-06-28")[1])

        priced.tariff_id.price_ids.price = 120.0
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": hours.id,
                "date_from": "2015-06-10 00:00:00",
                "date_to": "2015-06-10 20:00:00",
            }
        )
        self.env["coworking.presence"].search([("seat_id", "=", used.id)], limit=1).unlink()
        ended.date_end = d("15/6")
        early.date_start = d("15/6")
        done = {
            (program, month): spaces for program, month, spaces in self._catch_up("2015-06-28")[1]
        }
        changed = priced | closed | used | ended | early
        self.assertEqual(
            done,
            {(seat.program_id, JUNE): seat.space_id for seat in changed}
            | {(early.program_id, JULY): early.space_id},
        )
        statements = self.env["coworking.statement"].search([("date_from", "=", JUNE)])
        totals = {row.program_id: row.payable_total for row in statements}
        self.assertEqual(totals[same.program_id], 100.0)
        self.assertEqual(totals[priced.program_id], 120.0)
        for seat in (closed, ended, early):
            self.assertLess(totals[seat.program_id], 100.0)
        self.assertEqual(totals[used.program_id], 100.0)
        self.assertFalse(self._catch_up("2015-06-28")[1])

    def test_a_month_made_early_is_looked_at_when_it_changes_and_when_it_begins(self):
        self._archive_at_once(self.env["coworking.program"].search([]))
        seat = self._open_elsewhere(1, billing_timing="advance")
        self.assertFalse(self._catch_up("2015-06-28")[1])
        seat.tariff_id.price_ids.price = 120.0
        months = [month for _program, month, _spaces in self._catch_up("2015-06-28")[1]]
        self.assertEqual(months, [JUNE, JULY])
        self.assertFalse(self._catch_up("2015-06-29")[1])
        self.assertEqual(self._catch_up("2015-07-01")[1], [(seat.program_id, JULY, seat.space_id)])
        self.assertFalse(self._catch_up("2015-07-02")[1])

    def test_what_a_colleague_holds_is_left_marked_and_the_others_are_done(self):
        self._archive_at_once(self.env["coworking.program"].search([]))
        held, free = (self._open_elsewhere(number) for number in (1, 2))
        (held | free).tariff_id.price_ids.price = 120.0
        lock = self.registry["coworking.space"]._lock_for_generation
        with (
            patch.object(
                self.registry["coworking.space"],
                "_lock_for_generation",
                lambda spaces: lock(spaces - held.space_id),
            ),
            patch("time.sleep"),
        ):
            self._catch_up("2015-06-28")
        totals = {
            row.space_id: row.payable_total for row in self.env["coworking.statement"].search([])
        }
        self.assertEqual([totals[held.space_id], totals[free.space_id]], [100.0, 120.0])
        self.assertEqual(self._catch_up("2015-06-29")[1], [(held.program_id, JUNE, held.space_id)])

    def test_an_open_month_is_looked_at_whatever_changed(self):
        seat = self._new_seat("1/6", "30/6", "A")
        self._age(self._generate(JUNE), "2015-07-01 10:00:00")
        quiet = "2015-07-10"
        self.assertFalse(self._look(quiet))
        seat.date_end = d("20/6")
        self.assertEqual(self._look(quiet), self.space)
        self._age(self._generate(JUNE), "2015-07-01 10:00:00")
        self.assertFalse(self._look(quiet))
        self._new_seat("1/6", "30/6", "B")
        self.assertEqual(self._look(quiet), self.space)

    def test_a_new_statement_is_looked_at_again_for_what_was_typed_while_it_was_made(self):
        self._new_seat("1/6", "30/6", "A")
        statement = self._generate(JUNE)
        self._age(statement, "2015-07-09 20:00:00")
        self.assertEqual(self._look("2015-07-10"), self.space)
        self.assertEqual(self._look("2015-07-11"), self.space)
        self.assertFalse(self._look("2015-07-12"))
        for last_run, found in (
            ("2015-07-09 19:00:00", self.space),  # the server was off from then on
            ("2015-07-11 21:00:00", self.space.browse()),
        ):
            last_run = fields.Datetime.to_datetime(last_run)
            self.assertEqual(self._look("2015-07-13", lastcall=last_run), found)
        self.assertEqual(self._look("2015-07-13", lastcall=None), self.space)

    def test_what_is_due_after_the_end_is_made_with_the_month_of_the_departure(self):
        """A commitment or a notice asks for no month after it, today nor any day."""
        bound = self._new_tariff("Bound", 100.0, min_commitment_months=3)
        told = self._new_tariff("Told", 100.0, self.space_b, notice_days=40)
        seats = self._new_seat("1/5", "20/5", "A", bound)
        seats |= self._new_seat("1/5", "20/5", "B", told, notice_date=d("20/5"))
        third = self._new_space("Third", "THIRD")
        self._new_seat("1/6", "30/6", "C", self._new_tariff("T", 10.0, third))
        spaces = self.space | self.space_b
        for day, found in (("10/7", {d("1/5"): spaces, JUNE: third}), ("11/7", {})):
            with freeze_time(f"{d(day)} 10:00:00"):
                months = self.env["coworking.statement"]._get_months_to_generate()
                self.assertEqual(
                    {row[1]: row[2] for row in months if row[0] == self.program}, found
                )
                for _program, month, own in months:
                    self._generate(month, spaces=own)
            self._age(self.env["coworking.statement"].search([]), "2015-07-01 10:00:00")
        due = seats.charge_ids.filtered(lambda row: row.kind == "commitment")
        self.assertEqual(set(due.mapped("period")), {d("1/5"), JUNE, JULY})
        self.assertEqual(set(due.statement_id.mapped("date_from")), {d("1/5")})

    def test_months_before_a_take_over_do_not_come_back(self):
        self._new_seat("15/1", None, "A", billed_from=d("1/8"))
        self._new_seat("15/1", "20/6", "B", self.tariff_b, billed_from=d("1/8"))
        self.assertEqual(self._months_of(self.space), [8, 9])
        self.assertEqual(self._months_of(self.space_b), [])

    def test_what_was_due_after_a_departure_before_a_take_over_was_settled_elsewhere(self):
        """Nothing is forecast that no month would ever have."""
        bound = self._new_tariff("Bound", 100.0, min_commitment_months=9)
        seat = self._new_seat("15/1", "20/5", "A", bound, billed_from=JUNE)
        self.assertFalse(seat.charge_ids)
        self.assertEqual(self._months_of(self.space), [])
        self.assertFalse(self._generate(d("1/5")))
        seat.billed_from = d("1/5")
        self.assertEqual(self._months_of(self.space), [5])
        kinds = sorted(self._generate(d("1/5")).charge_ids.mapped("kind"))
        self.assertEqual(kinds, 6 * ["commitment"] + ["regular"])

    def _months_of(self, space, day="2015-09-10"):
        with freeze_time(f"{day} 10:00:00"):
            return [
                month.month
                for program, month, spaces in self.env[
                    "coworking.statement"
                ]._get_months_to_generate()
                if program == self.program and space in spaces
            ]

    def test_only_months_without_a_statement_come_back_wherever_they_are(self):
        """Before those that are settled, amid them, after them; and of who has none there."""
        self._new_seat("1/3", "31/8", "A")
        self._new_seat("1/3", "31/8", "B", self.tariff_b)
        june = self._generate(JUNE)
        june.filtered(lambda row: row.space_id == self.space).action_cancel()
        june.filtered(lambda row: row.state != "cancelled").action_confirm()
        for month in (4, 5, 7):
            self._settle(d(f"1/{month}"))
        self.assertEqual(self._months_of(self.space), [3, 6, 8])
        self.assertEqual(self._months_of(self.space_b), [3, 8])
        for month in (3, 6, 8):
            self._settle(d(f"1/{month}"))
        self.assertEqual(self._months_of(self.space), [])
        self.assertEqual(self._months_of(self.space_b), [])
        self._new_seat("1/2", "28/2", "C")
        # and this month, as for all who are new
        self.assertEqual(self._months_of(self.space), [2, 9])
        self.assertEqual(self._months_of(self.space_b), [])

    def test_a_month_in_which_no_period_of_the_seat_begins_does_not_come_back(self):
        own = {"unit": "month", "period": "anniversary"}
        for number, (values, start, end, months) in enumerate(
            (
                (own, "15/3", "14/6", [3, 4, 5]),
                (own, "15/3", "15/6", [3, 4, 5, 6]),
                (own, "31/1", "29/4", [1, 2, 3]),
                (own, "31/1", "30/4", [1, 2, 3, 4]),
                (own | {"min_commitment_months": 3}, "15/3", "10/6", [3, 4, 5]),
                (own | {"min_commitment_months": 4}, "15/3", "10/6", [3, 4, 5, 6]),
                ({"unit": "week"}, "4/3", "2/6", [3, 4, 5]),
                ({"unit": "week"}, "4/3", "3/6", [3, 4, 5, 6]),
            )
        ):
            with self.subTest(start=start, end=end, **values):
                space = self._new_space(f"Space {number}", f"S{number}")
                tariff = self._new_tariff("Own", 100.0, space, **values)
                seat = self._new_seat(start, end, f"P{number}", tariff)
                self.assertEqual(self._months_of(space), months)
                charged = seat.charge_ids.sorted("period")
                self.assertEqual([charge.period.month for charge in charged], months)

    def test_months_of_tickets_without_use_do_not_come_back(self):
        day = self._new_tariff("Day", 20.0, unit="day")
        pack = self._new_tariff("Pack", 90.0, self.space_b, unit="pack", pack_size=10)
        seats = self._new_seat("1/3", "31/8", "A", day) | self._new_seat("1/3", "31/8", "B", pack)
        self.assertEqual((self._months_of(self.space), self._months_of(self.space_b)), ([], []))
        self._new_presences(seats[0], "4/5", "6/5")
        self._new_presences(seats[1], "8/6", "8/7")
        self.assertEqual((self._months_of(self.space), self._months_of(self.space_b)), ([5], [6]))

    def test_what_is_bought_after_the_end_that_was_planned_is_looked_at(self):
        """As no forecast tells of it."""
        pack = self._new_tariff("Pack", 90.0, unit="pack", pack_size=1)
        seat = self._new_seat("1/3", None, "A", pack)
        seat.participant_id.date_entry = d("1/3")
        self.assertEqual(seat.participant_id.date_exit_planned, d("31/8"))
        self._new_presences(seat, "31/8", "1/9")
        self.assertEqual(seat.charge_ids.mapped("period"), [d("1/8")])
        self.assertEqual(self._months_of(self.space), [8, 9])

    def test_without_use_neither_a_commitment_nor_a_month_beyond_the_forecast_comes_back(self):
        """None of them costs anything."""
        bound = self._new_tariff("Day", 20.0, unit="day", min_commitment_months=2)
        self._new_seat("1/3", "31/3", "A", bound)
        seat = self._new_seat("1/3", None, "B", bound)
        seat.participant_id.date_entry = d("1/3")
        self.assertEqual(seat.participant_id.date_exit_planned, d("31/8"))
        self._new_presences(seat, "4/5").state = "absent"
        self.assertEqual(self._months_of(self.space), [])
        for month in (3, 5, 9):
            self.assertFalse(self._generate(d(f"1/{month}")))
        self._new_presences(seat, "2/9")
        self.assertEqual(self._months_of(self.space), [9])


class TestFiscalPositions(HistoryCase):
    def test_they_are_read_once_for_all_spaces(self):
        spaces = self.space | self.space_b
        spaces |= self._new_space("Third", "THIRD") | self._new_space("Fourth", "FOURTH")
        spaces.operator_id.country_id = self.env.ref("base.fr")
        for number, space in enumerate(spaces):
            self._new_seat("1/6", "30/6", f"P{number}", self._new_tariff("T", 100.0, space))
        seats = spaces.seat_ids
        seats._to_pricing()
        few, _inputs = self._count(seats[:2]._to_pricing)
        many, _inputs = self._count(seats[:4]._to_pricing)
        self.assertEqual(few, many)

    def test_what_a_stay_costs_is_priced_with_one_look_for_them(self):
        self.space.operator_id.country_id = self.env.ref("base.fr")
        self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": "2015-01-01",
                "fee": 12.0,
                "product_id": self._new_product("Fee").id,
            }
        )
        seat = self._new_seat("1/6", "31/7", "A")
        positions = type(self.env["account.fiscal.position"])
        fetch = positions.search_fetch
        with patch.object(positions, "search_fetch", autospec=True, side_effect=fetch) as look:
            seat.participant_id._refresh_forecast()
        self.assertEqual(look.call_count, 1)
        self.assertIn("membership", seat.charge_ids.mapped("kind"))

    def test_how_taxes_are_mapped_is_read_of_those_in_force_alone(self):
        self.space.operator_id.country_id = self.env.ref("base.fr")
        here, __ = self.env["account.fiscal.position"].create(
            [
                {"name": name, "auto_apply": True, "country_id": self.env.ref(country).id}
                for name, country in (("Here", "base.fr"), ("Elsewhere", "base.de"))
            ]
        )
        position = self.space._get_fiscal_positions()[self.space]
        self.assertEqual(position, here)
        self.assertEqual([*reversed(position._prefetch_ids)], [here.id])

    def test_a_module_with_rules_of_its_own_is_asked(self):
        own = self.env["account.fiscal.position"].create({"name": "Own"})
        model = type(self.env["account.fiscal.position"])
        with patch.object(model, "_get_fiscal_position", lambda *_args, **_kw: own):
            self.assertEqual(self.space._get_fiscal_positions(), {self.space: own})
