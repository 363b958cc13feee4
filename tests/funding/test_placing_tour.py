"""The accountant in a browser: what is to place is placed, with a reason."""

from ..common import d
from ..tours.common import TourCase
from .common import FundingCase


class TestPlacingTour(TourCase):
    _pay = classmethod(FundingCase._pay.__func__)
    _refresh = classmethod(FundingCase._refresh.__func__)
    _check_as_committed = classmethod(FundingCase._check_as_committed.__func__)
    _new_agreement = classmethod(FundingCase._new_agreement.__func__)

    def test_what_a_grant_left_goes_to_another_funder_with_a_reason(self):
        type(self).bank = self._new_bank()
        first = self._new_agreement("MEL 2015-113", 50.0, amount_granted=50.0)
        second = self._new_agreement("REG-15-0098", 0.0, amount_granted=500.0)
        (first | second).eligible_without_presence = True
        self._new_seat("1/5", "31/5", "Camille")
        statement = self._settle(d("1/5"))
        bill = self._bill(statement)
        bill.invoice_date = d("3/6")
        bill.action_post()
        self._pay(bill, day="10/6")
        self._refresh()
        shares = self.env["coworking.allocation"]
        to_place = [("program_id", "=", self.program.id), ("to_place", "=", True)]
        self.assertEqual(shares.search(to_place).amount, 40.0)
        reason = "Accord de la Région par téléphone"
        self._tour(
            "placing",
            self.accountant,
            **{"from": first.reference, "to": second.reference, "reason": reason},
        )
        self.assertFalse(shares.search(to_place))
        taken = shares.search([("agreement_id", "=", second.id)])
        self.assertEqual((taken.amount, taken.reason), (40.0, "held"))
        hold = self.env["coworking.allocation.hold"].search([("target_id", "=", second.id)])
        self.assertEqual((hold.reason, hold.user_id), (reason, self.accountant))
