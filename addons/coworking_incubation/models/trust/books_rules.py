"""What must hold in the database whatever happened: one query a rule, from causes to what follows.

A row is something found: company, model, record, the statement and the bill or invoice that it
concerns, what is found, what should be there, and a day where that says more.
"""

from ..billing.coworking_copayment import FILE_OF
from ..billing.coworking_seat_months import MAY_COST
from ..matching.coworking_statement import IS_TO_BILL
from ..matching.coworking_statement_over import OVER

# Who refers to whom: table, column, table of the record that must be there.
REFERENCES = (
    ("coworking_seat", "participant_id", "coworking_participant"),
    ("coworking_seat", "space_id", "coworking_space"),
    ("coworking_seat", "tariff_id", "coworking_tariff"),
    ("coworking_presence", "seat_id", "coworking_seat"),
    ("coworking_attendance", "event_id", "calendar_event"),
    ("coworking_attendance", "participant_id", "coworking_participant"),
    ("coworking_charge", "seat_id", "coworking_seat"),
    ("coworking_charge", "statement_id", "coworking_statement"),
    ("coworking_match", "charge_id", "coworking_charge"),
    ("coworking_match", "move_line_id", "account_move_line"),
    ("coworking_match", "statement_id", "coworking_statement"),
    ("account_move", "coworking_statement_id", "coworking_statement"),
    ("account_move_line", "coworking_charge_id", "coworking_charge"),
)
# Where a record keeps what it concerns: see the columns of a row.
_OWN_COLUMNS = {
    "coworking_charge": "statement_id, NULL::integer",
    "coworking_match": "statement_id, move_id",
    "account_move": "coworking_statement_id, id",
    "account_move_line": "(SELECT coworking_statement_id FROM account_move WHERE id = one.move_id),"
    " move_id",
}

MISSING = " UNION ALL ".join(
    f"""
    SELECT company_id,
           '{table.replace("_", ".")}' AS model, id,
           {_OWN_COLUMNS.get(table, "NULL::integer, NULL::integer")}, '{target}' AS found,
           {column}::text AS expected
      FROM {table} one
     WHERE {column} IS NOT NULL
       AND NOT EXISTS (SELECT FROM {target} WHERE {target}.id = one.{column})
    """  # nosec B608 # names written above
    for table, column, target in REFERENCES
)

# A line that nobody may delete is gone when its statement still counts it.
LINES_GONE = """
    SELECT statement.company_id, 'coworking.statement', statement.id, statement.id, NULL::integer,
           COUNT(charge.id), statement.charge_count
      FROM coworking_statement statement
 LEFT JOIN coworking_charge charge ON charge.statement_id = statement.id
  GROUP BY statement.id
    HAVING COUNT(charge.id) < COALESCE(statement.charge_count, 0)
"""

# What is left to bill of a statement.
LEFT_TO_BILL = f"""
           SELECT FROM coworking_charge charge
            WHERE charge.statement_id = statement.id AND {IS_TO_BILL}
"""  # nosec B608 # of constants
STATES = f"""
    SELECT charge.company_id, 'coworking.charge', charge.id, charge.statement_id, NULL::integer,
           charge.state, CASE WHEN statement.state IN ('confirmed', 'billed') THEN 'settled'
                              ELSE 'open' END
      FROM coworking_charge charge
      JOIN coworking_statement statement ON statement.id = charge.statement_id
     WHERE (charge.state = 'settled') != (statement.state IN ('confirmed', 'billed'))
        OR statement.state = 'cancelled'
 UNION ALL
    SELECT statement.company_id, 'coworking.statement', statement.id, statement.id, NULL,
           statement.state, CASE statement.state WHEN 'billed' THEN 'confirmed' ELSE 'billed' END
      FROM coworking_statement statement
CROSS JOIN LATERAL (
           SELECT EXISTS (SELECT FROM account_move
                           WHERE coworking_statement_id = statement.id
                             AND coworking_statement_id > 0 AND state != 'cancel'
                             AND COALESCE(payment_state, '') != 'reversed'
                             AND move_type IN ('in_invoice', 'in_refund', 'in_receipt'))
                  AS yes) AS made
CROSS JOIN LATERAL (
           SELECT made.yes
               OR EXISTS (SELECT FROM coworking_match match
                            JOIN account_move move ON move.id = match.move_id
                           WHERE match.statement_id = statement.id
                             AND move.coworking_statement_id IS DISTINCT FROM statement.id
                             AND COALESCE(move.payment_state, '') != 'reversed'
                             AND (move.move_type != 'in_refund'
                               OR match.cause IS DISTINCT FROM 'reversal'))
                  AS bills) AS found
     WHERE statement.state = 'confirmed' AND found.bills AND NOT EXISTS ({LEFT_TO_BILL})
        OR statement.state = 'billed' AND (
           NOT found.bills
        -- a bill that was made of the month has all of its operator
        OR (NOT made.yes OR statement.id IN (
            SELECT charge.statement_id
              FROM coworking_charge charge
              JOIN coworking_statement home ON home.id = charge.statement_id
             WHERE charge.operator_id != home.operator_id))
       AND EXISTS ({LEFT_TO_BILL}))
"""  # nosec B608 # of constants

