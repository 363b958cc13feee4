"""The page of a participant: what they see, what they may do, and what nobody else can."""

import base64
import json
import re
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, new_test_user

from ..common import ACCOMPANIST, CoworkingCase, d
from .common import get_csrf

PDF = b"%PDF-1.4 the certificate"
SECRETS = (
    "CanaryNote",
    "CanaryDiagnosis",
    "CanaryAgency",
    "CanaryBirth",
    "CanaryReview",
    "CanaryStaff",
    "CanaryExit",
    "CanaryOther",
    "CanaryEvent",
    "CanaryDescription",
    "CanaryMove",
)
PAGES = ("", "/objectives", "/appointments", "/presences", "/documents", "/payments")


@freeze_time("2015-06-15 09:00:00", tick=True)
class IncubationCase(CoworkingCase, HttpCase):
    """Camille, entered on 1 June, with a seat; and somebody else with canary words everywhere."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.program.funding_rate = 80
        cls.incubation = cls.env.ref("coworking_incubation.coworking_stage_incubation")
        cls.closed = cls.env.ref("coworking_incubation.coworking_stage_closed")
        cls.user = new_test_user(
            cls.env, "t_person", "base.group_portal", name="Camille", company_id=cls.company.id
        )
        for user in (cls.user, cls.manager, cls.employee, cls.accompanist):
            user.password = f"{user.login}_password"
        cls.person = cls._person(cls.user.partner_id)
        cls.seat = cls._new_seat("1/6", "30/11", cls.person, state="active")
        cls.other = cls._person(cls.env["res.partner"].create({"name": "CanaryOther"}))
        cls.records = cls._fill(cls.person, "Own")
        cls.others = cls._fill(cls.other, "CanaryOther")
        cls._plant(cls.person)

    @classmethod
    def _person(cls, partner):
        return cls.env["coworking.participant"].create(
            {
                "partner_id": partner.id,
                "program_id": cls.program.id,
                "user_id": cls.accompanist.id,
                "stage_id": cls.incubation.id,
                "date_entry": "2015-06-01",
                "move_reason": "CanaryMove",
            }
        )

    @classmethod
    def _fill(cls, file, word):
        objective = cls.env["coworking.objective"].create(
            {
                "participant_id": file.id,
                "name": f"{word} objective",
                "action_ids": [Command.create({"name": f"{word} step"})],
            }
        )
        event = cls.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": "2015-06-20 08:00:00",
                "stop": "2015-06-20 09:00:00",
                "coworking_kind": "appointment",
                "coworking_program_id": cls.program.id,
                "description": "CanaryEvent",
            }
        )
        return {
            "objective": objective,
            "action": objective.action_ids,
            "attendance": cls.env["coworking.attendance"].create(
                {"event_id": event.id, "participant_id": file.id}
            ),
            "document": file.document_ids.filtered(
                lambda row: (
                    row.type_id
                    == cls.env.ref("coworking_incubation.coworking_document_type_liability")
                )
            ),
        }

    @classmethod
    def _plant(cls, file):
        """Words that the person's own page must not show: staff wrote them for staff."""
        agency = cls.env["res.partner"].create({"name": "CanaryAgency", "is_company": True})
        file.write(
            {
                "prescriber_id": agency.id,
                "situation_note": "CanaryNote",
                "project_description": "<p>CanaryDiagnosis</p>",
                "exit_evidence": "CanaryExit",
            }
        )
        objective = cls.records["objective"]
        objective.description = "CanaryDescription"
        objective.message_post(
            body="CanaryStaff", author_id=cls.accompanist.partner_id.id, message_type="comment"
        )
        file.message_post(body="CanaryStaff", message_type="comment")
        cls.env["coworking.review"].create(
            {"participant_id": file.id, "kind": "monthly", "summary": "CanaryReview"}
            if "summary" in cls.env["coworking.review"]._fields
            else {"participant_id": file.id, "kind": "monthly"}
        )

    def _as(self, user):
        self.authenticate(*((user.login, f"{user.login}_password") if user else (None, None)))

    def _by_link(self, file=None):
        self._as(None)
        file = file or self.person
        url = self.env["coworking.portal.link"]._make_url(file, "participant", file.partner_id)
        return self.url_open(f"/my/coworking/l/{url.rsplit('/', 1)[1]}")

    def _get(self, path=""):
        return self.url_open(f"/my/incubation{path}", allow_redirects=False)

    def _post(self, path, files=None, csrf=True, **data):
        if csrf:
            data["csrf_token"] = get_csrf(self)
        return self.url_open(f"/my/incubation{path}", data=data, files=files)


