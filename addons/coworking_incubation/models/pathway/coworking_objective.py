from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.processing import PATHWAY


class CoworkingObjective(models.Model):
    """What a participant means to reach, by when, and how; its history is in its chatter."""

    _name = "coworking.objective"
    _description = "Progression Objective"
    _processing = PATHWAY
    _inherit = [
        "coworking.participant.row.mixin",
        "coworking.form.lock.mixin",
        "coworking.thread.mixin",
        "mail.activity.mixin",
    ]
    _order = "state, date_deadline, id"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one(related="participant_id.user_id", string="Counsellor", store=True)
    name = fields.Char(string="Objective", required=True, tracking=True)
    theme_id = fields.Many2one("coworking.objective.theme", index="btree_not_null", tracking=True)
    description = fields.Text()
    date_deadline = fields.Date(string="By", tracking=True)
    state = fields.Selection(
        [
            ("open", "In progress"),
            ("reached", "Reached"),
            ("partly", "Partly reached"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="open",
        tracking=True,
    )
    date_closed = fields.Date(compute="_compute_date_closed", store=True)
    action_ids = fields.One2many("coworking.objective.action", "objective_id", string="Actions")
    actions_label = fields.Char(string="Actions Done", compute="_compute_actions_label")
    agreed_on = fields.Date(tracking=True, help="Day on which the participant agreed to it.")
    is_late = fields.Boolean(compute="_compute_is_late")

    @api.depends("state")
    def _compute_date_closed(self):
        for objective in self:
            if objective.state == "open":
                objective.date_closed = False
            elif not objective.date_closed:
                objective.date_closed = fields.Date.context_today(objective)

    @api.depends("action_ids.done")
    def _compute_actions_label(self):
        for objective in self:
            done = len(objective.action_ids.filtered("done"))
            total = len(objective.action_ids)
            objective.actions_label = f"{done}/{total}" if total else False

    @api.depends("state", "date_deadline")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for objective in self:
            objective.is_late = (
                objective.state == "open"
                and bool(objective.date_deadline)
                and objective.date_deadline < today
            )

    def action_agree(self):
        for objective in self:
            if objective.agreed_on:
                raise UserError(self.env._("%s was already agreed to.", objective.name))
        self.agreed_on = fields.Date.context_today(self)
        return True

    def action_reached(self):
        self.state = "reached"
        return True
