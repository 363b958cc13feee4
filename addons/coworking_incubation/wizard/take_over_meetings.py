"""The collective times and information meetings of a take-over, whoever was or will be there.
Nobody is invited.
"""

from datetime import datetime, time, timedelta

import pytz

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..spreadsheet import plain
from ..tools import refuse_number, words_of
from .take_over_cells import RowProblem, find_change
from .take_over_people import compare_details

# When an appointment began of which nobody says it.
USUAL_HOUR = 9.0
SILENT = {"no_mail_to_attendees": True, "dont_notify": True}
# What is said of a meeting, as it stands there.
OF_MEETING = ("location", "coworking_capacity", "coworking_public")

# What is said of a candidate, as it stands on the list.
OF_CANDIDATE = (
    *("name", "email", "phone", "state", "walk_in", "reminder_stopped", "to_tell"),
    *("prescriber_name", "adviser_email", "question"),
)


def to_minutes(hours):
    return round(hours * 60)


class MeetingRows:
    """The part of ``TakeOverRecorder`` about the events of the agenda."""

    # === MEETINGS === #

    def _record_meetings(self, rows):
        ((line, row),) = rows
        self._check_subject(row)
        said = {key: row[key] for key in OF_MEETING if key in row}
        there = self._find_shared_event(row, self._get_bounds(row)[0])
        if there:
            if key := find_change(there, said):
                raise RowProblem(self._describe_otherwise_there(), key)
            return {line: True}, None
        capacity = said.pop("coworking_capacity", 0)
        event = self._create_event(row, **said)

        def learn():
            if capacity:
                self.capacities[event] = capacity

        return {}, learn

    def _finish_meetings(self):
        """Limits are set once everybody is on the lists: those who are expected have their place,
        though it was lowered since.
        """
        for event, capacity in self.capacities.items():
            event.coworking_capacity = capacity

    # === CANDIDATES === #

    def _record_candidates(self, rows):
        """Who registered for a meeting, and has no file yet."""
        ((line, row),) = rows
        if row["state"] in ("present", "absent"):
            self._check_has_come(row, "date")
        said = {key: row[key] for key in OF_CANDIDATE if key in row}
        event = self._take_event(row)
        known = compare_details(row.get("email"), row.get("phone"), None)
        there = event.coworking_attendance_ids.filtered(
            lambda other: (
                not other.participant_id
                and words_of(other.name) == words_of(row["name"])
                and compare_details(other.email, other.phone, None) == known
            )
        )
        if there:
            if key := find_change(there[:1], said):
                raise RowProblem(self._describe_otherwise_there(), key)
            return {line: True}, None
        there.create({**said, "event_id": event.id, "registered_by": "take_over"})
        return {}, None

    # === EVENTS === #

    def _take_event(self, row):
        """The event of a row: one that others were at is there once."""
        if row["kind"] != "appointment":
            event = self._find_shared_event(row, self._get_bounds(row)[0])
            if event:
                return event
        return self._create_event(row, location=row.get("location", False))

    def _create_event(self, row, **values):
        start, stop, zone = self._get_bounds(row)
        user = self.env["res.users"].browse(row.get("led_by_id"))
        return self._get_events().create(
            {
                **self._prepare_place(row),
                **values,
                "name": row.get("subject"),
                "event_tz": zone,
                "start": start,
                "stop": stop,
                "user_id": user.id,
                "partner_ids": [Command.set(user.partner_id.ids)],
            }
        )

    def _get_events(self):
        return self.env["calendar.event"].with_context(**SILENT)

    def _prepare_place(self, row):
        """What an event is, and where: its clock is that of the place."""
        space = self.env["coworking.space"]
        if "coworking_space_id" in row:
            space = self._find_space(row["coworking_space_id"], "coworking_space_id")
        return {
            "coworking_kind": row["kind"],
            "coworking_program_id": self.program.id,
            "coworking_space_id": space.id,
        }

    def _get_bounds(self, row):
        """When the event of a row begins and ends, and by which clock: (start, stop, zone)"""
        zone = self._get_events().new(self._prepare_place(row))._coworking_tz()
        begins = datetime.combine(row["date"], time()) + timedelta(
            minutes=to_minutes(row.get("start_time", USUAL_HOUR))
        )
        start = pytz.timezone(zone).localize(begins).astimezone(pytz.utc).replace(tzinfo=None)
        hours = row.get("duration", self._get_usual_duration(row))
        return start, start + timedelta(minutes=to_minutes(hours)), zone

    def _find_shared_event(self, row, start):
        """The collective time or meeting of a row, by all that the row says of it; or none."""
        around = timedelta(days=1)
        found = self.env["calendar.event"].search(
            Domain("coworking_program_id", "=", self.program.id)
            & Domain("coworking_kind", "=", row["kind"])
            & Domain("start", ">", start - around)
            & Domain("start", "<", start + around),
            order="id",
        )
        return found.filtered(
            lambda event: (
                event._coworking_local(event.start).date() == row["date"]
                and ("start_time" not in row or event.start == start)
                and ("subject" not in row or plain(event.name) == plain(row["subject"]))
                and ("led_by_id" not in row or event.user_id.id == row["led_by_id"])
            )
        )[:1]

    def _check_subject(self, row):
        """What is made silently is not looked at by the calendar, which takes it for another's."""
        field = self.env["coworking.take.over.line"]._fields["subject"]
        try:
            refuse_number(self.env, row.get("subject", ""), field)
        except ValidationError as error:
            raise RowProblem(str(error), "subject") from error
