"""Rolling entries: places, dates of the programme, the waiting list and the place that is freed."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time

from .common import PathwayCase


class TestTarget(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.target_places = 2
        cls.stages["incubation"].requirement_ids.unlink()

    def _enter(self, files, **values):
        files.write({"stage_id": self.stages["incubation"].id, **values})

    def test_an_entry_beyond_the_target_is_refused(self):
        for name in ("A", "B"):
            self._enter(self._at("hosting", name))
        third = self._at("hosting", "Camille")
        with self.assertRefused("Camille", "the 2 places of program Test 2015 are taken"):
            self._enter(third.with_user(self.accompanist))
        self.program.target_places = 3
        self._enter(third)
        self.assertEqual(third.phase, "incubation")

    def test_files_that_enter_together_are_counted_together(self):
        self._at("incubation", "A")
        pair = self._at("hosting", "B") | self._at("hosting", "Camille")
        with self.assertRefused("Camille", "the 2 places of program Test 2015 are taken"):
            self._enter(pair)
        self.program.target_places = 3
        self._enter(pair)
        self.assertEqual(self.program.places_left, 0)

    def test_files_made_together_are_counted_together(self):
        values = [
            {
                "partner_name": name,
                "program_id": self.program.id,
                "stage_id": self._own_stages(name, phase="incubation").id,
            }
            for name in "ABC"
        ]
        with self.assertRefused("the 2 places"):
            self.env["coworking.participant"].create(values)

    def test_places_are_counted_whoever_accompanies(self):
        """The accompanist of one file, who cannot read those that hold the places."""
        self._at("incubation", "A")
        self._at("incubation", "B")
        mine = self._at("hosting", "Camille", user_id=self.other_accompanist.id)
        self.assertFalse(
            mine.with_user(self.other_accompanist).search([("phase", "=", "incubation")])
        )
        with self.assertRefused("Camille", "the 2 places"):
            self._enter(mine.with_user(self.other_accompanist))

    def test_those_in_another_stage_of_the_incubation_hold_a_place_too(self):
        self._at("final_review", "A")
        second = self._at("incubation", "B")
        with self.assertRefused("Camille", "the 2 places"):
            self._enter(self._at("hosting", "Camille"))
        second.stage_id = self.stages["final_review"]  # no new entry
        second.stage_id = self.stages["incubation"]
        self.assertEqual(second.stage_id, self.stages["incubation"])

    def test_who_is_hosted_goes_on_within_the_incubation_when_all_is_full_or_over(self):
        participant = self._at("incubation", "Hosted", date_entry="2015-06-01")
        self.program.target_places = 0
        self.assertEqual(self.stages["final_review"].phase, "incubation")
        with freeze_time("2016-01-15 09:00:00"):
            participant.stage_id = self.stages["final_review"]
        self.assertEqual(participant.stage_id, self.stages["final_review"])

    def test_a_full_program_still_receives_and_selects_people(self):
        self.program.target_places = 0
        participant = self._new_participant()
        participant.stage_id = self.stages["info_session"]
        self.assertEqual(participant.stage_id, self.stages["info_session"])

    def test_who_is_taken_over_in_the_incubation_takes_one_place(self):
        self.program.target_places = 1
        participant = self._at("incubation")
        self.assertNotIn("places", self._last_move(participant).missing)

    def test_people_of_two_programs_who_enter_together_are_counted_apart(self):
        other = self._new_program("Other", "OTH")
        (self.program | other).target_places = 1
        stage = self._own_stages("Trial", phase="incubation")
        stage.program_ids = False
        files = self._new_participant("Here") | self._new_participant("There", other)
        files.stage_id.next_stage_ids = False
        files.stage_id = stage
        self.assertEqual(files.mapped("phase"), ["incubation"] * 2)

    def test_who_is_hosted_already_takes_no_second_place_beside_a_newcomer(self):
        self.program.target_places = 2
        stage = self._own_stages("Trial", phase="incubation")
        hosted = self._at("incubation", "Hosted")
        newcomer = self._new_participant("Newcomer")
        (hosted | newcomer).stage_id.next_stage_ids = False
        (hosted | newcomer).stage_id = stage
        self.assertEqual(newcomer.stage_id, stage)

    def test_those_of_another_program_hold_none_here(self):
        other = self._new_program("Other", "OTH")
        for name in ("A", "B"):
            self._at("incubation", name, program=other)
        self._enter(self._at("hosting"))

    def test_a_coordinator_lets_one_more_in_with_a_reason(self):
        for name in ("A", "B"):
            self._at("incubation", name)
        third = self._at("hosting").with_user(self.coordinator)
        self._enter(third, move_reason="The Metropolis agreed")
        self.assertIn("the 2 places", self._last_move(third).missing)

    def test_target_and_requirements_are_said_together(self):
        for name in ("A", "B"):
            self._at("incubation", name)
        self._require(self.stages["incubation"], "A project", [("project", "!=", False)])
        with self.assertRefused("• A project", "• the 2 places"):
            self._enter(self._at("hosting"))


class TestDates(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages["incubation"].requirement_ids.unlink()

    def test_nobody_enters_after_the_end_of_the_program(self):
        participant = self._at("hosting")
        with (
            freeze_time("2016-01-01 09:00:00"),
            self.assertRefused("Camille", "program Test 2015 ended on"),
        ):
            participant.stage_id = self.stages["incubation"]
        with freeze_time("2015-12-31 09:00:00"):
            participant.stage_id = self.stages["incubation"]
        self.assertEqual(str(participant.date_entry), "2015-12-31")

    def test_nor_with_a_reason_unless_the_day_is_within_it(self):
        participant = self._at("hosting").with_user(self.coordinator)
        with freeze_time("2016-01-04 09:00:00"):
            with self.assertRefused("Camille", "Test 2015", error=ValidationError):
                participant.write({"stage_id": self.stages["incubation"].id, "move_reason": "Late"})
            participant.write(
                {
                    "stage_id": self.stages["incubation"].id,
                    "date_entry": "2015-12-30",
                    "move_reason": "Typed late",
                }
            )
        self.assertEqual(participant.phase, "incubation")

    def test_an_entry_in_time_that_is_typed_later_is_no_problem(self):
        participant = self._at("hosting", date_entry="2015-12-30")
        with freeze_time("2016-01-04 09:00:00"):
            participant.stage_id = self.stages["incubation"]
        self.assertEqual(participant.phase, "incubation")

    def test_nobody_comes_back_after_the_end_of_the_program(self):
        participant = self._at("incubation", date_entry="2015-03-02")
        self._leave(participant)
        with freeze_time("2016-01-04 09:00:00"), self.assertRefused("Camille", "ended on"):
            participant.stage_id = self.stages["incubation"]

    def test_nobody_enters_before_the_program_starts(self):
        with self.assertRefused("Camille", "Test 2015", error=ValidationError):
            self._at("hosting", date_entry="2014-12-31")


class TestOneFile(PathwayCase):
    def test_a_second_open_file_is_refused_at_any_stage(self):
        participant = self._new_participant()
        values = {"partner_id": participant.partner_id.id, "program_id": self.program.id}
        for user in (self.accompanist, self.coordinator):
            with (
                self.subTest(user=user.login),
                self.assertRefused("already has an open file", error=ValidationError),
            ):
                self.env["coworking.participant"].with_user(user).create(
                    {**values, "move_reason": "Again"}
                )

    def test_a_closed_file_leaves_room_for_another_until_it_is_open_again(self):
        closed = self._at("closed")
        second = closed.create({"partner_id": closed.partner_id.id, "program_id": self.program.id})
        with self.assertRefused("already has an open file", error=ValidationError):
            closed.write({"stage_id": self.stages["application"].id, "move_reason": "Back"})
        second.write({"stage_id": self.stages["closed"].id, "move_reason": "Duplicate"})
        closed.write({"stage_id": self.stages["application"].id, "move_reason": "Back"})
        self.assertEqual(closed.phase, "selection")


class TestRefusal(PathwayCase):
    def test_a_refusal_takes_a_reason(self):
        participant = self._at("selection")
        with self.assertRefused("Camille", "choose a reason", error=ValidationError):
            participant.selection_result = "refused"
        participant.write(
            {"selection_result": "refused", "refusal_reason_id": self.refusal_reason.id}
        )
        with self.assertRefused("Camille", "choose a reason", error=ValidationError):
            participant.refusal_reason_id = False

    def test_who_is_refused_is_not_placed_and_can_be_closed(self):
        participant = self._at("selection").with_user(self.accompanist)
        participant.write(
            {"selection_result": "refused", "refusal_reason_id": self.refusal_reason.id}
        )
        with self.assertRefused("The person is admitted"):
            participant.stage_id = self.stages["space_choice"]
        participant.stage_id = self.stages["closed"]
        self.assertEqual(participant.phase, "closed")

    def test_a_file_that_was_never_refused_is_not_closed_before_the_entry(self):
        with self.assertRefused("why the person did not enter"):
            self._at("selection").stage_id = self.stages["closed"]


class TestWaitingList(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.target_places = 1
        cls.hosted = cls._at("incubation", "Hosted")

    def _wait(self, name, since=None, **values):
        return self._at(
            "selection",
            name,
            selection_result="waiting",
            **({"date_waiting": since} if since else {}),
            **values,
        )

    def _offers(self, *files):
        """How often each was offered a place; nothing else is scheduled for people who wait."""
        return [len(file.activity_ids) for file in files]

    def test_one_waits_since_the_day_of_the_decision(self):
        participant = self._at("selection")
        participant.selection_result = "waiting"
        self.assertEqual(str(participant.date_waiting), "2015-06-15")
        with freeze_time("2015-06-20 09:00:00"):
            participant.project = "Another"
            self.assertEqual(str(participant.date_waiting), "2015-06-15")
        participant.selection_result = "admitted"
        self.assertFalse(participant.date_waiting)

    def test_the_order_is_that_of_the_days_then_of_the_files(self):
        late = self._wait("Late", "2015-06-10")
        early = self._wait("Early", "2015-06-01")
        same = self._wait("Same day", "2015-06-10")
        gone = self._wait("Gone", "2015-05-01")
        gone.write({"stage_id": self.stages["closed"].id, "move_reason": "Withdrew"})
        admitted = self._at("selection", "Admitted", selection_result="admitted")
        elsewhere = self._wait("Elsewhere", "2015-05-01", program=self._new_program("O", "OTH"))
        files = late | early | same | gone | admitted | elsewhere
        ranks = self._again(files).mapped("waiting_rank")
        self.assertEqual(ranks, [2, 1, 3, 0, 0, 1])
        self.assertEqual(self.program.waiting_count, 3)
        early.selection_result = "admitted"
        self.assertEqual(self._again(files).mapped("waiting_rank")[:3], [1, 0, 2])

    def test_the_rank_is_the_same_for_whoever_looks(self):
        self._wait("Early", "2015-06-01")
        mine = self._wait("Mine", "2015-06-10", user_id=self.other_accompanist.id)
        for user in (self.accompanist, self.other_accompanist, self.coordinator):
            with self.subTest(user=user.login):
                self.assertEqual(self._again(mine).with_user(user).waiting_rank, 2)

    def test_the_place_of_who_leaves_is_offered_to_the_first_one_once(self):
        second = self._wait("Second", "2015-06-10")
        first = self._wait("First", "2015-06-01", user_id=self.colleague.id)
        self._leave(self.hosted.with_user(self.accompanist))
        self.assertEqual(self._offers(first, second), [1, 0])
        offer = first.activity_ids
        self.assertEqual(offer.user_id, self.colleague)
        self.assertEqual(str(offer.date_deadline), "2015-06-15")
        self.hosted.date_exit = "2015-06-14"  # corrected
        self.assertEqual(self._offers(first, second), [1, 0])

    def test_nothing_is_offered_while_the_programme_is_full(self):
        waiting = self._wait("First")
        other = self._at("incubation", "Beyond the target")
        self._leave(other)
        self.assertEqual(self.program.places_left, 0)
        self.assertEqual(self._offers(waiting), [0])

    def test_a_day_of_exit_alone_frees_no_place(self):
        waiting = self._wait("First")
        self.hosted.write(
            {"date_exit": "2015-06-20", "exit_reason_id": self.exit_reasons["other"].id}
        )
        self.assertEqual(self._offers(waiting), [0])
        self.hosted.stage_id = self.stages["exit"]
        self.assertEqual(self._offers(waiting), [1])

    def test_two_places_freed_are_offered_to_two_people(self):
        self.program.target_places = 2
        other = self._at("incubation", "Other hosted")
        first, second, third = (self._wait(name) for name in ("First", "Second", "Third"))
        self._leave(self.hosted)
        self.assertEqual(self._offers(first, second, third), [1, 0, 0])
        self._leave(other)
        self.assertEqual(self._offers(first, second, third), [1, 1, 0])

    def test_who_refuses_the_place_leaves_it_to_the_next(self):
        first, second = self._wait("First"), self._wait("Second")
        self._leave(self.hosted)
        first.with_user(self.accompanist).write(
            {"selection_result": "refused", "refusal_reason_id": self.refusal_reason.id}
        )
        self.assertEqual(self._offers(first, second), [1, 1])

    def test_a_place_left_by_archiving_a_file_is_offered_too(self):
        waiting = self._wait("First")
        self.hosted.active = False
        self.assertEqual(self._offers(waiting), [1])

    def test_the_accompanist_of_one_file_offers_a_place_to_a_colleagues(self):
        waiting = self._wait("First", user_id=self.colleague.id)
        self.hosted.user_id = self.other_accompanist
        self._leave(self.hosted.with_user(self.other_accompanist))
        with self.assertRaises(AccessError):
            waiting.with_user(self.other_accompanist).read(["project"])
        self.assertEqual(self._offers(waiting), [1])

    def test_a_place_is_offered_to_people_who_wait_for_it_only(self):
        undecided = self._at("selection", "Undecided")
        back = self._wait("Back at the start", "2015-05-01")
        back.write({"stage_id": self.stages["orientation"].id, "move_reason": "Mistaken"})
        other = self._new_program("Other", "OTH")
        elsewhere = self._wait("Elsewhere", "2015-05-01", program=other)
        before = self._offers(undecided, back, elsewhere)
        self._leave(self.hosted)
        self.assertEqual(self._offers(undecided, back, elsewhere), before)

    def test_the_coordinator_offers_it_where_nobody_follows_the_file(self):
        waiting = self._wait("First", user_id=False)
        self._leave(self.hosted.with_user(self.accompanist))
        self.assertEqual(waiting.activity_ids.user_id, self.coordinator)

    def test_another_change_of_a_hosted_file_offers_nothing(self):
        self.program.target_places = 2
        waiting = self._wait("First")
        self.hosted.project = "Cheese"
        self.assertEqual(self._offers(waiting), [0])

    def test_saying_again_that_one_waits_changes_no_day(self):
        participant = self._wait("First")
        self.env.flush_all()
        with freeze_time("2015-06-20 09:00:00"):
            participant.selection_result = "waiting"
            self.env.flush_all()
        self.assertEqual(str(participant.date_waiting), "2015-06-15")

    def test_a_coordinator_corrects_the_day(self):
        participant = self._wait("First").with_user(self.coordinator)
        participant.date_waiting = "2015-06-02"
        self.assertEqual(str(participant.date_waiting), "2015-06-02")
