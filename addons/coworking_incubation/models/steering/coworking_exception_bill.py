from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..billing.coworking_statement import SETTLED_STATES
from ..matching.coworking_statement import IS_TO_BILL
from ..network.coworking_dashboard import ACCOUNTANT
from .account_move import IN_JOURNAL, POSTED_TYPES
from .coworking_exception import LATER, MONEY_ROLES, SOON, URGENT, Kind
from .coworking_exception_month import FAILED, PILOT_HOURS
from .coworking_invoice_file import CLEAR_CAUSES

# A bill that comes before its statement waits by itself for so long.
EARLY_DAYS = 31
# Of so many bills it is asked at a time whether they are ready, or right to pay: the next come as
# these are done.
MOST_READY = 100
# Bills are paid together, from so many days before they are due.
PAY_DAYS = 7
# Where no program says after how many days somebody is called.
CALL_AFTER_DAYS = 7

# Bills of which something is left to pay, journal by journal, as Odoo's index has them: PostgreSQL,
# which knows that much is not paid and much a bill, expects many to be both, and would read all.
UNPAID = """(
    SELECT bill.* FROM account_journal journal
     CROSS JOIN LATERAL (
           SELECT id, company_id, partner_bank_id, partner_id, commercial_partner_id,
                  invoice_date_due, date
             FROM account_move
            WHERE journal_id = journal.id AND state = 'posted' AND move_type = 'in_invoice'
              AND payment_state IN ('not_paid', 'partial') OFFSET 0) AS bill)"""
# With those that are to be posted; of both at once it would read every bill as well.
OPEN = f"""(
    SELECT id, company_id, partner_bank_id, partner_id, commercial_partner_id
      FROM account_move
     WHERE {IN_JOURNAL} AND state = 'draft' AND move_type = 'in_invoice'
 UNION ALL
    SELECT id, company_id, partner_bank_id, partner_id, commercial_partner_id
      FROM {UNPAID} AS due)"""  # nosec B608 # of constants
# Accounts that nobody trusts yet: of operators, and those that keep a bill back, whoever's they
# are; one of several companies is of none.
BANK = f"""
    SELECT bank.id, NULL::integer AS program_id, NULL::integer AS space_id,
           NULL::integer AS participant_id, MIN(partner.commercial_partner_id) AS partner_id,
           NULL::integer AS user_id,
           COALESCE(bank.company_id, CASE WHEN MIN(used.company_id) = MAX(used.company_id)
                                          THEN MIN(used.company_id) END) AS company_id,
           bank.write_date::date AS since, NULL::numeric AS amount
      FROM (SELECT account.id AS bank_id, space.company_id
              FROM coworking_space space
              JOIN res_partner operator ON operator.id = space.operator_id
              JOIN res_partner contact
                ON contact.commercial_partner_id = operator.commercial_partner_id
              JOIN res_partner_bank account
                ON account.partner_id = contact.id
               AND account.active AND account.allow_out_payment IS NOT TRUE
             WHERE space.active
         UNION ALL
            SELECT account.id, bill.company_id
              FROM {OPEN} AS bill
              JOIN res_partner_bank account
                ON account.active AND account.allow_out_payment IS NOT TRUE
               AND (account.id = bill.partner_bank_id
                    OR account.partner_id IN (bill.partner_id, bill.commercial_partner_id))
             WHERE EXISTS (SELECT FROM coworking_match WHERE move_id = bill.id)) AS used
      JOIN res_partner_bank bank ON bank.id = used.bank_id
      JOIN res_partner partner ON partner.id = bank.partner_id
  GROUP BY bank.id
"""  # nosec B608 # of constants
# Whose bills name an account of somebody else.
OTHERS = f"""
    SELECT bank.id, ARRAY_AGG(DISTINCT bill.commercial_partner_id)
      FROM {OPEN} AS bill
      JOIN res_partner_bank bank ON bank.id = bill.partner_bank_id
      JOIN res_partner holder ON holder.id = bank.partner_id
     WHERE bank.id = ANY(%(banks)s)
       AND bill.commercial_partner_id != holder.commercial_partner_id
       AND EXISTS (SELECT FROM coworking_match WHERE move_id = bill.id OFFSET 0)
  GROUP BY bank.id
"""  # nosec B608 # of constants
# Of a bill whose operator gave an account that nobody verified, the account is told.
TRUSTED = """NOT EXISTS (
           SELECT FROM res_partner_bank bank
            WHERE bank.id = move.partner_bank_id
              AND bank.active AND bank.allow_out_payment IS NOT TRUE)
       AND NOT EXISTS (
           SELECT FROM res_partner_bank bank
            WHERE bank.partner_id IN (move.partner_id, move.commercial_partner_id)
              AND bank.active AND bank.allow_out_payment IS NOT TRUE)"""
