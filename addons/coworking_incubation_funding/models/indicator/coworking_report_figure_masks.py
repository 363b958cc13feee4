from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...indicators import Cell, Counted, Sum, get_partitions, mask_tables
from .coworking_report_figure import MEMBERS, SAME_CELL

# Of a figure, the list behind each of its numbers.
LISTS = dict(zip(Counted._fields, MEMBERS, strict=True))


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
        """See :func:`mask_tables`. How figures of one table make up those of another is looked up
        for lists that have something hidden: that may hide more, then more are looked up.
        """
        hidden = self._find_changed_by_few(report, known)
        links, looked_up = self._find_same(report, known), set()
        groups = [group for name, table in tables.items() for group in get_partitions(name, table)]
        while True:
            masked = mask_tables(tables, report.threshold, links, hidden)
            new = [
                group for group in groups if group not in looked_up and not masked.isdisjoint(group)
            ]
            if not new:
                return masked
            looked_up.update(new)
            links += self._find_sums(report, known, new)

    @api.model
    def _find_same(self, report, known):
        """Figures about the very same people: who learns one of them knows the others.

        :return: list of :class:`Sum`, each of one part
        """
        same = defaultdict(list)
        by_id = {row.id: place for place, row in known.items()}
        for name, column in LISTS.items():
            rows = self.env.execute_query(
                SQL(
                    """SELECT id, hash_array_extended(%(column)s, 0), cardinality(%(column)s)
                         FROM coworking_report_figure
                        WHERE report_id = %(report)s AND %(column)s != '{}' ORDER BY id""",
                    column=SQL.identifier(column),
                    report=report.id,
                )
            )
            for figure_id, *seal in rows:
                indicator_id, cell = by_id[figure_id]
                same[tuple(seal)].append((indicator_id, cell, name))
        return [Sum(keys[0], (key,)) for keys in same.values() for key in keys[1:]]

    @api.model
    def _find_sums(self, report, known, groups):
        """Which figures are, for whoever knows the definitions, a sum of some lines of a list: the
        dynamic exits are the lasting, the transitional and the positive ones.

        :param groups: tuples of figures, see :func:`get_partitions`
        :return: list of :class:`Sum`
        """
        lines = {known[key[:2]].id: key for group in groups for key in group if key[:2] in known}
        found = self._count_within(report, list(lines))
        by_whole = defaultdict(dict)
        for whole_id, name, line_id, within, line_count in found:
            if within == line_count:
                by_whole[whole_id, name][lines[line_id]] = within
        places = {row.id: (place, row) for place, row in known.items()}
        sums = []
        for (whole_id, name), parts in by_whole.items():
            place, row = places[whole_id]
            whole = (*place, name)
            for group in groups:
                inside = tuple(key for key in group if key in parts and key != whole)
                if len(inside) > 1 and sum(parts[key] for key in inside) == row[name]:
                    sums.append(Sum(whole, inside))
        return sums

    @api.model
    def _count_within(self, report, line_ids):
        """How many people of some lines are in each of the other figures.

        :return: rows of (id of the figure, name of its number, id of the line, how many, of how
            many)
        """
        return self.env.execute_query(
            SQL(
                """
                WITH lines AS MATERIALIZED (
                    SELECT id, indicator_id, breakdown_id, cardinality(members) AS size, person
                      FROM coworking_report_figure CROSS JOIN unnest(members) person
                     WHERE id = ANY(%(lines)s)),
                wholes AS (%(wholes)s)
                SELECT wholes.id, wholes.name, lines.id, COUNT(*), lines.size
                  FROM wholes JOIN lines USING (person)
                 WHERE (wholes.indicator_id, wholes.breakdown_id)
                       IS DISTINCT FROM (lines.indicator_id, lines.breakdown_id)
              GROUP BY wholes.id, wholes.name, lines.id, lines.size
                """,
                lines=line_ids,
                wholes=SQL(" UNION ALL ").join(
                    SQL(
                        """SELECT id, indicator_id, breakdown_id, %s AS name, person
                             FROM coworking_report_figure CROSS JOIN unnest(%s) person
                            WHERE report_id = %s""",
                        name,
                        SQL.identifier(column),
                        report.id,
                    )
                    for name, column in LISTS.items()
                ),
            )
        )

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
