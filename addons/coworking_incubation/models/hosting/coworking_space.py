from odoo import models
from odoo.fields import Domain


class CoworkingSpace(models.Model):
    """Who leaves a space signs no agreement for it any more."""

    _inherit = "coworking.space"

    def _note_contacts_changed(self, gone, back):
        own = Domain("role", "=", "space") & Domain("hosting_id.space_id", "in", self.ids)
        self.env["coworking.hosting.signatory"]._note_changed(own, gone, back)
        return super()._note_contacts_changed(gone, back)
