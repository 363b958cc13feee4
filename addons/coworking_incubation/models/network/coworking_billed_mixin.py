from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import to_decimal


class CoworkingBilledMixin(models.AbstractModel):
    """What a space bills by a product, which says its account and its tax: a tariff, or a fee.

    The model has ``space_id`` and ``company_id``, and says ``_get_name_in_messages``.
    """

    _name = "coworking.billed.mixin"
    _description = "What a Space Bills"

    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        index=True,
        help="Gives the expense account and the purchase tax of the bills.",
    )

    @api.constrains("product_id", "company_id")
    def _check_product(self):
        for billed in self:
            problem = billed._get_product_problem()
            if problem:
                raise ValidationError(problem)

    def _get_billing_problems(self, funding_base):
        """What keeps a program from being billed for these, in words.

        :param funding_base: the program's
        :return: list of sentences
        """
        return [
            problem
            for billed, taxes in self._get_taxes_each().items()
            for problem in (
                billed._get_product_problem(taxes),
                billed._get_tax_problem(funding_base, taxes),
            )
            if problem
        ]

    def _get_product_problem(self, taxes=None):
        """What keeps the product from being billed, in words, or ``None``.

        :param taxes: what ``_get_taxes`` says, where it was looked up before
        """
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        if not product.product_tmpl_id.get_product_accounts()["expense"]:
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

    def _get_taxes_each(self):
        """Purchase taxes of each of these, looked up once a space and product.

        :return: dict record -> ``account.tax``
        """
        known, result = {}, {}
        for billed in self:
            key = billed.space_id, billed.product_id
            if key not in known:
                known[key] = billed._get_taxes()
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
        lines = tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        )
        recovered = bool(lines.account_id) or any(
            exigibility != "on_invoice" for exigibility in tax.mapped("tax_exigibility")
        )
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
