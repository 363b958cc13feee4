from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_notify(self):
        """Odoo writes the body for who is to do it, but its subject for who planned it."""
        for user, activities in self.grouped("user_id").items():
            speaking = activities.with_context(lang=user.lang or self.env.lang)
            super(MailActivity, speaking).action_notify()
