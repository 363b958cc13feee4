from odoo import models

from ...tools import saying_who
from .audited import AUDITED
from .coworking_participant_row_mixin import check_not_purged


class CoworkingRecordMixin(models.AbstractModel):
    _inherit = "coworking.record.mixin"

    def _check_may_be_noted(self):
        field = self._fields.get("participant_id")
        if not self.env.su and field and field.comodel_name == "coworking.participant":
            check_not_purged(self)
        return super()._check_may_be_noted()

    def unlink(self):
        audited = AUDITED.get(self._name)
        # of those changed by the thousand, nothing that is audited may be deleted
        if not self or not audited or audited.at_once:
            return super().unlink()
        with saying_who(self.env):
            return super().unlink()
