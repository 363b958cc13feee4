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
           eligible_without_presence, date_paid_limit, date_from, date_to, active,
           ARRAY(SELECT program_id FROM coworking_agreement_program_rel
                  WHERE agreement_id = agreement.id)
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
           COALESCE(bill.invoice_date, bill.date), line.analytic_distribution,
           bill.state = 'posted', bill.reversed_entry_id, line.name
      FROM account_move_line line
      JOIN account_move bill ON bill.id = line.move_id
     WHERE line.display_type = 'product'
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
# Of entries, expenses: paid on their day.
ENTRIES = """
    SELECT line.id, line.balance, line.account_id, line.date, line.analytic_distribution,
           move.reversed_entry_id
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
      JOIN account_account account ON account.id = line.account_id
     WHERE move.state = 'posted' AND move.move_type = 'entry'
       AND account.account_type LIKE 'expense%%'
       AND line.analytic_distribution ?| %(accounts)s
       AND move.tax_cash_basis_rec_id IS NULL AND move.coworking_month_end IS NULL
       AND NOT EXISTS (SELECT FROM account_move other
                        WHERE other.id = move.reversed_entry_id
                          AND other.coworking_month_end IS NOT NULL)
  ORDER BY line.id
"""
STAFF = """
    SELECT cost.id, row.id, row.program_id, hours, hourly_cost, DATE_TRUNC('month', month)::date,
           row.date_paid
      FROM coworking_staff_time row
      JOIN coworking_cost cost ON cost.staff_time_id = row.id AND cost.program_id = row.program_id
     WHERE row.program_id = ANY(%(programs)s)
"""
FLAT = """
    SELECT id, agreement_id, flat_rate,
           ARRAY(SELECT of_heading_id FROM coworking_funding_heading_flat_rel
                  WHERE heading_id = heading.id)
      FROM coworking_funding_heading heading WHERE kind = 'flat'
"""
FLAT_COSTS = """
    SELECT heading_id, program_id, date_from, id FROM coworking_cost WHERE kind = 'flat'
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
           statement.date_from, program.copayment_collector = 'program', charge.program_id
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
    SELECT claim.agreement_id, cost.charge_id,
           COALESCE(cost.reversed_line_id, cost.move_line_id), cost.program_id, cost.id,
           line.amount,
           CASE claim.step WHEN 'accepted' THEN line.amount - line.amount_admitted ELSE 0 END
      FROM coworking_claim_line line
      JOIN coworking_claim claim ON claim.id = line.claim_id
      JOIN coworking_cost cost ON cost.id = line.cost_id
     WHERE claim.step IN ('submitted', 'accepted')
"""
HELD = """
    SELECT program_id, item, source_id, target_id, amount FROM coworking_allocation_hold
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
    active: bool
    programs: list
    asked: set = field(default_factory=set)  # items; what is archived takes part in no others
    headings: list = field(default_factory=list)

    def admit(self, piece):
        """The heading that takes a piece: (key, ceiling), or nothing."""
        for key, kind, ceiling, codes, accounts in self.headings:
            if kind != piece.sort:
                continue
            takes = {
                "seats": piece.kind in codes,
                "direct": not accounts or piece.account in accounts,
                "staff": True,
                "flat": key == piece.heading,
            }
            if takes[kind]:
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
            piece.program in self.programs
            and (self.active or piece.item in self.asked)
            and self.admit(piece)
            and (piece.present or not proof or not self.needs_presence)
            and (piece.sort == "flat" or self.count_days(piece))
        )

    def in_time(self, day, amount, piece):
        return amount < 0 or not self.limit or day <= self.limit or piece.sort == "flat"

    def count(self, piece, paid):
        """What counts of so much that was paid of a piece."""
        if piece.sort == "flat":
            return paid
        if self.net:
            paid -= half_up(Fraction(piece.copayment * paid, piece.amount))
        return half_up(paid * self.count_days(piece))


@dataclass(eq=False)
class Piece:
    """A part of a line: of a charge, or the rest of it; hours; a flat amount. ``kind``: of the
    charge.
    """

    item: tuple
    program: int
    sort: str
    amount: int
    start: date
    end: date
    kind: str | None = None
    account: int | None = None
    copayment: int = 0
    present: bool = True
    heading: int | None = None
    payments: list = field(default_factory=list)


class Reference:
    """Shares of programs whose agreements pay for no others."""

    def __init__(self, env, programs):
        env.flush_all()
        self.cr = env.cr
        self.names = {
            "programs": programs.ids,
            "accounts": [str(one.id) for one in programs.analytic_account_id],
        }
        self.program_of = {str(one.analytic_account_id.id): one.id for one in programs}
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
        all_lines = self.ask(LINES)
        lines = [row for row in all_lines if row[-3]]
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
        given_back = self.find_given_back(all_lines)
        there = defaultdict(set)
        for seat, day in self.ask(PRESENCES):
            there[seat].add(day)
        self.item_of = {}
        self.read_entries()
        self.read_staff()
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
        self.read_asked()
        self.read_flat()
        self.read_asked()

    def read_asked(self):
        terms = {one.key: one for one in self.terms}
        for agreement, item, *_amounts in self.read_claimed():
            if item and agreement in terms:
                terms[agreement].asked.add(item)

    def read_entries(self):
        rows = self.ask(ENTRIES)
        self.cr.execute(
            "SELECT id, move_id, date FROM account_move_line WHERE id = ANY(%s)",
            [[row[0] for row in rows]],
        )
        moves = {line: move for line, move, _day in self.cr.fetchall()}
        for line, balance, account, day, distribution, reversed_id in rows:
            whose = next((row for row in rows if moves[row[0]] == reversed_id), None)
            served, source = (whose[3], whose[0]) if whose else (day, line)
            for program, share in self.share_rest(cents(balance), distribution):
                item = self.name_item(("line", source, program), served, source, program)
                piece = Piece(item, program, "direct", share, served, served, None, account)
                piece.payments.append((day, share))
                self.items[item].append(piece)

    def read_staff(self):
        for cost, key, program, hours, hourly, month, day in self.ask(STAFF):
            amount = half_up(Fraction(str(hours)) * Fraction(str(hourly)) * 100)
            item = self.name_item(("cost", cost), month, cost, "")
            self.item_of["hold", program, f"staff {key}"] = item
            last = (month + timedelta(31)).replace(day=1) - timedelta(1)
            piece = Piece(item, program, "staff", amount, month, last)
            if day:
                piece.payments.append((day, amount))
            self.items[item].append(piece)

    def read_flat(self):
        """A part of what counts under other headings, by the month in which it was paid."""
        known = {tuple(key): cost for *key, cost in self.ask(FLAT_COSTS)}
        terms = {one.key: one for one in self.terms}
        pieces = [piece for own in self.items.values() for piece in own]
        for heading, agreement, rate, others in self.ask(FLAT):
            for program in terms[agreement].programs if agreement in terms else ():
                own = [one for one in pieces if one.program == program]
                for month, (counted, day) in self.count_flat(terms[agreement], own, others).items():
                    amount = half_up(counted * Fraction(str(rate)) / 100)
                    if not amount:
                        continue
                    cost = known[heading, program, month]
                    item = self.name_item(("cost", cost), month, cost, "")
                    self.item_of["hold", program, f"flat {heading} {month}"] = item
                    piece = Piece(item, program, "flat", amount, month, month, heading=heading)
                    piece.payments.append((day, amount))
                    self.items[item].append(piece)

    def count_flat(self, one, pieces, headings):
        """dict month -> [what counts, the last day on which it was paid]"""
        result = defaultdict(lambda: [0, date.min])
        for piece in pieces:
            found = one.admit(piece)
            if not found or found[0] not in headings or not one.accepts(piece):
                continue
            paid = before = 0
            for day, amount in sorted(self.sum_days(piece.payments)):
                if amount and one.in_time(day, amount, piece):
                    paid += amount
                    reached = one.count(piece, paid)
                    row = result[day.replace(day=1)]
                    row[:] = row[0] + reached - before, max(row[1], day)
                    before = reached
        return result

    def name_item(self, name, *item):
        self.item_of[name] = item
        return item

    def share_rest(self, rest, distribution):
        """What of a line no charge owes, by program: list of (program, amount)."""
        percents = defaultdict(Fraction)
        for account, percent in (distribution or {}).items():
            if account in self.program_of:
                percents[self.program_of[account]] += Fraction(str(percent))
        sign = -1 if rest < 0 else 1
        exact = [Fraction(abs(rest)) * percent / 100 for percent in percents.values()]
        parts = [half_up(one) for one in exact]
        if sum(percents.values()) <= 100:
            parts = self.round_to(abs(rest), exact)
        return [(key, sign * part) for key, part in zip(percents, parts, strict=True) if part]

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
        line, _bill, sign, total, untaxed, account, _day, distribution, *_rest = row
        total = sign * cents(total)
        pieces, rest = [], total
        for charge, invoiced, expected in matches:
            rest -= cents(invoiced)
            seat, month, kind, first, last, payable, copayment, *more = charges[charge]
            _settled, collects, program = more
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
                    *(item, program, "seats", cents(invoiced), first, last, kind, account),
                    *(half_up(part), present),
                )
            )
        whose = given_back.get(line) or row
        source, served = whose[0], whose[6]
        for program, share in self.share_rest(rest, distribution):
            item = self.name_item(("line", source, program), served, source, program)
            pieces.append(Piece(item, program, "direct", share, served, served, None, account))
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

    def read_claimed(self):
        """Of what was sent: (agreement, item or ``None``, amount, rejected)."""
        for agreement, charge, line, program, cost, amount, rejected in self.ask(CLAIMED):
            name = ("line", line, program) if line else ("cost", cost)
            item = self.item_of.get(("charge", charge) if charge else name)
            yield agreement, item, cents(amount), cents(rejected)

    def read_decisions(self):
        """What was sent of each item, what of it was rejected, and what people moved."""
        self.claimed, self.rejected = defaultdict(int), defaultdict(int)
        self.sent = defaultdict(int)  # by agreement, also of what is no item any more
        for agreement, item, amount, rejected in self.read_claimed():
            self.sent[agreement] += amount - rejected
            if item:
                self.claimed[item, agreement] += amount - rejected
                self.rejected[item, agreement] += rejected
        self.held = defaultdict(list)
        for program, text, source, target, amount in self.ask(HELD):
            if text.startswith("line "):
                item = self.item_of.get(("line", int(text[5:]), program))
            elif text.startswith(("staff ", "flat ")):
                item = self.item_of.get(("hold", program, text))
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
        return str(day), f"{number:012d}", *map(str, kind)

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
            late = sum(x for day, n, x in events if not one.in_time(day, x, pieces[n]))
            for n, piece in enumerate(pieces):
                own = [(day, amount) for day, of, amount in events if of == n]
                counted = sum(x for day, x in own if x > 0 and one.in_time(day, x, piece))
                back = -sum(x for _day, x in own if x < 0)
                # what was paid late comes back first
                counted -= max(back - late, 0)
                late = max(late - back, 0)
                if n in paid and one.accepts(piece):
                    bases[one.key] += one.count(piece, counted)
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
            rooms[one.key] = (max(min(bounds), 0) if one.active else 0) + kept.get(one.key, 0)
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
            if one.active:  # of what is archived only what it rejected is to be placed
                to_place += amount - result[one.key]
            else:
                to_place += refused
        # F8: of rates that are above 100 together, one being archived since, the last ones yield
        for net, bound in borne.items():
            bearing = [one.key for one in self.terms if one.net or not net]
            too_much = sum(result[key] for key in bearing) - max(bound, 0)
            for key in reversed(bearing):
                yielded = max(min(too_much, result[key]), 0)
                result[key] -= yielded
                too_much -= yielded
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
