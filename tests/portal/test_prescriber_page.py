"""The page of an adviser over HTTP: by their link, what it shows, lets do, and tells nobody."""

import html
import re
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from .common import PortalHttpCase
from .prescribers import NOW, PrescriberCase

PAGE = "/my/referrals"


class PrescriberPageCase(PrescriberCase, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(
            "coworking_incubation.registration_min_seconds", "0"
        )
        cls.event = cls.env["calendar.event"].create(
            {
                "name": "Réunion d'information",
                "start": "2015-06-25 07:30:00",
                "stop": "2015-06-25 09:30:00",
                "coworking_kind": "info_session",
                "coworking_public": True,
                "coworking_capacity": 5,
                "coworking_program_id": cls.program.id,
                "coworking_space_id": cls.space.id,
            }
        )

    def _open(self, adviser=None, company=None):
        """Come by a fresh link, in a browser that knows nothing."""
        adviser = adviser or self.adviser
        self._login(None)
        record = adviser.with_company(company) if company else adviser
        token = self._token(record, "prescriber", adviser)
        return self.url_open(f"/my/coworking/l/{token}")

    def _read(self):
        """The page, less its scripts."""
        page = html.unescape(self.url_open(PAGE).text)
        return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)

    def _refer_online(self, name="Zoé Petit", **typed):
        """From the page to the form of the first meeting, filled in and sent."""
        path = re.search(r'href="(/incubation/\d+\?by=prescriber)"', self._read())[1]
        form = self.url_open(path).text
        values = dict(
            re.findall(r'name="(csrf_token|stamp|by)" value="([^"]*)"', form),
            **{
                key: html.unescape(re.search(rf'name="{key}"[^>]*?value="([^"]*)"', form)[1])
                for key in ("prescriber_name", "adviser_email")
            },
        )
        return self.url_open(
            path.replace("?by=prescriber", "/register"),
            data={**values, "name": name, "phone": "06 39 98 01 02", **typed},
        )


