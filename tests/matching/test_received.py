"""However bills come, whenever, and whatever they hold: matched, and the sums are equal."""

from odoo import Command

from ..common import JULY, JUNE, d
from .common import MatchingCase

MAY = d("1/5")


class TestManyToMany(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camille = cls._new_seat("1/5", "31/7", "Camille Roux")
        cls.farid = cls._new_seat("1/5", "31/7", "Farid Benali")

    def assertPaid(self, statements, *bills):
        """Each charge is wholly paid, and each bill wholly used."""
        self.assertSumsHold(*bills)
        for statement in statements:
            self.assertEqual(statement.invoiced_amount, statement.payable_total)
            self.assertEqual(statement.gap_amount, 0.0)
            self.assertEqual(statement.state, "billed")
            for charge in statement.charge_ids:
                self.assertEqual(charge._get_remaining_to_invoice(), 0.0)

    def test_one_invoice_over_two_months(self):
        statements = self._settle(MAY) | self._settle(JUNE)
        bill = self._receive(("Coworking mai et juin", 720.0))
        self.assertPaid(statements, bill)
        self.assertEqual(statements.bill_ids, bill)
        self.assertEqual(statements.mapped("bill_id"), bill)

    def test_one_invoice_over_two_months_line_by_line(self):
        statements = self._settle(MAY) | self._settle(JUNE)
        bill = self._receive(
            *[
                (f"{seat.name} {month} 2015", 180.0)
                for month in ("juin", "mai")
                for seat in (self.camille, self.farid)
            ]
        )
        self.assertPaid(statements, bill)
        for match in self._matches(bill):
            self.assertIn(match.seat_id.name, match.move_line_id.name)
            month = "mai" if match.charge_id.period == MAY else "juin"
            self.assertIn(month, match.move_line_id.name)

    def test_one_invoice_over_two_programs(self):
        other = self._new_program("Other 2015", "OTH")
        someone = self._new_participant("Nour Haddad", program=other)
        self._new_seat("1/6", "30/6", someone)
        statements = self._settle() | self._settle(program=other)
        bill = self._receive(("Coworking juin 2015", 540.0))
        self.assertPaid(statements, bill)
        self.assertEqual(self._matches(bill).statement_id.program_id, self.program | other)

    def test_one_invoice_over_two_sites(self):
        self.space_b.operator_id = self.space.operator_id
        self._new_seat("1/6", "30/6", "Nour Haddad", self.tariff_b)
        statements = self._settle()
        self.assertEqual(len(statements), 2)
        bill = self._receive(("Coworking juin 2015, deux sites", 500.0))
        self.assertPaid(statements, bill)

    def test_four_invoices_for_one_statement(self):
        self._new_seat("1/6", "30/6", "Nour Haddad")
        self.space.seat_capacity = 20
        self._new_seat("1/6", "15/6", "Yanis Petit")
        statement = self._settle()
        bills = self.env["account.move"]
        for name, amount in (
            ("Camille Roux", 180.0),
            ("Yanis Petit", 90.0),
            ("Nour Haddad", 180.0),
            ("Farid Benali", 180.0),
        ):
            bills |= self._receive((f"Place {name}, juin 2015", amount), ref=name)
        self.assertPaid(statement, *bills)
        self.assertEqual(statement.bill_ids, bills)
        self.assertFalse(statement.bill_id)

    def test_a_charge_paid_by_two_lines(self):
        statement = self._settle()
        bill = self._receive(("Première quinzaine", 200.0), ("Seconde quinzaine", 160.0))
        self.assertPaid(statement, bill)
        self.assertEqual(len(self._matches(bill)), 3)

    def test_a_credit_note_takes_back_what_was_too_much(self):
        statement = self._settle()
        bill = self._receive(("Place Camille Roux", 200.0), ("Place Farid Benali", 180.0))
        self.assertEqual(statement.gap_amount, 20.0)
        note = self._receive(("Avoir Camille Roux", 20.0), move_type="in_refund")
        self.assertSumsHold(bill, note)
        self.assertRecordValues(
            self._matches(note),
            [{"seat_id": self.camille.id, "expected": 0.0, "invoiced": -20.0, "gap": -20.0}],
        )
        self.assertEqual((statement.invoiced_amount, statement.gap_amount), (360.0, 0.0))

    def test_a_reversed_bill_is_to_be_invoiced_again(self):
        statement = self._settle()
        bill = self._receive(("Coworking juin 2015", 360.0), ref="F-1")
        self._matches(bill)._record_decision("matched")
        bill.action_post()
        note = bill._reverse_moves([{"invoice_date": d("4/7"), "ref": "A-1"}])
        self.assertSumsHold(bill, note)
        self.assertEqual(statement.invoiced_amount, 0.0)
        self.assertEqual(set(self._matches(bill).mapped("decision")), {False})
        for charge in statement.charge_ids:
            self.assertEqual(charge._get_remaining_to_invoice(), 180.0)
        right = self._receive(("Coworking juin 2015", 360.0), ref="F-2")
        self.assertEqual(self._matches(right).charge_id, statement.charge_ids)
        self.assertEqual(statement.invoiced_amount, 360.0)

    def test_a_receipt_of_an_operator_says_that_no_month_is_matched_with_it(self):
        statements = self._settle(JUNE)
        bill = self._receive(("Coworking juin", 360.0), move_type="in_receipt", ref="F-1")
        self.assertEqual(bill.coworking_awaited, "receipt")
        self.assertIn("vendor bill", bill.coworking_awaited_message)
        self.assertEqual(statements.not_invoiced_amount, 360.0)
        bill.partner_id = self.camille.partner_id
        self.assertFalse(bill.coworking_awaited, "as one that gives somebody their money back")
        bill.partner_id = self.space.operator_id
        bill.button_cancel()
        self.assertFalse(bill.coworking_awaited)


class TestCorrections(MatchingCase):
    """June was settled at 180.00, and should have been 90.00: July expects a credit note."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "30/6", "Camille Roux")
        cls._settle()
        cls.seat.date_start = d("16/6")
        cls.statement = cls._settle(JULY)

    def test_a_credit_note_pays_the_corrections_that_are_expected(self):
        note = self._receive(
            ("Avoir juillet 2015", 90.0), move_type="in_refund", invoice_date=d("3/8")
        )
        self.assertRecordValues(
            self._matches(note),
            [
                {
                    "charge_id": self.statement.charge_ids.id,
                    "expected": -90.0,
                    "invoiced": -90.0,
                    "gap": 0.0,
                }
            ],
        )
        self.assertEqual(self.statement.invoiced_amount, -90.0)
        self.assertSumsHold(note)


class TestWhenever(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/7", "Camille Roux")

    def test_before_its_statement_a_bill_waits(self):
        bill = self._receive(("Coworking juin 2015", 180.0))
        self.assertRecordValues(
            self._matches(bill),
            [{"statement_id": False, "charge_id": False, "invoiced": 180.0, "cause": False}],
        )
        statement = self._generate()
        self.assertEqual(self._matches(bill).charge_id, statement.charge_ids)
        statement.action_confirm()
        self.assertEqual(statement.state, "billed")
        self.assertSumsHold(bill)

    def test_and_waits_for_the_month_that_it_names(self):
        may = self._new_seat("1/5", "31/5", "Farid Benali")
        self._settle(MAY)
        bill = self._receive(("Camille Roux, juin 2015", 180.0))
        self.assertFalse(self._matches(bill).statement_id)
        self.assertEqual(self._charges(may)._get_remaining_to_invoice(), 180.0)

    def test_lines_computed_again_are_matched_again(self):
        statement = self._generate()
        bill = self._receive(("Coworking juin 2015", 180.0))
        self.assertEqual(statement.gap_amount, 0.0)
        self.seat.date_start = d("16/6")
        statement.action_refresh()
        self.assertRecordValues(
            self._matches(bill), [{"expected": 90.0, "invoiced": 180.0, "cause": "start_day"}]
        )
        self.assertEqual(statement.gap_amount, 90.0)

    def test_a_line_that_is_gone_leaves_its_bill_to_nobody(self):
        other = self._new_seat("1/6", "30/6", "Farid Benali")
        statement = self._generate()
        bill = self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0))
        other.action_cancel()
        statement.action_refresh()
        self.assertSumsHold(bill)
        self.assertEqual(statement.gap_amount, 180.0)
        self.assertEqual(self._matches(bill).charge_id, statement.charge_ids)

    def test_a_draft_that_is_corrected_is_matched_again(self):
        statement = self._settle()
        bill = self._receive(("Camille Roux", 200.0))
        self.assertEqual(statement.gap_amount, 20.0)
        bill.invoice_line_ids.price_unit = 180.0
        self.assertEqual(statement.gap_amount, 0.0)
        bill.write(
            {"invoice_line_ids": [Command.update(bill.invoice_line_ids.id, {"quantity": 2})]}
        )
        self.assertEqual(statement.gap_amount, 180.0)
        self.assertSumsHold(bill)

    def test_a_line_that_is_deleted_is_to_be_invoiced_again(self):
        statement = self._settle()
        bill = self._receive(("Camille Roux", 180.0), ("Salle de réunion", 24.0))
        bill.write({"invoice_line_ids": [Command.delete(bill.invoice_line_ids[0].id)]})
        self.assertEqual(statement.invoiced_amount, 24.0)

    def test_a_cancelled_bill_and_one_that_comes_back(self):
        statement = self._settle()
        bill = self._receive(("Coworking juin 2015", 180.0))
        bill.button_cancel()
        self.assertFalse(self._matches(bill))
        self.assertEqual(statement.state, "confirmed")
        bill.button_draft()
        self.assertEqual(statement.state, "billed")

    def test_a_bill_that_is_a_draft_again_is_to_be_decided_again(self):
        self._settle()
        bill = self._receive(("Coworking juin 2015", 180.0), ref="F-1")
        self._matches(bill)._record_decision("matched")
        bill.action_post()
        self.assertEqual(self._matches(bill).decision, "matched")
        bill.button_draft()
        self.assertFalse(self._matches(bill).decision)

    def test_what_was_decided_is_left_alone(self):
        self._settle()
        bill = self._receive(("Camille Roux", 200.0))
        match = self._matches(bill)
        match._record_decision("disputed", "Nobody told us of a new price.")
        bill.ref = "F-1"
        self.assertEqual(self._matches(bill), match)
        self.assertEqual(match.decision, "disputed")

    def test_bills_of_others_and_in_other_currencies_are_left_alone(self):
        self._settle()
        dollar = self.env.ref("base.USD")
        dollar.active = True
        bill = self._receive(("Camille Roux", 180.0), currency_id=dollar.id)
        stranger = self._receive(
            ("Camille Roux", 180.0),
            partner_id=self.env["res.partner"].create({"name": "Printer"}).id,
        )
        self.assertFalse(self._matches(bill) | self._matches(stranger))

    def test_nothing_posted_ever_changes(self):
        statement = self._settle()
        bill = self._receive(("Camille Roux", 200.0), ("Salle de réunion", 24.0), ref="F-1")
        bill.action_post()
        fields = ["name", "price_unit", "quantity", "price_total", "balance", "account_id"]
        before = bill.line_ids.read(fields), bill.read(["amount_total", "state", "ref"])
        for match in self._matches(bill):
            match._record_decision("accepted", "Paid all the same.")
        self.env["coworking.matching"]._match_lines_anew(bill.invoice_line_ids)
        self._receive(("Avoir Camille Roux", 20.0), move_type="in_refund")
        self.assertEqual(
            (bill.line_ids.read(fields), bill.read(["amount_total", "state", "ref"])), before
        )
        self.assertEqual(statement.charge_ids.mapped("payable_total"), [180.0])


class TestStranger(MatchingCase):
    """Whoever enters a bill need not know the programme."""

    def test_a_user_of_invoicing_alone_enters_a_bill_of_an_operator(self):
        seat = self._new_seat("1/6", "30/6", "Camille Roux")
        statement = self._settle()
        clerk = self.accountant.copy({"login": "t_clerk"})
        clerk.group_ids = self.env.ref("account.group_account_invoice")
        bill = (
            self.env["account.move"]
            .with_user(clerk)
            .create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.space.operator_id.id,
                    "invoice_date": d("3/7"),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": seat.name,
                                "account_id": self.accounts["expense"].id,
                                "price_unit": 180.0,
                                "tax_ids": [Command.set(self.tax_included.ids)],
                            }
                        )
                    ],
                }
            )
        )
        self.assertEqual(self._matches(bill.sudo()).charge_id, statement.charge_ids)
