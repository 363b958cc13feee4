"""Pages on a telephone in a language that is two fifths longer (see tests/pseudo.py), by command:
``PSEUDO=1 scripts/test tests/tours/test_pseudo_widths.py``.
"""

import os
import unittest

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


@unittest.skipUnless(os.environ.get("PSEUDO"), "by command")
class TestPortalInPseudo(BrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addons = [name for name in cls.registry._init_modules if name.startswith("coworking_inc")]
        cls.enterClassContext(spoken(cls.env, addons))
        cls.env["res.users"].search([]).partner_id.lang = LANG

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
