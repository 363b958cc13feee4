"""The accountant in a browser: from the agreement to the claim that is paid."""

from odoo.tests import freeze_time

from ..tours.common import TourCase
from .claim.common import ClaimCase


class TestClaimTour(TourCase, ClaimCase):
    def test_from_the_agreement_to_the_paid_claim(self):
        agreement = self._new_agreement("A", 80.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._attach(bill, bill._get_reconciled_payments())
        self._refresh()
        action = "coworking_incubation.coworking_funding_agreement_action"
        with freeze_time("2015-08-03 09:00:00", tick=True):  # the bill is paid on 20 July
            self._tour("claim", self.accountant, url=f"/odoo/action-{action}/{agreement.id}")
        claim = agreement.claim_ids
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "paid",
                    "amount_claimed": 144.0,
                    "amount_admitted": 100.0,
                    "amount_received": 100.0,
                    "submitted_by_id": self.accountant.id,
                }
            ],
        )
