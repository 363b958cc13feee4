"""The pure module: what an FEC says was paid."""

import ast
import pathlib
from collections import defaultdict
from datetime import date
from decimal import Decimal as D
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.coworking_incubation_funding import fec

from ..fec_files import bill, line, payment, write

NINTH = date(2015, 6, 9)


def told(content):
    """(what is settled, by which credit note, day, amount)"""
    return [
        (row.reference, row.credit, row.day, row.amount) for row in fec.read_settlements(content)
    ]


def refused(content):
    with pytest.raises(fec.RefusedError) as error:
        fec.read_settlements(content)
    return [(fault.kind, fault.first, fault.last, fault.what) for fault in error.value.faults]


def test_the_module_knows_neither_odoo_nor_a_database():
    tree = ast.parse(pathlib.Path(fec.__file__).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert not {name for name in names if name.startswith(("odoo", "psycopg2"))}


# === What is read === #


def test_a_bill_is_paid_on_the_day_of_the_transfer_it_is_lettered_with():
    rows = fec.read_settlements(write(bill("1", 180, "F-12", "AA"), payment("7", 180, "AA")))
    assert rows == [
        fec.Settlement(
            line=4,
            reference="F-12",
            label="Facture F-12",
            name="Atelier Test",
            day=NINTH,
            amount=D("180.00"),
            entry="BQ 7",
        )
    ]


def test_what_is_not_lettered_pays_nothing():
    assert not told(write(bill("1", 180, "F-12"), payment("7", 180)))


def test_a_letter_counts_within_one_supplier():
    content = write(
        bill("1", 180, "F-12", "AA"), payment("7", 180, "AA", name="Other"), payment("8", 1, "AB")
    )
    assert not told(content)


def test_one_transfer_pays_several_bills():
    content = write(
        bill("1", 180, "F-12", "AA"), bill("2", 120, "F-13", "AA"), payment("7", 300, "AA")
    )
    assert told(content) == [
        ("F-12", "", NINTH, D("180.00")),
        ("F-13", "", NINTH, D("120.00")),
    ]


def test_a_part_is_what_was_paid():
    assert told(write(bill("1", 180, "F-12", "a"), payment("7", 60, "a"))) == [
        ("F-12", "", NINTH, D("60.00"))
    ]


def test_several_payments_of_a_bill_each_have_their_day():
    content = write(
        bill("1", 180, "F-12", "AA"),
        payment("8", 80, "AA", day="20150710"),
        payment("7", 100, "AA"),
    )
    assert told(content) == [
        ("F-12", "", date(2015, 7, 10), D("80.00")),
        ("F-12", "", NINTH, D("100.00")),
    ]


def test_a_payment_that_names_its_bill_pays_that_one():
    content = write(
        bill("1", 100, "F-12", "AA"),
        bill("2", 100, "F-13", "AA"),
        payment("7", 100, "AA", PieceRef="F-13"),
        payment("8", 100, "AA", day="20150710"),
    )
    assert told(content) == [
        ("F-13", "", NINTH, D("100.00")),
        ("F-12", "", date(2015, 7, 10), D("100.00")),
    ]


def test_a_payment_pays_the_bill_of_its_amount_before_the_oldest():
    content = write(
        bill("1", 100, "F-12", "AA"), bill("2", 80, "F-13", "AA"), payment("7", 80, "AA")
    )
    assert told(content) == [("F-13", "", NINTH, D("80.00"))]


def test_a_credit_note_sets_its_bill_off_and_the_rest_is_paid():
    content = write(
        bill("1", 100, "F-12", "AB"), bill("2", -40, "A-1", "AB"), payment("7", 60, "AB")
    )
    assert told(content) == [
        ("F-12", "A-1", NINTH, D("40.00")),
        ("F-12", "", NINTH, D("60.00")),
    ]


def test_money_that_comes_back_is_for_the_credit_note():
    content = write(
        bill("1", 100, "F-12", "AB"),
        payment("7", 100, "AB"),
        bill("2", -40, "A-1", "AB"),
        payment("8", -40, "AB", day="20150710"),
    )
    assert told(content) == [
        ("F-12", "", NINTH, D("100.00")),
        ("A-1", "", date(2015, 7, 10), D("40.00")),
    ]


def test_an_entry_without_money_sets_off_and_pays_nothing():
    """Credit note or sundry operation: the day it clears a bill is not one on which it was paid."""
    cells = {"CompAuxNum": "Atel", "CompAuxLib": "Atelier Test", "EcritureLet": "AA"}
    od = [
        line("401000", 180, 0, journal="OD", entry="9", **cells),
        line("758000", 0, 180, journal="OD", entry="9"),
    ]
    assert told(write(bill("1", 180, "F-12", "AA"), od)) == [("F-12", "/", NINTH, D("180.00"))]


def test_the_balance_brought_forward_is_a_bill_and_no_payment():
    """It has money and equity in one entry: last year's bill is in it, and paid this year."""
    cells = {"CompAuxNum": "Atel", "CompAuxLib": "Atelier Test"}
    opening = [
        line("512000", 300, 0, journal="AN", entry="1"),
        line("101000", 0, 120, journal="AN", entry="1"),
        line("401000", 0, 180, "AN", "1", PieceRef="F-12", EcritureLet="AA", **cells),
    ]
    assert told(write(opening, payment("7", 180, "AA"))) == [("F-12", "", NINTH, D("180.00"))]


def test_invoices_that_customers_pay_are_read_as_well():
    cells = {"CompAuxNum": "C1", "CompAuxLib": "Camille", "EcritureLet": "AA"}
    content = write(
        [
            line("411000", 36, 0, "VT", "1", PieceRef="INV/1", **cells),
            line("706000", 0, 36, "VT", "1"),
        ],
        [line("512000", 36, 0, "BQ", "2"), line("411000", 0, 36, "BQ", "2", **cells)],
    )
    assert told(content) == [("INV/1", "", NINTH, D("36.00"))]


def test_a_bill_in_several_lines_is_one():
    cells = {"CompAuxNum": "Atel", "CompAuxLib": "Atelier Test", "EcritureLet": "AA"}
    double = [
        line("613200", 180, 0, entry="1"),
        line("401000", 0, 100, entry="1", PieceRef="F-12", **cells),
        line("401000", 0, 80, entry="1", PieceRef="F-12", **cells),
    ]
    assert told(write(double, payment("7", 180, "AA"))) == [("F-12", "", NINTH, D("180.00"))]


# === How it is written === #

ACCENTS = [
    bill("1", 180, "F-12", "AA", name="Fabrique d'Été"),
    payment("7", 180, "AA", name="Fabrique d'Été"),
]


@pytest.mark.parametrize("separator", ["\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-15", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_to_write_it_says_the_same(separator, encoding, end):
    content = write(*ACCENTS, separator=separator, encoding=encoding, end=end)
    assert [row.name for row in fec.read_settlements(content)] == ["Fabrique d'Été"]


def test_a_text_of_windows_keeps_its_letters():
    entries = [bill("1", 1, "F-12", "AA", name="L'Œuvre"), payment("7", 1, "AA", name="L'Œuvre")]
    for encoding in ("cp1252", "iso8859-15"):
        assert fec.read_settlements(write(*entries, encoding=encoding))[0].name == "L'Œuvre"


def test_headings_are_known_whatever_their_order_and_capitals():
    columns = tuple(reversed(fec.COLUMNS))
    content = write(*ACCENTS, columns=columns)
    heading, rest = content.split(b"\r\n", 1)
    assert len(fec.read_settlements(heading.upper() + b"\r\n" + rest)) == 1


def test_an_amount_and_its_side_stand_for_debit_and_credit():
    columns = [name for name in fec.COLUMNS if name not in ("Debit", "Credit")]
    entries = [bill("1", 180, "F-12", "AA"), payment("7", 180, "AA")]
    for plus, minus in (("D", "C"), ("+1", "-1")):
        for entry in entries:
            for cells in entry:
                debit = cells["Debit"] != "0,00"
                cells["Montant"] = cells["Debit"] if debit else cells["Credit"]
                cells["Sens"] = plus if debit else minus
        assert told(write(*entries, columns=[*columns, "Montant", "Sens"])) == [
            ("F-12", "", NINTH, D("180.00"))
        ]


def test_quotes_around_a_cell_are_no_part_of_it_and_swallow_no_line():
    entries = [bill("1", 180, "F-12", "AA"), payment("7", 180, "AA")]
    entries[0][0]["EcritureLib"] = '"Chez ""Nous"""'
    entries[0][1]["EcritureLib"] = '"never closed'
    entries[1][0]["CompAuxLib"] = '"Atelier Test"'
    assert told(write(*entries)) == [("F-12", "", NINTH, D("180.00"))]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234,50", D("1234.50")),
        ("1234.5", D("1234.5")),
        (" 000000000000100,00".strip(), D(100)),
        ("", D(0)),
        ("-12,00", D(-12)),
        ("1 234,50", None),
        ("1.234,50", None),
        ("12e3", None),
        ("NaN", None),
        ("١٢", None),
    ],
)
def test_amounts(text, amount):
    assert fec.to_amount(text) == amount


@pytest.mark.parametrize("text", ["2015-06-09", "20150631", "150609", "2015060 ", ""])
def test_what_is_no_day(text):
    assert fec.to_day(text) is None


# === What is refused === #


def test_an_entry_that_is_not_balanced_is_told_with_its_lines():
    wrong = bill("2", 180, "F-13")
    wrong[1]["Credit"] = "170,00"
    content = write(bill("1", 180, "F-12", "AA"), wrong, payment("7", 180, "AA"))
    assert refused(content) == [("unbalanced", 4, 5, ("AC", "2", D("180.00"), D("170.00")))]


def test_each_line_that_cannot_be_read_is_told():
    entries = [bill("1", 180, "F-12"), bill("2", 180, "F-13")]
    entries[0][0]["EcritureDate"] = "9/6/2015"
    entries[0][1]["Debit"] = "zero"
    entries[1][0]["EcritureNum"] = ""
    content = write(*entries)
    assert refused(content) == [
        ("day", 2, 2, ("9/6/2015",)),
        ("amount", 3, 3, ("zero", "180,00")),
        ("entry", 4, 4, ()),
    ]


def test_a_line_cut_short_is_told():
    assert refused(write(bill("1", 180, "F-12")) + b"\r\nAC\tx") == [("cells", 4, 4, (2, 18))]


def test_columns_that_miss_are_named():
    columns = [name for name in fec.COLUMNS if name not in ("EcritureLet", "Credit")]
    assert refused(write(bill("1", 1, "F"), columns=columns)) == [
        ("columns", 1, 1, ("EcritureLet", "Debit", "Credit"))
    ]


def test_a_file_that_is_no_text_is_refused():
    assert refused(b"JournalCode\0\x01") == [("text", 0, 0, ())]


def test_of_many_faults_the_first_are_told_and_all_counted():
    entries = [bill(str(number), 1, "F") for number in range(50)]
    for entry in entries:
        entry[0]["Debit"] = "2,00"
    with pytest.raises(fec.RefusedError) as error:
        fec.read_settlements(write(*entries))
    assert (len(error.value.faults), error.value.count) == (fec.MOST_FAULTS, 50)


def test_more_lines_than_can_be_read_are_refused(monkeypatch):
    monkeypatch.setattr(fec, "MOST_LINES", 3)
    assert refused(write(bill("1", 1, "F"), bill("2", 1, "F"))) == [("lines", 5, 5, (3,))]


# === What always holds === #

amounts = st.integers(1, 100_000).map(lambda cents: D(cents) / 100)
CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='"|'),
    min_size=1,
    max_size=12,
).filter(lambda text: text != "-")


