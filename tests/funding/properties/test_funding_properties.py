"""What holds of the funders' arithmetic whatever is paid, claimed and corrected; and that it agrees
with a reference which counts cents with fractions, written without looking at it.
"""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.coworking_incubation_funding import funding
from odoo.addons.coworking_incubation_funding.funding import (
    Agreement,
    Cost,
    Frozen,
    Heading,
    Held,
    Payment,
)
from odoo.addons.coworking_incubation_funding.funding_differences import differences

YEAR = date(2015, 1, 1)
KINDS = ("regular", "membership", "deposit")
days = st.integers(0, 400).map(lambda count: YEAR + timedelta(count))
cents = st.integers(1, 60000).map(lambda count: Decimal(count) / 100)


@st.composite
def terms(draw):
    """One to four agreements whose rates are at most 100 together."""
    count = draw(st.integers(1, 4))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=count, max_size=count)))
    result, before = [], 0
    for number, cut in enumerate(cuts):
        ceiling = draw(st.none() | cents)
        kinds = frozenset(draw(st.sets(st.sampled_from(KINDS), min_size=1)))
        start = draw(st.integers(0, 200))
        result.append(
            Agreement(
                key=number,
                date_from=YEAR + timedelta(start),
                date_to=YEAR + timedelta(start + draw(st.integers(0, 300))),
                rate=Decimal(cut - before),
                priority=draw(st.integers(0, 4)) == 0,
                net=draw(st.booleans()),
                granted=draw(st.none() | cents),
                date_paid_limit=draw(st.none() | days),
                needs_presence=draw(st.booleans()),
                headings=(Heading("seats", "seats", kinds, ceiling=ceiling),),
            )
        )
        before = cut
    return result


@st.composite
def expenses(draw):
    """Costs of some items, paid as it happens: in parts, back, by a credit note, or not at all."""
    result = []
    for key in range(draw(st.integers(0, 7))):
        amount = draw(cents) * draw(st.sampled_from((1, 1, 1, -1)))
        start = draw(st.integers(0, 360))
        paid, payments = Decimal(0), []
        for day in draw(st.lists(days, max_size=3, unique=True)):
            part = (amount - paid) * draw(st.integers(0, 4)) / 4
            part = part.quantize(funding.CENT)
            if part:
                payments.append(Payment(day, part))
                paid += part
        kind = draw(st.sampled_from(KINDS))
        result.append(
            Cost(
                key=key,
                item=draw(st.integers(0, 4)),
                kind="seats",
                charge_kind=kind,
                amount=amount,
                copayment=(amount * draw(st.integers(0, 3)) / 10).quantize(funding.CENT),
                date_from=YEAR + timedelta(start),
                date_to=YEAR + timedelta(start + draw(st.integers(0, 40))),
                payments=tuple(payments),
                present=draw(st.booleans()),
            )
        )
    # The charges of an item are of one kind.
    kinds = {cost.item: cost.charge_kind for cost in result}
    present = {cost.item: cost.present for cost in result}
    return [
        Cost(
            **{name: getattr(cost, name) for name in Cost.__dataclass_fields__}
            | {"charge_kind": kinds[cost.item], "present": present[cost.item]}
        )
        for cost in result
    ]


@st.composite
def simple(draw):
    result = []
    for cost in draw(expenses()):
        if cost.amount > 0 and cost.payments and cost.payments[0].amount > 0:
            values = {name: getattr(cost, name) for name in Cost.__dataclass_fields__}
            result.append(Cost(**values | {"item": cost.key, "payments": cost.payments[:1]}))
    return result


holding = st.lists(
    st.builds(
        Held,
        item=st.integers(0, 4),
        source=st.none() | st.integers(0, 3),
        target=st.none() | st.integers(0, 3),
        amount=cents | cents.map(lambda amount: -amount),
    ),
    max_size=3,
)


