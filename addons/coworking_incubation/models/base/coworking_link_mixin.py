from datetime import datetime
from typing import NamedTuple

from odoo import api, models


class Told(NamedTuple):
    """What a mail that did not go was to tell: of which record, for which purpose of a link, whom,
    and when it was made.
    """

    record: models.BaseModel
    purpose: str | None
    partner: models.BaseModel
    made_at: datetime


class CoworkingLinkMixin(models.AbstractModel):
    """For records that somebody opens by a link, without a password.

    A link is for one record, one purpose and one contact. These methods say, each time the link is
    used, whether there is still something to do and whether the contact may still do it.
    """

    _name = "coworking.link.mixin"
    _description = "Opened by a Link"

    def _get_link_holders(self, purpose):
        """Contacts who may do this today: a link never gives more than its holder has now.

        :param purpose: one of those of ``coworking.portal.link``
        :return: ``res.partner`` records
        """
        self.ensure_one()
        return self.env["res.partner"]

    def _is_link_open(self, purpose, partner):
        """Whether the task of the link is not over for this contact."""
        self.ensure_one()
        return False

    def _is_link_unwanted(self, partner):
        """Whether the contact wants no mails, and is not owed this one."""
        self.ensure_one()
        return False

    @api.model
    def _find_due(self, told):
        """What is still to be told, by mails that did not go.

        :param told: list of ``Told`` about records of this model
        :return: list of those of them
        """
        return [
            mail
            for mail in told
            if mail.partner in mail.record._get_link_holders(mail.purpose)
            and mail.record._is_link_open(mail.purpose, mail.partner)
            and not mail.record._is_link_unwanted(mail.partner)
        ]

    def _get_mail_address(self, mail):
        """Where a mail with such a link, which did not go, goes now: asked where the link is no
        contact's.
        """
        self.ensure_one()
        return mail.email_to

    def _is_told_with(self, other):
        """Whether a mail about another record of this model tells of this one as well."""
        return self == other

    def _get_link_target(self, purpose):
        """Path of the page that the link opens."""
        self.ensure_one()
        raise NotImplementedError

    def _get_link_company(self):
        """The organisation in whose name the link is sent."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _get_link_discussion(self):
        """The record in whose discussion it is kept to whom the link was sent; may be empty."""
        self.ensure_one()
        return self if "message_ids" in self._fields else self.browse()

    def _get_link_words(self, purpose, partner):
        """What the mail says around the link, in the language of the environment.

        :return: dict of ``subject``, ``text``, ``button`` and, where there is a list, ``facts``:
            dicts of ``day``, ``words``, ``space`` and ``note``
        """
        self.ensure_one()
        raise NotImplementedError
