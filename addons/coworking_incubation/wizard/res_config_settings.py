from odoo import api, fields, models

from ..models.base.ir_config_parameter import SETTINGS

# Not config_parameter, for which 0 is as good as nothing.
CHOSEN = {"compute": "_compute_coworking_settings", "inverse": "_inverse_coworking_settings"}


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
    coworking_accrued_account_id = fields.Many2one(
        related="company_id.coworking_accrued_account_id", readonly=False
    )
    coworking_credit_account_id = fields.Many2one(
        related="company_id.coworking_credit_account_id", readonly=False
    )
    coworking_prepaid_account_id = fields.Many2one(
        related="company_id.coworking_prepaid_account_id", readonly=False
    )
    coworking_to_invoice_account_id = fields.Many2one(
        related="company_id.coworking_to_invoice_account_id", readonly=False
    )
    coworking_half_day_border = fields.Float(string="The Afternoon Begins At", **CHOSEN)
    coworking_suspension_backdate_days = fields.Integer(
        string="Suspensions Recorded Late, at Most (days)", **CHOSEN
    )
    coworking_registration_hold_hours = fields.Integer(string="Time to Confirm (hours)", **CHOSEN)
    coworking_registration_limit_minutes = fields.Integer(
        string="Attempts Counted Over (minutes)", **CHOSEN
    )
    coworking_registration_limit_network = fields.Integer(
        string="Attempts From One Internet Connection", **CHOSEN
    )
    coworking_registration_limit_address = fields.Integer(
        string="Attempts With One E-mail or Phone", **CHOSEN
    )
    coworking_registration_min_seconds = fields.Integer(
        string="Sent No Sooner Than After (seconds)", **CHOSEN
    )
    coworking_registration_captcha = fields.Boolean(
        string="Captcha", config_parameter="coworking_incubation.registration_captcha"
    )

    @api.depends("company_id")
    def _compute_coworking_settings(self):
        parameters = self.env["ir.config_parameter"]
        for name in SETTINGS:
            self[f"coworking_{name}"] = parameters._coworking_get(name)

    def _inverse_coworking_settings(self):
        parameters = self.env["ir.config_parameter"]
        for settings in self:
            for name in SETTINGS:
                parameters._coworking_set(name, settings[f"coworking_{name}"])
