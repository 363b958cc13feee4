from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class CoworkingParticipantMove(models.TransientModel):
    """Move several files at once: those that can go, the others are named with what they lack."""

    _name = "coworking.participant.move"
    _description = "Move Participants to a Stage"

    participant_ids = fields.Many2many(
        "coworking.participant",
        string="Participants",
        required=True,
        default=lambda self: self._default_participant_ids(),
    )
    stage_id = fields.Many2one("coworking.stage", string="To Stage", required=True)
    reason = fields.Char(
        help="A coordinator may let a file pass although something is missing: say why."
    )
    may_override = fields.Boolean(compute="_compute_may_override")
    report = fields.Text(readonly=True)

    @api.model
    def _default_participant_ids(self):
        if self.env.context.get("active_model") == "coworking.participant":
            return self.env.context.get("active_ids")
        return []

    def _compute_may_override(self):
        self.may_override = self.env.user.has_group(
            "coworking_incubation.group_coworking_coordinator"
        )

    def action_move(self):
        self.ensure_one()
        moved, refused = [], []
        for participant in self.participant_ids:
            try:
                with self.env.cr.savepoint():
                    participant.write({"stage_id": self.stage_id.id, "move_reason": self.reason})
                moved.append(participant.display_name)
            except (UserError, AccessError, ValidationError) as error:
                message, name = str(error), participant.display_name
                refused.append(message if name in message else f"{name}: {message}")
        if not refused:
            return {"type": "ir.actions.act_window_close"}
        lines = []
        if moved:
            lines.append(
                self.env._(
                    "Moved to %(stage)s: %(people)s.",
                    stage=self.stage_id.name,
                    people=", ".join(moved),
                )
            )
        self.report = "\n\n".join(lines + refused)
        self.participant_ids = self.participant_ids.filtered(
            lambda participant: participant.stage_id != self.stage_id
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move to a stage"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
