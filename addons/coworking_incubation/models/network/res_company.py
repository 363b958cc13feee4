from typing import NamedTuple

from odoo import Command, fields, models


class Purpose(NamedTuple):
    """What a company has a product for."""

    field: str  # of the company: the product that is proposed
    side: str  # "expense" or "income"
    code: str  # where a French chart has the account


# Rents (6132), subscriptions (6281), services sold (706): the French general chart of accounts.
PURPOSES = {
    "seat": Purpose("coworking_seat_product_id", "expense", "6132"),
    "membership": Purpose("coworking_membership_product_id", "expense", "6281"),
    "copayment": Purpose("coworking_copayment_product_id", "income", "706"),
}
# What Odoo calls a company that nobody named.
UNNAMED = ("My Company", "YourCompany")
# Names of these records in ``ir.model.data``, as those of a chart: account.<company>_<name>.
TAX_LOST = "coworking_tax_not_recovered"
POSITION_EXEMPT = "coworking_position_exempt"
# The French chart's taxes on services, due on payment: purchases and sales.
FRENCH_SERVICE_TAXES = {"purchase": "tva_acq_encaissement", "sale": "tva_normale_encaissement"}
FRENCH_RATE = 20


class ResCompany(models.Model):
    """The products of a company whose chart of accounts is loaded, and the tax that it loses."""

    _inherit = "res.company"

    coworking_seat_product_id = fields.Many2one(
        "product.product", prefetch="coworking", string="Product of New Tariffs", check_company=True
    )
    coworking_membership_product_id = fields.Many2one(
        "product.product",
        prefetch="coworking",
        string="Product of New Membership Fees",
        check_company=True,
    )
    coworking_copayment_product_id = fields.Many2one(
        "product.product",
        prefetch="coworking",
        string="Co-payment Product of New Programs",
        check_company=True,
    )

    coworking_vat_exempt = fields.Boolean(
        prefetch="coworking",
        string="Exempt from VAT as a Small Business",
        help="Co-payments are invoiced without VAT, with the note of the fiscal position of bills"
        " without VAT: in France, art. 293 B.",
    )

    coworking_first_day_hidden = fields.Boolean(
        prefetch="coworking",
        string="Hides the Steps of the First Day",
        help="A coordinator closed the list above the board; the menu First Day opens it again.",
    )

    def _get_coworking_spaces(self):
        """Spaces that are open as one of the calendars of these companies says: as of a calendar,
        where a day off is for all of these.
        """
        # sudo: whoever enters a day off need not know the programme's spaces
        return (
            self.env["coworking.space"]
            .sudo()
            .with_context(active_test=False)
            .search([("resource_calendar_id.company_id", "in", self.ids)])
        )

    def _coworking_get_missing_identity(self):
        """What agreements and invoices name and nobody wrote yet: "name", "address", "registry"."""
        self.ensure_one()
        # sudo: a branch is allowed without its company
        company = self.root_id.sudo()
        missing = {
            "name": company.name in UNNAMED,
            "address": not (company.street and company.city),
            "registry": company.account_fiscal_country_id.code == "FR"
            and not company.company_registry,
        }
        return [key for key, is_missing in missing.items() if is_missing]

    def _coworking_get_product(self, purpose):
        """The product that is proposed, or none; a branch has its company's.

        :param purpose: see ``PURPOSES``
        """
        self.ensure_one()
        # sudo: a branch is allowed without its company
        for company in self.sudo().parent_ids[::-1]:
            product = company[PURPOSES[purpose].field]
            if product:
                return product.sudo(self.env.su)
        return self.env["product.product"]

    def _coworking_describe_missing_product(self):
        """What to do where no product is proposed, in words."""
        # sudo: a branch is allowed without its company
        if not self.root_id.sudo().chart_template:
            return self._coworking_describe_missing_chart()
        return self.env._(
            "%(company)s proposes no product for this any more: choose a product here, or ask your"
            " accountant to choose one under Billing, Accounts and Taxes.",
            company=self.name,
        )

    def _coworking_describe_missing_chart(self):
        """What to do where nothing can be billed yet, in words."""
        return self.env._(
            "%(company)s has no chart of accounts yet: an administrator chooses one under"
            " Settings, Invoicing.",
            company=self.name,
        )

    # === VAT ===#

    def _coworking_recovers_vat(self):
        """Whether the purchase tax of new tariffs is recovered. Without a tax: no."""
        self.ensure_one()
        # sudo: a coordinator is proposed what fits, and need not know the taxes
        taxes = self._coworking_get_product("seat").sudo().supplier_taxes_id
        return taxes._filter_taxes_by_company(self)._coworking_is_recovered()

    def _coworking_get_taxes(self, recovered):
        """Taxes of seats and of co-payments: who recovers VAT also owes it on what people pay.

        :return: (purchase tax, sale tax or none)
        """
        self.ensure_one()
        if not recovered:
            return self._coworking_get_lost_tax(), self.env["account.tax"]
        return tuple(map(self._coworking_get_service_tax, ("purchase", "sale")))

    def _coworking_get_lost_tax(self):
        """The purchase tax made for VAT that is not recovered, or none."""
        return self._coworking_get_chart_record("account.tax", TAX_LOST)

    def _coworking_get_own_product(self, purpose):
        """The product made with the chart of accounts, whichever is proposed now; or none."""
        return self._coworking_get_chart_record("product.product", f"coworking_product_{purpose}")

    def _coworking_get_exempt_position(self):
        """The fiscal position of spaces that bill without VAT, or none."""
        return self._coworking_get_chart_record("account.fiscal.position", POSITION_EXEMPT)

    def _coworking_get_copayment_position(self):
        """The fiscal position of co-payments that bear no VAT: that of who is exempt, whose note
        says why, or none.
        """
        # sudo: a branch is exempt with its company, and allowed without it
        company = self.root_id.sudo()
        position = self.env["account.fiscal.position"]
        if company.coworking_vat_exempt:
            position = company._coworking_get_exempt_position()
        return position.sudo(self.env.su)

    def _coworking_get_chart_record(self, model, name):
        self.ensure_one()
        chart = self.env["account.chart.template"].with_company(self)
        return chart.ref(name, raise_if_not_found=False) or self.env[model]

    def _coworking_get_service_tax(self, use):
        """The usual tax on services: the French chart's own, else the company's.

        :param use: "purchase" or "sale"
        """
        self.ensure_one()
        tax = self._coworking_get_chart_record("account.tax", FRENCH_SERVICE_TAXES[use])
        return tax.filtered("active") or self[f"account_{use}_tax_id"]

    # === PREPARED WITH THE CHART OF ACCOUNTS ===#

    def _coworking_prepare_accounting(self):
        """Make what is missing of the products, the tax that is lost and the exempt position.

        Nothing else is touched: no other product or tax, no default of the company. Branches have
        their company's. After another chart was loaded, the products get its accounts and taxes.
        """
        for company in self.filtered(lambda row: row.chart_template and not row.parent_id):
            company = company.with_company(company)
            new_chart = not company._coworking_get_lost_tax()
            if new_chart:
                company._coworking_make_lost_tax()
            if not company._coworking_get_exempt_position():
                company._coworking_make_exempt_position()
            for purpose, (field, side, code) in PURPOSES.items():
                own = company._coworking_get_own_product(purpose)
                if not company[field]:
                    own = company[field] = own or company._coworking_make_product(purpose)
                elif not new_chart:
                    continue
                account = f"property_account_{side}_id"
                if own and not own[account].exists():
                    own[account] = company._coworking_find_account(code, side)
                if purpose == "seat" and own and not own.supplier_taxes_id:
                    own.supplier_taxes_id = [Command.set(company._coworking_get_lost_tax().ids)]

    def _coworking_find_account(self, code, account_type):
        """The first account of a French chart whose code begins so, or none.

        :param account_type: a domain's value, or the beginning of a type ("expense", "income")
        """
        self.ensure_one()
        Account = self.env["account.account"].with_company(self)
        if self.account_fiscal_country_id.code != "FR":
            return Account
        return Account.search(
            [
                *Account._check_company_domain(self),
                ("code", "=like", f"{code}%"),
                ("account_type", "=like", f"{account_type}%"),
            ],
            order="code",
            limit=1,
        )

    def _coworking_make_product(self, purpose):
        """A service of this company alone, without tax and on the account of its category."""
        bought = PURPOSES[purpose].side == "expense"
        names = {
            "seat": lambda env: env._("Coworking seat"),
            "membership": lambda env: env._("Membership fee of a coworking space"),
            "copayment": lambda env: env._("Part of a coworking seat paid by the participant"),
        }
        product = self.env["product.product"].create(
            {
                "name": names[purpose](self.env),
                "type": "service",
                "company_id": self.id,
                "list_price": 0.0,
                "purchase_ok": bought,
                "sale_ok": not bought,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
            }
        )
        self._coworking_translate(product, names[purpose])
        self._coworking_keep_reference(product, f"coworking_product_{purpose}")
        return product

    def _coworking_make_lost_tax(self):
        """A purchase tax that follows the expense, or none where the company knows no purchase tax.

        Without an account of its own and without a grid: what is lost is in no VAT return, whereas
        a copy of the chart's own tax would go on filling it.
        """
        usual = self._coworking_get_usual_tax()
        if not usual:
            return usual

        def get_name(env):
            return env._("%(rate)s%% VAT not recovered", rate=f"{usual.amount:g}")

        tax = self.env["account.tax"].create(
            {
                "name": get_name(self.env),
                "description": False,
                "invoice_label": usual.invoice_label,
                "type_tax_use": "purchase",
                "tax_scope": "service",
                "amount_type": "percent",
                "amount": usual.amount,
                "price_include_override": "tax_excluded",
                "tax_exigibility": "on_invoice",
                "analytic": True,
                "tax_group_id": usual.tax_group_id.id,
                "country_id": usual.country_id.id,
                "company_id": self.id,
                # the last one of its rate: nobody is to get it by chance
                "sequence": 100,
            }
        )
        self._coworking_translate(tax, get_name)
        self._coworking_keep_reference(tax, TAX_LOST)
        return tax

    def _coworking_get_usual_tax(self):
        """The purchase tax in percent that a seat usually bears, whoever recovers it."""
        self.ensure_one()
        usual = self.account_purchase_tax_id
        if usual.amount_type == "percent" and usual.amount > 0:
            return usual
        Tax = self.env["account.tax"]
        taxes = Tax.search(
            [
                *Tax._check_company_domain(self),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
                ("amount", ">", 0),
            ]
        )
        if self.account_fiscal_country_id.code == "FR":
            taxes = taxes.filtered(lambda tax: tax.amount == FRENCH_RATE)
        return taxes[:1]

    def _coworking_make_exempt_position(self):
        """A fiscal position without any tax takes them all away: that of spaces without VAT."""
        french = self.account_fiscal_country_id.code == "FR"

        def get_name(env):
            return env._("Bills without VAT (art. 293 B)") if french else env._("Bills without VAT")

        position = self.env["account.fiscal.position"].create(
            {
                "name": get_name(self.env),
                "company_id": self.id,
                "sequence": 100,
                # to be read on bills: in French, whoever reads
                "note": french and "TVA non applicable, art. 293 B du CGI",
            }
        )
        self._coworking_translate(position, get_name)
        self._coworking_keep_reference(position, POSITION_EXEMPT)

    def _coworking_keep_reference(self, record, name):
        chart = self.env["account.chart.template"]
        xml_id = chart.company_xmlid(name, self)
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": xml_id, "record": record, "noupdate": True}]
        )

    def _coworking_translate(self, record, get_name):
        """Its name in each language that is spoken here: a chart is loaded in English."""
        for lang, __ in self.env["res.lang"].get_installed():
            spoken = record.with_context(lang=lang)
            spoken.name = get_name(spoken.env)
