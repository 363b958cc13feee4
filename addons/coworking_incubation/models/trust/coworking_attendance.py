from odoo import api, fields, models

from .coworking_participant_row_mixin import check_not_purged


class CoworkingAttendance(models.Model):
    """When somebody of whom no file was made was forgotten."""

    _inherit = "coworking.attendance"

    purged_on = fields.Date(string="Anonymised On", readonly=True, copy=False)

    @api.constrains("participant_id")
    def _check_participant_not_purged(self):
        check_not_purged(self)
