"""What the web client asks the server when a screen opens, in the same words, and web pages.

Fields, filters, groups, measures and limits are taken from the action and its views.
"""

import ast
import calendar
import datetime
import json

from dateutil.relativedelta import relativedelta
from lxml import etree
from werkzeug.test import Client as HttpClient

import odoo.http
from odoo.fields import Domain
from odoo.service.model import call_kw
from odoo.tools import json_default
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import safe_eval
from odoo.tools.safe_eval import time as safe_time

ODOO_LIMITS = {"list": 80, "kanban": 40}
X2MANY_LIMIT = 40
# Fields that the client's widgets read beside their own (``fieldDependencies`` in JavaScript).
WIDGETS = {
    "image": ("write_date",),
    "kanban_activity": (
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "activity_type_id",
    ),
}


def specification(arch, models, model):
    """What the client reads of each record (``getFieldsSpec`` in JavaScript).

    :param models: dict of names of models -> their ``fields``, as ``get_views`` gives it
    """
    fields, names = models[model]["fields"], {}
    depth = len(list(arch.iterancestors("field")))
    for node in arch.iter("field"):
        if len(list(node.iterancestors("field"))) > depth:
            continue  # of the lists inside
        name, widget = node.get("name"), node.get("widget")
        field, found = fields[name], names.setdefault(name, {})
        if widget == "many2many_tags":
            color = ast.literal_eval(node.get("options") or "{}").get("color_field")
            found["fields"] = {"display_name": {}, **({color: {}} if color else {})}
        elif field["type"] in ("one2many", "many2many"):
            found |= specify_lines(node, models, field["relation"])
        elif field["type"] == "many2one":
            found["fields"] = {} if is_hidden(node) else {"display_name": {}}
        for other in WIDGETS.get(widget, ()):
            related = (
                {"fields": {"display_name": {}}} if fields[other]["type"] == "many2one" else {}
            )
            names.setdefault(other, related)
    return names


def is_hidden(node):
    """Whether a field is read and never shown: of what it leads to, the name is not asked."""
    return bool({node.get("invisible"), node.get("column_invisible")} & {"1", "True"})


def specify_lines(node, models, model):
    """Of a list or of cards inside a form, as many as it shows; else their ids alone."""
    inside = [child for child in node if child.tag in ("list", "kanban")]
    if not inside or node.get("invisible") in ("1", "True"):
        return {}
    limit = int(inside[0].get("limit") or X2MANY_LIMIT)
    return {"fields": specification(inside[0], models, model), "limit": limit}


