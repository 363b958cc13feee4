"""The pure module: what payments announce beyond what the bank paid."""

import ast
import pathlib
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.coworking_incubation import payments
from odoo.addons.coworking_incubation.payments import BankLine, Document, Payment


def day(number):
    return date(2015, 7, number)


def bill(key="bill", left=0, on=1, **values):
    return Document(key, day(on), Decimal(left), **values)


def cheque(amount, *documents, on=5, key="cheque", **values):
    return Payment(key, day(on), Decimal(amount), frozenset(documents or ["bill"]), **values)


def bank(on, key="line", **paid):
    return BankLine(key, day(on), {name: Decimal(amount) for name, amount in paid.items()})


def told(documents, some, lines=()):
    return [
        (row.document, row.date.day, row.amount)
        for row in payments.announced(documents, some, lines)
    ]


def test_it_knows_nothing_of_odoo():
    tree = ast.parse(pathlib.Path(payments.__file__).read_text())
    names = {row.module or "." for row in ast.walk(tree) if isinstance(row, ast.ImportFrom)}
    assert names == {".", "collections.abc", "dataclasses", "datetime", "decimal"}
    assert not [row for row in ast.walk(tree) if isinstance(row, ast.Import)]


# === ONE PAYMENT, ONE BILL === #


def test_what_no_bank_line_paid_is_paid_on_the_day_of_the_payment():
    assert told([bill(left=100)], [cheque(100)]) == [("bill", 5, 100)]


def test_what_the_bank_paid_is_announced_no_more():
    assert told([bill()], [cheque(100)], [bank(9, bill=100)]) == []


def test_the_bank_may_pay_a_part():
    paid = told([bill(left=40)], [cheque(100)], [bank(9, bill=60)])
    assert paid == [("bill", 5, 40)]


def test_no_more_is_paid_than_is_left():
    assert told([bill(left=30)], [cheque(100)]) == [("bill", 5, 30)]


def test_a_bank_line_before_the_payment_is_another_one():
    paid = told([bill(left=100)], [cheque(100)], [bank(4, bill=60)])
    assert paid == [("bill", 5, 100)]


@pytest.mark.parametrize(("found_paid", "rest"), [(True, 0), (False, 100)])
def test_one_that_odoo_found_paid_may_have_an_older_line_of_its_amount(found_paid, rest):
    payment = cheque(100, found_paid=found_paid)
    assert payments.not_in_bank([bill()], [payment], [bank(4, bill=100)]) == {"cheque": rest}


def test_an_older_line_of_another_amount_is_not_that_of_one_found_paid():
    payment = cheque(100, found_paid=True)
    assert payments.not_in_bank([bill()], [payment], [bank(4, bill=60)]) == {"cheque": 100}


# === SEVERAL === #


def test_a_line_of_exactly_what_a_payment_announces_is_its_own():
    """60.00 on the 9th is the second payment, though the first might have claimed it."""
    some = [cheque(100, on=5, key="first"), cheque(60, on=6, key="second")]
    rest = payments.not_in_bank([bill()], some, [bank(9, bill=60)])
    assert rest == {"first": 100, "second": 0}


def test_payments_of_few_documents_choose_before_those_of_many():
    documents = [bill("one"), bill("two")]
    some = [cheque(150, "one", "two", on=5, key="both"), cheque(90, "one", on=6, key="own")]
    rest = payments.not_in_bank(documents, some, [bank(9, one=100)])
    assert rest == {"both": 140, "own": 0}


def test_what_is_left_is_spread_over_the_documents_by_largest_remainder():
    documents = [bill("one", "33.33"), bill("two", "66.67", on=2)]
    assert told(documents, [cheque(50, "one", "two")]) == [
        ("one", 5, Decimal("16.67")),
        ("two", 5, Decimal("33.33")),
    ]


def test_a_credit_note_gives_what_it_leaves_to_the_oldest_first():
    note = bill("note", 40, outbound=False)
    documents = [bill("young", 100, on=3), bill("old", 30, on=2), note]
    assert told(documents, [cheque(90, "young", "old", "note")]) == [("young", 5, 90)]


def test_documents_and_lines_of_others_are_none_of_its_business():
    documents = [bill(left=100), bill("other", 100)]
    assert told(documents, [cheque(100)], [bank(9, other=100)]) == [("bill", 5, 100)]


# === WHATEVER THERE IS === #

amounts = st.integers(0, 20_000).map(lambda cents: Decimal(cents) / 100)
days = st.integers(1, 28).map(day)
keys = st.integers(1, 4)


@st.composite
def books(draw):
    documents = [
        Document(key, draw(days), draw(amounts), outbound=draw(st.booleans()))
        for key in sorted(draw(st.sets(keys)))
    ]
    some = [
        Payment(
            number,
            draw(days),
            draw(amounts),
            draw(st.frozensets(keys)),
            outbound=draw(st.booleans()),
            found_paid=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    lines = [
        BankLine(number, draw(days), draw(st.dictionaries(keys, amounts)))
        for number in range(draw(st.integers(0, 4)))
    ]
    return documents, some, lines


@given(books())
def test_nothing_is_paid_twice_nor_taken_from_nowhere(book):
    documents, some, lines = book
    documents = sorted(documents, key=lambda document: (document.date, document.key))
    rest = payments.not_in_bank(documents, some, lines)
    assert all(0 <= rest[payment.key] <= payment.amount for payment in some)
    claimed = sum(payment.amount - rest[payment.key] for payment in some)
    assert claimed <= sum(sum(line.paid.values()) for line in lines)
    rows = payments.announced(documents, some, lines)
    for document in documents:
        own = [row for row in rows if row.document == document.key]
        assert sum(row.amount for row in own) <= document.left
    for payment in some:
        own = [row for row in rows if row.payment == payment.key]
        assert sum(row.amount for row in own) <= rest[payment.key]
        assert all(row.amount > 0 and row.document in payment.documents for row in own)
        assert all(row.date == payment.date for row in own)


@given(books(), st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_changes_nothing(book, random: Random):
    before = payments.announced(*book)
    for some in book:
        random.shuffle(some)
    assert payments.announced(*book) == before
