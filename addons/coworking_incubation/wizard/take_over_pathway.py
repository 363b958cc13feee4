"""What a take-over brings of each person's way: documents, proofs, objectives, appointments and
reviews. Nobody is written to, nothing is scheduled, nothing is signed.
"""

from contextlib import suppress

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

from ..spreadsheet import plain
from .take_over_cells import RowProblem
from .take_over_meetings import USUAL_HOUR, to_minutes
from .take_over_sheets import OBJECTIVES

# How long one that is to come lasts of which nobody says it.
USUAL_DURATION = 1.0
# What is said of somebody at an appointment as it stands there.
OF_ATTENDANCE = (
    *("duration", "decisions", "restricted_note", "walk_in", "reminder_stopped", "to_tell"),
)
# In which cells what is said of an action; what tells most which it is comes first.
ACTION_KEYS = {
    "action": "name",
    "action_deadline": "date_deadline",
    "done": "done",
    "date_done": "date_done",
}


class PathwayRows:
    """The part of ``TakeOverRecorder`` about what was said, proven and agreed with each person."""

    def _check_has_come(self, row, *keys, line=None):
        for key in keys:
            if key in row and row[key] > self.cells.today:
                raise RowProblem(self.env._("This day has not come yet."), key, line)

    def _get_colleague(self, row, key, file):
        """Who did it: whom the row names, the person's counsellor, or who reads the workbook."""
        return row.get(key) or file.user_id.id or self.env.uid

    # === WHAT IS THERE === #

    def _prepare_proofs(self, _lines):
        self._pair_rows("proofs", self._compare_proofs)

    def _prepare_objectives(self, _lines):
        self._pair_rows("objectives", self._compare_actions)

    def _prepare_appointments(self, _lines):
        self._pair_rows("appointments", self._compare_appointments)

    def _pair_rows(self, sheet, compare):
        """Which row is about which record that is there, each about one and the most alike first,
        and the first cell in which they differ.

        All rows of the take-over are looked at, those too that cannot be recorded yet: what one of
        them is about is not taken for that of another one. What was recorded with rows that are
        gone from the list since is not either.

        :param compare: of a row, (record, dict cell -> whether it is what the row would make)
        """
        told, pairs, differ = (self.take_over.told or {}).get(sheet, ()), [], {}
        lines = self.take_over.line_ids.filtered(lambda line: line.sheet == sheet)
        for line in lines.sorted("id"):
            with suppress(RowProblem):
                row = self.cells.read_row(line)
                for record, same in compare(row):
                    if record.id not in told:
                        pairs.append((measure_likeness(row, same), line, record))
                        differ[line, record] = find_difference(row, same)
        self.there.update(
            {line: (record, differ[line, record]) for line, record in pair_off(pairs).items()}
        )

    def _note_told(self, sheet, record):
        """This record has its row, also once that one is gone from the list."""
        self.told.setdefault(sheet, []).append(record.id)

    def _describe_otherwise(self):
        return self.env._(
            "This is there already, with something else here: empty this, change it there, or give"
            " what is there a row of its own here."
        )

    def _describe_otherwise_there(self):
        return self.env._(
            "This is there already, with something else here: empty this, or change it there."
        )

    # === DOCUMENTS === #

    def _record_documents(self, file, said):
        """What the row of a person says of the documents asked at entry.

        :param said: dict column -> (state, day or ``None``)
        :return: whether anything of it is new
        """
        there, news = {each.type_id.id: each for each in file.document_ids}, False
        for column, (state, day) in said.items():
            document = there.get(column.about[1], file.document_ids.browse())
            known = document.state or "missing"
            if state == known and (not day or day == document.date_seen):
                continue
            if known != "missing":
                raise RowProblem(
                    self.env._("The file says otherwise already: change it there."), column.key
                )
            values = {"state": state, "date_seen": day, "seen_by_id": False}
            if document:
                document.write(values)
            else:
                document.create({"participant_id": file.id, "type_id": column.about[1], **values})
            news = True
        return news

    # === PROOFS === #

    def _record_proofs(self, rows):
        ((line, row),) = rows
        file = self._find_person(row)
        self._check_has_come(row, "date_seen")
        there, cell = self.there[line]
        if there:
            if cell == "date_expiry":  # nobody can type it there
                self._write_facts(there, {"known_expiry": row["date_expiry"]})
            elif cell:
                raise RowProblem(self._describe_otherwise(), cell)
            return {line: not cell}, lambda: self._note_told("proofs", there)
        document = row.get("date_document", False)
        if any(
            other.date_document == document and not find_difference(row, same)
            for other, same in self._compare_proofs(row)
        ):
            return {line: True}, None
        values = self._get_own_values(row)
        expiry = values.pop("date_expiry", False)
        proof = self.env["coworking.proof"].create(
            {
                **values,
                "participant_id": file.id,
                "seen_by_id": self._get_colleague(row, "seen_by_id", file),
            }
        )
        if expiry and expiry != proof.date_expiry:
            self._write_facts(proof, {"known_expiry": expiry})
        return {}, lambda: self._note_told("proofs", proof)

    def _compare_proofs(self, row):
        """What was seen of the criterion of a row on its day.

        :return: list of (proof, dict cell -> whether it is what the row says)
        """
        seen = (row["criterion_id"], row["date_seen"])
        return [
            (
                proof,
                {
                    cell: proof[cell] == row.get(cell, False)
                    for cell in ("date_document", "date_expiry")
                },
            )
            for proof in self._find_person(row).proof_ids.sorted("id")
            if (proof.criterion_id.id, proof.date_seen) == seen
        ]

    @staticmethod
    def _write_facts(record, facts):
        """What Odoo computes for what is done here, and is known of what was done elsewhere."""
        if facts:
            record.flush_recordset()
            # sudo: nobody types these, and coordinators take over what they were
            record.sudo().write(facts)

    @staticmethod
    def _get_own_values(row):
        return {name: value for name, value in row.items() if name != "tell_apart"}

    # === OBJECTIVES === #

    def _record_objectives(self, rows):
        """An objective with its actions, a row each. One that is there gets those it lacks."""
        file = self._find_person(rows[0][1])
        for line, row in rows:
            self._check_has_come(row, "agreed_on", "date_closed", "date_done", line=line)
        terms = self._get_common_terms(OBJECTIVES, rows)
        actions = {line: self._prepare_action(line, row) for line, row in rows}
        objective = self._find_objective(file, terms["name"])
        if "date_closed" in terms and (terms.get("state") or objective.state or "open") == "open":
            raise RowProblem(
                self.env._("An objective in progress is not closed: say how it ended."), "state"
            )
        if objective:
            news = self._take_end(objective, terms, rows)
            news |= {line for line, row in rows if actions[line] and self._take_action(line, row)}
            return dict.fromkeys(actions.keys() - news, True), self._add_actions(objective, actions)
        if terms.get("state", "open") != "open":
            # not today, where nobody says when
            terms.setdefault("date_closed", False)
        closed = {"date_closed": terms.pop("date_closed")} if "date_closed" in terms else {}
        objective = objective.create({**terms, "participant_id": file.id})
        self._write_facts(objective, closed)
        return {}, self._add_actions(objective, actions)

    def _find_objective(self, file, name):
        return file.objective_ids.filtered(lambda other: plain(other.name) == plain(name))[:1]

    def _compare_actions(self, row):
        """What is there of the name of the action of a row.

        :return: list of (action, dict cell -> whether it is what the row says)
        """
        objective = self._find_objective(self._find_person(row), row["name"])
        there = objective.action_ids.filtered(
            lambda action: "action" in row and plain(action.name) == plain(row["action"])
        )
        return [
            (
                action,
                {
                    "action_deadline": action.date_deadline == row.get("action_deadline", False),
                    "done": action.done == is_done(row),
                    "date_done": action.date_done == row.get("date_done", False),
                },
            )
            for action in there.sorted("id")
        ]

    def _take_end(self, objective, terms, rows):
        """The day on which an objective that is there ended, which nobody can type there.

        :return: the rows that say another day than what is there
        """
        if "state" in terms and terms["state"] != objective.state:
            line = next(line for line, row in rows if "state" in row)
            raise RowProblem(self._describe_otherwise_there(), "state", line)
        day = terms.get("date_closed", objective.date_closed)
        if day == objective.date_closed:
            return set()
        self._write_facts(objective, {"date_closed": day})
        return {line for line, row in rows if "date_closed" in row}

    def _take_action(self, line, row):
        """The day on which what is there was done, which nobody can type there.

        :return: whether anything of the action of a row is new
        """
        there, cell = self.there[line]
        if there and cell == "date_done" and there.done:
            self._write_facts(there, {"date_done": row["date_done"]})
        elif there and cell:
            raise RowProblem(self._describe_otherwise(), cell, line)
        return not there or bool(cell)

    def _add_actions(self, objective, actions):
        """Make those that are not there.

        :param actions: dict row -> values of its action, or ``None``
        :return: what is to be done once all of it is recorded
        """
        own = objective.action_ids.browse()
        for line, action in actions.items():
            there, __ = self.there[line]
            if action and not there:
                # not today, where nobody says when
                day = action.pop("date_done", False)
                there = own.create({**action, "objective_id": objective.id})
                self._write_facts(there, there.done and {"date_done": day})
            if there:
                own |= there
        return lambda: [self._note_told("objectives", action) for action in own]

    def _prepare_action(self, line, row):
        """Values of the action of a row, or ``None`` where it has none."""
        values = {ACTION_KEYS[key]: row[key] for key in ACTION_KEYS if key in row}
        done = is_done(row)
        if "action" not in row:
            if values.keys() - {"done"} or done:
                column = OBJECTIVES.get_column("action")
                raise self.cells.make_empty_problem(OBJECTIVES, column, line)
            return None
        if "date_done" in row and not done:
            raise RowProblem(self.env._("This is not done, and has a day on which it was."), "done")
        return {**values, "done": done}

    # === REVIEWS === #

    def _record_reviews(self, rows):
        ((line, row),) = rows
        file = self._find_person(row)
        values = self._get_own_values(row)
        ratings = {
            column.about[1]: values.pop(column.key)
            for column in self.cells.columns["reviews"]
            if column.about and column.key in row
        }
        if row.get("state") == "done":
            self._check_has_come(row, "date")
        there = file.review_ids.filtered(
            lambda other: (other.kind, other.date) == (row["kind"], row["date"])
        )
        if there:
            if "state" in row and row["state"] not in there.mapped("state"):
                raise RowProblem(
                    self.env._(
                        "This review is there already, with another status: change it there."
                    ),
                    "state",
                )
            return {line: True}, None
        state = row.get("state") or self._guess_review_state(row, ratings)
        held_by = self._get_colleague(values, "held_by_id", file)
        values.pop("held_by_id", None)
        if state == "done" or ratings:
            values["line_ids"] = self._prepare_ratings(row["kind"], state, ratings)
        review = file.review_ids.create(
            {**values, "state": state, "participant_id": file.id, "user_id": held_by}
        )
        if state == "done":
            review._close_plan()
        return {}, None

    def _guess_review_state(self, row, ratings):
        """A day that is past holds no review of which nobody says a word; today may yet."""
        said, today = ratings or "summary" in row or "decisions" in row, self.cells.today
        if row["date"] > today or (row["date"] == today and not said):
            return "planned"
        if not said:
            raise RowProblem(
                self.env._("Nothing says that it was held: write its status."), "state"
            )
        return "done"

    def _prepare_ratings(self, kind, state, ratings):
        """The grid of a review. What was held elsewhere has the axes that were rated there."""
        axes = self.env["coworking.review.axis"].browse(ratings)
        if state == "planned":
            grid = axes.search([])  # pylint: disable=no-search-all
            axes |= grid._filter_of_program(self.program)
        return [
            Command.create(
                {
                    "axis_id": axis.id,
                    "rating": ratings.get(axis.id, (False,))[0],
                    "note": ratings.get(axis.id, (False, False))[1],
                    "reference": axis._get_reference(kind),
                }
            )
            for axis in axes
        ]

    # === APPOINTMENTS === #

    def _record_appointments(self, rows):
        ((line, row),) = rows
        file = self._find_person(row)
        if row["state"] in ("present", "absent"):
            self._check_has_come(row, "date")
        there, cell = self.there[line]
        if there:
            self._check_same_appointment(there, cell)
            return {line: True}, lambda: self._note_told("appointments", there)
        self._check_not_contradicted(row)
        self._check_turn(line)
        self._check_subject(row)
        values = {name: row[name] for name in OF_ATTENDANCE if name in row}
        values.setdefault("duration", self._get_usual_duration(row))
        for key, own in (
            ("objective_ids", file.objective_ids),
            ("document_ids", file.document_ids),
        ):
            if key in row:
                values[key] = self._find_worked_on(own, row, key)
        if "report" in row:
            values["report"] = plaintext2html(row["report"])
        event = self._take_event(row)
        try:
            attendance = self.env["coworking.attendance"].create(
                {
                    **values,
                    "event_id": event.id,
                    "participant_id": file.id,
                    "state": row["state"],
                    "registered_by": "take_over",
                }
            )
        except ValidationError as error:
            named = "subject" in row and row["subject"] in str(error)
            raise RowProblem(str(error), "subject" if named else "date") from error
        return {}, lambda: self._note_told("appointments", attendance)

    def _find_worked_on(self, own, row, key):
        """Those of a person's objectives, or documents, that a cell names, one a line.

        :return: list of ids
        """
        found = {}
        for each in self.cells.languages:
            for record in own.with_env(each.env):
                found.setdefault(plain(name_worked_on(record)), record.id)
        names = row[key].splitlines()
        for name in names:
            if plain(name) not in found:
                raise RowProblem(
                    self.env._("This person has nothing that is called %s.", name), key
                )
        return [found[plain(name)] for name in names]

    def _get_usual_duration(self, row):
        """No hour is made up of what is past; what is to come takes one of the agenda."""
        return USUAL_DURATION if row["date"] > self.cells.today else 0.0

    def _compare_appointments(self, row):
        """What the person of a row was at on its day, of its kind.

        :return: list of (attendance, dict cell -> whether it is what recording the row would make)
        """
        row.setdefault("kind", "appointment")
        minutes = to_minutes(row.get("start_time", USUAL_HOUR))
        there = self._find_person(row).attendance_ids.filtered(
            lambda other: (other.kind, other.date) == (row["kind"], row["date"])
        )
        kinds = there.event_id._fields["coworking_kind"]._description_selection(self.env)
        name = plain(row.get("subject", dict(kinds)[row["kind"]]))
        found = [
            (
                other,
                {
                    "start_time": to_minutes(read_clock(other)) == minutes,
                    "subject": plain(other.event_id.name) == name,
                    "led_by_id": other.event_id.user_id.id == row.get("led_by_id", False),
                    "state": other.state == row["state"],
                },
            )
            for other in there.sorted("id")
        ]
        # what was called off leaves its day free for another one
        return [
            (other, same)
            for other, same in found
            if other.state != "cancelled" or find_difference(row, same) in (None, "state")
        ]

    def _check_same_appointment(self, there, cell):
        if cell == "state":
            raise RowProblem(self.env._("The list says otherwise already."), cell)
        if cell:
            raise RowProblem(
                self.env._(
                    "One of that day is there already, at %(hour)s, “%(subject)s”: change it there,"
                    " or give it a row of its own here.",
                    hour=write_clock(there),
                    subject=there.event_id.name,
                ),
                cell,
            )

    def _check_not_contradicted(self, row):
        """Another row says all that this one says, and somebody came in one of them alone."""
        differences = [find_difference(row, same) for __, same in self._compare_appointments(row)]
        if "state" in differences and None not in differences:
            raise RowProblem(self.env._("The list says otherwise already."), "state")


