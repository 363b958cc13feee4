"""Seats of which each month has a statement are marked, and the daily run looks at the others: what
it finds is the same as if none were, and whatever a mark follows from takes it back.
"""

import os
import random
from collections import defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation import pricing
from odoo.addons.coworking_incubation.models.seat.coworking_seat import HOLDING_STATES
from odoo.addons.coworking_incubation.models.trust.books_rules import RULES

from ..common import JULY, JUNE, CoworkingCase, d

STEPS = int(os.environ.get("COWORKING_STEPS", 120))
TODAY = "2015-09-10 10:00:00"
LAST = d("1/9")
DAYS = d("1/1"), d("31/10")
BY_USE = ("hour", "half_day", "day", "pack")


@freeze_time(TODAY)
class MonthsCase(CoworkingCase):
    def _close(self):
        return self.env["coworking.seat"]._gc_made_until()

    def _get_until(self, seats):
        """:return: dict seat -> up to which month its months are made, ``date.max`` for good"""
        self.env.flush_all()
        self.env.cr.execute("SELECT id, made_until FROM coworking_seat")
        found = dict(self.env.cr.fetchall())
        return {seat: found[seat.id] for seat in seats}

    def _get_wrong(self):
        """What the check of the books tells: dict seat -> its first month without a statement."""
        self.env.flush_all()
        rows = self.env["coworking.books"]._select(RULES["made"], None)
        return {self.env["coworking.seat"].browse(row[2]): row[7] for row in rows}

    def _get_lacking(self):
        """What the daily run finds to make: dict (program, month) -> spaces."""
        return (self.program | self.other)._get_spaces_charged(LAST)


