from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from odoo.addons.coworking_incubation.models.base.processing import NETWORK
from odoo.addons.coworking_incubation.tools import to_decimal, to_decimal_or_none

from ... import funding


class CoworkingFundingHeading(models.Model):
    """A heading of the budget of an agreement: which expenses the funder admits, how much."""

    _name = "coworking.funding.heading"
    _description = "Heading of Expense"
    _processing = NETWORK
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "agreement_id, sequence, id"
    _code_fields = frozenset({"company_id"})

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    agreement_id = fields.Many2one(
        "coworking.funding.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("seats", "Seats"),
            ("direct", "Direct costs"),
            ("staff", "Staff"),
            ("flat", "Flat amount"),
        ],
        required=True,
        default="seats",
        help="Seats: what charges of seats cost. Direct costs: the other lines of bills on the"
        " analytic account of the program. Staff: time spent. Flat amount: a part of other"
        " headings, nothing else is shown.",
    )
    charge_kind_ids = fields.Many2many(
        "coworking.charge.kind", string="Charges Admitted", help="Of seats: which charges."
    )
    account_ids = fields.Many2many(
        "account.account",
        string="Accounts Admitted",
        check_company=True,
        help="Of direct costs: on which accounts. None: all, but for salaries (64) where the hours"
        " of staff are typed, which count already.",
    )
    planned = fields.Monetary(help="What the budget of the agreement says of this heading.")
    ceiling = fields.Monetary(
        help="The most that the funder takes part in under this heading. 0: as far as the grant"
        " goes."
    )
    flat_rate = fields.Float(string="Flat Rate (%)", digits=(5, 2))
    flat_heading_ids = fields.Many2many(
        "coworking.funding.heading",
        "coworking_funding_heading_flat_rel",
        "heading_id",
        "of_heading_id",
        string="Of Headings",
        help="Of a flat amount: the headings of which it is a part.",
    )

    terms = fields.Char(string="Admits", compute="_compute_terms")

    _amounts_positive = models.Constraint(
        "CHECK (planned >= 0 AND ceiling >= 0)",
        "What is planned under a heading, and its ceiling, cannot be negative.",
    )
    _flat_rate_range = models.Constraint(
        "CHECK (flat_rate >= 0 AND flat_rate <= 100)",
        "The flat rate of a heading is between 0 and 100 %.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("kind", "charge_kind_ids", "account_ids", "flat_rate", "flat_heading_ids.name")
    @api.depends_context("lang", "company")
    def _compute_terms(self):
        """In words, what the fields of its kind say."""
        for heading in self:
            if heading.kind == "flat":
                heading.terms = self.env._(
                    "%(rate)s%% of %(headings)s",
                    rate=formatLang(self.env, heading.flat_rate),
                    headings=", ".join(heading.flat_heading_ids.mapped("name")),
                )
            elif heading.kind == "direct":
                accounts = ", ".join(filter(None, heading.account_ids.mapped("code")))
                heading.terms = accounts or self.env._("all accounts")
            else:
                kinds = heading.charge_kind_ids if heading.kind == "seats" else ()
                heading.terms = ", ".join(kind.name for kind in kinds)

    # === CONSTRAINT METHODS ===#

    @api.constrains("kind", "charge_kind_ids", "flat_rate", "flat_heading_ids", "agreement_id")
    def _check_terms(self):
        for heading in self:
            wrong = False
            if heading.kind == "seats" and not heading.charge_kind_ids:
                wrong = self.env._("say which charges of seats it admits")
            elif heading.kind == "flat" and not (heading.flat_rate and heading.flat_heading_ids):
                wrong = self.env._("say its rate, and of which headings it is a part")
            elif heading.kind == "flat" and (
                heading.flat_heading_ids.agreement_id != heading.agreement_id
                or "flat" in heading.flat_heading_ids.mapped("kind")
            ):
                wrong = self.env._(
                    "it is a part of headings of the same agreement that are no flat amounts"
                )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "Heading %(heading)s of %(agreement)s: %(wrong)s.",
                        heading=heading.name,
                        agreement=heading.agreement_id.reference,
                        wrong=wrong,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        headings = super().create(vals_list)
        headings.agreement_id._funding_terms_changed()
        return headings

    def write(self, vals):
        if "agreement_id" in vals:
            self.agreement_id._funding_terms_changed()  # of those that they leave
        result = super().write(vals)
        if set(vals) - {"name", "planned"}:
            self.agreement_id._funding_terms_changed()
        return result

    def unlink(self):
        agreements = self.agreement_id
        result = super().unlink()
        agreements._funding_terms_changed()
        return result

    # === BUSINESS METHODS ===#

    def _to_heading(self):
        """This heading as ``funding.Heading``."""
        self.ensure_one()
        return funding.Heading(
            key=self.id,
            kind=self.kind,
            charge_kinds=frozenset(self.charge_kind_ids.mapped("code")),
            accounts=frozenset(self.account_ids.ids),
            ceiling=to_decimal_or_none(self.ceiling),
        )

    def _get_flat_rate(self):
        """Per cent, as ``Decimal``."""
        self.ensure_one()
        return to_decimal(self.flat_rate)
