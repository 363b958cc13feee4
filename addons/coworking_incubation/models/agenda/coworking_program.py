from odoo import api, models


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"

    # === CRUD METHODS ===#

    @api.model
    def _get_sheet_funders(self, program):
        """Funders whose names or logos are on the sheets of a program."""
        # sudo: an accompanist prints the sheets and does not read the agreements
        return program.sudo().agreement_ids.partner_id

    # === ACTION METHODS ===#

    def action_open_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.calendar_event_action_coworking"
        )
        action["domain"] = [("coworking_program_id", "=", self.id)]
        action["context"] = {
            "default_coworking_program_id": self.id,
            "coworking_show_people": True,
        }
        return action