# Amounts that do not add up within one line; what was confirmed is told by its fingerprint.
ARITHMETIC = """
    SELECT charge.company_id, 'coworking.charge', charge.id, charge.statement_id, NULL::integer,
           charge.amount_total, charge.amount_untaxed + charge.amount_tax
      FROM coworking_charge charge
     WHERE charge.amount_total != charge.amount_untaxed + charge.amount_tax
 UNION ALL
    SELECT charge.company_id, 'coworking.charge', charge.id, charge.statement_id, NULL,
           charge.payable_total, charge.payable_untaxed + charge.payable_tax
      FROM coworking_charge charge
     WHERE charge.payable_total != charge.payable_untaxed + charge.payable_tax
 UNION ALL
    SELECT charge.company_id, 'coworking.charge', charge.id, charge.statement_id, NULL,
           charge.funded_amount + charge.copayment_amount,
           CASE program.funding_base WHEN 'total' THEN charge.amount_total
                ELSE charge.amount_untaxed END
      FROM coworking_charge charge
      JOIN coworking_program program ON program.id = charge.program_id
     WHERE charge.state = 'settled'
       AND charge.funded_amount + charge.copayment_amount
           != CASE program.funding_base WHEN 'total' THEN charge.amount_total
                   ELSE charge.amount_untaxed END
"""

# Read with a cursor, a few at a time: what each statement said when it was confirmed.
CONFIRMED = """
   DECLARE coworking_books NO SCROLL CURSOR FOR
    SELECT statement.company_id, statement.id, statement.name, statement.confirmed_hash,
           JSONB_AGG(JSONB_BUILD_ARRAY(
               seat.name, charge.period, charge.kind, COALESCE(charge.payable_untaxed, 0),
               COALESCE(charge.payable_tax, 0), COALESCE(charge.explanation, '')))
      FROM coworking_statement statement
      JOIN coworking_charge charge ON charge.statement_id = statement.id
      JOIN coworking_seat seat ON seat.id = charge.seat_id
     WHERE statement.state IN ('confirmed', 'billed')
       AND (%(companies)s IS NULL OR statement.company_id = ANY(%(companies)s))
  GROUP BY statement.id
"""

# Whole months that a settled statement should carry, for tariffs that owe them whatever happens.
# Who arrived or changed since is still to be corrected: pending_changes says so.
SEAT_MONTH = """
    SELECT statement.company_id, 'coworking.seat', seat.id, statement.id, NULL::integer,
           NULL, statement.date_from
      FROM coworking_statement statement
      JOIN coworking_seat seat
        ON seat.space_id = statement.space_id AND seat.program_id = statement.program_id
       AND seat.state IN ('confirmed', 'active', 'ended')
       AND seat.date_start < statement.date_from + INTERVAL '1 month'
       AND COALESCE(seat.date_end, 'infinity') >= statement.date_from
       AND COALESCE(seat.billed_from, '-infinity') <= statement.date_from
      JOIN coworking_tariff tariff
        ON tariff.id = seat.tariff_id AND tariff.unit = 'month' AND tariff.period = 'calendar'
       AND tariff.absence_rule = 'charged' AND tariff.closure_rule = 'charged'
       AND tariff.proration != 'working_days'
      JOIN coworking_participant participant
        ON participant.id = seat.participant_id AND COALESCE(participant.pending_changes, 0) = 0
     WHERE statement.state IN ('confirmed', 'billed')
       AND NOT EXISTS (SELECT FROM coworking_charge
                        WHERE seat_id = seat.id AND period = statement.date_from
                          AND state != 'forecast')
"""

