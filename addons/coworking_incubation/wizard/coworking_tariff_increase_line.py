from odoo import api, fields, models


class CoworkingTariffIncreaseLine(models.TransientModel):
    """One seat that a new price touches."""

    _name = "coworking.tariff.increase.line"
    _description = "Seat Touched by a New Price"
    _inherit = ["coworking.record.mixin"]

    wizard_id = fields.Many2one("coworking.tariff.increase", ondelete="cascade", index=True)
    seat_id = fields.Many2one("coworking.seat", required=True, ondelete="cascade")
    participant_id = fields.Many2one(related="seat_id.participant_id")
    currency_id = fields.Many2one(related="seat_id.currency_id")
    date_end = fields.Date(string="Until")
    cost_before = fields.Monetary(string="Stay Now")
    cost_after = fields.Monetary(string="Stay Then")
    extra = fields.Monetary(string="Added", compute="_compute_extra")

    @api.depends("cost_before", "cost_after")
    def _compute_extra(self):
        for line in self:
            line.extra = line.cost_after - line.cost_before
