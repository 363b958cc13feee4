from datetime import timedelta

from odoo import api, models

from .coworking_portal_coming import Fact


class CoworkingPortalPerson(models.AbstractModel):
    """What is to come by itself for a participant: their seat, their part of its price, closures of
    their space. What the space is paid, and who else is there, is not theirs.
    """

    _inherit = "coworking.portal.person"

    @api.model
    def _get_coming(self, partner):
        seats = self._get_files(partner).seat_ids.filtered(
            lambda seat: seat.state in ("confirmed", "active") and seat.program_id.active
        )
        return self._sort_coming(
            [
                *self._get_coming_seats(seats),
                *self._get_coming_parts(seats),
                *self._get_coming_closures(seats.space_id, seats),
            ]
        )

    # === SEATS ===#

    @api.model
    def _describe_seat_ends(self, seats):
        return {
            seat: self.env._(
                "Last day of your seat with %(before)s, then %(after)s",
                before=seat.tariff_id.display_name,
                after=follower.tariff_id.display_name,
            )
            if (follower := seat._get_follower())
            else self.env._("Last day of your seat")
            for seat in seats
        }

    @api.model
    def _describe_going_on(self, seat, day, is_bound):
        __, amount = seat._get_own_parts(day + timedelta(days=1)).get(seat, (0, 0))
        return self._add_words(
            self.env._("Your seat goes on after this day, without an end"),
            amount and self.env._("Your part: %s a month", seat.currency_id.format(float(amount))),
        )

    @api.model
    def _add_person(self, seat, words):
        """It is their own."""
        return words

    # === THEIR PART OF THE PRICE ===#

    @api.model
    def _get_coming_parts(self, seats):
        """Seats paid by the month of whose price they pay another part from a day on."""
        facts = []
        for seat in seats:
            money, space = seat.currency_id, seat.space_id
            for day in self._get_days_of_parts(seat):
                before, since = seat._get_own_parts(day).get(seat, (0, 0))
                if money.is_zero(float(since - before)):
                    continue
                words = self.env._(
                    "Your part of the price: %(before)s, then %(since)s a month",
                    before=money.format(float(before)),
                    since=money.format(float(since)),
                )
                facts.append(Fact("own_part", seat, space, day, day, f"{since:.2f}", words))
        return facts

    @api.model
    def _get_days_of_parts(self, seat):
        """Days to come on which the price of a seat, or what the program pays of it, may change."""
        today = seat.space_id._get_today()
        days = {
            *seat.tariff_id.price_ids.mapped("date_start"),
            *seat.funding_ids.mapped("date_from"),
        }
        return sorted(
            day
            for day in days
            if day > today
            and day > seat.date_start
            and (not seat.date_end or day <= seat.date_end)
            and self._is_coming(day, seat.space_id)
        )

    # === CLOSURES ===#

    @api.model
    def _get_coming_credits(self, here):
        """What the space does not charge is not theirs."""
        return {}

    # === WHAT DOES NOT HAPPEN AFTER ALL ===#

    @api.model
    def _describe_gone_own_part(self, seat, space, day):
        if seat.state not in ("confirmed", "active") or (seat.date_end and seat.date_end < day):
            return None
        before, since = seat._get_own_parts(day).get(seat, (None, None))
        if before is None or not seat.currency_id.is_zero(float(since - before)):
            return None  # it changes today, or nobody can say
        return self.env._("Your part of the price does not change on that day")
