from odoo import api, fields, models
from odoo.tools import format_date

from ..base.processing import PATHWAY


class CoworkingAssignment(models.Model):
    """Who accompanied a participant from when to when. Written when the accompanist changes."""

    _name = "coworking.assignment"
    _description = "Counsellor of a Participant"
    _processing = PATHWAY
    _inherit = ["coworking.record.mixin"]
    _order = "date_from desc, id desc"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one("res.users", string="Counsellor", required=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To")

    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)", "A period cannot end before it starts."
    )

    @api.depends("user_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for assignment in self:
            day = format_date(self.env, assignment.date_from)
            assignment.display_name = " ".join(filter(None, (assignment.user_id.name, day)))
