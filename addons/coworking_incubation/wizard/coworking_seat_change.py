from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CoworkingSeatChange(models.TransientModel):
    """Another tariff, rate or cap from a date on. The days before are never touched."""

    _name = "coworking.seat.change"
    _description = "Change the Tariff or Funding of a Seat"
    _inherit = ["coworking.seat.dialog.mixin", "coworking.record.mixin"]

    space_id = fields.Many2one(related="seat_id.space_id")
    currency_id = fields.Many2one(related="seat_id.currency_id")
    what = fields.Selection(
        [("tariff", "Another tariff"), ("funding", "Another rate or cap")],
        string="What Changes",
        required=True,
        default="tariff",
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date_from()
    )
    tariff_id = fields.Many2one(
        "coworking.tariff",
        string="New Tariff",
        domain="[('space_id', '=', space_id), ('id', '!=', current_tariff_id)]",
    )
    current_tariff_id = fields.Many2one(related="seat_id.tariff_id", string="Current Tariff")
    funding_rate = fields.Float(
        string="Funding Rate (%)",
        compute="_compute_funding",
        store=True,
        readonly=False,
        digits=(5, 2),
    )
    funding_cap = fields.Monetary(compute="_compute_funding", store=True, readonly=False)

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self).replace(day=1) + relativedelta(months=1)

    @api.depends("seat_id", "date_from")
    def _compute_funding(self):
        """What is in force then: who changes one of the two leaves the other as it is."""
        for change in self:
            day = change.date_from or self._default_date_from()
            change.funding_rate, change.funding_cap = change.seat_id._get_funding_on(day)

    def action_apply(self):
        self._check_seat_as_shown()
        seat = self.seat_id
        if self.what == "tariff":
            if not self.tariff_id:
                raise UserError(self.env._("Choose the new tariff of seat %s.", seat.name))
            seat = seat._replace_from(self.date_from, {"tariff_id": self.tariff_id.id})
        else:
            if self.date_from.day != 1:
                raise UserError(
                    self.env._(
                        "A rate or cap changes on the first day of a month, because a cap holds for"
                        " a civil month. Choose %(before)s or %(after)s.",
                        before=format_date(self.env, self.date_from.replace(day=1)),
                        after=format_date(
                            self.env, self.date_from.replace(day=1) + relativedelta(months=1)
                        ),
                    )
                )
            existing = seat.funding_ids.filtered(lambda row: row.date_from == self.date_from)
            values = {"rate": self.funding_rate, "cap": self.funding_cap}
            if existing:
                existing.write(values)
            else:
                self.env["coworking.seat.funding"].create(
                    {"seat_id": seat.id, "date_from": self.date_from, **values}
                )
        return {
            "type": "ir.actions.act_window",
            "res_model": "coworking.seat",
            "res_id": seat.id,
            "view_mode": "form",
        }
