from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...pricing_inputs import PRICING_INPUTS
from ..base.processing import PATHWAY


class CoworkingSuspension(models.Model):
    """Days during which a participant does not come: illness, a short contract, a training."""

    _name = "coworking.suspension"
    _description = "Suspension of an Incubation"
    _processing = PATHWAY
    _inherit = ["coworking.participant.row.mixin"]
    _order = "date_from desc"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    date_from = fields.Date(required=True)
    date_to = fields.Date(help="Last day of the suspension. Empty while nobody knows.")
    kind = fields.Selection(
        [
            ("absence", "Absence"),
            ("work", "Short contract"),
            ("training", "Training"),
            ("personal", "Personal reasons"),
        ],
        required=True,
        default="absence",
    )
    reason = fields.Char(
        required=True, help="In neutral words: coworking managers do not see it, colleagues do."
    )
    extends = fields.Boolean(
        string="Extends the Incubation",
        default=True,
        help="Whether these days push the planned exit back.",
    )

    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A suspension cannot end before it starts.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(participant_id, participant_id, '[]') WITH &&,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "This participant is already suspended on some of these days.",
    )

    @api.depends("participant_id.display_name", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for suspension in self:
            suspension.display_name = self.env._(
                "%(participant)s from %(date)s",
                participant=suspension.participant_id.display_name,
                date=format_date(self.env, suspension.date_from),
            )

    @api.constrains("date_from")
    def _check_not_too_far_back(self):
        """A suspension is told when it happens; a coordinator may go further back."""
        # not env.su: constraints always run as superuser
        if self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            return
        days = self.env["ir.config_parameter"]._coworking_get("suspension_backdate_days")
        limit = fields.Date.context_today(self) - timedelta(days=days)
        for suspension in self:
            if suspension.date_from < limit:
                raise ValidationError(
                    self.env._(
                        "The suspension of %(participant)s cannot start before %(limit)s, %(days)s"
                        " days ago. Ask a coordinator to record it.",
                        participant=suspension.participant_id.display_name,
                        limit=format_date(self.env, limit),
                        days=days,
                    )
                )

    @api.constrains("date_from", "date_to", "participant_id")
    def _check_within_incubation(self):
        """It lies between the entry and the exit; while nobody left, it starts before the planned
        one, or today where somebody stays on.
        """
        today = fields.Date.context_today(self)
        for suspension in self:
            participant = suspension.participant_id
            entry, leaving = participant.date_entry, participant.date_exit
            others = participant.suspension_ids - suspension
            end = leaving or (entry and max(participant._get_planned_exit(others), today))
            last = leaving and suspension.date_to or suspension.date_from
            if not entry or suspension.date_from < entry or last > end:
                raise ValidationError(
                    self.env._(
                        "The suspension of %(participant)s from %(start)s is outside the incubation"
                        " (entry: %(entry)s, exit: %(exit)s).",
                        participant=participant.display_name,
                        start=format_date(self.env, suspension.date_from),
                        entry=format_date(self.env, entry) if entry else "-",
                        exit=format_date(self.env, end) if end else "-",
                    )
                )

    # === BUSINESS METHODS ===#

    def _get_days_that_extend(self):
        """Days that push the planned exit back, each day counted once."""
        days = set()
        for suspension in self.filtered(lambda s: s.extends and s.date_to):
            start = suspension.date_from
            days.update(
                start + timedelta(days=n) for n in range((suspension.date_to - start).days + 1)
            )
        return len(days)

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        suspensions = super().create(vals_list)
        for suspension in suspensions:
            suspension.participant_id._pricing_inputs_changed(suspension.date_from)
        return suspensions

    def write(self, vals):
        before = [(suspension.participant_id, suspension.date_from) for suspension in self]
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            # Whoever it was, and whoever it is now.
            after = [(suspension.participant_id, suspension.date_from) for suspension in self]
            for participant, day in before + after:
                participant._pricing_inputs_changed(day)
        elif "extends" in vals:
            self.participant_id._refresh_forecast()
        return result

    def unlink(self):
        touched = [(suspension.participant_id, suspension.date_from) for suspension in self]
        result = super().unlink()
        for participant, day in touched:
            participant._pricing_inputs_changed(day)
        return result
