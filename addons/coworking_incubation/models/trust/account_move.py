from odoo import models

from ...tools import find_referred


class AccountMove(models.Model):
    _inherit = "account.move"

    def unlink(self):
        if not self:  # as for most lines of a bill that Odoo writes
            return super().unlink()
        # sudo: whoever deletes a bill need not know what we made it from
        made = any(
            move.coworking_statement_id or move.coworking_program_id or move.coworking_match_version
            for move in self.sudo()
        )
        # nor the file that it was made from, which stays without it, archived or not
        if not made and not find_referred(self, ("coworking.invoice.file", "move_id")):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
