"""Writes the workbook of a take-over: a sheet each, columns named as the screens name them, lists
to choose from.
"""

from datetime import date

from odoo.tools import get_lang

from ..spreadsheet import to_day, to_month, to_number
from .take_over_cells import LOOKED_UP, CellReader
from .take_over_sheets import SHEETS

# Rows that have lists and formats; more may be written below.
PREPARED_ROWS = 500
# What a sheet offers of another one: (key of the sheet, key of its column).
FROM_SHEET = {
    ("tariffs", "space_id"): ("spaces", "name"),
    ("fees", "space_id"): ("spaces", "name"),
    ("closures", "space_id"): ("spaces", "name"),
    ("contacts", "space_id"): ("spaces", "name"),
    ("counsellors", "participant_id"): ("people", "partner_name"),
    ("suspensions", "participant_id"): ("people", "partner_name"),
    ("extensions", "participant_id"): ("people", "partner_name"),
    ("seats", "space_id"): ("spaces", "name"),
    ("seats", "tariff_id"): ("tariffs", "name"),
    ("seats", "participant_id"): ("people", "partner_name"),
    ("presences", "participant_id"): ("people", "partner_name"),
    ("proofs", "participant_id"): ("people", "partner_name"),
    ("objectives", "participant_id"): ("people", "partner_name"),
    ("appointments", "participant_id"): ("people", "partner_name"),
    ("meetings", "coworking_space_id"): ("spaces", "name"),
    ("candidates", "subject"): ("meetings", "subject"),
    ("appointments", "coworking_space_id"): ("spaces", "name"),
    ("reviews", "participant_id"): ("people", "partner_name"),
    ("followups", "participant_id"): ("people", "partner_name"),
}
# Beside its list, something else may be written: a day, a remark.
OPEN_KINDS = ("document", "rating", "references")
MOST_INPUT_TITLE, MOST_INPUT_MESSAGE = 32, 255
MOST_CELL = 32_767
RATINGS = range(6)


def name_column(number):
    """A, B... Z, AA, AB: how a spreadsheet calls a column, counted from 0."""
    letters = ""
    while number >= 0:
        letters = chr(ord("A") + number % 26) + letters
        number = number // 26 - 1
    return letters


