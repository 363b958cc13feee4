"""Speed of the funders' half, at the size of a national program.

Each part makes what it needs in a transaction that is rolled back, and says its time, its queries
and how much memory it took. See README.md for how to run it.
"""

import argparse
import json
import resource
import time

from bench import boot, transaction

from odoo import Command
from odoo.tools import SQL

MEGABYTE = 1024  # ru_maxrss is in kilobytes


def report(registry, files):
    """The activity report of a year over that many files, all indicators that are shipped; beside
    it what Odoo counts by itself: the same files grouped by the same fields, without lists.
    """
    with transaction(registry) as env:
        program = _measure(env, f"making {files} files", lambda: _fill_files(env, files))
        report = env["coworking.report"].create(
            {
                "program_ids": [Command.set(program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        env.flush_all()
        _measure(env, f"activity report, {files} files", report.action_count)
        _measure(env, "its workbook", report._make_workbook)
        _measure(env, "Odoo's grouping by the same fields", lambda: _group(report))
        assert report.figure_ids[0].count == files


def _group(report):
    for indicator in report.indicator_ids:
        people = indicator._get_people(report.program_ids, report.date_from, report.date_to)
        files = report.env["coworking.participant"]
        fields = indicator.breakdown_ids.filtered(lambda row: row.kind == "field")
        columns = indicator.split_id.mapped("field_name")
        for names in ([], *([name] for name in fields.mapped("field_name"))):
            files._read_group(people, [*names, *columns], ["__count"])


def _fill_files(env, files):
    """Files of one closed year, of which every one differs a little from the next."""
    program = env["coworking.program"].create(
        {"name": "Benchmark", "date_start": "2015-01-01", "date_end": "2015-12-31"}
    )
    model = env["coworking.participant"].create(
        {"partner_name": "Somebody", "program_id": program.id, "date_entry": "2015-01-02"}
    )
    env.flush_all()
    reason = env.ref("coworking_incubation.coworking_exit_reason_cdi").id
    env.cr.execute(
        """
        INSERT INTO coworking_participant (partner_id, program_id, company_id, stage_id, phase,
            active, date_application, date_entry, date_exit, exit_reason_id, exit_category, gender,
            birth_date, education_level, labour_status, unemployment_duration, allowance,
            priority_district, disability)
        SELECT partner_id, program_id, company_id, stage_id, 'closed', TRUE,
               DATE '2015-01-01' + n %% 300, DATE '2015-01-01' + n %% 300 + 10,
               CASE WHEN n %% 3 > 0 THEN DATE '2015-01-01' + n %% 300 + 40 END,
               CASE WHEN n %% 3 > 0 THEN %s END,
               CASE n %% 3 WHEN 1 THEN 'durable' WHEN 2 THEN 'other' END,
               (ARRAY['female', 'male', NULL])[1 + n %% 3], DATE '1960-01-01' + n %% 14000,
               (ARRAY['isced_0_2', 'isced_3_4', 'isced_5_8'])[1 + n %% 3], 'unemployed',
               (ARRAY['01', '02', '03', '04'])[1 + n %% 4],
               (ARRAY['none', 'rsa', 'are', 'ass'])[1 + n %% 4],
               (ARRAY['yes', 'no'])[1 + n %% 2], (ARRAY['yes', 'no', 'no'])[1 + n %% 3]
          FROM coworking_participant, generate_series(1, %s) n WHERE id = %s
        """,
        [reason, files, model.id],
    )
    env.cr.execute("ANALYZE coworking_participant")
    env.invalidate_all(flush=False)
    return program


def sharing(registry, files):
    """Who takes part in half as many paid lines, by three agreements, beside what Odoo makes of the
    analytic distribution of the same lines over as many accounts.
    """
    count = files // 2
    with transaction(registry) as env:
        program, lines = _fill_lines(env, count)
        costs = env["coworking.cost"]
        _measure(env, f"ours: shares of {count} lines", lambda: costs._allocate_programs(program))
        shares = env["coworking.allocation"].search_count([("program_id", "=", program.id)])
        assert shares == 4 * count, shares
        env.invalidate_all()
        _measure(
            env,
            "ours: again, with nothing changed",
            lambda: costs._allocate_programs(program),
        )
        env.invalidate_all()
        _measure(env, "Odoo: analytic lines of the same", lines._create_analytic_lines)


def _fill_lines(env, count):
    """Lines of posted bills, a hundred of each, all paid: each a cost of one program."""
    program, (account, *accounts) = _make_program(env)
    bill = env["account.move"].create(
        {
            "move_type": "in_invoice",
            "partner_id": env["res.partner"].create({"name": "Printer"}).id,
            "invoice_date": "2015-07-03",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Printing",
                        "price_unit": 33.33,
                        "tax_ids": [Command.clear()],
                        "analytic_distribution": {str(account.id): 100.0},
                    }
                )
            ],
        }
    )
    bill.action_post()
    costs = env["coworking.cost"]
    costs._refresh_moves(bill)
    env.flush_all()
    line = bill.invoice_line_ids
    distribution = {str(one.id): part for one, part in zip(accounts, (50, 30, 20), strict=True)}
    _copy_rows(env, "account_move_line", line.id, count - 1, {})
    env.cr.execute(
        "UPDATE account_move_line SET analytic_distribution = %s"
        " WHERE move_id = %s AND display_type = 'product' RETURNING id",
        [json.dumps(distribution), bill.id],
    )
    ids = sorted(row[0] for row in env.cr.fetchall())
    cost = costs.search([("move_line_id", "=", line.id)])
    paid = {"paid_amount": 33.33, "payments": json.dumps([["2015-07-20", "33.33"]])}
    _copy_rows(env, "coworking_cost", cost.id, count - 1, {"move_line_id": None})
    env.cr.execute(
        """
        UPDATE coworking_cost cost SET move_line_id = line.id, paid_amount = %s, payments = %s,
               date_paid = '2015-07-20'
          FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM coworking_cost
                 WHERE program_id = %s) AS own
          JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number
                  FROM UNNEST(%s) AS id) AS line USING (number)
         WHERE cost.id = own.id
        """,
        [*paid.values(), program.id, ids],
    )
    env.cr.execute("ANALYZE account_move_line; ANALYZE coworking_cost")
    env.invalidate_all(flush=False)
    return program, env["account.move.line"].browse(ids)


def _make_program(env):
    """(a program with three agreements, its analytic account and three others)"""
    plan = env["account.analytic.plan"].create({"name": "Benchmark"})
    accounts = env["account.analytic.account"].create(
        [{"name": f"Benchmark {number}", "plan_id": plan.id} for number in range(4)]
    )
    program = env["coworking.program"].create(
        {
            "name": "Benchmark",
            "date_start": "2015-01-01",
            "date_end": "2015-12-31",
            "analytic_account_id": accounts[0].id,
        }
    )
    funder = env["res.partner"].create({"name": "Funder", "is_company": True})
    for reference, rate in (("A", 50.0), ("B", 30.0), ("C", 15.0)):
        agreement = env["coworking.funding.agreement"].create(
            {
                "reference": reference,
                "partner_id": funder.id,
                "program_ids": [Command.set(program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "amount_granted": 10_000_000.0,
                "rate": rate,
            }
        )
        agreement.heading_ids.kind = "direct"
    return program, accounts


def _copy_rows(env, table, row, count, values):
    """A row of a table, that many times more, with other values."""
    env.cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attname != 'id'",
        [table],
    )
    columns = [name for (name,) in env.cr.fetchall()]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) WHERE id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(
                SQL("%s", values[name]) if name in values else SQL.identifier(name)
                for name in columns
            ),
            SQL.identifier(table),
            count,
            row,
        )
    )


def _measure(env, name, act):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queries, start = env.cr.sql_log_count, time.perf_counter()
    result = act()
    env.flush_all()
    seconds = time.perf_counter() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"{name}: {seconds:.1f} s, {env.cr.sql_log_count - queries} queries,"
        f" {grown / MEGABYTE:.0f} MB more",
        flush=True,
    )
    return result


# === PARTS === #

PARTS = {"report": report, "sharing": sharing}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them by default")
    parser.add_argument("--size", type=int, default=100_000)
    args = parser.parse_args()
    registry = boot()
    for name in args.parts or PARTS:
        PARTS[name](registry, args.size)


if __name__ == "__main__":
    main()
