"""On a telephone, as the public, in French: a full meeting, the waiting list, then a place."""

import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..agenda.common import AgendaCase
from .common import BrowserCase
from .test_journeys import JourneyCase

# Filled in as a finger would, then sent by its button; the page is as wide as the screen.
FILL = """
(async () => {
    const fail = (text) => { throw new Error(text); };
    if (document.documentElement.scrollWidth > window.innerWidth) { fail("wider than the screen"); }
    const type = (name, text) => { document.querySelector(`[name="${name}"]`).value = text; };
    %s
    document.querySelectorAll("main details").forEach((node) => { node.open = true; });
    const button = [...document.querySelectorAll("main button, main a.btn")]
        .find((node) => node.textContent.trim() === "%s");
    if (!button) { fail("no button in " + document.querySelector("main").innerText); }
    if (button.getBoundingClientRect().height < 40) { fail("too small for a thumb"); }
    // What the button sends, without leaving the page that runs this test.
    const form = button.form;
    const body = form && new URLSearchParams(new FormData(form));
    const answer = await (form ? fetch(form.action, { method: "POST", body }) : fetch(button.href));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const text = page.querySelector("main").textContent;
    if (!answer.ok || !text.includes("%s")) { fail(`${answer.status} ${text}`); }
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestRegistrationOnATelephone(JourneyCase, AgendaCase, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.default"].set("res.partner", "lang", "fr_FR")
        cls._open_meetings(cls.meeting)
        cls.meeting.coworking_capacity = 1
        cls.first = cls._attend(
            name="Awa Sarr",
            email="awa@example.org",
            registered_by="public",
            confirmed_at=fields.Datetime.now() - timedelta(hours=1),
        )

    def _press(self, path, button, answer, **typed):
        lines = "".join(f'type("{name}", "{text}");' for name, text in typed.items())
        self._run(path, FILL % (lines, button, answer))

    def _mails(self, email):
        self.env.invalidate_all()
        return self.env["mail.mail"].search([("email_to", "=", email)], order="id")

    def _link(self, email):
        return re.search(r"/incubation/p/\d+/[\w-]+", self._mails(email)[-1].body_html)[0]

    def test_full_then_waiting_then_moved_up(self):
        form = f"/incubation/{self.meeting.id}"
        self._read("/incubation", "Complet : liste d'attente")
        join = "Rejoindre la liste d'attente"
        self._press("/incubation", join, "Vos prénom et nom")
        typed = {"name": "Camille Martin", "email": "camille@example.org"}
        self._press(form, join, "regardez vos messages", **typed)
        camille = self.meeting.coworking_attendance_ids - self.first
        self.assertEqual(camille.state, "waiting")
        own = self._link("camille@example.org")
        self._press(own, "Je confirme mon inscription", "Vous êtes sur liste d'attente")
        self._press(
            self.first._make_personal_path(),
            "Oui, annuler l'inscription",
            "Vous avez annulé votre inscription",
        )
        self.assertIn("Une place s'est libérée", self._mails("camille@example.org")[-1].subject)
        self._read(own, "Nous vous attendons")
        self.env.invalidate_all()
        self.assertEqual((self.first.state, camille.state), ("cancelled", "expected"))
        self.assertEqual(set(self._mails("camille@example.org").mapped("state")), {"outgoing"})
