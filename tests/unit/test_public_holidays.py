"""Public holidays: those of the French labour code, in any year."""

from datetime import date, timedelta

import pytest

from odoo.addons.coworking_incubation.models.network.public_holidays import get_public_holidays


def of(year, country="FR"):
    return get_public_holidays(country, date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize(
    ("year", "movable"),
    [
        (2015, ("04-06", "05-14", "05-25")),
        (2016, ("03-28", "05-05", "05-16")),
        (2024, ("04-01", "05-09", "05-20")),
        (2026, ("04-06", "05-14", "05-25")),
    ],
)
def test_easter_monday_ascension_and_whit_monday(year, movable):
    fixed = ("01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25")
    assert of(year) == {date.fromisoformat(f"{year}-{day}") for day in fixed + movable}


def test_ascension_on_the_first_or_the_eighth_of_may_is_one_day():
    """2008: Ascension on 1 May; ten days instead of eleven."""
    assert len(of(2008)) == 10


def test_from_a_day_to_another_both_included_over_years():
    first, last = date(2015, 12, 25), date(2016, 1, 1)
    assert get_public_holidays("FR", first, last) == {first, last}
    assert not get_public_holidays("FR", first + timedelta(1), last - timedelta(1))


def test_other_countries_have_none_here():
    assert not of(2015, "BE")
    assert not of(2015, False)


@pytest.mark.parametrize(
    ("country", "day"),
    [("GP", "05-27"), ("MQ", "05-22"), ("GF", "06-10"), ("RE", "12-20"), ("YT", "04-27")],
)
def test_a_department_overseas_has_those_of_france_and_one_of_its_own(country, day):
    assert of(2015, country) - of(2015) == {date.fromisoformat(f"2015-{day}")}
    assert of(2015) <= of(2015, country)
