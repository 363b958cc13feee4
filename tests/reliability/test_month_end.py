"""Two accountants who enter the same month end at the same moment."""

from psycopg2.errors import SerializationFailure

from .common import RaceCase


class TestMonthEnd(RaceCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self._remove_entries)

    def _remove_entries(self):
        with self.commit() as env:
            self._get_entries(env).unlink()

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
