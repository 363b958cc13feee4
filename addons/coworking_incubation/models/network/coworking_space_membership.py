from odoo import api, fields, models
from odoo.tools import format_date

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS


class CoworkingSpaceMembership(models.Model):
    """Yearly fee that a space asks of each person before any seat, from a day on.

    A month is asked the fee in force on its last day. One that was in force in a month that is
    settled may not change any more: another fee is another row, from a later day.
    """

    _name = "coworking.space.membership"
    _description = "Membership Fee of a Space"
    _inherit = ["coworking.billed.mixin", "coworking.record.mixin"]
    _order = "space_id, date_start desc"
    _check_company_auto = True
    _purpose = "membership"

    space_id = fields.Many2one("coworking.space", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="space_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(required=True)
    fee = fields.Monetary(required=True)
    tax_included = fields.Boolean(default=True)

    _fee_positive = models.Constraint("CHECK (fee >= 0)", "A membership fee cannot be negative.")
    _date_uniq = models.Constraint(
        "UNIQUE(space_id, date_start)", "This space already has a membership fee from that day."
    )

    @api.depends("space_id.name", "date_start")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for membership in self:
            day = format_date(self.env, membership.date_start)
            membership.display_name = " ".join(filter(None, (membership.space_id.name, day)))

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        fees = super().create(vals_list)
        fees._check_month_not_settled()
        fees.space_id._prices_changed()
        return fees

    def write(self, vals):
        if not PRICING_INPUTS[self._name] & vals.keys():
            return super().write(vals)
        spaces = self.space_id
        self._check_month_not_settled()
        result = super().write(vals)
        self._check_month_not_settled()
        (spaces | self.space_id)._prices_changed()
        return result

    def unlink(self):
        spaces = self.space_id
        result = super().unlink()
        spaces._prices_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_month_not_settled()

    # === BUSINESS METHODS ===#

    def _check_month_not_settled(self):
        """Hook of who settles months: a fee may be refused a day."""

    def _get_months(self):
        """Months that are asked this fee.

        :return: (first of the first month, first of the month that is asked another or ``None``)
        """
        self.ensure_one()
        later = self.space_id.membership_ids.filtered(
            lambda fee: fee.date_start > self.date_start
        ).sorted("date_start")[:1]
        return (
            pricing.month_first(self.date_start),
            pricing.month_first(later.date_start) if later else None,
        )

    def _filter_in_force(self, first, last=None):
        """Those of these fees that are asked in the month of a day, or later up to a last day."""
        months = {fee: fee._get_months() for fee in self}
        return self.filtered(
            lambda fee: (
                (not last or months[fee][0] <= last)
                and (not months[fee][1] or months[fee][1] > pricing.month_first(first))
            )
        )

    def _get_name_in_messages(self):
        return self.env._(
            "Membership fee of %(space)s from %(date)s",
            space=self.space_id.name,
            date=format_date(self.env, self.date_start),
        )
