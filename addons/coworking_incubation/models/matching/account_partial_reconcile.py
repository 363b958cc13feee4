from odoo import api, models

from ...tools import filter_known


class AccountPartialReconcile(models.Model):
    """A credit note is set against a bill, or against none any more."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        if notes := partials._coworking_get_notes():
            notes._coworking_match_set_off()
        return partials

    def unlink(self):
        notes = self and self._coworking_get_notes()  # Odoo deletes those that a bill has not
        result = super().unlink()
        if notes:
            notes.exists()._coworking_match_set_off()
        return result

    def _coworking_get_notes(self):
        """The operators' credit notes among these that are linked to no bill."""
        # sudo: see account.move.write
        moves = (self.sudo().debit_move_id | self.sudo().credit_move_id).move_id
        return filter_known(
            moves.filtered(
                lambda move: move.move_type == "in_refund" and not move.reversed_entry_id
            )
        )
