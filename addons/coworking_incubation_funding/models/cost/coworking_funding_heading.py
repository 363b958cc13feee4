from odoo import api, models
from odoo.exceptions import UserError


class CoworkingFundingHeading(models.Model):
    """Where the heading is, of its ceiling or of what is planned."""

    _name = "coworking.funding.heading"
    _inherit = ["coworking.funding.heading", "coworking.funding.position.mixin"]

    def _get_agreement(self):
        return self.agreement_id

    def _get_position_key(self):
        return self.agreement_id._origin, self._origin

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claimed(self):
        # sudo: what was claimed keeps it for everybody, whoever may read it
        shares = self.env["coworking.allocation"].sudo()
        claimed = [("heading_id", "in", self.ids), ("frozen", "=", True)]
        for heading in shares.search(claimed, limit=1).heading_id:
            raise UserError(
                self.env._(
                    "Heading %(heading)s of %(agreement)s was claimed under, and stays: set its"
                    " ceiling to what was claimed, and nothing more comes under it.",
                    heading=heading.name,
                    agreement=heading.agreement_id.reference,
                )
            )
