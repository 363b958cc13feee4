from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.processing import PATHWAY


class CoworkingDocument(models.Model):
    """One document of one participant's checklist."""

    _name = "coworking.document"
    _description = "Entry Document"
    _processing = PATHWAY
    _inherit = ["coworking.participant.row.mixin"]
    _order = "sequence, id"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    type_id = fields.Many2one("coworking.document.type", required=True, ondelete="restrict")
    sequence = fields.Integer(related="type_id.sequence", store=True, precompute=True)
    mandatory = fields.Boolean(related="type_id.mandatory", store=True, precompute=True)
    state = fields.Selection(
        [("missing", "Missing"), ("seen", "Seen"), ("not_applicable", "Not applicable")],
        required=True,
        default="missing",
    )
    date_seen = fields.Date(
        string="Seen On", compute="_compute_seen", store=True, readonly=False, precompute=True
    )
    seen_by_id = fields.Many2one(
        "res.users",
        compute="_compute_seen",
        store=True,
        readonly=False,
        precompute=True,
    )
    file = fields.Binary(attachment=True, string="Copy")
    filename = fields.Char()

    _type_uniq = models.Constraint(
        "UNIQUE(participant_id, type_id)", "This document is already on the participant's list."
    )

    @api.depends("type_id.name")
    def _compute_display_name(self):
        for document in self:
            document.display_name = document.type_id.name

    @api.depends("state")
    def _compute_seen(self):
        for document in self:
            if document.state != "seen":
                document.date_seen = document.seen_by_id = False
            elif not document.date_seen:
                document.date_seen = fields.Date.context_today(document)
                document.seen_by_id = self.env.user

    @api.constrains("state", "mandatory")
    def _check_mandatory(self):
        for document in self:
            if document.mandatory and document.state == "not_applicable":
                raise ValidationError(
                    self.env._(
                        "%(document)s is mandatory for %(participant)s: it is missing, or seen.",
                        document=document.type_id.name,
                        participant=document.participant_id.display_name,
                    )
                )
