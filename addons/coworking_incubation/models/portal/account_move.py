from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _invoice_paid_hook(self):
        """The spaces hear at once that they are paid; the daily run tells what comes otherwise."""
        result = super()._invoice_paid_hook()
        # sudo: whoever registers a payment need not know the programme's statements
        if self.sudo()._coworking_of_operators():
            self.env["coworking.statement"]._ask_spaces()
        return result
