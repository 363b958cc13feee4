from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..base.processing import NETWORK

# What changes by itself is announced so many days before to those concerned.
ANNOUNCE_DAYS = 45


class CoworkingProgram(models.Model):
    """A programme: who is hosted, from when to when, and how much of each seat it pays."""

    _name = "coworking.program"
    _description = "Coworking Incubation Program"
    _processing = NETWORK
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.archive.mixin",
        "coworking.code.mixin",
        "coworking.record.mixin",
    ]
    _order = "date_start desc, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="Short code that starts the reference of each monthly statement, such as INC.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_end = fields.Date(
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
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
        string="Counsellors",
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
        default=lambda self: "untaxed" if self.env.company._coworking_recovers_vat() else "total",
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
        compute="_compute_copayment_product_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
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
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Seat bills of this program are posted on this analytic account.",
    )
    billed_from = fields.Date(
        string="First Month Billed Here",
        copy=False,
        help="For a program taken over while it runs: months before were settled elsewhere, and"
        " the seats that begin earlier are charged from this month on.",
    )
    lasting_months = fields.Integer(
        string="Lasting Job From (months)",
        default=6,
        help="A job with an end counts as lasting employment from this many months on, as "
        "transitional below: funders draw the border at six months or just above.",
    )

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

    billing_warning = fields.Text(
        compute="_compute_billing_warning",
        compute_sudo=True,
        help="Tariffs that no seat of this program may use, and why.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("name")
    def _compute_code(self):
        for program, code in self._propose_codes(letters=3).items():
            program.code = code

    @api.depends("date_start")
    def _compute_date_end(self):
        """A year, until somebody says otherwise."""
        for program in self:
            if program.date_start and not program.date_end:
                program.date_end = program.date_start + relativedelta(years=1, days=-1)

    @api.depends("company_id")
    def _compute_copayment_product_id(self):
        for program in self:
            program.copayment_product_id = (
                program.copayment_product_id
                or program.company_id._coworking_get_product("copayment")
            )

    @api.depends("funding_base", "company_id")
    def _compute_billing_warning(self):
        """The first three are enough to see what is wrong: they mostly have one product."""
        for program in self:
            tariffs = self.env["coworking.tariff"].search_fetch(
                [
                    ("company_id", "=", program.company_id.id),
                    ("space_id.state", "in", ("prospect", "partner")),
                ],
                ["company_id", "product_id", "space_id"],
            )
            tariffs.space_id.fetch(["company_id", "operator_id"])
            problems = tariffs._get_billing_problems(program.funding_base)
            program.billing_warning = "\n".join(problems[:3])

    # === CRUD METHODS ===#

    def copy_data(self, default=None):
        """A new edition: same rules and same team, no people, another name and code."""
        vals_list = super().copy_data(default)
        default = default or {}
        for program, vals in zip(self, vals_list, strict=True):
            if "name" not in default:
                vals["name"] = self.env._("%s (copy)", program.name)
            if "code" not in default:
                vals["code"] = program._get_next_code()
        return vals_list

    def _get_responsible(self, accompanist=None, or_admin=True):
        """Who is told of what happens, and answers: the accompanist of the person, else the
        coordinator of the program, else the administrator. Who left is passed over: nobody would
        read it.

        :param self: one program, or none
        :param accompanist: the user, or none
        :param or_admin: False where somebody outside is told whom to call
        """
        # sudo: whether a colleague left may be known
        users = ((accompanist or self.env["res.users"]) | self.user_id).sudo()
        found = users.filtered(lambda user: user.active and not user.share)[:1].sudo(self.env.su)
        return found or (self.env.ref("base.user_admin") if or_admin else found)

    def _get_next_code(self):
        """First of CODE2, CODE3... that no program of the company has, archived ones included."""
        self.ensure_one()
        return self._get_free_code(self.code, self._get_taken_codes(self.company_id))

    @api.model
    def _get_running(self):
        """The program of the company that is under way or to come, the one that began last."""
        return self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("date_end", ">=", fields.Date.context_today(self)),
            ],
            limit=1,
        )

    def _check_may_change_currency(self):
        """Hook of who settles months: spaces may have agreed to amounts."""

    @api.constrains("agreement_ids")
    def _check_agreement_rates(self):
        """Agreements that hold on one day never fund more than the whole."""
        for program in self:
            program.agreement_ids._check_rates_of_program(program)
