from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import pricing


class CoworkingSeatLeave(models.TransientModel):
    """Record a departure: what is still due after it, and the last day that costs no more."""

    _name = "coworking.seat.leave"
    _description = "Record the Departure from a Seat"
    _inherit = ["coworking.seat.dialog.mixin", "coworking.record.mixin"]

    currency_id = fields.Many2one(related="seat_id.currency_id")
    date_end = fields.Date(
        string="Last Day Wished",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    notice_date = fields.Date(
        string="Notice Given On", default=lambda self: fields.Date.context_today(self)
    )
    date_due = fields.Date(
        string="Due Until", compute="_compute_consequences", help="Commitment and notice included."
    )
    date_best = fields.Date(
        string="Best Last Day",
        compute="_compute_consequences",
        help="The last day of presence that costs no more than the day wished.",
    )
    cost_after = fields.Monetary(
        string="Due without Presence",
        compute="_compute_consequences",
        help="Commitment and notice: the program's own cost, never the participant's.",
    )
    advice = fields.Char(compute="_compute_consequences")

    @api.depends("seat_id", "date_end", "notice_date")
    def _compute_consequences(self):
        for leave in self:
            leave.date_due = leave.date_best = leave.advice = False
            leave.cost_after = 0
            seat = leave.seat_id
            if not seat or not leave.date_end or leave.date_end < seat.date_start:
                continue
            try:
                leaving = replace(
                    seat._to_pricing()[seat.id],
                    date_end=leave.date_end,
                    notice_date=leave.notice_date or None,
                )
                leave.date_due = pricing.due_until(leaving)
                leave.date_best = leave._get_best_day(leaving)
                charges = self.env["coworking.pricing"]._simulate_charges([leaving], leave.date_due)
            except pricing.PricingError:
                continue  # said when months are generated
            leave.cost_after = float(
                sum(charge.payable_total for charge in charges if charge.kind == "commitment")
            )
            if leave.date_best > leave.date_end:
                leave.advice = self.env._(
                    "Staying until %(best)s costs nothing more.",
                    best=format_date(self.env, leave.date_best),
                )

    def _get_best_day(self, leaving):
        """Never after the planned exit: a place that is paid is of no use to who has left."""
        best = pricing.best_exit_day(leaving, self.date_end)
        return max(min(best, self.seat_id._get_planned_end()), self.date_end)

    def action_apply(self):
        return self._leave_on(self.date_end)

    def action_apply_best(self):
        return self._leave_on(self.date_best or self.date_end)

    def _leave_on(self, day):
        self._check_seat_as_shown()
        seat = self.seat_id
        if day < seat.date_start:
            raise UserError(
                self.env._(
                    "Seat %(seat)s starts on %(start)s: it cannot end before. Cancel it instead.",
                    seat=seat.name,
                    start=format_date(self.env, seat.date_start),
                )
            )
        values = {"date_end": day, "notice_date": self.notice_date}
        if day < seat.space_id._get_today():
            values["state"] = "ended"
        seat.write(values)
        return {"type": "ir.actions.act_window_close"}
