import base64
import re
from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.coworking_incubation.invoice_reader import normal_id
from odoo.addons.coworking_incubation.pricing import half_up
from odoo.addons.coworking_incubation.spreadsheet import as_text, plain, to_day
from odoo.addons.coworking_incubation.tools import to_decimal

from .. import fec

# Headings of columns, as people and our own workbook write them, without accents and capitals.
HEADINGS = {
    "reference": {
        *("number", "numero", "n°", "no", "reference", "bill", "facture", "bill number"),
        *("numero de facture", "n° de facture", "our reference", "notre reference"),
    },
    "supplier_number": {
        *("supplier's number", "numero du fournisseur", "n° fournisseur", "numero fournisseur"),
    },
    "supplier": {
        *("supplier", "fournisseur", "supplier or customer", "fournisseur ou client"),
        *("customer", "client", "tiers", "partner"),
    },
    "day": {
        *("payment date", "date de paiement", "date du paiement", "date de reglement"),
        *("paid on", "payee le", "paye le", "date"),
    },
    "amount": {
        *("amount paid", "montant paye", "montant", "amount", "montant regle", "paye", "paid"),
    },
    "credit": {"credit note", "avoir", "credit note set off", "avoir deduit"},
}
NEEDED = ("day", "amount")
# How many names of others a sentence holds.
MOST_NAMES = 10


