"""What the cells of a row of a take-over mean, or which of them is wrong."""

from odoo import fields

from ..spreadsheet import (
    plain,
    to_amount,
    to_birth_date,
    to_day,
    to_flag,
    to_hours,
    to_month,
    to_number,
)
from .take_over_sheets import SHEETS

# References that are looked for here; the others are names of the sheets before.
LOOKED_UP = {
    "stage_id": "coworking.stage",
    "user_id": "res.users",
    "exit_reason_id": "coworking.exit.reason",
    "refusal_reason_id": "coworking.refusal.reason",
    "product_id": "product.product",
}
MOST_INTEGER = 100_000


class RowProblem(Exception):
    """What is wrong with a row, in words.

    :param column: key of the column to mend
    :param line: the row at fault, where a record is made of several
    """

    def __init__(self, message, column=None, line=None):
        super().__init__(message)
        self.column = column
        self.line = line


class CellReader:
    """Reads the rows of one take-over, in whatever language their workbook was made."""

    def __init__(self, take_over):
        self.take_over = take_over
        self.env = take_over.env
        self.languages = take_over._in_all_languages()
        self.today = fields.Date.context_today(take_over)
        self.known = {}

    def read_row(self, line):
        """The values of a row: dict key -> value, without the empty cells.

        Amounts and numbers are floats, days are dates, choices are the keys of the selection,
        references ids, or the name as it was typed where it may be one of the workbook.
        """
        row = {}
        sheet = SHEETS[line.sheet]
        writable = {column.key for column in self.take_over._filter_columns(sheet)}
        for column in sheet.columns:
            text = line.cells.get(column.key)
            if not text:
                if column.required and not column.said_once:
                    raise self.make_empty_problem(sheet, column)
                continue
            if column.key not in writable:
                raise RowProblem(
                    self.env._(
                        "You may not write this for anybody: empty it, or ask a colleague of the"
                        " group Sensitive Data to read the file."
                    ),
                    column.key,
                )
            value, question = self._read_cell(sheet, column, text)
            if value is None:
                raise RowProblem(question, column.key)
            row[column.key] = value
        return row

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
            case "choice":
                return self._read_choice(sheet, column, text)
            case "reference" if column.key in LOOKED_UP:
                return self._find_record(column, text)
            case "number" | "integer" | "rate":
                return self._read_number(column, text)
        return text, None

    def read_birth_date(self, text):
        """The day of a birth, or ``None``."""
        return to_birth_date(text, self.today)

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
        field = (column.model or sheet.model), column.field
        if field not in self.known:
            self.known[field] = {
                plain(label): key
                for each in self.languages
                for key, label in self.get_choices(sheet, column, each.env)
            }
        labels = [label for __, label in self.get_choices(sheet, column, self.env)]
        return self.known[field].get(plain(text)), self.env._(
            "%(text)s is none of: %(choices)s.", text=text, choices=", ".join(labels)
        )

    @staticmethod
    def get_choices(sheet, column, env):
        """(key, label) that may stand in a column."""
        choices = env[column.model or sheet.model]._fields[column.field]._description_selection(env)
        if column.field == "state" and sheet.key == "seats":
            # what is refused or cancelled is not taken over
            held = ("requested", "confirmed", "active", "ended")
            choices = [choice for choice in choices if choice[0] in held]
        return choices

    def get_records(self, column):
        """Records of the database that may stand in a column."""
        program = self.take_over.program_id
        company = ("company_id", "in", (False, program.company_id.id))
        domain = {
            "stage_id": ["|", ("program_ids", "=", False), ("program_ids", "=", program.id)],
            "user_id": [("share", "=", False), ("company_ids", "in", program.company_id.id)],
            "exit_reason_id": [],
            "refusal_reason_id": [],
            "product_id": [company, ("purchase_ok", "=", True), ("type", "=", "service")],
        }[column.key]
        return self.env[LOOKED_UP[column.key]].search(domain)

    def _find_record(self, column, text):
        if column.key not in self.known:
            names = {}
            records = self.get_records(column)
            for each in self.languages:
                for record in records.with_env(each.env):
                    names.setdefault(plain(record.name), set()).add(record.id)
            if column.key == "user_id":
                for user in records:
                    names.setdefault(plain(user.login), set()).add(user.id)
            self.known[column.key] = names
        found = self.known[column.key].get(plain(text), set())
        if len(found) > 1:
            return None, self.env._("Several are called %s.", text)
        return next(iter(found), None), self.env._("Nothing is called %s.", text)
