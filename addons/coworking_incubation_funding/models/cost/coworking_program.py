from odoo import models


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"

    def write(self, vals):
        result = super().write(vals)
        if "analytic_account_id" in vals:
            self.env["coworking.cost"]._note_lines_of(self)
        if vals.keys() & {"agreement_ids", "analytic_account_id", "funding_base"}:
            self.env["coworking.cost.change"]._note_programs(self)
        return result
