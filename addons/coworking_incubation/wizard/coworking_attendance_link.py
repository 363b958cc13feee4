import base64

from odoo import api, fields, models


class CoworkingAttendanceLink(models.TransientModel):
    """A personal link to sign, shown once: it is not kept anywhere."""

    _name = "coworking.attendance.link"
    _description = "Link to Sign"
    _inherit = ["coworking.record.mixin"]

    url = fields.Char(string="Link", store=False, readonly=True)
    qr_code = fields.Binary(string="QR Code", compute="_compute_qr_code")

    @api.depends("url")
    def _compute_qr_code(self):
        for link in self:
            link.qr_code = link.url and base64.b64encode(
                self.env["ir.actions.report"].barcode("QR", link.url, width=300, height=300)
            )