@freeze_time(NOW, tick=True)
class TestPage(PrescriberPageCase):
    def test_it_says_whom_to_call(self):
        self.company.write({"phone": "03 20 00 00 01", "email": "bonjour@example.com"})
        self._open()
        self.assertIn("03 20 00 00 01", self._read())

    def test_it_shows_their_own_people_who_agreed_and_no_one_else(self):
        self._refer("CanaryColleague", self.colleague, prescriber_agreed=True)
        self._refer("CanaryStranger", self.stranger, prescriber_agreed=True)
        answer = self._open()
        self.assertEqual(answer.status_code, 200)
        page = self._read()
        self.assertIn("Camille Petit", page)
        self.assertIn("Candidature reçue", page)
        self.assertIn("1er juin 2015", page)
        for word in ("Nour", "Amrani", "Canary", "participant"):
            self.assertNotIn(word, page)

    def test_it_shows_nothing_but_steps_and_dates(self):
        self.agreed.write(
            {
                "project": "CanaryProject",
                "situation_note": "CanaryNote",
                "disability": "yes",
                "email": "canarymail@example.com",
                "phone": "06 55 44 33 22",
            }
        )
        self.env["coworking.objective"].create(
            {"participant_id": self.agreed.id, "name": "CanaryObjective"}
        )
        self.agreed.message_post(body="CanaryMessage")
        self._refuse(self.agreed)
        self._new_seat("1/6", "30/6", self.agreed)
        self._open()
        page = self._read()
        self.assertIn("Décision\xa0: refus", page)
        for word in ("Canary", "canary", "Canari", "06 55", "180", "Nomad", "RQTH"):
            self.assertNotIn(word, page)

    def test_what_is_taken_back_is_gone_at_once(self):
        self._open()
        self.assertIn("Camille Petit", self._read())
        self.agreed.prescriber_agreed = False
        self.env.flush_all()
        self.assertNotIn("Camille", self._read())

    def test_it_is_neither_kept_nor_found_nor_told_to_the_next_site(self):
        self._open()
        headers = self.url_open(PAGE).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")

    def test_without_a_link_that_is_good_it_opens_nothing(self):
        self._login(None)
        self.assertIn("/web/login", self.url_open(PAGE, allow_redirects=False).headers["Location"])
        for spoil in (
            {"revoked_at": fields.Datetime.now()},
            {"date_expiry": fields.Datetime.now() - timedelta(days=1)},
        ):
            with self.subTest(spoil):
                self._open()
                self.Link.search([("partner_id", "=", self.adviser.id)]).write(spoil)
                self.env.flush_all()
                answer = self.url_open(PAGE)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("Camille", answer.text)
        self._open()
        self.adviser.active = False
        self.env.flush_all()
        self.assertNotIn("Camille", self.url_open(PAGE).text)

    def test_a_link_of_one_of_our_organisations_shows_nothing_of_the_other(self):
        other = self._new_company("Other Incubator")
        self._open(company=other)
        page = self._read()
        self.assertNotIn("Camille", page)
        self.assertNotIn("Réunion d'information", page)
        self.assertIn("Personne à suivre", page)

    def test_an_address_that_an_account_changes_shows_nobody_else_s_registrations(self):
        spy = self.manager_b
        spy.partner_id.write({"parent_id": self.agency.id, "email": "conseil@example.com"})
        row = self.env["coworking.attendance"].create(
            {
                "event_id": self.event.id,
                "name": "CanaryZoé",
                "state": "waiting",
                "registered_by": "prescriber",
                "prescriber_name": "Agence Nord",
                "adviser_email": "conseil@example.com",
            }
        )
        self.env.flush_all()
        self._login(spy)
        self.assertNotIn("CanaryZoé", self._read())
        self._open(spy.partner_id)
        self.assertNotIn("CanaryZoé", self._read(), "nor by a link to the same contact")
        row.adviser_id = spy.partner_id
        self.env.flush_all()
        self.assertIn("CanaryZoé", self._read(), "staff say so")

    def test_an_address_that_two_have_shows_neither_what_was_registered_with_it(self):
        self.env["coworking.attendance"].create(
            {
                "event_id": self.event.id,
                "name": "CanaryZoé",
                "prescriber_name": "Agence Nord",
                "adviser_email": self.adviser.email,
            }
        )
        self._open()
        self.assertIn("CanaryZoé", self._read())
        self.colleague.email = self.adviser.email
        self.env.flush_all()
        self.assertNotIn("CanaryZoé", self._read())

    def test_a_preview_of_a_manager_opens_no_page_of_an_adviser(self):
        self.manager.partner_id.parent_id = self.agency
        self.agreed.prescriber_contact_id = self.manager.partner_id
        self.env.flush_all()
        self._login(self.coordinator)
        self.url_open(f"/my/coworking/preview/{self.space.id}")
        answer = self.url_open(PAGE)
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("Camille", answer.text)

    def test_staff_and_managers_have_no_such_page(self):
        for user in (self.coordinator, self.manager):
            self._login(user)
            self.assertEqual(self.url_open(PAGE).status_code, 404)

    def test_an_adviser_with_an_account_has_it_too(self):
        user = self.manager_b
        user.partner_id.write({"parent_id": self.agency.id})
        self.agreed.prescriber_contact_id = user.partner_id
        self._login(user)
        self.assertIn("Camille Petit", self._read())

    def test_they_oppose_the_mails_and_take_it_back(self):
        self._open()
        for mails, opposed in (("0", True), ("1", False), ("x", False)):
            page = self.url_open(PAGE).text
            token = re.search(r'name="csrf_token" value="(\w+)"', page)[1]
            self.url_open(f"{PAGE}/mails", data={"csrf_token": token, "mails": mails})
            self.env.invalidate_all()
            self.assertEqual(self.adviser.coworking_no_mail, opposed)
        self.assertEqual(self.adviser.message_ids[0].author_id, self.adviser)

    def test_a_reader_writes_nothing(self):
        self._open()
        before = self.agreed.read(["write_date", "prescriber_told"])
        self._read()
        self.env.invalidate_all()
        self.assertEqual(self.agreed.read(["write_date", "prescriber_told"]), before)


