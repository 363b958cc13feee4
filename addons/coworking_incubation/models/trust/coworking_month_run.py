from odoo import models


class CoworkingMonthRun(models.Model):
    _inherit = "coworking.month.run"

    def _work(self, among=None):
        """In the audit trail it is one act, in however many transactions it is done."""
        if not self:
            return super()._work(among)
        with self.env["coworking.audit"]._in_act(min(self.mapped("asked_at"))):
            return super()._work(among)
