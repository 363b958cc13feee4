"""Script in every text that a stranger, a participant, a manager or a supplier may fill in.

It is looked for where it would run: in pages, mails, documents, fields of markup, and in the
screens of staff, in a browser.
"""

import io
import re

from openpyxl import load_workbook

from odoo import Command
from odoo.tests import freeze_time, new_test_user
from odoo.tests.common import HOST

from odoo.addons.coworking_incubation import invoice_reader
from odoo.addons.coworking_incubation.tools import one_line, typed_text

from ..common import CoworkingCase, d
from ..hosting.test_hosting import PNG
from ..portal.common import PortalHttpCase
from ..tours.common import BrowserCase

SCRIPT = (
    '"\'><img src=x onerror=alert(1)>{{1234*1001}}<t t-out="1234*1001"/><script>alert(1)</script>'
)
COMPUTED = str(1234 * 1001)
# The picture as a browser would see it: not as text.
RUNS = re.compile(
    r"<img[^>]*\bsrc=[\"']?x\b|<script>alert|onerror=[\"']?alert\(1\)[\"']?[^>&]*>", re.I
)
NOW = "2015-07-02 09:00:00"
READY = "!!document.querySelector('.o_view_controller, .o_action .o_content')"
# Everything that opens on a screen is opened, then pictures of strangers are looked for.
LOOK = """
    (async () => {
        const wait = (ms) => new Promise((done) => setTimeout(done, ms));
        await wait(1000);
        for (const tab of document.querySelectorAll('.o_notebook .nav-link')) {
            tab.click();
            await wait(150);
        }
        for (const node of document.querySelectorAll('.o_activity_details, [data-tooltip-info]')) {
            node.dispatchEvent(new Event('mouseenter', { bubbles: true }));
            await wait(150);
        }
        const strange = [...document.querySelectorAll('img')].filter(
            (image) => image.getAttribute('src') === 'x'
        );
        return strange.map((image) => image.parentElement.outerHTML).join();
    })();
"""


class ScriptCase:
    """A month, a person, an agreement: every text that came from outside holds a script."""

    @classmethod
    def _setup_script(cls):
        env = cls.env
        incubation = env.ref("coworking_incubation.coworking_stage_incubation")
        cls.person_user = new_test_user(
            env, "t_scripted", "base.group_portal", name=f"P{SCRIPT}", company_id=cls.company.id
        )
        cls.person_user.partner_id.email = "scripted@example.com"
        cls.file = cls._new_participant(
            partner_id=cls.person_user.partner_id.id,
            stage_id=incubation.id,
            move_reason="Test",
            date_entry="2015-06-01",
        )
        cls.manager.name = f"M{SCRIPT}"
        cls.day_tariff = cls._new_tariff("Day", 20.0, unit="day")
        cls.seat = cls._new_seat("1/6", "31/12", cls.file, tariff=cls.day_tariff, state="active")
        cls.other = cls._new_seat("1/6", "31/12", "Nour Amrani", state="active")
        cls.arrival = cls._new_seat("1/7", "31/12", "Zoé")
        cls._new_presences(cls.seat, "2/6", "3/6")
        cls.objective = env["coworking.objective"].create(
            {
                "participant_id": cls.file.id,
                "name": "Find clients",
                "action_ids": [Command.create({"name": "Call"})],
            }
        )
        cls.appointment = env["coworking.attendance"].create(
            {
                "participant_id": cls.file.id,
                "event_id": env["calendar.event"]
                .create(
                    {
                        "name": "Appointment",
                        "start": "2015-07-20 08:00:00",
                        "stop": "2015-07-20 09:00:00",
                        "coworking_kind": "appointment",
                        "coworking_program_id": cls.program.id,
                    }
                )
                .id,
            }
        )
        cls.may = env["coworking.statement"]._generate(cls.program, d("1/5"))
        cls.statement = cls._generate()
        cls.statement.action_send()
        cls._say()

    @classmethod
    def _say(cls):
        """Each of them says what they can, as the pages do."""
        env = cls.env(su=True)
        manager, person = cls.manager.partner_id, cls.person_user.partner_id
        portal, months = env["coworking.portal"], env["coworking.portal.month"]
        pages, sheets = env["coworking.portal.person"], env["coworking.portal.space"]
        portal._write_message(manager, cls.space, SCRIPT)
        portal._write_message(manager, cls.statement, SCRIPT)
        portal._refuse_arrival(manager, "link", cls.arrival, SCRIPT)
        portal._report_something(manager, "link", cls.seat, "problem", note=SCRIPT)
        line = cls.statement.charge_ids.filtered(lambda charge: charge.seat_id == cls.other)
        months._dispute_line(manager, "link", line, SCRIPT)
        months._receive_upload(manager, "link", cls.statement, f"{SCRIPT}.pdf", b"%PDF-1.4 x")
        sheets._save_closure(manager, "link", cls.space, d("1/9"), None, SCRIPT)
        sheets._propose_price(manager, "link", cls.tariff, 190.0, d("1/9"), SCRIPT)
        cls.proposal = env["coworking.tariff.proposal"].search([], limit=1)
        pages._comment_objective(person, cls.objective, SCRIPT)
        pages._ask_to_move(cls.appointment, SCRIPT)
        cls.hosting = env["coworking.hosting"].create({"seat_id": cls.seat.id})
        cls.hosting.action_send()
        row = cls.hosting.signatory_ids[0]
        row._record_signature(SCRIPT, PNG, "192.0.2.1", cls.hosting.text_hash)
        cls.hosting.signatory_ids[1]._decline_signature(SCRIPT)
        cls._register(SCRIPT)
        cls.statement.operator_id.bank_ids = [Command.create({"acc_number": f"FR76{SCRIPT}"})]

    @classmethod
    def _register(cls, text):
        """A stranger on the public page, and an adviser."""
        attendances = cls.env["coworking.attendance"].sudo()
        cls.meeting = cls.env["calendar.event"].create(
            {
                "name": "Information meeting",
                "start": "2015-07-10 08:00:00",
                "stop": "2015-07-10 09:00:00",
                "coworking_kind": "info_session",
                "coworking_public": True,
                "coworking_program_id": cls.program.id,
            }
        )
        for by, email in (
            ("public", "stranger@example.com"),
            ("prescriber", "somebody@example.com"),
        ):
            typed = {
                "name": text[:60],
                "email": email,
                "phone": "",
                "question": text,
                "prescriber_name": text[:60],
                "adviser_email": "adviser@example.com",
            }
            values = attendances._clean_registration(typed, by)
            attendances._register_person(cls.meeting, values, by)


