from odoo import models

from odoo.addons.coworking_incubation.report.sheet import sheet_values


class ReportClaim(models.AbstractModel):
    _name = "report.coworking_incubation_funding.report_claim_document"
    _description = "Claim, Printed"

    def _get_report_values(self, docids, data=None):
        docs = self.env["coworking.claim"].browse(docids)
        docs.check_access("read")
        return {"docs": docs, **sheet_values(self.env)}
