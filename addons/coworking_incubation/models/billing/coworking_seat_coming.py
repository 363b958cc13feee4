from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import models

from ... import pricing


class CoworkingSeat(models.Model):
    """When a seat ends or goes on by itself, and what that, closures and new prices cost."""

    _inherit = "coworking.seat"

    def _get_planned_end(self):
        """The last day to count on: its end, or else the planned exit of its person, or else the
        end of the program.
        """
        self.ensure_one()
        return self.date_end or self.participant_id.date_exit_planned or self.program_id.date_end

    def _get_going_on(self, today):
        """The next day of a commitment, or of a stay, after which a seat without an end goes on.

        :return: (the day, whether the commitment ends on it); (None, False) where there is none
        """
        self.ensure_one()
        months = not self.date_end and self.tariff_id.min_commitment_months
        bound = months and self.date_start + relativedelta(months=months, days=-1)
        planned = not self.date_end and self.participant_id.date_exit_planned
        days = [day for day in (bound, planned) if day and day >= today]
        return min(days, default=None), bool(days) and min(days) == bound

    def _get_follower(self):
        """The seat that the same person has from the day after the last one of this one on."""
        self.ensure_one()
        day = self.date_end and self.date_end + timedelta(days=1)
        return self.participant_id.seat_ids.filtered(
            lambda seat: seat.date_start == day and seat.state in ("confirmed", "active")
        )[:1]

    def _prepare_priced(self):
        """:return: list of (seat, ``pricing.Seat``, those it is ranked among)"""
        ranked = self._get_rank_rivals()
        inputs = (self | ranked)._to_pricing()
        rivals = {
            key: [inputs[row.id] for row in rows]
            for key, rows in ranked.grouped(lambda row: (row.program_id, row.tariff_id)).items()
        }
        return [
            (seat, inputs[seat.id], rivals.get((seat.program_id, seat.tariff_id))) for seat in self
        ]

    def _get_dues(self):
        """What commitment or notice costs after the last day of each of these seats.

        :return: dict seat -> (last day, amount as ``Decimal``), of those alone that owe something
        """
        bound = self.filtered(lambda seat: seat.tariff_id.min_commitment_months or seat.notice_date)
        result = {}
        for seat, one, rivals in bound._prepare_priced():
            until = pricing.due_until(one)
            charges = self._simulate_coming(one, until, rivals)
            due = sum(row.payable_total for row in charges if row.kind == "commitment")
            if due:
                result[seat] = until, due
        return result

    def _get_closure_credits(self, closures):
        """What spaces do not charge of these seats because they are closed.

        :param closures: dict anything -> (seats, first day, last day)
        :return: dict the same -> amount as ``Decimal``
        """
        priced = {seat: (one, rivals) for seat, one, rivals in self._prepare_priced()}
        return {
            key: sum(self._get_credit(*priced[seat], first, last) for seat in seats)
            for key, (seats, first, last) in closures.items()
        }

    def _get_credit(self, one, rivals, first, last):
        """What a seat costs less because of these days: as ``Decimal``."""
        until = pricing.month_last(last)
        opened = tuple(
            span for span in one.closures if span.date_to < first or span.date_from > last
        )
        closed_cost, open_cost = (
            sum(row.payable_total for row in self._simulate_coming(seat, until, rivals))
            for seat in (one, replace(one, closures=opened))
        )
        return open_cost - closed_cost

    def _simulate_coming(self, one, until, rivals):
        """See ``coworking.pricing._simulate_charges``; of what has no price, nothing: whoever makes
        the month is told of it.
        """
        try:
            return self.env["coworking.pricing"]._simulate_charges([one], until, rivals)
        except pricing.PricingError:
            return []

    def _get_own_parts(self, day):
        """What the person of these seats pays for a whole month, before and since a day on which
        prices or fundings begin.

        :return: dict seat paid by the month -> (before, since), as ``Decimal`` with tax
        """
        month = pricing.month_first(day)
        if month < day:
            month = pricing.add_months(month, 1)
        monthly = self.filtered(lambda seat: seat.tariff_id.unit == "month")
        result = {}
        for seat, one, rivals in monthly._prepare_priced():
            whole = replace(one, date_end=None, closures=(), suspensions=())
            try:
                result[seat] = tuple(
                    seat._price_own_part(self._cut_terms(whole, last), month, rivals)
                    for last in (day - timedelta(days=1), day)
                )
            except pricing.PricingError:
                continue  # as _simulate_coming
        return result

    def _cut_terms(self, one, last):
        """A ``pricing.Seat`` as if no price or funding began after a day."""
        prices = tuple(row for row in one.terms.prices if row.date_start <= last)
        return replace(
            one,
            terms=replace(one.terms, prices=prices),
            fundings=tuple(
                row for row in one.fundings if not row.date_from or row.date_from <= last
            ),
        )

    def _price_own_part(self, one, month, rivals):
        """What the person pays of a month, with tax: as ``Decimal``."""
        self.ensure_one()
        lines = self.env["coworking.pricing"]._price_seat_month(one, month, rivals)
        result = Decimal(0)
        for charge in pricing.share([row for row in lines if row.kind != "commitment"], [one]):
            with_tax = one.funding_base == "total" or not charge.untaxed
            result += charge.copayment * (1 if with_tax else charge.total / charge.untaxed)
        return result
