"""What seats cost, computed a second time from the rules: short, slow, to be checked by hand.

It shares nothing with the addon, not even shapes. Money is whole cents, days are looked at one by
one, and a share of a month is a fraction. The numbers in brackets are the rules of pricing.

Three things of the past stay what they were, whatever becomes of the facts: the packs and the
yearly fees that settled months charged, and the tax of a settled home (the statement of one space,
program and month). They are a ``Memory``, and nothing else is remembered.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor

DAY = timedelta(days=1)
# Charges of one day draw on a cap in this order (13).
KINDS = ("regular", "overage", "pack", "membership", "commitment")

# === Facts === #


@dataclass
class Price:
    """In force from a day on; ``rank`` 2 is the second seat's. Caps: None is the tariff's own."""

    start: date
    price: int
    rank: int = 1
    overage: int | None = None


@dataclass
class Tariff:
    """``tax``: per cent, unless the operator is exempt. ``included``: days a month, or None."""

    unit: str
    prices: list
    tax: Fraction
    tax_included: bool
    period: str
    proration: str
    half_day: Fraction
    credits_absence: bool
    credits_closure: bool
    daily_cap: int | None
    monthly_cap: int | None
    included: Fraction | None
    pack_size: Fraction
    pack_months: int
    commitment_months: int
    notice_days: int
    notice_to_month_end: bool


@dataclass
class Seat:
    """``fundings``: (first month or None, per cent, cap or None). ``presences``: {(day, slot):
    hours}. Suspensions and closures: (first day, last day or None). ``goes_on`` and ``bound_until``
    are for ``carry_over`` to say.
    """

    id: int
    person: int
    program: int
    space: int
    tariff_id: int
    tariff: Tariff
    start: date
    end: date | None
    notice: date | None
    funds_tax: bool
    fundings: list
    presences: dict
    suspensions: list
    closures: list
    goes_on: bool = False
    bound_until: date | None = None


@dataclass
class Memory:
    """What settled months decided. Months are their first days.

    ``exempt``: {(space, program, month): bool} of settled homes; ``exempt_today``: {space: bool}.
    ``fees``: {(person, space): {month: seat}}. ``packs``: {(seat, month): how many}.
    """

    exempt_today: dict
    exempt: dict = field(default_factory=dict)
    fees: dict = field(default_factory=dict)
    packs: dict = field(default_factory=dict)

    def is_exempt(self, space, program, home):
        return self.exempt.get((space, program, home), self.exempt_today[space])


@dataclass
class Line:
    """What is asked for a seat: ``home`` is the month of the statement that carries it."""

    seat: Seat
    period: date
    kind: str
    first: date
    home: date
    untaxed: int
    tax: int


# === Days and money === #


def cents(amount):
    """Half up (12)."""
    return floor(Fraction(amount) + Fraction(1, 2))


def taxed(amount, percent, included):
    """(untaxed, tax) of a price in cents (12)."""
    amount, rate = cents(amount), Fraction(percent) / 100
    if included:
        tax = cents(amount - amount / (1 + rate))
        return amount - tax, tax
    return amount, cents(amount * rate)


def month_of(day):
    return day.replace(day=1)


def days_of(month):
    day = month
    while day.month == month.month:
        yield day
        day += DAY


def last_day(month):
    return max(days_of(month_of(month)))


def months_later(day, count):
    """The same day some months later, or the last of a shorter month (2)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    first = date(year, month + 1, 1)
    return min(first + (day.day - 1) * DAY, last_day(first))


def months_between(first, last):
    while first <= last:
        yield first
        first = months_later(first, 1)


def is_within(day, spans):
    return any(first <= day and (last is None or day <= last) for first, last in spans)


# === One seat === #


def is_calendar(seat):
    return seat.tariff.unit == "month" and seat.tariff.period == "calendar"


def committed_until(seat):
    own = months_later(seat.start, seat.tariff.commitment_months) - DAY
    return max(own, seat.bound_until or own)


