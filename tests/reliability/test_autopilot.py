"""Steps that nobody asks for, by several processes, one of them killed, beside an accountant."""

from psycopg2.errors import SerializationFailure

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests import freeze_time

from .common import JUNE, RaceCase
from .test_processes import ManySpacesCase

NOW = "2015-07-03 10:00:00"
SWITCHES = ("autopilot_send", "autopilot_bill", "autopilot_post")


class PilotRaceCase(RaceCase):
    def _switch(self, *switches):
        with self.commit() as env:
            program = self.record(env, "program")
            for switch in SWITCHES:
                program[switch] = switch in switches
        self.addCleanup(self._switch_off)

    def _switch_off(self):
        with self.commit() as env:
            self.record(env, "program").write(dict.fromkeys(SWITCHES, False))

    def _confirm(self, env, statements):
        """Each by its space."""
        for statement in statements:
            statement._confirm_lines(partner=statement.space_id.partner_id, channel="portal")

    def _make_accounts(self, env, bills):
        return env["res.partner.bank"].create(
            [
                {
                    # one of its own: that of another test is archived
                    "acc_number": f"RACE {bill.id}",
                    "partner_id": bill.commercial_partner_id.id,
                    "allow_out_payment": True,
                }
                for bill in bills
            ]
        )

    def _make_files(self, env, bills):
        return env["coworking.invoice.file"].create(
            [
                {
                    "name": "bill.xml",
                    "company_id": bill.company_id.id,
                    "source": "upload",
                    "state": "decoded",
                    "cause": "completed",
                    "move_id": bill.id,
                    "bill_hash": bill._coworking_get_hash(),
                }
                for bill in bills
            ]
        )


class SeveralCase(PilotRaceCase, ManySpacesCase):
    def _make_statements(self, confirmed=False):
        with self.commit() as env:
            statements = env["coworking.statement"]._generate(self.record(env, "program"), JUNE)
            if confirmed:
                statements.action_send()
                self._confirm(env, statements)
            return statements.ids

    def _steer(self, *actions):
        return self._together(*((action, {"now": NOW}) for action in actions))

    def _steer_until_killed(self):
        self._do_until_killed("steer_until_killed", {"now": NOW})

    def _check_told_once(self, env, statements, field):
        """Each was noted once: with when, and in its discussion."""
        self.assertTrue(all(statements.mapped(field)))
        notes = env["mail.message"]._read_group(
            [
                ("model", "=", statements._name),
                ("res_id", "in", statements.ids),
                ("body", "ilike", ", 3 %2015, %"),
            ],
            ["res_id"],
            ["__count"],
        )
        self.assertEqual(dict(notes), dict.fromkeys(statements.ids, 1))

    def _check_killed_between(self, ids, before, after, done=10):
        """The first were done and committed, the next ones were not."""
        with self.transaction() as env:
            states = env["coworking.statement"].browse(ids).mapped("state")
            self.assertEqual(
                (states.count(after), states.count(before)), (done, self.SPACES - done)
            )

    def _check_sent(self, ids):
        with self.transaction() as env:
            statements = env["coworking.statement"].browse(ids)
            self.assertEqual(set(statements.mapped("state")), {"sent"})
            self._check_told_once(env, statements, "sent_by_program_at")

    def _check_billed(self, ids):
        with self.transaction() as env:
            statements = env["coworking.statement"].browse(ids)
            self.assertEqual(set(statements.mapped("state")), {"billed"})
            bills = env["account.move"].search([("coworking_statement_id", "in", ids)])
            self.assertEqual(sorted(bills.coworking_statement_id.ids), sorted(ids))
            self.assertEqual(len(bills), self.SPACES)
            self._check_told_once(env, statements, "billed_by_program_at")


class TestSeveralProcesses(SeveralCase):
    def test_two_processes_send_each_space_once(self):
        ids = self._make_statements()
        self._switch("autopilot_send")
        self._steer("steer", "steer")
        self._check_sent(ids)
        self._steer("steer")
        self._check_sent(ids)

    def test_two_processes_bill_each_space_once(self):
        ids = self._make_statements(confirmed=True)
        self._switch("autopilot_bill")
        self._steer("steer", "steer")
        self._check_billed(ids)

    def test_what_a_killed_process_had_begun_is_done_once(self):
        ids = self._make_statements(confirmed=True)
        self._switch("autopilot_bill")
        self._steer_until_killed()
        self._check_killed_between(ids, "confirmed", "billed")
        self._steer("steer")
        self._check_billed(ids)

    def test_what_a_killed_process_had_begun_to_send_is_sent_once(self):
        ids = self._make_statements()
        self._switch("autopilot_send")
        self._steer_until_killed()
        self._check_killed_between(ids, "draft", "sent")
        self._steer("steer", "steer")
        self._check_sent(ids)

    def test_a_colleague_who_makes_the_bills_at_that_moment_makes_no_second_one(self):
        ids = self._make_statements(confirmed=True)
        self._switch("autopilot_bill")
        self._together(
            ("steer", {"now": NOW}),
            ("ask_bills", {"statements": ids, "program": self.ids["program"], "user": 2}),
        )
        with self.transaction() as env:
            bills = env["account.move"].search([("coworking_statement_id", "in", ids)])
            self.assertEqual(sorted(bills.coworking_statement_id.ids), sorted(ids))
            self.assertEqual(len(bills), self.SPACES)


