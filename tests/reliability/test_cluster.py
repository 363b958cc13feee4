"""What the faults are made with: nothing waits for what is there, nothing is left behind."""

import pathlib
import subprocess
import sys
import tempfile

from odoo.tests import BaseCase, tagged

from .cluster import FOLDER, Cluster, Server, _sign

TWO_LINES = """
import sys
sys.stdout.write("one\\ntwo\\n")
sys.stdout.flush()
sys.stdin.readline()
"""


@tagged("post_install", "-at_install")
class TestServer(BaseCase):
    def test_two_lines_that_came_together_are_both_read(self):
        """On a slow machine both are there before the first one is looked for."""
        server = Server(sys.executable, "-c", TWO_LINES)
        self.addCleanup(server.stop)
        self.assertEqual([server.read(10) for _line in range(2)], ["one", "two"])


@tagged("post_install", "-at_install")
class TestWhatIsLeft(BaseCase):
    def setUp(self):
        super().setUp()
        place = self.enterContext(tempfile.TemporaryDirectory())
        self.patch(tempfile, "tempdir", place)

    def _leave(self, name, signed):
        folder = pathlib.Path(tempfile.gettempdir()) / f"{FOLDER}{name}"
        (folder / "pg").mkdir(parents=True)
        (folder / "pytest.pid").write_text(signed)
        return folder

    def _run(self):
        process = subprocess.Popen(["sleep", "60"])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_what_a_killed_run_left_is_taken_away_by_the_next(self):
        killed = self._run()
        gone = self._leave("gone", _sign(killed.pid))
        followed = self._leave("followed", f"{self._run().pid} 1.0")
        at_work = self._leave("at-work", _sign(self._run().pid))
        killed.kill()
        killed.wait()
        new = Cluster()
        self.assertFalse(gone.exists())
        self.assertFalse(followed.exists())
        self.assertTrue(at_work.exists())
        self.assertTrue(new.folder.exists())

    def test_a_process_that_only_has_its_number_is_not_stopped(self):
        other = self._run()
        folder = self._leave("gone", f"{other.pid} 1.0")
        (folder / "pg" / "postmaster.pid").write_text(f"{other.pid}\n{folder}/pg\n")
        Cluster()
        self.assertFalse(folder.exists())
        self.assertIsNone(other.poll())
