from odoo import models

from odoo.addons.coworking_incubation.report.sheet import sheet_values


class ReportFinancial(models.AbstractModel):
    _name = "report.coworking_incubation_funding.report_financial_document"
    _description = "Financial Report, Printed"

    def _get_report_values(self, docids, data=None):
        docs = self.env["coworking.financial.report"].browse(docids)
        docs.check_access("read")
        return {"docs": docs, **sheet_values(self.env)}
