from collections import defaultdict
from decimal import Decimal
from functools import cache

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.billing.coworking_copayment import OWED
from ..models.billing.coworking_statement import OPEN_STATES
from ..models.seat.coworking_seat import HOLDING_STATES
from ..tools import to_decimal

# What bills of a day or before say of charges: see CoworkingMonthEnd._get_billed. Of a pack whose
# bearer left the tickets are lost: it is used. Of statements that are over nothing but packs is
# looked at.
NOT_OVER = "({statement}.over_since IS NULL OR {statement}.over_since > %(day)s)"
IS_PACK = "'pack' IN (charge.kind, COALESCE(charge.corrected_kind, ''))"
HOLDS = """seat.state IN %(holding)s AND (seat.date_end IS NULL OR seat.date_end > %(day)s)"""
BILLED = f"""
   SELECT charge.id AS charge_id, {IS_PACK} AS is_pack, charge.program_id,
          charge.space_id, charge.seat_id, charge.statement_id,
          COALESCE(charge.operator_id,
                   (SELECT operator_id FROM coworking_statement WHERE id = charge.statement_id),
                   (SELECT operator_id FROM coworking_space WHERE id = charge.space_id)
          ) AS operator_id,
          charge.period, charge.date_from, charge.date_to, charge.explanation,
          charge.payable_total, charge.payable_untaxed,
          COALESCE(SUM(match.expected) FILTER (WHERE match.billed), 0) AS expected,
          COALESCE(SUM(match.gap) FILTER (WHERE match.billed), 0) AS gap,
          COALESCE(SUM(match.gap) FILTER (
              WHERE match.billed AND match.gap > 0
                AND match.decision = 'credit_note'), 0)
          - COALESCE(SUM(match.gap) FILTER (
              WHERE match.credited_since AND match.gap < 0), 0) AS back,
          COALESCE(-SUM(match.gap) FILTER (
              WHERE match.billed AND match.gap < 0
                AND COALESCE(match.decision, '') NOT IN (
                    'matched', 'accepted', 'reimbursement')), 0) AS missing,
          COALESCE(BOOL_OR(match.move_line_id IS NULL
              AND match.decision IN ('matched', 'accepted'))
              OR BOOL_AND(COALESCE(match.decision, '') = 'accepted')
                 AND SUM(match.invoiced) = 0, FALSE)
              AS waived,
          (ARRAY_AGG(match.move_line_id ORDER BY ABS(match.gap) DESC, match.id)
              FILTER (WHERE match.billed))[1] AS bill_line_id
     FROM coworking_charge charge
LEFT JOIN (SELECT match.*,
                  COALESCE(move.state = 'posted' AND move.date <= %(day)s, FALSE)
                      AS billed,
                  COALESCE(move.state = 'posted' AND move.date > %(day)s
                      AND move.move_type = 'in_refund', FALSE) AS credited_since
             FROM coworking_match match
        LEFT JOIN account_move move ON move.id = match.move_id) AS match
       ON match.charge_id = charge.id
    WHERE charge.program_id IN %(programs)s AND charge.kind != 'deposit'
      AND (charge.date_from <= %(day)s
           OR EXISTS (SELECT FROM coworking_match WHERE charge_id = charge.id))
      AND charge.id = ANY (ARRAY(
          SELECT charge.id FROM coworking_statement statement
            JOIN coworking_charge charge ON charge.statement_id = statement.id
           WHERE {NOT_OVER.format(statement="statement")}
           UNION
          SELECT id FROM coworking_charge
           WHERE statement_id IS NULL AND program_id IN %(programs)s
           UNION
          SELECT charge.id FROM coworking_charge charge
            JOIN coworking_seat seat ON seat.participant_id = charge.participant_id
                                    AND seat.tariff_id = charge.tariff_id
           WHERE (charge.kind = 'pack' OR charge.corrected_kind = 'pack') AND {HOLDS}))
 GROUP BY charge.id
   HAVING (charge.date_from <= %(day)s OR COALESCE(BOOL_OR(match.billed), FALSE))
      AND (COALESCE(SUM(match.expected) FILTER (WHERE match.billed), 0)
               != charge.payable_total
           OR COALESCE(SUM(match.gap) FILTER (WHERE match.billed), 0) != 0
           OR charge.date_to > %(day)s
           OR {IS_PACK} AND EXISTS (
               SELECT FROM coworking_seat seat
                WHERE seat.participant_id = charge.participant_id
                  AND seat.tariff_id = charge.tariff_id AND {HOLDS}))
 ORDER BY charge.period, charge.id
"""  # nosec B608 # of constants

