"""Two real Odoo processes at work on the same month at the same moment."""

import json
import pathlib
import subprocess
import sys

from odoo.tools import config

from .common import RaceCase

WORKER = pathlib.Path(__file__).with_name("worker.py")
# Any number that no other program locks in this database.
GATE = 20150601


class TestProcesses(RaceCase):
    def _options(self):
        """How this process reaches the database, for the others."""
        options = ["--no-http", "--log-level=critical", "-d", self.env.cr.dbname]
        for name in ("db_host", "db_port", "db_user", "db_password", "data_dir"):
            if config[name]:
                flag = {"data_dir": "--data-dir"}.get(name, f"--{name}")
                options.append(f"{flag}={config[name]}")
        options.append(f"--addons-path={','.join(config['addons_path'])}")
        return options

    def _together(self, *calls):
        """Run these (action, ids) in processes of their own, let go at one moment.

        :return: what each printed last
        """
        settings = {
            "options": self._options(),
            "database": self.env.cr.dbname,
            "gate": GATE,
        }
        with self.transaction() as gate:
            gate.cr.execute("SELECT pg_advisory_lock(%s)", [GATE])
            workers = [
                subprocess.Popen(
                    [sys.executable, WORKER, json.dumps(settings), action, json.dumps(ids)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                for action, ids in calls
            ]
            for worker in workers:
                self.addCleanup(worker.kill)
            for worker in workers:
                line = worker.stdout.readline()
                self.assertEqual(line, "ready\n", line or worker.stderr.read())
            gate.cr.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        results = []
        for worker in workers:
            out, error = worker.communicate(timeout=60)
            self.assertEqual(worker.returncode, 0, error)
            results.append(out.strip())
        return results

    def test_a_month_is_generated_by_two_processes_once(self):
        self.seats(0, 1, 2)
        self.seats(3, space="small")
        ids = {"program": self.ids["program"]}
        results = self._together(("generate", ids), ("generate", ids))
        self.assertTrue(all(result.startswith("done") for result in results), results)
        self.assertEqual(self.count("coworking.statement"), 2)
        self.assertEqual(self.count("coworking.charge", [("state", "=", "open")]), 4)
        with self.transaction() as env:
            statements = env["coworking.statement"].search(
                [("program_id", "in", self.ids["program"])]
            )
            self.assertEqual(sorted(statements.mapped("payable_total")), [180.0, 540.0])

    def test_of_two_who_open_a_month_at_once_none_is_told_that_nothing_is_to_be_charged(self):
        self.seats(0, 1, 2)
        self.seats(3, space="small")
        ids = {"program": self.ids["program"]}
        results = self._together(("open_month", ids), ("open_month", ids))
        self.assertTrue(all(result.startswith("done") for result in results), results)
        self.assertEqual(self.count("coworking.statement"), 2)

    def test_a_month_is_billed_by_two_processes_once(self):
        (statement_id,) = self.statement("action_confirm")
        ids = {"statement": statement_id}
        results = self._together(("bill", ids), ("bill", ids))
        self.assertEqual(
            sorted(result.split()[0] for result in results), ["done", "refused"], results
        )
        with self.transaction() as env:
            bill = env["account.move"].search([("coworking_statement_id", "=", statement_id)])
            self.assertEqual(len(bill), 1)
            self.assertEqual(bill.amount_total, 360.0)
            self.assertEqual(bill.coworking_statement_id.state, "billed")

    def test_the_last_place_is_given_by_two_processes_once(self):
        seats = self.seats(0, 1, space="small", state="requested")
        results = self._together(
            *(("confirm", {"seats": seats, "number": number}) for number in range(2))
        )
        self.assertEqual(
            sorted(result.split()[0] for result in results), ["done", "refused"], results
        )
        self.assertIn("Race small", str(results))
        self.assertEqual(self.count("coworking.seat", [("state", "=", "confirmed")]), 1)
