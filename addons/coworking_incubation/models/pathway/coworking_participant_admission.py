from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools import ErrorWithLink


class CoworkingParticipant(models.Model):
    """Who may enter: a person once, by criteria and documents, admitted, refused with a reason, or
    waiting in order for a place that is freed.
    """

    _inherit = "coworking.participant"

    similar_html = fields.Html(
        string="Looks Like",
        compute="_compute_similar_html",
        help="People who may be the one that is being typed, with links to their files.",
    )
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
    selection_result = fields.Selection(
        [("admitted", "Admitted"), ("waiting", "Waiting list"), ("refused", "Refused")],
        copy=False,
        tracking=True,
    )
    refusal_reason_id = fields.Many2one(
        "coworking.refusal.reason", copy=False, ondelete="restrict", tracking=True
    )
    date_waiting = fields.Date(
        string="Waiting Since", compute="_compute_date_waiting", store=True, readonly=False
    )
    waiting_rank = fields.Integer(compute="_compute_waiting_rank")

    # === COMPUTE METHODS ===#

    @api.depends("partner_id", "partner_name", "email", "phone")
    def _compute_similar_html(self):
        partners = self.env["res.partner"]
        for file in self:
            similar = partners
            if not file._origin:
                similar = partners._coworking_find_similar(
                    file.partner_name, file.email, file.phone
                )
            file.similar_html = similar._coworking_format_similar()

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

    @api.depends("selection_result")
    def _compute_date_waiting(self):
        for participant in self:
            if participant.selection_result != "waiting":
                participant.date_waiting = False
            elif not participant.date_waiting:
                participant.date_waiting = fields.Date.context_today(participant)

    @api.depends("selection_result", "date_waiting", "program_id")
    def _compute_waiting_rank(self):
        # sudo: the rank is the program's, whoever looks
        waiting = (
            self.env["coworking.participant"]
            .sudo()
            .search(
                [
                    ("program_id", "in", self.program_id.ids),
                    ("selection_result", "=", "waiting"),
                    ("phase", "=", "selection"),
                ],
                order="date_waiting, id",
            )
        )
        ranks = {}
        for files in waiting.grouped("program_id").values():
            ranks.update({file.id: rank for rank, file in enumerate(files, start=1)})
        for participant in self:
            participant.waiting_rank = ranks.get(participant.id, 0)

    # === CONSTRAINT METHODS ===#

    @api.constrains("selection_result", "refusal_reason_id")
    def _check_refusal_has_reason(self):
        for participant in self:
            if participant.selection_result == "refused" and not participant.refusal_reason_id:
                raise ValidationError(
                    self.env._("Say why %s is refused: choose a reason.", participant.display_name)
                )

    # === ONE OPEN FILE ===#

    @api.model
    def _prepare_files_made(self, vals_list):
        """Open files that are to be made, as in ``_prepare_files_opened``."""
        stages = self.env["coworking.stage"]
        return [
            (vals["partner_id"], vals["program_id"], 0)
            for vals in vals_list
            if vals.get("partner_id")
            and vals.get("program_id")
            and vals.get("active", True)
            and stages.browse(vals.get("stage_id") or []).phase != "closed"
        ]

    def _prepare_files_opened(self, vals):
        """Files that a write is to open, or to open for another person or program.

        :return: list of (id of the person, id of the program, id of the file)
        """
        opened = []
        if not {"partner_id", "program_id", "stage_id", "active"} & vals.keys():
            return opened
        left = self.stage_id
        for file in self:
            stage = left.browse(vals.get("stage_id", file.stage_id.id))
            stage = stage.with_prefetch((left | stage).ids)  # both are read, at once
            before = (file.partner_id.id, file.program_id.id)
            after = (vals.get("partner_id", before[0]), vals.get("program_id", before[1]))
            opens = vals.get("active", file.active) and stage.phase != "closed"
            if opens and (after != before or not file.active or file.phase == "closed"):
                opened.append((*after, file.id))
        return opened

    @api.model
    def _check_one_open_file(self, wanted):
        """As PostgreSQL does, before it has to, and with a link to the other file.

        :param wanted: list of (id of the person, id of the program, id of the file or 0)
        """
        if not wanted:
            return
        # sudo: the rule holds for files that the user does not see
        others = self.sudo().search(
            Domain("phase", "!=", "closed")
            & Domain("partner_id", "in", [partner_id for partner_id, __, __ in wanted])
            & Domain("program_id", "in", [program_id for __, program_id, __ in wanted])
        )
        known = {(file.partner_id.id, file.program_id.id): file for file in others}
        for partner_id, program_id, file_id in wanted:
            other = known.get((partner_id, program_id), others.browse())
            if other and other.id != file_id:
                other._refuse_second_file()

    def _refuse_second_file(self):
        """This file is open: there is no second one for the same person and program."""
        self.ensure_one()
        words = {"person": self.display_name, "program": self.program_id.name}
        if not self.sudo(False).has_access("read"):
            raise ValidationError(
                self.env._("%(person)s already has an open file in program %(program)s.", **words)
            )
        raise ErrorWithLink(
            self.env._(
                "%(person)s already has an open file in program %(program)s, at stage %(stage)s.",
                stage=self.stage_id.name,
                **words,
            ),
            {
                "type": "ir.actions.act_window",
                "res_model": self._name,
                "res_id": self.id,
                "views": [(False, "form")],
            },
            self.env._("Open that file"),
        )

    # === BUSINESS METHODS ===#

    def _make_checklist(self):
        """The documents asked of each participant, one line each."""
        types = self.env["coworking.document.type"].search([])  # pylint: disable=no-search-all
        self.env["coworking.document"].create(
            [
                {"participant_id": participant.id, "type_id": kind.id}
                for participant in self
                for kind in types._filter_of_program(participant.program_id)
            ]
        )

    def _offer_freed_place(self):
        """Tell the accompanists of the first ones waiting, as many as places are free, once."""
        # sudo: those waiting and those hosted may be a colleague's
        for program in self.sudo().program_id:
            if program.places_left <= 0:
                continue
            waiting = self.sudo().search_fetch(
                [
                    ("program_id", "=", program.id),
                    ("selection_result", "=", "waiting"),
                    ("phase", "=", "selection"),
                ],
                ["user_id"],
                order="date_waiting, id",
                limit=program.places_left,
            )
            for accompanist, files in waiting.grouped("user_id").items():
                user = program._get_responsible(accompanist)
                summary = self.with_context(lang=user.lang).env._("A place is free: offer it")
                told = self.env["mail.activity"].sudo()
                told = told.search_fetch(
                    [
                        ("res_model", "=", self._name),
                        ("res_id", "in", files.ids),
                        ("summary", "=", summary),
                    ],
                    ["res_id"],
                )
                untold = files - files.browse(told.mapped("res_id"))
                if untold:
                    untold.activity_schedule(
                        "mail.mail_activity_data_todo", summary=summary, user_id=user.id
                    )
