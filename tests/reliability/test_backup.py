"""The backup that the administrator's guides describe, made, encrypted and restored by their own
commands, which are the same in both: nothing is missing.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import psycopg2

from odoo.tests import TransactionCase, tagged
from odoo.tools import config
from odoo.tools.misc import find_pg_tool

ROOT = pathlib.Path(__file__).parents[2]
COUNTS = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
SETTLED = """
    SELECT COUNT(*), MD5(STRING_AGG(id || ' ' || kind || ' ' || amount_total, ',' ORDER BY id))
      FROM coworking_charge WHERE state = 'settled'
"""
FILES = "SELECT store_fname, checksum FROM ir_attachment WHERE store_fname IS NOT NULL"
OWNER = "backup@example.org"
# Whose keys: the server has the public half alone.
SERVER, AT_HOME = "keys-of-server", "keys-at-home"
# What the French guide calls otherwise: the commands are the same.
FRENCH_NAMES = {"ADRESSE": "ADDRESS", "cle": "key", "fichiers": "files", "sommes": "sums"}


def read_commands(guide):
    """What the guide tells to type: to make a key, to hand its public half on, to save, then to
    restore.
    """
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    blocks = r"```\n(gpg --quick.*?|pg_dump .*?|gpg --decrypt.*?)```"
    making, saving, restoring = re.findall(blocks, text, re.DOTALL)
    (importing,) = re.findall(r"`(gpg --import [^`]*)`", text)
    return making, importing, saving, restoring


@tagged("post_install", "-at_install")
class TestBackup(TransactionCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.environ = dict(os.environ)
        self.environ["PATH"] = os.pathsep.join(
            [str(pathlib.Path(find_pg_tool("pg_dump")).parent), self.environ["PATH"]]
        )
        for name, option in (
            ("PGHOST", "db_host"),
            ("PGPORT", "db_port"),
            ("PGUSER", "db_user"),
            ("PGPASSWORD", "db_password"),
        ):
            if config[option]:
                self.environ[name] = str(config[option])
        self.store = pathlib.Path(config.filestore(self.env.cr.dbname))
        self.copy = f"{self.env.cr.dbname}_restored"
        self.addCleanup(shutil.rmtree, self.store.with_name(self.copy), ignore_errors=True)
        self.addCleanup(self._run, f"dropdb --if-exists {self.copy}")
        for computer in (SERVER, AT_HOME):
            (self.folder / computer).mkdir(mode=0o700)
            self.addCleanup(self._run, "gpgconf --kill all", computer)

    def _run(self, commands, computer=SERVER):
        """As a shell that stops at the first error, with the keys of one computer."""
        done = subprocess.run(
            ["bash", "-euc", commands],
            cwd=self.folder,
            env={**self.environ, "GNUPGHOME": str(self.folder / computer)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def _fill_in(self, commands):
        values = {
            "BASE2": self.copy,
            "BASE": self.env.cr.dbname,
            "DATA_DIR/filestore": str(self.store.parent),
            "ADDRESS": OWNER,
        }
        names = "|".join(values)
        return re.sub(rf"\b({names})\b", lambda found: values[found.group()], commands)

    def _look(self, database):
        """Number of rows by table, a sum of what is settled, and the files."""
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
        commands = read_commands("en/administrator.md")
        making, importing, saving, restoring = map(self._fill_in, commands)
        # nobody is there to choose a password
        self._run(making.replace("--quick", "--batch --passphrase '' --quick"), AT_HOME)
        self._run(importing)
        pathlib.Path(self.folder, importing.split()[-1]).unlink()
        self._run(saving)
        kept = {path.suffix for path in self.folder.iterdir() if path.is_file()}
        self.assertEqual(kept, {".gpg", ".txt"}, "nothing is left in clear")
        self._run(restoring, AT_HOME)
        counts, settled, files = self._look(self.copy)
        self.assertEqual((counts, settled, files), self._look(self.env.cr.dbname))
        self.assertGreater(settled[0], 100)
        self.assertGreater(len(files), 10)
        for name, checksum in files:
            content = (self.store.with_name(self.copy) / name).read_bytes()
            self.assertEqual(hashlib.sha1(content).hexdigest(), checksum, name)

    def test_the_french_guide_says_the_same(self):
        english, french = map(read_commands, ("en/administrator.md", "fr/administration.md"))
        names = "|".join(FRENCH_NAMES)
        self.assertEqual(
            tuple(
                re.sub(rf"\b({names})\b", lambda found: FRENCH_NAMES[found.group()], commands)
                for commands in french
            ),
            english,
        )
