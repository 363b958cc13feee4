"""Looks for words in all of the database, as a dump of it would show them, and in the filestore."""

import os
import re

from odoo.tools import SQL
from odoo.tools.misc import remove_accents


def fold(text):
    return remove_accents(text.casefold())


def find_in_database(env, words):
    """All columns of all tables whose text holds one of the words, however it is written.

    :return: list of (table, column, id or text, word)
    """
    env.flush_all()
    folded = [fold(word) for word in words]
    # letters that may bear an accent are any one character: then read in Python, folded
    pattern = "|".join(
        re.sub("[aceinouy]", ".", re.escape(word).replace(r"\ ", " ")) for word in folded
    )
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
            for column, value in row.items():
                text = fold(str(value))
                parts = set(re.findall(r"[a-z0-9]+", text))
                # a part of a name is a whole word; an address or a phone, in whatever
                found += [
                    (table, column, row.get("id"), word)
                    for word in folded
                    if (word in parts if word.isalpha() else word in text)
                ]
    return found


def find_in_filestore(env, words, since):
    """Files written since, that hold a word and are not to be swept: names below the filestore."""
    attachments = env["ir.attachment"]
    root = attachments._filestore()
    found = []
    for folder, __, names in os.walk(root):
        if "checklist" in folder:
            continue
        for name in names:
            path = os.path.join(folder, name)
            if os.path.getmtime(path) < since:
                continue
            with open(path, "rb") as stream:
                text = fold(stream.read().decode("utf-8", "ignore"))
            if any(fold(word) in text for word in words):
                fname = os.path.relpath(path, root)
                swept = os.path.exists(os.path.join(root, "checklist", fname))
                env.cr.execute("SELECT 1 FROM ir_attachment WHERE store_fname = %s", [fname])
                if env.cr.fetchone() or not swept:
                    found.append(fname)
    return found
