"""A step taken by mistake, and one that is asked about first: nobody is caught where they are."""

from datetime import date

from lxml.html import fromstring

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time

from ..common import d
from .common import PathwayCase


class StepCase(PathwayCase):
    """Camille entered on 8 May: 15 June is day 39 of 184. No document was seen, no seat is
    there.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation", date_entry="2015-05-08")
        cls.file = cls.participant.with_user(cls.accompanist)

    def _move(self, stage, file=None, **values):
        (self.file if file is None else file).write({"stage_id": self.stages[stage].id, **values})


class TestStepBack(StepCase):
    def test_who_moved_a_file_takes_it_back_the_same_day_whatever_is_missing(self):
        self._move("final_review")
        self._move("incubation")
        self.assertEqual(self.participant.stage_id, self.stages["incubation"])
        self.assertEqual(self.participant.date_entry, d("8/5"))

    def test_also_where_no_arrow_of_the_graph_leads_back(self):
        file = self._new_participant("Noor", phone="0320").with_user(self.accompanist)
        self._move("application", file)
        self.assertNotIn(self.stages["orientation"], self.stages["application"].next_stage_ids)
        self._move("orientation", file)
        self.assertEqual(file.stage_id, self.stages["orientation"])

    def test_the_dialog_says_that_nothing_keeps_it_from_going_back(self):
        self._move("final_review")
        form = Form(
            self.env["coworking.participant.move"]
            .with_user(self.accompanist)
            .with_context(default_participant_ids=self.participant.ids)
        )
        form.stage_id = self.stages["incubation"]
        self.assertFalse(form.report)

    def test_a_colleague_or_a_later_day_passes_the_gate(self):
        self._move("final_review")
        with self.assertRefused("All mandatory documents were seen"):
            self._move("incubation", self.participant.with_user(self.coordinator))
        # midnight in Paris is 22:00 in UTC
        with freeze_time("2015-06-15 22:30:00"), self.assertRefused("All mandatory documents"):
            self._move("incubation")

    def test_another_stage_than_the_one_before_passes_the_gate(self):
        self._move("final_review")
        with self.assertRefused("from Final Review one goes to"):
            self._move("hosting")

    def test_it_is_no_way_round_the_gate(self):
        """What was taken back is not taken again for nothing."""
        self._ready_for_incubation(self.participant)
        hosted = self._at("hosting", "Noor").with_user(self.accompanist)
        self._ready_for_incubation(hosted)
        self._move("incubation", hosted)
        self._move("hosting", hosted)
        hosted.document_ids.filtered("mandatory").state = "missing"
        with self.assertRefused("All mandatory documents were seen"):
            self._move("incubation", hosted)

    def test_the_day_that_the_stage_filled_in_is_empty_again(self):
        hosted = self._at("hosting", "Noor").with_user(self.accompanist)
        self._ready_for_incubation(hosted)
        self._move("incubation", hosted)
        self.assertEqual(hosted.date_entry, d("15/6"))
        self._move("hosting", hosted)
        self.assertFalse(hosted.date_entry)

    def test_a_day_that_was_known_before_stays(self):
        hosted = self._at("hosting", "Noor", date_entry="2015-06-01").with_user(self.accompanist)
        self._ready_for_incubation(hosted)
        self._move("incubation", hosted)
        self._move("hosting", hosted)
        self.assertEqual(hosted.date_entry, d("1/6"))

    def test_an_exit_by_mistake_gives_back_seats_and_reviews_and_drops_follow_ups(self):
        running = self._new_seat("8/5", "30/9", self.participant, state="active")
        later = self._new_seat("1/10", None, self.participant)
        asked = self._new_seat("1/10", None, self.participant, state="requested")
        review = self.env.ref("coworking_incubation.mail_activity_type_review_final")
        self.participant.activity_schedule(
            activity_type_id=review.id,
            summary="Look back",
            date_deadline=d("1/11"),
            user_id=self.accompanist.id,
        )
        self._move("exit", exit_reason_id=self.exit_reasons["other"].id)
        self.assertEqual((running.date_end, later.state), (d("15/6"), "cancelled"))
        self.assertFalse(self.participant.review_ids)
        self._move("incubation")
        self.assertRecordValues(
            running | later | asked,
            [
                {"state": "active", "date_end": d("30/9")},
                {"state": "confirmed", "date_end": False},
                {"state": "requested", "date_end": False},
            ],
        )
        self.assertFalse(self.participant.date_exit)
        self.assertEqual(set(self.participant.followup_ids.mapped("state")), {"cancelled"})
        self.assertRecordValues(
            self.participant.review_ids,
            [{"kind": "final", "date": d("1/11"), "user_id": self.accompanist.id}],
        )
        self.assertEqual(self.participant.activity_ids.mapped("summary"), ["Look back"])

    def test_an_exit_that_is_past_ends_the_seat_at_once_and_gives_it_back(self):
        seat = self._new_seat("8/5", "30/9", self.participant, state="active")
        self._move("exit", exit_reason_id=self.exit_reasons["other"].id, date_exit="2015-06-12")
        self.assertRecordValues(seat, [{"state": "ended", "date_end": d("12/6")}])
        self._move("incubation")
        self.assertRecordValues(seat, [{"state": "active", "date_end": d("30/9")}])

    def test_an_exit_planned_days_before_survives(self):
        reason = self.exit_reasons["other"].id
        self.participant.write({"date_exit": "2015-06-20", "exit_reason_id": reason})
        self._move("exit")
        self._move("incubation")
        self.assertEqual(self.participant.date_exit, d("20/6"))

    def test_the_activities_that_the_stage_planned_go_and_others_stay(self):
        hosted = self._at("hosting", "Noor").with_user(self.accompanist)
        self._ready_for_incubation(hosted)
        own = hosted.activity_schedule("mail.mail_activity_data_todo", summary="Keys")
        self._move("incubation", hosted)
        self.assertGreater(len(hosted.activity_ids), 1)
        self._move("hosting", hosted)
        self.assertEqual(self._again(hosted).activity_ids, own)

    def test_a_seat_that_was_changed_meanwhile_is_said_and_left(self):
        seat = self._new_seat("8/5", "30/9", self.participant, state="active")
        self._move("exit", exit_reason_id=self.exit_reasons["other"].id)
        seat.date_end = d("12/6")
        self._move("incubation")
        self.assertEqual(seat.date_end, d("12/6"))
        self.assertIn(f"Seat {seat.name} was changed", self.participant.message_ids[0].body)

    def test_a_seat_that_ended_by_itself_goes_on(self):
        seat = self._new_seat("8/5", "30/9", self.participant, state="active")
        self._move("exit", exit_reason_id=self.exit_reasons["other"].id)
        seat.state = "ended"
        self._move("incubation")
        self.assertRecordValues(seat, [{"state": "active", "date_end": d("30/9")}])

    def test_a_place_given_meanwhile_is_said_and_keeps_nobody_from_going_back(self):
        self.space.seat_capacity = 1
        seat = self._new_seat("8/5", None, self.participant, state="active")
        self._move("exit", exit_reason_id=self.exit_reasons["other"].id)
        self._new_seat("16/6", None, "Noor")
        self._move("incubation")
        self.assertEqual(self.participant.stage_id, self.stages["incubation"])
        self.assertEqual(seat.date_end, d("15/6"))
        self.assertIn("no place left", self.participant.message_ids[0].body)

    def test_nobody_is_written_to_on_the_way_back(self):
        file = self._with_mail(self._new_participant("Noor", phone="0320"))
        file.email = "noor@example.com"
        file = file.with_user(self.accompanist)
        self.env.cr.flush()
        counts = []
        for stage in ("application", "diagnostic", "application"):
            self._move(stage, file, project="Cheese")
            self.env.flush_all()
            self.env.cr.flush()
            counts.append(len(self._again(file).message_ids.filtered("subject")))
        self.assertEqual(counts, [1, 1, 1])

    def test_neither_step_counts_in_the_funnel_and_the_delays(self):
        with freeze_time("2015-06-10 09:00:00"):
            self.participant.move_ids.sudo().date = "2015-05-08 09:00:00"
        self._move("exit", exit_reason_id=self.exit_reasons["other"].id)
        self._move("incubation")
        self._again(self.participant)
        self.assertEqual(self.participant.move_ids.mapped("taken_back"), [True, True, False])
        program = [("program_id", "=", self.program.id)]
        funnel = self.env["coworking.funnel"].search(program)
        self.assertEqual(dict(funnel.mapped(lambda row: (row.phase, row.files)))["followup"], 0)
        self.assertFalse(self.env["coworking.stage.delay"].search(program))
        spent = self.participant.duration_tracking
        self.assertNotIn(str(self.stages["exit"].id), spent)
        self.assertAlmostEqual(spent[str(self.stages["incubation"].id)] / 86400, 38, places=1)
        self._move("final_review")
        self.assertAlmostEqual(self._last_move(self.participant).days, 38, places=1)


class TestEarly(StepCase):
    """Far from the planned exit, the web client asks first; so do the button and the dialog."""

    def _save(self, stage, file=None, **values):
        file = self.file if file is None else file
        file.web_save({"stage_id": self.stages[stage].id, **values}, {"stage_id": {}})

    def test_a_card_that_is_dragged_out_of_the_stay_asks_first_and_says_how_far(self):
        reason = {"exit_reason_id": self.exit_reasons["other"].id}
        for stage, values in (("final_review", {}), ("exit", reason)):
            with (
                self.subTest(stage=stage),
                self.assertRaises(UserError) as caught,
                self.env.cr.savepoint(),
            ):
                self._save(stage, **values)
            self.assertIn("Camille, day 39 of 184", str(caught.exception))
            action = caught.exception.context["coworking_action"]
            self.assertEqual(action["res_model"], "coworking.participant.move")
            self.assertEqual(action["context"]["default_stage_id"], self.stages[stage].id)
        self.assertEqual(self.participant.stage_id, self.stages["incubation"])

    def test_who_types_the_day_of_the_exit_is_not_asked_whether_it_is_early(self):
        reason = self.exit_reasons["other"].id
        self._save("exit", exit_reason_id=reason, date_exit="2015-06-12")
        self.assertEqual(self.participant.stage_id, self.stages["exit"])

    def test_rows_edited_at_once_ask_too(self):
        values = {"stage_id": self.stages["final_review"].id}
        with self.assertRefused("Camille, day 39 of 184"):
            self.file.web_save_multi([values], {})

    def test_a_card_that_is_dragged_to_a_stage_that_writes_says_to_whom_first(self):
        file = self._with_mail(self._new_participant("Noor", phone="0320"))
        file = file.with_user(self.accompanist)
        file.email = "noor@example.com"
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self._save("application", file)
        self.assertIn("Noor (noor@example.com)", str(caught.exception))
        action = caught.exception.context["coworking_action"]
        form = Form(
            self.env["coworking.participant.move"]
            .with_user(self.accompanist)
            .with_context(**action["context"])
        )
        self.assertEqual(form.contact_words, "Noor (noor@example.com)")
        form.save().action_move()
        self.assertEqual(file.stage_id, self.stages["application"])
        self._save("orientation", file)  # a step back writes to nobody
        self.assertEqual(file.stage_id, self.stages["orientation"])

    def test_in_the_last_month_nobody_is_asked(self):
        with freeze_time("2015-10-15 09:00:00"):
            self._save("final_review")
        self.assertEqual(self.participant.stage_id, self.stages["final_review"])

    def test_other_moves_ask_nothing(self):
        """Before the entry, back into the stay, and a stay that goes on in another stage."""
        file = self._new_participant("Noor", phone="0320").with_user(self.accompanist)
        self._save("application", file)
        self._move("final_review")
        self._save("incubation")
        stage = self._own_stages("Second half", phase="incubation", sequence=85)
        self.stages["incubation"].next_stage_ids += stage
        self.file.web_save({"stage_id": stage.id}, {})
        self.assertEqual(self.participant.stage_id, stage)

    def test_the_button_opens_the_dialog_which_says_it_and_moves(self):
        self.assertTrue(self.file.next_is_early)
        action = self.file.action_next_stage()
        self.assertEqual(self.participant.stage_id, self.stages["incubation"])
        form = Form(
            self.env["coworking.participant.move"]
            .with_user(self.accompanist)
            .with_context(**action["context"])
        )
        report = fromstring(form.report)
        self.assertIn("Far from the planned exit", report.text_content())
        self.assertIn("Camille, day 39 of 184", report.text_content())
        form.save().action_move()
        self.assertEqual(self.participant.stage_id, self.stages["final_review"])

    def test_the_next_stage_is_the_primary_button_in_the_last_month_only(self):
        with freeze_time("2015-10-15 09:00:00"):
            self.assertFalse(self._again(self.file).next_is_early)
            self.assertIs(self.file.action_next_stage(), True)
        self.assertEqual(self.participant.stage_id, self.stages["final_review"])

    def test_many_moved_at_once_are_named_before(self):
        near = self._at("incubation", "Noor", date_entry="2015-01-02")
        form = Form(
            self.env["coworking.participant.move"]
            .with_user(self.accompanist)
            .with_context(default_participant_ids=(self.participant | near).ids)
        )
        form.stage_id = self.stages["final_review"]
        self.assertIn("Camille", form.report)
        self.assertNotIn("Noor", form.report)

    def test_a_move_by_code_or_by_import_is_not_asked_about(self):
        self._move("final_review")
        self.assertEqual(self.participant.stage_id, self.stages["final_review"])
        self.assertEqual(self.participant.date_exit_planned, date(2015, 11, 7))
