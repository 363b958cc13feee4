"""Months by themselves and by hand in any order: nothing twice, nothing forgotten.

Hypothesis writes stories of two programs and two spaces: the pilot's hours, what the coordinator,
the accountant and the managers do in between, documents that come, money that goes. After each
step the list of what waits is what ``what_waits.py`` tells from the records, each thing once;
nothing was sent, billed, posted or paid twice, and the pilot posted nothing but what was read from
a document of the space, of settled months. A failure is the shortest such story.

By hand, many more steps::

    COWORKING_STEPS=1000 scripts/test tests/properties/test_pilot.py
"""

import os
from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import JUNE
from ..matching.received import OTHER_VAT, cii, pdf
from ..steering.common import PilotCase
from .what_waits import KINDS, Waiting, says

STEPS = int(os.environ.get("COWORKING_STEPS", 40))
STEPS_A_STORY = 20
BEGIN = datetime(2015, 7, 1, 8)
MAY = date(2015, 5, 1)

numbers = st.integers(0, 7)
switches = st.sampled_from(["send", "bill", "post"])


class Story(RuleBasedStateMachine):
    """``case`` is the test that runs it, within its transaction."""

    def __init__(self, case):
        super().__init__()
        self.case, self.env, self.now = case, case.env, BEGIN
        self.read = {}  # bill: what it said when it was read from a document
        self.chosen = []  # dialogs of payments that are still open
        self.documents = 0
        self.savepoint = self.env.cr.savepoint()

    def teardown(self):
        self.env.invalidate_all(flush=False)
        self.savepoint.close(rollback=True)
        self.env.transaction.clear()

    def attempt(self, act):
        """Steps may be refused, in words; then nothing has changed."""
        with self.case._at(self.now):
            try:
                with self.case.as_request():
                    act()
            except UserError as error:
                event(f"refused: {type(error).__name__}")

    def ask(self, records, number, method, *args, user=None, **values):
        """Have one of these do it, if there is one."""
        if records:
            record = records.sorted("id")[number % len(records)]
            record = record.with_user(user) if user else record
            self.attempt(lambda: getattr(record, method)(*args, **values))

    def statements(self, *states):
        return self.env["coworking.statement"].search(
            [("company_id", "=", self.case.company.id), ("state", "in", states)], order="id"
        )

    def bills(self, *states):
        matches = self.env["coworking.match"].search([("company_id", "=", self.case.company.id)])
        return matches.move_id.filtered(lambda bill: bill.state in states)

    def lines(self):
        lines = self.env["coworking.month.line"].with_user(self.case.accountant)
        self.env.flush_all()
        return lines.search([("company_id", "=", self.case.company.id)], order="id").filtered(
            lambda line: line.status in ("to_match", "bill_missing", "waiting")
        )

    # === Time, and what happens by itself === #

    @initialize(first=switches, months=st.sampled_from([(JUNE,), (MAY, JUNE)]))
    def begins(self, first, months):
        for program in self.case.programs:
            self.case._switch(first, program=program)
        with freeze_time(self.now):
            for month in months:
                self.case._generate(month, self.case.programs)

    @rule(hours=st.sampled_from([1, 3, 24, 72, 192]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule()
    def pilot_works(self):
        drafts = self.bills("draft").filtered(lambda bill: not bill.coworking_posted_by_program_at)
        ready = self.wait().is_ready
        may = {bill for bill in drafts if ready(bill) and self.wait().is_of_pilot(bill)}
        with mute_logger("odoo.addons.coworking_incubation.models.billing.coworking_month_run"):
            self.case._pass_hour(self.now)
        posted = {
            bill
            for bill in drafts.exists()
            if bill.state == "posted" and bill.coworking_posted_by_program_at
        }
        assert posted <= may, f"posted alone: {(posted - may)}"

    @rule(hours=st.sampled_from([1, 24]), times=st.integers(2, 3))
    def pilot_works_on(self, hours, times):
        for _time in range(times):
            self.pilot_works()
            self.now += timedelta(hours=hours)

    @rule(number=numbers, step=switches, on=st.booleans())
    def is_switched(self, number, step, on):
        program = self.case.programs[number % 2].with_user(self.case.accountant)
        program = program.with_context(coworking_turn_on=on)
        self.attempt(lambda: getattr(program, f"action_switch_{step}")())

    @rule(number=numbers, active=st.booleans())
    def is_archived(self, number, active):
        self.case.programs[number % 2].active = active

    # === The coordinator and the managers === #

    @rule(month=st.sampled_from([MAY, JUNE]))
    def is_generated(self, month):
        self.attempt(lambda: self.case._generate(month, self.case.programs))

    @rule(number=numbers)
    def is_sent(self, number):
        self.ask(self.statements("draft", "sent", "disputed"), number, "action_send")

    @rule(number=numbers, channel=st.sampled_from(["portal", "phone", "staff"]))
    def is_confirmed(self, number, channel):
        partner = self.case.manager.partner_id
        statements = self.statements("sent", "disputed")
        self.ask(statements, number, "_confirm_lines", partner=partner, channel=channel)

    @rule()
    def all_are_confirmed(self):
        statements, partner = self.statements("sent"), self.case.manager.partner_id
        for number in range(len(statements)):
            self.ask(statements, number, "_confirm_lines", partner=partner, channel="portal")

    @rule(number=numbers)
    def is_disputed(self, number):
        charges = self.statements("sent").charge_ids
        if charges:
            charge = charges.sorted("id")[number % len(charges)]
            months, partner = self.env["coworking.portal.month"], self.case.manager.partner_id
            self.attempt(lambda: months._dispute_line(partner, "portal", charge, "Left"))

    @rule(number=numbers)
    def is_withdrawn(self, number):
        self.ask(self.statements("confirmed"), number, "action_withdraw")

    @rule(number=numbers)
    def is_cancelled(self, number):
        self.ask(self.statements("draft", "sent", "disputed"), number, "action_cancel")

    @rule(number=numbers, day=st.sampled_from([10, 20, 30]))
    def seat_ends(self, number, day):
        """Also of settled months, which the next one corrects."""
        self.ask(self.case.seats, number, "write", {"date_end": date(2015, 6, day)})

    # === What the spaces send === #

    @rule(
        number=numbers,
        more=st.sampled_from([0, 0, 0, 1, 14, -20]),
        again=st.booleans(),
        credit_note=st.booleans(),
    )
    def document_comes(self, number, more, again, credit_note):
        """The bill of a statement, or a credit note of a part of it, electronic."""
        statements = self.statements("sent", "confirmed", "billed").filtered("charge_ids")
        if not statements:
            return
        statement = statements[number % len(statements)]
        self.documents += not again or not self.documents
        seats = [
            (round(charge.payable_untaxed + more, 2), f"Place {charge.seat_id.name}")
            for charge in statement.charge_ids
            if charge.payable_untaxed + more > 0
        ]
        if credit_note and statement.state == "billed":
            seats = [(14, seats[0][1])] if seats else []
        if seats:
            content = cii(
                lines=seats,
                note=statement.name,
                vat=statement.operator_id.vat,
                reference=f"F-{self.documents}",
                credit_note=credit_note and statement.state == "billed",
            )
            self.receive(content, "bill.xml", statement)

    @rule(number=numbers)
    def paper_comes(self, number):
        statements = self.statements("confirmed", "billed")
        if statements:
            self.documents += 1
            statement = statements[number % len(statements)]
            self.receive(pdf(f"Bill {self.documents}"), "bill.pdf", statement)

    def receive(self, content, name, statement):
        with self.case._at(self.now):
            operator = statement.operator_id
            file = self.case._received(content, name, statement=statement, operator=operator)
        if file.state == "decoded":
            self.read[file.move_id] = says(file.move_id)

    # === The accountant === #

    @rule(number=numbers)
    def is_billed(self, number):
        self.ask(self.statements("confirmed"), number, "action_create_bill")

    @rule(number=numbers)
    def participants_are_invoiced(self, number):
        statements = self.statements("confirmed", "billed")
        self.ask(statements, number, "action_create_copayment_invoices")

    @rule(number=numbers)
    def invoice_is_cancelled(self, number):
        invoices = self.statements("confirmed", "billed").copayment_invoice_ids
        drafts = invoices.filtered(lambda move: move.state == "draft")
        self.ask(drafts, number, "button_cancel", user=self.case.accountant)

    @rule(number=numbers, ref=st.booleans())
    def draft_is_typed(self, number, ref):
        values = {"invoice_date": "2015-07-02"}
        if ref:
            self.documents += 1
            values["ref"] = f"T-{self.documents}"
        self.ask(self.bills("draft"), number, "write", values, user=self.case.accountant)

    @rule(number=numbers)
    def file_is_archived(self, number):
        self.ask(self.wait().files.filtered("active"), number, "action_archive")

    @rule(
        number=numbers, decision=st.sampled_from(["disputed", "asked", "accepted", "credit_note"])
    )
    def is_decided(self, number, decision):
        lines = self.lines()
        if lines:
            line = lines[number % len(lines)]
            self.attempt(
                lambda: line._get_matches_to_decide()._record_decision(decision, "As agreed")
            )

    @rule()
    def all_are_matched(self):
        lines = self.lines()
        if lines:
            self.attempt(lines.action_match)

    @rule(number=numbers)
    def is_posted(self, number):
        self.ask(self.bills("draft"), number, "action_post", user=self.case.accountant)

    @rule(number=numbers)
    def is_reset(self, number):
        self.ask(self.bills("posted"), number, "button_draft", user=self.case.accountant)

    @rule(number=numbers)
    def bill_is_cancelled(self, number):
        self.ask(self.bills("draft"), number, "button_cancel", user=self.case.accountant)

    @rule(number=numbers)
    def draft_is_deleted(self, number):
        self.ask(self.bills("draft"), number, "unlink")

    @rule(number=numbers)
    def is_reversed(self, number):
        bills = self.bills("posted").filtered(lambda bill: bill.move_type == "in_invoice")
        self.documents += 1
        self.ask(
            bills,
            number,
            "_reverse_moves",
            [{"invoice_date": date(2015, 7, 20), "ref": f"R-{self.documents}"}],
            cancel=True,
        )

    @rule(number=numbers, trusted=st.booleans())
    def account_is_looked_at(self, number, trusted):
        account = self.case.bank_accounts[number % 2]
        account.sudo().allow_out_payment = trusted

    @rule(number=numbers)
    def bills_are_chosen(self, number):
        """To be paid, now or later: the dialog stays open."""
        bills = self.bills("posted").with_user(self.case.accountant)
        if bills:
            self.attempt(lambda: self.choose(bills[number % len(bills) :]))

    def choose(self, bills):
        action = bills.action_coworking_pay()
        if action["res_model"] == "coworking.bill.payment":
            dialog = self.env[action["res_model"]].with_user(self.case.accountant)
            dialog = dialog.browse(action["res_id"])
            if not dialog.move_ids:
                return
            action = dialog.action_register_payment()
        payment = self.env["account.payment.register"].with_user(self.case.accountant)
        payment = payment.with_context(**action["context"])
        self.chosen.append(payment.create({"journal_id": self.case.bank.id}))

    @rule(number=numbers)
    def is_paid(self, number):
        """By a dialog that may have been open for long, or was used already."""
        if self.chosen:
            dialog = self.chosen[number % len(self.chosen)]
            before = self.sum_payments()
            self.attempt(dialog.action_create_payments)
            self.nothing_was_paid_twice(before)

    # === What holds after each step === #

    def wait(self):
        today = fields.Date.context_today(self.case.company.with_user(self.case.accountant))
        return Waiting(self.case.company, self.now, today, self.read)

    @invariant()
    def holds(self):
        with freeze_time(self.now):
            self.env.flush_all()
            self.env.invalidate_all()
            self.each_thing_waits_once()
            self.nothing_was_done_twice()

    def each_thing_waits_once(self):
        rows = self.env["coworking.exception"].with_user(self.case.accountant)
        rows = rows.search([("kind", "in", list(KINDS)), ("company_id", "=", self.case.company.id)])
        found = Counter(self.get_key(row) for row in rows)
        wanted = self.wait().tell()
        assert found == wanted, f"listed: {found - wanted}, not listed: {wanted - found}"
        for row in rows:
            assert row.reason and row.action_label, row.kind

    def get_key(self, row):
        if row.kind in ("to_send", "to_bill", "to_invoice"):
            month = self.env["coworking.statement"].browse(row.res_id).date_from
            return row.kind, row.program_id.id, month
        if row.kind == "to_pay":
            return row.kind, row.program_id.id
        return row.kind, row.res_id

    def nothing_was_done_twice(self):
        """By itself: a place and month is sent once, a statement billed once, a bill posted once,
        whatever was taken back and made again.
        """
        statements = self.env["coworking.statement"].search(
            [("company_id", "=", self.case.company.id)]
        )
        sent = Counter(
            (row.program_id, row.space_id, row.date_from)
            for row in statements
            for text in row.message_ids.mapped("preview")
            if "Sent by the program" in (text or "")
        )
        done = Counter(
            (record, word)
            for record in (*statements, *self.bills("draft", "posted"))
            for text in record.message_ids.mapped("preview")
            for word in ("Draft bill made by", "Bill posted by")
            if word in (text or "") and (record._name, word) != (statements._name, "Bill posted by")
        )
        twice = [row for row, count in (sent + done).items() if count > 1]
        assert not twice, f"by itself twice: {twice}"
        for statement in statements:
            made = statement.move_ids.filtered(
                lambda bill: bill.is_purchase_document() and bill.state != "cancel"
            )
            assert len(made) == len(made.commercial_partner_id), f"{statement.name}: two bills"

    def sum_payments(self):
        """What went to each operator."""
        payments = self.env["account.payment"].search(
            [("partner_id", "in", self.case.spaces.operator_id.ids)]
        )
        return Counter(
            {
                operator: round(sum(own.mapped("amount")) * 100)
                for operator, own in payments.grouped("partner_id").items()
            }
        )

    def nothing_was_paid_twice(self, before):
        """No more goes to an operator than what its bills ask for, whatever went before."""
        bills = self.bills("posted").filtered(lambda bill: bill.move_type == "in_invoice")
        for operator, paid in self.sum_payments().items():
            own = bills.filtered(lambda bill, own=operator: bill.partner_id == own)
            asked = round(sum(own.mapped("amount_total")) * 100)
            assert paid <= max(asked, before[operator]), f"{operator.name}: {paid} of {asked}"


class TestPilot(PilotCase):
    """The world of every story: two programmes, two spaces with an operator each, four seats."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program_b = cls._new_program("Second 2015", "SEC")
        cls.programs = cls.program | cls.program_b
        cls.spaces = cls.space | cls.space_b
        cls.space_b.operator_id.write({"vat": OTHER_VAT, "country_id": cls.env.ref("base.fr").id})
        cls.company.coworking_match_tolerance = 1.5
        cls.program.funding_rate = 80.0
        for program in cls.programs:
            for tariff in (cls.tariff, cls.tariff_b):
                if program != cls.program or tariff != cls.tariff:
                    person = cls._new_participant(f"{program.code} {tariff.name}", program)
                    cls._new_seat("1/5", "31/8", person, tariff)
        cls.seat.write({"date_start": MAY, "date_end": date(2015, 8, 31)})
        cls.seats = cls.env["coworking.seat"].search([("program_id", "in", cls.programs.ids)])
        cls.bank = cls._new_bank()
        other = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR1420041010050500013M02606",
                "partner_id": cls.space_b.operator_id.id,
                "allow_out_payment": True,
            }
        )
        cls.bank_accounts = [cls.account, other]
        cls.env.flush_all()

    def test_each_thing_waits_once_and_nothing_is_done_twice(self):
        run_state_machine_as_test(
            lambda: Story(self),
            settings=settings(
                max_examples=max(1, STEPS // STEPS_A_STORY),
                stateful_step_count=STEPS_A_STORY,
                suppress_health_check=list(HealthCheck),
            ),
        )
