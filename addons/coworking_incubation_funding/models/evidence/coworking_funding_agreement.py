from odoo import models


class CoworkingFundingAgreement(models.Model):
    _inherit = "coworking.funding.agreement"

    def action_make_evidence(self):
        """The dialog that makes the file of evidence of this agreement."""
        self.ensure_one()
        return self.env["coworking.evidence"]._open_dialog("agreement", self)
