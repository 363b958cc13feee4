from odoo import fields, models
from odoo.fields import Domain

from ...tools import PREFIX


class ResUsers(models.Model):
    _inherit = "res.users"

    coworking_cover_ids = fields.One2many(
        "coworking.cover",
        "user_id",
        string="Covered During Leave",
        help="Who writes this counsellor's files while they are away.",
    )

    def action_archive(self):
        """Odoo deletes the activities of who leaves: what is planned for people goes on."""
        # sudo: who may archive users may not read every file
        activities = self.env["mail.activity"].sudo().search(self._get_handed_over_domain())
        for activity in activities.with_context(mail_activity_quick_update=True):
            activity.user_id = self._get_heir(activity) or activity.user_id
        return super().action_archive()

    def _get_handed_over_domain(self):
        return Domain("user_id", "in", self.ids) & Domain("res_model", "=like", f"{PREFIX}%")

    def _get_heir(self, activity):
        """Who does now what one of these users was to do: the coordinator, else who archives."""
        # sudo: who may archive users may not read what they follow
        record = self.env[activity.res_model].sudo().browse(activity.res_id).exists()
        if "program_id" in record._fields:
            users = record.program_id.user_id
        else:
            users = self.env["coworking.program"].sudo()._get_running().user_id
        return self._filter_staying(users | self.env.user | self.env.ref("base.user_admin"))[:1]

    def _filter_staying(self, users):
        """Those of some users who read what is planned for them once these ones are gone."""
        return users.filtered(lambda user: user.active and not user.share) - self
