from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_create_calendar_event(self):
        """From an activity of a file, as on the board: an appointment; its title names nobody."""
        action = super().action_create_calendar_event()
        if self.res_model == "coworking.participant":
            participant = self.env["coworking.participant"].browse(self.res_id)
            events = self.env["calendar.event"]
            action["context"] |= {
                **events._coworking_appointment_defaults(participant),
                "default_partner_ids": (self.user_id or self.env.user).partner_id.ids,
            }
        return action
