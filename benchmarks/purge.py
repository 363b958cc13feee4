"""The end of data of many files: seconds, queries, and what the process grows by.

In a copy of the database of the screens, of which every program's term is made to be over; batch
by batch, each committed, as the scheduled action does it.
See README.md for how to run it and RESULTS.md for what it gave.
"""

import argparse
import sys
import time

from bench import boot, measured, read_memory, transaction

from odoo.tools import split_every

BATCH = 200  # as the scheduled action has it
TERMS_OVER = """
    UPDATE coworking_program
       SET retention_months = 1, application_months = 1, retention_confirmed_on = '2020-01-01';
    UPDATE coworking_participant SET purge_notice_on = CURRENT_DATE - 31"""


def purge(env, ids):
    """Whoever is left, or was not made anonymous, stops it."""
    files = env["coworking.participant"]
    for batch in split_every(BATCH, ids, list):
        files._treat_apart(files._purge_files, batch, of_files=True)
        env.cr.commit()
    left = files.sudo().browse(ids).filtered(lambda file: not file.purged_on)
    if left:
        sys.exit(f"{len(left)} files are not anonymous.")


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000, help="at most so many (10000)")
    parser.add_argument("--each", type=int, default=1_000, help="a line of the table (1000)")
    args = parser.parse_args()
    registry = boot()
    with transaction(registry) as env:
        env.cr.execute(TERMS_OVER)
        start = time.perf_counter()
        ids = env["coworking.participant"]._find_to_purge()
        print(f"{len(ids)} files are over, found in {time.perf_counter() - start:.1f} s\n")
        print("| files | s | CPU s | SQL a file | peak MB | MB afterwards |")
        print("|---" * 6 + "|")
        done = 0
        for some in split_every(args.each, ids[: args.files], list):
            with measured(env) as measure:
                purge(env, some)
            done += len(some)
            cells = (
                f"{measure.seconds:.0f}",
                f"{measure.cpu:.1f}",
                f"{measure.queries / len(some):.1f}",
                f"{measure.peak:.0f}",
                f"{read_memory():.0f}",
            )
            print(f"| {done} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
