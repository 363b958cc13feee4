"""The same person typed twice: seen before, and a refusal leads to the other file."""

from lxml.html import fromstring

from odoo.exceptions import ValidationError
from odoo.tests import Form

from odoo.addons.coworking_incubation.tools import ErrorWithLink

from .common import PathwayCase


class TestSimilar(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls._new_participant(
            "Zoé Martin-Dupuis", phone="+33 6 55 43 21 98", email="zoe@example.com"
        )

    def _type(self, user=None, **values):
        """What the form that a card is added with shows, as links: list of (text, address)."""
        form = Form(
            self.env["coworking.participant"].with_user(user or self.accompanist),
            "coworking_incubation.coworking_participant_view_form_quick_create",
        )
        form.program_id = self.program
        form.partner_name = values.pop("partner_name", "Somebody")
        for name, value in values.items():
            form[name] = value
        html = form.similar_html
        return [(a.text, a.get("href")) for a in fromstring(html).iter("a")] if html else []

    def test_who_resembles_is_shown_with_a_link_to_the_file(self):
        link = [("Zoé Martin-Dupuis", f"/odoo/incubation-participants/{self.known.id}")]
        for values in (
            {"partner_name": "MARTIN DUPUIS Zoe"},
            {"partner_name": "zoë dupuis martin"},
            {"phone": "0655432198"},
        ):
            with self.subTest(values=values):
                self.assertEqual(self._type(**values), link)

    def test_who_does_not_is_not(self):
        for values in (
            {"partner_name": "Zoé Martin"},
            {"partner_name": "Zou Mirtin Dipuis"},
            {"partner_name": "Somebody", "phone": "06 55 43 21 99"},
        ):
            with self.subTest(values=values):
                self.assertFalse(self._type(**values))

    def test_an_e_mail_is_recognised_too(self):
        similar = self.env["res.partner"]._coworking_find_similar(
            "Somebody", "Zoe@Example.com", False
        )
        self.assertEqual(similar, self.known.partner_id)

    def test_a_contact_without_a_file_that_one_may_see_is_shown_as_a_contact(self):
        contact = self.env["res.partner"].create({"name": "Noor Ölgun", "phone": "0320000001"})
        self.assertEqual(
            self._type(partner_name="OLGUN Noor"), [("Noor Ölgun", f"/odoo/contacts/{contact.id}")]
        )
        partner = self.known.partner_id
        self.assertEqual(
            self._type(self.other_accompanist, partner_name="zoe martin dupuis"),
            [("Zoé Martin-Dupuis", f"/odoo/contacts/{partner.id}")],
        )

    def test_a_file_that_exists_shows_nothing(self):
        twin = self._new_participant("Zoé Martin-Dupuis")
        self.assertFalse(twin.similar_html)

    def test_a_second_open_file_is_refused_with_the_way_to_the_first(self):
        values = {"partner_id": self.known.partner_id.id, "program_id": self.program.id}
        with self.assertRaises(ValidationError) as caught:
            self.env["coworking.participant"].with_user(self.accompanist).create(values)
        message, action, button, __ = caught.exception.args
        self.assertIn("Zoé Martin-Dupuis already has an open file in program Test 2015", message)
        self.assertIn("at stage Orientation", message)
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("coworking.participant", self.known.id)
        )
        self.assertTrue(button)

    def test_who_may_not_see_the_other_file_is_told_without_a_link(self):
        other = self._new_program("Other", "OTH", accompanist_ids=self.other_accompanist.ids)
        theirs = self._new_participant("Noor", other, user_id=self.other_accompanist.id)
        with self.assertRaises(ValidationError) as caught:
            self.env["coworking.participant"].with_user(self.accompanist).create(
                {"partner_id": theirs.partner_id.id, "program_id": other.id}
            )
        self.assertIn("Noor already has an open file", str(caught.exception))
        self.assertNotIsInstance(caught.exception, ErrorWithLink)
