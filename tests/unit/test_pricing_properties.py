"""What holds for any tariff, stay and amount."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import coworking_pricing as pricing
import pytest
from coworking_pricing import Funding, Membership, Pack, Presence, Price, Seat, Span, Terms
from hypothesis import assume, given
from hypothesis import strategies as st

SINCE = date(2014, 1, 1)
MONTHS = [date(2015, month, 1) for month in range(1, 13)]
PRORATIONS = ("daily", "daily_30", "half_month", "working_days", "none")
CENT = D("0.01")

days = st.dates(date(2015, 1, 1), date(2015, 12, 31))
months = st.sampled_from(MONTHS)
amounts = st.integers(0, 100_000).map(lambda cents: D(cents) / 100)
rates = st.integers(0, 10_000).map(lambda rate: D(rate) / 100)
tax_rates = st.sampled_from([D(0), D("0.055"), D("0.10"), D("0.20")])
optional_amounts = st.none() | amounts


@st.composite
def tariffs(draw, units=("hour", "half_day", "day", "week", "month"), **values):
    prices = [Price(SINCE, draw(amounts), overage_price=draw(optional_amounts))]
    if draw(st.booleans()):
        prices.append(Price(draw(days), draw(amounts), daily_cap=draw(optional_amounts)))
    chosen = {
        "unit": draw(st.sampled_from(units)),
        "prices": tuple(prices),
        "tax_included": draw(st.booleans()),
        "period": draw(st.sampled_from(["calendar", "anniversary"])),
        "proration": draw(st.sampled_from(PRORATIONS)),
        "half_day_quantity": draw(st.sampled_from([D(1), D("0.5")])),
        "absence_rule": draw(st.sampled_from(["charged", "credited"])),
        "closure_rule": draw(st.sampled_from(["charged", "credited"])),
        "daily_cap": draw(optional_amounts),
        "monthly_cap": draw(optional_amounts),
        "included_quantity": draw(st.none() | st.integers(0, 6).map(D)),
        "pack_size": D(draw(st.integers(1, 6))),
        "pack_validity_months": draw(st.none() | st.integers(1, 3)),
        "min_commitment_months": draw(st.integers(0, 3)),
        "notice_days": draw(st.sampled_from([0, 8, 30])),
        "notice_rule": draw(st.sampled_from(["date", "month_end"])),
    }
    return Terms(**(chosen | values))


@st.composite
def spans(draw):
    start = draw(days)
    return Span(start, draw(st.none() | st.integers(0, 40).map(lambda n: start + timedelta(n))))


@st.composite
def seats(draw, tariff=None, **values):
    start = draw(days)
    length = draw(st.none() | st.integers(0, 150))
    slots = draw(st.sets(st.tuples(st.integers(0, 60), st.sampled_from(["am", "pm"])), max_size=25))
    chosen = {
        "key": 1,
        "person": "Camille",
        "terms": draw(tariffs() if tariff is None else tariff),
        "date_start": start,
        "date_end": None if length is None else start + timedelta(days=length),
        "tax_rate": draw(tax_rates),
        "fundings": (Funding(None, draw(rates), draw(optional_amounts)),),
        "presences": tuple(
            Presence(start + timedelta(days=offset), slot, D(offset % 8) / 2)
            for offset, slot in slots
        ),
        "suspensions": tuple(draw(st.lists(spans(), max_size=2))),
        "closures": tuple(draw(st.lists(spans(), max_size=2))),
        "notice_date": draw(st.none() | days),
        "funding_base": draw(st.sampled_from(["total", "untaxed"])),
        "collector": draw(st.sampled_from(["program", "space"])),
    }
    return Seat(**(chosen | values))


@st.composite
def people(draw, count=3):
    """Seats of one person, whatever their dates."""
    return [draw(seats(key=key)) for key in range(1, draw(st.integers(1, count)) + 1)]


def gross_of(stays, periods=MONTHS):
    return [
        line for stay in stays for period in periods for line in pricing.charge_month(stay, period)
    ]


def month_total(tariff, start, end, month=None):
    stay = Seat(1, "Camille", tariff, start, end)
    return sum(line.total for line in pricing.charge_month(stay, month or start))


@given(amounts, months, st.sampled_from(PRORATIONS))
def test_a_whole_month_costs_one_month(price, month, proration):
    tariff = Terms("month", (Price(SINCE, price),), proration=proration)
    assert month_total(tariff, month, pricing.month_last(month)) == price
    assert month_total(tariff, SINCE, None, month) == price


@given(amounts, days, st.integers(0, 30), st.sampled_from(PRORATIONS))
def test_an_added_day_never_lowers_an_amount(price, start, length, proration):
    tariff = Terms("month", (Price(SINCE, price),), proration=proration)
    last = pricing.month_last(start)
    end = min(last, start + timedelta(days=length))
    longer = min(last, end + timedelta(days=1))
    assert month_total(tariff, start, end) <= month_total(tariff, start, longer) <= price


@given(amounts, days, st.data(), st.sampled_from(["daily", "working_days"]))
def test_parts_of_a_month_add_up_to_the_month(price, start, data, proration):
    tariff = Terms("month", (Price(SINCE, price),), proration=proration)
    last = pricing.month_last(start)
    cuts = data.draw(st.sets(st.dates(start, last), max_size=4)) - {last}
    ends = [*sorted(cuts), last]
    starts = [start, *(end + timedelta(days=1) for end in ends[:-1])]
    parts = [month_total(tariff, a, b) for a, b in zip(starts, ends, strict=True)]
    assert abs(sum(parts) - month_total(tariff, start, last)) <= CENT * len(parts)


@given(seats())
def test_amounts_are_never_negative_and_sum_up(stay):
    for charge in pricing.share(gross_of([stay]), [stay]):
        names = ("untaxed", "tax", "total", "funded", "copayment", "quantity", "unit_price")
        assert all(getattr(charge, name) >= 0 for name in names)
        assert charge.untaxed + charge.tax == charge.total
        assert charge.payable_untaxed + charge.payable_tax == charge.payable_total
        assert 0 <= charge.payable_total <= charge.total
        assert charge.date_from <= charge.date_to
        cents = (charge.untaxed, charge.tax, charge.funded, charge.payable_tax)
        assert all(amount == amount.quantize(CENT) for amount in cents)


@given(people())
def test_funded_and_copayment_make_the_base(stays):
    bases = {stay.key: stay.funding_base for stay in stays}
    by_key = {stay.key: stay for stay in stays}
    for charge in pricing.share(gross_of(stays), stays):
        base = charge.total if bases[charge.seat] == "total" else charge.untaxed
        assert charge.funded + charge.copayment == base
        with_tax = pricing.copayment_with_tax(charge, by_key[charge.seat])
        assert 0 <= charge.copayment <= with_tax <= charge.total
        if by_key[charge.seat].collector == "space":
            assert with_tax + charge.payable_total == charge.total


@given(people(), st.randoms())
def test_the_order_of_the_input_does_not_matter(stays, random):
    lines = gross_of(stays)
    mixed = [replace(stay, presences=stay.presences[::-1]) for stay in stays]
    shuffled = gross_of(mixed)
    random.shuffle(shuffled)
    random.shuffle(mixed)
    assert pricing.share(shuffled, mixed) == pricing.share(lines, stays)


@given(people(), amounts)
def test_no_person_is_funded_above_the_cap_of_a_month(stays, cap):
    stays = [replace(stay, fundings=(Funding(None, D(100), cap),)) for stay in stays]
    spent = dict.fromkeys(MONTHS, D(0))
    for charge in pricing.share(gross_of(stays), stays):
        if charge.kind != "commitment":
            spent[charge.period] += charge.funded
            # What the cap does not pay is left to the person only once it is used up.
            assert (
                not charge.copayment
                or spent[charge.period] == cap
                or (stays[charge.seat - 1].funding_base == "untaxed")
            )
    assert max(spent.values()) <= cap


@given(seats(tariffs(units=("month", "week"))), days)
def test_a_month_left_early_costs_no_more_than_staying(stay, end):
    assume(end >= stay.date_start)
    stay = replace(stay, date_end=None, suspensions=(), presences=())
    for month in MONTHS:
        left = pricing.charge_month(replace(stay, date_end=end), month)
        stayed = pricing.charge_month(stay, month)
        assert sum(g.total for g in left) <= sum(g.total for g in stayed) + CENT


@given(seats(tariffs(units=("month", "week"))), days)
def test_the_best_exit_day_is_the_last_that_bills_no_more(stay, day):
    # Prices of one cent a day at least, and nothing that credits days.
    price = replace(stay.terms.prices[0], price=stay.terms.prices[0].price + 300)
    tariff = replace(stay.terms, prices=(price,), absence_rule="charged", closure_rule="charged")
    stay = replace(stay, terms=tariff, presences=(), date_end=None)

    def cost(end):
        left = replace(stay, date_end=end)
        lines = gross_of([left], [pricing.add_months(stay.date_start, n) for n in range(40)])
        return sum(line.quantity for line in lines)

    day = max(day, stay.date_start)
    best = pricing.best_exit_day(stay, day)
    assert best >= day
    assert abs(cost(best) - cost(day)) < D("1E-20")
    # By the civil month the answer stays in the month, though a free week-end may follow.
    calendar = tariff.unit == "month" and tariff.period == "calendar"
    if not (calendar and best == pricing.month_last(best)):
        assert cost(best + timedelta(days=1)) > cost(day) + D("1E-20")


@given(st.integers(-100_000, 100_000), st.lists(st.tuples(rates, optional_amounts), max_size=4))
def test_parts_of_funders_sum_to_the_whole(cents, parts):
    assume(sum(rate for rate, _ in parts) <= 100)
    amount = D(cents) / 100
    given_parts = [(key, rate, left) for key, (rate, left) in enumerate(parts)]
    found = pricing.split(amount, given_parts)
    assert sum(part for _, part in found) == amount
    for key, part in found:
        assert part and (part > 0) == (amount > 0)
        if key is not None:
            _, rate, left = given_parts[key]
            assert left is None or part <= left
            assert abs(part) < abs(amount) * rate / 100 + CENT
    bounded = any(left is not None for _, left in parts)
    if not bounded:
        paid = dict(found)
        for key, rate, _ in given_parts:
            assert abs(abs(paid.get(key, 0)) - abs(amount) * rate / 100) < CENT


@given(amounts, tax_rates, st.booleans(), st.sampled_from(["0.01", "1", "0.05", "0.001"]))
def test_untaxed_and_tax_make_the_total(amount, rate, included, step):
    untaxed, tax, total = pricing.tax_split(amount, rate, included, D(step))
    assert untaxed + tax == total
    assert abs((total if included else untaxed) - amount) <= D(step) / 2
    assert abs(untaxed * rate - tax) <= D(step)
    assert all(part % D(step) == 0 for part in (untaxed, tax))


@given(st.integers(1, 500), amounts, tax_rates, st.booleans())
def test_equal_seats_cost_a_multiple_of_one(count, price, rate, included):
    tariff = Terms("month", (Price(SINCE, price),), tax_included=included)
    stay = Seat(1, "Camille", tariff, SINCE, tax_rate=rate)
    (charge,) = pricing.charge_month(stay, MONTHS[5])
    assert (charge.total if included else charge.untaxed) * count == price * count


@given(seats(), seats())
def test_settled_and_adjustments_make_the_fresh_computation(before, after):
    settled = pricing.share(gross_of([before]), [before])
    fresh = pricing.share(gross_of([after]), [after])
    rows = [*settled, *pricing.adjustments(fresh, settled)]
    for key in {row.key for row in (*rows, *fresh)}:
        for name in pricing._AMOUNTS:
            made = sum(getattr(row, name) for row in rows if row.key == key)
            assert made == sum(getattr(row, name) for row in fresh if row.key == key)
    assert pricing.adjustments(fresh, rows) == []


@given(st.lists(seats(tariffs(units=("month", "day"))), min_size=1, max_size=4), months, months)
def test_memberships_are_a_year_apart_and_the_same_month_by_month(stays, first, paid):
    stays = [replace(stay, key=key) for key, stay in enumerate(stays)]
    next_year = [pricing.add_months(month, 12) for month in MONTHS]
    periods = [month for month in [*MONTHS, *next_year] if month >= first]
    member = Membership(D(10), paid_elsewhere=(paid,))
    at_once = pricing.membership_due(member, gross_of(stays, periods))
    one_by_one = []
    for period in periods:
        known = replace(member, paid_from=tuple(fee.period for fee in one_by_one))
        one_by_one += pricing.membership_due(known, gross_of(stays, [period]))
        again = replace(member, paid_from=tuple(fee.period for fee in one_by_one))
        seen = [fee for fee in one_by_one if fee.period == period]
        assert pricing.membership_due(again, gross_of(stays, [period])) == seen
    assert one_by_one == at_once
    dates = [paid, *(fee.period for fee in at_once)]
    for one in dates:
        for other in dates:
            apart = abs((one.year - other.year) * 12 + one.month - other.month)
            assert one is other or apart >= 12


# === Packs ===


def tickets(tariff, stays):
    """Each pack as a heap of half-days, taken one by one."""
    heaps, bought = [], []
    for day in sorted({presence.date for stay in stays for presence in stay.presences}):
        for stay in stays:
            if day < stay.date_start or (stay.date_end and day > stay.date_end):
                continue
            slots = {presence.slot for presence in stay.presences if presence.date == day}
            half = tariff.half_day_quantity * 2
            halves = 2 if len(slots) == 2 else half if slots else 0
            for _ in range(int(halves)):
                heap = next((h for h in heaps if h[1] and (h[0] is None or day <= h[0])), None)
                if heap is None:
                    last = None
                    if tariff.pack_validity_months:
                        after = pricing.add_months(day, tariff.pack_validity_months)
                        last = after - timedelta(days=1)
                    heap = [last, int(tariff.pack_size * 2)]
                    heaps.append(heap)
                    bought.append((day, stay.key))
                heap[1] -= 1
    return bought, heaps


pack_tariffs = tariffs(units=("pack",))


@st.composite
def pack_people(draw):
    tariff = draw(pack_tariffs)
    stays = draw(st.lists(seats(st.just(tariff)), min_size=1, max_size=2))
    stays = [replace(stay, key=key) for key, stay in enumerate(stays)]
    return tariff, sorted(stays, key=lambda stay: (stay.date_start, stay.key))


@given(pack_people())
def test_packs_are_bought_and_used_as_tickets_are(person):
    tariff, stays = person
    ledger = pricing.pack_ledger(tariff, stays)
    bought, heaps = tickets(tariff, stays)
    assert [(pack.date, pack.seat) for pack in ledger.purchases] == bought
    end = date(2020, 1, 1)
    left = sum(D(heap[1]) / 2 for heap in heaps if heap[0] is None)
    assert ledger.balance(end) == left
    assert ledger.expired(end) == sum(D(heap[1]) / 2 for heap in heaps) - left


def everything_in(ledger, day):
    bought = sum(pack.size for pack in ledger.packs if not pack.date or pack.date <= day)
    used = sum(taken for pack in ledger.packs for when, taken in pack.used if when <= day)
    return bought - used


@given(pack_people(), st.lists(st.tuples(st.integers(0, 4).map(D), st.none() | days), max_size=2))
def test_every_ticket_is_used_lost_or_left(person, opening):
    tariff, stays = person
    ledger = pricing.pack_ledger(tariff, stays, opening=opening)
    for month in MONTHS:
        day = pricing.month_last(month)
        assert ledger.balance(day) + ledger.expired(day) == everything_in(ledger, day)
        assert ledger.balance(day) >= 0


@given(pack_people())
def test_packs_month_by_month_are_the_same_as_all_at_once(person):
    tariff, stays = person
    at_once = pricing.pack_ledger(tariff, stays)
    settled, charges = [], []
    for month in [*MONTHS, *(pricing.add_months(month, 12) for month in MONTHS)]:
        last = pricing.month_last(month)
        known = [
            replace(stay, presences=tuple(p for p in stay.presences if p.date <= last))
            for stay in stays
        ]
        ledger = pricing.pack_ledger(tariff, known, settled=settled)
        charges += [(g.seat, g.period, g.total, g.funded) for g in share_packs(ledger, month)]
        # All that is kept of a settled month: the seat, and the first day of its charge.
        settled += [
            Pack(line.date_from, line.seat)
            for line in ledger.charges(month)
            for _ in range(int(line.quantity))
        ]
        assert pricing.pack_ledger(tariff, known, settled=settled).packs == ledger.packs
        assert ledger.balance(last) == at_once.balance(last)
    wanted = [
        (g.seat, g.period, g.total, g.funded)
        for month in sorted({pack.month for pack in at_once.purchases})
        for g in share_packs(at_once, month)
    ]
    assert charges == wanted


def share_packs(ledger, month):
    return pricing.share(ledger.charges(month), ledger.seats.values())


@given(pack_people(), st.data())
def test_corrected_presences_never_unbuy_a_settled_pack(person, data):
    tariff, stays = person
    before = pricing.pack_ledger(tariff, stays)
    settled = before.purchases
    kept = [
        replace(stay, presences=tuple(p for p in stay.presences if data.draw(st.booleans())))
        for stay in stays
    ]
    after = pricing.pack_ledger(tariff, kept, settled=settled)
    for pack in settled:
        count = sum((p.month, p.seat) == (pack.month, pack.seat) for p in settled)
        assert sum((p.month, p.seat) == (pack.month, pack.seat) for p in after.purchases) >= count
    end = date(2020, 1, 1)
    assert after.balance(end) + after.expired(end) == everything_in(after, end)
    assert pricing.pack_ledger(tariff, kept, settled=after.purchases).packs == after.packs


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
@given(amounts, amounts, amounts, months)
def test_the_rank_of_seats_that_start_together_is_their_order(rank, first, second, third, month):
    prices = [Price(SINCE, p, rank=r) for r, p in enumerate((first, second, third), 1)]
    tariff = Terms("month", tuple(prices))
    team = [Seat(key, key, tariff, SINCE) for key in (1, 2, 3, 4)]
    assert pricing.rank_of(rank, month, team[::-1]) == rank
    (charge,) = pricing.charge_month(team[rank - 1], month, rank=rank)
    assert charge.total == (first, second, third, third)[rank - 1]


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
)
def test_payments_spread_over_lines_never_exceed_a_line_and_sum_to_the_cent(costs, payments):
    left = {n: D(cents) / 100 for n, cents in enumerate(costs)}
    for cents in payments:
        amount = min(D(cents) / 100, sum(left.values()))
        parts = pricing.spread(amount, left.items())
        assert sum(part for _, part in parts) == amount
        for key, part in parts:
            assert 0 <= part <= left[key]
            left[key] -= part
