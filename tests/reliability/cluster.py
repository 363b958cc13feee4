"""A PostgreSQL of its own with ``fsync = on``, which may be killed: a copy of a database in it."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg2

from odoo.tools import config
from odoo.tools.misc import find_pg_tool

DATABASE = "faults"
# Nothing is spared: what was committed is on the disk.
DURABLE = """
listen_addresses = ''
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 40
"""


class Cluster:
    """Made in a temporary folder, whose owner PostgreSQL wants to be somebody else than root."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coworking-faults-"))
        self.data = self.folder / "pg"
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

    def start(self, options=""):
        options = f"-c unix_socket_directories={self.folder} {options}"
        log = self.folder / "pg.log"
        self._run("pg_ctl", "-D", self.data, "-l", log, "-o", options, "-w", "start")

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
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


def _version(path):
    return [int(part) for part in path.parent.name.split(".")]
