from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# What was typed: changing it compares anew.
CRITERIA = {"participant_id", "date_start", "date_end", "days_a_week", "only_free"}


class CoworkingSimulation(models.TransientModel):
    """All open spaces and tariffs for one person, compared; one of them becomes a request."""

    _name = "coworking.simulation"
    _description = "Placement Simulation"
    _inherit = ["coworking.record.mixin"]
    _rec_name = "participant_id"

    participant_id = fields.Many2one(
        "coworking.participant",
        domain="[('phase', 'in', ('selection', 'incubation'))]",
        ondelete="cascade",
    )
    program_id = fields.Many2one(related="participant_id.program_id")
    currency_id = fields.Many2one(related="participant_id.company_id.currency_id")
    date_start = fields.Date(
        string="First Day", compute="_compute_dates", store=True, readonly=False
    )
    date_end = fields.Date(string="Last Day", compute="_compute_dates", store=True, readonly=False)
    days_a_week = fields.Integer(
        default=3,
        help="How many days a week the person means to come: it decides what tickets, days, "
        "half-days and hours cost.",
    )
    only_free = fields.Boolean(string="With a Free Place Only", default=True)
    hidden_count = fields.Integer(string="Hidden", readonly=True)
    line_ids = fields.One2many("coworking.simulation.line", "simulation_id", readonly=True)

    _dates = models.Constraint(
        "CHECK (date_end >= date_start)", "The last day comes before the first one."
    )
    _days_a_week_range = models.Constraint(
        "CHECK (days_a_week BETWEEN 1 AND 5)", "A person comes 1 to 5 days a week."
    )

    @api.depends("participant_id")
    def _compute_dates(self):
        """From the entry or today, for the whole incubation, within the programme."""
        today = fields.Date.context_today(self)
        for simulation in self:
            participant, program = simulation.participant_id, simulation.program_id
            if not participant:
                simulation.date_start = simulation.date_start or today
                simulation.date_end = simulation.date_end
                continue
            start = max(participant.date_entry or today, today, program.date_start)
            end = participant.date_exit_planned
            if not end or end < start:
                end = start + relativedelta(months=program.duration_months, days=-1)
            simulation.date_start = start
            simulation.date_end = max(min(end, program.date_end), start)

    @api.model_create_multi
    def create(self, vals_list):
        simulations = super().create(vals_list)
        simulations._compare_offers()
        return simulations

    def write(self, vals):
        result = super().write(vals)
        if CRITERIA & vals.keys():
            self._compare_offers()
        return result

    def action_compare(self):
        """Saving what was typed has compared already: only what is missing is left to be said."""
        self.ensure_one()
        if not self.participant_id or not self.date_end:
            raise UserError(self.env._("Say for whom, and for which days."))
        return True

    def _compare_offers(self):
        for simulation in self.filtered(lambda row: row.participant_id and row.date_end):
            offers = self.env["coworking.simulator"]._get_offers(
                simulation.participant_id,
                simulation.date_start,
                simulation.date_end,
                simulation.days_a_week,
            )
            shown = sorted(
                (offer for offer in offers if not simulation.only_free or offer["places"] != 0),
                key=lambda offer: (offer["person_cost"], offer["program_cost"]),
            )
            simulation.hidden_count = len(offers) - len(shown)
            simulation.line_ids.unlink()
            self.env["coworking.simulation.line"]._insert_computed(
                [simulation._prepare_line(offer) for offer in shown], simulation.currency_id
            )
            simulation.invalidate_recordset(["line_ids"])

    def _prepare_line(self, offer):
        tariff, distance = offer["tariff"], offer["distance"]
        months = max(((self.date_end - self.date_start).days + 1) * 12 / 365.25, 1)
        return {
            "simulation_id": self.id,
            "space_id": offer["space"].id,
            "tariff_id": tariff.id,
            "price": tariff._price_in_words(tariff._price_on(self.date_start)),
            "program_cost": offer["program_cost"],
            "person_cost": offer["person_cost"],
            "person_cost_month": offer["person_cost"] / months,
            "places": offer["places"] or 0,
            "availability": self._describe_availability(offer),
            "is_free": offer["places"] != 0,
            "binding": offer["binding"],
            "sector_count": len(offer["sectors"]),
            "sectors": ", ".join(offer["sectors"].mapped("name")),
            "prototyping": offer["prototyping"],
            "distance": distance or 0.0,
            "distance_known": distance is not None,
        }

    def _describe_availability(self, offer):
        if offer["places"] is None:
            return self.env._("no place needed")
        if offer["places"]:
            return (
                self.env._("1 place")
                if offer["places"] == 1
                else self.env._("%s places", offer["places"])
            )
        if offer["free_from"]:
            return self.env._("free from %s", format_date(self.env, offer["free_from"]))
        return self.env._("full")
