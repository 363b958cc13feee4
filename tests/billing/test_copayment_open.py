"""Months of people that are over are closed, so that those of which something is left are found
among all that ever were; whatever opens one again, it is found again.
"""

import random
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.billing import coworking_charge_copayment
from odoo.addons.coworking_incubation.models.billing.coworking_copayment import LATEST

from ..common import JULY, JUNE, CoworkingCase, d
from .test_corrections import AUGUST

STEPS = 60
LEFT = (
    Domain("residual", "!=", 0),
    Domain("residual", ">", 0),
    Domain("residual", "<", 0),
    Domain("state", "=", "to_invoice"),
    Domain("state", "in", ("open", "partial")) & Domain("residual", ">", 0),
)


class OpenCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.people = cls._new_participant("Camille") | cls._new_participant("Dominique")
        for person in cls.people:
            cls._new_seat("1/6", "31/8", person)
        cls.bank = cls.env["account.journal"].create(
            {"name": "Bank", "code": "TBNK", "type": "bank", "company_id": cls.company.id}
        )
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.accounts["tax"]
        cls.bank.outbound_payment_method_line_ids.payment_account_id = cls.accounts["tax"]
        cls.accounts_of_people = cls.env["coworking.copayment"].with_user(cls.accountant)

    @classmethod
    def _invoice(cls, statement):
        statement.action_create_copayment_invoices()
        invoices = statement.copayment_invoice_ids
        invoices.invoice_date = d("10/8")
        return invoices

    @classmethod
    def _pay(cls, invoice):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        cls.env["account.payment.register"].with_context(**context).create(
            {"payment_date": d("12/8"), "journal_id": cls.bank.id}
        )._create_payments()

    def _unpay(self, invoice):
        invoice.line_ids.remove_move_reconcile()

    @classmethod
    def _close(cls):
        cls.env["coworking.charge"]._gc_copayment_open()

    def _exchange_contacts(self):
        first, second = self.people
        contacts = second.partner_id, first.partner_id
        first.partner_id = self.env["res.partner"].create({"name": "Meanwhile"})
        for person, contact in ((second, contacts[1]), (first, contacts[0])):
            self.env.flush_all()
            person.partner_id = contact

    def _count_open(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT COUNT(*) FROM coworking_copayment WHERE copayment_open AND program_id = %s",
            [self.program.id],
        )
        return self.env.cr.fetchone()[0]

    def _check(self):
        """What is looked for among open months is what is found among all."""
        self.env.flush_all()
        self.accounts_of_people.invalidate_model()
        everything = self.accounts_of_people.search([("program_id", "=", self.program.id)])
        keys = {(row.participant_id, row.statement_id) for row in everything}
        self.assertEqual(len(keys), len(everything), "a month of a person is one line")
        for domain in LEFT:
            found = self.accounts_of_people.search(
                domain & Domain("program_id", "=", self.program.id)
            )
            self.assertEqual(found, everything.filtered_domain(domain), domain)
            people = self.accounts_of_people.web_read_group(domain, ["participant_id"], limit=80)
            self.assertEqual(
                [group["participant_id"][0] for group in people["groups"]],
                found.participant_id.sorted().ids,
            )
        self.env.cr.execute(
            f"""SELECT TO_JSONB(latest) - 'charge_ids' FROM ({LATEST}) AS latest
                EXCEPT
                SELECT TO_JSONB(account) - 'charge_ids' FROM coworking_copayment AS account"""
        )
        self.assertEqual(self.env.cr.fetchall(), [], "as the view, where there is no invoice")


