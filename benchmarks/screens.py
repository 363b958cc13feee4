"""Every screen and page as the client asks for it, beside a stock one of the same kind.

Each is asked in a transaction of its own by somebody who has the role, in turn with its peer in
the same process, in the other order every second time; the median counts. What is found is kept
under ``--name``, and set beside what was found in a larger or smaller database before.
See README.md for how to run it and RESULTS.md for what it gave.
"""

import argparse
import json
import os
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from statistics import median

from bench import boot, measured, read_cpu, read_memory, transaction
from board import CRM_ACTION, OUR_ACTION, Board
from client import Form, Screen, open_page
from dateutil.relativedelta import relativedelta
from load import log_in

import odoo.sql_db
from odoo import api
from odoo.fields import Domain

from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.web.controllers.export import ExcelExport

OURS = "coworking_incubation."
COORDINATOR, COUNSELLOR, ACCOUNTANT = "coordination", "accompagnement", "comptabilite"
STAFF = COORDINATOR, COUNSELLOR, ACCOUNTANT
MANAGER, PARTICIPANT, VISITOR = "espace", "participant", None
STATE = Path(__file__).parents[1] / ".local" / "screens"
# What was read since the last flush; the next begins when the transaction ends.
ROWS = """
    SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0), max(pg_stat_force_next_flush()::text)
      FROM pg_stat_xact_user_tables"""
WARM_UP = 20  # openings of a screen before its memory is looked at
SEARCHED = "Ouali"  # a name that the demonstration has


class Opened:
    """A view that is opened anew each time; its action and its arch are read once."""

    def __init__(self, action, kind=None, keep=None, search=None):
        self.arguments, self.screens = (action, kind, keep, search), {}

    def __call__(self, env):
        if env.uid not in self.screens:
            self.screens[env.uid] = Screen(env, *self.arguments)
        self.screens[env.uid].ask(env)


class Newest:
    """The form of the newest record that a domain finds."""

    def __init__(self, model, *domain):
        self.model, self.domain, self.found = model, list(domain), {}

    def __call__(self, env):
        if env.uid not in self.found:
            record = env[self.model].search(self.domain, order="id desc", limit=1)
            self.found[env.uid] = Form(env, self.model), record.id
        form, record_id = self.found[env.uid]
        form.ask(env, record_id)


class BoardOf:
    """Columns, cards and the bar above them."""

    def __init__(self, action, *filters):
        self.arguments, self.boards = (action, *filters), {}

    def __call__(self, env):
        login = env.user.login
        if login not in self.boards:
            self.boards[login] = Board(env.registry, login, *self.arguments)
        board = self.boards[login]
        for request in ("web_read_group", "read_progress_bar"):
            board.answer(env, request)


class Page:
    """A web page of the portal, or of the site."""

    def __init__(self, path):
        self.path = path


def ask_dashboard(env, part="first"):
    """As it opens: what is further down is asked for once somebody gets there."""
    json.dumps(env["coworking.dashboard"]._prepare_picture({"part": part}), default=str)


def ask_dashboard_rest(env):
    ask_dashboard(env, "rest")


def ask_month(env):
    MONTH(env)
    month = date.today().replace(day=1) - relativedelta(months=1)
    json.dumps(env["coworking.month.line"]._prepare_month(month), default=str)


def get_month(env):
    """The newest month that the manager's space was sent, as its page's address says."""
    partner = env["res.users"].search([("login", "=", MANAGER)]).partner_id
    statement = env["coworking.statement"].search(
        [("space_id.manager_ids", "in", partner.ids), ("state", "not in", ("draft", "cancelled"))],
        order="date_from desc",
        limit=1,
    )
    return f"{statement.date_from:%Y-%m}"


