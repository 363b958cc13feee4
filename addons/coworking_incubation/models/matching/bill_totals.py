from collections import defaultdict
from decimal import Decimal

from ... import matching
from .bill_balance import BillBalance


class BillTotals(BillBalance):
    """What is left of a bill as a whole: statements that it sums to, facts that make the gap."""

    # === Equal to the cent === #

    def _match_equal_totals(self):
        """Lines, or all that is left of the bill, that are whole statements or all of a tariff."""
        if self.by_name or self._quotes_what_is_billed():
            return
        lines = list(self.left)
        if len(lines) > 1:
            total = sum(self.left.values())
            charges = self._find_parts_of([total]).get(total)
            if charges:
                self._give_equal_set(lines, total, charges)
                return
        while lines:
            # One search for all lines, until one of them is found and less is left for the others.
            found = self._find_parts_of([self.left[line] for line in lines])
            line = next((line for line in lines if self.left[line] in found), None)
            if not line:
                return
            lines = lines[lines.index(line) + 1 :]
            self._give_equal_set([line], self.left[line], found[self.left[line]])

    def _give_equal_set(self, lines, total, charges):
        """Give these lines to the charges that sum to what they say."""
        parts = {charge.id: Decimal(0) for charge in charges}
        rest = total - self._sum_remaining(charges)
        if rest:
            largest = max(charges, key=lambda charge: abs(self.remaining[charge.id]))
            parts[largest.id] = rest
        rows = self._spread_over(lines, charges, parts)
        if rest:
            fact = matching.Fact("rounding", (("rounding", rest),))
            for row in rows:
                if row["charge_id"] == largest.id:
                    self._set_words(row, [fact], largest.seat_id)

    def _find_parts_of(self, totals):
        """Whole statements that sum to what a bill says, else all that is due, or all that is to
        be given back, of a statement or of a tariff.

        :param totals: amounts that a bill or its lines say
        :return: dict total -> charges, of those for which there are some
        """
        above = [total for total in totals if total >= 0]
        below = [total for total in totals if total < 0]
        result = self._find_parts_among(self.open, above) if above else {}
        if below:
            result |= self._find_parts_among(self._filter_of_sign(self.open, -1), below)
        return result

    def _find_parts_among(self, charges, totals):
        """The same, among these charges."""
        target = self._get_target(charges)
        likely = charges.filtered(lambda charge: charge.statement_id in target)
        order = {statement: number for number, statement in enumerate(self.statements)}

        def side(charge):
            return self.remaining[charge.id] < 0

        result, totals = {}, set(totals)
        for own, key in (
            (charges, lambda row: row.statement_id),
            (charges, lambda row: (row.statement_id, side(row))),
            (likely, lambda row: (row.statement_id, row.tariff_id)),
            (likely, lambda row: (row.statement_id, row.tariff_id, side(row))),
        ):
            parts = own.sorted(lambda charge: order[charge.statement_id]).grouped(key)
            sums = [(name, self._sum_remaining(part)) for name, part in parts.items()]
            found = matching.equal_sets_each(totals - result.keys(), sums, tolerance=self.tolerance)
            for total, chosen in found.items():
                result[total] = charges.browse().union(*(parts[name] for name in chosen))
        return result

    # === With a gap === #

    def _match_totals(self):
        """What is left of the bill, against what is left of the month it is for: the facts that
        make the difference.
        """
        lines = list(self.left)
        target = self._get_target(self.open)
        if not lines or not target or self.sign < 0 or self.by_name:
            return
        if self.by_line and len(lines) > 1:
            return  # a bill by lines: what is left has nothing to do with what is not billed
        if self._quotes_what_is_billed():
            return
        total = sum(self.left.values())
        target = self._get_closest(target, total)
        charges = self.open.filtered(lambda charge: charge.statement_id in target)
        if self.by_line and not self._is_plausible(total, charges):
            return
        found, seats, possible = self._find_explanations(target, charges, total)
        if not found:
            if self.by_line:
                return
            # All that is expected is there, and a rest that nobody can explain.
            rest = total - self._sum_remaining(charges)
            self._allot(lines, charges, [], seats, possible, target, rest)
            return
        self.texts = [self._describe_facts(facts, seats) for facts in found]
        if self.choice is not None and self.choice < len(found):
            self._allot(lines, charges, found[self.choice], seats, possible, target)
            return
        signatures = {tuple(sorted((f.cause, f.amount) for f in facts)) for facts in found}
        if len(signatures) == 1:
            certain = [fact for fact in found[0] if all(fact in facts for facts in found)]
            self._allot(lines, charges, found[0], seats, possible, target, certain=certain)
        else:
            rest = total - self._sum_remaining(charges)
            text = self.env._("%(count)s explanations are possible", count=len(found))
            self._allot(lines, charges, [], seats, possible, target, rest, text)

    def _describe_facts(self, facts, seats):
        return "\n".join(
            self.bridge._describe_fact(
                fact,
                self.env["coworking.seat"].union(*(seats[key] for key in fact.keys & seats.keys())),
            )
            for fact in facts
        )

    def _is_plausible(self, total, charges):
        return (
            total > 0
            and self._sum_remaining(charges) > 0
            and total >= self._sum_remaining(charges) / 2
        )

    def _get_closest(self, target, total):
        """One statement, or all those of the month, whichever is nearest to the bill."""
        options = [target, *target] if len(target) > 1 else [target]
        return min(
            options,
            key=lambda rows: abs(
                total
                - self._sum_remaining(
                    self.open.filtered(lambda charge: charge.statement_id in rows)
                )
            ),
        )

    def _find_explanations(self, target, charges, total):
        """The smallest sets of facts of the least weight.

        :return: (list of sets, dict key -> seat, dict (cause, amount) -> how many seats)
        """
        others = self.open - charges
        facts, seats = self.bridge._get_facts(target, charges, self.remaining, others, self.rivals)
        found = matching.explain(
            total - self._sum_remaining(charges),
            facts,
            rounding=self._get_rounding(len(charges)),
            step=self.step,
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
                explanation=self.bridge._describe_fact(fact, who, count),
            )
        if rest:
            self._add_match(line, None, rest, statement=target[:1], explanation=text or False)
        lines = [line for line in lines if line in self.left]
        for row in self._spread_over(lines, charges, parts):
            if row["charge_id"] in told:
                self._set_words(
                    row,
                    told[row["charge_id"]],
                    by_id[row["charge_id"]].seat_id,
                )
