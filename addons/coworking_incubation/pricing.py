"""Pricing of coworking seats: tariff terms, dates and presences in, charges out.

Pure: dates, ``Decimal`` and dataclasses only. It knows nothing of Odoo, of the clock or of a
database, so that every figure can be checked by hand. Amounts are ``Decimal``, never floats; an
empty date is None (or False, as Odoo gives it).

The charges of one person are made in two steps, what each space asks, then who pays it::

    lines = []
    for seat in seats:
        rank = rank_of(seat.key, month, seats_of_that_program_and_tariff)
        lines += charge_month(seat, month, rank=rank)
    lines += pack_ledger(terms, pack_seats, settled=packs).charges(month)
    lines += membership_due(membership, lines_of_that_space)
    charges = share(lines, seats)

Settled months are corrected by differences, kind by kind: ``adjustments(fresh, known)``.

``PricedLine.basis`` holds the facts from which a sentence is written, always with ``rule``:

============  =====================================================================================
rule          other keys
============  =====================================================================================
month         proration; price, of which days / month_days is charged, both as the proration counts
              them; covered and credited (calendar days, those left out as suspended or closed);
              month_length; rank
anniversary   number (1 is the first period), price, rank
week          weeks, prices, rank
usage         unit, dates (days of presence), presences (half-days), prices, rank, daily_capped (on
              how many days), monthly_cap (None if it did not apply), uncapped (before that cap)
overage       used, included, beyond, prices, rank
pack          packs (number, date, valid_until of each), size, price; balance and expired, both at
              the end of the month
membership    valid_until
adjustment    total and funded, each (settled, fresh); taxed (one has tax); missed
              (nothing was charged before); fresh, the one charge it should be (or None)
============  =====================================================================================

``prices`` is a tuple of (quantity, price), by date. A ``commitment`` charge has the keys of its
tariff's rule, and ``until`` (the last day due) and ``cause`` ('commitment' or 'notice').
"""

from calendar import monthrange
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import MappingProxyType

CENT = Decimal("0.01")
UNITS = ("hour", "half_day", "day", "week", "month", "pack")
# Also the order of charges of one day when they draw on a cap.
KINDS = ("regular", "overage", "pack", "membership", "commitment", "deposit", "extra", "adjustment")

_ZERO = Decimal(0)
_ONE = Decimal(1)
_DAY = timedelta(days=1)
_KIND_ORDER = {kind: order for order, kind in enumerate(KINDS)}
_CHOICES = {
    "unit": UNITS,
    "period": ("calendar", "anniversary"),
    "proration": ("daily", "daily_30", "half_month", "working_days", "none"),
    "absence_rule": ("charged", "credited"),
    "closure_rule": ("charged", "credited"),
    "notice_rule": ("date", "month_end"),
    "counts": ("day", "hour"),
    "slot": ("am", "pm"),
    "funding_base": ("total", "untaxed"),
    "collector": ("program", "space"),
}
_MESSAGES = {
    "no_price": "The tariff has no price in force on {date}.",
    "duplicate_price": "The tariff has two prices of rank {rank} starting on {date}.",
    "rank_hole": "The prices starting on {date} have no rank {rank}: count 1, 2, 3, no hole.",
    "negative_price": "The {name} cannot be negative: {amount}.",
    "value_too_low": "The {name} is too low: {value}.",
    "unknown_value": "{value!r} is not one of the values of {name}: {allowed}.",
    "pack_without_size": "A pack tariff needs the number of days (or hours) in a pack.",
    "not_a_pack": "A tariff by the {unit} has no packs.",
    "rate_out_of_range": "The {name} {rate} is not between {low} and {high}.",
    "end_before_start": "The end {date_to} comes before the start {date_from}.",
    "override_mid_month": "A rate or a cap changes on the first of a month, not on {date}.",
    "unknown_seat": "The seat {seat} is not among the seats given.",
}


class PricingError(ValueError):
    """What cannot be priced, and why.

    ``code``: a key of the messages above; ``facts``: what a translated sentence needs; ``str()``:
    that sentence in English.
    """

    def __init__(self, code: str, **facts):
        self.code = code
        self.facts = facts
        super().__init__(_MESSAGES[code].format(**facts))


def _check_choice(name: str, value):
    if value not in _CHOICES[name]:
        allowed = ", ".join(_CHOICES[name])
        raise PricingError("unknown_value", name=name, value=value, allowed=allowed)


def _check_rate(name: str, rate: Decimal, high: int):
    if not 0 <= rate <= high:
        raise PricingError("rate_out_of_range", name=name, rate=rate, low=0, high=high)


def _check_amounts(holder, *names: str):
    for name in names:
        amount = getattr(holder, name)
        if amount is not None and amount < 0:
            raise PricingError("negative_price", name=name, amount=amount)


def _check_span(date_from: date, date_to: date | None):
    if date_to and date_to < date_from:
        raise PricingError("end_before_start", date_from=date_from, date_to=date_to)


# === SHAPES IN: wrong values raise PricingError as soon as they are built === #


