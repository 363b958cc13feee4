from odoo import fields, models


class CoworkingProgram(models.Model):
    """When somebody is to be called."""

    _inherit = "coworking.program"

    call_after_days = fields.Integer(
        string="Call a Space After (Days)",
        default=7,
        help="A month that a space has not answered, or an arrival that nobody has confirmed, is"
        " one call to make after so many days.",
    )

    _call_after_days_positive = models.Constraint(
        "CHECK (call_after_days >= 0)",
        "A space is called after a number of days that is not below zero.",
    )
