"""Months settled one by one while facts change, against a naive reference, day by day.

The reference shares nothing with the module but its shapes: it counts days one at a time and
computes in fractions.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction
from itertools import pairwise
from math import floor

import coworking_pricing as pricing
from coworking_pricing import Funding, Pack, Presence, Price, Seat, Span, Terms
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

DAY = timedelta(days=1)
FIRST, LAST = date(2015, 1, 1), date(2015, 8, 31)
CALENDAR = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]
MONTHS = [day for day in CALENDAR if day.day == 1]
AMOUNTS = ("untaxed", "tax", "funded", "copayment", "payable_untaxed", "payable_tax")

# === The reference ===


def cents(amount):
    return Fraction(floor(Fraction(amount) * 100 + Fraction(1, 2)), 100)


def days_of(month):
    day = month
    while (day.year, day.month) == (month.year, month.month):
        yield day
        day += DAY


def within(span, day):
    return span.date_from <= day and (span.date_to is None or day <= span.date_to)


def row_in_force(seat, day, rank):
    guaranteed = seat.price_guaranteed_until
    if guaranteed and day <= guaranteed:
        day = seat.date_start
    start = max(row.date_start for row in seat.terms.prices if row.date_start <= day)
    ladder = {row.rank: row for row in seat.terms.prices if row.date_start == start}
    while rank not in ladder:
        rank -= 1
    return ladder[rank]


def is_owed(seat, day, last):
    """Whether a day is owed, were the seat due until ``last`` (None: for ever)."""
    if day < seat.date_start or (last is not None and day > last):
        return False
    if seat.terms.unit != "month" or seat.terms.period != "calendar":
        return True
    staying = seat.date_end is None or day <= seat.date_end
    suspended = any(within(span, day) for span in seat.suspensions)
    if seat.terms.absence_rule == "credited" and staying and suspended:
        return False
    if seat.terms.closure_rule == "credited":
        return not any(within(span, day) for span in seat.closures)
    return True


def same_day_later(start, day):
    """Whether periods counted from ``start`` begin on ``day``."""
    last_of_month = (day + DAY).day == 1
    return day.day == start.day or (last_of_month and day.day < start.day)


def last_due(seat):
    if seat.date_end is None:
        return None
    tariff, last = seat.terms, seat.date_end
    months, day = 0, seat.date_start
    while months < tariff.min_commitment_months:
        day += DAY
        months += same_day_later(seat.date_start, day)
    last = max(last, day - DAY)
    if seat.notice_date:
        day = seat.notice_date
        for _ in range(tariff.notice_days):
            day += DAY
        while tariff.notice_rule == "month_end" and (day + DAY).day != 1:
            day += DAY
        last = max(last, day)
    return last


def fraction_owed(seat, month, last):
    every = list(days_of(month))
    owed = [day for day in every if is_owed(seat, day, last)]
    match seat.terms.proration:
        case "daily":
            return Fraction(len(owed), len(every))
        case "daily_30":
            return Fraction(1) if owed == every else min(Fraction(len(owed), 30), Fraction(1))
        case "half_month":
            if not owed:
                return Fraction(0)
            return Fraction(1, 2) if len(owed) <= Fraction(len(every), 2) else Fraction(1)
        case "working_days":
            week = ("Mon", "Tue", "Wed", "Thu", "Fri")
            worked = [day for day in owed if day.strftime("%a") in week]
            return Fraction(len(worked), len([d for d in every if d.strftime("%a") in week]))
        case "none":
            return Fraction(1) if owed else Fraction(0)


def used_on(seat, day, unit):
    if day < seat.date_start or (seat.date_end and day > seat.date_end):
        return Fraction(0)
    here = [presence for presence in seat.presences if presence.date == day]
    if unit == "hour":
        return sum((Fraction(presence.hours or 0) for presence in here), Fraction(0))
    if unit == "half_day":
        return Fraction(len(here))
    return [Fraction(0), Fraction(seat.terms.half_day_quantity), Fraction(1)][len(here)]


def periods_begun(seat, month, after, last):
    """First days in a month of weeks or own months, after a day and until another."""
    for day in days_of(month):
        if day < seat.date_start or (after and day <= after) or (last and day > last):
            continue
        if seat.terms.unit == "week" and (day - seat.date_start).days % 7 == 0:
            yield day
        if seat.terms.unit == "month" and same_day_later(seat.date_start, day):
            yield day


def reference_month(seat, month, rank):
    """(kind, first day, amount) of a seat's month."""
    tariff, end, due = seat.terms, seat.date_end, last_due(seat)
    found = []
    if tariff.unit in ("hour", "half_day", "day"):
        total, first, stay = Fraction(0), None, None
        for day in days_of(month):
            if stay is None and is_owed(seat, day, end):
                stay = day
            quantity = used_on(seat, day, tariff.unit)
            if quantity:
                first = first or day
                row = row_in_force(seat, day, rank)
                cap = tariff.daily_cap if row.daily_cap is None else row.daily_cap
                worth = quantity * Fraction(row.price)
                total += worth if cap is None else min(worth, Fraction(cap))
        if first:
            row = row_in_force(seat, stay, rank)
            cap = tariff.monthly_cap if row.monthly_cap is None else row.monthly_cap
            found.append(("regular", first, total if cap is None else min(total, Fraction(cap))))
        return found
    window = list(days_of(month))
    if tariff.unit == "month" and tariff.period == "calendar":
        owed = [day for day in days_of(month) if is_owed(seat, day, due)]
        if owed:
            price = Fraction(row_in_force(seat, owed[0], rank).price)
            stay = fraction_owed(seat, month, end)
            whole = fraction_owed(seat, month, due)
            if stay:
                found.append(("regular", owed[0], cents(price * stay)))
            if whole > stay:
                after = max(end + DAY, month)
                found.append(("commitment", after, cents(price * whole) - cents(price * stay)))
    else:
        stay = list(periods_begun(seat, month, None, end))
        rest = list(periods_begun(seat, month, end, due)) if end else []
        for kind, starts in (("regular", stay), ("commitment", rest)):
            if starts:
                prices = [Fraction(row_in_force(seat, day, rank).price) for day in starts]
                found.append((kind, starts[0], sum(prices)))
        window = []
        if stay and tariff.unit == "month":
            window = [stay[0]]
            while not same_day_later(seat.date_start, window[-1] + DAY):
                window.append(window[-1] + DAY)
    if tariff.included_quantity is not None and tariff.unit == "month":
        left, over, first = Fraction(tariff.included_quantity), Fraction(0), None
        for day in window:
            quantity = used_on(seat, day, "day")
            beyond = max(Fraction(0), quantity - left)
            left = max(Fraction(0), left - quantity)
            if beyond:
                price = row_in_force(seat, day, rank).overage_price
                if price is not None:
                    first = first or day
                    over += beyond * Fraction(price)
        if first:
            found.append(("overage", first, over))
    return found


