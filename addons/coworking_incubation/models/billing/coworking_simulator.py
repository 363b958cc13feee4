from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from odoo import models
from odoo.fields import Domain

from ... import pricing
from ...tools import to_decimal, to_decimal_or_none
from ..seat.coworking_seat import HOLDING_STATES

EARTH_RADIUS_KM = 6371.0
# What a half-day of presence counts on a tariff by the hour.
HOURS_A_HALF_DAY = "3.5"
# The seat that is imagined comes after all those that exist, as the next one would.
IMAGINED = 2**31 - 1


class CoworkingSimulator(models.AbstractModel):
    """Every open space and tariff side by side, for one person and some days.

    It asks the pricing of seats what each would cost, as if the person had the seat besides those
    they have: what is left of the cap, the packs under way, the fee paid already, the rank among
    those who are there, suspensions and closures count as they would. It reads occupancy, sectors,
    equipment and distance too; all in a number of queries that does not depend on how many spaces
    there are. It writes nothing.
    """

    _name = "coworking.simulator"
    _description = "Placement Simulator"

    def _get_offers(self, participant, date_start, date_end, days_a_week):
        """What each open space and tariff would mean for this person.

        :param days_a_week: days of presence, for tariffs that depend on them
        :return: list of dicts, see ``_prepare_offer``
        """
        spaces = self._open_spaces(participant.company_id, date_start, date_end)
        tariffs = self.env["coworking.tariff"].search([("space_id", "in", spaces.ids)])
        # sudo: found by the rights of who asks, which are not asked again at each field
        tariffs = tariffs.sudo().filtered(lambda tariff: tariff._price_on(date_start))
        positions = spaces._get_fiscal_positions()
        free = self._free_places(spaces, date_start, date_end)
        stay = self._get_known_seats(participant, tariffs, date_start, date_end)
        # sudo: closures of a space are no secret to who may choose it
        closures = spaces.sudo()._get_pricing_closures()
        presences = {}
        offers = []
        for tariff in tariffs:
            space = tariff.space_id
            closed = closures.get(space.id, ())
            coming = self._get_weekdays(space)[:days_a_week], closed
            if coming not in presences:
                presences[coming] = self._imagine_presences(
                    date_start, date_end, coming[0], closed + stay["suspensions"]
                )
            seat = self._imagine_seat(
                participant,
                tariff,
                positions[space],
                date_start=date_start,
                date_end=date_end,
                presences=presences[coming],
                suspensions=stay["suspensions"],
                closures=closed,
            )
            charges = self._imagine_charges(seat, tariff, positions[space], stay)
            offers.append(
                {
                    **self._prepare_offer(participant, tariff, free[space]),
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
            & Domain("state", "in", HOLDING_STATES)
            & Domain("uses_place", "=", True)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", date_start)),
            ["space_id", "date_start:day", "date_end:day"],
            ["__count"],
        )
        stays = defaultdict(list)
        for space, start, end, count in rows:
            stays[space.id].append((start, end, count))
        return {
            space: self._get_room(space.seat_capacity, stays[space.id], date_start, date_end)
            for space in spaces
        }

    def _get_room(self, capacity, stays, date_start, date_end):
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

    def _get_known_seats(self, participant, tariffs, date_start, date_end):
        """What the person has already, and who else counts for prices by rank.

        A seat that would still run is taken to end the day before: nobody has two at once.
        """
        Pricing = self.env["coworking.pricing"].sudo()  # sudo: prices count what others use
        Seat = self.env["coworking.seat"].sudo()  # sudo: likewise
        program, partner = participant.program_id, participant.partner_id
        running = (
            Domain("program_id", "=", program.id)
            & Domain("state", "in", HOLDING_STATES)
            & Domain("date_start", "<=", pricing.month_last(date_end))
        )
        own = Seat.search(
            running
            & Domain("participant_id", "=", participant.id)
            & (Domain("date_start", "<", date_start) | Domain("date_start", ">", date_end)),
            order="id",
        )
        ranked = (tariffs.sudo() | own.tariff_id).filtered(
            lambda tariff: max(tariff.price_ids.mapped("rank"), default=1) > 1
        )
        rivals = own
        if ranked:
            rivals |= Seat.search(
                running
                & Domain("tariff_id", "in", ranked.ids)
                & Domain("participant_id", "!=", participant.id)
            )
        inputs = rivals._to_pricing()
        for seat in own:
            if seat.date_start < date_start <= (seat.date_end or date_end):
                day_before = date_start - timedelta(days=1)
                inputs[seat.id] = replace(inputs[seat.id], date_end=day_before)
        months = pricing.months_between(min([date_start, *own.mapped("date_start")]), date_end)
        by_tariff = rivals.grouped("tariff_id")
        stay = {
            "months": months,
            "partner_id": partner.id,
            "own": own,
            "inputs": inputs,
            "rivals": {
                tariff.id: [inputs[seat.id] for seat in by_tariff.get(tariff, ())]
                for tariff in ranked
            },
            "settled_packs": Pricing._get_settled_packs(own),
            "positions": own.space_id._get_fiscal_positions(),
            "paid_fees": Pricing._get_paid_fees(
                program, (tariffs.sudo() | own.tariff_id).space_id, partner, months
            ),
            "fees": None,  # those of the own seats, once they were asked: see _imagine_charges
            # sudo: who may choose a space for a person knows when they are away
            "suspensions": participant.sudo()._get_pricing_suspensions().get(participant.id, ()),
        }
        stay["own_grosses"] = {seat: self._price_own_seat(seat, stay) for seat in own}
        return stay

    def _price_own_seat(self, seat, stay, imagined=()):
        """Charges of a seat that the person has, packs and fees left out."""
        Pricing = self.env["coworking.pricing"].sudo()  # sudo: see _get_known_seats
        rivals = stay["rivals"].get(seat.tariff_id.id)
        rivals = rivals and [*rivals, *imagined]
        try:
            rows = Pricing._price_seat(stay["inputs"][seat.id], stay["months"], rivals)
            return [line for __, line in rows]
        except pricing.PricingError:
            return []  # told when its month is generated

    def _price_packs(self, seats, priced, stay):
        """Packs that are bought for these seats of one tariff."""
        Pricing = self.env["coworking.pricing"].sudo()  # sudo: see _get_known_seats
        try:
            ledger = Pricing._make_pack_ledger(seats, priced, stay["settled_packs"])
            return [line for month in stay["months"] for line in ledger.charges(month)]
        except pricing.PricingError:
            return []  # told when its month is generated

    # === IMAGINING A SEAT ===#

    def _get_weekdays(self, space):
        """Days of the week on which a space opens, Monday is 0."""
        calendar = space.resource_calendar_id.sudo()  # sudo: opening hours are no secret
        days = {int(row.dayofweek) for row in calendar.attendance_ids if row.day_period != "lunch"}
        return tuple(sorted(days)) or tuple(range(5))

    def _imagine_presences(self, date_start, date_end, weekdays, away):
        """Whole days on these days of the week, but when the space is closed or the person away."""
        result = []
        for offset in range((date_end - date_start).days + 1):
            day = date_start + timedelta(days=offset)
            if day.weekday() in weekdays and not any(
                span.date_from <= day <= (span.date_to or day) for span in away
            ):
                result += [
                    pricing.Presence(date=day, slot=slot, hours=to_decimal(HOURS_A_HALF_DAY))
                    for slot in ("am", "pm")
                ]
        return tuple(result)

    def _imagine_seat(self, participant, tariff, position, **facts):
        program = participant.program_id
        return pricing.Seat(
            key=IMAGINED,
            person=participant.id,
            terms=tariff._to_terms(),
            tax_rate=tariff.space_id._get_tax_rate(tariff.product_id, position),
            fundings=(
                pricing.Funding(
                    date_from=None,
                    rate=to_decimal(program.funding_rate),
                    cap=to_decimal_or_none(program.funding_cap),
                ),
            ),
            funding_base=program.funding_base,
            collector=program.copayment_collector,
            **facts,
        )

    def _imagine_charges(self, seat, tariff, position, stay):
        """Everything the seat would cost, packs, fee and what stays due after it included.

        All seats of the person are priced together, as they are when the month comes; what the
        others cost is left out at the end.
        """
        Pricing = self.env["coworking.pricing"].sudo()  # sudo: see _get_known_seats
        space, own, inputs, months = (
            tariff.space_id.sudo(),
            stay["own"],
            stay["inputs"],
            stay["months"],
        )
        same = own.filtered(lambda other: other.tariff_id.id == tariff.id)
        rivals = stay["rivals"].get(tariff.id)
        lines = [
            line
            for __, line in Pricing._price_seat(
                seat, months, None if rivals is None else [*rivals, seat]
            )
        ]
        for other, known in stay["own_grosses"].items():
            # An earlier seat counts for the rank of a later one.
            again = rivals is not None and other in same
            lines += self._price_own_seat(other, stay, [seat]) if again else known
        packs = (own - same).filtered(lambda other: other.tariff_id.unit == "pack")
        for some in packs.grouped("tariff_id").values():
            lines += self._price_packs(some, [inputs[other.id] for other in some], stay)
        if seat.terms.unit == "pack":
            users = [*(inputs[other.id] for other in same), seat]
            lines += self._price_packs(same, users, stay)
        here = own.filtered(lambda other: other.space_id == space)
        fees = stay["fees"]
        if here or fees is None:
            fees = Pricing._price_memberships(
                own - here, lines, stay["paid_fees"], months, stay["positions"]
            )
        if not here:  # the same whichever of the other spaces is looked at
            stay["fees"] = fees
        lines += fees
        lines += Pricing._get_space_fees(
            space,
            here,
            [line for line in lines if line.seat in {*here.ids, IMAGINED}],
            stay["paid_fees"].get((stay["partner_id"], space.id), ((), ())),
            months,
            position,
        )
        seats = [*(inputs[other.id] for other in own), seat]
        return [charge for charge in pricing.share(lines, seats) if charge.seat == IMAGINED]

    # === WHAT IS SHOWN ===#

    def _prepare_offer(self, participant, tariff, room):
        """What is known of a space and tariff besides the money."""
        space = tariff.space_id
        places, free_from = room if tariff.uses_place else (None, None)
        return {
            "space": space,
            "tariff": tariff,
            "binding": ", ".join(tariff._describe_binding()),
            "places": places,
            "free_from": free_from,
            "sectors": space.sector_ids & participant.sector_ids,
            "prototyping": "prototyping" in space.amenity_ids.mapped("kind"),
            "distance": self._get_distance(participant.partner_id, space.partner_id),
        }

    def _get_distance(self, here, there):
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
