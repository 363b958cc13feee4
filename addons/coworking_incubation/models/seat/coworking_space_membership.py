from odoo import api, models
from odoo.exceptions import ValidationError

from ... import pricing
from .coworking_seat import HOLDING_STATES


class CoworkingSpaceMembership(models.Model):
    """Fees of spaces where programs have seats."""

    _inherit = "coworking.space.membership"

    @api.constrains("product_id", "space_id", "date_start")
    def _check_tax(self):
        """Programs that have seats here when the fee begins, or after, can be billed for it."""
        for fee in self:
            # sudo: seats of programs of others count too; no more than their tax is told
            seats = self.env["coworking.seat"].sudo().with_context(active_test=False)
            programs = seats.search(fee._get_seats_domain()).program_id
            for base in set(programs.mapped("funding_base")):
                problem = fee._get_tax_problem(base)
                if problem:
                    raise ValidationError(problem)

    # === BUSINESS METHODS ===#

    def _get_seats_domain(self):
        """Seats that hold a place here on the day from which this fee is asked, or after."""
        return [
            ("space_id", "=", self.space_id.id),
            ("state", "in", HOLDING_STATES),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", pricing.month_first(self.date_start)),
        ]
