from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class CoworkingPresence(models.Model):
    """One half-day of one seat. No row means that nobody filled it in, never that nobody came.

    Two testimonies are kept apart: what the space says (``host_*``), what the participant signed.
    """

    _name = "coworking.presence"
    _description = "Presence"
    _order = "date desc, slot, seat_id"

    seat_id = fields.Many2one("coworking.seat", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="seat_id.company_id", store=True, precompute=True)
    participant_id = fields.Many2one(
        related="seat_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="seat_id.program_id", store=True, precompute=True, index=True
    )
    space_id = fields.Many2one(related="seat_id.space_id", store=True, precompute=True, index=True)
    label = fields.Char(compute="_compute_label", help="Who, and which half of the day.")
    date = fields.Date(required=True, index=True)
    slot = fields.Selection([("am", "Morning"), ("pm", "Afternoon")], required=True, default="am")
    hours = fields.Float(digits=(4, 2), help="For tariffs by the hour.")
    state = fields.Selection(
        [("present", "Present"), ("absent", "Absent")], required=True, default="present"
    )
    source = fields.Selection(
        [
            ("host", "Coworking space"),
            ("staff", "Staff"),
            ("sheet", "Signed sheet"),
            ("import", "Import"),
        ],
        required=True,
        default="staff",
    )
    host_by = fields.Many2one("res.partner", string="Said By", help="Who spoke for the space.")
    host_at = fields.Datetime(string="Said On")
    participant_signed_at = fields.Datetime(string="Signed by the Participant On")

    _half_day_uniq = models.Constraint(
        "UNIQUE(seat_id, date, slot)", "This half-day is already filled in for this seat."
    )
    _hours_range = models.Constraint(
        "CHECK (hours >= 0 AND hours <= 24)", "A half-day holds between 0 and 24 hours."
    )

    @api.depends("seat_id.name", "date", "slot")
    def _compute_display_name(self):
        slots = dict(self._fields["slot"]._description_selection(self.env))
        for presence in self:
            presence.display_name = " ".join(
                filter(
                    None,
                    (
                        presence.seat_id.name,
                        format_date(self.env, presence.date) if presence.date else "",
                        slots.get(presence.slot),
                    ),
                )
            )

    @api.depends("seat_id.occupant_name", "slot")
    @api.depends_context("lang")
    def _compute_label(self):
        slots = dict(self._fields["slot"]._description_selection(self.env))
        for presence in self:
            presence.label = self.env._(
                "%(person)s, %(slot)s",
                person=presence.seat_id.occupant_name,
                slot=slots.get(presence.slot),
            )

    @api.constrains("seat_id", "date")
    def _check_within_seat(self):
        for presence in self:
            seat = presence.seat_id
            if presence.date < seat.date_start or (seat.date_end and presence.date > seat.date_end):
                raise ValidationError(
                    self.env._(
                        "A presence on %(date)s is outside seat %(seat)s (%(start)s to %(end)s).",
                        date=format_date(self.env, presence.date),
                        seat=seat.name,
                        start=format_date(self.env, seat.date_start),
                        end=format_date(self.env, seat.date_end) if seat.date_end else "…",
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        presences = super().create(vals_list)
        presences._facts_changed()
        return presences

    def write(self, vals):
        if {"seat_id", "date", "slot", "hours", "state"} & vals.keys():
            self._facts_changed()
            result = super().write(vals)
            self._facts_changed()
            return result
        return super().write(vals)

    def unlink(self):
        seats = [(presence.participant_id, presence.date) for presence in self]
        result = super().unlink()
        for participant in self.env["coworking.participant"].concat(*(p for p, __ in seats)):
            participant._facts_changed(min(day for owner, day in seats if owner == participant))
        return result

    def _facts_changed(self):
        """Prices by use depend on presences."""
        for participant, presences in self.grouped("participant_id").items():
            if presences.seat_id._priced_by_use():
                participant._facts_changed(min(presences.mapped("date")))
