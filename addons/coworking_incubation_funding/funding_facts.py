"""The facts that ``funding`` computes with: agreements, costs, their payments and parts. Pure."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.addons.coworking_incubation.pricing import CENT

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Heading:
    """What an agreement admits, and how much of it.

    :param kind: 'seats', 'direct', 'staff' or 'flat'
    :param charge_kinds: of seats, which kinds of charges ('regular', 'membership'...)
    :param accounts: of direct costs, keys of the accounts; empty: all, but for salaries whose
        hours are counted
    :param ceiling: of the grant, for this heading; ``None``: none
    """

    key: Hashable
    kind: str
    charge_kinds: frozenset[str] = frozenset()
    accounts: frozenset[Hashable] = frozenset()
    ceiling: Decimal | None = None

    def takes(self, cost: "Cost") -> bool:
        if self.kind != cost.kind:
            return False
        if self.kind == "seats":
            return cost.charge_kind in self.charge_kinds
        if self.kind == "flat":
            return self.key == cost.heading
        return cost.account in self.accounts if self.accounts else not cost.salary


@dataclass(frozen=True, slots=True)
class Agreement:
    """The terms of one funder. Agreements are given in their order: it breaks ties.

    :param rate: per cent; of an agreement with priority it is not read
    :param priority: takes first, all that it admits and up to what is left of it (F6)
    :param net: what participants pay to the program is taken off first (F3)
    :param granted: what there is to take from; ``None``: no end
    :param over: of an item, it takes no more than was claimed of it: nobody claims the rest
    """

    key: Hashable
    date_from: date
    date_to: date
    rate: Decimal = ZERO
    priority: bool = False
    net: bool = True
    granted: Decimal | None = None
    date_paid_limit: date | None = None
    needs_presence: bool = True
    over: bool = False
    headings: tuple[Heading, ...] = ()


class Payment(NamedTuple):
    """A part of a cost that was paid on a day; below zero where money came back."""

    date: date
    amount: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """A piece of expense: a bill line, or its part for one charge; below zero on a credit note.

    :param item: costs of one item are parted together: a charge, the complement billed later, the
        credit note. Items are told apart and sorted by it
    :param copayment: what participants owe the program of ``amount``
    :param account: key of the account it is booked on
    :param salary: a booked salary, in a program of which the hours of staff are costs
    :param heading: of a flat amount, the key of its heading
    :param present: whether somebody was there, as far as it is known
    :param public: keys of the agreements to whose public the person belongs; ``None``: of all
    :param step: the smallest amount of its currency
    """

    key: Hashable
    item: Hashable
    kind: str
    amount: Decimal
    date_from: date
    date_to: date
    payments: tuple[Payment, ...] = ()
    charge_kind: str | None = None
    account: Hashable = None
    salary: bool = False
    heading: Hashable = None
    copayment: Decimal = ZERO
    present: bool = True
    public: frozenset[Hashable] | None = None
    step: Decimal = CENT


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a payment of a cost.

    :param agreement: its key; ``None``: own funds
    :param reason: 'rate', 'priority' or 'held' of an agreement; of own funds 'own' (what rates
        leave), 'copayment' (the participant's), 'refused' (nobody admits it), or what is to be
        placed: 'ceiling', 'grant', 'rejected'
    :param instead: of what is to be placed, the key of the agreement that did not take it
    """

    cost: Hashable
    date: date
    agreement: Hashable | None
    amount: Decimal
    reason: str
    heading: Hashable = None
    instead: Hashable = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A part that was claimed. ``rejected``: what the funder did not admit of it (F11)."""

    cost: Hashable
    date: date
    agreement: Hashable
    amount: Decimal
    rejected: Decimal = ZERO
    heading: Hashable = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a person decided of an item: an amount goes from one to another, over the terms.

    :param source: key of the agreement that gives it; ``None``: own funds
    :param target: key of the agreement that gets it; ``None``: own funds
    :param amount: below zero of an item of which more came back than was paid
    """

    item: Hashable
    source: Hashable | None
    target: Hashable | None
    amount: Decimal
