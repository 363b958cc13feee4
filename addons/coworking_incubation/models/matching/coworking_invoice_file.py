import hashlib
import logging
from datetime import timedelta
from decimal import Decimal

from psycopg2.errors import UniqueViolation

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_date, formatLang

from ... import invoice_reader
from ...tools import KNOWN, hold, to_decimal
from ..base.processing import MONEY

_logger = logging.getLogger(__name__)

# Who reads a file has done so by then.
READING_TIME = timedelta(minutes=5)
# What a file names is not what it was handed in for: ``detail`` is the reference that it names.
DOUBTFUL_CAUSES = ("other_statement", "other_operator")


class CoworkingInvoiceFile(models.Model):
    """A file that a supplier sent, whatever it is and however it came: it is never lost.

    It is stored first and read later by a scheduled action, within the bounds of
    ``invoice_reader``; Odoo's own decoders then see nothing but clean XML. What comes of it is a
    draft bill: the one already made from the statement, or a new one.
    """

    _name = "coworking.invoice.file"
    _description = "Received Bill File"
    _processing = MONEY
    _marks = {"move_id": KNOWN}
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.guard.mixin",
        "coworking.record.mixin",
    ]
    _order = "date_received desc, id desc"
    _check_company_auto = True
    # Nobody types what a file is: only whose bill it is, when the file does not say.
    _typed_fields = {"operator_id", "statement_id", "active"}

    name = fields.Char(string="File", required=True, readonly=True)
    active = fields.Boolean(default=True, help="Archived once there is nothing left to do.")
    attachment_id = fields.Many2one(
        "ir.attachment", readonly=True, ondelete="restrict", bypass_search_access=True
    )
    checksum = fields.Char(readonly=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    operator_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        domain="[('is_coworking_space', '=', True)]",
        help="Who sends the bill. Found in the file where it says so.",
    )
    statement_id = fields.Many2one(
        "coworking.statement",
        index="btree_not_null",
        check_company=True,
        domain="[('state', '!=', 'cancelled'), ('operator_id', '=?', operator_id)]",
        help="Month that the bill is for, when it is for one month of one space.",
    )
    source = fields.Selection(
        [("portal", "Portal"), ("mail", "E-mail"), ("upload", "Upload")],
        string="Came By",
        required=True,
        readonly=True,
    )
    sender_id = fields.Many2one("res.partner", readonly=True)
    date_received = fields.Datetime(
        string="Received On", required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("decoded", "Decoded"),
            ("to_type", "To Type"),
            ("refused", "Refused"),
            ("duplicate", "Received Before"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
        tracking=True,
    )
    cause = fields.Char(readonly=True, help="Code of what the message says.")
    detail = fields.Char(readonly=True)
    message = fields.Text(
        compute="_compute_message", help="What happened to the file, and what to do."
    )
    sender_message = fields.Text(
        compute="_compute_message", help="The same, for the space that sent it."
    )
    to_handle = fields.Boolean(
        compute="_compute_to_handle", store=True, help="Somebody has to do something about it."
    )
    move_id = fields.Many2one(
        "account.move",
        string="Bill",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Draft bill that the file made or completed, or the bill it repeats.",
    )
    move_state = fields.Selection(related="move_id.state", string="Bill Status", tracking=False)

    _checksum_uniq = models.UniqueIndex(
        "(checksum, company_id) WHERE state NOT IN ('duplicate', 'refused')",
        "The same file was received before: it is read once.",
    )
    _to_handle_idx = models.Index("(id) WHERE to_handle IS TRUE")

    # === COMPUTE METHODS ===#

    @api.depends("state", "cause", "detail")
    @api.depends_context("lang")
    def _compute_message(self):
        messages, answers = self._get_messages(), self._get_sender_messages()
        for file in self:
            message = messages.get(file.cause or "waiting", "")
            file.message = message % (file.detail or "?") if "%s" in message else message
            done = file.state == "to_type" and file.move_id.state == "posted" and "recorded"
            done = done or file._is_repeated_elsewhere() and "elsewhere"
            file.sender_message = answers.get(done or file.cause) or answers[file.state]

    # === ACTION METHODS ===#

    def action_read_again(self):
        """Have the file read once more, with the operator or month that was chosen meanwhile.

        What was received several times is read once: of a file that was refused each time, the
        first one is read again, and the others say that it was received before.
        """
        self.check_access("write")
        again = self.filtered(
            lambda file: file.state in ("to_type", "refused") and file.move_state != "posted"
        ).sudo()  # sudo: see coworking.guard.mixin
        first = {file._get_content_key(): file for file in again._get_in_reading()}
        for file in again.sorted("id"):
            first.setdefault(file._get_content_key(), file)
        repeated = again.filtered(lambda file: first[file._get_content_key()] != file)
        for file in again - repeated:
            chosen = file.cause in DOUBTFUL_CAUSES and file.detail
            file.write({"state": "waiting", "cause": False, "detail": chosen})
        for file in repeated:
            known = first[file._get_content_key()]
            file._conclude_reading("duplicate", "same_file", known._get_title(), known.move_id)
        (again - repeated)._wake_reader()
        return True

    def _get_in_reading(self):
        """Whatever holds the content of these files and was neither refused nor a repetition."""
        return self.with_context(active_test=False).search(
            [
                ("checksum", "in", self.mapped("checksum")),
                ("company_id", "in", self.company_id.ids),
                ("state", "not in", ("duplicate", "refused")),
            ]
        )

    def _get_content_key(self):
        self.ensure_one()
        return self.company_id.id, self.checksum or self.id

    def action_open_bill(self):
        self.ensure_one()
        return self.env["coworking.statement"]._action_open_moves(self.move_id, "in_invoice")

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
        }

    # === RECEPTION ===#

    @api.model
    def _receive_file(
        self,
        filename,
        content,
        *,
        source,
        operator=None,
        statement=None,
        sender=None,
        company=None,
        move=None,
    ):
        """Keep a file that somebody sent, and have it read soon.

        It always returns a record, with the file in it and, in ``message``, what is to be done.

        :param filename: as the sender calls it; cleaned here
        :param bytes content: the file
        :param source: ``portal``, ``mail`` or ``upload``
        :param operator: ``res.partner`` that bills, when the way it came says so
        :param statement: ``coworking.statement`` it was sent for, if any
        :param sender: ``res.partner`` of who sent it; the user by default
        :param company: where there is neither operator nor statement
        :param move: empty draft bill that already waits for the file
        :return: ``coworking.invoice.file`` record
        """
        statement = statement or self.env["coworking.statement"]
        operator = operator or statement.operator_id
        if not company:
            # sudo: a portal user reads few fields
            space = self.sudo()._get_spaces_run_by(operator)[:1]
            company = statement.sudo().company_id or space.company_id or self.env.company
        checksum = hashlib.sha256(content).hexdigest()
        # sudo: whoever may send a file need not be allowed to read what others sent
        Files = self.sudo().with_context(active_test=False)
        known = Files.search(
            [
                ("checksum", "=", checksum),
                ("company_id", "=", company.id),
                ("state", "!=", "duplicate"),
            ],
            limit=1,
        )
        values = {
            "name": invoice_reader.clean_filename(filename),
            "checksum": checksum,
            "company_id": company.id,
            "operator_id": operator.id,
            "statement_id": statement.id,
            "source": source,
            "sender_id": (sender or self.env.user.partner_id).id,
            "move_id": move and move.id,
            "state": "duplicate" if known else "waiting",
        }
        file = Files._create_with_content(values, content)
        file._begin_reading(content, known)
        return file.sudo(self.env.su)

    def _create_with_content(self, values, content):
        try:
            with self.env.cr.savepoint():
                file = self.create(values)
        except UniqueViolation:
            # sent twice at the same moment: the other one is not to be seen from here yet
            file = self.create({**values, "state": "duplicate"})
        # sudo: whoever sends a bill may attach nothing by themselves. Odoo would make a photo
        # smaller: it is kept as large as it came; its checksum is that of what came.
        file.attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .with_context(image_no_postprocess=True)
            .create(
                {
                    "name": file.name,
                    "raw": content,
                    "res_model": file._name,
                    "res_id": file.id,
                    "company_id": file.company_id.id,
                }
            )
        )
        return file

    def _begin_reading(self, content, known):
        """Have the file read soon, unless it may not be read or was received before.

        :param known: the same file as it was received before, or none
        """
        self.ensure_one()
        try:
            invoice_reader.kind_of(content)
        except invoice_reader.UploadRefused as refused:
            self._conclude_reading("refused", refused.code)
        else:
            if known:
                self._conclude_reading("duplicate", "same_file", known._get_title(), known.move_id)
                if known.cause == "other_statement" and known._is_repeated_for(known.detail):
                    known._read_anew()
            elif self.state == "duplicate":
                self._conclude_reading("duplicate", "same_moment")
            else:
                self._wake_reader()

    def _get_title(self):
        self.ensure_one()
        day = fields.Datetime.context_timestamp(self, self.date_received).date()
        return f"{self.move_id.display_name or self.name}, {format_date(self.env, day)}"

    def _wake_reader(self):
        self.env["ir.cron"]._wake("coworking_incubation.ir_cron_read_invoice_files", self)

    # === READING ===#

    @api.model
    def _cron_read(self, batch_size=100):
        """Read the files that wait, one by one; again in some minutes what somebody else is at."""
        commit = self.env["ir.cron"]._commit_progress
        files = self.search([("state", "=", "waiting")], order="id", limit=batch_size)
        left = self.search_count([("state", "=", "waiting")])
        commit(remaining=left)
        for count, file in enumerate(files, 1):
            if not (is_over := file._work_apart()):
                reader = self.env.ref("coworking_incubation.ir_cron_read_invoice_files")
                reader._trigger(fields.Datetime.now() + READING_TIME)
            if not commit(1 if is_over else 0, remaining=left - count):
                break

    def _work_apart(self):
        """Read this file, if it still waits: see ``ir.cron._hand_out``. Odoo's decoders commit as
        they go, which lets go of its row: nobody else begins with it before it is read.
        """
        self.ensure_one()
        with hold(self.env.cr, self._table, self.id) as is_held:
            mine = self.try_lock_for_update() if is_held else self.browse()
            for file in mine.filtered(lambda row: row.state == "waiting"):
                lang = file.company_id.partner_id.lang or self.env.lang
                file.with_company(file.company_id).with_context(lang=lang)._read_safely()
                if file.state != "waiting":
                    file._tell_it_is_read()
        return self.state != "waiting"

    def _read_safely(self):
        """One file that breaks something does not hold the others up."""
        self.ensure_one()
        try:
            self._read_content()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()  # somebody else was faster: it still waits
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Received file %s could not be read", self.id)
            self._conclude_reading("refused", "failed")

    def _tell_it_is_read(self):
        """Lists that accountants have open show it at once; who handed it in is told as well."""
        self.ensure_one()
        giver = self.create_uid.filtered(lambda user: user._is_internal() and user.active)
        for user in self.company_id._coworking_accountants() | giver:
            user._bus_send("coworking_incubation/file_read", {"id": self.id})
        if self.source == "upload" and giver != self.env.user:
            spoken = self._speak_to_staff(giver)
            giver._bus_send(
                "simple_notification",
                {
                    "type": "success" if self.state == "decoded" else "warning",
                    "title": spoken.name,
                    "message": spoken.message,
                },
            )

    def _read_content(self):
        self.ensure_one()
        content = self.attachment_id.raw or b""
        try:
            document = invoice_reader.read(content)
        except invoice_reader.UploadRefused as refused:
            return self._conclude_reading("refused", refused.code)
        facts = invoice_reader.describe(document.root) if document.is_invoice else None
        if facts:
            text = facts.text
        else:
            text = invoice_reader.text_elsewhere(content) if document.kind == "pdf" else ""
        problem = self._identify_sender(facts, text)
        # A bill that is there already is for no month more.
        if problem and not (problem[0] in DOUBTFUL_CAUSES and self._find_known_bill(facts)):
            return self._conclude_reading("to_type", *problem)
        commit = self.env["ir.cron"]._commit_progress
        # One bill of an operator at a time: another may be the same, and both write on its contact.
        with hold(self.env.cr, "coworking_bills_of", self.operator_id.id, wait=True):
            commit()  # what was read meanwhile is seen
            self._read_bill(document, facts)
            commit()
        return None

    def _read_bill(self, document, facts):
        known = facts and self._find_known_bill(facts)
        if known and (words := self._describe_other_total(known, facts.total)):
            return self._conclude_reading("to_type", "same_number", words)
        if known:
            self._attach_to(known)
            return self._conclude_reading("duplicate", "same_reference", known.display_name, known)
        if not facts:
            self.statement_id._stop_who_bills()
            bill = self._draft_to_complete() or self._get_new_bill()
            self._attach_to(bill)
            return self._conclude_reading("to_type", "typed", move=bill)
        return self._decode_invoice(document, facts)

    def _conclude_reading(self, state, cause, detail=None, move=None):
        """Say what became of the file; an empty draft that waited for it in vain goes away."""
        self.ensure_one()
        waiting = self.move_id
        self.write(
            {
                "state": state,
                "cause": cause,
                "detail": detail,
                "move_id": move and move.id,
            }
        )
        if waiting and waiting != move and not self.env.context.get("coworking_keep_draft"):
            self._drop_empty(waiting)
        if self.statement_id:
            refused = Domain("state", "=", "refused") & Domain("id", "<", self.id)
            refused &= Domain("statement_id", "=", self.statement_id.id)
            self.search(refused).modified(["state"])
            if state == "decoded":
                self._ask_doubtful_again()

    def _drop_empty(self, bill):
        """Take away a draft without lines that was made to wait for this file, not its mail. The
        same file, sent once more, goes along to the bill that this one has now.
        """
        others = self.search([("move_id", "=", bill.id)])
        repeated = others.filtered(
            lambda file: file.state == "duplicate" and file.checksum == self.checksum
        )
        if bill.state == "draft" and not bill.invoice_line_ids and others == repeated:
            repeated.move_id = self.move_id
            bill.message_change_thread(self)
            bill.with_context(force_delete=True).unlink()

    def _find_known_bill(self, facts):
        """A bill that already has this number of this operator, be it the draft of a reading that
        was broken off, once somebody has posted it. Its credit note may have the same number.
        """
        if not facts or not facts.reference:
            return None
        own = self.move_id.filtered(lambda bill: bill.state == "draft")
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", self.operator_id.commercial_partner_id.id),
                ("move_type", "=", "in_refund" if facts.is_credit else "in_invoice"),
                ("state", "!=", "cancel"),
                ("ref", "=ilike", facts.reference),
                ("id", "!=", own.id),
            ],
            limit=1,
        )

    def _draft_to_complete(self):
        """The draft made from the statement that no document has completed yet."""
        return self._get_own_bills().filtered(lambda bill: bill.state == "draft" and not bill.ref)[
            :1
        ]

    def _get_own_bills(self):
        """The bills made from the statement for whoever sent this file, which stand."""
        return self.statement_id.move_ids._coworking_standing().filtered(
            lambda bill: (
                bill.is_purchase_document()
                and bill.commercial_partner_id == self.operator_id.commercial_partner_id
            )
        )

    def _get_new_bill(self):
        """The empty draft that waits for this file, or a new one."""
        bill = self.move_id
        if bill.state == "draft" and not bill.invoice_line_ids:
            bill.partner_id = self.operator_id
            return bill
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": self.company_id.id,
                "partner_id": self.operator_id.id,
            }
        )

    def _attach_to(self, bill):
        """A copy of the file on the bill: if the bill goes, the file stays."""
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        domain = Domain("res_model", "=", bill._name) & Domain("res_id", "=", bill.id)
        there = Attachment.search(domain).mapped("checksum")
        # The file, and what came beside it.
        own = self.attachment_id | Attachment.search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        for attachment in own.filtered(lambda row: row.checksum not in there):
            attachment.with_env(Attachment.env).copy({"res_model": bill._name, "res_id": bill.id})
        files = Attachment.search(domain & Domain("checksum", "in", own.mapped("checksum")))
        bill._message_set_main_attachment_id(files, force=True)

    def _decode_invoice(self, document, facts):
        """Let Odoo decode the electronic invoice on a draft, then join it with what is known."""
        bill = self._find_decoded_draft(facts)
        if not bill:
            bill = self._get_new_bill()
            self.move_id = bill  # decoding commits: whoever comes back finds this draft again
            self._run_decoder(bill, document, take_up=False)
        if not bill.exists() or not bill.invoice_line_ids:
            draft = self._draft_to_complete() or bill.exists() or self._get_new_bill()
            self._attach_to(draft)
            return self._conclude_reading("to_type", "not_decoded", move=draft)
        if bill.currency_id != self.company_id.currency_id:
            bill._coworking_match()
            self._attach_to(bill)
            return self._conclude_reading("decoded", "currency", bill.currency_id.name, bill)
        self._adapt_lines(bill, facts)
        cause, detail = "decoded", None
        draft = self._draft_to_complete()
        if draft and draft != bill and draft.move_type == bill.move_type:
            cause, detail = self._complete_draft(draft, bill, document, facts)
            bill = draft
        elif bill.move_type == "in_invoice" and (own := self._get_own_bills() - bill):
            cause, detail = "second", own[:1].display_name
        bill._coworking_match()
        corrected = bill.move_type == "in_refund" and self._find_corrected_bill(facts)
        if corrected:
            bill.reversed_entry_id = corrected
            cause, detail = "credit_note", corrected.display_name
        if facts.total is not None and abs(facts.total) != to_decimal(bill.amount_total):
            cause, detail = "total_differs", self._format_money(facts.total)
        self._attach_to(bill)
        return self._conclude_reading("decoded", cause, detail, bill)

    def _find_decoded_draft(self, facts):
        """The draft that a process decoded before it was killed: a second one would be a second
        bill.
        """
        bill = self.move_id
        decoded = (
            bill.state == "draft"
            and bill.invoice_line_ids
            and facts.reference
            and (bill.ref or "").casefold() == facts.reference.casefold()
        )
        return bill if decoded else bill.browse()

    def _run_decoder(self, bill, document, take_up=True):
        """Give Odoo's decoders the clean XML alone: they would read the file without bounds.

        :param take_up: whether the lines are matched at once: not those of a draft that may only
            complete another one
        """
        clean = invoice_reader.etree.tostring(document.root, xml_declaration=True, encoding="UTF-8")
        file_data = {
            "name": "invoice.xml",
            "raw": clean,
            "mimetype": "application/xml",
            "xml_tree": document.root,
            "attachment": None,
            "origin_attachment": self.attachment_id,
            "origin_import_file_type": document.kind,
        }
        bill = bill.with_context(coworking_operator_id=self.operator_id.id, coworking_match=take_up)
        file_data["import_file_type"] = bill._get_import_file_type(file_data)
        bill._extend_with_attachments([file_data], new=True)

    def _complete_draft(self, draft, bill, document, facts):
        """The document completes the draft made from the statement: one bill, never two.

        Equal totals: the lines, seat by seat, stay. Otherwise what is owed is what the document
        says, and its lines take the place of those that were expected.

        :return: (cause, detail) of the message
        """
        header = {
            "ref": bill.ref,
            "invoice_date": bill.invoice_date,
            "invoice_date_due": bill.invoice_date_due,
            "payment_reference": bill.payment_reference,
            "partner_bank_id": bill.partner_bank_id.id,
        }
        expected, tax = draft.amount_total, draft.amount_tax
        same = not draft.currency_id.compare_amounts(expected, bill.amount_total) and (
            not draft.currency_id.compare_amounts(tax, bill.amount_tax)
        )
        if same:
            self._drop_draft(bill, draft)
            draft.write(header)
            return "completed", None
        draft.invoice_line_ids = [Command.clear()]
        self._drop_draft(bill, draft)
        self._run_decoder(draft, document)
        self._adapt_lines(draft, facts)
        return "replaced", self._describe_replaced(draft, expected, tax)

    def _drop_draft(self, bill, draft):
        """The decoded draft is no longer needed: what was said on it goes to the other one."""
        bill.message_change_thread(draft)
        self.move_id = draft
        bill.with_context(force_delete=True).unlink()

    def _find_corrected_bill(self, facts):
        """The bill that a credit note says it corrects."""
        bills = self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", self.operator_id.commercial_partner_id.id),
                ("move_type", "=", "in_invoice"),
                ("state", "=", "posted"),
                ("ref", "=ilike", facts.corrected or "-"),
            ],
            limit=2,
        )
        return bills if len(bills) == 1 else bills.browse()

    # === ACCOUNTS AND TAXES ===#

    def _adapt_lines(self, bill, facts):
        """Book decoded lines as seats are: their account, their tax, their analytic account.

        The decoder takes any purchase tax of the rate it reads. Whether VAT is recovered or not is
        for the products of the tariffs to say.
        """
        products = self._get_products()
        if not products:
            return
        space = self.statement_id.space_id or self._get_spaces_run_by(self.operator_id)[:1]
        position = bill.fiscal_position_id
        product = products[:1]
        account = bill.company_id._coworking_get_account(product, "expense", position)
        analytic = self.statement_id.program_id.analytic_account_id
        with bill._get_edi_creation() as move:
            for line in move.invoice_line_ids.filtered(lambda row: row.display_type == "product"):
                vals = {"account_id": account.id} if account else {}
                tax = self._find_tax_like(line.tax_ids, products, space)
                if tax is not None and tax != line.tax_ids:
                    vals["tax_ids"] = [Command.set(tax.ids)]
                if analytic and not line.analytic_distribution:
                    vals["analytic_distribution"] = {str(analytic.id): 100.0}
                line.write(vals)
        self._impose_tax(bill, facts)

    def _get_products(self):
        """Products of the tariffs that the bill may be for, the most likely first."""
        charges = self.statement_id.charge_ids
        tariffs = charges.tariff_id or self._get_spaces_run_by(self.operator_id).tariff_ids
        return tariffs.product_id

    def _find_tax_like(self, decoded, products, space):
        """The tax of the seats that has the rate that was decoded, or ``None``."""
        rate = sum(decoded.mapped("amount"))
        for product in products:
            of_operator = space._get_purchase_taxes(product, operator=self.operator_id)
            for taxes in (of_operator, product.supplier_taxes_id):
                taxes = taxes._filter_taxes_by_company(self.company_id)
                if sum(taxes.mapped("amount")) == rate and not any(taxes.mapped("price_include")):
                    return taxes
        return None if rate else decoded.browse()

    def _impose_tax(self, bill, facts):
        """A few cents of tax that the supplier rounds otherwise: the document is right."""
        tax_lines = bill.line_ids.filtered("tax_line_id")
        if facts.tax is None or not tax_lines:
            return
        difference = abs(facts.tax) - to_decimal(bill.amount_tax)
        if difference and abs(difference) <= Decimal("0.05"):
            with bill._get_edi_creation():
                sign = 1 if bill.move_type == "in_invoice" else -1
                tax_lines[0].amount_currency += sign * float(difference)

    def _format_money(self, amount):
        return formatLang(self.env, float(abs(amount)), currency_obj=self.currency_id)
