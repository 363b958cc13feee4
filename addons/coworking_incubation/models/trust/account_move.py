from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def unlink(self):
        # sudo: whoever deletes a bill need not know what we made it from
        if not any(
            move.coworking_statement_id or move.coworking_program_id or move.coworking_match_version
            for move in self.sudo()
        ):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