# A month of which nothing is left: people were there for the whole of it, on tariffs as above. The
# daily run makes each month that has begun; it had two months for these, and two days since
# anything of the seat or its program was written. What costs nothing has a line of 0.
MONTH_GONE = """
    SELECT seat.company_id, 'coworking.space', seat.space_id, NULL::integer, NULL::integer,
           COUNT(*), MAX(program.code), month::date
      FROM coworking_seat seat
      JOIN coworking_program program ON program.id = seat.program_id AND program.active
      JOIN coworking_tariff tariff
        ON tariff.id = seat.tariff_id AND tariff.unit = 'month' AND tariff.period = 'calendar'
       AND tariff.absence_rule = 'charged' AND tariff.closure_rule = 'charged'
       AND tariff.proration != 'working_days'
      JOIN coworking_participant participant
        ON participant.id = seat.participant_id AND COALESCE(participant.pending_changes, 0) = 0
CROSS JOIN LATERAL GENERATE_SERIES(
           DATE_TRUNC('month', GREATEST(seat.date_start, seat.billed_from, program.date_start,
                                        program.billed_from) + INTERVAL '1 month -1 day'),
           LEAST(DATE_TRUNC('month', LEAST(seat.date_end, program.date_end) + INTERVAL '1 day')
                     - INTERVAL '1 month',
                 DATE_TRUNC('month', LOCALTIMESTAMP) - INTERVAL '2 months'),
           INTERVAL '1 month') AS month
     WHERE seat.state IN ('confirmed', 'active', 'ended')
       AND GREATEST(seat.write_date, program.write_date)
           < (NOW() AT TIME ZONE 'UTC') - INTERVAL '2 days'
       AND NOT EXISTS (SELECT FROM coworking_statement statement
                        WHERE statement.space_id = seat.space_id
                          AND statement.program_id = seat.program_id
                          AND statement.date_from = month AND statement.state != 'cancelled')
       AND NOT EXISTS (SELECT FROM coworking_charge
                        WHERE seat_id = seat.id AND period = month AND state != 'forecast')
  GROUP BY seat.company_id, seat.space_id, seat.program_id, month
  ORDER BY month, seat.space_id
"""

# Bills of a space apart from invoices of a participant, also where these name two contacts.
_DOCUMENTS = "STRING_AGG(COALESCE(NULLIF(move.name, '/'), '* ' || move.id), ', ' ORDER BY move.id)"
TWICE = f"""
    SELECT charge.company_id, 'coworking.charge', charge.id, charge.statement_id,
           MAX(line.move_id), COUNT(*), {_DOCUMENTS}
      FROM account_move_line line
      JOIN account_move move
        ON move.id = line.move_id AND move.state != 'cancel'
       AND COALESCE(move.payment_state, '') != 'reversed'
      JOIN coworking_charge charge ON charge.id = line.coworking_charge_id
     WHERE line.coworking_charge_id > 0
       AND (move.move_type IN ('in_invoice', 'in_refund')
            OR move.move_type IN ('out_invoice', 'out_refund')
               AND charge.statement_id = move.coworking_statement_id)
  GROUP BY charge.id, move.move_type IN ('in_invoice', 'in_refund')
    HAVING COUNT(*) > 1
 UNION ALL
    SELECT MAX(move.company_id), 'account.move', MAX(move.id), move.coworking_statement_id,
           MAX(move.id), COUNT(*), {_DOCUMENTS}
      FROM account_move move
     WHERE move.coworking_statement_id > 0 AND move.state != 'cancel'
       AND COALESCE(move.payment_state, '') != 'reversed'
       AND move.move_type IN ('in_invoice', 'in_refund', 'out_invoice', 'out_refund')
  GROUP BY move.coworking_statement_id,
           CASE WHEN move.move_type IN ('in_invoice', 'in_refund')
                THEN move.commercial_partner_id ELSE -move.partner_id END
    HAVING COUNT(*) > 1
"""  # nosec B608 # of constants

# Of a draft whose currency was changed before that was refused its month reads billed and not
# invoiced.
CURRENCY = """
    SELECT move.company_id, 'account.move', move.id, move.coworking_statement_id, move.id,
           other.name, own.name
      FROM account_move move
      JOIN coworking_statement statement ON statement.id = move.coworking_statement_id
      JOIN res_company company ON company.id = statement.company_id
      JOIN res_currency own ON own.id = company.currency_id
      JOIN res_currency other ON other.id = move.currency_id AND other.id != own.id
     WHERE move.coworking_statement_id > 0 AND move.state != 'cancel'
"""

