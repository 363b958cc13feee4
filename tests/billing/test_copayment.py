from odoo import Command
from odoo.exceptions import AccessError, ValidationError

from ..common import JULY, JUNE, CoworkingCase, d


class TestCopayment(CoworkingCase):
    """Design 5, point 14: 150.00 + 30.00 at 80 %."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.tariff_150 = cls._new_tariff("150", 150.0, tax_included=False)

    def _invoices(self, statement):
        statement.action_create_copayment_invoices()
        return statement.copayment_invoice_ids

    def test_on_the_price_with_tax_the_rest_is_invoiced_without_tax(self):
        sale_tax = self._new_tax("20% sale", self.accounts["tax"], use="sale")
        self.copayment_product.taxes_id = sale_tax
        seat = self._new_seat("1/6", "30/6", tariff=self.tariff_150)
        invoice = self._invoices(self._settle())
        self.assertRecordValues(
            invoice,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "partner_id": seat.partner_id.id,
                    "invoice_origin": "TST-2015-06-ATELIER",
                    "amount_untaxed": 36.0,
                    "amount_tax": 0.0,
                    "amount_total": 36.0,
                }
            ],
        )
        self.assertRecordValues(
            invoice.invoice_line_ids,
            [
                {
                    "quantity": 1.0,
                    "product_id": self.copayment_product.id,
                    "account_id": self.accounts["income"].id,
                    "coworking_charge_id": self._charges(seat).id,
                }
            ],
        )
        self.assertIn(seat.name, invoice.invoice_line_ids.name)

    def test_on_the_price_without_tax_the_tax_of_the_product_is_added(self):
        self.program.funding_base = "untaxed"
        self.tariff_150.product_id = self.seat_product_recovered
        sale_tax = self._new_tax("20% sale", self.accounts["tax"], use="sale")
        self.copayment_product.taxes_id = sale_tax
        self._new_seat("1/6", "30/6", tariff=self.tariff_150)
        self.assertRecordValues(
            self._invoices(self._settle()),
            [{"amount_untaxed": 30.0, "amount_tax": 6.0, "amount_total": 36.0}],
        )

    def test_a_tax_that_is_included_in_the_price_of_the_product_is_asked_too(self):
        """30.00 and its tax: the participant pays 36.00, not 30.00 in all."""
        self.program.funding_base = "untaxed"
        self.tariff_150.product_id = self.seat_product_recovered
        self.copayment_product.taxes_id = self._new_tax(
            "20% sale, included", self.accounts["tax"], use="sale", included=True
        )
        self._new_seat("1/6", "30/6", tariff=self.tariff_150)
        invoice = self._invoices(self._settle())
        self.assertRecordValues(
            invoice, [{"amount_untaxed": 30.0, "amount_tax": 6.0, "amount_total": 36.0}]
        )
        self.assertEqual(invoice.invoice_line_ids.price_unit, 36.0)

    def test_one_that_a_credit_note_took_back_is_made_again(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        first = self._invoices(statement)
        first.action_post()
        self.assertEqual(statement.copayment_standing_count, 1)
        first._reverse_moves(cancel=True)
        self.assertEqual(first.payment_state, "reversed")
        self.assertEqual(statement.copayment_standing_count, 0)
        second = self._invoices(statement) - first
        self.assertEqual(second.amount_total, 36.0)
        with self.assertRefused("Nothing to invoice", "invoiced already", "the space"):
            statement.action_create_copayment_invoices()

    def test_a_month_whose_invoices_were_taken_back_may_be_withdrawn(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        invoice = self._invoices(statement)
        invoice.action_post()
        invoice._reverse_moves(cancel=True)
        statement.action_withdraw()
        self.assertEqual(statement.state, "sent")

    def test_once_for_each_participant(self):
        seats = self._new_seat("1/6", "30/6", "A") | self._new_seat("1/6", "30/6", "B")
        statement = self._settle()
        invoices = self._invoices(statement)
        self.assertEqual(invoices.partner_id, seats.partner_id)
        self.assertEqual(invoices.mapped("amount_total"), [36.0, 36.0])
        with self.assertRefused("Nothing to invoice", "invoiced already", "the space"):
            statement.action_create_copayment_invoices()
        self.assertEqual(statement.copayment_invoice_ids, invoices)
        self.assertEqual(statement.copayment_invoice_count, 2)

    def test_one_that_was_cancelled_is_made_again_and_no_other(self):
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", "B")
        statement = self._settle()
        first, second = self._invoices(statement)
        first.button_cancel()
        self._invoices(statement)
        self.assertEqual(len(statement.copayment_invoice_ids), 2)
        self.assertIn(second, statement.copayment_invoice_ids)
        self.assertNotIn(first, statement.copayment_invoice_ids)

    def test_two_seats_of_a_person_are_one_invoice(self):
        person = self._new_participant()
        self._new_seat("1/6", "15/6", person)
        self._new_seat("16/6", "30/6", person, self.tariff_150)
        invoice = self._invoices(self._settle())
        self.assertEqual(invoice.amount_total, 36.0)
        self.assertEqual(len(invoice.invoice_line_ids), 2)

    def test_who_is_wholly_funded_is_not_invoiced(self):
        self._new_seat("1/6", "30/6", "A", funding_rate=100.0)
        part = self._new_seat("1/6", "30/6", "B")
        self.assertEqual(self._invoices(self._settle()).partner_id, part.partner_id)

    def test_the_space_that_collects_invoices_by_itself(self):
        self.program.copayment_collector = "space"
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        with self.assertRefused("Nothing to invoice", "invoiced already", "the space"):
            statement.action_create_copayment_invoices()
        self.assertEqual(statement.copayment_amount, 36.0)

    def test_without_a_product_the_program_is_named(self):
        self.program.copayment_product_id = False
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        with self.assertRefused("Test 2015", "co-payment product"):
            statement.action_create_copayment_invoices()

    def test_only_settled_months_are_invoiced(self):
        self._new_seat("1/6", "30/6")
        statement = self._generate()
        with self.assertRefused(statement.name):
            statement.action_create_copayment_invoices()

    def test_before_or_after_the_bill(self):
        self._new_seat("1/6", "31/7")
        june, july = self._settle(), self._settle(JULY)
        self._bill(june)
        self._invoices(june)
        self._invoices(july)
        self._bill(july)
        self.assertEqual((june | july).mapped("state"), ["billed", "billed"])
        self.assertEqual((june | july).mapped("copayment_invoice_count"), [1, 1])
        self.assertEqual(june.bill_id.amount_total, 180.0)

    def test_a_month_asked_to_participants_is_not_withdrawn(self):
        """What they were invoiced would no longer be what the month says."""
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        invoice = self._invoices(statement)
        with self.assertRefused(statement.name):
            statement.action_withdraw()
        invoice.button_cancel()
        statement.action_withdraw()
        self.assertEqual(statement.state, "sent")

    def test_what_was_asked_too_much_is_given_back(self):
        seat = self._new_seat("1/6", "30/6")
        self._settle()
        seat.date_start = d("16/6")
        self.assertRecordValues(
            self._invoices(self._settle(JULY)),
            [{"move_type": "out_refund", "amount_total": 18.0}],
        )

    def test_the_database_refuses_a_second_one(self):
        self._new_seat("1/6", "30/6")
        invoice = self._invoices(self._settle())
        words = (invoice.coworking_statement_id.name, invoice.display_name, "cancel that one")
        with self.assertRefused("already has", *words, error=ValidationError):
            self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": invoice.partner_id.id,
                    "coworking_statement_id": invoice.coworking_statement_id.id,
                }
            )

    def test_an_accountant_alone_makes_them(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle().with_user(self.accountant)
        statement.action_create_copayment_invoices()
        self.assertEqual(statement.copayment_invoice_ids.amount_total, 36.0)

    def test_each_line_asks_for_its_charge_to_the_cent_where_odoo_rounds_by_document(self):
        """Four parts of 10.01 with a tax that prices include: Odoo would ask for 10.00 of one."""
        self.company.tax_calculation_rounding_method = "round_globally"
        self.program.write({"funding_base": "untaxed", "funding_rate": 50.0})
        tariff = self._new_tariff("Odd", 120.12, tax_included=False)
        tariff.product_id = self.seat_product_recovered
        person = self._new_participant("Camille")
        for first, last in (("1/6", "5/6"), ("6/6", "10/6"), ("11/6", "15/6"), ("16/6", "20/6")):
            self._new_seat(first, last, person, tariff)
        june = self._settle()
        for rate in (20.0, 10.0, 8.5, 5.5, 2.1):
            with self.subTest(rate=rate):
                tax = self._new_tax(
                    f"{rate}", self.accounts["tax"], amount=rate, use="sale", included=True
                )
                self.copayment_product.taxes_id = tax
                invoice = self._invoices(june)
                self.env.flush_all()
                self.assertEqual(invoice.invoice_line_ids.mapped("balance"), [-10.01] * 4)
                invoice.invoice_date = d("10/7")
                invoice.action_post()
                self.assertEqual(invoice.amount_untaxed, 40.04)
                self.assertEqual(invoice.amount_tax, round(4 * round(10.01 * rate / 100, 2), 2))
                self.assertEqual(self.env["coworking.books"]._check(self.company), [])
                invoice.button_draft()
                invoice.button_cancel()


class TestAccount(CoworkingCase):
    """What a participant has to pay, has paid, and what is left, by month, either way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.person = cls._new_participant("Camille")
        cls.seat = cls._new_seat("1/6", "31/7", cls.person)

    def _account(self):
        self.env.flush_all()
        rows = self.env["coworking.copayment"].with_user(self.accountant)
        rows.invalidate_model()
        return [
            (row.period, row.due, row.paid, row.residual, row.state)
            for row in rows.search([("participant_id", "=", self.person.id)], order="period")
        ]

    def _invoice(self, statement, day="10/7"):
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids
        invoice.write({"invoice_date": d(day), "invoice_date_due": d(day)})
        return invoice

    def _pay(self, invoice, amount, **values):
        bank = self.env["account.journal"].create(
            {"name": "Bank", "code": "TBNK", "type": "bank", "company_id": self.company.id}
        )
        bank.inbound_payment_method_line_ids.payment_account_id = self.accounts["tax"]
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        self.env["account.payment.register"].with_context(**context).create(
            {"payment_date": d("12/7"), "journal_id": bank.id, "amount": amount, **values}
        )._create_payments()

    def test_from_the_month_to_the_payment(self):
        june = self._settle()
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "to_invoice")])
        invoice = self._invoice(june)
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "draft")])
        invoice.action_post()
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "open")])
        self._pay(invoice, 20.0)
        self.assertEqual(self._account(), [(JUNE, 36.0, 20.0, 16.0, "partial")])

    def test_two_files_of_one_person_have_each_its_part_of_their_one_invoice(self):
        second = self._new_second_file(self.person.partner_id)
        invoice = self._invoice(self._settle())
        self.assertEqual((len(invoice), invoice.amount_total), (1, 24.0))
        invoice.action_post()
        self._pay(invoice, 10.0)
        note = self._credit(invoice, 0.01)
        self.assertEqual(note.amount_total, 0.02)
        self.env.flush_all()
        rows = self.env["coworking.copayment"].search([("move_id", "=", invoice.id)], order="id")
        self.assertRecordValues(
            rows,
            [
                {"participant_id": self.person.id, "due": 18.0, "paid": 7.5, "credited": 0.01},
                {"participant_id": second.id, "due": 6.0, "paid": 2.5, "credited": 0.01},
            ],
        )
        self.assertEqual(rows.mapped("residual"), [10.49, 3.49])
        self.assertEqual(round(sum(rows.mapped("residual")), 2), invoice.amount_residual)

    def test_each_of_two_files_keeps_its_part_when_one_gets_another_contact(self):
        second = self._new_second_file(self.person.partner_id)
        invoice = self._invoice(self._settle())
        invoice.action_post()
        older = self.env["res.partner"].search([("id", "<", invoice.partner_id.id)], limit=1)
        newer = self.env["res.partner"].create({"name": "Dominique"})
        for contact in (newer, older):
            with self.subTest(contact=contact.id):
                second.partner_id = contact
                self.assertEqual(
                    self._parts(self.person | second), [(invoice, 18.0), (invoice, 6.0)]
                )
                self.assertEqual(self.env["coworking.books"]._check(self.company), [])
                self.assertEqual(self._get_owing(invoice.coworking_statement_id), {})
                with self.assertRefused("invoiced already"):
                    invoice.coworking_statement_id.action_create_copayment_invoices()

    def test_each_of_two_files_keeps_its_invoice_when_one_contact_was_two(self):
        second = self._new_second_file(self.env["res.partner"].create({"name": "Camille again"}))
        invoices = self._invoice(self._settle())
        invoices.action_post()
        own = invoices.filtered(lambda move: move.partner_id == self.person.partner_id)
        second.partner_id = self.person.partner_id
        self.assertEqual(self._parts(self.person | second), [(own, 18.0), (invoices - own, 6.0)])
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])
        june = own.coworking_statement_id
        own._reverse_moves([{"invoice_date": d("15/7")}], cancel=True)
        self.assertEqual(self._get_owing(june), {}, "it was given up")
        gone = june.charge_ids.filtered(june._has_given_up)
        self.assertEqual(gone.participant_id, self.person)

    def test_who_had_no_part_yet_of_what_another_file_of_the_person_was_asked_is_to_ask(self):
        """Its contact has an invoice of that month, of another file: both are made anew."""
        second = self._new_second_file(self.env["res.partner"].create({"name": "Camille again"}))
        june = self._settle()
        invoices = self._invoice(june)
        invoices.filtered(lambda move: move.partner_id == second.partner_id).unlink()
        invoice = invoices.exists()
        invoice.action_post()
        second.partner_id = self.person.partner_id
        self.assertEqual(self._get_owing(june), {(june.id, second.id): (6, 0)})
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])
        with self.assertRefused(invoice.name, "credit note"):
            june.action_create_copayment_invoices()
        invoice._reverse_moves([{"invoice_date": d("15/7")}], cancel=True)
        june.action_create_copayment_invoices()
        again = june.copayment_invoice_ids - invoice
        self.assertEqual(self._parts(self.person | second), [(again, 18.0), (again, 6.0)])

    def test_that_is_said_of_one_month_beside_what_is_invoiced_of_another(self):
        second = self._new_second_file(self.env["res.partner"].create({"name": "Camille again"}))
        self._new_seat("1/7", "31/7", second)
        june, july = self._settle(), self._settle(JULY)
        invoices = self._invoice(june)
        invoices.filtered(lambda move: move.partner_id == second.partner_id).unlink()
        second.partner_id = self.person.partner_id
        action = (june | july).action_create_copayment_invoices()
        made = july.copayment_invoice_ids
        self.assertEqual(made.amount_total, 36.0)
        message = action["params"]["message"]
        for words in (june.name, invoices.exists().display_name, self.person.partner_id.name):
            self.assertIn(words, message)
        self.assertNotIn(july.name, message)
        self.assertEqual(action["params"]["next"]["res_id"], made.id)

    def _get_owing(self, statement):
        self.env.flush_all()
        month_end = self.env["coworking.month.end"].create(
            {"date": d("31/12"), "company_id": self.company.id}
        )
        return month_end._get_owing([("id", "=", statement.id)])

    def _new_second_file(self, contact):
        self.seat.date_end = d("15/6")
        self.person.active = False
        second = self._new_participant("Camille")
        second.partner_id = contact
        self._new_seat("16/6", "20/6", second)
        return second

    def _parts(self, people):
        self.env.flush_all()
        accounts = self.env["coworking.copayment"]
        accounts.invalidate_model()
        rows = accounts.search([("participant_id", "in", people.ids)])
        rows = rows.sorted(lambda row: row.participant_id.id)
        return [(row.move_id, row.residual) for row in rows]

    def _figures(self):
        """Due, credited, paid, left and the status of the only row."""
        self.env.flush_all()
        rows = self.env["coworking.copayment"].with_user(self.accountant)
        rows.invalidate_model()
        row = rows.search([("participant_id", "=", self.person.id)])
        return (row.due, row.credited, row.paid, row.residual, row.state)

    def _credit(self, invoice, amount):
        """A posted credit note of a part of an invoice, reconciled with it as far as it goes."""
        note = invoice._reverse_moves([{"invoice_date": d("15/7")}])
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        terms = (invoice | note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        terms.reconcile()
        return note

    def test_what_a_credit_note_took_back_is_not_paid(self):
        june = self._settle()
        invoice = self._invoice(june)
        invoice.action_post()
        invoice._reverse_moves(cancel=True)
        self.assertEqual(self._figures(), (36.0, 36.0, 0.0, 0.0, "credited"))
        june.action_create_copayment_invoices()
        second = june.copayment_invoice_ids - invoice
        self.assertEqual(self._figures(), (36.0, 0.0, 0.0, 36.0, "draft"))
        second.action_post()
        self.assertEqual(self._figures(), (36.0, 0.0, 0.0, 36.0, "open"))
        self._pay(second, 36.0)
        self.assertEqual(self._figures(), (36.0, 0.0, 36.0, 0.0, "paid"))

    def test_due_credited_paid_and_left_are_four_things(self):
        invoice = self._invoice(self._settle())
        invoice.action_post()
        self._credit(invoice, 10.0)
        self.assertEqual(self._figures(), (36.0, 10.0, 0.0, 26.0, "partial"))
        self._pay(invoice, 20.0)
        self.assertEqual(self._figures(), (36.0, 10.0, 20.0, 6.0, "partial"))

    def test_what_a_payment_writes_off_is_not_paid_nor_left(self):
        invoice = self._invoice(self._settle())
        invoice.action_post()
        self._pay(
            invoice,
            30.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.accounts["expense"].id,
        )
        self.assertEqual(self._figures(), (36.0, 6.0, 30.0, 0.0, "paid"))
        portal = self.env["coworking.portal.person"].sudo()
        (row,) = portal._prepare_payments(self.person.partner_id)
        self.assertTrue(row["paid"])
        amounts = (36.0, 6.0, 30.0, 0.0)
        texts = [self.company.currency_id.format(amount) for amount in amounts]
        self.assertEqual([text for _label, text in row["figures"]], texts)

    def test_what_was_paid_and_then_credited_is_owed_to_the_person(self):
        invoice = self._invoice(self._settle())
        invoice.action_post()
        self._pay(invoice, 36.0)
        invoice._reverse_moves([{"invoice_date": d("15/7")}]).action_post()
        self.assertEqual(self._figures(), (36.0, 36.0, 36.0, -36.0, "credited"))

    def test_by_month(self):
        self._settle()
        self._settle(JULY)
        self.assertEqual([row[0] for row in self._account()], [JUNE, JULY])

    def test_where_the_space_collects_it_is_information(self):
        self.program.copayment_collector = "space"
        self._settle()
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 0.0, "information")])

    def test_the_tax_that_will_be_added_is_told_before_the_invoice(self):
        """Design 5, point 14: 30.00 + 6.00."""
        self.program.funding_base = "untaxed"
        self.copayment_product.taxes_id = self._new_tax(
            "20% sale", self.accounts["tax"], use="sale"
        )
        self.tariff.product_id = self.seat_product_recovered
        june = self._settle()
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "to_invoice")])
        self._invoice(june).action_post()
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "open")])

    def test_a_credit_note_comes_off(self):
        self._invoice(self._settle()).action_post()
        self.seat.date_start = d("16/6")
        self._invoice(self._settle(JULY), "10/8").action_post()
        self.assertEqual(
            [row[1] for row in self._account()], [36.0, 18.0], "July 36.00 less 18.00 of June"
        )

    def _credit_and_invoice_again(self, invoices, user, day="20/7"):
        """Odoo's own button on a credit note."""
        context = {"active_model": "account.move", "active_ids": invoices.ids}
        wizard = self.env["account.move.reversal"].with_user(user).with_context(**context)
        wizard = wizard.create({"journal_id": invoices.journal_id.id, "date": d(day)})
        wizard.modify_moves()
        return wizard.new_move_ids.with_user(self.env.user)

    def test_one_that_odoo_makes_in_the_place_of_another_asks_for_its_part(self):
        other = self._new_seat("1/6", "31/7", "Farid")
        june = self._settle()
        invoices = self._invoice(june)
        invoices.action_post()
        again = self._credit_and_invoice_again(invoices, self.accountant)
        self.assertEqual(again.invoice_line_ids.coworking_charge_id, june.charge_ids)
        self.assertEqual(invoices.mapped("payment_state"), ["reversed", "reversed"])
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "draft")])
        with self.assertRefused("Nothing to invoice"):
            june.action_create_copayment_invoices()
        again.invoice_date = d("20/7")
        again.action_post()
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "open")])
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])
        self.assertEqual(
            {move.partner_id: move.invoice_line_ids.coworking_charge_id.seat_id for move in again},
            {seat.partner_id: seat for seat in self.seat | other},
        )

    def test_nor_is_it_taken_from_one_that_a_credit_note_to_come_leaves_standing(self):
        invoice = self._invoice(self._settle())
        invoice.action_post()
        again = self._credit_and_invoice_again(invoice, self.accountant, day="1/1/99")
        self.assertFalse(again.coworking_statement_id)
        self.assertEqual(self._account(), [(JUNE, 36.0, 0.0, 36.0, "open")])

    def test_an_accompanist_reads_those_of_the_own_programs_without_the_invoice(self):
        self._settle()
        rows = self.env["coworking.copayment"]
        own = rows.with_user(self.accompanist).search([("participant_id", "=", self.person.id)])
        self.assertEqual(own.due, 36.0)
        self.assertFalse(rows.with_user(self.other_accompanist).search([("id", "in", own.ids)]).ids)
        with self.assertRaises(AccessError):
            own.read(["move_id"])

    def test_who_is_late_is_written_to_with_odoo_s_composer(self):
        self.person.partner_id.email = "camille@example.org"
        invoice = self._invoice(self._settle())
        invoice.action_post()
        rows = self.env["coworking.copayment"].with_user(self.accountant)
        row = rows.search([("participant_id", "=", self.person.id)])
        action = row.action_remind()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({})
        )
        self.assertIn("36,00", composer.body)
        self.assertIn(invoice.name, composer.subject)
        composer._action_send_mail()
        message = invoice.message_ids.filtered(lambda note: note.message_type == "comment")
        self.assertEqual(message.partner_ids, self.person.partner_id)

    def test_who_does_not_want_mails_is_named_instead(self):
        self.person.partner_id.email = "camille@example.org"
        self._invoice(self._settle()).action_post()
        self.person.is_opposed = True
        row = self.env["coworking.copayment"].search([("participant_id", "=", self.person.id)])
        with self.assertRefused(self.person.display_name, "hand the reminder over"):
            row.with_user(self.accountant).action_remind()

    def test_installing_the_reminder_writes_on_no_bill(self):
        """Odoo renders a template that is made on a record of the database, to see if it can."""
        invoice = self._invoice(self._settle())
        invoice.action_post()
        invoice.access_token = False
        template = self.env.ref("coworking_incubation.mail_template_copayment_reminder")
        template._render_field("body_html", invoice.ids)
        self.assertFalse(invoice.access_token)
        row = self.env["coworking.copayment"].search([("participant_id", "=", self.person.id)])
        row.with_user(self.accountant).action_remind()
        self.assertIn(
            invoice.access_token, template._render_field("body_html", invoice.ids)[invoice.id]
        )

    def test_nobody_is_reminded_of_what_is_not_due(self):
        self._settle()
        row = self.env["coworking.copayment"].search([("participant_id", "=", self.person.id)])
        with self.assertRefused("nobody to remind"):
            row.with_user(self.accountant).action_remind()


