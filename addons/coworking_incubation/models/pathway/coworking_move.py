from odoo import api, fields, models

from ..base.processing import PATHWAY


class CoworkingMove(models.Model):
    """One passage of a file from a stage to another: from, to, when, who, and why if a rule gave
    way.

    Written by the pathway alone; nobody edits or deletes a row.
    """

    _name = "coworking.move"
    _description = "Move between Stages"
    _processing = PATHWAY
    _inherit = ["coworking.ordered.selection.mixin", "coworking.record.mixin"]
    _ordered_selections = ("from_phase", "to_phase")
    _order = "date desc, id desc"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    from_stage_id = fields.Many2one("coworking.stage", ondelete="restrict", index="btree_not_null")
    to_stage_id = fields.Many2one("coworking.stage", required=True, ondelete="restrict", index=True)
    from_phase = fields.Selection(
        related="from_stage_id.phase", string="From Phase", store=True, precompute=True
    )
    to_phase = fields.Selection(
        related="to_stage_id.phase", string="To Phase", store=True, precompute=True
    )
    changes_phase = fields.Boolean(compute="_compute_changes_phase", store=True, precompute=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one("res.users", string="Moved By", required=True)
    days = fields.Float(
        string="Days in the Stage Left",
        digits=(8, 2),
        aggregator="avg",
        help="How long the file was in the stage it left.",
    )
    reason = fields.Char(help="Why, when a coordinator let it pass or brought the file back.")
    overridden = fields.Boolean(help="A requirement or the order of the stages gave way.")
    missing = fields.Text(help="What was missing, when it gave way.")
    taken_back = fields.Boolean(
        help="A step by mistake or its way back, on the same day: counts for nothing."
    )
    effects = fields.Json(help="What the stage did on entry, for whoever takes the step back.")

    # What the funnel counts of a programme, read from the index alone.
    _phases = models.Index(
        "(program_id, participant_id) INCLUDE (to_phase)"
        " WHERE changes_phase IS TRUE AND taken_back IS NOT TRUE"
    )

    @api.depends("participant_id.display_name", "to_stage_id.name")
    def _compute_display_name(self):
        for move in self:
            move.display_name = f"{move.participant_id.display_name} → {move.to_stage_id.name}"

    @api.depends("from_phase", "to_phase")
    def _compute_changes_phase(self):
        for move in self:
            move.changes_phase = move.from_phase != move.to_phase

    def _keep_effects(self, effects):
        """:param effects: see ``coworking.participant._on_stage_entered``"""
        for move in self:
            if move.participant_id in effects:
                move.effects = effects[move.participant_id]
