"""Speed of the funders' half, at the size of a national program.

Each part makes what it needs in a transaction that is rolled back, and says its time, its queries
and how much memory it took. See README.md for how to run it.
"""

import argparse
import base64
import functools
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


def sharing(registry, files, peer=True):
    """Who takes part in half as many paid lines, by three agreements, beside what Odoo makes of the
    analytic distribution of the same lines over as many accounts.

    :param peer: whether Odoo's part is run too
    """
    count = files // 2
    with transaction(registry) as env:
        program, lines = _fill_lines(env, count)
        costs = env["coworking.cost"]
        _measure(env, f"ours: shares of {count} lines", lambda: costs._allocate_programs(program))
        shares = env["coworking.allocation"].search_count([("program_id", "=", program.id)])
        assert shares == 4 * count, shares
        _measure(env, "ours: what PostgreSQL checks of them", lambda: _check_deferred(env))
        env.invalidate_all()
        again = "ours: all of it again, as once a day, with nothing changed"
        _measure(env, again, lambda: costs._allocate_programs(program))
        _share_one_bill(env, program)
        env.invalidate_all()
        if peer:
            _measure(env, "Odoo: analytic lines of the same", lines._create_analytic_lines)


def _check_deferred(env):
    env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _share_one_bill(env, program):
    """A bill of a hundred lines is paid; then the grant is just used up, and another one is."""
    costs, changes = env["coworking.cost"], env["coworking.cost.change"]
    account = {str(program.analytic_account_id.id): 100.0}
    bills = [_make_bill(env, account, 100) for _number in range(2)]
    costs._refresh_changed()
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", program.company_id.id)], limit=1
    )
    told = ("ours: one bill of 100 lines is paid", "ours: another, of a grant that is used up")
    for bill, name in zip(bills, told, strict=True):
        changes.search([]).unlink()
        values = {"payment_date": "2015-08-20", "journal_id": journal.id}
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create(values)._create_payments()
        env.invalidate_all()
        _measure(env, name, costs._refresh_changed)
        assert not changes.search_count([])
        agreement = program.agreement_ids[0]
        taken = env["coworking.allocation"]._read_group(
            [("agreement_id", "=", agreement.id)], aggregates=["amount:sum"]
        )[0][0]
        agreement.amount_granted = taken + 100.0


def _fill_lines(env, count):
    """Lines of posted bills, a hundred of each, all paid: each a cost of one program."""
    program, (account, *accounts) = _make_program(env)
    bill = _make_bill(env, {str(account.id): 100.0}, 1)
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
    env.cr.execute(
        "UPDATE coworking_cost SET item = CONCAT_WS(' ', date_from,"
        " LPAD(move_line_id::text, 12, '0'), program_id) WHERE program_id = %s",
        program.ids,
    )
    env.cr.execute("ANALYZE account_move_line; ANALYZE coworking_cost")
    env.invalidate_all(flush=False)
    assert cost.item.startswith("2015-07-03 "), cost.item
    return program, env["account.move.line"].browse(ids)


def _make_bill(env, distribution, count):
    """A posted bill of so many lines."""
    line = {
        "name": "Printing",
        "price_unit": 33.33,
        "tax_ids": [Command.clear()],
        "analytic_distribution": distribution,
    }
    bill = env["account.move"].create(
        {
            "move_type": "in_invoice",
            "partner_id": env["res.partner"].create({"name": "Printer"}).id,
            "invoice_date": "2015-07-03",
            "invoice_line_ids": [Command.create(line) for _number in range(count)],
        }
    )
    bill.action_post()
    return bill


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
    queries, start, cpu = env.cr.sql_log_count, time.perf_counter(), time.process_time()
    result = act()
    env.flush_all()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"{name}: {seconds:.1f} s ({cpu:.1f} s of CPU here),"
        f" {env.cr.sql_log_count - queries} queries,"
        f" {grown / MEGABYTE:.0f} MB more",
        flush=True,
    )
    return result


def claim(registry, files):
    """A tenth as many lines claimed, from making it to what the funder admits; then the files that
    are made of them.
    """
    count = files // 10
    with transaction(registry) as env:
        program, _lines = _fill_lines(env, count)
        env["coworking.cost"]._allocate_programs(program)
        env["coworking.cost.change"].search([]).unlink()
        agreement = program.agreement_ids[0]
        env.flush_all()
        env.cr.execute("ANALYZE coworking_allocation")
        env.invalidate_all()
        values = {
            "agreement_id": agreement.id,
            "date_from": "2015-01-01",
            "date_to": "2015-12-31",
            "certificate": base64.b64encode(b"%PDF-1.4"),
            "open_months_reason": "Benchmark",
        }
        claim = _measure(
            env, f"claim of {count} lines: made", lambda: env["coworking.claim"].create(values)
        )
        env["ir.attachment"].create(
            [
                {"name": "A.pdf", "raw": b"%PDF-1.4", "res_model": bill._name, "res_id": bill.id}
                for bill in claim.line_ids.cost_id.move_id
            ]
        )
        for name, act in (
            ("looked at", lambda: claim.read(["gap_count", "has_changed", "earlier_amount"])),
            ("sent", claim.action_submit),
            ("all admitted", claim.action_admit_all),
            ("5 % taken off", lambda: claim._correct(5.0, "Benchmark")),
            ("accepted", claim.action_accept),
            ("its workbook", claim._make_workbook),
        ):
            env.invalidate_all()
            _measure(env, f"claim of {count} lines: {name}", act)
        report = env["coworking.financial.report"].create(
            {"agreement_id": agreement.id, "date_from": "2015-01-01", "date_to": "2015-12-31"}
        )
        evidence = env["coworking.evidence"].create(
            {
                "kind": "claim",
                "scope": "all",
                "names": "token",
                "claim_id": claim.id,
                "company_id": env.company.id,
            }
        )
        evidence.agreement_ids = agreement
        for name, act in (
            ("financial report", report.action_count),
            ("its workbook", report._make_workbook),
            ("evidence", evidence._seal),
        ):
            env.invalidate_all()
            _measure(env, f"{name} of {count} lines", act)


# === PARTS === #

PARTS = {"report": report, "sharing": sharing, "claim": claim}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them by default")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--alone", action="store_true", help="without what Odoo takes for sharing")
    args = parser.parse_args()
    if args.alone:
        PARTS["sharing"] = functools.partial(sharing, peer=False)
    registry = boot()
    for name in args.parts or PARTS:
        PARTS[name](registry, args.size)


if __name__ == "__main__":
    main()
