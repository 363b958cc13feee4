from odoo import api, models
from odoo.exceptions import UserError

EVIDENCE = "coworking.evidence"


class CoworkingKept(models.AbstractModel):
    """Archives of evidence: nobody opens, changes or deletes one by the ways of any other file."""

    _inherit = "coworking.kept"

    @api.model
    def _get_hidden(self, model_and_ids):
        hidden = super()._get_hidden(model_and_ids)
        ids = () if self.env.su else model_and_ids.get(EVIDENCE, ())
        return hidden + [(EVIDENCE, row_id) for row_id in ids if row_id]

    @api.model
    def _check_not_kept(self, files):
        # sudo: what is sealed is sealed for everybody
        archives = files.sudo().filtered(lambda file: file.res_model == EVIDENCE)
        evidence = self.env[EVIDENCE].sudo().browse(archives.mapped("res_id")).exists()
        sealed = evidence.filtered(lambda row: row.state == "sealed")
        if sealed:
            raise UserError(self.env._("%s is sealed: its archive stays as it is.", sealed[0].name))
        return super()._check_not_kept(files)
