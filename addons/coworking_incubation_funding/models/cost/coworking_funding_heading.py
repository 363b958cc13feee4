from odoo import models


class CoworkingFundingHeading(models.Model):
    """Where the heading is, of its ceiling or of what is planned."""

    _name = "coworking.funding.heading"
    _inherit = ["coworking.funding.heading", "coworking.funding.position.mixin"]

    def _get_agreement(self):
        return self.agreement_id

    def _get_position_key(self):
        return self.agreement_id._origin, self._origin
