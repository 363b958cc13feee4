from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import to_decimal


class CoworkingBilledMixin(models.AbstractModel):
    """What a space bills by a product, which says its account and its tax: a tariff, or a fee.

    The model has ``space_id`` and ``company_id``, and says ``_get_name_in_messages``.
    """

    _name = "coworking.billed.mixin"
    _description = "What a Space Bills"

    _purpose = None  # see ``PURPOSES`` of the company: whose product is proposed

    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        index=True,
        help="Gives the expense account and the purchase tax of the bills.",
    )
    accounting_warning = fields.Char(
        compute="_compute_accounting_warning", compute_sudo=True, help="What to mend, if anything."
    )

    @api.depends("space_id", "company_id")
    def _compute_product_id(self):
        for billed in self:
            company = billed.company_id or self.env.company
            billed.product_id = billed.product_id or company._coworking_get_product(self._purpose)

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: no product is given, and none is proposed"""
        for vals in vals_list:
            space = self.env["coworking.space"].browse(vals.get("space_id"))
            company = space.company_id or self.env.company
            if not vals.get("product_id") and not company._coworking_get_product(self._purpose):
                raise UserError(company._coworking_describe_missing_product())
        return super().create(vals_list)

    @api.depends("product_id", "space_id.operator_id")
    def _compute_accounting_warning(self):
        """Also for those that were saved before this was looked at, or whose tax changed since."""
        for billed in self:
            saved = billed._origin
            billed.accounting_warning = saved.product_id and saved._get_saving_problem()

    @api.constrains("product_id", "company_id")
    def _check_product(self):
        """What cannot be billed is said when it is saved, not when somebody comes."""
        for billed in self:
            problem = billed._get_saving_problem()
            if problem:
                raise ValidationError(problem)

    def _get_saving_problem(self):
        """Why this can be billed for no program that is running or to come, in words, or ``None``.

        :return: a sentence
        """
        self.ensure_one()
        # sudo: a coordinator who saves a tariff need not know the taxes
        billed = self.sudo()
        taxes = billed._get_taxes()
        programs = billed.env["coworking.program"].search(
            [
                ("company_id", "=", billed.company_id.id),
                ("date_end", ">=", fields.Date.context_today(self)),
            ]
        )
        bases = set(programs.mapped("funding_base"))
        unfit = [billed._get_tax_problem(base, taxes) for base in sorted(bases)]
        return (
            billed._get_product_problem(taxes)
            or billed._get_declared_problem(taxes)
            or (unfit[0] if unfit and all(unfit) else None)
        )

    def _get_declared_problem(self, taxes):
        """Why a tax that is not recovered would be on the VAT return all the same, or ``None``."""
        grids = taxes._coworking_get_grids()
        if not grids or taxes._coworking_is_recovered() or not any(taxes.mapped("amount")):
            return None
        own = self.company_id._coworking_get_lost_tax()
        return self.env._(
            "%(what)s: the tax %(tax)s is not recovered, but its tax grids (%(grids)s) put it on"
            " the VAT return as if it were. %(advice)s",
            what=self._get_name_in_messages(),
            tax=", ".join(taxes.mapped("name")),
            grids=", ".join(grids.mapped("name")),
            advice=self.env._("Choose a product with the tax “%(tax)s”.", tax=own.name)
            if own
            else self.env._("Take the tax grids off its lines."),
        )

    def _get_billing_problems(self, funding_base, positions=None):
        """What keeps a program from being billed for these, in words.

        :param funding_base: the program's
        :param positions: see ``_get_taxes_each``
        :return: list of sentences
        """
        fine, problems = set(), []
        for billed, taxes in self._get_taxes_each(positions).items():
            key = billed.company_id, billed.product_id, taxes
            if key in fine:
                continue
            found = (
                billed._get_product_problem(taxes),
                billed._get_tax_problem(funding_base, taxes),
            )
            if any(found):
                problems += filter(None, found)
            else:
                fine.add(key)
        return problems

    def _get_product_problem(self, taxes=None):
        """What keeps the product from being billed, in words, or ``None``.

        :param taxes: what ``_get_taxes`` says, where it was looked up before
        """
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        if not self.company_id._coworking_get_account(product, "expense"):
            return self.env._(
                "%(what)s: product %(product)s has no expense account. Set one on the product or"
                " on its category.",
                what=self._get_name_in_messages(),
                product=product.display_name,
            )
        taxes = self._get_taxes() if taxes is None else taxes
        if len(taxes) > 1 or any(tax.amount_type != "percent" for tax in taxes):
            return self.env._(
                "%(what)s: product %(product)s must have one purchase tax in percent, or none. It"
                " has: %(taxes)s.",
                what=self._get_name_in_messages(),
                product=product.display_name,
                taxes=", ".join(taxes.mapped("name")),
            )
        return None

    def _get_taxes(self):
        """Purchase taxes of a bill of the operator."""
        self.ensure_one()
        return self.space_id._get_purchase_taxes(self.product_id)

    def _get_taxes_each(self, positions=None):
        """Purchase taxes of each of these, looked up once a product and fiscal position.

        :param positions: of their spaces, where they were looked up before
        :return: dict record -> ``account.tax``
        """
        known, result = {}, {}
        if positions is None:
            positions = self.space_id._get_fiscal_positions()
        for billed in self:
            space, product = billed.space_id, billed.product_id
            key = space.company_id, product, positions.get(space)
            if key not in known:
                known[key] = space._get_purchase_taxes(product, positions.get(space))
            result[billed] = known[key]
        return result

    def _get_tax_problem(self, funding_base, tax=None):
        """Why the tax does not fit what a program funds, in words, or ``None``.

        A program that funds prices with tax does not recover VAT: the tax must then follow the
        expense, that is have no account of its own and be due on invoice. One that funds prices
        without tax recovers it: the tax must have its account.

        :param tax: what ``_get_taxes`` says, where it was looked up before
        """
        self.ensure_one()
        tax = self._get_taxes() if tax is None else tax
        if not tax or not any(tax.mapped("amount")):
            return None
        recovered = tax._coworking_is_recovered()
        if funding_base == "total" and recovered:
            return self.env._(
                "%(what)s: the program funds prices with tax, so the tax %(tax)s must not be"
                " recovered (no account on its tax line, due on invoice). Choose a product with"
                " such a tax, or let the program fund prices without tax.",
                what=self._get_name_in_messages(),
                tax=", ".join(tax.mapped("name")),
            )
        if funding_base == "untaxed" and not recovered:
            return self.env._(
                "%(what)s: the program funds prices without tax, so the tax %(tax)s must be"
                " recovered (an account on its tax line). Choose a product with such a tax, or let"
                " the program fund prices with tax.",
                what=self._get_name_in_messages(),
                tax=", ".join(tax.mapped("name")),
            )
        return None

    def _get_tax_rate(self):
        """Rate of the purchase tax, 0.20 for 20 %."""
        return self._get_rate_of(self._get_taxes())

    @api.model
    def _get_rate_of(self, taxes):
        return to_decimal(sum(taxes.mapped("amount"))) / 100
