"""Speed of opening the board: our files beside CRM's leads, as many of each, on like columns.

What the web client asks is asked, in the same words: the fields of each card, the limit and the
progress bar come from the view and the action. An open is two requests, each answered in a
transaction of its own, up to the JSON. Both boards are opened in one process, in the other order
every second repetition: the ratios (median over the repetitions) are what counts.
See README.md for how to run it and RESULTS.md for what it gave.
"""

import argparse
import ast
import json
import sys
from collections import defaultdict
from statistics import median

from bench import Measure, boot, measured
from board_dataset import ROLES
from client import specification
from lxml import etree

from odoo import api
from odoo.service.model import call_kw
from odoo.tools import json_default

OURS, CRM = "our board", "CRM's pipeline"
REQUESTS, OPEN = ("web_read_group", "read_progress_bar"), "both"
# Actions, and those of their default filters that are kept: everybody's leads are looked at, as are
# everybody's files.
OUR_ACTION = ("coworking_incubation.coworking_participant_action_board", "running")
CRM_ACTION = ("crm.crm_lead_action_pipeline",)


class Board:
    """A kanban view as its action opens it, and what the client asks for."""

    def __init__(self, registry, login, action, *filters, limit=None):
        self.registry = registry
        with registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            user = env["res.users"].search([("login", "=", login)])
            self.uid = user.id
            env = env(user=user)
            self.context = {**env["res.users"].context_get(), "uid": user.id}
            self.context["allowed_company_ids"] = user.company_ids.ids
            self._read(env(context=self.context), action, filters)
        self.limit = limit or self.limit

    def _read(self, env, action, filters):
        action = env["ir.actions.act_window"]._for_xml_id(action)
        self.model, self.limit = action["res_model"], action["limit"]
        (kanban,) = (view for view, kind in action["views"] if kind == "kanban")
        views = env[self.model].get_views(
            [(kanban, "kanban"), (action["search_view_id"][0], "search")]
        )
        arch = etree.fromstring(views["views"]["kanban"]["arch"])
        fields = views["models"][self.model]["fields"]

        self.domain = ast.literal_eval(action["domain"] or "[]")
        search = etree.fromstring(views["views"]["search"]["arch"])
        for name in filters:
            self.domain += ast.literal_eval(search.find(f".//filter[@name='{name}']").get("domain"))
        self.context |= {
            name: value
            for name, value in ast.literal_eval(action["context"].strip()).items()
            if not name.startswith("search_default_")
        }
        self.group_by = arch.get("default_group_by")
        self.specification = specification(arch, views["models"], self.model)
        bar = arch.find("progressbar")
        self.progress_bar = {"field": bar.get("field"), "colors": json.loads(bar.get("colors"))}
        sums = [fields[bar.get(name)] for name in bar.attrib if name.endswith("sum_field")]
        self.aggregates = [f"{field['name']}:{field['aggregator']}" for field in sums]
        for currency in {field["currency_field"]: None for field in sums}:
            self.aggregates.append(f"{currency}:array_agg_distinct")
        self.aggregates += [f"{field['name']}:sum_currency" for field in sums]

    def web_read_group(self):
        return {
            "groupby": [self.group_by],
            "aggregates": self.aggregates,
            "auto_unfold": True,
            "opening_info": [],
            "unfold_read_specification": self.specification,
            "unfold_read_default_limit": self.limit,
            "groupby_read_specification": {},
            "context": {**self.context, "read_group_expand": True},
        }

    def read_progress_bar(self):
        return {
            "group_by": self.group_by,
            "progress_bar": self.progress_bar,
            "context": self.context,
        }

    def request(self, name):
        """One request: what it cost, and its answer."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            with measured(env) as measure:
                answer = self.answer(env, name)
        return measure, answer

    def answer(self, env, name):
        """What the server says to one request, as JSON."""
        keywords = {"domain": self.domain, **getattr(self, name)()}
        return json.dumps(call_kw(env[self.model], name, [], keywords), default=json_default)

    def shape(self):
        """Columns, cards shown, cards in all."""
        groups = json.loads(self.request("web_read_group")[1])["groups"]
        return (
            len(groups),
            sum(len(group.get("__records", ())) for group in groups),
            sum(group["__count"] for group in groups),
        )


def compare(boards, reps):
    """Measures by board and request, one a repetition; ``OPEN`` is both requests."""
    results = defaultdict(list)
    for rep in range(-1, reps):  # the first warms up what is read once in the life of a process
        for name in boards if rep % 2 == 0 else reversed(boards):
            measures = [boards[name].request(request)[0] for request in REQUESTS]
            if rep >= 0:
                for request, measure in zip(
                    (*REQUESTS, OPEN), (*measures, total(measures)), strict=True
                ):
                    results[name, request].append(measure)
    return results


def total(measures):
    return Measure(
        *(
            sum(getattr(measure, name) for measure in measures)
            for name in ("seconds", "cpu", "queries")
        )
    )


def table(boards, results, role):
    """The measures as a Markdown table, then the ratios; the ratio of an open."""
    for name, board in boards.items():
        columns, shown, cards = board.shape()
        print(f"\n{name}: {columns} columns, {shown} cards shown of {cards}", end="")
    print(f"\n\n| {role} | request | ms | CPU ms | SQL |\n|---|---|---|---|---|")
    for (name, request), measures in results.items():
        values = [
            median(getattr(measure, what) for measure in measures)
            for what in ("seconds", "cpu", "queries")
        ]
        print(
            f"| {name} | {request} | {1000 * values[0]:.1f} | {1000 * values[1]:.1f}"
            f" | {values[2]:.0f} |"
        )
    print(
        f"\n| {OURS} / {CRM} | time: median | least | most | CPU: median |\n|---|---|---|---|---|"
    )
    for request in (*REQUESTS, OPEN):
        pairs = list(zip(results[OURS, request], results[CRM, request], strict=True))
        times = [mine.seconds / theirs.seconds for mine, theirs in pairs]
        cpu = median(mine.cpu / theirs.cpu for mine, theirs in pairs)
        print(
            f"| {request} | {median(times):.3f} | {min(times):.3f} | {max(times):.3f} | {cpu:.3f} |"
        )
    return median(times)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=15, help="repetitions (15)")
    parser.add_argument("--limit", type=int, help="cards a column (as the action says: 80)")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES, metavar="ROLE")
    parser.add_argument("--strict", action="store_true", help="fail when ours is slower than CRM's")
    args = parser.parse_args()
    registry = boot()
    slower = False
    for role in args.roles:
        boards = {
            OURS: Board(registry, role, *OUR_ACTION, limit=args.limit),
            CRM: Board(registry, role, *CRM_ACTION, limit=args.limit),
        }
        slower |= table(boards, compare(boards, args.reps), role) > 1
    if slower and args.strict:
        sys.exit(1)


if __name__ == "__main__":
    main()
