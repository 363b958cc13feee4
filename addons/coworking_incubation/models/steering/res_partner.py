from odoo import models


class ResPartner(models.Model):
    """The manager of spaces, who is told what is to come there."""

    _inherit = "res.partner"

    def _get_link_holders(self, purpose):
        if purpose != "coming":
            return super()._get_link_holders(purpose)
        return self if self.env["coworking.portal"]._get_spaces(self) else self.browse()

    def _is_link_open(self, purpose, partner):
        return purpose == "coming" or super()._is_link_open(purpose, partner)

    def _is_link_unwanted(self, partner):
        """Managers get the mails of their space, whatever they want of what is about themselves."""
        if "coworking_coming" in self.env.context:
            return False
        return super()._is_link_unwanted(partner)

    def _get_link_target(self, purpose):
        return "/my/coworking/coming" if purpose == "coming" else super()._get_link_target(purpose)

    def _get_link_words(self, purpose, partner):
        if purpose != "coming":
            return super()._get_link_words(purpose, partner)
        spaces = self.env["coworking.portal"]._get_spaces(partner)
        return {
            "subject": self.env._("To come at %s", spaces.name)
            if len(spaces) == 1
            else self.env._("To come at your spaces"),
            "text": self.env._(
                "Here is what is to come. It happens by itself, and you have nothing to do."
                " Something is wrong? Answer this mail, or call us."
            ),
            "facts": self.env.context.get("coworking_coming"),
            "button": self.env._("See what is to come"),
        }
