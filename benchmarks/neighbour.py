"""What our addons cost who does not use them: Odoo's own work beside ours, and without.

Databases that differ by our addons alone, each open in a process of its own, as on a server: in one
they would share the code, and might share what Python notes there of how an attribute is found,
which nobody measured. Each repetition does the same in each of them, one after the other and each
time in another order, and rolls it back. One process may be faster or slower than another alike,
whatever the reason (where it has its memory, how it hashes), so all is done again in some rounds of
new processes. A second database without ours is measured as if it were the one with them: what it
differs by is noise. So is one with some of Odoo's own addons, which have nothing to do with bills:
what it differs by is what any addon costs that is there, whatever it does. An ordinary accountant
of Odoo's does the work, who has none of our roles. See README.md for how to run it.
"""

import argparse
import gc
import os
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from itertools import permutations
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from statistics import fmean, median, stdev

from bench import boot, transaction
from lxml import etree

from odoo import Command
from odoo.tools import config

GROUPS = ("account.group_account_manager", "base.group_partner_manager")
GOAL = 1.03
# Of databases: without ours, without ours once more, with some of Odoo's, and with ours.
SIDES = ("without", "again", "beside", "with")
COMPARED = ("with", "again", "beside")
WARM = 3
HEAD = """\
| work | without, ms | with, ms | ratio | null | Odoo's | of instructions | Odoo's \
| PostgreSQL without, ms | with, ms | ratio | null | Odoo's | both | null | Odoo's \
| queries without | with |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def accountant_of(env):
    """An environment of somebody with Odoo's rights alone."""
    user = env["res.users"].create(
        {
            "name": "Neighbour",
            "login": "neighbour",
            "group_ids": [Command.set([env.ref(name).id for name in GROUPS])],
        }
    )
    return env(user=user, context={"allowed_company_ids": env.company.ids})


class Neighbour:
    """Odoo's own work, each piece of it one method; what it needs is made before it is timed."""

    def __init__(self, env):
        self.env = env
        self.vendor = env["res.partner"].create({"name": "Vendor of the neighbour"})
        self.account = env["account.account"].search([("account_type", "=", "expense")], limit=1)

    def make_bill(self):
        lines = [
            Command.create(
                {"name": f"Line {number}", "price_unit": 10.0 * number, "quantity": 2}
                | ({"account_id": self.account.id} if self.account else {})
            )
            for number in range(1, 6)
        ]
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": date.today(),
                "ref": "A-1",
                "invoice_line_ids": lines,
            }
        )

    def bill_created(self):
        return self.make_bill

    def bill_posted(self):
        return self.make_bill().action_post

    def bill_opened(self):
        bill = self.make_bill()
        bill.action_post()
        return self.open_form(bill, "account.view_move_form")

    def bill_cancelled(self):
        bill = self.make_bill()
        bill.action_post()
        return lambda: (bill.button_draft(), bill.button_cancel())

    def bill_deleted(self):
        return self.make_bill().unlink

    def contact_created(self):
        values = {"name": "A contact", "email": "contact@example.com", "phone": "+33 1 02 03 04 05"}
        return lambda: self.env["res.partner"].create(values)

    def contact_written(self):
        contact = self.env["res.partner"].create({"name": "A contact"})
        return lambda: contact.write({"name": "Another", "email": "a@example.com", "city": "Lyon"})

    def contact_opened(self):
        return self.open_form(self.vendor, "base.view_partner_form")

    def event_created(self):
        start = datetime(2030, 1, 7, 9)
        values = {"name": "A meeting", "start": start, "stop": start + timedelta(hours=1)}
        return lambda: self.env["calendar.event"].create(values)

    def event_written(self):
        event = self.event_created()()
        return lambda: event.write({"start": datetime(2030, 1, 8, 9), "location": "Lyon"})

    def attachment_created(self):
        values = {"name": "a.txt", "raw": b"words", "res_model": "res.partner"}
        values["res_id"] = self.vendor.id
        return lambda: self.env["ir.attachment"].create(values)

    def attachment_written(self):
        file = self.attachment_created()()
        return lambda: file.write({"name": "b.txt", "description": "a file"})

    def open_form(self, record, view):
        """What a browser asks for as a form opens."""
        arch = record.get_view(self.env.ref(view).id, "form")["arch"]
        asked = specify(record, etree.fromstring(arch))
        return lambda: record.web_read(asked)


