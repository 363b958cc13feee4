"""Amounts of the funders' half are read whole on a screen of 1440 x 900."""

from ...tours.common import BrowserCase
from ...tours.test_headings import CELLS


class TestSums(BrowserCase):
    def test_sums_of_the_headings_of_an_agreement_are_not_cut(self):
        agreement = self.env["coworking.funding.agreement"].search(
            [("amount_granted", "=", 9000.0)], limit=1
        )
        self.browser_js(
            f"/odoo/incubation-agreements/{agreement.id}",
            CELLS % ".o_list_table tfoot td",
            "!!document.querySelector('.o_list_table tfoot td')",
            login="comptabilite",
        )
