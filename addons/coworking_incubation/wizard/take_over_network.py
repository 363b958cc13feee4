"""Spaces and tariffs of a take-over."""

import re

from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, html2plaintext, plaintext2html
from odoo.tools.sql import escape_psql

from ..spreadsheet import as_lines, plain
from .take_over_cells import RowProblem, find_change
from .take_over_sheets import GRANTS, PRICE, SHEETS, SPACES, TARIFFS

PRICE_COLUMNS = [column for column in TARIFFS.columns if column.model == PRICE]
# Said of a space or a tariff once all else is there: nobody gets a seat where a space is closed.
LAST = ("state", "date_closed", "active")
# What tells organisations of one name apart, beside where they are and write from.
TELLING = ("vat", "company_registry", "ref")


def find_companies(company, text):
    """Organisations of this name, or else those that have this number, reference or e-mail.

    :param company: the ``res.company`` whose contacts they are
    """
    ours = Domain("is_company", "=", True) & Domain("company_id", "in", (False, company.id))
    pattern, numbers = escape_psql(text), [text, "".join(text.split())]
    Partner = company.env["res.partner"]
    return Partner.search(ours & Domain("name", "=ilike", pattern)) or Partner.search(
        ours
        & Domain.OR(
            [
                Domain("email", "=ilike", pattern),
                *(Domain(name, "in", numbers) for name in TELLING),
            ]
        )
    )


def get_fee(space):
    """The membership fee that a space asks today, one that was given up included."""
    today = space._get_today()
    begun = space.membership_ids.filtered(lambda fee: fee.date_start <= today)
    return begun.sorted("date_start")[-1:]


def read_lines(record, name):
    """A text of several lines as a cell holds it: without its layout."""
    text = record[name] or ""
    return as_lines(html2plaintext(text) if record._fields[name].type == "html" else text)


