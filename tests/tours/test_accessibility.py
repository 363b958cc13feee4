"""Every page of managers, participants and the public, as axe reads it on a telephone, in French.

axe-core comes with a package of the tests' (see requirements-dev.txt) and is injected here into
the browser: nothing of it is shipped.
"""

import importlib.resources
import json
import unittest
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from odoo import fields, http
from odoo.tests import tagged

from ..portal.test_access_matrix import STAFF_ROUTES
from .common import BrowserCase

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
# The page is there, and its scripts have run.
READY = "document.body.getAttribute('is-ready') && !!document.querySelector('main h1')"
# What the policy of the page kept from running or being sent, since the page was opened.
REFUSED = """
(() => {
    const observer = new ReportingObserver(() => {}, {types: ["csp-violation"], buffered: true});
    observer.observe();
    return observer.takeRecords().map(({body}) => body.effectiveDirective);
})()
"""
RUN = """
axe.run(document, {resultTypes: ["violations"]}).then((found) => JSON.stringify({
    problems: found.violations.flatMap((rule) => rule.nodes.map(
        (node) => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)),
    lang: document.documentElement.lang,
    path: location.pathname,
    title: document.title,
    focus: document.activeElement.getAttribute("role"),
    headings: document.querySelectorAll("h1").length,
    wide: document.documentElement.scrollWidth > window.innerWidth,
}))
"""
# Not pages: these hand out a file.
FILES = ("/meeting.ics", "/document", "/photo")
# What somebody would type who wants more of the next visitor than a look.
INJECT = """
document.body.insertAdjacentHTML("beforeend", `
    <img src="/none" onerror="window.ran = true"/>
    <object data="/web/health"></object>
    <form action="https://elsewhere.example/" method="post"><button>Go</button></form>`);
document.body.lastElementChild.querySelector("button").click();
new Promise((resolve) => setTimeout(() => resolve(window.ran || false), 500));
"""
# What can be used in a page, numbered; of radio buttons one of each name.
USABLE = """
[...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary)")]
    .filter((node) => node.checkVisibility() && !node.disabled && node.type !== "hidden")
    .filter((node) => node.type !== "radio" || node.checked || node === [
        ...document.querySelectorAll(`[type='radio'][name='${node.name}']`)
    ].find((_node, _at, all) => !all.some((other) => other.checked)))
    .map((node, at) => (node.dataset.usable = `${at}`))
"""
# Sends the form of a page as a thumb would, and says that the page is about to change.
SEND = """
(() => {
    const form = document.querySelector(%s);
    for (const [name, value] of Object.entries(%s)) {
        const radio = form.querySelector(`[type="radio"][name="${name}"][value="${value}"]`);
        if (radio) {
            radio.checked = true;
        } else {
            form.querySelector(`[name="${name}"]`).value = value;
        }
    }
    document.querySelector("main h1").remove();
    form.noValidate = true;
    (form.querySelector("[type='submit']") || form).click();
    return true;
})()
"""


