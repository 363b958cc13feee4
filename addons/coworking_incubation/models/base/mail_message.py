from itertools import compress

from odoo import api, models
from odoo.tools import is_html_empty

from ...social_security import find_number, hide_numbers
from ...tools import with_defaults
from .coworking_record_mixin import check_may_be_noted
from .discussion import refuse_number_about, takes_no_number

TEXTS = ("subject", "body")


class MailMessage(models.Model):
    """What is said about people holds no social security number."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        tracked = [bool(vals.get("tracking_value_ids")) for vals in vals_list]
        given = with_defaults(self, vals_list)
        messages = super().create(
            [
                {**vals, **self._coworking_without_number(said)}
                for vals, said in zip(vals_list, given, strict=True)
            ]
        )
        if not self.env.su:
            messages._coworking_check_may_be_noted(tracked)
        return messages

    def write(self, vals):
        if any(name in vals for name in TEXTS) and find_number(
            " ".join(str(vals.get(name) or "") for name in TEXTS)
        ):
            for message in self.sudo():  # sudo: on which record it is, whoever writes
                place = {"model": message.model, "res_id": message.res_id}
                message._coworking_without_number({**vals, **place, "message_type": "comment"})
        return super().write(vals)

    def _coworking_check_may_be_noted(self, tracked):
        """What Odoo itself notes of a change is no word of anybody's.

        :param tracked: of each of these, whether it says what was changed
        """
        changes = set(compress(self.ids, tracked))
        # sudo: where it stands, whoever wrote it
        for model, messages in self.sudo().grouped("model").items():
            said = (
                message.res_id
                for message in messages
                if message.message_type != "user_notification"
                and not (message.id in changes and is_html_empty(message.body))
            )
            check_may_be_noted(self.env, model, said)

    @api.model
    def _coworking_without_number(self, vals):
        """
        :return: texts of a mail that came in, without the number: who wrote it cannot mend it
        :raise ValidationError: somebody types the number now
        """
        model = vals.get("model")
        found = [name for name in TEXTS if vals.get(name) and find_number(str(vals[name]))]
        if not found or not model or "message_ids" not in self.env[model]._fields:
            return {}
        record = self.env[model].browse(vals.get("res_id") or [])
        if vals.get("message_type") == "email" and takes_no_number(record):
            return {name: hide_numbers(vals[name]) for name in found}
        for name in found:
            refuse_number_about(record, str(vals[name]), self._fields[name])
        return {}