class Export:
    """Odoo's own workbook of the newest lines of bills, as many as ours has and as many columns of
    the same kinds.
    """

    def __init__(self, *fields):
        self.fields, self.found = fields, {}

    def __call__(self, env):
        if env.uid not in self.found:
            self.found[env.uid] = self._prepare(env)
        with MockRequest(env, context=env.context, path="/web/export/xlsx"):
            ExcelExport().base(self.found[env.uid])

    def _prepare(self, env):
        month_end = env["coworking.month.end"].create({})
        ours, day = env["coworking.reconciliation"], month_end.date
        rows = ours._prepare_rows(*ours._get_month(month_end.program_ids, day), day)
        lines = env["account.move.line"].search(
            [("move_id.move_type", "=", "in_invoice"), ("display_type", "=", "product")],
            order="id desc",
            limit=len(rows),
        )
        return json.dumps(
            {
                "model": "account.move.line",
                "ids": lines.ids,
                "domain": [],
                "import_compat": False,
                "fields": [
                    {
                        "name": name,
                        "label": name,
                        "type": env["account.move.line"]._fields[name.split("/")[0]].type,
                    }
                    for name in self.fields
                ],
            }
        )


class StockDashboard:
    """Odoo's own dashboard of invoices as it opens: its file, then what the client asks for each of
    its tables, lists and charts, of the ninety days that its filter begins with.

    As who may read it: coordinators may not.
    """

    login = ACCOUNTANT
    name, days, rows = "spreadsheet_dashboard_account.dashboard_invoicing", 90, 10

    def __call__(self, env):
        board = env.ref(self.name)
        content = json.loads(board._get_serialized_readonly_dashboard())["snapshot"]
        for pivot in content["pivots"].values():
            names = [row["fieldName"] for row in pivot["rows"]]
            sets = [[], names] if names else [[]]
            sums = [row["fieldName"] for row in pivot["measures"] if "computedBy" not in row]
            self._read_groups(env[pivot["model"]], pivot["domain"], sets, sums)
        for chart in self._find_charts(content):
            data, asked = chart["metaData"], chart["searchParams"]["domain"]
            self._read_groups(env[data["resModel"]], asked, [data["groupBy"]], [data["measure"]])
        for listed in content["lists"].values():
            model = env[listed["model"]].with_context(**listed["context"])
            order = ", ".join(
                f"{row['name']} {'asc' if row['asc'] else 'desc'}" for row in listed["orderBy"]
            )
            model.web_search_read(
                self._add_period(listed["domain"], "invoice_date_due"),
                {name: {} for name in listed["columns"]},
                limit=self.rows,
                order=order,
            )

    def _find_charts(self, content):
        for sheet in content["sheets"]:
            for figure in sheet["figures"]:
                data = figure["data"]
                # one of several is shown
                shown = next(iter(data.get("chartDefinitions", {"": data}).values()))
                if "metaData" in shown:
                    yield shown

    def _read_groups(self, model, domain, sets, names):
        sums = [
            f"{name}:{'count_distinct' if model._fields[name].relational else 'sum'}"
            for name in names
        ]
        domain = self._add_period(domain, "invoice_date")
        json.dumps(model.formatted_read_grouping_sets(domain, sets, sums), default=str)

    def _add_period(self, domain, name):
        since = date.today() - relativedelta(days=self.days - 1)
        return Domain(domain) & Domain(name, ">=", since) & Domain(name, "<=", date.today())


def ask_month_end(env):
    env["coworking.month.end"].create({}).action_list()


def ask_workbook(env):
    month_end = env["coworking.month.end"].create({})
    env["coworking.reconciliation"]._make_workbook(month_end.program_ids, month_end.date)


MONTH = Opened(f"{OURS}coworking_month_line_action")
# Odoo's own of the same kind, which many of ours share.
CONTACTS = Opened("contacts.action_contacts", "list")
CONTACT = Newest("res.partner", ("is_company", "=", False))
LEADS = Opened("crm.crm_lead_action_pipeline", "list")
LEADS_PIVOT = Opened("crm.crm_opportunity_report_action", "pivot")
LEADS_GRAPH = Opened("crm.crm_opportunity_report_action", "graph")
BILLS = Opened("account.action_move_in_invoice_type", "list")
BILL = Newest("account.move", ("move_type", "=", "in_invoice"), ("state", "=", "posted"))
BILLS_ANALYSIS = Opened("account.action_account_invoice_report_all_supp", "graph")
ENTRIES = Opened("account.action_account_moves_all", "list")
CALENDAR = Opened("calendar.action_calendar_event", "calendar")
# Twenty-four columns, as ours: words, seven amounts, two days, a number.
EXPORT = Export(
    *("journal_id/name", "partner_id/name", "move_id/commercial_partner_id/name"),
    *("move_id/invoice_origin", "product_id/name", "create_uid/name", "date", "display_type"),
    *("name", "sequence", "price_total", "balance", "debit", "amount_residual"),
    *("move_id/payment_state", "move_id/state", "account_id/name", "move_name", "move_id/ref"),
    *("invoice_date", "price_subtotal", "matching_number", "credit", "amount_currency"),
)
STOCK_DASHBOARD = StockDashboard()
INVOICES = Page("/my/invoices")
HOME = Page("/my/home")

