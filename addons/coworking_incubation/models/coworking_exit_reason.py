from odoo import fields, models


class CoworkingExitReason(models.Model):
    """Why a participant left, by the categories that funders count as dynamic exits.

    Categories and reasons follow the taxonomy of the French insertion sector: an exit is dynamic
    when it is durable, transition or positive; withdrawn exits leave the denominator of the rate.
    """

    _name = "coworking.exit.reason"
    _description = "Exit Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category = fields.Selection(
        [
            ("durable", "Lasting employment"),
            ("transition", "Transitional employment"),
            ("positive", "Positive exit"),
            ("other", "Other exit"),
            ("withdrawn", "Withdrawn from the count"),
        ],
        required=True,
        default="other",
    )
