from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..spreadsheet import as_text, plain

HEADINGS = {
    "who": {"place", "seat", "reference", "personne", "person", "participant", "nom", "name"},
    "day": {"date", "jour", "day"},
    "slot": {"demi-journee", "half-day", "creneau", "slot"},
    "state": {"presence", "etat", "state", "present"},
    "hours": {"heures", "hours", "duree"},
}


# What a sheet says that has no column for it: only who came is on it.
CAME = "x"


class CoworkingPresenceImport(models.TransientModel):
    """A sheet of presences from a spreadsheet: shown row by row before anything is written.

    What is right is recorded, what is wrong stays in the list with its reason until it is mended
    there: nothing of the file is lost on the way.
    """

    _name = "coworking.presence.import"
    _description = "Import a Presence Sheet"
    _inherit = ["coworking.workbook.mixin", "coworking.record.mixin"]

    file = fields.Binary(required=True)
    space_id = fields.Many2one("coworking.space", help="Only for the people of this space.")
    line_ids = fields.One2many("coworking.presence.import.line", "import_id")
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

    def _read_rows(self):
        """(line in the file, values) of each row under the headings."""
        __, table = self._read_tables(most_sheets=1)[0]
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
        if "state" not in columns:
            self._check_all_known(table[heading - 1 :], columns)
        rows = []
        for line, cells in enumerate(table[heading:], heading + 1):
            values = {
                name: as_text(cells[index]) if index < len(cells) else ""
                for name, index in columns.items()
            }
            if any(values.values()):
                rows.append((line, {"state": CAME, **values}))
        self._check_row_count(rows)
        return rows

    def _check_all_known(self, table, columns):
        """A sheet of who came, without a column that says so: none of the others may say it, under
        a heading that is not ours.

        :param table: the headings and what is below
        :param columns: dict name -> index of those that are ours
        """
        unknown = {
            index: as_text(table[0][index]) if index < len(table[0]) else ""
            for cells in table
            for index, cell in enumerate(cells)
            if index not in columns.values() and as_text(cell)
        }
        if unknown:
            raise UserError(
                self.env._(
                    "No column says who was present and who absent, and these are not known:"
                    " %(headings)s. Call the one that says it Presence; take the others away if"
                    " everybody on this sheet was there.",
                    headings=", ".join(
                        heading or self.env._("column %s, without a heading", index + 1)
                        for index, heading in sorted(unknown.items())
                    ),
                )
            )

    def _find_columns(self, cells):
        """What each column of a line of headings holds: dict name -> index."""
        return {
            name: index
            for index, cell in enumerate(cells)
            for name, words in HEADINGS.items()
            if plain(cell) in words
        }
