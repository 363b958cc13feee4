"""Where the people of a take-over sit, what is funded of it, and when they came."""

from odoo.exceptions import UserError

from ..models.seat.coworking_seat import HOLDING_STATES
from ..spreadsheet import plain
from .coworking_presence_import_line import SLOTS, STATES
from .take_over_cells import RowProblem, find_change
from .take_over_sheets import SEATS

# What a row says of a dated rate, in the cells of the seat's own.
FUNDING_KEYS = {"funding_rate": "rate", "funding_cap": "cap"}


def get_half_day(row):
    """Which half-day of which seat a normal row of presences is about."""
    return row["seat"].id, row["date"], row["slot"]


class SeatRows:
    """The part of ``TakeOverRecorder`` about seats and presences."""

    # === SEATS === #

    def _record_seats(self, rows):
        """A seat with its dated rates and caps, a row each. One that is there gets those it
        lacks.
        """
        fundings = {line: row for line, row in rows if "funding_from" in row}
        own = [(line, self._get_row_of_seat(row)) for line, row in rows]
        terms = self._get_common_terms(SEATS, own)
        row = rows[0][1]
        file, space = self._find_person(row), self._find_space(row["space_id"])
        tariff = self._find_tariff_of_seat(space, row["tariff_id"])
        seat = self._find_seat(file, space, tariff, row["date_start"])
        news = set()
        if seat:
            self._check_same_seat(seat, terms, own)
        elif len(fundings) == len(rows):
            raise RowProblem(
                self.env._(
                    "This seat is not there: give it a row without a month, with the rate of its"
                    " first day."
                ),
                "funding_from",
            )
        else:
            news = {line for line, __ in rows}
            seat = self._create_seat(rows[0][0], file, space, tariff, row["date_start"], terms)
        news |= {line for line, row in fundings.items() if self._take_funding(seat, line, row)}
        return {line: line not in news for line, __ in rows}, None

    @staticmethod
    def _get_row_of_seat(row):
        """What a row says of the seat itself: without a rate that is dated."""
        dated = FUNDING_KEYS if "funding_from" in row else ()
        return {key: value for key, value in row.items() if key not in dated}

    def _find_tariff_of_seat(self, space, name):
        tariff = self._find_tariff(space, name, "tariff_id")
        if not tariff:
            raise RowProblem(
                self.env._(
                    "%(space)s has no tariff called %(tariff)s: add it to the sheet of the"
                    " tariffs, or mend its row.",
                    space=space.name,
                    tariff=name,
                ),
                "tariff_id",
            )
        return tariff

    def _find_seat(self, file, space, tariff, date_start):
        """The seat of a person at a space that begins on a day, or none."""
        there = self.env["coworking.seat"].search(
            [
                ("participant_id", "=", file.id),
                ("space_id", "=", space.id),
                ("date_start", "=", date_start),
                ("state", "not in", ("refused", "cancelled")),
            ],
            limit=1,
        )
        if there and there.tariff_id != tariff:
            raise RowProblem(
                self.env._(
                    "Seat %(seat)s of that day is there already, on %(tariff)s.",
                    seat=there.name,
                    tariff=there.tariff_id.name,
                ),
                "tariff_id",
            )
        return there

    def _check_same_seat(self, seat, terms, rows):
        """Its status follows from its days, whatever it was when it was written down."""
        said = {key: value for key, value in terms.items() if key != "state"}
        if key := find_change(seat, said):
            line = next(line for line, row in rows if key in row)
            raise RowProblem(self._describe_otherwise_there(), key, line)

    def _create_seat(self, line, file, space, tariff, date_start, terms):
        values = {
            **terms,
            "participant_id": file.id,
            "space_id": space.id,
            "tariff_id": tariff.id,
            "date_start": date_start,
        }
        values.setdefault("state", self._guess_state(values, space))
        if self.trial:
            # no reference is drawn for what will be taken back
            values["name"] = self.env._(
                "%(name)s, line %(number)s", name=file.partner_name, number=line.number
            )
        return self.env["coworking.seat"].create(values)

    def _take_funding(self, seat, line, row):
        """The rate and the cap that a row says of a seat, from a month on.

        :return: whether they are new
        """
        if "funding_rate" not in row:
            column = SEATS.get_column("funding_rate")
            raise self.cells.make_empty_problem(SEATS, column, line)
        values = {name: row[key] for key, name in FUNDING_KEYS.items() if key in row}
        there = seat.funding_ids.filtered(lambda other: other.date_from == row["funding_from"])
        if there:
            if name := find_change(there, values):
                key = next(key for key, field in FUNDING_KEYS.items() if field == name)
                raise RowProblem(self._describe_otherwise_there(), key, line)
            return False
        try:
            there.create({**values, "seat_id": seat.id, "date_from": row["funding_from"]})
        except UserError as error:
            raise RowProblem(str(error), "funding_from", line) from error
        return True

    def _guess_state(self, values, space):
        """Where a seat of these dates is today."""
        today = space._get_today()
        if values.get("date_end") and values["date_end"] < today:
            return "ended"
        return "active" if values["date_start"] <= today else "confirmed"

    # === PRESENCES === #

    def _record_presences(self, lines):
        """All together: half-days are many."""
        rows, seats_of, first = [], self._get_seats_by_person(), {}
        for line in lines:
            try:
                rows += self._read_half_days(line, self.cells.read_row(line), seats_of)
            except RowProblem as error:
                self.outcome[line] = (False, str(error), error.column)
        if not rows:
            return
        Presence = self.env["coworking.presence"]
        seats = self.env["coworking.seat"].browse({row["seat_id"] for row in rows})
        normal = Presence._normalise_rows(seats, rows)
        said = self._get_said(seats)
        for row in normal:
            first.setdefault(get_half_day(row), row)
        for row, problem in Presence._get_problems_by_row(normal):
            key = get_half_day(row)
            if first[key] is row and said.get(key) == (row["state"], row["hours"]):
                continue  # what is there stays, whatever is closed since
            self.outcome.setdefault(row["line"], (False, problem, "date"))
        new = []
        for row in normal:
            there = said.get(get_half_day(row))
            if row["line"] in self.outcome and self.outcome[row["line"]][1]:
                continue
            if there and there != (row["state"], row["hours"]):
                self.outcome[row["line"]] = (
                    False,
                    self.env._("The space said otherwise of this half-day already."),
                    "state",
                )
                continue
            if not there:
                new.append(row)
            known = bool(there) and self.outcome.get(row["line"], (True,))[0]
            self.outcome[row["line"]] = (known, False, None)
        new = [row for row in new if not self.outcome[row["line"]][1]]
        try:
            with self.env.cr.savepoint():
                seats._record_presences(new, source="import", by=self.env.user.partner_id)
        except UserError as error:
            self.outcome.update(dict.fromkeys((r["line"] for r in new), (False, str(error), None)))

    def _get_said(self, seats):
        """What is there: dict (seat id, day, slot) -> (state, hours)."""
        presences = self.env["coworking.presence"].search(
            [("seat_id", "in", seats.ids), ("state", "!=", False)]
        )
        return {(row.seat_id.id, row.date, row.slot): (row.state, row.hours) for row in presences}

    def _get_seats_by_person(self):
        """The seats of everybody of the program, by their first day: dict file -> seats."""
        seats = self.env["coworking.seat"].search(
            [("program_id", "=", self.program.id), ("state", "in", HOLDING_STATES)],
            order="date_start",
        )
        return seats.grouped("participant_id")

    def _read_half_days(self, line, row, seats_of):
        """What is recorded for a row: one half-day, or two for a day.

        :param seats_of: dict file -> its seats, by their first day
        """
        file = self._find_person(row)
        slots = next(
            (slots for slots, words in SLOTS.items() if plain(row.get("slot")) in words), None
        )
        state = next((key for key, words in STATES.items() if plain(row["state"]) in words), None)
        if not slots:
            raise RowProblem(self.env._("Morning, afternoon or day? %s", row["slot"]), "slot")
        if not state:
            raise RowProblem(self.env._("Present or absent? %s", row["state"]), "state")
        seats = seats_of.get(file)
        if not seats:
            raise RowProblem(
                self.env._("Nobody called %s has a seat then.", row["participant_id"]),
                "participant_id",
            )
        day = row["date"]
        of_day = seats.filtered(
            lambda seat: seat.date_start <= day and (not seat.date_end or day <= seat.date_end)
        )
        return [
            {
                "line": line,
                "seat_id": (of_day or seats)[:1].id,
                "date": day,
                "slot": slot,
                "state": state,
                "hours": row.get("hours", 0.0) / len(slots) if state == "present" else 0.0,
            }
            for slot in slots
        ]
