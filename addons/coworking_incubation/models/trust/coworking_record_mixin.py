from odoo import models
from odoo.fields import Domain

from .audited import AUDITED


class CoworkingRecordMixin(models.AbstractModel):
    _inherit = "coworking.record.mixin"

    def unlink(self):
        """A row that goes does not say who deletes it: the transaction does."""
        if self and self._name in AUDITED:
            self.env["coworking.audit"]._say_who()
        return super().unlink()

    def action_open_audit(self):
        """The audit trail of these records, and of what belongs to them."""
        domain = Domain.OR(
            Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
            # sudo: numbers alone; whose rows of the trail may be read, the trail says
            for records in (self, *self.sudo()._get_audited_with())
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_audit_action"
        )
        return {**action, "domain": list(domain)}

    def _trace(self, action, **details):
        self.env["coworking.audit"]._record(action, self, **details)
        return super()._trace(action, **details)

    def _get_audited_with(self):
        """Records of other models whose trail is read with that of these."""
        return []
