from datetime import date
from math import inf

from odoo import api, fields, models

from ..base.processing import PATHWAY

RATINGS = [(str(rating), str(rating)) for rating in range(6)]


class CoworkingReviewLine(models.Model):
    """One axis of one review."""

    _name = "coworking.review.line"
    _description = "Rating in a Review"
    _processing = PATHWAY
    _inherit = ["coworking.participant.row.mixin"]
    _owner_field = "review_id"
    _order = "sequence, id"

    review_id = fields.Many2one("coworking.review", required=True, ondelete="cascade", index=True)
    participant_id = fields.Many2one(
        related="review_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(related="review_id.program_id", store=True, precompute=True)
    company_id = fields.Many2one(related="review_id.company_id", store=True, precompute=True)
    date = fields.Date(related="review_id.date", store=True, precompute=True)
    kind = fields.Selection(related="review_id.kind", store=True, precompute=True)
    axis_id = fields.Many2one("coworking.review.axis", required=True, ondelete="restrict")
    sequence = fields.Integer(related="axis_id.sequence", store=True, precompute=True)
    rating = fields.Selection(RATINGS, help="From 0, the worst, to 5, the best. Empty: not rated.")
    rating_before = fields.Selection(
        RATINGS,
        string="Last Time",
        compute="_compute_rating_before",
        help="The rating of the review held before this one.",
    )
    rating_value = fields.Integer(compute="_compute_rating_value", store=True, aggregator="avg")
    reference = fields.Integer(
        string="Reference Rating", help="The rating one hopes for at this point."
    )
    note = fields.Char()

    _axis_uniq = models.Constraint("UNIQUE(review_id, axis_id)", "An axis is rated once a review.")

    @api.constrains("rating")
    def _check_rated(self):
        self.review_id._check_rated()

    @api.depends("axis_id.name", "rating")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.axis_id.name}: {line.rating or '-'}"

    @api.depends("participant_id", "axis_id", "date", "review_id.state")
    def _compute_rating_before(self):
        """Of the last review held before this one, whatever its kind: one query for all lines."""
        reviews = self.review_id
        held = (
            self.env["coworking.review.line"]
            .search_fetch(
                [
                    ("participant_id", "in", reviews.participant_id.ids),
                    ("axis_id", "in", self.axis_id.ids),
                    ("review_id.state", "=", "done"),
                    ("rating", "!=", False),
                ],
                ["participant_id", "axis_id", "date", "rating", "review_id"],
                order="date, id",
            )
            .grouped(lambda line: (line.participant_id, line.axis_id))
        )
        for line in self:
            review = line.review_id
            # one that is not saved yet comes after the others of its day
            rank = review.date or date.max, review._origin.id or inf
            earlier = [
                other.rating
                for other in held.get((review.participant_id._origin, line.axis_id._origin), ())
                if (other.date, other.review_id.id) < rank
            ]
            line.rating_before = earlier[-1] if earlier else False

    @api.depends("rating")
    def _compute_rating_value(self):
        for line in self:
            line.rating_value = int(line.rating or 0)
