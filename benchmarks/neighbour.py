"""What our addons cost who does not use them: Odoo's own work beside ours, and without.

Two databases that differ by our addons alone, both open in one process; each repetition does the
same in both, in the other order every second time, and rolls it back. An ordinary accountant of
Odoo's does it, who has none of our roles. See README.md for how to run it.
"""

import argparse
import gc
import sys
import threading
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from cProfile import Profile
from datetime import date, datetime, timedelta
from statistics import quantiles

from bench import boot, transaction
from lxml import etree

from odoo import Command
from odoo.modules.registry import Registry
from odoo.tools import config

GROUPS = ("account.group_account_manager", "base.group_partner_manager")
GOAL = 1.03


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
    """One piece of work up to what a commit would do, whose mess is not kept."""
    cr = neighbour.env.cr
    savepoint = cr.savepoint(flush=True)
    try:
        work = getattr(neighbour, name)()
        cr.flush()
        gc.disable()  # it would count what all before left, on whichever side it falls
        yield lambda: (work(), cr.flush())
    finally:
        gc.enable()
        savepoint.rollback()
        savepoint.close()


def measure(neighbour, name):
    """
    :return: (seconds of this process, queries) of one piece of work
    """
    thread = threading.current_thread()
    with prepared(neighbour, name) as work:
        thread.query_count = 0
        start = time.process_time()
        work()
        return time.process_time() - start, thread.query_count


def count_calls(neighbour, name):
    """How many functions one piece of work calls: the same on a busy machine and on an idle one."""
    profile = Profile()
    with prepared(neighbour, name) as work:
        profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


def quiet(seconds):
    """The first quartile: what it takes where nothing else on the machine is in the way."""
    return quantiles(seconds, n=4)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", required=True, help="the database without ours")
    parser.add_argument("--reps", type=int, default=60)
    parser.add_argument("--only", nargs="+", choices=WORK, default=WORK)
    parser.add_argument("--strict", action="store_true", help=f"fail above {GOAL}")
    options = parser.parse_args()
    beside = boot()
    config["db_name"] = [options.without]
    registries = {"without": Registry(options.without), "with": beside}
    seconds, queries = defaultdict(list), {}
    with ExitStack() as stack:
        neighbours = {
            side: stack.enter_context(opened(registry)) for side, registry in registries.items()
        }
        for rep in range(-3, options.reps):  # the first ones fill caches
            for name in options.only:
                for side in list(neighbours)[:: 1 if rep % 2 else -1]:
                    spent, asked = measure(neighbours[side], name)
                    if rep >= 0:
                        seconds[name, side].append(spent)
                        queries[name, side] = asked
        calls = {
            (name, side): count_calls(neighbour, name)
            for side, neighbour in neighbours.items()
            for name in options.only
        }
    print("| work | without, ms | with, ms | ratio | of calls | queries without | with |")
    print("|---|---|---|---|---|---|---|")
    above = []
    for name in options.only:
        without, with_ours = seconds[name, "without"], seconds[name, "with"]
        ratio = quiet(with_ours) / quiet(without)
        if ratio > GOAL:
            above.append(name)
        print(
            f"| {name.replace('_', ' ')} | {quiet(without) * 1000:.2f}"
            f" | {quiet(with_ours) * 1000:.2f} | {ratio:.3f}"
            f" | {calls[name, 'with'] / calls[name, 'without']:.3f}"
            f" | {queries[name, 'without']} | {queries[name, 'with']} |"
        )
    if above and options.strict:
        sys.exit(f"Above {GOAL}: {', '.join(above)}")


if __name__ == "__main__":
    main()
