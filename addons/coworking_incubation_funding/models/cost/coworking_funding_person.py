from odoo import api, models
from odoo.fields import Domain


class CoworkingFundingPerson(models.Model):
    """Of whom everything was erased, the shares say which funders count them."""

    _inherit = "coworking.funding.person"

    @api.model
    def _get_taking_part(self, agreements, participants):
        if not agreements or not participants:
            return super()._get_taking_part(agreements, participants)
        # sudo: see _allocate_programs, which may be asked for what is to be paid too
        shares = self.env["coworking.allocation"].sudo()
        rows = shares._read_group(
            Domain("agreement_id", "in", agreements.ids)
            & Domain("participant_id", "in", participants.ids),
            ["agreement_id", "participant_id"],
        )
        return {(agreement.id, file.id) for agreement, file in rows}
