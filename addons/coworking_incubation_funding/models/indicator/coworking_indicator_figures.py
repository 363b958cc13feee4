from collections import defaultdict

from odoo import api, models

from ...indicators import THRESHOLD, Cell, Counted, Table, mask_tables
from .figure_counter import PURGED, UNKNOWN
from .figure_row import FigureRow
from .sensitive import GROUP

COORDINATOR = "coworking_incubation.group_coworking_coordinator"


class CoworkingIndicator(models.Model):
    """The table of an indicator: what its cells are called, and which of them are hidden."""

    _inherit = "coworking.indicator"

    def _prepare_figures(self, cells):
        """Values of ``coworking.report.figure`` of all lines and columns, of a table read alone.

        :param cells: dict :class:`Cell` -> :class:`Counted`
        :return: dict :class:`Cell` -> values, in the order of the table
        """
        figures, table = self._prepare_table(cells)
        self._put_masks(figures, mask_tables({self.id: table}, THRESHOLD), self.id)
        return figures

    def _prepare_table(self, cells):
        """The same, those of nobody too, but not which of them are hidden.

        :return: (dict :class:`Cell` -> values, :class:`Table`)
        """
        self.ensure_one()
        axes = self._get_axes()
        splits = self._get_keys(self.split_id._origin, {cell.split for cell in cells} - {None})
        nothing = self.env["coworking.breakdown"]
        places = [(0, nothing, Cell().line, "", self.env._("Total"))]
        for axis in axes:
            found = {cell.line for cell in cells if cell.axis == axis.id}
            places += [(axis.id, axis, *line) for line in self._get_keys(axis, found)]
        nobody = Counted(0, 0, 0) if self.has_rate else Counted()
        counted, figures = {}, {}
        for axis_id, axis, line, code, label in places:
            for split, __, split_label in [(None, "", ""), *splits]:
                cell = Cell(axis_id, line, split)
                counted[cell] = cells.get(cell, nobody)
                figures[cell] = {
                    **self._prepare_figure(cell, axis),
                    "sequence": len(figures),
                    "line_code": code,
                    "line_label": label,
                    "split_label": split_label,
                    "count": counted[cell].count,
                    "among": counted[cell].among or 0,
                    "answered": counted[cell].answered or 0,
                }
        table = Table(
            counted,
            axes.filtered("is_partition").ids,
            {cell for cell, values in figures.items() if values["is_sensitive"]},
            self.rate_of == "answered",
        )
        return figures, table

    @api.model
    def _put_masks(self, figures, masked, name):
        """:param masked: see :func:`mask_tables`, in which the table has this name"""
        for cell, values in figures.items():
            values["is_masked"] = (name, cell, "count") in masked
            values["among_masked"] = (name, cell, "among") in masked
            values["answered_masked"] = (name, cell, "answered") in masked

    def _prepare_figure(self, cell, axis):
        asks = [self, axis, self.split_id if cell.split is not None else axis.browse()]
        return {
            "indicator_id": self._origin.id,
            "indicator_name": self.name,
            "indicator_code": self.code,
            "breakdown_id": axis.id,
            "breakdown_name": axis.name if axis else False,
            "line_key": cell.line,
            "split_key": cell.split,
            "has_rate": self.has_rate,
            "among_label": self.has_rate and self.among_label,
            "rate_of": self.rate_of,
            "is_sensitive": any(record.is_sensitive for record in asks if record),
            "is_erased": any(record._is_erased() for record in asks if record),
        }

    def _get_keys(self, breakdown, found):
        """The lines of a breakdown, then those that were counted and that it does not name.

        :param found: keys that were counted
        :return: list of (key, code, label)
        """
        if not breakdown:
            return []
        lines = breakdown._get_lines()
        left = found - {key for key, *__ in lines}
        numbers = sorted((key for key in left if key.isdigit()), key=int)
        if numbers:
            field = breakdown._get_field()
            records = self.env[field.comodel_name].sudo()  # sudo: names of organisations and lists
            records = records.browse(map(int, numbers)).exists()
            lines += [(str(record.id), "", record.display_name) for record in records]
        named = {UNKNOWN: self.env._("Not filled in"), PURGED: self.env._("Anonymised since")}
        lines += [(key, "", named[key]) for key in named if key in left]
        own, told, result = {label for *__, label in lines}, set(), []
        for key, code, label in lines:  # of one name there may be several, each with its figures
            name, number = label, 1
            while name in told or (number > 1 and name in own):
                number += 1
                name = f"{label} ({number})"
            told.add(name)
            result.append((key, code, name))
        return result

    @api.model
    def _get_readers(self):
        """Whether the user may read the list behind a figure, by whether it is sensitive.

        :return: dict False, True -> boolean
        """
        user = self.env.user
        reads = self.env.su or user.has_group(COORDINATOR)
        return {False: reads, True: reads and (self.env.su or user.has_group(GROUP))}

    @api.model
    def _make_row(self, figure, is_reader):
        """One figure as it is shown, whatever its column."""
        row = FigureRow()
        row.fill(figure, is_reader)
        return row

    @api.model
    def _make_rows(self, figures, masked_for=None):
        """The lines of tables as they are shown.

        :param figures: dicts, or records, of ``coworking.report.figure`` in their order
        :param masked_for: dict is_sensitive -> whether small figures are shown; by default by what
            the user may read
        :return: list of :class:`FigureRow`
        """
        shown_to = self._get_readers() if masked_for is None else masked_for
        rows = defaultdict(FigureRow)
        for figure in figures:
            key = figure["indicator_id"], figure["breakdown_id"], figure["line_key"]
            rows[key].take(figure, shown_to[figure["is_sensitive"]])
        return list(rows.values())
