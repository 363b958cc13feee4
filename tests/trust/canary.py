"""Looks for words in all of the database, as a dump of it would show them, and in the filestore."""

import contextlib
import io
import os
import re
import zipfile

from pypdf.errors import PyPdfError

from odoo.tools import SQL
from odoo.tools.misc import remove_accents
from odoo.tools.pdf import PdfFileReader

# Between two digits of a phone, whatever is typed. Not the purge's own pattern, which is tried.
GAP = r"(?:[^0-9]{0,2}|&nbsp;)"


def fold(text):
    return remove_accents(text.casefold())


class Sought:
    """Words, and phones as ``phone_key`` gives them, however they are written."""

    def __init__(self, words, phones):
        self.words = [fold(word) for word in words]
        self.phones = {phone: GAP.join(phone) for phone in phones}

    def to_pattern(self):
        """For PostgreSQL: a letter that may bear an accent is itself or any that is not ASCII."""
        loose = [
            re.sub("([aceinouy])", r"(?:\1|[^\\x01-\\x7f])[^\\x01-\\x7f]*", re.escape(word))
            for word in self.words
        ]
        return "|".join([*loose, *self.phones.values()])

    def find_in(self, text):
        """A part of a name is a whole word; an address or a phone, in whatever."""
        text = fold(text)
        parts = set(re.findall(r"[a-z0-9]+", text))
        found = [word for word in self.words if (word in parts if word.isalpha() else word in text)]
        return found + [phone for phone, known in self.phones.items() if re.search(known, text)]


def find_in_database(env, words, phones=()):
    """All columns of all tables whose text holds one of the words or phones.

    :return: list of (table, column, id or text, word)
    """
    env.flush_all()
    sought = Sought(words, phones)
    pattern = sought.to_pattern()
    found = []
    env.cr.execute(
        """SELECT table_name FROM information_schema.tables
            WHERE table_schema = current_schema AND table_type = 'BASE TABLE' ORDER BY 1"""
    )
    for (table,) in env.cr.fetchall():
        query = SQL(
            "SELECT to_jsonb(line) FROM %s line WHERE line::text ~* %s",
            SQL.identifier(table),
            pattern,
        )
        for (row,) in env.execute_query(query):
            found += [
                (table, column, row.get("id"), word)
                for column, value in row.items()
                for word in sought.find_in(str(value))
            ]
    return found


def find_in_filestore(env, words, phones=(), since=None):
    """Files that hold one of the words or phones: those of attachments, and those written since,
    unless they are to be swept.

    :return: names below the filestore
    """
    env.flush_all()
    sought = Sought(words, phones)
    root = env["ir.attachment"]._filestore()
    env.cr.execute(
        """SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL
              AND COALESCE(url, '') NOT LIKE '/web/assets/%'"""  # of addons, made anew at will
    )
    kept = {fname for (fname,) in env.cr.fetchall()}
    assert any(os.path.exists(os.path.join(root, fname)) for fname in kept), "no file is read"
    return sorted(
        fname
        for fname in kept | (_find_written(root, since) if since else set())
        if os.path.exists(os.path.join(root, fname))
        and any(map(sought.find_in, _read_texts(os.path.join(root, fname))))
    )


def _find_written(root, since):
    written = set()
    for folder, __, names in os.walk(root):
        if "checklist" in folder:
            continue
        for name in names:
            path = os.path.join(folder, name)
            fname = os.path.relpath(path, root)
            swept = os.path.exists(os.path.join(root, "checklist", fname))
            if os.path.getmtime(path) >= since and not swept:
                written.add(fname)
    return written


def _read_texts(path):
    """What a file says: its bytes, and the words of what it packs."""
    with open(path, "rb") as stream:
        content = stream.read()
    yield content.decode("utf-8", "ignore")
    if content.startswith(b"%PDF"):
        with contextlib.suppress(PyPdfError):  # what no reader opens packs nothing
            for page in PdfFileReader(io.BytesIO(content), strict=False).pages:
                yield page.extract_text()
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", "ignore")
