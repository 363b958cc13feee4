"""Speed of the funders' half, at the size of a national program.

Each part makes what it needs in a transaction that is rolled back, and says its time, its queries
and how much memory it took. See README.md for how to run it.
"""

import argparse
import resource
import time

from bench import boot, transaction

from odoo import Command

MEGABYTE = 1024  # ru_maxrss is in kilobytes


def report(registry, files):
    """The activity report of a year over that many files, all indicators that are shipped."""
    with transaction(registry) as env:
        program = _fill_files(env, files)
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
        assert report.figure_ids[0].count


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


def _measure(env, name, act):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queries, start = env.cr.sql_log_count, time.perf_counter()
    act()
    env.flush_all()
    seconds = time.perf_counter() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"{name}: {seconds:.1f} s, {env.cr.sql_log_count - queries} queries,"
        f" {grown / MEGABYTE:.0f} MB more"
    )


# === PARTS === #

PARTS = {"report": report}


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
