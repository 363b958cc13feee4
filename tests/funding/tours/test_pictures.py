"""The pictures of ``docs/images`` that show the funders' half, from the demonstration in French::

DOCS_SCREENSHOTS=docs/images scripts/test tests/funding/tours/test_pictures.py
"""

from ...tours.common import PICTURES, BrowserCase

if PICTURES:

    class TestFundingPictures(BrowserCase):
        def test_costs_and_their_shares(self):
            share = self.env["coworking.allocation"].search([("to_place", "=", True)], limit=1)
            for name, page, shown in (
                ("funding_costs", "/odoo/incubation-costs", ".o_data_row"),
                ("funding_cost", f"/odoo/incubation-costs/{share.cost_id.id}", ".o_data_row"),
            ):
                self.browser_js(
                    page,
                    f"takePicture('{name}', 'body').then(() => console.log('test successful'))",
                    f"!!document.querySelector('{shown}')",
                    login="coordination",
                )

        def test_claims_and_the_tiles_of_the_funders(self):
            claims = self.env["coworking.claim"]
            to_send = claims.search([("state", "=", "draft")], limit=1)
            decided = claims.search([("amount_rejected", ">", 0)], limit=1)
            tiles = "[data-group='funders']"
            for name, page, top, shown in (
                ("funding_claim", f"claims/{to_send.id}", "body", "[name=gap_line_ids] tr td"),
                ("funding_rejected", f"claims/{decided.id}", "body", "[name=rejected_line_ids] td"),
                ("funding_tiles", "pilotage", tiles, f"{tiles} [data-tile='cash'] canvas"),
            ):
                self.browser_js(
                    f"/odoo/incubation-{page}",
                    f"takePicture('{name}', \"{top}\").then(() => console.log('test successful'))",
                    f'!!document.querySelector("{shown}")',
                    login="coordination",
                )

        def test_a_sealed_file_of_evidence(self):
            """It goes with the test: what is sealed could not be removed from a demonstration."""
            user = self.env["res.users"].search([("login", "=", "coordination")])
            claim = self.env["coworking.claim"].search([("state", "=", "accepted")], limit=1)
            evidence = (
                self.env["coworking.evidence"]
                .with_user(user)
                ._make({"kind": "claim", "claim_id": claim.id, "scope": "money", "names": "token"})
            )
            self.browser_js(
                f"/odoo/incubation-evidence/{evidence.id}",
                "takePicture('evidence', 'body').then(() => console.log('test successful'))",
                "!!document.querySelector('.o_field_widget[name=digest]')",
                login=user.login,
            )
