"""The exit of one person: of the people who are in incubation, each once, rolled back.

As a counsellor moves them, with seats, forecasts, reviews and those who wait for a place. See
README.md for how to run it and RESULTS.md for what it gave.
"""

import argparse
from statistics import median

from bench import boot, measured, transaction

from odoo import fields

COUNSELLOR = "accompagnement"


def leave(file, stage, reason):
    """:return: the ``Measure`` of one exit, of which nothing stays"""
    env = file.env
    env.invalidate_all()
    with env.cr.savepoint() as savepoint:
        with measured(env) as measure:
            file.write(
                {
                    "stage_id": stage.id,
                    "exit_reason_id": reason.id,
                    "date_exit": fields.Date.today(),
                }
            )
            env.flush_all()
        savepoint.rollback()
    return measure


def open_month(files):
    """Make the month that runs for the spaces of these people, as the daily action does."""
    month = fields.Date.today().replace(day=1)
    for program, own in files.grouped("program_id").items():
        files.env["coworking.statement"]._generate(program, month, own.seat_ids.space_id)
    files.env.flush_all()


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=60, help="who leave at most (60)")
    parser.add_argument(
        "--opened", action="store_true", help="once the daily action made the month that runs"
    )
    args = parser.parse_args()
    with transaction(boot()) as env:
        user = env["res.users"].search([("login", "=", COUNSELLOR)])
        env = env(user=user, context=env(user=user)["res.users"].context_get())
        stage = env["coworking.stage"].search([("phase", "=", "followup")], limit=1)
        reason = env["coworking.exit.reason"].search([], limit=1)
        # some of the demonstration have external ids, as nobody else's: one that is deleted empties
        # what a process keeps
        named = env["ir.model.data"].sudo().search([("model", "=", "mail.activity")])
        files = env["coworking.participant"].search(
            [
                ("phase", "=", "incubation"),
                ("user_id", "=", user.id),
                ("activity_ids", "not in", named.mapped("res_id")),
            ],
            limit=args.people,
            order="id",
        )
        if args.opened:
            open_month(files.sudo())
        files = [file.with_prefetch() for file in files]  # a request knows of no other
        leave(files[0], stage, reason)  # what is read once in the life of a process
        found = [leave(file, stage, reason) for file in files]
        queries = sorted(measure.queries for measure in found)
        cpu = sorted(1000 * measure.cpu for measure in found)
        print("| people | CPU ms: least | median | most | SQL: least | median | most | above 80 |")
        print("|---" * 8 + "|")
        cells = (
            len(found),
            *(f"{value:.0f}" for value in (cpu[0], median(cpu), cpu[-1])),
            *(f"{value:.0f}" for value in (queries[0], median(queries), queries[-1])),
            sum(count > 80 for count in queries),
        )
        print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