def last_due(seat):
    """The last day that is owed, None as long as no end is known (10)."""
    if seat.end is None or seat.goes_on:
        return seat.end
    due = max(seat.end, committed_until(seat))
    if seat.notice:
        noticed = seat.notice + seat.tariff.notice_days * DAY
        due = max(due, last_day(noticed) if seat.tariff.notice_to_month_end else noticed)
    return due


def carry_over(seats):
    """Who goes on in the same space before all is paid owes nothing after the end of the first
    seat, and is bound on the next one to the later of the two ends (10).
    """
    for own in grouped(seats, lambda seat: (seat.person, seat.space)).values():
        own.sort(key=lambda seat: (seat.start, seat.id))
        for seat, following in pairwise(own):
            if seat.end and following.start <= last_due(seat) + DAY:
                following.bound_until = committed_until(seat)
                seat.goes_on = True


def is_stay(seat, day):
    return seat.start <= day and (seat.end is None or day <= seat.end)


def is_owed(seat, day, until):
    """Whether a day counts, for a seat that is owed until a day (1, 9)."""
    if day < seat.start or (until is not None and day > until):
        return False
    if not is_calendar(seat):
        return True
    if seat.tariff.credits_absence and is_stay(seat, day) and is_within(day, seat.suspensions):
        return False
    return not (seat.tariff.credits_closure and is_within(day, seat.closures))


def rank_of(seat, month, seats):
    """1 + the earlier seats of the program and tariff that cover its first covered day (8)."""
    covered = [day for day in days_of(month) if is_owed(seat, day, seat.end)]
    day = covered[0] if covered else max(seat.start, month)
    earlier = [
        other
        for other in seats
        if (other.program, other.tariff_id) == (seat.program, seat.tariff_id)
        and (other.start, other.id) < (seat.start, seat.id)
        and is_owed(other, day, other.end)
    ]
    return 1 + len(earlier)


def price_on(tariff, day, rank=1):
    """The prices of the latest date; among them the highest whose rank is reached (4, 8)."""
    latest = max(price.start for price in tariff.prices if price.start <= day)
    reached = [p for p in tariff.prices if p.start == latest and p.rank <= rank]
    return max(reached, key=lambda price: price.rank)


def share_of_month(proration, owed, month):
    """What some days of a month are of its price (3)."""
    days = list(days_of(month))
    if proration == "daily":
        return Fraction(len(owed), len(days))
    if proration == "daily_30":
        return Fraction(1) if len(owed) == len(days) else Fraction(min(len(owed), 30), 30)
    if proration == "half_month":
        if not owed:
            return Fraction(0)
        return Fraction(1, 2) if 2 * len(owed) <= len(days) else Fraction(1)
    if proration == "working_days":
        return Fraction(
            sum(day.weekday() < 5 for day in owed), sum(day.weekday() < 5 for day in days)
        )
    return Fraction(1 if owed else 0)


def slots_on(seat, day):
    if not is_stay(seat, day):
        return []
    return [slot for slot in ("am", "pm") if (day, slot) in seat.presences]


def days_used(seat, day):
    """How much of a day was used, where half-days are counted in days (5)."""
    return (Fraction(0), seat.tariff.half_day, Fraction(1))[len(slots_on(seat, day))]


def begun(seat, month):
    """First days, in a month, of the seat's own weeks or months, owed or not (2, 5)."""
    if seat.tariff.unit == "week":
        return [d for d in days_of(month) if d >= seat.start and (d - seat.start).days % 7 == 0]
    count = (month.year - seat.start.year) * 12 + month.month - seat.start.month
    return [months_later(seat.start, count)] if count >= 0 else []


