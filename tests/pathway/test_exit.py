"""The exit and after: its reason, the follow-ups, the rates, and somebody who comes back."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time

from .common import PathwayCase

# Of an exit, see RESULTS.md of the benchmarks.
MOST_QUERIES, MOST_WITH_FEE, MOST_OF_ONE_MORE = 63, 64, 4


class TestReason(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation", date_entry="2015-02-02")

    def test_the_stage_of_the_exit_asks_for_it(self):
        user = self.participant.with_user(self.accompanist)
        with self.assertRefused("Camille cannot go to Exit", "• The reason of the exit"):
            user.stage_id = self.stages["exit"]
        user.write(
            {
                "stage_id": self.stages["exit"].id,
                "exit_reason_id": self.exit_reasons["durable"].id,
            }
        )
        self.assertEqual(str(self.participant.date_exit), "2015-06-15")

    def test_a_day_of_exit_without_it_is_refused_on_every_path(self):
        user = self.participant.with_user(self.coordinator)
        for values in (
            {"date_exit": "2015-06-10"},
            {"stage_id": self.stages["exit"].id, "move_reason": "Gone"},
            {"date_exit": "2015-06-10", "stage_id": self.stages["exit"].id, "move_reason": "Gone"},
        ):
            with (
                self.subTest(values=values),
                self.assertRefused("Camille", "choose an exit reason", error=ValidationError),
            ):
                user.write(values)
        with self.assertRefused("choose an exit reason", error=ValidationError):
            self._at("exit", "Alix", date_exit="2015-06-10", exit_reason_id=False)

    def test_it_is_not_taken_away_while_the_exit_stands(self):
        self._leave(self.participant)
        with self.assertRefused("choose an exit reason", error=ValidationError):
            self.participant.exit_reason_id = False

    def test_nobody_leaves_before_entering(self):
        with self.assertRefused("cannot leave before entering", error=ValidationError):
            self._leave(self.participant, date_exit="2015-02-01")

    def test_each_category_has_reasons_by_default(self):
        reasons = self.env["coworking.exit.reason"].search([])
        self.assertEqual(
            set(reasons.mapped("category")),
            {"durable", "transition", "positive", "other", "withdrawn"},
        )


class TestCategory(PathwayCase):
    """The border between lasting and transitional jobs is a setting, where a length is known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("exit", date_exit="2015-03-31")

    def test_it_is_that_of_the_reason(self):
        for category, reason in self.exit_reasons.items():
            self.participant.exit_reason_id = reason
            self.assertEqual(self.participant.exit_category, category)
        self.exit_reasons["withdrawn"].category = "other"
        self.assertEqual(self.participant.exit_category, "other")
        self.assertFalse(self._new_participant("Noor").exit_category)

    def test_a_job_with_an_end_counts_by_its_length(self):
        long = self.env.ref("coworking_incubation.coworking_exit_reason_cdd_long")
        short = self.env.ref("coworking_incubation.coworking_exit_reason_cdd_short")
        for border, reason, months, expected in (
            (6, long, 0, "durable"),
            (6, short, 0, "transition"),
            (6, long, 6, "durable"),
            (6, short, 6, "durable"),
            (6, long, 5, "transition"),
            (7, long, 6, "transition"),
            (7, short, 7, "durable"),
        ):
            with self.subTest(border=border, reason=reason.name, months=months):
                self.program.lasting_months = border
                self.participant.write({"exit_reason_id": reason.id, "job_months": months})
                self.assertEqual(self.participant.exit_category, expected)

    def test_other_reasons_do_not_count_by_length(self):
        for category in ("durable", "positive", "other"):
            self.participant.write(
                {"exit_reason_id": self.exit_reasons[category].id, "job_months": 2}
            )
            self.assertEqual(self.participant.exit_category, category)

    def test_lengths_and_borders_are_sensible(self):
        with self.assertRefused("cannot be negative", error=ValidationError):
            self.participant.job_months = -1
        with self.assertRefused("at least one month", error=ValidationError):
            self.program.lasting_months = 0

    def test_exits_are_grouped_by_it(self):
        self.participant.exit_reason_id = self.exit_reasons["positive"]
        groups = dict(
            self.env["coworking.participant"]
            .with_user(self.accompanist)
            ._read_group([("program_id", "=", self.program.id)], ["exit_category"], ["__count"])
        )
        self.assertEqual(groups, {"positive": 1})


