from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools import day_in_words
from ..base.discussion import speak_to_staff

# Four weeks later, the same day of the week: what is proposed unless somebody says otherwise.
NEXT_DAYS = 28


class CoworkingAttendance(models.Model):
    """What was said and decided at an appointment.

    It is on the attendance of the person, not on the event: events are read by all employees.
    """

    _inherit = "coworking.attendance"

    report = fields.Html(string="What Was Said", copy=False)
    decisions = fields.Text(copy=False)
    objective_ids = fields.Many2many(
        "coworking.objective", string="Objectives Worked On", copy=False
    )
    document_ids = fields.Many2many("coworking.document", string="Documents Seen", copy=False)
    date_next = fields.Date(
        string="Next Appointment",
        compute="_compute_date_next",
        store=True,
        readonly=False,
        copy=False,
        help="Proposed four weeks later once the person came.",
    )
    restricted_note = fields.Text(
        copy=False,
        groups="coworking_incubation.group_coworking_sensitive",
        help="Personal situation: seen only by those who may.",
    )

    @api.depends("state")
    def _compute_date_next(self):
        for attendance in self:
            came = attendance.kind == "appointment" and attendance.state == "present"
            attendance.date_next = attendance.date_next or (
                attendance.date + timedelta(days=NEXT_DAYS) if came and attendance.date else False
            )

    @api.constrains("participant_id", "objective_ids", "document_ids")
    def _check_own_objectives(self):
        for attendance in self:
            for record in (*attendance.objective_ids, *attendance.document_ids):
                if record.participant_id != attendance.participant_id:
                    raise ValidationError(
                        self.env._(
                            "%(record)s is not in the file of %(person)s.",
                            record=record.display_name,
                            person=attendance.display_name,
                        )
                    )

    @api.constrains("duration")
    def _check_duration(self):
        for attendance in self:
            if not 0 <= attendance.duration <= 24 * 31:
                raise ValidationError(
                    self.env._(
                        "The duration noted for %s is not possible.", attendance.display_name
                    )
                )

    def _complete_activity(self):
        """Somebody was at the appointment: the activity from which it was planned is done, and
        nobody waits for another day any more.

        That of a review stays until the review is held.
        """
        # sudo: it may be a colleague's
        attendances = self.sudo().filtered(lambda row: row.kind == "appointment")
        events = speak_to_staff(attendances.event_id)
        activities = events.activity_ids.filtered(lambda row: not row.coworking_review_id)
        activities.action_feedback()
        self._find_asked_to_move().action_feedback()

    def _describe_start(self):
        """samedi 20 juin 2015, 10:00, by the clock of the place, wherever it is read"""
        local = self.event_id._coworking_local(self.start)
        weekday = format_date(self.env, local.date(), date_format="EEEE")
        return f"{weekday} {day_in_words(self.env, local.date())}, {local:%H:%M}"

    def _get_words_to_move(self):
        """What is noted in the file when the person asks for another time."""
        return self.env._("Asks to move the appointment of %s", self._describe_start())

    def _find_asked_to_move(self):
        """:return: ``mail.activity`` records, which say so of any of these appointments"""
        activities = self._group_asked_to_move().values()
        return speak_to_staff(self.sudo()).env["mail.activity"].union(*activities)  # sudo: as below

    def _group_asked_to_move(self):
        """What was noted so of these appointments as they are, in whatever language.

        :return: dict ``coworking.attendance`` -> ``mail.activity`` records
        """
        # sudo: it may be a colleague's
        asking = self.sudo().filtered(lambda row: row.kind == "appointment" and row.participant_id)
        if not asking:
            return {}
        languages = [code for code, __ in self.env["res.lang"].get_installed()]
        words = {
            row: {row.with_context(lang=lang)._get_words_to_move() for lang in languages}
            for row in asking
        }
        activities = speak_to_staff(asking).env["mail.activity"]
        noted = activities.search(
            [
                ("res_model", "=", "coworking.participant"),
                ("res_id", "in", asking.participant_id.ids),
                ("summary", "in", [*set().union(*words.values())]),
            ]
        )
        return {
            row: noted.filtered(
                lambda activity, row=row: (
                    activity.res_id == row.participant_id.id and activity.summary in words[row]
                )
            )
            for row in asking
        }

    def action_plan_next(self):
        """The next appointment with the same person, on the day proposed, at the same hour."""
        self.ensure_one()
        if not self.participant_id:
            raise UserError(
                self.env._(
                    "%s is not a participant: make the file first, then plan an appointment.",
                    self.display_name,
                )
            )
        action = self.participant_id.action_plan_appointment()
        if self.date_next:
            days = self.date_next - self.date
            action["context"] |= {
                "default_start": self._get_same_hour(self.start, days),
                "default_stop": self._get_same_hour(self.stop, days),
                "default_coworking_space_id": self.event_id.coworking_space_id.id,
                "default_location": self.event_id.location,
            }
        return action

    def _get_same_hour(self, moment, days):
        """The same hour by the clock of the place, so many days later."""
        event = self.event_id
        before, after = event._coworking_local(moment), event._coworking_local(moment + days)
        return moment + days + (before.utcoffset() - after.utcoffset())
