import json
from math import ceil

from odoo import api, models
from odoo.tools import format_date

from odoo.addons.coworking_incubation.tools import make_workbook

from ...sheets import TOTAL, add_formats, fill_pages, get_money_format, lay_out, write_facts

# Of a printed page, in rows of text.
FIRST_PAGE, NEXT_PAGES, SIGNED_HEIGHT = 76, 104, 14
# Columns of the list that are summed.
SUMMED = ("amount_paid", "amount", "amount_admitted", "amount_rejected")


class CoworkingClaim(models.Model):
    """The files of a claim: what is printed, and the list of paid expenses as a workbook."""

    _inherit = "coworking.claim"

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation_funding/claim/{self.id}/xlsx",
            "target": "download",
        }

    def _get_facts(self):
        """What a claim says of itself, as (name, text) in their order."""
        self.ensure_one()
        names, currency = self._get_names(), self.currency_id
        states = dict(self._fields["state"]._description_selection(self.env))
        facts = [
            (self.env._("Organisation"), names["organisation"]),
            (self.env._("Funder"), names["funder"]),
            (self.env._("Agreement"), names["agreement"]),
            (self.env._("Programs"), names["programs"]),
            (
                self.env._("Period"),
                self.env._(
                    "from %(start)s to %(end)s",
                    start=format_date(self.env, self.date_from),
                    end=format_date(self.env, self.date_to),
                ),
            ),
            (self.env._("State"), states[self.state]),
            (self.env._("Asked"), currency.format(self.amount_claimed)),
        ]
        if self.step == "accepted":
            facts.append((self.env._("Admitted"), currency.format(self.amount_admitted)))
        if self.digest and self.step in ("submitted", "accepted"):
            when = self.company_id._coworking_format_moment(self.date_submitted)
            facts += [
                (self.env._("Sent"), f"{when}, {self.submitted_by_id.name}"),
                (self.env._("Seal"), self.digest),
            ]
        facts.append((self.env._("File Made By"), self.env.user.name))
        return facts

    def _get_names(self):
        """Whose it is: as it was called when it was sent, of what was not, as it is now."""
        names = self.sending_ids._get_names(self)
        if self.digest and self.step in ("submitted", "accepted"):
            names |= json.loads(self.sending_ids[:1].content)
        return names

    def _get_definitions(self):
        """What the columns are, as (name, text)."""
        return [
            (
                self.env._("Paid"),
                self.env._(
                    "What was paid of the expense on that day, with tax as it is borne. Of one of"
                    " which an earlier claim said it, what changed since."
                ),
            ),
            (
                self.env._("Asked"),
                self.env._(
                    "The funder's part of it, by the terms of the agreement. Below zero, it takes"
                    " back a part of what was claimed before."
                ),
            ),
            (
                self.env._("Person"),
                self.env._("A token stands for each person: always the same one."),
            ),
        ]

    def _get_columns(self):
        """(field of a line, width) of the list of paid expenses, in their order: without the words
        that somebody typed of a line, which may name a person.
        """
        columns = [
            *(("number", 5), ("heading_name", 18), ("label", 26), ("token", 13)),
            *(("supplier_name", 20), ("bill_number", 16), ("bill_date", 11)),
            *(("date_from", 11), ("date_to", 11), ("date_paid", 11), ("payment_means", 16)),
            *(("amount_cost", 11), ("amount_paid", 11), ("amount", 11)),
        ]
        if self.step == "accepted":
            columns += [("amount_admitted", 11), ("amount_rejected", 11)]
        if self.has_differences:
            columns.append(("difference_of", 20))
        return columns

    # === PAGES ===#

    def _prepare_pages(self):
        """The printed list page by page, its rows whole: list of (lines, whether it ends there)."""
        self.ensure_one()
        lines = self.line_ids.sorted("number")
        # what is signed comes after all lines, and is not cut either
        pages = fill_pages([*lines, None], self._weigh_row, FIRST_PAGE, NEXT_PAGES)
        return [([line for line in page if line], page[-1] is None) for page in pages]

    @api.model
    def _weigh_row(self, line):
        """Height of a printed row, in rows of text; None: the total and what is signed."""
        if line is None:
            return SIGNED_HEIGHT
        columns = (
            (22, line.label, line.difference_of),
            (28, line.supplier_name, f"{line.bill_number} {line.bill_date}"),
            (16, "its day", line.payment_means),
            (12, "from", "to"),
        )
        return 0.5 + max(
            sum(ceil(len(text or "") / width) for text in texts) for width, *texts in columns
        )

    # === WORKBOOK ===#

    def _make_workbook(self):
        """The claim as an XLSX file, in bytes; it is traced."""
        self.ensure_one()
        self.check_access("read")
        self._trace("exported", format="xlsx", count=len(self.line_ids))
        return make_workbook(self._fill_workbook, by_row=True)

    def _fill_workbook(self, book):
        book.set_properties({"title": self.name, "author": self.env.user.name})
        day = {"num_format": "dd/mm/yyyy", "align": "left"}
        money = {"num_format": get_money_format(self.currency_id)}
        formats = {
            **add_formats(book),
            "number": book.add_format({"valign": "top", "align": "center"}),
            "date": book.add_format({**day, "valign": "top"}),
            "money": book.add_format({**money, "valign": "top"}),
            "sum": book.add_format({"bold": True, "bg_color": TOTAL, **money}),
            "total": book.add_format({"bold": True, "bg_color": TOTAL}),
        }
        facts = [*self._get_facts(), ("", ""), *self._get_definitions()]
        write_facts(book.add_worksheet(self.env._("Definitions")), self.name, facts, formats)
        self._write_lines(book.add_worksheet(self.env._("Paid Expenses")), formats)

    def _write_lines(self, sheet, formats):
        columns, lines = self._get_columns(), self.line_ids.sorted("number")
        labels = lines.fields_get([name for name, __ in columns], ["string"])
        labels["token"] = {"string": self.env._("Person")}
        for place, (name, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, labels[name]["string"], formats["head"])
        for row, line in enumerate(lines, start=1):
            for place, (name, __) in enumerate(columns):
                self._write_cell(sheet, (row, place), line, name, formats)
        self._write_sums(sheet, columns, len(lines), formats)
        sheet.freeze_panes(1, 3)
        if lines:
            sheet.autofilter(0, 0, len(lines), len(columns) - 1)
        lay_out(sheet)
        sheet.repeat_rows(0)

    def _write_cell(self, sheet, where, line, name, formats):
        value, kind = line[name], line._fields[name].type
        if kind == "monetary":
            sheet.write_number(*where, value, formats["money"])
        elif kind == "integer":
            sheet.write_number(*where, value, formats["number"])
        elif kind == "date" and value:
            sheet.write_datetime(*where, value, formats["date"])
        else:
            sheet.write_string(*where, value or "", formats["text"])

    def _write_sums(self, sheet, columns, count, formats):
        """A formula under each amount that is summed, with what it comes to."""
        from xlsxwriter.utility import xl_range  # as make_workbook does

        last = count + 1
        for place, (name, __) in enumerate(columns):
            if name in SUMMED and count:
                cells = xl_range(1, place, count, place)
                value = self.currency_id.round(sum(self.line_ids.mapped(name)))
                sheet.write_formula(last, place, f"=SUM({cells})", formats["sum"], value)
            else:
                text = self.env._("Total") if name == "label" else ""
                sheet.write_string(last, place, text, formats["total"])
