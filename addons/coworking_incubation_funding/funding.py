"""Which funder takes part in what the program paid: the arithmetic of the funders' half.

Pure, like ``pricing``: dates, ``Decimal`` and dataclasses, nothing of Odoo or of a database.
Amounts are exact to the ``step``, the smallest amount of their currency; rates are per cent
(``Decimal(50)`` is half).

``allocate`` parts all that was paid over the agreements, by rules F1 to F8. What was claimed is
*frozen*: it is never computed again, and what is different afterwards comes out as a difference
beside it (F10). The same facts give the same parts, in whatever order they became known::

    33.33 at 50 / 30 / 20                             16.66 + 10.00 + 6.67
    100.00 at 40 / 40                                 40.00 + 40.00 + 20.00 own funds
    100.00, priority with 30.00 left, then 50 / 50    30.00 + 35.00 + 35.00
    144.00 at 50, of which 50.00 are left             50.00, 22.00 to place, 72.00 own funds
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from types import MappingProxyType

from odoo.addons.coworking_incubation.pricing import CENT, half_up, spread

from .funding_facts import ZERO as _ZERO
from .funding_facts import Agreement, Cost, Frozen, Heading, Held, Part, Payment

_NOTHING = MappingProxyType({})
# Kinds of seat charges that are for being there: without a presence nothing proves them.
PRESENCE_KINDS = frozenset({"regular", "overage", "pack"})
# Why an agreement takes no part in a cost, in the order of telling.
REFUSALS = ("heading", "salary", "public", "presence", "dates", "late")
# Own funds that a person may place elsewhere.
TO_PLACE = ("ceiling", "grant", "rejected")


# === WHAT AN AGREEMENT ADMITS (F3, F4) === #


def heading_of(agreement: Agreement, cost: Cost) -> Heading | None:
    """The first heading of the agreement that takes this kind of cost."""
    return next((heading for heading in agreement.headings if heading.takes(cost)), None)


def refusals(agreement: Agreement, cost: Cost) -> list[str]:
    """Why an agreement takes no part in a cost, of ``REFUSALS``; nothing: it does. 'late' is said
    of a cost of which something was paid, and all of it too late.
    """
    found = []
    if not heading_of(agreement, cost):
        counted = replace(cost, salary=False)
        found.append("salary" if heading_of(agreement, counted) else "heading")
    if cost.public is not None and agreement.key not in cost.public:
        found.append("public")
    proof = cost.kind == "seats" and cost.charge_kind in PRESENCE_KINDS
    if proof and agreement.needs_presence and not cost.present:
        found.append("presence")
    if cost.kind == "flat":
        return found
    if not _days_within(agreement, cost):
        found.append("dates")
    if cost.payments and all(_is_late(agreement, payment) for payment in cost.payments):
        found.append("late")
    return found


def base(agreement: Agreement, cost: Cost, paid: Decimal) -> Decimal:
    """What counts for an agreement of what was paid of a cost in time, wholly refused or not.

    Net, the participant's part is taken off in proportion; of a cost that straddles the dates of
    the agreement, the days within count: 180.00 for June, from the 15th on, are 96.00.
    """
    if cost.kind == "flat":  # of what was admitted already, within the dates and in time
        return paid
    counted = paid
    if agreement.net and cost.copayment and cost.amount:
        counted -= half_up(cost.copayment * paid / cost.amount, cost.step)
    days = (cost.date_to - cost.date_from).days + 1
    return half_up(counted * _days_within(agreement, cost) / days, cost.step)


def _days_within(agreement: Agreement, cost: Cost) -> int:
    first, last = max(agreement.date_from, cost.date_from), min(agreement.date_to, cost.date_to)
    return max((last - first).days + 1, 0)


def _is_late(agreement: Agreement, payment: Payment) -> bool:
    return agreement.date_paid_limit is not None and payment.date > agreement.date_paid_limit


def admitted(agreement: Agreement, cost: Cost) -> list[Payment]:
    """What of each payment of a cost counts for an agreement, before its rate: what a flat amount
    is a part of (F1).
    """
    if set(refusals(agreement, cost)) - {"late"}:
        return []
    result, before, paid = [], _ZERO, _ZERO
    for payment in sorted(cost.payments):
        if payment.amount < 0 or not _is_late(agreement, payment):
            paid += payment.amount
            reached = base(agreement, cost, paid)
            result.append(Payment(payment.date, reached - before))
            before = reached
    return result


def flat_amount(counted: Decimal, rate: Decimal, step: Decimal = CENT) -> Decimal:
    """The flat amount for what is admitted under other headings: 15 % of 1,000.00 are 150.00."""
    return half_up(counted * rate / 100, step)


# === HOW AN ITEM IS PARTED (F5, F6, F7) === #


def largest_remainder(
    amount: Decimal, rated: Sequence[tuple[Decimal, Decimal]], step: Decimal = CENT
) -> tuple[list[Decimal], Decimal]:
    """Parts of an amount by rate, and the rest; to the step, summing to it. F5.

    :param amount: not below zero
    :param rated: (base, rate per cent); the parts together are not above the amount
    :return: (a part for each, the rest); at equal remainders the first given goes before others
    """
    exact = [one * rate / 100 / step for one, rate in rated]
    steps = amount / step
    exact.append(steps - sum(exact, _ZERO))
    counts = [share.to_integral_value(rounding=ROUND_FLOOR) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in order[: int(steps - sum(counts))]:
        counts[i] += 1
    *parts, rest = [count * step for count in counts]
    return parts, rest


@dataclass(slots=True)
class _Facts:
    """What an item comes to, up to one of its payments. Amounts are turned to be above zero.

    :param claimed: agreement key -> what was claimed up to it and admitted; nothing of the last
    :param reserved: agreement key -> what it keeps of its claims whatever is left
    """

    total: Decimal
    bases: dict[Hashable, Decimal]
    copayment: Decimal
    rejected: dict[Hashable, Decimal]
    step: Decimal
    claimed: Mapping[Hashable, Decimal] = _NOTHING
    reserved: Mapping[Hashable, Decimal] = _NOTHING

    def bounds(self):
        """What may be taken together: ``True``: by agreements that count net, ``False``: by all."""
        return {True: self.total - max(self.copayment, _ZERO), False: self.total}


def _want(agreements, facts, rooms):
    """What the terms give: agreements with priority first, then the others by their rates. What is
    taken first is taken off what is shared: of those that count net, off what the program bears.

    :return: dict agreement key -> amount
    """
    rest, wanted = facts.bounds(), {}
    for one in agreements:
        if one.priority:
            room = rooms[one.key][0]
            # What it rejected was asked within the room of then: that others have taken since
            # takes nothing more off what it keeps.
            if room is not None and (rejected := facts.rejected.get(one.key)):
                room = max(room, facts.reserved.get(one.key, _ZERO) + rejected)
            amount = max(min(rest[one.net], facts.bases[one.key]), _ZERO)
            wanted[one.key] = amount if room is None else max(min(amount, room), _ZERO)
            rest = {net: left - wanted[one.key] for net, left in rest.items()}
    sharing = [one for one in agreements if not one.priority and facts.bases[one.key]]
    counted = [max(min(facts.bases[one.key], rest[one.net]), _ZERO) for one in sharing]
    rates = [one.rate for one in sharing]
    shared = max(counted, default=_ZERO)
    rated = list(zip(counted, rates, strict=True))
    amounts, _rest = largest_remainder(shared, rated, facts.step)
    return wanted | {one.key: amount for one, amount in zip(sharing, amounts, strict=True)}


def _yield_back(agreements, facts, within):
    """Rates of agreements that follow each other in time may sum to more: the last ones yield."""
    for net, bound in facts.bounds().items():
        counted = [one for one in agreements if one.net or not net]
        over = sum((within[one.key] for one in counted), _ZERO) - max(bound, _ZERO)
        for one in reversed(counted):
            yielded = max(min(over, within[one.key]), _ZERO)
            within[one.key] -= yielded
            over -= yielded


def _move(held, agreements, facts, rooms, within, own, rejected):
    """Do what people decided over the terms, one after the other, as far as the rules allow it.

    :param within: agreement key -> what it takes; changed
    :param own: (reason, instead of which agreement) -> own funds, in the order in which they are
        given away; changed
    :param rejected: agreement key -> what it rejected of what it was given by hand; changed
    """
    known = {one.key: one for one in agreements}
    for row in held:
        source, target = known.get(row.source), known.get(row.target)
        missing = [row.source, row.target] != [one and one.key for one in (source, target)]
        if missing or source is target:
            continue
        given = within[source.key] if source else sum(own.values(), _ZERO)
        amount = min(row.amount, given)
        refused = _ZERO
        if target:
            room, taken = rooms[target.key][0], within[target.key]
            refused = min(rejected[target.key], amount)
            rejected[target.key] -= refused
            bounds = [facts.bases[target.key] - facts.rejected.get(target.key, _ZERO) - taken]
            if room is not None:
                bounds.append(room - taken)
            if target.net and not (source and source.net):
                net = sum((within[one.key] for one in agreements if one.net), _ZERO)
                bounds.append(facts.bounds()[True] - net)
            amount = max(min(amount - refused, *bounds), _ZERO)
            within[target.key] += amount
            amount += refused
        else:
            own["own", None] += amount
        if source:
            within[source.key] -= amount
        elif target:
            for key in own:
                part = min(own[key], amount)
                own[key] -= part
                amount -= part
        if refused:
            own["rejected", target.key] += refused


def divide(
    agreements: Sequence[Agreement], facts: _Facts, rooms, held: Sequence[Held] = ()
) -> dict[tuple, Decimal]:
    """An item up to one of its payments, in parts that sum to its total.

    :param rooms: agreement key -> (what it may take or ``None``, 'ceiling' or 'grant')
    :param held: what people decided of it
    :return: (agreement key or ``None``, reason, instead of which agreement) -> amount; no zeros
    """
    wanted = _want(agreements, facts, rooms)
    within, beyond, unplaced = {}, [], {}
    for one in agreements:
        amount = wanted.get(one.key, _ZERO)
        rejected = min(facts.rejected.get(one.key, _ZERO), amount)
        room, bound = rooms[one.key]
        unplaced[one.key] = facts.rejected.get(one.key, _ZERO) - rejected
        taking = amount - rejected
        within[one.key] = taking if room is None else max(min(taking, room), _ZERO)
        beyond.append(("rejected", one.key, rejected))
        if not one.over:  # what is over is not to be placed
            beyond.append((bound, one.key, taking - within[one.key]))
    _yield_back(agreements, facts, within)
    left = facts.total - sum(within.values(), _ZERO)
    own = defaultdict(Decimal)
    for why, key, amount in beyond:
        own[why, key] += min(amount, left)
        left -= min(amount, left)
    copayment = max(min(facts.copayment, left), _ZERO)
    own["own" if any(facts.bases.values()) else "refused", None] += left - copayment
    _move(held, agreements, facts, rooms, within, own, unplaced)
    touched = {key for row in held for key in (row.source, row.target)}
    parts = {}
    for one in agreements:
        reason = "held" if one.key in touched else "priority" if one.priority else "rate"
        parts[one.key, reason, None] = within[one.key]
    parts |= {(None, *key): amount for key, amount in own.items()}
    parts[None, "copayment", None] = copayment
    return {key: amount for key, amount in parts.items() if amount}


# === ALL OF IT === #


def allocate(
    agreements: Sequence[Agreement],
    costs: Iterable[Cost],
    frozen: Iterable[Frozen] = (),
    held: Iterable[Held] = (),
) -> list[Part]:
    """Every payment of every cost in parts that sum to it: what each agreement takes, and own
    funds, why.

    Items draw on the grants in the order of their first payment, then of their keys; what was
    claimed keeps its part of the grant, as far as it is still due. A payment taken back, a credit
    note, a correction changes nothing of the order: the same facts give the same parts.

    :return: parts by item, then by date and cost, agreements first; no zeros
    """
    sharing = Sharing(agreements)
    pieces = sharing.collect(costs, frozen, held)
    sharing.reserve(pieces)
    return sharing.part(pieces)


class Sharing:
    """``allocate`` piece by piece, for those who cannot hold all costs at once: first whatever was
    claimed is reserved, in any order, then everything is parted in its order. Costs of one item
    are always of one piece.
    """

    def __init__(self, agreements: Sequence[Agreement], before: Mapping[tuple, Decimal] = _NOTHING):
        """
        :param before: (agreement key, heading key) -> what items that come before all pieces took
        """
        self.agreements = list(agreements)
        self.taken = defaultdict(Decimal)
        self.reserved = {}
        self.left = {one.key: one.granted for one in self.agreements}
        for one in self.agreements:
            self.left |= {(one.key, heading.key): heading.ceiling for heading in one.headings}
        for (key, heading), amount in before.items():
            self.taken[key, heading] += amount
            self._draw(key, heading, amount)

    def collect(
        self, costs: Iterable[Cost], frozen: Iterable[Frozen] = (), held: Iterable[Held] = ()
    ) -> "_Items":
        """A piece, for ``reserve`` and ``part``."""
        return _Items(self.agreements, costs, frozen, held)

    def reserve(self, items: "_Items"):
        """Keep what was claimed of these, as far as it is still due, whatever is left."""
        for item in items.order:
            if item in items.frozen:
                self.reserved[item] = self._reserve(items, item)

    def part(self, items: "_Items") -> list[Part]:
        """The parts of these items, in their order."""
        return [part for item in items.order for part in self._part(items, item)]

    def _reserve(self, items, item):
        """Of what was claimed of an item, what is due whatever is left: agreement key -> amount."""
        due = items.get_due(item)
        claimed = defaultdict(Decimal)
        for row in items.frozen[item]:
            claimed[row.agreement] += row.amount - row.rejected
        headings = items.get_headings(item)
        reserved = {}
        for (key, _reason, _instead), amount in due.items():
            if key is not None and claimed[key] > 0:
                reserved[key] = max(min(amount, claimed[key]), _ZERO)
                self._draw(key, headings[key], reserved[key])
        return reserved

    def _draw(self, key, heading, amount):
        for name in (key, (key, heading) if heading is not None else None):
            if self.left.get(name) is not None:
                self.left[name] -= amount

    def _room(self, agreement, heading, reserved):
        """What an agreement may take of an item, and what bounds it: the tighter of the two."""
        if agreement.over:
            return reserved, "grant"
        rooms = []
        if heading is not None and self.left[agreement.key, heading] is not None:
            rooms.append((max(self.left[agreement.key, heading], _ZERO), "ceiling"))
        if self.left[agreement.key] is not None:
            rooms.append((max(self.left[agreement.key], _ZERO), "grant"))
        if not rooms:
            return None, "grant"
        room, bound = min(rooms, key=lambda pair: pair[0])
        return room + reserved, bound

    def _part(self, items, item):
        """The parts of an item, payment by payment: what each adds to those before it."""
        headings, reserved = items.get_headings(item), self.reserved.get(item, {})
        rooms = {
            one.key: self._room(one, headings[one.key], reserved.get(one.key, _ZERO))
            for one in self.agreements
        }
        taken = {
            one.key: (max(self.taken[one.key, headings[one.key]], _ZERO), "grant")
            for one in self.agreements
        }
        so_far = defaultdict(Decimal)
        rows = []
        for payment, cost, facts in items.cumulate(item):
            facts.reserved = reserved
            # What was claimed and comes back later was taken until then, whoever took more since.
            by_then = facts.claimed and {
                key: (room if room is None else max(room, facts.claimed[key]), bound)
                for key, (room, bound) in rooms.items()
            }
            target = _divide_signed(
                self.agreements, facts, by_then or rooms, items.held[item], taken
            )
            added = {key: target.get(key, _ZERO) - so_far[key] for key in {**so_far, **target}}
            _keep_within(payment.amount, added, cost.step)
            for key, amount in added.items():
                so_far[key] += amount
                if amount:
                    agreement, reason, instead = key
                    rows.append(
                        Part(
                            *(cost.key, payment.date, agreement, amount, reason),
                            heading=headings.get(agreement),
                            instead=instead,
                        )
                    )
        for (key, _reason, _instead), amount in so_far.items():
            if key is not None:
                self._draw(key, headings[key], amount - reserved.get(key, _ZERO))
                self.taken[key, headings[key]] += amount
        return rows


class _Items:
    """Costs by item, with what was claimed and decided of them.

    :ivar order: the items of which something was paid, in the order in which they draw
    """

    def __init__(self, agreements, costs, frozen, held):
        self.agreements = agreements
        self.items = defaultdict(list)
        for cost in costs:
            self.items[cost.item].append(cost)
        self.events = {item: self._events(item) for item in self.items}
        item_of = {cost.key: item for item, own in self.items.items() for cost in own}
        self.held = defaultdict(list)
        for row in held:
            self.held[row.item].append(row)
        self.frozen = defaultdict(list)
        for row in frozen:
            self.frozen[item_of.get(row.cost)].append(row)
        self.order = sorted(
            (item for item, events in self.events.items() if events),
            key=lambda item: (self.events[item][0][0].date, item),
        )

    def _events(self, item):
        """(payment, cost) of an item, in their order."""
        days = defaultdict(Decimal)
        for cost in self.items[item]:
            for payment in cost.payments:
                days[payment.date, cost] += payment.amount
        return sorted(
            ((Payment(day, amount), cost) for (day, cost), amount in days.items()),
            key=lambda event: (event[0].date, event[1].key),
        )

    def get_headings(self, item):
        """Agreement key -> key of the heading under which it admits an item, or ``None``."""
        cost = min(self.items[item], key=lambda one: (one.amount < 0, one.key))
        found = {one.key: heading_of(one, cost) for one in self.agreements}
        return {key: heading.key if heading else None for key, heading in found.items()}

    def get_due(self, item):
        """How an item is parted if there is no end to any grant, as ``divide`` says it."""
        *_others, (_payment, _cost, facts) = self.cumulate(item)
        rooms = {one.key: (None, "grant") for one in self.agreements}
        return _divide_signed(self.agreements, facts, rooms, self.held[item], rooms)

    def cumulate(self, item):
        """(payment, cost, facts up to it) of each event of an item."""
        paid, back = defaultdict(Decimal), defaultdict(Decimal)
        in_time = {one.key: defaultdict(Decimal) for one in self.agreements}
        late = defaultdict(Decimal)
        admits = {
            (one.key, cost.key): not set(refusals(one, cost)) - {"late"}
            for one in self.agreements
            for cost in self.items[item]
        }
        for payment, cost in self.events[item]:
            is_last = (payment, cost) == self.events[item][-1]
            paid[cost] += payment.amount
            if payment.amount < 0:
                back[cost] -= payment.amount
            for one in self.agreements if payment.amount > 0 else ():
                if cost.kind != "flat" and _is_late(one, payment):
                    late[one.key] += payment.amount
                else:
                    in_time[one.key][cost] += payment.amount
            bases = {
                one.key: sum(
                    (
                        base(one, other, amount)
                        for other, amount in _give_back(
                            in_time[one.key], late[one.key], back
                        ).items()
                        if admits[one.key, other.key]
                    ),
                    _ZERO,
                )
                for one in self.agreements
            }
            copayment = sum(
                (
                    half_up(other.copayment * amount / other.amount, other.step)
                    for other, amount in paid.items()
                    if other.amount
                ),
                _ZERO,
            )
            rejected, claimed = defaultdict(Decimal), defaultdict(Decimal)
            for row in self.frozen.get(item, ()):
                # what a payment that was taken back was claimed for stays rejected
                if is_last or (row.date, row.cost) <= (payment.date, cost.key):
                    rejected[row.agreement] += row.rejected
                    claimed[row.agreement] += 0 if is_last else row.amount - row.rejected
            total = sum(paid.values(), _ZERO)
            yield payment, cost, _Facts(total, bases, copayment, rejected, cost.step, claimed)


def _give_back(in_time, late, back):
    """What was paid in time, less what came back whenever it did: but what was paid late comes back
    first, such as what a credit note settles of a bill after the last day.

    :param in_time: cost -> amount
    :param late: what was paid of all of them after the last day
    :param back: cost -> what came back of it, above zero
    :return: dict cost -> amount
    """
    result = dict(in_time)
    for cost, amount in back.items():
        of_late = min(late, amount)
        late -= of_late
        result[cost] = result.get(cost, _ZERO) - amount + of_late
    return result


def _divide_signed(agreements, facts, rooms, held, taken):
    """An item of which more came back than was paid is parted as it would be the other way round:
    no agreement gets back more than it took before; the rest is own funds.

    :param taken: like ``rooms``, what agreements took of earlier items
    """
    if facts.total >= 0:
        facts.bases = {key: max(one, _ZERO) for key, one in facts.bases.items()}
        return divide(agreements, facts, rooms, [row for row in held if row.amount > 0])
    turned = _Facts(
        -facts.total,
        {key: max(-one, _ZERO) for key, one in facts.bases.items()},
        -facts.copayment,
        {},
        facts.step,
    )
    back = [replace(row, amount=-row.amount) for row in held if row.amount < 0]
    result = defaultdict(Decimal)
    for (key, reason, instead), amount in divide(agreements, turned, taken, back).items():
        result[key, reason if instead is None else "own", None] -= amount
    return result


def _keep_within(amount, added, step):
    """Rounding may give agreements a step more than was paid this time, and take it from own
    funds: the largest gives it back, until the next payment.
    """
    sign = 1 if amount >= 0 else -1
    funded = {key: part for key, part in added.items() if key[0] is not None}
    over = sign * (sum(funded.values(), _ZERO) - amount)
    if 0 < over <= len(added) * step and funded:
        largest = max(funded, key=lambda key: (sign * funded[key], str(key)))
        own = next((key for key in added if key[0] is None), (None, "own", None))
        added[largest] -= sign * over
        added[own] = added.get(own, _ZERO) + sign * over


# === PAYMENTS, CORRECTIONS, WHAT IS LEFT (F2, F11, F17) === #


def spread_payments(
    lines: Sequence[tuple[Hashable, Decimal]], payments: Iterable[Payment], step: Decimal = CENT
) -> dict[Hashable, tuple[Payment, ...]]:
    """Each payment of a bill, over what is left of its lines by largest remainder. F2: of 180.00
    and 120.00, 100.00 paid are 60.00 + 40.00.
    """
    left = dict(lines)
    result = {key: [] for key in left}
    for payment in sorted(payments):
        for key, part in spread(payment.amount, left.items(), step):
            left[key] -= part
            if part:
                result[key].append(Payment(payment.date, part))
    return {key: tuple(own) for key, own in result.items()}


def scale_parts(
    amount: Decimal, whole: Decimal, parts: Sequence[Decimal], step: Decimal = CENT
) -> list[Decimal]:
    """What parts of a whole are of an amount that stands for it, as its price without VAT does.

    Each is its own to within a step, also where others are below zero; together they are what their
    sum is, by largest remainder.
    """
    exact = [part * amount / whole / step for part in parts]
    counts = [one.to_integral_value(rounding=ROUND_FLOOR) for one in exact]
    steps = half_up(sum(parts, _ZERO) * amount / whole, step) / step - sum(counts)
    for i in sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])[: int(steps)]:
        counts[i] += 1
    return [count * step for count in counts]


def scale_payments(
    amount: Decimal, whole: Decimal, payments: Iterable[Payment], step: Decimal = CENT
) -> tuple[Payment, ...]:
    """What payments of the whole of a line paid of a part of it, each as what it adds: all is paid
    of the part when it is of the line.
    """
    if not whole:
        return ()
    result, before, so_far = [], _ZERO, _ZERO
    for payment in payments:
        so_far += payment.amount
        reached = half_up(amount * so_far / whole, step)
        if reached != before:
            result.append(Payment(payment.date, reached - before))
        before = reached
    return tuple(result)


def spread_correction(
    lines: Sequence[tuple[Hashable, Decimal]], percent: Decimal, step: Decimal = CENT
) -> list[tuple[Hashable, Decimal]]:
    """What a flat correction takes off the lines of a claim, by largest remainder: its part of
    what they sum to, off those above zero. F11.
    """
    whole = max(sum((amount for _key, amount in lines), _ZERO), _ZERO)
    above = [(key, amount) for key, amount in lines if amount > 0]
    return spread(half_up(whole * percent / 100, step), above, step)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a grant, or the ceiling of a heading, is. The last four sum to the first. F17."""

    granted: Decimal
    committed: Decimal
    claimed: Decimal
    admitted: Decimal
    left: Decimal


def position(granted: Decimal, committed: Decimal, claimed: Decimal, admitted: Decimal) -> Position:
    """
    :param committed: what will be claimed as far as it is known: forecast, settled, paid
    :param claimed: asked of the funder, who has not answered
    :param admitted: by the funder; here or before the take-over
    """
    return Position(granted, committed, claimed, admitted, granted - committed - claimed - admitted)
