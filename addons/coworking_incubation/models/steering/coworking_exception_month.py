from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date, html2plaintext

from ..billing.coworking_copayment import NOT_INVOICED
from ..matching.coworking_statement import IS_TO_BILL
from ..network.coworking_dashboard import ACCOUNTANT, COORDINATOR
from .coworking_exception import LATER, MONEY_ROLES, SOON, URGENT, Kind
from .coworking_statement import OF_THE_SPACE

# For so many days of a month it is the pilot's to send the one before: see coworking.space, which
# waits for a working day. Then it is somebody's, for whatever reason it was not sent.
PILOT_DAYS = 5
# Likewise what the pilot does within the hour.
PILOT_HOURS = 24

DISPUTED = """
    SELECT charge.id, charge.program_id, charge.space_id, charge.participant_id,
           statement.operator_id AS partner_id, program.user_id, charge.company_id,
           COALESCE((SELECT MAX(date) FROM coworking_portal_answer
                      WHERE statement_id = statement.id AND seat_id = charge.seat_id
                        AND kind = 'disputed'),
                    statement.write_date)::date AS since,
           charge.payable_total AS amount
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
      JOIN coworking_charge charge ON charge.statement_id = statement.id
     WHERE statement.state = 'disputed' AND charge.review = 'disputed'
"""
# The last word on a space and month, as long as it is still to be done. Of reminders the month
# without an answer tells it.
FAILED = """
    SELECT line.id, line.statement_id, line.move_id, run.step
      FROM coworking_month_run_line line
      JOIN coworking_month_run run ON run.id = line.run_id
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
RUN_FAILED = f"""
    SELECT line.id, line.program_id, line.space_id, NULL::integer AS participant_id,
           NULL::integer AS partner_id,
           CASE WHEN run.by_program THEN program.user_id ELSE run.create_uid END AS user_id,
           program.company_id,
           line.write_date::date AS since, NULL::numeric AS amount
      FROM ({FAILED}) AS failed
      JOIN coworking_month_run_line line ON line.id = failed.id
      JOIN coworking_month_run run ON run.id = line.run_id
      JOIN coworking_program program ON program.id = line.program_id
"""  # nosec B608 # of constants
# What a failure tells, or the pilot is about to do, is nothing else to do.
LEFT_TO_SOMEBODY = f"""statement.id NOT IN (
           SELECT statement_id FROM ({FAILED}) AS failed
            WHERE step = '{{step}}' AND statement_id IS NOT NULL)
       AND NOT (
           {{pilot}} AND NOT EXISTS (
           SELECT FROM coworking_month_run_line line
             JOIN coworking_month_run run ON run.id = line.run_id
            WHERE line.statement_id = statement.id AND line.state = 'todo'
              AND run.by_program AND run.stopped AND run.step = '{{step}}'))"""  # nosec B608
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
# What was asked of somebody about a space, such as a month that cannot be generated.
SPACE_TASK = """
    SELECT activity.id, NULL::integer AS program_id, space.id AS space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id, activity.user_id,
           space.company_id, activity.date_deadline AS since, NULL::numeric AS amount
      FROM mail_activity activity
      JOIN coworking_space space ON space.id = activity.res_id
     WHERE activity.res_model = 'coworking.space' AND activity.active AND space.active
       AND activity.date_deadline <= %(today)s
"""
# Statements that wait for the same step.
WAITING = """
    SELECT statement.id
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
     WHERE {condition}
"""
# A month of a program, whatever the number of its spaces: one thing to do, which stays the same
# while they are done one after the other. Which wait is asked first (ARRAY): PostgreSQL would look
# at each statement there is whether it is among them.
MONTH = """
    SELECT (SELECT MIN(id) FROM coworking_statement
             WHERE program_id = statement.program_id
               AND date_from = statement.date_from) AS id, statement.program_id,
           CASE WHEN COUNT(*) = 1 THEN MIN(statement.space_id) END AS space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id,
           MIN(program.user_id) AS user_id, statement.company_id, {since} AS since,
           SUM({amount}) AS amount
      FROM coworking_statement statement
      JOIN coworking_program program ON program.id = statement.program_id
     WHERE statement.id = ANY (ARRAY({waiting}))
  GROUP BY statement.program_id, statement.company_id, statement.date_from
