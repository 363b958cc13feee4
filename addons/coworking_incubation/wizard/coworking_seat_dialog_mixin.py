from odoo import api, fields, models

SHOWN = ["state", "date_start", "date_end", "notice_date", "space_id", "tariff_id"]


class CoworkingSeatDialogMixin(models.AbstractModel):
    """A dialog that ends or changes a seat does so to the seat that it showed."""

    _name = "coworking.seat.dialog.mixin"
    _description = "Dialog about a Seat"

    seat_id = fields.Many2one("coworking.seat", required=True, readonly=True, ondelete="cascade")
    seat_shown = fields.Json(default=lambda self: self._default_seat_shown())

    @api.model
    def _default_seat_shown(self):
        seat = self.env["coworking.seat"].browse(self.env.context.get("default_seat_id") or ())
        return seat._read_as_shown(SHOWN)

    def _check_seat_as_shown(self):
        """
        :raise ChangedMeanwhile: a colleague changed the seat since the dialog was opened
        """
        self.ensure_one()
        self.seat_id._check_still_shown(self.seat_shown)
