from odoo import api, models
from odoo.tools import format_datetime, split_every
from odoo.tools.misc import remove_accents

from .sheet import sheet_values

PEOPLE_A_PAGE = 13
# Lines left free for those who come without having registered.
FREE_LINES = 3
SHOWN = ("expected", "present", "absent", "excused")


class ReportAttendanceSheet(models.AbstractModel):
    _name = "report.coworking_incubation.report_attendance_sheet"
    _description = "Sign-in Sheet of an Event"

    @api.model
    def _get_report_values(self, docids, data=None):
        events = self.env["calendar.event"].browse(docids).filtered("coworking_kind")
        events.check_access("read")
        self.env["coworking.attendance"].check_access("read")
        return {
            "docs": events,
            "pages": {event.id: self._prepare_pages(event) for event in events},
            "signed_on": self._format_signed_on,
            **sheet_values(self.env),
        }

    @api.model
    def _format_signed_on(self, event, moment):
        """When somebody signed, by the clock of the place."""
        return format_datetime(event.env, moment, tz=event._coworking_tz(), dt_format="short")

    @api.model
    def _prepare_pages(self, event):
        """Pages of at most so many lines, so that no engine cuts a row or loses the heading."""
        people = event.coworking_attendance_ids.filtered(lambda row: row.state in SHOWN).sorted(
            lambda row: remove_accents(row.display_name or "").lower()
        )
        free = FREE_LINES if event.coworking_kind != "appointment" else 0
        rows = enumerate([*people, *[None] * free], 1)
        lines = [{"number": number, "row": row} for number, row in rows]
        pages = list(split_every(PEOPLE_A_PAGE, lines, list)) or [[]]
        slots, count = self._get_slots(event), len(pages)
        return [
            {
                "lines": page,
                "slots": slots,
                "number": number,
                "count": count,
                "end": number == count,
            }
            for number, page in enumerate(pages, 1)
        ]

    @api.model
    def _get_slots(self, event):
        """One signature a half-day: two where the event goes over noon."""
        border = self.env["coworking.space"]._get_half_day_border()
        slot = self.env["coworking.presence"]._fields["slot"]
        labels = dict(slot._description_selection(self.env))
        half = "day" if event.allday else event._coworking_get_slot(event.start, event.stop, border)
        return list(labels.values()) if half == "day" else [labels[half]]
