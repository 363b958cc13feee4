from odoo import models

from odoo.addons.coworking_incubation.report.sheet import sheet_values


class ReportActivity(models.AbstractModel):
    _name = "report.coworking_incubation_funding.report_activity_document"
    _description = "Activity Report, Printed"

    def _get_report_values(self, docids, data=None):
        docs = self.env["coworking.report"].browse(docids)
        docs.check_access("read")
        return {
            "docs": docs,
            "number": self.env["coworking.indicator"]._format_number,
            **sheet_values(self.env),
        }
