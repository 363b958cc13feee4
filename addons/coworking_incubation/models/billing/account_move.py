import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ... import invoice_reader
from ...tools import KNOWN, filter_filled, filter_known
from ..base.known import keep_marks, make_known, mark_filled
from ..base.rare import RareMany2one

# SQL of whose document of a statement this is: the operator of a bill, or the participant of an
# invoice, as a negative number; NULL once the document is cancelled or reversed. The unique index
# is on this expression: PostgreSQL uses it for queries that contain the same words alone.
WHOSE = (
    "CASE WHEN {row}state = 'cancel' OR {row}payment_state = 'reversed' THEN NULL"
    " WHEN {row}move_type IN ('in_invoice', 'in_refund') THEN {row}commercial_partner_id"
    " WHEN {row}move_type IN ('out_invoice', 'out_refund') THEN -{row}partner_id END"
)


def explain_second(env, diagnostics):
    """A statement has one document of each of whom it has any: which stands, and what to do.

    :param diagnostics: what PostgreSQL says of what the index below refused
    """
    found = re.search(r"=\((\d+), (-?)(\d+)\)", diagnostics.message_detail or "")
    kinds = ("out_invoice", "out_refund") if found and found[2] else ("in_invoice", "in_refund")
    statement, other = env["coworking.statement"], env["account.move"]
    if found and env.uid:  # who called by a key is not known any more: see Odoo's ``retrying``
        # sudo: whoever is refused may know which document is in the way
        statement = statement.sudo().browse(int(found[1])).exists()
        other = statement.move_ids._coworking_standing().filtered(
            lambda move: (
                move.move_type in kinds
                and int(found[3]) in (move.partner_id.id, move.commercial_partner_id.id)
            )
        )[:1]
    if not other:
        return (
            env._("This participant already has the co-payment invoice of this statement.")
            if kinds[0] == "out_invoice"
            else env._("This statement already has its bill.")
        )
    return env._(
        "%(statement)s already has %(document)s of %(partner)s, and needs no second one. If this"
        " one is to take its place, cancel that one first, or take it back by a credit note.",
        statement=statement.name,
        document=other.display_name,
        partner=other.partner_id.name,
    )


