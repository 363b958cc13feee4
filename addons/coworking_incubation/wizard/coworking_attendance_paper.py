import base64

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CoworkingAttendancePaper(models.TransientModel):
    """A sheet that was signed on paper, typed beside its scan."""

    _name = "coworking.attendance.paper"
    _description = "Signed Paper Sheet"

    event_id = fields.Many2one(
        "calendar.event", required=True, domain="[('coworking_kind', '!=', False)]"
    )
    scan = fields.Binary(string="Scan or Photo", required=True, attachment=False)
    scan_name = fields.Char()
    line_ids = fields.One2many(
        "coworking.attendance.paper.line",
        "paper_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("event_id")
    def _compute_line_ids(self):
        for paper in self:
            people = paper.event_id.coworking_attendance_ids.filtered(
                lambda row: row.state not in ("waiting", "cancelled") and not row.signed_at
            ).sorted("display_name")
            paper.line_ids = [
                Command.clear(),
                *(Command.create({"attendance_id": row.id, "mark": "none"}) for row in people),
            ]

    def action_apply(self):
        self.ensure_one()
        signed = self.line_ids.filtered(lambda line: line.mark == "signed").attendance_id
        absent = self.line_ids.filtered(lambda line: line.mark == "absent").attendance_id
        excused = self.line_ids.filtered(lambda line: line.mark == "excused").attendance_id
        if not signed and not absent and not excused:
            raise UserError(self.env._("Say of each person whether they signed the sheet."))
        self.event_id.check_access("write")
        sheet = self.env["ir.attachment"].create(
            {
                "name": self.scan_name or self.env._("Signed sheet"),
                "raw": base64.b64decode(self.scan),
                "res_model": "calendar.event",
                "res_id": self.event_id.id,
            }
        )
        if sheet.mimetype not in ("application/pdf", "image/png", "image/jpeg", "image/webp"):
            raise UserError(self.env._("The scan is a PDF or a picture (PNG, JPEG)."))
        signed._sign(False, "paper", self.env.user.partner_id, sheet)
        absent.write({"state": "absent"})
        excused.write({"state": "excused"})
