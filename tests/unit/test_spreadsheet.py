"""Cells as French spreadsheets write them: never another number or day than the one meant."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from odoo.addons.coworking_incubation import spreadsheet as sheet


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("140,00", "140.00"),
        ("140.00", "140"),
        ("140", "140"),
        ("1 234,50", "1234.5"),
        ("1\u202f234,50\u00a0€", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1,234.50", "1234.5"),
        ("0,125", "0.125"),
        ("80 %", "80"),
        ("-3,5", "-3.5"),
        ("1,234", None),
        ("1.234", None),
        ("12.34,50", None),
        ("1.2.3", None),
        ("12 bis", None),
        ("", None),
        ("1e9", None),
        ("9" * 40, None),
    ],
)
def test_a_number_is_the_one_meant_or_none(typed, number):
    assert sheet.to_number(typed) == (None if number is None else Decimal(number))


def test_an_amount_is_to_the_cent_and_not_negative():
    assert sheet.to_amount("95,55") == Decimal("95.55")
    assert sheet.to_amount("0,125") is None
    assert sheet.to_amount("-1") is None


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("08/06/2015", date(2015, 6, 8)),
        ("8/6/15", date(2015, 6, 8)),
        ("2015-06-08", date(2015, 6, 8)),
        ("8 juin 2015", date(2015, 6, 8)),
        ("1er Août 2015", date(2015, 8, 1)),
        ("06/25/2015", None),
        ("31/02/2015", None),
        ("08/06/0215", None),
        ("juin", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_it_is_written_in_france(typed, day):
    assert sheet.to_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("01/02/68", date(1968, 2, 1)),
        ("01/02/1968", date(1968, 2, 1)),
        ("29/02/36", date(1936, 2, 29)),
        ("08/06/05", date(2005, 6, 8)),
        ("2015-06-20", date(2015, 6, 20)),
        ("2015-06-21", None),
        ("2068-02-01", None),
        ("01/02/2068", None),
        ("01/02/1868", None),
        ("hier", None),
        ("", None),
    ],
)
def test_nobody_is_born_tomorrow(typed, day):
    assert sheet.to_birth_date(typed, date(2015, 6, 20)) == day


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("juin 2015", date(2015, 6, 1)),
        ("06/2015", date(2015, 6, 1)),
        ("2015-06", date(2015, 6, 1)),
        ("15/06/2015", date(2015, 6, 1)),
        ("13/2015", None),
        ("été 2015", None),
    ],
)
def test_a_month_is_read_by_its_name_or_by_one_of_its_days(typed, month):
    assert sheet.to_month(typed) == month


def test_a_cell_becomes_the_text_that_one_may_mend():
    assert sheet.as_text(datetime(2015, 6, 8, 0, 0)) == "2015-06-08"
    assert sheet.as_text(140.0) == "140"
    assert sheet.as_text(95.55) == "95.55"
    assert sheet.as_text(0.1 + 0.2) == "0.3"
    assert sheet.as_text(3 * 46.55) == "139.65"
    assert sheet.as_text(1 / 3) == "0.333333"
    assert sheet.as_text(1e-9) == "0"
    assert sheet.as_text(time(3, 30)) == "03:30:00"
    assert sheet.as_text(True) == "x"
    assert sheet.as_text(None) == ""
    assert sheet.as_text("  a\n b ") == "a b"


def test_yes_and_no_in_both_languages_and_nothing_else():
    assert [sheet.to_flag(text) for text in ("Oui", "x", "non", "No", "peut-être")] == [
        True,
        True,
        False,
        False,
        None,
    ]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("9:00-12:30 13:30-18:00", "9:00-12:30 13:30-18:00"),
        ("de 9h à 12h30 et de 13h30 à 18 h", "9:00-12:30 13:30-18:00"),
        ("14h-18h / 9h-12h", "9:00-12:00 14:00-18:00"),
        ("9-13:30, 13:30–18", "9:00-18:00"),
        ("0:00-24:00", "0:00-24:00"),
        ("9-12 | fermé", "9:00-12:00 |"),
        ("| 9-12", "| 9:00-12:00"),
        ("9-12 | 9h-12h", "9:00-12:00"),
        ("fermé", ""),
        ("", ""),
        ("9-25", None),
        ("9:70-12", None),
        ("18-9", None),
        ("9-12 11-14", None),
        ("9-12 14", None),
        ("midi", None),
        ("2015-12-09", None),
        ("9-12 | 9-12 | 9-12", None),
    ],
)
def test_opening_hours_are_those_meant_or_none(typed, written):
    openings = sheet.to_openings(typed)
    assert (None if openings is None else sheet.write_openings(openings)) == written
    if written:
        assert sheet.to_openings(written) == openings, "what is written is read"


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("", 0),
        ("3,5", 3.5),
        ("3h", 3),
        ("3h30", 3.5),
        ("03:30:00", 3.5),
        ("3:75", None),
        ("3:30:75", None),
        ("3h5", None),
        ("350", None),
        ("-3", None),
        ("midi", None),
    ],
)
def test_hours_are_those_meant_or_none(typed, hours):
    assert sheet.to_hours(typed) == hours
