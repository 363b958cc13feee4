from odoo import api, models
from odoo.exceptions import UserError


def check_not_purged(records):
    """Nothing is added to a file that was anonymised."""
    # sudo: whether it was is no secret for who adds to it
    purged = records.sudo().participant_id.filtered("purged_on")
    if purged:
        raise UserError(purged[0]._describe_purged())


class CoworkingParticipantRowMixin(models.AbstractModel):
    _inherit = "coworking.participant.row.mixin"

    @api.constrains("participant_id")
    def _check_participant_not_purged(self):
        if "participant_id" in self._fields:
            check_not_purged(self)
