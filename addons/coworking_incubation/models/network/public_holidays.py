"""Public holidays of a country, by the calendar alone: dates in, dates out."""

from datetime import date, timedelta

from dateutil.easter import easter

# Article L3133-1 of the French labour code: (month, day), then days after Easter Sunday.
_FRENCH_DATES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_FRENCH_AFTER_EASTER = (1, 39, 50)
# Article L3422-2: one day more where slavery was abolished on it.
_OVERSEAS = {"GF": (6, 10), "GP": (5, 27), "MQ": (5, 22), "RE": (12, 20), "YT": (4, 27)}


def get_public_holidays(country, first, last):
    """Public holidays from a day to another.

    :param country: code of the country, such as 'FR', or of a department overseas, such as 'RE';
        others have none here, theirs are closures of the opening hours
    :return: set of dates
    """
    if country != "FR" and country not in _OVERSEAS:
        return set()
    dates = [*_FRENCH_DATES, *filter(None, [_OVERSEAS.get(country)])]
    days = set()
    for year in range(first.year, last.year + 1):
        days |= {date(year, month, day) for month, day in dates}
        days |= {easter(year) + timedelta(days=later) for later in _FRENCH_AFTER_EASTER}
    return {day for day in days if first <= day <= last}
