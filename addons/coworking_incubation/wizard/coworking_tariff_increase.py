from dataclasses import replace

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import pricing
from ..tools import to_decimal


class CoworkingTariffIncrease(models.TransientModel):
    """Accept a new price: the seats it touches, what it adds to each stay, and what the grants
    hold.
    """

    _name = "coworking.tariff.increase"
    _description = "Accept a New Price"

    tariff_id = fields.Many2one(
        "coworking.tariff", required=True, readonly=True, ondelete="cascade"
    )
    proposal_id = fields.Many2one(
        "coworking.tariff.proposal",
        readonly=True,
        ondelete="cascade",
        help="What the space asked for: accepting the price answers it.",
    )
    answer = fields.Char(string="Answer to the Space")
    currency_id = fields.Many2one(related="tariff_id.currency_id")
    current_price = fields.Monetary(compute="_compute_current_price")
    date_start = fields.Date(string="From", required=True)
    price = fields.Monetary(string="New Price", required=True)
    line_ids = fields.One2many(
        "coworking.tariff.increase.line", "wizard_id", compute="_compute_line_ids", store=True
    )
    total_extra = fields.Monetary(string="Added in All", compute="_compute_totals")
    grants_left = fields.Monetary(
        compute="_compute_totals",
        help="Granted to the programs concerned, less what is spent and committed.",
    )
    covered = fields.Boolean(string="Covered by the Grants", compute="_compute_totals")

    @api.depends("tariff_id", "date_start")
    def _compute_current_price(self):
        for wizard in self:
            day = wizard.date_start or fields.Date.context_today(self)
            wizard.current_price = wizard.tariff_id._price_on(day).price

    @api.depends("tariff_id", "date_start", "price")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [Command.clear()] + [
                Command.create(vals) for vals in wizard._line_values()
            ]

    def _line_values(self):
        self.ensure_one()
        if not self.date_start or not self.price:
            return []
        seats = self.tariff_id.seat_ids.filtered(
            lambda seat: (
                seat.state in ("confirmed", "active")
                and (not seat.date_end or seat.date_end >= self.date_start)
            )
        )
        new_price = pricing.Price(date_start=self.date_start, price=to_decimal(self.price))
        result = []
        for seat_id, before in seats._to_pricing().items():
            seat = seats.browse(seat_id)
            until = (
                seat.date_end or seat.participant_id.date_exit_planned or seat.program_id.date_end
            )
            prices = [
                row
                for row in before.terms.prices
                if (row.date_start, row.rank) != (self.date_start, 1)
            ]
            after = replace(before, terms=replace(before.terms, prices=(*prices, new_price)))
            now, then = (
                float(
                    sum(
                        c.payable_total for c in self.env["coworking.pricing"]._simulate([s], until)
                    )
                )
                for s in (before, after)
            )
            result.append(
                {"seat_id": seat.id, "date_end": until, "cost_before": now, "cost_after": then}
            )
        return result

    @api.depends("line_ids.extra")
    def _compute_totals(self):
        for wizard in self:
            wizard.total_extra = sum(wizard.line_ids.mapped("extra"))
            programs = wizard.line_ids.seat_id.program_id
            wizard.grants_left = sum(programs.mapped("amount_left"))
            wizard.covered = wizard.total_extra <= wizard.grants_left

    def action_apply(self):
        self.ensure_one()
        if self.price < 0:
            raise UserError(self.env._("A price cannot be negative."))
        current = self.tariff_id._price_on(self.date_start)
        self.env["coworking.tariff.price"].create(
            {
                "tariff_id": self.tariff_id.id,
                "date_start": self.date_start,
                "price": self.price,
                "overage_price": current.overage_price,
                "daily_cap": current.daily_cap,
                "monthly_cap": current.monthly_cap,
            }
        )
        if self.proposal_id:
            self.proposal_id._check_proposed()
            self.proposal_id.answer = self.answer
            self.proposal_id._decide("accepted")
        return {"type": "ir.actions.act_window_close"}
