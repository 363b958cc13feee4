from odoo import fields, models

from .discussion import filter_notified, speak_to_staff

# What a note, and what often follows in the same request, asks of its author and of the company.
AUTHOR = ["email", "name"]
COMPANY = [
    *("active", "alias_domain_id", "currency_id", "name", "parent_id", "parent_path", "partner_id"),
]


class CoworkingThreadMixin(models.AbstractModel):
    """The discussion of a record of ours: what is noted in it is in a language of those who read
    it, staff.
    """

    _name = "coworking.thread.mixin"
    _description = "Discussion of a Record of the Incubation"
    _inherit = ["mail.thread"]

    # Odoo's depend on the followers of all models: whoever follows anything would have it go
    # through each of ours. Here ``mail.followers`` says when they are to be read anew.
    message_is_follower = fields.Boolean(depends=())
    message_partner_ids = fields.Many2many(depends=())

    def _speak_to_staff(self, user=None):
        return speak_to_staff(self, user)

    def _coworking_get_people(self):
        """Contacts of the people in programs whom these records are about."""
        # sudo: who they are, whoever writes
        records = self.sudo()
        of_people = "participant_id" in self._fields
        return records.participant_id.partner_id if of_people else self.env["res.partner"]

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        return filter_notified(self, message, recipients)

    def _creation_message(self):
        # Odoo's own words would have to agree with what was made: « Place financée créé ».
        staff = self._speak_to_staff()
        return staff.env._("%s created", staff.env["ir.model"]._get(self._name).name)

    def _message_track(self, fields_iter, initial_values_dict):
        """Labels and names are noted in that language as well, those of before the change too."""
        if not (self.env.lang and self.env.user._is_internal()):
            self = self.exists()._speak_to_staff()
            initial_values_dict = {
                record_id: {
                    name: value.with_env(self.env) if isinstance(value, models.Model) else value
                    for name, value in values.items()
                }
                for record_id, values in initial_values_dict.items()
                if values
            }
        return super()._message_track(fields_iter, initial_values_dict)

    def _message_log_batch(self, bodies, *args, **kwargs):
        """Of the author and the company no more is read than a note says of them."""
        # sudo: as Odoo reads them
        if kwargs.get("author_id") is None:
            self.env.user.sudo().partner_id.fetch(AUTHOR)
        self.env.company.sudo().fetch(COMPANY)
        return super()._message_log_batch(bodies, *args, **kwargs)
