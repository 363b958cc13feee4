from collections import Counter, defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..network.coworking_dashboard import MONEY, Tile
from .coworking_match import CAUSES
from .coworking_month_sums import LEFT_STATES, PAID_STATES

MONTH = "coworking_incubation.coworking_month_line_action"
CHARGES = "coworking_incubation.coworking_charge_action"
SUMS = ("expected", "invoiced", "not_invoiced", "gap", "amount_paid", "amount_written_off")
COUNTS = ("lines", "billed", "to_decide", "paid", "left")
# Of a line of the month, by what its bills say.
PAID = Domain("payment", "in", PAID_STATES)
BILLED = Domain("invoiced", "!=", 0)
LEFT = BILLED & Domain("payment", "in", LEFT_STATES)


class CoworkingDashboard(models.AbstractModel):
    """Money, as the month has it: expected, invoiced, paid, left to pay, and why it differs."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [
            *super()._get_tiles(),
            Tile("expected", "money", MONEY),
            Tile("invoiced", "money", MONEY),
            Tile("paid", "money", MONEY),
            Tile("left_to_pay", "money", MONEY),
            Tile("to_decide", "money", MONEY),
            Tile("money_by_month", "money", MONEY, rank=60),
            Tile("gaps", "money", MONEY, rank=60),
        ]

    # === COUNTING ===#

    @api.model
    def _get_lines_domain(self, scope, month=None):
        first = (month.first if month else scope.date_from).replace(day=1)
        last = month.last if month else scope.date_to
        return (
            scope.get_domain() & Domain("date_from", ">=", first) & Domain("date_from", "<=", last)
        )

    @api.model
    def _read_money(self, scope):
        """Every line of the period, read once: see ``_sum_by_month``."""
        return self.env["coworking.month.line"]._sum_by_month(self._get_lines_domain(scope))

    @api.model
    def _count_money(self, scope):
        """:return: dict of Counters: month -> sums, and False -> those of the whole period"""
        result = defaultdict(Counter)
        currency = scope.programs.currency_id[:1]
        for row in scope.get_fact("lines", self._read_money):
            for key in (row["month"], False):
                result[key].update({name: row[name] for name in (*SUMS, *COUNTS)})
        for sums in result.values():
            for name in SUMS:
                sums[name] = currency.round(float(sums[name]))
        return result

    @api.model
    def _prepare_sum(self, scope, name, month=None):
        """One of the sums of the month, of the period or of one month of it."""
        key = month.first.replace(day=1) if month else False
        sums = scope.get_fact("money", self._count_money)[key]
        domain = self._get_lines_domain(scope, month)
        if name in ("paid", "left"):
            paid = sums["amount_paid"]
            left = sums["invoiced"] - paid - sums["amount_written_off"]
            amount = paid if name == "paid" else left
            amount = scope.programs.currency_id[:1].round(amount)
            return self._prepare_amount(
                scope, amount, domain & (PAID if name == "paid" else LEFT), sums[name]
            )
        if name == "invoiced":
            return self._prepare_amount(scope, sums[name], domain & BILLED, sums["billed"])
        return self._prepare_amount(scope, sums[name], domain, sums["lines"])

    # === TILES ===#

    @api.model
    def _prepare_sum_tile(self, scope, title, name, tone=""):
        cell = self._prepare_sum(scope, name)
        note = self._count_words(cell["rows"], self.env._("1 line"), self.env._("%s lines"))
        return self._prepare_figure(title, cell, MONTH, note, tone)

    @api.model
    def _prepare_tile_expected(self, scope):
        return self._prepare_sum_tile(scope, self.env._("Expected"), "expected")

    @api.model
    def _prepare_tile_invoiced(self, scope):
        return self._prepare_sum_tile(scope, self.env._("Invoiced"), "invoiced")

    @api.model
    def _prepare_tile_paid(self, scope):
        return self._prepare_sum_tile(scope, self.env._("Paid"), "paid")

    @api.model
    def _prepare_tile_left_to_pay(self, scope):
        return self._prepare_sum_tile(scope, self.env._("Left to Pay"), "left", tone="warning")

    @api.model
    def _prepare_tile_to_decide(self, scope):
        count = scope.get_fact("money", self._count_money)[False]["to_decide"]
        domain = self._get_lines_domain(scope) & Domain("status", "=", "to_match")
        note = self.env._("bills that are not what was expected, or not looked at yet")
        cell = self._prepare_cell(count, domain)
        return self._prepare_figure(self.env._("Lines to Decide On"), cell, MONTH, note, "warning")

    @api.model
    def _prepare_tile_money_by_month(self, scope):
        domain, forecast = scope.get_fact("forecast", self._count_forecast)
        later = []
        for month in scope.months:
            amount, rows = forecast.get(month.first.replace(day=1), (0, 0))
            period = Domain("period", "=", month.first.replace(day=1))
            later.append(self._prepare_amount(scope, amount, domain & period, rows, action=CHARGES))
        rows = {
            "paid": {"label": self.env._("Paid"), "color": "main"},
            "left": {"label": self.env._("Left to Pay"), "color": "out"},
            "not_invoiced": {"label": self.env._("Not Invoiced Yet"), "color": "calm"},
        }
        series = [
            {
                **row,
                "stack": "invoiced",
                "cells": [self._prepare_sum(scope, name, month) for month in scope.months],
            }
            for name, row in rows.items()
        ]
        series.append(
            {
                "label": self.env._("Expected Later"),
                "color": "other",
                "stack": "invoiced",
                "is_forecast": True,
                "cells": later,
            }
        )
        series.append(
            {
                "label": self.env._("Expected"),
                "color": "in",
                "stack": "expected",
                "is_line": True,
                "cells": [self._prepare_sum(scope, "expected", month) for month in scope.months],
            }
        )
        return self._prepare_chart(
            self.env._("Money, by Month"),
            scope,
            series,
            MONTH,
            self.env._("Nothing is expected in this period."),
            self.env._("in the month in which the seats were used"),
            is_money=True,
        )

    @api.model
    def _prepare_tile_gaps(self, scope):
        """Where bills and expectations differ, by the cause that was found, largest first."""
        domain = self._get_lines_domain(scope) & Domain("gap", "!=", 0)
        currency = scope.programs.currency_id[:1]
        gaps, counts = Counter(), Counter()
        for row in scope.get_fact("lines", self._read_money):
            if row["differ"]:
                gaps[row["cause"]] += row["gap"]
                counts[row["cause"]] += row["differ"]
        labels = dict(
            self.env["coworking.month.line"]._fields["cause"]._description_selection(self.env)
        )
        most = max(map(abs, gaps.values()), default=0) or 1
        order = [cause for cause, __ in CAUSES]
        bars = [
            self._prepare_amount(
                scope,
                currency.round(gap),
                domain & Domain("cause", "=", cause or False),
                counts[cause],
                label=labels.get(cause, self.env._("No cause found yet")),
                share=100 * abs(gap) / most,
                note=self._count_words(counts[cause], self.env._("1 line"), self.env._("%s lines")),
            )
            for cause, gap in sorted(
                gaps.items(),
                key=lambda row: (-abs(row[1]), order.index(row[0]) if row[0] else len(order)),
            )
        ]
        return self._prepare_bars(
            self.env._("Gaps by Cause"),
            bars,
            MONTH,
            self.env._("Every bill is what was expected."),
            self.env._("invoiced less expected, in statements that have a bill"),
        )
