from odoo import models
from odoo.fields import Domain

from .coworking_hosting import UNSIGNED_STATES


class CoworkingSpace(models.Model):
    """Who leaves a space signs no agreement for it any more."""

    _inherit = "coworking.space"

    def _contacts_changed(self, gone, back):
        super()._contacts_changed(gone, back)
        # sudo: whoever names managers need not write agreements
        waiting = self.env["coworking.hosting.signatory"].sudo()
        waiting = waiting.search(
            Domain("role", "=", "space")
            & Domain("state", "!=", "signed")
            & Domain("partner_id", "in", (gone | back).ids)
            & Domain("hosting_id.space_id", "in", self.ids)
            & Domain("hosting_id.state", "in", UNSIGNED_STATES)
        )
        waiting.filtered(lambda row: row.partner_id in gone)._leave()
        waiting.filtered(lambda row: row.partner_id in back).has_left = False
