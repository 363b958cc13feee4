from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, format_date

from ..network.coworking_dashboard import ACCOUNTANT, COORDINATOR
from .coworking_exception import LATER, MONEY_ROLES, SOON, URGENT, Kind

# A bill that comes before its statement waits by itself for so long.
EARLY_DAYS = 31
# Of so many bills it is asked at a time whether they are ready: the next come as these are posted.
MOST_READY = 100

DISPUTED = """
    SELECT charge.id, charge.program_id, charge.space_id, charge.participant_id,
           statement.operator_id AS partner_id, program.user_id, charge.company_id,
           COALESCE((SELECT MAX(date) FROM coworking_portal_answer
                      WHERE statement_id = statement.id AND kind = 'disputed'),
                    statement.write_date)::date AS since,
           charge.payable_total AS amount
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
      JOIN coworking_charge charge ON charge.statement_id = statement.id
     WHERE statement.state = 'disputed' AND charge.review = 'disputed'
"""
# Accounts of operators that nobody trusts yet; an operator of several companies is of none.
BANK = """
    SELECT bank.id, NULL::integer AS program_id, NULL::integer AS space_id,
           NULL::integer AS participant_id, partner.commercial_partner_id AS partner_id,
           NULL::integer AS user_id, COALESCE(bank.company_id, operator.company_id) AS company_id,
           bank.write_date::date AS since, NULL::numeric AS amount
      FROM res_partner_bank bank
      JOIN res_partner partner ON partner.id = bank.partner_id
      JOIN (SELECT contact.commercial_partner_id AS id,
                   CASE WHEN MIN(space.company_id) = MAX(space.company_id)
                        THEN MIN(space.company_id) END AS company_id
              FROM coworking_space space
              JOIN res_partner contact ON contact.id = space.operator_id
             WHERE space.active
          GROUP BY contact.commercial_partner_id) AS operator
        ON operator.id = partner.commercial_partner_id
     WHERE bank.active AND bank.allow_out_payment IS NOT TRUE
"""
# The last word on a space and month, as long as it is still to be done. Of reminders the month
# without an answer tells it.
RUN_FAILED = """
    SELECT line.id, line.program_id, line.space_id, NULL::integer AS participant_id,
           NULL::integer AS partner_id,
           CASE WHEN run.by_program THEN program.user_id ELSE run.create_uid END AS user_id,
           program.company_id,
           line.write_date::date AS since, NULL::numeric AS amount
      FROM coworking_month_run_line line
      JOIN coworking_month_run run ON run.id = line.run_id
      JOIN coworking_program program ON program.id = line.program_id
 LEFT JOIN coworking_statement statement ON statement.id = line.statement_id
     WHERE line.state = 'failed'
       AND NOT EXISTS (
           SELECT FROM coworking_month_run_line later
             JOIN coworking_month_run again ON again.id = later.run_id AND again.step = run.step
            WHERE later.space_id = line.space_id AND later.program_id = line.program_id
              AND later.date_from = line.date_from AND later.id > line.id
              AND later.run_id != line.run_id
              AND later.move_id IS NOT DISTINCT FROM line.move_id)
       AND CASE run.step WHEN 'send' THEN statement.state = 'draft'
                         WHEN 'confirm' THEN statement.state IN ('draft', 'sent', 'disputed')
                         WHEN 'bill' THEN statement.state = 'confirmed'
                         WHEN 'post' THEN EXISTS (
                              SELECT FROM account_move bill
                               WHERE bill.state = 'draft'
                                 AND (bill.id = line.move_id OR line.move_id IS NULL AND EXISTS (
                                      SELECT FROM coworking_match
                                       WHERE statement_id = line.statement_id
                                         AND move_id = bill.id)))
                         WHEN 'remind' THEN false
                         WHEN 'decide' THEN EXISTS (
                              SELECT FROM coworking_match
                               WHERE statement_id = line.statement_id AND decision IS NULL)
                         ELSE NOT EXISTS (
                              SELECT FROM coworking_statement made
                               WHERE made.space_id = line.space_id
                                 AND made.program_id = line.program_id
                                 AND made.date_from = line.date_from AND made.state != 'cancelled'
                                 AND made.write_date > line.write_date) END
"""
# As lines of the month, whose ids these are: parts of bills that nobody decided on.
UNDECIDED = """
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
           SELECT charge.payable_total, SUM(beside.invoiced) AS invoiced
             FROM coworking_charge charge
             JOIN coworking_match beside ON beside.charge_id = charge.id
            WHERE charge.id = match.charge_id
         GROUP BY charge.id) AS charged ON true
     WHERE match.decision IS NULL
       AND (match.statement_id IS NOT NULL OR match.seat_id IS NOT NULL
            OR match.create_date < %(early)s)
  GROUP BY 1
"""
# Beside them the charges that the bill of their month leaves out.
GAP = f"""
    SELECT id, program_id, space_id, participant_id, partner_id, user_id, company_id, since,
           gap AS amount
      FROM ({UNDECIDED}) AS line
     WHERE ABS(gap) > tolerance
 UNION ALL
    SELECT charge.id::bigint * 2, charge.program_id, charge.space_id, charge.participant_id,
           statement.operator_id, program.user_id, charge.company_id,
           statement.confirmed_at::date, -charge.payable_total
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
      JOIN coworking_charge charge ON charge.statement_id = statement.id
     WHERE statement.gap_amount != 0 AND charge.payable_total != 0
       AND EXISTS (SELECT FROM coworking_match
                    WHERE statement_id = statement.id AND move_line_id IS NOT NULL)
       AND NOT EXISTS (SELECT FROM coworking_match WHERE charge_id = charge.id)
"""  # nosec B608 # of constants
# A bill of which lines are what was expected: one thing to do.
TO_MATCH = f"""
    SELECT move_id AS id, MIN(program_id) AS program_id, MIN(space_id) AS space_id,
           NULL::integer AS participant_id, MIN(partner_id) AS partner_id,
           MIN(user_id) AS user_id, MIN(company_id) AS company_id, MIN(since) AS since,
           SUM(invoiced) AS amount
      FROM ({UNDECIDED}) AS line
     WHERE ABS(gap) <= tolerance AND settled
  GROUP BY move_id
"""  # nosec B608 # of constants
# Draft bills whose lines are decided, and that the pilot does not post in the hour.
DECIDED = """
    SELECT move.id
      FROM account_move move
      JOIN coworking_match match ON match.move_id = move.id
      JOIN coworking_statement statement ON statement.id = match.statement_id
      JOIN coworking_program program ON program.id = statement.program_id
     WHERE move.state = 'draft' AND move.move_type = 'in_invoice'
       AND move.invoice_date IS NOT NULL AND move.company_id = ANY(%(companies)s)
  GROUP BY move.id
    HAVING BOOL_AND(match.decision IS NOT NULL)
       AND (move.coworking_posted_by_program_at IS NOT NULL
            OR NOT BOOL_AND(COALESCE(program.autopilot_post, false))
            OR NOT EXISTS (SELECT FROM coworking_invoice_file file
                            WHERE file.move_id = move.id AND file.state = 'decoded'))
  ORDER BY move.invoice_date, move.id
     LIMIT %(most)s
"""
TO_POST = """
    SELECT move.id, MIN(statement.program_id) AS program_id,
           CASE WHEN MIN(statement.space_id) = MAX(statement.space_id)
                THEN MIN(statement.space_id) END AS space_id,
           NULL::integer AS participant_id, move.commercial_partner_id AS partner_id,
           MIN(program.user_id) AS user_id, move.company_id, move.invoice_date AS since,
           move.amount_total AS amount
      FROM account_move move
      JOIN coworking_match match ON match.move_id = move.id
      JOIN coworking_statement statement ON statement.id = match.statement_id
      JOIN coworking_program program ON program.id = statement.program_id
     WHERE move.id = ANY(%(ready)s::integer[])
  GROUP BY move.id
"""
STATEMENT = """
    SELECT statement.id, statement.program_id, statement.space_id,
           NULL::integer AS participant_id, statement.operator_id AS partner_id, program.user_id,
           statement.company_id, {since} AS since, statement.payable_total AS amount
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
     WHERE {condition}
"""
LATE_FACT = STATEMENT.format(
    since="statement.write_date::date",
    condition="statement.state IN ('sent', 'disputed') AND statement.changed_since_sent",
)
UNANSWERED = STATEMENT.format(
    since="statement.sent_at::date",
    condition="statement.state = 'sent' AND NOT COALESCE(statement.changed_since_sent, false)"
    " AND statement.sent_at::date + program.call_after_days <= %(today)s",
)
# What no statement carries after a night: the month is brought up to date every day.
CORRECTION = """
    SELECT file.id, file.program_id, NULL::integer AS space_id, file.id AS participant_id,
           NULL::integer AS partner_id, program.user_id, file.company_id,
           COALESCE(file.pending_since, file.write_date::date) AS since, NULL::numeric AS amount
      FROM coworking_participant file
      JOIN coworking_program program ON program.id = file.program_id
     WHERE file.pending_changes > 0
       AND (file.pending_since IS NULL OR file.pending_since < %(yesterday)s)
       AND NOT EXISTS (SELECT FROM coworking_charge
                        WHERE participant_id = file.id AND kind = 'adjustment' AND state = 'open')
"""
TO_TYPE = """
    SELECT file.id, statement.program_id, statement.space_id, NULL::integer AS participant_id,
           file.operator_id AS partner_id, program.user_id, file.company_id,
           file.date_received::date AS since, move.amount_total AS amount
      FROM coworking_invoice_file file
 LEFT JOIN coworking_statement statement ON statement.id = file.statement_id
 LEFT JOIN coworking_program program ON program.id = statement.program_id
 LEFT JOIN account_move move ON move.id = file.move_id
     WHERE file.to_handle IS TRUE
"""
# A month of a program, whatever the number of its spaces: one thing to do, which stays the same
# while they are done one after the other.
MONTH = """
    SELECT (SELECT MIN(id) FROM coworking_statement
             WHERE program_id = statement.program_id
               AND date_from = statement.date_from) AS id, statement.program_id,
           CASE WHEN COUNT(*) = 1 THEN MIN(statement.space_id) END AS space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id,
           MIN(program.user_id) AS user_id, statement.company_id, {since} AS since,
           SUM(statement.payable_total) AS amount
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
     WHERE {condition}
  GROUP BY statement.program_id, statement.company_id, statement.date_from
"""
TO_SEND = MONTH.format(
    since="(statement.date_from + INTERVAL '1 month')::date",
    condition="statement.state = 'draft' AND statement.charge_count > 0"
    " AND statement.date_from < %(month)s",
)
TO_BILL = MONTH.format(
    since="MIN(statement.confirmed_at)::date",
    condition="""statement.state = 'confirmed' AND EXISTS (
           SELECT FROM coworking_charge
            WHERE statement_id = statement.id AND payable_total != 0)
       AND NOT EXISTS (
           SELECT FROM coworking_match
            WHERE statement_id = statement.id AND move_line_id IS NOT NULL)""",
)


