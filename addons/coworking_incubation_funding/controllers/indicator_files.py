from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.coworking_incubation.controllers.download import send_file


class IndicatorFiles(http.Controller):
    @http.route(
        "/coworking_incubation_funding/report/<int:report_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def report_workbook(self, report_id):
        """A report, with the small figures that its reader may not see hidden. It is traced."""
        report = request.env["coworking.report"].browse(report_id)
        try:
            content = report._make_workbook()
            name = report.name
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

    @http.route(
        "/coworking_incubation_funding/financial_report/<int:report_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def financial_workbook(self, report_id):
        """A financial report: that of a final one as it was sealed. It is traced."""
        report = request.env["coworking.financial.report"].browse(report_id)
        try:
            content = report._get_workbook()
            name = report.name
        except (AccessError, MissingError):
            return request.not_found()
        return send_file(content, f"{name}.xlsx")

    @http.route(
        "/coworking_incubation_funding/claim/<int:claim_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def claim_workbook(self, claim_id):
        """A claim with its list of paid expenses. It is traced."""
        claim = request.env["coworking.claim"].browse(claim_id)
        try:
            content = claim._make_workbook()
            name = claim.name
        except (AccessError, MissingError):
            return request.not_found()
        return send_file(content, f"{name}.xlsx")
