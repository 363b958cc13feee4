from collections import defaultdict
from decimal import Decimal

from ... import matching, pricing
from ...tools import to_decimal
from .bill_balance import BillBalance


class BillLines(BillBalance):
    """Line by line: whom or what each says it is for, and why it is not what was expected."""

    def _match_by_charge(self):
        """Lines made from a charge pay it, whatever they have become, with what was parted from
        them where these are as much together.
        """
        paid, made = [], {line: line.coworking_charge_id for line in self.left}
        parted = self._find_parted(made)
        for line, charge in made.items():
            if not charge or charge not in self.open or line not in self.left:
                continue
            parts = [line]
            if self.left[line] != self.remaining[charge.id]:
                parts += [part for part in parted[charge.seat_id] if part in self.left]
            if sum(self.left[part] for part in parts) == self.remaining[charge.id]:
                self._spread_over(parts, charge, {})
            else:
                paid.append((self._add_match(line, charge), charge))
        self._explain_pairs(paid)

    def _find_parted(self, made):
        """Lines that name whom others were made from a charge of, and were made from none.

        :param made: dict line -> its charge, if any
        :return: dict seat -> lines
        """
        result, charges = defaultdict(list), self.env["coworking.charge"].union(*made.values())
        if charges and not all(made.values()):
            for seat, own in self._find_lines_naming(charges.seat_id).items():
                result[seat] = [line for line in own if not made[line]]
        return result

    def _match_line_by_line(self):
        """By reference, name or amount; first among the charges of the statements it quotes."""
        self._match_people_in_one_line()
        rounds = [self.open.filtered(lambda charge: charge.statement_id in self.quoted), self.open]
        for number, charges in enumerate(rounds):
            if not charges or not self.left:
                continue
            # An amount alone says nothing beyond the month that is billed.
            likely = self._get_target(charges)
            pairs = matching.assign(
                self._make_pure_lines(),
                self._make_pure_charges(
                    charges,
                    lambda charge, likely=likely: (
                        charge.statement_id in likely or charge.period in self.months
                    ),
                ),
            )
            paid = []
            for line, charge in pairs.items():
                line = self.env["account.move.line"].browse(line)
                charge = self.env["coworking.charge"].browse(charge)
                if not self._is_named(line, charge.seat_id) and (
                    (number and self.quoted) or self._find_known_by_name(line)
                ):
                    continue
                if line in self.left and charge in self.open:
                    self.by_line = True
                    self.by_name |= self._is_named(line, charge.seat_id)
                    paid.append((self._add_match(line, charge), charge))
            self._explain_pairs(paid)

    def _match_people_in_one_line(self):
        """A line that is all that somebody costs this month: the seat, its fee, a correction; or
        all their corrections, or all but these.
        """
        target = self._get_target(self.open)
        charges = self.open.filtered(
            lambda charge: charge.statement_id in target or charge.period in self.months
        )
        naming = self._find_lines_naming(charges.seat_id)
        for seat, own in charges.grouped("seat_id").items():
            if len(own) == 1:
                continue
            lines = [line for line in naming[seat] if line in self.left]
            for line in lines:
                amount = self.left[line]
                whole = own if len(lines) == 1 else own.browse()
                if not any(self.remaining[charge.id] == amount for charge in own):
                    whole = self._find_whole(own, amount, self._get_months_of(line)) or whole
                if len(whole) > 1 and self._sum_remaining(whole) == amount:
                    self.by_line = self.by_name = True
                    self._spread_over([line], whole, {})
                    own -= whole

    def _find_whole(self, charges, amount, months):
        """All of some charges of a side of zero, or all of these months, that are an amount."""
        side = self._filter_of_sign(charges, amount)
        options = (side, side.filtered(lambda charge: charge.period in months))
        return next((own for own in options if own and self._sum_remaining(own) == amount), None)

    def _make_pure_lines(self):
        return [
            matching.Line(line.id, amount, line.name or "", self._get_text(line))
            for line, amount in self.left.items()
        ]

    def _make_pure_charges(self, charges, by_amount):
        """``by_amount``: whether a charge may be recognised by its amount alone."""
        naming = self._find_lines_naming(charges.seat_id)
        return [
            self._make_expected(charge)
            for charge in charges
            if by_amount(charge) or charge.seat_id in naming
        ]

    def _make_expected(self, charge):
        return matching.Expected(
            charge.id,
            self.remaining[charge.id],
            reference=charge.seat_id.name,
            names=self._get_seat_names(charge.seat_id),
            period=charge.period,
            kind=charge.kind,
            statement=charge.statement_id.name,
            home=charge.statement_id.date_from,
        )

    def _explain_pairs(self, paid):
        """Why lines are not what their charges are.

        :param paid: list of (row, charge)
        """
        paid = [(row, charge) for row, charge in paid if row["invoiced"] != row["expected"]]
        if not paid:
            return
        facts = self.bridge._get_facts_each(
            self.env["coworking.charge"].union(*(charge for row, charge in paid)),
            {charge.id: to_decimal(row["expected"]) for row, charge in paid},
            self.rivals,
        )
        for row, charge in paid:
            gap = to_decimal(row["invoiced"]) - to_decimal(row["expected"])
            own = [fact for fact in facts[charge] if fact.cause != "missing"]
            found = matching.explain(
                gap, own, rounding=self._get_rounding(1), step=self.step, size=1
            )
            if found:
                self._set_words(row, found[0], charge.seat_id)

    def _match_known_people(self):
        """Lines that name somebody of whom nothing is left to invoice: left, or billed already."""
        if not self.left:
            return
        statement = self._get_statement()
        # Nothing tells the month: the one that is billed now, whether or not it has a statement.
        if not statement & (self._get_paid_statements() | self.quoted) and not self.months:
            statement = self.statements.filtered(lambda row: row.date_from == self.usual)[:1]
        by_place = self.statements.grouped(
            lambda row: (row.space_id, row.program_id, row.date_from)
        )
        for line in list(self.left):
            own = self._find_known_by_name(line)
            if not own or matching.subject_of(line.name or ""):
                continue
            months = self._get_months_of(line) or self.months
            month = max(months) if months else statement.date_from or self.usual
            billed = (
                self._get_known_of(own)
                .filtered(lambda charge, line=line: self.taken[charge.id] * self.left[line] > 0)
                .sorted(lambda charge, month=month: abs((charge.period - month).days))[:1]
            )
            left = own.filtered(lambda seat, month=month: seat.date_end and seat.date_end < month)
            # Without a month, a bill for who has left is for the month that is billed now.
            if billed and (self._is_of(billed, {month}) or not (months or left)):
                row = self._add_match(line, billed, expected=Decimal(0))
                self._set_words(row, [matching.Fact("duplicate", ())], billed.seat_id)
                continue
            seat = left[:1] or own[:1]
            target = by_place.get((seat.space_id, seat.program_id, month), statement.browse())[:1]
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

    def _match_subjects(self):
        """Lines about rooms, printing, a deposit, a fee that nobody expected."""
        for line in list(self.left):
            subject = matching.subject_of(line.name or "")
            if subject:
                statement = self._get_statement()
                named = self._filter_named(self.known.seat_id, line)[:1]
                row = self._add_match(line, None, statement=statement, seat_id=named.id)
                self._set_words(row, [matching.Fact(subject, (), 1, {"extra": True})], named)
