import json
import re
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from ..base.coworking_link_mixin import Told
from ..base.coworking_portal_link import VALID_DAYS
from ..network.coworking_dashboard import ACCOMPANIST, ACCOUNTANT
from .coworking_exception import SOON, Kind

# Mails of so many are looked at a time, the last first: the next come as these go.
MOST_UNSENT = 200
# Mails that no discussion holds, and those that stand in one.
ALONE = ("coworking.attendance", "coworking.portal.link")
DISCUSSED = ("coworking.participant", "coworking.statement")
# Who sees that a mail did not go: by what its link is for, or what it is about.
AUDIENCES = {
    "arrival": "places",
    "coming": "places",
    "coworking.statement": "money",
    "month": "money",
    "prescriber": "coordinator",
    "price": "coordinator",
}
# By the messages that they are, of which Odoo has indexes: failed mails alone, it has none of.
FAILED = """
    SELECT mail.id
      FROM mail_message message
      JOIN mail_mail mail ON mail.mail_message_id = message.id
     WHERE message.model IN %(alone)s AND mail.state = 'exception'
     UNION
    SELECT mail.id
      FROM mail_notification told
      JOIN res_partner reader ON reader.id = told.res_partner_id
      JOIN mail_message message ON message.id = told.mail_message_id
      JOIN mail_mail mail ON mail.id = told.mail_mail_id
     WHERE told.notification_status = 'exception' AND told.notification_type = 'email'
       AND reader.partner_share AND message.model IN %(discussed)s AND mail.state = 'exception'
  ORDER BY id DESC
     LIMIT %(most)s
"""
UNSENT = """
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS unsent(
           id integer, program_id integer, space_id integer, participant_id integer,
           partner_id integer, user_id integer, company_id integer, since date, amount numeric,
           audience varchar)
"""
# Behind a name, where nothing is the matter with it.
ADDRESS = re.compile(r" <[^>]*>")
ABOUT = ("program_id", "space_id", "participant_id")


