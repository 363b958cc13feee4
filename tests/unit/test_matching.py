"""The pure module: who pays what, and the smallest sets of facts that make a difference."""

import ast
import pathlib
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.coworking_incubation import matching, pricing
from odoo.addons.coworking_incubation.matching import Expected, Fact, Line

JUNE = date(2015, 6, 1)


def money(text):
    return Decimal(str(text)).quantize(Decimal("0.01"))


def fact(cause, key, amount, weight=1, **detail):
    return Fact(cause, ((key, money(amount)),), weight, detail)


def seat(price=180, start=date(2015, 4, 1), end=None, **values):
    terms = values.pop("terms", {})
    prices = terms.pop("prices", (pricing.Price(date(2015, 1, 1), money(price)),))
    terms = pricing.Terms(**{"unit": "month", "prices": prices, "tax_included": True, **terms})
    return pricing.Seat(key=1, person=1, terms=terms, date_start=start, date_end=end, **values)


def amounts(facts, cause):
    return [found.amount for found in facts if found.cause == cause]


def test_it_knows_nothing_of_odoo():
    tree = ast.parse(pathlib.Path(matching.__file__).read_text())
    names = [row.module or "." for row in ast.walk(tree) if isinstance(row, ast.ImportFrom)]
    for row in ast.walk(tree):
        if isinstance(row, ast.Import):
            names += [alias.name for alias in row.names]
    assert set(names) <= {
        ".",
        "bisect",
        "collections",
        "collections.abc",
        "dataclasses",
        "datetime",
        "decimal",
        "itertools",
        "re",
        "types",
        "unicodedata",
    }


# === Words === #


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Coworking juin 2015", {JUNE}),
        ("COWORKING JUIN 2015", {JUNE}),
        ("Août 2015", {date(2015, 8, 1)}),
        ("Févr. 2015", {date(2015, 2, 1)}),
        ("June 2015 and July 2015", {JUNE, date(2015, 7, 1)}),
        ("06/2015", {JUNE}),
        ("période 2015-06", {JUNE}),
        ("facture du 02/07/2015", set()),
        ("le 2015-07-02", set()),
        ("P-0042", set()),
        ("juin", set()),
        ("", set()),
        # a year stands for the months that are joined before it
        ("juin et juillet 2015", {6, 7}),
        ("juin-juillet 2015", {6, 7}),
        ("Juin – Juillet 2015", {6, 7}),
        ("juin/juillet 2015", {6, 7}),
        ("juin & juillet 2015", {6, 7}),
        ("June and July 2015", {6, 7}),
        ("juillet et juin 2015", {6, 7}),
        ("mai, juin et juillet 2015", {5, 6, 7}),
        ("les mois de juin et de juillet 2015", {6, 7}),
        ("janv.-févr. 2015", {1, 2}),
        ("juin 2015/juillet 2015", {6, 7}),
        # all months of a span
        ("juin à août 2015", {6, 7, 8}),
        ("de juin jusqu'à août 2015", {6, 7, 8}),
        ("du 15 juin au 10 août 2015", {6, 7, 8}),
        ("du 1er juin au 1er juillet 2015", {6, 7}),
        ("June to August 2015", {6, 7, 8}),
        ("juin 2015 à août 2015", {6, 7, 8}),
        ("06/2015 à 08/2015", {6, 7, 8}),
        ("06/2015-08/2015", {6, 7, 8}),
        ("avril et juin à août 2015", {4, 6, 7, 8}),
        # over the new year
        ("décembre et janvier 2016", {date(2015, 12, 1), date(2016, 1, 1)}),
        (
            "novembre 2015 à février 2016",
            {date(2015, 11, 1), date(2015, 12, 1), date(2016, 1, 1), date(2016, 2, 1)},
        ),
        ("décembre à janvier 2016", {date(2015, 12, 1), date(2016, 1, 1)}),
        (
            "novembre à juin 2016",
            {date(2015, 11, 1), date(2015, 12, 1), *(date(2016, n, 1) for n in range(1, 7))},
        ),
        # a list turns it within six months
        ("décembre et juin 2016", {date(2015, 12, 1), date(2016, 6, 1)}),
        ("novembre et juin 2016", {date(2016, 6, 1), date(2016, 11, 1)}),
        # not joined, or without a year
        ("Ana Mars, juin 2015", {6}),
        ("juin puis août 2015", {8}),
        ("juin et juillet", set()),
        ("juin 2015, mars", {6}),
        ("P-0042, juin 2015 : correction de juin 2015 : 90,00 € au lieu de 180,00 €", {6}),
    ],
)
def test_months_in_a_text(text, months):
    """A number is a month of 2015."""
    months = {date(2015, month, 1) if isinstance(month, int) else month for month in months}
    assert matching.months_in(text) == months


FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"


@given(
    st.integers(2000, 2098),
    st.integers(1, 12),
    st.integers(0, 11),
    st.sampled_from(["{} à {} {}", "{}-{} {}", "du 1er {} au 31 {} {}", "DE {} AU {} {}"]),
)
def test_a_span_names_all_its_months(year, last, length, form):
    """Whatever month it begins in, of this year or the one before: none missing, none besides."""
    names = FRENCH.split()
    first = (last - 1 - length) % 12
    end = date(year, last, 1)
    text = form.format(names[first], names[last - 1], year)
    assert matching.months_in(text) == {
        pricing.add_months(end, -back) for back in range(length + 1)
    }


@given(st.integers(2000, 2099), st.sets(st.integers(1, 12), min_size=1), st.booleans())
def test_a_list_within_a_year_names_each_of_its_months(year, numbers, slashes):
    """In order, and no two of them half a year apart: that would turn the year."""
    months = sorted(numbers)
    months = [month for month in months if month - months[0] <= 6]
    names = [FRENCH.split()[month - 1] for month in months]
    text = "/".join(names) if slashes else " et ".join(names)
    assert matching.months_in(f"Places {text} {year}") == {date(year, m, 1) for m in months}


def test_who_is_called_as_a_month_is_none():
    names = matching.called_as_a_month(["Camille Avril", "Farid Benali", "April May"])
    assert names == ["Camille Avril", "April May"]
    assert matching.months_in("Camille AVRIL - juin 2015", names) == {JUNE}
    assert matching.months_in("April  May, June 2015", names) == {JUNE}
    assert matching.months_in("Farid Benali avril-mai 2015", names) == {
        date(2015, 4, 1),
        date(2015, 5, 1),
    }


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Location salle de réunion, 2 h", "not_covered"),
        ("Impressions couleur", "not_covered"),
        ("Cafés", "not_covered"),
        ("Adhésion annuelle", "membership"),
        ("Dépôt de garantie", "deposit"),
        ("Caution badge", "deposit"),
        ("Poste nomade, Camille", None),
        ("Cafetaria Lane", None),
    ],
)
def test_subject_of_a_text(text, subject):
    assert matching.subject_of(text) == subject


def test_names_and_references():
    mentions = matching.Mentions(
        [("zoe", "P-0042", ("Zoé Roux",)), ("awa", "", ("Awa N'Diaye", "A", ""))]
    )
    assert mentions.named_in("Place de ROUX Zoé, juin") == {"zoe"}
    assert mentions.named_in("N'Diaye Awa, Zoé ROUX") == {"awa", "zoe"}
    assert not mentions.named_in("Place de Zoé")
    assert not mentions.named_in("Rouxel Zoé")
    assert not mentions.named_in("A")
    assert mentions.quoted_in("Seat P 0042, June") == {"zoe"}
    assert not mentions.quoted_in("P-00421")
    assert not mentions.quoted_in("")
    assert matching.quotes("Seat P 0042, June", "P-0042")
    assert not matching.quotes("P-00421", "P-0042")
    assert not matching.quotes("anything", "")


