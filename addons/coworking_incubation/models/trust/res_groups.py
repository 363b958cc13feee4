from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        if "user_ids" not in vals:
            return super().write(vals)
        with self.env["coworking.audit"]._saying_who():
            return super().write(vals)
