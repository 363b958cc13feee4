import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools import KNOWN_PERSON, with_defaults
from ..base.processing import PATHWAY
from .coworking_review import HELD_ONCE


class CoworkingParticipant(models.Model):
    """One person's file in one program.

    On the contact stay only the name, e-mail and phone, which all staff can see; everything else
    about the person is here, behind the rules of this model. Who, where and with whom is said in
    this file; each topic of the file is a mixin of its own.
    """

    _name = "coworking.participant"
    _description = "Participant"
    _processing = PATHWAY
    _marks = {"partner_id": KNOWN_PERSON}
    _inherit = [
        "coworking.ordered.selection.mixin",
        "coworking.form.lock.mixin",
        "coworking.thread.mixin",
        "mail.tracking.duration.mixin",
        "mail.activity.mixin",
        "coworking.archive.mixin",
        "coworking.record.mixin",
    ]
    _track_duration_field = "stage_id"
    _ordered_selections = ("phase", "exit_category", "support_delay")
    # By a field that accountants may read too: every search reads it.
    _order = "id desc"
    _rec_names_search = ["partner_id.name", "partner_id.email"]
    _check_company_auto = True

    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    partner_name = fields.Char(related="partner_id.name", string="Name", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    phone = fields.Char(related="partner_id.phone", readonly=False)
    is_opposed = fields.Boolean(related="partner_id.coworking_no_mail", readonly=False)
    avatar_128 = fields.Image(related="partner_id.avatar_128")
    program_id = fields.Many2one(
        "coworking.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_program_id(),
        tracking=True,
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    stage_id = fields.Many2one(
        "coworking.stage",
        required=True,
        index=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
        default=lambda self: self._default_stage_id(),
        domain="['|', ('program_ids', '=', False), ('program_ids', '=', program_id)]",
        group_expand="_read_group_stage_ids",
    )
    phase = fields.Selection(related="stage_id.phase", store=True, precompute=True, index=True)
    date_last_stage_update = fields.Datetime(
        compute="_compute_date_last_stage_update", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Counsellor",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    prescriber_id = fields.Many2one(
        "res.partner",
        string="Referring Organisation",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        domain="[('is_company', '=', True)]",
        help="Employment support structure that referred the person.",
    )
    prescriber_contact_id = fields.Many2one(
        "res.partner",
        string="Adviser",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        domain="[('parent_id', '=', prescriber_id)]",
        help="The person's adviser at the referring organisation.",
    )
    assignment_ids = fields.One2many("coworking.assignment", "participant_id", string="Counsellors")
    days_to_support = fields.Integer(
        string="Days to First Support",
        compute="_compute_days_to_support",
        store=True,
        aggregator="avg",
    )
    support_delay = fields.Selection(
        [("15", "Within 15 days"), ("30", "16 to 30 days"), ("more", "More than 30 days")],
        string="First Met",
        compute="_compute_days_to_support",
        store=True,
    )
    project = fields.Char(help="The project in one line.")
    project_kind = fields.Selection(
        [("activity", "Create an activity"), ("skills", "Assert skills")],
    )
    project_description = fields.Html()
    sector_ids = fields.Many2many("coworking.sector", string="Sectors")
    date_application = fields.Date(
        default=lambda self: fields.Date.context_today(self), tracking=True
    )
    date_support = fields.Date(
        string="First Support",
        tracking=True,
        help="First individual support: from this day on the person counts as a participant for "
        "the funders. Empty for somebody who only came to an information meeting.",
    )
    color = fields.Integer()
    objective_ids = fields.One2many("coworking.objective", "participant_id", string="Objectives")
    objective_count = fields.Integer(compute="_compute_record_counts")
    review_ids = fields.One2many("coworking.review", "participant_id", string="Reviews")
    review_count = fields.Integer(compute="_compute_record_counts")
    review_graph = fields.Text(compute="_compute_review_graph")

    _one_open_file = models.UniqueIndex(
        "(partner_id, program_id) WHERE active IS TRUE AND phase != 'closed'",
        "This person already has an open file in this program.",
    )
    _dates = models.Constraint(
        "CHECK (date_exit IS NULL OR date_entry IS NULL OR date_exit >= date_entry)",
        "A participant cannot leave before entering.",
    )
    _job_months_positive = models.Constraint(
        "CHECK (job_months >= 0)", "The length of a job cannot be negative."
    )
    _stage_board_idx = models.Index("(program_id, stage_id) WHERE active IS TRUE")

    # === DEFAULT METHODS ===#

    @api.model
    def _default_program_id(self):
        """The only program that is running today, if there is one: nobody should have to choose."""
        today = fields.Date.context_today(self)
        programs = self.env["coworking.program"].search(
            [
                ("date_start", "<=", today),
                ("date_end", ">=", today),
                ("company_id", "=", self.env.company.id),
            ],
            limit=2,
        )
        return programs if len(programs) == 1 else self.env["coworking.program"]

    @api.model
    def _default_stage_id(self):
        program_id = self.env.context.get("default_program_id")
        return self.env["coworking.stage"].search(
            Domain("program_ids", "=", False) | Domain("program_ids", "in", [program_id]), limit=1
        )

    # === COMPUTE METHODS ===#

    # The contact says when it is renamed: see res.partner.
    @api.depends("partner_id")
    def _compute_display_name(self):
        for participant in self:
            participant.display_name = participant.partner_id.name

    @api.depends("stage_id")
    def _compute_date_last_stage_update(self):
        self.date_last_stage_update = fields.Datetime.now()

    @api.depends("date_application", "date_support")
    def _compute_days_to_support(self):
        for participant in self:
            asked, met = participant.date_application, participant.date_support
            if not asked or not met:
                participant.days_to_support = 0
                participant.support_delay = False
                continue
            days = max((met - asked).days, 0)
            participant.days_to_support = days
            participant.support_delay = "15" if days <= 15 else "30" if days <= 30 else "more"

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show the stages of the board that nobody is in, so that a card can be dropped there."""
        program_ids = [
            condition.value
            for condition in Domain(domain).iter_conditions()
            if condition.field_expr == "program_id" and condition.operator == "in"
        ]
        shared = Domain("program_ids", "=", False)
        if program_ids:
            shared |= Domain("program_ids", "in", [i for ids in program_ids for i in ids])
        return self.env["coworking.stage"].search(Domain("id", "in", stages.ids) | shared)

    @api.model
    def web_read_group(self, domain, groupby, *args, **kwargs):
        """Few programs run, of many that were: their files are found by them."""
        self._expect_lookups()
        return super().web_read_group(domain, groupby, *args, **kwargs)

    @api.model
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Along with what the board counts for its columns: the places left in the programs shown
        that are not over, on the stages that hold them.
        """
        self._expect_lookups()
        result = super().read_progress_bar(domain, group_by, progress_bar)
        if group_by == "stage_id":
            today = fields.Date.context_today(self)
            programs = self._get_programs_shown(domain).filtered(lambda row: row.date_end >= today)
            stages = self.env["coworking.stage"].search([("phase", "=", "incubation")])
            if programs:
                result["places_left"] = {
                    stage.id: sum(
                        max(program.places_left, 0)
                        for program in programs
                        if stage._filter_of_program(program)
                    )
                    for stage in stages
                }
        return result

    @api.model
    def _get_programs_shown(self, domain):
        """Programs of the files of a domain, each looked for by itself: files are many.

        What is asked of the programs is asked of them first: that a program which is over shows
        nobody is not to be found out from all its files.
        """
        domain = Domain(domain)
        parts = domain.children if getattr(domain, "OPERATOR", "") == "&" else (domain,)
        of_programs = Domain.AND(
            Domain(part.field_expr.removeprefix("program_id."), part.operator, part.value)
            for part in parts
            if getattr(part, "field_expr", "").startswith("program_id.")
        )
        files = self._search(domain, limit=1)
        files.add_where(
            SQL(
                "%s = %s",
                self._field_to_sql(self._table, "program_id", files),
                SQL.identifier("coworking_program", "id"),
            )
        )
        # sudo: what is shown is for the files to say
        programs = self.env["coworking.program"].sudo().with_context(active_test=False)
        programs = programs._search(of_programs)
        # not EXISTS, which PostgreSQL may turn into a join that reads them all
        programs.add_where(SQL("%s IS NOT NULL", files.subselect()))
        return self.env["coworking.program"].browse(programs)

    def _compute_record_counts(self):
        for name, model in (
            ("objective_count", "coworking.objective"),
            ("review_count", "coworking.review"),
        ):
            counts = dict(
                self.env[model]._read_group(
                    [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
                )
            )
            for participant in self:
                participant[name] = counts.get(participant, 0)

    @api.depends(
        "review_ids.state", "review_ids.date", "review_ids.line_ids.rating", "review_ids.average"
    )
    def _compute_review_graph(self):
        """What the reviews held say over time, for the chart of the form: their average, each axis,
        and the reference one hopes for.
        """
        for participant in self:
            reviews = participant.review_ids.filtered(lambda review: review.state == "done").sorted(
                "date"
            )
            if len(reviews) < 2:
                participant.review_graph = False
                continue
            ratings = {
                (line.review_id, line.axis_id): line.rating_value for line in reviews.line_ids
            }
            references = {
                review: sum(review.line_ids.mapped("reference")) / (len(review.line_ids) or 1)
                for review in reviews
            }
            series = [
                (self.env._("Average"), False, [review.average for review in reviews]),
                *(
                    (axis.name, False, [ratings.get((review, axis)) for review in reviews])
                    for axis in reviews.line_ids.axis_id.sorted()
                ),
                (self.env._("Reference"), True, [references[review] for review in reviews]),
            ]
            participant.review_graph = json.dumps(
                [
                    {
                        "key": key,
                        "dashed": dashed,
                        "values": [
                            {"x": format_date(self.env, review.date, date_format="d MMM"), "y": y}
                            for review, y in zip(reviews, values, strict=True)
                        ],
                    }
                    for key, dashed, values in series
                ]
            )

    # === CONSTRAINT METHODS ===#

    @api.constrains("stage_id", "program_id")
    def _check_stage_of_program(self):
        for participant in self:
            if not participant.stage_id._filter_of_program(participant.program_id):
                raise ValidationError(
                    self.env._(
                        "Stage %(stage)s does not belong to program %(program)s.",
                        stage=participant.stage_id.name,
                        program=participant.program_id.name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model
    def name_create(self, name):
        """Somebody of whom only the name is typed, where a seat asks for whom it is."""
        participant = self.create({"partner_name": name})
        return participant.id, participant.display_name

    @api.model_create_multi
    def create(self, vals_list):
        """Somebody who is not a contact yet is made one, from the name, e-mail and phone given.

        The contact who has this name with this e-mail or phone is taken up: the same person is
        not there twice.
        """
        vals_list = [dict(vals) for vals in vals_list]
        self._check_no_social_security_number(with_defaults(self, vals_list))
        self._name_contacts(vals_list)
        self._check_one_open_file(self._prepare_files_made(vals_list))
        # Files taken over with a reason are where they are for long: nobody is written to and
        # nothing is scheduled, as if they had just arrived there.
        reasons = [vals.pop("move_reason", None) for vals in vals_list]
        made = {}
        for taken_over in (False, True):
            rows = [i for i, reason in enumerate(reasons) if bool(reason) == taken_over]
            if rows:
                model = self.with_context(coworking_taken_over=taken_over)
                batch = super(CoworkingParticipant, model).create([vals_list[i] for i in rows])
                made.update(zip(rows, batch.with_env(self.env), strict=True))
        participants = self.browse(made[i].id for i in range(len(vals_list)))
        participants._make_checklist()
        participants._enter_first_stage(reasons)
        participants._record_accompanist()
        participants.filtered(lambda file: file.phase != "closed")._plan_followups()
        return participants

    @api.model
    def _name_contacts(self, vals_list):
        """Where values say what somebody is called and no contact, they say which one from now on:
        one that is there, or is made.
        """
        asked = []
        for vals in vals_list:
            if vals.get("partner_id") or not vals.get("partner_name"):
                continue
            who = {
                "name": vals.pop("partner_name"),
                "email": vals.pop("email", False),
                "phone": vals.pop("phone", False),
            }
            # programs send a telephone as a number, which Odoo's own fields take
            asked.append((vals, {key: value and str(value) for key, value in who.items()}))
        if not asked:
            return
        contacts = self.env["res.partner"]
        namesakes = contacts._coworking_find_namesakes([who for __, who in asked])
        newcomers = []
        # where there are several organisations, the others do not read who looks for a job
        default = self.default_get(["program_id"]).get("program_id")
        several = self.env["res.company"]._coworking_are_several()
        for vals, who in asked:
            program_id = vals.get("program_id") or default
            company = self.env["coworking.program"].browse(program_id or []).company_id
            known = contacts._coworking_recognize(who, namesakes, company)
            if known:
                vals["partner_id"] = known.id
                known.write({name: who[name] for name in who if who[name] and not known[name]})
                known._coworking_add_namesake(namesakes)
            else:
                newcomers.append((vals, {**who, "company_id": several and company.id}))
        made = contacts._coworking_make_people([who for __, who in newcomers])
        for (vals, __), partner in zip(newcomers, made, strict=True):
            vals["partner_id"] = partner.id

    def write(self, vals):
        vals = dict(vals)
        self._check_no_social_security_number([vals])
        if "program_id" in vals:
            self._check_may_change_program(vals["program_id"])
        self._check_one_open_file(self._prepare_files_opened(vals))
        before = {participant: participant.user_id for participant in self}
        incubated = self.filtered(lambda file: file.active and file.phase == "incubation")
        reason = vals.pop("move_reason", None)
        stage = self.env["coworking.stage"].browse(vals.get("stage_id", []))
        moving = self.filtered(lambda file: file.stage_id != stage) if stage else self.browse()
        exits = {file: file.date_exit for file in (self if vals.get("date_exit") else moving)}
        if exits:
            # sudo: what is noted of a contact that changes, and no more of it
            self.sudo().partner_id.fetch(["name", "email", "phone"])
        dropped = self.env["coworking.review"]
        # What is written along with the stage counts: the reason of an exit, the day of an entry.
        along = {name: value for name, value in vals.items() if name != "stage_id" or not moving}
        result = super().write(along) if along else True
        if moving:
            origins = {file: file.stage_id for file in moving}
            steps = moving._get_steps_back(dict.fromkeys(moving, stage), reason)
            problems = moving._pass_gate(stage, reason, steps)
            result = super().write({"stage_id": stage.id})
            moves = moving._record_moves(origins, dict.fromkeys(moving, reason), problems)
            back = moving.filtered(steps.get)
            effects = (moving - back)._on_stage_entered(stage)
            for file in moving - back:
                if file.date_exit and not exits[file]:  # typed along, or filled in by the stage
                    effects[file]["exit"] = str(file.date_exit)
            if stage.drops_reviews:
                dropped = (moving - back)._get_reviews_after_exit()
            for file, reviews in dropped.grouped("participant_id").items():
                effects[file]["reviews"] = reviews._describe_plan()
            moves._keep_effects(effects)
            back._take_back(steps)
        if "date_entry" in vals:
            self._refresh_forecast()
        if "user_id" in vals:
            self.filtered(lambda file: file.user_id != before[file])._record_accompanist()
        if "date_exit" in vals:
            over = self.filtered(lambda file: file.phase == "closed" and not file.followup_ids)
            (self - (over - moving))._plan_followups()
        if vals.get("date_exit"):
            (self - moving)._follow_exit(exits)
        gone = incubated.filtered(lambda file: not file.active or file.phase != "incubation")
        if vals.get("selection_result") == "refused":
            gone |= self
        gone._offer_freed_place()
        if dropped:  # last: when something is deleted, Odoo forgets all that was read
            dropped._drop_plan()
        return result

    def _coworking_get_people(self):
        # sudo: see coworking.thread.mixin
        return self.sudo().partner_id

    # === HOOKS OF THE ROOMS ABOVE ===#

    def _check_may_change_program(self, program_id):
        """Who placed or charged these people may refuse that their files change program."""

    def _release_seats(self):
        """These people left: what was reserved for them ends on the day of their exit.

        :return: dict file -> what ``_restore_seats`` needs, as JSON
        """
        return {}

    def _restore_seats(self, kept):
        """The exit of this person was a mistake: what it ended goes on.

        :param kept: what ``_release_seats`` gave for this file
        """

    def _leave_meetings(self):
        """These people left: nobody expects them at the collective times after their exit.

        :return: dict file -> what ``_rejoin_meetings`` needs, as JSON
        """
        return {}

    def _rejoin_meetings(self, kept, until=None):
        """The exit of this person was a mistake, or is later: they are expected again.

        :param kept: what ``_leave_meetings`` gave for this file
        :param until: the last day on which they are, if they left
        :return: ids of those of ``kept`` that are after that day
        """
        return set()

    def _pricing_inputs_changed(self, day, ranks=True):
        """Something that prices depend on changed from a day on, for these participants.

        :param ranks: whether it may change who comes first, and so what others pay
        """

    def _refresh_forecast(self):
        """How long these people stay, or by which rule they are charged, changed."""

    # === ACTION METHODS ===#

    def action_next_stage(self):
        """The one next step of the header button."""
        self.ensure_one()
        self._check_shown_next()
        if not self.next_stage_id:
            raise UserError(self.env._("%s has no next stage.", self.display_name))
        if self.next_is_early:
            return self._action_move_to(self.next_stage_id)
        self.stage_id = self.next_stage_id
        return True

    def action_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The person comes back"),
            "res_model": "coworking.participant.reopen",
            "view_mode": "form",
            "target": "new",
            "context": {"default_participant_id": self.id},
        }

    def action_open_objectives(self):
        return self._open_related("coworking_objective_action")

    def action_open_reviews(self):
        return self._open_related("coworking_review_action")

    def action_open_moves(self):
        return self._open_related("coworking_move_action")

    def _open_related(self, xml_id):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"coworking_incubation.{xml_id}")
        action["domain"] = [("participant_id", "=", self.id)]
        action["context"] = {"default_participant_id": self.id}
        return action

    # === PATHWAY METHODS ===#

    def _get_responsible(self, or_admin=True):
        """See the program's."""
        self.ensure_one()
        return self.program_id._get_responsible(self.user_id, or_admin=or_admin)

    def _record_accompanist(self):
        """Close the period of the accompanist before, open that of the new one."""
        today = fields.Date.context_today(self)
        # sudo: periods are written by this method alone
        assignments = self.env["coworking.assignment"].sudo()
        for current in assignments.search(
            [("participant_id", "in", self.ids), ("date_to", "=", False)]
        ):
            current.date_to = max(current.date_from, today)
        assignments.create(
            [
                {
                    "participant_id": participant.id,
                    "user_id": participant.user_id.id,
                    "date_from": today,
                }
                for participant in self.filtered("user_id")
            ]
        )

    # === WHERE ONE STANDS ===#

    def _may_have_review(self, kind):
        """Whether one of this kind is still to be held."""
        self.ensure_one()
        return kind not in HELD_ONCE or not self.review_ids.filtered(
            lambda review: review.kind == kind and review.state == "done"
        )

    def _get_reviews_after_exit(self):
        """:return: the planned reviews of these files after their exit"""
        today = fields.Date.context_today(self)
        # sudo: they were planned by the stage, not by whoever moves the file
        planned = self.env["coworking.review"].sudo()
        planned = planned.search_fetch(
            [("participant_id", "in", self.ids), ("state", "=", "planned")]
        )
        return planned.filtered(lambda row: row.date > (row.participant_id.date_exit or today))

    def _plan_reviews_again(self, dropped):
        """:param dropped: what ``_describe_plan`` gave of the reviews of this file"""
        self.ensure_one()
        for row in dropped:
            day = fields.Date.to_date(row["date"])
            if row["type"]:
                self.activity_schedule(
                    activity_type_id=row["type"],
                    summary=row["summary"],
                    date_deadline=day,
                    user_id=row["user"],
                )
            else:
                self.env["coworking.review"].create(
                    {
                        "participant_id": self.id,
                        "kind": row["kind"],
                        "date": day,
                        "user_id": row["user"],
                    }
                )

    # === ROTTING METHODS ===#

    def _get_rotting_depends_fields(self):
        return [*super()._get_rotting_depends_fields(), "phase"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("phase", "!=", "closed")