# Lowering a capacity keeps those present: what counts is the most that the space offered since
# the last of them came.
OVERBOOKED = """
      WITH events AS (
           SELECT space_id, date_start AS day, 1 AS step FROM coworking_seat
            WHERE state IN ('confirmed', 'active', 'ended') AND uses_place
            UNION ALL
           SELECT space_id, date_end + 1, -1 FROM coworking_seat
            WHERE state IN ('confirmed', 'active', 'ended') AND uses_place
              AND date_end IS NOT NULL),
           held AS (
           SELECT space_id, day, SUM(SUM(step)) OVER (
                      PARTITION BY space_id ORDER BY day) AS present
             FROM events GROUP BY space_id, day)
    SELECT DISTINCT ON (space.id) space.company_id, 'coworking.space', space.id, NULL::integer,
           NULL::integer, held.present::bigint, offered.places, held.day
      FROM held
      JOIN coworking_space space ON space.id = held.space_id
CROSS JOIN LATERAL (
           SELECT MAX(seat.create_date) AS date FROM coworking_seat seat
            WHERE seat.space_id = space.id AND seat.state IN ('confirmed', 'active', 'ended')
              AND seat.uses_place AND seat.date_start <= held.day
              AND COALESCE(seat.date_end, 'infinity') >= held.day) AS last
CROSS JOIN LATERAL (
           SELECT GREATEST(space.seat_capacity, MAX(value.old_value_integer))::bigint AS places
             FROM mail_message message
             JOIN mail_tracking_value value ON value.mail_message_id = message.id
             JOIN ir_model_fields field
               ON field.id = value.field_id AND field.name = 'seat_capacity'
            WHERE message.model = 'coworking.space' AND message.res_id = space.id
              AND value.create_date >= last.date) AS offered
     WHERE held.present > space.seat_capacity AND held.present > offered.places
  ORDER BY space.id, held.day
"""

PRESENCE = """
    SELECT seat.company_id, 'coworking.presence', presence.id, NULL::integer, NULL::integer,
           presence.date,
           CASE WHEN presence.date < seat.date_start THEN seat.date_start
                ELSE seat.date_end END
      FROM coworking_presence presence
      JOIN coworking_seat seat ON seat.id = presence.seat_id
     WHERE presence.date < seat.date_start OR presence.date > seat.date_end
"""

# A participant who paid the space by mistake is reimbursed by a receipt of their own: its line
# leads to the charge, also where the file has another contact by now.
PLACE = """
    SELECT match.company_id, 'coworking.match', match.id, match.statement_id, match.move_id,
           billed.name, owed.name
      FROM coworking_match match
      JOIN account_move_line line ON line.id = match.move_line_id
      JOIN account_move move ON move.id = line.move_id
      JOIN res_partner billed ON billed.id = move.commercial_partner_id
 LEFT JOIN coworking_charge charge ON charge.id = match.charge_id
 LEFT JOIN coworking_statement statement
        ON statement.id = COALESCE(charge.statement_id, match.statement_id)
 LEFT JOIN res_partner operator
        ON operator.id = COALESCE(charge.operator_id, statement.operator_id)
 LEFT JOIN res_partner owed ON owed.id = operator.commercial_partner_id
     WHERE match.move_id IS DISTINCT FROM line.move_id
        OR move.company_id != match.company_id OR move.state = 'cancel'
        OR charge.id IS NOT NULL AND charge.statement_id IS DISTINCT FROM match.statement_id
        OR CASE WHEN move.move_type = 'in_receipt'
                THEN line.coworking_charge_id IS DISTINCT FROM match.charge_id
                ELSE move.move_type NOT IN ('in_invoice', 'in_refund')
                  OR charge.id IS NOT NULL
                     AND operator.commercial_partner_id
                         IS DISTINCT FROM move.commercial_partner_id END
"""

MATCHED_CHARGES = """
    SELECT charge.company_id, 'coworking.charge', charge.id, charge.statement_id, NULL::integer,
           sums.expected, charge.payable_total
      FROM (SELECT charge_id, SUM(expected) AS expected FROM coworking_match
             WHERE charge_id IS NOT NULL GROUP BY charge_id) AS sums
      JOIN coworking_charge charge ON charge.id = sums.charge_id
     WHERE sums.expected NOT BETWEEN LEAST(charge.payable_total, 0)
                                 AND GREATEST(charge.payable_total, 0)
"""