# Files that leave something to look at which no row about their bill tells.
IS_TO_TYPE = f"""(file.to_handle IS TRUE
           AND NOT (file.state = 'decoded' AND file.cause IN {CLEAR_CAUSES}) OR file.active
           AND file.cause = 'same_reference' AND EXISTS (
               SELECT FROM account_move
                WHERE account_move.id = file.move_id AND account_move.state = 'draft'))"""  # nosec B608
# Drafts that the pilot matches and posts within the hour, once nothing is in its way.
OF_PILOT = f"""
    SELECT move.id
      FROM account_move move
      JOIN coworking_match match ON match.move_id = move.id
 LEFT JOIN coworking_statement statement ON statement.id = match.statement_id
 LEFT JOIN coworking_program program ON program.id = statement.program_id
     WHERE move.{IN_JOURNAL}
       AND move.state = 'draft' AND move.move_type IN {POSTED_TYPES}
       AND move.coworking_posted_by_program_at IS NULL
       AND EXISTS (SELECT FROM coworking_invoice_file file
                    WHERE file.move_id = move.id AND file.state = 'decoded')
  GROUP BY move.id
    HAVING BOOL_AND(COALESCE(program.autopilot_post AND program.active, false))
"""  # nosec B608
# As lines of the month, whose ids these are: parts of bills that nobody decided on. What is to be
# billed again is no gap.
UNDECIDED = f"""
    SELECT COALESCE(match.charge_id::bigint * 2, match.id::bigint * 2 + 1) AS id,
           MIN(match.move_id) AS move_id,
           MIN(COALESCE(statement.program_id, seat.program_id)) AS program_id,
           MIN(COALESCE(statement.space_id, seat.space_id)) AS space_id,
           MIN(seat.participant_id) AS participant_id,
           MIN(move.commercial_partner_id) AS partner_id, MIN(program.user_id) AS user_id,
           MIN(match.company_id) AS company_id,
           MIN(COALESCE(move.invoice_date, match.create_date::date)) AS since,
           MIN(COALESCE(charged.invoiced - charged.payable_total, match.gap)) AS gap,
           MIN(COALESCE(charged.invoiced, match.invoiced)) AS invoiced,
           GREATEST(MIN(company.coworking_match_tolerance), MIN(currency.rounding) / 2)
               AS tolerance,
           BOOL_AND(statement.state IN ('confirmed', 'billed')) AS settled
      FROM coworking_match match
      JOIN account_move move ON move.id = match.move_id
      JOIN res_company company ON company.id = match.company_id
      JOIN res_currency currency ON currency.id = company.currency_id
 LEFT JOIN coworking_statement statement ON statement.id = match.statement_id
 LEFT JOIN coworking_seat seat ON seat.id = match.seat_id
 LEFT JOIN coworking_program program
        ON program.id = COALESCE(statement.program_id, seat.program_id)
 LEFT JOIN LATERAL (
           SELECT CASE WHEN SUM(beside.invoiced) = 0 AND {IS_TO_BILL} THEN 0
                       ELSE charge.payable_total END AS payable_total,
                  SUM(beside.invoiced) AS invoiced
             FROM coworking_charge charge
             JOIN coworking_match beside ON beside.charge_id = charge.id
            WHERE charge.id = match.charge_id
         GROUP BY charge.id) AS charged ON true
     WHERE match.decision IS NULL
       AND (match.statement_id IS NOT NULL OR match.seat_id IS NOT NULL
            OR match.create_date < %(early)s)
  GROUP BY 1
"""  # nosec B608 # of constants
# Beside them the charges that the bill of their month leaves out, unless they are to be billed.
GAP = f"""
    SELECT id, program_id, space_id, participant_id, partner_id, user_id, company_id, since,
           gap AS amount
      FROM undecided AS line
     WHERE ABS(gap) > tolerance
 UNION ALL
    SELECT charge.id::bigint * 2, charge.program_id, charge.space_id, charge.participant_id,
           statement.operator_id, program.user_id, charge.company_id,
           statement.confirmed_at::date, -charge.payable_total
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
      JOIN coworking_charge charge ON charge.statement_id = statement.id
     WHERE statement.id IN (
           SELECT id FROM coworking_statement WHERE gap_amount != 0
            UNION
           SELECT statement_id FROM coworking_match WHERE gap != 0)
       AND charge.payable_total != 0 AND NOT {IS_TO_BILL}
       AND NOT EXISTS (SELECT FROM coworking_match WHERE charge_id = charge.id)
"""  # nosec B608 # of constants
# A bill of which lines are what was expected: one thing to do. What came for a draft is looked at
# first; one that the pilot posts is matched by it.
TO_MATCH = f"""
    SELECT move_id AS id, MIN(program_id) AS program_id, MIN(space_id) AS space_id,
           NULL::integer AS participant_id, MIN(partner_id) AS partner_id,
           MIN(user_id) AS user_id, MIN(company_id) AS company_id, MIN(since) AS since,
           SUM(invoiced) AS amount
      FROM undecided AS line
     WHERE ABS(gap) <= tolerance AND settled
       AND NOT EXISTS (
           SELECT FROM coworking_invoice_file file
            WHERE file.move_id = line.move_id AND {IS_TO_TYPE})
       AND NOT EXISTS (SELECT FROM ({OF_PILOT}) AS pilot WHERE pilot.id = line.move_id)
  GROUP BY move_id
"""  # nosec B608 # of constants
# Answered by the space, or by a document of it: nothing is, as long as it is not there. It waits
# since it was decided so, whatever is typed or read of the bill meanwhile.
CONTESTED = """
    SELECT COALESCE(match.charge_id::bigint * 2, match.id::bigint * 2 + 1) AS id,
           MIN(COALESCE(statement.program_id, seat.program_id)) AS program_id,
           MIN(COALESCE(statement.space_id, seat.space_id)) AS space_id,
           MIN(seat.participant_id) AS participant_id,
           MIN(statement.operator_id) AS partner_id, MIN(program.user_id) AS user_id,
           MIN(match.company_id) AS company_id, MIN(match.decided_at)::date AS since,
           MIN(COALESCE(charged.invoiced - charged.payable_total, match.gap)) AS amount
      FROM coworking_match match
      JOIN res_company company ON company.id = match.company_id
      JOIN res_currency currency ON currency.id = company.currency_id
CROSS JOIN LATERAL (
           SELECT GREATEST(company.coworking_match_tolerance, currency.rounding / 2) AS most
           ) AS tolerated
 LEFT JOIN coworking_statement statement ON statement.id = match.statement_id
 LEFT JOIN coworking_seat seat ON seat.id = match.seat_id
 LEFT JOIN coworking_program program
        ON program.id = COALESCE(statement.program_id, seat.program_id)
 LEFT JOIN LATERAL (
           SELECT charge.payable_total, SUM(beside.invoiced) AS invoiced,
                  BOOL_OR(beside.decision IS NULL) AS undecided
             FROM coworking_charge charge
             JOIN coworking_match beside ON beside.charge_id = charge.id
            WHERE charge.id = match.charge_id
         GROUP BY charge.id) AS charged ON true
     WHERE match.decision IN ('disputed', 'asked', 'credit_note', 'rebilled')
       AND charged.undecided IS NOT TRUE
       AND (match.decision IN ('disputed', 'asked')
            OR match.decision = 'credit_note' AND match.charge_id IS NULL
            OR match.decision = 'credit_note'
               AND ABS(charged.invoiced - charged.payable_total) > tolerated.most
            OR match.decision = 'rebilled'
               AND charged.invoiced < charged.payable_total - tolerated.most)
  GROUP BY 1
    HAVING MIN(match.decided_at)::date + COALESCE(MIN(program.call_after_days), %(days)s)
           <= %(today)s
"""
# A bill is expected, and a draft waits for it; what came otherwise tells itself.
BILL_AWAITED = f"""
    SELECT statement.id, statement.program_id, statement.space_id,
           NULL::integer AS participant_id, statement.operator_id AS partner_id, program.user_id,
           statement.company_id, statement.confirmed_at::date AS since,
           SUM(bill.amount_total * CASE WHEN bill.move_type = 'in_refund' THEN -1 ELSE 1 END)
               AS amount
      FROM account_move bill
      JOIN coworking_statement statement ON statement.id = bill.coworking_statement_id
      JOIN coworking_program program ON program.id = statement.program_id
      JOIN account_journal journal ON journal.id = bill.journal_id
     WHERE bill.state = 'draft' AND bill.move_type IN ('in_invoice', 'in_refund')
       AND COALESCE(bill.ref, '') = '' AND bill.invoice_date IS NULL
       AND journal.is_self_billing IS NOT TRUE AND statement.state IN {SETTLED_STATES}
       AND statement.confirmed_at::date + program.call_after_days <= %(today)s
       AND NOT EXISTS (SELECT FROM coworking_invoice_file WHERE move_id = bill.id)
       AND NOT EXISTS (SELECT FROM coworking_invoice_file
                        WHERE statement_id = statement.id AND to_handle IS TRUE)
  GROUP BY statement.id, program.user_id
"""  # nosec B608 # of constants
# Drafts of which something came or was typed, with all that was matched decided, or to be by the
# pilot; those that somebody's work failed to post are told by that. What other rows tell is left
# out before they are counted, as it would hide the rest.
DRAFTS = f"""
    SELECT move.id
      FROM account_move move
      JOIN coworking_match match ON match.move_id = move.id
      JOIN coworking_statement statement ON statement.id = match.statement_id
     WHERE move.{IN_JOURNAL}
       AND move.state = 'draft' AND move.move_type IN {POSTED_TYPES}
       AND move.company_id = ANY(%(companies)s)
       AND (COALESCE(move.ref, '') != '' OR move.invoice_date IS NOT NULL
            OR EXISTS (SELECT FROM coworking_invoice_file WHERE move_id = move.id))
       AND NOT EXISTS (SELECT FROM coworking_invoice_file
                        WHERE move_id = move.id AND state = 'waiting')
       AND (move.move_type = 'in_refund' OR {TRUSTED})
       AND NOT EXISTS (
           SELECT FROM ({FAILED}) AS failed
            WHERE step = 'post' AND (move_id = move.id OR move_id IS NULL
                                     AND failed.statement_id = statement.id))
  GROUP BY move.id
    HAVING BOOL_AND(match.decision IS NOT NULL)
        OR EXISTS (SELECT FROM ({OF_PILOT}) AS pilot WHERE pilot.id = move.id)
  ORDER BY move.invoice_date, move.id
     LIMIT %(most)s
"""  # nosec B608 # of constants
TO_POST = """
    SELECT move.id, MIN(statement.program_id) AS program_id,
           CASE WHEN MIN(statement.space_id) = MAX(statement.space_id)
                THEN MIN(statement.space_id) END AS space_id,
           NULL::integer AS participant_id, move.commercial_partner_id AS partner_id,
           MIN(program.user_id) AS user_id, move.company_id,
           COALESCE(move.invoice_date, move.create_date::date) AS since,
           move.amount_total AS amount
      FROM account_move move
      JOIN coworking_match match ON match.move_id = move.id
      JOIN coworking_statement statement ON statement.id = match.statement_id
      JOIN coworking_program program ON program.id = statement.program_id
     WHERE move.id = ANY(%(moves)s::integer[])
  GROUP BY move.id
"""
# What is to be typed on the bill of a month is told once that bill is made: it is beside it then.
TO_TYPE = f"""
    SELECT file.id, statement.program_id, statement.space_id, NULL::integer AS participant_id,
           file.operator_id AS partner_id, program.user_id, file.company_id,
           file.date_received::date AS since, move.amount_total AS amount
      FROM coworking_invoice_file file
 LEFT JOIN coworking_statement statement ON statement.id = file.statement_id
 LEFT JOIN coworking_program program ON program.id = statement.program_id
 LEFT JOIN account_move move ON move.id = file.move_id
     WHERE {IS_TO_TYPE}
       AND (file.state = 'to_type' AND move.state = 'draft' AND COALESCE(move.ref, '') = ''
            AND move.invoice_date IS NULL
            AND NOT EXISTS (SELECT FROM account_move_line WHERE move_id = move.id)
            AND statement.id IN (SELECT id FROM to_bill)
            AND EXISTS (
                SELECT FROM coworking_charge charge
                 WHERE charge.statement_id = statement.id
                   AND COALESCE(charge.operator_id, statement.operator_id) = file.operator_id
                   AND {IS_TO_BILL})) IS NOT TRUE
"""  # nosec B608 # of constants
# Right to pay as far as that is soon asked: what others speak against is told by other rows.
DUE = f"""
    SELECT move.id
      FROM {UNPAID} AS move
     WHERE move.company_id = ANY(%(companies)s)
       AND COALESCE(move.invoice_date_due, move.date) <= %(until)s
       AND EXISTS (SELECT FROM coworking_match
                    WHERE move_id = move.id AND statement_id IS NOT NULL OFFSET 0)
       AND NOT EXISTS (SELECT FROM coworking_match
                        WHERE move_id = move.id
                          AND (decision IS NULL OR decision IN ('disputed', 'asked')))
       AND {TRUSTED}
  ORDER BY move.invoice_date_due, move.id
     LIMIT %(most)s
"""  # nosec B608 # of constants
# Those of a program are one thing to do, whatever their number.
TO_PAY = """
    SELECT MIN(bill.id) AS id, bill.program_id, NULL::integer AS space_id,
           NULL::integer AS participant_id,
           CASE WHEN COUNT(*) = 1 THEN MIN(bill.partner_id) END AS partner_id,
           MIN(program.user_id) AS user_id, program.company_id, MIN(bill.due) AS since,
           SUM(bill.left_to_pay) AS amount
      FROM (SELECT move.id, MIN(statement.program_id) AS program_id,
                   MIN(move.commercial_partner_id) AS partner_id,
                   MIN(COALESCE(move.invoice_date_due, move.date)) AS due,
                   MIN(move.amount_residual) AS left_to_pay
              FROM account_move move
              JOIN coworking_match match ON match.move_id = move.id
              JOIN coworking_statement statement ON statement.id = match.statement_id
             WHERE move.id = ANY(%(moves)s::integer[])
          GROUP BY move.id) AS bill
      JOIN coworking_program program ON program.id = bill.program_id
  GROUP BY bill.program_id, program.company_id
"""


