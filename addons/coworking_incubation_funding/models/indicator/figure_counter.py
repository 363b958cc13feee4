from odoo.tools import SQL

from odoo.addons.coworking_incubation.tools import parse_domain

from ...indicators import Cell, Counted

# Keys of lines that no breakdown names.
UNKNOWN, PURGED = "unknown", "purged"
AGE = SQL(
    "EXTRACT(YEAR FROM AGE(COALESCE(file.date_entry, file.date_application), file.birth_date))"
)


class FigureCounter:
    """Counts the people of an indicator by PostgreSQL alone: one query, whatever their number.

    Each row is a cell: axis (0 is the total, else the breakdown's id), key of the line, key of the
    column or none, and three arrays of ids of files in their order: all, those in the situation,
    those who answered.
    """

    def __init__(self, indicator, people):
        """:param people: domain of the files that are counted"""
        self.indicator = indicator
        # sudo: counted for the program, whoever looks: who is shown which figure is decided there;
        # archived files count in what was, as in Pilotage
        self.files = indicator.env["coworking.participant"].sudo().with_context(active_test=False)
        self.people = people

    def count(self):
        """How many there are in each cell.

        :return: dict :class:`Cell` -> :class:`Counted`
        """
        rows = self.files.env.execute_query(
            SQL(
                "SELECT axis, line, split, cardinality(members), cardinality(members_among),"
                " cardinality(members_answered) FROM (%s) cells",
                self.select(),
            )
        )
        has_rate = self.indicator.has_rate
        return {
            Cell(axis, line, split): Counted(*numbers) if has_rate else Counted(numbers[0])
            for axis, line, split, *numbers in rows
        }

    def select(self):
        """The query of all cells that have somebody, and of the total."""
        self.files.env.flush_all()
        split = self.indicator.split_id
        sets = SQL("(axis, line), (axis, line, split)") if split else SQL("(axis, line)")
        return SQL(
            """
            WITH population AS MATERIALIZED (
                SELECT file.id, %(among)s AS is_among, %(answered)s AS is_answered,
                       %(split)s AS split
                  FROM coworking_participant file WHERE file.id IN %(people)s
            ),
            cells AS (SELECT id, 0 AS axis, %(total)s AS line FROM population %(axes)s)
            SELECT axis, line, %(column)s AS split,
                   array_agg(id ORDER BY id) AS members,
                   COALESCE(array_agg(id ORDER BY id) FILTER (WHERE is_among), '{}')
                       AS members_among,
                   COALESCE(array_agg(id ORDER BY id) FILTER (WHERE is_answered), '{}')
                       AS members_answered
              FROM cells JOIN population USING (id)
          GROUP BY GROUPING SETS (%(sets)s)
            """,
            among=self._is_among(),
            answered=self._is_in(self.indicator.answered_domain),
            split=self._get_line(split) if split else SQL("NULL::text"),
            people=self._find(self.people),
            total=Cell().line,
            axes=SQL(" ").join(
                SQL("UNION ALL %s", query)
                for breakdown in self.indicator._get_axes()
                for query in self._get_lines(breakdown)
            ),
            column=SQL("CASE WHEN GROUPING(split) = 0 THEN split END" if split else "NULL::text"),
            sets=sets,
        )

    def _find(self, domain):
        return self.files._search(domain).subselect()

    def _is_among(self):
        """In the situation, as far as one knows."""
        among = self._is_in(self.indicator.among_domain)
        if self.indicator.rate_of != "answered":
            return among
        return SQL("(%s AND %s)", among, self._is_in(self.indicator.answered_domain))

    def _is_in(self, domain):
        """Whether a file is found by a filter; of an indicator that is no rate, nobody is."""
        if not self.indicator.has_rate:
            return SQL("FALSE")
        return SQL("file.id IN %s", self._find(parse_domain(domain)))

    def _get_lines(self, breakdown):
        """Queries of (id of the file, axis, line) of a breakdown."""
        field = breakdown._get_field() if breakdown.kind == "field" else None
        if field is not None and field.type == "many2many":
            yield SQL(
                """SELECT population.id, %s, COALESCE(rel.%s::text, %s) FROM population
                LEFT JOIN %s rel ON rel.%s = population.id""",
                breakdown.id,
                SQL.identifier(field.column2),
                UNKNOWN,
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
            )
        elif breakdown.is_partition:
            yield SQL(
                "SELECT id, %s, %s FROM population JOIN coworking_participant file USING (id)",
                breakdown.id,
                self._get_line(breakdown),
            )
        else:
            for line in breakdown.line_ids:
                yield SQL(
                    "SELECT id, %s, %s FROM population JOIN coworking_participant file USING (id)"
                    " WHERE %s",
                    breakdown.id,
                    line._get_key(),
                    self._get_condition(line),
                )

    def _get_line(self, breakdown):
        """In which line of a breakdown that shares everybody out a file is."""
        cases = []
        if breakdown._is_erased():
            cases.append(SQL("WHEN file.purged_on IS NOT NULL THEN %s", PURGED))
        if breakdown.kind == "field":
            column = SQL.identifier("file", breakdown.field_name)
            if breakdown._get_field().type == "boolean":
                column = SQL("COALESCE(%s, FALSE)", column)
            value = SQL("COALESCE(%s::text, %s)", column, UNKNOWN)
        else:
            value = SQL("%s", UNKNOWN)
            cases += [
                SQL("WHEN %s THEN %s", self._get_condition(line), line._get_key())
                for line in breakdown.line_ids
            ]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), value) if cases else value

    def _get_condition(self, line):
        condition = SQL("file.id IN %s", self._find(line._parse_domain()))
        if line.has_age:
            condition = SQL(
                "(%s AND %s BETWEEN %s AND %s)", condition, AGE, line.age_from, line.age_to
            )
        return condition