@freeze_time(TODAY)
class TestMarks(MonthsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._new_program("Other", "OTH")
        cls.over = cls._new_seat("15/6", "20/7", "A")
        cls.june, cls.july = cls._generate(JUNE), cls._generate(JULY)

    def test_a_seat_is_marked_as_far_as_its_months_have_a_statement_and_for_good_once_it_is_over(
        self,
    ):
        here = self._new_seat("15/7", None, "B", self.tariff_b)
        late = self._new_seat("1/10", None, "C", self.tariff_b)
        lacking = self._new_seat("20/7", "20/8", "D")
        for month in (JULY, d("1/8"), LAST):
            self._generate(month, spaces=self.space_b)
        self._close()
        expected = {self.over: date.max, here: LAST, late: LAST, lacking: None}
        self.assertEqual(self._get_until(self.over | here | late | lacking), expected)
        self._generate(d("1/8"))
        self._close()
        self.assertEqual(self._get_until(lacking), {lacking: date.max})
        with freeze_time("2015-10-10 10:00:00"):
            self.assertEqual(
                self.program._get_spaces_charged(d("1/10")),
                {(self.program, d("1/10")): self.space_b},
            )

    @contextmanager
    def _trying(self, what):
        with self.subTest(what), self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(self._get_until(self.over), {self.over: date.max}, "as before")

    def test_whatever_it_follows_from_takes_it_back(self):
        """By SQL of anybody's."""
        self._close()
        for table, record, change in (
            ("coworking_seat", self.over, "date_start = '2015-05-31'"),
            ("coworking_seat", self.over, "date_end = '2015-08-01'"),
            ("coworking_seat", self.over, "date_end = NULL"),
            ("coworking_seat", self.over, "billed_from = '2015-07-01'"),
            ("coworking_seat", self.over, f"space_id = {self.space_b.id}"),
            ("coworking_seat", self.over, f"program_id = {self.other.id}"),
            ("coworking_statement", self.june, "state = 'cancelled'"),
            ("coworking_statement", self.july, "date_from = '2015-08-01'"),
            ("coworking_statement", self.july, f"space_id = {self.space_b.id}"),
            ("coworking_statement", self.july, f"program_id = {self.other.id}"),
        ):
            with self._trying((table, change)):
                self.env.cr.execute(
                    f"UPDATE {table} SET {change} WHERE id = %s",  # nosec B608
                    [record.id],
                )
                self.assertEqual(self._get_until(self.over), {self.over: None})
        with self._trying("a statement goes"):
            self.june.charge_ids.unlink()
            self.june.unlink()
            self.assertEqual(self._get_until(self.over), {self.over: None})

    def test_what_it_does_not_follow_from_leaves_it_as_it_is(self):
        self._close()
        self.over.write({"notice_date": d("1/7"), "occupant_name": "Somebody"})
        self.july.action_confirm()
        self.july.action_create_bill()
        self._new_seat("1/8", "31/8", "B")
        self.assertEqual(self._get_until(self.over), {self.over: date.max})

    def test_a_month_that_is_cancelled_after_everybody_left_comes_back(self):
        self._close()
        self.assertFalse(self._get_lacking())
        self.july.action_cancel()
        self.assertEqual(self._get_lacking(), {(self.program, JULY): self.space})

    def test_a_mark_that_hides_a_month_is_told_to_its_organisation_and_mended_as_is_advised(self):
        """Also where the program is over."""
        seat = self._new_seat("1/8", "31/8", "B")
        self._set_until(seat, "infinity")
        self.assertFalse(self._get_lacking())
        books = self.env["coworking.books"]
        (finding,) = books._check(self.company)
        self.assertEqual((finding.rule, finding.record), ("made", seat))
        self.assertIn("01/08/2015", finding.problem)
        self.assertEqual(books._check(self.env.ref("base.main_company")), [])
        with self.env.cr.savepoint() as savepoint:
            self._generate(d("1/8"))
            self.assertEqual(books._check(self.company), [])
            savepoint.rollback()
        self._archive_at_once(self.program)
        self.assertEqual(books._check(self.company)[0].record, seat)
        self._set_until(seat, None)
        self.assertEqual(books._check(self.company), [])
        self.assertEqual(self._get_lacking(), {(self.program, d("1/8")): self.space})

    def _set_until(self, seat, month):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_seat SET made_until = %s WHERE id = %s", [month, seat.id]
        )

    def test_a_presence_is_enough_for_its_month_where_no_forecast_tells_of_it(self):
        seat = self._new_seat("1/5", "30/6", "B", self._new_tariff("Day", 20.0, unit="day"))
        self._new_presences(seat, "4/5")
        seat.charge_ids.unlink()
        self.assertFalse(seat.tariff_id.min_commitment_months)
        self.assertEqual(self._get_lacking(), {(self.program, d("1/5")): self.space})

    def test_a_commitment_that_another_seat_took_over_is_found_with_its_departure(self):
        """Of which no month begins in the month in which it ends."""
        bound = self._new_tariff("Bound", 100.0, self.space_b, min_commitment_months=8)
        free = self._new_tariff("Free", 50.0, self.space_b, period="anniversary")
        first = self._new_seat("1/1", "31/1", "B", bound)
        second = self._new_seat("20/2", "10/3", first.participant_id, free)
        self._generate(d("1/1"))
        self._generate(d("1/2"))
        self.assertEqual(self._get_lacking(), {(self.program, d("1/3")): self.space_b})
        charges = self._generate(d("1/3")).charge_ids
        self.assertEqual(charges.mapped("kind"), 6 * ["commitment"])
        self.assertEqual(charges.seat_id, second)

    def test_what_goes_from_a_statement_is_looked_for_where_it_is_due_by_then(self):
        """Also by somebody of whom it had no line yet: of what is due no forecast was made while
        it was there.
        """
        self._close()
        terms = {"min_commitment_months": 6, "period": "anniversary"}
        bound = self._new_tariff("Bound", 100.0, self.space_b, **terms)
        pack = self._new_tariff("Pack", 100.0, self.space_b, unit="pack", pack_size=5)
        march, april = d("1/3"), d("1/4")
        with self._trying("who is bound leaves a month later"):
            seat = self._new_seat("15/1", "20/2", "B", bound)
            self._generate(d("1/1"))
            left = self._generate(d("1/2"))
            seat.date_end = d("10/3")
            left.action_refresh()
            self.assertEqual(self._get_lacking(), {(self.program, march): self.space_b})
        with self._trying("another pack is opened once the settled one is not bought any more"):
            seat = self._new_seat("1/3", None, "B", pack)
            self._new_presences(seat, "4/3")
            settled = self._generate(march)
            settled.action_confirm()
            seat.presence_ids.unlink()
            self._new_presences(seat, "4/4")
            self.assertFalse(self._get_lacking())
            settled.action_withdraw()
            settled.action_refresh()
            self.assertEqual(self._get_lacking(), {(self.program, april): self.space_b})
        with self._trying("it is cancelled for somebody who never came"):
            never = self._new_seat("1/3", "31/3", "B", self.tariff_b)
            statement = self._generate(march)
            self._new_presences(self._new_seat("1/3", "31/3", "C", pack), "4/3")
            never.action_cancel()
            statement.action_cancel()
            self.assertEqual(self._get_lacking(), {(self.program, march): self.space_b})
        with self._trying("it was made in advance"), freeze_time("2015-08-25 10:00:00"):
            (self.tariff | self.tariff_b).billing_timing = "advance"
            self._new_seat("1/9", None, "A")
            never = self._new_seat("1/9", None, "B", self.tariff_b)
            statement = self._generate(LAST).filtered(lambda row: row.space_id == self.space_b)
            self._new_seat("15/8", "10/9", "C", bound)
            self._generate(d("1/8"))
            never.action_cancel()
            self._generate(LAST)
            self.assertFalse(statement.exists())
            self.assertEqual(self._get_lacking(), {(self.program, LAST): self.space_b})

    def test_what_is_over_is_not_read_however_long_it_was(self):
        """Rows of seats and statements that PostgreSQL reads, whatever it plans."""
        counts = []
        self._new_seat("1/8", None, "B")
        for number in (1, 10):
            for row in range(number):
                space = self._new_space("Another", f"{number}-{row}")
                self._new_seat("15/6", "20/7", "C", self._new_tariff("T", 10.0, space))
            for month in (JUNE, JULY):
                self._generate(month)
            self._close()
            self._expect_many_rows()
            self.env.flush_all()
            before = self._count_read("coworking_seat", "coworking_statement")
            self.assertEqual(
                self._get_lacking(),
                {(self.program, month): self.space for month in (d("1/8"), LAST)},
            )
            counts.append(self._count_read("coworking_seat", "coworking_statement") - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[1], 5)


