from odoo import api, fields, models

from ..models.base.ir_config_parameter import SETTINGS

# Not config_parameter, for which 0 is as good as nothing.
CHOSEN = {"compute": "_compute_coworking_settings", "inverse": "_inverse_coworking_settings"}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    coworking_match_tolerance = fields.Monetary(
        related="company_id.coworking_match_tolerance", readonly=False
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
    coworking_registration_captcha = fields.Boolean(
        string="Captcha", config_parameter="coworking_incubation.registration_captcha"
    )

    @api.depends("company_id")
    def _compute_coworking_settings(self):
        parameters = self.env["ir.config_parameter"]
        for name in self._get_settings_shown():
            self[f"coworking_{name}"] = parameters._coworking_get(name)

    def _get_settings_shown(self):
        """Names of the settings on this screen; the others are for the technical menu."""
        return [name for name in SETTINGS if f"coworking_{name}" in self._fields]

    def _inverse_coworking_settings(self):
        parameters = self.env["ir.config_parameter"]
        for settings in self:
            for name in self._get_settings_shown():
                parameters._coworking_set(name, settings[f"coworking_{name}"])
