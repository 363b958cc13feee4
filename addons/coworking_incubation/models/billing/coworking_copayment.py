from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ..base.processing import MONEY
from .account_move import WHOSE

# Of an invoice of several files of one person each has its part, as its lines ask: they sum to the
# cent.
PART = """COALESCE(CASE WHEN invoice.whole IS NULL THEN {amount}
                ELSE ROUND({amount} * invoice.until / NULLIF(invoice.whole, 0),
                           currency.decimal_places)
                   - ROUND({amount} * invoice.before / NULLIF(invoice.whole, 0),
                           currency.decimal_places) END, 0)"""
# What was paid of an invoice and its credit notes, without what a payment writes off: see
# ``_coworking_get_money``. Joined after all that rows are chosen by, it is looked up once and of
# those alone, and left out where no column tells it: planning it takes as long as reading a page.
PAID = """
           SELECT SUM(CASE WHEN partial.debit_move_id = line.id THEN 1 ELSE -1 END
                      * CASE WHEN part.off > 0 THEN
                             TRUNC(partial.amount * GREATEST(part.settled - part.off, 0)
                                   / part.settled, currency.decimal_places)
                             ELSE partial.amount END) AS amount
             FROM account_move document
             JOIN account_move_line line
               ON line.move_id = document.id AND line.display_type = 'payment_term'
             JOIN account_partial_reconcile partial
               ON line.id IN (partial.debit_move_id, partial.credit_move_id)
             JOIN account_move_line other
               ON other.id IN (partial.debit_move_id, partial.credit_move_id)
              AND other.id != line.id AND other.parent_state = 'posted'
             JOIN account_move entry ON entry.id = other.move_id
       CROSS JOIN LATERAL (
                  SELECT SUM(GREATEST(SIGN(other.balance) * item.balance, 0)) FILTER (
                             WHERE kind.account_type IN ('asset_receivable', 'liability_payable')
                         ) AS settled,
                         -SUM(SIGN(other.balance) * item.balance) FILTER (
                             WHERE SPLIT_PART(kind.account_type, '_', 1) IN ('income', 'expense')
                                   OR item.tax_line_id IS NOT NULL) AS off
                    FROM account_move_line item
                    JOIN account_account kind ON kind.id = item.account_id
                   WHERE item.move_id = entry.id) AS part
            WHERE invoice.state = 'posted'
              AND (document.id = invoice.id OR document.reversed_entry_id = invoice.id)
              AND (entry.origin_payment_id IS NOT NULL
                   OR entry.statement_line_id IS NOT NULL
                   OR EXISTS (SELECT
                                FROM account_journal bank
                                JOIN account_move_line waiting
                                  ON waiting.account_id = bank.suspense_account_id
                                JOIN account_partial_reconcile settled
                                  ON waiting.id IN (settled.debit_move_id, settled.credit_move_id)
                                JOIN account_move_line item
                                  ON item.id IN (settled.debit_move_id, settled.credit_move_id)
                                JOIN account_move settling
                                  ON settling.id = item.move_id
                                 AND settling.statement_line_id IS NOT NULL
                               WHERE bank.id = entry.journal_id AND waiting.move_id = entry.id
                                 AND bank.type IN ('bank', 'cash')))"""
PART_PAID = PART.format(amount="money.amount")
PART_DUE = PART.format(amount="invoice.amount_total_signed")
PART_LEFT = PART.format(amount="(invoice.amount_residual_signed + invoice.noted)")
# Whose part an invoice asks for: its lines lead to the files, also where one has another contact by
# now, as that of somebody whose data ended may have. What somebody added without such a line is of
# one file: the first of these, or else of whom the invoice names.
FILE_OF = """COALESCE((
           SELECT MIN(charge.participant_id)
             FROM account_move_line line
             JOIN coworking_charge charge ON charge.id = line.coworking_charge_id
            WHERE line.move_id = {move}.id), (
           SELECT MIN(charge.participant_id)
             FROM coworking_charge charge
             JOIN coworking_participant file ON file.id = charge.participant_id
            WHERE charge.statement_id = {move}.coworking_statement_id
              AND charge.copayment_amount != 0 AND file.partner_id = {move}.partner_id))"""
