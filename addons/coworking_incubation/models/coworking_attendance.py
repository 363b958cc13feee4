from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CoworkingAttendance(models.Model):
    """One person at one meeting, appointment or collective time.

    A person who registered for an information meeting is a name, an e-mail and a phone here until
    staff link a participant.
    """

    _name = "coworking.attendance"
    _description = "Attendance"
    _order = "date desc, start, id"
    _check_company_auto = True

    event_id = fields.Many2one("calendar.event", required=True, ondelete="restrict", index=True)
    kind = fields.Selection(
        related="event_id.coworking_kind", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="event_id.coworking_program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True, precompute=True)
    participant_id = fields.Many2one(
        "coworking.participant", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    name = fields.Char(help="Name of somebody who is not a participant.")
    email = fields.Char()
    phone = fields.Char()
    date = fields.Date(compute="_compute_times", store=True, readonly=False, precompute=True)
    start = fields.Datetime(compute="_compute_times", store=True, readonly=False, precompute=True)
    stop = fields.Datetime(compute="_compute_times", store=True, readonly=False, precompute=True)
    duration = fields.Float(compute="_compute_duration", store=True, help="In hours.")
    state = fields.Selection(
        [
            ("waiting", "Waiting list"),
            ("expected", "Expected"),
            ("present", "Present"),
            ("absent", "Absent"),
            ("excused", "Excused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="expected",
    )
    signature = fields.Binary(attachment=True, copy=False)
    signed_at = fields.Datetime(copy=False)

    _person = models.Constraint(
        "CHECK (participant_id IS NOT NULL OR name IS NOT NULL)",
        "Say who attends: a participant, or a name.",
    )
    _participant_uniq = models.UniqueIndex(
        "(event_id, participant_id, date) WHERE participant_id IS NOT NULL",
        "This participant is already on the list for that day.",
    )

    @api.depends("participant_id.display_name", "name")
    def _compute_display_name(self):
        for attendance in self:
            attendance.display_name = attendance.participant_id.display_name or attendance.name

    @api.depends("event_id.start", "event_id.stop")
    def _compute_times(self):
        """As the event says, until somebody was there: signed attendance is not moved."""
        for attendance in self:
            if attendance.signed_at:
                continue
            event = attendance.event_id
            attendance.start = event.start
            attendance.stop = event.stop
            attendance.date = (
                event.start
                and fields.Datetime.context_timestamp(
                    event.with_context(tz=event.event_tz or self.env.user.tz), event.start
                ).date()
            )

    @api.depends("start", "stop")
    def _compute_duration(self):
        for attendance in self:
            start, stop = attendance.start, attendance.stop
            attendance.duration = (stop - start).total_seconds() / 3600 if start and stop else 0.0

    @api.constrains("event_id")
    def _check_event_kind(self):
        for attendance in self:
            if not attendance.event_id.coworking_kind:
                raise ValidationError(
                    self.env._(
                        "%(event)s is an ordinary meeting: say on it whether it is an information"
                        " meeting, an appointment or a collective time.",
                        event=attendance.event_id.name,
                    )
                )
