from odoo import api, models


class CoworkingContact(models.AbstractModel):
    """The manager of spaces, who is told what is to come there."""

    _inherit = "coworking.contact"

    @api.model
    def _get_link_holders(self, partner, purpose):
        if purpose != "coming":
            return super()._get_link_holders(partner, purpose)
        return partner if self.env["coworking.portal"]._get_spaces(partner) else partner.browse()

    @api.model
    def _is_link_open(self, partner, purpose):
        return purpose == "coming" or super()._is_link_open(partner, purpose)

    @api.model
    def _is_link_unwanted(self, partner):
        """Managers get the mails of their space, whatever they want of what is about themselves."""
        if "coworking_coming" in self.env.context:
            return False
        return super()._is_link_unwanted(partner)

    @api.model
    def _get_link_target(self, purpose):
        return "/my/coworking/coming" if purpose == "coming" else super()._get_link_target(purpose)

    @api.model
    def _get_link_words(self, partner, purpose):
        if purpose != "coming":
            return super()._get_link_words(partner, purpose)
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
