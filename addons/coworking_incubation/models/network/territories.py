"""Where an address of France lies, by its country and postcode alone: words in, words out."""

import pytz

# Postcodes of France that begin so are of a territory with a country code of its own.
_TERRITORIES = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


def get_territory(country, postcode):
    """The country code of an address: RE for one in France whose postcode is of La Réunion.

    :param country: code of the country, such as 'FR', or nothing
    """
    if country == "FR":
        return _TERRITORIES.get("".join((postcode or "").split())[:3], country)
    return country


def get_time_zone(country, postcode):
    """The time zone of an address, or ``None`` where it does not tell: the country has several
    zones, or is France, which may be any of hers while there is no postcode.
    """
    if country == "FR" and not postcode:
        return None
    territory = get_territory(country, postcode)
    zones = pytz.country_timezones.get(territory or "", ())
    # the islands of Tahiti come first, where nearly everybody of their country lives
    return zones[0] if len(zones) == 1 or (zones and territory == "PF") else None