class NetworkRows:
    """The part of ``TakeOverRecorder`` about spaces and what they ask."""

    # === THE PROGRAM === #

    def _record_program(self, rows):
        """The terms of the program, for one in which nobody is yet."""
        ((line, row),) = rows
        said = {("user_id" if key == "coordinator_id" else key): row[key] for key in row}
        key = find_change(self.program, said)
        if not key:
            return {line: True}, None
        if self.people:
            raise RowProblem(
                self._describe_otherwise_there(), "coordinator_id" if key == "user_id" else key
            )
        self.program.write(said)
        return {}, None

    def _check_terms_are_taken(self):
        """Nobody comes into a program whose terms are still to be mended: they would be refused
        from then on.
        """
        waits_for = next(iter(self.kept_back["program"]), None)
        if waits_for and not self.people:
            raise RowProblem(
                self.env._(
                    "Waits for line %(line)s of the sheet %(sheet)s: the terms of a program are"
                    " taken before anybody is in it.",
                    line=waits_for.number,
                    sheet=self.take_over._get_title(SHEETS["program"]),
                )
            )

    # === SPACES === #

    def _learn_spaces(self, spaces):
        for space in spaces:
            for name in {plain(space.name), plain(space.code)}:
                self.spaces[name] |= space

    def _prepare_spaces(self, lines):
        """Which rows have the same name: each of them is another space."""
        for line in lines:
            self.rows_of_space.setdefault(plain(line.cells.get("name")), []).append(line)

    def _record_spaces(self, rows):
        ((line, row),) = rows
        space = self._find_space_of_row(line, row)
        if space:
            self._check_same_fee(space, row)
            self._check_same_state(space, row)
            return {line: not self._take_hours(space, row)}, None
        taken = row.get("code") and self.spaces.get(plain(row["code"]))
        if taken:
            raise RowProblem(self.env._("Space %s has this code already.", taken[:1].name), "code")
        space = self.env["coworking.space"].create(self._prepare_space(row))
        if row.get("fee"):
            self.env["coworking.space.membership"].create(
                {
                    "space_id": space.id,
                    "date_start": self.program.date_start,
                    "fee": row["fee"],
                    "tax_included": row.get("tax_included", True),
                    "product_id": self._get_product("membership", "fee"),
                }
            )
        self._take_hours(space, row)

        def learn():
            self._learn_spaces(space)
            self._note_last(line, space, row)

        return {}, learn

    def _note_last(self, line, record, row):
        last = {key: row[key] for key in LAST if key in row}
        if last:
            self.last[line] = record, last

    def _finish_what_ended(self):
        """Spaces that do not take part any more, and tariffs that are not offered any more."""
        for line, (record, last) in self.last.items():
            try:
                with self.env.cr.savepoint():
                    record.write(last)
            except UserError as error:
                self.outcome[line] = (False, str(error), next(iter(last)))

    def _find_space_of_row(self, line, row):
        """The space that a row is about, or none where it is a new one.

        :raise RowProblem: where it cannot be told
        """
        name, code = plain(row["name"]), plain(row.get("code"))
        others = [other for other in self.rows_of_space[name] if other != line]
        if others and not code:
            raise RowProblem(
                self.env._(
                    "Line %s has the same name: write a code for each of them.", others[0].number
                ),
                "code",
            )
        elsewhere = {plain(other.cells.get("code")) for other in others}
        found = self.spaces.get(name, self.env["coworking.space"]).filtered(
            lambda space: plain(space.code) not in elsewhere
        )
        same = found.filtered(lambda space: code and plain(space.code) == code)
        near = self._filter_city(found, row.get("city"), lambda space: space.partner_id)
        if same or not found or (code and not near):
            return same
        if not code and len(near) == 1:
            return near
        raise RowProblem(
            self.env._(
                "There is already: %(spaces)s. Write the code of the one that is meant; or, for"
                " another one, a code and a city of its own.",
                spaces="; ".join(
                    f"{space.name} ({', '.join(filter(None, (space.code, space.partner_id.city)))})"
                    for space in found
                ),
            ),
            "code",
        )

    def _check_same_fee(self, space, row):
        """The fee that a row says of a space is the one in force there, or was when the program
        began.
        """
        said = {key: row[key] for key in ("fee", "tax_included") if key in row}
        first = self.program.date_start
        fees = space.membership_ids.filtered(lambda fee: fee.date_start == first) | get_fee(space)
        changes = [find_change(fee, said) for fee in fees] or [find_change(fees, said)]
        if (fees or row.get("fee")) and all(changes):
            raise RowProblem(self._describe_otherwise_there(), changes[-1])

    def _check_same_state(self, space, row):
        said = {key: row[key] for key in (*LAST, "bills_without_vat") if key in row}
        if key := find_change(space, said):
            raise RowProblem(self._describe_otherwise_there(), key)

    @staticmethod
    def _filter_city(records, city, get_address):
        """Those that are in a city, or else those of which nobody says where they are."""
        if not city:
            return records
        cities = {record: plain(get_address(record).city) for record in records}
        here = records.filtered(lambda record: cities[record] == plain(city))
        return here or records.filtered(lambda record: not cities[record])

    def _prepare_space(self, row):
        address = {name: row[name] for name in ("street", "zip", "city") if row.get(name)}
        values = {
            "name": row["name"],
            "company_id": self.company.id,
            "partner_id": self._take_company(row["name"], "city", **address).id,
            "seat_capacity": row["seat_capacity"],
            "opens_on_holidays": row.get("opens_on_holidays", False),
            "description": plaintext2html(row.get("description", "")),
            **self._prepare_partnership(row),
        }
        own = ("code", "amenity_ids", "sector_ids", "price_source", "bills_without_vat")
        values.update({key: row[key] for key in own if row.get(key)})
        if row.get("operator_id"):
            values["operator_id"] = self._take_company(row["operator_id"], "operator_id").id
        return values

    def _prepare_partnership(self, row):
        """A space that left the network took part in it: it is closed or suspended at the end."""
        state = row.get("state", "partner")
        closed = state == "closed"
        if closed and "date_closed" not in row:
            column = SPACES.get_column("date_closed")
            raise self.cells.make_empty_problem(SPACES, column)
        if "date_closed" in row and not closed:
            raise RowProblem(
                self.env._("This space is not closed, and has a day on which it was."), "state"
            )
        if state == "prospect":
            return {"state": state, "date_partner": row.get("date_partner", False)}
        day = row.get("date_partner") or self.program.date_start
        return {"state": "partner", "date_partner": min(day, row.get("date_closed", day))}

    def _take_company(self, text, column, **address):
        """The organisation that is meant among the contacts; one that is made, where it is none.

        :param text: its name, or what it is told apart by
        :param column: key of the column to mend
        :param address: of the one that is made, where it is known
        """
        found = find_companies(self.company, text)
        found = self._filter_city(found, address.get("city"), lambda company: company)
        named = column == "city"  # a space is called so, however short the name
        if len(found) > 1:
            names = "; ".join(map(self._describe_company, found))
            raise RowProblem(
                self.env._(
                    "Several contacts are called %(name)s: %(companies)s. Write the city of the"
                    " one that is meant, or merge those that are the same.",
                    name=text,
                    companies=names,
                )
                if named
                else self.env._(
                    "Several organisations are called %(name)s: %(companies)s. Write the VAT"
                    " number, the company number, the reference or the e-mail of the one that is"
                    " meant, instead of its name.",
                    name=text,
                    companies=names,
                ),
                column,
            )
        if not (found or named) and ("@" in text or not re.search(r"[^\W\d_]{3}", text)):
            raise RowProblem(
                self.env._("No organisation has this number or e-mail: %s", text), column
            )
        return found or found.create({"name": text, "is_company": True, **address})

    @staticmethod
    def _describe_company(company):
        """Its name, and what tells it from another one of that name."""
        place = " ".join(filter(None, (company.zip, company.city)))
        telling = [*(company[name] for name in TELLING), company.email, place]
        words = ", ".join(filter(None, telling))
        return f"{company.name} ({words})" if words else company.name

    def _find_space(self, name, column="space_id"):
        found = self.spaces.get(plain(name))
        if not found:
            raise RowProblem(
                self.env._(
                    "No space is called %s: add it to the sheet of the spaces, or mend its row.",
                    name,
                ),
                column,
            )
        if len(found) > 1:
            raise RowProblem(
                self.env._("Several spaces are called %s: write the code of one.", name),
                column,
            )
        return found

    # === MEMBERSHIP FEES === #

    def _record_fees(self, rows):
        """What a space asks of each person from a day on: that of before, and that to come."""
        ((line, row),) = rows
        space = self._find_space(row["space_id"])
        said = {key: value for key, value in row.items() if key != "space_id"}
        there = space.membership_ids.filtered(lambda fee: fee.date_start == row["date_start"])
        if there:
            if key := find_change(there, said):
                raise RowProblem(self._describe_otherwise_there(), key)
            return {line: True}, None
        said.setdefault("product_id", self._get_product("membership", "fee"))
        there.create({**said, "space_id": space.id})
        return {}, None

    # === TARIFFS === #

    def _record_tariffs(self, rows):
        """A tariff with all its prices at once: a ladder of ranks stands or falls together."""
        space = self._find_space(rows[0][1]["space_id"])
        tariff = self._find_tariff(space, rows[0][1]["name"], "name")
        terms = self._get_common_terms(TARIFFS, rows)
        if tariff:
            self._check_same_terms(tariff, terms, rows)
        known, prices = {}, []
        for line, row in rows:
            price = {column.field: row[column.key] for column in PRICE_COLUMNS if column.key in row}
            price.setdefault("date_start", self.program.date_start)
            price.setdefault("rank", 1)
            same = tariff.price_ids.filtered(
                lambda other, price=price: (
                    (other.date_start, other.rank) == (price["date_start"], price["rank"])
                )
            )
            if same:
                self._check_same_price(line, same, price)
                known[line] = True
            else:
                prices.append(price)
        if tariff and prices:
            tariff.price_ids = [Command.create(price) for price in prices]
        elif prices:
            for column in TARIFFS.columns:
                if column.said_once and column.key not in terms:
                    raise self.cells.make_empty_problem(TARIFFS, column, rows[0][0])
            tariff = tariff.create(
                {
                    "space_id": space.id,
                    **terms,
                    "active": True,
                    "product_id": terms.get("product_id")
                    or self._get_product("seat", "product_id"),
                    "price_ids": [Command.create(price) for price in prices],
                }
            )
            return known, lambda: self._note_last(rows[0][0], tariff, terms)
        return known, None

    def _get_common_terms(self, sheet, rows):
        """What is said of a tariff or an objective: in one of its rows, and never two things."""
        terms = {}
        for line, row in rows:
            for column in sheet.columns:
                key = column.key
                if column.model or key not in row or (key in sheet.grouped_by and key != "name"):
                    continue
                if terms.setdefault(key, row[key]) != row[key] and key != "name":
                    raise RowProblem(
                        self.env._(
                            "The rows of %s do not agree on this: they are one, of which it is said"
                            " once, or give it another name.",
                            row["name"],
                        )
                        if "name" in row
                        else self.env._(
                            "The rows of this seat do not agree on this: say it in one of them."
                        ),
                        key,
                        line,
                    )
        return terms

    def _check_same_terms(self, tariff, terms, rows):
        for key, value in terms.items():
            field = tariff._fields[key]
            there = tariff[key].id if field.type == "many2one" else tariff[key]
            if key == "name" or value == there:
                continue
            line = next(line for line, row in rows if key in row)
            raise RowProblem(
                self.env._(
                    "Tariff %s is there already with something else here: leave this empty, or"
                    " give the tariff another name.",
                    tariff.display_name,
                ),
                key,
                line,
            )

    def _check_same_price(self, line, there, price):
        for key, value in price.items():
            if there[key] != value:
                raise RowProblem(
                    self.env._(
                        "Tariff %(tariff)s has a price from %(date)s already, which is"
                        " %(price)s: change it on the tariff.",
                        tariff=there.tariff_id.display_name,
                        date=format_date(self.env, there.date_start),
                        price=there.currency_id.format(there.price),
                    ),
                    next(column.key for column in PRICE_COLUMNS if column.field == key),
                    line,
                )

    def _find_tariff(self, space, name, column):
        """The tariff of this name at a space, one in use before one that was archived; or none."""
        found = space.with_context(active_test=False).tariff_ids.filtered(
            lambda tariff: plain(tariff.name) == plain(name)
        )
        found = found.filtered("active") or found
        if len(found) > 1:
            raise RowProblem(
                self.env._(
                    "%(space)s has several tariffs called %(tariff)s: rename one of them there.",
                    space=space.name,
                    tariff=name,
                ),
                column,
            )
        return found

    def _get_product(self, purpose, column):
        """What seats or fees are posted on: the company's own proposal, and nothing else.

        :param purpose: see ``PURPOSES`` of the company
        :param column: key of the column to mend
        """
        product = self.company._coworking_get_product(purpose)
        if not product:
            raise RowProblem(
                self.env._(
                    "Nothing says on which account this is posted: ask your accountant to choose"
                    " a product under Billing, Accounts and Taxes."
                ),
                column,
            )
        return product.id

    # === GRANTS === #

    def _record_grants(self, rows):
        """What funders took part in elsewhere, of an agreement that is there or is made."""
        ((line, row),) = rows
        agreement = self._find_agreement(row)
        used = row["amount_used_before"]
        if agreement:
            if self.program not in agreement.program_ids:
                raise RowProblem(
                    self.env._(
                        "Agreement %s is another program's: add this program to it first.",
                        agreement.reference,
                    ),
                    "reference",
                )
            self._check_same_agreement(agreement, row)
            if agreement.amount_used_before == used:
                return {line: True}, None
            if agreement.amount_used_before:
                raise RowProblem(
                    self.env._(
                        "Agreement %(agreement)s says %(amount)s already: change it there.",
                        agreement=agreement.reference,
                        amount=agreement.currency_id.format(agreement.amount_used_before),
                    ),
                    "amount_used_before",
                )
            agreement.amount_used_before = used
            return {}, None
        if not row.get("partner_id"):
            raise RowProblem(
                self.env._(
                    "No agreement is called %s: write its funder too, and it is made.",
                    row["reference"],
                ),
                "partner_id",
            )
        agreement.create(
            {
                "date_from": self.program.date_start,
                "date_to": self.program.date_end,
                **row,
                "note": plaintext2html(row.get("note", "")),
                "partner_id": self._take_company(row["partner_id"], "partner_id").id,
                "company_id": self.company.id,
                "program_ids": [Command.link(self.program.id)],
            }
        )
        return {}, None

    def _check_same_agreement(self, agreement, row):
        """What a row says of an agreement is what it is, but for what was used, told on its own."""
        kinds = {column.key: column.kind for column in GRANTS.columns}
        said = {
            key: value
            for key, value in row.items()
            if key not in ("reference", "partner_id", "amount_used_before")
            and not (kinds[key] == "long" and read_lines(agreement, key) == value)
        }
        if key := find_change(agreement, said):
            raise RowProblem(self._describe_otherwise_there(), key)

    def _find_agreement(self, row):
        """The agreement of a funder that has this reference, or none. Two funders may number theirs
        alike.
        """
        found = self.env["coworking.funding.agreement"].search(
            [
                ("company_id", "=", self.company.id),
                ("reference", "=ilike", escape_psql(row["reference"])),
            ]
        )
        if row.get("partner_id"):
            funders, name = (
                find_companies(self.company, row["partner_id"]),
                plain(row["partner_id"]),
            )
            found = found.filtered(
                lambda agreement: (
                    agreement.partner_id in funders or plain(agreement.partner_id.name) == name
                )
            )
        found = found.filtered(lambda agreement: self.program in agreement.program_ids) or found
        if len(found) > 1:
            raise RowProblem(
                self.env._(
                    "Several agreements are called %(agreement)s, of: %(funders)s. Write whose it"
                    " is, or give each a reference of its own.",
                    agreement=row["reference"],
                    funders=", ".join(found.partner_id.mapped("name")),
                ),
                "partner_id",
            )
        return found