"""
TO_SEND = WAITING.format(
    condition="statement.state = 'draft' AND statement.charge_count > 0"
    " AND statement.date_from < %(month)s AND "
    + LEFT_TO_SOMEBODY.format(
        step="send",
        pilot="""program.active AND COALESCE(program.autopilot_send, false)
           AND %(today)s < statement.date_from + INTERVAL '1 month' + %(days)s * INTERVAL '1 day'
           AND NOT EXISTS (
           SELECT FROM coworking_statement again
            WHERE again.program_id = statement.program_id AND again.space_id = statement.space_id
              AND again.date_from = statement.date_from
              AND again.sent_by_program_at IS NOT NULL)""",
    ),
)
TO_BILL = WAITING.format(
    condition=f"""statement.state = 'confirmed' AND EXISTS (
           SELECT FROM coworking_charge charge
            WHERE charge.statement_id = statement.id AND {IS_TO_BILL}) AND """  # nosec B608
    + LEFT_TO_SOMEBODY.format(
        step="bill",
        pilot="""program.active AND COALESCE(program.autopilot_bill, false)
           AND statement.billed_by_program_at IS NULL AND statement.confirmed_at > %(since)s
           AND (SELECT channel FROM coworking_portal_answer
                 WHERE statement_id = statement.id AND kind = 'confirmed'
              ORDER BY id DESC LIMIT 1) IN %(channels)s""",
    ),
)
# What pressing bills: all of a month of which nothing came.
LEFT_TO_BILL = f"""CASE WHEN EXISTS (SELECT FROM coworking_match WHERE statement_id = statement.id)
                THEN (SELECT SUM(charge.payable_total) FROM coworking_charge charge
                       WHERE charge.statement_id = statement.id AND {IS_TO_BILL})
                ELSE statement.payable_total END"""  # nosec B608
# What participants are to be asked for or given back, as their accounts have it. The pilot makes no
# invoice.
TO_INVOICE = f"""
    SELECT account.*
      FROM ({NOT_INVOICED}) AS account
     WHERE account.settled AND account.collector = 'program' AND account.due != 0
"""  # nosec B608 # of constants
# A month of a program, as above. Its statements are looked up one by one (OFFSET): PostgreSQL,
# which guesses how many wait, would read all there are.
MONTH_TO_INVOICE = f"""
    SELECT (SELECT MIN(id) FROM coworking_statement
             WHERE program_id = account.program_id AND date_from = account.period) AS id,
           account.program_id,
           CASE WHEN COUNT(DISTINCT account.statement_id) = 1
                THEN MIN(account.space_id) END AS space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id,
           MIN(program.user_id) AS user_id, account.company_id,
           MIN(statement.confirmed_at)::date AS since, SUM(account.due) AS amount
      FROM ({TO_INVOICE}) AS account
CROSS JOIN LATERAL (
           SELECT confirmed_at FROM coworking_statement
            WHERE id = account.statement_id OFFSET 0) AS statement
      JOIN coworking_program program ON program.id = account.program_id
  GROUP BY account.program_id, account.company_id, account.period
