"""A mail that does not go waits for whoever can do something about it, until it has gone."""

import smtplib
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import Mock, patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..agenda.common import AgendaCase
from ..common import CoworkingCase
from .common import MomentCase
from .test_exceptions import ExceptionCase

ASKED = "2015-07-01 09:00:00"
BACK = "2015-07-01 10:00:00"


class ServerCase(TransactionCase):
    """A mail server that can be down, or refuse addresses, in the place of Odoo's in tests."""

    @contextmanager
    def _server(self, down=False, refused=()):
        """:return: list of the addresses that get mails meanwhile"""
        reached = []

        def send_message(message, smtp_from, smtp_to_list):
            wrong = {to: (550, b"unknown") for to in smtp_to_list if to in refused}
            if wrong:
                raise smtplib.SMTPRecipientsRefused(wrong)
            reached.extend(smtp_to_list)

        def connect(*args, **kwargs):
            if down:
                raise ConnectionRefusedError(111, "Connection refused")
            session = Mock(from_filter=False, smtp_from=False)
            session.send_message = send_message
            return session

        servers = type(self.env["ir.mail_server"])
        with (
            patch.object(servers, "_disable_send", lambda *args: False),
            patch.object(servers, "_connect__", connect),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            yield reached
        self.env.invalidate_all()

    def _send_queue(self, **server):
        """What Odoo's scheduled action sends.

        :return: addresses that got a mail
        """
        with self._server(**server) as reached:
            self.env["mail.mail"].process_email_queue()
        return reached

    def _count_queries(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["coworking.exception"].with_user(user).search_count([])
        return self.env.cr.sql_log_count - before

    def _noted(self, record):
        """What was noted in a discussion, the last first."""
        return [str(body) for body in record.message_ids.sorted("id", reverse=True).mapped("body")]


@tagged("post_install", "-at_install")
class TestUnsentToSpaces(MomentCase, ServerCase, ExceptionCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.env["mail.mail"].search([]).unlink()
        for user in (cls.manager, cls.manager_b):
            user.partner_id.email = f"{user.login}@example.com"
        cls._new_seat("1/6", "30/6", "Camille Roux", state="active")
        cls._new_seat("1/6", "30/6", "Farid Benali", cls.tariff_b, state="active")

    def setUp(self):
        super().setUp()
        others = self.env["coworking.space"].search([("company_id", "!=", self.company.id)])
        others.manager_ids = False
        self.env["mail.mail"].search([]).unlink()  # staff are told of agreements under way
        with self._at(ASKED):
            self.statements = self._generate()
            self.statements.action_send()
            with self.enter_registry_test_mode():
                self.env.ref("coworking_incubation.ir_cron_ask_spaces").method_direct_trigger()
        self.statement = self.statements.filtered(lambda row: row.space_id == self.space)
        self.mine, self.theirs = (
            f"{user.login}@example.com" for user in (self.manager, self.manager_b)
        )

    def _ask_and_fail(self, moment=ASKED, **server):
        with self._at(moment):
            self._send_queue(**(server or {"down": True}))

    def test_a_server_that_is_down_is_one_thing_to_do_and_one_click_sends_all_once_it_is_back(self):
        self._ask_and_fail()
        with self._at(BACK):
            self.assertNone("unsent", self.accompanist)
            self.assertOne(self.coordinator, "unsent", "2 mails", label="Send Again")
            row = self.assertOne(
                self.accountant,
                "unsent",
                self.partner.name,
                self.manager_b.partner_id.name,
                "cannot be reached",
                label="Send Again",
                program_id=self.program.id,
                space_id=False,
                since=fields.Date.to_date("2015-07-01"),
                urgency="2",
            )
            self.assertNotIn("@", row.reason)
            self.assertNotIn("/my/coworking/l/", row.reason)
            self.assertIn("Could not be sent", self._noted(self.statement)[0])
            row.action_settle()
            self.assertNone("unsent")
            self.assertIn("Sent again", self._noted(self.statement)[0])
            self.assertCountEqual(self._send_queue(), [self.mine, self.theirs])
            self.assertFalse(self.env["mail.mail"].search([]))

    def _hold_up(self, *names):
        """For each a manager more, whose mails about the month and about an arrival did not go.

        :return: the seats of who arrive
        """
        links, seats = self.env["coworking.portal.link"], self.env["coworking.seat"]
        for name in names:
            manager = self.env["res.partner"].create({"name": f"Manager of {name}"})
            self.space.manager_ids |= manager
            seat = self._new_seat("1/7", None, name)
            seats |= seat
            for record, purpose in ((self.statement, "month"), (seat, "arrival")):
                link, __ = links._make_link(record, purpose, manager, "mail")
                self.env["mail.mail"].create(
                    {
                        "model": link._name,
                        "res_id": link.id,
                        "state": "exception",
                        "failure_type": "mail_smtp",
                    }
                )
        return seats

    def test_many_that_a_server_holds_up_are_looked_up_together(self):
        self.space.seat_capacity = 50
        with self._at(BACK):
            self._hold_up("Awa", "Bo")
            self._count_queries(self.coordinator)  # what a process reads once
            few = self._count_queries(self.coordinator)
            self._hold_up("Cy", "Di", "Ed", "Fa", "Gil", "Hana")
            self.assertEqual(self._count_queries(self.coordinator), few)
            reasons = self._waiting(self.coordinator, "unsent").mapped("reason")
            self.assertEqual([reason[:7] for reason in reasons], ["8 mails", "8 mails"])

    def test_who_awaits_nobody_any_more_is_not_told_of_an_arrival(self):
        with self._at(BACK):
            seats = self._hold_up("Awa", "Bo")
            for seat, kinds in zip(seats, ({"money", "places"}, {"money"}), strict=True):
                seat.action_start()
                rows = self._waiting(self.coordinator, "unsent")
                self.assertEqual(set(rows.mapped("audience")), kinds)

    def test_a_server_that_is_still_down_says_so_again(self):
        self._ask_and_fail()
        with self._at(BACK):
            self._waiting(self.accountant, "unsent").action_settle()
            self._send_queue(down=True)
            self.assertOne(self.accountant, "unsent", "2 mails", label="Send Again")
            first, second, *__ = self._noted(self.statement)
            self.assertIn("Could not be sent", first)
            self.assertIn("Sent again", second)

    def test_a_mail_goes_to_the_address_that_was_corrected(self):
        self._ask_and_fail(refused=[self.mine])
        with self._at(BACK):
            row = self.assertOne(
                self.accountant,
                "unsent",
                self.mine,
                "refuses this address",
                label="Send Again",
                phone=self.partner.phone,
                space_id=self.space.id,
            )
            self.partner.email = "corrected@example.com"
            row.action_settle()
            self.assertEqual(self._send_queue(refused=[self.mine]), ["corrected@example.com"])
            self.assertNone("unsent")
            links = self.env["coworking.portal.link"]
            self.assertTrue(links.search([("partner_id", "=", self.partner.id)])._is_usable())

    def test_what_is_no_address_is_kept_until_it_is_one(self):
        mails = self.env["mail.mail"].search([("email_to", "ilike", self.mine)])
        mails.email_to = '"Manager" <nobody>'
        self._ask_and_fail(refused=[self.theirs])
        with self._at(BACK):
            reasons = self._waiting(self.accountant, "unsent").mapped("reason")
            self.assertEqual(len(reasons), 2)
            self.assertIn("no address", "".join(reasons))
            self.partner.email = False
            row = self._waiting(self.accountant, "unsent").filtered(
                lambda row: row.space_id == self.space
            )
            self.assertIn("Without an address", row.action_settle()["params"]["message"])
            self.assertTrue(row.exists())
            self.partner.email = "corrected@example.com"
            row.action_settle()
            self.assertEqual(self._send_queue(), ["corrected@example.com"])
            self.assertFalse(self.env["mail.mail"].search([("email_to", "like", "corrected")]))

    def test_nobody_waits_for_a_mail_once_its_reader_its_link_or_its_task_is_gone(self):
        self._ask_and_fail(refused=[self.mine])
        link = self.env["coworking.portal.link"].search([("partner_id", "=", self.partner.id)])
        for what, ends in {
            "archived": lambda: self.partner.write({"active": False}),
            "not theirs": lambda: self.space.write({"manager_ids": False}),
            "ended": lambda: link._revoke_links_of(self.partner),
            "confirmed": lambda: self.statement.action_confirm(),
            "too old": lambda: link.write({"date_expiry": ASKED}),
        }.items():
            with self.subTest(what), self._at(BACK), self.env.cr.savepoint() as savepoint:
                self.assertTrue(self._waiting(self.accountant, "unsent"))
                self.manager.sudo().active = False
                ends()
                self.assertNone("unsent")
                self.env["coworking.exception"]._gc_unsent()
                self.assertFalse(self.env["mail.mail"].search([("state", "=", "exception")]))
                savepoint.rollback()

    def test_a_later_mail_about_the_same_takes_the_place_of_the_one_that_did_not_go(self):
        self._ask_and_fail(refused=[self.mine])
        with self._at("2015-07-06 09:00:00"):
            with self.enter_registry_test_mode():
                self.env.ref("coworking_incubation.ir_cron_ask_spaces").method_direct_trigger()
            self.assertNone("unsent")
            self._send_queue(refused=[self.mine])
            self.assertOne(self.accountant, "unsent", "Rappel", label="Send Again")
            self.env["coworking.portal.link"]._send_link(self.statement, "month", self.partner)
            self.assertIn(self.mine, self._send_queue())
            self.assertNone("unsent")

    def test_what_is_told_once_is_replaced_by_no_later_mail(self):
        self.env["mail.mail"].search([]).unlink()
        links = self.env["coworking.portal.link"]
        facts = [{"day": "1", "words": "Nina does not come", "note": None, "space": "Atelier"}]
        told = self.partner.with_context(coworking_coming=facts)
        with self._at(ASKED):
            links._send_link(told, "coming", self.partner)
        self._ask_and_fail(refused=[self.mine])
        with self._at(BACK):
            links._send_link(told, "coming", self.partner)
            links._send_link(self.partner, "coming", self.partner, "renewal")
            row = self.assertOne(self.coordinator, "unsent", self.mine, label="Send Again")
            row.action_settle()
            self.assertEqual(self._send_queue(), [self.mine] * 3)

    def test_two_who_send_it_again_at_once_send_one_mail(self):
        self._ask_and_fail(refused=[self.mine])
        with self._at(BACK):
            first = self._waiting(self.accountant, "unsent")
            second = first.with_user(self.coordinator)
            mails = type(self.env["mail.mail"])
            with patch.object(mails, "try_lock_for_update", lambda self, **kwargs: self.browse()):
                told = second.action_settle()["params"]["message"]  # the other holds it
            self.assertIn("meanwhile", told)
            first.action_settle()
            self.env.invalidate_all()
            self.assertIn("meanwhile", second.action_settle()["params"]["message"])
            self.assertEqual(self._send_queue(), [self.mine])

    def test_an_administrator_who_retries_the_queue_takes_it_from_the_list(self):
        self._ask_and_fail()
        with self._at(BACK):
            self.env["mail.mail"].search([("state", "=", "exception")]).action_retry()
            self.assertNone("unsent")
            self.assertIn("Sent again", self._noted(self.statement)[0])

    def test_a_mail_that_is_given_up_is_not_kept_and_the_month_says_who_gave_it_up(self):
        self._ask_and_fail(refused=[self.mine])
        with self._at(BACK):
            row = self._waiting(self.accountant, "unsent")
            row.action_give_up()
            self.assertNone("unsent")
            self.assertIn(self.accountant.name, self._noted(self.statement)[0])
            self.assertFalse(self.env["mail.mail"].search([]))
            self.assertIn("meanwhile", row.action_give_up()["params"]["message"])

    def test_mails_of_another_company_are_for_those_who_work_for_it(self):
        self._ask_and_fail()
        elsewhere = self._new_company("Elsewhere")
        with self._at(BACK):
            self.coordinator.write({"company_ids": [(4, elsewhere.id)], "company_id": elsewhere.id})
            rows = self._waiting(self.coordinator, "unsent", allowed_company_ids=elsewhere.ids)
            self.assertFalse(rows)
            self.assertTrue(self._waiting(self.accountant, "unsent"))

    def test_a_question_to_a_space_that_stands_in_its_month_waits_as_well(self):
        self.env["mail.mail"].search([]).unlink()
        with self._at(BACK):
            with self._server(refused=[self.mine]):
                message = self.statement.with_user(self.accountant).message_post(
                    body="Which of these?",
                    partner_ids=self.partner.ids,
                    subtype_xmlid="mail.mt_comment",
                )
                self.env["mail.mail"].search([("mail_message_id", "=", message.id)]).send()
            row = self.assertOne(self.accountant, "unsent", self.mine, label="Send Again")
            row.action_give_up()
            self.assertNone("unsent")
            self.assertEqual(message.notification_ids.notification_status, "canceled")


@tagged("post_install", "-at_install")
class TestUnsentToPeople(ServerCase, AgendaCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.env["mail.mail"].search([]).unlink()
        cls.file = cls._new_participant("Camille Roux", email="camille@example.org")
        cls.file.user_id = cls.accompanist
        cls.attendance = cls._attend(participant_id=cls.file.id)

    def _fail(self, **server):
        self.attendance._notify_people("changed")
        self._send_queue(**(server or {"refused": ["camille@example.org"]}))

    def _unsent(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["coworking.exception"].with_user(user).search([("kind", "=", "unsent")])

    def test_a_mail_about_a_meeting_waits_for_those_who_follow_the_person(self):
        self._fail()
        row = self._unsent(self.accompanist)
        self.assertEqual(row.participant_id, self.file)
        self.assertIn("camille@example.org", row.reason)
        self.assertTrue(self._unsent(self.coordinator))
        self.assertFalse(self._unsent(self.accountant))
        self.assertIn("Could not be sent", self._noted(self.file)[0])
        self.file.partner_id.email = "camille.roux@example.org"
        row.action_settle()
        self.assertEqual(self._send_queue(), ["camille.roux@example.org"])
        self.assertFalse(self._unsent(self.accompanist))

    def test_who_does_not_see_that_a_mail_waits_neither_sends_it_nor_gives_it_up(self):
        self._fail()
        row = self._unsent(self.accompanist).with_user(self.accountant)
        for act in (row.action_settle, row.action_give_up):
            with self.assertRaises(AccessError):
                act()
        self.assertTrue(self._unsent(self.accompanist))

    def test_a_later_mail_about_the_meeting_takes_its_place(self):
        self._fail()
        self._fail(down=True)
        self.assertIn("cannot be reached", self._unsent(self.accompanist).reason)
        self.assertEqual(len(self.env["mail.mail"].search([])), 1)

    def test_once_the_meeting_is_over_nobody_waits_for_what_was_written_before(self):
        self._fail()
        with freeze_time(self.meeting.stop - timedelta(hours=1)):
            self.assertTrue(self._unsent(self.accompanist))
        with freeze_time(self.meeting.stop + timedelta(hours=1)):
            self.assertFalse(self._unsent(self.accompanist))

    def test_the_mail_to_an_adviser_stays_theirs(self):
        self.attendance.adviser_email = "adviser@example.net"
        self.attendance._write_to_adviser("changed")
        self._send_queue(down=True)
        self._unsent(self.accompanist).action_settle()
        self.assertEqual(self._send_queue(), ["adviser@example.net"])

    def test_it_goes_to_the_address_of_theirs_that_was_corrected(self):
        self.attendance.adviser_email = "adviser@example.net"
        self.attendance._write_to_adviser("changed")
        self._send_queue(refused=["adviser@example.net"])
        self.attendance.adviser_email = "new@example.net"
        self._unsent(self.accompanist).action_settle()
        self.assertEqual(self._send_queue(), ["new@example.net"])

    def test_a_later_mail_to_an_adviser_takes_the_place_of_theirs_alone(self):
        self._fail()
        self.attendance.adviser_email = "adviser@example.net"
        self.attendance._write_to_adviser("changed")
        self._send_queue(refused=["adviser@example.net"])
        self.attendance.adviser_email = "new@example.net"
        self.attendance._write_to_adviser("changed")
        self.assertEqual(self._send_queue(refused=["camille@example.org"]), ["new@example.net"])
        self.assertIn("camille@example.org", self._unsent(self.accompanist).reason)

    def test_a_link_to_sign_waits_until_another_one_was_made(self):
        event = self._new_event("info_session", days=-1)
        attendance = self._attend(event, participant_id=self.file.id).with_user(self.accompanist)
        attendance.action_mail_sign_link()
        self._send_queue(refused=["camille@example.org"])
        self.assertEqual(self._unsent(self.accompanist).participant_id, self.file)
        attendance._make_sign_url()
        self.assertFalse(self._unsent(self.accompanist))

    def test_the_mail_of_a_stage_waits_whoever_moved_the_person(self):
        with self._server(refused=["camille@example.org"]):
            message = self.file.with_user(self.env.ref("base.user_root")).message_post(
                body="Welcome",
                partner_ids=self.file.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
            self.env["mail.mail"].search([("mail_message_id", "=", message.id)]).send()
        self.assertEqual(self._unsent(self.accompanist).participant_id, self.file)
        self._unsent(self.accompanist).action_settle()
        self.assertEqual(self._send_queue(), ["camille@example.org"])
        self.assertFalse(self._unsent(self.accompanist))

    def test_those_about_many_people_are_looked_up_together(self):
        begun, coming = self._new_event("info_session", days=-1), self._new_event("info_session")

        def fail(*names):
            for name in names:
                file = self._new_participant(name, email=f"{name}@example.org")
                self._attend(begun, participant_id=file.id).action_mail_sign_link()
                self._attend(coming, participant_id=file.id)._notify_people("changed")
            self._send_queue(down=True)

        fail("awa", "bo")
        self._count_queries(self.accompanist)  # what a process reads once
        few = self._count_queries(self.accompanist)
        fail("cy", "di", "ed", "fa")
        self.assertEqual(self._count_queries(self.accompanist), few)
        self.assertIn("12 mails", self._unsent(self.accompanist).reason)

    def test_nothing_waits_for_the_mail_of_a_file_that_is_archived(self):
        with self._server(refused=["camille@example.org"]):
            message = self.file.message_post(
                body="Welcome",
                partner_ids=self.file.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
            mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
            mail.send()
        self.file.active = False
        self.assertFalse(self._unsent(self.coordinator))
        exceptions = self.env["coworking.exception"]
        self.assertIn(mail, exceptions._find_failed())
        exceptions._gc_unsent()
        self.assertNotIn(mail, exceptions._find_failed(), "it hides none that is to go")
        self.assertEqual(message.notification_ids.notification_status, "canceled")


@tagged("post_install", "-at_install")
class TestMailsThatComeBack(CoworkingCase):
    def _bounce(self, address):
        """What a server answers, later, of a mail that it took."""
        bounce = EmailMessage()
        bounce["From"] = "MAILER-DAEMON@mx.example.org"
        bounce["To"] = "bounce@example.com"
        bounce["Subject"] = "Undelivered Mail Returned to Sender"
        bounce["Message-Id"] = f"<{len(self.told)}.{address}>"
        bounce.make_mixed()
        bounce.set_type("multipart/report")
        status = EmailMessage()
        status.set_type("message/delivery-status")
        whole, recipient = EmailMessage(), EmailMessage()
        whole["Reporting-MTA"] = "dns; mx.example.org"
        recipient["Final-Recipient"] = f"rfc822; {address}"
        recipient["Action"] = "failed"
        recipient["Status"] = "5.1.1"
        status.set_payload([whole, recipient])
        bounce.attach(status)
        self.told.append(address)
        self.env["mail.thread"].message_process(False, bounce.as_bytes())

    def _write_later(self, contact, address):
        """By another transaction, which made nothing of ours."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.cache.pop("coworking_marking", None)
        contact.email = address

    def setUp(self):
        super().setUp()
        self.told = []

    def test_who_follows_the_person_asks_for_another_address_once(self):
        file = self._new_participant("Camille Roux", email="camille@example.org")
        for __ in range(2):
            self._bounce("camille@example.org")
        activity = file.activity_ids
        self.assertEqual(activity.user_id, self.accompanist)
        for words in ("camille@example.org", "Camille Roux"):
            self.assertIn(words, activity.summary)
        self._write_later(file.partner_id, "roux@example.org")
        self.assertFalse(file.activity_ids, "there is another one")
        self._bounce("roux@example.org")
        self.assertIn("roux@example.org", file.activity_ids.summary, "neither does that reach them")

    def test_an_address_that_is_taken_away_is_still_to_be_asked_for(self):
        file = self._new_participant("Camille Roux", email="camille@example.org")
        self._bounce("camille@example.org")
        asked = file.activity_ids
        self._write_later(file.partner_id, False)
        self.assertEqual((file.activity_ids, len(asked)), (asked, 1))
        other = self._new_participant("Camille Roux", email="roux@example.com")
        self._bounce("roux@example.com")
        self._write_later(file.partner_id, "camille@example.org")
        self.assertEqual(file.activity_ids, asked, "it is the same one")
        self._write_later(file.partner_id, False)
        self._write_later(file.partner_id, "roux@example.org")
        self.assertFalse(file.activity_ids, "there is another one")
        self.assertEqual(len(other.activity_ids), 1, "of somebody else of that name it is asked")

    def test_who_writes_from_that_address_has_it(self):
        file = self._new_participant("Camille Roux", email="camille@example.org")
        self._bounce("camille@example.org")
        file.partner_id._message_reset_bounce("camille@example.org")
        self.assertFalse(file.activity_ids)

    def test_so_does_who_answers_for_a_space_or_reads_of_an_adviser(self):
        agency = self.env["res.partner"].create({"name": "Agency", "is_company": True})
        adviser = self.env["res.partner"].create(
            {"name": "Alix", "email": "alix@example.org", "parent_id": agency.id}
        )
        self._new_participant("Noa", prescriber_id=agency.id, prescriber_contact_id=adviser.id)
        manager = self.manager.partner_id
        manager.email = "manager@example.org"
        self._new_seat("1/6", "30/6", "Camille")
        self.space_b.manager_ids |= manager
        self._new_seat("1/6", "30/6", "Zoé", tariff=self.tariff_b)
        for address in ("alix@example.org", "manager@example.org", "stranger@example.org"):
            self._bounce(address)
        for record in (adviser, self.space):
            self.assertEqual(record.activity_ids.user_id, self.coordinator)
        self.assertIn("manager@example.org", self.space.activity_ids.summary)
        self.assertFalse(self.space_b.activity_ids, "they know already")
        for contact in (adviser, manager):
            self._write_later(contact, f"new.{contact.email}")
        self.assertFalse((adviser | self.space.partner_id).activity_ids | self.space.activity_ids)

    def test_a_copy_that_somebody_else_did_not_get_says_nothing_of_the_person(self):
        partner = self._new_participant("Camille", email="camille@example.org").partner_id
        for address, told in (("copy@example.org", 0), ("Camille@example.org", 1)):
            partner._message_receive_bounce(address, partner)
            self.assertEqual(len(partner.coworking_participant_ids.activity_ids), told)

    def test_nobody_is_told_of_who_left(self):
        file = self._new_participant("Camille Roux", email="camille@example.org")
        closed = self.env["coworking.stage"].search([("phase", "=", "closed")], limit=1)
        file.write({"stage_id": closed.id, "move_reason": "Never came"})
        self._bounce("camille@example.org")
        self.assertFalse(file.activity_ids)
