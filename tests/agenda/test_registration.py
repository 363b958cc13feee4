"""The public page: what a visitor may do, and what no visitor learns."""

import hashlib
import html
import re
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import HttpCase, mute_logger

from odoo.addons.coworking_incubation.controllers.visitor import POLICY

from .common import AgendaCase

CAMILLE = {"name": "Camille Martin", "email": "camille@example.org"}


class RegistrationCase(AgendaCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.meeting.coworking_public = True
        cls._set("min_seconds", "0")
        cls.env["ir.config_parameter"].set_param(
            "web.base.url", f"http://{cls.HOST or '127.0.0.1'}:{cls.http_port()}"
        )

    HOST = "127.0.0.1"

    @classmethod
    def _set(cls, name, value):
        cls.env["ir.config_parameter"].set_param(f"coworking_incubation.registration_{name}", value)

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.opener.cookies["frontend_lang"] = "fr_FR"

    def _fields(self, url):
        """What the form of a page would send, as a browser reads it."""
        page = self.url_open(url).text
        return {
            name: re.search(rf'name="{name}" value="([^"]*)"', page)[1]
            for name in ("csrf_token", "stamp", "by")
            if f'name="{name}"' in page
        }

    def _register(self, event=None, by=None, timeout=30, **typed):
        url = f"/incubation/{(event or self.meeting).id}"
        fields_ = self._fields(f"{url}?by={by}" if by else url)
        return self.url_open(
            f"{url}/register", data={**fields_, **(typed or CAMILLE)}, timeout=timeout
        )

    def _list(self, event=None):
        self.env.invalidate_all()
        return (event or self.meeting).coworking_attendance_ids.sorted("id")

    def _mails(self, email="camille@example.org"):
        return self.env["mail.mail"].search([("email_to", "=", email)], order="id")

    def _link(self, email="camille@example.org"):
        """The personal link of the last mail, as a path."""
        return re.search(r'href="[^"]*(/incubation/p/[^"]+)"', self._mails(email)[-1].body_html)[1]

    def _post(self, path, task, **typed):
        data = {**self._fields(path), **typed}
        return self.url_open(f"{path}/{task}", data=data)


class TestPages(RegistrationCase):
    def test_the_next_meetings_are_shown_in_words(self):
        self.space.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Paris", "tz": "Europe/Paris"}
        )
        self.meeting.write({"start": "2035-06-25 07:30:00", "stop": "2035-06-25 09:30:00"})
        page = self.url_open("/incubation").text
        self.assertIn("lundi 25 juin 2035, de 09:30 à 11:30", page)
        self.assertIn("75 rue Léon Gambetta, 59000 Lille", page)
        self.assertIn("openstreetmap.org/search", page)
        self.assertIn("plus que 2 places", page)

    def test_only_public_meetings_to_come_are(self):
        hidden = [
            self._new_event("info_session", name="Hidden draft"),
            self._new_event("info_session", name="Hidden past", days=-1, coworking_public=True),
            self._new_event("collective", name="Hidden workshop", coworking_public=True),
        ]
        archived = self._new_event("info_session", name="Hidden gone", coworking_public=True)
        archived.active = False
        self.assertNotIn("Hidden", self.url_open("/incubation").text)
        for event, status in zip([*hidden, archived], (404, 410, 404, 404), strict=True):
            with self.subTest(event=event.name):
                answer = self.url_open(f"/incubation/{event.id}")
                self.assertEqual(answer.status_code, status)
                self.assertIn('<a href="/incubation" class="btn', answer.text)

    def test_no_number_makes_an_error(self):
        for number in ("0", "-1", "999999999", "99999999999999999999", "abc", "1;2"):
            with self.subTest(number=number):
                self.assertEqual(self.url_open(f"/incubation/{number}").status_code, 404)

    def test_a_form_has_at_most_five_fields(self):
        for by in ("public", "prescriber"):
            page = self.url_open(f"/incubation/{self.meeting.id}?by={by}").text
            form = page[page.index("/register") : page.index("</form>", page.index("/register"))]
            names = set(re.findall(r'<(?:input|textarea)[^>]*?name="(\w+)"', form, re.DOTALL))
            with self.subTest(by=by):
                self.assertEqual(len(names - {"csrf_token", "stamp", "by", "website"}), 5)

    def test_pages_work_without_any_script_of_ours(self):
        page = self.url_open(f"/incubation/{self.meeting.id}").text
        form = page[page.index("<form") : page.index("</form>")]
        self.assertNotIn("onclick", form)
        self.assertIn('method="post"', form)

    def test_reading_writes_nothing(self):
        self._register()
        path, before = self._link(), self._list().read(["state", "confirmed_at", "write_date"])
        for url in ("/incubation", f"/incubation/{self.meeting.id}", path, f"{path}/meeting.ics"):
            self.assertEqual(self.url_open(url).status_code, 200)
        self.assertEqual(self._list().read(["state", "confirmed_at", "write_date"]), before)


