"""What a stage declares happens on entry: its date, its mail, its activities, the end of seats."""

from lxml.html import fromstring

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import RecordCapturer, freeze_time

from odoo.addons.coworking_incubation.tools import day_in_words

from .common import PathwayCase


class TestDates(PathwayCase):
    def test_the_day_is_set_on_entry(self):
        for before, stage, field in (
            ("orientation", "application", "date_application"),
            ("application", "diagnostic", "date_support"),
            ("hosting", "incubation", "date_entry"),
        ):
            with self.subTest(stage=stage):
                participant = self._at(before, stage, date_application=False)
                participant.write({"stage_id": self.stages[stage].id, "move_reason": "Let pass"})
                self.assertEqual(str(participant[field]), "2015-06-15")

    def test_a_file_taken_over_starts_nothing(self):
        """It has been there for long: no day is made up, nothing planned, nobody written to."""
        taken = self._at("incubation", date_application=False)
        self.assertFalse(taken.date_entry)
        self.assertFalse(taken.activity_ids)
        applied = self._at("application", "Alix", date_application=False)
        self.assertFalse(applied.date_application)
        self.assertFalse(applied.message_ids.filtered("subject"))

    def test_a_day_that_is_known_stays(self):
        participant = self._at("hosting", date_entry="2015-06-01")
        self._ready_for_incubation(participant)
        participant.stage_id = self.stages["incubation"]
        self.assertEqual(str(participant.date_entry), "2015-06-01")

    def test_the_day_written_with_the_move_is_that_day(self):
        participant = self._at("incubation", date_entry="2015-03-02")
        self._leave(participant, date_exit="2015-06-10")
        self.assertEqual(str(participant.date_exit), "2015-06-10")

    def test_it_is_set_once(self):
        participant = self._at("hosting")
        self._ready_for_incubation(participant)
        participant.stage_id = self.stages["incubation"]
        with freeze_time("2015-07-20 09:00:00"):
            participant.stage_id = self.stages["final_review"]
            participant.stage_id = self.stages["incubation"]
        self.assertEqual(str(participant.date_entry), "2015-06-15")

    def test_a_stage_that_sets_no_date_sets_none(self):
        self.stages["incubation"].sets_date = False
        self.assertFalse(self._at("incubation").date_entry)

    def test_a_coordinator_chooses_which_day_a_stage_sets(self):
        stage = self._own_stages("Interview")
        stage.with_user(self.coordinator).sets_date = "date_support"
        self.assertEqual(str(self._new_participant(stage_id=stage.id).date_support), "2015-06-15")

    def test_files_that_enter_together_each_keep_their_own_day(self):
        stage = self._own_stages("Interview", sets_date="date_support")
        known = self._new_participant("A", date_support="2015-06-02")
        unknown = self._new_participant("B")
        (known | unknown).write({"stage_id": stage.id, "move_reason": "Both came"})
        self.assertEqual(
            [str(day) for day in (known | unknown).mapped("date_support")],
            ["2015-06-02", "2015-06-15"],
        )


