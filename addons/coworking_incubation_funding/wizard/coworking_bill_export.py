from dataclasses import astuple, dataclass
from dataclasses import fields as fields_of
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.coworking_incubation.tools import make_workbook

from ..sheets import get_money_format, lay_out


@dataclass
class Row:
    """A bill, credit note or invoice for the other books. Amounts of credit notes are negative."""

    number: str
    supplier_number: str
    partner: str
    kind: str
    day: date | None
    due: date | None
    program: str
    statement: str
    untaxed: float
    tax: float
    total: float
    paid: float
    left: float
    payments: str
    # empty: to be filled in and given back
    paid_on: date | None = None
    paid_amount: float | None = None


MONEY = ("untaxed", "tax", "total", "paid", "left", "paid_amount")
DAYS = ("day", "due", "paid_on")
TO_FILL = ("paid_on", "paid_amount")
WIDTHS = {
    "number": 20,
    "supplier_number": 20,
    "partner": 42,
    "kind": 22,
    "program": 44,
    "statement": 24,
    "payments": 24,
}


class CoworkingBillExport(models.TransientModel):
    """What the books of another software need of ours: the bills of a period.

    The workbook has two empty columns; filled in by who pays, it is read again by
    ``coworking.payment.import``.
    """

    _name = "coworking.bill.export"
    _description = "Bills for Books Kept Elsewhere"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, readonly=True
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_month()[0]
    )
    date_to = fields.Date(string="To", required=True, default=lambda self: self._default_month()[1])
    kind = fields.Selection(
        [("xlsx", "Workbook to fill in (XLSX)"), ("fec", "Entries (FEC)")],
        string="File",
        required=True,
        default="xlsx",
    )
    document_count = fields.Integer(string="Documents", compute="_compute_counts")
    draft_count = fields.Integer(string="Drafts", compute="_compute_counts")

    @api.model
    def _default_month(self):
        """Last month's first and last day."""
        first = fields.Date.context_today(self).replace(day=1)
        return first - relativedelta(months=1), first - relativedelta(days=1)

    @api.depends("company_id", "date_from", "date_to")
    def _compute_counts(self):
        Move = self.env["account.move"]
        for export in self:
            export.document_count = Move.search_count(export._get_domain())
            export.draft_count = Move.search_count(
                [
                    ("company_id", "in", export.company_id._accessible_branches().ids),
                    ("coworking_statement_id", "!=", False),
                    ("state", "=", "draft"),
                    ("date", ">=", export.date_from),
                    ("date", "<=", export.date_to),
                ]
            )

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for export in self:
            if export.date_to < export.date_from:
                raise ValidationError(
                    self.env._("The period ends before it begins: change one of its days.")
                )

    def action_download(self):
        self.ensure_one()
        if not self.document_count:
            raise UserError(self.env._("No bill, credit note or invoice is posted in this period."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation_funding/bills/{self.id}/{self.kind}",
            "target": "download",
        }

    def _get_domain(self):
        ours = self.env["account.move"]._coworking_get_books_domain(self.company_id)
        return ours & Domain("date", ">=", self.date_from) & Domain("date", "<=", self.date_to)

    def _make_file(self, kind):
        """The bills of the period, in the audit trail.

        :param kind: "xlsx" or "fec"
        :return: (bytes, name of the file)
        """
        moves = self.env["account.move"].search(self._get_domain(), order="date, name, id")
        self.env["coworking.audit"]._record("exported", moves, format=kind)
        content = self._make_workbook(moves) if kind == "xlsx" else self._make_fec()
        suffix = {"xlsx": "xlsx", "fec": "txt"}[kind]
        name = self.env._("Bills")
        return content, f"{name} {self.date_from} {self.date_to} {kind.upper()}.{suffix}"

    def _make_fec(self):
        # sudo: Odoo opens its FEC, which is of all books, to few; this one is of our documents
        # alone, that the reader may read. It does not lock the period, as the declaration does.
        export = (
            self.env["l10n_fr.fec.export.wizard"]
            .with_company(self.company_id)
            .sudo()
            .create(
                {
                    "date_from": self.date_from,
                    "date_to": self.date_to,
                    "test_file": True,
                    "coworking_only": True,
                }
            )
        )
        return export.generate_fec()["file_content"]

    # === WORKBOOK === #

    def _get_labels(self):
        """Title and definition of each column, in the language of the reader."""
        return {
            "number": (self.env._("Number"), self.env._("Number of the document in Odoo.")),
            "supplier_number": (
                self.env._("Supplier's Number"),
                self.env._("Number that the supplier gave it."),
            ),
            "partner": (
                self.env._("Supplier or Customer"),
                self.env._("Who bills, or whom we invoice."),
            ),
            "kind": (self.env._("Kind"), self.env._("Bill, credit note, invoice.")),
            "day": (self.env._("Date of the Document"), self.env._("Day that is written on it.")),
            "due": (self.env._("Due Date"), self.env._("Until when it is to be paid.")),
            "program": (self.env._("Program"), self.env._("The program that causes it.")),
            "statement": (self.env._("Statement"), self.env._("Statement it was made from.")),
            "untaxed": (self.env._("Without Tax"), self.env._("Below zero: a credit note.")),
            "tax": (self.env._("Tax"), self.env._("All taxes together.")),
            "total": (self.env._("Total"), self.env._("With tax.")),
            "paid": (self.env._("Paid So Far"), self.env._("What payments say that Odoo knows.")),
            "left": (self.env._("Left"), self.env._("What is neither paid nor set off.")),
            "payments": (self.env._("Payments"), self.env._("Their dates and amounts.")),
            "paid_on": (
                self.env._("Payment Date"),
                self.env._("To be filled in: give the workbook back, and Odoo reads it."),
            ),
            "paid_amount": (
                self.env._("Amount Paid"),
                self.env._("To be filled in, with the date: all of it, or a part."),
            ),
        }

    def _prepare_rows(self, moves):
        """A row for each of these documents, in the currency of the company."""
        kinds = dict(moves._fields["move_type"]._description_selection(self.env))
        facts = moves._coworking_payment_facts()
        payments = moves._coworking_describe_payments()
        # sudo: what programs and statements are called is on the bills themselves
        programs = {move: move.sudo().coworking_statement_id for move in moves}
        sides = {move: -1 if move.is_purchase_document() else 1 for move in moves}
        return [
            Row(
                number=move.name,
                supplier_number=(move.ref or "") if move.is_purchase_document() else "",
                partner=move.commercial_partner_id.name or "",
                kind=kinds[move.move_type],
                day=move.invoice_date,
                due=move.invoice_date_due,
                program=programs[move].program_id.name or "",
                statement=programs[move].name or "",
                untaxed=sides[move] * move.amount_untaxed_signed,
                tax=sides[move] * move.amount_tax_signed,
                total=sides[move] * move.amount_total_signed,
                paid=move._coworking_get_sign() * float(sum(paid[1] for paid in facts[move])),
                left=sides[move] * move.amount_residual_signed,
                payments=payments[move],
            )
            for move in moves
        ]

    def _make_workbook(self, moves):
        return make_workbook(lambda book: self._write_book(book, moves))

    def _write_book(self, book, moves):
        labels, names = self._get_labels(), [field.name for field in fields_of(Row)]
        formats = self._make_formats(book)
        sheet = book.add_worksheet(self.env._("Bills"))
        for column, name in enumerate(names):
            style = formats["to_fill" if name in TO_FILL else "head"]
            sheet.write_string(0, column, labels[name][0], style)
            sheet.set_column(column, column, WIDTHS.get(name, 14))
        sheet.set_row(0, 32)
        rows = self._prepare_rows(moves)
        for line, row in enumerate(rows, start=1):
            for column, (name, value) in enumerate(zip(names, astuple(row), strict=True)):
                if name in DAYS:
                    style = formats["fill_day" if name in TO_FILL else "day"]
                    if value:
                        sheet.write_datetime(line, column, value, style)
                    else:
                        sheet.write_blank(line, column, None, style)
                elif name in MONEY:
                    style = formats["fill_money" if name in TO_FILL else "money"]
                    sheet.write(line, column, value, style)
                else:
                    sheet.write_string(line, column, value, formats["text"])
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
        lay_out(sheet)
        sheet.repeat_rows(0)
        self._write_definitions(book, labels, names, formats)

    def _make_formats(self, book):
        head = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"}
        shown, day = get_money_format(self.company_id.currency_id), {"num_format": "dd/mm/yyyy"}
        money = {"num_format": f"{shown};[Red]-{shown}"}
        fill = {"bg_color": "#FFF8E1", "border": 1, "border_color": "#D8D8D8"}
        return {
            "head": book.add_format({**head, "bg_color": "#EDE7EC"}),
            "to_fill": book.add_format({**head, "bg_color": "#FFE9A8"}),
            "text": book.add_format({}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "money": book.add_format(money),
            "day": book.add_format(day),
            "fill_money": book.add_format({**money, **fill}),
            "fill_day": book.add_format({**day, **fill}),
        }

    def _write_definitions(self, book, labels, names, formats):
        sheet = book.add_worksheet(self.env._("Definitions"))
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 90)
        lay_out(sheet)
        sheet.write_string(0, 0, self.env._("Column"), formats["head"])
        sheet.write_string(0, 1, self.env._("What it says"), formats["head"])
        for line, name in enumerate(names, start=1):
            sheet.write_string(line, 0, labels[name][0], formats["text"])
            sheet.write_string(line, 1, labels[name][1], formats["wrap"])