class CorrectedCase(CoworkingCase):
    """What one month asks of a person is corrected by another."""

    def _post_copayments(self, statement, day="10/7"):
        """As each account said before that it would be asked."""
        told = self._tell_accounts(statement, "to_invoice")
        invoice = super()._post_copayments(statement, day)
        asked = self._tell_accounts(statement)
        self.assertEqual(told, {account: asked[account] for account in told})
        return invoice

    def _tell_accounts(self, statement, *states):
        self.env.flush_all()
        self.env.invalidate_all()
        accounts = self.env["coworking.copayment"].search([("statement_id", "=", statement.id)])
        return {row.id: row.due for row in accounts if not states or row.state in states}

    def _check(self, *statements):
        """Nothing is wrong, nor is income still to come."""
        self.env.flush_all()
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])
        month_end = self.env["coworking.month.end"].create(
            {"date": d("30/9"), "company_id": self.company.id}
        )
        ids = [statement.id for statement in statements]
        self.assertFalse(month_end._get_owing([("id", "in", ids)]))

    def _tell_income(self, day):
        """What the month end says of income that is still to be invoiced, by a day."""
        month_end = self.env["coworking.month.end"].create(
            {"date": d(day), "company_id": self.company.id}
        )
        month_end._make_lines()
        return sum(month_end.line_ids.mapped("income"))


