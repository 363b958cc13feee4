from odoo import models

from .audited import AUDITED


class CoworkingRecordMixin(models.AbstractModel):
    _inherit = "coworking.record.mixin"

    def unlink(self):
        audited = AUDITED.get(self._name)
        # of those changed by the thousand, nothing that is audited may be deleted
        if not self or not audited or audited.at_once:
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
