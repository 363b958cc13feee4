from odoo import api, fields, models

from .ir_config_parameter import SETTINGS


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
    # Not by config_parameter, which takes 0 for "nobody said".
    coworking_half_day_border = fields.Float(string="The Afternoon Begins At")
    coworking_suspension_backdate_days = fields.Integer(
        string="Suspensions Recorded Late, at Most (days)"
    )
    coworking_registration_hold_hours = fields.Integer(string="Time to Confirm (hours)")
    coworking_registration_limit_minutes = fields.Integer(string="Attempts Counted Over (minutes)")
    coworking_registration_limit_network = fields.Integer(
        string="Attempts From One Internet Connection"
    )
    coworking_registration_limit_address = fields.Integer(
        string="Attempts With One E-mail or Phone"
    )
    coworking_registration_min_seconds = fields.Integer(
        string="Sent No Sooner Than After (seconds)"
    )
    coworking_registration_captcha = fields.Boolean(
        string="Captcha", config_parameter="coworking_incubation.registration_captcha"
    )

    @api.model
    def get_values(self):
        parameters = self.env["ir.config_parameter"]
        return super().get_values() | {
            f"coworking_{name}": parameters._coworking_get(name) for name in SETTINGS
        }

    def set_values(self):
        result = super().set_values()
        parameters = self.env["ir.config_parameter"]
        for name in SETTINGS:
            parameters._coworking_set(name, self[f"coworking_{name}"])
        return result
