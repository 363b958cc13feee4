from odoo import api, models

from ...tools import saying_who

RIGHTS = {"user_ids", "implied_ids", "implied_by_ids"}


class ResGroups(models.Model):
    """A role that is given from its own form is one like any other: see ``res.users``."""

    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        with saying_who(self.env):
            return super().create(vals_list)

    def write(self, vals):
        if not RIGHTS & vals.keys():
            return super().write(vals)
        before = "user_ids" in vals and self.all_user_ids._filter_coworking()
        with saying_who(self.env):
            result = super().write(vals)
        if "user_ids" in vals:
            (self.all_user_ids._filter_coworking() - before)._subscribe_to_exceptions()
        return result

    def unlink(self):
        with saying_who(self.env):
            return super().unlink()
