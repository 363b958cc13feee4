from odoo import api, fields, models

from ..pathway.res_users import ROLES

DIGEST = "coworking_incubation.digest_digest_exceptions"


class ResUsers(models.Model):
    """Who gets a role in programs is told what waits for them, until they unsubscribe.

    See also ``res.groups``.
    """

    _inherit = "res.users"

    coworking_told = fields.Json(
        groups="base.group_system",
        copy=False,
        prefetch=False,
        help="What waited when the last mail about it was considered: only what is new is told.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._filter_coworking()._subscribe_to_exceptions()
        return users

    def write(self, vals):
        if "group_ids" not in vals:
            return super().write(vals)
        before = self._filter_coworking()
        result = super().write(vals)
        (self._filter_coworking() - before)._subscribe_to_exceptions()
        return result

    def _filter_coworking(self):
        return self.filtered(lambda user: any(user.has_group(role) for role in ROLES))

    @api.model
    def _subscribe_coworking_roles(self):
        """All who have a role, however it came to them."""
        users = self.search([("share", "=", False)])
        users._filter_coworking()._subscribe_to_exceptions()

    def _subscribe_to_exceptions(self):
        digest = self.env.ref(DIGEST, raise_if_not_found=False)
        if self and digest:
            digest._action_subscribe_users(self)
