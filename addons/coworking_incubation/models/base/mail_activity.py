from odoo import models

from ...tools import PREFIX


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_notify(self):
        """Odoo writes the body for who is to do it, but its subject for who planned it: ours are
        wholly in the language of who reads them.
        """
        ours = self.filtered(lambda activity: (activity.res_model or "").startswith(PREFIX))
        for user, activities in ours.grouped("user_id").items():
            speaking = activities.with_context(lang=user.lang or self.env.lang)
            super(MailActivity, speaking).action_notify()
        return super(MailActivity, self - ours).action_notify()