IS_OWN = f"""(EXISTS (
           SELECT FROM account_move_line line
             JOIN coworking_charge charge ON charge.id = line.coworking_charge_id
            WHERE line.move_id = {{move}}.id AND charge.participant_id = participant.id)
        OR {FILE_OF} = participant.id)"""  # nosec B608 # of constants
# What invoices ask of files for their own month, line by line, with the month that it counts for,
# which of a correction is an earlier one; nothing for what they ask again of another one: see
# coworking_statement_given_up.
ASKED = f"""
    SELECT move.coworking_statement_id AS statement_id, move.state, move.date,
           move.payment_state IS DISTINCT FROM 'reversed' AS stands,
           COALESCE(charge.participant_id, {FILE_OF.format(move="move")}) AS participant_id,
           COALESCE(charge.period, (SELECT date_from FROM coworking_statement
                                     WHERE id = move.coworking_statement_id)) AS period,
           CASE WHEN charge.statement_id != move.coworking_statement_id THEN 0
                ELSE -line.balance END AS amount
      FROM account_move move
 LEFT JOIN account_move_line line
        ON line.move_id = move.id AND line.display_type IN ('product', 'rounding')
       AND line.tax_repartition_line_id IS NULL
 LEFT JOIN coworking_charge charge ON charge.id = line.coworking_charge_id
     WHERE move.coworking_statement_id > 0 AND move.state != 'cancel'
       AND move.move_type IN ('out_invoice', 'out_refund')
"""  # nosec B608 # of constants
# What participants owe for statements, as far as ``which`` says, and were invoiced: of invoices
# that were taken back as well where none stands. ``owes`` and ``counts`` say what counts of each.
OWED = f"""
    (SELECT statement_id, participant_id, SUM(copayment_amount) AS amount
       FROM coworking_charge
      WHERE statement_id {{which}} AND copayment_amount != 0 AND {{owes}}
   GROUP BY statement_id, participant_id) AS owed
 FULL JOIN (SELECT statement_id, participant_id, MAX(date) AS last,
                   BOOL_AND(state = 'posted') AS posted,
                   CASE WHEN BOOL_OR(stands)
                        THEN SUM(amount) FILTER (WHERE {{counts}} AND stands)
                        ELSE SUM(amount) FILTER (WHERE {{counts}}) END AS amount
              FROM ({ASKED} AND move.coworking_statement_id {{which}}) AS asked
          GROUP BY statement_id, participant_id) AS invoiced
     USING (statement_id, participant_id)
"""  # nosec B608 # of constants
# Statements and invoices are looked up account by account: OFFSET and LIMIT keep PostgreSQL from
# joining. For the few that are open it would read every invoice there is, and for a page of all of
# them, latest month first, go through all accounts once a statement. The invoice is the one that
# stands, which the unique index finds, else the one that stood last. Most that are open are of the
# month that runs, which has none: that is asked first, and of such a month no more.
DOCUMENT = """account_move {row}
             WHERE {row}.coworking_statement_id = owed.statement_id
               AND {row}.coworking_statement_id > 0
               AND {row}.move_type IN ('out_invoice', 'out_refund')"""
FOUND = f"""
            SELECT move.id, move.state, move.amount_total_signed, move.amount_residual_signed,
                   move.invoice_date_due
              FROM {DOCUMENT.format(row="move")}"""  # nosec B608 # of constants
