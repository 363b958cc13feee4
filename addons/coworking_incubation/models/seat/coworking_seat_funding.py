from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ... import pricing
from ...tools import short_number, to_decimal, to_decimal_or_none
from ..base.processing import SEATS


class CoworkingSeatFunding(models.Model):
    """Rate and cap of one seat from the first of a month on, in place of the seat's own."""

    _name = "coworking.seat.funding"
    _description = "Dated Funding of a Seat"
    _processing = SEATS
    _inherit = ["coworking.record.mixin"]
    _order = "seat_id, date_from desc"

    seat_id = fields.Many2one("coworking.seat", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="seat_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(required=True, help="First day of a month.")
    rate = fields.Float(string="Rate (%)", required=True, digits=(5, 2))
    cap = fields.Monetary(help="0: no cap.")

    _month_first = models.Constraint(
        "CHECK (EXTRACT(day FROM date_from) = 1)",
        "A funding rate or cap changes on the first day of a month.",
    )
    _date_uniq = models.Constraint(
        "UNIQUE(seat_id, date_from)", "This seat already has a rate from that month."
    )
    _rate_range = models.Constraint(
        "CHECK (rate >= 0 AND rate <= 100)", "A funding rate is between 0 and 100 %."
    )
    _cap_positive = models.Constraint("CHECK (cap >= 0)", "A funding cap cannot be negative.")

    @api.depends("seat_id.name", "date_from", "rate")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for funding in self:
            funding.display_name = " ".join(
                (
                    funding.seat_id.name or "",
                    format_date(self.env, funding.date_from) if funding.date_from else "",
                    f"{short_number(self.env, funding.rate)} %",
                )
            )

    def _to_funding(self):
        """This row as ``pricing.Funding``."""
        return pricing.Funding(
            date_from=self.date_from, rate=to_decimal(self.rate), cap=to_decimal_or_none(self.cap)
        )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        fundings = super().create(vals_list)
        fundings._check_month_not_settled()
        fundings._notify_pricing_inputs_changed()
        return fundings

    def write(self, vals):
        self._check_month_not_settled()
        touched = [(funding.seat_id.participant_id, funding.date_from) for funding in self]
        result = super().write(vals)
        self._check_month_not_settled()
        self._notify_pricing_inputs_changed()
        for participant, day in touched:
            participant._pricing_inputs_changed(day, ranks=False)
        return result

    def unlink(self):
        touched = [(funding.seat_id.participant_id, funding.date_from) for funding in self]
        result = super().unlink()
        for participant, day in touched:
            participant._pricing_inputs_changed(day, ranks=False)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_month_not_settled()

    def _check_month_not_settled(self):
        """Hook of who settles months: a rate or a cap may be refused a month."""

    def _notify_pricing_inputs_changed(self):
        for funding in self:
            funding.seat_id.participant_id._pricing_inputs_changed(funding.date_from, ranks=False)

    # === DATA ABOUT PEOPLE ===#

    @api.model
    def _get_person_domain(self, partner, files):
        return Domain("seat_id.participant_id", "in", files.ids)
