from odoo import models
from odoo.exceptions import UserError


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def action_create_payments(self):
        """A bill of a space that is in an order is not paid by hand too, whichever the way here."""
        bills = self.line_ids.move_id._coworking_of_operators()
        refusals = bills._coworking_get_refusals_of_orders()
        if refusals:
            raise UserError(
                self.env._(
                    "Nothing was paid: an order does it. Take these bills out of it first, or leave"
                    " them to it:\n%(bills)s",
                    bills=bills._coworking_list_refusals(refusals),
                )
            )
        return super().action_create_payments()
