from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CoworkingSpaceMembership(models.Model):
    """A fee that was in force in settled months stays as it is."""

    _inherit = "coworking.space.membership"

    def _check_month_not_settled(self):
        """A fee neither changes nor comes into force in a month that is settled at its space."""
        for fee in self:
            first, until = fee._get_months()
            domain = [
                ("space_id", "=", fee.space_id.id),
                ("state", "=", "settled"),
                ("period", ">=", first),
            ]
            if until:
                domain.append(("period", "<", until))
            charge = self.env["coworking.charge"].search(domain, order="period desc", limit=1)
            if charge:
                raise UserError(
                    self.env._(
                        "%(fee)s concerns months that are settled, up to %(month)s. It stays as it"
                        " is: add another fee, from a later date.",
                        fee=fee._get_name_in_messages(),
                        month=format_date(self.env, charge.period, date_format="MMMM y"),
                    )
                )
