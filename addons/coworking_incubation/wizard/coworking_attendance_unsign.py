from odoo import fields, models


class CoworkingAttendanceUnsign(models.TransientModel):
    """Why the signatures of an attendance are taken back."""

    _name = "coworking.attendance.unsign"
    _description = "Take a Signature Back"
    _inherit = ["coworking.record.mixin"]

    attendance_id = fields.Many2one("coworking.attendance", required=True, ondelete="cascade")
    reason = fields.Char(required=True)

    def action_apply(self):
        self.attendance_id._withdraw_signature(self.reason)
        return True
