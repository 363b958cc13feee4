"""The pictures of ``docs/images`` that are taken from the demonstration in French::

DOCS_SCREENSHOTS=docs/images scripts/test tests/tours/test_pictures.py

The others (``first_day*``, ``presence_grid``, ``take-over*``) by the tours so named, which leave in
that folder no picture that no guide shows; those of the funders' half by the tours of its tests.
What they show is in ``pictures.py``.
"""

import tempfile
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from . import pictures
from .common import PICTURES, BrowserCase
from .pictures import CATALOGUE, IMAGES, SCREENS, find_old, fingerprint, is_kept

# name, login, page, what tells that the page is there
DESK = (
    ("board", "coordination", "/odoo/incubation", ".o_kanban_record"),
    ("todo", "accompagnement", "/odoo/incubation-todo", ".o_data_row"),
    ("file", "accompagnement", "/odoo/incubation-participants/%(file)s", ".o-mail-Message"),
    ("month", "comptabilite", "/odoo/incubation-matching", ".o_data_row"),
    ("to-handle", "comptabilite", "/odoo/incubation-to-handle", ".o_data_row"),
    ("pilotage", "coordination", "/odoo/incubation-pilotage", ".o_tile_chart canvas"),
    ("settings", "admin", "/odoo/incubation-settings", ".o_setting_container"),
    ("statement", "comptabilite", "/odoo/incubation-statements/%(statement)s", ".o_data_row"),
)
TELEPHONE = (
    ("meetings", None, "/incubation", "main h1"),
    ("participant", None, "%(person)s", "main h1"),
    ("referrals", None, "%(adviser)s", "main h1"),
    ("referral_form", None, "/incubation/%(meeting)s?by=prescriber", "main form"),
    ("manager_month", None, "%(month)s", ".o_cw_confirm"),
    ("manager_presences", "espace", "/my/coworking/presences/%(space)s", "button.o_cw_slot"),
)


@tagged("post_install", "-at_install")
class TestPicturesAreTrue(TransactionCase):
    def test_each_picture_says_what_it_shows(self):
        self.assertEqual({path.stem for path in IMAGES.glob("*.png")}, set(SCREENS))

    def test_no_picture_is_older_than_its_screen(self):
        self.assertEqual(
            find_old(self.env), [], "take them anew: see the head of this file, and look at them"
        )

    def test_what_is_drawn_makes_a_picture_old_and_a_comment_does_not(self):
        names = ("take-over", "todo", "meetings", "board")
        before = {name: fingerprint(self.env, name) for name in names}
        for view, old, new in (
            ("registration_layout", '<div id="wrap"', '<p>More</p><div id="wrap"'),
            ("coworking_participant_view_list_todo", 'width="170px"', 'width="270px"'),
            ("coworking_participant_view_kanban", "<templates>", "<!-- Why -->\n<templates>"),
        ):
            view = self.env.ref(f"coworking_incubation.{view}")
            self.assertEqual(view.arch_db.count(old), 1)
            view.arch_db = view.arch_db.replace(old, new)
        changed = [name for name in names if fingerprint(self.env, name) != before[name]]
        self.assertEqual(changed, ["todo", "meetings"])

    def test_another_word_in_french_makes_a_picture_old(self):
        before = {name: fingerprint(self.env, name) for name in SCREENS}
        text = CATALOGUE.read_text()
        for words, names in (
            ("D'ici à la première facture", ["first_day"]),  # of its template
            ("Qui travaille ici", ["first_day"]),  # said by Python
            ("annuler", ["presence_grid"]),  # said by its script
        ):
            with self.subTest(words=words), tempfile.TemporaryDirectory() as folder:
                self.assertIn(f'msgstr "{words}"', text)
                other = Path(folder) / "fr.po"
                other.write_text(text.replace(f'msgstr "{words}"', 'msgstr "Autrement"'))
                with patch.object(pictures, "CATALOGUE", other):
                    changed = [
                        name for name in SCREENS if before[name] != fingerprint(self.env, name)
                    ]
                self.assertEqual(changed, names)

    def test_another_name_of_a_choice_makes_a_picture_old(self):
        before = fingerprint(self.env, "statement")
        field = self.env["ir.model.fields"]._get("coworking.statement", "state")
        field.selection_ids[:1].with_context(lang="fr_FR").name = "Autrement"
        self.assertNotEqual(fingerprint(self.env, "statement"), before)

    def test_pictures_that_no_guide_shows_are_not_put_among_theirs(self):
        self.assertTrue(is_kept("board", IMAGES))
        self.assertFalse(is_kept("first_day_bill", IMAGES))
        self.assertTrue(is_kept("first_day_bill", "/elsewhere"))


if PICTURES:

    class TestPictures(BrowserCase):
        def _link(self, record, purpose, partner):
            url = self.env["coworking.portal.link"]._make_url(record, purpose, partner)
            return urlsplit(url).path

        def _take(self, pages, ids):
            for name, login, page, shown in pages:
                self.browser_js(
                    page % ids,
                    f"takePicture('{name}', 'body').then(() => console.log('test successful'))",
                    f"!!document.querySelector('{shown}')",
                    login=login,
                )

        def test_the_pages_of_the_demonstration(self):
            program = self.env.ref("coworking_incubation.coworking_program_current")
            person = self.env.ref("coworking_incubation.coworking_participant_current_08")
            adviser = self.env.ref("coworking_incubation.res_partner_france_travail_adviser")
            space = person.current_seat_id.space_id
            Statement = self.env["coworking.statement"]
            month = fields.Date.today().replace(day=1)
            bills = Statement.search(
                [("program_id", "=", program.id), ("date_from", "<", month)]
            ).filtered("gap_amount")
            self.env.ref("base.public_user").partner_id.lang = "fr_FR"
            asked = Statement.search([("space_id", "=", space.id), ("state", "=", "sent")], limit=1)
            if not asked:
                asked = Statement._generate(program, month - relativedelta(months=1))
                asked = asked.filtered(lambda row: row.space_id == space and row.state == "draft")
                asked.action_send()
            ids = {
                "file": person.id,
                "space": space.id,
                "statement": max(bills, key=lambda row: abs(row.gap_amount)).id,
                "month": self._link(asked, "month", space.manager_ids[:1]),
                "person": self._link(person, "participant", person.partner_id),
                "adviser": self._link(adviser, "prescriber", adviser),
                "meeting": self.env["calendar.event"]._coworking_public_events(limit=1).id,
            }
            self._take(DESK, ids)
            self.browser_size, self.touch_enabled = "390x844", True
            self._take(TELEPHONE, ids)
