import logging
import re
from datetime import timedelta

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import single_email_re

from ...tools import one_line, typed_text, words_of
from .coworking_attendance import BY_THE_PUBLIC, KEPT_MINUTES

_logger = logging.getLogger(__name__)

# How much of each field is kept; the form says so too.
LENGTHS = {
    "name": 100,
    "email": 200,
    "phone": 30,
    "prescriber_name": 100,
    "adviser_email": 200,
    "question": 1000,
}
REMIND_HOURS = 24
KEEP_UNLINKED_DAYS = 30


class _FullError(Exception):
    """The place that was to be given up is kept."""


class CoworkingAttendance(models.Model):
    """What people do with their own registration, without an account.

    Nobody but code calls this: the public has no right on any model of ours. Whatever is asked for
    by somebody who does not hold the personal link is answered the same way whether the person is
    known or not; what is to be said goes to the address that was registered.
    """

    _inherit = "coworking.attendance"

    # === WHAT WAS TYPED === #

    @api.model
    def _clean_registration(self, typed, by):
        """Values of a registration from what was typed: nothing but known fields, in one line.

        :param typed: the fields of the form
        :param by: 'public' or 'prescriber'
        """
        names = ["name", "email", "phone", "prescriber_name"]
        names.append("adviser_email" if by == "prescriber" else "question")
        values = {}
        for name in names:
            values[name] = (typed_text if name == "question" else one_line)(typed.get(name))
        return values

    @api.model
    def _get_registration_errors(self, values, with_contact=True):
        """What is wrong with these values: {field: sentence}.

        :param with_contact: whether an address or a phone is needed
        """
        errors = {
            name: self.env._("This is too long: %s characters at most.", LENGTHS[name])
            for name, text in values.items()
            if len(text) > LENGTHS[name]
        }
        if not values["name"]:
            errors["name"] = self.env._("Write the first and last name.")
        elif not re.fullmatch(r"[^\W\d_][\w'’.\- ]*", values["name"]) or re.search(
            r"\d|_|www\.|\w{2,}\.\w{2,}", values["name"]
        ):
            errors["name"] = self.env._(
                "A name is written with letters, spaces, hyphens and apostrophes."
            )
        if with_contact and not values["email"] and not values["phone"]:
            errors["email"] = self.env._(
                "Write an e-mail address or a phone number: one is enough."
            )
        if values["email"] and not self._is_email(values["email"]):
            errors["email"] = self.env._(
                "This is not an e-mail address. Example: camille@example.org"
            )
        if values["phone"] and not (
            re.fullmatch(r"\+?[\d .()/\-]+", values["phone"])
            and 9 <= len(re.sub(r"\D", "", values["phone"])) <= 15
        ):
            errors["phone"] = self.env._("This is not a phone number. Example: 06 39 98 01 02")
        if "adviser_email" in values and not self._is_email(values["adviser_email"]):
            errors["adviser_email"] = self.env._(
                "Write your e-mail address, as the person's adviser."
            )
        return errors

    @api.model
    def _is_email(self, text):
        return bool(single_email_re.match(text) and email_normalize(text) and ".." not in text)

    # === REGISTERING === #

    @api.model
    def _register_person(self, event, values, by, adviser=None):
        """Put a person on the list of a meeting, from what :meth:`_clean_registration` made.

        Who is already there is written to, or to be called: nothing on the page tells it. A place
        is taken at once if one is left of those for whoever is not sure, and kept for an hour;
        afterwards until somebody who is sure needs it.

        :param adviser: the contact who registers them, where it is known who that is
        """
        # sudo: the public has no rights; only these values are written
        registrations = self.sudo()
        known = registrations._find_known(event, values)
        if known:
            return known._register_again(values, by, adviser)
        try:
            with self.env.cr.savepoint():
                registration = registrations.create(
                    {
                        "event_id": event.id,
                        "state": "waiting",
                        "registered_by": by,
                        "lang": self.env.lang,
                        "adviser_id": adviser and adviser.id,
                        **{name: text or False for name, text in values.items()},
                    }
                )
        except psycopg2.errors.UniqueViolation:
            return registrations.browse()  # the same form, sent twice at the same moment
        registration._seek_place()
        registration._ask_to_confirm()
        return registration

    @api.model
    def _find_known(self, event, values):
        """The registration of the same person for a meeting: an address or phone, and the name.

        Two people may share an address: "Paul Martin" is not "Camille Martin", "Camille" is.
        """
        email, phone = self._get_email_key(values["email"]), self._get_phone_key(values["phone"])
        words = words_of(values["name"])
        for other in event.coworking_attendance_ids.sorted(
            lambda other: other.state == "cancelled"
        ):
            partner = other.participant_id.partner_id
            same_address = (
                email and email in (other.email_normalized, self._get_email_key(partner.email))
            ) or (phone and phone in (other.phone_key, self._get_phone_key(partner.phone)))
            theirs = words_of(partner.name or other.name)
            if same_address and (words <= theirs or theirs <= words):
                return other
        return self.browse()

    def _register_again(self, values, by, adviser=None):
        """Somebody who is on the list already, or was."""
        self.ensure_one()
        if self.state in ("cancelled", "excused") and not self.participant_id:
            self.write(
                {
                    # who registered before, or what was asked then, is not of this registration
                    "adviser_email": False,
                    "adviser_id": adviser and adviser.id,
                    "question": False,
                    **{name: text or False for name, text in values.items()},
                    "state": "waiting",
                    "registered_by": by,
                    "registered_at": fields.Datetime.now(),
                    "confirmed_at": False,
                    "adviser_told_at": False,
                }
            )
            self._seek_place()
            self._ask_to_confirm()
        elif self.state in ("cancelled", "excused"):
            self.to_tell = True  # a participant who changed their mind: staff decide
        elif self.registered_by in BY_THE_PUBLIC and not self.confirmed_at and self._get_email():
            self._send_mail("confirm")
        elif self._get_email():
            self._send_mail("known")
        else:
            self.to_tell = True
        return self

    def _seek_place(self):
        """A place, after those who wait for one."""
        self.ensure_one()
        self.event_id._coworking_fill_places()
        if self.state == "waiting" and self._take_place():
            self.state = "expected"

    def _ask_to_confirm(self):
        """Double opt-in: by the link, or by a call where there is no address."""
        self.ensure_one()
        if self._get_email():
            self._send_mail("confirm")
        else:
            self.to_tell = True

    # === THE PERSONAL LINK === #

    def _make_personal_path(self):
        """The path of a new link, for a mail to the person. Those sent before stay good."""
        self.ensure_one()
        __, token = self.env["coworking.portal.link"]._add_link(
            self,
            "registration",
            self.participant_id.partner_id,
            "mail",
            self.event_id.start,
        )
        return f"/incubation/p/{self.id}/{token}"

    @api.model
    def _find_by_link(self, registration_id, token):
        """The registration of a personal link; empty if altered, or if the meeting is long past.

        The page says itself what can no longer be done: the day of the meeting may have changed.
        """
        registration, __ = self.env["coworking.portal.link"]._find_record(
            token, self.browse(registration_id), "registration"
        )
        return registration

    def _is_over(self):
        """Whether it is too late to change anything."""
        self.ensure_one()
        return not self.event_id.active or self.event_id.start < fields.Datetime.now()

    def _confirm_registration(self):
        """The address is theirs."""
        self.ensure_one()
        if self.confirmed_at or self.state not in ("waiting", "expected"):
            return
        self._become_sure()
        if self not in self.event_id._coworking_fill_places():
            self._send_mail("confirmed")

    def _describe_kept_place(self, person=None):
        """What confirming gives whoever did not confirm yet: to them, or to their adviser.

        :param person: whom the adviser registered
        """
        self.ensure_one()
        words = {
            "person": person,
            "minutes": KEPT_MINUTES,
            "hours": self._get_hold_hours(),
        }
        if self.state == "expected" and self.filtered_domain(self._get_kept_too_long_domain()):
            return (
                self.env._(
                    "The place of %(person)s is still there: confirm now to keep it.", **words
                )
                if person
                else self.env._("Your place is still there: confirm now to keep it.")
            )
        if self.state == "expected":
            return (
                self.env._(
                    "A place is kept for %(person)s for %(minutes)s minutes. After that it may go"
                    " to somebody who confirmed: you can still confirm within %(hours)s hours, for"
                    " a place that is left or for the waiting list.",
                    **words,
                )
                if person
                else self.env._(
                    "A place is kept for you for %(minutes)s minutes. After that it may go to"
                    " somebody who confirmed: you can still confirm within %(hours)s hours, for a"
                    " place that is left or for the waiting list.",
                    **words,
                )
            )
        if self.event_id._coworking_places_left()[self.event_id] != 0:
            return (
                self.env._(
                    "No place is kept yet: once confirmed, %(person)s has one of those that are"
                    " left.",
                    **words,
                )
                if person
                else self.env._("No place is kept yet: confirm to have one of those that are left.")
            )
        return (
            self.env._(
                "All places are taken for now: once confirmed, %(person)s will be on the waiting"
                " list, and you will be told as soon as a place is free.",
                **words,
            )
            if person
            else self.env._(
                "All places are taken for now: once confirmed, you will be on the waiting list,"
                " and told as soon as a place is free."
            )
        )

    def _become_sure(self):
        """They answered: their place is no longer one of those for whoever may not exist."""
        self.confirmed_at = fields.Datetime.now()
        if self.place and self.state == "expected":  # who was there, or not, stays so
            self._take_place()

    def _cancel_registration(self):
        """They do not come: the next on the waiting list takes the place."""
        self.ensure_one()
        if self.state in ("waiting", "expected"):
            self.state = "cancelled"

    def _move_to(self, event, give_up_place=False):
        """To another date, with the same link.

        :param give_up_place: whether a place is given up for the waiting list of a full date
        :return: 'moved'; else nothing was changed: 'twice' when they are on that list already,
            'full' when they would lose their place
        """
        self.ensure_one()
        if self._find_known(
            event,
            {
                "name": self.participant_id.partner_id.name or self.name,
                "email": self.participant_id.email or self.email,
                "phone": self.phone,
            },
        ):
            return "twice"
        keeps = self.state == "expected" and not give_up_place
        try:
            with self.env.cr.savepoint():
                self._change_date(event)
                if keeps and self.state == "waiting":
                    raise _FullError
        except _FullError:
            return "full"
        self._send_mail("confirmed")
        return "moved"

    def _change_date(self, event):
        event._coworking_fill_places()  # who waits there goes first
        self.write(
            {
                "event_id": event.id,
                "state": "waiting",
                "registered_at": fields.Datetime.now(),
                "confirmed_at": self.confirmed_at or fields.Datetime.now(),
                "reminded_at": False,
                "adviser_told_at": False,
            }
        )
        if self._take_place():
            self.state = "expected"

    # === WHAT HAPPENS BY ITSELF === #

    @api.model
    def _get_hold_hours(self):
        """For how long a place is kept for an address that nobody confirmed."""
        return self.env["ir.config_parameter"]._coworking_get("registration_hold_hours")

    @api.model
    def _get_to_purge_domain(self):
        """Addresses nobody confirmed in time, and people who only called, long after."""
        now = fields.Datetime.now()
        return [
            ("registered_by", "in", BY_THE_PUBLIC),
            ("confirmed_at", "=", False),
            ("participant_id", "=", False),
            ("state", "not in", ("present", "absent")),
            ("signature_ids", "=", False),  # kept for good, even when they were taken back
            "|",
            "&",
            "|",
            ("email", "!=", False),
            ("adviser_email", "!=", False),
            ("registered_at", "<", now - timedelta(hours=self._get_hold_hours())),
            ("stop", "<", now - timedelta(days=KEEP_UNLINKED_DAYS)),
        ]

    def _may_be_told_deleted(self):
        """Whether an adviser, who heard of what was cancelled or called off, has this to hear."""
        self.ensure_one()
        waited_for = self.state in ("waiting", "expected") and not self._is_over()
        return bool(waited_for and self.adviser_email and self.email)

    @api.model
    def _cron_purge_unconfirmed(self, batch_size=100):
        """Delete registrations that nobody confirmed; who waits gets the places.

        One that cannot be deleted is logged, and keeps no other from being deleted.
        """
        cron = self.env["ir.cron"]
        found = self.search(self._get_to_purge_domain(), limit=batch_size)
        cron._commit_progress(remaining=self.search_count(self._get_to_purge_domain()))
        for registration in found:
            if registration.try_lock_for_update().filtered_domain(self._get_to_purge_domain()):
                try:
                    with self.env.cr.savepoint():
                        if registration._may_be_told_deleted():
                            registration._write_to_adviser("deleted")
                        registration.unlink()
                except Exception:
                    _logger.exception("Registration %s could not be deleted", registration.id)
            if not cron._commit_progress(1):
                break
        # Two that crossed each other, one cancelling and one registering, leave a place free.
        waiting = self.search(
            [*self._get_may_move_up_domain(), ("start", ">", fields.Datetime.now())]
        )
        left = waiting.event_id._coworking_places_left()
        for event in waiting.event_id.filtered(lambda event: left[event] != 0):
            event._coworking_fill_places()
            if not cron._commit_progress():
                break

    @api.model
    def _get_to_remind_domain(self):
        """Expected within a day, written to before, not reminded yet, and not just registered."""
        now = fields.Datetime.now()
        return [
            ("state", "=", "expected"),
            ("start", ">", now),
            ("start", "<=", now + timedelta(hours=REMIND_HOURS)),
            ("reminder_stopped", "=", False),
            ("reminded_at", "=", False),
            ("registered_at", "<", now - timedelta(hours=REMIND_HOURS // 4)),
            ("event_id.active", "=", True),
            "|",
            ("invited_at", "!=", False),
            "&",
            ("kind", "=", "info_session"),
            "|",
            ("registered_by", "not in", BY_THE_PUBLIC),
            ("confirmed_at", "!=", False),
        ]

    @api.model
    def _cron_remind(self, batch_size=100):
        """The day before: a mail to each who is expected."""
        cron = self.env["ir.cron"]
        found = self.search(self._get_to_remind_domain(), limit=batch_size)
        cron._commit_progress(remaining=self.search_count(self._get_to_remind_domain()))
        for registration in found:
            if registration.try_lock_for_update().filtered_domain(self._get_to_remind_domain()):
                if registration._get_email():
                    registration._send_mail("reminder")
                registration.reminded_at = fields.Datetime.now()
            if not cron._commit_progress(1):
                break

    # === STAFF === #

    def action_told(self):
        """They were called; for who registered by phone, this confirms it."""
        for registration in self:
            registration.to_tell = False
            if registration.registered_by in BY_THE_PUBLIC and not registration.confirmed_at:
                registration._become_sure()
        return True

    def action_present(self):
        """At the door: they are here, whatever the list said."""
        self.state = "present"
        return True

    def action_not_here(self):
        """Ticked by mistake; who was not on the list is taken off it."""
        walk_ins = self.filtered("walk_in")
        (self - walk_ins).state = "expected"
        walk_ins.unlink()
        return True

    def action_create_participant(self):
        """The file of somebody who came as a candidate: their contact's, or a new one.

        A contact with the same address and name, and an open file in the program, are taken up
        rather than made again.
        """
        for attendance in self.filtered(lambda attendance: not attendance.participant_id):
            attendance._link_participant()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_participant_action"
        )
        participants = self.participant_id
        if len(participants) == 1:
            return {**action, "views": [(False, "form")], "res_id": participants.id}
        return {**action, "domain": [("id", "in", participants.ids)], "context": {}}

    def _link_participant(self):
        self.ensure_one()
        if self.state in ("waiting", "cancelled"):
            raise UserError(
                self.env._(
                    "%(person)s did not come to %(event)s: make the file once they did.",
                    person=self.display_name,
                    event=self.event_id.name,
                )
            )
        partner = self.env["res.partner"]._coworking_find_person(
            self.name, self.email, self.phone, self.program_id.company_id
        )
        files = self.env["coworking.participant"]
        participant = partner and files.search(
            [
                ("partner_id", "=", partner.id),
                ("program_id", "=", self.program_id.id),
                ("phase", "!=", "closed"),
            ],
            limit=1,
        )
        if not participant:
            who = (
                {"partner_id": partner.id}
                if partner
                else {"partner_name": self.name, "email": self.email, "phone": self.phone}
            )
            adviser = self._find_adviser()
            participant = files.create(
                {
                    **who,
                    "program_id": self.program_id.id,
                    "prescriber_id": (adviser.commercial_partner_id or self._find_prescriber()).id,
                    "prescriber_contact_id": adviser.id,
                    "date_application": self.date,
                }
            )
        self.participant_id = participant

    def _find_prescriber(self):
        """The organisation that has this name, if one has."""
        self.ensure_one()
        partners = self.env["res.partner"]
        if not self.prescriber_name:
            return partners
        words = words_of(self.prescriber_name)
        found = partners.search(
            [("is_company", "=", True), ("is_coworking_prescriber", "=", True)]
        ).filtered(lambda partner: words_of(partner.name) == words)
        return found[:1]

    def _find_adviser(self):
        """The contact who registered the person; else the one who has the address of the adviser,
        at the organisation that the registration names. An address alone names nobody: whoever
        has an account types their own.
        """
        self.ensure_one()
        named = self._find_prescriber()
        found = self.adviser_id or self._find_contacts_of_adviser().filtered(
            lambda partner: partner.commercial_partner_id == named
        )
        found = found.filtered(
            lambda partner: (
                partner._coworking_refers_people()
                and (not named or partner.commercial_partner_id == named)
            )
        )
        return found if len(found) == 1 else found.browse()

    def _find_contacts_of_adviser(self):
        """Contacts who have the address of the adviser."""
        partners = self.env["res.partner"]
        address = email_normalize(self.adviser_email or "")
        if not address:
            return partners
        found = partners.search([("email_normalized", "=", address)])
        return found._coworking_filter_usable(self.company_id)

    # === DATA ABOUT PEOPLE === #

    @api.model
    def _get_person_domain(self, partner, files):
        """Registrations of somebody who has no file yet are theirs by the address."""
        domain = super()._get_person_domain(partner, files)
        address = partner.email_normalized
        if not address:
            return domain
        return domain | (
            Domain("participant_id", "=", False) & Domain("email_normalized", "=", address)
        )
