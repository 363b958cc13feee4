"""Every rule of the funders' half has its worked figure as a test: which one, rule by rule."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
# Rule: (file, its test).
RULES = {
    "F1 costs": ("cost/test_costs.py", "test_a_seat_line_is_a_cost_of_its_charge"),
    "F1 staff": ("cost/test_staff_flat.py", "test_hours_cost_what_they_cost"),
    "F1 flat": ("cost/test_staff_flat.py", "test_a_flat_amount_follows_what_is_admitted"),
    "F2 paid": (
        "unit/test_funding_examples.py",
        "test_a_part_payment_is_spread_over_the_lines_of_its_bill",
    ),
    "F3 net": ("unit/test_funding_examples.py", "test_net_the_copayment_is_taken_off"),
    "F3 gross": ("unit/test_funding_examples.py", "test_gross_it_is_a_resource"),
    "F4 days": (
        "unit/test_funding_examples.py",
        "test_a_month_that_straddles_the_dates_counts_by_days",
    ),
    "F4 refusals": ("unit/test_funding_examples.py", "test_what_is_refused_has_a_reason"),
    "F5 by rate": ("unit/test_funding_examples.py", "test_by_rate_by_largest_remainder"),
    "F5 own funds": ("unit/test_funding_examples.py", "test_the_rest_is_own_funds"),
    "F6 priority": (
        "unit/test_funding_examples.py",
        "test_priority_takes_first_and_rates_share_the_remainder",
    ),
    "F7 grant": ("unit/test_funding_examples.py", "test_beyond_the_grant_is_to_place"),
    "F7 ceiling": (
        "unit/test_funding_examples.py",
        "test_beyond_the_ceiling_of_the_heading_is_to_place",
    ),
    "F8 two cursors": (
        "cost/test_races.py",
        "test_of_two_who_part_a_cost_at_once_the_second_starts_again",
    ),
    "F9 claim": ("claim/test_claim.py", "test_it_is_frozen_numbered_and_sealed"),
    "F10 difference": (
        "claim/test_claim.py",
        "test_a_credit_note_afterwards_is_a_difference_in_the_next",
    ),
    "F10 closed": (
        "claim/test_claim.py",
        "test_closed_for_good_what_changes_is_to_settle_with_the_funder",
    ),
    "F11 admitted": (
        "claim/test_decision.py",
        "test_what_is_rejected_is_to_place_and_claimed_stays",
    ),
    "F11 flat correction": (
        "unit/test_funding_examples.py",
        "test_a_flat_correction_is_spread_by_largest_remainder",
    ),
    "F12 advance": ("claim/test_decision.py", "test_an_advance_is_justified_by_what_is_admitted"),
    "F12 by month": (
        "overview/test_overview.py",
        "test_instalments_and_bills_stand_in_the_month_of_their_day",
    ),
    "F13 entries": (
        "claim/test_decision.py",
        "test_a_draft_when_it_is_sent_and_another_for_what_is_rejected",
    ),
    "F14 small counts": (
        "unit/test_indicators.py",
        "test_of_12_people_9_women_and_3_men_both_are_hidden_and_12_is_shown",
    ),
    "F15 projection": (
        "unit/test_indicators.py",
        "test_a_projection_adds_what_is_planned_and_the_pace_of_the_last_13_weeks",
    ),
    "F16 one more": (
        "unit/test_admission.py",
        "test_three_more_and_for_the_fourth_the_metropole_lacks_210_00",
    ),
    "F16 two programs": ("unit/test_admission.py", "test_two_programs_share_a_grant_in_turn"),
    "F17 position": ("unit/test_funding_examples.py", "test_the_parts_sum_to_what_was_granted"),
    "F18 evidence": ("evidence/test_claim.py", "test_what_was_sent_is_in_it_with_its_seal"),
}


def test_each_of_the_18_rules_is_there():
    assert {name.split()[0] for name in RULES} == {f"F{number}" for number in range(1, 19)}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_its_test(rule):
    path, name = RULES[rule]
    tree = ast.parse((HERE / path).read_text())
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
