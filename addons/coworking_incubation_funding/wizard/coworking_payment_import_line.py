from collections import Counter
from decimal import Decimal
from functools import cache

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.coworking_incubation.invoice_reader import normal_id
from odoo.addons.coworking_incubation.pricing import half_up
from odoo.addons.coworking_incubation.spreadsheet import to_day, to_number
from odoo.addons.coworking_incubation.tools import to_decimal, words_of

# Words that names of organisations share.
LEGAL_FORMS = {"association", "sarl", "scop", "scic", "societe", "coworking", "espace"}
LEAST_LETTERS = 4


class CoworkingPaymentImportLine(models.TransientModel):
    """A payment as the other books tell it, the document it is of, and what is wrong with it."""

    _name = "coworking.payment.import.line"
    _description = "Payment from Books Kept Elsewhere"
    _inherit = ["coworking.record.mixin"]
    _order = "problem_first, number, id"

    import_id = fields.Many2one("coworking.payment.import", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="import_id.company_id")
    number = fields.Integer(string="Line", readonly=True)
    reference = fields.Char(string="Bill Number", help="Ours, or the supplier's.")
    supplier = fields.Char(string="Supplier or Customer")
    day = fields.Char(string="Paid On")
    amount = fields.Char()
    credit = fields.Char(
        string="Credit Note",
        help="Number of the credit note that sets the bill off; empty where money was paid.",
    )
    entry = fields.Char(readonly=True, help="Journal and number of the entry in the other books.")
    move_id = fields.Many2one(
        "account.move",
        string="Bill",
        compute="_compute_move_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        help="What is paid: found by its number, or chosen here.",
    )
    credit_id = fields.Many2one(
        "account.move",
        string="Credit Note Found",
        compute="_compute_credit_id",
        store=True,
        ondelete="cascade",
    )
    problem = fields.Char(readonly=True)
    problem_first = fields.Integer(compute="_compute_problem_first", store=True)
    known = fields.Boolean(string="There Already", readonly=True)

    @api.depends("problem")
    def _compute_problem_first(self):
        for line in self:
            line.problem_first = 0 if line.problem else 1

    @api.depends("reference", "supplier", "import_id.company_id")
    def _compute_move_id(self):
        for line, (move, __) in self._find_documents("reference").items():
            line.move_id = move

    @api.depends("credit", "supplier", "import_id.company_id")
    def _compute_credit_id(self):
        for line, (move, __) in self._find_documents("credit").items():
            line.credit_id = move

    # === FINDING === #

    def _find_documents(self, name):
        """Which document each row names.

        :param name: of the field that holds its number
        :return: dict line -> (document or none, why there is none)
        """
        Move = self.env["account.move"]
        numbered = Move._coworking_find_numbered({line[name] for line in self if line[name]})
        companies = {
            company: company._accessible_branches() for company in self.import_id.company_id
        }
        result = {}
        for line in self:
            found = numbered.get(normal_id(line[name]), Move)
            own = found.filtered(
                lambda move, line=line: move.company_id in companies[line.import_id.company_id]
            )
            result[line] = line._choose_document(line[name], found, own.with_env(self.env))
        return result

    def _choose_document(self, number, found, own):
        """
        :param found: documents of that number, of all companies
        :param own: those of this company
        """
        if not number:
            return own, self.env._("Which bill is it? Write its number, or choose it.")
        if not found:
            return own, self.env._(
                "No bill, credit note or invoice is numbered %s: choose it in the column Bill.",
                number,
            )
        if not own:
            return own, self.env._(
                "%(number)s is of %(company)s: open that company to record its payment.",
                number=number,
                company=", ".join(found.company_id.mapped("name")),
            )
        shared = {move: self._count_shared(move.commercial_partner_id) for move in own}
        agreeing = own.filtered(lambda move: shared[move] and shared[move] == max(shared.values()))
        standing = agreeing.filtered(lambda move: move.state == "posted") or agreeing
        if len(standing) == 1:
            return standing, False
        if not agreeing:
            return own.browse(), self.env._(
                "%(number)s is of %(partner)s, not of %(supplier)s: choose the bill if it is so.",
                number=number,
                partner=", ".join(own.commercial_partner_id.mapped("name")),
                supplier=self.supplier,
            )
        return own.browse(), self.env._(
            "Several are numbered %(number)s: %(bills)s. Choose one in the column Bill.",
            number=number,
            bills=", ".join(
                f"{move.name or move.ref} ({move.commercial_partner_id.name})" for move in standing
            ),
        )

    def _count_shared(self, partner):
        """How many words the row and this partner's name share, which tell one from another: other
        books name them otherwise. One where the row names nobody.
        """
        told, name = words_of(self.supplier), words_of(partner.name)

        def telling(words):
            return {word for word in words - LEGAL_FORMS if len(word) >= LEAST_LETTERS}

        if telling(told) and telling(name):
            told, name = telling(told), telling(name)
        return len(told & name) if told else 1

    # === CHECKING === #

    def _check_rows(self):
        """Say of each row what is wrong, or that it is there already."""
        unknown = self.filtered(lambda line: not line.move_id)._find_documents("reference")
        missing = self.filtered(lambda line: line.credit and not line.credit_id)
        missing = missing._find_documents("credit")
        ledger = _Ledger(self)
        # in the order in which they are recorded: see _record
        for line in self.sorted(lambda line: (not line.credit, line.number, line.id)):
            known = False
            problem = unknown.get(line, (None, None))[1] or missing.get(line, (None, None))[1]
            if not problem:
                known, problem = line._check_row(ledger)
            line.write({"known": known, "problem": problem or False})

    def _check_row(self, ledger):
        """(whether it is there already, what is wrong) of a row whose document is known."""
        problem = self._check_documents()
        day, amount = to_day(self.day), self._parse_amount()
        if problem:
            return False, problem
        if not day:
            return False, self.env._("This is not a date: %s", self.day or "")
        if not amount:
            return False, self.env._(
                "This is no amount above zero, to the cent: %s", self.amount or ""
            )
        if ledger.is_known(self, day, amount):
            return True, False
        return False, self._check_day(day, ledger) or self._check_left(amount, ledger)

    def _check_documents(self):
        for move in self.move_id | self.credit_id:
            if move.company_id not in self.company_id._accessible_branches():
                return self.env._(
                    "%(number)s is of %(company)s: open that company to record its payment.",
                    number=move.name,
                    company=move.company_id.name,
                )
            if move.state != "posted":
                states = dict(move._fields["state"]._description_selection(self.env))
                return self.env._(
                    "%(bill)s is not posted (%(state)s): post it, then check again.",
                    bill=move.name or move.ref or "",
                    state=states[move.state],
                )
            if move.currency_id != move.company_currency_id:
                return self.env._(
                    "%(bill)s is in %(currency)s: record its payment in Odoo itself, with its"
                    " rate.",
                    bill=move.name,
                    currency=move.currency_id.name,
                )
        return self._check_credit()

    def _check_credit(self):
        move, credit = self.move_id, self.credit_id
        if credit and (
            credit.commercial_partner_id != move.commercial_partner_id
            or credit.is_outbound() == move.is_outbound()
        ):
            return self.env._(
                "%(credit)s cannot set %(bill)s off: it takes a credit note of the same supplier.",
                credit=credit.name,
                bill=move.name,
            )
        return False

    def _check_day(self, day, ledger):
        move = self.move_id
        if day > fields.Date.context_today(self):
            return self.env._("%s is still to come.", format_date(self.env, day))
        if self.credit:
            return False
        if day < move.invoice_date:
            return self.env._(
                "%(bill)s was made after that day, on %(date)s: if it was paid in advance, register"
                " that in Odoo itself.",
                bill=move.name,
                date=format_date(self.env, move.invoice_date),
            )
        locked = ledger.find_lock(move.company_id, day)
        return locked and self.env._(
            "The books are closed on that day: %s. Have it opened, or keep the payment out.",
            locked,
        )

    def _check_left(self, amount, ledger):
        """Nothing is paid twice, nor more than is owed."""
        for move in self.move_id | self.credit_id:
            left = ledger.left[move]
            money = move.company_currency_id
            if not left:
                return self.env._(
                    "%(bill)s has nothing left to pay: %(payments)s.",
                    bill=move.name,
                    payments=move._coworking_describe_payments()[move]
                    or self.env._("it was set off"),
                )
            if amount > left:
                return self.env._(
                    "Only %(left)s of %(bill)s are left: %(amount)s would be %(more)s too much.",
                    left=money.format(float(left)),
                    bill=move.name,
                    amount=money.format(float(amount)),
                    more=money.format(float(amount - left)),
                )
        most = min(ledger.left[move] for move in self.move_id | self.credit_id)
        if self.credit and amount != most:
            return self.env._(
                "%(credit)s sets %(most)s of %(bill)s off, not %(amount)s.",
                credit=self.credit_id.name,
                bill=self.move_id.name,
                most=money.format(float(most)),
                amount=money.format(float(amount)),
            )
        for move in self.move_id | self.credit_id:
            ledger.left[move] -= amount
        return False

    def _parse_amount(self):
        """Above zero, to the cent; a refund may be written below zero, as our workbook does."""
        amount, step = to_number(self.amount), to_decimal(self.company_id.currency_id.rounding)
        if amount is None or amount != half_up(amount, step):
            return None
        if amount < 0 and self.move_id._coworking_get_sign() < 0:
            amount = -amount
        return amount if amount > 0 else None

    # === RECORDING === #

    def _record(self):
        """Settle what these rows say: credit notes first, then payments.

        :return: the payments
        """
        off = self.filtered("credit_id")
        self.env["account.move.line"]._reconcile_plan(
            [(line.move_id | line.credit_id)._coworking_get_open_terms() for line in off]
        )
        return self.env["account.payment"]._coworking_record_outside(
            [
                (
                    line.move_id,
                    to_day(line.day),
                    line._parse_amount(),
                    " ".join(filter(None, [line.move_id.ref or line.move_id.name, line.entry])),
                )
                for line in self - off
            ]
        )


