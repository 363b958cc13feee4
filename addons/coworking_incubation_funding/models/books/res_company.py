from odoo import fields, models
from odoo.tools import SQL, format_datetime


class ResCompany(models.Model):
    """Where payments are recorded that the books of another software tell of; whose clock files
    that leave the organisation go by; whether claims make entries, and on which accounts.
    """

    _inherit = "res.company"

    coworking_outside_journal_id = fields.Many2one(
        "account.journal",
        prefetch="coworking",
        string="Journal of Books Kept Elsewhere",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        help="Payments made by the other books are recorded in this journal. Without one, it is"
        " made with the first of them.",
    )

    coworking_grant_entry = fields.Selection(
        [
            ("none", "No entries"),
            ("submitted", "When the claim is sent"),
            ("accepted", "When the claim is accepted"),
        ],
        prefetch="coworking",
        string="Entries of Claims",
        required=True,
        default="none",
    )
    coworking_grant_receivable_id = fields.Many2one(
        "account.account", prefetch="coworking", string="Grant Receivable", check_company=True
    )
    coworking_grant_income_id = fields.Many2one(
        "account.account", prefetch="coworking", string="Grant Income", check_company=True
    )
    coworking_grant_journal_id = fields.Many2one(
        "account.journal",
        prefetch="coworking",
        string="Journal of Grants",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )

    def _coworking_get_outside_journal(self):
        """The journal of what other books paid; made with the first payment.

        A bank journal whose payments are posted on its own account at once: no bank line is ever to
        come here, since the statements of the bank are in the other books.
        """
        self.ensure_one()
        # sudo: who records payments may use a journal, and not make one
        company = self.sudo()
        if not company.coworking_outside_journal_id:
            # Of two who begin at once, the second waits, and Odoo starts it again once it is there.
            self.env.execute_query(
                SQL("SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE", self.id)
            )
            company.coworking_outside_journal_id = company._coworking_make_outside_journal()
        return company.coworking_outside_journal_id.sudo(self.env.su)

    def _coworking_make_outside_journal(self):
        """A new one; where this addon went and its payments stayed, that of before."""

        def get_name(env):
            return env._("Books Kept Elsewhere")

        names = [
            get_name(self.with_context(lang=lang).env)
            for lang, __ in self.env["res.lang"].get_installed()
        ]
        journals = self.env["account.journal"]
        journal = journals.search(
            [("company_id", "=", self.id), ("type", "=", "bank"), ("name", "in", names)], limit=1
        )
        if journal:
            return journal
        journal = journals.create(
            {"name": get_name(self.env), "type": "bank", "company_id": self.id}
        )
        methods = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        methods.payment_account_id = journal.default_account_id
        self._coworking_translate(journal, get_name)
        return journal

    def _coworking_format_moment(self, moment):
        """A moment by the clock of the company, whoever, or whatever scheduled action, writes it
        down.

        :param moment: naive datetime (UTC)
        """
        self.ensure_one()
        # sudo: no more than a time zone is read
        return format_datetime(self.env, moment, tz=self.sudo().resource_calendar_id.tz)
