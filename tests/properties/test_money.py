"""Money asked, paid and given back, as an auditor who knows the rules alone would count it.

Random stories of two programmes, two operators and five people: seats that move, prices, funding
rates and presences told late, months settled, withdrawn, billed, by operators themselves too, taken
back, credited by hand and by operators, set off, paid, in advance and by the bank too, written off;
exits that are taken back; contacts exchanged, given to another file, merged, put away; months
closed, accounts locked; month ends made, written on, posted, taken back, or their reversals alone.
After each step the check of the books is clean; what bills and the month end say together is what
charges cost by any day, and what invoices and it say is what each file owes of each month by then,
but for what was taken back before; what is closed leaves nothing out; what is left to bill is so
for the button, the statement and its lines; what was decided of a bill holds as it is typed on;
what is owed to people is told; and the account of each person is what the books have of them. In
the end all is settled, billed, asked, and paid: each seat costs what the facts say, operators have
what is due to them, and people were asked for their part once.

By hand, many more, or one again::

    COWORKING_STORIES=50 COWORKING_STEPS=60 scripts/test tests/properties/test_money.py
    COWORKING_SEED=17 COWORKING_STORIES=1 scripts/test tests/properties/test_money.py
    COWORKING_CURRENCY=XPF scripts/test tests/properties/test_money.py  # no cents; TND: thousandths

A failure is told with the shortest part of its story that fails as well.
"""

import ast
import os
import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.matching.coworking_match import PART
from odoo.addons.coworking_incubation.models.matching.coworking_statement import IS_TO_BILL

from ..common import CoworkingCase, d

SEED = int(os.environ.get("COWORKING_SEED", 2015))
STORIES = int(os.environ.get("COWORKING_STORIES", 2))
STEPS = int(os.environ.get("COWORKING_STEPS", 14))
SHRINK = int(os.environ.get("COWORKING_SHRINK", 60))
CURRENCY = os.environ.get("COWORKING_CURRENCY", "EUR")
MONTHS = [date(2015, month, 1) for month in range(4, 7)]
LAST = d("31/12")
DAYS = ("1/4", "11/4", "16/4", "1/5", "13/5", "1/6", "21/6")
DAY = timedelta(days=1)
DIGITS = {"XPF": 0, "TND": 3}.get(CURRENCY, 2)


def cents(amount):
    return Decimal(amount).quantize(Decimal(1).scaleb(-DIGITS), ROUND_HALF_UP)


def exact(amount):
    return Decimal(str(round(amount, DIGITS)))


# === The rules, once more === #


def days_in(month):
    return [day for day in (month + n * DAY for n in range(31)) if day.month == month.month]


def price_on(tariff, day):
    return max((row for row in tariff["prices"] if row[0] <= day), key=lambda row: row[0])[1]


def cost(seat, month):
    """(untaxed, tax, funded, co-payment, owed to the space with tax) of a seat's month."""
    tariff = seat["tariff"]
    covered = [
        day
        for day in days_in(month)
        if seat["start"] <= day and (seat["end"] is None or day <= seat["end"])
    ]
    if tariff["unit"] == "day":
        amount = sum(
            (price_on(tariff, day) for day in covered if day in seat["present"]), Decimal(0)
        )
    elif covered:
        amount = price_on(tariff, covered[0]) * len(covered) / len(days_in(month))
    else:
        amount = Decimal(0)
    amount, rate = cents(amount), Decimal("0.2")
    tax = cents(amount - amount / (1 + rate)) if tariff["with_tax"] else cents(amount * rate)
    untaxed = amount - tax if tariff["with_tax"] else amount
    base = untaxed + tax if seat["on_total"] else untaxed
    rates = [row for row in seat["rates"] if row[0] <= month]
    funded = cents(base * max(rates, default=(None, seat["rate"]))[1] / 100)
    owed = untaxed + tax
    if seat["by_space"]:
        # the program pays the part that it funds, with its tax
        owed = funded if seat["on_total"] else funded + cents(tax * funded / (untaxed or 1))
    return untaxed, tax, funded, base - funded, owed


