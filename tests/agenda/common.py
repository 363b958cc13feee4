from datetime import timedelta

from odoo import Command, fields

from ..common import CoworkingCase


class AgendaCase(CoworkingCase):
    """Meetings of a programme that runs now: what is past or to come depends on the day."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.space.partner_id.write(
            {"street": "75 rue Léon Gambetta", "zip": "59000", "city": "Lille"}
        )
        cls.meeting = cls._new_event("info_session", days=7, coworking_capacity=2)

    @classmethod
    def _new_event(cls, kind, days=7, hours=2, **values):
        """An event that starts in so many days at 07:30 UTC."""
        start = fields.Datetime.now().replace(hour=7, minute=30, second=0) + timedelta(days=days)
        return cls.env["calendar.event"].create(
            {
                "name": {"info_session": "Information meeting"}.get(kind, kind),
                "start": start,
                "stop": start + timedelta(hours=hours),
                "coworking_kind": kind,
                "coworking_program_id": cls.program.id,
                "coworking_space_id": cls.space.id,
                "user_id": cls.accompanist.id,
                "partner_ids": [Command.set(cls.accompanist.partner_id.ids)],
                **values,
            }
        )

    @classmethod
    def _new_event_last_month(cls, kind):
        today = fields.Date.today()
        last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=15)
        return cls._new_event(kind, days=(last_month - today).days)

    @classmethod
    def _close_month(cls, event):
        """All that is owed for the month of an event is settled."""
        cls.env["coworking.statement"].create(
            {
                "program_id": cls.program.id,
                "space_id": cls.space.id,
                "date_from": event.start.date().replace(day=1),
                "state": "confirmed",
            }
        )

    @classmethod
    def _new_series(cls, kind="collective", count=4, **values):
        """A weekly series of so many occurrences.

        :return: the occurrences, the first one first
        """
        first = cls._new_event(
            kind,
            recurrency=True,
            rrule_type="weekly",
            event_tz="UTC",
            end_type="count",
            count=count,
            interval=1,
            **{
                ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[
                    (fields.Datetime.now() + timedelta(days=7)).weekday()
                ]: True
            },
            **values,
        )
        return first.recurrence_id.calendar_event_ids.sorted("start")

    @classmethod
    def _attend(cls, event=None, **values):
        if not values.get("participant_id"):
            values.setdefault("name", "Sacha Petit")
        return cls.env["coworking.attendance"].create(
            {"event_id": (event or cls.meeting).id, **values}
        )
