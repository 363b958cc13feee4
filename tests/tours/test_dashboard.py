"""Pilotage and the month, over the demonstration, as each role, in French."""

import json
from datetime import date

from dateutil.relativedelta import relativedelta

from . import test_accessibility
from .common import BrowserCase

READY = "!!document.querySelector('.o_dashboard_group') && !document.querySelector('.o_blockUI')"
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

    def test_a_counsellor_sees_people_and_no_money(self):
        url = "/odoo/incubation-pilotage?tile=expected"
        self._tour("dashboard_counsellor", "accompagnement", url)

    def test_an_accountant_goes_from_month_to_month(self):
        lines = self.env["coworking.month.line"]
        month = date.today().replace(day=1) - relativedelta(months=2)
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
                ready = f"!!document.querySelector('{shown}')"
                self.browser_js("/odoo", "console.log('test successful')", ready, login=login)


class TestDashboardAccessibility(BrowserCase):
    """At the desk and on a telephone, as axe reads it."""

    def _read(self, browser, login):
        self._log_in(browser, login)
        self._visit(browser, "/odoo/incubation-pilotage", READY)
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