class TakeOverWorkbook:
    """The workbook of one take-over, in the user's language.

    :param take_over: the ``coworking.take.over``
    :param rows: dict key of the sheet -> list of rows, as ``ExportedRows`` gives them
    """

    def __init__(self, take_over, rows=None):
        self.take_over = take_over
        self.env = take_over.env
        self.rows = rows or {}
        self.cells = CellReader(take_over)
        self.columns = {key: take_over._get_offered_columns(sheet) for key, sheet in SHEETS.items()}
        self.headings = {key: take_over._get_headings(sheet) for key, sheet in SHEETS.items()}

    def get_other_titles(self):
        """Titles of the sheets that hold no rows: how to fill it in, and the lists."""
        return self.env._("Read Me"), self.env._("Lists")

    def fill(self, book):
        """Write all sheets.

        :param book: ``xlsxwriter.Workbook``
        """
        date_format = get_lang(self.env).date_format
        pattern = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy"}
        for code, letters in pattern.items():
            date_format = date_format.replace(code, letters)
        self.formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "heading": book.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
            ),
            "required": book.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
                | {"bg_color": "#E7E9ED"}
            ),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "day": book.add_format({"num_format": date_format}),
            "month": book.add_format({"num_format": "mm/yyyy"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
            "text": book.add_format({"num_format": "@"}),
            "any": book.add_format(),
        }
        read_me, lists = self.get_other_titles()
        guide = book.add_worksheet(read_me)
        sheets = {
            key: book.add_worksheet(self.take_over._get_title(sheet)[:31])
            for key, sheet in SHEETS.items()
        }
        self.lists = book.add_worksheet(lists)
        self.lists.hide()
        self.list_columns = 0
        for key, sheet in SHEETS.items():
            self._write_sheet(sheets[key], sheet)
        self._write_guide(guide)

    def _write_guide(self, guide):
        guide.set_column(0, 0, 18)
        guide.set_column(1, 1, 34)
        guide.set_column(2, 2, 90)
        guide.write_string(0, 0, self.take_over.program_id.display_name, self.formats["title"])
        steps = (
            self.env._(
                "Fill in the sheets from left to right: each refers to those before by name. The"
                " columns in grey are needed; the others may stay empty."
            ),
            self.env._(
                "Nothing is recorded when the file is read: each row is shown first, with what is"
                " wrong with it. The same file may be read again: what is there already is left as"
                " it is."
            ),
        )
        for number, text in enumerate(steps, 1):
            guide.merge_range(number, 0, number, 2, text, self.formats["wrap"])
            guide.set_row(number, 32)
        line = len(steps) + 2
        headings = self.env._("Sheet"), self.env._("Column"), self.env._("What to write")
        guide.write_row(line, 0, headings, self.formats["heading"])
        for key, sheet in SHEETS.items():
            for column in self.columns[key]:
                line += 1
                row = (
                    self.take_over._get_title(sheet),
                    self.headings[key][column.key],
                    self._describe(sheet, column),
                )
                guide.write_row(line, 0, row, self.formats["wrap"])

    def _describe(self, sheet, column):
        """What to write in a column, in a sentence or two."""
        field = self.env[column.model or sheet.model]._fields[column.field]
        choices = self._get_choices(sheet, column) if column.kind in ("choice", "flag") else ()
        hints = {
            "day": self.env._("A date, such as 25/06/2015."),
            "birth": self.env._("A date, such as 25/06/1990."),
            "month": self.env._("A month, such as 06/2015."),
            "amount": self.env._("An amount, such as 1234,50."),
            "rate": self.env._("In percent: 80 for 80 %."),
            "clock": self.env._("A time, such as 14:30."),
            "hours": self.env._("In hours: 1:30 or 1,5."),
            "openings": self.env._(
                "Hours, such as 9:00-12:30 14:00-18:00; for two weeks by turns, 9:00-12:30 |"
                " 14:00-18:00. Empty: closed on this day, or no hours at all where no day has any."
            ),
            "document": self.env._(
                "The day on which it was seen, or a word. What is missing stays empty."
            ),
            "references": self.env._("Several are parted by semicolons."),
            "names": self.env._("One a line."),
            "rating": self.env._(
                "A rating from 0 to 5, and a remark after a colon if there is one."
            ),
        }
        about = column.about and self.env[column.about[0]].browse(column.about[1:])
        meaning = about and about._fields.get("description") and about.description
        return " ".join(
            filter(
                None,
                (
                    self.env._("Needed.") if column.required else "",
                    meaning or ("" if about else field._description_help(self.env)) or "",
                    hints.get(column.kind, ""),
                    self.env._("One of: %s.", ", ".join(choices)) if choices else "",
                ),
            )
        )

    def _write_sheet(self, sheet, ours):
        sheet.freeze_panes(1, 1)
        for index, column in enumerate(self.columns[ours.key]):
            label = self.headings[ours.key][column.key]
            kind = "required" if column.required else "heading"
            sheet.write_string(0, index, label, self.formats[kind])
            sheet.set_column(
                index,
                index,
                max(len(label), 24 if column.kind == "openings" else 12) + 2,
                self.formats[self._get_format(column)],
            )
            self._offer_choices(sheet, ours, column, index, label)
            style = self.formats[self._get_format(column)]
            for line, row in enumerate(self.rows.get(ours.key, ()), 1):
                if column.key in row:
                    self._write_cell(sheet, line, index, row[column.key], style)

    @staticmethod
    def _write_cell(sheet, line, index, cell, style):
        if isinstance(cell, date):
            sheet.write_datetime(line, index, cell, style)
        elif isinstance(cell, int | float):
            sheet.write_number(line, index, cell, style)
        else:
            sheet.write_string(line, index, cell[:MOST_CELL], style)

    def _get_format(self, column):
        """Days, amounts and telephones stay what they are, whatever the spreadsheet thinks."""
        if column.kind in ("day", "birth", "document"):
            return "day"
        if column.kind in ("month", "amount"):
            return column.kind
        texts = ("text", "long", "names", "reference", "references", "openings")
        return "text" if column.kind in texts else "any"

    def _offer_choices(self, sheet, ours, column, index, label):
        """A list to choose from where there is one, and what to write beside the cell."""
        source = None
        if (ours.key, column.key) in FROM_SHEET:
            key, other = FROM_SHEET[ours.key, column.key]
            position = [each.key for each in self.columns[key]].index(other)
            title = self.take_over._get_title(SHEETS[key])[:31].replace("'", "''")
            letter = name_column(position)
            source = f"='{title}'!${letter}$2:${letter}${PREPARED_ROWS + 1}"
        else:
            choices = self._get_choices(ours, column)
            if choices:
                source = self._keep_list(choices)
        options = {
            "validate": "list" if source else "any",
            "input_title": label[:MOST_INPUT_TITLE],
            "input_message": self._describe(ours, column)[:MOST_INPUT_MESSAGE],
            "error_type": "warning",
        }
        if source:
            options["source"] = source
        if column.kind in OPEN_KINDS:
            options["show_error"] = False
        if options["input_message"] or source:
            sheet.data_validation(1, index, PREPARED_ROWS, index, options)

    def _keep_list(self, choices):
        column = self.list_columns
        self.list_columns += 1
        for line, text in enumerate(choices):
            self.lists.write_string(line, column, text)
        title = self.get_other_titles()[1].replace("'", "''")
        letter = name_column(column)
        return f"='{title}'!${letter}$1:${letter}${len(choices)}"

    def _get_choices(self, ours, column):
        """Texts that may stand in a column, where they are known."""
        if column.kind == "flag":
            return [self.env._("Yes"), self.env._("No")]
        if column.kind == "choice":
            return [label for __, label in self.cells.get_choices(ours, column, self.env)]
        if column.kind == "rating":
            return list(map(str, RATINGS))
        if column.kind == "document":
            return [label for __, label in self.cells.get_document_choices(column, self.env)]
        if column.key in LOOKED_UP:
            return [record.name for record in self.cells.get_records(column)]
        if ours.key == "presences" and column.key in ("slot", "state"):
            field = self.env[ours.model]._fields[column.field]
            labels = [label for __, label in field._description_selection(self.env)]
            return [*labels, self.env._("Day")] if column.key == "slot" else labels
        return []

    def get_examples(self):
        """Rows to look at, which could be imported as they stand."""
        rows = {
            key: [
                {
                    column.key: self._read_example(sheet, column, column.examples[number])
                    for column in self.columns[key]
                    if number < len(column.examples) and column.examples[number] != ""
                }
                for number in range(max(len(column.examples) for column in sheet.columns))
            ]
            for key, sheet in SHEETS.items()
        }
        if not self.env["coworking.criterion"].search_count([], limit=1):
            rows["proofs"] = []  # of nothing
        return rows

    def _read_example(self, ours, column, example):
        if column.kind in ("day", "birth") or (column.kind == "document" and "/" in example):
            return to_day(example)
        if column.kind == "month":
            return to_month(example)
        if column.kind in (*("amount", "number", "integer", "rate", "rating"), "hours"):
            return float(to_number(str(example)))
        return self._translate_example(ours, column, example)

    def _translate_example(self, ours, column, example):
        """The word of the user's language for a key that an example says."""
        if column.kind == "flag":
            return self.env._("Yes") if example == "yes" else self.env._("No")
        if column.kind == "choice":
            return dict(self.cells.get_choices(ours, column, self.env))[example]
        if column.kind == "document":
            return dict(self.cells.get_document_choices(column, self.env))[example]
        if column.key == "stage_id":
            stages = self.cells.get_records(column)
            return stages.filtered(lambda stage: stage.phase == example)[:1].name or stages[:1].name
        if example == "first":
            return self.cells.get_records(column)[:1].name or ""
        if ours.key == "presences" and column.key in ("slot", "state"):
            field = self.env[ours.model]._fields[column.field]
            return dict(field._description_selection(self.env)).get(example, self.env._("Day"))
        return example
