"""A language that nobody speaks: what is read in it went through the catalogue of terms.

Each term is ⟦brácketed⟧, two fifths longer, and keeps its placeholders and its tags. Nothing of the
code knows of it: it is a file where Odoo looks for that of any language.
"""

import pathlib
import re
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import polib

from odoo.tools.translate import code_translations

import odoo.addons

ROOT = pathlib.Path(__file__).parents[1]
LANG = "de_DE"
# tags, placeholders of Python and of the scripts, of templates, and entities
KEPT = re.compile(
    r"(<[^>]*>|%\(\w+\)[-\d.]*[a-z]|%[-\d.]*[sd%]|\{\{.*?\}\}|\$\{.*?\}|&\w+;|&#\d+;)"
)
ACCENTS = str.maketrans("aeiouAEIOUycn", "áéíóúÁÉÍÓÚýčñ")
TAG = re.compile(r"<[^>]*>")
# what is read in a tag
READ = re.compile(r'((?:title|aria-label|alt|placeholder)=")([^"]+)(")')
LETTER = re.compile(r"[^\W\d_]")
LONGER = 0.4


def translate(term):
    """:return: the term in that language, or as it is if there is nothing to say in it"""
    pieces = KEPT.split(term)
    said = 0
    for at, piece in enumerate(pieces):
        if at % 2:
            pieces[at] = READ.sub(
                lambda read: f"{read[1]}⟦{read[2].translate(ACCENTS)}⟧{read[3]}", piece
            )
        elif LETTER.search(piece):
            pieces[at] = piece.translate(ACCENTS)
            said += len(piece)
    if said:
        seen = [at for at, text in enumerate(pieces) if text.strip() and not TAG.fullmatch(text)]
        first, last = seen[0], seen[-1]
        pieces[first] = re.sub(r"^\s*", r"\g<0>⟦", pieces[first], count=1)
        more = "~" * max(1, round(said * LONGER))
        # as words have it: a line may break
        more = re.sub("~{8}(?=~)", r"\g<0> ", more)
        # what ends a sentence still ends it
        end = r"([^\w\s⟦]*)(\s*)$" if last % 2 == 0 else r"()()$"
        pieces[last] = re.sub(end, rf"{more}\1⟧\2", pieces[last], count=1)
    return "".join(pieces)


def find_outside(text):
    """:return: what is in no bracket"""
    before = None
    while text != before:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return text


def write_catalogue(addon, folder):
    catalogue = polib.pofile(str(ROOT / "addons" / addon / "i18n" / f"{addon}.pot"))
    for entry in catalogue:
        entry.msgstr = translate(entry.msgid)
    path = folder / addon / "i18n" / f"{LANG.split('_')[0]}.po"
    path.parent.mkdir(parents=True)
    catalogue.save(str(path))


@contextmanager
def spoken(env, addons):
    """Odoo speaks it, of these addons, until the end of the transaction."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as undone:
        _look_there(undone, odoo.addons, folder)
        for addon in addons:
            write_catalogue(addon, pathlib.Path(folder))
            _look_there(undone, sys.modules[f"odoo.addons.{addon}"], f"{folder}/{addon}")
        undone.callback(_forget, addons)
        _forget(addons)
        env["res.lang"]._activate_lang(LANG)
        env["ir.module.module"]._load_module_terms(addons, [LANG], overwrite=True)
        env.registry.clear_cache("templates")  # Odoo writes the words of views behind its cache
        env.invalidate_all()
        yield


def _look_there(undone, module, folder):
    undone.enter_context(patch.object(module, "__path__", [*module.__path__, folder]))


def _forget(addons):
    for addon in addons:
        for known in (code_translations.python_translations, code_translations.web_translations):
            known.pop((addon, LANG), None)
