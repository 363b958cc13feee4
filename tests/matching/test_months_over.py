"""Statements that are over are marked, and what reads all that ever were looks at the others alone:
what it says is the same, and whatever a mark follows from takes it back.
"""

import os
import random
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from odoo.addons.coworking_incubation.models.trust.books_rules import RULES

from ..common import JULY, JUNE, d
from .common import MatchingCase

STEPS = int(os.environ.get("COWORKING_STEPS", 80))
DAYS = ("15/6", "30/6", "31/7", "31/8", "31/12")
DOMAINS = (
    [],
    [("payment", "=", "paid")],
    [("decision", "=", "matched")],
    [("status", "!=", "matched")],
    [("gap", "!=", 0)],
    [("move_id", "!=", False)],
    [("date_from", "=", JUNE)],
)
AMOUNTS = ("used", "billed", "amount_untaxed", "amount_total", "cost", "income")


class OverCase(MatchingCase):
    """Two spaces, two programs, people who owe a part of what their seats cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.other = cls._new_program("Other", "OTH", copayment_collector="space")
        cls.people = [cls._new_participant(name) for name in ("Camille", "Dominique", "Sacha")]
        cls.seats = [
            cls._new_seat("1/6", "31/8", cls.people[0]),
            cls._new_seat("1/6", "31/7", cls.people[1]),
            cls._new_seat("1/6", "31/8", cls.people[2], cls.tariff_b),
            cls._new_seat("1/6", "31/8", cls._new_participant("Louison", cls.other)),
        ]
        cls.bank = cls._new_bank()

    @classmethod
    def _bill_all(cls, statements):
        bills = cls._bill(statements)
        bills.write({"invoice_date": d("3/7"), "date": d("3/7")})
        bills.action_post()
        return bills

    @classmethod
    def _invoice_all(cls, statements):
        statements.action_create_copayment_invoices()
        invoices = statements.copayment_invoice_ids
        invoices.invoice_date = d("4/7")
        invoices.action_post()
        return invoices

    @classmethod
    def _pay(cls, moves, **values):
        context = {"active_model": "account.move", "active_ids": moves.ids}
        return (
            cls.env["account.payment.register"]
            .with_context(**context)
            .create({"payment_date": d("10/7"), "journal_id": cls.bank.id, **values})
            ._create_payments()
        )

    @classmethod
    def _close(cls):
        cls.env["coworking.statement"]._gc_over_since()

    def _get_over(self):
        """The statements that are over: dict -> since when."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, over_since FROM coworking_statement"
            " WHERE over_since IS NOT NULL AND company_id = %s ORDER BY id",
            [self.company.id],
        )
        rows = dict(self.env.cr.fetchall())
        return {self.env["coworking.statement"].browse(row): rows[row] for row in rows}

    def _find_wrong(self):
        """The statements whose mark the check of the books holds to be wrong, whatever else is."""
        self.env.flush_all()
        rows = self.env["coworking.books"]._select(RULES["over"], self.company)
        return [self.env["coworking.statement"].browse(row[2]) for row in rows]

    # === What is said === #

    def _tell(self, days, domains):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        return {
            **{day: self._tell_month_end(day) for day in days},
            **{str(domain): self._tell_sums(lines._sum_by_month(domain)) for domain in domains},
            "lines": self._tell_lines(lines),
        }

    def _tell_month_end(self, day):
        wizard = (
            self.env["coworking.month.end"]
            .with_user(self.accountant)
            .create({"date": d(day), "company_id": self.company.id})
        )
        wizard.action_list()
        return [
            (row.kind, row.charge_id.id, row.bill_line_id.id, *(row[name] for name in AMOUNTS))
            for row in wizard.sudo().line_ids.sorted("id")
        ]

    def _tell_sums(self, rows):
        return sorted(
            [tuple((name, str(row[name])) for name in sorted(row)) for row in rows], key=str
        )

    def _tell_lines(self, lines):
        """By the view, which knows no mark: what a statement that is over says of its lines."""
        rows = lines.search([("statement_id", "in", [row.id for row in self._get_over()])])
        return [
            (row.id, row.gap, row.cause, row.status)
            for row in rows
            if row.gap or row.cause or row.status != "matched"
        ]

    def assertSameWithoutMarks(self, days=DAYS, domains=DOMAINS):
        self.assertEqual(self._find_wrong(), [])
        told = self._tell(days, domains)
        self.assertEqual(told.pop("lines"), [])
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("UPDATE coworking_statement SET over_since = NULL")
            without = self._tell(days, domains)
            savepoint.rollback()
        self.env.invalidate_all()
        without.pop("lines")
        for name, expected in without.items():
            self.assertEqual(told[name], expected, name)


