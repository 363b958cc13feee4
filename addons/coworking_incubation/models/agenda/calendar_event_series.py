from odoo import fields, models
from odoo.tools import format_date

from .calendar_event import REWRITTEN


class CalendarEvent(models.Model):
    """Dates of a series that hold a list are taken out of it before it is rewritten."""

    _inherit = "calendar.event"

    def _coworking_rewrites_series(self, vals):
        """Whether Odoo would archive or delete occurrences of the series to make them anew."""
        setting = vals.get("recurrence_update")
        if len(self) != 1 or setting not in REWRITTEN or not self.recurrence_id:
            return False
        if setting == "future_events":
            return True
        rewritten = self._get_time_fields() | self._get_recurrent_fields() | {"recurrency"}
        return bool(rewritten & vals.keys() or self._check_values_to_sync(vals))

    def _coworking_leave_series(self, setting):
        """Occurrences with people on their list leave the series, before it is rewritten.

        :return: what the change of the series goes through: this occurrence, or if it left, the
            first of those that stayed
        """
        self.ensure_one()
        occurrences = self.recurrence_id.calendar_event_ids
        if setting == "future_events":
            occurrences = occurrences.filtered(lambda event: event.start >= self.start)
        occurrences._coworking_detach()
        return (
            self
            if self.recurrence_id
            else occurrences.filtered("recurrence_id").sorted("start")[:1]
        )

    def _coworking_shift(self, vals, delta):
        """The same change of another occurrence, ``delta`` later."""
        shifted = dict(vals)
        for name in ("start", "stop"):
            if vals.get(name):
                shifted[name] = fields.Datetime.to_datetime(vals[name]) + delta
        for name in ("start_date", "stop_date"):
            if vals.get(name):
                shifted[name] = fields.Date.to_date(vals[name]) + delta
        return shifted

    def _coworking_detach(self):
        """Take those with people on their list out of their series."""
        # sudo: it is enough that there is somebody, whoever edits the series
        attended = self.filtered(
            lambda event: event.recurrence_id and event.sudo().coworking_attendance_ids
        )
        if not attended:
            return
        recurrences = attended.recurrence_id
        attended.with_context(dont_notify=True).write(
            {"recurrence_id": False, "recurrency": False, "follow_recurrence": False}
        )
        emptied = recurrences.filtered(lambda recurrence: not recurrence.calendar_event_ids)
        (recurrences - emptied).filtered(
            lambda recurrence: recurrence.base_event_id not in recurrence.calendar_event_ids
        )._select_new_base_event()
        emptied.unlink()
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "These dates have people on their attendance list and left the series, which"
                    " no longer changes them: %s.",
                    ", ".join(
                        format_date(self.env, event._coworking_local(event.start).date())
                        for event in attended.sorted("start")
                    ),
                ),
            },
        )

    def action_mass_deletion(self, recurrence_update_setting):
        carrier = self._coworking_carrier(recurrence_update_setting)
        if not carrier:
            return None
        return super(CalendarEvent, carrier).action_mass_deletion(recurrence_update_setting)

    def action_mass_archive(self, recurrence_update_setting):
        carrier = self._coworking_carrier(recurrence_update_setting)
        if not carrier:
            return None
        return super(CalendarEvent, carrier).action_mass_archive(recurrence_update_setting)

    def _coworking_carrier(self, setting):
        """Through which occurrence a series is archived or deleted: none if nothing is left."""
        self.ensure_one()
        if not self.recurrence_id or setting not in ("all_events", "future_events"):
            return self
        return self._coworking_leave_series(setting)
