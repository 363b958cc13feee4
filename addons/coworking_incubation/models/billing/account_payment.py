from odoo import models

from ... import payments
from ...tools import to_decimal


class AccountPayment(models.Model):
    """A payment that may have no entry in the books: see ``payments.py``."""

    _inherit = "account.payment"

    def _coworking_to_payment(self, moves):
        """This payment without an entry for the pure module, with those of its documents that are
        among these.
        """
        self.ensure_one()
        return payments.Payment(
            key=self.id,
            date=self.date,
            amount=to_decimal(abs(self.amount_company_currency_signed)),
            documents=frozenset((self.invoice_ids & moves).ids),
            outbound=self.payment_type == "outbound",
            found_paid=self.state == "paid",
        )