class Screen:
    """A view as its action opens it.

    :param kind: of the view; the first of the action if none is given
    :param keep: names of filters that are switched on, instead of those of the action
    :param search: words typed into the search box
    """

    def __init__(self, env, action, kind=None, keep=None, search=None):
        self.env = env
        action = env["ir.actions.actions"].sudo()._for_xml_id(action)
        self.model = action["res_model"]
        views = [(view, name) for view, name in action["views"] if name != "search"]
        self.view, self.kind = next(
            (view, name) for view, name in views if kind is None or name == kind
        )
        asked = [
            (self.view, self.kind),
            (action["search_view_id"] and action["search_view_id"][0], "search"),
        ]
        found = env[self.model].get_views(asked)
        self.models = found["models"]
        self.fields = self.models[self.model]["fields"]
        self.arch = etree.fromstring(found["views"][self.kind]["arch"])
        self.search_arch = etree.fromstring(found["views"]["search"]["arch"])
        context = self._evaluate(action["context"] or "{}")
        wanted = keep or [
            name.removeprefix("search_default_")
            for name, value in context.items()
            if name.startswith("search_default_") and value
        ]
        self.context = {
            name: value for name, value in context.items() if not name.startswith("search_default_")
        }
        self.env = env(context={**env.context, **self.context})
        self.domain = Domain(self._evaluate(action["domain"] or "[]"))
        self.group_by, groups = [], {}
        for name in wanted:
            self._switch_on(name, groups)
        for domains in groups.values():  # filters of a group widen each other
            self.domain &= Domain.OR(domains)
        if search:
            self.domain &= self._get_search(search)
        self.limit = int(
            self.arch.get("limit") or action["limit"] or ODOO_LIMITS.get(self.kind, 80)
        )

    def _evaluate(self, text):
        today = datetime.date.today()
        return safe_eval(
            text,
            {
                "uid": self.env.uid,
                "active_id": False,
                "allowed_company_ids": self.env.companies.ids,
                "context_today": lambda: today,
                "current_date": today.isoformat(),
                "datetime": safe_datetime,
                "relativedelta": relativedelta,
                "time": safe_time,
            },
        )

    def _switch_on(self, name, groups):
        """A filter or grouping, whose name may be that of a date with what follows it.

        :param groups: dict of groups of filters -> domains, completed
        """
        node = self.search_arch.find(f".//filter[@name='{name}']")
        if node is None:  # of a group that the user is not in
            return
        group = self._evaluate(node.get("context") or "{}").get("group_by")
        if group:
            self.group_by.append(group)
            return
        if node.get("date"):
            domain = self._get_period(node)
        else:
            domain = Domain(self._evaluate(node.get("domain") or "[]"))
        groups.setdefault(len(node.xpath("preceding-sibling::separator")), []).append(domain)

    def _get_period(self, node):
        """The days of a filter on a date: months and years before now."""
        today, field = datetime.date.today(), node.get("date")
        found = Domain.FALSE
        for period in (node.get("default_period") or "month").split(","):
            unit, __, before = period.partition("-")
            if unit == "year":
                first = today.replace(month=1, day=1) - relativedelta(years=int(before or 0))
                last = first.replace(month=12, day=31)
            else:
                first = today.replace(day=1) - relativedelta(months=int(before or 0))
                last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
            found |= Domain(field, ">=", f"{first}") & Domain(field, "<=", f"{last}")
        return found

    def _get_search(self, words):
        node = self.search_arch.find(".//field")
        text = node.get("filter_domain") or f"[('{node.get('name')}', 'ilike', self)]"
        return Domain(safe_eval(text, {"self": words, "raw_value": words}))

    def open(self):
        """What the client asks, one after the other.

        :return: dict of names of methods -> their keywords
        """
        return getattr(self, f"_open_{self.kind}")()

    def _open_list(self):
        fields = specification(self.arch, self.models, self.model)
        if not self.group_by:
            return {
                "web_search_read": {
                    "specification": fields,
                    "order": self.arch.get("default_order") or "",
                    "limit": self.limit,
                    "count_limit": int(self.arch.get("count_limit") or 10000) + 1,
                }
            }
        sums = [
            f"{node.get('name')}:{self.fields[node.get('name')]['aggregator']}"
            for node in self.arch.iterfind("field")
            if node.get("sum") and self.fields[node.get("name")].get("aggregator")
        ]
        return {
            "web_read_group": {
                "groupby": self.group_by[:1],
                "aggregates": sums,
                "limit": int(self.arch.get("groups_limit") or 80),
                "auto_unfold": self.arch.get("expand") == "1",
                "opening_info": [],
                "unfold_read_specification": fields,
                "unfold_read_default_limit": self.limit,
                "groupby_read_specification": {},
                "context": {**self.env.context, "read_group_expand": True},
            }
        }

    _open_kanban = _open_list

    def _open_graph(self):
        groups, measures = self._get_axes()
        return {
            "formatted_read_group": {"groupby": self.group_by or groups, "aggregates": measures}
        }

    def _open_pivot(self):
        rows, measures = self._get_axes("row")
        columns, __ = self._get_axes("col")
        rows = self.group_by or rows
        sets = [
            [*rows[:row], *columns[:column]]
            for row in range(len(rows) + 1)
            for column in range(len(columns) + 1)
        ]
        return {
            "formatted_read_grouping_sets": {
                "grouping_sets": sets,
                "aggregates": measures,
            }
        }

    def _get_axes(self, kind=None):
        """Of a graph, or of a side of a pivot, as the server names them.

        :return: list of groups, list of measures
        """
        groups, measures = [], ["__count"]
        for node in self.arch.iterfind("field"):
            name, field = node.get("name"), self.fields[node.get("name")]
            if node.get("type") == "measure":
                measures.append(f"{name}:{field['aggregator']}")
            elif node.get("invisible") != "1" and node.get("type") == kind:
                month = field["type"] in ("date", "datetime")
                groups.append(f"{name}:{node.get('interval') or 'month'}" if month else name)
        return groups, measures

    def _open_calendar(self):
        """The month around today."""
        start, stop = self.arch.get("date_start"), self.arch.get("date_stop")
        today = datetime.date.today()
        first, last = today - relativedelta(days=21), today + relativedelta(days=21)
        self.domain &= Domain(start, "<=", f"{last}") & Domain(stop or start, ">=", f"{first}")
        names = {start, stop, self.arch.get("color"), "display_name"} - {None}
        names |= {node.get("name") for node in self.arch.iter("field")}
        return {"search_read": {"fields": sorted(names)}}

    def ask(self, env):
        """All that the client waits for, up to the JSON."""
        for method, keywords in self.open().items():
            keywords = {
                "domain": list(self.domain),
                "context": dict(self.env.context),
                **keywords,
            }
            answer = call_kw(env[self.model], method, [], keywords)
            json.dumps(answer, default=json_default)


class Form:
    """The default form of a model, with all that its view reads."""

    def __init__(self, env, model):
        self.model = model
        found = env[model].get_views([(False, "form")])
        arch = etree.fromstring(found["views"]["form"]["arch"])
        self.specification = specification(arch, found["models"], model)

    def ask(self, env, record_id):
        """A record as it opens, up to the JSON."""
        keywords = {"specification": self.specification}
        answer = call_kw(env[self.model], "web_read", [[record_id]], keywords)
        json.dumps(answer, default=json_default)


def open_page(session, path):
    """A web page, up to its HTML."""
    client = HttpClient(odoo.http.root)
    if session:  # none of a visitor
        client.set_cookie("session_id", session, domain="127.0.0.1")
    response = client.get(path, base_url="http://127.0.0.1", follow_redirects=True)
    text = response.get_data(as_text=True)
    if response.status_code != 200 or (session and "oe_login_form" in text):
        raise RuntimeError(f"{path}: {response.status}")
