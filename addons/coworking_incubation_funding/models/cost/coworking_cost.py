from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import KNOWN, to_decimal

from ... import funding

KINDS = [
    ("seats", "Seat"),
    ("direct", "Direct cost"),
    ("staff", "Staff"),
    ("flat", "Flat amount"),
]


class CoworkingCost(models.Model):
    """A piece of what a program spent: one line of a posted bill, credit note or entry on its
    analytic account, once; of a bill for seats, one row for each charge that the line pays.

    Costs follow from the books by themselves (``_refresh_moves``), but for staff, which is typed.
    What others read:

    - ``amount``: with tax where the program does not recover it; below zero on a credit note;
    - ``paid_amount`` and ``payments``: ``[["2015-07-20", "180.00"], ...]``, by date, exact;
    - ``date_from``, ``date_to``: the service;  ``date_paid``: the last payment;
    - ``copayment_amount``: what participants owe the program of it;
    - ``allocation_ids``: whose it is, part by part (``coworking.allocation``), which sum to
      ``paid_amount``;
    - ``item``: what a charge, its complement and its credit note have in common;
    - ``_get_refusals()``: why an agreement takes no part, in words.
    """

    _name = "coworking.cost"
    _description = "Cost"
    _processing = MONEY
    _marks = {"move_id": KNOWN}
    _inherit = ["coworking.record.mixin"]
    _order = "date desc, id desc"
    # Code alone links costs to lines, charges and programs of one company.

    name = fields.Char(required=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    program_id = fields.Many2one("coworking.program", required=True, index=True)
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, help="Of the bill or entry.")
    date_from = fields.Date(string="Served From", required=True)
    date_to = fields.Date(string="Served To", required=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Bill Line", index="btree_not_null", ondelete="set null"
    )
    reversed_line_id = fields.Many2one(
        "account.move.line",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="Of a credit note, or an entry that takes another one back: the line given back.",
    )
    move_id = fields.Many2one(
        "account.move", string="Bill", index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one("res.partner", string="Supplier", index="btree_not_null")
    account_id = fields.Many2one("account.account")
    charge_id = fields.Many2one(
        "coworking.charge", index="btree_not_null", ondelete="set null", help="What it pays."
    )
    charge_kind = fields.Char(string="Type of Charge", readonly=True)
    seat_id = fields.Many2one("coworking.seat", index="btree_not_null", ondelete="restrict")
    participant_id = fields.Many2one(
        "coworking.participant", index="btree_not_null", ondelete="restrict"
    )
    heading_id = fields.Many2one(
        "coworking.funding.heading",
        string="Flat Heading",
        index="btree_not_null",
        ondelete="cascade",
        help="Of a flat amount: the heading it is of.",
    )
    # What is parted together has the same, which sorts as it is parted.
    item = fields.Char(
        string="What Is Parted Together", compute="_compute_item", store=True, index=True
    )
    amount = fields.Monetary(required=True)
    copayment_amount = fields.Monetary(
        string="Co-payment", help="What the participant owes the program of it."
    )
    paid_amount = fields.Monetary(string="Paid")
    date_paid = fields.Date(string="Paid On", help="The last payment.")
    payments = fields.Json(string="Payments, as Data", export_string_translation=False)
    payment_text = fields.Char(string="Payments", compute="_compute_payment_text")
    presence_proven = fields.Boolean(
        readonly=True, help="Somebody was there: the space and the participant do not disagree."
    )
    withdrawn = fields.Boolean(
        readonly=True,
        help="The bill is a draft again or gone; the cost stays because it was claimed.",
    )
    allocation_ids = fields.One2many("coworking.allocation", "cost_id", string="Shares")
    amount_funded = fields.Monetary(
        string="Funders", compute="_compute_amounts", help="What funders take part in."
    )
    amount_to_place = fields.Monetary(string="To Place", compute="_compute_amounts")
    amount_own = fields.Monetary(string="Own Funds", compute="_compute_amounts")
    # What it says of a person's public is told in words only to those who may know it.
    refusals = fields.Json(export_string_translation=False, groups="base.group_system")
    refusal_text = fields.Text(string="Refused By", compute="_compute_refusal_text")
    # Counted up by PostgreSQL, so that two who part one cost at once meet: see the allocations.
    allocation_version = fields.Integer(string="Version of the Shares", default=0, copy=False)

    _line_once = models.UniqueIndex(
        "(move_line_id, program_id, COALESCE(charge_id, 0)) WHERE move_line_id IS NOT NULL",
        "A line of a bill is a cost of the program once.",
    )
    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "What was served cannot end before it starts."
    )

    # === COMPUTE METHODS ===#

    @api.depends(
        "charge_id.corrected_kind",
        "charge_id.kind",
        "charge_id.period",
        "charge_id.seat_id",
        "date_from",
        "move_line_id",
        "program_id",
        "reversed_line_id",
    )
    def _compute_item(self):
        for cost in self:
            line = cost.reversed_line_id or cost.move_line_id
            if cost.charge_id:
                parts = cost.charge_id._get_funding_item()
            elif line:
                parts = (cost.date_from, f"{line.id:012d}", cost.program_id.id)
            else:
                parts = (cost.date_from, f"{cost.id:012d}", "")
            cost.item = " ".join(map(str, parts))

    @api.depends("payments")
    def _compute_payment_text(self):
        for cost in self:
            cost.payment_text = ", ".join(
                self.env._(
                    "%(date)s: %(amount)s",
                    date=format_date(self.env, day),
                    amount=cost.currency_id.format(float(amount)),
                )
                for day, amount in cost.payments or []
            )

    @api.depends(
        "allocation_ids.amount",
        "allocation_ids.amount_rejected",
        "allocation_ids.agreement_id",
        "allocation_ids.reason",
    )
    def _compute_amounts(self):
        for cost in self:
            funders = cost.allocation_ids.filtered("agreement_id")
            to_place = cost.allocation_ids.filtered("to_place")
            cost.amount_funded = sum(funders.mapped("amount_effective"))
            cost.amount_to_place = sum(to_place.mapped("amount"))
            cost.amount_own = sum((cost.allocation_ids - funders - to_place).mapped("amount"))

    @api.depends("refusals")
    @api.depends_context("lang", "uid")
    def _compute_refusal_text(self):
        for cost in self:
            cost.refusal_text = "\n".join(cost._get_refusals().values())

    # === CRUD METHODS ===#

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claimed(self):
        claimed = self.filtered(lambda cost: any(cost.allocation_ids.mapped("frozen")))
        if claimed:
            raise UserError(
                self.env._(
                    "%(cost)s was claimed from a funder: it cannot be deleted. What changes becomes"
                    " a difference in the next claim.",
                    cost=claimed[0].display_name,
                )
            )

    # === FOR THE PURE MODULE ===#

    def _get_payments(self):
        """Tuple of ``funding.Payment``, by date."""
        self.ensure_one()
        return tuple(
            funding.Payment(fields.Date.to_date(day), Decimal(amount))
            for day, amount in self.payments or []
        )

    def _walk_payments(self):
        """Each payment of these, as ``funding.Payment``."""
        for cost in self:
            yield from cost._get_payments()

    def _to_costs(self, publics):
        """These as list of ``funding.Cost``.

        :param publics: dict cost id -> ids of the agreements it may be of
        """
        salaries = {}
        for program, account in {(cost.program_id, cost.account_id) for cost in self}:
            salaries[program, account] = program._counts_by_hours(account)
        return [
            funding.Cost(
                key=cost.id,
                item=cost.item,
                kind=cost.kind,
                amount=to_decimal(cost.amount),
                date_from=cost.date_from,
                date_to=cost.date_to,
                payments=cost._get_payments(),
                charge_kind=cost.charge_kind or None,
                account=cost.account_id.id or None,
                salary=salaries[cost.program_id, cost.account_id],
                heading=cost.heading_id.id or None,
                copayment=to_decimal(cost.copayment_amount),
                present=cost.presence_proven,
                public=frozenset(publics[cost.id]),
                step=to_decimal(cost.currency_id.rounding),
            )
            for cost in self
        ]

    # === WORDS ===#

    def _get_refusals(self):
        """Why agreements of the program take no part in this cost.

        :return: dict agreement -> one sentence
        """
        self.ensure_one()
        # sudo: only the words for it say what is told to whom
        refusals = self.sudo().refusals or {}
        agreements = self.env["coworking.funding.agreement"].browse(int(key) for key in refusals)
        return {
            agreement: self.env._(
                "%(agreement)s: %(reasons)s.",
                agreement=agreement.reference,
                reasons=", ".join(
                    self._describe_refusal(one, agreement) for one in refusals[str(agreement.id)]
                ),
            )
            for agreement in agreements.exists()
        }

    def _describe_refusal(self, reason, agreement):
        self.ensure_one()
        if reason == "heading":
            return self.env._("no heading admits this kind of cost")
        if reason == "salary":
            return self.env._("salaries are counted by the hours of the staff time")
        if reason == "public":
            if not agreement._has_field_access(agreement._fields["public_domain"], "read"):
                return self.env._("this expense is not admitted")
            return self.env._("the person is not of the public that it funds")
        if reason == "presence":
            return self.env._("no presence proves that the seat was used")
        if reason == "late":
            return self.env._(
                "paid after %(day)s", day=format_date(self.env, agreement.date_paid_limit)
            )
        return self.env._(
            "served outside %(first)s to %(last)s",
            first=format_date(self.env, agreement.date_from),
            last=format_date(self.env, agreement.date_to),
        )

    def _describe(self):
        """What an expense is, in words of ours: what somebody typed in a bill may be a name."""
        self.ensure_one()
        month = format_date(self.env, self.date_from, date_format="MMMM y")
        if self.charge_id:
            kinds = dict(self.charge_id._fields["kind"]._description_selection(self.env))
            return self.env._(
                "%(space)s, %(month)s: %(kind)s",
                space=self.seat_id.space_id.name,
                month=format_date(self.env, self.charge_id.period, date_format="MMMM y"),
                kind=kinds.get(self.charge_kind, self.charge_kind),
            )
        if self.kind == "staff":
            return self.env._("Staff, %s", month)
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        nature = self.heading_id.name or self.account_id.name or kinds[self.kind]
        return self.env._("%(heading)s, %(month)s", heading=nature, month=month)

    # === ACTION METHODS ===#

    def action_open_move(self):
        self.ensure_one()
        return self.move_id.get_formview_action()
