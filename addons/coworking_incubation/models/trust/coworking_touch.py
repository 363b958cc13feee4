from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.tools import SQL

from ..base.processing import ACCESS

# Of each row of the trail its statement is asked, and the step that it belongs to: what stands
# between them is joined, so that PostgreSQL goes from the few statements of a month to their rows,
# or from the few rows that there are to their statements.
OF_STATEMENT = """
SELECT statement.id AS statement_id, statement.program_id, statement.company_id,
       statement.date_from, audit.id, audit.date, audit.user_id, audit.act_at, {step} AS step
  FROM {statements} AS statement {through}
  JOIN coworking_audit audit ON audit.res_model = '{model}' AND {audited}
 WHERE NOT audit.is_outside AND audit.act_at IS NOT NULL AND audit.user_id != {nobody}
"""
OWN_STEP = """
       CASE WHEN audit.action = 'sent' AND audit.changes->'state'->>0 = 'confirmed' THEN 'confirm'
            WHEN audit.action = 'confirmed' AND audit.changes->'state'->>0 = 'billed' THEN 'bill'
            WHEN audit.action = 'sent' THEN 'send'
            WHEN audit.action = 'reminded' THEN 'remind'
            WHEN audit.action IN ('confirmed', 'disputed') THEN 'confirm'
            WHEN audit.action = 'billed' THEN 'bill'
            ELSE 'generate' END"""
BILL_STEP = """
       CASE WHEN audit.action IN ('posted', 'reopened', 'cancelled') THEN 'post' ELSE 'bill' END"""
MATCH_OF = """
       COALESCE(audit.changes->'statement_id'->>1, audit.changes->'statement_id'->>0)::integer
       = statement.id"""
FILE = "JOIN coworking_invoice_file file ON file.statement_id = statement.id"
# A bill is of the month that it was made from, and of each other that it is matched with. Of the
# latter there are few: PostgreSQL takes two numbers for different in nearly all rows, a difference
# for above zero in a third, and so tells them apart before it looks for what settled them.
BILLS = (
    """JOIN account_move bill ON bill.coworking_statement_id = statement.id
   AND bill.coworking_statement_id > 0""",
    """JOIN coworking_match match ON match.statement_id = statement.id
  JOIN account_move bill ON bill.id = match.move_id
   AND ABS(COALESCE(bill.coworking_statement_id, 0) - statement.id) > 0""",
)
# What settles a bill, on whichever side: lines that nothing settles have no number.
PAYMENTS = """
  JOIN account_move_line item ON item.move_id = bill.id AND item.matching_number IS NOT NULL
  JOIN (SELECT id, debit_move_id AS item_id FROM account_partial_reconcile
     UNION ALL
        SELECT id, credit_move_id FROM account_partial_reconcile) AS partial
    ON partial.item_id = item.id"""


def join_ways(statements, *bills):
    """How rows lead to their statement: the step, what is between them, the model and its record.

    :param statements: the table, or what is chosen of it
    :param bills: of each way to their bills, what they are taken from and what is between them
    """
    ways = [
        (statements, OWN_STEP, "", "coworking.statement", "audit.res_id = statement.id"),
        (statements, "'match'", "", "coworking.match", MATCH_OF),
        (statements, "'bill'", FILE, "coworking.invoice.file", "audit.res_id = file.id"),
    ]
    for source, way in bills:
        paid = ("account.partial.reconcile", "audit.res_id = partial.id")
        ways.append((source, BILL_STEP, way, "account.move", "audit.res_id = bill.id"))
        ways.append((source, "'pay'", way + PAYMENTS, *paid))
    return " UNION ALL ".join(
        OF_STATEMENT.format(
            statements=source,
            step=step,
            through=through,
            model=model,
            audited=audited,
            nobody=SUPERUSER_ID,
        )
        for source, step, through, model, audited in ways
    )


# Whether the automatic pilot of a program took a step of a statement. Its bills are looked up where
# nothing else tells it, and one after the other (OFFSET): PostgreSQL would read all there are.
IS_BY_PROGRAM = """
       (own.sent_by_program_at IS NOT NULL OR own.billed_by_program_at IS NOT NULL
        OR EXISTS (SELECT FROM coworking_match match
                    WHERE match.statement_id = own.id
                      AND (SELECT coworking_posted_by_program_at FROM account_move
                            WHERE id = match.move_id) IS NOT NULL OFFSET 0))"""
BY_PROGRAM = f"""
      EXISTS (SELECT FROM coworking_statement own
               WHERE own.program_id = line.program_id AND own.date_from = line.date_from
                 AND {IS_BY_PROGRAM})"""  # nosec B608 # of constants
MONTHS_BY_PROGRAM = f"""
SELECT DISTINCT program_id, date_from FROM (%(statements)s) AS own WHERE {IS_BY_PROGRAM}
"""  # nosec B608 # of constants
# What one person did in one act to one month is one touch, however many statements it was about: of
# the step that it began with. An act on two months has a row in each: the statement tells their
# numbers apart.
COUNTED = """
       line.user_id, (ARRAY_AGG(line.step ORDER BY line.id))[1] AS step,
       line.program_id, line.company_id, line.date_from AS month"""
