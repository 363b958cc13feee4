from dateutil.relativedelta import relativedelta

from odoo import fields, models


class CoworkingParticipantKeep(models.TransientModel):
    """Why a file that is about to be anonymised is kept, and until when."""

    _name = "coworking.participant.keep"
    _description = "Keep a File Longer"
    _inherit = ["coworking.record.mixin"]

    participant_id = fields.Many2one("coworking.participant", required=True, ondelete="cascade")
    kept_until = fields.Date(
        string="Keep Until",
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(months=6),
    )
    reason = fields.Char(required=True)

    def action_keep(self):
        self.ensure_one()
        self.participant_id._keep_data(self.kept_until, self.reason)
        return {"type": "ir.actions.act_window_close"}
