from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from ... import matching, pricing
from ...tools import to_decimal
from ..seat.coworking_seat import HOLDING_STATES
from .bill_matcher import BillMatcher

LEFT_MONTHS_AGO = 6
BILL_TYPES = ("in_invoice", "in_refund")


class CoworkingMatching(models.AbstractModel):
    """Bridge between records and the pure module ``matching``: bills in, matches out.

    It writes matches and nothing else: no bill, no charge.
    """

    _name = "coworking.matching"
    _description = "Matching of Bills"

    # === WHEN === #

    @api.model
    def _match_bills(self, moves, unmatched=False, before=None):
        """Match what nobody decided yet of these bills of operators, however they came.

        Bills of others, cancelled ones and those in a foreign currency are left alone.

        :param unmatched: whether only lines that have no match are looked at
        :param before: matches that count no more: those that would be made again stay
        :return: those of ``before`` that are of no bill that was matched
        """
        before = self.env["coworking.match"] if before is None else before
        if not moves:
            return before
        self._follow_receipts(moves)
        moves = moves.filtered(
            lambda move: (
                move.state in ("draft", "posted")
                and move.move_type in BILL_TYPES
                and move.currency_id == move.company_currency_id
            )
        )
        if not moves:
            return before
        spaces = self._get_spaces_of(moves)
        for move in moves.sorted(lambda move: (move.invoice_date or move.date, move.id)):
            if spaces[move]:
                before = BillMatcher(move, spaces[move], before).match(unmatched=unmatched)
        return before

    @api.model
    def _follow_receipts(self, moves):
        """The receipt of a participant who is reimbursed pays its charge, whatever it becomes."""
        receipts = moves.filtered(
            lambda move: move.move_type == "in_receipt" and move.state != "cancel"
        )
        for match in receipts._coworking_matches():
            total = match.move_line_id.price_total
            if match.currency_id.compare_amounts(match.invoiced, total):
                expected = min(total, self._get_most_reimbursed(match))
                match.write({"invoiced": total, "expected": max(expected, 0.0)})

    @api.model
    def _get_most_reimbursed(self, match):
        """How much of its charge a receipt can pay: what no other document pays, of what the
        participant is known to have paid and no other receipt gives back.
        """
        charge = match.charge_id
        others = match.search(
            [
                ("charge_id", "=", charge.id),
                ("move_id.move_type", "=", "in_receipt"),
                ("id", "!=", match.id),
            ]
        )
        return min(
            match.expected + charge._get_remaining_to_invoice(),
            charge.participant_paid_amount - sum(others.mapped("expected")),
        )

    @api.model
    def _get_spaces_of(self, moves):
        """Spaces that the operators of these bills bill for, or billed for in some month.

        :return: dict move -> ``coworking.space``
        """
        none = self.env["coworking.space"]
        run_by = none._get_run_by(moves.commercial_partner_id)
        return {
            move: run_by.get(move.commercial_partner_id, none).filtered(
                lambda space, move=move: space.company_id == move.company_id
            )
            for move in moves
        }

    @api.model
    def _match_lines_anew(self, lines, unmatched=False):
        """Forget the matches of these lines, and match them anew.

        :param unmatched: whether other lines of their bills are left as they are
        """
        matches = self.env["coworking.match"].search([("move_line_id", "in", lines.ids)])
        moves = lines.move_id
        with matches._checking_sums_at_once():
            others = matches._unlink_matches(but_for=matches) - moves
            # a credit note takes back what is matched of its bill
            origins = others & moves.reversed_entry_id
            rest = self._match_bills(origins, unmatched=True, before=matches)
            self._match_bills(moves, unmatched=unmatched, before=rest).unlink()
        self._match_bills(others, unmatched=True)

    @api.model
    def _match_undecided_anew(self, lines):
        """The same, of those of these lines of which nobody decided anything."""
        decided = Domain("move_line_id", "in", lines.ids) & Domain("decision", "!=", False)
        lines -= self.env["coworking.match"].search(decided).move_line_id
        if lines:
            self._match_lines_anew(lines, unmatched=True)

    @api.model
    def _statements_changed(self, statements):
        """Lines of open statements were computed again: bills that waited for them may be matched,
        and those matched with other amounts are looked at again. So are credit notes that came
        before the correction they are for: they took back what it corrects.
        """
        Match = self.env["coworking.match"]
        outdated = Match.search(
            [
                ("statement_id", "in", statements.ids),
                ("origin", "=", "received"),
                ("move_line_id", "!=", False),
            ]
        )
        waiting = Match.search(
            [
                ("statement_id", "=", False),
                ("charge_id", "=", False),
                ("decision", "=", False),
                (
                    "move_id.commercial_partner_id",
                    "in",
                    statements.operator_id.commercial_partner_id.ids,
                ),
            ]
        )
        expected = defaultdict(Decimal)
        for match in outdated:
            expected[match.charge_id] += to_decimal(match.expected)
        lines = waiting.move_line_id
        corrections = statements.charge_ids.filtered(
            lambda charge: charge.payable_total < 0 and charge._get_remaining_to_invoice() < 0
        )
        if corrections:
            early = Domain("cause", "=", "reversal") & Domain("decision", "=", False)
            partners = corrections.statement_id.operator_id.commercial_partner_id
            early &= Domain("move_id.commercial_partner_id", "in", partners.ids)
            seats = Domain("seat_id", "in", [False, *corrections.seat_id.ids])
            lines |= Match.search(early & seats).move_line_id
        for match in outdated:
            owed = to_decimal(match.charge_id.payable_total)
            if not match.decision or expected[match.charge_id] != owed:
                lines |= match.move_line_id
        if lines:
            self._match_lines_anew(lines)

    # === WHAT THE SPACE MAY HAVE DONE OTHERWISE === #

    @api.model
    def _get_facts(self, statements, charges, remaining, others=(), rivals=None):
        """Facts that may explain why a bill is not what these charges are.

        :param statements: what the bill is for
        :param charges: those of them that are compared with it
        :param remaining: dict charge id -> what is left to invoice of it
        :param others: charges of other months and programs that the bill may hold as well
        :param rivals: dict that keeps, from one call to the next, the seats that a price by rank
            depends on
        :return: (list of ``matching.Fact``, dict key -> seat); a key is a charge's id, or
            ("seat", id) for somebody without a charge
        """
        facts, seats_by_key = [], {}
        months = sorted(set(statements.mapped("date_from")))
        gone = self._get_recently_left(statements, months)
        inputs = (charges.seat_id | gone)._to_pricing()
        rivals = self._get_rivals(charges.seat_id | gone, {} if rivals is None else rivals)
        positions = charges.space_id._get_fiscal_positions()
        groups = {}
        for charge in charges:
            seats_by_key[charge.id] = charge.seat_id
            groups[charge.id] = charge.tariff_id.id
            facts += self._get_charge_facts(
                charge, remaining[charge.id], inputs, rivals, positions[charge.space_id]
            )
        for cause in ("price", "closure", "suspension"):
            facts += matching.together(facts, cause, groups)
        facts += self._get_tax_facts(charges)
        for seat in gone:
            seats_by_key["seat", seat.id] = seat
            for month in months:
                facts += matching.what_ifs(
                    inputs[seat.id],
                    month,
                    ("seat", seat.id),
                    rank=self._get_rank(seat, month, rivals),
                )
        for charge in others:
            seats_by_key[charge.id] = charge.seat_id
            same_program = charge.program_id in statements.program_id
            cause = "other_month" if same_program else "other_program"
            parts = ((charge.id, remaining[charge.id]),)
            facts.append(matching.Fact(cause, parts, 3, {"charge": charge.id}))
        return facts, seats_by_key

    @api.model
    def _get_facts_each(self, charges, remaining, rivals):
        """Facts that concern one of these charges alone.

        :return: dict charge -> list of ``matching.Fact``
        """
        inputs = charges.seat_id._to_pricing()
        rivals = self._get_rivals(charges.seat_id, rivals)
        positions = charges.space_id._get_fiscal_positions()
        return {
            charge: self._get_charge_facts(
                charge, remaining[charge.id], inputs, rivals, positions[charge.space_id]
            )
            + self._get_tax_facts(charge)
            for charge in charges
        }

    def _get_charge_facts(self, charge, remaining, inputs, rivals, position):
        facts = matching.charge_facts(
            matching.Expected(charge.id, remaining, period=charge.period, kind=charge.kind)
        )
        facts += self._get_paid_facts(charge)
        if charge.kind == "regular":
            facts += matching.what_ifs(
                inputs[charge.seat_id.id],
                charge.period,
                charge.id,
                rank=self._get_rank(charge.seat_id, charge.period, rivals),
            )
            facts += self._get_fee_facts(charge, position)
        return facts

    def _get_tax_facts(self, charges):
        return matching.tax_facts(
            [
                (charge.id, to_decimal(charge.payable_untaxed), to_decimal(charge.payable_tax))
                for charge in charges
            ],
            step=to_decimal(charges[:1].currency_id.rounding or pricing.CENT),
        )

    @api.model
    def _get_paid_facts(self, charge):
        """What the participant pays, or paid, of a charge."""
        facts = []
        copayment = to_decimal(charge.copayment_amount)
        if copayment:
            collected = charge.program_id.copayment_collector == "program"
            facts.append(
                matching.Fact(
                    "already_paid",
                    ((charge.id, -copayment if collected else copayment),),
                    1,
                    {"copayment": True},
                )
            )
        paid = to_decimal(charge.participant_paid_amount)
        if paid:
            # Somebody recorded it: nothing is likelier.
            facts.append(matching.Fact("already_paid", ((charge.id, -paid),), 0, {}))
        return facts

    def _get_recently_left(self, statements, months):
        """Seats of these spaces and programs that ended before the month, and might be billed."""
        if not months:
            return self.env["coworking.seat"]
        return self.env["coworking.seat"].search(
            [
                ("space_id", "in", statements.space_id.ids),
                ("program_id", "in", statements.program_id.ids),
                ("state", "in", HOLDING_STATES),
                ("date_end", "<", months[-1]),
                ("date_end", ">=", months[0] - relativedelta(months=LEFT_MONTHS_AGO)),
                ("tariff_id.unit", "!=", "pack"),
            ]
        )

    def _get_rivals(self, seats, known):
        """Seats of one program and tariff, where the price depends on how many there are.

        :param known: dict (program, tariff) -> list of ``pricing.Seat``; completed here
        """
        ranked = seats.filtered(
            lambda seat: (
                (seat.program_id, seat.tariff_id) not in known
                and max(seat.tariff_id.price_ids.mapped("rank"), default=1) > 1
            )
        )
        if ranked:
            # a seat that was cancelled is expected until its statement is computed again
            others = ranked | self.env["coworking.seat"].search(
                [
                    ("program_id", "in", ranked.program_id.ids),
                    ("tariff_id", "in", ranked.tariff_id.ids),
                    ("state", "in", HOLDING_STATES),
                ]
            )
            inputs = others._to_pricing()
            for key, own in others.grouped(lambda seat: (seat.program_id, seat.tariff_id)).items():
                known[key] = [inputs[seat.id] for seat in own]
        return known

    def _get_rank(self, seat, month, rivals):
        others = rivals.get((seat.program_id, seat.tariff_id))
        counted = others and any(row.key == seat.id for row in others)
        return pricing.rank_of(seat.id, month, others) if counted else 1

    def _get_fee_facts(self, charge, position):
        """A fee or a deposit that was not expected of somebody.

        :param position: fiscal position of the space's operator
        """
        facts, step = [], to_decimal(charge.currency_id.rounding)
        fees = charge.space_id.membership_ids.filtered(
            lambda fee: fee.date_start <= pricing.month_last(charge.period)
        ).sorted("date_start")[-1:]
        if fees:
            rate = charge.space_id._get_tax_rate(fees.product_id, position)
            __, __, total = pricing.tax_split(to_decimal(fees.fee), rate, fees.tax_included, step)
            facts.append(matching.Fact("membership", ((charge.id, total),), 1, {"extra": True}))
        if pricing.month_first(charge.seat_id.date_start) == charge.period:
            price = charge.tariff_id.unit == "month" and charge.tariff_id._price_on(charge.period)
            if price:
                __, __, total = pricing.tax_split(
                    to_decimal(price.price),
                    charge.space_id._get_tax_rate(charge.tariff_id.product_id, position),
                    charge.tariff_id.tax_included,
                    step,
                )
                facts.append(matching.Fact("deposit", ((charge.id, total),), 3, {"extra": True}))
        return facts
