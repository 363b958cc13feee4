from odoo import models
from odoo.fields import Domain


class CoworkingTariffPrice(models.Model):
    """Whom a price that is to come concerns."""

    _inherit = "coworking.tariff.price"

    def _get_ladder_before(self):
        """The prices that hold until the day before this one, by rank."""
        self.ensure_one()
        before = self.tariff_id.price_ids.filtered(lambda row: row.date_start < self.date_start)
        last = max(before.mapped("date_start"), default=None)
        return before.filtered(lambda row: row.date_start == last).sorted("rank")

    def _get_seats_concerned(self):
        """Seats that pay each of these prices from its day on, less those whose price is kept.

        :return: dict price -> ``coworking.seat``
        """
        seats = self.env["coworking.seat"].search(
            Domain("tariff_id", "in", self.tariff_id.ids)
            & Domain("state", "in", ("confirmed", "active"))
        )
        by_tariff = seats.grouped("tariff_id")
        return {
            price: by_tariff.get(price.tariff_id, seats.browse()).filtered(
                lambda seat, day=price.date_start: (
                    (not seat.date_end or seat.date_end >= day)
                    and (not seat.price_guaranteed_until or seat.price_guaranteed_until < day)
                )
            )
            for price in self
        }
