from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import partial

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.base.coworking_record_mixin import EXPORT_GROUP
from ..spreadsheet import as_text, plain
from ..tools import make_workbook
from .take_over_export import ExportedRows
from .take_over_recorder import TakeOverRecorder
from .take_over_sheets import SHEETS
from .take_over_workbook import TakeOverWorkbook

# A workbook of ours has twenty sheets; somebody's notes may stand beside them.
MOST_SHEETS = 30
# Each is recorded by itself, and tried before, within the time that Odoo gives to one request:
# a seat takes long, a review or an appointment a hundredth of a second.
MOST_RECORDS, MOST_SHORT_RECORDS = 500, 2000
SHORT_RECORDS = (
    *("fees", "closures", "contacts", "counsellors", "suspensions", "extensions"),
    *("proofs", "objectives", "meetings", "candidates", "appointments", "reviews", "followups"),
)
# Above which the headings of a sheet stand.
MOST_LINES_BEFORE_HEADINGS = 10
DIGITS_WITHOUT_ZERO = 9


class _TakenBack(Exception):
    """Ends a trial: nothing of it stays."""


class CoworkingTakeOver(models.TransientModel):
    """A program that already runs elsewhere, from one workbook: spaces, tariffs, membership fees,
    closures, managers, people, their counsellors, suspensions, extensions, seats, presences, what
    was proven, agreed and said with each person, meetings, what became of them, and grants.
    Everything is tried and taken back first, and each row shown with what recording it would say.

    A row is recorded wholly or not at all. What is there already is recognized and left as it is:
    reading the same file again does nothing.
    """

    _name = "coworking.take.over"
    _description = "Take Over a Running Program"
    _inherit = ["coworking.workbook.mixin", "coworking.record.mixin"]

    program_id = fields.Many2one(
        "coworking.program",
        required=True,
        default=lambda self: self._default_program_id(),
    )
    billed_from = fields.Date(
        string="First Month Billed Here",
        compute="_compute_billed_from",
        store=True,
        readonly=False,
        help="Earlier months were settled elsewhere: nothing is charged for them here. Empty: all"
        " months of the seats are billed here.",
    )
    line_ids = fields.One2many("coworking.take.over.line", "take_over_id")
    # Of which records the rows were that are recorded, and gone from the list: dict sheet -> ids.
    told = fields.Json(readonly=True, export_string_translation=False)
    not_read = fields.Text(readonly=True)
    problem_count = fields.Integer(compute="_compute_counts")
    good_count = fields.Integer(compute="_compute_counts")
    known_count = fields.Integer(compute="_compute_counts")

    @api.model
    def _default_program_id(self):
        return self.env["coworking.participant"]._default_program_id()

    @api.depends("program_id")
    def _compute_billed_from(self):
        for take_over in self:
            take_over.billed_from = take_over.program_id.billed_from

    @api.depends("line_ids.problem", "line_ids.known")
    def _compute_counts(self):
        for take_over in self:
            bad = take_over.line_ids.filtered("problem")
            known = take_over.line_ids.filtered("known")
            take_over.problem_count = len(bad)
            take_over.known_count = len(known)
            take_over.good_count = len(take_over.line_ids - bad - known)

    # === THE WORKBOOK === #

    def action_download(self):
        """The workbook to fill in."""
        return self._download("empty")

    def action_download_examples(self):
        """The same with rows to look at, which could be imported as they stand."""
        return self._download("examples")

    def action_export(self):
        """The same with everything that is there, to be kept or to be read elsewhere."""
        self._check_may_export()
        return self._download("export")

    def _download(self, kind):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation/take-over/{self.id}/{kind}",
            "target": "download",
        }

    def _make_workbook(self, examples=False):
        """The workbook as an XLSX file, in bytes."""
        rows = TakeOverWorkbook(self).get_examples() if examples else None
        return make_workbook(TakeOverWorkbook(self, rows).fill)

    def _get_workbook_name(self, examples=False):
        if examples:
            return self.env._("take-over-%s-examples.xlsx", self.program_id.code.lower())
        return self.env._("take-over-%s.xlsx", self.program_id.code.lower())

    # === GETTING OUT === #

    @api.model
    def _check_may_export(self):
        if not self.env.user.has_group(EXPORT_GROUP):
            raise AccessError(
                self.env._(
                    "Only the group Export of Personal Data may do this: ask your administrator."
                )
            )

    def _make_export(self):
        """The program as it stands, in the same workbook: noted on the program, and in the audit
        trail of whom it is about.
        """
        self.ensure_one()
        self._check_may_export()
        exported = ExportedRows(self)
        rows, columns = exported.get_rows(), self._get_told_columns()
        self.program_id.message_post(body=self._describe_export(exported, rows, columns))
        exported.people._trace(
            "exported",
            format="xlsx",
            count=len(exported.people),
            fields=sorted({column.field for __, column in columns}),
        )
        if exported.candidates:
            told = exported.columns["candidates"]
            exported.candidates._trace(
                "exported",
                format="xlsx",
                count=len(exported.candidates),
                fields=sorted({column.field for column in told}),
            )
        return make_workbook(TakeOverWorkbook(self, rows).fill)

    def _get_told_columns(self):
        """What leaves of the people: their columns, and those that not everybody may see of what
        was said with them.

        :return: list of (sheet, column)
        """
        people = SHEETS["people"]
        return [(people, column) for column in self._get_offered_columns(people)] + [
            (sheet, column)
            for sheet in SHEETS.values()
            for column in self._filter_columns(sheet)
            if sheet != people
            and self.env[column.model or sheet.model]._fields[column.field].groups
        ]

    def _describe_export(self, exported, rows, columns):
        """How many of what left, and what of the people."""
        return self.env._(
            "Exported as a workbook: %(people)s people (%(columns)s), %(candidates)s candidates"
            " without a file, %(counsellors)s periods of counsellors, %(suspensions)s suspensions,"
            " %(extensions)s extensions, %(seats)s seats, %(presences)s rows of presences,"
            " %(proofs)s proofs, %(objectives)s rows of objectives, %(appointments)s appointments,"
            " %(reviews)s reviews, %(followups)s follow-ups, %(contacts)s rows of managers.",
            columns=", ".join(self._get_heading(*each) for each in columns),
            seats=len(exported.seats),
            **{
                key: len(rows[key])
                for key in (
                    *(
                        "contacts",
                        "people",
                        "candidates",
                        "counsellors",
                        "suspensions",
                        "extensions",
                    ),
                    *("presences", "proofs", "objectives", "appointments", "reviews", "followups"),
                )
            },
        )

    def _get_export_name(self):
        return self.env._(
            "program-%(code)s-%(day)s.xlsx",
            code=self.program_id.code.lower(),
            day=fields.Date.context_today(self),
        )

    # === COLUMNS === #

    def _get_columns(self, sheet):
        """Columns of a sheet, with one for each record where it has those: those in use first."""
        if not sheet.each:
            return sheet.columns
        model = sheet.each.about[0]
        kinds = self.env[model].with_context(active_test=False)
        records = kinds.search([])  # pylint: disable=no-search-all
        return (
            *sheet.columns,
            *(
                replace(sheet.each, about=(model, record.id))
                for record in records.sorted(lambda record: not record.active)
            ),
        )

    def _get_headings(self, sheet):
        """dict key of a column -> its label in the user's language, as its screen says it."""
        headings, taken = {}, set()
        for column in self._get_columns(sheet):
            if column.about:
                model, record_id = column.about
                heading = name = self.env[model].browse(record_id).name
                number = 1
                while plain(heading) in taken:
                    number += 1
                    heading = f"{name} ({number})"
            elif column.option:
                field = self.env[column.model]._fields[column.field]
                heading = dict(field._description_selection(self.env))[column.option]
            else:
                own = self.env["coworking.take.over.line"]._fields.get(column.alias)
                field = own or self.env[column.model or sheet.model]._fields[column.field]
                heading = field._description_string(self.env)
            taken.add(plain(heading))
            headings[column.key] = heading
        return headings

    def _get_heading(self, sheet, column):
        return self._get_headings(sheet)[column.key]

    @api.model
    def _get_title(self, sheet):
        field = self.env["coworking.take.over.line"]._fields["sheet"]
        return dict(field._description_selection(self.env))[sheet.key]

    def _filter_columns(self, sheet):
        """Columns that the user may fill in: who may not see birth dates is not asked for them."""
        return [
            column
            for column in self._get_columns(sheet)
            if self.env[column.model or sheet.model]._has_field_access(
                self.env[column.model or sheet.model]._fields[column.field], "write"
            )
        ]

    def _get_offered_columns(self, sheet):
        """Those of them that the workbook has: of the program, or of somebody's file there."""
        columns = self._filter_columns(sheet)
        if not sheet.each:
            return columns
        model, records = sheet.each.about[0], self.env[sheet.each.model]
        program = ("program_id", "=", self.program_id.id)
        empty = "missing" if sheet.each.kind == "document" else False
        owner = next(name for name, field in records._fields.items() if field.comodel_name == model)
        said = [program, (sheet.each.field, "!=", empty)]
        used = {record.id for (record,) in records._read_group(said, [owner])}

        def is_offered(column):
            record = self.env[model].browse(column.about[1:])
            programs = record.program_ids
            return record.id in used or (
                record.active and (not programs or self.program_id in programs)
            )

        return [column for column in columns if not column.about or is_offered(column)]

    @api.model
    def _in_all_languages(self):
        """This model in each language, the user's first: a workbook is read in another one than it
        was made in.
        """
        installed = [code for code, __ in self.env["res.lang"].get_installed()]
        codes = dict.fromkeys([self.env.lang or "en_US", "en_US", *installed])
        return [self.with_context(lang=code) for code in codes]

    # === READING === #

    def action_read(self):
        """Read the workbook, and say of each row what recording it would say."""
        self.ensure_one()
        rows, not_read = self._read_rows()
        self.not_read, self.told = "\n".join(not_read), False
        self.line_ids = [Command.clear(), *(Command.create(row) for row in rows)]
        self._try_rows()
        return self._show_lines()

    def action_check(self):
        """Try the rows again, after some were mended."""
        self.ensure_one()
        self.line_ids._take_mended_values()
        self._try_rows()
        return self._show_lines()

    def action_record(self):
        """Record the rows that are right; the others stay, also those that became wrong since."""
        self.ensure_one()
        if self.line_ids._take_mended_values():
            self._try_rows()
        good = self.line_ids.filtered(lambda line: not line.problem)
        if not good - good.filtered("known"):
            raise UserError(self.env._("No row can be recorded yet: mend those that are listed."))
        recorder = TakeOverRecorder(self)
        for line, (known, problem, column) in recorder.record(good).items():
            line._note_outcome(known, problem, column)
        told = self.told or {}
        for sheet, ids in recorder.told.items():
            told = {**told, sheet: told.get(sheet, []) + ids}
        self.told = told
        good = good.filtered(lambda line: not line.problem)
        self.recorded_count += len(good - good.filtered("known"))
        good.unlink()
        return self._show_lines()

    def _try_rows(self):
        """Record everything and take it back: a row says what keeps it from being recorded."""
        outcome = {}
        with suppress(_TakenBack), self.env.cr.savepoint():
            outcome = TakeOverRecorder(self, trial=True).record(self.line_ids)
            raise _TakenBack
        for line, (known, problem, column) in outcome.items():
            line._note_outcome(known, problem, column)

    def _read_rows(self):
        """Values of the lines, and what of the file is not read, in words."""
        rows, not_read, read = [], [], set()
        clean = {
            sheet.key: {
                column.key: partial(self._clean_cell, column) for column in self._get_columns(sheet)
            }
            for sheet in SHEETS.values()
        }
        for title, table in self._read_tables(MOST_SHEETS):
            sheet, heading, columns, unknown = self._find_sheet(title, table)
            if not sheet:
                if title and not self._is_own_title(title):
                    not_read.append(
                        self.env._("The sheet %s: its columns are none of ours.", title)
                    )
                continue
            if unknown:
                not_read.append(
                    self.env._(
                        "In %(sheet)s, the columns: %(columns)s.",
                        sheet=self._get_title(sheet),
                        columns=", ".join(unknown),
                    )
                )
            read.add(sheet.key)
            for line, cells in enumerate(table[heading:], heading + 1):
                values = {
                    key: text
                    for key, index in columns.items()
                    if index < len(cells) and (text := clean[sheet.key][key](cells[index]))
                }
                if values:
                    rows.append({"sheet": sheet.key, "number": line, "cells": values})
        if not read:
            raise UserError(
                self.env._(
                    "No sheet of this file holds the headings of the workbook. Download the"
                    " workbook and fill it in, or give your columns its names."
                )
            )
        if not rows:
            raise UserError(self.env._("This file holds no row: fill in its sheets first."))
        self._check_row_count(rows)
        self._check_record_count(rows)
        order = list(SHEETS)
        return sorted(rows, key=lambda row: order.index(row["sheet"])), not_read

    def _clean_cell(self, column, cell):
        """A cell as the text that is kept. A French telephone that a spreadsheet took for a number
        has lost its zero: 639980102.
        """
        text = column.clean(cell)
        is_number = column.field == "phone" and isinstance(cell, int | float)
        french = is_number and self.program_id.company_id.country_id.code == "FR"
        return f"0{text}" if french and len(text) == DIGITS_WITHOUT_ZERO else text

    @api.model
    def _check_record_count(self, rows):
        counts = Counter(row["sheet"] for row in rows)
        if sum(counts[key] for key in SHORT_RECORDS) > MOST_SHORT_RECORDS:
            raise UserError(
                self.env._(
                    "This file has more than %s rows of fees, closures, managers, counsellors,"
                    " suspensions, extensions, proofs, objectives, meetings, candidates,"
                    " appointments, reviews and follow-ups: give it in parts.",
                    MOST_SHORT_RECORDS,
                )
            )
        if (
            sum(counts.values()) - sum(counts[key] for key in (*SHORT_RECORDS, "presences"))
            > MOST_RECORDS
        ):
            raise UserError(
                self.env._(
                    "This file has more than %s rows of spaces, tariffs, participants, seats and"
                    " agreements: give it in parts.",
                    MOST_RECORDS,
                )
            )

    def _is_own_title(self, title):
        """Whether a sheet of the workbook that holds no rows has this title."""
        return any(
            plain(title) in {plain(name) for name in TakeOverWorkbook(each).get_other_titles()}
            for each in self._in_all_languages()
        )

    def _find_sheet(self, title, table):
        """Which sheet a table is: that of its title, or else the one whose headings it holds.

        :return: (sheet or ``None``, line of the headings, dict key -> index, unknown headings)
        """
        ours = {
            plain(each._get_title(sheet)): sheet
            for each in self._in_all_languages()
            for sheet in SHEETS.values()
        }
        named = ours.get(plain(title))
        known = {
            sheet.key: self._get_known_headings(sheet)
            for sheet in ([named] if named else SHEETS.values())
        }
        for line, cells in enumerate(table[:MOST_LINES_BEFORE_HEADINGS], 1):
            found = [
                (SHEETS[key], line, *self._find_columns(headings, cells))
                for key, headings in known.items()
            ]
            found = [each for each in found if each[0].required_keys <= each[2].keys()]
            if found:  # several sheets may have these: the one that knows the most of them
                return max(found, key=lambda each: len(each[2]))
        if named and any(as_text(cell) for row in table for cell in row):
            raise UserError(
                self.env._(
                    "The sheet %(sheet)s needs the columns: %(columns)s.",
                    sheet=title,
                    columns=", ".join(
                        self._get_heading(named, column)
                        for column in named.columns
                        if column.required
                    ),
                )
            )
        return None, 0, {}, []

    def _get_known_headings(self, sheet):
        """dict heading of a sheet, in any language -> key of its column"""
        keys = {}
        for each in self._in_all_languages():
            for key, heading in each._get_headings(sheet).items():
                keys.setdefault(plain(heading), key)
        return keys

    @api.model
    def _find_columns(self, keys, cells):
        """What each column of a line of headings holds.

        :param keys: dict heading -> key
        :return: (dict key -> index, headings that are none of the sheet's)
        """
        columns, unknown = {}, []
        for index, cell in enumerate(cells):
            words = plain(as_text(cell)).removesuffix("*").strip()
            if words in keys:
                columns.setdefault(keys[words], index)
            elif words:
                unknown.append(as_text(cell))
        return columns, unknown
