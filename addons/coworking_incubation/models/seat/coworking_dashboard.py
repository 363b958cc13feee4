from collections import defaultdict
from datetime import timedelta

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
    def _count_places(self, scope):
        """What each space offers and holds on each day that is looked at.

        :return: dict (id of a space, day) -> (offered, taken by these programs, taken by all)
        """
        days = sorted({scope.today, *self._get_days(scope)})
        taken = self._count_taken(scope, days)
        spaces = self.env["coworking.space"].search_fetch(
            ARCHIVED_TOO & Domain("company_id", "in", scope.programs.company_id.ids),
            ["seat_capacity", "state", "date_partner", "date_closed", "create_date"],
        )
        # sudo: asked for once above; Odoo asks again at each field of each space
        spaces = spaces.sudo()
        changes = self._get_capacity_changes(spaces)
        result = {}
        for space in spaces:
            space_id = space.id
            places = self._get_offered(space, days, scope.today, changes.get(space_id, ()))
            for day, offered in zip(days, places, strict=True):
                mine, everybody = taken.get((space_id, day), (0, 0))
                result[space_id, day] = max(offered, everybody), mine, everybody
        return result

    @api.model
    def _count_taken(self, scope, days):
        """
        :param days: in the order of time
        :return: dict (id of a space, day) -> [taken by these programs, taken by all], where any is
        """
        seats = self.env["coworking.seat"]
        seats.flush_model(["space_id", "state", "uses_place", "date_start", "date_end"])
        own = seats._search(scope.get_domain() & ARCHIVED_TOO)
        result = defaultdict(lambda: [0, 0])
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
            for day in days[begin:end]:
                numbers = result[space_id, day]
                numbers[0] += mine
                numbers[1] += everybody
        return result

    @api.model
    def _get_capacity_changes(self, spaces):
        """
        What is changed once a space has just been typed mends a mistake: it counts from the
        beginning.

        :return: dict space id -> list of (day on which its number changed, number before it), in
            the order of time
        """
        # sudo: how many places there were is what Pilotage shows, the chatter of a space is not
        values = self.env["mail.tracking.value"].sudo()
        field = self.env["ir.model.fields"]._get("coworking.space", "seat_capacity")
        changes = values.search(
            [
                ("field_id", "=", field.id),
                ("mail_message_id.model", "=", "coworking.space"),
                ("mail_message_id.res_id", "in", spaces.ids),
            ],
            order="id",
        )
        typed = {space.id: self._get_day(space.create_date) for space in spaces}
        result = defaultdict(list)
        for change in changes:
            space_id = change.mail_message_id.res_id
            day = self._get_day(change.create_date)
            if day > typed[space_id] + timedelta(days=MENDED_DAYS):
                result[space_id].append((day, change.old_value_integer))
        return result

    @api.model
    def _get_day(self, moment):
        return fields.Datetime.context_timestamp(self, moment).date()

    @api.model
    def _get_offered(self, space, days, today, changes):
        """Places of a space on each day: while it is a partner, as many as it had then.

        :param changes: see ``_get_capacity_changes``
        """
        # each field once: days are many
        state, opened, closed = space.state, space.date_partner, space.date_closed
        capacity = space.seat_capacity
        return [
            0
            if state == "prospect"
            or opened > day
            or (state == "suspended" and day >= today)
            or (closed and day > closed)
            else next((before for changed, before in changes if changed > day), capacity)
            for day in days
        ]

    @api.model
    def _sum_places(self, scope):
        """
        :return: dict day -> [offered, taken by these programs, taken by all, ids of the spaces with
            a free place]
        """
        result = defaultdict(lambda: [0, 0, 0, []])
        counts = scope.get_fact("places", self._count_places)
        for (space_id, day), (offered, mine, taken) in counts.items():
            sums = result[day]
            sums[0] += offered
            sums[1] += mine
            sums[2] += taken
            if offered > taken:
                sums[3].append(space_id)
        return result

    @api.model
    def _get_sums(self, scope, day):
        """What all spaces come to on a day: see ``_sum_places``."""
        return scope.get_fact("places by day", self._sum_places)[day]

    # === TODAY ===#

    @api.model
    def _prepare_tile_places_taken(self, scope):
        offered, mine, __, __ = self._get_sums(scope, scope.today)
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
        offered, __, taken, spaces = self._get_sums(scope, day)
        return self._prepare_cell(
            offered - taken, ARCHIVED_TOO & Domain("id", "in", spaces), len(spaces), action=SPACES
        )

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
                "cells": [self._prepare_place(scope, day, where, spaces) for day in days],
            }
            for label, where, spaces in self._get_lines_of_spaces(scope, days)
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

        :return: list of (name, domain of the seats there, ids of the spaces)
        """
        counts = scope.get_fact("places", self._count_places)
        held = {
            space_id: sum(counts[space_id, day][1] for day in days)
            for space_id in dict.fromkeys(space_id for space_id, __ in counts)
            if any(counts[space_id, day][0] for day in days)
        }
        fullest = set(sorted(held, key=held.get, reverse=True)[:MOST_LINES])
        shown = self.env["coworking.space"].browse(row for row in held if row in fullest)
        lines = [(space.name, Domain("space_id", "=", space.id), space.ids) for space in shown]
        if others := [space_id for space_id in held if space_id not in fullest]:
            elsewhere = Domain("space_id", "not in", shown.ids)
            words = self.env._("1 other space"), self.env._("%s other spaces")
            lines.append((self._count_words(len(others), *words), elsewhere, others))
        return lines

    @api.model
    def _prepare_place(self, scope, day, where, space_ids):
        """What these spaces have on a day.

        :param where: domain of their seats
        """
        counts = scope.get_fact("places", self._count_places)
        offered, mine, taken = (
            sum(numbers) for numbers in zip(*(counts[row, day] for row in space_ids), strict=True)
        )
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
