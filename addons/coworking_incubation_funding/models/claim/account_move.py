from odoo import fields, models


class AccountMove(models.Model):
    """Entries of a claim."""

    _inherit = "account.move"

    coworking_claim_id = fields.Many2one(
        "coworking.claim",
        string="Claim",
        prefetch="coworking",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
