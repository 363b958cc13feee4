from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import invoice_reader, pricing
from ..tools import to_decimal

# What a bill is recognised by, and what it says.
MATCHED_ON = {
    "currency_id",
    "invoice_date",
    "invoice_line_ids",
    "invoice_origin",
    "line_ids",
    "move_type",
    "narration",
    "partner_id",
    "payment_reference",
    "ref",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    coworking_statement_id = fields.Many2one(
        "coworking.statement",
        copy=False,
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Monthly statement this document was made from.",
        groups="base.group_user",
    )
    # Counted up by PostgreSQL: see coworking.match.
    coworking_match_version = fields.Integer(
        copy=False,
        readonly=True,
        export_string_translation=False,
        groups="base.group_user",
    )

    coworking_supplier_ref = fields.Char(
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="The number that the operator gave a posted bill, written in one way only.",
        groups="base.group_user",
    )
    coworking_awaited = fields.Selection(
        [("credit_note", "Credit note expected")],
        string="Expected",
        compute="_compute_coworking_awaited",
        compute_sudo=True,
        help="A draft that the operator's own document has to complete.",
        groups="base.group_user",
    )
    coworking_awaited_message = fields.Text(
        string="What Is Expected",
        compute="_compute_coworking_awaited",
        compute_sudo=True,
        help="What the operator still has to send, and what to do with it.",
        groups="base.group_user",
    )
    coworking_payments = fields.Char(
        string="Paid On",
        compute="_compute_coworking_payments",
        compute_sudo=True,
        help="Dates and amounts of the payments, as they were reconciled; never of credit notes.",
        groups="base.group_user",
    )
    coworking_bank_alert = fields.Text(
        compute="_compute_coworking_bank_alert",
        compute_sudo=True,
        help="Why to check the bank account of the operator before paying.",
        groups="base.group_user",
    )

    _coworking_supplier_ref_once = models.UniqueIndex(
        "(company_id, commercial_partner_id, move_type, coworking_supplier_ref)"
        " WHERE coworking_supplier_ref IS NOT NULL AND state = 'posted'",
        "A bill of this operator with the same number is already posted.",
    )
    _coworking_bill_once = models.UniqueIndex(
        "(coworking_statement_id) WHERE coworking_statement_id IS NOT NULL AND state != 'cancel'"
        " AND move_type IN ('in_invoice', 'in_refund')",
        "This statement already has its bill.",
    )
    _coworking_copayment_once = models.UniqueIndex(
        "(coworking_statement_id, partner_id) WHERE coworking_statement_id IS NOT NULL"
        " AND state != 'cancel' AND COALESCE(payment_state, '') != 'reversed'"
        " AND move_type IN ('out_invoice', 'out_refund')",
        "This participant already has the co-payment invoice of this statement.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super(AccountMove, self.with_context(coworking_take_up=False)).create(vals_list)
        moves = moves.with_env(self.env)
        # sudo: see write()
        moves.sudo().coworking_statement_id._update_billed()
        moves._coworking_take_up()
        return moves

    def write(self, vals):
        issuers = (
            {move: (move.commercial_partner_id, move.currency_id, move.move_type) for move in self}
            if {"partner_id", "currency_id", "move_type"} & vals.keys()
            else {}
        )
        result = super(AccountMove, self.with_context(coworking_take_up=False)).write(vals)
        for move, issuer in issuers.items():
            if issuer != (move.commercial_partner_id, move.currency_id, move.move_type):
                # sudo: see below
                move.sudo()._coworking_forget_matches()
        if vals.get("state") in ("draft", "cancel"):
            self.filtered("coworking_supplier_ref").coworking_supplier_ref = False
        if "state" in vals:
            # sudo: whoever posts or cancels a bill need not know the programme's statements
            moves = self.sudo()
            moves._coworking_reopen_matches(vals["state"])
            linked = moves.filtered("coworking_statement_id")
            # The database must know that a bill is cancelled before another one is made.
            linked.flush_recordset(["state"])
            linked.coworking_statement_id._update_billed()
        if MATCHED_ON & vals.keys():
            self._coworking_take_up()
        elif "state" in vals:
            # sudo: see above
            (self - self.sudo()._coworking_matches().move_id)._coworking_take_up()
        return result

    def unlink(self):
        # sudo: see write()
        statements = self.sudo().coworking_statement_id
        others = self.sudo()._coworking_matches()._forget()
        result = super().unlink()
        statements._matches_changed()
        self.env["coworking.matching"].sudo()._take_up(others.exists(), unmatched=True)
        return result

    def _message_post_after_hook(self, new_message, message_values):
        """Bills that an operator sends to the alias of a journal are received like all others.

        Odoo would decode them at once, whatever is in them, and make a bill of each: here they are
        kept, read within bounds, and complete the draft of the month.
        """
        move, file = self, None
        if (
            self.env.context.get("from_alias")
            and self.journal_id.type == "purchase"
            and not self.env.context.get("disable_attachment_import")
        ):
            file = self._coworking_receive_mail(new_message.attachment_ids)
        if file:
            move = self.with_context(disable_attachment_import=True)
        result = super(AccountMove, move)._message_post_after_hook(new_message, message_values)
        if file and file.move_id != self:
            message_values["coworking_file"] = file  # see _notify_thread
        return result

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """The draft that a mail made goes away once the mail is posted, if its file needs none."""
        file = msg_vals.pop("coworking_file", None) if msg_vals else None
        result = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if file:
            file._drop_empty(self)
        return result

    @api.model
    def _get_xml_tree(self, file_data):
        """An XML file that is dropped on a bill, or uploaded in a list of bills, is read within
        bounds: with a document type, or without end, it is kept and not decoded.
        """
        mimetype = file_data["mimetype"]
        if not mimetype.endswith("/xml") and "text/plain" not in mimetype:
            return super()._get_xml_tree(file_data)
        raw = file_data["raw"] or b""
        try:
            if len(raw) > invoice_reader.MAX_FILE:
                raise invoice_reader.UploadRefused("too_large")
            invoice_reader.parse_xml(raw, invoice_reader.MAX_FILE)
        except invoice_reader.UploadRefused as refused:
            if mimetype.endswith("/xml") or file_data["name"].endswith(".xml"):
                file_data["coworking_refused"] = refused.code
            return None
        return super()._get_xml_tree(file_data)

    @api.model
    def _unwrap_attachment(self, file_data, recurse=True):
        """The electronic invoice in a PDF, as the bounded reader finds it: Odoo would unpack all
        that is in the file, whatever its size, in the process that serves everybody.
        """
        if file_data["import_file_type"] != "pdf":
            return super()._unwrap_attachment(file_data, recurse=recurse)
        try:
            raw = invoice_reader.embedded_xml_elsewhere(
                file_data["raw"] or b"", invoice_reader.ANY_PAGES
            )
        except invoice_reader.UploadRefused as refused:
            file_data["coworking_refused"] = refused.code
            return []
        if not raw:
            return []
        embedded = {
            "name": "invoice.xml",
            "raw": raw,
            "mimetype": "application/xml",
            "attachment": None,
            "origin_attachment": file_data["origin_attachment"],
            "origin_import_file_type": file_data["origin_import_file_type"],
        }
        embedded["xml_tree"] = self._get_xml_tree(embedded)
        embedded["import_file_type"] = self._get_import_file_type(embedded)
        rest = self._unwrap_attachments([embedded]) if recurse else []
        return [embedded, *rest]

    def _extend_with_attachments(self, files_data, new=False):
        """Whoever brought a file that was kept and not read is told what to do."""
        for file_data in files_data:
            code = file_data.pop("coworking_refused", None)
            # Of what is damaged or locked Odoo says nothing either: it may be no bill at all.
            if code == "hostile":
                problem = self.env["coworking.invoice.file"]._messages()[code]
                self.message_post(
                    body=self.env._(
                        "%(file)s: %(problem)s", file=file_data["name"], problem=problem
                    )
                )
            elif code == "too_large":
                # Here pages are not counted, and whoever brought the file has the bill to type.
                self.message_post(
                    body=self.env._(
                        "%s is larger than 10 MB: it is kept, and not read. Type the bill in, or"
                        " bring a smaller file: its XML alone, for example.",
                        file_data["name"],
                    )
                )
        return super()._extend_with_attachments(files_data, new=new)

    def _coworking_receive_mail(self, attachments):
        """Receive the attachments of a mail if it comes from an operator, or could do harm.

        :return: the file that this draft waits for, or waited for in vain; none if Odoo's own
            decoders may see the attachments
        """
        self.ensure_one()
        # The mail is being posted on this draft: it must not go away meanwhile.
        Files = self.env["coworking.invoice.file"].with_context(coworking_keep_draft=True)
        received = Files.browse()
        if not Files._operators(self.company_id):
            return received
        operator = self._coworking_operator_of(self.partner_id)
        candidates, refused = {}, False
        for attachment in attachments:
            if attachment.mimetype.startswith("image/"):
                continue  # signatures and logos
            try:
                document = invoice_reader.read(attachment.raw or b"")
            except invoice_reader.UploadRefused as reason:
                candidates[attachment] = None
                refused |= reason.code != "wrong_type"
                continue
            candidates[attachment] = document
            if not operator and document.is_invoice:
                facts = invoice_reader.describe(document.root)
                operator = Files._operator_by_ids(facts.seller_ids, self.company_id)
        if not candidates or not (operator or refused):
            return received
        # The first one that can be read takes this draft; each other one finds or makes its own.
        order = sorted(candidates, key=lambda row: (candidates[row] is None, row.id))
        # One electronic invoice with PDF files beside it: these show the same bill.
        invoices = [row for row in order if candidates[row] and candidates[row].is_invoice]
        beside = attachments.browse()
        if len(invoices) == 1:
            beside = attachments.browse(
                row.id for row in order if candidates[row] and candidates[row].root is None
            )
            order = [row for row in order if row not in beside]
        for position, attachment in enumerate(order):
            file = Files._receive(
                attachment.name,
                attachment.raw or b"",
                source="mail",
                operator=operator,
                sender=self.partner_id,
                company=self.company_id,
                move=None if position else self,
            )
            received = received or file
            if attachment in invoices:
                for other in beside:
                    other.copy({"res_model": file._name, "res_id": file.id})
        return received

    def _coworking_operator_of(self, partner):
        """The operator that somebody writes for: itself, one of its people, or a manager of a
        space. One that no longer runs its space still bills its months.
        """
        if not partner:
            return partner
        # sudo: the mail gateway acts for whoever owns the alias
        spaces = self.env["coworking.space"].sudo()
        here = Domain("company_id", "=", self.company_id.id)
        theirs = Domain("operator_id", "in", (partner | partner.commercial_partner_id).ids)
        spaces = spaces.search(
            here
            & (
                theirs
                | Domain("partner_id", "in", (partner | partner.commercial_partner_id).ids)
                | Domain("manager_ids", "in", partner.ids)
            )
        )
        # sudo: as above
        ((former,),) = (
            self.env["coworking.statement"]
            .sudo()
            ._read_group(here & theirs, [], ["operator_id:recordset"])
        )
        operators = spaces.operator_id | former
        return operators if len(operators) == 1 else partner.browse()

    def _coworking_matches(self):
        return self.env["coworking.match"].search([("move_id", "in", self.ids)])

    def _coworking_reopen_matches(self, state):
        """A cancelled bill pays nothing; what was decided of one that is a draft again is open."""
        if state == "cancel":
            self._coworking_forget_matches()
        elif state == "draft":
            self._coworking_matches().write({"decision": False, "reason": False, "user_id": False})

    def _coworking_forget_matches(self):
        """These pay nothing any more: bills that did not fit beside them are matched anew."""
        others = self._coworking_matches()._forget()
        self.env["coworking.matching"]._take_up(others, unmatched=True)

    def _coworking_take_up(self):
        """Match the bills among these that are an operator's with what was expected of it."""
        if self.env.context.get("coworking_take_up", True):
            # sudo: whoever enters a bill need not know the programme's statements
            self.env["coworking.matching"].sudo()._take_up(self.sudo())

    # === BILLS OF OPERATORS ===#

    def _coworking_of_operators(self):
        """The vendor bills and credit notes among these whose partner runs a coworking space."""
        bills = self.filtered(lambda move: move.move_type in ("in_invoice", "in_refund"))
        partners = bills.commercial_partner_id
        if not partners:
            return bills
        # sudo: whoever posts a bill need not know the spaces
        run_by = self.env["coworking.space"].sudo()._run_by(partners)
        return bills.filtered(lambda move: move.commercial_partner_id in run_by)

    def _post(self, soft=True):
        """A number is unique for each operator: the same bill is never posted twice. A credit note
        is the operator's to make: ours waits for it.
        """
        # sudo: whoever posts a credit note need not know the programme's statements
        for message in self.sudo()._coworking_awaited().values():
            raise UserError(message)
        bills = self._coworking_of_operators()
        for bill in bills:
            bill.coworking_supplier_ref = invoice_reader.normal_id(bill.ref) or False
        bills._coworking_check_supplier_ref()
        return super()._post(soft=soft)

    def _coworking_check_supplier_ref(self):
        numbered = self.filtered("coworking_supplier_ref")
        if not numbered:
            return
        others = self.env["account.move"].search(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("in_invoice", "in_refund")),
                ("company_id", "in", numbered.company_id.ids),
                ("commercial_partner_id", "in", numbered.commercial_partner_id.ids),
                ("coworking_supplier_ref", "in", numbered.mapped("coworking_supplier_ref")),
            ]
        )
        seen = {bill._coworking_supplier_key(): bill for bill in others - numbered}
        for bill in numbered:
            other = seen.setdefault(bill._coworking_supplier_key(), bill)
            if other != bill:
                raise UserError(
                    self.env._(
                        "Bill %(number)s of %(operator)s is already posted: %(bill)s of %(date)s,"
                        " %(amount)s. Delete this draft if it is the same bill, or correct its"
                        " number.",
                        number=bill.ref,
                        operator=bill.commercial_partner_id.name,
                        bill=other.name if other.state == "posted" else other.ref,
                        date=format_date(self.env, other.invoice_date),
                        amount=other.currency_id.format(other.amount_total),
                    )
                )

    @api.depends(
        "amount_total", "coworking_statement_id", "journal_id", "move_type", "ref", "state"
    )
    @api.depends_context("lang")
    def _compute_coworking_awaited(self):
        awaited = self._coworking_awaited()
        for move in self:
            move.coworking_awaited = move in awaited and "credit_note"
            move.coworking_awaited_message = awaited.get(move, False)

    def _coworking_awaited(self):
        """The draft credit notes that were made from a statement and that no document of the
        operator completes yet; never those that we make in its name, by self-billing.

        :return: dict move -> what is expected, and what to do
        """
        drafts = self.filtered(
            lambda move: (
                move.state == "draft"
                and move.move_type == "in_refund"
                and move.coworking_statement_id
                and not move.journal_id.is_self_billing
            )
        )
        if not drafts:
            return {}
        attached = self.env["ir.attachment"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", drafts.ids)],
            ["res_id"],
        )
        attached = {res_id for (res_id,) in attached}
        result = {}
        for move in drafts:
            if not move.ref and move.id not in attached:
                todo = self.env._("Type its number as the reference, and attach it.")
            elif not move.ref:
                todo = self.env._("Type its number as the reference.")
            elif move.id not in attached:
                todo = self.env._("Attach it to this draft.")
            else:
                continue
            result[move] = self.env._(
                "Credit note expected of %(operator)s: %(amount)s for %(statement)s. This draft can"
                " be posted once the operator's own document is there. %(todo)s",
                operator=move.commercial_partner_id.name,
                amount=move.currency_id.format(move.amount_total),
                statement=move.coworking_statement_id.name,
                todo=todo,
            )
        return result

    def _coworking_supplier_key(self):
        self.ensure_one()
        return (
            self.company_id.id,
            self.commercial_partner_id.id,
            self.move_type,
            self.coworking_supplier_ref,
        )

    # === CO-PAYMENTS ===#

    def _coworking_standing(self):
        """Those of these documents that no other one took back: one more may replace the others."""
        return self.filtered(
            lambda move: move.state != "cancel" and move.payment_state != "reversed"
        )

    # === PAYMENTS ===#

    @api.depends(
        "line_ids.matched_debit_ids",
        "line_ids.matched_credit_ids",
        "matched_payment_ids.amount",
        "matched_payment_ids.date",
        "matched_payment_ids.state",
        "state",
    )
    def _compute_coworking_payments(self):
        for move, payments in self._coworking_payment_facts().items():
            move.coworking_payments = ", ".join(
                self.env._(
                    "%(date)s: %(amount)s",
                    date=format_date(self.env, date),
                    amount=move.company_currency_id.format(float(amount)),
                )
                for date, amount, _line in payments
            )

    def _coworking_payment_facts(self):
        """When how much of these documents was paid: what was reconciled with a payment or a bank
        line, and payments that have no entry to reconcile. What a credit note or a journal entry
        settles was not paid.

        :return: dict move -> list of (date, amount in the currency of the company, journal item of
            the payment, if it has one), by date; a payment that was taken back is not there
        """
        terms = self.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        result = {move: [] for move in self}
        for partials, side in (
            (terms.matched_debit_ids, "debit_move_id"),
            (terms.matched_credit_ids, "credit_move_id"),
        ):
            own = "credit_move_id" if side == "debit_move_id" else "debit_move_id"
            for partial in partials:
                payment = partial[side]
                if payment.parent_state != "posted":
                    continue
                if payment.move_id.origin_payment_id or payment.move_id.statement_line_id:
                    result[partial[own].move_id].append(
                        (payment.date, to_decimal(partial.amount), payment)
                    )
        nothing = self.env["account.move.line"]
        for move, date, amount in self._coworking_payments_without_entry():
            if move in result:
                result[move].append((date, amount, nothing))
        for payments in result.values():
            payments.sort(key=lambda row: (row[0], row[2].id or 0))
        return result

    def _coworking_payments_without_entry(self):
        """What was paid by payments of a method without an account: Odoo makes no entry of these,
        links them to the documents they were registered for, and leaves the rest to the bank.

        What the bank paid of the documents of such a payment, on or after its date and not claimed
        by another one, is taken off what the payment announces, never below zero. What it still
        announces is spread by largest remainder over what is left of the documents on its side,
        after the oldest of them have given what its documents of the opposite sign leave.

        :return: list of (move, date, amount)
        """
        moves = self
        payments = moves.matched_payment_ids
        while payments.invoice_ids - moves:
            moves |= payments.invoice_ids
            payments = moves.matched_payment_ids
        payments = payments.filtered(
            lambda payment: not payment.move_id and payment.state in ("in_process", "paid")
        )
        if not payments:
            return []
        moves = payments.invoice_ids.filtered(lambda move: move.state == "posted")
        left = {move: to_decimal(abs(move.amount_residual_signed)) for move in moves}
        payments = payments.sorted(lambda payment: (payment.date, payment.id))
        announced = moves._coworking_not_in_bank(payments)
        result = []
        for payment in payments:
            documents = payment.invoice_ids & moves
            own = documents._coworking_paid_by(payment)
            credit = sum((left[move] for move in documents - own), Decimal(0))
            room = []
            for move in own:
                given = min(left[move], credit)
                credit -= given
                room.append((move, left[move] - given))
            amount = min(announced[payment], sum((part for _move, part in room), Decimal(0)))
            for move, part in pricing.spread(amount, room):
                left[move] -= part
                if part:
                    result.append((move, payment.date, part))
        return result

    def _coworking_paid_by(self, payment):
        """Those of these documents that are on the side of the payment, the oldest first."""
        outbound = payment.payment_type == "outbound"
        return self.filtered(lambda move: move.is_outbound() == outbound).sorted(
            lambda move: (move.invoice_date or move.date, move.id)
        )

    def _coworking_not_in_bank(self, payments):
        """What these payments without an entry announce beyond what the bank paid of these
        documents: dict payment -> amount in the currency of the company.

        Bank lines of exactly what a payment announces are claimed before all others; one that
        Odoo found paid may have a bank line of an earlier date. Then payments of few documents
        choose before those of many, which find theirs elsewhere.
        """
        banked = self._coworking_bank_amounts()
        own = {
            payment: (payment.invoice_ids & self)._coworking_paid_by(payment)
            for payment in payments
        }
        rest = {
            payment: to_decimal(abs(payment.amount_company_currency_signed)) for payment in payments
        }
        payments = payments.sorted(lambda payment: (len(own[payment]), payment.date, payment.id))
        for exact in (True, False):
            for payment in payments:
                for line, paid in banked.items():
                    if line.date < payment.date and not (exact and payment.state == "paid"):
                        continue
                    whole = sum((paid[move] for move in own[payment]), Decimal(0))
                    if exact and whole != rest[payment]:
                        continue
                    for move in own[payment]:
                        claimed = min(paid[move], rest[payment])
                        paid[move] -= claimed
                        rest[payment] -= claimed
        return rest

    def _coworking_bank_amounts(self):
        """What each bank line paid of each of these documents, the oldest line first: dict bank
        line -> dict move -> amount.
        """
        terms = self.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        found = defaultdict(lambda: defaultdict(Decimal))
        for partials, side, own in (
            (terms.matched_debit_ids, "debit_move_id", "credit_move_id"),
            (terms.matched_credit_ids, "credit_move_id", "debit_move_id"),
        ):
            for partial in partials:
                item = partial[side]
                line = item.move_id.statement_line_id
                if line and item.parent_state == "posted":
                    found[line][partial[own].move_id] += to_decimal(partial.amount)
        return dict(sorted(found.items(), key=lambda row: (row[0].date, row[0].id)))

    def _coworking_payments_by_line(self):
        """What was paid of each line of these documents, with tax.

        Each payment is spread over what is left of the lines by largest remainder: a line never
        receives more than it costs, none ever gives back what it had, and they sum to the cent.

        :return: dict line -> list of (date, amount)
        """
        result = {}
        for move, payments in self._coworking_payment_facts().items():
            lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            left = {line: to_decimal(line.price_total) for line in lines}
            result |= {line: [] for line in lines}
            for date, amount, _line in payments:
                for line, part in pricing.spread(amount, left.items()):
                    left[line] -= part
                    result[line].append((date, part))
        return result

    # === BANK ACCOUNTS ===#

    @api.depends("partner_bank_id", "partner_id", "state", "payment_state")
    def _compute_coworking_bank_alert(self):
        self.coworking_bank_alert = False
        open_bills = self.filtered(
            lambda move: (
                move.move_type == "in_invoice"
                and move.state != "cancel"
                and move.payment_state in ("not_paid", "partial")
            )
        )
        for bill in open_bills._coworking_of_operators():
            accounts = bill._coworking_accounts_to_verify()
            if accounts:
                bill.coworking_bank_alert = accounts._coworking_alert()

    def _coworking_accounts_to_verify(self):
        """The account of the bill, and others that its operator gave, if nobody trusts them yet."""
        self.ensure_one()
        accounts = (
            self.partner_bank_id | self.partner_id.bank_ids | self.commercial_partner_id.bank_ids
        )
        return accounts.filtered(lambda account: not account.allow_out_payment)

    def _coworking_check_total(self):
        """The bill is the sum of its statement's charges, to the cent, or it is not made."""
        self.ensure_one()
        statement = self.coworking_statement_id
        expected = abs(sum(self.invoice_line_ids.coworking_charge_id.mapped("payable_total")))
        if self.currency_id.compare_amounts(self.amount_total, expected):
            raise UserError(
                self.env._(
                    "The bill of %(statement)s would be %(bill)s instead of %(expected)s. Check the"
                    " tax of the products of its tariffs.",
                    statement=statement.name,
                    bill=self.currency_id.format(self.amount_total),
                    expected=self.currency_id.format(expected),
                )
            )

    def action_open_coworking_bank_account(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner.bank",
            "res_id": self._coworking_accounts_to_verify()[:1].id,
            "view_mode": "form",
        }

    def action_open_coworking_statement(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "coworking.statement",
            "res_id": self.coworking_statement_id.id,
            "view_mode": "form",
        }
