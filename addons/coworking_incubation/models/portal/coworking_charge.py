from odoo import models


class CoworkingCharge(models.Model):
    _inherit = "coworking.charge"

    def action_answer(self):
        """Answer what the space reported of this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer the space"),
            "res_model": "coworking.charge.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_charge_id": self.id},
        }
