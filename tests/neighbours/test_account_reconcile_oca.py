"""Bank statements on the screen of ``account_reconcile_oca``: what they pay is paid here too."""

from odoo.tests import Form

from ..matching.test_posting import PostingCase

SCREEN = "account_reconcile_oca.bank_statement_line_form_reconcile_view"


class TestReconcileOca(PostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls._new_bank()
        cls.bank.suspense_account_id.reconcile = True
        cls.bill = cls._vendor_bill(cls, "F-1", 100.0)
        cls.bill.action_post()

    def _reconcile(self, mode, amount=100.0):
        """As the accountant does: the bank line, the item of the bill, the button."""
        self.bank.reconcile_mode = mode
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2015-08-05",
                "payment_ref": "VIR ATELIER",
                "partner_id": self.operator.id,
                "amount": -amount,
            }
        )
        terms = self.bill.line_ids.filtered(lambda item: item.account_type == "liability_payable")
        with Form(line, view=SCREEN) as form:
            form.add_account_move_line_id = terms
        self.assertTrue(line.can_reconcile)
        line.reconcile_bank_line()
        return line

    def _describe(self):
        return self.bill._coworking_describe_payments()[self.bill]

    def _facts(self):
        self.bill.invalidate_recordset()
        return [
            (str(date), float(amount))
            for date, amount, __ in self.bill._coworking_payment_facts()[self.bill]
        ]

    def test_a_bill_that_the_bank_line_pays_is_paid_on_its_day(self):
        line = self._reconcile("edit")
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertEqual(self._facts(), [("2015-08-05", 100.0)])
        line.unreconcile_bank_line()
        self.assertEqual((self._facts(), self._describe()), ([], ""))

    def test_a_bill_paid_in_the_mode_that_keeps_bank_entries_has_the_day_of_the_bank(self):
        line = self._reconcile("keep")
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertEqual(self._facts(), [("2015-08-05", 100.0)])
        self.assertIn("100", self._describe())
        line.unreconcile_bank_line()
        self.assertEqual((self._facts(), self._describe()), ([], ""))

    def test_a_part_that_is_paid_in_the_mode_that_keeps_bank_entries_is_that_part(self):
        self._reconcile("keep", 40.0)
        self.assertEqual(self._facts(), [("2015-08-05", 40.0)])
        self.assertEqual(self.bill.amount_residual, 60.0)
