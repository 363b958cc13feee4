"""The backup that the administrator's guide describes, made and restored: nothing is missing."""

import hashlib
import os
import pathlib
import subprocess
import tarfile
import tempfile

import psycopg2

from odoo.tests import TransactionCase, tagged
from odoo.tools import config
from odoo.tools.misc import find_pg_tool

COUNTS = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
SETTLED = """
    SELECT COUNT(*), MD5(STRING_AGG(id || ' ' || kind || ' ' || amount_total, ',' ORDER BY id))
      FROM coworking_charge WHERE state = 'settled'
"""
FILES = "SELECT store_fname, checksum FROM ir_attachment WHERE store_fname IS NOT NULL"


@tagged("post_install", "-at_install")
class TestBackup(TransactionCase):
    def setUp(self):
        super().setUp()
        self.copy = f"{self.env.cr.dbname}_restored"
        self.environ = dict(os.environ)
        for name, option in (
            ("PGHOST", "db_host"),
            ("PGPORT", "db_port"),
            ("PGUSER", "db_user"),
            ("PGPASSWORD", "db_password"),
        ):
            if config[option]:
                self.environ[name] = str(config[option])
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def _run(self, tool, *arguments):
        subprocess.run([find_pg_tool(tool), *arguments], env=self.environ, check=True)

    def _look(self, database):
        """Number of rows by table, and a sum of what is settled."""
        options = {
            "host": config["db_host"] or None,
            "port": config["db_port"] or None,
            "user": config["db_user"] or None,
            "password": config["db_password"] or None,
        }
        connection = psycopg2.connect(dbname=database, **options)
        try:
            with connection.cursor() as cr:
                cr.execute(COUNTS)
                counts = {}
                for (table,) in cr.fetchall():
                    cr.execute(f'SELECT COUNT(*) FROM "{table}"')
                    counts[table] = cr.fetchone()[0]
                cr.execute(SETTLED)
                settled = cr.fetchone()
                cr.execute(FILES)
                return counts, settled, cr.fetchall()
        finally:
            connection.close()

    def test_what_was_saved_comes_back_whole(self):
        database, dump = self.env.cr.dbname, self.folder / "base.dump"
        self._run("pg_dump", "-Fc", "-f", str(dump), database)
        self.addCleanup(self._run, "dropdb", "--if-exists", self.copy)
        self._run("createdb", self.copy)
        self._run("pg_restore", "--no-owner", "-d", self.copy, str(dump))
        counts, settled, files = self._look(self.copy)
        self.assertEqual((counts, settled, files), self._look(database))
        self.assertGreater(settled[0], 100)

        store = pathlib.Path(config.filestore(database))
        with tarfile.open(self.folder / "files.tar.gz", "w:gz") as archive:
            archive.add(store, "files")
        with tarfile.open(self.folder / "files.tar.gz") as archive:
            archive.extractall(self.folder, filter="data")
        self.assertGreater(len(files), 10)
        for name, checksum in files:
            content = (self.folder / "files" / name).read_bytes()
            self.assertEqual(hashlib.sha1(content).hexdigest(), checksum, name)
