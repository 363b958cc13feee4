"""The worked examples of the rules of the funders' half, each with its figures."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

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

JUNE, LAST = date(2015, 6, 1), date(2015, 6, 30)
PAID = date(2015, 7, 20)
SEATS = Heading("seats", "seats", frozenset({"regular", "membership"}))


def agreement(key="A", rate=0, **terms):
    terms.setdefault("headings", (SEATS,))
    terms.setdefault("date_from", date(2015, 1, 1))
    terms.setdefault("date_to", date(2015, 12, 31))
    if terms.get("granted") is not None:
        terms["granted"] = D(terms["granted"])
    return Agreement(key=key, rate=D(rate), **terms)


def cost(amount, key=1, paid=None, day=PAID, **facts):
    """One that was paid whole, unless it says something else."""
    amount = D(amount)
    payments = (Payment(day, amount if paid is None else D(paid)),)
    values = {"item": key, "kind": "seats", "charge_kind": "regular", "payments": payments}
    values |= {"date_from": JUNE, "date_to": LAST} | facts
    return Cost(key=key, amount=amount, **values)


def told(parts):
    """{agreement, or the reason of own funds: amount as text}."""
    found = {}
    for part in parts:
        name = part.agreement or part.reason
        found[name] = found.get(name, D(0)) + part.amount
    return {name: f"{amount:.2f}" for name, amount in found.items() if amount}


def given(*agreements, costs, **others):
    return told(funding.allocate(agreements, costs, **others))


class TestPaid:
    def test_a_part_payment_is_spread_over_the_lines_of_its_bill(self):
        spread = funding.spread_payments([("a", D(180)), ("b", D(120))], [Payment(PAID, D(100))])
        assert spread == {"a": (Payment(PAID, D(60)),), "b": (Payment(PAID, D(40)),)}

    def test_a_part_of_a_line_is_paid_when_the_line_is(self):
        payments = [Payment(PAID, D(100)), Payment(LAST, D(200))]
        assert funding.scale_payments(D(100), D(300), payments) == (
            Payment(PAID, D("33.33")),
            Payment(LAST, D("66.67")),
        )
        assert funding.scale_payments(D(100), D(0), payments) == ()

    def test_parts_without_vat_are_each_their_own_and_sum_to_the_whole(self):
        def scale(*parts, amount=100, whole=120):
            return funding.scale_parts(D(amount), D(whole), [D(part) for part in parts])

        assert scale("60.01", "60.01") == [D("50.01"), D("50.01")]
        assert scale("33.34", "33.34", "33.33", amount="83.34", whole="100.01") == [D("27.78")] * 3
        assert scale("120", "-119") == [D("100"), D("-99.17")]
        assert scale("180", "-180") == [D("150"), D("-150")]
        assert scale("10.01", "10.01", "-20.02") == [D("8.34"), D("8.34"), D("-16.68")]
        assert scale() == []

    def test_what_is_not_paid_is_not_parted(self):
        unpaid = cost(180, payments=())
        assert funding.allocate([agreement(rate=50)], [unpaid]) == []


class TestBase:
    def test_net_the_copayment_is_taken_off(self):
        one = cost(180, copayment=D(36))
        assert given(agreement(rate=100), costs=[one]) == {"A": "144.00", "copayment": "36.00"}

    def test_gross_it_is_a_resource(self):
        one = cost(180, copayment=D(36))
        assert given(agreement(rate=100, net=False), costs=[one]) == {"A": "180.00"}
        assert given(agreement(rate=50, net=False), costs=[one]) == {
            "A": "90.00",
            "copayment": "36.00",
            "own": "54.00",
        }

    def test_paid_by_half_half_of_the_copayment_is_taken_off(self):
        one = cost(180, paid=90, copayment=D(36))
        assert given(agreement(rate=100), costs=[one]) == {"A": "72.00", "copayment": "18.00"}


class TestAdmissible:
    def test_a_month_that_straddles_the_dates_counts_by_days(self):
        late_start = agreement(rate=100, date_from=date(2015, 6, 15))
        assert given(late_start, costs=[cost(180)]) == {"A": "96.00", "own": "84.00"}

    @pytest.mark.parametrize(
        ("terms", "facts", "reason"),
        [
            ({}, {"charge_kind": "deposit"}, "heading"),
            ({"headings": ()}, {}, "heading"),
            ({}, {"public": frozenset({"B"})}, "public"),
            ({}, {"present": False}, "presence"),
            ({"date_to": date(2015, 5, 31)}, {}, "dates"),
            ({"date_paid_limit": date(2015, 7, 19)}, {}, "late"),
        ],
    )
    def test_what_is_refused_has_a_reason(self, terms, facts, reason):
        terms, one = agreement(rate=100, **terms), cost(180, **facts)
        assert funding.refusals(terms, one) == [reason]
        assert given(terms, costs=[one]) == {"refused": "180.00"}

    def test_what_is_admitted_has_none(self):
        assert funding.refusals(agreement(), cost(180, public=frozenset({"A"}))) == []

    def test_paid_on_the_last_day_is_in_time(self):
        terms = agreement(rate=100, date_paid_limit=PAID)
        assert given(terms, costs=[cost(180)]) == {"A": "180.00"}

    def test_of_two_payments_the_late_one_is_own_funds(self):
        terms = agreement(rate=100, date_paid_limit=PAID)
        one = cost(180, payments=(Payment(PAID, D(100)), Payment(date(2015, 8, 1), D(80))))
        assert given(terms, costs=[one]) == {"A": "100.00", "own": "80.00"}

    def test_what_comes_back_counts_however_late(self):
        terms = agreement(rate=100, date_paid_limit=PAID)
        one = cost(180, payments=(Payment(PAID, D(180)), Payment(date(2016, 8, 1), D(-60))))
        assert given(terms, costs=[one]) == {"A": "120.00"}

    def test_what_was_paid_late_comes_back_first(self):
        """180.00: 100.00 in time, 80.00 settled by a credit note after the last day."""
        terms = agreement(rate=100, date_paid_limit=PAID)
        late = date(2015, 9, 1)
        one = cost(180, payments=(Payment(PAID, D(100)), Payment(late, D(80))))
        note = cost(-80, key=2, item=1, day=late)
        assert given(terms, costs=[one, note]) == {"A": "100.00"}
        refund = cost(-120, key=2, item=1, day=late)
        assert given(terms, costs=[one, refund]) == {"A": "60.00"}

    def test_without_presence_where_the_funder_admits_it(self):
        terms = agreement(rate=100, needs_presence=False)
        assert given(terms, costs=[cost(180, present=False)]) == {"A": "180.00"}

    def test_a_fee_needs_no_presence(self):
        one = cost(20, present=False, charge_kind="membership")
        assert given(agreement(rate=100), costs=[one]) == {"A": "20.00"}

    def test_direct_costs_are_told_apart_by_their_account(self):
        rooms = Heading("rooms", "direct", accounts=frozenset({6132}))
        terms = agreement(rate=100, headings=(SEATS, rooms))
        direct = {"kind": "direct", "charge_kind": None}
        one = cost(50, account=6132, **direct)
        other = cost(50, key=2, account=6068, **direct)
        assert given(terms, costs=[one, other]) == {"A": "50.00", "refused": "50.00"}

    def test_a_flat_amount_is_of_its_heading_alone(self):
        flat = Heading("general", "flat")
        terms = agreement(rate=50, headings=(SEATS, flat))
        one = cost(40, kind="flat", charge_kind=None, heading="general")
        assert given(terms, agreement("B", 50), costs=[one]) == {"A": "20.00", "own": "20.00"}


class TestFlat:
    def test_a_part_of_what_is_admitted_is_a_flat_amount(self):
        one = cost(180, copayment=D(36))
        counted = funding.admitted(agreement(date_from=date(2015, 6, 15)), one)
        assert counted == [Payment(PAID, D("76.80"))]
        assert funding.flat_amount(D("76.80"), D(15)) == D("11.52")

    def test_nothing_is_admitted_of_what_is_refused_or_late(self):
        assert funding.admitted(agreement(headings=()), cost(180)) == []
        assert funding.admitted(agreement(date_paid_limit=JUNE), cost(180)) == []


class TestParts:
    def test_by_rate_by_largest_remainder(self):
        three = agreement("A", 50), agreement("B", 30), agreement("C", 20)
        assert given(*three, costs=[cost("33.33")]) == {"A": "16.66", "B": "10.00", "C": "6.67"}

    def test_equal_remainders_go_to_the_first(self):
        halves = agreement("B", 50), agreement("A", 50)
        assert given(*halves, costs=[cost("0.01")]) == {"B": "0.01"}

    def test_the_rest_is_own_funds(self):
        two = agreement("A", 40), agreement("B", 40)
        assert given(*two, costs=[cost(100)]) == {"A": "40.00", "B": "40.00", "own": "20.00"}

    def test_priority_takes_first_and_rates_share_the_remainder(self):
        first = agreement("P", priority=True, granted=30)
        halves = agreement("A", 50), agreement("B", 50)
        assert given(first, *halves, costs=[cost(100)]) == {
            "P": "30.00",
            "A": "35.00",
            "B": "35.00",
        }

    def test_priorities_take_in_their_order(self):
        first, second = (agreement(key, priority=True, granted=30) for key in "PQ")
        assert given(first, second, costs=[cost(40)]) == {"P": "30.00", "Q": "10.00"}
        assert given(second, first, costs=[cost(40)]) == {"Q": "30.00", "P": "10.00"}

    def test_what_is_taken_first_is_taken_off_what_the_program_bears(self):
        first = agreement("P", priority=True, granted=30)
        halves = agreement("A", 50), agreement("B", 50)
        assert given(first, *halves, costs=[cost(180, copayment=D(36))]) == {
            "P": "30.00",
            "A": "57.00",
            "B": "57.00",
            "copayment": "36.00",
        }

    def test_two_that_take_first_do_not_fund_what_the_participant_pays(self):
        two = agreement("P", priority=True), agreement("Q", priority=True)
        one = cost(180, copayment=D(36))
        assert given(*two, costs=[one]) == {"P": "144.00", "copayment": "36.00"}

    def test_gross_what_is_taken_first_is_taken_off_what_was_paid(self):
        first = agreement("P", priority=True, granted=30, net=False)
        whole = agreement("A", 100, net=False)
        one = cost(180, copayment=D(36))
        assert given(first, whole, costs=[one]) == {"P": "30.00", "A": "150.00"}

    def test_beyond_the_grant_is_to_place(self):
        terms = agreement(rate=50, granted=50)
        assert given(terms, costs=[cost(144)]) == {
            "A": "50.00",
            "grant": "22.00",
            "own": "72.00",
        }

    def test_beyond_the_ceiling_of_the_heading_is_to_place(self):
        narrow = Heading("seats", "seats", frozenset({"regular"}), ceiling=D(50))
        terms = agreement(rate=50, granted=60, headings=(narrow,))
        parts = funding.allocate([terms], [cost(144)])
        assert told(parts) == {"A": "50.00", "ceiling": "22.00", "own": "72.00"}
        assert [part.instead for part in parts if part.reason == "ceiling"] == ["A"]

    def test_the_ceiling_of_one_heading_leaves_the_other(self):
        narrow = Heading("seats", "seats", frozenset({"regular"}), ceiling=D(50))
        direct = Heading("direct", "direct")
        terms = agreement(rate=100, granted=80, headings=(narrow, direct))
        other = cost(40, key=2, kind="direct", charge_kind=None)
        parts = funding.allocate([terms], [cost(60), other])
        assert told(parts) == {"A": "80.00", "ceiling": "10.00", "grant": "10.00"}

    def test_what_was_paid_first_takes_first(self):
        terms = agreement(rate=100, granted=100)
        costs = [cost(80, key=1), cost(80, key=2, day=date(2015, 7, 1))]
        parts = funding.allocate([terms], costs)
        assert [(part.cost, part.agreement, part.amount) for part in parts] == [
            (2, "A", D(80)),
            (1, "A", D(20)),
            (1, None, D(60)),
        ]

    def test_a_credit_note_gives_back_what_its_charge_took(self):
        """All that is to be placed goes with it: nothing is left of the charge."""
        terms = agreement(rate=50, granted=50)
        note = cost(-144, key=2, item=1, day=date(2015, 8, 1))
        assert given(terms, costs=[cost(144), note]) == {}
        parts = funding.allocate([terms], [cost(144), note])
        assert told(part for part in parts if part.cost == 2) == {
            "A": "-50.00",
            "grant": "-22.00",
            "own": "-72.00",
        }

    def test_a_credit_note_alone_is_parted_like_a_bill_as_far_as_something_was_taken(self):
        halves = agreement("A", 50), agreement("B", 30)
        note = cost(-100, key=2, day=date(2015, 8, 1))
        parts = funding.allocate(halves, [cost(500), note])
        assert told(part for part in parts if part.cost == 2) == {
            "A": "-50.00",
            "B": "-30.00",
            "own": "-20.00",
        }
        parts = funding.allocate(halves, [cost(80), note])
        assert told(part for part in parts if part.cost == 2) == {
            "A": "-40.00",
            "B": "-24.00",
            "own": "-36.00",
        }
        assert given(*halves, costs=[note]) == {"own": "-100.00"}

    def test_no_more_comes_back_to_a_grant_than_it_gave(self):
        terms = agreement(rate=100, granted=50)
        note = cost(-1000, key=2, day=date(2015, 8, 1))
        parts = funding.allocate([terms], [cost(1000), note])
        assert told(part for part in parts if part.cost == 2) == {"A": "-50.00", "own": "-950.00"}


class TestHeld:
    def test_what_a_person_placed_stays_where_it_is(self):
        terms = agreement("A", 50, granted=50), agreement("B", 0)
        placed = given(*terms, costs=[cost(144)], held=[Held(1, None, "B", D(22))])
        assert placed == {"A": "50.00", "B": "22.00", "own": "72.00"}

    def test_what_a_funder_rejected_is_placed_with_another(self):
        terms = agreement("A", 80), agreement("B", 0)
        claimed = [Frozen(1, PAID, "A", D(144), rejected=D(44), heading="seats")]
        placed = given(*terms, costs=[cost(180)], frozen=claimed, held=[Held(1, None, "B", D(44))])
        assert placed == {"A": "100.00", "B": "44.00", "own": "36.00"}

    def test_taken_from_one_funder_for_another_leaves_own_funds_alone(self):
        terms = agreement("A", 50), agreement("B", 0)
        held = [Held(1, "A", "B", D(22))]
        assert given(*terms, costs=[cost(144)], held=held) == {
            "A": "50.00",
            "B": "22.00",
            "own": "72.00",
        }

    def test_it_never_takes_more_than_was_paid(self):
        terms = agreement("A", 100), agreement("B", 0)
        placed = given(*terms, costs=[cost(144, paid=20)], held=[Held(1, "A", "B", D(22))])
        assert placed == {"B": "20.00"}

    def test_what_is_paid_later_is_parted_by_the_terms(self):
        """Bill 300 of which 100 are paid, 10 moved from A to B, the other 200 paid."""
        terms = agreement("A", 50), agreement("B", 0)
        held = [Held(1, "A", "B", D(10))]
        first, second = Payment(PAID, D(100)), Payment(date(2015, 8, 1), D(200))
        part, whole = cost(300, payments=(first,)), cost(300, payments=(first, second))
        assert given(*terms, costs=[part], held=held) == {
            "A": "40.00",
            "B": "10.00",
            "own": "50.00",
        }
        assert given(*terms, costs=[whole], held=held) == {
            "A": "140.00",
            "B": "10.00",
            "own": "150.00",
        }

    def test_moved_back_it_is_where_it_was(self):
        terms = agreement("A", 50), agreement("B", 0)
        held = [Held(1, "A", "B", D(10)), Held(1, "B", "A", D(10))]
        assert given(*terms, costs=[cost(100)], held=held) == {"A": "50.00", "own": "50.00"}

    def test_what_is_given_to_who_counts_net_is_not_the_participants_part(self):
        terms = agreement("A", 50), agreement("B", 0)
        held = [Held(1, None, "B", D(100))]
        assert given(*terms, costs=[cost(180, copayment=D(36))], held=held) == {
            "A": "72.00",
            "B": "72.00",
            "copayment": "36.00",
        }

    def test_it_never_takes_what_its_funder_refuses(self):
        terms = agreement("A", 50), agreement("B", 0, headings=())
        placed = given(*terms, costs=[cost(100)], held=[Held(1, "A", "B", D(22))])
        assert placed == {"A": "50.00", "own": "50.00"}


class TestFrozen:
    def test_of_rates_above_100_together_the_last_one_yields(self):
        """B was archived with its claim of 50.00 before the rate of A was raised."""
        terms = agreement("A", 70), agreement("B", 50)
        claimed = [Frozen(1, PAID, "B", D(50), heading="seats")]
        parts = funding.allocate(terms, [cost(100)], claimed)
        assert told(parts) == {"A": "70.00", "B": "30.00"}
        assert told(differences(parts, claimed)) == {"A": "70.00", "B": "-20.00"}

    @pytest.mark.parametrize("terms", [{}, {"priority": True}])
    def test_an_agreement_that_is_over_takes_no_more_of_an_item_than_was_claimed(self, terms):
        """60.00 of 180.00 were paid as B claimed 30.00 of them; then B was archived."""
        paid = Payment(PAID, D(60)), Payment(date(2015, 9, 1), D(120))
        agreements = agreement("A", 50), agreement("B", 50, over=True, **terms)
        claimed = [Frozen(1, PAID, "B", D(30), heading="seats")]
        parts = funding.allocate(agreements, [cost(180, payments=paid)], claimed)
        assert told(parts)["B"] == "30.00"
        assert told(differences(parts, claimed)).get("B") is None
        alone = funding.allocate(agreements[1:], [cost(180, payments=paid)], claimed)
        assert told(alone) == {"B": "30.00", "own": "150.00"}

    def test_a_credit_note_after_the_claim_is_a_difference(self):
        terms = agreement(rate=80)
        claimed = [Frozen(1, PAID, "A", D(144), heading="seats")]
        note = cost(-60, key=2, item=1, day=date(2015, 9, 1))
        parts = funding.allocate([terms], [cost(180), note], claimed)
        beside = differences(parts, claimed)
        assert [(row.cost, row.agreement, row.amount) for row in beside if row.agreement] == [
            (2, "A", D("-48.00"))
        ]

    def test_a_payment_taken_back_after_the_claim_is_a_difference(self):
        terms = agreement(rate=80)
        claimed = [Frozen(1, PAID, "A", D(144), heading="seats")]
        parts = funding.allocate([terms], [cost(180, payments=())], claimed)
        (beside,) = differences(parts, claimed)
        assert (beside.cost, beside.date, beside.agreement, beside.amount) == (
            *(1, PAID, "A"),
            D(-144),
        )

    def test_nothing_changed_is_no_difference(self):
        terms = agreement(rate=100, granted=100)
        costs = [cost(80, key=1), cost(80, key=2)]
        claimed = [Frozen(2, PAID, "A", D(20), heading="seats")]
        parts = funding.allocate([terms], costs, claimed)
        beside = differences(parts, claimed)
        assert told(beside) == {"A": "80.00", "grant": "60.00"}

    def test_what_was_claimed_stays_claimed_when_more_is_paid_before(self):
        terms = agreement(rate=100, granted=100)
        claimed = [Frozen(2, PAID, "A", D(80), heading="seats")]
        costs = [cost(80, key=2), cost(80, key=1, day=JUNE)]
        parts = funding.allocate([terms], costs, claimed)
        assert told(differences(parts, claimed)) == {"A": "20.00", "grant": "60.00"}

    def test_what_was_claimed_of_a_bill_and_its_credit_note_stays_where_it_is(self):
        """The grant is spent on another one; of the bill nothing is due once all came back."""
        terms = agreement(rate=100, granted=100)
        first, later = date(2015, 7, 25), date(2015, 9, 1)
        refunds = (Payment(first, D(-30)), Payment(later, D(-50)))
        costs = [cost(80), cost(-80, key=2, item=1, payments=refunds), cost(100, key=3)]
        claimed = [
            Frozen(key, day, "A", D(amount), heading="seats")
            for key, day, amount in ((1, PAID, 80), (2, first, -30), (3, PAID, 100))
        ]
        beside = differences(funding.allocate([terms], costs, claimed), claimed)
        assert [(row.cost, row.date, row.amount) for row in beside if row.agreement] == [
            (2, later, D(-50))
        ]

    def test_what_is_no_longer_due_is_free_for_others(self):
        terms = agreement(rate=100, granted=100)
        claimed = [Frozen(2, PAID, "A", D(80), heading="seats")]
        costs = [cost(80, key=2, payments=()), cost(90, key=1, day=JUNE)]
        parts = funding.allocate([terms], costs, claimed)
        assert told(parts) == {"A": "90.00"}
        assert told(differences(parts, claimed)) == {"A": "10.00"}

    def test_what_the_funder_rejected_is_to_place_and_asked_no_more(self):
        terms = agreement(rate=80)
        claimed = [Frozen(1, PAID, "A", D(144), rejected=D(44), heading="seats")]
        parts = funding.allocate([terms], [cost(180)], claimed)
        assert told(parts) == {"A": "100.00", "rejected": "44.00", "own": "36.00"}
        assert not [row for row in differences(parts, claimed) if row.agreement]

    def test_what_was_placed_by_hand_and_rejected_is_asked_no_more(self):
        terms = [agreement("A", rate=50), agreement("B", rate=0)]
        claimed = [Frozen(1, PAID, "B", D(44), rejected=D("28.80"), heading="seats")]
        held = [Held(1, None, "B", D(44))]
        parts = funding.allocate(terms, [cost(180)], claimed, held)
        assert told(parts) == {"A": "90.00", "B": "15.20", "rejected": "28.80", "own": "46.00"}
        assert not [r for r in differences(parts, claimed) if r.agreement == "B"]

    def test_what_was_rejected_is_not_placed_there_again(self):
        terms = agreement(rate=100)
        claimed = [Frozen(1, PAID, "A", D(180), rejected=D(44), heading="seats")]
        held = [Held(1, None, "A", D(44))]
        parts = funding.allocate([terms], [cost(180)], claimed, held)
        assert told(parts) == {"A": "136.00", "rejected": "44.00"}

    def test_what_was_rejected_stays_so_when_it_is_paid_on_an_earlier_day(self):
        claimed = [Frozen(1, PAID + timedelta(9), "A", D(144), rejected=D(44), heading="seats")]
        parts = funding.allocate([agreement(rate=80)], [cost(180)], claimed)
        assert told(parts) == {"A": "100.00", "rejected": "44.00", "own": "36.00"}

    def test_what_was_rejected_frees_the_grant(self):
        terms = agreement(rate=100, granted=100)
        claimed = [Frozen(1, PAID, "A", D(100), rejected=D(30), heading="seats")]
        parts = funding.allocate([terms], [cost(100), cost(50, key=2)], claimed)
        assert told(part for part in parts if part.cost == 2) == {"A": "30.00", "grant": "20.00"}

    def test_what_a_rejection_freed_for_another_moves_no_claim_of_who_takes_first(self):
        terms = [agreement("A", priority=True, granted=100), agreement("B", rate=50)]
        costs = [cost(180), cost(50, key=2)]
        claimed = [
            Frozen(1, PAID, "A", D(100), rejected=D(30), heading="seats"),
            Frozen(1, PAID, "B", D(40), heading="seats"),
        ]
        parts = funding.allocate(terms, costs, claimed)
        assert told(part for part in parts if part.cost == 2)["A"] == "30.00"
        claimed += [
            Frozen(2, PAID, "A", D(30), heading="seats"),
            Frozen(2, PAID, "B", D(10), heading="seats"),
        ]
        parts = funding.allocate(terms, costs, claimed)
        assert not [row for row in differences(parts, claimed) if row.agreement]

    def test_what_came_back_of_a_claim_stays_with_what_gave_it_back_once_the_grant_is_used_up(self):
        terms = agreement(rate=40, granted=90)
        later = PAID + timedelta(30)
        bill, note = cost(180), cost(-60, key=2, day=later, item=1)
        claimed = [
            Frozen(1, PAID, "A", D(72), heading="seats"),
            Frozen(2, later, "A", D(-24), heading="seats"),
            Frozen(3, PAID, "A", D(42), heading="seats"),
        ]
        parts = funding.allocate([terms], [bill, note, cost(180, key=3)], claimed)
        assert not [row for row in differences(parts, claimed, {2: 1}) if row.agreement]

    def test_where_as_much_is_due_of_an_item_as_was_claimed_nothing_stands_beside_it(self):
        """The grant ran out between the bill and what came back of it; now there is room again."""
        terms = agreement(rate=40)
        bill, note = cost(180), cost(-90, key=2, day=PAID + timedelta(30), item=1)
        claimed = [
            Frozen(1, PAID, "A", D("56.27"), heading="seats"),
            Frozen(2, PAID + timedelta(30), "A", D("-20.27"), heading="seats"),
        ]
        parts = funding.allocate([terms], [bill, note], claimed)
        beside = differences(parts, claimed, {2: 1})
        assert told(row for row in beside if row.cost == 1) == {"own": "123.73"}
        assert told(row for row in beside if row.cost == 2) == {"own": "-69.73"}

    def test_what_is_more_than_was_claimed_of_an_item_stands_beside_it_alone(self):
        terms = agreement(rate=50)
        bill, note = cost(180), cost(-90, key=2, day=PAID + timedelta(30), item=1)
        claimed = [
            Frozen(1, PAID, "A", D("56.27"), heading="seats"),
            Frozen(2, PAID + timedelta(30), "A", D("-20.27"), heading="seats"),
        ]
        beside = differences(funding.allocate([terms], [bill, note], claimed), claimed, {2: 1})
        assert [(row.cost, row.amount) for row in beside if row.agreement] == [(1, D("9.00"))]

    def test_what_was_claimed_of_a_payment_that_was_taken_back_comes_back(self):
        """Another cost of the item bears it: no cost has more than was paid of it."""
        terms = agreement(rate=100)
        claimed = [Frozen(1, PAID, "A", D(100), heading="seats")]
        paid = [cost(100, paid=0), cost(100, key=2, item=1)]
        beside = differences(funding.allocate([terms], paid, claimed), claimed, {2: 1})
        assert {row.cost: row.amount for row in beside} == {1: D(-100), 2: D(100)}

    def test_less_granted_afterwards_takes_nothing_back_of_a_claim(self):
        terms = agreement(rate=100, granted=50)
        claimed = [Frozen(1, PAID, "A", D(100), heading="seats")]
        parts = funding.allocate([terms], [cost(100)], claimed)
        assert told(parts) == {"A": "100.00"}


class TestCorrections:
    def test_a_flat_correction_is_spread_by_largest_remainder(self):
        lines = [("a", D("33.33")), ("b", D("33.33")), ("c", D("33.34"))]
        assert funding.spread_correction(lines, D(5)) == [
            ("a", D("1.67")),
            ("b", D("1.66")),
            ("c", D("1.67")),
        ]

    def test_it_is_of_what_is_asked_on_the_whole_and_off_what_is_above_zero(self):
        lines = [("a", D(200)), ("back", D(-50)), ("c", D(100))]
        assert funding.spread_correction(lines, D(10)) == [("a", D("16.67")), ("c", D("8.33"))]
        assert not sum(part for _key, part in funding.spread_correction([("b", D(-5))], D(10)))


class TestPosition:
    def test_the_parts_sum_to_what_was_granted(self):
        where = funding.position(D(1000), D(300), D(200), D(144))
        assert where.left == D(356)
        assert where.committed + where.claimed + where.admitted + where.left == where.granted

    def test_more_committed_than_granted_is_below_zero(self):
        assert funding.position(D(100), D(120), D(0), D(0)).left == D(-20)
