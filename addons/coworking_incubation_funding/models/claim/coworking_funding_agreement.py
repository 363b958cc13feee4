from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.coworking_incubation.tools import to_decimal


class CoworkingFundingAgreement(models.Model):
    """What was claimed of a grant, admitted and received."""

    _inherit = "coworking.funding.agreement"

    claim_ids = fields.One2many("coworking.claim", "agreement_id")
    claim_count = fields.Integer(string="Claims", compute="_compute_claim_amounts")
    amount_pending = fields.Monetary(
        string="Claimed, Not Answered",
        compute="_compute_claim_amounts",
        help="What was asked of the funder, who has not answered yet.",
    )
    amount_received = fields.Monetary(
        string="Received", compute="_compute_claim_amounts", help="By all instalments."
    )
    amount_to_justify = fields.Monetary(
        string="Advance to Justify",
        compute="_compute_claim_amounts",
        help="Received, less what was admitted, here or before the take-over. Below zero: the"
        " funder owes it.",
    )
    amount_to_come = fields.Monetary(
        string="To Come",
        compute="_compute_claim_amounts",
        help="Planned instalments, as far as they were not received.",
    )
    date_claims_closed = fields.Date(
        string="Closed for Good On",
        readonly=True,
        copy=False,
        tracking=True,
        help="Nothing more is claimed: what changes afterwards is to be settled with the funder.",
    )
    amount_to_settle = fields.Monetary(
        string="To Settle With the Funder",
        compute="_compute_amount_to_settle",
        help="Shares that came after the agreement was closed for good.",
    )

    @api.depends(
        "amount_used_before",
        "claim_ids.step",
        "claim_ids.amount_claimed",
        "claim_ids.amount_admitted",
        "instalment_ids.amount",
        "instalment_ids.amount_received",
        "instalment_ids.claim_id",
    )
    def _compute_claim_amounts(self):
        for agreement in self:
            claims, rows = agreement.claim_ids, agreement.instalment_ids
            waiting = claims.filtered(lambda claim: claim.step == "submitted")
            admitted = sum(map(to_decimal, claims.mapped("amount_admitted")))
            received = sum(map(to_decimal, rows.mapped("amount_received")))
            planned = sum(map(to_decimal, rows.mapped("amount")))
            agreement.claim_count = len(claims.filtered(lambda claim: claim.step != "cancelled"))
            agreement.amount_pending = float(sum(map(to_decimal, waiting.mapped("amount_claimed"))))
            agreement.amount_received = float(received)
            agreement.amount_to_justify = float(agreement._get_received_here() - admitted)
            agreement.amount_to_come = float(max(planned - received, to_decimal(0)))

    def _get_received_here(self):
        """What was received, as ``Decimal``, but for what was used before the take-over: that is
        money that pays no claim of here.
        """
        self.ensure_one()
        rows = self.instalment_ids
        paying = rows.filtered("claim_id")
        claimed, others = (
            sum(map(to_decimal, own.mapped("amount_received")), to_decimal(0))
            for own in (paying, rows - paying)
        )
        return claimed + max(others - to_decimal(self.amount_used_before), to_decimal(0))

    def _compute_amount_to_settle(self):
        totals = dict(
            self.env["coworking.allocation"]._read_group(
                [("agreement_id", "in", self.ids), ("to_settle", "=", True)],
                ["agreement_id"],
                ["amount:sum"],
            )
        )
        for agreement in self:
            agreement.amount_to_settle = totals.get(agreement._origin, 0.0)

    # === ACTION METHODS ===#

    def action_make_claim(self):
        """A new claim of the next period, opened."""
        self.ensure_one()
        self.env["coworking.claim"].check_access("create")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_claim_action"
        )
        views = [(False, "form")]
        return {**action, "views": views, "context": {"default_agreement_id": self.id}}

    def action_open_claims(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_claim_action"
        )
        domain = [("agreement_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"default_agreement_id": self.id}}

    def action_close_claims(self):
        """Nothing more is claimed of these; whatever waits has to be answered first."""
        self.check_access("write")
        for agreement in self:
            waiting = agreement.claim_ids.filtered(
                lambda claim: claim.step in ("draft", "submitted", "returned")
            )
            if waiting:
                raise UserError(
                    self.env._(
                        "%(agreement)s cannot be closed yet: %(claim)s is not answered. Have it"
                        " accepted, or cancel it.",
                        agreement=agreement.reference,
                        claim=waiting[0].name,
                    )
                )
            agreement.date_claims_closed = fields.Date.context_today(self)
        return True

    def action_open_claims_again(self):
        """These are claimed of again: the audit trail says who did it."""
        self.check_access("write")
        self.date_claims_closed = False
        return True

    def action_open_to_settle(self):
        """What changed after the agreement was closed for good."""
        self.ensure_one()
        action = self.action_open_allocations()
        return {**action, "domain": [("agreement_id", "=", self.id), ("to_settle", "=", True)]}
