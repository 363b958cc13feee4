from collections import defaultdict
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from odoo import models
from odoo.fields import Domain

from .. import pricing
from ..tools import to_decimal, to_decimal_or_none

EARTH_RADIUS_KM = 6371.0
# What a half-day of presence counts on a tariff by the hour.
HOURS_A_HALF_DAY = "3.5"


class CoworkingSimulator(models.AbstractModel):
    """Every open space and tariff side by side, for one person and some days.

    It asks the pricing of seats what each would cost, as if the person had the seat, and reads
    occupancy, sectors, equipment and distance; all in a number of queries that does not depend on
    how many spaces there are. It writes nothing.
    """

    _name = "coworking.simulator"
    _description = "Placement Simulator"

    def _offers(self, participant, date_start, date_end, days_a_week):
        """What each open space and tariff would mean for this person.

        :param days_a_week: days of presence, for tariffs that depend on them
        :return: list of dicts, see ``_offer``
        """
        spaces = self._open_spaces(participant.company_id, date_start, date_end)
        tariffs = self.env["coworking.tariff"].search([("space_id", "in", spaces.ids)])
        tariffs = tariffs.filtered(lambda tariff: tariff._price_on(date_start))
        positions = spaces._fiscal_positions()
        free = self._free_places(spaces, date_start, date_end)
        fees = self._fees_in_force(spaces, date_start)
        paid = self._fees_paid(participant, spaces)
        presences = self._presences(date_start, date_end, days_a_week)
        offers = []
        for tariff in tariffs:
            space = tariff.space_id
            fee = fees.get(space)
            membership = fee and pricing.Membership(
                fee=to_decimal(fee.fee),
                tax_included=fee.tax_included,
                tax_rate=space._tax_rate(fee.product_id, positions[space]),
                paid_elsewhere=tuple(paid[space]),
            )
            seat = self._imagined_seat(
                participant, tariff, positions[space], date_start, date_end, presences
            )
            charges = self._imagined_charges(seat, membership)
            offers.append(
                {
                    **self._offer(participant, tariff, free[space]),
                    "program_cost": float(sum(charge.funded for charge in charges)),
                    "person_cost": float(
                        sum(pricing.copayment_with_tax(charge, seat) for charge in charges)
                    ),
                }
            )
        return offers

    # === READING FACTS ===#

    def _open_spaces(self, company, date_start, date_end):
        """Partners on all of these days."""
        return self.env["coworking.space"].search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "partner")
            & Domain("date_partner", "<=", date_start)
            & (Domain("date_closed", "=", False) | Domain("date_closed", ">=", date_end))
        )

    def _free_places(self, spaces, date_start, date_end):
        """Places free on all of these days; and, where none is, the first day on which one is.

        :return: dict space -> (places, first day or None)
        """
        Seat = self.env["coworking.seat"]
        # sudo: how full a space is concerns everybody, whoever sits there; only numbers come out
        rows = Seat.sudo()._read_group(
            Domain("space_id", "in", spaces.ids)
            & Domain("state", "in", Seat._holding_states())
            & Domain("uses_place", "=", True)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", date_start)),
            ["space_id", "date_start:day", "date_end:day"],
            ["__count"],
        )
        stays = defaultdict(list)
        for space, start, end, count in rows:
            stays[space.id].append((start, end, count))
        return {
            space: self._room(space.seat_capacity, stays[space.id], date_start, date_end)
            for space in spaces
        }

    def _room(self, capacity, stays, date_start, date_end):
        """Occupancy only rises on a first day: those are the days to look at."""

        def taken(day):
            return sum(count for start, end, count in stays if start <= day <= (end or day))

        def least(first):
            days = {first, *(start for start, __, __ in stays if first < start <= date_end)}
            return min(capacity - taken(day) for day in days)

        places = max(least(date_start), 0)
        if places:
            return places, None
        leaving = sorted({end + timedelta(days=1) for __, end, __ in stays if end})
        later = (day for day in leaving if date_start < day <= date_end and least(day) > 0)
        return 0, next(later, None)

    def _fees_in_force(self, spaces, day):
        """The yearly fee each space asks on a day."""
        fees = {}
        for space in spaces:
            rows = space.membership_ids.filtered(lambda row: row.date_start <= day)
            if rows:
                fees[space] = rows.sorted("date_start")[-1]
        return fees

    def _fees_paid(self, participant, spaces):
        """Months of the fees that were charged for this person already, by space."""
        paid = defaultdict(list)
        # sudo: who may ask for a seat need not read charges
        for space, period in (
            self.env["coworking.charge"]
            .sudo()
            ._read_group(
                [
                    ("kind", "=", "membership"),
                    ("state", "!=", "forecast"),
                    ("space_id", "in", spaces.ids),
                    ("seat_id.partner_id", "=", participant.partner_id.id),
                ],
                ["space_id", "period:day"],
            )
        ):
            paid[space].append(period)
        return paid

    # === IMAGINING A SEAT ===#

    def _presences(self, date_start, date_end, days_a_week):
        """That many whole working days a week, from Monday on."""
        days = (date_end - date_start).days + 1
        return tuple(
            pricing.Presence(date=day, slot=slot, hours=to_decimal(HOURS_A_HALF_DAY))
            for day in (date_start + timedelta(days=offset) for offset in range(days))
            if day.weekday() < days_a_week
            for slot in ("am", "pm")
        )

    def _imagined_seat(self, participant, tariff, position, date_start, date_end, presences):
        program = participant.program_id
        return pricing.Seat(
            key=tariff.id,
            person=participant.id,
            terms=tariff._to_terms(),
            date_start=date_start,
            date_end=date_end,
            tax_rate=tariff.space_id._tax_rate(tariff.product_id, position),
            fundings=(
                pricing.Funding(
                    date_from=None,
                    rate=to_decimal(program.funding_rate),
                    cap=to_decimal_or_none(program.funding_cap),
                ),
            ),
            presences=presences,
            funding_base=program.funding_base,
            collector=program.copayment_collector,
        )

    def _imagined_charges(self, seat, membership):
        """Everything the seat would cost, packs, fee and what stays due after it included."""
        months = []
        month, last = pricing.month_first(seat.date_start), pricing.due_until(seat)
        while month <= last:
            months.append(month)
            month = pricing.add_months(month, 1)
        if seat.terms.unit == "pack":
            ledger = pricing.pack_ledger(seat.terms, [seat])
            grosses = [gross for month in months for gross in ledger.charges(month)]
        else:
            grosses = [gross for month in months for gross in pricing.charge_month(seat, month)]
        if membership:
            hosted = [gross for gross in grosses if gross.kind != "commitment"]
            grosses += pricing.membership_due(membership, hosted, step=seat.terms.step)
        return pricing.share(grosses, [seat])

    # === WHAT IS SHOWN ===#

    def _offer(self, participant, tariff, room):
        """What is known of a space and tariff besides the money."""
        space = tariff.space_id
        places, free_from = room if tariff.uses_place else (None, None)
        return {
            "space": space,
            "tariff": tariff,
            "binding": ", ".join(tariff._binding_in_words()),
            "places": places,
            "free_from": free_from,
            "sectors": space.sector_ids & participant.sector_ids,
            "prototyping": "prototyping" in space.amenity_ids.mapped("kind"),
            "distance": self._distance(participant.partner_id, space.partner_id),
        }

    def _distance(self, here, there):
        """Kilometres as the crow flies, or None where a position is not known."""
        if not all(
            partner.partner_latitude or partner.partner_longitude for partner in (here, there)
        ):
            return None
        lat_a, lon_a, lat_b, lon_b = (
            radians(angle)
            for partner in (here, there)
            for angle in (partner.partner_latitude, partner.partner_longitude)
        )
        half = (
            sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
        )
        return 2 * EARTH_RADIUS_KM * asin(sqrt(min(half, 1.0)))
