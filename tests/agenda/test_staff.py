"""What staff do: paste a list, tick who came, plan dates, report on an appointment, count acts."""

from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..common import d
from .common import AgendaCase


class TestPaste(AgendaCase):
    def _paste(self, text, event=None):
        return (
            self.env["coworking.attendance.paste"]
            .with_user(self.accompanist)
            .create({"event_id": (event or self.meeting).id, "text": text})
        )

    def test_a_list_in_any_order_and_with_any_separator(self):
        self.meeting.coworking_capacity = 10
        self._paste(
            "Camille Martin; camille@example.org; 06 39 98 01 02; Mission Locale\n"
            "zoe@example.org\tZoé Petit\n\n"
            "+33 6 39 98 01 03, Paul Roy\n"
            "Awa Sarr\n"
        ).action_add()
        self.assertRecordValues(
            self.meeting.coworking_attendance_ids.sorted("id"),
            [
                {
                    "name": "Camille Martin",
                    "email": "camille@example.org",
                    "phone": "06 39 98 01 02",
                    "prescriber_name": "Mission Locale",
                    "registered_by": "list",
                    "state": "expected",
                },
                *(
                    {
                        "name": name,
                        "email": email,
                        "phone": phone,
                        "prescriber_name": False,
                        "registered_by": "list",
                        "state": "expected",
                    }
                    for name, email, phone in (
                        ("Zoé Petit", "zoe@example.org", False),
                        ("Paul Roy", False, "+33 6 39 98 01 03"),
                        ("Awa Sarr", False, False),
                    )
                ),
            ],
        )

    def test_each_bad_line_is_named_and_stays_in_the_box(self):
        self.meeting.coworking_capacity = 10
        self._attend(name="Already Here", email="here@example.org")
        wizard = self._paste(
            "Camille Martin; camille@example.org\n"
            "camille2@example.org\n"
            "Paul Roy; paul@nowhere\n"
            "martin CAMILLE; Camille@example.org\n"
            "Already Here; here@example.org\n"
            "<script>; x@example.org\n"
        )
        self.assertIn("Line 3", wizard.preview)
        self.assertNotIn("<script>", wizard.preview)
        action = wizard.action_add()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(len(self.meeting.coworking_attendance_ids), 2)
        self.assertEqual(
            wizard.text.split("\n"),
            [
                "camille2@example.org",
                "Paul Roy; paul@nowhere",
                "martin CAMILLE; Camille@example.org",
                "Already Here; here@example.org",
                "<script>; x@example.org",
            ],
        )

    def test_who_does_not_fit_waits(self):
        self._paste("A One\nB Two\nC Three").action_add()
        self.assertEqual(
            self.meeting.coworking_attendance_ids.sorted("id").mapped("state"),
            ["expected", "expected", "waiting"],
        )

    def test_a_list_that_never_ends_is_cut_and_said(self):
        self.meeting.coworking_capacity = 0
        name = ("Aa {}" + "{}").format
        lines = [name(chr(97 + n % 26), chr(97 + n // 26)) for n in range(301)]
        wizard = self._paste("\n".join(lines))
        _good, bad = wizard._read_lines()
        self.assertEqual([number for number, _line, _reason in bad], [301])


@freeze_time("2015-06-15 06:00:00")
class TestDoor(AgendaCase):
    """On the day of the meeting, before it begins."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meeting = cls._new_event("info_session", days=0, coworking_capacity=2)

    def test_who_comes_is_ticked(self):
        attendance = self._attend()
        attendance.with_user(self.accompanist).action_present()
        self.assertEqual(attendance.state, "present")
        attendance.action_not_here()
        self.assertEqual(attendance.state, "expected")

    def test_a_walk_in_is_two_fields(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_attendance_action_walk_in"
        )
        form = Form(
            self.env["coworking.attendance"].with_context(
                default_event_id=self.meeting.id,
                default_state="present",
                default_walk_in=True,
                default_registered_by="door",
            ),
            view=action["view_id"][0],
        )
        form.name = "Zoé Petit"
        form.phone = "06 39 98 01 02"
        walk_in = form.save()
        self.assertRecordValues(
            walk_in, [{"state": "present", "walk_in": True, "registered_by": "door"}]
        )
        walk_in.action_not_here()
        self.assertFalse(walk_in.exists(), "ticked by mistake")

    def test_the_list_is_alphabetical_by_the_name_shown(self):
        for name in ("Zoé Petit", "éric Blanc", "Alix Roy"):
            self._attend(name=name, state="waiting")
        participant = self._new_participant("Émile Martin")
        self._attend(participant_id=participant.id)
        view = self.env["coworking.attendance"].get_view(
            self.env.ref("coworking_incubation.coworking_attendance_view_kanban_door").id, "kanban"
        )
        order = etree.fromstring(view["arch"]).get("default_order")

        def names():
            attendances = self.env["coworking.attendance"]
            found = attendances.search([("event_id", "=", self.meeting.id)], order=order)
            return found.mapped("display_name")

        self.assertEqual(names(), ["Alix Roy", "Émile Martin", "éric Blanc", "Zoé Petit"])
        participant.partner_id.name = "Yann Martin"
        self.assertEqual(names(), ["Alix Roy", "éric Blanc", "Yann Martin", "Zoé Petit"])

    def test_a_walk_in_takes_the_place_of_somebody_absent_not_more(self):
        self._attend(name="Absent One")
        self._attend(name="Here One", state="present")
        self._attend(name="Walk In", state="present", walk_in=True)
        with self.assertRefused("holds 2 people"):
            self._attend(name="Another", state="present", walk_in=True)


class TestPlanDates(AgendaCase):
    def _plan(self, event=None, **values):
        plan = self.env["coworking.event.plan"].with_user(self.accompanist)
        if event:
            plan = plan.with_context(default_event_id=event.id)
        return plan.create(values)

    def test_several_dates_have_a_sheet_each_with_the_same_people(self):
        people = self._new_participant("Camille Martin") + self._new_participant("Paul Roy")
        start = fields.Datetime.now().replace(microsecond=0) + timedelta(days=3)
        action = self._plan(
            name="Workshop",
            program_id=self.program.id,
            space_id=self.space.id,
            participant_ids=[Command.set(people.ids)],
            line_ids=[
                Command.create({"start": start, "duration": 3.0}),
                Command.create({"start": start + timedelta(days=1), "duration": 3.0}),
            ],
        ).action_plan()
        events = self.env["calendar.event"].search(action["domain"])
        self.assertEqual(len(events), 2)
        self.assertFalse(events.recurrence_id)
        self.assertEqual(set(events.mapped("coworking_kind")), {"collective"})
        for event in events:
            self.assertEqual(event.coworking_attendance_ids.participant_id, people)
            self.assertEqual(event.partner_ids, self.accompanist.partner_id)

    def test_an_event_is_copied_with_its_people(self):
        event = self._new_event("collective", name="Workshop", coworking_capacity=12)
        participant = self._new_participant("Camille Martin")
        self._attend(event, participant_id=participant.id)
        self._attend(event, name="Paul Roy", email="paul@example.org")
        self._attend(event, name="Gone Away", state="cancelled")
        action = self._plan(event).action_plan()
        copy = self.env["calendar.event"].search(action["domain"])
        self.assertEqual(copy.start, event.start + timedelta(weeks=1))
        self.assertEqual(
            sorted(copy.coworking_attendance_ids.mapped("display_name")),
            ["Camille Martin", "Paul Roy"],
        )
        self.assertEqual(set(copy.coworking_attendance_ids.mapped("state")), {"expected"})
        self.assertEqual(copy.coworking_capacity, 12)

    def test_weeks_keep_the_hour_of_the_clock(self):
        self.space.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Paris", "tz": "Europe/Paris"}
        )
        plan = self._plan(
            name="Workshop",
            program_id=self.program.id,
            space_id=self.space.id,
            weeks=1,
            line_ids=[Command.create({"start": "2015-10-20 07:30:00", "duration": 2.0})],
        )
        self.assertEqual(
            [fields.Datetime.to_string(start) for start, _stop in plan._get_dates()],
            ["2015-10-20 07:30:00", "2015-10-27 08:30:00"],
        )

    def test_no_date_and_too_many_are_refused(self):
        values = {"name": "Workshop", "program_id": self.program.id}
        with self.assertRefused("at least one date"):
            self._plan(**values).action_plan()
        line = Command.create({"start": "2015-10-20 07:30:00", "duration": 2.0})
        with self.assertRefused("at most 60"):
            self._plan(**values, weeks=60, line_ids=[line]).action_plan()


class TestAppointment(AgendaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._new_participant("Camille Martin")
        cls.event = cls.env["calendar.event"].create(
            {
                "name": "Follow-up",
                "start": "2015-06-25 07:30:00",
                "stop": "2015-06-25 08:30:00",
                "coworking_kind": "appointment",
                "coworking_program_id": cls.program.id,
                "coworking_participant_id": cls.person.id,
            }
        )
        cls.attendance = cls.event.coworking_attendance_ids

    def test_a_report_is_written_and_the_next_date_proposed(self):
        objective = self.env["coworking.objective"].create(
            {"participant_id": self.person.id, "name": "Find three customers"}
        )
        own = self.attendance.with_user(self.accompanist)
        own.write(
            {
                "state": "present",
                "report": "<p>Two customers met.</p>",
                "decisions": "Call the third one",
                "objective_ids": [Command.link(objective.id)],
                "duration": 0.75,
            }
        )
        self.assertEqual(own.date_next, d("23/7"))
        self.assertEqual(own.duration, 0.75)
        self.event.location = "Elsewhere"
        self.assertEqual(own.duration, 0.75, "what was noted stays")

    def test_the_next_one_is_planned_at_the_same_hour(self):
        self.attendance.state = "present"
        action = self.attendance.with_user(self.accompanist).action_plan_next()
        form = Form(
            self.env["calendar.event"].with_user(self.accompanist).with_context(**action["context"])
        )
        event = form.save()
        self.assertEqual(fields.Datetime.to_string(event.start), "2015-07-23 07:30:00")
        self.assertEqual(event.coworking_participant_id, self.person)
        self.assertNotIn("Camille", event.name)
        self.assertEqual(event.partner_ids, self.accompanist.partner_id)

    def test_objectives_are_those_of_the_person(self):
        other = self.env["coworking.objective"].create(
            {"participant_id": self._new_participant("Paul Roy").id, "name": "Other"}
        )
        with self.assertRefused("Other", "Camille Martin", error=ValidationError):
            self.attendance.objective_ids = other

    def test_an_impossible_duration_is_refused(self):
        for hours in (-1, 10_000):
            with self.subTest(hours=hours), self.assertRefused("Camille", error=ValidationError):
                self.attendance.duration = hours

    def test_restricted_notes_are_for_who_may_read_them(self):
        self.attendance.restricted_note = "Health"
        self.assertEqual(self.attendance.with_user(self.sensitive).restricted_note, "Health")
        for user in (self.accompanist, self.coordinator):
            self.assertNoWay(
                lambda user=user: self.attendance.with_user(user).read(["restricted_note"])
            )

    def test_other_employees_read_nothing_of_it(self):
        self.attendance.report = "<p>Confidential</p>"
        for user in (self.employee, self.accountant, self.manager):
            self.assertNoWay(lambda user=user: self.attendance.with_user(user).read(["report"]))

    def test_it_is_planned_from_the_file(self):
        action = self.person.with_user(self.accompanist).action_plan_appointment()
        self.assertEqual(action["context"]["default_coworking_participant_id"], self.person.id)
        self.assertNotIn("Camille", action["context"]["default_name"])

    def test_the_title_of_the_appointment_is_nobodys_name(self):
        """What the button says of the event is no default for who attends it."""
        action = self.person.with_user(self.accompanist).action_plan_appointment()
        context = {**action["context"], "default_duration": 3.0}
        events = self.env["calendar.event"].with_user(self.accompanist).with_context(**context)
        event = Form(events).save()
        self.assertRecordValues(
            event.coworking_attendance_ids,
            [
                {
                    "name": False,
                    "participant_id": self.person.id,
                    "duration": (event.stop - event.start).total_seconds() / 3600,
                }
            ],
        )
        other = self._new_participant("Paul Roy")
        event = events.create(
            {
                "name": "Two people",
                "start": "2015-06-26 07:30:00",
                "stop": "2015-06-26 08:30:00",
                "coworking_kind": "collective",
                "coworking_attendance_ids": [Command.create({"participant_id": other.id})],
            }
        )
        self.assertRecordValues(event.coworking_attendance_ids, [{"name": False, "duration": 1.0}])

    def _dialog(self):
        action = self.person.with_user(self.accompanist).action_plan_appointment()
        self.assertEqual(action["target"], "new")
        events = self.env["calendar.event"].with_user(self.accompanist)
        return Form(
            events.with_context(**action["context"]),
            view=self.env["ir.ui.view"].browse(action["views"][0][0]),
        )

    def test_the_dialog_says_who_is_written_to_and_the_file_keeps_it(self):
        self.person.email = "camille@example.org"
        form = self._dialog()
        self.assertEqual(form.coworking_email, "camille@example.org")
        form.start = fields.Datetime.now() + timedelta(days=7)
        event = form.save()
        self.assertEqual(event.stop - event.start, timedelta(hours=1))
        self.assertEqual(event.coworking_participant_id, self.person)
        self.assertEqual(event.partner_ids, self.accompanist.partner_id)
        self.assertNotIn("camille@example.org", str(self.person.message_ids.mapped("body")))
        event.action_coworking_invite()
        kept = self.person.message_ids[:1]
        self.assertIn("camille@example.org", kept.body)
        self.assertIn(event._coworking_when(), kept.body)
        event.action_coworking_call_off()
        self.assertIn("camille@example.org", self.person.message_ids[:1].body)
        self.assertNotEqual(self.person.message_ids[:1], kept)

    def test_without_an_e_mail_nobody_is_said_to_be_written_to(self):
        self.person.write({"email": False, "phone": "06 12 34 56 78"})
        form = self._dialog()
        self.assertFalse(form.coworking_email)
        self.assertEqual(form.coworking_phone, "06 12 34 56 78")

    def test_it_takes_place_where_the_person_chosen_is(self):
        other = self._new_participant("Paul Roy")
        self._new_seat("1/7", "31/7", other, tariff=self.tariff_b, state="active")
        form = self._dialog()
        with freeze_time("2015-07-10 09:00:00"):
            form.coworking_participant_id = other
        self.assertEqual(form.coworking_space_id, self.space_b)

    def test_the_title_is_there_before_it_is_typed(self):
        form = Form(
            self.env["calendar.event"]
            .with_user(self.accompanist)
            .with_context(default_coworking_kind="appointment")
        )
        self.assertEqual(form.name, "Appointment")

    def test_the_next_appointment_is_the_first_to_come_where_the_person_is_expected(self):
        person = self._new_participant("Paul Roy")
        self.assertFalse(person.date_next_appointment)
        events = {
            days: self._new_event("appointment", days=days, coworking_participant_id=person.id)
            for days in (-3, 2, 5, 9)
        }
        self._new_event("collective", days=1).coworking_attendance_ids = [
            Command.create({"participant_id": person.id})
        ]
        events[2].coworking_attendance_ids.state = "excused"
        person.invalidate_recordset()
        self.assertEqual(person.date_next_appointment, events[5].start)
        events[5].action_archive()
        person.invalidate_recordset()
        self.assertEqual(person.date_next_appointment, events[9].start)

    def test_and_from_an_activity_of_the_board(self):
        activity = self.person.activity_schedule(
            "mail.mail_activity_data_meeting", user_id=self.accompanist.id
        )
        action = (
            activity.with_user(self.accompanist)
            .with_context(default_res_model="coworking.participant", default_res_id=self.person.id)
            .action_create_calendar_event()
        )
        self.assertNotIn("Camille", action["context"]["default_name"])

    def test_the_guest_of_an_activity_that_a_colleague_opens_is_whose_it_is(self):
        activity = self.person.activity_schedule(
            "mail.mail_activity_data_meeting", user_id=self.accompanist.id
        )
        action = activity.with_user(self.coordinator).action_create_calendar_event()
        self.assertEqual(action["context"]["default_partner_ids"], self.accompanist.partner_id.ids)
        self.assertEqual(action["context"]["default_coworking_kind"], "appointment")

    def test_it_is_planned_from_the_program(self):
        action = self.program.action_open_events()
        self.assertEqual(action["context"]["default_coworking_program_id"], self.program.id)
        other = self._new_program("Other", "OTH")
        own, theirs = (
            self._new_event("collective", coworking_program_id=program.id)
            for program in (self.program, other)
        )
        shown = self.env["calendar.event"].search(action["domain"])
        self.assertEqual((own | theirs) & shown, own)


class TestActs(AgendaCase):
    def _acts(self, user=None):
        self.env.flush_all()
        return (
            self.env["coworking.act"]
            .with_user(user or self.coordinator)
            .search([("program_id", "=", self.program.id)], order="date, id")
        )

    def test_acts_of_some_programs_read_no_attendance_of_others(self):
        acts = self.env["coworking.act"]._search([("program_id.name", "=", self.program.name)])
        self.env.flush_all()
        for way in ("seqscan", "hashjoin", "mergejoin"):  # of few rows any may be taken
            self.env.cr.execute(SQL("SET LOCAL enable_%s = off", SQL(way)))
        plan = self.env.execute_query(
            SQL("EXPLAIN %s", acts.select(SQL.identifier(acts.table, "person_hours")))
        )
        plan = "\n".join(row[0] for row in plan)
        self.assertIn("coworking_attendance__event_id_index", plan)
        self.assertIn("Index Cond: (event_id = event.id)", plan)

    def test_what_took_place_is_counted(self):
        past = self._new_event("info_session", days=-3, hours=2)
        participant = self._new_participant("Camille Martin")
        self._attend(past, participant_id=participant.id, state="present")
        self._attend(past, name="Paul Roy", state="present")
        self._attend(past, name="Awa Sarr", state="absent")
        self._attend(past, name="Zoé Petit", state="cancelled")
        self._attend(self.meeting, name="Later")
        self.assertRecordValues(
            self._acts(),
            [
                {
                    "event_id": past.id,
                    "kind": "info_session",
                    "user_id": self.accompanist.id,
                    "duration": 2.0,
                    "listed_count": 3,
                    "present_count": 2,
                    "absent_count": 1,
                    "candidate_count": 1,
                    "person_hours": 4.0,
                }
            ],
        )

    def test_one_where_nobody_came_counts_for_who_led_it(self):
        self._new_event("collective", days=-3)
        self.assertEqual(self._acts().mapped("present_count"), [0])

    def test_what_was_called_off_does_not_count(self):
        self._new_event("collective", days=-3).active = False
        self.assertFalse(self._acts())

    def test_of_own_programs_only(self):
        self._new_event("collective", days=-3)
        self.assertTrue(self._acts(self.accompanist))
        self.assertFalse(self._acts(self.other_accompanist))


class TestLists(AgendaCase):
    def test_the_next_date_is_first_where_dates_to_come_are_shown(self):
        for action, order in [
            ("info_session", "start"),
            ("collective", "start"),
            ("appointment", None),
        ]:
            with self.subTest(action=action):
                action = self.env.ref(f"coworking_incubation.calendar_event_action_{action}")
                view = action.view_ids.filtered(lambda row: row.view_mode == "list").view_id
                arch = self.env["calendar.event"].get_view(view.id, "list")["arch"]
                self.assertEqual(etree.fromstring(arch).get("default_order"), order)


class TestPickers(AgendaCase):
    def test_before_the_program_is_said_everybody_may_be_chosen(self):
        view = self.env["calendar.event"].with_user(self.accompanist).get_view(view_type="form")
        form = etree.fromstring(view["arch"])
        program = self.program.id
        for name, path in (
            ("coworking_participant_id", ".//field[@name='coworking_participant_id']"),
            ("participant_id", ".//list/field[@name='participant_id']"),
        ):
            with self.subTest(field=name):
                domain = form.find(path).get("domain").replace("parent.", "")
                self.assertEqual(safe_eval(domain, {"coworking_program_id": False}), [])
                self.assertEqual(
                    safe_eval(domain, {"coworking_program_id": program}),
                    [("program_id", "=", program)],
                )
