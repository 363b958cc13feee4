"""Everything that a price depends on is in one list, and whoever writes it is noticed."""

from collections import defaultdict
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, models
from odoo.fields import Domain, Field

from odoo.addons.coworking_incubation.pricing_inputs import PRICING_INPUTS

from ..common import JUNE, CoworkingCase, d

# Read while pricing and no part of a price: who and where, what is said when it cannot be priced,
# the money of the company, what was charged before, which accounts a tax has.
NO_PRICE = {
    "account.account": None,
    "account.fiscal.position": {"company_id", "account_ids"},
    "account.tax": {
        "active",
        "company_id",
        "invoice_repartition_line_ids",
        "name",
        "sequence",
        "tax_exigibility",
        "type_tax_use",
    },
    "account.tax.repartition.line": None,
    "coworking.charge": None,
    "coworking.participant": {"partner_id", "program_id", "seat_ids"},
    "coworking.program": {"company_id"},
    "coworking.seat": {
        "charge_ids",
        "company_id",
        "funding_ids",
        "name",
        "partner_id",
        "program_id",
        "uses_place",
    },
    "coworking.space": {"company_id", "currency_id", "membership_ids"},
    "coworking.space.membership": {"company_id"},
    "coworking.statement": None,
    "coworking.suspension": {"date_from", "date_to"},
    "coworking.tariff": {"company_id", "currency_id", "name", "price_ids"},
    "product.category": None,
    "product.product": None,
    "product.template": {
        "categ_id",
        "property_account_expense_id",
        "property_account_income_id",
    },
    "res.company": None,
    "res.country": None,
    "res.currency": None,
    "res.groups": None,
    "res.lang": None,
    "res.partner": {"commercial_partner_id", "name"},
    "res.users": None,
    "resource.calendar": {"attendance_ids"},
}