class TestOpen(OpenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.june = cls._settle()
        cls.invoices = cls._invoice(cls.june)
        cls.invoices.action_post()
        cls._pay(cls.invoices[0])
        cls._pay(cls.invoices[1])
        cls._close()

    def test_what_is_paid_is_closed(self):
        self.assertEqual(self._count_open(), 0)
        self._check()

    def test_what_is_left_stays_open(self):
        self._settle(JULY)
        self._close()
        self.assertEqual(self._count_open(), 2, "nobody invoiced July yet")
        self._check()

    def test_a_payment_taken_back_opens_its_month_alone(self):
        self._unpay(self.invoices[0])
        self.assertEqual(self._count_open(), 1)
        self._check()

    def test_a_credit_note_of_what_is_paid_opens_the_month(self):
        note = self.invoices[0]._reverse_moves([{"invoice_date": d("15/8")}])
        self._close()
        self.assertEqual(self._count_open(), 1, "a draft may be posted")
        note.action_post()
        self.assertEqual(self._count_open(), 1)
        self._check()

    def test_an_invoice_cancelled_or_taken_from_its_month_behind_odoo_opens_the_month(self):
        """By SQL: however it happens."""
        for query in (
            "UPDATE account_move SET state = 'cancel' WHERE id = %s",
            "UPDATE account_move SET coworking_statement_id = NULL WHERE id = %s",
            "UPDATE account_move SET amount_residual_signed = 1 WHERE id = %s",
        ):
            with self.subTest(query), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(query, [self.invoices[0].id])
                self.env.invalidate_all()
                self.assertEqual(self._count_open(), 1)
                self._check()
                savepoint.rollback()

    def test_another_contact_of_the_person_opens_the_month(self):
        self.people[0].partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(self._count_open(), 1)
        self._check()

    def _give_another_contact(self):
        invoice = self.invoices.filtered(lambda row: row.partner_id == self.people[0].partner_id)
        self.people[0].partner_id = self.env["res.partner"].create({"name": "Other"})
        return invoice, self.people[0].partner_id

    def test_who_has_another_contact_by_now_is_not_asked_again(self):
        """Nor is it income still to come, and what was paid may be taken back."""
        invoice, _other = self._give_another_contact()
        with self.assertRefused("invoiced already"):
            self.june.action_create_copayment_invoices()
        month_end = self.env["coworking.month.end"].create(
            {"date": d("31/8"), "company_id": self.company.id}
        )
        self.assertFalse(month_end._get_owing([("id", "=", self.june.id)]))
        portal = self.env["coworking.portal.person"].sudo()
        (june,) = portal._prepare_payments(self.people[0].partner_id)
        self.assertTrue(june["paid"])
        self._close()
        self.assertEqual(self._count_open(), 0, "it is paid")
        self._unpay(invoice)
        self.assertEqual(self._count_open(), 1)
        self._check()

    def test_who_has_another_contact_by_now_is_invoiced_once_the_first_invoice_is_cancelled(self):
        invoice, other = self._give_another_contact()
        self._unpay(invoice)
        invoice.button_cancel()
        self.june.action_create_copayment_invoices()
        made = self.june.copayment_invoice_ids - self.invoices
        self.assertRecordValues(made, [{"partner_id": other.id, "amount_total": 36.0}])
        self._check()

    def test_who_has_another_contact_is_not_asked_again_where_that_contact_is_of_somebody_else(
        self,
    ):
        """As where two files were given each other's contacts."""
        first, second = self.people
        invoice = self.invoices.filtered(lambda row: row.partner_id == second.partner_id)
        self._unpay(invoice)
        invoice.button_cancel()
        _invoice, _other = self._give_another_contact()
        second.partner_id = (self.invoices - invoice).partner_id
        with self.assertRefused("part of another file", "anew"):
            self.june.action_create_copayment_invoices()

    def _exchange(self):
        """Two files had each other's contact: whose the invoices are their seats tell."""
        own = {person: self._get_invoice(person) for person in self.people}
        self._exchange_contacts()
        return own

    def _get_invoice(self, person):
        return self.invoices.filtered(lambda row: row.partner_id == person.partner_id)

    def _get_rows(self):
        self.env.flush_all()
        self.accounts_of_people.invalidate_model()
        rows = self.accounts_of_people.search([("program_id", "=", self.program.id)])
        return {row.participant_id: (row.move_id.id, row.state, row.residual) for row in rows}

    def test_who_exchanged_contacts_keep_their_own_invoices(self):
        self._unpay(self.invoices)
        own = self._exchange()
        self._pay(own[self.people[0]])
        self.assertEqual(
            self._get_rows(),
            {
                self.people[0]: (own[self.people[0]].id, "paid", 0.0),
                self.people[1]: (own[self.people[1]].id, "open", 36.0),
            },
        )
        self._close()
        self.assertEqual(self._count_open(), 1)
        self._check()
        portal = self.env["coworking.portal.person"].sudo()
        told = [portal._prepare_payments(row.partner_id)[0] for row in self.people]
        self.assertEqual([row["paid"] for row in told], [True, False])
        self.assertIn(own[self.people[0]].name, told[0]["invoice"])
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])

    def test_what_is_left_of_an_earlier_invoice_of_who_exchanged_contacts_is_not_closed(self):
        own = self._exchange()
        first = self.people[0]
        note = own[first]._reverse_moves([{"invoice_date": d("15/8")}])
        note.action_post()
        self.assertEqual(self._get_rows()[first][2], -36.0, "paid and credited")
        self._close()
        self.assertEqual(self._count_open(), 1)
        self._check()

    def test_what_was_given_up_of_who_exchanged_contacts_is_their_own(self):
        self._unpay(self.invoices)
        own = self._exchange()
        own[self.people[0]]._reverse_moves([{"invoice_date": d("15/8")}], cancel=True)
        charges = self.june.charge_ids
        gone = [row for row in charges if self.june._has_given_up(row)]
        self.assertEqual([row.participant_id for row in gone], [self.people[0]])
        self.assertEqual(self._get_rows()[self.people[0]][1:], ("credited", 0.0))

    def test_a_month_that_is_open_again_is_open_here_too(self):
        charge = self.june.charge_ids[0]
        self.env.cr.execute("UPDATE coworking_charge SET state = 'open' WHERE id = %s", [charge.id])
        self.assertEqual(self._count_open(), 1)

    def test_what_is_left_reads_no_closed_month(self):
        """As somebody asks and as the web client does: of charges those of open months alone are
        read, by the index that knows no other or, where there are few, by another.
        """
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for domain in LEFT:
            for asked in (domain, domain.optimize_full(self.accounts_of_people)):
                with self.subTest(asked):
                    query = self.accounts_of_people._search(asked)
                    plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                    plan = "\n".join(line for (line,) in plan)
                    self.assertRegex(
                        plan, r"coworking_charge_copayment_left|\(copayment_open IS TRUE\)"
                    )

    def test_what_was_paid_is_looked_up_once_where_it_is_told_and_nowhere_else(self):
        self.env.flush_all()
        query = self.accounts_of_people._search([("residual", "!=", 0)])
        for names, times in ((["participant_id"], 0), (["credited", "paid", "state"], 1)):
            columns = SQL(", ").join(SQL.identifier(query.table, name) for name in names)
            plan = self.env.execute_query(SQL("EXPLAIN %s", query.select(columns)))
            plan = "\n".join(line for (line,) in plan)
            self.assertEqual(plan.count(" on account_partial_reconcile partial"), times, plan)

    def test_the_invoice_of_a_month_is_looked_up_among_however_many(self):
        """PostgreSQL may not join: it would read each invoice that there is for a few months."""
        self._settle(JULY)
        self._unpay(self.invoices[0])
        self.env.flush_all()
        self._expect_many_rows()
        before = self._count_read("account_move")
        found = self.accounts_of_people.search([("residual", "!=", 0)])
        read = self._count_read("account_move") - before
        self.assertEqual(sorted(found.mapped("state")), ["open", "to_invoice", "to_invoice"])
        self.assertLess(read, 30)
        self.assertGreater(self.env["account.move"].search_count([]), 100)

    def test_one_account_is_read_without_summing_up_those_of_others(self):
        self.env.flush_all()
        self._expect_many_rows()
        before = self._count_read("coworking_charge")
        accounts = self.accounts_of_people.search([])
        every = self._count_read("coworking_charge") - before
        one, values = accounts[0], accounts[0].read(["due", "state"])
        self.assertGreater(len(accounts.participant_id), 1)
        asked = (
            lambda: one.read(["due", "state"]),
            lambda: one.sudo().read(["due", "state"]),
            lambda: one.search([("id", "=", one.id)]).read(["due", "state"]),
        )
        for ask in asked:
            self.env.invalidate_all()
            before = self._count_read("coworking_charge")
            self.assertEqual(ask(), values)
            self.assertLess(self._count_read("coworking_charge") - before, every)
        # as another software may write it
        self.assertEqual(one.search([("id", "in", [str(one.id)])]), one)

    def test_a_page_of_people_is_summed_up_alone_and_all_are_counted(self):
        accounts = self.accounts_of_people
        domain = Domain("participant_id", "in", self.people.ids)
        sums = ["residual:sum", "due:sum"]
        for order in (None, "participant_id desc", "residual desc"):
            found = accounts.web_read_group(domain, ["participant_id"], sums, order=order)
            groups = found["groups"]
            self.assertEqual(len(groups), 2)
            for offset in (0, 1, 2):
                page = accounts.web_read_group(
                    domain, ["participant_id"], sums, limit=1, offset=offset, order=order
                )
                self.assertEqual(page["groups"], groups[offset : offset + 1])
                if page["groups"]:  # Odoo takes a page beyond the last for none at all
                    self.assertEqual(page["length"], 2)
        asked = []
        read = type(accounts).formatted_read_group

        def formatted_read_group(self, domain, *args, **kwargs):
            asked.append(self.search(domain).participant_id)
            return read(self, domain, *args, **kwargs)

        with patch.object(type(accounts), "formatted_read_group", formatted_read_group):
            shown = accounts.web_read_group(domain, ["participant_id"], sums, limit=1)["groups"]
        self.assertEqual([people.ids for people in asked], [[shown[0]["participant_id"][0]]])

    def test_of_whom_a_month_has_no_invoice_yet_no_other_month_is_looked_up(self):
        self._unpay(self.invoices[0])
        self._settle(JULY)
        self.env.flush_all()
        asked = Domain("residual", "!=", 0)
        # to plan one, it reads the first and the last row of an index
        self.env.cr.execute("SET LOCAL enable_mergejoin = off")
        before = self._count_read("account_move_line")
        people = self.accounts_of_people._find_people(asked)
        self.assertEqual(self._count_read("account_move_line"), before)
        self.assertCountEqual(people, self.people.ids)
        self.accounts_of_people._read_group(asked, ["participant_id"])
        self.assertGreater(self._count_read("account_move_line"), before)

    def test_what_nobody_was_invoiced_for_is_a_page_too(self):
        self._settle(JULY)
        domain = Domain("participant_id", "in", self.people.ids)
        found = self.accounts_of_people.web_read_group(
            domain & Domain("state", "=", "to_invoice"), ["move_id"], ["residual:sum"], limit=1
        )
        self.assertEqual(found["length"], 1)
        (group,) = found["groups"]
        self.assertEqual((group["move_id"], group["__count"]), (False, 2))


