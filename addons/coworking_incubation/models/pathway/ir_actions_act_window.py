from odoo import models


class IrActionsActWindow(models.Model):
    _inherit = "ir.actions.act_window"

    def _get_action_dict(self):
        """Who reads the names of participants only gets a list of them, by whatever address."""
        result = super()._get_action_dict()
        participants = self.env["coworking.participant"].sudo(False)
        if result.get("res_model") == participants._name and participants._reads_names_only():
            result["views"] = [view for view in result["views"] if view[1] in ("list", "form")]
            result["view_mode"] = "list,form"
        return result