# === Assign === #


def test_a_reference_is_stronger_than_a_name_and_a_name_than_an_amount():
    charges = [
        Expected("a", money(180), "P-1", ("Camille Roux",)),
        Expected("b", money(90), "P-2", ("Farid Benali",)),
    ]
    lines = [Line(1, money(180), "P-2"), Line(2, money(90), "Camille Roux")]
    assert matching.assign(lines, charges) == {1: "b", 2: "a"}


def test_the_month_of_the_line_decides_among_those_of_a_person():
    charges = [
        Expected("june", money(180), "P-1", period=JUNE),
        Expected("may", money(180), "P-1", period=date(2015, 5, 1)),
    ]
    lines = [Line(1, money(180), "P-1 mai 2015"), Line(2, money(180), "P-1 juin 2015")]
    assert matching.assign(lines, charges) == {1: "may", 2: "june"}
    assert matching.assign([Line(1, money(180), "P-1 juillet 2015")], charges) == {}


def test_the_month_of_a_correction_is_the_one_it_corrects():
    """June's is on July's statement: a line of June means it, one of July its own seat first."""
    july = date(2015, 7, 1)
    charges = [
        Expected("correction", money(-108), "P-1", period=JUNE, kind="adjustment", home=july),
        Expected("july", money(216), "P-1", period=july, home=july),
    ]
    for lines in (
        [Line(1, money(216), "P-1 juillet 2015"), Line(2, money(-108), "P-1 juin 2015")],
        [Line(1, money(216), "P-1 juillet 2015"), Line(2, money(-108), "P-1 juillet 2015")],
        [Line(1, money(216), "P-1"), Line(2, money(-100), "P-1 avoir")],
    ):
        assert matching.assign(lines, charges) == {1: "july", 2: "correction"}
        assert matching.assign(lines[::-1], charges[::-1]) == {1: "july", 2: "correction"}
    missed = [
        Expected("missed", money(216), "P-1", period=JUNE, kind="adjustment", home=july),
        Expected("july", money(216), "P-1", period=july, home=july),
    ]
    lines = [Line(1, money(216), "P-1 juillet 2015"), Line(2, money(216), "P-1 juin 2015")]
    assert matching.assign(lines, missed) == {1: "july", 2: "missed"}


def test_what_is_below_zero_pays_only_what_is_below_zero():
    charges = [Expected("a", money(180), "P-1"), Expected("b", money(-90), "P-1")]
    assert matching.assign([Line(1, money(-20), "P-1 remise")], charges[:1]) == {}
    assert matching.assign([Line(1, money(20), "P-1")], charges[1:]) == {}


def test_a_fee_is_paid_by_the_line_that_is_about_it():
    charges = [
        Expected("fee", money(10), "P-1", kind="membership"),
        Expected("seat", money(180), "P-1"),
    ]
    lines = [Line(1, money(200), "P-1"), Line(2, money(12), "P-1 adhésion")]
    assert matching.assign(lines, charges) == {1: "seat", 2: "fee"}


def test_a_name_that_we_do_not_know_is_not_somebody_else():
    charges = [
        Expected("a", money(180), "P-1", ("Camille Roux",)),
        Expected("b", money(180), "P-2", ("Farid Benali",)),
    ]
    lines = [Line(1, money(180), "Camille Roux"), Line(2, money(180), "Zed Unknown")]
    assert matching.assign(lines, charges) == {1: "a"}


def test_a_room_is_never_a_seat():
    assert matching.assign([Line(1, money(180), "Salle")], [Expected("a", money(180))]) == {}


# === Equal sets === #


def test_the_fewest_groups_and_the_first_of_them():
    groups = [("june", money(360)), ("may", money(360)), ("april", money(720))]
    assert matching.equal_sets(money(360), groups) == ["june"]
    assert matching.equal_sets(money(720), groups) == ["april"]
    assert matching.equal_sets(money(1080), groups) == ["june", "april"]
    assert matching.equal_sets(money(100), groups) is None
    assert matching.equal_sets(money(0), groups) is None


