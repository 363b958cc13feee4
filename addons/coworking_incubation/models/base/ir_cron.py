from odoo import models

from ...tools import PREFIX


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Our scheduled actions speak the language of the company: Odoo gives them none, so that
        what they write would be English. What is for one company or person says so itself.
        """
        # sudo: whoever a job runs as need not be allowed to read actions and models
        action = self.env["ir.actions.server"].sudo().browse(server_action_id)
        lang = self.env.company.partner_id.lang
        if lang and not self.env.lang and (action.model_id.model or "").startswith(PREFIX):
            self = self.with_context(lang=lang)
        return super()._callback(cron_name, server_action_id)
