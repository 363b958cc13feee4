from odoo import api, models

# Planned and found again by name: without them, Odoo would add a To-Do each time and find none.
PLANNED = {
    "coworking_incubation.mail_activity_type_seat_request": "coworking.seat",
    "coworking_incubation.mail_activity_type_place_wished": "coworking.participant",
    "coworking_incubation.mail_activity_type_extension_request": "coworking.extension",
    "coworking_incubation.mail_activity_type_attendance": "coworking.program",
    "coworking_incubation.mail_activity_type_retention": "coworking.participant",
    "coworking_incubation.mail_activity_type_books": "coworking.program",
    "coworking_incubation.mail_activity_type_bank_account": "res.partner.bank",
}


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        info = super()._get_model_info_by_xmlid()
        for xmlid, model in PLANNED.items():
            info[xmlid] = {"res_model": model, "unlink": False}
        return info
