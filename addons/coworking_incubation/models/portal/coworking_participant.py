from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .coworking_portal_person import SIGN_DAYS

# People are asked to sign from the 25th, before the spaces confirm the month, until the 10th.
ASK_FROM, ASK_UNTIL = 25, 10
ASK_AGAIN_DAYS = 7


class CoworkingParticipant(models.Model):
    """The page of a participant: opened signed in, or by a link of their own."""

    _name = "coworking.participant"
    _inherit = ["coworking.participant", "coworking.link.mixin"]

    sign_asked_on = fields.Date(
        string="Signatures Asked For On",
        readonly=True,
        copy=False,
        help="When the person was last asked to sign their presences.",
    )

    def _get_link_holders(self, purpose):
        if purpose != "participant":
            return super()._get_link_holders(purpose)
        return self.partner_id if self.active else self.env["res.partner"]

    def _is_link_open(self, purpose, partner):
        return purpose == "participant" and (self.phase != "closed" or self._is_shown_to_adviser())

    def _is_link_unwanted(self, partner):
        return self.is_opposed

    def _get_link_target(self, purpose):
        return "/my/incubation"

    def _get_link_words(self, purpose, partner):
        unsigned = self.env.context.get("coworking_unsigned")
        if unsigned:
            return {
                "subject": self.env._("Your presences to sign"),
                "text": self.env._(
                    "Half-days that wait for your signature: %s. Say where you were, if you can "
                    "before the space confirms the month.",
                    unsigned,
                ),
                "button": self.env._("Sign my presences"),
            }
        words = {
            "subject": self.env._("Your page in %s", self.program_id.name),
            "text": self.env._(
                "Your objectives, your appointments, your presences and your documents, on one "
                "page. This link is yours: it opens the page without a password."
            ),
            "button": self.env._("Open my page"),
        }
        if facts := self.env.context.get("coworking_coming"):
            words |= {
                "subject": self.env._("To come for your seat"),
                "text": self.env._(
                    "Here is what is to come. It happens by itself. A question, or something that"
                    " does not suit you? Talk about it with your contact."
                ),
                "facts": facts,
            }
        return words

    # === SIGNATURES ===#

    @api.model
    def _get_unsigned_counts(self):
        """Whom to ask today to sign, and how many half-days: a mail a week at most.

        :return: dict of participant -> how many of their half-days wait for a signature
        """
        today = fields.Date.context_today(self)
        if ASK_UNTIL < today.day < ASK_FROM:
            return {}
        person = self.env["coworking.portal.person"]
        counts = self.env["coworking.presence"]._read_group(
            person._get_unsigned_domain(today - timedelta(days=1))
            & Domain("date", ">=", today - timedelta(days=SIGN_DAYS))
            & Domain("participant_id.active", "=", True)
            & Domain("participant_id.phase", "!=", "closed")
            & Domain("participant_id.partner_id.email", "!=", False),
            ["participant_id"],
            ["__count"],
        )
        limit = today - timedelta(days=ASK_AGAIN_DAYS)
        return {
            file: count
            for file, count in counts
            if not file.sign_asked_on or file.sign_asked_on <= limit
        }

    @api.model
    def _cron_ask_to_sign(self, batch_size=50):
        """Ask people to sign their half-days, and remind those who did not."""
        counts = self._get_unsigned_counts()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(counts))
        for file, count in list(counts.items())[:batch_size]:
            today = fields.Date.context_today(self)
            asked = file.sign_asked_on and (today - file.sign_asked_on).days <= SIGN_DAYS // 3
            self.env["coworking.portal.link"]._send_link(
                file.with_context(coworking_unsigned=count),
                "participant",
                file.partner_id,
                channel="reminder" if asked else "mail",
            )
            file.sign_asked_on = today
            if not cron._commit_progress(1):
                break

    def action_send_own_page(self):
        """Give the person the link to their page: the dialog says to which address it goes."""
        self.ensure_one()
        self.check_access("write")
        if not self._is_link_open("participant", self.partner_id):
            raise UserError(self.env._("The file of %s is closed.", self.partner_id.name))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_portal_share_action"
        )
        action["name"] = self.env._("Link to Their Page")
        action["context"] = {"default_participant_id": self.id}
        return action

    def action_send_adviser_page(self):
        """Give the adviser the link to their page: the dialog says to which address it goes."""
        self.ensure_one()
        self.check_access("read")
        if not self._has_adviser_in_place():
            raise UserError(
                self.env._(
                    "Nobody to give it to: name the adviser who referred %(person)s, of"
                    " %(organisation)s, in the file.",
                    person=self.partner_id.name,
                    organisation=self.prescriber_id.name or self.env._("their organisation"),
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_portal_share_action"
        )
        action["name"] = self.env._("Link to the Adviser's Page")
        action["context"] = {"default_participant_id": self.id, "default_for_adviser": True}
        return action

    def action_preview_own_page(self):
        """The page as the person sees it; nothing can be said from there."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/incubation/preview/{self.id}",
            "target": "new",
        }
