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
    for part in _keep_claimed(list(parts), rest, items):
        amount = part.amount - rest.pop(_get_key(part), ZERO)
        if amount:
            result.append(replace(part, amount=amount))
    for (cost, day, agreement, heading), amount in rest.items():
        if amount:
            result.append(Part(cost, day, agreement, -amount, "rate", heading))
    return result


def _get_key(part):
    return part.cost, part.date, part.agreement, part.heading


def _keep_claimed(parts, claimed, items):
    """Parts in which agreements have of each item what they had, but where it was claimed, as far
    as own funds can change places with it. Each reason of own funds has of the item what it had.

    :param claimed: (cost, day, agreement, heading) -> amount
    """
    places, beside = None, _get_beside(parts, claimed, items)
    for (_item, agreement, heading), rows in beside.items():
        more = [(place, amount) for place, amount in rows if amount > 0]
        less = [(place, -amount) for place, amount in rows if amount < 0]
        if not more or not less:
            continue
        places = places or _Places(parts)
        for to, missing in less:
            for number, (source, amount) in enumerate(more):
                moved = places.swap(agreement, heading, to, source, min(missing, amount))
                missing -= moved
                more[number] = source, amount - moved
    return places.get_parts() if places else parts


def _get_beside(parts, claimed, items):
    """(item, agreement, heading) -> list of ((cost, day), what differs from what was claimed)"""
    if not claimed:
        return {}
    amounts = defaultdict(lambda: ZERO)
    for key, amount in claimed.items():
        amounts[key] -= amount
    for part in parts:
        if part.agreement is not None:
            amounts[_get_key(part)] += part.amount
    result = defaultdict(list)
    for (cost, day, agreement, heading), amount in amounts.items():
        if amount:
            result[items.get(cost, cost), agreement, heading].append(((cost, day), amount))
    return result


class _Places:
    """Parts by the cost and payment that they are of: the places between which they move."""

    def __init__(self, parts):
        self.parts = {}  # all but its amount -> a part
        self.payments, self.paid, self.funded = (defaultdict(lambda: ZERO) for _sum in range(3))
        self.here = defaultdict(list)  # place -> its keys
        for part in parts:
            self._add(part)
            self.payments[part.cost, part.date] += part.amount
            self.paid[part.cost] += part.amount

    def _add(self, part):
        key = replace(part, amount=ZERO)
        if key not in self.parts:
            self.here[part.cost, part.date].append(key)
            self.parts[key] = key
        self.parts[key] = replace(key, amount=self.parts[key].amount + part.amount)
        if part.agreement is not None:
            self.funded[part.cost] += part.amount

    def get_parts(self):
        return [part for part in self.parts.values() if part.amount]

    def swap(self, agreement, heading, to, source, amount):
        """Give an agreement more in a place and less in another, and own funds the other way.

        :return: how much of the amount: no cost has more than was paid of it, none less than
            nothing
        """
        paid_there, paid_here = self.payments[to], self.payments[source]
        if not paid_there or not paid_here:
            return ZERO
        own_there, own_here = self._get_own(to), self._get_own(source)
        there, here = (self._get_funded(place, agreement, heading) for place in (to, source))
        if paid_there < 0:
            amount = min(amount, -sum((part.amount for part in there), ZERO))
        if paid_here > 0:
            amount = min(amount, sum((part.amount for part in here), ZERO))
        if to[0] != source[0]:
            amount = min(amount, max(self.paid[to[0]], ZERO) - self.funded[to[0]])
            amount = min(amount, self.funded[source[0]] - min(self.paid[source[0]], ZERO))
        like = (here or there or [None])[0]
        left = amount
        for why in dict.fromkeys((OWN, *own_here, *own_there)) if like else ():
            part = left
            if paid_there > 0:
                part = min(part, own_there.get(why, ZERO))
            if paid_here < 0:
                part = min(part, -own_here.get(why, ZERO))
            if part > 0:
                left -= part
                self._move(to, like, part)
                self._move(source, like, -part)
                self._move(to, why, -part)
                self._move(source, why, part)
        return max(amount, ZERO) - max(left, ZERO)

    def _move(self, place, like, amount):
        """
        :param like: a part, or why own funds bear it
        """
        cost, day = place
        if isinstance(like, Part):
            self._add(replace(like, cost=cost, date=day, amount=amount))
        else:
            reason, instead = like
            self._add(Part(cost, day, None, amount, reason, instead=instead))

    def _get_funded(self, place, agreement, heading):
        parts = (self.parts[key] for key in self.here[place])
        return [part for part in parts if (part.agreement, part.heading) == (agreement, heading)]

    def _get_own(self, place):
        """Why own funds bear something in a place -> how much; not what the participant pays."""
        result = defaultdict(lambda: ZERO)
        for key in self.here[place]:
            why = key.reason, key.instead
            if key.agreement is None and why != COPAYMENT:
                result[why] += self.parts[key].amount
        return result
