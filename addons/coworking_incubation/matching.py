"""Why a bill is not what was expected: expected charges and bill lines in, named causes out.

Pure, like ``pricing``: dates, ``Decimal`` and dataclasses only, nothing of Odoo or of a database.
Three questions, in this order::

    pairs = assign(lines, charges)              which line is for which charge
    together = equal_sets(amount, groups)       whose sums are exactly this amount
    explain(gap, facts)                         the smallest sets of facts that make the difference

A ``Fact`` is one thing that the space may have done otherwise than we did: billed from another day,
at another price, somebody who had left. ``what_ifs`` makes those of a seat by pricing it again.
Its ``amount`` is what the bill is then more than expected. ``explain`` looks for the fewest facts
whose amounts are the gap to the cent; of sets of one size those of the least ``weight`` come first
(0 is known, 1 an everyday mistake, 3 an odd one). Every search is bounded by a number of steps, so
that two hundred seats at two hundred prices take a moment and never hang.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from types import MappingProxyType

from . import pricing

# In the order in which they are told.
CAUSES = (
    "missing",
    "start_day",
    "departed",
    "price",
    "suspension",
    "closure",
    "presence",
    "commitment",
    "membership",
    "deposit",
    "not_covered",
    "unknown",
    "other_month",
    "other_program",
    "duplicate",
    "already_paid",
    "tax",
    "rounding",
)
# The most steps of a search, groups that are one amount, facts of a set, and sets found.
STEPS = 150_000
GROUPS = 6
SIZE = 5
LIMIT = 20
# Presences more or less than recorded that are looked at.
PRESENCES = 10
# Rates of tax that a bill may add to prices that have none.
TAX_RATES = (Decimal("0.20"), Decimal("0.10"), Decimal("0.055"))

_ZERO = Decimal(0)
_DAY = timedelta(days=1)
_NOTHING = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fact:
    """One difference between what the space did and what we did.

    ``parts``: (key, amount) of each charge it touches; the facts of one set never touch the same
    key twice. ``detail``: what a sentence needs, such as ``day`` and ``instead``.
    """

    cause: str
    parts: tuple[tuple[Hashable, Decimal], ...]
    weight: int = 1
    detail: Mapping = field(default_factory=lambda: _NOTHING, hash=False, compare=False)

    @property
    def amount(self) -> Decimal:
        """What the bill is more than expected."""
        return sum((amount for _, amount in self.parts), _ZERO)

    @property
    def keys(self) -> frozenset:
        """The charges that it touches."""
        return frozenset(key for key, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill: ``text`` is all that it says, its document included; ``amount`` with tax.

    ``own`` is what the line itself says, without its document.
    """

    key: Hashable
    amount: Decimal
    own: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is left to invoice of a charge. ``names``: of the person, as the space knows them.

    ``period``: the month it counts for; ``home``: that of its statement, where it is another one,
    as for a correction.
    """

    key: Hashable
    amount: Decimal
    reference: str = ""
    names: tuple[str, ...] = ()
    period: date | None = None
    kind: str = "regular"
    statement: str = ""
    home: date | None = None

    def is_of(self, months: Iterable[date]) -> bool:
        """Whether a bill that names these months may mean it."""
        return self.period in months or self.home in months


# === WORDS === #

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "january", "janv"),
            ("fevrier", "february", "fevr"),
            ("mars", "march"),
            ("avril", "april"),
            ("mai", "may"),
            ("juin", "june"),
            ("juillet", "july", "juil"),
            ("aout", "august"),
            ("septembre", "september", "sept"),
            ("octobre", "october", "oct"),
            ("novembre", "november", "nov"),
            ("decembre", "december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = re.compile(
    rf"\b(?P<name>{'|'.join(_MONTHS)})\b\.?(?:\s+(?P<year>20\d\d)\b)?"
    r"|(?:(?<![\d/.-])|(?<=[/.]20\d\d-))(?:(?P<number>0?[1-9]|1[0-2])[/.-](?P<after>20\d\d)(?!\d)"
    r"|(?P<before>20\d\d)-(?P<last>0[1-9]|1[0-2])(?![\d-]))"
)
# What stands between two months: "juin à août", "du 1er juin au 31 août"; "juin et juillet",
# "juin/juillet". A comma lists months only where an "and" ends the list: "Ana Mars, juin 2015".
_THROUGH = re.compile(
    r"\s*(?:-|jusqu.(?:a|au|en)|a|au|to|until|through)\s*(?:(?:fin|\d{1,2}(?:er)?)\s+)?"
)
_AND = re.compile(r"\s*(?:/|&|\+|,?\s*(?:et|and)(?:\s+de)?)\s*(?:\d{1,2}(?:er)?\s+)?")
_COMMA = re.compile(r"\s*,\s*")
_WORDS = {
    "deposit": ("caution", "depot de garantie", "deposit"),
    "membership": ("adhesion", "cotisation", "membership"),
    "not_covered": (
        "salle",
        "reunion",
        "meeting room",
        "impression",
        "photocopie",
        "copies",
        "printing",
        "cafe",
        "boisson",
        "repas",
        "traiteur",
        "casier",
        "locker",
        "domiciliation",
        "parking",
        "personal order",
        "commande personnelle",
        "visioconference",
        "badge",
    ),
}


def plain(text: str) -> str:
    """Small letters without accents, other signs as spaces: "Zoé N'Diaye" is "zoe n diaye"."""
    return " ".join(re.findall(r"[a-z0-9]+", _bare(text)))


def _bare(text: str) -> str:
    """Small letters without accents, one sort of dash; all other signs stay."""
    text = unicodedata.normalize("NFKD", text or "").lower()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return re.sub(r"[\u2010-\u2015\u2212]", "-", text)


def months_in(text: str, names: Iterable[str] = ()) -> set[date]:
    """First days of the months that a text names: "juin 2015", "06/2015", "2015-06".

    A year stands for the months before it as well: "juin et juillet 2015", "juin/juillet 2015",
    "décembre et janvier 2016", which begins in 2015. All months of a span: "juin à août 2015",
    "juin-août 2015", "décembre 2015 à février 2016". A month without a year is none.

    :param names: of people that are no month, see ``called_as_a_month``
    """
    bare = _bare(text)
    for name in names:
        bare = re.sub(rf"\b{'[^a-z0-9]+'.join(plain(name).split())}\b", "|", bare)
    found, told, after = set(), None, None
    # From the end: a month takes its year from the one that follows.
    for month in reversed(list(_MONTH.finditer(bare))):
        link = _link(bare[month.end() : after.start()], told) if after else None
        own = _month_named(month)
        if not own and link and told:
            own = _before(_MONTHS[month["name"]], told[0], link)
        if own:
            found.add(own)
            if link == "through":
                found.update(pricing.months_between(own, told[0]))
        told, after = own and (own, link), month
    return found


def called_as_a_month(names: Iterable[str]) -> list[str]:
    """Those of these names that have a month in them: Camille Avril, April May."""
    return [name for name in names if not _MONTHS.keys().isdisjoint(plain(name).split())]


def _month_named(month: re.Match) -> date | None:
    """The month that a text names by itself, year and all."""
    if month["name"]:
        return date(int(month["year"]), _MONTHS[month["name"]], 1) if month["year"] else None
    return date(int(month["after"] or month["before"]), int(month["number"] or month["last"]), 1)


def _link(between: str, told: tuple[date, str | None] | None) -> str | None:
    """How two months are joined: "through", "and", or not at all (None).

    :param told: the second one, and how it is joined to a third
    """
    if _AND.fullmatch(between):
        return "and"
    if _COMMA.fullmatch(between) and told and told[1] == "and":
        return "and"
    return "through" if _THROUGH.fullmatch(between) else None


def _before(number: int, following: date, link: str) -> date:
    """A month without a year, by the one it is joined to: a span runs forwards, and so does a list
    that turns the year within six months; another one is of the same year.
    """
    steps = (following.month - number) % 12
    if link == "through" or steps <= 6:
        return pricing.add_months(following, -steps)
    return date(following.year, number, 1)


def subject_of(text: str) -> str | None:
    """What a line is about besides seats: "deposit", "membership", "not_covered", or None."""
    words = f" {plain(text)} "
    for subject, names in _WORDS.items():
        if any(f" {name} " in words or f" {name}s " in words for name in names):
            return subject
    return None


def quotes(text: str, reference: str) -> bool:
    """Whether a text has a reference, whatever signs stand in it: "P 0042" quotes P-0042."""
    return bool(reference) and f" {plain(reference)} " in f" {plain(text)} "


class Mentions:
    """Whom texts mean, by reference or by name: found by one word, however many people."""

    def __init__(self, people: Iterable[tuple[Hashable, str, Iterable[str]]] = ()):
        self.references, self.names = defaultdict(list), defaultdict(list)
        for key, reference, names in people:
            self.add(key, reference, names)

    def add(self, key: Hashable, reference: str, names: Iterable[str]) -> None:
        """``key`` is meant by this reference, and by each of these names."""
        if words := plain(reference).split():
            self.references[words[-1]].append((f" {' '.join(words)} ", key))
        for name in names:
            words = plain(name).split()
            if len("".join(words)) > 2:
                self.names[max(words, key=len)].append((frozenset(words), key))

    def quoted_in(self, text: str) -> set[Hashable]:
        """Those whose reference a text has."""
        text = f" {plain(text)} "
        found = (row for word in set(text.split()) for row in self.references.get(word, ()))
        return {key for reference, key in found if reference in text}

    def named_in(self, text: str) -> set[Hashable]:
        """Those of one of whose names a text has all the words, in any order."""
        words = set(plain(text).split())
        found = (row for word in words for row in self.names.get(word, ()))
        return {key for name, key in found if name <= words}


# === WHICH LINE IS FOR WHICH CHARGE === #


def assign(lines: Sequence[Line], charges: Sequence[Expected]) -> dict[Hashable, Hashable]:
    """Line by line, the charge that it says it is for: by reference, then by name, then by amount.

    Lines of equal amount come first. Among several charges of a person the line's month decides,
    then its subject (a fee, a deposit), then the amount; else the first in the order given. Only
    where no line says whom it is for are lines paired by equal amounts: a name that we do not know
    is not somebody else. The month of a line is the month that a charge counts for, else that of
    its statement. What is below zero pays only what is below zero. Each line and each charge is
    used once.

    :return: line key -> charge key
    """
    assignment = _Assignment(lines, charges)
    mentions = Mentions((charge.key, charge.reference, charge.names) for charge in charges)
    assignment.pair_told({line.key: mentions.quoted_in(line.own) for line in lines})
    assignment.pair_told({line.key: mentions.named_in(line.own) for line in lines})
    assignment.pair_equal()
    return assignment.found


class _Assignment:
    """The lines and the charges of ``assign`` while they are paired."""

    def __init__(self, lines: Sequence[Line], charges: Sequence[Expected]):
        self.lines = lines
        self.free = {charge.key: charge for charge in charges}
        self.order = {key: number for number, key in enumerate(self.free)}
        self.found: dict[Hashable, Hashable] = {}
        self.people = called_as_a_month({name for charge in charges for name in charge.names})
        self.months = {line.key: months_in(line.own, self.people) for line in lines}

    def may_pay(self, line: Line, charge: Expected) -> bool:
        own = self.months[line.key]
        return (line.amount < 0) == (charge.amount < 0) and (not own or charge.is_of(own))

    def take(self, line: Line, candidates: Sequence[Expected]) -> None:
        """Pair a line with the likeliest of some charges."""
        told = self.months[line.key] or months_in(line.text, self.people)
        kinds = {"deposit": "deposit", "membership": "membership"}
        kind = kinds.get(subject_of(line.own), "regular")
        best = min(
            candidates,
            key=lambda charge: (
                charge.period not in told if told else False,
                not charge.is_of(told) if told else False,
                not (charge.statement and quotes(line.text, charge.statement)),
                (charge.kind == "membership") != (kind == "membership"),
                (charge.kind == "deposit") != (kind == "deposit"),
                charge.amount != line.amount,
            ),
        )
        self.found[line.key] = best.key
        del self.free[best.key]

    def pair_told(self, told: Mapping[Hashable, set[Hashable]]) -> None:
        """Pair lines with the charges they tell of, those of equal amount first.

        :param told: line key -> charge keys
        """
        for exact in (True, False):
            for line in self.lines:
                if line.key in self.found or subject_of(line.own) == "not_covered":
                    continue
                candidates = [
                    self.free[key]
                    for key in sorted(told[line.key] & self.free.keys(), key=self.order.get)
                    if self.may_pay(line, self.free[key])
                    and (self.free[key].amount == line.amount or not exact)
                ]
                if candidates:
                    self.take(line, candidates)

    def pair_equal(self) -> None:
        """Pair lines that tell of nobody with charges of their amount."""
        named = bool(self.found)
        by_amount = defaultdict(list)
        for charge in self.free.values():
            by_amount[charge.amount].append(charge)
        for line in self.lines:
            subject = subject_of(line.own)
            if line.key in self.found or subject in ("not_covered", "deposit"):
                continue
            candidates = [
                charge
                for charge in by_amount.get(line.amount, ())
                if charge.key in self.free
                and (not named or charge.kind == subject)
                and self.may_pay(line, charge)
            ]
            # One line alone is no one of several seats that cost the same: it may well be a total.
            if len(candidates) == 1 or (candidates and len(self.lines) > 1):
                self.take(line, candidates)


def equal_sets(
    amount: Decimal,
    groups: Sequence[tuple[Hashable, Decimal]],
    *,
    tolerance: Decimal = _ZERO,
) -> list[Hashable] | None:
    """The fewest groups that together are this amount, within the tolerance; None if there is none.

    Of sets of one size the exact one comes first, then the one whose members come first in the
    order given. An invoice over two months, two programs or two sites is such a set.
    """
    return equal_sets_each([amount], groups, tolerance=tolerance).get(amount)


def equal_sets_each(
    amounts: Iterable[Decimal],
    groups: Sequence[tuple[Hashable, Decimal]],
    *,
    tolerance: Decimal = _ZERO,
) -> dict[Decimal, list[Hashable]]:
    """What ``equal_sets`` gives for each of these amounts, from one search; those without a set
    are left out.
    """
    wanted = sorted(amount for amount in set(amounts) if amount)
    result: dict[Decimal, list[Hashable]] = {}
    left = count(STEPS, -1)
    for length in range(1, min(GROUPS, len(groups)) + 1):
        if not wanted:
            break
        exact, close = {}, {}
        for chosen, total in _combinations(groups, length, left):
            begin = bisect_left(wanted, total - tolerance)
            for amount in wanted[begin : bisect_right(wanted, total + tolerance, begin)]:
                (exact if amount == total else close).setdefault(amount, chosen)
            if len(exact) == len(wanted):
                break
        result |= close | exact
        wanted = [amount for amount in wanted if amount not in result]
    return result


def _combinations(groups, length, left, start=0):
    """(keys, sum) of the combinations of a length, as long as there are steps left."""
    if not length:
        yield [], _ZERO
        return
    for position in range(start, len(groups) - length + 1):
        if next(left) <= 0:
            return
        key, amount = groups[position]
        for chosen, total in _combinations(groups, length - 1, left, position + 1):
            yield [key, *chosen], amount + total


# === WHAT THE SPACE MAY HAVE DONE OTHERWISE === #


def payable(seat: pricing.Seat, month: date, rank: int = 1) -> Decimal:
    """What the program owes for a seat and a month, packs and fees left out."""
    if seat.billed_from and month < pricing.month_first(seat.billed_from):
        return _ZERO
    priced_lines = [
        priced
        for priced in pricing.charge_month(seat, month, rank=rank)
        if priced.kind != "commitment"
    ]
    return sum((charge.payable_total for charge in pricing.share(priced_lines, [seat])), _ZERO)


def what_ifs(seat: pricing.Seat, month: date, key: Hashable = None, *, rank: int = 1) -> list[Fact]:
    """The facts of one seat and month: each the price of the seat, had one thing been otherwise.

    Somebody who left before the month has one too: billed as if still there. 180.00 a month by the
    day, from 16 June: billed from the first, +90.00, weight 1; from any other day, weight 2.
    ``rank``: of the seat in that month, see ``pricing.rank_of``.
    """
    key = seat.key if key is None else key
    first, last = pricing.month_first(month), pricing.month_last(month)
    facts: list[Fact] = []
    seen: set[tuple[str, Decimal]] = set()
    try:
        base = payable(seat, first, rank)
    except pricing.PricingError:
        return []

    def add(cause, other, weight=1, **detail):
        try:
            amount = payable(other, first, rank) - base
        except pricing.PricingError:
            return
        if amount and (cause, amount) not in seen:
            seen.add((cause, amount))
            facts.append(Fact(cause, ((key, amount),), weight, MappingProxyType(detail)))

    if seat.date_end and seat.date_end < first:
        detail = {"left": seat.date_end}
        add("departed", replace(seat, date_end=last, notice_date=None), **detail)
        return facts
    if first <= seat.date_start <= last:
        ends = seat.until(last)
        for day in _days(first, ends, first):
            if day != seat.date_start:
                detail = {"day": day, "instead": seat.date_start}
                add("start_day", replace(seat, date_start=day), 1 if day == first else 2, **detail)
    if seat.date_end and first <= seat.date_end <= last:
        for day in _days(max(first, seat.date_start), last, last):
            if day != seat.date_end:
                detail = {"day": day, "left": seat.date_end}
                weight = 1 if day == last else 2 if day > seat.date_end else 3
                add("departed", replace(seat, date_end=day), weight, **detail)
    for price in _other_prices(seat, first, rank):
        alone = replace(price, date_start=date.min, rank=1)
        terms = replace(seat.terms, prices=(alone,))
        detail = {"price": price.price, "since": price.date_start}
        add("price", replace(seat, terms=terms, price_guaranteed_until=None), **detail)
    if any(_touches(span, first, last) for span in seat.suspensions):
        add("suspension", replace(seat, suspensions=()), charged=True)
        terms = replace(seat.terms, absence_rule="credited")
        add("suspension", replace(seat, terms=terms), charged=False)
    if any(_touches(span, first, last) for span in seat.closures):
        add("closure", replace(seat, closures=()), charged=True)
        terms = replace(seat.terms, closure_rule="credited")
        add("closure", replace(seat, terms=terms), charged=False)
    for days, presences in _other_presences(seat, first, last):
        add("presence", replace(seat, presences=presences), 1 + abs(days) // 4, days=days)
    return facts


def _days(first: date, last: date, favourite: date):
    """The days of a span, one of them before the others."""
    yield favourite
    day = first
    while day <= last:
        if day != favourite:
            yield day
        day += _DAY


def _touches(span: pricing.Span, first: date, last: date) -> bool:
    return span.date_from <= last and (span.date_to or date.max) >= first


def _other_prices(seat: pricing.Seat, first: date, rank: int) -> list[pricing.Price]:
    """Prices that are not in force for a seat of this rank, one an amount: those of its rank at
    other dates, old ones first, by date; then those of other ranks today.
    """
    begin = max(seat.date_start, first)
    now = pricing.price_at(seat.terms, begin, rank, seat.guarantee)
    dates = {row.date_start for row in seat.terms.prices}
    others = [pricing.price_at(seat.terms, day, rank) for day in dates]
    others.sort(key=lambda row: (row.date_start > begin, abs((row.date_start - begin).days)))
    others += [row for row in seat.terms.prices if row.date_start == now.date_start]
    unique = {}
    for row in others:
        if row.price != now.price:
            unique.setdefault(row.price, row)
    return list(unique.values())


def _other_presences(seat: pricing.Seat, first: date, last: date):
    """(number, presences) with some units of use more, or less, than were recorded."""
    if seat.terms.unit not in ("hour", "half_day", "day") and not seat.terms.included_quantity:
        return
    until = seat.until(last)
    own = sorted(
        (row for row in seat.presences if first <= row.date <= until),
        key=lambda row: (row.date, row.slot),
    )
    rest = tuple(row for row in seat.presences if not first <= row.date <= until)
    used = {row.date for row in own}
    free = [
        day
        for day in _days(max(first, seat.date_start), until, max(first, seat.date_start))
        if day not in used and day <= until
    ]
    slots = ("am",) if seat.terms.unit in ("half_day", "hour") else ("am", "pm")
    hours = Decimal(1) if "hour" in (seat.terms.unit, seat.terms.counts) else None
    for number in range(1, min(PRESENCES, len(free)) + 1):
        more = tuple(pricing.Presence(day, slot, hours) for day in free[:number] for slot in slots)
        yield number, (*seat.presences, *more)
    by_unit: dict[Hashable, list] = {}
    for row in own:
        unit = (row.date, row.slot) if len(slots) == 1 else row.date
        by_unit.setdefault(unit, []).append(row)
    units = list(by_unit.values())
    for number in range(1, min(PRESENCES, len(units)) + 1):
        fewer = tuple(row for unit in units[:-number] for row in unit)
        yield -number, (*rest, *fewer)


def together(facts: Iterable[Fact], cause: str, group: Mapping[Hashable, Hashable]) -> list[Fact]:
    """What one mistake does to all the seats of a group: the old price on every seat of a tariff.

    ``group``: key -> group. One fact for each group and detail that touches two seats or more.
    """
    shared: dict[tuple, dict] = {}
    for fact in facts:
        if fact.cause == cause and len(fact.parts) == 1:
            ((key, amount),) = fact.parts
            same = (group.get(key), tuple(sorted(fact.detail.items())))
            shared.setdefault(same, {}).setdefault(key, (amount, fact))
    result = []
    for touched in shared.values():
        if len(touched) > 1:
            parts = tuple((key, amount) for key, (amount, _) in touched.items())
            (_, example), *_ = touched.values()
            result.append(Fact(cause, parts, 1, example.detail))
    return result


def charge_facts(charge: Expected) -> list[Fact]:
    """What may be with a charge as a whole: not billed, or billed twice."""
    cause = {"commitment": "commitment", "membership": "membership", "deposit": "deposit"}
    detail = MappingProxyType({"kind": charge.kind, "month": charge.period})
    return [
        Fact(cause.get(charge.kind, "missing"), ((charge.key, -charge.amount),), 1, detail),
        Fact("duplicate", ((charge.key, charge.amount),), 2),
    ]


def tax_facts(
    charges: Sequence[tuple[Hashable, Decimal, Decimal]], *, step: Decimal = pricing.CENT
) -> list[Fact]:
    """(key, untaxed, tax): all charges billed without tax, or with a tax on top of the price."""
    taxed = tuple((key, -tax) for key, _, tax in charges if tax)
    facts = [Fact("tax", taxed, 1, MappingProxyType({"rate": _ZERO}))] if taxed else []
    for rate in TAX_RATES:
        parts = []
        for key, untaxed, tax in charges:
            _, extra, _ = pricing.tax_split(untaxed + tax, rate, False, step)
            parts.append((key, extra))
        if any(amount for _, amount in parts):
            facts.append(Fact("tax", tuple(parts), 2, MappingProxyType({"rate": rate})))
    return facts


# === THE SMALLEST EXPLANATION === #


def explain(
    gap: Decimal,
    facts: Iterable[Fact],
    *,
    rounding: Decimal = _ZERO,
    step: Decimal = pricing.CENT,
    size: int = SIZE,
) -> list[tuple[Fact, ...]]:
    """The smallest sets of facts whose amounts are the gap to the cent, the likeliest first.

    A gap up to ``rounding`` is rounding. Where no set is exact, one that leaves no more than
    ``rounding`` has a last fact of that cause, a number of ``step``s. All sets given have the same
    number of facts. An empty list: nothing we know explains it, or not within ``STEPS``.
    """
    if not gap:
        return []
    if abs(gap) <= rounding:
        return [(Fact("rounding", (("rounding", gap),)),)]
    buckets: dict[Decimal, list[Fact]] = {}
    for fact in facts:
        if fact.amount:
            buckets.setdefault(fact.amount, []).append(fact)
    for bucket in buckets.values():
        bucket.sort(key=lambda fact: fact.weight)
    # The likeliest and largest first, so that a search that is cut short has seen them.
    amounts = sorted(buckets, key=lambda amount: (buckets[amount][0].weight, -abs(amount), amount))
    left = count(STEPS, -1)
    for length in range(1, size + 1):
        exact = []
        for chosen in _sums(gap, amounts, buckets, length, left):
            exact += _choices(chosen, buckets)
            if len(exact) > 20 * LIMIT:
                break
        if exact:
            return _likeliest(exact)
    if rounding:
        for length in range(1, size):
            close = []
            for steps in range(1, int(rounding / step) + 1):
                for rest in (steps * step, -steps * step):
                    for chosen in _sums(gap - rest, amounts, buckets, length, left):
                        close += [
                            (*found, Fact("rounding", (("rounding", rest),)))
                            for found in _choices(chosen, buckets)
                        ]
                if close:
                    return _likeliest(close)
    return []


def _sums(gap, amounts, buckets, length, left, start=0):
    """Lists of ``length`` amounts, in order, that sum to the gap."""
    if length == 1:
        # The last one is looked up.
        position = _position(gap, amounts, buckets)
        if position is not None and position >= start:
            yield [gap]
        return
    for position in range(start, len(amounts)):
        if next(left) <= 0:
            return
        amount = amounts[position]
        for rest in _sums(gap - amount, amounts, buckets, length - 1, left, position):
            yield [amount, *rest]


def _position(amount, amounts, buckets):
    """Where an amount comes in the order of the search."""
    if amount not in buckets:
        return None

    def rank(other):
        return buckets[other][0].weight, -abs(other), other

    return bisect_left(amounts, rank(amount), key=rank)


def _choices(chosen, buckets, taken=frozenset(), least=(None, 0)):
    """Facts of these amounts, no key touched twice; a few of them where there are many."""
    if not chosen:
        return [()]
    amount, rest = chosen[0], chosen[1:]
    begin = least[1] if least[0] == amount else 0
    result = []
    for position in range(begin, len(buckets[amount])):
        fact = buckets[amount][position]
        if fact.keys & taken:
            continue
        for others in _choices(rest, buckets, taken | fact.keys, (amount, position + 1)):
            result.append((fact, *others))
            if len(result) >= LIMIT:
                return result
    return result


def _likeliest(found):
    """The sets of the least weight first, each once; facts in the order of ``CAUSES``."""
    order = {cause: number for number, cause in enumerate(CAUSES)}
    unique = {}
    for facts in found:
        ordered = tuple(sorted(facts, key=lambda fact: order[fact.cause]))
        unique.setdefault(ordered, None)
    return sorted(unique, key=lambda facts: sum(fact.weight for fact in facts))[:LIMIT]