@dataclass(frozen=True, slots=True)
class Price:
    """A price from a date on, with or without tax as its tariff says.

    ``rank`` 2 is the price of the second seat, and so on. ``overage_price``: of a day (or hour)
    beyond the included quantity, None is free. The caps: None is the tariff's own.
    """

    date_start: date
    price: Decimal
    rank: int = 1
    overage_price: Decimal | None = None
    daily_cap: Decimal | None = None
    monthly_cap: Decimal | None = None

    def __post_init__(self):
        _check_amounts(self, "price", "overage_price", "daily_cap", "monthly_cap")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a tariff.

    ``half_day_quantity``: what a date with one half-day counts, by the day and in packs.
    ``included_quantity`` (a month, month tariffs) and ``pack_size`` are days, or hours where
    ``counts`` is 'hour'; None is unlimited. ``pack_validity_months`` None: for ever. ``step``: the
    currency's smallest amount.
    """

    unit: str
    prices: tuple[Price, ...]
    tax_included: bool = False
    period: str = "calendar"
    proration: str = "daily"
    half_day_quantity: Decimal = _ONE
    absence_rule: str = "charged"
    closure_rule: str = "charged"
    daily_cap: Decimal | None = None
    monthly_cap: Decimal | None = None
    included_quantity: Decimal | None = None
    pack_size: Decimal | None = None
    pack_validity_months: int | None = None
    min_commitment_months: int = 0
    notice_days: int = 0
    notice_rule: str = "date"
    step: Decimal = CENT
    counts: str = "day"

    def __post_init__(self):
        """Raise ``PricingError`` for terms that cannot be priced.

        Codes: unknown_value, negative_price, value_too_low, pack_without_size, duplicate_price,
        rank_hole. The prices of one date are a whole ladder: ranks 1, 2, 3, without a hole.
        """
        for name in ("unit", "period", "proration", "absence_rule", "closure_rule", "notice_rule"):
            _check_choice(name, getattr(self, name))
        _check_choice("counts", self.counts)
        _check_amounts(self, "daily_cap", "monthly_cap")
        if self.unit == "pack" and not self.pack_size:
            raise PricingError("pack_without_size")
        for name, low in _LOWEST.items():
            value = getattr(self, name)
            if value is not None and value < low:
                raise PricingError("value_too_low", name=name, value=value)
        ladders: dict[date, set[int]] = {}
        for price in self.prices:
            ranks = ladders.setdefault(price.date_start, set())
            if price.rank in ranks:
                raise PricingError("duplicate_price", date=price.date_start, rank=price.rank)
            ranks.add(price.rank)
        for start, ranks in ladders.items():
            hole = set(range(1, len(ranks) + 1)) - ranks
            if hole:
                raise PricingError("rank_hole", date=start, rank=min(hole))


_LOWEST = {
    "half_day_quantity": _ZERO,
    "included_quantity": _ZERO,
    "pack_size": _ZERO,
    "pack_validity_months": 1,
    "min_commitment_months": 0,
    "notice_days": 0,
    "step": Decimal("1E-6"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both included; an empty end is open."""

    date_from: date
    date_to: date | None = None

    def __post_init__(self):
        _check_span(self.date_from, self.date_to)


@dataclass(frozen=True, slots=True)
class Presence:
    """A half-day of presence. ``hours``, where the tariff counts hours; unknown hours count 0."""

    date: date
    slot: str
    hours: Decimal | None = None

    def __post_init__(self):
        _check_choice("slot", self.slot)
        if self.hours is not None and self.hours < 0:
            raise PricingError("value_too_low", name="hours", value=self.hours)


@dataclass(frozen=True, slots=True)
class Funding:
    """What the program pays from a month on: ``rate`` per cent, at most ``cap`` a month.

    ``date_from``: the first of a month, None since ever. ``cap`` None: no cap.
    """

    date_from: date | None
    rate: Decimal
    cap: Decimal | None = None

    def __post_init__(self):
        if self.date_from and self.date_from.day != 1:
            raise PricingError("override_mid_month", date=self.date_from)
        _check_rate("funding rate", self.rate, 100)
        _check_amounts(self, "cap")


_FULLY_FUNDED = Funding(None, Decimal(100))
_NO_RATES = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Membership:
    """The yearly fee a space asks of each person. ``tax_rate`` 0.20 is 20 %.

    ``paid_from``: firsts of the months in which we charged a fee. ``paid_elsewhere``: firsts of the
    months of fees paid by others, before a take-over or by the person.
    """

    fee: Decimal
    tax_included: bool = False
    tax_rate: Decimal = _ZERO
    paid_from: tuple[date, ...] = ()
    paid_elsewhere: tuple[date, ...] = ()

    def __post_init__(self):
        _check_amounts(self, "fee")
        _check_rate("tax rate", self.tax_rate, 1)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person at one space on one tariff, from a day to another, both included.

    ``date_end`` None: no end yet. ``tax_rate`` 0.20 is 20 %; ``tax_rates``: of months, by their
    first day, that have one of their own. ``fundings``: the latest begun rules a month; before any,
    the program pays everything. ``price_guaranteed_until``: the price of the first day stays until
    then. ``billed_from``: at a take-over, the first month we bill; earlier months are never
    charged. ``funding_base``: funded with or without tax. ``collector``: who collects the
    copayment. ``goes_on``: another seat follows in the same space and takes the commitment over;
    that one is ``bound_until`` the day to which the earlier seat was. Presences and suspensions
    outside the stay count for nothing: a person's suspension may touch one of two seats alone.
    """

    key: int
    person: Hashable
    terms: Terms
    date_start: date
    date_end: date | None = None
    tax_rate: Decimal = _ZERO
    fundings: tuple[Funding, ...] = ()
    presences: tuple[Presence, ...] = ()
    suspensions: tuple[Span, ...] = ()
    closures: tuple[Span, ...] = ()
    notice_date: date | None = None
    price_guaranteed_until: date | None = None
    billed_from: date | None = None
    funding_base: str = "total"
    collector: str = "program"
    tax_rates: Mapping[date, Decimal] = field(default_factory=lambda: _NO_RATES, hash=False)
    goes_on: bool = False
    bound_until: date | None = None

    def __post_init__(self):
        _check_span(self.date_start, self.date_end)
        for rate in (self.tax_rate, *self.tax_rates.values()):
            _check_rate("tax rate", rate, 1)
        _check_choice("funding_base", self.funding_base)
        _check_choice("collector", self.collector)

    @property
    def guarantee(self) -> Span | None:
        """The days on which the price of the first day stays."""
        until = self.price_guaranteed_until
        return Span(self.date_start, until) if until and until >= self.date_start else None

    def until(self, day: date) -> date:
        """The last day of the stay, or ``day`` if that comes first."""
        return min(self.date_end, day) if self.date_end else day

    def funding_on(self, period: date) -> Funding:
        """The rate and cap that rule a month, given by its first day."""
        begun = (row for row in self.fundings if not row.date_from or row.date_from <= period)
        return max(begun, key=lambda row: row.date_from or date.min, default=_FULLY_FUNDED)


# === SHAPES OUT === #


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What a space asks for a seat and a month; ``period``: the first day of that month.

    ``quantity`` is never rounded; ``unit_price``: the price of the first day charged, with or
    without tax as the tariff says; ``basis``: see the top of the module.
    """

    seat: int
    period: date
    kind: str
    date_from: date
    date_to: date
    quantity: Decimal
    unit_price: Decimal
    untaxed: Decimal
    tax: Decimal
    total: Decimal
    basis: Mapping = field(default_factory=lambda: MappingProxyType({}), hash=False)


