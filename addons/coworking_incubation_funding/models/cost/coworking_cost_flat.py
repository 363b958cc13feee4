from collections import defaultdict
from decimal import Decimal

from odoo import api, models

from odoo.addons.coworking_incubation import pricing

from ... import funding


class CoworkingCost(models.Model):
    """Flat amounts: a part of what an agreement admits under other headings, month by month."""

    _inherit = "coworking.cost"

    @api.model
    def _refresh_flat(self, costs, agreements, terms):
        """Make, change and withdraw flat amounts, as the other costs say.

        :param costs: all costs of the programs, those of flat amounts included
        :param terms: the agreements as ``funding.Agreement``
        :return: the costs there are afterwards
        """
        known = costs.filtered(lambda cost: cost.kind == "flat")
        others = costs - known
        by_key = {(cost.heading_id.id, cost.program_id.id, cost.date_from): cost for cost in known}
        made = self.browse()
        for agreement, one in zip(agreements, terms, strict=True):
            for heading in agreement.heading_ids.filtered(lambda row: row.kind == "flat"):
                months = others._get_counted(agreement, one, heading)
                for (program, month), counted in sorted(
                    months.items(), key=lambda row: (row[0][0].id, row[0][1])
                ):
                    amount = funding.flat_amount(counted, heading._get_flat_rate())
                    vals = self._prepare_flat(heading, program, month, amount)
                    cost = by_key.pop((heading.id, program.id, month), None)
                    if cost:
                        cost._write_changed(vals)
                        made |= cost
                    elif amount:
                        made |= self.create(vals)
        gone = known.browse(cost.id for cost in by_key.values())
        gone._withdraw()
        return others | made | gone.exists()

    def _get_counted(self, agreement, terms, heading):
        """What of these costs counts under the headings of which a flat amount is a part.

        :return: dict (program, first day of the month of payment) -> ``Decimal``
        """
        result = defaultdict(Decimal)
        of = set(heading.flat_heading_ids.ids)
        for cost in self:
            if cost.program_id not in agreement.program_ids:
                continue
            fact = cost._to_cost()
            found = funding.heading_of(terms, fact)
            if found and found.key in of:
                for payment in funding.admitted(terms, fact):
                    result[cost.program_id, pricing.month_first(payment.date)] += payment.amount
        return result

    @api.model
    def _prepare_flat(self, heading, program, month, amount):
        last = pricing.month_last(month)
        return {
            "name": heading.name,
            "kind": "flat",
            "heading_id": heading.id,
            "program_id": program.id,
            "date": last,
            "date_from": month,
            "date_to": last,
            "amount": float(amount),
            "paid_amount": float(amount),
            "date_paid": last,
            "payments": [[str(last), str(amount)]] if amount else [],
        }
