from odoo import fields, models


class CoworkingTariff(models.Model):
    _inherit = "coworking.tariff"

    seat_ids = fields.One2many("coworking.seat", "tariff_id")
