from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    coworking_outside_journal_id = fields.Many2one(
        related="company_id.coworking_outside_journal_id", readonly=False
    )
