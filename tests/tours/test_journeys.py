"""On a telephone, in French, from one message to the next: whole ways, with their taps counted."""

import re

from odoo.tests import freeze_time, tagged

from ..agenda.common import AgendaCase
from ..common import d
from .common import BrowserCase, TourCase

READY = "document.readyState === 'complete' && !!document.querySelector('main')"
READ = """
(() => {
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("wider than the screen");
    }
    const text = document.querySelector("main").innerText.replaceAll("\\u00a0", " ");
    if (!text.includes("%s")) { throw new Error(text); }
    console.log("test successful");
})();
"""
LINK = r"/(?:incubation/p/\d+|my/coworking/l)/[\w-]+"


class JourneyCase:
    """Who has no account, and only what is in their mailbox."""

    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def _open_meetings(cls, event):
        cls.env.ref("base.public_user").partner_id.lang = "fr_FR"
        cls.env["ir.config_parameter"].set_param(
            "coworking_incubation.registration_min_seconds", "0"
        )
        # those of the demonstration would be on the page too
        cls.env["calendar.event"].search([("coworking_public", "=", True)]).coworking_public = False
        event.coworking_public = True

    def _go(self, tour, path):
        self.start_tour(path, f"coworking_incubation_{tour}", login=None)
        self.env.invalidate_all()

    def _run(self, path, script):
        self.browser_js(path, script, login=None, ready=READY)
        self.env.invalidate_all()

    def _read(self, path, words):
        """The page says these words, and is as wide as the screen."""
        self._run(path, READ % words)

    def _links(self, email):
        mails = self.env["mail.mail"].search([("email_to", "ilike", email)], order="id")
        return [re.search(LINK, mail.body_html)[0] for mail in mails]


@tagged("post_install", "-at_install")
class TestAdviser(JourneyCase, AgendaCase, BrowserCase):
    def test_an_adviser_registers_two_people_in_eleven_taps(self):
        self._open_meetings(self.meeting)
        self._go("adviser_registers_two", "/incubation")
        self.assertEqual(
            self.meeting.coworking_attendance_ids.sorted("id").mapped("name"),
            ["Zoé Petit", "Paul Roy"],
        )
        first, second = self._links("conseil@example.org")
        self._go("adviser_confirms", first)
        zoe, paul = self.meeting.coworking_attendance_ids.sorted("id")
        self.assertTrue(zoe.confirmed_at)
        self.assertFalse(paul.confirmed_at)


@freeze_time("2015-06-01 09:00:00", tick=True)
class TestParticipant(JourneyCase, TourCase):
    def test_from_the_registration_to_the_signed_month_in_fourteen_taps(self):
        """Four to register, two to confirm, seven to sign, and one for each link but the first."""
        self.env["ir.default"].set("res.partner", "lang", "fr_FR")
        meeting = self.env["calendar.event"].create(
            {
                "name": "Information collective",
                "start": "2015-06-04 08:00:00",
                "stop": "2015-06-04 10:00:00",
                "coworking_kind": "info_session",
                "coworking_program_id": self.program.id,
                "coworking_capacity": 5,
            }
        )
        self._open_meetings(meeting)
        self._go("person_registers", "/incubation")
        (link,) = self._links("ines@example.org")
        self._go("person_confirms", link)
        registration = meeting.coworking_attendance_ids
        self.assertTrue(registration.confirmed_at)
        with freeze_time("2015-06-04 12:00:00", tick=True):
            registration.with_user(self.accompanist).action_present()
            registration.with_user(self.accompanist).action_create_participant()
        person = registration.participant_id
        person.user_id = self.accompanist
        person.partner_id.lang = "fr_FR"
        person.with_user(self.coordinator).write(
            {
                "stage_id": self.stages["incubation"].id,
                "date_entry": "2015-06-08",
                "move_reason": "Reprise",
            }
        )
        seat = self._new_seat("8/6", "7/12", person, state="active")
        with freeze_time("2015-06-30 09:00:00", tick=True):
            rows = self._new_presences(seat, "29/6", "30/6")
        with freeze_time("2015-07-02 09:00:00", tick=True):
            self._settle(d("1/6"))
            with self.enter_registry_test_mode():
                self.env.ref("coworking_incubation.ir_cron_ask_to_sign").method_direct_trigger()
            self.env.invalidate_all()
            self._go("person_signs", self._links("ines@example.org")[-1])
        self.assertEqual(set(rows.mapped("participant_state")), {"present"})
        self.assertEqual(set(rows.mapped("participant_source")), {"link"})
        self.assertFalse(rows.filtered("to_settle"))
