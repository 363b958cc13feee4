from odoo import api, fields, models

from .coworking_pricing import PRICING_INPUTS


class CoworkingSpaceMembership(models.Model):
    """Yearly fee that a space asks of each person before any seat, from a day on."""

    _name = "coworking.space.membership"
    _description = "Membership Fee of a Space"
    _order = "space_id, date_start desc"
    _check_company_auto = True

    space_id = fields.Many2one("coworking.space", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="space_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(required=True)
    fee = fields.Monetary(required=True)
    tax_included = fields.Boolean(default=True)
    product_id = fields.Many2one("product.product", required=True, check_company=True)

    _fee_positive = models.Constraint("CHECK (fee >= 0)", "A membership fee cannot be negative.")
    _date_uniq = models.Constraint(
        "UNIQUE(space_id, date_start)", "This space already has a membership fee from that day."
    )

    @api.depends("space_id.name", "date_start")
    def _compute_display_name(self):
        for membership in self:
            membership.display_name = f"{membership.space_id.name} {membership.date_start or ''}"

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        memberships = super().create(vals_list)
        memberships._fees_changed()
        return memberships

    def write(self, vals):
        if not PRICING_INPUTS[self._name] & vals.keys():
            return super().write(vals)
        self._fees_changed()
        result = super().write(vals)
        self._fees_changed()
        return result

    def unlink(self):
        touched = [(fee.space_id, fee.date_start) for fee in self]
        result = super().unlink()
        for space, day in touched:
            self._check_again(space, day)
        return result

    def _fees_changed(self):
        for fee in self:
            self._check_again(fee.space_id, fee.date_start)

    def _check_again(self, space, day):
        # sudo: whoever writes a fee need not be allowed to read what seats cost
        space.sudo().seat_ids.participant_id._facts_changed(day, ranks=False)
