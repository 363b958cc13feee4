"""A PostgreSQL of its own with ``fsync = on``, which may be killed: a copy of a database in it."""

import contextlib
import glob
import os
import pathlib
import select
import shutil
import subprocess
import tempfile

import psutil
import psycopg2

from odoo.tools import config
from odoo.tools.misc import find_pg_tool

DATABASE = "faults"
FOLDER = "coworking-faults-"
# Nothing is spared: what was committed is on the disk.
DURABLE = """
listen_addresses = ''
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 40
"""
FAKETIME = "/usr/lib/*/faketime/libfaketime.so.1"


class Cluster:
    """Made in a temporary folder, whose owner PostgreSQL wants to be somebody else than root.

    Who made it is noted there: what a test run leaves that was killed, the next one takes away.
    """

    def __init__(self, folder=None):
        self.folder = folder or pathlib.Path(tempfile.mkdtemp(prefix=FOLDER))
        self.data = self.folder / "pg"
        if not folder:
            (self.folder / "pytest.pid").write_text(_sign(os.getpid()))
            self._remove_left()
        self.bin = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
        self.environ = {**os.environ, "PGHOST": str(self.folder), "PGUSER": "postgres"}
        for name in ("PGPORT", "PGPASSWORD", "PGDATABASE", "PGSERVICE"):
            self.environ.pop(name, None)

    def make(self, database):
        """A copy of this database and of its files."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", self.data, "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8")
        self._run("sh", "-c", f'echo "{DURABLE}" >> {self.data}/postgresql.conf', tool=False)
        self.start("-c fsync=off")
        dump = self.folder / "base.dump"
        source = dict(os.environ)
        for name, option in (("PGHOST", "db_host"), ("PGPORT", "db_port"), ("PGUSER", "db_user")):
            if config[option]:
                source[name] = str(config[option])
        subprocess.run(
            [find_pg_tool("pg_dump"), "-Fc", "-Z0", "-f", dump, database], env=source, check=True
        )
        subprocess.run([self.bin / "createdb", DATABASE], env=self.environ, check=True)
        subprocess.run(
            [self.bin / "pg_restore", "--no-owner", "-j2", "-d", DATABASE, dump],
            env=self.environ,
            check=True,
        )
        dump.unlink()
        self.stop()
        self.start()
        files = pathlib.Path(config.filestore(database))
        (self.folder / "odoo" / "filestore").mkdir(parents=True)
        shutil.copytree(files, self.folder / "odoo" / "filestore" / DATABASE)

    def _run(self, name, *arguments, tool=True):
        command = [self.bin / name if tool else name, *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self, options="", wrong_clock=False):
        """:param wrong_clock: whether its clock is as ``set_clock`` says"""
        options = f"-c unix_socket_directories={self.folder} {options}"
        command = [*("-D", self.data), *("-l", self.folder / "pg.log"), *("-o", options)]
        command += ["-w", "start"]
        if not wrong_clock:
            self._run("pg_ctl", *command)
            return
        lies = [
            f"LD_PRELOAD={find_faketime()}",
            f"FAKETIME_TIMESTAMP_FILE={self.folder / 'clock'}",
            "FAKETIME_CACHE_DURATION=1",  # seconds until it is read again
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
        ]
        self._run("env", *lies, self.bin / "pg_ctl", *command, tool=False)

    def set_clock(self, words):
        """The time that PostgreSQL sees within two seconds, as faketime says it: "-0", "-3600"."""
        (self.folder / "clock").write_text(f"{words}\n")
        (self.folder / "clock").chmod(0o644)

    def stop(self, mode="fast"):
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    @contextlib.contextmanager
    def connect(self):
        connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname=DATABASE)
        connection.autocommit = True
        try:
            with connection.cursor() as cr:
                yield cr
        finally:
            connection.close()

    def options(self):
        """How an Odoo reaches it."""
        return [
            *("--no-http", "--log-level=critical", "-d", DATABASE, "--db_user=postgres"),
            *(f"--db_host={self.folder}", f"--data-dir={self.folder / 'odoo'}"),
            f"--addons-path={','.join(config['addons_path'])}",
        ]

    def remove(self):
        for mount in psutil.disk_partitions(all=True):
            if self.folder in pathlib.Path(mount.mountpoint).parents:
                unmount(mount.mountpoint)
        if self._is_running():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_running(self):
        """Whether the process that its own file names is its own: numbers are given again."""
        with contextlib.suppress(OSError, psutil.NoSuchProcess, ValueError):
            number = int((self.data / "postmaster.pid").read_text().split()[0])
            return str(self.data) in psutil.Process(number).cmdline()
        return False

    @classmethod
    def _remove_left(cls):
        for folder in pathlib.Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
            with contextlib.suppress(OSError):
                number, __ = signed = (folder / "pytest.pid").read_text().split()
                if _sign(number).split() != signed:
                    cls(folder).remove()


class Server:
    """A program that is written to, and answers with lines.

    Its pipes have no buffers here: ``select`` would not see the line that is in one already.
    """

    def __init__(self, *command):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, bufsize=0)

    def write(self, line):
        self.process.stdin.write(line.encode() + b"\n")

    def read(self, patience):
        ready, __, __ = select.select([self.process.stdout], [], [], patience)
        assert ready, "no answer"
        return self.process.stdout.readline().decode().rstrip("\n")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def find_faketime():
    """The library that tells a program another time; Debian's package faketime has it."""
    return next(iter(glob.glob(FAKETIME)), None)


def unmount(folder):
    """At once, for the tests: for whoever still has a file open there, when it is closed."""
    subprocess.run(["umount", "-l", folder], check=True)


def _sign(number):
    """A process, and when it began; no time if there is none."""
    try:
        return f"{number} {psutil.Process(int(number)).create_time()}"
    except psutil.NoSuchProcess:
        return f"{number} -"


def _version(path):
    return [int(part) for part in path.parent.name.split(".")]
