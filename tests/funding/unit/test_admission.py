"""Whether one more person can be admitted: the worked example, and what is in the way (F16)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.coworking_incubation_funding.admission import (
    MOST,
    Admission,
    Obstacle,
    Wish,
    hand_out,
)
from odoo.addons.coworking_incubation_funding.funding import (
    Agreement,
    Cost,
    Heading,
    Payment,
    allocate,
)

FIRST, LAST = date(2015, 3, 2), date(2015, 9, 1)
END = date(2015, 12, 31)
SEATS = Heading("seats", "seats", frozenset({"regular"}))


def grant(key, left, rate=50, **terms):
    terms.setdefault("headings", (SEATS,))
    terms.setdefault("date_from", date(2015, 1, 1))
    terms.setdefault("date_to", END)
    return Agreement(key=key, rate=D(rate), granted=D(left), **terms)


def stay(amount, **facts):
    amount = D(amount)
    values = {"date_from": FIRST, "date_to": LAST, "charge_kind": "regular"} | facts
    return Cost(
        key=0, item=(0,), kind="seats", amount=amount, payments=(Payment(LAST, amount),), **values
    )


def count_admissible(agreements, one, places, end):
    return hand_out({"P": Wish(agreements, one, end)}, places)["P"]


def test_three_more_and_for_the_fourth_the_metropole_lacks_210_00():
    """960.00 a stay at 50 %: 480.00 each; of 1,710.00 three take 1,440.00 and leave 270.00."""
    mel, region = grant("MEL", "1710.00"), grant("Région", "9000.00")
    found = count_admissible([mel, region], stay("960.00"), 10, END)
    assert found == Admission(3, Obstacle("money", "MEL", D("210.00")))


def test_the_first_obstacle_counts_a_place_before_money():
    mel = grant("MEL", "1710.00")
    assert count_admissible([mel], stay("960.00"), 2, END) == Admission(2, Obstacle("place"))
    assert count_admissible([mel], stay("960.00"), 0, END) == Admission(0, Obstacle("place"))
    assert count_admissible([mel], stay("960.00"), -1, END) == Admission(0, Obstacle("place"))


def test_who_would_stay_longer_than_the_program_is_not_admitted():
    end = date(2015, 8, 31)
    assert count_admissible([grant("MEL", 9000)], stay(960), 5, end) == Admission(
        0, Obstacle("program", day=end)
    )
    assert count_admissible([grant("MEL", 9000)], stay(960), 5, LAST).count == 5


@pytest.mark.parametrize(
    "terms",
    [
        {"date_to": date(2015, 8, 31)},
        {"date_from": date(2015, 3, 3)},
        {"date_paid_limit": date(2015, 8, 31)},
    ],
)
def test_one_funder_pays_for_the_whole_stay(terms):
    short = grant("MEL", 9000, **terms)
    found = count_admissible([short], stay(960), 5, END)
    assert found == Admission(0, Obstacle("window", "MEL", day=short.date_to))
    assert count_admissible([short, grant("Région", 9000)], stay(960), 5, END).count == 5


def test_a_ceiling_of_a_heading_is_in_the_way_as_a_grant_is():
    bounded = replace(SEATS, ceiling=D(600))
    found = count_admissible([grant("MEL", 9000, headings=(bounded,))], stay(960), 5, END)
    assert found == Admission(1, Obstacle("money", "MEL", D(360)))


def test_who_takes_first_lacks_money_where_nobody_takes_the_rest():
    first = grant("MEL", "1000.00", 0, priority=True)
    found = count_admissible([first], stay("960.00"), 5, END)
    assert found == Admission(1, Obstacle("money", "MEL", D("920.00")))
    # another one does
    assert count_admissible([first, grant("Région", 9000, 100)], stay("960.00"), 5, END).count == 5


def test_own_funds_pay_for_what_no_rate_takes_and_for_programs_without_funders():
    assert count_admissible([grant("MEL", 9000, 30)], stay(960), 5, END).count == 5
    assert count_admissible([], stay(960), 5, END) == Admission(5, Obstacle("place"))


def test_two_programs_share_a_grant_in_turn():
    """1,710.00 of the Métropole for both: two and one, and each lacks 210.00 for the next."""
    mel = grant("MEL", "1710.00")
    found = hand_out(
        {name: Wish([mel, grant(name, 9000)], stay("960.00"), END) for name in ("P", "Q")}, 10
    )
    missing = Obstacle("money", "MEL", D("210.00"))
    assert found == {"P": Admission(2, missing), "Q": Admission(1, missing)}


def test_two_programs_share_places_in_turn():
    wishes = {name: Wish([grant(name, 9000)], stay(960), END) for name in ("P", "Q")}
    no_place = Obstacle("place")
    assert hand_out(wishes, 5) == {"P": Admission(3, no_place), "Q": Admission(2, no_place)}


def test_what_one_cannot_take_is_for_the_other():
    """P lacks money after one: the other four places are Q's; who would stay too long has none."""
    wishes = {
        "P": Wish([grant("MEL", 500)], stay(960), END),
        "Q": Wish([grant("Région", 9000)], stay(960), END),
        "R": Wish([], stay(960), date(2015, 8, 31)),
    }
    found = hand_out(wishes, 5)
    assert {name: one.count for name, one in found.items()} == {"P": 1, "Q": 4, "R": 0}
    assert found["P"].obstacle == Obstacle("money", "MEL", D(460))


def test_a_ceiling_that_two_programs_share_is_drawn_once():
    bounded = replace(SEATS, ceiling=D(960))
    wishes = {
        name: Wish([grant("MEL", 9000, headings=(bounded,))], stay(960), END) for name in "PQ"
    }
    assert [one.count for one in hand_out(wishes, 9).values()] == [1, 1]


def test_nobody_plans_further_than_the_most():
    assert count_admissible([], stay(960), 5000, END) == Admission(MOST)


@given(
    st.lists(
        st.tuples(st.integers(0, 500_000), st.integers(1, 50), st.booleans()),
        min_size=1,
        max_size=2,
    ),
    st.integers(1, 200_000),
    st.integers(0, 6),
)
def test_as_many_as_are_admitted_find_their_money_and_one_more_does_not(grants, cents, places):
    agreements = [
        grant(key, D(left) / 100, rate, priority=priority)
        for key, (left, rate, priority) in enumerate(grants)
    ]
    one = stay(D(cents) / 100)
    found = count_admissible(agreements, one, places, END)
    assert 0 <= found.count <= places

    def own(count):
        """Of own funds, what the stays take that are the last of so many."""
        stays = [replace(one, key=n, item=(n,)) for n in range(count)]
        amounts = [D(0)] * count
        for part in allocate(agreements, stays):
            if part.agreement is None:
                amounts[part.cost] += part.amount
        return amounts

    endless = [replace(each, granted=None) for each in agreements]
    usual = sum(part.amount for part in allocate(endless, [one]) if part.agreement is None)
    assert all(amount <= usual for amount in own(found.count))
    if found.obstacle.kind == "money":
        assert own(found.count + 1)[-1] > usual
        assert found.obstacle.missing > 0
    else:
        assert found.count == places
