"""Reviews planned by the stage: an activity whose type says so comes with a review to hold."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .common import PathwayCase

PLAN = [
    ("entry", "2015-06-22"),
    ("monthly", "2015-07-15"),
    ("monthly", "2015-08-15"),
    ("interim", "2015-09-15"),
    ("monthly", "2015-10-15"),
    ("monthly", "2015-11-15"),
    ("final", "2015-12-02"),
]


class PlannedCase(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages["incubation"].requirement_ids.active = False
        cls.participant = cls._at("hosting")
        cls.participant.with_user(cls.accompanist).stage_id = cls.stages["incubation"]

    def _planned(self, participant=None):
        rows = (participant or self.participant).review_ids.sorted("date")
        return [(row.kind, str(row.date)) for row in rows.filtered(lambda r: r.state == "planned")]

    def _open(self, participant=None):
        activities = (participant or self.participant).activity_ids.sorted("date_deadline")
        return [str(activity.date_deadline) for activity in activities]

    def _of(self, kind):
        return self.participant.review_ids.filtered(lambda review: review.kind == kind)

    def _hold(self, review, user=None):
        review = review.with_user(user or self.accompanist)
        review.line_ids.rating = "3"
        review.action_done()


class TestPlanning(PlannedCase):
    def test_the_plan_of_the_stage_makes_a_review_of_its_kind_on_each_day(self):
        self.assertEqual(self._planned(), PLAN)
        self.assertEqual(self._open(), [day for _kind, day in PLAN])
        reviews = self.participant.review_ids
        self.assertEqual(reviews.user_id, self.accompanist)
        self.assertEqual(reviews.planned_activity_ids, self.participant.activity_ids)
        self.assertTrue(all(review.line_ids for review in reviews))

    def test_no_review_is_planned_after_the_stay(self):
        """Who entered long ago is there for two months more; the program of another ends."""
        for name, entry, end, planned in (
            ("Lena", "2015-02-15", "2015-12-31", "2015-08-14"),
            ("Noor", False, "2015-08-20", "2015-08-20"),
        ):
            with self.subTest(name=name):
                self.program.date_end = end
                file = self._at("hosting", name)
                file.date_entry = entry
                file.with_user(self.accompanist).stage_id = self.stages["incubation"]
                plan = [row for row in PLAN[:-1] if row[1] <= planned] + [("final", planned)]
                self.assertEqual(self._planned(file), plan)
                self.assertEqual(self._open(file), [day for _kind, day in plan])

    def test_who_is_past_the_planned_exit_is_met_until_the_extension(self):
        self.program.date_start = "2014-01-01"
        file = self._at("hosting", "Lena")
        file.date_entry = "2014-11-15"
        file.with_user(self.accompanist).stage_id = self.stages["incubation"]
        self.assertEqual(self._planned(file), PLAN)

    def test_it_is_the_type_of_the_activity_that_says_so(self):
        self.env.ref(
            "coworking_incubation.mail_activity_type_review_monthly"
        ).coworking_review_kind = False
        other = self._at("hosting", "Noor")
        other.stage_id = self.stages["incubation"]
        self.assertEqual(
            [kind for kind, _day in self._planned(other)], ["entry", "interim", "final"]
        )
        self.assertEqual(len(other.activity_ids), 7)

    def test_an_activity_scheduled_by_hand_comes_with_its_review_too(self):
        other = self._at("incubation", "Noor")
        other.with_user(self.accompanist).activity_schedule(
            "coworking_incubation.mail_activity_type_review_interim",
            date_deadline="2015-08-01",
            user_id=self.colleague.id,
        )
        self.assertRecordValues(
            other.review_ids,
            [{"kind": "interim", "state": "planned", "user_id": self.colleague.id}],
        )
        self.assertEqual(str(other.review_ids.date), "2015-08-01")

    def test_other_activities_plan_none(self):
        other = self._at("incubation", "Noor")
        other.activity_schedule("mail.mail_activity_data_todo", user_id=self.accompanist.id)
        self.assertFalse(other.review_ids)

    def test_a_file_taken_over_has_none(self):
        taken = self._at("incubation", "Noor")
        self.assertFalse(taken.review_ids)
        self.assertFalse(taken.activity_ids)

    def test_going_back_and_forth_plans_them_once(self):
        user = self.participant.with_user(self.accompanist)
        user.stage_id = self.stages["final_review"]
        user.stage_id = self.stages["incubation"]
        self.assertEqual(self._planned(), PLAN)
        self.assertEqual(len(self.participant.activity_ids), 7)

    def test_a_planned_review_is_due_on_its_day(self):
        self.assertFalse(self.participant.todo_review)
        with freeze_time("2015-06-22 09:00:00"):
            self.assertTrue(self._again(self.participant).todo_review)
            self._hold(self._of("entry"))
            self.assertFalse(self._again(self.participant).todo_review)


class TestHolding(PlannedCase):
    def test_holding_it_marks_the_activity_as_done(self):
        review = self._of("entry")
        activity = review.planned_activity_ids
        self._hold(review)
        self.assertFalse(activity.active)
        self.assertEqual(self._open(), [day for _kind, day in PLAN[1:]])

    def test_also_when_the_activity_is_somebody_elses(self):
        review = self._of("entry")
        review.planned_activity_ids.user_id = self.colleague
        self._hold(review)
        self.assertEqual(len(self.participant.activity_ids), 6)

    def test_a_review_that_is_refused_leaves_it_to_do(self):
        review = self._of("entry").with_user(self.accompanist)
        with self.assertRefused("first"):
            review.action_done()
        self.assertEqual(len(self.participant.activity_ids), 7)

    def test_an_activity_marked_as_done_refuses_nothing_and_leaves_the_review_to_hold(self):
        review = self._of("interim")
        review.planned_activity_ids.with_user(self.accompanist).action_feedback("Done by phone")
        self.assertEqual(review.state, "planned")
        self._hold(review)
        self.assertEqual(review.state, "done")

    def test_a_final_review_held_beside_the_plan_takes_the_planned_one_away(self):
        self._review(self.participant, "final")
        self.assertEqual(self._planned(), PLAN[:-1])
        self.assertEqual(self._open(), [day for _kind, day in PLAN[:-1]])

    def test_a_monthly_one_leaves_the_others(self):
        self._review(self.participant, "monthly")
        self.assertEqual(self._planned(), PLAN)

    def test_what_was_held_once_is_not_planned_again(self):
        other = self._at("hosting", "Noor")
        self._review(other, "entry")
        other.stage_id = self.stages["incubation"]
        self.assertEqual(self._planned(other), PLAN[1:])
        self.assertEqual(len(other.activity_ids), 7)

    def test_a_monthly_one_is_planned_after_others_were_held(self):
        self._hold(self._of("monthly")[0])
        activity = self.participant.activity_schedule(
            "coworking_incubation.mail_activity_type_review_monthly",
            date_deadline="2015-10-01",
            user_id=self.accompanist.id,
        )
        self.assertEqual(activity.coworking_review_id.kind, "monthly")

    def test_a_second_one_may_be_planned_until_one_is_held(self):
        activity = self.participant.activity_schedule(
            "coworking_incubation.mail_activity_type_review_final",
            date_deadline="2015-11-20",
            user_id=self.accompanist.id,
        )
        self.assertEqual(len(self._of("final")), 2)
        self._hold(activity.coworking_review_id)
        self.assertEqual(self._of("final").mapped("state"), ["done"])

    def test_an_activity_of_that_type_on_something_else_plans_none(self):
        before = self.env["coworking.review"].search_count([])
        seat = self._new_seat("15/6", None, self.participant)
        seat.activity_schedule(
            "coworking_incubation.mail_activity_type_review_monthly", user_id=self.accompanist.id
        )
        self.assertEqual(self.env["coworking.review"].search_count([]), before)


class TestTogether(PlannedCase):
    """A review and the activity that planned it have one day and one user."""

    def test_the_review_follows_its_activity(self):
        review = self._of("interim")
        review.planned_activity_ids.with_user(self.accompanist).write(
            {"date_deadline": "2015-09-20", "user_id": self.colleague.id}
        )
        self.assertRecordValues(review, [{"user_id": self.colleague.id}])
        self.assertEqual(str(review.date), "2015-09-20")

    def test_the_activity_follows_its_review(self):
        review = self._of("interim").with_user(self.accompanist)
        review.write({"date": "2015-09-18", "user_id": self.colleague.id})
        activity = review.sudo().planned_activity_ids
        self.assertEqual(str(activity.date_deadline), "2015-09-18")
        self.assertEqual(activity.user_id, self.colleague)

    def test_a_review_that_was_held_keeps_its_day(self):
        review = self._of("entry")
        activity = review.planned_activity_ids
        self._hold(review)
        activity.date_deadline = "2015-08-01"
        self.assertEqual(str(review.date), "2015-06-22")

    def test_a_handover_passes_both(self):
        self.env["coworking.participant.handover"].with_user(self.coordinator).create(
            {"from_user_id": self.accompanist.id, "to_user_id": self.colleague.id}
        ).action_hand_over()
        self.assertEqual(self.participant.activity_ids.user_id, self.colleague)
        self.assertEqual(self.participant.review_ids.user_id, self.colleague)

    def test_an_activity_that_is_cancelled_takes_the_blank_review_away(self):
        self._of("interim").planned_activity_ids.with_user(self.accompanist).unlink()
        self.assertFalse(self._of("interim"))

    def test_but_not_one_in_which_something_was_written(self):
        for values in ({"summary": "Going well"}, {"decisions": "Call the bank"}):
            with self.subTest(values=values):
                review = self.participant.review_ids.filtered("planned_activity_ids")[0]
                review.write(values)
                review.planned_activity_ids.unlink()
                self.assertTrue(review.exists())
        rated = self.participant.review_ids.filtered("planned_activity_ids")[0]
        rated.line_ids[0].rating = "0"
        rated.planned_activity_ids.unlink()
        self.assertTrue(rated.exists())

    def test_a_review_taken_away_leaves_the_activity_as_a_reminder(self):
        self._of("interim").with_user(self.accompanist).unlink()
        self.assertEqual(len(self._again(self.participant).activity_ids), 7)

    def test_a_colleague_plans_none_in_a_file_that_is_not_theirs(self):
        with self.assertRaises(AccessError):
            self.participant.with_user(self.colleague).activity_schedule(
                "coworking_incubation.mail_activity_type_review_monthly",
                user_id=self.colleague.id,
            )


class TestExit(PlannedCase):
    def test_those_planned_for_after_the_exit_go_with_their_activities(self):
        with freeze_time("2015-08-20 09:00:00"):
            self._leave(self.participant.with_user(self.accompanist))
        self.assertEqual(self._planned(), PLAN[:3])
        self.assertEqual(self._open(), [day for _kind, day in PLAN[:3]])

    def test_one_in_which_something_was_written_stays(self):
        self._of("final").summary = "Prepared"
        with freeze_time("2015-08-20 09:00:00"):
            self._leave(self.participant)
        self.assertEqual(self._planned(), [*PLAN[:3], PLAN[-1]])

    def test_one_planned_on_the_day_of_the_exit_stays(self):
        with freeze_time("2015-08-15 09:00:00"):
            self._leave(self.participant)
        self.assertEqual(self._planned(), PLAN[:3])

    def test_an_exit_that_is_told_later_drops_those_since(self):
        with freeze_time("2015-08-20 09:00:00"):
            self._leave(self.participant, date_exit="2015-07-31")
        self.assertEqual(self._planned(), PLAN[:2])

    def test_one_that_was_held_stays_whatever_its_grid(self):
        self.env["coworking.review.axis"].search([]).active = False
        held = self.env["coworking.review"].create(
            {"participant_id": self.participant.id, "date": "2015-09-01"}
        )
        held.action_done()
        self.assertFalse(held.line_ids)
        self._leave(self.participant, date_exit="2015-08-20")
        self.assertEqual(held.exists().state, "done")

    def test_a_stage_that_does_not_say_so_leaves_them(self):
        self.stages["exit"].drops_reviews = False
        self._leave(self.participant)
        self.assertEqual(self._planned(), PLAN)
