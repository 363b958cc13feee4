import base64

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.coworking_incubation.tools import make_workbook

from ...sheets import TOTAL, add_formats, get_money_format, lay_out, write_facts


class CoworkingFinancialReport(models.Model):
    """The files of a financial report: what is printed and what opens in a spreadsheet."""

    _inherit = "coworking.financial.report"

    def _get_facts(self):
        """What a report says of itself, as (name, text) in their order."""
        self.ensure_one()
        agreement = self.agreement_id
        currency = self.currency_id
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        facts = [
            (self.env._("Organisation"), self.company_id.name),
            (
                self.env._("Agreement"),
                ", ".join(filter(None, (agreement.reference, self.funder_name))),
            ),
            (self.env._("Programs"), self.program_names or ""),
            (
                self.env._("Period"),
                self.env._(
                    "from %(start)s to %(end)s",
                    start=format_date(self.env, self.date_from),
                    end=format_date(self.env, self.date_to),
                ),
            ),
            (self.env._("Granted"), currency.format(self.amount_granted)),
            (self.env._("Received of the Grant"), currency.format(self.amount_received)),
            (self.env._("State"), state),
        ]
        if self.state == "final":
            when = self.company_id._coworking_format_moment(self.date_final)
            facts.append((self.env._("Finalised"), f"{when}, {self.user_id.name}"))
        elif self.date_counted:
            facts.append(
                (
                    self.env._("Figures As Of"),
                    self.company_id._coworking_format_moment(self.date_counted),
                )
            )
        return facts

    def _get_definitions(self):
        """How the figures come about, as (name, text)."""
        shared = [(self.env._("Planned"), self.shared_text)] if self.shared_text else []
        return [
            *shared,
            (
                self.env._("Expenses"),
                self.env._(
                    "Paid within the period, by class of the account; with tax where it is not"
                    " recovered. Staff is counted by the hours typed: salaries booked besides are"
                    " not counted again."
                ),
            ),
            (
                self.env._("Operating grants"),
                self.env._(
                    "The part of these expenses that each funder takes by the terms of its"
                    " agreement, not what it paid so far."
                ),
            ),
            (
                self.env._("Own resources"),
                self.env._("What neither grants, nor participants, nor other income pay for."),
            ),
            (
                self.env._("In Kind"),
                self.env._("Typed: the books do not know it. It is in no total."),
            ),
        ]

    def _prepare_sides(self):
        """For the page: list of (title, lines, planned, actual, gap), a side after the other; of
        what is in kind, both sides of the same, there are no sums.
        """
        self.ensure_one()
        titles = dict(self.line_ids._fields["side"]._description_selection(self.env))
        result = []
        for side, title in titles.items():
            lines = self.line_ids.filtered(lambda line, side=side: line.side == side)
            summed = ("planned", "actual", "gap") if side != "in_kind" else ()
            sums = [self.currency_id.round(sum(lines.mapped(name))) for name in summed]
            result.append((title, lines, *sums))
        return result

    # === WORKBOOK ===#

    def _get_workbook(self):
        """That of now; of a final report, the one that was sealed, never another.

        :raise UserError: the file of a final report is not the one that was sealed
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "final":
            return self._make_workbook()
        if not self._is_as_sealed():
            raise UserError(
                self.env._(
                    "The file of %(report)s is not the one that was sealed on %(date)s: restore it"
                    " from a backup.",
                    report=self.name,
                    date=format_date(self.env, self.date_final),
                )
            )
        self._trace("exported", format="xlsx")
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _make_workbook(self):
        """The report as an XLSX file, in bytes; it is traced."""
        self.ensure_one()
        self.check_access("read")
        paid = self._get_paid()
        self._trace("exported", format="xlsx", count=len(paid))
        return make_workbook(lambda book: self._fill_workbook(book, paid), by_row=True)

    def _fill_workbook(self, book, paid):
        book.set_properties({"title": self.name, "author": self.env.user.name})
        total = {"bold": True, "bg_color": TOTAL}
        money = {"num_format": get_money_format(self.currency_id)}
        formats = {
            **add_formats(book),
            "date": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
            "money": book.add_format(money),
            "rate": book.add_format({"num_format": "0.0"}),
            "total": book.add_format(total),
            "total_money": book.add_format({**total, **money}),
        }
        self._write_facts(book.add_worksheet(self.env._("Definitions")), formats)
        self._write_sides(book.add_worksheet(self.env._("Budget and Actual")), formats)
        self._write_paid(book.add_worksheet(self.env._("Paid Expenses")), paid, formats)

    def _write_facts(self, sheet, formats):
        facts = [*self._get_facts(), (self.env._("File Made By"), self.env.user.name)]
        if self.explanation:
            facts.append((self.env._("Why It Differs"), self.explanation))
        write_facts(sheet, self.name, [*facts, ("", ""), *self._get_definitions()], formats)

    def _write_heads(self, sheet, line, columns, formats):
        for place, (title, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(line, place, title, formats["head"])

    def _write_sides(self, sheet, formats):
        columns = (
            ("", 60),
            (self.env._("Planned"), 14),
            (self.env._("Actual"), 14),
            (self.env._("Gap"), 14),
            (self.env._("Rate (%)"), 10),
        )
        row = 0
        for title, lines, *sums in self._prepare_sides():
            self._write_heads(sheet, row, ((title, 60), *columns[1:]), formats)
            first = row + 1
            for line in lines:
                row += 1
                sheet.write_string(row, 0, line.display_name, formats["text"])
                sheet.write_number(row, 1, line.planned, formats["money"])
                sheet.write_number(row, 2, line.actual, formats["money"])
                gap = f"=C{row + 1}-B{row + 1}"
                sheet.write_formula(row, 3, gap, formats["money"], line.gap)
                rate = f'=IF(B{row + 1}=0,"",100*C{row + 1}/B{row + 1})'
                sheet.write_formula(
                    row, 4, rate, formats["rate"], line.rate if line.planned else ""
                )
            row += 1
            if sums:
                sheet.write_string(row, 0, self.env._("Total"), formats["total"])
                sheet.write_blank(row, 4, None, formats["total"])
            for place, amount in enumerate(sums, start=1):
                column = "ABCD"[place]
                formula = f"=SUM({column}{first + 1}:{column}{row})"
                sheet.write_formula(row, place, formula, formats["total_money"], amount)
            row += 2
        lay_out(sheet)

    def _write_paid(self, sheet, paid, formats):
        taken = self.env._("Taken by %s", self.agreement_id.partner_id.display_name)
        columns = (
            (self.env._("Paid On"), 12),
            (self.env._("Supplier"), 30),
            (self.env._("Document"), 20),
            (self.env._("Dated"), 12),
            (self.env._("What"), 44),
            (self.env._("Served From"), 12),
            (self.env._("Served To"), 12),
            (self.env._("Account"), 12),
            (self.env._("Amount Paid"), 14),
            (taken, 24),
        )
        sheet.set_row(0, 48)
        self._write_heads(sheet, 0, columns, formats)
        words = paid and paid[0].cost.union(*(one.cost for one in paid))._get_words()
        for row, one in enumerate(paid, start=1):
            cost = one.cost
            account = cost.account_id.with_company(self.company_id)
            sheet.write_datetime(row, 0, one.date, formats["date"])
            sheet.write_string(row, 1, words[cost].supplier, formats["text"])
            sheet.write_string(row, 2, words[cost].number or "", formats["text"])
            sheet.write_datetime(row, 3, cost.date, formats["date"])
            sheet.write_string(row, 4, words[cost].label, formats["text"])
            sheet.write_datetime(row, 5, cost.date_from, formats["date"])
            sheet.write_datetime(row, 6, cost.date_to, formats["date"])
            sheet.write_string(row, 7, account.code or "", formats["text"])
            sheet.write_number(row, 8, float(one.amount), formats["money"])
            sheet.write_number(row, 9, float(one.asked), formats["money"])
        last = len(paid) + 1
        sheet.write_string(last, 0, self.env._("Total"), formats["total"])
        for place in range(1, 8):
            sheet.write_blank(last, place, None, formats["total"])
        for place, column, amounts in (
            (8, "I", [one.amount for one in paid]),
            (9, "J", [one.asked for one in paid]),
        ):
            formula = f"=SUM({column}2:{column}{last})" if paid else "=0"
            sheet.write_formula(last, place, formula, formats["total_money"], float(sum(amounts)))
        sheet.freeze_panes(1, 2)
        lay_out(sheet)
        sheet.repeat_rows(0)
