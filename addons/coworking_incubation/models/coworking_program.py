from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .. import pricing
from ..pricing_inputs import PRICING_INPUTS
from ..tools import to_decimal


class CoworkingProgram(models.Model):
    """A programme: who is hosted, from when to when, and how much of each seat it pays."""

    _name = "coworking.program"
    _description = "Coworking Incubation Program"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Short code that starts the reference of each monthly statement, such as INC.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(required=True, tracking=True)
    date_end = fields.Date(required=True, tracking=True)
    target_places = fields.Integer(default=30, help="How many people the program means to host.")
    duration_months = fields.Integer(
        default=6, help="Length of an incubation, in months from the entry."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Coordinator",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        tracking=True,
    )
    accompanist_ids = fields.Many2many(
        "res.users",
        "coworking_program_accompanist_rel",
        string="Accompanists",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    funding_rate = fields.Float(
        string="Funding Rate (%)",
        default=100.0,
        digits=(5, 2),
        tracking=True,
        help="Part of each seat that the program pays.",
    )
    funding_cap = fields.Monetary(
        tracking=True,
        help="The most the program pays for one participant and civil month. 0 means no cap.",
    )
    funding_base = fields.Selection(
        [("total", "Price with tax"), ("untaxed", "Price without tax")],
        required=True,
        default="total",
        help="With tax when the organisation does not recover VAT on the seats, else without.",
    )
    copayment_collector = fields.Selection(
        [("program", "The program"), ("space", "The coworking space")],
        required=True,
        default="program",
        help="Who collects what is left for the participant to pay.",
    )
    copayment_product_id = fields.Many2one(
        "product.product",
        string="Co-payment Product",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="Product of the invoices that participants receive for their part.",
    )
    criterion_ids = fields.Many2many(
        "coworking.criterion",
        string="Criteria",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    min_criteria = fields.Integer(
        string="Criteria to Meet",
        default=1,
        help="Criteria are not cumulative: how many of them make a person eligible.",
    )
    agreement_ids = fields.Many2many(
        "coworking.funding.agreement",
        "coworking_agreement_program_rel",
        "program_id",
        "agreement_id",
        string="Funding Agreements",
        check_company=True,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        check_company=True,
        index="btree_not_null",
        help="Seat bills of this program are posted on this analytic account.",
    )
    lasting_months = fields.Integer(
        string="Lasting Job From (months)",
        default=6,
        help="A job with an end counts as lasting employment from this many months on, as "
        "transitional below: funders draw the border at six months or just above.",
    )
    hosting_template_id = fields.Many2one(
        "coworking.hosting.template",
        string="Agreement Template",
        check_company=True,
        ondelete="restrict",
        help="Text of the hosting agreements of this program. Empty: the first template.",
    )
    participant_ids = fields.One2many("coworking.participant", "program_id")
    participant_count = fields.Integer(compute="_compute_counts")
    incubated_count = fields.Integer(string="In Incubation", compute="_compute_places")
    places_left = fields.Integer(compute="_compute_places")
    seat_count = fields.Integer(compute="_compute_seat_count")
    statement_count = fields.Integer(compute="_compute_statement_count")

    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
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
    amount_granted = fields.Monetary(
        compute="_compute_money", help="Sum of the funding agreements of the program."
    )
    amount_spent = fields.Monetary(
        compute="_compute_money", help="Funded in months that are settled."
    )
    amount_committed = fields.Monetary(
        compute="_compute_money", help="Funded in open months and in the stays to come."
    )
    amount_left = fields.Monetary(compute="_compute_money")

    _code_company_uniq = models.Constraint(
        "UNIQUE(code, company_id)",
        "Two programs of one company cannot have the same code.",
    )
    _dates = models.Constraint(
        "CHECK (date_end >= date_start)", "A program cannot end before it starts."
    )
    _funding_rate_range = models.Constraint(
        "CHECK (funding_rate >= 0 AND funding_rate <= 100)",
        "The funding rate of a program is between 0 and 100 %.",
    )
    _funding_cap_positive = models.Constraint(
        "CHECK (funding_cap >= 0)", "The funding cap of a program cannot be negative."
    )
    _duration_positive = models.Constraint(
        "CHECK (duration_months > 0)", "An incubation lasts at least one month."
    )
    _lasting_positive = models.Constraint(
        "CHECK (lasting_months > 0)", "A lasting job lasts at least one month."
    )
    _targets_positive = models.Constraint(
        "CHECK (target_places >= 0 AND min_criteria >= 0)",
        "Places and criteria of a program cannot be negative.",
    )

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

    @api.depends("agreement_ids.amount_granted")
    def _compute_money(self):
        """Money granted, spent, committed and left, from the expected charges."""
        funded = defaultdict(float)
        for program, state, amount in self.env["coworking.charge"]._read_group(
            [("program_id", "in", self.ids)], ["program_id", "state"], ["funded_amount:sum"]
        ):
            funded[program.id, state == "settled"] += amount
        for program in self:
            # sudo: accompanists see whether one more person fits, not the agreements themselves
            program.amount_granted = sum(program.sudo().agreement_ids.mapped("amount_granted"))
            program.amount_spent = funded[program.id, True]
            program.amount_committed = funded[program.id, False]
            program.amount_left = (
                program.amount_granted - program.amount_spent - program.amount_committed
            )

    def _compute_seat_count(self):
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [("program_id", "in", self.ids)], ["program_id"], ["__count"]
            )
        )
        for program in self:
            program.seat_count = counts.get(program, 0)

    def _compute_statement_count(self):
        # sudo: how many there are; accompanists do not read the statements themselves
        counts = dict(
            self.env["coworking.statement"]
            .sudo()
            ._read_group([("program_id", "in", self.ids)], ["program_id"], ["__count"])
        )
        for program in self:
            program.statement_count = counts.get(program, 0)

    @api.constrains("date_start", "date_end")
    def _check_seats_within_dates(self):
        """Shortening a program must not leave seats outside its dates."""
        for program in self:
            seat = self.env["coworking.seat"].search(
                Domain("program_id", "=", program.id)
                & Domain("state", "in", self.env["coworking.seat"]._holding_states())
                & (
                    Domain("date_start", "<", program.date_start)
                    | Domain("date_end", ">", program.date_end)
                ),
                limit=1,
            )
            if seat:
                raise ValidationError(
                    self.env._(
                        "Seat %(seat)s (%(start)s to %(end)s) would be outside the dates of program"
                        " %(program)s. Change the seat first.",
                        seat=seat.name,
                        start=format_date(self.env, seat.date_start),
                        end=format_date(self.env, seat.date_end),
                        program=program.display_name,
                    )
                )

    # === CRUD METHODS ===#

    def write(self, vals):
        changed = [
            name
            for name in PRICING_INPUTS[self._name]
            if name in vals and any(program[name] != vals[name] for program in self)
        ]
        if changed:
            self._check_no_settled_month()
        result = super().write(vals)
        if changed:
            # sudo: whoever writes the rule need not be allowed to read what seats cost
            statements = self.env["coworking.statement"].sudo()
            statements.search(
                [("program_id", "in", self.ids), ("state", "in", statements._open_states())]
            )._mark_outdated()
            self.sudo().participant_ids._refresh_forecast()
        return result

    def _check_no_settled_month(self):
        """Who pays what has no date: it holds for a whole edition."""
        # sudo: whoever writes the rule need not be allowed to read what seats cost
        Charge = self.env["coworking.charge"].sudo()
        settled = Charge.search(
            [("program_id", "in", self.ids), ("state", "=", "settled")], limit=1
        )
        if settled:
            raise UserError(
                self.env._(
                    "Program %(program)s has settled months: what it funds and who collects the"
                    " participants' part cannot change any more. Copy it to a new edition.",
                    program=settled.program_id.display_name,
                )
            )

    def copy_data(self, default=None):
        """A new edition: same rules and same team, no people, another name and code."""
        vals_list = super().copy_data(default)
        default = default or {}
        for program, vals in zip(self, vals_list, strict=True):
            if "name" not in default:
                vals["name"] = self.env._("%s (copy)", program.name)
            if "code" not in default:
                vals["code"] = program._next_code()
        return vals_list

    def _next_code(self):
        """First of CODE2, CODE3... that no program of the company has, archived ones included."""
        self.ensure_one()
        taken = set(
            self.with_context(active_test=False)
            .search([("company_id", "=", self.company_id.id), ("code", "=like", f"{self.code}%")])
            .mapped("code")
        )
        number = 2
        while f"{self.code}{number}" in taken:
            number += 1
        return f"{self.code}{number}"

    def _split_over_funders(self, charges):
        """How the funded part of some charges is spread over the program's agreements.

        Each agreement takes its rate of the funded amount while its grant lasts, in order of date;
        the rest is own funds. All earlier charges draw on the grants first.

        :return: dict agreement (empty recordset: own funds) -> amount, as ``Decimal``
        """
        self.ensure_one()
        left = {agreement: to_decimal(agreement.amount_granted) for agreement in self.agreement_ids}
        result = defaultdict(Decimal)
        everything = (
            self.env["coworking.charge"].search_fetch(
                [
                    ("program_id", "=", self.id),
                    ("state", "!=", "forecast"),
                    ("period", "<=", max(charges.mapped("period"))),
                ],
                ["period", "kind", "corrected_kind", "funded_amount"],
                order="period, id",
            )
            if charges
            else charges
        )
        for charge in everything:
            parts = [
                (agreement, to_decimal(agreement.rate), left[agreement])
                for agreement in self.agreement_ids.sorted("date_from")
                if agreement._admits(charge)
            ]
            for agreement, amount in pricing.split(to_decimal(charge.funded_amount), parts):
                agreement = agreement or self.env["coworking.funding.agreement"]
                if agreement:
                    left[agreement] -= amount
                if charge in charges:
                    result[agreement] += amount
        return result

    @api.constrains("agreement_ids")
    def _check_agreement_rates(self):
        """Agreements that hold on one day never fund more than the whole."""
        for program in self:
            program.agreement_ids._check_rates_of_program(program)

    def _seat_months(self):
        """First days of the months in which seats of each program are charged.

        :return: dict program id -> (first month, last month or None while a seat has no end)
        """
        if not self:
            return {}
        self.env["coworking.seat"].flush_model(["program_id", "date_start", "date_end", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT program_id, date_trunc('month', MIN(date_start))::date,
                          date_trunc('month', MAX(COALESCE(date_end, 'infinity')))::date
                     FROM coworking_seat
                    WHERE program_id IN %s AND state IN %s
                 GROUP BY program_id""",
                tuple(self.ids),
                tuple(self.env["coworking.seat"]._holding_states()),
            )
        )
        return {program_id: (first, last) for program_id, first, last in rows}

    @api.model
    def _sheet_funders(self, program):
        """Funders whose names or logos are on the sheets of a program."""
        # sudo: an accompanist prints the sheets and does not read the agreements
        return program.sudo().agreement_ids.partner_id

    # === ACTION METHODS ===#

    def action_open_participants(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_participant_action"
        )
        action["context"] = {"search_default_program_id": self.id, "default_program_id": self.id}
        return action

    def action_open_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.calendar_event_action_coworking"
        )
        action["domain"] = [("coworking_program_id", "=", self.id)]
        action["context"] = {
            "default_coworking_program_id": self.id,
            "coworking_show_people": True,
        }
        return action

    def action_open_seats(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_seat_action"
        )
        action["context"] = {"search_default_program_id": self.id}
        return action

    def action_open_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["context"] = {"search_default_program_id": self.id}
        return action
