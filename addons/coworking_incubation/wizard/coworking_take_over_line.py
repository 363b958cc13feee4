from contextlib import suppress

from odoo import api, fields, models
from odoo.tools import format_date

from .take_over_sheets import SHEETS


class CoworkingTakeOverLine(models.TransientModel):
    """A row as it was typed, what is wrong with it, and the one cell to mend."""

    _name = "coworking.take.over.line"
    _description = "Row of a Take-Over"
    _inherit = ["coworking.record.mixin"]
    _order = "problem_first, id"

    take_over_id = fields.Many2one("coworking.take.over", required=True, ondelete="cascade")
    sheet = fields.Selection(
        [
            ("program", "Program"),
            ("spaces", "Spaces"),
            ("tariffs", "Tariffs"),
            ("fees", "Membership Fees"),
            ("closures", "Closures"),
            ("contacts", "Managers"),
            ("people", "Participants"),
            ("counsellors", "Counsellors"),
            ("suspensions", "Suspensions"),
            ("extensions", "Extensions"),
            ("seats", "Funded Seats"),
            ("presences", "Presences"),
            ("proofs", "Proofs"),
            ("objectives", "Objectives"),
            ("meetings", "Meetings"),
            ("candidates", "Candidates without a File"),
            ("appointments", "Appointments"),
            ("reviews", "Reviews"),
            ("followups", "Follow-ups"),
            ("grants", "Funding Agreements"),
        ],
        readonly=True,
    )
    number = fields.Integer(string="Line", readonly=True)
    cells = fields.Json(readonly=True, export_string_translation=False)
    summary = fields.Char(string="Row", compute="_compute_summary")
    column = fields.Char(string="Key of the Column", readonly=True, export_string_translation=False)
    column_label = fields.Char(string="Column", compute="_compute_column_label")
    value = fields.Char(help="What stands in this column: mend it here, then check again.")
    problem = fields.Char(readonly=True)
    problem_first = fields.Integer(compute="_compute_problem_first", store=True)
    known = fields.Boolean(string="There Already", readonly=True)
    tell_apart = fields.Char(
        string="E-mail, Phone or Birth Date",
        help="Only where two people have the same name: which of them it is.",
    )
    # Headings of columns that the screens show among others of the same name, or in another way.
    price_daily_cap = fields.Char(string="Daily Cap of This Price")
    price_monthly_cap = fields.Char(string="Monthly Cap of This Price")
    closes_at = fields.Char(help="On the first day. Empty: closed from its beginning.")
    opens_at = fields.Char(string="Opens Again At", help="On the last day. Empty: closed all day.")
    rights = fields.Selection(
        [("manager", "Manager"), ("second", "Second contact")],
        help="A second contact may do what the managers do while one of them is away. Nobody is"
        " invited to their pages: that is a button of the space.",
    )
    away_from = fields.Date(help="One more row of the same contact for each other absence.")
    away_to = fields.Date(string="Away Until")
    funding_from = fields.Char(
        string="Rate from the Month of",
        help="Where the rate changes: one more row of the same seat, with the month, the rate and"
        " the cap from then on. An empty cap is none.",
    )
    action_deadline = fields.Date(string="Deadline of the Action")
    start_time = fields.Char(string="Time", help="When it began. Empty: 9:00.")
    subject = fields.Char(help="Without the name of the person: calendars show it to others.")

    @api.depends("sheet", "cells")
    def _compute_summary(self):
        for line in self:
            cells = line.cells or {}
            columns = SHEETS[line.sheet].columns if line.sheet else ()
            line.summary = " · ".join(
                line._show_cell(column, cells[column.key])
                for column in columns
                if column.required and cells.get(column.key)
            )

    def _show_cell(self, column, text):
        """A day that the file holds as a date is read as the language writes it."""
        if column.kind == "day":
            with suppress(ValueError):
                return format_date(self.env, fields.Date.to_date(text))
        return text

    @api.depends("sheet", "column")
    def _compute_column_label(self):
        for line in self:
            line.column_label = bool(line.column) and line._get_column_label()

    def _get_column_label(self):
        return self.take_over_id._get_headings(SHEETS[self.sheet]).get(self.column)

    @api.depends("problem")
    def _compute_problem_first(self):
        for line in self:
            line.problem_first = 0 if line.problem else 1

    def _take_mended_values(self):
        """What was mended in the list takes the place of what the file says.

        :return: whether anything was
        """
        columns, mended = self._get_columns(), False
        for line in self:
            if not line.column or line.value == line.cells.get(line.column, ""):
                continue
            value = columns[line.sheet][line.column].clean(line.value or None)
            if value != line.cells.get(line.column, ""):
                line.cells = {**line.cells, line.column: value}
                mended = True
        return mended

    def _get_columns(self):
        """dict key of a sheet -> dict key -> column, of the sheets of these rows"""
        take_over = self.take_over_id
        return {
            key: {column.key: column for column in take_over._get_columns(SHEETS[key])}
            for key in set(self.mapped("sheet"))
        }

    def _note_outcome(self, known, problem, column):
        """What recording this row said, or would say.

        :param column: key of the column to mend, or ``None``
        """
        self.ensure_one()
        self.write(
            {
                "known": known,
                "problem": problem,
                "column": problem and column,
                "value": problem and column and self.cells.get(column, ""),
            }
        )