def reference_rank(seat, month, team):
    owed = [day for day in days_of(month) if is_owed(seat, day, seat.date_end)]
    day = owed[0] if owed else max(seat.date_start, month)
    team = sorted(team, key=lambda other: (other.date_start, other.key))
    before = team[: [other.key for other in team].index(seat.key)]
    return 1 + len([other for other in before if is_owed(other, day, other.date_end)])


def reference_charges(seats, month, team):
    """{seat: {amount: sum}} of a person's month."""
    rows = []
    for seat in seats:
        rank = reference_rank(seat, month, team(seat))
        for kind, first, amount in reference_month(seat, month, rank):
            amount, rate = cents(amount), Fraction(seat.tax_rate)
            if seat.terms.tax_included:
                tax = cents(amount - amount / (1 + rate))
                untaxed = amount - tax
            else:
                untaxed, tax = amount, cents(amount * rate)
            order = ("regular", "overage", "commitment").index(kind)
            rows.append((first, seat.date_start, seat.key, order, kind, untaxed, tax, seat))
    spent, sums = Fraction(0), {}
    for *_, kind, untaxed, tax, seat in sorted(rows, key=lambda row: row[:4]):
        base = untaxed + tax if seat.funding_base == "total" else untaxed
        ruling = [row for row in seat.fundings if row.date_from is None]
        for row in sorted(seat.fundings, key=lambda row: row.date_from or date.min):
            if row.date_from and row.date_from <= month:
                ruling = [row]
        if kind == "commitment":
            funded = base
        else:
            funded = cents(base * Fraction(ruling[0].rate) / 100)
            if ruling[0].cap is not None:
                funded = min(funded, max(Fraction(0), Fraction(ruling[0].cap) - spent))
            spent += funded
        owed = untaxed, tax
        if seat.collector == "space" and funded != base:
            part = cents(tax * funded / base)
            owed = (funded - part if seat.funding_base == "total" else funded), part
        amounts = (untaxed, tax, funded, base - funded, *owed)
        known = sums.setdefault(seat.key, dict.fromkeys(AMOUNTS, Fraction(0)))
        for name, amount in zip(AMOUNTS, amounts, strict=True):
            known[name] += amount
    return sums


