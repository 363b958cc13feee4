"""Months are settled in any order while facts change; in the end the books say what facts cost.

Hypothesis writes small programmes on the real models: people, seats, presences, prices, taxes;
months generated, sent, confirmed, billed, withdrawn and cancelled, some spaces only. After each
step nothing settled has moved. At the end all months are settled in order, and what all settled
lines say must be what ``reference.py`` computes from the facts alone, to the cent: by person, seat,
month and kind, untaxed, tax, funded and co-payment. A failure is the shortest such story.

By hand, many more steps, and what each change of the facts does alone::

    COWORKING_STEPS=10000 scripts/test tests/properties
    COWORKING_FEATURES=settle,dates,withdraw scripts/test tests/properties
    COWORKING_TARIFFS=daily,ranks scripts/test tests/properties

``COWORKING_FEATURES`` and ``COWORKING_TARIFFS`` are some of ``FEATURES`` and ``TARIFFS``; with a
minus before it, all but that one. Without ``settle`` months are settled at the end alone,
without ``any_order`` one after another.
"""

import os
import sys
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo import Command
from odoo.exceptions import UserError

from ..common import CoworkingCase
from . import reference

STEPS = int(os.environ.get("COWORKING_STEPS", 750))
STEPS_A_STORY = 12
FIRST = date(2015, 1, 1)
# Facts are of the first four months; all months up to the fifth are settled at the end, and those
# after it until no correction is left.
MONTHS = [date(2015, month, 1) for month in range(1, 5)]
CLOSED_AT_LEAST = 5
CORRECTED_WITHIN = 4
AMOUNTS = ("amount_untaxed", "amount_tax", "funded_amount", "copayment_amount")

FEATURES = (
    "settle",
    "any_order",
    "dates",
    "notice",
    "tariff",
    "move",
    "cancelled_seats",
    "presences",
    "suspensions",
    "closures",
    "archive",
    "prices",
    "funding",
    "tax",
    "some_spaces",
    "send",
    "bill",
    "withdraw",
    "cancel",
    "fees",
)

CREDITED = {"absence_rule": "credited", "closure_rule": "credited"}
# Name: (space, program, first prices by rank, terms). Space A asks a yearly fee; what C sells has
# no tax. Program P funds prices with tax, up to a cap; Q without.
TARIFFS = {
    "daily": ("A", "P", [180], CREDITED),
    "ranks": ("A", "P", [180, 150, 120], CREDITED),
    "half_month": ("A", "P", [140], {"proration": "half_month", "tax_included": True}),
    "bound": ("B", "P", [180], {"min_commitment_months": 3}),
    "bound_credited": ("A", "P", [150], {"min_commitment_months": 3, **CREDITED}),
    "notice": ("B", "P", [95.55], {"notice_days": 15, "notice_rule": "month_end"}),
    "anniversary": (
        "B",
        "P",
        [120],
        {"period": "anniversary", "tax_included": True, "notice_days": 10},
    ),
    "included": ("A", "P", [100], {"included_quantity": 4}),
    "anniversary_included": (
        "C",
        "P",
        [100],
        {"period": "anniversary", "included_quantity": 4},
    ),
    "day": ("B", "P", [20], {"unit": "day", "monthly_cap": 70, "half_day_quantity": 0.5}),
    "pack": ("C", "P", [70], {"unit": "pack", "pack_size": 3, "pack_validity_months": 12}),
    "week": ("C", "P", [60], {"unit": "week"}),
    "half_day": ("C", "P", [11], {"unit": "half_day"}),
    "none": ("C", "P", [95.55], {"proration": "none"}),
    "daily_30": ("B", "Q", [299.99], {"proration": "daily_30", "tax_included": True}),
    "hour": ("B", "Q", [4], {"unit": "hour", "daily_cap": 12}),
    "working_days": ("C", "Q", [210], {"proration": "working_days", **CREDITED}),
}
OVERAGE = 15
FEE = 24


def chosen(variable, names):
    """What an environment variable says of these names."""
    words = [word for word in os.environ.get(variable, "").split(",") if word]
    without = {word[1:] for word in words if word[0] == "-"}
    only = {word for word in words if word[0] != "-"} or set(names)
    unknown = (without | only) - set(names)
    if unknown:
        raise ValueError(f"{variable} knows no {', '.join(sorted(unknown))}")
    return [name for name in names if name in only - without]


