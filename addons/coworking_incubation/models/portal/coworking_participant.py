from odoo import models
from odoo.exceptions import UserError


class CoworkingParticipant(models.Model):
    """The page of a participant: opened signed in, or by a link of their own."""

    _name = "coworking.participant"
    _inherit = ["coworking.participant", "coworking.link.mixin"]

    def _get_link_holders(self, purpose):
        if purpose != "participant":
            return super()._get_link_holders(purpose)
        return self.partner_id if self.active else self.env["res.partner"]

    def _is_link_open(self, purpose, partner):
        return purpose == "participant" and self.phase != "closed"

    def _get_link_target(self, purpose):
        return "/my/incubation"

    def _get_link_words(self, purpose, partner):
        return {
            "subject": self.env._("Your page in %s", self.program_id.name),
            "text": self.env._(
                "Your objectives, your appointments, your presences and your documents, on one "
                "page. This link is yours: it opens the page without a password."
            ),
            "button": self.env._("Open my page"),
        }

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

    def action_preview_own_page(self):
        """The page as the person sees it; nothing can be said from there."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/incubation/preview/{self.id}",
            "target": "new",
        }
