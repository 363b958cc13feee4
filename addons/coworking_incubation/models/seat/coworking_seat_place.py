from collections import Counter
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import period_in_words
from .coworking_seat import HOLDING_STATES


class CoworkingSeat(models.Model):
    """Who holds which place: PostgreSQL guarantees it, this says it in words."""

    _inherit = "coworking.seat"

    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(partner_id, partner_id, '[]') WITH &&,"
        " daterange(date_start, date_end, '[]') WITH &&)"
        " WHERE (state IN ('confirmed', 'active', 'ended'))",
        "This person already has a seat on some of these days.",
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _capacity = models.Constraint(
        "CHECK (true)", "No place is left in this space on some of these days."
    )

    def init(self):
        """Capacity, in PostgreSQL: never more seats than places on any day.

        The trigger really updates the space's row. Two transactions that take the last place then
        cannot both go on: the second one fails with a serialization error, which Odoo answers by
        starting it again with a fresh view, and then finds the space full. A seat that only keeps
        days it already held is not checked, so that lowering the capacity keeps those present.
        """
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION coworking_seat_check_capacity() RETURNS trigger
            LANGUAGE plpgsql AS $$
            DECLARE
                places integer;
                peak integer;
                held daterange := 'empty';
                taken daterange := daterange(NEW.date_start, NEW.date_end, '[]');
            BEGIN
                IF NEW.state NOT IN ('confirmed', 'active', 'ended') OR NEW.uses_place IS NOT TRUE
                THEN RETURN NULL; END IF;
                IF TG_OP = 'UPDATE' AND OLD.state IN ('confirmed', 'active', 'ended')
                    AND OLD.uses_place IS TRUE AND OLD.space_id = NEW.space_id
                THEN
                    held := daterange(OLD.date_start, OLD.date_end, '[]');
                    IF taken <@ held THEN RETURN NULL; END IF;
                END IF;
                UPDATE coworking_space SET lock_version = lock_version + 1
                    WHERE id = NEW.space_id RETURNING seat_capacity INTO places;
                SELECT MAX(present) INTO peak FROM (
                    SELECT (SELECT COUNT(*) FROM coworking_seat other
                             WHERE other.space_id = NEW.space_id
                               AND other.state IN ('confirmed', 'active', 'ended')
                               AND other.uses_place IS TRUE
                               AND other.date_start <= days.day
                               AND COALESCE(other.date_end, 'infinity') >= days.day) AS present
                      FROM (SELECT NEW.date_start AS day
                             UNION SELECT upper(held) WHERE NOT isempty(held)
                             UNION SELECT other.date_start FROM coworking_seat other
                                    WHERE other.space_id = NEW.space_id
                                      AND other.state IN ('confirmed', 'active', 'ended')
                                      AND other.uses_place IS TRUE) AS days
                     WHERE days.day <@ taken AND NOT days.day <@ held) AS peaks;
                IF peak > places THEN
                    RAISE EXCEPTION 'no place left in space % (% of %)', NEW.space_id, peak, places
                        USING ERRCODE = '23514', TABLE = 'coworking_seat',
                              CONSTRAINT = 'coworking_seat_capacity';
                END IF;
                RETURN NULL;
            END $$;
            DROP TRIGGER IF EXISTS coworking_seat_capacity_trg ON coworking_seat;
            CREATE TRIGGER coworking_seat_capacity_trg
                AFTER INSERT OR UPDATE OF space_id, date_start, date_end, state, uses_place
                ON coworking_seat FOR EACH ROW EXECUTE FUNCTION coworking_seat_check_capacity();
            """
        )

    # === CONSTRAINT METHODS ===#

    @api.constrains("participant_id", "space_id", "tariff_id", "date_start", "date_end", "state")
    def _check_dates_fit(self):
        """Everything that is wrong with the seat's days, at once."""
        placed = self.filtered(lambda seat: seat.state not in ("refused", "cancelled"))
        placed.flush_recordset(["participant_id", "space_id", "tariff_id", "date_start"])
        for seat in placed:
            problems = seat._get_date_problems()
            if problems:
                raise ValidationError("\n".join(problems))

    def _get_date_problems(self):
        self.ensure_one()
        problems = []
        program = self.program_id
        if (
            self.date_start < program.date_start
            or (self.date_end or self.date_start) > program.date_end
        ):
            problems.append(
                self.env._(
                    "Seat %(seat)s is outside the dates of program %(program)s, %(start)s to"
                    " %(end)s. Change the dates of the seat.",
                    seat=self.name,
                    program=program.name,
                    start=format_date(self.env, program.date_start),
                    end=format_date(self.env, program.date_end),
                )
            )
        return problems + self._get_partnership_problems() + self._get_price_problems()

    def _is_given_anew(self, old):
        """Whether the place is given now: to somebody, here, on this tariff.

        :param old: the values before, see ``_get_place_values``
        """
        moved = any(
            old[name] != self[name].id for name in ("participant_id", "space_id", "tariff_id")
        )
        return self.state in HOLDING_STATES and (moved or old["state"] not in HOLDING_STATES)

    def _check_may_be_billed(self):
        """Told to who gives a place, and not to who says that somebody leaves: their day is right,
        whatever happened to taxes since.
        """
        for seat in self:
            fees = seat.space_id.membership_ids._filter_in_force(seat.date_start, seat.date_end)
            problems = [
                problem
                for billed in (seat.tariff_id, fees)
                for problem in billed._get_billing_problems(seat.program_id.funding_base)
            ]
            if problems:
                raise ValidationError("\n".join(problems))

    def _get_price_problems(self):
        """The first day has no price; nothing of no seat."""
        if not self or self.tariff_id._price_on(self.date_start):
            return []
        return [
            self.env._(
                "Tariff %(tariff)s has no price on %(start)s, the first day of seat %(seat)s."
                " Add a dated price to the tariff.",
                tariff=self.tariff_id.display_name,
                start=format_date(self.env, self.date_start),
                seat=self.name,
            )
        ]

    def _get_partnership_problems(self):
        """Days on which the space is not a partner, or not any more."""
        problems, space = [], self.space_id
        if space.state == "prospect" or not space.date_partner:
            problems.append(
                self.env._(
                    "%(space)s is not a partner yet: seat %(seat)s cannot start. Sign the"
                    " partnership first.",
                    space=space.name,
                    seat=self.name,
                )
            )
        elif self.date_start < space.date_partner:
            problems.append(
                self.env._(
                    "%(space)s is a partner since %(since)s: seat %(seat)s cannot start on"
                    " %(start)s. Change the start.",
                    space=space.name,
                    since=format_date(self.env, space.date_partner),
                    seat=self.name,
                    start=format_date(self.env, self.date_start),
                )
            )
        if (
            space.date_closed
            and (self.date_end or space.date_closed + timedelta(1)) > space.date_closed
        ):
            problems.append(
                self.env._(
                    "%(space)s closed on %(closed)s: give seat %(seat)s an end by that day.",
                    space=space.name,
                    closed=format_date(self.env, space.date_closed),
                    seat=self.name,
                )
            )
        return problems

    @api.constrains("date_start", "date_end")
    def _check_presences_within(self):
        for seat, first, last in self.env["coworking.presence"]._read_group(
            [("seat_id", "in", self.ids)], ["seat_id"], ["date:min", "date:max"]
        ):
            outside = [
                day for day in (last, first) if not seat.date_start <= day <= (seat.date_end or day)
            ]
            if outside:
                raise ValidationError(
                    self.env._(
                        "Seat %(seat)s holds a presence on %(date)s, outside its new dates. Remove"
                        " the presence first.",
                        seat=seat.name,
                        date=format_date(self.env, outside[0]),
                    )
                )

    # === CRUD METHODS ===#

    def _raise_in_words(self, error, wanted):
        """What the database refused, naming the other seat or the first day without a place.

        :param error: the ``psycopg2`` error, after the savepoint was rolled back
        :param wanted: list of values of the seats that were to be made or changed
        """
        constraint = error.diag.constraint_name
        if constraint not in ("coworking_seat_no_overlap", "coworking_seat_capacity"):
            raise error  # also of what was written before, with nothing rolled back to ask in
        for vals in wanted:
            start = fields.Date.to_date(vals.get("date_start"))
            end = fields.Date.to_date(vals.get("date_end")) or None
            if not start or (end and end < start):
                continue
            others = self.with_context(active_test=False).search(
                Domain("id", "!=", vals.get("id", 0))
                & Domain("state", "in", HOLDING_STATES)
                & Domain("date_start", "<=", end or date.max)
                & (Domain("date_end", "=", False) | Domain("date_end", ">=", start))
            )
            if constraint == "coworking_seat_no_overlap":
                problem = others._get_overlap_problem(vals, start)
            else:
                problem = others._get_capacity_problem(vals, start, end)
            if problem:
                raise ValidationError(problem) from error
        # The seats asked for together do not fit together.
        names = (
            self._get_people_wanted_twice(wanted)
            if constraint == "coworking_seat_no_overlap"
            else self._get_spaces_wanted_too_much(wanted)
        )
        raise ValidationError(
            self.env._(
                "%(names)s: %(problem)s",
                names=", ".join(names.mapped("display_name")),
                problem=self._sql_error_to_message(error),
            )
        ) from error

    def _get_people_wanted_twice(self, wanted):
        """Of seats asked for together, the people of more than one: the others are innocent."""
        files = self.env["coworking.participant"].browse(vals["participant_id"] for vals in wanted)
        times = Counter(file.partner_id for file in files)
        return (files.filtered(lambda file: times[file.partner_id] > 1) or files).union()

    def _get_spaces_wanted_too_much(self, wanted):
        """Of seats asked for together, the spaces that have fewer places than are asked for."""
        spaces = self.env["coworking.space"].browse(vals["space_id"] for vals in wanted)
        asked = Counter(space.id for space in spaces)
        first = min(fields.Date.to_date(vals["date_start"]) for vals in wanted)
        held = dict(
            self.with_context(active_test=False)._read_group(
                Domain("space_id", "in", spaces.ids)
                & Domain("state", "in", HOLDING_STATES)
                & Domain("uses_place", "=", True)
                & Domain("id", "not in", [vals.get("id", 0) for vals in wanted])
                & (Domain("date_end", "=", False) | Domain("date_end", ">=", first)),
                ["space_id"],
                ["__count"],
            )
        )
        return (
            spaces.filtered(
                lambda space: asked[space.id] + held.get(space, 0) > space.seat_capacity
            )
            or spaces
        ).union()

    def _get_overlap_problem(self, vals, start):
        """Which of these seats the person has already, in words; nothing if none of them."""
        person = self.env["coworking.participant"].browse(vals["participant_id"]).partner_id
        other = self.filtered(lambda seat: seat.partner_id == person)[:1]
        if other.date_end and other.date_start <= start:
            # such as the day of an exit from which somebody comes back
            return self.env._(
                "%(person)s already has seat %(seat)s at %(space)s until %(end)s, that day"
                " included. Let this one start on %(day)s, or change the end of that one first.",
                person=person.name,
                seat=other.name,
                space=other.space_id.name,
                end=format_date(self.env, other.date_end),
                day=format_date(self.env, other.date_end + timedelta(days=1)),
            )
        return other and self.env._(
            "%(person)s already has seat %(seat)s at %(space)s, %(period)s. A person has one seat"
            " at a time: end that one first.",
            person=person.name,
            seat=other.name,
            space=other.space_id.name,
            period=period_in_words(self.env, other.date_start, other.date_end),
        )

    def _get_capacity_problem(self, vals, start, end):
        """The first day on which these seats take all places, in words; nothing if none."""
        space = self.env["coworking.space"].browse(vals["space_id"])
        here = self.filtered(lambda seat: seat.uses_place and seat.space_id == space)
        full = here._get_first_day_with(space.seat_capacity, start, end)
        return full and self.env._(
            "%(space)s has no place left on %(date)s: its %(capacity)s places are"
            " taken. Choose other days or another space.",
            space=space.name,
            date=format_date(self.env, full),
            capacity=space.seat_capacity,
        )

    def _get_first_day_with(self, number, start, end=None):
        """The first day from ``start`` to ``end`` on which at least ``number`` of these seats
        hold.
        """
        days = {start, *(seat.date_start for seat in self if seat.date_start > start)}
        for day in sorted(days):
            if end and day > end:
                break
            present = self.filtered(
                lambda seat, day=day: (
                    seat.date_start <= day and (not seat.date_end or seat.date_end >= day)
                )
            )
            if len(present) >= number:
                return day
        return None
