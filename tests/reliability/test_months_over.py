"""Of what closes a statement and what opens it again at once, the later begins again."""

from psycopg2.errors import SerializationFailure

from .common import JUNE, RaceCase


class TestMonthsOver(RaceCase):
    """A confirmed statement of nothing, which is over as soon as somebody looks."""

    def setUp(self):
        super().setUp()
        self.statement_id = self._make_statement("large")

    def _make_statement(self, space):
        with self.commit() as env:
            statement = env["coworking.statement"].create(
                {
                    "program_id": self.record(env, "program").id,
                    "space_id": self.record(env, space).id,
                    "date_from": JUNE,
                }
            )
            env.flush_all()
            env.cr.execute(
                "UPDATE coworking_statement SET state = 'confirmed' WHERE id = %s", [statement.id]
            )
        return statement.id

    def _close(self, env):
        env["coworking.statement"]._gc_over_since()

    def _change(self, env):
        """Something else than the statement, which it follows from."""
        env.cr.execute(
            "UPDATE coworking_program SET copayment_collector ="
            " CASE copayment_collector WHEN 'space' THEN 'program' ELSE 'space' END WHERE id = %s",
            [self.record(env, "program").id],
        )

    def _is_over(self, statement_id=None):
        with self.transaction() as env:
            env.cr.execute(
                "SELECT over_since IS NOT NULL FROM coworking_statement WHERE id = %s",
                [statement_id or self.statement_id],
            )
            return env.cr.fetchone()[0]

    def test_who_closes_after_a_change_that_it_did_not_see_begins_again(self):
        with self.transaction() as closing:
            self.look(closing)
            with self.commit() as env:
                self._change(env)
            with self.assertRaises(SerializationFailure):
                self._close(closing)
        self.assertFalse(self._is_over())
        with self.commit() as env:
            self._close(env)
        self.assertTrue(self._is_over())

    def test_who_changes_what_was_closed_meanwhile_begins_again(self):
        with self.transaction() as changing:
            self.look(changing)
            with self.commit() as env:
                self._close(env)
            with self.assertRaises(SerializationFailure):
                self._change(changing)
        self.assertTrue(self._is_over())
        with self.commit() as env:
            self._change(env)
        self.assertFalse(self._is_over())

    def test_what_somebody_is_at_is_left_and_the_others_are_closed(self):
        other_id = self._make_statement("small")
        with self.transaction() as changing:
            changing.cr.execute(
                "UPDATE coworking_statement SET over_since = NULL WHERE id = %s",
                [self.statement_id],
            )
            with self.commit() as env:
                self._close(env)
            self.assertTrue(self._is_over(other_id))
            self.assertFalse(self._is_over())