@st.composite
def groups(draw):
    """Bills, credit notes, transfers and refunds with one letter."""
    entries = []
    for number, (kind, amount) in enumerate(
        draw(st.lists(st.tuples(st.sampled_from("BCPR"), amounts), min_size=1, max_size=8))
    ):
        day = f"201506{draw(st.integers(1, 28)):02d}"
        make = bill if kind in "BC" else payment
        sign = 1 if kind in "BP" else -1
        reference = (f"D-{number}",) if kind in "BC" else ()
        entries.append(
            make(str(number), sign * amount, *reference, letter="AA", EcritureDate=day)
            if kind in "BC"
            else make(str(number), sign * amount, letter="AA", day=day)
        )
    return entries


@given(groups())
def test_nothing_is_settled_beyond_what_it_is(entries):
    billed, moved = defaultdict(D), {"BQ": D(0), "AC": D(0)}
    for entry in entries:
        for cells in entry:
            if cells["CompteNum"] == "401000" and cells["JournalCode"] == "AC":
                billed[cells["PieceRef"]] = fec.to_amount(cells["Credit"]) - fec.to_amount(
                    cells["Debit"]
                )
            elif cells["CompteNum"] == "401000":
                moved["BQ"] += max(fec.to_amount(cells["Debit"]), D(0))
    settled = defaultdict(D)
    for row in fec.read_settlements(write(*entries)):
        assert row.amount > 0
        settled[row.reference] += row.amount
        if row.credit:
            settled[row.credit] += row.amount
    assert all(amount <= abs(billed[reference]) for reference, amount in settled.items())