@freeze_time(NOW, tick=True)
class TestScript(ScriptCase, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = {
            name: cls.env[name].search([], order="id desc", limit=1).id
            for name in ("mail.mail", "mail.message", "mail.activity")
        }
        cls._setup_script()
        cls.env.flush_all()

    def assertHarmless(self, text, told=True):
        """It is there as text, and nothing of it runs or was computed."""
        found = RUNS.search(text)
        self.assertFalse(COMPUTED in text)
        self.assertIsNone(found, found and text[found.start() - 200 : found.end() + 200])
        if told:
            self.assertTrue("onerror=alert(1)" in text, "what was typed is not shown at all")

    def test_it_would_be_seen(self):
        for text in (
            SCRIPT,
            '<p><img src="x"></p>',
            "<img class='a' src='x'>",
            "<script>alert(1)</script>",
        ):
            self.assertRegex(text, RUNS)
        self.assertNotRegex("&lt;img src=x onerror=alert(1)&gt;", RUNS)

    def test_pages_of_managers(self):
        pages = {
            "/my/coworking": True,
            "/my/coworking/arrivals": True,
            "/my/coworking/coming": False,
            "/my/coworking/people": False,
            "/my/coworking/presences": False,
            "/my/coworking/months": False,
            "/my/coworking/month/2015-06": True,
            "/my/coworking/prices": False,
            f"/my/coworking/space/{self.space.id}": True,
        }
        self._login(self.manager)
        for path, told in pages.items():
            with self.subTest(path=path):
                response = self.url_open(path)
                self.assertEqual(response.status_code, 200)
                self.assertHarmless(response.text, told)

    def test_what_was_typed_is_shown_again_as_text(self):
        self._login(self.manager)
        for path, data in (
            (f"/my/coworking/report/{self.seat.id}", {"kind": "gone", "note": SCRIPT}),
            (f"/my/coworking/report/{self.seat.id}", {"kind": SCRIPT, "day": SCRIPT}),
            (f"/my/coworking/prices/{self.tariff.id}", {"price": SCRIPT, "note": SCRIPT}),
            (f"/my/coworking/space/{self.space.id}/hours", {"from_0": SCRIPT, "to_0": SCRIPT}),
            (f"/my/coworking/space/{self.space.id}/closure", {"reason": SCRIPT, "first": SCRIPT}),
            (f"/my/coworking/message/space/{self.space.id}", {"text": SCRIPT * 40}),
        ):
            with self.subTest(path=path, data=data):
                response = self._post(path, data)
                self.assertEqual(response.status_code, 422)
                self.assertHarmless(response.text, told=False)

    def test_pages_of_participants(self):
        self._login(self.person_user)
        for path in ("", "/objectives", "/appointments", "/presences", "/documents", "/payments"):
            with self.subTest(path=path):
                response = self.url_open(f"/my/incubation{path}")
                self.assertEqual(response.status_code, 200)
                self.assertHarmless(response.text, told=path == "/objectives")

    def test_page_of_an_adviser(self):
        self._login(None)
        agency = self.env["res.partner"].create({"name": SCRIPT, "is_company": True})
        adviser = self.env["res.partner"].create({"name": SCRIPT, "parent_id": agency.id})
        self.file.write({"prescriber_id": agency.id, "prescriber_contact_id": adviser.id})
        self.file.prescriber_agreed = True
        reason = self.env["coworking.refusal.reason"].create({"name": SCRIPT, "is_told": True})
        self.file.write({"selection_result": "refused", "refusal_reason_id": reason.id})
        self.url_open(f"/my/coworking/l/{self._token(adviser, 'prescriber', adviser)}")
        response = self.url_open("/my/referrals")
        self.assertEqual(response.status_code, 200)
        self.assertHarmless(response.text)

    def test_page_and_document_of_the_agreement(self):
        self._login(self.person_user)
        response = self.url_open(f"/my/agreements/{self.hosting.signatory_ids[0].id}")
        self.assertEqual(response.status_code, 200)
        self.assertHarmless(response.text)
        self.assertHarmless(str(self.hosting.body))

    def test_public_pages(self):
        self._login(None)
        form = f"/incubation/{self.meeting.id}"
        self.assertHarmless(self.url_open(form).text, told=False)
        for registration in self.meeting.coworking_attendance_ids:
            response = self.url_open(registration._make_personal_path())
            self.assertEqual(response.status_code, 200)
            self.assertHarmless(response.text, told=False)
        answer = self.url_open(
            f"{form}/register",
            data={
                "csrf_token": self._csrf(),
                **dict.fromkeys(
                    ("name", "email", "phone", "question", "prescriber_name", "by", "stamp"), SCRIPT
                ),
            },
        )
        self.assertEqual(answer.status_code, 422)
        self.assertHarmless(answer.text)
        for path in (
            "/my/coworking/l/" + "%3Cimg%20src=x%20onerror=alert(1)%3E",
            "/my/agreements/1?access_token=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
            f"{form}/done?by=%3Cimg%20src=x%20onerror=alert(1)%3E",
        ):
            with self.subTest(path=path):
                self.assertHarmless(self.url_open(path).text, told=False)

    def test_mails(self):
        mails = self.env["mail.mail"].search([("id", ">", self.before["mail.mail"] or 0)])
        self.assertGreater(len(mails), 4)
        for mail in mails:
            with self.subTest(subject=mail.subject, to=mail.email_to):
                self.assertHarmless(str(mail.body_html), told=False)
                self.assertNotIn("\n", f"{mail.subject}{mail.email_to}")
                self.assertNotIn(COMPUTED, mail.subject or "")

    def test_messages_and_activities_hold_it_as_text(self):
        messages = self.env["mail.message"].search([("id", ">", self.before["mail.message"] or 0)])
        told = messages.filtered(lambda message: "onerror" in (message.body or ""))
        self.assertLessEqual(
            {"coworking.space", "coworking.statement", "coworking.objective"},
            set(told.mapped("model")),
        )
        for message in messages:
            with self.subTest(model=message.model, body=message.body):
                self.assertHarmless(str(message.body or ""), told=False)
        activities = self.env["mail.activity"].search(
            [("id", ">", self.before["mail.activity"] or 0)]
        )
        told = activities.filtered(lambda activity: "onerror" in (activity.note or ""))
        self.assertLessEqual(
            {
                "coworking.seat",
                "coworking.statement",
                "coworking.participant",
                "coworking.hosting",
                "res.partner.bank",
            },
            set(told.mapped("res_model")),
        )
        for activity in activities:
            with self.subTest(model=activity.res_model, note=activity.note):
                self.assertHarmless(str(activity.note or ""), told=False)

    def test_documents(self):
        report = self.env["ir.actions.report"]
        sheet = self.env["coworking.presence.sheet"].create(
            {"program_id": self.program.id, "month": d("1/6")}
        )
        share = self.env["coworking.portal.share"].create({"statement_id": self.statement.id})
        for name, records, told in (
            ("report_hosting_document", self.hosting, True),
            ("report_portal_link", share, True),
            ("report_presence_sheet", sheet, False),
        ):
            with self.subTest(report=name):
                html = report._render_qweb_html(f"coworking_incubation.{name}", records.ids)[0]
                self.assertHarmless(html.decode(), told)

    def test_calendar_files_hold_one_line_a_property(self):
        self.meeting.name = "Meeting\r\nATTENDEE:mailto:other@example.com\nX-A:1\rX-B:2"
        self.meeting.location = "Here\r\nATTENDEE:mailto:other@example.com"
        lines = self.url_open(f"/incubation/{self.meeting.id}/meeting.ics").text.splitlines()
        names = {line.split(":")[0].split(";")[0] for line in lines if line[:1] != " "}
        self.assertFalse({"ATTENDEE", "X-A", "X-B"} & names)

    def test_names_of_files_are_one_line_and_no_path(self):
        for name in (
            "a\r\nSet-Cookie: x=1.pdf",
            "../../etc/passwd.pdf",
            "C:\\a\\b.pdf",
            "x" * 5000 + ".pdf",
            "a\0b.pdf",
            "\ud800.pdf",
            "\u202efdp.exe",
            SCRIPT,
            "",
            ".",
        ):
            with self.subTest(name=name[:40]):
                cleaned = invoice_reader.clean_filename(name)
                self.assertTrue(cleaned)
                self.assertLess(len(cleaned), 200)
                self.assertNotRegex(cleaned, r"[\r\n\0/\\\u202e\ud800]")

    def test_no_cell_of_our_workbooks_is_a_formula_of_somebody_else(self):
        self.env.cr.execute(
            "UPDATE res_partner SET name = %s WHERE id = %s",
            ['=HYPERLINK("http://evil.example")', self.file.partner_id.id],
        )
        self.env.cr.execute(
            "UPDATE coworking_seat SET occupant_name = %s WHERE id = %s",
            ["=1+1", self.seat.id],
        )
        self.space.name = "@SUM(1)"
        self.env.invalidate_all()
        content = self.env["coworking.reconciliation"]._make_workbook(self.program, d("30/6"))
        for sheet in load_workbook(io.BytesIO(content)):
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.data_type == "f":
                        self.assertRegex(
                            cell.value, r"^=(SUM|SUMIFS|SUBTOTAL|[A-Z]+\d+[-+])", cell.coordinate
                        )

    def test_what_is_typed_does_not_begin_like_a_formula(self):
        """Odoo's own export to a spreadsheet takes it for one."""
        for text in ("=1+1", " =1+1", "{=1+1}", "@SUM(1)", "\t=1+1", "==@{=1", "\u202e=1"):
            with self.subTest(text=text):
                self.assertNotRegex(typed_text(text), r"^\s*[=@{]")
                self.assertNotRegex(one_line(text), r"^\s*[=@{]")
        self.assertEqual(typed_text("- he was not there\n= 3 days"), "- he was not there\n= 3 days")


@freeze_time(NOW, tick=True)
class TestScriptInScreens(ScriptCase, CoworkingCase, BrowserCase):
    """The back office: lists, boards, forms and their discussions, as a browser shows them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_script()

    def test_nothing_runs_in_the_screens_of_staff(self):
        forms = {
            "incubation-participants": self.file,
            "incubation-seats": self.seat,
            "incubation-statements": self.statement,
            "incubation-hostings": self.hosting,
            "incubation-spaces": self.space,
            "incubation-objectives": self.objective,
            "incubation-price-proposals": self.proposal,
        }
        paths = [f"/odoo/{path}/{record.id}" for path, record in forms.items()]
        paths += [
            f"/odoo/{path}"
            for path in (
                "incubation-participants",
                "incubation-todo",
                "incubation-attendance",
                "incubation-answers",
                "incubation-calendar",
                "incubation-presence-grid",
            )
        ]
        with self._browse(self.coordinator.login) as browser:
            browser.set_cookie("cids", str(self.company.id), "/", HOST)
            for path in paths:
                with self.subTest(path=path):
                    self._visit(browser, path, READY)
                    self.assertEqual(self._evaluate(browser, LOOK), "")
