from collections import Counter
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL, format_date, formatLang

from ...tools import to_decimal

# A bill that was paid in full needs no spreading: each of its lines was. The others are few.
PAID = """
    WITH line AS %(lines)s,
         paid AS (
         SELECT own.move_id, SUM(partial.amount) AS amount
           FROM account_partial_reconcile partial
     CROSS JOIN LATERAL (
                VALUES (partial.credit_move_id, partial.debit_move_id),
                       (partial.debit_move_id, partial.credit_move_id)) AS side (own, other)
           JOIN account_move_line own ON own.id = side.own
           JOIN account_account account ON account.id = own.account_id
           JOIN account_move_line other ON other.id = side.other
           JOIN account_move payment ON payment.id = other.move_id
          WHERE own.move_id IN (SELECT move_id FROM coworking_match)
            AND account.account_type IN ('liability_payable', 'asset_receivable')
            AND payment.state = 'posted'
            AND (payment.origin_payment_id IS NOT NULL OR payment.statement_line_id IS NOT NULL)
       GROUP BY own.move_id)
  SELECT line.date_from,
         COALESCE(SUM(match.invoiced) FILTER (WHERE state.whole), 0),
         ARRAY_AGG(match.id) FILTER (WHERE NOT state.whole AND state.some)
    FROM line
    JOIN coworking_match match
      ON line.id = CASE WHEN match.charge_id IS NULL THEN match.id * 2 + 1
                        ELSE match.charge_id * 2 END
    JOIN account_move move ON move.id = match.move_id
LEFT JOIN paid ON paid.move_id = move.id
CROSS JOIN LATERAL (
         SELECT COALESCE(paid.amount = ABS(move.amount_total_signed)
                         AND move.state = 'posted', false) AS whole,
                paid.amount IS NOT NULL
                OR EXISTS (SELECT FROM account_move__account_payment link
                             JOIN account_payment payment ON payment.id = link.payment_id
                            WHERE link.invoice_id = move.id
                              AND payment.move_id IS NULL) AS some) AS state
GROUP BY line.date_from
"""


class CoworkingMonthLine(models.Model):
    """What lines of the month come to, months and causes apart, whatever their number."""

    _inherit = "coworking.month.line"

    @api.model
    def _select_lines(self, domain, *names):
        """Columns of the lines of a domain that the user may read, as a subquery."""
        self.env.flush_all()
        query = self._search(domain)
        return query.subselect(*(SQL.identifier(self._table, name) for name in names))

    @api.model
    def _sum_by_month(self, domain):
        """
        :return: list of dicts, one for each month and cause: ``month``, ``cause``, the sums of
            ``expected``, ``invoiced``, ``not_invoiced`` and ``gap``, and how many lines there are
            (``lines``), that are invoiced (``billed``), to be decided on (``to_decide``)
        """
        names = ("expected", "invoiced", "not_invoiced", "gap")
        lines = self._select_lines(domain, "date_from", "cause", "status", *names)
        rows = self.env.execute_query(
            SQL(
                """SELECT date_from, cause, SUM(expected), SUM(invoiced), SUM(not_invoiced),
                          SUM(gap), COUNT(*), COUNT(*) FILTER (WHERE invoiced != 0),
                          COUNT(*) FILTER (WHERE status = 'to_match')
                     FROM %s AS line
                 GROUP BY date_from, cause""",
                lines,
            )
        )
        keys = ("month", "cause", *names, "lines", "billed", "to_decide")
        return [dict(zip(keys, row, strict=True)) for row in rows]

    @api.model
    def _sum_paid(self, domain):
        """What was paid of the lines of a domain: by payments and bank lines, not by credit notes.

        :return: Counter of month -> Decimal
        """
        result, months = Counter(), {}
        lines = self._select_lines(domain, "id", "date_from")
        for month, amount, match_ids in self.env.execute_query(SQL(PAID, lines=lines)):
            result[month] += to_decimal(amount)
            months |= dict.fromkeys(match_ids or (), month)
        # sudo: who reads the month reads how much of it is paid, the entries or not
        matches = self.env["coworking.match"].sudo().browse(months)
        for match, payments in self.env["coworking.reconciliation"]._get_paid(matches).items():
            result[months[match.id]] += sum((amount for __, amount in payments), Decimal(0))
        return result

    # === ABOVE THE LIST ===#

    @api.model
    def _prepare_month(self, month):
        """What stands above the list of a month: what it comes to, and the months beside it.

        :param month: its first day, or none: every month then
        :return: dict of ``month``, ``months`` (those with lines, and this one, latest first),
            ``previous`` and ``next`` of them, ``totals`` (list of dicts: ``name``, ``label``,
            ``text``, ``count``)
        """
        self.check_access("read")
        groups = self._read_group([], ["date_from:month"])
        months = {first for (first,) in groups if first} | ({month} if month else set())
        months = sorted(months, reverse=True)
        place = months.index(month) if month else -1
        return {
            "month": month,
            "months": [
                {"month": first, "label": format_date(self.env, first, date_format="MMMM y")}
                for first in months
            ],
            "previous": months[place + 1] if month and place + 1 < len(months) else False,
            "next": months[place - 1] if place > 0 else False,
            "totals": self._prepare_totals(month),
        }

    @api.model
    def _prepare_totals(self, month):
        domain = [("company_id", "=", self.env.company.id)]
        if month:
            last = month + relativedelta(day=31)
            domain += [("date_from", ">=", month), ("date_from", "<=", last)]
        sums = Counter()
        for row in self._sum_by_month(domain):
            sums.update({name: row[name] for name in ("expected", "invoiced", "gap", "to_decide")})
        sums["paid"] = sum(self._sum_paid(domain).values())
        labels = {
            "expected": self.env._("Expected"),
            "invoiced": self.env._("Invoiced"),
            "gap": self.env._("Gap"),
            "paid": self.env._("Paid"),
            "to_decide": self.env._("To Decide"),
        }
        currency = self.env.company.currency_id
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
