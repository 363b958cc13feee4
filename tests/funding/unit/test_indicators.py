"""Small counts, rates and projections: worked examples, and what holds of any table.

The reference knows nothing of how figures are hidden: it is somebody who reads what is shown and
tries all the tables that it fits, or counts the rank of the equations modulo a large prime.
"""

import ast
from decimal import Decimal
from fractions import Fraction
from itertools import product

import coworking_indicators as indicators
import pytest
from coworking_indicators import (
    Cell,
    Counted,
    Sum,
    Table,
    find_computable,
    find_masked,
    get_partitions,
    mask_tables,
    percent,
    project,
)
from hypothesis import given
from hypothesis import strategies as st

PRIME = 2**61 - 1


def test_it_knows_nothing_of_odoo():
    with open(indicators.__file__) as source:
        tree = ast.parse(source.read())
    names = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [node.names[0].name])
    }
    assert names <= {"collections.abc", "decimal", "fractions", "typing"}


# === Worked examples === #


def sexes(women, men, other=0):
    counts = {"all": women + men + other, "women": women, "men": men, "other": other}
    return counts, [Sum("all", ("women", "men", "other"))]


def test_of_12_people_9_women_and_3_men_both_are_hidden_and_12_is_shown():
    assert find_masked(*sexes(9, 3)) == {"women", "men"}


def test_where_all_are_many_nothing_is_hidden_and_nobody_is_recognised_by_a_zero():
    assert find_masked(*sexes(9, 5)) == set()
    assert find_masked(*sexes(9, 0)) == set()


def test_of_3_people_not_even_how_many_they_are_is_shown():
    assert find_masked(*sexes(3, 0)) == {"all", "women"}


def test_two_small_ones_that_are_one_each_are_hidden_with_a_third():
    # 10 shown and 8 shown would leave 2 people in two figures: one each
    assert find_masked(*sexes(8, 1, 1)) == {"women", "men", "other"}


def test_figures_that_are_one_each_hide_their_total_where_there_is_nothing_else():
    counts = {"all": 6, **dict.fromkeys("abcdef", 1)}
    assert find_masked(counts, [Sum("all", tuple("abcdef"))]) == set(counts)


def test_those_who_are_not_in_a_list_of_their_own_are_a_figure_too():
    # 12 people of whom 9 have the RSA: 3 have not, though no line says so
    counts = {"all": 12, "rsa": 9, "others": 3}
    assert "rsa" in find_masked(counts, [Sum("all", ("rsa", "others"))])


def test_the_threshold_is_chosen():
    counts, sums = sexes(9, 3)
    assert find_masked(counts, sums, 3) == set()
    assert find_masked(counts, sums, 0) == set()
    assert find_masked(*sexes(9, 8), 10) == {"women", "men"}


def test_of_a_table_a_column_gives_away_what_a_row_hides():
    # rows: QPV or not; columns: women, men
    counts = {
        ("all", "all"): 60,
        ("qpv", "all"): 20,
        ("not", "all"): 40,
        ("all", "women"): 30,
        ("all", "men"): 30,
        ("qpv", "women"): 3,
        ("qpv", "men"): 17,
        ("not", "women"): 27,
        ("not", "men"): 13,
    }
    sums = table_sums(("qpv", "not"), ("women", "men"))
    inner = {key for key in counts if "all" not in key}
    assert find_masked(counts, sums) == inner


def table_sums(rows, columns):
    sums = [Sum((row, "all"), tuple((row, column) for column in columns)) for row in rows]
    sums += [Sum(("all", column), tuple((row, column) for row in rows)) for column in columns]
    sums.append(Sum(("all", "all"), tuple((row, "all") for row in rows)))
    sums.append(Sum(("all", "all"), tuple(("all", column) for column in columns)))
    return sums


def test_where_the_total_is_shown_however_small_zeros_hide_a_small_figure():
    counts, sums = sexes(2, 0, 0)
    assert find_masked(counts, sums, shown={"all"}) == {"women", "men", "other"}
    # nothing to hide where nobody is
    assert find_masked(*sexes(0, 0), shown={"all"}) == set()


def test_who_reads_the_totals_does_not_learn_the_sensitive_figures_from_them():
    # 4 people of one organisation, all of them women: its line may be read, the columns may not
    lines = {Cell(): Counted(30), Cell(1, "cap"): Counted(4), Cell(1, "apec"): Counted(26)}
    columns = {
        Cell(0, "total", "f"): Counted(17),
        Cell(0, "total", "m"): Counted(13),
        Cell(1, "cap", "f"): Counted(4),
        Cell(1, "cap", "m"): Counted(0),
        Cell(1, "apec", "f"): Counted(13),
        Cell(1, "apec", "m"): Counted(13),
    }
    masked = mask_tables({"t": Table(lines | columns, {1}, set(columns))})
    assert {("t", Cell(1, "cap", sex), "count") for sex in "fm"} <= masked