class TestLargeSteps(SeveralCase):
    """Of spaces with few seats more than ten are done at once: 15 of 60, then 11 of 45."""

    SPACES = 60

    def test_what_a_killed_process_had_begun_is_done_once_by_two(self):
        ids = self._make_statements(confirmed=True)
        self._switch("autopilot_bill")
        self._steer_until_killed()
        self._check_killed_between(ids, "confirmed", "billed", done=15)
        self._steer("steer", "steer")
        self._check_billed(ids)


class BillsCase(SeveralCase):
    """A bill of each space, of which the space's own document was read."""

    def setUp(self):
        super().setUp()
        self.statement_ids = self._make_statements(confirmed=True)
        with self.commit() as env:
            statements = env["coworking.statement"].browse(self.statement_ids)
            statements.action_create_bill()
            bills = statements.bill_ids
            accounts = self._make_accounts(env, bills)
            for number, bill in enumerate(bills):
                bill.write(
                    {
                        "ref": f"RACE-{bill.id}",
                        "invoice_date": "2015-07-02",
                        "partner_bank_id": accounts[number].id,
                    }
                )
            files = self._make_files(env, bills)
            self.bill_ids, self.account_ids, self.file_ids = bills.ids, accounts.ids, files.ids
        self.addCleanup(self._remove_bills)

    def _remove_bills(self):
        with self.commit() as env:
            bills = env["account.move"].browse(self.bill_ids)
            payments = env["account.payment"].search(
                [("partner_id", "in", bills.commercial_partner_id.ids)]
            )
            payments.action_draft()
            payments.unlink()
            bills.filtered(lambda bill: bill.state == "posted").button_draft()
            bills.with_context(force_delete=True).unlink()
            env["coworking.invoice.file"].browse(self.file_ids).unlink()
            env["res.partner.bank"].browse(self.account_ids).unlink()


class TestSeveralProcessesPost(BillsCase):
    def _check_posted(self):
        with self.transaction() as env:
            bills = env["account.move"].browse(self.bill_ids)
            self.assertEqual(set(bills.mapped("state")), {"posted"})
            self._check_told_once(env, bills, "coworking_posted_by_program_at")

    def test_two_processes_post_each_bill_once(self):
        self._switch("autopilot_post")
        self._steer("steer", "steer")
        self._check_posted()

    def test_what_a_killed_process_had_begun_to_post_is_posted_once(self):
        self._switch("autopilot_post")
        self._steer_until_killed()
        with self.transaction() as env:
            states = env["account.move"].browse(self.bill_ids).mapped("state")
            self.assertEqual((states.count("posted"), states.count("draft")), (10, 14))
        self._steer("steer", "steer")
        self._check_posted()

    def test_an_accountant_who_posts_the_same_bills_posts_those_that_are_left(self):
        self._switch("autopilot_post")
        self._together(("steer", {"now": NOW}), ("post_bills", {"bills": self.bill_ids, "user": 2}))
        with self.transaction() as env:
            bills = env["account.move"].browse(self.bill_ids)
            self.assertEqual(set(bills.mapped("state")), {"posted"})
            self.assertEqual(len(set(bills.mapped("name"))), self.SPACES)


