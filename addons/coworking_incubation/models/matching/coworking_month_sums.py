from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from ...tools import to_decimal
from .coworking_month_line import (
    BEFORE_LINES,
    LINES_OF_STATEMENTS,
    LINES_OVER,
    OF_NONE,
    OF_THE_BILL,
    ON_NONE,
    WITHOUT_CHARGE,
)

# Lines of the month by what their bills say of payments.
PAID_STATES = ("paid", "in_payment", "partial")
LEFT_STATES = ("draft", "not_paid", "partial", "blocked")
# By what statements have as well, the lines of a domain are found before they are computed.
STATEMENT_FIELDS = {"company_id", "date_from", "program_id"}
STATEMENT_OPERATORS = {"in", "=", "<", "<=", ">", ">="}
IS_OVER = Domain("over_since", "!=", False)

SUMS = """
  SELECT date_from, cause, SUM(expected) AS expected, SUM(invoiced) AS invoiced,
         SUM(not_invoiced) AS not_invoiced, SUM(gap) AS gap, COUNT(*) AS lines,
         COUNT(*) FILTER (WHERE invoiced != 0) AS billed,
         COUNT(*) FILTER (WHERE status = 'to_match') AS to_decide,
         COUNT(*) FILTER (WHERE gap != 0) AS differ,
         COUNT(*) FILTER (WHERE payment IN %(paid)s) AS paid,
         COUNT(*) FILTER (WHERE invoiced != 0 AND payment IN %(left)s) AS left_to_pay,
         COALESCE(SUM(settled), 0) AS settled,
         ARRAY_AGG(id) FILTER (WHERE settled IS NULL) AS in_part
    FROM %(lines)s AS line
GROUP BY date_from, cause
"""
# The same with statements that are over, whose charges are not read: all of them are invoiced,
# right and paid, as each statement sums them up; of a charge of nothing there is no bill.
SUMS_WITH_OVER = f"""
    WITH over AS MATERIALIZED (%(over)s),
         whole AS (
         SELECT date_from, SUM(payable_total) AS owed, SUM(charge_count)::bigint AS lines FROM over
       GROUP BY date_from),
         free AS (
         SELECT over.date_from, COUNT(*) AS lines FROM coworking_charge charge
           JOIN over ON over.id = charge.statement_id
          WHERE charge.payable_total = 0
       GROUP BY over.date_from)
  SELECT date_from, cause, SUM(expected), SUM(invoiced), SUM(not_invoiced), SUM(gap),
         SUM(lines)::bigint, SUM(billed)::bigint, SUM(to_decide)::bigint, SUM(differ)::bigint,
         SUM(paid)::bigint, SUM(left_to_pay)::bigint, SUM(settled), MAX(in_part)
    FROM ({SUMS}
       UNION ALL
          SELECT whole.date_from, NULL, owed, owed, 0, 0, whole.lines, billed.lines, 0, 0,
                 billed.lines, 0, owed, NULL
            FROM whole
       LEFT JOIN free ON free.date_from = whole.date_from
      CROSS JOIN LATERAL (SELECT whole.lines - COALESCE(free.lines, 0) AS lines) AS billed
         ) AS month
GROUP BY date_from, cause
"""  # nosec B608 # of constants
# From one month with statements to the next, which are few: the first line of each is enough.
MONTHS_WITH_LINES = """
  SELECT date_from
    FROM (WITH RECURSIVE months AS (
            SELECT MIN(date_from) AS date_from
              FROM coworking_statement WHERE company_id IN %(companies)s
         UNION ALL
            SELECT (SELECT MIN(later.date_from) FROM coworking_statement later
                     WHERE later.company_id IN %(companies)s
                       AND later.date_from > months.date_from)
              FROM months WHERE date_from IS NOT NULL)
          SELECT date_from FROM months WHERE date_from IS NOT NULL) AS month
   CROSS JOIN LATERAL (
         (SELECT 1 FROM coworking_statement statement
            JOIN coworking_charge charge ON charge.statement_id = statement.id
           WHERE statement.date_from = month.date_from AND statement.company_id IN %(companies)s
           LIMIT 1)
       UNION ALL
         (SELECT 1 FROM coworking_statement statement
            JOIN coworking_match match ON match.statement_id = statement.id
           WHERE statement.date_from = month.date_from AND statement.company_id IN %(companies)s
           LIMIT 1)
           LIMIT 1) AS line
"""


