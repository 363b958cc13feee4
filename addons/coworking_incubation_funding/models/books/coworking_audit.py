from odoo import api, models


class CoworkingAudit(models.Model):
    _inherit = "coworking.audit"

    @api.model
    def _get_money_models(self):
        """Payments that came from books kept elsewhere are money."""
        return [*super()._get_money_models(), "account.payment"]
