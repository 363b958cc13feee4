from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .coworking_seat import HOLDING_STATES


class CoworkingTariff(models.Model):
    _inherit = "coworking.tariff"

    seat_ids = fields.One2many("coworking.seat", "tariff_id")

    @api.constrains("space_id")
    def _check_space_of_seats(self):
        """Another space is another tariff: what its seats cost stays where they are."""
        for tariff in self.with_context(active_test=False):
            seat = tariff.seat_ids.filtered(
                lambda seat, tariff=tariff: seat.space_id != tariff.space_id
            )[:1]
            if seat:
                raise ValidationError(
                    self.env._(
                        "Seat %(seat)s at %(space)s is on %(tariff)s, which stays there. Duplicate"
                        " the tariff, and give the copy to %(other)s.",
                        seat=seat.name,
                        space=seat.space_id.name,
                        tariff=tariff.name,
                        other=tariff.space_id.name,
                    )
                )

    def _check_ladders(self):
        """A price that is deleted or begins later leaves no seat without one on its first day."""
        checked = super()._check_ladders()
        # sudo: a seat whose person one may not know is paid all the same
        seats = self.env["coworking.seat"].sudo().with_context(active_test=False)
        for tariff in self.exists():
            held = Domain("tariff_id", "=", tariff.id) & Domain("state", "in", HOLDING_STATES)
            problems = seats.search(held, order="date_start", limit=1)._get_price_problems()
            if problems:
                raise ValidationError("\n".join(problems))
        return checked
