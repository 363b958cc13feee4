from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.coworking_incubation.tools import to_decimal


class CoworkingClaim(models.Model):
    """Entries of claims, as drafts, where the company asks for them (F13)."""

    _inherit = "coworking.claim"

    entry_ids = fields.One2many("account.move", "coworking_claim_id", string="Entries")
    entry_count = fields.Integer(
        compute="_compute_entry_count", compute_sudo=True, export_string_translation=False
    )

    def _compute_entry_count(self):
        for claim in self:
            claim.entry_count = len(claim.entry_ids)

    def action_open_entries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_journal_line")
        return {**action, "domain": [("coworking_claim_id", "=", self.id)], "context": {}}

    def _update_entries(self):
        """Make the entries of a claim come to what is receivable for it now: drafts are made anew,
        and what was posted already is completed, or taken back, by another draft.
        """
        self.ensure_one()
        company = self.company_id
        when = company.coworking_grant_entry
        if when == "none" and not self.entry_ids:
            return
        target = to_decimal(0)
        if self.step == "accepted":
            target = to_decimal(self.amount_admitted)
        elif self.step == "submitted" and when == "submitted":
            target = to_decimal(self.amount_claimed)
        self.entry_ids.filtered(lambda move: move.state == "draft").unlink()
        posted = sum(
            (
                to_decimal(line.balance)
                for line in self.entry_ids.filtered(lambda move: move.state == "posted").line_ids
                if line.account_id == company.coworking_grant_receivable_id
            ),
            to_decimal(0),
        )
        if target != posted:
            self.env["account.move"].create(self._prepare_entry(target - posted))

    def _prepare_entry(self, amount):
        """Values of a draft: so much more is receivable of the funder; below zero, less."""
        company = self.company_id
        receivable, income = (
            company.coworking_grant_receivable_id,
            company.coworking_grant_income_id,
        )
        if not receivable or not income:
            raise UserError(
                self.env._(
                    "%s makes entries: choose the accounts of grants in the settings of the"
                    " incubation first.",
                    self.name,
                )
            )
        journal = company.coworking_grant_journal_id or self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(company), ("type", "=", "general")],
            limit=1,
        )
        share = 100.0 / max(len(self.program_ids.analytic_account_id), 1)
        analytic = {str(account.id): share for account in self.program_ids.analytic_account_id}
        moment = self.date_accepted if self.step == "accepted" else self.date_submitted
        common = {"name": self.name, "partner_id": self.partner_id.id}
        amounts = (max(amount, to_decimal(0)), max(-amount, to_decimal(0)))
        rows = []
        for account, (debit, credit), distribution in (
            (receivable, amounts, False),
            (income, amounts[::-1], analytic),
        ):
            rows.append(
                Command.create(
                    {
                        **common,
                        "account_id": account.id,
                        "debit": float(debit),
                        "credit": float(credit),
                        "analytic_distribution": distribution,
                    }
                )
            )
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": fields.Datetime.context_timestamp(self, moment or fields.Datetime.now()).date(),
            "ref": self.name,
            "coworking_claim_id": self.id,
            "line_ids": rows,
        }
