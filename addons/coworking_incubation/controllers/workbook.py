from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from .download import send_file


class CoworkingWorkbook(http.Controller):
    """Workbooks that somebody asked for in a dialog of their own."""

    @http.route(
        "/coworking_incubation/register/<int:sheet_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def register(self, sheet_id):
        """The attendance register that the reader asked for, with what the reader may see. It is
        traced.
        """
        return self._send_workbook(
            "coworking.presence.sheet",
            sheet_id,
            lambda sheet: (sheet._make_workbook(), sheet._register_name()),
        )

    @http.route(
        "/coworking_incubation/take-over/<int:take_over_id>/<any(empty,examples):kind>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def take_over(self, take_over_id, kind):
        """The workbook of a take-over, to be filled in."""
        return self._send_workbook(
            "coworking.take.over",
            take_over_id,
            lambda take_over: (
                take_over._make_workbook(examples=kind == "examples"),
                take_over._get_workbook_name(examples=kind == "examples"),
            ),
        )

    @http.route(
        "/coworking_incubation/take-over/<int:take_over_id>/export",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def export(self, take_over_id):
        """A program as it stands, for who may take personal data along. It is noted there."""
        return self._send_workbook(
            "coworking.take.over",
            take_over_id,
            lambda take_over: (take_over._make_export(), take_over._get_export_name()),
        )

    @http.route(
        "/coworking_incubation/reconciliation/<int:month_end_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def reconciliation(self, month_end_id):
        """Documents, expected and entered, as of a month end. It is traced."""
        return self._send_workbook(
            "coworking.month.end",
            month_end_id,
            lambda month_end: (month_end._make_workbook(), month_end._get_workbook_name()),
        )

    def _send_workbook(self, model, record_id, make):
        """The workbook that the reader's own dialog makes, or no page.

        :param make: called with the dialog, gives the content and the name of the file
        """
        dialog = request.env[model].browse(record_id)
        try:
            dialog.check_access("read")
            if dialog.create_uid != request.env.user:
                return request.not_found()
            content, name = make(dialog)
        except (AccessError, MissingError):
            return request.not_found()
        return send_file(content, name)