class CoworkingException(models.Model):
    """What bills of spaces wait for, from the document that does not come to the payment."""

    _inherit = "coworking.exception"
    _depends = {
        "account.move": [
            "amount_residual",
            "amount_total",
            "commercial_partner_id",
            "company_id",
            "coworking_posted_by_program_at",
            "coworking_statement_id",
            "invoice_date",
            "invoice_date_due",
            "move_type",
            "partner_bank_id",
            "partner_id",
            "payment_state",
            "ref",
            "state",
        ],
        "coworking.charge": ["payable_total", "statement_id"],
        "coworking.invoice.file": [
            "active",
            "cause",
            "date_received",
            "move_id",
            "operator_id",
            "state",
            "statement_id",
            "to_handle",
        ],
        "coworking.match": [
            "charge_id",
            "decided_at",
            "decision",
            "gap",
            "invoiced",
            "move_id",
            "move_line_id",
            "seat_id",
            "statement_id",
        ],
        "coworking.month.run.line": ["move_id", "state", "statement_id"],
        "coworking.program": ["active", "autopilot_post", "call_after_days", "user_id"],
        "coworking.space": ["active", "operator_id"],
        "coworking.statement": ["confirmed_at", "gap_amount", "state"],
        "res.partner": ["commercial_partner_id"],
        "res.partner.bank": ["active", "allow_out_payment", "company_id", "partner_id"],
    }

    @api.model
    def _get_kinds(self):
        decide, money = (ACCOUNTANT,), "money"
        return [
            *super()._get_kinds(),
            Kind("bank", 2, URGENT, money, "res.partner.bank", decide),
            Kind("gap", 4, SOON, money, "coworking.month.line", decide),
            Kind("to_type", 7, SOON, money, "coworking.invoice.file", decide),
            Kind("to_check", 27, SOON, money, "account.move", decide),
            Kind("bill_awaited", 25, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("contested", 26, SOON, money, "coworking.month.line", decide),
            Kind("to_pay", 28, SOON, money, "account.move", decide),
            Kind("to_match", 18, LATER, money, "account.move", decide),
            Kind("to_post", 19, LATER, money, "account.move", decide),
        ]

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "bank": self.env._("Verify"),
            "gap": self.env._("Decide"),
            "to_type": self.env._("Handle"),
            "to_check": self.env._("Check and Post"),
            "bill_awaited": self.env._("Hand In the Bill"),
            "contested": self.env._("Call, or Decide"),
            "to_pay": self.env._("Pay"),
            "to_match": self.env._("Match It"),
            "to_post": self.env._("Post It"),
        }

    # === BANK DETAILS ===#

    def _select_bank(self):
        return SQL(BANK)

    def _describe_bank(self, banks):
        """Of somebody else's account, whose bills would be paid to it."""
        self.env.flush_all()
        others = dict(self.env.execute_query(SQL(OTHERS, banks=banks.ids)))
        # sudo: coordinators see what is said of a bill, not the bill
        Partner = self.env["res.partner"].sudo()
        return {
            bank.id: self._describe_account(bank, Partner.browse(others.get(bank.id)))
            for bank in banks
        }

    def _describe_account(self, bank, others):
        """:param others: who bills by this account and does not hold it"""
        holder = bank.partner_id.commercial_partner_id
        if others:
            return self.env._(
                "%(holder)s, %(account)s: bills of %(operators)s name it, and nobody has verified"
                " it; call them on a number you know already",
                holder=holder.name,
                account=bank.acc_number,
                operators=", ".join(others.mapped("name")),
            )
        return self.env._(
            "%(operator)s, %(account)s: nobody has verified it; call them on a number you know"
            " already",
            operator=holder.name,
            account=bank.acc_number,
        )

    # === GAPS ===#

    def _get_shared(self):
        undecided = SQL(UNDECIDED, early=self._get_today() - timedelta(days=EARLY_DAYS))
        return {**super()._get_shared(), "undecided": undecided}

    def _select_gap(self):
        return SQL(GAP)

    def _describe_gap(self, lines):
        """What is known of the cause, and what the dialog proposes."""
        evened_out = lines._find_evened_out()
        return {
            line.id: self._describe_evened_out(evened_out[line])
            if line in evened_out
            else " · ".join(
                filter(
                    None,
                    (
                        line.bill_reference,
                        line.cause_explanation
                        or dict(line._fields["cause"]._description_selection(self.env)).get(
                            line.cause
                        ),
                        self._get_proposal(line),
                    ),
                )
            )
            for line in lines
        }

    def _get_proposal(self, line):
        decisions = dict(line._fields["decision"]._description_selection(self.env))
        return self.env._("proposed: %s", decisions[line._get_proposed_decision()].lower())

    def _describe_evened_out(self, others):
        return self.env._(
            "With %(others)s it comes to nothing · proposed: accept",
            others=", ".join(
                f"{line.statement_id.name} ({line.currency_id.format(line.expected)})"
                for line in others
            ),
        )

    def _settle_gap(self, line):
        """What evens it out is decided on with it."""
        if others := line._find_evened_out().get(line):
            return (line | others)._action_decide("accepted")
        return line._action_decide(line._get_proposed_decision())

    def _open_gap(self, line):
        if line.statement_id:
            return line.statement_id._get_records_action()
        return line.space_id._get_records_action()

    def _select_to_match(self):
        return SQL(TO_MATCH)

    def _describe_to_match(self, moves):
        # sudo: coordinators see what the month says of a bill, not the bill
        return {
            move.id: self.env._(
                "%s: what was expected, to the tolerance", move.ref or move.display_name
            )
            for move in moves.sudo()
        }

    def _open_to_match(self, move):
        matches = self.env["coworking.match"].search([("move_id", "=", move.id)])
        return matches.statement_id[:1]._get_records_action()

    def _settle_to_match(self, move):
        """All of its lines at once."""
        matches = self.env["coworking.match"].search(
            [("move_id", "=", move.id), ("decision", "=", False)]
        )
        lines = self.env["coworking.month.line"].browse(matches._get_month_line_ids())
        return lines.filtered(lambda line: line._is_tolerated()).action_match()

    # === WHAT THE SPACE OWES AN ANSWER OR A DOCUMENT ===#

    def _select_contested(self):
        return SQL(CONTESTED, today=self._get_today(), days=CALL_AFTER_DAYS)

    def _describe_contested(self, lines):
        decisions = dict(lines._fields["decision"]._description_selection(self.env))
        return {
            line.id: self.env._(
                "%(bill)s: %(decision)s, and nothing came since",
                bill=line.bill_reference or line.display_name,
                decision=decisions.get(line.decision, "").lower(),
            )
            for line in lines
        }

    def _get_phones_contested(self, lines):
        return {line.id: self._get_space_phone(line.space_id) for line in lines}

    def _settle_contested(self, line):
        return line._action_decide(line.decision)

    def _open_contested(self, line):
        return self._open_gap(line)

    def _select_bill_awaited(self):
        return SQL(BILL_AWAITED, today=self._get_today())

    def _describe_bill_awaited(self, statements):
        today = self._get_today()
        return {
            statement.id: self.env._(
                "%(month)s: confirmed %(days)s days ago, and its bill has not come. Call %(who)s",
                month=self._format_month(statement.date_from),
                days=(today - statement.confirmed_at.date()).days,
                who=", ".join(self._get_callees(statement.space_id).mapped("name")),
            )
            for statement in statements
        }

    def _get_phones_bill_awaited(self, statements):
        return {row.id: self._get_space_phone(row.space_id) for row in statements}

    def _settle_bill_awaited(self, statement):
        """The dialog of whoever may hand it in; the month, where it is called about."""
        if not self.env.user.has_group(ACCOUNTANT):
            return statement._get_records_action()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_invoice_upload_action"
        )
        action["context"] = {
            "default_statement_id": statement.id,
            "default_operator_id": statement.operator_id.id,
        }
        return action

    # === DRAFTS TO POST ===#

    def _get_drafts(self):
        """Drafts that something came for. Of accountants alone: nobody else's list looks for them.

        :return: ``account.move`` records
        """
        return self._find_moves(DRAFTS)

    def _find_moves(self, query, **values):
        moves = self.env["account.move"]
        if not self.env.user.has_group(ACCOUNTANT):
            return moves
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(query, companies=self.env.companies.ids, most=MOST_READY, **values)
        )
        return moves.browse(row[0] for row in rows)

    def _select_to_post(self):
        """Those that the pilot posts wait for nobody, for a day since they came or their month was
        confirmed.
        """
        ready = self._get_drafts().filtered("coworking_is_ready")
        if not ready:
            return SQL(TO_POST, moves=[])
        since = fields.Datetime.now() - timedelta(hours=PILOT_HOURS)
        pilot = ready._coworking_filter_pilot()
        months = pilot._coworking_matches().filtered(
            lambda match: (match.statement_id.confirmed_at or since) > since
        )
        pilot = months.move_id | pilot.filtered(lambda move: move.write_date > since)
        return SQL(TO_POST, moves=(ready - pilot).ids)

    def _describe_to_post(self, moves):
        return {
            move.id: self.env._(
                "%s: the space's own document came, and says what was expected or decided", move.ref
            )
            for move in moves
        }

    def _settle_to_post(self, move):
        return move.action_coworking_post_each()

    def _select_to_check(self):
        """Those that are not ready for a reason that no other row tells."""
        return SQL(TO_POST, moves=self._get_drafts().filtered("coworking_is_to_check").ids)

    def _describe_to_check(self, moves):
        return {
            move.id: self.env._(
                "%(bill)s: %(why)s",
                bill=move.ref or move.display_name,
                why=" ".join((move.coworking_obstacles or "").splitlines()),
            )
            for move in moves
        }

    # === RECEIVED FILES ===#

    def _select_to_type(self):
        return SQL(TO_TYPE)

    def _describe_to_type(self, received):
        return {file.id: f"{file.name} · {file.message}" for file in received}

    # === BILLS TO PAY ===#

    def _get_bills_to_pay(self):
        """Those that are soon due, and right to pay or not for a reason that no other row tells."""
        due = self._find_moves(DUE, until=self._get_today() + timedelta(days=PAY_DAYS))
        if not due:
            return due
        refused = due._coworking_get_refusals_to_pay()
        open_money = due._coworking_get_refusals_of_open_money()
        return due.filtered(
            lambda move: (
                move not in refused
                or refused[move] in (open_money.get(move), move._coworking_get_refusal_of_account())
            )
        )

    def _select_to_pay(self):
        return SQL(TO_PAY, moves=self._get_bills_to_pay().ids)

    def _group_bills_to_pay(self):
        """:return: dict ``coworking.program`` -> ``account.move`` records, those of each row"""
        bills = self._get_bills_to_pay()
        owners = {
            move.id: min(matches.statement_id.program_id.ids)
            for move, matches in bills._coworking_matches().grouped("move_id").items()
        }
        programs = self.env["coworking.program"].browse(sorted(set(owners.values())))
        by_id = {program.id: program for program in programs}
        return bills.grouped(lambda move: by_id[owners[move.id]])

    def _describe_to_pay(self, bills):
        groups = self._group_bills_to_pay()
        return {
            bill.id: own._coworking_describe_due(program)
            for bill in bills
            for program, own in groups.items()
            if bill in own
        }

    def _settle_to_pay(self, bill):
        """All of the row at once."""
        groups = self._group_bills_to_pay().values()
        own = next((own for own in groups if bill in own), bill)
        return own.action_coworking_pay()
