import json

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.pivot import TableExporter


class CoworkingTableExporter(TableExporter):
    """Data about people leaves Odoo by the download of a pivot as it does by that of a list."""

    @http.route(readonly=False)
    def export_xlsx(self, data=None, **kw):
        content = data.read() if isinstance(data, FileStorage) else data
        try:
            table = json.loads(content)
            records = request.env.get(str(table["model"]))
            if getattr(records, "_processing", None):
                records._check_export_right()
                records._trace("exported", format="pivot", count=len(table["rows"]))
            return super().export_xlsx(content, **kw)
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest from error  # what is no pivot
