from odoo import fields, models

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding


class CoworkingAllocationHold(models.Model):
    """What a person decided: how much of a cost, and of all that concerns the same charge, an
    agreement takes, in place of its rate.
    """

    _name = "coworking.allocation.hold"
    _description = "Share Placed by Hand"
    _processing = MONEY
    _inherit = ["coworking.record.mixin"]
    _order = "id desc"

    cost_id = fields.Many2one(
        "coworking.cost", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="cost_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    amount = fields.Monetary(readonly=True)
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Decided By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
    )

    _once = models.Constraint(
        "UNIQUE(cost_id, agreement_id)", "What an agreement takes of a cost is decided once."
    )

    def _to_held(self):
        """This decision as ``funding.Held``."""
        self.ensure_one()
        return funding.Held(
            item=self.cost_id._get_item(),
            agreement=self.agreement_id.id,
            amount=to_decimal(self.amount),
        )
