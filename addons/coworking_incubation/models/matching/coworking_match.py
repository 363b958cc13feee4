import contextlib
from collections import defaultdict

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import KNOWN, note_marking
from ..base.processing import MONEY

DECISIONS = [
    ("matched", "Matched"),
    ("accepted", "Accepted, own funds"),
    ("disputed", "Disputed"),
    ("asked", "Asked"),
    ("credit_note", "Credit note expected"),
    ("rebilled", "Billed again"),
    ("reimbursement", "Participant reimbursed"),
]
CAUSES = [
    ("missing", "Seat not billed"),
    ("start_day", "First day"),
    ("departed", "Departed"),
    ("price", "Price"),
    ("suspension", "Suspension"),
    ("closure", "Closure"),
    ("presence", "Presences"),
    ("commitment", "Commitment or notice"),
    ("membership", "Membership fee"),
    ("deposit", "Deposit"),
    ("not_covered", "Not covered"),
    ("unknown", "Unknown person"),
    ("other_month", "Other month"),
    ("other_program", "Other program"),
    ("duplicate", "Billed twice"),
    ("already_paid", "Already paid by the participant"),
    ("tax", "VAT"),
    ("rounding", "Rounding"),
    ("reversal", "Credit note"),
]

# What a match is about, and what is told of it.
PART = ("move_line_id", "charge_id", "statement_id", "expected", "invoiced")
TOLD = ("cause", "explanation", "origin", "seat_id")

# In the transaction: charges and lines of which sums are checked later.
UNCHECKED = "coworking_unchecked"

SUM_TRIGGERS = """
CREATE OR REPLACE FUNCTION coworking_match_check(charges integer[], lines integer[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong integer;
BEGIN
    SELECT charge.id INTO wrong
      FROM (SELECT charge_id, SUM(expected) AS expected FROM coworking_match
             WHERE charge_id = ANY (charges)
          GROUP BY charge_id) AS sums
      JOIN coworking_charge charge ON charge.id = sums.charge_id
     WHERE sums.expected NOT BETWEEN LEAST(charge.payable_total, 0)
                                 AND GREATEST(charge.payable_total, 0)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'matches of charge % exceed it', wrong
            USING ERRCODE = '23514', TABLE = 'coworking_match',
                  CONSTRAINT = 'coworking_match_charge_sum';
    END IF;
    SELECT line.id INTO wrong
      FROM (SELECT move_line_id, SUM(invoiced) AS invoiced FROM coworking_match
             WHERE move_line_id = ANY (lines)
          GROUP BY move_line_id) AS sums
      JOIN account_move_line line ON line.id = sums.move_line_id
      JOIN account_move move ON move.id = line.move_id
     WHERE sums.invoiced
           * CASE WHEN move.move_type = 'in_refund' THEN -1 ELSE 1 END
           NOT BETWEEN LEAST(line.price_total, 0) AND GREATEST(line.price_total, 0)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'matches of bill line % exceed it', wrong
            USING ERRCODE = '23514', TABLE = 'coworking_match',
                  CONSTRAINT = 'coworking_match_line_sum';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION coworking_match_check_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    check_how CONSTANT text := COALESCE(CURRENT_SETTING('coworking.match_check', true), '');
    charges integer[];
    lines integer[];
BEGIN
    IF NOT EXISTS (SELECT FROM changed) THEN
        RETURN NULL; -- of what refers to a bill that goes, PostgreSQL comes by for anybody's
    END IF;
    charges := ARRAY(SELECT DISTINCT charge_id FROM changed WHERE charge_id IS NOT NULL);
    lines := ARRAY(SELECT DISTINCT move_line_id FROM changed WHERE move_line_id IS NOT NULL);
    IF TG_OP = 'UPDATE' THEN
        charges := charges || ARRAY(
            SELECT DISTINCT charge_id FROM before WHERE charge_id IS NOT NULL);
        lines := lines || ARRAY(
            SELECT DISTINCT move_line_id FROM before WHERE move_line_id IS NOT NULL);
        PERFORM coworking_over_reopen(ARRAY(
                SELECT DISTINCT statement_id FROM before
                 WHERE charge_id IS NULL AND statement_id IS NOT NULL));
    END IF;
    UPDATE coworking_statement
       SET match_version = COALESCE(match_version, 0) + 1, over_since = NULL
     WHERE id = ANY (ARRAY(
           SELECT DISTINCT statement_id FROM coworking_charge
            WHERE id = ANY (charges)));
    PERFORM coworking_over_reopen(ARRAY(
            SELECT DISTINCT statement_id FROM changed
             WHERE charge_id IS NULL AND statement_id IS NOT NULL));
    IF check_how != 'made' THEN
        UPDATE account_move
           SET coworking_match_version = COALESCE(coworking_match_version, 0) + 1
         WHERE id = ANY (ARRAY(
               SELECT DISTINCT move_id FROM account_move_line WHERE id = ANY (lines)));
    END IF;
    IF check_how != 'later' THEN
        PERFORM coworking_match_check(charges, lines);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION coworking_match_check_charge() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_match_check(ARRAY[NEW.id], ARRAY[]::integer[]);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION coworking_match_check_line() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_match_check(ARRAY[]::integer[], ARRAY[NEW.id]);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS coworking_match_insert_trg ON coworking_match;
DROP TRIGGER IF EXISTS coworking_match_update_trg ON coworking_match;
DROP TRIGGER IF EXISTS coworking_match_delete_trg ON coworking_match;
CREATE TRIGGER coworking_match_insert_trg AFTER INSERT ON coworking_match
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_match_check_sums();
CREATE TRIGGER coworking_match_update_trg AFTER UPDATE ON coworking_match
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_match_check_sums();
CREATE TRIGGER coworking_match_delete_trg AFTER DELETE ON coworking_match
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_match_check_sums();
DROP TRIGGER IF EXISTS coworking_match_charge_trg ON coworking_charge;
CREATE CONSTRAINT TRIGGER coworking_match_charge_trg
    AFTER UPDATE OF payable_total ON coworking_charge DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.payable_total IS NOT NULL
                       AND OLD.payable_total IS DISTINCT FROM NEW.payable_total)
    EXECUTE FUNCTION coworking_match_check_charge();
DROP TRIGGER IF EXISTS coworking_match_line_trg ON account_move_line;
CREATE CONSTRAINT TRIGGER coworking_match_line_trg
    AFTER UPDATE OF price_total ON account_move_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.price_total IS NOT NULL
                       AND OLD.price_total IS DISTINCT FROM NEW.price_total)
    EXECUTE FUNCTION coworking_match_check_line();
"""


