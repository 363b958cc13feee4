from odoo import api, models
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

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        """The database deletes variants along with their template, and asks nothing of them."""
        self.with_context(active_test=False).product_variant_ids._unlink_unless_used()