def test_an_exact_set_is_better_than_a_tolerated_one():
    groups = [("close", money("100.02")), ("exact", money(100))]
    assert matching.equal_sets(money(100), groups, tolerance=money("0.05")) == ["exact"]
    assert matching.equal_sets(money("100.05"), groups, tolerance=money("0.05")) == ["close"]
    assert matching.equal_sets(money("100.10"), groups, tolerance=money("0.05")) is None


# === What ifs: each cause that a price can show === #


def test_start_day():
    facts = matching.what_ifs(seat(start=date(2015, 6, 16)), JUNE)
    assert amounts(facts, "start_day")[0] == 90  # from the first
    assert len(amounts(facts, "start_day")) == 29
    assert facts[0].detail == {"day": JUNE, "instead": date(2015, 6, 16)}
    assert amounts(matching.what_ifs(seat(), JUNE), "start_day") == []


def test_departed_in_the_month_and_before():
    facts = matching.what_ifs(seat(end=date(2015, 6, 10)), JUNE)
    assert amounts(facts, "departed")[0] == 120  # the whole month, instead of 60.00
    facts = matching.what_ifs(seat(end=date(2015, 5, 20)), JUNE)
    assert [(row.cause, row.amount) for row in facts] == [("departed", money(180))]


def test_price_old_and_new():
    prices = (
        pricing.Price(date(2015, 1, 1), money(170)),
        pricing.Price(date(2015, 6, 1), money(180)),
        pricing.Price(date(2015, 9, 1), money(190)),
    )
    facts = matching.what_ifs(seat(terms={"prices": prices}), JUNE)
    assert amounts(facts, "price") == [-10, 10]


def test_price_of_a_second_seat():
    """Each rank has its old price; the discount may also have been forgotten."""
    prices = tuple(
        pricing.Price(date(2015, month, 1), money(amount), rank=rank)
        for month, ladder in ((1, (170, 140)), (6, (180, 150)))
        for rank, amount in enumerate(ladder, 1)
    )
    second = seat(terms={"prices": prices})
    assert amounts(matching.what_ifs(second, JUNE, rank=2), "price") == [-10, 30]
    assert amounts(matching.what_ifs(second, JUNE), "price") == [-10, -30]
    arrived = seat(start=date(2015, 6, 16), terms={"prices": prices})
    assert amounts(matching.what_ifs(arrived, JUNE, rank=2), "start_day")[0] == 75


def test_suspension_charged_or_not():
    gone = (pricing.Span(date(2015, 6, 1), date(2015, 6, 15)),)
    credited = seat(suspensions=gone, terms={"absence_rule": "credited"})
    assert amounts(matching.what_ifs(credited, JUNE), "suspension") == [90]
    charged = seat(suspensions=gone)
    assert amounts(matching.what_ifs(charged, JUNE), "suspension") == [-90]


def test_closure_charged_or_not():
    closed = (pricing.Span(date(2015, 6, 1), date(2015, 6, 10)),)
    credited = seat(closures=closed, terms={"closure_rule": "credited"})
    assert amounts(matching.what_ifs(credited, JUNE), "closure") == [60]
    assert amounts(matching.what_ifs(seat(closures=closed), JUNE), "closure") == [-60]


def test_presences_more_and_less():
    here = tuple(
        pricing.Presence(date(2015, 6, day), slot) for day in (1, 2, 3) for slot in ("am", "pm")
    )
    facts = matching.what_ifs(seat(20, presences=here, terms={"unit": "day"}), JUNE)
    found = amounts(facts, "presence")
    assert found[:10] == [money(20 * more) for more in range(1, 11)]
    assert found[10:] == [-20, -40, -60]


def test_a_month_before_the_take_over_is_not_asked():
    assert matching.payable(seat(billed_from=date(2015, 7, 1)), JUNE) == 0


