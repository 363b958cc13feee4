from markupsafe import Markup

from odoo import api, models

from ...social_security import find_number
from ...tools import PREFIX, day_in_words
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
        wholly in the language of who reads them. What somebody is given at once on one record, as
        by the plan of a stage or with a file, is one message.
        """
        ours = self.filtered(lambda activity: (activity.res_model or "").startswith(PREFIX))
        for user, activities in ours.grouped("user_id").items():
            speaking = activities.with_context(lang=user.lang or self.env.lang)
            alone = speaking.browse()
            for given in speaking.grouped(lambda row: (row.res_model, row.res_id)).values():
                if user and len(given) > 1:
                    given._coworking_notify_together()
                else:
                    alone |= given
            super(MailActivity, alone).action_notify()
        return super(MailActivity, self - ours).action_notify()

    def _coworking_notify_together(self):
        """As Odoo does of each: these are of one record, for one user, in their language."""
        first = self[0]
        record = self.env[first.res_model].browse(first.res_id)
        # sudo: whether it is there, whoever plans
        if not record.sudo().exists():
            return
        lines = Markup().join(
            Markup("<li>%s</li>")
            % self.env._(
                "%(activity)s, by %(day)s",
                activity=activity.display_name,
                day=day_in_words(self.env, activity.date_deadline),
            )
            for activity in self.sorted("date_deadline")
        )
        words = self.env._("%s has just assigned you:", self.env.user.name)
        record.message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.env._(
                "%(record)s: %(count)s activities assigned to you",
                record=first.res_name,
                count=len(self),
            ),
            body=Markup("<p>%s</p><ul>%s</ul>") % (words, lines),
            model_description=self.env["ir.model"]._get(record._name).display_name,
            email_layout_xmlid="mail.mail_notification_layout",
        )
