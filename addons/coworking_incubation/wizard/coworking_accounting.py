from stdnum.fr import siret

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..models.network.res_company import PURPOSES, UNNAMED

# As Odoo computes them: from what the product says, to be changed here.
FROM_PRODUCT = {"compute": "_compute_from_products", "store": True, "readonly": False}


class CoworkingAccounting(models.TransientModel):
    """With which products a company bills, and their accounts and taxes.

    For its accountant, who has no right on products in general: these three, and nothing else.
    """

    _name = "coworking.accounting"
    _description = "Accounts and Taxes of the Incubation"
    _inherit = ["coworking.record.mixin"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self._default_company_id(),
    )
    asks_identity = fields.Boolean(
        compute="_compute_asks_identity",
        help="Something of the company's name, address and number is missing.",
    )
    country_code = fields.Char(related="company_id.account_fiscal_country_id.code")
    company_name = fields.Char(default=lambda self: self._default_company_name())
    street = fields.Char(default=lambda self: self._get_company_value("street"))
    zip = fields.Char(default=lambda self: self._get_company_value("zip"))
    city = fields.Char(default=lambda self: self._get_company_value("city"))
    company_registry = fields.Char(
        string="SIRET", default=lambda self: self._get_company_value("company_registry")
    )
    vat_recovered = fields.Selection(
        [
            ("no", "Not recovered: it goes with the expense"),
            ("exempt", "The same, exempt as a small business (in France, art. 293 B)"),
            ("yes", "Recovered"),
        ],
        string="VAT on Seats",
        compute="_compute_vat_recovered",
        readonly=False,
    )
    # Said before the taxes that go with it are taken, of which the answer is made anew.
    exempt = fields.Boolean(default=lambda self: self._get_company_value("coworking_vat_exempt"))
    seat_product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        default=lambda self: self._get_default_product("seat"),
    )
    seat_account_id = fields.Many2one("account.account", check_company=True, **FROM_PRODUCT)
    seat_account_code = fields.Char(string="Seat Account Code", related="seat_account_id.code")
    seat_tax_id = fields.Many2one("account.tax", check_company=True, **FROM_PRODUCT)
    membership_product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        default=lambda self: self._get_default_product("membership"),
    )
    membership_account_id = fields.Many2one("account.account", check_company=True, **FROM_PRODUCT)
    membership_account_code = fields.Char(
        "Membership Account Code", related="membership_account_id.code"
    )
    membership_tax_id = fields.Many2one("account.tax", check_company=True, **FROM_PRODUCT)
    copayment_product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        default=lambda self: self._get_default_product("copayment"),
    )
    copayment_account_id = fields.Many2one("account.account", check_company=True, **FROM_PRODUCT)
    copayment_account_code = fields.Char(
        "Copayment Account Code", related="copayment_account_id.code"
    )
    copayment_tax_id = fields.Many2one("account.tax", check_company=True, **FROM_PRODUCT)

    @api.model
    def _default_company_id(self):
        company = self.env.company.root_id
        self._check_company_is_mine(company)
        return company

    @api.model
    def _default_company_name(self):
        name = self._get_company_value("name")
        return name if name not in UNNAMED else False

    @api.model
    def _get_company_value(self, field):
        # sudo: as its name; of what is not public, for its accountants alone
        return self.env.company.root_id.sudo()[field]

    @api.model
    def _check_company_is_mine(self, company):
        """Branches bill with the products of their company, which whoever is in a branch alone may
        not change.
        """
        if company not in self.env.user.company_ids:
            # sudo: its name is no secret to its branches
            raise AccessError(
                self.env._(
                    "Accounts and taxes are those of %s, to which you have no access: ask its"
                    " accountant.",
                    company.sudo().name,
                )
            )

    @api.model
    def _get_default_product(self, purpose):
        return self.env.company._coworking_get_product(purpose)

    @api.depends("company_id")
    def _compute_asks_identity(self):
        for wizard in self:
            wizard.asks_identity = bool(wizard.company_id._coworking_get_missing_identity())

    @api.depends("seat_product_id", "membership_product_id", "copayment_product_id")
    def _compute_from_products(self):
        for wizard in self:
            for purpose, (__, side, __) in PURPOSES.items():
                product = wizard[f"{purpose}_product_id"].with_company(wizard.company_id)
                accounts = product.product_tmpl_id.get_product_accounts() if product else {}
                taxes = product[self._get_taxes_field(side)]
                wizard[f"{purpose}_account_id"] = accounts.get(side)
                wizard[f"{purpose}_tax_id"] = taxes._filter_taxes_by_company(wizard.company_id)[:1]

    @api.depends("seat_tax_id", "exempt")
    def _compute_vat_recovered(self):
        for wizard in self:
            wizard.vat_recovered = wizard._get_vat_answer()

    @api.onchange("vat_recovered")
    def _onchange_vat_recovered(self):
        """The taxes that go with the answer, to be seen before they are applied."""
        answer = self.vat_recovered
        if not answer or answer == self._get_vat_answer():
            return
        self.exempt = answer == "exempt"
        self.seat_tax_id, self.copayment_tax_id = self.company_id._coworking_get_taxes(
            answer == "yes"
        )
        if self.membership_product_id == self.seat_product_id:
            self.membership_tax_id = self.seat_tax_id

    def _get_vat_answer(self):
        """What the tax of seats says of VAT; a product without any says nothing."""
        if not self.seat_tax_id:
            return False
        if self.seat_tax_id._coworking_is_recovered():
            return "yes"
        return "exempt" if self.exempt else "no"

    @api.model
    def _get_taxes_field(self, side):
        return "supplier_taxes_id" if side == "expense" else "taxes_id"

    # === ACTION METHODS ===#

    def action_apply(self):
        """Tell the company and the products; what does not fit the tariffs is said, and undone."""
        self.ensure_one()
        self._check_company_is_mine(self.company_id)
        self._check_purposes_agree()
        # sudo: who bills decides on what accounts, without a right on all products and companies
        company = self.company_id.sudo()
        if self.asks_identity:
            company.write(self._prepare_identity())
        company.coworking_vat_exempt = self.vat_recovered == "exempt"
        if company.coworking_vat_exempt and not company._coworking_get_exempt_position():
            company._coworking_make_exempt_position()
        for purpose, (field, side, __) in PURPOSES.items():
            product = self[f"{purpose}_product_id"].sudo().with_company(company)
            company[field] = product
            account, tax = self[f"{purpose}_account_id"], self[f"{purpose}_tax_id"]
            if account != product.product_tmpl_id.get_product_accounts()[side]:
                product[f"property_account_{side}_id"] = account.id
            taxes_field = self._get_taxes_field(side)
            before = product[taxes_field]._filter_taxes_by_company(company)
            if tax != before[:1]:  # what is shown of them
                product[taxes_field] = [
                    *(Command.unlink(old.id) for old in before),
                    *(Command.link(new.id) for new in tax),
                ]
        self._check_tariffs_fit()
        return {"type": "ir.actions.act_window_close"}

    def _prepare_identity(self):
        """:raise ValidationError: a French company's number is no SIRET"""
        registry = self.company_registry
        if registry and self.company_id.account_fiscal_country_id.code == "FR":
            if not siret.is_valid(registry):
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is no SIRET of %(company)s: type its 14 digits, those of the"
                        " head office.",
                        number=registry,
                        company=self.company_name,
                    )
                )
            registry = siret.compact(registry)
        return {
            "name": self.company_name,
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
            "company_registry": registry,
        }

    def _check_purposes_agree(self):
        """A product that seats and fees share has one account and one tax."""
        if self.seat_product_id == self.membership_product_id and (
            self.seat_account_id != self.membership_account_id
            or self.seat_tax_id != self.membership_tax_id
        ):
            raise UserError(
                self.env._(
                    "Product %s is that of seats and of membership fees: give it the same account"
                    " and tax in both places, or choose two products.",
                    self.seat_product_id.display_name,
                )
            )

    def _check_tariffs_fit(self):
        """The tariffs and fees that had these products can still be billed."""
        problems = []
        for model in ("coworking.tariff", "coworking.space.membership"):
            products = (self.seat_product_id | self.membership_product_id).ids
            # sudo: accountants need not know all spaces
            for billed in (
                self.env[model]
                .sudo()
                .search(
                    [
                        ("product_id", "in", products),
                        ("company_id", "child_of", self.company_id.id),
                    ]
                )
            ):
                problems.append(billed._get_saving_problem())
        problems = list(filter(None, problems))
        if problems:
            raise UserError("\n".join([*problems[:3], *filter(None, [self._advise_on_base()])]))

    def _advise_on_base(self):
        """What a coordinator changes before this answer on VAT can be applied, or ``None``."""
        base = "untaxed" if self.vat_recovered == "yes" else "total"
        # sudo: accountants need not know all programs
        programs = (
            self.env["coworking.program"]
            .sudo()
            .search(
                [
                    ("company_id", "child_of", self.company_id.id),
                    ("date_end", ">=", fields.Date.context_today(self)),
                    ("funding_base", "!=", base),
                ]
            )
        )
        if not programs:
            return None
        field = programs._fields["funding_base"]
        return self.env._(
            "A coordinator first sets “%(field)s” to “%(base)s” on %(programs)s; then apply this"
            " again.",
            field=field._description_string(self.env),
            base=dict(field._description_selection(self.env))[base],
            programs=", ".join(programs.mapped("name")),
        )
