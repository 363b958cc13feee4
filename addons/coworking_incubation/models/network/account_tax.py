from odoo import api, models
from odoo.fields import Domain

from ...pricing_inputs import PRICING_INPUTS


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model_create_multi
    def create(self, vals_list):
        taxes = super().create(vals_list)
        # What a fiscal position replaces is said on the taxes that replace it.
        taxes.filtered(
            lambda tax: tax.fiscal_position_ids or tax.original_tax_ids
        )._taxes_of_seats_changed()
        return taxes

    def unlink(self):
        replacing = self.filtered(lambda tax: tax.fiscal_position_ids or tax.original_tax_ids)
        domain = Domain("company_id", "child_of", replacing.company_id.ids)
        result = super().unlink()
        if replacing:
            self.env["coworking.space"]._taxes_changed(domain)
        return result

    def write(self, vals):
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            self._taxes_of_seats_changed()
        return result

    def _taxes_of_seats_changed(self):
        if not self:
            return
        self.env["coworking.space"]._taxes_changed(
            Domain("company_id", "child_of", self.company_id.ids)
        )

    def _coworking_is_recovered(self):
        """Whether these taxes have an account of their own, and do not follow the expense.

        What is due on payment waits on one. No tax: no.
        """
        lines = self.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        )
        return bool(lines.account_id) or any(
            exigibility != "on_invoice" for exigibility in self.mapped("tax_exigibility")
        )

    def _coworking_get_grids(self):
        """The grids of the VAT return that these taxes fill."""
        return self.repartition_line_ids.tag_ids