class AccountMove(models.Model):
    _inherit = "account.move"
    _known_by = (
        "coworking_statement_id",
        "coworking_month_end",
        "coworking_program_id",
        "coworking_supplier_ref",
    )

    coworking_known = fields.Boolean(string="Known to the Incubation", copy=False, readonly=True)
    # What only a few bills have is in a group of its own: it is read once something asks for it.
    coworking_statement_id = RareMany2one(
        "coworking.statement",
        copy=False,
        prefetch="coworking",
        readonly=True,
        check_company=True,
        ondelete="restrict",
        help="Monthly statement this document was made from.",
        groups="base.group_user",
    )

    coworking_supplier_ref = fields.Char(
        string="Supplier's Number, Compared",
        copy=False,
        prefetch="coworking",
        readonly=True,
        help="The number that the operator gave a posted bill, written in one way only.",
        groups="base.group_user",
    )
    coworking_awaited = fields.Selection(
        [
            ("credit_note", "Credit note expected"),
            ("given_back", "Credit notes to look at"),
            ("receipt", "Receipt that pays no month"),
        ],
        string="Expected",
        compute="_compute_coworking_awaited",
        compute_sudo=True,
        help="A draft that the operator's own document has to complete, or beside which credit"
        " notes may give the same back; or a receipt where a bill is expected.",
        groups="base.group_user",
    )
    coworking_awaited_message = fields.Text(
        string="What Is Expected",
        compute="_compute_coworking_awaited",
        compute_sudo=True,
        help="What the operator still has to send, or what else may give back the same, and what to"
        " do with it.",
        groups="base.group_user",
    )
    coworking_bank_alert = fields.Text(
        compute="_compute_coworking_bank_alert",
        compute_sudo=True,
        help="Why to check the bank account of the operator before paying.",
        groups="base.group_user",
    )

    # PostgreSQL weighs each index when it plans any query about anybody's bills, and tries to prove
    # its condition from each part of the query: it gives up at once where that ``IS TRUE``.
    _coworking_supplier_ref_once = models.UniqueIndex(
        "(company_id, commercial_partner_id, move_type, coworking_supplier_ref)"
        " WHERE (coworking_supplier_ref IS NOT NULL AND state = 'posted') IS TRUE",
        "A bill of this operator with the same number is already posted.",
    )
    # One index for bills and invoices, for the same reason. It also finds the documents of a
    # statement; "> 0" is a condition that PostgreSQL proves by itself of a statement that is
    # deleted. Documents that may be there twice have NULL.
    _coworking_once = models.UniqueIndex(
        f"(coworking_statement_id, ({WHOSE.format(row='')})) WHERE coworking_statement_id > 0",
        explain_second,
    )

    def init(self):
        mark_filled(self, self._known_by)
        return super().init()

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(make_known(self, self._known_by, vals_list))
        moves._coworking_get_origins()._update_billed()
        return moves

    def write(self, vals):
        if vals.get("state", "posted") != "posted":
            self._coworking_check_not_counted_on()
        result = super().write(keep_marks(vals, self._known_by))
        if {"move_type", "state"} & vals.keys():
            self._coworking_tell_statements()
        if "state" in vals:
            if vals["state"] != "posted":
                numbered = filter_filled(self, "coworking_supplier_ref")
                numbered._coworking_write_supplier_refs(dict.fromkeys(numbered, False))
            self._coworking_on_state_written(vals["state"])
            statements = self._coworking_get_origins()
            if statements and vals["state"] != "posted":
                # The database must know that a bill is cancelled before another one is made.
                self.flush_recordset(["state"])
                statements._update_billed()
        return result

    def _compute_payment_state(self):
        known = filter_known(self)
        if not known:
            return super()._compute_payment_state()
        before = known._coworking_standing()
        result = super()._compute_payment_state()
        reversed_now = known.filtered(lambda move: move.payment_state == "reversed")
        for move in reversed_now and reversed_now._coworking_of_months():
            if move._coworking_is_set_off():
                move.payment_state = "paid"
        known._coworking_tell_statements()
        now = known._coworking_standing()
        if changed := (before | now) - (before & now):
            changed._coworking_standing_changed()
        return result

    def _invoice_paid_hook(self):
        """The spaces hear at once that they are paid; the daily run tells what comes otherwise."""
        result = super()._invoice_paid_hook()
        # sudo: whoever registers a payment need not know the programme's statements
        if self.sudo()._coworking_of_operators():
            self.env["coworking.statement"]._ask_spaces()
        return result

    def _coworking_tell_statements(self):
        """What statements say of these documents is computed again: see _compute_bills."""
        self._coworking_get_origins().modified(["move_ids"])

    def _coworking_get_origins(self):
        """The statements that these documents were made from."""
        linked = filter_filled(self, "coworking_statement_id")
        if not linked:
            return self.env["coworking.statement"]
        # sudo: whoever enters, posts or cancels a bill need not know the programme's statements
        return linked.sudo().coworking_statement_id

    def _coworking_of_months(self):
        """Those of these documents of which something of a month is billed or asked."""
        return filter_filled(self, "coworking_statement_id")

    def _coworking_standing_changed(self):
        """Some of these documents were taken back, or stand again."""
        self._coworking_get_origins()._update_billed()

    def _coworking_on_state_written(self, state):
        """Hook of who matches bills: these were just posted, cancelled or made drafts again."""

    # Odoo takes the currency of a journal, too.
    @api.constrains("currency_id")
    def _check_coworking_currency(self):
        """What we made of a month is the sum of its charges, in their currency."""
        # sudo: see _coworking_get_origins
        for move in filter_filled(self, "coworking_statement_id").sudo():
            currency = move.coworking_statement_id.currency_id
            if move.currency_id != currency:
                raise ValidationError(
                    self.env._(
                        "%(document)s was made from %(statement)s and stays in %(currency)s, in"
                        " which that month is counted: a document in %(other)s would bill nothing"
                        " of it. Ask for one in %(currency)s, or type what it comes to in"
                        " %(currency)s.",
                        document=move.display_name,
                        statement=move.coworking_statement_id.name,
                        currency=currency.name,
                        other=move.currency_id.name,
                    )
                )

    # === BILLS OF OPERATORS ===#

    def _coworking_of_operators(self):
        """The vendor bills and credit notes among these whose partner runs a coworking space."""
        bills = self.filtered(lambda move: move.move_type in ("in_invoice", "in_refund"))
        return bills._coworking_filter_operators()

    def _coworking_filter_operators(self):
        """Those of these whose partner runs a coworking space."""
        partners = filter_known(self.commercial_partner_id)
        if not partners:
            return self.browse()
        # sudo: whoever posts a bill need not know the spaces
        operators = self.env["coworking.space"].sudo()._filter_operators(partners)
        return self.filtered(lambda move: move.commercial_partner_id in operators)

    def _coworking_get_receipts_of_operators(self):
        """Receipts in the place of bills: no month is matched with these.

        :return: dict move -> what to do
        """
        receipts = self.filtered(
            lambda move: move.move_type == "in_receipt" and move.state != "cancel"
        )
        return {
            move: self.env._(
                "A receipt is matched with no month: what %(operator)s bills by it stays to be"
                " billed and paid. If it is for seats, cancel it and enter a vendor bill instead.",
                operator=move.commercial_partner_id.name,
            )
            for move in receipts and receipts._coworking_filter_operators()
        }

    def _post(self, soft=True):
        """A number is unique for each operator: the same bill is never posted twice. A credit note
        is the operator's to make: ours waits for it.
        """
        # sudo: whoever posts a credit note need not know the programme's statements
        linked = filter_filled(self, "coworking_statement_id")
        for message in linked and linked.sudo()._coworking_awaited().values():
            raise UserError(message)
        self._coworking_get_months_given_back()._stop_who_gives_back()
        if linked:
            linked.sudo()._coworking_check_given_back()
            for rows in linked.sudo()._coworking_get_notes_beside().values():
                for is_certain, message in rows:
                    if is_certain:
                        raise UserError(message)
        numbers = {
            bill: invoice_reader.normal_id(bill.ref) or False
            for bill in self._coworking_of_operators()
        }
        # What is asked about numbers has those that wait written: it comes first.
        self._coworking_check_supplier_refs(numbers)
        self._coworking_write_supplier_refs(numbers)
        return super()._post(soft=soft)

    def _coworking_write_supplier_refs(self, numbers):
        """Put these numbers into the cache, as a compute does: the next flush writes them. The
        ``write`` of bills would look for lines to synchronise, one bill after the other.

        :param numbers: dict move -> number
        """
        changed = {
            move: number
            for move, number in numbers.items()
            if move.coworking_supplier_ref != number
        }
        if not changed:
            return
        names = ("coworking_supplier_ref", KNOWN)
        with self.env.protecting([self._fields[name] for name in names], self):
            for move, number in changed.items():
                move.coworking_supplier_ref = number
                move.coworking_known = True

    def _coworking_get_numbered(self, numbers):
        """
        :return: the query that finds what is posted of the operators of these with one of the
            numbers, in the words of the index: PostgreSQL uses it for no others
        """
        columns = {
            name: SQL.identifier(name, to_flush=self._fields[name])
            for name in (
                "commercial_partner_id",
                "company_id",
                "coworking_supplier_ref",
                "move_type",
                "state",
            )
        }
        return SQL(
            """SELECT id FROM account_move
                WHERE (%(coworking_supplier_ref)s IS NOT NULL AND %(state)s = 'posted') IS TRUE
                  AND %(move_type)s IN ('in_invoice', 'in_refund')
                  AND %(company_id)s = ANY(%(companies)s)
                  AND %(commercial_partner_id)s = ANY(%(operators)s)
                  AND %(coworking_supplier_ref)s = ANY(%(numbers)s)""",
            companies=self.company_id.ids,
            operators=self.commercial_partner_id.ids,
            numbers=numbers,
            **columns,
        )

    def _coworking_check_supplier_refs(self, numbers):
        """Refuse a number of which a bill of the same operator is posted, or is about to be.

        :param numbers: dict move -> number
        """
        numbered = self.filtered(numbers.get)
        if not numbered:
            return
        # Asked of each bill that is posted: without what a search of Odoo costs.
        found = self.env.execute_query(
            numbered._coworking_get_numbered(list(filter(None, numbers.values())))
        )
        others = self.browse(move_id for (move_id,) in found)._filtered_access("read")
        seen = {
            bill._coworking_get_supplier_key(bill.coworking_supplier_ref): bill
            for bill in others - numbered
        }
        for bill in numbered:
            other = seen.setdefault(bill._coworking_get_supplier_key(numbers[bill]), bill)
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

    # Of its amount nothing follows: each posting of any bill would come by here.
    @api.depends("coworking_statement_id", "journal_id", "move_type", "partner_id", "ref", "state")
    @api.depends_context("lang")
    def _compute_coworking_awaited(self):
        awaited = self._coworking_awaited()
        beside = self._coworking_get_notes_beside()
        receipts = self._coworking_get_receipts_of_operators()
        for move in self:
            move.coworking_awaited = (
                move in awaited
                and "credit_note"
                or move in beside
                and "given_back"
                or move in receipts
                and "receipt"
            )
            move.coworking_awaited_message = (
                awaited.get(move)
                or receipts.get(move)
                or "\n".join(words for __, words in beside.get(move, ()))
            )

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

    def _coworking_get_supplier_key(self, number):
        self.ensure_one()
        return self.company_id.id, self.commercial_partner_id.id, self.move_type, number

    # === MANY AT ONCE ===#

    def action_coworking_post_each(self):
        """Post these bills of spaces: one that cannot be posted does not hold the others up."""
        self.env["coworking.statement"]._check_may_bill()
        return self._coworking_post_each()

    def _coworking_post_each(self, left_out=""):
        """:param left_out: what was chosen beside these and cannot be posted, and why"""
        statements = self._coworking_get_statements()
        strangers = self.filtered(lambda bill: bill not in statements)
        if strangers:
            words = self.env._(
                "Of no month yet, to be posted alone: %s",
                ", ".join(strangers.mapped("display_name")),
            )
            left_out = "\n".join(filter(None, (left_out, words)))
        known = self - strangers
        run = self.env["coworking.month.run"]._start(
            "post",
            [statements[bill]._prepare_run_line(bill) for bill in known],
            self.env["coworking.statement"].union(*statements.values())._get_only_month(),
            left_out=left_out,
        )
        return run._get_outcome_action({"type": "ir.actions.client", "tag": "soft_reload"})

    def _coworking_get_statements(self):
        """Of which month each of these bills is: dict move -> the statement."""
        return {
            bill: bill.coworking_statement_id
            for bill in self
            if bill.coworking_statement_id and bill.is_purchase_document()
        }

    def _coworking_standing(self):
        """Those of these documents that no other one took back: one more may replace the others."""
        return self.filtered(
            lambda move: move.state != "cancel" and move.payment_state != "reversed"
        )

    def _coworking_is_set_off(self):
        """Whether a credit note of something else settles a part of this document: then it stands.
        Odoo takes what credit notes alone settle for taken back, whatever these are of.
        """
        self.ensure_one()
        notes = self.browse(item.move_id.id for *__, item in self._coworking_get_settled())
        return not all(note._coworking_may_take_back(self) for note in notes)

    def _coworking_may_take_back(self, document):
        """Whether what this one settles of a document may be to take it back: neither what corrects
        a month is, nor a credit note of another document or of somebody else, nor an entry that
        sets accounts off.
        """
        self.ensure_one()
        if self.reversed_entry_id:
            return self.reversed_entry_id == document
        return (
            self.move_type != "entry"
            and self.commercial_partner_id == document.commercial_partner_id
            and not filter_filled(self, "coworking_statement_id")
        )

    # === CO-PAYMENTS ===#

    def _coworking_get_files(self):
        """Whose part these invoices ask for: the files that their lines lead to, or else that of
        whom they name. See ``FILE_OF`` of ``coworking_copayment``.
        """
        result = self.env["coworking.participant"]
        for move in self:
            files = move.invoice_line_ids.coworking_charge_id.participant_id
            if not files:
                own = move.coworking_statement_id.charge_ids.filtered(
                    lambda charge, partner=move.partner_id: (
                        charge.copayment_amount and charge.seat_id.partner_id == partner
                    )
                )
                files = own.participant_id.sorted("id")[:1]
            result |= files
        return result

    def _coworking_check_given_back(self):
        """:raise UserError: since these drafts were made a part that one corrects was credited, or
        what was credited was not: see ``coworking.statement._get_given_up``
        """
        for move in self.filtered(lambda row: row.is_sale_document()):
            statement = move.coworking_statement_id
            charges = move.invoice_line_ids.coworking_charge_id
            given_up = statement._get_given_up(charges & statement.charge_ids)
            kept = sum(amount for rows in given_up.values() for __, amount in rows)
            again = -sum(
                line.balance
                for line in move.invoice_line_ids
                if line.coworking_charge_id.statement_id - statement
            )
            if move.company_currency_id.compare_amounts(kept, again):
                raise UserError(
                    self.env._(
                        "What %(invoice)s gives back of earlier months was credited meanwhile, or"
                        " is not any more: cancel it and make it again from %(statement)s.",
                        invoice=move.display_name,
                        statement=statement.name,
                    )
                )

    def _coworking_get_notes_beside(self):
        """Of these drafts those that give back a part that other credit notes may give back too.

        :return: dict move -> list of (whether it is certain, what to do)
        """
        result = {}
        linked = filter_filled(self, "coworking_statement_id")
        for move in linked.filtered(lambda row: row.state == "draft" and row.is_sale_document()):
            statement = move.coworking_statement_id
            charges = move.invoice_line_ids.coworking_charge_id & statement.charge_ids
            drafts, unlinked = statement._find_notes_beside(charges)
            rows = []
            if drafts:
                words = self.env._(
                    "%(notes)s, not posted yet, gives back of %(origins)s what this one of"
                    " %(statement)s gives back: post or cancel that draft first. If you post it,"
                    " cancel this one and make it again from %(statement)s.",
                    notes=", ".join(drafts.mapped("display_name")),
                    origins=", ".join(drafts.reversed_entry_id.mapped("display_name")),
                    statement=statement.name,
                )
                rows.append((True, words))
            if unlinked:
                words = self.env._(
                    "%(notes)s of %(partner)s does not say of which invoice it gives back. If it is"
                    " what this one of %(statement)s corrects, it would be given back twice: cancel"
                    " that credit note before you post this one.",
                    notes=", ".join(unlinked.mapped("display_name")),
                    partner=move.partner_id.name,
                    statement=statement.name,
                )
                rows.append((False, words))
            if rows:
                result[move] = rows
        return result

    def action_open_coworking_notes_beside(self):
        """The credit notes that may give back what this draft does."""
        self.ensure_one()
        statement = self.coworking_statement_id
        charges = self.invoice_line_ids.coworking_charge_id & statement.charge_ids
        drafts, unlinked = statement._find_notes_beside(charges)
        return statement._action_open_moves(drafts | unlinked, "out_invoice")

    def _coworking_get_months_given_back(self):
        """The months of which these invoices and credit notes of participants give something back:
        those that they correct, and those of the invoices that they credit.
        """
        # sudo: see _post
        result = self.env["coworking.statement"].sudo()
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        origins = filter_filled(notes.reversed_entry_id, "coworking_statement_id").sudo()
        result |= origins.invoice_line_ids.coworking_charge_id.statement_id
        linked = filter_filled(self, "coworking_statement_id").sudo()
        for move in linked.filtered(lambda row: row.is_sale_document()):
            statement = move.coworking_statement_id
            charges = move.invoice_line_ids.coworking_charge_id & statement.charge_ids
            result |= statement._get_corrected(charges)[1].statement_id
        return result

    def _coworking_check_not_counted_on(self):
        """:raise UserError: without one of these credit notes less was given back of a part than
        an invoice counts on, which gives back nothing of it
        """
        notes = self.filtered(
            lambda move: (
                move.state == "posted" and move.move_type == "out_refund" and move.reversed_entry_id
            )
        )
        notes._coworking_get_months_given_back()._stop_who_gives_back()
        for note in notes:
            # sudo: whoever takes a credit note back need not know the programme's statements
            origin = filter_filled(note.reversed_entry_id, "coworking_statement_id").sudo()
            counting = origin.invoice_line_ids._coworking_get_counting_on(notes)
            # What it asks again of another month counts on a credit note of that month.
            invoices = counting.move_id - origin
            if invoices:
                raise UserError(
                    self.env._(
                        "%(invoices)s counts on %(note)s, which gave back what it corrects: cancel"
                        " that one or take it back by a credit note first.",
                        invoices=", ".join(invoices.mapped("display_name")),
                        note=note.display_name,
                    )
                )

    # === BANK ACCOUNTS ===#

    @api.depends("partner_bank_id", "partner_id", "state")
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

    def _coworking_check_totals(self):
        """Each bill is the sum of its statement's charges, to the cent, or none is made."""
        charges = dict(
            self.env["account.move.line"]._read_group(
                [("move_id", "in", self.ids), ("coworking_charge_id", "!=", False)],
                ["move_id"],
                ["coworking_charge_id:recordset"],
            )
        )
        for bill in self:
            expected = abs(sum(charges[bill].mapped("payable_total")))
            if bill.currency_id.compare_amounts(bill.amount_total, expected):
                term = bill.invoice_payment_term_id
                if term.early_discount and term.early_pay_discount_computation == "mixed":
                    raise UserError(
                        self.env._(
                            "Payment term %(term)s of %(operator)s counts tax on the amount less"
                            " its early discount: the bill of %(statement)s would be %(bill)s"
                            " instead of %(expected)s. Give that contact a payment term that does"
                            " not.",
                            term=term.name,
                            operator=bill.partner_id.name,
                            statement=bill.coworking_statement_id.name,
                            bill=bill.currency_id.format(bill.amount_total),
                            expected=bill.currency_id.format(expected),
                        )
                    )
                raise UserError(
                    self.env._(
                        "The bill of %(statement)s would be %(bill)s instead of %(expected)s. Check"
                        " the tax of the products of its tariffs.",
                        statement=bill.coworking_statement_id.name,
                        bill=bill.currency_id.format(bill.amount_total),
                        expected=bill.currency_id.format(expected),
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
