from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..billing.account_move_line import ALL_MONEY
from ..billing.coworking_statement import SETTLED_STATES
from .coworking_match import CAUSES, DECISIONS
from .coworking_statement import IS_TO_BILL

# A line of the month is a charge (its id doubled), or a match without one (doubled, and one).
WITHOUT_CHARGE = 1

# What was matched of a charge, column by column: SQL for several matches, in aggregates that need
# no order, so that PostgreSQL can group many charges at once; and SQL for the only match, as nearly
# all charges have.
DECISION = (  # the one that asks most is told
    "ARRAY['disputed', 'asked', 'credit_note', 'rebilled', 'reimbursement', 'accepted',"
    " 'matched']::varchar[]"
)
REFERENCE = "COALESCE(NULLIF(move.ref, ''), move.name, move.invoice_origin)"
STANDING = """(WHERE move.payment_state != 'reversed' AND (move.move_type != 'in_refund'
                    OR move.payment_state NOT IN ('paid', 'in_payment')))"""
FOUND = {
    "rows": ("COUNT(*)", "(match.id IS NOT NULL)::integer::bigint"),
    "undecided": (
        "COUNT(*) FILTER (WHERE match.decision IS NULL)",
        "(match.decision IS NULL)::integer::bigint",
    ),
    "invoiced": ("SUM(match.invoiced)", "match.invoiced"),
    "covered": (
        "COALESCE(SUM(ABS(match.expected)) FILTER (WHERE match.invoiced != 0), 0)",
        "CASE WHEN match.invoiced != 0 THEN ABS(match.expected) ELSE 0 END",
    ),
    "cause": (
        """(MAX(ARRAY[TO_CHAR(ABS(match.gap), '000000000000.000'), match.cause])
                FILTER (WHERE match.cause IS NOT NULL))[2]""",
        "match.cause::text",
    ),
    "why": ("STRING_AGG(DISTINCT match.explanation, ', ')", "match.explanation::text"),
    "decision": (
        f"({DECISION})[MIN(ARRAY_POSITION({DECISION}, match.decision))]",
        "match.decision",
    ),
    "reason": ("STRING_AGG(DISTINCT match.reason, ', ')", "match.reason::text"),
    "billed": ("COUNT(match.move_id)", "(match.move_id IS NOT NULL)::integer::bigint"),
    "bills": ("COUNT(DISTINCT match.move_id)", "(match.move_id IS NOT NULL)::integer::bigint"),
    "move_id": ("MAX(match.move_id)", "match.move_id"),
    "reference": (f"STRING_AGG(DISTINCT {REFERENCE}, ', ')", f"{REFERENCE}::text"),
    "payment": (
        f"""CASE WHEN BOOL_OR(move.state = 'draft') THEN 'draft'
                 WHEN MIN(move.payment_state) FILTER {STANDING}
                      != MAX(move.payment_state) FILTER {STANDING} THEN 'partial'
                 ELSE COALESCE(MIN(move.payment_state) FILTER {STANDING},
                               MAX(move.payment_state)) END""",
        "CASE WHEN move.state = 'draft' THEN 'draft' ELSE move.payment_state END::text",
    ),
    "date_due": ("MIN(move.invoice_date_due)", "move.invoice_date_due"),
}
SEVERAL = ", ".join(f"{several} AS {name}" for name, (several, __) in FOUND.items())
OF_MATCHES = """
           FROM coworking_match match
      LEFT JOIN account_move move ON move.id = match.move_id
"""
BILLED = "FROM coworking_match WHERE move_line_id IS NOT NULL"

