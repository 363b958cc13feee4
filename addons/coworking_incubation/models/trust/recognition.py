"""How people are recognised in what others wrote."""

import re
from collections import defaultdict
from typing import NamedTuple

from odoo.tools import remove_accents

from ...tools import PHONE_DIGITS, phone_key

MASK = "[…]"
# Which editors put between digits.
_HARD_SPACES = "\u00a0\u202f"
_PHONE_GAP = rf"(?:[ {_HARD_SPACES}()./-]|&nbsp;)*"
_NAME_GAP = r"(?:[\s,;._'‘’`´·‐‑–-]|&nbsp;)"
# What Unicode does not take for a letter with an accent, or the same letters.
_LIKE = {
    "'": "ʼ",
    "ae": "Ææ",
    "d": "Đđ",
    "i": "ı",
    "l": "Łł",
    "o": "Øø",
    "oe": "Œœ",
    "ss": "ßẞ",
}
# Also accents that stand by themselves after their letter, as in names of files of a Mac.
_PLAIN = {
    code: remove_accents(chr(code)) for code in (*range(0xC0, 0x700), *range(0x1E00, 0x2000))
} | {ord(char): plain for plain, chars in _LIKE.items() for char in chars}
_WORD = re.compile(r"[\w\u0300-\u036f\u064b-\u065f]+")  # of a text without ``_``
_PHONE = re.compile(rf"[0-9](?:{_PHONE_GAP}[0-9]){{{PHONE_DIGITS - 1},}}")


class Person(NamedTuple):
    """How somebody is called and reached."""

    name: str
    emails: tuple  # normalised
    phones: tuple  # as ``phone_key`` gives them
    # pattern of the full name, of an address, of a phone, without accents -> its clue, which each
    # text has in which the pattern is found: a word, or the digits
    ways: dict

    @property
    def email(self):
        return next(iter(self.emails), "")


def recognise(name, emails, phones):
    spelled = simplify(name or "")
    emails = tuple(sorted(email.lower() for email in emails if email))
    keys = tuple(sorted({phone_key(phone) for phone in phones} - {False}))
    ways = {
        name_pattern(words): max(words, key=len)
        for words in map(_find_words, (spelled, re.sub("['’]", "", spelled)))
        if sum(len(word) > 1 for word in words) > 1
    }
    ways |= {
        email_pattern(email): _get_clue(email.partition("@")[0]) or _get_clue(email)
        for email in emails
    }
    ways |= {phone_pattern(key): key for key in keys}
    return Person(name or "", emails, keys, ways)


class Recognition:
    """Looks for many people at once, in texts of which each is compared with the patterns of those
    alone of whom it has a clue. PostgreSQL would compare each text with those of all people.
    """

    def __init__(self, people):
        self.ways_of, self.compiled = defaultdict(set), {}
        for person in people:
            for way, clue in person.ways.items():
                self.ways_of[clue].add(way)

    def find(self, text):
        """:return: set of the patterns that a text has; it may be empty, or None"""
        if not text:
            return set()
        words = set(_find_words(text))
        words.update(_find_words(simplify(" ".join(w for w in words if not w.isascii()))))
        clues = self.ways_of.keys() & words
        for digits in _PHONE.findall(text):
            digits = re.sub("[^0-9]", "", digits)
            clues |= self.ways_of.keys() & {
                digits[start : start + PHONE_DIGITS] for start in range(len(digits))
            }
        if not clues:
            return set()
        ways = set().union(*map(self.ways_of.get, clues))
        text = simplify(text)
        return {way for way in ways if self._compile(way).search(text)}

    def mask(self, text, ways):
        """A text without what these patterns find in it."""
        if not text or not ways:
            return text
        # where in the text each letter of its simpler form is from
        places = [at for at, char in enumerate(text) for __ in simplify(char)] + [len(text)]
        kept, end = [], 0
        for found in self._compile("|".join(sorted(ways))).finditer(simplify(text)):
            kept.append(text[end : places[found.start()]])
            end = places[found.end()]
        return MASK.join([*kept, text[end:]])

    def _compile(self, pattern):
        known = self.compiled.get(pattern)
        if known is None:
            known = self.compiled[pattern] = re.compile(pattern, re.IGNORECASE)
        return known


def simplify(text):
    """A text without accents, as the patterns are, and as they find people in it."""
    return text if text.isascii() else text.translate(_PLAIN)


def _find_words(text):
    return _WORD.findall(text.casefold().replace("_", " "))


def _get_clue(text):
    return max(_find_words(simplify(text)), key=len, default="")


def name_pattern(words):
    """The words of a name next to one another, in their order or the other way round, also where
    ``_`` stands between them and what surrounds them, as in names of files. A letter by itself may
    be missing.

    :param words: two at least of more than one letter, as ``simplify`` gives them
    """
    parts, letters = [], ""
    for word in words:
        if len(word) > 1:
            parts.append(letters + re.escape(word))
            letters = ""
        else:
            letters += f"(?:{re.escape(word)}{_NAME_GAP}+)?"
    gap = f"{_NAME_GAP}+"
    ways = {gap.join(parts), gap.join(reversed(parts)), gap.join([*parts[-1:], *parts[:-1]])}
    return "|".join(rf"(?<![^\W_])(?:{way})(?![^\W_])" for way in sorted(ways))


def email_pattern(email):
    """An address, and no longer one that ends or begins with it."""
    return rf"(?<![\w.+-]){re.escape(simplify(email))}(?![\w-]|\.\w)"


def phone_pattern(digits):
    """The last digits of a phone, whatever is written between them and before."""
    gap = _PHONE_GAP
    return rf"(?<!\d)(?:\+?\d{{1,3}}|0)?{gap}{gap.join(digits)}(?!\d)"
