from odoo import api, models

from ...social_security import find_number, hide_numbers

TEXTS = ("subject", "body")


class MailMessage(models.Model):
    """What is said about people holds no social security number."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                self._coworking_without_number(
                    vals, vals.get("model"), vals.get("res_id"), vals.get("message_type")
                )
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if any(name in vals for name in TEXTS) and find_number(
            " ".join(str(vals.get(name) or "") for name in TEXTS)
        ):
            for message in self.sudo():  # sudo: on which record it is, whoever writes
                message._coworking_without_number(vals, message.model, message.res_id, "comment")
        return super().write(vals)

    @api.model
    def _coworking_without_number(self, vals, model, res_id, kind):
        """These values; a mail that came in without the number: who wrote it cannot mend it.

        :raise ValidationError: somebody types the number now
        """
        found = [name for name in TEXTS if vals.get(name) and find_number(str(vals[name]))]
        if not found or not model or "message_ids" not in self.env[model]._fields:
            return vals
        record = self.env[model].browse(res_id or [])
        if kind == "email" and record._coworking_is_about_people():
            return {**vals, **{name: hide_numbers(vals[name]) for name in found}}
        for name in found:
            record._coworking_refuse_number(str(vals[name]), self._fields[name])
        return vals
