from odoo import api, models
from odoo.exceptions import UserError

from ...tools import find_referred


class CoworkingKept(models.AbstractModel):
    _inherit = "coworking.kept"

    @api.model
    def _get_keepers(self):
        return super()._get_keepers() | {("coworking.attendance.signature", "sheet_id")}

    @api.model
    def _check_not_kept(self, files):
        """The picture of a signature, and the sheets that were signed on paper, stay."""
        # sudo: what is kept is kept for everybody, whoever may read it
        signatures = self.env["coworking.attendance.signature"].sudo()
        scans = self.env["coworking.presence.scan"].sudo()
        on_any = files.sudo()
        kept = any(
            model.browse(
                on_any.filtered(lambda row, of=model._name: row.res_model == of).mapped("res_id")
            ).exists()
            for model in (signatures, scans)
        )
        if kept or find_referred(files, (signatures._name, "sheet_id")):
            raise UserError(
                self.env._("This is kept as evidence of who was there: it stays as it is.")
            )
        return super()._check_not_kept(files)
