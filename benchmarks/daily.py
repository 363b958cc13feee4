"""Every scheduled action of ours, twice: what it finds to do, then with nothing left to do.

In a copy of the database of the screens: what is done is committed.
See README.md for how to run it and RESULTS.md for what it gave.
"""

import argparse

from bench import boot, measured, sql, transaction

# Statements that were made lately are looked at whatever happens. They alone are aged, and swept up
# after: where each was written just before, PostgreSQL reads all of them, as on no real night.
AGED = """
    UPDATE coworking_statement SET create_date = create_date - INTERVAL '7 days'
     WHERE create_date > (NOW() AT TIME ZONE 'UTC') - INTERVAL '3 days'"""


def run(env, cron):
    env.cr.execute(AGED)
    env.cr.commit()
    sql(env.registry, "VACUUM coworking_statement")
    with measured(env) as measure:
        cron.ir_actions_server_id.with_context(lastcall=cron.lastcall).run()
        env.cr.commit()
    cron.lastcall = env.cr.now()  # as Odoo writes it of each run
    return measure


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[""], help="parts of names of methods")
    args = parser.parse_args()
    registry = boot()
    print("| scheduled action | s | CPU ms | SQL | again: s | CPU ms | SQL |")
    print("|---" * 7 + "|", flush=True)
    with transaction(registry) as env:
        known = env["ir.model.data"].search(
            [("model", "=", "ir.cron"), ("module", "=like", "coworking_incubation%")]
        )
        for cron in env["ir.cron"].browse(known.mapped("res_id")).exists():
            if not any(part in cron.code for part in args.only):
                continue
            turns = [run(env, cron) for _turn in range(2)]
            cells = (
                cell
                for turn in turns
                for cell in (
                    f"{turn.seconds:.1f}",
                    f"{1000 * turn.cpu:.0f}",
                    f"{turn.queries}",
                )
            )
            print(f"| {cron.model_id.model}: {cron.code} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
