from datetime import datetime, time, timedelta
from typing import NamedTuple

from pytz import timezone

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_time

from ...tools import day_in_words, saying_who, short_number
from ..base.coworking_used_mixin import refuse_if_used
from .public_holidays import get_public_holidays
from .territories import get_territory


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
USING = ("coworking.program", "coworking.space", "coworking.funding.agreement")
# What Odoo calls a company that nobody named.
UNNAMED = ("My Company", "YourCompany")
# Names of these records in ``ir.model.data``, as those of a chart: account.<company>_<name>.
TAX_LOST = "coworking_tax_not_recovered"
POSITION_EXEMPT = "coworking_position_exempt"
# The French chart's taxes on services, due on payment: purchases and sales.
FRENCH_SERVICE_TAXES = {"purchase": "tva_acq_encaissement", "sale": "tva_normale_encaissement"}
FRENCH_RATE = 20
# What a month end is entered on: field of the company, and where a French chart has the account.
MONTH_END_ACCOUNTS = {
    "accrued": ("coworking_accrued_account_id", "408"),
    "credit": ("coworking_credit_account_id", "4098"),
    "prepaid": ("coworking_prepaid_account_id", "486"),
    "to_invoice": ("coworking_to_invoice_account_id", "418"),
}
# No receivable, payable or bank: a month end is nobody's due.
BALANCE_SHEET = (
    "[('company_ids', 'parent_of', id), ('account_type', 'in', ('asset_current',"
    " 'asset_prepayments', 'liability_current'))]"
)


