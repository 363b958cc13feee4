"""Worked examples: every figure here was computed by hand, as the comments show."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import coworking_pricing as pricing
import pytest
from coworking_pricing import (
    Funding,
    Membership,
    Pack,
    Presence,
    Price,
    PricingError,
    Seat,
    Span,
    Terms,
)

VAT = D("0.20")
SINCE_2015 = date(2015, 1, 1)


def d(text):
    """'15/6' is 15 June 2015; '15/6/16' of 2016."""
    day, month, *year = (int(part) for part in text.split("/"))
    return date(2000 + year[0] if year else 2015, month, day)


def terms(unit="month", price="180.00", **values):
    for name in ("daily_cap", "monthly_cap", "included_quantity", "pack_size", "half_day_quantity"):
        if name in values:
            values[name] = D(values[name])
    overage = values.pop("overage_price", None)
    row = Price(SINCE_2015, D(price), overage_price=D(overage) if overage else None)
    values.setdefault("prices", (row,))
    return Terms(unit, **values)


def seat(tariff, start, end=None, key=1, person="Camille", **values):
    return Seat(key, person, tariff, d(start), d(end) if end else None, **values)


def half_days(*texts):
    """'3/6' is the whole day, '3/6am' a half-day."""
    return tuple(
        Presence(d(text.rstrip("apm")), slot)
        for text in texts
        for slot in ("am", "pm")
        if text[-1] != "m" or text.endswith(slot)
    )


def whole_days(count, first):
    return tuple(
        Presence(d(first) + timedelta(days=offset), slot)
        for offset in range(count)
        for slot in ("am", "pm")
    )


def totals(seat, *months, **values):
    return [
        (line.kind, line.total)
        for month in months
        for line in pricing.charge_month(seat, d(month), **values)
    ]


def regular(seat, month, **values):
    return sum(total for kind, total in totals(seat, month, **values) if kind == "regular")


def shared(seats, *months):
    lines = [g for s in seats for m in months for g in pricing.charge_month(s, d(m))]
    return [(c.total, c.funded, c.copayment) for c in pricing.share(lines, seats)]


# === Days and periods ===


def test_the_first_and_the_last_day_both_count():
    # 1 day of 30 at 300.00
    assert regular(seat(terms(price="300"), "10/6", "10/6"), "1/6") == D("10.00")


def test_nothing_is_charged_before_the_start_nor_after_the_end():
    stay = seat(terms(), "15/6", "20/7")
    assert totals(stay, "1/5", "1/8") == []
    assert [kind for kind, _ in totals(stay, "1/6", "1/7")] == ["regular", "regular"]


def test_any_day_names_its_month():
    stay = seat(terms(), "1/1")
    assert pricing.charge_month(stay, d("17/6")) == pricing.charge_month(stay, d("1/6"))


def test_an_anniversary_period_is_clipped_to_the_end_of_its_month():
    stay = seat(terms(period="anniversary"), "31/1")
    periods = [pricing.charge_month(stay, d(f"1/{month}"))[0] for month in (1, 2, 3)]
    assert [(p.date_from, p.date_to) for p in periods] == [
        (d("31/1"), d("27/2")),
        (d("28/2"), d("30/3")),
        (d("31/3"), d("29/4")),
    ]
    assert [p.period for p in periods] == [d("1/1"), d("1/2"), d("1/3")]
    assert [p.basis["number"] for p in periods] == [1, 2, 3]


def test_an_anniversary_period_is_never_prorated():
    # Periods of 15/6, 15/7 (left on the 16th); nothing starts in August.
    stay = seat(terms(period="anniversary"), "15/6", "16/7")
    assert totals(stay, "1/6", "1/7", "1/8") == [("regular", D("180.00"))] * 2


# === Proration ===


@pytest.mark.parametrize(
    ("proration", "price", "start", "end", "month", "amount"),
    [
        ("daily", "300.00", "15/6", "30/6", "1/6", "160.00"),  # 16 / 30
        ("daily", "140.00", "1/7", "31/7", "1/7", "140.00"),  # 31 days: one month
        ("daily", "180.00", "10/2", "20/2", "1/2", "70.71"),  # 11 / 28 = 70.714
        ("daily_30", "300.00", "15/6", "30/6", "1/6", "160.00"),  # 16 / 30
        ("daily_30", "300.00", "1/7", "31/7", "1/7", "300.00"),  # whole
        ("daily_30", "300.00", "1/7", "30/7", "1/7", "300.00"),  # 30 / 30
        ("daily_30", "300.00", "3/7", "31/7", "1/7", "290.00"),  # 29 / 30
        ("daily_30", "300.00", "1/2", "28/2", "1/2", "300.00"),  # whole, of 28 days
        ("daily_30", "300.00", "2/2", "28/2", "1/2", "270.00"),  # 27 / 30
        ("half_month", "180.00", "1/6", "15/6", "1/6", "90.00"),
        ("half_month", "180.00", "1/6", "16/6", "1/6", "180.00"),
        ("half_month", "180.00", "1/7", "15/7", "1/7", "90.00"),  # half of 31 is 15.5
        ("half_month", "180.00", "1/7", "16/7", "1/7", "180.00"),
        ("half_month", "180.00", "15/2", "28/2", "1/2", "90.00"),  # 14 of 28
        ("working_days", "220.00", "15/6", "30/6", "1/6", "120.00"),  # 12 of June's 22
        ("working_days", "220.00", "1/6", "30/6", "1/6", "220.00"),
        ("none", "180.00", "30/6", "30/6", "1/6", "180.00"),
    ],
)
def test_a_civil_month_is_prorated(proration, price, start, end, month, amount):
    stay = seat(terms(price=price, proration=proration), start, end)
    assert regular(stay, month) == D(amount)


def test_a_week_end_owes_nothing_by_working_days():
    assert totals(seat(terms(proration="working_days"), "6/6", "7/6"), "1/6") == []


def test_the_facts_of_a_prorated_month_make_a_sentence():
    (charge,) = pricing.charge_month(seat(terms(), "15/6", "30/6"), d("1/6"))
    facts = {"rule": "month", "days": 16, "month_days": 30, "price": D(180), "proration": "daily"}
    assert facts.items() <= charge.basis.items()
    assert (charge.date_from, charge.date_to) == (d("15/6"), d("30/6"))
    assert charge.unit_price == D(180)
    assert round(charge.quantity, 4) == D("0.5333")


# === Dated prices ===

DEARER = (Price(SINCE_2015, D("180")), Price(d("16/6"), D("210")))


def test_a_month_keeps_the_price_of_its_first_covered_day():
    stay = seat(terms(prices=DEARER), "1/6")
    assert [regular(stay, "1/6"), regular(stay, "1/7")] == [D("180.00"), D("210.00")]
    # 15 / 30 of 210.00
    assert regular(seat(terms(prices=DEARER), "16/6"), "1/6") == D("105.00")


def test_the_first_covered_day_comes_after_a_credited_closure():
    tariff = terms(prices=DEARER, closure_rule="credited")
    stay = seat(tariff, "1/6", closures=(Span(d("1/6"), d("15/6")),))
    assert regular(stay, "1/6") == D("105.00")


def test_a_presence_has_the_price_of_its_day():
    prices = (Price(SINCE_2015, D("20")), Price(d("16/6"), D("25")))
    stay = seat(terms("day", prices=prices), "1/6", presences=half_days("15/6", "16/6", "17/6"))
    (charge,) = pricing.charge_month(stay, d("1/6"))
    assert charge.total == D("70.00")  # 20 + 25 + 25
    assert charge.basis["prices"] == ((D(1), D(20)), (D(2), D(25)))


def test_a_price_guaranteed_until_a_date_stays_until_then():
    stay = seat(terms(prices=DEARER), "1/6", price_guaranteed_until=d("31/8"))
    assert [regular(stay, f"1/{m}") for m in (7, 8, 9)] == [D("180"), D("180"), D("210")]


def test_a_guarantee_that_ended_before_the_start_guarantees_nothing():
    stay = seat(terms(prices=DEARER), "1/7", price_guaranteed_until=d("30/6"))
    assert regular(stay, "1/7") == D("210.00")


def test_a_day_without_a_price_is_named():
    stay = seat(terms(), "1/1/14")
    with pytest.raises(PricingError, match="no price in force on 2014-03-01") as caught:
        pricing.charge_month(stay, d("1/3/14"))
    assert caught.value.code == "no_price"
    assert caught.value.facts == {"date": d("1/3/14")}


# === By use ===


def test_days_stop_at_the_monthly_cap():
    stay = seat(terms("day", "20", monthly_cap="140"), "1/6", presences=whole_days(9, "1/6"))
    (charge,) = pricing.charge_month(stay, d("1/6"))
    assert charge.total == D("140.00")  # 9 x 20 = 180
    assert (charge.quantity, charge.unit_price) == (9, 20)
    assert (charge.basis["uncapped"], charge.basis["monthly_cap"]) == (180, 140)


def test_hours_stop_at_the_daily_cap():
    hours = (Presence(d("3/6"), "am", D("3.5")), Presence(d("4/6"), "pm", D("2")))
    stay = seat(terms("hour", "4", daily_cap="12"), "1/6", presences=hours)
    (charge,) = pricing.charge_month(stay, d("1/6"))
    assert charge.total == D("20.00")  # 14 capped to 12, then 8
    assert charge.basis["daily_capped"] == 1


def test_caps_of_a_price_row_replace_those_of_the_tariff():
    prices = (
        Price(SINCE_2015, D("20"), monthly_cap=D("140")),
        Price(d("1/7"), D("20"), daily_cap=D("15")),
    )
    presences = whole_days(9, "1/6") + whole_days(9, "1/7")
    tariff = terms("day", prices=prices, daily_cap="18", monthly_cap="155")
    stay = seat(tariff, "1/6", presences=presences)
    assert regular(stay, "1/6") == D("140.00")  # 9 x 18 = 162
    assert regular(stay, "1/7") == D("135.00")  # 9 x 15
    own = seat(terms("day", "20", monthly_cap="155"), "1/6", presences=presences)
    assert regular(own, "1/6") == D("155.00")  # 9 x 20 = 180


def test_the_monthly_cap_is_that_of_the_first_covered_day():
    prices = (
        Price(SINCE_2015, D("20"), monthly_cap=D("140")),
        Price(d("8/6"), D("20"), monthly_cap=D("100")),
    )
    stay = seat(terms("day", prices=prices), "1/6", presences=whole_days(9, "10/6"))
    assert regular(stay, "1/6") == D("140.00")


@pytest.mark.parametrize(
    ("unit", "half", "amount"),
    [
        ("half_day", "1", "45.00"),  # 3 half-days
        ("day", "1", "30.00"),  # 2 dates
        ("day", "0.5", "22.50"),  # 1 day and a half
    ],
)
def test_half_days_count_as_the_tariff_says(unit, half, amount):
    tariff = terms(unit, "15", half_day_quantity=half)
    assert regular(seat(tariff, "1/6", presences=half_days("3/6", "4/6pm")), "1/6") == D(amount)


def test_presences_outside_the_stay_or_the_month_count_for_nothing():
    presences = half_days("9/6", "10/6", "12/6", "13/6", "1/7")
    stay = seat(terms("day", "20"), "10/6", "12/6", presences=presences)
    assert totals(stay, "1/6", "1/7") == [("regular", D("40.00"))]


def test_no_presence_is_no_charge():
    assert totals(seat(terms("day", "20"), "1/6"), "1/6") == []
    unknown = (Presence(d("3/6"), "am"),)
    assert totals(seat(terms("hour", "4"), "1/6", presences=unknown), "1/6") == []


def test_a_week_begun_is_due_whole_in_the_month_it_starts():
    # Weeks of 24/6, 1/7 and 8/7.
    stay = seat(terms("week", "60"), "24/6", "10/7")
    june, july = (pricing.charge_month(stay, d(m))[0] for m in ("1/6", "1/7"))
    assert (june.total, july.total) == (D("60.00"), D("120.00"))
    assert (july.quantity, july.date_from, july.date_to) == (2, d("1/7"), d("10/7"))
    assert june.date_to == d("30/6")
    assert totals(stay, "1/8") == []


def test_each_week_has_the_price_of_its_first_day():
    prices = (Price(SINCE_2015, D("60")), Price(d("8/7"), D("70")))
    stay = seat(terms("week", prices=prices), "24/6", "10/7")
    assert regular(stay, "1/7") == D("130.00")


# === Included quantity ===


def test_days_beyond_the_included_quantity_are_one_charge():
    tariff = terms(price="100", included_quantity="8", overage_price="15")
    stay = seat(tariff, "16/6", "30/6", presences=whole_days(10, "16/6"))
    assert totals(stay, "1/6") == [("regular", D("50.00")), ("overage", D("30.00"))]
    overage = pricing.charge_month(stay, d("1/6"))[1]
    assert (overage.date_from, overage.date_to, overage.quantity) == (d("24/6"), d("25/6"), 2)
    assert (overage.basis["used"], overage.basis["included"]) == (10, 8)


def test_each_day_beyond_has_the_overage_price_of_its_day():
    prices = (
        Price(SINCE_2015, D("100"), overage_price=D("15")),
        Price(d("9/6"), D("110"), overage_price=D("18")),
    )
    tariff = terms(prices=prices, included_quantity="7", half_day_quantity="0.5")
    presences = whole_days(7, "1/6") + half_days("8/6am", "9/6")
    # The 8th is half a day at 15.00, the 9th a day at 18.00.
    assert totals(seat(tariff, "1/6", presences=presences), "1/6")[1] == ("overage", D("25.50"))


def test_a_day_across_the_limit_is_charged_in_part():
    tariff = terms(
        price="100", included_quantity="1.5", overage_price="20", half_day_quantity="0.5"
    )
    stay = seat(tariff, "1/6", presences=half_days("1/6", "2/6"))
    assert totals(stay, "1/6")[1] == ("overage", D("10.00"))  # half of the 2nd


def test_days_before_the_start_or_after_the_end_use_up_nothing():
    tariff = terms(price="100", included_quantity="8", overage_price="15", proration="none")
    stay = seat(tariff, "10/6", "19/6", presences=whole_days(20, "1/6"))
    assert totals(stay, "1/6") == [("regular", D("100.00")), ("overage", D("30.00"))]


def test_without_an_overage_price_more_days_are_free():
    stay = seat(terms(included_quantity="8"), "1/6", presences=whole_days(10, "1/6"))
    assert totals(stay, "1/6") == [("regular", D("180.00"))]


def test_an_anniversary_month_includes_its_own_days():
    tariff = terms(price="100", period="anniversary", included_quantity="8", overage_price="15")
    presences = whole_days(5, "10/6") + whole_days(5, "1/7") + whole_days(9, "15/7")
    # Period of 10 June to 9 July: 10 days; of 10 July to 9 August: 9 days.
    stay = seat(tariff, "10/6", presences=presences)
    assert totals(stay, "1/6") == [("regular", D("100.00")), ("overage", D("30.00"))]
    assert totals(stay, "1/7") == [("regular", D("100.00")), ("overage", D("15.00"))]


# === Packs ===


def pack_terms(price="120.00", size="10", months=6, **values):
    return terms("pack", price, pack_size=size, pack_validity_months=months, **values)


def test_a_second_pack_is_bought_when_the_first_is_used_up():
    tariff = pack_terms()
    stay = seat(tariff, "1/6", presences=whole_days(12, "1/6"))
    ledger = pricing.pack_ledger(tariff, [stay])
    assert [(p.number, p.date, p.seat) for p in ledger.purchases] == [
        (1, d("1/6"), 1),
        (2, d("11/6"), 1),
    ]
    (charge,) = ledger.charges(d("1/6"))
    assert (charge.kind, charge.quantity, charge.total) == ("pack", 2, D("240.00"))
    assert ledger.balance(d("30/6")) == charge.basis["balance"] == 8
    assert ledger.balance(d("4/6")) == 6
    assert ledger.charges(d("1/7")) == []


def test_what_settled_packs_are_opened_by_is_the_same_once_that_is_settled():
    tariff = pack_terms(size="1")
    first = seat(tariff, "1/1", "8/1", key=1)
    second = seat(tariff, "9/1", key=2, presences=whole_days(1, "13/1") + whole_days(1, "17/1"))
    settled = [pricing.Pack(date=d("5/1"), seat=1)]
    ledger = pricing.pack_ledger(tariff, [first, second], settled=settled)
    assert len(ledger.purchases) == 2
    again = pricing.pack_ledger(tariff, [first, second], settled=ledger.purchases)
    assert again.packs == ledger.packs


def test_a_pack_is_valid_to_the_day_before_and_the_rest_is_lost():
    tariff = pack_terms()
    stay = seat(tariff, "10/1", presences=half_days("10/1", "9/7", "10/7"))
    ledger = pricing.pack_ledger(tariff, [stay])
    first, second = ledger.purchases
    assert (first.date, first.valid_until) == (d("10/1"), d("9/7"))
    assert (second.date, second.valid_until) == (d("10/7"), d("9/1/16"))
    assert ledger.balance(d("9/7")) == 8
    assert ledger.expired(d("9/7")) == 0
    assert ledger.losses(d("10/7")) == ((d("9/7"), 1, D(8)),)
    assert ledger.balance(d("10/7")) == 9
    assert ledger.charges(d("1/7"))[0].basis["expired"] == 8


def test_a_pack_without_validity_never_expires():
    tariff = pack_terms(months=None)
    stay = seat(tariff, "10/1", presences=half_days("10/1", "10/1/17"))
    ledger = pricing.pack_ledger(tariff, [stay])
    assert len(ledger.purchases) == 1
    assert ledger.balance(d("10/1/17")) == 8


def test_packs_follow_the_person_from_seat_to_seat():
    tariff = pack_terms()
    seats = [
        seat(tariff, "1/6", "15/6", presences=whole_days(4, "1/6")),
        seat(tariff, "16/6", key=2, presences=whole_days(8, "16/6")),
    ]
    ledger = pricing.pack_ledger(tariff, seats)
    # 4 + 6 days of the first pack, then one bought by the second seat.
    assert [(p.date, p.seat) for p in ledger.purchases] == [(d("1/6"), 1), (d("22/6"), 2)]
    assert [(c.seat, c.total) for c in ledger.charges(d("1/6"))] == [(1, 120), (2, 120)]
    assert pricing.charge_month(seats[0], d("1/6")) == []


def test_a_pack_has_the_price_of_its_purchase():
    tariff = pack_terms(prices=(Price(SINCE_2015, D("120")), Price(d("1/7"), D("130"))))
    stay = seat(tariff, "29/6", presences=whole_days(11, "29/6"))
    ledger = pricing.pack_ledger(tariff, [stay])
    assert [ledger.charges(d(m))[0].total for m in ("1/6", "1/7")] == [D("120"), D("130")]


def test_one_half_day_beyond_the_balance_buys_a_pack():
    tariff = pack_terms(size="2.5", half_day_quantity="0.5")
    stay = seat(tariff, "1/6", presences=half_days("1/6", "2/6", "3/6"))
    ledger = pricing.pack_ledger(tariff, [stay])
    assert [pack.used[-1] for pack in ledger.packs] == [(d("3/6"), D("0.5"))] * 2
    assert ledger.balance(d("3/6")) == 2


def test_a_settled_pack_stays_bought_and_its_balance_is_right():
    tariff = pack_terms()
    settled = (Pack(d("1/6"), 1), Pack(d("11/6"), 1))
    stay = seat(tariff, "1/6", presences=whole_days(9, "1/6") + whole_days(3, "1/7"))
    ledger = pricing.pack_ledger(tariff, [stay], settled=settled)
    assert ledger.charges(d("1/6"))[0].quantity == 2
    assert ledger.charges(d("1/7")) == []
    assert ledger.balance(d("30/6")) == 11
    assert ledger.balance(d("31/7")) == 8


def test_a_settled_pack_covers_an_earlier_use_found_in_its_month():
    tariff = pack_terms()
    stay = seat(tariff, "1/6", presences=half_days("5/6", "10/6"))
    ledger = pricing.pack_ledger(tariff, [stay], settled=[Pack(d("10/6"), 1)])
    assert [(p.date, p.valid_until) for p in ledger.purchases] == [(d("5/6"), d("4/12"))]


def test_a_settled_pack_remains_that_of_the_seat_that_was_charged():
    tariff = pack_terms()
    seats = [
        seat(tariff, "1/6", "9/6", presences=half_days("9/6")),
        seat(tariff, "10/6", key=2),
    ]
    ledger = pricing.pack_ledger(tariff, seats, settled=[Pack(d("10/6"), 2)])
    assert [(p.date, p.seat) for p in ledger.purchases] == [(d("9/6"), 2)]
    # With a pack of either seat, each opens its own.
    both = [Pack(d("9/6"), 1), Pack(d("9/6"), 2)]
    ledger = pricing.pack_ledger(tariff, seats[::-1], settled=both[::-1])
    assert [(p.seat, len(p.used)) for p in ledger.purchases] == [(1, 1), (2, 0)]


def test_a_use_found_in_a_month_before_the_settled_pack_buys_one():
    tariff = pack_terms()
    stay = seat(tariff, "1/5", presences=half_days("5/5", "10/6"))
    ledger = pricing.pack_ledger(tariff, [stay], settled=[Pack(d("10/6"), 1)])
    assert [p.date for p in ledger.purchases] == [d("5/5"), d("10/6")]
    assert ledger.balance(d("30/6")) == 18


def test_an_opening_balance_is_used_first_and_expires():
    tariff = pack_terms()
    presences = half_days("30/5", "2/6", "3/6", "11/6", "12/6")
    stay = seat(tariff, "1/1", presences=presences, billed_from=d("1/6"))
    opening = [(D(1), None), (D(3), d("10/6"))]
    ledger = pricing.pack_ledger(tariff, [stay], opening=opening)
    # Two of the three before the 10th, the one without limit on the 11th, a pack on the 12th.
    assert [p.date for p in ledger.purchases] == [d("12/6")]
    assert ledger.losses(d("30/6")) == ((d("10/6"), 0, D(1)),)
    assert ledger.balance(d("10/6")) == 2
    assert ledger.balance(d("30/6")) == 9


def test_packs_of_an_unknown_seat_or_of_another_unit_are_refused():
    with pytest.raises(PricingError, match="seat 7"):
        pricing.pack_ledger(pack_terms(), [], settled=[Pack(d("1/6"), 7)])
    with pytest.raises(PricingError, match="no packs"):
        pricing.pack_ledger(terms(), [])


# === Ranks ===

LADDER = tuple(Price(SINCE_2015, D(p), rank=r) for r, p in enumerate(("180", "150", "120"), 1))


def by_rank(seats, month):
    return [regular(s, month, rank=pricing.rank_of(s.key, d(month), seats)) for s in seats]


def test_a_team_pays_less_for_each_seat():
    seats = [seat(terms(prices=LADDER), "1/6", key=key) for key in (1, 2, 3, 4)]
    assert by_rank(seats, "1/6") == [180, 150, 120, 120]
    assert sum(by_rank(seats, "1/6")) == D("570.00")


def test_a_seat_that_follows_another_is_first_again():
    tariff = terms(prices=LADDER[:2])
    seats = [seat(tariff, "1/6", "15/6"), seat(tariff, "16/6", "30/6", key=2)]
    assert by_rank(seats, "1/6") == [D("90.00"), D("90.00")]


def test_the_earlier_start_ranks_before_the_smaller_key():
    seats = [seat(terms(prices=LADDER), "2/1", key=1), seat(terms(prices=LADDER), "1/1", key=9)]
    assert by_rank(seats, "1/6") == [150, 180]


def test_a_seat_suspended_on_credit_that_day_does_not_rank():
    tariff = terms(prices=LADDER, absence_rule="credited")
    away = (Span(d("25/5"), d("10/6")),)
    seats = [seat(tariff, "1/1", suspensions=away), seat(tariff, "1/2", key=2)]
    # 20 / 30 of 180.00 on return, the other whole.
    assert by_rank(seats, "1/6") == [D("120.00"), D("180.00")]


def test_a_seat_back_from_a_suspension_ranks_on_the_day_it_is_back():
    tariff = terms(prices=LADDER, absence_rule="credited")
    away = (Span(d("1/6"), d("15/6")),)
    seats = [seat(tariff, "1/1", "10/6"), seat(tariff, "1/2", key=2, suspensions=away)]
    # 10 / 30 of 180.00; then 15 / 30 of 180.00, the first having left.
    assert by_rank(seats, "1/6") == [D("60.00"), D("90.00")]


def test_months_from_ones_own_day_rank_through_closures():
    tariff = terms(prices=LADDER, period="anniversary", closure_rule="credited")
    closed = (Span(d("25/5"), d("10/6")),)
    seats = [seat(tariff, f"{day}/1", key=day, closures=closed) for day in (1, 2)]
    assert by_rank(seats, "1/6") == [180, 150]


def test_ranks_of_a_later_date_replace_the_whole_ladder():
    tariff = terms(prices=(*LADDER, Price(d("1/7"), D("170"))))
    seats = [seat(tariff, "1/6", key=key) for key in (1, 2)]
    assert by_rank(seats, "1/7") == [170, 170]


def test_the_rank_of_a_seat_that_is_not_given_is_refused():
    with pytest.raises(PricingError, match="seat 3"):
        pricing.rank_of(3, d("1/6"), [])


# === Suspension, closure ===


@pytest.mark.parametrize(
    ("rule", "proration", "amount"),
    [
        ("charged", "daily", "300.00"),
        ("credited", "daily", "200.00"),  # 20 / 30
        ("credited", "daily_30", "200.00"),
        ("credited", "half_month", "300.00"),  # 20 days
        ("credited", "none", "300.00"),
        ("credited", "working_days", "190.91"),  # 8 of June's 22 are missed: 14 / 22
    ],
)
def test_suspended_days_are_credited_if_the_tariff_says_so(rule, proration, amount):
    tariff = terms(price="300", proration=proration, absence_rule=rule)
    stay = seat(tariff, "1/1", suspensions=(Span(d("8/6"), d("17/6")),))
    assert regular(stay, "1/6") == D(amount)


def test_half_the_month_suspended_on_credit_is_half_the_price():
    tariff = terms(proration="half_month", absence_rule="credited")
    assert regular(seat(tariff, "1/1", suspensions=(Span(d("1/6"), d("15/6")),)), "1/6") == 90


def test_a_month_credited_whole_owes_nothing():
    for proration in ("daily", "daily_30", "half_month", "working_days", "none"):
        tariff = terms(proration=proration, closure_rule="credited")
        stay = seat(tariff, "1/1", closures=(Span(d("1/8"), d("31/8")),))
        assert totals(stay, "1/8") == []


def test_a_day_suspended_and_closed_is_credited_once():
    tariff = terms(price="300", absence_rule="credited", closure_rule="credited")
    away, closed = Span(d("1/6"), d("10/6")), Span(d("6/6"), d("15/6"))
    stay = seat(tariff, "1/1", suspensions=(away,), closures=(closed,))
    (charge,) = pricing.charge_month(stay, d("1/6"))
    assert charge.total == D("150.00")  # 15 / 30
    assert charge.basis["credited"] == 15
    assert (charge.date_from, charge.date_to) == (d("16/6"), d("30/6"))


def test_an_open_suspension_credits_until_the_end():
    tariff = terms(absence_rule="credited")
    stay = seat(tariff, "1/1", suspensions=(Span(d("16/6")),))
    assert totals(stay, "1/6", "1/7") == [("regular", D("90.00"))]


def test_only_civil_months_are_credited():
    away = (Span(d("1/6"), d("30/6")),)
    both = {"absence_rule": "credited", "closure_rule": "credited"}
    for tariff in (terms(period="anniversary", **both), terms("week", **both)):
        stay = seat(tariff, "1/6", "30/6", suspensions=away, closures=away)
        assert regular(stay, "1/6")
    used = seat(terms("day", "20", **both), "1/6", presences=half_days("3/6"), suspensions=away)
    assert regular(used, "1/6") == D("20.00")


# === Commitment, notice ===

COMMITTED = {"min_commitment_months": 3}


def test_leaving_early_owes_the_rest_of_the_commitment():
    stay = seat(terms(**COMMITTED), "1/1", "20/2")
    assert pricing.due_until(stay) == d("31/3")
    # 20 / 28 of 180.00, then what is missing to 180.00.
    assert totals(stay, "1/1", "1/2", "1/3", "1/4") == [
        ("regular", D("180.00")),
        ("regular", D("128.57")),
        ("commitment", D("51.43")),
        ("commitment", D("180.00")),
    ]
    february = pricing.charge_month(stay, d("1/2"))[1]
    assert (february.date_from, february.date_to) == (d("21/2"), d("28/2"))
    facts = {"cause": "commitment", "until": d("31/3"), "days": 8, "month_days": 28}
    assert facts.items() <= february.basis.items()


@pytest.mark.parametrize(
    ("proration", "amounts"),
    [
        # Left on 10 February, due until 31 March.
        ("none", [("regular", 180), ("commitment", 180)]),
        ("half_month", [("regular", 90), ("commitment", 90), ("commitment", 180)]),
        # 10 / 30, then the whole less that.
        ("daily_30", [("regular", 60), ("commitment", 120), ("commitment", 180)]),
        # 7 of the 20 working days of February 2015.
        ("working_days", [("regular", 63), ("commitment", 117), ("commitment", 180)]),
    ],
)
def test_a_month_left_early_never_costs_more_than_the_month(proration, amounts):
    stay = seat(terms(proration=proration, **COMMITTED), "1/1", "10/2")
    assert totals(stay, "1/2", "1/3") == amounts


def test_a_month_left_early_is_rounded_to_the_month():
    stay = seat(terms(price="180.01", proration="half_month", **COMMITTED), "1/1", "10/2")
    # Half is 90.005, half up; the rest makes 180.01.
    assert totals(stay, "1/2") == [("regular", D("90.01")), ("commitment", D("90.00"))]


def test_whole_periods_are_committed_too():
    own_months = seat(terms(period="anniversary", **COMMITTED), "15/1", "20/2")
    assert totals(own_months, "1/2", "1/3", "1/4") == [("regular", 180), ("commitment", 180)]
    # Due until 31 January: weeks of 1, 8 (left on the 10th), 15, 22 and 29 January.
    weeks = seat(terms("week", "60", min_commitment_months=1), "1/1", "10/1")
    assert totals(weeks, "1/1") == [("regular", 120), ("commitment", 180)]
    committed = pricing.charge_month(weeks, d("1/1"))[1]
    assert (committed.date_from, committed.date_to) == (d("15/1"), d("31/1"))
    used = seat(terms("day", "20", **COMMITTED), "1/1", "10/1")
    assert totals(used, "1/1", "1/2", "1/3") == []


@pytest.mark.parametrize(
    ("notice", "values", "until"),
    [
        (None, {"notice_days": 30}, "10/6"),  # no notice date, no notice owed
        ("1/6", {"notice_days": 30}, "1/7"),
        ("1/5", {"notice_days": 30}, "10/6"),  # given early enough
        ("1/6", {"notice_days": 30, "notice_rule": "month_end"}, "31/7"),
        ("10/6", {"notice_rule": "month_end"}, "30/6"),
        ("1/6", {"notice_days": 30, "min_commitment_months": 3}, "31/7"),  # from 1 May
    ],
)
def test_notice_and_commitment_run_to_the_latest(notice, values, until):
    stay = seat(terms(**values), "1/5", "10/6", notice_date=d(notice) if notice else None)
    assert pricing.due_until(stay) == d(until)


def test_a_seat_without_end_has_no_last_day_due():
    assert pricing.due_until(seat(terms(**COMMITTED), "1/1", notice_date=d("1/6"))) is None


def test_notice_costs_what_the_days_cost():
    stay = seat(terms(notice_days=30), "1/1", "15/6", notice_date=d("10/6"))
    # Due until 10 July: 15 / 30 of June, 10 / 31 of July = 58.06.
    assert totals(stay, "1/6", "1/7") == [
        ("regular", 90),
        ("commitment", 90),
        ("commitment", D("58.06")),
    ]
    assert pricing.charge_month(stay, d("1/7"))[0].basis["cause"] == "notice"


def test_a_suspension_ends_with_the_stay_but_a_closure_does_not():
    rules = {"absence_rule": "credited", "closure_rule": "credited"}
    tariff = terms(price="310", min_commitment_months=8, **rules)
    away, closed = (Span(d("1/6")),), (Span(d("1/8"), d("10/8")),)
    stay = seat(tariff, "1/1", "15/6", suspensions=away, closures=closed)
    # June: the 15 days after the stay, 15 / 30; July whole; August 21 / 31.
    assert totals(stay, "1/6", "1/7", "1/8") == [
        ("commitment", 155),
        ("commitment", 310),
        ("commitment", 210),
    ]
    june, _, august = (pricing.charge_month(stay, d(m))[0] for m in ("1/6", "1/7", "1/8"))
    assert (june.basis["covered"], june.basis["credited"]) == (15, 0)
    assert (august.basis["covered"], august.basis["credited"]) == (21, 10)


@pytest.mark.parametrize(
    ("values", "day", "best"),
    [
        ({"proration": "none"}, "3/6", "30/6"),
        ({"proration": "daily"}, "3/6", "3/6"),
        ({"proration": "half_month"}, "3/6", "15/6"),
        ({"proration": "half_month"}, "16/6", "30/6"),
        ({"proration": "daily_30"}, "30/7", "31/7"),
        ({"proration": "working_days"}, "5/6", "7/6"),  # Friday: the week-end is free
        ({"period": "anniversary"}, "3/6", "14/6"),
        ({"period": "anniversary"}, "15/6", "14/7"),
        ({"min_commitment_months": 6}, "3/6", "14/7"),  # from 15 January
        ({"notice_days": 30, "proration": "none"}, "3/6", "31/7"),  # notice on 1 June
        ({"notice_days": 30}, "3/6", "1/7"),
        ({"unit": "week"}, "3/6", "3/6"),  # weeks start on Thursdays: 28 May to 3 June
        ({"unit": "week"}, "4/6", "10/6"),
        ({"unit": "day"}, "3/6", "3/6"),
        ({"unit": "pack", "pack_size": "5"}, "3/6", "3/6"),
        ({"proration": "none"}, "1/1", "31/1"),  # before the start: the first day
    ],
)
def test_the_best_exit_day_costs_no_more_and_the_next_one_does(values, day, best):
    notice = d("1/6") if "notice_days" in values else None
    stay = seat(terms(**values), "15/1", notice_date=notice)
    assert pricing.best_exit_day(stay, d(day)) == d(best)


# === Membership ===


def membership(*paid, elsewhere=()):
    fee = {"fee": D("10"), "tax_included": True, "tax_rate": VAT}
    return Membership(**fee, paid_from=tuple(map(d, paid)), paid_elsewhere=tuple(map(d, elsewhere)))


def fees(member, stay, *months):
    lines = [line for month in months for line in pricing.charge_month(stay, d(month))]
    return [(fee.period, fee.total) for fee in pricing.membership_due(member, lines)]


def test_a_membership_comes_with_the_first_charge_and_a_year_later():
    months = [f"1/{m}/{y}" for y in (15, 16) for m in range(1, 13)]
    stay = seat(terms(), "15/6")
    assert fees(membership(), stay, *months) == [(d("1/6"), 10), (d("1/6/16"), 10)]
    lines = pricing.charge_month(stay, d("1/6"))
    (fee,) = pricing.membership_due(membership(), lines)
    assert (fee.kind, fee.seat, fee.date_from, fee.date_to) == (
        "membership",
        1,
        d("15/6"),
        d("31/5/16"),
    )
    assert (fee.untaxed, fee.tax) == (D("8.33"), D("1.67"))


def test_a_membership_is_due_on_return_when_a_year_has_passed():
    stay = seat(terms(), "1/9/16")
    assert fees(membership("1/6"), stay, "1/9/16", "1/10/16") == [(d("1/9/16"), 10)]
    assert fees(membership("1/10"), stay, "1/9/16", "1/10/16") == [(d("1/10/16"), 10)]


def test_a_settled_membership_is_found_again_and_not_doubled():
    stay = seat(terms(), "1/5")
    assert fees(membership("1/6"), stay, "1/5", "1/6", "1/7") == [(d("1/6"), 10)]


def test_a_membership_found_more_than_a_year_before_another_is_due():
    stay = seat(terms(), "1/6")
    assert fees(membership("1/6/16"), stay, "1/6") == [(d("1/6"), 10)]
    assert fees(membership("1/5/16"), stay, "1/6") == []


def test_a_membership_paid_elsewhere_is_not_charged():
    assert fees(membership(elsewhere=["1/6"]), seat(terms(), "1/6"), "1/6", "1/7") == []


def test_the_membership_goes_with_the_earliest_charge_of_the_month():
    seats = [seat(terms(), "16/6", key=1), seat(terms(), "1/6", "15/6", key=2)]
    lines = [line for s in seats for line in pricing.charge_month(s, d("1/6"))]
    assert [fee.seat for fee in pricing.membership_due(membership(), lines)] == [2]


# === Money ===


@pytest.mark.parametrize(
    ("amount", "rate", "included", "expected"),
    [
        ("140.00", "0.20", True, ("116.67", "23.33", "140.00")),  # 140 / 6 = 23.333
        ("95.55", "0.20", True, ("79.62", "15.93", "95.55")),  # 95.55 / 6 = 15.925, half up
        ("0.03", "0.20", True, ("0.02", "0.01", "0.03")),  # 0.005, half up
        ("100.00", "0.055", True, ("94.79", "5.21", "100.00")),  # 5.5 / 1.055 = 5.213
        ("150.00", "0.20", False, ("150.00", "30.00", "180.00")),
        ("0.125", "0.20", False, ("0.13", "0.03", "0.16")),  # 0.026
        ("180.00", "0", True, ("180.00", "0.00", "180.00")),
        ("180.00", "0", False, ("180.00", "0.00", "180.00")),
    ],
)
def test_tax_is_split_once_half_up(amount, rate, included, expected):
    assert pricing.tax_split(D(amount), D(rate), included) == tuple(map(D, expected))


def test_twelve_seats_with_tax_make_twelve_times_the_price():
    tariff = terms(price="95.55", tax_included=True)
    seats = [seat(tariff, "1/1", key=key, tax_rate=VAT) for key in range(12)]
    lines = [pricing.charge_month(s, d("1/6"))[0] for s in seats]
    assert sum(g.total for g in lines) == D("1146.60")
    assert sum(g.untaxed for g in lines) + sum(g.tax for g in lines) == D("1146.60")


@pytest.mark.parametrize(
    ("step", "amount"),
    [("1", "106"), ("0.05", "105.85"), ("0.001", "105.862"), ("0.010", "105.86")],
)
def test_amounts_are_multiples_of_the_currencys_smallest(step, amount):
    # 307 x 10 / 29 = 105.862
    tariff = terms(price="307", prices=(Price(SINCE_2015, D("307")),), step=D(step))
    stay = seat(tariff, "1/2/16", "10/2/16")
    assert regular(stay, "1/2/16") == D(amount)


# === Who pays ===


def funded(tariff, start, end=None, rate="80", cap="120", **values):
    funding = Funding(None, D(rate), D(cap) if cap else None)
    return seat(tariff, start, end, fundings=(funding,), **values)


def test_a_seat_is_funded_up_to_the_cap():
    # 80 % of 180.00 is 144.00
    assert shared([funded(terms(), "1/6")], "1/6") == [(180, 120, 60)]


def test_two_seats_of_a_month_share_one_cap():
    seats = [
        funded(terms(price="90"), "1/6", "30/6"),
        funded(terms(price="70", proration="none"), "16/6", "30/6", key=2),
    ]
    assert shared(seats, "1/6") == [(90, 72, 18), (70, 48, 22)]


def test_the_cap_left_is_that_of_the_seat_less_all_already_funded():
    seats = [
        funded(terms(price="90"), "1/6", "30/6", cap=None),
        funded(terms(price="70", proration="none"), "16/6", "30/6", key=2, cap="100"),
        funded(terms(price="50", proration="none"), "20/6", "30/6", key=3, cap="60"),
    ]
    # 72 of no cap; 28 left of 100; nothing left of 60.
    assert shared(seats, "1/6") == [(90, 72, 18), (70, 28, 42), (50, 0, 50)]


def test_people_do_not_share_a_cap():
    seats = [funded(terms(), "1/6", key=key, person=key) for key in (1, 2)]
    assert shared(seats, "1/6") == [(180, 120, 60)] * 2


def test_each_month_has_its_own_cap_and_its_own_rate():
    fundings = (Funding(None, D(80), D(120)), Funding(d("1/7"), D(50), None))
    stay = seat(terms(), "1/6", fundings=fundings[::-1])
    assert shared([stay], "1/6", "1/7", "1/8") == [(180, 120, 60), (180, 90, 90), (180, 90, 90)]


def test_without_a_funding_rule_the_program_pays_everything():
    later = (Funding(d("1/8"), D(50)),)
    assert shared([seat(terms(), "1/6", fundings=later)], "1/6", "1/8") == [
        (180, 180, 0),
        (180, 90, 90),
    ]


def test_a_cap_of_zero_funds_nothing():
    stay = seat(terms(), "1/6", fundings=(Funding(None, D(100), D(0)),))
    assert shared([stay], "1/6") == [(180, 0, 180)]


def share_of_a_pack(price, months, presences=()):
    tariff = pack_terms(price=price, months=months)
    stays = [funded(tariff, "1/6", "20/6", rate="100", presences=half_days("3/6"))]
    stays.append(funded(terms(price="90", proration="none"), "21/6", key=2, rate="100"))
    lines = pricing.pack_ledger(tariff, stays[:1]).charges(d("1/6"))
    lines += pricing.charge_month(stays[1], d("1/6"))
    return [(c.funded, c.copayment) for c in pricing.share(lines, stays)]


def test_a_pack_draws_on_the_caps_of_its_months_of_validity():
    # Cap 6 x 120.00; then nothing is left of June's own 120.00.
    assert share_of_a_pack("420", 6) == [(420, 0), (0, 90)]
    # 3 x 120.00 = 360.00
    assert share_of_a_pack("420", 3) == [(360, 60), (0, 90)]
    # Valid for ever: one month's cap.
    assert share_of_a_pack("420", None) == [(120, 300), (0, 90)]
    assert share_of_a_pack("50", 6) == [(50, 0), (70, 20)]


def test_a_commitment_is_the_programs_own_outside_the_cap():
    stays = [
        funded(terms(price="90", proration="none", **COMMITTED), "1/1", "31/1"),
        funded(terms(price="150"), "1/2", key=2),
    ]
    # February: commitment 90 first, and still 120 for the new seat.
    assert shared(stays, "1/2") == [(90, 90, 0), (150, 120, 30)]


def test_at_equal_dates_charges_draw_in_order_of_seat_then_kind():
    tariff = terms(price="100", included_quantity="0", overage_price="50")
    stays = [funded(tariff, "1/6", rate="100", presences=half_days("1/6"))]
    lines = pricing.charge_month(stays[0], d("1/6"))
    lines += pricing.membership_due(membership(), lines)
    charges = pricing.share(lines[::-1], stays)
    assert [(c.kind, c.funded) for c in charges] == [
        ("regular", 100),
        ("overage", 20),
        ("membership", 0),
    ]


def test_charges_draw_by_date_then_by_start_of_their_seat_then_by_seat():
    stays = [funded(terms(), start, key=key) for key, start in ((3, "1/1"), (1, "1/2"), (2, "1/2"))]
    drawn = [("3/6", 3), ("2/6", 1), ("2/6", 2), ("2/6", 3)]
    extras = [
        pricing.PricedLine(key, d("1/6"), "extra", d(day), d(day), *map(D, (1, 50, 50, 0, 50)))
        for day, key in drawn
    ]
    # 80 % of 50.00 each, 120.00 in all.
    charges = pricing.share(extras, stays)
    assert [(c.date_from.day, c.seat, c.funded) for c in charges] == [
        (2, 3, 40),
        (2, 1, 40),
        (2, 2, 40),
        (3, 3, 0),
    ]


@pytest.mark.parametrize(
    ("base", "collector", "funded_amount", "copayment", "payable"),
    [
        ("total", "program", "144", "36", ("150", "30", "180")),
        ("untaxed", "program", "120", "30", ("150", "30", "180")),
        ("total", "space", "144", "36", ("120", "24", "144")),
        ("untaxed", "space", "120", "30", ("120", "24", "144")),
    ],
)
def test_who_owes_what(base, collector, funded_amount, copayment, payable):
    who = {"funding_base": base, "collector": collector, "tax_rate": VAT}
    stay = funded(terms(price="150"), "1/6", cap=None, **who)
    (charge,) = pricing.share(pricing.charge_month(stay, d("1/6")), [stay])
    assert (charge.untaxed, charge.tax, charge.total) == (150, 30, 180)
    assert (charge.funded, charge.copayment) == (D(funded_amount), D(copayment))
    owed = charge.payable_untaxed, charge.payable_tax, charge.payable_total
    assert owed == tuple(map(D, payable))
    assert pricing.copayment_with_tax(charge, stay) == 36


def test_a_seat_funded_whole_is_owed_whole_to_the_space():
    stay = funded(terms(price="140", tax_included=True), "1/6", cap=None, rate="100", tax_rate=VAT)
    for collector in ("program", "space"):
        stay = replace(stay, collector=collector)
        (charge,) = pricing.share(pricing.charge_month(stay, d("1/6")), [stay])
        assert (charge.payable_untaxed, charge.payable_tax) == (D("116.67"), D("23.33"))


def test_a_charge_of_a_seat_that_is_not_given_is_refused():
    lines = pricing.charge_month(seat(terms(), "1/6"), d("1/6"))
    with pytest.raises(PricingError, match="seat 1"):
        pricing.share(lines, [])


# === Corrections ===


def charges_of(stay, month):
    return pricing.share(pricing.charge_month(stay, d(month)), [stay])


def test_a_correction_leaves_the_current_months_cap_alone():
    settled = charges_of(funded(terms(), "1/6"), "1/6")
    true = funded(terms(), "16/6")
    (correction,) = pricing.adjustments(charges_of(true, "1/6"), settled)
    assert (correction.kind, correction.period) == ("adjustment", d("1/6"))
    assert (correction.total, correction.funded, correction.copayment) == (-90, -48, -42)
    assert correction.payable_total == -90
    assert correction.basis["total"] == (180, 90)
    assert correction.corrected_kind == "regular"
    assert [(c.funded, c.copayment) for c in charges_of(true, "1/7")] == [(120, 60)]
    assert pricing.adjustments(charges_of(true, "1/6"), [*settled, correction]) == []


def test_what_was_never_due_is_taken_back_whole():
    settled = charges_of(funded(terms(), "1/6"), "1/6")
    (back,) = pricing.adjustments([], settled)
    assert (back.seat, back.total, back.date_from, back.date_to) == (1, -180, d("1/6"), d("30/6"))
    assert pricing.adjustments([], []) == []
    (found,) = pricing.adjustments(settled, [])
    assert (found.untaxed, found.funded, found.copayment) == (180, 120, 60)


def test_a_correction_of_the_copayment_alone_is_a_correction():
    settled = charges_of(funded(terms(), "1/6"), "1/6")
    fresh = charges_of(funded(terms(), "1/6", cap="100"), "1/6")
    (correction,) = pricing.adjustments(fresh, settled)
    assert (correction.total, correction.funded, correction.copayment) == (0, -20, 20)


def test_each_seat_month_and_kind_has_a_correction_of_its_own():
    june = charges_of(seat(terms(), "1/6"), "1/6")
    other = charges_of(seat(terms(), "1/6", key=2), "1/6")
    july = charges_of(seat(terms(), "1/6"), "1/7")
    found = pricing.adjustments([], [*july, *other, *june])
    assert [(row.period, row.seat, row.total) for row in found] == [
        (d("1/6"), 1, -180),
        (d("1/6"), 2, -180),
        (d("1/7"), 1, -180),
    ]


def test_a_month_that_turns_out_to_be_commitment_leaves_the_participant_and_the_cap():
    tariff = terms(min_commitment_months=3)
    told = charges_of(funded(tariff, "1/1"), "1/2")
    left = charges_of(funded(tariff, "1/1", end="20/1"), "1/2")
    found = pricing.adjustments(left, told)
    assert [(row.corrected_kind, row.total, row.funded, row.copayment) for row in found] == [
        ("regular", -180, -120, -60),
        ("commitment", 180, 180, 0),
    ]


# === Commitments that go on ===


def test_another_tariff_in_the_same_space_carries_the_commitment_over():
    first = seat(terms(min_commitment_months=3), "1/1", end="31/1")
    second = seat(terms(price="120"), "1/2", end="10/2", key=2)
    first, second = pricing.carry_commitments([second, first])
    assert pricing.due_until(first) == d("31/1")
    assert pricing.due_until(second) == d("31/3")
    assert [row.total for row in pricing.charge_month(first, d("1/2"))] == []
    assert [(row.kind, row.total) for row in pricing.charge_month(second, d("1/3"))] == [
        ("commitment", 120)
    ]


def test_a_seat_taken_after_the_commitment_begins_afresh():
    first = seat(terms(min_commitment_months=1), "1/1", end="20/1")
    second = seat(terms(), "10/2", end="20/2", key=2)
    assert pricing.carry_commitments([first, second]) == [first, second]


# === Funders ===


@pytest.mark.parametrize(
    ("amount", "parts", "expected"),
    [
        # 16.665, 9.999, 6.666: two cents to the largest remainders, 30 and 20.
        ("33.33", [(50, None), (30, None), (20, None)], ["16.66", "10.00", "6.67"]),
        ("100", [(50, None), (30, None)], ["50.00", "30.00", ("own", "20.00")]),
        ("100", [(50, "12.34"), (50, None)], ["12.34", "50.00", ("own", "37.66")]),
        ("100", [(100, "0")], [("own", "100.00")]),
        ("100", [(100, "-5")], [("own", "100.00")]),
        ("0.01", [(50, None), (50, None)], ["0.01"]),  # the first of equals
        ("0.01", [(50, None)], ["0.01"]),  # before own funds
        ("-33.33", [(50, "0"), (30, None), (20, None)], ["-16.66", "-10.00", "-6.67"]),
        ("0", [(50, None), (50, None)], []),
        ("10", [], [("own", "10")]),
        ("10", [(0, None), (100, None)], [(1, "10")]),
    ],
)
def test_a_funded_amount_is_spread_by_largest_remainder(amount, parts, expected):
    given = [(key, D(rate), D(left) if left else None) for key, (rate, left) in enumerate(parts)]
    wanted = []
    for key, part in enumerate(expected):
        key, part = part if isinstance(part, tuple) else (key, part)
        wanted.append((None if key == "own" else key, D(part)))
    assert pricing.split(D(amount), given) == wanted


@pytest.mark.parametrize("rates", [(60, 50), (101,), (-1,)])
def test_rates_of_funders_beyond_the_whole_are_refused(rates):
    with pytest.raises(PricingError, match="is not between 0 and 100"):
        pricing.split(D(10), [(rate, D(rate), None) for rate in rates])


# === Take-over ===


def test_nothing_is_charged_before_the_first_month_billed():
    for tariff in (terms(), terms(period="anniversary"), terms("week"), terms("day")):
        stay = seat(tariff, "15/1", billed_from=d("1/3"), presences=half_days("16/2", "3/3"))
        assert totals(stay, "1/1", "1/2") == []
        assert totals(stay, "1/3")


# === Wrong input ===


@pytest.mark.parametrize(
    ("code", "build"),
    [
        ("duplicate_price", lambda: terms(prices=(Price(SINCE_2015, D(1)),) * 2)),
        (
            "rank_hole",
            lambda: terms(prices=(Price(SINCE_2015, D(1)), Price(SINCE_2015, D(1), rank=3))),
        ),
        ("rank_hole", lambda: terms(prices=(Price(SINCE_2015, D(1), rank=2),))),
        ("rank_hole", lambda: terms(prices=(Price(SINCE_2015, D(1), rank=0),))),
        ("negative_price", lambda: terms(price="-1")),
        ("negative_price", lambda: terms(monthly_cap="-1")),
        ("negative_price", lambda: terms(overage_price="-1")),
        ("negative_price", lambda: Funding(None, D(80), D(-1))),
        ("negative_price", lambda: Membership(D(-1))),
        ("pack_without_size", lambda: terms("pack")),
        ("pack_without_size", lambda: terms("pack", pack_size="0")),
        ("value_too_low", lambda: terms("pack", pack_size="-1")),
        ("value_too_low", lambda: terms("pack", pack_size="5", pack_validity_months=0)),
        ("value_too_low", lambda: terms(notice_days=-1)),
        ("value_too_low", lambda: terms(included_quantity="-1")),
        ("value_too_low", lambda: terms(step=D(0))),
        ("value_too_low", lambda: Presence(d("1/6"), "am", D(-1))),
        ("unknown_value", lambda: terms("fortnight")),
        ("unknown_value", lambda: terms(proration="weekly")),
        ("unknown_value", lambda: Presence(d("1/6"), "evening")),
        ("unknown_value", lambda: seat(terms(), "1/6", collector="me")),
        ("rate_out_of_range", lambda: Funding(None, D(101))),
        ("rate_out_of_range", lambda: Funding(None, D(-1))),
        ("rate_out_of_range", lambda: seat(terms(), "1/6", tax_rate=D(20))),
        ("override_mid_month", lambda: Funding(d("2/6"), D(80))),
        ("end_before_start", lambda: seat(terms(), "2/6", "1/6")),
        ("end_before_start", lambda: Span(d("2/6"), d("1/6"))),
    ],
)
def test_wrong_input_is_named(code, build):
    with pytest.raises(PricingError) as caught:
        build()
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_facts_of_a_charge_cannot_be_changed():
    (charge,) = pricing.charge_month(seat(terms(), "1/6"), d("1/6"))
    with pytest.raises(TypeError):
        charge.basis["days"] = 1
    assert hash(charge)


# === Dates ===


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("31/1", 1, "28/2"),
        ("31/1/16", 1, "29/2/16"),
        ("15/12", 1, "15/1/16"),
        ("15/1", -1, "15/12/14"),
        ("31/3", -13, "28/2/14"),
    ],
)
def test_months_are_added_within_months(day, months, expected):
    assert pricing.add_months(d(day), months) == d(expected)


def test_first_and_last_days_of_months():
    assert pricing.month_first(d("17/2/16")) == d("1/2/16")
    assert pricing.month_last(d("17/2/16")) == d("29/2/16")


# === Mutualab's list (2017, desks with tax, rooms without) ===


@pytest.mark.parametrize(
    ("tickets", "price"),
    [(5, 70), (10, 120), (20, 220), (30, 270), (40, 320), (60, 420)],
)
def test_mutualab_sells_packs_used_by_half_tickets(tickets, price):
    tariff = pack_terms(str(price), str(tickets), None, half_day_quantity="0.5", tax_included=True)
    presences = half_days("1/6am", "2/6am", "3/6pm", "4/6")  # 2.5 tickets
    ledger = pricing.pack_ledger(tariff, [seat(tariff, "1/6", tax_rate=VAT, presences=presences)])
    (charge,) = ledger.charges(d("1/6"))
    assert charge.total == price
    assert charge.untaxed + charge.tax == price
    assert ledger.balance(d("30/6")) == tickets - D("2.5")


@pytest.mark.parametrize(
    ("price", "months", "untaxed", "tax", "six_months"),
    [
        ("140", 1, "116.67", "23.33", "840"),  # nomad
        ("180", 3, "150.00", "30.00", "1080"),  # resident
    ],
)
def test_mutualab_desks_by_the_month(price, months, untaxed, tax, six_months):
    tariff = terms(price=price, tax_included=True, min_commitment_months=months)
    stay = seat(tariff, "1/6", "30/11", tax_rate=VAT)
    june = pricing.charge_month(stay, d("1/6"))[0]
    assert (june.untaxed, june.tax) == (D(untaxed), D(tax))
    charges = totals(stay, *(f"1/{m}" for m in range(5, 13)))
    assert sum(total for _, total in charges) == D(six_months)
    # 30 people: 25,200.00 and 32,400.00.
    assert 30 * D(six_months) in (25200, 32400)


def test_mutualab_resident_who_leaves_in_the_second_month_owes_the_third():
    tariff = terms(price="180", tax_included=True, min_commitment_months=3)
    stay = seat(tariff, "1/6", "31/7", tax_rate=VAT)
    assert totals(stay, "1/6", "1/7", "1/8", "1/9") == [
        ("regular", 180),
        ("regular", 180),
        ("commitment", 180),
    ]


def test_mutualab_team_of_four():
    prices = tuple(Price(SINCE_2015, D(p), rank=r) for r, p in enumerate((180, 150, 120, 120), 1))
    tariff = terms(prices=prices, tax_included=True, min_commitment_months=3)
    seats = [seat(tariff, "1/6", key=key, tax_rate=VAT) for key in (1, 2, 3, 4, 5)]
    assert by_rank(seats, "1/6") == [180, 150, 120, 120, 120]


def test_mutualab_day_ticket_and_membership_first():
    tariff = terms("day", "20", tax_included=True)
    stay = seat(tariff, "1/6", tax_rate=VAT, presences=half_days("9/6", "10/6"))
    lines = pricing.charge_month(stay, d("1/6"))
    lines += pricing.membership_due(membership(), lines)
    assert [(g.kind, g.total) for g in lines] == [("regular", 40), ("membership", 10)]
    assert (lines[0].untaxed, lines[0].tax) == (D("33.33"), D("6.67"))  # 40 / 6 = 6.667


@pytest.mark.parametrize(
    ("unit", "untaxed", "with_tax", "coworkers"),
    [
        ("hour", "25", "30.00", None),
        ("half_day", "80", "96.00", "56"),
        ("day", "150", "180.00", "105"),
        ("half_day", "95", "114.00", None),  # an evening
        ("hour", "65", "78.00", None),
        ("half_day", "160", "192.00", "112"),
        ("day", "360", "432.00", "252"),
        ("half_day", "185", "222.00", None),
        ("half_day", "360", "432.00", "252"),  # the event space
        ("day", "600", "720.00", "420"),
        ("day", "50", "60.00", None),  # sound and microphone
    ],
)
def test_mutualab_rooms_without_tax(unit, untaxed, with_tax, coworkers):
    slots = ("am",) if unit == "half_day" else ("am", "pm")
    hours = D("0.5") if unit == "hour" else None
    presences = tuple(Presence(d("3/6"), slot, hours) for slot in slots)
    booked = seat(terms(unit, untaxed), "3/6", "3/6", tax_rate=VAT, presences=presences)
    (charge,) = pricing.charge_month(booked, d("1/6"))
    assert (charge.untaxed, charge.total) == (D(untaxed), D(with_tax))
    assert coworkers is None or D(untaxed) * D("0.7") == D(coworkers)


# === Structures seen in France ===


def hours(*pairs):
    return tuple(Presence(d(day), "am", D(count)) for day, count in pairs)


def test_by_the_half_hour():
    # 1.90 a half-hour is 3.80 an hour: 2.5 + 1 hours.
    tariff = terms("hour", "3.80", tax_included=True)
    stay = seat(tariff, "1/6", tax_rate=VAT, presences=hours(("1/6", "2.5"), ("2/6", "1")))
    assert regular(stay, "1/6") == D("13.30")


def test_prepaid_credits_in_hours():
    # 20 hours bought for 60.00; 9 + 9 + 4 hours used: a second purchase, 18 left.
    tariff = pack_terms("60", "20", None, counts="hour")
    presences = hours(("1/6", "9"), ("2/6", "9"), ("3/6", "4"))
    ledger = pricing.pack_ledger(tariff, [seat(tariff, "1/6", presences=presences)])
    assert [charge.total for charge in ledger.charges(d("1/6"))] == [D("120.00")]
    assert ledger.balance(d("3/6")) == 18


def test_hours_to_use_within_a_month():
    # 20 hours valid a month: 12 used, 8 lost on 30 June, a new pack in July.
    tariff = pack_terms("80", "20", 1, counts="hour")
    presences = hours(("1/6", "7"), ("9/6", "5"), ("1/7", "3"))
    ledger = pricing.pack_ledger(tariff, [seat(tariff, "1/6", presences=presences)])
    assert [ledger.charges(d(m))[0].total for m in ("1/6", "1/7")] == [80, 80]
    assert ledger.losses(d("1/7")) == ((d("30/6"), 1, D(8)),)


def test_a_quota_of_hours_and_what_goes_beyond():
    # 20 hours a month for 100.00, 6.00 an hour beyond; 23 used.
    tariff = terms(price="100", included_quantity="20", overage_price="6", counts="hour")
    presences = hours(("1/6", "9"), ("2/6", "9"), ("3/6", "5"))
    stay = seat(tariff, "1/6", presences=presences)
    assert totals(stay, "1/6") == [("regular", 100), ("overage", 18)]


@pytest.mark.parametrize(
    ("unit", "price", "presences", "untaxed", "total"),
    [
        ("half_day", "15", ("1/6am", "2/6pm", "3/6"), "60.00", "72.00"),  # Wojo, Coworkoffice
        ("day", "25", ("1/6am", "2/6pm", "3/6"), "75.00", "90.00"),
        ("half_day", "6", ("1/6", "2/6"), "24.00", "28.80"),  # Clermont'ech
    ],
)
def test_half_days_and_days_without_tax(unit, price, presences, untaxed, total):
    stay = seat(terms(unit, price), "1/6", tax_rate=VAT, presences=half_days(*presences))
    (charge,) = pricing.charge_month(stay, d("1/6"))
    assert (charge.untaxed, charge.total) == (D(untaxed), D(total))


def test_tickets_of_a_half_day_valid_six_months():
    # Ten tickets, one a half-day: five days; at two a half-day: two days and a half.
    presences = half_days("10/1", "11/1am", "12/1")
    for size, left in (("5", "2.5"), ("2.5", "0")):
        tariff = pack_terms("100", size, 6, half_day_quantity="0.5")
        ledger = pricing.pack_ledger(tariff, [seat(tariff, "10/1", presences=presences)])
        assert ledger.balance(d("31/1")) == D(left)
        assert ledger.purchases[0].valid_until == d("9/7")


def test_ten_days_for_a_fixed_price():
    tariff = pack_terms("80", "10", None)
    stay = seat(tariff, "1/6", tax_rate=VAT, presences=whole_days(10, "1/6"))
    (charge,) = pricing.pack_ledger(tariff, [stay]).charges(d("1/6"))
    assert (charge.untaxed, charge.total) == (80, 96)


@pytest.mark.parametrize(
    ("price", "included", "expected"),
    [
        ("66", True, "79.20"),  # half time at Clermont'ech
        ("117", True, "140.40"),  # full time
        ("215", True, "258.00"),
        ("219", False, "219.00"),  # Now, unlimited, with tax
    ],
)
def test_part_time_and_full_time_months(price, included, expected):
    stay = seat(terms(price=price, tax_included=not included), "1/6", tax_rate=VAT)
    assert regular(stay, "1/6") == D(expected)


def test_an_indivisible_civil_month():
    # Entered on the 17th: the whole month; elsewhere 14 days of 30.
    assert regular(seat(terms(proration="none"), "17/6"), "1/6") == 180
    assert regular(seat(terms(), "17/6"), "1/6") == 84


def test_a_firm_commitment_for_less():
    # 10 % off 180.00 for six months firm, left after four: two months remain due.
    stay = seat(terms(price="162", min_commitment_months=6), "1/1", "30/4")
    months = (f"1/{m}" for m in range(1, 8))
    assert totals(stay, *months) == [("regular", 162)] * 4 + [("commitment", 162)] * 2


def test_a_share_bought_once_is_an_extra():
    stay = funded(terms(), "1/6", rate="100")
    share = pricing.PricedLine(
        1, d("1/6"), "extra", d("1/6"), d("1/6"), *map(D, (1, 100, 100, 0, 100))
    )
    charges = pricing.share([share, *pricing.charge_month(stay, d("1/6"))], [stay])
    # The month draws on the cap of 120.00 first.
    assert [(c.kind, c.funded, c.copayment) for c in charges] == [
        ("regular", 120, 60),
        ("extra", 0, 100),
    ]


def test_a_residents_notice_of_a_month():
    # Told on 10 June, leaves on 30 June, due until 10 July: 10 / 31 of 180.00.
    stay = seat(terms(notice_days=30), "1/1", "30/6", notice_date=d("10/6"))
    assert totals(stay, "1/6", "1/7") == [("regular", 180), ("commitment", D("58.06"))]


def test_extras_and_deposits_are_shared_like_other_charges():
    stay = funded(terms(), "1/6", rate="50", cap=None)
    money = (D(1), D(30), D(30), D(0), D(30))
    extras = [
        pricing.PricedLine(1, d("1/6"), kind, d("3/6"), d("3/6"), *money)
        for kind in ("extra", "deposit")
    ]
    charges = pricing.share(extras, [stay])
    assert [(c.kind, c.funded, c.copayment) for c in charges] == [
        ("deposit", 15, 15),
        ("extra", 15, 15),
    ]
