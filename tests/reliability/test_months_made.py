"""Of what marks a seat whose months are made and what has one go, the later begins again."""

from psycopg2.errors import SerializationFailure

from .common import RaceCase


class TestMonthsMade(RaceCase):
    """Two people who were there in June, which has a statement."""

    def setUp(self):
        super().setUp()
        self.statement_ids = self.statement()

    def _close(self, env):
        env["coworking.seat"]._gc_made_until()

    def _cancel(self, env):
        env["coworking.statement"].browse(self.statement_ids).action_cancel()
        env.flush_all()

    def _count_made(self):
        with self.transaction() as env:
            env.cr.execute(
                "SELECT COUNT(made_until) FROM coworking_seat WHERE program_id IN %s",
                [tuple(self.ids["program"])],
            )
            return env.cr.fetchone()[0]

    def test_who_marks_after_a_month_went_unseen_begins_again(self):
        with self.transaction() as closing:
            self.look(closing)
            with self.commit() as env:
                self._cancel(env)
            with self.assertRaises(SerializationFailure):
                self._close(closing)
        with self.commit() as env:
            self._close(env)
        self.assertEqual(self._count_made(), 0)

    def test_who_cancels_a_month_whose_seats_were_marked_meanwhile_begins_again(self):
        with self.transaction() as cancelling:
            self.look(cancelling)
            with self.commit() as env:
                self._close(env)
            with self.assertRaises(SerializationFailure):
                self._cancel(cancelling)
        self.assertEqual(self._count_made(), 2)
        with self.commit() as env:
            self._cancel(env)
        self.assertEqual(self._count_made(), 0)

    def test_a_seat_that_somebody_is_at_is_left_and_the_others_are_marked(self):
        with self.transaction() as changing:
            changing.cr.execute(
                "UPDATE coworking_seat SET notice_date = '2015-06-10' WHERE participant_id = %s",
                [self.ids["people"][0]],
            )
            with self.commit() as env:
                self._close(env)
            self.assertEqual(self._count_made(), 1)
