from odoo import api, fields, models

from ..base.processing import PATHWAY


class CoworkingObjectiveAction(models.Model):
    """A step towards an objective."""

    _name = "coworking.objective.action"
    _description = "Action of an Objective"
    _processing = PATHWAY
    _inherit = ["coworking.participant.row.mixin"]
    _owner_field = "objective_id"
    _order = "done, date_deadline, id"

    objective_id = fields.Many2one(
        "coworking.objective", required=True, ondelete="cascade", index=True
    )
    participant_id = fields.Many2one(
        related="objective_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(related="objective_id.program_id", store=True, precompute=True)
    company_id = fields.Many2one(related="objective_id.company_id", store=True, precompute=True)
    name = fields.Char(string="Action", required=True)
    date_deadline = fields.Date(string="By")
    done = fields.Boolean()
    date_done = fields.Date(string="Done On", compute="_compute_date_done", store=True)

    @api.depends("done")
    def _compute_date_done(self):
        for action in self:
            if not action.done:
                action.date_done = False
            elif not action.date_done:
                action.date_done = fields.Date.context_today(action)
