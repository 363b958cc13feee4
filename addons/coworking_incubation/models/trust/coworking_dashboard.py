from collections import Counter

from odoo import api, fields, models
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
        """:return: Counter of (step, whether the month was done with the automatic pilot)"""
        by_program = scope.get_fact("months by program", self._get_months_by_program)
        result = Counter()
        for step, program_id, month, count in self.env["coworking.touch"]._count_of_months(
            self._get_months_domain(scope, "month"), self._get_months_domain(scope, "date_from")
        ):
            result[step, (program_id, month) in by_program] += count
        return result

    @api.model
    def _count_seat_months(self, scope):
        """Seats of the statements of the period, each as often as it was in a month.

        :return: Counter of whether the month was done with the automatic pilot
        """
        domain = (
            self._get_months_domain(scope, "period")
            & Domain("kind", "!=", "adjustment")
            & Domain("statement_id", "!=", False)
        )
        by_program = scope.get_fact("months by program", self._get_months_by_program)
        result = Counter()
        for program, month, seats in self.env["coworking.charge"]._read_group(
            domain, ["program_id", "period:month"], ["seat_id:count_distinct"]
        ):
            result[(program.id, fields.Date.to_date(month)) in by_program] += seats
        return result

    @api.model
    def _get_months_by_program(self, scope):
        return self.env["coworking.touch"]._get_months_by_program(
            self._get_months_domain(scope, "date_from")
        )

    @api.model
    def _format_each(self, touches, seats):
        """Touches per seat and month; a dash where no seat was in a month."""
        return formatLang(self.env, touches / seats, digits=2) if seats else "–"

    @api.model
    def _say_touches(self, count):
        return self._count_words(count, self.env._("1 touch"), self.env._("%s touches"))

    @api.model
    def _say_seats(self, count):
        return self._count_words(count, self.env._("1 seat"), self.env._("%s seats"))

    @api.model
    def _prepare_tile_touches(self, scope):
        touches = sum(scope.get_fact("touches", self._count_touches).values())
        seats = sum(scope.get_fact("seat_months", self._count_seat_months).values())
        note = self.env._(
            "%(touches)s for %(seats)s, each counted once a month",
            touches=self._say_touches(touches),
            seats=self._say_seats(seats),
        )
        cell = self._prepare_cell(
            touches / seats if seats else 0,
            self._get_months_domain(scope, "month"),
            touches,
            self._format_each(touches, seats),
        )
        return self._prepare_figure(
            self.env._("Touches of Staff per Seat and Month"), cell, TOUCHES, note
        )

    @api.model
    def _prepare_tile_touches_by_step(self, scope):
        """Months done by hand beside those done with the automatic pilot, by seat, so that they
        compare however many seats each had. Steps that nobody took are left out.
        """
        found = scope.get_fact("touches", self._count_touches)
        seats = scope.get_fact("seat_months", self._count_seat_months)
        words = {False: self.env._("By Hand"), True: self.env._("With the Automatic Pilot")}
        ways = [way for way in words if seats[way] or any(way == own for __, own in found)]
        steps = self.env["coworking.touch"]._fields["step"]._description_selection(self.env)
        taken = {step for step, __ in found}
        lines = [(label, (step,)) for step, label in steps if step in taken]
        lines.append((self.env._("All steps"), tuple(step for step, __ in steps)))
        return {
            "kind": "grid",
            "title": self.env._("Touches of Staff per Seat and Month, by Step"),
            "note": self.env._("each click counts once, however many statements it was about"),
            "corner": self.env._("Step"),
            "columns": [
                {"label": f"{words[way]} ({self._say_seats(seats[way])})", "is_future": False}
                for way in ways
            ],
            "lines": [
                {
                    "label": label,
                    "cells": [
                        self._prepare_touches(scope, found, named, way, seats[way]) for way in ways
                    ],
                }
                for label, named in lines
            ],
            "action": TOUCHES,
            "nothing": self.env._("Nobody had to do anything in these months."),
            "is_empty": not found,
        }

    @api.model
    def _prepare_touches(self, scope, found, steps, by_program, seats):
        """The cell of some steps.

        :param found: see ``_count_touches``
        :param seats: how many seats the months had
        """
        touches = sum(found[step, by_program] for step in steps)
        return self._prepare_cell(
            touches,
            self._get_months_domain(scope, "month")
            & Domain("step", "in", steps)
            & Domain("by_program", "=", by_program),
            text=self._format_each(touches, seats) if touches else "–",
            level=0,
            note=self._say_touches(touches),
        )
