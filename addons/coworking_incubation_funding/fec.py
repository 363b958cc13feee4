"""Payments read from the French file of entries of another software (*fichier des écritures
comptables*, FEC: article A47 A-1 of the *livre des procédures fiscales*).

Pure, like the core's ``pricing``: bytes in, dataclasses out, nothing of Odoo or of a database.

What was paid is told by the lettering of third parties, 401 for suppliers and 411 for customers.
Lines with one letter in one account settle one another: bills, credit notes, and lines of entries
that move money (class 5)::

    bill F-12 of 100.00, credit note A-1 of 40.00, a transfer of 60.00 on 9 June, all lettered AB
    -> F-12 set off by A-1: 40.00; F-12 paid on 9 June: 60.00

What no money settles (an entry of sundry operations, the balance brought forward) is no payment.
"""

import io
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

MOST_BYTES = 40 * 1024 * 1024
MOST_LINES = 300_000
MOST_FAULTS = 20

# The 18 columns of the article; the last two amounts may be one amount and its side.
COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
    *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
    *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
)
NEEDED = (
    *("JournalCode", "EcritureNum", "EcritureDate", "CompteNum", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "EcritureLib", "EcritureLet"),
)
AMOUNTS = (("Debit", "Credit"), ("Montant", "Sens"))
SIDES = {"D": 1, "+1": 1, "1": 1, "C": -1, "-1": -1}
# Accounts of third parties -> the side, of debit less credit, on which they are billed.
THIRD_PARTIES = {"401": -1, "411": 1}
MONEY, EQUITY = "5", ("10", "11", "12")

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Fault:
    """What is wrong with some lines of a file.

    :param kind: "columns" (``what``: those that miss), "cells" (how many, how many there should
        be), "entry" (no number), "day", "amount" (``what``: as written), "unbalanced" (journal,
        number of the entry, debit, credit), "lines" (how many at most), "text" (not a text at all)
    """

    kind: str
    first: int = 0
    last: int = 0
    what: tuple = ()


class RefusedError(Exception):
    """The file is wrong, and nothing of it is used.

    :param faults: the first of them
    :param count: how many there are
    """

    def __init__(self, faults, count=None):
        super().__init__(faults)
        self.faults = faults
        self.count = count or len(faults)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, as far as payments are concerned. ``number``: 1 is the headings'."""

    number: int
    journal: str
    entry: str
    day: date
    account: str
    third_party: str
    name: str
    piece: str
    label: str
    debit: Decimal
    credit: Decimal
    letter: str


@dataclass(frozen=True)
class Settlement:
    """What was paid of a bill or came back for a credit note, or what a credit note set off.

    :param line: number of the line of the payment, or of the credit note
    :param reference: number of the bill or credit note that is settled, and ``label``, its words
    :param name: what the other books call the third party
    :param amount: above zero
    :param credit: number of the credit note that is set off, empty where money was paid
    :param entry: journal and number of the entry in the other books
    """

    line: int
    reference: str
    label: str
    name: str
    day: date
    amount: Decimal
    credit: str = ""
    entry: str = ""


def looks_like_fec(content: bytes) -> bool:
    """Whether a file begins as a FEC does, right or wrong."""
    return b"journalcode" in content[:200].lower()


def read_settlements(content: bytes) -> list[Settlement]:
    """What third parties were paid, in the order of the file.

    :raise RefusedError: lines that cannot be read, or entries whose debit is not their credit
    """
    entries, lettered, faults, count = {}, [], [], 0
    for line in parse(content):
        if isinstance(line, Fault):
            count += 1
            faults += [line] if len(faults) < MOST_FAULTS else []
            continue
        entry = entries.setdefault((line.journal, line.entry), _Entry(line.number))
        entry.add(line)
        if line.letter and line.account.startswith(tuple(THIRD_PARTIES)):
            lettered.append(line)
    unbalanced = [
        Fault("unbalanced", entry.first, entry.last, (*key, entry.debit, entry.credit))
        for key, entry in entries.items()
        if entry.debit != entry.credit
    ]
    # an entry that lacks a line that cannot be read is not balanced either: the first is the cause
    if faults or unbalanced:
        shown = faults or unbalanced
        raise RefusedError(shown[:MOST_FAULTS], count or len(unbalanced))
    money = {key for key, entry in entries.items() if entry.moves_money}
    return settle(lettered, money)


