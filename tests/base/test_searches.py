"""Whoever sees a search may use all of it: each field, each filter and each group of each list."""

from datetime import date

from lxml import etree

from odoo.fields import Domain
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from ..common import CoworkingCase

# Beside what a list sums at its foot.
SUMMED = {
    "amount",
    "amount_paid",
    "amount_rejected",
    "attempt_count",
    "days",
    "files",
    "passages",
    "record_count",
    "reminders",
    "statement_count",
    "target_places",
}
# What is kept for years, and what there are thousands of.
KEPT = ("presence", "statement", "charge", "copayment")
MANY = {"space_id", "seat_id", "participant_id"}


@tagged("post_install", "-at_install")
class TestSearches(CoworkingCase):
    def _get_searches(self, user):
        """:return: list of (model, search view as this user gets it), of each list of the app."""
        actions = self.env["ir.actions.act_window"].search([("path", "=like", "incubation-%")])
        for model, view in {(row.res_model, row.search_view_id) for row in actions}:
            records = self.env[model].with_user(user)
            if records.has_access("read"):
                arch = records.get_view(view.id or None, "search")["arch"]
                yield records, etree.fromstring(arch)

    def _use_field(self, records, node):
        domain = node.get("filter_domain")
        if domain:
            records.search(safe_eval(domain, {"self": "O'B%_", "raw_value": "O'B%_"}), limit=1)
        elif records._fields[node.get("name")].type in ("char", "text", "many2one", "many2many"):
            records.search([(node.get("name"), "ilike", "O'B%_")], limit=1)

    def _use_filter(self, records, node):
        values = {"uid": records.env.uid, "context_today": date.today}
        values["allowed_company_ids"] = self.company.ids
        records.search(safe_eval(node.get("domain") or "[]", values), limit=1)
        group = safe_eval(node.get("context") or "{}", values).get("group_by")
        if group and ":" not in group and records._fields[group].type in ("date", "datetime"):
            group += ":month"  # as the screen asks
        if group:
            records.formatted_read_group([], [group], ["__count"], limit=1)

    def test_a_group_of_a_list_sums_up_what_adds_up(self):
        """Odoo sums each number of a list that is grouped: what the list itself does not sum at its
        foot is one of these, or has no total.
        """
        lists = self.env["ir.ui.view"].search(
            [("type", "=", "list"), ("model", "like", "coworking."), ("mode", "=", "primary")]
        )
        for view in lists.filtered(lambda view: view.model in self.env):
            model = self.env[view.model]
            arch = etree.fromstring(model.get_view(view.id, "list")["arch"])
            for node in arch.xpath("/list/field[not(@sum or @avg)]"):
                field = model._fields[node.get("name")]
                hidden = node.get("column_invisible") in ("1", "True")
                if field.store and not hidden and getattr(field, "aggregator", None) == "sum":
                    with self.subTest(model=view.model):
                        self.assertIn(field.name, SUMMED)

    def test_each_may_use_all_that_is_offered(self):
        used = 0
        for user in (self.coordinator, self.accountant, self.accompanist):
            for records, arch in self._get_searches(user):
                for node in arch.xpath("//filter | //field[not(ancestor::searchpanel)]"):
                    with self.subTest(user=user.login, model=records._name, name=node.get("name")):
                        use = self._use_filter if node.tag == "filter" else self._use_field
                        use(records, node)
                        used += 1
        self.assertGreater(used, 600)

    def test_since_last_month_is_not_empty_on_the_first_and_leaves_what_is_to_come(self):
        actions = self.env["ir.actions.act_window"].search(
            [("context", "like", "search_default_recent")]
        )
        self.assertEqual(
            set(actions.mapped("res_model")), {"coworking.attendance", "coworking.presence"}
        )
        for action in actions:
            records = self.env[action.res_model]
            arch = records.get_view(action.search_view_id.id, "search")["arch"]
            (node,) = etree.fromstring(arch).xpath("//filter[@name='recent']")
            shown = Domain(safe_eval(node.get("domain")))
            days = [date(2015, 5, 31), date(2015, 6, 1), date(2015, 9, 1)]
            rows = records.concat(*(records.new({"date": day}) for day in days))
            for now in ("2015-07-01 07:00:00", "2015-07-31 20:00:00"):
                with self.subTest(model=action.res_model, now=now), freeze_time(now):
                    self.assertEqual(rows.filtered_domain(shown), rows[1:])

    def test_what_is_kept_for_years_is_not_drawn_space_by_space_as_it_opens(self):
        """In a national program that is a table of a thousand rows and a bar of as many colours."""
        views = self.env["ir.ui.view"].search(
            [
                ("type", "in", ("graph", "pivot")),
                ("model", "in", [f"coworking.{name}" for name in KEPT]),
            ]
        )
        self.assertEqual(len(views), 7)
        for view in views:
            with self.subTest(view=view.name):
                names = set(etree.fromstring(view.arch).xpath("//field/@name"))
                self.assertFalse(names & MANY)
