"""Figures about people: which small ones are hidden, rates, where a target is heading. Pure: knows
neither Odoo nor a database; exact numbers only.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

# Fewer people than these, and more than none, might be recognised.
THRESHOLD = 5
# The pace of a target is that of the last weeks.
PACE_WEEKS = 13


class Sum(NamedTuple):
    """A figure that is the sum of others, as whoever reads the table can work out."""

    total: Hashable
    parts: tuple


# === SMALL COUNTS ===#


def find_masked(
    counts: Mapping[Hashable, int],
    sums: Iterable[Sum],
    threshold: int = THRESHOLD,
    *,
    shown: Iterable = (),
    hidden: Iterable = (),
) -> set:
    """Which figures of a table are hidden so that no small one can be worked out (F14).

    Small are those below the threshold; nobody is recognised by a 0, which is shown. Others are
    hidden along with them where a sum would give them away: the smallest first.

    *12 people: 9 women, 3 men: both are hidden, 12 is shown.*

    :param counts: figure -> number of people. What is not shown but follows from what is (the 3 who
        are not the 9) is a figure as well.
    :param sums: all that the reader knows of how these figures add up
    :param shown: figures that are shown however small, as who reads them may read their list: zeros
        are hidden as well then, where they would give a small figure away
    :param hidden: figures that are hidden already
    :return: the figures to hide
    """
    sums, shown = list(sums), set(shown)
    masked = {key for key, count in counts.items() if 0 < count < threshold} - shown | set(hidden)
    # the sums alone first, then all of them together
    while _hide_by_each(counts, sums, masked, shown, threshold) or _hide_by_all(
        counts, sums, masked, shown
    ):
        pass
    return masked


def find_computable(masked: set, sums: Iterable[Sum]) -> dict:
    """Those of the hidden figures that follow from the shown ones, by adding and subtracting sums.

    A hidden figure is known where a combination of the sums holds it alone.

    :return: dict hidden figure -> the shown ones from which it follows
    """
    columns = {key: place for place, key in enumerate(sorted(masked, key=repr))}
    equations = []
    for total, parts in sums:
        row: dict[int, Fraction] = {}
        shown: dict[Hashable, Fraction] = {}
        for key, sign in ((total, 1), *((part, -1) for part in parts)):
            if key in columns:
                _add(row, columns[key], sign)
            else:
                _add(shown, key, sign)
        if row:
            equations.append((row, shown))
    known = {next(iter(row)): set(shown) for row, shown in _reduce(equations) if len(row) == 1}
    return {key: known[place] for key, place in columns.items() if place in known}


def _add(row, place, value):
    value = row.get(place, Fraction(0)) + value
    if value:
        row[place] = value
    else:
        row.pop(place, None)


def _reduce(equations):
    """The same equations, each solved for a hidden figure that no other holds."""
    solved: dict[int, tuple] = {}
    for row, shown in equations:
        for place in sorted(row):
            if place in solved and place in row:
                _subtract((row, shown), solved[place], row[place])
        if not row:
            continue
        pivot = min(row)
        factor = row[pivot]
        one = tuple({key: value / factor for key, value in side.items()} for side in (row, shown))
        for other in solved.values():
            if pivot in other[0]:
                _subtract(other, one, other[0][pivot])
        solved[pivot] = one
    return solved.values()


def _subtract(equation, other, factor):
    for side, theirs in zip(equation, other, strict=True):
        for place, value in theirs.items():
            _add(side, place, -factor * value)


def _hide_by_each(counts, sums, masked, shown, threshold):
    """
    :param masked: figures that are hidden; more are added
    :return: whether there are more
    """
    before = len(masked)
    for one in sums:
        while (weak := _find_weak_of(counts, one, masked, shown, threshold)) is not None:
            masked.add(weak)
    return len(masked) > before


def _hide_by_all(counts, sums, masked, shown):
    """The same, for what follows from several sums together: the smallest from which it does."""
    before = len(masked)
    for __, givers in sorted(find_computable(masked, sums).items(), key=repr):
        weak = _get_smallest(counts, givers - masked - shown)
        if weak is not None and masked.isdisjoint(givers):
            masked.add(weak)
    return len(masked) > before


def _find_weak_of(counts, one, masked, shown, threshold):
    """What is left of a total is too small a crowd to hide in: another figure joins it."""
    hidden = [part for part in one.parts if part in masked]
    left = [part for part in one.parts if part not in masked and part not in shown]
    if one.total in masked:
        return None if hidden else _get_smallest(counts, left)
    if not hidden:
        return None
    together = sum(counts[part] for part in hidden)
    # a hidden figure is at least 1: as many people as figures are one each
    if len(hidden) > 1 and together >= threshold and together > len(hidden):
        return None
    smallest = _get_smallest(counts, left)
    if smallest is not None:
        return smallest
    return min(left, key=repr, default=None) if one.total in shown else one.total


def _get_smallest(counts, keys):
    """The smallest of these figures that is not 0."""
    found = [key for key in keys if counts[key]]
    return min(found, key=lambda key: (counts[key], repr(key)), default=None)


# === TABLES ===#


class Cell(NamedTuple):
    """A place in the table of an indicator: a line of a breakdown, and a column or all of them.

    The total of the indicator is the cell without breakdown.
    """

    axis: int = 0
    line: str = "total"
    split: str | None = None


class Counted(NamedTuple):
    """Of the people of a cell, how many there are; of a rate, those in the situation that is looked
    for, and those of whom one knows (None where nobody is asked).
    """

    count: int = 0
    among: int | None = None
    answered: int | None = None


class Table(NamedTuple):
    """The figures of an indicator.

    :param cells: cell -> how many
    :param partitions: axes whose lines share out everybody; those of others overlap
    :param sensitive: cells whose list fewer people may read
    :param of_answered: whether the situation is that of those who answered, not of all
    """

    cells: Mapping[Cell, Counted]
    partitions: Collection = ()
    sensitive: Collection = ()
    of_answered: bool = False


def mask_tables(
    tables: Mapping[Hashable, Table],
    threshold: int = THRESHOLD,
    links: Iterable[Sum] = (),
    hidden: Iterable = (),
) -> set:
    """Which figures of tables that are read side by side are hidden, see ``find_masked``.

    Some readers may read the list behind all figures but the sensitive ones: these are hidden so
    well that the others do not give them away.

    :param tables: name of the table -> table
    :param links: what else is known of how figures of one table make up those of another
    :param hidden: figures that are hidden already
    :return: set of (name of the table, cell, name of the figure: count, among or answered)
    """
    counts, sums, sensitive = {}, list(links), set()
    for name, table in tables.items():
        counts |= _get_counts(name, table)
        sensitive |= {key for key in counts if key[0] == name and key[1] in table.sensitive}
    figures = set(counts)
    for name, table in tables.items():
        sums += _get_sums(name, table, counts)
    hidden = set(hidden) & figures
    if sensitive:
        shown = figures - sensitive
        hidden |= find_masked(counts, sums, threshold, shown=shown, hidden=hidden - shown)
    return find_masked(counts, sums, threshold, hidden=hidden) & figures


def get_partitions(name: Hashable, table: Table) -> Iterator[tuple]:
    """The figures of a table, those of each line of an axis together: what a sum may be made of.

    :return: tuples of figures (name of the table, cell, name of the figure)
    """
    groups: dict[tuple, list] = {}
    for cell in table.cells:
        if cell.axis in table.partitions:
            groups.setdefault((cell.axis, cell.split), []).append(cell)
        if cell.split is not None:
            groups.setdefault((cell.axis, cell.line, "columns"), []).append(cell)
    for cells in groups.values():
        yield tuple((name, cell, "count") for cell in cells)


def _get_counts(name, table):
    return {
        (name, cell, figure): number
        for cell, counted in table.cells.items()
        for figure, number in zip(Counted._fields, counted, strict=True)
        if number is not None
    }


def _get_sums(name, table, counts):
    """How the figures of one table add up; who is in none of the parts becomes a figure as well."""
    sums = []
    for cell, counted in table.cells.items():
        pairs = [("answered" if table.of_answered else "count", "among"), ("count", "answered")]
        for whole, part in pairs:
            if getattr(counted, part) is not None:
                keys = ((name, cell, whole), (name, cell, part))
                sums.append(_share_out(counts, keys[0], keys[1:]))
    for figure in Counted._fields:
        for whole, parts in _get_wholes(table.cells, set(table.partitions)):
            keys = tuple((name, part, figure) for part in parts)
            if all(key in counts for key in ((name, whole, figure), *keys)):
                sums.append(_share_out(counts, (name, whole, figure), keys))
    return sums


def _get_wholes(cells, partitions):
    """(cell, cells of which it is made) of all that is read as a sum."""
    columns: dict[Cell, list] = {}
    lines: dict[tuple, list] = {}
    for cell in cells:
        if cell.split is not None:
            columns.setdefault(cell._replace(split=None), []).append(cell)
        if cell.axis in partitions:
            lines.setdefault((cell.axis, cell.split), []).append(cell)
        elif cell.axis:
            lines[cell] = [cell]
    yield from columns.items()
    for key, parts in lines.items():
        yield Cell(split=parts[0].split if isinstance(key, Cell) else key[1]), parts


def _share_out(counts, whole, parts):
    """A sum whose parts are those named, and the people who are in none of them, if any."""
    left = counts[whole] - sum(counts[part] for part in parts)
    if left <= 0:
        return Sum(whole, parts)
    rest = (whole, "without", parts)
    counts[rest] = left
    return Sum(whole, (*parts, rest))


# === RATES ===#


def percent(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in percent, to the tenth, half up; None of nobody.

    *13 dynamic exits of 24 that count, two withdrawn left out: 54.2.*
    """
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


# === TARGETS ===#


def project(actual: int, planned: int, recent: int, weeks_seen, weeks_left) -> int:
    """Where a target is heading (F15): what is there, what is planned, and the pace of the last
    weeks for as many as are left. A person who is not whole is not promised.

    *12 there, 3 planned, 13 in the last 13 weeks, 4 weeks and a half left: 19.*

    :param recent: how many came within the last ``PACE_WEEKS``
    :param weeks_seen: since when they could come: shorter than these at the beginning
    """
    weeks = min(Fraction(weeks_seen), Fraction(PACE_WEEKS))
    pace = Fraction(recent) / weeks if weeks > 0 else Fraction(0)
    return int(actual + planned + pace * max(Fraction(weeks_left), Fraction(0)))
