from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, format_duration
from odoo.tools.misc import remove_accents

from ..models.seat.coworking_presence_grid import SLOTS
from ..models.seat.coworking_seat import HOLDING_STATES
from ..tools import make_workbook

# A page is filled by hand: it is cut here and not by the PDF engine, of which some builds repeat no
# heading and cut rows in two. A month of working days has a page of its own.
DAYS_A_PAGE = 23
PEOPLE_A_PAGE = 24


class CoworkingPresenceSheet(models.TransientModel):
    """A month of presences of a space on paper, and the attendance register in a workbook."""

    _name = "coworking.presence.sheet"
    _description = "Print Presences"
    _inherit = ["coworking.record.mixin"]

    program_id = fields.Many2one(
        "coworking.program", help="Empty: all the programs that have people there."
    )
    space_id = fields.Many2one("coworking.space", help="Empty: all the spaces. The workbook only.")
    month = fields.Date(required=True, default=lambda self: self._default_month())
    blank = fields.Boolean(
        string="To Be Signed by Hand", help="Empty boxes, whatever is filled in already."
    )

    @api.model
    def _default_month(self):
        day = fields.Date.context_today(self)
        return day.replace(day=1)

    def action_print(self):
        self.ensure_one()
        if not self.space_id:
            raise UserError(self.env._("Choose the space whose sheets are printed."))
        if not self._get_seats():
            raise UserError(
                self.env._(
                    "Nobody has a seat at %(space)s in %(month)s: there is no sheet to print.",
                    space=self.space_id.name,
                    month=self._describe_month(),
                )
            )
        return self.env.ref("coworking_incubation.action_report_presence_sheet").report_action(self)

    def action_register(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation/register/{self.id}",
            "target": "download",
        }

    # === What is printed === #

    def _get_first_day(self):
        return self.month.replace(day=1)

    def _get_last_day(self):
        return self._get_first_day() + relativedelta(months=1, days=-1)

    def _describe_month(self):
        return format_date(self.env, self._get_first_day(), date_format="MMMM y")

    def _get_seats(self):
        domain = (
            Domain("state", "in", HOLDING_STATES)
            & Domain("date_start", "<=", self._get_last_day())
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", self._get_first_day()))
        )
        if self.space_id:
            domain &= Domain("space_id", "=", self.space_id.id)
        if self.program_id:
            domain &= Domain("program_id", "=", self.program_id.id)
        return (
            self.env["coworking.seat"]
            .search(domain)
            .sorted(
                lambda seat: (
                    seat.program_id.name,
                    remove_accents(seat.occupant_name or "").lower(),
                    seat.date_start,
                )
            )
        )

    def _get_presences(self, seats):
        """dict seat -> dict (date, slot) -> presence, in one query."""
        result = defaultdict(dict)
        for row in self.env["coworking.presence"].search(
            [
                ("seat_id", "in", seats.ids),
                ("date", ">=", self._get_first_day()),
                ("date", "<=", self._get_last_day()),
            ]
        ):
            result[row.seat_id][row.date, row.slot] = row
        return result

    def _prepare_sheet_pages(self):
        """Pages of the month: who came in short, then a sheet a person.

        :return: list of dicts, in the order in which they are printed
        """
        self.ensure_one()
        seats = self._get_seats()
        presences = self._get_presences(seats)
        opened = self.space_id._open_half_days(self._get_first_day(), self._get_last_day()).get(
            self.space_id.id
        )
        pages = []
        for program, own in seats.grouped("program_id").items():
            if not self.blank:
                rows = [self._prepare_summary_row(seat, presences[seat]) for seat in own]
                for start in range(0, len(rows), PEOPLE_A_PAGE):
                    pages.append(
                        {
                            "kind": "summary",
                            "program": program,
                            "rows": rows[start : start + PEOPLE_A_PAGE],
                            "total": start + PEOPLE_A_PAGE >= len(rows)
                            and {
                                key: sum(row[key] for row in rows)
                                for key in ("present", "absent", "settle", "hours")
                            },
                        }
                    )
            for seat in own:
                days = self._prepare_sheet_days(seat, presences[seat], opened)
                for start in range(0, len(days), DAYS_A_PAGE):
                    pages.append(
                        {
                            "kind": "person",
                            "program": program,
                            "seat": seat,
                            "days": days[start : start + DAYS_A_PAGE],
                            "summary": self._prepare_summary_row(seat, presences[seat]),
                            "end": start + DAYS_A_PAGE >= len(days),
                        }
                    )
        for number, page in enumerate(pages, 1):
            page.update(number=number, count=len(pages))
        return pages

    def _prepare_summary_row(self, seat, presences):
        rows = presences.values()
        proof = [
            row
            for row in rows
            if not row.to_settle and "present" in (row.state, row.participant_state)
        ]
        return {
            "seat": seat,
            "present": len(proof),
            "absent": sum(row.state == "absent" and not row.to_settle for row in rows),
            "settle": sum(row.to_settle for row in rows),
            "hours": sum(row.hours for row in proof),
        }

    def _prepare_sheet_days(self, seat, presences, opened):
        """A row a day on which the space is open, or something was noted."""
        first = max(self._get_first_day(), seat.date_start)
        last = min(self._get_last_day(), seat.date_end or self._get_last_day())
        result = []
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            noted = [presences.get((day, slot)) for slot in SLOTS]
            is_open = [
                (day, slot) in opened if opened is not None else day.weekday() < 5 for slot in SLOTS
            ]
            if any(noted) or any(is_open):
                result.append(
                    {
                        "day": format_date(self.env, day, date_format="EEE d MMM"),
                        "cells": [
                            self._prepare_sheet_cell(row, shown)
                            for row, shown in zip(noted, is_open, strict=True)
                        ],
                    }
                )
        return result

    def _prepare_sheet_cell(self, presence, is_open):
        """What the space says, what the participant signed, in words; empty boxes otherwise."""
        cell = {"said": "", "signed": "", "settle": False, "closed": not is_open and not presence}
        if not presence or self.blank:
            return cell
        labels = dict(presence._fields["state"]._description_selection(self.env))
        if presence.state:
            cell["said"] = labels[presence.state]
            if presence.hours and presence.state == "present":
                cell["said"] += f" {format_duration(presence.hours)}"
        if presence.participant_state:
            ways = dict(presence._fields["participant_source"]._description_selection(self.env))
            zone = presence.space_id._get_zone()
            cell["signed"] = self.env._(
                "%(state)s, signed on %(moment)s (%(way)s)",
                state=labels[presence.participant_state],
                moment=format_datetime(
                    self.env, presence.participant_signed_at, tz=zone, dt_format="short"
                ),
                way=ways[presence.participant_source].lower(),
            )
        cell["settle"] = presence.to_settle
        return cell

    # === The attendance register === #

    def _register_sheets(self):
        """Sheets of the register: list of (name, headings by field, rows), as plain values.

        Only half-days that prove something count as present; the others are listed with what is
        wrong.
        """
        self.ensure_one()
        return [self._register_presences(), self._register_attendance()]

    def _register_presences(self):
        seats = self._get_seats()
        presences = self._get_presences(seats)
        labels = {
            False: "",
            **dict(
                self.env["coworking.presence"]._fields["state"]._description_selection(self.env)
            ),
        }
        fields_of = self.env["coworking.presence"]._fields
        sources = {False: "", **dict(fields_of["source"]._description_selection(self.env))}
        ways = {False: "", **dict(fields_of["participant_source"]._description_selection(self.env))}
        slots = dict(fields_of["slot"]._description_selection(self.env))
        rows = []
        for seat in seats:
            for (day, slot), row in sorted(presences[seat].items()):
                rows.append(
                    (
                        seat.program_id.name,
                        seat.space_id.name,
                        seat.name,
                        seat.occupant_name or "",
                        day,
                        slots[slot],
                        labels[row.state],
                        row.hours,
                        sources[row.source],
                        row.host_by.name or "",
                        row.host_at or "",
                        labels[row.participant_state],
                        ways[row.participant_source],
                        row.participant_signed_at or "",
                        self.env._("To settle") if row.to_settle else "",
                        1 if row in row.filtered_domain(row._get_proof_domain()) else 0,
                    )
                )
        headings = {
            "program_id": self.env._("Program"),
            "space_id": self.env._("Space"),
            "seat_id": self.env._("Seat"),
            "occupant_name": self.env._("Person"),
            "date": self.env._("Date"),
            "slot": self.env._("Half-day"),
            "state": self.env._("Said by the space"),
            "hours": self.env._("Hours"),
            "source": self.env._("Recorded by"),
            "host_by": self.env._("Said by"),
            "host_at": self.env._("Said on"),
            "participant_state": self.env._("Signed by the participant"),
            "participant_source": self.env._("How it was signed"),
            "participant_signed_at": self.env._("Signed on"),
            "to_settle": self.env._("To settle"),
            "half_days": self.env._("Half-days proven"),
        }
        return self.env._("Presences"), headings, rows

    def _get_attendance(self):
        domain = (
            Domain("date", ">=", self._get_first_day())
            & Domain("date", "<=", self._get_last_day())
            & Domain("participant_id", "!=", False)
        )
        if self.program_id:
            domain &= Domain("program_id", "=", self.program_id.id)
        if self.space_id:
            domain &= Domain("event_id.coworking_space_id", "=", self.space_id.id)
        return self.env["coworking.attendance"].search(domain, order="date, start, id")

    def _register_attendance(self):
        Attendance = self.env["coworking.attendance"]
        states = dict(Attendance._fields["state"]._description_selection(self.env))
        kinds = {False: "", **dict(Attendance._fields["kind"]._description_selection(self.env))}
        ways = {
            False: "",
            **dict(Attendance._fields["signed_how"]._description_selection(self.env)),
        }
        rows = [
            (
                row.program_id.name,
                kinds[row.kind],
                row.event_id.name,
                row.display_name,
                row.date,
                row.start or "",
                row.stop or "",
                states[row.state],
                row.duration if row.state == "present" else 0.0,
                row.user_id.name or "",
                row.signed_at or "",
                ways[row.signed_how],
                row.signed_by.name or "",
                row.host_signed_at or "",
            )
            for row in self._get_attendance()
        ]
        headings = {
            "program_id": self.env._("Program"),
            "kind": self.env._("Kind"),
            "event_id": self.env._("Title"),
            "participant_id": self.env._("Person"),
            "date": self.env._("Date"),
            "start": self.env._("Start"),
            "stop": self.env._("Finish"),
            "state": self.env._("Status"),
            "duration": self.env._("Hours"),
            "user_id": self.env._("Led by"),
            "signed_at": self.env._("Signed on"),
            "signed_how": self.env._("How it was signed"),
            "signed_by": self.env._("Signature recorded by"),
            "host_signed_at": self.env._("Signed by who led it on"),
        }
        return self.env._("Appointments and collective times"), headings, rows

    def _make_workbook(self):
        """The register as an XLSX file: in the audit trail of each person who is in it."""
        sheets = self._register_sheets()
        people = self._get_registered()
        fields_of = {name for __, headings, __ in sheets for name in headings}
        people._trace("exported", format="xlsx", count=len(people), fields=sorted(fields_of))
        return make_workbook(lambda book: self._write_register(book, sheets))

    def _get_registered(self):
        """Files of those of whom the register says something."""
        presences = self._get_presences(self._get_seats())
        seats = self.env["coworking.seat"].union(*presences)
        return seats.participant_id | self._get_attendance().participant_id

    def _write_register(self, book, sheets):
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {
            "date": book.add_format({"num_format": "dd/mm/yyyy"}),
            "datetime": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            "float": book.add_format({"num_format": "0.00"}),
            "text": book.add_format({}),
        }
        for name, headings, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
            widths = [len(text) for text in headings.values()]
            sheet.write_row(0, 0, headings.values(), heading)
            for line, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    widths[column] = min(
                        max(widths[column], self._write_cell(sheet, line, column, value, formats)),
                        45,
                    )
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width + 2)

    def _write_cell(self, sheet, line, column, value, formats):
        """Write one value with the type it has.

        :return: its width in characters
        """
        if value == "":
            return 0
        kind = type(value).__name__
        if kind == "datetime":
            value = fields.Datetime.context_timestamp(self, value).replace(tzinfo=None)
        if kind in ("date", "datetime"):
            sheet.write_datetime(line, column, value, formats[kind])
            return 10 if kind == "date" else 16
        if kind in ("int", "float"):
            sheet.write_number(line, column, value, formats["float"] if kind == "float" else None)
            return 6
        sheet.write_string(line, column, value, formats["text"])
        return len(value)

    def _get_sheet_name(self):
        """Name of the PDF: no person's."""
        return self.env._(
            "Presences %(space)s %(month)s",
            space=self.space_id.code or self.space_id.name,
            month=f"{self._get_first_day():%Y-%m}",
        )

    def _register_name(self):
        """Name of the file: no person's."""
        parts = [self.space_id.code or self.program_id.code or "", f"{self._get_first_day():%Y-%m}"]
        return self.env._("register-%s.xlsx", "-".join(filter(None, parts)).lower())
