from odoo import models


class CoworkingFundingAgreement(models.Model):
    _inherit = "coworking.funding.agreement"

    def _funding_terms_changed(self):
        self.env["coworking.cost.change"]._note_programs(self.program_ids)

    def unlink(self):
        """What it took is parted anew; PostgreSQL refuses where something was claimed."""
        programs = self.program_ids
        result = super().unlink()
        self.env["coworking.cost.change"]._note_programs(programs)
        return result

    def action_open_allocations(self):
        """What it takes part in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_allocation_action"
        )
        action["domain"] = [("agreement_id", "=", self.id)]
        return action
