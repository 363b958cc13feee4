"""How people are recognised in what others wrote."""

import re
from collections import defaultdict
from typing import NamedTuple

from ...tools import PHONE_DIGITS, phone_key, plain_words

MASK = "[…]"
# Which editors put between words and digits, and PostgreSQL's ``\s`` does not know.
_HARD_SPACES = "\u00a0\u202f"
_PHONE_GAP = rf"(?:[ {_HARD_SPACES}()./-]|&nbsp;)*"
_ACCENTED = {
    "a": "àâäáãå",
    "c": "ç",
    "e": "éèêë",
    "i": "îïíì",
    "n": "ñ",
    "o": "ôöóòõ",
    "u": "ùûüú",
    "y": "ÿý",
}
_FOLDED = {plain: f"[{plain}{accented}]" for plain, accented in _ACCENTED.items()}
# A dotless i has the capital of the other.
_BARE = str.maketrans(
    {char: plain for plain, all_of in _ACCENTED.items() for char in all_of} | {"ı": "i"}
)
_WORD = re.compile(r"[^\W_]+")
_PHONE = re.compile(rf"[0-9](?:{_PHONE_GAP}[0-9]){{{PHONE_DIGITS - 1},}}")


class Person(NamedTuple):
    """How somebody is called and reached."""

    name: str
    emails: tuple  # normalised
    phones: tuple  # as ``phone_key`` gives them
    # pattern of the full name, of an address, of a phone -> its clue, which each text has in which
    # the pattern is found: a word, or the digits
    ways: dict

    @property
    def email(self):
        return next(iter(self.emails), "")


def recognise(name, emails, phones):
    words = [word for word in plain_words(name) if len(word) > 1]
    emails = tuple(sorted(email.lower() for email in emails if email))
    keys = tuple(sorted({phone_key(phone) for phone in phones} - {False}))
    ways = {name_pattern(words): _get_clue(" ".join(words))} if len(words) > 1 else {}
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
        words = set(_WORD.findall(text.casefold()))
        clues = self.ways_of.keys() & words
        clues |= self.ways_of.keys() & {
            word.translate(_BARE) for word in words if not word.isascii()
        }
        for digits in _PHONE.findall(text):
            digits = re.sub("[^0-9]", "", digits)
            clues |= self.ways_of.keys() & {
                digits[start : start + PHONE_DIGITS] for start in range(len(digits))
            }
        ways = set().union(*map(self.ways_of.get, clues))
        return {way for way in ways if self._compile(way).search(text)}

    def mask(self, text, ways):
        """A text without what these patterns find in it."""
        return self._compile("|".join(sorted(ways))).sub(MASK, text) if text and ways else text

    def _compile(self, pattern):
        known = self.compiled.get(pattern)
        if known is None:
            known = self.compiled[pattern] = re.compile(pattern, re.IGNORECASE)
        return known


def _get_clue(text):
    return max(_WORD.findall(text.casefold()), key=len, default="").translate(_BARE)


def fold_pattern(text):
    """A regular expression of a text however its accents are typed."""
    return "".join(_FOLDED.get(char, _escape(char)) for char in text)


def name_pattern(words):
    """The words of a name next to one another, in their order or the other way round, also where
    ``_`` stands between them and what surrounds them, as in names of files.
    """
    parts = [fold_pattern(word) for word in words]
    gap = rf"(?:[\s{_HARD_SPACES},;._'’·-]|&nbsp;)+"
    ways = {gap.join(parts), gap.join(reversed(parts)), gap.join([*parts[-1:], *parts[:-1]])}
    return "|".join(rf"(?<![^\W_])(?:{way})(?![^\W_])" for way in sorted(ways))


def email_pattern(email):
    """An address, and no longer one that ends or begins with it."""
    return rf"(?<![\w.+-]){fold_pattern(email)}(?![\w-]|\.\w)"


def phone_pattern(digits):
    """The last digits of a phone, whatever is written between them and before."""
    gap = _PHONE_GAP
    return rf"(?<!\d)(?:\+?\d{{1,3}}|0)?{gap}{gap.join(digits)}(?!\d)"


def _escape(char):
    return char if char.isalnum() or char in "_@" else f"\\{char}"
