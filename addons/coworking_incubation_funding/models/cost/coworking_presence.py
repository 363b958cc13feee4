from odoo import api, models


class CoworkingPresence(models.Model):
    """A presence proves that a seat was used."""

    _inherit = "coworking.presence"

    def _note_costs(self):
        # sudo: whoever says that they were there need not read the program
        self.env["coworking.cost.change"]._note_seats(self.sudo().seat_id)

    @api.model_create_multi
    def create(self, vals_list):
        presences = super().create(vals_list)
        presences._note_costs()
        return presences

    def write(self, vals):
        if "seat_id" in vals:
            self._note_costs()  # of the seat that they leave
        result = super().write(vals)
        if vals.keys() & {"date", "participant_state", "seat_id", "state"}:
            self._note_costs()
        return result

    def unlink(self):
        self._note_costs()
        return super().unlink()
