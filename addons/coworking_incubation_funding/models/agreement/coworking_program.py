from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.fields import Domain

from odoo.addons.coworking_incubation.tools import to_decimal


class CoworkingProgram(models.Model):
    """What statements say of funders, where one of them takes first."""

    _inherit = "coworking.program"

    def _split_over_funders(self, charges):
        first = self.agreement_ids.filtered(lambda row: row.method == "priority")._in_order()
        if not first:
            return super()._split_over_funders(charges)
        granted = {agreement: agreement._get_available() for agreement in self.agreement_ids}
        left, result = dict(granted), defaultdict(Decimal)
        last = max(charges.mapped("period"), default=False)
        everything = self.env["coworking.charge"].search(
            self._get_funded_domain() & Domain("period", "<=", last), order="period, id"
        )
        for charge in everything:
            kind, rest = charge.corrected_kind or charge.kind, to_decimal(charge.funded_amount)
            taken = []
            for agreement in first:
                if not agreement._admits_in(kind, charge.period):
                    continue
                # A correction gives back, no more than was taken.
                part = max(min(rest, left[agreement]), left[agreement] - granted[agreement])
                taken.append((agreement, part))
                rest -= part
            taken += self._split_amount(rest, self._get_funding_parts(kind, charge.period, left))
            for agreement, part in taken:
                if agreement:
                    left[agreement] -= part
                if part and charge in charges:
                    result[agreement or self.agreement_ids.browse()] += part
        return result

    def _get_funding_parts(self, kind, month, left):
        """Who takes first has no rate; the others are in the order of their shares."""
        parts = {part[0]: part for part in super()._get_funding_parts(kind, month, left)}
        by_rate = self.agreement_ids.filtered(lambda row: row in parts and row.method == "rate")
        return [parts[agreement] for agreement in by_rate._in_order()]
