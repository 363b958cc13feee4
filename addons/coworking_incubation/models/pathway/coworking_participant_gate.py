from collections import defaultdict
from contextlib import contextmanager

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_date


class StageRefused(UserError):
    """A file may not enter a stage: the message says everything that is missing."""

    def __init__(self, message, stage):
        super().__init__(message)
        self.stage = stage
        # the web client knows errors by their name
        self.context = {"exception_class": "odoo.exceptions.UserError"}


class CoworkingParticipant(models.Model):
    """The workflow engine of a file: stages, requirements and the graph of moves are data.

    Every path passes the same gate, in ``create`` and ``write``: drag on the board, statusbar,
    button, mass move, import, RPC. What is missing is said all at once. A coordinator may let a
    file pass with a reason (``move_reason``), which is kept.
    """

    _inherit = "coworking.participant"

    move_reason = fields.Char(
        string="Reason for the Move",
        store=False,
        help="Written together with the stage: lets a file pass although something is missing.",
    )
    move_ids = fields.One2many("coworking.move", "participant_id", string="Passages")
    next_stage_id = fields.Many2one("coworking.stage", compute="_compute_readiness")
    readiness_done = fields.Integer(compute="_compute_readiness")
    readiness_total = fields.Integer(compute="_compute_readiness")
    readiness_label = fields.Char(
        string="Ready",
        compute="_compute_readiness",
        help="Requirements of the next stage that are met, of all of them.",
    )
    missing_requirements = fields.Text(string="Missing", compute="_compute_readiness")
    missing_html = fields.Html(string="What Is Missing", compute="_compute_missing_html")
    is_ready = fields.Boolean(
        string="Ready to Move", compute="_compute_readiness", search="_search_is_ready"
    )

    # === READINESS ===#

    @api.depends("stage_id", "program_id")
    def _compute_readiness(self):
        for target, rows, missing, files in self._readiness():
            blocking = rows.filtered(lambda row: row.severity == "blocking")
            done = len(blocking - missing)
            files.update(
                {
                    "next_stage_id": target,
                    "readiness_done": done,
                    "readiness_total": len(blocking),
                    "readiness_label": f"{done}/{len(blocking)}" if blocking else False,
                    "missing_requirements": "\n".join(missing.mapped("name")),
                    "is_ready": bool(target) and done == len(blocking),
                }
            )

    @api.depends("stage_id", "program_id")
    def _compute_missing_html(self):
        for _target, _rows, missing, files in self._readiness():
            for file in files:
                file.missing_html = self._as_html_list(row._as_link(file) for row in missing)

    def _readiness(self):
        """Readiness for the next stage, in batch: one query a requirement, whatever the number of
        cards.

        :return: (next stage, its requirements, those not met, the files that lack exactly these)
        """
        groups = self.grouped(lambda file: (file.stage_id, file.program_id))
        targets = {key: key[0]._next_for(key[1]) for key in groups}
        self.env["coworking.stage"].union(*targets.values()).requirement_ids.fetch(
            ["name", "domain", "severity", "action_id", "program_ids"]
        )
        requirements = {
            key: target.requirement_ids._for_program(key[1]) for key, target in targets.items()
        }
        asked = defaultdict(self.browse)
        for key, rows in requirements.items():
            for row in rows:
                asked[row] |= groups[key]
        met = {row: set(row._met_by(files).ids) for row, files in asked.items()}
        for key, files in groups.items():
            rows = requirements[key]
            lacking = files.grouped(
                lambda file, rows=rows: tuple(row.id for row in rows if file.id not in met[row])
            )
            for missing, alike in lacking.items():
                yield targets[key], rows, rows.browse(missing), alike

    def _problems_as_html(self, stage):
        """The list of everything that keeps this file from entering a stage, requirements as
        links.
        """
        self.ensure_one()
        links = {row.name: row._as_link(self) for row in stage.requirement_ids}
        problems = self._stage_problems(self.stage_id, stage)
        return self._as_html_list(links.get(problem, problem) for problem in problems)

    def _get_url(self):
        """Where the back office shows this file."""
        self.ensure_one()
        return f"/odoo/incubation-participants/{self.id}"

    def _as_html_list(self, items):
        rows = Markup().join(Markup("<li>%s</li>") % item for item in items)
        return Markup('<ul class="mb-0">%s</ul>') % rows if rows else False

    def _search_is_ready(self, operator, value):
        return self._domain_ready() if operator == "in" else NotImplemented

    @api.model
    def _domain_ready(self, asked=False):
        """Files that meet what their next stage asks for.

        :param asked: only where something is asked for
        """
        domains = []
        programs = self.env["coworking.program"].search([])  # pylint: disable=no-search-all
        for stage in self.env["coworking.stage"].search([]):  # pylint: disable=no-search-all
            for program in stage.program_ids or programs:
                target = stage._next_for(program)
                if not target:
                    continue
                rows = target.requirement_ids._for_program(program).filtered(
                    lambda row: row.severity == "blocking"
                )
                if asked and not rows:
                    continue
                # sudo: see coworking.requirement._met_by
                met = self.sudo().search(
                    Domain("stage_id", "=", stage.id)
                    & Domain("program_id", "=", program.id)
                    & Domain.AND(row._parse_domain() for row in rows)
                )
                domains.append(Domain("id", "in", met.ids))
        return Domain.OR(domains)

    # === THE GATE ===#

    def web_save(self, vals, specification, next_id=None):
        """The web client's drag, statusbar and form: a refusal leads to what settles it."""
        with self._offering_what_is_missing():
            return super().web_save(vals, specification, next_id=next_id)

    @contextmanager
    def _offering_what_is_missing(self):
        """A refused move of one file opens the dialog where each missing thing has its link, and
        where a coordinator may give a reason.
        """
        try:
            yield
        except StageRefused as refusal:
            if len(self) != 1:
                raise
            raise RedirectWarning(
                str(refusal),
                self._action_move_to(refusal.stage),
                self.env._("See what is missing"),
            ) from refusal

    def _action_move_to(self, stage=None):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move to a stage"),
            "res_model": "coworking.participant.move",
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_participant_ids": self.ids,
                "default_stage_id": stage.id if stage else False,
            },
        }

    def _stage_problems(self, origin, stage, entering=None):
        """Everything that keeps a file from entering a stage, in words.

        :param entering: all the files that move together, in order
        """
        self.ensure_one()
        problems = []
        if origin:
            allowed = origin._allowed_for(self.program_id)
            if allowed and stage not in allowed:
                problems.append(
                    self.env._(
                        "from %(origin)s one goes to: %(stages)s",
                        origin=origin.name,
                        stages=", ".join(allowed.mapped("name")),
                    )
                )
        elif stage.phase != "recruitment":
            problems.append(
                self.env._("a new file starts in recruitment, not in %(stage)s", stage=stage.name)
            )
        rows = stage.requirement_ids._for_program(self.program_id).filtered(
            lambda row: row.severity == "blocking"
        )
        problems += [row.name for row in rows if not row._met_by(self)]
        problems += self._entry_problems(origin, stage, entering or self)
        return problems

    def _entry_problems(self, origin, stage, entering):
        """Entering the incubation needs a place of the program, and a program that still runs."""
        problems = []
        if stage.phase != "incubation" or origin.phase == "incubation":
            return problems
        program = self.program_id
        # sudo: places are those of the program, whoever's files hold them
        hosted = (
            self.env["coworking.participant"]
            .sudo()
            .search_count(
                [
                    ("program_id", "=", program.id),
                    ("phase", "=", "incubation"),
                    ("id", "!=", self.id),
                ]
            )
        )
        together = entering.filtered(
            lambda file: file.program_id == program and file.phase != "incubation"
        )
        before = len(together[: together.ids.index(self.id)]) if self in together else 0
        if hosted + before >= program.target_places:
            problems.append(
                self.env._(
                    "the %(places)s places of program %(program)s are taken",
                    places=program.target_places,
                    program=program.name,
                )
            )
        entry = fields.Date.context_today(self)
        if self.date_entry and not self.move_ids.filtered(lambda row: row.to_phase == "incubation"):
            entry = self.date_entry
        if entry > program.date_end:
            problems.append(
                self.env._(
                    "program %(program)s ended on %(date)s",
                    program=program.name,
                    date=format_date(self.env, program.date_end),
                )
            )
        return problems

    def _enter_first_stage(self, reasons):
        """These files were just made: where they are is checked, kept, and sets off what it says.

        :param reasons: for each, why it may be where it is, or None
        """
        nowhere = self.env["coworking.stage"]
        newcomers = self.browse()
        for file, reason in zip(self, reasons, strict=True):
            problems = file._stage_problems(nowhere, file.stage_id)
            self._pass_or_refuse(file.stage_id, {file: problems}, reason)
            file._record_move(nowhere, reason, problems)
            newcomers |= file if not reason else self.browse()
        for stage, entered in newcomers.grouped("stage_id").items():
            entered._on_stage_entered(stage)

    def _pass_gate(self, stage, reason):
        """Refuse all of these that may not enter a stage.

        :return: dict file -> what was missing and let pass
        """
        problems = {file: file._stage_problems(file.stage_id, stage, self) for file in self}
        self._pass_or_refuse(stage, problems, reason)
        return problems

    def _pass_or_refuse(self, stage, problems, reason):
        """Refuse everything that is wrong at once, unless a coordinator gave a reason."""
        wrong = {file: found for file, found in problems.items() if found}
        if not wrong:
            return
        message = "\n".join(
            self.env._(
                "%(person)s cannot go to %(stage)s yet:\n%(problems)s",
                person=file.display_name,
                stage=stage.name,
                problems="\n".join(f"• {problem}" for problem in found),
            )
            for file, found in wrong.items()
        )
        if not reason or not reason.strip():
            raise StageRefused(message, stage)
        if not self.env.su and not self.env.user.has_group(
            "coworking_incubation.group_coworking_coordinator"
        ):
            raise AccessError(
                self.env._(
                    "%(problems)s\nOnly a coordinator lets a file pass when something is missing.",
                    problems=message,
                )
            )

    def _record_move(self, origin, reason, problems):
        self.ensure_one()
        now = fields.Datetime.now()
        # sudo: passages are written by the engine alone
        moves = self.env["coworking.move"].sudo()
        previous = moves.search([("participant_id", "=", self.id)], limit=1)
        since = previous.date or self.create_date or now
        moves.create(
            {
                "participant_id": self.id,
                "from_stage_id": origin.id,
                "to_stage_id": self.stage_id.id,
                "date": now,
                "user_id": self.env.uid,
                "days": (now - since).total_seconds() / 86400 if origin else 0.0,
                "reason": reason,
                "overridden": bool(problems),
                "missing": "\n".join(problems),
            }
        )

    # === ON ENTRY ===#

    def _on_stage_entered(self, stage):
        """What the stage says happens on entry: its date, its activity plan. Its mail:
        _track_template.
        """
        if stage.sets_date:
            today = fields.Date.context_today(self)
            self.filtered(lambda file: not file[stage.sets_date])[stage.sets_date] = today
        plan = stage.activity_plan_id
        if plan:
            for user, files in self._without_plan(plan).grouped("user_id").items():
                schedule = self.env["mail.activity.schedule"].create(
                    {
                        "res_model": self._name,
                        "res_ids": str(files.ids),
                        "plan_id": plan.id,
                        "plan_date": fields.Date.context_today(self),
                        "plan_on_demand_user_id": (user or self.env.user).id,
                    }
                )
                schedule.action_schedule_plan()
        if stage.releases_seats:
            self._release_seats()
        if stage.drops_reviews:
            self._drop_planned_reviews()

    def _without_plan(self, plan):
        """Files for which nothing of the plan is open: going back and forth starts it once."""
        running = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "in", plan.template_ids.activity_type_id.ids),
                ("summary", "in", plan.template_ids.mapped("summary")),
            ]
        )
        return self - self.browse(running.mapped("res_id"))

    def _track_template(self, changes):
        result = super()._track_template(changes)
        stage = self[:1].stage_id
        taken_over = self.env.context.get("coworking_taken_over")
        if "stage_id" in changes and stage.mail_template_id and not taken_over:
            result["stage_id"] = (
                stage.mail_template_id,
                {
                    "auto_delete_keep_log": False,
                    "email_layout_xmlid": "mail.mail_notification_light",
                },
            )
        return result
