from odoo import fields, models
from odoo.exceptions import UserError


class CoworkingSimulationLine(models.TransientModel):
    """One space and tariff of a comparison: what it costs whom, and what it offers."""

    _name = "coworking.simulation.line"
    _description = "Offer of a Space"
    _inherit = ["coworking.record.mixin"]
    _order = "is_free desc, person_cost, program_cost, id"

    simulation_id = fields.Many2one(
        "coworking.simulation", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    space_id = fields.Many2one("coworking.space", required=True, ondelete="cascade")
    tariff_id = fields.Many2one("coworking.tariff", required=True, ondelete="cascade")
    price = fields.Char()
    program_cost = fields.Monetary(string="For the Program")
    person_cost = fields.Monetary(string="For the Person")
    person_cost_month = fields.Monetary(string="A Month")
    places = fields.Integer(string="Free Places")
    availability = fields.Char(string="Free on These Days")
    is_free = fields.Boolean()
    binding = fields.Char(string="Commitment and Notice")
    sector_count = fields.Integer(string="Sectors in Common")
    sectors = fields.Char(string="Same Sectors")
    prototyping = fields.Boolean()
    distance = fields.Float(string="Distance (km)", digits=(6, 1))
    distance_known = fields.Boolean()

    def action_request(self):
        """Ask for a seat on these terms; a coordinator confirms it."""
        self.ensure_one()
        simulation = self.simulation_id
        if not self.is_free:
            raise UserError(
                self.env._(
                    "%(space)s: %(availability)s. Choose other days or another space.",
                    space=self.space_id.name,
                    availability=self.availability,
                )
            )
        seat = self.env["coworking.seat"].create(
            {
                "participant_id": simulation.participant_id.id,
                "space_id": self.space_id.id,
                "tariff_id": self.tariff_id.id,
                "date_start": simulation.date_start,
                "date_end": simulation.date_end,
            }
        )
        seat.action_request()
        return {
            "type": "ir.actions.act_window",
            "res_model": seat._name,
            "res_id": seat.id,
            "view_mode": "form",
            "target": "current",
        }
