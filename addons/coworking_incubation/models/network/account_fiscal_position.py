from odoo import api, models
from odoo.fields import Domain

from ...pricing_inputs import PRICING_INPUTS


class AccountFiscalPosition(models.Model):
    _inherit = "account.fiscal.position"

    @api.model_create_multi
    def create(self, vals_list):
        positions = super().create(vals_list)
        positions.filtered("auto_apply")._taxes_of_seats_changed()
        return positions

    def write(self, vals):
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            self._taxes_of_seats_changed()
        return result

    def unlink(self):
        companies = self.filtered("auto_apply").company_id
        result = super().unlink()
        self.env["coworking.space"]._taxes_changed(Domain("company_id", "child_of", companies.ids))
        return result

    def _taxes_of_seats_changed(self):
        self.env["coworking.space"]._taxes_changed(
            Domain("company_id", "child_of", self.company_id.ids)
        )