USED_FEATURES = chosen("COWORKING_FEATURES", FEATURES)
USED_TARIFFS = chosen("COWORKING_TARIFFS", TARIFFS)


def needs(*features):
    """A rule that is there only with these features."""
    return precondition(lambda self: all(name in USED_FEATURES for name in features))


def to_cents(amount):
    return round(amount * 100)


def to_fraction(number):
    return Fraction(str(round(number, 4)))


numbers = st.integers(0, 7)
days = st.builds(
    lambda month, day: month.replace(day=day),
    st.sampled_from(MONTHS),
    st.sampled_from([1, 2, 10, 15, 16, 20, 28]),
)
lengths = st.sampled_from([1, 9, 15, 28, 31, 45])
# Of the few tariffs of a story, so that people meet on them.
places = st.integers(0, 2)


class Story(RuleBasedStateMachine):
    """One programme's months. ``case`` is the test that runs it, within its transaction."""

    def __init__(self, case):
        super().__init__()
        self.case, self.env = case, case.env
        self.seats = self.env["coworking.seat"]
        self.settled = {}  # settled charge: its amounts
        self.exempt = {}  # (space, program, month) of a settled home: bool
        self.savepoint = self.env.cr.savepoint()

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:
                self.close_the_books()
                self.compare_with_the_facts()
                self.check_the_books()
        finally:
            self.savepoint.close(rollback=True)

    def attempt(self, act):
        """Facts may be refused, in words; then nothing has changed."""
        try:
            with self.case.as_request():
                act()
        except UserError as error:
            event(f"refused: {type(error).__name__}")

    def ask(self, record, method, *args):
        """Likewise, of one record, if there is one."""
        if record:
            self.attempt(lambda: getattr(record, method)(*args))

    def pick(self, number, records):
        return records[number % len(records)] if records else records

    # === Facts === #

    @initialize(
        names=st.lists(st.sampled_from(USED_TARIFFS), min_size=1, max_size=3, unique=True),
        start=days,
    )
    def somebody_is_here(self, names, start):
        self.names = names
        self.arrive(0, names[0], start, None)

    @rule(person=numbers, tariff=places, start=days, length=st.none() | lengths)
    def arrives(self, person, tariff, start, length):
        self.arrive(person, self.pick(tariff, self.names), start, length)

    def arrive(self, person, name, start, length):
        tariff = self.case.tariffs[name]
        person = self.pick(person, self.case.people[TARIFFS[name][1]])

        def act():
            self.seats |= self.env["coworking.seat"].create(
                {
                    "participant_id": person.id,
                    "space_id": tariff.space_id.id,
                    "tariff_id": tariff.id,
                    "date_start": start,
                    "date_end": length and start + timedelta(days=length - 1),
                    "state": "confirmed",
                }
            )

        self.attempt(act)

    def change(self, number, **values):
        seat = self.pick(number, self.seats)
        self.attempt(lambda: seat.write(values))

    @needs("dates")
    @rule(number=numbers, day=days)
    def starts(self, number, day):
        self.change(number, date_start=day)

    @needs("dates")
    @rule(number=numbers, day=st.none() | days)
    def ends(self, number, day):
        self.change(number, date_end=day)

    @needs("notice")
    @rule(number=numbers, day=st.none() | days)
    def tells_the_space(self, number, day):
        self.change(number, notice_date=day)

    @needs("tariff")
    @rule(number=numbers, place=places)
    def is_on_another_tariff(self, number, place):
        name = self.pick(place, self.names)
        tariff = self.case.tariffs[name]
        seat = self.pick(number, self.seats)
        others = seat.participant_id.seat_ids - seat
        if TARIFFS[name][1] == seat.program_id.code and not others:
            self.change(number, tariff_id=tariff.id, space_id=tariff.space_id.id)

    @needs("move")
    @rule(number=numbers, day=days, place=places)
    def goes_on(self, number, day, place):
        """From a day on, on another tariff, here or elsewhere."""
        name = self.pick(place, self.names)
        seat, tariff = self.pick(number, self.seats), self.case.tariffs[name]
        if TARIFFS[name][1] != seat.program_id.code:
            return

        def act():
            values = {"tariff_id": tariff.id, "space_id": tariff.space_id.id}
            self.seats |= seat._replace_from(day, values)

        self.attempt(act)

    @needs("cancelled_seats")
    @rule(number=numbers)
    def comes_never(self, number):
        self.ask(self.pick(number, self.seats), "action_cancel")

    @needs("presences")
    @rule(
        number=numbers,
        day=days,
        count=st.integers(1, 8),
        slots=st.sampled_from([("am", "pm"), ("am",)]),
        hours=st.sampled_from([1, 2.5, 4]),
    )
    def is_present(self, number, day, count, slots, hours):
        self.take_down(number, day, count, slots, {"state": "present", "hours": hours})

    @needs("presences")
    @rule(number=numbers, day=days, count=st.integers(1, 31))
    def is_not_present(self, number, day, count):
        self.take_down(number, day, count, ("am", "pm"), {"state": False})

    def take_down(self, number, day, count, slots, said):
        seat = self.pick(number, self.seats).with_user(self.case.coordinator)
        rows = [
            {"date": when, "slot": slot, **said}
            for when in (day + timedelta(days=n) for n in range(count))
            for slot in slots
            if seat.date_start <= when and (not seat.date_end or when <= seat.date_end)
        ]
        by = self.case.coordinator.partner_id
        self.attempt(
            lambda: seat._record_presences(rows, source="staff", by=by, reason="Told late")
        )

    @needs("suspensions")
    @rule(number=numbers, day=days, length=st.none() | lengths)
    def is_suspended(self, number, day, length):
        end = length and day + timedelta(days=length - 1)
        person = self.pick(number, self.seats).participant_id
        values = {"date_from": day, "date_to": end, "reason": "Illness"}
        model = self.env["coworking.suspension"].with_user(self.case.coordinator)
        self.attempt(lambda: model.create({"participant_id": person.id, **values}))

    @needs("suspensions")
    @rule(number=numbers, day=days, length=st.none() | lengths)
    def is_suspended_on_other_days(self, number, day, length):
        end = length and day + timedelta(days=length - 1)
        suspension = self.pick(number, self.suspensions())
        self.ask(suspension, "write", {"date_from": day, "date_to": end})

    @needs("suspensions")
    @rule(number=numbers)
    def is_not_suspended(self, number):
        self.ask(self.pick(number, self.suspensions()), "unlink")

    def suspensions(self):
        people = self.seats.participant_id.with_user(self.case.coordinator)
        return people.suspension_ids.sorted("id")

    @needs("suspensions")
    @rule(number=numbers, other=numbers)
    def was_somebody_else_who_was_suspended(self, number, other):
        suspension = self.pick(number, self.suspensions())
        person = self.pick(other, self.seats).participant_id
        self.ask(suspension, "write", {"participant_id": person.id})

    @needs("archive")
    @rule(number=numbers)
    def is_put_away_or_taken_out_again(self, number):
        """Archived to tidy up, once ended: what was used costs the same."""
        seat = self.pick(number, self.seats)
        ended = {"state": "ended"} if seat.active else {"state": "confirmed"}
        self.attempt(lambda: seat.write({**ended, "active": not seat.active}))

    @needs("closures")
    @rule(space=st.sampled_from("ABC"), day=days, length=lengths)
    def closes(self, space, day, length):
        calendar = self.case.spaces[space].resource_calendar_id
        end = day + timedelta(days=length - 1)
        values = {"date_from": f"{day} 00:00:00", "date_to": f"{end} 23:59:59"}
        values |= {"name": "Closed", "calendar_id": calendar.id}
        self.attempt(lambda: self.env["resource.calendar.leaves"].create(values))

    @needs("closures")
    @rule(number=numbers)
    def was_open(self, number):
        calendars = self.case.all_spaces.resource_calendar_id
        leaves = self.env["resource.calendar.leaves"].search(
            [("calendar_id", "in", calendars.ids)], order="id"
        )
        self.ask(self.pick(number, leaves), "unlink")

    @needs("prices")
    @rule(place=places, day=days, percent=st.sampled_from([110, 50]))
    def costs(self, place, day, percent):
        """From a day on, as many percent of the first prices, all ranks."""
        name = self.pick(place, self.names)
        rows = [
            Command.create({"date_start": day, **values})
            for values in first_prices(name, Fraction(percent, 100))
        ]
        self.attempt(lambda: self.case.tariffs[name].write({"price_ids": rows}))

    @needs("funding")
    @rule(
        number=numbers,
        month=st.sampled_from(MONTHS),
        rate=st.sampled_from([50, 100]),
        cap=st.sampled_from([0, 100]),
    )
    def is_funded(self, number, month, rate, cap):
        seat = self.pick(number, self.seats)
        values = {"seat_id": seat.id, "date_from": month, "rate": rate, "cap": cap}
        self.attempt(lambda: self.env["coworking.seat.funding"].create(values))

    @needs("tax")
    @rule(space=st.sampled_from("AB"))
    def operator_is_exempt_or_no_longer(self, space):
        operator = self.case.spaces[space].operator_id
        exempt = operator.property_account_position_id
        operator.property_account_position_id = False if exempt else self.case.position

    # === Months === #

    @needs("settle")
    @rule(month=st.sampled_from(MONTHS))
    def is_settled(self, month):
        """A whole month at once, as most often."""
        self.settle(self.generate(self.month(month)))

    @needs("some_spaces")
    @rule(
        month=st.sampled_from(MONTHS),
        names=st.sets(st.sampled_from("ABC"), min_size=1).map(sorted),
        confirm=st.booleans(),
    )
    def is_settled_for(self, month, names, confirm):
        statements = self.generate(self.month(month), [self.case.spaces[name].id for name in names])
        if confirm:
            self.settle(statements)

    @needs("send")
    @rule(month=st.sampled_from(MONTHS))
    def is_generated(self, month):
        self.generate(self.month(month))

    def month(self, month):
        """This one, or the one after those that are settled, where they go in order."""
        settled = self.statements("confirmed", "billed").mapped("date_from")
        following = reference.months_later(max(settled), 1) if settled else FIRST
        return month if "any_order" in USED_FEATURES else min(following, MONTHS[-1])

    @needs("send")
    @rule(number=numbers)
    def is_sent(self, number):
        statement = self.pick(number, self.statements("draft", "sent", "disputed"))
        self.ask(statement, "action_send")

    @needs("send")
    @rule(number=numbers)
    def is_refreshed(self, number):
        statement = self.pick(number, self.statements("draft", "sent", "disputed"))
        self.ask(statement, "action_refresh")

    @needs("send")
    @rule(number=numbers)
    def is_confirmed(self, number):
        statement = self.pick(number, self.statements("draft", "sent", "disputed"))
        self.ask(statement, "action_confirm")

    @needs("bill")
    @rule(number=numbers)
    def is_billed(self, number):
        statement = self.pick(number, self.statements("confirmed"))
        self.ask(statement, "action_create_bill")

    @needs("withdraw")
    @rule(number=numbers)
    def is_withdrawn(self, number):
        statement = self.pick(number, self.statements("confirmed"))
        self.ask(statement, "action_withdraw")
        self.settled = {
            charge: amounts
            for charge, amounts in self.settled.items()
            if self.is_settled_now(charge)
        }

    @needs("cancel")
    @rule(number=numbers)
    def is_cancelled(self, number):
        statement = self.pick(number, self.statements("draft", "sent", "disputed"))
        self.ask(statement, "action_cancel")

    def statements(self, *states):
        return self.env["coworking.statement"].search(
            [("program_id", "in", self.case.all_programs.ids), ("state", "in", states)],
            order="date_from, space_id, program_id",
        )

    def generate(self, month, space_ids=None):
        spaces = self.case.all_spaces.browse(space_ids) if space_ids else None
        statements = self.env["coworking.statement"]._generate(
            self.case.all_programs, month, spaces=spaces
        )
        self.env.flush_all()
        return statements

    def settle(self, statements):
        """Nobody agrees with lines that just changed: those are confirmed when seen again."""
        for statement in statements.filtered(lambda row: row.state in ("draft", "sent")):
            if not statement.charge_ids:
                statement.action_cancel()
                continue
            for _attempt in range(2):
                if statement.exists() and statement.state in ("draft", "sent"):
                    statement.action_confirm()
            assert statement.state == "confirmed", f"{statement.name} cannot be confirmed"
        self.env.flush_all()

    # === What holds after each step === #

    @invariant()
    def holds(self):
        self.nothing_settled_has_moved()
        self.statements_are_the_sums_of_their_charges()
        self.remember_the_tax_of_settled_homes()

    def nothing_settled_has_moved(self):
        for charge, amounts in self.settled.items():
            assert self.is_settled_now(charge), f"{charge.display_name} is settled no more"
            assert charge.mapped(lambda row: [row[name] for name in AMOUNTS]) == amounts
        self.settled = {
            charge: charge.mapped(lambda row: [row[name] for name in AMOUNTS])
            for charge in self.charges(("state", "=", "settled"))
        }

    def is_settled_now(self, charge):
        return charge.exists() and charge.state == "settled"

    def statements_are_the_sums_of_their_charges(self):
        for statement in self.statements("draft", "sent", "disputed", "confirmed", "billed"):
            for name in ("amount_total", "funded_amount", "copayment_amount", "payable_total"):
                total = sum(to_cents(charge[name]) for charge in statement.charge_ids)
                assert to_cents(statement[name]) == total, (statement.name, name)
            said = set(statement.charge_ids.mapped("state"))
            wanted = "settled" if statement.state in ("confirmed", "billed") else "open"
            assert said <= {wanted}, (statement.name, statement.state, said)

    def remember_the_tax_of_settled_homes(self):
        homes = {
            (row.space_id.id, row.program_id.id, row.date_from)
            for row in self.statements("confirmed", "billed")
        }
        today = self.exempt_today()
        self.exempt = {home: self.exempt.get(home, today[home[0]]) for home in homes}

    def charges(self, *domain):
        return self.env["coworking.charge"].search(
            [("program_id", "in", self.case.all_programs.ids), *domain], order="id"
        )

    def exempt_today(self):
        return {
            space.id: bool(space.operator_id.property_account_position_id)
            for space in self.case.all_spaces
        }

    # === The end: all months settled, in order === #

    def close_the_books(self):
        """Month by month, until one carries no correction; the last one settled is kept."""
        for number in range(CLOSED_AT_LEAST + CORRECTED_WITHIN):
            self.last = reference.months_later(FIRST, number)
            statements = self.generate(self.last)
            self.settle(statements)
            self.holds()
            corrections = statements.exists().charge_ids.filtered(
                lambda charge: charge.kind == "adjustment" and charge.period != self.last
            )
            if number + 1 >= CLOSED_AT_LEAST and not corrections:
                return
        raise AssertionError("corrections never end")

    def check_the_books(self):
        findings = self.env["coworking.books"]._check(self.case.company)
        assert not findings, self.env["coworking.books"]._to_text(findings)

    def compare_with_the_facts(self):
        charges = self.charges(("state", "=", "settled"))
        keeps_kind = "corrected_kind" in charges._fields
        booked = {}
        for charge in charges:
            kind = charge.kind
            if kind == "adjustment":
                kind = charge.corrected_kind if keeps_kind else "any"
            key = charge.participant_id.id, charge.seat_id.id, charge.period, kind
            amounts = booked.setdefault(key, [0, 0, 0, 0])
            for index, name in enumerate(AMOUNTS):
                amounts[index] += to_cents(charge[name])
        memory = self.memory(booked, charges)
        wanted = reference.expected(self.facts(), self.fees(), self.last, memory)
        if not keeps_kind:
            booked, wanted = by_month(booked), by_month(wanted)
        booked = {key: tuple(amounts) for key, amounts in booked.items() if any(amounts)}
        problems = [
            self.problem(key, booked.get(key), wanted.get(key))
            for key in sorted(booked.keys() | wanted.keys())
            if booked.get(key) != wanted.get(key)
        ]
        assert not problems, "\n" + "\n".join(problems) + "\n" + self.journal(charges)

    def memory(self, booked, charges):
        """What settled months decided, read from the books: packs and fees stay bought."""
        memory = reference.Memory(self.exempt_today(), self.exempt)
        for (person, seat_id, month, kind), amounts in booked.items():
            seat = self.env["coworking.seat"].browse(seat_id)
            if kind == "membership" and amounts[0] > 0:
                place = person, seat.space_id.id
                memory.fees.setdefault(place, {})[month] = seat_id
            if seat.tariff_id.unit == "pack" and amounts[0]:
                known = memory.packs.get((seat_id, month), 0)
                price = to_cents(seat.tariff_id._price_on(max(month, seat.date_start)).price)
                memory.packs[seat_id, month] = known + amounts[0] // price
        return memory

    def problem(self, key, booked, wanted):
        person, seat_id, month, *kind = key
        seat = self.env["coworking.seat"].browse(seat_id)
        return (
            f"{seat.participant_id.partner_id.name} seat {seat.name} ({seat.tariff_id.name})"
            f" {month:%Y-%m} {' '.join(kind)}:"
            f" settled {euros(booked)}, by the facts {euros(wanted)}"
        )

    def journal(self, charges):
        """All settled lines, to find where it went wrong."""
        return "\n".join(
            f"  {charge.statement_id.name}: {charge.seat_id.name} {charge.period:%Y-%m}"
            f" {charge.kind} {euros([to_cents(charge[name]) for name in AMOUNTS])}"
            f" {charge.explanation}"
            for charge in charges.sorted(lambda row: (row.statement_id.date_from, row.id))
        )

    # === The facts, as the reference wants them === #

    def fees(self):
        return {
            space.id: (
                to_cents(fee.fee),
                to_fraction(sum(fee.product_id.supplier_taxes_id.mapped("amount"))),
                fee.tax_included,
            )
            for space in self.case.all_spaces
            for fee in space.membership_ids
        }

    def facts(self):
        tariffs = {tariff.id: read_tariff(tariff) for tariff in self.case.tariffs.values()}
        return [
            reference.Seat(
                id=seat.id,
                person=seat.participant_id.id,
                program=seat.program_id.id,
                space=seat.space_id.id,
                tariff_id=seat.tariff_id.id,
                tariff=tariffs[seat.tariff_id.id],
                start=seat.date_start,
                end=seat.date_end or None,
                notice=seat.notice_date or None,
                funds_tax=seat.program_id.funding_base == "total",
                fundings=[
                    (None, to_fraction(seat.funding_rate), to_cents(seat.funding_cap) or None),
                    *(
                        (row.date_from, to_fraction(row.rate), to_cents(row.cap) or None)
                        for row in seat.funding_ids
                    ),
                ],
                presences={
                    (row.date, row.slot): to_fraction(row.hours)
                    for row in seat.presence_ids
                    if row.state == "present"
                },
                suspensions=[
                    (row.date_from, row.date_to or None)
                    for row in seat.participant_id.suspension_ids
                ],
                closures=[
                    (leave.date_from.date(), leave.date_to.date())
                    for leave in self.env["resource.calendar.leaves"].search(
                        [("calendar_id", "=", seat.space_id.resource_calendar_id.id)]
                    )
                ],
            )
            for seat in self.seats.exists()
            if seat.state in ("confirmed", "ended")
        ]


