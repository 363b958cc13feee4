"""What the cells of a row of a take-over mean, or which of them is wrong."""

import re

from odoo import fields

from ..spreadsheet import (
    is_failed_formula,
    plain,
    to_amount,
    to_birth_date,
    to_day,
    to_flag,
    to_hours,
    to_month,
    to_number,
    to_openings,
)
from .take_over_sheets import SHEETS

# References that are looked for here; the others are names of the sheets before.
LOOKED_UP = {
    "stage_id": "coworking.stage",
    "user_id": "res.users",
    "exit_reason_id": "coworking.exit.reason",
    "refusal_reason_id": "coworking.refusal.reason",
    "product_id": "product.product",
    "criterion_id": "coworking.criterion",
    "theme_id": "coworking.objective.theme",
    "seen_by_id": "res.users",
    "held_by_id": "res.users",
    "led_by_id": "res.users",
    "counsellor_id": "res.users",
    "coordinator_id": "res.users",
    "accompanist_ids": "res.users",
    "decided_by_id": "res.users",
    "situation_id": "coworking.exit.reason",
    "criterion_ids": "coworking.criterion",
    "amenity_ids": "coworking.amenity",
    "sector_ids": "coworking.sector",
}
SEVERAL = ";"
# What was said then may name whom or what is archived now; it is not offered any more.
OF_THE_PAST = (
    *("criterion_id", "theme_id", "seen_by_id", "held_by_id", "led_by_id", "decided_by_id"),
    *("user_id", "counsellor_id", "coordinator_id", "accompanist_ids", "situation_id"),
    *("criterion_ids", "amenity_ids", "sector_ids"),
)
# What lists say of people beside our labels, which were some of these once.
SAID_OF_PEOPLE = {
    "expected": {"attendu", "attendue", "attendu(e)"},
    "present": {"present", "presente", "present(e)", "venu", "venue", "venu(e)"},
    "absent": {"absent", "absente", "absent(e)"},
    "excused": {"excuse", "excusee", "excuse(e)"},
}
MOST_INTEGER = 100_000
HOURS_OF_A_DAY = 24
MOST_NAMES_SAID = 15


class RowProblem(Exception):
    """What is wrong with a row, in words.

    :param column: key of the column to mend
    :param line: the row at fault, where a record is made of several
    """

    def __init__(self, message, column=None, line=None):
        super().__init__(message)
        self.column = column
        self.line = line


def find_change(record, values):
    """The first of these fields that is otherwise on a record; ``None`` where none is."""
    for name, value in values.items():
        field = record._fields[name]
        there, said = (
            field.convert_to_record(field.convert_to_cache(each, record), record)
            for each in (record[name], value)
        )
        if there != said:
            return name
    return None