MATCHED_LINES = """
    SELECT line.company_id, 'account.move', line.move_id, move.coworking_statement_id,
           line.move_id, sums.invoiced, sums.sign * line.price_total
      FROM (SELECT match.move_line_id, SUM(match.invoiced) AS invoiced,
                   CASE WHEN MIN(move.move_type) = 'in_refund' THEN -1 ELSE 1 END AS sign
              FROM coworking_match match JOIN account_move move ON move.id = match.move_id
             WHERE match.move_line_id IS NOT NULL GROUP BY match.move_line_id) AS sums
      JOIN account_move_line line ON line.id = sums.move_line_id
      JOIN account_move move ON move.id = line.move_id
     WHERE sums.invoiced != sums.sign * line.price_total
"""

# The file of whom everything was erased has another contact than the invoices have. FILE_OF is one
# of those that lines lead to, where there are any.
COPAYMENT = f"""
    SELECT move.company_id, 'account.move', move.id, move.coworking_statement_id, move.id,
           found.amount, owed.amount
      FROM account_move move
      JOIN coworking_statement statement ON statement.id = move.coworking_statement_id
      JOIN coworking_program program ON program.id = statement.program_id
CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(CASE program.funding_base WHEN 'total' THEN line.price_total
                                    ELSE line.price_subtotal END), 0)
                  * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS amount
             FROM account_move_line line
            WHERE line.move_id = move.id AND line.display_type = 'product'
              AND NOT EXISTS (  -- what is not given back of what was given up
                  SELECT FROM coworking_charge charge
                   WHERE charge.id = line.coworking_charge_id
                     AND charge.statement_id != statement.id)) AS found
CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(charge.copayment_amount), 0) AS amount
             FROM coworking_charge charge
            WHERE charge.statement_id = statement.id
              AND charge.participant_id = ANY (COALESCE(NULLIF(ARRAY(
                      SELECT named.participant_id FROM account_move_line line
                        JOIN coworking_charge named ON named.id = line.coworking_charge_id
                       WHERE line.move_id = move.id), '{{}}'),
                      ARRAY[{FILE_OF.format(move="move")}]))) AS owed
     WHERE move.move_type IN ('out_invoice', 'out_refund') AND move.state = 'posted'
       AND COALESCE(move.payment_state, '') != 'reversed' AND found.amount != owed.amount
"""  # nosec B608 # of constants

# A credit note may be of several bills: of what it takes back of another month, or of charges that
# another bill holds, this one knows nothing.
CREDIT_NOTES = """
    SELECT bill.company_id, 'account.move', bill.id, bill.coworking_statement_id, bill.id,
           SUM(note.amount_total - elsewhere.amount), bill.amount_total
      FROM account_move bill
      JOIN account_move note ON note.reversed_entry_id = bill.id AND note.state = 'posted'
CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(-match.invoiced), 0) AS amount
             FROM coworking_match match
            WHERE match.move_id = note.id AND match.statement_id IS NOT NULL
              AND NOT EXISTS (
                  SELECT FROM coworking_match own
                   WHERE own.move_id = bill.id
                     AND CASE WHEN match.charge_id IS NULL
                              THEN own.statement_id = match.statement_id
                              ELSE own.charge_id = match.charge_id END)) AS elsewhere
     WHERE bill.move_type IN ('in_invoice', 'out_invoice')
       AND note.move_type IN ('in_refund', 'out_refund')
       AND (bill.coworking_statement_id IS NOT NULL
         OR EXISTS (SELECT FROM coworking_match WHERE move_id = bill.id))
  GROUP BY bill.id
    HAVING SUM(note.amount_total - elsewhere.amount) > bill.amount_total
"""

# What a month end enters is taken back once, by as much: what Odoo posts by itself on the day after
# is as good as posted. A reversal that was reversed takes nothing back.
MONTH_ENDS = """
    SELECT entry.company_id, 'account.move', entry.id, NULL::integer, entry.id,
           COALESCE(SUM(reversal.amount_total), 0), entered.amount, entry.coworking_month_end
      FROM account_move entry
CROSS JOIN LATERAL (
           SELECT CASE WHEN entry.state = 'posted' THEN entry.amount_total ELSE 0 END AS amount
           ) AS entered
 LEFT JOIN account_move reversal
        ON reversal.reversed_entry_id = entry.id
       AND (reversal.state = 'posted'
            OR reversal.state = 'draft' AND reversal.auto_post != 'no'
               AND entry.state = 'posted' AND reversal.date >= CURRENT_DATE)
       AND NOT EXISTS (SELECT FROM account_move back
                        WHERE back.reversed_entry_id = reversal.id AND back.state = 'posted')
     WHERE entry.coworking_month_end IS NOT NULL
  GROUP BY entry.id, entered.amount
    HAVING COALESCE(SUM(reversal.amount_total), 0) != entered.amount
"""

