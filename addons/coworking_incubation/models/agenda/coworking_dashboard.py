from odoo import api, models
from odoo.fields import Domain

from ..network.coworking_dashboard import PEOPLE, Tile

ATTENDANCE = "coworking_incubation.coworking_attendance_action"


class CoworkingDashboard(models.AbstractModel):
    """Who came, of those who came or were missed: excused and called off count neither way."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [
            *super()._get_tiles(),
            Tile("attendance", "outcomes", PEOPLE, of_one=True, rank=40),
            Tile("attendance_by_kind", "outcomes", PEOPLE, of_one=True, rank=60),
        ]

    @api.model
    def _count_attendance(self, scope):
        """:return: (domain of those who came or were missed, dict (kind, state) -> how many)"""
        domain = (
            scope.get_domain("accompanist_id")
            & Domain("state", "in", ("present", "absent"))
            & scope.get_period_domain("date")
        )
        groups = self.env["coworking.attendance"]._read_group(
            domain, ["kind", "state"], ["__count"]
        )
        return domain, {(kind, state): count for kind, state, count in groups}

    @api.model
    def _prepare_tile_attendance(self, scope):
        domain, counts = scope.get_fact("attendance", self._count_attendance)
        came = sum(count for (__, state), count in counts.items() if state == "present")
        return self._prepare_rate(
            self.env._("Attendance Rate"),
            came,
            sum(counts.values()),
            domain,
            ATTENDANCE,
            self.env._("nobody was expected in this period"),
        )

    @api.model
    def _prepare_tile_attendance_by_kind(self, scope):
        domain, counts = scope.get_fact("attendance", self._count_attendance)
        field = self.env["coworking.attendance"]._fields["kind"]
        bars = []
        for kind, label in field._description_selection(self.env):
            came, missed = counts.get((kind, "present"), 0), counts.get((kind, "absent"), 0)
            if came + missed:
                bars.append(
                    self._prepare_cell(
                        came,
                        domain & Domain("kind", "=", kind),
                        came + missed,
                        self._format_share(came, came + missed),
                        label=label,
                        share=100 * came / (came + missed),
                        note=self.env._(
                            "%(part)s of %(whole)s",
                            part=self._format_count(came),
                            whole=self._format_count(came + missed),
                        ),
                    )
                )
        nothing = self.env._("Nobody was expected in this period.")
        return self._prepare_bars(self.env._("Attendance by Kind"), bars, ATTENDANCE, nothing)
