"""What our addons cost who does not use them: Odoo's own work beside ours, and without.

Databases that differ by our addons alone, all open in one process; each repetition does the same in
each of them, each time in another order, and rolls it back. A second database without ours
is measured as if it were the one with them: what it differs by is noise. An ordinary accountant of
Odoo's does the work, who has none of our roles. See README.md for how to run it.
"""

import argparse
import gc
import random
import sys
import threading
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from statistics import quantiles

from bench import boot, transaction
from lxml import etree

from odoo import Command
from odoo.modules.registry import Registry
from odoo.tools import config

GROUPS = ("account.group_account_manager", "base.group_partner_manager")
GOAL = 1.03
# Of databases: without ours, without ours once more, and with them.
SIDES = ("without", "again", "with")
SAMPLES = 300
HEAD = """\
| work | without, ms | with, ms | ratio | null | of instructions \
| PostgreSQL without, ms | with, ms | ratio | null | queries without | with |
|---|---|---|---|---|---|---|---|---|---|---|---|"""


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
    neighbour.env.cr.execute("SELECT pg_backend_pid()")
    (pid,) = neighbour.env.cr.fetchone()
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


def quiet(seconds):
    """The first quartile: what it takes where nothing else on the machine is in the way."""
    return quantiles(seconds, n=4)[0]


def compare(seconds, others):
    """
    :return: (how many times as long these took, and by how much that may be wrong: of repetitions
        drawn anew, nine of ten are within it)
    """
    pairs = list(zip(seconds, others, strict=True))
    ratio = quiet(seconds) / quiet(others)
    draw = random.Random(1)
    drawn = [zip(*draw.choices(pairs, k=len(pairs)), strict=True) for __ in range(SAMPLES)]
    ratios = sorted(quiet(ours) / quiet(theirs) for ours, theirs in drawn)
    low, high = ratios[SAMPLES // 20], ratios[-SAMPLES // 20]
    return ratio, (high - low) / 2


def run(neighbours, names, reps):
    """
    :return: (dict (piece of work, side) -> list of seconds, the same of PostgreSQL's process, dict
        of the same -> queries)
    """
    seconds, server, orders = defaultdict(list), defaultdict(list), [*permutations(SIDES)]
    queries = {}
    for rep in range(-3, reps):  # the first ones fill caches
        for name in names:
            for side in orders[rep % len(orders)]:
                spent, asked, queries[name, side] = measure(neighbours[side], name)
                if rep >= 0:
                    seconds[name, side].append(spent)
                    server[name, side].append(asked)
    return seconds, server, queries


def tell(spent, name):
    """Cells of a table: what a piece of work takes without ours and with, and as ratios."""
    without, again, with_ours = (spent[name, side] for side in SIDES)
    return (
        *(f"{quiet(seconds) * 1000:.2f}" for seconds in (without, with_ours)),
        "{:.3f} ± {:.3f}".format(*compare(with_ours, without)),
        "{:.3f} ± {:.3f}".format(*compare(again, without)),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", required=True, help="the database without ours")
    parser.add_argument("--again", required=True, help="a copy of it")
    parser.add_argument("--reps", type=int, default=60)
    parser.add_argument("--only", nargs="+", choices=WORK, default=WORK)
    parser.add_argument("--strict", action="store_true", help=f"fail above {GOAL} of instructions")
    options = parser.parse_args()
    registries = {"with": boot()}
    config["db_name"] = [options.without, options.again]
    registries |= {side: Registry(getattr(options, side)) for side in SIDES[:2]}
    with ExitStack() as stack:
        neighbours = {side: stack.enter_context(opened(registries[side])) for side in SIDES}
        gc.collect()
        gc.freeze()  # what stays until the end is not gone through again
        seconds, server, queries = run(neighbours, options.only, options.reps)
        counted = {
            (name, side): count_instructions(neighbours[side], name)
            for name in options.only
            for side in SIDES
        }
    print(HEAD)
    above = []
    for name in options.only:
        of_instructions = counted[name, "with"] / counted[name, "without"]
        if of_instructions > GOAL:
            above.append(name)
        cells = [
            name.replace("_", " "),
            *tell(seconds, name),
            f"{of_instructions:.3f}",
            *tell(server, name),
            *(str(queries[name, side]) for side in ("without", "with")),
        ]
        print("|", " | ".join(cells), "|")
    if above and options.strict:
        sys.exit(f"Above {GOAL}: {', '.join(above)}")


if __name__ == "__main__":
    main()
