import re

from werkzeug.exceptions import BadRequest, Forbidden

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .companies import use_companies
from .parameters import parse_day, parse_id

GRIDS = {"presence": "coworking.presence.grid", "attendance": "coworking.attendance.grid"}
# A screen of people and half-days holds no more.
MOST_CHANGES = 5000
# What is said of a cell: who, when or where, and what.
CHANGE = {
    "row": int | str,
    "column": int | str,
    "state": str | bool,
    "hours": int | float | None,
    "shown": str | bool | None,
    "shown_hours": int | float | None,
}
STATES = (False, "present", "absent", "excused")


class CoworkingGrid(http.Controller):
    """The grids of presences and of attendance, for staff."""

    def _get_grid(self, kind, scan=None, companies=None):
        use_companies(companies)
        if not request.env.user._is_internal():
            raise Forbidden
        if not isinstance(kind, str) or kind not in GRIDS:
            raise BadRequest
        scan = parse_id(scan)
        grid = request.env[GRIDS[kind]]
        return grid.with_context(grid_scan=scan) if scan else grid

    def _check_changes(self, changes):
        """As our script makes them: an object for each cell."""
        if not isinstance(changes, list) or len(changes) > MOST_CHANGES:
            raise BadRequest
        for change in changes:
            if not isinstance(change, dict) or not all(
                isinstance(change.get(name), kind) for name, kind in CHANGE.items()
            ):
                raise BadRequest
            day, __, slot = str(change["column"]).partition("/")
            if slot:
                parse_day(day)
            if (
                not re.fullmatch(r"[ap]?\d{1,9}", str(change["row"]))
                or not (slot in ("am", "pm") or re.fullmatch(r"\d{1,9}", day))
                or change["state"] not in STATES
                or change.get("shown") not in (*STATES, None)
                or not abs(change.get("hours") or 0) < 1000
            ):
                raise BadRequest

    @http.route("/coworking_incubation/grid", type="jsonrpc", auth="user", readonly=True)
    def read_grid(self, kind=None, choice=None, date=None, span="week", scan=None, companies=None):
        return self._get_grid(kind, scan, companies)._read_grid(
            parse_id(choice),
            parse_day(date),
            "month" if span == "month" else "week",
        )

    @http.route("/coworking_incubation/grid/save", type="jsonrpc", auth="user")
    def save_grid(
        self,
        kind=None,
        choice=None,
        date=None,
        span="week",
        changes=None,
        scan=None,
        companies=None,
    ):
        """What the grid shows then, so that one screen never lies to another, and what was refused
        because somebody else had changed it meanwhile.
        """
        grid = self._get_grid(kind, scan, companies)
        self._check_changes(changes)
        day = parse_day(date)
        record = grid._get_grid_choices().filtered(lambda row: row.id == choice)
        if not record:
            raise UserError(request.env._("This list is no longer there: load the page again."))
        refused = grid._save_grid(record, changes)
        return {**grid._read_grid(choice, day, span), "refused": refused or ""}
