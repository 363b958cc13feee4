"""People, seats and presences of a take-over."""

from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..models.seat.coworking_seat import HOLDING_STATES
from ..spreadsheet import plain
from ..tools import phone_key, words_of
from .coworking_presence_import_line import SLOTS, STATES
from .take_over_cells import RowProblem


def compare_details(email, phone, birth_date):
    """By what people of one name are told apart, in a form that compares: dict of what is known."""
    found = {
        "email": email_normalize(email or ""),
        "phone": phone_key(phone),
        "birth_date": birth_date,
    }
    return {name: value for name, value in found.items() if value}


def details_of(file):
    """The same of a file; a birth date only for who may read it: to find it out by trying is to
    read it.
    """
    shown = file._has_field_access(file._fields["birth_date"], "read")
    return compare_details(file.email, file.phone, shown and file.birth_date)


class PeopleRows:
    """The part of ``TakeOverRecorder`` about the people, where they sit and when they came."""

    # === PEOPLE === #

    def _learn_people(self, files):
        for file in files:
            self.people[words_of(file.partner_name)] |= file

    def _prepare_people(self, lines):
        """Who of these rows is whose file, by what tells people of one name apart; and which rows
        have the same name.
        """
        for line in lines:
            name = words_of(line.cells.get("partner_name"))
            self.rows_of_name.setdefault(name, []).append(line)
            wanted = self._get_typed_details(line.cells)
            for file in self.people.get(name, ()):
                if wanted.items() & details_of(file).items():
                    self.row_of_file.setdefault(file, line)

    def _get_typed_details(self, cells):
        return compare_details(
            cells.get("email"),
            cells.get("phone"),
            self.cells.read_birth_date(cells.get("birth_date", "")),
        )

    def _record_people(self, rows):
        ((line, row),) = rows
        file = self._find_file_of_row(line, row)
        documents = {
            column: row.pop(column.key)
            for column in self.cells.columns["people"]
            if column.about and column.key in row
        }
        if file:
            self.row_of_file[file] = line
            return {line: not self._record_documents(file, documents)}, None
        values = {name: value for name, value in row.items() if name != "prescriber_id"}
        if "prescriber_id" in row:
            values["prescriber_id"] = self._take_company(row["prescriber_id"], "prescriber_id").id
        values.setdefault("date_application", row.get("date_support", row.get("date_entry")))
        file = self.env["coworking.participant"].create(
            {
                "user_id": False,
                **values,
                "program_id": self.program.id,
                # They are where they are for long: nobody is written to, nothing is scheduled.
                "move_reason": self.env._("Taken over"),
            }
        )

        self._record_documents(file, documents)

        def learn():
            self._learn_people(file)
            self.row_of_file[file] = line

        return {}, learn

    def _find_file_of_row(self, line, row):
        """The file of this person, or none where there is none yet.

        :raise RowProblem: where it cannot be told
        """
        name = words_of(row["partner_name"])
        wanted = self._get_typed_details(line.cells)
        others = [other for other in self.rows_of_name[name] if other != line]
        if others and not wanted:
            raise RowProblem(
                self.env._(
                    "Line %s has the same name: write an e-mail, a phone or a birth date for each"
                    " of them.",
                    others[0].number,
                ),
                "email",
            )
        unsure = self.env["coworking.participant"]
        for file in self.people.get(name, unsure):
            known = details_of(file)
            owner = self.row_of_file.get(file, line)
            if wanted.items() & known.items():
                if owner != line:
                    raise RowProblem(
                        self.env._("This person is in line %s already.", owner.number),
                        "partner_name",
                    )
                return file
            if owner == line and not wanted.keys() & known.keys():
                unsure |= file
        if len(unsure) > 1 or (unsure and wanted):
            raise RowProblem(
                self.env._(
                    "Somebody called %s is in this program already. If it is the same person,"
                    " write here the e-mail or phone of that file; if not, complete that file"
                    " first.",
                    row["partner_name"],
                ),
                "email",
            )
        return unsure

    def _find_person(self, row):
        """The file that a row of another sheet is about."""
        name, telling = row["participant_id"], row.get("tell_apart", "")
        files = found = self.people.get(words_of(name), self.env["coworking.participant"])
        if telling:
            typed = compare_details(telling, telling, self.cells.read_birth_date(telling))
            found = files.filtered(lambda file: typed.items() & details_of(file).items())
        if len(found) == 1:
            return found
        if found:
            raise RowProblem(
                self.env._(
                    "Several people are called %s: write the e-mail, phone or birth date of one.",
                    name,
                ),
                "tell_apart",
            )
        raise RowProblem(
            self.env._(
                "Nobody called %(name)s has this e-mail, phone or birth date: %(text)s",
                name=name,
                text=telling,
            )
            if files
            else self.env._(
                "Nobody is called %s: add the person to the sheet of the participants, or mend"
                " their row.",
                name,
            ),
            "tell_apart" if files else "participant_id",
        )

    # === SEATS === #

    def _record_seats(self, rows):
        ((line, row),) = rows
        file, space = self._find_person(row), self._find_space(row["space_id"])
        tariff = self._find_tariff(space, row["tariff_id"], "tariff_id")
        if not tariff:
            raise RowProblem(
                self.env._(
                    "%(space)s has no tariff called %(tariff)s: add it to the sheet of the"
                    " tariffs, or mend its row.",
                    space=space.name,
                    tariff=row["tariff_id"],
                ),
                "tariff_id",
            )
        Seat = self.env["coworking.seat"]
        there = Seat.search(
            [
                ("participant_id", "=", file.id),
                ("space_id", "=", space.id),
                ("date_start", "=", row["date_start"]),
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
        if there:
            return {line: True}, None
        values = {
            **{name: value for name, value in row.items() if name != "tell_apart"},
            "participant_id": file.id,
            "space_id": space.id,
            "tariff_id": tariff.id,
        }
        values.setdefault("state", self._guess_state(values, space))
        if self.trial:
            # no reference is drawn for what will be taken back
            values["name"] = self.env._(
                "%(name)s, line %(number)s", name=file.partner_name, number=line.number
            )
        Seat.create(values)
        return {}, None

    def _guess_state(self, values, space):
        """Where a seat of these dates is today."""
        today = space._get_today()
        if values.get("date_end") and values["date_end"] < today:
            return "ended"
        return "active" if values["date_start"] <= today else "confirmed"

    # === PRESENCES === #

    def _record_presences(self, lines):
        """All together: half-days are many."""
        rows, seats_of = [], self._get_seats_by_person()
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
        for row, problem in Presence._get_problems_by_row(normal):
            self.outcome.setdefault(row["line"], (False, problem, "date"))
        said = self._get_said(seats)
        new = []
        for row in normal:
            there = said.get((row["seat"].id, row["date"], row["slot"]))
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
