from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingKept(models.AbstractModel):
    _inherit = "coworking.kept"

    @api.model
    def _get_keepers(self):
        return super()._get_keepers() | {("coworking.claim.file", "attachment_id")}

    @api.model
    def _check_not_kept(self, files):
        """A proof of a claim that was sent stays until the funder cannot ask for it any more."""
        today = fields.Date.today()
        # sudo: what was sent is kept for everybody, whoever may read it
        kept = (
            self.env["coworking.claim.file"]
            .sudo()
            .search(
                [
                    ("attachment_id", "in", files.ids),
                    ("claim_id.step", "in", ("submitted", "accepted")),
                    "|",
                    ("claim_id.agreement_id.evidence_until", "=", False),
                    ("claim_id.agreement_id.evidence_until", ">=", today),
                ],
                limit=1,
            )
        )
        if kept:
            raise UserError(
                self.env._(
                    "“%(file)s” is a proof of %(claim)s: it cannot be changed or deleted as long as"
                    " the funder may ask for it.",
                    file=kept.name or "",
                    claim=kept.claim_id.name,
                )
            )
        return super()._check_not_kept(files)
