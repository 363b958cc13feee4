from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ... import pricing
from ..seat.coworking_seat import HOLDING_STATES


class CoworkingParticipant(models.Model):
    _inherit = "coworking.participant"

    pending_changes = fields.Integer(
        readonly=True,
        copy=False,
        groups="coworking_incubation.group_coworking_coordinator",
        help="How often facts changed since the settled months of this person were found right."
        " The next statements correct them.",
    )
    pending_since = fields.Date(
        readonly=True,
        copy=False,
        groups="coworking_incubation.group_coworking_coordinator",
        help="The day of the first of these changes.",
    )
    _pending_changes_idx = models.Index("(program_id) WHERE pending_changes > 0")
    cost_to_date = fields.Monetary(
        compute="_compute_cost_to_date",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
        help="What the program owes the spaces for this person, up to now.",
    )

    def _pricing_inputs_changed(self, day, ranks=True):
        """Something that prices depend on changed from a day on, for these participants.

        Months from then on that their spaces settled are to be checked again when the next month
        is generated, whether they were charged in them or not. Open statements are computed again
        before anybody confirms them. The forecasts of the stay are made again at once.

        :param ranks: whether it may change who comes first, and so what others pay
        """
        # sudo: whoever may write the fact may not read charges; nothing of them is returned
        participants = self.sudo()._with_archived()
        if ranks:
            participants |= participants.seat_ids._get_rank_rivals().participant_id
        settled = participants._get_statements_touched(day)._mark_outdated()
        participants._filter_settled_in(settled, day)._mark_to_recheck()
        participants._refresh_forecast()

    def _filter_settled_in(self, settled, day):
        """Those of these people whom some of the settled statements that a fact of that day touches
        concern: see ``_get_statements_touched``.
        """
        earlier = settled.filtered(lambda statement: statement.date_from < day.replace(day=1))
        here = {(statement.program_id, statement.space_id) for statement in settled - earlier}
        charged = self if len(self) == 1 else self.browse()
        if earlier and not charged:
            charged = (
                self.env["coworking.charge"]
                .search_fetch(
                    [
                        ("statement_id", "in", earlier.ids),
                        ("participant_id", "in", self.ids),
                        ("date_to", ">=", day),
                    ],
                    ["participant_id"],
                )
                .participant_id
            )
        return self.filtered(
            lambda file: (
                (earlier and file in charged)
                or any((file.program_id, space) in here for space in file.seat_ids.space_id)
            )
        )

    def _mark_to_recheck(self):
        """The settled months of these people are compared with the facts at the next generation.

        The row is written each time: see ``coworking.statement._mark_outdated``.
        """
        for participant in self:
            if not participant.pending_changes:
                participant.pending_since = fields.Date.context_today(participant)
            participant.pending_changes += 1

    @api.model
    def _get_accountant_fields(self):
        return super()._get_accountant_fields() | {"cost_to_date"}

    def _with_archived(self):
        """These participants, whose seats are read whether they were put away or not: what was
        used costs the same.
        """
        return self.with_context(active_test=False)

    def _get_statements_touched(self, day):
        """Statements that a fact of that day may change: from its month on, those of the spaces
        where these participants have or had seats; and earlier ones that carry charges of theirs
        for that day, which a month of anniversary or a commitment may reach.
        """
        statements = self.env["coworking.statement"]
        # each looked up by an index: of one condition for all, PostgreSQL reads a program's history
        touched = SQL(
            """SELECT id FROM coworking_statement
                WHERE program_id = ANY(%(programs)s) AND space_id = ANY(%(spaces)s)
                  AND date_from >= %(month)s
                UNION
               SELECT statement.id
                 FROM coworking_charge charge
                 JOIN coworking_statement statement ON statement.id = charge.statement_id
                WHERE charge.participant_id = ANY(%(people)s)
                  AND (charge.date_to >= %(day)s OR statement.date_from >= %(month)s)""",
            programs=self.program_id.ids,
            spaces=self.seat_ids.space_id.ids,
            people=self.ids,
            day=day,
            month=day.replace(day=1),
        )
        self.env["coworking.charge"].flush_model(["statement_id", "participant_id", "date_to"])
        statements.flush_model(["program_id", "space_id", "date_from"])
        return statements.search_fetch(
            Domain("program_id", "in", self.program_id.ids)
            & Domain("state", "!=", "cancelled")
            & Domain("id", "in", touched),
            ["program_id", "space_id", "state", "date_from", "pending_changes"],
        )

    def _refresh_forecast(self):
        """Forecast charges of each stay, month by month, from the first month without a statement.

        Only what is certain in advance: months and weeks, not tickets or days that nobody used yet.
        """
        # sudo: whoever changes a fact need not be allowed to read what it costs
        Charge = self.env["coworking.charge"].sudo()
        for program, participants in self.sudo()._with_archived().grouped("program_id").items():
            seats = participants.seat_ids.filtered(lambda seat: seat.state in HOLDING_STATES)
            current = {
                charge._get_key(): charge
                for charge in Charge.search_fetch(
                    [("participant_id", "in", participants.ids), ("state", "=", "forecast")],
                    order="id",
                )
            }
            to_create = []
            for seat, priced in participants._prepare_forecast_rows(program, seats):
                # of the company and its contact no more is read than that
                company = program.company_id.with_context(prefetch_fields=False)
                lang = company.partner_id.lang or self.env.lang
                explaining = Charge.with_context(lang=lang)
                values = explaining._prepare_values(priced, seat.with_context(lang=lang))
                charge = current.pop((priced.seat, priced.period, priced.kind, None), None)
                if charge is None:
                    to_create.append(values)
                elif charge._get_differences(values):
                    charge.write(values)
            Charge.concat(*current.values())._delete_computed()
            Charge.create(to_create)

    def _prepare_forecast_rows(self, program, seats):
        """Priced charges of the months to come that have no statement yet: see
        ``coworking.seat._get_planned_end``.
        """
        if not seats:
            return []
        first = min(seats.mapped("date_start"))
        ends = {seat.id: seat._get_planned_end() for seat in seats}
        months = pricing.months_between(first, max(ends.values()))
        opened = self._get_opened_months(program, seats.space_id)
        if all((space.id, month) in opened for space in seats.space_id for month in months):
            return []  # as where a seat ends within a month that was opened
        try:
            # sudo: prices count what others in the programme use
            pricing_sudo = self.env["coworking.pricing"].sudo()
            priced = pricing_sudo._price_months(program, self, months, seats=seats, to_bill=False)
        except UserError:  # told when the month is generated, not when a presence is typed
            if len(self) == 1:
                return []
            return [  # the others are priced all the same
                row
                for file, own in seats.grouped("participant_id").items()
                for row in file._prepare_forecast_rows(program, own)
            ]
        rows = [
            (seat, charge)
            for home, seat, charge in priced
            if (seat.space_id.id, home) not in opened
            and (charge.kind == "commitment" or charge.date_from <= ends[seat.id])
        ]
        if any(charge.kind == "commitment" for __, charge in rows):
            # What the statement of an earlier departure has is corrected by the one to come.
            known = {
                charge._to_pricing().key
                for charge in self.env["coworking.charge"]
                .sudo()
                .search(
                    [
                        ("seat_id", "in", seats.ids),
                        ("kind", "=", "commitment"),
                        ("state", "!=", "forecast"),
                    ]
                )
            }
            rows = [row for row in rows if row[1].key not in known]
        return rows

    @api.model
    def _get_opened_months(self, program, spaces):
        """The months that have a statement: set of (space id, first day)."""
        # sudo: see _refresh_forecast
        return {
            (space.id, fields.Date.to_date(month))
            for space, month in self.env["coworking.statement"]
            .sudo()
            ._read_group(
                [
                    ("program_id", "=", program.id),
                    ("space_id", "in", spaces.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["space_id", "date_from:month"],
            )
        }

    # === COMPUTE METHODS ===#

    def _compute_cost_to_date(self):
        totals = dict(
            self.env["coworking.charge"]._read_group(
                [("participant_id", "in", self.ids), ("state", "!=", "forecast")],
                ["participant_id"],
                ["payable_total:sum"],
            )
        )
        for participant in self:
            participant.cost_to_date = totals.get(participant, 0.0)

    # === ACTION METHODS ===#

    def action_open_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_charge_action"
        )
        action["domain"] = [("participant_id", "=", self.id), ("state", "!=", "forecast")]
        action["context"] = {}
        return action
