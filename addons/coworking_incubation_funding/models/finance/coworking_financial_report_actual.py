from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.coworking_incubation.tools import to_decimal

from .coworking_financial_report_line import EXPENSES, PLACES

# Flat amounts of other agreements are other estimates of the same costs. Salaries of which the
# hours are typed are not counted again, unless a funder takes part in them as they are booked.
SHARES = """
    SELECT cost.id, share.date_paid, cost.kind, cost.account_id, cost.program_id,
           share.agreement_id, share.reason, share.amount - COALESCE(share.amount_rejected, 0)
      FROM coworking_allocation share
      JOIN coworking_cost cost ON cost.id = share.cost_id
 LEFT JOIN coworking_funding_heading heading ON heading.id = cost.heading_id
     WHERE share.program_id IN %(programs)s
       AND share.date_paid BETWEEN %(date_from)s AND %(date_to)s
       AND (cost.kind != 'flat' OR heading.agreement_id = %(agreement)s)
       AND NOT (cost.kind = 'direct' AND (cost.program_id, cost.account_id) IN %(counted)s
                AND NOT EXISTS (SELECT FROM coworking_allocation other
                                 WHERE other.cost_id = cost.id AND other.agreement_id IS NOT NULL))
"""
SUMS = """
    SELECT kind, account_id, agreement_id, reason = 'copayment', SUM(amount)
      FROM ({shares}) AS shares (cost_id, day, kind, account_id, program_id, agreement_id, reason,
                                 amount)
  GROUP BY 1, 2, 3, 4
"""
PAID = """
    SELECT cost_id, day, SUM(amount),
           SUM(CASE WHEN agreement_id = %(agreement)s THEN amount ELSE 0 END)
      FROM ({shares}) AS shares (cost_id, day, kind, account_id, program_id, agreement_id, reason,
                                 amount)
  GROUP BY 1, 2 HAVING SUM(amount) != 0 ORDER BY day, cost_id
"""


class Paid(NamedTuple):
    """What was paid of a cost on a day.

    :param asked: of ``amount``, what the agreement of the report takes
    """

    cost: models.BaseModel
    date: fields.Date
    amount: Decimal
    asked: Decimal


