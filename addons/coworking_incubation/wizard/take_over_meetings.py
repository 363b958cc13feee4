"""The collective times and information meetings of a take-over, whoever was or will be there.
Nobody is invited.
"""

import math
from datetime import datetime, time, timedelta

import pytz

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..spreadsheet import plain
from ..tools import refuse_number, words_of
from .take_over_cells import RowProblem, find_change
from .take_over_people import compare_details
from .take_over_sheets import SHEETS

# When an appointment began of which nobody says it.
USUAL_HOUR = 9.0
SILENT = {"no_mail_to_attendees": True, "dont_notify": True}
NOBODY_MOVES_UP = {"coworking_nobody_moves_up": True}
# Sheets of who was or will be there.
LISTS = ("candidates", "appointments")
# By what two meetings of one day are told apart.
TELLING_MEETINGS = ("start_time", "subject", "coworking_space_id")
# What is said of a meeting, as it stands there.
OF_MEETING = ("location", "coworking_capacity", "coworking_public")

# What is said of a candidate, as it stands on the list.
OF_CANDIDATE = (
    *("name", "email", "phone", "state", "walk_in", "reminder_stopped", "to_tell"),
    *("prescriber_name", "adviser_email", "question"),
)


def to_minutes(hours):
    return round(hours * 60)


def is_nowhere(event):
    """Whether nobody says at which space it is."""
    return not event.coworking_space_id


class MeetingRows:
    """The part of ``TakeOverRecorder`` about the events of the agenda."""

    # === MEETINGS === #

    def _record_meetings(self, rows):
        ((line, row),) = rows
        self._check_subject(row)
        said = {key: row[key] for key in OF_MEETING if key in row}
        there = self._find_meeting(row)
        if there:
            if key := find_change(there, said):
                raise RowProblem(self._describe_otherwise_there(), key)
            self.met |= there
            return {line: True}, None
        capacity = said.pop("coworking_capacity", 0)
        event = self._create_event(row, **said)

        def learn():
            self.met |= event
            self._note_told("meetings", event)
            if capacity:
                self.capacities[event] = capacity

        return {}, learn

    def _find_meeting(self, row):
        """The meeting that a row tells of, or none. One of which the row does not say where is the
        one that is nowhere, or else one that no other row means.
        """
        found = self._find_shared_events(row)
        here = found if "coworking_space_id" in row else found.filtered(is_nowhere)
        return (here or found - self.met)[:1]

    def _finish_meetings(self):
        """Limits are set once everybody is on the lists: those who are expected have their place,
        though it was lowered since. Nobody moves up, who would be written to.
        """
        for event, capacity in self.capacities.items():
            event.with_context(**NOBODY_MOVES_UP).coworking_capacity = capacity

    def _lift_limit(self, event):
        """Whoever was kept back when a meeting was recorded has the place they had elsewhere."""
        taken_over = (self.take_over.told or {}).get("meetings", ())
        if event.coworking_capacity and event.id in taken_over:
            self.capacities[event] = event.coworking_capacity
            event.with_context(**NOBODY_MOVES_UP).coworking_capacity = 0

    # === WHO COMES FIRST === #

    def _find_waiting(self, lines):
        """Rows of who waits for a place, with a file or without, by rank: they come last."""
        return lines.filtered(self._get_turn).sorted(self._get_turn)

    def _get_turn(self, line):
        """What rows of who waits are ordered by; ``None`` for another row."""
        if line not in self.turns:
            waits = line.sheet in LISTS and self.cells.read_cell(line, "state") == "waiting"
            rank = waits and self.cells.read_cell(line, "waiting_rank") or math.inf
            self.turns[line] = (rank, line.id) if waits else None
        return self.turns[line]

    def _check_turn(self, line):
        """Rows of a list come after that of their meeting; who waits, after all who are expected
        and who asked before: a place of somebody whose row is still to be mended is not free.
        """
        for other in (row for sheet in ("meetings", *LISTS) for row in self.kept_back[sheet]):
            if self._comes_before(other, line) and self._may_be_of_one(other, line):
                raise RowProblem(
                    self.env._(
                        "Waits for line %(line)s of the sheet %(sheet)s, about the same meeting.",
                        line=other.number,
                        sheet=self.take_over._get_title(SHEETS[other.sheet]),
                    )
                )

    def _comes_before(self, other, line):
        turn, others = self._get_turn(line), self._get_turn(other)
        if other.sheet not in LISTS or not turn:
            return other.sheet == "meetings"
        return not others or others < turn

    def _may_be_of_one(self, other, line):
        """Whether nothing that two rows say of a meeting tells theirs apart."""
        return all(
            None in pair or pair[0] == pair[1]
            for pair in zip(self._get_meeting_of(other), self._get_meeting_of(line), strict=True)
        )

    def _get_meeting_of(self, line):
        if line not in self.meeting_of:
            kind = self.cells.read_cell(line, "kind")
            if line.sheet == "appointments" and not line.cells.get("kind"):
                kind = "appointment"
            subject = line.cells.get("subject")
            self.meeting_of[line] = (
                *(self.cells.read_cell(line, key) for key in ("date", "start_time")),
                *(kind, subject and plain(subject)),
            )
        return self.meeting_of[line]

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
        self._check_turn(line)
        there.create({**said, "event_id": event.id, "registered_by": "take_over"})
        return {}, None

    # === EVENTS === #

    def _take_event(self, row):
        """The event of a row: one that others were at is there once."""
        if row["kind"] != "appointment":
            event = self._find_shared_events(row)
            if "coworking_space_id" not in row:
                event = event.filtered(is_nowhere) or event
            if len(event) > 1:
                raise RowProblem(
                    self.env._(
                        "Several meetings of that day may be meant: write the time, the subject and"
                        " the space of one."
                    ),
                    next((key for key in TELLING_MEETINGS if key not in row), "subject"),
                )
            if event:
                self._lift_limit(event)
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

    def _find_shared_events(self, row):
        """The collective times or meetings that a row may mean, by all that it says of them."""
        start, place = self._get_bounds(row)[0], self._prepare_place(row)
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
                and (
                    "coworking_space_id" not in row
                    or event.coworking_space_id.id == place["coworking_space_id"]
                )
            )
        )

    def _check_subject(self, row):
        """What is made silently is not looked at by the calendar, which takes it for another's."""
        field = self.env["coworking.take.over.line"]._fields["subject"]
        try:
            refuse_number(self.env, row.get("subject", ""), field)
        except ValidationError as error:
            raise RowProblem(str(error), "subject") from error
