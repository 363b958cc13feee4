"""What waits for a person: each kind comes with its fact, and goes once what it asks is done."""

from datetime import timedelta
from itertools import product
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, freeze_time

from odoo.addons.coworking_incubation.models.steering.coworking_exception import MOST_KINDS

from ..common import JULY, JUNE, d
from ..matching.common import MatchingCase

NOW = "2015-07-20 10:00:00"


class ExceptionCase(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.partner_id.phone = "03 20 00 00 01"
        cls.partner = cls.manager.partner_id

    @classmethod
    def _waiting(cls, user, kind=None, **context):
        cls.env.flush_all()
        cls.env.invalidate_all()
        rows = cls.env["coworking.exception"].with_user(user).with_context(**context)
        return rows.search([("kind", "=", kind)] if kind else [])

    @classmethod
    def _kinds(cls, user):
        return cls._waiting(user).mapped("kind")

    def assertOne(self, user, kind, *words, label="See", **values):
        """Exactly one of this kind waits for the user, and says this."""
        row = self._waiting(user, kind)
        self.assertEqual(len(row), 1, f"{kind} for {user.login}")
        for text in words:
            self.assertIn(text, row.reason)
        self.assertEqual(row.action_label, label)
        self.assertRecordValues(row, [values])
        return row

    def assertNone(self, kind, *users):
        for user in users or (self.accompanist, self.coordinator, self.accountant):
            self.assertFalse(self._waiting(user, kind), f"{kind} for {user.login}")

    def _fail(self, step, statement, by_program=False, move=None):
        """Somebody's work, or the program's, that came to nothing."""
        run = self.env["coworking.month.run"].with_user(self.coordinator).sudo()
        return run.create(
            {
                "step": step,
                "by_program": by_program,
                "line_ids": [
                    Command.create(
                        {
                            **statement._prepare_run_line(move),
                            "state": "failed",
                            "error": "Broken",
                        }
                    )
                ],
            }
        )

    def _dialog(self, row):
        """The dialog that the button opens, as a form of who presses it."""
        action = row.action_settle()
        self.assertEqual(action["target"], "new")
        records = self.env[action["res_model"]].with_user(row.env.user)
        records = records.with_context(**(action.get("context") or {}))
        return Form(records.browse(action["res_id"]) if action.get("res_id") else records)


@freeze_time(NOW)
class TestTheMonth(ExceptionCase):
    def _sent(self, on="2015-07-02 09:00:00"):
        self.camille = self._new_seat("1/6", "30/6", "Camille Roux", state="active")
        with freeze_time(on):
            statement = self._generate()
            statement.action_send()
        return statement

    def test_a_disputed_line_waits_for_the_coordinator_until_it_is_answered(self):
        statement = self._sent()
        self.assertNone("disputed")
        self.env["coworking.portal.month"]._dispute_line(
            self.partner, "portal", statement.charge_ids, "Partie le 12"
        )
        self.assertOne(self.accountant, "disputed", "2015", amount=180.0)
        self.assertNone("disputed", self.accompanist)
        row = self.assertOne(
            self.coordinator, "disputed", "Partie le 12", label="Answer", urgency="1"
        )
        self.assertEqual(row.participant_id, self.camille.participant_id)
        dialog = self._dialog(row)
        dialog.answer = "She left on the 30th"
        dialog.save().action_apply()
        self.assertNone("disputed")

    def test_a_line_is_disputed_since_that_line_was(self):
        self._new_seat("1/6", "30/6", "Noa Blin", state="active")
        statement = self._sent()
        for charge, day in zip(statement.charge_ids, ("3/7", "5/7"), strict=True):
            with freeze_time(f"{d(day)} 09:00:00"):
                self.env["coworking.portal.month"]._dispute_line(
                    self.partner, "portal", charge, "Partie le 12"
                )
        rows = self._waiting(self.coordinator, "disputed")
        own = rows.filtered(lambda row: row.program_id == self.program)
        self.assertEqual(own.mapped("since"), [d("3/7"), d("5/7")])

    def test_a_month_without_an_answer_becomes_one_call_after_the_days_of_the_program(self):
        statement = self._sent()
        self.program.call_after_days = 19
        self.assertNone("unanswered")
        self.program.call_after_days = 7
        row = self.assertOne(
            self.accountant,
            "unanswered",
            "18 days",
            self.partner.name,
            label="Note the Answer",
            space_id=self.space.id,
            since=d("2/7"),
            phone="03 20 00 00 01",
        )
        self.assertNone("unanswered", self.accompanist)
        dialog = self._dialog(row)
        self.assertEqual(list(dialog.statement_ids.ids), statement.ids)
        dialog.channel = "phone"
        dialog.save().action_confirm()
        self.assertEqual(statement.state, "confirmed")
        self.assertNone("unanswered")

    def test_lines_that_changed_once_sent_wait_until_they_are_sent_again(self):
        statement = self._sent()
        self.camille.date_end = d("15/6")
        statement.action_refresh()
        self.assertNone("unanswered")  # what is to be sent again is not to be called about
        row = self.assertOne(self.accountant, "late_fact", "02/07/2015", label="Send Again")
        action = row.action_settle()
        self.assertEqual((action["res_model"], action["res_id"]), (statement._name, statement.id))
        statement.with_user(self.accountant).action_send()
        self.assertNone("late_fact")

    def test_a_month_that_is_over_is_to_be_sent_then_to_be_billed_once_for_all_spaces(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        statements = self._generate()
        self._generate(JULY)  # is not over
        row = self.assertOne(
            self.coordinator, "to_send", "2015", "2 spaces", label="Send", amount=320.0
        )
        chosen = self.env["coworking.statement"].search(row.action_settle()["domain"])
        self.assertEqual(chosen, statements)
        statements[0].action_send()
        self.assertOne(
            self.coordinator, "to_send", label="Send", space_id=statements[1].space_id.id
        )
        statements[1].action_send()
        self.assertNone("to_send")
        statements.action_confirm()
        row = self.assertOne(
            self.accountant, "to_bill", "2 spaces", label="Create the Bills", amount=320.0
        )
        self.env["coworking.statement"].search(row.action_settle()["domain"]).action_create_bill()
        self.assertNone("to_bill")

    def test_a_month_that_owes_nothing_is_not_to_be_billed(self):
        statement = self._sent()
        statement.charge_ids._write({"payable_total": 0.0})
        statement.action_confirm()
        self.assertEqual(statement.state, "confirmed")
        self.assertNone("to_bill")

    def test_work_in_error_waits_until_it_was_done_by_whomever(self):
        statement = self._sent()
        statement.action_confirm()
        model = self.registry["coworking.month.run.line"]
        with patch.object(model, "_bill", side_effect=UserError("No account")):
            self.env["coworking.month.run"].with_user(self.coordinator)._start(
                "bill",
                [
                    {
                        "program_id": statement.program_id.id,
                        "space_id": statement.space_id.id,
                        "date_from": JUNE,
                        "statement_id": statement.id,
                    }
                ],
                JUNE,
            )
        row = self.assertOne(self.coordinator, "run_failed", "No account", label="Try Again")
        self.assertEqual(row.action_settle()["res_model"], "coworking.month.run")
        # the work of a colleague is not theirs to look at: they do it themselves
        row = self.assertOne(self.accountant, "run_failed", "No account", label="Try Again")
        self.assertEqual(row.action_settle()["res_id"], statement.id)
        statement.with_user(self.accountant).action_create_bill()
        self.assertNone("run_failed")

    def test_a_month_that_cannot_be_generated_waits_until_somebody_says_it_is_done(self):
        self.space._report_problem(self.program, JUNE, "Nomad has no price")
        row = self.assertOne(
            self.coordinator, "space_task", "2015", "Nomad has no price", label="See the Space"
        )
        self.assertEqual(row.action_settle()["res_id"], self.space.id)
        self.assertOne(self.accountant, "space_task", "has no price", space_id=self.space.id)
        self.assertNone("space_task", self.accompanist)
        self.space.activity_ids.action_feedback(feedback="A price was typed")
        self.assertNone("space_task")
        self.space.activity_schedule(  # is for later
            "mail.mail_activity_data_call", date_deadline=d("30/7"), user_id=self.coordinator.id
        )
        self.assertNone("space_task")

    def test_confirming_in_error_waits_as_long_as_the_month_is_open(self):
        statement = self._sent()
        self._fail("confirm", statement)
        self.assertOne(self.coordinator, "run_failed", "Broken", label="Try Again")
        statement.action_confirm()
        self.assertNone("run_failed")

    def test_a_reminder_in_error_is_told_by_the_month_that_nobody_answered(self):
        self._fail("remind", self._sent())
        self.assertNone("run_failed")

    def test_posting_in_error_waits_as_long_as_that_bill_is_a_draft(self):
        statement = self._sent()
        statement.action_confirm()
        statement.action_create_bill()
        bill = statement.bill_id
        bill.invoice_date = "2015-07-03"
        other = bill.copy({"invoice_date": "2015-07-03"})
        self._fail("post", statement, move=bill)
        self._fail("post", statement, move=other)
        self.assertEqual(len(self._waiting(self.accountant, "run_failed")), 2)
        bill.action_post()
        self.assertOne(self.accountant, "run_failed", "Broken", label="Try Again")
        other.unlink()
        self.assertNone("run_failed")

    def test_posting_by_the_program_in_error_waits_for_who_is_responsible_of_it(self):
        statement = self._sent()
        statement.program_id.user_id = self.accompanist
        statement.action_confirm()
        statement.action_create_bill()
        statement.bill_id.invoice_date = "2015-07-03"
        self._fail("post", statement, by_program=True)
        self.assertOne(
            self.accountant, "run_failed", label="Try Again", user_id=self.accompanist.id
        )
        statement.bill_id.action_post()
        self.assertNone("run_failed")

    def test_a_settled_month_to_correct_waits_from_the_day_after_until_a_statement_carries_it(self):
        statement = self._sent()
        statement.action_confirm()
        self.camille.date_end = d("15/6")
        file = self.camille.participant_id
        self.assertTrue(file.pending_changes)
        self.assertNone("correction")
        with freeze_time("2015-07-22 10:00:00"):
            file.move_reason = "Somebody works on the file"
            self.env.flush_all()
            self._date_back(file, "2015-07-22 08:00:00")
            self.assertOne(
                self.accountant,
                "correction",
                label="Correct",
                participant_id=file.id,
                since=d("20/7"),
            )
        self._generate(JULY)
        self.assertNone("correction")

    def test_months_that_wait_are_found_without_a_look_at_the_others(self):
        self._new_seat("1/6", "30/6", "Camille Roux", state="active")
        self._generate()
        self.env.flush_all()
        self._expect_many_rows()
        before = self._count_read("coworking_statement")
        found = self.env.execute_query(self.env["coworking.exception"]._select_to_send())
        self.assertTrue(found)
        self.assertLess(self._count_read("coworking_statement") - before, 60)
        self.assertGreater(self.env["coworking.statement"].search_count([]), 100)

    def _date_back(self, record, moment):
        self.env.cr.execute(
            f"UPDATE {record._table} SET write_date = %s WHERE id = %s", [moment, record.id]
        )


@freeze_time(NOW)
class TestBills(ExceptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camille = cls._new_seat("1/6", "30/6", "Camille Roux")
        cls.farid = cls._new_seat("1/6", "30/6", "Farid Benali")
        cls.statement = cls._settle()

    def _decide(self, row):
        dialog = self._dialog(row)
        dialog.reason = "As agreed"
        dialog.save().action_apply()
        return dialog

    def test_a_gap_waits_with_its_cause_and_the_decision_that_is_proposed(self):
        self._receive(("Camille Roux", 180.0), ("Farid Benali", 194.0), ref="F-1")
        self.assertOne(self.coordinator, "gap", "F-1", amount=14.0)
        row = self.assertOne(
            self.accountant, "gap", "F-1", "proposed: credit note expected", label="Decide"
        )
        self.assertEqual((row.space_id, row.since), (self.space, d("3/7")))
        self.assertNone("gap", self.accompanist)
        self.assertEqual(self._decide(row).decision, "credit_note")
        self.assertNone("gap")

    def test_deciding_in_error_waits_as_long_as_a_line_of_the_month_is_undecided(self):
        self._receive(("Camille Roux", 180.0), ("Farid Benali", 194.0))
        self._fail("decide", self.statement)
        self.assertOne(self.accountant, "run_failed", "Broken", label="Try Again")
        self._decide(self._waiting(self.accountant, "gap"))
        self._waiting(self.accountant, "to_match").action_settle()
        self.assertNone("run_failed")

    def test_a_charge_that_the_bill_leaves_out_waits_too(self):
        self._receive(("Camille Roux", 180.0))
        row = self.assertOne(
            self.accountant,
            "gap",
            "proposed: billed again",
            label="Decide",
            participant_id=self.farid.participant_id.id,
            amount=-180.0,
        )
        self._decide(row)
        self.assertNone("gap")

    def test_a_gap_of_no_seat_is_decided_alone(self):
        self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0), ("Prints", 12.0))
        row = self.assertOne(self.accountant, "gap", "proposed", amount=12.0, label="Decide")
        self.assertEqual(self._decide(row).gap, 12.0)
        self.assertNone("gap")

    def test_what_a_correction_evens_out_is_accepted_with_it(self):
        """Both are billed and taken back; one is billed again, the other owed nothing after all."""
        bill = self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0), ref="F-1")
        bill.action_post()
        bill._reverse_moves([{"invoice_date": d("5/7"), "ref": "A-1"}], cancel=True)
        self._receive(("Farid Benali juin 2015", 180.0), ref="F-2").action_post()
        self._new_seat("1/7", "31/7", "Nour Haddad")
        told = {"amount": -180.0, "label": "Decide"}
        self.assertOne(self.accountant, "gap", "proposed: billed again", **told)
        self.camille.write({"date_start": d("1/9"), "date_end": d("30/9")})
        july = self._generate(JULY)
        self.assertOne(self.accountant, "gap", "proposed: billed again", **told)
        later = self._receive(("Nour Haddad juillet 2015", 180.0), ref="F-3", invoice_date=d("3/8"))
        self.assertIn(july, later._coworking_matches().statement_id)
        rows = self._waiting(self.accountant, "gap")
        self.assertFalse([row for row in rows if "accept" in row.reason], "July may still change")
        july.action_confirm()
        later.action_post()
        rows = self._waiting(self.accountant, "gap")
        self.assertEqual(rows.mapped("amount"), [-180.0, 180.0])
        for row, other in zip(rows, (july, self.statement), strict=True):
            self.assertIn(other.name, row.reason)
            self.assertIn("proposed: accept", row.reason)
        dialog = self._decide(rows[0])
        self.assertEqual((dialog.gap, dialog.decision), (0.0, "accepted"))
        for statement in (self.statement, july):
            self.assertIn(f"Camille Roux, {statement.name}", dialog.explanation)
        self.assertNone("gap")
        month_end = self.env["coworking.month.end"].create(
            {"date": d("31/8"), "company_id": self.company.id}
        )
        month_end._make_lines()
        self.assertFalse(month_end.line_ids, "nothing is to come of either")

    def test_a_bill_that_is_as_expected_is_matched_by_one_click_what_is_tolerated_with_it(self):
        self.company.coworking_match_tolerance = 1.0
        bill = self._receive(("Camille Roux", 180.5), ("Farid Benali", 180.0), ref="F-2")
        self.assertNone("gap")
        self.assertOne(self.coordinator, "to_match", "F-2")
        row = self.assertOne(self.accountant, "to_match", label="Match It", amount=360.5)
        self.assertEqual(row.action_settle()["params"]["type"], "success")
        self.assertEqual(set(self._matches(bill).mapped("decision")), {"matched"})
        self.assertNone("to_match")

    def test_lines_as_expected_are_matched_and_those_with_a_gap_stay(self):
        self._receive(("Camille Roux", 180.0), ("Farid Benali", 194.0))
        self.assertOne(self.accountant, "to_match", label="Match It").action_settle()
        self.assertNone("to_match")
        self.assertOne(self.accountant, "gap", label="Decide", amount=14.0)

    def test_what_waits_of_the_bills_are_the_lines_of_the_month_to_match(self):
        self._receive(("Camille Roux", 150.0), ("Salle de réunion", 24.0))
        self.assertNone("to_match")
        lines = self.env["coworking.month.line"].search(
            [("status", "=", "to_match"), ("company_id", "=", self.company.id)]
        )
        rows = self._waiting(self.accountant, "gap")
        self.assertEqual(sorted(rows.mapped("res_id")), sorted(lines.ids))
        self.assertEqual(len(rows), 3)
        self.assertAlmostEqual(sum(rows.mapped("amount")), sum(lines.mapped("gap")), 2)

    def test_new_bank_details_wait_until_somebody_trusts_them(self):
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.space.operator_id.id}
        )
        row = self.assertOne(
            self.accountant, "bank", "FR76", label="Verify", company_id=self.company.id
        )
        self.assertEqual(row.action_settle()["res_id"], bank.id)
        bank.allow_out_payment = True
        self.assertNone("bank")
        bank.write({"allow_out_payment": False})
        self.assertOne(self.coordinator, "bank")
        bank.active = False
        self.assertNone("bank")

    def test_a_file_that_nobody_could_read_waits_until_it_is_handled(self):
        file = self.env["coworking.invoice.file"]._receive_file(
            "facture.docx", b"PK not a bill", source="upload", operator=self.space.operator_id
        )
        row = self.assertOne(self.accountant, "to_type", "facture.docx", label="Handle")
        self.assertEqual(row.action_settle()["res_id"], file.id)
        file.with_user(self.accountant).active = False
        self.assertNone("to_type")