class ResCompany(models.Model):
    """The products of a company whose chart of accounts is loaded, the tax that it loses, what a
    month end is entered on, who its accountants are, and on which days its staff works.
    """

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

    coworking_match_tolerance = fields.Monetary(
        prefetch="coworking",
        string="Tolerated Gap on Bills",
        default=0.05,
        help="A bill of a space that differs by no more is matched all the same.",
    )

    coworking_accrued_account_id = fields.Many2one(
        "account.account",
        prefetch="coworking",
        string="Seats Used, Not Billed (408)",
        domain=BALANCE_SHEET,
        check_company=True,
    )
    coworking_credit_account_id = fields.Many2one(
        "account.account",
        prefetch="coworking",
        string="Credit Notes to Come (4098)",
        domain=BALANCE_SHEET,
        check_company=True,
    )
    coworking_prepaid_account_id = fields.Many2one(
        "account.account",
        prefetch="coworking",
        string="Billed, Not Used Yet (486)",
        domain=BALANCE_SHEET,
        check_company=True,
    )
    coworking_to_invoice_account_id = fields.Many2one(
        "account.account",
        prefetch="coworking",
        string="Co-payments Not Invoiced (418)",
        domain=BALANCE_SHEET,
        check_company=True,
    )

    _coworking_match_tolerance_positive = models.Constraint(
        "CHECK (coworking_match_tolerance >= 0)", "The tolerated gap cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        alone = not self._coworking_are_several()
        with saying_who(self.env):
            companies = super().create(vals_list)
        if alone:
            self.env["coworking.contact"]._give_to_companies()
        return companies

    @api.model
    def _coworking_are_several(self):
        """Whether there are organisations whose people are not each other's; one that is archived
        may come back.
        """
        # sudo: whoever makes an organisation or a file may know none of the others
        everywhere = self.sudo().with_context(active_test=False)
        return everywhere.search_count([], limit=2) > 1

    def write(self, vals):
        """Who may work in which organisation is a right too; in its currency are all amounts."""
        if "currency_id" in vals:
            others = self.filtered(lambda company: company.currency_id.id != vals["currency_id"])
            # sudo: whoever keeps organisations need not be allowed to read their programs
            programs = self.env["coworking.program"].sudo().with_context(active_test=False)
            programs.search([("company_id", "in", others.ids)])._check_may_change_currency()
        if "user_ids" not in vals:
            return super().write(vals)
        with saying_who(self.env):
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        """Nearly all that is ours is of a company: what the rest hangs on says enough."""
        refuse_if_used(self, [(name, "company_id") for name in USING])

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

    def _coworking_get_account(self, product, side, position=None):
        """The account of a product here, or none.

        :param side: "income" or "expense"
        :param position: ``account.fiscal.position`` that maps it, if any
        """
        self.ensure_one()
        # sudo: who is in a branch alone may not read the company, whose account it is by default
        template = product.sudo().with_company(self).product_tmpl_id
        return template.get_product_accounts(position)[side].sudo(self.env.su)

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
            return env._("%(rate)s%% VAT not recovered", rate=short_number(env, usual.amount))

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

    # === ACCOUNTANTS ===#

    def _coworking_accountants(self):
        """Who handles the bills and payments of the company."""
        self.ensure_one()
        # sudo: the portal and scheduled actions tell accountants too
        return (
            self.env.ref("coworking_incubation.group_coworking_accountant")
            .sudo()
            .all_user_ids.filtered(
                lambda user: self in user.company_ids and user.active and not user.share
            )
        )

    def _coworking_accountant(self):
        """Who is told about bills and payments: an accountant of the company, or the user."""
        accountants = self._coworking_accountants()
        own = accountants.filtered(
            lambda user: not user.has_group("coworking_incubation.group_coworking_coordinator")
        )
        return (accountants & self.env.user) or own[:1] or accountants[:1] or self.env.user

    def _coworking_month_end_account(self, kind):
        """The account of the balance sheet that entries of a kind are made on.

        It is chosen in the settings; a French chart of accounts needs no choice.

        :param kind: see ``coworking.month.end.line``
        :raise UserError: there is none
        """
        self.ensure_one()
        name, code = MONTH_END_ACCOUNTS[kind]
        account = self[name]
        if not account and self.account_fiscal_country_id.code == "FR":
            account = (
                self.env["account.account"]
                .with_company(self)
                .search(
                    [
                        *self.env["account.account"]._check_company_domain(self),
                        ("code", "=like", f"{code}%"),
                        ("account_type", "not in", ("asset_receivable", "liability_payable")),
                    ],
                    order="code",
                    limit=1,
                )
            )
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no account for “%(use)s”. An administrator chooses it under"
                    " Incubation, Configuration, Settings.",
                    company=self.name,
                    use=self._fields[name]._description_string(self.env),
                )
            )
        return account

    def _coworking_month_end_journal(self):
        """Odoo's own choice for entries that are made automatically, or the first of its kind."""
        self.ensure_one()
        special = self.currency_exchange_journal_id | self.tax_cash_basis_journal_id
        chosen = self.automatic_entry_default_journal_id.filtered("active")
        journal = chosen or self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self),
                ("type", "=", "general"),
                ("id", "not in", special.ids),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal of miscellaneous operations: make one first.",
                    company=self.name,
                )
            )
        return journal

    # === WORKING DAYS ===#

    def _coworking_get_zone(self):
        """The time zone of its hours."""
        self.ensure_one()
        # sudo: by which clock a company works is no secret
        return timezone(self.sudo().resource_calendar_id.tz or "UTC")

    def _coworking_say_by_program(self, done, moment):
        """Sent by the program, 1er décembre 2026, 06:00: by the clock of the staff.

        :param done: what was done, in words
        :param moment: when, in UTC
        """
        self.ensure_one()
        zone = self._coworking_get_zone().zone
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return self.env._(
            "%(done)s by the program, %(day)s, %(time)s",
            done=done,
            day=day_in_words(self.env, local.date()),
            time=format_time(self.env, moment, tz=zone, time_format="HH:mm"),
        )

    def _coworking_get_days_off(self, first, last):
        """Days on which nobody works by the hours of the company: its week, its closures, public
        holidays of where it is. One that has no hours works from Monday to Friday.

        :return: set of dates
        """
        self.ensure_one()
        # sudo: where a company is and when it works is no secret
        company = self.sudo()
        calendar, zone = company.resource_calendar_id, company._coworking_get_zone()
        days = {first + timedelta(days=number) for number in range((last - first).days + 1)}
        if calendar.attendance_ids or calendar.flexible_hours:
            unusual = calendar._get_unusual_days(
                zone.localize(datetime.combine(first, time.min)),
                zone.localize(datetime.combine(last, time.max)),
                company,
            )
            off = {day for day in days if unusual.get(str(day))}
        else:
            off = {day for day in days if day.weekday() > 4}
        territory = get_territory(company.country_id.code, company.zip)
        return off | get_public_holidays(territory, first, last)
