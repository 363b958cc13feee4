from odoo import models

from ...tools import is_ours
from .discussion import speak_to_staff

# Odoo deletes mails that failed so: there is nothing to send them to.
NO_ADDRESS = ("mail_email_invalid", "mail_email_missing")
# What Odoo keeps of a server that takes mails, but none to this address.
REFUSED = "SMTPRecipientsRefused"


class MailMail(models.Model):
    """A mail of ours that does not go is kept until somebody has mended why, and the discussion
    that says that it was sent says that it was not.
    """

    _inherit = "mail.mail"

    def mark_outgoing(self):
        failed = self.filtered(lambda mail: mail.state == "exception")
        failed._coworking_note(
            lambda env, mail: env._(
                "Sent again to %(to)s: %(subject)s",
                to=mail._coworking_get_recipients(),
                subject=mail.subject,
            )
        )
        return super().mark_outgoing()

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # sudo: the queue may be anybody's to send
        failed = self.sudo().filtered(
            lambda mail: failure_type and mail.state == "exception" and mail._coworking_is_ours()
        )
        # a server that cannot be reached leaves what was the matter the time before
        failed.failure_type = failure_type
        failed._coworking_note(
            lambda env, mail: env._(
                "Could not be sent to %(to)s: %(subject)s. %(why)s",
                to=mail._coworking_get_recipients(),
                subject=mail.subject,
                why=mail._coworking_describe_failure(env),
            )
        )
        kept = failed.filtered("auto_delete")
        kept.auto_delete = False
        result = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
        kept.auto_delete = True  # once it has gone
        return result

    def _coworking_is_ours(self):
        self.ensure_one()
        return bool(self.model in self.env and is_ours(self.env[self.model]))

    def _coworking_get_abouts(self):
        """What mails of ours are about: a link, somebody at a meeting, or a record in whose
        discussion they stand; empty where that is gone.

        :return: dict mail -> record
        """
        result = {}
        for model, mails in self.grouped("model").items():
            records = self.env[model].sudo()  # sudo: the queue knows no rights of readers
            found = records.browse({mail.res_id for mail in mails}).exists()
            by_id = dict(zip(found.ids, found, strict=True))
            result |= {mail: by_id.get(mail.res_id, records) for mail in mails}
        return result

    def _coworking_get_recipients(self):
        """To whom, as Odoo writes it to, without the marks around names."""
        self.ensure_one()
        named = ", ".join(
            partner.email_formatted or partner.name for partner in self.sudo().recipient_ids
        )  # sudo: whoever sends may name them
        return (self.email_to or named).replace('"', "")

    def _coworking_is_address(self):
        """Whether it is the address that is wrong, and not the server."""
        self.ensure_one()
        return self.failure_type in NO_ADDRESS or REFUSED in (self.failure_reason or "")

    def _coworking_describe_failure(self, env):
        """Why a mail did not go, and what to do, in the language of an environment."""
        self.ensure_one()
        if self.failure_type in NO_ADDRESS:
            return env._("This is no address: correct it, then send again.")
        if self._coworking_is_address():
            return env._("The mail server refuses this address: correct it, then send again.")
        if self.failure_type in ("mail_from_invalid", "mail_from_missing"):
            return env._(
                "The organisation's own address is missing or wrong: an administrator corrects it,"
                " then send again."
            )
        if self.failure_type == "mail_smtp" or not self.failure_type:
            return env._(
                "The mail server cannot be reached: an administrator sees to it, then send again."
            )
        return env._("The mail server refused it: an administrator sees to it, then send again.")

    def _coworking_note(self, describe):
        """Note in the discussion of what mails are about what became of them; those that stand in
        a discussion say it themselves.

        :param describe: function of an environment and a mail
        """
        ours = self.filtered(lambda mail: mail._coworking_is_ours())
        for mail, about in ours._coworking_get_abouts().items():
            find_discussion = getattr(about, "_get_mail_discussion", None)
            discussion = about and find_discussion and find_discussion()
            if discussion:
                spoken = speak_to_staff(discussion)
                spoken._message_log(body=describe(spoken.env, mail))
