from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools import read_scan, scan_of


class CoworkingAttendancePaper(models.TransientModel):
    """A sheet that was signed on paper, typed beside its scan."""

    _name = "coworking.attendance.paper"
    _description = "Signed Paper Sheet"
    _inherit = ["coworking.record.mixin"]

    event_id = fields.Many2one(
        "calendar.event", required=True, domain="[('coworking_kind', '!=', False)]"
    )
    scan = fields.Binary(string="Scan or Photo", required=True, attachment=False)
    scan_name = fields.Char()
    scan_kind = fields.Char(compute="_compute_scan_kind", export_string_translation=False)
    host_signed = fields.Boolean(
        string="Signed by Who Led It", help="Their signature is on the sheet too."
    )
    line_ids = fields.One2many(
        "coworking.attendance.paper.line",
        "paper_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("scan")
    def _compute_scan_kind(self):
        """What can be shown beside the list: said at once when it is no scan."""
        for paper in self:
            scan = paper.with_context(bin_size=False).scan
            paper.scan_kind = scan and read_scan(self.env, scan)[1]

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
        content, kind = scan_of(self.env, self.with_context(bin_size=False).scan)
        # The sheet holds names: it is for those who read this list, not for all who see the event.
        sheet = (
            self.env["ir.attachment"]
            .with_context(image_no_postprocess=True)
            .create(
                {
                    "name": self.env._("Signed sheet.%s", kind),
                    "raw": content,
                    "res_model": signed._name,
                    "res_id": (signed or absent or excused)[0].id,
                }
            )
        )
        by = self.env.user.partner_id
        signed._take_signature(False, "paper", by, sheet=sheet)
        if self.host_signed:
            signed.filtered(lambda row: not row.host_signed_at)._take_signature(
                False, "paper", by, sheet=sheet, signer="host"
            )
        absent.write({"state": "absent"})
        excused.write({"state": "excused"})
        return True