@freeze_time(NOW, tick=True)
class TestReferring(PrescriberPageCase):
    def test_the_form_knows_who_refers_and_says_that_the_person_agrees(self):
        self._open()
        form = html.unescape(self.url_open(f"/incubation/{self.event.id}?by=prescriber").text)
        self.assertIn('value="Agence Nord"', form)
        self.assertIn('value="laure@example.com"', form)
        self.assertIn("elle est au courant et d'accord", form)
        self.assertIn(PAGE, form)

    def test_who_comes_by_another_way_is_not_taken_for_them(self):
        self._open()
        self._login(None)
        form = self.url_open(f"/incubation/{self.event.id}?by=prescriber").text
        self.assertNotIn("laure@example.com", form)
        self.assertNotIn(PAGE, form)

    def _read_form(self):
        return html.unescape(self.url_open(f"/incubation/{self.event.id}?by=prescriber").text)

    def test_who_leaves_a_shared_computer_leaves_no_name(self):
        self._open()
        self._refer_online(adviser_email="canary@example.com")
        self._post("/my/coworking/leave")
        form = self._read_form()
        self.assertNotIn("canary@example.com", form)
        self.assertNotIn("Agence Nord", re.sub(r"<datalist.*?</datalist>", "", form, flags=re.S))

    def test_the_next_adviser_on_a_shared_computer_is_not_taken_for_the_last(self):
        self._refer("Yann", self.stranger)
        self._open()
        self._refer_online(adviser_email="canary@example.com")
        token = self._token(self.stranger, "prescriber", self.stranger)
        self.url_open(f"/my/coworking/l/{token}")
        form = self._read_form()
        self.assertIn('value="Mission Sud"', form)
        self.assertIn('value="sandra@example.com"', form)
        self.assertNotIn("canary@example.com", form)
        done = self.url_open(f"/incubation/{self.event.id}/done?by=prescriber").text
        self.assertNotIn("Zoé", done)

    def test_an_adviser_with_an_account_is_known_as_by_a_link(self):
        user = self.manager_b
        user.partner_id.parent_id = self.agency
        self.env.flush_all()
        self._login(user)
        form = self._read_form()
        self.assertIn('value="Agence Nord"', form)
        self.assertIn(f'value="{user.partner_id.email}"', form)
        self.assertIn(PAGE, form)
        self._refer_online()
        self.env.invalidate_all()
        self.assertEqual(self.event.coworking_attendance_ids.adviser_id, user.partner_id)
        self.assertIn("Zoé Petit", self._read())

    def test_a_link_is_worth_nothing_to_who_is_signed_in_as_somebody_else(self):
        token = self._token(self.adviser, "prescriber", self.adviser)
        self.url_open(f"/my/coworking/l/{token}")
        page = self.url_open("/web/login").text
        csrf = re.search(r'name="csrf_token" value="(\w+)"', page)[1]
        login = self.manager_b.login
        self.url_open("/web/login", data={"csrf_token": csrf, "login": login, "password": login})
        form = self._read_form()
        self.assertNotIn("laure@example.com", form)
        self.assertNotIn(PAGE, form)

    def test_who_is_registered_from_the_page_is_followed_whatever_address_was_typed(self):
        self._open()
        self._refer_online(adviser_email="accueil@example.com")
        self.env.invalidate_all()
        row = self.event.coworking_attendance_ids
        self.assertEqual(row.adviser_id, self.adviser)
        self.assertIn("Zoé Petit", self._read())
        self.assertEqual(row._find_adviser(), self.adviser)
        row.state = "cancelled"
        self.env["coworking.attendance"]._register_person(
            self.event,
            {"name": "Zoé Petit", "email": "", "phone": "06 39 98 01 02", "prescriber_name": ""},
            "public",
        )
        self.assertFalse(row.adviser_id, "who registers again without an adviser has none")

    def test_from_the_page_to_the_decision(self):
        """Refer somebody online, the accompanist sees it, decides, and the adviser is told."""
        self._open()
        answer = self._refer_online()
        self.assertEqual(answer.status_code, 200)
        self.assertIn(PAGE, answer.text)
        self.env.invalidate_all()
        row = self.event.coworking_attendance_ids.with_user(self.accompanist)
        self.assertEqual(
            (row.name, row.registered_by, row.prescriber_name),
            ("Zoé Petit", "prescriber", "Agence Nord"),
        )
        page = self._read()
        self.assertIn("Zoé Petit", page)
        self.assertIn("À confirmer", page)
        row.state = "expected"
        row.action_create_participant()
        file = row.participant_id
        self.assertEqual(file.prescriber_contact_id, self.adviser)
        self.env.flush_all()
        self.assertNotIn("Zoé Petit", self._read(), "she did not agree yet")
        file.prescriber_agreed = True
        file.selection_result = "admitted"
        self.env.flush_all()
        self._tell()
        self.assertIn("Décisions\xa0: 1", self._digests()[-1].body_html)
        self.assertIn("Décision\xa0: admission", self._read())

    def test_bursts_are_stopped_as_on_the_public_page(self):
        self.env["ir.config_parameter"].set_param(
            "coworking_incubation.registration_limit_network", "1"
        )
        self._open()
        self.assertEqual(self._refer_online().status_code, 200)
        self.assertEqual(self._refer_online("Paul Roy", phone="06 39 98 01 03").status_code, 429)
        self.env.invalidate_all()
        self.assertEqual(len(self.event.coworking_attendance_ids), 1)


