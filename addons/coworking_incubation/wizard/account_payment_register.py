from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountPaymentRegister(models.TransientModel):
    """The last moment to notice that money would go to an account nobody has verified."""

    _inherit = "account.payment.register"

    coworking_bank_alert = fields.Text(compute="_compute_coworking_bank_alert", compute_sudo=True)
    coworking_choice = fields.Json(
        export_string_translation=False,
        help="What bills of spaces were when they were chosen to be paid.",
    )

    @api.depends("line_ids")
    def _compute_coworking_bank_alert(self):
        for wizard in self:
            alerts = wizard.line_ids.move_id.mapped("coworking_bank_alert")
            wizard.coworking_bank_alert = "\n".join(sorted(set(filter(None, alerts))))

    def action_create_payments(self):
        """Bills that were chosen among those that are right are still so, or nothing is paid."""
        for wizard in self.filtered("coworking_choice"):
            wizard.line_ids.move_id._coworking_claim_to_pay(wizard.coworking_choice)
            account = wizard.partner_bank_id
            if account and not account.allow_out_payment:
                raise UserError(account._coworking_alert())
        return super().action_create_payments()
