from functools import partial

from odoo import models


class AccountMoveLine(models.Model):
    """A posted line may be given to another analytic account."""

    _inherit = "account.move.line"

    def write(self, vals):
        result = super().write(vals)
        if "analytic_distribution" in vals:
            self.move_id.filtered(lambda move: move.state == "posted")._coworking_note_costs()
        return result

    def _coworking_pair(self, others):
        """See ``account.move._coworking_get_credited_lines``; those whose words are in no other
        line come last, and take what is left.
        """
        names, used, result = set(others.mapped("name")), set(), {}

        def measure(line, other):
            same_words, *likeness = line._coworking_likeness(other)
            return same_words, other not in used, *likeness

        for line in self.sorted(lambda line: line.name not in names):
            result[line] = max(others, key=partial(measure, line))
            used.add(result[line])
        return result

    def _coworking_likeness(self, other):
        """How alike a line that gives back and one that is given back are, to be compared: by its
        words first, which stay whatever program either is given to since.
        """
        same = ("name", "analytic_distribution", "account_id", "price_total")
        as_much = abs(self.balance) == abs(other.balance)
        return (*(self[name] == other[name] for name in same), as_much, -other.id)
