from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding
from .account_move import PURCHASES

_ZERO = Decimal(0)


@dataclass
class Piece:
    """The part of a line that is a cost of one program: for one charge, or for none.

    :param amount: with tax, below zero on a credit note
    :param expected: of ``amount``, what its charge owed
    """

    program: models.BaseModel
    charge: models.BaseModel
    amount: Decimal = _ZERO
    expected: Decimal = _ZERO
    payments: list = field(default_factory=list)


class CoworkingCost(models.Model):
    """Where costs come from: lines of posted documents, what they pay, and when they were paid."""

    _inherit = "coworking.cost"

    @api.model
    def _refresh_moves(self, moves):
        """Make, change and withdraw the costs of documents, as the books say today.

        :param moves: ``account.move`` records, posted or not
        :return: (``coworking.program`` records whose costs are to be parted again, those among
            them of which funders take more than is paid until that is done)
        """
        known = self.search([("move_id", "in", moves.ids)])
        by_key = {cost._get_key(): cost for cost in known if cost.move_line_id}
        wanted = self._get_wanted(moves.filtered(lambda move: move.state == "posted"))
        programs = known.program_id
        at_once = programs.browse()
        vals_list = []
        for key, vals in wanted.items():
            cost = by_key.pop(key, None)
            if cost is None:
                vals_list.append(vals)
            elif cost._write_changed(vals):
                at_once |= cost.program_id
        gone = known.browse(cost.id for cost in by_key.values())
        at_once |= gone._withdraw()
        return programs | self.create(vals_list).program_id, at_once

    def _get_key(self):
        self.ensure_one()
        return self.move_line_id.id, self.program_id.id, self.charge_id.id

    def _write_changed(self, vals):
        """Write what is different.

        :return: whether less is paid than before
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
        return self.currency_id.compare_amounts(abs(self.paid_amount), before) < 0

    def _withdraw(self):
        """The document of these is no longer posted: they go, unless they were claimed, which the
        next claim takes back.

        :return: programs of those that were claimed, to be parted at once
        """
        claimed = self.filtered(lambda cost: any(cost.allocation_ids.mapped("frozen")))
        claimed.write(
            {
                "withdrawn": True,
                "move_line_id": False,
                "payments": [],
                "paid_amount": 0.0,
                "date_paid": False,
            }
        )
        programs = self.program_id
        (self - claimed).unlink()
        self.env["coworking.cost.change"]._note_programs(programs)
        return claimed.program_id

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
        return {
            (line.id, piece.program.id, piece.charge.id): self._prepare_cost(line, piece)
            for line, own in pieces.items()
            for piece in own
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
        programs = self._get_programs_by_account(lines)
        payments = bills._coworking_paid_by_line(totals)
        result = {}
        for line in lines:
            pieces = {}
            for match in by_line.get(line, ()):
                charge = match.charge_id
                piece = pieces.setdefault(charge, Piece(charge.program_id, charge))
                piece.amount += to_decimal(match.invoiced)
                piece.expected += to_decimal(match.expected)
            rest = totals[line] - sum((piece.amount for piece in pieces.values()), _ZERO)
            own = [*pieces.values(), *self._get_shares(line, rest, programs)]
            self._share_payments(own, totals[line], payments[line])
            result[line] = own
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
        """dict analytic account id -> programs that have it, in their order."""
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
        return {account.id: own for account, own in programs.grouped("analytic_account_id").items()}

    @api.model
    def _get_shares(self, line, amount, programs):
        """What an analytic distribution gives to programs: list of ``Piece``. Of several programs
        on one account, that which was running on the day, else the first.
        """
        percents = defaultdict(Decimal)
        for keys, percent in (line.analytic_distribution or {}).items():
            found = next(
                (programs[int(key)] for key in keys.split(",") if int(key) in programs), ()
            )
            running = [row for row in found if row.date_start <= line.date <= row.date_end]
            if found:
                percents[(running or found)[0]] += to_decimal(percent)
        shares = [
            Piece(program, self.env["coworking.charge"], funding.half_up(amount * percent / 100))
            for program, percent in percents.items()
        ]
        return [piece for piece in shares if piece.amount]

    @api.model
    def _share_payments(self, pieces, total, payments):
        """Give the pieces of a line their part of what was paid of it; the rest is of others."""
        sign = -1 if total < 0 else 1
        rest = total - sum((piece.amount for piece in pieces), _ZERO)
        rows = [(number, sign * piece.amount) for number, piece in enumerate(pieces)]
        spread = funding.spread_payments(
            [*rows, (None, sign * rest)],
            [funding.Payment(day, sign * amount) for day, amount in payments],
        )
        for number, piece in enumerate(pieces):
            piece.payments = [funding.Payment(day, sign * part) for day, part in spread[number]]

    # === VALUES ===#

    @api.model
    def _prepare_cost(self, line, piece):
        """Values of a cost. Where the program recovers VAT, it costs what it does without."""
        amount, payments = piece.amount, piece.payments
        if piece.program.funding_base == "untaxed" and line.price_total:
            untaxed = to_decimal(line.price_subtotal) / to_decimal(line.price_total)
            whole, amount = amount, funding.half_up(amount * untaxed)
            payments = funding.scale_payments(amount, whole, payments)
        charge, move = piece.charge, line.move_id
        day = move.invoice_date or move.date
        days = defaultdict(Decimal)
        for payment in payments:
            days[payment.date] += payment.amount
        return {
            "name": charge.display_name if charge else self._get_name_of(line),
            "kind": "seats" if charge else "direct",
            "program_id": piece.program.id,
            "date": day,
            "date_from": charge.date_from or day,
            "date_to": charge.date_to or day,
            "move_line_id": line.id,
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
                [str(day), str(days[day].quantize(funding.CENT))]
                for day in sorted(days)
                if days[day]
            ],
            "withdrawn": False,
        }

    @api.model
    def _get_name_of(self, line):
        return (line.name or line.account_id.display_name or line.move_id.display_name or "").split(
            "\n"
        )[0]

    @api.model
    def _get_copayment(self, piece):
        """What the participant owes the program of a piece, in proportion of its charge."""
        charge = piece.charge
        if not charge.payable_total or piece.program.copayment_collector != "program":
            return _ZERO
        return funding.half_up(
            to_decimal(charge.copayment_amount) * piece.expected / to_decimal(charge.payable_total)
        )
