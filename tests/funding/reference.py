"""What each funder has of what was paid, computed anew from the books, the charges and the terms.

Written from the rules F1 to F7, F10 and F11 of the funders' half and not from its code: it imports
nothing of the addon, and reads none of its costs or shares, but for which of them a claim was about
and what its funder rejected. Whole cents and fractions; SQL gives the facts.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

TERMS = """
    SELECT agreement.id, method, rate, base_kind, amount_granted, COALESCE(amount_used_before, 0),
           eligible_without_presence, date_paid_limit, date_from, date_to
      FROM coworking_funding_agreement agreement
     WHERE id IN (SELECT agreement_id FROM coworking_agreement_program_rel
                   WHERE program_id = ANY(%(programs)s))
       AND (active OR id IN (SELECT agreement_id FROM coworking_claim
                              WHERE step IN ('submitted', 'accepted')))
  ORDER BY sequence, date_from, id
"""
HEADINGS = """
    SELECT heading.agreement_id, heading.id, heading.kind, COALESCE(ceiling, 0),
           ARRAY(SELECT kind.code FROM coworking_charge_kind kind
                   JOIN coworking_charge_kind_coworking_funding_heading_rel rel
                     ON rel.coworking_charge_kind_id = kind.id
                  WHERE rel.coworking_funding_heading_id = heading.id),
           ARRAY(SELECT account_account_id FROM account_account_coworking_funding_heading_rel
                  WHERE coworking_funding_heading_id = heading.id)
      FROM coworking_funding_heading heading
  ORDER BY heading.agreement_id, heading.sequence, heading.id
"""
# Lines of bills that pay a charge of the programs, or are on their analytic account.
LINES = """
    SELECT line.id, bill.id, CASE bill.move_type WHEN 'in_refund' THEN -1 ELSE 1 END,
           line.price_total, line.price_subtotal, line.account_id,
           COALESCE(bill.invoice_date, bill.date),
           (SELECT SUM(percent::numeric)
              FROM jsonb_each_text(line.analytic_distribution) AS share (account, percent)
             WHERE account = ANY(%(accounts)s)), bill.reversed_entry_id, line.name
      FROM account_move_line line
      JOIN account_move bill ON bill.id = line.move_id
     WHERE bill.state = 'posted' AND line.display_type = 'product'
       AND bill.move_type IN ('in_invoice', 'in_refund', 'in_receipt')
       AND bill.id IN (
           SELECT match.move_id FROM coworking_match match
             JOIN coworking_charge charge ON charge.id = match.charge_id
            WHERE charge.program_id = ANY(%(programs)s)
           UNION
           SELECT other.move_id FROM account_move_line other
            WHERE other.analytic_distribution ?| %(accounts)s)
  ORDER BY line.id
"""
MATCHES = """
    SELECT match.move_line_id, match.charge_id, SUM(match.invoiced), SUM(match.expected)
      FROM coworking_match match
      JOIN coworking_charge charge ON charge.id = match.charge_id
     WHERE match.move_line_id = ANY(%(lines)s) AND match.charge_id IS NOT NULL
  GROUP BY 1, 2
  ORDER BY 1, MAX(match.statement_id) DESC, 2
"""
# Of all charges of the seats and months that were paid: what they owe, and the days that count.
CHARGES = """
    SELECT charge.id, charge.seat_id, charge.period, COALESCE(corrected_kind, charge.kind),
           charge.date_from, charge.date_to, charge.payable_total, charge.copayment_amount,
           statement.date_from, program.copayment_collector = 'program'
      FROM coworking_charge charge
      JOIN coworking_program program ON program.id = charge.program_id
      JOIN coworking_statement statement ON statement.id = charge.statement_id
     WHERE charge.program_id = ANY(%(programs)s) AND charge.state = 'settled'
"""
# What was reconciled with a document: by money on its day, by a credit note on the later day.
PAYMENTS = """
    SELECT own.move_id, CASE WHEN other_move.move_type = 'entry' THEN other.date
           ELSE partial.max_date END, partial.amount
      FROM account_partial_reconcile partial
      JOIN LATERAL (VALUES (partial.debit_move_id, partial.credit_move_id),
                           (partial.credit_move_id, partial.debit_move_id)) AS side (own, other)
        ON TRUE
      JOIN account_move_line own ON own.id = side.own
      JOIN account_move_line other ON other.id = side.other
      JOIN account_move other_move ON other_move.id = other.move_id
     WHERE own.move_id = ANY(%(bills)s) AND other.parent_state = 'posted'
       AND (other_move.origin_payment_id IS NOT NULL OR other_move.statement_line_id IS NOT NULL
            OR other_move.move_type IN ('in_invoice', 'in_refund', 'in_receipt')
               AND 'in_refund' IN (other_move.move_type,
                   (SELECT move_type FROM account_move WHERE id = own.move_id)))
