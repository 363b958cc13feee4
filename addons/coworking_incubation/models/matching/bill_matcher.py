from ... import matching
from ...tools import to_decimal
from .bill_credits import BillCredits
from .bill_lines import BillLines
from .bill_totals import BillTotals


class BillMatcher(BillLines, BillTotals, BillCredits):
    """The matching of one bill: the ways to compare it with the charges, the surest first."""

    @classmethod
    def of(cls, move):
        """The matching of a bill whose reader may not see all that it is compared with."""
        # sudo: facts of seats, presences and participants explain it
        move = move.sudo()
        return cls(move, move.env["coworking.matching"]._get_spaces_of(move)[move])

    def proposals(self):
        """The sets of facts that explain the bill, each in words, one fact a line."""
        self.bridge = self.bridge.with_context(lang=self.lang)
        self._compare_lines(self._get_lines_to_match())
        return self.texts

    def match(self, choice=None, unmatched=False):
        """Write the matches of what is not decided. One of which the part of the line is the same
        stays, with what was decided of it.

        :param choice: number of the explanation to take, of ``proposals``
        :param unmatched: see ``coworking.matching._match_bills``
        :return: those of ``before`` that are of no bill that was matched
        """
        self.choice = choice
        lines = self._get_lines_to_match(unmatched)
        own = self.before.filtered(lambda row: row.move_id == self.move)
        rest = self.before - own
        if not lines and not own:
            return rest
        Match = self.env["coworking.match"]
        others = self.move.browse()
        with Match._checking_sums_at_once():
            if more := Match.search([("move_line_id", "in", lines.ids)]) - own:
                self.before |= more
                others = self.before._unlink_matches(but_for=self.before)
            if lines:
                self._compare_lines(lines)
            (own | more)._replace_by(self.rows)
        return self.bridge._match_bills(others - self.move, unmatched=True, before=rest)

    def _compare_lines(self, lines):
        self._read_charges(lines)
        self.left = {
            line: self.sign * to_decimal(line.price_total) for line in lines if self._is_worth(line)
        }
        self._match_by_charge()
        if self.sign < 0:
            self._match_credit_notes()
        self._match_line_by_line()
        self._match_known_people()
        self._match_subjects()
        self._match_equal_totals()
        self._match_totals()
        self._match_billed_before()
        self._leave_to_nobody()

    def _match_billed_before(self):
        """What is left is all that other bills hold of a month, under no name: billed twice."""
        lines = list(self.left)
        if not lines or self.by_line or any(self._find_known_by_name(line) for line in lines):
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
        chosen = matching.equal_sets(self._get_total(), groups, tolerance=self.tolerance)
        for line in lines if chosen else ():
            row = self._add_match(line, None, statement=chosen[0])
            self._set_words(row, [matching.Fact("duplicate", ())], self.env["coworking.seat"])

    def _leave_to_nobody(self):
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
            named = self._filter_named(seats, line)
            if waits and (named or early or not statement):
                self._add_match(line, None)
            elif self.sign < 0:
                self._add_match(line, None, statement=statement, cause="reversal")
            else:
                row = self._add_match(line, None, statement=statement)
                self._set_words(row, [matching.Fact("unknown", ())], seats.browse())
