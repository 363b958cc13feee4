from collections import Counter, defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..network.coworking_dashboard import MONEY, Tile
from .coworking_match import CAUSES

MONTH = "coworking_incubation.coworking_month_line_action"
CHARGES = "coworking_incubation.coworking_charge_action"
SUMS = ("expected", "invoiced", "not_invoiced", "gap", "lines", "billed", "to_decide")
# Of a line of the month, by what its bills say.
PAID = Domain("payment", "in", ("paid", "in_payment", "partial"))
BILLED = Domain("invoiced", "!=", 0)
LEFT = BILLED & Domain("payment", "in", ("draft", "not_paid", "partial"))


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
    def _count_money(self, scope):
        """:return: dict of Counters: month -> sums, and False -> those of the whole period"""
        result = defaultdict(Counter)
        currency = scope.programs.currency_id[:1]
        for row in self.env["coworking.month.line"]._sum_by_month(self._get_lines_domain(scope)):
            for key in (row["month"], False):
                result[key].update({name: row[name] for name in SUMS})
        for sums in result.values():
            for name in ("expected", "invoiced", "not_invoiced", "gap"):
                sums[name] = currency.round(sums[name])
        return result

    @api.model
    def _count_paid(self, scope):
        """:return: Counter of month -> Decimal, and False -> the whole period"""
        lines = self.env["coworking.month.line"]
        paid = lines._sum_paid(self._get_lines_domain(scope))
        paid[False] = sum(paid.values())
        return paid

    @api.model
    def _count_payments(self, scope):
        """:return: dict (``paid`` or ``left``, month or False) -> how many lines"""
        lines, result = self.env["coworking.month.line"], Counter()
        for name, domain in (("paid", PAID), ("left", LEFT)):
            groups = lines._read_group(
                self._get_lines_domain(scope) & domain, ["date_from:month"], ["__count"]
            )
            for month, count in groups:
                result[name, month] += count
                result[name, False] += count
        return result

    @api.model
    def _prepare_sum(self, scope, name, month=None):
        """One of the sums of the month, of the period or of one month of it."""
        key = month.first.replace(day=1) if month else False
        sums = scope.get_fact("money", self._count_money)[key]
        domain = self._get_lines_domain(scope, month)
        if name in ("paid", "left"):
            paid = float(scope.get_fact("paid", self._count_paid)[key])
            rows = scope.get_fact("payments", self._count_payments)[name, key]
            amount = paid if name == "paid" else sums["invoiced"] - paid
            amount = scope.programs.currency_id[:1].round(amount)
            return self._prepare_amount(
                scope, amount, domain & (PAID if name == "paid" else LEFT), rows
            )
        if name == "invoiced":
            return self._prepare_amount(scope, sums[name], domain & BILLED, sums["billed"])
        return self._prepare_amount(scope, sums[name], domain, sums["lines"])

    # === TILES ===#

    @api.model
    def _prepare_lines_note(self, cell):
        return self._count_words(cell["rows"], self.env._("1 line"), self.env._("%s lines"))

    @api.model
    def _prepare_sum_tile(self, scope, title, name, note="", tone=""):
        cell = self._prepare_sum(scope, name)
        note = note or self._prepare_lines_note(cell)
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
        groups = self.env["coworking.month.line"]._read_group(
            domain, ["cause"], ["gap:sum", "__count"]
        )
        labels = dict(
            self.env["coworking.month.line"]._fields["cause"]._description_selection(self.env)
        )
        most = max((abs(gap) for __, gap, __ in groups), default=0) or 1
        order = [cause for cause, __ in CAUSES]
        bars = [
            self._prepare_amount(
                scope,
                gap,
                domain & Domain("cause", "=", cause),
                count,
                label=labels.get(cause, self.env._("No cause found yet")),
                share=100 * abs(gap) / most,
                note=self._count_words(count, self.env._("1 line"), self.env._("%s lines")),
            )
            for cause, gap, count in sorted(
                groups, key=lambda row: (-abs(row[1]), order.index(row[0]) if row[0] else 99)
            )
        ]
        return self._prepare_bars(
            self.env._("Gaps by Cause"),
            bars,
            MONTH,
            self.env._("Every bill is what was expected."),
            self.env._("invoiced less expected, in statements that have a bill"),
        )
