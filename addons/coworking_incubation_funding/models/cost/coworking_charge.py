from odoo import models


class CoworkingCharge(models.Model):
    """Where a charge that is not settled goes, what pays it is looked at again."""

    _inherit = "coworking.charge"

    def unlink(self):
        # sudo: whoever computes a month anew need not read costs
        costs = self.env["coworking.cost"].sudo().search([("charge_id", "in", self.ids)])
        costs.move_id._coworking_note_costs()
        return super().unlink()
