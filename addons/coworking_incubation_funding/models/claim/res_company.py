from odoo import fields, models


class ResCompany(models.Model):
    """Whether claims make entries, and on which accounts."""

    _inherit = "res.company"

    coworking_grant_entry = fields.Selection(
        [
            ("none", "No entries"),
            ("submitted", "When the claim is sent"),
            ("accepted", "When the claim is accepted"),
        ],
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
