"""Whether a program can admit one more person, and what is in the way of the next (F16).

Pure, like ``funding``: dates, ``Decimal`` and dataclasses, nothing of Odoo or of a database::

    5 places, 1,500.00 left of a grant at 50 %, 900.00 for a stay    3 more; 150.00 missing of it
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
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


def count_admissible(
    agreements: Sequence[funding.Agreement], stay: funding.Cost, places: int, program_end: date
) -> Admission:
    """How many people, each for the same stay, one after the other.

    :param agreements: with what is left of them, as granted
    :param stay: what one costs, all of it
    :param places: that are free
    """
    if stay.date_to > program_end:
        return Admission(0, Obstacle("program", day=program_end))
    if agreements and not any(_covers(one, stay) for one in agreements):
        last = max(agreements, key=lambda one: one.date_to)
        return Admission(0, Obstacle("window", last.key, day=last.date_to))
    most = min(max(places, 0), MOST)
    missing = _find_missing(agreements, stay, most)
    for count in range(most):
        if count in missing:
            return Admission(count, missing[count])
    return Admission(most, Obstacle("place") if most < MOST else None)


def _covers(agreement, stay):
    """Whether a funder takes part in all of a stay, paid when it ends."""
    limit = agreement.date_paid_limit
    return (
        agreement.date_from <= stay.date_from
        and stay.date_to <= agreement.date_to
        and (limit is None or stay.date_to <= limit)
    )


def _find_missing(agreements, stay, most):
    """dict place in the order of the stays -> obstacle, of those whose money is not there: what
    funders would take if their grants had no end, and do not.
    """
    endless = [
        replace(
            one,
            granted=None,
            headings=tuple(replace(heading, ceiling=None) for heading in one.headings),
        )
        for one in agreements
    ]
    own, whose = _part(agreements, [replace(stay, key=n, item=(n,)) for n in range(most)])
    usual = _part(endless, [replace(stay, key=0, item=(0,))])[0][0]
    first = next((one.key for one in agreements if one.priority), None)
    result = {}
    for place, amount in own.items():
        if amount > usual:
            keys = [one.key for one in agreements if whose[place].get(one.key)]
            key = keys[0] if keys else first
            result[place] = Obstacle("money", key, whose[place].get(key, amount - usual))
    return result


def _part(agreements, stays):
    """
    :return: (dict stay -> own funds, dict stay -> dict agreement -> what it did not take)
    """
    own, whose = defaultdict(Decimal), defaultdict(lambda: defaultdict(Decimal))
    for part in funding.allocate(agreements, stays):
        if part.agreement is None and part.reason != "copayment":
            own[part.cost] += part.amount
            if part.instead is not None:
                whose[part.cost][part.instead] += part.amount
    return own, whose