class TestRegister(RegistrationCase):
    def test_a_person_confirms_and_is_expected(self):
        answer = self._register(
            **CAMILLE, prescriber_name="Mission locale", question="Le parking ?"
        )
        self.assertEqual(urlsplit(answer.url).path, f"/incubation/{self.meeting.id}/done")
        self.assertIn("regardez vos messages", answer.text)
        registration = self._list()
        self.assertRecordValues(
            registration,
            [
                {
                    "name": "Camille Martin",
                    "email": "camille@example.org",
                    "prescriber_name": "Mission locale",
                    "question": "Le parking ?",
                    "state": "expected",
                    "registered_by": "public",
                    "confirmed_at": False,
                }
            ],
        )
        mail = self._mails()
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("Confirmez votre inscription", mail.subject)
        self.assertNotIn("Camille", mail.body_html, "what a stranger typed is not sent to anybody")
        path = self._link()
        self.assertIn("Vous confirmez\N{NO-BREAK SPACE}?", self.url_open(path).text)
        answer = self._post(path, "confirm")
        self.assertIn("Nous vous attendons", answer.text)
        self.assertTrue(self._list().confirmed_at)
        mail = self._mails()[-1]
        self.assertIn("Votre inscription", mail.subject)
        ics = mail.attachment_ids.raw.decode()
        self.assertIn("BEGIN:VEVENT", ics)
        self.assertNotIn("camille", ics.lower())

    def test_a_registration_makes_no_contact_and_no_file(self):
        partners = self.env["res.partner"].search_count([])
        files = self.env["coworking.participant"].search_count([])
        self._register()
        self._post(self._link(), "confirm")
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(self.env["coworking.participant"].search_count([]), files)

    def test_a_phone_is_enough_and_somebody_calls(self):
        answer = self._register(name="Zoé Petit", phone="06 39 98 01 02")
        self.assertIn("Nous appellerons", answer.text)
        registration = self._list()
        self.assertEqual((registration.state, registration.to_tell), ("expected", True))
        registration.with_user(self.accompanist).action_told()
        self.assertTrue(registration.confirmed_at)

    def test_a_prescriber_registers_somebody(self):
        self._register(
            by="prescriber",
            name="Zoé Petit",
            phone="06 39 98 01 02",
            prescriber_name="France Travail",
            adviser_email="conseil@example.org",
        )
        registration = self._list()
        self.assertEqual(registration.registered_by, "prescriber")
        self.assertTrue(self._mails("conseil@example.org"))
        self.assertFalse(registration.question)

    def test_what_is_wrong_is_said_and_what_is_right_is_kept(self):
        for typed, status, words in (
            ({"name": "", "email": "a@example.org"}, 422, "nom"),
            ({"name": "Camille Martin"}, 422, "une adresse e-mail ou un num"),
            ({"name": "Camille", "email": "not an address"}, 422, "pas une adresse"),
            ({"name": "Camille", "email": "a@b"}, 422, "pas une adresse"),
            ({"name": "Camille", "email": "a..b@example.org"}, 422, "pas une adresse"),
            ({"name": "Camille", "phone": "12"}, 422, "pas un num"),
            ({"name": "Camille", "phone": "06 39 98 01 02 <b>"}, 422, "pas un num"),
            ({"name": "C" * 101, "phone": "06 39 98 01 02"}, 422, "trop long"),
            ({"name": "<script>alert(1)</script>", "phone": "0639980102"}, 422, "lettres"),
            ({"name": "Gagnez www.example.org", "phone": "0639980102"}, 422, "lettres"),
        ):
            with self.subTest(typed=typed):
                answer = self._register(**typed)
                self.assertEqual(answer.status_code, status)
                self.assertIn(words, answer.text)
                self.assertNotIn("<script>alert", answer.text)
                self.assertNotIn('<b>"', answer.text)
                if typed.get("phone") == "0639980102":
                    self.assertIn('value="0639980102"', answer.text)
        self.assertFalse(self._list())

    def test_names_of_the_world_are_names(self):
        for name in ("Zoé-Anne d'Hérouville", "Nguyễn Văn An", "محمد علي", "O’Brien", "J. Doe"):
            with self.subTest(name=name):
                values = {"name": name, "email": "", "phone": "06 39 98 01 02"}
                errors = self.env["coworking.attendance"]._get_registration_errors(values)
                self.assertFalse(errors)

    def test_unknown_keys_change_nothing(self):
        self._register(**CAMILLE, state="present", confirmed_at="2015-01-01", participant_id="1")
        self.assertRecordValues(
            self._list(), [{"state": "expected", "confirmed_at": False, "name": "Camille Martin"}]
        )
        self.assertFalse(self._list().participant_id)

    def test_control_characters_are_dropped(self):
        self._register(name="Camille\x00\r\n Martin\u202e", email="camille@example.org")
        self.assertEqual(self._list().name, "Camille Martin")

    def test_ten_megabytes_in_a_field_are_refused(self):
        data = {
            **self._fields(f"/incubation/{self.meeting.id}"),
            **CAMILLE,
            "question": "a" * 10**7,
        }
        answer = self.url_open(f"/incubation/{self.meeting.id}/register", data=data)
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self._list())

    @mute_logger("odoo.http")
    def test_a_form_without_its_token_is_refused(self):
        answer = self.url_open(f"/incubation/{self.meeting.id}/register", data=CAMILLE)
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._list())

    def _close(self):
        """The fields of the form as a browser has them, and the meeting is over."""
        data = {**self._fields(f"/incubation/{self.meeting.id}"), **CAMILLE}
        self.meeting.write(
            {
                "start": fields.Datetime.now() - timedelta(hours=3),
                "stop": fields.Datetime.now() - timedelta(hours=1),
            }
        )
        return data

    def test_a_meeting_that_closed_meanwhile_says_so_and_keeps_what_was_typed(self):
        later = self._new_event("info_session", days=14, coworking_public=True)
        last = self._new_event("info_session", days=21, coworking_public=True)
        self.env["calendar.event"].search(
            [("coworking_public", "=", True), ("id", "not in", (self.meeting | later | last).ids)]
        ).coworking_public = False
        answer = self.url_open(f"/incubation/{self.meeting.id}/register", data=self._close())
        self.assertEqual(answer.status_code, 410)
        self.assertIn("plus ouverte", answer.text)
        self.assertIn('value="camille@example.org"', answer.text)
        self.assertIn(f"/incubation/{later.id}/register", answer.text)
        self.assertIn(f'formaction="/incubation/{last.id}/register"', answer.text)
        typed = {
            name: re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1]
            for name in ("csrf_token", "stamp", "by")
        }
        # another date, with what was typed; then it is sent
        answer = self.url_open(
            f"/incubation/{last.id}/register", data={**typed, **CAMILLE, "draft": "1"}
        )
        self.assertIn('value="camille@example.org"', answer.text)
        self.assertFalse(self._list(last))
        typed["stamp"] = re.search(r'name="stamp" value="([^"]*)"', answer.text)[1]
        self.url_open(f"/incubation/{last.id}/register", data={**typed, **CAMILLE})
        self.assertEqual(self._list(last).email, "camille@example.org")

    def test_a_meeting_that_staff_closed_meanwhile_keeps_what_was_typed_too(self):
        data = {**self._fields(f"/incubation/{self.meeting.id}"), **CAMILLE}
        self._new_event("info_session", days=14, coworking_public=True)
        self.meeting.coworking_public = False
        answer = self.url_open(f"/incubation/{self.meeting.id}/register", data=data)
        self.assertEqual(answer.status_code, 410)
        self.assertIn('value="camille@example.org"', answer.text)
        self.assertFalse(self._list())

    def test_a_form_that_expired_or_a_browser_without_cookies_keep_what_was_typed(self):
        data = {**self._fields(f"/incubation/{self.meeting.id}"), **CAMILLE}
        for cookies, words in ((True, "restée ouverte longtemps"), (False, "refuse le cookie")):
            if cookies:
                self.authenticate(None, None)  # the session of the form is gone
            else:
                self.opener.cookies.pop("session_id", None)
            self.opener.cookies["frontend_lang"] = "fr_FR"
            with self.subTest(cookies=cookies):
                answer = self.url_open(f"/incubation/{self.meeting.id}/register", data=data)
                self.assertEqual(answer.status_code, 400)
                self.assertIn(words, answer.text)
                self.assertIn('value="camille@example.org"', answer.text)
        self.assertFalse(self._list())

    def test_the_organisations_that_send_people_are_suggested(self):
        page = self.url_open(f"/incubation/{self.meeting.id}").text
        field = re.search(r'<input[^>]*name="prescriber_name"[^>]*>', page)[0]
        self.assertIn('list="prescribers"', field)
        self.assertIn('<datalist id="prescribers">', page)

    def test_pages_have_titles_of_their_own(self):
        for path, title in (
            ("/incubation", "Informations collectives"),
            (f"/incubation/{self.meeting.id}", "S'inscrire"),
            (f"/incubation/{self.meeting.id}/done", "Encore une étape"),
            ("/incubation/p/1/x", "Ce lien n'ouvre rien"),
        ):
            with self.subTest(path=path):
                page = self.url_open(path).text.replace("&#39;", "'")
                found = " ".join(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].split())
                self.assertTrue(found.startswith(title), found)
                self.assertNotIn("Odoo", found)
                self.assertIn('lang="fr-FR"', page)

    def test_a_past_meeting_takes_nobody(self):
        # no other date is open
        self.env["calendar.event"].search(
            [("coworking_public", "=", True), ("id", "!=", self.meeting.id)]
        ).coworking_public = False
        data = {**self._fields(f"/incubation/{self.meeting.id}"), **CAMILLE}
        self.meeting.write(
            {
                "start": fields.Datetime.now() - timedelta(hours=3),
                "stop": fields.Datetime.now() - timedelta(hours=1),
            }
        )
        answer = self.url_open(f"/incubation/{self.meeting.id}/register", data=data)
        self.assertEqual(answer.status_code, 410)
        self.assertIn("déjà eu lieu", answer.text)
        self.assertFalse(self._list())