INVOICE = f"""
    SELECT move.*, shared.*,
           (SELECT COALESCE(SUM(amount_residual_signed), 0) FROM account_move
             WHERE reversed_entry_id = move.id AND state = 'posted') AS noted
      FROM (SELECT id, partner_id FROM coworking_participant
             WHERE id = owed.participant_id
               AND EXISTS (SELECT FROM {DOCUMENT.format(row="document")}) OFFSET 0) AS participant
CROSS JOIN LATERAL (
           ({FOUND} AND {WHOSE.format(row="move.")} = -participant.partner_id
               AND (EXISTS (SELECT FROM account_move_line line
                             WHERE line.move_id = move.id
                               AND line.coworking_charge_id = ANY (owed.charge_ids)
                               AND line.coworking_charge_id > 0)
                    OR {IS_OWN.format(move="move")}))
         UNION ALL
           ({FOUND} AND move.state != 'cancel' AND {IS_OWN.format(move="move")}
          ORDER BY move.payment_state IS DISTINCT FROM 'reversed' DESC, move.id DESC
             LIMIT 1)
             LIMIT 1) AS move
 LEFT JOIN LATERAL (
           SELECT SUM(line.balance) AS whole,
                  SUM(line.balance) FILTER (WHERE charge.participant_id <= participant.id) AS until,
                  COALESCE(SUM(line.balance) FILTER (WHERE charge.participant_id < participant.id),
                           0) AS before
             FROM account_move_line line
             JOIN coworking_charge charge ON charge.id = line.coworking_charge_id
            WHERE line.move_id = move.id
              AND EXISTS (SELECT FROM account_move_line asked
                           WHERE asked.move_id = move.id
                             AND asked.coworking_charge_id != ALL (owed.charge_ids))
           HAVING MIN(charge.participant_id) < MAX(charge.participant_id)) AS shared ON TRUE
"""  # nosec B608 # of constants
# What posted credit notes of an invoice, but for those of ``without``, took back of its lines: of
# what their own lines name, in the words that Odoo's copies of lines have, as far as that is left,
# or else of all that is left, in proportion and by largest remainder. What a note takes off again
# is taken off what it names.
CREDITED = """
CREATE OR REPLACE FUNCTION coworking_copayment_credited(invoice integer, without integer[])
RETURNS TABLE (line_id integer, credited numeric) LANGUAGE plpgsql STABLE AS $$
DECLARE
    step numeric;
    lines integer[];
    words text[];
    asked numeric[];
    already numeric[];
    named numeric[];
    parts numeric[];
    rest numeric;
    place integer;
    note record;
    item record;
BEGIN
    SELECT ARRAY_AGG(line.id ORDER BY line.id), ARRAY_AGG(line.name ORDER BY line.id),
           ARRAY_AGG(-line.balance ORDER BY line.id), ARRAY_AGG(0::numeric)
      INTO lines, words, asked, already
      FROM account_move_line line
     WHERE line.move_id = invoice AND line.display_type = 'product' AND line.balance < 0;
    SELECT currency.rounding INTO step
      FROM account_move move
      JOIN res_company company ON company.id = move.company_id
      JOIN res_currency currency ON currency.id = company.currency_id
     WHERE move.id = invoice;
    IF lines IS NULL THEN
        RETURN;
    END IF;
    FOR note IN SELECT id FROM account_move
                 WHERE reversed_entry_id = invoice AND state = 'posted' AND id != ALL (without)
              ORDER BY date, id LOOP
        named := ARRAY_FILL(0::numeric, ARRAY[CARDINALITY(lines)]);
        rest := 0;
        FOR item IN SELECT name, balance FROM account_move_line
                     WHERE move_id = note.id AND display_type = 'product' ORDER BY id LOOP
            SELECT MIN(n) INTO place FROM GENERATE_SUBSCRIPTS(lines, 1) AS n
             WHERE item.balance > 0 AND words[n] IS NOT DISTINCT FROM item.name
               AND already[n] + named[n] + item.balance <= asked[n];
            IF place IS NULL THEN
                rest := rest + item.balance;
            ELSE
                named[place] := named[place] + item.balance;
            END IF;
        END LOOP;
        IF rest < 0 THEN
            parts := named;
            rest := GREATEST(rest + (SELECT SUM(part) FROM UNNEST(named) AS part), 0);
            named := ARRAY_FILL(0::numeric, ARRAY[CARDINALITY(lines)]);
        ELSE
            parts := ARRAY(SELECT asked[n] - already[n] - named[n]
                             FROM GENERATE_SUBSCRIPTS(lines, 1) AS n ORDER BY n);
        END IF;
        already := ARRAY(
            WITH whole AS (SELECT SUM(part) AS amount FROM UNNEST(parts) AS part),
                 shares AS (
                 SELECT n, DIV(LEAST(rest, amount) / step * parts[n], NULLIF(amount, 0)) AS steps,
                        MOD(LEAST(rest, amount) / step * parts[n], NULLIF(amount, 0)) AS remainder
                   FROM GENERATE_SUBSCRIPTS(lines, 1) AS n, whole)
            SELECT already[n] + named[n] + COALESCE(step * (steps + CASE WHEN ROW_NUMBER() OVER (
                       ORDER BY remainder DESC, n) * amount <= SUM(remainder) OVER ()
                       THEN 1 ELSE 0 END), 0)
              FROM shares, whole ORDER BY n);
    END LOOP;
    RETURN QUERY SELECT * FROM UNNEST(lines, already);
END $$
"""
# What a correction does not give back of parts that were taken back before: see
# ``coworking.statement._get_given_up``. Of months that were given up, then by credit notes of those
# that stand. A function, as few accounts ask for it and PostgreSQL would plan it with each query
# for any.
KEPT = f"""
CREATE OR REPLACE FUNCTION coworking_copayment_kept(correction integer) RETURNS numeric
LANGUAGE sql STABLE AS $$
    WITH corrected AS (
        SELECT charge.id, charge.statement_id, charge.copayment_amount AS amount,
               correcting.statement_id AS own, -correcting.copayment_amount AS given_back,
               COALESCE((
                   SELECT BOOL_AND(move.payment_state IS NOT DISTINCT FROM 'reversed')
                     FROM account_move move
                    WHERE move.coworking_statement_id = charge.statement_id
                      AND move.coworking_statement_id > 0 AND move.state != 'cancel'
                      AND move.move_type IN ('out_invoice', 'out_refund')
                      AND {IS_OWN.format(move="move")}), false) AS is_given_up
          FROM coworking_charge correcting
          JOIN coworking_charge charge
            ON charge.seat_id = correcting.seat_id AND charge.period = correcting.period
           AND COALESCE(charge.corrected_kind, charge.kind) = correcting.corrected_kind
           AND charge.state = 'settled' AND charge.statement_id != correcting.statement_id
          JOIN coworking_participant participant ON participant.id = charge.participant_id
         WHERE correcting.id = correction
    ), asked AS (
        SELECT corrected.id, line.id AS line_id, line.move_id,
               CASE WHEN move.coworking_statement_id IN (corrected.statement_id, corrected.own)
                    THEN 0 ELSE line.balance END AS again
          FROM corrected
          JOIN account_move_line line
            ON line.coworking_charge_id = corrected.id AND line.coworking_charge_id > 0
          JOIN account_move move ON move.id = line.move_id
         WHERE move.move_type IN ('out_invoice', 'out_refund') AND move.state != 'cancel'
           AND move.payment_state IS DISTINCT FROM 'reversed'
    ), taken_back AS (
        SELECT asked.id, SUM(asked.again + COALESCE(note.credited, 0)) AS amount
          FROM asked
     LEFT JOIN LATERAL coworking_copayment_credited(asked.move_id, '{{}}') AS note USING (line_id)
      GROUP BY asked.id
    ), summed AS (
        SELECT MIN(given_back) AS rest,
               GREATEST(SUM(amount + back) FILTER (WHERE is_given_up)
                        - GREATEST(SUM(amount) - MIN(given_back), 0), 0) AS given_up,
               SUM(GREATEST(back, 0)) FILTER (WHERE NOT is_given_up) AS credited
          FROM (SELECT corrected.*, COALESCE(taken_back.amount, 0) AS back
                  FROM corrected LEFT JOIN taken_back USING (id)) AS row
    )
    SELECT COALESCE(given_up, 0)
           + LEAST(COALESCE(credited, 0), GREATEST(rest - COALESCE(given_up, 0), 0))
      FROM summed
$$
"""  # nosec B608 # of constants
# What corrects a part by less: of such a charge alone it is asked, and without an invoice.
IS_KEPT = "owed.corrects AND charge.corrected_kind IS NOT NULL AND charge.copayment_amount < 0"
# What somebody has to pay of a month.
SUMS = """
            SELECT {first} MIN(charge.id) AS id, charge.participant_id, charge.statement_id,
                   charge.copayment_open, SUM(charge.copayment_amount) AS copayment,
                   BOOL_OR(charge.copayment_amount < 0) AS corrects{charge_ids}
              FROM coworking_charge charge
             WHERE charge.statement_id IS NOT NULL AND charge.copayment_amount != 0
               AND charge.participant_id IS NOT NULL {which}
          GROUP BY charge.participant_id, charge.statement_id, charge.copayment_open"""
