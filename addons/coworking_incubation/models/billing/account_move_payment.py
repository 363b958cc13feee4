from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.tools import format_date

from ... import payments, pricing
from ...tools import to_decimal


class AccountMove(models.Model):
    """When how much of a document was paid."""

    _inherit = "account.move"

    coworking_payments = fields.Char(
        string="Paid On",
        compute="_compute_coworking_payments",
        help="Dates and amounts of the payments, as they were reconciled; never of credit notes.",
        groups="base.group_user",
    )

    def _compute_coworking_payments(self):
        """For whoever opens a bill; code asks for the words. It follows nothing: payments follow
        from nearly all that Odoo writes of bills, which goes through each field that follows it.
        """
        words = self._coworking_describe_payments()
        for move in self:
            move.coworking_payments = words[move]

    def _coworking_describe_payments(self):
        """When how much of each of these documents was paid, as it is now.

        :return: dict move -> text, empty where nothing was paid
        """
        # sudo: whoever reads a document may know when it was paid
        documents = self.sudo()
        asked = documents.filtered(
            lambda move: move.payment_state != "not_paid" or move.move_type == "entry"
        )
        return dict.fromkeys(documents, "") | {
            move: ", ".join(
                self.env._(
                    "%(date)s: %(amount)s",
                    date=format_date(self.env, date),
                    amount=move.company_currency_id.format(float(amount)),
                )
                for date, amount, _line in paid
            )
            for move, paid in asked._coworking_payment_facts().items()
        }

    def _coworking_payment_facts(self):
        """When how much of these documents was paid: what was reconciled with a payment or a bank
        line, and payments that have no entry to reconcile. What a credit note or a journal entry
        settles was not paid, nor was what a payment writes off.

        :return: dict move -> list of (date, amount in the currency of the company, journal item of
            the payment, if it has one), by date; a payment that was taken back is not there
        """
        result = {move: [] for move in self}
        for move, amount, item in self._coworking_get_settled():
            bank_line = item.move_id._coworking_get_bank_line()
            if item.move_id.origin_payment_id or bank_line:
                # an entry beside a bank line is of the day on which somebody made it
                date = bank_line.date or item.date
                result[move].append((date, item._coworking_get_money(amount), item))
        nothing = self.env["account.move.line"]
        for move, date, amount in self._coworking_payments_without_entry():
            if move in result:
                result[move].append((date, amount, nothing))
        for paid in result.values():
            paid.sort(key=lambda row: (row[0], row[2].id or 0))
        return result

    def _coworking_get_settled(self):
        """What is reconciled with these documents.

        :return: list of (document, amount in the currency of the company, posted journal item that
            settles so much of it)
        """
        terms = self.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        return [
            (partial[own].move_id, to_decimal(partial.amount), partial[other])
            for partials, own, other in (
                (terms.matched_debit_ids, "credit_move_id", "debit_move_id"),
                (terms.matched_credit_ids, "debit_move_id", "credit_move_id"),
            )
            for partial in partials
            if partial[other].parent_state == "posted"
        ]

    def _coworking_get_written_off(self, facts):
        """What was settled of these documents without money: what a payment writes off, an
        exchange difference, an entry of the ledger. What another document settles is not here: it
        takes from what is invoiced.

        :param facts: see ``_coworking_payment_facts``, of these documents
        :return: dict move -> ``Decimal``
        """
        result = {
            move: -sum(amount for _date, amount, item in facts[move] if item) for move in self
        }
        for move, amount, item in self._coworking_get_settled():
            if not item.move_id.is_invoice(include_receipts=True):
                result[move] += amount
        return result

    def _coworking_get_bank_line(self):
        """The bank line that an entry is of, or that it settles on the suspense account of the bank
        where entries of bank lines are kept as they are (a mode of ``account_reconcile_oca``).
        """
        self.ensure_one()
        if self.statement_line_id or self.move_type != "entry" or self.origin_payment_id:
            return self.statement_line_id
        journal = self.journal_id
        if journal.type not in ("bank", "cash"):
            return self.statement_line_id
        waiting = self.line_ids.filtered(
            lambda line: line.account_id == journal.suspense_account_id
        )
        items = waiting.matched_debit_ids.debit_move_id | waiting.matched_credit_ids.credit_move_id
        return items.move_id.statement_line_id[:1]

    def _coworking_is_paid(self, paid):
        """Whether nothing is left to be paid. Odoo says "in payment" of a part too, where the
        payment has no entry.

        :param paid: what ``_coworking_payment_facts`` says of this document
        """
        self.ensure_one()
        if self.state != "posted" or self.payment_state not in ("paid", "in_payment"):
            return False
        announced = sum(amount for __, amount, line in paid if not line)
        return to_decimal(abs(self.amount_residual_signed)) <= announced

    def _coworking_payments_without_entry(self):
        """What was paid by payments of a method without an account: Odoo makes no entry of these,
        links them to the documents they were registered for, and leaves the rest to the bank. How
        much that is: see ``payments.announced``.

        :return: list of (move, date, amount), of these documents and of those paid with them
        """
        moves = self
        without_entry = moves.matched_payment_ids
        while without_entry.invoice_ids - moves:
            moves |= without_entry.invoice_ids
            without_entry = moves.matched_payment_ids
        without_entry = without_entry.filtered(
            lambda payment: not payment.move_id and payment.state in ("in_process", "paid")
        )
        if not without_entry:
            return []
        moves = without_entry.invoice_ids.filtered(lambda move: move.state == "posted")
        announced = payments.announced(
            [move._coworking_to_document() for move in moves],
            [payment._coworking_to_payment(moves) for payment in without_entry],
            moves._coworking_bank_lines(),
            step=to_decimal(moves[:1].company_currency_id.rounding),
        )
        return [(self.browse(row.document), row.date, row.amount) for row in announced]

    def _coworking_to_document(self):
        """This document for the pure module."""
        self.ensure_one()
        return payments.Document(
            key=self.id,
            date=self.invoice_date or self.date,
            left=to_decimal(abs(self.amount_residual_signed)),
            outbound=self.is_outbound(),
        )

    def _coworking_bank_lines(self):
        """What bank lines paid of these documents: list of ``payments.BankLine``."""
        found = defaultdict(lambda: defaultdict(Decimal))
        for move, amount, item in self._coworking_get_settled():
            if line := item.move_id._coworking_get_bank_line():
                found[line][move.id] += amount
        return [
            payments.BankLine(key=line.id, date=line.date, paid=paid)
            for line, paid in found.items()
        ]

    def _coworking_payments_by_line(self):
        """What was paid of each line of these documents, with tax, and what was written off.

        Each payment is spread over what is left of the lines by largest remainder: a line never
        receives more than it costs, none ever gives back what it had, and they sum to the cent.

        :return: dict line -> list of (date, amount); what was written off comes last, without a
            date: it is not paid, nor is it left to pay
        """
        result = {}
        facts = self._coworking_payment_facts()
        written_off = self._coworking_get_written_off(facts)
        for move, paid in facts.items():
            lines = move.line_ids.filtered(lambda line: line.display_type == "product")
            left = {line: to_decimal(line.price_total) for line in lines}
            step = to_decimal(move.company_currency_id.rounding)
            result |= {line: [] for line in lines}
            rows = [(date, amount) for date, amount, _line in paid]
            if written_off[move]:
                rows.append((None, written_off[move]))
            for date, amount in rows:
                for line, part in pricing.spread(amount, left.items(), step):
                    left[line] -= part
                    result[line].append((date, part))
        return result
