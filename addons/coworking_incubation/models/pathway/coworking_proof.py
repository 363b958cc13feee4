from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.processing import PATHWAY


class CoworkingProof(models.Model):
    """A proof that a participant meets a criterion: who saw it, when, and until when it holds."""

    _name = "coworking.proof"
    _description = "Proof of a Criterion"
    _processing = PATHWAY
    _inherit = ["coworking.guard.mixin", "coworking.participant.row.mixin"]
    _order = "date_seen desc, id desc"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    criterion_id = fields.Many2one("coworking.criterion", required=True, ondelete="restrict")
    proof_expected = fields.Char(related="criterion_id.proof_expected")
    keep_copy = fields.Boolean(related="criterion_id.keep_copy")
    date_document = fields.Date(help="Date written on the document.")
    date_seen = fields.Date(
        string="Seen On", required=True, default=lambda self: fields.Date.context_today(self)
    )
    seen_by_id = fields.Many2one("res.users", required=True, default=lambda self: self.env.user)
    copy_file = fields.Binary(string="Copy", attachment=True)
    copy_filename = fields.Char()
    date_expiry = fields.Date(
        string="Holds Until", compute="_compute_date_expiry", store=True, precompute=True
    )
    known_expiry = fields.Date(
        string="Known to Hold Until",
        compute="_compute_known_expiry",
        store=True,
        precompute=True,
        readonly=False,
        help="What was said of it where it was seen, before this program was kept here.",
    )
    is_valid = fields.Boolean(
        string="Holds", compute="_compute_is_valid", search="_search_is_valid"
    )

    _code_fields = frozenset({"known_expiry"})

    _document_before_seen = models.Constraint(
        "CHECK (date_document IS NULL OR date_document <= date_seen)",
        "A document cannot be seen before its own date.",
    )

    @api.depends("criterion_id.name", "date_seen")
    def _compute_display_name(self):
        for proof in self:
            proof.display_name = proof.criterion_id.name

    @api.depends("date_document", "date_seen", "criterion_id")
    def _compute_known_expiry(self):
        """What was said of it was not said of another paper, day or criterion."""
        self.known_expiry = False

    @api.depends("date_document", "date_seen", "criterion_id.proof_max_age_days", "known_expiry")
    def _compute_date_expiry(self):
        """What is known of it, or else the document's date, or the day it was seen, plus the age
        the criterion allows.
        """
        for proof in self:
            days = proof.criterion_id.proof_max_age_days
            since = proof.date_document or proof.date_seen
            by_rule = since + relativedelta(days=days) if days and since else False
            proof.date_expiry = proof.known_expiry or by_rule

    @api.depends("date_expiry", "copy_file", "criterion_id.keep_copy")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for proof in self:
            current = not proof.date_expiry or proof.date_expiry >= today
            proof.is_valid = current and (not proof.keep_copy or bool(proof.copy_file))

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        return (Domain("date_expiry", "=", False) | Domain("date_expiry", ">=", "today")) & (
            Domain("criterion_id.keep_copy", "=", False) | Domain("copy_file", "!=", False)
        )
