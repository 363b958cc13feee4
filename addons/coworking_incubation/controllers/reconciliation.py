from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from .download import send_file


class Reconciliation(http.Controller):
    @http.route(
        "/coworking_incubation/reconciliation/<int:month_end_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def workbook(self, month_end_id):
        """The workbook that somebody asked for in their own month-end dialog. It is traced."""
        wizard = request.env["coworking.month.end"].browse(month_end_id).exists()
        try:
            wizard.check_access("read")
            wizard.program_ids.check_access("read")
        except AccessError:
            wizard = wizard.browse()
        if not wizard or wizard.create_uid != request.env.user:
            raise request.not_found()
        programs = wizard.program_ids
        content = request.env["coworking.reconciliation"]._make_workbook(programs, wizard.date)
        name = request.env._("Reconciliation %(month)s.xlsx", month=f"{wizard.date:%Y-%m}")
        return send_file(content, name)
