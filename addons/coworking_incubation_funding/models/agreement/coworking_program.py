from odoo import models

from odoo.addons.coworking_incubation.tools import to_decimal


class CoworkingProgram(models.Model):
    """What statements say of funders, where one of them takes first."""

    _inherit = "coworking.program"

    def _split_charge(self, kind, month, amount, left):
        rest, taken = to_decimal(amount), []
        for agreement in self.agreement_ids.filtered(
            lambda row: row.method == "priority"
        )._in_order():
            if rest and agreement._admits_in(kind, month):
                room, part = left[agreement], rest
                if room is not None:
                    # A correction gives back, no more than was taken.
                    part = max(min(rest, room), room - agreement._get_available())
                taken.append((agreement, part))
                rest -= part
        parts = super()._split_charge(kind, month, rest, left) if rest else []
        return [(agreement, part) for agreement, part in taken if part] + parts

    def _get_funding_parts(self, kind, month, left):
        """Who takes first has no rate; the others are in the order of their shares."""
        parts = {part[0]: part for part in super()._get_funding_parts(kind, month, left)}
        by_rate = self.agreement_ids.filtered(lambda row: row in parts and row.method == "rate")
        return [parts[agreement] for agreement in by_rate._in_order()]