@tagged("post_install", "-at_install")
class TestAccessibility(BrowserCase):
    browser_size = "390x844"
    touch_enabled = True
    looked_at = set()  # rules of routes, by all tests of the class
    asked = set()  # these tests

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env.ref("coworking_incubation.coworking_program_current")
        cls.pages = cls._list_pages()
        cls.env.ref("base.public_user").partner_id.lang = "fr_FR"
        cls.env["ir.config_parameter"].set_param(
            "coworking_incubation.registration_min_seconds", "0"
        )

    @classmethod
    def _list_pages(cls):
        """Of ours, as werkzeug finds them: what is shown to somebody outside."""
        rules = [
            Rule(rule, endpoint=rule)
            for rule, endpoint in http._generate_routing_rules(
                cls.registry._init_modules, nodb_only=False
            )
            if "coworking_incubation" in endpoint.func.__module__
            and "GET" in (endpoint.routing["methods"] or ())
            and not rule.endswith(FILES)
            and rule not in STAFF_ROUTES
            and endpoint.func.__name__ != "go_to_page"  # it shows nothing
        ]
        return Map(rules, converters=cls.env["ir.http"]._get_converters())

    @contextmanager
    def _looking(self, login):
        """A function that visits a page and tells what is wrong."""
        with self._browse(login) as browser:
            look = partial(self._look, browser)
            look.browser = browser
            yield look

    def _look(self, browser, path, ready=READY, form=None, **typed):
        """
        :param form: of the page, sent with what is typed: what answers is looked at instead
        """
        self._visit(browser, path, READY if form else ready)
        if form:
            self._evaluate(browser, SEND % (json.dumps(form), json.dumps(typed)))
            self._wait(browser, ready)
        refused = self._evaluate(browser, REFUSED)
        self._evaluate(browser, AXE + "; true")
        found = json.loads(self._evaluate(browser, RUN))
        for there in (path, found["path"]):
            with suppress(NotFound):  # what answers a form is at the address of the form
                self.looked_at.add(self.pages.bind("").match(there.partition("?")[0])[0])
        with self.subTest(path=path, form=form):
            self.assertEqual(found["problems"], [], "\n".join(found["problems"]))
            self.assertEqual(refused, [], "refused by the policy of the page itself")
            self.assertEqual(found["lang"], "fr-FR")
            self.assertEqual(found["headings"], 1)
            self.assertNotIn("Odoo", found["title"])
            self.assertFalse(found["wide"], "wider than the screen")
        return found

    def setUp(self):
        super().setUp()
        self.asked.add(self._testMethodName)

    def _link(self, record, purpose, partner):
        url = self.env["coworking.portal.link"]._make_url(record, purpose, partner)
        return urlsplit(url).path

    def test_pages_of_a_manager(self):
        manager = self.env["res.users"].search([("login", "=", "espace")])
        spaces = self.env["coworking.portal"]._get_spaces(manager.partner_id)
        months = self.env["coworking.portal.month"]._prepare_months(manager.partner_id)
        self.assertTrue(months)
        saved = "!document.querySelector('select.o_cw_slot')"
        with self._looking("espace") as look:
            for page in ("", "/arrivals", "/people", "/presences", "/months", "/prices"):
                look(f"/my/coworking{page}")
            for month in months[:3]:
                look(f"/my/coworking/month/{month['key']}")
            for space in spaces:
                look(f"/my/coworking/space/{space.id}")
                look(f"/my/coworking/presences/{space.id}", f"{READY} && {saved}")
            refused = look(
                f"/my/coworking/space/{spaces[0].id}",
                form="form[action$='/closure']",
                first="2020-01-01",
            )
        self.assertEqual(refused["focus"], "alert")

    def test_presences_of_managers_by_link(self):
        for space in self.program.participant_ids.seat_ids.filtered(
            lambda seat: seat.state == "active"
        ).space_id:
            partner = space.manager_ids[:1]
            statement = self.env["coworking.statement"].search(
                [("space_id", "=", space.id), ("state", "=", "sent")], limit=1
            )
            if not partner or not statement:
                continue
            with self._looking(None) as look:
                look(self._link(statement, "month", partner))
                look(f"/my/coworking/presences/{space.id}")

    def _prepare_signatory(self):
        """Of the agreement that the participant of the demonstration has to sign."""
        file = self.env.ref("coworking_incubation.coworking_participant_current_08")
        hosting = self.env["coworking.hosting"].search([("participant_id", "=", file.id)])
        hosting.filtered(lambda row: row.state == "draft").action_send()
        return hosting.signatory_ids.filtered(lambda row: row.role == "participant")

    def test_pages_of_a_participant(self):
        file = self.env.ref("coworking_incubation.coworking_participant_current_08")
        signatory = self._prepare_signatory()
        seat, day = file.current_seat_id, fields.Date.today() - timedelta(days=1)
        unsigned = seat.presence_ids.filtered(lambda row: row.date == day)[:1]
        unsigned = unsigned or unsigned.create({"seat_id": seat.id, "date": day, "slot": "am"})
        unsigned.write({"participant_state": False, "participant_signed_at": False})
        with self._looking("participant") as look:
            for page in ("", "/objectives", "/appointments", "/presences", "/documents"):
                look(f"/my/incubation{page}")
            look("/my/incubation/payments")
            look("/my/incubation/rights")
            look(f"/my/agreements/{signatory.id}")
            look(f"/my/agreements/{signatory.id}", f"{READY} && {self._drawn} && {self._opened}")
            look("/my/incubation/presences", form="form[action$='/presences']")

    _drawn = "!!document.querySelector('.o_web_sign_name_and_signature canvas')"
    # the dialog in which one signs
    _opened = """(document.querySelector("#sign.show") ||
        document.querySelector("[data-bs-target='#sign']").click())"""

    def test_a_participant_who_chooses_or_left(self):
        person = self.env["coworking.portal.person"]
        chooser = self.program.participant_ids.filtered(person._may_choose)[:1]
        left = self.program.participant_ids.filtered(lambda file: file.phase == "followup")[:1]
        pages = [(chooser, "/my/incubation/spaces")]
        if left.followup_ids:
            left.followup_ids[:1].write({"state": "pending", "date_due": fields.Date.today()})
            pages.append((left, "/my/incubation/followup"))
        for file, page in pages:
            file.partner_id.lang = "fr_FR"
            with self._looking(None) as look:
                look(self._link(file, "participant", file.partner_id))
                look(page)

    def test_pages_of_links_that_are_over(self):
        with self._looking(None) as look:
            look("/my/coworking/l/over")
            look("/my/coworking/l/over", form="form[action$='/new']")
            look("/incubation/p/1/over")
            look("/incubation/sign/1/over")

    def test_the_page_of_an_adviser(self):
        agency = self.env["res.partner"].create({"name": "Agence Nord", "is_company": True})
        values = {"name": "Laure Roy", "parent_id": agency.id, "email": "laure@example.com"}
        adviser = self.env["res.partner"].create({**values, "lang": "fr_FR"})
        referred = self.program.participant_ids[:2]
        referred.write({"prescriber_id": agency.id, "prescriber_contact_id": adviser.id})
        with self._looking(None) as look:
            look(self._link(adviser, "prescriber", adviser))
            referred[:1].prescriber_agreed = True
            look("/my/referrals")
            look("/my/referrals", form="form[action$='/mails']", mails="0")

    def test_pages_that_staff_look_at_as_another(self):
        file = self.env.ref("coworking_incubation.coworking_participant_current_08")
        space = file.current_seat_id.space_id
        with self._looking("coordination") as look:
            look(f"/my/coworking/preview/{space.id}")
            look("/my/coworking/people")
            look("/my/coworking/coming")
            look(f"/my/incubation/preview/{file.id}")
            look("/my/incubation/documents")

    def test_what_would_run_embed_or_send_elsewhere_is_refused(self):
        with self._looking("participant") as look:
            look("/my/incubation")
            self.assertFalse(self._evaluate(look.browser, INJECT))
            refused = self._evaluate(look.browser, REFUSED)
        self.assertEqual(set(refused), {"script-src-attr", "object-src", "form-action"})

    def test_the_page_on_which_one_signs(self):
        attendance = self.env["coworking.attendance"].search(
            [("state", "=", "present"), ("signed_at", "=", False), ("stop", "<", "2100-01-01")],
            limit=1,
            order="stop desc",
        )
        path = urlsplit(attendance._make_sign_url()).path
        with self._looking(None) as look:
            look(path, f"{READY} && {self._drawn}")

    def _press(self, browser, key, code, text=""):
        kind = {"type": "keyDown" if text else "rawKeyDown", "text": text}
        params = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        browser._websocket_request("Input.dispatchKeyEvent", params={**params, **kind})
        browser._websocket_request("Input.dispatchKeyEvent", params={**params, "type": "keyUp"})

    def _walk(self, browser, path):
        """With the key Tab from the top of a page to its end: all that can be used is passed."""
        self._visit(browser, path, READY)
        there = set(self._evaluate(browser, USABLE))
        passed = set()
        for _step in range(2 * len(there) + 60):
            self._press(browser, "Tab", 9)
            passed.add(self._evaluate(browser, "document.activeElement.dataset.usable || ''"))
            if there <= passed:
                break
        with self.subTest(path=path):
            self.assertTrue(there)
            self.assertEqual(there - passed, set(), "not reached by keys")

    def test_pages_are_walked_and_used_by_keys(self):
        manager = self.env["res.users"].search([("login", "=", "espace")])
        space = self.env["coworking.portal"]._get_spaces(manager.partner_id)[:1]
        month = self.env["coworking.portal.month"]._prepare_months(manager.partner_id)[0]
        with self._browse("espace") as browser:
            self._walk(browser, f"/my/coworking/month/{month['key']}")
            self._walk(browser, "/my/coworking/arrivals")
            self._walk(browser, f"/my/coworking/presences/{space.id}")
            slot = "document.querySelector('main [data-slot]:is(button, .o_cw_slot)')"
            before = self._evaluate(browser, f"{slot}.focus(), {slot}.outerHTML")
            self._press(browser, " ", 32, " ")
            self._wait(browser, f"{slot}.outerHTML !== {json.dumps(before)}")
        signatory = self._prepare_signatory()
        with self._browse("participant") as browser:
            self._walk(browser, "/my/incubation/presences")
            self._walk(browser, f"/my/agreements/{signatory.id}")

    def test_public_pages(self):
        program = self.program
        start = fields.Datetime.now().replace(hour=8, minute=0) + timedelta(days=10)
        meeting, later = (
            self.env["calendar.event"].create(
                {
                    "name": "Information collective",
                    "start": start + timedelta(days=days),
                    "stop": start + timedelta(days=days, hours=2),
                    "coworking_kind": "info_session",
                    "coworking_program_id": program.id,
                    "coworking_public": True,
                    "coworking_capacity": 3,
                    "location": "75 rue Léon Gambetta, Lille",
                }
            )
            for days in (0, 7)
        )
        page = f"/incubation/{meeting.id}"
        attend = self.env["coworking.attendance"].create
        person = attend({"event_id": meeting.id, "name": "Awa Sarr", "email": "awa@example.org"})
        for number in range(3):
            attend({"event_id": later.id, "name": f"A{'b' * number}", "email": "b@example.org"})
        sent = attend(
            {
                "event_id": meeting.id,
                "name": "Zoé Petit",
                "phone": "06 39 98 01 02",
                "adviser_email": "conseil@example.org",
                "registered_by": "prescriber",
            }
        )
        form = "form[action$='/register']"
        with self._looking(None) as look:
            look("/incubation")
            look(page)
            look(f"{page}?by=prescriber")
            wrong = look(page, form=form, name="12", email="x")
            look(page, form=form, name="Camille Martin", email="camille@example.org")
            look(
                f"{page}?by=prescriber",
                form=form,
                name="Paul Roy",
                phone="06 39 98 01 03",
                adviser_email="conseil@example.org",
            )
            own = person._make_personal_path()
            look(own)
            look(own, form="form[action$='/move']", event=later.id)
            look(sent._make_personal_path())
            look(own, form="form[action$='/cancel']")
        self.assertIn("S'inscrire", wrong["title"])
        self.assertEqual(wrong["focus"], "alert")

    def test_with_these_every_page_was_looked_at(self):
        """Run last, by its name. A new page is in none of the others: show it there, in each of
        its states.
        """
        tests = {*unittest.TestLoader().getTestCaseNames(TestAccessibility)}
        if self.asked != tests:
            self.skipTest("with all tests of this class only")
        pages = {rule.endpoint for rule in self.pages.iter_rules()}
        self.assertGreater(len(pages), 25)
        self.assertEqual(pages - self.looked_at, set())
