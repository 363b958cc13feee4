from odoo import api, fields, models


class CoworkingParticipant(models.Model):
    """Who may enter: criteria, each with its proof, and the documents asked for at entry."""

    _inherit = "coworking.participant"

    proof_ids = fields.One2many("coworking.proof", "participant_id", string="Proofs")
    criterion_ids = fields.Many2many(
        "coworking.criterion",
        string="Criteria Declared",
        help="Criteria the person says they meet; those that ask for a proof count once it is "
        "seen.",
    )
    criteria_met = fields.Integer(compute="_compute_eligibility", store=True)
    is_eligible = fields.Boolean(string="Eligible", compute="_compute_eligibility", store=True)
    accident_cover_missing = fields.Boolean(
        compute="_compute_accident_cover_missing",
        help="The referring organisation gives no accident-at-work cover: it has to come from"
        " elsewhere.",
    )
    document_ids = fields.One2many("coworking.document", "participant_id", string="Documents")
    documents_missing = fields.Integer(compute="_compute_documents_missing", store=True)

    # === COMPUTE METHODS ===#

    @api.depends(
        "criterion_ids.proof_expected",
        "proof_ids.criterion_id.keep_copy",
        "proof_ids.date_expiry",
        "proof_ids.copy_file",
        "program_id.min_criteria",
        "program_id.criterion_ids",
    )
    def _compute_eligibility(self):
        """Criteria are not cumulative: as many as the program asks, each with its proof where one
        is due.

        A proof that held when it was seen makes eligible for good: only new files are asked for a
        fresh one.
        """
        for participant in self:
            wanted = participant.program_id.criterion_ids
            proven = participant.proof_ids.filtered(
                lambda proof: (
                    (not proof.date_expiry or proof.date_expiry >= proof.date_seen)
                    and (not proof.keep_copy or proof.copy_file)
                )
            ).criterion_id
            declared = participant.criterion_ids.filtered(
                lambda criterion: not criterion.proof_expected
            )
            met = (proven | declared) & wanted if wanted else proven | declared
            participant.criteria_met = len(met)
            participant.is_eligible = len(met) >= participant.program_id.min_criteria

    @api.depends("prescriber_id.coworking_accident_cover")
    def _compute_accident_cover_missing(self):
        for participant in self:
            participant.accident_cover_missing = not (
                participant.prescriber_id.coworking_accident_cover
            )

    @api.depends("document_ids.state", "document_ids.mandatory")
    def _compute_documents_missing(self):
        for participant in self:
            participant.documents_missing = len(
                participant.document_ids.filtered(
                    lambda document: document.mandatory and document.state == "missing"
                )
            )

    # === BUSINESS METHODS ===#

    def _make_checklist(self):
        """The documents asked of each participant, one line each."""
        types = self.env["coworking.document.type"].search([])  # pylint: disable=no-search-all
        self.env["coworking.document"].create(
            [
                {"participant_id": participant.id, "type_id": kind.id}
                for participant in self
                for kind in types
                if not kind.program_ids or participant.program_id in kind.program_ids
            ]
        )
