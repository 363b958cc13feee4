from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from ...tools import words_of
from ..base.discussion import speak_to_staff

# What was told in the last mail, or will be in the next, is new on the page for so long.
NEW_DAYS = 7
# How far back the page shows registrations for meetings that are over.
SHOWN_DAYS = 30


class CoworkingPortalPrescriber(models.AbstractModel):
    """What an adviser of a referring organisation sees on their page: words, no records.

    Called with sudo by the page, because an adviser has no account: every method takes the contact
    it answers, and the organisations of ours in whose name they opened it. Of a person there is the
    step and its dates, where they agreed; that there are others is not said.
    """

    _name = "coworking.portal.prescriber"
    _description = "Page of an Adviser"
    _inherit = ["coworking.portal"]

    @api.model
    def _prepare_referrals(self, partner, companies):
        meetings = self._get_meetings(companies)
        return {
            "name": partner.name,
            "organisation": partner.commercial_partner_id.name,
            "people": self._prepare_followed(partner, companies),
            "registrations": self._prepare_registrations(partner, companies),
            "meetings": meetings._coworking_prepare_cards(),
            "email": partner.email,
            "opposed": partner.coworking_no_mail,
        }

    @api.model
    def _prepare_followed(self, partner, companies):
        """The people of this adviser who agreed, those with news first."""
        files = self.env["coworking.participant"]._get_followed(partner, companies)
        phases = dict(files._fields["phase"]._description_selection(self.env))
        written_to = partner._coworking_may_write_to(partner.email)
        rows = [
            {
                "name": file.partner_id.name,
                "program": file.program_id.name,
                "step": phases[file.phase],
                "steps": file._get_prescriber_steps(),
                "is_new": self._has_new_steps(file, written_to),
            }
            for file in files
        ]
        return sorted(rows, key=lambda row: not row["is_new"])

    @api.model
    def _has_new_steps(self, file, written_to):
        """Whether something of this file is of these days, or waits for the mail of the week.

        :param written_to: whether the adviser gets that mail
        """
        if written_to and file._get_news():
            return True
        today = fields.Date.context_today(self)
        days = [step["date"] for step in file._get_prescriber_steps()]
        days += [file.prescriber_told_on, file.prescriber_agreed_on]
        return any(day and today - timedelta(days=NEW_DAYS) <= day <= today for day in days)

    @api.model
    def _get_meetings(self, companies):
        events = self.env["calendar.event"]._coworking_public_events()
        return events.filtered(lambda event: event.coworking_program_id.company_id in companies)

    @api.model
    def _prepare_registrations(self, partner, companies):
        """Whom this adviser registered themselves, until there is a file, which the person's
        agreement decides of: what they hear by mail already.
        """
        rows = self.env["coworking.attendance"].search(
            self._get_registered_domain(partner)
            & Domain("participant_id", "=", False)
            & Domain("kind", "=", "info_session")
            & Domain("company_id", "in", companies.ids)
            & Domain("stop", ">=", fields.Datetime.now() - timedelta(days=SHOWN_DAYS)),
            order="start, id",
        )
        organisation = words_of(partner.commercial_partner_id.name)
        rows = rows.filtered(
            lambda row: row.adviser_id or words_of(row.prescriber_name) == organisation
        )
        return [
            {
                "name": row.name,
                "when": row.event_id._coworking_when(),
                "state": row._describe_state(),
            }
            for row in rows
        ]

    @api.model
    def _get_registered_domain(self, partner):
        """Registrations that may be this contact's: made from their page, or theirs as staff say.

        Those by the address as well, of their organisation, where nobody else has it, and only
        staff write it: whoever has an account changes their own.
        """
        theirs = Domain("adviser_id", "=", partner.id)
        address = email_normalize(partner.email or "")
        if not address or partner.with_context(active_test=False).user_ids:
            return theirs
        if partner.search([("email_normalized", "=", address)]) != partner:
            return theirs
        typed = Domain("adviser_email", "=ilike", escape_psql(address))
        return theirs | (Domain("adviser_id", "=", False) & typed)

    @api.model
    def _set_opposed(self, partner, opposed):
        """An adviser wants the mails with news no longer, or again."""
        if partner.coworking_no_mail != opposed:
            partner.coworking_no_mail = opposed
            self._log_opposed(speak_to_staff(partner), partner, opposed)