class FollowupCase(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation", date_entry="2015-02-02")

    def _followup(self, months, participant=None):
        return (participant or self.participant).followup_ids.filtered(
            lambda row: row.months == months and row.state != "cancelled"
        )

    def _due(self, participant=None):
        rows = (participant or self.participant).followup_ids
        return [
            (row.months, str(row.date_due), row.state)
            for row in rows.sorted(lambda row: (row.months, row.id))
        ]


class TestPlanning(FollowupCase):
    def test_at_3_6_and_12_months_after_the_exit(self):
        self._leave(self.participant.with_user(self.accompanist), date_exit="2015-06-10")
        self.assertEqual(
            self._due(),
            [
                (3, "2015-09-10", "pending"),
                (6, "2015-12-10", "pending"),
                (12, "2016-06-10", "pending"),
            ],
        )
        self.assertEqual(self.participant.followup_ids.user_id, self.accompanist)

    def test_also_when_the_stage_sets_the_day(self):
        self._leave(self.participant)
        self.assertEqual(self._due()[1], (6, "2015-12-15", "pending"))

    def test_they_move_when_the_exit_is_corrected(self):
        self._leave(self.participant, date_exit="2015-06-10")
        self.participant.date_exit = "2015-05-31"
        self.assertEqual(
            [due for _months, due, _state in self._due()],
            ["2015-08-31", "2015-11-30", "2016-05-31"],
        )

    def test_one_that_was_answered_stays(self):
        self._leave(self.participant, date_exit="2015-06-10")
        self._followup(3).write(
            {"exit_reason_id": self.exit_reasons["durable"].id, "state": "answered"}
        )
        self.participant.date_exit = "2015-05-31"
        self.assertEqual(
            self._due(),
            [
                (3, "2015-09-10", "answered"),
                (6, "2015-11-30", "pending"),
                (12, "2016-05-31", "pending"),
            ],
        )

    def test_they_are_cancelled_when_there_is_no_exit_any_more(self):
        file = self.participant.with_user(self.accompanist)
        file.write({"date_exit": "2015-06-10", "exit_reason_id": self.exit_reasons["other"].id})
        self._followup(3).write(
            {"exit_reason_id": self.exit_reasons["durable"].id, "state": "answered"}
        )
        file.date_exit = False
        self.assertEqual(
            [(months, state) for months, _due, state in self._due()],
            [(3, "answered"), (6, "cancelled"), (12, "cancelled")],
        )
        file.date_exit = "2015-06-12"
        self.assertEqual(self._followup(6).mapped("state"), ["pending"])

    def test_a_file_taken_over_after_its_exit_has_them_and_a_closed_one_has_not(self):
        values = {
            "date_entry": "2015-02-02",
            "date_exit": "2015-06-10",
            "exit_reason_id": self.exit_reasons["durable"].id,
        }
        self.assertEqual(len(self._at("followup", "Alix", **values).followup_ids), 3)
        closed = self._at("closed", "Noor", **values)
        self.assertFalse(closed.followup_ids)
        closed.date_exit = "2015-06-11"
        self.assertFalse(closed.followup_ids)

    def test_never_two_for_the_same_month(self):
        self._leave(self.participant)
        with self.assertRefused("already planned", error=ValidationError):
            self.env["coworking.followup"].create(
                {"participant_id": self.participant.id, "months": 6, "date_due": "2016-01-01"}
            )


class TestAnswers(FollowupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant.write(
            {
                "stage_id": cls.stages["exit"].id,
                "exit_reason_id": cls.exit_reasons["durable"].id,
            }
        )
        cls.followup = cls.participant.followup_ids.filtered(lambda row: row.months == 6).with_user(
            cls.accompanist
        )

    def test_an_answer_takes_a_situation_on_every_path(self):
        for answer in (
            self.followup.action_answered,
            lambda: self.followup.write({"state": "answered"}),
        ):
            with self.assertRefused("Camille", "in which situation", error=ValidationError):
                answer()
        self.followup.write(
            {"exit_reason_id": self.exit_reasons["transition"].id, "in_space": True}
        )
        self.followup.action_answered()
        self.assertRecordValues(
            self.followup,
            [
                {
                    "state": "answered",
                    "date_answer": date(2015, 6, 15),
                    "category": "transition",
                    "in_space": True,
                }
            ],
        )
        with self.assertRefused("in which situation", error=ValidationError):
            self.followup.exit_reason_id = False

    def test_attempts_are_counted_with_the_day_of_the_last(self):
        self.followup.action_attempt()
        with freeze_time("2015-06-20 09:00:00"):
            self.followup.action_attempt()
        self.assertRecordValues(
            self.followup,
            [{"attempt_count": 2, "last_attempt": date(2015, 6, 20), "state": "pending"}],
        )

    def test_nobody_is_out_of_reach_before_an_attempt(self):
        for give_up in (
            self.followup.action_unreachable,
            lambda: self.followup.write({"state": "unreachable"}),
        ):
            with self.assertRefused("Camille", "at least once", error=ValidationError):
                give_up()
        self.followup.action_attempt()
        self.followup.action_unreachable()
        self.assertEqual(self.followup.state, "unreachable")

    def test_what_is_settled_is_not_to_do_any_more(self):
        self.followup.action_attempt()
        self.followup.action_unreachable()
        for again in (
            self.followup.action_attempt,
            self.followup.action_answered,
            self.followup.action_unreachable,
        ):
            with self.assertRefused("Camille", "not to do any more"):
                again()

    def test_the_file_is_closed_after_the_six_month_follow_up_only(self):
        user = self.participant.with_user(self.accompanist)
        user.stage_id = self.stages["followup"]
        answered = {"exit_reason_id": self.exit_reasons["durable"].id, "state": "answered"}
        self._followup(3).write(answered)
        with self.assertRefused("Camille", "An answer to the six-month follow-up"):
            user.stage_id = self.stages["closed"]
        self._followup(6).write(answered)
        user.stage_id = self.stages["closed"]
        self.assertEqual(self.participant.phase, "closed")

    def test_it_is_closed_after_attempts_too(self):
        user = self.participant.with_user(self.accompanist)
        user.stage_id = self.stages["followup"]
        self.followup.action_attempt()
        self.followup.action_unreachable()
        user.stage_id = self.stages["closed"]
        self.assertEqual(self.participant.phase, "closed")


class TestRates(PathwayCase):
    def _exits(self, **numbers):
        files = self.env["coworking.participant"]
        for category, number in numbers.items():
            for rank in range(number):
                files |= self._at(
                    "exit",
                    f"{category} {rank}",
                    date_entry="2015-01-15",
                    date_exit="2015-03-31",
                    exit_reason_id=self.exit_reasons[category].id,
                )
        return files

    def _rates(self):
        program = self._again(self.program)
        return program.exit_count, program.dynamic_exit_rate, program.response_rate

    def test_dynamic_exits_over_exits_but_those_withdrawn(self):
        """3 durable, 2 transition, 1 positive of 10 exits, 2 of them withdrawn: 6 of 8."""
        self._exits(durable=3, transition=2, positive=1, other=2, withdrawn=2)
        self.assertEqual(self._rates()[:2], (10, 75.0))

    def test_each_category_counts_as_the_funders_say(self):
        for category, rate in (
            ("durable", 100.0),
            ("transition", 100.0),
            ("positive", 100.0),
            ("other", 0.0),
            ("withdrawn", 0.0),
        ):
            with self.subTest(category=category):
                program = self._new_program(category, category[:3].upper())
                self._at(
                    "exit",
                    category,
                    program=program,
                    date_exit="2015-03-31",
                    exit_reason_id=self.exit_reasons[category].id,
                )
                self.assertEqual((program.exit_count, program.dynamic_exit_rate), (1, rate))

    def test_without_exits_or_with_withdrawn_ones_only_there_is_no_rate(self):
        self.assertEqual(self._rates(), (0, 0.0, 0.0))
        self._exits(withdrawn=2)
        self.assertEqual(self._rates(), (2, 0.0, 0.0))

    def test_who_is_still_there_does_not_count(self):
        self._exits(durable=1, other=1)
        self._at("incubation", "Still there")
        self.assertEqual(self._rates()[:2], (2, 50.0))

    def test_answers_over_the_six_month_follow_ups_that_are_due(self):
        """Exits of 31 March: due on 30 September. 5 due, one cancelled; 3 of 4 answered."""
        files = self._exits(durable=5)
        six = files.followup_ids.filtered(lambda row: row.months == 6)
        answer = {"exit_reason_id": self.exit_reasons["durable"].id, "state": "answered"}
        six[:3].write(answer)
        six[4].state = "cancelled"
        files.followup_ids.filtered(lambda row: row.months == 3)[4].write(answer)
        self._at(
            "exit",
            "Left later",
            date_exit="2015-04-01",
            exit_reason_id=self.exit_reasons["durable"].id,
        )
        for day, rate in (("2015-09-29", 0.0), ("2015-09-30", 75.0), ("2015-10-01", 60.0)):
            with self.subTest(day=day), freeze_time(f"{day} 09:00:00"):
                self.assertEqual(self._rates()[2], rate)


class TestReturn(FollowupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("2/2", None, cls.participant)
        cls.participant.document_ids.filtered("mandatory").state = "seen"
        cls.env["coworking.objective"].create({"participant_id": cls.participant.id, "name": "One"})
        cls.participant.write(
            {
                "stage_id": cls.stages["exit"].id,
                "exit_reason_id": cls.exit_reasons["durable"].id,
                "date_exit": "2015-06-10",
                "job_contract": "cdi",
                "job_start": "2015-06-11",
                "exit_evidence": "Contract",
                "stays_in_space": True,
                "job_months": 8,
            }
        )

    def _come_back(self, stage="incubation", user=None, participant=None):
        wizard = (
            self.env["coworking.participant.reopen"]
            .with_user(user or self.accompanist)
            .create(
                {
                    "participant_id": (participant or self.participant).id,
                    "stage_id": self.stages[stage].id,
                    "reason": "The trial period ended",
                }
            )
        )
        return wizard.action_reopen()

    def test_the_first_entry_stays_and_the_exit_is_taken_back(self):
        self._come_back()
        self.assertRecordValues(
            self.participant,
            [
                {
                    "stage_id": self.stages["incubation"].id,
                    "date_entry": date(2015, 2, 2),
                    "date_exit": False,
                    "exit_reason_id": False,
                    "job_contract": False,
                    "job_start": False,
                    "job_months": 0,
                    "exit_evidence": False,
                    "stays_in_space": False,
                }
            ],
        )

    def test_the_earlier_exit_is_readable_in_the_move_and_in_the_discussion(self):
        self._come_back()
        reason = self._last_move(self.participant).reason
        for fragment in ("2015", "10", "Left: durable", "The trial period ended"):
            self.assertIn(fragment, reason)
        said = "".join(str(body) for body in self.participant.message_ids.mapped("body"))
        self.assertIn(reason, said)

    def test_a_closed_file_comes_back_too(self):
        self.participant.write({"stage_id": self.stages["closed"].id, "move_reason": "Too early"})
        self._come_back()
        self.assertEqual(self.participant.stage_id, self.stages["incubation"])

    def test_follow_ups_to_do_are_cancelled_and_answers_stay(self):
        self._followup(3).write(
            {"exit_reason_id": self.exit_reasons["durable"].id, "state": "answered"}
        )
        self._come_back()
        self.assertEqual(
            [state for _months, _due, state in self._due()],
            ["answered", "cancelled", "cancelled"],
        )

    def test_the_next_exit_plans_them_anew(self):
        self._come_back()
        self._leave(self.participant, date_exit="2015-06-15")
        self.assertEqual(
            self._due(),
            [
                (3, "2015-09-10", "cancelled"),
                (3, "2015-09-15", "pending"),
                (6, "2015-12-10", "cancelled"),
                (6, "2015-12-15", "pending"),
                (12, "2016-06-10", "cancelled"),
                (12, "2016-06-15", "pending"),
            ],
        )

    def test_the_exit_does_not_count_any_more(self):
        self.assertEqual(self.program.exit_count, 1)
        self._come_back()
        self.assertEqual(self._again(self.program).exit_count, 0)

    def test_it_passes_the_gate(self):
        self.participant.objective_ids.unlink()
        with self.assertRefused(
            "Camille", "At least one objective", "Only a coordinator", error=AccessError
        ):
            self._come_back()
        self.assertEqual(self._again(self.participant).stage_id, self.stages["exit"])
        self.assertEqual(str(self.participant.date_exit), "2015-06-10")
        self.assertEqual(self._followup(6).state, "pending")
        self._come_back(user=self.coordinator)
        self.assertEqual(self.participant.stage_id, self.stages["incubation"])
        self.assertTrue(self._last_move(self.participant).overridden)

    def test_the_place_must_be_free(self):
        self.program.target_places = 1
        self._at("incubation", "Noor")
        with self.assertRefused("Camille", "the 1 places", error=AccessError):
            self._come_back()

    def test_who_has_not_left_does_not_come_back(self):
        for stage in ("incubation", "selection"):
            with self.subTest(stage=stage), self.assertRefused(stage, "has not left"):
                self._come_back(participant=self._at(stage, stage))

    def test_a_colleague_does_not_bring_a_file_back(self):
        with self.assertRaises(UserError):
            self._come_back(user=self.colleague)
        self.assertEqual(self._again(self.participant).stage_id, self.stages["exit"])

    def test_the_action_opens_it_for_the_file(self):
        action = self.participant.action_reopen()
        self.assertEqual(action["res_model"], "coworking.participant.reopen")
        self.assertEqual(action["context"], {"default_participant_id": self.participant.id})

    def test_of_a_program_that_is_over_a_new_file_is_proposed(self):
        model = self.env["coworking.participant.reopen"].with_user(self.accompanist)
        model = model.with_context(default_participant_id=self.participant.id)
        self.assertFalse(Form(model).is_program_over)
        with freeze_time("2016-02-01 09:00:00"):
            form = Form(model)
            self.assertTrue(form.is_program_over)
            action = form.save().action_open_new_file()
            self.assertEqual(action["res_model"], "coworking.participant")
            self.assertEqual(
                action["context"]["default_partner_id"], self.participant.partner_id.id
            )
            with self.assertRefused("Say why"):
                form.record.action_reopen()

    def test_the_incubation_is_proposed_as_the_stage_to_come_back_to(self):
        model = self.env["coworking.participant.reopen"].with_user(self.accompanist)
        with Form(model.with_context(default_participant_id=self.participant.id)) as form:
            self.assertEqual(form.stage_id, self.stages["incubation"])
            form.reason = "The trial period ended"
        form.save().action_reopen()
        self.assertEqual(self.participant.stage_id, self.stages["incubation"])


class TestQueries(PathwayCase):
    """What an exit costs does not grow with those who wait and were told already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls.env["coworking.participant"]

    def _wait(self, *names):
        for name in names:
            self.waiting |= self._at("selection", name, selection_result="waiting")

    def _count(self, name, file=None):
        file = file or self._at("incubation", name, date_entry="2015-02-02")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._leave(file)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_an_exit_reads_those_who_wait_together(self):
        self.program.target_places = 100
        self._wait("Awa", "Bo")
        self._count("First")  # tells them that a place is free
        few = self._count("Second")
        self._wait("Cy", "Di", "Ed", "Fa")
        self._count("Third")
        self.assertLessEqual(self._count("Fourth"), few + 1)
        self.assertEqual([len(file.activity_ids) for file in self.waiting], [1] * 6)

    def _hosted(self, name):
        """Somebody with a seat, its forecasts, and a review that is planned."""
        file = self._at("incubation", name, date_entry="2015-02-02")
        seat = self._new_seat("2/2", None, file)
        self.assertTrue(seat.charge_ids)
        self._with_mail(file.with_user(self.accompanist)).activity_schedule(
            "coworking_incubation.mail_activity_type_review_monthly",
            date_deadline=date(2015, 9, 1),
            user_id=self.accompanist.id,
        )
        return file

    def _count_exits(self):
        self.space.seat_capacity = self.program.target_places = 100
        self._wait(*(f"Waiting {rank}" for rank in range(30)))
        counts = []
        for name in ("First", "Second", "Third"):  # the first tells them that a place is free
            file = self._with_mail(self._hosted(name).with_user(self.accompanist))
            review, seat = file.review_ids, file.sudo().seat_ids
            counts.append(self._count(name, file))
            self.assertFalse(review.exists())
            self.assertEqual(max(seat.charge_ids.mapped("period")), date(2015, 6, 1))
        self.assertEqual(counts[1], counts[2])
        return counts[2]

    def test_an_exit_takes_few_queries(self):
        """One for each table that is read or written, and Odoo's own for what is deleted."""
        self.assertLessEqual(self._count_exits(), MOST_QUERIES)

    def test_of_a_file_that_stays_where_it_is_no_contact_is_read(self):
        file = self._at("incubation", "Awa", date_entry="2015-02-02")
        person = file.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        file.project = "A bakery"
        self.env.flush_all()
        self.assertEqual([*person._fields["phone"]._cache_missing_ids(person)], person.ids)

    def test_a_yearly_fee_takes_few_more(self):
        self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": "2015-01-01",
                "fee": 10.0,
                "product_id": self._new_product("Fee", self.tax_lost).id,
            }
        )
        self.assertLessEqual(self._count_exits(), MOST_WITH_FEE)

    def test_people_who_leave_at_once_are_priced_together(self):
        """What is left of each is what Odoo writes of a file and of a seat."""
        self.space.seat_capacity = self.program.target_places = 100

        def count(*names):
            files = self._with_mail(
                self.env["coworking.participant"].union(*map(self._hosted, names))
            )
            queries = self._count("", files)
            for seat in files.seat_ids:
                self.assertEqual(max(seat.charge_ids.mapped("period")), date(2015, 6, 1))
            return queries

        count("First")  # what a process reads once
        few, many = count("Second", "Third"), count("Di", "Ed", "Fa", "Gil", "Huy", "Ida")
        self.assertLessEqual(many - few, 4 * MOST_OF_ONE_MORE)

    def test_one_who_cannot_be_priced_leaves_the_others_their_forecasts(self):
        self.space.seat_capacity = self.program.target_places = 100
        files = self._hosted("First") | self._hosted("Second")
        without = self._new_tariff("Without a price", 50.0)
        files |= self._at("incubation", "Third", date_entry="2015-02-02")
        self._new_seat("2/2", None, files[2], without)
        self._put_off(without, "1/9")
        files._refresh_forecast()
        self.assertEqual([bool(file.seat_ids.charge_ids) for file in files], [True, True, False])

    def test_who_is_expected_at_a_collective_time_is_not_asked_how_often_they_were_absent(self):
        file = self._at("incubation", "Awa", date_entry="2015-02-02")
        event = self.env["calendar.event"].create(
            {
                "name": "Workshop",
                "coworking_kind": "collective",
                "coworking_program_id": self.program.id,
                "start": "2015-06-20 09:00:00",
                "stop": "2015-06-20 11:00:00",
            }
        )
        self.env["coworking.attendance"].create({"event_id": event.id, "participant_id": file.id})
        self.env.flush_all()
        asked = []

        def spy(files):
            asked.append(files)

        with patch.object(type(file), "_compute_absences_in_row", spy):
            self._leave(file)
            self.env.flush_all()
        self.assertFalse(asked)
        self.assertEqual(file.attendance_ids.state, "cancelled")

    def test_where_one_came_from_long_ago_is_not_looked_up(self):
        """Only a step of today is taken back."""
        self._count("First")  # what a process reads once
        today = self._count("Second")
        file = self._at("incubation", "Third", date_entry="2015-02-02")
        self.env.flush_all()
        with freeze_time("2015-06-18 09:00:00"):
            self.assertEqual(self._count("Third", file), today - 1)

    def test_what_hangs_on_a_review_that_is_dropped_goes_with_it(self):
        bare, used = self._hosted("Bare").review_ids, self._hosted("Used").review_ids
        message = used.message_post(body="Bring the plan")
        used.message_subscribe(self.accompanist.partner_id.ids)
        note = used.activity_schedule("mail.mail_activity_data_todo", user_id=self.accompanist.id)
        file = self.env["ir.attachment"].create(
            {"name": "Plan", "raw": b"1", "res_model": used._name, "res_id": used.id}
        )
        followers = used.message_follower_ids
        planned = (bare | used).planned_activity_ids
        self.assertEqual(len(planned), 2)
        self.assertEqual((bare | used)._filter_bare(), bare)
        for review in bare | used:
            self._leave(review.participant_id)
        for gone in (bare, used, message, note, file, followers, planned):
            with self.subTest(gone=gone._name):
                self.assertFalse(gone.exists())

    def test_follow_ups_of_several_exits_are_planned_at_once(self):
        files = self._at("incubation", "Awa", date_entry="2015-02-02")
        files |= self._at("incubation", "Bo", date_entry="2015-02-02")
        made = []
        followups = type(self.env["coworking.followup"])
        create = followups.create

        def spy(model, vals_list):
            made.append(len(vals_list))
            return create(model, vals_list)

        with patch.object(followups, "create", spy):
            files.write(
                {
                    "stage_id": self.stages["exit"].id,
                    "exit_reason_id": self.exit_reasons["durable"].id,
                    "date_exit": "2015-06-15",
                }
            )
        self.assertEqual(made, [6])
        self.assertEqual(files.followup_ids.mapped("months"), [3, 6, 12, 3, 6, 12])

    def test_a_review_that_is_dropped_costs_the_same_however_many_axes_it_has(self):
        def count(name):
            file = self._at("incubation", name, date_entry="2015-02-02")
            review = self.env["coworking.review"].create(
                {"participant_id": file.id, "date": "2015-09-01"}
            )
            self.assertGreaterEqual(len(review.line_ids), 2)
            before = self._count(name, file)
            self.assertFalse(review.exists())
            return before

        count("First")  # what a process reads once
        few = count("Second")
        self.env["coworking.review.axis"].create([{"name": f"Axis {n}"} for n in range(6)])
        self.assertEqual(count("Third"), few)
