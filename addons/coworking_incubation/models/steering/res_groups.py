from odoo import models


class ResGroups(models.Model):
    """A role that is given from its own form is one like any other."""

    _inherit = "res.groups"

    def write(self, vals):
        if "user_ids" not in vals:
            return super().write(vals)
        before = self.all_user_ids._filter_coworking()
        result = super().write(vals)
        (self.all_user_ids._filter_coworking() - before)._subscribe_to_exceptions()
        return result
