from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

MAX_DATES = 60


class CoworkingEventPlan(models.TransientModel):
    """Several dates at once: one event each, with a sheet of its own and the same people."""

    _name = "coworking.event.plan"
    _description = "Plan Several Dates"
    _inherit = ["coworking.record.mixin"]

    event_id = fields.Many2one("calendar.event", string="As", ondelete="cascade")
    kind = fields.Selection(
        [("info_session", "Information meeting"), ("collective", "Collective time")],
        required=True,
        default="collective",
    )
    name = fields.Char(string="Title", required=True)
    program_id = fields.Many2one(
        "coworking.program",
        required=True,
        default=lambda self: self.env["coworking.participant"]._default_program_id(),
    )
    space_id = fields.Many2one("coworking.space")
    location = fields.Char()
    capacity = fields.Integer(help="0: no limit.")
    public = fields.Boolean(string="Open to Registration")
    user_id = fields.Many2one(
        "res.users",
        string="Led By",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    participant_ids = fields.Many2many(
        "coworking.participant", domain="[('program_id', '=', program_id)]"
    )
    with_others = fields.Boolean(
        string="And Who Is Not a Participant",
        default=True,
        help="Names on the list that have no file are copied too.",
    )
    line_ids = fields.One2many("coworking.event.plan.line", "plan_id", string="Dates")
    weeks = fields.Integer(
        string="Weeks More", help="Each of these dates again, every week for so many weeks."
    )

    @api.model
    def default_get(self, fields):
        """As an event that there is: what it is, and who of its list has not left by then."""
        values = super().default_get(fields)
        event = self.env["calendar.event"].browse(values.get("event_id"))
        if event:
            again = event.start + timedelta(weeks=1)
            # sudo: that a colleague's person has left is no more than that nobody expects them
            people = (
                self._get_people(event)
                .participant_id.sudo()
                .filtered(lambda file: not file.date_exit or file.date_exit >= again.date())
            )
            values |= {
                "kind": event.coworking_kind,
                "name": event.name,
                "program_id": event.coworking_program_id.id,
                "space_id": event.coworking_space_id.id,
                "location": event.location,
                "capacity": event.coworking_capacity,
                "public": event.coworking_public,
                "user_id": event.user_id.id,
                "with_others": event.coworking_kind == "collective",
                "participant_ids": [Command.set(people.ids)],
                "line_ids": [Command.create({"start": again, "duration": event.duration})],
            }
        return values

    def _get_people(self, event):
        return event.coworking_attendance_ids.filtered(
            lambda attendance: attendance.state not in ("cancelled", "waiting")
        )

    def _get_dates(self):
        """(start, stop) of each, a week later by the clock of the place and not by UTC."""
        self.ensure_one()
        place = self.env["calendar.event"].new(
            {"coworking_space_id": self.space_id.id, "coworking_program_id": self.program_id.id}
        )
        dates = set()
        for line in self.line_ids:
            for week in range(max(self.weeks, 0) + 1):
                later = line.start + timedelta(weeks=week)
                later += (
                    place._coworking_local(line.start).utcoffset()
                    - place._coworking_local(later).utcoffset()
                )
                dates.add((later, later + timedelta(hours=line.duration)))
        return sorted(dates)

    def action_plan(self):
        self.ensure_one()
        dates = self._get_dates()
        if not dates:
            raise UserError(self.env._("Add at least one date."))
        if len(dates) > MAX_DATES:
            raise UserError(
                self.env._(
                    "That makes %(count)s dates: plan at most %(most)s at once.",
                    count=len(dates),
                    most=MAX_DATES,
                )
            )
        events = self.env["calendar.event"].create(
            [
                {
                    "name": self.name,
                    "start": start,
                    "stop": stop,
                    "coworking_kind": self.kind,
                    "coworking_program_id": self.program_id.id,
                    "coworking_space_id": self.space_id.id,
                    "coworking_capacity": self.capacity,
                    "coworking_public": self.public and self.kind == "info_session",
                    "location": self.location,
                    "user_id": self.user_id.id,
                    "partner_ids": [Command.set(self.user_id.partner_id.ids)],
                }
                for start, stop in dates
            ]
        )
        people = [{"participant_id": participant.id} for participant in self.participant_ids]
        if self.with_others:
            people += [
                {
                    "name": other.name,
                    "email": other.email,
                    "phone": other.phone,
                    "prescriber_name": other.prescriber_name,
                }
                for other in self._get_people(self.event_id).filtered(
                    lambda attendance: not attendance.participant_id
                )
            ]
        self.env["coworking.attendance"].create(
            [{**person, "event_id": event.id} for event in events for person in people]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"coworking_incubation.calendar_event_action_{self.kind}"
        )
        return {**action, "domain": [("id", "in", events.ids)], "target": "current"}