class TestActivityPlan(PathwayCase):
    def test_the_plan_of_the_stage_is_scheduled_for_the_accompanist(self):
        participant = self._at("hosting")
        self._ready_for_incubation(participant)
        participant.with_user(self.accompanist).stage_id = self.stages["incubation"]
        self.assertEqual(
            [
                (activity.summary, str(activity.date_deadline))
                for activity in participant.activity_ids.sorted("date_deadline")
            ],
            [
                ("Bilan d'entrée", "2015-06-22"),
                ("Bilan mensuel", "2015-07-15"),
                ("Bilan mensuel", "2015-08-15"),
                ("Bilan à trois mois", "2015-09-15"),
                ("Bilan mensuel", "2015-10-15"),
                ("Bilan mensuel", "2015-11-15"),
                ("Bilan final", "2015-12-02"),
            ],
        )
        self.assertEqual(participant.activity_ids.user_id, self.accompanist)

    def test_who_is_told_of_it_is_told_of_the_days_that_fit_into_the_stay(self):
        participant = self._at("hosting", date_entry="2015-03-01")
        self._ready_for_incubation(participant)
        self.accompanist.lang = "en_US"
        before = self.env["mail.message"].search([])
        participant.with_user(self.coordinator).stage_id = self.stages["incubation"]
        told = self.env["mail.message"].search([("subject", "like", "assigned to you")]) - before
        self.assertEqual(told.partner_ids, self.accompanist.partner_id)
        planned = participant.activity_ids.sorted("date_deadline")
        self.assertLess(planned[-1].date_deadline, fields.Date.to_date("2015-09-02"))
        self.assertEqual(len(told), 1, "not a mail for each")
        self.assertIn(f"Camille: {len(planned)} activities", told.subject)
        speaking = self.env(context={"lang": "en_US"})
        self.assertEqual(
            fromstring(told.body).xpath("//li/text()"),
            [f"{row.summary}, by {day_in_words(speaking, row.date_deadline)}" for row in planned],
        )

    def test_who_is_to_enter_later_has_it_from_that_day_on(self):
        later, now = self._at("hosting", date_entry="2015-07-01"), self._at("hosting", "Alix")
        for file in (later, now):
            self._ready_for_incubation(file)
        (later | now).stage_id = self.stages["incubation"]
        first = [min(file.activity_ids.mapped("date_deadline")) for file in (later, now)]
        self.assertEqual([str(day) for day in first], ["2015-07-08", "2015-06-22"])

    def test_each_file_that_enters_gets_it_for_its_own_accompanist(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Call",
                "res_model": "coworking.participant",
                "template_ids": [
                    Command.create(
                        {
                            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                            "summary": "Call",
                            "delay_count": 3,
                            "delay_unit": "days",
                            "delay_from": "after_plan_date",
                            "responsible_type": "on_demand",
                        }
                    )
                ],
            }
        )
        stage = self._own_stages("Called")
        stage.with_user(self.coordinator).activity_plan_id = plan
        mine = self._new_participant("A")
        theirs = self._new_participant("B", user_id=self.colleague.id)
        (mine | theirs).with_user(self.coordinator).write(
            {"stage_id": stage.id, "move_reason": "Both"}
        )
        self.assertEqual(mine.activity_ids.user_id, self.accompanist)
        self.assertEqual(theirs.activity_ids.user_id, self.colleague)
        self.assertEqual(str(theirs.activity_ids.date_deadline), "2015-06-18")

    def test_another_activity_of_the_same_type_or_name_does_not_stand_for_it(self):
        participant = self._at("hosting")
        self._ready_for_incubation(participant)
        entry = self.env.ref("coworking_incubation.mail_activity_type_review_entry")
        participant.activity_schedule(activity_type_id=entry.id, summary="Something else")
        participant.activity_schedule("mail.mail_activity_data_todo", summary="Bilan d'entrée")
        participant.stage_id = self.stages["incubation"]
        self.assertEqual(len(participant.activity_ids), 2 + 7)

    def test_without_an_accompanist_it_is_for_who_moves_the_file(self):
        participant = self._at("hosting", user_id=False)
        self._ready_for_incubation(participant)
        participant.with_user(self.colleague).stage_id = self.stages["incubation"]
        self.assertEqual(participant.activity_ids.user_id, self.colleague)

    def test_a_move_that_is_refused_schedules_nothing(self):
        participant = self._at("hosting")
        with self.assertRefused("A seat is confirmed"):
            participant.stage_id = self.stages["incubation"]
        self.assertFalse(participant.activity_ids)

    def test_a_stage_without_a_plan_schedules_nothing(self):
        self.stages["incubation"].activity_plan_id = False
        self.assertFalse(self._at("incubation").activity_ids)


class TestMail(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": cls.env["ir.model"]._get_id("coworking.participant"),
                "subject": "Welcome to {{ object.program_id.name }}",
                "partner_to": "{{ object.partner_id.id }}",
                "email_from": "team@example.com",
                "body_html": "<p>Hello <t t-out='object.partner_id.name'/></p>",
                "auto_delete": False,
            }
        )
        cls.first, cls.second = cls._own_stages("First", "Second")
        cls.second.mail_template_id = cls.template
        cls.participant = cls._new_participant(
            "Camille", stage_id=cls.first.id, email="camille@example.com"
        )

    def _sent(self, action):
        """Messages with a subject that an action makes, once it is committed."""
        self.env.cr.flush()
        with RecordCapturer(self.env["mail.message"]) as capture:
            action()
            self.env.flush_all()
            self.env.cr.flush()
        return capture.records.filtered(
            lambda message: message.subject and message.model == "coworking.participant"
        )

    def test_the_template_of_the_stage_is_sent_to_the_person(self):
        user = self._with_mail(self.participant).with_user(self.accompanist)
        message = self._sent(lambda: user.write({"stage_id": self.second.id}))
        self.assertEqual(message.subject, "Welcome to Test 2015")
        self.assertIn("Hello Camille", message.body)
        self.assertEqual(message.res_id, self.participant.id)
        self.assertIn(self.participant.partner_id, message.notified_partner_ids)
        self.assertEqual(message.notification_ids.notification_type, "email")

    def test_each_file_moved_gets_its_own(self):
        other = self._new_participant("Noor", stage_id=self.first.id, email="noor@example.com")
        files = self._with_mail(self.participant | other)
        messages = self._sent(lambda: files.write({"stage_id": self.second.id}))
        self.assertEqual(messages.notified_partner_ids, (self.participant | other).partner_id)
        self.assertEqual(len(messages), 2)

    def test_nothing_is_sent_when_the_move_is_refused(self):
        self._require(self.second, "A project", [("project", "!=", False)])

        def refused():
            with self.assertRefused("A project"):
                self._with_mail(self.participant).write({"stage_id": self.second.id})

        self.assertFalse(self._sent(refused))

    def test_nothing_is_sent_by_a_stage_without_a_template_or_another_change(self):
        self.second.mail_template_id = False
        user = self._with_mail(self.participant)
        self.assertFalse(self._sent(lambda: user.write({"stage_id": self.second.id})))
        self.second.mail_template_id = self.template
        self.assertFalse(
            self._sent(lambda: user.write({"selection_result": "waiting", "project": "Cheese"}))
        )

    def test_the_person_of_a_new_file_at_that_stage_is_written_to(self):
        message = self._sent(
            lambda: self._with_mail(self.env["coworking.participant"]).create(
                {
                    "partner_name": "Noor",
                    "email": "noor@example.com",
                    "program_id": self.program.id,
                    "stage_id": self.second.id,
                }
            )
        )
        self.assertEqual(message.notified_partner_ids.name, "Noor")

    def test_the_person_of_a_file_taken_over_is_not_written_to(self):
        message = self._sent(
            lambda: self._with_mail(self.env["coworking.participant"]).create(
                {
                    "partner_name": "Noor",
                    "email": "noor@example.com",
                    "program_id": self.program.id,
                    "stage_id": self.second.id,
                    "move_reason": "Take-over",
                }
            )
        )
        self.assertFalse(message)

    def test_the_application_is_acknowledged_by_default(self):
        participant = self._new_participant("Noor", email="noor@example.com")
        message = self._sent(
            lambda: self._with_mail(participant).write({"stage_id": self.stages["application"].id})
        )
        self.assertIn("Test 2015", message.subject)  # in the person's language
        self.assertEqual(message.notified_partner_ids, participant.partner_id)


