"""Who follows a link of a mail to what is gone, or not for them, is told so in their language."""

from odoo.tests import HttpCase

from ..common import CoworkingCase


class TestLinksOfMails(CoworkingCase, HttpCase):
    def _follow(self, model, number):
        return self.url_open(f"/mail/view?model={model}&res_id={number}", allow_redirects=False)

    def test_staff_are_told_that_it_is_gone_or_not_theirs(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.accompanist.lang = "fr_FR"
        file = self._new_participant("Camille")
        statement = self.env["coworking.statement"].create(
            {
                "program_id": self.program.id,
                "space_id": self.space.id,
                "date_from": "2015-06-01",
            }
        )
        self.authenticate("t_accompanist", "t_accompanist")
        for model, number in (
            ("coworking.participant", file.id + 999),
            ("coworking.statement", statement.id),
        ):
            with self.subTest(model=model):
                answer = self._follow(model, number)
                self.assertEqual(answer.status_code, 404)
                self.assertIn("Ce lien ne mène plus nulle part", answer.text)
                self.assertNotIn("Camille", answer.text)
        self.assertIn(
            "coworking.participant", self._follow(file._name, file.id).headers["Location"]
        )

    def test_others_are_led_on_as_by_odoo(self):
        """A visitor logs in first; what is none of ours is Odoo's."""
        self.assertIn(
            "/web/login", self._follow("coworking.participant", 99999999).headers["Location"]
        )
        self.authenticate("t_accompanist", "t_accompanist")
        self.assertIn("discuss", self._follow("res.partner", 99999999).headers["Location"])