def test_of_those_who_answered_the_few_who_are_not_in_the_situation_are_not_worked_out():
    """20 asked, 7 answered, 6 of them in work: one is not, whatever the other 13 are."""
    table = Table({Cell(): Counted(20, 6, 7)}, of_answered=True)
    names = {key[2] for key in mask_tables({"t": table})}
    assert names & {"among", "answered"}
    # of a rate of all, those 14 are many
    assert not mask_tables({"t": Table({Cell(): Counted(20, 6, 7)})})


def test_the_few_who_did_not_answer_hide_how_many_did():
    table = Table({Cell(): Counted(20, 9, 18)})
    assert ("t", Cell(), "answered") in mask_tables({"t": table})


def exits():
    """Two tables of one report, and what their definitions say of each other."""
    kinds = {"durable": 12, "transition": 3, "positive": 6, "other": 9, "withdrawn": 2}
    left = Table(
        {Cell(): Counted(32)} | {Cell(1, name): Counted(number) for name, number in kinds.items()},
        {1},
    )
    dynamic = Table({Cell(): Counted(30, 21, 25)})
    lines = {name: ("left", Cell(1, name), "count") for name in kinds}
    links = [
        Sum(("dynamic", Cell(), "among"), tuple(map(lines.get, list(kinds)[:3]))),
        Sum(("dynamic", Cell(), "count"), tuple(map(lines.get, list(kinds)[:4]))),
    ]
    return {"left": left, "dynamic": dynamic}, links


def test_what_one_table_hides_another_one_of_the_report_does_not_give_away():
    """32 exits less 30 that count are the 2 withdrawn; 21 dynamic ones less 12 and 6 are the 3."""
    tables, links = exits()
    masked = mask_tables(tables, links=links)
    alone = {
        (name, *key[1:]) for name, table in tables.items() for key in mask_tables({name: table})
    }
    assert ("dynamic", Cell(), "count") in masked - alone
    sums = [*links, Sum(("left", Cell(), "count"), next(get_partitions("left", tables["left"])))]
    assert not find_computable(masked, sums)
    assert find_computable(alone, sums)


def test_figures_about_the_same_people_are_hidden_together():
    """The RSA is a line of two lists."""
    few = Table({Cell(): Counted(30)} | {Cell(1, "rsa"): Counted(7), Cell(1, "ass"): Counted(3)})
    state = Table({Cell(): Counted(30)} | {Cell(2, "rsa"): Counted(7)})
    link = Sum(("few", Cell(1, "ass"), "count"), (("state", Cell(2, "rsa"), "count"),))
    masked = mask_tables({"few": few, "state": state}, links=[link])
    assert ("state", Cell(2, "rsa"), "count") in masked


def test_what_is_hidden_in_one_table_hides_nothing_in_one_that_has_nothing_to_do_with_it():
    few = Table({Cell(): Counted(6)} | {Cell(1, name): Counted(1) for name in "abcdef"}, {1})
    many = Table({Cell(): Counted(30), Cell(1, "f"): Counted(16), Cell(1, "m"): Counted(14)}, {1})
    masked = mask_tables({"few": few, "many": many})
    assert ("few", Cell(), "count") in masked
    assert not [key for key in masked if key[0] == "many"]


def test_what_is_hidden_already_hides_what_gives_it_away():
    people = Table({Cell(): Counted(30), Cell(1, "f"): Counted(20), Cell(1, "m"): Counted(10)}, {1})
    women = ("t", Cell(1, "f"), "count")
    assert mask_tables({"t": people}, hidden=[women]) == {women, ("t", Cell(1, "m"), "count")}


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(13, 24, "54.2"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 8, "12.5"), (1, 16, "6.3"), (0, 5, "0")],
)
def test_a_rate_is_rounded_half_up_to_the_tenth(part, whole, expected):
    assert percent(part, whole) == Decimal(expected)


def test_there_is_no_rate_of_nobody():
    assert percent(0, 0) is None


