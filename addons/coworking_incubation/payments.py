"""When how much was paid by payments without an entry: announced payments against bank ones.

Pure, like ``pricing``: dates, ``Decimal`` and dataclasses only, nothing of Odoo or of a database.

A payment of a method without an account (a cheque sent, a transfer ordered) has no entry in the
books: it only *announces* that some documents are paid, and the bank line that comes later pays
them once more, on paper. ``announced`` says what such payments paid that no bank line paid yet::

    a bill of 100.00, a cheque of 100.00 registered on the 5th       100.00 paid on the 5th
    ... and a bank line of 100.00 on the 9th, reconciled with it     nothing: the bank says it
    ... and a bank line of 60.00 on the 9th instead                  40.00 paid on the 5th
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import pricing

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Document:
    """A bill, an invoice or a credit note. ``left``: what is left of it, never below zero;
    ``outbound``: whether paying it is money that leaves (a bill, a credit note that we gave).
    """

    key: Hashable
    date: date
    left: Decimal
    outbound: bool = True


@dataclass(frozen=True)
class Payment:
    """A payment without an entry, in the order of ``date``, then ``key``.

    :param amount: what it announces, never below zero
    :param documents: keys of those it was registered for
    :param found_paid: Odoo marked it as paid, since its documents are: its bank line may be older
    """

    key: Hashable
    date: date
    amount: Decimal
    documents: frozenset[Hashable]
    outbound: bool = True
    found_paid: bool = False


@dataclass(frozen=True)
class BankLine:
    """A line of a bank statement. ``paid``: document key -> what it was reconciled with of it."""

    key: Hashable
    date: date
    paid: Mapping[Hashable, Decimal]


@dataclass(frozen=True)
class Paid:
    """What a payment announces that was paid of a document, more than zero."""

    document: Hashable
    payment: Hashable
    date: date
    amount: Decimal


def announced(
    documents: Iterable[Document],
    payments: Iterable[Payment],
    lines: Iterable[BankLine],
    *,
    step: Decimal = pricing.CENT,
) -> list[Paid]:
    """What was paid, as far as payments without an entry alone say it.

    What the bank paid of the documents of a payment is taken off what it announces (see
    ``not_in_bank``). The rest is spread by largest remainder over what is left of the documents on
    its side, after the oldest of them have given what its documents of the opposite sign leave:
    60.00 for a bill of 100.00 and a credit note of 40.00 pays the bill.

    :return: payments in their order, then documents from the oldest
    """
    documents = sorted(documents, key=lambda document: (document.date, document.key))
    payments = sorted(payments, key=lambda payment: (payment.date, payment.key))
    rest = not_in_bank(documents, payments, lines)
    left = {document.key: document.left for document in documents}
    result = []
    for payment in payments:
        own = _paid_by(payment, documents)
        credit = sum((left[key] for key in payment.documents & left.keys() - set(own)), _ZERO)
        room = []
        for key in own:
            given = min(left[key], credit)
            credit -= given
            room.append((key, left[key] - given))
        amount = min(rest[payment.key], sum((part for _key, part in room), _ZERO))
        for key, part in pricing.spread(amount, room, step):
            left[key] -= part
            if part:
                result.append(Paid(key, payment.key, payment.date, part))
    return result


def not_in_bank(
    documents: Sequence[Document], payments: Sequence[Payment], lines: Iterable[BankLine]
) -> dict[Hashable, Decimal]:
    """What each payment announces beyond what the bank paid of its documents, never below zero.

    A bank line is claimed by payments of its day or before, each cent of it once. Lines of exactly
    what a payment announces are claimed before all others; one that Odoo found paid may have a bank
    line of an earlier date. Then payments of few documents choose before those of many, which find
    theirs elsewhere.

    :param documents: from the oldest
    """
    own = {payment.key: _paid_by(payment, documents) for payment in payments}
    rest = {payment.key: payment.amount for payment in payments}
    banked = [
        (line.date, dict(line.paid))
        for line in sorted(lines, key=lambda line: (line.date, line.key))
    ]
    choosing = sorted(
        payments, key=lambda payment: (len(own[payment.key]), payment.date, payment.key)
    )
    for exact in (True, False):
        for payment in choosing:
            keys = own[payment.key]
            for day, paid in banked:
                if day < payment.date and not (exact and payment.found_paid):
                    continue
                whole = sum((paid.get(key, _ZERO) for key in keys), _ZERO)
                if exact and whole != rest[payment.key]:
                    continue
                for key in filter(paid.__contains__, keys):
                    claimed = min(paid[key], rest[payment.key])
                    paid[key] -= claimed
                    rest[payment.key] -= claimed
    return rest


def _paid_by(payment: Payment, documents: Iterable[Document]) -> list[Hashable]:
    """Keys of the documents of a payment that are on its side, in the order given."""
    return [
        document.key
        for document in documents
        if document.key in payment.documents and document.outbound == payment.outbound
    ]
