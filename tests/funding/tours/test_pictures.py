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
            agreement = (
                self.env["coworking.allocation"]
                .search([("agreement_id", "!=", False)], limit=1)
                .agreement_id
            )
            evidence = (
                self.env["coworking.evidence"]
                .sudo()
                ._make(
                    {
                        "kind": "agreement",
                        "scope": "all",
                        "names": "clear",
                        "agreement_id": agreement.id,
                    }
                )
            )
            evidence._seal()
            self.browser_js(
                f"/odoo/incubation-evidence/{evidence.id}",
                "takePicture('evidence', 'body').then(() => console.log('test successful'))",
                "!!document.querySelector('.o_form_view .oe_title')",
                login="coordination",
            )
