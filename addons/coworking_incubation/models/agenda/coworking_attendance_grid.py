import re
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import remove_accents

from ..base.coworking_grid_mixin import MOST_ROWS

MOST_PROGRAMS = 500
KINDS = ("collective", "info_session")


class CoworkingAttendanceGrid(models.AbstractModel):
    """Attendance of the collective times of a program: a column each, a row a person."""

    _name = "coworking.attendance.grid"
    _description = "Grid of Attendance"
    _inherit = ["coworking.grid.mixin"]

    @api.model
    def _get_grid_states(self):
        labels = dict(
            self.env["coworking.attendance"]._fields["state"]._description_selection(self.env)
        )
        return [
            {"value": "present", "label": labels["present"], "key": "p", "letter": "P"},
            {"value": "absent", "label": labels["absent"], "key": "a", "letter": "A"},
            {"value": "excused", "label": labels["excused"], "key": "e", "letter": "E"},
        ]

    @api.model
    def _get_grid_choices(self):
        return self.env["coworking.program"].search(
            [], order="date_start desc, name", limit=MOST_PROGRAMS
        )

    @api.model
    def _get_grid_events(self, programs, first, last):
        """Events of some days, in the order of their hours; the days are those of the reader."""
        start = fields.Datetime.to_datetime(first) - timedelta(days=1)
        events = self.env["calendar.event"].search(
            [
                ("coworking_program_id", "in", programs.ids),
                ("coworking_kind", "in", KINDS),
                ("start", ">=", start),
                ("start", "<", start + timedelta(days=(last - first).days + 3)),
            ],
            order="start, id",
        )
        return events.filtered(
            lambda event: first <= event._coworking_local(event.start).date() <= last
        )

    @api.model
    def _get_grid_default(self, choices, first, last):
        events = self._get_grid_events(choices, first, last)
        return events[:1].coworking_program_id

    @api.model
    def _fill_grid(self, choice, first, last):
        Attendance = self.env["coworking.attendance"]
        events = self._get_grid_events(choice, first, last)
        found = Attendance.search([("event_id", "in", events.ids)])
        closed = found._get_closed()
        labels = dict(Attendance._fields["state"]._description_selection(self.env))
        ways = dict(Attendance._fields["signed_how"]._description_selection(self.env))
        may_write = Attendance.has_access("write")
        rows = defaultdict(dict)
        for attendance in found:
            rows[self._get_row_key(attendance)][attendance.event_id.id] = attendance

        def cell(attendance):
            if not attendance:
                return {"state": False, "lock": "outside"}
            lock = self._get_grid_lock(attendance, closed) or (False if may_write else "reader")
            state = attendance.state
            return {
                "state": False if state in ("expected", "waiting", "cancelled") else state,
                "hours": attendance.duration if state == "present" else 0.0,
                "signed": bool(attendance.signed_at),
                "lock": lock,
                "tip": labels[state]
                + (f" ({ways[attendance.signed_how]})" if attendance.signed_how else ""),
            }

        names = {key: next(iter(cells.values())).display_name or "" for key, cells in rows.items()}
        people = sorted(rows.items(), key=lambda item: remove_accents(names[item[0]]).lower())
        groups = defaultdict(list)
        for event in events:
            groups[event._coworking_local(event.start).date()].append(event)
        return {
            "groups": [self._make_grid_group(day, len(here)) for day, here in groups.items()],
            "columns": [
                {
                    "key": str(event.id),
                    "label": event._coworking_hour(event._coworking_local(event.start)),
                    "title": f"{event.name}, {event._coworking_when()}",
                    "last": event == here[-1],
                }
                for here in groups.values()
                for event in here
            ],
            "rows": [
                {
                    "id": key,
                    "name": names[key],
                    "info": "",
                    "hours": False,
                    "cells": [cell(cells.get(event.id)) for event in events],
                }
                for key, cells in people[:MOST_ROWS]
            ],
            "locks": self._get_grid_locks(),
            "more": len(rows) > MOST_ROWS,
        }

    @api.model
    def _get_grid_locks(self):
        """Why a cell is not written into, in words."""
        return {
            "outside": self.env._("Not on the list of this date"),
            "signed": self.env._("Signed: it no longer changes"),
            "waiting": self.env._("On the waiting list"),
            "cancelled": self.env._("Cancelled"),
            "future": self.env._("This day has not come yet"),
            "closed": self.env._("Month closed: its statement is confirmed"),
            "reader": self.env._("You may look, not write"),
        }

    @api.model
    def _get_grid_lock(self, attendance, closed):
        """Which of the locks holds whoever writes, given the ids of those that are closed."""
        if not attendance:
            return "outside"
        if attendance.signed_at:
            return "signed"
        if attendance.state in ("waiting", "cancelled"):
            return attendance.state
        if attendance.event_id.start > fields.Datetime.now():
            return "future"
        if attendance.id in closed:
            return "closed"
        return False

    @api.model
    def _get_row_key(self, attendance):
        """The same person on several lists is one row; who is no participant is one each time."""
        if attendance.participant_id:
            return f"p{attendance.participant_id.id}"
        return f"a{attendance.id}"

    @api.model
    def _get_grid_row_name(self, key):
        """Who a row was, also where it is no longer on the list."""
        model = "coworking.participant" if key[0] == "p" else "coworking.attendance"
        found = self.env[model].search([("id", "=", int(key[1:]))])
        return found.display_name or self.env._("Somebody")

    @api.model
    def _describe_noted_otherwise(self, change, attendance):
        """Who noted what the screen did not show yet, in words."""
        state = attendance.state
        if not self._is_noted_otherwise(change, state != "expected" and state):
            return ""
        labels = dict(attendance._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(who)s has just noted: %(state)s",
            # sudo: what a colleague is called
            who=attendance.sudo().write_uid.name,
            state=labels[state],
        )

    @api.model
    def _save_grid(self, choice, changes):
        events = self.env["calendar.event"].search(
            [
                ("id", "in", list({int(change["column"]) for change in changes})),
                ("coworking_program_id", "=", choice.id),
            ]
        )
        found = self.env["coworking.attendance"].search([("event_id", "in", events.ids)])
        closed = found._get_closed()
        known = {(self._get_row_key(row), row.event_id.id): row for row in found}
        locks = self._get_grid_locks()
        by_state = defaultdict(self.env["coworking.attendance"].browse)
        refused = []
        for change in changes:
            if not re.fullmatch("[ap][0-9]{1,9}", str(change["row"])) or change["state"] not in (
                False,
                "present",
                "absent",
                "excused",
            ):
                raise ValueError("a change needs a row of the grid, and a known state")
            attendance = known.get((change["row"], int(change["column"])), found.browse())
            lock = self._get_grid_lock(attendance, closed)
            why = locks[lock] if lock else self._describe_noted_otherwise(change, attendance)
            if why:
                person = attendance.display_name or self._get_grid_row_name(change["row"])
                event = events.filtered(lambda row, key=change["column"]: row.id == int(key))
                where = f"{person}, {event.name}, {event._coworking_when()}" if event else person
                refused.append(f"{where} ({why})")
                continue
            by_state[change["state"] or "expected"] |= attendance
        for state, attendances in by_state.items():
            attendances.write({"state": state})
        return self._format_refused(refused)