class TestPricingInputs(CoworkingCase):
    @contextmanager
    def _reading(self):
        """Collect the fields that are read, searched or grouped by: {model: names}."""
        seen = defaultdict(set)

        def note(model, names):
            seen[model._name].update(
                name for name in names if name in model._fields and model._fields[name].store
            )

        def reading(get):
            def read(field, records, owner=None):
                if records is not None:
                    note(records, [field.name])
                return get(field, records, owner)

            return read

        def searching(search):
            def noted(model, domain, *args, **kwargs):
                note(
                    model,
                    [row.field_expr.split(".")[0] for row in Domain(domain).iter_conditions()],
                )
                return search(model, domain, *args, **kwargs)

            return noted

        def grouping(group):
            def noted(model, domain, groupby=(), aggregates=(), *args, **kwargs):
                note(
                    model,
                    [
                        *(row.field_expr.split(".")[0] for row in Domain(domain).iter_conditions()),
                        *(name.split(":")[0] for name in (*groupby, *aggregates)),
                    ],
                )
                return group(model, domain, groupby, aggregates, *args, **kwargs)

            return noted

        classes, todo = set(), [Field]
        while todo:
            cls = todo.pop()
            todo += cls.__subclasses__()
            if "__get__" in vars(cls):
                classes.add(cls)
        patches = [patch.object(cls, "__get__", reading(vars(cls)["__get__"])) for cls in classes]
        patches.append(
            patch.object(models.BaseModel, "_search", searching(models.BaseModel._search))
        )
        patches.append(
            patch.object(models.BaseModel, "_read_group", grouping(models.BaseModel._read_group))
        )
        for one in patches:
            one.start()
        try:
            yield seen
        finally:
            for one in patches:
                one.stop()

    def _make_everything(self):
        """A stay in which every fact counts for something."""
        self.env["account.fiscal.position"].create(
            {"name": "Mapped", "company_id": self.company.id, "auto_apply": True}
        )
        self.space.operator_id.country_id = self.company.country_id
        calendar = self.env["resource.calendar"].create(
            {"name": "Hours", "tz": "Europe/Paris", "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": "2015-06-10 00:00:00",
                "date_to": "2015-06-10 20:00:00",
            }
        )
        self.space.resource_calendar_id = calendar
        self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": d("1/1"),
                "fee": 10.0,
                "product_id": self.seat_product.id,
            }
        )
        month = self._new_tariff(
            "Month",
            300.0,
            prices=[{"date_start": "2015-01-01", "price": 250.0, "rank": 2}],
            closure_rule="credited",
            absence_rule="credited",
            min_commitment_months=3,
            included_quantity=1,
        )
        pack = self._new_tariff("Pack", 100.0, unit="pack", pack_size=10, uses_place=False)
        first = self._new_seat("1/6", "20/6", "A", month, notice_date=d("15/6"))
        first.participant_id.date_entry = d("1/6")
        self.env["coworking.seat.funding"].create(
            {"seat_id": first.id, "date_from": d("1/7"), "rate": 50.0, "cap": 10.0}
        )
        self.env["coworking.suspension"].create(
            {
                "participant_id": first.participant_id.id,
                "date_from": d("2/6"),
                "date_to": d("3/6"),
                "reason": "Mission",
            }
        )
        second = self._new_seat("1/6", None, "B", month)
        third = self._new_seat("1/6", None, "C", pack)
        for seat in (first, second, third):
            self._new_presences(seat, "4/6", "5/6am")
        return first | second | third

    def test_what_pricing_reads_is_in_the_list(self):
        seats = self._make_everything()
        self.env.invalidate_all()
        with self._reading() as seen:
            self.env["coworking.pricing"]._price_months(
                self.program, seats.participant_id, [JUNE, d("1/7")]
            )
        for model, names in sorted(seen.items()):
            harmless = NO_PRICE.get(model, set())
            if harmless is None:
                continue
            with self.subTest(model=model):
                self.assertEqual(
                    names - PRICING_INPUTS.get(model, set()) - harmless - {"id"}, set()
                )

    def _open_june(self):
        self._new_seat(
            "1/6", "30/6", "Camille", self._new_tariff("M", 1.0, closure_rule="credited")
        )
        return self._generate(JUNE)

    def _check_marked(self, statement, change):
        statement.pending_changes = 0
        change()
        self.assertTrue(statement.pending_changes)

    def test_a_fiscal_position_that_is_archived_or_comes_back_marks_what_is_open(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "Mapped", "company_id": self.company.id}
        )
        june = self._open_june()
        for active in (False, True):
            with self.subTest(active=active):
                self._check_marked(june, lambda active=active: position.write({"active": active}))

    def test_the_tax_of_what_was_put_away_counts_where_it_is_used(self):
        product = self._new_product("Old", self._new_tax("20 %"))
        tariff = self._new_tariff("Old", 100.0, product_id=product.id)
        self._new_seat("1/6", "30/6", "Camille", tariff)
        june = self._generate(JUNE)
        tariff.active = False
        self._check_marked(june, lambda: product.write({"supplier_taxes_id": [Command.clear()]}))
        hours = self._set_hours()
        away = self._new_space("Away", "AWAY", resource_calendar_id=hours.id, active=False)
        for whose in (hours, self.company):
            self.assertIn(away, whose._get_coworking_spaces())

    def test_an_operator_merged_into_another_bills_with_the_tax_of_that_one(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        merged = self.space.operator_id
        june = self._open_june()
        self._check_marked(june, lambda: wizard._merge([merged.id, other.id], other))
        self.assertEqual(self.space.operator_id, other)

    def test_the_hours_of_a_space_are_not_deleted_and_days_off_of_others_become_everybodys(self):
        hours, unused = self._set_hours(), self._set_hours()
        self.space.resource_calendar_id = hours
        leave = self._new_day_off(self.company)
        leave.calendar_id = unused
        june = self._open_june()
        with self.assertRefused(self.space.name, "Archive instead"):
            hours.unlink()
        self._check_marked(june, unused.unlink)
        self.assertFalse(leave.calendar_id)

    def test_a_country_that_joins_the_group_of_a_fiscal_position_marks_what_is_open(self):
        group = self.env["res.country.group"].create({"name": "Group"})
        self.env["account.fiscal.position"].create(
            {
                "name": "Mapped",
                "company_id": self.company.id,
                "auto_apply": True,
                "country_group_id": group.id,
            }
        )
        joins = {"country_ids": [Command.link(self.env.ref("base.be").id)]}
        self._check_marked(self._open_june(), lambda: group.write(joins))

    def _set_hours(self):
        hours = self.env["resource.calendar"].create(
            {"name": "Hours", "tz": "Europe/Paris", "company_id": self.company.id}
        )
        self.space.resource_calendar_id = hours
        return hours

    def _new_day_off(self, company):
        """Of a whole company, as Odoo's time off has it: for all of its calendars."""
        leave = self.env["resource.calendar.leaves"].with_company(company)
        return leave.create(
            {
                "name": "Closed",
                "calendar_id": False,
                "date_from": "2015-06-10 00:00:00",
                "date_to": "2015-06-10 20:00:00",
            }
        )

    def test_days_off_of_another_company_count_once_they_or_the_hours_are_given_to_ours(self):
        hours = self._set_hours()
        other = self._new_company("Other")
        leave = self._new_day_off(other)
        june = self._open_june()
        for change in (
            lambda: leave.write({"company_id": self.company.id}),
            lambda: hours.write({"company_id": other.id}),
            lambda: hours.write({"company_id": self.company.id}),
        ):
            self._check_marked(june, change)

    def test_where_a_company_is_decides_which_of_its_days_off_are_public_holidays(self):
        self._set_hours()
        self._new_day_off(self.company)
        june = self._open_june()
        self._check_marked(june, lambda: self.company.write({"zip": "67000"}))
        self._check_marked(
            june, lambda: self.company.write({"country_id": self.env.ref("base.be").id})
        )

    def test_the_list_names_fields_that_are(self):
        for model, names in PRICING_INPUTS.items():
            with self.subTest(model=model):
                self.assertEqual(names - self.env[model]._fields.keys(), set())
