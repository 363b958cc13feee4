from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A credit note is set against a bill, or against none any more."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        (partials.debit_move_id | partials.credit_move_id).move_id._coworking_match_set_off()
        return partials

    def unlink(self):
        moves = (self.debit_move_id | self.credit_move_id).move_id
        result = super().unlink()
        moves._coworking_match_set_off()
        return result