"""  # nosec B608 # of constants
SINCE_OVER = "(statement.date_from + INTERVAL '1 month')::date"
SINCE_CONFIRMED = "MIN(statement.confirmed_at)::date"


class CoworkingException(models.Model):
    """What a month waits for, with what it is about in money."""

    _inherit = "coworking.exception"
    _depends = {
        "account.move": ["state"],
        "coworking.charge": ["payable_total", "review", "statement_id"],
        "coworking.copayment": ["state"],
        "coworking.match": ["decision", "move_id", "move_line_id", "statement_id"],
        "coworking.month.run": ["by_program", "step", "stopped"],
        "coworking.month.run.line": [
            "date_from",
            "move_id",
            "run_id",
            "space_id",
            "state",
            "statement_id",
        ],
        "coworking.participant": ["pending_changes", "pending_since"],
        "coworking.portal.answer": ["channel", "date", "kind", "seat_id", "statement_id"],
        "coworking.program": [
            "active",
            "autopilot_bill",
            "autopilot_send",
            "call_after_days",
            "user_id",
        ],
        "coworking.space": ["active"],
        "coworking.statement": [
            "billed_by_program_at",
            "changed_since_sent",
            "charge_count",
            "confirmed_at",
            "payable_total",
            "sent_at",
            "sent_by_program_at",
            "state",
        ],
        "mail.activity": ["active", "date_deadline", "res_id", "res_model", "user_id"],
    }

    def _get_shared(self):
        to_bill = SQL(TO_BILL, **self._get_values_to_bill())
        return {**super()._get_shared(), "to_bill": to_bill}

    @api.model
    def _get_kinds(self):
        coordinate, money = (COORDINATOR,), "money"
        return [
            *super()._get_kinds(),
            Kind("disputed", 1, URGENT, money, "coworking.charge", coordinate),
            Kind("run_failed", 3, URGENT, money, "coworking.month.run.line", MONEY_ROLES),
            Kind("late_fact", 5, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("correction", 6, LATER, money, "coworking.participant", MONEY_ROLES),
            Kind("unanswered", 8, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("space_task", 29, SOON, money, "mail.activity", coordinate),
            Kind("to_send", 9, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("to_bill", 10, SOON, money, "coworking.statement", MONEY_ROLES),
            Kind("to_invoice", 0, SOON, money, "coworking.statement", (ACCOUNTANT,)),
        ]

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "disputed": self.env._("Answer"),
            "run_failed": self.env._("Try Again"),
            "late_fact": self.env._("Send Again"),
            "correction": self.env._("Correct"),
            "unanswered": self.env._("Note the Answer"),
            "space_task": self.env._("See the Space"),
            "to_send": self.env._("Send"),
            "to_bill": self.env._("Create the Bills"),
            "to_invoice": self.env._("Invoice Co-payments"),
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

    # === SPACES ===#

    def _select_space_task(self):
        return SQL(SPACE_TASK, today=self._get_today())

    def _describe_space_task(self, activities):
        # sudo: who sees the space sees what is to be done about it, whoever was asked
        return {
            activity.id: " · ".join(
                filter(
                    None,
                    (
                        activity.summary or activity.activity_type_id.name,
                        html2plaintext(activity.note or "").replace("\n", " "),
                    ),
                )
            )
            for activity in activities.sudo()
        }

    def _settle_space_task(self, activity):
        """The space, where it is marked as done."""
        space_id = activity.sudo().res_id  # sudo: as above
        return self.env["coworking.space"].browse(space_id)._get_records_action()

    def _open_space_task(self, activity):
        return self._settle_space_task(activity)

    # === STEPS OF THE MONTH ===#

    def _get_values_to_send(self):
        today = self._get_today()
        return {"today": today, "month": today.replace(day=1), "days": PILOT_DAYS}

    def _get_values_to_bill(self):
        since = fields.Datetime.now() - timedelta(hours=PILOT_HOURS)
        return {"since": since, "channels": OF_THE_SPACE}

    def _select_to_send(self):
        query = MONTH.format(since=SINCE_OVER, waiting=TO_SEND, amount="statement.payable_total")
        return SQL(query, **self._get_values_to_send())

    def _select_to_bill(self):
        waiting = "SELECT id FROM to_bill"
        return SQL(MONTH.format(since=SINCE_CONFIRMED, waiting=waiting, amount=LEFT_TO_BILL))

    def _select_to_invoice(self):
        return SQL(MONTH_TO_INVOICE)

    def _describe_to_send(self, statements):
        waiting = self._find_waiting(TO_SEND, self._get_values_to_send())
        words = self.env._("%(month)s is over: to send")
        return self._describe_months(statements, waiting, words)

    def _describe_to_bill(self, statements):
        waiting = self._find_waiting(TO_BILL, self._get_values_to_bill())
        words = self.env._("%(month)s is confirmed: no bill yet")
        result = self._describe_months(statements, waiting, words)
        # sudo: coordinators see that a document came, not the document
        files = self.env["coworking.invoice.file"].sudo()
        files = files.search([*files._get_untouched_domain(), ("statement_id", "in", waiting.ids)])
        for row in statements:
            own = files.statement_id.filtered(
                lambda other, row=row: (
                    (other.program_id, other.date_from) == (row.program_id, row.date_from)
                )
            )
            if own:
                result[row.id] = self.env._(
                    "%(words)s. A document came from %(spaces)s, to be typed on the bill",
                    words=result[row.id],
                    spaces=", ".join(own.space_id.mapped("name")),
                )
        return result

    def _describe_to_invoice(self, statements):
        words = self.env._("%(month)s is confirmed: participants to invoice")
        return self._describe_months(statements, self._find_to_invoice(), words)

    def _find_to_invoice(self):
        ids = f"SELECT DISTINCT statement_id FROM ({TO_INVOICE}) AS account"  # nosec B608
        return self._find_waiting(ids, {})

    def _find_waiting(self, query, values):
        """:return: ``coworking.statement`` records that wait for a step"""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(query, **values))
        return self.env["coworking.statement"].search([("id", "in", [row[0] for row in rows])])

    def _describe_months(self, statements, waiting, words):
        months = waiting.grouped(lambda row: (row.program_id, row.date_from))
        result = {}
        for row in statements:
            result[row.id] = words % {"month": self._format_month(row.date_from)}
            count = len(months.get((row.program_id, row.date_from), row))
            if count > 1:
                result[row.id] = self.env._(
                    "%(words)s (%(count)s spaces)", words=result[row.id], count=count
                )
        return result

    def _settle_to_send(self, statement):
        waiting = self._find_waiting(TO_SEND, self._get_values_to_send())
        return self._open_month(statement, waiting)

    def _settle_to_bill(self, statement):
        waiting = self._find_waiting(TO_BILL, self._get_values_to_bill())
        return self._open_month(statement, waiting)

    def _settle_to_invoice(self, statement):
        return self._open_month(statement, self._find_to_invoice())

    def _open_to_invoice(self, statement):
        return self._settle_to_invoice(statement)

    def _open_month(self, statement, waiting):
        """All statements of the month that wait for the same step, to be chosen together: those
        that are done meanwhile leave the list.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        own = waiting.filtered(
            lambda row: (
                row.program_id == statement.program_id and row.date_from == statement.date_from
            )
        )
        action["domain"] = [("id", "in", own.ids), ("state", "in", own.mapped("state"))]
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

    @api.model
    def _format_month(self, month):
        return format_date(self.env, month, date_format="MMMM y")
