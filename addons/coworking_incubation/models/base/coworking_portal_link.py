from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formataddr
from odoo.tools.constants import GC_UNLINK_LIMIT

from ...tools import day_in_words, hash_token, make_token
from .coworking_link_mixin import Told
from .discussion import speak_to_staff
from .processing import ACCESS

# How many times within an hour one contact gets new links, however often they are asked for.
RENEWALS_AN_HOUR = 3
# A link whose task is never done ends by itself.
VALID_DAYS = 90
# What is read behind these is never done.
TO_READ = ("coming", "participant", "prescriber")


class CoworkingPortalLink(models.Model):
    """A link that opens one task without a password: for one contact, or for whoever got the mail.

    Only the hash of its token is kept: whoever reads the database, or a copy of it, cannot use the
    links. What a contact may do is looked up again at each use, see ``coworking.link.mixin``.
    """

    _name = "coworking.portal.link"
    _description = "Link Without a Password"
    _processing = ACCESS
    _inherit = ["coworking.record.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="For",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty where a person without a contact has registered.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    purpose = fields.Selection(
        [
            ("arrival", "Arrivals"),
            ("month", "Month"),
            ("price", "Prices"),
            ("coming", "What is to come"),
            ("hosting", "Hosting agreement"),
            ("participant", "Own page"),
            ("registration", "Registration"),
            ("attendance", "Signature of an attendance"),
            ("prescriber", "People referred"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    channel = fields.Selection(
        [
            ("mail", "Mail"),
            ("reminder", "Reminder"),
            ("renewal", "Asked for anew"),
            ("copy", "Copied"),
            ("paper", "QR code on paper"),
            ("signature", "After signing"),
        ],
        required=True,
        readonly=True,
    )
    date_expiry = fields.Datetime(string="Valid Until", required=True, readonly=True)
    revoked_at = fields.Datetime(readonly=True)
    token_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    # Of the address to which it was mailed: empty where it was given by hand.
    address_hash = fields.Char(
        readonly=True, groups=fields.NO_ACCESS, export_string_translation=False
    )

    # Its mail says what is said once: no later one stands for it.
    tells_once = fields.Boolean(
        readonly=True, groups=fields.NO_ACCESS, export_string_translation=False
    )

    _token_hash_uniq = models.UniqueIndex("(token_hash)", "This link exists already.")
    _record_idx = models.Index("(res_model, res_id)")

    # === MAKING LINKS ===#

    @api.model
    def _make_url(self, record, purpose, partner, channel="copy"):
        """A new link to a task, for whoever is to send or print it. The token is not kept.

        :param record: a contact, or a record whose model is a ``coworking.link.mixin``
        :param purpose: see the field
        :param partner: the contact, who must be entitled to the task now
        :return: the address
        """
        __, token = self._make_link(record, purpose, partner, channel)
        return self._get_url(record, token)

    @api.model
    def _get_url(self, record, token):
        return f"{record.get_base_url()}/my/coworking/l/{token}"

    @api.model
    def _make_link(self, record, purpose, partner, channel, days=VALID_DAYS):
        """A new link and its token, see ``_make_url``."""
        record.ensure_one()
        # sudo: who may do the task is read from records that the sender need not read
        holders = record.sudo()._get_link_holders(purpose)
        if partner not in holders:
            raise UserError(
                self.env._(
                    "%(partner)s has nothing to do there: %(record)s is not theirs.",
                    partner=partner.name,
                    record=record.sudo().display_name,
                )
            )
        date_expiry = fields.Datetime.now() + timedelta(days=days)
        return self._add_link(record, purpose, partner, channel, date_expiry)

    @api.model
    def _add_link(self, record, purpose, partner, channel, date_expiry):
        """A link whose use is up to the pages of the record, whoever is said to hold it.

        :param partner: the contact; empty where there is none yet
        :return: the link, and its token
        """
        record.ensure_one()
        token, token_hash = make_token()
        # sudo: nobody has the right to write links, code makes them
        link = self.sudo().create(
            {
                "partner_id": partner.id,
                "company_id": record.sudo()._get_link_company().id,
                "purpose": purpose,
                "res_model": record._name,
                "res_id": record.id,
                "channel": channel,
                "date_expiry": date_expiry,
                "token_hash": token_hash,
            }
        )
        return link, token

    @api.model
    def _send_link(self, record, purpose, partner, channel="mail"):
        """Mail a new link to the registered address of a contact.

        The mail is about the link, outside any discussion, and deleted once sent, so that the token
        does not stay in the database. To whom it went is kept in the discussion of the record.

        :return: whether there was an address to write to, and its owner did not object
        """
        if not partner.email:
            return False
        # sudo: see _make_url. What somebody asks for is sent to them.
        if channel != "renewal" and record.sudo()._is_link_unwanted(partner):
            self._log_not_sent(record, purpose, partner)
            return False
        link, token = self._make_link(record, purpose, partner, channel)
        link._note_address()
        link._drop_unsent_before()
        url = self._get_url(record, token)
        lang = partner.lang or self.env.lang
        # sudo: see _make_url; mails are written by code
        record = record.sudo().with_context(lang=lang)
        words = record._get_link_words(purpose, partner)
        company = record._get_link_company()
        link.tells_once = bool(words.get("facts"))
        subject = words["subject"]
        if channel == "reminder":
            subject = record.env._("Reminder: %s", subject)
        until = self._describe_until(purpose, record.env)
        body = record.env["ir.qweb"]._render(
            "coworking_incubation.portal_link_mail",
            {"words": words, "url": url, "partner": partner, "company": company, "until": until},
        )
        link._log_sent(record.with_context(lang=self.env.lang), subject)
        # sudo: see above
        self.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "body_html": body,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "email_to": formataddr((partner.name, partner.email)),
                "auto_delete": True,
                "is_notification": False,
                "message_type": "email_outgoing",
                "model": link._name,
                "res_id": link.id,
            }
        )
        # sudo: waking the queue is for code
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return True

    def _note_address(self):
        """Its mail goes to the address that its contact has now."""
        self.ensure_one()
        self.address_hash = hash_token(self.partner_id.email_normalized or "")

    def _is_where_it_went(self):
        """Whether its contact still has that address: whoever reads the old one is, perhaps,
        somebody else.
        """
        self.ensure_one()
        return self.address_hash in (False, hash_token(self.partner_id.email_normalized or ""))

    def _log_sent(self, record, subject):
        """Keep to whom the link of this record was sent.

        :param record: in sudo
        """
        self.ensure_one()
        discussion, partner = record._get_link_discussion(), self.partner_id
        if not discussion:
            return
        author = partner if self.channel == "renewal" else None
        if not author and self.env.user._is_public():
            # whoever signed before, without an account, is not the one who writes
            author = self.env.ref("base.partner_root")
        spoken = speak_to_staff(discussion)
        spoken._message_log(
            body=spoken.env._(
                "Link sent to %(name)s (%(email)s): %(subject)s",
                name=partner.name,
                email=partner.email,
                subject=subject,
            ),
            author_id=author and author.id,
        )

    @api.model
    def _describe_until(self, purpose, env):
        """The last day of a link behind which nothing is to be done."""
        if purpose not in TO_READ:
            return False
        return day_in_words(env, fields.Date.context_today(self) + timedelta(days=VALID_DAYS))

    @api.model
    def _log_not_sent(self, record, purpose, partner):
        """Keep that nothing was sent, and what to do: staff hand the link over."""
        # sudo: see _send_link
        discussion = record.sudo()._get_link_discussion()
        if not discussion:
            return
        spoken = speak_to_staff(discussion)
        words = record.sudo().with_env(spoken.env)._get_link_words(purpose, partner)
        spoken._message_log(
            body=spoken.env._(
                "Not sent: %(name)s does not want to be written to. Hand it over: %(subject)s",
                name=partner.name,
                subject=words["subject"],
            )
        )

    # === MAILS THAT DO NOT GO ===#

    def _drop_unsent_before(self):
        """The mail of this link stands for those to the same contact about the same that did not
        go, but for what is said once.
        """
        earlier = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("purpose", "=", self.purpose),
                ("res_model", "=", self.res_model),
                ("company_id", "=", self.company_id.id),
                ("date_expiry", ">", fields.Datetime.now()),
                ("tells_once", "=", False),
                ("id", "<", self.id),
            ]
        )
        record = self._get_record()
        mails = self.env["mail.mail"].search(
            [
                ("state", "=", "exception"),
                ("model", "=", self._name),
                ("res_id", "in", earlier.ids),
            ]
        )
        links = self.browse(mails.mapped("res_id")).filtered(
            lambda link: link._get_record()._is_told_with(record)
        )
        mails.filtered(lambda mail: mail.res_id in links.ids).unlink()

    def _prepare_told(self, record):
        """What the mail of this link, which did not go, was to tell somebody who is there; nothing
        once the link has ended.

        :param record: of the link
        :return: ``Told`` or ``None``
        """
        self.ensure_one()
        partner = self.partner_id
        ended = self.revoked_at or self.date_expiry <= fields.Datetime.now()
        if ended or not record or (partner and not partner.active):
            return None
        return Told(record, self.purpose, partner, self.create_date)

    def _get_mail_address(self, mail):
        """Where the mail of this link, which did not go, goes now."""
        self.ensure_one()
        partner = self.partner_id
        if not partner:
            return self._get_record()._get_mail_address(mail)
        return partner.email and formataddr((partner.name, partner.email))

    def _get_mail_discussion(self):
        """Where it is noted what became of the mail of this link."""
        record = self._get_record()
        return record and record._get_link_discussion()

    # === USING LINKS ===#

    @api.model
    def _find_link(self, token):
        """The link of a token, usable or not; empty when there is none."""
        # sudo: whoever holds the token has no rights of their own
        return self.sudo().search([("token_hash", "=", hash_token(token))])

    @api.model
    def _find_record(self, token, record, purpose):
        """The record, if the token is of a link to it that was not ended; else an empty set.

        :param record: of any model, which need not exist
        :return: the record as superuser, and the link
        """
        link = self._find_link(token).filtered(
            lambda link: (
                (link.res_model, link.res_id, link.purpose) == (record._name, record.id, purpose)
                and not link.revoked_at
            )
        )
        return link._get_record() if link else record.browse(), link

    def _get_record(self):
        """The record of the link in its organisation, or an empty set when it is gone."""
        self.ensure_one()
        return self._get_records()[self]

    def _get_records(self):
        """dict link -> its record, see ``_get_record``."""
        result = {}
        for (model, company), links in self.grouped(
            lambda link: (link.res_model, link.company_id)
        ).items():
            # sudo: see _find_link
            records = self.env[model].sudo().with_company(company)
            found = records.browse({link.res_id for link in links}).exists()
            by_id = dict(zip(found.ids, found, strict=True))
            result |= {link: by_id.get(link.res_id, records) for link in links}
        return result

    def _is_usable(self):
        """Whether this link opens its task now, for its contact."""
        self.ensure_one()
        return bool(
            not self.revoked_at
            and self.date_expiry > fields.Datetime.now()
            and self._is_where_it_went()
            and self._is_wanted()
        )

    def _is_wanted(self):
        """Whether the contact of this link still has that task to do."""
        self.ensure_one()
        record = self._get_record()
        return bool(
            record
            and self.partner_id.active
            and self.partner_id in record._get_link_holders(self.purpose)
            and record._is_link_open(self.purpose, self.partner_id)
        )

    def _renew_links(self):
        """Mail a fresh link to the registered address of whoever the old ones were for: one a task
        that is still to be done.

        Nothing tells who asks whether the links, their contacts or their tasks exist.
        """
        wanted = self.filtered(lambda link: link._is_wanted())
        for partner, own in wanted.grouped("partner_id").items():
            if own[0]._is_renewed_too_often():
                continue
            for links in own.grouped(
                lambda link: (link.res_model, link.res_id, link.purpose, link.company_id)
            ).values():
                self._send_link(links[0]._get_record(), links[0].purpose, partner, "renewal")

    def _is_renewed_too_often(self):
        """Whether the contact of this link got new ones as many times as we send them in an hour:
        those of one request, made at one moment, count once.
        """
        self.ensure_one()
        # counted once what others ask for at the same moment is known
        self.env.cr.execute("UPDATE coworking_portal_link SET id = id WHERE id = %s", [self.id])
        recent = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("channel", "=", "renewal"),
                ("create_date", ">", fields.Datetime.now() - timedelta(hours=1)),
            ]
        )
        return len(set(recent.mapped("create_date"))) >= RENEWALS_AN_HOUR

    # === ENDING LINKS ===#

    @api.model
    def _revoke_links(self, domain):
        """End these links at once: lost telephone, person gone, task done."""
        # sudo: nobody has the right to write links, code ends them
        self.sudo().search([("revoked_at", "=", False), *domain]).revoked_at = fields.Datetime.now()

    @api.model
    def _revoke_links_of(self, partners):
        """End whatever these contacts could open."""
        self._revoke_links([("partner_id", "in", partners.ids)])

    @api.model
    def _revoke_lost_links(self, partners):
        """End what these contacts could open and is none of their business any more."""
        # sudo: see _revoke_links
        links = self.sudo().search([("partner_id", "in", partners.ids), ("revoked_at", "=", False)])
        links.filtered(lambda link: not link._is_wanted()).revoked_at = fields.Datetime.now()

    @api.model
    def _revoke_links_to(self, records, purpose):
        """End whatever opened these records for that purpose."""
        self._revoke_links(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("purpose", "=", purpose),
            ]
        )

    @api.autovacuum
    def _gc_expired(self):
        """Links are forgotten half a year after their end; until then a new one can be asked."""
        old = self.search(
            [("date_expiry", "<", fields.Datetime.now() - timedelta(days=180))],
            limit=GC_UNLINK_LIMIT,
        )
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT

    # === DATA ABOUT PEOPLE ===#

    @api.model
    def _get_person_domain(self, partner, files):
        return Domain("partner_id", "=", partner.id)
