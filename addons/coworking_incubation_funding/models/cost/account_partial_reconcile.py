from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A payment, or a credit note, meets a bill: or leaves it."""

    _inherit = "account.partial.reconcile"

    def _coworking_note_costs(self):
        # sudo: whoever reconciles need not know the funders
        moves = (self.sudo().debit_move_id | self.sudo().credit_move_id).move_id
        moves._coworking_note_costs()

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._coworking_note_costs()
        return partials

    def unlink(self):
        if self:
            self._coworking_note_costs()
        return super().unlink()
