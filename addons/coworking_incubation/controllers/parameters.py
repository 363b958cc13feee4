"""Parameters of the routes of staff: what somebody types in their place is refused."""

import re

from werkzeug.exceptions import BadRequest

from odoo import fields

from ..spreadsheet import YEARS


def parse_id(number):
    """The id of a record; None where there is none."""
    if not number:
        return None
    if not re.fullmatch(r"[1-9]\d{0,8}", str(number)):
        raise BadRequest
    return int(number)


def parse_day(day):
    """A date; None where there is none."""
    if not day:
        return None
    if not isinstance(day, str):
        raise BadRequest
    try:
        day = fields.Date.to_date(day)
    except ValueError as error:
        raise BadRequest from error
    if day.year not in YEARS:
        raise BadRequest
    return day
