from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding

# What is not paid yet: of bills that are there, and of charges of which none is. A bill that was
# settled for less, such as by a discount, is not paid any more.
UNPAID = """
    SELECT program_id, kind, charge_kind, account_id, date_from, date_to, participant_id,
           COALESCE(presence_proven, FALSE) OR date_to >= %(today)s AS present,
           SUM(amount - paid_amount),
           SUM(copayment_amount * (amount - paid_amount) / NULLIF(amount, 0))
      FROM coworking_cost
     WHERE program_id IN %(programs)s AND kind != 'flat' AND amount != paid_amount
       AND withdrawn IS NOT TRUE
       AND NOT EXISTS (SELECT FROM account_move move
                        WHERE move.id = move_id AND move.amount_residual = 0)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
 UNION ALL
    SELECT charge.program_id, 'seats', COALESCE(corrected_kind, charge.kind), NULL::integer,
           charge.date_from, charge.date_to, participant_id, TRUE,
           SUM(CASE funding_base WHEN 'untaxed' THEN payable_untaxed ELSE payable_total END),
           SUM(CASE copayment_collector WHEN 'program' THEN copayment_amount ELSE 0 END)
      FROM coworking_charge charge
      JOIN coworking_program program ON program.id = charge.program_id
     WHERE charge.program_id IN %(programs)s AND payable_total != 0
       AND NOT EXISTS (SELECT FROM coworking_cost cost
                        WHERE cost.charge_id = charge.id AND cost.withdrawn IS NOT TRUE)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


class Bucket(NamedTuple):
    """What is parted alike, whoever it is of."""

    program: int
    kind: str
    charge_kind: str | None
    account: int | None
    date_from: date
    date_to: date
    present: bool
    public: frozenset

    def to_cost(self, amount, copayment, day, heading=None, **values):
        """As ``funding.Cost``, paid on a day."""
        item = tuple(map(str, (*self[:-1], sorted(self.public), heading)))
        return funding.Cost(
            key=item,
            item=item,
            amount=amount,
            copayment=copayment,
            payments=(funding.Payment(day, amount),),
            heading=heading,
            **{name: value for name, value in self._asdict().items() if name != "program"},
            **values,
        )


class CoworkingCost(models.Model):
    """What is to be paid yet, parted as it will be if nothing changes (F17)."""

    _inherit = "coworking.cost"

    @api.model
    def _get_expected(self, programs, agreements, taken):
        """What agreements will take of charges and bills that are not paid: all of it is taken for
        paid today, or once it is served.

        :param programs: all that draw on the same agreements: see ``_get_sharing``
        :param taken: ``defaultdict`` agreement id or (agreement id, heading id) -> what they take
            already
        :return: dict (agreement id, heading id) -> amount, as ``Decimal``
        """
        terms = [agreement._to_agreement() for agreement in agreements]
        buckets = self._get_unpaid(programs, agreements)
        result = defaultdict(Decimal)
        for sign in (1, -1):  # credit notes to come give back what there is to give
            own = {key: row for key, row in buckets.items() if sign * row[0] > 0}
            bounded = [self._bound_terms(one, taken, sign) for one in terms]
            costs = self._prepare_expected(own, sign)
            costs += self._prepare_expected_flat(terms, costs)
            for part in funding.allocate(bounded, costs):
                if part.agreement is not None:
                    result[part.agreement, part.heading] += sign * part.amount
        return result

    @api.model
    def _get_unpaid(self, programs, agreements):
        """dict ``Bucket`` -> (amount, of it what participants owe the program)"""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(UNPAID, programs=tuple(programs.ids), today=fields.Date.context_today(self))
        )
        files = self.env["coworking.participant"].browse({row[6] for row in rows if row[6]})
        publics, _unsaid = self.env["coworking.funding.person"]._find_publics(agreements, files)
        of_program = {
            program.id: {one.id for one in agreements if program in one.program_ids}
            for program in programs
        }
        result = defaultdict(lambda: (Decimal(0), Decimal(0)))
        for program, kind, charge_kind, account, first, last, file, present, *amounts in rows:
            public = of_program[program] & publics.get(file, of_program[program])
            bucket = Bucket(
                *(program, kind, charge_kind, account, first, last, present), frozenset(public)
            )
            before = result[bucket]
            result[bucket] = tuple(
                one + to_decimal(other or 0.0) for one, other in zip(before, amounts, strict=True)
            )
        return result

    @api.model
    def _prepare_expected(self, buckets, sign):
        """List of ``funding.Cost``, all above zero."""
        today = fields.Date.context_today(self)
        programs, accounts = self.env["coworking.program"], self.env["account.account"]
        programs = programs.browse({bucket.program for bucket in buckets})
        accounts = accounts.browse({bucket.account for bucket in buckets if bucket.account})
        salaries = {
            (program.id, account.id): program._counts_by_hours(account)
            for program in programs
            for account in accounts
        }
        return [
            bucket.to_cost(
                *(sign * amount, sign * copayment, max(today, bucket.date_to)),
                salary=salaries.get((bucket.program, bucket.account), False),
                step=to_decimal(programs.currency_id.rounding),
            )
            for bucket, (amount, copayment) in buckets.items()
        ]

    @api.model
    def _prepare_expected_flat(self, terms, costs):
        """What flat amounts will be of these."""
        result = []
        headings = self.env["coworking.funding.heading"].search(
            [("agreement_id", "in", [one.key for one in terms]), ("kind", "=", "flat")]
        )
        by_key = {one.key: one for one in terms}
        today = fields.Date.context_today(self)
        for heading in headings:
            one = by_key[heading.agreement_id.id]
            counted = sum(
                payment.amount
                for cost in costs
                if (found := funding.heading_of(one, cost))
                and found.key in heading.flat_heading_ids._ids
                for payment in funding.admitted(one, cost)
            )
            step = to_decimal(heading.currency_id.rounding)
            amount = funding.flat_amount(Decimal(counted), heading._get_flat_rate(), step)
            if amount:
                bucket = Bucket(0, "flat", None, None, today, today, True, frozenset([one.key]))
                result.append(bucket.to_cost(amount, Decimal(0), today, heading.id, step=step))
        return result

    @api.model
    def _bound_terms(self, terms, taken, sign):
        """These terms with what is left of them, or for what comes back, with what there is."""

        def bound(whole, key):
            if sign < 0:
                return max(taken[key], Decimal(0))
            return whole if whole is None else max(whole - taken[key], Decimal(0))

        return replace(
            terms,
            granted=bound(terms.granted, terms.key),
            headings=tuple(
                replace(heading, ceiling=bound(heading.ceiling, (terms.key, heading.key)))
                for heading in terms.headings
            ),
        )
