"""A programme of a branch, whose people have no access to the company that keeps its accounts."""

from odoo import Command

from ..common import JUNE, d
from ..matching.test_posting import IBAN
from ..network.test_accounting import FrenchCase


class TestBranch(FrenchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {"name": "Branch of Roubaix", "parent_id": cls.company.id}
        )
        people = cls.coordinator | cls.accompanist | cls.accountant
        people.write({"company_ids": [Command.set(cls.branch.ids)], "company_id": cls.branch.id})
        context = {**cls.env.context, "allowed_company_ids": cls.branch.ids}
        env = cls.env(user=cls.coordinator, context=context)
        cls.books = cls.env(user=cls.accountant, context=context)
        cls.program_there = env["coworking.program"].create(
            {
                "name": "Roubaix 2015",
                "code": "RBX",
                "date_start": "2015-01-01",
                "date_end": "2015-12-31",
                "funding_rate": 80.0,
            }
        )
        cls.space_there = env["coworking.space"].create(
            {
                "name": "L'Usine",
                "code": "USINE",
                "state": "partner",
                "date_partner": "2015-01-01",
                "seat_capacity": 3,
                "tariff_ids": [Command.create({"name": "Nomad", "first_price": 180.0})],
            }
        )
        cls.space_there.tariff_ids.price_ids.date_start = d("1/1")
        person = env["coworking.participant"].create(
            {"partner_name": "Camille", "program_id": cls.program_there.id}
        )
        cls.seat = env["coworking.seat"].create(
            {
                "participant_id": person.id,
                "space_id": cls.space_there.id,
                "tariff_id": cls.space_there.tariff_ids.id,
                "date_start": d("1/6"),
                "date_end": d("31/7"),
                "state": "confirmed",
            }
        )
        cls.statement = env["coworking.statement"]._generate(cls.program_there, JUNE)

    def _settle_there(self):
        self.statement.action_confirm()
        self.env.invalidate_all()  # what the system read is not what they may read
        return self.statement.with_env(self.books)

    def _post_bill(self):
        statement = self._settle_there()
        statement.action_create_bill()
        statement.bill_id.write({"ref": "F-1", "invoice_date": "2015-07-02"})
        statement.bill_id.action_post()
        return statement.bill_id

    def test_its_months_are_billed_with_the_products_of_its_company(self):
        bill = self._post_bill()
        self.assertEqual(bill.company_id, self.branch)
        product = bill.invoice_line_ids.product_id.sudo()
        self.assertEqual(product, self.company.coworking_seat_product_id)
        self.assertEqual(bill.amount_total, 180.0)
        invoice = self._post_copayments(self.statement.with_env(self.books))
        self.assertEqual((invoice.company_id, invoice.amount_total), (self.branch, 36.0))

    def test_its_accountant_makes_the_entries_of_the_month_end(self):
        self._settle_there()
        end = self.books["coworking.month.end"].create(
            {"date": d("30/6"), "program_ids": self.program_there.ids}
        )
        entries = self.books["account.move"].search(end.action_create_entries()["domain"])
        self.assertEqual(entries.company_id, self.branch)
        self.assertIn(180.0, entries.line_ids.mapped("debit"))

    def test_its_coordinator_says_that_a_space_bills_without_vat(self):
        self.space_there.bills_without_vat = True
        self.statement.action_refresh()
        self.assertEqual(self.statement.charge_ids.payable_tax, 0.0)

    def test_its_accountant_pays_what_is_right(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": self.space_there.operator_id.id}
        )
        account.sudo().allow_out_payment = True
        action = self._post_bill().action_coworking_pay()
        self.assertEqual(action["res_model"], "account.payment.register")
