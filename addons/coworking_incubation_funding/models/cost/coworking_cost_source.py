from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding
from .account_move import PURCHASES

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Item:
    """What the settled charges of one seat, month and kind say together.

    :param date_from: the first day that counts, by the last correction
    :param copayment: what moved of the participant's part alone: of corrections by which nothing
        more is owed to the space, and which no bill pays
    :param payable: what charges above zero owe to the space, over which that is spread
    """

    date_from: date
    date_to: date
    copayment: Decimal = _ZERO
    payable: Decimal = _ZERO


@dataclass
class Piece:
    """The part of a line that is a cost of one program: for one charge, or for none.

    :param amount: with tax, below zero on a credit note
    :param expected: of ``amount``, what its charge owed
    :param item: what its charge comes to with its corrections; ``None`` while it is not settled
    """

    program: models.BaseModel
    charge: models.BaseModel
    amount: Decimal = _ZERO
    expected: Decimal = _ZERO
    item: Item | None = None
    payments: list = field(default_factory=list)


class CoworkingCost(models.Model):
    """Where costs come from: lines of posted documents, what they pay, and when they were paid."""

    _inherit = "coworking.cost"

    @api.model
    def _refresh_moves(self, moves):
        """Make, change and withdraw the costs of documents, as the books say today.

        :param moves: ``account.move`` records, posted or not
        :return: (set of what changed, each as (program id, ``item``, ``None``) to be parted again
            or (program id, ``None``, day) on which less is paid; costs of which funders take more
            than is paid until that is done)
        """
        known = self.search([("move_id", "in", moves.ids)])
        by_key = {cost._get_key(): cost for cost in known if cost.move_line_id}
        wanted = self._get_wanted(moves.filtered(lambda move: move.state == "posted"))
        changed, lowered = set(), self.browse()
        vals_list = []
        for key, vals in wanted.items():
            cost = by_key.pop(key, None)
            if cost is None:
                vals_list.append(vals)
                continue
            before, days = cost._get_noted(), cost._get_days_paid()
            is_changed, is_lowered = cost._write_changed(vals)
            if is_changed:
                changed |= before | cost._get_noted() | (days - cost._get_days_paid())
            if is_lowered:
                lowered |= cost
        gone = known.browse(cost.id for cost in by_key.values() if not cost.withdrawn)
        # Their line was deleted while the document was a draft.
        gone |= known.filtered(lambda cost: not (cost.move_line_id or cost.withdrawn))
        lowered |= gone._withdraw()
        changed |= self.create(vals_list)._get_noted()
        return changed, lowered

    def _get_noted(self):
        """See ``_refresh_moves``."""
        return {(cost.program_id.id, cost.item, None) for cost in self}

    def _get_days_paid(self):
        """See ``_refresh_moves``."""
        return {
            (cost.program_id.id, None, payment.date)
            for cost in self
            for payment in cost._get_payments()
        }

    def _get_key(self):
        self.ensure_one()
        return self.move_line_id.id, self.program_id.id, self.charge_id.id

    def _write_changed(self, vals):
        """Write what is different.

        :return: (whether anything is, whether less is paid than before)
        """
        self.ensure_one()
        before = abs(self.paid_amount)
        changed = {}
        for name, value in vals.items():
            stored = self[name]
            if self._fields[name].type == "many2one":
                stored = stored.id
            if self._fields[name].type == "monetary":
                same = not self.currency_id.compare_amounts(stored, value)
            else:
                same = (stored or None) == (value or None)
            if not same:
                changed[name] = value
        if changed:
            self.write(changed)
        return bool(changed), self.currency_id.compare_amounts(abs(self.paid_amount), before) < 0

    def _withdraw(self):
        """The document of these is no longer posted: they go, unless they were claimed, which the
        next claim takes back.

        :return: those that were claimed, to be parted at once
        """
        self.env["coworking.cost.change"]._note_gone(self)
        return self._take_off()

    def _take_off(self):
        """These go, or are paid no more.

        :return: those that stay, because they were claimed: with their line, so that they are the
            same once it is posted again
        """
        claimed = self.filtered(lambda cost: any(cost.allocation_ids.mapped("frozen")))
        claimed.write(
            {
                "withdrawn": True,
                "payments": [],
                "paid_amount": 0.0,
                "date_paid": False,
            }
        )
        (self - claimed).unlink()
        return claimed

    @api.model
    def _note_lines_of(self, programs):
        """The analytic account of these programs is another one: all on it is looked at again."""
        keys = [str(account.id) for account in programs.analytic_account_id]
        known = self.search([("program_id", "in", programs.ids)]).move_id
        lines = self.env["account.move.line"]
        if keys:
            lines = lines.search(
                Domain("parent_state", "=", "posted")
                & Domain("company_id", "in", programs.company_id.ids)
                & Domain("analytic_distribution", "in", [int(key) for key in keys])
            )
        (known | lines.move_id)._coworking_note_costs()

    @api.model
    def _note_matched(self, programs):
        """All bills that pay charges of these programs are looked at."""
        matches = self.env["coworking.match"].search(
            [("charge_id.program_id", "in", programs.ids), ("move_id.state", "=", "posted")]
        )
        matches.move_id._coworking_note_costs()

    # === LINES ===#

    @api.model
    def _get_wanted(self, moves):
        """
        :param moves: posted documents
        :return: dict (line id, program id, charge id or ``False``) -> values of the cost
        """
        bills = moves.filtered(lambda move: move.move_type in PURCHASES)
        entries = moves.filtered(lambda move: move._coworking_is_expense_entry())
        pieces = self._get_pieces_of_bills(bills)
        pieces |= self._get_pieces_of_entries(entries)
        credited = (bills | entries)._coworking_get_credited_lines()
        return {
            (line.id, piece.program.id, piece.charge.id): self._prepare_cost(
                line, piece, amount, credited.get(line)
            )
            for line, own in pieces.items()
            for piece, amount in zip(own, self._get_amounts(line, own), strict=True)
            if piece.amount
        }

    @api.model
    def _get_pieces_of_bills(self, bills):
        """dict line -> list of ``Piece``: what it pays of charges, then the rest by its analytic
        distribution; each with its payments.
        """
        lines = bills.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        totals = bills._coworking_totals_by_line()
        matches = self.env["coworking.match"].search_fetch(
            Domain("move_line_id", "in", lines.ids) & Domain("charge_id", "!=", False),
            ["move_line_id", "charge_id", "invoiced", "expected"],
        )
        by_line = matches.grouped("move_line_id")
        items = self._get_items(matches.charge_id)
        programs = self._get_programs_by_account(lines)
        payments = bills._coworking_paid_by_line(totals)
        result = {}
        for line in lines:
            pieces = {}
            for match in by_line.get(line, ()):
                charge = match.charge_id
                item = items.get(charge._get_funding_item())
                piece = pieces.setdefault(charge, Piece(charge.program_id, charge, item=item))
                piece.amount += to_decimal(match.invoiced)
                piece.expected += to_decimal(match.expected)
            rest = totals[line] - sum((piece.amount for piece in pieces.values()), _ZERO)
            own = [*pieces.values(), *self._get_shares(line, rest, programs)]
            step = to_decimal(line.company_currency_id.rounding)
            self._share_payments(own, totals[line], payments[line], step)
            result[line] = own
        return result

    @api.model
    def _get_items(self, charges):
        """dict key, see ``_get_funding_item`` -> ``Item``, of what these charges are for."""
        settled = charges.search(charges._get_siblings_domain() & Domain("state", "=", "settled"))
        result = {}
        for key, own in settled.grouped(lambda charge: charge._get_funding_item()).items():
            last = max(own, key=lambda charge: (charge.statement_id.date_from, charge.id))
            unbilled = own.filtered(lambda charge: not charge.payable_total)
            owed = own.filtered(lambda charge: charge.payable_total > 0)
            result[key] = Item(
                last.date_from,
                last.date_to,
                sum(map(to_decimal, unbilled.mapped("copayment_amount")), _ZERO),
                sum(map(to_decimal, owed.mapped("payable_total")), _ZERO),
            )
        return result

    @api.model
    def _get_pieces_of_entries(self, entries):
        """The same for lines of entries on accounts of expense: paid on their day."""
        lines = entries.line_ids.filtered(
            lambda line: line.account_id.internal_group == "expense" and line.analytic_distribution
        )
        programs = self._get_programs_by_account(lines)
        result = {}
        for line in lines:
            result[line] = self._get_shares(line, to_decimal(line.balance), programs)
            for piece in result[line]:
                piece.payments = [funding.Payment(line.date, piece.amount)]
        return result

    @api.model
    def _get_programs_by_account(self, lines):
        """dict (analytic account id, company id) -> programs that have it, in their order: a line
        is a cost of a program of its own company.
        """
        accounts = {
            int(key)
            for line in lines
            for keys in line.analytic_distribution or {}
            for key in keys.split(",")
        }
        programs = (
            self.env["coworking.program"]
            .with_context(active_test=False)
            .search([("analytic_account_id", "in", list(accounts))], order="date_start, id")
        )
        grouped = programs.grouped(lambda row: (row.analytic_account_id.id, row.company_id.id))
        return dict(grouped)

    @api.model
    def _get_shares(self, line, amount, programs):
        """What an analytic distribution gives to programs: list of ``Piece``. Of several programs
        on one account, that which was running on the day, else the first.
        """
        percents = defaultdict(Decimal)
        for keys, percent in (line.analytic_distribution or {}).items():
            found = next(
                (
                    own
                    for key in keys.split(",")
                    if (own := programs.get((int(key), line.company_id.id)))
                ),
                (),
            )
            running = [row for row in found if row.date_start <= line.date <= row.date_end]
            if found:
                percents[(running or found)[0]] += to_decimal(percent)
        sign = -1 if amount < 0 else 1
        step = to_decimal(line.company_currency_id.rounding)
        parts = [
            funding.half_up(sign * amount * percent / 100, step) for percent in percents.values()
        ]
        if sum(percents.values()) <= 100:  # halves of an odd cent are the whole
            rated = [(sign * amount, percent) for percent in percents.values()]
            parts, _rest = funding.largest_remainder(sign * amount, rated, step)
        no_charge = self.env["coworking.charge"]
        return [
            Piece(program, no_charge, sign * part)
            for program, part in zip(percents, parts, strict=True)
            if part
        ]

    @api.model
    def _share_payments(self, pieces, total, payments, step):
        """Give the pieces of a line their part of what was paid of it; the rest is of others."""
        sign = -1 if total < 0 else 1
        rest = total - sum((piece.amount for piece in pieces), _ZERO)
        rows = [(number, sign * piece.amount) for number, piece in enumerate(pieces)]
        spread = funding.spread_payments(
            [*rows, (None, sign * rest)],
            [funding.Payment(day, sign * amount) for day, amount in payments],
            step,
        )
        for number, piece in enumerate(pieces):
            piece.payments = [funding.Payment(day, sign * part) for day, part in spread[number]]

    # === VALUES ===#

    @api.model
    def _get_amounts(self, line, pieces):
        """What each piece of a line costs: without VAT where its program recovers it. Together they
        cost what the line does, whatever each is rounded to.
        """
        sign = line.move_id.direction_sign  # a credit note gives back what its bill was
        apart = [
            number
            for number, piece in enumerate(pieces)
            if piece.program.funding_base == "untaxed" and line.price_total
        ]
        amounts = [piece.amount for piece in pieces]
        if apart:
            scaled = funding.scale_parts(
                to_decimal(line.price_subtotal),
                to_decimal(line.price_total),
                [sign * amounts[number] for number in apart],
                to_decimal(line.company_currency_id.rounding),
            )
            for number, part in zip(apart, scaled, strict=True):
                amounts[number] = sign * part
        return amounts

    @api.model
    def _prepare_cost(self, line, piece, amount, credited=None):
        """Values of a cost.

        :param amount: what it costs of its piece of the line
        :param credited: of what gives back, the line that it gives back
        """
        payments, step = piece.payments, to_decimal(line.company_currency_id.rounding)
        if amount != piece.amount:
            payments = funding.scale_payments(amount, piece.amount, payments, step)
        charge, move = piece.charge, line.move_id
        counts = piece.item or charge
        day = served = move.invoice_date or move.date
        if credited and not charge:
            served = credited.move_id.invoice_date or credited.move_id.date
        days = defaultdict(Decimal)
        for payment in payments:
            days[payment.date] += payment.amount
        return {
            "name": charge.display_name if charge else self._get_name_of(line),
            "kind": "seats" if charge else "direct",
            "program_id": piece.program.id,
            "date": day,
            "date_from": counts.date_from or served,
            "date_to": counts.date_to or served,
            "move_line_id": line.id,
            "reversed_line_id": credited.id if credited and not charge else False,
            "move_id": move.id,
            "partner_id": move.commercial_partner_id.id or line.partner_id.id,
            "account_id": line.account_id.id,
            "charge_id": charge.id,
            "charge_kind": charge.corrected_kind or charge.kind or False,
            "seat_id": charge.seat_id.id,
            "participant_id": charge.participant_id.id,
            "amount": float(amount),
            "copayment_amount": float(self._get_copayment(piece)),
            "paid_amount": float(sum(days.values(), _ZERO)),
            "date_paid": max(days, default=False),
            "payments": [
                [str(day), str(funding.half_up(days[day], step))]
                for day in sorted(days)
                if days[day]
            ],
            "withdrawn": False,
        }

    @api.model
    def _get_name_of(self, line):
        """The first line of its words that says something."""
        words = (line.name, line.account_id.display_name, line.move_id.display_name)
        return next(text.split("\n")[0] for text in map(str.strip, filter(None, words)) if text)

    @api.model
    def _get_copayment(self, piece):
        """What the participant owes the program of a piece, in proportion of its charge; and of
        what moved of the participant's part alone.
        """
        charge, item = piece.charge, piece.item
        if not charge.payable_total or piece.program.copayment_collector != "program":
            return _ZERO
        part = to_decimal(charge.copayment_amount) * piece.expected
        part /= to_decimal(charge.payable_total)
        if item and item.payable and charge.payable_total > 0:
            part += item.copayment * piece.expected / item.payable
        return funding.half_up(part, to_decimal(charge.currency_id.rounding))