# What the bills of its month leave out is missing, unless it is to be billed beside them; and what
# a credit note took back, unless it is to be billed again. It is found out once a line; HAVING
# makes it one row for sure, so that PostgreSQL leaves it out of queries that do not ask for it.
STANDS = f"""
      LEFT JOIN LATERAL (SELECT (found.billed > 0 OR EXISTS (
                                SELECT {BILLED} AND statement_id = charge.statement_id))
                            AND (COALESCE(found.invoiced, 0) != 0 OR NOT {IS_TO_BILL}) AS bill
                         HAVING true) AS stands ON true
"""  # nosec B608 # of constants
CHARGES = """
         SELECT charge.id * 2 AS id, charge.id AS charge_id, charge.statement_id,
                statement.date_from, charge.space_id, charge.program_id, charge.seat_id,
                charge.participant_id, charge.company_id, company.currency_id, charge.kind,
                charge.date_from AS date_start, charge.date_to AS date_end, charge.explanation,
                charge.payable_total AS expected, COALESCE(found.invoiced, 0) AS invoiced,
                CASE WHEN stands.bill THEN 0 ELSE charge.payable_total END AS not_invoiced,
                CASE WHEN stands.bill THEN COALESCE(found.invoiced, 0) - charge.payable_total
                     ELSE 0 END AS gap,
                CASE WHEN found.cause IN ('other_month', 'other_program') THEN found.cause
                     WHEN COALESCE(found.invoiced, 0) = charge.payable_total THEN NULL
                     WHEN found.billed > 0 THEN found.cause
                     WHEN stands.bill IS NOT TRUE OR charge.payable_total = 0 THEN NULL
                     WHEN charge.kind IN ('commitment', 'deposit', 'membership')
                         THEN charge.kind
                     ELSE 'missing' END AS cause,
                found.why AS cause_explanation, found.decision, found.reason,
                CASE WHEN charge.payable_total = 0 AND COALESCE(found.rows, 0) = 0 THEN 'matched'
                     WHEN found.undecided = 0 AND found.rows > 0
                          AND (found.decision IN ('disputed', 'asked', 'credit_note')
                               AND found.invoiced != charge.payable_total
                               OR found.decision = 'rebilled'
                               AND found.invoiced < charge.payable_total) THEN 'waiting'
                     WHEN found.undecided = 0 AND found.rows > 0 THEN 'matched'
                     WHEN found.covered != 0
                          OR COALESCE(found.billed, 0) = 0 AND stands.bill THEN 'to_match'
                     ELSE 'bill_missing' END AS status,
                found.move_id, found.reference AS bill_reference,
                COALESCE(found.bills, 0) AS move_count, found.payment, found.date_due
"""
# The company is always there: it is joined by LEFT JOIN so that PostgreSQL leaves it out of queries
# that show no column of it.
OF_CHARGES = """
           FROM coworking_charge charge
           JOIN {statement} statement ON statement.id = charge.statement_id
      LEFT JOIN res_company company ON company.id = charge.company_id
"""
# Matches without a charge. Each column has the same type as above: otherwise PostgreSQL would
# compute all of them to show one. Those on a statement are a query of their own (ON_STATEMENT), as
# its month and space are found by index; those that wait for one are another (ON_NONE).
WITHOUT = """
         SELECT match.id * 2 + 1 AS id, NULL::integer AS charge_id, match.statement_id,
                {date_from} AS date_from, {space_id} AS space_id, {program_id} AS program_id,
                match.seat_id, seat.participant_id, match.company_id, company.currency_id,
                NULL::varchar AS kind, NULL::date AS date_start, NULL::date AS date_end,
                line.name AS explanation, 0::numeric AS expected, match.invoiced,
                0::numeric AS not_invoiced, match.gap, match.cause::text AS cause,
                match.explanation::text AS cause_explanation, match.decision,
                match.reason::text AS reason,
                CASE WHEN match.decision IS NULL THEN 'to_match'
                     WHEN match.decision IN ('disputed', 'asked', 'credit_note') THEN 'waiting'
                     ELSE 'matched' END AS status,
                match.move_id, COALESCE(NULLIF(move.ref, ''), move.name)::text AS bill_reference,
                1::bigint AS move_count,
                CASE WHEN move.state = 'draft' THEN 'draft' ELSE move.payment_state END::text
                    AS payment,
                move.invoice_date_due AS date_due
"""
OF_NO_CHARGE = """
           FROM coworking_match match
      LEFT JOIN res_company company ON company.id = match.company_id
      LEFT JOIN account_move_line line ON line.id = match.move_line_id
      LEFT JOIN account_move move ON move.id = match.move_id
      LEFT JOIN coworking_seat seat ON seat.id = match.seat_id
"""
ON_STATEMENT = WITHOUT.format(
    date_from="statement.date_from",
    space_id="statement.space_id",
    program_id="statement.program_id",
)
OF_STATEMENT = f"""
    {OF_NO_CHARGE}
           JOIN coworking_statement statement ON statement.id = match.statement_id
          WHERE match.charge_id IS NULL
"""
ON_NONE = WITHOUT.format(
    date_from="""(DATE_TRUNC('month', COALESCE(move.invoice_date, move.date))
                    - INTERVAL '1 month')::date""",
    space_id="site.id",
    program_id="seat.program_id",
)
OF_NONE = f"""
    {OF_NO_CHARGE}
LEFT JOIN LATERAL (
                 SELECT MIN(space.id) AS id FROM coworking_space space
                   JOIN res_partner operator ON operator.id = space.operator_id
                  WHERE operator.commercial_partner_id = move.commercial_partner_id
                    AND space.company_id = match.company_id
                 HAVING COUNT(*) = 1) AS site ON true
          WHERE match.charge_id IS NULL AND match.statement_id IS NULL
"""  # nosec B608 # of constants
# One by one, as a list shows them: what was matched is looked up for each charge.
VIEW = f"""
    CREATE VIEW coworking_month_line AS
    {CHARGES} {OF_CHARGES.format(statement="coworking_statement")}
      LEFT JOIN LATERAL (SELECT match.charge_id, {SEVERAL}
                                {OF_MATCHES}
                          WHERE match.charge_id = charge.id
                       GROUP BY match.charge_id) AS found ON found.charge_id = charge.id
      {STANDS}
      UNION ALL {ON_STATEMENT} {OF_STATEMENT}
      UNION ALL {ON_NONE} {OF_NONE}
"""
PAYMENT_LINES = f"""account_move_line item
                  JOIN account_move entry ON entry.id = item.move_id
             LEFT JOIN account_payment payment ON payment.id = item.payment_id
             LEFT JOIN account_bank_statement_line bank ON bank.id = item.statement_line_id
                 WHERE item.parent_state = 'posted'
                   AND (item.payment_id IS NOT NULL OR item.statement_line_id IS NOT NULL)
                   AND {ALL_MONEY}"""