"""
# Payments that have no entry to be reconciled.
ANNOUNCED = """
    SELECT rel.invoice_id, payment.date, payment.amount
      FROM account_move__account_payment rel
      JOIN account_payment payment ON payment.id = rel.payment_id
     WHERE rel.invoice_id = ANY(%(bills)s) AND payment.move_id IS NULL
       AND payment.state IN ('in_process', 'paid')
"""
PRESENCES = """
    SELECT seat_id, date FROM coworking_presence
     WHERE NOT COALESCE(to_settle, FALSE)
       AND COALESCE(state, participant_state) = 'present'
"""
# What was sent of a seat and month, or of a line, and what of it was rejected.
CLAIMED = """
    SELECT line.claim_id, claim.agreement_id, cost.charge_id,
           COALESCE(cost.reversed_line_id, cost.move_line_id), line.amount,
           CASE claim.step WHEN 'accepted' THEN line.amount - line.amount_admitted ELSE 0 END
      FROM coworking_claim_line line
      JOIN coworking_claim claim ON claim.id = line.claim_id
      JOIN coworking_cost cost ON cost.id = line.cost_id
     WHERE claim.step IN ('submitted', 'accepted')
"""
HELD = """
    SELECT item, source_id, target_id, amount FROM coworking_allocation_hold
     WHERE program_id = ANY(%(programs)s) ORDER BY id
