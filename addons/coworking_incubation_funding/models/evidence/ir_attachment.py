import itertools

from odoo import models
from odoo.exceptions import UserError

EVIDENCE = "coworking.evidence"


class IrAttachment(models.Model):
    """Archives of evidence: nobody opens, changes or deletes one by the ways of any other file."""

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        found = super()._inaccessible_comodel_records(model_and_ids, operation)
        ids = model_and_ids.get(EVIDENCE)
        if ids and not self.env.su:
            return itertools.chain(found, ((EVIDENCE, row_id) for row_id in filter(None, ids)))
        return found

    def _check_not_kept(self):
        # sudo: what is sealed is sealed for everybody
        archives = self.sudo().filtered(lambda file: file.res_model == EVIDENCE)
        evidence = self.env[EVIDENCE].sudo().browse(archives.mapped("res_id")).exists()
        sealed = evidence.filtered(lambda row: row.state == "sealed")
        if sealed:
            raise UserError(self.env._("%s is sealed: its archive stays as it is.", sealed[0].name))
        return super()._check_not_kept()