def parse(content: bytes) -> Iterator[Line | Fault]:
    """The lines of a file, and a fault for each that cannot be read.

    :raise RefusedError: it has not the columns of an FEC, or is no text
    """
    if b"\0" in content:
        raise RefusedError([Fault("text")])
    encoding = _find_encoding(content)
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace")
    heading = stream.readline().rstrip("\n")
    separator = "\t" if "\t" in heading else "|"
    names = [_unquote(name).strip().lower() for name in heading.split(separator)]
    places = {name: names.index(name.lower()) for name in COLUMNS if name.lower() in names}
    places |= {name: names.index(name.lower()) for name in AMOUNTS[1] if name.lower() in names}
    amounts = next((pair for pair in AMOUNTS if set(pair) <= places.keys()), None)
    missing = [name for name in NEEDED if name not in places]
    if missing or not amounts:
        missing += [] if amounts else AMOUNTS[0]
        raise RefusedError([Fault("columns", 1, 1, tuple(missing))])
    reader = _Reader(places, amounts, len(names), separator)
    for number, text in enumerate(stream, 2):
        if number > MOST_LINES + 1:
            raise RefusedError([Fault("lines", number, number, (MOST_LINES,))])
        if text.strip():
            yield reader.to_line(number, text.rstrip("\n"))


def settle(lines: Iterable[Line], money: set[tuple[str, str]]) -> list[Settlement]:
    """What the lettering of these lines says.

    :param money: (journal, number) of the entries that move money
    """
    groups = defaultdict(list)
    for line in lines:
        groups[line.account, line.third_party, line.letter].append(line)
    result = []
    for (account, *__), group in groups.items():
        result += _Group(group, money, THIRD_PARTIES[account[:3]]).settle()
    return sorted(result, key=lambda row: (row.line, row.reference, row.credit))


class _Reader:
    """Lines of a file that has these columns."""

    def __init__(self, places, amounts, width, separator):
        self.places, self.amounts = places, amounts
        self.width, self.separator = width, separator

    def to_line(self, number, text):
        cells = text.split(self.separator)
        if len(cells) < self.width:
            return Fault("cells", number, number, (len(cells), self.width))
        cell = {name: _unquote(cells[place]) for name, place in self.places.items()}
        if not cell["EcritureNum"]:
            return Fault("entry", number, number)
        day = to_day(cell["EcritureDate"])
        if not day:
            return Fault("day", number, number, (cell["EcritureDate"],))
        sides = self._read_amounts(cell)
        if not sides:
            return Fault("amount", number, number, tuple(cell[name] for name in self.amounts))
        return Line(
            number=number,
            journal=cell["JournalCode"],
            entry=cell["EcritureNum"],
            day=day,
            account=cell["CompteNum"],
            third_party=cell["CompAuxNum"],
            name=cell["CompAuxLib"],
            piece="" if cell["PieceRef"] == "-" else cell["PieceRef"],
            label=cell["EcritureLib"],
            debit=sides[0],
            credit=sides[1],
            letter=cell["EcritureLet"],
        )

    def _read_amounts(self, cell):
        """(debit, credit), or None where one of them is nonsense."""
        if self.amounts == AMOUNTS[0]:
            debit, credit = to_amount(cell["Debit"]), to_amount(cell["Credit"])
            return None if debit is None or credit is None else (debit, credit)
        amount, side = to_amount(cell["Montant"]), SIDES.get(cell["Sens"].upper())
        if amount is None or not side:
            return None
        return (amount, _ZERO) if side > 0 else (_ZERO, amount)


