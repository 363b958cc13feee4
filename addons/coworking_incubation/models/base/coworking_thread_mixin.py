from odoo import fields, models


class CoworkingThreadMixin(models.AbstractModel):
    """The discussion of a record of ours: what is noted in it is in a language of those who read
    it, staff.
    """

    _name = "coworking.thread.mixin"
    _description = "Discussion of a Record of the Incubation"
    _inherit = ["mail.thread"]

    # Odoo has these two follow all followers: one who is made, of whatever record, would have it go
    # through each of our models. ``mail.followers`` has them read anew instead.
    message_is_follower = fields.Boolean(depends=())
    message_partner_ids = fields.Many2many(depends=())

    def _creation_message(self):
        return super(CoworkingThreadMixin, self._speak_to_staff())._creation_message()

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