class CellReader:
    """Reads the rows of one take-over, in whatever language their workbook was made."""

    def __init__(self, take_over):
        self.take_over = take_over
        self.env = take_over.env
        self.languages = take_over._in_all_languages()
        self.today = fields.Date.context_today(take_over)
        self.known = {}
        self.columns = {key: take_over._get_columns(sheet) for key, sheet in SHEETS.items()}
        self.writable = {
            key: {column.key for column in take_over._filter_columns(sheet)}
            for key, sheet in SHEETS.items()
        }

    def read_row(self, line):
        """The values of a row: dict key -> value, without the empty cells.

        Amounts and numbers are floats, days are dates, choices are the keys of the selection,
        references ids (several: a list), or the name as it was typed where it may be one of the
        workbook. Openings are as ``to_openings`` gives them, a document is (state, day or
        ``None``), a rating (rating, remark or "").
        """
        row = {}
        sheet = SHEETS[line.sheet]
        for column in self.columns[line.sheet]:
            text = line.cells.get(column.key)
            if not text:
                if column.required and not column.said_once:
                    raise self.make_empty_problem(sheet, column)
                continue
            if column.key not in self.writable[line.sheet]:
                raise RowProblem(
                    self.env._(
                        "You may not write this for anybody: empty it, or ask a colleague of the"
                        " group Sensitive Data to read the file."
                    ),
                    column.key,
                )
            if is_failed_formula(text):
                raise RowProblem(
                    self.env._(
                        "A formula of the spreadsheet fails here: %s. Mend it there, or write what"
                        " it should give.",
                        text,
                    ),
                    column.key,
                )
            value, question = self._read_cell(sheet, column, text)
            if value is None:
                raise RowProblem(question, column.key)
            row[column.key] = value
        return row

    def read_cell(self, line, key):
        """The value of one cell, or ``None`` where it is empty or cannot be read."""
        sheet, text = SHEETS[line.sheet], line.cells.get(key)
        return self._read_cell(sheet, sheet.get_column(key), text)[0] if text else None

    def make_empty_problem(self, sheet, column, line=None):
        """The problem of a cell that may not be empty."""
        heading = self.take_over._get_heading(sheet, column)
        return RowProblem(self.env._("“%s” is empty.", heading), column.key, line)

    def _read_cell(self, sheet, column, text):
        """(value, or ``None`` with what to ask)"""
        match column.kind:
            case "day":
                return to_day(text), self.env._("This is not a date: %s", text)
            case "birth":
                return self.read_birth_date(text), self.env._("This is not a date: %s", text)
            case "month":
                return to_month(text), self.env._("This is not a month: %s. Write 06/2015.", text)
            case "amount":
                amount = to_amount(text)
                return (
                    None if amount is None else float(amount),
                    self.env._("This is not an amount: %s. Write 1234,50.", text),
                )
            case "flag":
                return to_flag(text), self.env._("Yes or no? %s", text)
            case "hours":
                return to_hours(text), self.env._("This is not a duration: %s", text)
            case "clock":
                hour = to_hours(text)
                return (
                    None if hour is None or hour >= HOURS_OF_A_DAY else hour,
                    self.env._("This is not a time of the day: %s. Write 14:30.", text),
                )
            case "openings":
                return (
                    to_openings(text),
                    self.env._(
                        "These are not opening hours: %s. Write 9:00-12:30 14:00-18:00.", text
                    ),
                )
            case "document":
                return self._read_document(column, text)
            case "rating":
                return self._read_rating(text)
            case "choice":
                return self._read_choice(sheet, column, text)
            case "reference" if column.key in LOOKED_UP:
                return self._find_record(column, text)
            case "references":
                return self._find_records(column, text)
            case "number" | "integer" | "rate":
                return self._read_number(column, text)
        return text, None

    def read_birth_date(self, text):
        """The day of a birth, or ``None``."""
        return to_birth_date(text, self.today)

    def _read_document(self, column, text):
        """((state, day or ``None``), or ``None`` with what to ask)"""
        day, flag = to_day(text), to_flag(text)
        if day and day <= self.today:
            return ("seen", day), None
        states = {
            plain(label): state
            for each in self.languages
            for state, label in self.get_document_choices(column, each.env)
        }
        state = states.get(plain(text)) or {True: "seen", False: "missing"}.get(flag)
        return state and (state, None), self.env._(
            "%(text)s is neither the day on which it was seen, nor one of: %(choices)s.",
            text=text,
            choices=", ".join(label for __, label in self.get_document_choices(column, self.env)),
        )

    @staticmethod
    def get_document_choices(column, env):
        """(state, label) that may stand for a document."""
        model, record_id = column.about
        states = env[column.model]._fields[column.field]._description_selection(env)
        mandatory = env[model].browse(record_id).mandatory
        return [choice for choice in states if not (mandatory and choice[0] == "not_applicable")]

    def _read_rating(self, text):
        """((rating, remark or ""), or ``None`` with what to ask)"""
        found = re.fullmatch(r"([0-5])(?:[.,]0)?(?:\s*[:;–-]\s*(.+))?", text, re.DOTALL)
        return found and (found[1], found[2] or ""), self.env._(
            "This is not a rating: %s. Write a number from 0 to 5, and a remark after a colon if"
            " there is one.",
            text,
        )

    def _read_number(self, column, text):
        number = to_number(text)
        if (
            number is None
            or not 0 <= number <= MOST_INTEGER
            or (column.kind == "integer" and number != int(number))
        ):
            return None, self.env._("This is not a number that can stand here: %s", text)
        if column.kind == "rate" and (number > 100 or 0 < number <= 1):
            return None, self.env._("%s is not a rate in percent: write 80 for 80 %%.", text)
        return (int(number) if column.kind == "integer" else float(number)), None

    def _read_choice(self, sheet, column, text):
        list_of_choices = sheet.key, column.key
        if list_of_choices not in self.known:
            self.known[list_of_choices] = self._get_other_words(sheet, column) | {
                plain(label): key
                for each in self.languages
                for key, label in self.get_choices(sheet, column, each.env)
            }
        labels = [label for __, label in self.get_choices(sheet, column, self.env)]
        return self.known[list_of_choices].get(plain(text)), self.env._(
            "%(text)s is none of: %(choices)s.", text=text, choices=", ".join(labels)
        )

    @staticmethod
    def _get_other_words(sheet, column):
        """Plain word -> key of what may stand for a choice beside its label."""
        if column.field != "state" or sheet.key not in ("appointments", "candidates"):
            return {}
        return {word: key for key, words in SAID_OF_PEOPLE.items() for word in words}

    @staticmethod
    def get_choices(sheet, column, env):
        """(key, label) that may stand in a column."""
        choices = env[column.model or sheet.model]._fields[column.field]._description_selection(env)
        if column.field == "state" and sheet.key == "seats":
            # what is refused or cancelled is not taken over
            held = ("requested", "confirmed", "active", "ended")
            choices = [choice for choice in choices if choice[0] in held]
        if column.field == "state" and sheet.key in ("appointments", "candidates"):
            # what was called off does not take place
            listed = ("waiting", "expected", "present", "absent", "excused")
            choices = [choice for choice in choices if choice[0] in listed]
        if column.field == "kind" and sheet.key in ("meetings", "candidates"):
            # one with somebody alone stands in its row
            choices = [choice for choice in choices if choice[0] != "appointment"]
        if column.field == "state" and sheet.key == "followups":
            # what was called off, because the person came back, is not to do
            choices = [choice for choice in choices if choice[0] != "cancelled"]
        return choices

    def get_records(self, column, archived=False):
        """Records of the database that may stand in a column.

        :param archived: with those that stand there for what is past
        """
        program = self.take_over.program_id
        company = ("company_id", "in", (False, program.company_id.id))
        colleagues = [("share", "=", False), ("company_ids", "in", program.company_id.id)]
        domain = {
            "stage_id": ["|", ("program_ids", "=", False), ("program_ids", "=", program.id)],
            "user_id": colleagues,
            "seen_by_id": colleagues,
            "held_by_id": colleagues,
            "led_by_id": colleagues,
            "counsellor_id": colleagues,
            "coordinator_id": colleagues,
            "accompanist_ids": colleagues,
            "decided_by_id": colleagues,
            "criterion_id": [],
            "criterion_ids": [],
            "situation_id": [],
            "theme_id": [],
            "amenity_ids": [],
            "sector_ids": [],
            "exit_reason_id": [],
            "refusal_reason_id": [],
            "product_id": [company, ("purchase_ok", "=", True), ("type", "=", "service")],
        }[column.key]
        records = self.env[LOOKED_UP[column.key]]
        if archived and column.key in OF_THE_PAST:
            records = records.with_context(active_test=False)
        return records.search(domain)

    def _find_records(self, column, text):
        """(ids in the order of their names, or ``None`` with what to ask)"""
        ids = []
        for name in filter(None, map(str.strip, text.split(SEVERAL))):
            record_id, question = self._find_record(column, name)
            if record_id is None:
                return None, question
            ids.append(record_id)
        return ids, None

    def _find_record(self, column, text):
        if column.key not in self.known:
            active, names = self.get_records(column), {}
            past = self.get_records(column, archived=True) - active
            # those in use first: another of the same name that is archived is not meant
            for records in filter(None, (active, past)):
                called = {}
                for each in self.languages:
                    for record in records.with_env(each.env):
                        called.setdefault(plain(record.name), set()).add(record.id)
                if LOOKED_UP[column.key] == "res.users":
                    for user in records:
                        called.setdefault(plain(user.login), set()).add(user.id)
                names = {**called, **names}
            self.known[column.key] = names
        found = self.known[column.key].get(plain(text), set())
        if len(found) > 1:
            return None, self.env._("Several are called %s.", text)
        return next(iter(found), None), self._describe_missing(column, text)

    def _describe_missing(self, column, text):
        """That nothing has this name, and what there is where that is not long to say."""
        names = self.get_records(column).mapped("name")
        if not 0 < len(names) <= MOST_NAMES_SAID:
            return self.env._("Nothing is called %s.", text)
        return self.env._(
            "Nothing is called %(text)s. There is: %(names)s.", text=text, names=", ".join(names)
        )
