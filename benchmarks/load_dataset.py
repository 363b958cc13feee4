"""Fills a database for the first of a month: the board's files and leads, and who comes that day.

    load_dataset.py FILES        (called by benchmarks/run)

Two hundred spaces with a manager each, three seats a space, last month's statements sent and half
a year of bills before; twenty of staff; a meeting that anybody may register for.
"""

import sys
from datetime import date, datetime, time, timedelta

import board_dataset
from bench import boot, sql, transaction
from dateutil.relativedelta import relativedelta

from odoo import Command

MANAGERS, STAFF, SEATS, BILLS = 200, 20, 3, 6
THIS_MONTH = date.today().replace(day=1)
MONTH = THIS_MONTH - relativedelta(months=1)


def fill(registry, files):
    """Everything, committed."""
    board_dataset.fill(registry, files)
    with transaction(registry, commit=True) as env:
        program = env["coworking.program"].search([("code", "=", "BENCH")])
        _staff(env, program)
        spaces = _spaces(env)
    for position in range(0, MANAGERS, 20):
        with transaction(registry, commit=True) as env:
            _month(env, program.with_env(env), spaces.with_env(env)[position : position + 20])
    with transaction(registry, commit=True) as env:
        _bills(env, spaces.with_env(env))
        _meeting(env, program.with_env(env))
        env["mail.mail"].search([]).unlink()
    sql(registry, "VACUUM ANALYZE")


def _staff(env, program):
    """Who coordinates and keeps the books, and sees as much of CRM."""
    groups = (
        "base.group_user",
        "coworking_incubation.group_coworking_coordinator",
        "coworking_incubation.group_coworking_accountant",
        "sales_team.group_sale_manager",
    )
    staff = env["res.users"].create(
        [
            {
                "name": f"Staff {number:02}",
                "login": f"staff{number:02}",
                "tz": "Europe/Paris",
                "group_ids": [Command.set([env.ref(name).id for name in groups])],
            }
            for number in range(STAFF)
        ]
    )
    program.accompanist_ids |= staff


def _spaces(env):
    product = env["product.product"].search([("name", "=", "Coworking seat")], limit=1)
    sites = env["res.partner"].create(
        [{"name": f"Place {number:03}", "is_company": True} for number in range(MANAGERS)]
    )
    managers = env["res.partner"].create(
        [
            {
                "name": f"Manager {number:03}",
                "email": f"manager{number:03}@example.com",
                "parent_id": site.id,
            }
            for number, site in enumerate(sites)
        ]
    )
    env["res.users"].with_context(no_reset_password=True).create(
        [
            {
                "login": f"manager{number:03}",
                "partner_id": manager.id,
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
            for number, manager in enumerate(managers)
        ]
    )
    spaces = env["coworking.space"].create(
        [
            {
                "partner_id": site.id,
                "code": f"L{number:03}",
                "seat_capacity": SEATS,
                "state": "partner",
                "date_partner": MONTH - timedelta(days=365),
                "manager_ids": [Command.set(manager.ids)],
            }
            for number, (site, manager) in enumerate(zip(sites, managers, strict=True))
        ]
    )
    env["coworking.tariff"].create(
        [
            {
                "name": "Desk",
                "space_id": space.id,
                "unit": "month",
                "product_id": product.id,
                "price_ids": [
                    Command.create({"date_start": MONTH - timedelta(days=365), "price": 150.0})
                ],
            }
            for space in spaces
        ]
    )
    return spaces


def _month(env, program, spaces):
    """Seats of these spaces, and their statements of last month, sent."""
    people = env["coworking.participant"].create(
        [
            {"partner_name": f"Guest {space.code} {number}", "program_id": program.id}
            for space in spaces
            for number in range(SEATS)
        ]
    )
    env["coworking.seat"].create(
        [
            {
                "participant_id": person.id,
                "space_id": space.id,
                "tariff_id": space.tariff_ids.id,
                "date_start": MONTH,
                "date_end": MONTH + timedelta(days=150),
                "state": "confirmed",
            }
            for number, space in enumerate(spaces)
            for person in people[number * SEATS : (number + 1) * SEATS]
        ]
    )
    env["coworking.statement"]._generate(program, MONTH, spaces).action_send()


def _bills(env, spaces):
    """What Odoo's own page of invoices shows."""
    product = env["product.product"].search([("name", "=", "Coworking seat")], limit=1)
    # they are no bills of seats: nothing is to be matched
    bills = (
        env["account.move"]
        .with_context(coworking_match=False)
        .create(
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": space.partner_id.id,
                    "invoice_date": MONTH - relativedelta(months=number),
                    "ref": f"{space.code}-{number}",
                    "invoice_line_ids": [
                        Command.create({"product_id": product.id, "price_unit": 150.0})
                    ],
                }
                for space in spaces
                for number in range(1, BILLS + 1)
            ]
        )
    )
    bills.action_post()


def _meeting(env, program):
    start = datetime.combine(date.today() + timedelta(days=7), time(8))
    env["calendar.event"].create(
        {
            "name": "Information meeting",
            "start": start,
            "stop": start + timedelta(hours=2),
            "coworking_kind": "info_session",
            "coworking_public": True,
            "coworking_capacity": 1000,
            "coworking_program_id": program.id,
        }
    )


if __name__ == "__main__":
    fill(boot(), int(sys.argv[1]))
