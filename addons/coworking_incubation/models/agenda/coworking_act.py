from odoo import fields, models
from odoo.tools import SQL

from .calendar_event import KINDS


class CoworkingAct(models.Model):
    """Each meeting, appointment and collective time that is over: who led it, how long, how many.

    Counted from the calendar and its attendance lists; nobody types it.
    """

    _name = "coworking.act"
    _description = "Support Given"
    _inherit = ["coworking.record.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "event_id"

    event_id = fields.Many2one("calendar.event", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    date = fields.Date(readonly=True)
    program_id = fields.Many2one("coworking.program", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    space_id = fields.Many2one("coworking.space", readonly=True)
    user_id = fields.Many2one("res.users", string="Led By", readonly=True)
    duration = fields.Float(string="Hours", readonly=True)
    listed_count = fields.Integer(string="On the List", readonly=True)
    present_count = fields.Integer(string="Present", readonly=True)
    absent_count = fields.Integer(string="Absent", readonly=True)
    candidate_count = fields.Integer(
        string="Candidates Present", readonly=True, help="Present, without a file yet."
    )
    person_hours = fields.Float(string="Hours of Support", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT event.id AS id,
                   event.id AS event_id,
                   event.coworking_kind AS kind,
                   COALESCE(list.date, event.start::date) AS date,
                   event.coworking_program_id AS program_id,
                   program.company_id AS company_id,
                   event.coworking_space_id AS space_id,
                   event.user_id AS user_id,
                   event.duration AS duration,
                   COALESCE(list.listed, 0) AS listed_count,
                   COALESCE(list.present, 0) AS present_count,
                   COALESCE(list.absent, 0) AS absent_count,
                   COALESCE(list.candidates, 0) AS candidate_count,
                   COALESCE(list.hours, 0) AS person_hours
              FROM calendar_event event
              JOIN coworking_program program ON program.id = event.coworking_program_id
         LEFT JOIN LATERAL (
                    SELECT MIN(date) AS date,
                           COUNT(*) FILTER (WHERE state <> 'cancelled') AS listed,
                           COUNT(*) FILTER (WHERE state = 'present') AS present,
                           COUNT(*) FILTER (WHERE state = 'absent') AS absent,
                           COUNT(*) FILTER (
                               WHERE state = 'present' AND participant_id IS NULL
                           ) AS candidates,
                           SUM(duration) FILTER (WHERE state = 'present') AS hours
                      FROM coworking_attendance
                     WHERE event_id = event.id
                   ) list ON TRUE
             WHERE event.coworking_kind IS NOT NULL
               AND event.active
               AND event.stop < (now() AT TIME ZONE 'UTC')
            """
        )
