"""One organisation counts in one currency, that of its accounts: another is left out, and said."""

from odoo.exceptions import ValidationError

from ..common import JUNE, CoworkingCase, d
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

    def test_what_was_made_of_a_month_stays_in_the_currency_of_its_charges(self):
        """By hand, or as Odoo takes it from a journal."""
        self.program.funding_rate = 50.0
        self._new_seat("1/6", "30/6")
        statement = self._settle(JUNE)
        statement.action_create_bill()
        statement.action_create_copayment_invoices()
        for move in statement.move_ids:
            journal = move.journal_id.copy({"currency_id": self.dollar.id})
            for values in ({"currency_id": self.dollar.id}, {"journal_id": journal.id}):
                with (
                    self.subTest(move.move_type, values=values),
                    self.assertRefused(statement.name, "EUR", "USD", error=ValidationError),
                ):
                    move.write(values)
        self.assertEqual((statement.state, statement.gap_amount), ("billed", 0.0))

    def test_a_bill_that_gets_another_currency_with_its_journal_pays_nothing_any_more(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle(JUNE)
        bill = self._receive((statement.name, 180.0), ref="F-USD")
        self.assertEqual(statement.state, "billed")
        euros = bill.journal_id
        bill.journal_id = euros.copy({"currency_id": self.dollar.id})
        self.assertEqual(bill.currency_id, self.dollar)
        self.assertFalse(self._matches(bill))
        self.assertEqual((statement.state, statement.not_invoiced_amount), ("confirmed", 180.0))
        bill.write({"journal_id": euros.id, "currency_id": self.euro.id})
        self.assertTrue(self._matches(bill))
        self.assertEqual(statement.state, "billed")


class TestThousandths(CoworkingCase):
    """Where money has thousandths, none of it is lost in a rounding to cents."""

    @classmethod
    def _new_company(cls, name):
        company = super()._new_company(name)
        company.currency_id = cls.env.ref("base.TND")
        company.currency_id.active = True
        return company

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 66.0
        cls.tariff.price_ids.price = 123.457
        cls.seats = cls._new_seat("1/6", "30/6", "A") | cls._new_seat("1/6", "30/6", "B")
        cls.june = cls._settle(JUNE)
        cls.bank = cls._new_bank()

    def _pay(self, move, amount):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {"payment_date": d("10/8"), "journal_id": self.bank.id, "amount": amount}
        )._create_payments()

    def test_what_is_used_and_not_billed_is_what_it_costs(self):
        month_end = self.env["coworking.month.end"].create(
            {"date": d("30/6"), "company_id": self.company.id}
        )
        month_end._make_lines()
        accrued = month_end.line_ids.filtered(lambda line: line.kind == "accrued")
        self.assertEqual(accrued.mapped("cost"), [123.457, 123.457])

    def test_what_is_paid_is_spread_over_the_lines_as_a_whole(self):
        bill = self._bill(self.june)
        bill.write({"invoice_date": d("3/7"), "ref": "F-1"})
        bill.action_post()
        self._pay(bill, 100.001)
        rows = bill._coworking_payments_by_line().values()
        parts = [str(amount) for own in rows for __, amount in own]
        self.assertEqual(sorted(parts), ["50.000", "50.001"])

    def test_so_is_what_two_files_owe_of_one_invoice(self):
        person = self.seats[0].participant_id
        person.active = False
        other = self._new_participant("C")
        other.partner_id = person.partner_id
        self._new_seat("1/7", "31/7", other)
        self.seats[0].date_start = d("16/6")
        invoice = self._post_copayments(self._settle("2015-07-01"))
        invoice = invoice.filtered(lambda move: move.partner_id == person.partner_id)
        self.env.flush_all()
        accounts = self.env["coworking.copayment"].search([("move_id", "=", invoice.id)])
        self.assertEqual(sorted(accounts.mapped("due")), [-20.987, 41.975])
        self.assertEqual(invoice.amount_total, 20.988)
