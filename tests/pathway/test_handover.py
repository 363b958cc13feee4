"""Files pass to another accompanist in one action; a leave gives a colleague the right to write."""

from datetime import date
from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user
from odoo.tools.safe_eval import safe_eval

from .common import PathwayCase


class TestHandover(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._at("application", "First")
        cls.second = cls._at("incubation", "Second")
        cls.closed = cls._at("closed", "Closed")
        cls.theirs = cls._at("incubation", "Theirs", user_id=cls.sensitive.id)

    def _hand_over(self, user=None, **values):
        wizard = (
            self.env["coworking.participant.handover"]
            .with_user(user or self.coordinator)
            .create(
                {
                    "from_user_id": self.accompanist.id,
                    "to_user_id": self.colleague.id,
                    **values,
                }
            )
        )
        wizard.action_hand_over()
        return wizard

    def _appointment(self, start, participant=None, user=None, kind="appointment"):
        user = user or self.accompanist
        return self.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": start,
                "stop": start.replace("08:00", "09:00"),
                "user_id": user.id,
                "partner_ids": [Command.set(user.partner_id.ids)],
                "coworking_kind": kind,
                "coworking_program_id": self.program.id,
                "coworking_attendance_ids": [
                    Command.create({"participant_id": (participant or self.first).id})
                ],
            }
        )

    def test_the_open_files_pass_and_the_closed_ones_stay(self):
        self._hand_over()
        self.assertEqual((self.first | self.second).user_id, self.colleague)
        self.assertEqual(self.closed.user_id, self.accompanist)
        self.assertEqual(self.theirs.user_id, self.sensitive)

    def test_the_files_can_be_chosen(self):
        self._hand_over(participant_ids=[Command.set(self.first.ids)])
        self.assertEqual(self.first.user_id, self.colleague)
        self.assertEqual(self.second.user_id, self.accompanist)

    def test_open_activities_pass_and_those_of_others_stay(self):
        mine = self.first.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.accompanist.id
        )
        others = self.first.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.sensitive.id
        )
        elsewhere = self.closed.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.accompanist.id
        )
        self.second.activity_schedule("mail.mail_activity_data_todo", user_id=self.accompanist.id)
        self._hand_over()
        self.assertEqual(mine.user_id, self.colleague)
        self.assertEqual(others.user_id, self.sensitive)
        self.assertEqual(elsewhere.user_id, self.accompanist)
        self.assertEqual(self.second.activity_ids.user_id, self.colleague)

    def test_activities_on_what_belongs_to_the_file_pass_too(self):
        records = (
            self.env["coworking.objective"].create(
                {"participant_id": self.first.id, "name": "One"}
            ),
            self.env["coworking.review"].create({"participant_id": self.first.id}),
            seat := self._new_seat("15/6", None, self.first, state="requested"),
            self.env["coworking.hosting"].create({"seat_id": seat.id}),
        )
        activities = self.env["mail.activity"].concat(
            *(
                record.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=self.accompanist.id
                )
                for record in records
            )
        )
        self._hand_over()
        self.assertEqual(activities.user_id, self.colleague)

    def test_reviews_that_are_planned_pass_with_or_without_an_activity(self):
        reviews = self.env["coworking.review"].create(
            [
                {"participant_id": self.first.id, "date": day, "user_id": user.id}
                for day, user in (
                    ("2015-07-01", self.accompanist),
                    ("2015-07-02", self.accompanist),
                    ("2015-07-03", self.sensitive),
                )
            ]
        )
        planned, held, others = reviews
        held.line_ids.rating = "3"
        held.action_done()
        by_activity = self.second.activity_schedule(
            "coworking_incubation.mail_activity_type_review_monthly", user_id=self.accompanist.id
        ).coworking_review_id
        self._hand_over(self.accompanist)
        self.assertEqual((planned | by_activity).user_id, self.colleague)
        self.assertEqual(by_activity.planned_activity_ids.user_id, self.colleague)
        self.assertEqual(held.user_id, self.accompanist)
        self.assertEqual(others.user_id, self.sensitive)

    def test_appointments_pass_from_the_day_given(self):
        before = self._appointment("2015-06-30 08:00:00")
        on_the_day = self._appointment("2015-07-01 08:00:00")
        after = self._appointment("2015-07-09 08:00:00", self.second)
        self._hand_over(date_from="2015-07-01")
        self.assertEqual(before.user_id, self.accompanist)
        for event in (on_the_day, after):
            self.assertEqual(event.user_id, self.colleague)
            self.assertEqual(event.partner_ids, self.colleague.partner_id)

    def test_an_appointment_that_was_signed_stays_with_who_led_it(self):
        event = self._appointment("2015-06-20 08:00:00")
        event.coworking_attendance_ids.sudo().signed_at = "2015-06-20 09:00:00"
        self._hand_over(date_from=date(2015, 6, 15))
        self.assertEqual(event.user_id, self.accompanist)
        self.assertEqual(self.first.user_id, self.colleague)

    def test_other_events_stay(self):
        events = (
            self._appointment("2015-07-01 08:00:00", self.closed),
            self._appointment("2015-07-01 08:00:00", self.theirs),
            self._appointment("2015-07-01 08:00:00", kind="collective"),
            self._appointment("2015-07-02 08:00:00", user=self.sensitive),
        )
        owners = [event.user_id for event in events]
        self._hand_over()
        self.assertEqual([event.user_id for event in events], owners)

    def test_the_history_of_accompanists_is_kept(self):
        with freeze_time("2015-07-01 09:00:00"):
            self._hand_over()
        with freeze_time("2015-08-01 09:00:00"):
            self.first.user_id = self.sensitive
            self.first.project = "Cheese"
            self.first.user_id = self.sensitive
        self.assertRecordValues(
            self.first.assignment_ids.sorted("id"),
            [
                {
                    "user_id": self.accompanist.id,
                    "date_from": date(2015, 6, 15),
                    "date_to": date(2015, 7, 1),
                },
                {
                    "user_id": self.colleague.id,
                    "date_from": date(2015, 7, 1),
                    "date_to": date(2015, 8, 1),
                },
                {
                    "user_id": self.sensitive.id,
                    "date_from": date(2015, 8, 1),
                    "date_to": False,
                },
            ],
        )

    def test_a_new_file_starts_the_history(self):
        self.assertRecordValues(
            self._new_participant("Alix").assignment_ids,
            [
                {
                    "user_id": self.accompanist.id,
                    "date_from": date(2015, 6, 15),
                    "date_to": False,
                }
            ],
        )

    def test_a_period_does_not_end_before_it_starts(self):
        with self.assertRefused("cannot end before", error=ValidationError):
            self.first.assignment_ids.date_to = "2015-06-14"

    def test_activities_on_a_follow_up_pass_too(self):
        left = self._at("followup", "Left")
        activity = left.followup_ids[0].activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.accompanist.id
        )
        self._hand_over()
        self.assertEqual(activity.user_id, self.colleague)

    def test_a_file_without_an_accompanist_has_a_gap(self):
        self.first.user_id = False
        self.assertEqual(self.first.assignment_ids.mapped("date_to"), [date(2015, 6, 15)])
        with freeze_time("2015-07-01 09:00:00"):
            self.first.user_id = self.colleague
        self.assertEqual(len(self.first.assignment_ids), 2)
        self.assertFalse(self._new_participant("Alix", user_id=False).assignment_ids)

    def test_nobody_writes_the_history(self):
        row = self.first.assignment_ids

        def attempts(user):
            values = {
                "participant_id": self.first.id,
                "user_id": user.id,
                "date_from": "2015-01-01",
            }
            yield lambda: row.with_user(user).create(values)
            yield lambda: row.with_user(user).write({"date_to": "2015-12-31"})
            yield lambda: row.with_user(user).unlink()

        for user in (self.accompanist, self.coordinator):
            with self.subTest(user=user.login):
                for attempt in attempts(user):
                    with self.assertRaises(AccessError):
                        attempt()

    def test_an_accompanist_hands_the_own_files_over_and_no_others(self):
        with self.assertRaises(AccessError):
            self._hand_over(
                self.colleague,
                from_user_id=self.sensitive.id,
                participant_ids=[Command.set(self.theirs.ids)],
            )
        self._appointment("2015-07-01 08:00:00")
        self._hand_over(self.accompanist)
        self.assertEqual((self.first | self.second).user_id, self.colleague)

    def test_two_different_people(self):
        with self.assertRefused("two different counsellors"):
            self._hand_over(to_user_id=self.accompanist.id)

    def test_files_of_somebody_else_are_named(self):
        with self.assertRefused("Theirs", "not accompanied by"):
            self._hand_over(participant_ids=[Command.set((self.first | self.theirs).ids)])
        self.assertEqual(self._again(self.first).user_id, self.accompanist)


