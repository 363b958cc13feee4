from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import timedelta
from functools import cache, partial
from itertools import compress
from operator import gt, not_
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..network.coworking_dashboard import ARCHIVED_TOO, PLACES, Tile
from .coworking_seat import HOLDING_STATES

SEATS = "coworking_incubation.coworking_seat_action"
SPACES = "coworking_incubation.coworking_space_action"
# How full a space is, in steps of colour.
LEVELS = 4
# How many spaces have a line of their own: nobody reads hundreds, each with a cell a month.
MOST_LINES = 40
# Seats that are held for the same of some days, from the first of them to the one after the last.
TAKEN = """
  SELECT space_id, begins, ends, COUNT(*) FILTER (WHERE is_own), COUNT(*)
    FROM (SELECT space_id, WIDTH_BUCKET(date_start - 1, days) AS begins,
                 WIDTH_BUCKET(COALESCE(date_end, 'infinity'), days) AS ends,
                 id IN %(own)s AS is_own
            FROM coworking_seat, (SELECT %(days)s::date[] AS days) AS looked_at
           WHERE state IN %(states)s AND uses_place AND date_start <= %(last)s
             AND (date_end IS NULL OR date_end >= %(first)s)) AS held
   WHERE begins < ends
GROUP BY space_id, begins, ends
"""
# For how many days after a space was typed a new number of places mends what was typed.
MENDED_DAYS = 1


class Places(NamedTuple):
    """Of a space, or of several: a number for each day that is looked at."""

    offered: list
    mine: list  # taken by the programs that are looked at
    taken: list  # by all