class Story:
    """``case`` is the test that runs it, within its transaction."""

    def __init__(self, case):
        self.case, self.env = case, case.env
        self.seats = case.seats
        self.credited = {}  # credit note by hand: (what its line is of, amount)

    # === What happens === #

    def do(self, kind, numbers):
        self.numbers = list(numbers)
        try:
            with self.case.as_request():
                getattr(self, f"do_{kind}")()
        except UserError as error:
            self.env.invalidate_all()
            return str(error)
        return None

    def number(self, below):
        value = self.numbers.pop(0)
        self.numbers.append(value * 7 + 3)
        return value % below

    def any(self, records):
        if not records:
            raise UserError("nothing yet")
        return records[self.number(len(records))]

    def any_day(self):
        month = self.any(MONTHS)
        return self.any(days_in(month))

    def any_statement(self, *states):
        domain = [("company_id", "=", self.case.company.id)]
        if states:
            domain.append(("state", "in", states))
        return self.any(self.env["coworking.statement"].search(domain, order="id"))

    def documents(self, *kinds, **values):
        domain = [("company_id", "=", self.case.company.id), ("move_type", "in", kinds)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["account.move"].search(domain, order="id")

    def bills(self, **values):
        return self.documents("in_invoice", "in_refund", **values)

    def invoices(self, **values):
        return self.documents("out_invoice", "out_refund", **values)

    # --- facts

    def do_start(self):
        seat = self.any(self.seats.exists())
        seat.date_start = self.any(
            [day for day in map(d, DAYS) if not seat.date_end or day <= seat.date_end]
        )

    def do_end(self):
        self.any(self.seats).date_end = self.any_day()

    def do_stay(self):
        self.any(self.seats).date_end = d("30/6")

    def do_cancel_seat(self):
        self.any(self.seats).action_cancel()

    def do_put_seat_away(self):
        seat = self.any(self.seats)
        ended = {"state": "ended"} if seat.active else {"state": "confirmed"}
        seat.write({**ended, "active": not seat.active})

    def do_arrive(self):
        tariff = self.any(list(self.case.tariffs.values()))
        person = self.any(self.case.people[tariff.product_id])
        day = self.any_day()
        self.seats |= self.env["coworking.seat"].create(
            {
                "participant_id": person.id,
                "space_id": tariff.space_id.id,
                "tariff_id": tariff.id,
                "date_start": day,
                "date_end": day + self.number(40) * DAY,
                "state": "confirmed",
            }
        )

    def do_move(self):
        seat = self.any(self.seats)
        others = [
            tariff
            for tariff in self.case.tariffs.values()
            if tariff.product_id == seat.tariff_id.product_id and tariff != seat.tariff_id
        ]
        tariff = self.any(others)
        self.seats |= seat._replace_from(
            self.any_day(), {"tariff_id": tariff.id, "space_id": tariff.space_id.id}
        )

    def do_price(self):
        price = self.any((199.99, 100.0, 150.01, 33.0))
        self.any(list(self.case.tariffs.values())).price_ids = [
            Command.create({"date_start": self.any_day(), "price": price})
        ]

    def do_rate(self):
        """Of months that nobody has settled yet."""
        month, rate = self.any(MONTHS), self.any((100.0, 65.0, 0.0))
        seat = self.any(self.seats)
        if row := seat.funding_ids.filtered(lambda row: row.date_from == month):
            row.rate = rate
        else:
            seat.funding_ids = [Command.create({"date_from": month, "rate": rate})]

    def do_leave(self):
        """Seats end with an exit; it is taken back at once, once the next month is settled, or not
        at all.
        """
        person = self.any([file for own in self.case.people.values() for file in own])
        if person.date_exit:
            raise UserError("gone")
        reason = self.env["coworking.exit.reason"].search([], limit=1)
        person.write({"date_exit": self.any_day(), "exit_reason_id": reason.id})
        released = person._release_seats()[person]
        back = self.number(3)
        if back == 1:
            self.do_settle_next()
        if back:
            person._restore_seats(released)
            person.date_exit = False

    def do_present(self):
        seat = self.any(self.seats).with_user(self.case.coordinator)
        rows = [
            {"date": day, "slot": "am", "state": self.any(("present", "present", False))}
            for day in {self.any_day() for _ in range(4)}
            if seat.date_start <= day and (not seat.date_end or day <= seat.date_end)
        ]
        by = self.case.coordinator.partner_id
        seat._record_presences(rows, source="staff", by=by, reason="Told late")

    # --- people

    def do_exchange(self):
        one, other = self.case.people[self.case.seat_product][:2]
        contacts = other.partner_id, one.partner_id
        one.partner_id = self.env["res.partner"].create({"name": "Meanwhile"})
        for person, contact in ((other, contacts[1]), (one, contacts[0])):
            self.env.flush_all()
            person.partner_id = contact

    def do_contact(self):
        person = self.any(self.case.people[self.case.seat_product])
        person.partner_id = self.env["res.partner"].create({"name": "Other"})

    def do_contact_of_another(self):
        """Two files turn out to be of one person."""
        file, other = self.any(self.case.files), self.any(self.case.files)
        file.partner_id = other.partner_id

    def do_merge(self):
        person = self.any(self.case.people[self.case.seat_product])
        other = self.env["res.partner"].create({"name": "Merged"})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            [person.partner_id.id, other.id], dst_partner=other
        )

    def do_merge_operator(self):
        space = self.any(self.case.spaces)
        other = self.env["res.partner"].create({"name": "Merged", "is_company": True})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            [space.operator_id.id, other.id], dst_partner=other
        )

    def do_archive_contact(self):
        person = self.any(self.case.people[self.case.seat_product])
        person.partner_id.active = not person.partner_id.active

    def do_archive_program(self):
        """And soon taken out again, as nothing more would happen."""
        program = self.any(self.case.programs)
        program.active = not program.active
        self.check()
        program.active = True

    # --- months

    def do_settle(self):
        self.settle(self.any(MONTHS), self.any(self.case.programs))

    def do_settle_all(self):
        for program in self.case.programs:
            self.settle(self.any(MONTHS), program)

    def do_settle_next(self):
        """The next month, with what it corrects of those before."""
        for program in self.case.programs:
            settled = self.env["coworking.statement"].search(
                [("program_id", "=", program.id), ("state", "in", ("confirmed", "billed"))]
            )
            last = max(settled.mapped("date_from"), default=MONTHS[0])
            if last.month < 9:
                self.settle(last.replace(month=last.month + 1), program)

    def settle(self, month, programs):
        statements = self.env["coworking.statement"]._generate(programs, month)
        for _attempt in range(2):
            for statement in statements.exists():
                if statement.state in ("draft", "sent", "disputed") and statement.charge_ids:
                    statement.action_confirm()

    def do_generate(self):
        self.env["coworking.statement"]._generate(
            self.any(self.case.programs), self.any(MONTHS), spaces=self.any(self.case.spaces)
        )

    def do_confirm(self):
        self.any_statement("draft", "sent", "disputed").action_confirm()

    def do_send(self):
        self.any_statement("draft", "sent", "disputed").action_send()

    def do_withdraw(self):
        self.any_statement("confirmed").action_withdraw()

    def do_cancel_month(self):
        self.any_statement("draft", "sent", "disputed").action_cancel()

    def do_close_months(self):
        """What somebody closes each night."""
        self.env["coworking.statement"]._gc_over_since()
        self.env["coworking.charge"]._gc_copayment_open()

    # --- bills

    def do_bill(self):
        self.any_statement("confirmed", "billed").action_create_bill()

    def settled_statements(self):
        return self.env["coworking.statement"].search(
            [("company_id", "=", self.case.company.id), ("state", "in", ("confirmed", "billed"))],
            order="date_from, id",
        )

    def may_invoice(self, statement):
        """Not where a later invoice counts on it that the part of this month was given up."""
        try:
            by_partner, __ = statement._get_parts_to_invoice()
            return statement.copayment_collector == "program" and bool(by_partner)
        except UserError:
            return False

    def do_bill_and_post(self):
        statement = self.any(
            self.settled_statements().filtered(lambda row: row._get_charges_to_bill())
        )
        before = statement.bill_ids
        statement.action_create_bill()
        self.post(statement.bill_ids - before)

    def do_finish(self):
        """A month is billed, asked and, half of it, paid."""
        statement = self.any_statement("confirmed", "billed")
        if statement._get_charges_to_bill():
            statement.action_create_bill()
        if self.may_invoice(statement):
            statement.action_create_copayment_invoices()
        moves = statement.move_ids
        self.post(moves.filtered(lambda move: move.state == "draft"))
        for move in moves.filtered(
            lambda move: move.state == "posted" and move.payment_state in ("not_paid", "partial")
        ):
            if self.number(2):
                self.pay(move)

    def post(self, moves):
        for move in moves:
            move.invoice_date = move.invoice_date or self.any(
                [d("3/7"), d("4/8"), d("5/9"), d("6/10")]
            )
            if move.move_type == "in_refund":
                move.ref = move.ref or f"A-{move.id}"
                self.env["ir.attachment"].create(
                    {"name": "Note", "raw": b"x", "res_model": move._name, "res_id": move.id}
                )
            move.action_post()
            self.nothing_is_given_back_beside_a_draft(move)

    def do_post(self):
        self.post(self.any(self.bills(state="draft")))

    def do_reset(self):
        self.any(self.bills(state="posted")).button_draft()

    def do_cancel(self):
        self.any(self.bills(state="draft")).button_cancel()

    def do_reverse(self):
        bill = self.any(self.not_credited("in_invoice"))
        note = bill._reverse_moves([{"invoice_date": d("20/9"), "date": d("20/9")}], cancel=True)
        note.ref = f"A-{note.id}"

    def not_credited(self, kind):
        """To credit more than a bill asks for is told by the check of the books."""
        return self.documents(kind, state="posted").filtered(
            lambda move: all(note.state == "cancel" for note in move.reversal_move_ids)
        )

    def do_credit(self):
        bill = self.any(self.documents("in_invoice", state="posted"))
        self.credit(bill, self.any((5.0, 18.0, 60.0)))

    def credit(self, document, amount, post=True):
        """Of one line, by Odoo's wizard."""
        note = document._reverse_moves([{"invoice_date": d("21/9"), "date": d("21/9")}])
        lines = note.invoice_line_ids
        kept = self.any(lines.filtered(lambda line: line.price_unit > 0))
        others = document.reversal_move_ids.filtered(lambda move: move.state != "cancel") - note
        left = document.amount_untaxed - sum(others.mapped("amount_untaxed"))
        amount = min(amount, kept.price_unit, left)
        if amount <= 0:
            raise UserError("nothing left")
        place = list(lines).index(kept)
        kept.price_unit = amount
        (lines - kept).unlink()
        if note.move_type == "in_refund":
            note.ref = f"A-{note.id}"
        if post:
            note.action_post()
        line = document.invoice_line_ids[place]
        self.credited[note] = self.key(line.coworking_charge_id), exact(note.amount_untaxed)

    def do_operator_note(self):
        """The operator's own, of what a month corrects or of what it billed, without a link."""
        charge = self.any(
            self.charges(("operator_id", "!=", False), ("payable_total", "!=", 0))
            .sorted("id")
            .filtered(lambda row: (row.payable_total > 0) == (not row._get_remaining_to_invoice()))
        )
        made = charge.statement_id._prepare_bill(charge.operator_id, charge)
        self.receive({**made, "move_type": "in_refund"}, "O", "22/9")

    def do_nameless_note(self):
        """The operator's own, of as much as a bill: what it is of, what it is set against says."""
        bill = self.any(self.not_credited("in_invoice"))
        note = self.env["account.move"].create(
            {
                "move_type": "in_refund",
                "partner_id": bill.partner_id.id,
                "invoice_date": d("22/9"),
                "ref": f"N-{bill.id}-{self.number(1000)}",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Avoir",
                            "product_id": line.product_id.id,
                            "price_unit": line.price_unit,
                            "tax_ids": [Command.set(line.tax_ids.ids)],
                        }
                    )
                    for line in bill.invoice_line_ids
                ],
            }
        )
        note.action_post()
        if self.number(2):
            self.set_off(note, bill)

    def do_worth_nothing(self):
        """A line of a draft is given away."""
        bill = self.any(self.bills(state="draft"))
        bill.invoice_date = bill.invoice_date or d("3/7")
        line = self.any(bill.invoice_line_ids)
        bill.invoice_line_ids = [Command.update(line.id, {"discount": 100.0})]

    def do_part_line(self):
        """A line of our draft is parted in two, as for another account."""
        bill = self.any(self.bills(state="draft").filtered("coworking_statement_id"))
        bill.invoice_date = bill.invoice_date or d("3/7")
        line = self.any(bill.invoice_line_ids.filtered(lambda row: row.price_unit > 5))
        parted = {"name": line.name, "product_id": line.product_id.id, "price_unit": 5.0}
        bill.invoice_line_ids = [
            Command.update(line.id, {"price_unit": line.price_unit - 5.0}),
            Command.create({**parted, "tax_ids": [Command.set(line.tax_ids.ids)]}),
        ]

    def do_type(self):
        """What somebody types on a bill has it matched anew, and leaves what was decided of it."""
        bill = self.any(self.bills().filtered(lambda move: move.state != "cancel"))
        decided = bill._coworking_matches().filtered("decision")
        before = decided.read([*PART, "decision", "user_id"], load=None)
        bill.payment_reference = f"R-{self.number(1000)}"
        after = bill._coworking_matches()
        parts = [[row[name] for name in PART] for row in after.read(PART, load=None)]
        lost = [row for row in before if [row[name] for name in PART] in parts]
        for row in after.read([*PART, "decision", "user_id"], load=None):
            if row in lost:
                lost.remove(row)
        assert not lost, f"{bill.display_name}: decided and lost, {lost}"

    def do_operator_bill(self):
        """The operator's own, of what is left to bill of a month."""
        statement = self.any(
            self.settled_statements().filtered(lambda row: row._get_charges_to_bill())
        )
        for made in statement._prepare_bills():
            self.receive(made, "E", "4/7")

    def receive(self, made, letter, day):
        """A document as we would make it, by itself: it says neither of what it is nor how."""
        lines = [line for __, __, line in made["invoice_line_ids"]]
        own = ("balance", "amount_currency", "tax_tag_ids", "coworking_charge_id")
        document = self.env["account.move"].create(
            {
                **{name: made[name] for name in ("move_type", "company_id", "partner_id")},
                "invoice_date": d(day),
                "ref": f"{letter}-{lines[0]['coworking_charge_id']}-{self.number(1000)}",
                "invoice_line_ids": [
                    Command.create({name: line[name] for name in line if name not in own})
                    for line in lines
                ],
            }
        )
        if self.number(4):
            document.action_post()

    def do_decide(self):
        matches = self.env["coworking.match"].search(
            [("company_id", "=", self.case.company.id), ("gap", "=", 0)], order="id"
        )
        self.any(matches)._record_decision("matched")

    def do_take_decision_back(self):
        matches = self.env["coworking.match"].search(
            [("company_id", "=", self.case.company.id), ("decision", "!=", False)], order="id"
        )
        lines = self.env["coworking.month.line"]
        lines.browse(self.any(matches)._get_month_line_ids()).action_reopen()

    # --- money

    def open_documents(self, *kinds):
        return self.documents(*kinds, state="posted").filtered("amount_residual")

    def pay(self, moves, **values):
        context = {"active_model": "account.move", "active_ids": moves.ids}
        self.env["account.payment.register"].with_context(**context).create(
            {"payment_date": d("10/9"), "journal_id": self.case.bank.id, **values}
        )._create_payments()

    def do_pay(self):
        self.pay(self.any(self.open_documents(*DOCUMENTS)))

    def do_pay_part(self):
        move = self.any(self.open_documents(*DOCUMENTS))
        self.pay(move, amount=min(move.amount_residual, self.any((7.0, 20.0))))

    def do_pay_in_advance(self):
        """Money that no invoice asked for, or that pays one a little later."""
        invoice = self.any(self.documents("out_invoice", state="posted"))
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": invoice.partner_id.id,
                "amount": self.any((7.0, 36.0)),
                "date": d("10/9"),
                "journal_id": self.case.bank.id,
            }
        )
        payment.action_post()
        due = self.open_documents("out_invoice").filtered(
            lambda move: move.partner_id == invoice.partner_id
        )
        if due and self.number(2):
            item = payment.move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            due[0].js_assign_outstanding_line(item.id)

    def do_write_off(self):
        move = self.any(self.open_documents(*DOCUMENTS))
        self.pay(
            move,
            amount=max(move.amount_residual - 5, 10**-DIGITS),
            payment_difference_handling="reconcile",
            writeoff_account_id=self.case.discount.id,
        )

    def do_bank_line(self):
        """A line of the bank's statement pays a document, or a part of it."""
        move = self.any(self.open_documents(*DOCUMENTS))
        items = move.line_ids.filtered(
            lambda row: (
                row.account_type in ("liability_payable", "asset_receivable") and not row.reconciled
            )
        )
        left = sum(items.mapped("amount_residual"))
        amount = self.any((left, left, max(min(left, 7.0), -7.0)))
        self.case._receive_from_bank(self.case.bank, items, amount, d("12/9"))

    def do_undo_bank_line(self):
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.case.bank.id)], order="id"
        )
        self.any(lines.filtered("is_reconciled")).action_undo_reconciliation()

    def do_unpay(self):
        self.any(self.documents(*DOCUMENTS, state="posted")).line_ids.remove_move_reconcile()

    def do_set_off(self):
        """What is open of one partner, on both sides."""
        notes = self.open_documents("in_refund", "out_refund")
        bills = self.open_documents("in_invoice", "out_invoice")
        self.set_off(*self.any(self.pair(notes, bills, of_one=True)))

    def do_set_off_another_s(self):
        """What one operator gives back pays the bill of another."""
        notes, bills = self.open_documents("in_refund"), self.open_documents("in_invoice")
        self.set_off(*self.any(self.pair(notes, bills, of_one=False)))

    def pair(self, notes, bills, of_one):
        """One that says of nothing what it gives back has the tax of what it is set against."""
        return [
            (note, bill)
            for note in notes
            for bill in bills
            if (note.commercial_partner_id == bill.commercial_partner_id) == of_one
            and note.move_type[:3] == bill.move_type[:3]
            and (
                not of_one
                or "Avoir" not in note.invoice_line_ids.mapped("name")
                or note.invoice_line_ids.tax_ids == bill.invoice_line_ids.tax_ids
            )
        ]

    def set_off(self, note, bill):
        (note | bill).line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        ).reconcile()

    # --- what people pay

    def do_invoice(self):
        statement = self.any(self.settled_statements().filtered(self.may_invoice))
        statement.action_create_copayment_invoices()
        self.compare_invoices(statement)

    def do_invoice_and_post(self):
        self.do_invoice()
        drafts = self.invoices(state="draft")
        self.post(drafts)

    def do_post_invoice(self):
        self.post(self.any(self.invoices(state="draft")))

    def do_credit_draft(self):
        """A credit note of an invoice that somebody begins, and posts or deletes later."""
        invoice = self.any(self.documents("out_invoice", state="posted"))
        self.credit(invoice, self.any((5.0, 18.0)), post=False)

    def do_delete_draft(self):
        note = self.any(self.drafts_beside())
        self.credited.pop(note, None)
        note.unlink()

    def drafts_beside(self):
        return self.documents("out_refund", state="draft").filtered("reversed_entry_id")

    def do_reset_invoice(self):
        self.any(self.invoices(state="posted")).button_draft()

    def do_cancel_invoice(self):
        self.any(self.invoices(state="draft")).button_cancel()

    def do_reverse_invoice(self):
        invoice = self.any(self.not_credited("out_invoice"))
        invoice._reverse_moves([{"invoice_date": d("20/9"), "date": d("20/9")}], cancel=True)

    def do_credit_invoice(self):
        self.credit(self.any(self.documents("out_invoice", state="posted")), self.any((5.0, 18.0)))

    def do_month_end(self):
        day = self.any(MONTH_ENDS)
        month_end = self.new_month_end(day)
        action = month_end.action_create_entries()
        self.env["account.move"].search(action["domain"]).filtered(
            lambda move: move.state == "draft" and move.coworking_month_end
        ).action_post()
        self.compare_entries(month_end.line_ids, self.documents("entry", coworking_month_end=day))

    def do_prepare_month_end(self):
        self.new_month_end(self.any(MONTH_ENDS)).action_create_entries()

    def do_post_prepared(self):
        """Entries that somebody made before: they are still right, or refused."""
        drafts = self.documents("entry", state="draft").filtered("coworking_month_end")
        draft = self.any(drafts)
        is_edited = draft._coworking_is_edited()
        draft.action_post()
        if is_edited:
            return
        day, program = draft.coworking_month_end, draft.coworking_program_id
        month_end = self.new_month_end(day)
        month_end._make_lines()
        self.compare_entries(
            month_end.line_ids.filtered(lambda line: line.program_id == program),
            self.documents("entry", coworking_month_end=day, coworking_program_id=program.id),
        )

    def do_edit_prepared(self):
        """What somebody writes on a draft is theirs: its reversal says so as well."""
        drafts = self.documents("entry", state="draft").filtered("coworking_month_end")
        line, other = self.any(drafts).line_ids[:2]
        line.move_id.line_ids = [
            Command.update(line.id, {"balance": line.balance + 7}),
            Command.update(other.id, {"balance": other.balance - 7}),
        ]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET write_date = write_date + INTERVAL '1 hour'"
            " WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()

    def do_take_month_end_back(self):
        entry = self.any(self.documents("entry", state="posted").filtered("coworking_month_end"))
        self.any((entry.button_draft, entry.button_cancel))()

    def do_take_reversal_back(self):
        """Alone, which would leave its entry there for good; or once more."""
        entry = self.any(self.documents("entry").filtered("coworking_month_end"))
        reversal = self.any(entry.reversal_move_ids)
        acts = (reversal.button_draft, reversal.button_cancel, reversal.unlink)
        self.any((*acts, lambda: entry._reverse_moves([{"date": d("5/10")}], cancel=True)))()

    def compare_entries(self, proposed, entries):
        posted = entries.filtered(lambda move: move.state == "posted")
        for kind, name in (("cost", "expense"), ("income", "income")):
            wanted = sum(map(exact, proposed.mapped(kind)))
            lines = posted.line_ids.filtered(
                lambda line, account=self.case.accounts[name]: line.account_id == account
            )
            entered = sum(map(exact, lines.mapped("balance"))) * (1 if kind == "cost" else -1)
            assert entered == wanted, f"{kind}: entered {entered}, proposed {wanted}"

    def new_month_end(self, day):
        return self.env["coworking.month.end"].create(
            {
                "date": day,
                "company_id": self.case.company.id,
                "program_ids": [Command.set(self.case.programs.ids)],
            }
        )

    def do_lock(self):
        """Accounts of bills, of invoices or of tax are closed until a day, or opened again."""
        name = self.any(LOCKS)
        self.case.company[name] = not self.case.company[name] and self.any(MONTH_ENDS)

    def tell(self):
        """Documents and what is matched, to find where it went wrong."""
        moves = self.documents(*DOCUMENTS).filtered(lambda move: move.state != "cancel")
        matches = self.env["coworking.match"].search(
            [("company_id", "=", self.case.company.id)], order="id"
        )
        charges = self.charges(("state", "!=", "forecast")).sorted("id")
        return [
            *(
                f"{row.id} {row.statement_id.name} {row.seat_id.id} {row.period} {row.kind}"
                f" {row.state} {row.payable_total} {row.copayment_amount}"
                for row in charges
            ),
            *(
                f"{row.id} {row.move_type} {row.state} {row.payment_state} {row.amount_total}"
                f" left {row.amount_residual} {row.coworking_statement_id.name}"
                f" of {row.reversed_entry_id.id}"
                for row in moves
            ),
            *(
                f"{row.move_id.id} charge {row.charge_id.id} {row.expected} {row.invoiced}"
                f" {row.cause} {row.decision}"
                for row in matches
            ),
        ]

    # === What holds after each step === #

    def check(self):
        self.env.flush_all()
        self.env.invalidate_all()
        findings = self.env["coworking.books"]._check(self.case.company)
        assert not findings, self.env["coworking.books"]._to_text(findings)
        self.bills_and_the_month_end_are_what_charges_cost()
        self.by_any_day_they_are_what_was_used()
        self.invoices_and_the_month_end_are_what_files_owe()
        self.what_is_over_leaves_nothing_out()
        self.accounts_are_what_the_books_have()
        self.what_is_to_bill_is_said_alike()
        self.what_is_owed_to_people_is_told()
        self.what_people_are_to_be_asked_for_is_told()
        self.nameless_notes_are_of_what_they_are_set_against()

    def nameless_notes_are_of_what_they_are_set_against(self):
        for note in self.documents("in_refund", state="posted"):
            matches = note._coworking_matches()
            bills = self.env["account.move"].browse(
                item.move_id.id for *__, item in note._coworking_get_settled()
            )
            others = bills - bills.filtered(
                lambda bill, note=note: bill.commercial_partner_id == note.commercial_partner_id
            )
            assert "reversed" not in others.mapped("payment_state"), f"{note.ref}: {others.ids}"
            bills -= others
            if (
                set(note.invoice_line_ids.mapped("name")) == {"Avoir"}
                and set(bills.mapped("move_type")) == {"in_invoice"}
                and not any(matches.mapped("decision"))
            ):
                # Or of corrections that await as much.
                charges = bills._coworking_matches().charge_id
                others = (matches.charge_id - charges).filtered(lambda row: row.payable_total > 0)
                assert not others, f"{note.ref}: of {others.ids}, set against {bills.ids}"

    def what_is_owed_to_people_is_told(self):
        """In one row a person; but what was paid in advance by who is still to be asked."""
        items = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.case.company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "!=", 0),
            ]
        )
        owed = {}
        asked = self.invoices().filtered(lambda move: move.state == "posted")
        for partner, own in items.grouped("partner_id").items():
            credit = own.filtered(lambda row: row.amount_residual < 0)
            ours = asked.filtered(
                lambda move, partner=partner: (
                    move.partner_id == partner and move.coworking_statement_id
                )
            )
            still = self.charges(
                ("copayment_amount", ">", 0),
                ("participant_id.partner_id", "=", partner.id),
                ("program_id.copayment_collector", "=", "program"),
            )
            still -= asked.invoice_line_ids.coworking_charge_id
            is_note = "out_refund" in credit.move_id.mapped("move_type")
            if credit and ours and (is_note or own - credit or not still):
                owed[partner] = -sum(map(exact, credit.mapped("amount_residual")))
        rows = self.env["coworking.exception"].search(
            [("kind", "=", "owed"), ("company_id", "=", self.case.company.id)]
        )
        told = {row.partner_id: exact(row.amount) for row in rows}
        assert told == owed and len(rows) == len(owed), f"owed to people {owed}, told {told}"

    def what_people_are_to_be_asked_for_is_told(self):
        """Of each month that is settled in one row: what no invoice asks of a file, was one taken
        back or not; less what is in their favour.
        """
        wanted = defaultdict(Decimal)
        for statement in self.settled_statements():
            if statement.program_id.copayment_collector != "program":
                continue
            invoices = statement.copayment_invoice_ids
            asked = invoices.filtered(lambda move: move.state != "cancel")._coworking_get_files()
            charges = statement.charge_ids.filtered(
                lambda row, asked=asked: row.participant_id not in asked
            )
            kept = statement._get_given_up(charges)
            for own in charges.grouped("participant_id").values():
                due = sum(map(exact, own.mapped("copayment_amount")))
                due += sum(exact(amount) for row in own for __, amount in kept.get(row, ()))
                if due:
                    wanted[statement.program_id, statement.date_from] += due
        rows = self.env["coworking.exception"].search(
            [("kind", "=", "to_invoice"), ("company_id", "=", self.case.company.id)]
        )
        months = self.env["coworking.statement"].browse
        told = {(row.program_id, months(row.res_id).date_from): exact(row.amount) for row in rows}
        assert told == wanted and len(rows) == len(wanted), (
            f"to be asked of people {dict(wanted)}, told {told}"
        )

    def what_is_to_bill_is_said_alike(self):
        """By the button, the statement, and the lines of its month."""
        statements = self.charges().statement_id.sudo()
        query = f"""
            SELECT charge.id FROM coworking_charge charge
              JOIN coworking_statement statement ON statement.id = charge.statement_id
             WHERE statement.id = ANY(%s) AND {IS_TO_BILL}"""  # nosec B608 # of constants
        rows = self.env.execute_query(SQL(query, statements.ids))
        found = {charge_id for (charge_id,) in rows}
        told = {
            row: (left, gap)
            for row, left, gap in self.env["coworking.month.line"]._read_group(
                [("statement_id", "in", statements.ids)],
                ["statement_id"],
                ["not_invoiced:sum", "gap:sum"],
            )
        }
        for statement in statements:
            said, own = set(statement._get_charges_to_bill().ids), set(statement.charge_ids.ids)
            assert said == found & own, f"{statement.name}: to bill {said}, by SQL {found & own}"
            left, gap = map(exact, told.get(statement, (0, 0)))
            assert (left, gap) == (
                exact(statement.not_invoiced_amount),
                exact(statement.gap_amount),
            ), (
                f"{statement.name}: to bill {statement.not_invoiced_amount}, by its lines {left};"
                f" gap {statement.gap_amount}, {gap}"
            )

    def charges(self, *domain):
        programs = self.case.programs.ids
        return self.env["coworking.charge"].search([("program_id", "in", programs), *domain])

    def bills_and_the_month_end_are_what_charges_cost(self):
        month_end = self.new_month_end(LAST)
        month_end._make_lines()
        entered = sum(map(exact, month_end.line_ids.mapped("cost")))
        items = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.case.accounts["expense"].id),
                ("parent_state", "=", "posted"),
                ("date", "<=", LAST),
            ]
        )
        booked = sum(map(exact, items.mapped("balance")))
        owed = sum(
            exact(row.payable_total if self.is_on_total(row) else row.payable_untaxed)
            for row in self.charges()
        )
        more = self.too_much()
        assert booked + entered == owed + more, (
            f"bills {booked}, month end {entered}, charges {owed}, too much {more}"
        )

    def by_any_day_they_are_what_was_used(self):
        """Of the program whose cost is with tax: days that are over, and what is billed by then."""
        charges = self.charges().filtered(self.is_on_total)
        matches = self.env["coworking.match"].search(
            [("charge_id", "in", charges.ids), ("move_id.state", "=", "posted")]
        )
        by_charge = matches.grouped("charge_id")
        for day in MONTH_ENDS:
            month_end = self.new_month_end(day)
            month_end._make_lines()
            told = defaultdict(Decimal)
            for line in month_end.line_ids:
                told[line.charge_id] += exact(line.cost)
            for charge in charges:
                posted = by_charge.get(charge, matches.browse())
                own = posted.filtered(lambda match, day=day: match.move_id.date <= day)
                notes = (posted - own).filtered(
                    lambda match: match.move_id.move_type == "in_refund" and match.gap < 0
                )
                days = (charge.date_to - charge.date_from).days + 1
                over = min(max((day - charge.date_from).days + 1, 0), days)
                used = cents(exact(charge.payable_total) * over / days)
                gap = sum(map(exact, own.mapped("gap")), Decimal(0))
                back = -sum(map(exact, notes.mapped("gap")), Decimal(0))
                more = max(gap - min(gap, back), Decimal(0)) if gap > 0 else 0
                billed = sum(map(exact, own.mapped("invoiced")), Decimal(0))
                assert billed + told[charge] == used + more, (
                    f"{charge.display_name} by {day}: bills {billed}, month end {told[charge]},"
                    f" used {used}, too much {more}"
                )

    def invoices_and_the_month_end_are_what_files_owe(self):
        """Of months that are over by a day, whichever statements correct them. What was taken back
        was given up, unless another one stands.
        """
        for day in (*MONTH_ENDS, LAST):
            self.by_then_invoices_are_what_files_owe(day)

    def by_then_invoices_are_what_files_owe(self, day):
        month_end = self.new_month_end(day)
        month_end._make_lines()
        told, owed = defaultdict(Decimal), defaultdict(Decimal)
        asked = {True: defaultdict(Decimal), False: defaultdict(Decimal)}
        for line in month_end.line_ids.filtered(lambda row: row.kind == "to_invoice"):
            told[line.statement_id, line.seat_id.participant_id] += exact(line.income)
        for charge in self.charges(("state", "=", "settled"), ("period", "<=", day)):
            if charge.program_id.copayment_collector == "program" and charge.copayment_amount:
                key = charge.statement_id, charge.participant_id
                owed[key] += exact(charge.copayment_amount)
        standing = set()
        for move in self.invoices().filtered("coworking_statement_id"):
            if move.state == "cancel":
                continue
            stands = move.payment_state != "reversed"
            for line in move.invoice_line_ids:
                charge = line.coworking_charge_id
                key = move.coworking_statement_id, charge.participant_id
                if charge.statement_id == move.coworking_statement_id:
                    standing |= {key} if stands else set()
                    if move.state == "posted" and move.date <= day and charge.period <= day:
                        asked[stands][key] -= exact(line.balance)
        for key, amount in owed.items():
            by_documents = asked[True][key]
            if key not in standing:
                by_documents = asked[False][key]
            kept = self.taken_back_before(*key, day) if by_documents + told[key] != amount else 0
            assert by_documents + told[key] == amount + kept, (
                f"{key[0].name}, file {key[1].id}, {day}: asked {by_documents}, month end"
                f" {told[key]}, owed {amount}, taken back before {kept}"
            )

    def taken_back_before(self, statement, file, day):
        """What the invoice to come does not give back: that of credit notes, all of September."""
        charges = statement.charge_ids.filtered(
            lambda charge: charge.participant_id == file and charge.period <= day
        )
        invoices = statement.copayment_invoice_ids._coworking_standing().filtered(
            lambda move: move.state == "posted" and move.date <= day
        )
        if day < d("20/9") or charges & invoices.invoice_line_ids.coworking_charge_id:
            return 0
        given_up = statement._get_given_up(charges)
        return sum(exact(amount) for rows in given_up.values() for __, amount in rows)

    def what_is_over_leaves_nothing_out(self):
        """Months that are over are used, right, paid and asked: the month end would say so too."""
        statements = self.settled_statements().sudo()
        over = {row: row.over_since for row in statements if row.over_since}
        if not over:
            return
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        self.env.cr.execute("UPDATE coworking_statement SET over_since = NULL")
        self.env.invalidate_all()
        for day in (*MONTH_ENDS, LAST):
            month_end = self.new_month_end(day)
            month_end._make_lines()
            wrong = [
                (line.kind, line.statement_id.name)
                for line in month_end.line_ids
                if over.get(line.statement_id) and over[line.statement_id] <= day
            ]
            assert not wrong, f"over, and told on {day}: {wrong}"
        self.env.invalidate_all()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        for statement in over:
            for move in statement.bill_ids:
                assert move.state == "posted", f"{statement.name}: {move.state}"
                assert not move.amount_residual, f"{statement.name}: {move.amount_residual} left"

    def too_much(self):
        """What bills say beyond what is expected, and nobody decided on: without tax where that is
        recovered.
        """
        gaps = defaultdict(Decimal)
        for match in self.env["coworking.match"].search(
            [("company_id", "=", self.case.company.id), ("move_id.state", "=", "posted")]
        ):
            gap = exact(match.gap)
            line, charge = match.move_line_id, match.charge_id
            recovered = line.product_id == self.case.seat_product_recovered
            if not self.is_on_total(charge) if charge else recovered:
                gap = cents(gap * exact(line.price_subtotal) / exact(line.price_total))
            gaps[match.charge_id] += gap
        return sum(
            (max(gap, Decimal(0)) if charge else gap for charge, gap in gaps.items()), Decimal(0)
        )

    def is_on_total(self, charge):
        return charge.program_id.funding_base == "total"

    def accounts_are_what_the_books_have(self):
        """Of each person, whatever contact the file has: of all posted documents, what is left.
        Files with one invoice are one.
        """
        invoices = self.invoices().filtered(lambda move: move.state != "cancel")
        together = {}
        for move in invoices:
            files = move.invoice_line_ids.coworking_charge_id.participant_id.ids
            first = min((together.get(row, row) for row in files), default=None)
            same = {together.get(row, row) for row in files}
            together.update(dict.fromkeys(files, first))
            together.update({row: first for row, own in together.items() if own in same})
        rows = self.env["coworking.copayment"].search(
            [("program_id", "in", self.case.programs.ids)]
        )
        told, booked = defaultdict(Decimal), defaultdict(Decimal)
        for row in rows:
            person = row.participant_id.id
            if row.move_id.state == "posted":
                told[together.get(person, person)] += exact(row.residual)
        for move in self.invoices(state="posted"):
            lines = (move.reversed_entry_id or move).invoice_line_ids
            person = lines.coworking_charge_id.participant_id[:1]
            if move.coworking_statement_id or move.reversed_entry_id:
                booked[together.get(person.id, person.id)] += exact(move.amount_residual_signed)
        for row in rows.filtered(lambda row: row.state == "to_invoice" and row.settled):
            charges = row.statement_id.charge_ids.filtered(
                lambda charge, row=row: charge.participant_id == row.participant_id
            )
            given_up = row.statement_id._get_given_up(charges)
            kept = sum(exact(part) for parts in given_up.values() for __, part in parts)
            asked = kept + sum(map(exact, charges.mapped("copayment_amount")))
            assert exact(row.due) == asked, (
                f"{row.statement_id.name}, file {row.participant_id.id}: account {row.due}, to be"
                f" asked {asked}"
            )
        for person in told.keys() | booked.keys():
            assert told[person] == booked[person], (
                f"account {told[person]}, books {booked[person]}: file {person}"
            )

    def key(self, charge):
        return charge.seat_id.id, charge.period, charge.corrected_kind or charge.kind

    def compare_invoices(self, statement):
        """A part more is asked for; a part less is given back as far as nobody gave it back."""
        moves = statement.copayment_invoice_ids._coworking_standing()
        asked, before, due = (defaultdict(Decimal) for _ in range(3))
        for move in self.invoices().filtered(lambda row: row.state != "cancel"):
            if not move._coworking_standing() or not move.coworking_statement_id:
                continue
            to = asked if move in moves else before
            for line in move.invoice_line_ids:
                charge = line.coworking_charge_id
                to[self.key(charge)] -= exact(line.balance)
                if charge.statement_id == move.coworking_statement_id:
                    due[self.key(charge)] += exact(charge.copayment_amount)
        for note, (key, amount) in self.credited.items():
            origin = note.reversed_entry_id
            if note.move_type != "out_refund":
                continue
            if note.state == "posted" and origin not in moves and origin._coworking_standing():
                before[key] -= amount
        given_up = {
            self.key(charge)
            for move in self.invoices() - self.invoices()._coworking_standing()
            for charge in move.invoice_line_ids.coworking_charge_id
        }
        for key, amount in asked.items():
            if key in given_up or before[key] < 0:
                continue
            own = [charge for charge in statement.charge_ids if self.key(charge) == key]
            change = sum((exact(charge.copayment_amount) for charge in own), Decimal(0))
            wanted = change
            if change < 0:
                wanted = min(before[key], due[key]) - before[key]
            assert amount == wanted, (
                f"{statement.name}, {key}: asked {amount}, should be {wanted}"
                f" (asked before {before[key]}, due {due[key]})"
            )

    # === The end === #

    def close(self):
        """All is settled, billed, asked, and paid."""
        self.case.programs.active = True
        self.case.company.write(dict.fromkeys(LOCKS, False))
        self.numbers = [1]
        for number in range(9):
            month = date(2015, 4 + number, 1)
            statements = self.env["coworking.statement"]._generate(self.case.programs, month)
            for _attempt in range(3):
                for statement in statements.exists():
                    if statement.state in ("draft", "sent", "disputed"):
                        if statement.charge_ids:
                            statement.action_confirm()
                        else:
                            statement.action_cancel()
            if number > 5 and not statements.exists().filtered("charge_ids"):
                break
        self.compare_with_the_facts()
        self.finish()
        self.check()
        self.operators_have_what_is_due()
        self.nothing_is_to_ask()

    def finish(self):
        self.post(self.drafts_beside())
        for statement in self.settled_statements():
            drafts = statement.move_ids.filtered(lambda move: move.state == "draft")
            outdated = drafts.filtered(self.is_outdated)
            outdated.button_cancel()
            self.post(drafts - outdated)
            if statement._get_charges_to_bill():
                statement.action_create_bill()
            if self.may_invoice(statement):
                statement.action_create_copayment_invoices()
                self.compare_invoices(statement)
            self.post(statement.move_ids.filtered(lambda move: move.state == "draft"))
        self.post(self.documents(*DOCUMENTS, state="draft"))
        for move in self.open_documents(*DOCUMENTS):
            if move.amount_residual:
                self.pay(move)

    def is_outdated(self, move):
        """Whether it was made before what it gives back was credited, or before that was not."""
        try:
            move._coworking_check_given_back()
        except UserError:
            return True
        return False

    def facts(self):
        tariffs = {
            tariff.id: {
                "unit": tariff.unit,
                "with_tax": tariff.tax_included,
                "prices": [
                    (row.date_start, exact(row.price)) for row in tariff.price_ids.sorted("id")
                ],
            }
            for tariff in self.case.tariffs.values()
        }
        return {
            seat.id: {
                "tariff": tariffs[seat.tariff_id.id],
                "start": seat.date_start,
                "end": seat.date_end or None,
                "rate": exact(seat.funding_rate),
                "rates": [(row.date_from, exact(row.rate)) for row in seat.funding_ids],
                "on_total": seat.program_id.funding_base == "total",
                "by_space": seat.program_id.copayment_collector == "space",
                "present": {row.date for row in seat.presence_ids if row.state == "present"},
            }
            for seat in self.seats.exists()
            if seat.state in ("confirmed", "active", "ended")
        }

    def compare_with_the_facts(self):
        names = (
            *("amount_untaxed", "amount_tax", "funded_amount", "copayment_amount"),
            "payable_total",
        )
        found = defaultdict(lambda: [Decimal(0)] * 5)
        for charge in self.charges(("state", "=", "settled")):
            key = charge.seat_id.id, charge.period
            found[key] = [
                known + exact(charge[name]) for known, name in zip(found[key], names, strict=True)
            ]
        for seat_id, seat in self.facts().items():
            for number in range(12):
                month = date(2015, number + 1, 1)
                amounts = list(cost(seat, month))
                got = found.pop((seat_id, month), [Decimal(0)] * 5)
                assert got == amounts, f"seat {seat_id}, {month}: {got}, by the facts {amounts}"
        rest = {key: amounts for key, amounts in found.items() if any(amounts)}
        assert not rest, f"charged without a seat: {rest}"

    def nothing_is_given_back_beside_a_draft(self, move):
        """What somebody began to credit of a part is posted or gone before it is corrected."""
        drafts = self.drafts_beside()
        begun = {self.credited[note][0] for note in drafts if note in self.credited}
        for line in move.invoice_line_ids if move.coworking_statement_id and begun else ():
            charge = line.coworking_charge_id
            own = sum(
                row.balance
                for row in move.invoice_line_ids
                if self.key(row.coworking_charge_id) == self.key(charge)
            )
            if charge.corrected_kind and charge.copayment_amount < 0 and own > 0:
                assert self.key(charge) not in begun, f"{move.display_name} beside a draft"

    def nothing_is_to_ask(self):
        """But of who has a contact that an invoice of another file names: that is said."""
        month_end = self.new_month_end(LAST)
        owing = month_end._get_owing(
            [("company_id", "=", self.case.company.id), ("program_id", "=", self.case.program.id)]
        )
        for (statement_id, file_id), amounts in owing.items():
            statement = self.env["coworking.statement"].browse(statement_id)
            contact = self.env["coworking.participant"].browse(file_id).partner_id
            named = statement.copayment_invoice_ids.filtered(
                lambda move, contact=contact: move.partner_id == contact
            )
            assert named, f"{statement.name}, {file_id}: owed {amounts[0]}, asked {amounts[1]}"
            __, in_the_way = statement._get_parts_to_invoice()
            told = statement._describe_in_the_way(in_the_way)
            assert contact.name in told, f"{statement.name}: nobody is told what is in the way"

    def operators_have_what_is_due(self):
        """But for what somebody gave back by hand, and wrote off."""
        wanted, paid = defaultdict(Decimal), defaultdict(Decimal)
        for charge in self.charges(("state", "=", "settled")):
            wanted[charge.operator_id.commercial_partner_id] += exact(charge.payable_total)
        for bill in self.bills(state="posted"):
            assert not bill.amount_residual, bill.display_name
            paid[bill.commercial_partner_id] -= exact(bill.amount_total_signed)
        left = defaultdict(Decimal)
        for match in self.env["coworking.match"].search(
            [("company_id", "=", self.case.company.id), ("cause", "=", "reversal")]
        ):
            if not match.charge_id:  # of what another one gave back already: somebody decides
                left[match.move_id.commercial_partner_id] -= exact(match.gap)
        for charge in self.charges(("state", "=", "settled")):
            gaps = charge.statement_id.match_ids.filtered(
                lambda match, charge=charge: match.charge_id == charge
            ).mapped("gap")
            left[charge.operator_id.commercial_partner_id] += exact(
                charge._get_remaining_to_invoice() - sum(gaps)
            )
        for operator in wanted.keys() | paid.keys():
            assert paid[operator] == wanted[operator] - left[operator], (
                f"{operator.name}: {paid[operator]} of {wanted[operator]}, {left[operator]} to come"
            )


