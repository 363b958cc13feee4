from odoo import api, models

PAID_BY = {"amount", "date", "invoice_ids", "move_id", "state"}


class AccountPayment(models.Model):
    """A payment without an entry is never reconciled: it pays by being there."""

    _inherit = "account.payment"

    def _coworking_note_costs(self):
        # sudo: whoever pays need not know the funders
        self.sudo().invoice_ids._coworking_note_costs()

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._coworking_note_costs()
        return payments

    def write(self, vals):
        if vals.keys() & PAID_BY:
            self._coworking_note_costs()
        result = super().write(vals)
        if vals.keys() & PAID_BY:
            self._coworking_note_costs()
        return result

    def unlink(self):
        if self:  # see account.move: it deletes those that it has not, bill by bill
            self._coworking_note_costs()
        return super().unlink()
