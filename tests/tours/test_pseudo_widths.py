"""Pages on a telephone, and the back office, in a language that is two fifths longer (see
tests/pseudo.py), by command: ``PSEUDO=1 scripts/test tests/tours/test_pseudo_widths.py``.
"""

import json
import os
import unittest

from odoo.tools.safe_eval import safe_eval

from ..pseudo import LANG, spoken
from .common import BrowserCase
from .test_accessibility import READY

# Wider than a telephone, or a button whose words are cut or run over.
WIDE = """
[
    document.documentElement.scrollWidth > window.innerWidth && "the page",
    ...[...document.querySelectorAll("main :is(.btn, button, h1, h2, label)")]
        .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
        .filter((node) => getComputedStyle(node).display !== "inline")
        .map((node) => node.textContent.trim()),
].filter(Boolean)
"""


# Opens a screen, and names what is cut or runs over: Odoo's own headings of lists
# and words of statistic buttons end in three dots, and say the rest when they are pointed at.
SCREEN = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const drawn = (ms) => new Promise((done) => setTimeout(done, ms));
    const found = [];
    const WORDS = [
        ".o_statusbar_status button", ".o_statusbar_buttons button", ".o_form_label",
        ".o_notebook_headers .nav-link", ".o_data_row .btn", ".badge:not(.o_tag)", ".alert",
        ".o_radio_item label", ".o_kanban_record .btn", ".o_form_sheet .btn:not(.oe_stat_button)",
        ".o_control_panel .btn",
    ].map((selector) => `.o_action ${selector}`).join(", ");
    const read = (where) => {
        const page = document.querySelector(".o_action_manager");
        if (page.scrollWidth > page.clientWidth + 1) {
            found.push(`${where}: the page`);
        }
        const sheet = document.querySelector(".o_form_sheet_bg");
        if (sheet && sheet.scrollWidth > sheet.clientWidth + 1) {
            found.push(`${where}: the form, ${sheet.scrollWidth} of ${sheet.clientWidth} pixels`);
        }
        // lists inside forms may be scrolled
        const list = document.querySelector(".o_list_view .o_list_renderer");
        if (!sheet && list && list.scrollWidth > list.clientWidth + 1) {
            found.push(`${where}: the list, ${list.scrollWidth} of ${list.clientWidth} pixels`);
        }
        for (const node of document.querySelectorAll(WORDS)) {
            const text = document.createRange();
            text.selectNodeContents(node);
            const width = (rect) => rect.getBoundingClientRect().width;
            const shown = node.checkVisibility({ visibilityProperty: true });
            if (shown && !node.matches(".text-truncate") && width(text) > width(node) + 1) {
                found.push(`${where}: ${node.className}: ${node.textContent.trim()}`);
            }
        }
    };
    const [id, viewType, resId] = %s;
    const props = resId ? { resId } : {};
    await action.doAction(id, { clearBreadcrumbs: true, viewType, props });
    const shown = `.o_action.o_${viewType}_view, .o_${viewType}_view .o_${viewType}_renderer`;
    for (let waited = 0; waited < 20000 && !document.querySelector(shown); waited += 50) {
        await drawn(50);
    }
    await drawn(300);
    if (!document.querySelector(shown)) {
        found.push(`${document.title}: no ${viewType}`);
    }
    read(`${document.title} (${viewType})`);
    for (const tab of document.querySelectorAll(".o_notebook_headers .nav-link:not(.active)")) {
        tab.click();
        await drawn(150);
        read(`${document.title}, ${tab.textContent.trim()}`);
    }
    return found;
})()
"""


class PseudoBrowserCase(BrowserCase):
    """In that language, whoever looks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addons = [name for name in cls.registry._init_modules if name.startswith("coworking_inc")]
        cls.enterClassContext(spoken(cls.env, addons))
        cls.env["res.users"].search([]).partner_id.lang = LANG


@unittest.skipUnless(os.environ.get("PSEUDO"), "by command")
class TestPortalInPseudo(PseudoBrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_pages_fit_a_telephone(self):
        manager = self.env["res.users"].search([("login", "=", "espace")])
        space = self.env["coworking.portal"]._get_spaces(manager.partner_id)[:1]
        month = self.env["coworking.portal.month"]._prepare_months(manager.partner_id)[0]
        spaces = (f"/space/{space.id}", f"/presences/{space.id}", f"/month/{month['key']}")
        pages = {
            "/my/coworking": ("", "/arrivals", "/people", "/months", "/prices", *spaces),
            "/my/incubation": (
                *("", "/objectives", "/appointments", "/presences", "/documents", "/payments"),
                "/rights",
            ),
        }
        for root, paths in pages.items():
            with self._browse("espace" if "coworking" in root else "participant") as browser:
                for path in paths:
                    self._visit(browser, root + path, READY)
                    with self.subTest(path=root + path):
                        self.assertEqual(self._evaluate(browser, WIDE), [])
                        self.assertTrue(
                            self._evaluate(browser, "document.body.innerText").count("⟦")
                        )


@unittest.skipUnless(os.environ.get("PSEUDO"), "by command")
class TestBackOfficeInPseudo(PseudoBrowserCase):
    browser_size = "1440x900"

    def _get_screens(self, login):
        """Every list, board and form of the app that this user may open.

        :return: list of (action id, kind of view, id of the newest record or False)
        """
        user = self.env["res.users"].search([("login", "=", login)])
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False).values()
        seen = {menu.get("action_id") for menu in menus}
        actions = self.env["ir.actions.act_window"].search([("path", "=like", "incubation-%")])
        for action in actions.filtered(lambda row: row.id in seen):
            Model = self.env[action.res_model].with_user(user)
            modes = action.view_mode.split(",")
            for mode in ("list", "kanban"):
                if mode in modes:
                    yield action.id, mode, False
            if "form" in modes and not Model._transient:
                domain = safe_eval(action.domain or "[]", {"uid": user.id})
                record = Model.search(domain, limit=1, order="id desc")
                if record:
                    yield action.id, "form", record.id

    def _assert_fits(self, login):
        screens = list(self._get_screens(login))
        self.assertGreater(len(screens), 20)
        with self._browse(login) as browser:
            self._visit(browser, "/odoo/incubation-seats", "!!document.querySelector('.o_action')")
            for screen in screens:
                with self.subTest(screen=screen):
                    found = self._evaluate(browser, SCREEN % json.dumps(screen))
                    self.assertFalse(found, "\n".join(found))

    def test_screens_of_a_coordinator_fit(self):
        self._assert_fits("coordination")

    def test_screens_of_an_accountant_fit(self):
        self._assert_fits("comptabilite")
