"""The chain of the audit trail: sealed after the fact, and broken by whatever goes past it.

What is committed here can never be removed again: the trail of the test database grows.
"""

import contextlib
import csv
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from ..reliability.common import RaceCase


@tagged("post_install", "-at_install")
class ChainCase(TransactionCase):
    """A chain of ten rows, within the transaction of the test."""

    def setUp(self):
        super().setUp()
        self.audit = self.env["coworking.audit"]
        self.audit._seal(1_000_000)
        self.start = self.audit._get_head()[0]
        for number in range(10):
            self.audit._record("exported", self.env["coworking.charge"], number=number)
        self.assertEqual(self.audit._seal(1_000_000), 10)

    def _corrupt(self, query, *params):
        """As a superuser of the database, with every trigger asleep."""
        cr = self.env.cr
        cr.execute("ALTER TABLE coworking_audit DISABLE TRIGGER USER")
        cr.execute(query, params)
        cr.execute("ALTER TABLE coworking_audit ENABLE TRIGGER USER")

    def assertBroken(self, what, number, known=None):
        report = self.audit._verify_chain(known)
        self.assertEqual((report.broken, report.broken_position), (what, self.start + number))


class TestChain(ChainCase):
    def test_a_chain_that_nobody_touched_is_whole(self):
        report = self.audit._verify_chain()
        self.assertIsNone(report.broken)
        self.assertEqual((report.sealed, report.unsealed), (self.start + 10, 0))
        self.assertEqual(report.position, self.start + 10)
        self.audit._record("exported", self.env["coworking.charge"])
        report = self.audit._verify_chain()
        self.assertEqual((report.broken, report.unsealed), (None, 1))
        self.assertTrue(report.waits_since)

    def test_it_begins_on_the_day_of_the_addon_or_of_its_update(self):
        first = self.audit.search([("position", "=", 1)])
        self.assertEqual((first.action, first.res_model), ("started", "coworking.audit"))
        with patch.object(self.registry, "post_init"):
            self.audit.init()
        self.assertEqual(self.audit.search_count([("action", "=", "started")]), 1)

    def test_a_row_that_is_edited(self):
        for change in (
            "user_id = 2",
            "changes = '{\"number\": 7}'",
            "date = date - interval '1 day'",
            "res_id = 1",
            "is_outside = true",
            "company_id = 1",
        ):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self._corrupt(
                    f"UPDATE coworking_audit SET {change} WHERE position = %s", self.start + 4
                )
                self.assertBroken("changed", 4)
                savepoint.rollback()

    def test_a_row_that_is_edited_and_hashed_anew(self):
        self._corrupt(
            """UPDATE coworking_audit audit SET user_id = 2 WHERE position = %s""", self.start + 4
        )
        self._corrupt(
            """UPDATE coworking_audit audit
                  SET hash = coworking_audit_hash(
                      (SELECT hash FROM coworking_audit WHERE position = audit.position - 1),
                      audit, position)
                WHERE position = %s""",
            self.start + 4,
        )
        self.assertBroken("changed", 5)

    def test_a_row_that_is_deleted(self):
        self._corrupt("DELETE FROM coworking_audit WHERE position = %s", self.start + 4)
        self.assertBroken("missing", 5)

    def test_a_row_that_is_deleted_and_the_others_moved_up(self):
        self._corrupt("DELETE FROM coworking_audit WHERE position = %s", self.start + 4)
        for number in range(5, 11):
            self._corrupt(
                "UPDATE coworking_audit SET position = position - 1 WHERE position = %s",
                self.start + number,
            )
        self.assertBroken("changed", 4)

    def test_two_rows_that_are_swapped(self):
        for before, after in ((4, -4), (7, 4), (-4, 7)):
            self._corrupt(
                "UPDATE coworking_audit SET position = %s WHERE position = %s",
                after + (self.start if after > 0 else 0),
                before + (self.start if before > 0 else 0),
            )
        self.assertBroken("changed", 4)

    def test_a_row_that_is_put_in_between(self):
        for number in range(10, 4, -1):
            self._corrupt(
                "UPDATE coworking_audit SET position = position + 1 WHERE position = %s",
                self.start + number,
            )
        self._corrupt(
            """INSERT INTO coworking_audit (action, res_model, position, hash)
               VALUES ('made', 'coworking.seat', %s, repeat('a', 64))""",
            self.start + 5,
        )
        self.assertBroken("changed", 5)

    def test_an_end_that_is_cut_off_is_seen_by_who_noted_the_last_row(self):
        known = self.audit._get_head()
        self._corrupt("DELETE FROM coworking_audit WHERE position > %s", self.start + 8)
        self.assertIsNone(self.audit._verify_chain().broken)
        self.assertBroken("unknown", 10, known)

    def test_a_chain_that_is_written_anew_too(self):
        known = self.audit._get_head()
        self.assertIsNone(self.audit._verify_chain(known).broken)
        self._corrupt("UPDATE coworking_audit SET user_id = 2 WHERE position = %s", self.start + 9)
        for number in (9, 10):
            self._corrupt(
                """UPDATE coworking_audit audit
                      SET hash = coworking_audit_hash(
                          (SELECT hash FROM coworking_audit WHERE position = audit.position - 1),
                          audit, position)
                    WHERE position = %s""",
                self.start + number,
            )
        self.assertIsNone(self.audit._verify_chain().broken)
        self.assertBroken("unknown", 10, known)

    def test_another_tool_comes_to_the_same(self):
        """The recipe of the guide, in ten lines and without Odoo."""
        self.audit._record("exported", self.env["coworking.charge"], amounts=[0.1, 1200.0, 3])
        self.audit._seal(10)
        previous = ""
        for position, content, seal in self.audit._get_chain():
            self.assertEqual(
                hashlib.sha256((previous + content).encode()).hexdigest(), seal, position
            )
            self.assertEqual(json.loads(content)["position"], position)
            previous = seal


