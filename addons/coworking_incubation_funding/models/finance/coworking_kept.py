from odoo import api, models
from odoo.exceptions import UserError

REPORT = "coworking.financial.report"


class CoworkingKept(models.AbstractModel):
    _inherit = "coworking.kept"

    @api.model
    def _check_not_kept(self, files):
        """The file of a financial report that is final stays as it was sealed."""
        # sudo: what is sealed is sealed for everybody, whoever may read it
        own = files.sudo().filtered(lambda row: row.res_model == REPORT and row.res_field)
        reports = self.env[REPORT].sudo().browse(own.mapped("res_id")).exists()
        sealed = reports.filtered("file_hash")
        if sealed:
            raise UserError(
                self.env._("%s is final: its file cannot be changed or deleted.", sealed[0].name)
            )
        return super()._check_not_kept(files)
