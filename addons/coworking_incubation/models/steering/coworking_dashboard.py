from odoo import api, models
from odoo.fields import Domain

from ..network.coworking_dashboard import PLACES, Tile

EXCEPTIONS = "coworking_incubation.coworking_exception_action"


class CoworkingDashboard(models.AbstractModel):
    """What waits for a person."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [*super()._get_tiles(), Tile("exceptions", "today", PLACES, today=True, rank=10)]

    @api.model
    def _get_exceptions_domain(self, scope):
        """What is of no program, such as a new bank account, waits for all of the company."""
        waiting = self.env["coworking.exception"]._get_waiting_domain()
        if scope.user:
            return waiting & scope.get_domain()
        return waiting & (
            scope.get_domain()
            | (
                Domain("program_id", "=", False)
                & Domain("company_id", "in", [*scope.programs.company_id.ids, False])
            )
        )

    @api.model
    def _lower_first(self, words):
        """As they are written amid a sentence; what is written in capitals stays so."""
        return words if words[:2].isupper() else words[:1].lower() + words[1:]

    @api.model
    def _prepare_tile_exceptions(self, scope):
        domain = self._get_exceptions_domain(scope)
        counts = self.env["coworking.exception"]._count_by_kind(domain)
        kinds = dict(
            self.env["coworking.exception"]._fields["kind"]._description_selection(self.env)
        )
        first = next(iter(counts), None)
        note = ""
        if first:
            note = self.env._(
                "first: %(what)s (%(count)s)",
                what=self._lower_first(kinds[first]),
                count=counts[first],
            )
        cell = self._prepare_cell(sum(counts.values()), domain)
        return self._prepare_figure(
            self.env._("What Waits for Somebody"), cell, EXCEPTIONS, note, "warning"
        )
