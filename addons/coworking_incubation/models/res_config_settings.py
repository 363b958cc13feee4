from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    coworking_match_tolerance = fields.Monetary(
        related="company_id.coworking_match_tolerance",
        readonly=False,
        currency_field="company_currency_id",
    )
