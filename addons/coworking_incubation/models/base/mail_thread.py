from odoo import models

from ...social_security import find_number
from ...tools import is_ours, refuse_number
from .processing import NOTED

# With what code plans: that it does is said elsewhere, and whoever it did it for follows nothing.
QUIETLY = {"mail_create_nolog": True, "mail_create_nosubscribe": True}


class MailThread(models.AbstractModel):
    """What is said about people in programs, whatever the model. What is of our models alone:
    ``coworking.thread.mixin``.
    """

    _inherit = "mail.thread"

    def _coworking_refuse_number(self, text, field):
        """No social security number is typed about people in programs.

        :param field: in which it was typed
        """
        if find_number(text) and self._coworking_takes_no_number():
            refuse_number(self.env, text, field)

    def _coworking_takes_no_number(self):
        """Whether a discussion is about people in programs, or of records of ours that hold data
        about people for another purpose: what a space disputes, what it costs.
        """
        return self._coworking_is_about_people() or is_ours(self) and bool(self._processing)

    def _coworking_is_about_people(self):
        """Whether what is said in the discussion of these records is about people in programs."""
        return is_ours(self) and self._processing in NOTED

    def _coworking_get_people(self):
        """Contacts of the people in programs whom these records are about."""
        # sudo: who they are, whoever writes
        records = self.sudo()
        of_people = "participant_id" in self._fields
        return records.participant_id.partner_id if of_people else self.env["res.partner"]

    def _speak_to_staff(self, user=None):
        """These records in the language of who reads what is noted on them.

        Scheduled actions, mails that come in and imports have no language, which Odoo takes for
        English; a visitor of our pages has their own. Staff write in theirs, as everywhere in Odoo.

        :param user: the one ``res.users`` who is to read it, where that is known
        """
        lang = user.lang if user else self.env.user._is_internal() and self.env.lang
        if not lang:
            company = "company_id" in self._fields and self[:1].company_id or self.env.company
            # sudo: visitors read no company
            lang = company.sudo().partner_id.lang or self.env.lang
        return self.with_context(lang=lang) if lang != self.env.lang else self

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Nobody is written to about people in programs who does not want to be, but in answer to
        what they wrote themselves.
        """
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not recipients or not self._coworking_is_about_people():
            return recipients
        mailed = [row for row in recipients if row["share"] and row["notif"] == "email"]
        # sudo: that they want no mails, whoever writes
        people = self.env["res.partner"].sudo().browse([row["id"] for row in mailed if row["id"]])
        # in another part, as a manager or an adviser, they get what is about others
        opposed = people.filtered("coworking_no_mail")
        opposed &= opposed and self._coworking_get_people()
        opposed -= opposed and self._coworking_get_last_author(message)
        if not opposed:
            return recipients
        dropped = [row for row in mailed if row["id"] in opposed.ids]
        for record in self:
            spoken = record._speak_to_staff()
            spoken._message_log(
                body=spoken.env._(
                    "Not sent by e-mail: %s does not want to be written to. Hand it over.",
                    ", ".join(row["name"] for row in dropped),
                )
            )
        return [row for row in recipients if row not in dropped]

    def _coworking_get_last_author(self, message):
        """Who wrote last before this message: it answers them. What staff note counts not."""
        # sudo: see above
        said = self.env["mail.message"].sudo()
        return said.search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("id", "<", message.id),
                ("message_type", "in", ("comment", "email")),
                ("subtype_id.internal", "=", False),
            ],
            order="id desc",
            limit=1,
        ).author_id