class TestSeveralProcessesPay(BillsCase):
    """Two people chose the same bills, and pay them at one moment."""

    def setUp(self):
        super().setUp()
        with self.commit() as env:
            env["account.move"].browse(self.bill_ids).action_post()
        with self.commit() as env:
            bills = env["account.move"].browse(self.bill_ids)
            bank = env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", bills.company_id.id)], limit=1
            )
            action = bills.action_coworking_pay()
            self.assertEqual(action["res_model"], "account.payment.register")
            payment = env["account.payment.register"].with_context(**action["context"])
            values = {"journal_id": bank.id, "group_payment": False}
            self.dialogs = [payment.create(values).id for _person in range(2)]

    def _calls(self, action="pay"):
        return [(action, {"dialog": dialog}) for dialog in self.dialogs]

    def _check_paid(self):
        with self.transaction() as env:
            bills = env["account.move"].browse(self.bill_ids)
            self.assertFalse(bills.filtered("amount_residual"))
            payments = env["account.payment"].search(
                [("partner_id", "in", bills.commercial_partner_id.ids)]
            )
            self.assertEqual(sum(payments.mapped("amount")), 100.0 * self.SPACES)

    def test_they_are_paid_once_and_the_second_is_told(self):
        results = self._together(*self._calls())
        self.assertEqual(
            sorted(result.split()[0] for result in results), ["done", "refused"], results
        )
        self._check_paid()

    def test_a_process_that_is_killed_while_it_pays_has_paid_nothing(self):
        ((action, ids), *__) = self._calls("pay_until_killed")
        self._do_until_killed(action, ids)
        with self.transaction() as env:
            bills = env["account.move"].browse(self.bill_ids)
            self.assertEqual(set(bills.mapped("payment_state")), {"not_paid"})
        results = self._together(*self._calls()[1:])
        self.assertTrue(results[0].startswith("done"), results)
        self._check_paid()


class TestAnAccountantBeside(PilotRaceCase):
    def setUp(self):
        super().setUp()
        (statement_id,) = self.statement("action_send")
        with self.commit() as env:
            statement = env["coworking.statement"].browse(statement_id)
            self._confirm(env, statement)
            statement.action_create_bill()
            bill = statement.bill_id
            bill.write({"ref": "RACE-1", "invoice_date": "2015-07-02"})
            account = self._make_accounts(env, bill)
            bill.partner_bank_id = account
            file = self._make_files(env, bill)
            self.bill_id, self.account_id, self.file_id = bill.id, account.id, file.id
        self.addCleanup(self._reset_bill)
        self._switch("autopilot_post")
        with freeze_time(NOW), self.commit() as env:
            env["coworking.month.run"]._ask_by_program(self.record(env, "program"), "post")
        with self.transaction() as env:
            run = env["coworking.month.run"].search(
                [("line_ids.program_id", "in", self.ids["program"]), ("step", "=", "post")]
            )
            self.assertEqual(run.todo_count, 1)
            self.run_id = run.id

    def _reset_bill(self):
        with self.commit() as env:
            bill = env["account.move"].browse(self.bill_id)
            if bill.state == "posted":
                bill.button_draft()
            bill.with_context(force_delete=True).unlink()
            env["coworking.invoice.file"].browse(self.file_id).unlink()
            env["res.partner.bank"].browse(self.account_id).unlink()

    def _work(self, env):
        """A turn of the scheduled action, as far as it comes at this moment."""
        try:
            env["coworking.month.run"].browse(self.run_id)._work()
            env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            env.cr.rollback()
        else:
            env.cr.commit()

    def _check_posted_once(self, outcome, by_program):
        with self.transaction() as env:
            bill = env["account.move"].browse(self.bill_id)
            run = env["coworking.month.run"].browse(self.run_id)
            self.assertEqual(bill.state, "posted")
            self.assertEqual(bool(bill.coworking_posted_by_program_at), by_program)
            self.assertEqual(run.line_ids.state, outcome)

    def test_what_the_accountant_posted_first_is_not_the_program_s_doing(self):
        with self.transaction() as robot:
            self.look(robot)
            with self.commit() as env:
                env["account.move"].browse(self.bill_id).action_post()
            self._work(robot)
        with self.transaction() as robot:
            self._work(robot)
        self._check_posted_once("moot", by_program=False)

    def test_what_the_program_posted_first_the_accountant_cannot_post(self):
        with self.transaction() as accountant:
            self.look(accountant)
            with self.transaction() as robot:
                self._work(robot)
            with self.assertRaises(SerializationFailure):
                accountant["account.move"].browse(self.bill_id).action_post()
                accountant.flush_all()
        self._check_posted_once("done", by_program=True)

    def test_what_becomes_contested_at_that_moment_is_not_posted(self):
        with self.commit() as env:
            env["coworking.match"].search(
                [("move_id", "=", self.bill_id)], limit=1
            )._record_decision("disputed", "No")
        with self.transaction() as robot:
            self._work(robot)
        with self.transaction() as env:
            self.assertEqual(env["account.move"].browse(self.bill_id).state, "draft")
            self.assertEqual(env["coworking.month.run"].browse(self.run_id).line_ids.state, "moot")