"""


def cents(amount):
    return round(Fraction(str(amount or 0)) * 100)


def half_up(amount):
    """To the cent, away from zero at the half."""
    return (abs(amount) + Fraction(1, 2)).__floor__() * (1 if amount >= 0 else -1)


def spread(amount, parts):
    """An amount over parts in proportion, by largest remainder; whole cents that sum to it."""
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    exact = [Fraction(amount) * part / whole for part in parts]
    result = [part.__floor__() for part in exact]
    order = sorted(range(len(parts)), key=lambda n: (result[n] - exact[n], n))
    for n in order[: amount - sum(result)]:
        result[n] += 1
    return result


@dataclass
class Terms:
    key: int
    first: bool
    rate: Fraction
    net: bool
    granted: int
    needs_presence: bool
    limit: date | None
    start: date
    end: date
    headings: list = field(default_factory=list)

    def admit(self, piece):
        """The heading that takes a piece: (key, ceiling), or nothing."""
        for key, kind, ceiling, codes, accounts in self.headings:
            if kind != ("seats" if piece.kind else "direct"):
                continue
            if piece.kind in codes if piece.kind else not accounts or piece.account in accounts:
                return key, ceiling
        return None

    def count_days(self, piece):
        days = (piece.end - piece.start).days + 1
        one = timedelta(1)
        within = sum(self.start <= piece.start + n * one <= self.end for n in range(days))
        return Fraction(within, days)

    def accepts(self, piece):
        proof = piece.kind in ("regular", "overage", "pack")
        return bool(
            self.admit(piece)
            and (piece.present or not proof or not self.needs_presence)
            and self.count_days(piece)
        )

    def in_time(self, day, amount):
        return amount < 0 or not self.limit or day <= self.limit


@dataclass(eq=False)
class Piece:
    """A part of a line: of a charge, or the rest of it. ``kind``: of the charge."""

    item: tuple
    amount: int
    start: date
    end: date
    kind: str | None = None
    account: int | None = None
    copayment: int = 0
    present: bool = True
    payments: list = field(default_factory=list)


class Reference:
    """Shares of programs that have the same agreements, which pay for no others."""

    def __init__(self, env, programs):
        env.flush_all()
        self.cr = env.cr
        self.names = {
            "programs": programs.ids,
            "accounts": [str(one.id) for one in programs.analytic_account_id],
        }
        self.untaxed = set(programs.mapped("funding_base")) == {"untaxed"}
        self.items = defaultdict(list)
        self.terms = self.read_terms()
        self.read_pieces()
        self.read_decisions()
        self.shares = {}  # (item, agreement) -> cents; the rest of an item is own funds
        self.copayments = {}  # item -> cents, of own funds what the participant owes
        self.run()

    def ask(self, query, **more):
        self.cr.execute(query, {**self.names, **more})
        return self.cr.fetchall()

    # === Facts === #

    def read_terms(self):
        result = []
        for key, method, rate, base, granted, used, absent, *days in self.ask(TERMS):
            result.append(
                Terms(
                    *(key, method == "priority", Fraction(str(rate or 0)), base == "net"),
                    *(max(cents(granted) - cents(used), 0), not absent, *days),
                )
            )
        known = {one.key: one for one in result}
        for key, heading, kind, ceiling, codes, accounts in self.ask(HEADINGS):
            if key in known:
                known[key].headings.append(
                    (heading, kind, cents(ceiling) or None, set(codes), set(accounts))
                )
        return result

    def read_pieces(self):
        lines = self.ask(LINES)
        bills = sorted({row[1] for row in lines})
        charges = {row[0]: row[1:] for row in self.ask(CHARGES)}
        by_item = defaultdict(list)
        for key, (seat, month, kind, *rest) in charges.items():
            by_item[month, seat, kind].append((key, *rest))
        matches = defaultdict(list)
        for line, *row in self.ask(MATCHES, lines=[row[0] for row in lines]):
            matches[line].append(row)
        payments = defaultdict(list)
        for query in (PAYMENTS, ANNOUNCED):
            for bill, day, amount in self.ask(query, bills=bills):
                payments[bill].append((day, cents(amount)))
        there = defaultdict(set)
        for seat, day in self.ask(PRESENCES):
            there[seat].add(day)
        given_back = self.find_given_back(lines)
        self.item_of = {}
        for bill in bills:
            own = [row for row in lines if row[1] == bill]
            left = [cents(row[3]) for row in own]
            paid = [[] for _row in own]
            for day, amount in sorted(payments[bill]):
                for n, part in enumerate(spread(amount, left)):
                    left[n] -= part
                    paid[n].append((day, part))
            for row, of_line in zip(own, paid, strict=True):
                self.read_line(row, of_line, matches[row[0]], charges, by_item, there, given_back)

    def find_given_back(self, lines):
        """Of a credit note of one bill: the line that each of its lines gives back."""
        result = {}
        for key, _bill, sign, *_rest, reversed_id, name in lines:
            if sign < 0 and reversed_id:
                like = [row for row in lines if row[1] == reversed_id]
                same = [row for row in like if row[-1] == name] or like
                result[key] = same[0] if same else None
        return result

    def read_line(self, row, paid, matches, charges, by_item, there, given_back):
        line, _bill, sign, total, untaxed, account, day, percent, *_rest = row
        total = sign * cents(total)
        pieces, rest = [], total
        for charge, invoiced, expected in matches:
            rest -= cents(invoiced)
            seat, month, kind, first, last, payable, copayment, _settled, collects = charges[charge]
            item = (month, seat, kind)
            siblings = by_item[item]
            latest = max(siblings, key=lambda one: (one[5], one[0]))
            first, last = latest[1], latest[2]
            part = 0
            if collects and cents(payable):
                alone = sum(cents(one[4]) for one in siblings if not one[3])
                owed = sum(cents(one[3]) for one in siblings if one[3] > 0)
                part = Fraction(cents(copayment) * cents(expected), cents(payable))
                if payable > 0 and owed:
                    part += Fraction(alone * cents(expected), owed)
            present = any(first <= one <= last for one in there[seat])
            self.item_of["charge", charge] = item
            pieces.append(
                Piece(
                    *(item, cents(invoiced), first, last, kind, account),
                    *(half_up(part), present),
                )
            )
        share = half_up(Fraction(rest) * Fraction(str(percent or 0)) / 100)
        if share:
            whose = given_back.get(line) or row
            served = whose[6]
            item = (served, whose[0])
            self.item_of["line", whose[0]] = item
            pieces.append(Piece(item, share, served, served, None, account))
        self.pay_pieces(pieces, total, sign, paid, (total, sign * cents(untaxed)))

    def pay_pieces(self, pieces, total, sign, paid, taxed):
        left = [sign * piece.amount for piece in pieces]
        left.append(sign * total - sum(left))
        for day, amount in paid:
            parts = spread(amount, left)
            left = [one - part for one, part in zip(left, parts, strict=True)]
            for piece, part in zip(pieces, parts, strict=False):
                if part:
                    piece.payments.append((day, sign * part))
        for piece in pieces:
            if self.untaxed and taxed[0]:
                self.take_tax_off(piece, Fraction(taxed[1], taxed[0]))
            if piece.amount:
                self.items[piece.item].append(piece)

    def take_tax_off(self, piece, factor):
        whole, so_far, before = piece.amount, 0, 0
        piece.amount = half_up(whole * factor)
        payments = []
        for day, amount in piece.payments:
            so_far += amount
            reached = half_up(Fraction(piece.amount * so_far, whole))
            payments.append((day, reached - before))
            before = reached
        piece.payments = payments

    def read_decisions(self):
        """What was sent of each item, what of it was rejected, and what people moved."""
        self.claimed, self.rejected = defaultdict(int), defaultdict(int)
        self.sent = defaultdict(int)  # by agreement, also of what is no item any more
        for _claim, agreement, charge, line, amount, rejected in self.ask(CLAIMED):
            self.sent[agreement] += cents(amount) - cents(rejected)
            item = self.item_of.get(("charge", charge) if charge else ("line", line))
            if item:
                self.claimed[item, agreement] += cents(amount) - cents(rejected)
                self.rejected[item, agreement] += cents(rejected)
        self.held = defaultdict(list)
        for text, source, target, amount in self.ask(HELD):
            if text.startswith("line "):
                item = self.item_of.get(("line", int(text[5:])))
            else:
                month, seat, kind = text.split(" ")
                item = (date.fromisoformat(month), int(seat), kind)
            self.held[item].append((source, target, cents(amount)))

    # === Rules === #

    def run(self):
        """Who was paid first takes first; what was claimed keeps its part of the grant."""
        self.left = {one.key: one.granted for one in self.terms}
        for one in self.terms:
            self.left |= {("heading", heading): ceiling for heading, _, ceiling, *_ in one.headings}
        self.taken = defaultdict(int)
        events = {
            item: sorted(
                (day, n, amount)
                for n, piece in enumerate(pieces)
                for day, amount in self.sum_days(piece.payments)
            )
            for item, pieces in self.items.items()
        }
        order = sorted(
            (item for item in events if events[item]),
            key=lambda item: (events[item][0][0], *self.sort_key(item)),
        )
        kept = {item: self.keep(item, events[item]) for item in order}
        for item in order:
            self.part(item, events[item], kept[item])

    @staticmethod
    def sort_key(item):
        day, number, *kind = item
        return str(day), f"{number:012d}", *kind

    @staticmethod
    def sum_days(payments):
        days = defaultdict(int)
        for day, amount in payments:
            days[day] += amount
        return [(day, amount) for day, amount in days.items()]

    def find_headings(self, item):
        pieces = self.items[item]
        piece = next((one for one in pieces if one.amount >= 0), pieces[0])
        return {one.key: one.admit(piece) for one in self.terms}

    def count(self, item, events):
        """What the item comes to after these payments: (total, bases, the participant's part)."""
        pieces = self.items[item]
        paid = defaultdict(int)
        for _day, n, amount in events:
            paid[n] += amount
        bases = {}
        for one in self.terms:
            bases[one.key] = 0
            late = sum(amount for day, _n, amount in events if not one.in_time(day, amount))
            for n, piece in enumerate(pieces):
                own = [(day, amount) for day, of, amount in events if of == n]
                counted = sum(x for day, x in own if x > 0 and one.in_time(day, x))
                back = -sum(x for _day, x in own if x < 0)
                # what was paid late comes back first
                counted -= max(back - late, 0)
                late = max(late - back, 0)
                if n in paid and one.accepts(piece):
                    if one.net:
                        counted -= half_up(Fraction(piece.copayment * counted, piece.amount))
                    bases[one.key] += half_up(counted * one.count_days(piece))
        copayment = sum(
            half_up(Fraction(pieces[n].copayment * amount, pieces[n].amount))
            for n, amount in paid.items()
        )
        return sum(paid.values()), bases, copayment

    def keep(self, item, events):
        """Of what was claimed, what is due were there no end to the grants."""
        result = {}
        if any(key[0] == item for key in self.claimed):
            due = self.share_out(item, events, {})
            headings = self.find_headings(item)
            for one in self.terms:
                claimed = self.claimed[item, one.key]
                if claimed > 0 and due.get(one.key):
                    result[one.key] = max(min(due[one.key], claimed), 0)
                    self.draw(one.key, headings[one.key], result[one.key])
        return result

    def draw(self, key, heading, amount):
        self.left[key] -= amount
        if heading and self.left["heading", heading[0]] is not None:
            self.left["heading", heading[0]] -= amount

    def part(self, item, events, kept):
        headings = self.find_headings(item)
        rooms = {}
        for one in self.terms:
            bounds = [self.left[one.key]]
            heading = headings[one.key]
            if heading and self.left["heading", heading[0]] is not None:
                bounds.append(self.left["heading", heading[0]])
            rooms[one.key] = max(min(bounds), 0) + kept.get(one.key, 0)
        for key, amount in self.share_out(item, events, rooms, kept).items():
            self.shares[item, key] = amount
            self.draw(key, headings[key], amount - kept.get(key, 0))
            self.taken[key, headings[key]] += amount
        total, _bases, copayment = self.count(item, events)
        own = total - sum(self.shares.get((item, one.key), 0) for one in self.terms)
        self.copayments[item] = max(min(copayment, own), 0)

    def share_out(self, item, events, rooms, kept=None):
        """What each has of an item: dict agreement -> cents. No rooms: without an end.

        What who is first rejected counts as asked for within what there was: ``kept`` is the rest.
        """
        total, bases, copayment = self.count(item, events)
        if total >= 0:
            bases = {key: max(amount, 0) for key, amount in bases.items()}
            held = [row for row in self.held[item] if row[2] > 0]
            rejected = {one.key: self.rejected[item, one.key] for one in self.terms}
            before = {
                key: max(room, (kept or {}).get(key, 0) + rejected[key])
                for key, room in rooms.items()
                if rejected[key]
            }
            return self.divide(total, bases, copayment, rooms, rejected, held, before)
        # more came back than was paid: nobody gets back more than they took before
        headings = self.find_headings(item)
        taken = {one.key: max(self.taken[one.key, headings[one.key]], 0) for one in self.terms}
        turned = {key: max(-amount, 0) for key, amount in bases.items()}
        held = [(a, b, -amount) for a, b, amount in self.held[item] if amount < 0]
        result = self.divide(-total, turned, -copayment, taken, {}, held)
        return {key: -amount for key, amount in result.items()}

    def divide(self, total, bases, copayment, rooms, rejected, held, before=None):
        borne = {True: total - max(copayment, 0), False: total}
        wanted, rest = {}, dict(borne)
        for one in self.terms:
            if one.first:
                room = {**rooms, **(before or {})}.get(one.key, total)
                amount = min(rest[one.net], bases[one.key], room)
                wanted[one.key] = max(amount, 0)
                rest = {net: amount - wanted[one.key] for net, amount in rest.items()}
        by_rate = [one for one in self.terms if not one.first and bases[one.key]]
        counted = [max(min(bases[one.key], rest[one.net]), 0) for one in by_rate]
        whole = max(counted, default=0)
        exact = [amount * one.rate / 100 for amount, one in zip(counted, by_rate, strict=True)]
        parts = self.round_to(whole, exact)
        wanted |= {one.key: part for one, part in zip(by_rate, parts, strict=True)}
        result, over, to_place = {}, {}, 0
        for one in self.terms:
            amount = wanted.get(one.key, 0)
            refused = min(rejected.get(one.key, 0), amount)
            over[one.key] = rejected.get(one.key, 0) - refused
            result[one.key] = max(min(amount - refused, rooms.get(one.key, total)), 0)
            to_place += amount - result[one.key]
        left = total - sum(result.values())
        # the participant's part is no money of the program: of own funds, what is left of it
        own = left - max(min(copayment, left - to_place), 0)
        for row in held:
            own = self.move(row, result, over, own, borne, bases, rooms, rejected)
        return {key: amount for key, amount in result.items() if amount}

    @staticmethod
    def round_to(whole, exact):
        """Largest remainder, the rest among them, which is own funds."""
        exact = [*exact, whole - sum(exact)]
        result = [Fraction(one).__floor__() for one in exact]
        order = sorted(range(len(exact)), key=lambda n: (result[n] - exact[n], n))
        for n in order[: whole - sum(result)]:
            result[n] += 1
        return result[:-1]

    def move(self, row, result, over, own, borne, bases, rooms, rejected):
        """Somebody gave an amount of what one has to another, as far as it may take it.

        :return: own funds, afterwards
        """
        source, target, amount = row
        terms = {one.key: one for one in self.terms}
        if any(key and key not in terms for key in (source, target)) or source == target:
            return own
        amount = min(amount, result[source] if source else own)
        moved = 0
        if target:
            again = min(over[target], amount)
            over[target] -= again
            bounds = [
                amount - again,
                bases[target] - rejected.get(target, 0) - result[target],
                rooms.get(target, amount + result[target]) - result[target],
            ]
            if terms[target].net and not (source and terms[source].net):
                net = sum(part for key, part in result.items() if terms[key].net)
                bounds.append(borne[True] - net)
            moved = max(min(bounds), 0)
            result[target] += moved
            amount = moved + again
        if source:
            result[source] -= amount
            return own + amount - moved
        return own - moved
