"""Payments made in other books come in: as the accountant, from files as other software writes
them, down to what the books of Odoo then hold.
"""

import base64
from contextlib import contextmanager
from datetime import date
from decimal import Decimal as D

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.coworking_incubation.tools import make_workbook
from odoo.addons.coworking_incubation_funding import fec

from ..common import CoworkingCase, d
from .fec_files import bill, payment, write

HEADINGS = ("Numéro", "Fournisseur", "Date de paiement", "Montant payé", "Avoir")


def sheet(*rows, headings=HEADINGS):
    """A workbook of these rows, as bytes."""

    def fill(book):
        page = book.add_worksheet()
        style = book.add_format({"num_format": "dd/mm/yyyy"})
        for line, row in enumerate((headings, *rows)):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(line, column, value, style)
                elif value is not None:
                    page.write(line, column, value)

    return make_workbook(fill)


class BooksCase(CoworkingCase):
    """A bill of 180.00 and one of 120.00, both with tax, and a credit note of 40.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.bank_account_code_prefix = "T512"
        cls.startClassPatcher(freeze_time("2015-09-01"))
        cls.operator, cls.operator_b = cls.space.operator_id, cls.space_b.operator_id
        cls.operator.name, cls.operator_b.name = "Atelier Test", "Fabrique Test"
        cls.bill = cls._bill(180.0, ref="F-12")
        cls.bill_b = cls._bill(120.0, ref="F-13")
        cls.credit = cls._bill(40.0, ref="A-1", move_type="in_refund")

    @classmethod
    def _bill(cls, amount, post=True, **values):
        move = cls.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": cls.operator.id,
                "invoice_date": d("3/7"),
                "date": d("3/7"),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Seats",
                            "price_unit": amount,
                            "account_id": cls.accounts[
                                "income"
                                if values.get("move_type", "").startswith("out_")
                                else "expense"
                            ].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def _read(self, content, user=None, **values):
        """The dialog of an accountant who chose this file and clicked on Read."""
        form = Form(self.env["coworking.payment.import"].with_user(user or self.accountant))
        form.file = base64.b64encode(content)
        dialog = form.save()
        if values:
            dialog.write(values)
        dialog.action_read()
        return dialog

    def _import(self, content):
        dialog = self._read(content)
        self.assertFalse(dialog.line_ids.filtered("problem").mapped("problem"))
        dialog.action_record()
        return dialog

    def _paid(self, *moves):
        """(day, amount) of the payments of each, as all that counts payments reads them."""
        moves = self.env["account.move"].union(*moves)
        moves.invalidate_recordset()
        return [
            [(f"{day:%d/%m}", amount) for day, amount, __ in paid]
            for paid in moves._coworking_payment_facts().values()
        ]

    def _problem(self, *rows, **values):
        """What is said of the last of these rows."""
        dialog = self._read(sheet(*rows), **values)
        return dialog.line_ids.sorted("number")[-1].problem

    @contextmanager
    def assertNothingMade(self):
        before = self.env["account.payment"].search([]), self.env["account.move"].search([])
        yield
        after = self.env["account.payment"].search([]), self.env["account.move"].search([])
        self.assertEqual(after, before)


@tagged("post_install", "-at_install")
class TestBooks(BooksCase):
    """What is recorded, and what the books of Odoo hold then."""

    def test_a_payment_is_an_ordinary_one_on_a_journal_of_its_own(self):
        self._import(sheet(("F-12", "Atelier Test", d("9/7"), 180)))
        self.assertEqual(self._paid(self.bill), [[("09/07", D("180.0"))]])
        self.assertEqual(self.bill.payment_state, "paid")
        made = self.bill.matched_payment_ids
        self.assertEqual(made.state, "paid")
        journal = self.company.coworking_outside_journal_id
        self.assertEqual((made.journal_id, made.create_uid), (journal, self.accountant))
        lines = {line.account_id: line.balance for line in made.move_id.line_ids}
        self.assertEqual(
            lines, {self.accounts["payable"]: 180.0, journal.default_account_id: -180.0}
        )
        self.assertEqual((made.move_id.state, made.move_id.date), ("posted", d("9/7")))
        self.assertEqual(made.memo, "F-12")

    def test_the_journal_is_made_once(self):
        self._import(sheet(("F-12", None, d("9/7"), 180)))
        journal = self.company.coworking_outside_journal_id
        self._import(sheet(("F-13", None, d("9/7"), 120)))
        self.assertEqual(self.bill_b.matched_payment_ids.journal_id, journal)

    def test_where_the_addon_went_and_is_back_the_journal_is_that_of_before(self):
        self._import(sheet(("F-12", None, d("9/7"), 180)))
        journal = self.company.coworking_outside_journal_id
        self.company.coworking_outside_journal_id = False  # as its column went
        self._import(sheet(("F-13", None, d("9/7"), 120)))
        self.assertEqual(self.bill_b.matched_payment_ids.journal_id, journal)

    def test_parts_leave_the_rest_open(self):
        self._import(sheet(("F-12", None, d("9/7"), 60), ("F-12", None, d("20/7"), 100)))
        self.assertEqual(self._paid(self.bill), [[("09/07", D("60.0")), ("20/07", D("100.0"))]])
        self.assertEqual((self.bill.payment_state, self.bill.amount_residual), ("partial", 20.0))

    def test_a_part_today_and_the_rest_from_the_next_file(self):
        self._import(sheet(("F-12", None, d("9/7"), 60)))
        self._import(sheet(("F-12", None, d("9/7"), 60), ("F-12", None, d("20/7"), 120)))
        self.assertEqual(self._paid(self.bill), [[("09/07", D("60.0")), ("20/07", D("120.0"))]])
        self.assertEqual(self.bill.payment_state, "paid")

    def test_of_two_parts_of_one_day_and_amount_none_is_lost(self):
        self._import(sheet(("F-12", None, d("9/7"), 60)))
        self._import(sheet(("F-12", None, d("9/7"), 60), ("F-12", None, d("9/7"), 60)))
        self.assertEqual(self._paid(self.bill), [[("09/07", D("60.0"))] * 2])

    def test_a_file_given_twice_pays_once(self):
        content = sheet(("F-12", None, d("9/7"), 180), ("F-13", None, d("9/7"), 20))
        self._import(content)
        again = self._read(content)
        self.assertEqual((again.known_count, again.good_count, again.problem_count), (2, 0, 0))
        with self.assertNothingMade(), self.assertRaisesRegex(UserError, "No row"):
            again.action_record()

    def test_what_was_paid_in_odoo_is_there_already(self):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.bill.ids
        )
        register.create(
            {"payment_date": d("9/7"), "journal_id": self._new_bank().id}
        )._create_payments()
        self.assertEqual(self._read(sheet(("F-12", None, d("9/7"), 180))).known_count, 1)
        self.assertIn("nothing left", self._problem(("F-12", None, d("10/7"), 180)))

    def test_a_payment_that_was_taken_back_may_come_again(self):
        content = sheet(("F-12", None, d("9/7"), 180))
        self._import(content)
        self.bill.matched_payment_ids.action_draft()
        self.bill.matched_payment_ids.action_cancel()
        self._import(content)
        self.assertEqual(self._paid(self.bill), [[("09/07", D("180.0"))]])

    def test_one_transfer_for_several_bills_pays_each(self):
        self._import(
            write(
                bill("1", 180, "F-12", "AA"),
                bill("2", 120, "F-13", "AA"),
                payment("7", 300, "AA", day="20150709"),
            )
        )
        self.assertEqual(
            self._paid(self.bill, self.bill_b), [[("09/07", D("180.0"))], [("09/07", D("120.0"))]]
        )
        self.assertEqual(self.bill.matched_payment_ids.memo, "F-12 BQ 7")

    def test_a_credit_note_sets_a_bill_off_and_is_no_payment(self):
        content = write(
            bill("1", 180, "F-12", "AA"),
            bill("2", -40, "A-1", "AA"),
            payment("7", 140, "AA", day="20150709"),
        )
        self._import(content)
        self.assertEqual(self._paid(self.bill, self.credit), [[("09/07", D("140.0"))], []])
        self.assertEqual(set((self.bill | self.credit).mapped("payment_state")), {"paid"})
        self.assertEqual(self._read(content).known_count, 2)

    def test_each_of_two_credit_notes_of_a_bill_counts_once(self):
        self._bill(20.0, ref="A-2", move_type="in_refund")
        first = write(bill("1", 180, "F-12", "AA"), bill("2", -40, "A-1", "AA"))
        both = write(
            bill("1", 180, "F-12", "AA"), bill("2", -40, "A-1", "AA"), bill("3", -20, "A-2", "AA")
        )
        self._import(first)
        dialog = self._import(both)
        self.assertEqual((dialog.recorded_count, self.bill.amount_residual), (1, 120.0))
        self.assertEqual(self._read(both).known_count, 2)

    def test_a_credit_note_that_is_refunded_is_money_that_came_back(self):
        self._import(sheet(("A-1", None, d("9/7"), -40)))
        self.assertEqual(self._paid(self.credit), [[("09/07", D("40.0"))]])
        self.assertEqual(self.credit.matched_payment_ids.payment_type, "inbound")

    def test_an_invoice_to_a_participant_is_paid_by_them(self):
        invoice = self._bill(36.0, move_type="out_invoice", partner_id=self.manager.partner_id.id)
        self._import(sheet((invoice.name, None, d("9/7"), 36)))
        self.assertEqual(self._paid(invoice), [[("09/07", D("36.0"))]])
        made = invoice.matched_payment_ids
        self.assertEqual((made.payment_type, made.partner_type), ("inbound", "customer"))

    def test_a_bill_due_in_several_terms_is_paid_from_the_first(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        halves = self._bill(200.0, ref="F-20", invoice_payment_term_id=term.id)
        self._import(sheet(("F-20", None, d("9/7"), 150)))
        self.assertEqual(sum(amount for __, amount in self._paid(halves)[0]), D("150.0"))
        self.assertEqual(halves.amount_residual, 50.0)

    def test_payments_are_in_the_audit_trail(self):
        self._import(sheet(("F-12", None, d("9/7"), 180)))
        trail = self.env["coworking.audit"].with_user(self.accountant)
        row = trail.search([("res_model", "=", "account.payment")], limit=1)
        self.assertEqual(
            (row.action, row.res_id, row.company_id.id, row.user_id, row.changes["format"]),
            ("made", self.bill.matched_payment_ids.id, self.company.id, self.accountant, "xlsx"),
        )

    def test_what_is_wrong_stays_and_what_is_right_is_recorded(self):
        dialog = self._read(sheet(("F-12", None, d("9/7"), 180), ("F-99", None, d("9/7"), 5)))
        dialog.action_record()
        self.assertEqual((dialog.recorded_count, dialog.line_ids.reference), (1, "F-99"))
        self.assertEqual(self.bill.payment_state, "paid")

    def test_a_row_is_mended_on_the_spot(self):
        dialog = self._read(sheet(("F-99", None, d("9/7"), 180), ("F-13", None, "soon", 120)))
        with Form(dialog) as form:
            with form.line_ids.edit(0) as line:
                line.move_id = self.bill
            with form.line_ids.edit(1) as line:
                line.day = "09/07/2015"
        dialog.action_check()
        self.assertEqual((dialog.good_count, dialog.problem_count), (2, 0))
        dialog.action_record()
        self.assertEqual(
            self._paid(self.bill, self.bill_b), [[("09/07", D("180.0"))], [("09/07", D("120.0"))]]
        )

    def test_another_number_finds_another_bill(self):
        dialog = self._read(sheet(("F-99", None, d("9/7"), 120)))
        with Form(dialog) as form, form.line_ids.edit(0) as line:
            line.reference = "F-13"
            self.assertEqual(line.move_id, self.bill_b)
        dialog.action_check()
        self.assertFalse(dialog.line_ids.problem)

    def test_what_became_wrong_since_it_was_shown_is_not_recorded(self):
        dialog = self._read(sheet(("F-12", None, d("9/7"), 180), ("F-13", None, d("9/7"), 120)))
        self._import(sheet(("F-12", None, d("8/7"), 180)))
        dialog.action_record()
        self.assertIn("nothing left", dialog.line_ids.problem)
        self.assertEqual(self._paid(self.bill), [[("08/07", D("180.0"))]])


@tagged("post_install", "-at_install")
class TestRefused(BooksCase):
    """What is wrong is said of the row, and nothing is made of it."""

    def test_more_than_is_left(self):
        self.assertRegex(self._problem(("F-12", None, d("9/7"), 200)), "20,00.*too much")

    def test_more_than_is_left_of_several_rows(self):
        rows = [("F-12", None, d("9/7"), 100), ("F-12", None, d("10/7"), 100)]
        self.assertRegex(self._problem(*rows), "20,00.*too much")

    def test_a_bill_that_is_paid_says_when(self):
        self._import(sheet(("F-12", None, d("9/7"), 180)))
        self.assertIn("09/07/2015", self._problem(("F-12", None, d("10/7"), 180)))

    def test_a_draft(self):
        self._bill(50.0, ref="F-30", post=False)
        self.assertIn("not posted (Draft)", self._problem(("F-30", None, d("9/7"), 50)))

    def test_a_bill_that_was_cancelled(self):
        self._bill(50.0, ref="F-30", post=False).button_cancel()
        self.assertIn("not posted (Cancelled)", self._problem(("F-30", None, d("9/7"), 50)))

    def test_a_bill_of_another_company(self):
        company = self._new_company("Other Books")
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        type(self).env, mine = env, self.env
        try:
            accounts = self._setup_accounts(company)
            self.accountant.company_ids |= company
            move = env["account.move"].create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.operator.id,
                    "ref": "F-40",
                    "invoice_date": d("3/7"),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "x", "price_unit": 5.0, "account_id": accounts["expense"].id}
                        )
                    ],
                }
            )
            move.action_post()
        finally:
            type(self).env = mine
        self.assertIn("is of Other Books", self._problem(("F-40", None, d("9/7"), 5)))

    def test_days(self):
        self.assertIn("made after that day", self._problem(("F-12", None, d("2/7"), 180)))
        self.assertIn("still to come", self._problem(("F-12", None, d("2/9"), 180)))
        self.assertIn("not a date", self._problem(("F-12", None, "soon", 180)))
        self.assertFalse(self._problem(("F-12", None, d("3/7"), 180)))

    def test_a_period_that_is_closed(self):
        self.company.fiscalyear_lock_date = d("31/7")
        self.assertIn("closed on that day", self._problem(("F-12", None, d("31/7"), 180)))
        self.assertFalse(self._problem(("F-12", None, d("1/8"), 180)))

    def test_amounts(self):
        for amount in (0, -5, "1,234", "ten", 1.005):
            with self.subTest(amount=amount):
                self.assertIn("no amount", self._problem(("F-12", None, d("9/7"), amount)))

    def test_another_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self._bill(50.0, ref="F-50", currency_id=dollar.id)
        self.assertIn("is in USD", self._problem(("F-50", None, d("9/7"), 50)))

    def test_a_number_that_no_bill_has(self):
        self.assertIn("numbered F-99", self._problem(("F-99", None, d("9/7"), 50)))
        self.assertIn("Which bill", self._problem((None, "Atelier Test", d("9/7"), 50)))

    def test_a_number_that_two_suppliers_gave(self):
        self._bill(50.0, ref="F-12", partner_id=self.operator_b.id)
        self.assertIn("Several are numbered", self._problem(("F-12", None, d("9/7"), 50)))
        dialog = self._read(sheet(("F-12", "FABRIQUE TEST SCOP", d("9/7"), 50)))
        self.assertFalse(dialog.line_ids.problem)
        self.assertEqual(dialog.line_ids.move_id.commercial_partner_id, self.operator_b)

    def test_a_number_of_another_supplier(self):
        self.assertIn(
            "is of Atelier Test, not of Imprimerie",
            self._problem(("F-12", "Imprimerie", d("9/7"), 180)),
        )

    def test_a_credit_note_of_another_supplier_sets_nothing_off(self):
        self._bill(30.0, ref="A-9", move_type="in_refund", partner_id=self.operator_b.id)
        self.assertIn("cannot set", self._problem(("F-12", None, d("9/7"), 30, "A-9")))

    def test_a_credit_note_sets_off_all_it_can(self):
        self.assertIn("40,00", self._problem(("F-12", None, d("9/7"), 30, "A-1")))

    def test_a_credit_note_that_is_not_there(self):
        self.assertIn("numbered A-7", self._problem(("F-12", None, d("9/7"), 30, "A-7")))

    def test_refused_rows_make_nothing(self):
        dialog = self._read(sheet(("F-12", None, d("9/7"), 200)))
        with self.assertNothingMade(), self.assertRaises(UserError):
            dialog.action_record()

    def test_nobody_else_may(self):
        for user in (self.coordinator, self.accompanist, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._read(sheet(("F-12", None, d("9/7"), 180)), user=user)


@tagged("post_install", "-at_install")
class TestFiles(BooksCase):
    """Files that are not what they should be."""

    def test_a_workbook_without_the_columns(self):
        for headings in (("Numéro", "Date"), ("Date", "Montant"), ("x", "y")):
            with self.assertRaisesRegex(UserError, "headings"):
                self._read(sheet(("F-12", 1), headings=headings))

    def test_rows_that_are_not_paid_are_left_out(self):
        dialog = self._read(sheet(("F-12", None, None, None), ("F-13", None, d("9/7"), 120)))
        self.assertEqual(dialog.line_ids.reference, "F-13")
        with self.assertRaisesRegex(UserError, "nothing is"):
            self._read(sheet(("F-12", None, None, None)))

    def test_a_csv_of_another_age(self):
        text = "Numéro;Payée le;Montant\r\nF-12;09/07/15;180,00\r\n"
        for encoding in ("utf-8-sig", "iso8859-15"):
            dialog = self._read(text.encode(encoding))
            self.assertEqual((dialog.good_count, dialog.line_ids.move_id), (1, self.bill))

    def test_an_unbalanced_fec_is_told_line_by_line_and_makes_nothing(self):
        wrong = bill("2", 120, "F-13")
        wrong[1]["Credit"] = "110,00"
        content = write(bill("1", 180, "F-12", "AA"), wrong, payment("7", 180, "AA"))
        with (
            self.assertNothingMade(),
            self.assertRaisesRegex(
                UserError, r"Lines 4 to 5: entry 2 of journal AC.*120.00.*110.00"
            ),
        ):
            self._read(content)

    def test_each_fault_of_an_fec_has_words(self):
        entries = [bill(str(number), 1, "F") for number in range(4)]
        entries[0][0]["EcritureDate"] = "9/6"
        entries[1][0]["Debit"] = "one"
        entries[2][0]["EcritureNum"] = ""
        with self.assertRaises(UserError) as error:
            self._read(write(*entries) + b"\r\nAC")
        for line, words in (
            (2, "not a date"),
            (4, "not an amount"),
            (6, "no number"),
            (10, "1 col"),
        ):
            self.assertRegex(str(error.exception), rf"Line {line}\b.*{words}")

    def test_an_fec_without_its_columns(self):
        content = write(columns=[name for name in fec.COLUMNS if name != "EcritureLet"])
        with self.assertRaisesRegex(UserError, "EcritureLet"):
            self._read(content)

    def test_an_fec_of_another_company(self):
        self.company.company_registry = "73282932000074"
        content = write(bill("1", 180, "F-12", "AA"), payment("7", 180, "AA"))
        with self.assertRaisesRegex(UserError, "552100554"):
            self._read(content, file_name="552100554FEC20151231.txt")
        self.assertTrue(self._read(content, file_name="732829320FEC20151231.txt").line_ids)

    def test_an_fec_without_lettering_says_what_to_do(self):
        with self.assertRaisesRegex(UserError, "EcritureLet"):
            self._read(write(bill("1", 180, "F-12"), payment("7", 180)))

    def test_others_of_an_fec_are_counted_not_listed(self):
        content = write(
            bill("1", 180, "F-12", "AA"),
            payment("7", 180, "AA", day="20150709"),
            bill("2", 90, "EDF-1", "AA", name="Electricien"),
            payment("8", 90, "AA", name="Electricien"),
        )
        dialog = self._read(content)
        self.assertEqual((dialog.line_ids.reference, dialog.good_count), ("F-12", 1))
        self.assertRegex(dialog.not_read, "here: 1 .Electricien")

    def test_a_known_supplier_with_an_unknown_number_is_to_be_chosen(self):
        content = write(bill("1", 180, "AC0012", "AA"), payment("7", 180, "AA", day="20150709"))
        dialog = self._read(content)
        self.assertIn("numbered AC0012", dialog.line_ids.problem)
        with Form(dialog) as form, form.line_ids.edit(0) as line:
            line.move_id = self.bill
        dialog.action_record()
        self.assertEqual(self._paid(self.bill), [[("09/07", D("180.0"))]])

    def test_a_number_in_the_words_of_an_entry_is_found(self):
        """Where the piece has a number of the other software."""
        content = write(
            bill("1", 180, "AC0012", "AA", EcritureLib="Facture F-12 Atelier"),
            payment("7", 180, "AA", day="20150709"),
        )
        self.assertEqual(self._import(content).recorded_count, 1)
        self.assertEqual(self._paid(self.bill), [[("09/07", D("180.0"))]])

    def test_a_hundred_thousand_lines_are_read_within_bounds(self):
        entries = [bill("1", 180, "F-12", "AA"), payment("7", 180, "AA", day="20150709")]
        for number in range(25_000):
            name = f"Fournisseur {number % 300}"
            entries.append(bill(f"a{number}", 12, f"X-{number}", "A", name=name))
            entries.append(payment(f"b{number}", 12, "A", name=name))
        with self.assertQueryCount(120):
            dialog = self._read(write(*entries))
        self.assertEqual((len(dialog.line_ids), dialog.good_count), (1, 1))
        self.assertRegex(dialog.not_read, "here: 25000 ")
