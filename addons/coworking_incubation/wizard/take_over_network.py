"""Spaces and tariffs of a take-over."""

import re

from odoo import Command
from odoo.tools import format_date

from ..spreadsheet import plain
from .take_over_cells import RowProblem
from .take_over_sheets import PRICE, TARIFFS


class NetworkRows:
    """The part of ``TakeOverRecorder`` about spaces and what they ask."""

    # === SPACES === #

    def _learn_spaces(self, spaces):
        for space in spaces:
            for name in {plain(space.name), plain(space.code)}:
                self.spaces[name] |= space

    def _record_spaces(self, rows):
        ((line, row),) = rows
        space = self.spaces.get(plain(row["name"]))
        if space:
            return {line: True}, None
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
                    "product_id": self._get_product("coworking.space.membership"),
                }
            )
        return {}, lambda: self._learn_spaces(space)

    def _prepare_space(self, row):
        address = {name: row[name] for name in ("street", "zip", "city") if row.get(name)}
        values = {
            "name": row["name"],
            "code": row.get("code") or self._make_code(row["name"]),
            "company_id": self.company.id,
            "partner_id": self._take_company(row["name"], **address).id,
            "seat_capacity": row["seat_capacity"],
            "state": "partner",
            "date_partner": row.get("date_partner") or self.program.date_start,
        }
        if row.get("operator_id"):
            values["operator_id"] = self._take_company(row["operator_id"]).id
        return values

    def _take_company(self, name, **values):
        """The organisation of this name among the contacts; one that is made, where it is none."""
        pattern = re.sub(r"([\\%_])", r"\\\1", name)
        Partner = self.env["res.partner"]
        return Partner.search(
            [
                ("name", "=ilike", pattern),
                ("is_company", "=", True),
                ("company_id", "in", (False, self.company.id)),
            ],
            limit=1,
        ) or Partner.create({"name": name, "is_company": True, **values})

    def _make_code(self, name):
        """ATELIERDESHALLES, in at most 16 characters, for the reference of the statements."""
        letters = "".join(char for char in plain(name).upper() if char.isalnum())
        code, number = letters[:16] or "SITE", 2
        while plain(code) in self.spaces:
            code, number = f"{letters[:13]}{number}", number + 1
        return code

    def _find_space(self, name):
        found = self.spaces.get(plain(name))
        if not found:
            raise RowProblem(
                self.env._(
                    "No space is called %s: add it to the sheet of the spaces, or mend its row.",
                    name,
                ),
                "space_id",
            )
        if len(found) > 1:
            raise RowProblem(
                self.env._("Several spaces are called %s: write the code of one.", name),
                "space_id",
            )
        return found

    # === TARIFFS === #

    def _record_tariffs(self, rows):
        """A tariff with all its prices at once: a ladder of ranks stands or falls together."""
        space = self._find_space(rows[0][1]["space_id"])
        tariff = self._find_tariffs(space, rows[0][1]["name"])[:1]
        terms = self._get_common_terms(rows)
        if tariff:
            self._check_same_terms(tariff, terms, rows)
        known, prices = {}, []
        for line, row in rows:
            price = {
                column.field: row[column.key]
                for column in TARIFFS.columns
                if column.model == PRICE and column.key in row
            }
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
            self.env["coworking.tariff"].create(
                {
                    "space_id": space.id,
                    **terms,
                    "product_id": terms.get("product_id") or self._get_product("coworking.tariff"),
                    "price_ids": [Command.create(price) for price in prices],
                }
            )
        return known, None

    def _get_common_terms(self, rows):
        """The terms of a tariff: said in one of its rows, and never two of them."""
        terms = {}
        for line, row in rows:
            for column in TARIFFS.columns:
                if column.model == PRICE or column.key not in row or column.key == "space_id":
                    continue
                value = row[column.key]
                if column.key == "name":
                    terms.setdefault("name", value)
                elif terms.setdefault(column.key, value) != value:
                    raise RowProblem(
                        self.env._(
                            "The rows of tariff %s do not agree on this: it is one tariff with"
                            " several prices, or give it another name.",
                            row["name"],
                        ),
                        column.key,
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
                    key,
                    line,
                )

    def _find_tariffs(self, space, name):
        return space.with_context(active_test=False).tariff_ids.filtered(
            lambda tariff: plain(tariff.name) == plain(name)
        )

    def _get_product(self, model):
        """What seats or fees are posted on: what the model says, else what was chosen last."""
        Model = self.env[model].with_company(self.company)
        product_id = Model.default_get(["product_id"]).get("product_id")
        for name in (model, "coworking.tariff"):
            product_id = product_id or (
                self.env[name]
                .search([("company_id", "=", self.company.id)], order="id desc", limit=1)
                .product_id.id
            )
        if not product_id:
            raise RowProblem(
                self.env._(
                    "Nothing says on which account this is posted: ask your accountant for a"
                    " product, and write its name in the column Product of the tariffs."
                ),
                "product_id" if model == "coworking.tariff" else "fee",
            )
        return product_id

    # === GRANTS === #

    def _record_grants(self, rows):
        """What funders took part in elsewhere, of an agreement that is there or is made."""
        ((line, row),) = rows
        Agreement = self.env["coworking.funding.agreement"]
        agreement = Agreement.search(
            [("company_id", "=", self.company.id), ("reference", "=ilike", row["reference"])],
            limit=1,
        )
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
        Agreement.create(
            {
                "date_from": self.program.date_start,
                "date_to": self.program.date_end,
                **row,
                "partner_id": self._take_company(row["partner_id"]).id,
                "company_id": self.company.id,
                "program_ids": [Command.link(self.program.id)],
            }
        )
        return {}, None
