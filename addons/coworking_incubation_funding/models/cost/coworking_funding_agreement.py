from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.fields import Domain

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding


class CoworkingFundingAgreement(models.Model):
    """Where the grant is (F17)."""

    _name = "coworking.funding.agreement"
    _inherit = ["coworking.funding.agreement", "coworking.funding.position.mixin"]

    def _get_agreement(self):
        return self

    def _get_position_key(self):
        return self._origin, False

    # === TERMS ===#

    def _funding_terms_changed(self):
        self.env["coworking.cost.change"]._note_programs(self.program_ids)

    def unlink(self):
        """What it took is parted anew; PostgreSQL refuses where something was claimed."""
        programs = self.program_ids
        result = super().unlink()
        self.env["coworking.cost.change"]._note_programs(programs)
        return result

    # === POSITION ===#

    def _get_positions(self):
        """Where these grants and the ceilings of their headings are, in as many queries for all of
        them as for one.

        :return: dict (agreement, heading) -> ``funding.Position``; heading ``False``: of the whole
        """
        parts = self._origin._get_parts() if self._origin else {}
        result = {}
        for agreement in self._origin:
            whole = {name: rows[agreement.id] for name, rows in parts.items()}
            whole["admitted"] += to_decimal(agreement.amount_used_before)
            result[agreement, False] = funding.position(
                to_decimal(agreement.amount_granted), **whole
            )
            for heading in agreement.heading_ids:
                result[agreement, heading] = funding.position(
                    to_decimal(heading.ceiling or heading.planned),
                    **{name: rows[agreement.id, heading.id] for name, rows in parts.items()},
                )
        return result

    def _get_parts(self):
        """
        :return: dict name, see ``funding.position`` -> dict agreement id or (agreement id, heading
            id) -> amount, as ``Decimal``
        """
        # sudo: what is to come follows from charges and files that not all who read it may read
        costs = self.env["coworking.cost"].sudo()
        shares = self.env["coworking.allocation"].sudo()
        programs = costs._get_sharing(self.sudo().program_ids)
        agreements = costs._get_agreements(programs, claimed=False)
        answered, frozen = shares._get_answered_domain(), Domain("frozen", "=", True)
        parts = {
            "committed": self._sum_shares(agreements, ~frozen),
            "claimed": self._sum_shares(agreements, frozen & ~answered),
            "admitted": self._sum_shares(agreements, frozen & answered),
        }
        taken = defaultdict(Decimal)
        for rows in parts.values():
            for key, amount in rows.items():
                taken[key] += amount
        if programs:
            for key, amount in costs._get_expected(programs, agreements, taken).items():
                for place in (key[0], key):
                    parts["committed"][place] += amount
        return parts

    def _sum_shares(self, agreements, domain):
        """dict agreement id or (agreement id, heading id) -> what of these shares is theirs"""
        result = defaultdict(Decimal)
        # sudo: see _get_parts
        for agreement, heading, *amounts in (
            self.env["coworking.allocation"]
            .sudo()
            ._read_group(
                Domain("agreement_id", "in", (agreements | self).ids) & domain,
                ["agreement_id", "heading_id"],
                ["amount:sum", "amount_rejected:sum"],
            )
        ):
            amount, rejected = map(to_decimal, amounts)
            for key in (agreement.id, (agreement.id, heading.id)):
                result[key] += amount - rejected
        return result

    # === ACTION METHODS ===#

    def action_open_allocations(self):
        """What it takes part in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_allocation_action"
        )
        action["domain"] = [("agreement_id", "=", self.id)]
        return action
