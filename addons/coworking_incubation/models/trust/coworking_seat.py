from odoo import models


class CoworkingSeat(models.Model):
    _name = "coworking.seat"
    _inherit = ["coworking.seat", "coworking.audited.mixin"]

    def _get_audited_with(self):
        return [
            *super()._get_audited_with(),
            *(self.funding_ids, self.hosting_ids, self.presence_ids, self.charge_ids),
        ]
