from odoo import models

from ...tools import filter_filled, find_referred

# What says that we made a bill from something of ours, or matched it.
MADE_FROM = ("coworking_statement_id", "coworking_program_id", "coworking_match_version")


class AccountMove(models.Model):
    _inherit = "account.move"

    def unlink(self):
        if not self:  # as for most lines of a bill that Odoo writes
            return super().unlink()
        made = filter_filled(self, *MADE_FROM)
        # the file that it was made from stays without it, archived or not
        if not made and not find_referred(self, ("coworking.invoice.file", "move_id")):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