@freeze_time(NOW, tick=True)
class TestOwnPageOfThePerson(PrescriberPageCase):
    def _post_agreed(self, agreed):
        page = self.url_open("/my/incubation/rights").text
        token = re.search(r'name="csrf_token" value="(\w+)"', page)[1]
        answer = self.url_open(
            "/my/incubation/rights/adviser", data={"csrf_token": token, "agreed": agreed}
        )
        self.env.invalidate_all()
        return html.unescape(answer.text)

    def test_the_person_decides_on_their_own_page(self):
        token = self._token(self.silent, "participant", self.silent.partner_id)
        self.url_open(f"/my/coworking/l/{token}")
        page = html.unescape(self.url_open("/my/incubation/rights").text)
        self.assertIn("Laure", page)
        self.assertIn("Agence Nord", page)
        self.assertIn("15 juin 2015", self._post_agreed("1"))
        self.assertTrue(self.silent.prescriber_agreed)
        self._post_agreed("x")
        self.assertTrue(self.silent.prescriber_agreed)
        self._post_agreed("0")
        self.assertFalse(self.silent.prescriber_agreed)

    def test_while_the_adviser_reads_a_closed_file_the_person_may_retract_it(self):
        token = self._token(self.agreed, "participant", self.agreed.partner_id)
        self.agreed.write(
            {
                "stage_id": self.env.ref("coworking_incubation.coworking_stage_closed").id,
                "move_reason": "Moved away",
            }
        )
        self.env.flush_all()
        answer = self.url_open(f"/my/coworking/l/{token}")
        self.assertTrue(answer.url.endswith("/my/incubation/rights"), answer.url)
        self.assertIn("Laure", answer.text)
        self.assertTrue(self.url_open("/my/incubation/objectives").url.endswith("/rights"))
        self._post_agreed("0")
        self.assertFalse(self.agreed.prescriber_agreed)
        self.assertEqual(self.url_open("/my/incubation/rights").status_code, 404)

    def test_by_their_own_link_they_do_not_open_the_page_of_the_adviser(self):
        token = self._token(self.agreed, "participant", self.agreed.partner_id)
        self.url_open(f"/my/coworking/l/{token}")
        answer = self.url_open(PAGE, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