class TestWaitingList(RegistrationCase):
    def _full(self):
        for number in range(2):
            self._attend(name=f"Person {number}", email=f"p{number}@example.org")

    def test_full_then_somebody_cancels_then_moved_up(self):
        self._full()
        self.assertIn(
            "liste d&#39;attente", self.url_open("/incubation").text.replace("'", "&#39;")
        )
        self._register()
        self.assertEqual(self._list()[-1].state, "waiting")
        path = self._link()
        answer = self._post(path, "confirm")
        self.assertIn("sur liste d'attente", answer.text.replace("&#39;", "'"))
        first = self._list()[0]
        self._post(first._make_personal_path(), "cancel")
        self.assertEqual(self._list()[-1].state, "expected")
        self.assertEqual(first.state, "cancelled")
        self.assertIn("Une place s'est libérée", self._mails()[-1].subject)

    def test_another_date(self):
        later = self._new_event("info_session", days=14, coworking_public=True)
        self._register()
        path = self._link()
        self._post(path, "confirm")
        answer = self._post(path, "move", event=later.id)
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._list())
        self.assertEqual(self._list(later).state, "expected")
        self.assertEqual(self.url_open(path).status_code, 200, "the link stays the same")
        subjects = self._mails().mapped("subject")
        self.assertEqual(len(subjects), 3, "to confirm, confirmed, and the other date: once each")

    def test_a_place_is_not_given_up_for_a_full_date_unawares(self):
        later = self._new_event("info_session", days=14, coworking_public=True)
        later.coworking_capacity = 1
        self._attend(later, name="A", email="a@example.org")
        self._register()
        path = self._link()
        self._post(path, "confirm")
        told = len(self._mails())
        waiting = self._attend(name="W", email="w@example.org")  # takes the second place
        self.assertEqual(waiting.state, "expected")
        answer = self._post(path, "move", event=later.id)
        self.assertEqual(answer.status_code, 409)
        self.assertIn("Garder la place", answer.text)
        own = self._list()[0]
        self.assertEqual((own.event_id, own.state), (self.meeting, "expected"))
        self.assertTrue(own.place)
        self.assertEqual(len(self._mails()), told)
        answer = self._post(path, "move", event=later.id, sure="1")
        self.assertEqual(answer.status_code, 200)
        own = self._list(later)[-1]
        self.assertEqual((own.name, own.state), ("Camille Martin", "waiting"))

    def test_who_has_no_place_to_lose_is_not_asked(self):
        self._full()
        later = self._new_event("info_session", days=14, coworking_public=True)
        later.coworking_capacity = 1
        self._attend(later, name="A", email="a@example.org")
        self._register()
        path = self._link()
        self._post(path, "confirm")
        self.assertEqual(self._post(path, "move", event=later.id).status_code, 200)
        self.assertEqual(self._list(later)[-1].state, "waiting")

    def test_cancelling_asks_once(self):
        self._register()
        page = self.url_open(self._link()).text
        details = page[page.index("<details") : page.index("</details>")]
        self.assertIn("/cancel", details)
        self.assertEqual(page.count("/cancel"), 1)

    def test_places_shown_are_those_that_can_be_had(self):
        self.meeting.coworking_capacity = 3
        self._register()
        self._register(name="Paul Roy", email="paul@example.org")
        self._list().registered_at = fields.Datetime.now() - timedelta(minutes=20)
        places = self.meeting._coworking_public_places()
        self.assertEqual(places[self.meeting], 1, "kept for two addresses still to be confirmed")

    def test_only_to_a_date_that_is_open(self):
        private = self._new_event("info_session", days=14)
        self._register()
        path = self._link()
        self._post(path, "confirm")
        for event in (private.id, 0, "abc", 10**12, ""):
            with self.subTest(event=event):
                self.assertEqual(self._post(path, "move", event=event).status_code, 410)
        self.assertEqual(self._list().event_id, self.meeting)

    def test_who_cancelled_registers_again(self):
        self._register()
        self._post(self._link(), "cancel")
        self._register()
        self.assertEqual(self._list().mapped("state"), ["expected"])


