from odoo import api, models
from odoo.exceptions import UserError


class CoworkingKept(models.AbstractModel):
    _inherit = "coworking.kept"

    @api.model
    def _check_not_kept(self, files):
        """The document of an agreement that everybody signed stays as it was sealed."""
        # sudo: what is sealed is sealed for everybody, whoever may read it
        hostings = self.env["coworking.hosting"].sudo()
        candidates = files.sudo().filtered(lambda row: row.res_model == hostings._name)
        sealed = candidates and hostings.search(
            [("sealed_attachment_id", "in", candidates.ids)], limit=1
        )
        if sealed:
            raise UserError(
                self.env._(
                    "%s was signed by all: its document cannot be changed or deleted.", sealed.name
                )
            )
        return super()._check_not_kept(files)
