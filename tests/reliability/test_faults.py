"""Processes killed, PostgreSQL killed, connections cut, disks full: the books stay in order.

Real Odoo processes work on a PostgreSQL of their own with ``fsync = on``. After each fault the
check of the books finds nothing, and doing the work again finishes it. By hand, many more::

    COWORKING_KILLS=100 COWORKING_SEATS=2000 scripts/test tests/reliability/test_faults.py -s

Of thousands of seats, one month (``COWORKING_MONTHS=1``) does for generation and for posting. The
table of what was done is printed at the end. ``COWORKING_SEED`` chooses other moments.
"""

import base64
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

from ..matching.received import ubl
from .cluster import DATABASE, Cluster, Server, find_faketime, unmount

KILLS = int(os.environ.get("COWORKING_KILLS", 1))
SEATS = int(os.environ.get("COWORKING_SEATS", 24))
SEED = os.environ.get("COWORKING_SEED", "2015")
# Seats of a space.
TOGETHER = 4
# Of six, bills are posted in the first, matched in the second, received in the third and fourth.
MONTHS = int(os.environ.get("COWORKING_MONTHS", 6))
# Of the time in which the next fault comes, after one that came when the work was done.
SOONER = 0.7
# How far PostgreSQL's clock is set back, or to when: on 25 October 2015 an hour came twice.
CLOCKS = {
    "an hour back": timedelta(hours=1),
    "a day back": timedelta(days=1),
    "years back, at the end of a half-year": datetime(2015, 6, 30, 23, 59, 58, tzinfo=UTC),
    "into the hour that is there twice": datetime(2015, 10, 25, 0, 59, 58, tzinfo=UTC),
    "out of a leap day": datetime(2016, 2, 29, 22, 59, 58, tzinfo=UTC),
}
SERVER = pathlib.Path(__file__).with_name("fault_server.py")
# The longest that one order may take.
PATIENCE = 60 + SEATS


