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
