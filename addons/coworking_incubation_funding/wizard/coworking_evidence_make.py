from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ..models.evidence.coworking_evidence import KINDS, NAMES, SCOPES, SUBJECTS
from ..models.evidence.evidence_pieces import EvidencePieces

# Of what is missing, so many lines are shown.
MOST_SHOWN = 10


class CoworkingEvidenceMake(models.TransientModel):
    """What is to be in a file of evidence, and what is missing before it is sealed."""

    _name = "coworking.evidence.make"
    _description = "Make a File of Evidence"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    agreement_id = fields.Many2one("coworking.funding.agreement", readonly=True)
    claim_id = fields.Many2one("coworking.claim", readonly=True)
    participant_id = fields.Many2one("coworking.participant", readonly=True)
    scope = fields.Selection(
        SCOPES, string="What Is In", required=True, default=lambda self: self._default_scope()
    )
    names = fields.Selection(
        NAMES,
        string="People By",
        required=True,
        default=lambda self: self.env["coworking.evidence"]._pick_names("clear"),
        help="In the lists and in the names of files. Documents stay as they are: whoever signed is"
        " named there.",
    )
    may_choose = fields.Boolean(compute="_compute_may_choose")
    may_name = fields.Boolean(compute="_compute_may_choose", export_string_translation=False)
    document_count = fields.Integer(string="Documents", compute="_compute_pieces")
    missing_count = fields.Integer(string="Missing Items", compute="_compute_pieces")
    missing = fields.Text(string="What Is Missing", compute="_compute_pieces")
    earlier_count = fields.Integer(string="Sealed Before", compute="_compute_earlier_count")

    @api.model
    def _default_scope(self):
        return "all" if self._is_for_people() else "money"

    @api.model
    def _is_for_people(self):
        """Whether the user may take the proofs about people."""
        return self.env.user.has_group("coworking_incubation.group_coworking_coordinator")

    def _compute_may_choose(self):
        self.may_choose = self._is_for_people()
        self.may_name = self.env["coworking.evidence"]._pick_names("clear") == "clear"

    @api.depends("kind", "agreement_id", "claim_id", "participant_id", "scope")
    def _compute_pieces(self):
        """As it would be sealed now."""
        for wizard in self:
            if not wizard.kind:
                wizard.document_count, wizard.missing_count, wizard.missing = 0, 0, False
                continue
            evidence = wizard._new_evidence()
            evidence._check_may_take(wizard.scope)
            counts, missing = Counter(), []
            for piece in EvidencePieces(evidence):
                counts["missing" if piece.is_missing else bool(piece.content)] += 1
                if piece.is_missing and len(missing) < MOST_SHOWN:
                    missing.append(" · ".join(filter(None, (piece.title, piece.person))))
            if counts["missing"] > len(missing):
                missing.append("…")
            wizard.document_count = counts[True]
            wizard.missing_count = counts["missing"]
            wizard.missing = "\n".join(missing)

    @api.depends("agreement_id", "claim_id", "participant_id")
    def _compute_earlier_count(self):
        for wizard in self:
            wizard.earlier_count = self.env["coworking.evidence"].search_count(
                wizard._get_earlier_domain()
            )

    def _get_earlier_domain(self):
        name = SUBJECTS.get(self.kind)
        return [(name, "=", self[name].id)] if name else Domain.FALSE

    def _prepare_evidence(self):
        self.ensure_one()
        return {
            "kind": self.kind,
            "scope": self.scope,
            "names": self.env["coworking.evidence"]._pick_names(self.names),
            SUBJECTS[self.kind]: self[SUBJECTS[self.kind]].id,
        }

    def _new_evidence(self):
        """As it would be made, stored nowhere."""
        # sudo: of whose company it is
        company = self[SUBJECTS[self.kind]].sudo().company_id
        # sudo: nobody types one
        evidence = self.env["coworking.evidence"].sudo()
        return evidence.new({**self._prepare_evidence(), "company_id": company.id}).with_env(
            self.env
        )

    def action_seal(self):
        """Make it, and show it."""
        self.ensure_one()
        evidence = self.env["coworking.evidence"]._make(self._prepare_evidence())
        return evidence._get_records_action()

    def action_open_earlier(self):
        """Those that were sealed of the same before."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_evidence_action"
        )
        return {**action, "domain": self._get_earlier_domain()}