@freeze_time(NOW)
class TestPeopleAndPlaces(ExceptionCase):
    def test_half_days_on_which_two_say_different_things_wait_as_one(self):
        seat = self._new_seat("1/6", "31/7", state="active")
        presences = self._new_presences(seat, "6/7", "7/7am")
        presences.write({"participant_state": "absent", "participant_signed_at": NOW})
        row = self.assertOne(
            self.accompanist, "presence", "half-days: 3", label="Settle", since=d("6/7")
        )
        self.assertNone("presence", self.accountant, self.other_accompanist)
        other = self._new_seat("1/6", "31/7", "Farid Benali", state="active")
        beside = self._new_presences(other, "6/7am")
        beside.write({"participant_state": "absent", "participant_signed_at": NOW})
        action = row.action_settle()
        # all of the program are one click away
        shown = self.env["coworking.presence"].search(action["domain"])
        self.assertEqual(shown, presences | beside)
        self.assertEqual(action["context"]["search_default_seat_id"], seat.id)
        beside.action_follow_participant()
        presences.with_user(self.accompanist).action_follow_participant()
        self.assertNone("presence")

    def test_an_arrival_that_nobody_confirmed_waits_after_the_days_of_the_program(self):
        seat = self._new_seat("14/7", "31/12")
        self.assertNone("arrival")
        self.program.call_after_days = 6
        row = self.assertOne(
            self.accompanist, "arrival", "Nobody has said", label="Confirm or Cancel"
        )
        self.assertEqual(row.phone, "03 20 00 00 01")
        self.assertOne(self.accountant, "arrival")
        self.assertEqual(row.action_settle()["res_id"], seat.id)
        seat.action_start()
        self.assertNone("arrival")

    def test_an_arrival_that_the_space_refuses_waits_at_once(self):
        seat = self._new_seat("20/7", "31/12")
        self.env["coworking.portal"]._refuse_arrival(self.partner, "portal", seat, "Not there")
        self.assertOne(self.accompanist, "arrival", "nobody came", label="Confirm or Cancel")
        seat.with_user(self.coordinator).date_start = d("27/7")
        self.assertNone("arrival")
        self.env["coworking.portal"]._refuse_arrival(self.partner, "portal", seat, "Not there")
        self.assertOne(self.accompanist, "arrival", "nobody came", label="Confirm or Cancel")
        seat.with_user(self.coordinator).action_cancel()
        self.assertNone("arrival")

    def test_a_seat_that_nobody_uses_waits_as_long_as_pilotage_tells_it(self):
        file = self._new_participant(date_entry=d("1/6"))
        seat = self._new_seat("1/6", "31/12", file, state="active")
        self.assertIn(seat.id, self._unused_on_pilotage())
        row = self.assertOne(
            self.accompanist, "unused", "21 days", label="Talk about It", since=d("1/6")
        )
        self.assertOne(self.accountant, "unused", amount=180.0)
        self.assertEqual(row.action_settle()["res_model"], "mail.activity.schedule")
        self._new_presences(seat, "30/6am")
        self.assertNone("unused")
        self.assertNotIn(seat.id, self._unused_on_pilotage())
        with freeze_time("2015-07-21 10:00:00"):
            self.assertOne(self.accompanist, "unused", label="Talk about It", since=d("30/6"))
            self.env["coworking.suspension"].create(
                {
                    "participant_id": seat.participant_id.id,
                    "date_from": d("21/7"),
                    "reason": "illness",
                }
            )
            self.assertNone("unused")

    def test_who_says_that_they_come_by_the_month_is_believed(self):
        seat = self._new_seat("1/6", "31/12", state="active")
        self.env["coworking.seat.month"].create(
            {
                "seat_id": seat.id,
                "month": JULY,
                "came": "yes",
                "partner_id": self.partner.id,
                "date": NOW,
            }
        )
        self.assertNone("unused")
        self.assertNotIn(seat.id, self._unused_on_pilotage())

    def _unused_on_pilotage(self):
        dashboard = self.env["coworking.dashboard"].with_user(self.coordinator)
        tiles = [
            tile
            for group in dashboard._prepare_picture({"program": self.program.id})["groups"]
            for tile in group["tiles"]
            if tile.get("kind") == "seats"
        ]
        self.env.invalidate_all()
        return self.env["coworking.seat"].search(tiles[0]["domain"]).ids if tiles else []

    def test_a_stay_that_ends_waits_for_a_next_step(self):
        file = self._incubated()
        self.assertNone("leaving", self.accountant)
        row = self.assertOne(self.accompanist, "leaving", "Leaves on", label="Plan a Meeting")
        self.assertEqual(row.participant_id, file)
        review = self.env["coworking.review"].create(
            {"participant_id": file.id, "date": "2015-07-25", "kind": "final"}
        )
        self.assertNone("leaving")
        review.unlink()
        self.assertOne(self.accompanist, "leaving", label="Plan a Meeting")
        extension = self.env["coworking.extension"].create(
            {"participant_id": file.id, "days": 90, "reason": "A contract to sign"}
        )
        self.assertNone("leaving")
        row = self.assertOne(self.coordinator, "extension", "90", "A contract", label="Answer")
        self.assertNone("extension", self.accompanist, self.accountant)
        self.assertEqual(row.action_settle()["res_id"], extension.id)
        extension.with_user(self.coordinator).action_grant()
        self.assertNone("extension")
        self.assertNone("leaving")

    def _incubated(self):
        return self._new_participant(
            stage_id=self.env.ref("coworking_incubation.coworking_stage_incubation").id,
            move_reason="Take-over",
            date_entry=fields.Date.today() - timedelta(days=175),
        )

    def test_a_requested_seat_waits_for_the_coordinator(self):
        seat = self._new_seat("1/8", "31/12", state="draft")
        seat.with_user(self.accompanist).action_request()
        row = self.assertOne(self.coordinator, "seat_request", "Nomad", label="Answer")
        self.assertNone("seat_request", self.accompanist, self.accountant)
        self.assertEqual(row.action_settle()["res_id"], seat.id)
        seat.with_user(self.coordinator).action_refuse()
        self.assertNone("seat_request")

    def test_a_proposed_price_waits_for_the_coordinator(self):
        proposal = self.env["coworking.tariff.proposal"].create(
            {
                "tariff_id": self.tariff.id,
                "price": 200.0,
                "date_start": "2015-10-01",
                "partner_id": self.partner.id,
            }
        )
        self.assertOne(self.coordinator, "price", "200", label="Answer", amount=200.0)
        self.assertNone("price", self.accompanist, self.accountant)
        proposal.with_user(self.coordinator).answer = "Next year"
        proposal.with_user(self.coordinator).action_refuse()
        self.assertNone("price")


