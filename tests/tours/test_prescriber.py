"""On a telephone, as an adviser without an account, in French: refer somebody, hear of them."""

from urllib.parse import urlsplit

from odoo.tests import Form, tagged

from ..agenda.common import AgendaCase
from .common import BrowserCase
from .test_journeys import JourneyCase

# From the page to the form of the first meeting, filled in as a finger would, and sent.
REFER = """
(async () => {
    const fail = (text) => { throw new Error(text); };
    const parse = async (answer) =>
        new DOMParser().parseFromString(await answer.text(), "text/html");
    if (document.documentElement.scrollWidth > window.innerWidth) { fail("wider than the screen"); }
    const button = [...document.querySelectorAll("main a.btn")]
        .find((node) => node.textContent.trim() === "Orienter quelqu'un");
    if (!button) { fail(document.querySelector("main").innerText); }
    if (button.getBoundingClientRect().height < 40) { fail("too small for a thumb"); }
    const page = await parse(await fetch(button.href));
    const form = page.querySelector("main form[method='post']");
    form.elements.name.value = "%(name)s";
    form.elements.phone.value = "06 39 98 01 02";
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    const text = (await parse(answer)).querySelector("main").textContent;
    if (!answer.ok || !text.includes("%(answer)s")) { fail(`${answer.status} ${text}`); }
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestAdviserOnATelephone(JourneyCase, AgendaCase, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._open_meetings(cls.meeting)
        agency = cls.env["res.partner"].create({"name": "Agence Nord", "is_company": True})
        cls.adviser = cls.env["res.partner"].create(
            {
                "name": "Laure Roy",
                "parent_id": agency.id,
                "email": "laure@example.com",
                "lang": "fr_FR",
            }
        )
        # whoever referred somebody before
        cls._new_participant("Ana", prescriber_id=agency.id, prescriber_contact_id=cls.adviser.id)

    def _make_path(self):
        link = self.env["coworking.portal.link"]
        return urlsplit(link._make_url(self.adviser, "prescriber", self.adviser)).path

    def test_from_the_referral_to_the_news_of_the_decision(self):
        self._read(self._make_path(), "Personne à suivre pour l'instant")
        self._run(self._make_path(), REFER % {"name": "Zoé Petit", "answer": "Retour à ma page"})
        self._read(self._make_path(), "Zoé Petit")
        row = self.meeting.coworking_attendance_ids.with_user(self.accompanist)
        self.assertEqual((row.name, row.prescriber_name), ("Zoé Petit", "Agence Nord"))
        row.state = "expected"
        row.action_create_participant()
        with Form(row.participant_id) as form:
            self.assertEqual(form.prescriber_contact_id, self.adviser)
            form.prescriber_agreed = True
        row.participant_id.selection_result = "waiting"
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_tell_news").method_direct_trigger()
        mail = self.env["mail.mail"].search([("email_to", "ilike", "laure@example.com")])[:1]
        self.assertIn("Nouvelles des personnes que vous avez orientées", mail.subject)
        self.assertNotIn("Zoé", mail.body_html)
        self._read(self._make_path(), "Décision : liste d'attente")