class TestGivenUp(CorrectedCase):
    """36.00 of June taken back by a credit note; then June turns out to be 18.00 only."""

    def _give_up_june(self, end, **values):
        self.program.funding_rate = 80.0
        self.seat = self._new_seat("1/6", end, **values)
        self.june = self._settle()
        self.given_up = self._post_copayments(self.june)
        self.given_up._reverse_moves([{"invoice_date": d("12/7")}], cancel=True)
        self.seat.date_start = d("16/6")

    def test_nobody_is_paid_back_what_they_did_not_pay(self):
        self._give_up_june("30/6")
        july = self._settle(JULY)
        self.assertEqual(july.copayment_amount, -18.0, "the correction stays visible")
        invoice = self._post_copayments(july)
        self.assertRecordValues(invoice, [{"move_type": "out_invoice", "amount_total": 0.0}])
        lines = invoice.invoice_line_ids
        self.assertEqual(sorted(lines.mapped("price_unit")), [-18.0, 18.0])
        self.assertEqual(
            lines.coworking_charge_id, self.june.charge_ids | july.charge_ids, "both are told"
        )
        lang = self.company.partner_id.lang
        words = {"fr_FR": "rien à rendre"}.get(lang, "nothing to give back")
        self.assertTrue(any(words in line.name for line in lines), lines.mapped("name"))
        self._check(self.june, july)

    def test_the_month_end_gives_nothing_back_before_it_is_invoiced_nor_after(self):
        self._give_up_june("30/6")
        july = self._settle(JULY)
        self.assertEqual(self._tell_income("30/6"), 18.0, "nothing was asked nor given back yet")
        self.assertEqual(self._tell_income("31/7"), 0.0)
        self._post_copayments(july, "10/8")
        self.assertEqual(self._tell_income("31/7"), 0.0)
        self.assertEqual(self._tell_income("31/8"), 0.0)

    def test_the_next_month_is_asked_in_full(self):
        self._give_up_june("31/7")
        july = self._settle(JULY)
        self.assertEqual(self._post_copayments(july).amount_total, 36.0)
        self._check(self.june, july)

    def test_with_tax_as_well(self):
        self.program.funding_base = "untaxed"
        self.copayment_product.taxes_id = self._new_tax(
            "20% sale", self.accounts["tax"], use="sale"
        )
        tariff = self._new_tariff("150", 150.0, tax_included=False)
        tariff.product_id = self.seat_product_recovered
        self._give_up_june("31/7", tariff=tariff)
        july = self._settle(JULY)
        self.assertRecordValues(
            self._post_copayments(july), [{"amount_untaxed": 30.0, "amount_total": 36.0}]
        )
        self._check(self.june, july)

    def test_no_more_is_kept_than_was_given_up(self):
        self._give_up_june("31/7")
        july = self._settle(JULY)
        self._post_copayments(july)
        self.seat.date_start = d("1/7")
        august = self._settle("2015-08-01")
        self.assertEqual(august.copayment_amount, -18.0)
        self.assertEqual(self._post_copayments(august, "10/9").amount_total, 0.0)
        self._check(self.june, july, august)

    def test_what_stands_is_given_back(self):
        self._give_up_june("31/7")
        again = self._post_copayments(self.june)
        self.assertEqual(again.amount_total, 36.0)
        july = self._settle(JULY)
        self.assertEqual(self._post_copayments(july).amount_total, 18.0)
        self._check(self.june, july)

    def test_it_is_not_asked_again_while_a_later_invoice_counts_on_that(self):
        self._give_up_june("31/7")
        july = self._settle(JULY)
        invoice = self._post_copayments(july)
        with self.assertRefused("given up", invoice.name):
            self.june.action_create_copayment_invoices()
        invoice._reverse_moves([{"invoice_date": d("12/8")}], cancel=True)
        self.assertEqual(self._post_copayments(self.june).amount_total, 36.0)
        self.assertEqual(self._post_copayments(july).amount_total, 18.0)
        self._check(self.june, july)

    def test_what_was_never_asked_was_not_given_up(self):
        self.program.funding_rate = 80.0
        seat = self._new_seat("1/6", "31/7")
        june = self._settle()
        june.action_create_copayment_invoices()
        june.copayment_invoice_ids.button_cancel()
        seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(self._post_copayments(july).amount_total, 18.0)
        self.assertEqual(self._post_copayments(june).amount_total, 36.0)
        self._check(june, july)

    def _give_up_two_months(self, end, *parts):
        """A part of June, the rest of it in July, both given up."""
        self.program.funding_rate = 80.0
        self.seat = self._new_seat("1/6", end)
        self.june = self._settle()
        first = self._post_copayments(self.june)
        self.seat.date_end = d("30/6")
        self.july = self._settle(JULY)
        second = self._post_copayments(self.july, "10/8")
        self.assertEqual((first | second).mapped("amount_total"), list(parts))
        for invoice in first | second:
            invoice._reverse_moves([{"invoice_date": d("12/8")}], cancel=True)

    def _correct_both(self):
        """:return: the invoice of August; dict of what is corrected -> what it asks of it again"""
        august = self._settle("2015-08-01")
        invoice = self._post_copayments(august, "10/9")
        again = {
            line.coworking_charge_id: line.price_unit
            for line in invoice.invoice_line_ids
            if line.coworking_charge_id not in august.charge_ids
        }
        self.assertEqual(invoice.amount_total, 0.0)
        self._check(self.june, self.july, august)
        return invoice, again

    def test_what_was_given_up_in_two_months_is_asked_again_of_each(self):
        self._give_up_two_months("15/6", 18.0, 18.0)
        self.seat.write({"date_start": d("1/9"), "date_end": d("30/9")})
        invoice, again = self._correct_both()
        self.assertEqual(again, {self.june.charge_ids: 18.0, self.july.charge_ids: 18.0})
        for month in self.june, self.july:
            with self.assertRefused("given up", invoice.name):
                month.action_create_copayment_invoices()

    def test_a_part_of_it_is_asked_again_of_each_to_the_cent(self):
        self._give_up_two_months("10/6", 12.0, 24.0)
        self.seat.date_end = d("23/6")
        __, again = self._correct_both()
        self.assertEqual(again, {self.june.charge_ids: 2.8, self.july.charge_ids: 5.6})


