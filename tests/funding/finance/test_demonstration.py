"""The 2015 program of the demonstration, its figures recomputed by SQL from the books, the charges
and the terms of the agreements.
"""

import io
from collections import defaultdict
from decimal import Decimal

from openpyxl import load_workbook

from odoo.tests import TransactionCase, tagged

from ..reference import Reference

# What wholly paid bills of the program say, by class of accounts.
EXPENSES = """
    SELECT left(account.code_store->>%(company)s, 2), SUM(line.price_total)
      FROM account_move bill
      JOIN account_move_line line ON line.move_id = bill.id AND line.display_type = 'product'
      JOIN account_account account ON account.id = line.account_id
     WHERE bill.state = 'posted' AND bill.payment_state IN ('paid', 'in_payment')
       AND bill.move_type = 'in_invoice'
       AND bill.id IN (SELECT match.move_id FROM coworking_match match
                         JOIN coworking_charge charge ON charge.id = match.charge_id
                        WHERE charge.program_id = %(program)s)
  GROUP BY 1
"""


@tagged("post_install", "-at_install")
class TestDemonstration(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        name = "coworking_incubation.coworking_funding_agreement_{}_2015"
        cls.agreements = cls.env["coworking.funding.agreement"].concat(
            *(cls.env.ref(name.format(funder)) for funder in ("mel", "direccte", "region"))
        )
        cls.program = cls.agreements.program_ids
        cls.program.ensure_one()

    def _query(self, query):
        self.env.flush_all()
        company = str(self.program.company_id.id)
        self.env.cr.execute(query, {"program": self.program.id, "company": company})
        return self.env.cr.fetchall()

    def _count(self):
        """What each agreement takes, by its terms, and what participants owe of what was paid."""
        reference = Reference(self.env, self.program)
        grants = defaultdict(int)
        for (_item, agreement), amount in reference.shares.items():
            grants[agreement] += amount
        copayments = self._cents(sum(reference.copayments.values())) / 100
        return {key: self._cents(amount) / 100 for key, amount in grants.items()}, copayments

    def _cents(self, amount):
        return Decimal(str(amount)).quantize(Decimal("0.01"))

    def _make(self, agreement):
        report = self.env["coworking.financial.report"].create(
            {"agreement_id": agreement.id, "date_from": "2015-01-01", "date_to": "2016-12-31"}
        )
        report.action_count()
        return report

    def test_each_financial_report_is_what_the_books_say_to_the_cent(self):
        expenses = {place: self._cents(amount) for place, amount in self._query(EXPENSES)}
        grants, copayments = self._count()
        self.assertGreater(len(expenses), 1)
        self.assertEqual(grants.keys(), set(self.agreements.ids))
        for agreement in self.agreements:
            with self.subTest(agreement=agreement.reference):
                lines = self._make(agreement).line_ids
                found = {
                    (line.agreement_id.id or line.place): self._cents(line.actual)
                    for line in lines
                    if line.actual
                }
                own = sum(expenses.values()) - sum(grants.values()) - copayments
                self.assertEqual(
                    found,
                    {**expenses, **grants, "70": copayments, "own": own},
                )

    def test_its_list_of_paid_expenses_sums_to_the_same(self):
        report = self._make(self.agreements[0])
        book = load_workbook(io.BytesIO(report._make_workbook()), data_only=True)
        *lines, total = book.worksheets[2].iter_rows(min_row=2, values_only=True)
        grants, _copayments = self._count()
        paid = sum(self._cents(amount) for _place, amount in self._query(EXPENSES))
        self.assertEqual(sum(self._cents(line[8]) for line in lines), paid)
        self.assertEqual(self._cents(total[8]), paid)
        asked = self._cents(grants[self.agreements[0].id])
        self.assertEqual(sum(self._cents(line[9]) for line in lines), asked)

    def test_what_is_said_of_each_grant_sums_to_it(self):
        every = self.env["coworking.funding.agreement"].search([])
        for agreement in every:
            with self.subTest(agreement=agreement.reference):
                parts = ("committed", "claimed", "admitted", "left")
                found = {name: self._cents(agreement[f"amount_{name}"]) for name in parts}
                self.assertEqual(sum(found.values()), self._cents(agreement.amount_granted))
                self.assertGreaterEqual(found["left"], 0)
