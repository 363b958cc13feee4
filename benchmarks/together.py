"""A month generated and billed by one process, and by two at once: what a second one is worth.

Spaces with some seats each are made in a copy of the database, which goes afterwards: what is done
is committed, and each repetition takes the next month of a year. The processes do what the screen
of who asked does: some spaces a transaction, with Odoo's retries. See README.md for how to run it.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import dataset
from bench import boot, read_cpu, sql, transaction
from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying

START, END = date(2025, 1, 1), date(2025, 12, 31)
PAUSE = 0.25  # of the screen, see month_run_form.js


def fill(registry, spaces, seats):
    """A programme with these spaces, and as many seats in each for the whole year, committed."""
    with transaction(registry, commit=True) as env:
        program, product = dataset._program(env)
        for space in dataset._spaces(env, spaces, product):
            people = env["coworking.participant"].create(
                [
                    {"partner_name": f"Person {space.code} {rank}", "program_id": program.id}
                    for rank in range(seats)
                ]
            )
            env["coworking.seat"].create(
                [
                    {
                        "participant_id": person.id,
                        "space_id": space.id,
                        "tariff_id": space.tariff_ids[0].id,
                        "date_start": START,
                        "date_end": END,
                        "state": "confirmed",
                    }
                    for person in people
                ]
            )
    sql(registry, "ANALYZE")


def ask(registry, step, month):
    """Somebody asks for a step of a month, and closes the screen.

    :return: the id of what is to be done
    """
    with transaction(registry, commit=True) as env:
        program = env["coworking.program"].search([("code", "=", dataset.PROGRAM)])
        if step == "generate":
            wizard = env["coworking.statement.generate"].create(
                {"program_ids": program.ids, "date_from": month}
            )
            return wizard.action_generate()["res_id"]
        statements = env["coworking.statement"].search(
            [("program_id", "=", program.id), ("date_from", "=", month)]
        )
        if step == "bill":
            statements.action_confirm()
        return statements._run_each(step).id


def work(registry, run_id):
    """What a screen, or another host, does until nothing is left; prints CPU seconds, and when it
    did the last of it: who waits for what the others hold looks again after a while, as the screen.

    It has done some before, as a server has that is up: that is rolled back.
    """
    with transaction(registry) as env:
        env["coworking.month.run"].browse(run_id)._work()
        env.flush_all()
    print("ready", flush=True)
    sys.stdin.readline()
    with registry.cursor() as cr:
        cr.execute("SELECT pg_backend_pid()")
        (backend,) = cr.fetchone()
        cr.rollback()
        before, batches, end = read_cpu(backend), 0, 0
        env = api.Environment(cr, SUPERUSER_ID, {})
        run = env["coworking.month.run"].browse(run_id)
        while run.state == "running":
            found = retrying(run.action_work, env)
            cr.commit()
            if found:
                batches, end = batches + 1, time.perf_counter()
            else:
                time.sleep(PAUSE)
            env.invalidate_all()
        cpu = read_cpu(backend) - before
        print(json.dumps({"cpu": cpu, "batches": batches, "end": end}), flush=True)


def measure(run_id, processes):
    """:return: wall seconds until all is done, and what each process told"""
    command = [sys.executable, Path(__file__), "--work", str(run_id)]
    pipe = subprocess.PIPE
    workers = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        for _number in range(processes)
    ]
    for worker in workers:
        worker.stdout.readline()
    start = time.perf_counter()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [json.loads(worker.stdout.readline()) for worker in workers]
    for worker in workers:
        worker.communicate()
    return max(row["end"] for row in told) - start, told  # one clock of the machine


def check(registry, month, spaces, seats):
    """Each space once, and each seat: what was lost or doubled stops the benchmark."""
    with transaction(registry) as env:
        statements = env["coworking.statement"].search(
            [("program_id.code", "=", dataset.PROGRAM), ("date_from", "=", month)]
        )
        assert len(statements) == len(statements.space_id) == spaces, len(statements)
        assert statements.mapped("charge_count") == [seats] * spaces


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spaces", type=int, default=40)
    parser.add_argument("--seats", type=int, default=10, help="in each space")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reps * len(options.processes) > 12:
        parser.error("Each repetition of each number of processes takes a month, and a year has 12")
    registry = boot()
    if options.work is not None:
        work(registry, options.work)
        return
    fill(registry, options.spaces, options.seats)
    month = START
    print("| step | processes | seconds | CPU s, all | CPU s, the longest | transactions |")
    print("|---|---|---|---|---|---|")
    for _rep in range(options.reps):
        for processes in options.processes:
            for step in ("generate", "bill"):
                seconds, told = measure(ask(registry, step, month), processes)
                cpu = [row["cpu"] for row in told]
                shared = " + ".join(str(row["batches"]) for row in told)
                row = f"{seconds:.2f} | {sum(cpu):.2f} | {max(cpu):.2f} | {shared}"
                print(f"| {step} | {processes} | {row} |", flush=True)
            check(registry, month, options.spaces, options.seats)
            month += relativedelta(months=1)


if __name__ == "__main__":
    main()
