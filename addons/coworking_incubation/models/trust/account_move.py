from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def unlink(self):
        # sudo: whoever deletes a bill need not know what we made it from
        made = any(
            move.coworking_statement_id or move.coworking_program_id or move.coworking_match_version
            for move in self.sudo()
        )
        # the file that it was made from stays, without it
        if not made and not self.env["coworking.invoice.file"].sudo().search_count(
            [("move_id", "in", self.ids)], limit=1
        ):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
