from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CoworkingRegister(http.Controller):
    @http.route(
        "/coworking_incubation/register/<int:sheet_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def register(self, sheet_id):
        """The attendance register that the reader asked for, with what the reader may see."""
        sheet = request.env["coworking.presence.sheet"].browse(sheet_id)
        try:
            sheet.check_access("read")
            if sheet.create_uid != request.env.user:
                return request.not_found()
            content = sheet._make_workbook()
        except (AccessError, MissingError):
            return request.not_found()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(sheet._register_name())),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
