from odoo import models
from odoo.fields import Domain


class CoworkingAuditedMixin(models.AbstractModel):
    """For models whose records lead to their part of the audit trail."""

    _name = "coworking.audited.mixin"
    _description = "Record with an Audit Trail"

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

    def _get_audited_with(self):
        """Records of other models whose trail is read with that of these."""
        return []