# Ours: name, who looks, what is asked, and beside which.
SCREENS = (
    ("board", COORDINATOR, BoardOf(*OUR_ACTION), BoardOf(*CRM_ACTION)),
    ("board", COUNSELLOR, BoardOf(*OUR_ACTION), BoardOf(*CRM_ACTION)),
    ("participants", COORDINATOR, Opened(f"{OURS}coworking_participant_action", "list"), LEADS),
    (
        "participants, searched",
        COUNSELLOR,
        Opened(f"{OURS}coworking_participant_action", "list", search=SEARCHED),
        Opened("contacts.action_contacts", "list", search=SEARCHED),
    ),
    ("file", COUNSELLOR, Newest("coworking.participant", ("phase", "=", "incubation")), CONTACT),
    ("work queue", COUNSELLOR, Opened(f"{OURS}coworking_participant_action_todo"), LEADS),
    ("work queue", COORDINATOR, Opened(f"{OURS}coworking_participant_action_todo"), LEADS),
    ("to handle", COORDINATOR, Opened(f"{OURS}coworking_exception_action"), LEADS),
    ("to handle", COUNSELLOR, Opened(f"{OURS}coworking_exception_action"), LEADS),
    ("to handle", ACCOUNTANT, Opened(f"{OURS}coworking_exception_action"), BILLS),
    ("follow-ups", COORDINATOR, Opened(f"{OURS}coworking_followup_action"), LEADS),
    ("end of data", COORDINATOR, Opened(f"{OURS}coworking_retention_action"), LEADS),
    ("spaces", COORDINATOR, Opened(f"{OURS}coworking_space_action"), CONTACTS),
    ("space", COORDINATOR, Newest("coworking.space", ("code", "=", "MUTUALAB")), CONTACT),
    ("seats", COORDINATOR, Opened(f"{OURS}coworking_seat_action"), LEADS),
    ("occupancy", COORDINATOR, Opened(f"{OURS}coworking_seat_action_occupancy"), LEADS_GRAPH),
    ("presences", COORDINATOR, Opened(f"{OURS}coworking_presence_action"), CONTACTS),
    (
        "presences, pivot",
        COORDINATOR,
        Opened(f"{OURS}coworking_presence_action", "pivot"),
        LEADS_PIVOT,
    ),
    (
        "presences to settle",
        COORDINATOR,
        Opened(f"{OURS}coworking_presence_action_settle"),
        CONTACTS,
    ),
    ("attendances", COORDINATOR, Opened(f"{OURS}coworking_attendance_action"), CONTACTS),
    (
        "attendances, pivot",
        COORDINATOR,
        Opened(f"{OURS}coworking_attendance_action", "pivot"),
        LEADS_PIVOT,
    ),
    (
        "attendance rate",
        COORDINATOR,
        Opened(f"{OURS}coworking_attendance_action_rate"),
        LEADS_GRAPH,
    ),
    ("calendar", COUNSELLOR, Opened(f"{OURS}calendar_event_action_coworking"), CALENDAR),
    ("acts", COORDINATOR, Opened(f"{OURS}coworking_act_action"), LEADS_PIVOT),
    ("funnel", COORDINATOR, Opened(f"{OURS}coworking_funnel_action"), LEADS_PIVOT),
    ("delays", COORDINATOR, Opened(f"{OURS}coworking_stage_delay_action"), LEADS_GRAPH),
    ("exits", COORDINATOR, Opened(f"{OURS}coworking_participant_action_exit"), LEADS_PIVOT),
    ("moves", COORDINATOR, Opened(f"{OURS}coworking_move_action"), LEADS_PIVOT),
    ("Pilotage", COORDINATOR, ask_dashboard, STOCK_DASHBOARD),
    ("Pilotage", ACCOUNTANT, ask_dashboard, BILLS_ANALYSIS),
    ("Pilotage further down", COORDINATOR, ask_dashboard_rest, STOCK_DASHBOARD),
    ("Pilotage further down", ACCOUNTANT, ask_dashboard_rest, BILLS_ANALYSIS),
    ("month", ACCOUNTANT, ask_month, BILLS),
    (
        "month, pivot",
        ACCOUNTANT,
        Opened(f"{OURS}coworking_month_line_action", "pivot"),
        BILLS_ANALYSIS,
    ),
    ("statements", ACCOUNTANT, Opened(f"{OURS}coworking_statement_action"), BILLS),
    (
        "statements, pivot",
        ACCOUNTANT,
        Opened(f"{OURS}coworking_statement_action", "pivot"),
        BILLS_ANALYSIS,
    ),
    ("statement", ACCOUNTANT, Newest("coworking.statement"), BILL),
    ("charges by month", ACCOUNTANT, Opened(f"{OURS}coworking_charge_action"), ENTRIES),
    (
        "charges, pivot",
        ACCOUNTANT,
        Opened(f"{OURS}coworking_charge_action", "pivot"),
        BILLS_ANALYSIS,
    ),
    ("bills", ACCOUNTANT, Opened(f"{OURS}account_move_action_coworking_bill"), BILLS),
    ("received bills", ACCOUNTANT, Opened(f"{OURS}coworking_invoice_file_action"), BILLS),
    ("participants' accounts", ACCOUNTANT, Opened(f"{OURS}coworking_copayment_action"), BILLS),
    ("month end", ACCOUNTANT, ask_month_end, BILLS_ANALYSIS),
    ("workbook of the month end", ACCOUNTANT, ask_workbook, EXPORT),
    ("/my", MANAGER, HOME, INVOICES),
    ("/my/coworking", MANAGER, Page("/my/coworking"), INVOICES),
    ("/my/coworking/months", MANAGER, Page("/my/coworking/months"), INVOICES),
    ("/my/coworking/month", MANAGER, Page("/my/coworking/month/{month}"), INVOICES),
    ("/my/coworking/presences", MANAGER, Page("/my/coworking/presences"), INVOICES),
    ("/my/coworking/people", MANAGER, Page("/my/coworking/people"), INVOICES),
    ("/my/coworking/prices", MANAGER, Page("/my/coworking/prices"), INVOICES),
    ("/my/incubation", PARTICIPANT, Page("/my/incubation"), INVOICES),
    ("/my/incubation/presences", PARTICIPANT, Page("/my/incubation/presences"), INVOICES),
    ("/my/incubation/objectives", PARTICIPANT, Page("/my/incubation/objectives"), INVOICES),
    ("/my/incubation/payments", PARTICIPANT, Page("/my/incubation/payments"), INVOICES),
    ("/incubation", VISITOR, Page("/incubation"), Page("/web/login?stay=1")),
)


