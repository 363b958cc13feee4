from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class IrAttachment(models.Model):
    """What was attached to a person's file is not for who reads the names of people only."""

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        participants = self.env["coworking.participant"]
        if participants._reads_names_only():
            for participant_id in model_and_ids.get(participants._name, ()):
                yield participants._name, participant_id

    def write(self, vals):
        # The picture of its first page is made by whoever looks at it.
        if vals.keys() - {"access_token", "description", "thumbnail"}:
            self._check_not_sealed()
        return super().write(vals)

    def unlink(self):
        if not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self._check_not_sealed()
        return super().unlink()

    def _check_not_sealed(self):
        """The document of an agreement that everybody signed stays as it was sealed."""
        # sudo: what is sealed is sealed for everybody, whoever may read it
        hostings = self.env["coworking.hosting"].sudo()
        candidates = self.sudo().filtered(lambda row: row.res_model == hostings._name)
        sealed = candidates and hostings.search(
            [("sealed_attachment_id", "in", candidates.ids)], limit=1
        )
        if sealed:
            raise UserError(
                self.env._(
                    "%s was signed by all: its document cannot be changed or deleted.", sealed.name
                )
            )
        self._check_not_evidence()

    def _check_not_evidence(self):
        """Nor do the picture of a signature, and the sheets that were signed on paper."""
        # sudo: see above
        signatures = self.env["coworking.attendance.signature"].sudo()
        scans = self.env["coworking.presence.scan"].sudo()
        files = self.sudo()
        kept = any(
            model.browse(
                files.filtered(lambda row, of=model._name: row.res_model == of).mapped("res_id")
            ).exists()
            for model in (signatures, scans)
        )
        if kept or files and signatures.search_count([("sheet_id", "in", files.ids)], limit=1):
            raise UserError(
                self.env._("This is kept as evidence of who was there: it stays as it is.")
            )

    @api.model
    def _search(self, domain, *args, **kwargs):
        participants = self.env["coworking.participant"]
        if participants._reads_names_only() and not kwargs.get("bypass_access"):
            domain = Domain(domain) & Domain("res_model", "!=", participants._name)
        return super()._search(domain, *args, **kwargs)
