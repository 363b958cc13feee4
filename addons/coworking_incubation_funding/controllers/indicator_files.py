from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.coworking_incubation.controllers.download import send_file

# What leaves as a workbook: model, and its method that makes it, as whoever asks may see it.
WORKBOOKS = {
    "claim": ("coworking.claim", "_make_workbook"),
    "financial_report": ("coworking.financial.report", "_get_workbook"),
    "report": ("coworking.report", "_make_workbook"),
}


class IndicatorFiles(http.Controller):
    @http.route(
        "/coworking_incubation_funding/<any(claim,financial_report,report):kind>"
        "/<int:record_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def workbook(self, kind, record_id):
        """A claim or a report, with what its reader may not see hidden. It is traced."""
        model, method = WORKBOOKS[kind]
        record = request.env[model].browse(record_id)
        try:
            content, name = getattr(record, method)(), record.name
        except (AccessError, MissingError):
            return request.not_found()
        return send_file(content, f"{name}.xlsx")

    @http.route(
        "/coworking_incubation_funding/export/<int:export_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def export_workbook(self, export_id):
        """What somebody asked for in their own dialog. It is traced."""
        wizard = request.env["coworking.export"].browse(export_id)
        try:
            wizard.check_access("read")
            mapping = wizard.mapping_id
            content = mapping._make_workbook(wizard._find_files())
        except (AccessError, MissingError):
            return request.not_found()
        # no name of a person, nor of a program, in the name of a file
        return send_file(content, f"export-{wizard.id}.xlsx")
