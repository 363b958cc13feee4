from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        """Whatever chart a company gets, it also gets what seats are billed with."""
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._coworking_prepare_accounting()
        return result
