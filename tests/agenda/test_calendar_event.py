"""The three rules of design section 7, and what the calendar shows to whom."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError

from .common import AgendaCase


class TestNobodySeesAddresses(AgendaCase):
    def test_a_participant_is_no_guest_of_a_shared_event(self):
        partner = self._new_participant("Camille Martin").partner_id
        for kind in ("info_session", "collective"):
            with (
                self.subTest(kind=kind),
                self.assertRefused("Camille Martin", "attendance list", error=ValidationError),
            ):
                self._new_event(kind, partner_ids=[Command.link(partner.id)])

    def test_a_former_participant_neither(self):
        participant = self._new_participant("Camille Martin")
        participant.active = False
        with self.assertRefused("Camille Martin", error=ValidationError):
            self.meeting.partner_ids += participant.partner_id

    def test_nor_is_a_candidate_however_the_address_is_written(self):
        self._attend(email="Sacha+info@Example.org")
        guest = self.env["res.partner"].create({"name": "Sacha", "email": "sacha@example.org"})
        with self.assertRefused("Sacha", error=ValidationError):
            self.meeting.partner_ids += guest

    def test_nor_may_a_guest_be_put_on_the_list(self):
        guest = self.env["res.partner"].create({"name": "Sacha", "email": "sacha@example.org"})
        self.meeting.partner_ids += guest
        with self.assertRefused("Sacha", error=ValidationError):
            self._attend(email="sacha@example.org")

    def test_speakers_and_colleagues_are_guests(self):
        speaker = self.env["res.partner"].create({"name": "A speaker", "email": "s@example.org"})
        self.meeting.partner_ids += speaker + self.coordinator.partner_id
        self.assertEqual(len(self.meeting.partner_ids), 3)

    def test_a_participant_may_be_invited_to_an_appointment(self):
        partner = self._new_participant("Camille Martin").partner_id
        event = self._new_event("appointment", partner_ids=[Command.link(partner.id)])
        self.assertIn(partner, event.partner_ids)


class TestSeries(AgendaCase):
    def test_an_occurrence_with_a_list_survives_the_change_of_all(self):
        series = self._new_series()
        attended, others = series[1], series - series[1]
        attendance = self._attend(attended, name="Sacha")
        start = attended.start
        series[0].write(
            {
                "recurrence_update": "all_events",
                "start": series[0].start + timedelta(hours=1),
                "stop": series[0].stop + timedelta(hours=1),
            }
        )
        self.assertTrue(attended.active)
        self.assertFalse(attended.recurrence_id)
        self.assertEqual((attended.start, attendance.start), (start, start))
        remaining = series[0].recurrence_id.calendar_event_ids
        self.assertFalse(others[1:].exists().filtered("active") & attended)
        self.assertEqual(remaining.mapped("start")[0].hour, 8)
        self.assertNotIn(attended, remaining)

    def test_the_change_of_one_with_a_list_reaches_the_others(self):
        series = self._new_series()
        attendance = self._attend(series[1], name="Sacha")
        series[1].write(
            {
                "recurrence_update": "future_events",
                "start": series[1].start + timedelta(hours=1),
                "stop": series[1].stop + timedelta(hours=1),
                "location": "Elsewhere",
            }
        )
        self.assertFalse(series[1].recurrence_id)
        self.assertEqual((series[1].start.hour, attendance.start.hour), (8, 8))
        self.assertEqual(series[0].start.hour, 7)
        later = self.env["calendar.event"].search(
            [("start", ">", series[1].start), ("coworking_program_id", "=", self.program.id)]
        )
        self.assertEqual(set(later.mapped("start")), {e.start for e in later})
        self.assertEqual({e.start.hour for e in later}, {8})
        self.assertEqual(set(later.mapped("location")), {"Elsewhere"})
        self.assertEqual(len(later), 2)

    def test_signed_attendance_is_not_moved_even_then(self):
        series = self._new_series()
        attendance = self._attend(series[1], name="Sacha", signed_at="2015-06-25 09:00:00")
        start = attendance.start
        series[1].write(
            {"recurrence_update": "all_events", "start": start + timedelta(days=1, hours=1)}
        )
        self.assertEqual((attendance.start, series[1].start), (start, start))
        self.assertEqual(attendance.event_id, series[1])
        others = self.env["calendar.event"].search(
            [("start", ">", start), ("coworking_program_id", "=", self.program.id)]
        )
        self.assertTrue(others)
        self.assertEqual({event.start.hour for event in others}, {start.hour + 1})

    def test_a_new_rhythm_keeps_those_with_a_list(self):
        series = self._new_series()
        self._attend(series[2], name="Sacha")
        series[0].write({"recurrence_update": "all_events", "rrule_type": "weekly", "count": 2})
        self.assertTrue(series[2].exists() and series[2].active)

    def test_deleting_a_series_keeps_those_with_a_list(self):
        series = self._new_series()
        self._attend(series[1], name="Sacha")
        series[1].action_mass_deletion("all_events")
        self.assertEqual(series.exists(), series[1])

    def test_a_plain_change_of_all_leaves_the_series_whole(self):
        series = self._new_series()
        self._attend(series[1], name="Sacha")
        series[0].write({"recurrence_update": "all_events", "location": "Elsewhere"})
        self.assertEqual(series[1].recurrence_id, series[0].recurrence_id)
        self.assertEqual(series[1].location, "Elsewhere")

    def test_a_series_whose_first_date_left_goes_on_from_the_next(self):
        series = self._new_series()
        self._attend(series[0], name="Sacha")
        series[1].write({"recurrence_update": "all_events", "rrule_type": "daily"})
        recurrence = series[1].recurrence_id
        self.assertEqual(recurrence.base_event_id, recurrence.calendar_event_ids.sorted("start")[0])
        self.assertFalse(series[0].recurrence_id)

    def test_of_a_series_of_which_every_date_has_a_list_nothing_is_left(self):
        series = self._new_series()
        recurrence = series.recurrence_id
        for event in series:
            self._attend(event, name="Sacha")
        series[1].action_mass_archive("all_events")
        self.assertTrue(all(series.mapped("active")))
        self.assertFalse(recurrence.exists())

    def test_who_edits_is_told_which_dates_left(self):
        series = self._new_series()
        self._attend(series[1], name="Sacha")
        with patch.object(self.registry["res.users"], "_bus_send") as sent:
            series[0].write({"recurrence_update": "all_events", "rrule_type": "daily"})
        self.assertIn("left the series", sent.call_args.args[1]["message"])

    def test_an_event_with_a_list_is_not_deleted(self):
        self._attend(name="Sacha")
        with self.assertRefused("Information meeting", "(1)", "Call It Off"):
            self.meeting.unlink()


class TestTitles(AgendaCase):
    def test_the_title_of_an_appointment_names_nobody(self):
        event = self._new_event("appointment")
        self._attend(event, participant_id=self._new_participant("Camille Martin").id)
        for title in ("RDV Camille", "Point avec MARTIN", "Camille-Martin"):
            with self.subTest(title=title), self.assertRefused(title, error=ValidationError):
                event.name = title

    def test_the_first_of_a_month_reads_as_it_is_said_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        event = self._new_event(
            "collective", start="2015-07-01 07:30:00", stop="2015-07-01 09:30:00"
        )
        event = event.with_context(lang="fr_FR")
        self.assertIn("mercredi 1er juillet 2015", event._coworking_when())

    def test_nor_does_that_of_a_shared_event(self):
        self._attend(name="Zoé Petit")
        with self.assertRefused("Zoé Petit", error=ValidationError):
            self.meeting.name = "Information meeting for Zoe Petit"

    def test_a_word_in_common_is_no_name(self):
        self._attend(name="Zoé Petit")
        self.meeting.name = "Petit déjeuner"

    def test_an_untitled_event_has_the_title_of_its_kind(self):
        event = self._new_event("appointment", name=False)
        self.assertEqual(event.name, "Appointment")

    def test_beside_it_stands_who_comes_or_how_many_of_how_many(self):
        self._attend(name="Sacha")
        event = self._new_event("collective")
        appointment = self._new_event("appointment")
        for person in ("Camille Martin", "Paul Roy"):
            file = self._new_participant(person)
            self._attend(event, participant_id=file.id)
            self._attend(appointment, participant_id=file.id)
        appointment.coworking_attendance_ids[0].state = "cancelled"
        plain = self.env["calendar.event"].create(
            {"name": "Lunch", "start": event.start, "stop": event.stop}
        )
        self.assertEqual(
            [row.coworking_people for row in (self.meeting, event, appointment, plain)],
            ["1/2", "2", appointment.coworking_attendance_ids[1].display_name, False],
        )

    def test_names_are_shown_to_staff_in_our_views_only(self):
        event = self._new_event("appointment", name="Follow-up")
        event.coworking_participant_id = self._new_participant("Camille Martin")
        ours = {"coworking_show_people": True}
        shown = event.with_user(self.accompanist).with_context(ours).display_name
        self.assertEqual(shown, "Camille Martin · Follow-up")
        self.assertEqual(event.with_user(self.accompanist).display_name, "Follow-up")
        for user in (self.employee, self.accountant, self.other_accompanist):
            with self.subTest(user=user.login):
                name = event.with_user(user).with_context(ours).display_name
                self.assertNotIn("Camille", name)


class TestAppointmentWith(AgendaCase):
    def test_the_participant_of_the_form_is_on_the_list(self):
        participant = self._new_participant("Camille Martin")
        event = self._new_event("appointment", coworking_participant_id=participant.id)
        self.assertEqual(event.coworking_attendance_ids.participant_id, participant)
        other = self._new_participant("Dominique Roy")
        event.coworking_participant_id = other
        self.assertEqual(event.coworking_attendance_ids.participant_id, other)
        event.coworking_participant_id = False
        self.assertFalse(event.coworking_attendance_ids)

    def test_who_was_written_to_is_told_that_another_person_comes_instead(self):
        ana, bea = (
            self._new_participant(name, email=f"{name.lower()}@example.org")
            for name in ("Ana", "Bea")
        )
        event = self._new_event("appointment", days=3, coworking_participant_id=ana.id)
        event.action_coworking_invite()
        of_ana = event.coworking_attendance_ids
        event.coworking_participant_id = bea
        self.assertEqual(event.coworking_participant_id, bea)
        self.assertEqual(of_ana.state, "cancelled")
        self.assertIn("Called off", ana.message_ids[:1].body)
        event.action_coworking_invite()
        self.assertIn("bea@example.org", bea.message_ids[:1].body)
        event.coworking_participant_id = ana  # after all
        self.assertEqual(event.coworking_participant_id, ana)
        self.assertRecordValues(of_ana, [{"state": "expected", "invited_at": False}])
        self.assertIn("Called off", bea.message_ids[:1].body)

    def test_who_was_not_written_to_is_told_nothing_and_leaves_no_line(self):
        ana, bea = (self._new_participant(name) for name in ("Ana", "Bea"))
        event = self._new_event("appointment", days=3, coworking_participant_id=ana.id)
        event.coworking_participant_id = bea
        self.assertEqual(event.coworking_attendance_ids.participant_id, bea)

    def test_who_comes_instead_of_somebody_excused_is_expected(self):
        ana, bea = (self._new_participant(name) for name in ("Ana", "Bea"))
        event = self._new_event("appointment", days=3, coworking_participant_id=ana.id)
        event.coworking_attendance_ids.state = "excused"
        self.assertEqual(event.coworking_participant_id, ana)
        event.coworking_participant_id = bea
        self.assertEqual(event.coworking_participant_id, bea)
        states = {row.participant_id: row.state for row in event.coworking_attendance_ids}
        self.assertEqual(states, {ana: "excused", bea: "expected"})

    def test_a_line_that_becomes_anothers_opens_by_no_link_of_the_first(self):
        ana, bea = (
            self._new_participant(name, email=f"{name.lower()}@example.org")
            for name in ("Ana", "Bea")
        )
        event = self._new_event("appointment", days=-1, coworking_participant_id=ana.id)
        row = event.coworking_attendance_ids
        row.invited_at = event.start
        own = row._make_personal_path().rpartition("/")[2]
        to_sign = row._make_sign_url().rpartition("/")[2]
        self.assertTrue(row._find_by_link(row.id, own) and row._find_to_sign(row.id, to_sign))
        event.coworking_participant_id = bea
        self.assertEqual(event.coworking_attendance_ids, row)
        self.assertEqual(row.participant_id, bea)
        self.assertFalse(row._find_by_link(row.id, own) or row._find_to_sign(row.id, to_sign))
        self.assertFalse(row.invited_at)

    def test_a_line_keeps_its_link_once_who_registered_has_a_file(self):
        row = self._attend(email="sacha@example.org")
        token = row._make_personal_path().rpartition("/")[2]
        row.participant_id = self._new_participant("Sacha Petit")
        self.assertTrue(row._find_by_link(row.id, token))

    def test_another_file_of_the_same_person_calls_nothing_off(self):
        ana = self._new_participant("Ana", email="ana@example.org")
        event = self._new_event("appointment", days=3, coworking_participant_id=ana.id)
        event.action_coworking_invite()
        row = event.coworking_attendance_ids
        token = row._make_personal_path().rpartition("/")[2]
        other = self._new_participant("Ana", self._new_program("Next", "NXT"))
        other.partner_id = ana.partner_id
        event.with_user(self.coordinator).coworking_participant_id = other
        self.assertEqual(event.coworking_attendance_ids, row)
        self.assertRecordValues(row, [{"participant_id": other.id, "state": "expected"}])
        self.assertTrue(row.invited_at and row._find_by_link(row.id, token))

    def test_the_list_is_closed_to_other_employees(self):
        self._attend()
        self.assertNoWay(lambda: self.meeting.with_user(self.employee).coworking_attendance_ids)
        self.assertEqual(self.meeting.with_user(self.employee).coworking_expected_count, 1)
