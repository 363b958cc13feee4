from odoo import models


class CoworkingParticipant(models.Model):
    _inherit = "coworking.participant"

    def action_make_evidence(self):
        """The dialog that makes the file of evidence of this person."""
        self.ensure_one()
        return self.env["coworking.evidence"]._open_dialog("person", self)
