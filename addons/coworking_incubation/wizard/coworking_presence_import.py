import base64
import csv
import io
import zipfile
from datetime import date, datetime

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .coworking_presence_import_line import plain

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 5000
HEADINGS = {
    "who": {"place", "seat", "reference", "personne", "person", "participant", "nom", "name"},
    "day": {"date", "jour", "day"},
    "slot": {"demi-journee", "half-day", "creneau", "slot"},
    "state": {"presence", "etat", "state", "present"},
    "hours": {"heures", "hours", "duree"},
}


class CoworkingPresenceImport(models.TransientModel):
    """A sheet of presences from a spreadsheet: shown row by row before anything is written.

    What is right is recorded, what is wrong stays in the list with its reason until it is mended
    there: nothing of the file is lost on the way.
    """

    _name = "coworking.presence.import"
    _description = "Import a Presence Sheet"
    _inherit = ["coworking.record.mixin"]

    file = fields.Binary(string="Sheet (XLSX or CSV)", required=True, attachment=False)
    file_name = fields.Char()
    space_id = fields.Many2one("coworking.space", help="Only for the people of this space.")
    line_ids = fields.One2many("coworking.presence.import.line", "import_id")
    recorded_count = fields.Integer(readonly=True)
    problem_count = fields.Integer(compute="_compute_problem_count")
    good_count = fields.Integer(compute="_compute_problem_count")

    @api.depends("line_ids.problem")
    def _compute_problem_count(self):
        for sheet in self:
            bad = sheet.line_ids.filtered("problem")
            sheet.problem_count = len(bad)
            sheet.good_count = len(sheet.line_ids - bad)

    # === READING === #

    def action_read(self):
        """Read the file into rows, and say what is wrong with each."""
        self.ensure_one()
        rows = self._read_rows()
        self.line_ids = [
            Command.clear(),
            *(Command.create({"number": number, **row}) for number, row in rows),
        ]
        self.line_ids._check_row()
        return self._show_lines()

    def action_check(self):
        """Check the rows again, after some were mended."""
        self.line_ids._check_row()
        return self._show_lines()

    def action_record(self):
        """Record the rows that are right; the others stay."""
        self.ensure_one()
        self.line_ids._check_row()
        good = self.line_ids.filtered(lambda line: not line.problem)
        if not good:
            raise UserError(self.env._("No row can be recorded yet: mend those that are listed."))
        rows = [row for line in good for row in line._prepare_rows()]
        seats = self.env["coworking.seat"].browse({row["seat_id"] for row in rows})
        seats._record_presences(rows, source="import", by=self.env.user.partner_id)
        self.recorded_count += len(rows)
        good.unlink()
        return self._show_lines()

    def _show_lines(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _read_rows(self):
        """(line in the file, values) of each row under the headings."""
        content = base64.b64decode(self.file)
        if len(content) > MOST_BYTES:
            raise UserError(self.env._("This file is too large: 5 MB at most."))
        table = self._read_xlsx(content) if content[:2] == b"PK" else self._read_csv(content)
        headings = ((line, self._find_columns(cells)) for line, cells in enumerate(table, 1))
        heading, columns = next(
            (found for found in headings if {"who", "day"} <= found[1].keys()), (0, None)
        )
        if not heading:
            raise UserError(
                self.env._(
                    "No line of this file holds the headings: Person (or Seat) and Date, then"
                    " Half-day, Presence and Hours."
                )
            )
        rows = []
        for line, cells in enumerate(table[heading:], heading + 1):
            values = {
                name: self._as_text(cells[index]) if index < len(cells) else ""
                for name, index in columns.items()
            }
            if any(values.values()):
                rows.append((line, values))
        if len(rows) > MOST_ROWS:
            raise UserError(
                self.env._("This file has more than %s rows: import it in parts.", MOST_ROWS)
            )
        return rows

    def _find_columns(self, cells):
        """What each column of a line of headings holds: dict name -> index."""
        return {
            name: index
            for index, cell in enumerate(cells)
            for name, words in HEADINGS.items()
            if plain(cell) in words
        }

    def _read_xlsx(self, content):
        import openpyxl  # only where a workbook is read, as in Odoo

        try:
            # what is declared here bounds what is unpacked
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                size = sum(part.file_size for part in packed.infolist())
        except zipfile.BadZipFile:
            size = 0  # said below
        if size > MOST_UNPACKED:
            raise UserError(
                self.env._("This workbook is too large once it is unpacked: save it as CSV.")
            )
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            rows = sheet.iter_rows(max_row=MOST_ROWS + 50, max_col=50, values_only=True)
            return [list(row) for row in rows]
        except Exception as error:  # a broken workbook raises whatever its XML makes it raise
            raise UserError(
                self.env._("This workbook cannot be read. Save it again as XLSX or CSV.")
            ) from error

    def _read_csv(self, content):
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                text = content.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise UserError(self.env._("This is neither a workbook nor a CSV file."))
        if "\0" in text:
            raise UserError(self.env._("This is neither a workbook nor a CSV file."))
        first = text.split("\n", 1)[0]
        delimiter = max(";,\t", key=first.count)
        try:
            return list(csv.reader(io.StringIO(text), delimiter=delimiter))
        except csv.Error as error:
            raise UserError(self.env._("This CSV file cannot be read.")) from error

    def _as_text(self, value):
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return " ".join(str(value).split())[:200] if value is not None else ""
