from odoo import api, models


class CoworkingMatch(models.Model):
    """What a bill line pays says of which charge it is a cost."""

    _inherit = "coworking.match"

    def _note_costs(self):
        # sudo: whoever decides on a line need not read all bills
        self.env["coworking.cost.change"]._note_moves(
            self.sudo().move_id.filtered(lambda move: move.state == "posted")
        )

    @api.model_create_multi
    def create(self, vals_list):
        matches = super().create(vals_list)
        matches._note_costs()
        return matches

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"charge_id", "expected", "invoiced", "move_line_id"}:
            self._note_costs()
        return result

    def unlink(self):
        self._note_costs()
        return super().unlink()
