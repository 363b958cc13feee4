"""Two accountants who enter the same month end at the same moment."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError

from .common import RaceCase


class TestMonthEnd(RaceCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self._remove_entries)

    def _remove_entries(self):
        with self.commit() as env:
            entries = self._get_entries(env)
            entries.filtered(lambda move: move.state != "draft").button_draft()
            entries.with_context(force_delete=True).unlink()

    def _get_entries(self, env):
        return env["account.move"].search([("coworking_program_id", "in", self.ids["program"])])

    def _enter(self, env):
        month_end = env["coworking.month.end"].create(
            {
                "date": "2015-06-30",
                "company_id": env.ref("base.main_company").id,
                "program_ids": self.ids["program"],
            }
        )
        return month_end.action_create_entries()

    def test_what_two_enter_at_once_is_entered_once(self):
        self.statement("action_confirm")
        with self.transaction() as second:
            self.look(second)
            with self.commit() as first:
                self._enter(first)
            with self.assertRaises(SerializationFailure):  # Odoo begins again
                self._enter(second)
        with self.commit() as again:
            self._enter(again)
            (entry,) = self._get_entries(again)
            of_seats = entry.line_ids.filtered("coworking_seat_id").mapped("balance")
            self.assertEqual(sorted(of_seats), [-36.0, -36.0, 180.0, 180.0])

    def test_of_two_who_post_the_same_drafts_one_posts_them_and_the_other_is_told(self):
        self.statement("action_confirm")
        with self.commit() as env:
            self._enter(env)
        with self.transaction() as second:
            self.look(second)
            with self.commit() as first:
                self._get_entries(first).action_post()
            with self.assertRaises(SerializationFailure):  # Odoo begins again
                self._get_entries(second).action_post()
        with self.transaction() as again, self.assertRaisesRegex(UserError, "must be in draft"):
            self._get_entries(again).action_post()
        self._check_posted_once()

    def test_of_two_drafts_of_the_same_one_alone_is_posted_though_two_post_at_once(self):
        """One was given up, and taken up again after another was made in its place."""
        self.statement("action_confirm")
        with self.commit() as env:
            self._enter(env)
            given_up = self._get_entries(env)
            given_up.button_cancel()
            self._enter(env)
            given_up.button_draft()
            ids = self._get_entries(env).ids
        with self.transaction() as second:
            self.look(second)
            with self.commit() as first:
                first["account.move"].browse(ids[0]).action_post()
            with self.assertRaises(SerializationFailure):
                second["account.move"].browse(ids[1]).action_post()
        with self.transaction() as again, self.assertRaisesRegex(UserError, "has changed since"):
            again["account.move"].browse(ids[1]).action_post()
        self._check_posted_once()

    def _check_posted_once(self):
        with self.transaction() as env:
            posted = self._get_entries(env).filtered(lambda move: move.state == "posted")
            moves = posted | posted.reversal_move_ids
            self.assertEqual(moves.mapped("state"), ["posted"] * 2)
