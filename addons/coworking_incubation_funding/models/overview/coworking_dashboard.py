from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.coworking_incubation.models.network.coworking_dashboard import MONEY, Tile
from odoo.addons.coworking_incubation.tools import short_number, to_decimal

AGREEMENTS = "coworking_incubation.coworking_funding_agreement_action"
ALLOCATIONS = "coworking_incubation_funding.coworking_allocation_action"
TARGETS = "coworking_incubation_funding.coworking_funding_target_action"


class CoworkingDashboard(models.AbstractModel):
    """Pilotage: where the grants are, where the targets go, whether one more person can come."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_groups(self):
        """The funders follow the money."""
        groups = list(super()._get_groups().items())
        place = [name for name, __ in groups].index("money") + 1
        groups.insert(place, ("funders", self.env._("Funders")))
        return dict(groups)

    @api.model
    def _get_tiles(self):
        return [
            *super()._get_tiles(),
            Tile("admission", "funders", MONEY, today=True, rank=10),
            Tile("grants", "funders", MONEY, rank=40),
            Tile("funding_targets", "funders", MONEY, rank=20),
        ]

    # === COUNTING ===#

    @api.model
    def _find_agreements(self, scope):
        """Those of the programs, whose services are within the period."""
        return self.env["coworking.funding.agreement"].search(
            Domain("program_ids", "in", scope.programs.ids)
            & Domain("date_from", "<=", scope.date_to)
            & Domain("date_to", ">=", scope.date_from)
        )

    @api.model
    def _get_grant_positions(self, scope):
        return scope.get_fact("agreements", self._find_agreements)._get_positions()

    @api.model
    def _count_claimed(self, scope):
        """Shares that stand behind what was claimed and what was admitted.

        :return: dict (``claimed`` or ``admitted``, agreement id, heading id or False) -> how many
        """
        agreements = scope.get_fact("agreements", self._find_agreements)
        result = {}
        for name, domain in self._get_share_domains().items():
            groups = self.env["coworking.allocation"]._read_group(
                domain & Domain("agreement_id", "in", agreements.ids),
                ["agreement_id", "heading_id"],
                ["__count"],
            )
            for agreement, heading, count in groups:
                for key in (False, heading.id):
                    place = (name, agreement.id, key)
                    result[place] = result.get(place, 0) + count
        return result

    @api.model
    def _get_share_domains(self):
        frozen = Domain("frozen", "=", True)
        answered = self.env["coworking.allocation"]._get_answered_domain()
        return {"claimed": frozen & ~answered, "admitted": frozen & answered}

    # === GRANTS ===#

    @api.model
    def _prepare_tile_grants(self, scope):
        """By agreement and heading: the parts sum to what was granted (F17)."""
        agreements = scope.get_fact("agreements", self._find_agreements)
        positions = scope.get_fact("positions", self._get_grant_positions)
        lines = []
        for agreement in agreements:
            name = f"{agreement.partner_id.display_name} · {agreement.reference}"
            lines.append(self._prepare_grant(scope, agreement, False, positions, label=name))
            lines += [
                self._prepare_grant(scope, agreement, heading, positions, label=heading.name)
                for heading in agreement.heading_ids
                if len(agreement.heading_ids) > 1
            ]
        return {
            "kind": "table",
            "title": self.env._("Grants"),
            "note": self.env._(
                "granted = committed + asked for + admitted + left; committed: not asked for yet,"
                " as far as stays are known today"
            ),
            "corner": self.env._("Agreement and Heading"),
            "columns": [{"label": label} for label in self._get_grant_columns()],
            "lines": lines,
            "action": AGREEMENTS,
            "nothing": self.env._("No agreement pays for services in this period."),
            "is_empty": not lines,
        }

    @api.model
    def _get_grant_columns(self):
        return [
            self.env._("Granted"),
            self.env._("Committed"),
            self.env._("Asked For"),
            self.env._("Admitted"),
            self.env._("Left"),
            self.env._("Received"),
        ]

    @api.model
    def _prepare_grant(self, scope, agreement, heading, positions, label):
        """A line of the table; what is received is of the agreement, not of a heading."""
        position = positions[agreement, heading]
        own = Domain("id", "=", agreement.id)
        cells = []
        for name in ("granted", "committed", "claimed", "admitted", "left"):
            domain, rows, more = own, 1, {}
            if name in ("claimed", "admitted"):
                domain, rows, more = self._get_shares(scope, name, agreement, heading)
            tone = "danger" if name == "left" and position.left < 0 else ""
            amount = float(getattr(position, name))
            cells.append(self._prepare_amount(scope, amount, domain, rows, tone=tone, **more))
        if not heading:
            received = sum(map(to_decimal, agreement.instalment_ids.mapped("amount_received")))
            cells.append(self._prepare_amount(scope, float(received), own, 1, tone=""))
        else:
            cells.append(self._prepare_cell(0, own, 0, "", tone=""))
        return {"label": label, "is_part": bool(heading), "cells": cells}

    @api.model
    def _get_shares(self, scope, name, agreement, heading):
        """The list behind what was claimed, or admitted here: not what was before the take-over."""
        rows = scope.get_fact("claimed", self._count_claimed)
        domain = self._get_share_domains()[name] & Domain("agreement_id", "=", agreement.id)
        if heading:
            domain &= Domain("heading_id", "=", heading.id)
        count = rows.get((name, agreement.id, heading and heading.id), 0)
        return domain, count, {"action": ALLOCATIONS}

    # === ONE MORE ===#

    @api.model
    def _prepare_tile_admission(self, scope):
        """Can one more person be admitted, and what is in the way of the next (F16)."""
        free = self._prepare_free(scope, scope.today)["value"]
        admissions = scope.programs._get_admissions(free)
        lines = []
        for program, admission in admissions.items():
            yes, why = self._describe_admission(scope, program, admission)
            if not program.agreement_ids:
                why = " ".join(filter(None, (self.env._("No funder: own funds pay."), why)))
            lines.append(
                self._prepare_cell(
                    admission.count if admission else 0,
                    Domain("program_ids", "in", program.ids),
                    len(program.agreement_ids),
                    yes,
                    label=program.name,
                    note=why,
                )
            )
        note = self.env._("a free place, time until the end of the stay, money for it")
        if len(admissions) > 1:
            note = self.env._(
                "%(note)s; places and grants are handed out in turn, one person of each program"
                " after the other: what one takes, no other has",
                note=note,
            )
        return {
            "kind": "answers",
            "title": self.env._("Can We Admit One More?"),
            "note": note,
            "lines": lines,
            "action": AGREEMENTS,
            "is_empty": not any(admissions.values()),
        }

    @api.model
    def _describe_admission(self, scope, program, admission):
        """:return: (the answer, what is in the way of the next), in words"""
        if admission is None:
            return self.env._("Not known"), self.env._(
                "Nobody's stay has a cost yet: say on the program what one costs."
            )
        if not admission.count:
            return self.env._("No"), self._describe_obstacle(scope, program, admission.obstacle)
        yes = self.env._("Yes, %s more", admission.count)
        if not admission.obstacle:
            return yes, ""
        obstacle = self._describe_obstacle(scope, program, admission.obstacle)
        why = self.env._("Number %(next)s: %(why)s", next=admission.count + 1, why=obstacle)
        return yes, why

    @api.model
    def _describe_obstacle(self, scope, program, obstacle):
        day = obstacle.day and format_date(self.env, obstacle.day)
        agreement = self.env["coworking.funding.agreement"].browse(obstacle.agreement or ())
        funder = agreement.partner_id.display_name
        match obstacle.kind:
            case "place":
                return self.env._("no place is free.")
            case "program":
                return self.env._(
                    "less than %(months)s months are left: the program ends on %(day)s.",
                    months=program.duration_months,
                    day=day,
                )
            case "window":
                return self.env._(
                    "no funder pays for a whole stay: %(funder)s, the last one, until %(day)s.",
                    funder=funder,
                    day=day,
                )
        amount = self._format_money(scope, float(obstacle.missing))
        if not funder:
            return self.env._("%s are missing.", amount)
        return self.env._("%(amount)s are missing: %(funder)s.", amount=amount, funder=funder)

    # === TARGETS ===#

    @api.model
    def _prepare_tile_funding_targets(self, scope):
        """As far as the user may see them: small figures are hidden as everywhere."""
        agreements = scope.get_fact("agreements", self._find_agreements)
        targets = self.env["coworking.funding.target"].search(
            [("agreement_id", "in", agreements.ids)]
        )
        bars = [self._prepare_target(target) for target in targets]
        return self._prepare_bars(
            self.env._("Targets of the Funders"),
            bars,
            TARGETS,
            self.env._("No agreement has a target in figures."),
            self.env._("to date / expected; where it goes at the pace of the last weeks"),
        )

    @api.model
    def _prepare_target(self, target):
        expected = " ".join(filter(None, (short_number(self.env, target.value), target.unit)))
        states = dict(target._fields["status"]._description_selection(self.env))
        day = format_date(self.env, target.date)
        notes = [states.get(target.status), self.env._("by %s", day)]
        if target.projected_text and not target.is_rate:
            notes.insert(1, self.env._("projection %s", target.projected_text))
        share = 0 if target.is_hidden else min(100 * target.actual / target.value, 100)
        return self._prepare_cell(
            target.actual,
            Domain("id", "=", target.id),
            1,
            f"{target.actual_text or '–'} / {expected}",
            label=f"{target.partner_id.display_name}, {target.indicator_id.name}",
            share=share,
            note=", ".join(filter(None, notes)),
            tone={"behind": "warning", "missed": "danger"}.get(target.status, ""),
        )