# === What may happen ===

money = st.integers(0, 30_000).map(lambda amount: D(amount) / 100)
optional_money = st.none() | money
days = st.sampled_from(CALENDAR)


@st.composite
def tariffs(draw):
    overage = draw(optional_money)
    prices = [Price(date(2014, 1, 1), draw(money), overage_price=overage)]
    if draw(st.booleans()):
        prices.append(Price(date(2014, 1, 1), draw(money), rank=2, overage_price=overage))
    if draw(st.booleans()):
        caps = {"daily_cap": draw(optional_money), "monthly_cap": draw(optional_money)}
        prices.append(Price(draw(days), draw(money), **caps))
    prorations = ["daily", "daily_30", "half_month", "working_days", "none"]
    return Terms(
        unit=draw(st.sampled_from(["month", "month", "month", "week", "half_day", "day", "hour"])),
        prices=tuple(prices),
        tax_included=draw(st.booleans()),
        period=draw(st.sampled_from(["calendar", "calendar", "anniversary"])),
        proration=draw(st.sampled_from(prorations)),
        half_day_quantity=draw(st.sampled_from([D(1), D("0.5")])),
        absence_rule=draw(st.sampled_from(["charged", "credited"])),
        closure_rule=draw(st.sampled_from(["charged", "credited"])),
        daily_cap=draw(optional_money),
        monthly_cap=draw(optional_money),
        included_quantity=draw(st.none() | st.integers(0, 4).map(D)),
        min_commitment_months=draw(st.integers(0, 3)),
        notice_days=draw(st.sampled_from([0, 15, 30])),
        notice_rule=draw(st.sampled_from(["date", "month_end"])),
    )


fundings = st.builds(
    Funding,
    st.sampled_from([None, *MONTHS]),
    st.integers(0, 100).map(D),
    st.none() | st.integers(0, 200).map(D),
)


