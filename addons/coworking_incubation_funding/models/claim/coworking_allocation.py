from odoo import fields, models
from odoo.fields import Domain


class CoworkingAllocation(models.Model):
    """Which claim asks for a share."""

    _inherit = "coworking.allocation"

    claim_line_ids = fields.One2many(
        "coworking.claim.line", "allocation_id", string="Lines of Claims"
    )
    claim_id = fields.Many2one(related="claim_line_ids.claim_id", string="Claim")
    to_settle = fields.Boolean(
        string="To Settle With the Funder",
        compute="_compute_to_settle",
        search="_search_to_settle",
        help="It came after the agreement was closed for good: no claim asks for it any more.",
    )

    def _compute_to_settle(self):
        for share in self:
            share.to_settle = bool(share.agreement_id.date_claims_closed and not share.frozen)

    def _search_to_settle(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("agreement_id.date_claims_closed", "!=", False) & Domain("frozen", "=", False)

    def _get_answered_domain(self):
        return Domain("claim_line_ids.claim_id.step", "=", "accepted")
