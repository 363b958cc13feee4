from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .coworking_statement import SETTLED_STATES


def find_last_closed_day(statement):
    """:return: the last day of a month that its statement closes, None where it is not settled"""
    if statement.state not in SETTLED_STATES:
        return None
    if not statement.confirmed_at:
        return statement.date_from + timedelta(days=31)
    return statement.space_id._get_day(statement.confirmed_at)


class CoworkingSeat(models.Model):
    """What a seat costs, and what it may not change any more once months are settled."""

    _inherit = "coworking.seat"

    charge_ids = fields.One2many("coworking.charge", "seat_id")
    charged_total = fields.Monetary(
        compute="_compute_charged_total", help="What this seat cost the program up to now."
    )

    # === COMPUTE METHODS ===#

    def _compute_charged_total(self):
        totals = dict(
            self.env["coworking.charge"]._read_group(
                [("seat_id", "in", self.ids), ("state", "!=", "forecast")],
                ["seat_id"],
                ["payable_total:sum"],
            )
        )
        for seat in self:
            seat.charged_total = totals.get(seat, 0.0)

    # === CRUD METHODS ===#

    def _check_terms_not_settled(self, vals):
        """What has no date cannot change under settled months: it would rewrite the days before."""
        names = [
            name
            for name in ("participant_id", "space_id", "tariff_id", "funding_rate", "funding_cap")
            if name in vals
        ]
        if not names:
            return
        changed = self.filtered(
            lambda seat: any(
                seat._fields[name].convert_to_cache(vals[name], seat)
                != seat._fields[name].convert_to_cache(seat[name], seat)
                for name in names
            )
        )
        settled = changed.charge_ids.filtered(lambda charge: charge.state == "settled").seat_id[:1]
        if settled:
            raise UserError(
                self.env._(
                    "Seat %(seat)s has settled months: change its tariff, rate or cap from a date"
                    " (button Change), which leaves the days before as they are.",
                    seat=settled.name,
                )
            )

    def _recheck_elsewhere(self):
        """What these seats cost changed: a person's cap is shared with their seats elsewhere, whose
        months are to be checked too. Forecasts of all these people are made again.
        """
        participants = self.participant_id._with_archived()
        here = self.grouped(lambda seat: seat.participant_id.id)
        moved = participants.filtered(lambda file: file.seat_ids.space_id - here[file.id].space_id)
        if moved:
            # The earliest day for all: who is checked in vain keeps what they have.
            seats = self.filtered(lambda seat: seat.participant_id in moved)
            moved._pricing_inputs_changed(min(seats.mapped("date_start")), ranks=False)
        (participants - moved)._refresh_forecast()

    # === CLOSED MONTHS ===#

    def _get_last_closed_days(self, first, last):
        statements = self._search_statements(
            self._get_month_domain(self.program_id, first, last)
            & Domain("space_id", "in", self.space_id.ids)
        )
        return {
            (row.program_id.id, row.space_id.id, row.date_from): find_last_closed_day(row)
            for row in statements
        }

    @api.model
    def _get_last_days_closed_for_all(self, programs, first, last):
        # Which months are settled everywhere is asked first: the one that runs hardly ever is, and
        # may have thousands of statements.
        # sudo: see _search_statements
        months = (
            self.env["coworking.statement"]
            .sudo()
            ._read_group(
                self._get_month_domain(programs, first, last),
                ["program_id", "date_from:day"],
                ["state:array_agg_distinct"],
            )
        )
        settled = Domain.OR(
            self._get_month_domain(program, month, month)
            for program, month, states in months
            if {*states} <= {*SETTLED_STATES}
        )
        last_days = {}
        for row in self._search_statements(settled):
            key, day = (row.program_id.id, row.date_from), find_last_closed_day(row)
            last_days[key] = min(day, last_days.get(key, day))
        return last_days

    @api.model
    def _get_month_domain(self, programs, first, last):
        """:return: domain of the statements that stand of the months from one day to another"""
        return (
            Domain("program_id", "in", programs.ids)
            & Domain("date_from", ">=", first.replace(day=1))
            & Domain("date_from", "<=", last)
            & Domain("state", "!=", "cancelled")
        )

    @api.model
    def _search_statements(self, domain):
        # sudo: whoever writes something down of a day need not be allowed to read statements
        return (
            self.env["coworking.statement"]
            .sudo()
            .search_fetch(
                domain, ["program_id", "space_id", "date_from", "state", "confirmed_at"], order="id"
            )
        )

    # === ACTION METHODS ===#

    def _check_may_cancel(self):
        for seat in self:
            if seat.charge_ids.filtered(lambda charge: charge.state == "settled"):
                raise UserError(
                    self.env._(
                        "Seat %(seat)s has settled months: give it an end instead of cancelling "
                        "it.",
                        seat=seat.name,
                    )
                )
        return super()._check_may_cancel()

    def action_open_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_charge_action"
        )
        action["domain"] = [("seat_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_talk(self):
        """Plan a call or a meeting with the person, as any activity of the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Talk about It"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "coworking.participant",
                "active_ids": self.participant_id.ids,
                "active_id": self.participant_id.id,
            },
        }

    def action_suspend(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Suspend the Stay"),
            "res_model": "coworking.suspension",
            "view_mode": "form",
            "target": "new",
            "context": {"default_participant_id": self.participant_id.id},
        }
