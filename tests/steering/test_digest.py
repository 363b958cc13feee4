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

    def test_it_is_in_the_language_of_who_reads(self):
        self._month()
        self.accountant.lang = "fr_FR"
        sent = self._send()
        self.assertIn("1 espace sur 2 a confirmé", sent["t_accountant"])
        self.assertIn("Ce qui vous attend", sent["t_accountant"])
        self.assertIn("Place non utilisée", sent["t_accountant"])
        self.assertIn("Factures des espaces", sent["t_accountant"])

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

    def test_who_gets_a_role_is_subscribed_once_and_stays_unsubscribed(self):
        self.employee.group_ids = [Command.link(self.env.ref(self._ROLE).id)]
        self.assertIn(self.employee, self.digest.user_ids)
        self.digest.with_user(self.employee).action_unsubscribe()
        self.employee.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
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
