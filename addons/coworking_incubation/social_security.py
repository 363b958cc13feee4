"""French social security numbers (NIR) in what people type: the law lets a support association keep
none. Knows neither Odoo nor a database.
"""

import html
import re
import unicodedata

# 13 characters, then the key of two digits where it was written; blanks, dots and dashes anywhere.
_SIGN = r"[ \t.\u2010-\u2015-]"
_GAP = rf"{_SIGN}{{0,3}}"
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
# Without its key it looks like many another number: it is one where it is written in its groups,
# or where words next to it say so.
_BETWEEN = rf"{_SIGN}{{1,3}}"
_GROUPS = re.compile(
    _BETWEEN.join([r"\d", r"\d\d", r"\d\d", rf"\d[\dABab]{_GAP}\d{{3}}", r"\d{3}(?!\d)"]), re.ASCII
)
_WORDS = re.compile(r"securite\s+sociale|\bsecu\b|\bNIR\b|\bno?[°.]?\s*SS\b", re.IGNORECASE)
_NEAR = 40
_ACCOUNT = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}(?![^\W_])")
_TAG = re.compile(r"<[^>]*>")
_PIECE = re.compile(rf"{_TAG.pattern}|&#?\w+;|.", re.DOTALL)
# Where one of these begins or ends, so does a line; the others may stand within a number.
_BLOCK = re.compile(
    r"</?(?:p|div|br|hr|li|[uod]l|d[td]|t[dhr]|table|h[1-6]|blockquote|pre|section)\b",
    re.IGNORECASE,
)
# Registered before they were known: the month of a birth that papers do not tell.
_ODD_MONTHS = {*range(20, 43), *range(50, 100)}
_CORSICA = {"2A": "19", "2B": "18"}


def find_number(text):
    """The first social security number of a text or of its HTML, as it is written, or ``None``."""
    flat, __ = _read(text)
    found = next(_find_all(flat), None)
    return found and found[0].strip()


def hide_numbers(text):
    """The same text, or HTML, with an ellipsis in place of each number; its tags stay."""
    flat, places = _read(text)
    hidden = str(text)
    for found in reversed(list(_find_all(flat))):
        begin, end = places[found.start()][0], places[found.end() - 1][1]
        hidden = f"{hidden[:begin]}…{''.join(_TAG.findall(hidden[begin:end]))}{hidden[end:]}"
    return type(text)(hidden)


def _read(text):
    """What is read of a text or of its HTML, without accents, and where each sign is written."""
    flat, places = [], []
    if sum(map(str.isdigit, text)) < 12:  # as many as a number from Corsica without its key
        return "", places
    for piece in _PIECE.finditer(text):
        written = piece[0]
        if len(written) > 1 and written[0] == "<":
            written = "\n" if _BLOCK.match(written) else ""
        for sign in unicodedata.normalize("NFKD", html.unescape(written)):
            if not unicodedata.combining(sign):
                flat.append(sign)
                places.append(piece.span())
    return "".join(flat), places


def _find_all(flat):
    accounts = [found.span() for found in _ACCOUNT.finditer(flat) if _is_account(found[0])]
    position = 0
    while found := _NUMBER.search(flat, position):
        position = found.start() + 1
        inside = any(first <= found.start() < last for first, last in accounts)
        if not inside and _is_number(found):
            position = found.end()
            yield found


def _is_account(text):
    """Whether the check of an IBAN holds, at any end: words may follow it."""
    signs = re.sub(r"\s", "", text)
    return any(_is_iban(signs[:length]) for length in range(len(signs), 14, -1))


def _is_iban(signs):
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def _is_number(found):
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
    number = int(
        parts["sex"] + parts["year"] + parts["month"] + department + parts["town"] + parts["order"]
    )
    if parts["key"] and int(parts["key"]) == 97 - number % 97:
        return 1 <= month <= 12 or month in _ODD_MONTHS
    if not 1 <= month <= 12 or parts["key"] and not found["gap"]:
        return False
    # no key, or two digits that stand apart and may be of something else
    near = found.string[max(0, found.start() - _NEAR) : found.end() + _NEAR]
    return bool(_GROUPS.match(found[0]) or _WORDS.search(near))
