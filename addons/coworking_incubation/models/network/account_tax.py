from odoo import models
from odoo.fields import Domain

from ...pricing_inputs import PRICING_INPUTS


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            self._taxes_of_seats_changed()
        return result

    def _taxes_of_seats_changed(self):
        self.env["coworking.space"]._taxes_changed(
            Domain("company_id", "child_of", self.company_id.ids)
        )
