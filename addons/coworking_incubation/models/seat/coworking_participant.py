from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ... import pricing
from ..base.whole import WholeOne2many


class CoworkingParticipant(models.Model):
    """The seats of a person, what they cost, and what facts that change mean for both."""

    _inherit = "coworking.participant"

    seat_ids = WholeOne2many("coworking.seat", "participant_id")
    seat_count = fields.Integer(compute="_compute_seat_count")
    current_seat_id = fields.Many2one("coworking.seat", compute="_compute_current_seat_id")
    current_space_id = fields.Many2one(
        "coworking.space", compute="_compute_current_seat_id", search="_search_current_space_id"
    )

    # === COMPUTE METHODS ===#

    def _compute_seat_count(self):
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [("participant_id", "in", self.ids)], ["participant_id"], ["__count"]
            )
        )
        for participant in self:
            participant.seat_count = counts.get(participant, 0)

    @api.depends("seat_ids.state", "seat_ids.date_start", "seat_ids.date_end")
    def _compute_current_seat_id(self):
        """The seat of today, else the next one, among those that hold a place."""
        today = fields.Date.context_today(self)
        seats = self.env["coworking.seat"].search_fetch(
            [
                ("participant_id", "in", self.ids),
                ("state", "in", ("confirmed", "active")),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", today),
            ],
            ["participant_id", "space_id"],
            order="date_start",
        )
        by_participant = seats.grouped("participant_id")
        placed = self.filtered(by_participant.get)
        (self - placed).update({"current_seat_id": False, "current_space_id": False})
        for participant in placed:
            seat = by_participant[participant][0]
            participant.current_seat_id = seat
            participant.current_space_id = seat.space_id

    def _search_current_space_id(self, operator, value):
        if operator not in ("in", "not in", "any"):
            return NotImplemented
        placed = Domain("state", "in", ("confirmed", "active")) & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", "today")
        )
        if operator == "in" and False in value:
            without = ~Domain("seat_ids", "any", placed)
            others = set(value) - {False}
            if not others:
                return without
            return without | Domain("seat_ids", "any", placed & Domain("space_id", "in", others))
        if operator == "not in":
            return ~self._search_current_space_id("in", value)
        return Domain("seat_ids", "any", placed & Domain("space_id", operator, value))

    # === BUSINESS METHODS ===#

    def _check_may_change_program(self, program_id):
        """Seats and charges stay in the program that gave them: another program is another file."""
        for participant in self.filtered(lambda file: file.program_id.id != program_id):
            seat = participant.seat_ids.filtered(
                lambda seat: seat.state not in ("draft", "refused", "cancelled")
            )[:1]
            if seat:
                raise UserError(
                    self.env._(
                        "%(participant)s has seat %(seat)s in program %(program)s. Open another"
                        " file in the other program instead.",
                        participant=participant.display_name,
                        seat=seat.name,
                        program=participant.program_id.name,
                    )
                )

    def _get_what_goes_on(self):
        going_on = self.env["coworking.seat"]._get_going_on_domain()
        seats = self.seat_ids.filtered_domain(going_on)
        return seats._describe_going_on() + super()._get_what_goes_on()

    def _release_seats(self):
        """End the seats on the day of the exit; those that would start later are cancelled."""
        cancelled = self.env["coworking.seat"].sudo()
        before, ended = [], defaultdict(cancelled.browse)
        # sudo: the stage says that seats end here; whoever moves a file may not end seats
        for participant in self.sudo().filtered("date_exit"):
            leaving = participant.date_exit
            participant._note_seats_after_exit()
            for seat in participant.seat_ids.filtered(
                lambda seat: seat.state in ("draft", "requested", "confirmed", "active")
            ):
                if seat.state in ("draft", "requested") or seat.date_start > leaving:
                    cancelled |= seat
                elif not seat.date_end or seat.date_end > leaving:
                    ended[leaving] |= seat
                else:
                    continue
                end = seat.date_end and str(seat.date_end)
                values = {"id": seat.id, "state": seat.state, "date_end": end}
                before.append((participant, seat, values))
        cancelled.action_cancel()
        for leaving, seats in ended.items():
            seats.date_end = leaving
            seats._end_past()
        released = defaultdict(list)
        for participant, seat, values in before:
            released[participant].append({**values, "left": seat.state})
        return released

    def _note_seats_after_exit(self):
        """A seat that was ended already keeps its end: where that is after the exit, one of the two
        days is wrong, and the seat is paid.
        """
        late = self.seat_ids.filtered(
            lambda seat: seat.state == "ended" and seat.date_end > self.date_exit
        )
        for seat in late:
            self.message_post(
                body=self.env._(
                    "Seat %(seat)s lasted until %(end)s, after the exit on %(exit)s: check which"
                    " day is right. Up to its end the seat is paid.",
                    seat=seat.name,
                    end=format_date(self.env, seat.date_end),
                    exit=format_date(self.env, self.date_exit),
                )
            )

    def _restore_seats(self, kept):
        """Those that nobody touched since go on as before; where the place was given meanwhile,
        the discussion of the file says so.
        """
        # sudo: as they were released
        seats = self.env["coworking.seat"].sudo()
        for row in kept:
            seat = seats.browse(row["id"]).exists()
            # A seat whose last day is past was ended since, by the scheduled action.
            untouched = (
                seat.state == row["left"] == "cancelled"
                or seat.state in (row["left"], "ended")
                and seat.date_end == self.date_exit
            )
            if not untouched:
                if seat:
                    self.message_post(
                        body=self.env._(
                            "Seat %s was changed meanwhile: check its dates.", seat.name
                        )
                    )
                continue
            try:
                with self.env.cr.savepoint():
                    seat.write(
                        {
                            "state": row["state"],
                            "date_end": fields.Date.to_date(row["date_end"]),
                        }
                    )
            except UserError as error:
                self.message_post(body=str(error))

    def _get_pricing_suspensions(self):
        """Days on which these people's stays are suspended.

        :return: dict participant id -> tuple of ``pricing.Span``
        """
        result = defaultdict(list)
        for suspension in self.env["coworking.suspension"].search_fetch(
            [("participant_id", "in", self.ids)],
            ["participant_id", "date_from", "date_to"],
        ):
            result[suspension.participant_id.id].append(
                pricing.Span(suspension.date_from, suspension.date_to or None)
            )
        return {key: tuple(spans) for key, spans in result.items()}

    # === ACTION METHODS ===#

    def action_open_seats(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_seat_action"
        )
        action["domain"] = [("participant_id", "=", self.id)]
        action["context"] = {"default_participant_id": self.id}
        return action
