"""What months wait for, told from the records alone: naive, one after the other, without SQL.

Each thing is somebody's, or for a while the pilot's or the space's, or nobody's. A row is (kind, id
of the record); one of a whole month (kind, id of the program, month), those to pay (kind, id of
the program).
"""

from collections import Counter, defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

KINDS = {
    *("bank", "bill_awaited", "contested", "disputed", "gap", "late_fact", "run_failed"),
    *("to_bill", "to_check", "to_invoice", "to_match", "to_pay", "to_post", "to_send", "to_type"),
    "unanswered",
}
SETTLED = ("confirmed", "billed")
BY_SPACE = ("portal", "link", "phone", "paper", "meeting")
CLEAR = ("decoded", "completed", "replaced", "credit_note")
CALL_DAYS, PAY_DAYS, SEND_DAYS, EARLY_DAYS = 7, 7, 5, 31


def says(bill):
    """What a bill asks for: to be compared with what its document said."""
    lines = sorted((line.id, line.price_total) for line in bill.invoice_line_ids)
    return bill.ref, bill.invoice_date, bill.partner_bank_id, bill.amount_total, lines


class Waiting:
    """All that waits for an accountant of a company.

    :param read: dict bill -> what it said when it was read from a document, see ``says``
    """

    def __init__(self, company, now, today, read):
        self.env, self.company, self.now, self.today = company.env, company, now, today
        self.read = read
        self.statements = self.search("coworking.statement").filtered(
            lambda row: row.state != "cancelled"
        )
        self.matches = self.search("coworking.match")
        self.files = self.search("coworking.invoice.file")
        self.failed = self.find_failed()
        self.rows = Counter()

    def search(self, model):
        records = self.env[model].with_context(active_test=False)
        return records.search([("company_id", "=", self.company.id)], order="id")

    def add(self, *row):
        self.rows[row] += 1

    def add_once(self, *row):
        self.rows[row] = 1

    def tell(self):
        """:return: ``Counter`` of rows"""
        for line in self.failed.values():
            self.add("run_failed", line.id)
        for statement in self.statements:
            if statement.state == "draft":
                self.tell_unsent(statement)
            elif statement.state in ("sent", "disputed"):
                self.tell_unconfirmed(statement)
            else:
                self.tell_unbilled(statement)
                self.tell_not_invoiced(statement)
        for line in self.get_lines().values():
            self.tell_line(*line)
        for file in self.files.filtered(self.is_to_type):
            if not self.is_billed_first(file):
                self.add("to_type", file.id)
        for bill in self.matches.move_id:
            if bill.state == "draft":
                self.tell_draft(bill)
            elif self.is_to_pay(bill):
                self.add_once("to_pay", min(self.get_programs(bill).ids))
        for account in self.get_operators().bank_ids | self.get_accounts_of_bills():
            if account.active and not account.allow_out_payment:
                self.add("bank", account.id)
        return self.rows

    def get_operators(self):
        return self.search("coworking.space").operator_id

    def get_accounts_of_bills(self):
        """Where money would go that is owed, whoever's it is."""
        owed = self.matches.move_id.filtered(
            lambda bill: (
                bill.move_type == "in_invoice"
                and bill.state != "cancel"
                and bill.payment_state in ("not_paid", "partial")
            )
        )
        partners = owed.partner_id | owed.commercial_partner_id
        return owed.partner_bank_id | partners.bank_ids

    def get_programs(self, bill):
        return self.get_matches(bill).statement_id.program_id

    def get_matches(self, bill):
        return self.matches.filtered(lambda match: match.move_id == bill)

    # === Work in error === #

    def find_failed(self):
        """Of each step of a statement the last word, where it is an error that still stands."""
        lines = self.env["coworking.month.run.line"].search(
            [("program_id.company_id", "=", self.company.id)], order="id"
        )
        last = {
            (line.run_id.step, line.program_id, line.space_id, line.date_from, line.move_id): line
            for line in lines
        }
        result = {}
        for (step, *__), line in last.items():
            statement = line.statement_id
            drafts = (line.move_id or statement.match_ids.move_id).filtered(
                lambda bill: bill.state == "draft"
            )
            stands = {
                "send": statement.state == "draft",
                "bill": statement.state == "confirmed",
                "post": drafts,
            }
            if line.state == "failed" and stands[step]:
                result[step, statement, line.move_id] = line
        return result

    def is_failed(self, step, statement, bill=None):
        return any(
            own[:2] == (step, statement) and own[2] in (bill, own[2].browse())
            for own in self.failed
        )

    # === Statements === #

    def tell_unsent(self, statement):
        after = statement.date_from + relativedelta(months=1)
        if (
            self.today < after
            or not statement.charge_ids
            or self.is_failed("send", statement, statement.env["account.move"])
        ):
            return
        sent_before = self.search("coworking.statement").filtered(
            lambda row: (
                row.sent_by_program_at
                and (row.program_id, row.space_id, row.date_from)
                == (statement.program_id, statement.space_id, statement.date_from)
            )
        )
        if (
            not statement.program_id.autopilot_send
            or not statement.program_id.active
            or sent_before
            or self.today >= after + timedelta(days=SEND_DAYS)
        ):
            self.add_once("to_send", statement.program_id.id, statement.date_from)

    def tell_unconfirmed(self, statement):
        if statement.changed_since_sent:
            self.add("late_fact", statement.id)
        elif (
            statement.state == "sent"
            and statement.sent_at.date() + timedelta(days=CALL_DAYS) <= self.today
        ):
            self.add("unanswered", statement.id)
        if statement.state == "disputed":
            for charge in statement.charge_ids:
                if charge.review == "disputed":
                    self.add("disputed", charge.id)

    def tell_unbilled(self, statement):
        if self.waits_for_bill(statement):
            self.add_once("to_bill", statement.program_id.id, statement.date_from)
        awaited = statement.move_ids.filtered(
            lambda bill: (
                bill.state == "draft"
                and bill.is_purchase_document()
                and not (bill.ref or bill.invoice_date)
                and not self.get_files(bill)
            )
        )
        handed = self.files.filtered(
            lambda file: file.statement_id == statement and self.is_to_handle(file)
        )
        late = statement.confirmed_at.date() + timedelta(days=CALL_DAYS) <= self.today
        if awaited and late and not handed:
            self.add("bill_awaited", statement.id)

    def waits_for_bill(self, statement):
        left = any(self.is_to_bill(charge) for charge in statement.charge_ids)
        failed = self.is_failed("bill", statement, statement.env["account.move"])
        return (
            statement.state == "confirmed"
            and left
            and not failed
            and not self.is_billed_soon(statement)
        )

    def tell_not_invoiced(self, statement):
        """Where the program collects: who has a part, and no invoice nor credit note of it."""
        if statement.program_id.copayment_collector != "program":
            return
        invoices = statement.move_ids.filtered(
            lambda move: move.is_sale_document() and move.state != "cancel"
        )
        files = invoices.invoice_line_ids.coworking_charge_id.participant_id
        for file, own in statement.charge_ids.grouped("participant_id").items():
            if file not in files and round(sum(own.mapped("copayment_amount")), 2):
                self.add_once("to_invoice", statement.program_id.id, statement.date_from)

    def is_to_bill(self, charge):
        """Whether no bill of its operator stands for the month, and nothing beside one tells it."""
        statement = charge.statement_id
        operator = (charge.operator_id or statement.operator_id).commercial_partner_id
        own = self.matches.filtered(lambda match: match.statement_id == statement)
        bills = statement.move_ids.filtered(
            lambda bill: (
                bill.is_purchase_document()
                and bill.state != "cancel"
                and bill.payment_state != "reversed"
            )
        ) | (own.move_id - statement.move_ids).filtered(lambda bill: bill.move_type == "in_invoice")
        beside = own.filtered(self.is_beside).move_id
        told = own.filtered(lambda match: match.move_id in beside).charge_id
        billed = charge in told or operator in bills.commercial_partner_id
        return bool(charge.payable_total) and not billed

    def is_beside(self, match):
        """Whether the rest of the month is to be billed beside it, as by our draft."""
        note = match.move_id.move_type == "in_refund" and match.cause != "reversal"
        made = match.move_id.coworking_statement_id == match.statement_id
        return match.move_id.move_type == "in_receipt" or note and not made

    def is_billed_soon(self, statement):
        answers = statement.answer_ids.filtered(lambda answer: answer.kind == "confirmed")
        return (
            statement.program_id.autopilot_bill
            and statement.program_id.active
            and not statement.billed_by_program_at
            and answers.sorted("id")[-1:].channel in BY_SPACE
            and statement.confirmed_at > self.now - timedelta(days=1)
        )

    # === Lines of the month === #

    def get_lines(self):
        """:return: dict id of the line -> (id, its matches, charge, gap)"""
        by_line = defaultdict(self.matches.browse)
        for match in self.matches:
            key = match.charge_id.id * 2 if match.charge_id else match.id * 2 + 1
            by_line[key] |= match
        lines = {key: (key, own, own.charge_id, self.get_gap(own)) for key, own in by_line.items()}
        for statement in self.statements:
            for charge in statement.charge_ids.filtered("payable_total"):
                if charge.id * 2 not in lines and not self.is_to_bill(charge):
                    gap = -charge.payable_total
                    lines[charge.id * 2] = (charge.id * 2, self.matches.browse(), charge, gap)
        return lines

    def get_gap(self, matches):
        invoiced = sum(matches.mapped("invoiced"))
        return round(invoiced - sum(matches.charge_id.mapped("payable_total")), 2)

    def is_tolerated(self, gap):
        return round(abs(gap) * 100) <= max(round(self.company.coworking_match_tolerance * 100), 0)

    def is_undecided(self, matches):
        return not matches or any(not match.decision for match in matches)

    def is_contested(self, matches, gap):
        """Whether a space still has to say, or to send, something."""
        decisions = set(matches.mapped("decision"))
        return bool(
            decisions & {"disputed", "asked"}
            or "credit_note" in decisions
            and (gap or not matches.charge_id)
            or "rebilled" in decisions
            and matches.charge_id
            and gap < 0
        )

    def tell_line(self, key, matches, charge, gap):
        if self.is_undecided(matches):
            if not self.is_tolerated(gap):
                self.add("gap", key)
                return
            moves = matches.filtered(lambda match: not match.decision).move_id.sorted("id")
            settled = all(match.statement_id.state in SETTLED for match in matches)
            bill = moves[:1]
            files = self.get_files(bill).filtered(self.is_to_type)
            if bill and settled and not files and not self.is_of_pilot(bill):
                self.add_once("to_match", bill.id)
            return
        if self.is_contested(matches, gap):
            since = min(
                match.decided_at.date()
                for match in matches
                if match.decision in ("disputed", "asked", "credit_note", "rebilled")
            )
            if since + timedelta(days=CALL_DAYS) <= self.today:
                self.add("contested", key)

    # === Files === #

    def get_files(self, bill):
        return self.files.filtered(lambda file: bill and file.move_id == bill)

    def is_to_handle(self, file):
        return file.active and (
            file.state == "refused"
            or file.state == "to_type"
            and file.move_id.state not in ("posted", "cancel")
            or file.state == "decoded"
            and file.move_id.state == "draft"
        )

    def is_to_type(self, file):
        if file.state == "decoded" and file.cause in CLEAR:
            return False
        twice = file.active and file.cause == "same_reference" and file.move_id.state == "draft"
        return twice or self.is_to_handle(file)

    def is_billed_first(self, file):
        """Whether it is typed on the bill of its month, which somebody makes first."""
        statement, bill = file.statement_id, file.move_id
        begun = bill.ref or bill.invoice_date or bill.line_ids
        own = statement.charge_ids.filtered(
            lambda charge: (charge.operator_id or statement.operator_id) == file.operator_id
        )
        return (
            file.state == "to_type"
            and bill.state == "draft"
            and not begun
            and self.waits_for_bill(statement)
            and any(self.is_to_bill(charge) for charge in own)
        )

    # === Drafts === #

    def is_of_pilot(self, bill):
        return (
            bill.state == "draft"
            and not bill.coworking_posted_by_program_at
            and "decoded" in self.get_files(bill).mapped("state")
            and all(
                match.statement_id.program_id.autopilot_post
                and match.statement_id.program_id.active
                for match in self.get_matches(bill)
            )
        )

    def is_to_look_at(self, bill):
        """Whether a line of the bill, or of its months, has a gap or waits for the space."""
        own = self.get_matches(bill)
        for __, matches, charge, gap in self.get_lines().values():
            months = matches.statement_id | charge.statement_id
            if not (matches.move_id & bill or months & own.statement_id):
                continue
            if self.is_undecided(matches):
                if not self.is_tolerated(gap):
                    return True
            elif {"disputed", "asked"} & set(matches.mapped("decision")):
                return True
        return False

    def get_told(self, bill):
        """Whether another row, or a wait, tells what keeps a draft from being posted."""
        accounts = bill.partner_id.bank_ids | bill.partner_bank_id
        unverified = accounts.filtered(lambda row: row.active and not row.allow_out_payment)
        return (
            self.get_files(bill).filtered(self.is_to_type)
            or any(
                match.statement_id and match.statement_id.state not in SETTLED
                for match in self.get_matches(bill)
            )
            or self.is_to_look_at(bill)
            or unverified
            and bill.move_type == "in_invoice"
        )

    def is_ready(self, bill):
        """Whether nothing keeps a draft from being posted."""
        files = self.get_files(bill).filtered(
            lambda file: file.cause not in ("same_file", "same_moment")
        )
        read = files.filtered(lambda file: file.state == "decoded")
        account = bill.partner_bank_id
        return bool(
            files
            and bill.ref
            and bill.invoice_date
            and all(file.cause in CLEAR for file in read)
            and (not read or self.read.get(bill) == says(bill))
            and (account.active or bill.move_type == "in_refund")
            and not self.get_told(bill)
        )

    def tell_draft(self, bill):
        own = self.get_matches(bill)
        came = bill.ref or bill.invoice_date or self.get_files(bill)
        if not own.statement_id or not came:
            return
        if any(not match.decision for match in own) and not self.is_of_pilot(bill):
            return
        if any(
            self.is_failed("post", statement, bill) for statement in own.statement_id
        ) or self.get_told(bill):
            return
        if not self.is_ready(bill):
            self.add("to_check", bill.id)
        elif not self.is_of_pilot(bill) or max(
            bill.write_date, *own.statement_id.mapped("confirmed_at")
        ) <= self.now - timedelta(days=1):
            self.add("to_post", bill.id)

    # === Payments === #

    def is_to_pay(self, bill):
        own = self.get_matches(bill)
        accounts = bill.partner_id.bank_ids | bill.partner_bank_id
        return (
            bill.state == "posted"
            and bill.move_type == "in_invoice"
            and bill.payment_state in ("not_paid", "partial")
            and own.statement_id
            and (bill.invoice_date_due or bill.date) <= self.today + timedelta(days=PAY_DAYS)
            and all(match.decision not in (False, "disputed", "asked") for match in own)
            and all(accounts.mapped("allow_out_payment"))
        )
