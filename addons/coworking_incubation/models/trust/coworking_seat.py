from odoo import api, models

from .coworking_participant_row_mixin import check_not_purged


class CoworkingSeat(models.Model):
    _name = "coworking.seat"
    _inherit = ["coworking.seat", "coworking.audited.mixin"]

    @api.constrains("participant_id")
    def _check_participant_not_purged(self):
        check_not_purged(self)

    def _get_audited_with(self):
        return [
            *super()._get_audited_with(),
            *(self.funding_ids, self.hosting_ids, self.presence_ids, self.charge_ids),
        ]