TOUCHES = """
SELECT {columns}
  FROM ({rows}) AS line
 WHERE line.user_id = ANY (ARRAY(SELECT id FROM res_users WHERE NOT share))
 GROUP BY line.user_id, line.act_at, line.program_id, line.company_id, line.date_from
"""
WHOLE = f"""
       MIN(line.id * 1048576::bigint + line.statement_id % 1048576) AS id,
       MIN(line.date) AS date, COUNT(DISTINCT line.statement_id) AS statement_count,
       {BY_PROGRAM} AS by_program, {COUNTED}"""
TABLE = "coworking_statement"
VIEW = "CREATE VIEW coworking_touch AS " + TOUCHES.format(
    columns=WHOLE, rows=join_ways(TABLE, *((TABLE, way) for way in BILLS))
)
# The same of the statements of many months at once: their bills are looked up once, whichever way
# they are found, statement by statement (OFFSET).
BILLED = ("billed", "CROSS JOIN LATERAL (SELECT statement.bill_id AS id) AS bill")
COUNTED_TOUCHES = TOUCHES.format(columns=COUNTED, rows=join_ways("chosen", BILLED))
OF_MANY = f"""
  WITH chosen AS MATERIALIZED (%(statements)s),
       billed AS MATERIALIZED (
       SELECT chosen.*, bill.id AS bill_id
         FROM chosen CROSS JOIN LATERAL (
              SELECT id FROM account_move
               WHERE coworking_statement_id = chosen.id AND coworking_statement_id > 0
              OFFSET 0) AS bill
        UNION
       SELECT chosen.*, match.move_id
         FROM chosen CROSS JOIN LATERAL (
              SELECT move_id FROM coworking_match
               WHERE statement_id = chosen.id AND move_id IS NOT NULL OFFSET 0) AS match),
       coworking_touch AS MATERIALIZED ({COUNTED_TOUCHES})
SELECT step, program_id, month, COUNT(*)
  FROM (%(touches)s) AS touch
 GROUP BY step, program_id, month
"""  # nosec B608 # of constants


class CoworkingTouch(models.Model):
    """What a person of staff had to do for a month, click by click: read from the audit trail.

    A view: a row for each act on the statements, matches and bills of one program and month. What
    runs by itself, and what spaces do, is none. Charges follow from these: a line that is settled
    is told by its statement, what a participant paid by the decision that says so.
    """

    _name = "coworking.touch"
    _description = "Touch of Staff"
    _inherit = ["coworking.record.mixin"]
    _processing = ACCESS
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "step"
    _depends = {
        "account.move": ["state", "coworking_statement_id", "coworking_posted_by_program_at"],
        "account.move.line": ["matching_number", "move_id"],
        "account.partial.reconcile": ["debit_move_id", "credit_move_id"],
        "coworking.invoice.file": ["state", "statement_id"],
        "coworking.match": ["decision", "move_id", "statement_id", "user_id"],
        "coworking.statement": [
            *("state", "date_from", "program_id"),
            *("sent_by_program_at", "billed_by_program_at"),
        ],
    }

    date = fields.Datetime(string="Day and Time", readonly=True)
    user_id = fields.Many2one("res.users", string="Done By", readonly=True)
    step = fields.Selection(
        [
            ("generate", "Generate"),
            ("send", "Send"),
            ("remind", "Remind"),
            ("confirm", "Confirm"),
            ("bill", "Create Bills"),
            ("match", "Match Lines"),
            ("post", "Post"),
            ("pay", "Pay"),
        ],
        readonly=True,
    )
    statement_count = fields.Integer(string="Statements", readonly=True)
    program_id = fields.Many2one("coworking.program", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True, help="The month that it was done for.")
    by_program = fields.Boolean(
        string="With the Automatic Pilot",
        readonly=True,
        help="The program took a step of that month by itself.",
    )

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(VIEW)

    @api.model
    def _search(self, domain, *args, **kwargs):
        self._expect_lookups()
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _count_of_months(self, domain, statements):
        """
        :param domain: of program and month
        :param statements: the same, of ``coworking.statement``
        :return: list of (step, id of the program, month, how many the user may read)
        """
        touches = self._search(domain)
        names = ("id", "program_id", "company_id", "date_from")
        return self.env.execute_query(
            SQL(
                OF_MANY,
                statements=self._select_statements(statements, *names),
                touches=touches.select(
                    *(SQL.identifier(self._table, name) for name in ("step", "program_id", "month"))
                ),
            )
        )

    @api.model
    def _get_months_by_program(self, statements):
        """Months of which the automatic pilot took a step.

        :param statements: domain of ``coworking.statement``
        :return: set of (id of the program, first day of the month)
        """
        self._expect_lookups()
        names = ("id", "program_id", "date_from", "sent_by_program_at", "billed_by_program_at")
        chosen = self._select_statements(statements, *names)
        return set(self.env.execute_query(SQL(MONTHS_BY_PROGRAM, statements=chosen)))

    @api.model
    def _select_statements(self, domain, *names):
        self.env.flush_all()
        # sudo: which touches the user may read, the query around it says; when a bill was posted,
        # of which coordinators do not read more
        statements = self.env["coworking.statement"].sudo()._search(domain)
        return statements.select(*(SQL.identifier(statements.table, name) for name in names))