class TestPages(IncubationCase):
    def test_every_page_answers_signed_in_and_by_link(self):
        self._as(self.user)
        for page in PAGES:
            with self.subTest(page=page):
                self.assertEqual(self._get(page).status_code, 200)
        self._by_link()
        for page in PAGES:
            with self.subTest(link=page):
                self.assertEqual(self._get(page).status_code, 200)

    def test_the_home_says_where_one_is(self):
        self._as(self.user)
        page = self._get().text
        for word in ("Camille", "15", "183", self.space.name, self.accompanist.name):
            self.assertIn(word, page)

    def test_who_is_in_two_programs_sees_the_one_that_they_open_and_the_way_to_the_other(self):
        second = self._new_program("Second 2015", "SEC")
        file = self._new_participant("Camille", second, partner_id=self.person.partner_id.id)
        self.env["coworking.objective"].create(
            {"participant_id": file.id, "name": "Second objective"}
        )
        self._as(self.user)
        self.assertIn(f"/my/incubation?file={file.id}", self._get().text)
        self.assertIn("Own objective", self._get("/objectives").text)
        self.assertNotIn("Second objective", self._get("/objectives").text)
        self.assertIn(f"/my/incubation?file={self.person.id}", self._get(f"?file={file.id}").text)
        self.assertIn("Second objective", self._get("/objectives").text)
        # from a page of the first that was still open
        self._post(f"/objectives/{self.records['objective'].id}/comment", text="Of the first")
        self.assertIn("Of the first", self.records["objective"].message_ids[:1].body)
        half_day = self._new_presences(self.seat, "2/6am")
        self._post("/presences", **{f"p_{half_day.id}": "present"})
        self.assertEqual(half_day.participant_state, "present")
        for other in (self.other.id, "x", 2**40):
            self._get(f"?file={other}")
            self.assertIn("Own objective", self._get_objectives())
        for mine, name in ((file, "Second objective"), (self.person, "Own objective")):
            self._by_link(mine)
            self.assertIn(name, self._get_objectives(), "a mail leads to the one it is about")

    def test_staff_who_look_at_one_file_see_nothing_of_another(self):
        colleague = new_test_user(
            self.env, "t_second", ACCOMPANIST, company_id=self.company.id, password="t_second"
        )
        second = self._new_program("CanarySecond", "SEC", accompanist_ids=colleague.ids)
        agency = self.env["res.partner"].create({"name": "Agency", "is_company": True})
        adviser = agency.create({"name": "CanaryAdviser", "parent_id": agency.id})
        own = {
            "partner_id": self.person.partner_id.id,
            "user_id": colleague.id,
            "prescriber_id": agency.id,
            "prescriber_contact_id": adviser.id,
            "prescriber_agreed": True,
        }
        file = self._new_participant("Camille", second, **own)
        self.authenticate("t_second", "t_second")
        self.assertEqual(self._get(f"/preview/{self.person.id}").status_code, 404)
        self._as(self.accompanist)
        self._get(f"/preview/{self.person.id}")
        page = self._get()
        self.assertIn(self.program.name, page.text)
        self.assertNotIn("CanarySecond", page.text)
        self.assertNotIn("CanarySecond", self._get(f"?file={file.id}").text)
        self.assertNotIn("CanaryAdviser", self._get("/rights").text)
        self._as(self.user)
        self.assertIn("CanaryAdviser", self._get("/rights").text)

    def _get_objectives(self):
        return self._get("/objectives").text

    def test_nothing_of_others_and_nothing_that_staff_keep_is_shown(self):
        self._new_presences(self.seat, "2/6")
        self._settle()
        for visit in (lambda: self._as(self.user), self._by_link):
            visit()
            for page in PAGES:
                text = self._get(page).text
                with self.subTest(page=page):
                    self.assertEqual([word for word in SECRETS if word in text], [])

    def test_those_who_are_nobody_here_are_sent_away_alike(self):
        for user in (self.manager, self.employee, self.accompanist):
            self._as(user)
            for page in PAGES:
                with self.subTest(user=user.login, page=page):
                    self.assertEqual(self._get(page).status_code, 404)
        self._as(None)
        for page in PAGES:
            response = self._get(page)
            with self.subTest(page=page):
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])

    def test_staff_see_the_page_and_say_nothing_from_there(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.user.partner_id.lang = "fr_FR"
        self._as(self.accompanist)
        page = self.url_open(f"/my/incubation/preview/{self.person.id}").text
        self.assertIn("Aperçu\xa0: ce que Camille voit", page)
        self.assertIn("Jour 15 sur 183", page)
        for path in PAGES:
            with self.subTest(path=path):
                self.assertEqual(self._get(path).status_code, 200)
        action, objective = self.records["action"], self.records["objective"]
        for path, data in (
            (f"/actions/{action.id}", {"done": "1"}),
            (f"/objectives/{objective.id}/agree", {}),
            (f"/objectives/{objective.id}/comment", {"text": "Said by staff"}),
            (f"/appointments/{self.records['attendance'].id}", {"text": "Said by staff"}),
        ):
            with self.subTest(path=path):
                response = self._post(path, **data)
                self.assertEqual(response.status_code, 422)
                self.assertIn("rien n", response.text)
        self.assertFalse(action.done or objective.agreed_on or self.person.activity_ids)
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', self._get().text)[1]
        end = self.url_open(
            "/my/coworking/preview/end", data={"csrf_token": csrf}, allow_redirects=False
        )
        self.assertTrue(
            end.headers["Location"].endswith(f"/incubation-participants/{self.person.id}")
        )
        self.assertEqual(self._get().status_code, 404)

    def test_a_preview_signs_no_agreement(self):
        self.seat.action_prepare_hosting()
        self.seat.hosting_ids.action_send()
        signatory = self.seat.hosting_ids.signatory_ids.filtered(
            lambda row: row.role == "participant"
        )
        url = f"/my/agreements/{signatory.id}"
        self._as(self.accompanist)
        page = self.url_open(f"/my/incubation/preview/{self.person.id}").text
        self.assertIn(f'href="{url}', page)
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual((response.status_code, response.headers["Location"][-3:]), (303, "/my"))

    def test_a_preview_is_for_those_who_may_read_the_file(self):
        stranger = new_test_user(
            self.env,
            "t_stranger",
            "coworking_incubation.group_coworking_accompanist",
            company_id=self.company.id,
        )
        stranger.password = "t_stranger_password"
        for user in (stranger, self.employee, self.manager, self.user):
            self._as(user)
            with self.subTest(user=user.login):
                found = self.url_open(f"/my/incubation/preview/{self.other.id}")
                self.assertEqual(found.status_code, 404)
                self.assertNotIn("CanaryOther", found.text)
                own = 200 if user == self.user else 404
                self.assertEqual(self._get().status_code, own)
        # The same person has another file, which they may not read.
        program = self._new_program("CanaryProgram", "OTH", accompanist_ids=[Command.clear()])
        self._as(self.accompanist)
        self.assertEqual(self.url_open(f"/my/incubation/preview/{self.other.id}").status_code, 200)
        self.env["coworking.participant"].create(
            {
                "partner_id": self.other.partner_id.id,
                "program_id": program.id,
                "stage_id": self.incubation.id,
                "date_entry": "2015-06-01",
                "move_reason": "x",
            }
        )
        self.assertNotIn("CanaryProgram", self._get().text)
        self.other.write({"stage_id": self.closed.id, "move_reason": "Over"})
        self.assertEqual(self._get().status_code, 404)

    def test_a_closed_file_has_no_page(self):
        self._by_link()
        self.person.write(
            {
                "stage_id": self.closed.id,
                "move_reason": "Over",
            }
        )
        page = self._get()
        self.assertEqual(page.status_code, 404)
        self.assertIn('action="/my/coworking/links/new"', page.text, "no new link is offered")
        self._as(self.user)
        page = self._get()
        self.assertEqual(page.status_code, 404)
        self.assertIn("pas la vôtre aujourd", page.text, "in words, and no more than a stranger's")

    def test_the_portal_has_no_rights_on_what_the_page_shows(self):
        for model in ("participant", "objective", "objective.action", "attendance", "document"):
            records = self.env[f"coworking.{model}"].with_user(self.user)
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(records.has_access(operation))


class TestDoing(IncubationCase):
    def test_what_is_somebody_elses_is_as_if_it_did_not_exist(self):
        self._as(self.user)
        self._get()
        for kind, path, data in (
            ("action", "/actions/%s", {"done": "1"}),
            ("objective", "/objectives/%s/agree", {}),
            ("objective", "/objectives/%s/comment", {"text": "x"}),
            ("attendance", "/appointments/%s", {"text": "x"}),
            ("document", "/documents/%s", {}),
        ):
            missing = self._post(path % 999999, **data)
            other = self._post(path % self.others[kind].id, **data)
            with self.subTest(kind=kind, path=path):
                self.assertEqual((missing.status_code, other.status_code), (404, 404))
        self.assertFalse(self.others["action"].done)
        self.assertFalse(self.others["objective"].agreed_on)
        self.assertFalse(self.other.activity_ids)

    def test_no_address_changes_anything_when_it_is_only_opened(self):
        self._as(self.user)
        for path in (
            f"/actions/{self.records['action'].id}?done=1",
            f"/objectives/{self.records['objective'].id}/agree",
            f"/appointments/{self.records['attendance'].id}?text=x",
        ):
            with self.subTest(path=path):
                self.assertEqual(self._get(path).status_code, 303)
        self.assertFalse(self.records["action"].done)

    def test_a_form_of_another_site_is_refused(self):
        self._as(self.user)
        response = self._post(f"/actions/{self.records['action'].id}", csrf=False, done="1")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.records["action"].done)

    def test_a_step_is_ticked_and_unticked(self):
        for visit in (lambda: self._as(self.user), self._by_link):
            visit()
            self._get()
            for done in (True, False):
                self._post(f"/actions/{self.records['action'].id}", done="1" if done else "0")
                self.assertEqual(self.records["action"].done, done)

    def test_before_midnight_in_utc_the_day_is_that_of_the_company(self):
        """Whoever comes by a link has no time zone, and some accounts have none either."""
        self.company.resource_calendar_id.tz = "Europe/Paris"
        self.user.tz = False
        objective = self.records["objective"]
        for come in (self._by_link, lambda: self._as(self.user)):
            objective.agreed_on = False
            with freeze_time("2015-06-15 23:30:00", tick=True):
                come()
                self._post(f"/objectives/{objective.id}/agree")
            self.env.invalidate_all()
            self.assertEqual(objective.agreed_on, d("16/6"))

    def test_an_objective_that_is_over_stays_as_it_is(self):
        self.records["objective"].state = "reached"
        self._as(self.user)
        self._get()
        response = self._post(f"/actions/{self.records['action'].id}", done="1")
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.records["action"].done)

    def test_a_comment_is_text_and_staff_read_it(self):
        self._as(self.user)
        self._get()
        page = self._post(
            f"/objectives/{self.records['objective'].id}/comment", text="<b>Three</b> clients"
        )
        message = self.records["objective"].message_ids[:1]
        self.assertEqual(message.author_id, self.user.partner_id)
        self.assertIn("&lt;b&gt;Three", message.body)
        self.assertNotIn("<b>Three", page.text)
        self.assertIn("Three", page.text)

    def test_a_comment_keeps_its_lines(self):
        self._as(self.user)
        self._get()
        path = f"/objectives/{self.records['objective'].id}/comment"
        page = self._post(path, text="Two quotes\nThree clients").text
        self.assertRegex(page, r"Two quotes<br ?/?>Three clients")

    def test_what_was_typed_is_kept_when_it_is_refused(self):
        self._as(self.user)
        self._get()
        response = self._post(
            f"/objectives/{self.records['objective'].id}/comment", text="Long " * 1000
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("Long Long", response.text)

    def test_moving_an_appointment_is_asked_of_the_accompanist_once(self):
        self._as(self.user)
        self._get()
        path = f"/appointments/{self.records['attendance'].id}"
        self.assertEqual(self._post(path, text="Friday").status_code, 200)
        activity = self.person.activity_ids
        self.assertEqual(activity.user_id, self.accompanist)
        self.assertIn("Friday", activity.note)
        page = self._get("/appointments").text
        self.assertIn("Vous avez demandé à le déplacer", page)
        self.assertNotIn("<textarea", page)
        self.assertEqual(self._post(path, text="Monday").status_code, 422)
        self.assertEqual(self.person.activity_ids, activity)
        self.assertEqual(self.records["attendance"].state, "expected")
        event = self.records["attendance"].event_id
        event.location = "Upstairs"
        self.assertEqual(self.person.activity_ids, activity, "it is at the same hour")
        event.write({"start": "2015-06-22 08:00:00", "stop": "2015-06-22 09:00:00"})
        self.assertFalse(self.person.activity_ids, "it was moved")
        self.assertIn("Friday", self.person.message_ids[0].body)
        self.assertEqual(self._post(path, text="Neither").status_code, 200)

    def test_nobody_is_asked_to_move_an_appointment_that_is_none_any_more(self):
        attendance = self.records["attendance"]
        event = attendance.event_id.with_user(self.accompanist)
        for ends in (
            lambda: event.action_coworking_call_off(),
            lambda: event.action_archive(),
            lambda: attendance.write({"state": "present"}),
            lambda: attendance.with_user(self.accompanist).unlink(),
            lambda: attendance.write({"participant_id": self.other.id}),
        ):
            with self.subTest(ends), self.env.cr.savepoint() as savepoint:
                self.env["coworking.portal.person"]._ask_to_move(attendance, "Friday")
                self.assertEqual(len(self.person.activity_ids), 1)
                with freeze_time("2015-06-20 08:30:00"):
                    ends()
                self.assertFalse(self.person.activity_ids)
                savepoint.rollback()

    def test_presences_are_signed_beside_what_the_space_said(self):
        rows = self._new_presences(self.seat, "2/6")
        self._as(self.user)
        self._get()
        am, pm = rows
        self._post("/presences", **{f"p_{am.id}": "present", f"p_{pm.id}": "absent"})
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("participant_state"), ["present", "absent"])
        self.assertEqual(rows.mapped("state"), ["present", "present"])
        self.assertEqual(rows.mapped("participant_source"), ["portal", "portal"])
        self.assertTrue(pm.to_settle)

    def test_nobody_signs_for_another(self):
        seat = self._new_seat("1/6", "30/11", self.other, state="active")
        theirs = self._new_presences(seat, "2/6am")
        self._as(self.user)
        self._get()
        self.assertEqual(self._post("/presences", **{f"p_{theirs.id}": "present"}).status_code, 422)
        self.assertFalse(theirs.participant_state)

    def test_what_another_program_settled_closes_nothing_here(self):
        other = self._new_program("Other", "OTH")
        self._new_seat("1/6", "30/11", self._new_participant("Sacha", other), state="active")
        self._settle(program=other)
        own = self._new_presences(self.seat, "2/6am")
        person = self.env["coworking.portal.person"]
        # A file goes with its history: the first seat of this one is of the other program.
        before = self._new_seat("1/5", "31/5", self.person, state="ended")
        self.env.cr.execute(
            "UPDATE coworking_seat SET program_id = %s WHERE id = %s", [other.id, before.id]
        )
        before.invalidate_recordset()
        self.assertEqual(person._get_unsigned(self.person), own)

    def test_days_after_a_confirmation_in_advance_are_signed(self):
        advance = self._new_tariff("Advance", 100.0, billing_timing="advance")
        self._new_seat("1/6", "30/6", "Sacha", tariff=advance, state="active")
        with freeze_time("2015-05-25 09:00:00"):
            self.assertTrue(self._settle())
        own = self._new_presences(self.seat, "2/6am")
        person = self.env["coworking.portal.person"]
        self.assertEqual(person._get_unsigned(self.person), own)
        self.assertEqual(
            person._sign_presences(self.user.partner_id, "portal", {own.id: "present"}), 1
        )
        self.assertEqual(own.participant_state, "present")

    def test_the_home_says_that_there_are_payments_and_what_comes_next_at_one_cost(self):
        """How each month stands is for the page of the payments to find out."""
        portal = self.env["coworking.portal.person"]
        partner = self.user.partner_id

        def open_home():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            home = portal._prepare_home(partner)
            return home, self.env.cr.sql_log_count - before

        open_home()  # what a process reads once
        home, few = open_home()
        self.assertFalse(home["may_pay"])
        rows = [row for row in portal._prepare_appointments(partner) if row["ahead"]]
        self.assertEqual(home["next"], rows[0])
        self._settle()
        home, many = open_home()
        self.assertTrue(home["may_pay"])
        self.assertLessEqual(many, few + 1)

    def test_who_waits_for_a_place_and_whose_seat_is_to_come_read_so(self):
        portal = self.env["coworking.portal.person"].with_context(lang="fr_FR")
        partner = self.user.partner_id
        self.records["attendance"].event_id.coworking_kind = "collective"
        self.records["attendance"].event_id.name = "Find a client"
        self.records["attendance"].state = "waiting"
        self.seat.write({"date_start": "2015-07-01", "state": "confirmed"})
        home = portal._prepare_home(partner)
        self.assertTrue(home["next"]["waiting"])
        self.assertEqual(home["seat"]["dates"], "du 1er juillet 2015 au 30 novembre 2015")
        self._as(self.user)
        for path in ("", "/appointments"):
            page = self._get(path).text
            self.assertIn("Vous êtes sur liste d'attente", page)
            self.assertIn("Find a client", page)
            self.assertNotIn("Votre place revient", page, "they have none")
            self.assertNotIn("Ajouter à mon agenda", page, "it may not be for them")
        with freeze_time("2015-07-02 09:00:00"):
            self.assertFalse(portal._prepare_appointments(partner), "nor was anybody there")
            with self.assertRefused("est passé"):
                portal._give_place_up(self.records["attendance"])
            dates = portal._prepare_home(partner)["seat"]["dates"]
            self.assertEqual(dates, "fin le 30 novembre 2015")
        page = self._post(f"/appointments/{self.records['attendance'].id}").text
        self.assertIn("nous ne vous y attendons plus", page)
        self.assertEqual(self.records["attendance"].state, "cancelled")
        self.assertFalse(self.person.activity_ids)

    def test_appointments_take_as_many_queries_whatever_their_number(self):
        portal, partner = self.env["coworking.portal.person"], self.user.partner_id

        def read():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = portal._prepare_appointments(partner)
            return len(rows), self.env.cr.sql_log_count - before

        portal._ask_to_move(self.records["attendance"], "Friday")
        read()  # what a process reads once
        few, queries = read()
        for number in range(3):
            start = self.records["attendance"].start + timedelta(days=number + 1)
            event = self.records["attendance"].event_id.copy(
                {"start": start, "stop": start + timedelta(hours=1)}
            )
            self.env["coworking.attendance"].create(
                {"event_id": event.id, "participant_id": self.person.id}
            )
        self.assertEqual(read(), (few + 3, queries))
        asked = [row["id"] for row in portal._prepare_appointments(partner) if row["asked"]]
        self.assertEqual(asked, self.records["attendance"].ids)

    def test_payments_are_ones_own_part_with_tax(self):
        self._settle()
        self._as(self.user)
        page = self._get("/payments").text
        self.assertIn("36,00", page)
        self.assertNotIn("144,00", page, "what the programme pays is not theirs to see")

    def test_when_how_much_was_paid_is_said(self):
        statement = self._settle()
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids
        invoice.write({"invoice_date": d("1/7"), "invoice_date_due": d("31/7")})
        invoice.action_post()
        bank = self.env["account.journal"].create(
            {"name": "Bank", "code": "TBNK", "type": "bank", "company_id": self.company.id}
        )
        bank.inbound_payment_method_line_ids.payment_account_id = self.accounts["tax"]
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {"payment_date": d("1/8"), "journal_id": bank.id, "amount": 20.0}
        )._create_payments()
        portal = self.env["coworking.portal.person"].with_context(lang="fr_FR")
        self.env["res.lang"]._activate_lang("fr_FR")
        (row,) = portal._prepare_payments(self.user.partner_id)
        words = [text.replace("\xa0", " ") for text in row["payments"]]
        self.assertEqual(words, ["20,00 € payés le 1er août 2015"])
        self.assertFalse(row["paid"])

    def test_due_credited_paid_and_left_are_said(self):
        statement = self._settle()
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids
        invoice.write({"invoice_date": d("1/7"), "invoice_date_due": d("31/7")})
        invoice.action_post()
        portal = self.env["coworking.portal.person"].sudo()
        (row,) = portal._prepare_payments(self.user.partner_id)
        self.assertFalse(row["figures"], "nothing changed what is due")
        note = invoice._reverse_moves([{"invoice_date": d("2/7")}])
        note.invoice_line_ids.price_unit = 10.0
        note.action_post()
        (invoice | note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self._pay_without_entry(self._new_bank(), invoice, 20.0, d("1/8"))
        self.env.flush_all()
        self._as(self.user)
        text = " ".join(self._get("/payments").text.replace("\xa0", " ").split())
        for amount in ("36,00 €", "10,00 €", "20,00 €", "6,00 €"):
            self.assertIn(f">{amount}</dd>", text.replace("\u202f", " "))
        (row,) = portal._prepare_payments(self.user.partner_id)
        self.assertFalse(row["paid"])

    def test_a_payment_without_an_entry_is_said(self):
        statement = self._settle()
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids
        invoice.write({"invoice_date": d("1/7"), "invoice_date_due": d("31/7")})
        invoice.action_post()
        self._pay_without_entry(self._new_bank(), invoice, 20.0, d("1/8"))
        self.env.flush_all()
        self._as(self.user)
        response = self._get("/payments")
        self.assertEqual(response.status_code, 200)
        text = response.text.replace("\u202f", " ").replace("\xa0", " ")
        self.assertIn("20,00 € payés le 1er août 2015", text)

    def test_the_clock_counts_no_day_beyond_the_last_one(self):
        portal = self.env["coworking.portal.person"].with_context(lang="fr_FR")
        self.env["res.lang"]._activate_lang("fr_FR")
        person = self.person.with_context(lang="fr_FR")
        self.assertIn("15 sur 183", portal._describe_clock(person))
        with freeze_time("2015-12-02"):
            self.assertEqual(portal._describe_clock(person), "Fin prévue le 30 novembre 2015")
        reason = self.env["coworking.exit.reason"].search([], limit=1)
        self.person.write({"exit_reason_id": reason.id, "date_exit": d("1/6")})
        self.assertEqual(portal._describe_clock(person), "Incubation terminée le 1er juin 2015")
        todo = [row["url"] for row in portal._get_todo(self.user.partner_id, person)]
        self.assertNotIn("/my/incubation/documents", todo, "asked of somebody who has left")


class TestDocuments(IncubationCase):
    def test_what_is_only_looked_at_or_handed_out_is_not_asked_of_the_person(self):
        identity = self.env.ref("coworking_incubation.coworking_document_type_identity")
        identity.on_own_page = False
        document = self.person.document_ids.filtered(lambda row: row.type_id == identity)
        self._as(self.user)
        page = self._get("/documents").text
        self.assertIn(f'action="/my/incubation/documents/{self.records["document"].id}"', page)
        self.assertNotIn(f'action="/my/incubation/documents/{document.id}"', page)
        self.assertEqual(self._give(PDF, document=document).status_code, 422)
        self.assertFalse(document.file)

    def _give(self, content, name="certificate.pdf", document=None):
        self._as(self.user)
        self._get()
        document = document or self.records["document"]
        return self._post(f"/documents/{document.id}", files={"upload": (name, content)})

    def test_a_document_waits_for_staff_to_see_it(self):
        self.assertEqual(self._give(PDF).status_code, 200)
        document = self.records["document"]
        self.assertEqual(base64.b64decode(document.file), PDF)
        self.assertEqual(document.state, "missing")
        self.assertEqual(self.person.activity_ids.user_id, self.accompanist)
        self.assertEqual(self._give(PDF).status_code, 200, "the form is gone, the page answers")

    def test_what_staff_were_to_look_at_is_done_once_they_did(self):
        document = self.records["document"]
        other = document.copy({"type_id": document.type_id.copy({"name": "Insurance"}).id})
        self._give(PDF)
        self._give(PDF, document=other)
        self.assertEqual(len(self.person.activity_ids), 2)
        document.with_user(self.coordinator).write({"file": False, "filename": False})
        self.assertEqual(len(self.person.activity_ids), 1, "it is not what was asked for")
        self._give(PDF)
        self.assertEqual(len(self.person.activity_ids), 2)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.coordinator.lang = "fr_FR"
        self.person.user_id = self.coordinator
        self.assertIn("Document reçu", document._describe_received())
        mine = self.person.activity_ids.filtered(lambda row: "Insurance" in row.summary)
        document.with_user(self.coordinator).state = "seen"
        self.assertEqual(self.person.activity_ids, mine)

    def test_the_content_decides_not_the_name(self):
        for content in (
            b"",
            b"<html><script>alert(1)</script></html>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"PK\x03\x04 a zip",
            b"MZ a program",
            b" %PDF",
        ):
            with self.subTest(content=content):
                self.assertEqual(self._give(content).status_code, 422)
        self.assertFalse(self.records["document"].file)

    def test_the_name_of_the_file_is_ours(self):
        self._give(PDF, "../../etc/<img src=x onerror=alert(1)>.html")
        filename = self.records["document"].filename
        self.assertTrue(filename.endswith(".pdf"))
        self.assertNotRegex(filename, r"[<>/]|img|html")

    def test_a_large_file_is_refused(self):
        response = self._give(b"%PDF-" + b"0" * (11 * 1024 * 1024))
        self.assertEqual(response.status_code, 413)
        self.assertFalse(self.records["document"].file)

    def test_a_document_seen_is_not_replaced(self):
        self.records["document"].state = "seen"
        self.assertEqual(self._give(PDF).status_code, 422)
        self.assertFalse(self.records["document"].file)


class TestFollowup(IncubationCase):
    def _due(self):
        return self.env["coworking.followup"].create(
            {
                "participant_id": self.person.id,
                "months": 6,
                "date_due": fields.Date.today(),
                "note": "CanaryStaff",
            }
        )

    def test_it_is_asked_only_when_due(self):
        self._as(self.user)
        self.assertEqual(self._get("/followup").status_code, 404)

    def test_an_answer_is_kept_beside_what_staff_noted(self):
        followup = self._due()
        reason = self.env["coworking.exit.reason"].create({"name": "Job", "category": "durable"})
        self._as(self.user)
        page = self._get("/followup")
        self.assertNotIn("CanaryStaff", page.text)
        response = self._post("/followup", situation="", text="I work")
        self.assertEqual(response.status_code, 422)
        self.assertIn("I work", response.text)
        self._post("/followup", situation=reason.id, in_space="1", text="I work")
        self.assertEqual((followup.state, followup.exit_reason_id), ("answered", reason))
        self.assertTrue(followup.in_space)
        self.assertEqual(followup.note, "CanaryStaff\nI work")
        self.assertEqual(self._get("/followup").status_code, 404)
        again = self._post("/followup", situation=reason.id, text="I work")  # from another window
        self.assertEqual(again.status_code, 422)
        self.assertIn("nous avons déjà votre réponse", again.text)
        self.assertEqual(followup.note, "CanaryStaff\nI work")

    def test_who_is_in_two_programs_answers_for_the_one_of_the_page(self):
        first = self._due()
        file = self._new_participant(
            "Camille", self._new_program("Second", "SEC"), partner_id=self.person.partner_id.id
        )
        second = first.copy({"participant_id": file.id})
        reason = self.env["coworking.exit.reason"].create({"name": "Job", "category": "durable"})
        self._as(self.user)
        page = self._get(f"/followup?file={self.person.id}").text
        self.assertIn(f'name="file" value="{self.person.id}"', page)
        self._get(f"?file={file.id}")  # in another window
        self._post("/followup", situation=reason.id, file=self.person.id)
        self.assertEqual((first.state, second.state), ("answered", "pending"))

    def test_what_only_staff_may_say_is_not_on_offer(self):
        followup = self._due()
        death = self.env["coworking.exit.reason"].create(
            {"name": "CanaryDeath", "category": "withdrawn"}
        )
        self._as(self.user)
        self.assertNotIn("CanaryDeath", self._get("/followup").text)
        self.assertEqual(self._post("/followup", situation=death.id).status_code, 422)
        self.assertEqual(followup.state, "pending")


class TestLink(IncubationCase):
    def _share(self):
        """The dialog under the gear of the file."""
        action = self.person.with_user(self.accompanist).action_send_own_page()
        share = self.env[action["res_model"]].with_user(self.accompanist)
        return share.with_context(**action["context"]).create({})

    def test_staff_see_the_address_before_and_the_file_keeps_to_whom_it_went(self):
        self.user.partner_id.email = "camille@example.com"
        share = self._share()
        self.assertEqual(
            (share.partner_id, share.email), (self.user.partner_id, "camille@example.com")
        )
        self.assertNotIn("camille@example.com", str(self.person.message_ids.mapped("body")))
        action = share.action_send()
        self.assertIn("camille@example.com", action["params"]["message"])
        mail = self.env["mail.mail"].search([], limit=1)
        self.assertIn("/my/coworking/l/", mail.body_html)
        kept = self.person.message_ids[:1]
        self.assertIn("camille@example.com", kept.body)
        self.assertNotIn("/my/coworking/l/", kept.body)

    def test_without_an_address_it_is_copied(self):
        self.user.partner_id.email = False
        share = self._share()
        with self.assertRaisesRegex(UserError, "no e-mail"):
            share.action_send()
        self.assertIn("/my/coworking/l/", share.action_copy()["context"]["default_url"])

    def test_the_page_of_a_closed_file_is_not_given(self):
        self.person.sudo().write(
            {
                "stage_id": self.env.ref("coworking_incubation.coworking_stage_closed").id,
                "move_reason": "Moved away",
            }
        )
        with self.assertRaisesRegex(UserError, "closed"):
            self._share()

    def test_one_link_opens_one_page(self):
        self._by_link(self.other)
        self.assertIn("CanaryOther", self._get().text)
        self._by_link()
        text = json.dumps(self._get("/objectives").text)
        self.assertNotIn("CanaryOther", text)