# Opened by other requests than these: their columns and rows are asked for once they are shown.
NOT_OPENED = ("activity", "form", "gantt", "hierarchy")


def find_every(env, login):
    """Every kind of view of every action of ours that the menus lead somebody to, and the newest
    form of each of their models: what nobody thought of listing is measured as well.

    :return: list like ``SCREENS``, without peers
    """
    env = env(user=env["res.users"].search([("login", "=", login)]))
    windows = env["ir.actions.act_window"].sudo()
    menus = env["ir.ui.menu"].load_menus(False).values()
    opened = {row["action_id"] for row in menus if row.get("action_model") == windows._name}
    names = windows.browse(sorted(opened)).get_external_id()
    found, models = [], set()
    for action_id, name in names.items():
        addon, __, words = name.partition(".")
        if not addon.startswith("coworking_"):
            continue
        action = windows.browse(action_id)
        kinds = action.view_mode.split(",")
        found += [
            (f"{words} {kind}", login, Opened(name, kind), None)
            for kind in kinds
            if kind not in NOT_OPENED
        ]
        model = env[action.res_model]
        if "form" in kinds and not model._transient and model.search_count([], limit=1):
            models.add(model._name)
    return found + [(f"{name} form", login, Newest(name), None) for name in sorted(models)]


class Meter:
    """Asks, and says what that cost: a ``Measure`` with the ``rows`` that PostgreSQL read."""

    def __init__(self, registry):
        self.registry, self.users, self.sessions, self.rows = registry, {}, {}, 0
        with transaction(registry, commit=True) as env:
            for login in {login for __, login, *__ in SCREENS} - {VISITOR}:
                user = env["res.users"].search([("login", "=", login)])
                context = {**env(user=user)["res.users"].context_get(), "uid": user.id}
                context["allowed_company_ids"] = user.company_ids.ids
                self.users[login] = user.id, context
                if user.share:
                    self.sessions[login] = log_in(env, login)["session"]
            self.month = get_month(env)
        self._count_rows()

    def _count_rows(self):
        """What a cursor read is known until it ends; pages have cursors of their own."""
        cursor, meter = odoo.sql_db.Cursor, self

        def counted(original):
            def wrapper(self, *args, **kwargs):
                with suppress(Exception):
                    self._obj.execute(ROWS)
                    meter.rows += self._obj.fetchone()[0]
                return original(self, *args, **kwargs)

            return wrapper

        for name in ("commit", "rollback", "_close"):
            setattr(cursor, name, counted(getattr(cursor, name)))

    def ask(self, login, question):
        login = getattr(question, "login", login)
        self.rows = 0
        if isinstance(question, Page):
            path = question.path.format(month=self.month)
            measure = self._open(login, path)
        else:
            with self._become(login) as env, measured(env) as measure:
                question(env)
                env.flush_all()
            measure.rows = self.rows
        return measure

    def answer(self, login, question):
        """The same, and nothing is looked at."""
        if isinstance(question, Page):
            open_page(self.sessions.get(login), question.path.format(month=self.month))
            return
        with self._become(login) as env:
            question(env)
            env.flush_all()

    @contextmanager
    def _become(self, login):
        """Their environment, in a transaction that is rolled back."""
        uid, context = self.users[login]
        with self.registry.cursor() as cr:
            yield api.Environment(cr, uid, context)
            cr.rollback()

    def _open(self, login, path):
        """A page, whose connection is one of those that are at hand."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            with measured(env) as measure:
                before = self._read_backends(cr)
                open_page(self.sessions.get(login), path)
                others = self._read_backends(cr) - before
            measure.cpu += others
            cr.rollback()
        measure.rows = self.rows
        return measure

    def _read_backends(self, cr):
        """Processor time of the connections at hand but that of the cursor."""
        pids = {cnx.info.backend_pid for cnx in odoo.sql_db._Pool._connections}
        return sum(read_cpu(pid) - read_cpu(0) for pid in pids - {cr._cnx.info.backend_pid})


def compare(meter, screens, reps, alone):
    """:return: iterator of (screen, [ours, the peer's or None]), as medians of the repetitions"""
    for name, login, ours, peer in screens:
        questions, pairs = (ours,) if alone else (ours, peer), []
        for rep in range(-1, reps):  # the first warms up what is read once in the life of a process
            order = questions if rep % 2 == 0 else reversed(questions)
            found = {id(question): meter.ask(login, question) for question in order}
            if rep >= 0:
                pairs.append([found[id(question)] for question in questions])
        title = f"{name}, {login}" if login else name
        sides = [summarize(side) for side in zip(*pairs, strict=True)] + [None] * alone
        tell(title, sides)
        yield title, sides


def repeat(meter, screens, times):
    """By how much the process grows when each screen is opened again and again.

    The first openings, and the first half of the others, fill what Odoo keeps for next time and
    make room for the largest answer: a leak is what goes on in the second half.
    """
    print("| screen | MB at first | more after half | after the other half |\n|---|---|---|---|")
    start = None
    for name, login, ours, __ in screens:
        found = []
        for turns in (WARM_UP, times // 2, times - times // 2):
            for _turn in range(turns):
                meter.answer(login, ours)
            found.append(read_memory())
        start = start or found[0]
        title = f"{name}, {login}" if login else name
        first, half, whole = found
        cells = f"{first:.1f}", f"{half - first:.1f}", f"{whole - half:.1f}"
        print(f"| {title} | {' | '.join(cells)} |", flush=True)
    print(f"\nThe process, from its first screen to its last: {start:.1f} MB, {whole:.1f} MB.")


def summarize(measures):
    return {
        name: median(getattr(measure, name) for measure in measures)
        for name in ("seconds", "cpu", "queries", "rows", "peak")
    }


def tell(name, sides):
    ours, peer = sides
    cells = (
        f"{1000 * ours['cpu']:.0f}",
        f"{1000 * ours['seconds']:.0f}",
        f"{ours['queries']:.0f}",
        f"{ours['rows']:,.0f}",
        f"{ours['peak']:.0f}",
        *(
            (
                f"{1000 * peer['cpu']:.0f}",
                f"{peer['queries']:.0f}",
                f"{peer['rows']:,.0f}",
                f"{ours['cpu'] / peer['cpu']:.2f}",
            )
            if peer
            else [""] * 4
        ),
    )
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def count(env):
    """How large the database is, in words."""
    tables = {
        "files": "coworking_participant",
        "spaces": "coworking_space",
        "half-days": "coworking_presence",
        "attendances": "coworking_attendance",
        "statements": "coworking_statement",
        "charges": "coworking_charge",
        "lines of entries": "account_move_line",
        "matches": "coworking_match",
    }
    found = []
    for words, table in tables.items():
        env.cr.execute(f"SELECT COUNT(*) FROM {table}")
        found.append(f"{env.cr.fetchone()[0]:,} {words}")
    return ", ".join(found)


def tell_growth(name, results):
    """What each screen costs here, by what it cost in the other databases."""
    for path in sorted(STATE.glob("*.json")):
        other = json.loads(path.read_text())
        if path.stem == name:
            continue
        print(
            f"\n| {name} / {path.stem} | CPU | SQL | rows | CPU of the peer |"
            "\n|---|---|---|---|---|"
        )
        for screen in results.keys() & other.keys():
            (ours, peer), (before, peer_before) = results[screen], other[screen]
            growth = f"{peer['cpu'] / peer_before['cpu']:.2f}" if peer and peer_before else ""
            print(
                f"| {screen} | {ours['cpu'] / before['cpu']:.2f}"
                f" | {ours['queries']:.0f} / {before['queries']:.0f}"
                f" | {ours['rows'] / max(before['rows'], 1):.1f}"
                f" | {growth} |"
            )


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=3, help="repetitions (3)")
    parser.add_argument("--only", nargs="+", default=[""], help="beginnings of names of screens")
    parser.add_argument("--name", default="small", help="of the database, to set others beside it")
    parser.add_argument(
        "--again", type=int, help="open each so many times, and tell how the process grows"
    )
    parser.add_argument(
        "--every", action="store_true", help="whatever the menus lead to, instead of the list here"
    )
    parser.add_argument(
        "--alone", action="store_true", help="without the stock ones, which may take minutes"
    )
    args = parser.parse_args()
    # Processor time of helpers of PostgreSQL is not seen. It is told before the first connection.
    os.environ["PGOPTIONS"] = "-c max_parallel_workers_per_gather=0"
    registry = boot()
    meter = Meter(registry)
    with transaction(registry) as env:
        print(f"{args.name}: {count(env)}\n")
    listed = SCREENS
    if args.every:
        args.alone, args.name = True, f"{args.name}-every"
        with transaction(registry) as env:
            listed = [row for login in STAFF for row in find_every(env, login)]
    screens = [row for row in listed if row[0].startswith(tuple(args.only))]
    if args.again:
        repeat(meter, screens, args.again)
    else:
        tell_costs(meter, screens, args)


def tell_costs(meter, screens, args):
    """Beside their peers, if these are asked, and beside what they cost in other databases."""
    print(
        "| screen | CPU ms | ms | SQL | rows read | peak MB"
        " | peer: CPU ms | SQL | rows read | ours / peer |"
        f"\n{'|---' * 10}|"
    )
    STATE.mkdir(exist_ok=True)
    results = {}
    for title, sides in compare(meter, screens, args.reps, args.alone):
        results[title] = sides
        (STATE / f"{args.name}.json").write_text(json.dumps(results))
    tell_growth(args.name, results)


if __name__ == "__main__":
    main()
