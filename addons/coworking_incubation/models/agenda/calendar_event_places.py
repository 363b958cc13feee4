import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .coworking_attendance import BY_THE_PUBLIC

FEW_PLACES = 5
# A place that is kept for an address still to be confirmed is counted on the page after so long.
SHOWN_AFTER_MINUTES = 15


class CalendarEvent(models.Model):
    """Places that are counted, and what the public page says of them."""

    _inherit = "calendar.event"

    # === THE PUBLIC PAGE === #

    @api.model
    def _coworking_public_domain(self):
        return [
            ("coworking_kind", "=", "info_session"),
            ("coworking_public", "=", True),
            ("start", ">", fields.Datetime.now()),
        ]

    @api.model
    def _coworking_public_events(self, limit=60):
        """The next meetings anybody may register for, the soonest first."""
        # sudo: the public has no right on events; the page shows date, place and places left
        return self.sudo().search(self._coworking_public_domain(), order="start, id", limit=limit)

    def _coworking_public_places(self):
        """Places left, as the page says it: {event: number, or None without a limit}.

        A place kept for an address that is not confirmed yet is taken too, but after some minutes
        only, since a number that changed at once would tell who is registered already to whoever
        types their address.
        """
        return self._coworking_places_left(SHOWN_AFTER_MINUTES)

    def _coworking_prepare_cards(self):
        """What a card shows of each meeting; a place left is a number, or None without a limit."""
        places = self._coworking_public_places()
        return [
            {
                "id": event.id,
                "title": event.name,
                "program": event.coworking_program_id.name,
                "when": event._coworking_when(),
                "place": event.coworking_place,
                "map_url": event._coworking_map_url(),
                "left": places[event],
                "left_label": event._coworking_places_label(places[event]),
                "few": places[event] is not None and 0 < places[event] <= FEW_PLACES,
            }
            for event in self
        ]

    def _coworking_places_left(self, after_minutes=0):
        """Places for whoever confirms now: {event: number, or None without a limit}.

        :param after_minutes: from when on a place that is kept for somebody unsure is counted
        """
        now = fields.Datetime.now()
        # sudo: how many, never who
        attendances = self.env["coworking.attendance"].sudo()
        counts = dict(
            attendances._read_group(
                [
                    ("event_id", "in", self.ids),
                    ("state", "in", ("expected", "present")),
                    "|",
                    "|",
                    ("confirmed_at", "!=", False),
                    ("registered_by", "not in", BY_THE_PUBLIC),
                    "&",
                    ("registered_at", "<=", now - timedelta(minutes=after_minutes)),
                    "!",
                    *attendances._get_kept_too_long_domain(),
                ],
                ["event_id"],
                ["__count"],
            )
        )
        return {
            event: max(event.coworking_capacity - counts.get(event, 0), 0)
            if event.coworking_capacity
            else None
            for event in self
        }

    def _coworking_places_label(self, left):
        """Places left, in words."""
        if left is None:
            return self.env._("Places available")
        if not left:
            return self.env._("Full: waiting list")
        if left == 1:
            return self.env._("Only 1 place left")
        if left <= FEW_PLACES:
            return self.env._("Only %s places left", left)
        return self.env._("%s places left", left)

    # === PLACES === #

    def _coworking_is_over(self):
        self.ensure_one()
        return self.stop < fields.Datetime.now()

    def _coworking_holds_places(self):
        """Whether places are given out: there is a limit, and it is not over."""
        self.ensure_one()
        return bool(self.coworking_kind and self.coworking_capacity) and not (
            self._coworking_is_over()
        )

    def _check_coworking_room(self):
        """Whoever comes without a place may take that of somebody absent, not more."""
        for event in self.filtered("coworking_capacity"):
            present = event.coworking_attendance_ids.filtered(
                lambda attendance: attendance.state == "present"
            )
            if len(present) > event.coworking_capacity:
                raise UserError(
                    self.env._(
                        "%(event)s holds %(count)s people, and as many are here already: raise its"
                        " capacity if the room allows it.",
                        event=event.name,
                        count=event.coworking_capacity,
                    )
                )

    def _coworking_taken_places(self):
        """Numbers of the places that somebody has."""
        self.ensure_one()
        self.env["coworking.attendance"].flush_model(["event_id", "place"])
        taken = self.env.execute_query(
            SQL("SELECT place FROM coworking_attendance WHERE event_id = %s AND place > 0", self.id)
        )
        return {place for (place,) in taken}

    def _coworking_free_places(self, attendance, sure):
        """Numbers of the places that somebody may have, in no order: people who come together try
        others.

        Whoever may not exist has none but the first half: a robot that registers hundreds of
        invented people keeps nobody out who confirms. As each number is given once, neither does
        one that sends them all at the same moment.
        """
        self.ensure_one()
        taken = self._coworking_taken_places()
        free = [place for place in range(1, self.coworking_capacity + 1) if place not in taken]
        # after a lowered capacity, those beyond it keep theirs: that many fewer are free
        free = free[: max(self.coworking_capacity - len(taken), 0)]
        random.shuffle(free)
        half = (self.coworking_capacity + 1) // 2
        first = [place for place in free if place <= half]
        if not sure:
            return first
        last = [place for place in free if place > half]
        return last if attendance.place else last + first

    def _coworking_number_places(self):
        """Give a number to all who are expected: after a limit was set, or a date moved."""
        events = self.filtered(lambda event: event._coworking_holds_places())
        if not events:
            return
        # sudo: places are numbered for the whole list, whoever changes the event
        attendances = self.env["coworking.attendance"].sudo()
        attendances.flush_model(["event_id", "state", "place", "confirmed_at", "registered_by"])
        self.env.cr.execute(
            SQL(
                "UPDATE coworking_attendance SET place = 0 WHERE event_id IN %s",
                tuple(events.ids),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE coworking_attendance SET place = numbered.place
                  FROM (SELECT id, row_number() OVER (
                                   PARTITION BY event_id
                                   ORDER BY confirmed_at IS NULL AND registered_by IN %s DESC, id
                               ) AS place
                          FROM coworking_attendance
                         WHERE event_id IN %s AND state IN ('expected', 'present')) numbered
                 WHERE numbered.id = coworking_attendance.id
                """,
                BY_THE_PUBLIC,
                tuple(events.ids),
            )
        )
        attendances.invalidate_model(["place"], flush=False)

    def _coworking_fill_places(self):
        """Whoever waited longest moves up, as long as there is a place.

        :return: those who moved up
        """
        # sudo: a visitor who cancels lets a stranger move up
        waiting = self.env["coworking.attendance"].sudo()
        moved = waiting.browse()
        for event in self:
            if not event.coworking_kind or event._coworking_is_over() or not event.active:
                continue
            for attendance in waiting.search(
                [("event_id", "=", event.id), *waiting._get_may_move_up_domain()],
                order="registered_at, id",
            ):
                if attendance._take_place():
                    moved |= attendance
                elif attendance._is_sure():
                    break
        moved._move_up()
        return moved
