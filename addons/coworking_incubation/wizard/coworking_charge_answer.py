from odoo import fields, models
from odoo.exceptions import UserError


class CoworkingChargeAnswer(models.TransientModel):
    """Answer what a space reported of a line. Facts are corrected first, where they are wrong."""

    _name = "coworking.charge.answer"
    _description = "Answer the Space"
    _inherit = ["coworking.record.mixin"]

    charge_id = fields.Many2one(
        "coworking.charge", required=True, readonly=True, ondelete="cascade"
    )
    statement_id = fields.Many2one(related="charge_id.statement_id")
    explanation = fields.Char(related="charge_id.explanation")
    dispute_reason = fields.Char(related="charge_id.dispute_reason", string="What They Say")
    answer = fields.Char(required=True, help="The space reads it beside the line.")

    def action_apply(self):
        """The line goes back to the space, brought up to date, with our answer."""
        self.ensure_one()
        charge = self.charge_id
        charge.check_access("write")
        statement = charge.statement_id
        if charge.review != "disputed":
            raise UserError(
                self.env._("The line of seat %s is not disputed any more.", charge.seat_id.name)
            )
        # sudo: an answer is written here alone
        charge.sudo().dispute_answer = self.answer
        charge.review = "pending"
        statement.action_refresh()
        statement.activity_feedback(
            ["mail.mail_activity_data_todo"], feedback=self.answer, only_automated=False
        )
        return {"type": "ir.actions.act_window_close"}
