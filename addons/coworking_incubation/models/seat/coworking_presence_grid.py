from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import remove_accents

from ...tools import day_in_words
from ..base.coworking_grid_mixin import MOST_ROWS
from .coworking_seat import HOLDING_STATES

SLOTS = ("am", "pm")


class HalfDays:
    """The half-days of some seats of a space: what was noted of each, and which may be written."""

    def __init__(self, space, seats, first, last):
        self.env = space.env
        Presence = self.env["coworking.presence"]
        self.noted = defaultdict(dict)  # seat id -> (date, slot) -> presence
        for row in Presence.search_fetch(
            [("seat_id", "in", seats.ids), ("date", ">=", first), ("date", "<=", last)],
            ["seat_id", "date", "slot", "state", "hours", "source", "participant_state"],
        ):
            self.noted[row.seat_id.id][row.date, row.slot] = row
        # None where the space has no opening hours
        self.opened = space._open_half_days(first, last).get(space.id)
        self.closed = seats._get_closed_months(first, last)
        self.today = space._get_today()
        self.may_write = Presence.has_access("write")
        self.labels = {
            name: dict(Presence._fields[name]._description_selection(self.env))
            for name in ("slot", "source", "state")
        }
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if self.opened is not None:
            # a day on which the space is closed and nobody noted anything is not shown
            shown = self.opened.union(*self.noted.values())
            self.days = [day for day in self.days if any((day, slot) in shown for slot in SLOTS)]

    def is_shut(self, day):
        """Whether the space is closed all day."""
        return self.opened is not None and not self.opened & {(day, slot) for slot in SLOTS}

    def lock(self, seat, day, slot):
        """What forbids to write a half-day: a key of the grid's ``locks``, or nothing."""
        if day < seat.date_start or (seat.date_end and day > seat.date_end):
            return "outside"
        if day > self.today:
            return "future"
        if self.closed.holds(seat, day):
            return "closed"
        shut = self.opened is not None and (day, slot) not in self.opened
        if shut and (day, slot) not in self.noted[seat.id]:  # what was noted can be emptied
            return "shut"
        return False if self.may_write else "reader"

    def cell(self, seat, day, slot):
        """A half-day as the grid shows it."""
        result = {"state": False, "lock": self.lock(seat, day, slot)}
        row = self.noted[seat.id].get((day, slot))
        if row:
            states, sources = self.labels["state"], self.labels["source"]
            said = row.state and f"{states[row.state]} ({sources[row.source]})"
            signed = row.participant_state and self.env._(
                "signed by the participant: %(state)s",
                state=states[row.participant_state].lower(),
            )
            result.update(
                state=row.state,
                hours=row.hours,
                signed=row.participant_state,
                settle=row.to_settle,
                tip=" · ".join(filter(None, (said, signed))),
            )
        return result


