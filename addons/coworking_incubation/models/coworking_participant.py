import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from .coworking_exit_reason import EXIT_CATEGORIES
from .coworking_hosting import HOSTING_STATES, STATE_RANK
from .coworking_review import HELD_ONCE

RISK_DAYS = 30
FOLLOWUP_MONTHS = (3, 6, 12)


class CoworkingParticipant(models.Model):
    """One person's file in one program.

    On the contact stay only the name, e-mail and phone, which all staff can see; everything else
    about the person is here, behind the rules of this model.
    """

    _name = "coworking.participant"
    _description = "Participant"
    _inherit = [
        "coworking.pathway.mixin",
        "coworking.work.queue.mixin",
        "coworking.may.write.mixin",
        "mail.tracking.duration.mixin",
        "mail.activity.mixin",
    ]
    _track_duration_field = "stage_id"
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
        string="Accompanist",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    prescriber_id = fields.Many2one(
        "res.partner",
        check_company=True,
        index="btree_not_null",
        domain="[('is_company', '=', True)]",
        help="Employment support structure that referred the person.",
    )
    prescriber_contact_id = fields.Many2one(
        "res.partner",
        string="Adviser",
        check_company=True,
        domain="[('parent_id', '=', prescriber_id)]",
        help="The person's adviser at the prescriber.",
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
        help="The prescriber gives no accident-at-work cover: it has to come from elsewhere.",
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
    objective_ids = fields.One2many("coworking.objective", "participant_id", string="Objectives")
    objective_count = fields.Integer(compute="_compute_record_counts")
    review_count = fields.Integer(compute="_compute_record_counts")
    review_ids = fields.One2many("coworking.review", "participant_id", string="Reviews")
    review_graph = fields.Text(compute="_compute_review_graph")
    extension_ids = fields.One2many("coworking.extension", "participant_id", string="Extensions")
    followup_ids = fields.One2many("coworking.followup", "participant_id", string="Follow-ups")
    assignment_ids = fields.One2many(
        "coworking.assignment", "participant_id", string="Accompanists"
    )
    covered_by_me = fields.Boolean(compute="_compute_covered_by_me")
    job_contract = fields.Selection(
        [
            ("cdi", "Permanent contract"),
            ("cdd_long", "Fixed-term, 6 months or more"),
            ("cdd_short", "Fixed-term, under 6 months"),
            ("apprenticeship", "Apprenticeship"),
            ("subsidised", "Subsidised contract"),
            ("other", "Other"),
        ],
        string="Job Obtained",
        copy=False,
    )
    job_start = fields.Date(copy=False)
    job_months = fields.Integer(
        string="Length of the Job (months)", copy=False, help="Of a job with an end; 0: not known."
    )
    exit_category = fields.Selection(
        EXIT_CATEGORIES,
        compute="_compute_exit_category",
        store=True,
        help="That of the reason; a job with an end counts by its length, where it is known.",
    )
    exit_evidence = fields.Char(
        copy=False, help="Contract, payslip, registration of the business, certificate of training."
    )
    stays_in_space = fields.Boolean(
        string="Stays in the Space", copy=False, help="At their own cost, after the program."
    )
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
    clock_words = fields.Char(
        compute="_compute_clock_words", help="The clock in plain words, suspensions included."
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
        "the "
        "funders. Empty for somebody who only came to an information meeting.",
    )
    date_entry = fields.Date(
        string="Entry", tracking=True, help="Start of the clock of the incubation."
    )
    date_exit_planned = fields.Date(
        string="Planned Exit", compute="_compute_date_exit_planned", store=True
    )
    date_exit = fields.Date(string="Exit", copy=False, tracking=True)
    exit_reason_id = fields.Many2one(
        "coworking.exit.reason", copy=False, ondelete="restrict", index="btree_not_null"
    )
    suspension_ids = fields.One2many("coworking.suspension", "participant_id")
    seat_ids = fields.One2many("coworking.seat", "participant_id")
    hosting_state = fields.Selection(
        HOSTING_STATES,
        string="Agreement",
        compute="_compute_hosting_state",
        search="_search_hosting_state",
        help="Of the agreements of the seats that are not over: the one signed by all first.",
    )
    hosting_count = fields.Integer(compute="_compute_hosting_count")
    seat_count = fields.Integer(compute="_compute_seat_count")
    attendance_ids = fields.One2many("coworking.attendance", "participant_id")
    attendance_count = fields.Integer(compute="_compute_attendance_count")
    current_seat_id = fields.Many2one("coworking.seat", compute="_compute_current_seat_id")
    current_space_id = fields.Many2one(
        "coworking.space", compute="_compute_current_seat_id", search="_search_current_space_id"
    )
    recheck_from = fields.Date(
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="coworking_incubation.group_coworking_coordinator",
        help="First settled month that later facts may contradict: the next statement corrects it.",
    )
    cost_to_date = fields.Monetary(
        compute="_compute_cost_to_date",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
        help="What the program owes the spaces for this person, up to now.",
    )
    days_elapsed = fields.Integer(compute="_compute_clock")
    days_total = fields.Integer(compute="_compute_clock")
    clock_percent = fields.Integer(compute="_compute_clock")
    clock_label = fields.Char(string="Clock", compute="_compute_clock")
    clock_state = fields.Selection(
        [("fine", "Fine"), ("risk", "Ends soon"), ("late", "Overdue")],
        compute="_compute_clock",
        search="_search_clock_state",
    )
    color = fields.Integer()

    # Personal situation: health and social data, for the people who need them only.
    birth_date = fields.Date(groups="coworking_incubation.group_coworking_sensitive")
    gender = fields.Selection(
        [("female", "Woman"), ("male", "Man"), ("other", "Other or not said")],
        groups="coworking_incubation.group_coworking_sensitive",
    )
    labour_status = fields.Selection(
        [
            ("unemployed", "Unemployed"),
            ("inactive", "Inactive"),
            ("employed", "Employed or self-employed"),
        ],
        string="Status at Entry",
        groups="coworking_incubation.group_coworking_sensitive",
    )
    unemployment_duration = fields.Selection(
        [
            ("01", "< 6 months"),
            ("02", "6-11 months"),
            ("03", "12-23 months"),
            ("04", "24 months or more"),
        ],
        string="Time without Work",
        groups="coworking_incubation.group_coworking_sensitive",
    )
    education_level = fields.Selection(
        [
            ("isced_0_2", "Lower secondary or less"),
            ("isced_3_4", "Upper secondary"),
            ("isced_5_8", "Higher education"),
        ],
        groups="coworking_incubation.group_coworking_sensitive",
    )
    allowance = fields.Selection(
        [("none", "None"), ("are", "ARE"), ("ass", "ASS"), ("rsa", "RSA"), ("other", "Other")],
        groups="coworking_incubation.group_coworking_sensitive",
    )
    priority_district = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("undisclosed", "Not said")],
        string="Priority District (QPV)",
        groups="coworking_incubation.group_coworking_sensitive",
    )
    disability = fields.Selection(
        [("yes", "Recognised"), ("no", "No"), ("undisclosed", "Not said")],
        groups="coworking_incubation.group_coworking_sensitive",
        help="Health data: the recognition of a worker's disability (RQTH).",
    )
    situation_note = fields.Text(groups="coworking_incubation.group_coworking_sensitive")

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

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Participants"),
                "template": "/coworking_incubation/static/xls/coworking_participants.xlsx",
            }
        ]

    # === COMPUTE METHODS ===#

    @api.depends("partner_id.name")
    def _compute_display_name(self):
        for participant in self:
            participant.display_name = participant.partner_id.name

    @api.depends("stage_id")
    def _compute_date_last_stage_update(self):
        self.date_last_stage_update = fields.Datetime.now()

    @api.depends(
        "date_entry",
        "program_id.duration_months",
        "program_id.date_end",
        "suspension_ids.date_from",
        "suspension_ids.date_to",
        "suspension_ids.extends",
        "extension_ids.state",
        "extension_ids.days",
    )
    def _compute_date_exit_planned(self):
        """Entry + months - 1 day + suspensions that extend + extensions, never past the program's
        end.

        15 June and six months: 14 December.
        """
        for participant in self:
            if not participant.date_entry:
                participant.date_exit_planned = False
                continue
            program = participant.program_id
            planned = participant.date_entry + relativedelta(
                months=program.duration_months, days=-1
            )
            granted = participant.extension_ids.filtered(lambda row: row.state == "granted")
            planned += relativedelta(
                days=participant._days_suspended() + sum(granted.mapped("days"))
            )
            participant.date_exit_planned = min(planned, program.date_end)

    @api.depends("date_entry", "date_exit", "date_exit_planned")
    def _compute_clock(self):
        """How far in the incubation: "day 74 of 182", in words and in percent."""
        today = fields.Date.context_today(self)
        label = self.env._("D %(elapsed)s / %(total)s")
        entered = self.filtered(lambda file: file.date_entry and file.date_exit_planned)
        (self - entered).update(
            {
                "days_elapsed": 0,
                "days_total": 0,
                "clock_percent": 0,
                "clock_label": False,
                "clock_state": "fine",
            }
        )
        for participant in entered:
            entry, planned = participant.date_entry, participant.date_exit_planned
            end = participant.date_exit or today
            total = max((planned - entry).days + 1, 1)
            elapsed = max((end - entry).days + 1, 0)
            participant.days_total = total
            participant.days_elapsed = elapsed
            participant.clock_percent = min(100 * elapsed // total, 100)
            participant.clock_label = label % {"elapsed": elapsed, "total": total}
            if participant.date_exit:
                participant.clock_state = "fine"
            elif planned < today:
                participant.clock_state = "late"
            else:
                participant.clock_state = "risk" if (planned - today).days <= RISK_DAYS else "fine"

    def _search_clock_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        entered = Domain("date_entry", "!=", False) & Domain("date_exit", "=", False)
        domains = {
            "late": entered & Domain("date_exit_planned", "<", "today"),
            "risk": entered
            & Domain("date_exit_planned", ">=", "today")
            & Domain("date_exit_planned", "<=", f"today +{RISK_DAYS}d"),
        }
        domains["fine"] = ~(domains["late"] | domains["risk"])
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends(
        "date_entry", "date_exit_planned", "suspension_ids.date_from", "suspension_ids.date_to"
    )
    def _compute_clock_words(self):
        for participant in self:
            if not participant.date_entry or not participant.date_exit_planned:
                participant.clock_words = False
                continue
            words = [
                self.env._(
                    "day %(elapsed)s of %(total)s",
                    elapsed=participant.days_elapsed,
                    total=participant.days_total,
                )
            ]
            suspended = participant._days_suspended()
            if suspended:
                words.append(
                    self.env._("1 day suspended")
                    if suspended == 1
                    else self.env._("%s days suspended", suspended)
                )
            words.append(
                self.env._(
                    "until %s",
                    format_date(self.env, participant.date_exit_planned, date_format="d MMMM y"),
                )
            )
            participant.clock_words = ", ".join(words)

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

    @api.depends(
        "exit_reason_id.category",
        "exit_reason_id.by_duration",
        "job_months",
        "program_id.lasting_months",
    )
    def _compute_exit_category(self):
        for participant in self:
            reason = participant.exit_reason_id
            category = reason.category
            if reason.by_duration and participant.job_months:
                lasting = participant.job_months >= participant.program_id.lasting_months
                category = "durable" if lasting else "transition"
            participant.exit_category = category

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

    def _compute_covered_by_me(self):
        today = fields.Date.context_today(self)
        covered = (
            self.env["coworking.cover"]
            .search(
                [
                    ("cover_user_id", "=", self.env.uid),
                    ("date_from", "<=", today),
                    ("date_to", ">=", today),
                ]
            )
            .user_id
        )
        for participant in self:
            participant.covered_by_me = participant.user_id in covered

    @api.depends("seat_ids.state", "seat_ids.date_start", "seat_ids.date_end")
    def _compute_current_seat_id(self):
        """The seat of today, else the next one, among those that hold a place."""
        today = fields.Date.context_today(self)
        seats = self.env["coworking.seat"].search_fetch(
            [
                ("participant_id", "in", self.ids),
                ("state", "in", ("confirmed", "active")),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", today),
            ],
            ["participant_id", "space_id"],
            order="date_start",
        )
        by_participant = seats.grouped("participant_id")
        placed = self.filtered(by_participant.get)
        (self - placed).update({"current_seat_id": False, "current_space_id": False})
        for participant in placed:
            seat = by_participant[participant][0]
            participant.current_seat_id = seat
            participant.current_space_id = seat.space_id

    def _search_current_space_id(self, operator, value):
        if operator not in ("in", "not in", "any"):
            return NotImplemented
        placed = Domain("state", "in", ("confirmed", "active")) & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", "today")
        )
        if operator == "in" and False in value:
            without = ~Domain("seat_ids", "any", placed)
            others = set(value) - {False}
            if not others:
                return without
            return without | Domain("seat_ids", "any", placed & Domain("space_id", "in", others))
        if operator == "not in":
            return ~self._search_current_space_id("in", value)
        return Domain("seat_ids", "any", placed & Domain("space_id", operator, value))

    @api.depends("seat_ids.state", "seat_ids.hosting_state")
    def _compute_hosting_state(self):
        for participant in self:
            states = set(
                participant.seat_ids.filtered(
                    lambda seat: seat.state in ("requested", "confirmed", "active")
                ).mapped("hosting_state")
            )
            participant.hosting_state = next(
                (state for state in STATE_RANK if state in states), False
            )

    def _search_hosting_state(self, operator, value):
        """As computed: a state counts where no seat has one that comes before it."""
        if operator != "in":
            return NotImplemented

        def having(states):
            running = Domain("state", "in", ("requested", "confirmed", "active"))
            return Domain("seat_ids", "any", running & Domain("hosting_state", "in", states))

        domains = [
            having([state]) & ~having(STATE_RANK[:rank])
            for rank, state in enumerate(STATE_RANK)
            if state in value
        ]
        if False in value:
            domains.append(~having(STATE_RANK))
        return Domain.OR(domains)

    def _compute_hosting_count(self):
        counts = dict(
            self.env["coworking.hosting"]._read_group(
                [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
            )
        )
        for participant in self:
            participant.hosting_count = counts.get(participant, 0)

    def _compute_seat_count(self):
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
            )
        )
        for participant in self:
            participant.seat_count = counts.get(participant, 0)

    def _compute_attendance_count(self):
        counts = dict(
            self.env["coworking.attendance"]._read_group(
                [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
            )
        )
        for participant in self:
            participant.attendance_count = counts.get(participant, 0)

    def _compute_cost_to_date(self):
        totals = dict(
            self.env["coworking.charge"]._read_group(
                [("participant_id", "in", self.ids), ("state", "!=", "forecast")],
                ["participant_id"],
                ["payable_total:sum"],
            )
        )
        for participant in self:
            participant.cost_to_date = totals.get(participant, 0.0)

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
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Along with what the board counts for its columns: the places left in the programs shown,
        on the stages that hold them.
        """
        result = super().read_progress_bar(domain, group_by, progress_bar)
        if group_by == "stage_id":
            shown = self._read_group(domain, ["program_id"])
            programs = self.env["coworking.program"].union(*(program for (program,) in shown))
            stages = self.env["coworking.stage"].search([("phase", "=", "incubation")])
            if programs:
                result["places_left"] = {
                    stage.id: sum(
                        max(program.places_left, 0)
                        for program in programs
                        if not stage.program_ids or program in stage.program_ids
                    )
                    for stage in stages
                }
        return result

    # === CONSTRAINT METHODS ===#

    @api.constrains("date_entry", "program_id")
    def _check_entry_within_program(self):
        for participant in self.filtered("date_entry"):
            program = participant.program_id
            if not program.date_start <= participant.date_entry <= program.date_end:
                raise ValidationError(
                    self.env._(
                        "%(participant)s cannot enter on %(date)s: program %(program)s runs from"
                        " %(start)s to %(end)s.",
                        participant=participant.display_name,
                        date=format_date(self.env, participant.date_entry),
                        program=program.name,
                        start=format_date(self.env, program.date_start),
                        end=format_date(self.env, program.date_end),
                    )
                )

    @api.constrains("date_exit", "exit_reason_id")
    def _check_exit_has_reason(self):
        for participant in self:
            if participant.date_exit and not participant.exit_reason_id:
                raise ValidationError(
                    self.env._(
                        "Say why %(participant)s leaves: choose an exit reason.",
                        participant=participant.display_name,
                    )
                )

    @api.constrains("selection_result", "refusal_reason_id")
    def _check_refusal_has_reason(self):
        for participant in self:
            if participant.selection_result == "refused" and not participant.refusal_reason_id:
                raise ValidationError(
                    self.env._("Say why %s is refused: choose a reason.", participant.display_name)
                )

    @api.constrains("stage_id", "program_id")
    def _check_stage_of_program(self):
        for participant in self:
            programs = participant.stage_id.program_ids
            if programs and participant.program_id not in programs:
                raise ValidationError(
                    self.env._(
                        "Stage %(stage)s does not belong to program %(program)s.",
                        stage=participant.stage_id.name,
                        program=participant.program_id.name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """Somebody who is not a contact yet is made one, from the name, e-mail and phone given."""
        vals_list = [dict(vals) for vals in vals_list]
        newcomers = [
            vals for vals in vals_list if not vals.get("partner_id") and vals.get("partner_name")
        ]
        partners = self.env["res.partner"].create(
            [
                {
                    "name": vals["partner_name"],
                    "email": vals.get("email"),
                    "phone": vals.get("phone"),
                }
                for vals in newcomers
            ]
        )
        for vals, partner in zip(newcomers, partners, strict=True):
            for name in ("partner_name", "email", "phone"):
                vals.pop(name, None)
            vals["partner_id"] = partner.id
        participants = super().create(vals_list)
        participants._record_accompanist()
        participants.filtered(lambda file: file.phase != "closed")._plan_followups()
        return participants

    def write(self, vals):
        if "program_id" in vals:
            self._check_may_change_program(vals["program_id"])
        before = {participant: participant.user_id for participant in self}
        hosted = self.filtered(lambda file: file.active and file.phase == "incubation")
        result = super().write(vals)
        if {"date_entry", "date_exit", "program_id"} & vals.keys():
            self.filtered("seat_ids")._refresh_forecast()
        if "user_id" in vals:
            self.filtered(lambda file: file.user_id != before[file])._record_accompanist()
        if vals.get("date_exit"):
            self._plan_followups()
        gone = hosted.filtered(lambda file: not file.active or file.phase != "incubation")
        if vals.get("selection_result") == "refused":
            gone |= self
        gone._offer_freed_place()
        return result

    def _check_may_change_program(self, program_id):
        """Seats and charges stay in the program that gave them: another program is another file."""
        for participant in self.filtered(lambda file: file.program_id.id != program_id):
            seat = participant.seat_ids.filtered(
                lambda seat: seat.state not in ("draft", "refused", "cancelled")
            )[:1]
            if seat:
                raise UserError(
                    self.env._(
                        "%(participant)s has seat %(seat)s in program %(program)s. Open another "
                        "file in"
                        " the other program instead.",
                        participant=participant.display_name,
                        seat=seat.name,
                        program=participant.program_id.name,
                    )
                )

    def _reads_names_only(self):
        """An accountant who is not staff of the pathway reads the name of a participant only."""
        if self.env.su:
            return False
        # Asked at every reading of a field, thousands of times for a board: found out once.
        known = self.env.cr.cache.setdefault("coworking_reads_names_only", {})
        uid = self.env.uid
        if uid not in known:
            user = self.env.user
            known[uid] = user.has_group(
                "coworking_incubation.group_coworking_accountant"
            ) and not user.has_group("coworking_incubation.group_coworking_accompanist")
        return known[uid]

    def _has_field_access(self, field, operation):
        if self._reads_names_only() and (
            operation != "read" or field.name not in self._accountant_fields()
        ):
            return False
        return super()._has_field_access(field, operation)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What was said and planned about a person is for those who may write the file."""
        if message_operation == "read" and self._reads_names_only():
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    @api.model
    def _accountant_fields(self):
        return {
            "id",
            "display_name",
            "partner_id",
            "partner_name",
            "program_id",
            "company_id",
            "currency_id",
            "active",
            "cost_to_date",
            "may_write",
        }

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """A list of names for who reads names only, whatever list was asked for."""
        if view_type in ("list", "kanban", "search") and self._reads_names_only():
            view_id = self.env["ir.model.data"]._xmlid_to_res_id(
                f"coworking_incubation.coworking_participant_view_{view_type}_names"
            )
        return super().get_view(view_id, view_type, **options)

    # === ACTION METHODS ===#

    def action_open_seats(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_seat_action"
        )
        action["domain"] = [("participant_id", "=", self.id)]
        action["context"] = {"default_participant_id": self.id}
        return action

    def action_open_hostings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_hosting_action"
        )
        action["domain"] = [("participant_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_attendances(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_attendance_action"
        )
        action["domain"] = [("participant_id", "=", self.id)]
        action["context"] = {"default_participant_id": self.id}
        return action

    def action_next_stage(self):
        """The one next step of the header button."""
        self.ensure_one()
        if not self.next_stage_id:
            raise UserError(self.env._("%s has no next stage.", self.display_name))
        self.stage_id = self.next_stage_id

    def action_move_to(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move to a stage"),
            "res_model": "coworking.participant.move",
            "view_mode": "form",
            "target": "new",
            "context": {"default_participant_ids": self.ids},
        }

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

    def _entry_problems(self, origin, stage, entering):
        """Entering the incubation needs a place of the program, and a program that still runs."""
        problems = super()._entry_problems(origin, stage, entering)
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

    def _on_stage_entered(self, stage):
        result = super()._on_stage_entered(stage)
        if stage.releases_seats:
            self._release_seats()
        if stage.drops_reviews:
            self._drop_planned_reviews()
        return result

    def _drop_planned_reviews(self):
        today = fields.Date.context_today(self)
        for participant in self:
            leaving = participant.date_exit or today
            participant.review_ids.filtered(
                lambda review, leaving=leaving: review.date > leaving
            )._drop_plan()

    def _may_have_review(self, kind):
        """Whether one of this kind is still to be held."""
        self.ensure_one()
        return kind not in HELD_ONCE or not self.review_ids.filtered(
            lambda review: review.kind == kind and review.state == "done"
        )

    def _release_seats(self):
        """End the seats on the day of the exit; those that would start later are cancelled."""
        # sudo: the stage says that seats end here; an accompanist who moves a file may not end
        # seats
        for participant in self.sudo().filtered("date_exit"):
            leaving = participant.date_exit
            for seat in participant.seat_ids.filtered(
                lambda seat: seat.state in ("draft", "requested", "confirmed", "active")
            ):
                if seat.state in ("draft", "requested") or seat.date_start > leaving:
                    seat.action_cancel()
                elif not seat.date_end or seat.date_end > leaving:
                    seat.date_end = leaving

    def _complete_new_file(self):
        result = super()._complete_new_file()
        self._make_checklist()
        return result

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

    def _record_accompanist(self):
        """Close the period of the accompanist before, open that of the new one."""
        today = fields.Date.context_today(self)
        # sudo: periods are written by this method alone
        assignments = self.env["coworking.assignment"].sudo()
        for participant in self:
            current = assignments.search(
                [("participant_id", "=", participant.id), ("date_to", "=", False)], limit=1
            )
            if current.user_id == participant.user_id:
                continue
            if current:
                current.date_to = max(current.date_from, today)
            if participant.user_id:
                assignments.create(
                    {
                        "participant_id": participant.id,
                        "user_id": participant.user_id.id,
                        "date_from": today,
                    }
                )

    def _plan_followups(self):
        """Follow-ups at 3, 6 and 12 months after the exit, moved when the exit is corrected."""
        # those just cancelled make room in the database too
        self.env["coworking.followup"].flush_model(["state"])
        for participant in self.filtered("date_exit"):
            for months in FOLLOWUP_MONTHS:
                due = participant.date_exit + relativedelta(months=months)
                known = participant.followup_ids.filtered(
                    lambda row, months=months: row.months == months and row.state != "cancelled"
                )
                if known.filtered(lambda row: row.state == "pending"):
                    known.date_due = due
                elif not known:
                    # sudo: follow-ups are planned here alone
                    self.env["coworking.followup"].sudo().create(
                        {"participant_id": participant.id, "months": months, "date_due": due}
                    )

    def _offer_freed_place(self):
        """Tell the accompanists of the first ones waiting, as many as places are free, once."""
        # sudo: those waiting and those hosted may be a colleague's
        for program in self.sudo().program_id:
            if program.places_left <= 0:
                continue
            waiting = self.sudo().search(
                [
                    ("program_id", "=", program.id),
                    ("selection_result", "=", "waiting"),
                    ("phase", "=", "selection"),
                ],
                order="date_waiting, id",
                limit=program.places_left,
            )
            for file in waiting:
                user = file.user_id or program.user_id or self.env.user
                summary = self.with_context(lang=user.lang).env._("A place is free: offer it")
                if not file.activity_ids.filtered(lambda row, text=summary: row.summary == text):
                    file.activity_schedule(
                        "mail.mail_activity_data_todo", summary=summary, user_id=user.id
                    )

    def _reopen(self, stage, reason):
        """Somebody comes back: the first entry stays, the exit is kept in words, follow-ups
        stop.
        """
        self.ensure_one()
        earlier = self.env._(
            "Earlier exit on %(date)s: %(exit)s. Back because: %(reason)s",
            date=format_date(self.env, self.date_exit) if self.date_exit else "-",
            exit=self.exit_reason_id.name or "-",
            reason=reason,
        )
        self.message_post(body=earlier)
        self.followup_ids.filtered(lambda row: row.state == "pending").state = "cancelled"
        self.write(
            {
                "date_exit": False,
                "exit_reason_id": False,
                "job_contract": False,
                "job_start": False,
                "job_months": 0,
                "exit_evidence": False,
                "stays_in_space": False,
                "stage_id": stage.id,
                "move_reason": earlier,
            }
        )

    def action_open_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_charge_action"
        )
        action["domain"] = [("participant_id", "=", self.id), ("state", "!=", "forecast")]
        action["context"] = {}
        return action

    # === BUSINESS METHODS ===#

    def _facts_changed(self, day):
        """Something that prices depend on changed from a day on, for these participants.

        Months from then on that their spaces settled are to be checked again when the next month
        is generated, whether they were charged in them or not. Open statements are computed again
        before anybody confirms them. The forecasts of the stay are made again at once.
        """
        # sudo: whoever may write the fact may not read charges; nothing of them is returned
        participants = self.sudo()
        first = day.replace(day=1)
        settled = participants._statements_since(first)._mark_outdated()
        settled = {(statement.program_id.id, statement.space_id.id) for statement in settled}
        if settled:
            for participant in participants:
                program_id = participant.program_id.id
                if any(
                    (program_id, space.id) in settled for space in participant.seat_ids.space_id
                ):
                    participant.recheck_from = min(participant.recheck_from or first, first)
        participants._refresh_forecast()

    def _statements_since(self, first):
        """Statements, from a month on, of the spaces where these participants have or had seats."""
        return self.env["coworking.statement"].search(
            Domain("program_id", "in", self.program_id.ids)
            & Domain("date_from", ">=", first)
            & Domain("state", "!=", "cancelled")
            & (
                Domain("space_id", "in", self.seat_ids.space_id.ids)
                | Domain("charge_ids.participant_id", "in", self.ids)
            )
        )

    def _refresh_forecast(self):
        """Forecast charges of each stay, month by month, from the first month without a statement.

        Only what is certain in advance: months and weeks, not tickets or days that nobody used yet.
        """
        # sudo: whoever changes a fact need not be allowed to read what it costs
        Charge = self.env["coworking.charge"].sudo()
        for program, participants in self.sudo().grouped("program_id").items():
            seats = participants.seat_ids.filtered(
                lambda seat: seat.state in self.env["coworking.seat"]._holding_states()
            )
            current = {
                charge._key(): charge
                for charge in Charge.search(
                    [("participant_id", "in", participants.ids), ("state", "=", "forecast")]
                )
            }
            to_create = []
            for seat, priced in participants._forecast_rows(program, seats):
                lang = program.company_id.partner_id.lang or self.env.lang
                explaining = Charge.with_context(lang=lang)
                values = explaining._values(priced, seat.with_context(lang=lang))
                charge = current.pop((priced.seat, priced.period, priced.kind), None)
                if charge is None:
                    to_create.append(values)
                elif charge._differs_from(values):
                    charge.write(values)
            Charge.concat(*current.values()).unlink()
            Charge.create(to_create)

    def _forecast_rows(self, program, seats):
        """Priced charges of the months to come that have no statement yet.

        An open seat is counted up to the planned exit, else the program's end.
        """
        if not seats:
            return []
        first = min(seats.mapped("date_start")).replace(day=1)
        last = max(
            seat.date_end or seat.participant_id.date_exit_planned or program.date_end
            for seat in seats
        )
        months = []
        while first <= last:
            months.append(first)
            first += relativedelta(months=1)
        # sudo: see _refresh_forecast
        opened = {
            (space.id, fields.Date.to_date(month))
            for space, month in self.env["coworking.statement"]
            .sudo()
            ._read_group(
                [
                    ("program_id", "=", program.id),
                    ("space_id", "in", seats.space_id.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["space_id", "date_from:month"],
            )
        }
        try:
            priced = self.env["coworking.pricing"].sudo()._price(program, self, months)
        except UserError:
            return []  # told when the month is generated, not when a presence is typed
        ends = {
            seat.id: seat.date_end or seat.participant_id.date_exit_planned or program.date_end
            for seat in seats
        }
        return [
            (seat, charge)
            for home, seat, charge in priced
            if (seat.space_id.id, home) not in opened
            and (charge.kind == "commitment" or charge.date_from <= ends[seat.id])
        ]

    def _days_suspended(self):
        """Days of the suspensions that push the planned exit back, each day counted once."""
        self.ensure_one()
        days = set()
        for suspension in self.suspension_ids.filtered(lambda s: s.extends and s.date_to):
            start = suspension.date_from
            days.update(
                start + relativedelta(days=n) for n in range((suspension.date_to - start).days + 1)
            )
        return len(days)

    def _get_rotting_depends_fields(self):
        return [*super()._get_rotting_depends_fields(), "phase"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("phase", "!=", "closed")
