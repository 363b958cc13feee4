from dataclasses import replace

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .. import pricing


class CoworkingSeatMove(models.TransientModel):
    """A participant goes to another space: two seats, one cap, and what it costs to move
    mid-month.
    """

    _name = "coworking.seat.move"
    _description = "Move a Participant to Another Space"
    _inherit = ["coworking.seat.dialog.mixin", "coworking.record.mixin"]

    company_id = fields.Many2one(related="seat_id.company_id")
    currency_id = fields.Many2one(related="seat_id.currency_id")
    current_space_id = fields.Many2one(related="seat_id.space_id", string="Current Space")
    date_from = fields.Date(
        string="First Day There", required=True, default=lambda self: self._default_date_from()
    )
    space_id = fields.Many2one(
        "coworking.space",
        string="New Space",
        required=True,
        domain="[('state', '=', 'partner'), ('company_id', '=', company_id),"
        " ('id', '!=', current_space_id)]",
    )
    tariff_id = fields.Many2one(
        "coworking.tariff",
        string="New Tariff",
        required=True,
        compute="_compute_tariff_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('space_id', '=', space_id)]",
    )
    cost = fields.Monetary(
        string="Cost from That Month On",
        compute="_compute_cost",
        help="What the program owes both spaces, from the month of the move to the end of the "
        "stay.",
    )
    cost_waiting = fields.Monetary(string="If Moving on the 1st", compute="_compute_cost")
    extra_cost = fields.Monetary(compute="_compute_cost")
    advice = fields.Char(compute="_compute_cost")

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self).replace(day=1) + relativedelta(months=1)

    @api.depends("space_id")
    def _compute_tariff_id(self):
        for move in self:
            if move.tariff_id.space_id != move.space_id:
                tariffs = move.space_id.tariff_ids
                same_unit = tariffs.filtered(
                    lambda tariff, unit=move.seat_id.tariff_id.unit: tariff.unit == unit
                )
                move.tariff_id = (same_unit or tariffs)[:1]

    @api.depends("date_from", "tariff_id", "seat_id")
    def _compute_cost(self):
        for move in self:
            move.cost = move.cost_waiting = move.extra_cost = 0
            move.advice = False
            if not (move.date_from and move.tariff_id and move.seat_id):
                continue
            first = move.date_from.replace(day=1)
            next_first = first + relativedelta(months=1)
            move.cost = move._get_cost_moving_on(move.date_from, first)
            if move.date_from == first:
                move.cost_waiting = move.cost
                continue
            move.cost_waiting = move._get_cost_moving_on(next_first, first)
            move.extra_cost = move.currency_id.round(move.cost - move.cost_waiting)
            if move.extra_cost > 0:
                move.advice = self.env._(
                    "Moving on %(first)s would save %(amount)s.",
                    first=format_date(self.env, next_first),
                    amount=move.currency_id.format(move.extra_cost),
                )

    def _get_cost_moving_on(self, day, since):
        """What both seats cost the program from the month ``since`` on, when moving on a day."""
        self.ensure_one()
        seat = self.seat_id
        until = seat._get_planned_end()
        if until < self.date_from and not seat.date_end:
            until = seat.program_id.date_end  # it goes on, whatever was planned
        try:
            leaving = seat._to_pricing()[seat.id]
            seats = [leaving]
            if leaving.date_start < day <= until:
                seats = [
                    replace(leaving, date_end=day - relativedelta(days=1)),
                    replace(
                        leaving,
                        key=0,
                        terms=self.tariff_id._to_terms(),
                        tax_rate=self.tariff_id._get_tax_rate(),
                        date_start=day,
                        presences=(),
                        closures=(),
                        notice_date=None,
                        price_guaranteed_until=None,
                    ),
                ]
            charges = self.env["coworking.pricing"]._simulate_charges(seats, until)
        except pricing.PricingError:
            return 0.0  # said when the move is applied
        return float(sum(charge.payable_total for charge in charges if charge.period >= since))

    def action_apply(self):
        self._check_seat_as_shown()
        seat = self.seat_id._replace_from(
            self.date_from, {"space_id": self.space_id.id, "tariff_id": self.tariff_id.id}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "coworking.seat",
            "res_id": seat.id,
            "view_mode": "form",
        }
