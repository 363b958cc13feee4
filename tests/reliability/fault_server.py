"""An Odoo that forks a process for each order, as Odoo does; started by test_faults.py.

``fault_server.py OPTIONS`` loads the registry, says "ready", then reads orders: a line of JSON, a
list of ``{"action", "ids", "out"}``. For each it forks, prints the numbers of the processes, waits
for them and prints how they ended. Not a test module.
"""

import base64
import contextlib
import json
import os
import pathlib
import resource
import sys
import traceback
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.sql_db import close_all
from odoo.tools import config

from odoo.addons.base.models import ir_cron


def main():
    config.parse_config(json.loads(sys.argv[1]), setup_logging=True)
    registry = Registry(config["db_name"][0])
    close_all()
    print("ready", flush=True)
    for line in sys.stdin:
        children = [fork(registry, order) for order in json.loads(line)]
        print(json.dumps(children), flush=True)
        print(json.dumps([os.waitpid(child, 0)[1] for child in children]), flush=True)


def fork(registry, order):
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    status = 1
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
            action = ACTIONS[order["action"]]
            answer = retrying(lambda: action(env, **order["ids"]), env)
        status = 0
    except Exception:  # whatever it is, the test reads it
        answer = traceback.format_exc()
    with contextlib.suppress(OSError):
        pathlib.Path(order["out"]).write_text(json.dumps(answer))
    os._exit(status)


# === What is there === #


def prepare(env, seats, spaces, last):
    """A programme of so many seats from January to this day, in so many spaces."""
    company = env.ref("base.main_company")
    env = env(context={**env.context, "tracking_disable": True, "mail_create_nosubscribe": True})
    env["coworking.invoice.file"].search([("state", "=", "waiting")]).state = "refused"
    account = env["account.account"].search(
        [("company_ids", "in", company.ids), ("account_type", "=", "expense")], limit=1
    )
    product = env["product.product"].create(
        {
            "name": "Faults",
            "type": "service",
            "company_id": company.id,
            "supplier_taxes_id": [Command.clear()],
            "taxes_id": [Command.clear()],
            "property_account_expense_id": account.id,
        }
    )
    # the daily run has those of the demonstration to look at as well: faults would hit these
    with patch.object(env.registry["coworking.program"], "_get_what_goes_on", lambda self: []):
        env["coworking.program"].search([]).active = False
    program = env["coworking.program"].create(
        {
            "name": "Faults 2015",
            "code": "FAULTS",
            "company_id": company.id,
            "date_start": "2015-01-01",
            "date_end": "2015-12-31",
            "funding_rate": 80.0,
            "copayment_product_id": product.id,
        }
    )
    rows = []
    for number in range(spaces):
        site = env["res.partner"].create({"name": f"Faults {number}", "is_company": True})
        space = env["coworking.space"].create(
            {
                "partner_id": site.id,
                "company_id": company.id,
                "code": f"FAULTS-{number}",
                "seat_capacity": seats // spaces + 1,
                "state": "partner",
                "date_partner": "2015-01-01",
            }
        )
        tariff = env["coworking.tariff"].create(
            {
                "name": "Nomad",
                "space_id": space.id,
                "product_id": product.id,
                "price_ids": [Command.create({"date_start": "2015-01-01", "price": 180.0})],
            }
        )
        rows += [(space, tariff)] * (seats // spaces)
    people = env["coworking.participant"].create(
        [
            {"partner_name": f"Faults {number}", "program_id": program.id, "user_id": False}
            for number in range(len(rows))
        ]
    )
    env["coworking.seat"].create(
        [
            {
                "participant_id": person.id,
                "space_id": space.id,
                "tariff_id": tariff.id,
                "date_start": "2015-01-01",
                "date_end": last,
                "state": "confirmed",
            }
            for person, (space, tariff) in zip(people, rows, strict=True)
        ]
    )
    return program.id


def statements_of(env, program, month=None):
    domain = [("program_id", "=", program), ("state", "!=", "cancelled")]
    if month:
        domain.append(("date_from", "=", f"2015-{month:02}-01"))
    return env["coworking.statement"].search(domain)


# === What is done, and may be done again === #


def generate(env, program):
    """The daily catch-up, a few spaces a transaction."""
    spaces = env.registry["coworking.space"]
    spaces._spaces_at_once, spaces._seats_at_once = 5, 0
    env["coworking.statement"]._cron_generate()
    return len(statements_of(env, program))


def forget_months(env, program):
    statements_of(env, program).filtered(lambda row: row.state == "draft").action_cancel()


def settle(env, program):
    statements_of(env, program).filtered(lambda row: row.state == "draft").action_confirm()


def post(env, program, month):
    """Whoever pays makes the bills of a month and posts them."""
    statements = statements_of(env, program, month)
    statements.filtered(lambda row: row.state == "confirmed").action_create_bill()
    bills = statements.bill_ids.filtered(lambda bill: bill.state == "draft")
    for bill in bills:
        bill.write({"invoice_date": "2015-07-01", "ref": f"P-{bill.id}"})
    bills.action_post()
    return len(bills)


def take_back(env, program, month):
    bills = statements_of(env, program, month).bill_ids
    bills.filtered(lambda bill: bill.state == "posted").button_draft()
    bills.filtered(lambda bill: bill.state == "draft").button_cancel()


def match(env, program, month):
    """Bills that came, a line a seat, are matched as they are written."""
    moves = env["account.move"]
    for statement in statements_of(env, program, month).filtered(lambda row: not row.bill_ids):
        moves |= moves.create(
            {
                "move_type": "in_invoice",
                "partner_id": statement.operator_id.id,
                "invoice_date": "2015-07-01",
                "ref": f"M-{statement.id}",
                "invoice_origin": statement.name,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": charge.seat_id.name,
                            "price_unit": charge.payable_total,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for charge in statement.charge_ids
                ],
            }
        )
    return len(moves)