def asked(seat, month, seats):
    """[(kind, first day, amount in cents)] of a seat's month, packs and fees left out."""
    tariff, rank = seat.tariff, rank_of(seat, month, seats)
    if tariff.unit in ("hour", "half_day", "day"):
        return asked_by_use(seat, month, rank)
    if tariff.unit == "pack":
        return []
    if not is_calendar(seat):
        return asked_by_period(seat, month, rank)
    lines = []
    due = [day for day in days_of(month) if is_owed(seat, day, last_due(seat))]
    if due:
        stay = [day for day in days_of(month) if is_owed(seat, day, seat.end)]
        price = price_on(tariff, due[0], rank).price
        regular = cents(price * share_of_month(tariff.proration, stay, month))
        whole = cents(price * share_of_month(tariff.proration, due, month))
        if share_of_month(tariff.proration, stay, month):
            lines.append(("regular", stay[0], regular))
        if share_of_month(tariff.proration, due, month) > share_of_month(
            tariff.proration, stay, month
        ):
            lines.append(("commitment", max(month, seat.end + DAY), whole - regular))
    return lines + asked_beyond(seat, list(days_of(month)), rank)


def asked_by_period(seat, month, rank):
    due, lines = last_due(seat), []
    stay = [day for day in begun(seat, month) if seat.end is None or day <= seat.end]
    rest = [day for day in begun(seat, month) if day not in stay and day <= due]
    for kind, starts in (("regular", stay), ("commitment", rest)):
        if starts:
            amount = sum(price_on(seat.tariff, day, rank).price for day in starts)
            lines.append((kind, starts[0], amount))
    if stay and seat.tariff.unit == "month":
        number = (month.year - seat.start.year) * 12 + month.month - seat.start.month
        end = months_later(seat.start, number + 1)
        window = [stay[0] + n * DAY for n in range((end - stay[0]).days)]
        lines += asked_beyond(seat, window, rank)
    return lines


def asked_by_use(seat, month, rank):
    """Each day at most the day's cap, the month at most the month's (5)."""
    tariff, total, first = seat.tariff, Fraction(0), None
    for day in days_of(month):
        slots = slots_on(seat, day)
        quantity = {
            "hour": sum((seat.presences[day, slot] for slot in slots), Fraction(0)),
            "half_day": Fraction(len(slots)),
            "day": days_used(seat, day),
        }[tariff.unit]
        if quantity:
            first = first or day
            worth = quantity * price_on(tariff, day, rank).price
            total += worth if tariff.daily_cap is None else min(worth, tariff.daily_cap)
    if first is None:
        return []
    if tariff.monthly_cap is not None:
        total = min(total, tariff.monthly_cap)
    return [("regular", first, cents(total))]


def asked_beyond(seat, window, rank):
    """Days beyond those included, each at the price of its day (6)."""
    if seat.tariff.included is None:
        return []
    left, total, first = seat.tariff.included, Fraction(0), None
    for day in window:
        used = days_used(seat, day)
        beyond = max(Fraction(0), used - left)
        left = max(Fraction(0), left - used)
        price = price_on(seat.tariff, day, rank).overage if beyond else None
        if price is not None:
            first = first or day
            total += beyond * price
    return [("overage", first, cents(total))] if first else []


# === Packs (7): settled ones stay bought === #


def packs_of(seats, until, kept):
    """{(seat, month): [first day, packs]} that one person buys on one tariff up to a month.

    ``kept``: {(seat, month): how many} were settled: they serve from their month on. No pack of
    these expires within the months looked at.
    """
    size, balance, bought = seats[0].tariff.pack_size, Fraction(0), {}
    by_id = {seat.id: seat for seat in seats}
    for month in months_between(month_of(min(seat.start for seat in seats)), until):
        for seat_id in sorted(by_id):
            count = kept.get((seat_id, month), 0)
            if count:
                first = max(month, by_id[seat_id].start)
                bought[seat_id, month] = [first, count]
                balance += count * size
        for day in days_of(month):
            for seat in sorted(seats, key=lambda seat: (seat.start, seat.id)):
                balance -= days_used(seat, day)
                while balance < 0:
                    bought.setdefault((seat.id, month), [day, 0])[1] += 1
                    balance += size
    return bought


# === All seats of everybody === #


