"""Costs and shares are seen where people look for them, by those who may, and come alone."""

from unittest.mock import patch

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

    def test_whoever_pays_need_not_know_the_funders(self):
        agreement = self._new_agreement("A", 50.0)
        bill = self._new_bill("Camille")
        self.employee.group_ids |= self.env.ref("account.group_account_invoice")
        self.env["account.payment.register"].with_user(self.employee).with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"payment_date": "2015-07-20", "journal_id": self.bank.id})._create_payments()
        self.assertShares(bill, A=90.0, own=90.0)
        self.assertTrue(agreement)
