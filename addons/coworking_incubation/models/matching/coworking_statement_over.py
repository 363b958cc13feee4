from odoo import api, fields, models

from ..billing.coworking_copayment import OWED
from ..billing.coworking_statement import SETTLED_STATES
from .coworking_month_line import PAYMENT_LINES, SETTLED, SETTLING

# Of each charge, what its bills say: they are right, and paid as a whole, by money alone; a charge
# of nothing has none. A bill that its credit notes took back as a whole, and these, say nothing
# where they do so of the charge as well. Whatever is else stays open.
RIGHT = f"""match.decision = 'matched' AND match.cause IS NULL AND match.gap = 0
                        AND match.invoiced = match.expected
                        AND match.statement_id = charge.statement_id
                        AND {SETTLED} AND move.payment_state = 'paid'"""
# CASE: of a match without a cause, as nearly all are, no other is looked up.
VOID = """match.decision = 'matched' AND match.gap = 0
                        AND match.statement_id = charge.statement_id AND move.state = 'posted'
                        AND CASE WHEN match.cause IS NULL THEN move.payment_state = 'reversed'
                                 WHEN match.cause = 'reversal' THEN EXISTS (
                                SELECT FROM coworking_match own
                                  JOIN account_move origin ON origin.id = own.move_id
                                 WHERE own.charge_id = charge.id
                                   AND own.move_id = move.reversed_entry_id
                                   AND origin.payment_state = 'reversed') END"""
BILLS = f"""
    SELECT COALESCE(BOOL_AND(charge.state = 'settled' AND found.yes
                             AND found.expected = charge.payable_total
                             AND (found.rows > 0) = (charge.payable_total != 0)), true) AS yes,
           GREATEST(MAX(found.last), MAX(charge.date_to)) AS last
      FROM coworking_charge charge
     CROSS JOIN LATERAL (
           SELECT COUNT(*) AS rows, COALESCE(SUM(match.expected), 0) AS expected,
                  COALESCE(BOOL_AND(COALESCE({RIGHT}, false) OR COALESCE({VOID}, false)), true)
                  AND COALESCE(SUM(match.expected) FILTER (WHERE {VOID}), 0) = 0 AS yes,
                  MAX(move.date) AS last
             FROM coworking_match match
        LEFT JOIN account_move move ON move.id = match.move_id
            WHERE match.charge_id = charge.id) AS found
     WHERE charge.statement_id = statement.id
"""  # nosec B608 # of constants
# Each bill of many charges is looked at once.
OF_NO_MONEY = f"""
    SELECT FROM (
           SELECT DISTINCT match.move_id
             FROM coworking_charge charge
             JOIN coworking_match match ON match.charge_id = charge.id
             JOIN account_move move ON move.id = match.move_id
            WHERE charge.statement_id = statement.id AND NOT COALESCE({VOID}, false)) AS bill
      JOIN account_move_line line ON line.move_id = bill.move_id
     CROSS JOIN LATERAL {SETTLING}
     WHERE NOT EXISTS (SELECT FROM {PAYMENT_LINES} AND item.id = other_id)
"""  # nosec B608 # of constants
# What participants owe is invoiced: as OWING of the month end has it, on the last of these days.
INVOICES = f"""
    SELECT COALESCE(BOOL_AND(owed.amount = COALESCE(invoiced.amount, 0)), true)
           AND COALESCE(BOOL_AND(invoiced.posted), true) AS yes, MAX(invoiced.last) AS last
      FROM {OWED.format(which="= statement.id", owes="true", counts="true")}
"""  # nosec B608 # of constants
# Of a statement: the day from which on it is over; no row where it is not. Statement by statement
# (OFFSET keeps PostgreSQL from joining): the more are over, the fewer of all are looked at.
OVER = f"""
    SELECT GREATEST(bills.last, invoices.last, statement.date_from) AS since
      FROM coworking_program program
     CROSS JOIN LATERAL ({BILLS}) AS bills
     CROSS JOIN LATERAL ({INVOICES}) AS invoices
     WHERE program.id = statement.program_id AND statement.state IN {SETTLED_STATES}
       AND bills.yes AND (invoices.yes OR program.copayment_collector != 'program')
       AND NOT EXISTS ({OF_NO_MONEY} OFFSET 0)
       AND NOT EXISTS (SELECT FROM coworking_match
                        WHERE statement_id = statement.id AND charge_id IS NULL OFFSET 0)
"""  # nosec B608 # of constants
# One that somebody is at, as with what pays hundreds of bills, is left for the next day: others
# would wait for these thousands meanwhile.
CLOSE = f"""
    WITH over AS MATERIALIZED (
         SELECT statement.id, found.since
           FROM coworking_statement statement
          CROSS JOIN LATERAL ({OVER}) AS found
          WHERE statement.over_since IS NULL
          LIMIT %s
            FOR NO KEY UPDATE OF statement SKIP LOCKED)
  UPDATE coworking_statement SET over_since = over.since FROM over
   WHERE coworking_statement.id = over.id
"""  # nosec B608 # of constants
AT_ONCE = 5_000


class CoworkingStatement(models.Model):
    """Which statements are over: so that what is shown of all that ever were looks at the others.

    From ``over_since`` on its charges are used, billed as they were expected, paid with money, and
    what participants owe of them is invoiced: the end of a month has nothing to enter for it, and
    what it comes to is the sum of its charges. Packs are used where nobody holds their seat.
    Who changes what any of these read has a migration take every mark back: no trigger does.
    """

    _inherit = "coworking.statement"

    # Set once a day; taken back by PostgreSQL as soon as something that it follows from changes.
    over_since = fields.Date(
        index=True,
        copy=False,
        readonly=True,
        export_string_translation=False,
        groups=fields.NO_ACCESS,
    )

    # What months come to is summed up from it, without a look at statements: see SUMS_WITH_OVER.
    _over_sums_idx = models.Index(
        "(program_id, date_from) INCLUDE (id, company_id, payable_total, charge_count)"
        " WHERE over_since IS NOT NULL"
    )

    @api.autovacuum
    def _gc_over_since(self):
        """Close what is over.

        :return: how many statements were closed, and whether there may be more
        """
        self.env.flush_all()
        self.env.cr.execute(CLOSE, [AT_ONCE])
        return self.env.cr.rowcount, self.env.cr.rowcount >= AT_ONCE