class TestTheSameAnswer(RegistrationCase):
    def _page(self, **typed):
        answer = self._register(**typed)
        return answer.status_code, answer.url, re.sub(r"csrf_token: \"\w+\"", "", answer.text)

    def test_a_stranger_does_not_learn_that_somebody_is_known(self):
        new = self._page()
        places = self.env["calendar.event"]._coworking_public_events()._coworking_public_places()
        again = self._page(name="MARTIN camille", email="Camille+2@example.org")
        self.assertEqual(new, again)
        self.assertEqual(len(self._list()), 1)
        self.env.invalidate_all()
        after = self.env["calendar.event"]._coworking_public_events()._coworking_public_places()
        self.assertEqual(places, after, "nor from the number of places")

    def test_nor_that_somebody_is_a_participant(self):
        participant = self._new_participant("Camille Martin", email="camille@example.org")
        self._attend(participant_id=participant.id)
        unknown = self._page(name="Paul Roy", email="paul@example.org")
        known = self._page()
        self.assertEqual(unknown, known)
        self.assertEqual(len(self._list()), 2)
        self.assertIn("déjà", self._mails()[-1].subject)

    def test_what_is_known_goes_to_the_registered_address_only(self):
        self._attend(name="Camille Martin", email="camille@example.org", phone="06 39 98 01 02")
        self._register(name="Camille Martin", email="spy@example.org", phone="+33639980102")
        self.assertFalse(self._mails("spy@example.org"))
        self.assertTrue(self._mails("camille@example.org"))
        self.assertEqual(len(self._list()), 1)

    def test_by_phone_too(self):
        typed = {"name": "Zoé Petit", "phone": "06 39 98 01 02"}
        self.assertEqual(self._page(**typed), self._page(**typed))
        self.assertEqual(len(self._list()), 1)


