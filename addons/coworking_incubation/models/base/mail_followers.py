from odoo import models

from ...tools import PREFIX


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _invalidate_documents(self, vals_list=None):
        """Who follows a record of ours is read anew: see ``coworking.thread.mixin``."""
        result = super()._invalidate_documents(vals_list)
        for follower in self:
            model = follower.res_model
            if model.startswith(PREFIX) and model in self.env:
                self.env[model].browse(follower.res_id).invalidate_recordset(
                    ["message_is_follower", "message_partner_ids"], flush=False
                )
        return result
