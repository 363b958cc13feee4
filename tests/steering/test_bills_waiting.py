"""What a bill waits for, from the document that does not come to the payment: one row, the right
one; nothing while the pilot or the space has its time.
"""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common import JULY, JUNE, d
from ..matching.received import facturx, pdf
from .common import PilotCase

EXCEPTIONS = "odoo.addons.coworking_incubation.models.steering"


class BillsCase(PilotCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.manager.partner_id.phone = "03 20 00 00 01"
        cls.statement = cls._generate(JUNE)

    def _rows(self, moment, *kinds, user=None):
        """What waits at that moment of these kinds; of all those of money by default."""
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(moment):
            rows = self.env["coworking.exception"].with_user(user or self.accountant)
            domain = [("kind", "in", kinds)] if kinds else [("audience", "=", "money")]
            rows = rows.search([*domain, ("company_id", "=", self.company.id)])
            rows.mapped("reason")  # at that moment
            return rows

    def assertWaits(self, moment, *kinds, user=None):
        """Each once, and nothing else of money."""
        rows = self._rows(moment, user=user)
        self.assertEqual(sorted(rows.mapped("kind")), sorted(kinds), moment)
        return rows

    def _confirmed(self, moment="2015-07-03 08:00:00", channel="portal"):
        with freeze_time("2015-07-01 08:00:00"):
            self.statement.action_send()
        with freeze_time(moment):
            self.statement._confirm_lines(partner=self.manager.partner_id, channel=channel)

    def _bill_another(self, reference, day):
        """A draft of the program's other space, as somebody typed its document."""
        self._new_seat("1/6", "30/6", "Noa", self.tariff_b)
        with freeze_time("2015-07-03 10:00:00"):
            other = self._generate(JUNE) - self.statement
            self._confirm_by_space(other)
            other.action_create_bill()
            other.bill_id.write({"ref": reference, "invoice_date": d(day)})
        return other.bill_id

    def _billed(self):
        """A draft that waits for the document of the space."""
        self._confirmed()
        with freeze_time("2015-07-03 09:00:00"):
            self.statement.action_create_bill()
        return self.statement.bill_id


class TestThePilotHasItsTime(BillsCase):
    def test_what_the_pilot_is_about_to_send_waits_for_nobody_for_five_days(self):
        self.assertWaits("2015-07-05 12:00:00")
        self.assertWaits("2015-07-06 12:00:00", "to_send")
        self._switch()
        self.assertWaits("2015-07-01 12:00:00", "to_send")

    def test_what_it_sent_and_somebody_cancelled_is_somebody_s_at_once(self):
        self._pass_hour("2015-07-01 04:00:00")
        self.statement.action_cancel()
        with freeze_time("2015-07-01 05:00:00"):
            self._generate(JUNE)
        self.assertWaits("2015-07-01 12:00:00", "to_send")

    def test_what_somebody_stopped_it_from_is_somebody_s(self):
        with freeze_time("2015-07-01 08:00:00"):
            self.env["coworking.month.run"]._ask_by_program(self.program, "send")
        self._runs().with_user(self.coordinator).action_stop()
        self.assertWaits("2015-07-01 12:00:00", "to_send")

    def test_what_it_failed_at_is_told_once(self):
        with patch.object(
            self.registry["coworking.statement"], "action_send", side_effect=UserError("No manager")
        ):
            self._pass_hour("2015-07-01 04:00:00")
        self.assertWaits("2015-07-20 12:00:00", "run_failed")
        other = self._new_seat("1/6", "30/6", "Noa", self.tariff_b)
        with freeze_time("2015-07-19 08:00:00"):
            second = self._generate(JUNE) - self.statement
        rows = self.assertWaits("2015-07-20 12:00:00", "run_failed", "to_send")
        row = rows.filtered(lambda row: row.kind == "to_send")
        self.assertEqual((row.space_id, row.amount), (other.space_id, second.payable_total))
        with freeze_time("2015-07-20 12:00:00"):
            self.assertNotIn("spaces", row.reason)
            chosen = self.env["coworking.statement"].search(row.action_settle()["domain"])
        self.assertEqual(chosen, second)

    def test_what_the_space_confirmed_is_the_pilot_s_to_bill_for_a_day(self):
        self._confirmed()
        self.assertWaits("2015-07-03 12:00:00")
        self.assertWaits("2015-07-04 12:00:00", "to_bill")
        self._switch("send", "post")
        self.assertWaits("2015-07-03 12:00:00", "to_bill")

    def test_what_came_long_before_its_month_was_confirmed_waits_for_nobody_either(self):
        with freeze_time("2015-07-01 08:00:00"):
            self.statement.action_send()
        with self._at("2015-07-02 08:00:00"):
            self._receive_document(self.statement)
        with freeze_time("2015-07-06 08:00:00"):
            self._confirm_by_space(self.statement)
        self.assertWaits("2015-07-06 08:30:00")
        self.assertWaits("2015-07-07 08:30:00", "to_post")
        self._pass_hour("2015-07-07 09:00:00")
        self.assertWaits("2015-07-07 09:30:00")

    def test_of_an_archived_program_it_does_nothing_and_all_is_somebody_s_at_once(self):
        self._archive_at_once(self.program)
        self._pass_hour("2015-07-01 08:00:00")
        self.assertEqual(self.statement.state, "draft")
        self.assertWaits("2015-07-01 12:00:00", "to_send")
        self._confirmed("2015-07-01 13:00:00")
        self._pass_hour("2015-07-01 14:00:00")
        self.assertEqual(self.statement.state, "confirmed")
        self.assertWaits("2015-07-01 14:30:00", "to_bill")
        with freeze_time("2015-07-01 15:00:00"):
            self.statement.action_create_bill()
            self._receive_document(self.statement)
        self._pass_hour("2015-07-01 16:00:00")
        self.assertEqual(self.statement.bill_id.state, "draft")
        self.assertWaits("2015-07-01 16:30:00", "to_post")
        self.program.active = True
        self._pass_hour("2015-07-01 17:00:00")
        self.assertEqual(self.statement.bill_id.state, "posted")

    def test_a_document_that_nobody_could_read_is_told_with_the_month_that_is_to_bill_first(self):
        self._switch()
        self._confirmed()
        with freeze_time("2015-07-03 10:00:00"):
            file = self._received(pdf(), statement=self.statement)
            row = self.assertWaits("2015-07-03 12:00:00", "to_bill")
            self.assertIn(f"A document came from {self.space.name}", row.reason)
            self.statement.action_create_bill()
        self.assertWaits("2015-07-03 12:00:00", "to_type")
        self.assertEqual(file.move_id, self.statement.bill_id)

    def test_what_was_begun_of_it_is_told_beside(self):
        self._switch()
        self._confirmed()
        with freeze_time("2015-07-03 10:00:00"):
            draft = self._received(pdf(), statement=self.statement).move_id
            draft.ref = "F-1"
        self.assertWaits("2015-07-03 12:00:00", "to_bill", "to_type")

    def test_what_staff_confirmed_is_theirs_to_bill(self):
        self._confirmed(channel="staff")
        self.assertWaits("2015-07-03 12:00:00", "to_bill")

    def test_the_rest_of_a_month_beside_an_early_credit_note_is_the_pilot_s_to_bill_too(self):
        self._billed()
        self.statement.bill_id.write({"ref": "F-6", "invoice_date": d("3/7")})
        self.statement.bill_id.action_post()
        self.seat.write({"date_start": d("16/6"), "date_end": d("31/7")})
        with freeze_time("2015-08-03 08:00:00"):
            july = self._generate(JULY)
            self.env["account.move"].create(
                {
                    "move_type": "in_refund",
                    "partner_id": self.operator.id,
                    "ref": "A-1",
                    "invoice_date": d("1/8"),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": f"{self.seat.name} juin 2015",
                                "price_unit": 90.0,
                                "account_id": self.accounts["expense"].id,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            ).action_post()
            july.action_send()
            self._confirm_by_space(july)
        self.assertEqual(july.state, "confirmed")
        self.assertFalse(self._rows("2015-08-03 12:00:00", "gap", "to_bill"))
        row = self._rows("2015-08-05 12:00:00", "gap", "to_bill")
        self.assertRecordValues(row, [{"kind": "to_bill", "amount": 180.0}])
        self._pass_hour("2015-08-03 13:00:00")
        self.assertEqual(july.state, "billed")
        self.assertEqual(july.move_ids.amount_total, 180.0)

    def test_what_it_is_about_to_post_waits_for_nobody_for_a_day(self):
        self.company.coworking_match_tolerance = 1.2
        self._billed()
        with freeze_time("2015-07-04 10:00:00"):
            self._receive_document(self.statement, lines=((151.0, "Camille"),))
        self.assertWaits("2015-07-04 10:30:00")  # neither to match: it matches with posting
        self.assertWaits("2015-07-05 10:30:00", "to_post")
        self._switch("send", "bill")
        self.assertWaits("2015-07-04 10:30:00", "to_match")


class TestOneRow(BillsCase):
    def setUp(self):
        super().setUp()
        self._switch()
        self.bill = self._billed()

    def _read(self, moment="2015-07-04 10:00:00", **values):
        with freeze_time(moment):
            return self._receive_document(self.statement, **values)

    def _paper(self):
        with freeze_time("2015-07-04 10:00:00"):
            return self._received(pdf(), statement=self.statement)

    def test_a_bill_that_does_not_come_is_a_call_to_make_after_the_days_of_the_program(self):
        self.assertWaits("2015-07-09 12:00:00")
        rows = self.assertWaits("2015-07-10 12:00:00", "bill_awaited")
        self.assertRecordValues(
            rows, [{"space_id": self.space.id, "since": d("3/7"), "amount": 180.0}]
        )
        self.assertEqual(rows.phone, "03 20 00 00 01")
        self.assertIn("7 days ago", rows.reason)
        action = rows.action_settle()
        self.assertEqual(action["context"]["default_statement_id"], self.statement.id)
        rows = self.assertWaits("2015-07-10 12:00:00", "bill_awaited", user=self.coordinator)
        self.assertEqual(rows.action_settle()["res_id"], self.statement.id)
        self._switch("post")
        self._read("2015-07-10 12:00:00")
        self.assertWaits("2015-07-10 12:30:00")

    def test_a_document_that_was_read_is_one_thing_to_do(self):
        self._read()
        self.assertWaits("2015-07-04 12:00:00", "to_post")

    def test_one_that_nobody_could_read_is_typed_then_checked_then_posted(self):
        file = self._paper()
        self.assertWaits("2015-07-20 12:00:00", "to_type")
        file.with_user(self.accountant).action_archive()
        rows = self.assertWaits("2015-07-20 12:00:00", "to_check")
        self.assertIn("number of the bill is missing", rows.reason)
        self.assertEqual(rows.action_settle()["res_id"], self.bill.id)
        self.bill.write({"ref": "F-1", "invoice_date": d("4/7")})
        self.assertWaits("2015-07-20 12:00:00", "to_post")

    def test_what_is_typed_without_a_document_is_checked(self):
        self.bill.write({"ref": "F-1", "invoice_date": d("4/7")})
        rows = self.assertWaits("2015-07-04 12:00:00", "to_check")
        self.assertIn("own bill has not come", rows.reason)
        self.assertFalse(self._rows("2015-07-04 12:00:00", "to_check", user=self.coordinator))
        with freeze_time("2015-07-04 12:00:00"):
            self.bill.action_post()
        self.assertFalse(self._rows("2015-07-04 12:00:00", "to_check"))

    def test_a_draft_that_was_changed_is_checked_with_the_pilot_or_without(self):
        self._read()
        self.bill.invoice_date = d("5/7")
        for switches in ((), ("post",)):
            self._switch(*switches)
            rows = self.assertWaits("2015-07-04 12:00:00", "to_check")
            self.assertIn("changed since", rows.reason)

    def test_another_file_with_its_number_is_handled_first(self):
        self._read()
        other = self._read(lines=((160.0, "Camille"),))
        self.assertEqual(other.cause, "same_reference")
        rows = self.assertWaits("2015-07-04 12:00:00", "to_type")
        self.assertEqual(rows.res_id, other.id)
        other.with_user(self.accountant).action_archive()
        self.assertWaits("2015-07-04 12:00:00", "to_post")

    def test_bank_details_are_told_once_and_none_at_all_is_told_too(self):
        file = self._read()
        self.account.allow_out_payment = False
        self.assertWaits("2015-07-04 12:00:00", "bank")
        self.account.allow_out_payment = True
        self.bill.partner_bank_id = False
        file.bill_hash = self.bill._coworking_get_hash()
        rows = self.assertWaits("2015-07-04 12:00:00", "to_check")
        self.assertIn("No bank account", rows.reason)

    def test_new_details_of_an_operator_that_left_the_network_are_told_while_it_is_paid(self):
        self._read()
        self.account.allow_out_payment = False
        self.space.active = False
        self.assertWaits("2015-07-04 12:00:00", "bank")
        self.bill.with_context(force_delete=True).unlink()
        self.assertFalse(self._rows("2015-07-04 12:00:00", "bank"))

    def test_an_account_of_somebody_else_that_a_bill_names_is_told_until_it_is_verified(self):
        self._read()
        factor = self.env["res.partner"].create({"name": "Facto"})
        account = self.account.copy(
            {"acc_number": "FR1420041010050500013M02606", "partner_id": factor.id}
        )
        account.allow_out_payment = False
        self.assertFalse(self._rows("2015-07-04 12:00:00", "bank"))
        self.bill.partner_bank_id = account
        for user in (self.accountant, self.coordinator):
            rows = self.assertWaits("2015-07-04 12:00:00", "bank", user=user)
            self.assertIn(f"bills of {self.operator.name} name it", rows.reason)
            self.assertEqual((rows.res_id, rows.partner_id), (account.id, factor))
        account.allow_out_payment = True
        self.bill.action_post()
        self.assertWaits("2015-08-04 12:00:00", "to_pay")
        account.allow_out_payment = False
        self.assertWaits("2015-08-04 12:00:00", "bank")
        self.bill.button_draft()
        self.bill.button_cancel()
        self.assertFalse(self._rows("2015-08-04 12:00:00", "bank"))

    def test_drafts_whose_account_is_told_do_not_hide_those_to_post(self):
        other = self._bill_another("F-0", "1/7")
        self.account.copy(
            {
                "acc_number": "FR1420041010050500013M02606",
                "partner_id": other.partner_id.id,
                "allow_out_payment": False,
            }
        )
        self._read()
        with patch(f"{EXCEPTIONS}.coworking_exception_bill.MOST_READY", 1):
            rows = self._rows("2015-07-04 12:00:00", "to_post")
        self.assertEqual(rows.res_id, self.bill.id)

    def test_what_is_of_no_month_is_no_program_s_to_post(self):
        self._switch("post")
        self._read()
        self.assertEqual(self.bill._coworking_filter_pilot(), self.bill)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_match SET statement_id = NULL, charge_id = NULL WHERE move_id = %s",
            [self.bill.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.bill._coworking_filter_pilot())

    def test_a_failure_to_post_is_told_once(self):
        self._read()
        with (
            freeze_time("2015-07-04 11:00:00"),
            patch.object(
                self.registry["account.move"], "action_post", side_effect=UserError("Closed")
            ),
        ):
            self.bill.with_user(self.accountant).action_coworking_post_each()
        self.assertWaits("2015-07-04 12:00:00", "run_failed")

    def test_what_a_space_was_asked_is_a_call_to_make_once_it_does_not_answer(self):
        self._read(lines=((160.0, "Camille"),))
        self.assertWaits("2015-07-04 12:00:00", "gap")
        lines = self.env["coworking.month.line"].search(
            [("statement_id", "=", self.statement.id), ("status", "=", "to_match")]
        )
        for decision in ("asked", "disputed", "credit_note"):
            self._decide(lines, decision, "2015-07-05 10:00:00")
            rest = () if decision != "credit_note" else ("to_post",)
            self.assertWaits("2015-07-11 12:00:00", *rest)
            rows = self.assertWaits("2015-07-12 12:00:00", "contested", *rest)
            row = rows.filtered(lambda row: row.kind == "contested")
            self.assertRecordValues(row, [{"since": d("5/7"), "amount": 12.0}])
            self.assertEqual(row.phone, "03 20 00 00 01")
            self.assertEqual(row.action_settle()["res_model"], "coworking.match.decide")
        with freeze_time("2015-07-12 12:00:00"):
            lines._get_matches_to_decide()._record_decision("accepted", "So be it")
        self.assertWaits("2015-07-30 12:00:00", "to_post")

    def _decide(self, lines, decision, moment):
        with freeze_time(moment):
            lines._get_matches_to_decide()._record_decision(decision, "Left on the 12th")

    def test_other_words_of_a_dispute_and_a_bill_that_is_read_anew_leave_its_wait(self):
        self._read(lines=((160.0, "Camille"),))
        lines = self.env["coworking.month.line"].search(
            [("statement_id", "=", self.statement.id), ("status", "=", "to_match")]
        )
        self._decide(lines, "disputed", "2015-07-05 10:00:00")
        with freeze_time("2015-07-11 10:00:00"):
            matches = lines._get_matches()
            matches._record_decision("disputed", "Left on the 13th")
            matches.explanation = "In other words"
        row = self._rows("2015-07-12 12:00:00", "contested")
        self.assertEqual(row.since, d("5/7"))
        with freeze_time("2015-07-13 10:00:00"):
            lines.action_reopen()
            self.assertFalse(any(lines._get_matches().mapped("decided_at")))
        self._decide(lines, "disputed", "2015-07-13 11:00:00")
        self.assertFalse(self._rows("2015-07-19 12:00:00", "contested"))
        self.assertEqual(self._rows("2015-07-20 12:00:00", "contested").since, d("13/7"))

    def test_a_seat_left_out_is_told_though_another_costs_as_much_more(self):
        self.bill.unlink()
        self.statement.action_withdraw()
        other = self._new_seat("1/6", "30/6", "Noa")
        self.statement.action_refresh()
        self._confirm_by_space(self.statement)
        self._read(lines=((300.0, f"Place {self.seat.name}"),))
        self.assertEqual(self.statement.gap_amount, 0.0)
        rows = self.assertWaits("2015-07-04 12:00:00", "gap", "gap")
        self.assertEqual(sorted(rows.mapped("amount")), [-180.0, 180.0])
        self.assertIn(other.participant_id, rows.participant_id)


class TestCreditNotes(BillsCase):
    def _credit_note(self, *amounts, **values):
        content = facturx(
            note=self.statement.name,
            lines=[(amount, f"Place {self.seat.name}") for amount in amounts],
            credit_note=True,
            **{"reference": "A-1", **values},
        )
        with freeze_time("2015-07-06 09:00:00"):
            return self._received(content, operator=self.operator, statement=self.statement)

    def _posted_with_gap(self):
        """The space billed 12.00 too much; its credit note is expected."""
        self._switch()
        bill = self._billed()
        with freeze_time("2015-07-04 10:00:00"):
            self._receive_document(self.statement, lines=((160.0, "Camille"),))
            lines = self.env["coworking.month.line"].search(
                [("statement_id", "=", self.statement.id), ("status", "=", "to_match")]
            )
            lines._get_matches_to_decide()._record_decision("credit_note", "Left on the 28th")
            bill.action_post()
        return bill

    def test_one_that_gives_back_what_was_expected_is_ready_and_posted_by_the_pilot(self):
        self._posted_with_gap()
        file = self._credit_note(10.0, corrected="F-2015-07")
        note = file.move_id
        self.assertEqual((note.move_type, file.cause), ("in_refund", "credit_note"))
        self.assertFalse(note.coworking_obstacles)
        self.assertTrue(note.coworking_is_ready)
        self.assertIn(note, self.env["account.move"].search([("coworking_is_ready", "=", True)]))
        self.assertTrue(self.statement.bill_is_ready)
        rows = self._rows("2015-07-06 10:00:00", "to_post", "to_match", "to_type", "to_check")
        self.assertEqual(rows.mapped("kind"), ["to_match"])
        self._switch("post")
        self.assertFalse(self._rows("2015-07-06 10:00:00", "to_post", "to_match", "to_type"))
        self._pass_hour("2015-07-06 10:00:00")
        self.assertEqual(note.state, "posted")
        self.assertTrue(note.coworking_posted_by_program_at)
        self.assertTrue(all(self.statement.match_ids.mapped("decision")))
        words = "Facture comptabilisée par le programme"
        self.assertIn(words, self.statement.with_context(lang="fr_FR").done_by_program)
        note.with_user(self.accountant).button_draft()
        self._pass_hour("2015-07-07 10:00:00")
        self.assertEqual(note.state, "draft")

    def test_one_within_the_tolerance_ends_the_wait(self):
        self.company.coworking_match_tolerance = 1.0
        self._posted_with_gap()
        self.assertTrue(self._rows("2015-08-01 12:00:00", "contested"))
        self._credit_note(9.5, corrected="F-2015-07")
        self.assertFalse(self._rows("2015-08-01 12:00:00", "contested"))

    def test_of_two_of_one_bill_both_are_taken_off_it(self):
        bill = self._posted_with_gap()
        self._credit_note(4.0, corrected="F-2015-07")
        self._credit_note(6.0, corrected="F-2015-07", reference="A-2")
        self._switch("post")
        self._pass_hour("2015-07-06 10:00:00")
        notes = self.env["account.move"].search(
            [("partner_id", "=", self.operator.id), ("move_type", "=", "in_refund")]
        )
        self.assertEqual(notes.mapped("state"), ["posted", "posted"])
        self.assertEqual(notes.mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual(bill.amount_residual, 180.0)

    def test_one_that_comes_after_its_bill_was_paid_holds_the_next_back_until_it_is_used(self):
        bill = self._posted_with_gap()
        self._pay(bill)
        self._credit_note(10.0, corrected="F-2015-07")
        self._switch("post")
        self._pass_hour("2015-07-06 10:00:00")
        with freeze_time("2015-07-25 12:00:00"):
            other = self._new_bill(180.0)
            refusals = other._coworking_get_refusals_of_open_money()
            self.assertIn("set against no bill yet", refusals[other])
            note = self.env["account.move"].search(
                [("partner_id", "=", self.operator.id), ("move_type", "=", "in_refund")]
            )
            self.assertEqual(note.amount_residual, 12.0)
            lines = note.line_ids.filtered(lambda row: row.account_type == "liability_payable")
            other.js_assign_outstanding_line(lines.id)
            self.assertFalse(other._coworking_get_refusals_of_open_money())

    def _pay(self, bill):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        wizard.create({"journal_id": self._new_bank().id}).action_create_payments()
        self.assertEqual(bill.amount_residual, 0.0)

    def _new_bill(self, amount):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.operator.id,
                "invoice_date": d("20/7"),
                "ref": "F-9",
                "invoice_line_ids": [Command.create({"name": "Seats", "price_unit": amount})],
            }
        )
        bill.action_post()
        return bill

    def test_one_that_gives_back_another_amount_waits_for_a_decision(self):
        self._posted_with_gap()
        note = self._credit_note(30.0, corrected="F-2015-07").move_id
        self.assertFalse(note.coworking_is_ready)
        self.assertIn("wait for somebody", note.coworking_obstacles)
        self._switch("post")
        self._pass_hour("2015-07-06 10:00:00")
        self.assertEqual(note.state, "draft")

    def test_no_account_is_needed_where_nothing_is_paid(self):
        self._posted_with_gap()
        note = self._credit_note(10.0, corrected="F-2015-07").move_id
        self.account.allow_out_payment = False
        self.assertTrue(note.coworking_is_ready, note.coworking_obstacles)

    def test_a_month_that_is_owed_back_waits_for_the_credit_note_then_posts_it(self):
        self._confirmed()
        self.seat.date_end = d("15/6")
        with freeze_time("2015-08-01 08:00:00"):
            july = self._generate(d("1/7"))
            self._confirm_by_space(july)
            self._switch("post")
            july.action_create_bill()
        draft = july.bill_id
        self.assertEqual((draft.move_type, draft.amount_total), ("in_refund", 90.0))
        self.assertIn("credit note has not come", draft.coworking_obstacles)
        rows = self._rows("2015-08-09 12:00:00", "bill_awaited")
        self.assertRecordValues(rows, [{"res_id": july.id, "amount": -90.0}])
        content = facturx(
            note=july.name,
            lines=((75.0, f"Place {self.seat.name}"),),
            reference="A-2",
            credit_note=True,
        )
        with freeze_time("2015-08-09 12:00:00"):
            self._received(content, operator=self.operator, statement=july)
        self.assertFalse(draft.coworking_obstacles)
        self.assertFalse(self._rows("2015-08-09 12:30:00", "bill_awaited", "to_post", "to_type"))
        self._pass_hour("2015-08-09 13:00:00")
        self.assertEqual(draft.state, "posted")


class TestToPay(BillsCase):
    def setUp(self):
        super().setUp()
        self.bank = self._new_bank()
        self._billed()
        with freeze_time("2015-07-04 10:00:00"):
            self._receive_document(self.statement)  # due on the 1st of August
        self._pass_hour("2015-07-04 11:00:00")
        self.bill = self.statement.bill_id

    def test_bills_wait_to_be_paid_together_a_week_before_they_are_due(self):
        self.assertEqual(self.bill.state, "posted")
        self.assertWaits("2015-07-24 12:00:00")
        rows = self.assertWaits("2015-07-25 12:00:00", "to_pay")
        self.assertRecordValues(
            rows, [{"program_id": self.program.id, "since": d("1/8"), "amount": 180.0}]
        )
        self.assertIn("01/08/2015", rows.reason.replace("08/01/2015", "01/08/2015"))
        self.assertTrue(rows.reason.startswith(f"{self.operator.name}, F-2015-07: "), rows.reason)
        with freeze_time("2015-07-25 12:00:00"):
            action = rows.action_settle()
            payment = self.env["account.payment.register"].with_user(self.accountant)
            payment = payment.with_context(**action["context"])
            payment.create({"journal_id": self.bank.id}).action_create_payments()
        self.assertEqual(self.bill.amount_residual, 0.0)
        self.assertWaits("2015-08-25 12:00:00")

    def test_what_is_not_right_to_pay_is_told_by_what_speaks_against_it(self):
        self.account.allow_out_payment = False
        self.assertWaits("2015-07-25 12:00:00", "bank")
        self.account.allow_out_payment = True
        self.account.active = False  # nothing else tells that
        self.assertWaits("2015-07-25 12:00:00", "to_pay")
        self.account.allow_out_payment = False
        self.assertWaits("2015-07-25 12:00:00", "to_pay")
        self.account.allow_out_payment = True
        self.account.active = True
        self.bill.payment_state = "blocked"
        self.assertWaits("2015-07-25 12:00:00")

    def test_a_bill_that_was_paid_then_cancelled_and_made_again_is_not_paid_twice(self):
        with freeze_time("2015-07-25 12:00:00"):
            action = self.bill.with_user(self.accountant).action_coworking_pay()
            payment = self.env["account.payment.register"].with_user(self.accountant)
            payment = payment.with_context(**action["context"])
            payment.create({"journal_id": self.bank.id}).action_create_payments()
            self.bill.button_draft()
            self.bill.button_cancel()
            self.assertEqual(self.statement.state, "confirmed")
            self.statement.action_create_bill()
            again = self.statement.bill_id
            again.write(
                {"ref": "F-2", "invoice_date": d("4/7"), "partner_bank_id": self.account.id}
            )
            again.action_post()
        refusals = again._coworking_get_refusals_to_pay()
        self.assertIn("pays no bill yet", refusals[again])
        self.assertWaits("2015-07-25 12:00:00", "to_pay")
        payment = self.env["account.payment"].search([("partner_id", "=", self.operator.id)])
        line = payment.move_id.line_ids.filtered(
            lambda row: row.account_type == "liability_payable"
        )
        again.js_assign_outstanding_line(line.id)
        self.assertWaits("2015-08-25 12:00:00")

    def test_nor_where_its_payment_has_no_entry(self):
        with freeze_time("2015-07-25 12:00:00"):
            payment = self._pay_without_entry(self.bank, self.bill, 180.0, "2015-07-25")
            self.bill.button_draft()
            self.bill.button_cancel()
            self.statement.action_create_bill()
            again = self.statement.bill_id
            again.write({"ref": "F-2", "invoice_date": d("4/7")})
            again.action_post()
            refusals = again._coworking_get_refusals_of_open_money()
            self.assertIn("posted no more", refusals[again])
            payment.action_cancel()
            self.assertFalse(again._coworking_get_refusals_of_open_money())

    def test_what_is_stuck_does_not_hide_what_is_right(self):
        with patch(f"{EXCEPTIONS}.coworking_exception_bill.MOST_READY", 1):
            self.assertWaits("2015-07-25 12:00:00", "to_pay")
            self.statement.match_ids._record_decision("disputed", "Not theirs")
            bill = self._bill_another("F-3", "26/7")
            bill.action_post()
            rows = self._rows("2015-09-25 12:00:00", "to_pay")
            self.assertEqual(rows.res_id, bill.id)

    def test_several_are_told_by_their_program(self):
        self._bill_another("F-3", "26/7").action_post()
        rows = self.assertWaits("2015-09-25 12:00:00", "to_pay")
        self.assertTrue(rows.reason.startswith(f"{self.program.name}: 2 bills"), rows.reason)
        self.assertEqual(rows.amount, 180.0 + 140.0)

    def test_what_is_due_waits_whatever_its_journal_is_said_to_be_for(self):
        self.bill.journal_id.type = "general"
        self.assertWaits("2015-07-25 12:00:00", "to_pay")
