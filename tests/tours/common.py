"""What the tours share: the small programme of 2015, people of each role in French, and a browser.

Set ``DOCS_SCREENSHOTS`` to a folder to get the pictures that the tours take on their way::

    DOCS_SCREENSHOTS=docs/images scripts/test tests/tours
"""

import time
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urljoin

from odoo import Command
from odoo.tests import HttpCase, freeze_time, tagged

from ..common import CoworkingCase
from ..pathway.common import STAGES
from ..shared import RememberingCase
from .browser import PICTURES, BrowserGone, TourBrowser, keep_bundles_alone, taken
from .pictures import record

NOW = "2015-06-15 09:00:00"


@tagged("post_install", "-at_install")
class BrowserCase(RememberingCase, HttpCase):
    """Pages of the back office in a browser, in French."""

    browser_size = "1440x900"
    tour_data = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Debian ships this library of video calls empty, and the page logs an error about it. Where
        # the database was made with it gone (see scripts/lib.sh), its bundles are there as well.
        library = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
        assets = cls.env["ir.asset"]
        if not assets.search_count([("path", "=", library)], limit=1):
            assets.create(
                {
                    "name": library,
                    "bundle": "web.assets_backend",
                    "directive": "remove",
                    "path": library,
                }
            )
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.startClassPatcher(patch("odoo.tests.common.ChromeBrowser", TourBrowser))
        cls.startClassPatcher(keep_bundles_alone(cls.registry))
        pages = cls.env["ir.qweb"]
        for bundle in ("web.assets_web", "web.assets_web_print"):  # once, not once a tour
            pages._get_asset_bundle(bundle).css()
        for bundle in ("web.assets_web", "web.assets_tests"):
            pages._get_asset_bundle(bundle).js()

    def browser_js(self, *args, **kwargs):
        try:
            super().browser_js(*args, **kwargs)
        except BrowserGone:
            super().browser_js(*args, **kwargs)

    @contextmanager
    def _browse(self, login):
        """A browser for several pages, since starting one takes seconds: logged in, or not."""
        try:
            browser = TourBrowser(self, success_signal="done")
        except BrowserGone:
            browser = TourBrowser(self, success_signal="done")
        with self.allow_requests(browser=browser):
            self._log_in(browser, login)
            try:
                yield browser
            finally:
                browser.stop()
                self._wait_remaining_requests()
        self.env.invalidate_all()

    def _log_in(self, browser, login):
        self.authenticate(login, login, browser=browser)
        self.cr.flush()
        self.cr.clear()

    def _visit(self, browser, path, ready):
        browser.navigate_to(urljoin(self.base_url(), path))
        self._wait(browser, ready)

    def _wait(self, browser, ready):
        """Asked now and then: asked without a pause, the page would never come to rest."""
        for _attempt in range(150):
            if self._evaluate(browser, f"try {{ {ready} }} catch {{}}"):
                return
            time.sleep(0.2)
        self.fail(f"never ready: {ready}")

    def _evaluate(self, browser, expression):
        answer = browser._websocket_request(
            "Runtime.evaluate",
            params={"expression": expression, "awaitPromise": True, "returnByValue": True},
            timeout=30,
        )
        self.assertNotIn("exceptionDetails", answer)
        return answer["result"].get("value")

    def tearDown(self):
        if taken:
            record(self.env, taken, PICTURES)
            taken.clear()
        super().tearDown()


@freeze_time(NOW, tick=True)
class TourCase(CoworkingCase, BrowserCase):
    """15 June 2015. The users read French, and none of them is an administrator."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.company.name = "Incubateur de la Lys"
        for user, name in (
            (cls.accompanist, "Amina Berger"),
            (cls.coordinator, "Denis Lefort"),
            (cls.accountant, "Hélène Roy"),
            (cls.sensitive, "Nadia Costa"),
        ):
            user.write({"name": name, "lang": "fr_FR", "tz": "Europe/Paris"})
            user.image_1920 = user.partner_id._avatar_generate_svg()
        cls.program.write({"name": "Incubation 2015", "code": "INC"})
        cls.tax_lost.name = "TVA 20 % non récupérée"
        cls.tax_lost.tax_group_id.name = "TVA"
        cls.space.name = "L'Atelier"
        cls.space_b.name = "La Fabrique"
        cls.space.partner_id.name = "SARL L'Atelier"
        cls.space_b.partner_id.name = "Association La Fabrique"
        cls.tariff.name = "Nomade"
        cls.tariff_b.name = "Bureau"
        cls.criterion = cls.env["coworking.criterion"].create({"name": "Habite le quartier"})
        cls.program.criterion_ids = [Command.set(cls.criterion.ids)]
        cls.prescriber = cls.env["res.partner"].create(
            {"name": "Maison de l'emploi", "is_company": True, "coworking_accident_cover": True}
        )
        cls.stages = {
            name: cls.env.ref(f"coworking_incubation.coworking_stage_{name}") for name in STAGES
        }

    def _tour(self, name, user, url="/odoo", **data):
        """Run the tour ``coworking_incubation_<name>``, which finds ``data`` in ``tourData``."""
        stages = {
            name: {"id": stage.id, "name": stage.with_context(lang=user.lang).name}
            for name, stage in self.stages.items()
        }
        self.tour_data = {"stages": stages, **data}
        self.start_tour(url, f"coworking_incubation_{name}", login=user.login)
        self.env.invalidate_all()
