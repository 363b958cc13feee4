"""Whether programs can admit one more person, and what is in the way of the next (F16).

Pure, like ``funding``: dates, ``Decimal`` and dataclasses, nothing of Odoo or of a database::

    5 places, 1,710.00 left of a grant at 50 %, 960.00 for a stay    3 more; 210.00 missing of it
    two such programs of that one grant                              2 and 1 more; 210.00 missing
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from . import funding

# Nobody plans further.
MOST = 99


class Obstacle(NamedTuple):
    """What is in the way of one person more.

    :param kind: 'place', 'program' (it ends before the stay would), 'window' (no funder takes part
        in services so late) or 'money'
    :param agreement: key of the one that ends, or of which money is missing
    :param missing: how much money
    :param day: when the program, or the window, ends
    """

    kind: str
    agreement: Hashable | None = None
    missing: Decimal = Decimal(0)
    day: date | None = None


class Admission(NamedTuple):
    """How many more people, and what is in the way of the next; of ``MOST`` nothing is known."""

    count: int
    obstacle: Obstacle | None = None


class Wish(NamedTuple):
    """What each person more of a program needs.

    :param agreements: of the program, with what is left of them as granted; one of several programs
        has the same key in each of them
    :param stay: what one costs, all of it
    :param end: of the program
    """

    agreements: Sequence[funding.Agreement]
    stay: funding.Cost
    end: date


def hand_out(wishes: Mapping[Hashable, Wish], places: int) -> dict[Hashable, Admission]:
    """How many people each program can admit, all of them together: they take turns, one person
    each, until nobody can go on. What one takes, of places and of grants, no other has.

    :param wishes: by program, in the order of their turns
    :param places: that are free, for whoever comes
    """
    left = {one.key: one for wish in wishes.values() for one in wish.agreements}
    counts, result = dict.fromkeys(wishes, 0), {}
    while len(result) < len(wishes):
        for key, wish in wishes.items():
            if key in result:
                continue
            if counts[key] == MOST:
                result[key] = Admission(MOST)
                continue
            terms = [left[one.key] for one in wish.agreements]
            obstacle = _find_obstacle(wish._replace(agreements=terms), places)
            if obstacle:
                result[key] = Admission(counts[key], obstacle)
                continue
            counts[key] += 1
            places -= 1
            left |= {one.key: one for one in _draw(terms, wish.stay)}
    return {key: result[key] for key in wishes}


def _find_obstacle(wish, places):
    """What is in the way of one person more, or ``None``."""
    agreements, stay = wish.agreements, wish.stay
    if stay.date_to > wish.end:
        return Obstacle("program", day=wish.end)
    if agreements and not any(_covers(one, stay) for one in agreements):
        last = max(agreements, key=lambda one: one.date_to)
        return Obstacle("window", last.key, day=last.date_to)
    if places <= 0:
        return Obstacle("place")
    return _find_missing(agreements, stay)


def _covers(agreement, stay):
    """Whether a funder takes part in all of a stay, paid when it ends."""
    limit = agreement.date_paid_limit
    return (
        agreement.date_from <= stay.date_from
        and stay.date_to <= agreement.date_to
        and (limit is None or stay.date_to <= limit)
    )


def _find_missing(agreements, stay):
    """The obstacle, where the money for a stay is not there: what funders would take if their
    grants had no end, and do not.
    """
    endless = [
        replace(
            one,
            granted=None,
            headings=tuple(replace(heading, ceiling=None) for heading in one.headings),
        )
        for one in agreements
    ]
    own, whose = _part(agreements, stay)
    usual, _nobody = _part(endless, stay)
    if own <= usual:
        return None
    first = next((one.key for one in agreements if one.priority), None)
    key = next((one.key for one in agreements if whose.get(one.key)), first)
    return Obstacle("money", key, whose.get(key, own - usual))


def _part(agreements, stay):
    """
    :return: (own funds, dict agreement -> what it did not take)
    """
    own, whose = Decimal(0), defaultdict(Decimal)
    for part in funding.allocate(agreements, [stay]):
        if part.agreement is None and part.reason != "copayment":
            own += part.amount
            if part.instead is not None:
                whose[part.instead] += part.amount
    return own, whose


def _draw(agreements, stay):
    """These agreements, less what they take of a stay."""
    taken = defaultdict(Decimal)
    for part in funding.allocate(agreements, [stay]):
        if part.agreement is not None:
            taken[part.agreement] += part.amount
            taken[part.agreement, part.heading] += part.amount
    return [
        replace(
            one,
            granted=_less(one.granted, taken[one.key]),
            headings=tuple(
                replace(heading, ceiling=_less(heading.ceiling, taken[one.key, heading.key]))
                for heading in one.headings
            ),
        )
        for one in agreements
    ]


def _less(bound, taken):
    return None if bound is None else bound - taken
