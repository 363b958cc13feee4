from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ABSENCES_IN_A_ROW = 3
SILENCE_DAYS = 14


class CoworkingParticipant(models.Model):
    """How a person attends: what an accompanist notices before it is too late.

    Excused and cancelled dates count for nothing; a list that nobody filled in neither.
    """

    _inherit = "coworking.participant"

    absences_in_row = fields.Integer(
        string="Absences in a Row",
        aggregator=None,
        compute="_compute_absences_in_row",
        store=True,
        help="At the last dates that were filled in, without a presence since.",
    )
    attendance_rate = fields.Float(
        string="Attendance Rate (%)",
        compute="_compute_attendance_rate",
        aggregator=None,
        help="Dates attended, of those attended or missed.",
    )
    support_hours = fields.Float(
        string="Hours of Support",
        compute="_compute_attendance_rate",
        help="Appointments and collective times attended.",
    )
    date_last_contact = fields.Date(
        string="Last Contact",
        compute="_compute_date_last_contact",
        help="The last appointment or collective time attended, or review held.",
    )
    date_next_appointment = fields.Datetime(
        string="Next Appointment", compute="_compute_date_next_appointment"
    )
    attendance_ids = fields.One2many("coworking.attendance", "participant_id")
    attendance_count = fields.Integer(compute="_compute_attendance_count")
    todo_absent = fields.Boolean(
        string="Absent Three Times", compute="_compute_todo", search="_search_todo_absent"
    )
    todo_silent = fields.Boolean(
        string="No Contact", compute="_compute_todo", search="_search_todo_silent"
    )
    todo_reason = fields.Selection(
        selection_add=[("todo_absent", "Absent three times"), ("todo_silent", "No contact")]
    )

    @api.depends("attendance_ids.state", "attendance_ids.date", "attendance_ids.start")
    def _compute_absences_in_row(self):
        rows = defaultdict(list)
        for attendance in self.env["coworking.attendance"].search_fetch(
            [("participant_id", "in", self.ids), ("state", "in", ("present", "absent"))],
            ["participant_id", "state"],
            order="date desc, start desc, id desc",
        ):
            rows[attendance.participant_id.id].append(attendance.state)
        for participant in self:
            states = rows.get(participant._origin.id, [])
            participant.absences_in_row = (
                states.index("present") if "present" in states else len(states)
            )

    @api.depends("attendance_ids.state", "attendance_ids.duration", "attendance_ids.date")
    def _compute_attendance_rate(self):
        counts = defaultdict(dict)
        for participant, state, count, hours in self.env["coworking.attendance"]._read_group(
            [("participant_id", "in", self.ids), ("state", "in", ("present", "absent"))],
            ["participant_id", "state"],
            ["__count", "duration:sum"],
        ):
            counts[participant.id][state] = (count, hours)
        for participant in self:
            found = counts[participant._origin.id]
            came, hours = found.get("present", (0, 0.0))
            total = came + found.get("absent", (0,))[0]
            participant.attendance_rate = 100.0 * came / total if total else 0.0
            participant.support_hours = hours

    @api.depends("attendance_ids.state", "attendance_ids.date", "review_ids.state")
    def _compute_date_last_contact(self):
        last = defaultdict(list)
        for model, state in (("coworking.attendance", "present"), ("coworking.review", "done")):
            for participant, day in self.env[model]._read_group(
                [("participant_id", "in", self.ids), ("state", "=", state)],
                ["participant_id"],
                ["date:max"],
            ):
                last[participant.id].append(day)
        for participant in self:
            participant.date_last_contact = max(last[participant._origin.id], default=False)

    @api.depends("attendance_ids.state", "attendance_ids.start", "attendance_ids.kind")
    def _compute_date_next_appointment(self):
        """The appointment to come, or under way, where the person is expected."""
        following = dict(
            self.env["coworking.attendance"]._read_group(
                [
                    ("participant_id", "in", self.ids),
                    ("kind", "=", "appointment"),
                    ("state", "=", "expected"),
                    ("event_id.active", "=", True),
                    ("stop", ">=", fields.Datetime.now()),
                ],
                ["participant_id"],
                ["start:min"],
            )
        )
        for participant in self:
            participant.date_next_appointment = following.get(participant._origin)

    @api.model
    def _get_todo_domains(self):
        incubated = (
            self._get_open_domain()
            & Domain("phase", "=", "incubation")
            & Domain("date_exit", "=", False)
        )
        since = f"today -{SILENCE_DAYS}d"
        recent = Domain("date", ">=", since)
        # any!: as the due reviews, see there
        met = Domain("attendance_ids", "any!", Domain("state", "=", "present") & recent)
        reviewed = Domain("review_ids", "any!", Domain("state", "=", "done") & recent)
        return super()._get_todo_domains() | {
            "todo_absent": incubated & Domain("absences_in_row", ">=", ABSENCES_IN_A_ROW),
            "todo_silent": incubated & Domain("date_entry", "<", since) & ~(met | reviewed),
        }

    def _get_todo_labels(self):
        labels = super()._get_todo_labels()
        names = ("todo_proof", "is_ready", "is_rotting", "todo_call")
        later = {name: labels.pop(name) for name in names}
        return {
            "todo_absent": self.env._("%s absences in a row", ABSENCES_IN_A_ROW),
            **labels,
            "todo_silent": self.env._("no contact for %s days", SILENCE_DAYS),
            **later,
        }

    def _get_todo_action(self, reason):
        if reason in ("todo_absent", "todo_exit", "todo_silent", "is_rotting"):
            return self.action_plan_appointment()
        return super()._get_todo_action(reason)

    @api.depends("absences_in_row", "attendance_ids.state")
    def _compute_todo(self):
        return super()._compute_todo()

    # === COMPUTE METHODS ===#

    def _compute_attendance_count(self):
        counts = dict(
            self.env["coworking.attendance"]._read_group(
                [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
            )
        )
        for participant in self:
            participant.attendance_count = counts.get(participant, 0)

    # === ACTION METHODS ===#

    def action_open_attendances(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_attendance_action"
        )
        action["domain"] = [("participant_id", "=", self.id)]
        action["context"] = {"default_participant_id": self.id}
        return action

    def action_plan_appointment(self):
        """A new appointment with this person, in a short dialog; its title names nobody."""
        self.ensure_one()
        view = self.env.ref("coworking_incubation.calendar_event_view_form_appointment")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan an Appointment"),
            "res_model": "calendar.event",
            "views": [(view.id, "form")],
            "target": "new",
            "context": self.env["calendar.event"]._coworking_appointment_defaults(self),
        }

    def _search_todo_absent(self, operator, value):
        return self._search_flag("todo_absent", operator, value)

    def _search_todo_silent(self, operator, value):
        return self._search_flag("todo_silent", operator, value)

    # === HOOKS OF THE PATHWAY ===#

    def _leave_meetings(self):
        """Who left is not expected at the collective times that follow; the next on their waiting
        lists are. An appointment is agreed with the person, and stays.
        """
        left = super()._leave_meetings()
        # sudo: the stage says what an exit ends, on lists of others too
        attendances = self.env["coworking.attendance"].sudo()
        coming = attendances.search_fetch(
            [
                ("participant_id", "in", self.filtered("date_exit").ids),
                ("kind", "=", "collective"),
                ("state", "in", ("waiting", "expected")),
                ("start", ">", fields.Datetime.now()),
            ],
            ["participant_id", "kind", "date", "date_next", "state", "place", "event_id"],
        ).filtered(lambda row: row.date > row.participant_id.date_exit)
        for file, rows in coming.grouped("participant_id").items():
            left[self.browse(file.id)] = [{"id": row.id, "state": row.state} for row in rows]
        # who is expected missed nothing yet: how often they were absent is not looked up
        with self.env.protecting([self._fields["absences_in_row"]], coming.participant_id):
            coming.state = "cancelled"
        return left

    def _rejoin_meetings(self, kept, until=None):
        # sudo: as they were taken off
        attendances = self.env["coworking.attendance"].sudo()
        states = {row["id"]: row["state"] for row in kept}
        left = attendances.browse(states).exists()
        later = left.filtered(lambda row: until and row.date > until)
        for attendance in (left - later).filtered(lambda row: row.state == "cancelled"):
            try:
                with self.env.cr.savepoint():
                    attendance.state = states[attendance.id]
            except UserError as error:  # the place was given meanwhile
                self.message_post(body=str(error))
        return super()._rejoin_meetings(kept, until) | set(later.ids)