def read_tariff(tariff):
    return reference.Tariff(
        unit=tariff.unit,
        prices=[
            reference.Price(
                row.date_start,
                to_cents(row.price),
                row.rank,
                to_cents(row.overage_price) or None,
            )
            for row in tariff.price_ids
        ],
        tax=to_fraction(sum(tariff.product_id.supplier_taxes_id.mapped("amount"))),
        tax_included=tariff.tax_included,
        period=tariff.period,
        proration=tariff.proration,
        half_day=to_fraction(tariff.half_day_quantity),
        credits_absence=tariff.absence_rule == "credited",
        credits_closure=tariff.closure_rule == "credited",
        daily_cap=to_cents(tariff.daily_cap) or None,
        monthly_cap=to_cents(tariff.monthly_cap) or None,
        included=to_fraction(tariff.included_quantity) or None,
        pack_size=to_fraction(tariff.pack_size),
        pack_months=tariff.pack_validity_months or 1,
        commitment_months=tariff.min_commitment_months,
        notice_days=tariff.notice_days,
        notice_to_month_end=tariff.notice_rule == "month_end",
    )


def by_month(amounts_by_key):
    """Sums over the kinds."""
    result = {}
    for (*place, _kind), amounts in amounts_by_key.items():
        known = result.setdefault(tuple(place), [0, 0, 0, 0])
        result[tuple(place)] = [one + other for one, other in zip(known, amounts, strict=True)]
    return {key: tuple(amounts) for key, amounts in result.items() if any(amounts)}