WORK = tuple(
    name
    for name in vars(Neighbour)
    if name.split("_")[0] in ("bill", "contact", "event", "attachment")
)


def specify(model, node):
    """The fields of a view, and those of the lists and forms within it."""
    asked = {}
    for field in node.xpath(".//field[not(ancestor::field)]") if node.tag != "field" else []:
        known = model._fields.get(field.get("name"))
        if not known:
            continue
        inner = {}
        for child in field:
            if known.relational and child.tag in ("list", "form", "kanban"):
                inner |= specify(model.env[known.comodel_name], as_root(child))
        if known.type == "many2one":
            inner = {"fields": {"display_name": {}}}
        elif known.relational:
            inner = {"fields": inner}
        asked[known.name] = inner
    return asked


def as_root(node):
    """A copy of a view within a field, which knows nothing of that field."""
    return etree.fromstring(etree.tostring(node))


@contextmanager
def opened(registry):
    with transaction(registry) as env:
        yield Neighbour(accountant_of(env))


@contextmanager
def prepared(neighbour, name):
    """One piece of work up to what a commit would do, whose mess is not kept. As a request does, it
    begins with nothing read.
    """
    cr = neighbour.env.cr
    savepoint = cr.savepoint(flush=True)
    try:
        work = getattr(neighbour, name)()
        cr.flush()
        neighbour.env.invalidate_all()
        gc.collect()  # environments that only a cycle keeps, which Odoo would go through
        gc.disable()  # it would count what all before left, on whichever side it falls
        yield lambda: (work(), cr.flush())
    finally:
        gc.enable()
        savepoint.rollback()
        savepoint.close()


def get_backend(cr):
    """The process of PostgreSQL that answers."""
    cr.execute("SELECT pg_backend_pid()")
    return cr.fetchone()[0]


def backend_seconds(pid):
    """CPU time of the process of PostgreSQL that answers, to the nanosecond; Linux counts it as it
    goes to sleep.
    """
    time.sleep(0.001)
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measure(neighbour, name):
    """
    :return: (seconds of this process, of PostgreSQL's, queries) of one piece of work
    """
    thread = threading.current_thread()
    pid = get_backend(neighbour.env.cr)
    with prepared(neighbour, name) as work:
        thread.query_count = 0
        server = backend_seconds(pid)
        start = time.process_time()
        work()
        spent = time.process_time() - start
        return spent, backend_seconds(pid) - server, thread.query_count


def count_instructions(neighbour, name):
    """How many instructions Python carries out for one piece of work: the same on a busy machine
    and on an idle one. What is done in C between them is not counted, such as building a query.
    """
    seen = 0

    def count(_code, _offset):
        nonlocal seen
        seen += 1

    watch = sys.monitoring
    with prepared(neighbour, name) as work:
        watch.use_tool_id(watch.PROFILER_ID, "neighbour")
        watch.register_callback(watch.PROFILER_ID, watch.events.INSTRUCTION, count)
        watch.set_events(watch.PROFILER_ID, watch.events.INSTRUCTION)
        try:
            work()
        finally:
            watch.set_events(watch.PROFILER_ID, watch.events.NO_EVENTS)
            watch.free_tool_id(watch.PROFILER_ID)
    return seen


def stay_on_one_processor(cr):
    """This process and PostgreSQL's, which take turns: neither begins with another's cache."""
    processor = {min(os.sched_getaffinity(0))}
    os.sched_setaffinity(0, processor)
    with suppress(PermissionError):  # of root alone: it is not this user's
        os.sched_setaffinity(get_backend(cr), processor)


