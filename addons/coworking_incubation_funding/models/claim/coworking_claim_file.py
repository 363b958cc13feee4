from odoo import fields, models

from odoo.addons.coworking_incubation.models.base.processing import MONEY

FILE_KINDS = [
    ("bill", "Bill"),
    ("payment", "Proof of payment"),
    ("signature", "Signed document"),
    ("certificate", "Certificate of payment"),
]


class CoworkingClaimFile(models.Model):
    """A proof that went with a claim: its fingerprint, and the file while it is kept."""

    _name = "coworking.claim.file"
    _description = "Proof of a Claim"
    _processing = MONEY
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "claim_id, kind, id"
    _typed_fields = set()

    claim_id = fields.Many2one("coworking.claim", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="claim_id.company_id", store=True, precompute=True)
    kind = fields.Selection(FILE_KINDS, required=True)
    name = fields.Char(export_string_translation=False)
    digest = fields.Char(string="Fingerprint", required=True, help="SHA-256.")
    attachment_id = fields.Many2one("ir.attachment", index="btree_not_null", ondelete="set null")