# What each line says is rounded line by line: rounded as a whole, a bill may differ from their sum
# by some cents. What is entered does not.
DOCUMENTS = """
      WITH ours AS (
           SELECT id FROM account_move WHERE coworking_statement_id > 0
            UNION
           SELECT move_id FROM coworking_match WHERE move_id IS NOT NULL),
           sums AS (
           SELECT line.move_id, SUM(line.balance) AS balance,
                  COALESCE(ABS(SUM(line.amount_currency) FILTER (
                      WHERE line.display_type = 'product'
                         OR line.display_type = 'rounding'
                            AND line.tax_repartition_line_id IS NULL)), 0) AS entered,
                  COALESCE(ABS(SUM(line.amount_currency) FILTER (
                      WHERE line.display_type = 'payment_term')), 0) AS owed
             FROM account_move_line line JOIN ours ON ours.id = line.move_id
         GROUP BY line.move_id)
    SELECT move.company_id, 'account.move', move.id, move.coworking_statement_id, move.id,
           CASE WHEN sums.entered != move.amount_untaxed THEN sums.entered
                WHEN sums.owed != move.amount_total THEN sums.owed
                ELSE move.amount_total + sums.balance END,
           CASE WHEN sums.entered != move.amount_untaxed THEN move.amount_untaxed
                ELSE move.amount_total END
      FROM ours
      JOIN account_move move ON move.id = ours.id
 LEFT JOIN sums ON sums.move_id = move.id
     WHERE move.state != 'cancel'
       AND (COALESCE(sums.balance, 0) != 0 OR COALESCE(sums.owed, 0) != ABS(move.amount_total)
         OR COALESCE(sums.entered, 0) != ABS(move.amount_untaxed))
"""

TOTALS = """
    SELECT statement.company_id, 'coworking.statement', statement.id, statement.id, NULL::integer,
           CASE WHEN statement.payable_total != sums.payable THEN statement.payable_total
                WHEN statement.amount_total != sums.total THEN statement.amount_total
                WHEN statement.funded_amount != sums.funded THEN statement.funded_amount
                WHEN statement.copayment_amount != sums.copayment THEN statement.copayment_amount
                ELSE statement.payable_untaxed + statement.payable_tax END,
           CASE WHEN statement.payable_total != sums.payable THEN sums.payable
                WHEN statement.amount_total != sums.total THEN sums.total
                WHEN statement.funded_amount != sums.funded THEN sums.funded
                WHEN statement.copayment_amount != sums.copayment THEN sums.copayment
                ELSE sums.payable END
      FROM coworking_statement statement
CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(charge.payable_total), 0) AS payable,
                  COALESCE(SUM(charge.payable_untaxed), 0) AS untaxed,
                  COALESCE(SUM(charge.payable_tax), 0) AS tax,
                  COALESCE(SUM(charge.amount_total), 0) AS total,
                  COALESCE(SUM(charge.funded_amount), 0) AS funded,
                  COALESCE(SUM(charge.copayment_amount), 0) AS copayment
             FROM coworking_charge charge WHERE charge.statement_id = statement.id) AS sums
     WHERE (COALESCE(statement.payable_total, 0), COALESCE(statement.payable_untaxed, 0),
            COALESCE(statement.payable_tax, 0), COALESCE(statement.amount_total, 0),
            COALESCE(statement.funded_amount, 0), COALESCE(statement.copayment_amount, 0))
           != (sums.payable, sums.untaxed, sums.tax, sums.total, sums.funded, sums.copayment)
"""

INVOICED = """
    SELECT statement.company_id, 'coworking.statement', statement.id, statement.id, NULL::integer,
           COALESCE(statement.invoiced_amount, 0), COALESCE(sums.invoiced, 0)
      FROM coworking_statement statement
 LEFT JOIN (SELECT statement_id, SUM(invoiced) AS invoiced FROM coworking_match
             WHERE move_line_id IS NOT NULL GROUP BY statement_id) AS sums
        ON sums.statement_id = statement.id
     WHERE COALESCE(statement.invoiced_amount, 0) != COALESCE(sums.invoiced, 0)
"""

