from odoo import fields, models


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
