from datetime import timedelta

from pytz import timezone

from odoo import api, models
from odoo.tools import SQL, format_date

from ..network.coworking_program import ANNOUNCE_DAYS
from .coworking_exception import COMING, Kind

SEAT = """
    SELECT seat.id, seat.program_id, seat.space_id, seat.participant_id,
           NULL::integer AS partner_id, file.user_id, seat.company_id,
           {day} - %(days)s AS since, NULL::numeric AS amount
      FROM coworking_seat seat
      JOIN coworking_participant file ON file.id = seat.participant_id
      JOIN coworking_tariff tariff ON tariff.id = seat.tariff_id
     WHERE seat.active AND seat.state IN ('confirmed', 'active')
       AND {condition}
       AND {day} BETWEEN %(today)s AND %(today)s + %(days)s
"""
SEAT_END = SEAT.format(day="seat.date_end", condition="seat.date_end IS NOT NULL")
# The end of what binds one, and of a stay: no end of the seat says that it stops there.
COMMITTED = """(seat.date_start
    + tariff.min_commitment_months * INTERVAL '1 month' - INTERVAL '1 day')::date"""
GOES_ON = f"""LEAST(
    CASE WHEN tariff.min_commitment_months > 0 AND {COMMITTED} >= %(today)s
         THEN {COMMITTED} END,
    CASE WHEN file.date_exit_planned >= %(today)s THEN file.date_exit_planned END)"""
SEAT_ON = SEAT.format(day=GOES_ON, condition="seat.date_end IS NULL")
# A ladder is one fact, told by its first rank. What the month costs more is exact where all seats
# pay one price, by the month.
PRICE_CHANGE = """
    SELECT price.id, NULL::integer AS program_id, price.space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id,
           NULL::integer AS user_id, price.company_id, price.date_start - %(days)s AS since,
           CASE WHEN tariff.unit = 'month' AND NOT EXISTS (
                     SELECT FROM coworking_tariff_price
                      WHERE tariff_id = price.tariff_id AND rank > 1)
                THEN (price.price - before.price) * concerned.seats END AS amount
      FROM coworking_tariff_price price
      JOIN coworking_tariff tariff ON tariff.id = price.tariff_id
      JOIN LATERAL (
           SELECT earlier.price FROM coworking_tariff_price earlier
            WHERE earlier.tariff_id = price.tariff_id AND earlier.rank = 1
              AND earlier.date_start < price.date_start
         ORDER BY earlier.date_start DESC LIMIT 1) before ON TRUE
      JOIN LATERAL (
           SELECT COUNT(*) AS seats FROM coworking_seat seat
            WHERE seat.tariff_id = price.tariff_id AND seat.active
              AND seat.state IN ('confirmed', 'active')
              AND (seat.date_end IS NULL OR seat.date_end >= price.date_start)
              AND (seat.price_guaranteed_until IS NULL
                   OR seat.price_guaranteed_until < price.date_start)) concerned
        ON concerned.seats > 0
     WHERE price.rank = 1
       AND price.date_start > %(today)s AND price.date_start <= %(today)s + %(days)s
"""
PROGRAM_END = """
    SELECT program.id, program.id AS program_id, NULL::integer AS space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id, program.user_id,
           program.company_id, program.date_end - %(days)s AS since, NULL::numeric AS amount
      FROM coworking_program program
     WHERE program.active AND program.date_end BETWEEN %(today)s AND %(today)s + %(days)s
"""
# Of a calendar that several spaces share a closure is one fact, of no space.
CLOSURE = """
    SELECT leave.id, NULL::integer AS program_id,
           CASE WHEN COUNT(DISTINCT space.id) = 1 THEN MIN(space.id) END AS space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id,
           NULL::integer AS user_id,
           CASE WHEN COUNT(DISTINCT space.company_id) = 1 THEN MIN(space.company_id) END
               AS company_id,
           leave.date_from::date - %(days)s AS since, NULL::numeric AS amount
      FROM resource_calendar_leaves leave
      JOIN coworking_space space ON space.resource_calendar_id = leave.calendar_id
     WHERE leave.resource_id IS NULL AND leave.time_type = 'leave' AND space.active
       AND leave.date_to >= %(today)s
       AND leave.date_from::date <= %(today)s + %(days)s
       AND EXISTS (
           SELECT FROM coworking_seat seat
            WHERE seat.space_id = space.id AND seat.active
              AND seat.state IN ('confirmed', 'active')
              AND seat.date_start <= leave.date_to
              AND (seat.date_end IS NULL OR seat.date_end >= leave.date_from::date))
  GROUP BY leave.id
"""


