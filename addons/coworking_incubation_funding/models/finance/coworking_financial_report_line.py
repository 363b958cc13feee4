from odoo import api, fields, models
from odoo.exceptions import UserError

from .coworking_financial_report import FROZEN_TRIGGERS

# Of expenses, then of income, in the order of the form.
EXPENSES = [
    ("60", "60 Purchases"),
    ("61", "61 External services"),
    ("62", "62 Other external services"),
    ("63", "63 Taxes and duties"),
    ("64", "64 Staff"),
    ("65", "65 Other operating expenses"),
    ("66", "66 Financial expenses"),
    ("67", "67 Exceptional expenses"),
    ("68", "68 Depreciation and provisions"),
    ("other", "Other accounts"),
    ("indirect", "Indirect costs of the action"),
]
INCOME = [
    ("70", "70 Sales and services: co-payments"),
    ("74", "74 Operating grants"),
    ("75", "75 Other operating income"),
    ("76", "76 Financial income"),
    ("77", "77 Exceptional income"),
    ("78", "78 Reversals of provisions"),
    ("own", "Own resources of the action"),
]
IN_KIND = [
    ("86", "86 Contributions in kind used"),
    ("87", "87 Contributions in kind received"),
]
PLACES = [*EXPENSES, *INCOME, *IN_KIND]
# Of what our books do not know: it is typed.
TYPED = {"75", "76", "77", "78", "86", "87"}
SIDES = [("expense", "Expenses"), ("income", "Income"), ("in_kind", "In Kind")]


class CoworkingFinancialReportLine(models.Model):
    """A line of the report: a class of accounts, or a grant; planned, actual, and the gap."""

    _name = "coworking.financial.report.line"
    _description = "Line of a Financial Report"
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "report_id, sequence, id"
    _code_fields = {
        *("agreement_id", "is_planned_typed", "is_shared", "place", "report_id", "sequence"),
    }

    report_id = fields.Many2one(
        "coworking.financial.report", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="report_id.state")
    sequence = fields.Integer(readonly=True)
    place = fields.Selection(PLACES, required=True, readonly=True)
    side = fields.Selection(SIDES, compute="_compute_side")
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        string="Funder",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Of a grant: by which agreement.",
    )
    planned = fields.Monetary(help="In the budget of the agreement.")
    is_planned_typed = fields.Boolean(readonly=True, export_string_translation=False)
    is_shared = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="Of a grant: it also pays for other programs, so that its part is typed.",
    )
    actual = fields.Monetary(help="Paid in the period; of income, what it paid for.")
    is_typed = fields.Boolean(compute="_compute_side", export_string_translation=False)
    gap = fields.Monetary(compute="_compute_gap", help="Actual, less planned.")
    rate = fields.Float(string="%", digits=(7, 1), compute="_compute_gap")

    _once = models.UniqueIndex(
        "(report_id, place, COALESCE(agreement_id, 0))", "A class is once in a financial report."
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _final_stays = models.Constraint(
        "CHECK (true)", "A financial report that is final stays as it is."
    )

    def init(self):
        self.env.cr.execute(FROZEN_TRIGGERS)

    @api.depends("place")
    def _compute_side(self):
        sides = {key: "expense" for key, _name in EXPENSES}
        sides |= {key: "income" for key, _name in INCOME}
        for line in self:
            line.side = sides.get(line.place, "in_kind")
            line.is_typed = line.place in TYPED

    @api.depends("planned", "actual")
    def _compute_gap(self):
        for line in self:
            line.gap = line.currency_id.round(line.actual - line.planned)
            line.rate = 100 * line.actual / line.planned if line.planned else 0.0

    @api.depends("place", "agreement_id.partner_id", "agreement_id.reference")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["place"]._description_selection(self.env))
        for line in self:
            agreement = line.agreement_id
            line.display_name = (
                f"74 {agreement.partner_id.name} ({agreement.reference})"
                if agreement
                else names.get(line.place)
            )

    def write(self, vals):
        if not self.env.su:
            self.report_id._check_draft()
            computed = self.filtered(lambda line: not line.is_typed)
            if "actual" in vals and computed:
                raise UserError(
                    self.env._(
                        "“%(line)s” of %(report)s is what the books say: it is not typed.",
                        line=computed[0].display_name,
                        report=computed[0].report_id.name,
                    )
                )
            if "planned" in vals:
                # sudo: that somebody typed it is noted by code alone
                self.sudo().is_planned_typed = True
        return super().write(vals)