class CoworkingFinancialReport(models.Model):
    """What was paid in the period, and out of what."""

    _inherit = "coworking.financial.report"

    def _count(self):
        """All figures anew; what people typed stays."""
        self.ensure_one()
        # sudo: figures are written by code alone
        report = self.sudo()
        actual, budget = report._get_actual(), report._get_budget()
        shared = report._find_shared()
        known = {(line.place, line.agreement_id.id): line for line in report.line_ids}
        # grants that are for other programs now
        for key in known.keys() - budget.keys() - actual.keys():
            known[key].unlink()
        report._make_lines((budget.keys() | actual.keys()) - known.keys())
        for line in report.line_ids:
            key = line.place, line.agreement_id.id
            line.is_shared = line.agreement_id in shared
            if not line.is_planned_typed:
                line.planned = float(budget.get(key, 0))
            if not line.is_typed and line.place != "own":
                line.actual = float(actual.get(key, 0))
        report._balance()
        agreement = report.agreement_id
        report.write(
            {
                "funder_name": agreement.partner_id.display_name,
                "program_names": ", ".join(report._get_programs().mapped("name")),
                "amount_granted": agreement.amount_granted,
                "amount_received": report._get_received(),
                "date_counted": fields.Datetime.now(),
            }
        )

    def _make_lines(self, keys):
        order = [place for place, _name in PLACES]
        keys = sorted(keys, key=lambda key: (order.index(key[0]), key[1]))
        self.env["coworking.financial.report.line"].create(
            [
                {
                    "report_id": self.id,
                    "place": place,
                    "agreement_id": agreement,
                    "sequence": order.index(place),
                }
                for place, agreement in keys
            ]
        )

    def _balance(self):
        """What nothing else pays for, own resources do."""
        lines = self.line_ids
        own = lines.filtered(lambda line: line.place == "own")
        rest = {}
        for name in ("planned", "actual"):
            amounts = defaultdict(Decimal)
            for line in lines - own:
                amounts[line.side] += to_decimal(line[name])
            rest[name] = amounts["expense"] - amounts["income"]
        own.actual = float(rest["actual"])
        if not own.is_planned_typed:
            own.planned = float(max(rest["planned"], Decimal(0)))

    # === FIGURES ===#

    def _get_budget(self):
        """What the agreements of the programs say: each heading is the part of its funder. Of one
        that also pays for other programs, nobody wrote down which part is for these.

        :return: dict (place, agreement id or ``False``) -> amount; all lines
        """
        budget = {(place, False): Decimal(0) for place, _name in PLACES if place != "74"}
        shared = self._find_shared()
        for agreement in self._get_agreements():
            budget["74", agreement.id] = Decimal(0)
            if agreement in shared:
                continue
            budget["74", agreement.id] = to_decimal(agreement.amount_granted)
            for heading in agreement.heading_ids:
                budget[self._get_place_of(heading), False] += to_decimal(heading.planned)
        return budget

    def _find_shared(self):
        """The agreements that also pay for programs of which this report does not tell."""
        programs = self._get_programs()
        return self._get_agreements().filtered(lambda agreement: agreement.program_ids - programs)

    def _get_place_of(self, heading):
        """The class under which a heading is planned."""
        if heading.kind == "direct" and heading.account_ids:
            return self._get_place("direct", heading.account_ids[0])
        return {"seats": "61", "staff": "64", "flat": "indirect"}.get(heading.kind, "62")

    def _get_place(self, kind, account):
        """The class of a cost; seats of spaces on no account are rents."""
        if kind in ("staff", "flat"):
            return {"staff": "64", "flat": "indirect"}[kind]
        place = (account.with_company(self.company_id).code or "")[:2]
        return place if place in dict(EXPENSES) else "other"

    def _get_actual(self):
        """dict (place, agreement id or ``False``) -> what was paid, or paid for, as ``Decimal``."""
        accounts = self.env["account.account"]
        result = defaultdict(Decimal)
        for kind, account, agreement, is_copayment, summed in self._query_shares(SUMS):
            amount = to_decimal(summed)
            result[self._get_place(kind, accounts.browse(account)), False] += amount
            if agreement:
                result["74", agreement] += amount
            elif is_copayment:
                result["70", False] += amount
        return result

    def _get_paid(self):
        """All that was paid in the period, in the order of days: list of ``Paid``."""
        rows = self._query_shares(PAID)
        # sudo: names of costs are references, and who reads the report may read it all
        costs = self.env["coworking.cost"].sudo().browse([row[0] for row in rows])
        return [
            Paid(cost, day, to_decimal(amount), to_decimal(asked))
            for cost, (_id, day, amount, asked) in zip(costs, rows, strict=True)
        ]

    def _query_shares(self, query):
        self.env.flush_all()
        # sudo: which hours are typed is money of the same program
        programs = self._get_programs().sudo()
        counted = (
            self.env["coworking.cost"]
            .sudo()
            ._read_group(
                [("program_id", "in", programs.ids), ("kind", "=", "direct")],
                ["program_id", "account_id"],
            )
        )
        counted = [
            (program.id, account.id)
            for program, account in counted
            if program._counts_by_hours(account)
        ]
        return self.env.execute_query(
            SQL(
                query.format(shares=SHARES),
                programs=tuple(programs.ids) or (0,),  # a report outlives what it was about
                agreement=self.agreement_id.id,
                date_from=self.date_from,
                date_to=self.date_to,
                counted=tuple(counted) or ((0, 0),),
            )
        )

    def _get_received(self):
        """What the funder paid until the end of the period."""
        receipts = self.agreement_id.instalment_ids._get_receipts()
        amounts = (
            one.amount for rows in receipts.values() for one in rows if one.date <= self.date_to
        )
        return float(sum(amounts, Decimal(0)))

    # === WHAT CHANGED SINCE ===#

    def _find_changes(self):
        """Figures of a final report that would be others today.

        :return: list of (name, amount in the report, amount of today), as ``Decimal``
        """
        self.ensure_one()
        actual = self._get_actual()
        lines = {(line.place, line.agreement_id.id): line for line in self.line_ids}
        for place, agreement in actual.keys() - lines.keys():
            values = {"place": place, "agreement_id": agreement}
            lines[place, agreement] = self.line_ids.new(values)
        now, own = {}, Decimal(0)
        for key, line in lines.items():
            now[line] = to_decimal(line.actual) if line.is_typed else actual.get(key, Decimal(0))
            own += now[line] * {"expense": 1, "income": -1}.get(line.side, 0)
        now |= {line: own for line in lines.values() if line.place == "own"}
        rows = [
            (line.display_name, to_decimal(line.actual), amount) for line, amount in now.items()
        ]
        received = to_decimal(self._get_received())
        name = self._fields["amount_received"]._description_string(self.env)
        rows.append((name, to_decimal(self.amount_received), received))
        return [row for row in rows if row[1] != row[2]]
