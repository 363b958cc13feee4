from odoo import models
from odoo.exceptions import UserError

REPORT = "coworking.financial.report"


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _check_not_kept(self):
        """The file of a financial report that is final stays as it was sealed."""
        # sudo: what is sealed is sealed for everybody, whoever may read it
        files = self.sudo().filtered(lambda row: row.res_model == REPORT and row.res_field)
        reports = self.env[REPORT].sudo().browse(files.mapped("res_id")).exists()
        sealed = reports.filtered("file_hash")
        if sealed:
            raise UserError(
                self.env._("%s is final: its file cannot be changed or deleted.", sealed[0].name)
            )
        return super()._check_not_kept()
