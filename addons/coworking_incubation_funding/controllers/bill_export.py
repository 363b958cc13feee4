from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.coworking_incubation.controllers.download import XLSX, send_file

TYPES = {"xlsx": XLSX, "fec": "text/plain; charset=utf-8"}


class CoworkingBillExport(http.Controller):
    @http.route(
        "/coworking_incubation_funding/bills/<int:export_id>/<any(xlsx,fec):kind>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def bills(self, export_id, kind):
        """The bills that somebody asked for in their own dialog. It is traced."""
        export = request.env["coworking.bill.export"].browse(export_id)
        try:
            export.check_access("read")
            if export.create_uid != request.env.user:
                return request.not_found()
            content, name = export._make_file(kind)
        except (AccessError, MissingError):
            return request.not_found()
        return send_file(content, name, TYPES[kind])
