from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.coworking_incubation import pricing
from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding

PAID_IN = """
    BOOL_OR(cost.date_paid >= %(first)s AND EXISTS (
            SELECT FROM JSONB_ARRAY_ELEMENTS(cost.payments) AS payment
             WHERE CONCAT(cost.program_id, ' ', LEFT(payment ->> 0, 7)) = ANY(%(keys)s)))
"""


class CoworkingCost(models.Model):
    """Flat amounts: a part of what an agreement admits under other headings, month by month."""

    _inherit = "coworking.cost"

    @api.model
    def _refresh_flat(self, programs, agreements, months=None):
        """Make, change and withdraw flat amounts, as the other costs say.

        :param months: set of (program id, first day): those in which something may have moved;
            none: all
        :return: (set of ``item`` of flat amounts that changed, set of (program id, day) on which
            something was or is paid of them, whether shares of some are gone)
        """
        known = self.search([("program_id", "in", programs.ids), ("kind", "=", "flat")])
        if months is not None:
            known = known.filtered(lambda cost: (cost.program_id.id, cost.date_from) in months)
        headings = agreements.heading_ids.filtered(lambda heading: heading.kind == "flat")
        by_key = {(cost.heading_id, cost.program_id.id, cost.date_from): cost for cost in known}
        changed, vals_list = self.browse(), []
        for (heading, program, month), (counted, day) in sorted(
            self._count_for(headings, programs, months).items(),
            key=lambda row: (row[0][0].id, *row[0][1:]),
        ):
            step = to_decimal(heading.currency_id.rounding)
            amount = funding.flat_amount(counted, heading._get_flat_rate(), step)
            if not amount:
                continue
            vals = self._prepare_flat(heading, program, month, amount, day)
            cost = by_key.pop((heading, program, month), None)
            if not cost:
                vals_list.append(vals)
            elif cost._write_changed(vals)[0]:
                changed |= cost
        gone = known.browse(cost.id for cost in by_key.values() if not cost.withdrawn)
        changed |= gone | self.create(vals_list)
        items = set(changed.mapped("item"))
        days, lost = self._get_days(items), bool(gone.allocation_ids)
        # They are parted right now: nothing is to be noted.
        gone._take_off()
        return items, days, lost

    @api.model
    def _count_for(self, headings, programs, months):
        """What of the costs of programs counts under the headings of which flat amounts are a part.

        :param headings: of kind 'flat'
        :param months: see ``_refresh_flat``
        :return: dict (heading, program id, first day of the month of payment) -> (amount as
            ``Decimal``, the last day of payment)
        """
        result, last = defaultdict(Decimal), {}
        if not headings:
            return {}
        terms = {agreement: agreement._to_agreement() for agreement in headings.agreement_id}
        own = {
            program.id: headings.filtered(
                lambda heading, program=program: program in heading.agreement_id.program_ids
            )
            for program in programs
        }
        for costs in self._iterate_pieces(self._order_items(programs, self._paid_in(months))):
            costs = costs.filtered(lambda cost: cost.kind != "flat")
            facts = costs._to_costs(costs._get_possible(headings.agreement_id))
            for cost, fact in zip(costs, facts, strict=True):
                for heading in own[cost.program_id.id]:
                    one = terms[heading.agreement_id]
                    found = funding.heading_of(one, fact)
                    if not found or found.key not in heading.flat_heading_ids._ids:
                        continue
                    for payment in funding.admitted(one, fact):
                        month = (cost.program_id.id, pricing.month_first(payment.date))
                        if months is None or month in months:
                            result[heading, *month] += payment.amount
                            last[heading, *month] = max(
                                last.get((heading, *month), payment.date), payment.date
                            )
        return {key: (amount, last[key]) for key, amount in result.items()}

    @api.model
    def _paid_in(self, months):
        """Items of which something was paid in these months: see ``_order_items``."""
        if months is None:
            return SQL("TRUE")
        if not months:
            return SQL("FALSE")
        keys = [f"{program} {month:%Y-%m}" for program, month in months]
        first = min(month for _program, month in months)
        return SQL(PAID_IN, first=first, keys=keys)

    @api.model
    def _prepare_flat(self, heading, program, month, amount, day):
        last = pricing.month_last(month)
        return {
            "name": heading.name,
            "kind": "flat",
            "heading_id": heading.id,
            "program_id": program,
            "date": last,
            "date_from": month,
            "date_to": last,
            "amount": float(amount),
            "paid_amount": float(amount),
            "date_paid": day,
            "payments": [[str(day), str(amount)]],
            "withdrawn": False,
        }