DOCUMENTS = ("in_invoice", "in_refund", "out_invoice", "out_refund")
MONTH_ENDS = (d("30/6"), d("31/7"), d("30/9"))
LOCKS = ("purchase_lock_date", "sale_lock_date", "tax_lock_date")
# What happens more often than the rest.
OFTEN = {
    "bank_line": 2,
    "bill_and_post": 4,
    "close_months": 3,
    "credit": 3,
    "credit_draft": 2,
    "credit_invoice": 4,
    "end": 3,
    "finish": 3,
    "invoice_and_post": 5,
    "lock": 2,
    "nameless_note": 2,
    "operator_bill": 3,
    "operator_note": 4,
    "leave": 2,
    "part_line": 2,
    "post_prepared": 3,
    "prepare_month_end": 2,
    "present": 2,
    "set_off": 5,
    "set_off_another_s": 2,
    "settle_next": 5,
    "start": 5,
    "take_decision_back": 2,
    "type": 3,
    "worth_nothing": 2,
}
KINDS = [
    name[3:]
    for name in sorted(vars(Story))
    if name.startswith("do_")
    for _time in range(OFTEN.get(name[3:], 1))
]


class TestMoney(CoworkingCase):
    @classmethod
    def _new_company(cls, name):
        company = super()._new_company(name)
        company.currency_id = cls.env.ref(f"base.{CURRENCY}")
        company.currency_id.active = True
        return company

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"funding_rate": 80.0})
        cls.other = cls._new_program(
            "Test Q",
            "Q",
            funding_base="untaxed",
            funding_rate=50.0,
            copayment_collector="space",
        )
        cls.programs = cls.program | cls.other
        cls.spaces = cls.space | cls.space_b
        cls.spaces.seat_capacity = 20
        cls.bank = cls._new_bank()
        cls.discount = cls.env["account.account"].create(
            {
                "name": "Discounts",
                "code": "T765",
                "account_type": "income",
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls._choose_month_end_accounts()
        recovered = {"product_id": cls.seat_product_recovered.id}
        cls.tariffs = {
            "A": cls.tariff,
            "B": cls.tariff_b,
            "days": cls._new_tariff("Days", 20.01, unit="day"),
            "Q": cls._new_tariff("Q", 149.99, **recovered),
            "Q days": cls._new_tariff("Q days", 21.5, cls.space_b, unit="day", **recovered),
        }
        cls.tariff_b.tax_included = True
        cls.people = {
            cls.seat_product: [cls._new_participant(name) for name in ("Ada", "Ben", "Cleo")],
            cls.seat_product_recovered: [
                cls._new_participant(name, cls.other) for name in ("Quentin", "Rose")
            ],
        }
        # Of one person two files have one invoice a month.
        twice = cls._new_participant("Ben")
        twice.active = False
        twice.partner_id = cls.people[cls.seat_product][1].partner_id
        cls.files = twice.union(*cls.people[cls.seat_product])
        ada, ben, cleo = cls.people[cls.seat_product]
        quentin, rose = cls.people[cls.seat_product_recovered]
        cls.seats = (
            cls._new_seat("1/4", "30/6", ada)
            | cls._new_seat("10/4", "15/5", ben, cls.tariff_b)
            | cls._new_seat("16/5", "20/6", twice, cls.tariff_b)
            | cls._new_seat("1/4", "30/6", cleo, cls.tariffs["days"])
            | cls._new_seat("1/4", "30/6", quentin, cls.tariffs["Q"])
            | cls._new_seat("1/5", "30/6", rose, cls.tariffs["Q days"])
        )
        cls.env.flush_all()

    def _run(self, acts):
        """What is wrong after these, if anything; nothing of it stays."""
        savepoint = self.env.cr.savepoint()
        try:
            story = Story(self)
            done = []
            for number, (kind, numbers) in enumerate(acts):
                refused = story.do(kind, numbers)
                done.append(f"{number} {kind} {refused or ''}"[:100])
                try:
                    story.check()
                except AssertionError as error:
                    return f"{error}\nafter {kind}", done + story.tell()
            try:
                story.close()
            except (AssertionError, UserError) as error:
                return f"{error}\nin the end", done + story.tell()
            return None, done
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.transaction.clear()

    def _shorten(self, acts):
        """The shortest story that fails as well, within some tries."""
        tries, size = 0, max(len(acts) // 2, 1)
        while size and tries < SHRINK:
            place = 0
            while place < len(acts) and tries < SHRINK:
                shorter = acts[:place] + acts[place + size :]
                tries += 1
                if self._run(shorter)[0]:
                    acts = shorter
                else:
                    place += size
            size //= 2
        return acts

    def test_what_is_asked_paid_and_given_back_is_what_the_rules_say(self):
        if acts := os.environ.get("COWORKING_STORY"):
            wrong, done = self._run(ast.literal_eval(acts))
            self.assertFalse(wrong, "\n".join(done))
        failures = []
        for seed in range(SEED, SEED + STORIES):
            chance = random.Random(seed)
            kinds = ["settle_all", "settle_all", *(chance.choice(KINDS) for _ in range(STEPS))]
            acts = [(kind, [chance.randrange(1000) for _ in range(6)]) for kind in kinds]
            wrong, done = self._run(acts)
            if os.environ.get("COWORKING_TELL"):
                print(seed, wrong, *done, sep="\n", flush=True)
            if not wrong:
                continue
            acts = self._shorten(acts)
            wrong, done = self._run(acts)
            told = "\n".join(map(str, [*acts, *done]))
            failures.append(f"story {seed}:\n{told}\n{wrong}")
        self.assertFalse(failures, "\n".join(failures))
