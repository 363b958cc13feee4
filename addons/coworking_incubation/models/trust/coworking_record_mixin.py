from odoo import models

from .audited import AUDITED


class CoworkingRecordMixin(models.AbstractModel):
    _inherit = "coworking.record.mixin"

    def unlink(self):
        """A row that goes does not say who deletes it: the transaction does."""
        if self and self._name in AUDITED:
            self.env["coworking.audit"]._say_who()
        return super().unlink()