@dataclass(frozen=True, slots=True)
class Charge(PricedLine):
    """A priced line and who bears it.

    ``funded`` + ``copayment`` is the base, the total or the untaxed amount, exactly; ``payable_*``
    is what the program owes the space. ``corrected_kind``: of an adjustment, the kind it corrects.
    """

    funded: Decimal = _ZERO
    copayment: Decimal = _ZERO
    payable_untaxed: Decimal = _ZERO
    payable_tax: Decimal = _ZERO
    payable_total: Decimal = _ZERO
    corrected_kind: str | None = None

    @property
    def key(self) -> tuple[int, date, str]:
        """What it is for: seat, month and kind, that of what it corrects where it is an
        adjustment.
        """
        return self.seat, self.period, self.corrected_kind or self.kind


# === DATES === #


def month_first(day: date) -> date:
    """The first day of a day's month."""
    return day if day.day == 1 else day.replace(day=1)


def month_last(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The day ``months`` later, or earlier, clipped to its month's last day."""
    year, month = divmod(_month_number(day) + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from that of ``first`` to that of ``last``."""
    count = _month_number(last) - _month_number(first) + 1
    return [add_months(month_first(first), number) for number in range(count)]


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


# === MONEY === #


def half_up(amount: Decimal, step: Decimal = CENT) -> Decimal:
    """To the cent, or to another smallest amount: 0.005 is 0.01, -0.005 is -0.01."""
    if step == CENT:
        return amount.quantize(CENT, ROUND_HALF_UP)
    return (amount / step).quantize(_ONE, ROUND_HALF_UP) * step


def tax_split(
    amount: Decimal, rate: Decimal, tax_included: bool, step: Decimal = CENT
) -> tuple[Decimal, Decimal, Decimal]:
    """An amount as (untaxed, tax, total), rounded half up. ``rate`` 0.20 is 20 %.

    With tax, T: tax = round(T - T / (1 + rate)), untaxed = T - tax; 140.00 at 20 % is 116.67 +
    23.33. Without: tax = round(amount x rate).
    """
    amount = half_up(amount, step)
    if not rate:
        return amount, _ZERO, amount
    if tax_included:
        tax = half_up(amount - amount / (1 + rate), step)
        return amount - tax, tax, amount
    tax = half_up(amount * rate, step)
    return amount, tax, amount + tax


def price_at(terms: Terms, day: date, rank: int = 1, guaranteed: Span | None = None) -> Price:
    """The price in force on a day for the seat of a rank.

    The prices of a date replace all earlier ones; among them the highest whose rank is reached
    applies. On the days of ``guaranteed`` the price of its first day stays. Raises
    ``PricingError('no_price')``.
    """
    if guaranteed and guaranteed.date_from <= day <= (guaranteed.date_to or date.max):
        day = guaranteed.date_from
    best = None
    for price in terms.prices:
        if price.date_start > day or price.rank > rank:
            continue
        if best is None or (price.date_start, price.rank) > (best.date_start, best.rank):
            best = price
    if best is None:
        raise PricingError("no_price", date=day)
    return best


def _make_line(seat, period, kind, span, quantity, unit_price, amount, basis) -> PricedLine:
    terms = seat.terms
    rate = seat.tax_rates.get(period, seat.tax_rate)
    money = tax_split(amount, rate, terms.tax_included, terms.step)
    proxy = MappingProxyType(basis)
    return PricedLine(seat.key, period, kind, *span, quantity, unit_price, *money, proxy)


def _by_price(pairs: Iterable[tuple[Decimal, Decimal]]) -> tuple[tuple[Decimal, Decimal], ...]:
    """(quantity, price) pairs with each price once."""
    merged: dict[Decimal, Decimal] = {}
    for quantity, price in pairs:
        merged[price] = merged.get(price, _ZERO) + quantity
    return tuple((quantity, price) for price, quantity in merged.items())


# === DAYS COVERED, DAYS USED === #


def _covered(seat: Seat, start: date, until: date) -> Sequence[int]:
    """The days between two dates that are owed, as ordinals.

    All of them, less those suspended or closed where the tariff credits them, once each; only
    month tariffs by the civil month do. A suspension ends with the stay.
    """
    terms = seat.terms
    days = range(start.toordinal(), until.toordinal() + 1)
    if not (seat.suspensions or seat.closures):
        return days
    if terms.unit != "month" or terms.period != "calendar":
        return days
    spans = []
    if terms.absence_rule == "credited":
        spans += [(span, seat.until(until)) for span in seat.suspensions]
    if terms.closure_rule == "credited":
        spans += [(span, until) for span in seat.closures]
    credited: set[int] = set()
    for span, end in spans:
        last = min(span.date_to or end, end)
        credited.update(range(max(span.date_from, start).toordinal(), last.toordinal() + 1))
    return [day for day in days if day not in credited] if credited else days


def rank_of(seat_key: int, month: date, seats: Sequence[Seat]) -> int:
    """The rank of a seat in a month: 1 + the earlier seats that cover its first day covered.

    ``seats``: those of its program and tariff, itself included; earlier by start, then by key. At
    180 / 150 / 120, four whole months cost 180 + 150 + 120 + 120 = 570.00; at 180 / 150, A from 1
    to 15 June and B from 16 to 30 are both first. Raises ``PricingError('unknown_seat')``. Needed
    only where the tariff has a price of rank 2.
    """
    seat = next((seat for seat in seats if seat.key == seat_key), None)
    if seat is None:
        raise PricingError("unknown_seat", seat=seat_key)
    start = max(seat.date_start, month_first(month))
    covered = _covered(seat, start, seat.until(month_last(start)))
    day = date.fromordinal(covered[0]) if covered else start
    place = (seat.date_start, seat.key)
    rank = 1
    for other in seats:
        if (other.date_start, other.key) < place and other.until(day) == day:
            rank += bool(_covered(other, day, day))
    return rank


def _used(seat: Seat, start: date, until: date, unit: str) -> list[tuple[date, Decimal, int]]:
    """(date, quantity, half-days) of what was used, by date. ``unit``: hour, half_day or day.

    By the day, one half-day counts the tariff's ``half_day_quantity``, two count 1.
    """
    dates: dict[date, list[Presence]] = {}
    for presence in seat.presences:
        if start <= presence.date <= until:
            dates.setdefault(presence.date, []).append(presence)
    used = []
    for day in sorted(dates):
        slots = len({presence.slot for presence in dates[day]})
        if unit == "hour":
            quantity = sum((presence.hours or _ZERO for presence in dates[day]), _ZERO)
        elif unit == "half_day":
            quantity = Decimal(slots)
        else:
            quantity = _ONE if slots == 2 else seat.terms.half_day_quantity
        if quantity:
            used.append((day, quantity, slots))
    return used


# === COMMITMENT AND NOTICE === #


def _due(seat: Seat) -> tuple[date, str]:
    """The last day due and its cause: 'stay', 'commitment' or 'notice'."""
    if not seat.date_end:
        return date.max, "stay"
    terms = seat.terms
    until, cause = seat.date_end, "stay"
    if seat.goes_on:
        return until, cause
    committed = committed_until(seat)
    if committed and committed > until:
        until, cause = committed, "commitment"
    if seat.notice_date:
        noticed = seat.notice_date + timedelta(days=terms.notice_days)
        if terms.notice_rule == "month_end":
            noticed = month_last(noticed)
        if noticed > until:
            until, cause = noticed, "notice"
    return until, cause


def committed_until(seat: Seat) -> date | None:
    """The last day to which one is bound: the start + the months of commitment - 1 day, or the end
    of the commitment taken over from an earlier seat in the same space, if later; None if free.
    """
    months = seat.terms.min_commitment_months
    own = add_months(seat.date_start, months) - _DAY if months else None
    return max(filter(None, (own, seat.bound_until)), default=None)


def carry_commitments(seats: Sequence[Seat]) -> list[Seat]:
    """The seats of one person in one space, each with what it takes over from the one before.

    A seat that begins while the one before is still due, or the day after, goes on with it: the
    first owes nothing after its end, and the second is bound to the later of the two ends. 180.00,
    three months from 1 January; another tariff from 1 February, left on 10 February: February and
    March are due on the second one.
    """
    result: list[Seat] = []
    for seat in sorted(seats, key=lambda seat: (seat.date_start, seat.key)):
        before = result[-1] if result else None
        if before and before.date_end and seat.date_start <= _due(before)[0] + _DAY:
            result[-1] = replace(before, goes_on=True)
            bound = committed_until(before)
            if bound and bound >= seat.date_start:
                seat = replace(seat, bound_until=bound)
        result.append(seat)
    return result


def due_until(seat: Seat) -> date | None:
    """The last day a seat is due, None while it has no end.

    The latest of the last day of the stay; the notice date + notice days, or the end of that
    month; the day one is bound to, see ``committed_until``. Without a notice date no notice is
    owed. Three months from 1 January, left on 20 February: 31 March. A seat that goes on in
    another one is due until its last day.
    """
    return _due(seat)[0] if seat.date_end else None


def best_exit_day(seat: Seat, day: date) -> date:
    """The last day of presence that costs no more than leaving on ``day``; never before it.

    A day later, one more period or day would be billed. Leaving on 3 June: by whole months, 30
    June; by months from the 15th, 14 June; committed until 31 July, 31 July; by the day, 3 June.
    By the civil month the answer stays in the month of the last day due, even where the next days
    are free. Notice counts from the seat's ``notice_date``. Tariffs by use and packs have no
    periods.
    """
    day = max(day, seat.date_start)
    terms = seat.terms
    if terms.unit not in ("month", "week"):
        return day
    leaving = replace(seat, date_end=day)
    until = _due(leaving)[0]
    if terms.unit == "week":
        return until + timedelta(days=6 - (until - seat.date_start).days % 7)
    if terms.period == "anniversary":
        months = _month_number(until) - _month_number(seat.date_start)
        if add_months(seat.date_start, months) <= until:
            months += 1
        return add_months(seat.date_start, months) - _DAY
    first = month_first(until)
    share = _get_month_parts(leaving, first)[1].share
    for later in range(until.day + 1, month_last(until).day + 1):
        leaving = replace(seat, date_end=until.replace(day=later))
        if _get_month_parts(leaving, first)[1].share != share:
            break
        until = leaving.date_end
    return until


# === A SEAT'S MONTH === #


def charge_month(seat: Seat, month: date, *, rank: int = 1) -> list[PricedLine]:
    """What counts for a month: ``regular``, ``overage``, ``commitment`` charges, in this order.

    ``month``: any day of it. ``rank``: see ``rank_of``. What owes nothing has no charge: months
    before the start or before ``billed_from``, nothing used. A period has the price in force on its
    first covered day, a presence that of its day. Packs: see ``pack_ledger``. Raises
    ``PricingError('no_price')``.

    - By the civil month: price x days covered / days in the month (``daily``); min(days, 30) / 30,
      a whole month being one (``daily_30``); half up to and including half the month's days, the
      whole beyond (``half_month``); the same as ``daily`` on Mondays to Fridays
      (``working_days``); the whole for any day (``none``). 300.00, ``daily``, 15-30 June: 160.00.
      180.00, ``half_month``, 1 to 15 June: 90.00, 1 to 16 June: 180.00.
    - By the month from the seat's first day (``anniversary``): whole, in the month it starts.
    - By the week from the seat's first day: whole once begun, in the month it starts. 60.00, 24
      June to 10 July: 60.00 in June, 120.00 in July.
    - By use. 20.00 a day, 9 days, at most 140.00 a month: 140.00. 4.00 an hour, 3.5 hours, at most
      12.00 a day: 12.00.
    - Overage: 8 days included, 15.00 beyond, 10 days present: 30.00.
    - Commitment: what is due after the last day, a month never costing more than the whole month.
      180.00, ``daily``, three months from 1 January, left on 20 February: regular 180.00 and
      128.57, commitment 51.43 and 180.00.
    """
    terms = seat.terms
    first = month_first(month)
    if terms.unit == "pack" or month_last(first) < seat.date_start:
        return []
    if seat.billed_from and first < month_first(seat.billed_from):
        return []
    if terms.unit == "month" and terms.period == "calendar":
        return _charge_calendar(seat, first, rank)
    if terms.unit in ("month", "week"):
        return _charge_begun(seat, first, rank)
    return _charge_usage(seat, first, rank)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is owed of a civil month's price, ``share`` / ``whole``, and the days it covers."""

    share: int
    whole: int
    covered: int = 0
    credited: int = 0
    first: date | None = None
    last: date | None = None


def _get_month_part(seat: Seat, first: date, last: date, until: date) -> _Part:
    """The part of a civil month owed for the days up to ``until``."""
    start = max(seat.date_start, first)
    days = _covered(seat, start, until)
    covered, length = len(days), last.day
    match seat.terms.proration:
        case "daily":
            share, whole = covered, length
        case "daily_30":
            share, whole = 30 if covered == length else covered, 30
        case "half_month":
            share, whole = (covered > 0) + (covered * 2 > length), 2
        case "working_days":
            month = range(first.toordinal(), last.toordinal() + 1)
            # The ordinal 1 is a Monday.
            share, whole = (sum((day - 1) % 7 < 5 for day in some) for some in (days, month))
        case "none":
            share, whole = min(covered, 1), 1
        case other:
            raise NotImplementedError(other)
    credited = max(0, (until - start).days + 1) - covered
    if not covered:
        return _Part(share, whole, credited=credited)
    span = date.fromordinal(days[0]), date.fromordinal(days[-1])
    return _Part(share, whole, covered, credited, *span)


def _get_month_parts(seat: Seat, first: date) -> tuple[_Part, _Part]:
    """The parts of a civil month owed for the stay alone, and with commitment and notice."""
    last = month_last(first)
    until = seat.until(last)
    stay = _get_month_part(seat, first, last, until)
    due = min(_due(seat)[0], last)
    return stay, stay if due == until else _get_month_part(seat, first, last, due)


def _charge_calendar(seat: Seat, first: date, rank: int) -> list[PricedLine]:
    terms = seat.terms
    stay, due = _get_month_parts(seat, first)
    overage = _charge_overage(seat, first, Span(first, month_last(first)), rank)
    if not due.share:
        return overage
    price = price_at(terms, due.first, rank, seat.guarantee).price
    basis = {
        "rule": "month",
        "proration": terms.proration,
        "price": price,
        "days": stay.share,
        "month_days": stay.whole,
        "covered": stay.covered,
        "credited": stay.credited,
        "month_length": month_last(first).day,
        "rank": rank,
    }
    amount = half_up(price * stay.share / stay.whole, terms.step)
    charges = overage
    if stay.share:
        quantity = Decimal(stay.share) / stay.whole
        span = stay.first, stay.last
        regular = _make_line(seat, first, "regular", span, quantity, price, amount, basis)
        charges = [regular, *overage]
    if due.share > stay.share:
        until, cause = _due(seat)
        facts = {
            "days": due.share - stay.share,
            "covered": due.covered - stay.covered,
            "credited": due.credited - stay.credited,
            "until": until,
            "cause": cause,
        }
        span = max(seat.date_end + _DAY, first), due.last
        quantity = Decimal(due.share - stay.share) / due.whole
        rest = half_up(price * due.share / due.whole, terms.step) - amount
        committed = _make_line(
            seat, first, "commitment", span, quantity, price, rest, basis | facts
        )
        charges = [*charges, committed]
    return charges


def _begun(seat: Seat, first: date) -> list[tuple[int, date, date]]:
    """(number, start, end) of the weeks or own months that start in a civil month."""
    start, last = seat.date_start, month_last(first)
    if seat.terms.unit == "month":
        number = _month_number(first) - _month_number(start)
        return [(number, add_months(start, number), add_months(start, number + 1) - _DAY)]
    number = max(0, -((start - first).days // 7))
    periods = []
    while (begin := start + timedelta(days=7 * number)) <= last:
        periods.append((number, begin, begin + timedelta(days=6)))
        number += 1
    return periods


def _charge_begun(seat: Seat, first: date, rank: int) -> list[PricedLine]:
    """Charges of periods that are whole once begun: weeks, months from the seat's own day."""
    until, cause = _due(seat)
    end = seat.until(until)
    periods = _begun(seat, first)
    stay = [period for period in periods if period[1] <= end]
    rest = [period for period in periods if end < period[1] <= until]
    charges = []
    if stay:
        charges.append(_charge_periods(seat, first, rank, "regular", stay, end, {}))
        charges += _charge_overage(seat, first, Span(stay[0][1], stay[-1][2]), rank)
    if rest:
        facts = {"until": until, "cause": cause}
        charges.append(_charge_periods(seat, first, rank, "commitment", rest, until, facts))
    return charges


def _charge_periods(seat, first, rank, kind, periods, until, facts) -> PricedLine:
    prices = [price_at(seat.terms, start, rank, seat.guarantee).price for _, start, _ in periods]
    basis = {"rule": "week", "weeks": len(periods), "prices": _by_price((_ONE, p) for p in prices)}
    if seat.terms.unit == "month":
        basis = {"rule": "anniversary", "number": periods[0][0] + 1, "price": prices[0]}
    basis |= {"rank": rank} | facts
    span = periods[0][1], min(periods[-1][2], until)
    quantity = Decimal(len(periods))
    return _make_line(seat, first, kind, span, quantity, prices[0], sum(prices, _ZERO), basis)


def _charge_usage(seat: Seat, first: date, rank: int) -> list[PricedLine]:
    terms, guarantee = seat.terms, seat.guarantee
    start = max(seat.date_start, first)
    used = _used(seat, start, seat.until(month_last(first)), terms.unit)
    if not used:
        return []
    amount, daily_capped, pairs = _ZERO, 0, []
    for day, quantity, _ in used:
        price = price_at(terms, day, rank, guarantee)
        worth = quantity * price.price
        cap = terms.daily_cap if price.daily_cap is None else price.daily_cap
        if cap is not None and worth > cap:
            worth = cap
            daily_capped += 1
        amount += worth
        pairs.append((quantity, price.price))
    opening = price_at(terms, start, rank, guarantee)
    cap = terms.monthly_cap if opening.monthly_cap is None else opening.monthly_cap
    monthly_cap = cap if cap is not None and amount > cap else None
    basis = {
        "rule": "usage",
        "unit": terms.unit,
        "dates": len(used),
        "presences": sum(slots for _, _, slots in used),
        "prices": _by_price(pairs),
        "rank": rank,
        "daily_capped": daily_capped,
        "monthly_cap": monthly_cap,
        "uncapped": amount,
    }
    if monthly_cap is not None:
        amount = monthly_cap
    span = used[0][0], used[-1][0]
    quantity = sum((quantity for quantity, _ in pairs), _ZERO)
    return [_make_line(seat, first, "regular", span, quantity, pairs[0][1], amount, basis)]


def _charge_overage(seat: Seat, period: date, days: Span, rank: int) -> list[PricedLine]:
    """What was used beyond the included quantity, each day at the overage price of that day."""
    terms = seat.terms
    if terms.included_quantity is None or terms.unit != "month":
        return []
    start = max(days.date_from, seat.date_start)
    total, beyond = _ZERO, []
    for day, quantity, _ in _used(seat, start, seat.until(days.date_to), terms.counts):
        total += quantity
        over = min(quantity, total - terms.included_quantity)
        if over > 0:
            price = price_at(terms, day, rank, seat.guarantee).overage_price
            if price is not None:
                beyond.append((day, over, price))
    if not beyond:
        return []
    quantity = sum((over for _, over, _ in beyond), _ZERO)
    basis = {
        "rule": "overage",
        "used": total,
        "included": terms.included_quantity,
        "beyond": quantity,
        "prices": _by_price((over, price) for _, over, price in beyond),
        "rank": rank,
    }
    amount = sum((over * price for _, over, price in beyond), _ZERO)
    span = beyond[0][0], beyond[-1][0]
    return [_make_line(seat, period, "overage", span, quantity, beyond[0][2], amount, basis)]


# === PACKS === #


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of days (or hours) and what was taken from it, ``used``: (date, quantity).

    ``number``: 1 is the first bought; a balance taken over has number 0, no ``date``, no ``seat``.
    ``valid_until``: the last day of use, None for ever. To name a settled pack, ``date`` and
    ``seat`` (the key of the seat charged) are enough.
    """

    date: date | None
    seat: int | None
    number: int = 0
    valid_until: date | None = None
    size: Decimal = _ZERO
    used: tuple[tuple[date, Decimal], ...] = ()

    @property
    def month(self) -> date | None:
        """The first day of the month that bears the whole pack."""
        return month_first(self.date) if self.date else None

    def left(self, day: date) -> Decimal:
        """What is left in the evening of a day, expired or not."""
        return self.size - sum((taken for when, taken in self.used if when <= day), _ZERO)


@dataclass(frozen=True, slots=True)
class PackLedger:
    """The packs of one person on one tariff: those taken over, then by date of purchase."""

    terms: Terms
    seats: Mapping[int, Seat] = field(hash=False)
    packs: tuple[Pack, ...]

    @property
    def purchases(self) -> tuple[Pack, ...]:
        """The packs bought, by date."""
        return tuple(pack for pack in self.packs if pack.date)

    def balance(self, day: date) -> Decimal:
        """What may still be used after the uses of a day."""
        open_packs = (
            pack
            for pack in self.packs
            if (pack.date or day) <= day <= (pack.valid_until or date.max)
        )
        return sum((pack.left(day) for pack in open_packs), _ZERO)

    def losses(self, day: date) -> tuple[tuple[date, int, Decimal], ...]:
        """(last day of validity, pack number, quantity) of what expired before a day."""
        expired = (pack for pack in self.packs if pack.valid_until and pack.valid_until < day)
        losses = [(pack.valid_until, pack.number, pack.left(pack.valid_until)) for pack in expired]
        return tuple(sorted(loss for loss in losses if loss[2]))

    def expired(self, day: date) -> Decimal:
        """The quantity that expired before a day."""
        return sum((quantity for _, _, quantity in self.losses(day)), _ZERO)

    def charges(self, month: date) -> list[PricedLine]:
        """The packs bought in a month, whole: one charge a seat, ``quantity`` packs.

        ``date_to`` is the last day of validity of the last pack, its day of purchase where it never
        expires.
        """
        first, last = month_first(month), month_last(month)
        by_seat: dict[int, list[Pack]] = {}
        for pack in self.purchases:
            if pack.month == first:
                by_seat.setdefault(pack.seat, []).append(pack)
        charges = []
        for key, packs in sorted(by_seat.items()):
            seat = self.seats[key]
            prices = [price_at(self.terms, pack.date, 1, seat.guarantee).price for pack in packs]
            basis = {
                "rule": "pack",
                "packs": tuple((pack.number, pack.date, pack.valid_until) for pack in packs),
                "size": self.terms.pack_size,
                "price": prices[0],
                "balance": self.balance(last),
                "expired": self.expired(last),
            }
            span = packs[0].date, packs[-1].valid_until or packs[-1].date
            amounts = Decimal(len(packs)), prices[0], sum(prices, _ZERO)
            charges.append(_make_line(seat, first, "pack", span, *amounts, basis))
        return charges


@dataclass(slots=True)
class _OpenPack:
    """A pack while it is used up."""

    date: date | None
    seat: int | None
    valid_until: date | None
    size: Decimal
    left: Decimal
    used: list[tuple[date, Decimal]]

    def take(self, day: date, quantity: Decimal) -> Decimal:
        """Use what can be used; what could not is returned."""
        taken = min(quantity, self.left) if day <= (self.valid_until or date.max) else _ZERO
        if taken:
            self.left -= taken
            self.used.append((day, taken))
        return quantity - taken


def pack_ledger(
    terms: Terms,
    seats: Sequence[Seat],
    *,
    settled: Sequence[Pack] = (),
    opening: Iterable[tuple[Decimal, date | None]] = (),
) -> PackLedger:
    """The packs one person buys and uses on one tariff, over all their ``seats`` on it.

    The first use without balance buys a pack, charged whole in that month. The oldest pack is
    used first. A pack is valid to the day before (bought 10 January, 6 months: 9 July), what is
    left is lost. 10 days at 120.00, 12 days used: two packs, 240.00, balance 8. A date with one
    half-day takes the tariff's ``half_day_quantity``; where the tariff counts hours, its hours.

    ``settled``: the packs of settled months, which stay bought. A use of the same month that
    needs a pack opens one of them, whatever its day; one that nothing opens is a balance from its
    ``date``, or from the last pack opened that month. ``opening``: (quantity, last day of
    validity) taken over; the uses before a seat's ``billed_from`` were theirs. Raises
    ``PricingError``: not_a_pack, unknown_seat.
    """
    if terms.unit != "pack":
        raise PricingError("not_a_pack", unit=terms.unit)
    opening = list(opening)
    ledger = _open_packs(terms, seats, settled, opening)
    # Which of two settled packs a use opens may depend on the other: once this ledger is settled
    # in its turn, it must be the same. Three rounds are the most that were ever needed.
    for __ in range(10 if settled else 0):
        again = _open_packs(terms, seats, ledger.purchases, opening)
        if again.packs == ledger.packs:
            break
        ledger = again
    return ledger


def _open_packs(terms: Terms, seats: Sequence[Seat], settled, opening) -> PackLedger:
    """One run over the uses: see ``pack_ledger``."""
    by_key = {seat.key: seat for seat in seats}
    waiting = sorted(settled, key=lambda pack: (pack.date, pack.seat))
    for pack in waiting:
        if pack.seat not in by_key:
            raise PricingError("unknown_seat", seat=pack.seat)
    packs = [
        _OpenPack(None, None, valid_until or None, quantity, quantity, [])
        for quantity, valid_until in sorted(opening, key=lambda pair: pair[1] or date.max)
    ]

    def buy(day: date, seat_key: int) -> _OpenPack:
        valid_until = None
        if terms.pack_validity_months:
            valid_until = add_months(day, terms.pack_validity_months) - _DAY
        size = terms.pack_size
        pack = _OpenPack(day, seat_key, valid_until, size, size, [])
        packs.append(pack)
        packs.sort(key=lambda pack: pack.date or date.min)
        return pack

    def keep(pack: Pack):
        """A settled pack that no use of its month opened comes after those that were."""
        opened = (p.date for p in packs if p.date and month_first(p.date) == pack.month)
        buy(max([pack.date, *opened]), pack.seat)

    for day, key, quantity in _pack_uses(terms, seats):
        while waiting and waiting[0].month < month_first(day):
            keep(waiting.pop(0))
        for pack in packs:
            quantity = pack.take(day, quantity)
        while quantity:
            ready = (pack for pack in waiting if pack.month == month_first(day))
            chosen = min(ready, key=lambda pack: pack.seat != key, default=None)
            if chosen:
                waiting.remove(chosen)
            quantity = buy(day, chosen.seat if chosen else key).take(day, quantity)
    for pack in waiting:
        keep(pack)

    taken_over = sum(not pack.date for pack in packs)
    closed = (
        Pack(p.date, p.seat, max(0, n - taken_over), p.valid_until, p.size, tuple(p.used))
        for n, p in enumerate(packs, start=1)
    )
    return PackLedger(terms, MappingProxyType(by_key), tuple(closed))


def _pack_uses(terms: Terms, seats: Sequence[Seat]) -> list[tuple[date, int, Decimal]]:
    """(date, seat, quantity) in order."""
    uses = []
    for seat in seats:
        start = seat.date_start
        if seat.billed_from:
            start = max(start, month_first(seat.billed_from))
        for day, quantity, _ in _used(seat, start, seat.until(date.max), terms.counts):
            uses.append((day, seat.date_start, seat.key, quantity))
    return [(day, key, quantity) for day, _, key, quantity in sorted(uses)]


# === MEMBERSHIP === #


def membership_due(
    membership: Membership, lines: Iterable[PricedLine], *, step: Decimal = CENT
) -> list[PricedLine]:
    """The fees due by one person to one space, given charges of theirs there, of any months.

    Once, with the first charge; again in the same month a year later at the earliest, with the
    first charge from then on: fees are 12 months apart, before and after those already paid. A
    month of ``paid_from`` keeps its fee while it has a charge, so that computing a settled month
    anew finds it; one of ``paid_elsewhere`` has none. 10.00 in June 2015: again from June 2016.
    """
    opening: dict[date, PricedLine] = {}
    for line in lines:
        known = opening.get(line.period)
        if known is None or _line_order(line) < _line_order(known):
            opening[line.period] = line
    kept = {_month_number(month) for month in membership.paid_from}
    paid = kept | {_month_number(month) for month in membership.paid_elsewhere}
    money = tax_split(membership.fee, membership.tax_rate, membership.tax_included, step)
    fees = []
    for month, line in sorted(opening.items()):
        number = _month_number(month)
        if number in kept or all(abs(number - other) >= 12 for other in paid):
            paid.add(number)
            until = add_months(month, 12) - _DAY
            basis = MappingProxyType({"rule": "membership", "valid_until": until})
            span = line.date_from, until
            fee = (_ONE, membership.fee, *money)
            fees.append(PricedLine(line.seat, month, "membership", *span, *fee, basis))
    return fees


def _line_order(line: PricedLine):
    return line.date_from, line.seat, _KIND_ORDER[line.kind]


# === WHO PAYS === #


def share(lines: Iterable[PricedLine], seats: Iterable[Seat]) -> list[Charge]:
    """Who bears the priced lines of one person, of any months, over all their ``seats``.

    funded = min(rate x base, what is left of the cap of the charge's month); copayment = base -
    funded. Charges draw on the cap in order of (date_from, seat's start, seat, kind); the seat's
    own cap applies, less all already funded to that person that month. 180.00 at 80 %, cap 120.00:
    120.00 + 60.00. A 90.00 at 80 %, then B 70.00, cap 120.00: 72.00 + 18.00, 48.00 + 22.00. A
    pack's cap is the monthly cap x its months of validity (once, if it never expires): 420.00, 6
    months, cap 120.00: 420.00. ``commitment`` charges are the program's own, outside the cap.

    Owed to the space: everything where the program collects the copayment; its own part with its
    tax where the space does. 150.00 + 30.00 at 80 % there: 120.00 + 24.00 = 144.00, on either base.

    The order of ``lines`` does not matter; charges come out by month, in the order above. Raises
    ``PricingError('unknown_seat')``.
    """
    by_key = {seat.key: seat for seat in seats}
    ordered = []
    for line in lines:
        seat = by_key.get(line.seat)
        if seat is None:
            raise PricingError("unknown_seat", seat=line.seat)
        place = (line.period, line.date_from, seat.date_start, seat.key, _KIND_ORDER[line.kind])
        ties = (line.date_to, line.total, line.untaxed, line.quantity)
        ordered.append((place + ties, line, seat))
    ordered.sort(key=lambda item: item[0])
    drawn: dict[tuple, Decimal] = {}
    charges = []
    for _, line, seat in ordered:
        base = line.total if seat.funding_base == "total" else line.untaxed
        funded = base
        if line.kind != "commitment":
            cap = seat.person, line.period
            funded = _funded(line, seat, base, drawn.get(cap, _ZERO))
            drawn[cap] = drawn.get(cap, _ZERO) + funded
        charges.append(_charge(line, seat, base, funded))
    return charges


def _funded(line: PricedLine, seat: Seat, base: Decimal, drawn: Decimal) -> Decimal:
    funding = seat.funding_on(line.period)
    funded = half_up(base * funding.rate / 100, seat.terms.step)
    if funding.cap is None:
        return funded
    months = (seat.terms.pack_validity_months or 1) if line.kind == "pack" else 1
    return min(funded, max(_ZERO, funding.cap * months - drawn))


def _charge(line: PricedLine, seat: Seat, base: Decimal, funded: Decimal) -> Charge:
    untaxed, tax, total = line.untaxed, line.tax, line.total
    if seat.collector == "space" and funded != base:
        tax = half_up(tax * funded / base, seat.terms.step)
        with_tax = seat.funding_base == "total"
        untaxed, total = (funded - tax, funded) if with_tax else (funded, funded + tax)
    facts = {name: getattr(line, name) for name in PricedLine.__slots__}
    return Charge(
        **facts,
        funded=funded,
        copayment=base - funded,
        payable_untaxed=untaxed,
        payable_tax=tax,
        payable_total=total,
    )


def copayment_with_tax(charge: Charge, seat: Seat) -> Decimal:
    """The copayment a person sees, with tax: 150.00 + 30.00 at 80 % is 36.00 on either base."""
    if seat.funding_base == "total" or not charge.copayment:
        return charge.copayment
    funded_tax = half_up(charge.tax * charge.funded / charge.untaxed, seat.terms.step)
    return charge.copayment + charge.tax - funded_tax


# === CORRECTIONS === #

_AMOUNTS = ("untaxed", "tax", "total", "funded", "copayment")
_AMOUNTS += ("payable_untaxed", "payable_tax", "payable_total")


def adjustments(fresh: Iterable[Charge], known: Iterable[Charge]) -> list[Charge]:
    """What settled months need to become what they should be: fresh - known, each amount.

    One adjustment a seat, month and kind that differs, in this order. ``known`` includes the
    adjustments made so far; each counts for the kind it corrects, which the new one keeps: so a
    commitment never becomes a seat, and each has one tax. ``period`` is the month corrected,
    whatever statement carries it; its days are those that count from now on, or where nothing does
    any more, those that did. June settled 180.00 (120.00 + 60.00), fresh 90.00 (72.00 + 18.00):
    -90.00 (-48.00, -42.00).
    """
    sides: dict[tuple, tuple[list[Charge], list[Charge]]] = {}
    for side, charges in enumerate((fresh, known)):
        for charge in charges:
            sides.setdefault(charge.key, ([], []))[side].append(charge)
    order = sorted(sides, key=lambda key: (key[1], key[0], _KIND_ORDER[key[2]]))
    return [*filter(None, (_adjustment(key, *sides[key]) for key in order))]


def _adjustment(key: tuple, fresh: Sequence[Charge], known: Sequence[Charge]) -> Charge | None:
    before = {name: sum((getattr(row, name) for row in known), _ZERO) for name in _AMOUNTS}
    after = {name: sum((getattr(row, name) for row in fresh), _ZERO) for name in _AMOUNTS}
    if before == after:
        return None
    seat, period, kind = key
    charges = fresh or known
    basis = {
        "rule": "adjustment",
        "missed": not known,
        "fresh": fresh[0] if len(fresh) == 1 else None,
        "taxed": bool(before["tax"] or after["tax"]),
        **{name: (before[name], after[name]) for name in ("total", "funded")},
    }
    quantity = _ONE
    if kind == "pack":  # packs bought or taken back stay countable
        quantity = sum((row.quantity for row in fresh), _ZERO)
        quantity -= sum((row.quantity for row in known), _ZERO)
    return Charge(
        seat=seat,
        period=period,
        kind="adjustment",
        corrected_kind=kind,
        date_from=min(charge.date_from for charge in charges),
        date_to=max(charge.date_to for charge in charges),
        quantity=quantity,
        unit_price=after["total"] - before["total"],
        basis=MappingProxyType(basis),
        **{name: after[name] - before[name] for name in _AMOUNTS},
    )


# === FUNDERS === #


def split(
    amount: Decimal,
    parts: Sequence[tuple[Hashable, Decimal, Decimal | None]],
    step: Decimal = CENT,
) -> list[tuple[Hashable | None, Decimal]]:
    """Spread a funded amount over funding agreements: (key, amount) in their order, no zeros.

    ``parts``: (key, rate per cent, what is left of the grant or None). By largest remainder, the
    first given before others at equal remainders; bounded by what is left; the rest, the program's
    own funds, has key None and comes last. The parts sum to the amount exactly. 33.33 at 50 / 30 /
    20: 16.66 + 10.00 + 6.67. A negative amount, a credit note, is spread alike and gives back to
    the grants. Raises ``PricingError('rate_out_of_range')``: negative, or above 100 together.
    """
    rates = [rate for _, rate, _ in parts]
    for rate in rates:
        _check_rate("rate", rate, 100)
    own_rate = 100 - sum(rates, _ZERO)
    _check_rate("sum of rates", 100 - own_rate, 100)
    steps = abs(amount) // step
    exact = [steps * rate / 100 for rate in (*rates, own_rate)]
    counts = [share // 1 for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: int(steps - sum(counts))]:
        counts[i] += 1
    found = []
    for (key, _, left), count in zip(parts, counts, strict=False):
        if amount > 0 and left is not None:
            count = min(count, max(left, _ZERO) // step)
        if count:
            found.append((key, count * step if amount > 0 else -count * step))
    own = amount - sum((part for _, part in found), _ZERO)
    return [*found, (None, own)] if own else found


def spread(
    amount: Decimal, parts: Iterable[tuple[Hashable, Decimal]], step: Decimal = CENT
) -> list[tuple[Hashable, Decimal]]:
    """Spread a payment over what is left of some lines: (key, amount) in their order.

    In proportion of what is left, by largest remainder, the first given before others at equal
    remainders. As long as the payment is not more than all that is left, no line receives more
    than its own; what is beyond goes to the last one. 100.00 over 33.33, 66.67 and 100.00: 16.67 +
    33.33 + 50.00. A discount, a line below zero, is spread alike. The parts sum to the amount.
    """
    parts = list(parts)
    whole = sum((left for _, left in parts), _ZERO)
    if not parts or not whole:
        return [(key, amount if n == len(parts) else _ZERO) for n, (key, _) in enumerate(parts, 1)]
    paid = min(amount, whole) if whole > 0 else amount
    steps = paid / step
    exact = [steps * left / whole for _, left in parts]
    counts = [share.to_integral_value(rounding=ROUND_FLOOR) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: int(steps - sum(counts))]:
        counts[i] += 1
    found = [(key, count * step) for (key, _), count in zip(parts, counts, strict=True)]
    key, last = found[-1]
    found[-1] = key, last + amount - paid
    return found
