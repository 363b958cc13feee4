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
        self._hand_over_activities()
        return super().action_archive()

    def _hand_over_activities(self):
        """To who covers today, else the coordinator of the program, else the administrator."""
        today = fields.Date.context_today(self)
        # sudo: who may archive users may not read every file
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .search(Domain("user_id", "in", self.ids) & Domain("res_model", "=like", f"{PREFIX}%"))
        )
        for model, rows in activities.grouped("res_model").items():
            records = self.env[model].sudo().browse(rows.mapped("res_id")).exists()
            programs = {row.id: row.program_id for row in records if "program_id" in row._fields}
            for activity in rows:
                covers = activity.user_id.coworking_cover_ids.filtered(
                    lambda cover: cover.date_from <= today <= cover.date_to
                )
                users = covers.cover_user_id
                if activity.res_id in programs:
                    users |= programs[activity.res_id].user_id
                users = users.filtered(lambda user: user.active and not user.share) - self
                activity.user_id = users[:1] or self.env.ref("base.user_admin")
