from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..base.processing import SEATS


class CoworkingSeatMonth(models.Model):
    """Whether a person came in a month, for seats whose price does not depend on presences."""

    _name = "coworking.seat.month"
    _description = "Who Came This Month"
    _processing = SEATS
    _inherit = ["coworking.record.mixin"]
    _order = "month desc, seat_id"

    seat_id = fields.Many2one(
        "coworking.seat", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="seat_id.company_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="seat_id.program_id", store=True, precompute=True, index=True
    )
    space_id = fields.Many2one(related="seat_id.space_id", store=True, precompute=True, index=True)
    participant_id = fields.Many2one(
        related="seat_id.participant_id", store=True, precompute=True, index=True
    )
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    came = fields.Selection(
        [("yes", "Came"), ("no", "Did not come"), ("left", "Left")], required=True, readonly=True
    )
    date_left = fields.Date(string="Left On", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Said By", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime(string="Said On", required=True, readonly=True)

    _month_first = models.Constraint(
        "CHECK (EXTRACT(day FROM month) = 1)", "A month is named by its first day."
    )
    _once = models.Constraint(
        "UNIQUE(seat_id, month)", "This month is already answered for this seat."
    )
    _left_dated = models.Constraint(
        "CHECK ((came = 'left') = (date_left IS NOT NULL))", "Say on which day the person left."
    )

    @api.depends("seat_id.name", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            month = row.month and format_date(self.env, row.month, date_format="MMMM y")
            row.display_name = " ".join(filter(None, (row.seat_id.name, month)))

    @api.model
    def _record_answer(self, seat, month, came, date_left, partner):
        """Keep what a manager says of a seat and month; a departure or an absence is reported."""
        if came == "left" and not date_left:
            raise UserError(
                self.env._("%(person)s left: say on which day.", person=seat.occupant_name)
            )
        if date_left and not seat.date_start <= date_left <= seat.space_id._get_today():
            raise UserError(
                self.env._(
                    "%(person)s: the last day is between %(start)s and today.",
                    person=seat.occupant_name,
                    start=format_date(self.env, seat.date_start),
                )
            )
        vals = {
            "came": came,
            "date_left": date_left if came == "left" else False,
            "partner_id": partner.id,
            "date": fields.Datetime.now(),
        }
        row = self.search([("seat_id", "=", seat.id), ("month", "=", month)])
        same = row and (row.came, row.date_left) == (vals["came"], vals["date_left"])
        if row:
            row.write(vals)
        else:
            row = self.create({"seat_id": seat.id, "month": month, **vals})
        if came != "yes" and not same:
            row._report_departure()
        return row

    def _report_departure(self):
        """Tell the accompanist: nobody but staff ends a seat."""
        self.ensure_one()
        seat = self.seat_id
        words = seat._speak_to_staff(seat._get_responsible()).env
        month = format_date(words, self.month, date_format="MMMM y")
        summary = (
            words._(
                "%(space)s: %(person)s left on %(date)s",
                space=seat.space_id.name,
                person=seat.occupant_name,
                date=format_date(words, self.date_left),
            )
            if self.came == "left"
            else words._(
                "%(space)s: %(person)s did not come in %(month)s",
                space=seat.space_id.name,
                person=seat.occupant_name,
                month=month,
            )
        )
        seat._report_to_staff(summary)
