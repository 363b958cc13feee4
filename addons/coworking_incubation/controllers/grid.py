from werkzeug.exceptions import BadRequest, Forbidden

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

GRIDS = {"presence": "coworking.presence.grid", "attendance": "coworking.attendance.grid"}
# A screen of people and half-days holds no more.
MOST_CHANGES = 5000


class CoworkingGrid(http.Controller):
    """The grids of presences and of attendance, for staff."""

    def _get_grid(self, kind, scan=None):
        if kind not in GRIDS:
            raise BadRequest
        if not request.env.user._is_internal():
            raise Forbidden
        grid = request.env[GRIDS[kind]]
        return grid.with_context(grid_scan=int(scan)) if scan else grid

    @http.route("/coworking_incubation/grid", type="jsonrpc", auth="user", readonly=True)
    def read_grid(self, kind, choice=None, date=None, span="week", scan=None):
        return self._get_grid(kind, scan)._read_grid(
            int(choice) if choice else None, date, "month" if span == "month" else "week"
        )

    @http.route("/coworking_incubation/grid/save", type="jsonrpc", auth="user")
    def save_grid(self, kind, choice, date, span, changes, scan=None):
        """What the grid shows then, so that one screen never lies to another, and what was refused
        because somebody else had changed it meanwhile.
        """
        grid = self._get_grid(kind, scan)
        if len(changes) > MOST_CHANGES:
            raise BadRequest
        record = grid._get_grid_choices().filtered(lambda row: row.id == choice)
        if not record:
            raise UserError(request.env._("This list is no longer there: load the page again."))
        refused = grid._save_grid(record, changes)
        return {**grid._read_grid(choice, date, span), "refused": refused or ""}