class CoworkingDashboard(models.AbstractModel):
    """Places that spaces offer, that are taken and that are free, by month and by space.

    A month is counted on its last day, the current one today: who sits where is a matter of days.
    """

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [
            *super()._get_tiles(),
            Tile("places_taken", "today", PLACES, today=True, rank=20),
            Tile("places_free", "today", PLACES, today=True, rank=20),
            Tile("places", "places", PLACES),
            Tile("places_by_space", "places", PLACES),
        ]

    # === ENTRIES TO COME ===#

    @api.model
    def _count_planned_entries(self, scope):
        """A confirmed seat says when its person is to enter, before the file does."""
        coming = self._find_coming(scope)
        seated = [
            (len(ids), Domain("id", "in", ids))
            for ids in (coming[month.first.replace(day=1)] for month in scope.months)
        ]
        return self._add_counts(super()._count_planned_entries(scope), seated)

    @api.model
    def _find_coming(self, scope):
        """:return: dict month -> ids of the files whose first seat is confirmed for it"""
        domain = (
            scope.get_domain()
            & Domain("state", "=", "confirmed")
            & Domain("date_start", ">", scope.today)
            & Domain("participant_id.date_entry", "=", False)
            & Domain("participant_id.date_exit", "=", False)
        )
        groups = self.env["coworking.seat"]._read_group(
            domain, ["participant_id"], ["date_start:min"]
        )
        result = defaultdict(list)
        for file, day in groups:
            if scope.date_from <= day <= scope.date_to:
                result[day.replace(day=1)].append(file.id)
        return result

    # === COUNTING ===#

    @api.model
    def _get_days(self, scope):
        """The day on which each month is counted, as list."""
        return [
            scope.today if month.first <= scope.today <= month.last else month.last
            for month in scope.months
        ]

    @api.model
    def _get_seats_domain(self, scope, day):
        """Asked once a day: hundreds of cells are of a few."""
        placed = self.env["coworking.seat"]._get_placed_on_domain
        return scope.get_fact(
            ("seats", day), lambda scope: scope.get_domain() & ARCHIVED_TOO & placed(day)
        )

    @api.model
    def _get_days_counted(self, scope):
        """Each day that is looked at, in the order of time."""
        return sorted({scope.today, *self._get_days(scope)})

    @api.model
    def _count_places(self, scope):
        """What each space offers and holds, day by day: spaces and days are many.

        :return: dict id of a space -> ``Places``
        """
        days = self._get_days_counted(scope)
        taken = self._count_taken(scope, days)
        nobody = [0] * len(days)
        spaces = self._read_spaces(scope)
        changes = self._get_capacity_changes({key: created for key, created, *__ in spaces})
        # many spaces offer the same
        get_offered = cache(partial(self._get_offered, days, scope.today))
        result = {}
        for space_id, __, *terms in spaces:
            offered = get_offered(*terms, changes.get(space_id, ()))
            mine, everybody = taken.get(space_id, (nobody, nobody))
            most = offered if everybody is nobody else list(map(max, offered, everybody))
            result[space_id] = Places(most, mine, everybody)
        return result

    @api.model
    def _read_spaces(self, scope):
        """What is offered follows from, as rows: as records, each field of thousands of spaces
        would be looked up by itself.

        :return: list of (id, when it was typed, state, first day as a partner, day on which it
            closed, places)
        """
        names = ("id", "create_date", "state", "date_partner", "date_closed", "seat_capacity")
        spaces = self.env["coworking.space"]
        query = spaces._search(
            ARCHIVED_TOO & Domain("company_id", "in", scope.programs.company_id.ids),
            order=spaces._order,
        )
        columns = [spaces._field_to_sql(spaces._table, name, query) for name in names]
        return self.env.execute_query(query.select(*columns))

    @api.model
    def _count_taken(self, scope, days):
        """
        :param days: in the order of time
        :return: dict id of a space -> (taken by these programs, taken by all), a number a day
            each, where any is
        """
        seats = self.env["coworking.seat"]
        seats.flush_model(["space_id", "state", "uses_place", "date_start", "date_end"])
        own = seats._search(scope.get_domain() & ARCHIVED_TOO)
        result = defaultdict(lambda: ([0] * len(days), [0] * len(days)))
        for space_id, begin, end, mine, everybody in self.env.execute_query(
            SQL(
                TAKEN,
                own=own.subselect(),
                days=days,
                first=days[0],
                last=days[-1],
                states=HOLDING_STATES,
            )
        ):
            numbers = result[space_id]
            for place in range(begin, end):
                numbers[0][place] += mine
                numbers[1][place] += everybody
        return result

    @api.model
    def _get_capacity_changes(self, spaces):
        """
        What is changed once a space has just been typed mends a mistake: it counts from the
        beginning.

        :param spaces: dict id -> when it was typed
        :return: dict space id -> tuple of (day on which its number changed, number before it), in
            the order of time
        """
        # sudo: how many places there were is what Pilotage shows, the chatter of a space is not
        values = self.env["mail.tracking.value"].sudo()
        field = self.env["ir.model.fields"]._get("coworking.space", "seat_capacity")
        changes = values.search(
            [
                ("field_id", "=", field.id),
                ("mail_message_id.model", "=", "coworking.space"),
            ],
            order="id",
        )
        result = defaultdict(tuple)
        for change in changes:
            space_id = change.mail_message_id.res_id
            day = self._get_day(change.create_date)
            if space_id in spaces and day > (
                self._get_day(spaces[space_id]) + timedelta(days=MENDED_DAYS)
            ):
                result[space_id] += ((day, change.old_value_integer),)
        return result

    @api.model
    def _get_day(self, moment):
        return fields.Datetime.context_timestamp(self, moment).date()

    @api.model
    def _get_offered(self, days, today, state, since, closed, capacity, changes):
        """Places of a space on each day: while it is a partner, as many as it had then.

        :param days: in the order of time
        :param changes: see ``_get_capacity_changes``
        """
        if state == "prospect":
            return [0] * len(days)
        begin = bisect_left(days, since)
        end = bisect_right(days, closed) if closed else len(days)
        if state == "suspended":
            end = min(end, bisect_left(days, today))
        places = (
            [
                next((before for changed, before in changes if changed > day), capacity or 0)
                for day in days[begin:end]
            ]
            if changes
            else [capacity or 0] * (end - begin)
        )
        return [0] * begin + places + [0] * (len(days) - max(begin, end))

    @api.model
    def _sum_places(self, scope):
        """
        :return: dict day -> [offered, taken by these programs, taken by all, how many spaces have a
            free place, their domain]
        """
        counts = scope.get_fact("places", self._count_places)
        days = self._get_days_counted(scope)
        sums = zip(*self._add_places(counts.values(), len(days)), strict=True)
        free = zip(*(map(gt, row.offered, row.taken) for row in counts.values()), strict=True)
        domains = [self._get_chosen(scope, counts, column) for column in free]
        domains = domains or [(0, Domain.FALSE)] * len(days)
        return {
            day: [*numbers, *chosen]
            for day, numbers, chosen in zip(days, sums, domains, strict=True)
        }

    @api.model
    def _get_chosen(self, scope, spaces, column):
        """Of thousands of spaces, month by month, the fewer are named: these or the others.

        :param spaces: ids of all
        :param column: whether each is among those that are meant
        :return: (how many these are, their domain)
        """
        count = sum(column)
        if 2 * count <= len(column):
            return count, Domain("id", "in", list(compress(spaces, column)))
        others = list(compress(spaces, map(not_, column)))
        company = Domain("company_id", "in", scope.programs.company_id.ids)
        return count, company & Domain("id", "not in", others)

    @api.model
    def _add_places(self, rows, length):
        """What spaces come to, day by day.

        :param rows: ``Places`` of each
        :param length: how many days there are
        """
        nothing = Places(*[[0] * length] * 3)
        return Places(
            *(
                [sum(numbers) for numbers in zip(*side, strict=True)]
                for side in zip(nothing, *rows, strict=True)
            )
        )

    @api.model
    def _get_sums(self, scope, day):
        """What all spaces come to on a day: see ``_sum_places``."""
        return scope.get_fact("places by day", self._sum_places)[day]

    # === TODAY ===#

    @api.model
    def _prepare_tile_places_taken(self, scope):
        offered, mine, *__ = self._get_sums(scope, scope.today)
        cell = self._prepare_cell(mine, self._get_seats_domain(scope, scope.today))
        note = self.env._("of %s offered by the spaces", self._format_count(offered))
        return self._prepare_figure(self.env._("Places Taken"), cell, SEATS, note)

    @api.model
    def _prepare_tile_places_free(self, scope):
        cell = self._prepare_free(scope, scope.today)
        note = self._count_words(cell["rows"], self.env._("in 1 space"), self.env._("in %s spaces"))
        return self._prepare_figure(self.env._("Places Free"), cell, SPACES, note)

    @api.model
    def _prepare_free(self, scope, day):
        offered, __, taken, count, spaces = self._get_sums(scope, day)
        return self._prepare_cell(offered - taken, ARCHIVED_TOO & spaces, count, action=SPACES)

    # === BY MONTH AND BY SPACE ===#

    @api.model
    def _prepare_tile_places(self, scope):
        days = self._get_days(scope)
        sums = [self._get_sums(scope, day) for day in days]
        series = [
            {
                "label": self.env._("Taken"),
                "color": "main",
                "stack": "places",
                "cells": [
                    self._prepare_cell(row[1], self._get_seats_domain(scope, day))
                    for day, row in zip(days, sums, strict=True)
                ],
            },
            {
                "label": self.env._("Free"),
                "color": "calm",
                "stack": "places",
                "cells": [self._prepare_free(scope, day) for day in days],
            },
        ]
        if self._reads_all_seats() and any(row[2] > row[1] for row in sums):
            others = Domain("program_id", "not in", scope.programs.ids)
            placed = self.env["coworking.seat"]._get_placed_on_domain
            company = Domain("company_id", "in", scope.programs.company_id.ids)
            cells = [
                self._prepare_cell(row[2] - row[1], ARCHIVED_TOO & company & others & placed(day))
                for day, row in zip(days, sums, strict=True)
            ]
            label = self.env._("Taken by Other Programs")
            series.insert(1, {"label": label, "color": "other", "stack": "places", "cells": cells})
        chart = self._prepare_chart(
            self.env._("Places Taken and Free, by Month"),
            scope,
            series,
            SEATS,
            self.env._("No space offers a place in this period: make spaces partners first."),
            self.env._("on the last day of each month, today in the current one"),
        )
        return {**chart, "future_from": sum(day <= scope.today for day in days)}

    @api.model
    def _reads_all_seats(self):
        """An accompanist sees the seats of the own programs alone."""
        user = self.env.user
        return any(
            user.has_group(f"coworking_incubation.group_coworking_{role}")
            for role in ("coordinator", "accountant")
        )

    @api.model
    def _prepare_tile_places_by_space(self, scope):
        days = self._get_days(scope)
        rows = [
            {
                "label": label,
                "cells": [
                    self._prepare_place(scope, day, where, *numbers)
                    for day, *numbers in zip(days, *places, strict=True)
                ],
            }
            for label, where, places in self._get_lines_of_spaces(scope, days)
        ]
        return {
            "kind": "grid",
            "title": self.env._("Places by Space"),
            "note": self.env._("taken / offered; the darker, the fuller"),
            "corner": self.env._("Space"),
            "columns": [
                {"label": month.label, "is_future": day > scope.today}
                for month, day in zip(scope.months, days, strict=True)
            ],
            "lines": rows,
            "action": SEATS,
            "nothing": self.env._(
                "No space offers a place in this period: make spaces partners first."
            ),
            "is_empty": not rows,
        }

    @api.model
    def _get_lines_of_spaces(self, scope, days):
        """Those that offer a place on one of the days, each by itself; of many, those where these
        programs have most people, and all others together.

        :return: iterator of (name, domain of the seats there, their ``Places`` on these days)
        """
        counts = scope.get_fact("places", self._count_places)
        all_days = self._get_days_counted(scope)
        first = all_days.index(days[0])
        shown_days = slice(first, first + len(days))
        held = {
            space_id: sum(row.mine[shown_days])
            for space_id, row in counts.items()
            if any(row.offered[shown_days])
        }
        fullest = set(sorted(held, key=held.get, reverse=True)[:MOST_LINES])
        shown = self.env["coworking.space"].browse(row for row in held if row in fullest)
        lines = [(space.name, Domain("space_id", "=", space.id), space.ids) for space in shown]
        if others := [space_id for space_id in held if space_id not in fullest]:
            elsewhere = Domain("space_id", "not in", shown.ids)
            words = self.env._("1 other space"), self.env._("%s other spaces")
            lines.append((self._count_words(len(others), *words), elsewhere, others))
        for label, where, space_ids in lines:
            places = self._add_places(map(counts.get, space_ids), len(all_days))
            yield label, where, Places(*(numbers[shown_days] for numbers in places))

    @api.model
    def _prepare_place(self, scope, day, where, offered, mine, taken):
        """What these spaces have on a day.

        :param where: domain of their seats
        """
        return self._prepare_cell(
            mine,
            self._get_seats_domain(scope, day) & where,
            text=f"{mine}/{offered}" if offered else "",
            # empty, then darker with each quarter that is taken
            level=-(-LEVELS * taken // offered) if offered else 0,
            note=self._say_free(scope, offered - taken, offered),
        )

    @api.model
    def _say_free(self, scope, free, offered):
        """Written once: most spaces have the same few numbers."""
        return scope.get_fact(
            ("free", free, offered),
            lambda scope: self.env._(
                "%(free)s free of %(offered)s",
                free=self._format_count(free),
                offered=self._format_count(offered),
            ),
        )
