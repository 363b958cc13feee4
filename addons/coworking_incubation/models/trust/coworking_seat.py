from odoo import api, models

from .coworking_participant_row_mixin import check_not_purged


class CoworkingSeat(models.Model):
    _inherit = "coworking.seat"

    @api.constrains("participant_id")
    def _check_participant_not_purged(self):
        check_not_purged(self)
