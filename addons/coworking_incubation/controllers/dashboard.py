import re

from werkzeug.exceptions import BadRequest

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .companies import use_companies
from .parameters import parse_day, parse_id

# More than anybody filters a list by.
LONGEST_DOMAIN = 500
PARTS = (None, "first", "rest")


class CoworkingDashboard(http.Controller):
    """Pilotage, and the totals of the month, for staff: one answer each."""

    @http.route("/coworking_incubation/dashboard", type="jsonrpc", auth="user", readonly=True)
    def read_dashboard(
        self,
        program=None,
        date_from=None,
        date_to=None,
        user=None,
        tile=None,
        part=None,
        companies=None,
    ):
        use_companies(companies)
        if part not in PARTS:
            raise BadRequest
        wanted = {
            "part": part,
            "program": parse_id(program),
            "date_from": parse_day(date_from),
            "date_to": parse_day(date_to),
            "user": parse_id(user),
            "tile": self._parse_name(tile),
        }
        return request.env["coworking.dashboard"]._prepare_picture(wanted)

    @http.route("/coworking_incubation/month", type="jsonrpc", auth="user", readonly=True)
    def read_month(self, month=None, domain=None, companies=None):
        """What the month comes to, above the list of its lines."""
        use_companies(companies)
        day = parse_day(month)
        lines = request.env["coworking.month.line"]
        domain = self._parse_domain(lines, domain)
        return lines._prepare_month(day and day.replace(day=1), domain)

    # What an address says is typed as well.

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