# A mark that no trigger took back, as where they were switched off meanwhile. One that is
# later than it need be costs time alone.
MARKED_OVER = f"""
    SELECT statement.company_id, 'coworking.statement', statement.id, statement.id, NULL::integer,
           statement.over_since, found.since
      FROM coworking_statement statement
 LEFT JOIN LATERAL ({OVER}) AS found ON true
     WHERE statement.over_since IS NOT NULL
       AND COALESCE(found.since, 'infinity') > statement.over_since
"""  # nosec B608 # of constants

# Of a seat whose months are marked as made, the first that may cost something and has no statement:
# they are gone through one by one, whatever they were counted for. A mark that is of more than what
# has begun is told by the month to come.
MARKED_MADE = f"""
      WITH lacking AS MATERIALIZED (
           SELECT seat.id, seat.company_id, seat.participant_id, seat.tariff_id, seat.date_start,
                  seat.date_end, month
             FROM coworking_seat seat
       CROSS JOIN LATERAL GENERATE_SERIES(
                  DATE_TRUNC('month', GREATEST(seat.date_start, seat.billed_from)::timestamp),
                  LEAST(seat.date_end, seat.made_until, LOCALTIMESTAMP + INTERVAL '1 month'),
                  INTERVAL '1 month') AS month
            WHERE seat.made_until IS NOT NULL AND seat.state IN ('confirmed', 'active', 'ended')
              AND NOT EXISTS (SELECT FROM coworking_statement statement
                               WHERE statement.space_id = seat.space_id
                                 AND statement.program_id = seat.program_id
                                 AND statement.date_from = month::date
                                 AND statement.state != 'cancelled'))
    SELECT company_id, 'coworking.seat', id, NULL::integer, NULL::integer,
           NULL, NULL, MIN(month)::date
      FROM lacking seat
     WHERE {MAY_COST}
  GROUP BY id, company_id
"""  # nosec B608 # of constants

# Packs have their own cap, commitments none; where no cap is the highest, there is none.
CAP = """
    SELECT seat.company_id, 'coworking.seat', MAX(seat.id), NULL::integer, NULL::integer,
           SUM(charge.funded_amount), MAX(caps.cap), charge.period
      FROM coworking_charge charge
      JOIN coworking_seat seat ON seat.id = charge.seat_id
      JOIN coworking_participant participant
        ON participant.id = charge.participant_id AND COALESCE(participant.pending_changes, 0) = 0
CROSS JOIN LATERAL (
           SELECT MAX(COALESCE(NULLIF(cap, 0), 'infinity')) AS cap
             FROM (SELECT seat.funding_cap AS cap UNION ALL
                   SELECT cap FROM coworking_seat_funding WHERE seat_id = seat.id) AS own
           ) AS caps
     WHERE charge.state = 'settled'
       AND COALESCE(charge.corrected_kind, charge.kind) NOT IN ('pack', 'commitment')
  GROUP BY seat.company_id, charge.participant_id, charge.period
    HAVING SUM(charge.funded_amount) > MAX(caps.cap)
"""

# Tickets used in settled months beyond those bought and taken over. Months are not settled in their
# order: a pack of a month that is still open was bought.
PACKS = """
      WITH used AS (
           SELECT seat.participant_id, seat.tariff_id, MAX(seat.id) AS seat_id,
                  SUM(day.quantity) AS quantity
             FROM coworking_seat seat
             JOIN coworking_tariff tariff
               ON tariff.id = seat.tariff_id AND tariff.unit = 'pack' AND tariff.counts = 'day'
            CROSS JOIN LATERAL (
                  SELECT CASE COUNT(*) WHEN 1 THEN tariff.half_day_quantity ELSE 1 END AS quantity
                    FROM coworking_presence presence
                   WHERE presence.seat_id = seat.id AND presence.state = 'present'
                     AND EXISTS (
                         SELECT FROM coworking_statement statement
                          WHERE statement.space_id = seat.space_id
                            AND statement.program_id = seat.program_id
                            AND statement.state IN ('confirmed', 'billed')
                            AND statement.date_from = DATE_TRUNC('month', presence.date)::date)
                GROUP BY presence.date) AS day
            WHERE seat.state IN ('confirmed', 'active', 'ended') AND seat.billed_from IS NULL
         GROUP BY seat.participant_id, seat.tariff_id)
    SELECT seat.company_id, 'coworking.seat', seat.id, NULL::integer, NULL::integer,
           used.quantity::float, bought.quantity::float
      FROM used
      JOIN coworking_seat seat ON seat.id = used.seat_id
      JOIN coworking_tariff tariff ON tariff.id = used.tariff_id
      JOIN coworking_participant participant
        ON participant.id = used.participant_id AND COALESCE(participant.pending_changes, 0) = 0
CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(charge.quantity), 0) * tariff.pack_size
                  + COALESCE((SELECT SUM(opening_pack_quantity) FROM coworking_seat own
                               WHERE own.participant_id = used.participant_id
                                 AND own.tariff_id = used.tariff_id), 0) AS quantity
             FROM coworking_charge charge
            WHERE charge.participant_id = used.participant_id
              AND charge.tariff_id = used.tariff_id AND charge.state != 'forecast'
              AND COALESCE(charge.corrected_kind, charge.kind) = 'pack') AS bought
     WHERE used.quantity > bought.quantity
"""