class _Ledger:
    """What is left of the documents of some rows, and what was paid of them already."""

    def __init__(self, lines):
        moves = lines.move_id | lines.credit_id
        posted = moves.filtered(lambda move: move.state == "posted")
        self.left = {move: to_decimal(abs(move.amount_residual_signed)) for move in moves}
        self.paid = Counter(
            (move, day, amount)
            for move, paid in posted._coworking_payment_facts().items()
            for day, amount, __ in paid
        )
        off = lines.filtered("credit_id")
        self.set_off = off.move_id._coworking_get_set_off(
            {(line.move_id, line.credit_id) for line in off}
        )
        self.find_lock = cache(self._find_lock)

    def is_known(self, line, day, amount):
        """Whether Odoo has it, which is then used up: twice the same needs two."""
        if line.credit_id:
            pair = (line.move_id, line.credit_id)
            found = self.set_off.get(pair, Decimal(0)) >= amount
            if found:
                self.set_off[pair] -= amount
            return found
        found = self.paid[line.move_id, day, amount] > 0
        self.paid[line.move_id, day, amount] -= found
        return found

    @staticmethod
    def _find_lock(company, day):
        """Which lock date of Odoo keeps this day closed, in words, or none."""
        locks = company._get_lock_date_violations(day, sale=False, purchase=False, tax=False)
        return company._format_lock_dates(locks) if locks else False
