"""Every screen and page asks PostgreSQL as often with some hundred files and nine spaces more, and
their five years of history: what is shown is read, not what is kept.
"""

from screens import SCREENS, STAFF, Page, find_every, get_month
from screens_dataset import Copier, make_room

from odoo.tests import HttpCase, tagged

# Records are read by the thousand: one read more is not one a record.
SLACK = 3
# Its lines are written when it opens, some of them with each query.
EXCEPTED = {"month end"}


@tagged("post_install", "-at_install")
class TestScreenQueries(HttpCase):
    def _count(self):
        """Queries of each screen: dict of (name, login)."""
        self.month = get_month(self.env)
        self.session_of = None
        every = {row[0]: row for login in STAFF for row in find_every(self.env, login)}
        return {
            (name, login): self._count_one(login, question)
            for name, login, question, __ in (*SCREENS, *every.values())
            if name not in EXCEPTED
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
        copier = Copier(self.env, 2)
        counted = []
        for group in range(2):  # in the demonstration itself some lists show nothing yet
            copier.copy(group, group)
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            counted.append(self._count())
        few, many = counted
        self.assertGreater(self.env["coworking.participant"].search_count([]), 450)
        for screen, queries in many.items():
            with self.subTest(screen=screen):
                self.assertLessEqual(queries, few[screen] + SLACK)