# What will be added to it: what corrects a part has the tax with which that was asked, where an
# invoice of it stands; see ``_get_lines_asked``.
TAX = f"""
           SELECT SUM((charge.copayment_amount
                       + CASE WHEN {IS_KEPT} THEN COALESCE(coworking_copayment_kept(charge.id), 0)
                              ELSE 0 END) * COALESCE(asked.rate, today.rate)) AS amount
             FROM coworking_charge charge
       CROSS JOIN (
                  SELECT SUM(account_tax.amount) / 100 AS rate
                    FROM product_product product
                    JOIN product_taxes_rel rel ON rel.prod_id = product.product_tmpl_id
                    JOIN account_tax ON account_tax.id = rel.tax_id
                   WHERE product.id = program.copayment_product_id
                     AND account_tax.company_id = program.company_id
                     AND account_tax.amount_type = 'percent') AS today
        LEFT JOIN LATERAL (
                  SELECT line.price_total / NULLIF(line.price_subtotal, 0) - 1 AS rate
                    FROM coworking_charge corrected
                    JOIN account_move_line line ON line.coworking_charge_id = corrected.id
                     AND line.coworking_charge_id > 0
                    JOIN account_move move ON move.id = line.move_id
                   WHERE charge.corrected_kind IS NOT NULL
                     AND corrected.seat_id = charge.seat_id
                     AND corrected.period = charge.period
                     AND charge.corrected_kind
                         = COALESCE(corrected.corrected_kind, corrected.kind)
                     AND corrected.statement_id != charge.statement_id
                     AND corrected.state = 'settled'
                     AND move.move_type IN ('out_invoice', 'out_refund')
                     AND move.state != 'cancel' AND move.payment_state != 'reversed'
                ORDER BY line.id LIMIT 1) AS asked ON TRUE
            WHERE charge.id = ANY (owed.charge_ids)
              AND program.funding_base = 'untaxed' AND invoice.id IS NULL"""  # nosec B608
