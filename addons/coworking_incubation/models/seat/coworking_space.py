from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import ErrorWithLink
from .coworking_seat import HOLDING_STATES


class CoworkingSpace(models.Model):
    _inherit = "coworking.space"

    seat_ids = fields.One2many("coworking.seat", "space_id")
    seats_today = fields.Integer(string="Occupied Today", compute="_compute_occupancy")
    places_left = fields.Integer(string="Places Left Today", compute="_compute_occupancy")
    occupancy = fields.Float(string="Occupancy (%)", compute="_compute_occupancy")
    seat_count = fields.Integer(compute="_compute_seat_count")

    @api.depends("seat_ids.state", "seat_ids.date_start", "seat_ids.date_end", "seat_capacity")
    def _compute_occupancy(self):
        today = fields.Date.context_today(self)
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [
                    ("space_id", "in", self.ids),
                    *self.env["coworking.seat"]._get_placed_on_domain(today),
                ],
                ["space_id"],
                ["__count"],
            )
        )
        for space in self:
            space.seats_today = counts.get(space, 0)
            space.places_left = max(space.seat_capacity - space.seats_today, 0)
            space.occupancy = (
                100.0 * space.seats_today / space.seat_capacity if space.seat_capacity else 0.0
            )

    @api.depends("name", "places_left", "tariff_ids.price_summary")
    @api.depends_context("coworking_offer_shown", "formatted_display_name")
    def _compute_display_name(self):
        """Where a seat is asked for, the list of spaces says what each has and what it costs."""
        result = super()._compute_display_name()
        context = self.env.context
        if context.get("coworking_offer_shown") and context.get("formatted_display_name"):
            for space in self:
                offer = ", ".join([space._get_places_words(), *space._get_price_words()])
                space.display_name = f"{space.display_name}\t--{offer}--"
        return result

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Where a seat is asked for, the spaces that are full today come last."""
        if not self.env.context.get("coworking_offer_shown"):
            return super().name_search(name, domain, operator, limit)
        found = super().name_search(name, domain, operator, limit=None)
        spaces = self.browse(space_id for space_id, __ in found)
        full = {space.id for space in spaces if not space.places_left}
        return sorted(found, key=lambda row: row[0] in full)[:limit]

    def _get_places_words(self):
        self.ensure_one()
        if self.places_left == 0:
            return self.env._("full today")
        if self.places_left == 1:
            return self.env._("1 place left today")
        return self.env._("%s places left today", self.places_left)

    def _get_price_words(self):
        """The prices of today; of more than two, the first ones."""
        prices = [*filter(None, self.tariff_ids.mapped("price_summary"))]
        return prices if len(prices) <= 2 else [*prices[:2], "..."]

    def _get_responsible(self, or_admin=True):
        """See the program's: of the program that placed somebody there last."""
        self.ensure_one()
        seat = self.env["coworking.seat"].search(
            [("space_id", "=", self.id), ("program_id.user_id.active", "=", True)], limit=1
        )
        return seat.program_id._get_responsible(or_admin=or_admin)

    def _compute_seat_count(self):
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [("space_id", "in", self.ids)], ["space_id"], ["__count"]
            )
        )
        for space in self:
            space.seat_count = counts.get(space, 0)

    @api.constrains("state", "date_closed")
    def _check_no_seat_after_closing(self):
        for space in self.filtered("date_closed"):
            # a seat that was put away was there, and is paid, all the same
            seats = (
                self.env["coworking.seat"]
                .with_context(active_test=False)
                .search(
                    [
                        ("space_id", "=", space.id),
                        ("state", "in", HOLDING_STATES),
                        "|",
                        ("date_end", "=", False),
                        ("date_end", ">", space.date_closed),
                    ]
                )
            )
            if seats:
                __, action, button = seats._describe_going_on()[0]
                raise ErrorWithLink(
                    self.env._(
                        "%(space)s cannot close on %(date)s, these seats go on after that day:"
                        " %(seats)s. Give them an end, or move the people to another space.",
                        space=space.name,
                        date=format_date(self.env, space.date_closed),
                        seats=", ".join(seats.mapped("name")),
                    ),
                    action,
                    button,
                )

    @api.constrains("state", "date_partner")
    def _check_no_seat_before_partnership(self):
        """A seat that began where none could begin could be neither changed nor ended any more."""
        seats = self.env["coworking.seat"].with_context(active_test=False)
        for space in self:
            held = Domain("space_id", "=", space.id) & Domain("state", "in", HOLDING_STATES)
            if space.state != "prospect":  # PostgreSQL asks for the day
                held &= Domain("date_start", "<", space.date_partner or date.min)
            early = seats.search(held, order="date_start", limit=1)
            if early:
                words = {
                    "space": space.name,
                    "seat": early.name,
                    "person": early.partner_id.name,
                    "start": format_date(self.env, early.date_start),
                }
                raise ValidationError(
                    self.env._(
                        "%(space)s is not a prospect any more: seat %(seat)s of %(person)s began"
                        " there on %(start)s. Suspend or close the space instead.",
                        **words,
                    )
                    if space.state == "prospect"
                    else self.env._(
                        "Seat %(seat)s of %(person)s begins at %(space)s on %(start)s: the"
                        " partnership begins on that day at the latest.",
                        **words,
                    )
                )

    def _get_what_goes_on(self):
        seats = self.env["coworking.seat"].search(
            Domain("space_id", "=", self.id) & self.env["coworking.seat"]._get_going_on_domain()
        )
        return seats._describe_going_on() + super()._get_what_goes_on()

    # === ACTION METHODS ===#

    def action_open_seats(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_seat_action"
        )
        action["context"] = {"search_default_space_id": self.id, "default_space_id": self.id}
        return action

    def _closures_changed(self, day):
        """Days from this one on are closed here, or open again: where a tariff credits them, what
        they cost is computed again.
        """
        # sudo: whoever edits opening hours need not see the programme's seats
        seats = (
            self.sudo()
            .env["coworking.seat"]
            .with_context(active_test=False)
            .search(
                Domain("space_id", "in", self.ids)
                & Domain("tariff_id.closure_rule", "=", "credited")
                & Domain("state", "in", HOLDING_STATES)
            )
        )
        if seats:
            seats.participant_id._pricing_inputs_changed(day)
        return super()._closures_changed(day)
