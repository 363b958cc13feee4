"""Costs and shares are seen where people look for them, by those who may, and come alone."""

from unittest.mock import Mock, patch

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import AccessError
from odoo.tests import Form

from ..common import FundingCase


class TestScreens(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls._refresh()
        cls.cost = cls._costs(cls.bill)
        cls.person = cls.cost.participant_id

    def test_the_bill_shows_who_takes_part(self):
        bill = self.bill.with_user(self.accountant)
        self.assertTrue(bill.coworking_has_costs)
        self.assertEqual(bill.coworking_allocation_ids.agreement_id.ids, self.agreement.ids)
        other = self._new_direct(("Flyers", 10.0), post=False).with_user(self.accountant)
        self.assertFalse(other.coworking_has_costs)

    def test_the_bill_opens_for_who_knows_nothing_of_it(self):
        self.employee.group_ids |= self.env.ref("account.group_account_invoice")
        form = Form(self.bill.with_user(self.employee))
        self.assertEqual(form.partner_id, self.bill.partner_id)

    def test_the_file_says_what_was_paid_for_the_person(self):
        for user in (self.coordinator, self.accountant):
            with self.subTest(user=user.login):
                person = self.person.with_user(user)
                self.assertEqual(person.cost_total, 180.0)
                found = self.env["coworking.cost"].search(person.action_open_costs()["domain"])
                self.assertEqual(found, self.cost)

    def test_an_accompanist_opens_the_file_without_money(self):
        person = self.person.with_user(self.accompanist)
        self.assertEqual(Form(person).partner_id, self.person.partner_id)
        with self.assertRaises(AccessError):
            person.read(["cost_total"])

    def test_the_agreement_leads_to_its_shares(self):
        domain = self.agreement.with_user(self.accountant).action_open_allocations()["domain"]
        shares = self.env["coworking.allocation"].search(domain)
        self.assertEqual(sum(shares.mapped("amount")), 90.0)

    def test_a_cost_leads_to_its_bill(self):
        self.assertEqual(self.cost.action_open_move()["res_id"], self.bill.id)

    def test_it_says_when_how_much_was_paid(self):
        self.assertIn("180", self.cost.payment_text)


class TestByThemselves(FundingCase):
    def test_the_scheduled_action_does_it(self):
        self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        cron = self.env.ref("coworking_incubation_funding.ir_cron_refresh_costs")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertShares(bill, A=90.0, own=90.0)

    def test_once_a_day_all_that_runs_is_looked_at(self):
        running = self._new_program("Now", "NOW", date_start="2026-01-01", date_end="2036-12-31")
        self._new_agreement("A", 50.0, programs=running, date_to="2036-12-31")
        self.env["coworking.cost.change"].search([]).unlink()
        cron = self.env.ref("coworking_incubation_funding.ir_cron_note_running")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        noted = self.env["coworking.cost.change"].search([]).program_id
        self.assertIn(running, noted)
        self.assertNotIn(self.program, noted)

    def test_a_bill_that_cannot_be_read_keeps_the_others_from_nothing(self):
        self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        wrong = self._new_direct(("Flyers", 10.0))
        costs = self.registry["coworking.cost"]
        read = costs._refresh_moves

        def fail(self, moves):
            if wrong in moves:
                raise ValueError("unreadable")
            return read(self, moves)

        with (
            patch.object(costs, "_refresh_moves", fail),
            self.assertLogs("odoo.addons.coworking_incubation_funding", "ERROR"),
        ):
            self.env["coworking.cost"]._refresh_changed()
        self.assertTrue(self._costs(bill).allocation_ids)
        self.assertEqual(self.env["coworking.cost.change"].search([]).move_id, wrong)
        self.assertShares(bill, A=90.0, own=90.0)

    def _run_out_of_time(self):
        """The scheduled action, which Odoo asks to stop as soon as it may.

        :return: (how many changes it says are done, and left)
        """
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            context = {"cron_id": self._job().id, "cron_end_time": 0}
            job = api.Environment(cr, self.env.uid, context)["ir.cron"].browse(self._job().id)
            job, progress = job._add_progress()
            cr.commit()
            job.env["coworking.cost"]._cron_refresh(batch_size=1)
            return progress.done, progress.remaining

    def _job(self):
        return self.env.ref("coworking_incubation_funding.ir_cron_refresh_costs")

    def _fail(self, name, error):
        return patch.object(
            self.registry["coworking.cost"], name, Mock(side_effect=error, __name__=name)
        )

    def _note_bills(self, number):
        self._new_agreement("A", 50.0)
        self._refresh()
        return [self._new_direct(("Flyers", 10.0)) for _number in range(number)]

    def test_what_there_is_no_time_for_is_told_and_done_next(self):
        bills = self._note_bills(3)
        self.assertEqual(self._run_out_of_time(), (1, 3), "two bills, and what one of them costs")
        done = [bool(self._costs(bill)) for bill in bills]
        self.assertEqual(done, [True, False, False])

    def test_where_somebody_else_was_faster_it_starts_again_at_once(self):
        self._note_bills(2)
        with self._fail("_refresh_noted_moves", SerializationFailure):
            self.assertEqual(self._run_out_of_time(), (0, 2))

    def test_what_fails_does_not_start_again_at_once(self):
        self._note_bills(1)
        with (
            self._fail("_refresh_noted_moves", ValueError),
            self.assertLogs("odoo.addons.coworking_incubation_funding", "ERROR"),
        ):
            self.assertEqual(self._run_out_of_time(), (0, 0))

    def test_a_program_that_fails_is_tried_once(self):
        self._note_bills(2)
        costs = self.registry["coworking.cost"]
        failing = Mock(side_effect=ValueError, __name__="_refresh_noted_programs")
        with (
            patch.object(costs, "_refresh_noted_programs", failing),
            self.assertLogs("odoo.addons.coworking_incubation_funding", "ERROR"),
        ):
            self._refresh()
        self.assertEqual(failing.call_count, 1)
        self.assertGreater(len(self.env["coworking.cost.change"].search([])), 1)

    def test_shares_that_the_database_refuses_keep_the_others_from_nothing(self):
        self._new_agreement("A", 50.0).heading_ids.kind = "direct"
        bill = self._new_direct(("Flyers", 10.0))
        self._pay(bill)
        costs = self.registry["coworking.cost"]
        part = costs._refresh_noted_programs

        def take_too_much(self, changes):
            count = part(self, changes)
            self.search([("move_id", "=", bill.id)]).paid_amount = 1.0
            return count

        with (
            patch.object(costs, "_refresh_noted_programs", take_too_much),
            self.assertLogs("odoo.addons.coworking_incubation_funding", "ERROR") as logs,
        ):
            self._refresh()
        self.assertIn("in more of cost", "".join(logs.output))
        self.assertShares(bill, A=5.0, own=5.0)

    def test_whoever_pays_need_not_know_the_funders(self):
        agreement = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self.employee.group_ids |= self.env.ref("account.group_account_invoice")
        self.env["account.payment.register"].with_user(self.employee).with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"payment_date": "2015-07-20", "journal_id": self.bank.id})._create_payments()
        self.assertShares(bill, A=90.0, own=90.0)
        self.assertTrue(agreement)
