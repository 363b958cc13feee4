from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date

from ... import pricing
from ...tools import to_decimal


class AccountMove(models.Model):
    """When how much of a document was paid."""

    _inherit = "account.move"

    coworking_payments = fields.Char(
        string="Paid On",
        compute="_compute_coworking_payments",
        compute_sudo=True,
        help="Dates and amounts of the payments, as they were reconciled; never of credit notes.",
        groups="base.group_user",
    )

    @api.depends(
        "line_ids.matched_debit_ids",
        "line_ids.matched_credit_ids",
        "matched_payment_ids.amount",
        "matched_payment_ids.date",
        "matched_payment_ids.state",
        "state",
    )
    def _compute_coworking_payments(self):
        for move, payments in self._coworking_payment_facts().items():
            move.coworking_payments = ", ".join(
                self.env._(
                    "%(date)s: %(amount)s",
                    date=format_date(self.env, date),
                    amount=move.company_currency_id.format(float(amount)),
                )
                for date, amount, _line in payments
            )

    def _coworking_payment_facts(self):
        """When how much of these documents was paid: what was reconciled with a payment or a bank
        line, and payments that have no entry to reconcile. What a credit note or a journal entry
        settles was not paid.

        :return: dict move -> list of (date, amount in the currency of the company, journal item of
            the payment, if it has one), by date; a payment that was taken back is not there
        """
        terms = self.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        result = {move: [] for move in self}
        for partials, side in (
            (terms.matched_debit_ids, "debit_move_id"),
            (terms.matched_credit_ids, "credit_move_id"),
        ):
            own = "credit_move_id" if side == "debit_move_id" else "debit_move_id"
            for partial in partials:
                payment = partial[side]
                if payment.parent_state != "posted":
                    continue
                if payment.move_id.origin_payment_id or payment.move_id.statement_line_id:
                    result[partial[own].move_id].append(
                        (payment.date, to_decimal(partial.amount), payment)
                    )
        nothing = self.env["account.move.line"]
        for move, date, amount in self._coworking_payments_without_entry():
            if move in result:
                result[move].append((date, amount, nothing))
        for payments in result.values():
            payments.sort(key=lambda row: (row[0], row[2].id or 0))
        return result

    def _coworking_payments_without_entry(self):
        """What was paid by payments of a method without an account: Odoo makes no entry of these,
        links them to the documents they were registered for, and leaves the rest to the bank.

        What the bank paid of the documents of such a payment, on or after its date and not claimed
        by another one, is taken off what the payment announces, never below zero. What it still
        announces is spread by largest remainder over what is left of the documents on its side,
        after the oldest of them have given what its documents of the opposite sign leave.

        :return: list of (move, date, amount)
        """
        moves = self
        payments = moves.matched_payment_ids
        while payments.invoice_ids - moves:
            moves |= payments.invoice_ids
            payments = moves.matched_payment_ids
        payments = payments.filtered(
            lambda payment: not payment.move_id and payment.state in ("in_process", "paid")
        )
        if not payments:
            return []
        moves = payments.invoice_ids.filtered(lambda move: move.state == "posted")
        left = {move: to_decimal(abs(move.amount_residual_signed)) for move in moves}
        payments = payments.sorted(lambda payment: (payment.date, payment.id))
        announced = moves._coworking_not_in_bank(payments)
        result = []
        for payment in payments:
            documents = payment.invoice_ids & moves
            own = documents._coworking_paid_by(payment)
            credit = sum((left[move] for move in documents - own), Decimal(0))
            room = []
            for move in own:
                given = min(left[move], credit)
                credit -= given
                room.append((move, left[move] - given))
            amount = min(announced[payment], sum((part for _move, part in room), Decimal(0)))
            for move, part in pricing.spread(amount, room):
                left[move] -= part
                if part:
                    result.append((move, payment.date, part))
        return result

    def _coworking_paid_by(self, payment):
        """Those of these documents that are on the side of the payment, the oldest first."""
        outbound = payment.payment_type == "outbound"
        return self.filtered(lambda move: move.is_outbound() == outbound).sorted(
            lambda move: (move.invoice_date or move.date, move.id)
        )

    def _coworking_not_in_bank(self, payments):
        """What these payments without an entry announce beyond what the bank paid of these
        documents: dict payment -> amount in the currency of the company.

        Bank lines of exactly what a payment announces are claimed before all others; one that
        Odoo found paid may have a bank line of an earlier date. Then payments of few documents
        choose before those of many, which find theirs elsewhere.
        """
        banked = self._coworking_bank_amounts()
        own = {
            payment: (payment.invoice_ids & self)._coworking_paid_by(payment)
            for payment in payments
        }
        rest = {
            payment: to_decimal(abs(payment.amount_company_currency_signed)) for payment in payments
        }
        payments = payments.sorted(lambda payment: (len(own[payment]), payment.date, payment.id))
        for exact in (True, False):
            for payment in payments:
                for line, paid in banked.items():
                    if line.date < payment.date and not (exact and payment.state == "paid"):
                        continue
                    whole = sum((paid[move] for move in own[payment]), Decimal(0))
                    if exact and whole != rest[payment]:
                        continue
                    for move in own[payment]:
                        claimed = min(paid[move], rest[payment])
                        paid[move] -= claimed
                        rest[payment] -= claimed
        return rest

    def _coworking_bank_amounts(self):
        """What each bank line paid of each of these documents, the oldest line first: dict bank
        line -> dict move -> amount.
        """
        terms = self.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        found = defaultdict(lambda: defaultdict(Decimal))
        for partials, side, own in (
            (terms.matched_debit_ids, "debit_move_id", "credit_move_id"),
            (terms.matched_credit_ids, "credit_move_id", "debit_move_id"),
        ):
            for partial in partials:
                item = partial[side]
                line = item.move_id.statement_line_id
                if line and item.parent_state == "posted":
                    found[line][partial[own].move_id] += to_decimal(partial.amount)
        return dict(sorted(found.items(), key=lambda row: (row[0].date, row[0].id)))

    def _coworking_payments_by_line(self):
        """What was paid of each line of these documents, with tax.

        Each payment is spread over what is left of the lines by largest remainder: a line never
        receives more than it costs, none ever gives back what it had, and they sum to the cent.

        :return: dict line -> list of (date, amount)
        """
        result = {}
        for move, payments in self._coworking_payment_facts().items():
            lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            left = {line: to_decimal(line.price_total) for line in lines}
            result |= {line: [] for line in lines}
            for date, amount, _line in payments:
                for line, part in pricing.spread(amount, left.items()):
                    left[line] -= part
                    result[line].append((date, part))
        return result
