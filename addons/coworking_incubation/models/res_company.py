from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    coworking_match_tolerance = fields.Monetary(
        string="Tolerated Gap on Bills",
        default=0.05,
        help="A bill of a space that differs by no more is matched all the same.",
    )

    _coworking_match_tolerance_positive = models.Constraint(
        "CHECK (coworking_match_tolerance >= 0)", "The tolerated gap cannot be negative."
    )