class CoworkingMonthLine(models.Model):
    """What lines of the month come to, months and causes apart, whatever their number."""

    _inherit = "coworking.month.line"

    @api.model
    def _select_lines(self, domain, lines, *names, before=None):
        """Columns of the lines of a domain that the user may read, as a subquery.

        :param lines: SQL of the lines in question, in place of the view, of which PostgreSQL
            computes one line after the other
        :param before: SQL of what they are made of, if it has names of its own
        """
        self.env.flush_all()
        query = self._search(domain).select(*(SQL.identifier(self._table, name) for name in names))
        lines = SQL("%s AS (%s)", SQL.identifier(self._table), lines)
        return SQL("(WITH %s %s)", SQL(", ").join([before, lines] if before else [lines]), query)

    @api.model
    def _select_by_statement(self, domain, *names):
        """Columns of the lines of a domain: only statements that it may be about are computed, and
        of those that are over nothing but their charges.
        """
        chosen = self._get_statements_domain(domain)
        if not self._is_told_by_charges(domain):
            return self._select_lines_of(domain, chosen, *names)
        return self._select_lines_of(domain, chosen & ~IS_OVER, *names, over=chosen & IS_OVER)

    @api.model
    def _select_lines_of(self, domain, chosen, *names, over=None):
        """
        :param chosen: domain of the statements
        :param over: of those that are over, of which charges alone are read
        """
        statements = self._select_statements(chosen, "id", "date_from", "operator_id")
        lines = SQL(LINES_OF_STATEMENTS, statements=statements)
        if over is not None:
            own = SQL(LINES_OVER, over=self._select_statements(over, "id", "date_from"))
            lines = SQL("%s UNION ALL %s", lines, own)
        before = SQL(BEFORE_LINES, statements=statements)
        return self._select_lines(domain, lines, *names, before=before)

    @api.model
    def _select_statements(self, chosen, *names):
        # sudo: which lines the user may read, the query around it says
        statements = self.env["coworking.statement"].sudo()
        columns = [SQL.identifier(statements._table, name) for name in names]
        return statements._search(chosen).subselect(*columns)

    @api.model
    def _add_rules(self, domain):
        """A domain as the rules have it for the user."""
        domain = Domain(domain)
        if not self.env.su:
            domain &= self.env["ir.rule"]._compute_domain(self._name, "read")
        return domain

    @api.model
    def _is_told_by_charges(self, domain):
        """Whether what their bills say of lines that are over does not matter to a domain."""
        rows = self._add_rules(domain).iter_conditions()
        return not {row.field_expr.split(".")[0] for row in rows} & OF_THE_BILL

    @api.model
    def _is_told_by_statements(self, domain):
        """Whether a domain is about statements alone, with all of their lines."""
        domain = self._add_rules(domain).optimize(self)
        return "!" not in list(domain) and all(map(self._is_of_statement, domain.iter_conditions()))

    @api.model
    def _is_of_statement(self, condition):
        return (
            condition.field_expr in STATEMENT_FIELDS and condition.operator in STATEMENT_OPERATORS
        )

    @api.model
    def _get_statements_domain(self, domain):
        """Of the statements that have lines of a domain, and perhaps of more of them."""
        domain = Domain(domain).optimize(self)
        if "!" in list(domain):
            return Domain.TRUE  # less of them would be more statements
        return domain.map_conditions(lambda row: row if self._is_of_statement(row) else Domain.TRUE)

    @api.model
    def _sum_by_month(self, domain):
        """
        :return: list of dicts, one for each month and cause: ``month``, ``cause``, the sums of
            ``expected``, ``invoiced``, ``not_invoiced`` and ``gap``, and how many lines there are
            (``lines``), that are invoiced (``billed``), to be decided on (``to_decide``), not what
            was expected (``differ``), paid as a whole or in part (``paid``), not wholly (``left``);
            and, as Decimal, ``amount_paid`` by payments and bank lines, not by credit notes, and
            ``amount_written_off``: settled without money
        """
        sums = ("expected", "invoiced", "not_invoiced", "gap")
        names = ("id", "date_from", "cause", "status", "payment", "settled", *sums)
        values = {"paid": PAID_STATES, "left": LEFT_STATES}
        if self._is_told_by_statements(domain):
            chosen = self._get_statements_domain(self._add_rules(domain))
            lines = self._select_lines_of(domain, chosen & ~IS_OVER, *names)
            columns = ("id", "date_from", "payable_total", "charge_count")
            over = self._select_statements(chosen & IS_OVER, *columns)
            query = SQL(SUMS_WITH_OVER, lines=lines, over=over, **values)
        else:
            query = SQL(SUMS, lines=self._select_by_statement(domain, *names), **values)
        rows = self.env.execute_query(query)
        counts = ("lines", "billed", "to_decide", "differ", "paid", "left")
        keys = ("month", "cause", *sums, *counts, "settled", "in_part")
        rows = [dict(zip(keys, row, strict=True)) for row in rows]
        self._add_amounts_paid(rows)
        return rows

    @api.model
    def _add_amounts_paid(self, rows):
        """Amounts in place of what is ``settled`` and of the ids of lines ``in_part``."""
        rows_by_line = {}
        for row in rows:
            row["amount_paid"] = to_decimal(row.pop("settled"))
            row["amount_written_off"] = to_decimal(0)
            rows_by_line |= dict.fromkeys(row.pop("in_part") or (), row)
        # sudo: who reads the month reads how much of it is paid, the entries or not
        matches = self.sudo().browse(rows_by_line)._get_matches()
        for match, payments in self.env["coworking.reconciliation"]._get_paid(matches).items():
            line_id = match.charge_id.id * 2 or match.id * 2 + WITHOUT_CHARGE
            for when, amount in payments:
                rows_by_line[line_id]["amount_paid" if when else "amount_written_off"] += amount

    # === ABOVE THE LIST ===#

    @api.model
    def _prepare_month(self, month, domain=None):
        """What stands above the list of a month: what it comes to, and the months beside it.

        :param month: its first day, or none: every month then
        :param domain: what the list shows; all lines of the month, where nothing is said
        :return: dict of ``month``, ``months`` (those with lines, and this one, latest first),
            ``previous`` and ``next`` of them, ``totals`` (list of dicts: ``name``, ``label``,
            ``text``, ``count``)
        """
        self.check_access("read")
        months = sorted(self._get_months() | ({month} if month else set()), reverse=True)
        place = months.index(month) if month else -1
        return {
            "month": month,
            "months": [
                {"month": first, "label": format_date(self.env, first, date_format="MMMM y")}
                for first in months
            ],
            "previous": months[place + 1] if month and place + 1 < len(months) else False,
            "next": months[place - 1] if place > 0 else False,
            "totals": self._prepare_totals(
                self._get_month_domain(month) if domain is None else domain
            ),
        }

    @api.model
    def _get_months(self):
        """First days of the months with lines: of statements, and of bills that wait for theirs."""
        waiting = self._select_lines(
            [("statement_id", "=", False)], SQL(ON_NONE + OF_NONE), "date_from"
        )
        rows = self.env.execute_query(
            SQL(
                "%s UNION SELECT date_from FROM %s AS line",
                SQL(MONTHS_WITH_LINES, companies=tuple(self.env.companies.ids)),
                waiting,
            )
        )
        return {month for (month,) in rows if month}

    @api.model
    def _get_month_domain(self, month):
        if not month:
            return Domain.TRUE
        last = month + relativedelta(day=31)
        return Domain("date_from", ">=", month) & Domain("date_from", "<=", last)

    @api.model
    def _prepare_totals(self, domain):
        """What the lines of a domain come to; of several companies, those with the same money."""
        currency = self.env.company.currency_id
        companies = self.env.companies.filtered(lambda row: row.currency_id == currency)
        domain = Domain("company_id", "in", companies.ids) & Domain(domain)
        sums = Counter()
        for row in self._sum_by_month(domain):
            sums.update({name: row[name] for name in ("expected", "invoiced", "gap", "to_decide")})
            sums["paid"] += row["amount_paid"]
        labels = {
            "expected": self.env._("Expected"),
            "invoiced": self.env._("Invoiced"),
            "gap": self.env._("Gap"),
            "paid": self.env._("Paid"),
            "to_decide": self.env._("To Decide"),
        }
        return [
            {
                "name": name,
                "label": label,
                "count": sums[name] if name == "to_decide" else 0,
                "text": formatLang(self.env, sums[name], digits=0)
                if name == "to_decide"
                else currency.format(float(sums[name])),
            }
            for name, label in labels.items()
        ]
