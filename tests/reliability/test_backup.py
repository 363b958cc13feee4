"""The backup that the administrator's guide describes, made and restored: nothing is missing."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile

import psycopg2
import pytest

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


GUIDES = pathlib.Path(__file__).parents[2] / "docs"


@pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not there")
@pytest.mark.parametrize(
    ("guide", "address", "files"),
    [
        ("en/administrator.md", "ADDRESS", "files.tar.gz"),
        ("fr/administration.md", "ADRESSE", "fichiers.tar.gz"),
    ],
)
def test_what_the_guide_encrypts_is_read_again_as_it_was(guide, address, files, tmp_path):
    """Its commands, one after the other: nothing stays in clear, and all comes back."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    saving, restoring = re.findall(r"```\n((?:pg_dump|gpg --decrypt).*?)```", text, re.DOTALL)
    with tempfile.TemporaryDirectory() as home:  # the way to it must be short: it has a socket
        (pathlib.Path(home) / "gpg.conf").write_text("batch\ntrust-model always\nno-tty\nquiet\n")
        environ = {**os.environ, "GNUPGHOME": home, "LC_ALL": "C"}

        def run(command):
            subprocess.run(command, shell=True, cwd=tmp_path, env=environ, check=True)

        def follow(block):
            for line in block.replace(address, "backup@example.org").splitlines():
                if line.split()[0] in ("gpg", "sha256sum", "rm"):
                    run(line)

        run("gpg --passphrase '' --quick-gen-key backup@example.org default default never")
        contents = {"base.dump": os.urandom(5000), files: os.urandom(9000)}
        for name, content in contents.items():
            (tmp_path / name).write_bytes(content)
        try:
            follow(saving)
            assert not [name for name in contents if (tmp_path / name).exists()]
            follow(restoring)
        finally:
            run("gpgconf --kill all")
    for name, content in contents.items():
        assert (tmp_path / name).read_bytes() == content