# Of a bill that payments settled, each line is paid: that needs no spreading. The others are few.
SETTLED = """move.state = 'posted' AND move.payment_state IN ('paid', 'in_payment')
                 AND move.amount_total_signed != 0 AND move.amount_residual_signed = 0"""
# What settles a line of a bill, on whichever side it stands.
SETTLING = """(SELECT credit_move_id AS other_id FROM account_partial_reconcile
                 WHERE debit_move_id = line.id
                 UNION ALL
                SELECT debit_move_id FROM account_partial_reconcile
                 WHERE credit_move_id = line.id) AS partial"""
# Bills of which something was settled otherwise than by the money of a payment or a bank line,
# among those in question: lines that nothing settles have no number, and those of a bill are no
# such money themselves; and among all: what is not such money is found at once, whatever it
# settled.
UNPAID_OF_BILLS = f"""
         SELECT DISTINCT line.move_id
           FROM account_move_line line
          CROSS JOIN LATERAL {SETTLING}
          WHERE line.move_id = ANY (ARRAY(
                SELECT id FROM account_move move
                 WHERE id = ANY (ARRAY(SELECT move_id FROM bills)) AND {SETTLED}))
            AND line.matching_number IS NOT NULL
            AND NOT EXISTS (SELECT FROM {PAYMENT_LINES} AND item.id = other_id)
"""  # nosec B608 # of constants
UNPAID_OF_ALL = f"""
           WITH money AS MATERIALIZED (SELECT item.id FROM {PAYMENT_LINES})
         SELECT DISTINCT line.move_id
           FROM account_partial_reconcile partial
          CROSS JOIN LATERAL (SELECT move_id FROM account_move_line
                               WHERE id IN (debit_move_id, credit_move_id)) AS line
          WHERE NOT EXISTS (SELECT FROM money WHERE money.id = debit_move_id)
            AND NOT EXISTS (SELECT FROM money WHERE money.id = credit_move_id)
"""  # nosec B608 # of constants
# A bill by itself takes as long as some of the parts that ever were settled, all at once.
UNPAID = f"""
         SELECT UNNEST(
                CASE WHEN 10 * (SELECT COUNT(*) FROM bills) < (
                          SELECT reltuples FROM pg_class
                           WHERE oid = 'account_partial_reconcile'::regclass)
                     THEN ARRAY({UNPAID_OF_BILLS})
                     ELSE ARRAY({UNPAID_OF_ALL}) END) AS move_id
"""  # nosec B608 # of constants
PAID_WHOLE = f"({SETTLED} AND match.move_id NOT IN (SELECT move_id FROM unpaid))"  # nosec B608
PAID_SOME = "(move.payment_state != 'not_paid' OR move.move_type = 'entry')"
SETTLED_WITHOUT = f"CASE WHEN {PAID_SOME} THEN NULL ELSE 0::numeric END AS settled"
# What payments settled of a charge; empty where that is to be spread.
FOUND_PAID = {
    **FOUND,
    "settled": (
        f"""CASE WHEN NOT COALESCE(BOOL_OR({PAID_SOME} AND NOT {PAID_WHOLE}), false)
                 THEN COALESCE(SUM(match.invoiced) FILTER (WHERE {PAID_WHOLE}), 0) END""",
        f"""CASE WHEN {PAID_WHOLE} THEN match.invoiced
                 WHEN {PAID_SOME} THEN NULL ELSE 0 END""",
    ),
}
SEVERAL_PAID = ", ".join(f"{several} AS {name}" for name, (several, __) in FOUND_PAID.items())
ANY_PAID = ", ".join(
    f"CASE WHEN several.charge_id IS NULL THEN {one} ELSE several.{name} END AS {name}"
    for name, (__, one) in FOUND_PAID.items()
)
# Many at once, as sums need them: the same lines, of some statements, each table read once; with
# what was paid of them, where that needs no spreading. What they need stands before them, or
# PostgreSQL would compute all their columns to show one.
BEFORE_LINES = f"""
         matched AS MATERIALIZED (
         SELECT match.* FROM coworking_charge charge
           JOIN coworking_match match ON match.charge_id = charge.id
          WHERE charge.statement_id IN (SELECT id FROM %(statements)s AS chosen)),
         bills AS MATERIALIZED (SELECT DISTINCT move_id FROM matched),
         unpaid AS MATERIALIZED ({UNPAID}),
         several AS MATERIALIZED (
         SELECT match.charge_id, {SEVERAL_PAID} FROM matched match
      LEFT JOIN account_move move ON move.id = match.move_id
          WHERE match.charge_id = ANY (ARRAY(
                SELECT charge_id FROM matched GROUP BY charge_id HAVING COUNT(*) > 1))
       GROUP BY match.charge_id)
"""  # nosec B608 # of constants
LINES_OF_STATEMENTS = f"""
    {CHARGES}, found.settled
    {OF_CHARGES.format(statement="%(statements)s AS")}
      LEFT JOIN several ON several.charge_id = charge.id
      LEFT JOIN matched match ON match.charge_id = charge.id AND several.charge_id IS NULL
      LEFT JOIN account_move move ON move.id = match.move_id
     CROSS JOIN LATERAL (SELECT {ANY_PAID}) AS found
      {STANDS}
      UNION ALL {ON_STATEMENT}, {SETTLED_WITHOUT} {OF_STATEMENT}
      UNION ALL {ON_NONE}, {SETTLED_WITHOUT} {OF_NONE}
"""  # nosec B608 # of constants
# Of statements that are over, what is matched says nothing else than their charges: see
# coworking_statement_over. The columns that it alone knows are empty.
OF_THE_BILL = {
    "bill_reference",
    "cause_explanation",
    "date_due",
    "move_count",
    "move_id",
    "reason",
}
LINES_OVER = f"""
         SELECT charge.id * 2 AS id, charge.id AS charge_id, charge.statement_id,
                statement.date_from, charge.space_id, charge.program_id, charge.seat_id,
                charge.participant_id, charge.company_id, company.currency_id, charge.kind,
                charge.date_from AS date_start, charge.date_to AS date_end, charge.explanation,
                charge.payable_total AS expected, charge.payable_total AS invoiced,
                0::numeric AS not_invoiced, 0::numeric AS gap, NULL::text AS cause,
                NULL::text AS cause_explanation,
                CASE WHEN charge.payable_total != 0 THEN 'matched' END::varchar AS decision,
                NULL::text AS reason, 'matched' AS status, NULL::integer AS move_id,
                NULL::text AS bill_reference, NULL::bigint AS move_count,
                CASE WHEN charge.payable_total != 0 THEN 'paid' END AS payment,
                NULL::date AS date_due, charge.payable_total AS settled
    {OF_CHARGES.format(statement="%(over)s AS")}
"""  # nosec B608 # of constants


