import json

from werkzeug.datastructures import FileStorage

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.pivot import TableExporter


class CoworkingTableExporter(TableExporter):
    """Data about people leaves Odoo by the download of a pivot as it does by that of a list."""

    @http.route(readonly=False)
    def export_xlsx(self, data, **kw):
        content = data.read() if isinstance(data, FileStorage) else data
        table = json.loads(content)
        name = table.get("model") if isinstance(table, dict) else None
        records = request.env.get(str(name))
        if getattr(records, "_processing", None):
            records._check_export_right()
            records._trace("exported", format="pivot", count=len(table.get("rows") or ()))
        return super().export_xlsx(content, **kw)
