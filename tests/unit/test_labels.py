"""Words that an English reader would take for something else are in no text of the screen."""

import ast
import pathlib
import re

import odoo.addons.coworking_incubation as addon

TEMPLATES = pathlib.Path(addon.__file__).parents[1].glob("coworking_*/i18n/*.pot")
TEXT = "\n\n".join(path.read_text() for path in sorted(TEMPLATES))
# An accompanist plays the piano, a prescriber is a doctor; a person moves, nobody passes.
# What follows a dot names a field: ``object.accompanist``.
AVOIDED = re.compile(r"(?<![\w.])(accompanist|prescriber|passage)s?\b", re.IGNORECASE)


def texts():
    for rows in re.findall(r"^msgid (.*?)^msgstr ", TEXT, re.DOTALL | re.MULTILINE):
        yield "".join(ast.literal_eval(row) for row in rows.splitlines())


def test_no_text_has_a_word_that_means_something_else_in_english():
    assert [text for text in texts() if AVOIDED.search(text)] == []


def test_the_words_are_found_where_they_are():
    assert AVOIDED.search("Without Accompanist")
    assert not AVOIDED.search('<t t-out="object.accompanist"/>')
    assert len(list(texts())) > 1000