class Settling(RuleBasedStateMachine):
    """One person's seats, one after another; months are settled in order, facts change any time."""

    @initialize(
        tariff=tariffs(),
        start=st.sampled_from(CALENDAR[:90]),
        rate=st.sampled_from([D(0), D("0.055"), D("0.20")]),
    )
    def enter(self, tariff, start, rate):
        funding = Funding(None, D(80), D(120))
        self.seats = {1: Seat(1, "Camille", tariff, start, tax_rate=rate, fundings=(funding,))}
        self.colleague = Seat(0, "Dominique", tariff, FIRST)
        self.settled = {}
        self.closed = 0

    def change(self, key, **values):
        self.seats[key] = replace(self.seats[key], **values)

    def pick(self, number):
        return self.seats[1 + number % len(self.seats)]

    def team(self, seat):
        same = [other for other in self.seats.values() if other.terms == seat.terms]
        return [*same, *([self.colleague] if self.colleague.terms == seat.terms else [])]

    # Facts

    @rule(day=days, tariff=st.none() | tariffs(), collector=st.sampled_from(["program", "space"]))
    def move(self, day, tariff, collector):
        """To another seat from a day on; the tariff may be the same."""
        current = self.seats[len(self.seats)]
        if day <= current.date_start or len(self.seats) == 3:
            return
        key = len(self.seats) + 1
        self.change(current.key, date_end=day - DAY)
        self.seats[key] = replace(
            current,
            key=key,
            terms=tariff or current.terms,
            date_start=day,
            date_end=None,
            notice_date=None,
            collector=collector,
        )

    @rule(day=st.none() | days, notice=st.none() | days)
    def leave(self, day, notice):
        last = self.seats[len(self.seats)]
        if day is None or day >= last.date_start:
            self.change(last.key, date_end=day, notice_date=notice)

    @rule(day=days)
    def arrive_on_another_day(self, day):
        if self.seats[1].date_end is None or day <= self.seats[1].date_end:
            self.change(1, date_start=day)

    @rule(
        number=st.integers(0, 2), day=days, count=st.integers(1, 12), slots=st.sampled_from([1, 2])
    )
    def come(self, number, day, count, slots):
        seat = self.pick(number)
        known = {(presence.date, presence.slot): presence for presence in seat.presences}
        for offset in range(count):
            when = day + offset * DAY
            for slot in ("am", "pm")[:slots]:
                known[when, slot] = Presence(when, slot, D(1 + offset % 7) / 2)
        self.change(seat.key, presences=tuple(known.values()))

    @rule(number=st.integers(0, 2), day=days, count=st.integers(1, 40))
    def come_not(self, number, day, count):
        seat = self.pick(number)
        kept = (p for p in seat.presences if not day <= p.date < day + count * DAY)
        self.change(seat.key, presences=tuple(kept))

    @rule(
        day=days,
        length=st.none() | st.integers(0, 45),
        what=st.sampled_from(["suspensions", "closures"]),
    )
    def suspend_or_close(self, day, length, what):
        span = Span(day, None if length is None else day + length * DAY)
        for seat in list(self.seats.values()):
            self.change(seat.key, **{what: (*getattr(seat, what), span)})

    @rule(what=st.sampled_from(["suspensions", "closures"]))
    def never_mind(self, what):
        for seat in list(self.seats.values()):
            self.change(seat.key, **{what: ()})

    @rule(number=st.integers(0, 2), funding=fundings)
    def fund(self, number, funding):
        seat = self.pick(number)
        others = (row for row in seat.fundings if row.date_from != funding.date_from)
        self.change(seat.key, fundings=(*others, funding))

    @rule(number=st.integers(0, 2), base=st.sampled_from(["total", "untaxed"]))
    def fund_with_or_without_tax(self, number, base):
        self.change(self.pick(number).key, funding_base=base)

    @rule(number=st.integers(0, 2), until=st.none() | days)
    def guarantee_the_price(self, number, until):
        self.change(self.pick(number).key, price_guaranteed_until=until)

    @rule(start=days, length=st.none() | st.integers(0, 90))
    def colleague_comes_and_goes(self, start, length):
        end = None if length is None else start + length * DAY
        self.colleague = replace(self.colleague, date_start=start, date_end=end)

    # Months

    def fresh(self, months):
        seats = list(self.seats.values())
        lines = []
        for seat in seats:
            for month in months:
                rank = pricing.rank_of(seat.key, month, self.team(seat))
                lines += pricing.charge_month(seat, month, rank=rank)
        return pricing.share(lines, seats)

    def corrections(self):
        """The adjustments that the settled months need."""
        known = [charge for rows in self.settled.values() for charge in rows]
        return pricing.adjustments(self.fresh(MONTHS[: self.closed]), known)

    def correct(self):
        for correction in self.corrections():
            self.settled.setdefault((correction.seat, correction.period), []).append(correction)

    @precondition(lambda self: self.closed < len(MONTHS))
    @rule(count=st.integers(1, 3))
    def settle_the_next_months(self, count):
        for _ in range(min(count, len(MONTHS) - self.closed)):
            self.settle_the_next_month()

    @precondition(lambda self: self.closed)
    @rule()
    def regenerate(self):
        """Corrections are settled at once, the next time they are none."""
        self.correct()
        assert self.corrections() == []
        self.check_settled_months()

    def settle_the_next_month(self):
        """Like a statement: the month's charges, and corrections of the months before."""
        self.correct()
        for charge in self.fresh([MONTHS[self.closed]]):
            self.settled.setdefault((charge.seat, charge.period), []).append(charge)
        self.closed += 1
        assert self.corrections() == []
        self.check_settled_months()

    def check_settled_months(self):
        seats = list(self.seats.values())
        for month in MONTHS[: self.closed]:
            wanted = reference_charges(seats, month, self.team)
            for key in self.seats:
                rows = self.settled.get((key, month), [])
                for name in AMOUNTS:
                    made = sum((Fraction(getattr(row, name)) for row in rows), Fraction(0))
                    assert made == wanted.get(key, {}).get(name, 0), (key, month, name)

    @invariant()
    def month_by_month_is_all_at_once(self):
        at_once = self.fresh(MONTHS)
        assert at_once == [charge for month in MONTHS for charge in self.fresh([month])]

    @invariant()
    def nobody_is_funded_above_the_cap_of_a_month(self):
        for month in MONTHS:
            caps = [seat.funding_on(month).cap for seat in self.seats.values()]
            if None not in caps:
                charges = [c for c in self.fresh([month]) if c.kind != "commitment"]
                assert sum(charge.funded for charge in charges) <= max(caps)


