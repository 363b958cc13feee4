from odoo import api, fields, models
from odoo.fields import Domain

from .coworking_hosting import HOSTED_STATES, HOSTING_STATES, STATE_RANK


class CoworkingParticipant(models.Model):
    """The hosting agreements of a person's seats, as a stage may ask for them."""

    _inherit = "coworking.participant"

    hosting_state = fields.Selection(
        HOSTING_STATES,
        string="Agreement",
        compute="_compute_hosting_state",
        search="_search_hosting_state",
        help="Of the agreements of the seats that are not over: the one signed by all first.",
    )
    hosting_count = fields.Integer(compute="_compute_hosting_count")

    @api.depends("seat_ids.state", "seat_ids.hosting_state")
    def _compute_hosting_state(self):
        for participant in self:
            seats = participant.seat_ids.filtered(lambda seat: seat.state in HOSTED_STATES)
            states = set(seats.mapped("hosting_state"))
            participant.hosting_state = next(
                (state for state in STATE_RANK if state in states), False
            )

    def _search_hosting_state(self, operator, value):
        """As computed: a state counts where no seat has one that comes before it."""
        if operator != "in":
            return NotImplemented

        def having(states):
            running = Domain("state", "in", HOSTED_STATES)
            return Domain("seat_ids", "any", running & Domain("hosting_state", "in", states))

        domains = [
            having([state]) & ~having(STATE_RANK[:rank])
            for rank, state in enumerate(STATE_RANK)
            if state in value
        ]
        if False in value:
            domains.append(~having(STATE_RANK))
        return Domain.OR(domains)

    def _compute_hosting_count(self):
        counts = dict(
            self.env["coworking.hosting"]._read_group(
                [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
            )
        )
        for participant in self:
            participant.hosting_count = counts.get(participant, 0)

    # === ACTION METHODS ===#

    def action_open_hostings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_hosting_action"
        )
        action["domain"] = [("participant_id", "=", self.id)]
        action["context"] = {}
        return action