class TestSeats(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation", date_entry="2015-06-01")

    def _seats(self):
        """Past, current without end, current with an end, later, requested, draft."""
        return {
            "past": self._new_seat("1/2", "31/3", self.participant, state="ended"),
            "current": self._new_seat("1/6", None, self.participant),
        }

    def test_they_end_on_the_day_of_the_exit(self):
        seats = self._seats()
        self._leave(self.participant.with_user(self.accompanist), date_exit="2015-06-20")
        self.assertEqual(str(seats["current"].date_end), "2015-06-20")
        self.assertEqual(seats["current"].state, "confirmed")
        self.assertEqual(str(seats["past"].date_end), "2015-03-31")

    def test_one_that_ends_before_keeps_its_end(self):
        seat = self._new_seat("1/6", "10/6", self.participant)
        self._leave(self.participant, date_exit="2015-06-20")
        self.assertEqual(str(seat.date_end), "2015-06-10")

    def test_one_that_was_ended_after_the_day_of_the_exit_is_told(self):
        """It is paid up to its end: one of the two days is wrong."""
        early = self._new_seat("1/2", "31/3", self.participant, state="ended")
        late = self._new_seat("1/6", "12/6", self.participant, state="ended")
        self._leave(self.participant.with_user(self.accompanist), date_exit="2015-06-10")
        self.assertEqual(str(late.date_end), "2015-06-12")
        said = str(self.participant.message_ids.mapped("body"))
        self.assertIn(late.name, said)
        self.assertNotIn(early.name, said)

    def test_those_that_would_start_later_and_requests_are_cancelled(self):
        current = self._new_seat("1/6", "30/6", self.participant)
        later = self._new_seat("1/7", None, self.participant)
        requested = self._new_seat("1/5", None, self.participant, state="requested")
        draft = self._new_seat("1/9", None, self.participant, state="draft")
        self._leave(self.participant.with_user(self.accompanist), date_exit="2015-06-20")
        self.assertEqual(
            [(seat.state, seat.date_end) for seat in later | requested | draft],
            [("cancelled", False)] * 3,
        )
        self.assertEqual((current.state, str(current.date_end)), ("confirmed", "2015-06-20"))

    def test_one_that_starts_on_the_day_of_the_exit_ends_that_day(self):
        seat = self._new_seat("20/6", None, self.participant)
        self._leave(self.participant, date_exit="2015-06-20")
        self.assertEqual((seat.state, str(seat.date_end)), ("confirmed", "2015-06-20"))

    def test_a_stage_that_does_not_say_so_leaves_them(self):
        self.stages["exit"].releases_seats = False
        seat = self._new_seat("1/6", None, self.participant)
        self._leave(self.participant, date_exit="2015-06-20")
        self.assertFalse(seat.date_end)

    def test_the_place_in_the_space_is_free_again(self):
        self.space.seat_capacity = 1
        self._new_seat("1/6", None, self.participant)
        self._leave(self.participant, date_exit="2015-06-20")
        self._new_seat("21/6", None, "Noor")
        with self.assertRefused("no place left", error=ValidationError):
            self._new_seat("20/6", "20/6", "Alix")