@dataclass
class _Entry:
    """What is known of an entry once its lines are read."""

    first: int
    last: int = 0
    debit: Decimal = _ZERO
    credit: Decimal = _ZERO
    classes: set = field(default_factory=set)

    def add(self, line):
        self.last = line.number
        self.debit += line.debit
        self.credit += line.credit
        self.classes.add(line.account[:2])

    @property
    def moves_money(self):
        """The balance brought forward has both money and equity: it moves none."""
        return any(each.startswith(MONEY) for each in self.classes) and not (
            self.classes & set(EQUITY)
        )


@dataclass
class _Part:
    """A bill, a credit note or a movement of money in a group, and what is left of it."""

    line: Line
    left: Decimal


class _Group:
    """Lines of one third party that have one letter."""

    def __init__(self, lines, money, side):
        found = defaultdict(dict)
        for line in sorted(lines, key=lambda line: (line.day, line.number)):
            value = (line.debit - line.credit) * side
            moved = (line.journal, line.entry) in money
            # a document that is entered in several lines is one
            key = line.number if moved else (line.journal, line.entry, line.piece)
            part = found[moved].setdefault(key, _Part(line, _ZERO))
            part.left += value
        documents, moves = found[False].values(), found[True].values()
        self.bills = [part for part in documents if part.left > 0]
        self.credits = [_negate(part) for part in documents if part.left < 0]
        self.payments = [_negate(part) for part in moves if part.left < 0]
        self.refunds = [part for part in moves if part.left > 0]
        self.result = []

    def settle(self):
        """Money that came back is for credit notes; what is left of these sets bills off; what was
        paid is for the bill it names, or of its amount, then for the oldest.
        """
        self._match(self.refunds, self.credits, self._note_paid)
        self._match(self.credits, self.bills, self._note_set_off)
        self._match(self.payments, self.bills, self._note_paid)
        return self.result

    def _match(self, givers, takers, note):
        for get_key in (
            lambda part: part.line.piece,
            lambda part: part.left,
            lambda part: "oldest",
        ):
            waiting = defaultdict(deque)
            for taker in takers:
                if taker.left:
                    waiting[get_key(taker)].append(taker)
            for giver in givers:
                own = waiting.get(get_key(giver)) if get_key(giver) else None
                while own and giver.left:
                    amount = min(giver.left, own[0].left)
                    giver.left -= amount
                    own[0].left -= amount
                    note(giver.line, own[0].line, amount)
                    if not own[0].left:
                        own.popleft()

    def _note_paid(self, giver, taker, amount):
        self._note(giver, taker, amount, giver.day, entry=f"{giver.journal} {giver.entry}")

    def _note_set_off(self, giver, taker, amount):
        credit = giver.piece or giver.label
        self._note(giver, taker, amount, max(giver.day, taker.day), credit=credit)

    def _note(self, giver, taker, amount, day, **values):
        self.result.append(
            Settlement(
                line=giver.number,
                reference=taker.piece,
                label=taker.label,
                name=taker.name or giver.name,
                day=day,
                amount=amount,
                **values,
            )
        )


@lru_cache(maxsize=4096)
def to_day(text: str) -> date | None:
    """The day that is written 20150608."""
    try:
        return datetime.strptime(text, "%Y%m%d").date() if len(text) == 8 else None
    except ValueError:
        return None


def to_amount(text: str) -> Decimal | None:
    """The amount that is written 1234,50, zero where nothing is; None where it is nonsense."""
    text = text.replace(",", ".")
    if not text:
        return _ZERO
    return Decimal(text) if re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", text, re.ASCII) else None


def _negate(part):
    return _Part(part.line, -part.left)


def _find_encoding(content):
    """UTF-8 if it is, else ISO-8859-15, or what Windows makes of it."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252" if re.search(rb"[\x80-\x9f]", content) else "iso8859-15"
    return "utf-8-sig"


def _unquote(cell):
    """The article knows no quotes, some software writes them around a cell all the same."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"').strip()
    return cell
