from odoo import api, fields, models
from odoo.fields import Domain

from ..models.seat.coworking_seat import HOLDING_STATES
from ..spreadsheet import plain, to_day, to_hours

SLOTS = {
    ("am",): {"matin", "am", "m", "morning"},
    ("pm",): {"apres-midi", "apres midi", "pm", "a", "afternoon", "ap-midi"},
    ("am", "pm"): {"jour", "journee", "day", "j", ""},
}
STATES = {
    "present": {"presence", "present", "presente", "p", "1", "x", "oui", "yes", "true", "vrai"},
    "absent": {"absence", "absent", "absente", "a", "0", "non", "no", "false", "faux"},
}


class CoworkingPresenceImportLine(models.TransientModel):
    """A row as it was typed, and what is wrong with it."""

    _name = "coworking.presence.import.line"
    _description = "Row of a Presence Sheet"
    _inherit = ["coworking.record.mixin"]
    _order = "problem_first, number"

    import_id = fields.Many2one("coworking.presence.import", required=True, ondelete="cascade")
    number = fields.Integer(string="Line", readonly=True)
    who = fields.Char(string="Person or Seat")
    day = fields.Char(string="Date")
    slot = fields.Char(string="Half-day")
    state = fields.Char(string="Presence")
    hours = fields.Char()
    seat_id = fields.Many2one("coworking.seat", readonly=True, ondelete="cascade")
    problem = fields.Char(readonly=True)
    problem_first = fields.Integer(compute="_compute_problem_first", store=True)

    @api.depends("problem")
    def _compute_problem_first(self):
        for line in self:
            line.problem_first = 0 if line.problem else 1

    def _check_row(self):
        """Say of each row what is wrong, in a number of queries that does not grow."""
        days = {line: to_day(line.day) for line in self}
        known = [day for day in days.values() if day]
        found = self._find_seats(min(known), max(known)) if known else {}
        rows, problems, seats = [], {}, {}
        for line in self:
            day, slots, state, hours = (
                days[line],
                line._parse_slots(),
                line._parse_state(),
                to_hours(line.hours),
            )
            seat, problem = line._find_seat_among(found.get(plain(line.who), ()), day)
            if not day:
                problem = self.env._("This is not a date: %s", line.day or "")
            elif not slots:
                problem = self.env._("Morning, afternoon or day? %s", line.slot or "")
            elif not line.state:
                problem = self.env._("“Presence” is empty: was the person present or absent?")
            elif not state:
                problem = self.env._("Present or absent? %s", line.state)
            elif hours is None:
                problem = self.env._("This is not a duration: %s", line.hours or "")
            if problem:
                problems[line] = problem
                continue
            seats[line] = seat
            rows += [{**row, "line": line} for row in line._prepare_rows(seat)]
        if rows:
            Presence = self.env["coworking.presence"]
            seats_of_rows = self.env["coworking.seat"].browse({row["seat_id"] for row in rows})
            normal = Presence._normalise_rows(seats_of_rows, rows)
            for row, problem in Presence._get_problems_by_row(normal):
                problems.setdefault(row["line"], problem)
        for line in self:
            seat = seats.get(line, self.env["coworking.seat"])
            line.write({"problem": problems.get(line, False), "seat_id": seat.id})

    def _find_seats(self, first, last):
        """dict (reference or name, as plain words) -> seats of these days that one may see."""
        space = self.import_id.space_id
        domain = Domain("state", "in", HOLDING_STATES) & Domain("date_start", "<=", last)
        domain &= Domain("date_end", "=", False) | Domain("date_end", ">=", first)
        if space:
            domain &= Domain("space_id", "=", space.id)
        result = {}
        for seat in self.env["coworking.seat"].search(domain):
            for key in {plain(seat.name), plain(seat.occupant_name), plain(seat.partner_id.name)}:
                result[key] = result.get(key, seat.browse()) | seat
        return result

    def _find_seat_among(self, seats, day):
        """The seat that a row is about, or what is wrong."""
        if not self.who:
            return None, self.env._("Whose presence is it?")
        if not seats:
            return None, self.env._("Nobody called %s has a seat then.", self.who)
        if len(seats.partner_id) > 1:
            return None, self.env._(
                "Several people are called %(name)s: write the reference of the seat, %(seats)s.",
                name=self.who,
                seats=", ".join(seats.mapped("name")),
            )
        if day:
            of_day = seats.filtered(
                lambda seat: seat.date_start <= day and (not seat.date_end or day <= seat.date_end)
            )
            seats = of_day or seats
        return seats[:1], None

    def _prepare_rows(self, seat=None):
        """What is recorded for this row: one half-day, or two for a day."""
        self.ensure_one()
        slots = self._parse_slots()
        return [
            {
                "seat_id": (seat or self.seat_id).id,
                "date": to_day(self.day),
                "slot": slot,
                "state": self._parse_state(),
                "hours": (to_hours(self.hours) or 0.0) / len(slots),
            }
            for slot in slots
        ]

    def _parse_slots(self):
        return next((slots for slots, words in SLOTS.items() if plain(self.slot) in words), None)

    def _parse_state(self):
        return next((key for key, words in STATES.items() if plain(self.state) in words), None)
