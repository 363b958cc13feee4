from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date
from functools import cache

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import format_date

from ... import pricing
from ...tools import make_workbook, to_decimal


@dataclass
class Row:
    """One line of the workbook: what was expected of a seat, and what one bill line says."""

    program: str = ""
    space: str = ""
    operator: str = ""
    statement: str = ""
    seat: str = ""
    person: str = ""
    period: date | None = None
    kind: str = ""
    explanation: str = ""
    presences: int = 0
    expected: float = 0.0
    invoiced: float = 0.0
    not_invoiced: float = 0.0
    gap: float = 0.0
    cause: str = ""
    decision: str = ""
    reason: str = ""
    bill: str = ""
    number: str = ""
    bill_date: date | None = None
    paid: float = 0.0
    payments: str = ""
    written_off: float = 0.0
    left: float = 0.0


MONEY = ("expected", "invoiced", "not_invoiced", "gap", "paid", "written_off", "left")
# Computed by the workbook itself: (field, formula with the letters of the columns and the row).
FORMULAS = {
    "gap": "{invoiced}{row}+{not_invoiced}{row}-{expected}{row}",
    "left": "{invoiced}{row}-{paid}{row}-{written_off}{row}",
}
WIDTHS = {
    "program": 22,
    "space": 22,
    "operator": 24,
    "statement": 24,
    "person": 22,
    "explanation": 44,
    "cause": 20,
    "reason": 30,
    "bill": 20,
    "payments": 30,
}