def lines_of(seats, fees, last, memory):
    """Every line whose home is a month up to ``last``.

    :param fees: {space: (cents, per cent of tax, with tax)}
    """
    lines = []
    carry_over(seats)

    def ask(seat, period, kind, first, home, amount, percent, included):
        if memory.is_exempt(seat.space, seat.program, home):
            percent = 0
        untaxed, tax = taxed(amount, percent, included)
        lines.append(Line(seat, period, kind, first, home, untaxed, tax))

    for seat in seats:
        until = max(last, last_due(seat) or last)
        for month in months_between(month_of(seat.start), until):
            for kind, first, amount in asked(seat, month, seats):
                # What is due after the departure is on the departure's statement (10).
                home = month_of(seat.end) if kind == "commitment" else month
                if home <= last:
                    tariff = seat.tariff
                    ask(seat, month, kind, first, home, amount, tariff.tax, tariff.tax_included)
    by_id = {seat.id: seat for seat in seats}
    for own in grouped(
        [seat for seat in seats if seat.tariff.unit == "pack"],
        lambda seat: (seat.person, seat.tariff_id),
    ).values():
        tariff = own[0].tariff
        for (seat_id, month), (first, count) in packs_of(own, last, memory.packs).items():
            amount = count * price_on(tariff, first).price
            ask(
                by_id[seat_id], month, "pack", first, month, amount, tariff.tax, tariff.tax_included
            )
    by_place = grouped(list(lines), lambda line: (line.seat.person, line.seat.space))
    for place in sorted(by_place.keys() | memory.fees.keys()):
        if place[1] in fees:
            amount, percent, included = fees[place[1]]
            kept = {month: by_id[key] for month, key in memory.fees.get(place, {}).items()}
            for month, (seat, first) in fee_months(by_place.get(place, []), kept).items():
                ask(seat, month, "membership", first, month, amount, percent, included)
    return lines


def fee_months(lines, kept):
    """{month: (seat, first day)} of the yearly fees of a person at a space (11).

    A fee that a settled month charged stays there; else it comes with the first charge.
    """
    opening, found = {}, {}
    for line in sorted(lines, key=lambda line: (line.first, line.seat.id)):
        if line.kind != "commitment":
            opening.setdefault(line.period, (line.seat, line.first))

    def is_free(month):
        return all(abs(months_apart(month, paid)) >= 12 for paid in found)

    for month, seat in sorted(kept.items()):
        if is_free(month):
            found[month] = seat, opening.get(month, (seat, month))[1]
    for month in sorted(opening):
        if is_free(month):
            found[month] = opening[month]
    return found


def months_apart(one, other):
    return (one.year - other.year) * 12 + one.month - other.month


def grouped(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def funding_in(seat, month):
    """(per cent, cap) of the latest row begun."""
    begun_rows = [row for row in seat.fundings if row[0] is None or row[0] <= month]
    return max(begun_rows, key=lambda row: row[0] or date.min)[1:]


def expected(seats, fees, last, memory):
    """{(person, seat, month, kind): (untaxed, tax, funded, copayment)} in cents, zeros left out.

    A charge draws on the cap of the month it counts for, over all seats of the person (13, 14).
    """
    drawn, result = {}, {}
    order = sorted(
        lines_of(seats, fees, last, memory),
        key=lambda line: (line.first, line.seat.start, line.seat.id, KINDS.index(line.kind)),
    )
    for line in order:
        seat, month = line.seat, line.period
        base = line.untaxed + line.tax if seat.funds_tax else line.untaxed
        funded = base
        if line.kind != "commitment":
            percent, cap = funding_in(seat, month)
            funded = cents(base * Fraction(percent) / 100)
            if cap is not None:
                cap *= seat.tariff.pack_months if line.kind == "pack" else 1
                funded = min(funded, max(0, cap - drawn.get((seat.person, month), 0)))
            drawn[seat.person, month] = drawn.get((seat.person, month), 0) + funded
        amounts = line.untaxed, line.tax, funded, base - funded
        if any(amounts):
            result[seat.person, seat.id, month, line.kind] = amounts
    return result