class CoworkingException(models.Model):
    """What a month waits for, with what it is about in money."""

    _inherit = "coworking.exception"
    _depends = {
        "account.move": [
            "amount_total",
            "commercial_partner_id",
            "coworking_posted_by_program_at",
            "invoice_date",
            "state",
        ],
        "coworking.charge": ["payable_total", "review", "statement_id"],
        "coworking.invoice.file": ["date_received", "operator_id", "statement_id", "to_handle"],
        "coworking.match": [
            "charge_id",
            "decision",
            "gap",
            "move_id",
            "move_line_id",
            "seat_id",
            "statement_id",
        ],
        "coworking.month.run": ["by_program", "step"],
        "coworking.month.run.line": [
            "date_from",
            "move_id",
            "run_id",
            "space_id",
            "state",
            "statement_id",
        ],
        "coworking.participant": ["pending_changes", "pending_since"],
        "coworking.portal.answer": ["date", "kind", "statement_id"],
        "coworking.program": ["autopilot_post", "call_after_days", "user_id"],
        "coworking.space": ["active", "operator_id"],
        "coworking.statement": [
            "changed_since_sent",
            "charge_count",
            "confirmed_at",
            "gap_amount",
            "payable_total",
            "sent_at",
            "state",
        ],
        "res.partner": ["commercial_partner_id"],
        "res.partner.bank": ["active", "allow_out_payment", "company_id", "partner_id"],
    }

    @api.model
    def _get_kinds(self):
        decide, coordinate = (ACCOUNTANT,), (COORDINATOR,)
        money = "money"
        return [
            *super()._get_kinds(),
            Kind("disputed", 1, URGENT, money, "coworking.charge", coordinate),
            Kind("bank", 2, URGENT, money, "res.partner.bank", decide),
            Kind("run_failed", 3, URGENT, money, "coworking.month.run.line", MONEY_ROLES),
            Kind("gap", 4, SOON, money, "coworking.month.line", decide),
            Kind("to_match", 18, LATER, money, "account.move", decide),
            Kind("to_post", 19, LATER, money, "account.move", decide),
            Kind("late_fact", 5, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("correction", 6, LATER, money, "coworking.participant", MONEY_ROLES),
            Kind("to_type", 7, SOON, money, "coworking.invoice.file", decide),
            Kind("unanswered", 8, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("to_send", 9, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("to_bill", 10, SOON, money, "coworking.statement", MONEY_ROLES),
        ]

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "disputed": self.env._("Answer"),
            "bank": self.env._("Verify"),
            "run_failed": self.env._("Try Again"),
            "gap": self.env._("Decide"),
            "to_match": self.env._("Match It"),
            "to_post": self.env._("Post It"),
            "late_fact": self.env._("Send Again"),
            "correction": self.env._("Correct"),
            "to_type": self.env._("Handle"),
            "unanswered": self.env._("Note the Answer"),
            "to_send": self.env._("Send"),
            "to_bill": self.env._("Create the Bills"),
        }

    # === DISPUTED LINES ===#

    def _select_disputed(self):
        return SQL(DISPUTED)

    def _describe_disputed(self, charges):
        return {
            charge.id: self.env._(
                "%(month)s: “%(words)s”",
                month=self._format_month(charge.period),
                words=charge.dispute_reason or "",
            )
            for charge in charges
        }

    def _settle_disputed(self, charge):
        return charge.action_answer()

    def _open_disputed(self, charge):
        return charge.statement_id._get_records_action()

    # === BANK DETAILS ===#

    def _select_bank(self):
        return SQL(BANK)

    def _describe_bank(self, banks):
        return {
            bank.id: self.env._(
                "%(operator)s, %(account)s: nobody has verified it; call them on a number you know"
                " already",
                operator=bank.partner_id.commercial_partner_id.name,
                account=bank.acc_number,
            )
            for bank in banks
        }

    # === WORK IN ERROR ===#

    def _select_run_failed(self):
        return SQL(RUN_FAILED)

    def _describe_run_failed(self, lines):
        # sudo: a colleague's work is theirs to look at; that it failed is for whoever can mend it
        return {
            line.id: f"{line.run_id.display_name} · {line.error or ''}" for line in lines.sudo()
        }

    def _settle_run_failed(self, line):
        """Who asked tries again; others do it themselves, where it is done one by one."""
        line_sudo = line.sudo()  # sudo: as above
        if line_sudo.run_id.with_env(self.env).has_access("read"):
            return line_sudo.run_id.with_env(self.env)._get_records_action()
        if line_sudo.statement_id:
            return line_sudo.statement_id.with_env(self.env)._get_records_action()
        return line_sudo.space_id.with_env(self.env)._get_records_action()

    # === GAPS ===#

    def _select_gap(self):
        return SQL(GAP, early=self._get_today() - timedelta(days=EARLY_DAYS))

    def _describe_gap(self, lines):
        """What is known of the cause, and what the dialog proposes."""
        return {
            line.id: " · ".join(
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

    def _settle_gap(self, line):
        return line._action_decide(line._get_proposed_decision())

    def _open_gap(self, line):
        if line.statement_id:
            return line.statement_id._get_records_action()
        return line.space_id._get_records_action()

    def _select_to_match(self):
        return SQL(TO_MATCH, early=self._get_today() - timedelta(days=EARLY_DAYS))

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

    # === BILLS READY TO POST ===#

    def _select_to_post(self):
        """Of accountants alone: nobody else's list looks for them."""
        ready = self.env["account.move"]
        if self.env.user.has_group(ACCOUNTANT):
            self.env.flush_all()
            rows = self.env.execute_query(
                SQL(DECIDED, companies=self.env.companies.ids, most=MOST_READY)
            )
            ready = ready.browse(row[0] for row in rows).filtered("coworking_is_ready")
        return SQL(TO_POST, ready=ready.ids)

    def _describe_to_post(self, moves):
        return {
            move.id: self.env._(
                "%s: the space's own document came, and says what was expected or decided", move.ref
            )
            for move in moves
        }

    def _settle_to_post(self, move):
        return move.action_coworking_post_each()

    # === STATEMENTS ===#

    def _select_late_fact(self):
        return SQL(LATE_FACT)

    def _describe_late_fact(self, statements):
        return {
            statement.id: self.env._(
                "%(month)s: lines have changed since it was sent on %(day)s",
                month=self._format_month(statement.date_from),
                day=format_date(self.env, statement.sent_at),
            )
            for statement in statements
        }

    def _select_unanswered(self):
        return SQL(UNANSWERED, today=self._get_today())

    def _describe_unanswered(self, statements):
        today = self._get_today()
        return {
            statement.id: self.env._(
                "%(month)s: no answer for %(days)s days. Call %(who)s",
                month=self._format_month(statement.date_from),
                days=(today - statement.sent_at.date()).days,
                who=", ".join(self._get_callees(statement.space_id).mapped("name")),
            )
            for statement in statements
        }

    def _get_phones_unanswered(self, statements):
        return {row.id: self._get_space_phone(row.space_id) for row in statements}

    @api.model
    def _get_callees(self, space):
        """Who answers for a space today; the space itself, where nobody does."""
        # sudo: accountants read no absences of managers, and call who is there all the same
        space_sudo = space.sudo()
        return space_sudo._get_contacts_to_write_to() or space_sudo.partner_id

    @api.model
    def _get_space_phone(self, space):
        phones = (self._get_callees(space) | space.partner_id).mapped("phone")
        return next(filter(None, phones), "")

    def _settle_unanswered(self, statement):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_behalf_action"
        )
        action["context"] = {"active_model": statement._name, "active_ids": statement.ids}
        return action

    def _select_to_send(self):
        return SQL(TO_SEND, month=self._get_today().replace(day=1))

    def _select_to_bill(self):
        return SQL(TO_BILL)

    def _describe_to_send(self, statements):
        return self._describe_months(statements, "draft", self.env._("%(month)s is over: to send"))

    def _describe_to_bill(self, statements):
        return self._describe_months(
            statements, "confirmed", self.env._("%(month)s is confirmed: no bill yet")
        )

    def _describe_months(self, statements, state, words):
        counts = {
            (program, month): count
            for program, month, count in self.env["coworking.statement"]._read_group(
                [
                    ("program_id", "in", statements.program_id.ids),
                    ("date_from", "in", statements.mapped("date_from")),
                    ("state", "=", state),
                    ("charge_count", ">", 0),
                ],
                ["program_id", "date_from:month"],
                ["__count"],
            )
        }
        result = {}
        for row in statements:
            result[row.id] = words % {"month": self._format_month(row.date_from)}
            count = counts.get((row.program_id, row.date_from), 1)
            if count > 1:
                result[row.id] = self.env._(
                    "%(words)s (%(count)s spaces)", words=result[row.id], count=count
                )
        return result

    def _settle_to_send(self, statement):
        return self._open_month(statement, "draft")

    def _settle_to_bill(self, statement):
        return self._open_month(statement, "confirmed")

    def _open_month(self, statement, state):
        """All statements of the month that wait for the same step, to be chosen together."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["domain"] = [
            ("program_id", "=", statement.program_id.id),
            ("date_from", "=", statement.date_from),
            ("state", "=", state),
            ("charge_count", ">", 0),
        ]
        action["context"] = {}
        return action

    # === SETTLED MONTHS, BILLS ===#

    def _select_correction(self):
        return SQL(CORRECTION, yesterday=self._get_today() - timedelta(days=1))

    def _describe_correction(self, files):
        text = self.env._("What was typed late changes settled months: no statement carries it yet")
        return dict.fromkeys(files.ids, text)

    def _settle_correction(self, file):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_generate_action"
        )
        action["context"] = {"default_program_ids": file.program_id.ids}
        return action

    def _select_to_type(self):
        return SQL(TO_TYPE)

    def _describe_to_type(self, received):
        return {file.id: f"{file.name} · {file.message}" for file in received}

    @api.model
    def _format_month(self, month):
        return format_date(self.env, month, date_format="MMMM y")
