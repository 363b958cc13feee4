import json

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.pivot import TableExporter


class CoworkingTableExporter(TableExporter):
    """Data about people leaves Odoo by the download of a pivot as it does by that of a list."""

    def _is_readonly(self, rule, args):
        """Never: what leaves is written down. Asked, because Odoo warns of a plain ``False``."""
        return False

    @http.route(readonly=_is_readonly)
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
