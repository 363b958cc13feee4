from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS
from ...tools import to_decimal, to_decimal_or_none
from .coworking_seat import HOLDING_STATES, PLACE_FIELDS

PRICE_FIELDS = PRICING_INPUTS["coworking.seat"] - PLACE_FIELDS


class CoworkingSeat(models.Model):
    """What prices are computed from, as the pure module takes it."""

    _inherit = "coworking.seat"

    # === CRUD METHODS ===#

    def _notify_pricing_inputs_changed(self, before=None):
        """Settled months that these seats touch are to be checked again, forecasts made again.

        :param before: dict seat id -> values before the change; empty for new seats
        """
        files = defaultdict(list)
        for seat in self:
            old = (before or {}).get(seat.id)
            days = seat._get_days_touched(old) if old else seat._get_days_taken()
            if not days:
                continue
            files[seat.participant_id] += days
            if old and old["participant_id"] != seat.participant_id.id:
                files[seat.participant_id.browse(old["participant_id"])] += days
            if old and old["tariff_id"] != seat.tariff_id.id:
                # Those who stay there may come first now.
                left = seat.tariff_id.browse(old["tariff_id"])._filter_with_ranks()
                for participant in left.with_context(active_test=False).seat_ids.participant_id:
                    files[participant] += days
        together = defaultdict(self.participant_id.browse)
        for participant, days in files.items():
            together[participant.program_id, min(days)] |= participant
        for (__, day), participants in together.items():
            participants._pricing_inputs_changed(day)

    def _get_rank_rivals(self):
        """Seats of the same programs on the same tariffs, where the price depends on who comes
        first.
        """
        ranked = self.tariff_id._filter_with_ranks()
        if not ranked:
            return self.browse()
        return self.with_context(active_test=False).search(
            Domain("tariff_id", "in", ranked.ids)
            & Domain("program_id", "in", self.program_id.ids)
            & Domain("state", "in", HOLDING_STATES)
        )

    def _get_days_taken(self):
        """First day of this seat, and the last day of the one before of the same person in the
        same space: what is due after that depends on whether they went on.
        """
        self.ensure_one()
        before = self.with_context(active_test=False).search(
            Domain("participant_id", "=", self.participant_id.id)
            & Domain("space_id", "=", self.space_id.id)
            & Domain("state", "in", HOLDING_STATES)
            & Domain("date_end", "<", self.date_start),
            order="date_end desc",
            limit=1,
        )
        return [day for day in (self.date_start, before.date_end) if day]

    def _get_days_touched(self, old):
        """First days whose price may differ from what it was with the old values."""
        self.ensure_one()
        days = []
        moved = any(
            old[name] != self[name].id for name in ("participant_id", "space_id", "tariff_id")
        )
        # Arrived, ended: the price is the same.
        held = {old["state"], self.state} <= set(HOLDING_STATES)
        if (
            moved
            or old["date_start"] != self.date_start
            or (old["state"] != self.state and not held)
        ):
            days += [*old["days_taken"], *self._get_days_taken()]
        if old["date_end"] != self.date_end:
            days.append(min(filter(None, (old["date_end"], self.date_end))))
        if any(old[name] != self[name] for name in PRICE_FIELDS):
            days.append(self.date_start)
        return days

    def _get_place_values(self, taken=True):
        """:param taken: whether the days on which the place is taken may change with more than its
        end: see ``_get_days_taken``
        """
        self.ensure_one()
        return {
            "participant_id": self.participant_id.id,
            "space_id": self.space_id.id,
            "tariff_id": self.tariff_id.id,
            "date_start": self.date_start,
            "date_end": self.date_end,
            "state": self.state,
            "days_taken": self._get_days_taken() if taken else (),
            **{name: self[name] for name in PRICE_FIELDS},
        }

    # === BUSINESS METHODS ===#

    def _get_funding_on(self, day):
        """:return: (rate, cap) in force on a day, as they are typed"""
        begun = self.funding_ids.filtered(lambda row: row.date_from <= day)
        last = begun.sorted("date_from")[-1:]
        return (last.rate, last.cap) if last else (self.funding_rate, self.funding_cap)

    def _to_pricing(self, positions=None, taxed=True, whole=False):
        """These seats as ``pricing.Seat``, in batch.

        :param positions: of their spaces, see ``coworking.space._get_fiscal_positions``
        :param taxed: whether their taxes are looked up: what was used follows from none
        :param whole: whether these are all the seats that their people hold
        :return: dict seat id -> ``pricing.Seat``
        """
        seats = self if whole else self | self._get_companions()
        result = seats._prepare_pricing(positions, taxed)
        together = defaultdict(list)
        for seat in seats:
            together[seat.participant_id.id, seat.space_id.id].append(result[seat.id])
        for own in together.values():
            if len(own) > 1:
                result.update({seat.key: seat for seat in pricing.carry_commitments(own)})
        return {seat.id: result[seat.id] for seat in self}

    def _get_companions(self):
        """Other seats of the same people in the same spaces, where a commitment or a notice may
        go from one to the next.
        """
        others = self.with_context(active_test=False).search(
            Domain("participant_id", "in", self.participant_id.ids)
            & Domain("space_id", "in", self.space_id.ids)
            & Domain("state", "in", HOLDING_STATES)
            & Domain("id", "not in", self.ids)
        )
        if not others:
            return others
        bound = {
            (seat.participant_id, seat.space_id)
            for seat in self | others
            if seat.tariff_id.min_commitment_months or seat.notice_date
        }
        here = {(seat.participant_id, seat.space_id) for seat in self}
        return others.filtered(lambda seat: (seat.participant_id, seat.space_id) in bound & here)

    def _prepare_pricing(self, positions=None, taxed=True):
        """Each of these seats by itself: see ``_to_pricing``."""
        seats = self.with_context(prefetch_fields=True)
        terms, rates = {}, {}
        if taxed:  # along with those of the fees, which are asked for next
            products = seats.tariff_id.product_id | seats.space_id.membership_ids.product_id
            products.mapped("supplier_taxes_id")
        taxes = seats.tariff_id._get_taxes_each(positions) if taxed else {}
        for tariff in seats.tariff_id:
            terms[tariff.id] = tariff._to_terms()
            rates[tariff.id] = tariff._get_rate_of(taxes.get(tariff, self.env["account.tax"]))
        presences = seats._get_pricing_presences()
        suspensions = seats.participant_id._get_pricing_suspensions()
        closures = seats.space_id._get_pricing_closures()
        result = {}
        for seat in seats:
            program = seat.program_id
            result[seat.id] = pricing.Seat(
                key=seat.id,
                person=seat.participant_id.id,
                terms=terms[seat.tariff_id.id],
                date_start=seat.date_start,
                date_end=seat.date_end or None,
                tax_rate=rates[seat.tariff_id.id],
                fundings=(
                    pricing.Funding(
                        date_from=None,
                        rate=to_decimal(seat.funding_rate),
                        cap=to_decimal_or_none(seat.funding_cap),
                    ),
                    *(funding._to_funding() for funding in seat.funding_ids),
                ),
                presences=presences.get(seat.id, ()),
                suspensions=suspensions.get(seat.participant_id.id, ()),
                closures=closures.get(seat.space_id.id, ()),
                notice_date=seat.notice_date or None,
                price_guaranteed_until=seat.price_guaranteed_until or None,
                billed_from=seat.billed_from or None,
                funding_base=program.funding_base,
                collector=program.copayment_collector,
            )
        return result

    def _filter_priced_by_use(self):
        """Those of these seats whose price depends on presences."""
        return self.filtered(
            lambda seat: (
                seat.tariff_id.unit in ("hour", "half_day", "day", "pack")
                or seat.tariff_id.included_quantity
            )
        )

    def _get_pricing_presences(self):
        """Half-days present of the seats whose price depends on them."""
        used = self._filter_priced_by_use()
        result = defaultdict(list)
        if used:
            rows = self.env["coworking.presence"]._read_group(
                [("seat_id", "in", used.ids), ("state", "=", "present")],
                ["seat_id", "date:day", "slot"],
                ["hours:sum"],
            )
            for seat, day, slot, hours in rows:
                result[seat.id].append(
                    pricing.Presence(date=day, slot=slot, hours=to_decimal_or_none(hours))
                )
        return {seat_id: tuple(presences) for seat_id, presences in result.items()}
