from collections import defaultdict
from decimal import Decimal

from odoo.fields import Domain

from ... import matching
from ...tools import to_decimal
from .bill_balance import BillBalance

MATCH_FIELDS = ("charge_id", "invoiced", "expected")


class BillCredits(BillBalance):
    """What a credit note takes back of what was billed, or leaves to a correction awaited."""

    def _match_credit_notes(self):
        """A credit note takes back what was billed too much, then what was billed at all."""
        Match = self.env["coworking.match"]
        counts = Domain("id", "not in", self.before.ids)
        domain = counts & Domain("charge_id", "!=", False) & Domain("move_id", "!=", self.move.id)
        origin = self._get_origin()
        if origin:
            domain &= Domain("move_id", "in", origin.ids)
        else:
            domain &= Domain("charge_id", "in", self.known.ids)
        billed = Match.search_fetch(domain, MATCH_FIELDS)
        if not billed:
            return
        invoiced, expected = defaultdict(Decimal), defaultdict(Decimal)
        of_these = counts & Domain("charge_id", "in", billed.charge_id.ids)
        for match in Match.search_fetch(of_these, MATCH_FIELDS):
            invoiced[match.charge_id] += to_decimal(match.invoiced)
            expected[match.charge_id] += to_decimal(match.expected)
        given_back, billed_of = Match, billed.grouped("charge_id")
        # A bill that is reversed as a whole is, whatever corrections are expected besides: unless
        # all of it is what they await.
        total = self._get_total()
        whole = origin and total == -sum(map(to_decimal, origin.mapped("amount_total")))
        whole = whole and not self._is_awaited_in_all(total, billed.charge_id)
        unexpected = Match.search(
            counts & Domain("charge_id", "=", False) & Domain("move_id", "in", origin.ids)
        )
        for line in list(self.left):
            if not whole and (self._is_awaited(line) or self._is_repeated_correction(line)):
                continue
            strange = not self._filter_named(billed.charge_id.seat_id, line)
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
                    given_back |= billed_of.get(charge, Match)
                self.remaining.setdefault(charge.id, Decimal(0))
                row = self._add_match(line, charge, -sign * amount, -sign * back)
                row["cause"] = "reversal"
        # What they decided on is to be invoiced again.
        given_back.write({"decision": False, "reason": False, "user_id": False})

    def _get_origin(self):
        """The bill that it reverses; or where neither that nor its words say of which it is, those
        that somebody set it against.
        """
        origin = self.move.reversed_entry_id
        if origin or self.months or self.quoted or any(map(self._find_known_by_name, self.left)):
            return origin
        settled = origin.browse(item.move_id.id for *__, item in self.move._coworking_get_settled())
        return settled.filtered(
            lambda move: (
                move.move_type == "in_invoice"
                and move.commercial_partner_id == self.move.commercial_partner_id
            )
        )

    def _is_awaited_in_all(self, total, charges):
        """Whether so much is still to be given back of these charges, by what corrects them. Where
        it says of no bill what it gives back, by any corrections: what they give back is set
        against whatever is left to pay.
        """
        corrections = self._filter_of_sign(self.open, -1)
        parts = [corrections, *corrections.grouped("statement_id").values(), *corrections]
        if self.move.reversed_entry_id:
            keys = {(charge.seat_id, charge.period, charge.kind) for charge in charges}
            parts = [
                corrections.filtered(
                    lambda charge: (charge.seat_id, charge.period, charge.corrected_kind) in keys
                )
            ]
        return any(self._sum_remaining(part) == total for part in parts)

    def _is_awaited(self, line):
        """Whether a line of a credit note is left to what is expected, of whom and of the months
        that it names: a correction, all of them, all of a statement, or, with the other lines, all
        that is left of these; or no more than the corrections of the person and month it names.
        """
        amount, months, people = (
            self.left[line],
            self._get_months_of(line),
            self._find_known_by_name(line),
        )
        corrections = self._filter_of_sign(self.open, amount).filtered(
            lambda charge: (
                (not people or charge.seat_id in people)
                and (not months or self._is_of(charge, months))
            )
        )
        if any(self.remaining[charge.id] == amount for charge in corrections):
            return True
        parts = [corrections, *corrections.grouped("statement_id").values()]
        if any(self._sum_remaining(part) in (amount, self._get_total()) for part in parts if part):
            return True
        own = corrections.filtered(lambda charge: people and charge.period in months)
        return abs(self._sum_remaining(own)) > abs(amount)

    def _is_repeated_correction(self, line):
        """A credit note of what another one gave back already, by whom and which month it names."""
        people, months = self._find_known_by_name(line), self._get_months_of(line)
        if not people:
            return False
        before = self._get_known_of(people).filtered(
            lambda charge: (
                charge.payable_total < 0
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
        months, people = self._get_months_of(line), self._find_known_by_name(line)
        named = months or self.months
        charges = [charge for charge in invoiced if invoiced[charge] * rest > 0]
        if people:
            charges = [charge for charge in charges if charge.seat_id in people]
        if months and not origin:
            charges = [charge for charge in charges if self._is_of(charge, months)]
        excess = [row for row in charges if invoiced[row] - expected[row] == rest]
        equal = [row for row in charges if invoiced[row] == rest]
        found = excess or equal or charges
        if not (excess or equal or people or origin):
            found = [charge for charge in charges if charge.statement_id in self.quoted]
        found.sort(key=lambda charge: (charge.period not in named, not self._is_of(charge, named)))
        return found[:1] if excess or equal else found
