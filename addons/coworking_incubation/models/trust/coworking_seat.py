from odoo import models


class CoworkingSeat(models.Model):
    _inherit = "coworking.seat"

    def _get_audited_with(self):
        return [
            *super()._get_audited_with(),
            *(self.funding_ids, self.hosting_ids, self.presence_ids, self.charge_ids),
        ]