def some_claimed(parts, seed, rejecting=False):
    """Some of the agreements' parts, as if they had been claimed."""
    luck = random.Random(seed)
    return [
        Frozen(
            *(part.cost, part.date, part.agreement, part.amount),
            rejected=part.amount / 2 // funding.CENT * funding.CENT
            if rejecting and part.amount > 0 and luck.random() < 0.5
            else Decimal(0),
            heading=part.heading,
        )
        for part in parts
        if part.agreement is not None and luck.random() < 0.5
    ]


def by_agreement(parts):
    sums = defaultdict(Decimal)
    for part in parts:
        sums[part.cost, part.agreement] += part.amount
    return {key: amount for key, amount in sums.items() if amount}


@given(terms(), expenses(), holding)
def test_the_parts_of_each_payment_sum_to_it(agreements, costs, held):
    parts = funding.allocate(agreements, costs, held=held)
    sums = defaultdict(Decimal)
    for part in parts:
        assert part.amount == part.amount.quantize(funding.CENT)
        sums[part.cost, part.date] += part.amount
    paid = {(cost.key, payment.date): payment.amount for cost in costs for payment in cost.payments}
    assert {key: amount for key, amount in sums.items() if amount} == {
        key: amount for key, amount in paid.items() if amount
    }


@given(terms(), expenses(), holding)
def test_funders_never_take_more_than_was_paid_of_an_item(agreements, costs, held):
    parts = funding.allocate(agreements, costs, held=held)
    item_of = {cost.key: cost.item for cost in costs}
    taken, paid = defaultdict(Decimal), defaultdict(Decimal)
    for cost in costs:
        paid[cost.item] += sum((payment.amount for payment in cost.payments), Decimal(0))
    for part in parts:
        if part.agreement is not None:
            taken[item_of[part.cost]] += part.amount
    for item, amount in taken.items():
        low, high = sorted((Decimal(0), paid[item]))
        assert low <= amount <= high


@given(terms(), simple(), holding)
def test_who_counts_net_never_funds_what_participants_pay(agreements, costs, held):
    taken = defaultdict(Decimal)
    for part in funding.allocate(agreements, costs, held=held):
        if part.agreement is not None and agreements[part.agreement].net:
            taken[part.cost] += part.amount
    for cost in costs:
        (payment,) = cost.payments
        borne = funding.half_up(cost.copayment * payment.amount / cost.amount)
        assert taken[cost.key] <= payment.amount - borne


@given(terms(), expenses(), holding)
def test_nobody_gets_back_more_than_they_gave(agreements, costs, held):
    taken = defaultdict(Decimal)
    for part in funding.allocate(agreements, costs, held=held):
        taken[part.agreement, part.heading] += part.amount
    assert all(amount >= 0 for (key, _), amount in taken.items() if key is not None)


@given(terms(), expenses(), holding)
def test_no_grant_and_no_ceiling_is_overdrawn(agreements, costs, held):
    drawn = defaultdict(Decimal)
    for part in funding.allocate(agreements, costs, held=held):
        drawn[part.agreement] += part.amount
    for one in agreements:
        bounds = [one.granted, *(heading.ceiling for heading in one.headings)]
        for bound in bounds:
            assert bound is None or drawn[one.key] <= bound


@given(terms(), expenses(), holding, st.integers())
def test_the_order_in_which_facts_come_does_not_matter(agreements, costs, held, seed):
    luck = random.Random(seed)
    parts = funding.allocate(agreements, costs, held=held)
    claimed = some_claimed(parts, seed)
    again = funding.allocate(agreements, costs, claimed, held)
    for rows in (costs, claimed):
        luck.shuffle(rows)
    shuffled = [
        Cost(
            **{name: getattr(cost, name) for name in Cost.__dataclass_fields__}
            | {"payments": tuple(luck.sample(cost.payments, len(cost.payments)))}
        )
        for cost in costs
    ]
    assert funding.allocate(agreements, shuffled, claimed, held) == again


