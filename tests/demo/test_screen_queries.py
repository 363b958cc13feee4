"""Every screen and page asks PostgreSQL as often with five years of history and some hundred files
more as with the demonstration alone: what is shown is read, not what is kept.
"""

from screens import SCREENS, Page, get_month
from screens_dataset import Copier, make_room

from odoo.tests import HttpCase, tagged

# Records are read by the thousand: one read more is not one a record.
SLACK = 3


@tagged("post_install", "-at_install")
class TestScreenQueries(HttpCase):
    def _count(self):
        """Queries of each screen: dict of (name, login)."""
        self.month = get_month(self.env)
        self.session_of = None
        return {
            (name, login): self._count_one(login, question) for name, login, question, __ in SCREENS
        }

    def _count_one(self, login, question):
        if isinstance(question, Page):
            if self.session_of != login:
                self.authenticate(login, login)
                self.session_of = login
            return self._count_page(question.path.format(month=self.month))
        user = self.env["res.users"].search([("login", "=", login)])
        context = {"lang": user.lang, "tz": user.tz, "allowed_company_ids": user.company_ids.ids}
        for _turn in ("warm", "counted"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            question(self.env(user=user, context=context))
        return self.cr.sql_log_count - before

    def _count_page(self, path):
        for _turn in ("warm", "counted"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self.url_open(path).status_code, 200)
        return self.cr.sql_log_count - before

    def test_no_screen_counts_the_records_or_the_months(self):
        make_room(self.env)
        few = self._count()
        Copier(self.env, 1).copy(0, 0)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertGreater(self.env["coworking.participant"].search_count([]), 200)
        many = self._count()
        for screen, queries in many.items():
            with self.subTest(screen=screen):
                self.assertLessEqual(queries, few[screen] + SLACK)
