from odoo import models


class CoworkingSpace(models.Model):
    _inherit = "coworking.space"

    def action_preview(self):
        """The pages as the first manager sees them; nothing can be said from there."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/coworking/preview/{self.id}",
            "target": "new",
        }
