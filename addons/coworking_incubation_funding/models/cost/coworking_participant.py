from odoo import api, fields, models

MONEY_GROUPS = (
    "coworking_incubation.group_coworking_coordinator,"
    "coworking_incubation.group_coworking_accountant"
)


class CoworkingParticipant(models.Model):
    _inherit = "coworking.participant"

    cost_ids = fields.One2many("coworking.cost", "participant_id", groups=MONEY_GROUPS)
    cost_total = fields.Monetary(
        string="Paid for the Person",
        compute="_compute_cost_total",
        groups=MONEY_GROUPS,
    )

    def _compute_cost_total(self):
        totals = dict(
            self.env["coworking.cost"]._read_group(
                [("participant_id", "in", self.ids)], ["participant_id"], ["paid_amount:sum"]
            )
        )
        for participant in self:
            participant.cost_total = totals.get(participant, 0.0)

    def _note_changed_publics(self):
        result = super()._note_changed_publics()
        # sudo: whoever lets somebody enter need not know the funders
        costs = self.env["coworking.cost"].sudo()
        costs.env["coworking.cost.change"]._note_items(
            costs.search([("participant_id", "in", self.ids)])
        )
        return result

    @api.model
    def _get_accountant_fields(self):
        return super()._get_accountant_fields() | {"cost_ids", "cost_total"}

    def action_open_costs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_cost_action"
        )
        action["domain"] = [("participant_id", "=", self.id)]
        return action