@freeze_time("2015-06-15 09:00:00")
class TestWhoLeaves(PathwayCase):
    """Odoo deletes what a user who is archived was to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation", date_entry="2015-05-08")
        review = cls.env.ref("coworking_incubation.mail_activity_type_review_final")
        cls.activity = cls.participant.activity_schedule(
            activity_type_id=review.id,
            date_deadline=date(2015, 11, 1),
            user_id=cls.accompanist.id,
        )
        cls.program.user_id = cls.coordinator

    def test_planned_reviews_go_to_the_coordinator(self):
        review = self.participant.review_ids
        self.accompanist.action_archive()
        self.assertEqual(self.participant.review_ids, review)
        self.assertEqual((review.state, review.user_id), ("planned", self.coordinator))
        self.assertEqual(self.activity.user_id, self.coordinator)

    def test_what_they_were_to_do_is_looked_up_once(self):
        leaving = self.accompanist | self.coordinator
        users = self.registry["res.users"]
        asked = users._get_handed_over_domain
        with patch.object(
            users, "_get_handed_over_domain", autospec=True, side_effect=asked
        ) as ask:
            leaving.action_archive()
        self.assertEqual([call.args[0] for call in ask.call_args_list], [leaving])

    def test_it_is_the_same_where_somebody_is_archived_by_code(self):
        self.accompanist.active = False
        self.assertEqual(self.participant.review_ids.user_id, self.coordinator)
        self.assertEqual(self.activity.user_id, self.coordinator)

    def test_who_is_brought_back_finds_their_own(self):
        self.accompanist.active = True
        self.assertEqual(self.activity.user_id, self.accompanist)

    def test_who_deletes_one_is_told_what_is_theirs(self):
        with self.assertRefused(
            self.accompanist.name, "Counsellor", self.participant.display_name, "Archive instead"
        ):
            self.accompanist.unlink()
        self.employee.unlink()
        self.assertFalse(self.employee.exists())

    def test_both_leaving_at_once_who_archives_has_them(self):
        head = new_test_user(
            self.env,
            login="t_head",
            groups="base.group_user,base.group_erp_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        (self.accompanist | self.coordinator).with_user(head).action_archive()
        self.assertEqual(self.activity.user_id, head)

    def test_what_concerns_a_space_goes_to_the_coordinator_too(self):
        activity = self.space.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.accompanist.id
        )
        self.env["coworking.program"].search(
            [("company_id", "=", self.company.id)]
        ).user_id = self.coordinator
        self.accompanist.with_company(self.company).action_archive()
        self.assertEqual(activity.user_id, self.coordinator)

    def test_what_is_not_ours_goes_as_odoo_does_it(self):
        other = self.env["res.partner"].create({"name": "Other"})
        activity = other.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.accompanist.id
        )
        self.accompanist.action_archive()
        self.assertFalse(activity.exists())


class TestCover(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("application", project="Cheese", date_entry="2015-06-01")
        cls.objective = cls.env["coworking.objective"].create(
            {"participant_id": cls.participant.id, "name": "One"}
        )

    def _cover(self, start, end, away=None, by=None, user=None):
        return (
            self.env["coworking.cover"]
            .with_user(user or self.accompanist)
            .create(
                {
                    "user_id": (away or self.accompanist).id,
                    "cover_user_id": (by or self.colleague).id,
                    "date_from": start,
                    "date_to": end,
                }
            )
        )

    def _may_write(self, user=None):
        """Each thing of a file that its accompanist may write."""
        user = user or self.colleague
        document = self.participant.document_ids[:1]
        return {
            name
            for name, record, values in (
                ("file", self.participant, {"project": "Wine"}),
                ("objective", self.objective, {"name": "Two"}),
                ("document", document, {"state": "seen"}),
            )
            if self._passes(
                lambda record=record, values=values: record.with_user(user).write(values)
            )
        } | {
            name
            for name, model, values in (
                ("review", "coworking.review", {}),
                ("proof", "coworking.proof", {"criterion_id": self._criterion().id}),
                (
                    "suspension",
                    "coworking.suspension",
                    {"date_from": fields.Date.today(), "reason": "Away"},
                ),
                (
                    "seat",
                    "coworking.seat",
                    {
                        "space_id": self.space.id,
                        "tariff_id": self.tariff.id,
                        "date_start": "2015-07-01",
                        "state": "requested",
                    },
                ),
            )
            if self._passes(
                lambda model=model, values=values: (
                    self.env[model]
                    .with_user(user)
                    .create({"participant_id": self.participant.id, **values})
                )
            )
        }

    def _criterion(self):
        return self.env["coworking.criterion"].search([], limit=1)

    EVERYTHING = frozenset(
        ("file", "objective", "document", "review", "proof", "suspension", "seat")
    )

    def test_it_gives_the_right_to_write_between_its_two_days_and_not_outside(self):
        self._cover("2015-07-10", "2015-07-20")
        for day, allowed in (
            ("2015-07-09", False),
            ("2015-07-10", True),
            ("2015-07-15", True),
            ("2015-07-20", True),
            ("2015-07-21", False),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 10:00:00"):
                self.assertEqual(self._may_write(), set(self.EVERYTHING) if allowed else set())

    def test_the_accompanist_who_is_away_keeps_it(self):
        self._cover("2015-06-10", "2015-06-20")
        self.assertEqual(self._may_write(self.accompanist), set(self.EVERYTHING))

    def test_it_gives_nothing_on_files_of_others(self):
        self._cover("2015-06-10", "2015-06-20")
        self.participant.user_id = self.sensitive
        self.assertFalse(self._may_write())

    def test_it_gives_nothing_to_others(self):
        self._cover("2015-06-10", "2015-06-20", by=self.sensitive)
        self.assertFalse(self._may_write())

    def test_who_covers_moves_the_file_through_the_gate(self):
        user = self.participant.with_user(self.colleague)
        with self.assertRaises(AccessError):
            user.stage_id = self.stages["diagnostic"]
        self._cover("2015-06-10", "2015-06-20")
        self._again(user)
        user.stage_id = self.stages["diagnostic"]
        self.assertEqual(self._last_move(self.participant).user_id, self.colleague)
        with self.assertRefused("The person is eligible"):
            user.stage_id = self.stages["selection"]

    def test_what_happens_meanwhile_is_told_to_who_covers(self):
        seat = self._new_seat("1/6", "30/6", self.participant)
        for start, end, told in (
            ("2015-06-16", "2015-06-20", self.accompanist),
            ("2015-06-10", "2015-06-20", self.colleague),
        ):
            self._cover(start, end)
            seat._report_to_staff(f"Accident {start}")
            with self.subTest(start=start):
                activity = seat.activity_ids.filtered(lambda row, start=start: start in row.summary)
                self.assertEqual(activity.user_id, told)
                who = self.program._get_responsible(self.accompanist, or_admin=False)
                self.assertEqual(who, self.accompanist, "the one whom people know")
        self.colleague.active = False
        self.assertEqual(self.participant._get_responsible(), self.accompanist)

    def test_who_covers_is_told_of_what_they_may_read(self):
        other = self._new_program("Other 2015", "OTH", accompanist_ids=self.accompanist.ids)
        self._cover("2015-06-10", "2015-06-20")
        self.assertEqual(self.program._get_responsible(self.accompanist), self.colleague)
        self.assertEqual(other._get_responsible(self.accompanist), self.accompanist)
        self._cover("2015-06-09", "2015-06-20", by=self.coordinator)
        self.assertEqual(other._get_responsible(self.accompanist), self.coordinator)

    def test_who_covers_is_told_so_in_their_language_and_finds_the_files_among_theirs(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.colleague.lang = "fr_FR"
        mine = self.env.ref("coworking_incubation.coworking_participant_view_search")
        mine = etree.fromstring(mine.arch).find(".//filter[@name='mine']").get("domain")
        mine = safe_eval(mine, {"uid": self.colleague.id})
        files = self.env["coworking.participant"].with_user(self.colleague)
        self.assertNotIn(self.participant, files.search(mine))
        cover = self._cover("2015-06-10", "2015-06-20")
        self.assertIn(self.participant, files.search(mine))
        self._cover("2015-06-01", "2015-06-02")  # of what is over nobody has to know
        cover.date_to = "2015-06-25"
        cover.write({"date_to": "2015-06-25", "cover_user_id": self.colleague.id})  # as it was
        cover.cover_user_id = self.sensitive
        back_early = self._cover("2015-06-10", "2015-06-20")
        back_early.date_to = "2015-06-14"
        partner = self.colleague.partner_id
        told = self.env["mail.message"].search([("partner_ids", "in", partner.ids)], order="id")
        self.assertEqual(
            told.mapped("subject"),
            [
                f"Vous remplacez {self.accompanist.name}, du 10/06/2015 au 20/06/2015",
                f"Vous remplacez {self.accompanist.name}, du 10/06/2015 au 25/06/2015",
                f"Vous ne remplacez plus {self.accompanist.name}",
                f"Vous remplacez {self.accompanist.name}, du 10/06/2015 au 20/06/2015",
                f"Vous ne remplacez plus {self.accompanist.name}",
            ],
        )

    def test_who_covers_is_there_or_somebody_else_covers_meanwhile(self):
        self._cover("2015-06-10", "2015-06-20")
        leave = ("2015-06-14", "2015-06-25", self.colleague, self.sensitive, self.coordinator)
        refused = ("14/06/2015", "20/06/2015", "Say first who else")
        with self.assertRefused(*refused, error=ValidationError):
            self._cover(*leave)
        self._cover("2015-06-14", "2015-06-20", by=self.sensitive)
        self._cover(*leave)
        self.assertEqual(self.participant._get_responsible(), self.sensitive)
        with self.assertRefused("Say first who else", error=ValidationError):
            self._cover("2015-06-21", "2015-06-21")

    def test_nobody_makes_oneself_cover_for_a_colleague(self):
        with self.assertRefused("Only a coordinator says who covers", error=AccessError):
            self._cover("2015-06-10", "2015-06-20", user=self.colleague)
        self._cover("2015-06-10", "2015-06-20", user=self.coordinator)
        self.assertIn("file", self._may_write())

    def test_nobody_takes_a_cover_over(self):
        cover = self._cover("2015-06-10", "2015-06-20", by=self.sensitive)
        for attempt in (
            lambda: cover.with_user(self.colleague).write({"cover_user_id": self.colleague.id}),
            lambda: cover.with_user(self.colleague).unlink(),
        ):
            with self.assertRaises(AccessError):
                attempt()
        own = self._cover(
            "2015-06-10", "2015-06-20", self.colleague, self.sensitive, self.colleague
        )
        with self.assertRaises(AccessError):
            own.write({"user_id": self.accompanist.id, "cover_user_id": self.colleague.id})

    def test_one_does_not_cover_for_oneself(self):
        with self.assertRefused("cannot cover for themselves", error=ValidationError):
            self._cover("2015-06-10", "2015-06-20", by=self.accompanist)

    def test_who_counsels_another_program_could_read_nothing_of_it(self):
        self.program.accompanist_ids -= self.colleague
        with self.assertRefused(self.colleague.name, "of the team", error=ValidationError):
            self._cover("2015-06-10", "2015-06-20")
        self._cover("2015-06-10", "2015-06-20", by=self.coordinator)
        self.program.accompanist_ids |= self.colleague
        self._cover("2015-06-10", "2015-06-20")
        self.assertTrue(self.participant.with_user(self.colleague).has_access("read"))

    def test_it_does_not_end_before_it_starts(self):
        with self.assertRefused("cannot end before", error=UserError):
            self._cover("2015-06-20", "2015-06-10")
