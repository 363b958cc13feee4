from odoo import fields, models

from odoo.addons.coworking_incubation import pricing
from odoo.addons.coworking_incubation.tools import find_referred, to_decimal

from ... import funding
from .coworking_participant import MONEY_GROUPS

PURCHASES = ("in_invoice", "in_refund", "in_receipt")


class AccountMove(models.Model):
    """What a bill cost which program, and who takes part in it."""

    _inherit = "account.move"

    coworking_allocation_ids = fields.One2many(
        "coworking.allocation",
        compute="_compute_coworking_allocation_ids",
        string="Shares of the Funders",
        groups=MONEY_GROUPS,
    )
    coworking_has_costs = fields.Boolean(
        compute="_compute_coworking_allocation_ids",
        groups=MONEY_GROUPS,
        export_string_translation=False,
    )

    def _compute_coworking_allocation_ids(self):
        costs = self.env["coworking.cost"].search([("move_id", "in", self.ids)])
        for move, own in costs.grouped("move_id").items():
            move.coworking_allocation_ids = own.allocation_ids
            move.coworking_has_costs = True
        rest = self - costs.move_id
        rest.coworking_allocation_ids = False
        rest.coworking_has_costs = False

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._coworking_note_costs()
        return result

    def unlink(self):
        if not find_referred(self, ("coworking.cost", "move_id")):
            return super().unlink()
        # sudo: whoever deletes a draft need not know the funders
        costs = self.env["coworking.cost"].sudo().search([("move_id", "in", self.ids)])
        costs._withdraw()._part_at_once()
        return super().unlink()

    def _coworking_note_costs(self):
        """Those among these that may be costs of a program are to be looked at again."""
        moves = self.filtered(lambda move: move.move_type in PURCHASES or move.move_type == "entry")
        if moves:
            # sudo: whoever posts or pays need not know the funders
            moves = moves.sudo()
            known = find_referred(
                moves, ("coworking.cost", "move_id"), ("coworking.match", "move_id")
            )
            noted = moves.filtered(
                lambda move: move in known or any(move.line_ids.mapped("analytic_distribution"))
            )
            if noted:
                noted |= noted._coworking_get_met() | noted._coworking_get_giving_back()
                self.env["coworking.cost.change"]._note_moves(noted)

    def _coworking_get_met(self):
        """The documents that these meet: they stay reconciled with one that is a draft again, which
        pays nothing of them.
        """
        terms = self.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        partials = terms.matched_debit_ids | terms.matched_credit_ids
        met = (partials.debit_move_id | partials.credit_move_id).move_id - self
        return met.filtered(lambda move: move.move_type in PURCHASES)

    def _coworking_get_giving_back(self):
        """What reverses these, and what reverses that: each is of the days of the first."""
        found, more = self.browse(), self
        while more := more.reversal_move_ids - found:
            found |= more
        return found

    def _coworking_set_offs(self):
        """Bills and credit notes set off against each other: the credit note pays that part of the
        bill, and is used up by as much.

        :return: dict move -> list of (date, amount), of these documents
        """
        terms = self.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        result = {move: [] for move in self}
        seen = set()
        for partial in terms.matched_debit_ids | terms.matched_credit_ids:
            moves = partial.debit_move_id.move_id | partial.credit_move_id.move_id
            kinds = set(moves.mapped("move_type"))
            if partial in seen or "in_refund" not in kinds or not kinds <= set(PURCHASES):
                continue
            if len(moves) != 2 or set(moves.mapped("state")) != {"posted"}:
                continue
            for move in moves & self:
                result[move].append((partial.max_date, partial.amount))
        return result

    def _coworking_get_credited(self):
        """What a document gives back: that which it reverses, the first where that was reversed
        itself; of a credit note which reverses none, the bills with which it is reconciled.
        """
        self.ensure_one()
        found = self.reversed_entry_id
        while found.reversed_entry_id:
            found = found.reversed_entry_id
        if not found and self.move_type == "in_refund":
            found = self._coworking_get_met().sorted("id")
        return found

    def _coworking_get_credited_lines(self):
        """Which line each line of these documents gives back: the one most like it, of those that
        have its words if there are, each once as far as there are enough.

        :return: dict line -> line
        """
        result = {}
        for move in self:
            given_back = move._coworking_get_credited()
            own, lines = (
                moves.invoice_line_ids.filtered(lambda line: line.display_type == "product")
                for moves in (move, given_back)
            )
            if lines:
                result |= own._coworking_pair(lines)
        return result

    def _coworking_is_expense_entry(self):
        """Whether an entry may be a cost: not what a month end adds and takes back, nor what Odoo
        makes for taxes when something is paid.
        """
        self.ensure_one()
        return self.move_type == "entry" and not (
            self.coworking_month_end or self.coworking_reversal_of or self.tax_cash_basis_rec_id
        )

    def _coworking_totals_by_line(self):
        """What each line of these documents is, with tax, in the currency of the company; below
        zero on a credit note.

        :return: dict line -> ``Decimal``
        """
        result = {}
        for move in self:
            sign = -1 if move.move_type == "in_refund" else 1
            lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            totals = [(line, to_decimal(line.price_total)) for line in lines]
            if move.currency_id != move.company_currency_id:
                amount = to_decimal(abs(move.amount_total_signed))
                step = to_decimal(move.company_currency_id.rounding)
                totals = pricing.spread(amount, totals, step)
            result |= {line: sign * amount for line, amount in totals}
        return result

    def _coworking_paid_by_line(self, totals):
        """What was paid of each line, by money and by credit notes: what a payment writes off was
        not paid.

        :param totals: see ``_coworking_totals_by_line``
        :return: dict line -> list of ``funding.Payment``, below zero on a credit note
        """
        facts, set_offs = self._coworking_payment_facts(), self._coworking_set_offs()
        result = {}
        for move in self:
            sign = -1 if move.move_type == "in_refund" else 1
            lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            payments = [funding.Payment(day, amount) for day, amount, _item in facts[move]]
            payments += [funding.Payment(day, to_decimal(amount)) for day, amount in set_offs[move]]
            left = [(line, sign * totals[line]) for line in lines]
            step = to_decimal(move.company_currency_id.rounding)
            spread = funding.spread_payments(left, payments, step)
            for line in lines:
                result[line] = [funding.Payment(day, sign * amount) for day, amount in spread[line]]
        return result
