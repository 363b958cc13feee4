from datetime import timedelta
from urllib.parse import urlsplit

import pytz
import vobject

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, format_time

from ...tools import day_in_words, map_url
from ..base.discussion import filter_notified, refuse_number_about

KINDS = [
    ("info_session", "Information meeting"),
    ("appointment", "Appointment"),
    ("collective", "Collective time"),
]
# What is on a signed list stays as it was signed, and so does where it took place.
ATTESTED = (
    "start",
    "stop",
    "user_id",
    "coworking_kind",
    "coworking_program_id",
    "coworking_space_id",
)
# Given by the synchronisation with another calendar (google_calendar, microsoft_calendar).
SYNCHRONISED = {"need_sync", "need_sync_m"}
# The settings with which Odoo makes dates of a series anew.
REWRITTEN = ("future_events", "all_events")
# In the transaction: ids of what somebody read as "Busy".
MASKED = "coworking_masked"
# Their people must not see one another: they are on the attendance list, never guests.
SHARED_KINDS = ("info_session", "collective")
# Of somebody on a list: who does not come, and said so.
GIVEN_UP = ("cancelled", "excused")
STAFF = "coworking_incubation.group_coworking_accompanist"


class CalendarEvent(models.Model):
    """What the program's time is made of. Odoo's calendar stays the calendar, with three rules:

    people of a shared event are on its attendance list and never its guests, who see each other's
    addresses; an occurrence with people on its list leaves its series before the series is
    rewritten; titles carry no name.
    """

    _inherit = "calendar.event"

    coworking_kind = fields.Selection(
        KINDS,
        string="Incubation",
        index="btree_not_null",
        help="What this event is to the incubation program. Empty for an ordinary meeting.",
    )
    coworking_program_id = fields.Many2one(
        "coworking.program", string="Program", index="btree_not_null"
    )
    coworking_space_id = fields.Many2one(
        "coworking.space", string="Space", prefetch="coworking", index="btree_not_null"
    )
    coworking_capacity = fields.Integer(
        string="Capacity", prefetch="coworking", help="0: no limit."
    )
    coworking_public = fields.Boolean(
        string="Open to Registration",
        prefetch="coworking",
        help="Shown on the public page, where anybody may register.",
    )
    coworking_attendance_ids = fields.One2many(
        "coworking.attendance", "event_id", string="Attendance", groups=STAFF
    )
    coworking_participant_id = fields.Many2one(
        "coworking.participant",
        string="Appointment With",
        compute="_compute_coworking_participant_id",
        inverse="_inverse_coworking_participant_id",
        groups=STAFF,
        help="Who this appointment is with.",
    )
    coworking_email = fields.Char(
        string="Invitation To", compute="_compute_coworking_address", groups=STAFF
    )
    coworking_phone = fields.Char(
        string="To Be Told by Phone", compute="_compute_coworking_address", groups=STAFF
    )
    coworking_people = fields.Char(
        string="People", compute="_compute_coworking_people", groups=STAFF
    )
    coworking_expected_count = fields.Integer(
        string="People Expected", compute="_compute_coworking_counts"
    )
    coworking_waiting_count = fields.Integer(string="Waiting", compute="_compute_coworking_counts")
    coworking_places_left = fields.Integer(
        string="Places Left", compute="_compute_coworking_counts"
    )
    coworking_place = fields.Char(
        string="Place", compute="_compute_coworking_place", help="Where to go, in one line."
    )

    _coworking_capacity_positive = models.Constraint(
        "CHECK (coworking_capacity >= 0)", "The capacity of a meeting cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends("coworking_kind")
    @api.depends_context("coworking_show_people", "uid")
    def _compute_display_name(self):
        """Names of people appear in our own views only, and only to those who may read them."""
        result = super()._compute_display_name()
        if self.env.context.get("coworking_show_people") and self.env.user.has_group(STAFF):
            for event in self.filtered("coworking_people"):
                parts = [event.display_name, event.coworking_people]
                if event.coworking_kind == "appointment":
                    parts.reverse()  # who it is with is what one looks for
                event.display_name = " · ".join(parts)
        return result

    @api.depends("coworking_attendance_ids.state", "coworking_capacity")
    def _compute_coworking_counts(self):
        counts = {}
        # sudo: how many, never who; employees outside the program see a room fill up
        for event, state, count in (
            self.env["coworking.attendance"]
            .sudo()
            ._read_group([("event_id", "in", self.ids)], ["event_id", "state"], ["__count"])
        ):
            counts.setdefault(event.id, {})[state] = count
        for event in self:
            found = counts.get(event.id or event._origin.id, {})
            expected = found.get("expected", 0) + found.get("present", 0)
            event.coworking_expected_count = expected
            event.coworking_waiting_count = found.get("waiting", 0)
            event.coworking_places_left = max(event.coworking_capacity - expected, 0)

    @api.depends("coworking_attendance_ids.participant_id", "coworking_attendance_ids.state")
    @api.depends_context("uid")
    def _compute_coworking_participant_id(self):
        people = self.env["coworking.attendance"].search_fetch(
            [
                ("event_id", "in", self.ids),
                ("kind", "=", "appointment"),
                ("participant_id", "!=", False),
            ],
            ["event_id", "participant_id", "state"],
        )
        by_event = people.grouped("event_id")
        for event in self:
            listed = by_event.get(event._origin, people.browse())
            coming = listed.filtered(lambda row: row.state not in GIVEN_UP)
            event.coworking_participant_id = (coming or listed)[:1].participant_id

    @api.depends("coworking_participant_id")
    @api.depends_context("uid")
    def _compute_coworking_address(self):
        """How the person of an appointment is told."""
        for event in self:
            event.coworking_email = event.coworking_participant_id.email
            event.coworking_phone = event.coworking_participant_id.phone

    def _inverse_coworking_participant_id(self):
        """Another person comes: who was written to is told that it is off, and stays on record."""
        for event in self.filtered(lambda event: event.coworking_kind == "appointment"):
            people = event.coworking_attendance_ids.filtered("participant_id")
            coming = people.filtered(lambda row: row.state not in GIVEN_UP)
            participant = event.coworking_participant_id
            own = people.filtered_domain([("participant_id", "=", participant.id)])
            told = coming.filtered(lambda row: row.state == "expected" and row.invited_at)
            told -= told._filter_of_person(participant)  # by another file of theirs
            if not participant:
                people.unlink()
            elif own & coming:
                continue
            elif len(coming) == 1 and not own and (not told or event._coworking_is_over()):
                coming.participant_id = participant
            else:
                if len(coming) == 1 and coming.state == "expected":
                    coming.state = "cancelled"
                    told._notify_people("called_off")
                if own:
                    own.write({"state": "expected", "invited_at": False, "reminded_at": False})
                else:
                    self.env["coworking.attendance"].create(
                        {"event_id": event.id, "participant_id": participant.id}
                    )

    @api.depends("coworking_attendance_ids.participant_id", "coworking_attendance_ids.name")
    @api.depends_context("uid")
    def _compute_coworking_people(self):
        """Of an appointment, who it is with; of the others, how many come."""
        appointments = self.filtered(lambda event: event.coworking_kind == "appointment")
        names = dict(
            self.env["coworking.attendance"]._read_group(
                [("event_id", "in", appointments.ids), ("state", "!=", "cancelled")],
                ["event_id"],
                ["id:recordset"],
            )
        )
        for event in self:
            if event in appointments:
                people = names.get(event._origin, self.env["coworking.attendance"])
                event.coworking_people = ", ".join(people.mapped("display_name"))
            elif event.coworking_kind and event.coworking_capacity:
                event.coworking_people = (
                    f"{event.coworking_expected_count}/{event.coworking_capacity}"
                )
            elif event.coworking_kind:
                event.coworking_people = str(event.coworking_expected_count)
            else:
                event.coworking_people = False

    @api.depends("location", "coworking_space_id")
    def _compute_coworking_place(self):
        for event in self:
            event.coworking_place = event.location or event._coworking_address()

    def _coworking_address(self):
        """The space and its address, in one line."""
        self.ensure_one()
        # sudo: the address of a space is no secret; a visitor of the public page needs it
        space = self.sudo().coworking_space_id
        if not space:
            return ""
        site = space.partner_id
        town = " ".join(filter(None, [site.zip, site.city]))
        return ", ".join(filter(None, [space.name, site.street, site.street2, town]))

    def _coworking_map_url(self):
        """See :func:`map_url`."""
        self.ensure_one()
        # sudo: as above
        site = self.sudo().coworking_space_id.partner_id
        query = self.location or ", ".join(
            filter(None, [site.street, " ".join(filter(None, [site.zip, site.city]))])
        )
        return map_url(query) or False

    def _coworking_tz(self):
        """Time zone of the place: the space's, or that of who planned it, or the company's."""
        self.ensure_one()
        # sudo: no more than a time zone is read
        event = self.sudo()
        if event.coworking_space_id:
            return event.coworking_space_id._get_zone()
        company = event.coworking_program_id.company_id or self.env.company
        return event.event_tz or company.resource_calendar_id.tz or self.env.user.tz or "UTC"

    def _coworking_local(self, moment):
        """That moment, as the clock of the place shows it."""
        self.ensure_one()
        return fields.Datetime.context_timestamp(self.with_context(tz=self._coworking_tz()), moment)

    def _coworking_get_slot(self, start, stop, border):
        """The half-day between two moments, ``am`` or ``pm``; ``day`` where they go over noon.

        :param border: see ``coworking.space._get_half_day_border``
        """
        start, stop = self._coworking_local(start), self._coworking_local(stop)
        begins, ends = start.hour + start.minute / 60, stop.hour + stop.minute / 60
        # half an hour over the border does not make a second half-day
        if stop.date() > start.date() or (begins < border and ends > border + 0.5):
            return "day"
        return "am" if begins < border else "pm"

    def _coworking_when(self):
        """Date and hours in words: "Thursday 25 June 2015, 09:30 to 11:30"."""
        self.ensure_one()
        start = self._coworking_local(self.start)
        stop = self._coworking_local(self.stop)
        day = day_in_words(self.env, start.date(), "EEEE d MMMM y")
        if self.allday:
            return day
        if stop.date() != start.date():
            return self.env._(
                "%(day)s, %(start)s, to %(last)s, %(stop)s",
                day=day,
                start=self._coworking_hour(start),
                last=day_in_words(self.env, stop.date(), "EEEE d MMMM y"),
                stop=self._coworking_hour(stop),
            )
        return self.env._(
            "%(day)s, %(start)s to %(stop)s",
            day=day,
            start=self._coworking_hour(start),
            stop=self._coworking_hour(stop),
        )

    def _coworking_hour(self, moment):
        return format_time(self.env, moment.time(), time_format="short")

    def _coworking_ics(self):
        """The event for one's own calendar, without the guests and the series it belongs to."""
        self.ensure_one()
        calendar = vobject.iCalendar()
        item = calendar.add("vevent")
        item.add("uid").value = f"coworking-{self.id}@{urlsplit(self.get_base_url()).hostname}"
        item.add("dtstamp").value = fields.Datetime.now().replace(tzinfo=pytz.utc)
        if self.allday:
            item.add("dtstart").value = self.start_date
            item.add("dtend").value = self.stop_date + timedelta(days=1)
        else:
            item.add("dtstart").value = self.start.replace(tzinfo=pytz.utc)
            item.add("dtend").value = self.stop.replace(tzinfo=pytz.utc)
        item.add("summary").value = self.name
        if self.coworking_place:
            item.add("location").value = self.coworking_place
        organiser = self.sudo().coworking_program_id.company_id  # sudo: its public name
        if organiser.email:
            item.add("organizer").value = f"mailto:{organiser.email}"
            item.organizer.params["CN"] = [organiser.name.replace('"', "'")]
        return calendar.serialize().encode()

    # === CONSTRAINTS === #

    @api.constrains("coworking_kind", "coworking_program_id")
    def _check_coworking_program(self):
        for event in self:
            if event.coworking_kind and not event.coworking_program_id:
                raise ValidationError(
                    self.env._("Say which program %(event)s belongs to.", event=event.name)
                )

    @api.constrains("coworking_kind")
    def _check_coworking_kind(self):
        for event in self:
            # sudo: whoever may edit the event is told, even who may not read its list
            if not event.coworking_kind and event.sudo().coworking_attendance_ids:
                raise ValidationError(
                    self.env._(
                        "%(event)s has people on its attendance list: it stays an event of the"
                        " incubation.",
                        event=event.name,
                    )
                )

    @api.constrains("coworking_kind", "partner_ids")
    def _check_coworking_guests(self):
        for event in self.filtered(lambda event: event.coworking_kind in SHARED_KINDS):
            # sudo: the rule holds for all files and registrations, whoever adds the guest; that
            # somebody has a file is all that is said
            guests = event.sudo().partner_ids.filtered(
                lambda partner: not partner.user_ids.filtered(lambda user: not user.share)
            )
            people = guests.filtered(
                lambda partner: partner.with_context(active_test=False).coworking_participant_ids
            )
            listed = set(
                filter(None, event.sudo().coworking_attendance_ids.mapped("email_normalized"))
            )
            people |= guests.filtered(
                lambda partner, listed=listed: (
                    self.env["coworking.attendance"]._get_email_key(partner.email) in listed
                )
            )
            if people:
                raise ValidationError(
                    self.env._(
                        "%(people)s cannot be a guest of %(event)s: guests see each other's"
                        " addresses. Add them to its attendance list instead: their messages come"
                        " from there.",
                        people=", ".join(people.mapped("name")),
                        event=event.name,
                    )
                )

    @api.constrains("name", "coworking_kind")
    def _check_coworking_title(self):
        # of meetings of ours alone: the others have no list
        # sudo: the rule holds for everybody on the list, whoever types the title
        self.filtered("coworking_kind").sudo().coworking_attendance_ids._check_event_title()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_attended(self):
        for event in self:
            # sudo: whoever may delete the event is told, even who may not read its list
            count = len(event.sudo().coworking_attendance_ids)
            if count:
                raise UserError(
                    self.env._(
                        "%(event)s of %(date)s has people on its attendance list (%(count)s) and"
                        " cannot be deleted. Open it and choose “Call It Off”: they are told, and"
                        " the list is kept.",
                        event=event.name,
                        date=format_date(self.env, event._coworking_local(event.start).date()),
                        count=count,
                    )
                )

    @api.model
    def _get_custom_fields(self):
        """As Odoo has it, which describes all fields, ours too, to find those that somebody made:
        twice each time that it reads a meeting.
        """
        return {
            name
            for name, field in self._fields.items()
            if field.manual and self._has_field_access(field, "read")
        }

    def _check_private_event_conditions(self):
        """Of what is masked Odoo keeps "Busy", and that it is nothing of ours, for whoever reads it
        next, the system too: ``write`` reads it anew.
        """
        masked = super()._check_private_event_conditions()
        if masked:
            self.env.cr.cache.setdefault(MASKED, set()).add(self.id)
        return masked

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        """A title is there before it is asked for."""
        values = super().default_get(fields)
        kind = values.get("coworking_kind")
        if kind and "name" in fields and not values.get("name"):
            titles = dict(self._fields["coworking_kind"]._description_selection(self.env))
            values["name"] = titles[kind]
        return values

    @api.onchange("coworking_participant_id")
    def _onchange_coworking_participant_id(self):
        """Where the person of an appointment is, it takes place."""
        participant = self.coworking_participant_id
        if participant:
            self.coworking_program_id = participant.program_id
            self.coworking_space_id = participant.current_space_id or self.coworking_space_id

    @api.constrains("name", "description", "coworking_kind")
    def _check_coworking_no_social_security_number(self):
        """Nothing is refused to another calendar, nor the numbers of calls by video."""
        if self.env.context.get("dont_notify"):  # set by Odoo while it synchronises
            return
        for event in self:
            for name in ("name", "description"):
                text = str(event[name] or "")
                if "://" not in text:
                    refuse_number_about(event, text, self._fields[name])

    def _coworking_is_about_people(self):
        return any(self.mapped("coworking_kind"))

    def _coworking_get_people(self):
        """Who is on the attendance list; at an appointment, its guests as well."""
        # sudo: see coworking.thread.mixin
        events = self.sudo()
        alone = events.filtered(lambda event: event.coworking_kind == "appointment")
        people = events.coworking_attendance_ids.participant_id.partner_id
        return people | alone.partner_ids

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        return filter_notified(self, message, recipients)

    @api.model_create_multi
    def create(self, vals_list):
        titles = dict(self._fields["coworking_kind"]._description_selection(self.env))
        for vals in vals_list:
            kind = vals.get("coworking_kind", self.env.context.get("default_coworking_kind"))
            if kind and not vals.get("name"):
                vals["name"] = titles[kind]
        return super().create(vals_list)

    def write(self, vals):
        masked = self.env.cr.cache.get(MASKED)
        if masked:
            self.filtered(lambda event: event.id in masked).invalidate_recordset()
        ours = vals.get("coworking_kind") or vals.get("recurrence_update") in REWRITTEN
        if not ours and not any(self.mapped("coworking_kind")):
            return super().write(vals)
        vals = dict(vals)
        carrier, others = self.browse(), {}
        if self._coworking_rewrites_series(vals):
            start = self.start
            carrier = self._coworking_leave_series(vals["recurrence_update"])
            if carrier != self:
                others = self._coworking_shift(vals, carrier.start - start) if carrier else {}
                vals["recurrence_update"] = "self_only"
                for name in self._get_recurrent_fields():
                    vals.pop(name, None)
                if self._coworking_signed():
                    # the others of its series change, this one took place
                    for name in (*self._get_time_fields(), *ATTESTED, "duration", "allday"):
                        vals.pop(name, None)
        told = self._coworking_told(vals)
        called_off = self._coworking_called_off(vals)
        attested = self._coworking_attested(vals)
        signed = self._coworking_signed() if vals.keys() & attested else {}
        if vals.keys() & SYNCHRONISED and len(signed) == len(self):
            # another calendar may know another owner: who led what was signed stays
            vals.pop("user_id", None)
        moved = vals.keys() & {*self._get_time_fields(), "duration", "allday"}
        # sudo: when it is, whoever moves it
        listed = self.sudo().coworking_attendance_ids if moved else self.env["coworking.attendance"]
        days = {attendance: attendance.date for attendance in listed}
        asked = listed._find_asked_to_move()
        result = super().write(vals)
        # what is on a list follows no event of Odoo's alone
        listed.modified(["event_id"])
        if asked:
            (asked - listed._find_asked_to_move()).action_feedback()
        if not self.env.su and not vals.keys() & SYNCHRONISED:
            of_other_day = listed.filtered(lambda attendance: attendance.date != days[attendance])
            of_other_day._check_not_put_off(days)
            of_other_day._check_month_open()
        self._check_coworking_signed(signed, attested)
        self._coworking_tell_changes(told)
        called_off._coworking_tell_called_off()
        if others:
            carrier.write(others)
        if {"coworking_capacity", "coworking_kind", "start", "stop", "active"} & vals.keys():
            self._coworking_number_places()
            if not self.env.context.get("coworking_nobody_moves_up"):
                self._coworking_fill_places()
        return result

    # === SIGNED LISTS === #

    def _coworking_attested(self, vals):
        """Fields whose change a signed list refuses.

        The times of another calendar, on synchronisation, are taken: the signed list keeps its
        own. Who led it, its kind, program and space stay.
        """
        if vals.keys() & SYNCHRONISED:
            return set(ATTESTED) - {"start", "stop"}
        return {*self._get_time_fields(), *ATTESTED, "duration", "allday", "active"}

    def _coworking_signed(self):
        """{event: what a signed list says of it}, of those with a signature that stands."""
        # the others have no list
        ours = self.filtered("coworking_kind")
        # sudo: it is enough that somebody signed, whoever edits the event
        signed = ours and (
            self.env["coworking.attendance"]
            .sudo()
            ._read_group(
                [
                    ("event_id", "in", ours.ids),
                    "|",
                    ("signed_at", "!=", False),
                    ("host_signed_at", "!=", False),
                ],
                ["event_id"],
            )
        )
        ids = {event.id for (event,) in signed}
        return {
            event: {name: event[name] for name in ("active", *ATTESTED)}
            for event in self
            if event.id in ids
        }

    def _check_coworking_signed(self, signed, attested):
        for event, before in signed.items():
            if any(event[name] != before[name] for name in before.keys() & attested):
                raise UserError(
                    self.env._(
                        "People signed that they were at %(event)s on %(date)s: its date, place,"
                        " program, kind and who led it no longer change, and it is not archived. A"
                        " coordinator can take the signatures back first.",
                        event=event.name,
                        date=format_date(self.env, event._coworking_local(before["start"]).date()),
                    )
                )

    # === PEOPLE ARE TOLD === #

    def _coworking_told(self, vals):
        """When and where, before a change: {event: what people were told}."""
        if not {"start", "stop", "location", "coworking_space_id"} & vals.keys():
            return {}
        return {
            event: (event.start, event.stop, event.coworking_place)
            for event in self
            if event.coworking_kind and not event._coworking_is_over()
        }

    def _coworking_tell_changes(self, told):
        """Write to those who had been written to, when the meeting is at another time or place."""
        # sudo: whoever moves the meeting, its people must know
        attendances = self.env["coworking.attendance"].sudo()
        for event, before in told.items():
            now = (event.start, event.stop, event.coworking_place)
            if now != before and not event._coworking_is_over():
                people = attendances.search(attendances._get_was_told_domain(event))
                people.reminded_at = False
                people._notify_people("changed")
                event._coworking_say_told(people, "changed")

    def _coworking_called_off(self, vals):
        """Those to come that a change archives, as Odoo's own "Delete" does: it has no other word
        for what does not take place.
        """
        if vals.get("active", True):
            return self.browse()
        return self.filtered(lambda event: event.coworking_kind and not event._coworking_is_over())

    def _coworking_tell_called_off(self):
        """Those who are expected or wait are told, and the list is kept."""
        # sudo: whoever archives the meeting, its people must know
        people = self.sudo().coworking_attendance_ids.filtered(
            lambda attendance: attendance.state in ("waiting", "expected")
        )
        for event, listed in people.grouped("event_id").items():
            listed.write(
                {
                    "state": "cancelled",
                    "noted_by": self.env.user.partner_id.id,
                    "noted_at": fields.Datetime.now(),
                }
            )
            listed._notify_people("called_off")
            event.with_env(self.env)._coworking_say_told(listed, "called_off")

    def _coworking_say_told(self, people, what):
        """Whoever moves or archives a meeting, by a drag as well, sees how many were written to,
        and whom to call.

        :param what: the mail, see ``coworking.attendance._notify_people``
        """
        to_call = people.filtered(lambda attendance: not attendance._may_write_to(what))
        said, written = [], len(people - to_call)
        if written and what == "changed":
            said.append(self.env._("Written to, with the new date and place: %s.", written))
        elif written:
            said.append(self.env._("Written to, that it does not take place: %s.", written))
        if to_call:
            said.append(self.env._("To be called: %s.", ", ".join(to_call.mapped("display_name"))))
        if said:
            self.env.user._bus_send(
                "simple_notification",
                {"title": self.name, "message": " ".join(said), "sticky": bool(to_call)},
            )

    def action_coworking_invite(self):
        """Write to each who is expected, with the meeting for their calendar."""
        self.ensure_one()
        people = self.coworking_attendance_ids.filtered(
            lambda attendance: attendance.state == "expected" and not attendance.invited_at
        )
        if not people:
            raise UserError(
                self.env._("Everybody who is expected at %s was already written to.", self.name)
            )
        people._notify_people("invitation")
        people.invited_at = fields.Datetime.now()
        return True

    def action_coworking_call_off(self):
        """It does not take place: those who are expected or wait are told, the list is kept."""
        for event in self:
            if event._coworking_is_over():
                raise UserError(
                    self.env._("%s is over: note on its list who came.", event.display_name)
                )
        self.active = False
        return True

    # === APPOINTMENTS === #

    @api.model
    def _coworking_appointment_defaults(self, participant):
        """Context for a new appointment with a participant: the record it is about is linked."""
        titles = dict(self._fields["coworking_kind"]._description_selection(self.env))
        return {
            "default_name": titles["appointment"],
            "default_coworking_kind": "appointment",
            "default_coworking_program_id": participant.program_id.id,
            "default_coworking_participant_id": participant.id,
            "default_coworking_space_id": participant.current_space_id.id,
            "default_partner_ids": self.env.user.partner_id.ids,
        }

    # === PLACES === #
    # Each place of a meeting has a number, and PostgreSQL gives a number once (see
    # coworking.attendance): two people who register at the same moment cannot both have the last.
