from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ... import pricing
from ...tools import to_decimal
from ..seat.coworking_seat import HOLDING_STATES


class CoworkingPricing(models.AbstractModel):
    """Bridge between records and the pure module ``pricing``: reads facts, returns priced charges.

    It writes nothing. A charge counts for its ``period``; it is on the statement of its *home*
    month, which is the period but for commitments: those are all on the statement of the departure.
    """

    _name = "coworking.pricing"
    _description = "Pricing of Seats"

    def _price_months(self, program, participants, months, settled=None, seats=None, to_bill=True):
        """Price some months of these participants' seats in a program.

        All seats of a participant are priced together: the cap of a person holds over all of them,
        whichever space is being generated.

        :param months: first days of the months, as dates
        :param settled: settled statements whose taxes stay as they were settled
        :param seats: all seats of theirs that hold a place, where they are known
        :param to_bill: whether what could not be billed is refused
        :return: list of (home month, seat, ``pricing.Charge``)
        :raise UserError: every seat that cannot be priced, by name
        """
        months = sorted(months)
        Seat = self.env["coworking.seat"].with_context(active_test=False)
        end = pricing.month_last(months[-1])
        running = (
            Domain("program_id", "=", program.id)
            & Domain("state", "in", HOLDING_STATES)
            & Domain("date_start", "<=", end)
        )
        held = seats
        if seats is None:
            seats = Seat.search(running & Domain("participant_id", "in", participants.ids))
        seats = seats.with_env(Seat.env).sorted("id").filtered(lambda seat: seat.date_start <= end)
        ranked = seats.tariff_id._filter_with_ranks()
        rivals = seats | Seat.search(running & Domain("tariff_id", "in", ranked.ids))
        positions = rivals.space_id._get_fiscal_positions()
        inputs = rivals._to_pricing(positions, whole=held == seats == rivals)
        homes_taxes = self._get_settled_taxes(settled, seats) if settled else {}
        for seat in seats if homes_taxes else ():
            rates = {
                month: taxes[seat.tariff_id.product_id][1]
                for (space, month), taxes in homes_taxes.items()
                if space == seat.space_id
            }
            inputs[seat.id] = replace(inputs[seat.id], tax_rates=MappingProxyType(rates))
        by_tariff = defaultdict(list)
        for seat in rivals.filtered(lambda seat: seat.tariff_id in ranked):
            by_tariff[seat.tariff_id.id].append(inputs[seat.id])
        paid_fees = self._get_paid_fees(program, seats.space_id, seats.partner_id, months)
        settled_packs = self._get_settled_packs(seats)
        by_id = {seat.id: seat for seat in seats}
        result, problems = [], []
        for own in seats.grouped("participant_id").values():
            lines, homes, wrong = self._person_grosses(
                own, inputs, by_tariff, settled_packs, months
            )
            problems += wrong
            lines += self._price_memberships(own, lines, paid_fees, months, positions, homes_taxes)
            for charge in pricing.share(lines, [inputs[seat.id] for seat in own]):
                home = homes.get((charge.seat, charge.period, charge.kind), charge.period)
                result.append((home, by_id[charge.seat], charge))
        fees = seats.space_id.membership_ids._filter_in_force(months[0], months[-1])
        for billed in (seats.tariff_id, fees) if to_bill else ():
            problems += billed._get_billing_problems(program.funding_base, positions)
        if problems:
            raise UserError("\n".join(problems))
        return result

    def _person_grosses(self, seats, inputs, rivals, settled_packs, months):
        """What one person's seats and packs cost, before fees, caps and co-payments.

        :param inputs: dict seat id -> ``pricing.Seat``
        :param rivals: dict tariff id -> list of ``pricing.Seat`` that a price by rank counts
        :param settled_packs: see ``_get_settled_packs``
        :return: (list of priced lines, dict (seat id, period, kind) -> home month, list of what
            cannot be priced, in words)
        """
        lines, homes, problems = [], {}, []
        for seat in seats:
            try:
                for home, line in self._price_seat(
                    inputs[seat.id], months, rivals.get(seat.tariff_id.id)
                ):
                    lines.append(line)
                    homes[seat.id, line.period, line.kind] = home
            except pricing.PricingError as error:
                problems.append(self._get_pricing_problem(seat, error))
        packs = seats.filtered(lambda seat: inputs[seat.id].terms.unit == "pack")
        for some in packs.grouped("tariff_id").values():
            try:
                ledger = self._make_pack_ledger(
                    some, [inputs[seat.id] for seat in some], settled_packs
                )
                lines += [line for month in months for line in ledger.charges(month)]
            except pricing.PricingError as error:
                problems.append(self._get_pricing_problem(some[:1], error))
        return lines, homes, problems

    def _price_seat(self, seat, months, rivals):
        """(home month, priced line) of one seat, packs and fees left out."""
        leaving = pricing.month_first(seat.date_end) if seat.date_end else None
        if seat.billed_from and leaving and leaving < pricing.month_first(seat.billed_from):
            leaving = None  # settled elsewhere, with what was due afterwards
        for month in months:
            for line in self._price_seat_month(seat, month, rivals):
                if line.kind != "commitment" or leaving == month:
                    yield month, line
            if leaving == month:
                later = pricing.add_months(month, 1)
                # They stand on the statement of the departure, and have its tax.
                rate = seat.tax_rates.get(month, seat.tax_rate)
                left = replace(seat, tax_rate=rate, tax_rates=MappingProxyType({}))
                for due in pricing.months_between(later, pricing.due_until(seat)):
                    for line in self._price_seat_month(left, due, rivals):
                        yield month, line

    def _price_seat_month(self, seat, month, rivals):
        rank = pricing.rank_of(seat.key, month, rivals) if rivals else 1
        return pricing.charge_month(seat, month, rank=rank)

    def _make_pack_ledger(self, seats, priced, settled_packs):
        """What one person bought and used of one pack tariff: packs belong to these two, not to a
        seat.

        :param seats: the seats that hold what was settled and taken over
        :param priced: the ``pricing.Seat`` objects that use the packs
        """
        return pricing.pack_ledger(
            priced[0].terms,
            priced,
            settled=[pack for seat in seats for pack in settled_packs.get(seat.id, ())],
            opening=[
                (
                    to_decimal(seat.opening_pack_quantity),
                    seat.opening_pack_valid_until or None,
                )
                for seat in seats
                if seat.opening_pack_quantity
            ],
        )

    @api.model
    def _get_packs_used(self, charges, day):
        """How much of the packs of these charges was used, or lost, in the evening of a day.

        :return: dict charge -> share between 0 and 1
        """
        if not charges:
            return {}
        Seat = self.env["coworking.seat"].with_context(active_test=False)
        seats = Seat.search(
            Domain("participant_id", "in", charges.participant_id.ids)
            & Domain("tariff_id", "in", charges.tariff_id.ids)
            & Domain("tariff_id.unit", "=", "pack")
            & Domain("state", "in", HOLDING_STATES),
            order="id",
        )
        inputs = seats._to_pricing(taxed=False)
        settled = self._get_settled_packs(seats)
        left, sizes = defaultdict(Decimal), defaultdict(Decimal)
        for own in seats.grouped(lambda seat: (seat.participant_id, seat.tariff_id)).values():
            ledger = self._make_pack_ledger(own, [inputs[seat.id] for seat in own], settled)
            # Tickets of a person who left, valid or not, are lost.
            gone = all(seat.date_end and seat.date_end <= day for seat in own)
            for pack in ledger.purchases:
                sizes[pack.seat, pack.month] += pack.size
                if not gone and (not pack.valid_until or pack.valid_until > day):
                    left[pack.seat, pack.month] += pack.left(day)
        result = {}
        for charge in charges:
            key = charge.seat_id.id, charge.period
            size = sizes[key]
            result[charge] = 1 - left[key] / size if size else Decimal(1)
        return result

    def _get_settled_taxes(self, statements, seats):
        """The tax that settled statements have for what these seats are charged with.

        It is the one that lines of the statement were settled with, else that of the product under
        the operator's fiscal position of then.

        :return: dict (space, month) -> dict product -> (``account.tax``, rate as 0.20)
        """
        products = seats.tariff_id.product_id | seats.space_id.membership_ids.product_id
        result = {
            (statement.space_id, statement.date_from): {
                product: statement._get_product_tax(product) for product in products
            }
            for statement in statements
        }
        for statement, tariff, tax, rate in self.env["coworking.charge"]._read_group(
            [
                ("statement_id", "in", statements.ids),
                ("kind", "not in", ("membership", "adjustment")),
            ],
            ["statement_id", "tariff_id", "tax_id", "tax_rate"],
        ):
            taxes = result[statement.space_id, statement.date_from]
            taxes[tariff.product_id] = tax, to_decimal(rate) / 100
        fees = self.env["coworking.charge"].search(
            [("statement_id", "in", statements.ids), ("kind", "=", "membership")]
        )
        for charge in fees:
            taxes = result[charge.space_id, charge.statement_id.date_from]
            product = charge._get_billing_terms().product_id
            taxes[product] = charge.tax_id, to_decimal(charge.tax_rate) / 100
        return result

    def _get_settled_packs(self, seats):
        """Packs of settled months, which stay bought, those charged by a correction included.

        :return: dict seat id -> list of ``pricing.Pack``
        """
        used = seats.filtered(lambda seat: seat.tariff_id.unit == "pack")
        if not used:
            return {}
        charges = self.env["coworking.charge"].search_fetch(
            Domain("seat_id", "in", used.ids)
            & Domain("state", "=", "settled")
            & (Domain("kind", "=", "pack") | Domain("corrected_kind", "=", "pack")),
            ["seat_id", "period", "date_from", "quantity", "kind", "corrected_kind"],
            order="id",
        )
        if corrections := charges.filtered("corrected_kind"):
            # Those of a month that was withdrawn are being taken back, and are not bought.
            homes = corrections._get_settled_homes()
            charges -= corrections.filtered(
                lambda charge: (charge.program_id, charge.space_id, charge.period) not in homes
            )
        result = defaultdict(list)
        for (seat, __), own in charges.grouped(lambda row: (row.seat_id, row.period)).items():
            count = round(sum(own.mapped("quantity")))
            days = [row.date_from for row in own for __ in range(round(row.quantity))]
            result[seat.id] += [pricing.Pack(date=day, seat=seat.id) for day in days[:count]]
        return result

    def _price_memberships(self, seats, lines, paid_fees, months, positions, homes_taxes=None):
        """Yearly fees that the spaces ask of this person, with the fee in force each month.

        :param positions: see ``coworking.space._get_fiscal_positions``
        :param homes_taxes: see ``_get_settled_taxes``
        """
        result = []
        for space, own in seats.grouped("space_id").items():
            if not space.membership_ids:
                continue
            keys = set(own.ids)
            here = [line for line in lines if line.seat in keys]
            paid = paid_fees.get((own.partner_id.id, space.id), ((), ()))
            taxes = {month: row for (at, month), row in (homes_taxes or {}).items() if at == space}
            result += self._get_space_fees(space, own, here, paid, months, positions[space], taxes)
        return result

    def _get_space_fees(self, space, seats, lines, paid, months, position, taxes=None):
        """Yearly fees that one space asks of one person.

        :param seats: the person's seats there
        :param lines: the person's charges there
        :param paid: (months of this program, months of other programs), see ``_get_paid_fees``
        :param position: the operator's fiscal position, where it was looked up before
        :param taxes: dict month -> dict product -> (tax, rate), of settled months
        """
        result = []
        fees = space.membership_ids.sorted("date_start")
        here = [line for line in lines if line.kind != "commitment"]
        ours, others = paid
        # Where somebody turns out not to have been there, their fee is due another month.
        charged = {line.period for line in here}
        ours = {month for month in ours if month not in months or month in charged}
        others = set(others) | {
            pricing.month_first(seat.membership_paid_on)
            for seat in seats
            if seat.membership_paid_on
        }
        rates = {}
        for month in months:
            # The fee is the one in force on the last day of the month, so that one that begins
            # within the month is asked.
            fee = fees.filtered(
                lambda row, month=month: row.date_start <= pricing.month_last(month)
            )[-1:]
            if not fee:
                continue
            product = fee.product_id
            if then := (taxes or {}).get(month):
                rate = then[product][1]
            else:
                if product not in rates:
                    rates[product] = space._get_tax_rate(product, position)
                rate = rates[product]
            due = pricing.membership_due(
                pricing.Membership(
                    fee=to_decimal(fee.fee),
                    tax_included=fee.tax_included,
                    tax_rate=rate,
                    paid_from=tuple(ours),
                    paid_elsewhere=tuple(others),
                ),
                [line for line in here if line.period == month],
                step=to_decimal(space.currency_id.rounding),
            )
            ours.update(line.period for line in due)
            result += due
        return result

    def _get_paid_fees(self, program, spaces, partners, months):
        """Membership fees already charged, that this computation must keep or may not ask again.

        Those of open statements of the months being priced are left out: they are asked anew. One
        that was given back by a correction was not paid.

        :return: dict (partner id, space id) -> (months of this program, months of other programs)
        """
        spaces = spaces.filtered("membership_ids")
        if not spaces:
            return {}
        paid = defaultdict(float)
        for charge in self.env["coworking.charge"].search_fetch(
            (Domain("kind", "=", "membership") | Domain("corrected_kind", "=", "membership"))
            & Domain("space_id", "in", spaces.ids)
            & Domain("seat_id.partner_id", "in", partners.ids)
            & Domain("state", "!=", "forecast"),
            ["seat_id", "space_id", "program_id", "period", "state", "kind", "amount_total"],
            order="id",
        ):
            own = charge.program_id == program
            if (
                own
                and charge.state == "open"
                and (charge.period in months or charge.corrected_kind)
            ):
                continue
            paid[charge.seat_id.partner_id.id, charge.space_id.id, own, charge.period] += (
                charge.amount_total
            )
        result = defaultdict(lambda: (set(), set()))
        for (partner_id, space_id, own, period), amount in paid.items():
            if not self.env.company.currency_id.is_zero(amount):
                ours, others = result[partner_id, space_id]
                (ours if own else others).add(period)
        return result

    def _simulate_charges(self, seats, until, rivals=None):
        """What some seats of one person would cost, from what is said in ``pricing.Seat`` objects.

        For questions before a decision: nothing is read from or written to the database. Packs and
        membership fees are left out; a seat without an end counts up to ``until``.

        :param seats: ``pricing.Seat`` objects of one person
        :param until: last day looked at
        :param rivals: all ``pricing.Seat`` objects of their program and tariff, where prices go by
            rank
        :return: list of ``pricing.Charge``
        """
        lines = []
        for seat in seats:
            last = min(seat.date_end or until, until)
            if seat.date_end:
                last = max(last, pricing.due_until(seat))
            for month in pricing.months_between(seat.date_start, last):
                lines += self._price_seat_month(seat, month, rivals)
        return pricing.share(lines, seats)

    def _get_pricing_problem(self, seat, error):
        """A ``PricingError`` in the user's words, with the seat and what to do."""
        facts = error.facts
        if error.code == "no_price":
            return self.env._(
                "Tariff %(tariff)s of seat %(seat)s has no price on %(date)s. Add a dated price.",
                tariff=seat.tariff_id.display_name,
                seat=seat.name,
                date=format_date(self.env, facts["date"]),
            )
        return self.env._(
            "Seat %(seat)s on tariff %(tariff)s cannot be priced: %(error)s",
            seat=seat.name,
            tariff=seat.tariff_id.display_name,
            error=error,
        )