class CoworkingException(models.Model):
    """Mails to managers, people in programs and advisers that did not go.

    Those that wait for the server are one thing to do, those of each address another. What reads
    and sends them is code: the queue of mails is for administrators, and what is in them for who
    gets them. Here it is said to whom, about what and why.
    """

    _inherit = "coworking.exception"
    _depends = {
        "coworking.portal.link": ["date_expiry", "revoked_at"],
        "mail.mail": ["failure_type", "state"],
    }

    @api.model
    def _get_kinds(self):
        return [
            *super()._get_kinds(),
            Kind("unsent", 30, SOON, None, "mail.mail", (ACCOMPANIST, ACCOUNTANT)),
        ]

    @api.model
    def _get_labels(self):
        return {**super()._get_labels(), "unsent": self.env._("Send Again")}

    # === WHICH ===#

    @api.model
    def _find_failed(self):
        """Mails of ours that did not go, whether somebody still needs them or not.

        :return: ``mail.mail`` in sudo, the last first
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(FAILED, alone=ALONE, discussed=DISCUSSED, most=MOST_UNSENT)
        )
        return self.env["mail.mail"].sudo().browse(row[0] for row in rows)  # sudo: see the class

    @api.model
    def _get_failed_abouts(self, failed):
        """dict mail that did not go -> what it is about, and the record of the link in it."""
        abouts = failed._coworking_get_abouts()
        links = self.env["coworking.portal.link"].sudo()  # sudo: see the class
        links = links.union(*(row for row in abouts.values() if row._name == links._name))
        records = links._get_records()
        return {mail: (about, records.get(about, about)) for mail, about in abouts.items()}

    @api.model
    def _find_unsent(self):
        """Those that are still to go, by what is to be done about them.

        :return: list of groups of ``mail.mail`` in sudo, each with the values of its row
        """
        failed = self._get_failed_abouts(self._find_failed())
        groups = {}
        for mail, (about, record) in self._filter_due(failed).items():
            values = self._prepare_unsent(about, record)
            # of several the places and people are told where these are the same
            shared = {name: values.pop(name) for name in ("space_id", "participant_id")}
            reason = mail.id if mail._coworking_is_address() else mail.failure_type
            key = (reason, *values.items())
            groups.setdefault(key, []).append((mail, shared))
        mails = self.env["mail.mail"].sudo()  # sudo: see the class
        return [
            (
                mails.union(*(mail for mail, __ in rows)),
                dict(key[1:])
                | {
                    name: value if all(row[name] == value for __, row in rows) else None
                    for name, value in rows[0][1].items()
                },
            )
            for key, rows in groups.items()
        ]

    @api.model
    def _filter_due(self, failed):
        """Of mails that did not go, those that are still to go.

        :param failed: see ``_get_failed_abouts``
        :return: the same of these
        """
        oldest = fields.Datetime.now() - timedelta(days=VALID_DAYS)
        standing, told = set(), {}
        for mail, (about, record) in failed.items():
            if not about or mail.create_date < oldest:
                continue
            if about._name == "coworking.portal.link":
                told[mail] = about._prepare_told(record)
            elif about._name == "coworking.attendance":
                told[mail] = Told(about, None, about.participant_id.partner_id, mail.create_date)
            elif "active" not in about._fields or about.active:
                standing.add(mail)
        by_model = defaultdict(list)
        for told_by in filter(None, told.values()):
            by_model[told_by.record._name].append(told_by)
        due = set()
        for model, mails in by_model.items():
            due.update(self.env[model].sudo()._find_due(mails))  # sudo: see the class
        return {
            mail: about
            for mail, about in failed.items()
            if mail in standing or told.get(mail) in due
        }

    @api.model
    def _prepare_unsent(self, about, record):
        """The row of a mail about that, without what its group sums up."""
        what, company = about._name, about.company_id
        if what == "coworking.portal.link":
            what, about = about.purpose, record._get_link_discussion() or record
        rows = {
            name: about[name]
            if name in about._fields
            else self.env[self._fields[name].comodel_name].sudo()  # sudo: see the class
            for name in ABOUT
        }
        if about._name == "coworking.participant":
            rows["participant_id"] = about
        user = rows["participant_id"].user_id or rows["program_id"].user_id
        return {
            **{name: row.id for name, row in rows.items()},
            "user_id": user.id or None,
            "company_id": company.id or None,
            "audience": AUDIENCES.get(what, "people"),
        }

    def _select_unsent(self):
        rows = [
            {
                **{name: value or None for name, value in values.items()},
                "id": min(mails.ids),
                "since": str(fields.Date.context_today(self, min(mails.mapped("create_date")))),
            }
            for mails, values in self._find_unsent()
        ]
        return SQL(UNSENT, json.dumps(rows))

    # === WHAT IS SAID OF THEM ===#

    def _describe_unsent(self, mails):
        groups = {min(group.ids): group for group, __ in self._find_unsent()}
        return {
            mail.id: self._describe_group(groups[mail.id]) for mail in mails if mail.id in groups
        }

    def _describe_group(self, mails):
        readers = ", ".join(mail._coworking_get_recipients() for mail in mails[:3])
        values = {
            "to": readers if mails[0]._coworking_is_address() else ADDRESS.sub("", readers),
            "subject": mails[0].subject,
            "count": len(mails),
            "why": mails[0]._coworking_describe_failure(self.env),
        }
        if len(mails) == 1:
            return self.env._("“%(subject)s” to %(to)s. %(why)s", **values)
        if len(mails) <= 3:
            return self.env._("%(count)s mails to %(to)s. %(why)s", **values)
        return self.env._("%(count)s mails to %(to)s and others. %(why)s", **values)

    def _get_phones_unsent(self, mails):
        """Who can be called in the place of a mail."""
        alone = self.env["mail.mail"].sudo()  # sudo: see the class
        alone = alone.union(*(group for group, __ in self._find_unsent() if len(group) == 1))
        return {
            mail.id: self._get_reader_phone(mail, about)
            for mail, about in alone._coworking_get_abouts().items()
        }

    @api.model
    def _get_reader_phone(self, mail, about):
        names = [name for name in ("partner_id", "participant_id") if name in about._fields]
        readers = [*(about[name] for name in names), *mail.recipient_ids, about]
        return next((reader.phone for reader in readers if "phone" in reader and reader.phone), "")

    # === WHAT IS DONE ABOUT THEM ===#

    def _take_unsent(self):
        """The mails of this row, which nobody else sends or gives up at the same moment."""
        if self.exists():
            self.check_access("read")
            for mails, __ in self._find_unsent():
                if min(mails.ids) == self.res_id:
                    return mails.try_lock_for_update(allow_referencing=True)
        return self.env["mail.mail"]

    def _settle_unsent(self, mail):
        """Send them again, each to the address that its reader has today."""
        mails = self._take_unsent()
        if not mails:
            return self._tell_gone()
        without = mails.browse()
        alone = mails.filtered(lambda row: row.model in ALONE)  # Odoo looks others up itself
        for row, about in alone._coworking_get_abouts().items():
            address = about._get_mail_address(row)
            if address and email_normalize(address, strict=False):
                row.email_to = address
                if about._name == "coworking.portal.link":
                    about._note_address()
            else:
                without |= row
        without.failure_type = "mail_email_missing"
        (mails - without).mark_outgoing()
        # sudo: waking the queue is for code
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        told = self.env._("Mails that are sent again: %s", len(mails - without))
        if without:
            who = ", ".join(row._coworking_get_recipients() for row in without)
            told = self.env._("%(told)s. Without an address: %(who)s", told=told, who=who)
        return self._tell(told, "warning" if without else "info")

    def action_give_up(self):
        """What it was about is told otherwise, or needs not be told: the mails are not sent."""
        self.ensure_one()
        mails = self._take_unsent()
        if not mails:
            return self._tell_gone()
        mails._coworking_note(
            lambda env, mail: env._(
                "Given up by %(user)s, not sent to %(to)s: %(subject)s",
                user=self.env.user.name,
                to=mail._coworking_get_recipients(),
                subject=mail.subject,
            )
        )
        count = len(mails)
        self._drop(mails)
        return self._tell(self.env._("Mails that are given up: %s", count))

    @api.model
    def _drop(self, mails):
        """These are not sent any more. One that stands in a discussion stays there, and says so."""
        alone = mails.filtered(lambda mail: mail.model in ALONE)
        discussed = mails - alone
        # sudo: see the class
        self.env["mail.notification"].sudo().search(
            [("mail_mail_id", "in", discussed.ids), ("notification_status", "=", "exception")]
        ).notification_status = "canceled"
        discussed.cancel()
        alone.unlink()

    @api.autovacuum
    def _gc_unsent(self):
        """What nobody needs any more is not kept, as addresses and links are in it; nor is it
        looked at again where a discussion keeps it.
        """
        failed = self._find_failed()
        due = self._filter_due(self._get_failed_abouts(failed))
        over = failed.filtered(lambda mail: mail not in due)
        count = len(over)
        self._drop(over)
        return count, len(failed) >= MOST_UNSENT and count