class CoworkingException(models.Model):
    """What is to come by itself, told ``ANNOUNCE_DAYS`` before with what it costs."""

    _inherit = "coworking.exception"
    _depends = {
        "coworking.participant": ["date_exit_planned", "user_id"],
        "coworking.program": ["active", "date_end", "user_id"],
        "coworking.seat": [
            "active",
            "date_end",
            "date_start",
            "price_guaranteed_until",
            "space_id",
            "state",
            "tariff_id",
        ],
        "coworking.space": ["active", "resource_calendar_id"],
        "coworking.tariff": ["min_commitment_months", "unit"],
        "coworking.tariff.price": ["date_start", "price", "rank", "tariff_id"],
        "resource.calendar.leaves": [
            "calendar_id",
            "date_from",
            "date_to",
            "resource_id",
            "time_type",
        ],
    }

    @api.model
    def _get_kinds(self):
        """Nobody settles them: their button opens what they are about."""
        places = "places"
        return [
            *super()._get_kinds(),
            Kind("seat_end", 24, COMING, places, "coworking.seat", ()),
            Kind("seat_on", 20, COMING, places, "coworking.seat", ()),
            Kind("price_change", 21, COMING, "money", "coworking.tariff.price", ()),
            Kind("program_end", 22, COMING, places, "coworking.program", ()),
            Kind("closure", 23, COMING, places, "resource.calendar.leaves", ()),
        ]

    def _select_coming(self, query):
        return SQL(query, today=self._get_today(), days=ANNOUNCE_DAYS)

    def _may_see_money(self):
        return self._has_field_access(self._fields["amount"], "read")

    def _add_cost(self, words, cost):
        return self.env._("%(words)s. %(cost)s", words=words, cost=cost) if cost else words

    # === SEATS ===#

    def _select_seat_end(self):
        return self._select_coming(SEAT_END)

    def _describe_seat_end(self, seats):
        dues = self._get_dues(seats) if self._may_see_money() else {}
        return {
            seat.id: self._add_cost(
                self.env._("Ends on %s", format_date(self.env, seat.date_end)),
                dues.get(seat.id),
            )
            for seat in seats
        }

    def _get_dues(self, seats):
        """What is due after the last day of each seat, in words: dict seat id -> text."""
        # sudo: prices are computed from presences and suspensions; only money is told
        return {
            seat.id: self.env._(
                "Due until %(until)s without presence: %(amount)s",
                until=format_date(self.env, until),
                amount=seat.currency_id.format(float(due)),
            )
            for seat, (until, due) in seats.sudo()._get_dues().items()
        }

    def _select_seat_on(self):
        return self._select_coming(SEAT_ON)

    def _describe_seat_on(self, seats):
        today, money = self._get_today(), self._may_see_money()
        result = {}
        # sudo: who is told that a seat goes on may know until when, and what it costs if money is
        # theirs
        for seat in seats.sudo():
            tariff = seat.tariff_id
            day, is_bound = seat._get_going_on(today)
            words = (
                self.env._("Commitment until %s, no end: it goes on")
                if is_bound
                else self.env._("Stay planned until %s, no end: it goes on")
            )
            price = money and tariff._price_on(day + timedelta(days=1))
            result[seat.id] = self._add_cost(
                words % format_date(self.env, day), price and tariff._price_in_words(price)
            )
        return result

    # === PRICES ===#

    def _select_price_change(self):
        return self._select_coming(PRICE_CHANGE)

    def _describe_price_change(self, prices):
        concerned = prices._get_seats_concerned()
        result = {}
        for price in prices:
            tariff, seats = price.tariff_id, len(concerned[price])
            before, after = price._get_ladder_before(), tariff._get_ladder_on(price.date_start)
            money = price.currency_id.format
            result[price.id] = self.env._(
                "%(tariff)s: %(before)s, then %(after)s from %(day)s (seats: %(count)s)",
                tariff=tariff.name,
                before=" / ".join(money(row.price) for row in before),
                after=" / ".join(
                    [
                        *(money(row.price) for row in after[:-1]),
                        tariff._price_in_words(after[-1:]),
                    ]
                ),
                day=format_date(self.env, price.date_start),
                count=seats,
            )
        return result

    def _open_price_change(self, price):
        return price.tariff_id._get_records_action()

    # === PROGRAMS ===#

    def _select_program_end(self):
        return self._select_coming(PROGRAM_END)

    def _describe_program_end(self, programs):
        """With the price of the seats that go on after it, by the month."""
        # sudo: how many go on is no secret, of whichever counsellor they are
        seats = programs.env["coworking.seat"].sudo()
        seats = seats.search(
            [("program_id", "in", programs.ids), ("state", "in", ("confirmed", "active"))]
        )
        result = {}
        for program in programs:
            after = program.date_end + timedelta(days=1)
            later = seats.filtered(
                lambda seat, program=program, after=after: (
                    seat.program_id.id == program.id
                    and (not seat.date_end or seat.date_end >= after)
                )
            )
            monthly = sum(
                seat.tariff_id._price_on(after).price
                for seat in later
                if seat.tariff_id.unit == "month"
            )
            result[program.id] = self._add_cost(
                self.env._(
                    "Ends on %(day)s (seats that go on after it: %(count)s)",
                    day=format_date(self.env, program.date_end),
                    count=len(later),
                ),
                self._may_see_money()
                and monthly
                and self.env._("%s a month", program.currency_id.format(monthly)),
            )
        return result

    # === CLOSURES ===#

    def _select_closure(self):
        return self._select_coming(CLOSURE)

    def _describe_closure(self, leaves):
        # sudo: when a space is closed is no secret to who may know the space
        leaves = leaves.sudo()
        spaces = leaves.calendar_id._get_coworking_spaces()
        seats = spaces.env["coworking.seat"].search(
            [
                ("space_id", "in", spaces.ids),
                ("state", "in", ("confirmed", "active")),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        days = {leave: self._get_days_closed(leave) for leave in leaves}
        here = {
            leave: seats.filtered(
                lambda seat, leave=leave: (
                    seat.space_id.resource_calendar_id == leave.calendar_id
                    and seat.date_start <= days[leave][1]
                    and (not seat.date_end or seat.date_end >= days[leave][0])
                )
            )
            for leave in leaves
        }
        credited = self._get_credits(here, days) if self._may_see_money() else {}
        return {
            leave.id: self._add_cost(
                self.env._(
                    "Closed from %(first)s to %(last)s (seats: %(count)s)",
                    first=format_date(self.env, days[leave][0]),
                    last=format_date(self.env, days[leave][1]),
                    count=len(own),
                ),
                credited.get(leave),
            )
            for leave, own in here.items()
        }

    @api.model
    def _get_days_closed(self, leave):
        """(first day, last day) of a closure, in its own time zone."""
        zone = timezone(leave.calendar_id.tz or "UTC")
        begin, end = self.env["coworking.space"]._get_bounds_of_leave(leave, zone)
        return begin.date(), (end - timedelta(seconds=1)).date()

    def _get_credits(self, here, days):
        """What spaces do not charge for their closures, in words.

        :param here: dict closure -> seats of those days
        :param days: dict closure -> (first day, last day)
        :return: dict closure -> text
        """
        seats = self.env["coworking.seat"].sudo().union(*here.values())  # sudo: as dues
        credited = seats._get_closure_credits(
            {leave: (own, *days[leave]) for leave, own in here.items() if own}
        )
        return {
            leave: self.env._("Not charged: %s", here[leave].currency_id[:1].format(float(amount)))
            for leave, amount in credited.items()
        }

    def _open_closure(self, leave):
        """The spaces that it closes."""
        spaces = leave.calendar_id._get_coworking_spaces()
        return self.env["coworking.space"].browse(spaces.ids)._get_records_action()
