from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CoworkingSeatFunding(models.Model):
    _inherit = "coworking.seat.funding"

    def _check_month_not_settled(self):
        """A rate or cap is agreed before the months it rules, never after they are settled."""
        for funding in self:
            settled = funding.seat_id.charge_ids.filtered(
                lambda charge, since=funding.date_from: (
                    charge.state == "settled" and charge.period >= since
                )
            )
            if settled:
                raise UserError(
                    self.env._(
                        "Seat %(seat)s is settled up to %(month)s: its rate or cap can only change"
                        " from a later month.",
                        seat=funding.seat_id.name,
                        month=format_date(
                            self.env, max(settled.mapped("period")), date_format="MMMM y"
                        ),
                    )
                )
