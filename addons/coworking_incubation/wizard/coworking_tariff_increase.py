from dataclasses import replace

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import pricing
from ..models.seat.coworking_seat import HOLDING_STATES
from ..tools import to_decimal


class CoworkingTariffIncrease(models.TransientModel):
    """Accept a new price: the seats it touches, what it adds to each stay, and what the grants
    hold.
    """

    _name = "coworking.tariff.increase"
    _description = "Accept a New Price"
    _inherit = ["coworking.record.mixin"]

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
    price = fields.Monetary(
        string="New Price",
        compute="_compute_price",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    rank_ids = fields.One2many(
        "coworking.tariff.increase.rank",
        "wizard_id",
        string="Next Ranks",
        compute="_compute_rank_ids",
        store=True,
        readonly=False,
        help="Prices of the second seat of a program, the third...",
    )
    next_rank = fields.Integer(compute="_compute_lost_ranks", export_string_translation=False)
    lost_ranks = fields.Char(
        compute="_compute_lost_ranks",
        help="What seats would pay whose rank has a price today, and none among the new ones.",
    )
    accept_fewer_ranks = fields.Boolean(
        string="Fewer Ranks on Purpose", help="The seats beyond the last rank pay its price."
    )
    line_ids = fields.One2many(
        "coworking.tariff.increase.line", "wizard_id", compute="_compute_line_ids", store=True
    )
    total_extra = fields.Monetary(string="Added in All", compute="_compute_totals")
    grants_left = fields.Monetary(
        compute="_compute_totals",
        help="Granted to the programs concerned, less what is spent and committed.",
    )
    covered = fields.Boolean(string="Covered by the Grants", compute="_compute_totals")

    def _get_ladder(self):
        """The price rows that the new prices replace."""
        self.ensure_one()
        day = self.date_start or fields.Date.context_today(self)
        if not self.tariff_id:
            return self.env["coworking.tariff.price"]
        return self.tariff_id._get_ladder_on(day)

    @api.depends("tariff_id", "date_start")
    def _compute_current_price(self):
        for wizard in self:
            wizard.current_price = wizard._get_ladder()[:1].price

    @api.depends("tariff_id")
    def _compute_price(self):
        for wizard in self:
            wizard.price = wizard.price or wizard._get_ladder()[:1].price

    @api.depends("tariff_id", "date_start")
    def _compute_rank_ids(self):
        """The ranks in force, as they are; what was typed stays as long as they are the same."""
        for wizard in self:
            ladder = [(row.rank, row.price) for row in wizard._get_ladder()[1:]]
            shown = [
                (line.rank, line.current_price) for line in wizard.rank_ids if line.current_price
            ]
            if shown != ladder:
                wizard.rank_ids = [Command.clear()] + [
                    Command.create({"rank": rank, "current_price": price, "price": price})
                    for rank, price in ladder
                ]

    @api.depends("tariff_id", "date_start", "price", "rank_ids.rank", "rank_ids.price")
    def _compute_lost_ranks(self):
        for wizard in self:
            new = wizard._get_new_ladder()
            last = max(new, default=1)
            lost = wizard._get_ladder().filtered(lambda row, last=last: row.rank > last)
            wizard.next_rank = last + 1
            wizard.lost_ranks = wizard.tariff_id._describe_lost_ranks(lost, new.get(last, 0.0))

    def _get_new_ladder(self):
        """The new prices: dict rank -> price."""
        self.ensure_one()
        return {1: self.price} | {line.rank: line.price for line in self.rank_ids.sorted("rank")}

    @api.depends("tariff_id", "date_start", "price", "rank_ids.rank", "rank_ids.price")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [Command.clear()] + [
                Command.create(vals) for vals in wizard._prepare_line_values()
            ]

    def _prepare_line_values(self):
        self.ensure_one()
        if not self.date_start or not self.price:
            return []
        holding = self.tariff_id.seat_ids.filtered(lambda seat: seat.state in HOLDING_STATES)
        inputs = holding._to_pricing()
        ranked = len(self._get_ladder()) > 1 or bool(self.rank_ids)
        rivals = {
            program: ranked and [inputs[seat.id] for seat in seats]
            for program, seats in holding.grouped("program_id").items()
        }
        try:
            new_prices = [
                pricing.Price(date_start=self.date_start, price=to_decimal(price), rank=rank)
                for rank, price in self._get_new_ladder().items()
            ]
            terms = self.tariff_id._to_terms()
            kept = [row for row in terms.prices if row.date_start != self.date_start]
            terms = replace(terms, prices=(*kept, *new_prices))
        except pricing.PricingError:
            return []  # below zero, or a rank is missing: told when the price is accepted
        result = []
        for seat in holding:
            if seat.state == "ended" or (seat.date_end and seat.date_end < self.date_start):
                continue
            before = inputs[seat.id]
            until = seat._get_planned_end()
            now, then = (
                float(
                    sum(
                        charge.payable_total
                        for charge in self.env["coworking.pricing"]._simulate_charges(
                            [one], until, rivals[seat.program_id]
                        )
                    )
                )
                for one in (before, replace(before, terms=terms))
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
        new = self._get_new_ladder()
        if min(new.values()) < 0:
            raise UserError(self.env._("A price cannot be negative."))
        if self.lost_ranks and not self.accept_fewer_ranks:
            raise UserError(
                self.env._(
                    "%(tariff)s has more ranks today. %(changes)s\nGive these ranks their price"
                    " too, or tick “Fewer Ranks on Purpose”.",
                    tariff=self.tariff_id.display_name,
                    changes=self.lost_ranks,
                )
            )
        ladder = self._get_ladder()
        self.env["coworking.tariff.price"].create(
            [
                {
                    "tariff_id": self.tariff_id.id,
                    "date_start": self.date_start,
                    "rank": rank,
                    "price": price,
                    "fewer_ranks": bool(self.lost_ranks) and rank == max(new),
                    **{
                        name: ladder.filtered(lambda row, rank=rank: row.rank <= rank)[-1:][name]
                        for name in ("overage_price", "daily_cap", "monthly_cap")
                    },
                }
                for rank, price in new.items()
            ]
        )
        if self.proposal_id:
            self.proposal_id._check_proposed()
            self.proposal_id.answer = self.answer
            self.proposal_id._decide_proposal("accepted")
        return {"type": "ir.actions.act_window_close"}