def test_a_seat_that_cannot_be_priced_explains_nothing():
    assert matching.what_ifs(seat(terms={"prices": ()}), JUNE) == []


def test_whole_charges_and_taxes():
    facts = matching.charge_facts(Expected("a", money(180)))
    assert [(row.cause, row.amount) for row in facts] == [("missing", -180), ("duplicate", 180)]
    for kind in ("commitment", "membership", "deposit"):
        assert matching.charge_facts(Expected("a", money(10), kind=kind))[0].cause == kind
    facts = matching.tax_facts([("a", money(150), money(30)), ("b", money(75), money(15))])
    assert facts[0].amount == -45
    assert facts[1].amount == 54  # 20 % on top of 270.00
    assert matching.tax_facts([]) == []


def test_a_tax_forgotten_is_rounded_as_its_currency_is():
    charges = [("a", money(1667), money(0))]
    assert [row.amount for row in matching.tax_facts(charges, step=Decimal(1))] == [333, 167, 92]
    thousandth = matching.tax_facts([("a", Decimal("16.667"), 0)], step=Decimal("0.001"))
    assert [row.amount for row in thousandth] == [*map(Decimal, ("3.333", "1.667", "0.917"))]


def test_one_mistake_on_all_the_seats_of_a_tariff():
    facts = [fact("price", key, -10, price=money(170)) for key in ("a", "b", "c")] + [
        fact("price", "d", -20, price=money(60))
    ]
    groups = {"a": "nomad", "b": "nomad", "c": "nomad", "d": "fixed"}
    (together,) = matching.together(facts, "price", groups)
    assert (together.amount, together.keys) == (-30, {"a", "b", "c"})


# === Explain === #


def test_the_smallest_set_wins():
    facts = [fact("missing", "a", -30), fact("price", "b", -10), fact("price", "c", -20)]
    assert matching.explain(money(-30), facts) == [(facts[0],)]


def test_three_planted_errors():
    facts = [
        fact("departed", "a", 180),
        fact("start_day", "b", 90),
        fact("price", "c", -15),
        *[fact("missing", key, -180) for key in "defgh"],
        *[fact("duplicate", key, 180, 2) for key in "defgh"],
    ]
    found, *_ = matching.explain(money(255), facts)
    assert {row.cause for row in found} == {"departed", "start_day", "price"}


def test_the_likeliest_comes_first():
    facts = [fact("duplicate", "a", 180, 2), fact("departed", "b", 180)]
    assert [row[0].cause for row in matching.explain(money(180), facts)] == [
        "departed",
        "duplicate",
    ]


def test_facts_of_one_charge_exclude_each_other():
    facts = [fact("price", "a", 10), fact("start_day", "a", 20)]
    assert matching.explain(money(30), facts) == []


def test_two_seats_with_the_same_fact():
    facts = [fact("price", key, -10) for key in "abc"]
    found = matching.explain(money(-20), facts)
    assert len(found) == 3
    assert all(len(row[0].keys | row[1].keys) == 2 for row in found)


def test_rounding_alone_and_beside_another():
    assert matching.explain(money("0.03"), [], rounding=money("0.05"))[0][0].cause == "rounding"
    facts = [fact("departed", "a", 180)]
    (found,) = matching.explain(money("180.02"), facts, rounding=money("0.05"))
    assert [row.cause for row in found] == ["departed", "rounding"]
    assert matching.explain(money("180.07"), facts, rounding=money("0.05")) == []


def test_rounding_is_told_in_steps_of_the_currency():
    facts, bounds = [fact("departed", "a", 180)], {"rounding": Decimal("0.005")}
    (found,) = matching.explain(Decimal("180.002"), facts, step=Decimal("0.001"), **bounds)
    assert found[-1].amount == Decimal("0.002")
    facts, bounds = [fact("departed", "a", 180)], {"rounding": money(5), "step": Decimal(1)}
    (found,) = matching.explain(money(177), facts, **bounds)
    assert found[-1].amount == -3


