from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingAllocationPlace(models.TransientModel):
    """A share, or a part of it, is given to another funder of the program or to own funds."""

    _name = "coworking.allocation.place"
    _description = "Place a Share"
    _inherit = ["coworking.record.mixin"]

    allocation_id = fields.Many2one(
        "coworking.allocation", string="Share", required=True, readonly=True
    )
    cost_id = fields.Many2one(related="allocation_id.cost_id")
    company_id = fields.Many2one(related="allocation_id.company_id")
    currency_id = fields.Many2one(related="allocation_id.currency_id")
    program_id = fields.Many2one(related="allocation_id.program_id")
    from_id = fields.Many2one(related="allocation_id.agreement_id", string="Taken By")
    share_reason = fields.Selection(related="allocation_id.reason", string="In Own Funds")
    share_amount = fields.Monetary(related="allocation_id.amount", string="Share of")
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        string="Place With",
        domain="[('program_ids', 'in', program_id), ('id', '!=', from_id)]",
        help="Empty: own funds.",
    )
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True, required=True
    )
    reason = fields.Char(required=True)

    @api.depends("allocation_id")
    def _compute_amount(self):
        for dialog in self:
            dialog.amount = dialog.allocation_id.amount

    def action_place(self):
        self.ensure_one()
        self._check_may_place()
        cost, agreement, currency = self.cost_id, self.agreement_id, self.currency_id
        source, amount = self.from_id, self.amount
        before = cost._get_taken()
        cost._hold(source, agreement, amount, self.reason)  # the share, and this dialog, may go
        after = cost._get_taken()
        if agreement:
            moved = after.get(agreement, 0.0) - before.get(agreement, 0.0)
        else:
            moved = before.get(source, 0.0) - after.get(source, 0.0)
        if currency.compare_amounts(moved, amount):
            raise UserError(
                self.env._(
                    "%(agreement)s cannot take %(amount)s of %(cost)s: %(left)s is left of its"
                    " grant or of the heading.",
                    agreement=(agreement or source).reference,
                    amount=currency.format(amount),
                    cost=cost.display_name,
                    left=currency.format(moved),
                )
            )
        return {"type": "ir.actions.act_window_close"}

    def _check_may_place(self):
        share = self.allocation_id
        if share.frozen:
            raise UserError(
                self.env._("%s was claimed already: it stays where it is.", share.display_name)
            )
        if share.reason in ("copayment", "refused"):
            raise UserError(
                self.env._(
                    "%s cannot be placed: it is the participant's part, or no funder admits it.",
                    share.display_name,
                )
            )
        if share.reason == "rejected" and share.instead_id == self.agreement_id:
            raise UserError(
                self.env._(
                    "%(agreement)s rejected %(share)s: it cannot be placed there. Where the funder"
                    " admits it after all, open the claim and choose “Correct the Decision”.",
                    agreement=self.agreement_id.reference,
                    share=share.display_name,
                )
            )
        whole = sum(share.cost_id._get_siblings().mapped("paid_amount"))
        if share.amount < 0 and self.currency_id.compare_amounts(whole, 0.0) >= 0:
            raise UserError(
                self.env._(
                    "%s only gives back a part of what was paid: place a share of the bill itself.",
                    share.display_name,
                )
            )
        low, high = sorted((0.0, share.amount))
        compare = self.currency_id.compare_amounts
        if not self.amount or compare(self.amount, low) < 0 or compare(self.amount, high) > 0:
            raise UserError(
                self.env._(
                    "Of %(share)s, an amount up to %(amount)s can be placed.",
                    share=share.display_name,
                    amount=self.currency_id.format(share.amount),
                )
            )
        refusal = share.cost_id._get_refusals().get(self.agreement_id)
        if refusal:
            raise UserError(self.env._("This cost cannot be placed there. %(why)s", why=refusal))
        if not self.from_id and not self.agreement_id:
            raise UserError(self.env._("Choose the funder to whom %s goes.", share.display_name))
