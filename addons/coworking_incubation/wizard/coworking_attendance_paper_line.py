from odoo import fields, models


class CoworkingAttendancePaperLine(models.TransientModel):
    _name = "coworking.attendance.paper.line"
    _description = "Line of a Signed Sheet"
    _inherit = ["coworking.record.mixin"]

    paper_id = fields.Many2one("coworking.attendance.paper", required=True, ondelete="cascade")
    attendance_id = fields.Many2one("coworking.attendance", required=True, ondelete="cascade")
    mark = fields.Selection(
        [
            ("none", "Nothing"),
            ("signed", "Signed"),
            ("absent", "Absent"),
            ("excused", "Excused"),
        ],
        required=True,
        default="none",
    )
