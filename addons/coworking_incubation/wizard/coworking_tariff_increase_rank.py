from odoo import fields, models


class CoworkingTariffIncreaseRank(models.TransientModel):
    """The new price of the second seat of a program, the third..."""

    _name = "coworking.tariff.increase.rank"
    _description = "New Price of a Rank"
    _inherit = ["coworking.record.mixin"]
    _order = "rank"

    wizard_id = fields.Many2one("coworking.tariff.increase", ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    rank = fields.Integer(required=True)
    current_price = fields.Monetary(readonly=True)
    price = fields.Monetary(string="New Price", required=True)

    _rank_beyond_first = models.Constraint("CHECK (rank > 1)", "The first rank is the new price.")
