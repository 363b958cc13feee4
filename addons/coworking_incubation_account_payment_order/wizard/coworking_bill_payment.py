from odoo import models


class CoworkingBillPayment(models.TransientModel):
    _inherit = "coworking.bill.payment"

    def action_create_payment_order(self):
        """Put the bills into a payment order; those that go into none are kept out, and named."""
        self.ensure_one()
        self._check_may_pay()
        refusals = self.move_ids._coworking_get_refusals_to_order()
        if refusals:
            self._keep_out(refusals)
            return self._open()
        self.move_ids._coworking_claim_to_pay(self.choice)
        return self.move_ids.create_account_payment_line()

    def _is_to_be_shown(self):
        """There are two ways to pay where somebody may make payment orders."""
        return super()._is_to_be_shown() or self.env.user.has_group(
            "account_payment_order.group_account_payment"
        )
