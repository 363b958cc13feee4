from contextlib import nullcontext
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time
from odoo.tools import format_date
from odoo.tools.safe_eval import safe_eval

from ..common import CoworkingCase, d
from .common import AgendaCase


class TestAttendance(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.event = cls.env["calendar.event"].create(
            {
                "name": "Information meeting",
                "start": "2015-06-25 07:30:00",
                "stop": "2015-06-25 09:00:00",
                "coworking_kind": "info_session",
                "coworking_program_id": cls.program.id,
                "coworking_capacity": 2,
            }
        )

    def _attend(self, **values):
        return self.env["coworking.attendance"].create({"event_id": self.event.id, **values})

    def test_it_has_the_times_of_its_event(self):
        self.assertRecordValues(
            self._attend(name="Sacha"),
            [{"date": d("25/6"), "duration": 1.5, "kind": "info_session", "display_name": "Sacha"}],
        )

    def test_who_takes_its_meeting_away_is_told_that_it_is_missing(self):
        attendance = self._attend(name="Sacha")
        with self.assertRefused("Sacha", "is missing"):
            attendance.event_id = False

    def test_it_follows_the_event_until_it_is_signed(self):
        free, signed = self._attend(name="A"), self._attend(name="B")
        signed.signed_at = "2015-06-25 09:00:00"
        moved = {"start": "2015-06-26 07:30:00", "stop": "2015-06-26 09:00:00"}
        with self.assertRefused("People signed"):
            self.event.write(moved)
        # as another calendar says it, which knows of no list
        with patch.object(type(self.event), "_coworking_attested", lambda *_args: set()):
            self.event.write(moved)
        self.assertEqual((free.date, signed.date), (d("26/6"), d("25/6")))

    def test_somebody_attends(self):
        with self.assertRefused("who attends", error=ValidationError):
            self._attend()

    def test_a_participant_is_once_on_the_list(self):
        person = self._new_participant()
        self._attend(participant_id=person.id)
        with self.assertRefused("already on the list", error=ValidationError):
            self._attend(participant_id=person.id)

    def test_an_ordinary_meeting_has_no_list(self):
        ordinary = self.event.copy({"coworking_kind": False, "name": "Ordinary"})
        with self.assertRefused("Ordinary", error=ValidationError):
            self._attend(event_id=ordinary.id, name="A")

    def test_a_meeting_belongs_to_a_program(self):
        with self.assertRefused("Information meeting", error=ValidationError):
            self.event.coworking_program_id = False

    def test_places_left_count_those_expected_and_present(self):
        self._attend(name="A")
        self._attend(name="B", state="cancelled")
        self.event.invalidate_recordset()
        self.assertRecordValues(
            self.event, [{"coworking_expected_count": 1, "coworking_places_left": 1}]
        )

    def test_a_list_makes_nobody_see_the_address_of_another(self):
        self._attend(participant_id=self._new_participant().id)
        self.assertFalse(self.event.partner_ids - self.env.user.partner_id)


class TestDayToCome(AgendaCase):
    """Who was there is noted from the day on, by whatever way."""

    def test_nobody_is_present_or_absent_on_a_day_to_come(self):
        row = self._attend()
        for state in ("present", "absent"):
            with (
                self.subTest(state=state),
                self.assertRefused("Information meeting", "from that day on", "Sacha Petit"),
            ):
                row.with_user(self.accompanist).state = state
        row.with_user(self.accompanist).state = "excused"
        self.assertEqual(row.state, "excused")

    def test_nor_by_a_meeting_that_is_moved_there(self):
        meeting = self._new_event("info_session", days=-1)
        self._attend(meeting, state="absent")
        for days, is_refused in ((-3, False), (10, True)):
            moved = {name: meeting[name] + timedelta(days=days) for name in ("start", "stop")}
            noted = format_date(self.env, meeting.start)
            refused = self.assertRefused(
                "Sacha Petit: Absent", noted, "Plan another one", error=ValidationError
            )
            with refused if is_refused else nullcontext():
                meeting.with_user(self.accompanist).write(moved)

    def test_a_meeting_is_not_moved_into_a_month_that_is_closed(self):
        closed = self._new_event_last_month("collective")
        self._close_month(closed)
        meeting = self._new_event("collective", days=0)
        self._attend(meeting, state="present")
        with self.assertRefused("Sacha Petit", "the month is closed"):
            meeting.with_user(self.accompanist).write({"start": closed.start, "stop": closed.stop})

    def test_nor_at_the_door(self):
        row = self._attend()
        with self.assertRefused("from that day on"):
            row.with_user(self.accompanist).action_present()
        door = self.env.ref("coworking_incubation.coworking_attendance_action_walk_in")
        walk_ins = (
            self.env["coworking.attendance"]
            .with_user(self.accompanist)
            .with_context(**safe_eval(door.context))
        )
        with self.assertRefused("from that day on"):
            walk_ins.create({"event_id": self.meeting.id, "name": "Alix Roy"})

    def test_on_the_day_itself_it_is_noted_from_the_morning(self):
        """By the clock of the place, before the meeting begins: people come early."""
        with freeze_time("2015-06-24 22:30:00"):  # 25 June in Paris
            event = self._new_event(
                "collective", days=0, start="2015-06-25 07:30:00", stop="2015-06-25 09:00:00"
            )
            self._attend(event).with_user(self.accompanist).action_present()
        with freeze_time("2015-06-24 21:30:00"), self.assertRefused("from that day on"):
            self._attend(event, name="Alix Roy").with_user(self.accompanist).action_present()


class TestAfterTheExit(AgendaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stage, reason = (
            cls.env.ref(f"coworking_incubation.{name}")
            for name in ("coworking_stage_incubation", "coworking_exit_reason_jobseeking")
        )
        cls.person = cls._new_participant(
            "Noor", stage_id=stage.id, move_reason="Take-over", date_entry="2015-01-05"
        )
        cls.exit = {
            "stage_id": cls.env.ref("coworking_incubation.coworking_stage_exit").id,
            "exit_reason_id": reason.id,
        }

    def test_nobody_is_expected_at_the_collective_times_that_follow(self):
        past, coming, alone = (
            self._attend(self._new_event(kind, days), participant_id=self.person.id)
            for kind, days in (("collective", -3), ("collective", 7), ("appointment", 7))
        )
        excused = self._attend(
            self._new_event("collective", 8), participant_id=self.person.id, state="excused"
        )
        person = self.person.with_user(self.accompanist)
        stage = person.stage_id
        person.write(self.exit)
        self.assertEqual(
            [row.state for row in (past, coming, alone, excused)],
            ["expected", "cancelled", "expected", "excused"],
        )
        person.stage_id = stage  # a step by mistake
        self.assertEqual(coming.state, "expected")

    def test_where_the_meeting_is_says_nothing_of_who_does_not_come(self):
        coming = self._attend(self._new_event("collective", 7), participant_id=self.person.id)
        events = type(self.env["calendar.event"])
        with patch.object(events, "_coworking_tz", autospec=True) as look:
            self.person.with_user(self.accompanist).write(self.exit)
        self.assertEqual(coming.state, "cancelled")
        look.assert_not_called()

    def test_nor_at_dates_that_are_planned_like_one_before(self):
        past, other = self._new_event("collective", -3), self._new_participant("Paul Roy")
        for person in (self.person, other):
            self._attend(past, participant_id=person.id)
        plans = self.env["coworking.event.plan"].with_context(default_event_id=past.id)
        self.assertEqual(plans.create({}).participant_ids, self.person | other)
        self.person.with_user(self.accompanist).write(self.exit)
        self.assertEqual(plans.create({}).participant_ids, other)

    def test_a_day_of_exit_that_is_corrected_moves_who_is_expected(self):
        today = fields.Date.today()
        soon, later = (
            self._attend(self._new_event("collective", days), participant_id=self.person.id)
            for days in (7, 21)
        )
        person = self.person.with_user(self.accompanist)
        stage = person.stage_id
        person.write(self.exit)

        def get_states():
            return [soon.state, later.state]

        self.assertEqual(get_states(), ["cancelled", "cancelled"])
        person.date_exit = today + timedelta(days=14)
        self.assertEqual(get_states(), ["expected", "cancelled"])
        person.date_exit = today + timedelta(days=28)
        self.assertEqual(get_states(), ["expected", "expected"])
        person.date_exit = today + timedelta(days=14)
        self.assertEqual(get_states(), ["expected", "cancelled"])
        person.stage_id = stage  # a step by mistake
        self.assertEqual(get_states(), ["expected", "expected"])

    def test_a_day_of_exit_written_before_who_is_there_leaves_moves_nothing(self):
        coming = self._attend(self._new_event("collective", 7), participant_id=self.person.id)
        person = self.person.with_user(self.accompanist)
        person.write(
            {"exit_reason_id": self.exit["exit_reason_id"], "date_exit": fields.Date.today()}
        )
        person.date_exit = fields.Date.today() - timedelta(days=1)
        self.assertEqual(coming.state, "expected")

    def test_the_next_on_the_waiting_list_has_the_place_and_keeps_it(self):
        event = self._new_event("collective", coworking_capacity=1)
        mine = self._attend(event, participant_id=self.person.id)
        other = self._attend(event, state="waiting")
        person = self.person.with_user(self.accompanist)
        stage = person.stage_id
        person.write(self.exit)
        self.assertEqual((mine.state, other.state), ("cancelled", "expected"))
        person.stage_id = stage
        self.assertEqual((mine.state, other.state), ("cancelled", "expected"))
        self.assertIn(event.name, str(person.message_ids[:3].mapped("body")))
