from odoo import api, models

PARTICIPANT = "coworking.participant"


class CoworkingKept(models.AbstractModel):
    """What was attached to a person's file is not for who reads the names of people only."""

    _inherit = "coworking.kept"

    @api.model
    def _get_hidden_models(self):
        hidden = super()._get_hidden_models()
        return hidden | {PARTICIPANT} if self.env[PARTICIPANT]._reads_names_only() else hidden
