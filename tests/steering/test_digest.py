"""The mail of what waits: by role, on days that matter, until somebody switches it off."""

from odoo import Command, fields
from odoo.tests import HttpCase, freeze_time, tagged

from ..common import JUNE
from .test_exceptions import ExceptionCase

DIGEST = "coworking_incubation.digest_digest_exceptions"


@freeze_time("2015-07-21 10:00:00")  # a Tuesday
class TestDigest(ExceptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.digest = cls.env.ref(DIGEST)
        cls.readers = cls.accompanist | cls.coordinator | cls.accountant
        cls.digest.user_ids = cls.readers
        for user in cls.readers:
            user.write({"email": f"{user.login}@example.com", "lang": "en_US"})

    def _send(self, *readers):
        """:return: dict login -> body of the mail that left for that reader"""
        before = self.env["mail.mail"].sudo().search([])
        self.env.invalidate_all()
        self.digest.action_send_manual()
        mails = self.env["mail.mail"].sudo().search([]) - before
        by_address = {mail.email_to: mail.body_html for mail in mails}
        return {
            user.login: by_address[user.email_formatted]
            for user in self.readers
            if user.email_formatted in by_address
        }

    def _month(self):
        self.camille = self._new_seat("1/6", "31/12", "Camille Roux", state="active")
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        with freeze_time("2015-07-14 09:00:00"):
            statements = self._generate()
            statements.action_send()
        statements[0].action_confirm()
        return statements

    def test_nothing_is_sent_when_nothing_waits(self):
        self.assertFalse(self._send())

    def test_each_role_is_told_what_it_may_see(self):
        self._month()
        sent = self._send()
        self.assertEqual(set(sent), {user.login for user in self.readers})
        money = "1 of 2 spaces has confirmed"
        self.assertIn(money, sent["t_accountant"])
        self.assertIn(money, sent["t_coordinator"])
        self.assertNotIn(money, sent["t_accompanist"])
        self.assertIn("Seat not used", sent["t_accompanist"])
        self.assertNotIn("180", sent["t_accompanist"])
        self.assertIn("180", sent["t_accountant"])
        for body in sent.values():
            self.assertIn("/odoo/incubation-to-handle", body)
            self.assertIn("/unsubscribe", body)
        self.assertIn("kpi_coworking_bill", sent["t_accountant"])
        self.assertNotIn("kpi_coworking_bill", sent["t_accompanist"])
        self.assertNotIn("kpi_coworking_entry", sent["t_accountant"])

    def test_what_was_told_is_not_told_again_before_monday(self):
        self._month()
        self.assertEqual(len(self._send()), 3)
        self.assertFalse(self._send())
        with freeze_time("2015-07-22 10:00:00"):
            presence = self._new_presences(self.camille, "15/6am")
            presence.write(
                {"participant_state": "absent", "participant_signed_at": fields.Datetime.now()}
            )
            self.assertEqual(set(self._send()), {"t_accompanist", "t_coordinator"})
        with freeze_time("2015-07-27 10:00:00"):
            self.assertEqual(len(self._send()), 3)

    def test_a_new_row_of_what_was_told_as_one_is_not_told_again(self):
        seat = self._new_seat("1/6", "30/6", "Camille Roux", state="active")
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        presences = self._new_presences(seat, "15/6am", "16/6am")
        presences.write(
            {"participant_state": "absent", "participant_signed_at": fields.Datetime.now()}
        )
        statements = self._generate()
        self.assertEqual(len(self._send()), 3)
        statements[0].action_send()
        presences[0].action_follow_participant()
        self.assertFalse(self._send())

    def test_it_stays_daily_when_nobody_connects(self):
        self.env["res.users.log"].sudo().search([]).unlink()
        self.digest.next_run_date = "2015-07-21"
        self.digest._cron_send_digest_email()
        self.assertEqual(self.digest.next_run_date, fields.Date.to_date("2015-07-22"))
        self.assertEqual(self.digest.periodicity, "daily")
        other = self.digest.copy({"coworking_exceptions": False, "user_ids": self.readers.ids})
        self.assertEqual((self.digest | other)._check_daily_logs(), other)

    def test_a_space_of_two_programs_confirms_once(self):
        month = self._month()
        second = self._new_program("Second", "SEC")
        self.env["coworking.statement"].create(
            {
                "program_id": second.id,
                "space_id": month[1].space_id.id,
                "date_from": JUNE,
                "state": "sent",
            }
        )
        env = self.env(user=self.coordinator.id)
        self.assertIn("1 of 2 spaces", self.digest._describe_coworking_answers(env))
        month[1].action_confirm()
        self.assertIn("1 of 2 spaces", self.digest._describe_coworking_answers(env))

    def test_it_is_in_the_language_of_who_reads(self):
        self._month()
        self.accountant.lang = "fr_FR"
        sent = self._send()
        self.assertIn("1 espace sur 2 a confirmé", sent["t_accountant"])
        self.assertIn("Ce qui vous attend", sent["t_accountant"])
        self.assertIn("Place non utilisée", sent["t_accountant"])
        self.assertIn("Factures des espaces", sent["t_accountant"])
        self.assertIn("21 juillet 2015", sent["t_accountant"])
        self.assertIn("July 21, 2015", sent["t_coordinator"])

    def test_who_has_left_the_programs_is_told_nothing(self):
        self._month()
        self.accountant.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertEqual(set(self._send()), {"t_accompanist", "t_coordinator"})

    def test_what_the_figures_count(self):
        self._new_participant(date_entry="2015-07-20")
        seat = self._new_seat("1/6", "31/12", "Camille Roux")
        self._new_presences(seat, "20/7")
        statement = self._settle(JUNE)
        bill = self._bill(statement)
        bill.write({"ref": "F-1", "invoice_date": "2015-07-20"})
        bill.action_post()
        found = {
            kpi["kpi_name"]: kpi["kpi_col2"]["value"]
            for kpi in self.digest._compute_kpis(self.company, self.coordinator)
        }
        self.assertEqual(found["kpi_coworking_entry"], 1)
        self.assertEqual(found["kpi_coworking_presence"], 2)
        self.assertIn("180", found["kpi_coworking_bill"])

    def test_bills_that_spaces_sent_count_less_their_credit_notes(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle(JUNE)
        bill = self._receive(("Camille Roux", 180.0), ref="F-1")
        credit = self._receive(("Camille Roux", 30.0), ref="A-1", move_type="in_refund")
        moves = bill | credit
        moves.invoice_date = "2015-07-20"
        moves.action_post()
        self.assertTrue(self._matches(bill) and self._matches(credit))
        found = {
            kpi["kpi_name"]: kpi["kpi_col2"]["value"]
            for kpi in self.digest._compute_kpis(self.company, self.coordinator)
        }
        self.assertIn("150", found["kpi_coworking_bill"])

    def test_who_gets_a_role_is_subscribed_once_and_stays_unsubscribed(self):
        self.employee.group_ids = [Command.link(self.env.ref(self._ROLE).id)]
        self.assertIn(self.employee, self.digest.user_ids)
        self.digest.with_user(self.employee).action_unsubscribe()
        self.employee.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
        self.assertNotIn(self.employee, self.digest.user_ids)

    def test_a_role_given_from_the_form_of_the_group_counts_as_well(self):
        self.env.ref(self._ROLE).user_ids = [Command.link(self.employee.id)]
        self.assertIn(self.employee, self.digest.user_ids)

    def test_who_had_a_role_before_the_digest_was_there_is_subscribed(self):
        self.digest.user_ids = False
        self.env["res.users"]._subscribe_coworking_roles()
        self.assertLessEqual(self.readers, self.digest.user_ids)
        self.assertNotIn(self.employee, self.digest.user_ids)

    _ROLE = "coworking_incubation.group_coworking_accountant"


@tagged("post_install", "-at_install")
class TestUnsubscribe(ExceptionCase, HttpCase):
    def test_the_link_of_the_mail_switches_it_off(self):
        digest = self.env.ref(DIGEST)
        self.assertIn(self.accountant, digest.user_ids)
        token = digest._get_unsubscribe_token(self.accountant.id)
        answer = self.url_open(
            f"/digest/{digest.id}/unsubscribe?token={token}&user_id={self.accountant.id}"
        )
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn(self.accountant, digest.user_ids)
        self.assertIn(self.coordinator, digest.user_ids)