class CoworkingPresenceGrid(models.AbstractModel):
    """Presences of the people of a space, half-day by half-day."""

    _name = "coworking.presence.grid"
    _description = "Grid of Presences"
    _inherit = ["coworking.grid.mixin"]

    @api.model
    def _get_grid_scan(self):
        """The photographed sheet that is beside the grid, if there is one."""
        scan = self.env["coworking.presence.scan"].browse(self.env.context.get("grid_scan") or ())
        scan.check_access("read")
        return scan

    @api.model
    def _read_grid(self, choice_id=None, date=None, span="week"):
        """Beside a photographed sheet, the space and the month are those of the sheet."""
        scan = self._get_grid_scan()
        if not scan:
            return super()._read_grid(choice_id, date, span)
        return {
            **super()._read_grid(scan.space_id.id, scan.date_from, "month"),
            "scan": scan._get_picture(),
        }

    @api.model
    def _get_grid_states(self):
        labels = dict(
            self.env["coworking.presence"]._fields["state"]._description_selection(self.env)
        )
        return [
            {"value": "present", "label": labels["present"], "key": "p", "letter": "P"},
            {"value": "absent", "label": labels["absent"], "key": "a", "letter": "A"},
        ]

    @api.model
    def _get_grid_choices(self):
        """Spaces that have or had people whom the reader may see."""
        return self.env["coworking.space"].search(
            [("seat_ids", "any", self._get_grid_seats_domain())]
        )

    @api.model
    def _get_grid_default(self, choices, first, last):
        found = self.env["coworking.seat"]._read_group(
            Domain("space_id", "in", choices.ids) & self._get_grid_seats_domain(first, last),
            ["space_id"],
            order="__count desc, space_id",
            limit=1,
        )
        return found[0][0] if found else choices.browse()

    @api.model
    def _get_grid_seats_domain(self, first=None, last=None):
        """Domain of the seats that a grid is about."""
        domain = Domain("state", "in", HOLDING_STATES)
        if first:
            domain &= Domain("date_start", "<=", last) & (
                Domain("date_end", "=", False) | Domain("date_end", ">=", first)
            )
        return domain

    @api.model
    def _fill_grid(self, choice, first, last):
        seats = (
            self.env["coworking.seat"]
            .search(
                Domain("space_id", "=", choice.id) & self._get_grid_seats_domain(first, last),
                order="occupant_name, date_start",
                limit=MOST_ROWS,
            )
            .sorted(
                lambda seat: (remove_accents(seat.occupant_name or "").lower(), seat.date_start)
            )
        )
        sheet = HalfDays(choice, seats, first, last)
        half_days = [(day, slot) for day in sheet.days for slot in SLOTS]
        return {
            "groups": [
                self._make_grid_group(day, len(SLOTS), sheet.is_shut(day)) for day in sheet.days
            ],
            "columns": [
                {
                    "key": f"{day}/{slot}",
                    "label": sheet.labels["slot"][slot][:1],
                    "title": sheet.labels["slot"][slot],
                    "last": slot == SLOTS[-1],
                }
                for day, slot in half_days
            ],
            "rows": [
                {
                    "id": seat.id,
                    "name": seat.occupant_name,
                    "info": f"{seat.name} · {seat.tariff_id.name}",
                    "hours": seat.tariff_id.unit == "hour",
                    "cells": [sheet.cell(seat, day, slot) for day, slot in half_days],
                }
                for seat in seats
            ],
            "locks": {
                "outside": self.env._("Not within the dates of the seat"),
                "future": self.env._("This day has not come yet"),
                "closed": self.env._(
                    "Month closed: its statement is confirmed. A coordinator corrects it on the"
                    " seat: ⚙ ‣ Correct a Closed Month."
                ),
                "shut": self.env._("The space is closed"),
                "reader": self.env._("You may look, not write"),
            },
            "more": len(seats) == MOST_ROWS,
            "print": sheet.may_write and "coworking_incubation.coworking_presence_sheet_action",
            "photograph": sheet.may_write,
        }

    @api.model
    def _save_grid(self, choice, changes):
        seats = self.env["coworking.seat"].search(
            [
                ("space_id", "=", choice.id),
                ("id", "in", list({int(change["row"]) for change in changes})),
            ]
        )
        rows = []
        for change in changes:
            day, slot = str(change["column"]).split("/")
            rows.append(
                {
                    "seat_id": int(change["row"]),
                    "date": fields.Date.to_date(day),
                    "slot": slot,
                    "state": change["state"],
                    "hours": float(change.get("hours") or 0.0),
                }
            )
        refused = self._refuse_noted_otherwise(seats, changes, rows)
        scan = self._get_grid_scan()
        if scan:
            first, last = self._get_grid_period(scan.date_from, "month")
            if choice != scan.space_id or any(not first <= row["date"] <= last for row in rows):
                raise ValueError("a sheet says something of its own space and month only")
            scan._record_typed(seats, rows)
        elif rows:
            seats._record_presences(rows, source="staff", by=self.env.user.partner_id)
        return self._format_refused(refused)

    @api.model
    def _refuse_noted_otherwise(self, seats, changes, rows):
        """What somebody noted since the screen showed it is not written over: these rows go.

        :return: of which half-days, and who noted what, in words
        """
        found = self.env["coworking.presence"].search_fetch(
            [("seat_id", "in", seats.ids), ("date", "in", [row["date"] for row in rows])],
            ["seat_id", "date", "slot", "state", "hours", "host_by"],
        )
        known = {(row.seat_id.id, row.date, row.slot): row for row in found}
        labels = {
            name: dict(found._fields[name]._description_selection(self.env))
            for name in ("slot", "state")
        }
        refused = []
        for change, row in zip(changes, [*rows], strict=True):
            noted = known.get((row["seat_id"], row["date"], row["slot"]), found.browse())
            if not self._is_noted_otherwise(change, noted.state, noted.hours):
                continue
            rows.remove(row)
            refused.append(
                self.env._(
                    "%(person)s, %(day)s, %(slot)s: %(who)s has just noted %(state)s",
                    person=seats.browse(row["seat_id"]).occupant_name,
                    day=day_in_words(self.env, row["date"], "EEEE d MMMM"),
                    slot=labels["slot"][row["slot"]].lower(),
                    who=noted.host_by.name or self.env._("somebody"),
                    state=labels["state"].get(noted.state, self.env._("nothing")).lower(),
                )
            )
        return refused
