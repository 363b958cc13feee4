from odoo import fields, models


class AccountMove(models.Model):
    """Of which claim an entry is: of one at most."""

    _inherit = "account.move"

    # In a table of its own: whoever opens a bill would pay for the index of a column.
    coworking_claim_ids = fields.Many2many(
        "coworking.claim",
        string="Claim",
        ondelete="restrict",
        readonly=True,
        copy=False,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