class CoworkingReconciliation(models.AbstractModel):
    """A month on one sheet, for the file of the accountant and for those who check it."""

    _name = "coworking.reconciliation"
    _description = "Reconciliation Workbook"

    @api.model
    def _get_labels(self):
        """Title and definition of each column, in the language of the reader."""
        return {
            "program": (self.env._("Program"), self.env._("The program that pays the seat.")),
            "space": (self.env._("Space"), self.env._("The site where the person works.")),
            "operator": (self.env._("Operator"), self.env._("The legal entity that bills.")),
            "statement": (
                self.env._("Statement"),
                self.env._("Reference that the bill should quote."),
            ),
            "seat": (self.env._("Seat"), self.env._("Reference of the seat.")),
            "person": (self.env._("Participant"), self.env._("Who has the seat.")),
            "period": (self.env._("Month"), self.env._("Month that the charge counts for.")),
            "kind": (
                self.env._("Kind"),
                self.env._("Seat, pack, membership fee, correction of an earlier month..."),
            ),
            "explanation": (
                self.env._("Explanation"),
                self.env._("How the expected amount comes about, or the gap in words."),
            ),
            "presences": (
                self.env._("Half-Days Present"),
                self.env._("Half-days of the month on which the space says the person was there."),
            ),
            **self._get_amount_labels(),
            "cause": (self.env._("Cause"), self.env._("Why the bill differs.")),
            "decision": (self.env._("Decision"), self.env._("What the accountant decided.")),
            "reason": (self.env._("Reason"), self.env._("Why it was decided so.")),
            "bill": (self.env._("Bill"), self.env._("Number of the entry in the books.")),
            "number": (
                self.env._("Supplier's Number"),
                self.env._("Number that the operator gave the bill."),
            ),
            "bill_date": (self.env._("Bill Date"), self.env._("Date on the bill.")),
            "paid": (
                self.env._("Paid"),
                self.env._(
                    "What was paid of this line, from reconciled payments and bank lines alone;"
                    " a credit note pays nothing. A bill partly paid is spread over its lines."
                ),
            ),
            "payments": (self.env._("Payments"), self.env._("Dates and amounts of the payments.")),
            "written_off": (
                self.env._("Written Off"),
                self.env._(
                    "Settled without money: a discount, an exchange difference, an entry of the"
                    " ledger."
                ),
            ),
            "left": (
                self.env._("Left to Pay"),
                self.env._("Invoiced, less paid and written off."),
            ),
        }

    @api.model
    def _get_amount_labels(self):
        """The same of what was expected, and what bills say of it."""
        return {
            "expected": (
                self.env._("Expected, with Tax"),
                self.env._("What the program owes the space for this line, with tax."),
            ),
            "invoiced": (
                self.env._("Invoiced, with Tax"),
                self.env._("What the bill line says, with tax; below zero on a credit note."),
            ),
            "not_invoiced": (
                self.env._("Not Invoiced Yet"),
                self.env._("Expected and to be billed: no bill stands for it."),
            ),
            "gap": (
                self.env._("Gap"),
                self.env._(
                    "Invoiced, and not invoiced yet, less expected. Below zero: a bill came, and"
                    " leaves this out."
                ),
            ),
        }

    @api.model
    def _get_statements(self, programs, day):
        return self.env["coworking.statement"].search(
            [
                ("program_id", "in", programs.ids),
                ("date_from", "=", day.replace(day=1)),
                ("state", "!=", "cancelled"),
            ],
            order="program_id, space_id",
        )

    @api.model
    def _get_month(self, programs, day):
        """What the workbook is about: statements of the month of that day, and what was billed for
        it and is in none.
        """
        # sudo: reports read names and payments whole; who may ask for them is checked before
        statements = self._get_statements(programs, day).sudo()
        loose = self._get_loose_lines(programs, day)
        self._read_ahead(statements, loose)
        return statements, loose

    @api.model
    def _read_ahead(self, statements, loose):
        """What the rows say of each record, and no more: where one field is asked for, Odoo reads
        some fifty.
        """
        statements.fetch(
            ["name", "program_id", "space_id", "operator_id", "company_id", "date_from"]
        )
        charges = statements.charge_ids
        charges.fetch(
            [
                *("seat_id", "participant_id", "period", "kind", "explanation"),
                *("payable_total", "statement_id"),
            ]
        )
        matches = statements.match_ids | loose.match_ids
        (charges.seat_id | matches.seat_id | loose.seat_id).fetch(
            ["name", "participant_id", "occupant_name"]
        )
        people = self._get_people(statements, loose)
        people.fetch(["partner_id", "program_id", "company_id"])
        (statements.operator_id | people.partner_id).fetch(["name"])
        statements.space_id.fetch(["name"])
        matches.move_line_id.fetch(["move_id", "name"])
        bills = matches.move_line_id.move_id
        bills.fetch(["name", "ref", "move_type", "invoice_date", "state"])
        bills.line_ids.fetch(
            ["move_id", "account_id", "display_type", "price_total", "parent_state"]
        )

    @api.model
    def _prepare_rows(self, statements, loose, day):
        """A row for each pair of charge and bill line, for what is not billed, and for what is
        billed and in no statement: see ``_get_month``.

        :return: list of :class:`Row`
        """
        matches = statements.match_ids | loose.match_ids
        paid = self._get_paid(matches)
        # drafts without a name are named at once, or each would be by itself
        matches.move_line_id.move_id.filtered(self._is_unnamed).mapped("display_name")
        present = self._get_presences(statements.charge_ids.seat_id, day)
        words = self._get_words()
        result = []
        for statement in statements:
            result += self._prepare_statement_rows(statement, present, paid, words)
        for line in loose:
            base = {
                "program": self.env._("No statement yet"),
                # never empty: engines differ in what SUMIFS finds of nothing
                "space": line.space_id.name or self.env._("Unknown space"),
                "operator": line.move_id.commercial_partner_id.name,
                "seat": line.seat_id.name or "",
                "person": line.seat_id.occupant_name or "",
                "period": line.date_from,
                "explanation": line.cause_explanation or line.explanation or "",
            }
            result.append(self._prepare_match_row(line.match_ids, base, paid, words))
        return result

    @api.model
    def _get_words(self):
        """What the reader is told of each kind, cause and decision; and of a payment, whose day and
        amount are those of many.
        """
        named = {"coworking.charge": ("kind",), "coworking.match": ("cause", "decision")}
        words = {
            name: dict(self.env[model]._fields[name]._description_selection(self.env))
            for model, names in named.items()
            for name in names
        }
        format_day = cache(lambda day: format_date(self.env, day))
        words["payment"] = cache(
            lambda day, amount, currency: f"{format_day(day)} : {currency.format(float(amount))}"
        )
        return words

    def _get_people(self, statements, loose):
        """Files of those whom the workbook names."""
        seats = statements.match_ids.seat_id | loose.seat_id
        return statements.charge_ids.participant_id | seats.participant_id

    def _prepare_statement_rows(self, statement, present, paid, words):
        """The rows of one statement: its charges, then what was billed and concerns none of them.

        :param present: see ``_get_presences``
        :param paid: see ``_get_paid``
        :param words: see ``_get_words``
        """
        result, matched = [], defaultdict(float)
        matches = statement.match_ids.filtered("move_line_id")
        decided = (statement.match_ids - matches).grouped("charge_id")
        whose = self._prepare_statement_values(statement)
        for match in matches:
            matched[match.charge_id] += match.expected
        by_charge = matches.grouped("charge_id")
        currency = statement.company_id.currency_id
        charges = statement.charge_ids.sorted(
            lambda charge: (charge.seat_id.name, charge.period, charge.kind, charge.id)
        )
        lefts = [currency.round(charge.payable_total - matched[charge]) for charge in charges]
        to_bill = charges
        if matches and (any(lefts) or charges - matches.charge_id):
            to_bill = statement._get_charges_left_out()
        for charge, left in zip(charges, lefts, strict=True):
            base = {**whose, **self._prepare_charge_values(charge, present, words)}
            own = by_charge.get(charge, matches.browse())
            result += [self._prepare_match_row(match, base, paid, words) for match in own]
            if left or not own:
                result.append(
                    Row(
                        **base,
                        expected=left,
                        not_invoiced=left if charge in to_bill else 0.0,
                        gap=0.0 if charge in to_bill else -left,
                        **self._prepare_decision_values(
                            decided.get(charge, matches.browse())[:1], words
                        ),
                    )
                )
        for match in by_charge.get(statement.charge_ids.browse(), ()):
            base = {
                **whose,
                "seat": match.seat_id.name or "",
                "person": match.seat_id.occupant_name or "",
                "period": statement.date_from,
                "explanation": match.explanation or match.move_line_id.name or "",
            }
            result.append(self._prepare_match_row(match, base, paid, words))
        return result

    def _get_loose_lines(self, programs, day):
        """What operators billed for the month of that day, as far as it is in no statement: for
        people of these programs, or for nobody at spaces that host some of them.
        """
        # sudo: see _get_month
        seats = self.env["coworking.seat"].sudo()
        spaces = seats._read_group([("program_id", "in", programs.ids)], ["space_id"])
        return (
            self.env["coworking.month.line"]
            .sudo()  # sudo: see _get_month
            .search(
                [
                    ("statement_id", "=", False),
                    ("date_from", "=", day.replace(day=1)),
                    ("company_id", "in", programs.company_id.ids),
                    "|",
                    ("seat_id.program_id", "in", programs.ids),
                    "&",
                    ("seat_id", "=", False),
                    "|",
                    ("space_id", "=", False),
                    ("space_id", "in", [space.id for (space,) in spaces]),
                ]
            )
        )

    def _prepare_statement_values(self, statement):
        return {
            "program": statement.program_id.name,
            "space": statement.space_id.name,
            "operator": statement.operator_id.name,
            "statement": statement.name,
        }

    def _prepare_charge_values(self, charge, present, words):
        return {
            "seat": charge.seat_id.name,
            "person": charge.participant_id.partner_id.name,
            "period": charge.period,
            "kind": words["kind"][charge.kind],
            "explanation": charge.explanation or "",
            "presences": present.get(charge.seat_id.id, 0) if charge.kind == "regular" else 0,
        }

    def _prepare_decision_values(self, match, words):
        return {
            "cause": words["cause"].get(match.cause, ""),
            "decision": words["decision"].get(match.decision, ""),
            "reason": match.reason or "",
        }

    @api.model
    def _is_unnamed(self, move):
        return not move.name or move.name == "/"

    def _prepare_match_row(self, match, base, paid, words):
        move = match.move_line_id.move_id
        payments = [(when, amount) for when, amount in paid[match] if when]
        total = sum(amount for _when, amount in payments)
        written_off = sum(amount for _when, amount in paid[match]) - total
        return Row(
            **base,
            **self._prepare_decision_values(match, words),
            expected=match.expected,
            invoiced=match.invoiced,
            gap=match.gap,
            bill=move.display_name if self._is_unnamed(move) else move.name,
            number=move.ref or "",
            bill_date=move.invoice_date or None,
            paid=float(total),
            written_off=float(written_off),
            payments=", ".join(
                words["payment"](*row, match.company_id.currency_id) for row in payments
            ),
            left=float(to_decimal(match.invoiced) - total - written_off),
        )

    def _get_paid(self, matches):
        """What was paid of each match: of its bill line, spread over the matches of that line.

        :return: dict match -> list of (date, amount), without a date what was written off
        """
        lines = matches.move_line_id
        by_line = lines.move_id._coworking_payments_by_line()
        result = {match: [] for match in matches}
        siblings = self.env["coworking.match"].sudo()  # sudo: see _get_month
        siblings = siblings.search([("move_line_id", "in", lines.ids)], order="id")
        for line, own in siblings.grouped("move_line_id").items():
            sign = -1 if line.move_id.move_type == "in_refund" else 1
            left = {match: sign * to_decimal(match.invoiced) for match in own}
            left[None] = to_decimal(line.price_total) - sum(left.values())
            step = to_decimal(line.company_currency_id.rounding)
            for when, amount in by_line.get(line, ()):
                for match, part in pricing.spread(amount, left.items(), step):
                    left[match] -= part
                    if part and match in result:
                        result[match].append((when, sign * part))
        return result

    def _get_presences(self, seats, day):
        """Half-days present in the month of that day, by seat."""
        first = day.replace(day=1)
        return {
            seat.id: count
            for seat, count in self.env["coworking.presence"]
            .sudo()  # sudo: see _get_month
            ._read_group(
                [
                    ("seat_id", "in", seats.ids),
                    ("state", "=", "present"),
                    ("date", ">=", first),
                    ("date", "<", first + relativedelta(months=1)),
                ],
                ["seat_id"],
                ["__count"],
            )
        }

    @api.model
    def _make_workbook(self, programs, day):
        """The workbook, as bytes: in the audit trail of each person whom it names."""
        statements, loose = self._get_month(programs, day)
        people = self._get_people(statements, loose)
        names = [field.name for field in fields(Row)]
        people._trace("exported", format="xlsx", count=len(people), fields=names)
        rows = self._prepare_rows(statements, loose, day)
        return make_workbook(lambda book: self._write_book(book, rows, day))

    def _write_book(self, book, rows, day):
        from xlsxwriter.utility import xl_col_to_name  # see make_workbook

        labels = self._get_labels()
        names = [field.name for field in fields(Row)]
        month = format_date(self.env, day, date_format="MMMM y")
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format(
                {"bold": True, "bg_color": "#EDE7EC", "border": 1, "text_wrap": True}
            ),
            "text": book.add_format({"valign": "top"}),
            "wrap": book.add_format({"valign": "top", "text_wrap": True}),
            "money": book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00", "valign": "top"}),
            "total": book.add_format(
                {"num_format": "#,##0.00;[Red]-#,##0.00", "bold": True, "top": 1}
            ),
            "day": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"}),
            "month": book.add_format({"num_format": "mm/yyyy", "valign": "top"}),
            "count": book.add_format({"num_format": "0", "valign": "top"}),
            "bold": book.add_format({"bold": True, "top": 1}),
        }
        letters = {name: xl_col_to_name(position) for position, name in enumerate(names)}
        self._write_month(book, rows, labels, names, letters, formats, month)
        self._write_summary(book, rows, labels, letters, formats, month)
        self._write_definitions(book, labels, names, formats)

    def _write_month(self, book, rows, labels, names, letters, formats, month):
        sheet = book.add_worksheet(self.env._("Month"))
        sheet.write_string(0, 0, self.env._("Reconciliation of %s", month), formats["title"])
        head, first = 2, 3
        sheet.set_row(head, 32)
        for column, name in enumerate(names):
            sheet.write_string(head, column, labels[name][0], formats["head"])
            sheet.set_column(column, column, WIDTHS.get(name, 13))
            values = enumerate((getattr(row, name) for row in rows), start=first)
            self._write_column(sheet, column, name, values, letters, formats)
        last = first + len(rows)
        sheet.write_string(last, 0, self.env._("Total"), formats["bold"])
        for name in MONEY:
            total = round(sum(getattr(row, name) for row in rows), 2)
            formula = (
                f"=SUBTOTAL(9,{letters[name]}{first + 1}:{letters[name]}{max(last, first + 1)})"
            )
            if rows:
                sheet.write_formula(last, names.index(name), formula, formats["total"], total)
        sheet.freeze_panes(first, 5)
        sheet.autofilter(head, 0, max(last - 1, head), len(names) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)

    def _write_column(self, sheet, column, name, values, letters, formats):
        """
        :param name: of the field
        :param values: iterator of (line, value)
        """
        if name in FORMULAS:
            formula = FORMULAS[name].format(row="{row}", **letters)
            for line, value in values:
                text = "=" + formula.format(row=line + 1)
                sheet.write_formula(line, column, text, formats["money"], value)
        elif name in MONEY or name == "presences":
            style = formats["money" if name in MONEY else "count"]
            for line, value in values:
                sheet.write_number(line, column, value, style)
        else:
            write, style = sheet.write_string, formats["text"]
            if name in ("period", "bill_date"):
                write = sheet.write_datetime
                style = formats["month" if name == "period" else "day"]
            for line, value in values:
                if value:
                    write(line, column, value, style)

    def _write_summary(self, book, rows, labels, letters, formats, month):
        """Totals by space, as formulas over the first sheet."""
        sheet = book.add_worksheet(self.env._("By space"))
        sheet.write_string(0, 0, self.env._("By space, %s", month), formats["title"])
        source = self.env._("Month")
        titles = ("program", "space", *MONEY)
        sheet.set_row(2, 32)
        for column, name in enumerate(titles):
            sheet.write_string(2, column, labels[name][0], formats["head"])
            sheet.set_column(column, column, 24 if column < 2 else 15)
        sums = defaultdict(lambda: dict.fromkeys(MONEY, 0.0))
        for row in rows:
            for name in MONEY:
                sums[row.program, row.space][name] += getattr(row, name)
        last = 3 + len(rows)
        ranges = {
            field: f"'{source}'!${letters[field]}$4:${letters[field]}${last}"
            for field in ("program", "space", *MONEY)
        }
        spaces = sorted(sums)
        for line, key in enumerate(spaces, start=3):
            sheet.write_string(line, 0, key[0], formats["text"])
            sheet.write_string(line, 1, key[1], formats["text"])
            for column, name in enumerate(MONEY, start=2):
                formula = (
                    f"=SUMIFS({ranges[name]},{ranges['program']},$A{line + 1},"
                    f"{ranges['space']},$B{line + 1})"
                )
                sheet.write_formula(
                    line, column, formula, formats["money"], round(sums[key][name], 2)
                )
        end = 3 + len(spaces)
        sheet.write_string(end, 0, self.env._("Total"), formats["bold"])
        for column, name in enumerate(MONEY, start=2):
            letter = chr(ord("A") + column)
            total = round(sum(values[name] for values in sums.values()), 2)
            if spaces:
                sheet.write_formula(
                    end, column, f"=SUM({letter}4:{letter}{end})", formats["total"], total
                )
        sheet.freeze_panes(3, 0)

    def _write_definitions(self, book, labels, names, formats):
        sheet = book.add_worksheet(self.env._("Definitions"))
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 0, self.env._("Column"), formats["head"])
        sheet.write_string(0, 1, self.env._("What it says"), formats["head"])
        for line, name in enumerate(names, start=1):
            sheet.write_string(line, 0, labels[name][0], formats["text"])
            sheet.write_string(line, 1, labels[name][1], formats["wrap"])
