from odoo import api, models
from odoo.fields import Domain
from odoo.tools import formatLang

from ..network.coworking_dashboard import MONEY, Tile

TOUCHES = "coworking_incubation.coworking_touch_action"


class CoworkingDashboard(models.AbstractModel):
    """How much of the month is left to people: what staff did for it, by seat and step."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [
            *super()._get_tiles(),
            Tile("touches", "money", MONEY, rank=70),
            Tile("touches_by_step", "money", MONEY, rank=75),
        ]

    @api.model
    def _get_months_domain(self, scope, name):
        """Records of the months of the period, which begin on its first day."""
        return (
            scope.get_domain()
            & Domain(name, ">=", scope.date_from.replace(day=1))
            & Domain(name, "<=", scope.date_to)
        )

    @api.model
    def _count_touches(self, scope):
        """:return: dict step -> how many touches"""
        domain = self._get_months_domain(scope, "month")
        return dict(self.env["coworking.touch"]._read_group(domain, ["step"], ["__count"]))

    @api.model
    def _count_seat_months(self, scope):
        """Seats of the statements of the period, each as often as it was in a month."""
        domain = (
            self._get_months_domain(scope, "period")
            & Domain("kind", "!=", "adjustment")
            & Domain("statement_id", "!=", False)
        )
        rows = self.env["coworking.charge"]._read_group(
            domain, ["period:month"], ["seat_id:count_distinct"]
        )
        return sum(seats for __, seats in rows)

    @api.model
    def _prepare_tile_touches(self, scope):
        touches = sum(scope.get_fact("touches", self._count_touches).values())
        seats = self._count_seat_months(scope)
        each = touches / seats if seats else 0
        note = self.env._(
            "%(touches)s for %(seats)s, each counted once a month",
            touches=self._count_words(touches, self.env._("1 touch"), self.env._("%s touches")),
            seats=self._count_words(seats, self.env._("1 seat"), self.env._("%s seats")),
        )
        cell = self._prepare_cell(
            each,
            self._get_months_domain(scope, "month"),
            touches,
            formatLang(self.env, each, digits=2),
        )
        return self._prepare_figure(
            self.env._("Touches of Staff per Seat and Month"), cell, TOUCHES, note
        )

    @api.model
    def _prepare_tile_touches_by_step(self, scope):
        found = scope.get_fact("touches", self._count_touches)
        most = max(found.values(), default=0) or 1
        domain = self._get_months_domain(scope, "month")
        steps = self.env["coworking.touch"]._fields["step"]._description_selection(self.env)
        bars = [
            self._prepare_cell(
                found.get(step, 0),
                domain & Domain("step", "=", step),
                label=label,
                share=100 * found.get(step, 0) / most,
            )
            for step, label in steps
        ]
        tile = self._prepare_bars(
            self.env._("Touches of Staff, by Step"),
            bars,
            TOUCHES,
            self.env._("Nobody had to do anything in these months."),
            self.env._("each click counts once, however many statements it was about"),
        )
        return {**tile, "is_empty": not found}