@given(groups())
def test_a_group_that_comes_to_nothing_is_settled_whole(entries):
    rows = [cells for entry in entries for cells in entry if cells["CompteNum"] == "401000"]
    balance = sum(fec.to_amount(row["Debit"]) - fec.to_amount(row["Credit"]) for row in rows)
    entries.append(payment("99", -balance, "AA"))
    settled, billed = D(0), D(0)
    for row in fec.read_settlements(write(*entries)):
        settled += row.amount * (2 if row.credit else 1)
    for row in rows:
        if row["JournalCode"] == "AC":
            billed += fec.to_amount(row["Debit"]) + fec.to_amount(row["Credit"])
    # what was paid too much and came back settles no document
    assert settled == billed


@given(groups(), st.randoms(use_true_random=False))
def test_the_order_of_entries_of_different_days_does_not_matter(entries, random):
    for number, entry in enumerate(entries, 1):
        for cells in entry:
            cells["EcritureDate"] = f"201506{number:02d}"
    mixed = random.sample(entries, len(entries))
    assert sorted(told(write(*entries))) == sorted(told(write(*mixed)))


@given(CELLS, CELLS, CELLS, amounts)
def test_what_is_written_is_read(reference, name, label, amount):
    entries = [
        bill("1", amount, reference, "AA", name=name, EcritureLib=label),
        payment("7", amount, "AA", name=name),
    ]
    for encoding in ("utf-8", "utf-8-sig"):
        (row,) = fec.read_settlements(write(*entries, encoding=encoding))
        assert (row.reference, row.name, row.label) == (reference, name, label)
        assert (row.amount, row.day) == (amount, NINTH)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode()))
def test_whatever_comes_is_refused_and_nothing_else_happens(rest):
    for content in (rest, write(bill("1", 1, "F")) + b"\r\n" + rest):
        try:
            assert isinstance(fec.read_settlements(content), list)
        except fec.RefusedError as error:
            assert error.faults


def test_many_lines_of_one_letter_are_settled_in_one_pass():
    """A letter that the whole year shares: what is looked for is found, not searched."""
    entries, random = [], Random(1)
    for number in range(6000):
        entries.append(bill(f"b{number}", random.randint(1, 5), f"F-{number}", "A"))
        entries.append(payment(f"p{number}", random.randint(1, 5), "A"))
    assert len(fec.read_settlements(write(*entries))) >= 6000
