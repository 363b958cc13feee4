import re

from werkzeug.exceptions import BadRequest

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request

from ..spreadsheet import YEARS
from .companies import use_companies

# More than anybody filters a list by.
LONGEST_DOMAIN = 500


class CoworkingDashboard(http.Controller):
    """Pilotage, and the totals of the month, for staff: one answer each."""

    @http.route("/coworking_incubation/dashboard", type="jsonrpc", auth="user", readonly=True)
    def read_dashboard(
        self, program=None, date_from=None, date_to=None, user=None, tile=None, companies=None
    ):
        use_companies(companies)
        wanted = {
            "program": self._parse_id(program),
            "date_from": self._parse_day(date_from),
            "date_to": self._parse_day(date_to),
            "user": self._parse_id(user),
            "tile": self._parse_name(tile),
        }
        return request.env["coworking.dashboard"]._prepare_picture(wanted)

    @http.route("/coworking_incubation/month", type="jsonrpc", auth="user", readonly=True)
    def read_month(self, month=None, domain=None, companies=None):
        """What the month comes to, above the list of its lines."""
        use_companies(companies)
        day = self._parse_day(month)
        lines = request.env["coworking.month.line"]
        domain = self._parse_domain(lines, domain)
        return lines._prepare_month(day and day.replace(day=1), domain)

    # What an address says is typed as well.

    def _parse_id(self, number):
        if number and not re.fullmatch(r"[1-9]\d{0,8}", str(number)):
            raise BadRequest
        return int(number) if number else None

    def _parse_day(self, day):
        if day and not isinstance(day, str):
            raise BadRequest
        try:
            day = fields.Date.to_date(day or None)
        except (AttributeError, TypeError, ValueError) as error:
            raise BadRequest from error
        if day and day.year not in YEARS:
            raise BadRequest
        return day

    def _parse_domain(self, lines, domain):
        """What a list shows, as a search of Odoo's own has it."""
        if domain is None:
            return None
        if not isinstance(domain, list) or len(domain) > LONGEST_DOMAIN:
            raise BadRequest
        try:
            domain = Domain(domain)
            domain.validate(lines)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise BadRequest from error
        return domain

    def _parse_name(self, name):
        if name and not (isinstance(name, str) and re.fullmatch(r"\w{1,60}", name)):
            raise BadRequest
        return name or None
