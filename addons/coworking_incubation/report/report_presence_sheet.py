from odoo import api, models

from .sheet import sheet_values


class ReportPresenceSheet(models.AbstractModel):
    _name = "report.coworking_incubation.report_presence_sheet"
    _description = "Presence Sheets of a Month"

    @api.model
    def _get_report_values(self, docids, data=None):
        wizards = self.env["coworking.presence.sheet"].browse(docids)
        wizards.check_access("read")
        return {
            "docs": wizards,
            "pages": {wizard.id: wizard._prepare_sheet_pages() for wizard in wizards},
            **sheet_values(self.env),
        }
