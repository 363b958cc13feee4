"""Reviews: the grid of the programme, ratings from 0 to 5 with a reference, drawn over time."""

import json

from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import Form

from .common import PathwayCase


class ReviewCase(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["coworking.review.axis"].search([]).active = False
        cls.isolation, cls.maturity = cls.env["coworking.review.axis"].create(
            [
                {
                    "name": "Isolation",
                    "sequence": 1,
                    "reference_entry": 1,
                    "reference_interim": 3,
                    "reference_final": 5,
                },
                {"name": "Maturity", "sequence": 2},
            ]
        )
        cls.participant = cls._at("incubation")

    def _new_review(self, kind="monthly", **values):
        return (
            self.env["coworking.review"]
            .with_user(self.accompanist)
            .create({"participant_id": self.participant.id, "kind": kind, **values})
        )


class TestGrid(ReviewCase):
    def test_a_line_for_each_axis_with_the_reference_of_the_kind_of_review(self):
        for kind, references in (
            ("entry", [1, 2]),
            ("monthly", [3, 3]),
            ("interim", [3, 3]),
            ("final", [5, 4]),
        ):
            with self.subTest(kind=kind):
                lines = self._new_review(kind).line_ids.sorted("sequence")
                self.assertEqual(lines.axis_id, self.isolation | self.maturity)
                self.assertEqual(lines.mapped("reference"), references)
                self.assertFalse(any(lines.mapped("rating")))

    def test_the_rating_of_the_review_held_before_is_beside(self):
        def before(review):
            return review.line_ids.sorted("sequence").mapped("rating_before")

        first = self._review(self.participant, "entry", ratings="1", date="2015-06-01")
        self._review(self._at("incubation", "Other"), ratings="5", date="2015-06-10")
        second = self._review(self.participant, "monthly", ratings="4", date="2015-06-12")
        planned = self._new_review(date="2015-06-13")
        planned.line_ids.rating = "0"
        third = self._new_review(date="2015-06-15")
        self.assertEqual(before(first), [False, False])
        self.assertEqual(before(second), ["1", "1"])
        self.assertEqual(before(third), ["4", "4"])
        third.date = "2015-06-12"
        self.assertEqual(before(third), ["4", "4"])
        third.date = "2015-06-11"
        self.assertEqual(before(third), ["1", "1"])

    def test_it_is_there_while_a_review_is_filled_in(self):
        self._review(self.participant, "entry", ratings="2", date="2015-06-01")
        form = Form(self.env["coworking.review"].with_user(self.accompanist))
        form.participant_id = self.participant
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.rating_before, "2")

    def test_another_kind_changes_the_references_and_keeps_the_ratings(self):
        review = self._new_review("monthly")
        review.line_ids[0].rating = "4"
        review.kind = "final"
        self.assertEqual(review.line_ids.mapped("reference"), [5, 4])
        self.assertEqual(review.line_ids[0].rating, "4")
        self.assertEqual(len(review.line_ids), 2)

    def test_an_axis_of_another_program_is_not_there(self):
        other = self._new_program("Other", "OTH")
        self.maturity.program_ids = other
        self.assertEqual(self._new_review().line_ids.axis_id, self.isolation)
        elsewhere = self._at("incubation", "Noor", program=other)
        self.assertEqual(
            self.env["coworking.review"].create({"participant_id": elsewhere.id}).line_ids.axis_id,
            self.isolation | self.maturity,
        )

    def test_a_coordinator_adds_an_axis_and_the_next_review_has_it(self):
        before = self._new_review()
        self.env.flush_all()
        axis = (
            self.env["coworking.review.axis"]
            .with_user(self.coordinator)
            .create({"name": "Autonomy", "sequence": 3})
        )
        self.assertIn(axis, self._new_review().line_ids.axis_id)
        self.assertNotIn(axis, before.line_ids.axis_id)

    def test_an_axis_is_rated_once_a_review(self):
        review = self._new_review()
        with self.assertRefused("rated once", error=ValidationError):
            self.env["coworking.review.line"].create(
                {"review_id": review.id, "axis_id": self.isolation.id}
            )

    def test_references_are_ratings(self):
        for field in ("reference_entry", "reference_interim", "reference_final"):
            for value in (-1, 6):
                with self.subTest(field=field, value=value), self.assertRaises(CheckViolation):
                    self.isolation[field] = value
                    self.env.flush_all()

    def test_isolation_and_maturity_of_the_project_are_asked_by_default(self):
        for name in ("isolation", "maturity"):
            axis = self.env.ref(f"coworking_incubation.coworking_review_axis_{name}")
            self.assertTrue(axis.exists())
            self.assertLess(axis.reference_entry, axis.reference_final)