def serve(database, link):
    """A process that does what it is asked for, in one database."""
    with opened(boot(database)) as neighbour:
        stay_on_one_processor(neighbour.env.cr)
        gc.collect()
        gc.freeze()  # what stays until the end is not gone through again
        link.send(None)
        for work, name in iter(link.recv, None):
            link.send(work(neighbour, name))


@contextmanager
def serving(databases):
    """Yields what asks for a piece of work: (side, function of a neighbour, its name) -> result."""
    context = get_context("spawn")  # forks would all have the same memory, and hash alike
    links, processes = {}, []
    for side, database in databases.items():
        links[side], other = context.Pipe()
        processes.append(context.Process(target=serve, args=(database, other), daemon=True))
        processes[-1].start()
        other.close()  # of one that fails the end is heard

    def ask(side, *what):
        links[side].send(what)
        return links[side].recv()

    for link in links.values():
        link.recv()  # it is ready
    yield ask
    for link, process in zip(links.values(), processes, strict=True):
        link.send(None)
        process.join()


def run(ask, names, reps):
    """
    :return: dict (piece of work, side) -> list of (seconds of Odoo's process, of PostgreSQL's,
        queries)
    """
    taken, orders = defaultdict(list), [*permutations(SIDES)]
    for rep in range(-WARM, reps):  # the first ones fill caches
        for place, name in enumerate(names):
            for side in orders[(rep + place) % len(orders)]:
                what = ask(side, measure, name)
                if rep >= 0:
                    taken[name, side].append(what)
    return taken


def compare(rounds, name, side, part):
    """How many times as long a side takes as the one without ours: of what was done one after the
    other, the median of each round, and of these the mean with twice its error.

    :param part: function of what was measured -> seconds
    """
    ratios = [
        median(
            part(this) / part(that)
            for this, that in zip(taken[name, side], taken[name, "without"], strict=True)
        )
        for taken in rounds
    ]
    error = 2 * stdev(ratios) / len(ratios) ** 0.5 if len(ratios) > 1 else 0
    return f"{fmean(ratios):.3f} ± {error:.3f}"


def in_both(took):
    return took[0] + took[1]


def tell(rounds, name, part):
    """Cells of a table: what a piece of work takes without ours and with, and as ratios."""
    for side in ("without", "with"):
        yield f"{fmean(median(map(part, taken[name, side])) for taken in rounds) * 1000:.2f}"
    for side in COMPARED:
        yield compare(rounds, name, side, part)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", required=True, help="the database without ours")
    parser.add_argument("--again", required=True, help="a copy of it")
    parser.add_argument("--beside", required=True, help="the same with some of Odoo's addons")
    parser.add_argument("--reps", type=int, default=10, help="of each round")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--only", nargs="+", choices=WORK, default=WORK)
    parser.add_argument("--strict", action="store_true", help=f"fail above {GOAL} of instructions")
    options = parser.parse_args()
    config.parse_config(["--no-http"])
    (with_ours,) = config["db_name"]
    names = (options.without, options.again, options.beside, with_ours)
    databases = dict(zip(SIDES, names, strict=True))
    rounds, counted = [], {}
    for _round in range(options.rounds):
        with serving(databases) as ask:
            rounds.append(run(ask, options.only, options.reps))
            for name in options.only if len(rounds) == 1 else ():
                alone = ask("without", count_instructions, name)
                for side in ("with", "beside"):
                    counted[name, side] = ask(side, count_instructions, name) / alone
    print(HEAD)
    for name in options.only:
        cells = [
            name.replace("_", " "),
            *tell(rounds, name, itemgetter(0)),
            *(f"{counted[name, side]:.3f}" for side in ("with", "beside")),
            *tell(rounds, name, itemgetter(1)),
            *(compare(rounds, name, side, in_both) for side in COMPARED),
            *(str(rounds[0][name, side][-1][2]) for side in ("without", "with")),
        ]
        print("|", " | ".join(cells), "|")
    above = [name for name in options.only if counted[name, "with"] > GOAL]
    if above and options.strict:
        sys.exit(f"Above {GOAL}: {', '.join(above)}")


if __name__ == "__main__":
    main()
