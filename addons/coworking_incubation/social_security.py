"""French social security numbers (NIR) in what people type: the law lets a support association keep
none. Knows neither Odoo nor a database.
"""

import html
import re
import unicodedata

# 13 characters, then the key of two digits where it was written; blanks, dots and dashes anywhere.
_GAP = r"[ \t.\u2010-\u2015-]{0,3}"
_DIGIT = rf"{_GAP}\d"
_NUMBER = re.compile(
    # not the middle of a word, an account or a telephone number
    r"(?<![^\W_])(?<!\+)(?<!\+ )"
    rf"(?P<sex>[123478])(?P<year>{_DIGIT * 2})(?P<month>{_DIGIT * 2})"
    rf"(?P<department>{_DIGIT}{_GAP}[\dABab])(?P<town>{_DIGIT * 3})(?P<order>{_DIGIT * 3})"
    rf"(?:(?P<gap>{_GAP})(?P<key>\d{_DIGIT}))?"
    r"(?![^\W_])",
    re.ASCII,
)
_ACCOUNT = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}(?![^\W_])")
_TAG = re.compile(r"<[^>]*>")
# Registered before they were known: the month of a birth that papers do not tell.
_ODD_MONTHS = {*range(20, 43), *range(50, 100)}
_CORSICA = {"2A": "19", "2B": "18"}


def find_number(text):
    """The first social security number of a text or of its HTML, as it is written, or ``None``."""
    if sum(map(str.isdigit, text)) < 12:  # as many as a number from Corsica without its key
        return None
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub("", text))
    text = unicodedata.normalize("NFKC", text)
    accounts = [found.span() for found in _ACCOUNT.finditer(text) if _is_account(found[0])]
    position = 0
    while found := _NUMBER.search(text, position):
        inside = any(first <= found.start() < last for first, last in accounts)
        if not inside and _is_plausible(found):
            return found[0].strip()
        position = found.start() + 1
    return None


def _is_account(text):
    """Whether the check of an IBAN holds, at any end: words may follow it."""
    signs = re.sub(r"\s", "", text)
    return any(_is_iban(signs[:length]) for length in range(len(signs), 14, -1))


def _is_iban(signs):
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def _is_plausible(found):
    parts = {
        name: re.sub(r"[^0-9A-Z]", "", (part or "").upper())
        for name, part in found.groupdict().items()
    }
    if parts["town"] == "000" or parts["order"] == "000" or parts["department"] == "00":
        return False
    month = int(parts["month"])
    department = _CORSICA.get(parts["department"], parts["department"])
    if not department.isdigit():
        return False
    if not parts["key"]:
        return 1 <= month <= 12
    number = int(
        parts["sex"] + parts["year"] + parts["month"] + department + parts["town"] + parts["order"]
    )
    if int(parts["key"]) == 97 - number % 97:
        return 1 <= month <= 12 or month in _ODD_MONTHS
    # two digits that stand apart may be of something else
    return bool(found["gap"]) and 1 <= month <= 12


def hide_numbers(text):
    """The same text, or HTML, with an ellipsis in place of each number."""
    while found := find_number(text):
        if found not in text:  # written across tags: what it looks like is kept
            text = type(text)(html.escape(html.unescape(_TAG.sub(" ", text))))
            text = type(text)(unicodedata.normalize("NFKC", text))
            if found not in text:
                return type(text)("…")
        text = type(text)(str(text).replace(found, "…"))
    return text
