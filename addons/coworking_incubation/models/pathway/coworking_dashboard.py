from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..network.coworking_dashboard import ARCHIVED_TOO, PEOPLE, Tile
from .coworking_exit_reason import EXIT_CATEGORIES
from .coworking_participant_clock import RISK_DAYS

PARTICIPANTS = "coworking_incubation.coworking_participant_action"
EXITS = "coworking_incubation.coworking_participant_action_exit"
FOLLOWUPS = "coworking_incubation.coworking_followup_action"
MOVES = "coworking_incubation.coworking_move_action"
DYNAMIC = ("durable", "transition", "positive")
# Who is counted today, by tile.
TODAY = {
    "incubated": Domain("phase", "=", "incubation"),
    "waiting": Domain("selection_result", "=", "waiting") & Domain("phase", "=", "selection"),
    "ending_soon": Domain("clock_state", "=", "risk"),
    "overdue": Domain("clock_state", "=", "late"),
}


class CoworkingDashboard(models.AbstractModel):
    """The people of a program: who is there, who comes and goes, what became of them."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [
            *super()._get_tiles(),
            Tile("incubated", "today", PEOPLE, of_one=True, today=True, rank=10),
            Tile("waiting", "today", PEOPLE, of_one=True, today=True),
            Tile("ending_soon", "today", PEOPLE, of_one=True, today=True),
            Tile("overdue", "today", PEOPLE, of_one=True),
            Tile("moves", "people", PEOPLE, of_one=True),
            Tile("exits", "outcomes", PEOPLE, of_one=True),
            Tile("exits_later", "outcomes", PEOPLE, of_one=True),
            Tile("responses", "outcomes", PEOPLE, of_one=True),
            Tile("met_15", "outcomes", PEOPLE, of_one=True),
            Tile("met_30", "outcomes", PEOPLE, of_one=True),
            Tile("exit_categories", "outcomes", PEOPLE, of_one=True, rank=60),
            Tile("stage_delays", "outcomes", PEOPLE, of_one=True, rank=60),
        ]

    @api.model
    def _get_own_programs_domain(self):
        own = Domain("participant_ids.user_id", "=", self.env.uid)
        return super()._get_own_programs_domain() | own

    @api.model
    def _get_following(self, programs):
        # sudo: who follows whom is not said, only who follows somebody
        participants = self.env["coworking.participant"].sudo()
        groups = participants._read_group([("program_id", "in", programs.ids)], ["user_id"])
        users = self.env["res.users"].sudo().concat(*(user for (user,) in groups))
        return super()._get_following(programs) | users

    @api.model
    def _get_first_step(self, scope):
        # sudo: whether there is anybody, whoever may read their files
        participants = self.env["coworking.participant"].sudo()
        domain = ARCHIVED_TOO & Domain("program_id", "in", scope.programs.ids)
        if participants.search_count(domain, limit=1):
            return super()._get_first_step(scope)
        name = scope.programs[:1].name
        if not self.env["coworking.participant"].has_access("create"):
            return self._prepare_message(self.env._("Nobody is in %s yet.", name))
        return self._prepare_message(
            self.env._("Nobody is in %s yet.", name),
            self.env._(
                "Add the first person on the board, or invite people to an information meeting:"
                " the figures come by themselves."
            ),
            self.env._("Open the Board"),
            "coworking_incubation.coworking_participant_action_board",
        )

    # === TODAY ===#

    @api.model
    def _count_people(self, scope):
        """:return: dict name of a tile -> how many people it has: their files are read once"""
        files = self.env["coworking.participant"]
        files.flush_model()
        query = files._search(scope.get_domain())
        counts = [
            SQL(
                "COUNT(*) FILTER (WHERE %s)",
                domain.optimize_full(files)._to_sql(files, query.table, query),
            )
            for domain in TODAY.values()
        ]
        return dict(zip(TODAY, self.env.execute_query(query.select(*counts))[0], strict=True))

    @api.model
    def _prepare_people(self, scope, name):
        counts = scope.get_fact("people", self._count_people)
        return self._prepare_cell(counts[name], scope.get_domain() & TODAY[name])

    @api.model
    def _prepare_tile_incubated(self, scope):
        places = sum(scope.programs.mapped("target_places"))
        note = "" if scope.user else self.env._("of %s places of the program", places)
        cell = self._prepare_people(scope, "incubated")
        return self._prepare_figure(self.env._("In Incubation"), cell, PARTICIPANTS, note)

    @api.model
    def _prepare_tile_waiting(self, scope):
        cell = self._prepare_people(scope, "waiting")
        action = "coworking_incubation.coworking_participant_action_waiting"
        return self._prepare_figure(self.env._("On the Waiting List"), cell, action)

    @api.model
    def _prepare_tile_ending_soon(self, scope):
        cell = self._prepare_people(scope, "ending_soon")
        title = self.env._("End within %s Days", RISK_DAYS)
        return self._prepare_figure(title, cell, PARTICIPANTS, tone="warning")

    @api.model
    def _prepare_tile_overdue(self, scope):
        cell = self._prepare_people(scope, "overdue")
        note = self.env._("the planned exit is past, no exit is written down")
        title = self.env._("Overdue")
        return self._prepare_figure(title, cell, PARTICIPANTS, note, "danger")

    # === ENTRIES AND EXITS ===#

    @api.model
    def _prepare_tile_moves(self, scope):
        """Entries and exits month by month: those that were, and those that are planned."""
        entries = self._count_by_month(scope, "date_entry", Domain("date_entry", "<=", scope.today))
        exits = self._count_by_month(scope, "date_exit", Domain("date_exit", "<=", scope.today))
        rows = [
            (self.env._("Entries"), "in", False, entries),
            (self.env._("Entries Planned"), "in", True, self._count_planned_entries(scope)),
            (self.env._("Exits"), "out", False, exits),
            (self.env._("Exits Planned"), "out", True, self._count_planned_exits(scope)),
        ]
        series = [
            {
                "label": label,
                "color": color,
                "stack": color,
                "is_forecast": is_forecast,
                "cells": [self._prepare_cell(*cell) for cell in cells],
            }
            for label, color, is_forecast, cells in rows
        ]
        nothing = self.env._("Nobody enters or leaves in this period.")
        return self._prepare_chart(
            self.env._("Entries and Exits, by Month"), scope, series, PARTICIPANTS, nothing
        )

    @api.model
    def _count_by_month(self, scope, name, domain):
        """How many files of a domain have that date in each month.

        :return: list of (how many, domain), one a month
        """
        domain = scope.get_domain() & ARCHIVED_TOO & domain
        groups = self.env["coworking.participant"]._read_group(
            domain & scope.get_period_domain(name), [f"{name}:month"], ["__count"]
        )
        counts = dict(groups)
        return [
            (
                counts.get(month.first.replace(day=1), 0),
                domain & scope.get_period_domain(name, month),
            )
            for month in scope.months
        ]

    @api.model
    def _count_planned_entries(self, scope):
        """Who is to enter, by the day that was written down: see ``_count_by_month``."""
        return self._count_by_month(scope, "date_entry", Domain("date_entry", ">", scope.today))

    @api.model
    def _count_planned_exits(self, scope):
        """Who is to leave: on the day that was written down, else at the end of the time given."""
        written = Domain("date_exit", ">", scope.today)
        given = Domain("date_entry", "!=", False) & Domain("date_exit", "=", False)
        return self._add_counts(
            self._count_by_month(scope, "date_exit", written),
            self._count_by_month(scope, "date_exit_planned", given),
        )

    @api.model
    def _add_counts(self, *counts):
        """Of people who are in one of several counts by month, and in no other."""
        return [
            (sum(number for number, __ in cells), Domain.OR(domain for __, domain in cells))
            for cells in zip(*counts, strict=True)
        ]

    # === OUTCOMES ===#

    @api.model
    def _count_exits(self, scope):
        """:return: (domain of those who left in the period, dict category -> how many)"""
        domain = (
            scope.get_domain()
            & ARCHIVED_TOO
            & scope.get_period_domain("date_exit")
            & Domain("date_exit", "<=", scope.today)
        )
        groups = self.env["coworking.participant"]._read_group(
            domain, ["exit_category"], ["__count"]
        )
        return domain, defaultdict(int, groups)

    @api.model
    def _prepare_tile_exits(self, scope):
        """Of all exits but those withdrawn, as funders count."""
        domain, counts = scope.get_fact("exits", self._count_exits)
        whole = sum(counts.values()) - counts["withdrawn"]
        return self._prepare_rate(
            self.env._("Dynamic Exits"),
            sum(counts[category] for category in DYNAMIC),
            whole,
            domain & self._get_not_withdrawn_domain("exit_category"),
            EXITS,
            self.env._("nobody left in this period"),
        )

    @api.model
    def _get_not_withdrawn_domain(self, name):
        # the database says of an empty category neither that it is nor that it is not another
        return Domain(name, "=", False) | Domain(name, "!=", "withdrawn")

    @api.model
    def _prepare_tile_exit_categories(self, scope):
        domain, counts = scope.get_fact("exits", self._count_exits)
        whole = sum(counts.values())
        labels = dict(
            self.env["coworking.participant"]
            ._fields["exit_category"]
            ._description_selection(self.env)
        )
        labels[False] = self.env._("No reason given")
        bars = [
            self._prepare_cell(
                counts[category],
                domain & Domain("exit_category", "=", category),
                label=labels[category],
                share=100 * counts[category] / whole,
                note=self._format_share(counts[category], whole),
            )
            for category in [*(name for name, __ in EXIT_CATEGORIES), False]
            if counts[category]
        ]
        nothing = self.env._("Nobody left in this period.")
        return self._prepare_bars(self.env._("What Became of Them"), bars, EXITS, nothing)

    @api.model
    def _count_followups(self, scope):
        """Follow-ups at six months that are due, of who left in the period.

        :return: (their domain, dict (state, category) -> how many)
        """
        domain = (
            scope.get_domain()
            & Domain("months", "=", 6)
            & Domain("state", "!=", "cancelled")
            & Domain("date_due", "<=", scope.today)
            & scope.get_period_domain("participant_id.date_exit")
        )
        groups = self.env["coworking.followup"]._read_group(
            domain, ["state", "category"], ["__count"]
        )
        return domain, {(state, category): count for state, category, count in groups}

    @api.model
    def _prepare_tile_responses(self, scope):
        domain, counts = scope.get_fact("followups", self._count_followups)
        return self._prepare_rate(
            self.env._("Answers at Six Months"),
            self._sum_answers(counts),
            sum(counts.values()),
            domain,
            FOLLOWUPS,
            self.env._("no follow-up of who left in this period is due"),
        )

    @api.model
    def _sum_answers(self, counts):
        return sum(count for (state, __), count in counts.items() if state == "answered")

    @api.model
    def _prepare_tile_exits_later(self, scope):
        """Where those who answered are six months later: the same rate as that of the exits."""
        domain, counts = scope.get_fact("followups", self._count_followups)
        answered, due = self._sum_answers(counts), sum(counts.values())
        rate = self._prepare_rate(
            self.env._("Dynamic at Six Months"),
            sum(counts.get(("answered", category), 0) for category in DYNAMIC),
            answered - counts.get(("answered", "withdrawn"), 0),
            domain & Domain("state", "=", "answered") & self._get_not_withdrawn_domain("category"),
            FOLLOWUPS,
            self.env._("no follow-up of who left in this period is due"),
        )
        if due:
            rate["note"] = self.env._(
                "%(answered)s answers of %(due)s",
                answered=self._format_count(answered),
                due=self._format_count(due),
            )
        return rate

    # === DELAYS ===#

    @api.model
    def _count_met(self, scope):
        """:return: (domain of those met, dict delay -> how many)"""
        domain = (
            scope.get_domain()
            & ARCHIVED_TOO
            & Domain("support_delay", "!=", False)
            & scope.get_period_domain("date_application")
        )
        groups = self.env["coworking.participant"]._read_group(
            domain, ["support_delay"], ["__count"]
        )
        return domain, defaultdict(int, groups)

    @api.model
    def _prepare_tile_met_15(self, scope):
        title = self.env._("First Met within 15 Days")
        return self._prepare_met(scope, title, ("15",))

    @api.model
    def _prepare_tile_met_30(self, scope):
        title = self.env._("First Met within 30 Days")
        return self._prepare_met(scope, title, ("15", "30"))

    @api.model
    def _prepare_met(self, scope, title, delays):
        domain, counts = scope.get_fact("met", self._count_met)
        part = sum(counts[delay] for delay in delays)
        nothing = self.env._("nobody who applied in this period was met yet")
        return self._prepare_rate(title, part, sum(counts.values()), domain, PARTICIPANTS, nothing)

    @api.model
    def _get_midnight(self, day):
        """Where a day begins for the user, as the database has it."""
        start = self.env.tz.localize(datetime.combine(day, time.min))
        return start.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _prepare_tile_stage_delays(self, scope):
        """Median days in each stage, of the moves out of it in the period."""
        domain = (
            scope.get_domain("participant_id.user_id")
            & Domain("taken_back", "!=", True)
            & Domain("from_stage_id", "!=", False)
            & Domain("date", ">=", self._get_midnight(scope.date_from))
            & Domain("date", "<", self._get_midnight(scope.date_to + timedelta(days=1)))
        )
        self.env["coworking.move"].flush_model(["days"])
        found = self.env["coworking.move"]._search(domain)
        rows = self.env.execute_query(
            SQL(
                """SELECT coworking_move.from_stage_id, COUNT(*),
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY coworking_move.days)
                     FROM %s
                    WHERE %s
                 GROUP BY coworking_move.from_stage_id""",
                found.from_clause,
                found.where_clause,
            )
        )
        longest = max((days or 0 for __, __, days in rows), default=0)
        times = {stage_id: (count, days) for stage_id, count, days in rows}
        stages = self.env["coworking.stage"].browse(times).sorted()
        bars = [
            self._prepare_cell(
                days or 0,
                domain & Domain("from_stage_id", "=", stage.id),
                count,
                self.env._("%s d", formatLang(self.env, days or 0, digits=0)),
                label=stage.name,
                share=100 * (days or 0) / longest if longest else 0,
                note=self._count_words(count, self.env._("1 file"), self.env._("%s files")),
            )
            for stage, (count, days) in ((stage, times[stage.id]) for stage in stages)
        ]
        return self._prepare_bars(
            self.env._("Time in Each Stage"),
            bars,
            MOVES,
            self.env._("No file changed its stage in this period."),
            self.env._("half of the files took less, half more"),
        )
