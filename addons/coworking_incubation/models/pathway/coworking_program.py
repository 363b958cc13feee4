from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class CoworkingProgram(models.Model):
    """The people of a program: how many there are, and what became of them."""

    _inherit = "coworking.program"

    participant_ids = fields.One2many("coworking.participant", "program_id")
    participant_count = fields.Integer(compute="_compute_counts")
    incubated_count = fields.Integer(string="In Incubation", compute="_compute_places")
    places_left = fields.Integer(compute="_compute_places")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    counselled_by_me = fields.Boolean(
        string="Counselled by Me",
        compute="_compute_counselled_by_me",
        search="_search_counselled_by_me",
        help="Whether you are one of its counsellors.",
    )
    dynamic_exit_rate = fields.Float(
        string="Dynamic Exits (%)",
        compute="_compute_exit_rates",
        help="Durable, transitional and positive exits, of all exits but those withdrawn.",
    )
    response_rate = fields.Float(
        string="Answers at Six Months (%)",
        compute="_compute_exit_rates",
        help="Follow-ups at six months that were answered, of those due.",
    )
    exit_count = fields.Integer(string="Exits", compute="_compute_exit_rates")
    met_count = fields.Integer(string="Met", compute="_compute_met_rates")
    met_15_rate = fields.Float(
        string="First Met within 15 Days (%)",
        compute="_compute_met_rates",
        help="From the application to the first individual support, of those who had one.",
    )
    met_30_rate = fields.Float(string="First Met within 30 Days (%)", compute="_compute_met_rates")

    @api.depends("accompanist_ids")
    @api.depends_context("uid")
    def _compute_counselled_by_me(self):
        programs = self._get_counselled_by_me()
        for program in self:
            program.counselled_by_me = program._origin in programs

    def _search_counselled_by_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._get_counselled_by_me().ids)]

    @api.model
    def _get_counselled_by_me(self):
        """Found out once a transaction: record rules ask it of each file, half-day and act, and a
        join with the program of each is dearer than counting them.
        """
        # sudo: rules ask before anything may be read
        return self.env.user.sudo().with_context(active_test=False).coworking_program_ids

    @api.depends("participant_ids.phase", "target_places")
    def _compute_places(self):
        """Apart from the other counts: the board asks it at each opening, of those who are in."""
        incubated = self._count_participants([("phase", "=", "incubation")])
        for program in self:
            program.incubated_count = incubated.get(program, 0)
            program.places_left = program.target_places - program.incubated_count

    @api.depends("participant_ids.phase", "participant_ids.selection_result")
    def _compute_counts(self):
        everyone = self._count_participants([])
        waiting = self._count_participants(
            [("selection_result", "=", "waiting"), ("phase", "=", "selection")]
        )
        for program in self:
            program.participant_count = everyone.get(program, 0)
            program.waiting_count = waiting.get(program, 0)

    def _count_participants(self, domain):
        """:return: dict program -> how many of its files are in the domain"""
        # sudo: places and people are those of the program, whoever's files they are; numbers only
        return dict(
            self.env["coworking.participant"]
            .sudo()
            ._read_group(
                Domain("program_id", "in", self.ids) & Domain(domain), ["program_id"], ["__count"]
            )
        )

    @api.depends("participant_ids.exit_category", "participant_ids.date_exit")
    def _compute_exit_rates(self):
        """Dynamic = durable + transition + positive, over exits that are not withdrawn."""
        exits = defaultdict(int)
        # sudo: rates of the program, whoever looks and whoever's files they come from; numbers only
        participants = self.env["coworking.participant"].sudo()
        for program, category, count in participants._read_group(
            [("program_id", "in", self.ids), ("date_exit", "!=", False)],
            ["program_id", "exit_category"],
            ["__count"],
        ):
            exits[program.id, category] += count
        answers = defaultdict(int)
        for program, state, count in participants.env["coworking.followup"]._read_group(
            [
                ("program_id", "in", self.ids),
                ("months", "=", 6),
                ("state", "!=", "cancelled"),
                ("date_due", "<=", "today"),
            ],
            ["program_id", "state"],
            ["__count"],
        ):
            answers[program.id, state == "answered"] += count
        for program in self:
            dynamic = sum(
                exits[program.id, category] for category in ("durable", "transition", "positive")
            )
            counted = dynamic + exits[program.id, "other"] + exits[program.id, False]
            program.exit_count = counted + exits[program.id, "withdrawn"]
            program.dynamic_exit_rate = 100.0 * dynamic / counted if counted else 0.0
            due = answers[program.id, True] + answers[program.id, False]
            program.response_rate = 100.0 * answers[program.id, True] / due if due else 0.0

    @api.depends("participant_ids.support_delay")
    def _compute_met_rates(self):
        """Share of people first met within 15 and within 30 days, as funders ask for it."""
        met = defaultdict(int)
        # sudo: numbers of the program, whoever's files they come from
        for program, delay, count in (
            self.env["coworking.participant"]
            .sudo()
            ._read_group(
                [("program_id", "in", self.ids), ("support_delay", "!=", False)],
                ["program_id", "support_delay"],
                ["__count"],
            )
        ):
            met[program.id, delay] += count
        for program in self:
            soon, later = met[program.id, "15"], met[program.id, "30"]
            program.met_count = total = soon + later + met[program.id, "more"]
            program.met_15_rate = 100.0 * soon / total if total else 0.0
            program.met_30_rate = 100.0 * (soon + later) / total if total else 0.0

    def _get_responsible(self, accompanist=None, or_admin=True):
        """While the accompanist is away whoever covers for them is told; people outside go on
        being told of the one whom they know.
        """
        if accompanist and or_admin:
            accompanist = self.env["coworking.cover"]._find_in_place_of(accompanist, self)
        return super()._get_responsible(accompanist, or_admin=or_admin)

    @api.model
    def _note_staff_changed(self, gone, back):
        """Of the contacts of those who work for programs, some left or came back."""

    def _is_read_by(self, user):
        """Whether somebody reads all files of this program."""
        # sudo: of which programs a colleague is, whoever asks
        program, user = self.sudo(), user.sudo()
        if user.has_group("coworking_incubation.group_coworking_coordinator"):
            return program.company_id in user.company_ids
        return user in program.accompanist_ids

    # === ACTION METHODS ===#

    def action_open_participants(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_participant_action"
        )
        action["context"] = {"search_default_program_id": self.id, "default_program_id": self.id}
        return action