@freeze_time(TODAY)
class TestStories(MonthsCase):
    """Seats of all kinds, entered late, changed and cancelled, and months made, withdrawn and
    cancelled, in any order, and marks made at any time.
    """

    # How often what people do happens, and what SQL of anybody's does.
    BY_PEOPLE = {
        "seat": 2,
        "end": 1,
        "notice": 1,
        "cancel_seat": 1,
        "generate": 4,
        "settle": 1,
        "cancel": 1,
        "presence": 2,
        "mend_presence": 1,
        "plan": 1,
        "terms": 1,
        "close": 2,
    }
    BY_SQL = {"days": 1, "move": 1, "go": 1, "shift": 1}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._new_program("Other", "OTH")
        (cls.space | cls.space_b).seat_capacity = 100
        cls.tariffs = [
            cls._new_tariff(name, 60.0, space, **values)
            for space in (cls.space, cls.space_b)
            for name, values in (
                ("Month", {}),
                ("Anniversary", {"period": "anniversary"}),
                ("Week", {"unit": "week"}),
                ("Bound", {"min_commitment_months": 3}),
                ("Notice", {"notice_days": 40, "period": "anniversary"}),
                ("Bound day", {"unit": "day", "min_commitment_months": 2}),
                ("Day", {"unit": "day"}),
                ("Pack", {"unit": "pack", "pack_size": 5}),
            )
        ]

    # === What happens === #

    def _pick(self, model, domain):
        """One of these, or the step is not done."""
        own = Domain("program_id", "in", (self.program | self.other).ids)
        records = self.env[model].search(own & Domain(domain), order="id")
        if not records:
            raise UserError("There is none.")
        return self.chance.choice(records)

    def _pick_seat(self):
        return self._pick("coworking.seat", [("state", "in", HOLDING_STATES)])

    def _day(self, first, last):
        return first + timedelta(days=self.chance.randrange((last - first).days))

    def _do_seat(self):
        start = self._day(*DAYS)
        end = self.chance.choice((None, start + timedelta(days=self.chance.randrange(120))))
        program = self.chance.choice((self.program, self.other))
        tariff = self.tariffs[self.number % len(self.tariffs)]
        self.number += 1
        self.env["coworking.seat"].create(
            {
                "participant_id": self._new_participant(f"P{self.number}", program).id,
                "tariff_id": tariff.id,
                "space_id": tariff.space_id.id,
                "date_start": start,
                "date_end": end and min(end, d("31/12")),
                "billed_from": self.chance.choice((None, None, d("1/4"), JUNE)),
                "state": "confirmed",
            }
        )

    def _do_end(self):
        seat = self._pick_seat()
        seat.date_end = seat.date_start + timedelta(days=self.chance.randrange(120))

    def _do_days(self):
        """By SQL, as nobody may under settled months."""
        start = self._day(*DAYS)
        self.env.cr.execute(
            "UPDATE coworking_seat SET date_start = %s, date_end = %s WHERE id = %s",
            [start, start + timedelta(days=self.chance.randrange(120)), self._pick_seat().id],
        )

    def _do_move(self):
        seat = self._pick_seat()
        tariff = self.chance.choice(self.tariffs)
        if self.chance.random() < 0.5:
            seat.participant_id.program_id = self.chance.choice((self.program, self.other))
        else:
            seat.write({"tariff_id": tariff.id, "space_id": tariff.space_id.id})

    def _do_notice(self):
        seat = self._pick_seat()
        seat.notice_date = self.chance.choice((False, seat.date_start))

    def _do_cancel_seat(self):
        self._pick_seat().action_cancel()

    def _do_generate(self):
        month = d(f"1/{self.chance.randrange(1, 10)}")
        spaces = self.chance.choice((None, None, self.space, self.space_b))
        self._generate(month, self.chance.choice((self.program, self.other)), spaces=spaces)

    def _do_settle(self):
        self._pick("coworking.statement", [("state", "=", "draft")]).action_confirm()

    def _do_cancel(self):
        statement = self._pick("coworking.statement", [("state", "in", ("draft", "confirmed"))])
        if statement.state == "confirmed":
            statement.action_withdraw()
        statement.action_cancel()

    def _do_go(self):
        """One whose seats are gone goes."""
        statement = self._pick("coworking.statement", [("state", "=", "draft")])
        statement.charge_ids.unlink()
        statement.unlink()

    def _do_shift(self):
        statement = self._pick("coworking.statement", [("state", "!=", "cancelled")])
        month = d(f"1/{self.chance.randrange(1, 10)}")
        keys = [("program_id", "=", statement.program_id.id), ("date_from", "=", month)]
        keys += [("space_id", "=", statement.space_id.id), ("state", "!=", "cancelled")]
        if not self.env["coworking.statement"].search(keys):
            self.env.cr.execute(
                "UPDATE coworking_statement SET date_from = %s WHERE id = %s",
                [month, statement.id],
            )

    def _do_presence(self):
        seat = self._pick_seat()
        last = min(seat.date_end or d("9/9"), d("9/9"))
        if seat.date_start < last:
            day = self._day(seat.date_start, last)
            self.env["coworking.presence"].create({"seat_id": seat.id, "date": day, "slot": "am"})

    def _do_mend_presence(self):
        seat = self._pick("coworking.seat", [("presence_ids", "!=", False)])
        presence = self.chance.choice(seat.presence_ids)
        if self.chance.random() < 0.5:
            presence.state = self.chance.choice(("absent", "present"))
        else:
            presence.unlink()

    def _do_plan(self):
        self._pick_seat().participant_id.date_exit_planned = self._day(d("1/5"), d("31/12"))

    def _do_terms(self):
        tariff = self.chance.choice(self.tariffs)
        name = self.chance.choice(("min_commitment_months", "notice_days", "pack_validity_months"))
        tariff[name] = self.chance.choice((0, 1, 3, 60))

    def _do_close(self):
        self._close()

    # === What is to be found === #

    def _expect(self):
        """Seat by seat and month by month, from the records alone.

        :return: dict seat -> its months without a statement
        """
        programs = self.program | self.other
        statements = self.env["coworking.statement"].search(
            [("program_id", "in", programs.ids), ("state", "!=", "cancelled")]
        )
        made = {(row.program_id, row.space_id, row.date_from) for row in statements}
        found = defaultdict(list)
        for seat in self.env["coworking.seat"].search(
            [("program_id", "in", programs.ids), ("state", "in", HOLDING_STATES)]
        ):
            first = max(seat.date_start, seat.billed_from or seat.date_start)
            for month in pricing.months_between(first, min(seat.date_end or LAST, LAST)):
                key = seat.program_id, seat.space_id, month
                if key not in made and self._may_cost(seat, month):
                    found[seat].append(month)
        return found

    def _check_found(self, kind):
        lacking = self._expect()
        found = defaultdict(self.env["coworking.space"].browse)
        for seat, months in lacking.items():
            for month in months:
                found[seat.program_id, month] |= seat.space_id
        self.assertEqual(self._get_lacking(), found)
        if kind != "close":
            return
        self.assertEqual(self._get_wrong(), {})
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute(
                "UPDATE coworking_seat SET made_until = %s WHERE program_id = ANY(%s)",
                [LAST, (self.program | self.other).ids],
            )
            first = {seat: months[0] for seat, months in lacking.items()}
            self.assertEqual(self._get_wrong(), first)
            savepoint.rollback()

    def _may_cost(self, seat, month):
        tariff, end = seat.tariff_id, pricing.month_last(month)
        if month in seat.charge_ids.mapped("period"):
            return True
        if tariff.unit in BY_USE:
            came = seat.presence_ids.filtered(lambda row: row.state == "present").mapped("date")
            if tariff.unit == "pack":
                planned = seat.participant_id.date_exit_planned or seat.program_id.date_end
                came = [day for day in came if day > (seat.date_end or planned)]
            return any(month <= day <= end for day in came)
        if seat.date_end and tariff.unit == "week":
            weeks = range((seat.date_end - seat.date_start).days // 7 + 1)
            begun = [seat.date_start + timedelta(days=7 * week) for week in weeks]
            return any(month <= day <= end for day in begun)
        if seat.date_end and tariff.period == "anniversary":
            passed = 12 * (month.year - seat.date_start.year) + month.month - seat.date_start.month
            return pricing.add_months(seat.date_start, passed) <= seat.date_end
        return True

    def _tell(self, kinds):
        self.chance = random.Random(int(os.environ.get("COWORKING_SEED", 2015)))
        self.number, marked, done = 0, 0, set()
        for _tariff in self.tariffs:
            self._do_seat()
        for step in range(STEPS):
            (kind,) = self.chance.choices(list(kinds), kinds.values())
            with self.subTest(step=step, kind=kind):
                try:
                    with self.env.cr.savepoint():
                        getattr(self, f"_do_{kind}")()
                        self.env.flush_all()
                    done.add(kind)
                except (UserError, IntegrityError):
                    pass
                self.env.invalidate_all()
                self._check_found(kind)
                until = self._get_until(self.env["coworking.seat"].search([])).values()
                marked = max(marked, len([month for month in until if month == date.max]))
        self.assertEqual(done, set(kinds))
        self.assertGreater(marked, 3)

    def test_what_is_found_is_the_same_whatever_happens(self):
        self._tell(self.BY_PEOPLE | self.BY_SQL)

    def test_were_each_seat_priced_for_each_month_nothing_else_would_be_charged(self):
        """Neither after its end nor before it is billed here."""
        self._tell(self.BY_PEOPLE)
        programs = self.program | self.other
        for _turn in range(2):  # what is settled is corrected on months that were just made
            for program, month, spaces in self.env["coworking.statement"]._get_months_to_generate():
                if program in programs:
                    self._generate(month, program, spaces=spaces)
        before = self._get_charged()
        with patch.object(
            self.registry["coworking.statement"],
            "_get_charged_in_domain",
            lambda *_args: Domain("state", "in", HOLDING_STATES),
        ):
            for month in pricing.months_between(d("1/1"), LAST):
                self._generate(month, programs)
        self.assertEqual(self._get_charged(), before)
        self.assertGreater(len(before), 20)

    def _get_charged(self):
        charges = self.env["coworking.charge"].search(
            [("program_id", "in", (self.program | self.other).ids), ("state", "!=", "forecast")]
        )
        return {
            (row.statement_id.name, row.seat_id.name, row.period, row.kind, row.payable_total)
            for row in charges
        }
