"""The funders' tiles of Pilotage in a browser, on the demonstration: each opens what is behind."""

import base64
import io

from odoo.tools.pdf import PdfReader

from ...tours.common import BrowserCase
from ...tours.test_dashboard import READY, WHOLE


class TestOverviewTour(BrowserCase):
    def test_what_a_coordinator_and_an_accountant_read_opens_what_is_behind(self):
        for login in ("coordination", "comptabilite"):
            with self.subTest(login=login):
                self.start_tour(
                    "/odoo/incubation-pilotage", "coworking_incubation_overview", login=login
                )

    def test_a_counsellor_sees_no_money(self):
        self.start_tour(
            "/odoo/incubation-pilotage",
            "coworking_incubation_overview_counsellor",
            login="accompagnement",
        )

    def test_it_prints_on_one_page(self):
        programs = self.env["coworking.program"].search([])
        self.assertGreater(len(programs), 1)
        with self._browse("coordination") as browser:
            for address in ("", *(f"?program={program.id}" for program in programs)):
                with self.subTest(address=address):
                    self._visit(browser, f"/odoo/incubation-pilotage{address}", READY)
                    self._wait(browser, WHOLE)
                    sheet = browser._websocket_request(
                        "Page.printToPDF",
                        params={"preferCSSPageSize": True, "printBackground": True},
                        timeout=60,
                    )
                    pages = PdfReader(io.BytesIO(base64.b64decode(sheet["data"])))
                    self.assertEqual(len(pages.pages), 1)