class CoworkingMatch(models.Model):
    """Which part of a bill line pays which part of an expected charge, and why they differ.

    A charge may be paid by several lines, a line may pay several charges: each pair is one row. A
    row without a charge is something that nobody expected; without a line, something that was
    decided about a charge that was not invoiced. PostgreSQL guarantees that the rows of a charge
    never expect more than it owes, nor those of a line invoice more than it says (see ``init``).
    """

    _name = "coworking.match"
    _description = "Match of a Charge and a Bill Line"
    _processing = MONEY
    _marks = {"move_id": KNOWN}
    _inherit = ["coworking.record.mixin"]
    _order = "statement_id desc, charge_id, id"
    # Code alone links charges, lines and statements, of one company: no check a match.

    statement_id = fields.Many2one(
        "coworking.statement",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
        help="Empty as long as a bill waits for its statement.",
    )
    charge_id = fields.Many2one(
        "coworking.charge",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
        help="Empty when nobody expected what was invoiced.",
    )
    seat_id = fields.Many2one(
        "coworking.seat",
        compute="_compute_seat_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    participant_id = fields.Many2one(related="seat_id.participant_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Bill Line",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
        help="Empty when the charge was not invoiced.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Bill",
        compute="_compute_move_id",
        store=True,
        precompute=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    origin = fields.Selection(
        [("generated", "Made from the statement"), ("received", "Received")],
        required=True,
        default="received",
        readonly=True,
    )
    expected = fields.Monetary(help="The part of the charge that this line pays.")
    invoiced = fields.Monetary(
        help="The part of the bill line, with tax; below zero on a credit note."
    )
    gap = fields.Monetary(compute="_compute_gap", store=True, precompute=True)
    cause = fields.Selection(CAUSES, help="Why the line is not what was expected.")
    explanation = fields.Char(help="The gap in words, as it was proposed.")
    decision = fields.Selection(DECISIONS, help="Empty: to be decided.")
    reason = fields.Char()
    user_id = fields.Many2one("res.users", string="Decided By", readonly=True)
    decided_at = fields.Datetime(
        string="Decided On",
        readonly=True,
        copy=False,
        help="Since when it is decided so: other words of its reason leave that.",
    )

    # Never violated by themselves: they carry the messages of the triggers made in init().
    _charge_sum = models.Constraint(
        "CHECK (true)", "The matches of a charge cannot expect more than it owes."
    )
    _line_sum = models.Constraint(
        "CHECK (true)", "The matches of a bill line cannot be more than its amount."
    )
    _something = models.Constraint(
        "CHECK (charge_id IS NOT NULL OR move_line_id IS NOT NULL)",
        "A match is about a charge, a bill line, or both.",
    )
    # A line of the month that is no charge is found by its id: see coworking.month.line.
    _month_line_idx = models.Index("((id * 2 + 1)) WHERE charge_id IS NULL")
    # Few are ever to decide on: those alone.
    _undecided_idx = models.Index("(statement_id) WHERE decision IS NULL")
    _contested_idx = models.Index(
        "(statement_id) WHERE decision IN ('disputed', 'asked', 'credit_note', 'rebilled')"
    )
    _gap_idx = models.Index("(statement_id) WHERE gap != 0")

    def init(self):
        """Sums, in PostgreSQL: never more than the charge owes, never more than the line says.

        Once a statement, not once a row, so that five hundred matches cost one check; whatever is
        made, changed or deleted, since the rows of a credit note are below zero and hold others
        up. The rows of the statements and of the bills are really updated: of two transactions that
        match the same charge or the same line, the second fails with a serialization error, which
        Odoo answers by starting it again with a fresh view.

        A charge or a line that changes below what is matched of it is matched anew by the code that
        changes it: that is checked at the end of the transaction.
        """
        self.env.cr.execute(SUM_TRIGGERS)
        return super().init()

    # === COMPUTE METHODS ===#

    @api.depends("charge_id")
    def _compute_seat_id(self):
        for match in self:
            match.seat_id = match.charge_id.seat_id or match.seat_id

    @api.depends("expected", "invoiced")
    def _compute_gap(self):
        for match in self:
            match.gap = match.currency_id.round(match.invoiced - match.expected)

    # A line stays on its bill: all that is written of any line of Odoo's would come by here.
    @api.depends("move_line_id")
    def _compute_move_id(self):
        for match in self:
            match.move_id = match.move_line_id.move_id

    @api.depends("charge_id.display_name", "move_id", "seat_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # sudo: who reads matches reads of which bill they are, its lines or not
        for match, known in zip(self, self.sudo(), strict=True):
            match.display_name = " / ".join(
                filter(
                    None,
                    (
                        known.charge_id.display_name or known.seat_id.name,
                        known.move_line_id.move_id.display_name,
                    ),
                )
            )

    @api.model
    def _get_typed_names(self, vals):
        return ("reason",)

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        with self._checking_sums_at_once() as (charges, lines):
            matches = super().create(vals_list)
            charges.update(matches.charge_id.ids)
            lines.update(matches.move_line_id.ids)
        matches.statement_id._matches_changed()
        matches.move_id._coworking_notes_matched()
        return matches

    def write(self, vals):
        if vals.get("decision") and "user_id" not in vals:
            vals = {**vals, "user_id": self.env.uid}
        if "decision" in vals:
            changed = self.filtered(lambda match: match.decision != vals["decision"])
            changed.write({"decided_at": vals["decision"] and fields.Datetime.now()})
        statements = self.statement_id
        result = super().write(vals)
        if {*PART, "cause"} & vals.keys():
            (statements | self.statement_id)._matches_changed()
            self.move_id._coworking_notes_matched()
        return result

    def unlink(self):
        if not self:  # most lines of bills that Odoo deletes
            return super().unlink()
        statements, moves = self.statement_id, self.move_id
        with self._checking_sums_at_once() as (charges, lines):
            charges.update(self.charge_id.ids)
            lines.update(self.move_line_id.ids)
            result = super().unlink()
        statements._matches_changed()
        moves._coworking_notes_matched()
        return result

    @contextlib.contextmanager
    def _checking_sums_at_once(self):
        """Sums hold when all rows are made, or gone, which Odoo does some hundreds at a time: where
        the outermost such block ends.

        :return: two sets, to be filled with the ids of the charges and of the lines concerned
        """
        cache = self.env.cr.cache
        if UNCHECKED in cache:
            yield cache[UNCHECKED]
            return
        # What was written before gives back what these take.
        self.flush_model(["charge_id", "move_line_id", "expected", "invoiced"])
        cr = self.env.cr
        cr.execute("SELECT COALESCE(CURRENT_SETTING('coworking.match_check', true), '')")
        before = cr.fetchone()[0]
        cr.execute("SELECT SET_CONFIG('coworking.match_check', 'later', true)")
        charges, lines = cache[UNCHECKED] = set(), set()
        try:
            yield charges, lines
            self.flush_model(["charge_id", "move_line_id", "expected", "invoiced"])
        except Exception:
            # The database itself takes the setting back with what it refuses.
            with contextlib.suppress(psycopg2.Error):
                cr.execute(
                    "SELECT SET_CONFIG('coworking.match_check', %s, true)",
                    [before],
                    log_exceptions=False,
                )
            raise
        finally:
            cache.pop(UNCHECKED, None)
        cr.execute(
            "SELECT SET_CONFIG('coworking.match_check', %s, true),"
            " coworking_match_check(%s::integer[], %s::integer[])",
            [before, list(charges), list(lines)],
        )

    # === BUSINESS METHODS ===#

    def _unlink_matches(self, but_for=None):
        """Delete these matches, and those that do not fit without them.

        A charge of 216.00 was billed, taken back by a credit note and billed again: without the
        credit note the later bill would be expected beside the first one. Another credit note that
        found nothing left to give back may give back what this one did.

        :param but_for: those of these that stay for now, see ``_replace_by``
        :return: bills of which lines were left without a match, to be matched anew
        """
        if not self:
            return self.env["account.move"]
        # All of a line or nothing, of what is left over too: a line with a match stays as it is.
        gone = self | self._get_left_over()
        gone |= gone._get_held_up()
        moves = (gone - self).move_id
        # At once: in between, the sums would not hold.
        (gone - but_for if but_for else gone).unlink()
        return moves

    def _get_left_over(self):
        """What nobody decided of other credit notes, beside these that give something back."""
        giving = self.filtered(
            lambda row: row.expected < 0 and row.move_id.move_type == "in_refund"
        )
        if not giving:
            return giving
        return self.search(
            Domain("expected", "=", 0)
            & Domain("decision", "=", False)
            & Domain("move_id.move_type", "=", "in_refund")
            & Domain(
                "move_id.commercial_partner_id", "in", giving.move_id.commercial_partner_id.ids
            )
            & Domain("id", "not in", self.ids)
        )

    def _get_held_up(self):
        """The matches of other lines, the latest first, without which what is left of these
        charges and lines is within bounds once these are deleted.
        """
        Match = self.env["coworking.match"]
        gone = self
        while True:
            # All of a line or nothing: what is left of it could be more than it says.
            gone |= Match.search([("move_line_id", "in", gone.move_line_id.ids)])
            rest = Match.search(
                [("charge_id", "in", gone.charge_id.ids), ("id", "not in", gone.ids)]
            )
            too_many = Match
            for charge, own in rest.grouped("charge_id").items():
                low, high = sorted((0.0, charge.payable_total))
                compare = charge.currency_id.compare_amounts
                total = sum(own.mapped("expected"))
                for match in own.sorted(lambda match: match._get_age(), reverse=True):
                    over = compare(total, high) > 0 and match.expected > 0
                    under = compare(total, low) < 0 and match.expected < 0
                    if over or under:
                        too_many |= match
                        total -= match.expected
            if not too_many:
                return gone - self
            gone |= too_many

    def _get_age(self):
        """Key that sorts matches by the date of their bill; decisions without a bill are older."""
        move = self.move_id
        return bool(move), move.invoice_date or move.date or fields.Date.today(), move.id, self.id

    def _replace_by(self, rows):
        """Make these matches in the place of those here. One of the same part of a line stays: what
        was decided of it, by whom and since when, is no other decision.

        :param rows: values of matches, as ``BillMatcher`` makes them
        """
        known = defaultdict(list)
        # of two that are alike, what was decided is taken up first
        decided_first = self.sorted(lambda match: not match.decision)
        for now in decided_first.read([*PART, *TOLD, "decision"], load=None):
            known[tuple(now[name] for name in PART)].append(now)
        made, kept = [], self.browse()
        for row in rows:
            alike = known[tuple(row[name] for name in PART)]
            decided = row["decision"]
            now = next((now for now in alike if not decided or now["decision"] == decided), None)
            if not now:
                made.append(row)
                continue
            alike.remove(now)
            match = self.browse(now["id"])
            kept |= match
            told = {name: row.get(name, False) for name in TOLD}
            told["seat_id"] = told["seat_id"] or match.charge_id.seat_id.id
            if changed := {name: told[name] for name in TOLD if told[name] != now[name]}:
                match.write(changed)
        (self - kept).unlink()
        if made:
            self.create(made)

    def _get_month_line_ids(self):
        """Ids of the ``coworking.month.line`` that these stand on, each once."""
        return list(
            {match.charge_id.id * 2 if match.charge_id else match.id * 2 + 1 for match in self}
        )

    def _record_decision(self, decision, reason=None):
        """Keep what was decided, by whom and why, here and in the discussion of the statement.

        :raise UserError: what is settled by the decision is not confirmed yet
        """
        if decision not in ("disputed", "asked"):
            unsettled = self.statement_id.filtered(
                lambda statement: statement.state not in ("confirmed", "billed")
            )
            if unsettled:
                raise UserError(
                    self.env._(
                        "Confirm %(statements)s first: its lines may still change.",
                        statements=", ".join(unsettled.mapped("name")),
                    )
                )
            waiting = self.filtered(lambda match: not match.statement_id and not match.seat_id)
            if waiting and decision == "matched":
                raise UserError(
                    self.env._(
                        "%(bill)s waits for its statement: it is matched when that is there.",
                        bill=waiting[0].move_id.display_name,
                    )
                )
        self.write({"decision": decision, "reason": reason or False})
        if decision == "matched":
            return
        label = dict(self._fields["decision"]._description_selection(self.env))[decision]
        for statement, matches in self.grouped("statement_id").items():
            if statement:
                statement._message_log(
                    body=self.env._(
                        "%(seats)s (%(gap)s): %(decision)s. %(reason)s",
                        seats=", ".join(
                            match.seat_id.name or match.move_line_id.name or "" for match in matches
                        ),
                        gap=statement.currency_id.format(sum(matches.mapped("gap"))),
                        decision=label,
                        reason=reason or "",
                    )
                )

    def _assign_charge(self, charge):
        """Say which charge a part of a bill is for, as far as something is left of that."""
        self.ensure_one()
        remaining = charge._get_remaining_to_invoice()
        expected = min(remaining, self.invoiced, key=abs) if remaining * self.invoiced > 0 else 0.0
        self.write(
            {
                "charge_id": charge.id,
                "statement_id": charge.statement_id.id,
                "seat_id": charge.seat_id.id,
                "expected": expected,
                "cause": False,
                "explanation": False,
            }
        )

    @api.model
    def _insert_generated(self, bills):
        """Matches of bills that were just made from statements, each line with its charge.

        Thousands at a time, so in one query; the triggers check them like any other. Not to be
        called while ``_checking_sums_at_once`` puts checks off: they are made at once afterwards.

        :param bills: ``account.move`` records
        """
        if not bills:
            return
        note_marking(self.env)
        self.env["account.move"].flush_model(["move_type", "company_id"])
        self.env["account.move.line"].flush_model(["coworking_charge_id", "price_total"])
        self.env["coworking.charge"].flush_model(["statement_id", "seat_id", "payable_total"])
        # Nobody else knows bills that this transaction made: they need not be written once more.
        self.env.cr.execute(
            SQL(
                """
                SELECT SET_CONFIG('coworking.match_check', 'made', true);
                INSERT INTO coworking_match (
                    create_uid, create_date, write_uid, write_date, statement_id, charge_id,
                    seat_id, move_line_id, move_id, company_id, origin, expected, invoiced, gap,
                    decision)
                SELECT %(uid)s, %(now)s, %(uid)s, %(now)s, pair.statement_id, pair.charge_id,
                       pair.seat_id, pair.line_id, pair.move_id, pair.company_id, 'generated',
                       pair.expected, pair.invoiced, pair.invoiced - pair.expected,
                       CASE WHEN pair.invoiced = pair.expected THEN 'matched' END
                  FROM (SELECT charge.statement_id, charge.id AS charge_id, charge.seat_id,
                               line.id AS line_id, line.move_id, move.company_id,
                               charge.payable_total AS expected,
                               CASE WHEN move.move_type = 'in_refund' THEN -line.price_total
                                    ELSE line.price_total END AS invoiced
                          FROM account_move_line line
                          JOIN account_move move ON move.id = line.move_id
                          JOIN coworking_charge charge ON charge.id = line.coworking_charge_id
                         WHERE line.move_id IN %(bills)s) AS pair;
                SELECT SET_CONFIG('coworking.match_check', '', true)
                """,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                bills=tuple(bills.ids),
            )
        )
        # sudo: see coworking.statement._matches_changed
        statements = bills.sudo().coworking_statement_id
        statements.invalidate_recordset(["match_ids"])
        statements._invoiced_changed()
