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
        domain="[('id', 'in', open_instalment_ids)]",
        help="Planned, and not wholly received yet. Empty: one that was not planned.",
    )
    open_instalment_ids = fields.Many2many(
        "coworking.funding.instalment",
        compute="_compute_open_instalment_ids",
        export_string_translation=False,
    )
    payment_ids = fields.Many2many(
        "account.payment",
        string="Payments",
        domain="[('payment_type', '=', 'inbound'), ('company_id', '=', company_id),"
        " ('coworking_instalment_ids', '=', False)]",
        groups="coworking_incubation.group_coworking_accountant",
        help="Where the books are kept here. Otherwise type the day and the amount.",
    )
    has_payments = fields.Boolean(compute="_compute_has_payments", compute_sudo=True)
    date = fields.Date(string="Received On", default=fields.Date.context_today)
    amount = fields.Monetary(
        string="Received", compute="_compute_amount", store=True, readonly=False, precompute=True
    )
    surplus = fields.Monetary(compute="_compute_surplus", export_string_translation=False)

    @api.depends("claim_id")
    def _compute_open_instalment_ids(self):
        for dialog in self:
            dialog.open_instalment_ids = dialog.agreement_id.instalment_ids.filtered(
                lambda row, claim=dialog.claim_id: (
                    row.currency_id.compare_amounts(row.amount_received, row.amount) < 0
                    and row.claim_id in (claim, claim.browse())
                )
            )

    @api.depends("open_instalment_ids")
    def _compute_instalment_id(self):
        for dialog in self:
            rows = dialog.open_instalment_ids
            dialog.instalment_id = rows.filtered(lambda row: row.kind != "advance")[:1]

    @api.depends("payment_ids")
    def _compute_has_payments(self):
        for dialog in self:
            dialog.has_payments = bool(dialog.payment_ids)

    @api.depends("claim_id")
    def _compute_amount(self):
        for dialog in self:
            dialog.amount = dialog._get_due()

    @api.depends("amount", "claim_id", "payment_ids")
    def _compute_surplus(self):
        for dialog in self:
            more = 0.0 if dialog.has_payments else dialog.amount - dialog._get_due()
            dialog.surplus = max(more, 0.0)

    def _get_due(self):
        """What was admitted and is not received yet."""
        claim = self.claim_id
        due = claim.amount_admitted - claim.amount_received
        return claim.currency_id.round(due) if claim else 0.0

    def action_record(self):
        self.ensure_one()
        self.claim_id._check_may_change(("accepted",))
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
        self._check_open(0.0 if payments else self.amount)
        # sudo: who records what came may not plan what is to come
        row = self.instalment_id.sudo()
        self._check_instalment(row, payments)
        vals = {"claim_id": self.claim_id.id}
        if payments:
            vals["payment_ids"] = [Command.link(payment.id) for payment in payments]
        else:
            received = self.currency_id.round(row.amount_received + self.amount)
            vals |= {"date_received": self.date, "amount_received": received}
        if row:
            row.write(vals)
        else:  # nothing was planned: nothing more is to come of it
            planned = {"agreement_id": self.agreement_id.id, "kind": "interim", "amount": 0.0}
            row.create({**planned, "date_planned": self.date, **vals})
        return {"type": "ir.actions.act_window_close"}

    def _check_open(self, typed):
        """
        :param typed: what is typed as received: a payment of the books counts once by itself
        :raise UserError: that much was recorded already, such as by somebody else
        """
        claim = self.claim_id
        paying = claim.agreement_id.instalment_ids.filtered(lambda row: row.claim_id == claim)
        received = self.currency_id.round(sum(paying.mapped("amount_received")))
        compare = self.currency_id.compare_amounts
        over = compare(received + typed, claim.amount_admitted) > 0
        if paying and (over or compare(received, claim.amount_admitted) >= 0):
            raise UserError(
                self.env._(
                    "%(claim)s: of the %(amount)s that were admitted, %(received)s were recorded as"
                    " received already. What came beside them is typed in the instalments of"
                    " %(agreement)s.",
                    claim=claim.name,
                    amount=self.currency_id.format(claim.amount_admitted),
                    received=self.currency_id.format(received),
                    agreement=claim.agreement_id.reference,
                )
            )

    def _check_instalment(self, row, payments):
        """:raise UserError: it is of another agreement or claim, nothing more is to come of it, or
        what came was recorded otherwise
        """
        if row.agreement_id - self.agreement_id:
            raise UserError(
                self.env._(
                    "The instalment chosen for %(claim)s is of another agreement: choose one of"
                    " %(agreement)s, or none.",
                    claim=self.claim_id.name,
                    agreement=self.agreement_id.reference,
                )
            )
        if row.claim_id - self.claim_id:
            raise UserError(
                self.env._(
                    "%(instalment)s pays %(other)s, not %(claim)s: choose another instalment, or"
                    " none. If the funder says that it pays this one, change it in the instalments"
                    " of %(agreement)s first.",
                    instalment=row.display_name,
                    other=row.claim_id.name,
                    claim=self.claim_id.name,
                    agreement=self.agreement_id.reference,
                )
            )
        if row and row not in self.open_instalment_ids:
            raise UserError(
                self.env._(
                    "%s was received already: choose another instalment, or none.",
                    row.display_name,
                )
            )
        if row.amount_received and bool(row.payment_ids) != bool(payments):
            raise UserError(
                self.env._(
                    "A part of %s was received already, and recorded otherwise: by payments of the"
                    " books, or typed. Record this one in the same way, or choose no instalment.",
                    row.display_name,
                )
            )

    def _may_link(self):
        return self._has_field_access(self._fields["payment_ids"], "read")
