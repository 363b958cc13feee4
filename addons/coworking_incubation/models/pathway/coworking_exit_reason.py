from odoo import fields, models

EXIT_CATEGORIES = [
    ("durable", "Lasting employment"),
    ("transition", "Transitional employment"),
    ("positive", "Positive exit"),
    ("other", "Other exit"),
    ("withdrawn", "Withdrawn from the count"),
]


class CoworkingExitReason(models.Model):
    """Why a participant left, by the categories that funders count as dynamic exits.

    Categories and reasons follow the taxonomy of the French insertion sector: an exit is dynamic
    when it is durable, transition or positive; withdrawn exits leave the denominator of the rate.
    """

    _name = "coworking.exit.reason"
    _description = "Exit Reason"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category = fields.Selection(EXIT_CATEGORIES, required=True, default="other")
    by_duration = fields.Boolean(
        string="Counted by Its Length",
        help="A job with an end: lasting or transitional by its months, where they are known, "
        "whatever the category above. The border is a setting of the program.",
    )
