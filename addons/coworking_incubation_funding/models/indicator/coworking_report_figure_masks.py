from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...indicators import Cell, Counted, Sum, get_partitions, mask_tables
from .coworking_report_figure import MEMBERS, SAME_CELL

# Of a figure, the list behind each of its numbers.
LISTS = dict(zip(Counted._fields, MEMBERS, strict=True))


class FigureList(NamedTuple):
    """The list behind a figure: how long it is, its last person, a sum of hashes that no other list
    has, and of all lists those last persons who are in it; which date puts people there, and the
    names of the fields that it asks about.
    """

    size: int
    last: int
    seal: int
    lasts: frozenset
    basis: str
    asks: frozenset


class CoworkingReportFigure(models.Model):
    """What the cells of a report are called, and which of them are hidden: by what the tables, read
    side by side, and the reports of before give away.
    """

    _inherit = "coworking.report.figure"

    @api.model
    def _complete(self, report):
        """Names of the cells, cells of nobody, and which are hidden."""
        rows = self.search([("report_id", "=", report.id)])
        known = {self._get_place(row): row for row in rows}
        figures, tables = {}, {}
        for place, indicator in enumerate(report.indicator_ids):
            counted = {
                cell: self._get_counted(row)
                for (indicator_id, cell), row in known.items()
                if indicator_id == indicator.id
            }
            values, tables[indicator.id] = indicator._prepare_table(counted)
            values[Cell()]["definition"] = indicator._describe()
            for cell in values:
                values[cell] |= {"indicator_place": place, "report_id": report.id}
            figures[indicator.id] = values
        masked = self._find_masked(report, tables, known)
        for indicator_id, values in figures.items():
            report.indicator_ids._put_masks(values, masked, indicator_id)
        self._write_figures(figures, known)

    @api.model
    def _get_place(self, row):
        """:return: (id of the indicator, :class:`Cell`)"""
        cell = Cell(row.breakdown_id.id or 0, row.line_key, row.split_key or None)
        return row.indicator_id.id, cell

    @api.model
    def _get_counted(self, row):
        if row.indicator_id.has_rate:
            return Counted(row.count, row.among, row.answered)
        return Counted(row.count)

    @api.model
    def _write_figures(self, figures, known):
        new = []
        for indicator_id, values in figures.items():
            for cell, vals in values.items():
                row = known.get((indicator_id, cell))
                if row:
                    row.write(vals)
                else:
                    new.append(vals)
        self.create(new)
        self.flush_model()

    # === WHAT IS HIDDEN ===#

    @api.model
    def _find_masked(self, report, tables, known):
        """See :func:`mask_tables`. Of lists that have something hidden, it is looked up which
        figures of other tables they make up: that may hide more, then more are looked up.
        """
        hidden = self._find_changed_by_few(report, known)
        lists = self._read_lists(report, known)
        links, looked_up = self._find_same(lists), set()
        groups = [group for name, table in tables.items() for group in get_partitions(name, table)]
        while True:
            masked = mask_tables(tables, report.threshold, links, hidden)
            new = [
                group for group in groups if group not in looked_up and not masked.isdisjoint(group)
            ]
            if not new:
                return masked
            looked_up.update(new)
            links += [one for group in new for one in self._find_sums(lists, group)]

    @api.model
    def _read_lists(self, report, known):
        """What tells the lists behind figures apart, however long they are.

        :return: dict figure, see :func:`mask_tables` -> :class:`FigureList`, of those of somebody
        """
        self.env.flush_all()
        lists = SQL(" UNION ALL ").join(
            SQL(
                """SELECT id, %s AS name, %s AS members FROM coworking_report_figure
                    WHERE report_id = %s AND %s != '{}'""",
                name,
                SQL.identifier(column),
                report.id,
                SQL.identifier(column),
            )
            for name, column in LISTS.items()
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH lists AS MATERIALIZED (%s),
                     lasts AS (SELECT members[cardinality(members)] AS person FROM lists)
                SELECT id, name, cardinality(members), members[cardinality(members)], told.*
                  FROM lists CROSS JOIN LATERAL (
                       SELECT SUM(hashint8extended(person, 0))::text,
                              array_agg(person) FILTER (
                                  WHERE person IN (SELECT person FROM lasts))
                         FROM unnest(members) person) told
                """,
                lists,
            )
        )
        by_id = {row.id: (place, row) for place, row in known.items()}
        result = {}
        for figure_id, name, size, last, seal, lasts in rows:
            place, row = by_id[figure_id]
            asks = self._get_asked(row, name)
            result[*place, name] = FigureList(
                *(size, last, int(seal), frozenset(lasts)), row.indicator_id.basis, asks
            )
        return result

    @api.model
    def _get_asked(self, row, name):
        """Of which fields a number of a figure tells: of two figures that ask about others nobody
        knows that they are the same, whoever is counted today.
        """
        indicator = row.indicator_id
        asked = set(indicator._get_asked(name))
        if row.split_key:
            asked |= indicator.split_id._get_names()
        breakdown = row.breakdown_id
        if breakdown:
            lines = {line._get_key(): line for line in breakdown.line_ids}
            line = lines.get(row.line_key)
            asked |= line._get_names() if line else breakdown._get_names()
        return frozenset(asked)

    @api.model
    def _find_same(self, lists):
        """Figures about the very same people: who learns one of them knows the others.

        :return: list of :class:`Sum`, each of one part
        """
        same = defaultdict(list)
        for key, one in lists.items():
            same[one.size, one.seal, one.basis, one.asks].append(key)
        return [Sum(keys[0], (key,)) for keys in same.values() for key in keys[1:]]

    @api.model
    def _find_sums(self, lists, group):
        """Which figures are, for whoever knows the definitions, a sum of some lines of a list: the
        dynamic exits are the lasting, the transitional and the positive ones.

        Lines that share people out and make up a figure are those whose last person is in it.

        :param group: figures, see :func:`get_partitions`
        :return: list of :class:`Sum`
        """
        parts = {key: lists[key] for key in group if key in lists}
        if not parts:
            return []
        name, cell, __ = group[0]
        some = next(iter(parts.values()))
        asks = frozenset().union(*(part.asks for part in parts.values()))
        sums = []
        for whole, one in lists.items():
            if whole[0] == name and whole[1].axis == cell.axis:
                continue
            if one.basis != some.basis or not asks <= one.asks:
                continue
            inside = [key for key, part in parts.items() if part.last in one.lasts]
            if (
                len(inside) > 1
                and sum(parts[key].size for key in inside) == one.size
                and sum(parts[key].seal for key in inside) == one.seal
            ):
                sums.append(Sum(whole, tuple(inside)))
        return sums

    @api.model
    def _find_changed_by_few(self, report, known):
        """Figures that differ by few people from those of a final report of these programs: read
        beside it, they would tell of them. How many are counted in all is no secret.

        :return: set of figures as of :func:`mask_tables`
        """
        earlier = self.env["coworking.report"].search(
            [
                ("state", "=", "final"),
                ("company_id", "=", report.company_id.id),
                ("program_ids", "in", report.program_ids.ids),
                ("id", "!=", report.id),
            ]
        )
        if not earlier:
            return set()
        by_id = {row.id: place for place, row in known.items()}
        total = Cell()
        return {
            (*by_id[figure_id], name)
            for name, column in LISTS.items()
            for (figure_id,) in self.env.execute_query(
                self._select_changed(report, earlier, name, column)
            )
            if by_id[figure_id][1] != total or known[by_id[figure_id]].indicator_id.is_sensitive
        }

    @api.model
    def _select_changed(self, report, earlier, name, column):
        """Ids of those figures, of one of their numbers."""
        masked = {"count": "is_masked"}.get(name, f"{name}_masked")
        return SQL(
            """SELECT now.id FROM coworking_report_figure now
                 JOIN coworking_report_figure old
                   ON old.report_id = ANY(%(earlier)s) AND %(same)s
           CROSS JOIN LATERAL (
                  SELECT COUNT(*) AS kept FROM (
                      SELECT unnest(now.%(list)s) INTERSECT SELECT unnest(old.%(list)s)) one) kept
                WHERE now.report_id = %(now)s AND NOT old.%(masked)s
                  AND abs(now.%(number)s - old.%(number)s) < %(threshold)s
                  AND now.%(number)s + old.%(number)s - 2 * kept BETWEEN 1 AND %(threshold)s - 1""",
            earlier=earlier.ids,
            now=report.id,
            same=SAME_CELL,
            list=SQL.identifier(column),
            number=SQL.identifier(name),
            masked=SQL.identifier(masked),
            threshold=report.threshold,
        )
