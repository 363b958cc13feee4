from collections import defaultdict
from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding

ENTRY_ONCE = """
CREATE UNIQUE INDEX IF NOT EXISTS coworking_claim_entry_once
    ON account_move_coworking_claim_rel (account_move_id)
"""


class CoworkingClaim(models.Model):
    """Entries of claims, as drafts, where the company asks for them (F13)."""

    _inherit = "coworking.claim"

    entry_ids = fields.Many2many(
        "account.move",
        string="Entries",
        copy=False,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    entry_count = fields.Integer(
        compute="_compute_entry_count", compute_sudo=True, export_string_translation=False
    )

    def init(self):
        """An entry is of one claim at most: of two, each would count what it posted."""
        self.env.cr.execute(ENTRY_ONCE)
        return super().init()

    def _compute_entry_count(self):
        for claim in self:
            claim.entry_count = len(claim.entry_ids)

    def action_open_entries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_journal_line")
        return {**action, "domain": [("coworking_claim_ids", "=", self.id)], "context": {}}

    def _update_entries(self):
        """Make the entries of a claim come to what is receivable for it now: drafts are made anew,
        and what was posted already is completed, or taken back, by another draft. One that was
        posted and is a draft again has its number: it is cancelled, which leaves no gap.
        """
        self.ensure_one()
        company = self.company_id
        when = company.coworking_grant_entry
        if when == "none" and not self.entry_ids:
            return
        wanted = {"accepted": "amount_admitted"}
        if when == "submitted":
            wanted["submitted"] = "amount"
        target = defaultdict(Decimal)
        for line in self.line_ids if self.step in wanted else ():
            account = line.allocation_id.program_id.analytic_account_id
            target[account] += to_decimal(line[wanted[self.step]])
        drafts = self.entry_ids.filtered(lambda move: move.state == "draft")
        numbered = drafts.filtered("posted_before")
        numbered.button_cancel()
        (drafts - numbered).unlink()
        posted = self._get_posted()
        amount = sum(target.values(), Decimal(0)) - sum(posted[0].values(), Decimal(0))
        # What one program gives back and another asks for is income of the other; what somebody
        # posted otherwise is theirs to mend.
        sums = {analytic: sum(own.values(), Decimal(0)) for analytic, own in posted[1].items()}
        by_hand = sums.get(self.env["account.analytic.account"])
        moves = not by_hand and any(
            target[analytic] != sums.get(analytic, 0) for analytic in {**target, **sums}
        )
        if amount or moves:
            self.env["account.move"].create(self._prepare_entry(amount, target, posted))

    def _get_posted(self):
        """What is posted of a claim, by its own entries and whatever reverses them.

        :return: (what is receivable: dict account -> ``Decimal``; the income of it: the same by
            analytic account of a program, or none), above zero where the funder owes it
        """
        moves, found = self.env["account.move"], self.entry_ids
        while found:
            moves |= found
            found = found.reversal_move_ids - moves
        receivable, income = defaultdict(Decimal), defaultdict(lambda: defaultdict(Decimal))
        incomes = self.company_id.coworking_grant_income_id
        programs = self.program_ids | self.line_ids.allocation_id.program_id
        analytics = programs.analytic_account_id
        for line in moves.filtered(lambda move: move.state == "posted").line_ids:
            account = line.account_id
            if account in incomes or account.internal_group in ("income", "expense"):
                for analytic, part in self._share_income(line, analytics).items():
                    income[analytic][account] += part
            else:
                receivable[account] += to_decimal(line.balance)
        return receivable, income

    def _share_income(self, line, analytics):
        """What a posted line gives to each program: dict analytic account, or none of theirs ->
        ``Decimal``.

        :param analytics: those of the programs
        """
        amount, step = -to_decimal(line.balance), to_decimal(self.currency_id.rounding)
        parts = {}
        for analytic in analytics:
            percent = sum(
                share
                for ids, share in (line.analytic_distribution or {}).items()
                if str(analytic.id) in ids.split(",")
            )
            parts[analytic] = funding.half_up(amount * to_decimal(percent) / 100, step)
        nobody = analytics.browse()
        return {**parts, nobody: amount - sum(parts.values(), Decimal(0))}

    def _share_entry(self, amount, account, posted):
        """Give an amount to accounts: what is taken back, where it was posted; the rest, and what
        is added, to that which is chosen now.

        :param posted: dict account -> ``Decimal``, see ``_get_posted``
        :return: dict account -> ``Decimal``, which sum to the amount
        """
        sign = 1 if amount > 0 else -1
        there = {row: -sign * part for row, part in posted.items() if sign * part < 0}
        back = min(abs(amount), sum(there.values(), Decimal(0)))
        result = defaultdict(Decimal)
        step = to_decimal(self.currency_id.rounding)
        for row, part in funding.spread(back, list(there.items()), step):
            result[row] += sign * part
        result[account] += amount - sign * back
        return {row: part for row, part in result.items() if part}

    def _prepare_entry(self, amount, target, posted):
        """Values of a draft: so much more is receivable of the funder; below zero, less. The income
        of each program is a line of its own.

        :param target: what there is to be entered: dict analytic account, or none -> ``Decimal``
        :param posted: see ``_get_posted``
        """
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
        moments = {"accepted": self.date_accepted, "returned": self.date_returned}
        moment = moments.get(self.step)
        parts = defaultdict(Decimal)
        for analytic in {**target, **posted[1]}:
            parts[analytic] = target[analytic] - sum(posted[1][analytic].values(), Decimal(0))
        # what was posted by hand need not be income of a program
        parts[self.env["account.analytic.account"]] += amount - sum(parts.values())
        sides = [(1, receivable, posted[0], amount, False)]
        for analytic, part in parts.items():
            distribution = {str(analytic.id): 100.0} if analytic else False
            sides.append((-1, income, posted[1][analytic], part, distribution))
        rows = [
            Command.create(
                {
                    "name": self.name,
                    "partner_id": self.partner_id.id,
                    "account_id": account.id,
                    "debit": float(max(sign * part, Decimal(0))),
                    "credit": float(max(-sign * part, Decimal(0))),
                    "analytic_distribution": distribution,
                }
            )
            for sign, chosen, before, whole, distribution in sides
            for account, part in self._share_entry(whole, chosen, before).items()
        ]
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": fields.Datetime.context_timestamp(self, moment or fields.Datetime.now()).date(),
            "ref": self.name,
            "coworking_claim_ids": [Command.link(self.id)],
            "line_ids": rows,
        }
