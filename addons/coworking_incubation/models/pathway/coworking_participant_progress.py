import json

from odoo import api, fields, models
from odoo.tools import format_date

from .coworking_review import HELD_ONCE


class CoworkingParticipant(models.Model):
    """What one means to reach and where one stands: objectives and reviews."""

    _inherit = "coworking.participant"

    objective_ids = fields.One2many("coworking.objective", "participant_id", string="Objectives")
    objective_count = fields.Integer(compute="_compute_record_counts")
    review_ids = fields.One2many("coworking.review", "participant_id", string="Reviews")
    review_count = fields.Integer(compute="_compute_record_counts")
    review_graph = fields.Text(compute="_compute_review_graph")

    # === COMPUTE METHODS ===#

    def _compute_record_counts(self):
        for name, model in (
            ("objective_count", "coworking.objective"),
            ("review_count", "coworking.review"),
        ):
            counts = dict(
                self.env[model]._read_group(
                    [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
                )
            )
            for participant in self:
                participant[name] = counts.get(participant, 0)

    @api.depends(
        "review_ids.state", "review_ids.date", "review_ids.line_ids.rating", "review_ids.average"
    )
    def _compute_review_graph(self):
        """What the reviews held say over time, for the chart of the form: their average, each axis,
        and the reference one hopes for.
        """
        for participant in self:
            reviews = participant.review_ids.filtered(lambda review: review.state == "done").sorted(
                "date"
            )
            if len(reviews) < 2:
                participant.review_graph = False
                continue
            ratings = {
                (line.review_id, line.axis_id): line.rating_value for line in reviews.line_ids
            }
            references = {
                review: sum(review.line_ids.mapped("reference")) / (len(review.line_ids) or 1)
                for review in reviews
            }
            series = [
                (self.env._("Average"), False, [review.average for review in reviews]),
                *(
                    (axis.name, False, [ratings.get((review, axis)) for review in reviews])
                    for axis in reviews.line_ids.axis_id.sorted()
                ),
                (self.env._("Reference"), True, [references[review] for review in reviews]),
            ]
            participant.review_graph = json.dumps(
                [
                    {
                        "key": key,
                        "dashed": dashed,
                        "values": [
                            {"x": format_date(self.env, review.date, date_format="d MMM"), "y": y}
                            for review, y in zip(reviews, values, strict=True)
                        ],
                    }
                    for key, dashed, values in series
                ]
            )

    # === BUSINESS METHODS ===#

    def _may_have_review(self, kind):
        """Whether one of this kind is still to be held."""
        self.ensure_one()
        return kind not in HELD_ONCE or not self.review_ids.filtered(
            lambda review: review.kind == kind and review.state == "done"
        )

    def _get_reviews_after_exit(self):
        """:return: the planned reviews of these files after their exit"""
        today = fields.Date.context_today(self)
        # sudo: they were planned by the stage, not by whoever moves the file
        planned = self.env["coworking.review"].sudo()
        planned = planned.search_fetch(
            [("participant_id", "in", self.ids), ("state", "=", "planned")]
        )
        return planned.filtered(lambda row: row.date > (row.participant_id.date_exit or today))

    def _plan_reviews_again(self, dropped):
        """:param dropped: what ``_describe_plan`` gave of the reviews of this file"""
        self.ensure_one()
        for row in dropped:
            day = fields.Date.to_date(row["date"])
            if row["type"]:
                self.activity_schedule(
                    activity_type_id=row["type"],
                    summary=row["summary"],
                    date_deadline=day,
                    user_id=row["user"],
                )
            else:
                self.env["coworking.review"].create(
                    {
                        "participant_id": self.id,
                        "kind": row["kind"],
                        "date": day,
                        "user_id": row["user"],
                    }
                )