@given(terms(), expenses(), holding, st.integers())
def test_claiming_changes_nothing(agreements, costs, held, seed):
    """In whatever order, some or all: nothing of an item is different afterwards."""
    parts = funding.allocate(agreements, costs, held=held)
    claimed = some_claimed(parts, seed)
    again = funding.allocate(agreements, costs, claimed, held)
    items = {cost.key: cost.item for cost in costs}
    assert sum_up(again, (), items)[1] == sum_up(parts, (), items)[1]


@given(terms(), expenses(), expenses(), holding, st.integers())
def test_what_is_frozen_and_the_differences_make_what_is_due(agreements, before, after, held, seed):
    parts = funding.allocate(agreements, before, held=held)
    claimed = some_claimed(parts, seed, rejecting=True)
    kept = [(row.cost, row.date, row.amount) for row in claimed]
    now = funding.allocate(agreements, after, claimed, held)
    beside = differences(now, claimed)
    assert [(row.cost, row.date, row.amount) for row in claimed] == kept
    sums = defaultdict(Decimal)
    for row in claimed:
        sums[row.cost, row.agreement] += row.amount - row.rejected
    for row in beside:
        sums[row.cost, row.agreement] += row.amount
    assert {key: amount for key, amount in sums.items() if amount} == by_agreement(now)


@given(terms(), expenses(), expenses(), holding, st.integers())
def test_what_was_claimed_of_an_item_stays_where_it_was(agreements, before, after, held, seed):
    """Each has of the item what is due, each payment is parted whole, no cost bears too much."""
    claimed = some_claimed(funding.allocate(agreements, before, held=held), seed, rejecting=True)
    now = funding.allocate(agreements, after, claimed, held)
    items = {cost.key: cost.item for cost in (*before, *after)}
    beside = differences(now, claimed, items)
    assert sum_up(now, (), items) == sum_up(beside, claimed, items)
    paid, funded, funded_before = (defaultdict(Decimal) for _sum in range(3))
    for part in now:
        paid[part.cost] += part.amount
        if part.agreement is not None:
            funded_before[part.cost] += part.amount
    for row in claimed:
        funded[row.cost] += row.amount - row.rejected
    for part in beside:
        if part.agreement is not None:
            funded[part.cost] += part.amount
    for cost, amount in funded.items():
        low, high = sorted((Decimal(0), paid[cost]))
        assert low <= amount <= high or amount == funded_before[cost]


@given(terms(), expenses(), expenses(), holding, st.integers())
def test_what_is_claimed_twice_leaves_nothing_beside_it(agreements, before, after, held, seed):
    """In whatever order it was claimed; once all differences were claimed, nothing is left."""
    claimed = some_claimed(funding.allocate(agreements, before, held=held), seed)
    now = funding.allocate(agreements, after, held=held)
    items = {cost.key: cost.item for cost in (*before, *after)}
    beside = differences(now, claimed, items)
    shuffled = random.Random(seed).sample(claimed, len(claimed))
    assert sorted(map(str, differences(now, shuffled, items))) == sorted(map(str, beside))
    claimed += [
        Frozen(part.cost, part.date, part.agreement, part.amount, heading=part.heading)
        for part in beside
        if part.agreement is not None
    ]
    assert not [part for part in differences(now, claimed, items) if part.agreement is not None]


def sum_up(parts, claimed, items):
    """What is paid in each place, what each agreement has of each item, and own funds why."""
    places, shares, whys = (defaultdict(Decimal) for _sum in range(3))
    for row in claimed:
        places[row.cost, row.date] += row.amount - row.rejected
        shares[items[row.cost], row.agreement, row.heading] += row.amount - row.rejected
    for part in parts:
        places[part.cost, part.date] += part.amount
        if part.agreement is None:
            whys[items[part.cost], part.reason, part.instead] += part.amount
        else:
            shares[items[part.cost], part.agreement, part.heading] += part.amount
    return [{key: one for key, one in sums.items() if one} for sums in (places, shares, whys)]