class TestPaidToTheSpace(OpenCase):
    def test_what_the_program_does_not_collect_is_closed(self):
        self.program.copayment_collector = "space"
        self._settle()
        self._close()
        self.assertEqual(self._count_open(), 0)
        self._check()

    def test_what_joins_a_month_opens_it_as_a_whole(self):
        self.program.copayment_collector = "space"
        first, second = self._settle().charge_ids
        self._close()
        self.env.cr.execute(
            "UPDATE coworking_charge SET participant_id = %s WHERE id = %s",
            [first.participant_id.id, second.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._count_open(), 1)
        self._check()

    def test_what_is_written_as_it_was_leaves_its_month_whole(self):
        self.program.copayment_collector = "space"
        first = self._new_seat("1/6", "10/6", "Sacha")
        self._new_seat("11/6", "20/6", first.participant_id, self._new_tariff("Office", 90.0))
        self._settle()
        self._close()
        self.env.cr.execute(
            "UPDATE coworking_charge SET participant_id = participant_id WHERE seat_id = %s",
            [first.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._count_open(), 1)
        self._check()

    def test_what_is_alone_in_its_month_is_written_once(self):
        charge = self._settle().charge_ids[0]
        self.env.flush_all()
        written = "SELECT pg_stat_get_xact_tuples_updated('coworking_charge'::regclass)"
        self.env.cr.execute(written)
        (before,) = self.env.cr.fetchone()
        self.env.cr.execute(
            "UPDATE coworking_charge SET participant_id = participant_id WHERE id = %s", [charge.id]
        )
        self.env.cr.execute(written)
        self.assertEqual(self.env.cr.fetchone()[0] - before, 1)

    def test_a_month_of_several_seats_is_closed_as_a_whole(self):
        self._close()  # those of others
        self.program.copayment_collector = "space"
        first = self._new_seat("1/6", "10/6", "Sacha")
        self._new_seat("11/6", "20/6", first.participant_id, self._new_tariff("Office", 90.0))
        statement = self._settle()
        self.assertEqual(len(statement.charge_ids), 4)
        with patch.object(coworking_charge_copayment, "AT_ONCE", 1):
            for left in (2, 1, 0):
                self._close()
                self.assertEqual(self._count_open(), left)
                self._check()


class TestStories(OpenCase):
    """Two people, three months, anything in any order; closed after any of it, or not."""

    def test_what_is_left_is_found_whatever_happens(self):
        chance = random.Random(2015)
        statements = [self._settle(month) for month in (JUNE, JULY, AUGUST)]
        done = set()
        for step in range(STEPS):
            statement = chance.choice(statements)
            kind = chance.choice(
                (
                    *("invoice", "post", "pay", "unpay", "reverse", "credit", "draft", "cancel"),
                    "exchange",
                )
            )
            invoice = chance.choice(statement.copayment_invoice_ids or [None])
            with self.subTest(step=step, kind=kind):
                try:
                    with self.env.cr.savepoint():
                        self._do(kind, statement, invoice)
                    done.add(kind)
                    changed = True
                except UserError:
                    self.env.invalidate_all()
                    changed = False
                if chance.random() < 0.5:
                    self._close()
                    changed = True
                if changed:
                    self._check()
        self.assertGreaterEqual(len(done), 7, done)

    def _do(self, kind, statement, invoice):
        if kind == "invoice":
            self._invoice(statement)
        elif kind == "exchange":
            self._exchange_contacts()
        elif not invoice:
            raise UserError("nothing yet")
        elif kind == "post":
            invoice.action_post()
        elif kind == "pay":
            self._pay(invoice)
        elif kind == "unpay":
            self._unpay(invoice)
        elif kind == "reverse":
            invoice._reverse_moves([{"invoice_date": d("15/8")}], cancel=True)
        elif kind == "credit":
            note = invoice._reverse_moves([{"invoice_date": d("15/8")}])
            note.invoice_line_ids.price_unit = 10.0
            note.action_post()
        elif kind == "draft":
            invoice.button_draft()
        elif kind == "cancel":
            invoice.button_cancel()
