from odoo import api, models


class CoworkingContact(models.AbstractModel):
    _inherit = "coworking.contact"

    @api.model
    def _filter_opposed(self, partners):
        return partners.filtered("coworking_no_mail")

    @api.model
    def _is_link_unwanted(self, partner):
        return not partner._coworking_may_write_to(partner.email)
