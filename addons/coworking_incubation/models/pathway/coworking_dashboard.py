from collections import defaultdict

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
    def _count_people(self, scope, domain):
        domain = scope.get_domain() & Domain(domain)
        count = self.env["coworking.participant"].search_count(domain)
        return self._prepare_cell(count, domain)

    @api.model
    def _prepare_tile_incubated(self, scope):
        places = sum(scope.programs.mapped("target_places"))
        note = "" if scope.user else self.env._("of %s places of the program", places)
        cell = self._count_people(scope, [("phase", "=", "incubation")])
        return self._prepare_figure(self.env._("In Incubation"), cell, PARTICIPANTS, note)

    @api.model
    def _prepare_tile_waiting(self, scope):
        domain = [("selection_result", "=", "waiting"), ("phase", "=", "selection")]
        cell = self._count_people(scope, domain)
        action = "coworking_incubation.coworking_participant_action_waiting"
        return self._prepare_figure(self.env._("On the Waiting List"), cell, action)

    @api.model
    def _prepare_tile_ending_soon(self, scope):
        cell = self._count_people(scope, [("clock_state", "=", "risk")])
        title = self.env._("End within %s Days", RISK_DAYS)
        return self._prepare_figure(title, cell, PARTICIPANTS, tone="warning")

    @api.model
    def _prepare_tile_overdue(self, scope):
        cell = self._count_people(scope, [("clock_state", "=", "late")])
        note = self.env._("the planned exit is past, no exit is written down")
        title = self.env._("Overdue")
        return self._prepare_figure(title, cell, PARTICIPANTS, note, "danger")

    # === ENTRIES AND EXITS ===#

    @api.model
    def _prepare_tile_moves(self, scope):
        """Entries and exits month by month: those that were, and those that are planned."""
        today = scope.today
        entered = Domain("date_entry", "!=", False)
        labels = [
            self.env._("Entries"),
            self.env._("Entries Planned"),
            self.env._("Exits"),
            self.env._("Exits Planned"),
        ]
        rows = [
            ("date_entry", "in", Domain("date_entry", "<=", today)),
            ("date_entry", "in", Domain("date_entry", ">", today)),
            ("date_exit", "out", Domain("date_exit", "!=", False)),
            ("date_exit_planned", "out", entered & Domain("date_exit", "=", False)),
        ]
        series = [
            {
                "label": label,
                "color": color,
                "stack": color,
                "is_forecast": label in labels[1::2],
                "cells": self._count_by_month(
                    scope, name, scope.get_domain() & ARCHIVED_TOO & domain
                ),
            }
            for label, (name, color, domain) in zip(labels, rows, strict=True)
        ]
        nothing = self.env._("Nobody enters or leaves in this period.")
        return self._prepare_chart(
            self.env._("Entries and Exits, by Month"), scope, series, PARTICIPANTS, nothing
        )

    @api.model
    def _count_by_month(self, scope, name, domain):
        """One cell a month: how many files of the domain have that date in it."""
        groups = self.env["coworking.participant"]._read_group(
            domain & scope.get_period_domain(name), [f"{name}:month"], ["__count"]
        )
        counts = dict(groups)
        return [
            self._prepare_cell(
                counts.get(month.first.replace(day=1), 0),
                domain & scope.get_period_domain(name, month),
            )
            for month in scope.months
        ]

    # === OUTCOMES ===#

    @api.model
    def _count_exits(self, scope):
        """:return: (domain of those who left in the period, dict category -> how many)"""
        domain = scope.get_domain() & ARCHIVED_TOO & scope.get_period_domain("date_exit")
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
            # the database says of an empty category neither that it is nor that it is not another
            domain
            & (Domain("exit_category", "=", False) | Domain("exit_category", "!=", "withdrawn")),
            EXITS,
            self.env._("nobody left in this period"),
        )

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
    def _prepare_tile_responses(self, scope):
        """Follow-ups at six months of who left in the period, answered, of those due."""
        domain = (
            scope.get_domain()
            & Domain("months", "=", 6)
            & Domain("state", "!=", "cancelled")
            & Domain("date_due", "<=", scope.today)
            & scope.get_period_domain("participant_id.date_exit")
        )
        groups = self.env["coworking.followup"]._read_group(domain, ["state"], ["__count"])
        counts = dict(groups)
        return self._prepare_rate(
            self.env._("Answers at Six Months"),
            counts.get("answered", 0),
            sum(counts.values()),
            domain,
            FOLLOWUPS,
            self.env._("no follow-up of who left in this period is due"),
        )

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
    def _prepare_tile_stage_delays(self, scope):
        """Median days in each stage, of the moves out of it in the period."""
        domain = (
            scope.get_domain("participant_id.user_id")
            & Domain("taken_back", "!=", True)
            & Domain("from_stage_id", "!=", False)
            & Domain("date", ">=", f"{scope.date_from} 00:00:00")
            & Domain("date", "<=", f"{scope.date_to} 23:59:59")
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
