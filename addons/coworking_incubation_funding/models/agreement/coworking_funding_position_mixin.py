from odoo import fields, models


class CoworkingFundingPositionMixin(models.AbstractModel):
    """Where a grant, or a heading of it, is: these sum to what was granted (F17)."""

    _name = "coworking.funding.position.mixin"
    _description = "Position of a Grant"

    currency_id = fields.Many2one("res.currency")  # each has its own way to it
    amount_committed = fields.Monetary(
        string="Committed",
        compute="_compute_position",
        help="Not claimed yet: what was taken of bills that are paid, and what will be of those to"
        " come if stays go on as they are known today.",
    )
    amount_claimed = fields.Monetary(
        string="Asked For", compute="_compute_position", help="Asked for, not answered yet."
    )
    amount_admitted = fields.Monetary(
        string="Admitted",
        compute="_compute_position",
        help="By the funder, here or before the take-over.",
    )
    amount_left = fields.Monetary(
        string="Left",
        compute="_compute_position",
        help="What is granted, or planned under a heading, less all the others.",
    )