def test_no_gap_needs_no_reason():
    assert matching.explain(money(0), [fact("price", "a", 10)]) == []


def test_two_hundred_seats_at_two_hundred_prices_take_a_moment():
    facts = []
    for number in range(200):
        key, price = number, money("100.07") + money(number) * money("1.13")
        facts.append(Fact("missing", ((key, -price),)))
        facts.append(Fact("duplicate", ((key, price),), 2))
        facts += [Fact("start_day", ((key, money(price * day / 30)),), 2) for day in range(1, 30)]
    start = time.process_time()
    matching.explain(money("123456.78"), facts, rounding=money("1.00"))
    assert time.process_time() - start < 10


causes = st.sampled_from(matching.CAUSES)
facts_lists = st.lists(
    st.builds(
        lambda cause, key, cents, weight: Fact(cause, ((key, Decimal(cents) / 100),), weight),
        causes,
        st.integers(0, 12),
        st.integers(-30000, 30000).filter(bool),
        st.integers(1, 3),
    ),
    max_size=25,
)


@settings(max_examples=400, deadline=None)
@given(facts_lists, st.data())
def test_every_set_found_is_exact_smallest_and_touches_a_charge_once(facts, data):
    chosen = data.draw(st.lists(st.sampled_from(facts), max_size=3) if facts else st.just([]))
    gap = sum((row.amount for row in chosen), Decimal(0))
    found = matching.explain(gap, facts)
    for row in found:
        assert sum((one.amount for one in row), Decimal(0)) == gap
        keys = [key for one in row for key, _ in one.parts]
        assert len(keys) == len(set(keys))
    assert len({len(row) for row in found}) <= 1
    distinct = {key for row in chosen for key, _ in row.parts}
    if gap and len(distinct) == len(chosen):
        assert found
        assert len(found[0]) <= len(chosen)


@settings(max_examples=400, deadline=None)
@given(facts_lists, st.lists(st.integers(1, 30000), min_size=1, max_size=6), st.data())
def test_what_each_charge_is_given_sums_to_the_bill(facts, cents, data):
    """Whatever the explanation: no part of the bill is given twice, and none is left."""
    expected = {number: Decimal(cent) / 100 for number, cent in enumerate(cents)}
    chosen = data.draw(st.lists(st.sampled_from(facts), max_size=4) if facts else st.just([]))
    total = sum(expected.values(), sum((row.amount for row in chosen), Decimal(0)))
    rounding = Decimal(data.draw(st.integers(0, 3))) / 100
    for found in matching.explain(total - sum(expected.values()), facts, rounding=rounding):
        given_to = dict(expected)
        for row in found:
            for key, amount in row.parts:
                given_to[key] = given_to.get(key, Decimal(0)) + amount
        assert sum(given_to.values()) == total


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.integers(1, 50000), max_size=8),
    st.integers(1, 100000),
    st.integers(0, 10),
)
def test_equal_sets_are_equal(cents, total, tolerance):
    groups = [(number, Decimal(cent) / 100) for number, cent in enumerate(cents)]
    amount, tolerance = Decimal(total) / 100, Decimal(tolerance) / 100
    chosen = matching.equal_sets(amount, groups, tolerance=tolerance)
    if chosen is not None:
        assert len(chosen) == len(set(chosen))
        assert abs(sum(dict(groups)[key] for key in chosen) - amount) <= tolerance


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(["P-1", "P-2", "Camille Roux", "Salle", "juin 2015", ""]), max_size=6),
    st.lists(st.integers(1, 3), max_size=6),
)
def test_each_line_and_each_charge_is_used_once(texts, people):
    lines = [Line(number, money(180), text) for number, text in enumerate(texts)]
    charges = [
        Expected(number, money(180), f"P-{who}", ("Camille Roux",) if who == 1 else ())
        for number, who in enumerate(people)
    ]
    pairs = matching.assign(lines, charges)
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs) <= {line.key for line in lines}
