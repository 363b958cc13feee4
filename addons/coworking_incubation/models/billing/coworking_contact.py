from odoo import api, models


class CoworkingContact(models.AbstractModel):
    """Who billed a month of a space stays one who ran it."""

    _inherit = "coworking.contact"

    @api.model
    def _get_fields_naming_operators(self):
        return super()._get_fields_naming_operators() | {("coworking.statement", "operator_id")}
