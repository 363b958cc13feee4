"""The 2015 program of the demonstration, its figures recomputed from the books by SQL alone."""

import io
from decimal import Decimal

from openpyxl import load_workbook

from odoo.tests import TransactionCase, tagged

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
GRANTS = """
    SELECT agreement_id, SUM(amount - COALESCE(amount_rejected, 0)) FROM coworking_allocation
     WHERE program_id = %(program)s AND agreement_id IS NOT NULL GROUP BY 1
"""
COPAYMENTS = """
    SELECT SUM(amount) FROM coworking_allocation
     WHERE program_id = %(program)s AND reason = 'copayment'
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
        grants = {agreement: self._cents(amount) for agreement, amount in self._query(GRANTS)}
        [(copayments,)] = self._query(COPAYMENTS)
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
                own = sum(expenses.values()) - sum(grants.values()) - self._cents(copayments)
                self.assertEqual(
                    found,
                    {**expenses, **grants, "70": self._cents(copayments), "own": own},
                )

    def test_its_list_of_paid_expenses_sums_to_the_same(self):
        report = self._make(self.agreements[0])
        book = load_workbook(io.BytesIO(report._make_workbook()), data_only=True)
        *lines, total = book.worksheets[2].iter_rows(min_row=2, values_only=True)
        grants = dict(self._query(GRANTS))
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
