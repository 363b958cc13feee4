from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS
from ...tools import to_decimal


class CoworkingProgram(models.Model):
    """What a program spends, and what it may not change any more once months are settled."""

    _inherit = "coworking.program"

    statement_count = fields.Integer(compute="_compute_statement_count")
    amount_granted = fields.Monetary(
        compute="_compute_money", help="Sum of the funding agreements of the program."
    )
    amount_spent = fields.Monetary(
        compute="_compute_money",
        help="Funded in months that are settled, here or before the take-over.",
    )
    amount_committed = fields.Monetary(
        compute="_compute_money", help="Funded in open months and in the stays to come."
    )
    amount_left = fields.Monetary(compute="_compute_money")

    @api.depends("agreement_ids.amount_granted", "agreement_ids.amount_used_before")
    def _compute_money(self):
        """Money granted, spent, committed and left, from the expected charges."""
        funded = defaultdict(float)
        for program, state, amount in self.env["coworking.charge"]._read_group(
            [("program_id", "in", self.ids)], ["program_id", "state"], ["funded_amount:sum"]
        ):
            funded[program.id, state == "settled"] += amount
        for program in self:
            # sudo: accompanists see whether one more person fits, not the agreements themselves
            agreements = program.sudo().agreement_ids
            program.amount_granted = sum(agreements.mapped("amount_granted"))
            program.amount_spent = funded[program.id, True] + sum(
                agreements.mapped("amount_used_before")
            )
            program.amount_committed = funded[program.id, False]
            program.amount_left = (
                program.amount_granted - program.amount_spent - program.amount_committed
            )

    def _compute_statement_count(self):
        # sudo: how many there are; accompanists do not read the statements themselves
        counts = dict(
            self.env["coworking.statement"]
            .sudo()
            ._read_group([("program_id", "in", self.ids)], ["program_id"], ["__count"])
        )
        for program in self:
            program.statement_count = counts.get(program, 0)

    # === CRUD METHODS ===#

    def write(self, vals):
        changed = [
            name
            for name in PRICING_INPUTS[self._name]
            if name in vals and any(program[name] != vals[name] for program in self)
        ]
        if changed:
            self._check_no_settled_month()
        result = super().write(vals)
        if changed:
            # sudo: whoever writes the rule need not be allowed to read what seats cost
            statements = self.env["coworking.statement"].sudo()
            statements.search(
                [("program_id", "in", self.ids), ("state", "in", statements._open_states())]
            )._mark_outdated()
        if changed or vals.keys() & {"date_start", "date_end", "duration_months"}:
            self.sudo().with_context(active_test=False).participant_ids._refresh_forecast()
        return result

    def _check_no_settled_month(self):
        """Who pays what has no date: it holds for a whole edition."""
        # sudo: whoever writes the rule need not be allowed to read what seats cost
        Charge = self.env["coworking.charge"].sudo()
        settled = Charge.search(
            [("program_id", "in", self.ids), ("state", "=", "settled")], limit=1
        )
        if settled:
            raise UserError(
                self.env._(
                    "Program %(program)s has settled months: what it funds and who collects the"
                    " participants' part cannot change any more. Copy it to a new edition.",
                    program=settled.program_id.display_name,
                )
            )

    def _split_over_funders(self, charges):
        """How the funded part of some charges is spread over the program's agreements.

        Each agreement takes its rate of the funded amount while its grant lasts, in order of date;
        the rest is own funds. All earlier charges draw on the grants first.

        :return: dict agreement (empty recordset: own funds) -> amount, as ``Decimal``
        """
        self.ensure_one()
        left = {
            agreement: max(
                to_decimal(agreement.amount_granted) - to_decimal(agreement.amount_used_before),
                Decimal(0),
            )
            for agreement in self.agreement_ids
        }
        result = defaultdict(Decimal)
        everything = (
            self.env["coworking.charge"].search_fetch(
                [
                    ("program_id", "=", self.id),
                    ("state", "!=", "forecast"),
                    ("period", "<=", max(charges.mapped("period"))),
                ],
                ["period", "kind", "corrected_kind", "funded_amount"],
                order="period, id",
            )
            if charges
            else charges
        )
        for charge in everything:
            parts = [
                (agreement, to_decimal(agreement.rate), left[agreement])
                for agreement in self.agreement_ids.sorted("date_from")
                if agreement._admits_charge(charge)
            ]
            for agreement, amount in pricing.split(to_decimal(charge.funded_amount), parts):
                agreement = agreement or self.env["coworking.funding.agreement"]
                if agreement:
                    left[agreement] -= amount
                if charge in charges:
                    result[agreement] += amount
        return result

    # === ACTION METHODS ===#

    def action_open_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["context"] = {"search_default_program_id": self.id}
        return action