class TestHolding(ReviewCase):
    def test_it_cannot_be_held_without_all_ratings(self):
        review = self._new_review()
        review.line_ids.filtered(lambda line: line.axis_id == self.maturity).rating = "2"
        for hold in (review.action_done, lambda: review.write({"state": "done"})):
            with self.assertRefused("Camille", "rate Isolation first", error=ValidationError):
                hold()
        review.line_ids.filtered(lambda line: line.axis_id == self.isolation).rating = "0"
        review.action_done()
        self.assertEqual(review.state, "done")

    def test_a_rating_of_a_review_that_was_held_is_changed_and_not_taken_away(self):
        review = self._new_review()
        review.line_ids.rating = "2"
        review.action_done()
        review.line_ids[0].rating = "3"
        with self.assertRefused("rate Isolation first", error=ValidationError):
            review.line_ids[0].rating = False

    def test_the_average_is_that_of_what_is_rated_nought_included(self):
        review = self._new_review()
        self.assertEqual(review.average, 0.0)
        review.line_ids[0].rating = "3"
        self.assertEqual(review.average, 3.0)
        review.line_ids[1].rating = "0"
        self.assertEqual(review.average, 1.5)
        self.assertEqual(review.line_ids.mapped("rating_value"), [3, 0])

    def test_one_entry_and_one_final_review_are_held(self):
        for kind in ("entry", "final"):
            with self.subTest(kind=kind):
                self._review(self.participant, kind)
                second = self._new_review(kind)
                second.line_ids.rating = "3"
                with self.assertRefused("already has that review", error=ValidationError):
                    second.action_done()

    def test_monthly_and_three_month_reviews_are_held_again(self):
        for kind in ("monthly", "interim"):
            for day in ("2015-07-15", "2015-08-15"):
                self._review(self.participant, kind, date=day)
        self.assertEqual(len(self.participant.review_ids), 4)

    def test_another_participant_has_an_entry_review_too(self):
        self._review(self.participant, "entry")
        self._review(self._at("incubation", "Noor"), "entry")

    def test_the_exit_warns_when_no_final_review_was_held(self):
        sentence = "A final review was held"
        participant = self._at("final_review", "Noor")
        self.assertIn(sentence, participant.missing_requirements)
        self._review(participant, "final")
        self.assertNotIn(sentence, self._again(participant).missing_requirements)


class TestChart(ReviewCase):
    def test_the_averages_of_the_reviews_held_are_drawn_in_order_of_day(self):
        self._review(self.participant, "monthly", "4", date="2015-09-15")
        self._review(self.participant, "entry", "1", date="2015-06-16")
        self._new_review("final", date="2015-12-01")
        series = json.loads(self.participant.review_graph)
        self.assertEqual([point["y"] for point in series[0]["values"]], [1.0, 4.0])

    def test_each_axis_and_what_one_hopes_for_are_drawn_too(self):
        for kind, day, ratings in (
            ("entry", "2015-06-16", "13"),
            ("monthly", "2015-07-15", "24"),
            ("final", "2015-12-01", "35"),
        ):
            review = self._new_review(kind, date=day)
            for line, rating in zip(review.line_ids.sorted("sequence"), ratings, strict=True):
                line.rating = rating
            review.action_done()
        self.maturity.active = False
        series = json.loads(self.participant.with_context(lang="en_US").review_graph)
        self.assertEqual(
            [
                (row["key"], row["dashed"], [point["y"] for point in row["values"]])
                for row in series
            ],
            [
                ("Average", False, [2.0, 3.0, 4.0]),
                ("Isolation", False, [1, 2, 3]),
                ("Maturity", False, [3, 4, 5]),
                ("Reference", True, [1.5, 3.0, 4.5]),
            ],
        )

    def test_an_axis_that_came_later_starts_later(self):
        self._review(self.participant, "entry", "1", date="2015-06-16")
        self.env["coworking.review.axis"].create({"name": "Autonomy", "sequence": 3})
        self._review(self.participant, "monthly", "4", date="2015-07-16")
        series = json.loads(self.participant.review_graph)
        drawn = {row["key"]: [point["y"] for point in row["values"]] for row in series}
        self.assertEqual(drawn["Autonomy"], [None, 4])

    def test_those_planned_lower_no_average(self):
        self._review(self.participant, "entry", "2")
        self._review(self.participant, "monthly", "4")
        self._new_review("final")
        groups = self.env["coworking.review"]._read_group(
            [("participant_id", "=", self.participant.id)],
            ["participant_id"],
            ["average:avg", "__count"],
        )
        self.assertEqual(groups, [(self.participant, 3.0, 3)])

    def test_one_point_makes_no_chart(self):
        self.assertFalse(self.participant.review_graph)
        self._review(self.participant, "entry")
        self.assertFalse(self.participant.review_graph)
