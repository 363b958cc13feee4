"""From made to paid: what a claim asks for, what is missing, what is frozen, what comes after."""

import hashlib
import json
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, users
from odoo.tools import mute_logger

from ...common import JULY, d
from .common import ClaimCase


class TestMaking(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = False  # words are read as the code says them
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)

    def test_its_lines_are_in_the_language_of_the_company(self):
        for code in ("en_US", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        self.company.partner_id.lang = "fr_FR"
        self._sent(self.agreement)
        self._credit(self.bill)
        self._refresh()
        claim = self._new_claim(self.agreement)
        claim.with_context(lang="en_US")._collect()
        self.assertIn("juin 2015", claim.line_ids.label)
        self.assertIn("juin 2015", claim.line_ids.difference_of)

    def test_of_a_program_that_is_archived_it_says_and_books_the_same(self):
        self._enter_grants()
        self._new_seat("1/7", "31/7", "Luc")
        self.program.active = False
        self.env.invalidate_all()
        claim = self._new_claim(self.agreement)
        self.assertIn("Test 2015", claim.open_months)
        self._send(claim)
        self.assertEqual(json.loads(claim.sending_ids.content)["programs"], self.program.name)
        income = claim.sudo().entry_ids.line_ids.filtered("credit")
        self.assertEqual(income.analytic_distribution, {str(self.analytic_account.id): 100.0})

    def test_without_a_list_of_fields_each_role_reads_what_it_may(self):
        claim = self._new_claim(self.agreement)
        self.env.invalidate_all()
        told = claim.with_user(self.coordinator).read()[0]
        self.assertNotIn("entry_ids", told)  # entries of the ledger are the accountant's
        self.assertIn("entry_ids", claim.with_user(self.accountant).read()[0])

    def test_what_was_paid_and_served_in_the_period_is_asked(self):
        claim = self._new_claim(self.agreement, "1/7", "31/12")
        self.assertRecordValues(
            claim, [{"amount_claimed": 144.0, "state": "draft", "number": 0, "line_count": 1}]
        )
        line = claim.line_ids
        self.assertRecordValues(
            line,
            [
                {
                    "amount": 144.0,
                    "amount_paid": 180.0,
                    "amount_cost": 180.0,
                    "date_from": d("1/6"),
                    "date_to": d("30/6"),
                    "date_paid": d("20/7"),
                    "bill_date": d("3/7"),
                    "heading_name": "Seats in coworking spaces",
                }
            ],
        )
        self.assertEqual(line.label, f"Atelier Test, {self._month()}: Seat")
        self.assertIn("Bank", line.payment_means)
        self.assertEqual(line.token, line.participant_id.funding_token)

    def test_what_is_paid_after_the_period_is_of_the_next(self):
        self.assertFalse(self._new_claim(self.agreement, "1/1", "30/6").line_ids)
        self.assertEqual(self._asked(self._new_claim(self.agreement, "1/7", "31/12")), [144.0])

    def test_what_is_paid_before_it_is_served_is_of_the_month_that_serves_it(self):
        bill = self._new_direct(("Printing", 100.0), day="1/3")
        self._admit_direct(self.agreement)
        self._pay(bill, day="2/3")
        self._refresh()
        cost = self._costs(bill)
        cost.write({"date_from": d("1/8"), "date_to": d("31/8")})
        self.assertNotIn(80.0, self._asked(self._new_claim(self.agreement, "1/1", "31/7")))
        self.assertIn(80.0, self._asked(self._new_claim(self.agreement, "1/8", "31/12")))

    def test_a_fee_that_outlasts_the_agreement_is_asked_once_the_agreement_is_served(self):
        """A year paid in March, of which 184 of 366 days are within: 80 % of 50.27."""
        self._admit_direct(self.agreement)
        bill = self._new_direct(("A year", 100.0), day="1/3")
        self._pay(bill, day="2/3")
        self._refresh()
        self._costs(bill).write({"date_from": d("1/7"), "date_to": "2016-06-30"})
        self.env["coworking.cost"]._allocate_programs(self.program)
        early = self._new_claim(self.agreement, "1/1", "30/11")
        self.assertEqual(self._asked(early), [144.0])
        early.unlink()
        self.assertEqual(self._asked(self._new_claim(self.agreement)), [40.22, 144.0])

    def test_a_new_claim_is_called_so_until_its_agreement_is_chosen(self):
        form = Form(self.claims)
        self.assertEqual(form.name, "New Claim")
        form.agreement_id = self.agreement
        self.assertEqual(form.name, f"{self.agreement.reference}, draft claim")

    def test_the_next_period_begins_where_the_last_claim_ended(self):
        self._new_claim(self.agreement, "1/1", "31/7")
        form = Form(self.claims)
        form.agreement_id = self.agreement
        self.assertEqual(str(form.date_from), "2015-08-01")

    @freeze_time("2015-08-10")
    def test_of_a_month_under_way_the_whole_is_proposed(self):
        self._new_claim(self.agreement, "1/1", "31/7")
        form = Form(self.claims)
        form.agreement_id = self.agreement
        self.assertEqual((form.date_from, form.date_to), (d("1/8"), d("31/8")))

    def test_a_share_is_in_one_claim(self):
        first = self._new_claim(self.agreement)
        self.assertFalse(self._new_claim(self.agreement).line_ids)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRefused("another claim of the agreement", error=Exception),
        ):
            first.sudo().line_ids.copy({"claim_id": self._new_claim(self.agreement).id})

    def test_a_draft_that_is_deleted_or_cancelled_gives_its_lines_back(self):
        for end in ("unlink", "action_cancel"):
            with self.subTest(end=end):
                getattr(self._new_claim(self.agreement), end)()
                claim = self._new_claim(self.agreement)
                self.assertEqual(self._asked(claim), [144.0])
                claim.unlink()

    def test_what_nobody_asked_for_before_the_period_is_told(self):
        claim = self._new_claim(self.agreement, "1/10", "31/12")
        self.assertEqual((self._asked(claim), claim.earlier_amount), ([], 144.0))

    def test_several_people_months_and_programs(self):
        other = self._new_program("Other", "OTH")
        self.agreement.program_ids |= other
        alex = self._new_seat("1/7", "31/7", "Alex")
        self._new_presences(alex, "10/7")
        sam = self._new_seat("1/7", "31/7", self._new_participant("Sam", program=other))
        self._new_presences(sam, "10/7")
        for program in (self.program, other):
            bills = self._bill(self._settle(JULY, program))
            for bill in bills:
                self._pay(self._post_bill(bill, "5/8"), day="20/8")
        claim = self._new_claim(self.agreement)
        found = {
            (line.participant_id.partner_id.name, line.date_from.month): line.amount
            for line in claim.line_ids
        }
        late = [("Alex", 7), ("Sam", 7)]
        self.assertEqual(found, {("Camille", 6): 144.0, **dict.fromkeys(late, 144.0)})
        self.assertEqual(claim.line_ids.mapped("number"), [1, 2, 3])

    def test_a_claim_before_the_agreement_is_refused(self):
        self.agreement.date_from = d("1/3")
        with self.assertRefused("before the agreement begins"):
            self._new_claim(self.agreement, "1/1", "31/1")

    @users("t_accompanist")
    def test_an_accompanist_sees_no_money(self):
        claim = self._new_claim(self.agreement)
        for record in (claim, claim.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.env.user).read(["display_name"])

    def test_nobody_types_what_code_writes(self):
        claim = self._new_claim(self.agreement)
        for record, vals in (
            (claim, {"step": "accepted"}),
            (claim, {"number": 7}),
            (claim.line_ids, {"amount": 1000.0}),
            (claim.line_ids, {"override_codes": "bill"}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)
        with self.assertRaises(AccessError):
            claim.line_ids.unlink()


class TestMissing(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = False  # words are read as the code says them
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls.claim = cls._new_claim(cls.agreement)
        cls.line = cls.claim.line_ids

    def _missing(self):
        self.env.invalidate_all()
        return (self.line.missing_codes or "").split()

    def test_each_thing_that_is_missing_is_said_with_its_link(self):
        self.assertEqual(self._missing(), ["bill", "payment", "signature"])
        self.assertEqual(self.line.action_open_bill()["res_id"], self.bill.id)
        self.assertEqual(self.line.action_open_payment()["res_id"], self.bill.id)
        seat = self.line.cost_id.seat_id
        self.assertEqual(self.line.action_open_proof()["res_model"], "coworking.seat")
        self.assertEqual(self.line.action_open_proof()["res_id"], seat.id)
        self.assertEqual(self.line.action_open_heading()["res_id"], self.agreement.id)
        self.assertEqual((self.claim.gap_count, self.claim.gap_line_ids), (1, self.line))
        with self.assertRefused(
            "A, draft claim",
            f"Atelier Test, {self._month()}: Seat (1)",
            "the file of the bill",
            "the proof of payment",
            "the signed document",
        ):
            self.claim.action_submit()
        self.assertEqual(self.claim.state, "draft")
        self.assertFalse(self.line.allocation_id.frozen)

    def test_the_file_of_the_bill_is_enough_for_the_bill(self):
        self._attach(self.bill)
        self.assertEqual(self._missing(), ["payment", "signature"])

    def test_an_address_in_place_of_the_file_proves_nothing(self):
        self._attach(self.bill).write({"type": "url", "url": "https://example.org/bill.pdf"})
        self.assertIn("bill", self._missing())

    def test_a_file_that_is_lost_is_not_sealed_as_if_it_were_there(self):
        file = self._attach(self.bill)
        self._prove(self.claim)
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = 'gone', db_datas = NULL WHERE id = %s",
            [file.id],
        )
        self.env.invalidate_all()
        with (
            mute_logger("odoo.addons.base.models.ir_attachment"),
            self.assertRefused(self.claim.name, file.name, "lost"),
        ):
            self._send(self.claim)
        self.assertEqual(self.claim.state, "draft")

    def test_proofs_are_read_one_at_a_time(self):
        bills = self._attach(self.bill, self.bill)
        self._prove(self.claim)
        read, compute = [], self.registry["ir.attachment"]._compute_raw

        def count(files):
            read.append(files)
            compute(files)

        with patch.object(self.registry["ir.attachment"], "_compute_raw", count):
            self._send(self.claim)
        self.assertEqual({len(files) for files in read}, {1})
        self.assertLessEqual(bills, self.env["ir.attachment"].union(*read))

    def test_a_receipt_on_the_payment_proves_it(self):
        self._attach(self.bill.matched_payment_ids or self.bill._get_reconciled_payments())
        self.assertEqual(self._missing(), ["bill", "signature"])

    def test_one_that_was_sent_before_it_was_here_says_when_until_it_is_sent_again(self):
        there = fields.Datetime.to_datetime("2015-07-25 09:00:00")
        self.claim.sudo().date_submitted = there
        self._send(self.claim)
        self.assertEqual(self.claim.date_submitted, there)
        self.assertEqual(self.claim.sending_ids.date, there)
        self._dialog(self.claim.action_return(), self.coordinator, reason="Once more")
        self.claim.action_refresh()
        self._send(self.claim)
        self.assertGreater(self.claim.date_submitted, there)

    def test_a_certificate_proves_all_payments(self):
        self.claim.certificate = "JVBERi0xLjQ="
        self.assertEqual(self._missing(), ["bill", "signature"])

    def test_a_certificate_says_nothing_of_what_was_paid_after_it(self):
        self.claim.write({"certificate": "JVBERi0xLjQ=", "certificate_on": "2015-07-19"})
        self.assertEqual(self._missing(), ["bill", "payment", "signature"])
        self.claim.certificate_on = "2015-07-20"
        self.assertEqual(self._missing(), ["bill", "signature"])

    def test_presence_is_proven_until_somebody_says_otherwise(self):
        self.env["coworking.presence"].search(
            [("seat_id", "=", self.line.cost_id.seat_id.id)]
        ).write({"state": "absent"})
        self.line.cost_id._prove_presences(self.program)
        self.assertIn("presence", self._missing())
        self.agreement.eligible_without_presence = True
        self.assertNotIn("presence", self._missing())

    def test_a_heading_that_is_gone_is_no_proof_to_be_overridden(self):
        self.line.sudo().heading_id = False
        self.assertIn("heading", self._missing())
        self._dialog(self.line.action_override(), self.coordinator, reason="None")
        self.assertEqual(self._missing(), ["heading"])
        with self.assertRefused("no proof is missing"):
            self._dialog(self.line.action_override(), self.coordinator, reason="None")

    def test_what_is_overridden_says_who_and_why_and_stays_when_looked_at_again(self):
        self._dialog(self.line.action_override(), self.accountant, reason="Lost in a flood")
        self.claim.action_refresh()
        self.assertRecordValues(
            self.claim.line_ids,
            [
                {
                    "override_reason": "Lost in a flood",
                    "overridden_by_id": self.accountant.id,
                    "missing_codes": "",
                }
            ],
        )

    def test_what_goes_missing_later_is_missing_all_the_same(self):
        self._attach(self.bill)
        self._dialog(self.line.action_override(), self.coordinator, reason="Paper")
        self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", self.bill.id)]
        ).unlink()
        self.assertEqual(self._missing(), ["bill"])

    def test_a_month_that_is_not_closed_needs_a_reason(self):
        self._generate(JULY)
        alex = self._new_seat("1/7", "31/7", "Alex")
        self._new_presences(alex, "10/7")
        self._generate(JULY)
        self._prove(self.claim)
        self.assertTrue(self.claim.open_months)
        with self.assertRefused(self.claim.open_months.split("\n")[0]):
            self.claim.action_submit()
        self.claim.open_months_reason = "The next claim has it"
        self.claim.action_submit()
        self.assertEqual(self.claim.state, "submitted")

    def test_nothing_to_ask_is_not_sent(self):
        with self.assertRefused("nothing was paid and served"):
            self._new_claim(self.agreement, "1/1", "31/1").action_submit()

    def test_rates_above_100_are_said(self):
        other = self._new_agreement("B", 20.0)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE coworking_funding_agreement SET rate = 60 WHERE id = %s", [other.id]
        )
        self.env.invalidate_all()
        with self.assertRefused("more than 100 %", "B 60 %"):
            self._prove(self.claim)
            self.claim.action_submit()


