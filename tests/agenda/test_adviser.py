"""An adviser who registers people: whom each page and mail names, and what the adviser hears."""

import html
import re
from datetime import timedelta

import lxml.html

from odoo import fields

from .test_registration import RegistrationCase

ADVISER = "conseil@example.org"


class TestAdviser(RegistrationCase):
    def _send(self, name="Zoé Petit", email="", phone="06 39 98 01 02", **typed):
        return self._register(
            by="prescriber",
            name=name,
            email=email,
            phone=phone,
            prescriber_name="France Travail",
            adviser_email=ADVISER,
            **typed,
        )

    def _last_mail(self, email=ADVISER):
        return self._mails(email)[-1:]

    def _told(self, mail=None):
        """What a mail says to the adviser, as they read it."""
        return html.unescape((mail or self._last_mail()).body_html)

    def _run(self, job):
        with self.enter_registry_test_mode():
            self.env.ref(f"coworking_incubation.{job}").method_direct_trigger()
        self.env.invalidate_all()

    def _after_the_meeting(self):
        self.meeting.write(
            {
                "start": fields.Datetime.now() - timedelta(hours=5),
                "stop": fields.Datetime.now() - timedelta(hours=3),
            }
        )

    def test_every_page_and_mail_of_the_adviser_names_the_person(self):
        answer = self._send()
        self.assertIn("Inscription de Zoé Petit", answer.text)
        self.assertIn(ADVISER, answer.text)
        mail = self._last_mail()
        self.assertIn("Zoé Petit", mail.subject)
        self.assertIn("Une place est gardée pour Zoé Petit", mail.body_html)
        path = self._link(ADVISER)
        page = self.url_open(path).text
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[1]
        self.assertEqual(
            " ".join(heading.split()), "Inscription de Zoé Petit – la confirmez-vous ?"
        )
        self.assertNotIn("votre conseiller", page)
        answer = self._post(path, "confirm")
        self.assertIn("Nous attendons Zoé Petit", answer.text)
        self.assertNotIn("Nous vous attendons", answer.text)
        self.assertIn("nous attendons Zoé Petit", self._told())
        self.assertIn("choisir une autre date", self._told())
        self.assertTrue(self._last_mail().attachment_ids)
        answer = self._post(path, "cancel")
        self.assertIn("L'inscription de Zoé Petit est annulée", answer.text.replace("&#39;", "'"))

    def test_two_people_are_not_mixed_up_and_the_fields_of_the_adviser_are_kept(self):
        answer = self._send()
        again = re.search(r'href="(/incubation/\d+\?by=prescriber)"', answer.text)[1]
        form = self.url_open(again).text
        button = re.search(r"<button type=\"submit\"[^>]*>(.*?)</button>", form, re.DOTALL)[1]
        self.assertNotIn("S'inscrire", html.unescape(button), "the adviser registers somebody else")
        self.assertIn(f'value="{ADVISER}"', form)
        self.assertIn('value="France Travail"', form)
        self.assertNotIn("Zoé Petit", form)
        self._send(name="Paul Roy", phone="06 39 98 01 03")
        first, second = self._mails(ADVISER)
        self.assertIn("Zoé Petit", first.subject)
        self.assertIn("Paul Roy", second.subject)
        # the same two links, each with its person
        paths = [
            re.search(r'href="[^"]*(/incubation/p/[^"]+)"', mail.body_html)[1]
            for mail in (first, second)
        ]
        self.assertIn("Zoé Petit", self.url_open(paths[0]).text)
        self.assertIn("Paul Roy", self.url_open(paths[1]).text)

    def test_what_an_adviser_typed_is_nobody_else_s(self):
        self._send()
        self.authenticate(None, None)
        self.opener.cookies["frontend_lang"] = "fr_FR"
        self.assertNotIn(ADVISER, self.url_open(f"/incubation/{self.meeting.id}").text)
        self.assertNotIn(
            ADVISER, self.url_open(f"/incubation/{self.meeting.id}?by=prescriber").text
        )

    def test_with_an_address_of_the_person_the_adviser_hears_of_each_step(self):
        self._send(email="zoe@example.org")
        self.assertIn("Zoé Petit", self._told())
        self.assertNotIn("/incubation/p/", self._told(), "the link is Zoé's")
        path = self._link("zoe@example.org")
        page = self.url_open(path).text.replace("\xa0", " ")
        self.assertIn("Vous confirmez ?", page)
        self.assertIn("votre conseiller qui a fait cette inscription", page)
        self._post(path, "confirm")
        self.assertIn("nous attendons Zoé Petit", self._told())
        later = self._new_event("info_session", days=14, coworking_public=True)
        self._post(path, "move", event=later.id)
        self.assertEqual(len(self._mails(ADVISER)), 3)
        self._post(path, "cancel")
        self.assertIn("L'inscription de Zoé Petit est annulée", self._told())

    def test_a_place_that_gets_free_is_told_in_the_name_of_the_person(self):
        first = self._attend(name="A", email="a@example.org")
        self._attend(name="B", email="b@example.org")
        self._send()
        self._post(self._link(ADVISER), "confirm")
        self.assertIn("Zoé Petit est au rang 1", self._told())
        first.state = "cancelled"
        self.assertIn("Une place s'est libérée", self._told())
        self.assertIn("Zoé Petit", self._told())

    def test_an_adviser_who_wants_no_mails_hears_not_who_came(self):
        self.env["res.partner"].create(
            {"name": "Conseil", "email": ADVISER, "coworking_no_mail": True}
        )
        self._send(email="zoe@example.org")
        path = self._link("zoe@example.org")
        self._post(path, "confirm")
        before = len(self._mails(ADVISER))
        row = self.meeting.coworking_attendance_ids
        self._after_the_meeting()
        row.state = "present"
        self._run("ir_cron_tell_advisers")
        self.assertEqual(len(self._mails(ADVISER)), before)
        self.assertTrue(row.adviser_told_at, "not looked at again")

    def test_after_the_meeting_the_adviser_hears_who_came(self):
        for name, phone in (("Zoé Petit", "06 39 98 01 02"), ("Paul Roy", "06 39 98 01 03")):
            self._send(name=name, phone=phone)
            self._post(self._link(ADVISER), "confirm")
        self._after_the_meeting()
        self._run("ir_cron_tell_advisers")
        before = len(self._mails(ADVISER))
        for registration, state in zip(self._list(), ("present", "absent"), strict=True):
            registration.with_user(self.accompanist).state = state
        for _number in range(2):  # once each
            self._run("ir_cron_tell_advisers")
        told = self._mails(ADVISER)[before:]
        self.assertEqual(len(told), 2)
        self.assertIn("Zoé Petit a assisté", self._told(told[0]))
        self.assertIn("Paul Roy n'a pas assisté", self._told(told[1]))
        for mail in told:
            self.assertNotIn("choisir une autre date", self._told(mail), "nothing is left to do")

    def test_an_unconfirmed_registration_that_is_deleted_is_told(self):
        self._send(email="zoe@example.org")
        self._list().registered_at = fields.Datetime.now() - timedelta(hours=25)
        self._run("ir_cron_purge_unconfirmed")
        self.assertFalse(self._list())
        self.assertIn("Zoé Petit n'a pas confirmé", self._told())

    def test_one_that_was_cancelled_is_not_told_again_when_it_is_deleted(self):
        self._send(email="zoe@example.org")
        registration = self._list()
        registration.state = "cancelled"
        registration.registered_at = fields.Datetime.now() - timedelta(hours=25)
        told = len(self._mails(ADVISER))
        self._run("ir_cron_purge_unconfirmed")
        self.assertFalse(self._list())
        self.assertEqual(len(self._mails(ADVISER)), told)

    def test_an_adviser_s_address_that_was_never_confirmed_is_left_alone(self):
        self._send()
        self._list().registered_at = fields.Datetime.now() - timedelta(hours=25)
        self._run("ir_cron_purge_unconfirmed")
        self.assertFalse(self._list())
        self.assertEqual(len(self._mails(ADVISER)), 1)

    def test_who_registers_again_before_confirming_gets_the_question_again(self):
        self._send()
        self._send()
        for mail in self._mails(ADVISER):
            self.assertIn("Je confirme", mail.body_html)

    def test_who_registers_again_without_an_adviser_has_none_any_more(self):
        self._send(email="zoe@example.org")
        self._post(self._link("zoe@example.org"), "cancel")
        told = self._mails(ADVISER)
        self._register(
            name="Zoé Petit", email="zoe@example.org", question="Un accès de plain-pied ?"
        )
        registration = self._list()
        self.assertEqual((registration.state, registration.registered_by), ("expected", "public"))
        self.assertFalse(registration.adviser_email)
        self.assertNotIn("votre conseiller", self.url_open(self._link("zoe@example.org")).text)
        self._post(self._link("zoe@example.org"), "confirm")
        self._post(self._link("zoe@example.org"), "cancel")
        self.assertEqual(self._mails(ADVISER), told, "the adviser goes on hearing of it")
        # nor is the question of the person asked by their adviser
        self._send(email="zoe@example.org")
        registration = self._list()
        self.assertEqual(registration.adviser_email, ADVISER)
        self.assertFalse(registration.question)

    def test_a_mail_makes_a_link_only_where_it_holds_one(self):
        links = self.env["coworking.portal.link"]
        for email, holder in (("zoe@example.org", "zoe@example.org"), ("", ADVISER)):
            with self.subTest(holder=holder):
                before = links.search([])
                self._send(email=email, name="Zoé Petit" if email else "Paul Roy")
                made = links.search([]) - before
                self.assertEqual(len(made), 1)
                self.assertEqual(links._find_link(self._link(holder).rpartition("/")[2]), made)
        before = links.search([])
        self._list()._notify_people("called_off")
        self.assertEqual(len(links.search([]) - before), 1, "Zoé's alone")

    def test_the_next_page_is_true_of_who_is_on_the_list_already(self):
        """It says the same to all: what is said of a mail to come is said with a reserve."""

        def read(answer):
            return " ".join(lxml.html.fromstring(answer.text).text_content().split())

        words = "Sauf si Zoé Petit est déjà sur la liste, "
        answer = read(self._send(email="zoe@example.org"))
        self.assertIn(f"{words}il demande de confirmer", answer)
        self.assertIn(f"{words}un message part vers", read(self._send()))
        self.assertIn("Sauf si vous êtes déjà sur la liste, ouvrez", read(self._register()))

    def test_a_name_is_no_address_of_a_site(self):
        answer = self._send(name="Gagnez sur example.org")
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self._mails(ADVISER))