# Participants' parts of months that are over, on whichever statements, and what invoices of a day
# or before say of them, where these differ: see CoworkingMonthEnd._get_owing.
IS_OVER = "period <= %(month)s"
BY_THEN = f"state = 'posted' AND date <= %(day)s AND {IS_OVER}"
OWING = f"""
    SELECT statement_id, participant_id, owed.amount, COALESCE(invoiced.amount, 0)
      FROM {OWED.format(which="IN (%(statements)s)", owes=IS_OVER, counts=BY_THEN)}
     WHERE owed.amount != COALESCE(invoiced.amount, 0)
"""  # nosec B608 # of constants


# What a line about a charge leads back to.
LINKS = (
    *("charge_id", "bill_line_id", "program_id", "space_id", "operator_id", "seat_id"),
    *("period", "statement_id", "explanation"),
)


class CoworkingMonthEnd(models.TransientModel):
    """What the accounts of a month need from the seats: a list, the entries made from it, and the
    workbook.
    """

    _name = "coworking.month.end"
    _description = "Month End"
    _inherit = ["coworking.record.mixin"]
    _check_company_auto = True

    date = fields.Date(
        string="On", required=True, default=lambda self: self._default_date(), help="Last day."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    program_ids = fields.Many2many(
        "coworking.program",
        string="Programs",
        required=True,
        default=lambda self: self._default_programs(),
        domain="[('company_id', '=', company_id)]",
        context={"active_test": False},
        check_company=True,
    )
    line_ids = fields.One2many("coworking.month.end.line", "month_end_id")
    open_statement_count = fields.Integer(
        string="Monthly Statements Not Final Yet", compute="_compute_left_open"
    )
    draft_bill_count = fields.Integer(string="Draft Bills", compute="_compute_left_open")

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self) + relativedelta(day=1, days=-1)

    @api.model
    def _default_programs(self):
        """Also those archived meanwhile of which something is to be billed, paid or invoiced, or
        was within the year whose accounts may still be open; before a month of theirs was made as
        well.
        """
        day = self._default_date()
        since = day - relativedelta(years=1)
        # sudo: which statements are over is for code alone
        left = (
            self.env["coworking.statement"]
            .sudo()
            ._read_group(
                Domain("program_id.active", "=", False)
                & Domain("state", "!=", "cancelled")
                & (Domain("over_since", "=", False) | Domain("over_since", ">", since)),
                ["program_id"],
            )
        )
        # sudo: as above
        left += (
            self.env["coworking.charge"]
            .sudo()
            ._read_group(
                Domain("program_id.active", "=", False)
                & Domain("statement_id", "=", False)
                & Domain("date_from", "<=", day),
                ["program_id"],
            )
        )
        return (
            self.env["coworking.program"]
            .with_context(active_test=False)
            .search(
                Domain("company_id", "=", self.env.company.id)
                & (Domain("active", "=", True) | Domain("id", "in", [row.id for (row,) in left]))
            )
        )

    @api.depends("date", "program_ids")
    def _compute_left_open(self):
        """What is not settled yet enters with what is expected: who enters it knows of it."""
        moves = self.env["account.move"]
        for month_end in self:
            month_end.open_statement_count = self.env["coworking.statement"].search_count(
                month_end._get_open_domain()
            )
            month_end.draft_bill_count = moves.has_access("read") and moves.search_count(
                month_end._get_draft_domain()
            )

    def _get_open_domain(self):
        """Monthly statements of these programs, to that day, that nobody has confirmed."""
        return (
            Domain("program_id", "in", self.program_ids.ids)
            & Domain("date_from", "<=", self.date)
            & Domain("state", "in", OPEN_STATES)
        )

    def _get_draft_domain(self):
        return (
            Domain("coworking_statement_id.program_id", "in", self.program_ids.ids)
            & Domain("coworking_statement_id.date_from", "<=", self.date)
            & Domain("move_type", "in", ("in_invoice", "in_refund"))
            & Domain("state", "=", "draft")
        )

    # === ACTION METHODS ===#

    def action_open_statements(self):
        self.ensure_one()
        return self._open_list("coworking_statement_action", self._get_open_domain())

    def action_open_bills(self):
        self.ensure_one()
        return self._open_list("account_move_action_coworking_bill", self._get_draft_domain())

    def _open_list(self, name, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"coworking_incubation.{name}")
        return {**action, "domain": list(domain), "context": {"create": False}}

    def action_list(self):
        """Open what is to be entered for that day: used and not billed, billed and not used."""
        self.ensure_one()
        self._make_lines()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_month_end_line_action"
        )
        action["domain"] = [("month_end_id", "=", self.id)]
        action["context"] = {
            "search_default_group_kind": 1,
            "search_default_group_program": 1,
            "coworking_month_end_id": self.id,
        }
        return action

    def action_create_entries(self):
        """Make the draft entries of that day and their reversals, and open them.

        See ``account.move._coworking_enter``: drafts made before are made again, what is posted
        stays and only the difference is entered.
        """
        self.ensure_one()
        self.env["coworking.statement"]._check_may_bill()
        if (self.date + relativedelta(days=1)).day != 1:
            raise UserError(
                self.env._("Entries are dated on the last day of a month: choose such a day.")
            )
        self._stop_who_enters(self.company_id)
        AccountMove = self.env["account.move"].with_company(self.company_id)
        moves = AccountMove
        for program, items in self._make_entry_items().items():
            moves |= AccountMove._coworking_enter(self.company_id, program, self.date, items)
        if not moves:
            raise UserError(
                self.env._(
                    "Nothing to enter on that day: everything that was used is billed, and nothing"
                    " is billed in advance."
                )
            )
        return moves._action_open_coworking_entries()

    def action_workbook(self):
        """The reconciliation workbook of the month."""
        self.ensure_one()
        self._check_programs()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation/reconciliation/{self.id}",
            "target": "download",
        }

    # === BUSINESS METHODS ===#

    @api.model
    def _stop_who_enters(self, company):
        """Of two who enter what was used in a company at the same moment, or post it, the later
        begins again and sees the drafts of the other, or what was posted of them: it is entered
        once.
        """
        self.env.cr.execute(
            "UPDATE res_company SET write_date = write_date WHERE id = %s",
            [company.id],
            log_exceptions=False,
        )

    def _check_programs(self):
        if not self.program_ids:
            raise UserError(self.env._("Choose at least one program."))
        self.program_ids.check_access("read")

    def _make_workbook(self):
        self.program_ids.check_access("read")
        return self.env["coworking.reconciliation"]._make_workbook(self.program_ids, self.date)

    def _get_workbook_name(self):
        return self.env._("Reconciliation %(month)s.xlsx", month=f"{self.date:%Y-%m}")

    @api.model
    def _get_entry_items(self, company, program, day):
        """What is to be entered of a day by what is there now.

        :param program: empty for what no program is known of
        :return: list of ``Item``, which sum to zero
        """
        known = program.with_context(active_test=False)
        programs = program or known.search([("company_id", "=", company.id)], limit=1)
        values = {"date": day, "company_id": company.id, "program_ids": programs.ids}
        return self.with_company(company).create(values)._make_entry_items()[program]

    def _make_entry_items(self):
        """Make the lines anew, and what to enter for them. What no program is known of is entered
        with whichever are chosen, once.

        :return: dict program -> list of ``Item``, which sum to zero
        """
        self._make_lines()
        lines = self.line_ids.sorted("id").grouped("program_id")
        return {
            program: lines.get(program, self.line_ids.browse())._prepare_entry_items()
            for program in [*self.program_ids, self.program_ids.browse()]
        }

    def _make_lines(self):
        """Make the lines anew."""
        self._check_programs()
        self.line_ids.unlink()
        self.env["coworking.month.end.line"]._insert_computed(
            self._prepare_charge_lines()
            + self._prepare_unexpected_lines()
            + self._prepare_copayment_lines(),
            self.company_id.currency_id,
        )
        self.invalidate_recordset(["line_ids"])

    def _prepare_charge_lines(self):
        """Values of the lines of charges whose cost, on that day, is not what bills say.

        A charge is used day by day, a pack ticket by ticket; what a bill pays of it is what was
        matched with bills posted on that day at the latest. Of a gap:

        - too little was billed: the rest is still to come (408), unless it was accepted;
        - too much was billed: it comes back (4098) once a credit note is expected or came since,
          never before, because what is only disputed is no asset.
        """
        rows = self._get_billed()
        packs_used = self._get_packs_used(rows)
        on_total = {row.id: row.funding_base == "total" for row in self.program_ids.sudo()}
        # sudo: see _prepare_unexpected_lines
        bill_lines = self.env["account.move.line"].sudo()
        bill_lines = bill_lines.browse(row["bill_line_id"] for row in rows if row["gap"])
        bill_lines.fetch(["price_subtotal", "price_total"])
        rounded = cache(self._round)  # many cost the same
        result = []
        for row in rows:
            total = to_decimal(row["payable_total"])
            used = total
            if (share := packs_used.get(row["charge_id"], self._get_share(row))) != 1:
                used = rounded(total * share)
            timing = used - row["expected"]
            if row["waived"] and timing * total > 0:
                timing = Decimal(0)
            gap = -min(row["gap"], row["back"])
            if row["gap"] < 0:
                gap = min(-row["gap"], row["missing"])
            # kind -> [amount, untaxed]
            parts = defaultdict(lambda: [Decimal(0), Decimal(0)])
            if timing:
                owed = "accrued" if total > 0 else "credit"
                part = parts[owed if timing * total > 0 else "prepaid"]
                part[0] += timing
                part[1] += timing * to_decimal(row["payable_untaxed"]) / total
            if gap:
                part = parts["accrued" if gap > 0 else "credit"]
                part[0] += gap
                part[1] += gap * self._get_untaxed_share(bill_lines.browse(row["bill_line_id"]))
            for kind, (amount, untaxed) in parts.items():
                result.append(
                    self._prepare_amounts(amount, rounded(untaxed), on_total[row["program_id"]])
                    | {name: row[name] for name in LINKS}
                    | {"kind": kind, "used": float(used), "billed": float(used - amount)}
                )
                used = Decimal(0)  # of two lines of a charge the second tells the gap alone
        return result

    def _get_packs_used(self, rows):
        """Of packs among these rows of ``_get_billed``: dict charge id -> share between 0 and 1."""
        # sudo: tickets depend on facts that accountants do not read one by one
        charges = self.env["coworking.charge"].sudo()
        packs = charges.browse(row["charge_id"] for row in rows if row["is_pack"])
        shares = self.env["coworking.pricing"].sudo()._get_packs_used(packs, self.date)
        return {charge.id: share for charge, share in shares.items()}

    def _prepare_unexpected_lines(self):
        """Values of the lines of what nobody expected and a credit note is to come for (4098).

        Credit notes for nobody we know, that the operator sent since, are taken off the oldest.
        """
        # sudo: journal items of bills, of which matches say the amounts anyway
        rows = (
            self.env["coworking.match"]
            .sudo()
            .search(
                Domain("charge_id", "=", False)
                & Domain("company_id", "=", self.company_id.id)
                & Domain("move_id.state", "=", "posted")
                & Domain("move_id.date", "<=", self.date)
            )
        )
        notes = [[row.move_id, -to_decimal(row.invoiced)] for row in rows if row.invoiced < 0]
        result = []
        for match in rows.sorted(lambda row: (row.move_id.date, row.id)):
            if match.decision != "credit_note" or match.invoiced <= 0:
                continue
            move, line = match.move_id, match.move_line_id
            amount = to_decimal(match.invoiced)
            for given in notes:
                note, left = given
                if note.commercial_partner_id == move.commercial_partner_id and (
                    note.reversed_entry_id == move
                    or (not note.reversed_entry_id and note.date >= move.date)
                ):
                    taken = min(left, amount)
                    given[1] -= taken
                    amount -= taken
            program = match.statement_id.program_id or match.seat_id.program_id
            if not amount or (program and program not in self.program_ids):
                continue
            on_total = (
                program.funding_base == "total"
                if program
                else not line.tax_ids._coworking_is_recovered()
            )
            result.append(
                {
                    **self._prepare_amounts(
                        -amount, self._round(-amount * self._get_untaxed_share(line)), on_total
                    ),
                    "kind": "credit",
                    "bill_line_id": line.id,
                    "program_id": program.id,
                    "space_id": match.statement_id.space_id.id or match.seat_id.space_id.id,
                    "operator_id": move.partner_id.id,
                    "seat_id": match.seat_id.id,
                    "period": match.statement_id.date_from or move.date.replace(day=1),
                    "statement_id": match.statement_id.id,
                    "explanation": line.name,
                    "used": 0.0,
                    "billed": float(amount),
                }
            )
        return result

    def _round(self, amount):
        return to_decimal(self.company_id.currency_id.round(float(amount)))

    def _prepare_copayment_lines(self):
        """Values of the lines of participants' parts of settled months that are not invoiced (418).

        What corrects a part counts for the month that it corrects, as its cost does, on whichever
        statement it stands, less what was taken back before. An invoice that a credit note reversed
        was given up, unless another one stands in its place.
        """
        owing = self._get_owing(
            Domain("program_id", "in", self.program_ids.ids)
            & Domain("program_id.copayment_collector", "=", "program")
            & Domain("state", "in", ("confirmed", "billed"))
        )
        statements = self.env["coworking.statement"].search(
            Domain("id", "in", {statement_id for statement_id, __ in owing})
        )
        own = self.env["coworking.charge"].search_fetch(
            Domain("statement_id", "in", statements.ids)
            & Domain("copayment_amount", "!=", 0)
            & Domain("period", "<=", self._get_last_month()),
            [
                *("statement_id", "participant_id", "seat_id", "period", "explanation"),
                *("copayment_amount", "corrected_kind"),
            ],
        )
        # sudo: found by the rights of who asks, which are not asked again at each field
        by_file = own.sudo().grouped(lambda charge: (charge.statement_id, charge.participant_id))
        ranks = {statement: rank for rank, statement in enumerate(statements)}
        totals, result = {}, []
        for (statement, file), charges in sorted(
            by_file.items(), key=lambda item: ranks[item[0][0]]
        ):
            if (statement.id, file.id) not in owing:
                continue
            used, billed = owing[statement.id, file.id]
            used += self._get_not_given_back(statement, file, charges)
            income = used - billed
            if not income:
                continue
            total = self._get_income_with_tax(statement, income, totals)
            result.append(
                {
                    **self._prepare_amounts(total, income, True),
                    "cost": 0.0,
                    "income": float(income),
                    "kind": "to_invoice",
                    "charge_id": charges[:1].id,
                    "program_id": statement.program_id.id,
                    "space_id": statement.space_id.id,
                    "operator_id": statement.operator_id.id,
                    "seat_id": charges[:1].seat_id.id,
                    "period": max(charges.mapped("period")),
                    "statement_id": statement.id,
                    "explanation": ", ".join(filter(None, charges.mapped("explanation"))),
                    "used": float(used),
                    "billed": float(billed),
                }
            )
        return result

    def _get_income_with_tax(self, statement, income, known):
        """:param known: dict of what was computed so far; completed here"""
        key = statement.program_id, statement.company_id, income
        if key not in known:
            taxes = statement._get_copayment_taxes(statement.program_id.copayment_product_id)
            known[key] = self._round(
                taxes.compute_all(float(income), statement.currency_id, handle_price_include=False)[
                    "total_included"
                ]
            )
        return known[key]

    def _get_not_given_back(self, statement, file, charges):
        """What the invoice to come of these charges does not give back, as it was taken back before
        by a credit note of that day at the latest. One that is there by then says so itself.
        """
        if not charges.filtered(lambda row: row.corrected_kind and row.copayment_amount < 0):
            return 0
        invoices = statement.copayment_invoice_ids._coworking_standing().filtered(
            lambda move: move.state == "posted" and move.date <= self.date
        )
        if file in invoices._coworking_get_files():
            return 0
        given_up = statement._get_given_up(charges, until=self.date)
        return sum(to_decimal(amount) for rows in given_up.values() for __, amount in rows)

    def _get_last_month(self):
        """The last one that is over on that day."""
        return (self.date + relativedelta(days=1)).replace(day=1) - relativedelta(months=1)

    def _get_owing(self, domain):
        """Of which participants' parts of months as much was not invoiced as is owed.

        :param domain: of the statements in question, whose ids are years of them
        :return: dict (statement id, file id) -> (owed, invoiced by that day), which differ
        """
        for model, names in (
            ("coworking.charge", ("statement_id", "participant_id", "period", "copayment_amount")),
            ("coworking.participant", ("partner_id",)),
            (
                "account.move",
                (
                    "coworking_statement_id",
                    "partner_id",
                    "move_type",
                    "state",
                    "payment_state",
                    "date",
                ),
            ),
            ("account.move.line", ("balance", "coworking_charge_id", "display_type", "move_id")),
        ):
            self.env[model].flush_model(names)
        statements = self.env["coworking.statement"]._search(domain)
        statements.add_where(SQL(NOT_OVER.format(statement=statements.table), day=self.date))
        self._expect_lookups()
        month = self._get_last_month()
        rows = self.env.execute_query(
            SQL(OWING, day=self.date, month=month, statements=statements.select())
        )
        return {
            (statement_id, file_id): (to_decimal(used), to_decimal(billed))
            for statement_id, file_id, used, billed in rows
        }

    def _prepare_amounts(self, amount, untaxed, on_total):
        """Values that all lines have.

        :param amount: effect on expenses, with tax
        :param on_total: VAT is not recovered: it is part of the expense
        """
        return {
            "month_end_id": self.id,
            "amount_untaxed": float(abs(untaxed)),
            "amount_tax": float(abs(amount - untaxed)),
            "amount_total": float(abs(amount)),
            "cost": float(amount if on_total else untaxed),
        }

    @api.model
    def _get_untaxed_share(self, bill_line):
        """How much of a bill line with tax is its price without."""
        if not bill_line.price_total:
            return Decimal(1)
        return to_decimal(bill_line.price_subtotal) / to_decimal(bill_line.price_total)

    def _get_billed(self):
        """What bills of that day or before say of charges that may not be wholly used or billed.

        :return: list of dicts, one a charge: what it is (``LINKS``, ``is_pack``, its days, what the
            program owes), and amounts with tax: ``expected`` (what they pay of it), ``gap`` (what
            they say beyond that), ``back`` (how much of that is to come back), ``missing`` (how
            much of a gap below zero is to come), ``waived`` (whether it is accepted that the rest
            is never billed), ``bill_line_id`` (of the bill that tells most)
        :raise AccessError: who asks may not read one of these charges
        """
        for model, names in (
            (
                "coworking.charge",
                (
                    *("corrected_kind", "date_from", "date_to", "explanation", "kind", "period"),
                    *("operator_id", "program_id", "seat_id", "space_id", "statement_id"),
                    *("payable_total", "payable_untaxed"),
                ),
            ),
            (
                "coworking.match",
                (
                    *("charge_id", "decision", "expected", "gap", "invoiced"),
                    *("move_id", "move_line_id"),
                ),
            ),
            ("account.move", ("state", "date", "move_type")),
            ("coworking.seat", ("participant_id", "tariff_id", "state", "date_end")),
            ("coworking.space", ("operator_id",)),
            ("coworking.statement", ("operator_id",)),
        ):
            self.env[model].flush_model(names)
        self._expect_lookups()
        rows = self.env.execute_query_dict(
            SQL(
                BILLED,
                day=self.date,
                programs=tuple(self.program_ids.ids),
                holding=HOLDING_STATES,
            )
        )
        charges = self.env["coworking.charge"].browse(row["charge_id"] for row in rows)
        # asked of all at once, not of each in turn
        if charges.search_count(Domain("id", "in", charges.ids)) != len(charges):
            charges.check_access("read")
        amounts = ("expected", "gap", "back", "missing")
        return [row | {name: to_decimal(row[name]) for name in amounts} for row in rows]

    def _get_share(self, charge):
        """How much of the days of a charge are over in the evening of that day.

        :param charge: see ``_get_billed``
        """
        if charge["date_to"] <= self.date:
            return Decimal(1)
        days = (charge["date_to"] - charge["date_from"]).days + 1
        return Decimal(max((self.date - charge["date_from"]).days + 1, 0)) / days