# The order is that of causes: of one statement or document, only the first rule broken is told,
# since the others follow from it.
RULES = {
    "line_gone": LINES_GONE,
    "missing": MISSING,
    "state": STATES,
    "sum": ARITHMETIC,
    "settled": None,  # see CONFIRMED
    "currency": CURRENCY,
    "twice": TWICE,
    "seat_month": SEAT_MONTH,
    "month_gone": MONTH_GONE,
    "place": PLACE,
    "copayment": COPAYMENT,
    "credit_note": CREDIT_NOTES,
    "month_end": MONTH_ENDS,
    "document": DOCUMENTS,
    "match_charge": MATCHED_CHARGES,
    "match_line": MATCHED_LINES,
    "total": TOTALS,
    "invoiced": INVOICED,
    "made": MARKED_MADE,
    "over": MARKED_OVER,
    "overbooked": OVERBOOKED,
    "presence": PRESENCE,
    "cap": CAP,
    "pack": PACKS,
    "sealed": None,  # see coworking.books
    "audit": None,  # see coworking.audit
}

# Triggers of PostgreSQL without which a rule above would not hold, beside those of the audit trail
# on each table, by table.
TRIGGERS = {
    "account_bank_statement_line": ("coworking_over_bank_trg",),
    "account_move": (
        "coworking_copayment_move_d_trg",
        "coworking_copayment_move_i_trg",
        "coworking_copayment_move_u_trg",
        "coworking_over_entry_trg",
        "coworking_over_invoice_gone_trg",
        "coworking_over_invoice_trg",
        "coworking_over_move_trg",
    ),
    "account_move_line": ("coworking_match_line_trg", "coworking_over_item_trg"),
    "account_partial_reconcile": ("coworking_over_partial_trg",),
    "account_payment": ("coworking_over_payment_trg",),
    "coworking_attendance": ("coworking_attendance_signed_trg",),
    "coworking_attendance_signature": (
        "coworking_attendance_signature_keep_trg",
        "coworking_attendance_signature_truncate_trg",
    ),
    "coworking_audit": (
        "coworking_audit_forge_trg",
        "coworking_audit_keep_trg",
        "coworking_audit_truncate_trg",
    ),
    "coworking_charge": (
        "coworking_charge_frozen_trg",
        "coworking_copayment_charge_trg",
        "coworking_copayment_closed_trg",
        "coworking_match_charge_trg",
        "coworking_over_charge_made_trg",
        "coworking_over_charge_trg",
    ),
    "coworking_hosting_signatory": ("coworking_hosting_signatory_truncate_trg",),
    "coworking_hosting_version": ("coworking_hosting_version_truncate_trg",),
    "coworking_match": (
        "coworking_match_delete_trg",
        "coworking_match_insert_trg",
        "coworking_match_update_trg",
    ),
    "coworking_participant": ("coworking_copayment_person_trg",),
    "coworking_program": ("coworking_over_program_trg",),
    "coworking_purge": ("coworking_purge_keep_trg", "coworking_purge_truncate_trg"),
    "coworking_seat": (
        "coworking_months_seat_trg",
        "coworking_over_seat_trg",
        "coworking_seat_capacity_trg",
    ),
    "coworking_statement": (
        "coworking_months_statement_gone_trg",
        "coworking_months_statement_trg",
        "coworking_over_statement_trg",
    ),
    "res_company_users_rel": ("coworking_audit_rights_trg",),
    "res_groups_implied_rel": ("coworking_audit_rights_trg",),
    "res_groups_users_rel": ("coworking_audit_rights_trg",),
    "res_partner": ("coworking_mark_company",),
}
