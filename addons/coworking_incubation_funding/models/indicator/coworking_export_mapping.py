from collections import Counter, defaultdict
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang, split_every

from odoo.addons.coworking_incubation.models.base.coworking_record_mixin import EXPORT_GROUP
from odoo.addons.coworking_incubation.tools import make_workbook

from .coworking_indicator_figures import COORDINATOR

PREVIEWED = 10
BATCH = 1000
WIDEST = 60


class CoworkingExportMapping(models.Model):
    """How files leave for a funder's own system: columns, where each comes from, and which code
    stands for which value.
    """

    _name = "coworking.export.mapping"
    _description = "Export of Participants"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies.", ondelete="cascade"
    )
    is_pseudonymous = fields.Boolean(
        string="Without Names",
        help="For research: a token in place of the name, days by their month, no free text, and"
        " no field that names somebody.",
    )
    line_ids = fields.One2many(
        "coworking.export.mapping.line", "mapping_id", string="Column", copy=True
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False, exportable=False)
    problems = fields.Text(
        compute="_compute_problems",
        help="While a column cannot be filled, nothing is exported.",
    )

    @api.depends("line_ids", "line_ids.problem")
    def _compute_problems(self):
        for mapping in self:
            mapping.problems = "\n".join(mapping._find_problems())

    @api.depends(
        "is_pseudonymous",
        *("line_ids.name", "line_ids.path", "line_ids.other_code", "line_ids.problem"),
        *("line_ids.value_ids.value", "line_ids.value_ids.code", "line_ids.sequence"),
    )
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        for mapping in self:
            mapping.preview = mapping._render_preview()

    def _render_preview(self):
        """The first rows, as they would leave; whoever looks at sensitive data is traced."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.problem)
        files = self.env["coworking.participant"].search(
            [("date_entry", "!=", False)], limit=PREVIEWED
        )
        looked = files._get_sensitive_names() & {line._get_root() for line in lines}
        if looked and files:
            files._trace_look(looked)
        return self.env["ir.qweb"]._render(
            "coworking_incubation_funding.export_preview",
            {
                "titles": lines.mapped("name"),
                "rows": [
                    [self._format_cell(value) for value in row]
                    for row in self._make_rows(files, lines)
                ],
            },
        )

    @api.model
    def _format_cell(self, value):
        """A cell as the file shows it; “?”: a value without a code."""
        if isinstance(value, date):
            return format_date(self.env, value)
        if isinstance(value, float):
            return formatLang(self.env, value)
        return "?" if value is None else str(value)

    # === EXPORT ===#

    def _find_problems(self):
        """What is wrong with the columns, a line each."""
        self.ensure_one()
        return [
            self.env._("Column “%(column)s”: %(problem)s", column=line.name, problem=line.problem)
            for line in self.line_ids
            if line.problem
        ]

    def _check_may_export(self):
        user = self.env.user
        if not (user.has_group(COORDINATOR) and user.has_group(EXPORT_GROUP)):
            raise AccessError(
                self.env._(
                    "Only a coordinator of the group “Export of Personal Data” takes files of"
                    " people out of Odoo: ask an administrator for that right."
                )
            )

    def _find_files(self, programs, basis, date_from, date_to):
        """Files of a period, as an indicator finds them."""
        indicator = self.env["coworking.indicator"].new({"basis": basis, "domain": "[]"})
        people = indicator._get_people(programs, date_from, date_to)
        files = self.env["coworking.participant"].with_context(active_test=False)
        return files.search(people, order="id")

    def _make_workbook(self, files):
        """The export as an XLSX file, in bytes, in the audit trail of each person of it.

        :raise UserError: columns that cannot be filled and values without a code, a line each
        """
        self.ensure_one()
        self._check_may_export()
        self._check_complete(files)
        lines = self.line_ids
        files._trace(
            "exported", format="xlsx", count=len(files), fields=sorted(lines.mapped("path"))
        )
        rows = self._iter_rows(files, lines)
        return make_workbook(lambda book: self._fill_workbook(book, rows, lines), by_row=True)

    def _check_complete(self, files):
        """
        :raise UserError: columns that cannot be filled and values without a code, a line each
        """
        problems = self._find_problems()
        if not self.line_ids:
            problems.append(self.env._("It has no column."))
        if not problems:
            problems = self._find_uncoded(files)
        if problems:
            told = [self.env._("%s exports nothing:", self.name)]
            raise UserError("\n".join(told + [f"- {problem}" for problem in problems]))

    def _find_uncoded(self, files):
        """Values of some files that have no code, a line each."""
        left = defaultdict(Counter)
        for batch in self._split(files):
            for line in self.line_ids:
                left[line].update(line._count_uncoded(batch))
        return [
            self.env._(
                "Column “%(column)s”: no code for “%(value)s” (%(count)s files)",
                column=line.name,
                value=value,
                count=count,
            )
            for line, values in left.items()
            for value, count in values.items()
        ]

    def _split(self, files):
        """A batch at a time: files are many, and what was read of them is not kept."""
        for batch in split_every(BATCH, files.ids, files.browse):
            yield batch
            batch.env.invalidate_all()

    def _iter_rows(self, files, lines):
        for batch in self._split(files):
            yield from self._make_rows(batch, lines)

    def _make_rows(self, files, lines):
        """:return: list of lists of texts, numbers and days, one for each column"""
        writers = [line._get_writer() for line in lines]
        tokens = {}
        if self.is_pseudonymous:
            tokens = files._get_tokens(files.ids, f"mapping {self._origin.id}")
        return [[write(file, tokens) for write in writers] for file in files]

    def _fill_workbook(self, book, rows, lines):
        sheet = book.add_worksheet(self.env._("Participants"))
        head = book.add_format({"bold": True, "bg_color": "#E6E3F0", "border": 1})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        longest, number = [len(line.name) for line in lines], 0
        for place, line in enumerate(lines):
            sheet.write_string(0, place, line.name, head)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                longest[place] = max(longest[place], len(str(value)))
                if isinstance(value, date | datetime):
                    sheet.write_datetime(number, place, value, day)
                elif isinstance(value, int | float):
                    sheet.write_number(number, place, value)
                else:
                    sheet.write_string(number, place, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(number, 1), max(len(lines) - 1, 0))
        for place, width in enumerate(longest):
            sheet.set_column(place, place, min(width + 2, WIDEST))

    # === ACTION METHODS ===#

    def action_export(self):
        self.ensure_one()
        self._check_may_export()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "coworking.export",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mapping_id": self.id},
        }
