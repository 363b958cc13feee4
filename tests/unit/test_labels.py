"""Words that an English reader would take for something else are in no text of the screen."""

import ast
import pathlib
import re

import polib

ADDONS = pathlib.Path(__file__).parents[2] / "addons"
TEMPLATES = ADDONS.glob("coworking_*/i18n/*.pot")
CATALOGUES = sorted(ADDONS.glob("coworking_*/i18n/*.po"))
TEXT = "\n\n".join(path.read_text() for path in sorted(TEMPLATES))
# An accompanist plays the piano, a prescriber is a doctor; a person moves, nobody passes.
# What follows a dot names a field: ``object.accompanist``.
AVOIDED = re.compile(r"(?<![\w.])(accompanist|prescriber|passage)s?\b", re.IGNORECASE)
# Words that do not say whether it is a man or a woman read without their ending in brackets.
ENDINGS = re.compile(r"\w\((e|s|es|ne|te|se|trice)\)|\w·\w|\bil ou elle\b", re.IGNORECASE)


def texts():
    for rows in re.findall(r"^msgid (.*?)^msgstr ", TEXT, re.DOTALL | re.MULTILINE):
        yield "".join(ast.literal_eval(row) for row in rows.splitlines())


def test_no_text_has_a_word_that_means_something_else_in_english():
    assert [text for text in texts() if AVOIDED.search(text)] == []


def test_the_words_are_found_where_they_are():
    assert AVOIDED.search("Without Accompanist")
    assert not AVOIDED.search('<t t-out="object.accompanist"/>')
    assert len(list(texts())) > 1000


def test_french_has_no_ending_in_brackets():
    entries = [entry for path in CATALOGUES for entry in polib.pofile(str(path))]
    assert len(entries) > 1000
    assert [entry.msgstr for entry in entries if ENDINGS.search(entry.msgstr)] == []


def find_unknown(entry):
    """What a translation fills in that its text does not: a sentence that nobody would read."""
    names, told = (set(re.findall(r"%\((\w+)\)", text)) for text in (entry.msgid, entry.msgstr))
    places, filled = (len(re.findall(r"%[sd]", text)) for text in (entry.msgid, entry.msgstr))
    return told - names or (entry.msgstr and filled > places)


def test_a_translation_fills_in_what_its_text_does():
    entries = [entry for path in CATALOGUES for entry in polib.pofile(str(path))]
    assert len(entries) > 1000
    assert [entry.msgid for entry in entries if find_unknown(entry)] == []


def test_what_no_text_fills_in_is_found():
    def entry(french):
        return polib.POEntry(msgid="%(name)s left: %s", msgstr=french)

    assert not find_unknown(entry("%s : %(name)s est parti"))
    assert find_unknown(entry("%(person)s est parti : %s"))
    assert find_unknown(entry("%s, %s"))
