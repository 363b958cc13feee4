from odoo import fields, models


class CoworkingBillPaymentLine(models.TransientModel):
    """A bill that is not paid now, and why."""

    _name = "coworking.bill.payment.line"
    _description = "Bill Kept Out of a Payment"
    _inherit = ["coworking.record.mixin"]

    wizard_id = fields.Many2one(
        "coworking.bill.payment", required=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one("account.move", required=True, ondelete="cascade")
    operator_id = fields.Many2one(related="move_id.commercial_partner_id", string="Operator")
    ref = fields.Char(related="move_id.ref", string="Bill")
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount_residual = fields.Monetary(related="move_id.amount_residual", string="Left to Pay")
    reason = fields.Text(string="Why", readonly=True)

    def action_open_bill(self):
        """Where what speaks against it is settled."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
