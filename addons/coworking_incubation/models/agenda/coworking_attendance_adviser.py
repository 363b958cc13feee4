from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

# How long after a meeting an adviser may still be told whether the person came.
TELL_DAYS = 30
# What of a registration an adviser hears too, when the mails go to the person's own address.
NEWS = ("confirm", "confirmed", "moved_up", "changed", "called_off")
# After which there is nothing left to do with a registration.
ENDS = ("cancelled", "called_off", "absent", "excused", "present", "deleted")
# What an adviser who wants no mails is not told.
TELLINGS = ("cancelled", "absent", "excused", "present", "deleted")
# Header of the mails that are the adviser's, whatever their address is by then.
TO_ADVISER = repr({"X-Coworking-Reader": "adviser"})


class CoworkingAttendance(models.Model):
    """What an adviser who registered somebody hears of it.

    Where the person gave an address, the mails and the link are theirs, and the adviser hears what
    became of it. Where they gave none, the mails and the link go to the adviser, in words that name
    the person: an adviser registers several.
    """

    _inherit = "coworking.attendance"

    adviser_told_at = fields.Datetime(
        string="Adviser Told On",
        readonly=True,
        copy=False,
        help="When the adviser was told whether the person came.",
    )

    def _is_in_adviser_hands(self):
        """Whether the adviser gets the mails and the link, for want of an address of the person."""
        self.ensure_one()
        return bool(self.adviser_email and self._get_email() == self.adviser_email)

    def _may_write_to(self, what):
        """An adviser who registers people is told what becomes of them."""
        return self._is_in_adviser_hands() or super()._may_write_to(what)

    def _send_mail(self, what):
        if self._is_in_adviser_hands():
            return self._write_to_adviser(what)
        result = super()._send_mail(what)
        if self.adviser_email and what in NEWS:
            self._write_to_adviser(what)
        return result

    def _cancel_registration(self):
        was_in = self.state in ("waiting", "expected")
        result = super()._cancel_registration()
        if was_in and self.adviser_email:
            if not self._is_in_adviser_hands():  # else they have just done it themselves
                self._write_to_adviser("cancelled")
            self.adviser_told_at = fields.Datetime.now()
        return result

    def _write_to_adviser(self, what):
        """Queue the mail that tells an adviser what became of a person.

        :param what: the name of a mail to people at meetings, 'cancelled', 'deleted', or a state
        """
        self.ensure_one()
        if what in TELLINGS and not self.adviser_id._coworking_may_write_to(self.adviser_email):
            return
        template = self.env.ref(
            "coworking_incubation.mail_template_attendance_adviser", raise_if_not_found=False
        )
        if not template:
            return
        self._drop_unsent(self.adviser_email)
        own = self._is_in_adviser_hands()
        values = self._prepare_mail_values(link=own and what not in ENDS)
        words = self.with_context(lang=values["lang"])._get_adviser_words(what, own, values)
        mail_id = template.with_context(**values, **words).send_mail(
            self.id, email_values={"email_to": self.adviser_email, "headers": TO_ADVISER}
        )
        if own and what != "called_off":
            self._attach_ics(self.env["mail.mail"].browse(mail_id))

    def _get_mail_address(self, mail):
        """What was written to the adviser stays theirs, where they are reached today."""
        address = email_normalize(self.adviser_email or "")
        # mails from before this version do not say whose they are
        if mail.headers == TO_ADVISER or (
            address and email_normalize(mail.email_to or "") == address
        ):
            return self.adviser_email
        return super()._get_mail_address(mail)

    def _get_adviser_words(self, what, own, values):
        """What such a mail says, in the language of the environment.

        :param own: whether the adviser has the link of the registration
        :param values: see :meth:`_prepare_mail_values`
        :return: dict of ``subject``, ``text`` and ``button``, empty where there is nothing to press
        """
        person = self.participant_id.display_name or self.name
        names = {
            "person": person,
            "when": values["when"],
            "hours": values["hours"],
            "rank": self.waiting_rank,
        }
        subject = self.env._("%(person)s: %(when)s", **names)
        button = own and what not in ENDS and self.env._("Cancel, or choose another date")
        if what == "confirm" and own:
            subject = self.env._("Confirm the registration of %(person)s: %(when)s", **names)
            button = self.env._("I confirm")
        return {
            "subject": subject,
            "text": self._get_adviser_text(what, own, names),
            "button": button,
        }

    def _describe_state(self):
        """How this registration stands, as its adviser reads it."""
        self.ensure_one()
        if self.state in ("waiting", "expected") and not self._is_sure():
            return self.env._("To be confirmed")
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _get_adviser_text(self, what, own, names):
        """See :meth:`_get_adviser_words`."""
        if what == "confirm":
            return self._get_adviser_question(own, names)
        words = self._get_adviser_news(what, names)
        if what == "changed":
            changed = self.env._("The meeting of %(person)s has changed.", **names)
            return f"{changed}\n{words}"
        return words

    def _get_adviser_question(self, own, names):
        """The registration is to be confirmed: by the adviser, or by the person."""
        if not own:
            return self.env._(
                "You registered %(person)s. We wrote to the address you gave: %(person)s has"
                " %(hours)s hours to confirm, and you will hear what becomes of it.",
                **names,
            )
        registered = self.env._(
            "This address was given to register %(person)s for an information meeting. It was not"
            " you? Do nothing: what was written is deleted by itself.",
            **names,
        )
        return f"{registered}\n\n{self._describe_kept_place(names['person'])}"

    def _get_adviser_news(self, what, names):
        """What became of the registration."""
        if what in ("confirmed", "changed") and self.state == "waiting":
            return self.env._(
                "%(person)s is number %(rank)s on the waiting list. As soon as a place is free, we"
                " write to you.",
                **names,
            )
        news = {
            "moved_up": self.env._(
                "%(person)s was on the waiting list. A place is now free: we expect %(person)s.",
                **names,
            ),
            "known": self.env._(
                "%(person)s is already on the list of this meeting: there is nothing to do.",
                **names,
            ),
            "reminder": self.env._("We expect %(person)s: please remind them of it.", **names),
            "called_off": self.env._(
                "We are sorry: the meeting for which %(person)s was registered does not take"
                " place.",
                **names,
            ),
            "cancelled": self.env._("The registration of %(person)s is cancelled.", **names),
            "deleted": self.env._(
                "%(person)s did not confirm within %(hours)s hours: the registration is deleted."
                " You may register %(person)s again.",
                **names,
            ),
            "present": self.env._("%(person)s came to the meeting.", **names),
            "absent": self.env._("%(person)s did not come to the meeting.", **names),
            "excused": self.env._("%(person)s did not come, and had told us.", **names),
        }
        return news.get(what) or self.env._("It is noted: we expect %(person)s.", **names)

    # === WHAT HAPPENS BY ITSELF === #

    @api.model
    def _get_to_tell_adviser_domain(self):
        """Noted by staff after the meeting, and not told yet."""
        now = fields.Datetime.now()
        return [
            ("adviser_email", "!=", False),
            ("adviser_told_at", "=", False),
            ("state", "in", ("present", "absent", "excused", "cancelled")),
            ("kind", "=", "info_session"),
            ("stop", "<", now),
            ("stop", ">=", now - timedelta(days=TELL_DAYS)),
            ("event_id.active", "=", True),
        ]

    @api.model
    def _cron_tell_advisers(self, batch_size=100):
        """After the meeting: whether the person came."""
        cron = self.env["ir.cron"]
        domain = self._get_to_tell_adviser_domain()
        found = self.search(domain, limit=batch_size)
        cron._commit_progress(remaining=self.search_count(domain))
        for attendance in found:
            if attendance.try_lock_for_update().filtered_domain(domain):
                attendance._write_to_adviser(attendance.state)
                attendance.adviser_told_at = fields.Datetime.now()
            if not cron._commit_progress(1):
                break