def receive(env, program, month, files, store=None, most_bytes=None):
    """Files that the spaces send for a month.

    :param store: another folder for the files; ``most_bytes``: no file may be larger
    """
    if store:
        config["data_dir"] = store
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    statements = statements_of(env, program, month).sorted("id")
    received = [
        statement._receive_invoice(f"{number}.xml", base64.b64decode(content), source="portal")
        for number, (statement, content) in enumerate(zip(statements, files, strict=False))
    ]
    return [[file.id, file.state] for file in received]


def read(env, program):
    env["coworking.invoice.file"]._cron_read()
    return read_state(env, program)


def read_state(env, program, month=None, store=None):
    """How files were read, and which drafts came of them."""
    if store:
        config["data_dir"] = store
    statements = statements_of(env, program, month)
    drafts = env["account.move"].search(
        [("partner_id", "in", statements.operator_id.ids), ("state", "=", "draft")]
    )
    files = env["coworking.invoice.file"].search([("statement_id", "in", statements.ids)])
    kept = files.attachment_id
    return {
        "states": sorted(set(files.mapped("state"))),
        "files": len(files),
        "whole": all(document.file_size == len(document.raw) for document in kept),
        "bills": sorted(draft.ref or "" for draft in drafts),
        "empty": len(drafts.filtered(lambda draft: not draft.invoice_line_ids)),
    }


def drop_drafts(env, program):
    """Nothing is kept of what was read."""
    env["account.move"].search(
        [
            ("partner_id", "in", statements_of(env, program).operator_id.ids),
            ("state", "=", "draft"),
        ]
    ).button_cancel()


def run_job(env, seconds):
    """The daily catch-up by Odoo's own scheduler, which gives it so many seconds."""
    ir_cron.MIN_TIME_PER_JOB, ir_cron.MIN_RUNS_PER_JOB = seconds, 1
    job = env.ref("coworking_incubation.ir_cron_generate_statements")
    env.cr.execute(
        "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - INTERVAL '1 minute',"
        " failure_count = 0 WHERE id = %s",
        [job.id],
    )
    env.cr.commit()
    with env.registry.cursor() as cron_cr:
        row = ir_cron.IrCron._acquire_one_job(cron_cr, job.id)
        if row:
            env.registry["ir.cron"]._process_job(cron_cr, row)
    env.cr.execute("SELECT failure_count, active FROM ir_cron WHERE id = %s", [job.id])
    return env.cr.fetchone()


def check(env, program=None):
    """What the check of the books finds, and how far the work is."""
    env["coworking.audit"]._seal(10**6)
    books = env["coworking.books"]
    findings = [f"{row.rule}: {row.problem}" for row in books._check()]
    charges = env["coworking.charge"].search([("program_id", "=", program)])
    return {
        "findings": findings,
        "charged": sum(charge.state != "forecast" for charge in charges),
        "posted": env["account.move"].search_count(
            [("coworking_statement_id.program_id", "=", program), ("state", "=", "posted")]
        ),
        "matched": env["coworking.match"].search_count(
            [("charge_id.program_id", "=", program), ("gap", "=", 0.0)]
        ),
    }


ACTIONS = {
    action.__name__: action
    for action in (
        *(prepare, generate, forget_months, settle, post, take_back, match, receive, read),
        *(read_state, drop_drafts, run_job, check),
    )
}

if __name__ == "__main__":
    main()
