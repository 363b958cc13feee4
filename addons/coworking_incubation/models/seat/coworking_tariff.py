from odoo import api, fields, models


class CoworkingTariff(models.Model):
    _inherit = "coworking.tariff"

    seat_ids = fields.One2many("coworking.seat", "tariff_id")

    @api.constrains("space_id")
    def _check_space_of_seats(self):
        self.with_context(active_test=False).seat_ids._check_tariff_of_space()
