from odoo import fields, models
from odoo.exceptions import UserError

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
    _inherit = "res.company"

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
        journal = self.automatic_entry_default_journal_id or self.env["account.journal"].search(
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