class TestClosing(OverCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.june = cls._settle().filtered(lambda row: row.space_id == cls.space)

    def test_what_is_billed_paid_and_invoiced_is_over_from_the_last_of_these_days(self):
        self._pay(self._bill_all(self.june))
        self._close()
        self.assertFalse(self._get_over(), "participants' parts are not invoiced")
        self._invoice_all(self.june)
        self._close()
        self.assertEqual(self._get_over(), {self.june: d("4/7")})
        self.assertSameWithoutMarks()

    def test_what_is_not_paid_or_not_with_money_is_not_over(self):
        self._invoice_all(self.june)
        bill = self._bill_all(self.june)
        self._close()
        self.assertFalse(self._get_over())
        self._pay(bill, amount=100.0)
        self._close()
        self.assertFalse(self._get_over())
        self._pay(
            bill,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.accounts["income"].id,
            amount=bill.amount_residual - 10.0,
        )
        self.assertEqual(bill.payment_state, "paid")
        self._close()
        self.assertFalse(self._get_over())

    def test_a_month_that_was_taken_back_and_billed_anew_is_over_once_all_of_it_is_decided(self):
        self._invoice_all(self.june)
        first = self._bill_all(self.june)
        note = first._reverse_moves([{"invoice_date": d("8/7"), "date": d("8/7")}], cancel=True)
        self._close()
        self.assertFalse(self._get_over(), "it is to be billed")
        self.june.action_create_bill()
        again = self.june.bill_id
        self.assertNotEqual(again, first)
        again.write({"invoice_date": d("9/7"), "date": d("9/7")})
        again.action_post()
        self._pay(again)
        self._close()
        self.assertFalse(self._get_over(), "it is to be decided")
        lines = self.env["coworking.month.line"].search([("statement_id", "=", self.june.id)])
        lines.with_user(self.accountant).action_match()
        self._close()
        self.assertEqual(self._get_over(), {self.june: d("9/7")})
        self.assertSameWithoutMarks()
        with self.assertRefused("already has", again.display_name, error=ValidationError):
            note.line_ids.remove_move_reconcile()  # the first bill would be to pay again

    def test_where_the_space_collects_nothing_is_to_invoice(self):
        june = self._settle(JUNE, self.other)
        self._pay(self._bill_all(june))
        self._close()
        self.assertEqual(self._get_over(), {june: d("3/7")})

    def test_a_month_that_costs_nothing_is_over_with_its_last_day(self):
        free = self._new_tariff("Free", 0.0, space=self.space_b)
        self._new_seat("1/6", "30/6", self._new_participant("Alix", self.other), free)
        june = self._settle(JUNE, self.other).filtered(lambda row: row.space_id == self.space_b)
        self.assertTrue(june.charge_ids)
        self.assertFalse(june.payable_total)
        self._close()
        self.assertEqual(self._get_over(), {june: d("30/6")})
        self.assertSameWithoutMarks()

    def test_a_pack_is_over_and_its_tickets_are_told_as_long_as_somebody_has_the_seat(self):
        tariff = self._new_tariff("Ten days", 120.0, unit="pack", pack_size=10.0)
        seat = self._new_seat("1/6", "15/8", self._new_participant("Alix", self.other), tariff)
        self._new_presences(seat, "1/6")
        june = self._settle(JUNE, self.other)
        self._pay(self._bill_all(june))
        self._close()
        self.assertIn(june, self._get_over())
        self.assertTrue([row for row in self._tell_month_end("31/7") if row[0] == "prepaid"])
        self.assertSameWithoutMarks()


class TestOpening(OverCase):
    """June is over. What is done by SQL is done however it happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.june = cls._settle().filtered(lambda row: row.space_id == cls.space)
        cls.bill = cls._bill_all(cls.june)
        cls.payment = cls._pay(cls.bill)
        cls.invoices = cls._invoice_all(cls.june)
        cls.charge = cls.june.charge_ids[0]
        cls._close()

    def setUp(self):
        super().setUp()
        self.assertIn(self.june, self._get_over())

    @contextmanager
    def _trying(self, what):
        with self.subTest(what), self.env.cr.savepoint() as savepoint:
            yield
            self.env.invalidate_all()
            savepoint.rollback()

    def test_whatever_it_follows_from_opens_it(self):
        entry = self.payment.move_id
        for table, record, change in (
            ("coworking_statement", self.june, "state = 'sent'"),
            ("coworking_statement", self.june, "date_from = '2015-05-01'"),
            ("coworking_charge", self.charge, "state = 'open'"),
            ("coworking_match", self._matches(self.bill)[0], "decision = NULL"),
            ("coworking_match", self._matches(self.bill)[0], "cause = 'rounding'"),
            ("coworking_match", self._matches(self.bill)[0], "charge_id = NULL"),
            ("account_move", self.bill, "state = 'draft'"),
            ("account_move", self.bill, "date = '2015-09-01'"),
            ("account_move", self.bill, "payment_state = 'partial'"),
            ("account_move", self.bill, f"reversed_entry_id = {self.invoices[0].id}"),
            ("account_move", self.bill, "amount_residual_signed = 1"),
            ("account_move", self.invoices[0], "state = 'cancel'"),
            ("account_move", self.invoices[0], "payment_state = 'reversed'"),
            ("account_move", self.invoices[0], "amount_untaxed_signed = 1"),
            ("account_move", self.invoices[0], "date = '2015-09-01'"),
            ("account_move", self.invoices[0], "coworking_statement_id = NULL"),
            ("account_move", self.invoices[0], f"partner_id = {self.space.partner_id.id}"),
            ("account_move", entry, "amount_total_signed = 1"),
            ("account_move_line", entry.line_ids, "parent_state = 'draft'"),
            ("account_move_line", entry.line_ids, "payment_id = NULL"),
            ("account_payment", self.payment, "amount_company_currency_signed = 1"),
            ("coworking_seat", self.charge.seat_id, f"partner_id = {self.space.partner_id.id}"),
            ("coworking_program", self.program, "copayment_collector = 'space'"),
        ):
            with self._trying((table, change)):
                self.env.cr.execute(
                    f"UPDATE {table} SET {change} WHERE id = ANY (%s)",  # nosec B608
                    [record.ids],
                )
                self.assertTrue(self.env.cr.rowcount)
                self.assertNotIn(self.june, self._get_over())
        for query, record in (
            ("DELETE FROM coworking_match WHERE move_id = ANY (%s)", self.bill),
            ("DELETE FROM account_move WHERE id = ANY (%s)", self.invoices[0]),
            (
                "DELETE FROM account_partial_reconcile WHERE debit_move_id = ANY (%s)",
                entry.line_ids,
            ),
        ):
            with self._trying(query):
                self.env.cr.execute(query, [record.ids])
                self.assertTrue(self.env.cr.rowcount)
                self.assertNotIn(self.june, self._get_over())

    def test_a_new_invoice_opens_it_and_is_itself_not_missed(self):
        invoice = self.invoices[0].copy(
            {"coworking_statement_id": self.june.id, "partner_id": self.space.partner_id.id}
        )
        self.assertNotIn(self.june, self._get_over())
        self._close()
        self.assertNotIn(self.june, self._get_over(), "a draft may be posted")
        invoice.unlink()
        self._close()
        self.assertIn(self.june, self._get_over())

    def test_another_charge_opens_it(self):
        self.env["coworking.charge"].create(
            {
                "seat_id": self.seats[0].id,
                "statement_id": self.june.id,
                "period": JULY,
                "date_from": JULY,
                "date_to": d("31/7"),
                "state": "open",
                "kind": "extra",
            }
        )
        self.assertNotIn(self.june, self._get_over())

    def test_money_instead_of_other_money_opens_it_though_the_bill_stays_as_it_was(self):
        self.payment.action_draft()
        self.assertNotIn(self.june, self._get_over())
        self.assertSameWithoutMarks()

    def test_a_bank_line_that_paid_it_opens_it_where_it_is_not_that_money_any_more(self):
        self.bill.line_ids.remove_move_reconcile()
        bank_line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": d("12/7"),
                "payment_ref": "Transfer",
                "partner_id": self.bill.partner_id.id,
                "amount": -self.bill.amount_total,
            }
        )
        terms = self.bill.line_ids.filtered(lambda row: row.account_type == "liability_payable")
        item = bank_line._seek_for_lines()[1]
        bank_line.move_id.with_context(force_delete=True, skip_readonly_check=True).write(
            {"line_ids": [Command.update(item.id, {"account_id": terms.account_id.id})]}
        )
        (terms | item).reconcile()
        self._close()
        self.assertIn(self.june, self._get_over())
        for table, record, change in (
            ("account_bank_statement_line", bank_line, "amount = amount - 1"),
            ("account_move_line", item, "statement_line_id = NULL"),
        ):
            with self._trying((table, change)):
                self.env.cr.execute(
                    f"UPDATE {table} SET {change} WHERE id = %s",  # nosec B608
                    [record.id],
                )
                self.assertNotIn(self.june, self._get_over())
                self.assertSameWithoutMarks()
        bank_line.action_undo_reconciliation()
        self.assertNotIn(self.june, self._get_over())

    def test_the_check_of_the_books_tells_a_mark_that_nothing_took_back(self):
        """As where triggers were switched off meanwhile: it is put back as it was."""
        for what, change, mark, wrong in (
            ("right", "state = state", "2015-07-04", []),
            ("later than it need be", "state = state", "2015-07-31", []),
            ("not over", "payment_state = 'partial'", "2015-07-04", [self.june]),
            ("over later", "date = '2015-09-01'", "2015-07-04", [self.june]),
        ):
            with self._trying(what):
                self.env.cr.execute(
                    f"UPDATE account_move SET {change} WHERE id = %s",  # nosec B608
                    [self.bill.id],
                )
                self.env.cr.execute(
                    "UPDATE coworking_statement SET over_since = %s WHERE id = %s",
                    [mark, self.june.id],
                )
                self.assertEqual(self._find_wrong(), wrong)
                self.env.cr.execute("UPDATE coworking_statement SET over_since = NULL")
                self.assertEqual(self._find_wrong(), [])

    def test_what_it_does_not_follow_from_leaves_it_as_it_is(self):
        self.env["coworking.charge"]._gc_copayment_open()
        self.program.name = "Renamed"
        self.bill.ref = "F-1"
        self.june.activity_schedule("mail.mail_activity_data_todo", summary="Look")
        self.charge.review = "confirmed"
        self.assertIn(self.june, self._get_over())

    def test_another_month_stays_as_it_is(self):
        july = self._settle(JULY).filtered(lambda row: row.space_id == self.space)
        self._pay(self._bill_all(july))
        self._invoice_all(july)
        self._close()
        self.assertIn(july, self._get_over())
        self.payment.action_draft()
        self.assertEqual(list(self._get_over()), [july])


class TestStories(OverCase):
    """Bills, payments, credit notes and corrections in any order, and marks made at any time: what
    is said is the same as if no statement had one. Of what narrower questions are told, each step
    asks its turn.
    """

    def test_what_is_said_is_the_same_whatever_happens(self):
        self.chance = random.Random(int(os.environ.get("COWORKING_SEED", 2015)))
        self.months = [JUNE, JULY, d("1/8")]
        done, over = set(), 0
        for month in self.months:
            self._settle(month, self.program | self.other)
        marked = self._get_over()
        for step in range(STEPS):
            kind = self.chance.choice(self.KINDS)
            with self.subTest(step=step, kind=kind):
                try:
                    with self.env.cr.savepoint():
                        getattr(self, f"_do_{kind}")()
                        self.env.flush_all()
                    changed = True
                    done.add(kind)
                except (UserError, ValidationError):
                    changed = False
                    self.env.invalidate_all()
                if self.chance.random() < 0.6:
                    self._close()
                before, marked = marked, self._get_over()
                over += len(marked)
                if changed or marked != before:  # it was compared otherwise
                    others = DOMAINS[1 + step % 3 :: 3]
                    self.assertSameWithoutMarks((DAYS[step % 4], DAYS[-1]), (DOMAINS[0], *others))
        self.assertSameWithoutMarks()
        self.assertGreater(over, STEPS, f"statements were over; done: {done}")
        self.assertGreater(len(done), len(set(self.KINDS)) * 2 // 3, done)

    # months are billed and paid more often than they are undone
    KINDS = (
        *("bill", "pay", "invoice") * 3,
        *("finish",) * 12,
        *("receive", "decide", "pay_less", "discount", "unpay", "reverse", "credit", "reset"),
        *("cancel", "post", "reject", "ledger", "correct", "settle", "withdraw", "contact"),
        *("bill_anew", "bill_anew", "bill_anew", "exchange"),
        *("operator", "redate", "leave", "invoice_reset", "invoice_reverse", "invoice_cancel"),
    )

    def _any(self, records):
        if not records:
            raise UserError("nothing yet")
        return self.chance.choice(records)

    def _any_statement(self):
        return self._any(
            self.env["coworking.statement"].search([("company_id", "=", self.company.id)])
        )

    def _any_bill(self, *kinds, **values):
        domain = [("company_id", "=", self.company.id)]
        domain += [("move_type", "in", kinds or ("in_invoice", "in_refund"))]
        domain += [(name, "=", value) for name, value in values.items()]
        return self._any(self.env["account.move"].search(domain))

    def _any_invoice(self):
        return self._any_bill("out_invoice", "out_refund")

    def _do_bill(self):
        self._bill_all(self._any_statement())

    def _do_pay(self):
        bills = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("move_type", "in", ("in_invoice", "out_invoice")),
            ]
        )
        self._pay(self._any(bills))

    def _do_finish(self):
        """What is missing of a statement: its bill, its payment, its invoices."""
        statement = self._any_statement()
        if not statement.bill_ids:
            self._bill_all(statement)
        if not statement.copayment_invoice_ids:
            self._invoice_all(statement)
        for bill in statement.bill_ids | statement.copayment_invoice_ids:
            if bill.state == "draft":
                bill.invoice_date = bill.invoice_date or d("5/8")
                bill.action_post()
            if bill.payment_state == "not_paid" and bill.move_type == "in_invoice":
                self._pay(bill)

    def _do_pay_less(self):
        self._pay(self._any_bill("in_invoice", state="posted"), amount=self.chance.choice((7, 50)))

    def _do_discount(self):
        bill = self._any_bill("in_invoice", state="posted")
        self._pay(
            bill,
            amount=bill.amount_residual - 5,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.accounts["income"].id,
        )

    def _do_invoice(self):
        self._invoice_all(self._any_statement())

    def _do_receive(self):
        statement = self._any_statement()
        amount = self.chance.choice((144.0, 150.0, 180.0, 112.0))
        people = [(row.seat_id.occupant_name, amount) for row in statement.charge_ids]
        day = self.chance.choice(("3/7", "3/8", "3/9"))
        bill = self._receive(
            *people or [("Nobody", 12.0)],
            space=statement.space_id,
            invoice_date=d(day),
            date=d(day),
            ref=f"F-{self.env['account.move'].search_count([])}",
        )
        bill.action_post()

    def _do_decide(self):
        match = self._any(
            self.env["coworking.match"].search([("company_id", "=", self.company.id)])
        )
        match._record_decision(
            self.chance.choice(("matched", "accepted", "disputed", "credit_note", "rebilled"))
        )

    def _do_unpay(self):
        self._any_bill().line_ids.remove_move_reconcile()

    def _do_reverse(self):
        day = self.chance.choice(("15/7", "15/9"))
        self._any_bill("in_invoice", state="posted")._reverse_moves(
            [{"invoice_date": d(day), "date": d(day)}], cancel=True
        )

    def _do_bill_anew(self):
        """What was taken back is billed and paid once more, and decided on."""
        statement = self._any_statement()
        for bill in statement.bill_ids.filtered(lambda row: row.payment_state == "not_paid"):
            bill._reverse_moves([{"invoice_date": d("20/7"), "date": d("20/7")}], cancel=True)
        self._do_bill_and_pay(statement)
        statement.match_ids._record_decision("matched")

    def _do_bill_and_pay(self, statement):
        statement.action_create_bill()
        bill = statement.bill_id
        bill.write({"invoice_date": d("21/7"), "date": d("21/7")})
        bill.action_post()
        self._pay(bill)

    def _do_exchange(self):
        """Two files are given each other's contact."""
        first, second = self.people[:2]
        contacts = second.partner_id, first.partner_id
        first.partner_id = self.env["res.partner"].create({"name": "Meanwhile"})
        for person, contact in ((second, contacts[1]), (first, contacts[0])):
            self.env.flush_all()
            person.partner_id = contact

    def _do_credit(self):
        note = self._any_bill("in_invoice", state="posted")._reverse_moves(
            [{"invoice_date": d("15/8"), "date": d("15/8")}]
        )
        note.invoice_line_ids.price_unit = 10.0
        note.action_post()

    def _do_reset(self):
        self._any_bill(state="posted").button_draft()

    def _do_cancel(self):
        self._any_bill(state="draft").button_cancel()

    def _do_post(self):
        bill = self._any_bill("in_invoice", "in_refund", "out_invoice", "out_refund", state="draft")
        bill.invoice_date = bill.invoice_date or d("5/8")
        bill.action_post()

    def _any_payment(self):
        return self._any(self.env["account.payment"].search([("company_id", "=", self.company.id)]))

    def _do_reject(self):
        payment = self._any_payment()
        if self.chance.random() < 0.5:
            payment.action_draft()
        elif payment.state == "draft":
            payment.action_post()
        else:
            payment.action_cancel()

    def _do_ledger(self):
        """An entry that is no money settles a bill."""
        bill = self._any_bill("in_invoice", state="posted")
        terms = bill.line_ids.filtered(lambda row: row.account_type == "liability_payable")
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "general")], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "date": d("20/7"),
                "journal_id": journal.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": bill.commercial_partner_id.id,
                        }
                    )
                    for account, balance in (
                        (terms.account_id, bill.amount_residual),
                        (self.accounts["income"], -bill.amount_residual),
                    )
                ],
            }
        )
        entry.action_post()
        (
            terms | entry.line_ids.filtered(lambda row: row.account_id == terms.account_id)
        ).reconcile()

    def _do_correct(self):
        seat = self._any(self.seats)
        seat.date_start = d(self.chance.choice(("1/6", "11/6", "16/6")))

    def _do_settle(self):
        month = self._any([*self.months, d("1/9"), d("1/10")])
        self._settle(month, self.program | self.other)

    def _do_withdraw(self):
        self._any_statement().action_withdraw()

    def _do_contact(self):
        person = self._any(self.people)
        person.partner_id = self.env["res.partner"].create({"name": person.partner_id.name})

    def _do_operator(self):
        """The operator of a space is merged into another."""
        space = self._any(self.space | self.space_b)
        other = self.env["res.partner"].create({"name": "Merged", "is_company": True})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            [space.operator_id.id, other.id], dst_partner=other
        )

    def _do_redate(self):
        bill = self._any_bill(state="posted")
        bill.button_draft()
        bill.date = bill.invoice_date = d(self.chance.choice(("3/7", "8/8", "9/9")))
        bill.action_post()

    def _do_leave(self):
        self._any(self.seats).date_end = d(self.chance.choice(("31/7", "15/8", "31/8")))

    def _do_invoice_reset(self):
        self._any_invoice().button_draft()

    def _do_invoice_reverse(self):
        self._any_invoice()._reverse_moves(
            [{"invoice_date": d("15/8"), "date": d("15/8")}], cancel=True
        )

    def _do_invoice_cancel(self):
        self._any_invoice().button_cancel()
