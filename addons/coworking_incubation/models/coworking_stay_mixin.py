from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import pricing


class CoworkingStayMixin(models.AbstractModel):
    """The seats of a person, what they cost, and what facts that change mean for both."""

    _name = "coworking.stay.mixin"
    _description = "Stay of a File"

    seat_ids = fields.One2many("coworking.seat", "participant_id")
    seat_count = fields.Integer(compute="_compute_seat_count")
    current_seat_id = fields.Many2one("coworking.seat", compute="_compute_current_seat_id")
    current_space_id = fields.Many2one(
        "coworking.space", compute="_compute_current_seat_id", search="_search_current_space_id"
    )
    pending_changes = fields.Integer(
        readonly=True,
        copy=False,
        groups="coworking_incubation.group_coworking_coordinator",
        help="How often facts changed since the settled months of this person were found right."
        " The next statements correct them.",
    )

    _pending_changes_idx = models.Index("(program_id) WHERE pending_changes > 0")

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

    def _release_seats(self):
        """End the seats on the day of the exit; those that would start later are cancelled."""
        # sudo: the stage says that seats end here; whoever moves a file may not end seats
        for participant in self.sudo().filtered("date_exit"):
            leaving = participant.date_exit
            for seat in participant.seat_ids.filtered(
                lambda seat: seat.state in ("draft", "requested", "confirmed", "active")
            ):
                if seat.state in ("draft", "requested") or seat.date_start > leaving:
                    seat.action_cancel()
                elif not seat.date_end or seat.date_end > leaving:
                    seat.date_end = leaving

    def _facts_changed(self, day, ranks=True):
        """Something that prices depend on changed from a day on, for these participants.

        Months from then on that their spaces settled are to be checked again when the next month
        is generated, whether they were charged in them or not. Open statements are computed again
        before anybody confirms them. The forecasts of the stay are made again at once.

        :param ranks: whether it may change who comes first, and so what others pay
        """
        # sudo: whoever may write the fact may not read charges; nothing of them is returned
        participants = self.sudo()
        if ranks:
            participants |= participants.seat_ids._get_rank_rivals().participant_id
        first = day.replace(day=1)
        settled = participants._statements_since(first)._mark_outdated()
        settled = {(statement.program_id.id, statement.space_id.id) for statement in settled}
        participants.filtered(
            lambda file: any(
                (file.program_id.id, space.id) in settled for space in file.seat_ids.space_id
            )
        )._mark_to_recheck()
        participants._refresh_forecast()

    def _mark_to_recheck(self):
        """The settled months of these people are compared with the facts at the next generation.

        The row is written each time: see ``coworking.statement._mark_outdated``.
        """
        for participant in self:
            participant.pending_changes += 1

    def _statements_since(self, first):
        """Statements, from a month on, of the spaces where these participants have or had seats."""
        return self.env["coworking.statement"].search(
            Domain("program_id", "in", self.program_id.ids)
            & Domain("date_from", ">=", first)
            & Domain("state", "!=", "cancelled")
            & (
                Domain("space_id", "in", self.seat_ids.space_id.ids)
                | Domain("charge_ids.participant_id", "in", self.ids)
            )
        )

    def _refresh_forecast(self):
        """Forecast charges of each stay, month by month, from the first month without a statement.

        Only what is certain in advance: months and weeks, not tickets or days that nobody used yet.
        """
        # sudo: whoever changes a fact need not be allowed to read what it costs
        Charge = self.env["coworking.charge"].sudo()
        for program, participants in self.sudo().grouped("program_id").items():
            seats = participants.seat_ids.filtered(
                lambda seat: seat.state in self.env["coworking.seat"]._holding_states()
            )
            current = {
                charge._key(): charge
                for charge in Charge.search(
                    [("participant_id", "in", participants.ids), ("state", "=", "forecast")]
                )
            }
            to_create = []
            for seat, priced in participants._forecast_rows(program, seats):
                lang = program.company_id.partner_id.lang or self.env.lang
                explaining = Charge.with_context(lang=lang)
                values = explaining._values(priced, seat.with_context(lang=lang))
                charge = current.pop((priced.seat, priced.period, priced.kind, None), None)
                if charge is None:
                    to_create.append(values)
                elif charge._differs_from(values):
                    charge.write(values)
            Charge.concat(*current.values()).unlink()
            Charge.create(to_create)

    def _pricing_suspensions(self):
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

    def _forecast_rows(self, program, seats):
        """Priced charges of the months to come that have no statement yet.

        An open seat is counted up to the planned exit, else the program's end.
        """
        if not seats:
            return []
        first = min(seats.mapped("date_start")).replace(day=1)
        last = max(
            seat.date_end or seat.participant_id.date_exit_planned or program.date_end
            for seat in seats
        )
        months = []
        while first <= last:
            months.append(first)
            first += relativedelta(months=1)
        # sudo: see _refresh_forecast
        opened = {
            (space.id, fields.Date.to_date(month))
            for space, month in self.env["coworking.statement"]
            .sudo()
            ._read_group(
                [
                    ("program_id", "=", program.id),
                    ("space_id", "in", seats.space_id.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["space_id", "date_from:month"],
            )
        }
        try:
            # sudo: prices count what others in the programme use
            priced = self.env["coworking.pricing"].sudo()._price(program, self, months)
        except UserError:
            return []  # told when the month is generated, not when a presence is typed
        ends = {
            seat.id: seat.date_end or seat.participant_id.date_exit_planned or program.date_end
            for seat in seats
        }
        return [
            (seat, charge)
            for home, seat, charge in priced
            if (seat.space_id.id, home) not in opened
            and (charge.kind == "commitment" or charge.date_from <= ends[seat.id])
        ]