def euros(amounts):
    """``150.00 + 30.00 = 144.00 funded + 36.00``."""
    if amounts is None:
        return "nothing"
    untaxed, tax, funded, copayment = (f"{amount / 100:.2f}" for amount in amounts)
    return f"{untaxed} + {tax} tax ({funded} funded, {copayment} left)"


def first_prices(name, factor=1):
    _space, _program, prices, terms = TARIFFS[name]
    overage = OVERAGE if terms.get("included_quantity") else 0
    return [
        {"rank": rank, "price": round(price * float(factor), 2), "overage_price": overage}
        for rank, price in enumerate(prices, start=1)
    ]


class TestSettledMonths(CoworkingCase):
    """The world of every story: two programmes, three spaces, all sorts of tariffs, four people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        exempt = cls._new_tax("0% 293 B", amount=0.0)
        cls.position = cls.env["account.fiscal.position"].create(
            {"name": "293 B", "company_id": cls.company.id}
        )
        exempt.write(
            {
                "fiscal_position_ids": cls.position.ids,
                "original_tax_ids": (cls.tax_lost | cls.tax_recovered).ids,
            }
        )
        untaxed = cls._new_product("Coworking seat, no tax")
        cls.programs = {
            "P": cls.program,
            "Q": cls._new_program("Test Q", "Q", funding_base="untaxed"),
        }
        cls.program.write({"code": "P", "funding_rate": 80.0, "funding_cap": 150.0})
        cls.spaces = {name: cls._new_space(name, name, seat_capacity=20) for name in "ABC"}
        for name, space in cls.spaces.items():
            space.resource_calendar_id = cls.env["resource.calendar"].create(
                {
                    "name": name,
                    "tz": "UTC",
                    "company_id": cls.company.id,
                    "attendance_ids": [Command.clear()],
                }
            )
        cls.all_programs = cls.programs["P"] | cls.programs["Q"]
        cls.all_spaces = cls.spaces["A"] | cls.spaces["B"] | cls.spaces["C"]
        if "fees" in USED_FEATURES:
            cls.spaces["A"].membership_ids = [
                Command.create(
                    {
                        "date_start": FIRST,
                        "fee": FEE,
                        "tax_included": True,
                        "product_id": cls.seat_product.id,
                    }
                )
            ]
        cls.tariffs = {}
        for name, (space, program, prices, terms) in TARIFFS.items():
            product = cls.seat_product if program == "P" else cls.seat_product_recovered
            cls.tariffs[name] = cls._new_tariff(
                name,
                prices[0],
                space=cls.spaces[space],
                product_id=(untaxed if space == "C" else product).id,
                **terms,
            )
            cls.tariffs[name].price_ids = [
                Command.clear(),
                *(Command.create({"date_start": FIRST, **row}) for row in first_prices(name)),
            ]
        cls.people = {
            "P": [cls._new_participant(name, date_entry=FIRST) for name in ("Ada", "Ben", "Cleo")],
            "Q": [cls._new_participant("Quentin", program=cls.programs["Q"], date_entry=FIRST)],
        }
        cls.env.flush_all()

    def test_all_settled_the_books_say_what_the_facts_cost(self):
        run_state_machine_as_test(
            lambda: Story(self),
            settings=settings(
                max_examples=max(1, STEPS // STEPS_A_STORY),
                stateful_step_count=STEPS_A_STORY,
                suppress_health_check=list(HealthCheck),
            ),
        )
