from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date, groupby

from odoo.addons.coworking_incubation.tools import make_workbook

from ...sheets import TOTAL, add_formats, fill_pages, lay_out, write_facts
from .figure_row import HIDDEN

# Of a printed page, in rows.
FIRST_PAGE, NEXT_PAGES, HEAD_HEIGHT = 50, 60, 7


def _get_indicator(cell):
    """Of which table a row is."""
    return cell[0]["indicator"]


class CoworkingReport(models.Model):
    """The files of a report: what is printed and what opens in a spreadsheet."""

    _inherit = "coworking.report"

    preview = fields.Html(compute="_compute_preview", sanitize=False, exportable=False)

    @api.depends("date_counted")
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        """The tables, with the figures that whoever looks may see."""
        indicators = self.env["coworking.indicator"]
        for report in self:
            # sudo: the numbers, of which only what the user may see goes on
            rows = indicators._make_rows(
                report._origin.sudo().figure_ids, indicators._get_readers()
            )
            report.preview = self.env["ir.qweb"]._render(
                "coworking_incubation_funding.report_preview",
                {
                    "tables": report._prepare_tables(rows),
                    "number": indicators._format_number,
                    "hides": any(row.is_hidden for row in rows),
                },
            )

    def _make_file_rows(self):
        """Lines of the tables as whoever gets the file may see them.

        :return: list of :class:`FigureRow`
        """
        self.ensure_one()
        indicators = self.env["coworking.indicator"]
        readers = indicators._get_readers()
        if self.hide_small:
            readers = dict.fromkeys(readers, False)
        # sudo: the numbers, of which only what may be shown goes on
        return indicators._make_rows(self.sudo().figure_ids, readers)

    def _prepare_tables(self, rows=None):
        """The same by indicator, for the page.

        :param rows: list of :class:`FigureRow`; by default as whoever gets the file may see them
        :return: list of dicts: indicator, name, code, definition, columns, rows, has_rate,
            among_label
        """
        self.ensure_one()
        by_indicator = defaultdict(list)
        for row in self._make_file_rows() if rows is None else rows:
            by_indicator[row.table].append(row)
        definitions = self._get_definitions()
        return [
            {
                "indicator": indicator,
                "name": rows[0].indicator,
                "code": rows[0].code,
                "definition": definitions.get(indicator, ("", ""))[1],
                "columns": list(rows[0].splits),
                "rows": rows,
                "has_rate": rows[0].rate is not None or bool(rows[0].among_label),
                "among_label": rows[0].among_label,
            }
            for indicator, rows in by_indicator.items()
        ]

    def _prepare_pages(self):
        """Tables for print, page by page: one that goes on has its head again.

        :return: list of lists of what ``_prepare_tables`` says, each with the rows of that page
        """
        cells = [
            (table, row, number and table["rows"][number - 1])
            for table in self._prepare_tables()
            for number, row in enumerate(table["rows"])
        ]
        return [
            [
                {**own[0][0], "rows": [row for _table, row, _before in own]}
                for _indicator, own in groupby(page, _get_indicator)
            ]
            for page in fill_pages(cells, self._weigh_row, FIRST_PAGE, NEXT_PAGES)
        ]

    @api.model
    def _weigh_row(self, cell):
        """Height of a printed row with the headings above it, in rows."""
        _table, row, before = cell
        if not before:
            return HEAD_HEIGHT
        return 2 if row.breakdown and row.breakdown != before.breakdown else 1

    def _get_definitions(self):
        """:return: dict indicator -> (name, definition), as it was counted"""
        return {
            figure.indicator_id: (figure.indicator_name, figure.definition)
            for figure in self.figure_ids
            if figure.definition
        }

    def _get_facts(self):
        """What a report says of itself, as (name, text) in their order."""
        self.ensure_one()
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        facts = [
            (self.env._("Report"), self.name),
            (self.env._("Organisation"), self.company_id.name),
            (self.env._("Programs"), ", ".join(self.program_ids.mapped("name"))),
        ]
        if self.agreement_id:
            funder = self.agreement_id.partner_id.display_name
            facts.append(
                (self.env._("Agreement"), f"{self.agreement_id.reference}, {funder}"),
            )
        period = self.env._(
            "from %(start)s to %(end)s",
            start=format_date(self.env, self.date_from),
            end=format_date(self.env, self.date_to),
        )
        facts += [(self.env._("Period"), period), (self.env._("State"), state)]
        facts.append(
            (
                self.env._("What Is Counted"),
                self.env._(
                    "Files: who takes part in several of these programs, or came back, counts for"
                    " each."
                ),
            )
        )
        if self.date_counted:
            facts.append(
                (
                    self.env._("Figures As Of"),
                    self.company_id._coworking_format_moment(self.date_counted),
                ),
            )
        if self.state == "final":
            when = self.company_id._coworking_format_moment(self.date_final)
            facts.append((self.env._("Finalised"), f"{when}, {self.user_id.name}"))
        facts.append((self.env._("File Made By"), self.env.user.name))
        if self.hide_small or not self.may_read_all:
            facts.append(
                (
                    self.env._("Hidden Figures"),
                    self.env._(
                        "%(mark)s: fewer than %(threshold)s people, or a figure that would give"
                        " such a one away. A 0 is shown.",
                        mark=HIDDEN,
                        threshold=self.threshold,
                    ),
                )
            )
        return facts

    # === WORKBOOK ===#

    def _make_workbook(self):
        """The report as an XLSX file, in bytes; it is traced."""
        self.ensure_one()
        self.check_access("read")
        rows = self._make_file_rows()
        self._trace("exported", format="xlsx", count=len(rows))
        return make_workbook(lambda book: self._fill_workbook(book, rows))

    def _fill_workbook(self, book, rows):
        book.set_properties({"title": self.name, "author": self.env.user.name})
        formats = add_formats(book)
        for total in (False, True):
            look = {"bold": True, "bg_color": TOTAL} if total else {}
            formats |= {
                ("text", total): book.add_format({**look, "valign": "top"}),
                ("number", total): book.add_format({**look, "num_format": "#,##0"}),
                ("rate", total): book.add_format({**look, "num_format": "0.0"}),
                ("hidden", total): book.add_format(
                    {**look, "align": "right", "font_color": "#777777", "italic": True}
                ),
            }
        self._write_facts(book, formats)
        self._write_figures(book, rows, formats)

    def _write_facts(self, book, formats):
        sheet = book.add_worksheet(self.env._("Definitions"))
        line = write_facts(sheet, self.name, self._get_facts(), formats) + 1
        sheet.write_string(line, 0, self.env._("Counted"), formats["head"])
        sheet.write_string(line, 1, self.env._("Definition"), formats["head"])
        for name, text in self._get_definitions().values():
            line += 1
            sheet.write_string(line, 0, name, formats["name"])
            sheet.write_string(line, 1, text, formats["text"])

    def _get_columns(self, rows):
        """(title, width, kind, what a row says there) of each column of the sheet."""
        splits = list(dict.fromkeys(label for row in rows for label in row.splits))
        columns = [
            (self.env._("Counted"), 38, "text", lambda row: row.indicator),
            (self.env._("Broken Down By"), 28, "text", lambda row: row.breakdown),
            (self.env._("Code"), 10, "text", lambda row: row.line_code or row.code),
            (self.env._("Line"), 34, "text", lambda row: row.label),
            (self.env._("How Many"), 11, "number", lambda row: row.count),
        ]
        columns += [
            (label, 11, "number", lambda row, label=label: row.splits.get(label))
            for label in splits
        ]
        if any(row.rate is not None for row in rows):
            columns += [
                (self.env._("Situation"), 28, "text", lambda row: row.among_label),
                (self.env._("In the Situation"), 11, "number", lambda row: row.among),
                (self.env._("Rate (%)"), 9, "rate", lambda row: row.rate),
                (self.env._("Answered"), 11, "number", lambda row: row.answered),
                (self.env._("Answered (%)"), 11, "rate", lambda row: row.response),
            ]
        return columns

    def _write_figures(self, book, rows, formats):
        sheet = book.add_worksheet(self.env._("Figures"))
        columns = self._get_columns(rows)
        sheet.set_row(0, 32)
        for place, (title, width, __, __) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, formats["head"])
        for line, row in enumerate(rows, start=1):
            for place, (__, __, kind, value) in enumerate(columns):
                self._write_cell(sheet, (line, place), value(row), (kind, row.is_total), formats)
        sheet.freeze_panes(1, 4)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        lay_out(sheet)
        sheet.repeat_rows(0)

    @api.model
    def _write_cell(self, sheet, where, value, look, formats):
        kind, total = look
        if value is None:
            sheet.write_blank(*where, None, formats["text", total])
        elif kind == "text":
            sheet.write_string(*where, value, formats[kind, total])
        elif value == HIDDEN:
            sheet.write_string(*where, value, formats["hidden", total])
        else:
            sheet.write_number(*where, float(value), formats[kind, total])
