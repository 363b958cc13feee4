"""The funders' tiles of Pilotage in a browser, on the demonstration: each opens what is behind."""

from ...tours.common import BrowserCase


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
