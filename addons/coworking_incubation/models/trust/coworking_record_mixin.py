from odoo import models

from .audited import AUDITED


class CoworkingRecordMixin(models.AbstractModel):
    _inherit = "coworking.record.mixin"

    def unlink(self):
        if not self or self._name not in AUDITED:
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
