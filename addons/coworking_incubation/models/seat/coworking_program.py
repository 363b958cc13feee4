from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .coworking_seat import HOLDING_STATES


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"

    seat_count = fields.Integer(compute="_compute_seat_count")

    def _compute_seat_count(self):
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [("program_id", "in", self.ids)], ["program_id"], ["__count"]
            )
        )
        for program in self:
            program.seat_count = counts.get(program, 0)

    @api.constrains("date_start", "date_end")
    def _check_seats_within_dates(self):
        """Shortening a program must not leave seats outside its dates."""
        for program in self:
            # a seat that was put away was there, and is paid, all the same
            seat = (
                self.env["coworking.seat"]
                .with_context(active_test=False)
                .search(
                    Domain("program_id", "=", program.id)
                    & Domain("state", "in", HOLDING_STATES)
                    & (
                        Domain("date_start", "<", program.date_start)
                        | Domain("date_end", ">", program.date_end)
                    ),
                    limit=1,
                )
            )
            if seat:
                raise ValidationError(
                    self.env._(
                        "Seat %(seat)s (%(start)s to %(end)s) would be outside the dates of program"
                        " %(program)s. Change the seat first.",
                        seat=seat.name,
                        start=format_date(self.env, seat.date_start),
                        end=format_date(self.env, seat.date_end),
                        program=program.display_name,
                    )
                )

    # === CRUD METHODS ===#

    def _get_seat_months(self):
        """First days of the months in which seats of each program are charged.

        :return: dict program id -> (first month, last month or None while a seat has no end)
        """
        if not self:
            return {}
        self.env["coworking.seat"].flush_model(["program_id", "date_start", "date_end", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT program_id, date_trunc('month', MIN(date_start))::date,
                          date_trunc('month', MAX(COALESCE(date_end, 'infinity')))::date
                     FROM coworking_seat
                    WHERE program_id IN %s AND state IN %s
                 GROUP BY program_id""",
                tuple(self.ids),
                HOLDING_STATES,
            )
        )
        return {program_id: (first, last) for program_id, first, last in rows}

    def _get_what_goes_on(self):
        seats = self.env["coworking.seat"].search(
            Domain("program_id", "=", self.id) & self.env["coworking.seat"]._get_going_on_domain()
        )
        return seats._describe_going_on() + super()._get_what_goes_on()

    # === ACTION METHODS ===#

    def action_open_seats(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_seat_action"
        )
        action["context"] = {"search_default_program_id": self.id}
        return action
