import json
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import filter_filled


@dataclass(frozen=True)
class Item:
    """A journal item of a month end, and what it leads back to."""

    account: models.BaseModel
    partner: models.BaseModel
    seat: models.BaseModel
    bill_line: models.BaseModel
    distribution: dict
    name: str
    balance: Decimal

    @property
    def key(self):
        """What an item is about: the same at each run, so that what was posted can be told."""
        return (
            self.account,
            self.partner,
            self.seat,
            self.bill_line,
            json.dumps(self.distribution, sort_keys=True),
        )


class AccountMove(models.Model):
    """The entries of a month end, and their reversals on the first of the next month.

    A reversal is Odoo's own, made as a draft with its entry, and follows it: posted when it is
    (by Odoo's scheduled action, if its day is still to come), a draft when it is, gone when it is.
    An entry has one, which says the same; neither goes without the other.
    """

    _inherit = "account.move"

    coworking_month_end = fields.Date(
        string="Month End of Seats",
        copy=False,
        prefetch="coworking",
        readonly=True,
        help="The day that this entry brings the accounts of the seats up to.",
        groups="base.group_user",
    )
    # Without an index, which whoever opens a bill would pay for: it is asked for once a month.
    coworking_program_id = fields.Many2one(
        "coworking.program",
        copy=False,
        prefetch="coworking",
        readonly=True,
        ondelete="restrict",
        help="Program of which this is the month end.",
        groups="base.group_user",
    )
    coworking_reversal_of = fields.Date(
        related="reversed_entry_id.coworking_month_end",
        string="Reversed Month End",
        groups="base.group_user",
    )
    coworking_entry_line_ids = fields.One2many(
        "account.move.line", compute="_compute_coworking_entry_line_ids", groups="base.group_user"
    )

    @api.depends("line_ids", "coworking_month_end", "coworking_reversal_of")
    def _compute_coworking_entry_line_ids(self):
        for move in self:
            ours = move.coworking_month_end or move.coworking_reversal_of
            move.coworking_entry_line_ids = move.line_ids if ours else False

    # === CRUD METHODS ===#

    def _post(self, soft=True):
        entries = filter_filled(self | self.reversed_entry_id, "coworking_month_end")
        if not entries:
            return super()._post(soft=soft)
        # A reversal without its entry would stay behind where the entry is made again; Odoo
        # reconciles one whose entry was posted before.
        drafts = entries.filtered(lambda move: move.state == "draft")
        moves = (self - drafts.reversal_move_ids) | drafts
        drafts._coworking_check_month_end()
        entries._coworking_renew_reversals()
        posted = super(AccountMove, moves)._post(soft=soft)
        reversals = posted._coworking_reversals().filtered(lambda move: move.state == "draft")
        if reversals:
            # Odoo posts those whose day is still to come on that day.
            posted |= reversals._post(soft=True)
        posted._coworking_check_together()
        return posted

    def write(self, vals):
        state = vals.get("state")
        entries = state in ("draft", "cancel") and filter_filled(
            self | self.reversed_entry_id, "coworking_month_end"
        )
        if not entries:
            return super().write(vals)
        own = entries & self
        given_up = self.filtered(lambda move: move.state == "posted")
        if state == "cancel":  # of an older version: Odoo cancels drafts alone
            own._coworking_reset_reversals()
        result = super().write(vals)
        for entry in own:
            reversals = entry.reversal_move_ids
            reversals = reversals._coworking_filter_kept() or reversals.sorted("id")[:1]
            reversals.filtered(lambda move: move.state not in ("draft", state)).button_draft()
            if state == "draft":
                reversals.auto_post = "no"
            else:
                reversals.filtered(lambda move: move.state == "draft").button_cancel()
        if state == "draft":  # one that Odoo posted on its day is not posted again
            given_up.filtered(lambda move: move.reversed_entry_id in entries).auto_post = "no"
        self._coworking_check_together(given_up)
        return result

    def unlink(self):
        if not self:  # as for most lines of a bill that Odoo writes
            return super().unlink()
        self.filtered(lambda move: move.state != "posted")._coworking_reset_reversals()
        reversals = self._coworking_reversals().filtered(lambda move: move.state != "posted")
        return super(AccountMove, self | reversals if reversals else self).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reversal_alone(self):
        kept = filter_filled(self.reversed_entry_id, "coworking_month_end") - self
        for entry in kept._coworking_filter_kept():
            if not (entry.reversal_move_ids - self)._coworking_filter_kept():
                raise UserError(self._coworking_say_together(entry))

    # === ACTION METHODS ===#

    def action_open_coworking_month_end(self):
        """What would be entered for that day now, seat by seat."""
        self.ensure_one()
        origin = self if self.coworking_month_end else self.reversed_entry_id
        values = {"date": origin.coworking_month_end, "company_id": origin.company_id.id}
        if program := origin.coworking_program_id:
            values["program_ids"] = [Command.set(program.ids)]
        return (
            self.env["coworking.month.end"]
            .with_company(origin.company_id)
            .create(values)
            .action_list()
        )

    def _action_open_coworking_entries(self):
        """Month ends with their reversals."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.account_move_action_coworking_month_end"
        )
        action["domain"] = [("id", "in", (self | self._coworking_reversals()).ids)]
        return action

    # === BUSINESS METHODS ===#

    def _coworking_reversals(self):
        return filter_filled(self, "coworking_month_end").reversal_move_ids

    def _coworking_reset_reversals(self):
        """None of these is left posted alone."""
        reversals = self._coworking_reversals().filtered(lambda move: move.state == "posted")
        if reversals:
            reversals.button_draft()

    def _coworking_filter_kept(self):
        return self.filtered(lambda move: move.state != "cancel")

    def _coworking_renew_reversals(self):
        """Draft reversals of these say what these say now, whatever somebody wrote on either: a
        difference would stay in the accounts for good.
        """
        for entry in self._coworking_filter_kept():
            for reversal in entry.reversal_move_ids.filtered(lambda move: move.state == "draft"):
                if (entry | reversal)._coworking_difference([]):
                    lines = entry.line_ids.with_context(include_business_fields=True).copy_data()
                    for line in lines:
                        line["balance"] *= -1
                        line["amount_currency"] *= -1
                    reversal.with_context(skip_invoice_sync=True).line_ids = [
                        Command.clear(),
                        *map(Command.create, lines),
                    ]

    def _coworking_check_together(self, given_up=None):
        """Nothing more may come that is not whole; what is one too many, of an older version or by
        hand, may go: it need not be whole before.

        :param given_up: those of these that were posted, and are not any more
        :raise UserError: an entry and its reversal, of which one is among these, are not what
            the other is
        """
        today = fields.Date.context_today(self)
        for entry in filter_filled(self | self.reversed_entry_id, "coworking_month_end"):
            changed = self & entry.reversal_move_ids
            standing = entry.reversal_move_ids._coworking_filter_kept()
            posted = standing.filtered(lambda move: move.state == "posted")
            waiting = (standing - posted - self).filtered(lambda move: move.date > today)
            if entry.state == "cancel":
                is_whole = not standing or changed and changed <= (given_up or self.browse())
            elif entry.state == "draft":  # of one that never had any it is told when it is posted
                is_whole = standing or not changed
            elif self & (entry | posted):
                # a draft that nobody posts takes nothing back
                is_whole = len(posted) == 1 or len(standing) == len(waiting) == 1
            else:
                is_whole = posted or waiting
            if not is_whole:
                raise UserError(self._coworking_say_together(entry, standing))

    def _coworking_say_together(self, entry, standing=()):
        """Why an entry and its reversals cannot be parted as was asked of these, in words.

        :param standing: reversals of the entry that are not cancelled
        """
        if len(standing) > 1:
            return self.env._(
                "%(entry)s has one reversal, and would be taken back twice by %(reversals)s: keep"
                " the first, and cancel the others.",
                entry=entry._coworking_get_words(),
                reversals=standing.sorted("id")._coworking_get_words(),
            )
        if not standing and entry in self:
            return self.env._(
                "%(entry)s has no reversal, and would stay in the accounts for good. Make the"
                " entries of that day again, which replaces this draft.",
                entry=entry._coworking_get_words(),
            )
        return self.env._(
            "%(reversal)s takes back %(entry)s, and neither goes without the other. Reset to draft,"
            " cancel or delete %(entry)s: its reversal follows.",
            reversal=(self & entry.reversal_move_ids)._coworking_get_words(),
            entry=entry._coworking_get_words(),
        )

    def _coworking_get_words(self):
        return ", ".join(move.ref or move.display_name for move in self)

    def _coworking_check_month_end(self):
        """:raise UserError: since one of these drafts of a month end was made, its day was closed,
        or bills or months came or changed: they would be counted twice, or not. One that somebody
        edited is theirs
        """
        # sudo: what is entered is the same, whoever of Odoo's accountants posts it
        month_ends = self.env["coworking.month.end"].sudo()
        for company in self.company_id:
            month_ends._stop_who_enters(company)
        for move in self:
            move._coworking_check_still_open()
        for (company, program, day), moves in (
            self.filtered(lambda move: not move._coworking_is_edited())
            .sudo()
            .grouped(
                lambda move: (move.company_id, move.coworking_program_id, move.coworking_month_end)
            )
            .items()
        ):
            items = month_ends._get_entry_items(company, program, day)
            entered = moves | moves.search(
                [
                    ("company_id", "=", company.id),
                    ("coworking_month_end", "=", day),
                    ("coworking_program_id", "=", program.id),
                    ("state", "=", "posted"),
                ]
            )
            if entered._coworking_difference(items):
                raise UserError(
                    self.env._(
                        "%(entry)s: what was used and billed by %(day)s has changed since this"
                        " entry was made, and would be counted twice or not at all. Make the"
                        " entries of that day again, which replaces this draft; if nothing is left"
                        " to enter, delete it.",
                        entry=moves[0]._coworking_get_words(),
                        day=format_date(self.env, day),
                    )
                )

    def _coworking_is_edited(self):
        """Whether somebody wrote lines of this draft after it was made."""
        self.ensure_one()
        moments = {*self.line_ids.mapped("create_date"), *self.line_ids.mapped("write_date")}
        return moments != {self.create_date}

    @api.model
    def _coworking_enter(self, company, program, day, items):
        """Make the draft entry of a month end and its reversal on the day after.

        Drafts of the same program and day are made anew. What is posted is respected: only what
        differs from it is entered, to the cent, seat by seat.

        :param program: ``coworking.program`` record; empty for what no program is known of
        :param items: list of ``Item``, which sum to zero
        :return: the entries of that program and day, the posted ones included
        """
        moves = self.search(
            [
                ("company_id", "=", company.id),
                ("coworking_month_end", "=", day),
                ("coworking_program_id", "=", program.id),
                ("state", "!=", "cancel"),
            ]
        )
        drafts = moves.filtered(lambda move: move.state == "draft")
        posted = moves - drafts
        # what had a number, or whose reversal had one, keeps it
        numbered = (drafts | drafts.reversal_move_ids).filtered("posted_before")
        numbered = drafts & (numbered | numbered.reversed_entry_id)
        numbered.button_cancel()
        (drafts - numbered).unlink()
        if posted:
            items = posted._coworking_difference(items)
        items = self._coworking_merged(items)
        if not items:
            return posted
        self._coworking_check_open(company, day)
        return posted | self._coworking_create_month_end(company, program, day, items)

    @api.model
    def _coworking_check_open(self, company, day):
        """:raise UserError: the accounts of that day are closed"""
        if closed_until := self._coworking_find_lock(company, day):
            raise UserError(
                self.env._(
                    "The accounts of %(company)s are closed until %(date)s: nothing more is entered"
                    " on %(day)s. Choose the end of a later month: what was used until then and is"
                    " not billed is entered there.",
                    company=company.name,
                    date=format_date(self.env, closed_until),
                    day=format_date(self.env, day),
                )
            )

    def _coworking_check_still_open(self):
        """:raise UserError: the day of this draft was closed since: Odoo would post it on another
        day, and its reversal before it
        """
        self.ensure_one()
        if closed_until := self._coworking_find_lock(self.company_id, self.date):
            raise UserError(
                self.env._(
                    "%(entry)s: the accounts of %(company)s are closed until %(date)s, and it would"
                    " be posted on another day than its own. Delete it, and make the entries of the"
                    " end of a later month: what was used until then and is not billed is entered"
                    " there.",
                    entry=self._coworking_get_words(),
                    company=self.company_id.name,
                    date=format_date(self.env, closed_until),
                )
            )

    @api.model
    def _coworking_find_lock(self, company, day):
        """The last day of closed accounts if this day is one of these: a date, or none. Those of
        bills, invoices and taxes alone leave journal entries open.
        """
        locks = company._get_lock_date_violations(day, sale=False, purchase=False, tax=False)
        return max((lock[0] for lock in locks), default=None)

    @api.model
    def _coworking_create_month_end(self, company, program, day, items):
        """The draft entry and its reversal: see ``_coworking_enter``."""
        words = {
            "day": format_date(self.env, day),
            "program": program.name or company.name,
        }
        move = self.with_context(coworking_match=False).create(
            {
                "move_type": "entry",
                "company_id": company.id,
                "journal_id": company._coworking_month_end_journal().id,
                "date": day,
                "ref": self.env._("Month end on %(day)s, %(program)s", **words),
                "coworking_month_end": day,
                "coworking_program_id": program.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": item.account.id,
                            "partner_id": item.partner.id,
                            "name": item.name,
                            "balance": float(item.balance),
                            "analytic_distribution": item.distribution or False,
                            "coworking_seat_id": item.seat.id,
                            "coworking_bill_line_id": item.bill_line.id,
                        }
                    )
                    for item in items
                ],
            }
        )
        move._reverse_moves(
            [
                {
                    "date": day + relativedelta(days=1),
                    "ref": self.env._("Reversal of the month end on %(day)s, %(program)s", **words),
                }
            ]
        )
        return move.with_env(self.env)

    @api.model
    def _coworking_merged(self, items):
        """The same, with one counterpart for each account and partner, after what it is for."""
        merged, result = {}, []
        for item in items:
            if item.seat or item.bill_line:
                result.append(item)
            else:
                known = merged.get(item.key)
                merged[item.key] = (
                    replace(known, balance=known.balance + item.balance) if known else item
                )
        return [item for item in [*result, *merged.values()] if item.balance]

    def _coworking_difference(self, items):
        """What is still to enter beside these posted entries.

        :return: list of ``Item``, at most one for each key
        """
        entered = self.line_ids._coworking_to_items()
        balances, names, one = defaultdict(Decimal), defaultdict(list), {}
        for sign, some in ((1, items), (-1, entered)):
            for item in some:
                balances[item.key] += sign * item.balance
                one.setdefault(item.key, item)
                if sign > 0 or item.key not in names:
                    names[item.key].append(item.name)
        return [
            replace(
                one[key],
                balance=balance,
                name=self.env._("Difference: %(line)s", line=" / ".join(dict.fromkeys(names[key])))
                if one[key].seat or one[key].bill_line
                else one[key].name,
            )
            for key, balance in balances.items()
            if balance
        ]
