from odoo import models
from odoo.fields import Domain

from ...pricing_inputs import PRICING_INPUTS


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            products = Domain("product_id.product_tmpl_id", "in", self.ids)
            self.env["coworking.space"]._taxes_changed(
                Domain("tariff_ids", "any", products) | Domain("membership_ids", "any", products)
            )
        return result
