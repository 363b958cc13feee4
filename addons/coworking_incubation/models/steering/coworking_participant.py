from odoo import models


class CoworkingParticipant(models.Model):
    """The participant, who is told what is to come for their seat."""

    _inherit = "coworking.participant"

    def _get_link_words(self, purpose, partner):
        words = super()._get_link_words(purpose, partner)
        facts = self.env.context.get("coworking_coming")
        if not facts:
            return words
        return {
            **words,
            "subject": self.env._("To come for your seat"),
            "text": self.env._(
                "Here is what is to come. It happens by itself. A question, or something that does"
                " not suit you? Talk about it with your contact."
            ),
            "facts": facts,
        }