def test_dynamic_exits_leave_the_withdrawn_ones_out():
    """domain.md 4.3: durable, transitional and positive, of all exits but the withdrawn ones."""
    exits = {"durable": 8, "transition": 3, "positive": 2, "other": 11, "withdrawn": 2}
    dynamic = sum(exits[name] for name in ("durable", "transition", "positive"))
    assert percent(dynamic, sum(exits.values()) - exits["withdrawn"]) == Decimal("54.2")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((12, 3, 13, 52, "9/2"), 19),  # one a week, four weeks and a half
        ((12, 3, 0, 52, 20), 15),  # nobody came lately
        ((4, 0, 4, 4, 9), 13),  # begun four weeks ago: one a week, not 4/13
        ((0, 2, 0, 0, 30), 2),  # begins today
        ((12, 3, 13, 52, 0), 15),
        ((12, 3, 13, 52, -3), 15),  # its day is over
    ],
)
def test_a_projection_adds_what_is_planned_and_the_pace_of_the_last_13_weeks(values, expected):
    *numbers, left = values
    assert project(*numbers, Fraction(left)) == expected


# === Properties === #


@st.composite
def lists(draw):
    """A total, shared out once or twice: by sex, by age."""
    total = draw(st.integers(0, 30))
    counts, sums = {"all": total}, []
    for axis in range(draw(st.integers(1, 2))):
        cuts = sorted(draw(st.lists(st.integers(0, total), min_size=1, max_size=3)))
        parts = [end - begin for begin, end in zip([0, *cuts], [*cuts, total], strict=True)]
        names = tuple(f"{axis}{place}" for place in range(len(parts)))
        counts.update(zip(names, parts, strict=True))
        sums.append(Sum("all", names))
    return counts, sums


@st.composite
def tables(draw):
    rows, columns = ("a", "b", "c")[: draw(st.integers(1, 3))], ("x", "y", "z")
    counts = {key: draw(st.integers(0, 20)) for key in product(rows, columns)}
    for row in rows:
        counts[row, "all"] = sum(counts[row, column] for column in columns)
    for column in columns:
        counts["all", column] = sum(counts[row, column] for row in rows)
    counts["all", "all"] = sum(counts[row, "all"] for row in rows)
    return counts, table_sums(rows, columns)


thresholds = st.integers(0, 9)


@given(lists() | tables(), thresholds)
def test_small_figures_are_hidden_and_zeros_are_shown(table, threshold):
    counts, sums = table
    masked = find_masked(counts, sums, threshold)
    assert {key for key, count in counts.items() if 0 < count < threshold} <= masked
    assert all(counts[key] for key in masked)


@given(lists() | tables(), thresholds)
def test_nothing_is_hidden_where_nothing_is_small(table, threshold):
    counts, sums = table
    if not any(0 < count < threshold for count in counts.values()):
        assert not find_masked(counts, sums, threshold)


@given(lists() | tables(), thresholds)
def test_no_hidden_figure_follows_from_those_shown(table, threshold):
    counts, sums = table
    masked = find_masked(counts, sums, threshold)
    assert not known_by_rank(masked, sums)


@given(tables(), st.data())
def test_what_follows_from_what_is_shown_is_found(table, data):
    """Whatever is hidden, well or badly."""
    counts, sums = table
    hidden = data.draw(st.sets(st.sampled_from(sorted(counts))))
    assert set(find_computable(hidden, sums)) == known_by_rank(hidden, sums)


@given(lists(), thresholds)
def test_whoever_tries_all_tables_finds_no_hidden_figure_either(table, threshold):
    """They know that a hidden figure is at least 1, as zeros are shown."""
    counts, sums = table
    masked = find_masked(counts, sums, threshold)
    if "all" in masked:  # they do not even know of how many people they read
        return
    for total, parts in sums:
        hidden = [part for part in parts if part in masked]
        if not hidden:
            continue
        left = counts[total] - sum(counts[part] for part in parts if part not in masked)
        # the first of them may be anything that leaves at least one to each of the others
        assert len(hidden) > 1
        assert left - len(hidden) + 1 > 1


def known_by_rank(hidden, sums):
    """A figure is known if the equations say less once its column is taken out of them."""
    names = sorted(hidden, key=repr)
    matrix = [[(key == one.total) - one.parts.count(key) for key in names] for one in sums]
    whole = rank(matrix)
    return {
        key
        for place, key in enumerate(names)
        if rank([row[:place] + row[place + 1 :] for row in matrix]) < whole
        and rank([*matrix, [int(other == key) for other in names]]) == whole
    }


def rank(matrix):
    rows, found = [[value % PRIME for value in row] for row in matrix], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        inverse = pow(pivot[column], -1, PRIME)
        for place in range(found + 1, len(rows)):
            factor = rows[place][column] * inverse % PRIME
            rows[place] = [
                (value - factor * top) % PRIME
                for value, top in zip(rows[place], pivot, strict=True)
            ]
        found += 1
    return found