class CoworkingPaymentImport(models.TransientModel):
    """Payments that another software made: shown row by row before anything is recorded.

    What is right becomes payments of Odoo, whole or not at all; what is wrong stays in the list
    with its reason until it is mended there. What is there already is recognised.
    """

    _name = "coworking.payment.import"
    _description = "Payments from Books Kept Elsewhere"
    _inherit = ["coworking.workbook.mixin", "coworking.record.mixin"]

    file = fields.Binary(string="File (XLSX, CSV or FEC)", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, readonly=True
    )
    line_ids = fields.One2many("coworking.payment.import.line", "import_id")
    journal_id = fields.Many2one(related="company_id.coworking_outside_journal_id")
    kind = fields.Selection([("xlsx", "Workbook"), ("fec", "FEC")], readonly=True)
    not_read = fields.Text(
        readonly=True, help="Payments of the file that no document here is about."
    )
    problem_count = fields.Integer(compute="_compute_counts")
    known_count = fields.Integer(compute="_compute_counts")
    good_count = fields.Integer(compute="_compute_counts")
    has_credits = fields.Boolean(compute="_compute_counts")

    @api.depends("line_ids.problem", "line_ids.known", "line_ids.credit")
    def _compute_counts(self):
        for dialog in self:
            bad = dialog.line_ids.filtered("problem")
            known = (dialog.line_ids - bad).filtered("known")
            dialog.problem_count = len(bad)
            dialog.known_count = len(known)
            dialog.good_count = len(dialog.line_ids - bad - known)
            dialog.has_credits = any(dialog.line_ids.mapped("credit"))

    # === ACTION METHODS === #

    def action_read(self):
        """Read the file into rows, and say what is wrong with each."""
        self.ensure_one()
        content = base64.b64decode(self.file or b"")
        if fec.looks_like_fec(content):
            self.kind, (rows, self.not_read) = "fec", self._read_fec(content)
        else:
            self.kind, self.not_read, rows = "xlsx", False, self._read_rows()
        self.line_ids = [Command.clear(), *(Command.create(row) for row in rows)]
        self.line_ids._check_rows()
        return self._show_lines()

    def action_check(self):
        """Check the rows again, after some were mended."""
        self.line_ids._check_rows()
        return self._show_lines()

    def action_record(self):
        """Record the rows that are right; the others stay."""
        self.ensure_one()
        moves = self.line_ids.move_id | self.line_ids.credit_id
        moves.check_access("write")
        moves._coworking_lock()
        self.line_ids._check_rows()
        right = self.line_ids.filtered(lambda line: not line.problem)
        good = right.filtered(lambda line: not line.known)
        if not good:
            raise UserError(self.env._("No row can be recorded yet: mend those that are listed."))
        payments = good._record()
        self.env["coworking.audit"]._record(
            "made", payments or good.move_id, format=self.kind, rows=len(good)
        )
        self.recorded_count += len(good)
        right.unlink()
        return self._show_lines()

    # === WORKBOOK === #

    def _read_rows(self):
        """Values of the lines of a workbook; rows without date and amount are not paid yet."""
        __, table = self._read_tables(most_sheets=1)[0]
        headings = ((line, self._find_columns(cells)) for line, cells in enumerate(table, 1))
        heading, columns = next(
            (
                found
                for found in headings
                if {*NEEDED} <= found[1].keys() and {"reference", "supplier_number"} & {*found[1]}
            ),
            (0, {}),
        )
        if not heading:
            raise UserError(
                self.env._(
                    "No line of this file holds the headings: Number, Payment Date and Amount Paid,"
                    " then Supplier and Credit Note. Is it an FEC? That begins with JournalCode."
                )
            )
        rows = []
        for line, cells in enumerate(table[heading:], heading + 1):
            values = {
                name: as_text(cells[index]) if index < len(cells) else ""
                for name, index in columns.items()
            }
            number = values.pop("supplier_number", "")
            values["reference"] = values.get("reference") or number
            values["day"] = self._show_day(to_day(values["day"])) or values["day"]
            if values["day"] or values["amount"]:
                rows.append({"number": line, **values})
        if not rows:
            raise UserError(
                self.env._("No row of this file has a payment date or an amount paid: nothing is.")
            )
        self._check_row_count(rows)
        return rows

    @api.model
    def _show_day(self, day):
        """As it is typed here, and mended: 09/06/2015."""
        return day and f"{day:%d/%m/%Y}"

    def _find_columns(self, cells):
        """What each column of a line of headings holds: dict name -> index."""
        result = {}
        for index, cell in enumerate(cells):
            for name, words in HEADINGS.items():
                if plain(as_text(cell)).removesuffix("*").strip() in words:
                    result.setdefault(name, index)
        return result

    # === FEC === #

    def _read_fec(self, content):
        """Values of the lines of an FEC, and in words what of it is not for us."""
        self._check_own_fec()
        if len(content) > fec.MOST_BYTES:
            raise UserError(
                self.env._("This file is too large: %s MB at most.", fec.MOST_BYTES // 1024**2)
            )
        try:
            settlements = fec.read_settlements(content)
        except fec.RefusedError as refused:
            raise UserError(self._tell_faults(refused)) from refused
        known, partners = self._find_ours(settlements)
        rows, others = [], Counter()
        for paid in settlements:
            if self._get_number(paid, known) in known or plain(paid.name) in partners:
                rows.append(self._prepare_row(paid, known))
            else:
                others[paid.name or paid.reference] += 1
        self._check_row_count(rows)
        if not rows and not others:
            raise UserError(
                self.env._(
                    "No payment can be read from this FEC: nothing is lettered (EcritureLet) in its"
                    " accounts 401 and 411 together with an entry of money. Letter them, then"
                    " export it again."
                )
            )
        return rows, self._tell_others(others)

    def _check_own_fec(self):
        """The name of a file that follows the rule begins with whose it is."""
        named = re.match(r"(\d{9})FEC", self.file_name or "", re.IGNORECASE)
        own = normal_id(self.company_id.company_registry)[:9] or normal_id(self.company_id.vat)[-9:]
        if named and re.fullmatch(r"\d{9}", own) and named[1] != own:
            raise UserError(
                self.env._(
                    "This FEC is of the company with the SIREN %(file)s; %(company)s has"
                    " %(own)s. Choose its own file, or open the other company.",
                    file=named[1],
                    company=self.company_id.name,
                    own=own,
                )
            )

    def _find_ours(self, settlements):
        """Numbers of these that documents of ours bear, and names of those whom they are of."""
        Move = self.env["account.move"]
        found = Move._coworking_find_numbered(
            {paid.reference for paid in settlements}
            | {word for paid in settlements for word in self._get_words(paid.label)}
        )
        own = self.company_id._accessible_branches()
        known = {
            number
            for number, moves in found.items()
            if moves.filtered(lambda m: m.company_id in own)
        }
        partners = {
            partner
            for (partner,) in Move._read_group(
                Move._coworking_get_books_domain(self.company_id), ["commercial_partner_id"]
            )
        }
        return known, {plain(partner.name) for partner in partners}

    @api.model
    def _get_words(self, label):
        """Words of a label that may be numbers of bills."""
        return {word for word in label.split() if len(word) > 2 and re.search(r"\d", word)}

    @api.model
    def _get_number(self, paid, known):
        """What a payment says it pays: the number of the document, or a word of its label."""
        words = [paid.reference, *sorted(self._get_words(paid.label))]
        numbers = (normal_id(word) for word in words)
        return next((number for number in numbers if number in known), normal_id(paid.reference))

    def _prepare_row(self, paid, known):
        number = self._get_number(paid, known)
        words = [paid.reference, *self._get_words(paid.label)]
        return {
            "number": paid.line,
            "reference": next((word for word in words if normal_id(word) == number), ""),
            "supplier": paid.name,
            "day": self._show_day(paid.day),
            "amount": str(paid.amount).replace(".", ","),
            "credit": paid.credit,
            "entry": paid.entry,
        }

    def _tell_others(self, others):
        if not others:
            return False
        names = [name for name, __ in others.most_common(MOST_NAMES)]
        return self.env._(
            "Payments of suppliers and customers without a bill here: %(count)s"
            " (%(names)s%(more)s).",
            count=sum(others.values()),
            names=", ".join(names),
            more="…" if len(others) > MOST_NAMES else "",
        )

    def _tell_faults(self, refused):
        """What is wrong with an FEC, line by line."""
        told = [
            self.env._(
                "Nothing of this file was read. Have it exported again, once this is mended:"
            ),
            *(self._tell_fault(fault) for fault in refused.faults),
        ]
        more = refused.count - len(refused.faults)
        if more > 0:
            told.append(self.env._("And %s more.", more))
        return "\n".join(told)

    def _tell_fault(self, fault):
        """One of them in words.

        :param fault: ``fec.Fault``
        """
        line, what = fault.first, fault.what
        if fault.kind == "unbalanced":
            return self.env._(
                "Lines %(first)s to %(last)s: entry %(entry)s of journal %(journal)s is not"
                " balanced, debit %(debit)s, credit %(credit)s.",
                first=fault.first,
                last=fault.last,
                journal=what[0],
                entry=what[1],
                debit=self._show_amount(what[2]),
                credit=self._show_amount(what[3]),
            )
        return {
            "text": lambda: self.env._("This is no text file."),
            "columns": lambda: self.env._("These columns are missing: %s.", ", ".join(what)),
            "lines": lambda: self.env._(
                "It has more than %s lines: export shorter periods.", *what
            ),
            "cells": lambda: self.env._(
                "Line %(line)s has %(count)s columns instead of %(wanted)s.",
                line=line,
                count=what[0],
                wanted=what[1],
            ),
            "entry": lambda: self.env._("Line %s has no number of an entry (EcritureNum).", line),
            "day": lambda: self.env._(
                "Line %(line)s: “%(text)s” is not a date (EcritureDate), written 20260608.",
                line=line,
                text=what[0],
            ),
            "amount": lambda: self.env._(
                "Line %(line)s: “%(text)s” is not an amount, written 1234,50.",
                line=line,
                text=" / ".join(what),
            ),
        }[fault.kind]()

    def _show_amount(self, amount):
        """Cents and, in a file that has them, what is below."""
        amount, currency = to_decimal(amount), self.company_id.currency_id
        if amount == half_up(amount, to_decimal(currency.rounding)):
            return currency.format(float(amount))
        return str(amount)
