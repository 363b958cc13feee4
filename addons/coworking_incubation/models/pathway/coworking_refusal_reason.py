from odoo import fields, models


class CoworkingRefusalReason(models.Model):
    """Why somebody was not admitted."""

    _name = "coworking.refusal.reason"
    _description = "Reason of a Refusal"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_told = fields.Boolean(
        string="Told to the Adviser",
        help="Whether the adviser who referred the person reads this reason. Leave it out where it"
        " says something of the person that may count against them.",
    )