TO_ASK = """ROUND(owed.copayment + COALESCE(kept.amount, 0) + COALESCE(tax.amount, 0),
                     currency.decimal_places)"""
ACCOUNTS = f"""
    SELECT owed.id, owed.participant_id, statement.program_id, statement.space_id,
           owed.statement_id, statement.company_id, company.currency_id,
           statement.date_from AS period, program.copayment_collector AS collector,
           statement.state IN ('confirmed', 'billed') AS settled,
           CASE WHEN invoice.id IS NOT NULL THEN {PART_DUE}
                ELSE {TO_ASK}
            END AS due,
           CASE WHEN invoice.state = 'posted'
                THEN {PART_DUE} - {PART_PAID} - {PART_LEFT}
                ELSE 0 END AS credited,
           CASE WHEN invoice.state = 'posted' THEN {PART_PAID} ELSE 0 END AS paid,
           CASE WHEN invoice.state = 'posted' THEN {PART_LEFT}
                WHEN invoice.id IS NOT NULL THEN {PART_DUE}
                WHEN program.copayment_collector = 'space' THEN 0
                ELSE {TO_ASK}
            END AS residual,
           owed.copayment_open, owed.charge_ids,
           invoice.id AS move_id,
           CASE WHEN invoice.state = 'posted' THEN invoice.invoice_date_due END
               AS invoice_date_due,
           CASE WHEN invoice.id IS NULL AND program.copayment_collector = 'space'
                THEN 'information'
                WHEN invoice.id IS NULL THEN 'to_invoice'
                WHEN invoice.state = 'draft' THEN 'draft'
                WHEN invoice.amount_total_signed != 0
                     AND COALESCE(money.amount, 0) + invoice.noted
                         + invoice.amount_residual_signed = 0
                THEN 'credited'
                WHEN invoice.amount_residual_signed + invoice.noted = 0 THEN 'paid'
                WHEN invoice.amount_residual_signed + invoice.noted
                     = invoice.amount_total_signed
                THEN 'open' ELSE 'partial' END AS state
      FROM ({{owed}}) AS owed
CROSS JOIN LATERAL (
           SELECT program_id, space_id, company_id, date_from, state
             FROM coworking_statement
            WHERE id = owed.statement_id OFFSET 0) AS statement
      JOIN coworking_program program ON program.id = statement.program_id
{{invoice}}
 LEFT JOIN LATERAL (
           SELECT SUM(coworking_copayment_kept(charge.id)) AS amount
             FROM coworking_charge charge
            WHERE charge.id = ANY (owed.charge_ids) AND {IS_KEPT} AND invoice.id IS NULL
           ) AS kept ON TRUE
 LEFT JOIN LATERAL ({TAX}) AS tax ON TRUE
 LEFT JOIN res_company company ON company.id = statement.company_id
 LEFT JOIN res_currency currency ON currency.id = company.currency_id
{{money}}
"""  # nosec B608 # of constants
VIEW = "CREATE VIEW coworking_copayment AS" + ACCOUNTS.format(
    owed=SUMS.format(first="", which="", charge_ids=", ARRAY_AGG(charge.id) AS charge_ids"),
    invoice=f"LEFT JOIN LATERAL ({INVOICE}) AS invoice ON TRUE",
    money=f"LEFT JOIN LATERAL ({PAID}) AS money ON TRUE",
)
IS_OPEN = "AND charge.copayment_open IS TRUE AND charge.copayment_open"
LATEST_SUMS = SUMS.format(first="DISTINCT ON (charge.participant_id)", which=IS_OPEN, charge_ids="")
# Of accounts without an invoice neither it nor what was paid of it is looked up.
WITHOUT_INVOICE = {
    "invoice": """CROSS JOIN LATERAL (
           SELECT NULL::integer AS id, NULL::varchar AS state, NULL::date AS invoice_date_due,
                  NULL::numeric AS amount_total_signed, NULL::numeric AS amount_residual_signed,
                  NULL::numeric AS noted, NULL::numeric AS whole, NULL::numeric AS until,
                  NULL::numeric AS before
            WHERE NOT EXISTS ({document})) AS invoice
    """,
    "money": "CROSS JOIN (SELECT NULL::numeric AS amount) AS money",
}
ANY_DOCUMENT = f"SELECT FROM {DOCUMENT.format(row='document')}"  # nosec B608 # of constants
# Of them, of each person the latest that is open, where its month has no invoice: the same rows.
# Its charges are asked one by one of few: a list of them for each takes a third of finding all.
LATEST = ACCOUNTS.format(
    owed=f"""
            SELECT months.*, (
                   SELECT ARRAY_AGG(charge.id) FROM coworking_charge charge
                    WHERE charge.participant_id = months.participant_id
                      AND charge.statement_id = months.statement_id
                      AND charge.copayment_amount != 0 {IS_OPEN}) AS charge_ids
              FROM ({LATEST_SUMS} ORDER BY charge.participant_id, charge.statement_id DESC)
                   AS months""",  # nosec B608 # of constants
    invoice=WITHOUT_INVOICE["invoice"].format(document=ANY_DOCUMENT),
    money=WITHOUT_INVOICE["money"],
)
# All of settled months of which no invoice asks anything, the same rows as well. Most that are open
# are to be paid: these are told by the lines of their charges alone, one by one (OFFSET).
NOT_INVOICED = ACCOUNTS.format(
    owed=SUMS.format(
        first="",
        which=f"""AND charge.state = 'settled' {IS_OPEN} AND NOT EXISTS (
                  SELECT FROM account_move_line line
                   WHERE line.coworking_charge_id = charge.id AND line.coworking_charge_id > 0
                     AND EXISTS (
                         SELECT FROM account_move document
                          WHERE document.id = line.move_id AND document.state != 'cancel'
                            AND document.coworking_statement_id = charge.statement_id
                            AND document.coworking_statement_id > 0
                            AND document.move_type IN ('out_invoice', 'out_refund') OFFSET 0)
                  OFFSET 0)""",  # nosec B608 # of constants
        charge_ids=", ARRAY_AGG(charge.id) AS charge_ids",
    ),
    invoice=WITHOUT_INVOICE["invoice"].format(
        document=f"""
           SELECT FROM coworking_participant participant
            WHERE participant.id = owed.participant_id AND EXISTS (
                  {ANY_DOCUMENT} AND document.state != 'cancel'
                     AND {IS_OWN.format(move="document")})"""  # nosec B608 # of constants
    ),
    money=WITHOUT_INVOICE["money"],
)
# Of a month that is none of these nothing is to be done any more: see coworking_charge_copayment.
OPEN_STATES = {"to_invoice", "draft", "open", "partial"}


