"""Pilotage and the month, over the demonstration, as each role, in French."""

import json
import time

from dateutil.relativedelta import relativedelta
from psycopg2.errors import SerializationFailure

from odoo.service import model as service

from ..demo.common import get_today
from . import test_accessibility
from .common import BrowserCase

READY = "!!document.querySelector('.o_dashboard_group') && !document.querySelector('.o_blockUI')"
# What is further down comes by itself, once one sees the first.
WHOLE = "!document.querySelector('.o_dashboard_end')?.textContent.trim()"
NAMES = "[...document.querySelectorAll('.o_tile_grid tbody th')]"
SLOW = 3  # seconds in which a filter is chosen
MENU = '[data-menu-xmlid="coworking_incubation.coworking_incubation_menu_places"]'
# The screen itself: what is around it is Odoo's own.
RUN = """
axe.run(document.querySelector("%s"), {resultTypes: ["violations"]}).then((found) => JSON.stringify(
    found.violations.flatMap((rule) => rule.nodes.map(
        (node) => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))))
"""


class TestDashboardTours(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env.ref("coworking_incubation.coworking_program_2015")

    def _tour(self, name, login, url):
        self.start_tour(url, f"coworking_incubation_{name}", login=login)

    def test_a_coordinator_looks_behind_the_figures(self):
        self.tour_data = {"program2015": str(self.program.id)}
        self._tour("dashboard_coordinator", "coordination", "/odoo/incubation-pilotage")

    def test_a_favourite_of_the_user_hides_nothing_of_what_was_counted(self):
        user = self.env["res.users"].search([("login", "=", "coordination")])
        self.env["ir.filters"].create(
            [
                {
                    "name": "Nobody",
                    "model_id": "coworking.participant",
                    "domain": "[('id', '=', 0)]",
                    "is_default": True,
                    "user_ids": user.ids,
                    "action_id": self.env.ref(f"coworking_incubation.{name}").id,
                }
                for name in ("coworking_participant_action", "coworking_participant_action_exit")
            ]
        )
        self.test_a_coordinator_looks_behind_the_figures()

    def test_from_menu_to_menu(self):
        self._tour("dashboard_menus", "coordination", "/odoo/incubation-entries-exits")

    def test_an_address_with_dates_and_a_counsellor(self):
        user = self.env["res.users"].search([("login", "=", "accompagnement")])
        self.tour_data = {"counsellor": user.name, "counsellor_id": str(user.id)}
        url = (
            f"/odoo/incubation-pilotage?program={self.program.id}&user={user.id}"
            "&date_from=2015-03-01&date_to=2015-08-31"
        )
        self._tour("dashboard_address", "coordination", url)

    def _ask_slowly(self, part):
        """:return: list of the parts that are asked for, of which this one takes its time once"""
        prepare, asked = self.registry["coworking.dashboard"]._prepare_picture, []

        def ask(dashboard, wanted):
            asked.append(wanted["part"])
            if wanted["part"] == part and asked.count(part) == 1:
                time.sleep(SLOW)
            return prepare(dashboard, wanted)

        self.patch(self.registry["coworking.dashboard"], "_prepare_picture", ask)
        return asked

    def test_what_is_further_down_is_of_the_filters_that_were_chosen_last(self):
        asked = self._ask_slowly("rest")
        user = self.env["res.users"].search([("login", "=", "accompagnement")])
        self.tour_data = {"counsellor": user.name, "counsellor_id": str(user.id)}
        url = f"/odoo/incubation-pilotage?program={self.program.id}&user={user.id}"
        self._tour("dashboard_hurried", "coordination", url)
        # of one counsellor nothing is seen first of a program that is over: all comes at once
        self.assertEqual(asked, ["first", "first", "rest", "first"])

    def test_a_bad_address_is_a_sentence(self):
        url = "/odoo/incubation-pilotage?program=x&date_from=2015-99-99"
        self._tour("dashboard_refused", "coordination", url)

    def test_figures_that_are_computed_anew_are_read_again(self):
        """As when a scheduled action writes the month: Odoo tried several times, in vain."""
        prepare, asked = self.registry["coworking.dashboard"]._prepare_picture, []

        def fail_once(dashboard, wanted):
            if wanted["part"] == "first":
                asked.append(dashboard.env.context.get("allowed_company_ids"))
                if len(asked) == 1:
                    raise SerializationFailure("could not serialize access")
            return prepare(dashboard, wanted)

        self.patch(self.registry["coworking.dashboard"], "_prepare_picture", fail_once)
        self.patch(service, "MAX_TRIES_ON_CONCURRENCY_FAILURE", 1)
        self._tour("dashboard_later", "coordination", "/odoo/incubation-pilotage")
        user = self.env["res.users"].search([("login", "=", "coordination")])
        self.assertEqual(asked, [user.company_id.ids] * 2)

    def test_a_month_of_money_and_its_lines(self):
        url = f"/odoo/incubation-pilotage?program={self.program.id}&tile=money_by_month"
        self._tour("dashboard_month", "comptabilite", url)

    def test_charts_of_counts(self):
        states = self.env["coworking.attendance"]._fields["state"]
        words = dict(states._description_selection(self.env(context={"lang": "fr_FR"})))
        colors = {words["present"]: "#1AA094", words["absent"]: "#D9534F"}
        self.tour_data = {"ticks": r"^\d+$", "colors": colors}
        self._tour("count_graph", "coordination", f"/odoo/action-{self._new_chart().id}")

    def test_charts_of_rates(self):
        self.tour_data = {"ticks": r"^\d+ %$", "colors": {}}
        self._tour("count_graph", "coordination", "/odoo/incubation-attendance-rate")

    def test_charts_of_days(self):
        self.tour_data = {"ticks": r"^\d+$", "colors": {}}
        self._tour("count_graph", "coordination", "/odoo/incubation-delays")

    def _new_chart(self):
        """The chart of attendance, by what became of it."""
        return self.env["ir.actions.act_window"].create(
            {
                "name": "Attendance",
                "res_model": "coworking.attendance",
                "view_mode": "graph",
                "view_id": self.env.ref("coworking_incubation.coworking_attendance_view_graph").id,
                "domain": "[('state', 'in', ('present', 'absent'))]",
            }
        )

    def test_a_counsellor_sees_people_and_no_money(self):
        url = "/odoo/incubation-pilotage?tile=expected"
        self._tour("dashboard_counsellor", "accompagnement", url)

    def test_an_accountant_goes_from_month_to_month(self):
        lines = self.env["coworking.month.line"]
        month = get_today(self.env).replace(day=1) - relativedelta(months=2)
        expected = sum(lines.search([("date_from", "=", month)]).mapped("expected"))
        self.tour_data = {"before": f"{expected:.2f}".replace(".", ",")}
        self._tour("month_bar", "comptabilite", "/odoo/incubation-matching")

    def test_each_role_lands_where_its_work_is(self):
        for login, shown in (
            ("coordination", ".o_coworking_dashboard"),
            ("accompagnement", ".o_kanban_renderer"),
            ("comptabilite", ".o_coworking_month_bar"),
        ):
            user = self.env["res.users"].search([("login", "=", login)])
            user.action_id = False
            user._set_coworking_home()
            with self.subTest(login=login):
                ready = f"!!document.querySelector('{shown}') && !!document.querySelector('{MENU}')"
                self.browser_js("/odoo", "console.log('test successful')", ready, login=login)


class TestDashboardAccessibility(BrowserCase):
    """At the desk and on a telephone, as axe reads it."""

    def _read(self, browser, login):
        self._log_in(browser, login)
        self._visit(browser, "/odoo/incubation-pilotage", READY)
        self._wait(browser, WHOLE)
        self._evaluate(browser, test_accessibility.AXE + "; true")
        found = json.loads(self._evaluate(browser, RUN % ".o_dashboard_page"))
        wide = self._evaluate(browser, "document.documentElement.scrollWidth > window.innerWidth")
        with self.subTest(login=login):
            self.assertEqual(found, [], "\n".join(found))
            self.assertFalse(wide, "wider than the screen")

    def test_at_the_desk(self):
        with self._browse(None) as browser:
            for login in ("coordination", "accompagnement", "comptabilite"):
                self._read(browser, login)

    def test_on_a_telephone(self):
        self.browser_size = "390x844"
        with self._browse(None) as browser:
            self._read(browser, "coordination")

    def test_a_long_name_leaves_room_for_the_months_on_a_telephone(self):
        """The name stays where it is while the months pass below."""
        space = self.env.ref("coworking_incubation.coworking_space_mutualab")
        space.name = "Espace de coworking et de fabrication des Moulins de Lille et de Wazemmes"
        self.browser_size = "390x844"
        with self._browse("coordination") as browser:
            self._visit(browser, "/odoo/incubation-pilotage", f"{READY} && {NAMES}.length > 3")
            widest = self._evaluate(
                browser, f"Math.max(...{NAMES}.map((name) => name.offsetWidth))"
            )
            self.assertLess(widest, 200)