class TestSealing(RaceCase):
    """With real transactions. What they commit stays in the trail: that is what it is for."""

    def _seal(self):
        with self.commit() as env:
            return env["coworking.audit"]._seal(1_000_000)

    def _record(self, env, number):
        env["coworking.audit"]._record("exported", env["coworking.charge"], number=number)

    def test_transactions_do_not_wait_for_one_another_and_commit_in_any_order(self):
        self._seal()
        with self.transaction() as first, self.transaction() as second:
            self._record(first, 1)
            self._record(second, 2)
            second.cr.commit()
            self.assertEqual(self._seal(), 1)
            first.cr.commit()
        self.assertEqual(self._seal(), 1)
        with self.transaction() as env:
            self.assertIsNone(env["coworking.audit"]._verify_chain().broken)
            env.cr.execute(
                "SELECT changes->>'number' FROM coworking_audit ORDER BY position DESC LIMIT 2"
            )
            self.assertEqual(env.cr.fetchall(), [("1",), ("2",)])

    def test_what_is_rolled_back_leaves_no_row(self):
        self._seal()
        with self.transaction() as env:
            self._record(env, 1)
        self.assertEqual(self._seal(), 0)

    def test_a_kill_while_sealing_leaves_the_rows_for_the_next(self):
        self._seal()
        with self.commit() as env:
            self._record(env, 1)
        killed = self.registry.cursor()
        env = api.Environment(killed, SUPERUSER_ID, {})
        killed.execute("SELECT pg_backend_pid()")
        (pid,) = killed.fetchone()
        self.assertEqual(env["coworking.audit"]._seal(10), 1)
        with self.transaction() as other:
            other.cr.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            report = other["coworking.audit"]._verify_chain()
            self.assertEqual((report.broken, report.unsealed), (None, 1))
        with contextlib.suppress(psycopg2.Error):
            killed.close()
        self.assertEqual(self._seal(), 1)
        with self.transaction() as env:
            self.assertIsNone(env["coworking.audit"]._verify_chain().broken)

    def test_of_two_that_seal_at_once_one_does(self):
        self._seal()
        with self.commit() as env:
            self._record(env, 1)
        with self.transaction() as late, self.transaction() as first:
            self.look(late)
            self.assertEqual(first["coworking.audit"]._seal(10), 1)
            self.assertEqual(late["coworking.audit"]._seal(10), 0, "the lock is held")
            first.cr.commit()
            self.assertEqual(late["coworking.audit"]._seal(10), 0, "it sees a row that is sealed")
        self.assertEqual(self._seal(), 0)
        with self.transaction() as env:
            self.assertIsNone(env["coworking.audit"]._verify_chain().broken)

    def test_a_superuser_with_triggers_asleep_is_found_out(self):
        with self.commit() as env:
            self._record(env, 1)
        self._seal()
        with self.transaction() as env:
            env.cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if not env.cr.fetchone()[0]:
                env.cr.execute("ALTER TABLE coworking_audit DISABLE TRIGGER USER")
            else:
                env.cr.execute("SET LOCAL session_replication_role = 'replica'")
            position, _hash = env["coworking.audit"]._get_head()
            env.cr.execute("UPDATE coworking_audit SET user_id = 2 WHERE position = %s", [position])
            report = env["coworking.audit"]._verify_chain()
            self.assertEqual((report.broken, report.broken_position), ("changed", position))

    def test_the_command_says_what_it_found_and_ends_with_it(self):
        with self.commit() as env:
            self._record(env, 1)
        self._seal()
        with self.transaction() as env:
            report = env["coworking.audit"]._verify_chain()
        head = f"{report.position}:{report.hash}"
        done = self._run_command("--since", head)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"The chain is whole: {report.sealed} rows.", done.stdout)
        self.assertIn(head, done.stdout)
        done = self._run_command("--since", f"{report.position}:{'a' * 64}")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"BROKEN: place {report.position}", done.stdout)
        with tempfile.TemporaryDirectory() as folder:
            self._run_command("--export", f"{folder}/chain.csv")
            previous = ""
            with open(f"{folder}/chain.csv", newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    seal = hashlib.sha256((previous + row["content"]).encode()).hexdigest()
                    self.assertEqual(seal, row["hash"])
                    previous = seal
        self.assertEqual(previous, report.hash)

    def _run_command(self, *args):
        return subprocess.run(
            [shutil.which("odoo"), "coworking_audit", "-d", self.env.cr.dbname, *args],
            env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def test_the_scheduled_action_seals_what_waits(self):
        with self.commit() as env:
            for number in range(5):
                self._record(env, number)
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_seal_audit").method_direct_trigger()
        self.assertEqual(self.env["coworking.audit"]._verify_chain().unsealed, 0)