@tagged("post_install", "-at_install")
class TestFaults(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        cls.cluster.make(get_db_name())
        cls.table = defaultdict(Counter)
        cls.server = cls._serve()
        last = date(2015, 1 + MONTHS, 1) - timedelta(days=1)
        cls.program = cls._order("prepare", seats=SEATS, spaces=SEATS // TOGETHER, last=f"{last}")
        assert isinstance(cls.program, int), cls.program
        cls.addClassCleanup(cls._print_table)

    @classmethod
    def _print_table(cls):
        """Odoo's tests swallow what is printed: this is for who asked for many kills."""
        lines = [f"\n{SEATS} seats, {KILLS} kills each, seed {SEED}"]
        for name, counts in cls.table.items():
            lines.append(f"{name:<58} " + ", ".join(f"{n} {what}" for what, n in counts.items()))
        sys.__stdout__.write("\n".join(lines) + "\n")

    # === Processes === #

    @classmethod
    def _serve(cls):
        server = Server(sys.executable, SERVER, json.dumps(cls.cluster.options()))
        cls.addClassCleanup(server.stop)
        assert server.read(PATIENCE) == "ready"
        return server

    @classmethod
    def _begin(cls, *orders, server=None):
        """Processes for these (action, ids) at once; they are at work when this comes back.

        :return: their numbers, and where each writes its answer
        """
        server = server or cls.server
        outs = [cls.cluster.folder / f"out-{random.random()}" for _order in orders]
        server.write(
            json.dumps(
                [
                    {"action": action, "ids": ids, "out": str(out)}
                    for (action, ids), out in zip(orders, outs, strict=True)
                ]
            )
        )
        return json.loads(server.read(PATIENCE)), outs

    @classmethod
    def _end(cls, outs, server=None):
        """:return: the answers; ``None`` of a process that was killed"""
        statuses = json.loads((server or cls.server).read(PATIENCE))
        answers = []
        for status, out in zip(statuses, outs, strict=True):
            killed = os.WIFSIGNALED(status) or not out.exists()
            answers.append(None if killed else json.loads(out.read_text()))
            out.unlink(missing_ok=True)
        return answers

    @classmethod
    def _order(cls, action, **ids):
        __, outs = cls._begin((action, ids))
        return cls._end(outs)[0]

    def _do(self, action, **ids):
        """What must succeed."""
        answer = self._order(action, program=self.program, **ids)
        self.assertNotIn("Traceback", str(answer))
        return answer

    def _settle(self):
        """Every month is there and settled, whatever the tests before did."""
        if self.assertInOrder()["charged"] < SEATS * MONTHS:
            self._do("generate")
        self._do("settle")

    def assertInOrder(self):
        state = self._order("check", program=self.program)
        self.assertEqual(state["findings"], [])
        return state

    # === Faults === #

    def _repeat(self, name, fault, action, again, done, times=KILLS, **ids):
        """The fault at random moments of this action, the work begun anew when it is finished.

        :param fault: called with the number of the process at work
        :param again: undoes what is finished
        :param done: whether it is, of what the check says
        """
        moments = random.Random(f"{SEED} {name}")
        start = time.monotonic()
        self._do(action, **ids)
        duration = time.monotonic() - start
        whole = self.assertInOrder()
        self.assertTrue(done(whole), whole)
        again()
        counts = self.table[name]
        for _try in range(10 * times):
            (child,), outs = self._begin((action, {"program": self.program, **ids}))
            time.sleep(moments.uniform(0.05, 1) * duration)
            fault(child)
            (answer,) = self._end(outs)
            if answer is not None and "Traceback" not in str(answer):
                counts["too late"] += 1
                duration *= SOONER
            else:
                counts["faults"] += 1
            if done(self.assertInOrder()):
                again()
            if counts["faults"] == times:
                break
        self.assertTrue(counts["faults"])
        counts["findings"] += 0
        self._do(action, **ids)
        self.assertEqual(self.assertInOrder(), whole)
        counts["finished by doing it again"] += 1

    @staticmethod
    def _kill(child):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

    def _crash(self, child):
        """The power of the database server goes, and comes back."""
        self.cluster.stop("immediate")
        self.cluster.start()

    def _cut(self, child):
        with self.cluster.connect() as cr:
            cr.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid != pg_backend_pid()",
                [DATABASE],
            )

    def _list_faults(self, what, everywhere=False):
        """The faults of this work: name, what makes it, how often. Most by hand alone."""
        faults = [(f"{what}, process killed", self._kill, KILLS)]
        if everywhere or KILLS > 1:
            faults += [
                (f"{what}, PostgreSQL stopped at once", self._crash, max(1, KILLS // 5)),
                (f"{what}, connection cut", self._cut, max(1, KILLS // 5)),
            ]
        return faults

    # === Months === #

    def test_1_generation(self):
        """A few spaces a transaction: what was made stays, the rest is made by the next run."""

        def forget():
            self._do("forget_months")

        def done(state):
            return state["charged"] == SEATS * MONTHS

        for name, fault, times in self._list_faults("generation", everywhere=True):
            self._repeat(name, fault, "generate", forget, done, times)
            forget()

    def test_2_time_limit(self):
        """The scheduler's time runs out: the next run goes on, and none is a failure."""
        runs = 0
        while self.assertInOrder()["charged"] < SEATS * MONTHS:
            answer = self._order("run_job", seconds=0.01)
            self.assertEqual(answer, [0, True])
            runs += 1
            self.assertLess(runs, 50)
        self.table["generation, over the scheduler's time"]["runs until whole"] = runs
        self.assertGreater(runs, 1)
        self._do("forget_months")

    def test_2_hard_time_limit(self):
        """Odoo kills a scheduler's process that goes on for longer (``limit_time_real_cron``): what
        it did stays, and the next run goes on, however often in a row it happens."""
        charged, killed = 0, 0
        while charged < SEATS * MONTHS:
            (child,), outs = self._begin(("run_job", {"seconds": PATIENCE}))
            end = time.monotonic() + PATIENCE
            while self._count_charged() <= charged and time.monotonic() < end:
                time.sleep(0.01)  # its limit is just long enough for some more to be there
            self._kill(child)
            (answer,) = self._end(outs)
            killed += answer is None
            before, charged = charged, self.assertInOrder()["charged"]
            self.assertGreater(charged, before)
        self.assertGreater(killed, 1)
        self.table["generation, killed at the scheduler's hard limit"] = Counter(
            {"faults": killed, "findings": 0}
        )
        self.assertEqual(self._order("run_job", seconds=PATIENCE), [0, True])
        self._do("forget_months")

    def _count_charged(self):
        with self.cluster.connect() as cr:
            cr.execute(
                "SELECT count(*) FROM coworking_charge"
                " WHERE program_id = %s AND state != 'forecast'",
                [self.program],
            )
            return cr.fetchone()[0]

    def test_3_two_hosts(self):
        """Two servers of one database at once, each with its scheduler."""
        other = self._serve()
        ids = {"program": self.program}
        __, outs = self._begin(("generate", ids))
        __, other_outs = self._begin(("generate", ids), server=other)
        answers = self._end(outs) + self._end(other_outs, server=other)
        other.stop()
        state = self.assertInOrder()
        self._do("generate")
        self.assertEqual(self.assertInOrder()["charged"], SEATS * MONTHS)
        refused = sum("Traceback" in str(answer) for answer in answers)
        self.table["generation on two hosts at once"] = Counter(
            {"refused and done again": refused, "charges after both": state["charged"]}
        )

    # === Bills === #

    def test_4_posting(self):
        self._settle()

        def done(state):
            return state["posted"] == SEATS // TOGETHER

        def take_back():
            self._do("take_back", month=1)

        for name, fault, times in self._list_faults("bills made and posted"):
            self._repeat(name, fault, "post", take_back, done, times, month=1)
            take_back()

    def test_5_matching(self):
        self._settle()
        before = self.assertInOrder()["matched"]

        def done(state):
            return state["matched"] - before >= SEATS

        def take_back():
            self._do("take_back", month=2)

        for name, fault, times in self._list_faults("bills matched"):
            self._repeat(name, fault, "match", take_back, done, times, month=2)
            take_back()

    # === Files === #

    def _files(self, name, number):
        return [
            base64.b64encode(ubl(150, 30, reference=f"R-{name}-{number}-{n}", vat="")).decode()
            for n in range(min(SEATS // TOGETHER, 4))
        ]

    def test_6_reading(self):
        """Odoo's decoders commit as they go: no bill is left twice, or empty."""
        self._settle()
        self._do("drop_drafts")
        for row in self._list_faults("files read"):
            self._read_through(*row)

    def _read_through(self, name, fault, times):
        moments = random.Random(f"{SEED} {name}")
        counts, duration = self.table[name], 0.0
        for number in range(10 * times):
            files = self._files(name, number)
            self._do("receive", month=3, files=files)
            start = time.monotonic()
            (child,), outs = self._begin(("read", {"program": self.program}))
            if number:
                time.sleep(moments.uniform(0.1, 1) * duration)
                fault(child)
            (answer,) = self._end(outs)
            if not number:
                duration = time.monotonic() - start
            elif answer is None or "Traceback" in str(answer):
                counts["faults"] += 1
            else:
                counts["too late"] += 1
                duration *= SOONER
            self.assertInOrder()
            answer = self._do("read")
            self.assertInOrder()
            self.assertEqual((answer["states"], answer["whole"]), (["decoded"], True))
            self.assertEqual(answer["empty"], 0)
            self.assertEqual(answer["bills"], [f"R-{name}-{number}-{n}" for n in range(len(files))])
            self._do("drop_drafts")
            if counts["faults"] == times:
                break
        self.assertTrue(counts["faults"])
        counts["findings"] += 0
        counts["finished by doing it again"] += 1

    def test_7_disk_full(self):
        """A file that does not fit is not received, and is when there is room again."""
        self._settle()
        document = ubl(150, 30, reference="R-F", vat="") + b" " * 300_000
        ids = {"program": self.program, "month": 4, "files": [base64.b64encode(document).decode()]}
        with self._small_disk() as (kind, small):
            counts = self.table[f"a file sent to a full disk ({kind})"]
            for _time in range(2):
                self.assertIn("OSError", str(self._order("receive", **ids, **small)))
                self.assertInOrder()
                counts["faults"] += 1
            self.assertEqual(self._do("read_state", month=4)["files"], 0)
            make_room = {"store": small["store"]} if small.get("store") else {}
            if make_room:
                subprocess.run(["mount", "-o", "remount,size=4m", small["store"]], check=True)
            self.assertEqual(self._order("receive", **ids, **make_room)[0][1], "waiting")
            state = self._do("read_state", month=4, **make_room)
            self.assertEqual((state["files"], state["whole"]), (1, True))
        counts["findings"] += 0
        counts["finished by doing it again"] += 1

    # === The clock of PostgreSQL === #

    def test_8_clock(self):
        """Set back while it runs, and through the hour that is there twice: what was made stays,
        nothing is made again, and the audit trail goes on in its order.
        """
        if not find_faketime():
            self.assertNotIn("CI", os.environ, "scripts/setup installs faketime")
            self.skipTest("scripts/setup installs faketime")
        self._do("forget_months")
        whole = self._do("generate")
        self.cluster.stop()
        self.cluster.set_clock("-0")
        self.cluster.start(wrong_clock=True)
        self.addCleanup(self._restart)
        for name, when in CLOCKS.items():
            counts = self.table[f"PostgreSQL's clock set {name}"]
            with self.subTest(name):
                back = when if isinstance(when, timedelta) else datetime.now(UTC) - when
                self._set_clock_back(back)
                self.assertEqual(self._do("generate"), whole)
                self._do("forget_months")
                self.assertInOrder()
                self.assertEqual(self._do("generate"), whole)
                self.assertEqual(self.assertInOrder()["charged"], SEATS * MONTHS)
                counts["generations"] += 3
                counts["findings"] += 0
        self._do("settle")
        self._set_clock_back(timedelta())
        self.assertEqual(self._do("generate"), whole)
        self.assertEqual(self.assertInOrder()["charged"], SEATS * MONTHS)

    def _set_clock_back(self, back):
        """Until PostgreSQL sees it."""
        self.cluster.set_clock(f"-{back.total_seconds():.0f}")
        with self.cluster.connect() as cr:
            for _try in range(50):
                cr.execute("SELECT clock_timestamp()")
                if abs(datetime.now(UTC) - cr.fetchone()[0] - back) < timedelta(minutes=1):
                    return
                time.sleep(0.1)
        self.fail("PostgreSQL does not see another time")

    def _restart(self):
        self.cluster.stop()
        self.cluster.start()

    # === The command === #

    def test_9_the_command_says_what_is_wrong_and_exits_with_1(self):
        self._settle()
        settings = self.cluster.folder / "odoo.conf"
        settings.write_text(f"[options]\naddons_path = {','.join(config['addons_path'])}\n")
        environ = {**self.cluster.environ, "ODOO_RC": str(settings)}
        command = [sys.executable, "-m", "odoo", "coworking_check", "-d", DATABASE]

        def run():
            return subprocess.run(command, capture_output=True, text=True, check=False, env=environ)

        whole = run()
        self.assertEqual(whole.returncode, 0, whole.stdout + whole.stderr)
        with self.cluster.connect() as cr:
            cr.execute("SET session_replication_role = replica")
            cr.execute(
                "DELETE FROM coworking_charge WHERE id = ("
                "SELECT MIN(id) FROM coworking_charge WHERE state = 'settled') RETURNING id"
            )
        broken = run()
        self.assertEqual(broken.returncode, 1, broken.stderr)
        self.assertEqual(broken.stdout.count("\n"), 1)
        self.assertIn("line_gone coworking.statement,", broken.stdout)

    @contextlib.contextmanager
    def _small_disk(self):
        """A disk of 64 KB where one may be mounted, else files of 64 KB at most, on the real one.

        :return: what it is, and how to receive a file on it
        """
        with tempfile.TemporaryDirectory(dir=self.cluster.folder) as folder:
            mounted = not subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
                check=False,
                capture_output=True,
            ).returncode
            if not mounted:
                yield "files limited", {"most_bytes": 65536}
                return
            try:
                yield "tmpfs", {"store": folder}
            finally:
                unmount(folder)
