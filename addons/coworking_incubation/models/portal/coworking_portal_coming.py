from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from ..network.coworking_program import ANNOUNCE_DAYS


class CoworkingPortal(models.AbstractModel):
    """What is to come at the spaces of a manager by itself, with what it changes for them."""

    _inherit = "coworking.portal"

    @api.model
    def _prepare_coming(self, partner):
        """Ends and renewals of seats, prices, ends of programs and closures within
        ``ANNOUNCE_DAYS``, the next first.

        :return: list of dicts ``day``, ``words`` and, of who has several spaces, ``space``
        """
        spaces = self._get_spaces(partner)
        seats = self.env["coworking.seat"].search(self._get_seats_domain(partner))
        facts = [
            *self._get_coming_seats(seats),
            *self._get_coming_prices(spaces),
            *self._get_coming_programs(seats),
            *self._get_coming_closures(spaces),
        ]
        return [
            {
                "day": self._format_day(day),
                "words": words,
                "space": space.name if len(spaces) > 1 else None,
            }
            for day, words, space in sorted(facts, key=lambda fact: (fact[0], fact[1]))
        ]

    @api.model
    def _is_coming(self, day, space):
        """Whether a day is today or within those announced, where the space is."""
        today = space._get_today()
        return bool(day) and today <= day <= today + timedelta(days=ANNOUNCE_DAYS)

    @api.model
    def _get_coming_seats(self, seats):
        facts = []
        for seat in seats:
            name, space = seat.occupant_name, seat.space_id
            if seat.date_end:
                if self._is_coming(seat.date_end, space):
                    words = self.env._("%s: last day of the seat", name)
                    facts.append((seat.date_end, words, space))
                continue
            months = seat.tariff_id.min_commitment_months
            bound = months and seat.date_start + relativedelta(months=months, days=-1)
            if self._is_coming(bound, space):
                price = seat.tariff_id._price_on(bound + timedelta(days=1))
                words = self.env._(
                    "%(person)s: end of the commitment, the seat goes on at %(price)s",
                    person=name,
                    price=seat.tariff_id._price_in_words(price),
                )
                facts.append((bound, words, space))
        return facts

    @api.model
    def _get_coming_prices(self, spaces):
        tariffs = spaces.tariff_ids
        prices = tariffs.price_ids.filtered(
            lambda row: (
                row.rank == 1
                and row.date_start > row.space_id._get_today()
                and self._is_coming(row.date_start, row.space_id)
                and row._get_ladder_before()
            )
        )
        return [
            (
                price.date_start,
                self.env._(
                    "%(tariff)s: %(before)s, then %(after)s",
                    tariff=price.tariff_id.name,
                    before=price.currency_id.format(price._get_ladder_before()[0].price),
                    after=price.tariff_id._price_in_words(price),
                ),
                price.space_id,
            )
            for price in prices
        ]

    @api.model
    def _get_coming_programs(self, seats):
        """Of those alone that seat somebody at these spaces."""
        return [
            (
                program.date_end,
                self.env._(
                    "%(program)s ends (seats that go on after it: %(count)s)",
                    program=program.name,
                    count=len(
                        own.filtered(
                            lambda seat, last=program.date_end: (
                                not seat.date_end or seat.date_end > last
                            )
                        )
                    ),
                ),
                space,
            )
            for (program, space), own in seats.grouped(
                lambda seat: (seat.program_id, seat.space_id)
            ).items()
            if self._is_coming(program.date_end, space)
        ]

    @api.model
    def _get_coming_closures(self, spaces):
        """Those of their own opening hours, begun or to come."""
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("calendar_id", "in", spaces.resource_calendar_id.ids)
            & Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("date_to", ">=", "today -1d")
        )
        facts = []
        sheets = self.env["coworking.portal.space"]
        for space in spaces:
            for leave in leaves.filtered(
                lambda row, own=space: row.calendar_id == own.resource_calendar_id
            ):
                first, last = sheets._get_closure_days(leave)
                if self._is_coming(max(first, space._get_today()), space) and last >= (
                    space._get_today()
                ):
                    words = self.env._("Closed until %s", self._format_day(last))
                    facts.append((first, words, space))
        return facts
