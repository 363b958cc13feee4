"""Fills a database with a programme: spaces of fifty seats, two settled months, and OCA contracts.

    dataset.py SEATS [SEATS A SPACE [TIMES]]        (called by benchmarks/run)

Every space has three tariffs and, of fifty seats, 35 by the whole month, 5 that begin within the
measured month and 10 by the day. Their forecasts are those that confirming a seat makes. April and
May are settled, billed and posted. For the peer there are one contract a seat (``S-``) and one a
space (``G-``), whose bills have as many lines and the same product and tax. With TIMES, spaces and
all that hangs on them are there so many times, but for the contracts: copied by PostgreSQL.
"""

import sys
from datetime import date

from bench import boot, forbid_autovacuum, sql, transaction, vacuum
from board_dataset import multiply, next_ids

from odoo import Command

SEATS_A_SPACE = 50
BATCH = 500
START, END = date(2025, 4, 1), date(2025, 8, 31)
SETTLED = (date(2025, 4, 1), date(2025, 5, 1))
MONTH = date(2025, 6, 1)
PROGRAM = "BENCH"
# What is copied of a space and its months, each after what it refers to.
COPIED = (
    "res_partner",
    "coworking_space",
    "coworking_tariff",
    "coworking_tariff_price",
    "coworking_participant",
    "coworking_seat",
    "coworking_presence",
    "coworking_statement",
    "coworking_charge",
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "coworking_match",
)


