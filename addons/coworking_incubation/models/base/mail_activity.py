from odoo import api, models

from ...social_security import find_number
from ...tools import PREFIX
from .coworking_record_mixin import check_may_be_noted
from .discussion import refuse_number_about


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.constrains("summary", "note")
    def _check_coworking_no_social_security_number(self):
        for name in ("summary", "note"):
            for activity in self:
                if activity.res_model and find_number(str(activity[name] or "")):
                    record = self.env[activity.res_model].browse(activity.res_id)
                    refuse_number_about(record, str(activity[name]), self._fields[name])

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._coworking_check_may_be_noted()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if {"res_model_id", "res_id"} & vals.keys():
            self._coworking_check_may_be_noted()
        return result

    def _coworking_check_may_be_noted(self):
        """No constraint: those are checked by sudo."""
        if not self.env.su:
            for model, activities in self.grouped("res_model").items():
                check_may_be_noted(self.env, model, (row.res_id for row in activities))

    def action_notify(self):
        """Odoo writes the body for who is to do it, but its subject for who planned it: ours are
        wholly in the language of who reads them.
        """
        ours = self.filtered(lambda activity: (activity.res_model or "").startswith(PREFIX))
        for user, activities in ours.grouped("user_id").items():
            speaking = activities.with_context(lang=user.lang or self.env.lang)
            super(MailActivity, speaking).action_notify()
        return super(MailActivity, self - ours).action_notify()
