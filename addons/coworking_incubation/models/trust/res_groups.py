from odoo import api, models

RIGHTS = {"user_ids", "implied_ids", "implied_by_ids"}


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["coworking.audit"]._saying_who():
            return super().create(vals_list)

    def write(self, vals):
        if not RIGHTS & vals.keys():
            return super().write(vals)
        with self.env["coworking.audit"]._saying_who():
            return super().write(vals)

    def unlink(self):
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
