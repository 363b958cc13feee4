from odoo import api, models


class ResCompany(models.Model):
    """Who may work in which organisation is a right too."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["coworking.audit"]._saying_who():
            return super().create(vals_list)

    def write(self, vals):
        if "user_ids" not in vals:
            return super().write(vals)
        with self.env["coworking.audit"]._saying_who():
            return super().write(vals)
