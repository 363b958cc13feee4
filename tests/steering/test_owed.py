"""What participants are to be asked for, and what is owed to them, waits until it is."""

from odoo import Command
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.models.steering.coworking_exception_owed import OWED

from ..common import JULY, d
from .test_exceptions import NOW, ExceptionCase


@freeze_time(NOW)
class TestOwed(ExceptionCase):
    """36.00 of June are Camille's, and were paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.bank = cls._new_bank()

    def _ask_june(self, end):
        self.camille = self._new_seat("1/6", end, "Camille Roux")
        self.contact = self.camille.participant_id.partner_id
        self.june = self._settle()
        self.invoice = self._post_copayments(self.june)
        self._pay(self.invoice)

    def _pay(self, moves):
        self._register({"active_model": "account.move", "active_ids": moves.ids})

    def _register(self, context):
        wizard = self.env["account.payment.register"].with_user(self.accountant)
        wizard = wizard.with_context(**context).create(
            {"payment_date": d("10/7"), "journal_id": self.bank.id}
        )
        payments = wizard._create_payments()
        self.assertEqual(len(payments), 1)
        return payments

    def _pay_in_advance(self, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.contact.id,
                "amount": amount,
                "date": d("12/7"),
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        return payment.move_id

    def _pay_back(self, row, amount):
        """By the button, in Odoo's own dialog."""
        action = row.action_settle()
        self.assertEqual(action["res_model"], "account.payment.register")
        payment = self._register(action["context"])
        self.assertRecordValues(
            payment,
            [{"payment_type": "outbound", "partner_id": self.contact.id, "amount": amount}],
        )
        self.assertNone("owed")

    def test_a_settled_month_is_to_be_invoiced_to_participants_once_for_all_spaces(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        statements = self._generate()
        self.assertNone("to_invoice")
        with freeze_time("2015-07-15 10:00:00"):
            statements.action_confirm()
        values = {"amount": 64.0, "since": d("15/7"), "program_id": self.program.id}
        row = self.assertOne(
            self.accountant,
            "to_invoice",
            "2015",
            "2 spaces",
            label="Invoice Co-payments",
            space_id=False,
            **values,
        )
        self.assertOne(self.coordinator, "to_invoice", "2 spaces", **values)
        self.assertNone("to_invoice", self.accompanist)
        for user in (self.coordinator, self.accountant):
            action = row.with_user(user).action_settle()
            found = self.env[action["res_model"]].with_user(user).search(action["domain"])
            self.assertEqual(found, statements)
        statements[0].with_user(self.accountant).action_create_copayment_invoices()
        self.assertOne(
            self.accountant,
            "to_invoice",
            label="Invoice Co-payments",
            space_id=statements[1].space_id.id,
            amount=statements[1].copayment_amount,
        )
        found.action_create_copayment_invoices()
        self.assertNone("to_invoice")
        self.env["coworking.charge"]._gc_copayment_open()
        self.assertNone("to_invoice")
        statements[0].copayment_invoice_ids.button_cancel()
        self.assertOne(
            self.accountant,
            "to_invoice",
            label="Invoice Co-payments",
            space_id=statements[0].space_id.id,
        )

    def test_of_who_is_invoiced_already_or_was_given_it_up_nothing_is_to_be_invoiced(self):
        """And who is to be given something back waits for the credit note as well."""
        self._ask_june("30/6")
        self.assertNone("to_invoice")
        self.invoice._reverse_moves([{"invoice_date": d("12/7")}], cancel=True)
        self.assertNone("to_invoice")
        farid = self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        self._post_copayments(self._settle())
        farid.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(july.copayment_amount, -14.0)
        self.assertOne(
            self.accountant, "to_invoice", "2015", label="Invoice Co-payments", amount=-14.0
        )
        july.with_user(self.accountant).action_create_copayment_invoices()
        self.assertEqual(july.copayment_invoice_ids.move_type, "out_refund")
        self.assertNone("to_invoice")

    def test_what_the_space_collects_is_not_to_be_invoiced_and_with_tax_what_the_program_does(self):
        collected = self._new_program("Test Q", "Q", copayment_collector="space", funding_rate=50.0)
        self._new_seat("1/6", "30/6", self._new_participant("Rose", collected))
        taxed = self._new_program("Test T", "T", funding_base="untaxed", funding_rate=80.0)
        taxed.copayment_product_id = self._new_product("Part")
        taxed.copayment_product_id.taxes_id = self._new_tax("Sold", use="sale")
        tariff = self._new_tariff("Q", 150.0, product_id=self.seat_product_recovered.id)
        self._new_seat("1/6", "30/6", self._new_participant("Ada", taxed), tariff)
        for program in (collected, taxed):
            self._settle(program=program)
        self.assertOne(
            self.accountant,
            "to_invoice",
            label="Invoice Co-payments",
            program_id=taxed.id,
            amount=30.0,  # a fifth of 125.00, and 20 %
        )

    def test_what_is_to_be_invoiced_is_found_without_a_look_at_what_is_over(self):
        self._ask_june("30/6")
        self.env["coworking.charge"]._gc_copayment_open()
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        self._settle()
        self.env.flush_all()
        self._expect_many_rows()
        tables = ("account_move", "account_move_line", "coworking_statement")
        before = self._count_read(*tables)
        found = self.env.execute_query(self.env["coworking.exception"]._select_to_invoice())
        self.assertTrue(found)
        read = self._count_read(*tables) - before
        self.assertLess(read, 60)
        self.assertGreater(self.env["coworking.statement"].search_count([]), 100)

    def test_what_a_credit_note_gives_back_of_what_was_paid_is_paid_back(self):
        self._ask_june("30/6")
        self.assertNone("owed")
        self.camille.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertNone("owed")
        note = self._post_copayments(july, "10/8")
        self.assertEqual(note.move_type, "out_refund")
        row = self.assertOne(
            self.accountant,
            "owed",
            "Camille Roux",
            note.name,
            "nothing left to pay",
            label="Set Off, or Pay Back",
            amount=18.0,
            program_id=self.program.id,
            partner_id=self.contact.id,
            since=d("10/8"),
        )
        self.assertNone("owed", self.accompanist)
        self._pay_back(row, 18.0)
        accounts = self.env["coworking.copayment"].search([("program_id", "=", self.program.id)])
        self.assertEqual(sum(accounts.mapped("residual")), 0.0)

    def test_a_coordinator_reads_of_it_and_is_led_to_the_account(self):
        self._ask_june("30/6")
        self.invoice._reverse_moves([{"invoice_date": d("12/7")}]).action_post()
        row = self.assertOne(self.coordinator, "owed", "Camille Roux", label="See", amount=36.0)
        action = row.action_settle()
        accounts = self.env[action["res_model"]].with_user(self.coordinator)
        found = accounts.search(action["domain"])
        self.assertEqual(found.participant_id, self.camille.participant_id)
        self.assertEqual(found.residual, -36.0)

    def test_a_payment_on_its_way_to_the_bank_pays_it_back(self):
        self._ask_june("30/6")
        note = self.invoice._reverse_moves([{"invoice_date": d("12/7")}])
        note.action_post()
        self.assertOne(self.accountant, "owed", label="Set Off, or Pay Back", amount=36.0)
        self._pay_without_entry(self.bank, note, 36.0)
        self.assertEqual(note.amount_residual, 36.0, "there is nothing to reconcile it with")
        self.assertNone("owed")

    def test_of_a_file_with_another_contact_a_coordinator_is_led_to_the_account(self):
        self._ask_june("30/6")
        self.invoice._reverse_moves([{"invoice_date": d("12/7")}]).action_post()
        self.camille.participant_id.partner_id = self.env["res.partner"].create({"name": "Other"})
        row = self.assertOne(self.coordinator, "owed", "Camille Roux", label="See", amount=36.0)
        action = row.action_settle()
        self.assertEqual(
            action["domain"], [("participant_id", "in", self.camille.participant_id.ids)]
        )

    def test_what_was_paid_in_advance_waits_for_the_next_invoice_and_is_told_with_it(self):
        self._ask_june("31/7")
        advance = self._pay_in_advance(36.0)
        self.assertNone("owed")
        july = self._settle(JULY)
        july.action_create_copayment_invoices()
        self.assertNone("owed")
        invoice = july.copayment_invoice_ids
        invoice.invoice_date = d("10/8")
        invoice.action_post()
        row = self.assertOne(
            self.accountant,
            "owed",
            "Camille Roux",
            advance.name,
            f"{invoice.name} still to be paid",
            label="Set Off, or Pay Back",
            amount=36.0,
            since=d("10/8"),
        )
        self.assertEqual(row.action_settle()["res_id"], invoice.id)
        item = advance.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        invoice.with_user(self.accountant).js_assign_outstanding_line(item.id)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertNone("owed")

    def test_of_who_is_asked_nothing_more_it_is_paid_back(self):
        self._ask_june("30/6")
        advance = self._pay_in_advance(20.0)
        other = self._pay_in_advance(16.0)
        row = self.assertOne(
            self.accountant,
            "owed",
            advance.name,
            other.name,
            label="Set Off, or Pay Back",
            amount=36.0,
        )
        self._pay_back(row, 36.0)

    def test_a_part_that_a_space_collects_is_no_invoice_to_come(self):
        self._ask_june("30/6")
        collected = self._new_program("Test Q", "Q", copayment_collector="space", funding_rate=50.0)
        file = self._new_participant("Camille Roux", collected)
        file.partner_id = self.contact
        self._new_seat("1/7", "31/7", file)
        self._settle(JULY, collected)
        self._pay_in_advance(20.0)
        self.assertOne(
            self.accountant, "owed", label="Set Off, or Pay Back", program_id=self.program.id
        )

    def test_what_odoo_s_own_customers_have_open_is_theirs(self):
        self._ask_june("30/6")
        other = self.env["res.partner"].create({"name": "Another"})
        read = [self._credit_and_look(other) for __ in range(3)]
        self.assertEqual(len(set(read)), 1, "what is open is looked through once a person")

    def _credit_and_look(self, partner):
        """:return: how many documents are read more than there are of that customer"""
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": partner.id,
                "invoice_date": d("10/7"),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Discount",
                            "price_unit": 5.0,
                            "account_id": self.accounts["income"].id,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        note.action_post()
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        before = self._count_read("account_move")
        self.env.cr.execute(f"SELECT FROM ({OWED}) AS owed WHERE partner_id = %s", [partner.id])
        self.assertFalse(self.env.cr.fetchall())
        read = self._count_read("account_move") - before
        self.assertNone("owed")
        return read - self.env["account.move"].search_count([("partner_id", "=", partner.id)])
