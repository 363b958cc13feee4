from odoo import models


class CoworkingClaim(models.Model):
    _inherit = "coworking.claim"

    def action_make_evidence(self):
        """The dialog that makes the file of evidence of this claim."""
        self.ensure_one()
        return self.env["coworking.evidence"]._open_dialog("claim", self)