class TestCreditedByHand(CorrectedCase):
    """What an accountant gave back by a credit note of their own counts towards the correction that
    comes by itself: 36.00 of June, of which 18.00 are given back, then June is 18.00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.bank = cls._new_bank()

    def _ask_june(self, end="31/7", **values):
        self.seat = self._new_seat("1/6", end, **values)
        self.june = self._settle()
        self.invoice = self._post_copayments(self.june)

    def _pay(self, invoice):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        self.env["account.payment.register"].with_context(**context).create(
            {"payment_date": d("12/7"), "journal_id": self.bank.id}
        )._create_payments()

    def _credit(self, invoice, *amounts, words=None, post=True):
        """By Odoo's wizard, whose draft is changed before it is posted."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": d("15/7"), "journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        note = wizard.new_move_ids
        for line, amount in zip(note.invoice_line_ids, amounts, strict=False):
            line.price_unit = amount
            if words:
                line.name = words
        if post:
            note.action_post()
        return note

    def _credit_without_link(self, amount, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.seat.partner_id.id,
                "invoice_date": d("15/7"),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "June",
                            "price_unit": amount,
                            "account_id": self.accounts["income"].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )

    def _make_correction(self):
        """July's draft invoice, which gives 18.00 of June back."""
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        july.action_create_copayment_invoices()
        draft = july.copayment_invoice_ids
        draft.invoice_date = d("10/8")
        return draft

    def _get_asked(self):
        """All that the person was asked for, less all that was given back."""
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "=", self.seat.partner_id.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ]
        )
        return sum(moves.mapped("amount_total_signed"))

    def test_it_is_given_back_once(self):
        self._ask_june("30/6")
        self._credit(self.invoice, 18.0)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(july.copayment_amount, -18.0, "the correction stays visible")
        self.assertRecordValues(
            self._post_copayments(july), [{"move_type": "out_invoice", "amount_total": 0.0}]
        )
        self.assertEqual(self._get_asked(), 18.0)
        self._check(self.june, july)

    def test_the_month_end_gives_it_back_once_before_it_is_invoiced(self):
        self._ask_june("30/6")
        self._credit(self.invoice, 18.0)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(self._tell_income("30/6"), 18.0, "nothing was asked nor given back yet")
        self.assertEqual(self._tell_income("31/7"), 0.0)
        self._post_copayments(july, "10/8")
        self.assertEqual((self._tell_income("31/7"), self._tell_income("31/8")), (0.0, 0.0))

    def test_also_where_all_was_paid_and_all_given_back(self):
        """The credit note waits to be paid out: Odoo says of the invoice that it is paid."""
        self._ask_june("30/6")
        self._pay(self.invoice)
        self._credit(self.invoice)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(self._post_copayments(july).amount_total, 0.0)
        self.assertEqual(self._get_asked(), 0.0, "what was given beyond June stays given")
        self._check(self.june, july)

    def test_what_it_lacks_is_given_back(self):
        self._ask_june()
        self._credit(self.invoice, 10.0)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(
            self._post_copayments(july).amount_total, 28.0, "July 36.00 less 8.00 of June"
        )
        self.assertEqual(self._get_asked(), 54.0)
        self._check(self.june, july)

    def test_what_was_counted_once_is_counted(self):
        self._ask_june()
        self._credit(self.invoice, 10.0)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self._post_copayments(july)
        self.seat.date_start = d("1/7")
        august = self._settle("2015-08-01")
        self.assertRecordValues(
            self._post_copayments(august, "10/9"),
            [{"move_type": "out_refund", "amount_total": 18.0}],
        )
        self.assertEqual(self._get_asked(), 36.0)
        self._check(self.june, july, august)

    def test_whatever_its_lines_say(self):
        self._ask_june()
        self._credit(self.invoice, 18.0, words="Two weeks of June")
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(self._post_copayments(july).amount_total, 36.0)
        self._check(self.june, july)

    def test_of_two_seats_it_is_that_which_it_names(self):
        self._ask_june("15/6")
        second = self._new_seat("16/6", "31/7", self.seat.participant_id)
        july = self._settle(JULY)
        invoice = self._post_copayments(july)
        self.assertEqual(invoice.amount_total, 54.0, "July 36.00, 18.00 of June")
        lines = invoice.invoice_line_ids
        of_june = lines.filtered(lambda line: line.coworking_charge_id.period == JUNE)
        note = self._credit(invoice, *(18.0 if line == of_june else 0.0 for line in lines))
        self.assertEqual(note.amount_total, 18.0)
        second.date_start = d("1/7")
        august = self._settle("2015-08-01")
        self.assertEqual(self._post_copayments(august, "10/9").amount_total, 0.0)
        second.date_start = d("16/7")
        september = self._settle("2015-09-01")
        self.assertRecordValues(
            self._post_copayments(september, "20/9"),
            [{"move_type": "out_refund", "amount_total": 17.42}],
        )
        self._check(self.june, july, august, september)

    def test_one_that_was_cancelled_counts_no_more(self):
        self._ask_june("30/6")
        note = self._credit(self.invoice, 18.0)
        note.button_draft()
        note.button_cancel()
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(self._post_copayments(july).amount_total, 18.0)
        self.assertEqual(self._get_asked(), 18.0)

    def test_one_that_a_later_invoice_counts_on_stays(self):
        self._ask_june()
        note = self._credit(self.invoice, 18.0)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        invoice = self._post_copayments(july)
        with self.assertRefused(invoice.name, "counts on", note.name):
            note.button_draft()
        draft = self.invoice._reverse_moves([{"invoice_date": d("15/7")}])
        draft.button_cancel()  # on what was never posted nothing counts
        invoice._reverse_moves([{"invoice_date": d("12/8")}], cancel=True)
        note.button_draft()
        note.button_cancel()
        self.assertEqual(
            self._post_copayments(july).amount_total, 18.0, "July 36.00, 18.00 of June back"
        )

    def test_one_of_the_invoice_that_counts_on_it_is_taken_back(self):
        self._ask_june()
        self._credit(self.invoice, 18.0)
        self.seat.date_start = d("16/6")
        invoice = self._post_copayments(self._settle(JULY))
        lines = invoice.invoice_line_ids
        of_july = lines.filtered(lambda line: line.coworking_charge_id.period == d("1/7"))
        note = self._credit(invoice, *(5.0 if line == of_july else 0.0 for line in lines))
        self.assertEqual(note.amount_total, 5.0)
        note.button_draft()
        self.assertEqual(note.state, "draft")

    def test_a_draft_that_was_made_before_is_not_posted(self):
        self._ask_june()
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        july.action_create_copayment_invoices()
        draft = july.copayment_invoice_ids
        self._credit(self.invoice, 18.0)
        draft.invoice_date = d("10/8")
        with self.assertRefused("credited meanwhile", july.name):
            draft.action_post()
        draft.button_cancel()
        self.assertEqual(self._post_copayments(july).amount_total, 36.0)
        self._check(self.june, july)

    def test_one_that_is_not_posted_yet_is_looked_at_first(self):
        self._ask_june()
        note = self._credit(self.invoice, 18.0, post=False)
        draft = self._make_correction()
        july = draft.coworking_statement_id
        self.assertEqual(draft.coworking_awaited, "given_back")
        self.assertIn(self.invoice.name, draft.coworking_awaited_message)
        self.assertEqual(draft.action_open_coworking_notes_beside()["res_id"], note.id)
        with self.assertRefused(self.invoice.name, "post or cancel that draft first", july.name):
            draft.action_post()
        note.action_post()
        with self.assertRefused("credited meanwhile", july.name):
            draft.action_post()
        draft.button_cancel()
        self.assertEqual(self._post_copayments(july).amount_total, 36.0)
        self.assertEqual(self._get_asked(), 54.0)
        self._check(self.june, july)

    def test_one_of_the_correction_itself_holds_nothing_up(self):
        self._ask_june()
        self._credit(self.invoice, 10.0)
        self.seat.date_start = d("16/6")
        july = self._post_copayments(self._settle(JULY))
        self.assertEqual(july._reverse_moves([{"invoice_date": d("12/8")}]).state, "draft")
        july.button_draft()
        self.assertFalse(july.coworking_awaited)
        july.action_post()
        self.assertEqual(self._get_asked(), 54.0)

    def test_one_that_was_deleted_unposted_gives_nothing_back(self):
        self._ask_june()
        note = self._credit(self.invoice, 18.0, post=False)
        draft = self._make_correction()
        note.unlink()
        draft.invalidate_recordset()
        self.assertFalse(draft.coworking_awaited)
        draft.action_post()
        self.assertEqual(self._get_asked(), 54.0)

    def test_one_that_says_of_no_invoice_is_told_beside_the_correction(self):
        self._ask_june()
        note = self._credit_without_link(18.0)
        draft = self._make_correction()
        self.assertIn("does not say of which invoice", draft.coworking_awaited_message)
        note.action_post()
        draft.invalidate_recordset()
        self.assertIn(note.name, draft.coworking_awaited_message)
        draft.action_post()
        self.assertFalse(draft.coworking_awaited)
        self.assertEqual(draft.amount_total, 18.0, "July 36.00, 18.00 of June back")

    def test_also_where_it_was_set_off_against_what_is_corrected(self):
        self._ask_june()
        note = self._credit_without_link(18.0)
        note.action_post()
        (note | self.invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertIn(note.name, self._make_correction().coworking_awaited_message)

    def test_nothing_is_told_where_nothing_is_given_back(self):
        self._ask_june()
        self._credit_without_link(18.0).action_post()
        july = self._settle(JULY)
        july.action_create_copayment_invoices()
        self.assertFalse(july.copayment_invoice_ids.coworking_awaited)

    def test_with_tax_as_well(self):
        self.program.funding_base = "untaxed"
        self.copayment_product.taxes_id = self._new_tax(
            "20% sale", self.accounts["tax"], use="sale"
        )
        tariff = self._new_tariff("150", 150.0, tax_included=False)
        tariff.product_id = self.seat_product_recovered
        self._ask_june("31/7", tariff=tariff)
        self._credit(self.invoice, 10.0)
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertRecordValues(
            self._post_copayments(july), [{"amount_untaxed": 25.0, "amount_total": 30.0}]
        )
        self._check(self.june, july)


class TestTaxesAsked(CorrectedCase):
    """36.00 of June are asked with 20 % VAT; then the tax of the product is another, and June is
    corrected: with 20 %.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"funding_rate": 80.0, "funding_base": "untaxed"})
        cls.old, cls.new = (
            cls._new_tax(f"{rate}% sale", cls.accounts["tax"], amount=rate, use="sale")
            for rate in (20.0, 10.0)
        )
        cls.copayment_product.taxes_id = cls.old
        cls.tariff = cls._new_tariff("180", 180.0, tax_included=False)
        cls.tariff.product_id = cls.seat_product_recovered

    def _ask_june(self, start, end):
        self.seat = self._new_seat(start, end, tariff=self.tariff)
        self.june = self._settle()
        return self._post_copayments(self.june)

    def test_what_is_given_back_has_the_tax_with_which_it_was_asked(self):
        asked = self._ask_june("1/6", "31/7")
        self.assertEqual(asked.amount_total, 43.2)
        self.copayment_product.taxes_id = self.new
        self.seat.date_start = d("16/6")
        july = self._settle(JULY)
        invoice = self._post_copayments(july)
        self.assertRecordValues(
            invoice.invoice_line_ids.sorted("price_unit"),
            [
                {"price_unit": -18.0, "price_total": -21.6, "tax_ids": self.old.ids},
                {"price_unit": 36.0, "price_total": 39.6, "tax_ids": self.new.ids},
            ],
        )
        self.assertEqual(invoice.amount_total, 18.0)
        self._check(self.june, july)

    def _account_of(self, statement):
        self.env.flush_all()
        self.env.invalidate_all()
        account = self.env["coworking.copayment"].search([("statement_id", "=", statement.id)])
        return account.due, account.residual, account.state

    def test_the_account_says_so_before_it_is_invoiced(self):
        self._ask_june("1/6", "31/7")
        for tax, rate, july_asks, by_today in (
            (self.new, 10.0, 39.6, 19.8),
            (self.old, 0.0, 36.0, 18.0),
            (self.new.browse(), 10.0, 36.0, 18.0),
        ):
            with self.subTest(tax=tax.name, rate=rate), self.env.cr.savepoint() as savepoint:
                self.copayment_product.taxes_id = tax
                self.old.amount = rate
                self.seat.date_start = d("16/6")
                july = self._settle(JULY)
                due = round(july_asks - 21.6, 2)
                self.assertNotEqual(due, by_today)
                self.assertEqual(self._account_of(july), (due, due, "to_invoice"))
                self._post_copayments(july)
                self.assertEqual(self._account_of(july), (due, due, "open"))
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_so_it_has_where_another_rate_was_written_on_the_tax(self):
        """Odoo warns of it; what was asked tells with which rate it was."""
        for start, rate, given_back, anew in (
            ("16/6", 10.0, -21.6, 39.6),
            ("11/6", 0.0, -14.4, 36.0),
            ("21/6", 5.5, -28.8, 37.98),
        ):
            with self.subTest(rate=rate), self.env.cr.savepoint() as savepoint:
                asked = self._ask_june("1/6", "31/7")
                self.assertEqual(asked.amount_total, 43.2)
                self.old.amount = rate
                self.seat.date_start = d(start)
                july = self._settle(JULY)
                invoice = self._post_copayments(july)
                self.assertEqual(
                    invoice.invoice_line_ids.sorted("price_unit").mapped("price_total"),
                    [given_back, anew],
                )
                self.assertAlmostEqual(invoice.amount_total, given_back + anew)
                self._check(self.june, july)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_what_is_given_back_with_more_tax_than_is_asked_is_a_credit_note(self):
        self._ask_june("1/6", "31/7")
        self.copayment_product.taxes_id = self.new
        self.seat.date_start = d("1/7")
        july = self._settle(JULY)
        self.assertRecordValues(
            self._post_copayments(july),
            [{"move_type": "out_refund", "amount_untaxed": 0.0, "amount_total": 3.6}],
        )
        self._check(self.june, july)

    def test_so_it_has_where_that_is_included_in_the_price(self):
        self.old.price_include_override = "tax_included"
        asked = self._ask_june("1/6", "30/6")
        self.assertEqual(asked.amount_total, 43.2)
        self.old.amount = 10.0
        self.seat.write({"date_start": d("1/9"), "date_end": d("30/9")})
        note = self._post_copayments(self._settle(JULY))
        self.assertRecordValues(
            note, [{"move_type": "out_refund", "amount_untaxed": 36.0, "amount_total": 43.2}]
        )

    def test_a_credit_note_of_all_of_it_gives_back_what_was_asked(self):
        asked = self._ask_june("1/6", "30/6")
        self.copayment_product.taxes_id = False
        self.seat.write({"date_start": d("1/9"), "date_end": d("30/9")})
        note = self._post_copayments(self._settle(JULY))
        self.assertRecordValues(
            note, [{"move_type": "out_refund", "amount_total": asked.amount_total}]
        )

    def test_so_has_what_is_asked_more(self):
        self._ask_june("16/6", "30/6")
        self.copayment_product.taxes_id = self.new
        self.seat.date_start = d("1/6")
        invoice = self._post_copayments(self._settle(JULY))
        self.assertEqual(invoice.amount_total, 21.6)