class TestChangedBeforeSending(ClaimCase):
    """Something happens between the draft and the sending: it is said, and nothing is half-made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = False  # words are read as the code says them
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls.printing = cls._new_direct(("Printing", 100.0))
        cls._admit_direct(cls.agreement)
        cls._pay(cls.printing)
        cls.claim = cls._new_claim(cls.agreement)
        cls._prove(cls.claim)

    def _assertSaid(self, *words):
        with self.assertRefused(f"Atelier Test, {self._month()}: Seat (1)", *words):
            self.claim.action_submit()
        self.assertEqual(self.claim.state, "draft")
        self.assertFalse(any(self.claim.line_ids.allocation_id.mapped("frozen")))
        self.assertFalse(self.claim.sending_ids)

    def test_a_bill_reset_to_draft(self):
        self.bill.button_draft()
        self._assertSaid("draft again")
        self.claim.action_refresh()
        self.assertEqual(self._asked(self.claim), [80.0])
        self.claim.action_submit()
        self.assertEqual(self.claim.amount_claimed, 80.0)

    def test_a_payment_undone(self):
        self.bill._get_reconciled_payments().action_draft()
        self._assertSaid("not paid any more")

    def test_a_part_of_it_given_back(self):
        payments = self.bill._get_reconciled_payments()
        payments.action_draft()
        payments.action_cancel()
        self._pay(self.bill, 90.0)
        self._assertSaid("its share is now")
        self.claim.action_refresh()
        self.assertEqual(self._asked(self.claim), [72.0, 80.0])

    def test_what_came_since_makes_looking_again_the_next_step(self):
        self.assertFalse(self.claim.has_changed)
        self._pay(self._new_direct(("Paper", 50.0)))
        self._refresh()
        self.env.invalidate_all()
        self.assertTrue(self.claim.has_changed)
        self.claim.action_refresh()
        self.assertFalse(self.claim.has_changed)
        self.assertEqual(self._asked(self.claim), [40.0, 80.0, 144.0])

    def test_what_was_given_back_since_is_not_left_out_by_who_sends_at_once(self):
        """A third of 180.00 is credited, and no scheduled action has looked at it."""
        self._credit(self.bill)
        self.assertFalse(self.claim.has_changed)
        with self.assertRefused("A, draft claim", "something else to ask for", "Look Again"):
            self.claim.action_submit()
        self.claim.action_refresh()
        self._prove(self.claim)
        self.claim.action_submit()
        self.assertEqual(self._asked(self.claim), [-48.0, 80.0, 144.0])

    def test_another_agreement_and_the_first_again_begin_where_nothing_was_claimed(self):
        other = self._new_agreement("B", 10.0)
        with Form(self.claim) as form:
            form.agreement_id = other
            form.agreement_id = self.agreement
            self.assertEqual(form.date_from, "2015-01-01")
        self.assertEqual(self._asked(self.claim), [80.0, 144.0])
        self.claim.agreement_id = other
        self.assertEqual(self._asked(self.claim), [18.0])

    def test_another_rate(self):
        self.agreement.rate = 50.0
        self._assertSaid("its share is now")

    def test_dates_that_it_is_outside_of(self):
        line = self.claim.line_ids[0]
        self.env.flush_all()
        self.cr.execute(
            "UPDATE coworking_funding_agreement SET date_paid_limit = '2015-07-01' WHERE id = %s",
            [self.agreement.id],
        )
        self.env.invalidate_all()
        self.assertIn("paid after", line.problem)

    def test_claimed_already_past_the_screen(self):
        line = self.claim.line_ids[0]
        line.allocation_id._freeze()
        self.assertIn("claimed already", line.problem)


class TestSent(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = False  # words are read as the code says them
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.bill = cls._new_bill("Camille")
        cls._pay(cls.bill)
        cls.claim = cls._sent(cls.agreement, last="31/8")

    def test_it_is_frozen_numbered_and_sealed(self):
        self.assertRecordValues(
            self.claim,
            [
                {
                    "state": "submitted",
                    "number": 1,
                    "name": "A, claim 1",
                    "submitted_by_id": self.coordinator.id,
                }
            ],
        )
        self.assertTrue(self.claim.line_ids.allocation_id.frozen)
        sending = self.claim.sending_ids
        self.assertEqual(hashlib.sha256(sending.content.encode()).hexdigest(), sending.digest)
        self.assertEqual(self.claim.digest, sending.digest)
        facts = json.loads(sending.content)
        self.assertEqual(facts["amount"], "144.00")
        self.assertEqual(facts["lines"][0]["amount"], "144.00")
        self.assertEqual(facts["lines"][0]["token"], self.claim.line_ids.token)
        self.assertNotIn("Camille", sending.content)

    def test_the_proofs_are_fingerprinted_and_stay(self):
        files = self.claim.file_ids
        self.assertEqual(sorted(files.mapped("kind")), ["bill", "certificate"])
        certificate = files.filtered(lambda file: file.kind == "certificate")
        self.assertEqual(certificate.name, "certificate.pdf")
        for file in files:
            content = file.sudo().attachment_id.raw
            self.assertEqual(hashlib.sha256(content).hexdigest(), file.digest)
            with self.assertRefused("is a proof of A, claim 1"):
                file.sudo().attachment_id.unlink()
            with self.assertRefused("is a proof of A, claim 1"):
                file.sudo().attachment_id.raw = b"other"
        self.assertEqual(self.claim.line_ids.file_ids, files)

    def test_nothing_moves_it(self):
        line, claim = self.claim.line_ids, self.claim
        statements = (
            f"UPDATE coworking_claim_line SET amount = 1, amount_admitted = 1 WHERE id = {line.id}",
            f"UPDATE coworking_claim_line SET supplier_name = 'X' WHERE id = {line.id}",
            f"UPDATE coworking_claim_line SET date_paid = '2015-01-01' WHERE id = {line.id}",
            f"DELETE FROM coworking_claim_line WHERE id = {line.id}",
            f"INSERT INTO coworking_claim_line (claim_id, amount) VALUES ({claim.id}, 5)",
            "TRUNCATE coworking_claim_line CASCADE",
            f"UPDATE coworking_claim SET date_from = '2014-01-01' WHERE id = {claim.id}",
            f"UPDATE coworking_claim SET number = 9 WHERE id = {claim.id}",
            f"UPDATE coworking_claim SET step = 'draft' WHERE id = {claim.id}",
            f"DELETE FROM coworking_claim WHERE id = {claim.id}",
            "TRUNCATE coworking_claim CASCADE",
            f"UPDATE coworking_claim_sending SET content = 'x' WHERE claim_id = {claim.id}",
            f"DELETE FROM coworking_claim_sending WHERE claim_id = {claim.id}",
            "TRUNCATE coworking_claim_sending CASCADE",
        )
        self.env.flush_all()
        for statement in statements:
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(statement)
        with self.assertRefused("stays as it was sent"):
            claim.date_from = d("1/2")
        with self.assertRefused("cannot be deleted"):
            claim.unlink()
        for act in ("action_refresh", "action_cancel", "action_submit"):
            with self.assertRefused("A, claim 1", "Sent"):
                getattr(claim, act)()

    def test_a_credit_note_afterwards_is_a_difference_in_the_next(self):
        """144.00 sent; a credit note of 60.00 at 80 %: the next carries -48.00."""
        note = self._credit(self.bill)
        self._refresh()
        self.assertRecordValues(self.claim.line_ids, [{"amount": 144.0}])
        following = self._new_claim(self.agreement, "1/9", "31/12")
        line = following.line_ids
        self.assertEqual(line.amount, -48.0)
        self.assertEqual(line.cost_id.move_id, note)
        self.assertEqual(line.origin_id, self.claim.line_ids)
        seat = self.claim.line_ids.cost_id.seat_id.name
        self.assertEqual(line.difference_of, f"Claim 1, {seat}, {self._month()}")
        self._send(following)
        self.assertEqual((self.claim.amount_claimed, following.amount_claimed), (144.0, -48.0))
        self.assertShares(self.bill | note, A=96.0, own=24.0)

    def test_another_rate_afterwards_is_a_difference_in_the_next(self):
        self.agreement.rate = 50.0
        following = self._new_claim(self.agreement, "1/9", "31/12")
        self.assertEqual(self._asked(following), [-54.0])
        self.assertEqual(self.claim.amount_claimed, 144.0)

    def test_what_was_paid_is_told_once_whatever_changes_afterwards(self):
        self.agreement.rate = 50.0
        following = self._sent(self.agreement, "1/9", "31/12")
        self.assertEqual(following.line_ids.mapped("amount_paid"), [0.0])
        self.bill.button_draft()
        last = self._new_claim(self.agreement, "1/9", "31/12")
        self.assertRecordValues(last.line_ids, [{"amount": -90.0, "amount_paid": -180.0}])

    def test_what_a_claim_under_way_says_was_paid_is_not_told_yet(self):
        """A draft asks for 18.00; with 54.00 more that are placed, another claim asks for it."""
        agreement = self._new_agreement("B", 10.0)
        draft = self._new_claim(agreement)
        self.assertEqual(draft.line_ids.mapped("amount_paid"), [180.0])
        self._accept(self.claim.with_user(self.accountant), n1=54.0)
        self._place(self._costs(self.bill).allocation_ids.filtered("to_place"), agreement, 54.0)
        self.assertShares(self.bill, A=90.0, B=72.0, own=18.0)
        second = self._new_claim(agreement)
        self.assertEqual(self._asked(second), [72.0])
        self.assertEqual(second.line_ids.mapped("amount_paid"), [180.0])

    def test_what_was_paid_is_told_to_each_funder(self):
        claim = self._new_claim(self._new_agreement("B", 20.0))
        self.assertEqual(claim.line_ids.mapped("amount_paid"), [180.0])

    def test_what_was_paid_is_told_by_one_of_two_lines_of_an_expense(self):
        """It is under another heading now, and less was paid of it."""
        first = self.agreement.heading_ids
        kinds = first.charge_kind_ids
        first.charge_kind_ids = kinds.search([("id", "not in", kinds.ids)], limit=1)
        first.copy({"name": "Rooms", "charge_kind_ids": [Command.set(kinds.ids)]})
        day = self.claim.line_ids.date_paid
        self.bill.line_ids.remove_move_reconcile()
        self._pay(self.bill, 100.0, day=day.strftime("%d/%m/%y"))
        following = self._new_claim(self.agreement, "1/9", "31/12")
        self.assertEqual(sorted(self._asked(following)), [-144.0, 80.0])
        self.assertEqual(sum(following.line_ids.mapped("amount_paid")), -80.0)

    def test_what_it_is_called_stays_as_it_was_sent(self):
        facts, name = self.claim._get_facts(), self.claim.name
        self.agreement.reference = "Z"
        self.agreement.partner_id.name = "Another"
        self.program.name = "Another"
        self.assertEqual(self.claim._get_facts(), facts)
        self.assertEqual(self.claim.name, name)
        self._dialog(self.claim.action_return(), self.coordinator, reason="Again")
        self.assertEqual(self.claim.name, "Z, claim 1")
        self._send(self.claim)
        told = json.loads(self.claim.sending_ids[:1].content)
        self.assertEqual([told["agreement"], told["funder"]], ["Z", "Another"])

    def test_a_bill_cancelled_afterwards_is_taken_back_by_the_next(self):
        self.bill.button_draft()
        self.bill.button_cancel()
        following = self._new_claim(self.agreement, "1/9", "31/12")
        self.assertEqual(self._asked(following), [-144.0])
        self.assertFalse(following.gap_count)
        self._send(following)
        self.assertEqual(following.state, "submitted")

    def test_what_is_known_late_of_a_period_that_was_claimed_comes_with_the_next(self):
        self._admit_direct(self.agreement)
        self._pay(self._new_direct(("Printing", 100.0)), day="21/7")
        following = self._new_claim(self.agreement, "1/9", "31/12")
        self.assertEqual(self._asked(following), [80.0])

    def test_returned_corrected_and_sent_again(self):
        first = self.claim.sending_ids
        self._dialog(self.claim.action_return(), self.coordinator, reason="The rate is 50 %")
        self.assertEqual(self.claim.state, "returned")
        self.assertEqual(first.comment, "The rate is 50 %")
        self.assertFalse(self.claim.line_ids.allocation_id.frozen)
        self.agreement.rate = 50.0
        with self.assertRefused("cannot be deleted"):
            self.claim.unlink()
        with self.assertRefused("its share is now"):
            self.claim.action_submit()
        self.claim.action_refresh()
        self._send(self.claim)
        self.assertRecordValues(
            self.claim, [{"state": "submitted", "number": 1, "amount_claimed": 90.0}]
        )
        self.assertEqual(self.claim.sending_ids.mapped("amount"), [90.0, 144.0])
        self.assertIn('"amount": "144.00"', first.content)

    def test_what_is_returned_is_asked_of_the_same_agreement_archived_meanwhile(self):
        self.agreement.active = False
        with self.assertRefused("A, claim 1", "A is archived", "Unarchive"):
            self._dialog(self.claim.action_return(), self.coordinator, reason="A signature")
        self.agreement.active = True
        self._dialog(self.claim.action_return(), self.coordinator, reason="A signature")
        self._send(self.claim)
        self.assertEqual(self.claim.amount_claimed, 144.0)

    def test_returned_and_cancelled_its_lines_go_to_the_next(self):
        self._dialog(self.claim.action_return(), self.coordinator, reason="Too early")
        self.claim.action_cancel()
        self._check_as_committed()
        following = self._sent(self.agreement)
        self.assertEqual((following.number, following.amount_claimed), (2, 144.0))

    def test_two_agreements_claim_their_halves_of_one_expense(self):
        self.agreement.rate = 50.0
        self._dialog(self.claim.action_return(), self.coordinator, reason="50 %")
        self.claim.action_refresh()
        self._send(self.claim)
        other = self._new_agreement("B", 50.0)
        beside = self._sent(other)
        self.assertEqual((self.claim.amount_claimed, beside.amount_claimed), (90.0, 90.0))
        self.assertShares(self.bill, A=90.0, B=90.0)
        self.assertEqual(self.claim.line_ids.cost_id, beside.line_ids.cost_id)

    def test_closed_for_good_what_changes_is_to_settle_with_the_funder(self):
        with self.assertRefused("not answered"):
            self.agreement.with_user(self.coordinator).action_close_claims()
        self._accept(self.claim)
        self.agreement.with_user(self.coordinator).action_close_claims()
        self._credit(self.bill)
        self._refresh()
        self.env.invalidate_all()
        self.assertEqual(self.agreement.amount_to_settle, -48.0)
        domain = self.agreement.action_open_to_settle()["domain"]
        self.assertEqual(self.env["coworking.allocation"].search(domain).amount, -48.0)
        with self.assertRefused("closed for good"):
            self._new_claim(self.agreement)

    def test_it_is_in_the_audit_trail(self):
        self._accept(self.claim)
        self.env.flush_all()
        rows = self.env["coworking.audit"].search(
            [("res_model", "=", "coworking.claim"), ("res_id", "=", self.claim.id)], order="id"
        )
        self.assertEqual(rows.mapped("action"), ["made", "sent", "accepted"])
        self.assertEqual(rows.user_id, self.coordinator)
