from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..network.coworking_program import ANNOUNCE_DAYS


class Fact(NamedTuple):
    """Something that happens by itself at a space, for somebody.

    :param kind: its name; see ``_get_coming`` of the pages
    :param record: seat, tariff, program or space that it is about
    :param day: on which it happens
    :param last: the last day on which it is still to come, or goes on
    :param terms: what makes it something else on the same day: a price
    """

    kind: str
    record: models.Model
    space: models.Model
    day: date
    last: date
    terms: str
    words: str


class CoworkingPortal(models.AbstractModel):
    """What is to come at the spaces of a manager by itself, with what it costs."""

    _inherit = "coworking.portal"

    @api.model
    def _prepare_coming(self, partner):
        """What is to come within ``ANNOUNCE_DAYS``, the next first.

        :return: list of dicts ``day``, ``words`` and, of who has several spaces, ``space``
        """
        facts = self._get_coming(partner)
        if not facts:
            return []
        several = len(self._get_spaces(partner).union(*(fact.space for fact in facts))) > 1
        return [
            {
                "day": self._format_day(fact.day),
                "words": fact.words,
                "space": fact.space.name if several else None,
            }
            for fact in facts
        ]

    @api.model
    def _get_coming(self, partner):
        """Ends and renewals of seats, prices, ends of programs and closures.

        :return: list of ``Fact``, the next first
        """
        spaces = self._get_spaces(partner)
        seats = self.env["coworking.seat"].search(
            self._get_seats_domain(partner) & Domain("program_id.active", "=", True)
        )
        return self._sort_coming(
            [
                *self._get_coming_seats(seats),
                *self._get_coming_prices(spaces),
                *self._get_coming_programs(seats),
                *self._get_coming_closures(spaces, seats),
            ]
        )

    @api.model
    def _sort_coming(self, facts):
        return sorted(facts, key=lambda fact: (fact.day, fact.words))

    @api.model
    def _is_coming(self, day, space):
        """Whether a day is today or within those announced, where the space is."""
        today = space._get_today()
        return bool(day) and today <= day <= today + timedelta(days=ANNOUNCE_DAYS)

    @api.model
    def _get_coming_domain(self):
        """Seats on which all hangs that may be to come for anybody, by a day more on both sides, as
        it is another day elsewhere.
        """

        def within(field, until=None):
            return Domain(until or field, ">=", "today -1d") & Domain(
                field, "<=", f"today +{ANNOUNCE_DAYS + 1}d"
            )

        closures = (
            within("date_from", "date_to")
            & Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
        )
        goes_on = Domain("tariff_id.min_commitment_months", ">", 0) | within(
            "participant_id.date_exit_planned"
        )
        return (
            Domain("state", "in", ("confirmed", "active"))
            & Domain("program_id.active", "=", True)
            & (
                within("date_end")
                | Domain("date_end", "=", False) & goes_on
                | within("program_id.date_end")
                | Domain("tariff_id.price_ids", "any", within("date_start"))
                | Domain("funding_ids", "any", within("date_from"))
                | Domain("space_id.resource_calendar_id.leave_ids", "any", closures)
            )
        )

    # === SEATS ===#

    @api.model
    def _get_coming_seats(self, seats):
        ends = seats.filtered(lambda seat: self._is_coming(seat.date_end, seat.space_id))
        facts = [
            Fact("seat_end", seat, seat.space_id, seat.date_end, seat.date_end, "", words)
            for seat, words in self._describe_seat_ends(ends).items()
        ]
        for seat in seats.filtered(lambda seat: not seat.date_end):
            space = seat.space_id
            day, is_bound = seat._get_going_on(space._get_today())
            if self._is_coming(day, space):
                words = self._describe_going_on(seat, day, is_bound)
                facts.append(Fact("seat_on", seat, space, day, day, "", words))
        return facts

    @api.model
    def _describe_seat_ends(self, seats):
        """:return: dict seat -> what is told of its last day, and of what is due after it"""
        dues = seats._get_dues()
        result = {}
        for seat in seats:
            follower = seat._get_follower().filtered(
                lambda other, seat=seat: other.space_id == seat.space_id
            )
            words = (
                self.env._(
                    "%(person)s: last day with %(before)s, then %(after)s",
                    person=seat.occupant_name,
                    before=seat.tariff_id.name,
                    after=follower.tariff_id.name,
                )
                if follower
                else self.env._("%s: last day of the seat", seat.occupant_name)
            )
            until, due = dues.get(seat, (None, None))
            result[seat] = self._add_words(
                words,
                due
                and self.env._(
                    "Due until %(until)s without presence: %(amount)s",
                    until=self._format_day(until),
                    amount=seat.currency_id.format(float(due)),
                ),
            )
        return result

    @api.model
    def _describe_going_on(self, seat, day, is_bound):
        price = seat.tariff_id._price_on(day + timedelta(days=1))
        values = {
            "person": seat.occupant_name,
            "price": seat.tariff_id._price_in_words(price),
        }
        if is_bound:
            return self.env._(
                "%(person)s: end of the commitment, the seat goes on at %(price)s", **values
            )
        return self.env._(
            "%(person)s: planned end of the stay, without an end of the seat: it goes on at"
            " %(price)s",
            **values,
        )

    @api.model
    def _add_words(self, words, more):
        return self.env._("%(words)s. %(cost)s", words=words, cost=more) if more else words

    # === PRICES ===#

    @api.model
    def _get_coming_prices(self, spaces):
        prices = spaces.tariff_ids.price_ids.filtered(
            lambda row: (
                row.rank == 1
                and row.date_start > row.space_id._get_today()
                and self._is_coming(row.date_start, row.space_id)
                and row._get_ladder_before()
            )
        )
        concerned = prices._get_seats_concerned()
        return [
            Fact(
                "price_change",
                price.tariff_id,
                price.space_id,
                price.date_start,
                price.date_start,
                self._get_price_terms(price),
                self._describe_price(price, concerned[price]),
            )
            for price in prices
            if concerned[price]
        ]

    @api.model
    def _get_price_terms(self, price):
        ladder = price.tariff_id._get_ladder_on(price.date_start)
        return " / ".join(f"{row.price:.2f}" for row in ladder)

    @api.model
    def _describe_price(self, price, seats):
        """With what the month costs more, which is exact where all pay one price by the month."""
        tariff, money = price.tariff_id, price.currency_id
        before, after = price._get_ladder_before(), tariff._get_ladder_on(price.date_start)
        words = self.env._(
            "%(tariff)s: %(before)s, then %(after)s",
            tariff=tariff.name,
            before=money.format(before[0].price),
            after=tariff._price_in_words(price),
        )
        if tariff.unit != "month" or len(before) > 1 or len(after) > 1:
            return words
        more = money.round((price.price - before.price) * len(seats))
        return self._add_words(
            words,
            self.env._(
                "In all, a month: %(amount)s (seats: %(count)s)",
                amount=("+" if more > 0 else "") + money.format(more),
                count=len(seats),
            ),
        )

    # === PROGRAMS ===#

    @api.model
    def _get_coming_programs(self, seats):
        """Of those alone that seat somebody at these spaces."""
        facts = []
        for (program, space), own in seats.grouped(
            lambda seat: (seat.program_id, seat.space_id)
        ).items():
            day = program.date_end
            if not self._is_coming(day, space):
                continue
            later = own.filtered(lambda seat, day=day: not seat.date_end or seat.date_end > day)
            after = day + timedelta(days=1)
            monthly = sum(
                seat.tariff_id._price_on(after).price
                for seat in later
                if seat.tariff_id.unit == "month"
            )
            words = self._add_words(
                self.env._(
                    "%(program)s ends (seats that go on after it: %(count)s)",
                    program=program.name,
                    count=len(later),
                ),
                monthly and self.env._("%s a month", program.currency_id.format(monthly)),
            )
            facts.append(Fact("program_end", program, space, day, day, "", words))
        return facts

    # === CLOSURES ===#

    @api.model
    def _get_coming_closures(self, spaces, seats):
        """Those of their own opening hours, begun or to come, on days on which some of these seats
        are there.
        """
        here = {
            row: (there, *row[1:])
            for row in self._find_coming_closures(spaces)
            if (there := self._filter_there(seats, *row))
        }
        credited = self._get_coming_credits(here)
        facts = []
        for space, first, last in here:
            spared = credited.get((space, first, last))
            words = self._add_words(
                self.env._("Closed until %s", self._format_day(last)),
                spared and self.env._("Not charged: %s", space.currency_id.format(float(spared))),
            )
            facts.append(Fact("closure", space, space, first, last, "", words))
        return facts

    @api.model
    def _filter_there(self, seats, space, first, last):
        """Those of these seats that are at a space on some of these days."""
        return seats.filtered(
            lambda seat: (
                seat.space_id == space
                and seat.date_start <= last
                and (not seat.date_end or seat.date_end >= first)
            )
        )

    @api.model
    def _find_coming_closures(self, spaces):
        """:return: list of (space, first day, last day)"""
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("calendar_id", "in", spaces.resource_calendar_id.ids)
            & Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("date_to", ">=", "today -1d")
        )
        leaves = leaves.grouped("calendar_id")
        sheets = self.env["coworking.portal.space"]
        result = []
        for space in spaces:
            today = space._get_today()
            for leave in leaves.get(space.resource_calendar_id, ()):
                first, last = sheets._get_closure_days(leave)
                if last >= today and self._is_coming(max(first, today), space):
                    result.append((space, first, last))
        return list(dict.fromkeys(result))

    @api.model
    def _get_coming_credits(self, here):
        """What is not charged for closures: see ``coworking.seat._get_closure_credits``."""
        seats = self.env["coworking.seat"].union(*(seats for seats, *__ in here.values()))
        return seats._get_closure_credits(here) if seats else {}

    # === WHAT DOES NOT HAPPEN AFTER ALL ===#

    @api.model
    def _describe_gone(self, kind, record, space, day):
        """What is told of something that was announced to somebody and is not to come any more.

        :param kind, record, space, day: as announced: see ``Fact``
        :return: words; nothing where it holds, and only concerns them no longer
        """
        return getattr(self, f"_describe_gone_{kind}")(record, space, day)

    @api.model
    def _describe_gone_seat_end(self, seat, space, day):
        return self._add_person(seat, self._describe_seat_instead(seat, space, day))

    @api.model
    def _describe_gone_seat_on(self, seat, space, day):
        return seat.date_end and self._describe_gone_seat_end(seat, space, day)

    @api.model
    def _add_person(self, seat, words):
        return words and self.env._("%(person)s: %(what)s", person=seat.occupant_name, what=words)

    @api.model
    def _describe_seat_instead(self, seat, space, day):
        """What became of a seat that was to end, or to go on after, a day; nothing if it does."""
        if seat.state not in ("confirmed", "active", "ended"):
            return self.env._("the seat is cancelled")
        if not seat.date_end:
            return self.env._("the seat goes on, without an end")
        if seat.date_end == day:
            return None
        last = self._format_day(seat.date_end)
        if seat.state == "ended" or seat.date_end < space._get_today():
            return self.env._("the seat ended on %s", last)
        return self.env._("the seat goes on until %s", last)

    @api.model
    def _describe_gone_price_change(self, tariff, space, day):
        if tariff.price_ids.filtered(lambda row: row.date_start == day):
            return None
        later = tariff.price_ids.filtered(lambda row: row.date_start > space._get_today())
        if later:
            return self.env._(
                "%(tariff)s: the new price begins on %(day)s",
                tariff=tariff.name,
                day=self._format_day(min(later.mapped("date_start"))),
            )
        return self.env._("%s: the price does not change", tariff.name)

    @api.model
    def _describe_gone_program_end(self, program, space, day):
        if program.date_end == day:
            return None
        return self.env._(
            "%(program)s goes on until %(day)s",
            program=program.name,
            day=self._format_day(program.date_end),
        )

    @api.model
    def _describe_gone_closure(self, space, _space, day):
        if any(first == day for __, first, __ in self._find_coming_closures(space)):
            return None
        return self.env._("Open: the closure is taken back")
