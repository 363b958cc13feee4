from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ..base.processing import PATHWAY
from ..base.whole import WholeOne2many

REVIEW_KINDS = [
    ("entry", "Entry"),
    ("monthly", "Monthly"),
    ("interim", "Three months"),
    ("final", "Final"),
]
# The two ends of a stay: one of each is held.
HELD_ONCE = ("entry", "final")


class CoworkingReview(models.Model):
    """Where a participant stands on a day, on a grid of ratings from 0 to 5."""

    _name = "coworking.review"
    _description = "Review"
    _processing = PATHWAY
    _inherit = [
        "coworking.participant.row.mixin",
        "coworking.form.lock.mixin",
        "coworking.thread.mixin",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one(
        "res.users", string="Held By", required=True, default=lambda self: self.env.user
    )
    kind = fields.Selection(REVIEW_KINDS, required=True, default="monthly", tracking=True)
    date = fields.Date(required=True, default=lambda self: fields.Date.context_today(self))
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done")], required=True, default="planned", tracking=True
    )
    line_ids = WholeOne2many(
        "coworking.review.line",
        "review_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    average = fields.Float(
        string="Average Rating",
        compute="_compute_average",
        store=True,
        digits=(3, 1),
        aggregator="avg",
    )
    planned_activity_ids = WholeOne2many(
        "mail.activity", "coworking_review_id", string="Planned By"
    )
    summary = fields.Text(help="What was said, in words the participant could read.")
    decisions = fields.Text()

    _entry_final_once = models.UniqueIndex(
        "(participant_id, kind) WHERE kind IN ('entry', 'final') AND state = 'done'",
        "This participant already has that review.",
    )

    @api.depends("participant_id.display_name", "date", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for review in self:
            review.display_name = " ".join(
                filter(
                    None,
                    (
                        kinds.get(review.kind),
                        review.participant_id.display_name,
                        review.date and format_date(self.env, review.date),
                    ),
                )
            )

    @api.depends("participant_id", "kind")
    def _compute_line_ids(self):
        """The grid of the program: a line an axis, with the reference of this kind of review."""
        grid = self.env["coworking.review.axis"].with_context(active_test=True)
        axes = grid.search([])  # pylint: disable=no-search-all
        for review in self:
            program = review.participant_id.program_id
            if not program:
                continue
            known = {line.axis_id: line for line in review.line_ids}
            wanted = axes._filter_of_program(program)
            review.line_ids = [
                Command.update(known[axis].id, {"reference": axis._get_reference(review.kind)})
                if axis in known
                else Command.create(
                    {"axis_id": axis.id, "reference": axis._get_reference(review.kind)}
                )
                for axis in wanted
            ]

    @api.depends("line_ids.rating")
    def _compute_average(self):
        for review in self:
            rated = review.line_ids.filtered("rating")
            review.average = sum(int(line.rating) for line in rated) / len(rated) if rated else 0.0

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Reviews that are planned have no ratings yet: they lower no average."""
        result = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec == "average:avg":
            state = self._field_to_sql(self._table, "state", query)
            return SQL("%s FILTER (WHERE %s = 'done')", result, state)
        return result

    @api.constrains("state", "line_ids")
    def _check_rated(self):
        """A review that was held has all its ratings, by whatever path it is said to be held."""
        for review in self.filtered(lambda review: review.state == "done"):
            missing = review.line_ids.filtered(lambda line: not line.rating)
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(review)s: rate %(axes)s first.",
                        review=review.display_name,
                        axes=", ".join(missing.axis_id.mapped("name")),
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            self._close_plan()
        elif {"date", "user_id"} & vals.keys():
            # sudo: the activity follows its review, whoever may write that one
            self.sudo().planned_activity_ids._follow_review()
        return result

    def action_done(self):
        self.state = "done"
        return True

    # === PLAN METHODS ===#

    def _close_plan(self):
        """Holding a review does what its activity asked for, and leaves no second one to hold."""
        for review in self:
            if review.kind in HELD_ONCE:
                others = review.participant_id.review_ids - review
                others.filtered(lambda other, kind=review.kind: other.kind == kind)._drop_plan()
            review.planned_activity_ids.action_feedback()

    def _drop_plan(self):
        """Reviews that will not be held go with their activities, unless something was written."""
        # sudo: they were planned by the stage, not by whoever moves the file
        blank = self.sudo().filtered(lambda review: review._is_blank())
        activities, lines = blank.planned_activity_ids, blank.line_ids
        bare = blank._filter_bare()
        planned_by = bare.planned_activity_ids
        bare._track_discard()
        bare._delete_computed()
        # PostgreSQL took it off what planned it, which is not read again for that
        planned_by._fields["coworking_review_id"]._update_cache(planned_by, None)
        (blank - bare).unlink()
        # PostgreSQL deleted the lines along: Odoo would look for each, to compute it again.
        for field in lines._fields.values():
            self.env.remove_to_compute(field, lines)
        lines.invalidate_recordset(flush=False)
        activities.unlink()

    def _describe_plan(self):
        """:return: list of dicts, as JSON: what plans those again that ``_drop_plan`` would drop"""
        # sudo: as there
        return [
            {
                "kind": review.kind,
                "date": str(review.date),
                "user": review.user_id.id,
                "type": review.planned_activity_ids[:1].activity_type_id.id,
                "summary": review.planned_activity_ids[:1].summary,
            }
            for review in self.sudo()
            if review._is_blank()
        ]

    def _is_blank(self):
        self.ensure_one()
        return (
            self.state == "planned"
            and not any(self.line_ids.mapped("rating"))
            and not self.summary
            and not self.decisions
        )

    def _follow_activity(self, day, user):
        """Moved along with the activity that planned it."""
        vals = {}
        if self.date != day:
            vals["date"] = day
        if user and self.user_id != user:
            vals["user_id"] = user.id
        if vals:
            self.write(vals)
