from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.network.coworking_dashboard import MONEY, Tile
from odoo.addons.coworking_incubation.tools import to_decimal

COSTS = "coworking_incubation_funding.coworking_cost_action"
AGREEMENTS = "coworking_incubation.coworking_funding_agreement_action"
# What of the bills is not paid, by the month in which it is due.
DUE = """
    SELECT DATE_TRUNC('month', COALESCE(move.invoice_date_due, cost.date))::date,
           SUM(cost.amount - cost.paid_amount), ARRAY_AGG(cost.id ORDER BY cost.id)
      FROM coworking_cost cost
      JOIN account_move move ON move.id = cost.move_id
     WHERE cost.id IN %(costs)s AND cost.amount != cost.paid_amount
       AND cost.withdrawn IS NOT TRUE AND move.amount_residual != 0
  GROUP BY 1
"""


class CoworkingDashboard(models.AbstractModel):
    """Money in and out, month by month (F12)."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [*super()._get_tiles(), Tile("cash", "funders", MONEY, rank=50)]

    @api.model
    def _count_cash(self, scope):
        """What funders paid and are to pay, by month of the day.

        :return: dict (``received`` or ``to_come``, first day of the month) -> (amount, agreements)
        """
        result = defaultdict(lambda: (Decimal(0), frozenset()))

        def add(name, day, amount, agreement):
            before, whose = result[name, day.replace(day=1)]
            result[name, day.replace(day=1)] = before + amount, whose | {agreement.id}

        instalments = self._find_instalments(scope)
        receipts = instalments._get_receipts()
        for instalment in instalments:
            agreement = instalment.agreement_id
            for receipt in receipts[instalment]:
                add("received", receipt.date, receipt.amount, agreement)
            left = to_decimal(instalment.amount) - to_decimal(instalment.amount_received)
            if left > 0 and instalment.date_planned:
                add("to_come", instalment.date_planned, left, agreement)
        return result

    @api.model
    def _find_instalments(self, scope):
        """Those that are, or were, to come within the period: often when the services are over."""
        return self.env["coworking.funding.instalment"].search(
            Domain("agreement_id.program_ids", "in", scope.programs.ids)
            & Domain("agreement_id.active", "=", True)
            & (
                Domain("date_received", ">=", scope.date_from)  # the last of its payments
                | Domain("date_planned", ">=", scope.date_from)
                & Domain("date_planned", "<=", scope.date_to)
            )
        )

    @api.model
    def _count_due(self, scope):
        """What is to be paid of the costs of the programs, by the month in which it is due.

        :return: dict first day of the month -> (amount, ids of the costs)
        """
        costs = self.env["coworking.cost"]._search(Domain("program_id", "in", scope.programs.ids))
        self.env.flush_all()
        rows = self.env.execute_query(SQL(DUE, costs=costs.subselect()))
        return {month: (amount, ids) for month, amount, ids in rows}

    @api.model
    def _prepare_tile_cash(self, scope):
        cash, due = self._count_cash(scope), self._count_due(scope)
        series = {
            "received": {"label": self.env._("Received"), "color": "in", "stack": "in"},
            "to_come": {"label": self.env._("Instalments to Come"), "color": "main", "stack": "in"},
        }
        rows = []
        for name, row in series.items():
            cells = []
            for month in scope.months:
                amount, ids = cash[name, month.first.replace(day=1)]
                cells.append(
                    self._prepare_amount(
                        scope,
                        float(amount),
                        Domain("id", "in", sorted(ids)),
                        len(ids),
                        action=AGREEMENTS,
                    )
                )
            rows.append({**row, "cells": cells, "is_forecast": name == "to_come"})
        cells = []
        for month in scope.months:
            amount, ids = due.get(month.first.replace(day=1), (0, []))
            cells.append(
                self._prepare_amount(scope, float(amount), Domain("id", "in", ids), len(ids))
            )
        label = self.env._("Bills to Pay, by Due Date")
        rows.append({"label": label, "color": "out", "stack": "out", "cells": cells})
        return self._prepare_chart(
            self.env._("Cash, by Month"),
            scope,
            rows,
            COSTS,
            self.env._("No instalment and no bill is due in this period."),
            self.env._("what funders pay, beside bills that are to be paid"),
            is_money=True,
        )
