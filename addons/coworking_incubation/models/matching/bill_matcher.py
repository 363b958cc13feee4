from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Domain

from ... import matching, pricing
from ...tools import to_decimal

# How far back an unmatched charge is looked for, and how long ago somebody may have left.
MONTHS_BACK = 18


class BillMatcher:
    """The matching of one bill: what is left of its lines, against what is left of the charges."""

    def __init__(self, move, spaces):
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
        self.people, self.rivals = None, {}
        self.step = to_decimal(move.currency_id.rounding)
        self.tolerance = to_decimal(move.company_id.coworking_match_tolerance)

    @classmethod
    def of(cls, move):
        """The matching of a bill whose reader may not see all that it is compared with."""
        # sudo: facts of seats, presences and participants explain it
        move = move.sudo()
        return cls(move, move.env["coworking.matching"]._spaces_of(move)[move])

    def proposals(self):
        """The sets of facts that explain the bill, each in words, one fact a line."""
        self.bridge = self.bridge.with_context(lang=self.lang)
        self._compare_lines(self._lines_to_match())
        return self.texts

    def match(self, choice=None, unmatched=False):
        """Write the matches of what is not decided.

        :param choice: number of the explanation to take, of ``proposals``
        :param unmatched: see ``coworking.matching._take_up``
        """
        self.choice = choice
        lines = self._lines_to_match(unmatched)
        if not lines:
            return
        Match = self.env["coworking.match"]
        others = Match.search([("move_line_id", "in", lines.ids)])._forget()
        self._compare_lines(lines)
        Match.create(self.rows)
        self.bridge._match_bills(others - self.move, unmatched=True)

    def _compare_lines(self, lines):
        self._read_charges(lines)
        self.left = {line: self.sign * to_decimal(line.price_total) for line in lines}
        self._by_charge()
        if self.sign < 0:
            self._match_credit_notes()
        self._line_by_line()
        self._known_people()
        self._subjects()
        self._equal_totals()
        self._totals()
        self._billed_before()
        self._nobody()

    # === Both sides === #

    def _lines_to_match(self, unmatched=False):
        """Lines that are worth something, but for those that somebody decided on as they are."""
        lines = self.move.invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "product" and not line.currency_id.is_zero(line.price_total)
            )
        )
        decided = defaultdict(Decimal)
        open_lines = set()
        for match in self.env["coworking.match"].search([("move_line_id", "in", lines.ids)]):
            decided[match.move_line_id] += to_decimal(match.invoiced)
            if not match.decision:
                open_lines.add(match.move_line_id)
        if unmatched:
            return lines.filtered(lambda line: line not in decided)
        return lines.filtered(
            lambda line: (
                line in open_lines or decided[line] != self.sign * to_decimal(line.price_total)
            )
        )

    def _text(self, line=None):
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
        charges = self.env["coworking.charge"].search(
            Domain("space_id", "in", self.spaces.ids)
            & Domain(
                # Of a space that changed hands, each operator bills its own months.
                "statement_id.operator_id.commercial_partner_id",
                "=",
                move.commercial_partner_id.id,
            )
            & Domain("statement_id.date_from", ">=", day - relativedelta(months=MONTHS_BACK))
        )
        taken = defaultdict(Decimal)
        for charge, expected in self.env["coworking.match"]._read_group(
            [("charge_id", "in", charges.ids), ("move_line_id", "not in", lines.ids)],
            ["charge_id"],
            ["expected:sum"],
        ):
            taken[charge.id] = to_decimal(expected)
        self.known = charges
        self.remaining = {
            charge.id: to_decimal(charge.payable_total) - taken[charge.id] for charge in charges
        }
        self.taken = taken
        names = filter(None, move.invoice_line_ids.mapped("name"))
        text = " \n ".join((self._text(), *names))
        seats = charges.seat_id
        self.no_months = matching.called_as_a_month(
            {name for seat in seats for name in self._seat_names(seat)}
        )
        months = matching.months_in(text, self.no_months)
        usual = pricing.add_months(pricing.month_first(day), -1)
        statements = charges.statement_id

        def rank(statement):
            return (
                not matching.quotes(text, statement.name),
                statement != move.coworking_statement_id,
                statement.date_from not in months if months else False,
                abs((statement.date_from - usual).days),
                statement.name,
            )

        self.statements = statements.sorted(rank)
        order = {statement: number for number, statement in enumerate(self.statements)}
        self.quoted = statements.filtered(
            lambda statement: (
                matching.quotes(text, statement.name) or statement == move.coworking_statement_id
            )
        )
        self.months = months
        self.usual = usual
        # A bill that says which months it is for is for no other; a correction is of the month that
        # it corrects, and of that of its statement.
        named = months | set(self.quoted.mapped("date_from"))
        self.open = charges.filtered(
            lambda charge: self.remaining[charge.id] and (not named or self._is_of(charge, named))
        ).sorted(lambda charge: (order[charge.statement_id], charge.seat_id.name, charge.kind))

    @staticmethod
    def _is_of(charge, months):
        """Whether a charge counts for one of these months, or is on the statement of one."""
        return charge.period in months or charge.statement_id.date_from in months

    def _months_of(self, line):
        """The months that a line itself names."""
        return matching.months_in(line.name or "", self.no_months)

    def _of_sign(self, charges, amount):
        """Those of which something is left to invoice on the side of zero of an amount."""
        return charges.filtered(lambda charge: (self.remaining[charge.id] < 0) == (amount < 0))

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

    # === Line by line === #

    def _by_charge(self):
        """Lines made from a charge pay it, whatever they have become."""
        for line in list(self.left):
            charge = line.coworking_charge_id
            if charge and charge in self.open:
                self._explain_pair(self._add_match(line, charge), charge)

    def _line_by_line(self):
        """By reference, name or amount; first among the charges of the statements it quotes."""
        self._people_in_one_line()
        rounds = [self.open.filtered(lambda charge: charge.statement_id in self.quoted), self.open]
        for number, charges in enumerate(rounds):
            if not charges or not self.left:
                continue
            # An amount alone says nothing beyond the month that is billed.
            likely = self._target(charges)
            pairs = matching.assign(
                self._pure_lines(),
                self._pure_charges(
                    charges,
                    lambda charge, likely=likely: (
                        charge.statement_id in likely or charge.period in self.months
                    ),
                ),
            )
            for line, charge in list(pairs.items()):
                line = self.env["account.move.line"].browse(line)
                charge = self.env["coworking.charge"].browse(charge)
                if not self._names(line, charge.seat_id) and (
                    (number and self.quoted) or self._known_by_name(line)
                ):
                    continue
                if line in self.left and charge in self.open:
                    self.by_line = True
                    self.by_name |= self._names(line, charge.seat_id)
                    self._explain_pair(self._add_match(line, charge), charge)

    def _people_in_one_line(self):
        """A line that is all that somebody costs this month: the seat, its fee, a correction; or
        all their corrections, or all but these.
        """
        target = self._target(self.open)
        charges = self.open.filtered(
            lambda charge: charge.statement_id in target or charge.period in self.months
        )
        for seat, own in charges.grouped("seat_id").items():
            if len(own) == 1:
                continue
            lines = [line for line in self.left if self._names(line, seat)]
            for line in lines:
                amount = self.left[line]
                whole = own if len(lines) == 1 else own.browse()
                if not any(self.remaining[charge.id] == amount for charge in own):
                    whole = self._whole(own, amount, self._months_of(line)) or whole
                if len(whole) > 1 and self._sum(whole) == amount:
                    self.by_line = self.by_name = True
                    self._spread([line], whole, {})
                    own -= whole

    def _whole(self, charges, amount, months):
        """All of some charges of a side of zero, or all of these months, that are an amount."""
        side = self._of_sign(charges, amount)
        options = (side, side.filtered(lambda charge: charge.period in months))
        return next((own for own in options if own and self._sum(own) == amount), None)

    def _pure_lines(self):
        return [
            matching.Line(line.id, amount, line.name or "", self._text(line))
            for line, amount in self.left.items()
        ]

    def _pure_charges(self, charges, by_amount):
        """``by_amount``: whether a charge may be recognised by its amount alone."""
        return [
            self._expected(charge)
            for charge in charges
            if by_amount(charge) or any(self._names(line, charge.seat_id) for line in self.left)
        ]

    def _expected(self, charge):
        return matching.Expected(
            charge.id,
            self.remaining[charge.id],
            reference=charge.seat_id.name,
            names=self._seat_names(charge.seat_id),
            period=charge.period,
            kind=charge.kind,
            statement=charge.statement_id.name,
            home=charge.statement_id.date_from,
        )

    @staticmethod
    def _seat_names(seat):
        return tuple(filter(None, (seat.occupant_name, seat.partner_id.name)))

    def _names(self, line, seat):
        return matching.quotes(line.name or "", seat.name) or matching.names_in(
            line.name or "", self._seat_names(seat)
        )

    def _known_by_name(self, line):
        """All who have or had a seat and whom a line names, by reference or by name."""
        if self.people is None:
            seats = self.env["coworking.seat"].search(
                [
                    ("space_id", "in", self.spaces.ids),
                    ("state", "in", self.env["coworking.seat"]._holding_states()),
                ]
            )
            self.people = [
                (
                    seat,
                    matching.plain(seat.name),
                    [frozenset(matching.plain(name).split()) for name in self._seat_names(seat)],
                )
                for seat in seats
            ]
        text = matching.plain(line.name or "")
        words = frozenset(text.split())
        likely = [
            seat.id
            for seat, reference, names in self.people
            if reference in text or any(name <= words for name in names)
        ]
        return (
            self.env["coworking.seat"].browse(likely).filtered(lambda seat: self._names(line, seat))
        )

    def _explain_pair(self, row, charge):
        """Why one line is not what its charge is."""
        gap = to_decimal(row["invoiced"]) - to_decimal(row["expected"])
        if not gap:
            return
        facts, __ = self.bridge._get_facts(
            charge.statement_id,
            charge,
            {charge.id: to_decimal(row["expected"])},
            rivals=self.rivals,
        )
        own = [fact for fact in facts if fact.keys == {charge.id} and fact.cause != "missing"]
        found = matching.explain(gap, own, rounding=self._rounding(1), size=1)
        if found:
            self._set_words(row, found[0], charge.seat_id)

    def _set_words(self, row, facts, seats):
        row["cause"] = facts[0].cause
        row["explanation"] = ", ".join(
            self.bridge._fact_in_words(fact, seats if number == 0 else seats.browse())
            for number, fact in enumerate(facts)
        )

    def _rounding(self, lines):
        """A half cent a line, and at least one cent; never less than what the company tolerates."""
        return max(self.step, lines * self.step / 2, self.tolerance)

    def _known_people(self):
        """Lines that name somebody of whom nothing is left to invoice: left, or billed already."""
        if not self.left:
            return
        statement = self._get_statement()
        # Nothing tells the month: the one that is billed now, whether or not it has a statement.
        if not statement & (self._paid_statements() | self.quoted) and not self.months:
            statement = self.statements.filtered(lambda row: row.date_from == self.usual)[:1]
        for line in list(self.left):
            own = self._known_by_name(line)
            if not own or matching.subject_of(line.name or ""):
                continue
            months = self._months_of(line) or self.months
            month = max(months) if months else statement.date_from or self.usual
            billed = self.known.filtered(
                lambda charge, own=own, line=line: (
                    charge.seat_id in own and self.taken[charge.id] * self.left[line] > 0
                )
            ).sorted(lambda charge, month=month: abs((charge.period - month).days))[:1]
            left = own.filtered(lambda seat, month=month: seat.date_end and seat.date_end < month)
            # Without a month, a bill for who has left is for the month that is billed now.
            if billed and (self._is_of(billed, {month}) or not (months or left)):
                row = self._add_match(line, billed, expected=Decimal(0))
                self._set_words(row, [matching.Fact("duplicate", ())], billed.seat_id)
                continue
            seat = left[:1] or own[:1]
            target = self.statements.filtered(
                lambda row, seat=seat, month=month: (
                    row.space_id == seat.space_id
                    and row.program_id == seat.program_id
                    and row.date_from == month
                )
            )[:1]
            if left:
                fact = matching.Fact("departed", (), 1, {"left": seat.date_end})
            elif not target or not target.charge_ids:
                continue  # its month has no statement yet: the line waits
            elif seat.date_start > pricing.month_last(month):
                fact = matching.Fact("start_day", (), 1, {"day": month, "instead": seat.date_start})
            else:
                fact = None
            row = self._add_match(line, None, statement=target or statement, seat_id=seat.id)
            if fact:
                self._set_words(row, [fact], seat)
            elif self.sign < 0:
                row["cause"] = "reversal"

    def _subjects(self):
        """Lines about rooms, printing, a deposit, a fee that nobody expected."""
        for line in list(self.left):
            subject = matching.subject_of(line.name or "")
            if subject:
                statement = self._get_statement()
                named = self.known.seat_id.filtered(
                    lambda seat, line=line: self._names(line, seat)
                )[:1]
                row = self._add_match(line, None, statement=statement, seat_id=named.id)
                self._set_words(row, [matching.Fact(subject, (), 1, {"extra": True})], named)

    # === Totals === #

    def _target(self, charges):
        """The statements that a bill is most likely for: those it quotes, or of the months it
        names, or of the month before it, or of the nearest month.
        """
        statements = self.statements.filtered(lambda row: row in charges.statement_id)
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
        return self._paid_statements()[:1] or self._target(self.open or self.known)[:1]

    def _paid_statements(self):
        """The statements that lines of the bill pay, that of most lines first."""
        paid = [row["statement_id"] for row in self.rows if row["charge_id"]]
        return self.env["coworking.statement"].browse(
            sorted(set(paid), key=lambda statement: -paid.count(statement))
        )

    def _equal_totals(self):
        """Lines, or all that is left of the bill, that are whole statements or all of a tariff."""
        if self.by_name:
            return
        total = sum(self.left.values())
        if len(self.left) > 1 and self._equal_set(list(self.left), total):
            return
        for line in list(self.left):
            self._equal_set([line], self.left[line])

    def _equal_set(self, lines, total):
        """Give these lines to the statements, or parts of them, that sum to what they say."""
        charges = self._part_of(total)
        if not charges:
            return False
        parts = {charge.id: Decimal(0) for charge in charges}
        rest = total - self._sum(charges)
        if rest:
            largest = max(charges, key=lambda charge: abs(self.remaining[charge.id]))
            parts[largest.id] = rest
        rows = self._spread(lines, charges, parts)
        if rest:
            fact = matching.Fact("rounding", (("rounding", rest),))
            for row in rows:
                if row["charge_id"] == largest.id:
                    self._set_words(row, [fact], largest.seat_id)
        return True

    def _part_of(self, total):
        """Whole statements that sum to what a bill says, else all that is due, or all that is to
        be given back, of a statement or of a tariff; none if nothing does.
        """
        charges = self._of_sign(self.open, total) if total < 0 else self.open
        target = self._target(charges)
        likely = charges.filtered(lambda charge: charge.statement_id in target)
        order = {statement: number for number, statement in enumerate(self.statements)}

        def side(charge):
            return self.remaining[charge.id] < 0

        for own, key in (
            (charges, lambda row: row.statement_id),
            (charges, lambda row: (row.statement_id, side(row))),
            (likely, lambda row: (row.statement_id, row.tariff_id)),
            (likely, lambda row: (row.statement_id, row.tariff_id, side(row))),
        ):
            parts = own.sorted(lambda charge: order[charge.statement_id]).grouped(key)
            sums = [(name, self._sum(part)) for name, part in parts.items()]
            chosen = matching.equal_sets(total, sums, tolerance=self.tolerance)
            if chosen:
                return charges.browse().union(*(parts[name] for name in chosen))
        return charges.browse()

    def _sum(self, charges):
        return sum((self.remaining[charge.id] for charge in charges), Decimal(0))

    def _spread(self, lines, charges, parts):
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

    def _totals(self):
        """What is left of the bill, against what is left of the month it is for: the facts that
        make the difference.
        """
        lines = list(self.left)
        target = self._target(self.open)
        if not lines or not target or self.sign < 0 or self.by_name:
            return
        if self.by_line and len(lines) > 1:
            return  # a bill by lines: what is left has nothing to do with what is not billed
        total = sum(self.left.values())
        target = self._closest(target, total)
        charges = self.open.filtered(lambda charge: charge.statement_id in target)
        if self.by_line and not self._plausible(total, charges):
            return
        found, seats, possible = self._explanations(target, charges, total)
        if not found:
            if self.by_line:
                return
            # All that is expected is there, and a rest that nobody can explain.
            rest = total - self._sum(charges)
            self._allot(lines, charges, [], seats, possible, target, rest)
            return
        self.texts = [self._in_words(facts, seats) for facts in found]
        if self.choice is not None and self.choice < len(found):
            self._allot(lines, charges, found[self.choice], seats, possible, target)
            return
        signatures = {tuple(sorted((f.cause, f.amount) for f in facts)) for facts in found}
        if len(signatures) == 1:
            certain = [fact for fact in found[0] if all(fact in facts for facts in found)]
            self._allot(lines, charges, found[0], seats, possible, target, certain=certain)
        else:
            rest = total - self._sum(charges)
            text = self.env._("%(count)s explanations are possible", count=len(found))
            self._allot(lines, charges, [], seats, possible, target, rest, text)

    def _in_words(self, facts, seats):
        return "\n".join(
            self.bridge._fact_in_words(
                fact,
                self.env["coworking.seat"].union(*(seats[key] for key in fact.keys & seats.keys())),
            )
            for fact in facts
        )

    def _plausible(self, total, charges):
        return total > 0 and self._sum(charges) > 0 and total >= self._sum(charges) / 2

    def _closest(self, target, total):
        """One statement, or all those of the month, whichever is nearest to the bill."""
        options = [target, *target] if len(target) > 1 else [target]
        return min(
            options,
            key=lambda rows: abs(
                total - self._sum(self.open.filtered(lambda charge: charge.statement_id in rows))
            ),
        )

    def _explanations(self, target, charges, total):
        """The smallest sets of facts of the least weight.

        :return: (list of sets, dict key -> seat, dict (cause, amount) -> how many seats)
        """
        others = self.open - charges
        facts, seats = self.bridge._get_facts(target, charges, self.remaining, others, self.rivals)
        found = matching.explain(
            total - self._sum(charges), facts, rounding=self._rounding(len(charges))
        )
        if found:
            least = sum(fact.weight for fact in found[0])
            found = [facts for facts in found if sum(fact.weight for fact in facts) == least]
        possible = defaultdict(int)
        for fact in facts:
            possible[fact.cause, fact.amount] += 1
        return found, seats, possible

    def _allot(self, lines, charges, facts, seats, possible, target, rest=0, text="", certain=None):
        """Give lines to charges with the parts of the gap that the facts say, and rows of their own
        for what concerns no charge, or nobody knows which.
        """
        by_id = {charge.id: charge for charge in (charges | self.open)}
        parts, told, loose = defaultdict(Decimal), {}, []
        for fact in facts:
            if certain is not None and fact not in certain:
                loose.append((fact, Decimal(fact.amount)))
                continue
            for key, amount in fact.parts:
                if key in by_id and fact.cause not in ("other_month", "other_program"):
                    parts[key] += amount
                    told.setdefault(key, []).append(fact)
                elif key in by_id:
                    charges |= by_id[key]
                    told.setdefault(key, []).append(fact)
                else:
                    loose.append((fact, amount))
        line = lines[-1]
        for fact, amount in loose:
            ambiguous = certain is not None and fact not in certain
            seat = self.env["coworking.seat"]
            if not ambiguous:
                seat = seat.union(*(seats[key] for key in fact.keys if key in seats))
            count = possible.get((fact.cause, fact.amount), 1) if ambiguous else 1
            who = seat or seat.union(*(seats[key] for key in fact.keys if key in seats))
            self._add_match(
                line,
                None,
                amount,
                statement=target[:1],
                seat_id=seat.id if len(seat) == 1 else False,
                cause=fact.cause,
                explanation=self.bridge._fact_in_words(fact, who, count),
            )
        if rest:
            self._add_match(line, None, rest, statement=target[:1], explanation=text or False)
        lines = [line for line in lines if line in self.left]
        for row in self._spread(lines, charges, parts):
            if row["charge_id"] in told:
                self._set_words(
                    row,
                    told[row["charge_id"]],
                    by_id[row["charge_id"]].seat_id,
                )

    # === Credit notes === #

    def _match_credit_notes(self):
        """A credit note takes back what was billed too much, then what was billed at all."""
        Match = self.env["coworking.match"]
        domain = Domain("charge_id", "!=", False) & Domain("move_id", "!=", self.move.id)
        origin = self.move.reversed_entry_id
        if origin:
            domain &= Domain("move_id", "=", origin.id)
        else:
            domain &= Domain("charge_id", "in", self.known.ids)
        billed = Match.search(domain)
        if not billed:
            return
        invoiced, expected = defaultdict(Decimal), defaultdict(Decimal)
        for match in Match.search([("charge_id", "in", billed.charge_id.ids)]):
            invoiced[match.charge_id] += to_decimal(match.invoiced)
            expected[match.charge_id] += to_decimal(match.expected)
        given_back = Match
        # A bill that is reversed as a whole is, whatever corrections are expected besides.
        whole = origin and self._total() == -to_decimal(origin.amount_total)
        unexpected = Match.search(
            Domain("charge_id", "=", False) & Domain("move_id", "in", origin.ids)
        )
        for line in list(self.left):
            if not whole and (self._is_awaited(line) or self._repeats_correction(line)):
                continue
            strange = not any(self._names(line, charge.seat_id) for charge in invoiced)
            if strange and any(to_decimal(row.invoiced) == -self.left[line] for row in unexpected):
                continue  # what was billed for nobody we know
            # A bill may hold corrections: then its reversal has lines of both signs.
            sign = 1 if self.left[line] < 0 else -1
            for charge in self._to_take_back(line, invoiced, expected, origin):
                if line not in self.left:
                    break
                held, owed = sign * invoiced[charge], max(sign * expected[charge], Decimal(0))
                amount = min(-sign * self.left[line], held)
                back = min(max(amount - max(held - owed, Decimal(0)), Decimal(0)), owed)
                invoiced[charge] -= sign * amount
                expected[charge] -= sign * back
                if back:
                    given_back |= billed.filtered(
                        lambda row, charge=charge: row.charge_id == charge
                    )
                self.remaining.setdefault(charge.id, Decimal(0))
                row = self._add_match(line, charge, -sign * amount, -sign * back)
                row["cause"] = "reversal"
        # What they decided on is to be invoiced again.
        given_back.write({"decision": False, "reason": False, "user_id": False})

    def _total(self):
        return sum(self.left.values(), Decimal(0))

    def _is_awaited(self, line):
        """Whether a line of a credit note is left to what is expected, of whom and of the months
        that it names: a correction, all of them, all of a statement, or, with the other lines, all
        that is left of these; or no more than the corrections of the person and month it names.
        """
        amount, months, people = self.left[line], self._months_of(line), self._known_by_name(line)
        corrections = self._of_sign(self.open, amount).filtered(
            lambda charge: (
                (not people or charge.seat_id in people)
                and (not months or self._is_of(charge, months))
            )
        )
        if any(self.remaining[charge.id] == amount for charge in corrections):
            return True
        parts = [corrections, *corrections.grouped("statement_id").values()]
        if any(self._sum(part) in (amount, self._total()) for part in parts if part):
            return True
        own = corrections.filtered(lambda charge: people and charge.period in months)
        return abs(self._sum(own)) > abs(amount)

    def _repeats_correction(self, line):
        """A credit note of what another one gave back already, by whom and which month it names."""
        people, months = self._known_by_name(line), self._months_of(line)
        if not people:
            return False
        before = self.known.filtered(
            lambda charge: (
                charge.seat_id in people
                and charge.payable_total < 0
                and self.taken[charge.id] == to_decimal(charge.payable_total) == self.left[line]
                and (not months or self._is_of(charge, months))
            )
        )[:1]
        if before:
            row = self._add_match(line, before, expected=Decimal(0))
            self._set_words(row, [matching.Fact("duplicate", ())], before.seat_id)
        return bool(before)

    def _to_take_back(self, line, invoiced, expected, origin):
        """What was billed that a line of a credit note is about, the likeliest first: of whom and
        of the months that it names; what was billed too much by as much as it gives back; what was
        billed so much in all; what the bill it reverses, or a statement it quotes, holds.

        :param invoiced: dict charge -> what bills hold of it
        :param expected: dict charge -> what they pay of it
        """
        rest = -self.left[line]
        months, people = self._months_of(line), self._known_by_name(line)
        named = months or self.months
        charges = sorted(
            (charge for charge in invoiced if invoiced[charge] * rest > 0),
            key=lambda charge: (charge.period not in named, not self._is_of(charge, named)),
        )
        if people:
            charges = [charge for charge in charges if charge.seat_id in people]
        if months and not origin:
            charges = [charge for charge in charges if self._is_of(charge, months)]
        excess = [row for row in charges if invoiced[row] - expected[row] == rest]
        equal = [row for row in charges if invoiced[row] == rest]
        if excess or equal:
            return (excess or equal)[:1]
        if people or origin:
            return charges
        return [charge for charge in charges if charge.statement_id in self.quoted]

    def _billed_before(self):
        """What is left is all that other bills hold of a month, under no name: billed twice."""
        lines = list(self.left)
        if not lines or self.by_line or any(self._known_by_name(line) for line in lines):
            return
        months = self.months or {self.usual}
        billed = self.known.filtered(
            lambda charge: (
                self.taken[charge.id]
                and (
                    charge.statement_id in self.quoted
                    if self.quoted
                    else charge.statement_id.date_from in months
                )
            )
        )
        groups = [
            (statement, sum(self.taken[charge.id] for charge in own))
            for statement, own in billed.grouped("statement_id").items()
        ]
        chosen = matching.equal_sets(self._total(), groups, tolerance=self.tolerance)
        for line in lines if chosen else ():
            row = self._add_match(line, None, statement=chosen[0])
            self._set_words(row, [matching.Fact("duplicate", ())], self.env["coworking.seat"])

    def _nobody(self):
        """What is left is for nobody we know; a bill without a statement waits for it."""
        lines = list(self.left)
        if not lines:
            return
        statement = self._get_statement()
        seats = self.env["coworking.seat"].search(
            [("space_id", "in", self.spaces.ids), ("state", "!=", "cancelled")]
        )
        waits = self.sign > 0 and not self.quoted and not self.by_line
        # Nothing tells the month, and the one that is billed now has no statement yet.
        early = not self.months and self.usual not in self.statements.mapped("date_from")
        for line in lines:
            named = seats.filtered(lambda seat, line=line: self._names(line, seat))
            if waits and (named or early or not statement):
                self._add_match(line, None)
            elif self.sign < 0:
                self._add_match(line, None, statement=statement, cause="reversal")
            else:
                row = self._add_match(line, None, statement=statement)
                self._set_words(row, [matching.Fact("unknown", ())], seats.browse())
