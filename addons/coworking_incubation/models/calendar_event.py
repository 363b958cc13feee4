from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    coworking_kind = fields.Selection(
        [
            ("info_session", "Information meeting"),
            ("appointment", "Appointment"),
            ("collective", "Collective time"),
        ],
        string="Incubation",
        index="btree_not_null",
        help="What this event is to the incubation program. Empty for an ordinary meeting.",
    )
    coworking_program_id = fields.Many2one(
        "coworking.program", string="Program", index="btree_not_null"
    )
    coworking_space_id = fields.Many2one("coworking.space", string="Space", index="btree_not_null")
    coworking_capacity = fields.Integer(string="Capacity", help="0: no limit.")
    coworking_attendance_ids = fields.One2many(
        "coworking.attendance", "event_id", string="Attendance"
    )
    coworking_expected_count = fields.Integer(
        string="People Expected", compute="_compute_coworking_counts"
    )
    coworking_places_left = fields.Integer(
        string="Places Left", compute="_compute_coworking_counts"
    )

    _coworking_capacity_positive = models.Constraint(
        "CHECK (coworking_capacity >= 0)", "The capacity of a meeting cannot be negative."
    )

    @api.depends("coworking_attendance_ids.state", "coworking_capacity")
    def _compute_coworking_counts(self):
        counts = dict(
            self.env["coworking.attendance"]._read_group(
                [("event_id", "in", self.ids), ("state", "in", ("expected", "present"))],
                ["event_id"],
                ["__count"],
            )
        )
        for event in self:
            event.coworking_expected_count = counts.get(event, 0)
            event.coworking_places_left = max(
                event.coworking_capacity - event.coworking_expected_count, 0
            )

    @api.constrains("coworking_kind", "coworking_program_id")
    def _check_coworking_program(self):
        for event in self:
            if event.coworking_kind and not event.coworking_program_id:
                raise ValidationError(
                    self.env._("Say which program %(event)s belongs to.", event=event.name)
                )
