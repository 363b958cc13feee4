"""Whether a text that a French user reads has English in it."""

import re
from pathlib import Path

import polib

import odoo.addons.coworking_incubation as addon

# French as well, in none of our sentences.
FRENCH_TOO = {"application", "associations", "design", "large", "public", "square"}
# How Odoo's robot signs its mails.
NAMES = {"system"}
# Of Odoo's own sentences, where a chatter shows them.
ODOO = {"created", "draft", "posted", "paid", "done", "the", "and", "not", "with", "this", "has"}


def _words(text):
    text = re.sub(
        r"<head>.*?</head>|<style.*?</style>|<!--.*?-->", " ", text or "", flags=re.DOTALL
    )
    # Neither are fingerprints words, nor tokens: one had an "add", another a "TRY7".
    text = re.sub(r"<[^>]*>|https?://\S+|\S+@\S+|&\w+;|%\(\w+\)s|\b[0-9a-f]{32,}\b", " ", text)
    return {word.lower() for word in re.findall(r"[^\W_]{3,}", text) if word.isalpha()}


def _vocabulary():
    """Words of our English texts that are in no French one."""
    catalogues = Path(addon.__file__).parents[1].glob("coworking_*/i18n/fr.po")
    entries = [
        entry for path in catalogues for entry in polib.pofile(str(path)) if not entry.obsolete
    ]
    english = set().union(*(_words(entry.msgid) for entry in entries))
    return (
        (english | ODOO)
        - FRENCH_TOO
        - NAMES
        - set().union(*(_words(entry.msgstr) for entry in entries))
    )


ENGLISH = _vocabulary()


def find_english(text):
    """Words of a text that our English has and our French has not, sorted.

    Names of people and places are in neither; what both languages have does not count.
    """
    return sorted(_words(text) & ENGLISH)