@given(terms(), expenses(), st.integers())
def test_what_is_given_back_ends_where_it_never_was(agreements, costs, seed):
    """Claimed, then all payments taken back: nothing is left with any funder."""
    claimed = some_claimed(funding.allocate(agreements, costs), seed)
    unpaid = [
        Cost(**{name: getattr(cost, name) for name in Cost.__dataclass_fields__} | {"payments": ()})
        for cost in costs
    ]
    beside = differences(funding.allocate(agreements, unpaid, claimed), claimed)
    sums = defaultdict(Decimal)
    for row in [*claimed, *beside]:
        sums[row.agreement] += row.amount
    assert not any(sums.values())


def reference(agreements, costs):
    """Per item and agreement, in cents: only what is simple, one payment of one cost an item."""
    left = {one.key: None if one.granted is None else int(one.granted * 100) for one in agreements}
    ceilings = {
        one.key: None if one.headings[0].ceiling is None else int(one.headings[0].ceiling * 100)
        for one in agreements
    }
    result = {}

    def half_up(fraction):
        return (fraction + Fraction(1, 2)).__floor__()

    for cost in sorted(costs, key=lambda one: (one.payments[0].date, one.item)):
        (payment,) = cost.payments
        paid = int(payment.amount * 100)
        bases = {}
        for one in agreements:
            inside = sum(
                one.date_from <= cost.date_from + timedelta(count) <= one.date_to
                for count in range((cost.date_to - cost.date_from).days + 1)
            )
            whole = (cost.date_to - cost.date_from).days + 1
            kinds = one.headings[0].charge_kinds
            seen = cost.present or cost.charge_kind != "regular" or not one.needs_presence
            in_time = not one.date_paid_limit or payment.date <= one.date_paid_limit
            if not (cost.charge_kind in kinds and seen and in_time and inside):
                continue
            counted = paid
            if one.net:
                share = Fraction(int(cost.copayment * 100) * paid, int(cost.amount * 100))
                counted -= half_up(share)
            bases[one.key] = half_up(Fraction(counted * inside, whole))
        # Net funders share what the program bears, others what was paid; less what is gone.
        borne = half_up(Fraction(int(cost.copayment * 100) * paid, int(cost.amount * 100)))
        rest = {True: paid - borne, False: paid}
        wanted = {}
        for one in agreements:
            if one.priority and one.key in bases:
                rooms = [x for x in (left[one.key], ceilings[one.key]) if x is not None]
                bounds = [rest[one.net], bases[one.key], *rooms]
                wanted[one.key] = max(min(bounds), 0)
                rest = {net: amount - wanted[one.key] for net, amount in rest.items()}
        sharing = [one for one in agreements if not one.priority and bases.get(one.key)]
        counted = [max(min(bases[one.key], rest[one.net]), 0) for one in sharing]
        shared = max(counted, default=0)
        exact = [
            Fraction(x) * Fraction(y.rate) / 100 for x, y in zip(counted, sharing, strict=True)
        ]
        exact.append(shared - sum(exact))
        whole = [share.__floor__() for share in exact]
        missing = shared - sum(whole)
        for index in sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))[:missing]:
            whole[index] += 1
        wanted |= {one.key: share for one, share in zip(sharing, whole, strict=False)}
        for key, amount in wanted.items():
            rooms = [max(x, 0) for x in (left[key], ceilings[key]) if x is not None]
            given_ = min([amount, *rooms])
            for store in (left, ceilings):
                if store[key] is not None:
                    store[key] -= given_
            if given_:
                result[cost.key, key] = Decimal(given_) / 100
    return result


@given(terms(), simple())
def test_it_agrees_with_the_reference(agreements, costs):
    found = by_agreement(funding.allocate(agreements, costs))
    found = {key: amount for key, amount in found.items() if key[1] is not None}
    assert found == reference(agreements, costs)
