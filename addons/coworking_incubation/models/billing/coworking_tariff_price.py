from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CoworkingTariffPrice(models.Model):
    _inherit = "coworking.tariff.price"

    def _check_month_not_settled(self):
        """A price may not come into force within a month that was settled with this tariff."""
        for row in self:
            charge = self.env["coworking.charge"].search(
                [
                    ("tariff_id", "=", row.tariff_id.id),
                    ("state", "=", "settled"),
                    ("date_to", ">=", row.date_start),
                ],
                order="date_to desc",
                limit=1,
            )
            if charge:
                raise UserError(
                    self.env._(
                        "The price of %(tariff)s from %(date)s concerns months that are settled, up"
                        " to %(settled)s. Give it a later date.",
                        tariff=row.tariff_id.display_name,
                        date=format_date(self.env, row.date_start),
                        settled=format_date(self.env, charge.date_to),
                    )
                )
