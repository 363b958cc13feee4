from odoo import api, fields, models

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding


class CoworkingAllocationHold(models.Model):
    """What a person decided: an amount of a cost, and of all that concerns the same charge or bill
    line, goes from one funder to another, or from or to own funds, over what the terms give. It
    stays while the bill is a draft, and when more is paid.
    """

    _name = "coworking.allocation.hold"
    _description = "Share Placed by Hand"
    _processing = MONEY
    _inherit = ["coworking.record.mixin"]
    _order = "id desc"

    program_id = fields.Many2one(
        "coworking.program", required=True, readonly=True, index=True, ondelete="cascade"
    )
    item = fields.Char(required=True, readonly=True, export_string_translation=False)
    company_id = fields.Many2one(related="program_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    source_id = fields.Many2one(
        "coworking.funding.agreement",
        string="From",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: own funds.",
    )
    target_id = fields.Many2one(
        "coworking.funding.agreement",
        string="To",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: own funds.",
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

    @api.model
    def _get_typed_names(self, vals):
        return ("reason",)

    def _to_held(self, item):
        """This decision as ``funding.Held``.

        :param item: of the costs that it is about, ``coworking.cost.item``
        """
        self.ensure_one()
        return funding.Held(
            item=item,
            source=self.source_id.id or None,
            target=self.target_id.id or None,
            amount=to_decimal(self.amount),
        )