def name_worked_on(record):
    """How an objective or a document is called."""
    return record.name if "name" in record else record.type_id.name


def is_done(row):
    return row.get("done", "date_done" in row)


def find_difference(row, same):
    """The first cell of a row that says something else than what is there; ``None`` where all that
    it says is there.
    """
    return next((cell for cell in same if cell in row and not same[cell]), None)


def measure_likeness(row, same):
    """How much what is there is what a row would make, in what compares: the first cells tell most
    what it is, and what is said more than what is guessed.
    """
    difference, cells = find_difference(row, same), list(same)
    alike = cells.index(difference) if difference else len(cells)
    return alike, sum(same.values()), sum(cell in row for cell in cells)


def pair_off(pairs):
    """Each row with one record at most, and each record with one row, the most alike first.

    :param pairs: list of (likeness, row, record)
    :return: dict row -> record
    """
    found, taken = {}, set()
    for __, row, record in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if row not in found and record not in taken:
            found[row] = record
            taken.add(record)
    return found


def read_clock(attendance):
    """When it began by the clock of the place, in hours."""
    local = attendance.event_id._coworking_local(attendance.start)
    return local.hour + local.minute / 60


def write_clock(attendance):
    """The same as it is written: 09:30."""
    minutes = to_minutes(read_clock(attendance))
    return f"{minutes // 60:02}:{minutes % 60:02}"
