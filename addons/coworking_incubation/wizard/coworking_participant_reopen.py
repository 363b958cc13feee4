from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingParticipantReopen(models.TransientModel):
    """Somebody who left comes back: the same file goes on."""

    _name = "coworking.participant.reopen"
    _description = "Bring a Participant Back"
    _inherit = ["coworking.record.mixin"]

    participant_id = fields.Many2one("coworking.participant", required=True, ondelete="cascade")
    stage_id = fields.Many2one(
        "coworking.stage",
        string="Back To",
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        required=True,
        domain="[('phase', 'in', ('selection', 'incubation'))]",
    )
    reason = fields.Char()
    is_program_over = fields.Boolean(compute="_compute_is_program_over")

    @api.depends("participant_id")
    def _compute_stage_id(self):
        """Most come back to the incubation they left."""
        for wizard in self:
            file = wizard.participant_id
            reachable = file.stage_id and file.stage_id._get_allowed_for(file.program_id)
            wizard.stage_id = reachable.filtered(lambda stage: stage.phase == "incubation")[:1]

    @api.depends("participant_id.program_id.date_end")
    def _compute_is_program_over(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            ends = wizard.participant_id.program_id.date_end
            wizard.is_program_over = bool(ends) and ends < today

    def action_open_new_file(self):
        """Of a program that is over nobody comes back: the same person has another file."""
        self.ensure_one()
        file = self.participant_id
        return {
            "type": "ir.actions.act_window",
            "res_model": file._name,
            "view_mode": "form",
            "context": {
                "default_partner_id": file.partner_id.id,
                "default_prescriber_id": file.prescriber_id.id,
                "default_prescriber_contact_id": file.prescriber_contact_id.id,
            },
        }

    def action_reopen(self):
        self.ensure_one()
        participant = self.participant_id
        if not self.reason or not self.reason.strip():
            raise UserError(self.env._("Say why %s comes back.", participant.display_name))
        if participant.phase not in ("followup", "closed"):
            raise UserError(self.env._("%s has not left.", participant.display_name))
        participant._reopen_file(self.stage_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
