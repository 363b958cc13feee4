"""Links without a password: one task, one contact, as long as both hold."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import Command, fields
from odoo.tests import freeze_time

from ..common import d
from .common import PortalCase, PortalHttpCase


class TestLinks(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6", "30/6")
        cls.statement = cls._sent()
        cls.partner = cls.manager.partner_id

    def _link(self, *args, **kwargs):
        return self.Link._find_link(self._token(*args, **kwargs))

    def test_only_a_hash_of_the_token_is_stored(self):
        token = self._token(self.statement)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT COUNT(*) FROM coworking_portal_link AS link WHERE link::text LIKE %s",
            [f"%{token}%"],
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.assertTrue(self.Link._find_link(token))

    def test_nobody_reads_the_hash(self):
        link = self._link(self.statement)
        self.assertNoWay(lambda: link.with_user(self.coordinator).read(["token_hash"]))

    def test_two_links_to_the_same_task_differ(self):
        self.assertNotEqual(self._token(self.statement), self._token(self.statement))

    def test_no_link_is_made_for_whoever_does_not_manage_the_space(self):
        with self.assertRefused("Manager B"):
            self.Link._make_url(self.statement, "month", self.manager_b.partner_id)

    def _pay(self, statements, day):
        """Bill these statements and pay them on a day."""
        journals = self.env["account.journal"]
        bank = journals.search([("code", "=", "TBNK"), ("company_id", "=", self.company.id)])
        statements.action_confirm()
        bills = self.env["account.move"].union(*(self._bill(row) for row in statements))
        for bill in bills:
            bill.write({"ref": f"F-{bill.id}", "invoice_date": day})
        bills.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bills.ids
        ).create(
            {"payment_date": day, "journal_id": (bank or self._new_bank()).id}
        )._create_payments()
        self.assertEqual(set(statements.mapped("state")), {"billed"})

    def test_a_link_opens_until_the_statement_is_paid_and_some_weeks_more(self):
        link = self._link(self.statement)
        self.statement.action_confirm()
        self.assertTrue(link._is_usable())
        bill = self._bill(self.statement)
        self.assertEqual(self.statement.state, "billed")
        self.assertTrue(link._is_usable())
        bill.button_cancel()
        self.statement.action_withdraw()
        today = fields.Date.context_today(self.statement)
        self._pay(self.statement, today - timedelta(days=31))
        self.assertTrue(link._is_usable())
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertFalse(link._is_usable())

    def test_the_link_of_a_month_lasts_until_its_last_statement_is_paid(self):
        self.space_b.manager_ids |= self.partner
        self._new_seat("1/6", "30/6", "Zoé", tariff=self.tariff_b)
        other = self._sent() - self.statement
        link = self._link(self.statement)
        long_ago = fields.Date.context_today(self.statement) - timedelta(days=60)
        self._pay(self.statement, long_ago)
        self.assertTrue(link._is_usable())
        other.action_confirm()
        self.assertTrue(link._is_usable())
        other.action_withdraw()
        self._pay(other, long_ago)
        self.assertFalse(link._is_usable())

    def test_a_cancelled_statement_closes_its_link(self):
        link = self._link(self.statement)
        self.statement.action_cancel()
        self.assertFalse(link._is_usable())

    def test_a_link_ends_by_itself(self):
        link = self._link(self.statement)
        with freeze_time(fields.Datetime.now() + timedelta(days=89)):
            self.assertTrue(link._is_usable())
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            self.assertFalse(link._is_usable())

    def test_a_manager_taken_off_the_space_loses_the_link_for_good(self):
        link = self._link(self.statement)
        self.space.manager_ids = [Command.unlink(self.partner.id)]
        self.assertFalse(link._is_usable())
        self.space.manager_ids = [Command.link(self.partner.id)]
        self.assertFalse(link._is_usable(), "an old link lives again")

    def test_who_leaves_one_of_two_spaces_keeps_the_links_of_the_other(self):
        self.space_b.manager_ids |= self.partner
        self._new_seat("1/6", "30/6", "Zoé", tariff=self.tariff_b)
        seat = self._new_seat("1/9", None, "Nina")
        other = self._new_seat("1/9", None, "Ada", tariff=self.tariff_b)
        left, kept = self._link(seat, "arrival"), self._link(other, "arrival")
        self.space.manager_ids = [Command.unlink(self.partner.id)]
        self.assertTrue(kept._is_usable())
        self.space.manager_ids = [Command.link(self.partner.id)]
        self.assertFalse(left._is_usable(), "an old link lives again")

    def test_rights_are_looked_up_at_each_use_not_when_the_link_was_made(self):
        link = self._link(self.statement)
        self.env.cr.execute("DELETE FROM coworking_space_manager_rel")
        self.env.invalidate_all()
        self.assertFalse(link.revoked_at)
        self.assertFalse(link._is_usable())

    def test_an_archived_contact_loses_the_link_for_good(self):
        contact = self.env["res.partner"].create({"name": "Nour", "email": "nour@example.com"})
        self.space.manager_ids |= contact
        link = self._link(self.statement, partner=contact)
        contact.active = False
        contact.active = True
        self.assertFalse(link._is_usable())

    def test_revoked_at_once_when_a_telephone_is_lost(self):
        link = self._link(self.statement)
        self.Link._revoke_links_of(self.partner)
        self.assertFalse(link._is_usable())

    def test_an_arrival_link_is_over_once_the_person_is_there(self):
        seat = self._new_seat("1/9", None, "Nina")
        link = self._link(seat, "arrival")
        self.assertTrue(link._is_usable())
        seat.action_start()
        self.assertFalse(link._is_usable())

    def test_a_second_contact_acts_during_the_absence_only(self):
        second = self.env["res.partner"].create({"name": "Second", "email": "second@example.com"})
        self.space.substitute_ids = second
        with self.assertRefused("Second"):
            self._token(self.statement, partner=second)
        today = fields.Date.context_today(self.space)
        absence = self.env["coworking.space.absence"].create(
            {
                "space_id": self.space.id,
                "partner_id": self.partner.id,
                "date_from": today,
                "date_to": today + timedelta(days=7),
            }
        )
        self.assertEqual(self.space._get_contacts_to_write_to(), second)
        self.assertIn(second, self.space._get_contacts())
        self.assertIn(self.partner, self.space._get_contacts())
        link = self._link(self.statement, partner=second)
        self.assertTrue(link._is_usable())
        absence.write({"date_from": today - timedelta(days=9), "date_to": today - timedelta(1)})
        self.assertFalse(link._is_usable())
        self.assertEqual(self.space._get_contacts_to_write_to(), self.partner)

    def test_old_links_are_forgotten(self):
        link = self._link(self.statement)
        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            self.Link._gc_expired()
        self.assertFalse(link.exists())

    def test_a_mail_opens_in_the_language_of_its_reader_and_names_nobody(self):
        seat = self.statement.charge_ids.seat_id
        seat.occupant_name = "Canari"
        self.assertTrue(self.Link._send_link(self.statement, "month", self.partner))
        mail = self._mails_to(self.partner)
        self.assertEqual(mail.subject, "Vos coworkers en juin 2015\xa0: à confirmer")
        self.assertRegex(mail.body_html, r"/my/coworking/l/[\w-]{43}")
        self.assertNotIn("Canari", mail.body_html + mail.subject)
        self.assertTrue(mail.auto_delete)
        self.assertFalse(mail.is_notification)

    def test_a_mail_says_until_when_its_link_serves(self):
        """Until its task is done; where there is nothing to do, until a day."""
        self.Link._send_link(self.statement, "month", self.partner)
        self.assertIn("jusqu'à ce que tout soit fait", self._mails_to(self.partner).body_html)
        person = self._new_participant("Noor", email="noor@example.com").partner_id
        person.lang = "fr_FR"
        with freeze_time("2015-07-02 09:00:00"):
            self.Link._send_link(person.coworking_participant_ids, "participant", person)
        body = self._mails_to(person).body_html
        self.assertIn("sert jusqu'au 30 septembre 2015.", body)
        self.assertNotIn("tout soit fait", body)

    def test_to_whom_it_was_sent_is_noted_in_a_language_of_staff(self):
        self.company.partner_id.lang = "en_US"
        for who, lang in (
            (self.coordinator, "en_US"),
            (self.env.ref("base.public_user"), "fr_FR"),  # a visitor, in their own
            (self.env.ref("base.user_root"), False),  # a scheduled action
        ):
            with self.subTest(who=who.login):
                links = self.Link.with_user(who).with_context(lang=lang)
                statement = self.statement.with_user(who)
                links._send_link(statement, "month", self.partner)
                note = self.statement.message_ids[0].body
                self.assertIn(f"Link sent to {self.partner.name} ({self.partner.email})", note)
                self.assertIn("Vos coworkers en juin 2015", note, "not as it was sent")

    def test_without_an_address_nothing_is_sent(self):
        self.partner.email = False
        self.assertFalse(self.Link._send_link(self.statement, "month", self.partner))


class TestLinksOfContacts(PortalCase):
    def test_a_contact_answers_all_that_a_link_asks_of_its_record(self):
        asked = {
            name
            for cls in self.env.registry["coworking.link.mixin"].mro()
            for name in vars(cls)
            if "coworking" in cls.__module__ and "_link" in name
        }
        self.assertGreater(len(asked), 5)
        known = set(dir(self.env["res.partner"]))
        self.assertFalse(asked - known)


class TestLinkPages(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6", "30/6")
        cls.statement = cls._sent()
        cls.partner = cls.manager.partner_id

    def _open(self, token):
        return self.url_open(f"/my/coworking/l/{token}", allow_redirects=False)

    def _answer(self, token):
        """Status and words of the answer, whatever the token and the request's own keys."""
        response = self._open(token)
        text = response.text.replace(token, "TOKEN")
        text = "\n".join(line for line in text.split("\n") if "csrf_token" not in line)
        return response.status_code, text

    def test_the_link_opens_its_task_and_leaves_no_trace_of_the_token(self):
        response = self._open(self._token(self.statement))
        self.assertEqual(response.status_code, 303)
        self.assertEqual(urlsplit(response.headers["Location"]).path, "/my/coworking/month/2015-06")
        self.assertNotIn(response.url.rsplit("/", 1)[1], response.headers["Location"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_a_mailed_link_ends_with_the_address_and_the_new_one_gets_another(self):
        self.Link._send_link(self.statement, "month", self.partner)
        mailed = re.search(r"/l/([\w-]+)", self._mails_to(self.partner)[0].body_html)[1]
        copied = self._token(self.statement)
        self.assertEqual(self._open(mailed).status_code, 303)
        self.partner.email = "another@example.com"
        self.authenticate(None, None)
        self.assertEqual(self._open(mailed).status_code, 404)
        self.assertEqual(self._open(copied).status_code, 303, "given by hand, to the person")
        self.Link._find_link(mailed)._renew_links()
        (mail,) = self._mails_to(self.partner)
        self.assertIn("another@example.com", mail.email_to)
        self.partner.email = f"{self.partner.name} <ANOTHER@example.com>"
        renewed = re.search(r"/l/([\w-]+)", mail.body_html)[1]
        self.authenticate(None, None)
        self.assertEqual(self._open(renewed).status_code, 303, "the same, written otherwise")

    def test_all_that_is_wrong_with_a_link_answers_alike(self):
        good = self._token(self.statement)
        expired = self._token(self.statement)
        self.Link._find_link(expired).date_expiry = d("1/6")
        revoked = self._token(self.statement)
        self.Link._find_link(revoked).revoked_at = fields.Datetime.now()
        other = self._token(self._new_seat("1/9", None, "Nina"), "arrival")
        self.Link._find_link(other)._get_record().action_start()
        altered = good[:-1] + ("A" if good[-1] != "A" else "B")
        unknown = self._answer("A" * 43)
        self.assertEqual(unknown[0], 404)
        for name, token in (
            ("expired", expired),
            ("revoked", revoked),
            ("used", other),
            ("altered", altered),
        ):
            with self.subTest(name):
                self.assertEqual(self._answer(token), unknown)

    def test_somebody_logged_in_gains_nothing_from_the_link_of_another(self):
        token = self._token(self.statement)
        for user in (self.manager_b, self.employee, self.coordinator):
            with self.subTest(user=user.login):
                self._login(user)
                self.assertEqual(self._open(token).status_code, 404)
        self._login(self.manager)
        self.assertEqual(self._open(token).status_code, 303)

    def test_a_new_link_goes_to_the_registered_address_only(self):
        token = self._token(self.statement)
        self.Link._find_link(token).date_expiry = d("1/6")
        links = [("body_html", "ilike", "/my/coworking/l/")]
        before = self.env["mail.mail"].search(links)
        response = self._post(
            f"/my/coworking/l/{token}/new",
            {"email": "thief@example.com", "partner_id": self.manager_b.partner_id.id},
        )
        self.assertEqual(response.status_code, 404)
        mail = self.env["mail.mail"].search(links) - before
        self.assertEqual(len(mail), 1)
        self.assertIn(self.partner.email, mail.email_to)

    def test_asking_for_a_new_link_answers_alike_whoever_asks(self):
        token = self._token(self.statement)
        answers = set()
        for asked in (token, "A" * 43, token[:-1] + "_"):
            response = self._post(f"/my/coworking/l/{asked}/new")
            lines = [line for line in response.text.split("\n") if "csrf_token" not in line]
            answers.add((response.status_code, "\n".join(lines).replace(asked, "TOKEN")))
        self.assertEqual(len(answers), 1)

    def test_new_links_are_not_sent_without_end(self):
        token = self._token(self.statement)
        for __ in range(6):
            self._post(f"/my/coworking/l/{token}/new")
        self.assertEqual(len(self._mails_to(self.partner)), 3)

    def test_each_request_brings_a_link_to_each_task(self):
        """Three times an hour, however many tasks there are."""
        seat = self._new_seat("1/9", None, "Nina")
        tokens = [self._token(self.statement), self._token(seat, "arrival")]
        for token in tokens:
            self._open(token)
            self.Link._find_link(token).date_expiry = d("1/6")
        for number in range(1, 5):
            self._post("/my/coworking/links/new")
            self.assertEqual(len(self._mails_to(self.partner)), 2 * min(number, 3))

    def test_no_new_link_for_a_manager_who_left(self):
        token = self._token(self.statement)
        self.space.manager_ids = False
        self._post(f"/my/coworking/l/{token}/new")
        self.assertFalse(self._mails_to(self.partner))

    def test_the_address_of_a_form_leads_to_the_page_of_the_link(self):
        self.url_open(f"/my/coworking/l/{self._token(self.statement)}")
        for path, page in (
            (f"statement/{self.statement.id}/upload", "month/2015-06"),
            (f"line/{self.statement.charge_ids[:1].id}/dispute", "month/2015-06"),
            ("month/2015-06/confirm", "month/2015-06"),
            ("prices/1", "prices"),
        ):
            with self.subTest(path):
                answer = self.url_open(f"/my/coworking/{path}")
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(urlsplit(answer.url).path, f"/my/coworking/{page}")

    def test_an_address_of_nothing_leads_nowhere(self):
        for path in ("nothing", "prices/1/nothing", "prices/nothing", "nothing/prices/1"):
            with self.subTest(path):
                self.assertEqual(self.url_open(f"/my/coworking/{path}").status_code, 404)

    def test_nothing_is_asked_by_get_nor_without_the_page(self):
        token = self._token(self.statement)
        opened = self.url_open(f"/my/coworking/l/{token}/new", allow_redirects=False)
        self.assertEqual(urlsplit(opened.headers["Location"]).path, f"/my/coworking/l/{token}")
        answer = self.url_open(f"/my/coworking/l/{token}/new", data={"csrf_token": "x"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._mails_to(self.partner))

    def test_opening_a_link_writes_nothing(self):
        token = self._token(self.statement)
        self.env.flush_all()
        before = self.Link._find_link(token).read()
        self._open(token)
        self.env.invalidate_all()
        self.assertEqual(self.Link._find_link(token).read(), before)
