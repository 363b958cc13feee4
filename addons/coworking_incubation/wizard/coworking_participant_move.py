from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import plaintext2html

from ..models.base.discussion import get_address_words
from ..models.pathway.coworking_participant_gate import StageRefused


class CoworkingParticipantMove(models.TransientModel):
    """Move several files at once: those that can go, the others are named with what they lack."""

    _name = "coworking.participant.move"
    _description = "Move Participants to a Stage"
    _inherit = ["coworking.record.mixin"]

    participant_ids = fields.Many2many(
        "coworking.participant",
        string="Participants",
        required=True,
        default=lambda self: self._default_participant_ids(),
    )
    stage_id = fields.Many2one("coworking.stage", string="To Stage", required=True)
    all_stages = fields.Boolean(help="Also those to which these people may not go from here.")
    stage_ids = fields.Many2many(
        "coworking.stage", compute="_compute_stage_ids", string="Stages to Choose From"
    )
    reason = fields.Char(
        help="A coordinator may let a file pass although something is missing: say why."
    )
    contact_words = fields.Char(string="Written To", compute="_compute_contact_words")
    may_override = fields.Boolean(compute="_compute_may_override")
    report = fields.Html(readonly=True)
    # stages of the files when the dialog was opened, by their ids
    stages_shown = fields.Json(default=lambda self: self._default_stages_shown())

    @api.model
    def _default_participant_ids(self):
        if self.env.context.get("active_model") == "coworking.participant":
            return self.env.context.get("active_ids")
        return []

    @api.model
    def _default_stages_shown(self):
        chosen = self.env.context.get("default_participant_ids") or self._default_participant_ids()
        files = self.env["coworking.participant"].browse(chosen or ())
        return {str(file.id): file.stage_id.id for file in files}

    @api.depends("participant_ids", "stage_id", "reason")
    def _compute_contact_words(self):
        """Whom the mail of the stage goes to, at which address."""
        for wizard in self:
            files, stage = wizard.participant_ids._origin, wizard.stage_id._origin
            written = files._filter_written_to(stage, wizard.reason)
            wizard.contact_words = get_address_words(written.partner_id) or False

    @api.depends("participant_ids", "stage_id", "all_stages")
    def _compute_stage_ids(self):
        """Where these people may go from where they are; every stage, where all are asked for."""
        stages = self.env["coworking.stage"]
        for wizard in self:
            files = wizard.participant_ids._origin
            every = stages.search([])  # pylint: disable=no-search-all
            every = every._filter_of_program(files.program_id[:1]) if files else every
            allowed = stages.union(
                *(file.stage_id._get_allowed_for(file.program_id) or every for file in files)
            )
            wizard.stage_ids = every if wizard.all_stages else allowed | wizard.stage_id._origin

    def _compute_may_override(self):
        self.may_override = self.env.user.has_group(
            "coworking_incubation.group_coworking_coordinator"
        )

    @api.onchange("participant_ids", "stage_id")
    def _onchange_what_is_missing(self):
        """What each person lacks, and who would leave long before the planned exit, is shown
        before anybody is moved.
        """
        stage = self.stage_id._origin
        people = self.participant_ids._origin.filtered(lambda file: file.stage_id != stage)
        refusals = self._format_refusals(people) if stage else {}
        early = people._filter_early(stage) - people.browse(file.id for file in refusals)
        self.report = Markup().join([*refusals.values(), self._format_early(early)]) or False

    def _format_refusals(self, people):
        """What keeps people from the stage, each thing with its link.

        :return: dict file -> HTML, of those that something keeps from it
        """
        return {
            person: Markup("<div>%s%s</div>")
            % (
                self.env._(
                    "%(person)s cannot go to %(stage)s yet:",
                    person=self._format_person(person),
                    stage=self.stage_id.name,
                ),
                problems,
            )
            for person, problems in people._format_problems(self.stage_id._origin).items()
        }

    def _format_early(self, people):
        """Who is far from the planned exit, and how far."""
        if not people:
            return Markup()
        return Markup("<div>%s%s</div>") % (
            self.env._("Far from the planned exit. Move all the same?"),
            people._format_html_list(
                Markup("%s, %s") % (self._format_person(person), person.clock_words)
                for person in people
            ),
        )

    def _format_person(self, person):
        return Markup('<a href="%s">%s</a>') % (person._get_url(), person.display_name)

    def _is_elsewhere(self, participant):
        """Whether a colleague moved this file since the dialog was opened."""
        shown = (self.stages_shown or {}).get(str(participant.id))
        return shown and participant.stage_id.id not in (shown, self.stage_id.id)

    def action_move(self):
        self.ensure_one()
        moved, lacking, refused = [], self.participant_ids.browse(), []
        for participant in self.participant_ids:
            if self._is_elsewhere(participant):
                refused.append(plaintext2html(participant._describe_moved_meanwhile()))
                continue
            try:
                with self.env.cr.savepoint():
                    participant.write({"stage_id": self.stage_id.id, "move_reason": self.reason})
                moved.append(participant.display_name)
            except StageRefused:
                lacking |= participant
            except UserError as error:
                message, name = str(error), participant.display_name
                refused.append(plaintext2html(message if name in message else f"{name}: {message}"))
        refused += self._format_refusals(lacking).values()
        if not refused:
            return {"type": "ir.actions.act_window_close"}
        lines = []
        if moved:
            lines.append(
                Markup("<p>%s</p>")
                % self.env._(
                    "Moved to %(stage)s: %(people)s.",
                    stage=self.stage_id.name,
                    people=", ".join(moved),
                )
            )
        self.report = Markup().join(lines + refused)
        self.stages_shown = {str(file.id): file.stage_id.id for file in self.participant_ids}
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
