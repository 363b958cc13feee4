from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.coworking_incubation.models.network.coworking_dashboard import MONEY, Tile
from odoo.addons.coworking_incubation.tools import to_decimal

INSTALMENTS = "coworking_incubation.coworking_funding_agreement_action"
# Instalments so far ahead are prepared already.
AHEAD = relativedelta(months=3)


class CoworkingDashboard(models.AbstractModel):
    """Which claims and reports funders wait for: no instalment but the advance is paid without."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [*super()._get_tiles(), Tile("due", "funders", MONEY, today=True, rank=30)]

    @api.model
    def _find_waiting(self, scope):
        """Instalments that funders did not pay, of which the day is near or over."""
        instalments = self.env["coworking.funding.instalment"].search(
            Domain("agreement_id.program_ids", "in", scope.programs.ids)
            & Domain("agreement_id.active", "=", True)
            & Domain("kind", "!=", "advance")
            & Domain("date_planned", "<=", scope.today + AHEAD),
            order="date_planned, id",
        )
        return instalments.filtered(lambda row: row.amount_received < row.amount)

    @api.model
    def _find_sent(self, scope, agreements):
        """
        :return: (agreements of which something was asked that the funder did not answer, or not
            pay; those of which nothing more is to come: they are over, all is admitted and paid)
        """
        positions = scope.get_fact("positions", self._get_grant_positions)
        missing = {(one, False) for one in agreements} - positions.keys()
        if missing:  # of other years
            positions = agreements._get_positions() | positions
        sent = ended = agreements.browse()
        for agreement in agreements:
            position = positions[agreement, False]
            admitted = position.admitted - to_decimal(agreement.amount_used_before)
            if position.claimed > 0 or admitted > agreement._get_received_here():
                sent |= agreement
            elif not (position.claimed or position.committed) and position.admitted > 0:
                ended |= agreement.filtered(lambda one: one.date_to < scope.today)
        return sent, ended

    @api.model
    def _find_reported(self, agreements):
        """Final reports, on figures or on money.

        :return: dict agreement -> date until which they go, its own or those of its programs
        """
        reports = self.env["coworking.report"].search(
            [("state", "=", "final"), ("program_ids", "in", agreements.program_ids.ids)]
        )
        financial = self.env["coworking.financial.report"]._read_group(
            [("state", "=", "final"), ("agreement_id", "in", agreements.ids)],
            ["agreement_id"],
            ["date_to:max"],
        )
        result = dict(financial)
        for agreement in agreements:
            days = [
                report.date_to
                for report in reports
                if agreement.program_ids <= report.program_ids
                and report.agreement_id in (agreement, agreement.browse())
            ]
            if agreement in result:
                days.append(result[agreement])
            if days:
                result[agreement] = max(days)
        return result

    @api.model
    def _prepare_tile_due(self, scope):
        instalments = self._find_waiting(scope)
        sent, ended = self._find_sent(scope, instalments.agreement_id)
        instalments = instalments.filtered(lambda row: row.agreement_id not in ended)
        reported = self._find_reported(instalments.agreement_id)
        bars = []
        for instalment in instalments:
            missing = self._get_missing(instalment, sent, reported)
            if missing:
                bars.append(self._prepare_waiting(scope, instalment, missing))
        return self._prepare_bars(
            self.env._("Claims and Reports Due"),
            bars,
            INSTALMENTS,
            self.env._("No funder waits for a claim or a report."),
            self.env._("instalments of the next three months, and those that are late"),
        )

    @api.model
    def _get_missing(self, instalment, sent, reported):
        """What the funder does not have yet, in words. An interim payment asks for the months until
        then, the balance for all of the agreement.
        """
        agreement = instalment.agreement_id
        until = agreement.date_to
        if instalment.kind == "interim":
            before = instalment.date_planned.replace(day=1) - relativedelta(months=2, days=1)
            until = min(until, before)
        missing = []
        if agreement not in sent and not agreement.date_claims_closed:
            missing.append(self.env._("claim to send"))
        if agreement not in reported or reported[agreement] < until:
            missing.append(self.env._("report to make"))
        return missing

    @api.model
    def _prepare_waiting(self, scope, instalment, missing):
        agreement = instalment.agreement_id
        kinds = dict(instalment._fields["kind"]._description_selection(self.env))
        is_late = instalment.date_planned < scope.today
        return self._prepare_cell(
            1,
            Domain("id", "=", agreement.id),
            1,
            format_date(self.env, instalment.date_planned),
            label=f"{agreement.partner_id.display_name}, {kinds[instalment.kind].lower()}",
            share=0,
            note=", ".join(missing),
            tone="danger" if is_late else "warning",
        )
