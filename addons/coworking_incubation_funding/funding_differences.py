"""What stands beside what was claimed (F10): the part of the arithmetic that knows of claims sent.

Pure, like ``funding``.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from .funding_facts import ZERO, Frozen, Part

_NOTHING = MappingProxyType({})
# Why own funds bear something: what rates leave; and what the participant pays, which stays.
OWN, COPAYMENT = ("own", None), ("copayment", None)


def differences(
    parts: Iterable[Part],
    frozen: Iterable[Frozen],
    items: Mapping[Hashable, Hashable] = _NOTHING,
) -> list[Part]:
    """What has to stand beside what was claimed, so that together they are ``parts``. F10.

    Of an item that has several costs or payments, what was claimed of one stays there: where as
    much is due of the item as was claimed, nothing stands beside it.

    :param items: cost -> item, of costs that are not the only one of theirs
    :return: the parts, each less what is frozen of the same cost, day, agreement and heading
    """
    rest = defaultdict(lambda: ZERO)
    for row in frozen:
        rest[row.cost, row.date, row.agreement, row.heading] += row.amount - row.rejected
    result = []
    for part in _keep_claimed(parts, rest, items):
        amount = part.amount - rest.pop(_get_key(part), ZERO)
        if amount:
            result.append(replace(part, amount=amount))
    for (cost, day, agreement, heading), amount in rest.items():
        if amount:
            result.append(Part(cost, day, agreement, -amount, "rate", heading))
    return result


def _get_key(part):
    return part.cost, part.date, part.agreement, part.heading


def _get_place(key):
    return key[:2]


def _sum_up(pairs):
    sums = defaultdict(lambda: ZERO)
    for key, amount in pairs:
        sums[key] += amount
    return sums


def _keep_claimed(parts, claimed, items):
    """The same parts, those of each item where it was claimed as far as that is possible.

    :param claimed: (cost, day, agreement, heading) -> amount
    """
    claimed_of, parts_of = defaultdict(dict), defaultdict(list)
    for key, amount in claimed.items():
        claimed_of[items.get(key[0], key[0])][key] = amount
    for part in parts:
        parts_of[items.get(part.cost, part.cost)].append(part)
    for item, own in parts_of.items():
        yield from _keep_item(own, claimed_of[item]) if item in claimed_of else own


def _keep_item(parts, claimed):
    """Parts of an item in which each agreement has what it has in ``parts``, but where it was
    claimed: only what is more, or less, than that stands where it is new. Where a cost could not
    bear it, such as one of which the payment was taken back, all stay where they are.
    """
    due = _sum_up((_get_key(part), part.amount) for part in parts if part.agreement is not None)
    gone = sorted((key for key in claimed if key not in due), key=lambda key: (key[1], str(key)))
    beside = defaultdict(list)
    for key in (*due, *gone):
        beside[key[2:]].append((key, due.get(key, ZERO) - claimed.get(key, ZERO)))
    if all(
        min(row[1] for row in rows) >= 0 or max(row[1] for row in rows) <= 0
        for rows in beside.values()
    ):
        return parts
    taken = dict(claimed)
    for rows in beside.values():
        left = sum((amount for _key, amount in rows), ZERO)
        for key, amount in rows:
            more = max(min(amount, left), ZERO) if left > 0 else min(max(amount, left), ZERO)
            taken[key] = taken.get(key, ZERO) + more
            left -= more
    if not _can_bear(parts, due, taken):
        return parts
    return _put(parts, due, taken)


def _can_bear(parts, due, taken):
    """Whether funders would have of no cost more than was paid of it, or less than nothing; and
    nothing of a payment that is no longer there.
    """
    payments = _sum_up(((part.cost, part.date), part.amount) for part in parts)
    if any(amount and not payments[_get_place(key)] for key, amount in taken.items()):
        return False
    paid = _sum_up((cost, amount) for (cost, _day), amount in payments.items())
    before = _sum_up((key[0], amount) for key, amount in due.items())
    now = _sum_up((key[0], amount) for key, amount in taken.items())
    return all(
        min(paid[cost], ZERO) <= amount <= max(paid[cost], ZERO) or amount == before[cost]
        for cost, amount in now.items()
    )


def _put(parts, due, taken):
    """The parts, with what agreements take of each payment as ``taken`` says, and own funds the
    other way; of each reason of these the item has what it had.
    """
    moved = {key: taken.get(key, ZERO) - due.get(key, ZERO) for key in (*due, *taken)}
    needed = _sum_up((_get_place(key), -amount) for key, amount in moved.items())
    result, own = [], defaultdict(lambda: defaultdict(lambda: ZERO))
    for part in parts:
        if part.agreement is None:
            own[part.cost, part.date][part.reason, part.instead] += part.amount
        else:
            change = moved.pop(_get_key(part), ZERO)
            result.append(replace(part, amount=part.amount + change))
    for (cost, day, agreement, heading), amount in moved.items():
        result.append(Part(cost, day, agreement, amount, "rate", heading))
    _exchange(own, needed)
    for (cost, day), whys in own.items():
        for (reason, instead), amount in whys.items():
            result.append(Part(cost, day, None, amount, reason, instead=instead))
    return [part for part in result if part.amount]


def _exchange(own, needed):
    """Move own funds between payments, each reason as far as it is there.

    :param own: (cost, day) -> why -> amount; changed
    :param needed: (cost, day) -> how much more; they sum to zero
    """
    less = [(place, -amount) for place, amount in needed.items() if amount < 0]
    more = [[place, amount] for place, amount in needed.items() if amount > 0]
    for source, left in less:
        for row in more:
            target, amount = row[0], min(left, row[1])
            left, row[1] = left - amount, row[1] - amount
            for why, part in _get_exchanged(own[source], own[target], amount):
                own[source][why] -= part
                own[target][why] += part


def _get_exchanged(given, taken, amount):
    """Which reasons of own funds move: those that one side has to give and the other to have less
    of what came back, then the first; else what rates leave.

    :return: list of (why, how much); they sum to the amount
    """
    result = []
    for why in dict.fromkeys((OWN, *given, *taken)):
        part = min(amount, max(given[why], -taken[why], ZERO))
        if part and why != COPAYMENT:
            result.append((why, part))
            amount -= part
    return [*result, (OWN, amount)] if amount else result
