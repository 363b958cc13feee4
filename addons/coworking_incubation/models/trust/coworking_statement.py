from odoo import models


class CoworkingStatement(models.Model):
    _name = "coworking.statement"
    _inherit = ["coworking.statement", "coworking.audited.mixin"]

    def _get_audited_with(self):
        return [*super()._get_audited_with(), self.charge_ids, self.match_ids, self.bill_ids]
