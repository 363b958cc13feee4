from odoo import api, fields, models


class AccountPaymentRegister(models.TransientModel):
    """The last moment to notice that money would go to an account nobody has verified."""

    _inherit = "account.payment.register"

    coworking_bank_alert = fields.Text(compute="_compute_coworking_bank_alert", compute_sudo=True)

    @api.depends("line_ids")
    def _compute_coworking_bank_alert(self):
        for wizard in self:
            alerts = wizard.line_ids.move_id.mapped("coworking_bank_alert")
            wizard.coworking_bank_alert = "\n".join(sorted(set(filter(None, alerts))))
