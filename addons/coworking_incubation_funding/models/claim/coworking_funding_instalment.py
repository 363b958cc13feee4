from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CoworkingFundingInstalment(models.Model):
    """For which claim an instalment was paid."""

    _inherit = "coworking.funding.instalment"

    claim_id = fields.Many2one(
        "coworking.claim",
        index="btree_not_null",
        ondelete="set null",
        domain="[('agreement_id', '=', agreement_id), ('number', '>', 0)]",
        help="The claim that the funder says it pays. An advance pays none.",
    )

    @api.constrains("agreement_id", "claim_id")
    def _check_claim(self):
        for instalment in self.filtered("claim_id"):
            if instalment.claim_id.agreement_id != instalment.agreement_id:
                raise ValidationError(
                    self.env._(
                        "%(claim)s is not of agreement %(agreement)s: its instalments pay its own"
                        " claims.",
                        claim=instalment.claim_id.name,
                        agreement=instalment.agreement_id.reference,
                    )
                )
