"""Our work done by the queue's own runner, in processes of two servers of which some are killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from ..common import JUNE
from ..matching.received import ubl
from ..reliability.test_processes import ManySpacesCase

FILES = 6
# Seconds, on a machine that does something else too.
PATIENCE = 120
UNDER_WAY = ("pending", "enqueued", "started")


class TestRunner(ManySpacesCase):
    """A server of two workers, and another one that takes over what it leaves."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.servers = []
        self.addCleanup(self._remove_work)
        self.addCleanup(self._kill_all)
        self._remove_work()  # of a run that was killed
        with self.commit() as env:
            env["coworking.invoice.file"].search([("state", "=", "waiting")]).state = "refused"

    # === Servers === #

    def _serve(self, workers):
        """:return: the process, which leads a group of its own"""
        port, gevent_port = _find_ports(2)
        log = f"{self.folder}/{port}.log"
        server = subprocess.Popen(
            [
                shutil.which("odoo"),
                *self._options()[2:],  # neither without HTTP nor silent
                f"--logfile={log}",
                "--load=base,web,queue_job",
                "--http-interface=127.0.0.1",
                f"--http-port={port}",
                f"--gevent-port={gevent_port}",
                f"--workers={workers}",
                "--max-cron-threads=0",
            ],
            env={**os.environ, "ODOO_QUEUE_JOB_CHANNELS": "root:4"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.servers.append((server, log))
        self._wait_for("a server", lambda: _answers(port))
        return server

    def _kill_all(self):
        for server, _log in self.servers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()

    def _wait_for(self, what, find):
        """:return: what is found, once it is true"""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := find():
                return found
            time.sleep(0.05)
        for _server, log in self.servers:
            with open(log) as file:
                print(*file.readlines()[-50:], sep="")
        self.fail(f"Waited in vain for {what}.")

    # === Jobs === #

    def _query(self, query, *values):
        """What is committed now. The runner looks for dead jobs when something happens, or after a
        minute: something happens.
        """
        with self.registry.cursor() as cr:
            cr.execute("NOTIFY queue_job, 'nothing'")
            cr.execute(query, values)
            return [row[0] for row in cr.fetchall()]

    def _count_jobs(self, *states):
        (count,) = self._query("SELECT COUNT(*) FROM queue_job WHERE state IN %s", states)
        return count

    def _find_stopped_workers(self):
        """Both workers of a server, once each came to a stop in the middle of a job."""
        (waiting,) = self._query(
            "SELECT COUNT(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        pids = self._query("SELECT worker_pid FROM queue_job WHERE state = 'started'")
        return waiting >= 2 and len({*pids}) == 2 and pids

    def _remove_work(self):
        with self.commit() as env:
            env["queue.job"].search([]).unlink()
            env["bus.bus"].search([]).unlink()
            files = env["coworking.invoice.file"].search([("name", "=like", "race-%")])
            bills = files.move_id
            files.unlink()
            bills.unlink()

    # === What is asked, and what came of it === #

    def _ask(self):
        """A month of many spaces, and bills that one of them hands in.

        :return: (id of the run, ids of the files)
        """
        with self.commit() as env:
            wizard = env["coworking.statement.generate"].create(
                {"program_ids": self.ids["program"], "date_from": JUNE}
            )
            run = wizard.action_generate()["res_id"]
            operator = self.record(env, "large").operator_id
            files = [
                env["coworking.invoice.file"]
                ._receive_file(
                    f"race-{number}.xml",
                    ubl(100 + number, 20, reference=f"RACE-{number}", vat="", seller="Race"),
                    source="portal",
                    operator=operator,
                )
                .id
                for number in range(FILES)
            ]
        return run, files

    def test_what_is_killed_in_the_middle_is_done_once_by_the_others(self):
        first = self._serve(workers=2)
        with self.transaction() as block:
            # whoever generates, or reads, comes to a stop
            block.cr.execute("LOCK TABLE coworking_charge, account_move_line IN SHARE MODE")
            run, files = self._ask()
            victim, _other = self._wait_for("both workers", self._find_stopped_workers)
            os.kill(victim, signal.SIGKILL)
        self._wait_for("some work", lambda: self._count_jobs("done") > 5)
        os.killpg(first.pid, signal.SIGKILL)  # what hands the jobs out, and all its workers
        self.assertGreater(self._count_jobs(*UNDER_WAY), 5)
        self._serve(workers=0)
        self._wait_for("the rest", lambda: not self._count_jobs(*UNDER_WAY))
        self.assertEqual(self._count_jobs("failed", "cancelled"), 0)
        workers = self._query("SELECT DISTINCT worker_pid FROM queue_job")
        self.assertGreater(len(workers), 2)
        self._check_run(run)
        self._check_bills(files)

    def _check_run(self, run):
        self._check_generated()
        with self.transaction() as env:
            run = env["coworking.month.run"].browse(run)
            self.assertEqual(run.outcome, f"Done for you: {self.SPACES}")
            told = env["bus.bus"].search([("message", "like", "simple_notification")])
            self.assertEqual(len(told), 1)

    def _check_bills(self, files):
        with self.transaction() as env:
            files = env["coworking.invoice.file"].browse(files)
            self.assertEqual(set(files.mapped("state")), {"decoded"})
            bills = env["account.move"].search([("partner_id", "=", files.operator_id.id)])
            self.assertEqual(bills, files.move_id)
            self.assertEqual(
                sorted(bills.mapped("ref")), [f"RACE-{number}" for number in range(FILES)]
            )


def _find_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _number in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _answers(port):
    try:
        return (
            urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5).status == 200
        )
    except (urllib.error.URLError, OSError):
        return False
