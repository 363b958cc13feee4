from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Domain

from ... import matching, pricing
from ...tools import to_decimal
from ..seat.coworking_seat import HOLDING_STATES

# How far back an unmatched charge is looked for, and how long ago somebody may have left.
MONTHS_BACK = 18
# What is compared, of all that an operator may have billed; the rest is read of what it concerns.
CHARGE_FIELDS = (
    *("statement_id", "seat_id", "program_id", "tariff_id", "space_id"),
    *("payable_total", "period", "kind"),
)
STATEMENT_FIELDS = ("name", "date_from", "space_id", "program_id", "operator_id")
SEAT_FIELDS = ("name", "occupant_name", "partner_id")


class BillBalance:
    """What is left of the lines of one bill, what is left of the charges, and the matches made.

    Ways to compare the two build on it: line by line, by totals, what a credit note takes back.
    """

    def __init__(self, move, spaces, before=None):
        """:param before: see ``coworking.matching._match_bills``"""
        # What is kept in words is in the language of the company.
        self.lang = move.env.lang
        move = move.with_context(lang=move.company_id.partner_id.lang or move.env.lang)
        self.move = move
        self.spaces = spaces
        self.env = move.env
        self.bridge = move.env["coworking.matching"]
        self.sign = -1 if move.move_type == "in_refund" else 1
        self.rows, self.texts, self.choice = [], [], None
        self.by_line = self.by_name = False
        self.before = move.env["coworking.match"] if before is None else before
        self.people, self.rivals = None, {}
        # Whom lines name: seats that were looked for, and what each line says of them.
        self.mentions, self.listed, self.named = matching.Mentions(), set(), {}
        self.step = to_decimal(move.currency_id.rounding)
        self.tolerance = to_decimal(move.company_id.coworking_match_tolerance)

    # === Both sides === #

    def _get_lines_to_match(self, unmatched=False):
        """Lines that are worth something, but for those that somebody decided on as they are; and
        those that are worth nothing any more and are matched as if they were.
        """
        lines = self.move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        decided = defaultdict(Decimal)
        open_lines = set()
        matches = self.env["coworking.match"].search([("move_line_id", "in", lines.ids)])
        for match in matches - self.before:
            decided[match.move_line_id] += to_decimal(match.invoiced)
            if not match.decision:
                open_lines.add(match.move_line_id)
        if unmatched:
            return lines.filtered(lambda line: line not in decided and self._is_worth(line))
        return lines.filtered(
            lambda line: (
                line in open_lines or decided[line] != self.sign * to_decimal(line.price_total)
            )
        )

    @staticmethod
    def _is_worth(line):
        return not line.currency_id.is_zero(line.price_total)

    def _get_text(self, line=None):
        move = self.move
        return " \n ".join(
            filter(
                None,
                (
                    line and line.name,
                    move.ref,
                    move.invoice_origin,
                    move.payment_reference,
                    str(move.narration or ""),
                ),
            )
        )

    def _read_charges(self, lines):
        """Charges of the operator that others than these lines do not wholly pay, the likeliest
        first.
        """
        move = self.move
        day = move.invoice_date or move.date or fields.Date.context_today(move)
        self.usual = pricing.add_months(pricing.month_first(day), -1)
        self.known = charges = self.env["coworking.charge"].search_fetch(
            Domain("space_id", "in", self.spaces.ids)
            # Of a space that changed hands, each operator bills its own months, and what corrects
            # them: settled charges know whose they are.
            & (
                Domain("operator_id.commercial_partner_id", "=", move.commercial_partner_id.id)
                | Domain("operator_id", "=", False)
                & Domain(
                    "statement_id.operator_id.commercial_partner_id",
                    "=",
                    move.commercial_partner_id.id,
                )
            )
            & Domain("statement_id.date_from", ">=", day - relativedelta(months=MONTHS_BACK)),
            CHARGE_FIELDS,
        )
        charges.statement_id.fetch(STATEMENT_FIELDS)
        self._read_names(charges.seat_id)
        self.known_of = defaultdict(list)
        for number, charge in enumerate(charges):
            self.known_of[charge.seat_id].append((number, charge.id))
        self.taken = defaultdict(Decimal)
        for charge, expected in self.env["coworking.match"]._read_group(
            [
                ("charge_id", "in", charges.ids),
                ("move_line_id", "not in", lines.ids),
                ("id", "not in", self.before.ids),
            ],
            ["charge_id"],
            ["expected:sum"],
        ):
            self.taken[charge.id] = to_decimal(expected)
        self.remaining = {
            charge.id: to_decimal(charge.payable_total) - self.taken[charge.id]
            for charge in charges
        }
        self._order_statements(charges)
        order = {statement: number for number, statement in enumerate(self.statements)}
        # A bill that says which months it is for is for no other; a correction is of the month that
        # it corrects, and of that of its statement.
        named = self.months | set(self.quoted.mapped("date_from"))
        self.open = charges.filtered(
            lambda charge: self.remaining[charge.id] and (not named or self._is_of(charge, named))
        ).sorted(lambda charge: (order[charge.statement_id], charge.seat_id.name, charge.kind))

    def _get_known_of(self, seats):
        """The charges of these seats, in the order of all."""
        numbered = sorted(pair for seat in seats for pair in self.known_of.get(seat, ()))
        return self.known.browse([charge_id for __, charge_id in numbered])

    def _order_statements(self, charges):
        """The months that the bill names, the statements that it quotes, and all of them, the
        likeliest first.
        """
        move, statements = self.move, charges.statement_id
        text = " \n ".join((self._get_text(), *filter(None, move.invoice_line_ids.mapped("name"))))
        self.no_months = matching.called_as_a_month(
            {name for seat in charges.seat_id for name in self._get_seat_names(seat)}
        )
        self.months = matching.months_in(text, self.no_months)
        references = matching.Mentions((statement, statement.name, ()) for statement in statements)
        quoted = references.quoted_in(text)

        def rank(statement):
            return (
                statement not in quoted,
                statement != move.coworking_statement_id,
                statement.date_from not in self.months if self.months else False,
                abs((statement.date_from - self.usual).days),
                statement.name,
            )

        self.statements = statements.sorted(rank)
        self.quoted = statements.filtered(
            lambda statement: statement in quoted or statement == move.coworking_statement_id
        )

    def _quotes_what_is_billed(self):
        """Whether other bills hold all of the statements that this one quotes, and what corrects
        them: what names nobody repeats these, and is for no other program or space.
        """
        places = {(row.space_id, row.program_id) for row in self.quoted}
        months = set(self.quoted.mapped("date_from"))
        return bool(places) and not any(
            to_decimal(charge.payable_total) != self.taken[charge.id]
            for charge in self.known
            if (charge.space_id, charge.program_id) in places and self._is_of(charge, months)
        )

    @staticmethod
    def _is_of(charge, months):
        """Whether a charge counts for one of these months, or is on the statement of one."""
        return charge.period in months or charge.statement_id.date_from in months

    def _get_months_of(self, line):
        """The months that a line itself names."""
        return matching.months_in(line.name or "", self.no_months)

    def _filter_of_sign(self, charges, amount):
        """Those of which something is left to invoice on the side of zero of an amount."""
        return charges.filtered(lambda charge: (self.remaining[charge.id] < 0) == (amount < 0))

    def _sum_remaining(self, charges):
        return sum((self.remaining[charge.id] for charge in charges), Decimal(0))

    def _get_total(self):
        return sum(self.left.values(), Decimal(0))

    def _get_rounding(self, lines):
        """A half cent a line, and at least one cent; never less than what the company tolerates."""
        return max(self.step, lines * self.step / 2, self.tolerance)

    # === Whom a line names === #

    @staticmethod
    def _read_names(seats):
        """Of many seats, in two queries and no more columns than these."""
        seats.fetch(SEAT_FIELDS)
        seats.partner_id.fetch(["name"])

    @staticmethod
    def _get_seat_names(seat):
        return tuple(filter(None, (seat.occupant_name, seat.partner_id.name)))

    def _is_named(self, line, seat):
        return bool(self._filter_named(seat, line))

    def _filter_named(self, seats, line):
        """Those of some seats that a line names, by reference or by name."""
        new = [seat_id for seat_id in seats._ids if seat_id not in self.listed]
        if new:
            self.listed.update(new)
            self.named.clear()
            for seat in seats.browse(new):
                self.mentions.add(seat.id, seat.name, self._get_seat_names(seat))
        found = self.named.get(line)
        if found is None:
            text = line.name or ""
            found = self.mentions.quoted_in(text) | self.mentions.named_in(text)
            self.named[line] = found
        return seats.browse([seat_id for seat_id in seats._ids if found and seat_id in found])

    def _find_lines_naming(self, seats):
        """dict seat -> the lines that are left and name it"""
        result = defaultdict(list)
        for line in self.left:
            for seat in self._filter_named(seats, line):
                result[seat].append(line)
        return result

    def _find_known_by_name(self, line):
        """All who have or had a seat and whom a line names, by reference or by name."""
        if self.people is None:
            self.people = self.env["coworking.seat"].search_fetch(
                [
                    ("space_id", "in", self.spaces.ids),
                    ("state", "in", HOLDING_STATES),
                ],
                SEAT_FIELDS,
            )
            self._read_names(self.people)
        return self._filter_named(self.people, line)

    # === Statements === #

    def _get_target(self, charges):
        """The statements that a bill is most likely for: those it quotes, or of the months it
        names, or of the month before it, or of the nearest month.
        """
        of_these = set(charges.statement_id)
        statements = self.statements.filtered(lambda row: row in of_these)
        quoted = statements & self.quoted
        if quoted:
            return quoted
        if self.months:
            named = statements.filtered(lambda row: row.date_from in self.months)
            corrected = charges.filtered(lambda charge: charge.period in self.months)
            return named or statements & corrected.statement_id
        nearest = statements[:1].date_from
        return statements.filtered(lambda row: row.date_from == nearest)

    def _get_statement(self):
        """The statement that what concerns no charge is shown with: that of most other lines."""
        charges = self.known if self._quotes_what_is_billed() else self.open or self.known
        return self._get_paid_statements()[:1] or self._get_target(charges)[:1]

    def _get_paid_statements(self):
        """The statements that lines of the bill pay, that of most lines first."""
        paid = [row["statement_id"] for row in self.rows if row["charge_id"]]
        return self.env["coworking.statement"].browse(
            sorted(set(paid), key=lambda statement: -paid.count(statement))
        )

    # === Matches === #

    def _add_match(self, line, charge, invoiced=None, expected=None, **values):
        """One match: a line, or a part of it, pays a charge, or what is left of it."""
        if invoiced is None:
            invoiced = self.left[line]
        if expected is None:
            expected = self.remaining[charge.id] if charge else Decimal(0)
        if charge:
            self.remaining[charge.id] -= expected
            if not self.remaining[charge.id]:
                self.open -= charge
        self.left[line] -= invoiced
        if not self.left[line]:
            del self.left[line]
        generated = line.coworking_charge_id and line.coworking_charge_id == charge
        statement = values.pop("statement", None) or (charge and charge.statement_id)
        row = {
            "statement_id": statement.id if statement else False,
            "charge_id": charge.id if charge else False,
            "move_line_id": line.id,
            "company_id": self.move.company_id.id,
            "origin": "generated" if generated else "received",
            "expected": float(expected),
            "invoiced": float(invoiced),
            "decision": "matched" if generated and expected == invoiced else False,
            **values,
        }
        self.rows.append(row)
        return row

    def _spread_over(self, lines, charges, parts):
        """Give lines to charges in order, each charge what is left of it and its part of the gap.

        A charge may be paid by the end of a line and the beginning of the next.
        """
        rows, lines = [], list(lines)
        for charge in charges:
            owed = self.remaining[charge.id]
            due = owed + parts.get(charge.id, Decimal(0))
            if not due:
                continue  # not billed: what is left of it stays to be invoiced
            while due and lines:
                line = lines[0]
                share = self.left[line]
                if len(lines) == 1 or abs(share) >= abs(due):
                    share = due
                due -= share
                expected = owed if not due else min(owed, share, key=abs)
                owed -= expected
                rows.append(self._add_match(line, charge, share, expected))
                if line not in self.left:
                    lines.pop(0)
        return rows

    def _set_words(self, row, facts, seats):
        row["cause"] = facts[0].cause
        row["explanation"] = ", ".join(
            self.bridge._describe_fact(fact, seats if number == 0 else seats.browse())
            for number, fact in enumerate(facts)
        )
