"""What a program does by itself: when, once, told, and taken back as if a person had done it."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user
from odoo.tools import mute_logger

from ..common import ACCOUNTANT, COORDINATOR, JUNE, d
from ..matching.received import facturx, pdf
from .common import PilotCase


class TestSend(PilotCase):
    def test_a_month_is_sent_on_the_first_working_day_at_six_and_once(self):
        statement = self._generate(JUNE)
        for early in ("2015-06-30 12:00:00", "2015-06-30 22:30:00", "2015-07-01 03:59:00"):
            self._pass_hour(early)
            self.assertEqual(statement.state, "draft", early)
        self._pass_hour("2015-07-01 04:00:00")
        self.assertEqual(statement.state, "sent")
        self.assertEqual(str(statement.sent_by_program_at), "2015-07-01 04:00:00")
        sent_at = statement.sent_at
        for hour in ("2015-07-01 05:00:00", "2015-07-02 04:00:00", "2015-08-03 04:00:00"):
            self._pass_hour(hour)
        self.assertEqual((statement.sent_at, len(self._runs())), (sent_at, 1))

    def test_the_month_and_its_discussion_say_that_nobody_did_it(self):
        statement = self._generate(JUNE)
        self._pass_hour("2015-07-01 04:00:00")
        words = "Envoyé par le programme, 1er juillet 2015, 06:00"
        self.assertEqual(statement.with_context(lang="fr_FR").done_by_program, words)
        self.assertIn(words, statement.message_ids.mapped("preview"))
        run = self._runs()
        self.assertRecordValues(
            run, [{"step": "send", "state": "done", "outcome": "Done by the program: 1"}]
        )
        self.assertEqual(run.create_uid, self.env.ref("base.user_root"))

    def test_nothing_is_sent_where_the_switch_is_off(self):
        self._switch("bill", "post")
        statement = self._generate(JUNE)
        self._pass_hour("2015-07-01 08:00:00")
        self.assertEqual((statement.state, len(self._runs())), ("draft", 0))

    def test_a_month_that_is_not_over_and_one_long_over_are_not_sent(self):
        self._new_seat("1/4", "31/7", "Noa", self.tariff_b)
        with freeze_time("2015-07-10 08:00:00"):
            for month in ("1/4", "1/7"):
                self._generate(d(month))
        self._pass_hour("2015-07-10 08:00:00")
        self.assertFalse(self._runs())

    def test_days_off_are_waited_for(self):
        for month, first, why in (
            ("1/7", "3/8", "the 1st is a Saturday"),
            ("1/4", "4/5", "the 1st is a public holiday, then comes a week-end"),
            ("1/6", "1/7", "a Wednesday"),
        ):
            with self.subTest(why):
                self.assertEqual(self._get_first_day(d(month)), d(first))

    def test_a_company_that_is_closed_is_waited_for_even_into_the_next_month(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "August",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2015-07-31 20:00:00",
                "date_to": "2015-08-31 21:59:00",
            }
        )
        self.assertEqual(self._get_first_day(d("1/7")), d("1/9"))

    def test_a_space_overseas_lives_by_its_own_clock_and_holidays(self):
        self.space.partner_id.write({"zip": "97400", "country_id": self.env.ref("base.fr").id})
        with freeze_time("2015-07-01 01:59:00"):
            self.assertFalse(self.space._get_spaces_due(JUNE))
        with freeze_time("2015-07-01 02:00:00"):
            self.assertTrue(self.space._get_spaces_due(JUNE))
        # 20 December is a holiday there, 1 January everywhere
        self.assertEqual(self._get_first_day(d("1/12")), d("4/1/16"))

    def _get_first_day(self, month):
        """The first of the days that follow on which that month may be sent at noon."""
        for day in self._whole_days(75, f"28/{month.month}"):
            with freeze_time(f"{d(day)} 12:00:00"):
                if self.space._get_spaces_due(month):
                    return d(day)
        return None

    def test_what_somebody_cancelled_is_not_sent_again_by_itself(self):
        statement = self._generate(JUNE)
        self._pass_hour("2015-07-01 04:00:00")
        statement.with_user(self.coordinator).action_cancel()
        again = self._generate(JUNE)
        self._pass_hour("2015-07-02 08:00:00")
        self.assertEqual((again.state, again.sent_at), ("draft", False))

    def test_what_somebody_cancelled_of_one_program_holds_no_other_of_the_space_up(self):
        other = self._new_program("Second 2015", "SEC")
        self._new_seat("1/6", "30/6", self._new_participant("Noa", other))
        statement = self._generate(JUNE)
        self._pass_hour("2015-07-01 04:00:00")
        statement.action_cancel()
        self._switch("send", program=other)
        again, second = self._generate(JUNE), self._generate(JUNE, other)
        self._pass_hour("2015-07-02 08:00:00")
        self.assertEqual((again.state, second.state), ("draft", "sent"))

    def test_what_changed_meanwhile_is_sent_as_it_is_now(self):
        statement = self._generate(JUNE)
        self.seat.date_end = d("15/6")
        self._pass_hour("2015-07-01 04:00:00")
        self.assertEqual((statement.state, statement.payable_total), ("sent", 90.0))
        self.assertFalse(statement.changed_since_sent)


class TestBill(PilotCase):
    def _send(self):
        statement = self._generate(JUNE)
        statement.action_send()
        return statement

    def test_a_month_that_the_space_confirmed_gets_its_draft_bill_once(self):
        statement = self._send()
        self._pass_hour("2015-07-02 08:00:00")
        self.assertFalse(statement.bill_id)
        self._confirm_by_space(statement)
        for hour in ("2015-07-02 09:00:00", "2015-07-02 10:00:00"):
            self._pass_hour(hour)
        self.assertRecordValues(statement.bill_ids, [{"state": "draft", "amount_total": 180.0}])
        words = "Facture brouillon créée par le programme, 2 juillet 2015, 11:00"
        for record in (statement, statement.bill_id):
            self.assertIn(words, record.message_ids.mapped("preview"))
        self.assertIn(words, statement.with_context(lang="fr_FR").done_by_program)

    def test_what_staff_confirmed_themselves_is_left_to_them(self):
        statement = self._send()
        statement.with_user(self.coordinator).action_confirm()
        self._pass_hour("2015-07-02 09:00:00")
        self.assertEqual((statement.state, len(self._runs())), ("confirmed", 0))

    def test_what_the_space_confirmed_and_staff_confirmed_anew_is_left_to_them(self):
        statement = self._send()
        self._confirm_by_space(statement)
        statement.action_withdraw()
        statement.with_user(self.coordinator).action_confirm()
        self._pass_hour("2015-07-02 09:00:00")
        self.assertEqual((statement.state, len(self._runs())), ("confirmed", 0))

    def test_a_month_of_more_than_a_year_ago_is_somebody_s_to_bill(self):
        statement = self._send()
        self._confirm_by_space(statement)
        self._pass_hour("2016-06-02 09:00:00")
        self.assertEqual((statement.state, len(self._runs())), ("confirmed", 0))
        self._pass_hour("2016-06-01 09:00:00")
        self.assertEqual(statement.state, "billed")

    def test_what_the_space_said_on_the_telephone_counts(self):
        statement = self._send()
        statement._confirm_lines(partner=self.manager.partner_id, channel="phone")
        self._pass_hour("2015-07-02 09:00:00")
        self.assertEqual(statement.state, "billed")

    def test_a_bill_that_somebody_deleted_is_not_made_again_by_itself(self):
        bill = self._make_bill()
        statement = bill.coworking_statement_id
        bill.unlink()
        self.assertEqual(statement.state, "confirmed")
        self._pass_hour("2015-07-03 10:00:00")
        self.assertFalse(statement.bill_id)
        statement.with_user(self.accountant).action_create_bill()
        self.assertTrue(statement.bill_id)

    def test_a_month_that_costs_nothing_has_no_bill_and_no_error(self):
        self.tariff.price_ids.price = 0.0
        statement = self._send()
        self._confirm_by_space(statement)
        self._pass_hour("2015-07-02 09:00:00")
        self.assertEqual((statement.state, len(self._runs())), ("confirmed", 0))

    def test_an_error_of_one_space_is_told_and_holds_no_other_up(self):
        self._new_seat("1/6", "30/6", "Noa", self.tariff_b)
        statements = self._send()
        self._confirm_by_space(statements)
        bad = statements.filtered(lambda row: row.space_id == self.space)
        broken = type(self.env["coworking.statement"])._prepare_bills

        def prepare(statement, known=None):
            if statement.space_id == self.space:
                raise UserError("No account")
            return broken(statement, known)

        with patch.object(self.registry["coworking.statement"], "_prepare_bills", prepare):
            self._pass_hour("2015-07-02 09:00:00")
            self._pass_hour("2015-07-02 10:00:00")
        self.assertEqual((statements - bad).state, "billed")
        self.assertEqual(bad.state, "confirmed")
        run = self._runs()
        self.assertRecordValues(run, [{"state": "failed", "failed_count": 1}])
        activity = bad.activity_ids
        self.assertEqual(activity.summary, "Le programme n'a pas pu créer la facture de juin 2015")
        self.assertIn("No account", activity.note)
        self.assertEqual(activity.user_id, self.accountant)
        # mended: whoever sees it has it tried again, and nothing more is said
        run = run.with_user(self.accountant)
        run.action_resume()
        self._pass_hour("2015-07-02 11:00:00")
        self.assertEqual((bad.state, run.state), ("billed", "done"))
        self.assertFalse(bad.activity_ids)

    def _fail_to_bill(self):
        statement = self._send()
        self._confirm_by_space(statement)
        problem = UserError("No account")
        with patch.object(
            self.registry["coworking.statement"], "_prepare_bills", side_effect=problem
        ):
            self._pass_hour("2015-07-02 09:00:00")
        return statement

    def test_what_failed_is_tried_again_the_next_day(self):
        statement = self._fail_to_bill()
        self._pass_hour("2015-07-02 10:00:00")
        self.assertEqual(statement.state, "confirmed")
        self.env.cr.execute(
            "UPDATE coworking_month_run_line SET write_date = write_date - INTERVAL '21 hours'"
            " WHERE state = 'failed'"
        )
        self.env.invalidate_all()
        self._pass_hour("2015-07-03 09:00:00")
        self.assertEqual((statement.state, len(self._runs())), ("billed", 1))

    def _fail_a_day_ago(self, step, statement, **values):
        """:return: a line of work that came to nothing, long enough ago to be tried again"""
        line = {**statement._prepare_run_line(), "state": "failed", "error": "No account"}
        run = self.env["coworking.month.run"].with_user(self.accountant).sudo()
        run = run.create({"step": step, "line_ids": [Command.create(line)], **values})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_month_run_line SET write_date = '2015-07-02 09:00:00'"
            " WHERE run_id = %s",
            [run.id],
        )
        self.env.invalidate_all()
        return run.line_ids

    def test_what_failed_is_theirs_to_try_again_who_asked_for_it_or_stopped_it(self):
        self._switch("send")
        statement = self._send()
        self._confirm_by_space(statement)
        asked = self._fail_a_day_ago("bill", statement)
        stopped = self._fail_a_day_ago("bill", statement, by_program=True, stopped=True)
        self._pass_hour("2015-07-03 09:00:00")
        self.assertEqual((asked | stopped).mapped("state"), ["failed", "failed"])
        self.assertEqual(statement.state, "confirmed")

    def test_what_failed_of_somebody_or_of_another_step_holds_the_program_up_in_nothing(self):
        statement = self._send()
        self._fail_a_day_ago("bill", statement)
        self._fail_a_day_ago("send", statement, by_program=True, stopped=True)
        self._confirm_by_space(statement)
        self._pass_hour("2015-07-03 09:00:00")
        self.assertEqual(statement.state, "billed")

    def test_what_somebody_does_meanwhile_is_nothing_to_do_any_more(self):
        for how in ("the switch is turned off", "somebody made the bill", "it was withdrawn"):
            with self.subTest(how):
                statement = self._generate(JUNE)
                statement.action_send()
                self._confirm_by_space(statement)
                self._ask_to_bill()
                if how == "the switch is turned off":
                    self.program.with_user(self.coordinator).action_switch_bill()
                elif how == "somebody made the bill":
                    statement.action_create_bill()
                else:
                    statement.action_withdraw()
                self._pass_hour("2015-07-02 09:00:00")
                run = self._runs()[-1:]
                self.assertEqual(run.outcome, "Nothing to do any more: 1")
                self.assertLessEqual(len(statement.bill_ids), 1)
                statement.bill_ids.unlink()
                if statement.state == "confirmed":
                    statement.action_withdraw()
                self._switch("send", "bill", "post")

    def _ask_to_bill(self):
        """Noted by one hour, and not done yet."""
        with freeze_time("2015-07-02 08:30:00"):
            self.env["coworking.month.run"]._ask_by_program(self.program, "bill")

    def test_a_failure_that_nobody_mended_is_still_told_once_the_switch_is_off(self):
        statement = self._fail_to_bill()
        run = self._runs()
        for how, told in (("off", True), ("billed by somebody", False)):
            if how == "off":
                self.program.with_user(self.coordinator).action_switch_bill()
            else:
                statement.with_user(self.accountant).action_create_bill()
                run.sudo().line_ids.state = "failed"
            run.with_user(self.coordinator).action_resume()
            self._pass_hour("2015-07-02 10:00:00")
            self.assertEqual(run.line_ids.state, "moot", how)
            self.assertEqual(bool(statement.activity_ids), told, how)

    def test_a_bill_of_before_is_not_said_to_be_made_again(self):
        statement = self._send()
        self._confirm_by_space(statement)
        statement.action_create_bill()
        first = statement.bill_ids
        run = self.env["coworking.month.run"].create(
            {
                "step": "bill",
                "by_program": True,
                "line_ids": [Command.create(statement._prepare_run_line())],
            }
        )
        with patch.object(self.registry["coworking.statement"], "action_create_bill"):
            run.line_ids._bill()
        self.assertFalse(
            first.message_ids.filtered(lambda row: "by the program" in (row.preview or ""))
        )

    def test_a_program_that_fails_does_not_hold_the_others_up(self):
        other = self._new_program("Second 2015", "SEC")
        self._switch("send", program=other)
        self._new_seat("1/6", "30/6", self._new_participant("Noa", other))
        statement = self._generate(JUNE, other)
        asked = type(self.env["coworking.month.run"])._ask_by_program

        def ask(run, program, step):
            if program == self.program:
                raise ValueError("Broken")
            return asked(run, program, step)

        with (
            patch.object(self.registry["coworking.month.run"], "_ask_by_program", ask),
            mute_logger("odoo.addons.coworking_incubation.models.steering.coworking_month_run"),
        ):
            self._pass_hour("2015-07-01 08:00:00")
        self.assertEqual(statement.state, "sent")

    def test_what_somebody_stopped_is_not_forgotten_and_asked_for_anew(self):
        statement = self._send()
        self._confirm_by_space(statement)
        self._ask_to_bill()
        run = self._runs()
        run.with_user(self.coordinator).action_stop()
        run.env.cr.execute("UPDATE coworking_month_run SET create_date = '2015-07-02 08:30:00'")
        self.env.invalidate_all()
        with freeze_time("2015-08-12 09:00:00"):
            run.sudo()._gc_runs()
        self._pass_hour("2015-08-12 09:00:00")
        self.assertEqual((statement.state, self._runs()), ("confirmed", run))
        run.with_user(self.coordinator).action_resume()
        self._pass_hour("2015-08-12 10:00:00")
        with freeze_time("2015-08-12 11:00:00"):
            run.sudo()._gc_runs()
        self.assertFalse(run.exists())

    def test_a_stopped_run_stays_stopped(self):
        statement = self._send()
        self._confirm_by_space(statement)
        self._ask_to_bill()
        run = self._runs().with_user(self.coordinator)
        run.action_stop()
        for hour in ("2015-07-02 09:00:00", "2015-07-04 09:00:00"):
            self._pass_hour(hour)
        self.assertEqual((statement.state, run.state), ("confirmed", "stopped"))
        run.action_resume()
        self._pass_hour("2015-07-04 10:00:00")
        self.assertEqual(statement.state, "billed")


class TestReady(PilotCase):
    def setUp(self):
        super().setUp()
        self._switch("send", "bill")
        self.bill = self._make_bill()
        self.statement = self.bill.coworking_statement_id

    def assertNotReady(self, *fragments):
        self.env.invalidate_all()
        self.assertFalse(self.bill.coworking_is_ready)
        for fragment in fragments:
            self.assertIn(fragment, self.bill.coworking_obstacles)
        self.assertFalse(self._find())

    def assertReady(self):
        self.env.invalidate_all()
        self.assertFalse(self.bill.coworking_obstacles)
        self.assertTrue(self.bill.coworking_is_ready)
        self.assertTrue(self.statement.bill_is_ready)
        self.assertTrue(all(self.statement.match_ids.mapped("charge_id")))
        self.assertEqual(self._find(), self.bill)

    def _find(self):
        """By each of the lists."""
        bills = self.env["account.move"].with_user(self.accountant)
        found = bills.search([("coworking_is_ready", "=", True), ("id", "=", self.bill.id)])
        self.assertEqual(
            bills.search([("coworking_is_ready", "=", False), ("id", "=", self.bill.id)]),
            self.bill.with_user(self.accountant) - found,
        )
        for model in ("coworking.statement", "coworking.month.line"):
            path = "" if model == "coworking.statement" else "statement_id."
            rows = self.env[model].with_user(self.accountant)
            rows = rows.search(
                [(f"{path}bill_is_ready", "=", True), ("space_id", "=", self.space.id)]
            )
            self.assertEqual(bool(rows), bool(found), model)
        return found.with_user(self.env.user)

    def test_a_bill_whose_document_was_read_and_says_the_same_is_ready(self):
        self.assertNotReady("own bill has not come", "number", "date")
        self._receive_document(self.statement)
        self.assertReady()

    def _waiting_to_post(self, user):
        self.env.flush_all()
        rows = self.env["coworking.exception"].with_user(user)
        return rows.search([("kind", "=", "to_post"), ("company_id", "=", self.company.id)])

    def test_a_bill_that_is_ready_waits_for_the_accountant_who_posts_it_by_one_click(self):
        self._receive_document(self.statement)
        self.assertReady()
        self.assertFalse(self._waiting_to_post(self.coordinator))
        row = self._waiting_to_post(self.accountant)
        self.assertRecordValues(
            row, [{"res_id": self.bill.id, "space_id": self.space.id, "amount": 180.0}]
        )
        self.assertIn("F-2015-07", row.reason)
        row.action_settle()
        self.assertEqual(self.bill.state, "posted")
        self.assertFalse(self._waiting_to_post(self.accountant))

    def test_a_bill_that_the_pilot_posts_waits_for_nobody(self):
        self._receive_document(self.statement)
        self._switch("post")
        self.assertReady()
        self.assertFalse(self._waiting_to_post(self.accountant))
        self.bill.coworking_posted_by_program_at = "2015-07-04 10:00:00"
        self.assertEqual(self._waiting_to_post(self.accountant).res_id, self.bill.id)

    def test_a_document_that_was_typed_in_is_ready_once_somebody_says_they_looked_at_it(self):
        file = self._receive_pdf()
        self.assertEqual((file.state, file.move_id), ("to_type", self.bill))
        self.bill.ref = "F-1"
        self.assertNotReady("facture.pdf", "archive", "date of the bill is missing")
        self.bill.invoice_date = d("2/7")
        self.assertNotReady("facture.pdf")
        file.with_user(self.accountant).action_archive()
        self.assertReady()
        self._switch("post")  # what somebody typed is theirs to post
        self.assertEqual(self._waiting_to_post(self.accountant).res_id, self.bill.id)
        self.bill.ref = False
        self.assertNotReady("number of the bill is missing")

    def _receive_pdf(self):
        return self._received(pdf(), statement=self.statement)

    def test_what_is_attached_by_hand_is_no_document_that_came(self):
        self.bill.write({"ref": "F-1", "invoice_date": d("2/7")})
        self.env["ir.attachment"].create(
            {"name": "bill.pdf", "res_model": "account.move", "res_id": self.bill.id, "raw": b"x"}
        )
        self.assertNotReady("own bill has not come")

    def test_another_document_with_the_same_number_waits_for_somebody(self):
        content = facturx(note=self.statement.name)
        self._received(content, operator=self.operator)
        again = self._received(content, operator=self.operator)
        self.assertEqual(again.cause, "same_file")
        self.assertReady()
        other = self._receive_document(self.statement, lines=((160.0, "Camille"),))
        self.assertEqual((other.cause, other.move_id), ("same_reference", self.bill))
        self.assertNotReady("with the same number", other.name)
        other.with_user(self.accountant).action_archive()
        self.assertReady()

    def test_what_was_read_before_it_was_kept_is_said_not_called_a_change(self):
        file = self._receive_document(self.statement)
        file.bill_hash = False
        self.assertNotReady("was read before")
        self.assertNotIn("changed", self.bill.coworking_obstacles)

    def test_what_was_changed_since_it_was_read_is_not_ready(self):
        self._receive_document(self.statement)
        self.bill.invoice_date = d("3/7")
        self.assertNotReady("changed since the document")
        self.bill.invoice_date = d("2/7")
        self.assertReady()

    def test_a_total_that_differs_waits_for_a_decision(self):
        self._receive_document(self.statement, lines=((160.0, "Camille"),))
        self.assertNotReady("wait for somebody")
        lines = self.env["coworking.month.line"].search(
            [("statement_id", "=", self.statement.id), ("status", "=", "to_match")]
        )
        matches = lines._get_matches_to_decide()
        for decision, ready in (("disputed", False), ("asked", False), ("credit_note", True)):
            matches._record_decision(decision, "So be it")
            if ready:
                self.assertReady()
            else:
                self.assertNotReady("wait for somebody")

    def test_a_gap_within_the_tolerance_is_ready(self):
        self.company.coworking_match_tolerance = 1.2
        self._receive_document(self.statement, lines=((151.0, "Camille"),))
        self.assertReady()
        self.company.coworking_match_tolerance = 1.19
        self.assertNotReady("wait for somebody")

    def test_bank_details_that_nobody_verified_are_waited_for(self):
        self._receive_document(self.statement)
        self.account.allow_out_payment = False
        self.assertNotReady("bank details")
        self.account.allow_out_payment = True
        self.assertReady()

    def test_a_bill_without_an_account_in_use_waits(self):
        file = self._receive_document(self.statement)
        self.account.active = False
        self.assertNotReady("No bank account in use")
        self.account.active = True
        self.assertReady()
        self.bill.partner_bank_id = False
        file.bill_hash = self.bill._coworking_get_hash()
        self.assertNotReady("No bank account in use")

    def test_a_seat_that_the_bill_leaves_out_waits_for_a_decision(self):
        self.bill.unlink()
        self.statement.action_withdraw()
        self._new_seat("1/6", "30/6", "Noa")
        self.statement.action_refresh()
        self._confirm_by_space(self.statement)
        self._receive_document(self.statement, lines=((150.0, f"Place {self.seat.name}"),))
        self.bill = self.statement.bill_id
        (charge,) = self.statement.charge_ids.filtered(lambda row: row.seat_id != self.seat)
        self.assertNotReady("wait for somebody", charge.seat_id.name)

    def test_a_bill_that_came_before_the_month_was_confirmed_waits(self):
        self.bill.unlink()
        self.statement.action_withdraw()
        self._receive_document(self.statement)
        self.bill = self.statement.bill_ids
        self.assertNotReady("not confirmed")
        self._confirm_by_space(self.statement)
        self.assertReady()

    def test_a_line_that_waits_for_the_statement_of_its_month_keeps_it_back(self):
        other = self._new_program("Second 2015", "SEC")
        self._new_seat("1/6", "30/6", self._new_participant("Nour Haddad", other))
        self.bill.unlink()
        self.statement.action_withdraw()
        self._new_seat("1/6", "30/6", "Noa")
        self.statement.action_refresh()
        self._confirm_by_space(self.statement)
        lines = ((300.0, "Coworking juin 2015"), (75.0, "Nour Haddad, juin 2015"))
        self._receive_document(self.statement, note="", lines=lines)
        self.bill = self.statement.bill_ids
        self.assertEqual((self.bill.amount_total, self.statement.gap_amount), (450.0, 0.0))
        self.assertNotReady("wait for somebody")

    def test_bills_of_others_are_no_concern(self):
        other = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.prescriber_partner().id, "ref": "X"}
        )
        self.assertFalse(other.coworking_is_ready)
        self.assertFalse(other.coworking_obstacles)

    def prescriber_partner(self):
        return self.env["res.partner"].create({"name": "Electricity"})

    def test_many_bills_cost_as_many_queries_as_two(self):
        self._receive_document(self.statement)
        counts = []
        for number in range(2):
            tariffs = [
                self._new_tariff(
                    "T", 100.0, space=self._new_space(f"S {number}{n}", f"S{number}{n}")
                )
                for n in range(1 + 4 * number)
            ]
            for tariff in tariffs:
                self._new_seat("1/6", "30/6", f"P {tariff.id}", tariff)
            statements = self._generate(JUNE) - self.statement
            opened = statements.filtered(lambda row: row.state == "draft")
            self._confirm_by_space(opened)
            opened.action_create_bill()
            bills = self.env["account.move"].browse(statements.bill_id.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            bills.mapped("coworking_obstacles")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 1)


class TestPost(PilotCase):
    def setUp(self):
        super().setUp()
        self.bill = self._make_bill()
        self.statement = self.bill.coworking_statement_id

    def test_a_bill_that_is_ready_is_posted_once_and_told(self):
        self._pass_hour("2015-07-03 09:00:00")
        self.assertEqual(self.bill.state, "draft")
        self._receive_document(self.statement)
        self._pass_hour("2015-07-03 10:00:00")
        self.assertEqual(self.bill.state, "posted")
        words = "Facture comptabilisée par le programme, 3 juillet 2015, 12:00"
        for record in (self.statement, self.bill):
            self.assertIn(words, record.message_ids.mapped("preview"))
        self.assertIn(words, self.statement.with_context(lang="fr_FR").done_by_program)
        self._pass_hour("2015-07-03 11:00:00")
        self.assertEqual(len(self._runs().filtered(lambda run: run.step == "post")), 1)

    def test_what_somebody_typed_from_a_document_is_theirs_to_post(self):
        file = self._received(pdf(), statement=self.statement)
        self.bill.write({"ref": "F-1", "invoice_date": d("2/7")})
        file.active = False
        self.assertTrue(self.bill.coworking_is_ready, self.bill.coworking_obstacles)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET write_date = '2015-07-03 08:00:00' WHERE id = %s",
            [self.bill.id],
        )
        self._pass_hour("2015-07-03 12:00:00")
        self.assertEqual(self.bill.state, "draft")

    def test_each_statement_of_a_bill_says_that_it_was_posted_and_no_other(self):
        other = self._new_seat("1/6", "30/6", "Noa", self.tariff_b)
        second = self._generate(JUNE).filtered(lambda row: row.space_id == other.space_id)
        self._confirm_by_space(second)
        self._receive_document(self.statement)
        with freeze_time("2015-07-03 10:00:00"):
            second.action_create_bill()
            run = self.env["coworking.month.run"].create(
                {
                    "step": "post",
                    "by_program": True,
                    "line_ids": [
                        Command.create(row._prepare_run_line()) for row in self.statement | second
                    ],
                }
            )
            run.line_ids._post()
        self.assertEqual((self.bill.state, second.bill_id.state), ("posted", "draft"))
        told = [
            any("Bill posted" in (text or "") for text in row.message_ids.mapped("preview"))
            for row in (self.statement, second)
        ]
        self.assertEqual(told, [True, False])

    def test_who_may_not_turn_the_switch_does_not_make_it_go_on(self):
        self._receive_document(self.statement)
        with freeze_time("2015-07-03 10:00:00"):
            self.env["coworking.month.run"]._ask_by_program(self.program, "post")
        run = self._runs().filtered(lambda row: row.step == "post")
        run.with_user(self.accountant).action_stop()
        with self.assertRaisesRegex(AccessError, "accountant"):
            run.with_user(self.coordinator).action_resume()
        self.assertTrue(run.stopped)
        run.with_user(self.accountant).action_resume()
        self.assertFalse(run.stopped)

    def test_what_differs_within_the_tolerance_is_matched_with_it(self):
        self.company.coworking_match_tolerance = 1.2
        self._receive_document(self.statement, lines=((151.0, "Camille"),))
        self._pass_hour("2015-07-03 10:00:00")
        self.assertRecordValues(self.bill, [{"state": "posted", "amount_total": 181.2}])
        self.assertEqual(set(self.statement.match_ids.mapped("decision")), {"matched"})

    def test_a_bill_that_somebody_took_back_is_not_posted_again_by_itself(self):
        self._receive_document(self.statement)
        self._pass_hour("2015-07-03 10:00:00")
        self.bill.with_user(self.accountant).button_draft()
        self._pass_hour("2015-07-03 11:00:00")
        self.assertEqual(self.bill.state, "draft")

    def test_a_bill_that_somebody_is_typing_in_is_left_to_them(self):
        self._receive_document(self.statement)
        bill = self.bill.with_user(self.accountant)
        bill.narration = "Looked at"
        self._pass_hour("2015-07-03 10:00:00")
        self.assertEqual(self.bill.state, "draft")
        self.env.cr.execute(
            "UPDATE account_move SET write_date = '2015-07-03 10:45:00' WHERE id = %s", [bill.id]
        )
        self.env.invalidate_all()
        self._pass_hour("2015-07-03 11:00:00")
        self.assertEqual(self.bill.state, "posted")

    def test_a_number_that_is_posted_already_is_told(self):
        other = self.bill.copy({"ref": "F-2015-07", "invoice_date": d("1/7")})
        other.action_post()
        self._receive_document(self.statement)
        self.bill.ref = "F-2015-07"
        self._pass_hour("2015-07-03 10:00:00")
        self.assertEqual(self.bill.state, "draft")

    def test_a_bill_of_two_programs_needs_both_switches(self):
        second = self._new_program("Second 2015", "SEC")
        self._new_seat("1/6", "30/6", self._new_participant("Noa", second))
        statement = self._generate(JUNE, second)
        self._confirm_by_space(statement)
        self.bill.unlink()
        both = self.statement | statement
        self._receive_document(
            self.statement,
            note=" ".join(both.mapped("name")),
            lines=((150.0, "Camille"), (150.0, "Noa")),
        )
        bill = both.bill_ids
        self.assertEqual(bill.amount_total, 360.0)
        self.assertTrue(bill.coworking_is_ready, bill.coworking_obstacles)
        self._pass_hour("2015-07-03 10:00:00")
        self.assertEqual(bill.state, "draft")
        self._switch("post", program=second)
        self._pass_hour("2015-07-03 11:00:00")
        self.assertEqual(bill.state, "posted")


class TestRights(PilotCase):
    def test_switches_are_off_in_a_new_program_and_in_a_copy(self):
        for program in (self._new_program("New", "NEW"), self.program.copy()):
            self.assertRecordValues(
                program,
                [{"autopilot_send": False, "autopilot_bill": False, "autopilot_post": False}],
            )

    def test_each_switch_is_turned_by_its_roles_and_told(self):
        self._switch()
        both = ("coordinator", "accountant")
        for step, roles in (("send", both), ("bill", both), ("post", ("accountant",))):
            for role in ("accompanist", "coordinator", "accountant", "employee"):
                user = getattr(self, role)
                program = self.program.with_user(user).with_context(
                    tracking_disable=False, mail_notrack=False
                )
                name = f"action_switch_{step}"
                turned_on = program.with_context(coworking_turn_on=True)
                if role in roles:
                    for on in (True, True, False, False):
                        getattr(turned_on if on else program, name)()
                        self.env.flush_all()
                        self.env.cr.precommit.run()
                        self.assertEqual(self.program[f"autopilot_{step}"], on)
                else:
                    self.assertRaises(AccessError, getattr(turned_on, name))
        self.program.invalidate_recordset()
        authors = self.program.message_ids.filtered("tracking_value_ids").author_id
        self.assertEqual(authors, (self.coordinator | self.accountant).partner_id)

    def test_nobody_types_a_switch(self):
        self._switch()
        user = new_test_user(
            self.env,
            login="t_both",
            groups=f"{COORDINATOR},{ACCOUNTANT}",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        program = self.program.with_user(user)
        with self.assertRaises(AccessError):
            program.write({"autopilot_post": True})
        with self.assertRaises(AccessError):
            program.create({**program.copy_data()[0], "autopilot_send": True})
        program.write({"target_places": 31})

    def test_accountants_see_what_the_program_did_in_their_company_alone(self):
        self._generate(JUNE)
        self._pass_hour("2015-07-01 04:00:00")
        run = self._runs()
        self.assertTrue(run.with_user(self.accountant).line_ids.mapped("state"))
        company = self._new_company("Other Incubator")
        stranger = new_test_user(
            self.env,
            login="t_stranger",
            groups=ACCOUNTANT,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        looking = self.env(user=stranger, context={"allowed_company_ids": company.ids})
        self.assertFalse(run.with_env(looking).search([]) & run)
        for act in (
            run.with_env(looking).action_resume,
            lambda: (
                self.program.with_env(looking)
                .with_context(coworking_turn_on=True)
                .action_switch_post()
            ),
        ):
            self.assertRaises(AccessError, act)

    def test_work_that_nobody_asked_for_is_not_done_with_the_rights_of_who_looks_on(self):
        statement = self._generate(JUNE)
        with freeze_time("2015-07-01 04:00:00"):
            self.env["coworking.month.run"]._ask_by_program(self.program, "send")
            run = self._runs().with_user(self.coordinator)
            self.assertRaises(AccessError, run.action_work)
        self.assertEqual(statement.state, "draft")
