from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["coworking.audit"]._saying_who():
            return super().create(vals_list)

    def write(self, vals):
        if not {"group_ids", "company_ids"} & vals.keys():
            return super().write(vals)
        with self.env["coworking.audit"]._saying_who():
            return super().write(vals)

    def unlink(self):
        with self.env["coworking.audit"]._saying_who():  # their rights go with them
            return super().unlink()
