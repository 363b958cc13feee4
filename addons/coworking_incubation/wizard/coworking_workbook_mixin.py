import base64
import csv
import io
import zipfile
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 5000
# Of each sheet: the rows, headings and lines that are left empty between them.
MOST_LINES = MOST_ROWS + 50
MOST_COLUMNS = 100


class CoworkingWorkbookMixin(models.AbstractModel):
    """A spreadsheet that somebody uploads, read within bounds and shown row by row before anything
    is written: the dialog of what is right, and what is wrong with the rest.
    """

    _name = "coworking.workbook.mixin"
    _description = "Reading of a Spreadsheet"

    file = fields.Binary(string="Sheet (XLSX or CSV)", attachment=False)
    file_name = fields.Char()
    recorded_count = fields.Integer(readonly=True)

    def _show_lines(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(self._name).name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _read_tables(self, most_sheets):
        """The first sheets of the file: list of (title, rows of cells). A CSV file has one, that
        has no title.
        """
        self.ensure_one()
        content = base64.b64decode(self.file or b"")
        if not content:
            raise UserError(self.env._("Choose the file first."))
        if len(content) > MOST_BYTES:
            raise UserError(self.env._("This file is too large: 5 MB at most."))
        if content[:2] == b"PK":
            return self._read_xlsx(content, most_sheets)
        return self._read_csv(content)

    @api.model
    def _check_row_count(self, rows):
        if len(rows) > MOST_ROWS:
            raise UserError(
                self.env._("This file has more than %s rows: import it in parts.", MOST_ROWS)
            )

    @api.model
    def _read_xlsx(self, content, most_sheets):
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
            if not book.worksheets:
                raise ValueError("no sheet")
            tables, longer = [], []
            for sheet in book.worksheets[:most_sheets]:
                rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
                tables.append((sheet.title, list(map(list, islice(rows, MOST_LINES)))))
                if any(map(any, rows)):
                    longer.append(sheet.title)
        except Exception as error:  # a broken workbook raises whatever its XML makes it raise
            raise UserError(
                self.env._("This workbook cannot be read. Save it again as XLSX or CSV.")
            ) from error
        if longer:
            raise UserError(
                self.env._(
                    "The sheet %(sheet)s goes on below line %(line)s, which is not read: take its"
                    " empty lines away, or give it in parts.",
                    sheet=longer[0],
                    line=MOST_LINES,
                )
            )
        return tables

    @api.model
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
            return [("", list(csv.reader(io.StringIO(text), delimiter=delimiter)))]
        except csv.Error as error:
            raise UserError(self.env._("This CSV file cannot be read.")) from error
