from odoo import SUPERUSER_ID, fields, models, tools

from ..base.processing import ACCESS

# A bill is of the month that it was made from, and of each that it is matched with.
BILLS = """
      (SELECT id AS move_id FROM account_move WHERE coworking_statement_id = statement.id
        UNION
       SELECT move_id FROM coworking_match
        WHERE statement_id = statement.id AND move_id IS NOT NULL) AS bill"""
PAYMENTS = """
  JOIN account_move_line item ON item.move_id = bill.move_id
  JOIN account_partial_reconcile partial ON partial.{side}_move_id = item.id
  JOIN coworking_audit audit
    ON audit.res_model = 'account.partial.reconcile' AND audit.res_id = partial.id"""
# The rows of the trail that are of a statement, with the step that each belongs to: looked up one
# statement after the other, so that nothing else of the trail is read.
ROWS = f"""
SELECT audit.id, audit.date, audit.user_id, audit.act_at, audit.is_outside,
       CASE WHEN audit.action = 'sent' AND audit.changes->'state'->>0 = 'confirmed' THEN 'confirm'
            WHEN audit.action = 'confirmed' AND audit.changes->'state'->>0 = 'billed' THEN 'bill'
            WHEN audit.action = 'sent' THEN 'send'
            WHEN audit.action = 'reminded' THEN 'remind'
            WHEN audit.action IN ('confirmed', 'disputed') THEN 'confirm'
            WHEN audit.action = 'billed' THEN 'bill'
            ELSE 'generate' END AS step
  FROM coworking_audit audit
 WHERE audit.res_model = 'coworking.statement' AND audit.res_id = statement.id
 UNION ALL
SELECT audit.id, audit.date, audit.user_id, audit.act_at, audit.is_outside, 'match'
  FROM coworking_audit audit
 WHERE audit.res_model = 'coworking.match'
   AND COALESCE(audit.changes->'statement_id'->>1, audit.changes->'statement_id'->>0)::integer
       = statement.id
 UNION ALL
SELECT audit.id, audit.date, audit.user_id, audit.act_at, audit.is_outside, 'bill'
  FROM coworking_invoice_file file
  JOIN coworking_audit audit
    ON audit.res_model = 'coworking.invoice.file' AND audit.res_id = file.id
 WHERE file.statement_id = statement.id
 UNION ALL
SELECT audit.id, audit.date, audit.user_id, audit.act_at, audit.is_outside,
       CASE WHEN audit.action IN ('posted', 'reopened', 'cancelled') THEN 'post' ELSE 'bill' END
  FROM {BILLS}
  JOIN coworking_audit audit ON audit.res_model = 'account.move' AND audit.res_id = bill.move_id
 UNION ALL
SELECT audit.id, audit.date, audit.user_id, audit.act_at, audit.is_outside, 'pay'
  FROM {BILLS} {PAYMENTS.format(side="debit")}
 UNION ALL
SELECT audit.id, audit.date, audit.user_id, audit.act_at, audit.is_outside, 'pay'
  FROM {BILLS} {PAYMENTS.format(side="credit")}
"""  # nosec B608 # of constants
# Whether the automatic pilot of a program took a step of that month.
BY_PROGRAM = """
      EXISTS (SELECT FROM coworking_statement own
               WHERE own.program_id = statement.program_id
                 AND own.date_from = statement.date_from
                 AND (own.sent_by_program_at IS NOT NULL OR own.billed_by_program_at IS NOT NULL
                      OR EXISTS (SELECT FROM coworking_match match
                                   JOIN account_move move ON move.id = match.move_id
                                  WHERE match.statement_id = own.id
                                    AND move.coworking_posted_by_program_at IS NOT NULL)))"""
# What one person did in one act to one month is one touch, however many statements it was about: of
# the step that it began with. An act on two months has a row in each: the statement tells their
# numbers apart.
VIEW = f"""
CREATE VIEW coworking_touch AS
SELECT MIN(line.id * 1048576::bigint + statement.id % 1048576) AS id,
       line.user_id, MIN(line.date) AS date,
       (ARRAY_AGG(line.step ORDER BY line.id))[1] AS step,
       COUNT(DISTINCT statement.id) AS statement_count,
       statement.program_id, statement.company_id, statement.date_from AS month,
       {BY_PROGRAM} AS by_program
  FROM coworking_statement statement
 CROSS JOIN LATERAL ({ROWS}) AS line
  JOIN res_users staff ON staff.id = line.user_id
 WHERE staff.id != {SUPERUSER_ID} AND NOT staff.share AND NOT line.is_outside
   AND line.act_at IS NOT NULL
 GROUP BY line.user_id, line.act_at, statement.program_id, statement.company_id,
          statement.date_from
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
