"""What the cells of a spreadsheet say, as people in France type them: days, amounts, words."""

import re
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from odoo.tools.misc import remove_accents

# Years of which there may be records: another is a slip of the finger.
YEARS = range(2000, 2100)
BIRTH_YEARS = range(1900, 2100)
DAY_PATTERNS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
YES = {"oui", "yes", "x", "1", "vrai", "true", "o", "y"}
NO = {"non", "no", "0", "faux", "false", "n"}
# How opening hours are written: hours, or words for none; what may stand between them.
_CLOCK = r"(\d{1,2})(?: ?[h:](?: ?(\d{2})(?! ?[h:]))?)?"
OPENING = re.compile(rf"{_CLOCK}\s*(?:-|–|—|\ba\b|\bto\b)\s*{_CLOCK}")
BETWEEN_OPENINGS = re.compile(r"[\s,;/+&]|\b(?:de|et|from|and)\b")
CLOSED = {"", "-", "ferme", "closed", *NO}
DAY, MOST_WEEKS = 24 * 60, 2
# What spreadsheets show where a formula fails: #REF!, #NOM?, #DIV/0!, Err:502.
FAILED_FORMULA = re.compile(r"#(?:n/a|[^\W\d_]+(?:/0)?[!?])|err:\d{3}", re.IGNORECASE)
LONGEST_TEXT = 1000
# Beyond these is only how computers count.
DECIMALS = 6


def plain(text):
    """Words as people type them, without accents, capitals and doubled spaces."""
    return " ".join(remove_accents(str(text or "")).lower().split())


def as_text(value):
    """A cell as the text that is shown and may be mended: days as 2015-06-08, 140.0 as 140, and
    what a spreadsheet added up, 0.30000000000000004, as 0.3.
    """
    if isinstance(value, bool):
        return "x" if value else "0"
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        value = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())[:LONGEST_TEXT] if value is not None else ""


def as_lines(value):
    """The same of a long text: what somebody wrote, in as many lines and words as it has."""
    if not isinstance(value, str):
        return as_text(value)
    return "\n".join(line.rstrip() for line in value.strip().splitlines())


def is_failed_formula(text):
    """Whether a cell holds what a spreadsheet shows in place of a result, such as #REF!."""
    return bool(FAILED_FORMULA.fullmatch(text))


def to_day(text, years=YEARS):
    """The day that is written 2015-06-08, 08/06/2015, 8.6.2015 or 8 juin 2015; None where it is
    nonsense: a year of another age is a slip of the finger.
    """
    text = plain(text)
    words = re.fullmatch(r"(\d{1,2})(?:er)?[ -]([a-z]+)[ -](\d{4})", text)
    if words and words[2] in MONTHS:
        text = f"{words[1]}/{MONTHS.index(words[2]) + 1}/{words[3]}"
    for pattern in DAY_PATTERNS:
        try:
            day = datetime.strptime(text, pattern).date()
        except ValueError:
            continue
        return day if day.year in years else None
    return None


def to_birth_date(text, today):
    """The day of a birth: 01/02/68 is of the last century, and nobody is born tomorrow."""
    day = to_day(text, BIRTH_YEARS)
    if day and day > today and not re.search(r"\d{4}", text):
        day = day.replace(year=day.year - 100)
    return day if day and day <= today else None


def to_month(text):
    """First day of the month that is written 06/2015, 2015-06, juin 2015, or by one of its days."""
    text = plain(text)
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{4})", text)
    if found:
        return to_day(f"1/{found[1]}/{found[2]}")
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text)
    if found:
        return to_day(f"1/{found[2]}/{found[1]}")
    day = to_day(f"1 {text}") or to_day(text)
    return day and day.replace(day=1)


def to_number(text):
    """The number that is written 140,00 or 1 234,5 or 1.234,50 €: ``Decimal``, None where it is
    nonsense or may be two numbers.

    The comma parts the decimals, as France writes them; a dot does where there is no comma, as
    workbooks give numbers. ``1,234`` and ``1.234`` may be a thousand: they are nobody's price.
    """
    text = re.sub(r"[\s'’]|€|%|eur", "", plain(text))
    whole, decimals = text, ""
    if "," in text and "." in text:
        mark = "," if text.rfind(",") > text.rfind(".") else "."
        whole, decimals = text.rsplit(mark, 1)
        groups = whole.lstrip("-").split("." if mark == "," else ",")
        if len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:]):
            return None
        whole = whole.replace(".", "").replace(",", "")
    elif "," in text or "." in text:
        whole, decimals = re.split(r"[.,]", text, maxsplit=1)
        if len(decimals) == 3 and whole.lstrip("-") not in ("", "0"):
            return None
    if not re.fullmatch(r"-?\d{1,9}", whole) or not re.fullmatch(r"\d{0,9}", decimals):
        return None
    return Decimal(f"{whole}.{decimals or 0}")


def to_amount(text):
    """An amount of at least 0, to the cent at most: ``Decimal``, or None."""
    number = to_number(text)
    if number is None or number < 0 or number != round(number, 2):
        return None
    return number


def to_flag(text):
    """True, False, or None where it is neither yes nor no."""
    text = plain(text)
    return True if text in YES else False if text in NO else None


def to_hours(text):
    """Hours from 3,5 or 3:30 or 3h30, or 03:30:00 as workbooks keep it.

    0 where nothing is written, None where it is nonsense.
    """
    text = (text or "").strip().lower().replace(",", ".")
    if not text:
        return 0.0
    match = re.fullmatch(r"(\d{1,2})\s*[h:]\s*(?:([0-5]\d)(?::([0-5]\d))?)?", text)
    if match:
        return int(match[1]) + int(match[2] or 0) / 60 + int(match[3] or 0) / 3600
    return float(text) if re.fullmatch(r"\d{1,2}(\.\d+)?", text) else None


def to_openings(text):
    """The opening hours of a day that are written 9:00-12:30 14h-18h, or of two weeks by turns:
    9:00-12:30 | closed.

    :return: tuple of the weeks, each a tuple of (first, last) minutes of the day in their order,
        one where both are the same; None where it is nonsense
    """
    weeks = tuple(_to_openings_of_week(part.strip()) for part in plain(text).split("|"))
    return None if None in weeks or len(weeks) > MOST_WEEKS else fold_weeks(weeks)


def _to_openings_of_week(text):
    if text in CLOSED:
        return ()
    spans = []
    for hours in OPENING.findall(text):
        first, last = (
            int(hour) * 60 + int(minutes or 0) if int(minutes or 0) < 60 else DAY + 1
            for hour, minutes in (hours[:2], hours[2:])
        )
        if not first < last <= DAY:
            return None
        spans.append((first, last))
    spans.sort()
    if not spans or BETWEEN_OPENINGS.sub("", OPENING.sub("", text)):
        return None
    if any(one[1] > other[0] for one, other in pairwise(spans)):
        return None
    return join_openings(spans)


def fold_weeks(weeks):
    """The openings of a day in weeks by turns: once, where each week has the same."""
    weeks = tuple(weeks)
    return weeks[:1] if len(set(weeks)) == 1 else weeks


def join_openings(spans):
    """Spans of a day in their order, those that touch as one."""
    joined = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return tuple(joined)


def write_openings(weeks):
    """What ``to_openings`` reads, written: nothing for a day that is closed."""
    return " | ".join(
        " ".join("-".join(f"{m // 60}:{m % 60:02}" for m in span) for span in week)
        for week in weeks
    ).strip()
