"""What happens by itself: purge, waiting list, reminders, changes; and what staff do."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from .common import AgendaCase
from .test_signatures import PNG


class TestByItself(AgendaCase):
    def _public(self, event=None, **values):
        return self._attend(
            event, **{"email": "sacha@example.org", "registered_by": "public", **values}
        )

    def _ago(self, **delta):
        return fields.Datetime.now() - timedelta(**delta)

    def _mails(self, email="sacha@example.org"):
        return self.env["mail.mail"].search([("email_to", "=", email)], order="id")

    def _purge(self):
        self._run("coworking_incubation.ir_cron_purge_unconfirmed")

    def _remind(self):
        self._run("coworking_incubation.ir_cron_remind")

    def _run(self, job):
        with self.enter_registry_test_mode():
            self.env.ref(job).method_direct_trigger()

    def test_an_address_that_nobody_confirms_is_deleted_and_its_place_given(self):
        late = self._public(registered_at=self._ago(hours=25))
        recent = self._public(name="B", email="b@example.org", registered_at=self._ago(hours=23))
        waiting = self._attend(name="C", state="waiting")
        self._purge()
        self.assertEqual(late.exists() | recent.exists(), recent)
        self.assertEqual(waiting.state, "expected")

    def test_what_was_confirmed_or_typed_by_staff_or_seen_stays(self):
        self.meeting.coworking_capacity = 10
        old = self._ago(days=9)
        seen = self._new_event("info_session", days=-1)
        kept = (
            self._public(name="A", registered_at=old, confirmed_at=old)
            | self._attend(name="B", registered_at=old)
            | self._public(seen, name="C", registered_at=old, state="present")
            | self._public(name="D", email=False, phone="06 39 98 01 02", registered_at=old)
        )
        self._purge()
        self.assertEqual(kept.exists(), kept)

    def test_people_who_only_left_a_phone_are_forgotten_a_month_after(self):
        caller = self._public(email=False, phone="06 39 98 01 02")
        self.meeting.write({"start": self._ago(days=32), "stop": self._ago(days=31)})
        self._purge()
        self.assertFalse(caller.exists())

    def test_what_nobody_confirmed_goes_in_a_closed_month_too(self):
        event = self._new_event_last_month("info_session")
        settled = self._public(event=event, registered_at=self._ago(days=40))
        self._close_month(event)
        late = self._public(registered_at=self._ago(hours=25))
        self._attend(name="B")
        waiting = self._attend(name="C", state="waiting")
        self._purge()
        self.assertFalse((settled | late).exists())
        self.assertEqual(waiting.state, "expected")

    def test_one_that_cannot_be_deleted_stops_no_other(self):
        self.meeting.coworking_capacity = 3
        old = self._ago(hours=25)
        others = self._public(name="A", email="a@example.org", registered_at=old)
        stuck = self._public(name="B", email="b@example.org", registered_at=old)
        others |= self._public(name="C", email="c@example.org", registered_at=old)
        Attendance = self.registry["coworking.attendance"]
        unlink = Attendance.unlink

        def refuse_one(records):
            if records == stuck:
                raise UserError("Kept by another addon")  # pylint: disable=missing-translation
            return unlink(records)

        module = "odoo.addons.coworking_incubation.models.agenda.coworking_attendance_registration"
        with (
            patch.object(Attendance, "unlink", refuse_one),
            self.assertLogs(module, "ERROR") as logs,
        ):
            self._purge()
        self.assertEqual((stuck | others).exists(), stuck)
        self.assertIn(f"Registration {stuck.id} could not be deleted", logs.output[0])

    def test_what_was_signed_once_is_not_purged(self):
        event = self._new_event("info_session", days=-1)
        attendance = self._public(event=event, registered_at=self._ago(days=2))
        attendance.with_user(self.accompanist).write({"signature": PNG})
        attendance.with_user(self.coordinator)._withdraw_signature("Wrong line")
        attendance.state = "excused"
        purged = self._public(name="B", event=event, registered_at=self._ago(days=2))
        to_purge = self.env["coworking.attendance"]._get_to_purge_domain()
        self.assertEqual((attendance | purged).filtered_domain(to_purge), purged)
        self._purge()
        self.assertEqual((attendance | purged).exists(), attendance)

    def _tomorrow(self):
        self.meeting.write(
            {
                "start": fields.Datetime.now() + timedelta(hours=20),
                "stop": fields.Datetime.now() + timedelta(hours=22),
            }
        )
        self._mails().unlink()

    def test_who_is_expected_is_reminded_once_the_day_before(self):
        self._public(registered_at=self._ago(days=2), confirmed_at=self._ago(days=2))
        self._remind()
        self.assertFalse(self._mails(), "not a week before")
        self._tomorrow()
        self._remind()
        self._remind()
        self.assertEqual(len(self._mails()), 1)
        self.assertIn("/incubation/p/", self._mails().body_html)

    def test_who_asked_not_to_be_is_not_nor_who_waits_or_just_came(self):
        self.meeting.coworking_capacity = 3
        old = {"registered_at": self._ago(days=2)}
        sure = {**old, "confirmed_at": self._ago(days=2)}
        self._public(name="A", **sure, reminder_stopped=True)
        self._public(name="B", **sure, reminder_stopped=True)
        self._public(name="C", **sure, state="waiting")
        self._public(name="D", confirmed_at=fields.Datetime.now())
        self._tomorrow()
        self._remind()
        self.assertFalse(self._mails())

    def test_who_never_confirmed_is_not_reminded(self):
        self._public(name="B", registered_at=self._ago(hours=22))
        self._tomorrow()
        self._remind()
        self.assertFalse(self._mails())

    def test_another_time_or_place_is_told(self):
        self._public(confirmed_at=fields.Datetime.now(), reminded_at=fields.Datetime.now())
        self.meeting.name = "Information for all"
        self.assertFalse(self._mails())
        self.meeting.location = "Elsewhere, Lille"
        self.assertIn("Elsewhere", self._mails().body_html)
        self.assertIn(">Annuler, ou choisir une autre date</a>", self._mails().body_html)
        self.assertFalse(self.meeting.coworking_attendance_ids.reminded_at)
        self.meeting.start += timedelta(hours=1)
        self.assertEqual(len(self._mails()), 2)

    def test_who_moves_a_meeting_sees_how_many_were_written_to_and_whom_to_call(self):
        self._public(confirmed_at=fields.Datetime.now())
        self._attend(name="Zoé", phone="06 39 98 01 02", state="expected")
        meeting = self.meeting.with_user(self.accompanist)
        with patch.object(self.registry["res.users"], "_bus_send") as sent:
            meeting.name = "Information for all"
            sent.assert_not_called()
            meeting.write(
                {
                    "start": meeting.start + timedelta(days=1),
                    "stop": meeting.stop + timedelta(days=1),
                }
            )
        kind, said = sent.call_args.args
        self.assertEqual((kind, said["sticky"]), ("simple_notification", True))
        self.assertEqual(
            said["message"], "Written to, with the new date and place: 1. To be called: Zoé."
        )

    def test_a_meeting_called_off_is_told_and_its_list_kept(self):
        expected = self._public(confirmed_at=fields.Datetime.now())
        waiting = self._attend(name="B", state="waiting", phone="06 39 98 01 02")
        self.meeting.with_user(self.accompanist).action_coworking_call_off()
        self.assertFalse(self.meeting.active)
        self.assertEqual(set((expected | waiting).mapped("state")), {"cancelled"})
        self.assertEqual(len(self._mails()), 1)
        self.assertTrue(waiting.to_tell)

    def test_so_is_one_that_is_deleted_in_a_calendar_which_archives_it(self):
        expected = self._public(confirmed_at=fields.Datetime.now())
        self._attend(name="B", state="waiting", phone="06 39 98 01 02")
        with patch.object(self.registry["res.users"], "_bus_send") as sent:
            shown = self.meeting.with_context(coworking_show_people=True)
            shown.with_user(self.accompanist).action_archive()
        self.assertEqual((expected.state, len(self._mails())), ("cancelled", 1))
        self.assertEqual(expected.noted_by, self.accompanist.partner_id)
        said = sent.call_args.args[1]
        self.assertEqual(said["title"], self.meeting.name, "how many are left says nothing")
        self.assertEqual(
            said["message"], "Written to, that it does not take place: 1. To be called: B."
        )

    def test_what_is_over_is_not_called_off(self):
        event = self._new_event("info_session", days=-3)
        with self.assertRefused("is over"):
            event.action_coworking_call_off()

    def test_people_are_invited_once(self):
        event = self._new_event("collective")
        self._attend(event, name="A", email="sacha@example.org")
        event.action_coworking_invite()
        invitation = self._mails()
        self.assertEqual(len(invitation), 1)
        with self.assertRefused("already written to"):
            event.action_coworking_invite()
        event.location = "Elsewhere, Lille"
        changed = (self._mails() - invitation).body_html
        self.assertIn(">Je ne peux pas venir</a>", changed, "its page has no other date")


class TestFile(AgendaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meeting = cls._new_event("info_session", days=-1)

    def test_a_candidate_who_came_gets_a_file(self):
        mission = self.env["res.partner"].create({"name": "Mission Locale", "is_company": True})
        self._new_participant("Other", prescriber_id=mission.id)
        attendance = self._attend(
            name="Zoé Petit",
            email="zoe@example.org",
            phone="06 39 98 01 02",
            prescriber_name="mission locale",
            state="present",
        )
        attendance.with_user(self.accompanist).action_create_participant()
        self.assertRecordValues(
            attendance.participant_id,
            [
                {
                    "partner_name": "Zoé Petit",
                    "email": "zoe@example.org",
                    "program_id": self.program.id,
                    "prescriber_id": mission.id,
                    "date_application": attendance.date,
                    "date_support": False,
                }
            ],
        )

    def test_who_came_in_a_month_closed_since_gets_a_file_and_keeps_it(self):
        event = self._new_event_last_month("info_session")
        attendance = self._attend(event, name="Zoé Petit", state="present")
        self._close_month(event)
        attendance = attendance.with_user(self.accompanist)
        attendance.action_create_participant()
        self.assertEqual(attendance.participant_id.partner_name, "Zoé Petit")
        with self.assertRefused("the month is closed"):
            attendance.participant_id = self._new_participant("Other")

    def test_the_contact_and_the_file_there_is_are_taken(self):
        participant = self._new_participant("Zoé Petit", email="zoe@example.org")
        attendance = self._attend(name="PETIT Zoe", email="zoe@example.org", state="present")
        attendance.action_create_participant()
        self.assertEqual(attendance.participant_id, participant)

    def test_who_is_known_by_another_program_gets_a_file_of_this_one(self):
        self._new_participant("Other")
        elsewhere = self._new_participant(
            "Zoé Petit", self._new_program("Other", "OTH"), email="zoe@example.org"
        )
        attendance = self._attend(name="PETIT Zoe", email="zoe@example.org", state="present")
        attendance.action_create_participant()
        made = attendance.participant_id
        self.assertEqual((made.partner_id, made.program_id), (elsewhere.partner_id, self.program))

    def test_who_resembles_is_shown_before_the_file_is_made(self):
        """A name alone does not make them the same person: staff see it and decide."""
        participant = self._new_participant("Zoé Petit")
        attendance = self._attend(name="PETIT Zoe", state="present").with_user(self.accompanist)
        self.assertIn(
            f'href="/odoo/incubation-participants/{participant.id}"', attendance.similar_html
        )
        attendance.participant_id = participant
        self.assertFalse(attendance.similar_html)

    def test_another_person_at_that_address_is_another_contact(self):
        participant = self._new_participant("Zoé Petit", email="zoe@example.org")
        attendance = self._attend(name="Paul Petit", email="zoe@example.org", state="present")
        attendance.action_create_participant()
        self.assertNotEqual(attendance.participant_id.partner_id, participant.partner_id)

    def test_who_did_not_come_gets_none(self):
        attendance = self._attend(name="Zoé Petit", state="waiting")
        with self.assertRefused("Zoé Petit"):
            attendance.action_create_participant()