TestSettling = Settling.TestCase
TestSettling.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


class BuyingPacks(RuleBasedStateMachine):
    """One person's packs; presences of settled months come and go, settled packs stay bought."""

    @initialize(
        size=st.integers(1, 4).map(D),
        months=st.none() | st.integers(1, 3),
        half=st.sampled_from([D(1), D("0.5")]),
        opening=st.lists(st.tuples(st.integers(1, 3).map(D), st.none() | days), max_size=2),
    )
    def enter(self, size, months, half, opening):
        self.terms = Terms(
            "pack",
            (Price(date(2014, 1, 1), D(70)),),
            pack_size=size,
            pack_validity_months=months,
            half_day_quantity=half,
        )
        self.presences = {}
        self.opening = opening
        self.settled = []
        self.closed = 0

    @rule(day=days, count=st.integers(1, 10), slots=st.sampled_from([1, 2]))
    def come(self, day, count, slots):
        for offset in range(count):
            for slot in ("am", "pm")[:slots]:
                when = day + offset * DAY
                self.presences[when, slot] = Presence(when, slot)

    @rule(day=days, count=st.integers(1, 40))
    def come_not(self, day, count):
        gone = [place for place in self.presences if day <= place[0] < day + count * DAY]
        for place in gone:
            del self.presences[place]

    def ledger(self, until=LAST):
        known = tuple(p for p in self.presences.values() if p.date <= until)
        seat = Seat(1, "Camille", self.terms, FIRST, presences=known)
        return pricing.pack_ledger(self.terms, [seat], settled=self.settled, opening=self.opening)

    @precondition(lambda self: self.closed < len(MONTHS))
    @rule()
    def settle_the_next_month(self):
        """What is kept of a month: how many packs, and the first day of their charge."""
        until = pricing.month_last(MONTHS[self.closed])
        ledger = self.ledger(until)
        self.settled = [
            Pack(charge.date_from, charge.seat)
            for month in MONTHS[: self.closed + 1]
            for charge in ledger.charges(month)
            for _ in range(int(charge.quantity))
        ]
        self.closed += 1
        after = self.ledger(until)
        assert [pack.month for pack in after.purchases] == [pack.month for pack in self.settled]

    @invariant()
    def settled_packs_stay_bought(self):
        for month in MONTHS:
            settled = sum(pack.month == month for pack in self.settled)
            assert sum(pack.month == month for pack in self.ledger().purchases) >= settled

    @invariant()
    def every_presence_is_taken_from_a_valid_pack_and_the_rest_is_left_or_lost(self):
        ledger = self.ledger()
        wanted = {}
        for day, _ in self.presences:
            both = {(day, "am"), (day, "pm")} <= self.presences.keys()
            wanted[day] = D(1) if both else self.terms.half_day_quantity
        taken = {}
        for pack in ledger.packs:
            assert pack.left(LAST) >= 0
            for day, quantity in pack.used:
                assert pack.date is None or pack.date <= day
                assert pack.valid_until is None or day <= pack.valid_until
                taken[day] = taken.get(day, 0) + quantity
        assert taken == {day: quantity for day, quantity in wanted.items() if day <= LAST}
        sizes = sum(pack.size for pack in ledger.packs)
        used = sum(quantity for day, quantity in taken.items())
        assert ledger.balance(LAST) + ledger.expired(LAST) == sizes - used

    @invariant()
    def no_pack_is_bought_while_another_is_left(self):
        ledger = self.ledger()
        for pack in ledger.purchases[len(self.settled) :] if not self.settled else ():
            others = (p for p in ledger.packs if p is not pack and (p.date or FIRST) <= pack.date)
            for other in others:
                valid = other.valid_until is None or other.valid_until >= pack.date
                assert not valid or other.date == pack.date or not other.left(pack.date)

    @invariant()
    def the_oldest_pack_is_used_first(self):
        packs = [pack for pack in self.ledger().purchases if pack.used]
        for older, newer in pairwise(packs):
            assert older.used[0] <= newer.used[0]


TestBuyingPacks = BuyingPacks.TestCase
TestBuyingPacks.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
