from collections import defaultdict, namedtuple
from datetime import date

from odoo import fields, models
from odoo.fields import Domain

from ... import pricing
from ..seat.coworking_seat import HOLDING_STATES
from .coworking_statement import OPEN_STATES, SETTLED_STATES

# Whole stays, priced: ``coworking.participant`` records; their settled ``coworking.statement``
# records; list of (home month, seat, ``pricing.Charge``).
Stays = namedtuple("Stays", ["participants", "homes", "priced"])


class CoworkingStatement(models.Model):
    """What corrects the settled months before."""

    _inherit = "coworking.statement"

    def _recheck_those_left_out(self):
        """A statement settled before its month begins leaves out the seats billed after it.

        What they cost in that month is charged in the next statement.
        """
        early = self.filtered(lambda row: row.date_from > fields.Date.context_today(row))
        for statement in early:
            month = statement.date_from
            seats = self.env["coworking.seat"].with_context(active_test=False)
            seats = seats.search(
                self._get_charged_in_domain(month)
                & Domain("program_id", "=", statement.program_id.id)
                & Domain("space_id", "=", statement.space_id.id)
                & Domain("id", "not in", statement.charge_ids.seat_id.ids)
            )
            seats.participant_id._mark_to_recheck()

    def _price_stays(self, program, month, spaces=None):
        """Price the whole stay of the people of a program whose settled months are to be checked.

        :param month: how far to look at least
        :param spaces: only the people with a seat in these
        :return: ``Stays``
        """
        here = Domain.TRUE
        if spaces is not None:
            here = Domain("seat_ids", "any", [("space_id", "in", spaces.ids)])
        participants = (
            self.env["coworking.participant"]
            ._with_archived()
            .search(
                Domain("program_id", "=", program.id) & Domain("pending_changes", ">", 0) & here
            )
        )
        homes = participants and self.search(
            Domain("program_id", "=", program.id)
            & Domain("space_id", "in", participants.seat_ids.space_id.ids)
            & Domain("state", "in", SETTLED_STATES)
        )
        seats = participants.seat_ids.filtered(lambda seat: seat.state in HOLDING_STATES)
        priced = []
        if seats:
            first = pricing.month_first(min(seats.mapped("date_start")))
            last = max([month, first, *homes.mapped("date_from")])
            months = pricing.months_between(first, last)
            priced = self.env["coworking.pricing"]._price_months(
                program, participants, months, homes
            )
        return Stays(participants, homes or self.browse(), priced)

    def _get_corrections(self, program, month, stays):
        """Corrections of settled months that stand on the statements of one month.

        Those that an earlier open statement carries are left to it. People of whose settled months
        nothing is owed any more are not looked at again.

        :param stays: see ``_price_stays``
        :return: dict space -> list of (seat, ``pricing.Charge`` of kind adjustment)
        """
        if not stays.participants:
            return {}
        charges = self.env["coworking.charge"].search(
            [("participant_id", "in", stays.participants.ids), ("state", "=", "settled")]
        )
        settled = {(home.space_id, home.date_from) for home in stays.homes}
        fresh, waiting, after = [], {}, defaultdict(lambda: date.min)
        seats = {charge.seat_id.id: charge.seat_id for charge in charges}
        for home, seat, charge in stays.priced:
            seats[seat.id] = seat
            if (seat.space_id, home) in settled:
                fresh.append(charge)
                after[charge.key] = max(after[charge.key], home)
            else:
                waiting[charge.key] = home
        known = []
        for charge in charges:
            row = charge._to_pricing()
            known.append(row)
            home = charge.statement_id.date_from
            if charge.corrected_kind:
                home = charge._get_home_month()
            after[row.key] = max(after[row.key], home)
        opened = defaultdict(set)
        for statement in self.search(
            Domain("program_id", "=", program.id)
            & Domain("space_id", "in", [seat.space_id.id for seat in seats.values()])
            & Domain("state", "in", OPEN_STATES)
        ):
            opened[statement.space_id].add(statement.date_from)
        result, pending = defaultdict(list), stays.participants.browse()
        for adjustment in pricing.adjustments(fresh, known):
            seat = seats[adjustment.seat]
            pending |= seat.participant_id
            if adjustment.corrected_kind == "commitment":
                # What moved to a month that is open is settled against it there.
                moved_to = waiting.get(adjustment.key)
                if moved_to == month or moved_to in opened[seat.space_id]:
                    continue
            months = [day for day in opened[seat.space_id] if day > after[adjustment.key]]
            if not months and month > after[adjustment.key]:
                months = [month]
            if months and min(months) == month:
                result[seat.space_id].append((seat, adjustment))
        (stays.participants - pending).pending_changes = 0
        return result

    def _fold_moved_commitments(self, month, by_space):
        """A commitment stands on the statement of the departure. One that was settled there before
        the departure moved to this month is charged here by its difference.

        :param by_space: as in ``_replace_charges``; changed in place
        """
        rows = [row for rows in by_space.values() for row in rows if row[1].kind == "commitment"]
        if not rows:
            return
        charges = self.env["coworking.charge"].search(
            Domain("seat_id", "in", [seat.id for seat, __ in rows])
            & Domain("state", "!=", "forecast")
            & Domain("statement_id.date_from", "!=", month)
            & (Domain("kind", "=", "commitment") | Domain("corrected_kind", "=", "commitment"))
        )
        moved = {(seat.id, charge.period) for seat, charge in rows}
        charges = charges.filtered(lambda row: (row.seat_id.id, row.period) in moved)
        # Where it is still open it goes away, or its correction does.
        opened = charges.filtered(lambda row: row.state == "open")
        opened.statement_id._mark_outdated()
        opened.statement_id.filtered(lambda row: row.state != "draft").changed_since_sent = True
        opened.filtered(lambda row: row.kind == "commitment").unlink()
        known = (charges - opened).grouped(lambda row: row._to_pricing().key)
        for space_id, own in by_space.items():
            folded = []
            for seat, charge in own:
                if before := charge.kind == "commitment" and known.get(charge.key):
                    folded += [
                        (seat, adjustment)
                        for adjustment in pricing.adjustments(
                            [charge], [row._to_pricing() for row in before]
                        )
                    ]
                else:
                    folded.append((seat, charge))
            by_space[space_id] = folded

    def _recheck_later_months(self):
        """These statements carry nothing settled any more: what they corrected, and what corrected
        them, is owed anew.
        """
        Charge = self.env["coworking.charge"]
        for statement in self:
            corrected = Charge.search(
                Domain("program_id", "=", statement.program_id.id)
                & Domain("space_id", "=", statement.space_id.id)
                & Domain("kind", "=", "adjustment")
                & Domain("state", "=", "settled")
                & Domain("period", "=", statement.date_from)
            )
            (statement.charge_ids | corrected).participant_id._mark_to_recheck()
            statement.charge_ids._recheck_fees_elsewhere()
            self.search(
                Domain("program_id", "=", statement.program_id.id)
                & Domain("space_id", "=", statement.space_id.id)
                & Domain("date_from", ">=", statement.date_from)
                & Domain("state", "in", OPEN_STATES)
            )._mark_outdated()
