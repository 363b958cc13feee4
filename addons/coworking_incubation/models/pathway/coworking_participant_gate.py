from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from ..base.coworking_record_mixin_shown import ChangedMeanwhile
from ..base.discussion import get_address_words


class StageRefused(UserError):
    """Files may not enter a stage, or not without being asked: the message says everything.

    :param action: dialog that the web client opens in place of the message: there each missing
        thing has its link, and the move is tried again
    """

    def __init__(self, message, action=None):
        super().__init__(message)
        # the web client knows errors by their name
        self.context = {
            "exception_class": "odoo.exceptions.UserError",
            "coworking_action": action,
        }


class CoworkingParticipant(models.Model):
    """The workflow engine of a file: stages, requirements and the graph of moves are data.

    Every path passes the same gate, in ``create`` and ``write``: drag on the board, statusbar,
    button, mass move, import, RPC. What is missing is said all at once. A coordinator may let a
    file pass with a reason (``move_reason``), which is kept.

    A step by mistake is taken back the same day by who took it, whatever the gate says: what the
    stage did on entry is put as it was, and neither step counts in funnels and delays. A mail that
    was sent stays sent.
    """

    _inherit = "coworking.participant"

    move_reason = fields.Char(
        string="Reason for the Move",
        store=False,
        help="Written together with the stage: lets a file pass although something is missing.",
    )
    move_ids = fields.One2many("coworking.move", "participant_id", string="Moves")
    next_stage_id = fields.Many2one("coworking.stage", compute="_compute_readiness")
    readiness_total = fields.Integer(compute="_compute_readiness")
    readiness_label = fields.Char(
        string="Ready",
        compute="_compute_readiness",
        help="Requirements of the next stage that are met, of all of them.",
    )
    missing_requirements = fields.Text(string="Missing", compute="_compute_readiness")
    missing_html = fields.Html(string="What Is Missing", compute="_compute_missing_html")
    next_stage_mail = fields.Char(
        string="Written To",
        compute="_compute_next_stage_mail",
        help="The person's address, where the next stage sends a mail to whoever enters it.",
    )
    is_ready = fields.Boolean(
        string="Ready to Move", compute="_compute_readiness", search="_search_is_ready"
    )
    next_is_early = fields.Boolean(
        compute="_compute_next_is_early",
        help="The next stage leads to the exit, which is planned for much later.",
    )

    # === TIME IN THE STAGES ===#

    @api.depends("stage_id")
    def _compute_duration_tracking(self):
        """Seconds in each stage, from the moves that are kept: they also know the way of files
        that were taken over, which Odoo's discussion does not.
        """
        now = fields.Datetime.now()
        # sudo: how long, whoever may read the file
        moves = self.env["coworking.move"].sudo()
        mine = Domain("participant_id", "in", self.ids) & Domain("taken_back", "=", False)
        spent = defaultdict(lambda: defaultdict(int))
        for file, stage, days in moves._read_group(
            mine & Domain("from_stage_id", "!=", False),
            ["participant_id", "from_stage_id"],
            ["days:sum"],
        ):
            spent[file.id][stage.id] = int(days * 86400)
        since = dict(moves._read_group(mine, ["participant_id"], ["date:max"]))
        for file in self:
            durations = spent[file._origin.id]
            entered = since.get(file._origin) or file.create_date or now
            durations[file.stage_id.id] += int((now - entered).total_seconds())
            file.duration_tracking = dict(durations)

    # === READINESS ===#

    @api.depends("stage_id", "program_id")
    def _compute_readiness(self):
        for target, rows, missing, files in self._get_readiness():
            blocking = rows.filtered(lambda row: row.severity == "blocking")
            done = len(blocking - missing)
            files.update(
                {
                    "next_stage_id": target,
                    "readiness_total": len(blocking),
                    "readiness_label": f"{done}/{len(blocking)}" if blocking else False,
                    "missing_requirements": "\n".join(missing.mapped("name")),
                    "is_ready": bool(target) and done == len(blocking),
                }
            )

    @api.depends("stage_id", "program_id")
    def _compute_missing_html(self):
        for _target, _rows, missing, files in self._get_readiness():
            for file in files:
                file.missing_html = self._format_html_list(
                    row._format_link(file) for row in missing
                )

    @api.depends("stage_id", "program_id", "email", "is_opposed")
    def _compute_next_stage_mail(self):
        for file in self:
            written = file.next_stage_id.mail_template_id and not file.is_opposed
            file.next_stage_mail = file.email if written else False

    def _get_readiness(self):
        """Readiness for the next stage, in batch: one query a requirement, whatever the number of
        cards.

        :return: (next stage, its requirements, those not met, the files that lack exactly these)
        """
        groups = self.grouped(lambda file: (file.stage_id, file.program_id))
        stages = self.env["coworking.stage"].search([])  # pylint: disable=no-search-all
        targets = {key: key[0]._get_next_for(key[1], stages) for key in groups}
        self.env["coworking.stage"].union(*targets.values()).requirement_ids.fetch(
            ["name", "domain", "severity", "action_id", "program_ids"]
        )
        requirements = {
            key: target.requirement_ids._filter_of_program(key[1])
            for key, target in targets.items()
        }
        asked = defaultdict(self.browse)
        for key, rows in requirements.items():
            for row in rows:
                asked[row] |= groups[key]
        met = self.env["coworking.requirement"]._find_met(asked)
        for key, files in groups.items():
            rows = requirements[key]
            lacking = files.grouped(
                lambda file, rows=rows: tuple(row.id for row in rows if file.id not in met[row])
            )
            for missing, alike in lacking.items():
                yield targets[key], rows, rows.browse(missing), alike

    def _format_problems(self, stage):
        """Everything that keeps each of these files from entering a stage, requirements as links:
        to where they are settled, or to the file.

        :return: dict file -> HTML, of those that something keeps from it
        """
        by_name = {row.name: row for row in stage.requirement_ids}
        problems = self._get_stage_problems(
            {file: file.stage_id for file in self}, dict.fromkeys(self, stage)
        )
        return {
            file: self._format_html_list(
                by_name[problem]._format_link(file, file._get_url())
                if problem in by_name
                else problem
                for problem in found
            )
            for file, found in problems.items()
            if found
        }

    def _get_url(self):
        """Where the back office shows this file."""
        self.ensure_one()
        return f"/odoo/incubation-participants/{self.id}"

    def _format_html_list(self, items):
        rows = Markup().join(Markup("<li>%s</li>") % item for item in items)
        return Markup('<ul class="mb-0">%s</ul>') % rows if rows else False

    def _search_is_ready(self, operator, value):
        return self._get_ready_domain() if operator == "in" else NotImplemented

    @api.model
    def _get_ready_domain(self, asked=False):
        """Files that meet what their next stage asks for: see ``_get_ready_rules``."""
        # Looked up within the query that asks, once for each stage.
        # sudo: see coworking.requirement._find_met
        files = self.sudo()
        return Domain.OR(
            Domain("id", "in", files._search(rule)) for rule in self._get_ready_rules(asked)
        )

    @api.model
    def _get_ready_rules(self, asked):
        """What a stage asks of files that are to leave it, once for all programs of which it asks
        the same: domains of fields that not everybody may read.

        :param asked: only of files in progress, and where something is asked for
        """
        alike = defaultdict(self.env["coworking.program"].browse)
        programs = self.env["coworking.program"].search([])  # pylint: disable=no-search-all
        stages = self.env["coworking.stage"].search([])  # pylint: disable=no-search-all
        requirements = stages.requirement_ids
        requirements.fetch(["domain", "severity", "program_ids"])
        # Programs without a stage and a requirement of their own are looked at as one.
        special = programs & (stages.program_ids | requirements.program_ids)
        for group in [programs - special, *special]:
            for stage in stages._filter_of_program(group[:1]) if group else ():
                target = stage._get_next_for(group[:1], stages)
                # closed: nearly all files that ever were
                if not target or asked and stage.phase == "closed":
                    continue
                rows = target.requirement_ids._filter_of_program(group[:1]).filtered(
                    lambda row: row.severity == "blocking"
                )
                if rows or not asked:
                    alike[stage, rows] |= group
        return [
            Domain("stage_id", "=", stage.id)
            & Domain("program_id", "in", programs.ids)
            & Domain.AND(row._parse_domain() for row in rows)
            for (stage, rows), programs in alike.items()
        ]

    # === THE GATE ===#

    def _check_as_shown(self, vals):
        """The web client's drag, statusbar and form."""
        vals = super()._check_as_shown(vals)
        self._ask_before_moving(vals)
        return vals

    def _describe_changed(self, names, rows=()):
        """Of a file that a colleague moved meanwhile, who did and where to: no more was typed."""
        if names != ["stage_id"] or rows:
            return super()._describe_changed(names, rows)
        return self.env._(
            "%(moved)s\nYou moved nothing: the page now shows where the file is.",
            moved=self._describe_moved_meanwhile(),
        )

    def _describe_moved_meanwhile(self):
        # sudo: whoever moves a file may know its passages
        move = self.sudo().move_ids.sorted("id")[-1:]
        return self.env._(
            "%(person)s is in %(stage)s now: %(who)s moved this file since you opened this page,"
            " %(when)s.",
            person=self.display_name,
            stage=self.stage_id.name,
            who=move.user_id.name,
            when=format_datetime(self.env, move.date, dt_format="short"),
        )

    def _check_shown_next(self):
        """The button that moves on goes where it says, on a page that is old by now as well."""
        shown = self.env.context.get("coworking_shown_next")
        if shown and shown != self.next_stage_id.id:
            raise ChangedMeanwhile(self._describe_changed(["stage_id"]))

    def web_save_multi(self, vals_list, specification):
        """The web client's list, where several rows are edited at once."""
        for file, vals in zip(self, vals_list, strict=True):
            file._ask_before_moving(vals)
        return super().web_save_multi(vals_list, specification)

    def _ask_before_moving(self, vals):
        """Who moves somebody towards the exit long before it is planned, or to a stage that writes
        to them, is asked first; who says along on which day they leave knows that it is early.
        """
        stage = self.env["coworking.stage"].browse(vals.get("stage_id") or [])
        if not stage or vals.get("move_reason"):
            return
        early = self.browse() if vals.get("date_exit") else self._filter_early(stage)
        if early:
            raise StageRefused(
                self.env._(
                    "Far from the planned exit: %s.",
                    "; ".join(f"{file.display_name}, {file.clock_words}" for file in early),
                ),
                early._action_move_to(stage),
            )
        written = self._filter_written_to(stage).filtered("email")
        if written:
            raise StageRefused(
                self.env._(
                    "%(stage)s writes to: %(people)s.",
                    stage=stage.name,
                    people=get_address_words(written.partner_id),
                ),
                self._action_move_to(stage),
            )

    def _filter_written_to(self, stage, reason=None):
        """Those to whom the mail of a stage would go, were they moved there now: those without an
        e-mail too, who are to hear of it in another way.

        :param reason: see ``_get_steps_back``
        """
        if not stage.mail_template_id:
            return self.browse()
        moving = self.filtered(lambda file: file.stage_id != stage and not file.is_opposed)
        back = moving._get_steps_back(dict.fromkeys(moving, stage), reason)
        return moving.filtered(lambda file: file not in back)

    @api.depends("stage_id", "program_id", "date_exit_planned", "date_exit")
    def _compute_next_is_early(self):
        self.next_is_early = False
        for stage, files in self.grouped("next_stage_id").items():
            files._filter_early(stage).next_is_early = True

    def _filter_early(self, stage):
        """Those whom this stage would lead out of a stay that is far from its planned exit."""
        return self._filter_far_from_exit().filtered(
            lambda file: (
                file.stage_id != stage and stage and stage._is_towards_exit(file.program_id)
            )
        )

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

    def _get_stage_problems(self, origins, targets, back=None):
        """Everything that keeps files from going on together, in words: a query a requirement,
        whatever the number of files.

        :param origins: dict file -> the stage it leaves, empty for one that was just made
        :param targets: dict file -> the stage it is to enter
        :param back: those that go back, see ``_get_steps_back``, where that is known
        :return: dict file -> list, in the order of these files
        """
        if back is None:
            back = self._get_steps_back(targets)
        groups = self.grouped(lambda file: (targets[file], file.program_id))
        blocking = self.env["coworking.requirement"].search_fetch(
            [
                ("stage_id", "in", [stage.id for stage, __ in groups]),
                ("severity", "=", "blocking"),
            ]
        )
        by_stage = blocking.grouped("stage_id")
        rows = {
            (stage, program): by_stage.get(stage, blocking.browse())._filter_of_program(program)
            for stage, program in groups
        }
        asked = defaultdict(self.browse)
        for key, files in groups.items():
            for row in rows[key]:
                asked[row] |= files
        met = self.env["coworking.requirement"]._find_met(asked)
        entering = self.filtered(
            lambda file: targets[file].phase == "incubation" and origins[file].phase != "incubation"
        )
        refused_entries = entering._get_entry_problems()
        return {
            file: []
            if file in back
            else [
                *file._get_graph_problems(origins[file], targets[file]),
                *(
                    row.name
                    for row in rows[targets[file], file.program_id]
                    if file.id not in met[row]
                ),
                *refused_entries.get(file, ()),
            ]
            for file in self
        }

    def _get_graph_problems(self, origin, stage):
        """Whether the graph of the stages lets this file go from one to another, in words."""
        if not origin:
            if stage.phase == "recruitment":
                return []
            return [
                self.env._("a new file starts in recruitment, not in %(stage)s", stage=stage.name)
            ]
        # of where else one may go nothing is read before it has to be said
        following = origin.with_context(active_test=False).next_stage_ids
        listed = not following or (stage.active and stage in following)
        if listed and stage._filter_of_program(self.program_id):
            return []
        allowed = origin._get_allowed_for(self.program_id)
        if not allowed or stage in allowed:
            return []
        return [
            self.env._(
                "from %(origin)s one goes to: %(stages)s",
                origin=origin.name,
                stages=", ".join(allowed.mapped("name")),
            )
        ]

    def _get_entry_problems(self):
        """Entering the incubation needs a place of the program, and a program that still runs.

        :return: dict file -> list; places go to the first of these files
        """
        if not self:
            return {}
        today = fields.Date.context_today(self)
        # sudo: places are those of the program, whoever's files hold them
        taken = defaultdict(
            int,
            self.env["coworking.participant"]
            .sudo()
            ._read_group(
                [
                    ("program_id", "in", self.program_id.ids),
                    ("phase", "=", "incubation"),
                    ("id", "not in", self.ids),
                ],
                ["program_id"],
                ["__count"],
            ),
        )
        result = {}
        for file in self:
            program, problems = file.program_id, []
            if taken[program] >= program.target_places:
                problems.append(
                    self.env._(
                        "the %(places)s places of program %(program)s are taken",
                        places=program.target_places,
                        program=program.name,
                    )
                )
            taken[program] += 1
            entry = today
            if file.date_entry and "incubation" not in file.move_ids.mapped("to_phase"):
                entry = file.date_entry
            if entry > program.date_end:
                problems.append(
                    self.env._(
                        "program %(program)s ended on %(date)s",
                        program=program.name,
                        date=format_date(self.env, program.date_end),
                    )
                )
            result[file] = problems
        return result

    def _enter_first_stage(self, reasons):
        """These files were just made: where they are is checked, kept, and sets off what it says.

        :param reasons: for each, why it may be where it is, or None
        """
        reasons = dict(zip(self, reasons, strict=True))
        origins = dict.fromkeys(self, self.env["coworking.stage"])
        targets = {file: file.stage_id for file in self}
        problems = self._get_stage_problems(origins, targets)
        for reason, files in self.grouped(reasons.get).items():
            self._pass_or_refuse(targets, {file: problems[file] for file in files}, reason)
        self._record_moves(origins, reasons, problems)
        newcomers = self.filtered(lambda file: not reasons[file])
        for stage, entered in newcomers.grouped("stage_id").items():
            entered._on_stage_entered(stage)

    def _pass_gate(self, stage, reason, back):
        """Refuse all of these that may not enter a stage.

        :param back: those that go back, see ``_get_steps_back``
        :return: dict file -> what was missing and let pass
        """
        targets = dict.fromkeys(self, stage)
        origins = {file: file.stage_id for file in self}
        problems = self._get_stage_problems(origins, targets, back)
        self._pass_or_refuse(targets, problems, reason, self._action_move_to(stage))
        return problems

    def _pass_or_refuse(self, targets, problems, reason, action=None):
        """Refuse everything that is wrong at once, unless a coordinator gave a reason.

        :param action: dialog that shows what is missing; none for files that were just made
        """
        wrong = {file: found for file, found in problems.items() if found}
        if not wrong:
            return
        message = "\n".join(
            self.env._(
                "%(person)s cannot go to %(stage)s yet:\n%(problems)s",
                person=file.display_name,
                stage=targets[file].name,
                problems="\n".join(f"• {problem}" for problem in found),
            )
            for file, found in wrong.items()
        )
        if not reason or not reason.strip():
            raise StageRefused(message, action)
        if not self.env.su and not self.env.user.has_group(
            "coworking_incubation.group_coworking_coordinator"
        ):
            raise AccessError(
                self.env._(
                    "%(problems)s\nOnly a coordinator lets a file pass when something is missing.",
                    problems=message,
                )
            )

    def _record_moves(self, origins, reasons, problems):
        """Keep that these files are now where they are.

        :param origins: dict file -> the stage it left, empty for one that was just made
        :param reasons: dict file -> why it was let pass, if it had to be
        :param problems: dict file -> list of what was missing, in words
        :return: the ``coworking.move`` of these passages
        """
        now = fields.Datetime.now()
        # sudo: passages are written by the engine alone
        moves = self.env["coworking.move"].sudo()
        if self.stage_id.mail_template_id:
            # Read together: of each file _track_template asks for the last one.
            self.sudo().mapped("move_ids")
        since = dict(
            moves._read_group(
                [("participant_id", "in", self.ids), ("taken_back", "=", False)],
                ["participant_id"],
                ["date:max"],
            )
        )

        def get_days(file):
            entered = since.get(file) or file.create_date or now
            return (now - entered).total_seconds() / 86400 if origins[file] else 0.0

        return moves.create(
            [
                {
                    "participant_id": file.id,
                    "from_stage_id": origins[file].id,
                    "to_stage_id": file.stage_id.id,
                    "date": now,
                    "user_id": self.env.uid,
                    "days": get_days(file),
                    "reason": reasons[file],
                    "overridden": bool(problems[file]),
                    "missing": "\n".join(problems[file]),
                }
                for file in self
            ]
        )

    # === ON ENTRY ===#

    def _on_stage_entered(self, stage):
        """What the stage says happens on entry: its date, its activity plan. Its mail:
        _track_template.

        :return: dict file -> what stepping back puts as it was: see ``_put_back``
        """
        effects = defaultdict(dict)
        today = fields.Date.context_today(self)
        if stage.sets_date:
            undated = self.filtered(lambda file: not file[stage.sets_date])
            undated[stage.sets_date] = today
            for file in undated:
                effects[file]["date"] = stage.sets_date
        plan = stage.activity_plan_id
        if plan:
            mine = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
            known = self.env["mail.activity"].search(mine)
            for (user, day), files in (
                self._without_plan(plan)
                .grouped(lambda file: (file.user_id, file._get_day_of_plan(stage, today)))
                .items()
            ):
                schedule = self.env["mail.activity.schedule"].create(
                    {
                        "res_model": self._name,
                        "res_ids": str(files.ids),
                        "plan_id": plan.id,
                        "plan_date": day,
                        "plan_on_demand_user_id": (user or self.env.user).id,
                    }
                )
                quietly = schedule.with_context(mail_activity_quick_update=True)
                quietly.action_schedule_plan()
            planned = self.env["mail.activity"].search(mine) - known
            planned._fit_into_stay()
            planned = planned.exists()
            # sudo: as Odoo writes to whomever one may not read; of the days that they have now
            others = planned.sudo().filtered(lambda row: row.user_id != self.env.user)
            others.action_notify()
            for activity in planned:
                effects[self.browse(activity.res_id)].setdefault("plan", []).append(activity.id)
        if stage.releases_seats:
            for file, seats in self._release_seats().items():
                effects[file]["seats"] = seats
            for file, meetings in self._leave_meetings().items():
                effects[file]["meetings"] = meetings
        return effects

    def _get_day_of_plan(self, stage, today):
        """From which day the plan of a stage counts: who is to enter later is met from then on."""
        self.ensure_one()
        return max(stage.sets_date and self[stage.sets_date] or today, today)

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
        if "stage_id" not in changes or not stage.mail_template_id:
            return result
        # sudo: as for the passages
        back = self[:1].sudo().move_ids.sorted("id")[-1:].taken_back
        taken_over = self.env.context.get("coworking_taken_over")
        kept_quiet = taken_over or back or self[:1].is_opposed
        if not kept_quiet:
            result["stage_id"] = (
                stage.mail_template_id,
                {
                    "auto_delete_keep_log": False,
                    "email_layout_xmlid": "mail.mail_notification_light",
                },
            )
        return result

    # === A STEP TAKEN BACK ===#

    def _get_steps_back(self, targets, reason=None):
        """Which of these files would go back to where the user took them from today.

        :param targets: dict file -> the stage it is to enter
        :param reason: why they are moved: who gives one, such as for a person who comes back, means
            another step
        :return: dict file -> the ``coworking.move`` that it takes back
        """
        if reason:
            return {}
        today = fields.Date.context_today(self)
        now = fields.Datetime.now()
        since = now - timedelta(days=1)
        # sudo: whoever moves a file may know its passages
        moves = self.env["coworking.move"].sudo()
        recent = moves.browse()
        files = self.sudo().filtered(lambda file: (file.date_last_stage_update or now) >= since)
        if files:
            recent = moves.search_fetch(
                [("participant_id", "in", files.ids), ("date", ">=", since)],
                ["participant_id", "from_stage_id", "to_stage_id", "user_id", "date", "taken_back"],
            )
        last = {file.id: rows[0] for file, rows in recent.grouped("participant_id").items()}
        steps = {}
        for file in self:
            move = last.get(file.id, moves)
            if (
                move.from_stage_id
                and move.from_stage_id == targets[file]
                and move.to_stage_id == file.stage_id
                and move.user_id.id == self.env.uid
                and not move.taken_back
                and fields.Datetime.context_timestamp(self, move.date).date() == today
            ):
                steps[file] = move
        return steps

    def _take_back(self, steps):
        """These files are where they came from again.

        :param steps: see ``_get_steps_back``
        """
        # sudo: passages are written by the engine alone
        for file, move in steps.items():
            file._put_back(move.effects or {})
            (move | file.sudo().move_ids.sorted("id")[-1:]).taken_back = True

    def _put_back(self, effects):
        """What a stage did on entry is undone, but for what changed since.

        :param effects: dict: ``date``, name of the date that was filled in; ``exit``, the day of
            exit that came along; ``plan``, ids of the activities that were planned; ``seats``,
            ``meetings`` and ``reviews``, what was ended or dropped
        """
        self.ensure_one()
        self._restore_seats(effects.get("seats", ()))
        self._rejoin_meetings(effects.get("meetings", ()))
        date = effects.get("date")
        if date and self[date] == fields.Date.context_today(self):
            self[date] = False
        if effects.get("exit") and str(self.date_exit) == effects["exit"]:
            self.date_exit = False
        # sudo: activities that the stage planned, whoever is to do them
        self.env["mail.activity"].sudo().browse(effects.get("plan", ())).exists().unlink()
        self._plan_reviews_again(effects.get("reviews", ()))
