from odoo import models

from ...pricing_inputs import PRICING_INPUTS


class ResCountryGroup(models.Model):
    _inherit = "res.country.group"

    def write(self, vals):
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            # sudo: whoever keeps groups of countries need not know what is decided by them
            positions = self.env["account.fiscal.position"].sudo()
            positions.search([("country_group_id", "in", self.ids)])._taxes_of_seats_changed()
        return result
