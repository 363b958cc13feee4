from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def unlink(self):
        # sudo: whoever deletes a bill need not know what we made it from
        made = any(
            move.coworking_statement_id or move.coworking_program_id or move.coworking_match_version
            for move in self.sudo()
        )
        # sudo: nor the file that it was made from, which stays without it, archived or not
        files = self.env["coworking.invoice.file"].sudo().with_context(active_test=False)
        if not made and not files.search_count([("move_id", "in", self.ids)], limit=1):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
