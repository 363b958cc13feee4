from odoo import api, models
from odoo.exceptions import UserError

from ...tools import find_referred


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _get_keepers(self):
        return [*super()._get_keepers(), ("coworking.attendance.signature", "sheet_id")]

    def _check_not_kept(self):
        """The picture of a signature, and the sheets that were signed on paper, stay."""
        # sudo: what is kept is kept for everybody, whoever may read it
        signatures = self.env["coworking.attendance.signature"].sudo()
        scans = self.env["coworking.presence.scan"].sudo()
        files = self.sudo()
        kept = any(
            model.browse(
                files.filtered(lambda row, of=model._name: row.res_model == of).mapped("res_id")
            ).exists()
            for model in (signatures, scans)
        )
        if kept or find_referred(self, (signatures._name, "sheet_id")):
            raise UserError(
                self.env._("This is kept as evidence of who was there: it stays as it is.")
            )
        return super()._check_not_kept()
