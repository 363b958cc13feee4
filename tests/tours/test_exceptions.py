"""What waits, in the browser: counted beside its menu, settled from its list, until all is well."""

from ..common import d
from ..matching.common import MatchingCase
from .common import TourCase


class TestExceptions(MatchingCase, TourCase):
    def test_an_accountant_settles_what_waits_until_all_is_well(self):
        self._new_seat("1/5", "31/5", "Camille Roux", state="active")
        self._new_seat("1/5", "31/5", "Farid Benali", state="active")
        self._settle(d("1/5"))
        bill = self._receive(
            ("Camille Roux", 180.0), ("Farid Benali", 194.0), invoice_date="2015-06-03"
        )
        bill.action_post()
        self._pay(bill)  # before anybody looked at its lines
        self._tour("exceptions_accountant", self.accountant)
        matches = self.env["coworking.match"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(matches.mapped("decision")), {"credit_note", "matched"})

    def _pay(self, bill):
        payment = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        payment.create({"journal_id": self._new_bank().id}).action_create_payments()
