from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    coworking_outside_journal_id = fields.Many2one(
        related="company_id.coworking_outside_journal_id", readonly=False
    )
    coworking_grant_entry = fields.Selection(
        related="company_id.coworking_grant_entry", readonly=False
    )
    coworking_grant_receivable_id = fields.Many2one(
        related="company_id.coworking_grant_receivable_id", readonly=False
    )
    coworking_grant_income_id = fields.Many2one(
        related="company_id.coworking_grant_income_id", readonly=False
    )
    coworking_grant_journal_id = fields.Many2one(
        related="company_id.coworking_grant_journal_id", readonly=False
    )