def fill(registry, seats, each=SEATS_A_SPACE, times=1):
    """Everything, committed.

    :param seats: a multiple of ``each``
    :param each: seats a space: fifty, or what fifty can be divided by
    :param times: how often the spaces are there in the end
    """
    forbid_autovacuum(registry)
    with transaction(registry, commit=True) as env:
        program, product = _program(env)
        starts = next_ids(env.cr, COPIED)
        spaces = _spaces(env, seats // each, product)
    for space in spaces.ids:
        with transaction(registry, commit=True) as env:
            _seats(env["coworking.space"].browse(space), program.with_env(env), each)
    vacuum(registry, analyze=True)
    for month in SETTLED:
        for position in range(0, len(spaces), 10):
            with transaction(registry, commit=True) as env:
                _settle(env, program.id, spaces.ids[position : position + 10], month)
    if times > 1:
        with transaction(registry, commit=True) as env:
            multiply(env.cr, starts, times - 1, COPIED)
        sql(registry, "ANALYZE")
    with transaction(registry, commit=True) as env:
        _contracts(env, product.with_env(env), spaces.with_env(env), each)
    vacuum(registry, analyze=True)


def _program(env):
    # A tax that is not recovered has no grid of the VAT return, and is part of the analytic cost.
    tax = env["account.tax"].create(
        {
            "name": "20% not recovered",
            "amount": 20.0,
            "type_tax_use": "purchase",
            "tax_exigibility": "on_invoice",
            "analytic": True,
        }
    )
    product, copayment = env["product.product"].create(
        [
            {"name": "Coworking seat", "type": "service", "supplier_taxes_id": tax.ids},
            {"name": "Co-payment", "type": "service", "taxes_id": [Command.clear()]},
        ]
    )
    # The analytic account comes from a distribution model, so that a bare create finds it as well.
    account = env["account.analytic.account"].create(
        {"name": PROGRAM, "plan_id": env["account.analytic.plan"].search([], limit=1).id}
    )
    env["account.analytic.distribution.model"].create(
        {"product_id": product.id, "analytic_distribution": {str(account.id): 100.0}}
    )
    program = env["coworking.program"].create(
        {
            "name": PROGRAM,
            "code": PROGRAM,
            "date_start": "2025-01-01",
            "date_end": "2025-12-31",
            "funding_rate": 80.0,
            "funding_cap": 100.0,
            "copayment_product_id": copayment.id,
        }
    )
    return program, product


def _spaces(env, count, product):
    sites = env["res.partner"].create(
        [{"name": f"Space {number:04}", "is_company": True} for number in range(count)]
    )
    spaces = env["coworking.space"].create(
        [
            {
                "partner_id": site.id,
                "code": f"S{number:04}",
                "seat_capacity": SEATS_A_SPACE,
                "state": "partner",
                "date_partner": "2025-01-01",
            }
            for number, site in enumerate(sites)
        ]
    )
    env["coworking.tariff"].create(
        [
            {
                "name": name,
                "space_id": space.id,
                "unit": unit,
                "tax_included": tax_included,
                "product_id": product.id,
                "price_ids": [Command.create({"date_start": "2025-01-01", "price": price})],
            }
            for space in spaces
            for name, unit, tax_included, price in (
                ("Nomad", "month", True, 140.0),
                ("Desk", "month", False, 195.0),
                ("Day", "day", True, 20.0),
            )
        ]
    )
    return spaces


def _seats(space, program, each):
    env = space.env
    nomad, desk, day = space.tariff_ids.sorted("id")
    plan = [(nomad, START)] * 20 + [(desk, START)] * 15
    plan += [(nomad, MONTH.replace(day=11))] * 5 + [(day, START)] * 10
    step = SEATS_A_SPACE // each
    plan = plan[step // 2 :: step]
    participants = env["coworking.participant"].create(
        [
            {"partner_name": f"Person {space.code} {number:02}", "program_id": program.id}
            for number in range(len(plan))
        ]
    )
    seats = env["coworking.seat"].create(
        [
            {
                "participant_id": participant.id,
                "space_id": space.id,
                "tariff_id": tariff.id,
                "date_start": start,
                "date_end": END,
                "state": "confirmed",
            }
            for participant, (tariff, start) in zip(participants, plan, strict=True)
        ]
    )
    env["coworking.presence"].create(
        [
            {"seat_id": seat.id, "date": MONTH.replace(day=1 + 3 * visit), "slot": slot}
            for number, seat in enumerate(seats.filtered(lambda seat: seat.tariff_id == day))
            for visit in range(3 + number % 6)
            for slot in ("am", "pm")
        ]
    )


def _settle(env, program_id, space_ids, month):
    statements = env["coworking.statement"]._generate(
        env["coworking.program"].browse(program_id), month, env["coworking.space"].browse(space_ids)
    )
    statements.action_confirm()
    statements.action_create_bill()
    bills = statements.bill_id
    bills.invoice_date = month.replace(day=28)
    bills.action_post()


def _contracts(env, product, spaces, each):
    journal = env["account.journal"].search([("type", "=", "purchase")], limit=1)

    def line(number):
        return Command.create(
            {
                "product_id": product.id,
                "name": f"Seat {number:05}, #START# - #END#",
                "quantity": 1,
                "uom_id": product.uom_id.id,
                "price_unit": 150.0 + number % 7,
                "recurring_rule_type": "monthly",
                "recurring_interval": 1,
                "recurring_invoicing_type": "pre-paid",
                "date_start": MONTH,
                "recurring_next_date": MONTH,
            }
        )

    def contract(code, space, lines):
        return {
            "code": code,
            "name": code,
            "partner_id": space.operator_id.id,
            "contract_type": "purchase",
            "journal_id": journal.id,
            "line_recurrence": True,
            "date_start": MONTH,
            "contract_line_ids": lines,
        }

    single, grouped = [], []
    for rank, space in enumerate(spaces):
        numbers = range(rank * each, (rank + 1) * each)
        single += [contract(f"S-{number:05}", space, [line(number)]) for number in numbers]
        grouped.append(contract(f"G-{rank:04}", space, [line(number) for number in numbers]))
    for values in (single, grouped):
        for start in range(0, len(values), BATCH):
            env["contract.contract"].create(values[start : start + BATCH])
            env.flush_all()
            env.invalidate_all()


if __name__ == "__main__":
    fill(boot(), *map(int, sys.argv[1:]))