class TestRobots(RegistrationCase):
    def test_who_fills_in_the_hidden_field_is_thanked_and_forgotten(self):
        answer = self._register(**CAMILLE, website="http://spam.example.org")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("/done", answer.url)
        self.assertFalse(self._list())
        self.assertFalse(self._mails())

    def test_a_form_sent_at_once_is_shown_again(self):
        self._set("min_seconds", "3")
        answer = self._register()
        self.assertEqual(answer.status_code, 422)
        self.assertIn('value="camille@example.org"', answer.text)
        self.assertFalse(self._list())

    def test_a_form_we_did_not_make_is_shown_again(self):
        good = self._fields(f"/incubation/{self.meeting.id}")
        other = self._new_event("info_session", coworking_public=True)
        elsewhere = self._fields(f"/incubation/{other.id}")["stamp"]
        for stamp in ("", "x", "é", good["stamp"][:-2] + "AA", elsewhere, "A" * 5000):
            with self.subTest(stamp=stamp[:20]):
                answer = self.url_open(
                    f"/incubation/{self.meeting.id}/register",
                    data={**good, **CAMILLE, "stamp": stamp},
                )
                self.assertEqual(answer.status_code, 422)
        self.assertFalse(self._list())

    def test_too_many_from_one_place(self):
        self._set("limit_network", "3")
        codes = [
            self._register(name="Person", email=f"p{number}@example.org").status_code
            for number in range(5)
        ]
        self.assertEqual(codes, [200, 200, 200, 429, 429])
        self.assertEqual(len(self._list()), 3)

    def test_too_many_for_one_address(self):
        self._set("limit_address", "2")
        codes = [self._register().status_code for _number in range(3)]
        self.assertEqual(codes, [200, 200, 429])
        self.assertEqual(len(self._mails()), 2)

    def test_an_adviser_registers_a_group_and_is_not_flooded(self):
        attempts = self.env["coworking.registration.attempt"]
        self._set("limit_network", "6")
        refused = [
            attempts._is_too_many(f"198.51.100.{number}", f"p{number}@example.org", "a@example.org")
            for number in range(8)
        ]
        self.assertEqual(refused, [False] * 6 + [True] * 2)

    def test_neither_network_nor_address_is_kept(self):
        self._register()
        attempts = self.env["coworking.registration.attempt"].search([])
        for attempt in attempts:
            self.assertRegex(attempt.source, r"^[0-9a-f]{64}$")

    def test_attempts_are_deleted_a_day_later(self):
        attempts = self.env["coworking.registration.attempt"].create(
            [
                {"source": "old", "at": fields.Datetime.now() - timedelta(days=2)},
                {"source": "new", "at": fields.Datetime.now()},
            ]
        )
        self.env["coworking.registration.attempt"]._gc_attempts()
        self.assertEqual(attempts.exists().source, "new")

    def test_odoo_s_captcha_is_off_until_somebody_turns_it_on(self):
        self.assertNotIn("data-captcha", self.url_open(f"/incubation/{self.meeting.id}").text)
        self._set("captcha", "True")
        page = self.url_open(f"/incubation/{self.meeting.id}").text
        self.assertIn('data-captcha="coworking_registration"', page)


