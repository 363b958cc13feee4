from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CoworkingClaimReceive(models.TransientModel):
    """What the funder paid: by a payment of the books, or a day and an amount that are typed."""

    _name = "coworking.claim.receive"
    _description = "Money Received for a Claim"
    _inherit = ["coworking.record.mixin"]

    claim_id = fields.Many2one("coworking.claim", required=True, readonly=True)
    agreement_id = fields.Many2one(related="claim_id.agreement_id")
    company_id = fields.Many2one(related="claim_id.company_id")
    currency_id = fields.Many2one(related="claim_id.currency_id")
    instalment_id = fields.Many2one(
        "coworking.funding.instalment",
        compute="_compute_instalment_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('agreement_id', '=', agreement_id), ('amount_received', '=', 0)]",
        help="Planned, and not received yet. Empty: one that was not planned.",
    )
    payment_ids = fields.Many2many(
        "account.payment",
        string="Payments",
        domain="[('payment_type', '=', 'inbound'), ('company_id', '=', company_id)]",
        groups="coworking_incubation.group_coworking_accountant",
        help="Where the books are kept here. Otherwise type the day and the amount.",
    )
    has_payments = fields.Boolean(compute="_compute_has_payments", compute_sudo=True)
    date = fields.Date(string="Received On", default=fields.Date.context_today)
    amount = fields.Monetary(
        string="Received", compute="_compute_amount", store=True, readonly=False, precompute=True
    )

    @api.depends("claim_id")
    def _compute_instalment_id(self):
        for dialog in self:
            rows = dialog.agreement_id.instalment_ids
            dialog.instalment_id = rows.filtered(
                lambda row: row.kind != "advance" and not row.amount_received
            )[:1]

    @api.depends("payment_ids")
    def _compute_has_payments(self):
        for dialog in self:
            dialog.has_payments = bool(dialog.payment_ids)

    @api.depends("claim_id")
    def _compute_amount(self):
        for dialog in self:
            claim = dialog.claim_id
            dialog.amount = claim.currency_id.round(claim.amount_admitted - claim.amount_received)

    def action_record(self):
        self.ensure_one()
        self.claim_id.check_access("write")
        payments = self.sudo().payment_ids if self.env.su or self._may_link() else None
        if not payments and (
            not self.date or self.currency_id.compare_amounts(self.amount, 0) <= 0
        ):
            raise UserError(
                self.env._(
                    "%s: say on which day how much was received, or choose the payments.",
                    self.claim_id.name,
                )
            )
        if self.instalment_id.amount_received:
            raise UserError(
                self.env._(
                    "%s was received already: choose another instalment, or none.",
                    self.instalment_id.display_name,
                )
            )
        vals = {"claim_id": self.claim_id.id}
        if payments:
            vals["payment_ids"] = [Command.set(payments.ids)]
        else:
            vals |= {"date_received": self.date, "amount_received": self.amount}
        # sudo: who records what came may not plan what is to come
        rows = self.instalment_id.sudo()
        if rows:
            rows.write(vals)
        else:
            amount = sum(payments.mapped("amount")) if payments else self.amount
            planned = {"agreement_id": self.agreement_id.id, "kind": "interim", "amount": amount}
            rows.create({**planned, "date_planned": self.date, **vals})
        return {"type": "ir.actions.act_window_close"}

    def _may_link(self):
        return self._has_field_access(self._fields["payment_ids"], "read")