@freeze_time(NOW)
class TestWhoSeesWhat(ExceptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camille = cls._new_seat("1/6", "31/12", "Camille Roux", state="active")
        cls._generate()
        cls.presence = cls._new_presences(cls.camille, "15/6am")
        cls.presence.write({"participant_state": "absent", "participant_signed_at": NOW})

    def test_people_without_money_and_money_without_people(self):
        self.assertEqual(set(self._kinds(self.accompanist)), {"presence", "unused"})
        self.assertEqual(set(self._kinds(self.accountant)), {"to_send", "unused"})
        self.assertEqual(set(self._kinds(self.coordinator)), {"presence", "to_send", "unused"})
        self.assertFalse(self._waiting(self.other_accompanist))
        rows = self._waiting(self.accompanist)
        with self.assertRaises(AccessError):
            rows.read(["amount"])
        with self.assertRaises(AccessError):
            rows.search([("amount", ">", 0)])
        money = self._waiting(self.accountant, "to_send")
        with self.assertRaises(AccessError):
            money.with_user(self.accompanist).read(["kind"])
        people = self._waiting(self.coordinator, "presence")
        with self.assertRaises(AccessError):
            people.with_user(self.accountant).action_settle()
        with self.assertRaises(AccessError):
            self.env["coworking.exception"].with_user(self.employee).search([])

    def test_who_follows_somebody_of_another_program_sees_what_they_wait_for(self):
        self.camille.participant_id.user_id = self.other_accompanist
        self.assertEqual(set(self._kinds(self.other_accompanist)), {"presence", "unused"})

    def test_the_most_urgent_comes_first_then_the_oldest(self):
        self._new_seat("1/8", "31/12", "Farid", self.tariff_b, state="requested")
        self.assertEqual(
            self._kinds(self.coordinator), ["seat_request", "presence", "to_send", "unused"]
        )

    def test_pilotage_names_the_first_of_them_as_amid_a_sentence(self):
        dashboard = self.env["coworking.dashboard"]
        self.assertEqual(dashboard._lower_first("Écart"), "écart")
        self.assertEqual(dashboard._lower_first("RIB à vérifier"), "RIB à vérifier")

    def test_pilotage_counts_what_the_list_has_as_each_role_sees_it(self):
        self.env["res.partner.bank"].create(  # of no program
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.space.operator_id.id}
        )
        for user, count in ((self.accompanist, 2), (self.accountant, 3), (self.coordinator, 4)):
            dashboard = self.env["coworking.dashboard"].with_user(user)
            (tile,) = [
                tile
                for group in dashboard._prepare_picture({"program": self.program.id})["groups"]
                for tile in group["tiles"]
                if tile["name"] == "exceptions"
            ]
            self.assertEqual(tile["value"], count)
            self.assertEqual(len(self._waiting(user)), count)

    def test_what_is_mine_is_what_my_people_wait_for(self):
        mine = [("user_id", "in", (self.accompanist.id, False))]
        rows = self._waiting(self.coordinator)
        self.assertEqual(set(rows.filtered_domain(mine).mapped("kind")), {"presence", "unused"})

    def test_another_company_sees_nothing_of_it(self):
        other = self._new_company("Another Incubator")
        stranger = self.coordinator.copy(
            {
                "login": "stranger",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
            }
        )
        row = self._waiting(self.coordinator, "presence")
        rows = self.env["coworking.exception"].with_user(stranger)
        rows = rows.with_context(allowed_company_ids=other.ids)
        self.assertFalse(rows.search([("company_id", "=", self.company.id)]))
        with self.assertRaises(AccessError):
            rows.browse(row.id).read(["kind"])

    def test_each_kind_has_a_number_of_its_own_a_name_and_a_label(self):
        """The numbers make the ids of the rows: two that are equal would be one row."""
        Exceptions = self.env["coworking.exception"]
        kinds = Exceptions._get_kinds()
        numbers = {kind.number for kind in kinds}
        self.assertEqual(len(numbers), len(kinds))
        self.assertLess(max(numbers), MOST_KINDS)
        names = dict(Exceptions._fields["kind"]._description_selection(self.env))
        self.assertEqual({kind.name for kind in kinds}, set(names))
        settled = {kind.name for kind in kinds if kind.settled_by}
        self.assertEqual(settled, set(Exceptions._get_labels()))

    def test_what_a_colleague_settled_meanwhile_is_said_instead_of_failing(self):
        row = self._waiting(self.accompanist, "presence")
        self.presence.action_follow_participant()
        self.env.flush_all()
        action = row.action_settle()
        self.assertEqual(action["tag"], "display_notification")

    def test_its_words_are_in_the_language_of_who_reads(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        row = self._waiting(self.accompanist, "presence", lang="fr_FR")
        self.assertEqual(row.action_label, "Régler")
        self.assertIn("l'espace et le participant", row.reason.lower())

    def test_the_list_and_its_count_take_as_many_queries_whatever_they_hold(self):
        def read():
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self.env["coworking.exception"].with_user(self.coordinator)
            before = self.env.cr.sql_log_count
            shown = rows.search([]).read(["display_name", "reason", "phone", "action_label"])
            between = self.env.cr.sql_log_count
            self.assertEqual(rows.search_count([]), len(shown))
            return len(shown), between - before, self.env.cr.sql_log_count - between

        read()
        few, queries, counted = read()
        self.assertEqual(counted, 2)  # one for mails that did not go
        for number in range(6):
            seat = self._new_seat("1/6", "31/12", f"Person {number}", state="active")
            presence = self._new_presences(seat, "15/6am")
            presence.write({"participant_state": "absent", "participant_signed_at": NOW})
        many, more_queries, counted = read()
        self.assertEqual((many, counted), (few + 12, 2))
        self.assertEqual(more_queries, queries)

    def test_a_domain_finds_what_it_finds_whichever_kinds_it_leaves_out(self):
        everything = self._waiting(self.coordinator)
        row = everything[0]
        presence = Domain("kind", "=", "presence")
        domains = (
            presence,
            ~presence,
            presence | Domain("urgency", "=", "3"),
            ~(presence & Domain("audience", "=", "people")),
            presence & Domain("participant_id", "=", False),
            Domain("kind", "in", ["presence", "unused", "gap"]) & Domain("urgency", "!=", "3"),
            Domain("kind", "ilike", "seat"),
            Domain("audience", "in", ["places", False]),
            Domain("id", "=", row.id),
            Domain("id", "in", everything[1:].ids) | presence,
            Domain("id", "not in", row.ids),
            Domain("urgency", "=", "1") & Domain("urgency", "=", "2"),
        )
        for domain in domains:
            with self.subTest(domain=domain):
                found = everything.search(domain)
                self.assertEqual(found, everything.filtered_domain(domain))
                self.assertEqual(everything.search_count(domain), len(found))

    def test_kinds_that_a_domain_leaves_out_are_not_looked_for(self):
        rows = self._waiting(self.coordinator)
        for domain, times in (
            ([("kind", "=", "to_send")], 1),
            ([("kind", "!=", "to_send")], 0),
            ([("urgency", "=", "1")], 0),
            ([("audience", "=", "people")], 0),
            (["|", ("kind", "=", "unused"), ("space_id", "!=", False)], 1),
            ([("id", "=", rows[0].id)], 0),
        ):
            with self.subTest(domain=domain), self._count_looks("to_send") as looked:
                rows.search(domain)
                self.assertEqual(looked.call_count, times)

    def test_kinds_that_somebody_may_not_see_are_not_looked_for(self):
        for user, kind, times in (
            (self.accompanist, "to_send", 0),
            (self.accompanist, "presence", 1),
            (self.accountant, "to_send", 1),
            (self.accountant, "presence", 0),
            (self.accountant, "seat_request", 0),
            (self.coordinator, "seat_request", 1),
        ):
            with self.subTest(user=user.login, kind=kind), self._count_looks(kind) as looked:
                self._waiting(user)
                self.assertEqual(looked.call_count, times)
        rows = self.env["coworking.exception"].with_user(self.accompanist)
        with self._count_looks("to_pay") as bills, self._count_looks("unsent") as mails:
            self.assertFalse(rows.search([("urgency", "=", "1")]), "nothing is urgent to them")
            self.assertFalse(rows.search([("kind", "=", "to_pay")]))
        self.assertEqual((bills.call_count, mails.call_count), (0, 0))

    def test_a_page_is_that_of_the_whole_and_looks_no_further_than_what_is_most_urgent(self):
        for number in range(2):
            self._new_seat("1/8", "31/12", f"Asked {number}", state="requested")
        everything = self._waiting(self.coordinator)
        self.assertEqual(everything.mapped("urgency"), ["1", "1", "2", "2", "3"])
        asked = {"kind": {}, "since": {}}
        for offset, limit, most in product((0, 1, 2, 4), (1, 2, 9), (1, 2, 3, 4, 9)):
            with self.subTest(offset=offset, limit=limit, most=most):
                with self._count_looks("presence") as soon, self._count_looks("unused") as later:
                    answer = everything.web_search_read(
                        [], asked, offset=offset, limit=limit, count_limit=most
                    )
                most = max(most, offset + limit)  # as the client asks: a page is shown whole
                shown = everything[offset : offset + limit]
                self.assertEqual(answer["records"], shown.web_read(asked))
                self.assertEqual(answer["length"], min(most, 5))
                self.assertEqual((soon.call_count, later.call_count), (most > 2, most > 4))
        urgent, soon = [("urgency", "=", "1")], [("urgency", "=", "2")]
        for domain, order, shown in (
            (urgent, None, everything[:2]),
            (soon, None, everything[2:4]),
            ([], "since desc, id", everything.sorted("id").sorted("since", reverse=True)),
            ([], None, everything),
        ):
            with self.subTest(domain=domain, order=order):
                answer = everything.web_search_read(domain, asked, order=order, count_limit=3)
                self.assertEqual(answer["records"], shown.web_read(asked))

    def _count_looks(self, kind):
        """How often a kind is looked for."""
        model = self.registry["coworking.exception"]
        select = getattr(model, f"_select_{kind}")
        return patch.object(
            model, f"_select_{kind}", autospec=True, side_effect=lambda rows: select(rows)
        )

    def test_what_waits_is_found_out_once_for_a_page_and_how_many_there_are(self):
        everything = self._waiting(self.coordinator)
        self.assertEqual(len(everything), 3)
        rows = self.env["coworking.exception"].with_user(self.coordinator)
        asked = {"reason": {}, "amount": {}, "space_id": {"fields": {"display_name": {}}}}
        select = type(rows)._select_to_send
        for offset, limit in ((0, None), (0, 1), (1, 1), (2, 5), (3, 1)):
            self.env.invalidate_all()
            with self.subTest(offset=offset, limit=limit):
                with patch.object(type(rows), "_select_to_send", autospec=True) as looked:
                    looked.side_effect = select
                    answer = rows.web_search_read([], asked, offset=offset, limit=limit)
                self.assertEqual(looked.call_count, 1)
                self.assertEqual(answer["length"], 3)
                shown = everything[offset : offset + limit if limit else None]
                self.assertEqual(answer["records"], shown.web_read(asked))