class TestPersonalLink(RegistrationCase):
    def test_an_altered_link_opens_nothing(self):
        self._register()
        path = self._link()
        registration = self._list()
        other = self._attend(name="Paul Roy")
        token = path.rsplit("/", 1)[1]
        pages = set()
        for altered in (
            path[:-1] + ("A" if path[-1] != "A" else "B"),
            f"/incubation/p/{other.id}/{token}",
            f"/incubation/p/999999999/{token}",
            f"/incubation/p/{registration.id}/-",
            f"/incubation/p/{registration.id}/%C3%A9",
            "/incubation/p/999999999/%C3%A9",
        ):
            answer = self.url_open(altered)
            with self.subTest(altered=altered):
                self.assertEqual(answer.status_code, 404)
            pages.add(re.sub(r"csrf_token: \"\w+\"", "", answer.text))
        self.assertEqual(len(pages), 1, "all are answered alike")
        for task in ("confirm", "cancel", "move", "remind"):
            data = {"csrf_token": self._fields(path)["csrf_token"]}
            answer = self.url_open(f"/incubation/p/{registration.id}/wrong/{task}", data=data)
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(self._list()[0].state, "expected")

    def test_a_form_of_another_site_changes_nothing(self):
        later = self._new_event("info_session", days=14, coworking_public=True)
        self._register()
        path = self._link()
        known = ("state", "confirmed_at", "reminder_stopped", "event_id")
        for task in ("confirm", "remind", "move", "cancel"):
            before = self._list().read(known)
            for token in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": "0" * 50}):
                with self.subTest(task=task, token=token):
                    answer = self.url_open(f"{path}/{task}", data={"event": later.id, **token})
                    self.assertEqual(answer.status_code, 400)
                    self.assertIn("rien n'a changé", html.unescape(answer.text))
                    self.assertEqual(self._list().read(known), before)
            # as the page sends it, it does
            self._post(path, task, event=later.id)
            self.env.invalidate_all()
            registration = (self.meeting | later).coworking_attendance_ids
            self.assertNotEqual(registration.read(known), before)
            if task == "move":
                registration.event_id = self.meeting

    def test_a_link_of_a_past_meeting_is_over(self):
        self._register()
        path = self._link()
        data = self._fields(path)
        self.meeting.start = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(self.url_open(path).status_code, 410)
        self.assertEqual(self.url_open(f"{path}/cancel", data=data).status_code, 410)
        self.assertEqual(self._list().state, "expected")

    def test_the_page_is_neither_kept_nor_told(self):
        self._register()
        headers = self.url_open(self._link()).headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        for path in (self._link(), "/incubation", f"/incubation/{self.meeting.id}"):
            policy = self.url_open(path).headers["Content-Security-Policy"]
            self.assertEqual(policy, POLICY, path)
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_the_link_of_each_mail_stays_good(self):
        self._register()
        paths = [self._link()]
        for what in ("reminder", "confirmed"):
            self._list()._send_mail(what)
            paths.append(self._link())
        self.assertEqual(len(set(paths)), 3)
        for path in paths:
            self.assertEqual(self.url_open(path).status_code, 200)
        self._post(paths[0], "cancel")
        self.assertEqual(self._list().state, "cancelled")

    def test_the_database_does_not_hold_the_link(self):
        self._register()
        token = self._link().rpartition("/")[2]
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT to_jsonb(a)::text FROM coworking_attendance a WHERE id = %(id)s
            UNION ALL
            SELECT to_jsonb(l)::text FROM coworking_portal_link l WHERE res_id = %(id)s
            """,
            {"id": self._list().id},
        )
        rows = "".join(row for (row,) in self.env.cr.fetchall())
        self.assertNotIn(token, rows)
        self.assertIn(hashlib.sha256(token.encode()).hexdigest(), rows)

    def test_no_role_reads_what_is_kept_of_the_link(self):
        self._register()
        link = self.env["coworking.portal.link"]._find_link(self._link().rpartition("/")[2])
        self.assertEqual(link.res_id, self._list().id)
        for user in (self.accompanist, self.coordinator, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login):
                self.assertNoWay(lambda user=user: link.with_user(user).read(["token_hash"]))

    def test_a_link_of_a_registration_opens_no_other_page(self):
        self._register()
        page = self.url_open(f"/my/coworking/l/{self._link().rpartition('/')[2]}")
        self.assertEqual(page.status_code, 404)
        self.assertNotIn("Camille", page.text)

    def test_reminders_are_stopped_and_taken_up_again(self):
        self._register()
        path = self._link()
        self._post(path, "confirm")
        self._post(path, "remind")
        self.assertTrue(self._list().reminder_stopped)
        self._post(path, "remind")
        self.assertFalse(self._list().reminder_stopped)
