"""Staff who remind spaces: a mail a contact and month, none twice, who was not reached is told."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from .common import PortalCase

SENT = fields.Datetime.to_datetime("2015-07-02 09:00:00")


class TestRemind(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.space_b.manager_ids = cls.manager_b.partner_id
        for who, tariff in (("Camille", cls.tariff), ("Farid", cls.tariff_b)):
            cls._new_seat("1/6", "30/6", who, tariff, state="active")
        with freeze_time(SENT):
            cls.statements = cls._sent()
        cls.here = cls.statements.filtered(lambda row: row.space_id == cls.space)
        cls.there = cls.statements - cls.here

    def _remind(self, hours=48, statements=None):
        """:return: (addresses that were written to, the run)"""
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT + timedelta(hours=hours)):
            rows = (statements or self.statements).with_user(self.coordinator)
            rows.action_remind_each()
        mails = self.env["mail.mail"].search([]) - before
        run = self.env["coworking.month.run"].search([("step", "=", "remind")], limit=1)
        return sorted(mails.mapped("email_to")), run

    def test_whoever_sends_is_told_where_nobody_can_be_written_to(self):
        rows = self.statements.with_user(self.coordinator)
        self.assertIs(rows.action_send(), True)
        self.space_b.manager_ids = False
        message = rows.action_send()["params"]["message"]
        self.assertIn(f"no manager at {self.space_b.name}.", message)

    def test_each_space_gets_one_reminder_in_its_language_and_it_is_counted(self):
        addresses, run = self._remind()
        self.assertEqual(len(addresses), 2)
        self.assertEqual(run.state, "done")
        mail = self._mails_to(self.manager.partner_id)
        self.assertEqual(mail.subject, "Rappel\xa0: Vos coworkers en juin 2015\xa0: à confirmer")
        rows = self.env["coworking.portal.request"].search(
            [("statement_id", "in", self.statements.ids)]
        )
        self.assertEqual(rows.mapped("reminders"), [1, 1])

    def test_accountants_may_remind_as_well(self):
        with freeze_time(SENT + timedelta(hours=48)):
            self.here.with_user(self.accountant).action_remind_each()
        self.assertTrue(self._mails_to(self.manager.partner_id))

    def test_one_mail_to_who_has_several_spaces(self):
        self.space_b.manager_ids = self.manager.partner_id
        addresses, run = self._remind()
        self.assertEqual(len(addresses), 1)
        self.assertEqual(run.state, "done")

    def test_nobody_is_reminded_twice_within_a_day(self):
        self._remind()
        addresses, run = self._remind(hours=60)
        self.assertFalse(addresses)
        self.assertEqual((run.state, run.failed_count), ("failed", 2))
        self.assertEqual(len(self._remind(hours=96)[0]), 2)

    def test_who_cannot_be_reached_is_named_and_holds_nobody_up(self):
        self.manager_b.partner_id.email = False
        addresses, run = self._remind()
        self.assertEqual(len(addresses), 1)
        self.assertEqual(run.failed_line_ids.statement_id, self.there)
        self.assertIn(self.space_b.name, run.failed_line_ids.error)

    def test_a_statement_that_waits_for_nothing_is_named(self):
        self.there.action_confirm()
        addresses, run = self._remind()
        self.assertEqual(len(addresses), 1)
        self.assertIn(self.there.name, run.failed_line_ids.error)

    def test_the_trail_says_who_reminded(self):
        self._remind(statements=self.here)
        self.env.flush_all()
        self.cr.execute(
            "SELECT user_id FROM coworking_audit WHERE action = 'reminded' AND res_id = %s",
            [self.here.id],
        )
        self.assertEqual(self.cr.fetchall(), [(self.coordinator.id,)])