class CoworkingMonthLine(models.Model):
    """The accountant's month: what each seat was expected to cost, what was invoiced, what is paid.

    A view: one line for each charge, with all that was matched with it, and one for each part of a
    bill that nobody expected. What is decided here is kept on the matches.
    """

    _name = "coworking.month.line"
    _description = "Line of the Month"
    _inherit = ["coworking.record.mixin"]
    _auto = False
    _order = "date_from desc, space_id, participant_id, id"
    _depends = {
        "account.move": [
            "commercial_partner_id",
            "coworking_statement_id",
            "date",
            "invoice_date",
            "invoice_date_due",
            "invoice_origin",
            "move_type",
            "name",
            "payment_state",
            "ref",
            "state",
        ],
        "account.move.line": ["name"],
        "coworking.charge": [
            "company_id",
            "date_from",
            "date_to",
            "explanation",
            "kind",
            "operator_id",
            "participant_id",
            "payable_total",
            "program_id",
            "seat_id",
            "space_id",
            "statement_id",
        ],
        "coworking.match": [
            "cause",
            "charge_id",
            "company_id",
            "decision",
            "expected",
            "explanation",
            "gap",
            "invoiced",
            "move_id",
            "move_line_id",
            "reason",
            "seat_id",
            "statement_id",
        ],
        "coworking.seat": ["participant_id", "program_id"],
        "coworking.space": ["company_id", "operator_id"],
        "coworking.statement": ["date_from", "operator_id", "program_id", "space_id"],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id"],
    }

    charge_id = fields.Many2one("coworking.charge", readonly=True)
    statement_id = fields.Many2one("coworking.statement", readonly=True)
    date_from = fields.Date(string="Month", readonly=True)
    space_id = fields.Many2one("coworking.space", readonly=True)
    program_id = fields.Many2one("coworking.program", readonly=True)
    seat_id = fields.Many2one("coworking.seat", readonly=True)
    participant_id = fields.Many2one("coworking.participant", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    kind = fields.Selection(
        lambda self: self.env["coworking.charge"]._fields["kind"]._description_selection(self.env),
        readonly=True,
    )
    date_start = fields.Date(string="From", readonly=True)
    date_end = fields.Date(string="To", readonly=True)
    explanation = fields.Char(readonly=True)
    expected = fields.Monetary(readonly=True)
    invoiced = fields.Monetary(readonly=True)
    not_invoiced = fields.Monetary(
        string="Not Invoiced Yet",
        readonly=True,
        help="Expected and to be billed: no bill stands for it.",
    )
    gap = fields.Monetary(
        readonly=True,
        help="Invoiced, and not invoiced yet, less expected.",
    )
    cause = fields.Selection(CAUSES, readonly=True)
    cause_explanation = fields.Char(string="Why", readonly=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    reason = fields.Char(readonly=True)
    status = fields.Selection(
        [
            ("bill_missing", "Bill missing"),
            ("to_match", "To match"),
            ("waiting", "Answer awaited"),
            ("matched", "Matched"),
        ],
        readonly=True,
    )
    move_id = fields.Many2one("account.move", readonly=True)
    bill_reference = fields.Char(string="Bill", readonly=True, help="The supplier's, or ours.")
    move_count = fields.Integer(string="Bills", readonly=True)
    payment = fields.Selection(
        lambda self: [
            ("draft", self.env._("Draft")),
            *self.env["account.move"]._fields["payment_state"]._description_selection(self.env),
        ],
        readonly=True,
    )
    date_due = fields.Date(string="Due Date", readonly=True)
    paid_on = fields.Char(
        compute="_compute_paid_on", help="When how much was paid of the bill that the line is on."
    )
    match_ids = fields.Many2many("coworking.match", compute="_compute_match_ids")

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(VIEW)

    def _compute_match_ids(self):
        for line in self:
            line.match_ids = line._get_matches()

    def _compute_paid_on(self):
        words = self.move_id._coworking_describe_payments()
        for line in self:
            line.paid_on = words.get(line.move_id)

    @api.depends("seat_id", "participant_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                line.charge_id.display_name or line.seat_id.name or line.explanation or ""
            )

    # === CRUD METHODS ===#

    @api.model
    def _search(self, domain, *args, **kwargs):
        self._expect_lookups()
        return super()._search(domain, *args, **kwargs)

    # === ACTION METHODS ===#

    def action_match(self):
        """Match all the lines whose gap is tolerated, at once; the others are told."""
        self._check_may_decide()
        good = self.filtered(lambda line: line._is_tolerated())
        good._get_matches().filtered(lambda match: not match.decision)._record_decision("matched")
        left = len(self - good)
        message = self.env._("%(count)s lines matched.", count=len(good))
        if left:
            message = self.env._(
                "%(count)s lines matched; %(left)s left, whose gap is not tolerated or which have"
                " no bill.",
                count=len(good),
                left=left,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_pay(self):
        """Pay the bills of these lines that are right; the others are named."""
        without_bill = self.filtered(lambda line: not line.move_count)
        return self.env["coworking.bill.payment"]._open_for(
            self._get_matches().move_id, without_bill=len(without_bill)
        )

    def action_accept(self):
        return self._action_decide("accepted")

    def action_dispute(self):
        return self._action_decide("disputed")

    def action_ask(self):
        """A question goes to the managers of the spaces: whom it cannot reach is said before, or
        of several spaces, with what was done.
        """
        refusal = self._get_refusal_to_ask()
        if refusal and len(self.statement_id) < 2:
            raise UserError(refusal)
        return self._action_decide("asked")

    def action_decide(self):
        """What is too much comes back, what is missing will come."""
        return self._action_decide("rebilled" if sum(self.mapped("gap")) < 0 else "credit_note")

    def _get_proposed_decision(self):
        """What the facts make likely: what is tolerated is accepted, too much comes back; as long
        as the month is not confirmed, it is the space that says more.
        """
        self.ensure_one()
        if self.statement_id and self.statement_id.state not in SETTLED_STATES:
            return "disputed"
        if abs(self.gap) <= self._get_tolerance():
            return "accepted"
        return "rebilled" if self.gap < 0 else "credit_note"

    def _find_evened_out(self):
        """The gaps of the same seat, month and kind on other settled statements that even these
        out, as where a bill was taken back of somebody who, as a correction says, owed nothing of
        it: neither is billed.

        :return: dict line -> the others, of those among these of which there are some
        """
        charges, result = self.charge_id, {}
        if not charges:
            return result
        gaps = self.search(
            [
                ("seat_id", "in", charges.seat_id.ids),
                ("charge_id.period", "in", charges.mapped("period")),
                ("statement_id.state", "in", SETTLED_STATES),
                ("gap", "!=", 0),
            ]
        )
        for own in gaps.grouped(lambda line: line.charge_id._to_pricing().key).values():
            left = sum(own.mapped("gap"))
            if len(own.statement_id) > 1 and own[0].currency_id.is_zero(left):
                result |= {line: own - line for line in own & self}
        return result

    def _get_tolerance(self):
        self.ensure_one()
        return max(self.company_id.coworking_match_tolerance, self.currency_id.rounding / 2)

    def action_create_bill_each(self):
        """Make the draft bills of the statements of these lines: see there."""
        return self.statement_id.action_create_bill_each()

    def action_post_each(self):
        """Post the draft bills of these lines: one that cannot be does not hold the others up."""
        self._check_may_decide()
        drafts = self._get_matches().move_id.filtered(lambda bill: bill.state == "draft")
        if not drafts:
            raise UserError(self.env._("None of these lines has a draft bill to post."))
        return drafts.action_coworking_post_each()

    def action_reopen(self):
        """Take decisions back. What came while they held is looked at: of what was found to pay
        nothing, and of what credit notes give back.
        """
        self._check_may_decide()
        matches = self._get_matches()
        matches.write({"decision": False, "reason": False, "user_id": False})
        lines = matches.filtered(
            lambda match: not match.charge_id or match.move_id.move_type == "in_refund"
        ).move_line_id
        # sudo: what is matched follows from bills and charges
        self.env["coworking.matching"].sudo()._match_undecided_anew(lines)
        if len(self) > 1 or self.exists():
            return True
        matches = matches.search([("move_line_id", "in", lines.ids)])
        return self.browse(matches._get_month_line_ids())._get_records_action()

    def action_explain(self):
        """What may explain the gap of this line's bill, to choose from."""
        self.ensure_one()
        self._check_may_decide()
        wizard = self.env["coworking.match.explain"].create({"move_id": self.move_id.id})
        return self._open_wizard(wizard, self.env._("What Explains the Gap"))

    def action_open_bill(self):
        moves = self._get_matches().move_id
        if not moves:
            raise UserError(
                self.env._("No bill came yet for %(line)s.", line=self[:1].display_name)
            )
        return self.env["coworking.statement"]._action_open_moves(moves, "in_invoice")

    def action_open_presences(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_presence_action"
        )
        action["domain"] = [("seat_id", "=", self.seat_id.id)]
        if self.date_start:
            action["domain"] += [("date", ">=", self.date_start), ("date", "<=", self.date_end)]
        action["context"] = {"create": False}
        return action

    # === BUSINESS METHODS ===#

    def _is_tolerated(self):
        """Whether a bill came whose gap nobody has to look at."""
        return bool(self.move_count) and abs(self.gap) <= self._get_tolerance()

    def _check_may_decide(self):
        self.env["coworking.match"].check_access("write")

    def _get_refusal_to_ask(self):
        """Why nobody can be asked about one of these lines, in words; False if all can."""
        for line in self:
            if not line.statement_id:
                return self.env._(
                    "%(line)s belongs to no statement, where a question would be kept. Dispute"
                    " it, or write to the space.",
                    line=line.display_name,
                )
            if not line.space_id.manager_ids:
                return self.env._(
                    "%(space)s has no manager to ask: add one on the space.",
                    space=line.space_id.display_name,
                )
        return False

    def _get_matches(self):
        """What was matched of these lines."""
        return self.env["coworking.match"].search(
            [
                "|",
                ("charge_id", "in", [id_ // 2 for id_ in self.ids if id_ % 2 != WITHOUT_CHARGE]),
                ("id", "in", [id_ // 2 for id_ in self.ids if id_ % 2 == WITHOUT_CHARGE]),
            ]
        )

    def _get_matches_to_decide(self):
        """The same; a charge that was not invoiced gets a match to keep the decision on."""
        matches = self._get_matches()
        missing = self.charge_id - matches.charge_id
        return matches | matches.create(
            [
                {
                    "statement_id": charge.statement_id.id,
                    "charge_id": charge.id,
                    "company_id": charge.company_id.id,
                    "cause": "missing",
                }
                for charge in missing
            ]
        )

    def _action_decide(self, decision):
        self._check_may_decide()
        # What is settled among many others stays so; what is chosen alone is meant.
        lines = self.filtered(lambda line: line.status != "matched") or self
        wizard = self.env["coworking.match.decide"].create(
            {"line_ids": [fields.Command.set(lines.ids)], "decision": decision}
        )
        return self._open_wizard(wizard, self.env._("Decide on a Gap"))

    def _open_wizard(self, wizard, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
