"""One organisation counts in one currency, that of its accounts: another is left out, and said."""

from ..common import JUNE
from ..matching.common import MatchingCase


class TestOtherCurrency(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.company.currency_id
        cls.dollar = cls.env.ref("base.USD")
        cls.dollar.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.dollar.id,
                "company_id": cls.company.id,
                "name": "2015-01-01",
                "rate": 2.0,
            }
        )

    def test_every_amount_is_in_the_currency_of_its_organisation(self):
        """Of spaces, tariffs, seats, charges: none has a currency that somebody chooses."""
        for name, model in self.env.items():
            if not name.startswith("coworking.") or model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if field.type != "monetary":
                    continue
                with self.subTest(field=str(field)):
                    currency = model._fields[field.get_currency_field(model)]
                    self.assertEqual(currency.related.split(".")[-1], "currency_id")
                    self.assertTrue(currency.readonly)

    def test_an_organisation_keeps_the_currency_in_which_months_were_confirmed(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        with self.assertRefused(statement.name, "EUR", self.company.name, "Withdraw"):
            self.company.currency_id = self.dollar
        self.company.write({"currency_id": self.euro.id, "name": "Another Name"})
        statement.action_withdraw()
        self.company.currency_id = self.dollar
        self.assertEqual((statement.currency_id, statement.amount_total), (self.dollar, 180.0))

    def test_a_journal_in_another_currency_changes_no_amount(self):
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "in", ("purchase", "sale"))]
        )
        journals.currency_id = self.dollar
        self.program.funding_rate = 50.0
        self._new_seat("1/6", "30/6")
        statement = self._generate(JUNE)
        statement.action_confirm()
        statement.action_create_bill()
        statement.action_create_copayment_invoices()
        moves = statement.move_ids
        self.assertEqual(set(moves.mapped("move_type")), {"in_invoice", "out_invoice"})
        self.assertEqual(moves.currency_id, self.euro)
        for move in moves:
            with self.subTest(move.move_type):
                expected = 180.0 if move.move_type == "in_invoice" else 90.0
                self.assertEqual(
                    (move.amount_total, abs(move.amount_total_signed)), (expected,) * 2
                )

    def test_a_bill_in_another_currency_pays_no_charge(self):
        self._new_seat("1/6", "30/6")
        statement = self._generate(JUNE)
        statement.action_confirm()
        bill = self._receive((statement.name, 180.0), ref="F-USD", currency_id=self.dollar.id)
        self.assertEqual(bill.currency_id, self.dollar)
        self.assertFalse(self._matches(bill))
        bill.action_post()
        self.assertFalse(self._matches(bill))
        self.assertEqual(statement.state, "confirmed", "the bill in euros is still to come")
        self.assertEqual(statement.charge_ids._get_remaining_to_invoice(), 180.0)
        bill.button_draft()
        bill.currency_id = self.euro
        self.assertTrue(self._matches(bill), "once it is in euros")
