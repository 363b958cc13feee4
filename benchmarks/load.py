"""Two hundred managers and twenty of staff at once, on two workers: our pages beside Odoo's own.

Everything is on this machine: a server of its own, with two workers, and locust beside it. Who
comes is in ``load_users.py``. In the same run, the same people open Odoo's pages of the same kind,
and a robot registers invented people: nobody is let wait for an error, no answer is lost, and the
limits hold. See README.md for how to run it and RESULTS.md for what it gave.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from bench import boot, transaction
from board import CRM_ACTION, OUR_ACTION, Board
from client import specification
from load_dataset import MANAGERS, MONTH, STAFF
from lxml import etree

import odoo.http
from odoo.service.security import compute_session_token

HERE = Path(__file__).parent
LISTS = {
    "ours: lines of the month": ("coworking.month.line", "search_default_date_from"),
    "Odoo: bills": ("account.move", None),
}
# Ours, and the page of Odoo that it is set beside.
PAIRS = {
    "ours: home": "Odoo: /my/invoices",
    "ours: month": "Odoo: /my/invoices",
    "ours: presences": "Odoo: /my/invoices",
    "ours: board: web_read_group": "Odoo: CRM pipeline: web_read_group",
    "ours: board: read_progress_bar": "Odoo: CRM pipeline: read_progress_bar",
    "ours: lines of the month: web_search_read": "Odoo: bills: web_search_read",
}
NETWORK_LIMIT = 20
# How systemd hands a socket on.
START = 'door=$1; shift; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&"$door"'
# What the server says of each request that it had.
ASKED = re.compile(r' werkzeug: .*"(?:GET|POST) (?!/web/health)')


def log_in(env, login, **facts):
    """A session as a login makes one, without the time that hashing its password takes."""
    user = env["res.users"].search([("login", "=", login)])
    store = odoo.http.root.session_store
    session = store.new()
    session.update(odoo.http.get_default_session(), db=env.cr.dbname)
    session.uid, session.login = user.id, login
    session.context = dict(env(user=user)["res.users"].context_get())
    session.session_token = compute_session_token(session, env)
    store.save(session)
    return {"session": session.sid, "login": login, **facts}


def make_sessions(env, managers, staff):
    spaces = env["coworking.space"].search([("manager_ids.user_ids.login", "like", "manager")])
    names = {space.manager_ids.user_ids.login: space.name for space in spaces}
    return {
        "manager": [log_in(env, login, space=names[login]) for login in sorted(names)[:managers]],
        "staff": [log_in(env, f"staff{number:02}") for number in range(staff)],
    }


def make_screens(registry, env):
    """What the client asks for each screen of staff: [(model, method, keywords)]."""
    screens = {}
    for name, action in (("ours: board", OUR_ACTION), ("Odoo: CRM pipeline", CRM_ACTION)):
        board = Board(registry, "staff00", *action)
        screens[name] = [
            (board.model, method, {"domain": board.domain, **getattr(board, method)()})
            for method in ("web_read_group", "read_progress_bar")
        ]
    user = env["res.users"].search([("login", "=", "staff00")])
    for name, (model, __) in LISTS.items():
        records = env(user=user)[model]
        views = records.get_views([(False, "list")])
        arch = etree.fromstring(views["views"]["list"]["arch"])
        domain = (
            [("date_from", "=", str(MONTH))]
            if model.startswith("coworking")
            else [("move_type", "in", ["in_invoice", "in_refund"])]
        )
        keywords = {
            "domain": domain,
            "specification": specification(arch, views["models"], model),
            "limit": 80,
            "context": {"allowed_company_ids": user.company_ids.ids},
        }
        screens[name] = [(model, "web_search_read", keywords)]
    return screens


def prepare(registry, args, folder):
    """Everything is as before the first of the month: answers of earlier runs are taken back."""
    with transaction(registry, commit=True) as env:
        statements = env["coworking.statement"].search([("date_from", "=", MONTH)])
        statements.filtered(lambda row: row.state == "confirmed").action_withdraw()
        env["coworking.attendance"].search([("registered_by", "=", "public")]).unlink()
        env["coworking.registration.attempt"].search([]).unlink()
        meeting = env["calendar.event"].search([("coworking_public", "=", True)], limit=1)
        plan = {
            "sessions": make_sessions(env, args.managers, args.staff),
            "screens": make_screens(registry, env),
            "managers": args.managers,
            "staff": args.staff,
            "pause": args.pause,
            "month": f"{MONTH:%Y-%m}",
            "meeting": meeting.id,
            "answers": str(folder / "answers.json"),
        }
    (folder / "plan.json").write_text(json.dumps(plan, default=str))


@contextmanager
def serving(folder, workers, queue):
    """Odoo with so many workers on a free port, as systemd starts it for a socket; its address.

    :param queue: how many connections may wait for a worker
    """
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        gevent_port = other.getsockname()[1]
    command = ["odoo", "--workers", str(workers), "--max-cron-threads", "0", "--log-level", "info"]
    command += ["--gevent-port", str(gevent_port)]
    with (folder / "server.log").open("wb") as log, socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(queue)
        # A worker hangs up on who does not write within two seconds. Elsewhere a proxy writes;
        # here locust and two hundred people share the processor with the workers.
        server = subprocess.Popen(
            ["bash", "-c", START, "odoo", str(door.fileno()), *command],
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[door.fileno()],
            env={**os.environ, "ODOO_HTTP_SOCKET_TIMEOUT": "60"},
        )
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        try:
            wait_for(f"{address}/web/health", server)
            yield address
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def count_turned_away():
    """Connections of this machine that found the queue full, since it started."""
    names, numbers = Path("/proc/net/netstat").read_text().splitlines()[:2]
    return int(dict(zip(names.split(), numbers.split(), strict=True))["ListenOverflows"])


def wait_for(address, server):
    for _second in range(60):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(1)
    sys.exit("The server does not answer: read its log.")


def run(address, folder, args):
    """Locust in a process of its own, since it changes how Python waits. Its table, as dicts."""
    people = args.managers + args.staff + 1
    options = [
        "--headless",
        "--json",
        "--only-summary",
        "--users",
        str(people),
        "--spawn-rate",
        str(max(1, people // 10)),
        "--run-time",
        f"{args.seconds}s",
        "--stop-timeout",
        "30",
        "--host",
        address,
        "--loglevel",
        "WARNING",
    ]
    command = [os.environ["LOCUST"], "-f", str(HERE / "load_users.py"), *options]
    done = subprocess.run(
        command,
        env={**os.environ, "LOAD": str(folder / "plan.json")},
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    return json.loads(done.stdout[done.stdout.index("[") :])


def percentile(times, share):
    """Of a histogram {milliseconds: requests}."""
    rows = sorted((float(time), count) for time, count in times.items())
    wanted, seen = share * sum(count for __, count in rows), 0
    for milliseconds, count in rows:
        seen += count
        if seen >= wanted:
            return milliseconds
    return 0.0


def tell(stats, seconds):
    """The table, then the ratios."""
    rows = {row["name"]: row for row in stats}
    print(
        "\n| page | requests | failed | a second | median ms | p95 ms |\n|---|---|---|---|---|---|"
    )
    for name in sorted(rows):
        row = rows[name]
        median, late = (percentile(row["response_times"], share) for share in (0.5, 0.95))
        count, failed = row["num_requests"], row["num_failures"]
        rate = count / seconds
        print(f"| {name} | {count} | {failed} | {rate:.2f} | {median:.0f} | {late:.0f} |")
    print("\n| ours / Odoo's | median | p95 |\n|---|---|---|")
    for ours, theirs in PAIRS.items():
        if ours in rows and theirs in rows:
            ratios = [
                percentile(rows[ours]["response_times"], share)
                / max(percentile(rows[theirs]["response_times"], share), 1)
                for share in (0.5, 0.95)
            ]
            print(f"| {ours} / {theirs} | {ratios[0]:.2f} | {ratios[1]:.2f} |")
    total = sum(row["num_requests"] for row in stats)
    print(f"\n{total} requests in {seconds} s, {total / seconds:.1f} a second")


def check(registry, stats, folder):
    """What must hold, whatever the speed: sentences of what does not."""
    answered = json.loads((folder / "answers.json").read_text())
    log = (folder / "server.log").read_text(errors="replace")
    with transaction(registry) as env:
        statements = env["coworking.statement"].search(
            [("date_from", "=", MONTH), ("state", "=", "confirmed")]
        )
        confirmed = set(statements.space_id.manager_ids.user_ids.mapped("login"))
        registered = env["coworking.attendance"].search_count([("registered_by", "=", "public")])
    asked = len(ASKED.findall(log))
    errors = [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]
    print(
        f"{len(answered['confirmed'])} months confirmed; {answered['registered']} invented people"
        f" registered, {answered['turned_away']} turned away; the server had {asked} requests, of"
        f" which {answered['answers']} answers came, and started"
        f" {log.count('SERIALIZATION_FAILURE')} again"
    )
    failures = sum(row["num_failures"] for row in stats)
    problems = {
        f"{failures} requests failed": failures,
        f"{len(errors)} errors in {folder}/server.log, the first: {errors[:1]}": errors,
        "an answer was lost, or something was asked twice": asked != answered["answers"],
        "a confirmation was lost, or made twice": set(answered["confirmed"]) != confirmed
        or len(answered["confirmed"]) != len(confirmed),
        "registrations of the robot do not agree": registered != answered["registered"],
        "the limit of a network did not hold": answered["registered"] > NETWORK_LIMIT,
    }
    return [problem for problem, holds in problems.items() if holds]


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--managers", type=int, default=MANAGERS, help=f"({MANAGERS})")
    parser.add_argument("--staff", type=int, default=STAFF, help=f"({STAFF})")
    parser.add_argument("--workers", type=int, default=2, help="of the server (2)")
    parser.add_argument(
        "--queue",
        type=int,
        default=4096,
        help="connections that wait for a worker (4096, as systemd; Odoo alone: 8 a worker)",
    )
    parser.add_argument("--seconds", type=int, default=180, help="how long (180)")
    parser.add_argument(
        "--pause",
        type=float,
        nargs=2,
        default=(5, 15),
        metavar=("LEAST", "MOST"),
        help="seconds between two pages of one person (5 15)",
    )
    args = parser.parse_args()
    registry = boot()
    folder = Path(tempfile.mkdtemp(prefix="coworking-load-"))
    prepare(registry, args, folder)
    before = count_turned_away()
    with serving(folder, args.workers, args.queue) as address:
        stats = run(address, folder, args)
    tell(stats, args.seconds)
    print(f"{count_turned_away() - before} times a connection found the queue full")
    problems = check(registry, stats, folder)
    for problem in problems:
        print(f"NOT HELD: {problem}")
    if not problems:
        shutil.rmtree(folder)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
