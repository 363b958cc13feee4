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
        charge, statement = self.charge_id, self.statement_id
        seat = charge.seat_id
        charge.check_access("write")
        if charge.review != "disputed":
            raise UserError(self.env._("The line of seat %s is not disputed any more.", seat.name))
        # sudo: an answer is written here alone
        charge.sudo().dispute_answer = self.answer
        charge.review = "pending"
        statement.action_refresh()
        statement._get_report_activities(seat).action_feedback(feedback=self.answer)
        return {"type": "ir.actions.act_window_close"}