class CoworkingCopayment(models.Model):
    """What one participant has to pay for one month in one space, and what is left of it.

    Where the program collects, it follows the invoice; where the space does, it is information:
    the person pays the space, and nobody tells us when. Of an invoice, what is due less what was
    credited and what was paid is what is left; an invoice that a credit note took back gives way
    to the one made in its place. It stays the person's when the file has another contact. Of one
    invoice for two files of a person each has the part that its lines ask for.
    """

    _name = "coworking.copayment"
    _description = "Participant's Account"
    _processing = MONEY
    _inherit = ["coworking.record.mixin"]
    _auto = False
    _order = "period desc, participant_id, id"
    _depends = {
        "account.move": [
            "amount_residual_signed",
            "amount_total_signed",
            "coworking_statement_id",
            "date",
            "invoice_date_due",
            "move_type",
            "partner_id",
            "payment_state",
            "reversed_entry_id",
            "state",
        ],
        "account.move.line": [
            "account_id",
            "balance",
            "coworking_charge_id",
            "display_type",
            "name",
            "price_subtotal",
            "price_total",
            "tax_line_id",
        ],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id"],
        "coworking.charge": [
            "copayment_amount",
            "copayment_open",
            "corrected_kind",
            "kind",
            "participant_id",
            "period",
            "seat_id",
            "state",
            "statement_id",
        ],
        "coworking.participant": ["partner_id"],
        "coworking.program": ["copayment_collector", "copayment_product_id", "funding_base"],
        "coworking.statement": ["company_id", "date_from", "program_id", "space_id", "state"],
    }

    participant_id = fields.Many2one("coworking.participant", readonly=True)
    program_id = fields.Many2one("coworking.program", readonly=True)
    space_id = fields.Many2one("coworking.space", readonly=True)
    statement_id = fields.Many2one(
        "coworking.statement",
        readonly=True,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    period = fields.Date(string="Month", readonly=True)
    collector = fields.Selection(
        [("program", "The program"), ("space", "The space")], string="Paid To", readonly=True
    )
    settled = fields.Boolean(
        string="Definitive", readonly=True, help="The month is confirmed: the amount stays."
    )
    due = fields.Monetary(string="Amount Due", readonly=True, help="With tax.")
    credited = fields.Monetary(
        readonly=True,
        help="Of the invoice, by credit notes, entries or what a payment writes off: nobody paid"
        " that.",
    )
    paid = fields.Monetary(
        readonly=True,
        help="Of the invoice, less what was given back; unknown where the space collects, and shown"
        " as 0.",
    )
    residual = fields.Monetary(
        string="Left to Pay",
        readonly=True,
        help="To the program: due, less credited, less paid. Below zero it is owed to the"
        " participant. What is owed to a space is not counted.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        groups="coworking_incubation.group_coworking_accountant",
    )
    invoice_date_due = fields.Date(string="Due Date", readonly=True)
    state = fields.Selection(
        [
            ("information", "To the space"),
            ("to_invoice", "To invoice"),
            ("draft", "Draft invoice"),
            ("open", "To pay"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("credited", "Credited"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        return LATEST if self.env.context.get("coworking_latest") else None

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(CREDITED)
        self.env.cr.execute(KEPT)
        self.env.cr.execute(VIEW)

    # === CRUD METHODS ===#

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Of what is left or to be done, the many months of which nothing is are not read."""
        self._expect_lookups()
        narrowed = Domain(domain).map_conditions(self._narrow)
        return super()._search(narrowed, *args, **kwargs)

    def _as_query(self, ordered=True):
        query = super()._as_query(ordered)
        if self:
            query.add_where(self._get_people_condition(self._table, self._ids))
        return query

    def _formatted_read_group_with_length(
        self, domain, groupby, aggregates, offset=0, limit=None, order=None
    ):
        """Of groups that are not shown, what was paid is not looked up: they are counted first. Of
        those that are, nothing but the name is read.
        """
        field = self._fields.get(order)
        if not limit or groupby != [order] or not field or field.type != "many2one":
            return super()._formatted_read_group_with_length(
                domain, groupby, aggregates, offset, limit, order
            )
        # sudo: Odoo orders and names groups so
        owners = self.env[field.comodel_name].sudo().with_context(active_test=False)
        if order == "participant_id":
            found = self._find_people(domain)
            asked = Domain("id", "in", found)
            page = owners.search_fetch(asked, ["display_name"], offset=offset, limit=limit).ids
        else:
            found = [owner.id for (owner,) in self._read_group(domain, groupby, order=order)]
            page = found[offset : offset + limit]
            owners.browse(filter(None, page)).fetch(["display_name"])
        asked = Domain(order, "in", page) & Domain(domain)
        return self.formatted_read_group(asked, groupby, aggregates, order=order), len(found)

    @api.model
    def _find_people(self, domain):
        """Of whom there are such accounts. Most have one of the month that runs, for which nothing
        is looked up: those are asked first, and all accounts of the others alone.

        :return: list of ids, in no order: those of a page alone are put in theirs
        """
        latest = self.with_context(coworking_latest=True)._find_people_of(domain)
        # As one array, which is written and hashed once: Odoo writes a list number by number.
        others = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s != ALL (%s)", model._field_to_sql(alias, "participant_id", query), latest
            )
        )
        return latest + self._find_people_of(others & Domain(domain))

    @api.model
    def _find_people_of(self, domain):
        """As one list: of each Odoo would make a record."""
        ((found,),) = self._read_group(domain, [], ["participant_id:array_agg_distinct"])
        return found or []

    @api.model
    def _narrow(self, condition):
        """:return: the same condition, with what PostgreSQL finds by who alone can meet it"""
        field, operator, value = condition.field_expr, condition.operator, condition.value
        if field != "id" or operator not in ("=", "in") or isinstance(value, Domain | Query | SQL):
            return self._narrow_to_open(condition)
        values = [value] if isinstance(value, int | str | None) else value
        ids = [number for number in values if number]
        if not all(type(number) is int for number in ids):  # left to Odoo
            return condition
        return condition & Domain.custom(
            to_sql=lambda model, alias, query: self._get_people_condition(alias, ids)
        )

    @staticmethod
    def _get_people_condition(alias, ids):
        # An account has the number of its first charge, which is known once those of all are summed
        # up: whose it is says the charge itself.
        return SQL(
            "%s = ANY (ARRAY(SELECT participant_id FROM coworking_charge WHERE id = ANY (%s)))",
            SQL.identifier(alias, "participant_id"),
            list(ids),
        )

    @api.model
    def _narrow_to_open(self, condition):
        field, operator, value = condition.field_expr, condition.operator, condition.value
        is_left = False
        if field == "residual":
            # written by somebody, and as Odoo rewrites it
            is_left = operator in ("!=", "<", ">") and value == 0
            is_left = is_left or operator == "not in" and 0 in value
        elif field == "state" and operator in ("=", "in"):
            is_left = ({value} if operator == "=" else set(value)) <= OPEN_STATES
        return condition & Domain.custom(to_sql=self._is_open) if is_left else condition

    @staticmethod
    def _is_open(model, alias, query):
        # Few of what is open are accounts: PostgreSQL, which expects all of it, would read years of
        # statements for them. Said twice, it looks the few up.
        mark = SQL.identifier(alias, "copayment_open")
        return SQL("%s IS TRUE AND %s", mark, mark)

    # === ACTION METHODS ===#

    def action_open_invoice(self):
        self.ensure_one()
        return self.env["coworking.statement"]._action_open_moves(self.move_id, "out_invoice")

    def action_remind(self):
        """Write to those whose invoice is overdue: Odoo's own composer, to be read before sent."""
        late = self.filtered(
            lambda row: (
                row.state in ("open", "partial")
                and row.residual > 0
                and row.invoice_date_due < fields.Date.context_today(row)
            )
        )
        if not late:
            raise UserError(self.env._("None of these invoices is overdue: nobody to remind."))
        opposed = late.move_id.partner_id.filtered("coworking_no_mail")
        if opposed:
            raise UserError(
                self.env._(
                    "%s does not want to be written to: leave them out, and hand the reminder"
                    " over.",
                    ", ".join(opposed.mapped("name")),
                )
            )
        # The template makes none: Odoo tries it on a bill of the database when it is installed.
        for move in late.move_id:
            move._portal_ensure_token()
        template = self.env.ref("coworking_incubation.mail_template_copayment_reminder")
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Remind"),
            "context": {
                "default_model": "account.move",
                "default_res_ids": late.move_id.ids,
                "default_template_id": template.id,
                "default_composition_mode": "mass_mail" if len(late) > 1 else "comment",
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }
